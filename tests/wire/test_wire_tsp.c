/* SPDX-License-Identifier: Apache-2.0
 *
 * Tsp: golden octets of an independent encoder (tests/vectors/tsp.txt) both ways, what each action carries, statuses,
 * faults.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/wire/tsp.h"
#include "tests/kat/kat.h"
#include "tests/wire/wire.h"

static uint8_t buffer[1024];

static void check_action(const char *name, const godwit_device_action_t *a)
{
    bool recall = strcmp(name, "dar_recall") == 0, replace = strcmp(name, "dar_replace") == 0;
    assert_string_equal(a->device.external_id, replace ? "" : "meter-7@example.com");
    assert_string_equal(a->device.msisdn, recall ? "" : "491710000007");
    assert_string_equal(a->scs, "scs.example.net");
    assert_int_equal(a->action, recall    ? GODWIT_ACTION_RECALL
                                : replace ? GODWIT_ACTION_REPLACE
                                          : GODWIT_ACTION_TRIGGER);
    assert_int_equal(a->reference, recall ? 9 : replace ? 10 : 0x01020304);
    assert_int_equal(a->old_reference, recall ? 8 : replace ? 9 : 0);
    assert_int_equal(a->payload_len, recall ? 0 : replace ? 5 : 80);
    assert_counts_from(a->payload, a->payload_len, replace ? 0x20 : 0x10);
    assert_int_equal(a->priority, !recall);
    assert_int_equal(a->port, recall ? 0 : 5683);
    assert_int_equal(a->validity_s, recall ? 0 : replace ? 60 : 3600);
    assert_false(a->too_long);
}

static void dar(const kat_record_t *record, const char *name)
{
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_diameter_fault_t fault;
    godwit_device_action_t action;
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_tsp_dar_parse(kat_hex(record, "octets"), &e, &action, &fault), GODWIT_OK);
    check_action(name, &action);
    assert_int_equal(godwit_tsp_dar_build(&sent, &action, &w), GODWIT_OK);
    kat_expect(record, "octets", buffer, w.len);
}

static void daa(const kat_record_t *record, bool success)
{
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_device_action_answer_t answer;
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_tsp_daa_parse(kat_hex(record, "octets"), &e, &answer), GODWIT_OK);
    assert_string_equal(answer.device.external_id, "meter-7@example.com");
    assert_int_equal(answer.action, success ? GODWIT_ACTION_TRIGGER : GODWIT_ACTION_RECALL);
    assert_int_equal(answer.status, success ? GODWIT_TRIGGER_SUCCESS : GODWIT_TRIGGER_QUOTAEXCEEDED);
    assert_int_equal(answer.reference, success ? 0x01020304 : 9);
    assert_int_equal(godwit_tsp_daa_build(&sent, &answer, &w), GODWIT_OK);
    kat_expect(record, "octets", buffer, w.len);
}

static void dnr(const kat_record_t *record)
{
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_diameter_fault_t fault;
    godwit_device_notification_t n;
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_tsp_dnr_parse(kat_hex(record, "octets"), &e, &n, &fault), GODWIT_OK);
    assert_string_equal(n.device.external_id, "meter-7@example.com");
    assert_string_equal(n.scs, "scs.example.net");
    assert_int_equal(n.reference, 0x01020304);
    assert_int_equal(n.outcome, GODWIT_OUTCOME_UNCONFIRMED);
    assert_int_equal(godwit_tsp_dnr_build(&sent, &n, &w), GODWIT_OK);
    kat_expect(record, "octets", buffer, w.len);
}

static void dna(const kat_record_t *record, bool ok)
{
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_status_t outcome;
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_tsp_dna_parse(kat_hex(record, "octets"), &e, &outcome), GODWIT_OK);
    assert_int_equal(outcome, ok ? GODWIT_OK : GODWIT_NOT_ENTITLED);
    assert_int_equal(godwit_tsp_dna_build(&sent, outcome, &w), GODWIT_OK);
    kat_expect(record, "octets", buffer, w.len);
}

static void golden(const kat_record_t *record, void *context)
{
    const char *name = kat_text(record, "message");
    (void)context;
    if (strncmp(name, "dar", 3) == 0) {
        dar(record, name);
    } else if (strncmp(name, "daa", 3) == 0) {
        daa(record, strcmp(name, "daa_success") == 0);
    } else if (strcmp(name, "dnr") == 0) {
        dnr(record);
    } else {
        dna(record, strcmp(name, "dna") == 0);
    }
}

static void golden_messages_both_ways(void **state)
{
    (void)state;
    assert_int_equal(kat_each("tsp.txt", "tsp", golden, NULL), 8);
}

static godwit_device_action_t a_trigger(void)
{
    return (godwit_device_action_t){.device = {.external_id = "m@example.com"},
                                    .scs = "scs.example.net",
                                    .reference = 1,
                                    .action = GODWIT_ACTION_TRIGGER,
                                    .payload_len = 2,
                                    .payload = {1, 2},
                                    .port = 7};
}

/* What the MTC-IWF must say INVPAYLOAD to has to reach it. */
static void payload_that_is_too_long_is_read_as_that(void **state)
{
    (void)state;
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_diameter_fault_t fault;
    godwit_device_action_t parsed;
    static const uint8_t payload[GODWIT_TRIGGER_PAYLOAD_MAX + 1];
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    size_t at = godwit_diameter_request_open(&w, &godwit_tsp_dar, &sent);
    size_t group = godwit_avp_open(&w, GODWIT_AVP_DEVICE_ACTION);
    godwit_avp_put_u32(&w, GODWIT_AVP_REFERENCE_NUMBER, 5);
    godwit_avp_put_u32(&w, GODWIT_AVP_ACTION_TYPE, GODWIT_ACTION_TRIGGER);
    size_t data = godwit_avp_open(&w, GODWIT_AVP_TRIGGER_DATA);
    godwit_avp_put(&w, GODWIT_AVP_PAYLOAD, godwit_slice(payload, sizeof payload));
    godwit_avp_close(&w, data);
    godwit_avp_close(&w, group);
    godwit_diameter_close(&w, at);
    assert_int_equal(godwit_tsp_dar_parse(godwit_written(&w), &e, &parsed, &fault), GODWIT_OK);
    assert_true(parsed.too_long);
    assert_int_equal(parsed.payload_len, 0);
    w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_tsp_dar_build(&sent, &parsed, &w), GODWIT_INVALID_ARGUMENT);
}

static void every_outcome_comes_back(void **state)
{
    static const godwit_status_t outcomes[] = {GODWIT_OK, GODWIT_OVERLOAD, GODWIT_NOT_ENTITLED, GODWIT_MALFORMED,
                                               GODWIT_PEER_INTERNAL};
    (void)state;
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        godwit_diameter_envelope_t e, sent = test_envelope();
        godwit_status_t outcome = GODWIT_INTERNAL;
        godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
        assert_int_equal(godwit_tsp_dna_build(&sent, outcomes[i], &w), GODWIT_OK);
        assert_int_equal(godwit_tsp_dna_parse(godwit_written(&w), &e, &outcome), GODWIT_OK);
        assert_int_equal(outcome, outcomes[i]);
    }
}

/* An answer that says nothing of the action: the server learns whether to try again. */
static void refusal_by_diameter_is_a_status(void **state)
{
    static const struct {
        uint32_t code;
        godwit_request_status_t status;
    } refusals[] = {{3002, GODWIT_TRIGGER_TEMPORARYERROR},
                    {3004, GODWIT_TRIGGER_TEMPORARYERROR},
                    {4001, GODWIT_TRIGGER_TEMPORARYERROR},
                    {5012, GODWIT_TRIGGER_PERMANENTERROR}};
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        godwit_diameter_envelope_t e, sent = test_envelope();
        godwit_device_action_answer_t answer;
        godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
        size_t at =
            godwit_diameter_answer_open(&w, &godwit_tsp_daa, &sent, (godwit_diameter_result_t){0, refusals[i].code});
        godwit_diameter_answer_close(&w, &sent, at);
        assert_int_equal(godwit_tsp_daa_parse(godwit_written(&w), &e, &answer), GODWIT_OK);
        assert_int_equal(answer.status, refusals[i].status);
    }
}

static void success_without_a_notification_is_none(void **state)
{
    (void)state;
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_device_action_answer_t answer;
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    size_t at =
        godwit_diameter_answer_open(&w, &godwit_tsp_daa, &sent, (godwit_diameter_result_t){0, GODWIT_DIAMETER_SUCCESS});
    godwit_diameter_answer_close(&w, &sent, at);
    assert_int_equal(godwit_tsp_daa_parse(godwit_written(&w), &e, &answer), GODWIT_MALFORMED);
}

static void cut(const kat_record_t *record, void *context)
{
    godwit_slice_t octets = kat_hex(record, "octets");
    (void)context;
    for (size_t len = 0; len < octets.len; len++) {
        godwit_diameter_envelope_t e;
        godwit_diameter_fault_t fault;
        godwit_device_action_t action;
        godwit_device_action_answer_t answer;
        godwit_device_notification_t notification;
        godwit_status_t outcome;
        godwit_slice_t part = godwit_slice(octets.ptr, len);
        assert_int_not_equal(godwit_tsp_dar_parse(part, &e, &action, &fault), GODWIT_OK);
        assert_int_not_equal(godwit_tsp_dnr_parse(part, &e, &notification, &fault), GODWIT_OK);
        assert_int_not_equal(godwit_tsp_daa_parse(part, &e, &answer), GODWIT_OK);
        assert_int_not_equal(godwit_tsp_dna_parse(part, &e, &outcome), GODWIT_OK);
    }
}

static void cut_messages_are_refused(void **state)
{
    (void)state;
    (void)kat_each("tsp.txt", "tsp", cut, NULL);
}

/* Members that TS 29.368 has beside those that mean something here, all with the M flag. */
static void members_of_a_notification_that_mean_nothing_here_are_passed_over(void **state)
{
    (void)state;
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_diameter_fault_t fault;
    godwit_device_notification_t n;
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    size_t at = godwit_diameter_request_open(&w, &godwit_tsp_dnr, &sent);
    size_t group = godwit_avp_open(&w, GODWIT_AVP_DEVICE_NOTIFICATION);
    godwit_avp_put_u32(&w, GODWIT_AVP_REFERENCE_NUMBER, 5);
    godwit_avp_put_u32(&w, GODWIT_AVP_ACTION_TYPE, GODWIT_ACTION_REPORT);
    godwit_avp_put_u32(&w, GODWIT_AVP_DELIVERY_OUTCOME, GODWIT_OUTCOME_SUCCESS);
    godwit_avp_put_u32(&w, GODWIT_AVP_MTC_ERROR_DIAGNOSTIC, 0);
    godwit_avp_put(&w, GODWIT_AVP_SM_RP_UI, godwit_slice_of_string("tpdu"));
    godwit_avp_put_u32(&w, GODWIT_AVP_APPLICATION_PORT_IDENTIFIER, 7);
    godwit_avp_close(&w, group);
    size_t features = godwit_avp_open(&w, GODWIT_AVP_SUPPORTED_FEATURES);
    godwit_avp_put_u32(&w, GODWIT_AVP_FEATURE_LIST_ID, 1);
    godwit_avp_put_u32(&w, GODWIT_AVP_FEATURE_LIST, 1);
    godwit_avp_close(&w, features);
    godwit_diameter_close(&w, at);
    assert_int_equal(godwit_tsp_dnr_parse(godwit_written(&w), &e, &n, &fault), GODWIT_OK);
    assert_int_equal(n.reference, 5);
    buffer[find_avp(buffer, w.len, 3005, GODWIT_VENDOR_3GPP) + 15] = 5; /* a MO short message without MSISDN */
    assert_int_equal(godwit_tsp_dnr_parse(godwit_written(&w), &e, &n, &fault), GODWIT_MALFORMED);
    assert_int_equal(fault.result_code, GODWIT_DIAMETER_INVALID_AVP_VALUE);
    assert_int_equal(fault.avp_code, 3005);
}

/* Writes octets over the value of an AVP, and expects that AVP to be blamed. */
static void bend(uint32_t code, uint32_t vendor, const void *octets, size_t len)
{
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_diameter_fault_t fault;
    godwit_device_action_t action = a_trigger(), parsed;
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    memcpy(action.device.msisdn, "49171", 6);
    assert_int_equal(godwit_tsp_dar_build(&sent, &action, &w), GODWIT_OK);
    memcpy(buffer + find_avp(buffer, w.len, code, vendor) + (vendor ? 12 : 8), octets, len);
    assert_int_equal(godwit_tsp_dar_parse(godwit_written(&w), &e, &parsed, &fault), GODWIT_MALFORMED);
    assert_int_equal(fault.result_code, GODWIT_DIAMETER_INVALID_AVP_VALUE);
    assert_int_equal(fault.avp_code, code);
}

static void values_that_mean_nothing_are_refused(void **state)
{
    (void)state;
    bend(3005, GODWIT_VENDOR_3GPP, "\0\0\0\x02", 4); /* a SCS does not report */
    bend(3005, GODWIT_VENDOR_3GPP, "\0\0\0\x05", 4); /* nor send short messages here */
    bend(3006, GODWIT_VENDOR_3GPP, "\0\0\0\x02", 4); /* Priority-Indication */
    bend(3010, GODWIT_VENDOR_3GPP, "\0\x01\0\0", 4); /* a port of 17 bits */
    bend(701, GODWIT_VENDOR_3GPP, "\x94\xAA", 2);    /* a MSISDN with a letter */
    bend(3111, GODWIT_VENDOR_3GPP, "m\n", 2);        /* a name with an end of line */
    bend(3104, GODWIT_VENDOR_3GPP, "\0", 1);         /* a name with its end inside */
}

static void names_that_are_none_are_not_sent(void **state)
{
    (void)state;
    godwit_diameter_envelope_t sent = test_envelope();
    godwit_device_action_t action = a_trigger();
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    memcpy(action.device.msisdn, "49x", 4);
    assert_int_equal(godwit_tsp_dar_build(&sent, &action, &w), GODWIT_INVALID_ARGUMENT);
    action = a_trigger();
    action.action = GODWIT_ACTION_REPORT;
    assert_int_equal(godwit_tsp_dar_build(&sent, &action, &w), GODWIT_INVALID_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_messages_both_ways),
        cmocka_unit_test(payload_that_is_too_long_is_read_as_that),
        cmocka_unit_test(every_outcome_comes_back),
        cmocka_unit_test(refusal_by_diameter_is_a_status),
        cmocka_unit_test(success_without_a_notification_is_none),
        cmocka_unit_test(cut_messages_are_refused),
        cmocka_unit_test(members_of_a_notification_that_mean_nothing_here_are_passed_over),
        cmocka_unit_test(values_that_mean_nothing_are_refused),
        cmocka_unit_test(names_that_are_none_are_not_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
