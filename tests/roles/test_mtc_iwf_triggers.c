/* SPDX-License-Identifier: Apache-2.0
 *
 * Triggers at the MTC-IWF in case 1, one input after the other: who may ask for them, what is refused and with which
 * status, by which way they go, what becomes of them, and that their source is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/iwf_queue.h"

/* ---- who may ask ---- */

static void a_trigger_is_durable_before_success_and_delivered_by_t5_and_reported(void **state)
{
    (void)state;
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS);
    assert_true(iwq_committed_before_answer);
    iwq_run(10);
    assert_int_equal(iwq_delivered(1), 1);
    assert_int_equal(iwq_reports(1), 1);
    assert_int_equal(iwq_outcome(1), GODWIT_OUTCOME_SUCCESS);
    assert_int_equal(iwq_record(1)->state, GODWIT_TRIGGER_CLOSED);
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS); /* the same reference again */
    iwq_run(1000);
    assert_int_equal(iwq_delivered(1), 1);
    assert_int_equal(iwq_reports(1), 1);
}

static void who_is_not_configured_is_refused_and_moves_nothing(void **state)
{
    (void)state;
    iwq_action_t a = iwq_action(1);
    strcpy(a.message.u.device_action.scs, "other.scs.test");
    assert_int_equal(iwq_give(&a), GODWIT_TRIGGER_INVSCSID);
    a = iwq_action(1);
    strcpy(a.message.origin_host, "mallory.test");
    assert_int_equal(iwq_give(&a), GODWIT_TRIGGER_INVSCSID);
    a = iwq_action(1);
    a.message.from = GODWIT_FUNCTION_AS;
    assert_int_equal(iwq_give(&a), GODWIT_TRIGGER_INVSCSID);
    a = iwq_action(1);
    a.message.hop = GODWIT_HOP_OPEN;
    assert_int_equal(iwq_give(&a), GODWIT_TRIGGER_INVSCSID);
    assert_int_equal(iwq.asked_hss, 0);
    assert_int_equal(iwq.owner.commits, 0);
}

static void an_open_hop_gives_no_proof_and_is_another_source(void **state)
{
    (void)state;
    iwq.config.accept_open = true;
    iwq_restart();
    iwq_action_t a = iwq_action(1);
    a.message.hop = GODWIT_HOP_OPEN;
    assert_int_equal(iwq_give(&a), GODWIT_TRIGGER_SUCCESS);
    iwq_run(10);
    static const uint8_t none[GODWIT_A3_DIGEST];
    assert_memory_equal(iwq.last.source, none, sizeof none);
    assert_int_equal(iwq_trigger(1),
                     GODWIT_TRIGGER_SUCCESS); /* the same reference of the proved one is another trigger */
    iwq_run(10);
    assert_memory_not_equal(iwq.last.source, none, sizeof none);
    assert_int_equal(iwq_delivered(1), 2);
    iwq.reachable = false;
    assert_int_equal(iwq_trigger(2), GODWIT_TRIGGER_SUCCESS);
    a = iwq_recall(3, 2);
    a.message.hop = GODWIT_HOP_OPEN;
    assert_int_equal(iwq_give(&a), GODWIT_TRIGGER_RECALLFAIL);
}

/* ---- what is refused ---- */

static void each_refusal_has_its_status(void **state)
{
    (void)state;
    iwq_action_t a = iwq_action(1);
    a.message.u.device_action.too_long = true;
    assert_int_equal(iwq_give(&a), GODWIT_TRIGGER_INVPAYLOAD);
    a = iwq_action(1);
    a.message.u.device_action.device.external_id[0] = '\0';
    assert_int_equal(iwq_give(&a), GODWIT_TRIGGER_INVEXTID);
    a = iwq_action(1);
    a.message.u.device_action.validity_s = 31 * 86400;
    assert_int_equal(iwq_give(&a), GODWIT_TRIGGER_INVPERIOD);
    a = iwq_action(1);
    a.message.u.device_action.action = GODWIT_ACTION_REPORT;
    assert_int_equal(iwq_give(&a), GODWIT_TRIGGER_PERMANENTERROR);
    static const struct {
        godwit_status_t hss;
        godwit_request_status_t status;
    } cases[] = {
        {GODWIT_UNKNOWN_SUBSCRIBER, GODWIT_TRIGGER_INVEXTID},      {GODWIT_NOT_ENTITLED, GODWIT_TRIGGER_NOTAUTHORIZED},
        {GODWIT_POLICY_FORBIDS, GODWIT_TRIGGER_NOTAUTHORIZED},     {GODWIT_OVERLOAD, GODWIT_TRIGGER_SERVICEUNAVAILABLE},
        {GODWIT_PEER_INTERNAL, GODWIT_TRIGGER_SERVICEUNAVAILABLE}, {GODWIT_INTERNAL, GODWIT_TRIGGER_TEMPORARYERROR},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        iwq.hss_status = cases[i].hss;
        assert_int_equal(iwq_trigger(1), cases[i].status);
    }
    assert_int_equal(iwq.owner.commits, 0);
}

static void a_silent_hss_makes_the_service_unavailable(void **state)
{
    (void)state;
    iwq.hss_silent = true;
    iwq_action_t a = iwq_action(1);
    owner_give_message(&iwq.owner, &a.message);
    iwq_collect();
    iwq_run(10);
    assert_int_equal(iwq.status, GODWIT_TRIGGER_SERVICEUNAVAILABLE);
    assert_int_equal(iwq.owner.commits, 0);
}

/* The modest one's request, while the other's fill every place at the HSS. */
static void a_source_that_asks_for_very_much_at_once_keeps_nobody_else_out(void **state)
{
    (void)state;
    iwq.config.sources = 2;
    iwq.config.source[1] = iwq.config.source[0];
    strcpy(iwq.config.source[1].name, "modest.scs.test");
    iwq_restart();
    iwq.hss_silent = true;
    unsigned refused = 0;
    for (uint32_t i = 1; i <= GODWIT_IWF_INTAKES_MAX + 1; i++) {
        iwq_action_t greedy = iwq_action(i);
        refused += iwq_give(&greedy) == GODWIT_TRIGGER_SERVICEUNAVAILABLE;
    }
    assert_int_equal(refused, 1); /* alone it may have all of them */
    assert_int_equal(iwq.status_of, GODWIT_IWF_INTAKES_MAX + 1);
    const unsigned asked = iwq.asked_hss;
    for (uint32_t i = 1; i <= GODWIT_IWF_INTAKES_MAX / 2; i++) {
        iwq_action_t modest = iwq_action(1000 + i);
        strcpy(modest.message.u.device_action.scs, "modest.scs.test");
        strcpy(modest.message.origin_host, "modest.scs.test");
        assert_int_equal(iwq_give(&modest), GODWIT_TRIGGER_SERVICEUNAVAILABLE);
        assert_true(iwq.status_of <= GODWIT_IWF_INTAKES_MAX); /* in its place one of the greedy one's */
    }
    assert_int_equal(iwq.asked_hss, asked + GODWIT_IWF_INTAKES_MAX / 2);
    iwq_action_t more = iwq_action(2000); /* now each has half, and who asks for more is refused itself */
    assert_int_equal(iwq_give(&more), GODWIT_TRIGGER_SERVICEUNAVAILABLE);
    assert_int_equal(iwq.status_of, 2000);
    assert_int_equal(iwq.asked_hss, asked + GODWIT_IWF_INTAKES_MAX / 2);
    assert_int_equal(iwq.owner.commits, 0);
}

static void rates_are_of_each_source_and_of_each_device(void **state)
{
    (void)state;
    iwq.config.source[0].per_minute = 3;
    iwq.config.device_per_minute = 2;
    iwq_restart();
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS);
    assert_int_equal(iwq_trigger(2), GODWIT_TRIGGER_SUCCESS);
    assert_int_equal(iwq_trigger(3), GODWIT_TRIGGER_RATEEXCEEDED); /* of the device: the HSS was asked */
    assert_int_equal(iwq.asked_hss, 3);
    assert_int_equal(iwq_trigger(4), GODWIT_TRIGGER_RATEEXCEEDED); /* of the source */
    assert_int_equal(iwq.asked_hss, 3);
    iwq.owner.now_ms += 60000;
    assert_int_equal(iwq_trigger(4), GODWIT_TRIGGER_SUCCESS);
}

static void quotas_are_of_each_source_and_of_each_device(void **state)
{
    (void)state;
    iwq.reachable = false;
    iwq.config.source_quota = 3;
    iwq.config.device_quota = 2;
    iwq_restart();
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS);
    assert_int_equal(iwq_trigger(2), GODWIT_TRIGGER_SUCCESS);
    assert_int_equal(iwq_trigger(3), GODWIT_TRIGGER_QUOTAEXCEEDED);
    iwq.device = 2;
    assert_int_equal(iwq_trigger(3), GODWIT_TRIGGER_SUCCESS);
    assert_int_equal(iwq_trigger(4), GODWIT_TRIGGER_QUOTAEXCEEDED);
    iwq.device = 0;
    iwq.reachable = true;
    iwq_registered(0);
    iwq_run(100);
    assert_int_equal(iwq_delivered(1), 1);
    assert_int_equal(iwq_trigger(4), GODWIT_TRIGGER_SUCCESS);
}

/* Both wait for the HSS at the same time; what is told is the answer to the second. */
static godwit_request_status_t two_at_once(iwq_action_t *first, iwq_action_t *second)
{
    owner_give_message(&iwq.owner, &first->message);
    iwq_collect();
    owner_give_message(&iwq.owner, &second->message);
    iwq_collect();
    iwq_run(1);
    return iwq.status;
}

static void a_reference_that_asks_twice_at_once_is_one_request_or_an_error(void **state)
{
    (void)state;
    iwq.reachable = false;
    iwq.config.device_quota = 2;
    iwq.config.device_per_minute = 2;
    iwq_restart();
    iwq_action_t a = iwq_action(1), b = iwq_action(1);
    b.message.u.device_action.payload[0] ^= 1;
    assert_int_equal(two_at_once(&a, &b), GODWIT_TRIGGER_PERMANENTERROR); /* not SUCCESS: it is nowhere */
    a = b = iwq_action(2);
    assert_int_equal(two_at_once(&a, &b), GODWIT_TRIGGER_SUCCESS); /* not against the quota that it has filled itself */
    assert_int_equal(iwq_trigger(3), GODWIT_TRIGGER_RATEEXCEEDED);
}

static void a_reference_in_use_for_something_else_is_refused(void **state)
{
    (void)state;
    iwq.reachable = false;
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS);
    iwq_action_t a = iwq_action(1);
    a.message.u.device_action.payload[0] ^= 1;
    assert_int_equal(iwq_give(&a), GODWIT_TRIGGER_PERMANENTERROR);
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS);
}

/* ---- ways ---- */

static void an_unreachable_device_gets_its_triggers_when_it_registers(void **state)
{
    (void)state;
    iwq.reachable = false;
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS);
    assert_int_equal(iwq_trigger(2), GODWIT_TRIGGER_SUCCESS);
    iwq_action_t urgent = iwq_action(3);
    urgent.message.u.device_action.priority = true;
    assert_int_equal(iwq_give(&urgent), GODWIT_TRIGGER_SUCCESS);
    iwq_run(5);
    assert_int_equal(iwq.deliveries, 0);
    iwq.reachable = true;
    iwq_registered(0);
    iwq_run(1);
    assert_int_equal(iwq.deliveries, 3);
    assert_int_equal(iwq.order[0], 3);
    assert_int_equal(iwq.order[1], 1);
    assert_int_equal(iwq.order[2], 2);
}

static void who_claims_a_device_without_end_has_it_tried_no_more_than_so_often(void **state)
{
    (void)state;
    iwq.reachable = false;
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS);
    iwq_run(5);
    const unsigned before = iwq.asked_hss;
    for (unsigned i = 0; i < 1000; i++) {
        iwq_registered(0);
        iwq_run(0);
        iwq.owner.now_ms += 10;
    }
    assert_in_range(iwq.asked_hss - before, 20, 40);
}

/* A node that the HSS does not name: the device is neither paged for it nor waited for longer, and the true node's word
 * counts as if nothing had been said. */
static void who_claims_a_device_that_it_does_not_serve_changes_nothing(void **state)
{
    (void)state;
    iwq.reachable = false;
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS);
    iwq_run(1);
    assert_int_equal(iwq.t5_downs, 1);
    const uint64_t due_ms = iwq_record(1)->due_ms;
    for (unsigned i = 0; i < 14; i++) { /* until it is due by itself */
        iwq_registered_at(0, "mme.rogue.test");
        iwq_run(2);
    }
    assert_int_equal(iwq.t5_downs, 1);
    assert_int_equal(iwq_record(1)->due_ms, due_ms);
    iwq_run(10); /* then it is tried */
    assert_int_equal(iwq.t5_downs, 2);
    for (unsigned i = 0; i < 100; i++) { /* more than may be said of a device in a minute */
        iwq_registered_at(0, "mme.rogue.test");
        iwq_run_ms(20);
    }
    iwq.reachable = true;
    iwq_registered(0);
    iwq_run(1);
    assert_int_equal(iwq_delivered(1), 1);
}

/* The HSS takes its time; what it says then is that the device is at the node where it was. */
static void hss_answers_late(void)
{
    godwit_message_t m = {.kind = GODWIT_SUBSCRIBER_INFO_ANSWER, .from = GODWIT_FUNCTION_HSS, .hop = GODWIT_HOP_TLS};
    for (size_t i = 0; i < GODWIT_IWF_FLIGHTS_MAX; i++) {
        m.transaction |= iwq.role.flights[i].step == GODWIT_IWF_LOCATING ? iwq.role.flights[i].transaction : 0;
    }
    m.u.subscriber_info_answer.nodes = 1;
    m.u.subscriber_info_answer.node[0].function = GODWIT_FUNCTION_MME;
    strcpy(m.u.subscriber_info_answer.node[0].host, IWQ_MME);
    owner_give_message(&iwq.owner, &m);
    iwq_collect();
}

/* While the HSS is asked about a node that it will not name a trigger is due, or comes. */
static void what_is_due_while_a_liar_is_asked_about_is_tried(void **state)
{
    (void)state;
    iwq.reachable = false;
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS);
    iwq_run(1);
    assert_int_equal(iwq.t5_downs, 1);
    iwq_run_ms(iwq_record(1)->due_ms - iwq.owner.now_ms - 10);
    iwq.hss_silent = true;
    iwq_registered_at(0, "mme.rogue.test");
    iwq_run_ms(100);
    assert_int_equal(iwq_record(1)->attempts, 1);
    hss_answers_late();
    iwq_run_ms(100);
    assert_int_equal(iwq.t5_downs, 2);
}

static void a_recall_may_name_the_device_by_its_other_name(void **state)
{
    (void)state;
    iwq.reachable = false;
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS);
    iwq_action_t recall = iwq_recall(2, 1);
    strcpy(recall.message.u.device_action.device.external_id, "d7@water.test"); /* another device */
    assert_int_equal(iwq_give(&recall), GODWIT_TRIGGER_RECALLFAIL);
    recall.message.u.device_action.device.external_id[0] = '\0';
    strcpy(recall.message.u.device_action.device.msisdn, "491701234567");
    assert_int_equal(iwq_give(&recall), GODWIT_TRIGGER_SUCCESS);
}

static void it_is_tried_again_after_longer_and_longer_waits(void **state)
{
    (void)state;
    iwq.reachable = false;
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS);
    iwq_run(3600);
    const unsigned in_the_first_hour = iwq.refused;
    assert_in_range(in_the_first_hour, 4, 20);
    iwq_run(3600);
    assert_in_range(iwq.refused - in_the_first_hour, 1, 3);
    iwq.reachable = true;
    iwq_run(7300);
    assert_int_equal(iwq_delivered(1), 1);
}

static void what_nobody_takes_expires_and_that_is_reported(void **state)
{
    (void)state;
    iwq.reachable = false;
    iwq_action_t a = iwq_action(1);
    a.message.u.device_action.validity_s = 100;
    assert_int_equal(iwq_give(&a), GODWIT_TRIGGER_SUCCESS);
    iwq_run(99);
    assert_int_equal(iwq_reports(1), 0);
    iwq_run(3);
    assert_int_equal(iwq_reports(1), 1);
    assert_int_equal(iwq_outcome(1), GODWIT_OUTCOME_EXPIRED);
    iwq.reachable = true;
    iwq_registered(0);
    iwq_run(100);
    assert_int_equal(iwq.deliveries, 0);
}

static void what_came_to_a_device_that_went_away_is_not_called_expired(void **state)
{
    (void)state;
    iwq.vanishes = true;
    iwq_action_t a = iwq_action(1);
    a.message.u.device_action.validity_s = 100;
    assert_int_equal(iwq_give(&a), GODWIT_TRIGGER_SUCCESS);
    iwq_run(1);
    assert_int_equal(iwq_delivered(1), 1);
    assert_int_equal(iwq_record(1)->state, GODWIT_TRIGGER_WAITING);
    iwq.vanishes = iwq.reachable = false;
    iwq_run(102);
    assert_int_equal(iwq_reports(1), 1);
    assert_int_equal(iwq_outcome(1), GODWIT_OUTCOME_UNCONFIRMED);
}

static void the_sms_sc_takes_what_no_node_does_and_reports(void **state)
{
    (void)state;
    iwq.reachable = false;
    strcpy(iwq.config.sms_sc_host, IWQ_SMS_SC);
    iwq_restart();
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS);
    iwq_run(30);
    assert_int_equal(iwq.queued, 1);
    assert_int_equal(iwq_record(1)->state, GODWIT_TRIGGER_SENT);
    iwq_t4_report("mallory.test", GODWIT_T4_SUCCESS);
    assert_int_equal(iwq_record(1)->state, GODWIT_TRIGGER_SENT);
    iwq_t4_report(IWQ_SMS_SC, GODWIT_T4_ABSENT);
    assert_int_equal(iwq_record(1)->state, GODWIT_TRIGGER_WAITING);
    iwq_run(100);
    assert_int_equal(iwq.queued, 2);
    iwq_t4_report(IWQ_SMS_SC, GODWIT_T4_SUCCESS);
    iwq_run(5);
    assert_int_equal(iwq_outcome(1), GODWIT_OUTCOME_SUCCESS);
}

/* Anybody can say the SMS-SC's name there: a trigger is neither ended nor sent again by it. */
static void a_report_over_an_open_hop_counts_only_where_that_is_accepted(void **state)
{
    static const godwit_t4_outcome_t outcomes[] = {GODWIT_T4_SUCCESS, GODWIT_T4_ABSENT, GODWIT_T4_EXPIRED};
    (void)state;
    iwq.reachable = false;
    strcpy(iwq.config.sms_sc_host, IWQ_SMS_SC);
    iwq_restart();
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS);
    iwq_run(30);
    const godwit_trigger_record_t before = *iwq_record(1);
    assert_int_equal(before.state, GODWIT_TRIGGER_SENT);
    iwq.report_openly = true;
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        iwq_t4_report(IWQ_SMS_SC, outcomes[i]);
        assert_true(owner_saw(&iwq.owner, "refused", GODWIT_NOT_ENTITLED));
        assert_memory_equal(iwq_record(1), &before, sizeof before);
    }
    iwq.config.sms_sc_open = true;
    iwq_restart();
    iwq_t4_report(IWQ_SMS_SC, GODWIT_T4_SUCCESS);
    iwq_run(5);
    assert_int_equal(iwq_outcome(1), GODWIT_OUTCOME_SUCCESS);
}

/* ---- recall, replace ---- */

static void what_waits_is_recalled_at_once(void **state)
{
    (void)state;
    iwq.reachable = false;
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS);
    iwq_action_t recall = iwq_recall(2, 1);
    assert_int_equal(iwq_give(&recall), GODWIT_TRIGGER_SUCCESS);
    assert_int_equal(iwq_give(&recall), GODWIT_TRIGGER_SUCCESS); /* said again */
    iwq.reachable = true;
    iwq_registered(0);
    iwq_run(1000);
    assert_int_equal(iwq.deliveries, 0);
    assert_int_equal(iwq_reports(1), 0);
    recall = iwq_recall(3, 77);
    assert_int_equal(iwq_give(&recall), GODWIT_TRIGGER_RECALLFAIL);
}

static void what_was_delivered_cannot_be_recalled_or_replaced(void **state)
{
    (void)state;
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS);
    iwq_run(10);
    iwq_action_t recall = iwq_recall(2, 1);
    assert_int_equal(iwq_give(&recall), GODWIT_TRIGGER_ORIGINALMESSAGESENT);
    iwq_action_t replace = iwq_replace(3, 1);
    assert_int_equal(iwq_give(&replace), GODWIT_TRIGGER_ORIGINALMESSAGESENT);
    replace = iwq_replace(3, 77);
    assert_int_equal(iwq_give(&replace), GODWIT_TRIGGER_REPLACEFAIL);
}

static void what_waits_is_replaced(void **state)
{
    (void)state;
    iwq.reachable = false;
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS);
    iwq_action_t replace = iwq_replace(2, 1);
    assert_int_equal(iwq_give(&replace), GODWIT_TRIGGER_SUCCESS);
    iwq_run(5);
    iwq.reachable = true;
    iwq_registered(0);
    iwq_run(100);
    assert_int_equal(iwq_delivered(1), 0);
    assert_int_equal(iwq_delivered(2), 1);
    assert_int_equal(iwq.last.action, GODWIT_A3_TRIGGERING);
    assert_int_equal(iwq_reports(1), 0);
    assert_int_equal(iwq_reports(2), 1);
}

/* ---- reports ---- */

static void a_report_is_said_until_it_is_answered(void **state)
{
    (void)state;
    iwq.scs_silent = true;
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS);
    iwq_run(100);
    assert_in_range(iwq_reports(1), 3, 8);
    iwq.scs_silent = false;
    iwq_run(3600);
    const unsigned reports = iwq_reports(1);
    assert_int_equal(iwq_record(1)->state, GODWIT_TRIGGER_CLOSED);
    iwq_run(90000);
    assert_int_equal(iwq_reports(1), reports);
    assert_null(iwq_record(1)); /* and forgotten after a day */
}

/* ---- the store ---- */

static void a_store_that_fails_makes_a_temporary_error_or_nothing(void **state)
{
    (void)state;
    iwq.owner.fail_fetches = true;
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_TEMPORARYERROR);
    iwq.owner.fail_fetches = false;
    iwq.owner.fail_commits = true;
    iwq.status = (godwit_request_status_t)-1;
    iwq_action_t a = iwq_action(1);
    owner_give_message(&iwq.owner, &a.message);
    iwq_collect();
    assert_int_equal((int)iwq.status, -1); /* no SUCCESS for what is not durable */
    iwq.owner.fail_commits = false;
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS);
    iwq_run(100);
    assert_int_equal(iwq_delivered(1), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, iwq_setup)
    const struct CMUnitTest tests[] = {
        TEST(a_trigger_is_durable_before_success_and_delivered_by_t5_and_reported),
        TEST(who_is_not_configured_is_refused_and_moves_nothing),
        TEST(an_open_hop_gives_no_proof_and_is_another_source),
        TEST(each_refusal_has_its_status),
        TEST(a_silent_hss_makes_the_service_unavailable),
        TEST(a_source_that_asks_for_very_much_at_once_keeps_nobody_else_out),
        TEST(rates_are_of_each_source_and_of_each_device),
        TEST(quotas_are_of_each_source_and_of_each_device),
        TEST(a_reference_that_asks_twice_at_once_is_one_request_or_an_error),
        TEST(a_reference_in_use_for_something_else_is_refused),
        TEST(an_unreachable_device_gets_its_triggers_when_it_registers),
        TEST(who_claims_a_device_without_end_has_it_tried_no_more_than_so_often),
        TEST(who_claims_a_device_that_it_does_not_serve_changes_nothing),
        TEST(what_is_due_while_a_liar_is_asked_about_is_tried),
        TEST(a_recall_may_name_the_device_by_its_other_name),
        TEST(it_is_tried_again_after_longer_and_longer_waits),
        TEST(what_nobody_takes_expires_and_that_is_reported),
        TEST(what_came_to_a_device_that_went_away_is_not_called_expired),
        TEST(the_sms_sc_takes_what_no_node_does_and_reports),
        TEST(a_report_over_an_open_hop_counts_only_where_that_is_accepted),
        TEST(what_waits_is_recalled_at_once),
        TEST(what_was_delivered_cannot_be_recalled_or_replaced),
        TEST(what_waits_is_replaced),
        TEST(a_report_is_said_until_it_is_answered),
        TEST(a_store_that_fails_makes_a_temporary_error_or_nothing),
    };
    return cmocka_run_group_tests_name("mtc_iwf_triggers", tests, NULL, NULL);
}
