/* SPDX-License-Identifier: Apache-2.0
 *
 * The EAS as a role: registration, keys that come, readings up, power loss and repetition.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "roles/eas/internal.h"
#include "tests/support/eas_world.h"

static eas_world_t w;
static sender_t device, later;
static godwit_eas_grant_t first, second;

static void begin(void)
{
    eas_world_init(&w);
    first = sender_grant(1, 1);
    second = sender_grant(2, 2);
    assert_int_equal(eas_world_push(&w, &first), GODWIT_OK);
    sender_init(&device, &first);
    sender_init(&later, &second);
}

/* ---- registration ---- */

static void it_registers_at_the_start_and_again_until_it_is_answered(void **state)
{
    (void)state;
    memset(&w, 0, sizeof w);
    eas_world_init(&w);
    assert_int_equal(godwit_eas_init(&w.role, &w.config), GODWIT_OK);
    owner_give_timer(&w.owner, 0);
    const godwit_message_t *request = owner_message(&w.owner, GODWIT_EAS_REGISTER, 0);
    assert_string_equal(request->u.eas_register.eas, EAS_NAME);
    assert_string_equal(request->origin_host, EAS_NAME);
    assert_true(request->u.eas_register.push);
    const uint32_t before = request->transaction;
    owner_give_timer(&w.owner, GODWIT_EAS_TIMER_REGISTER);
    assert_int_not_equal(owner_message(&w.owner, GODWIT_EAS_REGISTER, 0)->transaction, before);
    godwit_message_t late = {
        .kind = GODWIT_EAS_REGISTER_ANSWER, .transaction = before, .origin_host = EAS_EESE, .hop = GODWIT_HOP_TLS};
    owner_give_message(&w.owner, &late);
    assert_false(w.role.registered); /* of a request that was given up */
    late.transaction = w.role.register_transaction;
    late.u.eas_register_answer.status = GODWIT_NOT_ENTITLED;
    owner_give_message(&w.owner, &late);
    assert_true(owner_saw(&w.owner, "register_refused", GODWIT_NOT_ENTITLED));
    uint32_t wait = 0;
    for (unsigned i = 0; i < 12; i++) {
        owner_give_timer(&w.owner, GODWIT_EAS_TIMER_REGISTER);
        wait = owner_request(&w.owner, GODWIT_REQUEST_TIMER, 0)->delay_ms;
    }
    assert_int_equal(wait, 600000);
}

/* ---- keys ---- */

static void a_pushed_key_is_durable_before_it_is_acknowledged(void **state)
{
    (void)state;
    begin();
    assert_int_equal(eas_world_push(&w, &second), GODWIT_OK);
    assert_true(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&w.owner, GODWIT_REQUEST_MESSAGE, 0));
    assert_int_equal(eas_world_push(&w, &second), GODWIT_OK); /* the acknowledgement was lost */
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT), 0);
    w.owner.fail_commits = true;
    const godwit_eas_grant_t third = sender_grant(3, 3);
    assert_int_equal(eas_world_push(&w, &third), GODWIT_AGAIN);
}

static void a_key_is_taken_from_the_eese_alone_and_over_a_protected_hop(void **state)
{
    (void)state;
    begin();
    const godwit_message_t good = eas_world_push_message(&w, &second);
    for (unsigned i = 0; i < 5; i++) {
        godwit_message_t bad = good;
        if (i == 0) {
            bad.hop = GODWIT_HOP_OPEN;
        } else if (i == 1) {
            strcpy(bad.origin_host, "hse.example.net");
        } else if (i == 2) {
            strcpy(bad.u.eas_session.eas, "another.example.net");
        } else if (i == 3) {
            strcpy(bad.u.eas_session.path.hse, "unknown.example.net");
        } else {
            bad.u.eas_session.terms.service = 0;
        }
        owner_give_message(&w.owner, &bad);
        assert_int_not_equal(owner_message(&w.owner, GODWIT_EAS_SESSION_PUSH_ANSWER, 0)->u.outcome, GODWIT_OK);
        assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT), 0);
    }
}

static void a_session_that_ended_is_forgotten(void **state)
{
    (void)state;
    begin();
    godwit_message_t end = eas_world_push_message(&w, &first);
    end.u.eas_session.ended = true;
    memset(end.u.eas_session.k_e2e, 0, sizeof end.u.eas_session.k_e2e);
    owner_give_message(&w.owner, &end);
    assert_int_equal(owner_message(&w.owner, GODWIT_EAS_SESSION_PUSH_ANSWER, 0)->u.outcome, GODWIT_OK);
    assert_int_equal(w.owner.record_count, 0);
}

static void a_session_id_that_another_device_has_now_is_begun_anew(void **state)
{
    (void)state;
    begin();
    second.path.imsi = owner_imsi("001010000000002");
    assert_int_equal(eas_world_push(&w, &second), GODWIT_OK);
    assert_int_equal(w.owner.record_count, 1);
    assert_true(godwit_imsi_equal(&w.owner.records[0].u.eas_session.path.imsi, &second.path.imsi));
}

/* A device that was set up anew: its session of before goes when no key of it is left, and not sooner. */
static void of_sessions_without_a_key_only_the_last_is_kept(void **state)
{
    (void)state;
    begin();
    second.path.session_id = 77;
    assert_int_equal(eas_world_push(&w, &second), GODWIT_OK);
    assert_int_equal(w.owner.record_count, 2);
    godwit_eas_grant_t third = sender_grant(3, 3);
    third.terms.life_s = 1;
    third.path.session_id = 78;
    w.owner.now_ms += 1000;
    assert_int_equal(eas_world_push(&w, &third), GODWIT_OK);
    w.owner.now_ms += 3600000;
    third.path.session_id = 79;
    third.agreed_s += 3600;
    assert_int_equal(eas_world_push(&w, &third), GODWIT_OK);
    assert_int_equal(w.owner.record_count, 3); /* that of session 78 is gone */
    third.agreed_s += 3601;
    third.path.counter_octets = 2; /* the same session, which is none of before all the same */
    w.owner.now_ms += 3700000;
    assert_int_equal(eas_world_push(&w, &third), GODWIT_OK);
    assert_int_equal(w.owner.record_count, 3);
}

/* ---- readings ---- */

static void a_reading_is_durable_before_it_is_delivered_and_answered(void **state)
{
    (void)state;
    begin();
    assert_int_equal(eas_world_up(&w, sender_seal(&device, "21.5"), false), GODWIT_OK);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT), 2);
    assert_int_equal(owner_request(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0)->record->kind, GODWIT_RECORD_READING);
    assert_int_equal(owner_request(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 1)->record->kind, GODWIT_RECORD_EAS_SESSION);
    assert_true(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 1) <
                owner_position(&w.owner, GODWIT_REQUEST_DELIVER, 0));
    assert_true(owner_position(&w.owner, GODWIT_REQUEST_DELIVER, 0) <
                owner_position(&w.owner, GODWIT_REQUEST_MESSAGE, 0));
    const godwit_reading_t *reading = &owner_request(&w.owner, GODWIT_REQUEST_DELIVER, 0)->reading;
    assert_true(godwit_slice_equal(reading->payload, godwit_slice_of_string("21.5")));
    assert_true(reading->user_plane);
    assert_int_equal(reading->session_id, SENDER_SESSION);
    assert_string_equal(reading->imsi.digits, EAS_IMSI);
    assert_true(eas_world_sent(&w, GODWIT_USER_PLANE_UP_ANSWER)->u.user_plane_answer.highest);
}

static void a_repetition_is_answered_as_before_and_not_delivered_twice(void **state)
{
    (void)state;
    begin();
    const godwit_slice_t up = sender_seal(&device, "21.5");
    assert_int_equal(eas_world_up(&w, up, false), GODWIT_OK);
    assert_int_equal(eas_world_up(&w, up, true), GODWIT_OK);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DELIVER), 0);
    eas_world_restart(&w);
    assert_int_equal(eas_world_up(&w, up, true), GODWIT_OK);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DELIVER), 0);
    assert_int_equal(eas_world_up(&w, up, false), GODWIT_REPLAY); /* somebody sent it to the HSE again */
}

static void full_deliveries_are_no_loss(void **state)
{
    (void)state;
    begin();
    const godwit_slice_t up = sender_seal(&device, "21.5");
    const godwit_message_t message = eas_world_up_message(&w, up);
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_MESSAGE, .message = &message, .deliveries_full = true});
    assert_int_equal(owner_message(&w.owner, GODWIT_USER_PLANE_UP_ANSWER, 0)->u.user_plane_answer.status,
                     GODWIT_OVERLOAD);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT), 0);
    assert_int_equal(eas_world_up(&w, up, true), GODWIT_OK);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DELIVER), 1);
}

static void only_the_hses_that_are_named_are_heard(void **state)
{
    (void)state;
    begin();
    const godwit_message_t good = eas_world_up_message(&w, sender_seal(&device, "21.5"));
    for (unsigned i = 0; i < 6; i++) {
        godwit_message_t bad = good;
        if (i == 0) {
            bad.hop = GODWIT_HOP_OPEN;
        } else if (i == 1) {
            strcpy(bad.origin_host, "other.example.net"); /* speaks for another */
        } else if (i == 2) {
            strcpy(bad.origin_host, "unknown.example.net");
            strcpy(bad.u.user_plane.hse, "unknown.example.net");
        } else if (i == 3) {
            strcpy(bad.u.user_plane.eas, "another.example.net");
        } else if (i == 4) {
            bad.u.user_plane.len = 0;
        } else {
            bad.u.user_plane.len = GODWIT_USER_PLANE_MAX + 1;
        }
        owner_give_message(&w.owner, &bad);
        assert_int_equal(owner_message(&w.owner, GODWIT_USER_PLANE_UP_ANSWER, 0)->u.user_plane_answer.status,
                         i < 4 ? GODWIT_NOT_ENTITLED : GODWIT_MALFORMED);
        assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT), 0);
    }
    owner_give_message(&w.owner, &good);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DELIVER), 1);
}

/* An HSE that is heard, but that has not this session: its Session IDs are its own. */
static void the_session_of_one_hse_is_not_anothers(void **state)
{
    (void)state;
    begin();
    godwit_message_t message = eas_world_up_message(&w, sender_seal(&device, "21.5"));
    strcpy(message.origin_host, "other.example.net");
    strcpy(message.u.user_plane.hse, "other.example.net");
    owner_give_message(&w.owner, &message);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DELIVER), 0);
    assert_int_equal(owner_message(&w.owner, GODWIT_USER_PLANE_UP_ANSWER, 0)->u.user_plane_answer.status,
                     GODWIT_OVERLOAD);
}

static void what_cannot_be_stored_is_not_answered_and_may_come_again(void **state)
{
    (void)state;
    begin();
    const godwit_slice_t up = sender_seal(&device, "21.5");
    w.owner.fail_commits = true;
    assert_int_equal(eas_world_up(&w, up, false), GODWIT_AGAIN);
    w.owner.fail_commits = false;
    w.owner.fail_fetches = true;
    assert_int_equal(eas_world_up(&w, up, true), GODWIT_OVERLOAD);
    w.owner.fail_fetches = false;
    assert_int_equal(eas_world_up(&w, up, true), GODWIT_OK);
}

static unsigned readings(void)
{
    unsigned n = 0;
    for (size_t i = 0; i < w.owner.record_count; i++) {
        n += w.owner.records[i].kind == GODWIT_RECORD_READING;
    }
    return n;
}

/* The power goes behind every request of the list; then the HSE, which has no answer, says it again. A store that does
 * not commit the list at once may have the reading without the window: then it is there twice, and never not at all. */
static void no_power_loss_loses_a_reading(void **state)
{
    (void)state;
    for (unsigned after = 1; after < 12; after++) {
        begin();
        const godwit_slice_t up = sender_seal(&device, "21.5");
        w.owner.power_for = after;
        const godwit_status_t status = eas_world_up(&w, up, false);
        const bool went = w.owner.power_went;
        const bool torn = owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT) == 1;
        eas_world_restart(&w);
        if (status != GODWIT_OK || went) {
            assert_int_equal(eas_world_up(&w, up, true), GODWIT_OK);
        }
        assert_int_equal(readings(), torn ? 2 : 1);
        if (!went) {
            return;
        }
    }
    fail_msg("the list does not end");
}

/* ---- clocks ---- */

/* Each key lives a day, and this clock is ten days off: by the EESE's it has just begun. */
static void a_clock_that_is_wrong_ends_no_key_early(void **state)
{
    (void)state;
    static const int64_t off_ms[] = {INT64_C(864000000), -INT64_C(864000000), 5000};
    for (size_t i = 0; i < sizeof off_ms / sizeof off_ms[0]; i++) {
        begin();
        godwit_eas_grant_t fresh = sender_grant(2, 2);
        fresh.terms.life_s = 86400;
        fresh.overlap_s = 3600;
        fresh.agreed_s = 20000000;
        const uint64_t eese_ms = fresh.agreed_s * 1000 + 30000;
        w.owner.now_ms = off_ms[i] < 0 ? eese_ms - (uint64_t)-off_ms[i] : eese_ms + (uint64_t)off_ms[i];
        godwit_message_t push = eas_world_push_message(&w, &fresh);
        push.u.eas_session.now_ms = eese_ms;
        owner_give_message(&w.owner, &push);
        assert_int_equal(owner_message(&w.owner, GODWIT_EAS_SESSION_PUSH_ANSWER, 0)->u.outcome, GODWIT_OK);
        sender_init(&later, &fresh);
        assert_int_equal(eas_world_up(&w, sender_seal(&later, "in time"), false), GODWIT_OK);
        w.owner.now_ms += (86400 + 3600 - 60) * UINT64_C(1000);
        assert_int_equal(eas_world_up(&w, sender_seal(&later, "under way"), false), GODWIT_OK);
        w.owner.now_ms += 90000;
        assert_int_equal(eas_world_up(&w, sender_seal(&later, "too late"), false), GODWIT_KEY_EXPIRED);
    }
}

/* No clock is so far on: the difference from another one might be no number, and no key would live. */
static void a_clock_that_cannot_be_is_passed_over(void **state)
{
    (void)state;
    begin();
    godwit_eas_grant_t fresh = sender_grant(2, 2);
    fresh.terms.life_s = 86400;
    fresh.agreed_s = 20000000;
    w.owner.now_ms = UINT64_C(20000030000);
    godwit_message_t push = eas_world_push_message(&w, &fresh);
    push.u.eas_session.now_ms = INT64_MAX;
    owner_give_message(&w.owner, &push);
    assert_int_equal(owner_message(&w.owner, GODWIT_EAS_SESSION_PUSH_ANSWER, 0)->u.outcome, GODWIT_OK);
    sender_init(&later, &fresh);
    assert_int_equal(eas_world_up(&w, sender_seal(&later, "in time"), false), GODWIT_OK);
}

/* Whatever a message took: what the EESE agreed first is first. */
static void keys_stay_in_the_order_of_the_eese(void **state)
{
    (void)state;
    begin();
    first.agreed_s = second.agreed_s = 20000000;
    second.agreed_s++;
    w.owner.now_ms = UINT64_C(20000005000);
    godwit_message_t push = eas_world_push_message(&w, &second);
    push.u.eas_session.now_ms = UINT64_C(20000001500);
    owner_give_message(&w.owner, &push);
    first.terms.key_id = 3;
    push = eas_world_push_message(&w, &first);
    push.u.eas_session.now_ms = UINT64_C(20000000500);
    w.owner.now_ms += 20000; /* it was held back */
    owner_give_message(&w.owner, &push);
    assert_int_equal(owner_message(&w.owner, GODWIT_EAS_SESSION_PUSH_ANSWER, 0)->u.outcome, GODWIT_REPLAY);
}

/* ---- keys that are asked for ---- */

static void a_key_that_the_device_uses_before_it_was_pushed_is_pulled(void **state)
{
    (void)state;
    begin();
    const godwit_slice_t up = sender_seal(&later, "under the next key");
    assert_int_equal(eas_world_up(&w, up, false), GODWIT_OVERLOAD);
    const godwit_message_t *pull = owner_message(&w.owner, GODWIT_EAS_SESSION_PULL, 0);
    assert_int_equal(pull->u.eas_session_request.key_id, 2);
    assert_int_equal(pull->u.eas_session_request.above_age, 0);
    assert_false(pull->u.eas_session_request.lost);
    assert_int_equal(pull->u.eas_session_request.registration[0], 0x52);
    assert_int_equal(eas_world_up(&w, up, true), GODWIT_OVERLOAD); /* and no second question */
    assert_null(eas_world_sent(&w, GODWIT_EAS_SESSION_PULL));
    godwit_message_t forged = {.kind = GODWIT_EAS_SESSION_PULL_ANSWER,
                               .transaction = w.role.last_transaction,
                               .hop = GODWIT_HOP_TLS,
                               .origin_host = "hse.example.net"};
    forged.u.eas_session = eas_world_push_message(&w, &second).u.eas_session;
    owner_give_message(&w.owner, &forged);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT), 0); /* not of the EESE */
    eas_world_pulled(&w, GODWIT_OK, &second);
    assert_int_equal(eas_world_up(&w, up, true), GODWIT_OK);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DELIVER), 1);
}

/* Whoever can reach the HSE can write any Key ID: that costs no age, and one question in so long a time. */
static void a_forged_key_id_spends_no_age(void **state)
{
    (void)state;
    begin();
    assert_int_equal(eas_world_up(&w, sender_seal(&later, "x"), false), GODWIT_OVERLOAD);
    eas_world_pulled(&w, GODWIT_UNKNOWN_KEY, NULL);
    assert_null(eas_world_sent(&w, GODWIT_EAS_SESSION_PULL));
    assert_int_equal(eas_world_up(&w, sender_seal(&later, "x"), false), GODWIT_UNKNOWN_KEY);
    assert_null(eas_world_sent(&w, GODWIT_EAS_SESSION_PULL));
    w.owner.now_ms += 30000;
    assert_int_equal(eas_world_up(&w, sender_seal(&later, "x"), false), GODWIT_UNKNOWN_KEY);
    assert_false(owner_message(&w.owner, GODWIT_EAS_SESSION_PULL, 0)->u.eas_session_request.lost);
}

/* As the HSE says a datagram again: at growing intervals, longer at last than those between two questions. */
static void what_the_eese_does_not_have_is_refused_however_seldom_it_is_said_again(void **state)
{
    (void)state;
    static const uint64_t after_ms[] = {2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000};
    unsigned questions = 1;
    begin();
    const godwit_slice_t up = sender_seal(&later, "x");
    assert_int_equal(eas_world_up(&w, up, false), GODWIT_OVERLOAD);
    eas_world_pulled(&w, GODWIT_UNKNOWN_KEY, NULL);
    for (size_t i = 0; i < sizeof after_ms / sizeof after_ms[0]; i++) {
        w.owner.now_ms += after_ms[i];
        assert_int_equal(eas_world_up(&w, up, true), GODWIT_UNKNOWN_KEY);
        if (eas_world_sent(&w, GODWIT_EAS_SESSION_PULL) != NULL) {
            questions++;
            eas_world_pulled(&w, i % 2 == 0 ? GODWIT_UNKNOWN_KEY : GODWIT_OVERLOAD, NULL);
        }
    }
    assert_in_range(questions, 3, 1 + 242 / 30);
}

/* Something new is heard of by asking, where nothing is pushed, and at once where it is. */
static void a_key_that_came_into_being_since_is_found(void **state)
{
    (void)state;
    begin();
    const godwit_slice_t up = sender_seal(&later, "x");
    assert_int_equal(eas_world_up(&w, up, false), GODWIT_OVERLOAD);
    eas_world_pulled(&w, GODWIT_UNKNOWN_KEY, NULL);
    w.owner.now_ms += 31000;
    assert_int_equal(eas_world_up(&w, up, true), GODWIT_UNKNOWN_KEY);
    eas_world_pulled(&w, GODWIT_OK, &second);
    assert_int_equal(eas_world_up(&w, up, true), GODWIT_OK);
    const godwit_eas_grant_t third = sender_grant(3, 3);
    sender_init(&later, &third);
    const godwit_slice_t next = sender_seal(&later, "y");
    assert_int_equal(eas_world_up(&w, next, false), GODWIT_OVERLOAD);
    eas_world_pulled(&w, GODWIT_UNKNOWN_KEY, NULL);
    assert_int_equal(eas_world_up(&w, next, true), GODWIT_UNKNOWN_KEY);
    assert_int_equal(eas_world_push(&w, &third), GODWIT_OK);
    assert_int_equal(eas_world_up(&w, next, true), GODWIT_OK);
}

/* That the EESE is busy, or does not answer, says nothing about the key. */
static void an_eese_that_is_busy_has_not_refused_the_key(void **state)
{
    (void)state;
    begin();
    const godwit_slice_t up = sender_seal(&later, "x");
    assert_int_equal(eas_world_up(&w, up, false), GODWIT_OVERLOAD);
    eas_world_pulled(&w, GODWIT_OVERLOAD, NULL);
    assert_int_equal(eas_world_up(&w, up, true), GODWIT_OVERLOAD);
    w.owner.now_ms += 30000;
    assert_int_equal(eas_world_up(&w, up, true), GODWIT_OVERLOAD);
    assert_non_null(eas_world_sent(&w, GODWIT_EAS_SESSION_PULL));
    eas_world_pulled(&w, GODWIT_OK, &second);
    assert_int_equal(eas_world_up(&w, up, true), GODWIT_OK);
}

/* Whatever Key IDs somebody writes: one question in so long a time. */
static void all_key_ids_together_ask_no_oftener_than_one(void **state)
{
    (void)state;
    unsigned questions = 0;
    begin();
    for (unsigned i = 0; i < 600; i++) { /* ten minutes */
        const godwit_eas_grant_t forged = sender_grant(9, (uint8_t)(2 + i % 6));
        sender_t stranger;
        sender_init(&stranger, &forged);
        const godwit_status_t status = eas_world_up(&w, sender_seal(&stranger, "x"), false);
        assert_true(status == GODWIT_OVERLOAD || status == GODWIT_UNKNOWN_KEY);
        if (eas_world_sent(&w, GODWIT_EAS_SESSION_PULL) != NULL) {
            questions++;
            eas_world_pulled(&w, GODWIT_UNKNOWN_KEY, NULL);
        }
        w.owner.now_ms += 1000;
    }
    assert_int_equal(questions, 20);
    assert_int_equal(eas_world_up(&w, sender_seal(&device, "its own"), false), GODWIT_OK);
}

/* An EAS that pulls is not told that a session is over: the next one on the same bearer has its Session ID, and Key ID
 * 1 again. */
static void another_key_of_the_same_ids_is_asked_for(void **state)
{
    (void)state;
    begin();
    w.config.push = false;
    eas_world_restart(&w);
    assert_int_equal(eas_world_up(&w, sender_seal(&device, "before"), false), GODWIT_OK);
    const godwit_eas_grant_t anew = sender_grant(2, 1);
    sender_init(&later, &anew);
    const godwit_slice_t up = sender_seal(&later, "after");
    assert_int_equal(eas_world_up(&w, up, false), GODWIT_OVERLOAD);
    const godwit_message_t *pull = owner_message(&w.owner, GODWIT_EAS_SESSION_PULL, 0);
    assert_int_equal(pull->u.eas_session_request.key_id, 1);
    assert_int_equal(pull->u.eas_session_request.above_age, 0);
    assert_false(pull->u.eas_session_request.lost);
    eas_world_pulled(&w, GODWIT_OK, &anew);
    assert_int_equal(eas_world_up(&w, up, true), GODWIT_OK);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DELIVER), 1);
}

/* What anybody can write costs one question in so long a time, and changes nothing. */
static void a_forged_datagram_asks_once(void **state)
{
    (void)state;
    begin();
    (void)sender_seal(&device, "x");
    device.datagram[device.len - 1] ^= 1;
    const godwit_slice_t forged = godwit_slice(device.datagram, device.len);
    assert_int_equal(eas_world_up(&w, forged, false), GODWIT_MAC_FAILURE); /* what is pushed comes by itself */
    assert_null(eas_world_sent(&w, GODWIT_EAS_SESSION_PULL));
    w.config.push = false;
    eas_world_restart(&w);
    assert_int_equal(eas_world_up(&w, forged, false), GODWIT_OVERLOAD);
    eas_world_pulled(&w, GODWIT_UNKNOWN_KEY, NULL);
    assert_null(eas_world_sent(&w, GODWIT_EAS_SESSION_PULL));
    assert_int_equal(eas_world_up(&w, forged, true), GODWIT_MAC_FAILURE);
    assert_null(eas_world_sent(&w, GODWIT_EAS_SESSION_PULL));
    assert_int_equal(eas_world_up(&w, sender_seal(&device, "y"), false), GODWIT_OK);
}

static void whoever_has_lost_everything_takes_the_next_age(void **state)
{
    (void)state;
    begin();
    w.owner.record_count = 0;
    assert_int_equal(eas_world_up(&w, sender_seal(&device, "x"), false), GODWIT_OVERLOAD);
    eas_world_pulled(&w, GODWIT_UNKNOWN_KEY, NULL); /* it was handed out before */
    const godwit_message_t *pull = owner_message(&w.owner, GODWIT_EAS_SESSION_PULL, 0);
    assert_true(pull->u.eas_session_request.lost);
    assert_int_equal(eas_world_up(&w, sender_seal(&device, "x"), false), GODWIT_UNKNOWN_KEY);
    eas_world_pulled(&w, GODWIT_OK, &second);
    assert_int_equal(eas_world_up(&w, sender_seal(&device, "x"), false), GODWIT_UNKNOWN_KEY);
    assert_int_equal(eas_world_up(&w, sender_seal(&later, "x"), false), GODWIT_OK);
}

static void a_damaged_record_is_a_loss_of_state(void **state)
{
    (void)state;
    begin();
    w.owner.records[0].u.eas_session.octets[40] ^= 1;
    assert_int_equal(eas_world_up(&w, sender_seal(&device, "x"), false), GODWIT_UNKNOWN_KEY);
    assert_true(owner_message(&w.owner, GODWIT_EAS_SESSION_PULL, 0)->u.eas_session_request.lost);
    eas_world_pulled(&w, GODWIT_OK, &second);
    assert_int_equal(eas_world_up(&w, sender_seal(&later, "x"), false), GODWIT_OK);
}

static void the_next_age_is_asked_for_when_the_count_is_nearly_spent(void **state)
{
    (void)state;
    begin();
    first = sender_grant(5, 3);
    first.terms.messages = 8;
    assert_int_equal(eas_world_push(&w, &first), GODWIT_OK);
    sender_init(&device, &first);
    for (unsigned i = 0; i < 6; i++) {
        assert_int_equal(eas_world_up(&w, sender_seal(&device, "x"), false), GODWIT_OK);
        assert_null(eas_world_sent(&w, GODWIT_EAS_SESSION_PULL));
    }
    assert_int_equal(eas_world_up(&w, sender_seal(&device, "x"), false), GODWIT_OK);
    assert_int_equal(owner_message(&w.owner, GODWIT_EAS_SESSION_PULL, 0)->u.eas_session_request.above_age, 5);
}

/* The question stood behind a commit that failed, and so did its timer. */
static void a_question_that_never_left_is_asked_again(void **state)
{
    (void)state;
    begin();
    first = sender_grant(5, 3);
    first.terms.messages = 8;
    assert_int_equal(eas_world_push(&w, &first), GODWIT_OK);
    sender_init(&device, &first);
    for (unsigned i = 0; i < 6; i++) {
        assert_int_equal(eas_world_up(&w, sender_seal(&device, "x"), false), GODWIT_OK);
    }
    const godwit_slice_t last = sender_seal(&device, "x");
    w.owner.fail_commits = true;
    assert_int_equal(eas_world_up(&w, last, false), GODWIT_AGAIN);
    w.owner.fail_commits = false;
    w.owner.now_ms += 60000;
    assert_int_equal(eas_world_up(&w, last, true), GODWIT_OK);
    assert_int_equal(owner_message(&w.owner, GODWIT_EAS_SESSION_PULL, 0)->u.eas_session_request.above_age, 5);
}

static void keys_are_wiped_in_the_store_when_their_time_is_over(void **state)
{
    (void)state;
    begin();
    first.terms.life_s = 1000;
    first.terms.age = 7;
    first.terms.key_id = 4;
    assert_int_equal(eas_world_push(&w, &first), GODWIT_OK);
    sender_init(&device, &first);
    assert_int_equal(eas_world_up(&w, sender_seal(&device, "x"), false), GODWIT_OK); /* ends age 1 after the overlap */
    w.owner.now_ms = UINT64_C(1000) * (SENDER_AGREED_S + 1000);
    owner_give_timer(&w.owner, 0);
    assert_int_equal(owner_message(&w.owner, GODWIT_EAS_SESSION_PULL, 0)->u.eas_session_request.above_age, 7);
    w.owner.now_ms = UINT64_C(1000) * (SENDER_AGREED_S + 4600);
    owner_give_timer(&w.owner, 0);
    assert_true(owner_saw(&w.owner, "key_wiped", GODWIT_OK));
    const godwit_eas_session_record_t *record = &w.owner.records[0].u.eas_session;
    assert_int_equal(record->due_ms, UINT64_MAX);
    for (size_t i = 0; i + 32 <= record->len; i++) {
        assert_memory_not_equal(record->octets + i, first.k_e2e, 32);
    }
    owner_give_timer(&w.owner, 0);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_TIMER), 0);
    assert_int_equal(eas_world_up(&w, sender_seal(&device, "x"), false), GODWIT_OVERLOAD);
}

/* As a backup leaves them: no octets, and due at once. No age is spent before the device speaks. */
static void records_of_a_backup_wait_for_their_devices(void **state)
{
    (void)state;
    begin();
    w.owner.records[0].u.eas_session.len = 0;
    w.owner.records[0].u.eas_session.due_ms = 1;
    eas_world_restart(&w);
    owner_give_timer(&w.owner, 0);
    assert_int_equal(w.owner.records[0].u.eas_session.due_ms, UINT64_MAX);
    assert_null(eas_world_sent(&w, GODWIT_EAS_SESSION_PULL));
    assert_int_equal(eas_world_up(&w, sender_seal(&device, "x"), false), GODWIT_UNKNOWN_KEY);
    assert_true(owner_message(&w.owner, GODWIT_EAS_SESSION_PULL, 0)->u.eas_session_request.lost);
    eas_world_pulled(&w, GODWIT_OK, &second);
    assert_int_equal(eas_world_up(&w, sender_seal(&later, "x"), false), GODWIT_OK);
}

static void what_is_not_due_is_left_alone_until_it_is(void **state)
{
    (void)state;
    begin();
    first.terms.life_s = 1000;
    first.terms.age = 7;
    first.terms.key_id = 4;
    assert_int_equal(eas_world_push(&w, &first), GODWIT_OK);
    owner_give_timer(&w.owner, 0);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT), 0);
    assert_int_equal(owner_request(&w.owner, GODWIT_REQUEST_TIMER, 0)->timer, 0);
    assert_int_equal(owner_request(&w.owner, GODWIT_REQUEST_TIMER, 0)->delay_ms, 990000);
}

static void a_registration_that_the_eese_forgot_is_made_again(void **state)
{
    (void)state;
    begin();
    assert_int_equal(eas_world_up(&w, sender_seal(&later, "x"), false), GODWIT_OVERLOAD);
    eas_world_pulled(&w, GODWIT_NOT_ENTITLED, NULL);
    assert_true(w.role.registered); /* a moment old: it is the device that this EAS is not entitled for */
    w.owner.now_ms += 60000;
    assert_int_equal(eas_world_up(&w, sender_seal(&later, "x"), false), GODWIT_OVERLOAD);
    eas_world_pulled(&w, GODWIT_NOT_ENTITLED, NULL);
    const godwit_message_t *request = owner_message(&w.owner, GODWIT_EAS_REGISTER, 0);
    assert_int_equal(request->u.eas_register.registration[0], 0);
    assert_false(w.role.registered);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_registers_at_the_start_and_again_until_it_is_answered),
        cmocka_unit_test(a_pushed_key_is_durable_before_it_is_acknowledged),
        cmocka_unit_test(a_key_is_taken_from_the_eese_alone_and_over_a_protected_hop),
        cmocka_unit_test(a_session_that_ended_is_forgotten),
        cmocka_unit_test(a_session_id_that_another_device_has_now_is_begun_anew),
        cmocka_unit_test(of_sessions_without_a_key_only_the_last_is_kept),
        cmocka_unit_test(a_reading_is_durable_before_it_is_delivered_and_answered),
        cmocka_unit_test(a_repetition_is_answered_as_before_and_not_delivered_twice),
        cmocka_unit_test(full_deliveries_are_no_loss),
        cmocka_unit_test(only_the_hses_that_are_named_are_heard),
        cmocka_unit_test(the_session_of_one_hse_is_not_anothers),
        cmocka_unit_test(what_cannot_be_stored_is_not_answered_and_may_come_again),
        cmocka_unit_test(no_power_loss_loses_a_reading),
        cmocka_unit_test(a_clock_that_is_wrong_ends_no_key_early),
        cmocka_unit_test(a_clock_that_cannot_be_is_passed_over),
        cmocka_unit_test(keys_stay_in_the_order_of_the_eese),
        cmocka_unit_test(a_key_that_the_device_uses_before_it_was_pushed_is_pulled),
        cmocka_unit_test(a_forged_key_id_spends_no_age),
        cmocka_unit_test(what_the_eese_does_not_have_is_refused_however_seldom_it_is_said_again),
        cmocka_unit_test(a_key_that_came_into_being_since_is_found),
        cmocka_unit_test(an_eese_that_is_busy_has_not_refused_the_key),
        cmocka_unit_test(all_key_ids_together_ask_no_oftener_than_one),
        cmocka_unit_test(another_key_of_the_same_ids_is_asked_for),
        cmocka_unit_test(a_forged_datagram_asks_once),
        cmocka_unit_test(whoever_has_lost_everything_takes_the_next_age),
        cmocka_unit_test(a_damaged_record_is_a_loss_of_state),
        cmocka_unit_test(the_next_age_is_asked_for_when_the_count_is_nearly_spent),
        cmocka_unit_test(a_question_that_never_left_is_asked_again),
        cmocka_unit_test(keys_are_wiped_in_the_store_when_their_time_is_over),
        cmocka_unit_test(records_of_a_backup_wait_for_their_devices),
        cmocka_unit_test(what_is_not_due_is_left_alone_until_it_is),
        cmocka_unit_test(a_registration_that_the_eese_forgot_is_made_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
