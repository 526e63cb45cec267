/* SPDX-License-Identifier: Apache-2.0
 *
 * The EESE: a key is given to the EAS that it was made for, once, and never before the store knows it; what is not
 * acknowledged is said again; what has lost its ground ends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/eese_world.h"

#define SESSION 0x000123u

static eese_world_t w;

static int set_up(void **state)
{
    (void)state;
    eese_world_init(&w);
    return 0;
}

static godwit_status_t hse_answer(void)
{
    return owner_message(&w.owner, GODWIT_E2E_SESSION_ANSWER, 0)->u.e2e_session_answer.status;
}

static const godwit_eas_session_t *pull(godwit_message_t *m)
{
    owner_give_message(&w.owner, m);
    return &owner_message(&w.owner, GODWIT_EAS_SESSION_PULL_ANSWER, 0)->u.eas_session;
}

static bool is_zero(const uint8_t *octets, size_t len)
{
    uint8_t all = 0;
    for (size_t i = 0; i < len; i++) {
        all |= octets[i];
    }
    return all == 0;
}

static void advance(uint64_t ms)
{
    w.owner.now_ms += ms;
    owner_give_timer(&w.owner, 0);
}

/* ---- a session ---- */

static void open_session(uint32_t session_id, uint32_t age)
{
    const godwit_message_t m = eese_world_request(&w, GODWIT_E2E_OPEN, session_id, age);
    owner_give_message(&w.owner, &m);
}

static void a_key_goes_to_its_eas_and_terms_to_the_hse_when_the_store_has_them(void **state)
{
    (void)state;
    assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
    open_session(SESSION, 0);
    assert_false(eese_world_said(&w, GODWIT_E2E_SESSION_ANSWER));
    const godwit_message_t *asked = owner_message(&w.owner, GODWIT_E2E_KEY_REQUEST, 0);
    assert_string_equal(asked->u.e2e_key_request.endpoint, EESE_EAS);
    assert_int_equal(asked->to, GODWIT_FUNCTION_EMKS);
    eese_world_give_key(&w, 0);
    assert_int_equal(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0), 0);
    assert_int_equal(hse_answer(), GODWIT_OK);
    const godwit_e2e_terms_t *terms =
        &owner_message(&w.owner, GODWIT_E2E_SESSION_ANSWER, 0)->u.e2e_session_answer.terms;
    assert_int_equal(terms->age, 1);
    assert_int_equal(terms->key_id, 1);
    assert_int_equal(terms->suite, 1);
    assert_int_equal(terms->life_s, 86400);
    const godwit_eas_session_t *pushed = &owner_message(&w.owner, GODWIT_EAS_SESSION_PUSH, 0)->u.eas_session;
    assert_int_equal(pushed->k_e2e[0], 0x41);
    assert_int_equal(pushed->agreed_ms, w.owner.now_ms);
    assert_string_equal(pushed->eas, EESE_EAS);
    assert_memory_equal(pushed->registration, w.registration, sizeof w.registration);
    assert_false(is_zero(eese_world_session(&w, SESSION)->k_e2e, 32));
    assert_int_equal(owner_request(&w.owner, GODWIT_REQUEST_TIMER, 0)->timer, 0); /* it is said again after a second */
    assert_int_equal(owner_request(&w.owner, GODWIT_REQUEST_TIMER, 0)->delay_ms, 1000);
    eese_world_acknowledge(&w, GODWIT_EAS_SESSION_PUSH, 0, GODWIT_OK);
    assert_true(is_zero(eese_world_session(&w, SESSION)->k_e2e, 32));
    assert_true(eese_world_session(&w, SESSION)->with_eas);
}

static void the_owner_of_the_key_set_is_the_one_that_has_it(void **state)
{
    (void)state;
    assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
    godwit_message_t m = eese_world_request(&w, GODWIT_E2E_OPEN, SESSION, 0);
    m.u.e2e_session_request.owner_is_hss = true;
    owner_give_message(&w.owner, &m);
    assert_int_equal(owner_message(&w.owner, GODWIT_E2E_KEY_REQUEST, 0)->to, GODWIT_FUNCTION_HSS);
    eese_world_give_key(&w, 0);
    assert_int_equal(hse_answer(), GODWIT_OK);
}

static void a_key_is_pulled_once(void **state)
{
    (void)state;
    assert_int_equal(eese_world_register(&w, EESE_EAS, false), GODWIT_OK);
    open_session(SESSION, 0);
    eese_world_give_key(&w, 0);
    assert_false(eese_world_said(&w, GODWIT_EAS_SESSION_PUSH));
    godwit_message_t m = eese_world_pull(&w, EESE_EAS);
    const godwit_eas_session_t *got = pull(&m);
    assert_int_equal(got->status, GODWIT_OK);
    assert_int_equal(got->k_e2e[31], 0x41);
    assert_int_equal(got->path.session_id, SESSION);
    assert_int_equal(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0), 0);
    assert_true(is_zero(eese_world_session(&w, SESSION)->k_e2e, 32));
    m = eese_world_pull(&w, EESE_EAS);
    got = pull(&m);
    assert_int_equal(got->status, GODWIT_UNKNOWN_KEY);
    assert_true(is_zero(got->k_e2e, 32));
}

static void a_key_does_not_leave_when_the_store_fails(void **state)
{
    (void)state;
    assert_int_equal(eese_world_register(&w, EESE_EAS, false), GODWIT_OK);
    open_session(SESSION, 0);
    w.owner.fail_commits = true;
    eese_world_give_key(&w, 0);
    assert_false(eese_world_said(&w, GODWIT_E2E_SESSION_ANSWER));
    w.owner.fail_commits = false;
    open_session(SESSION, 0); /* the place is free again */
    eese_world_give_key(&w, 0);
    assert_int_equal(hse_answer(), GODWIT_OK);
    w.owner.fail_commits = true;
    godwit_message_t m = eese_world_pull(&w, EESE_EAS);
    owner_give_message(&w.owner, &m);
    assert_false(eese_world_said(&w, GODWIT_EAS_SESSION_PULL_ANSWER));
    w.owner.fail_commits = false;
    m = eese_world_pull(&w, EESE_EAS);
    assert_int_equal(pull(&m)->status, GODWIT_OK);
}

static void a_question_said_again_gets_the_same_terms(void **state)
{
    (void)state;
    assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
    open_session(SESSION, 0);
    open_session(SESSION, 0); /* while the owner is asked: no second question, and the later one is answered */
    assert_false(eese_world_said(&w, GODWIT_E2E_KEY_REQUEST));
    const uint32_t later = w.transaction;
    open_session(SESSION + 1, 0);
    const godwit_message_t *other = owner_message(&w.owner, GODWIT_E2E_KEY_REQUEST, 0);
    assert_int_equal(other->u.e2e_key_request.above_age, 0);
    godwit_message_t key = eese_world_message(&w, GODWIT_E2E_KEY_ANSWER, GODWIT_FUNCTION_EMKS, EESE_EMKS);
    key.transaction = other->transaction - 1;
    key.u.e2e_key_answer.age = 1;
    key.u.e2e_key_answer.k_e2e[0] = 1;
    owner_give_message(&w.owner, &key);
    assert_int_equal(owner_message(&w.owner, GODWIT_E2E_SESSION_ANSWER, 0)->transaction, later);
    open_session(SESSION, 0);
    assert_false(eese_world_said(&w, GODWIT_E2E_KEY_REQUEST));
    assert_int_equal(owner_message(&w.owner, GODWIT_E2E_SESSION_ANSWER, 0)->u.e2e_session_answer.terms.age, 1);
}

static void a_set_up_in_the_name_of_a_device_leaves_its_session_alone(void **state)
{
    (void)state;
    assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
    eese_world_live(&w, SESSION);
    const godwit_e2e_session_record_t before = *eese_world_session(&w, SESSION);
    for (uint32_t i = 1; i <= 40; i++) {
        godwit_message_t m = eese_world_request(&w, GODWIT_E2E_OPEN, SESSION + i, 0);
        m.u.e2e_session_request.key_set = 2;
        owner_give_message(&w.owner, &m);
        if (eese_world_said(&w, GODWIT_E2E_KEY_REQUEST)) {
            eese_world_give_key(&w, 0);
        }
    }
    assert_int_equal(hse_answer(), GODWIT_OVERLOAD);
    assert_memory_equal(eese_world_session(&w, SESSION), &before, sizeof before);
    for (unsigned i = 0; i < 200; i++) {
        advance(4000); /* those that nobody took end, and the EAS is told */
        while (eese_world_said(&w, GODWIT_EAS_SESSION_PUSH)) {
            eese_world_acknowledge(&w, GODWIT_EAS_SESSION_PUSH, 0, GODWIT_OK);
        }
        for (unsigned j = 0; j < 4; j++) {
            owner_give_timer(&w.owner, 0);
            if (eese_world_said(&w, GODWIT_E2E_RENEW)) {
                const godwit_message_t *renew = owner_message(&w.owner, GODWIT_E2E_RENEW, 0);
                assert_int_not_equal(renew->u.e2e_renew.path.session_id, SESSION);
                eese_world_acknowledge(&w, GODWIT_E2E_RENEW, 0, GODWIT_UNKNOWN_SESSION);
            }
        }
    }
    assert_null(eese_world_session(&w, SESSION + 1));
    assert_non_null(eese_world_session(&w, SESSION));
    assert_false(eese_world_session(&w, SESSION)->closed);
}

/* ---- what is not acknowledged ---- */

static void a_push_is_said_again_later_each_time_until_it_is_acknowledged(void **state)
{
    (void)state;
    assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
    open_session(SESSION, 0);
    eese_world_give_key(&w, 0);
    const godwit_message_t taken = eese_world_request(&w, GODWIT_E2E_TAKEN, SESSION, 1);
    owner_give_message(&w.owner, &taken);
    unsigned pushes = 0;
    for (unsigned s = 0; s < 1024; s++) {
        advance(1000);
        pushes += eese_world_said(&w, GODWIT_EAS_SESSION_PUSH);
        if (s == 700) { /* the EAS says no: that is no acknowledgement */
            assert_false(eese_world_session(&w, SESSION)->with_eas);
        }
    }
    assert_in_range(pushes, 8, 11); /* after 1, 2, 4, ... 512 s */
    while (!eese_world_said(&w, GODWIT_EAS_SESSION_PUSH)) {
        advance(60000);
    }
    const godwit_message_t *said = owner_message(&w.owner, GODWIT_EAS_SESSION_PUSH, 0);
    assert_int_equal(said->u.eas_session.k_e2e[0], 0x41);
    eese_world_acknowledge(&w, GODWIT_EAS_SESSION_PUSH, 0, GODWIT_OVERLOAD);
    assert_false(eese_world_session(&w, SESSION)->with_eas);
    assert_true(owner_saw(&w.owner, "e2e_not_told", GODWIT_OVERLOAD));
}

static void an_acknowledgement_of_somebody_else_is_none(void **state)
{
    (void)state;
    assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
    open_session(SESSION, 0);
    eese_world_give_key(&w, 0);
    const uint32_t transaction = owner_message(&w.owner, GODWIT_EAS_SESSION_PUSH, 0)->transaction;
    const char *const hosts[] = {EESE_OTHER, EESE_HSE, EESE_EAS};
    for (size_t i = 0; i < 3; i++) {
        godwit_message_t m = eese_world_message(&w, GODWIT_EAS_SESSION_PUSH_ANSWER, GODWIT_FUNCTION_EAS, hosts[i]);
        m.transaction = transaction;
        m.hop = i == 2 ? GODWIT_HOP_OPEN : GODWIT_HOP_TLS;
        owner_give_message(&w.owner, &m);
        assert_true(owner_saw(&w.owner, "refused", GODWIT_NOT_ENTITLED));
        assert_false(eese_world_session(&w, SESSION)->with_eas);
    }
}

static void a_key_of_somebody_else_or_of_an_age_given_before_is_none(void **state)
{
    (void)state;
    assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
    open_session(SESSION, 5);
    const uint32_t transaction = owner_message(&w.owner, GODWIT_E2E_KEY_REQUEST, 0)->transaction;
    godwit_message_t m = eese_world_message(&w, GODWIT_E2E_KEY_ANSWER, GODWIT_FUNCTION_EMKS, EESE_EMKS);
    m.transaction = transaction;
    m.u.e2e_key_answer.age = 6;
    m.u.e2e_key_answer.k_e2e[3] = 1;
    m.hop = GODWIT_HOP_OPEN;
    owner_give_message(&w.owner, &m);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_NOT_ENTITLED));
    m.hop = GODWIT_HOP_NDS_IP;
    memcpy(m.origin_host, EESE_HSS, sizeof EESE_HSS);
    owner_give_message(&w.owner, &m);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_NOT_ENTITLED));
    assert_null(eese_world_session(&w, SESSION));
    memcpy(m.origin_host, EESE_EMKS, sizeof EESE_EMKS);
    m.u.e2e_key_answer.age = 5;
    owner_give_message(&w.owner, &m);
    assert_int_equal(hse_answer(), GODWIT_PEER_INTERNAL);
    assert_null(eese_world_session(&w, SESSION));
}

static void an_owner_that_is_silent_costs_the_question_and_nothing_else(void **state)
{
    (void)state;
    assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
    open_session(SESSION, 0);
    owner_give_timer(&w.owner, 1);
    assert_int_equal(hse_answer(), GODWIT_PEER_INTERNAL);
    assert_null(eese_world_session(&w, SESSION));
    for (uint32_t i = 0; i <= GODWIT_EESE_PENDING_MAX; i++) { /* the table is bounded */
        char imsi[] = "001010000000000";
        imsi[12] = (char)('0' + i / 100);
        imsi[13] = (char)('0' + i / 10 % 10);
        imsi[14] = (char)('0' + i % 10);
        eese_world_entitle(&w, EESE_EAS, imsi, 7, 0);
        godwit_message_t m = eese_world_request(&w, GODWIT_E2E_OPEN, SESSION + i, 0);
        m.u.e2e_session_request.path.imsi = owner_imsi(imsi);
        owner_give_message(&w.owner, &m);
    }
    assert_int_equal(hse_answer(), GODWIT_OVERLOAD);
}

/* ---- the end ---- */

static void a_session_that_is_over_is_forgotten_when_the_eas_knows(void **state)
{
    (void)state;
    assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
    eese_world_live(&w, SESSION);
    const godwit_message_t closed = eese_world_request(&w, GODWIT_E2E_CLOSED, SESSION, 0);
    owner_give_message(&w.owner, &closed);
    assert_int_equal(hse_answer(), GODWIT_OK);
    assert_true(owner_message(&w.owner, GODWIT_EAS_SESSION_PUSH, 0)->u.eas_session.ended);
    assert_true(is_zero(owner_message(&w.owner, GODWIT_EAS_SESSION_PUSH, 0)->u.eas_session.k_e2e, 32));
    eese_world_acknowledge(&w, GODWIT_EAS_SESSION_PUSH, 0, GODWIT_OK);
    assert_null(eese_world_session(&w, SESSION));
    const godwit_message_t again = eese_world_request(&w, GODWIT_E2E_CLOSED, SESSION, 0);
    owner_give_message(&w.owner, &again);
    assert_int_equal(hse_answer(), GODWIT_OK);
}

static void lose(godwit_record_kind_t kind)
{
    for (size_t i = w.owner.record_count; i-- > 0;) {
        if (w.owner.records[i].kind == kind) {
            w.owner.records[i] = w.owner.records[--w.owner.record_count];
        }
    }
}

static void an_entitlement_that_is_gone_ends_the_session_at_both_ends(void **state)
{
    (void)state;
    static const godwit_record_kind_t kinds[] = {GODWIT_RECORD_EAS_ENTITLEMENT, GODWIT_RECORD_EAS};
    for (size_t i = 0; i < 2; i++) {
        eese_world_init(&w);
        assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
        eese_world_live(&w, SESSION);
        lose(kinds[i]);
        advance(3600 * 1000);
        assert_true(owner_saw(&w.owner, "e2e_ended", GODWIT_NOT_ENTITLED));
        assert_int_equal(owner_message(&w.owner, GODWIT_E2E_RENEW, 0)->u.e2e_renew.renewal, GODWIT_E2E_END);
        assert_int_equal(eese_world_said(&w, GODWIT_EAS_SESSION_PUSH), i == 0);
        assert_true(eese_world_session(&w, SESSION)->closed);
    }
}

static void an_entitlement_ends_at_its_time(void **state)
{
    (void)state;
    lose(GODWIT_RECORD_EAS_ENTITLEMENT);
    eese_world_entitle(&w, EESE_EAS, EESE_DEVICE, 4, w.owner.now_ms + 100000);
    assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
    open_session(SESSION, 0);
    eese_world_give_key(&w, 0);
    assert_true(eese_world_session(&w, SESSION)->due_ms <= w.owner.now_ms + 100000);
    eese_world_acknowledge(&w, GODWIT_EAS_SESSION_PUSH, 0, GODWIT_OK);
    advance(100000);
    assert_true(owner_saw(&w.owner, "e2e_ended", GODWIT_NOT_ENTITLED));
}

static void a_death_at_any_request_loses_no_session_and_gives_no_key_twice(void **state)
{
    (void)state;
    for (unsigned cut = 1; cut < 12; cut++) {
        eese_world_init(&w);
        assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
        open_session(SESSION, 0);
        w.owner.power_for = cut;
        eese_world_give_key(&w, 0);
        const bool stored = eese_world_session(&w, SESSION) != NULL;
        assert_true(stored || !eese_world_said(&w, GODWIT_EAS_SESSION_PUSH));
        assert_true(stored || !eese_world_said(&w, GODWIT_E2E_SESSION_ANSWER));
        w.owner.power_for = 0;
        assert_int_equal(godwit_eese_init(&w.eese, &w.config), GODWIT_OK);
        advance(1000); /* what the store has goes on */
        if (stored) {
            assert_int_equal(owner_message(&w.owner, GODWIT_EAS_SESSION_PUSH, 0)->u.eas_session.terms.age, 1);
        }
        const godwit_message_t late = eese_world_message(&w, GODWIT_E2E_KEY_ANSWER, GODWIT_FUNCTION_EMKS, EESE_EMKS);
        owner_give_message(&w.owner, &late);
        assert_int_equal(w.owner.outbox.count, 0);
    }
}

static void a_session_that_comes_back_goes_on_with_its_key_ids(void **state)
{
    (void)state;
    assert_int_equal(eese_world_register(&w, EESE_EAS, true), GODWIT_OK);
    eese_world_live(&w, SESSION);
    const godwit_message_t closed = eese_world_request(&w, GODWIT_E2E_CLOSED, SESSION, 0);
    owner_give_message(&w.owner, &closed); /* the EAS does not hear of it */
    open_session(SESSION, 1);
    eese_world_give_key(&w, 0);
    const godwit_eas_session_t *pushed = &owner_message(&w.owner, GODWIT_EAS_SESSION_PUSH, 0)->u.eas_session;
    assert_int_equal(pushed->terms.key_id, 2);
    assert_int_equal(pushed->terms.age, 2);
    assert_false(pushed->ended);
}

static void an_eas_that_lost_a_key_it_never_acknowledged_gets_another(void **state)
{
    (void)state;
    for (unsigned push = 0; push < 2; push++) {
        eese_world_init(&w);
        assert_int_equal(eese_world_register(&w, EESE_EAS, push == 1), GODWIT_OK);
        open_session(SESSION, 0);
        eese_world_give_key(&w, 0);
        const godwit_message_t taken = eese_world_request(&w, GODWIT_E2E_TAKEN, SESSION, 1);
        owner_give_message(&w.owner, &taken);
        w.owner.now_ms += 20000;
        godwit_message_t m = eese_world_pull(&w, EESE_EAS);
        m.u.eas_session_request.lost = true;
        owner_give_message(&w.owner, &m);
        /* One that pulls cannot have had it; one that was pushed to may. */
        assert_int_equal(eese_world_said(&w, GODWIT_E2E_KEY_REQUEST), push == 1);
        assert_int_equal(eese_world_said(&w, GODWIT_EAS_SESSION_PULL_ANSWER), push == 0);
    }
}

/* ---- registration ---- */

static void a_registration_keeps_the_enterprises_wish_within_the_operators_bounds(void **state)
{
    (void)state;
    godwit_message_t m = eese_world_registration(&w, EESE_EAS, false);
    m.u.eas_register.ageing[0] = (godwit_e2e_ageing_t){.life_s = 1, .messages = 1};
    m.u.eas_register.ageing[1] = (godwit_e2e_ageing_t){.life_s = UINT32_MAX, .messages = UINT32_MAX};
    m.u.eas_register.ageing[2] = (godwit_e2e_ageing_t){.life_s = 7200, .messages = 1000};
    owner_give_message(&w.owner, &m);
    const godwit_eas_register_answer_t first =
        owner_message(&w.owner, GODWIT_EAS_REGISTER_ANSWER, 0)->u.eas_register_answer;
    assert_int_equal(first.status, GODWIT_OK);
    assert_int_equal(first.ageing[0].life_s, 60);
    assert_int_equal(first.ageing[0].messages, 64);
    assert_int_equal(first.ageing[1].life_s, 86400);
    assert_int_equal(first.ageing[1].messages, 1u << 20);
    assert_int_equal(first.ageing[2].life_s, 7200);
    assert_int_equal(first.ageing[2].messages, 1000);
    memcpy(m.u.eas_register.registration, first.registration, sizeof first.registration);
    m.u.eas_register.ageing[2].life_s = 3600;
    owner_give_message(&w.owner, &m); /* changed, under its name */
    const godwit_eas_register_answer_t *changed =
        &owner_message(&w.owner, GODWIT_EAS_REGISTER_ANSWER, 0)->u.eas_register_answer;
    assert_memory_equal(changed->registration, first.registration, sizeof first.registration);
    assert_int_equal(changed->ageing[2].life_s, 3600);
    m.u.eas_register.remove = true;
    owner_give_message(&w.owner, &m);
    assert_int_equal(owner_message(&w.owner, GODWIT_EAS_REGISTER_ANSWER, 0)->u.eas_register_answer.status, GODWIT_OK);
    open_session(SESSION, 0);
    assert_int_equal(hse_answer(), GODWIT_NOT_ENTITLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_key_goes_to_its_eas_and_terms_to_the_hse_when_the_store_has_them, set_up),
        cmocka_unit_test_setup(the_owner_of_the_key_set_is_the_one_that_has_it, set_up),
        cmocka_unit_test_setup(a_key_is_pulled_once, set_up),
        cmocka_unit_test_setup(a_key_does_not_leave_when_the_store_fails, set_up),
        cmocka_unit_test_setup(a_question_said_again_gets_the_same_terms, set_up),
        cmocka_unit_test_setup(a_set_up_in_the_name_of_a_device_leaves_its_session_alone, set_up),
        cmocka_unit_test_setup(a_push_is_said_again_later_each_time_until_it_is_acknowledged, set_up),
        cmocka_unit_test_setup(an_acknowledgement_of_somebody_else_is_none, set_up),
        cmocka_unit_test_setup(a_key_of_somebody_else_or_of_an_age_given_before_is_none, set_up),
        cmocka_unit_test_setup(an_owner_that_is_silent_costs_the_question_and_nothing_else, set_up),
        cmocka_unit_test_setup(a_session_that_is_over_is_forgotten_when_the_eas_knows, set_up),
        cmocka_unit_test_setup(an_entitlement_that_is_gone_ends_the_session_at_both_ends, set_up),
        cmocka_unit_test_setup(an_entitlement_ends_at_its_time, set_up),
        cmocka_unit_test_setup(a_death_at_any_request_loses_no_session_and_gives_no_key_twice, set_up),
        cmocka_unit_test_setup(a_session_that_comes_back_goes_on_with_its_key_ids, set_up),
        cmocka_unit_test_setup(an_eas_that_lost_a_key_it_never_acknowledged_gets_another, set_up),
        cmocka_unit_test_setup(a_registration_keeps_the_enterprises_wish_within_the_operators_bounds, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
