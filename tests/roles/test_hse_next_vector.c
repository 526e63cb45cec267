/* SPDX-License-Identifier: Apache-2.0
 *
 * The HSE hands out the vector of the next session: when it asks for one, what it sends, and what becomes of one that
 * is refused, lost or late.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "roles/hse/internal.h"
#include "tests/support/hse_world.h"

#define NEW_SET (HSE_KEY_SET + 1)

static hse_world_t w;
static hse_device_t d;

static int setup(void **state)
{
    (void)state;
    hse_world_init(&w);
    d = hse_device("001010123456789", 1);
    hse_set_up(&w, &d);
    w.hse.config.next_vector = GODWIT_NEXT_VECTOR_TERMINATE;
    return 0;
}

static int setup_manage(void **state)
{
    (void)setup(state);
    w.hse.config.next_vector = GODWIT_NEXT_VECTOR_MANAGE;
    w.hse.config.reauthenticate_generations = 1;
    return 0;
}

static godwit_session_record_t *stored(void)
{
    return hse_stored(&w, d.key.hot.session_id);
}

static const godwit_key_request_t *asked(godwit_key_purpose_t purpose)
{
    const godwit_key_request_t *request = &owner_message(&w.owner, GODWIT_KEY_REQUEST, 0)->u.key_request;
    assert_int_equal(request->purpose, purpose);
    assert_int_equal(request->key_set, HSE_KEY_SET);
    assert_int_equal(request->agreements, 1u << (GODWIT_AGREEMENT_SEPARATE_EPS - 1));
    return request;
}

/* The EMKS gives generation 1 of a new key set. */
static void give_vector(void)
{
    godwit_message_t answer =
        hse_key_answer(&w, owner_message(&w.owner, GODWIT_KEY_REQUEST, 0)->transaction, GODWIT_OK);
    answer.u.key_answer.generation = 1;
    answer.u.key_answer.key_set = NEW_SET;
    memset(answer.u.key_answer.rand, 0xAB, 16);
    memset(answer.u.key_answer.autn, 0xCD, 16);
    memset(answer.u.key_answer.k_session, 0x77, sizeof answer.u.key_answer.k_session);
    owner_give_message(&w.owner, &answer);
}

static godwit_emsdp_key_t next_key(void)
{
    uint8_t k_session[32];
    godwit_emsdp_key_t key;
    memset(k_session, 0x77, sizeof k_session);
    assert_int_equal(godwit_emsdp_key_init(&godwit_crypto_builtin, &key, k_session, 1, d.opened.control.key_id,
                                           w.config.framing, d.key.hot.session_id, 1, GODWIT_END_DEVICE),
                     GODWIT_OK);
    return key;
}

static void expect_handed(uint8_t command)
{
    hse_receive(&w, &d, 0);
    const godwit_emsdp_control_t *m = &d.opened.control;
    assert_int_equal(m->command, command);
    assert_true(godwit_emsdp_has(m, GODWIT_TLV_RAND) && godwit_emsdp_has(m, GODWIT_TLV_AUTN));
    assert_int_equal(m->rand[0], 0xAB);
    assert_int_equal(m->agreement, GODWIT_AGREEMENT_SEPARATE_EPS);
    assert_int_equal(m->key_generation, 1);
    assert_int_equal(stored()->key_set, HSE_KEY_SET); /* which lives on until the new one is confirmed */
    assert_int_equal(stored()->next_key_set, NEW_SET);
}

static void early_data(const char *reading)
{
    godwit_emsdp_control_t m = {.present = 1u << GODWIT_TLV_DATA, .data = hse_slice(reading)};
    hse_seal_control(&d, GODWIT_SESSION_REQUEST, &m);
}

static void reject(godwit_status_t reason, bool with_auts, godwit_slice_t refused)
{
    godwit_emsdp_control_t m = {.present = 1u << GODWIT_TLV_REASON | 1u << GODWIT_TLV_ECHO, .reason = reason};
    memcpy(m.echo, refused.ptr + refused.len - GODWIT_EMSDP_ECHO, GODWIT_EMSDP_ECHO);
    if (with_auts) {
        m.present |= 1u << GODWIT_TLV_AUTS;
        memset(m.auts, 0x5A, sizeof m.auts);
    }
    hse_seal_control(&d, GODWIT_MESSAGE_REJECT, &m);
    hse_give(&w, &d);
}

static void end(void)
{
    hse_seal_control(&d, GODWIT_SESSION_TERMINATE_REQUEST, NULL);
    hse_give(&w, &d);
    (void)asked(GODWIT_KEY_NEXT_VECTOR);
    give_vector();
}

static void expect_new_session(void)
{
    assert_int_equal(stored()->key_set, NEW_SET);
    assert_int_equal(stored()->next_key_set, 0);
    assert_int_equal(stored()->last_generation, 1);
    assert_int_equal(stored()->generations, 1);
    const godwit_key_confirm_t *confirm = &owner_message(&w.owner, GODWIT_KEY_CONFIRM, 0)->u.key_confirm;
    assert_int_equal(confirm->key_set, NEW_SET);
    assert_int_equal(confirm->generation, 1);
}

/* ---- handed out ---- */

static void the_end_of_a_session_brings_the_vector_of_the_next(void **state)
{
    (void)state;
    end();
    expect_handed(GODWIT_SESSION_TERMINATE_RESPONSE);
    hse_world_restart(&w);
    w.hse.config.next_vector = GODWIT_NEXT_VECTOR_TERMINATE;
    d.key = next_key();
    early_data("one datagram");
    hse_give(&w, &d);
    hse_assert_delivered(&w, "one datagram");
    expect_new_session();
    hse_give(&w, &d); /* a recording gets the answer again, and nothing else happens */
    hse_assert_nothing_delivered(&w);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT), 0);
}

static void manage_keys_brings_a_new_aka_run_to_a_session_that_goes_on(void **state)
{
    (void)state;
    hse_send_reading(&w, &d, "x");
    (void)asked(GODWIT_KEY_NEXT_VECTOR);
    give_vector();
    expect_handed(GODWIT_MANAGE_KEYS_REQUEST);
    hse_send_reading(&w, &d, "still under the old key");
    hse_assert_delivered(&w, "still under the old key");
    d.key = next_key();
    hse_seal_control(&d, GODWIT_MANAGE_KEYS_RESPONSE, NULL);
    hse_give(&w, &d);
    expect_new_session();
    assert_int_equal(stored()->pending_len, 0);
    assert_int_equal(stored()->state, GODWIT_SESSION_ACTIVE);
}

static void a_session_whose_aka_run_is_old_ends_with_the_vector_of_the_next(void **state)
{
    (void)state;
    w.hse.config.next_vector = GODWIT_NEXT_VECTOR_TERMINATE;
    hse_send_reading(&w, &d, "x");
    give_vector();
    expect_handed(GODWIT_SESSION_TERMINATE_REQUEST);
    assert_int_equal(stored()->state, GODWIT_SESSION_ANNOUNCED);
    hse_seal_control(&d, GODWIT_SESSION_TERMINATE_RESPONSE, NULL);
    hse_give(&w, &d);
    assert_int_equal(stored()->state, GODWIT_SESSION_ANNOUNCED);
    assert_int_equal(stored()->pending_len, 0);
    d.key = next_key();
    early_data("next");
    hse_give(&w, &d);
    hse_assert_delivered(&w, "next");
    expect_new_session();
}

static void a_lost_response_to_the_end_does_no_harm(void **state)
{
    (void)state;
    w.hse.config.next_vector = GODWIT_NEXT_VECTOR_TERMINATE;
    hse_send_reading(&w, &d, "x");
    give_vector();
    expect_handed(GODWIT_SESSION_TERMINATE_REQUEST);
    d.key = next_key(); /* 21 was lost; the device has the vector */
    early_data("next");
    hse_give(&w, &d);
    hse_assert_delivered(&w, "next");
    assert_int_equal(stored()->pending_len, 0);
    expect_new_session();
}

/* ---- not handed out ---- */

static void without_the_configuration_the_next_generation_is_asked_for(void **state)
{
    (void)state;
    w.hse.config.next_vector = GODWIT_NEXT_VECTOR_NEVER;
    hse_seal_control(&d, GODWIT_SESSION_TERMINATE_REQUEST, NULL);
    hse_give(&w, &d);
    (void)asked(GODWIT_KEY_NEXT_GENERATION);
}

static void a_subscription_without_the_feature_gets_the_next_generation(void **state)
{
    (void)state;
    hse_seal_control(&d, GODWIT_SESSION_TERMINATE_REQUEST, NULL);
    hse_give(&w, &d);
    (void)asked(GODWIT_KEY_NEXT_VECTOR);
    hse_answer_key(&w, GODWIT_NOT_ENTITLED);
    (void)asked(GODWIT_KEY_NEXT_GENERATION);
    hse_answer_key(&w, GODWIT_OK);
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.control.command, GODWIT_SESSION_TERMINATE_RESPONSE);
    assert_true(godwit_emsdp_has(&d.opened.control, GODWIT_TLV_KEY));
    assert_false(godwit_emsdp_has(&d.opened.control, GODWIT_TLV_RAND));
    assert_int_equal(stored()->next_key_set, 0);
}

static void an_old_session_without_the_feature_ends_as_ever(void **state)
{
    (void)state;
    hse_send_reading(&w, &d, "x");
    (void)asked(GODWIT_KEY_NEXT_VECTOR);
    hse_answer_key(&w, GODWIT_NOT_ENTITLED);
    hse_send_reading(&w, &d, "y");
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.control.command, GODWIT_SESSION_TERMINATE_REQUEST);
    assert_false(godwit_emsdp_has(&d.opened.control, GODWIT_TLV_KEY));
}

static void an_old_key_set_is_no_new_vector(void **state)
{
    (void)state;
    hse_send_reading(&w, &d, "x");
    godwit_message_t answer =
        hse_key_answer(&w, owner_message(&w.owner, GODWIT_KEY_REQUEST, 0)->transaction, GODWIT_OK);
    owner_give_message(&w.owner, &answer); /* the next generation, no vector */
    hse_assert_silently_refused(&w, GODWIT_PEER_INTERNAL);
    assert_int_equal(stored()->state, GODWIT_SESSION_ACTIVE);
}

/* ---- refused by the device ---- */

static void a_stale_vector_is_resynchronised_and_another_one_handed_out(void **state)
{
    (void)state;
    hse_send_reading(&w, &d, "x");
    give_vector();
    expect_handed(GODWIT_MANAGE_KEYS_REQUEST);
    reject(GODWIT_AUTH_RESYNC, true, godwit_slice(stored()->pending, stored()->pending_len));
    const godwit_key_request_t *again = asked(GODWIT_KEY_NEXT_VECTOR);
    assert_true(again->resync);
    assert_int_equal(again->auts[0], 0x5A);
    assert_int_equal(stored()->next_key_set, 0);
    assert_false(godwit_emsdp_key_is_set(&stored()->next));
    assert_int_equal(stored()->state, GODWIT_SESSION_ACTIVE);
    give_vector();
    expect_handed(GODWIT_MANAGE_KEYS_REQUEST);
    reject(GODWIT_AUTH_RESYNC, true, godwit_slice(stored()->pending, stored()->pending_len)); /* no third one */
    assert_int_equal(stored()->state, GODWIT_SESSION_ACTIVE);
    hse_send_reading(&w, &d, "the old key lives");
    hse_assert_delivered(&w, "the old key lives");
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.control.command, GODWIT_SESSION_TERMINATE_REQUEST);
}

static void a_vector_refused_with_the_end_leaves_a_session_that_is_over(void **state)
{
    (void)state;
    end();
    expect_handed(GODWIT_SESSION_TERMINATE_RESPONSE);
    reject(GODWIT_AUTH_RESYNC, true, godwit_slice(stored()->answer, stored()->answer_len));
    assert_true(asked(GODWIT_KEY_NEXT_VECTOR)->resync); /* so that the next set-up finds a vector that is fresh */
    assert_int_equal(stored()->state, GODWIT_SESSION_IDLE);
    d.key = next_key();
    early_data("refused");
    hse_give(&w, &d);
    hse_assert_nothing_delivered(&w);
}

static void a_reject_that_names_something_else_refuses_no_vector(void **state)
{
    (void)state;
    end();
    expect_handed(GODWIT_SESSION_TERMINATE_RESPONSE);
    static const uint8_t other[8] = {1};
    reject(GODWIT_AUTH_RESYNC, true, godwit_slice(other, sizeof other));
    assert_int_equal(stored()->state, GODWIT_SESSION_ANNOUNCED);
    assert_int_equal(stored()->next_key_set, NEW_SET);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_end_of_a_session_brings_the_vector_of_the_next, setup),
        cmocka_unit_test_setup(manage_keys_brings_a_new_aka_run_to_a_session_that_goes_on, setup_manage),
        cmocka_unit_test_setup(a_session_whose_aka_run_is_old_ends_with_the_vector_of_the_next, setup_manage),
        cmocka_unit_test_setup(a_lost_response_to_the_end_does_no_harm, setup_manage),
        cmocka_unit_test_setup(without_the_configuration_the_next_generation_is_asked_for, setup),
        cmocka_unit_test_setup(a_subscription_without_the_feature_gets_the_next_generation, setup),
        cmocka_unit_test_setup(an_old_session_without_the_feature_ends_as_ever, setup_manage),
        cmocka_unit_test_setup(an_old_key_set_is_no_new_vector, setup_manage),
        cmocka_unit_test_setup(a_stale_vector_is_resynchronised_and_another_one_handed_out, setup_manage),
        cmocka_unit_test_setup(a_vector_refused_with_the_end_leaves_a_session_that_is_over, setup),
        cmocka_unit_test_setup(a_reject_that_names_something_else_refuses_no_vector, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
