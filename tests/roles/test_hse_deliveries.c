/* SPDX-License-Identifier: Apache-2.0
 *
 * What waits at the HSE either way: readings that are committed with the window that they moved, readings for which
 * there is no room, and messages for a device until it speaks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "roles/hse/end_to_end.h"
#include "tests/support/hse_world.h"

static hse_world_t w;
static hse_device_t d;

static int setup(void **state)
{
    (void)state;
    hse_world_init(&w);
    w.config.durable = true;
    w.config.downlink_per_device = 3;
    hse_world_restart(&w);
    d = hse_device("001010123456789", 1);
    hse_set_up(&w, &d);
    return 0;
}

static godwit_session_record_t *stored(void)
{
    godwit_session_record_t *record = hse_stored(&w, d.key.hot.session_id);
    assert_non_null(record);
    return record;
}

static size_t records(godwit_record_kind_t kind)
{
    size_t count = 0;
    for (size_t i = 0; i < w.owner.record_count; i++) {
        count += w.owner.records[i].kind == kind;
    }
    return count;
}

/* ---- readings ---- */

static void a_reading_is_in_the_store_before_the_window_that_it_moved(void **state)
{
    (void)state;
    size_t before = records(GODWIT_RECORD_READING);
    hse_send_reading(&w, &d, "one");
    const godwit_request_t *first = owner_request(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0);
    const godwit_request_t *second = owner_request(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 1);
    assert_int_equal(first->record->kind, GODWIT_RECORD_READING);
    assert_int_equal(second->record->kind, GODWIT_RECORD_SESSION);
    assert_true(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 1) <
                owner_position(&w.owner, GODWIT_REQUEST_DELIVER, 0));
    const godwit_reading_record_t *reading = &first->record->u.reading;
    assert_true(godwit_imsi_equal(&reading->imsi, &d.imsi));
    assert_int_equal(reading->session_id, d.key.hot.session_id);
    assert_int_equal(reading->len, 3);
    assert_memory_equal(reading->payload, "one", 3);
    assert_true(reading->user_plane);
    assert_int_equal(records(GODWIT_RECORD_READING), before + 1);
}

static void the_power_may_go_at_any_point_and_no_reading_is_lost(void **state)
{
    (void)state;
    for (unsigned at = 1; at <= 3; at++) {
        size_t before = records(GODWIT_RECORD_READING);
        uint32_t next_in = stored()->current.hot.up_next_in;
        w.owner.power_for = at;
        w.owner.power_went = false;
        hse_seal_user(&d, "one");
        hse_give(&w, &d);
        w.owner.power_for = 0;
        bool moved = stored()->current.hot.up_next_in != next_in;
        bool there = records(GODWIT_RECORD_READING) > before;
        assert_true(!moved || there); /* a window that moved has its reading */
        hse_world_restart(&w);
    }
}

static void without_a_store_of_readings_nothing_is_committed_but_the_session(void **state)
{
    (void)state;
    w.hse.config.durable = false;
    hse_send_reading(&w, &d, "one");
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT), 1);
}

static void what_there_is_no_room_for_is_refused_to_the_device(void **state)
{
    (void)state;
    size_t before = records(GODWIT_RECORD_READING);
    hse_seal_user(&d, "no room");
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DATAGRAM,
                                           .from = d.from,
                                           .datagram = godwit_slice(d.sent, d.sent_len),
                                           .deliveries_full = true});
    hse_assert_nothing_delivered(&w);
    assert_int_equal(records(GODWIT_RECORD_READING), before);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_OVERLOAD));
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.control.reason, GODWIT_OVERLOAD);
    assert_memory_equal(d.opened.control.echo, d.sent + d.sent_len - GODWIT_EMSDP_ECHO, GODWIT_EMSDP_ECHO);
    hse_give(&w, &d); /* a recording of it makes nobody answer again */
    hse_assert_silently_refused(&w, GODWIT_REPLAY);
    hse_send_reading(&w, &d, "room");
}

static void a_confirmation_begins_the_session_though_its_reading_is_refused(void **state)
{
    (void)state;
    hse_device_t other = hse_device("001010000000002", 2);
    hse_make_request(&w, &other, NULL);
    hse_give_request(&w, &other);
    hse_answer_key(&w, GODWIT_OK);
    hse_take_start(&w, &other);
    hse_seal_confirmation(&other, "no room");
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DATAGRAM,
                                           .from = other.from,
                                           .datagram = godwit_slice(other.sent, other.sent_len),
                                           .deliveries_full = true});
    hse_assert_nothing_delivered(&w);
    assert_non_null(hse_stored(&w, other.key.hot.session_id));
    hse_receive(&w, &other, 0);
    assert_int_equal(other.opened.control.reason, GODWIT_OVERLOAD);
    hse_send_reading(&w, &other, "room");
}

/* ---- messages that wait ---- */

static void submit(const char *text, uint8_t id, uint64_t expires_ms)
{
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT,
                                           .imsi = d.imsi,
                                           .datagram = hse_slice(text),
                                           .queue = true,
                                           .expires_ms = expires_ms,
                                           .submit_id = {id}});
}

/* What the device gets in the next steps: the texts, in order. */
static size_t listen(char texts[4][16])
{
    size_t count = 0;
    for (int i = 0; i < 6; i++) {
        w.owner.now_ms++;
        owner_give_timer(&w.owner, GODWIT_HSE_TIMER_AGENDA);
        for (size_t n = 0; n < owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM); n++) {
            hse_receive(&w, &d, n);
            assert_in_range(count, 0, 3);
            (void)snprintf(texts[count++], 16, "%.*s", (int)d.opened.payload.len, (const char *)d.opened.payload.ptr);
        }
    }
    return count;
}

static void a_message_waits_for_the_device_and_goes_when_it_is_heard(void **state)
{
    (void)state;
    char texts[4][16];
    w.owner.now_ms += 60000;
    submit("one", 0, 0);
    submit("two", 0, 0);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    assert_int_equal(records(GODWIT_RECORD_DOWNLINK), 2);
    assert_int_equal(listen(texts), 0);
    hse_world_restart(&w);
    hse_send_reading(&w, &d, "I am here");
    assert_int_equal(listen(texts), 2);
    assert_string_equal(texts[0], "one");
    assert_string_equal(texts[1], "two");
    assert_int_equal(records(GODWIT_RECORD_DOWNLINK), 0);
    unsigned fetches = w.owner.fetches;
    hse_send_reading(&w, &d, "nothing waits");
    assert_int_equal(listen(texts), 0);
    assert_int_equal(w.owner.fetches, fetches); /* nor is anybody asked */
}

static void it_goes_at_once_when_the_device_has_just_spoken(void **state)
{
    (void)state;
    char texts[4][16];
    hse_send_reading(&w, &d, "I am here");
    submit("one", 0, 0);
    assert_int_equal(listen(texts), 1);
}

static void so_many_wait_and_no_more(void **state)
{
    (void)state;
    w.owner.now_ms += 60000;
    for (int i = 0; i < 3; i++) {
        submit("one", 0, 0);
        assert_true(owner_saw(&w.owner, "downlink_queued", GODWIT_OK));
    }
    submit("one", 0, 0);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_OVERLOAD));
    assert_int_equal(records(GODWIT_RECORD_DOWNLINK), 3);
}

static void the_same_message_is_one_message(void **state)
{
    (void)state;
    w.owner.now_ms += 60000;
    submit("one", 7, 0);
    submit("one", 7, 0);
    submit("two", 8, 0);
    assert_int_equal(records(GODWIT_RECORD_DOWNLINK), 2);
}

static void a_message_that_has_expired_is_not_sent(void **state)
{
    (void)state;
    char texts[4][16];
    w.owner.now_ms += 60000;
    submit("late", 0, w.owner.now_ms + 1000);
    submit("good", 0, 0);
    w.owner.now_ms += 2000;
    hse_send_reading(&w, &d, "I am here");
    assert_int_equal(listen(texts), 1);
    assert_string_equal(texts[0], "good");
    assert_int_equal(records(GODWIT_RECORD_DOWNLINK), 0);
}

static void for_a_device_without_a_session_nothing_is_kept(void **state)
{
    (void)state;
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT,
                                           .imsi = owner_imsi("001010999999999"),
                                           .datagram = hse_slice("x"),
                                           .queue = true});
    assert_true(owner_saw(&w.owner, "refused", GODWIT_UNKNOWN_SESSION));
    assert_int_equal(records(GODWIT_RECORD_DOWNLINK), 0);
}

static void a_message_stays_when_the_store_fails_and_nobody_runs_in_circles(void **state)
{
    (void)state;
    char texts[4][16];
    w.owner.now_ms += 60000;
    submit("one", 0, 0);
    hse_send_reading(&w, &d, "I am here");
    w.owner.fail_commits = true;
    assert_int_equal(listen(texts), 0);
    assert_true(w.owner.commit_failures <= 2);
    w.owner.fail_commits = false;
    assert_int_equal(records(GODWIT_RECORD_DOWNLINK), 1);
    hse_send_reading(&w, &d, "again");
    assert_int_equal(listen(texts), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_reading_is_in_the_store_before_the_window_that_it_moved, setup),
        cmocka_unit_test_setup(the_power_may_go_at_any_point_and_no_reading_is_lost, setup),
        cmocka_unit_test_setup(without_a_store_of_readings_nothing_is_committed_but_the_session, setup),
        cmocka_unit_test_setup(what_there_is_no_room_for_is_refused_to_the_device, setup),
        cmocka_unit_test_setup(a_confirmation_begins_the_session_though_its_reading_is_refused, setup),
        cmocka_unit_test_setup(a_message_waits_for_the_device_and_goes_when_it_is_heard, setup),
        cmocka_unit_test_setup(it_goes_at_once_when_the_device_has_just_spoken, setup),
        cmocka_unit_test_setup(so_many_wait_and_no_more, setup),
        cmocka_unit_test_setup(the_same_message_is_one_message, setup),
        cmocka_unit_test_setup(a_message_that_has_expired_is_not_sent, setup),
        cmocka_unit_test_setup(for_a_device_without_a_session_nothing_is_kept, setup),
        cmocka_unit_test_setup(a_message_stays_when_the_store_fails_and_nobody_runs_in_circles, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
