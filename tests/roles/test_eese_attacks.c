/* SPDX-License-Identifier: Apache-2.0
 *
 * The EESE among HSEs and EASs that are configured, and do not behave: none takes over a session of another, none keeps
 * the EESE busy, and no change of a registration gives a key twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/eese_world.h"

#define SESSION 0x000123u
#define OTHER_HSE "hse2.hse.example"
#define HOUR_MS UINT64_C(3600000)

static eese_world_t w;

static int set_up(void **state)
{
    (void)state;
    eese_world_init(&w);
    memcpy(w.eese.config.hse[1], OTHER_HSE, sizeof OTHER_HSE);
    w.eese.config.hses = 2;
    return 0;
}

static godwit_status_t hse_answer(void)
{
    return owner_message(&w.owner, GODWIT_E2E_SESSION_ANSWER, 0)->u.e2e_session_answer.status;
}

static godwit_message_t of_other_hse(godwit_e2e_event_t event, uint32_t age)
{
    godwit_message_t m = eese_world_request(&w, event, SESSION, age);
    memcpy(m.origin_host, OTHER_HSE, sizeof OTHER_HSE);
    memcpy(m.u.e2e_session_request.path.hse, OTHER_HSE, sizeof OTHER_HSE);
    return m;
}

/* ---- HSEs ---- */

static void a_session_stays_with_its_hse(void **state)
{
    (void)state;
    static const godwit_e2e_event_t events[] = {GODWIT_E2E_OPEN, GODWIT_E2E_AGE};
    assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
    eese_world_live(&w, SESSION);
    for (size_t i = 0; i < 4; i++) {
        w.owner.now_ms += HOUR_MS;
        const godwit_message_t m = of_other_hse(events[i % 2], i < 2 ? 0 : 1);
        owner_give_message(&w.owner, &m);
        assert_false(eese_world_said(&w, GODWIT_E2E_KEY_REQUEST));
        assert_int_equal(hse_answer(), GODWIT_NOT_ENTITLED);
        assert_string_equal(eese_world_session(&w, SESSION)->path.hse, EESE_HSE);
    }
}

/* Its next key is agreed, and its HSE is to be told: another does not count as that HSE. */
static void another_hse_is_not_told_the_terms_of_a_session(void **state)
{
    (void)state;
    assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
    eese_world_live(&w, SESSION);
    while (!eese_world_said(&w, GODWIT_E2E_KEY_REQUEST)) {
        w.owner.now_ms += 60000;
        owner_give_timer(&w.owner, 0);
    }
    eese_world_give_key(&w, 0);
    assert_false(eese_world_session(&w, SESSION)->told);
    const godwit_message_t m = of_other_hse(GODWIT_E2E_AGE, 1);
    owner_give_message(&w.owner, &m);
    assert_int_equal(hse_answer(), GODWIT_NOT_ENTITLED);
    assert_false(eese_world_session(&w, SESSION)->told);
}

static void the_answer_to_a_question_goes_to_the_hse_that_asked_it(void **state)
{
    (void)state;
    assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
    const godwit_message_t m = eese_world_request(&w, GODWIT_E2E_OPEN, SESSION, 0);
    godwit_message_t other = of_other_hse(GODWIT_E2E_OPEN, 0);
    other.route = m.route + 1;
    owner_give_message(&w.owner, &m);
    const uint32_t question = owner_message(&w.owner, GODWIT_E2E_KEY_REQUEST, 0)->transaction;
    owner_give_message(&w.owner, &other);
    assert_int_equal(hse_answer(), GODWIT_OVERLOAD);
    godwit_message_t key = eese_world_message(&w, GODWIT_E2E_KEY_ANSWER, GODWIT_FUNCTION_EMKS, EESE_EMKS);
    key.transaction = question;
    key.u.e2e_key_answer.age = 1;
    memset(key.u.e2e_key_answer.k_e2e, 0x41, 32);
    owner_give_message(&w.owner, &key);
    assert_int_equal(owner_message(&w.owner, GODWIT_E2E_SESSION_ANSWER, 0)->transaction, m.transaction);
    assert_int_equal(owner_message(&w.owner, GODWIT_E2E_SESSION_ANSWER, 0)->route, m.route);
}

/* ---- EASs ---- */

/* It acknowledges nothing, its session ends, and it takes its registration back: nobody is left to be told. */
static void an_eas_that_leaves_keeps_the_eese_busy_with_nothing(void **state)
{
    (void)state;
    assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
    eese_world_live(&w, SESSION);
    const godwit_message_t closed = eese_world_request(&w, GODWIT_E2E_CLOSED, SESSION, 0);
    owner_give_message(&w.owner, &closed);
    godwit_message_t leave = eese_world_registration(&w, EESE_EAS, true);
    leave.u.eas_register.remove = true;
    owner_give_message(&w.owner, &leave);
    for (unsigned i = 0; i < 20; i++) {
        w.owner.now_ms += i == 0 ? HOUR_MS : 1;
        owner_give_timer(&w.owner, 0);
    }
    assert_null(eese_world_session(&w, SESSION));
}

/* At once: what it was given it must not go on reading. Another EAS's session stays. */
static void the_sessions_of_an_eas_that_leaves_end_with_it(void **state)
{
    (void)state;
    unsigned told = 0;
    assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
    for (uint32_t i = 0; i < 3; i++) {
        eese_world_live(&w, SESSION + i);
    }
    godwit_message_t leave = eese_world_registration(&w, EESE_EAS, true);
    leave.u.eas_register.remove = true;
    owner_give_message(&w.owner, &leave);
    assert_true(owner_count(&w.owner, GODWIT_REQUEST_TIMER) > 0);
    for (unsigned i = 0; i < 5; i++) {
        w.owner.now_ms += 1;
        owner_give_timer(&w.owner, 0);
        if (eese_world_said(&w, GODWIT_E2E_RENEW)) {
            assert_int_equal(owner_message(&w.owner, GODWIT_E2E_RENEW, 0)->u.e2e_renew.renewal, GODWIT_E2E_END);
            told++;
        }
    }
    assert_int_equal(told, 3);
    for (uint32_t i = 0; i < 3; i++) {
        assert_true(eese_world_session(&w, SESSION + i)->closed);
    }
}

static void an_eas_that_comes_back_at_once_keeps_what_has_not_ended_yet(void **state)
{
    (void)state;
    assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
    eese_world_live(&w, SESSION);
    godwit_message_t leave = eese_world_registration(&w, EESE_EAS, true);
    leave.u.eas_register.remove = true;
    owner_give_message(&w.owner, &leave);
    assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
    for (unsigned i = 0; i < 5; i++) {
        w.owner.now_ms += 1;
        owner_give_timer(&w.owner, 0);
    }
    assert_false(eese_world_session(&w, SESSION)->closed);
}

/* Opened, and whether the device has taken its key was said while nobody listened; the timer runs until the end. */
static void open_and_wait(void)
{
    assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
    const godwit_message_t open = eese_world_request(&w, GODWIT_E2E_OPEN, SESSION, 0);
    owner_give_message(&w.owner, &open);
    eese_world_give_key(&w, 0);
    eese_world_acknowledge(&w, GODWIT_EAS_SESSION_PUSH, 0, GODWIT_OK);
    w.owner.now_ms += 300000;
    owner_give_timer(&w.owner, 0);
    assert_false(eese_world_session(&w, SESSION)->closed);
    assert_int_equal(owner_message(&w.owner, GODWIT_E2E_RENEW, 0)->u.e2e_renew.renewal, GODWIT_E2E_NEW_AGE);
}

static void run_for(uint64_t ms)
{
    for (uint64_t until = w.owner.now_ms + ms; w.owner.now_ms < until; w.owner.now_ms += 1000) {
        owner_give_timer(&w.owner, 0);
    }
}

static void a_session_whose_first_key_was_taken_unheard_is_not_ended(void **state)
{
    (void)state;
    open_and_wait();
    eese_world_acknowledge(&w, GODWIT_E2E_RENEW, 0, GODWIT_OK);
    const godwit_message_t taken = eese_world_request(&w, GODWIT_E2E_TAKEN, SESSION, w.age);
    owner_give_message(&w.owner, &taken);
    run_for(600000);
    assert_false(eese_world_session(&w, SESSION)->closed);
}

static void one_whose_first_key_was_never_taken_is_ended(void **state)
{
    (void)state;
    open_and_wait();
    eese_world_acknowledge(&w, GODWIT_E2E_RENEW, 0, GODWIT_OK);
    run_for(62000);
    assert_true(eese_world_session(&w, SESSION)->closed);
}

static void one_that_the_hse_does_not_have_is_ended_at_once(void **state)
{
    (void)state;
    open_and_wait();
    eese_world_acknowledge(&w, GODWIT_E2E_RENEW, 0, GODWIT_UNKNOWN_SESSION);
    assert_true(eese_world_session(&w, SESSION)->closed);
}

/* It may have had the key that was pushed, and lost it: windows and COUNTs would begin again. */
static void a_key_that_was_pushed_is_not_given_to_an_eas_that_pulls_now(void **state)
{
    (void)state;
    assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
    const godwit_message_t open = eese_world_request(&w, GODWIT_E2E_OPEN, SESSION, 0);
    owner_give_message(&w.owner, &open);
    eese_world_give_key(&w, 0);
    assert_true(eese_world_said(&w, GODWIT_EAS_SESSION_PUSH));
    const godwit_message_t taken = eese_world_request(&w, GODWIT_E2E_TAKEN, SESSION, 1);
    owner_give_message(&w.owner, &taken);
    assert_int_equal(eese_world_register(&w, EESE_EAS, false), GODWIT_OK);
    w.owner.now_ms += 20000;
    owner_give_timer(&w.owner, 0);
    assert_false(eese_world_said(&w, GODWIT_EAS_SESSION_PUSH));
    godwit_message_t m = eese_world_pull(&w, EESE_EAS);
    m.u.eas_session_request.lost = true;
    owner_give_message(&w.owner, &m);
    assert_true(eese_world_said(&w, GODWIT_E2E_KEY_REQUEST));
    assert_false(eese_world_said(&w, GODWIT_EAS_SESSION_PULL_ANSWER));
    eese_world_give_key(&w, 0);
    assert_int_equal(owner_message(&w.owner, GODWIT_EAS_SESSION_PULL_ANSWER, 0)->u.eas_session.terms.age, 2);
}

/* Whatever is said of the session in between. */
static void an_entitlement_ends_at_its_time_though_the_key_is_taken_and_acknowledged(void **state)
{
    (void)state;
    const uint64_t until_ms = w.owner.now_ms + 400000;
    eese_world_entitle(&w, EESE_EAS, EESE_DEVICE, 7, until_ms);
    assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
    eese_world_live(&w, SESSION);
    assert_true(eese_world_session(&w, SESSION)->due_ms <= until_ms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_session_stays_with_its_hse, set_up),
        cmocka_unit_test_setup(another_hse_is_not_told_the_terms_of_a_session, set_up),
        cmocka_unit_test_setup(the_answer_to_a_question_goes_to_the_hse_that_asked_it, set_up),
        cmocka_unit_test_setup(a_session_whose_first_key_was_taken_unheard_is_not_ended, set_up),
        cmocka_unit_test_setup(one_whose_first_key_was_never_taken_is_ended, set_up),
        cmocka_unit_test_setup(one_that_the_hse_does_not_have_is_ended_at_once, set_up),
        cmocka_unit_test_setup(the_sessions_of_an_eas_that_leaves_end_with_it, set_up),
        cmocka_unit_test_setup(an_eas_that_comes_back_at_once_keeps_what_has_not_ended_yet, set_up),
        cmocka_unit_test_setup(an_eas_that_leaves_keeps_the_eese_busy_with_nothing, set_up),
        cmocka_unit_test_setup(a_key_that_was_pushed_is_not_given_to_an_eas_that_pulls_now, set_up),
        cmocka_unit_test_setup(an_entitlement_ends_at_its_time_though_the_key_is_taken_and_acknowledged, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
