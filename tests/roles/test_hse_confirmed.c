/* SPDX-License-Identifier: Apache-2.0
 *
 * Readings that the device wants acknowledged, in a session whose user plane ends in an EAS: the HSE says so when the
 * EAS has it, also when it has forgotten everything meanwhile; and what it has no room for is not dropped in silence,
 * wherever it came from.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "roles/hse/end_to_end.h"
#include "tests/support/hse_e2e.h"

static hse_world_t w;
static hse_device_t d;
static godwit_emsdp_key_t plane;
static uint8_t inner[GODWIT_EMSDP_DATAGRAM_MAX];
static size_t inner_len;

static int setup(void **state)
{
    (void)state;
    hse_e2e_init(&w, &d);
    hse_e2e_set_up(&w, &d);
    plane = hse_plane(&w, &d, 1, 1);
    return 0;
}

/* The datagram for the EAS, which each request brings. */
static void make(const char *reading)
{
    hse_seal_plane(&d, &plane, reading);
    inner_len = d.sent_len;
    memcpy(inner, d.sent, inner_len);
}

static void request(void)
{
    godwit_emsdp_control_t m = {.present = 1u << GODWIT_TLV_DATA, .data = godwit_slice(inner, inner_len)};
    hse_seal_control(&d, GODWIT_MANAGE_KEYS_REQUEST, &m);
    hse_give(&w, &d);
}

static void assert_told(uint8_t command, godwit_status_t reason)
{
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.control.command, command);
    assert_true(godwit_emsdp_has(&d.opened.control, GODWIT_TLV_ECHO));
    assert_memory_equal(d.opened.control.echo, inner + inner_len - GODWIT_EMSDP_ECHO, GODWIT_EMSDP_ECHO);
    if (command == GODWIT_MESSAGE_REJECT) {
        assert_int_equal(d.opened.control.reason, reason);
    }
}

static void it_is_acknowledged_when_the_eas_has_it_and_not_before(void **state)
{
    (void)state;
    make("keep me");
    request();
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    const godwit_message_t *up = hse_up(&w);
    assert_int_equal(up->u.user_plane.len, inner_len);
    assert_memory_equal(up->u.user_plane.datagram, inner, inner_len);
    const uint32_t transaction = up->transaction;
    hse_answer_up(&w, transaction, GODWIT_OVERLOAD, false);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    hse_answer_up(&w, transaction, GODWIT_OK, true);
    assert_told(GODWIT_MANAGE_KEYS_RESPONSE, GODWIT_OK);
    assert_int_equal(hse_forwards_used(&w), 0);
    assert_true(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&w.owner, GODWIT_REQUEST_DATAGRAM, 0));
    hse_assert_nothing_delivered(&w);
}

static void said_again_it_is_asked_at_once_and_under_the_same_number(void **state)
{
    (void)state;
    make("keep me");
    request();
    const uint64_t number = hse_up(&w)->u.user_plane.number;
    w.owner.now_ms += 10;
    request();
    assert_int_equal(hse_up(&w)->u.user_plane.number, number);
    assert_int_equal(hse_forwards_used(&w), 1);
    hse_answer_up(&w, hse_up(&w)->transaction, GODWIT_OK, true);
    assert_told(GODWIT_MANAGE_KEYS_RESPONSE, GODWIT_OK);
}

/* It died with the datagram in its memory, before the EAS had it; and once more, before it could say that the EAS
 * has it. */
static void an_hse_that_died_meanwhile_loses_nothing(void **state)
{
    (void)state;
    make("keep me");
    request();
    hse_world_restart(&w);
    assert_int_equal(hse_forwards_used(&w), 0);
    w.owner.now_ms += 4000;
    request();
    assert_memory_equal(hse_up(&w)->u.user_plane.datagram, inner, inner_len);
    hse_world_restart(&w);
    w.owner.now_ms += 8000;
    request();
    hse_answer_up(&w, hse_up(&w)->transaction, GODWIT_REPLAY, false);
    assert_told(GODWIT_MANAGE_KEYS_RESPONSE, GODWIT_OK);
    assert_int_equal(hse_forwards_used(&w), 0);
}

static void a_refusal_that_stays_is_told_whichever_it_is(void **state)
{
    (void)state;
    static const godwit_status_t rows[] = {GODWIT_MAC_FAILURE, GODWIT_MALFORMED, GODWIT_KEY_EXPIRED,
                                           GODWIT_NOT_ENTITLED, GODWIT_POLICY_FORBIDS};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        make("refuse me");
        request();
        hse_answer_up(&w, hse_up(&w)->transaction, rows[i], false);
        assert_told(GODWIT_MESSAGE_REJECT, rows[i]);
        assert_int_equal(hse_forwards_used(&w), 0);
    }
}

/* A recording of the request around it is worth nothing. */
static void who_repeats_the_request_gets_nothing(void **state)
{
    (void)state;
    make("keep me");
    request();
    hse_answer_up(&w, hse_up(&w)->transaction, GODWIT_OK, true);
    d.from = owner_address(77);
    hse_give(&w, &d);
    assert_int_equal(hse_forwards_used(&w), 0);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_REPLAY));
}

static void from_another_address_it_has_the_share_of_the_device_and_is_answered_there(void **state)
{
    (void)state;
    for (uint8_t i = 0; i < 8; i++) {
        d.from = owner_address((uint8_t)(40 + i));
        make("moves with each reading");
        request();
        assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    }
    assert_int_equal(hse_forwards_used(&w), 8);
    hse_answer_up(&w, hse_up(&w)->transaction, GODWIT_OK, true);
    assert_told(GODWIT_MANAGE_KEYS_RESPONSE, GODWIT_OK);
    const godwit_request_t *sent = owner_request(&w.owner, GODWIT_REQUEST_DATAGRAM, 0);
    assert_true(godwit_address_equal(&sent->to, &d.from));
}

static void without_room_it_is_refused(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        hse_seal_plane(&d, &plane, "full");
        hse_give(&w, &d);
    }
    make("one too many");
    request();
    assert_told(GODWIT_MESSAGE_REJECT, GODWIT_OVERLOAD);
}

static void in_a_session_of_the_hse_there_is_none(void **state)
{
    (void)state;
    hse_device_t other = hse_device("001010000000002", 2);
    hse_set_up(&w, &other);
    make("for nobody");
    godwit_emsdp_control_t m = {.present = 1u << GODWIT_TLV_DATA, .data = godwit_slice(inner, inner_len)};
    hse_seal_control(&other, GODWIT_MANAGE_KEYS_REQUEST, &m);
    hse_give(&w, &other);
    hse_receive(&w, &other, 0);
    assert_int_equal(other.opened.control.command, GODWIT_MESSAGE_REJECT);
    assert_int_equal(other.opened.control.reason, GODWIT_POLICY_FORBIDS);
    hse_assert_nothing_delivered(&w);
    assert_int_equal(hse_forwards_used(&w), 0);
}

/* Not acknowledged, and from an address that changes: two wait, and the third is refused where it came from. */
static void what_has_no_room_is_not_dropped_in_silence_from_wherever_it_came(void **state)
{
    (void)state;
    unsigned told = 0;
    for (uint8_t i = 0; i < 20; i++) {
        d.from = owner_address((uint8_t)(40 + i));
        make("from somewhere else");
        hse_give(&w, &d);
        if (owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM) > 0) {
            assert_told(GODWIT_MESSAGE_REJECT, GODWIT_OVERLOAD);
            assert_true(godwit_address_equal(&owner_request(&w.owner, GODWIT_REQUEST_DATAGRAM, 0)->to, &d.from));
            assert_true(i == 2 || i == 3);
            told++;
        }
    }
    assert_int_equal(told, 2); /* a minute: whoever it is */
    assert_int_equal(hse_forwards_used(&w), 2);
    w.owner.now_ms += 60000;
    hse_give(&w, &d);
    assert_told(GODWIT_MESSAGE_REJECT, GODWIT_OVERLOAD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(it_is_acknowledged_when_the_eas_has_it_and_not_before, setup),
        cmocka_unit_test_setup(said_again_it_is_asked_at_once_and_under_the_same_number, setup),
        cmocka_unit_test_setup(an_hse_that_died_meanwhile_loses_nothing, setup),
        cmocka_unit_test_setup(a_refusal_that_stays_is_told_whichever_it_is, setup),
        cmocka_unit_test_setup(who_repeats_the_request_gets_nothing, setup),
        cmocka_unit_test_setup(from_another_address_it_has_the_share_of_the_device_and_is_answered_there, setup),
        cmocka_unit_test_setup(without_room_it_is_refused, setup),
        cmocka_unit_test_setup(in_a_session_of_the_hse_there_is_none, setup),
        cmocka_unit_test_setup(what_has_no_room_is_not_dropped_in_silence_from_wherever_it_came, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
