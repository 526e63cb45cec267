/* SPDX-License-Identifier: Apache-2.0
 *
 * IMS media security, SDES: the line of RFC 4568, what is refused of it, and an answer to an offer. Key and salt of the
 * line were decoded with Python.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/agree/ims_media/sdes.h"

#define HEAD "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"
#define KEY "PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR"

static godwit_status_t parse(const char *line, godwit_sdes_t *s)
{
    return godwit_sdes_parse(godwit_slice_of_string(line), s);
}

static void the_line_of_the_rfc_is_read_and_written(void **state)
{
    (void)state;
    static const uint8_t key[] = {0x3d, 0x2d, 0x6e, 0x40, 0x25, 0x5e, 0x78, 0x21,
                                  0x42, 0x6a, 0x75, 0x66, 0x72, 0x39, 0x29, 0x3f};
    static const uint8_t salt[] = {0x2c, 0x23, 0x35, 0x68, 0x5c, 0x60, 0x3d, 0x26, 0x5d, 0x7b, 0x71, 0x69, 0x50, 0x51};
    static const char *const lines[] = {HEAD KEY "|2^20|1:32", HEAD KEY, HEAD KEY "|1000", HEAD KEY "|255:1"};
    char again[GODWIT_SDES_LINE_MAX];
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        godwit_writer_t w = godwit_writer(again, sizeof again);
        godwit_sdes_t s;
        assert_int_equal(parse(lines[i], &s), GODWIT_OK);
        assert_int_equal(s.tag, 1);
        assert_memory_equal(s.key, key, sizeof key);
        assert_memory_equal(s.salt, salt, sizeof salt);
        assert_int_equal(godwit_sdes_build(&s, &w), GODWIT_OK);
        assert_int_equal(w.len, strlen(lines[i]));
        assert_memory_equal(again, lines[i], w.len);
        if (i == 0) {
            assert_int_equal(s.lifetime, 1 << 20);
            assert_int_equal(s.mki, 1);
            assert_int_equal(s.mki_len, 32);
        }
    }
}

static void what_is_no_such_line_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "a=crypto:",
                                      "a=crypto:0 AES_CM_128_HMAC_SHA1_80 inline:" KEY,
                                      "a=crypto:01 AES_CM_128_HMAC_SHA1_80 inline:" KEY,
                                      "a=crypto:1234567890 AES_CM_128_HMAC_SHA1_80 inline:" KEY,
                                      "a=crypto:1  inline:" KEY,
                                      HEAD,
                                      HEAD "PS1u",
                                      HEAD KEY "AAAA",
                                      HEAD KEY "|",
                                      HEAD KEY "|2^49",
                                      HEAD KEY "|2^0",
                                      HEAD KEY "|281474976710657",
                                      HEAD KEY "|9999999999999999",
                                      HEAD KEY "|0",
                                      HEAD KEY "|2^20|",
                                      HEAD KEY "|1:0",
                                      HEAD KEY "|1:129",
                                      HEAD KEY "|256:1",
                                      HEAD KEY "|4294967296:8",
                                      HEAD KEY "|1:4|2^20",
                                      HEAD KEY "|2^20|2^20",
                                      HEAD "PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVB="};
    static const char *const not_for_us[] = {"a=crypto:1 F8_128_HMAC_SHA1_80 inline:" KEY, HEAD KEY " UNENCRYPTED_SRTP",
                                             HEAD KEY "|2^20;inline:" KEY};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        godwit_sdes_t s = {.tag = 77};
        if (parse(bad[i], &s) != GODWIT_MALFORMED) {
            fail_msg("taken: %s", bad[i]);
        }
        assert_int_equal(s.tag, 77);
    }
    for (size_t i = 0; i < sizeof not_for_us / sizeof not_for_us[0]; i++) {
        godwit_sdes_t s;
        assert_int_equal(parse(not_for_us[i], &s), GODWIT_UNSUPPORTED_SUITE);
    }
}

static void what_could_not_be_read_is_not_written(void **state)
{
    (void)state;
    const godwit_sdes_t good = {.tag = 1, .suite = GODWIT_SDES_AES_CM_128_HMAC_SHA1_32};
    char line[GODWIT_SDES_LINE_MAX];
    godwit_sdes_t bad[5] = {good, good, good, good, good};
    godwit_writer_t w = godwit_writer(line, 20);
    assert_int_equal(godwit_sdes_build(&good, &w), GODWIT_NO_SPACE);
    bad[0].tag = 0;
    bad[1].tag = GODWIT_SDES_TAG_MAX + 1;
    bad[2].suite = (godwit_sdes_suite_t)3;
    bad[3].lifetime = GODWIT_SDES_LIFETIME_MAX + 1;
    bad[4].mki_len = 4;
    for (size_t i = 0; i < 5; i++) {
        w = godwit_writer(line, sizeof line);
        assert_int_equal(godwit_sdes_build(&bad[i], &w), GODWIT_INVALID_ARGUMENT);
    }
}

static void an_answer_takes_a_line_of_the_offer(void **state)
{
    (void)state;
    const godwit_sdes_t offer[2] = {{.tag = 1, .suite = GODWIT_SDES_AES_CM_128_HMAC_SHA1_80, .key = {1}},
                                    {.tag = 2, .suite = GODWIT_SDES_AES_CM_128_HMAC_SHA1_32, .key = {2}}};
    godwit_sdes_t answer = {.tag = 2, .suite = GODWIT_SDES_AES_CM_128_HMAC_SHA1_32, .key = {3}};
    size_t taken = 9;
    assert_int_equal(godwit_sdes_accept(offer, 2, &answer, &taken), GODWIT_OK);
    assert_int_equal(taken, 1);
    answer.tag = 1;
    assert_int_equal(godwit_sdes_accept(offer, 2, &answer, &taken), GODWIT_UNSUPPORTED_SUITE);
    answer.tag = 3;
    assert_int_equal(godwit_sdes_accept(offer, 2, &answer, &taken), GODWIT_UNKNOWN_KEY);
    answer.tag = 2;
    answer.key[0] = 2;
    assert_int_equal(godwit_sdes_accept(offer, 2, &answer, &taken), GODWIT_REPLAY);
    assert_int_equal(taken, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line_of_the_rfc_is_read_and_written),
        cmocka_unit_test(what_is_no_such_line_is_refused),
        cmocka_unit_test(what_could_not_be_read_is_not_written),
        cmocka_unit_test(an_answer_takes_a_line_of_the_offer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
