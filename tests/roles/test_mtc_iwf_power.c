/* SPDX-License-Identifier: Apache-2.0
 *
 * The MTC-IWF dies after any single request of any list, and comes up again with what the store has: no trigger is
 * lost, none reaches its application twice, and no source hears two outcomes. In case 1 and, with the device library at
 * the other end, in case 2.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/iwf_queue.h"

#define TRIGGERS 200u

/* Says it until it is answered, as a source does. */
static void insist(const iwq_action_t *action)
{
    for (unsigned i = 0; i < 50; i++) {
        if (iwq_give(action) == GODWIT_TRIGGER_SUCCESS) {
            return;
        }
        iwq_run(2);
    }
    fail_msg("never answered");
}

static void assert_once(uint32_t reference)
{
    if (iwq_delivered(reference) != 1 || iwq_reports(reference) == 0 ||
        iwq_outcome(reference) != GODWIT_OUTCOME_SUCCESS) {
        fail_msg("trigger %u: delivered %u times, reported %u times, outcome %d", (unsigned)reference,
                 iwq_delivered(reference), iwq_reports(reference), (int)iwq_outcome(reference));
    }
}

/* ---- many, and many deaths ---- */

static void next_life(unsigned *life, unsigned first, unsigned most)
{
    if (iwq.owner.power_for == 0) {
        iwq.owner.power_for = first + (*life)++ % most;
    }
}

static void many_through_many_deaths(unsigned first, unsigned most)
{
    unsigned life = 0;
    iwq.reachable = false; /* while they come */
    iwq.config.device_quota = TRIGGERS;
    iwq_restart();
    for (uint32_t reference = 1; reference <= TRIGGERS; reference++) {
        iwq.device = reference % IWQ_DEVICES;
        const iwq_action_t action = iwq_action(reference);
        next_life(&life, first, most);
        insist(&action);
    }
    iwq.reachable = true;
    for (unsigned minute = 0; minute < 600 && iwq.deliveries < TRIGGERS; minute++) {
        for (unsigned device = 0; device < IWQ_DEVICES; device++) {
            next_life(&life, first, most);
            iwq_registered(device);
        }
        iwq_run(60);
    }
    iwq.owner.power_for = 0;
    iwq_run(7200);
    assert_true(iwq.power_cuts > TRIGGERS / 10);
    for (uint32_t reference = 1; reference <= TRIGGERS; reference++) {
        assert_once(reference);
        assert_int_equal(iwq_record(reference)->state, GODWIT_TRIGGER_CLOSED);
    }
}

static void many_triggers_survive_many_deaths(void **state)
{
    (void)state;
    many_through_many_deaths(6, 40);
}

static void many_protected_triggers_survive_many_deaths(void **state)
{
    (void)state;
    many_through_many_deaths(8, 40);
}

/* ---- a few, and each single death ---- */

/* Three for one device that comes later, one for another that is there. */
static void few(void)
{
    iwq.reachable = false;
    for (uint32_t reference = 1; reference <= 3; reference++) {
        const iwq_action_t action = iwq_action(reference);
        insist(&action);
    }
    iwq.reachable = true;
    iwq.device = 1;
    const iwq_action_t action = iwq_action(4);
    insist(&action);
    iwq_registered(0);
    iwq_run(7200);
}

static void each_single_death(int (*setup)(void **state), void **state)
{
    unsigned request = 0;
    do {
        setup(state);
        iwq.owner.power_for = ++request;
        few();
        for (uint32_t reference = 1; reference <= 4; reference++) {
            assert_once(reference);
        }
    } while (iwq.power_cuts > 0);
    assert_true(request > 40); /* the last one came after the end */
}

static void a_death_after_any_request_loses_nothing_and_repeats_nothing(void **state)
{
    each_single_death(iwq_setup, state);
}

static void likewise_with_associations(void **state)
{
    each_single_death(iwq_setup_associations, state);
}

/* Whatever happens, a recalled trigger and its recall come to ends that agree. */
static void a_recall_through_each_single_death(void **state)
{
    unsigned request = 0;
    do {
        iwq_setup_associations(state);
        iwq.reachable = false;
        iwq.owner.power_for = ++request;
        const iwq_action_t action = iwq_action(1);
        insist(&action);
        const iwq_action_t recall = iwq_recall(2, 1);
        insist(&recall);
        iwq.reachable = true;
        iwq_registered(0);
        iwq_run(7200);
        assert_int_equal(iwq_delivered(1), 0);
        assert_true(iwq_record(1)->recalled);
        assert_int_equal(iwq_record(1)->state, GODWIT_TRIGGER_CLOSED);
        assert_int_equal(iwq_record(2)->state, GODWIT_TRIGGER_CLOSED);
    } while (iwq.power_cuts > 0);
}

static void a_replacement_through_each_single_death(void **state)
{
    unsigned request = 0;
    do {
        iwq_setup_associations(state);
        iwq.reachable = false;
        iwq.owner.power_for = ++request;
        const iwq_action_t action = iwq_action(1);
        insist(&action);
        const iwq_action_t replace = iwq_replace(2, 1);
        insist(&replace);
        iwq.reachable = true;
        iwq_registered(0);
        iwq_run(7200);
        /* One of the two, never both; and never neither. */
        assert_int_equal(iwq_delivered(1) + iwq_delivered(2), 1);
        assert_int_equal(iwq_record(1)->state, GODWIT_TRIGGER_CLOSED);
        assert_int_equal(iwq_record(2)->state, GODWIT_TRIGGER_CLOSED);
    } while (iwq.power_cuts > 0);
}

int main(void)
{
#define TEST(name, setup) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        TEST(many_triggers_survive_many_deaths, iwq_setup),
        TEST(many_protected_triggers_survive_many_deaths, iwq_setup_associations),
        TEST(a_death_after_any_request_loses_nothing_and_repeats_nothing, iwq_setup),
        TEST(likewise_with_associations, iwq_setup_associations),
        TEST(a_recall_through_each_single_death, iwq_setup_associations),
        TEST(a_replacement_through_each_single_death, iwq_setup_associations),
    };
    return cmocka_run_group_tests_name("mtc_iwf_power", tests, NULL, NULL);
}
