/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys that age, over years of a made-up clock: ahead of their end; late, early and missed; by count; a new AKA run
 * where policy or the owner of the key set wants one; and no age twice, whatever dies or is silent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/eese_world.h"

#define SESSION 0x000123u
#define DAY_MS UINT64_C(86400000)
#define YEAR_MS (365 * DAY_MS)

static eese_world_t w;
/* What the ends of the session have, as they would. */
static struct {
    uint32_t given, renewals, highest; /* ages that the EAS was given and the HSE told of; the highest age */
    bool eas_is_silent, hse_is_silent, device_sleeps, owner_is_silent;
    unsigned new_akas;
} ends;

static int set_up(void **state)
{
    (void)state;
    eese_world_init(&w);
    memset(&ends, 0, sizeof ends);
    assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
    eese_world_live(&w, SESSION);
    ends.highest = 1;
    return 0;
}

/* ---- the world answers ---- */

static void take(uint32_t age)
{
    godwit_message_t m = eese_world_request(&w, GODWIT_E2E_TAKEN, SESSION, age);
    m.u.e2e_session_request.key_set = eese_world_session(&w, SESSION)->key_set;
    owner_give_message(&w.owner, &m);
    assert_int_equal(owner_message(&w.owner, GODWIT_E2E_SESSION_ANSWER, 0)->u.e2e_session_answer.status, GODWIT_OK);
}

static void on_key_question(void)
{
    if (!ends.owner_is_silent) {
        eese_world_give_key(&w, 0);
        assert_true(w.age > ends.highest); /* no age twice */
        ends.highest = w.age;
    }
}

static void on_told(void)
{
    const bool pushes = eese_world_said(&w, GODWIT_EAS_SESSION_PUSH);
    const bool renews = eese_world_said(&w, GODWIT_E2E_RENEW);
    const uint32_t renewal = renews ? owner_message(&w.owner, GODWIT_E2E_RENEW, 0)->transaction : 0;
    if (pushes && !ends.eas_is_silent) {
        eese_world_acknowledge(&w, GODWIT_EAS_SESSION_PUSH, 0, GODWIT_OK);
        ends.given++;
    }
    if (renews && !ends.hse_is_silent) {
        godwit_message_t m = eese_world_message(&w, GODWIT_E2E_RENEW_ANSWER, GODWIT_FUNCTION_HSE, EESE_HSE);
        m.transaction = renewal;
        owner_give_message(&w.owner, &m);
        ends.renewals++;
    }
}

static void let_time_pass(uint64_t ms, uint64_t step_ms)
{
    for (uint64_t end_ms = w.owner.now_ms + ms; w.owner.now_ms < end_ms;) {
        w.owner.now_ms += step_ms;
        owner_give_timer(&w.owner, 0);
        ends.new_akas += owner_saw(&w.owner, "e2e_new_aka", GODWIT_OK);
        if (eese_world_said(&w, GODWIT_E2E_KEY_REQUEST)) {
            on_key_question();
        }
        on_told();
        const godwit_e2e_session_record_t *s = eese_world_session(&w, SESSION);
        assert_non_null(s);
        if (!ends.device_sleeps && s->terms.age != s->taken.age && s->told) {
            take(s->terms.age);
        }
    }
}

static const godwit_e2e_session_record_t *session(void)
{
    return eese_world_session(&w, SESSION);
}

/* ---- by time ---- */

static void keys_age_ahead_of_their_end_for_years(void **state)
{
    (void)state;
    let_time_pass(3 * YEAR_MS, DAY_MS / 100);
    /* A life of a day, renewed at 88 %. */
    assert_in_range(session()->terms.age, 3 * 365 * 100 / 90, 3 * 365 * 100 / 88 + 1);
    assert_int_equal(session()->taken.age, session()->terms.age);
    assert_int_equal(ends.given, session()->terms.age - 1);
    assert_int_equal(ends.renewals, session()->terms.age - 1);
    assert_true(session()->with_eas);
}

static void the_next_key_never_bears_the_id_of_the_one_that_lives(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 30; i++) {
        ends.device_sleeps = i % 3 != 0;
        let_time_pass(2 * DAY_MS, DAY_MS / 20);
        const godwit_e2e_session_record_t *s = session();
        assert_in_range(s->terms.key_id, 1, 7);
        assert_int_equal(s->terms.key_id == s->taken.key_id, s->terms.age == s->taken.age);
    }
}

/* Late: the device takes its key when most of its life is over. The next one follows at once, and never before it has
 * the last. */
static void a_device_that_is_late_gets_what_is_fresh(void **state)
{
    (void)state;
    ends.device_sleeps = true;
    let_time_pass(DAY_MS - 1000 * 60 * 60, 1000 * 60 * 10); /* 23 h: the next key waits for the device */
    assert_int_equal(session()->terms.age, 2);
    assert_int_equal(session()->taken.age, 1);
    let_time_pass(20 * 3600 * 1000, 1000 * 60 * 10);
    assert_int_equal(session()->terms.age, 2); /* still in its life: nothing replaces it on its way */
    take(2);
    ends.device_sleeps = false;
    let_time_pass(1000 * 60 * 60 * 2, 1000 * 60);
    assert_int_equal(session()->taken.age, 3);
}

/* Missed: the device sleeps a year. What has expired is not extended; there is always one key that is fresh, and one
 * only. */
static void a_device_that_missed_a_year_finds_one_key_that_lives(void **state)
{
    (void)state;
    ends.device_sleeps = true;
    for (unsigned day = 0; day < 365; day++) {
        let_time_pass(DAY_MS, DAY_MS / 24);
        assert_int_not_equal(session()->terms.key_id, session()->taken.key_id);
    }
    const godwit_e2e_session_record_t *s = session();
    assert_int_equal(s->taken.age, 1);
    assert_true(w.owner.now_ms - s->agreed_ms <= DAY_MS + DAY_MS / 24);
    assert_in_range(s->terms.age, 330, 368); /* at the end of each life, for it was not taken */
    const uint32_t age = s->terms.age;
    take(age);
    ends.device_sleeps = false;
    let_time_pass(DAY_MS, DAY_MS / 24);
    assert_in_range(session()->taken.age, age + 1, age + 2);
}

/* Early: the device's own count is spent, and it asks. */
static void a_device_that_asks_early_gets_the_next_age_once(void **state)
{
    (void)state;
    w.owner.now_ms += 3600 * 1000;
    const godwit_message_t m = eese_world_request(&w, GODWIT_E2E_AGE, SESSION, 1);
    owner_give_message(&w.owner, &m);
    eese_world_give_key(&w, 0);
    assert_int_equal(owner_message(&w.owner, GODWIT_E2E_SESSION_ANSWER, 0)->u.e2e_session_answer.terms.age, 2);
    assert_false(eese_world_said(&w, GODWIT_E2E_RENEW)); /* the HSE knows by the answer */
    owner_give_message(&w.owner, &m);                    /* the answer was lost */
    assert_false(eese_world_said(&w, GODWIT_E2E_KEY_REQUEST));
    assert_int_equal(owner_message(&w.owner, GODWIT_E2E_SESSION_ANSWER, 0)->u.e2e_session_answer.terms.age, 2);
    take(2);
    ends.highest = 2;
    let_time_pass(DAY_MS / 2, DAY_MS / 48);
    assert_int_equal(session()->terms.age, 2); /* its life began when it was agreed */
    let_time_pass(DAY_MS / 2, DAY_MS / 48);
    assert_int_equal(session()->terms.age, 3);
}

/* Nobody gives a timer that was not asked for. */
static uint64_t timer_after_input(uint64_t before_ms)
{
    uint64_t at_ms = before_ms;
    for (size_t i = 0; i < w.owner.outbox.count; i++) {
        const godwit_request_t *r = &w.owner.requests[i];
        if (r->kind == GODWIT_REQUEST_TIMER && r->timer == 0) {
            at_ms = w.owner.now_ms + r->delay_ms;
        }
    }
    return at_ms;
}

static void the_timers_that_are_asked_for_suffice(void **state)
{
    (void)state;
    assert_int_equal(godwit_eese_init(&w.eese, &w.config), GODWIT_OK);
    owner_give_timer(&w.owner, 0); /* a start */
    uint64_t timer_ms = timer_after_input(UINT64_MAX);
    const uint64_t end_ms = w.owner.now_ms + 5 * DAY_MS;
    unsigned timers = 0, pushes = 0;
    while (w.owner.now_ms < end_ms) {
        assert_true(timer_ms > w.owner.now_ms && timer_ms <= w.owner.now_ms + 60000); /* it looks every minute */
        w.owner.now_ms = timer_ms;
        owner_give_timer(&w.owner, 0);
        timers++;
        timer_ms = timer_after_input(0);
        if (eese_world_said(&w, GODWIT_E2E_KEY_REQUEST)) {
            eese_world_give_key(&w, 0);
            timer_ms = timer_after_input(timer_ms);
        }
        if (eese_world_said(&w, GODWIT_EAS_SESSION_PUSH) && pushes++ % 3 == 2) { /* two are lost each time */
            eese_world_acknowledge(&w, GODWIT_EAS_SESSION_PUSH, 0, GODWIT_OK);
            timer_ms = timer_after_input(timer_ms);
            take(session()->terms.age);
            timer_ms = timer_after_input(timer_ms);
        }
    }
    assert_in_range(session()->taken.age, 6, 7);
    assert_int_equal(pushes, 3 * (session()->taken.age - 1));
    assert_true(timers < 5 * 1440 + 200);
}

static void a_store_that_fails_is_looked_at_again(void **state)
{
    (void)state;
    w.owner.now_ms += DAY_MS;
    w.owner.fail_commits = true;
    owner_give_timer(&w.owner, 0);
    assert_int_equal(w.owner.commit_failures, 1);
    assert_int_equal(timer_after_input(0), w.owner.now_ms + 1000);
    w.owner.fail_commits = false;
    w.owner.now_ms += 1000;
    owner_give_timer(&w.owner, 0);
    assert_true(eese_world_said(&w, GODWIT_E2E_KEY_REQUEST));
}

/* ---- by count, and by loss ---- */

static void an_eas_whose_count_is_spent_gets_the_next_age_and_the_device_does(void **state)
{
    (void)state;
    w.owner.now_ms += 3600 * 1000;
    godwit_message_t m = eese_world_pull(&w, EESE_EAS);
    m.u.eas_session_request.above_age = 1;
    owner_give_message(&w.owner, &m);
    assert_int_equal(owner_message(&w.owner, GODWIT_E2E_KEY_REQUEST, 0)->u.e2e_key_request.above_age, 1);
    eese_world_give_key(&w, 0);
    const godwit_eas_session_t *got = &owner_message(&w.owner, GODWIT_EAS_SESSION_PULL_ANSWER, 0)->u.eas_session;
    assert_int_equal(got->status, GODWIT_OK);
    assert_int_equal(got->terms.age, 2);
    assert_int_equal(got->k_e2e[0], 0x42);
    assert_false(eese_world_said(&w, GODWIT_EAS_SESSION_PUSH));
    const godwit_e2e_renew_t *renew = &owner_message(&w.owner, GODWIT_E2E_RENEW, 0)->u.e2e_renew;
    assert_int_equal(renew->renewal, GODWIT_E2E_NEW_AGE);
    assert_int_equal(renew->terms.age, 2);
    assert_true(session()->with_eas);
    assert_int_equal(session()->k_e2e[0], 0);
    w.owner.now_ms += 3600 * 1000; /* it loses everything, and does not know how far it was */
    m = eese_world_pull(&w, EESE_EAS);
    m.u.eas_session_request.lost = true;
    owner_give_message(&w.owner, &m);
    eese_world_give_key(&w, 0);
    assert_int_equal(owner_message(&w.owner, GODWIT_EAS_SESSION_PULL_ANSWER, 0)->u.eas_session.terms.age, 3);
}

/* ---- silence ---- */

static void an_eas_that_is_away_for_a_month_costs_no_age_in_its_life(void **state)
{
    (void)state;
    ends.eas_is_silent = true;
    let_time_pass(30 * DAY_MS, DAY_MS / 24);
    const godwit_e2e_session_record_t *s = session();
    assert_false(s->with_eas);
    assert_in_range(s->terms.age, 29,
                    32); /* one at the end of each life: none is dropped that a reading may be under */
    ends.eas_is_silent = false;
    let_time_pass(2 * 3600 * 1000, 60000);
    assert_true(session()->with_eas);
}

static void an_owner_that_is_away_is_asked_again_and_the_old_key_is_not_extended(void **state)
{
    (void)state;
    ends.owner_is_silent = true;
    let_time_pass(3 * DAY_MS, DAY_MS / 48);
    assert_int_equal(session()->terms.age, 1);
    assert_true(w.owner.now_ms > session()->agreed_ms + DAY_MS);
    owner_give_timer(&w.owner, 1); /* the question in hand has found no answer */
    ends.owner_is_silent = false;
    let_time_pass(DAY_MS / 2, 60000);
    assert_int_equal(session()->taken.age, 2);
}

static void an_hse_that_is_away_is_told_when_it_is_back(void **state)
{
    (void)state;
    ends.hse_is_silent = true;
    let_time_pass(DAY_MS, DAY_MS / 48);
    assert_int_equal(session()->terms.age, 2);
    assert_false(session()->told);
    ends.hse_is_silent = false;
    let_time_pass(DAY_MS / 12, 60000);
    assert_true(session()->told);
    assert_int_equal(session()->taken.age, 2);
}

/* ---- a new AKA run ---- */

static void the_policy_asks_for_a_new_aka_run_after_so_many_ages(void **state)
{
    (void)state;
    w.eese.config.aka_every = 5;
    let_time_pass(30 * DAY_MS, DAY_MS / 48);
    assert_int_equal(session()->terms.age, 5);
    assert_int_equal(ends.new_akas, 1);
    assert_int_equal(session()->renewal, GODWIT_E2E_NEW_AKA);
    godwit_message_t m = eese_world_request(&w, GODWIT_E2E_AGE, SESSION, 0); /* of the new key set */
    m.u.e2e_session_request.key_set = 2;
    m.u.e2e_session_request.suites = GODWIT_E2E_SUITES_AS_BEFORE;
    owner_give_message(&w.owner, &m);
    assert_int_equal(owner_message(&w.owner, GODWIT_E2E_KEY_REQUEST, 0)->u.e2e_key_request.above_age, 0);
    eese_world_give_key(&w, 0);
    assert_int_equal(session()->suites, 0x3f);
    /* Word of age 1 of the key set before comes late. */
    const godwit_message_t late = eese_world_request(&w, GODWIT_E2E_TAKEN, SESSION, 1);
    owner_give_message(&w.owner, &late);
    assert_int_equal(owner_message(&w.owner, GODWIT_E2E_SESSION_ANSWER, 0)->u.e2e_session_answer.status,
                     GODWIT_UNKNOWN_KEY);
    take(1);
    ends.highest = 1;
    let_time_pass(2 * DAY_MS, DAY_MS / 48);
    assert_in_range(session()->taken.age, 2, 4);
}

static void an_owner_without_that_key_set_leads_to_a_new_aka_run(void **state)
{
    (void)state;
    static const godwit_status_t refusals[] = {GODWIT_UNKNOWN_KEY, GODWIT_KEY_EXPIRED, GODWIT_COUNT_EXHAUSTED};
    for (size_t i = 0; i < 3; i++) {
        (void)set_up(NULL);
        do {
            w.owner.now_ms += 60000;
            owner_give_timer(&w.owner, 0);
        } while (!eese_world_said(&w, GODWIT_E2E_KEY_REQUEST));
        eese_world_refuse_key(&w, refusals[i]);
        assert_int_equal(owner_message(&w.owner, GODWIT_E2E_RENEW, 0)->u.e2e_renew.renewal, GODWIT_E2E_NEW_AKA);
        assert_int_equal(session()->renewal, GODWIT_E2E_NEW_AKA);
    }
}

/* ---- death ---- */

static void a_node_that_dies_every_day_keeps_all_its_times(void **state)
{
    (void)state;
    for (unsigned day = 0; day < 200; day++) {
        let_time_pass(DAY_MS, DAY_MS / 48);
        w.owner.power_for = 1 + day % 7;
        w.owner.now_ms += DAY_MS / 48;
        owner_give_timer(&w.owner, 0);
        w.owner.power_for = 0;
        const uint32_t transaction = w.eese.last_transaction;
        assert_int_equal(godwit_eese_init(&w.eese, &w.config), GODWIT_OK);
        assert_true(transaction != 0);
        owner_give_timer(&w.owner, 0);
        if (eese_world_said(&w, GODWIT_E2E_KEY_REQUEST)) {
            on_key_question();
        }
        on_told();
    }
    let_time_pass(2 * DAY_MS, DAY_MS / 48);
    assert_in_range(session()->taken.age, 200, 236);
    assert_true(session()->with_eas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(keys_age_ahead_of_their_end_for_years, set_up),
        cmocka_unit_test_setup(the_next_key_never_bears_the_id_of_the_one_that_lives, set_up),
        cmocka_unit_test_setup(a_device_that_is_late_gets_what_is_fresh, set_up),
        cmocka_unit_test_setup(a_device_that_missed_a_year_finds_one_key_that_lives, set_up),
        cmocka_unit_test_setup(a_device_that_asks_early_gets_the_next_age_once, set_up),
        cmocka_unit_test_setup(the_timers_that_are_asked_for_suffice, set_up),
        cmocka_unit_test_setup(a_store_that_fails_is_looked_at_again, set_up),
        cmocka_unit_test_setup(an_eas_whose_count_is_spent_gets_the_next_age_and_the_device_does, set_up),
        cmocka_unit_test_setup(an_eas_that_is_away_for_a_month_costs_no_age_in_its_life, set_up),
        cmocka_unit_test_setup(an_owner_that_is_away_is_asked_again_and_the_old_key_is_not_extended, set_up),
        cmocka_unit_test_setup(an_hse_that_is_away_is_told_when_it_is_back, set_up),
        cmocka_unit_test_setup(the_policy_asks_for_a_new_aka_run_after_so_many_ages, set_up),
        cmocka_unit_test_setup(an_owner_without_that_key_set_leads_to_a_new_aka_run, set_up),
        cmocka_unit_test_setup(a_node_that_dies_every_day_keeps_all_its_times, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
