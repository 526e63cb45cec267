/* SPDX-License-Identifier: Apache-2.0
 *
 * CoAP: the messages of RFC 7252 Appendix A, answers, faults.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/wire/coap.h"

static godwit_coap_t parse(const char *octets, size_t len)
{
    godwit_coap_t m;
    assert_int_equal(godwit_coap_parse(godwit_slice(octets, len), &m), GODWIT_OK);
    return m;
}

/* Figure 16 to 18 of RFC 7252: GET coap://server/temperature, message 0x7d34; answer 2.05 "22.3 C". */
static void a_confirmable_get_is_answered_in_its_acknowledgement(void **state)
{
    (void)state;
    godwit_coap_t answer, m = parse("\x40\x01\x7d\x34\xbbtemperature", 16);
    uint8_t octets[32];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    assert_int_equal(m.code, GODWIT_COAP_GET);
    assert_false(m.unknown_critical);
    assert_true(godwit_coap_answer(&m, GODWIT_COAP_CONTENT, godwit_slice_of_string("22.3 C"), &answer));
    assert_int_equal(godwit_coap_build(&answer, &w), GODWIT_OK);
    assert_int_equal(w.len, 11);
    assert_memory_equal(octets,
                        "\x60\x45\x7d\x34\xff"
                        "22.3 C",
                        11);
}

/* The same with a token, as in figure 18. */
static void a_token_comes_back(void **state)
{
    (void)state;
    godwit_coap_t answer, m = parse("\x41\x01\x7d\x35\x20\xbbtemperature", 17);
    uint8_t octets[32];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    assert_true(godwit_coap_answer(&m, GODWIT_COAP_CONTENT, godwit_slice_of_string("22.3 C"), &answer));
    assert_int_equal(godwit_coap_build(&answer, &w), GODWIT_OK);
    assert_memory_equal(octets,
                        "\x61\x45\x7d\x35\x20\xff"
                        "22.3 C",
                        12);
    m = parse("\x51\x01\x7b\xca\x20\xbbtemperature", 17); /* non-confirmable */
    assert_true(godwit_coap_answer(&m, GODWIT_COAP_CONTENT, godwit_slice(NULL, 0), &answer));
    assert_int_equal(answer.type, GODWIT_COAP_NON_CONFIRMABLE);
}

static void a_ping_is_reset_and_answers_are_not_answered(void **state)
{
    (void)state;
    godwit_coap_t answer, m = parse("\x40\x00\x12\x34", 4);
    assert_true(godwit_coap_answer(&m, GODWIT_COAP_CONTENT, godwit_slice(NULL, 0), &answer));
    assert_int_equal(answer.type, GODWIT_COAP_RESET);
    assert_int_equal(answer.message_id, 0x1234);
    m = parse("\x60\x45\x7d\x34\xff"
              "22.3 C",
              11);
    assert_false(godwit_coap_answer(&m, GODWIT_COAP_CONTENT, godwit_slice(NULL, 0), &answer));
}

static void payload_and_options_are_told_apart(void **state)
{
    (void)state;
    godwit_coap_t m = parse("\x40\x02\x00\x01\xb8readings\x10\xff"
                            "20.5",
                            19);
    assert_int_equal(m.payload.len, 4);
    assert_memory_equal(m.payload.ptr, "20.5", 4);
    assert_false(m.unknown_critical);             /* Content-Format is elective */
    m = parse("\x40\x02\x00\x01\xd1\x0e\x06", 7); /* Block1, 27: critical */
    assert_true(m.unknown_critical);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *octets;
        size_t len;
    } bad[] = {{"", 0},
               {"\x40\x01\x7d", 3},
               {"\x80\x01\x7d\x34", 4},           /* version 2 */
               {"\x49\x01\x7d\x34zzzzzzzzz", 13}, /* a token of nine */
               {"\x42\x01\x7d\x34z", 5},          /* a token that is not there */
               {"\x40\x00\x7d\x34z", 5},          /* an empty message that is not */
               {"\x40\x01\x7d\x34\xff", 5},       /* a marker and nothing */
               {"\x40\x01\x7d\x34\xf1z", 6},      /* a reserved delta */
               {"\x40\x01\x7d\x34\x1fz", 6},      /* a reserved length */
               {"\x40\x01\x7d\x34\xb5tem", 8}};
    godwit_coap_t m;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(godwit_coap_parse(godwit_slice(bad[i].octets, bad[i].len), &m), GODWIT_MALFORMED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_confirmable_get_is_answered_in_its_acknowledgement),
        cmocka_unit_test(a_token_comes_back),
        cmocka_unit_test(a_ping_is_reset_and_answers_are_not_answered),
        cmocka_unit_test(payload_and_options_are_told_apart),
        cmocka_unit_test(nonsense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
