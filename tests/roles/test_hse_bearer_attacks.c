/* SPDX-License-Identifier: Apache-2.0
 *
 * The HSE of Solution 1 against whoever means it ill, or is only broken: tables that fill and stay full, tunnels that
 * change hands, keys that come late, twice or from elsewhere, Key IDs that meet.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/hse_bearer.h"

static hse_bearer_world_t b;
static hse_device_t d;

static int set_up(void **state)
{
    (void)state;
    hse_bearer_world_init(&b);
    d = hse_bearer_device("001010123456789", 0x1001);
    return 0;
}

static size_t keys_asked(void)
{
    size_t count = 0;
    for (size_t i = 0; i < owner_count(&b.w.owner, GODWIT_REQUEST_MESSAGE); i++) {
        count += owner_request(&b.w.owner, GODWIT_REQUEST_MESSAGE, i)->message->kind == GODWIT_KEY_REQUEST;
    }
    return count;
}

static void give_push(uint64_t key_set, uint32_t generation, godwit_status_t expected)
{
    godwit_message_t m = hse_push_message(&b, &d, key_set, generation);
    owner_give_message(&b.w.owner, &m);
    assert_int_equal(owner_message(&b.w.owner, GODWIT_KEY_PUSH_ANSWER, 0)->u.outcome, expected);
}

static hse_device_t other_device(unsigned number)
{
    char imsi[16];
    (void)snprintf(imsi, sizeof imsi, "00101000001%04u", number);
    hse_device_t one = hse_bearer_device(imsi, 0x4000 + number);
    hse_make_container(&one, 0);
    return one;
}

static godwit_message_t parked_answer(const godwit_parked_t *parked)
{
    const godwit_message_t *request = owner_message(&b.w.owner, GODWIT_KEY_REQUEST, 0);
    godwit_message_t answer = hse_pull_answer(&b, request, parked->generation);
    answer.u.key_answer.parked = *parked;
    return answer;
}

static bool has_context(const hse_device_t *device)
{
    for (size_t i = 0; i < HSE_BEARERS; i++) {
        if (b.bearers[i].used && godwit_address_equal(&b.bearers[i].address, &device->from)) {
            return true;
        }
    }
    return false;
}

/* ---- tables ---- */

static void a_question_that_nobody_answers_holds_no_place_for_good(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2 * HSE_BEARERS; i++) {
        hse_device_t one = other_device(i);
        hse_give_bearer(&b, &one);
    }
    hse_make_container(&d, 0);
    hse_give_bearer(&b, &d);
    assert_int_equal(hse_bearer_answer(&b)->status, GODWIT_OVERLOAD);
    b.w.owner.now_ms += 7000;
    hse_give_bearer(&b, &d);
    hse_answer_pull(&b);
    hse_bearer_take_start(&b, &d);
    hse_bearer_reading(&b, &d, "one");
}

static void a_bearer_whose_question_was_lost_is_flushed_all_the_same(void **state)
{
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    hse_make_container(&d, 1);
    hse_give_bearer(&b, &d); /* nobody answers */
    (void)hse_bearer_flush(&b);
    assert_int_equal(hse_stored_sessions(&b.w), 0);
}

static void contexts_never_released_do_not_fill_the_table_for_good_where_nobody_flushes(void **state)
{
    (void)state;
    b.w.config.idle_ms = 0;
    hse_bearer_world_restart(&b);
    for (unsigned i = 0; i < HSE_BEARERS; i++) {
        hse_device_t one = other_device(i);
        hse_give_bearer(&b, &one);
        hse_answer_pull(&b);
        if (i % 2 == 0) { /* and of the others no device ever took the Start */
            hse_bearer_take_start(&b, &one);
            hse_bearer_reading(&b, &one, "one");
        }
    }
    b.w.owner.now_ms += 60000;
    for (unsigned i = HSE_BEARERS; i < 3 * HSE_BEARERS; i++) {
        hse_device_t one = other_device(i);
        hse_give_bearer(&b, &one);
        hse_answer_pull(&b);
        hse_bearer_take_start(&b, &one);
        hse_bearer_reading(&b, &one, "one");
    }
    assert_int_equal(hse_stored_sessions(&b.w), HSE_BEARERS / 2 + 2 * HSE_BEARERS);
}

/* A visited network says to the gateway that the device is there, too. */
static void bearers_opened_in_its_name_do_not_push_out_the_one_it_uses(void **state)
{
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    for (uint32_t i = 0; i < 8; i++) {
        b.w.owner.now_ms += 1000;
        hse_device_t fake = hse_bearer_device("001010123456789", 0x5000 + i);
        hse_make_container(&fake, 0);
        hse_give_bearer(&b, &fake);
    }
    assert_true(has_context(&d));
}

/* The disk was full for a moment. */
static void a_flush_that_was_not_durable_ends_no_timer_and_no_session(void **state)
{
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    b.w.owner.now_ms += HSE_IDLE_MS;
    b.w.owner.fail_commits = true;
    owner_give_timer(&b.w.owner, 0);
    b.w.owner.fail_commits = false;
    const godwit_request_t *timer = owner_request(&b.w.owner, GODWIT_REQUEST_TIMER, 0);
    assert_non_null(timer);
    assert_int_equal(timer->timer, 0);
    assert_true(timer->delay_ms > 0);
    assert_int_equal(hse_stored_sessions(&b.w), 1);
    hse_bearer_reading(&b, &d, "two");
    (void)hse_bearer_flush(&b);
    assert_int_equal(hse_stored_sessions(&b.w), 0);
}

static void a_clock_set_back_does_not_keep_a_question_open(void **state)
{
    (void)state;
    b.w.owner.now_ms += 3600000;
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    godwit_parked_t parked = hse_bearer_flush(&b);
    hse_seal_user(&d, "two");
    hse_bearer_give(&b, &d); /* the answer is lost */
    b.w.owner.now_ms -= 3000000;
    hse_seal_user(&d, "three");
    hse_bearer_give(&b, &d);
    assert_int_equal(keys_asked(), 1);
    godwit_message_t answer = parked_answer(&parked);
    owner_give_message(&b.w.owner, &answer);
    hse_assert_delivered(&b.w, "three");
}

/* ---- tunnels ---- */

static void a_tunnel_given_to_another_subscriber_ends_the_session_in_it(void **state)
{
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    hse_device_t heir = hse_bearer_device("001010000000002", 0x1001); /* the release was lost */
    hse_make_container(&heir, 0);
    hse_give_bearer(&b, &heir);
    assert_int_equal(hse_stored_sessions(&b.w), 0);
    hse_answer_key(&b.w, GODWIT_UNKNOWN_KEY); /* whatever becomes of the new one */
    owner_give(&b.w.owner,
               &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT, .imsi = d.imsi, .datagram = hse_slice("for him alone")});
    assert_int_equal(owner_count(&b.w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    hse_seal_user(&d, "two");
    hse_bearer_give(&b, &d);
    hse_assert_nothing_delivered(&b.w);
}

static void the_same_after_a_restart(void **state)
{
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    hse_bearer_world_restart(&b);
    hse_device_t heir = hse_bearer_device("001010000000002", 0x1001);
    hse_make_container(&heir, 0);
    hse_give_bearer(&b, &heir);
    assert_int_equal(hse_stored_sessions(&b.w), 0);
    hse_answer_pull(&b);
    hse_bearer_take_start(&b, &heir);
    hse_bearer_reading(&b, &heir, "his own");
}

static void a_gateway_without_an_address_of_its_own_names_none_of_others(void **state)
{
    static godwit_hse_gateway_t two[2];
    (void)state;
    two[0] = b.gateway;
    two[1] = (godwit_hse_gateway_t){.origin_host = "pgw2.example"};
    b.w.config.gateways = two;
    b.w.config.gateway_count = 2;
    hse_bearer_world_restart(&b);
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    godwit_message_t m = hse_bearer_message(&b, &d);
    strcpy(m.origin_host, "pgw2.example");
    m.u.bearer.released = true;
    owner_give_message(&b.w.owner, &m);
    assert_int_equal(hse_bearer_answer(&b)->status, GODWIT_NOT_ENTITLED);
    assert_int_equal(hse_stored_sessions(&b.w), 1);
    hse_make_container(&d, 0);
    m = hse_bearer_message(&b, &d);
    strcpy(m.origin_host, "pgw2.example");
    m.u.bearer.gateway[3] = 10; /* one that nobody else has */
    owner_give_message(&b.w.owner, &m);
    assert_int_equal(keys_asked(), 1);
}

/* ---- keys that come late, twice, from elsewhere ---- */

static void a_push_repeated_after_its_life_is_not_a_new_one(void **state)
{
    (void)state;
    give_push(5, 1, GODWIT_OK);
    hse_make_container(&d, 0);
    hse_give_bearer(&b, &d);
    hse_bearer_take_start(&b, &d);
    hse_device_t before = d;
    hse_bearer_reading(&b, &d, "one");
    (void)hse_bearer_flush(&b);
    b.w.owner.now_ms += 60000;
    owner_give_timer(&b.w.owner, 0);
    give_push(5, 1, GODWIT_OK); /* it is known */
    give_push(4, 1, GODWIT_REPLAY);
    before.suites |= 0x10;
    hse_make_container(&before, 0); /* a device that never got the Start */
    hse_give_bearer(&b, &before);
    assert_int_equal(keys_asked(), 1);
}

static void a_clock_set_back_does_not_lengthen_the_life_of_a_push(void **state)
{
    (void)state;
    b.w.owner.now_ms += 3600000;
    give_push(5, 1, GODWIT_OK);
    b.w.owner.now_ms -= 3000000;
    hse_make_container(&d, 0);
    hse_give_bearer(&b, &d);
    assert_int_equal(keys_asked(), 1);
    owner_give_timer(&b.w.owner, 0);
    static const godwit_hse_push_t nothing;
    assert_memory_equal(&b.pushes[0], &nothing, sizeof nothing);
}

static void what_is_remembered_of_pushes_keeps_nobody_out(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3 * HSE_PUSHES; i++) {
        hse_device_t one = other_device(i);
        godwit_message_t m = hse_push_message(&b, &one, 5, 1);
        owner_give_message(&b.w.owner, &m);
        assert_int_equal(owner_message(&b.w.owner, GODWIT_KEY_PUSH_ANSWER, 0)->u.outcome, GODWIT_OK);
        hse_give_bearer(&b, &one);
        hse_bearer_take_start(&b, &one);
        b.w.owner.now_ms += 60000;
        owner_give_timer(&b.w.owner, 0);
    }
}

static void a_parked_key_is_not_believed_by_an_end_that_lost_its_memory(void **state)
{
    (void)state;
    hse_bearer_set_up(&b, &d);
    godwit_parked_t parked = hse_bearer_flush(&b);
    hse_bearer_world_restart(&b);
    hse_make_container(&d, 0);
    hse_give_bearer(&b, &d);
    godwit_message_t answer = parked_answer(&parked);
    owner_give_message(&b.w.owner, &answer);
    assert_int_equal(keys_asked(), 1);
    hse_answer_pull(&b);
    hse_bearer_take_start(&b, &d);
    assert_true(d.key.generation > parked.generation);
}

static void a_parked_key_does_not_bring_back_a_suite_that_is_not_allowed_any_more(void **state)
{
    (void)state;
    d.suites = 0x11; /* 01, and 05 that does not cipher */
    b.w.hse.config.suite_order[0] = 5;
    hse_bearer_set_up(&b, &d);
    assert_int_equal(d.key.hot.suite, 5);
    godwit_parked_t parked = hse_bearer_flush(&b);
    b.w.hse.config.suite_order[0] = 1;
    hse_make_container(&d, 0);
    godwit_message_t m = hse_bearer_message(&b, &d); /* it has left the country that forbids ciphering */
    assert_int_equal(godwit_plmn_from_text("262-01", &m.u.bearer.serving_network), GODWIT_OK);
    owner_give_message(&b.w.owner, &m);
    godwit_message_t answer = parked_answer(&parked);
    owner_give_message(&b.w.owner, &answer);
    assert_int_equal(keys_asked(), 1);
    hse_answer_pull(&b);
    hse_bearer_take_start(&b, &d);
    assert_int_equal(d.key.hot.suite, 1);
}

static void a_key_that_lives_again_is_not_young_again(void **state)
{
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    uint64_t keyed_ms = b.w.owner.now_ms;
    for (int i = 0; i < 3; i++) {
        godwit_parked_t parked = hse_bearer_flush(&b);
        hse_seal_user(&d, "again");
        hse_bearer_give(&b, &d);
        godwit_message_t answer = parked_answer(&parked);
        owner_give_message(&b.w.owner, &answer);
        hse_assert_delivered(&b.w, "again");
    }
    for (size_t i = 0; i < b.w.owner.record_count; i++) {
        assert_int_equal(b.w.owner.records[i].u.session.keyed_ms, keyed_ms);
    }
}

/* The first datagram under an old Start was held back; meanwhile the device has a session of a later AKA run. */
static void a_start_of_an_earlier_key_set_does_not_end_the_session_of_a_later_one(void **state)
{
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_seal_user(&d, "held back");
    b.w.owner.now_ms += 1000;
    hse_device_t moved = hse_bearer_device("001010123456789", 0x2002);
    hse_make_container(&moved, 0);
    hse_give_bearer(&b, &moved);
    godwit_message_t answer = hse_pull_answer(&b, owner_message(&b.w.owner, GODWIT_KEY_REQUEST, 0), 1);
    answer.u.key_answer.key_set = HSE_KEY_SET + 1;
    owner_give_message(&b.w.owner, &answer);
    hse_bearer_take_start(&b, &moved);
    hse_bearer_reading(&b, &moved, "there");
    hse_bearer_give(&b, &d);
    hse_assert_nothing_delivered(&b.w);
    hse_bearer_reading(&b, &moved, "still there");
}

/* ---- Key IDs ---- */

static void the_next_key_does_not_take_the_key_id_of_a_start_that_is_under_way(void **state)
{
    (void)state;
    b.w.config.rekey_datagrams = 2;
    hse_bearer_world_restart(&b);
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    hse_device_t next = d;
    hse_make_container(&next, 1);
    hse_give_bearer(&b, &next);
    hse_answer_pull(&b);
    hse_bearer_take_start(&b, &next);
    hse_bearer_reading(&b, &d, "two"); /* a new key is due, and is handed out under the old one */
    const godwit_message_t *request = owner_message(&b.w.owner, GODWIT_KEY_REQUEST, 0);
    assert_int_equal(request->u.key_request.purpose, GODWIT_KEY_NEXT_GENERATION);
    godwit_message_t answer = hse_pull_answer(&b, request, 3);
    owner_give_message(&b.w.owner, &answer);
    hse_bearer_reading(&b, &next, "under the Start");
}

int main(void)
{
#define T(test) cmocka_unit_test_setup(test, set_up)
    const struct CMUnitTest tests[] = {
        T(a_question_that_nobody_answers_holds_no_place_for_good),
        T(a_bearer_whose_question_was_lost_is_flushed_all_the_same),
        T(contexts_never_released_do_not_fill_the_table_for_good_where_nobody_flushes),
        T(bearers_opened_in_its_name_do_not_push_out_the_one_it_uses),
        T(a_flush_that_was_not_durable_ends_no_timer_and_no_session),
        T(a_clock_set_back_does_not_keep_a_question_open),
        T(a_tunnel_given_to_another_subscriber_ends_the_session_in_it),
        T(the_same_after_a_restart),
        T(a_gateway_without_an_address_of_its_own_names_none_of_others),
        T(a_push_repeated_after_its_life_is_not_a_new_one),
        T(a_clock_set_back_does_not_lengthen_the_life_of_a_push),
        T(what_is_remembered_of_pushes_keeps_nobody_out),
        T(a_parked_key_is_not_believed_by_an_end_that_lost_its_memory),
        T(a_parked_key_does_not_bring_back_a_suite_that_is_not_allowed_any_more),
        T(a_key_that_lives_again_is_not_young_again),
        T(a_start_of_an_earlier_key_set_does_not_end_the_session_of_a_later_one),
        T(the_next_key_does_not_take_the_key_id_of_a_start_that_is_under_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
