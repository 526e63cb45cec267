/* SPDX-License-Identifier: Apache-2.0
 *
 * Sessions whose user plane ends in an EAS, at the HSE: how one is set up, what is forwarded and what becomes of it,
 * keys that age, what an EAS sends down. The HSE has no key of the user plane, and nothing that it cannot check may
 * move it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "roles/hse/end_to_end.h"
#include "tests/support/hse_e2e.h"

static hse_world_t w;
static hse_device_t d;
static godwit_emsdp_key_t plane;

static int setup(void **state)
{
    (void)state;
    hse_e2e_init(&w, &d);
    return 0;
}

static int setup_session(void **state)
{
    (void)setup(state);
    hse_e2e_set_up(&w, &d);
    plane = hse_plane(&w, &d, 1, 1);
    return 0;
}

static godwit_session_record_t *stored(void)
{
    godwit_session_record_t *record = hse_stored(&w, d.key.hot.session_id);
    assert_non_null(record);
    return record;
}

static void ask(void)
{
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
}

static void send_up(const char *reading)
{
    hse_seal_plane(&d, &plane, reading);
    hse_give(&w, &d);
}

static void agenda(void)
{
    owner_give_timer(&w.owner, GODWIT_HSE_TIMER_AGENDA);
}

/* The nth datagram of the HSE is a Reject under the key, with that reason, of what the device sent last. */
static void assert_rejected(godwit_status_t reason)
{
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.control.command, GODWIT_MESSAGE_REJECT);
    assert_int_equal(d.opened.control.reason, reason);
    assert_memory_equal(d.opened.control.echo, d.sent + d.sent_len - GODWIT_EMSDP_ECHO, GODWIT_EMSDP_ECHO);
}

/* ---- set-up ---- */

static void the_eese_is_asked_before_there_is_a_start(void **state)
{
    (void)state;
    ask();
    hse_answer_key(&w, GODWIT_OK);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    const godwit_e2e_session_request_t *asked =
        &owner_message(&w.owner, GODWIT_E2E_SESSION_REQUEST, 0)->u.e2e_session_request;
    assert_int_equal(asked->event, GODWIT_E2E_OPEN);
    assert_string_equal(asked->eas, HSE_EAS);
    assert_string_equal(asked->path.hse, HSE_ENDPOINT);
    assert_true(godwit_imsi_equal(&asked->path.imsi, &d.imsi));
    assert_int_equal(asked->path.session_octets, 3);
    assert_int_equal(asked->key_set, HSE_KEY_SET);
    assert_int_equal(asked->service, GODWIT_SERVICE_CONFIDENTIALITY);
    assert_int_equal(asked->suites, 0x000F);
    assert_false(asked->owner_is_hss);
    uint32_t session_id = asked->path.session_id;
    const godwit_e2e_terms_t terms = hse_terms(5, 3);
    hse_answer_eese(&w, &terms, GODWIT_OK);
    hse_take_start(&w, &d);
    assert_int_equal(d.key.hot.session_id, session_id);
    assert_true(godwit_emsdp_has(&d.opened.control, GODWIT_TLV_SERVICE));
    assert_int_equal(d.opened.control.terms.age, 5);
    assert_int_equal(d.opened.control.terms.key_id, 3);
    assert_null(hse_stored(&w, session_id));
    hse_seal_confirmation(&d, NULL);
    hse_give(&w, &d);
    assert_true(stored()->end_to_end);
    assert_int_equal(stored()->e2e.age, 5);
    assert_int_equal(stored()->e2e_key_set, HSE_KEY_SET);
    assert_string_equal(stored()->enterprise, HSE_EAS);
    assert_int_equal(hse_told(&w, GODWIT_E2E_TAKEN), 1);
}

static void a_request_that_comes_again_while_the_eese_is_asked_waits_and_then_asks_again(void **state)
{
    (void)state;
    ask();
    hse_answer_key(&w, GODWIT_OK);
    uint32_t first = owner_message(&w.owner, GODWIT_E2E_SESSION_REQUEST, 0)->transaction;
    hse_give_request(&w, &d);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
    w.owner.now_ms += 7000;
    hse_give_request(&w, &d);
    assert_true(owner_message(&w.owner, GODWIT_E2E_SESSION_REQUEST, 0)->transaction != first);
    const godwit_e2e_terms_t terms = hse_terms(1, 1);
    hse_answer_eese(&w, &terms, GODWIT_OK);
    hse_take_start(&w, &d);
}

static void what_the_eese_refuses_is_told_and_there_is_no_session(void **state)
{
    (void)state;
    ask();
    hse_answer_key(&w, GODWIT_OK);
    hse_answer_eese(&w, NULL, GODWIT_NOT_ENTITLED);
    const godwit_request_t *sent = owner_request(&w.owner, GODWIT_REQUEST_DATAGRAM, 0);
    godwit_emsdp_header_t header;
    godwit_emsdp_control_t m;
    assert_int_equal(godwit_emsdp_unkeyed_parse(sent->octets, w.config.framing, &header, &m), GODWIT_OK);
    assert_int_equal(m.reason, GODWIT_NOT_ENTITLED);
    assert_int_equal(hse_stored_sessions(&w), 0);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_NOT_ENTITLED));
}

static void terms_that_were_not_asked_for_are_not_taken(void **state)
{
    (void)state;
    godwit_e2e_terms_t bad[6];
    for (size_t i = 0; i < 6; i++) {
        bad[i] = hse_terms(1, 1);
    }
    bad[0].service = GODWIT_SERVICE_INTEGRITY;
    bad[1].suite = 5; /* does not cipher */
    bad[2].suite = 7; /* the device did not offer it */
    bad[3].key_id = 0;
    bad[4].key_id = 8;
    bad[5].age = 0;
    for (size_t i = 0; i < 6; i++) {
        ask();
        hse_answer_key(&w, GODWIT_OK);
        hse_answer_eese(&w, &bad[i], GODWIT_OK);
        assert_true(owner_saw(&w.owner, "refused", GODWIT_PEER_INTERNAL));
        assert_int_equal(hse_stored_sessions(&w), 0);
    }
}

static void without_an_eese_a_service_is_refused(void **state)
{
    (void)state;
    w.hse.config.eese_host[0] = '\0';
    ask();
    assert_true(owner_saw(&w.owner, "refused", GODWIT_POLICY_FORBIDS));
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
}

static void user_data_before_the_confirmation_makes_no_session(void **state)
{
    (void)state;
    const godwit_e2e_terms_t terms = hse_terms(1, 1);
    ask();
    hse_answer_key(&w, GODWIT_OK);
    hse_answer_eese(&w, &terms, GODWIT_OK);
    hse_take_start(&w, &d);
    plane = hse_plane(&w, &d, 1, 1);
    send_up("early");
    assert_true(owner_saw(&w.owner, "refused", GODWIT_UNKNOWN_SESSION));
    assert_int_equal(hse_stored_sessions(&w), 0);
    assert_int_equal(hse_forwards_used(&w), 0);
    hse_seal_confirmation(&d, NULL);
    hse_give(&w, &d);
    assert_int_equal(hse_stored_sessions(&w), 1);
}

static void the_confirmation_brings_a_datagram_for_the_eas(void **state)
{
    (void)state;
    const godwit_e2e_terms_t terms = hse_terms(1, 1);
    ask();
    hse_answer_key(&w, GODWIT_OK);
    hse_answer_eese(&w, &terms, GODWIT_OK);
    hse_take_start(&w, &d);
    plane = hse_plane(&w, &d, 1, 1);
    hse_seal_plane(&d, &plane, "inner");
    godwit_emsdp_control_t m = {.present = 1u << GODWIT_TLV_DATA};
    uint8_t inner[64];
    size_t len = d.sent_len;
    memcpy(inner, d.sent, len);
    m.data = godwit_slice(inner, len);
    hse_seal_control(&d, GODWIT_SESSION_START_CONFIRMATION, &m);
    hse_give(&w, &d);
    const godwit_user_plane_t *up = &hse_up(&w)->u.user_plane;
    assert_int_equal(up->len, len);
    assert_memory_equal(up->datagram, inner, len);
    assert_true(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&w.owner, GODWIT_REQUEST_MESSAGE, 0));
    hse_assert_nothing_delivered(&w);
}

static void a_reading_under_k_session_is_refused_in_such_a_session(void **state)
{
    (void)state;
    const godwit_e2e_terms_t terms = hse_terms(1, 1);
    ask();
    hse_answer_key(&w, GODWIT_OK);
    hse_answer_eese(&w, &terms, GODWIT_OK);
    hse_take_start(&w, &d);
    hse_seal_confirmation(&d, "plain for the HSE");
    hse_give(&w, &d);
    hse_assert_nothing_delivered(&w);
    assert_int_equal(hse_forwards_used(&w), 0);
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.control.reason, GODWIT_POLICY_FORBIDS);
    assert_true(stored()->end_to_end);
}

/* ---- up ---- */

static void a_datagram_goes_to_the_eas_as_it_came_and_moves_nothing(void **state)
{
    (void)state;
    const godwit_session_record_t before = *stored();
    send_up("one");
    const godwit_message_t *message = hse_up(&w);
    const godwit_user_plane_t *up = &message->u.user_plane;
    assert_string_equal(up->eas, HSE_EAS);
    assert_string_equal(up->hse, HSE_ENDPOINT);
    assert_int_equal(up->session_id, d.key.hot.session_id);
    assert_true(godwit_imsi_equal(&up->imsi, &d.imsi));
    assert_int_equal(up->len, d.sent_len);
    assert_memory_equal(up->datagram, d.sent, d.sent_len);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT), 0);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    hse_assert_nothing_delivered(&w);
    assert_memory_equal(stored(), &before, sizeof before);
    uint64_t number = up->number;
    hse_answer_up(&w, message->transaction, GODWIT_OK, true);
    assert_int_equal(hse_forwards_used(&w), 0);
    send_up("two");
    assert_true(hse_up(&w)->u.user_plane.number > number);
    hse_world_restart(&w);
    w.owner.now_ms += 1;
    send_up("three");
    assert_true(hse_up(&w)->u.user_plane.number > number + 1);
}

static void what_waits_is_not_taken_twice_and_is_said_again_with_the_same_number(void **state)
{
    (void)state;
    send_up("one");
    uint32_t first = hse_up(&w)->transaction;
    uint64_t number = hse_up(&w)->u.user_plane.number;
    hse_give(&w, &d);
    assert_int_equal(hse_messages(&w, GODWIT_USER_PLANE_UP), 0);
    assert_int_equal(hse_forwards_used(&w), 1);
    uint64_t waits[3];
    for (size_t i = 0; i < 3; i++) {
        uint64_t since = w.owner.now_ms;
        w.owner.now_ms = w.forwards[0].due_ms;
        waits[i] = w.owner.now_ms - since;
        agenda();
        assert_int_equal(hse_up(&w)->u.user_plane.number, number);
        assert_true(hse_up(&w)->transaction != first);
    }
    assert_true(waits[0] < waits[1] && waits[1] < waits[2]);
    uint32_t last = hse_up(&w)->transaction;
    hse_answer_up(&w, first, GODWIT_OK, true); /* late: of an earlier sending */
    assert_int_equal(hse_forwards_used(&w), 1);
    hse_answer_up(&w, last, GODWIT_OVERLOAD, false);
    assert_int_equal(hse_forwards_used(&w), 1);
    hse_answer_up(&w, last, GODWIT_OK, true);
    assert_int_equal(hse_forwards_used(&w), 0);
}

static void what_nobody_takes_in_its_time_is_given_up(void **state)
{
    (void)state;
    send_up("one");
    w.owner.now_ms += 3600001;
    agenda();
    assert_true(owner_saw(&w.owner, "forward_given_up", GODWIT_OVERLOAD));
    assert_int_equal(hse_forwards_used(&w), 0);
}

static void more_than_its_share_is_refused_to_the_device(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        send_up("waits");
        assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    }
    send_up("too much");
    assert_rejected(GODWIT_OVERLOAD);
    assert_int_equal(hse_forwards_used(&w), 8);
    assert_int_equal(stored()->current.hot.up_next_in, 0);
    unsigned rejects = 1;
    for (int i = 0; i < 40; i++) { /* not for every datagram that anybody may have made up */
        send_up("too much");
        rejects += (unsigned)owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM);
        assert_true(owner_saw(&w.owner, "refused", GODWIT_OVERLOAD));
    }
    assert_int_equal(rejects, 8);
}

static void answers_that_stay_end_the_waiting_and_reach_the_device_where_they_help(void **state)
{
    (void)state;
    static const struct {
        godwit_status_t answer;
        bool told;
    } rows[] = {{GODWIT_KEY_EXPIRED, true}, {GODWIT_NOT_ENTITLED, true}, {GODWIT_POLICY_FORBIDS, true},
                {GODWIT_REPLAY, false},     {GODWIT_MAC_FAILURE, false}, {GODWIT_MALFORMED, false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        send_up("one");
        hse_answer_up(&w, hse_up(&w)->transaction, rows[i].answer, false);
        assert_int_equal(hse_forwards_used(&w), 0);
        assert_true(owner_saw(&w.owner, "refused", rows[i].answer));
        if (rows[i].told) {
            assert_rejected(rows[i].answer);
        } else {
            assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
        }
    }
}

static void only_the_eas_that_was_asked_answers_and_terms_come_over_a_protected_hop(void **state)
{
    (void)state;
    send_up("one");
    godwit_message_t answer = {
        .kind = GODWIT_USER_PLANE_UP_ANSWER, .transaction = hse_up(&w)->transaction, .origin_host = HSE_EAS};
    answer.u.user_plane_answer.highest = true;
    owner_give_message(&w.owner, &answer);
    assert_int_equal(hse_forwards_used(&w), 1);
    answer.hop = GODWIT_HOP_TLS;
    strcpy(answer.origin_host, "other.example");
    owner_give_message(&w.owner, &answer);
    assert_int_equal(hse_forwards_used(&w), 1);
    hse_device_t other = hse_device("001010000000002", 2);
    other.enterprise = HSE_EAS;
    other.service = d.service;
    other.service_suites = d.service_suites;
    hse_make_request(&w, &other, NULL);
    hse_give_request(&w, &other);
    hse_answer_key(&w, GODWIT_OK);
    godwit_message_t terms = {.kind = GODWIT_E2E_SESSION_ANSWER,
                              .transaction = owner_message(&w.owner, GODWIT_E2E_SESSION_REQUEST, 0)->transaction};
    terms.u.e2e_session_answer.terms = hse_terms(1, 1);
    owner_give_message(&w.owner, &terms);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_PEER_INTERNAL));
}

static void a_key_that_was_just_given_may_reach_the_eas_late(void **state)
{
    (void)state;
    send_up("one");
    for (int i = 0; i < 4; i++) {
        hse_answer_up(&w, hse_up(&w)->transaction, GODWIT_UNKNOWN_KEY, false);
        assert_int_equal(hse_forwards_used(&w), 1);
        w.owner.now_ms = w.forwards[0].due_ms;
        agenda();
    }
    hse_answer_up(&w, hse_up(&w)->transaction, GODWIT_UNKNOWN_KEY, false);
    assert_rejected(GODWIT_UNKNOWN_KEY);
    plane = hse_plane(&w, &d, 1, 6); /* a Key ID that nobody gave: at once */
    send_up("one");
    hse_answer_up(&w, hse_up(&w)->transaction, GODWIT_UNKNOWN_KEY, false);
    assert_int_equal(hse_forwards_used(&w), 0);
}

static void the_ok_of_the_eas_moves_the_address_and_nothing_else_does(void **state)
{
    (void)state;
    godwit_address_t old = d.from;
    d.from = owner_address(9);
    send_up("moved");
    assert_memory_equal(stored()->address, old.octets, old.len);
    hse_answer_up(&w, hse_up(&w)->transaction, GODWIT_OK, false);
    assert_memory_equal(stored()->address, old.octets, old.len);
    send_up("moved again");
    hse_answer_up(&w, hse_up(&w)->transaction, GODWIT_OK, true);
    assert_memory_equal(stored()->address, d.from.octets, d.from.len);
}

/* ---- those who have no key ---- */

static void strangers_take_little_room_get_nothing_and_starve_nobody(void **state)
{
    (void)state;
    const godwit_session_record_t before = *stored();
    hse_device_t stranger = d;
    unsigned told = 0;
    for (uint8_t i = 0; i < 200; i++) {
        stranger.from = owner_address((uint8_t)(20 + i % 8));
        hse_seal_plane(&stranger, &plane, "made up");
        stranger.sent[stranger.sent_len - 1] ^= i;
        hse_give(&w, &stranger);
        told += (unsigned)owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM);
        assert_true(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT) <= 1);
        assert_true(hse_forwards_used(&w) <= 2);
    }
    assert_int_equal(told, 2); /* that there is no room */
    assert_int_equal(stored()->current.cp_next_out, before.current.cp_next_out + told);
    assert_int_equal(stored()->current.hot.up_next_in, before.current.hot.up_next_in);
    assert_memory_equal(stored()->address, before.address, sizeof before.address);
    for (int i = 0; i < 8; i++) {
        send_up("his own");
        assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    }
    assert_int_equal(hse_forwards_used(&w), 10);
}

/* From another port with each reading: only there can it hear that the EAS has lost everything. */
static void a_lost_key_is_told_where_the_device_may_be_now_and_twice_a_minute_at_most(void **state)
{
    (void)state;
    for (uint8_t i = 0; i < 4; i++) {
        d.from = owner_address((uint8_t)(40 + i));
        send_up("from somewhere else");
        hse_answer_up(&w, hse_up(&w)->transaction, GODWIT_KEY_EXPIRED, false);
        assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), i < 2 ? 1 : 0);
        if (i < 2) {
            const godwit_request_t *sent = owner_request(&w.owner, GODWIT_REQUEST_DATAGRAM, 0);
            assert_true(godwit_address_equal(&sent->to, &d.from));
        }
    }
}

static void of_a_key_that_was_never_given_a_stranger_is_told_nothing(void **state)
{
    (void)state;
    d.from = owner_address(40);
    send_up("from somewhere else");
    hse_answer_up(&w, hse_up(&w)->transaction, GODWIT_POLICY_FORBIDS, false);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    godwit_emsdp_key_t other = hse_plane(&w, &d, 1, 5);
    hse_seal_plane(&d, &other, "under a key of nobody's");
    hse_give(&w, &d);
    hse_answer_up(&w, hse_up(&w)->transaction, GODWIT_UNKNOWN_KEY, false);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
}

static void what_came_from_elsewhere_makes_room_and_its_refusal_is_told_nobody(void **state)
{
    (void)state;
    hse_device_t other = hse_device("001010000000002", 2);
    other.enterprise = HSE_EAS;
    other.service = d.service;
    other.service_suites = d.service_suites;
    hse_e2e_set_up(&w, &other);
    godwit_emsdp_key_t its = hse_plane(&w, &other, 1, 1);
    hse_device_t stranger = d;
    stranger.from = owner_address(30);
    for (int i = 0; i < 2; i++) {
        hse_seal_plane(&stranger, &plane, "made up");
        hse_give(&w, &stranger);
    }
    uint32_t transaction = hse_up(&w)->transaction;
    for (int i = 0; i < 8; i++) {
        send_up("full");
    }
    for (int i = 0; i < 4; i++) {
        hse_seal_plane(&other, &its, "also");
        hse_give(&w, &other);
    }
    assert_int_equal(hse_forwards_used(&w), HSE_FORWARDS); /* both of the stranger are gone */
    hse_answer_up(&w, transaction, GODWIT_KEY_EXPIRED, false);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
}

static void a_flood_of_made_up_sessions_fills_nothing(void **state)
{
    (void)state;
    hse_device_t stranger = d;
    for (uint32_t i = 0; i < 300; i++) {
        stranger.from = owner_address((uint8_t)(40 + i % 4));
        godwit_emsdp_key_t made_up = hse_plane(&w, &d, 1, 1);
        made_up.hot.session_id = 0x10000 + i;
        hse_seal_plane(&stranger, &made_up, "x");
        hse_give(&w, &stranger);
        assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT), 0);
    }
    assert_int_equal(hse_forwards_used(&w), 0);
    send_up("still heard");
    assert_int_equal(hse_forwards_used(&w), 1);
}

/* ---- keys that age ---- */

static void give_31(void)
{
    hse_seal_control(&d, GODWIT_MANAGE_KEYS_RESPONSE, NULL);
    hse_give(&w, &d);
}

static void renew(godwit_e2e_renewal_t renewal, const godwit_e2e_terms_t *terms)
{
    godwit_message_t message = hse_renewal(&d, renewal, terms);
    owner_give_message(&w.owner, &message);
}

static godwit_status_t renew_answer(void)
{
    return owner_message(&w.owner, GODWIT_E2E_RENEW_ANSWER, 0)->u.outcome;
}

static void the_next_age_goes_down_when_the_device_is_heard_and_is_taken_by_its_response(void **state)
{
    (void)state;
    const godwit_e2e_terms_t next = hse_terms(2, 2);
    w.owner.now_ms += 60000; /* it sleeps */
    renew(GODWIT_E2E_NEW_AGE, &next);
    assert_int_equal(renew_answer(), GODWIT_OK);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    assert_int_equal(stored()->e2e_next.age, 2);
    assert_int_equal(stored()->e2e.age, 1);
    send_up("under the old key");
    hse_answer_up(&w, hse_up(&w)->transaction, GODWIT_OK, true);
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.control.command, GODWIT_MANAGE_KEYS_REQUEST);
    assert_int_equal(d.opened.control.terms.age, 2);
    assert_int_equal(d.opened.control.terms.key_id, 2);
    give_31();
    assert_int_equal(stored()->e2e.age, 2);
    assert_int_equal(stored()->e2e_next.age, 0);
    assert_int_equal(stored()->pending_len, 0);
    assert_int_equal(hse_told(&w, GODWIT_E2E_TAKEN), 1);
    assert_int_equal(owner_message(&w.owner, GODWIT_E2E_SESSION_REQUEST, 0)->u.e2e_session_request.age, 2);
}

/* The EESE names an age that the device has long taken: it was told so, and did not hear it. */
static void an_eese_that_has_not_heard_of_it_is_told_again(void **state)
{
    (void)state;
    const godwit_e2e_terms_t first = hse_terms(1, 1);
    hse_world_restart(&w);
    renew(GODWIT_E2E_NEW_AGE, &first);
    assert_int_equal(renew_answer(), GODWIT_OK);
    assert_int_equal(hse_told(&w, GODWIT_E2E_TAKEN), 1);
    assert_int_equal(stored()->e2e.age, 1);
}

static void a_response_that_was_lost_is_made_good_by_the_first_datagram_under_the_new_key(void **state)
{
    (void)state;
    const godwit_e2e_terms_t next = hse_terms(2, 2);
    renew(GODWIT_E2E_NEW_AGE, &next);
    hse_receive(&w, &d, 0); /* it is awake: at once */
    assert_int_equal(d.opened.control.terms.age, 2);
    plane = hse_plane(&w, &d, 2, 2);
    send_up("under the new key");
    hse_answer_up(&w, hse_up(&w)->transaction, GODWIT_OK, true);
    assert_int_equal(stored()->e2e.age, 2);
    assert_int_equal(stored()->pending_len, 0);
    assert_int_equal(hse_told(&w, GODWIT_E2E_TAKEN), 1);
}

static void a_device_asks_for_the_next_age(void **state)
{
    (void)state;
    godwit_emsdp_control_t m = {.present = 1u << GODWIT_TLV_ENTERPRISE | 1u << GODWIT_TLV_SERVICE_REQUEST,
                                .enterprise = hse_slice(HSE_EAS),
                                .service = GODWIT_SERVICE_CONFIDENTIALITY,
                                .service_suites = 0x000F,
                                .service_age = 1};
    hse_seal_control(&d, GODWIT_MANAGE_KEYS_REQUEST, &m);
    hse_give(&w, &d);
    const godwit_e2e_session_request_t asked =
        owner_message(&w.owner, GODWIT_E2E_SESSION_REQUEST, 0)->u.e2e_session_request;
    assert_int_equal(asked.event, GODWIT_E2E_AGE);
    assert_int_equal(asked.age, 1);
    godwit_message_t kept = *owner_message(&w.owner, GODWIT_E2E_SESSION_REQUEST, 0);
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.control.command, GODWIT_MANAGE_KEYS_RESPONSE);
    const godwit_e2e_terms_t next = hse_terms(2, 2);
    godwit_message_t answer = {
        .kind = GODWIT_E2E_SESSION_ANSWER, .transaction = kept.transaction, .hop = GODWIT_HOP_TLS};
    answer.u.e2e_session_answer.terms = next;
    owner_give_message(&w.owner, &answer);
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.control.terms.age, 2);
    give_31();
    assert_int_equal(stored()->e2e.age, 2);
}

static void a_device_whose_question_the_eese_refuses_is_told_why(void **state)
{
    (void)state;
    godwit_emsdp_control_t m = {.present = 1u << GODWIT_TLV_ENTERPRISE | 1u << GODWIT_TLV_SERVICE_REQUEST,
                                .enterprise = hse_slice(HSE_EAS),
                                .service = GODWIT_SERVICE_CONFIDENTIALITY,
                                .service_suites = 0x000F,
                                .service_age = 1};
    hse_seal_control(&d, GODWIT_MANAGE_KEYS_REQUEST, &m);
    hse_give(&w, &d);
    hse_answer_eese(&w, NULL, GODWIT_NOT_ENTITLED);
    assert_rejected(GODWIT_NOT_ENTITLED);
    assert_int_equal(stored()->e2e.age, 1);
}

static void one_session_has_one_eas(void **state)
{
    (void)state;
    godwit_emsdp_control_t m = {.present = 1u << GODWIT_TLV_ENTERPRISE | 1u << GODWIT_TLV_SERVICE_REQUEST,
                                .enterprise = hse_slice("other.example"),
                                .service = GODWIT_SERVICE_CONFIDENTIALITY,
                                .service_suites = 0x000F};
    hse_seal_control(&d, GODWIT_MANAGE_KEYS_REQUEST, &m);
    hse_give(&w, &d);
    assert_rejected(GODWIT_POLICY_FORBIDS);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
}

static void a_session_of_the_hse_becomes_one_end_to_end_when_the_device_asks(void **state)
{
    (void)state;
    d.service = GODWIT_SERVICE_NONE;
    d.enterprise = NULL;
    hse_set_up(&w, &d);
    godwit_emsdp_control_t m = {.present = 1u << GODWIT_TLV_ENTERPRISE | 1u << GODWIT_TLV_SERVICE_REQUEST,
                                .enterprise = hse_slice(HSE_EAS),
                                .service = GODWIT_SERVICE_CONFIDENTIALITY,
                                .service_suites = 0x000F};
    hse_seal_control(&d, GODWIT_MANAGE_KEYS_REQUEST, &m);
    hse_give(&w, &d);
    assert_int_equal(hse_told(&w, GODWIT_E2E_OPEN), 1);
    assert_false(stored()->end_to_end);
    const godwit_e2e_terms_t terms = hse_terms(4, 1);
    hse_answer_eese(&w, &terms, GODWIT_OK);
    assert_true(stored()->end_to_end);
    assert_string_equal(stored()->enterprise, HSE_EAS);
    give_31();
    assert_int_equal(stored()->e2e.age, 4);
    plane = hse_plane(&w, &d, 4, 1);
    send_up("for the EAS");
    assert_int_equal(hse_forwards_used(&w), 1);
    hse_assert_nothing_delivered(&w);
}

/* A service is named with every question, also before the device has taken its first age. */
static void a_key_set_that_changes_before_the_first_age_is_taken_is_asked_for_by_its_service(void **state)
{
    (void)state;
    d.service = GODWIT_SERVICE_NONE;
    d.enterprise = NULL;
    hse_set_up(&w, &d);
    const godwit_emsdp_control_t m = {.present = 1u << GODWIT_TLV_ENTERPRISE | 1u << GODWIT_TLV_SERVICE_REQUEST,
                                      .enterprise = hse_slice(HSE_EAS),
                                      .service = GODWIT_SERVICE_CONFIDENTIALITY,
                                      .service_suites = 0x000F};
    hse_seal_control(&d, GODWIT_MANAGE_KEYS_REQUEST, &m);
    hse_give(&w, &d);
    const godwit_e2e_terms_t terms = hse_terms(4, 1);
    hse_answer_eese(&w, &terms, GODWIT_OK);
    stored()->key_set += 1; /* as if the key had changed meanwhile */
    stored()->pending_len = 0;
    hse_world_restart(&w);
    plane = hse_plane(&w, &d, 9, 2); /* another than the one that is offered */
    send_up("the device is there");
    hse_answer_up(&w, hse_up(&w)->transaction, GODWIT_OK, true);
    const godwit_e2e_session_request_t *asked =
        &owner_message(&w.owner, GODWIT_E2E_SESSION_REQUEST, 0)->u.e2e_session_request;
    assert_int_equal(asked->event, GODWIT_E2E_AGE);
    assert_int_equal(asked->service, GODWIT_SERVICE_CONFIDENTIALITY);
}

static void only_the_eese_renews_and_only_over_a_protected_hop(void **state)
{
    (void)state;
    const godwit_e2e_terms_t next = hse_terms(2, 2);
    godwit_message_t message = hse_renewal(&d, GODWIT_E2E_NEW_AGE, &next);
    message.hop = GODWIT_HOP_OPEN;
    owner_give_message(&w.owner, &message);
    assert_int_equal(renew_answer(), GODWIT_NOT_ENTITLED);
    message = hse_renewal(&d, GODWIT_E2E_END, NULL);
    strcpy(message.origin_host, "evil.example");
    owner_give_message(&w.owner, &message);
    assert_int_equal(renew_answer(), GODWIT_NOT_ENTITLED);
    message = hse_renewal(&d, GODWIT_E2E_END, NULL);
    strcpy(message.u.e2e_renew.eas, "other.example");
    owner_give_message(&w.owner, &message);
    assert_int_equal(renew_answer(), GODWIT_UNKNOWN_SESSION);
    message = hse_renewal(&d, GODWIT_E2E_NEW_AGE, &next);
    message.u.e2e_renew.key_set++;
    owner_give_message(&w.owner, &message);
    assert_int_equal(renew_answer(), GODWIT_UNKNOWN_KEY);
    message = hse_renewal(&d, GODWIT_E2E_NEW_AGE, &next);
    message.u.e2e_renew.terms.service = GODWIT_SERVICE_INTEGRITY;
    owner_give_message(&w.owner, &message);
    assert_int_equal(renew_answer(), GODWIT_PEER_INTERNAL);
    assert_int_equal(stored()->e2e.age, 1);
    assert_int_equal(stored()->e2e_next.age, 0);
}

static void when_the_entitlement_ends_user_data_is_refused(void **state)
{
    (void)state;
    send_up("under way");
    renew(GODWIT_E2E_END, NULL);
    assert_int_equal(renew_answer(), GODWIT_OK);
    assert_int_equal(hse_forwards_used(&w), 0);
    send_up("after it");
    assert_rejected(GODWIT_NOT_ENTITLED);
    assert_int_equal(hse_forwards_used(&w), 0);
    hse_world_restart(&w);
    send_up("after a restart");
    assert_rejected(GODWIT_NOT_ENTITLED);
}

static void a_new_aka_run_ends_the_session_when_the_device_is_heard(void **state)
{
    (void)state;
    renew(GODWIT_E2E_NEW_AKA, NULL);
    assert_int_equal(renew_answer(), GODWIT_OK);
    send_up("one");
    hse_answer_up(&w, hse_up(&w)->transaction, GODWIT_OK, true);
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.control.command, GODWIT_SESSION_TERMINATE_REQUEST);
    hse_seal_control(&d, GODWIT_SESSION_TERMINATE_RESPONSE, NULL);
    hse_give(&w, &d);
    assert_int_equal(hse_stored_sessions(&w), 0);
    assert_int_equal(hse_told(&w, GODWIT_E2E_CLOSED), 1);
}

static void what_the_eese_does_not_answer_is_said_again_and_then_left(void **state)
{
    (void)state;
    unsigned said = 0;
    for (int i = 0; i < 12; i++) { /* TAKEN, of the set-up */
        w.owner.now_ms += 6001;
        agenda();
        said += (unsigned)hse_told(&w, GODWIT_E2E_TAKEN);
    }
    assert_int_equal(said, 4);
}

/* ---- down ---- */

static void an_eas_reaches_the_device_of_its_own_session(void **state)
{
    (void)state;
    const godwit_slice_t datagram = godwit_slice(d.sent, d.sent_len);
    godwit_emsdp_key_t its = hse_plane(&w, &d, 1, 1);
    hse_seal_plane(&d, &its, "down");
    hse_give_down(&w, &d, HSE_EAS, GODWIT_HOP_TLS, godwit_slice(d.sent, d.sent_len));
    assert_int_equal(hse_down_answer(&w), GODWIT_OK);
    const godwit_request_t *sent = owner_request(&w.owner, GODWIT_REQUEST_DATAGRAM, 0);
    assert_true(godwit_address_equal(&sent->to, &d.from));
    assert_int_equal(sent->octets.len, d.sent_len);
    assert_memory_equal(sent->octets.ptr, d.sent, d.sent_len);
    (void)datagram;
}

static void no_other_eas_does_nor_one_that_nobody_vouches_for(void **state)
{
    (void)state;
    hse_seal_plane(&d, &plane, "down");
    const godwit_slice_t datagram = godwit_slice(d.sent, d.sent_len);
    hse_give_down(&w, &d, "other.example", GODWIT_HOP_TLS, datagram);
    assert_int_equal(hse_down_answer(&w), GODWIT_UNKNOWN_SESSION);
    hse_give_down(&w, &d, HSE_EAS, GODWIT_HOP_OPEN, datagram);
    assert_int_equal(hse_down_answer(&w), GODWIT_UNKNOWN_SESSION);
    hse_device_t nobody = d;
    nobody.key.hot.session_id ^= 1;
    hse_give_down(&w, &nobody, HSE_EAS, GODWIT_HOP_TLS, datagram);
    assert_int_equal(hse_down_answer(&w), GODWIT_UNKNOWN_SESSION);
    d.sent[0] &= 0x7F; /* control plane: that is the HSE's alone */
    hse_give_down(&w, &d, HSE_EAS, GODWIT_HOP_TLS, datagram);
    assert_int_equal(hse_down_answer(&w), GODWIT_MALFORMED);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
}

/* The EAS's answer and what it sends down may overtake each other. */
static void what_comes_while_the_eas_is_asked_from_where_goes_to_where_the_device_is(void **state)
{
    (void)state;
    hse_device_t eas = d;
    d.from = owner_address(50);
    send_up("I have moved");
    const uint32_t transaction = hse_up(&w)->transaction;
    hse_seal_plane(&eas, &plane, "down");
    hse_give_down(&w, &eas, HSE_EAS, GODWIT_HOP_TLS, godwit_slice(eas.sent, eas.sent_len));
    assert_int_equal(hse_down_answer(&w), GODWIT_OK);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    hse_answer_up(&w, transaction, GODWIT_OK, true);
    agenda();
    const godwit_request_t *sent = owner_request(&w.owner, GODWIT_REQUEST_DATAGRAM, 0);
    assert_true(godwit_address_equal(&sent->to, &d.from));
    assert_memory_equal(sent->octets.ptr, eas.sent, eas.sent_len);
}

static void what_comes_for_a_device_that_sleeps_waits_until_it_is_heard(void **state)
{
    (void)state;
    w.owner.now_ms += 20000;
    for (int i = 0; i < 5; i++) {
        char text[8];
        (void)snprintf(text, sizeof text, "down %d", i);
        hse_seal_plane(&d, &plane, text);
        hse_give_down(&w, &d, HSE_EAS, GODWIT_HOP_TLS, godwit_slice(d.sent, d.sent_len));
        assert_int_equal(hse_down_answer(&w), i < 4 ? GODWIT_OK : GODWIT_OVERLOAD);
        assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    }
    send_up("awake");
    hse_answer_up(&w, hse_up(&w)->transaction, GODWIT_OK, true);
    unsigned sent = 0;
    for (int i = 0; i < 6; i++) {
        w.owner.now_ms++;
        agenda();
        sent += (unsigned)owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM);
    }
    assert_int_equal(sent, 4);
}

static void an_application_of_the_hse_has_no_say_in_such_a_session(void **state)
{
    (void)state;
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT, .imsi = d.imsi, .datagram = hse_slice("x")});
    assert_true(owner_saw(&w.owner, "refused", GODWIT_POLICY_FORBIDS));
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
}

/* ---- what may break ---- */

static void a_commit_that_fails_takes_nothing_for_granted(void **state)
{
    (void)state;
    const godwit_e2e_terms_t next = hse_terms(2, 2);
    w.owner.now_ms += 60000;
    w.owner.fail_commits = true;
    renew(GODWIT_E2E_NEW_AGE, &next);
    w.owner.fail_commits = false;
    assert_int_equal(stored()->e2e_next.age, 0);
    assert_int_equal(hse_messages(&w, GODWIT_E2E_RENEW_ANSWER), 0); /* the EESE says it again */
    renew(GODWIT_E2E_NEW_AGE, &next);
    assert_int_equal(renew_answer(), GODWIT_OK);
    assert_int_equal(stored()->e2e_next.age, 2);
}

static void a_process_that_starts_anew_goes_on(void **state)
{
    (void)state;
    const godwit_e2e_terms_t next = hse_terms(2, 2);
    w.owner.now_ms += 60000;
    renew(GODWIT_E2E_NEW_AGE, &next);
    hse_world_restart(&w);
    send_up("one");
    hse_answer_up(&w, hse_up(&w)->transaction, GODWIT_OK, true);
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.control.terms.age, 2);
    hse_world_restart(&w);
    give_31();
    assert_int_equal(stored()->e2e.age, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_eese_is_asked_before_there_is_a_start, setup),
        cmocka_unit_test_setup(a_request_that_comes_again_while_the_eese_is_asked_waits_and_then_asks_again, setup),
        cmocka_unit_test_setup(what_the_eese_refuses_is_told_and_there_is_no_session, setup),
        cmocka_unit_test_setup(terms_that_were_not_asked_for_are_not_taken, setup),
        cmocka_unit_test_setup(without_an_eese_a_service_is_refused, setup),
        cmocka_unit_test_setup(user_data_before_the_confirmation_makes_no_session, setup),
        cmocka_unit_test_setup(the_confirmation_brings_a_datagram_for_the_eas, setup),
        cmocka_unit_test_setup(a_reading_under_k_session_is_refused_in_such_a_session, setup),
        cmocka_unit_test_setup(a_datagram_goes_to_the_eas_as_it_came_and_moves_nothing, setup_session),
        cmocka_unit_test_setup(what_waits_is_not_taken_twice_and_is_said_again_with_the_same_number, setup_session),
        cmocka_unit_test_setup(what_nobody_takes_in_its_time_is_given_up, setup_session),
        cmocka_unit_test_setup(more_than_its_share_is_refused_to_the_device, setup_session),
        cmocka_unit_test_setup(answers_that_stay_end_the_waiting_and_reach_the_device_where_they_help, setup_session),
        cmocka_unit_test_setup(only_the_eas_that_was_asked_answers_and_terms_come_over_a_protected_hop, setup_session),
        cmocka_unit_test_setup(a_key_that_was_just_given_may_reach_the_eas_late, setup_session),
        cmocka_unit_test_setup(the_ok_of_the_eas_moves_the_address_and_nothing_else_does, setup_session),
        cmocka_unit_test_setup(strangers_take_little_room_get_nothing_and_starve_nobody, setup_session),
        cmocka_unit_test_setup(what_came_from_elsewhere_makes_room_and_its_refusal_is_told_nobody, setup_session),
        cmocka_unit_test_setup(a_lost_key_is_told_where_the_device_may_be_now_and_twice_a_minute_at_most,
                               setup_session),
        cmocka_unit_test_setup(of_a_key_that_was_never_given_a_stranger_is_told_nothing, setup_session),
        cmocka_unit_test_setup(what_comes_while_the_eas_is_asked_from_where_goes_to_where_the_device_is, setup_session),
        cmocka_unit_test_setup(a_flood_of_made_up_sessions_fills_nothing, setup_session),
        cmocka_unit_test_setup(the_next_age_goes_down_when_the_device_is_heard_and_is_taken_by_its_response,
                               setup_session),
        cmocka_unit_test_setup(an_eese_that_has_not_heard_of_it_is_told_again, setup_session),
        cmocka_unit_test_setup(a_response_that_was_lost_is_made_good_by_the_first_datagram_under_the_new_key,
                               setup_session),
        cmocka_unit_test_setup(a_device_asks_for_the_next_age, setup_session),
        cmocka_unit_test_setup(a_device_whose_question_the_eese_refuses_is_told_why, setup_session),
        cmocka_unit_test_setup(one_session_has_one_eas, setup_session),
        cmocka_unit_test_setup(a_session_of_the_hse_becomes_one_end_to_end_when_the_device_asks, setup),
        cmocka_unit_test_setup(a_key_set_that_changes_before_the_first_age_is_taken_is_asked_for_by_its_service, setup),
        cmocka_unit_test_setup(only_the_eese_renews_and_only_over_a_protected_hop, setup_session),
        cmocka_unit_test_setup(when_the_entitlement_ends_user_data_is_refused, setup_session),
        cmocka_unit_test_setup(a_new_aka_run_ends_the_session_when_the_device_is_heard, setup_session),
        cmocka_unit_test_setup(what_the_eese_does_not_answer_is_said_again_and_then_left, setup_session),
        cmocka_unit_test_setup(an_eas_reaches_the_device_of_its_own_session, setup_session),
        cmocka_unit_test_setup(no_other_eas_does_nor_one_that_nobody_vouches_for, setup_session),
        cmocka_unit_test_setup(what_comes_for_a_device_that_sleeps_waits_until_it_is_heard, setup_session),
        cmocka_unit_test_setup(an_application_of_the_hse_has_no_say_in_such_a_session, setup_session),
        cmocka_unit_test_setup(a_commit_that_fails_takes_nothing_for_granted, setup_session),
        cmocka_unit_test_setup(a_process_that_starts_anew_goes_on, setup_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
