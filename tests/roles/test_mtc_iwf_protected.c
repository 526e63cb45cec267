/* SPDX-License-Identifier: Apache-2.0
 *
 * Triggers at the MTC-IWF in case 2, with the device library at the other end: the association that the first one waits
 * for, acknowledgements and what they mean, recall and replacement of what the device may have, and A3 over UDP.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/iwf_queue.h"

static void the_first_trigger_waits_for_an_association_and_then_goes(void **state)
{
    (void)state;
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS);
    iwq_run(2);
    assert_int_equal(iwq_delivered(1), 1);
    assert_int_equal(iwq_outcome(1), GODWIT_OUTCOME_SUCCESS);
    assert_int_equal(iwq_trigger(2), GODWIT_TRIGGER_SUCCESS);
    iwq_run(1);
    assert_int_equal(iwq_delivered(2), 1);
    assert_int_not_equal(iwq_record(2)->association, 0);
    assert_int_equal(iwq.devices[0].number, 1); /* one association */
}

static void success_is_what_the_device_says_and_not_its_node(void **state)
{
    (void)state;
    iwq.devices[0].slow = true;
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS);
    iwq_run(10);
    assert_int_equal(iwq_delivered(1), 1); /* with its application */
    assert_int_equal(iwq_reports(1), 0);
    assert_int_equal(iwq_record(1)->state, GODWIT_TRIGGER_SENT);
    iwq_done(0, GODWIT_A3_DELIVERED);
    iwq_run(1);
    assert_int_equal(iwq_outcome(1), GODWIT_OUTCOME_SUCCESS);
}

static void what_is_never_acknowledged_is_sent_again_and_ends_unconfirmed(void **state)
{
    (void)state;
    iwq.devices[0].slow = true;
    iwq_action_t a = iwq_action(1);
    a.message.u.device_action.validity_s = 600;
    assert_int_equal(iwq_give(&a), GODWIT_TRIGGER_SUCCESS);
    iwq_run(590);
    assert_in_range(iwq.t5_downs, 4, 12); /* the Command, and the trigger again and again */
    assert_int_equal(iwq_delivered(1), 1);
    iwq_run(20);
    assert_int_equal(iwq_outcome(1), GODWIT_OUTCOME_UNCONFIRMED);
}

static void an_application_that_is_not_there_makes_it_undeliverable(void **state)
{
    (void)state;
    iwq.devices[0].slow = true;
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS);
    iwq_run(2);
    iwq_done(0, GODWIT_A3_NO_APPLICATION);
    iwq_run(1);
    assert_int_equal(iwq_outcome(1), GODWIT_OUTCOME_UNDELIVERABLE);
}

/* ---- recall and replacement of what may be there ---- */

/* Trigger 1 goes by a way that says nothing, and the device does not have it. */
static void lose_trigger_1(void)
{
    assert_int_equal(iwq_trigger(9), GODWIT_TRIGGER_SUCCESS); /* the association */
    iwq_run(5);
    iwq.node_silent = true;
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS);
    iwq_run(1);
    assert_int_equal(iwq_record(1)->state, GODWIT_TRIGGER_SENT);
}

static void a_recall_follows_what_was_sent_and_keeps_it_from_being_acted_on(void **state)
{
    (void)state;
    lose_trigger_1();
    const iwq_action_t recall = iwq_recall(2, 1);
    assert_int_equal(iwq_give(&recall), GODWIT_TRIGGER_SUCCESS);
    iwq_run(40); /* the way of the first has failed, and the other one is under way */
    iwq.node_silent = false;
    iwq_registered(0);
    iwq_run(30);
    assert_true(iwq_record(1)->recalled);
    assert_int_equal(iwq_record(1)->state, GODWIT_TRIGGER_CLOSED);
    assert_int_equal(iwq_reports(1), 0);
    assert_int_equal(iwq_outcome(2), GODWIT_OUTCOME_SUCCESS);
    assert_int_equal(iwq_reports(2), 1);
    iwq_say_again(0); /* the lost one comes late */
    assert_int_equal(iwq_delivered(1), 0);
}

static void a_recall_that_comes_too_late_says_so(void **state)
{
    (void)state;
    iwq.devices[0].slow = true;
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS);
    iwq_run(5);
    const iwq_action_t recall = iwq_recall(2, 1);
    assert_int_equal(iwq_give(&recall), GODWIT_TRIGGER_SUCCESS);
    iwq_run(5);
    assert_int_equal(iwq_outcome(2), GODWIT_OUTCOME_UNDELIVERABLE);
    assert_int_equal(iwq_reports(2), 1);
    assert_false(iwq_record(1)->recalled);
    iwq_done(0, GODWIT_A3_DELIVERED);
    iwq_run(5);
    assert_int_equal(iwq_outcome(1), GODWIT_OUTCOME_SUCCESS);
    assert_int_equal(iwq_reports(1), 1);
}

static void what_no_recall_reached_in_time_was_not_recalled(void **state)
{
    (void)state;
    iwq.devices[0].slow = true;
    iwq_action_t trigger = iwq_action(1);
    trigger.message.u.device_action.validity_s = 60;
    assert_int_equal(iwq_give(&trigger), GODWIT_TRIGGER_SUCCESS);
    iwq_run(5);
    assert_int_equal(iwq_delivered(1), 1);
    iwq.node_silent = true;
    iwq_action_t recall = iwq_recall(2, 1);
    assert_int_equal(iwq_give(&recall), GODWIT_TRIGGER_SUCCESS);
    iwq_run(70);
    assert_int_equal(iwq_outcome(1), GODWIT_OUTCOME_UNCONFIRMED);
    assert_int_equal(iwq_outcome(2), GODWIT_OUTCOME_UNCONFIRMED);
    assert_false(iwq_record(1)->recalled);
    recall = iwq_recall(3, 1); /* nobody may be told that it is recalled: the application has it */
    assert_int_equal(iwq_give(&recall), GODWIT_TRIGGER_RECALLFAIL);
}

static void a_replacement_follows_what_was_sent(void **state)
{
    (void)state;
    lose_trigger_1();
    const iwq_action_t replace = iwq_replace(2, 1);
    assert_int_equal(iwq_give(&replace), GODWIT_TRIGGER_SUCCESS);
    iwq_run(40); /* the way of the first has failed, and the other one is under way */
    iwq.node_silent = false;
    iwq_registered(0);
    iwq_run(30);
    assert_int_equal(iwq_delivered(2), 1);
    assert_true(iwq_record(1)->replaced);
    iwq_say_again(0);
    assert_int_equal(iwq_delivered(1), 0);
    assert_int_equal(iwq_reports(1), 0);
    assert_int_equal(iwq_reports(2), 1);
}

/* ---- A3 ---- */

static void a_poll_brings_what_waits_by_udp(void **state)
{
    (void)state;
    assert_int_equal(iwq_trigger(1), GODWIT_TRIGGER_SUCCESS);
    iwq_run(5);
    iwq.reachable = false; /* over 3GPP */
    assert_int_equal(iwq_trigger(2), GODWIT_TRIGGER_SUCCESS);
    assert_int_equal(iwq_trigger(3), GODWIT_TRIGGER_SUCCESS);
    iwq_run(5);
    assert_int_equal(iwq.deliveries, 1);
    iwq_poll(0);
    iwq_run(5);
    assert_int_equal(iwq_delivered(2), 1);
    assert_int_equal(iwq_delivered(3), 1);
    assert_int_equal(iwq_outcome(3), GODWIT_OUTCOME_SUCCESS);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, iwq_setup_associations)
    const struct CMUnitTest tests[] = {
        TEST(the_first_trigger_waits_for_an_association_and_then_goes),
        TEST(success_is_what_the_device_says_and_not_its_node),
        TEST(what_is_never_acknowledged_is_sent_again_and_ends_unconfirmed),
        TEST(an_application_that_is_not_there_makes_it_undeliverable),
        TEST(a_recall_follows_what_was_sent_and_keeps_it_from_being_acted_on),
        TEST(a_recall_that_comes_too_late_says_so),
        TEST(what_no_recall_reached_in_time_was_not_recalled),
        TEST(a_replacement_follows_what_was_sent),
        TEST(a_poll_brings_what_waits_by_udp),
    };
    return cmocka_run_group_tests_name("mtc_iwf_protected", tests, NULL, NULL);
}
