/* SPDX-License-Identifier: Apache-2.0
 *
 * The lab's devices and its watcher where triggers are concerned: what was delivered before a power loss comes again whatever the access, and what the watcher
 * takes for lost, or for late, is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lab/internal.h"

#define VALIDITY_S 600

static godwit_world_t *world(void)
{
    godwit_world_config_t config = godwit_world_defaults();
    config.access = GODWIT_WORLD_EPS;
    config.trigger = (godwit_world_triggering_t){.on = true};
    godwit_world_t *w = godwit_world_new(&config);
    godwit_world_run(w, 10000);
    return w;
}

static uint32_t ask(godwit_world_t *w, godwit_action_type_t action, uint32_t of)
{
    const uint32_t number =
        godwit_world_ask(w, &(godwit_world_ask_t){.action = action, .of = of, .validity_s = VALIDITY_S});
    w->asked[number].reference = number + 1; /* until the source gives one */
    return number;
}

static void answer(godwit_world_t *w, uint32_t number)
{
    godwit_message_t m = {.kind = GODWIT_DEVICE_ACTION_ANSWER};
    m.u.device_action_answer.reference = w->asked[number].reference;
    m.u.device_action_answer.status = GODWIT_TRIGGER_SUCCESS;
    lab_check_told(w, false, &m);
}

static void report(godwit_world_t *w, uint32_t number)
{
    godwit_message_t m = {.kind = GODWIT_DEVICE_NOTIFICATION};
    m.u.device_notification.reference = w->asked[number].reference;
    m.u.device_notification.outcome = GODWIT_OUTCOME_SUCCESS;
    lab_check_told(w, false, &m);
}

static void what_was_not_confirmed_comes_again_over_wifi(void **state)
{
    (void)state;
    godwit_world_t *w = world();
    godwit_world_wifi(w, 0);
    godwit_world_run(w, 5000);
    const uint32_t number = ask(w, GODWIT_ACTION_TRIGGER, 0);
    for (unsigned i = 0; i < 5000 && w->asked[number].acted == 0; i++) {
        godwit_world_run(w, 1);
    }
    assert_int_equal(w->asked[number].acted, 1);
    godwit_world_power_loss(w, godwit_world_device_node(0)); /* before its application has said so */
    godwit_world_run(w, 120000);
    assert_int_equal(w->asked[number].reports, 1);
    assert_int_equal(w->asked[number].outcome, GODWIT_OUTCOME_SUCCESS);
    assert_int_equal(w->asked[number].acted, 1);
    assert_null(godwit_world_violation(w));
    godwit_world_free(w);
}

/* The answer to the replacement was lost, and its report came before the source asked again. */
static void a_report_answers_a_replacement(void **state)
{
    (void)state;
    godwit_world_t *w = world();
    const uint32_t old = ask(w, GODWIT_ACTION_TRIGGER, 0), fresh = ask(w, GODWIT_ACTION_REPLACE, old);
    answer(w, old);
    assert_int_equal(lab_check_act(w, 0, fresh), GODWIT_A3_DELIVERED);
    report(w, fresh);
    lab_check_trigger_end(w);
    assert_null(godwit_world_violation(w));
    godwit_world_free(w);
}

static void one_that_waits_although_its_device_is_well_is_seen(void **state)
{
    (void)state;
    godwit_world_t *w = world();
    godwit_world_part(w, GODWIT_WORLD_MTC_IWF, GODWIT_WORLD_MME, 1000000);
    const uint32_t late = ask(w, GODWIT_ACTION_TRIGGER, 0);
    answer(w, late);
    w->devices[0].trigger.well_ms = w->now_ms;
    w->now_ms += 181000;
    assert_int_equal(lab_check_act(w, 0, late), GODWIT_A3_DELIVERED); /* after all */
    report(w, late);
    lab_check_trigger_end(w);
    assert_string_equal(godwit_world_violation(w), "a trigger that waits although its device is well");
    godwit_world_free(w);
}

/* By short message nobody gives it its key: whichever way the trigger's next attempt would take. */
static void a_device_that_receives_its_key_gets_it_however_often_it_was_tried_in_vain(void **state)
{
    (void)state;
    for (unsigned away_s = 5; away_s < 125; away_s += 5) {
        godwit_world_config_t config = godwit_world_defaults();
        config.access = GODWIT_WORLD_GERAN;
        config.circuit = true;
        config.carrier = GODWIT_CARRIER_SMS;
        config.trigger =
            (godwit_world_triggering_t){.on = true, .key_from = GODWIT_IWF_KEY_FROM_MME, .ue_key_received = true};
        config.trigger.lazy = true;
        godwit_world_t *w = godwit_world_new(&config);
        godwit_world_run(w, 2000);                    /* it is registered */
        godwit_world_power_loss(w, GODWIT_WORLD_MSC); /* which knows nothing of it from now on */
        for (unsigned i = 0; i < 6; i++) {            /* each is due at another time, and has the first one tried */
            (void)ask(w, GODWIT_ACTION_TRIGGER, 0);
            godwit_world_run(w, 7000 + UINT64_C(200) * away_s);
        }
        (void)lab_after(w, 0, LAB_ACCESS_DETACH, godwit_world_device_node(0));
        (void)lab_after(w, 500, LAB_ACCESS_TRY, godwit_world_device_node(0));
        godwit_world_run(w, 20000);
        for (unsigned i = 0; i < 6; i++) {
            assert_int_equal(w->asked[i].acted, 1);
        }
        assert_null(godwit_world_violation(w));
        godwit_world_free(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_not_confirmed_comes_again_over_wifi),
        cmocka_unit_test(a_report_answers_a_replacement),
        cmocka_unit_test(one_that_waits_although_its_device_is_well_is_seen),
        cmocka_unit_test(a_device_that_receives_its_key_gets_it_however_often_it_was_tried_in_vain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
