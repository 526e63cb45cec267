/* SPDX-License-Identifier: Apache-2.0
 *
 * The HSE against whoever knows an IMSI, holds datagrams back, or lives while the clock is set: what he must not bring
 * about.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/hse_world.h"

static hse_world_t w;
static hse_device_t d;

static int setup(void **state)
{
    (void)state;
    hse_world_init(&w);
    d = hse_device("001010123456789", 1);
    return 0;
}

static void begin(hse_device_t *device)
{
    hse_make_request(&w, device, NULL);
    hse_give_request(&w, device);
    hse_answer_key(&w, GODWIT_OK);
}

/* Somebody else asks in the name of the same IMSI, as fast as his budget lets him. */
static void a_flood_for_an_imsi_from_elsewhere_does_not_push_out_its_devices_set_up(void **state)
{
    (void)state;
    begin(&d);
    hse_take_start(&w, &d);
    hse_device_t flood = hse_device("001010123456789", 66);
    for (int i = 0; i < 20; i++) {
        w.owner.now_ms += 10;
        begin(&flood);
    }
    hse_seal_confirmation(&d, "through");
    hse_give(&w, &d);
    hse_assert_delivered(&w, "through");
}

static void a_flood_that_was_there_before_does_not_keep_the_device_out(void **state)
{
    (void)state;
    hse_device_t flood = hse_device("001010123456789", 66);
    for (int i = 0; i < 20; i++) {
        w.owner.now_ms += 10;
        begin(&flood);
    }
    begin(&d);
    hse_take_start(&w, &d);
    w.owner.now_ms += 10;
    begin(&flood);
    hse_seal_confirmation(&d, "through");
    hse_give(&w, &d);
    hse_assert_delivered(&w, "through");
}

/* The Confirmation of an earlier set-up is held back until the device lives in a later one. */
static void a_confirmation_that_was_held_back_does_not_end_the_later_session(void **state)
{
    (void)state;
    begin(&d);
    hse_take_start(&w, &d);
    hse_seal_confirmation(&d, "held back");
    hse_device_t held = d;
    w.owner.now_ms += 1000;
    hse_set_up(&w, &d);
    w.owner.now_ms += 1000;
    hse_give(&w, &held);
    hse_assert_silently_refused(&w, GODWIT_REPLAY);
    assert_int_equal(hse_stored_sessions(&w), 1);
    hse_send_reading(&w, &d, "still here");
    hse_world_restart(&w);
    hse_send_reading(&w, &d, "and after a restart");
}

static void set_up_under(hse_device_t *device, uint64_t key_set, uint32_t generation)
{
    hse_make_request(&w, device, NULL);
    hse_give_request(&w, device);
    w.generation = generation - 1;
    godwit_message_t answer =
        hse_key_answer(&w, owner_message(&w.owner, GODWIT_KEY_REQUEST, 0)->transaction, GODWIT_OK);
    answer.u.key_answer.key_set = key_set;
    owner_give_message(&w.owner, &answer);
    hse_take_start(&w, device);
    hse_seal_confirmation(device, "anew");
}

/* Generations count within a key set: a new vector begins with 1, also while the session of the old one was set up a
 * moment ago. */
static void a_new_vector_takes_the_place_of_a_session_with_more_generations(void **state)
{
    (void)state;
    hse_device_t first = d;
    set_up_under(&first, HSE_KEY_SET, 5);
    set_up_under(&d, HSE_KEY_SET + 1, 1);
    hse_give(&w, &first);
    hse_assert_delivered(&w, "anew");
    hse_give(&w, &d);
    hse_assert_delivered(&w, "anew");
    assert_int_equal(hse_stored_sessions(&w), 1);
}

static void a_confirmation_of_an_earlier_vector_that_was_held_back_does_not_end_the_later_session(void **state)
{
    (void)state;
    hse_device_t held = d;
    set_up_under(&held, HSE_KEY_SET, 5);
    set_up_under(&d, HSE_KEY_SET + 1, 1);
    hse_give(&w, &d);
    hse_assert_delivered(&w, "anew");
    hse_give(&w, &held);
    hse_assert_silently_refused(&w, GODWIT_REPLAY);
    hse_send_reading(&w, &d, "still here");
}

/* An EMKS that lost its store numbers its key sets from the start again. */
static void a_set_up_that_began_after_the_session_is_no_replay_whatever_its_generation(void **state)
{
    (void)state;
    set_up_under(&d, HSE_KEY_SET, 5);
    hse_give(&w, &d);
    w.owner.now_ms += 1000;
    set_up_under(&d, HSE_KEY_SET, 1);
    hse_give(&w, &d);
    hse_assert_delivered(&w, "anew");
}

/* The clock was an hour ahead and is set right. */
static void a_clock_that_is_set_back_locks_no_sender_out(void **state)
{
    (void)state;
    w.hse.config.budget_octets = 200;
    for (int i = 0; i < 3; i++) {
        hse_make_request(&w, &d, NULL);
        hse_give_request(&w, &d);
    }
    hse_assert_silently_refused(&w, GODWIT_OVERLOAD);
    w.owner.now_ms -= 3600000;
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d); /* nothing is given for the past */
    hse_assert_silently_refused(&w, GODWIT_OVERLOAD);
    w.owner.now_ms += 60000;
    hse_give_request(&w, &d);
    (void)owner_message(&w.owner, GODWIT_KEY_REQUEST, 0);
}

static void a_clock_that_is_set_back_lets_old_set_ups_die(void **state)
{
    (void)state;
    begin(&d);
    hse_take_start(&w, &d);
    hse_seal_confirmation(&d, "late");
    w.owner.now_ms -= 3600000;
    owner_give_timer(&w.owner, 0);
    w.owner.now_ms += 60001;
    hse_give(&w, &d);
    hse_assert_nothing_delivered(&w);
}

/* A forger who knows Session ID and Key ID fills the count of failures: the device, where it was last, is heard all the
 * same. */
static void forged_macs_from_elsewhere_do_not_silence_the_device(void **state)
{
    (void)state;
    hse_set_up(&w, &d);
    hse_device_t forger = d;
    forger.from = owner_address(66);
    hse_seal_user(&forger, "forged");
    forger.sent[forger.sent_len - 1] ^= 1;
    for (unsigned i = 0; i < 65600; i++) {
        hse_give(&w, &forger);
    }
    hse_assert_silently_refused(&w, GODWIT_OVERLOAD);
    hse_send_reading(&w, &d, "heard");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_flood_for_an_imsi_from_elsewhere_does_not_push_out_its_devices_set_up, setup),
        cmocka_unit_test_setup(a_flood_that_was_there_before_does_not_keep_the_device_out, setup),
        cmocka_unit_test_setup(a_confirmation_that_was_held_back_does_not_end_the_later_session, setup),
        cmocka_unit_test_setup(a_new_vector_takes_the_place_of_a_session_with_more_generations, setup),
        cmocka_unit_test_setup(a_confirmation_of_an_earlier_vector_that_was_held_back_does_not_end_the_later_session,
                               setup),
        cmocka_unit_test_setup(a_set_up_that_began_after_the_session_is_no_replay_whatever_its_generation, setup),
        cmocka_unit_test_setup(a_clock_that_is_set_back_locks_no_sender_out, setup),
        cmocka_unit_test_setup(a_clock_that_is_set_back_lets_old_set_ups_die, setup),
        cmocka_unit_test_setup(forged_macs_from_elsewhere_do_not_silence_the_device, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
