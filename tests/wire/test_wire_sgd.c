/* SPDX-License-Identifier: Apache-2.0
 *
 * SGd: golden octets of an independent encoder (tests/vectors/sgd.txt) both ways, every result, faults.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/wire/sgd.h"
#include "tests/kat/kat.h"
#include "tests/wire/wire.h"

static uint8_t buffer[1024];

static const struct {
    const char *name;
    bool up;
    godwit_status_t outcome;
} answers[] = {{"ofa", true, GODWIT_OK},
               {"ofa_failure", true, GODWIT_MALFORMED},
               {"tfa", false, GODWIT_OK},
               {"tfa_absent", false, GODWIT_UNKNOWN_SESSION}};

static void request(const kat_record_t *record, bool up)
{
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_diameter_fault_t fault;
    godwit_short_message_t message;
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_sgd_request_parse(kat_hex(record, "octets"), up, &e, &message, &fault), GODWIT_OK);
    assert_string_equal(message.imsi.digits, "001010123456789");
    assert_string_equal(message.sc_address, "491710760000");
    assert_int_equal(message.tpdu[0], up ? 0x41 : 0x44);
    assert_int_equal(godwit_sgd_request_build(&sent, up, &message, &w), GODWIT_OK);
    kat_expect(record, "octets", buffer, w.len);
    assert_int_equal(godwit_sgd_request_parse(kat_hex(record, "octets"), !up, &e, &message, &fault), GODWIT_MALFORMED);
}

static void golden(const kat_record_t *record, void *context)
{
    const char *name = kat_text(record, "message");
    godwit_diameter_envelope_t e, sent = test_envelope();
    (void)context;
    if (strcmp(name, "ofr") == 0 || strcmp(name, "tfr") == 0) {
        request(record, name[0] == 'o');
        return;
    }
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        godwit_status_t outcome = GODWIT_INTERNAL;
        godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
        if (strcmp(name, answers[i].name) != 0) {
            continue;
        }
        assert_int_equal(godwit_sgd_answer_parse(kat_hex(record, "octets"), answers[i].up, &e, &outcome), GODWIT_OK);
        assert_int_equal(outcome, answers[i].outcome);
        assert_int_equal(godwit_sgd_answer_build(&sent, answers[i].up, outcome, &w), GODWIT_OK);
        kat_expect(record, "octets", buffer, w.len);
    }
}

static void golden_messages_both_ways(void **state)
{
    (void)state;
    assert_int_equal(kat_each("sgd.txt", "sgd", golden, NULL), 6);
}

static void every_outcome_comes_back(void **state)
{
    static const godwit_status_t outcomes[] = {GODWIT_OK,        GODWIT_UNKNOWN_SUBSCRIBER, GODWIT_UNKNOWN_SESSION,
                                               GODWIT_MALFORMED, GODWIT_NOT_ENTITLED,       GODWIT_POLICY_FORBIDS,
                                               GODWIT_OVERLOAD,  GODWIT_PEER_INTERNAL};
    (void)state;
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        godwit_diameter_envelope_t e, sent = test_envelope();
        godwit_status_t outcome = GODWIT_INTERNAL;
        godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
        assert_int_equal(godwit_sgd_answer_build(&sent, false, outcomes[i], &w), GODWIT_OK);
        assert_int_equal(godwit_sgd_answer_parse(godwit_written(&w), false, &e, &outcome), GODWIT_OK);
        assert_int_equal(outcome, outcomes[i]);
    }
}

static void cut(const kat_record_t *record, void *context)
{
    godwit_slice_t octets = kat_hex(record, "octets");
    (void)context;
    for (size_t len = 0; len < octets.len; len++) {
        godwit_diameter_envelope_t e;
        godwit_diameter_fault_t fault;
        godwit_short_message_t message;
        godwit_status_t outcome;
        godwit_slice_t part = godwit_slice(octets.ptr, len);
        assert_int_not_equal(godwit_sgd_request_parse(part, true, &e, &message, &fault), GODWIT_OK);
        assert_int_not_equal(godwit_sgd_request_parse(part, false, &e, &message, &fault), GODWIT_OK);
        assert_int_not_equal(godwit_sgd_answer_parse(part, true, &e, &outcome), GODWIT_OK);
        assert_int_not_equal(godwit_sgd_answer_parse(part, false, &e, &outcome), GODWIT_OK);
    }
}

static void cut_messages_are_refused(void **state)
{
    (void)state;
    (void)kat_each("sgd.txt", "sgd", cut, NULL);
}

static void bent_values_are_refused(void **state)
{
    (void)state;
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_diameter_fault_t fault;
    godwit_short_message_t message = {.sc_address = "4917", .tpdu_len = 1};
    assert_int_equal(godwit_imsi_from_text("001010123456789", &message.imsi), GODWIT_OK);
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_sgd_request_build(&sent, false, &message, &w), GODWIT_OK);
    buffer[find_avp(buffer, w.len, 3300, GODWIT_VENDOR_3GPP) + 12] = 0xAA; /* no digits */
    assert_int_equal(godwit_sgd_request_parse(godwit_written(&w), false, &e, &message, &fault), GODWIT_MALFORMED);
    assert_int_equal(fault.avp_code, 3300);
    w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_sgd_request_build(&sent, false, &message, &w), GODWIT_OK);
    buffer[find_avp(buffer, w.len, 1, 0) + 8] = 'x';
    assert_int_equal(godwit_sgd_request_parse(godwit_written(&w), false, &e, &message, &fault), GODWIT_MALFORMED);
    assert_int_equal(fault.avp_code, 1);
    message.sc_address[0] = '\0';
    assert_int_equal(godwit_sgd_request_build(&sent, false, &message, &w), GODWIT_INVALID_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_messages_both_ways),
        cmocka_unit_test(every_outcome_comes_back),
        cmocka_unit_test(cut_messages_are_refused),
        cmocka_unit_test(bent_values_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
