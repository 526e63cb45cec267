/* SPDX-License-Identifier: Apache-2.0
 *
 * T4: golden octets of an independent encoder (tests/vectors/t4.txt) both ways, results, faults.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/wire/t4.h"
#include "tests/kat/kat.h"
#include "tests/wire/wire.h"

static uint8_t buffer[1024];

static void check_trigger(const char *name, const godwit_t4_trigger_t *t)
{
    bool replace = strcmp(name, "dtr_replace") == 0, msc = strcmp(name, "dtr_msc") == 0;
    assert_string_equal(t->imsi.digits, "001010123456789");
    assert_string_equal(t->msisdn, msc ? "" : "491710000007");
    assert_string_equal(t->smea, msc ? "" : "491710760001");
    assert_int_equal(t->container_len, msc ? 9 : 133);
    assert_counts_from(t->container, t->container_len, 0x30);
    assert_int_equal(t->node.function, replace ? GODWIT_NODE_SGSN : msc ? GODWIT_NODE_MSC : GODWIT_NODE_MME);
    assert_string_equal(t->node.host, replace ? "sgsn.visited.example"
                                      : msc   ? "msc.visited.example"
                                              : "mme.visited.example");
    assert_string_equal(t->node.realm, "visited.example");
    assert_int_equal(t->reference, replace || msc ? 8 : 7);
    assert_int_equal(t->old_reference, replace ? 7 : 0);
    assert_int_equal(t->action, replace ? 2 : 0);
    assert_int_equal(t->priority, replace);
    assert_int_equal(t->port, 16021);
    assert_int_equal(t->validity_s, replace ? 60 : msc ? 0 : 3600);
}

static void dtr(const kat_record_t *record, const char *name)
{
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_diameter_fault_t fault;
    godwit_t4_trigger_t trigger;
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_t4_dtr_parse(kat_hex(record, "octets"), &e, &trigger, &fault), GODWIT_OK);
    check_trigger(name, &trigger);
    assert_int_equal(godwit_t4_dtr_build(&sent, &trigger, &w), GODWIT_OK);
    kat_expect(record, "octets", buffer, w.len);
}

static void drr(const kat_record_t *record, bool container)
{
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_diameter_fault_t fault;
    godwit_t4_report_t report;
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_t4_drr_parse(kat_hex(record, "octets"), &e, &report, &fault), GODWIT_OK);
    assert_string_equal(report.imsi.digits, "001010123456789");
    assert_string_equal(report.smea, "491710760001");
    assert_int_equal(report.has_outcome, !container);
    assert_int_equal(report.outcome, container ? GODWIT_T4_ABSENT : GODWIT_T4_SUCCESS);
    assert_int_equal(report.reference, container ? 0 : 7);
    assert_int_equal(report.container_len, container ? 133 : 0);
    assert_int_equal(godwit_t4_drr_build(&sent, &report, &w), GODWIT_OK);
    kat_expect(record, "octets", buffer, w.len);
}

static void answer(const kat_record_t *record, const char *name)
{
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_status_t outcome, expected = strcmp(name, "dta_not_pending") == 0 ? GODWIT_NOT_FOUND
                                        : strcmp(name, "dta_unknown") == 0   ? GODWIT_UNKNOWN_SUBSCRIBER
                                                                             : GODWIT_OK;
    bool down = name[1] == 't';
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_t4_answer_parse(kat_hex(record, "octets"), down, &e, &outcome), GODWIT_OK);
    assert_int_equal(outcome, expected);
    assert_int_equal(godwit_t4_answer_build(&sent, down, outcome, &w), GODWIT_OK);
    kat_expect(record, "octets", buffer, w.len);
}

static void golden(const kat_record_t *record, void *context)
{
    const char *name = kat_text(record, "message");
    (void)context;
    if (strncmp(name, "dtr", 3) == 0) {
        dtr(record, name);
    } else if (strncmp(name, "drr", 3) == 0) {
        drr(record, strcmp(name, "drr_container") == 0);
    } else {
        answer(record, name);
    }
}

static void golden_messages_both_ways(void **state)
{
    (void)state;
    assert_int_equal(kat_each("t4.txt", "t4", golden, NULL), 9);
}

static void every_outcome_comes_back(void **state)
{
    static const godwit_status_t outcomes[] = {GODWIT_OK,           GODWIT_UNKNOWN_SUBSCRIBER, GODWIT_MALFORMED,
                                               GODWIT_NOT_FOUND,    GODWIT_OVERLOAD,           GODWIT_NOT_ENTITLED,
                                               GODWIT_PEER_INTERNAL};
    (void)state;
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        godwit_diameter_envelope_t e, sent = test_envelope();
        godwit_status_t outcome = GODWIT_INTERNAL;
        godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
        assert_int_equal(godwit_t4_answer_build(&sent, true, outcomes[i], &w), GODWIT_OK);
        assert_int_equal(godwit_t4_answer_parse(godwit_written(&w), true, &e, &outcome), GODWIT_OK);
        assert_int_equal(outcome, outcomes[i]);
        assert_int_equal(godwit_t4_answer_parse(godwit_written(&w), false, &e, &outcome), GODWIT_MALFORMED);
    }
}

static void cut(const kat_record_t *record, void *context)
{
    godwit_slice_t octets = kat_hex(record, "octets");
    (void)context;
    for (size_t len = 0; len < octets.len; len++) {
        godwit_diameter_envelope_t e;
        godwit_diameter_fault_t fault;
        godwit_t4_trigger_t trigger;
        godwit_t4_report_t report;
        godwit_status_t outcome;
        godwit_slice_t part = godwit_slice(octets.ptr, len);
        assert_int_not_equal(godwit_t4_dtr_parse(part, &e, &trigger, &fault), GODWIT_OK);
        assert_int_not_equal(godwit_t4_drr_parse(part, &e, &report, &fault), GODWIT_OK);
        assert_int_not_equal(godwit_t4_answer_parse(part, true, &e, &outcome), GODWIT_OK);
        assert_int_not_equal(godwit_t4_answer_parse(part, false, &e, &outcome), GODWIT_OK);
    }
}

static void cut_messages_are_refused(void **state)
{
    (void)state;
    (void)kat_each("t4.txt", "t4", cut, NULL);
}

static godwit_t4_trigger_t a_trigger(void)
{
    return (godwit_t4_trigger_t){.imsi = imsi_of("001010123456789"),
                                 .smea = "491",
                                 .container_len = 3,
                                 .reference = 1,
                                 .port = 16021,
                                 .action = 1,
                                 .validity_s = 1};
}

static void bend(uint32_t code, size_t place, uint8_t value)
{
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_diameter_fault_t fault;
    godwit_t4_trigger_t trigger = a_trigger();
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_t4_dtr_build(&sent, &trigger, &w), GODWIT_OK);
    buffer[find_avp(buffer, w.len, code, GODWIT_VENDOR_3GPP) + 12 + place] = value;
    assert_int_equal(godwit_t4_dtr_parse(godwit_written(&w), &e, &trigger, &fault), GODWIT_MALFORMED);
    assert_int_equal(fault.avp_code, code);
}

static void values_that_mean_nothing_are_refused(void **state)
{
    (void)state;
    bend(3309, 0, 5);    /* an address shorter than it says */
    bend(3309, 0, 200);  /* and one that would be long */
    bend(3309, 2, 0xA9); /* a letter in it */
    bend(3202, 3, 3);    /* Trigger-Action */
    bend(3006, 3, 2);
    bend(3010, 0, 1);
}

static void what_does_not_fit_is_not_sent(void **state)
{
    (void)state;
    godwit_diameter_envelope_t sent = test_envelope();
    godwit_t4_trigger_t trigger = a_trigger();
    godwit_t4_report_t report = {.imsi = trigger.imsi};
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    trigger.imsi.len = 0;
    assert_int_equal(godwit_t4_dtr_build(&sent, &trigger, &w), GODWIT_INVALID_ARGUMENT);
    trigger = a_trigger();
    trigger.container_len = GODWIT_TRIGGER_CONTAINER_MAX + 1;
    assert_int_equal(godwit_t4_dtr_build(&sent, &trigger, &w), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_t4_drr_build(&sent, &report, &w),
                     GODWIT_INVALID_ARGUMENT); /* neither outcome nor message */
    report.has_outcome = true;
    report.container_len = 1;
    assert_int_equal(godwit_t4_drr_build(&sent, &report, &w), GODWIT_INVALID_ARGUMENT); /* both */
}

/* A report says one of two things. */
static void report_of_nothing_or_of_both_is_refused(void **state)
{
    (void)state;
    for (unsigned both = 0; both < 2; both++) {
        godwit_diameter_envelope_t e, sent = test_envelope();
        godwit_diameter_fault_t fault;
        godwit_t4_report_t report;
        godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
        size_t at = godwit_diameter_request_open(&w, &godwit_t4_drr, &sent);
        size_t group = godwit_avp_open(&w, GODWIT_AVP_USER_IDENTIFIER);
        godwit_avp_put(&w, GODWIT_AVP_USER_NAME, godwit_slice_of_string("001010123456789"));
        godwit_avp_close(&w, group);
        godwit_avp_put(&w, GODWIT_AVP_SM_RP_SMEA, godwit_slice((const uint8_t *)"\0\x81", 2));
        if (both) {
            godwit_avp_put_u32(&w, GODWIT_AVP_SM_DELIVERY_OUTCOME_T4, 2);
            godwit_avp_put(&w, GODWIT_AVP_TRIGGER_CONTAINER, godwit_slice_of_string("x"));
        }
        godwit_diameter_close(&w, at);
        assert_int_equal(godwit_t4_drr_parse(godwit_written(&w), &e, &report, &fault), GODWIT_MALFORMED);
        assert_int_equal(fault.result_code,
                         both ? GODWIT_DIAMETER_AVP_OCCURS_TOO_MANY_TIMES : GODWIT_DIAMETER_MISSING_AVP);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_messages_both_ways),     cmocka_unit_test(every_outcome_comes_back),
        cmocka_unit_test(cut_messages_are_refused),      cmocka_unit_test(values_that_mean_nothing_are_refused),
        cmocka_unit_test(what_does_not_fit_is_not_sent), cmocka_unit_test(report_of_nothing_or_of_both_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
