/* SPDX-License-Identifier: Apache-2.0
 *
 * The EAS as a role: messages of the application for a device that mostly sleeps.
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
static sender_t device;
static godwit_eas_grant_t first;

static void begin(void)
{
    eas_world_init(&w);
    first = sender_grant(1, 1);
    assert_int_equal(eas_world_push(&w, &first), GODWIT_OK);
    sender_init(&device, &first);
}

static unsigned waiting(void)
{
    unsigned n = 0;
    for (size_t i = 0; i < w.owner.record_count; i++) {
        n += w.owner.records[i].kind == GODWIT_RECORD_DOWNLINK;
    }
    return n;
}

static void expect_down(const char *text)
{
    const godwit_message_t *down = eas_world_sent(&w, GODWIT_USER_PLANE_DOWN);
    assert_non_null(down);
    assert_string_equal(down->u.user_plane.eas, EAS_NAME);
    assert_string_equal(down->u.user_plane.hse, "hse.example.net");
    assert_int_equal(down->u.user_plane.session_id, SENDER_SESSION);
    assert_true(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&w.owner, GODWIT_REQUEST_MESSAGE, 0));
    assert_true(sender_opens(&device, godwit_slice(down->u.user_plane.datagram, down->u.user_plane.len), text));
}

static void reading(void)
{
    assert_int_equal(eas_world_up(&w, sender_seal(&device, "21.5"), false), GODWIT_OK);
}

static void a_message_waits_until_the_device_speaks_and_is_deleted_when_it_is_sent(void **state)
{
    (void)state;
    begin();
    eas_world_submit(&w, "open");
    assert_true(owner_saw(&w.owner, "downlink_queued", GODWIT_OK));
    assert_null(eas_world_sent(&w, GODWIT_USER_PLANE_DOWN));
    eas_world_restart(&w);
    reading();
    expect_down("open");
    assert_int_equal(waiting(), 1);
    eas_world_down_answer(&w, GODWIT_OK);
    assert_int_equal(waiting(), 0);
    eas_world_run_down_timer(&w);
    assert_null(eas_world_sent(&w, GODWIT_USER_PLANE_DOWN));
    reading();
    assert_null(eas_world_sent(&w, GODWIT_USER_PLANE_DOWN));
}

static void those_that_wait_go_one_after_the_other_in_their_order(void **state)
{
    (void)state;
    begin();
    eas_world_submit(&w, "one");
    eas_world_submit(&w, "two");
    reading();
    expect_down("one");
    reading(); /* the first is still under way */
    assert_null(eas_world_sent(&w, GODWIT_USER_PLANE_DOWN));
    w.role.last_transaction = w.role.downs[0].transaction;
    eas_world_down_answer(&w, GODWIT_OK);
    eas_world_run_down_timer(&w);
    expect_down("two");
    eas_world_down_answer(&w, GODWIT_OK);
    assert_int_equal(waiting(), 0);
}

static void to_a_device_that_spoke_just_now_it_goes_at_once(void **state)
{
    (void)state;
    begin();
    reading();
    eas_world_submit(&w, "now");
    assert_true(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&w.owner, GODWIT_REQUEST_TIMER, 0));
    eas_world_run_down_timer(&w);
    expect_down("now");
    eas_world_down_answer(&w, GODWIT_OK);
    w.owner.now_ms += 10000;
    eas_world_submit(&w, "later");
    assert_int_equal(w.role.downs[0].state, GODWIT_EAS_DOWN_NEXT); /* the place of the one before, whose timer comes */
}

static void what_the_hse_cannot_take_goes_the_next_time_under_another_count(void **state)
{
    (void)state;
    begin();
    eas_world_submit(&w, "open");
    reading();
    eas_world_down_answer(&w, GODWIT_OVERLOAD);
    assert_int_equal(waiting(), 1);
    reading();
    expect_down("open");
    owner_give_timer(&w.owner, GODWIT_EAS_TIMER_DOWNS); /* no answer */
    assert_int_equal(waiting(), 1);
    reading();
    expect_down("open"); /* the device's window would refuse a COUNT that was used before */
}

static void so_many_wait_for_a_device_and_no_more(void **state)
{
    (void)state;
    begin();
    eas_world_submit(&w, "1");
    eas_world_submit(&w, "2");
    eas_world_submit(&w, "3");
    eas_world_submit(&w, "4");
    assert_true(owner_saw(&w.owner, "refused", GODWIT_OVERLOAD));
    assert_int_equal(waiting(), 3);
}

static void the_same_id_again_is_the_same_message(void **state)
{
    (void)state;
    begin();
    const godwit_input_t in = {.kind = GODWIT_INPUT_SUBMIT,
                               .imsi = owner_imsi(EAS_IMSI),
                               .submit_id = {1, 2, 3},
                               .datagram = godwit_slice_of_string("once")};
    owner_give(&w.owner, &in);
    owner_give(&w.owner, &in);
    assert_true(owner_saw(&w.owner, "downlink_queued", GODWIT_OK));
    assert_int_equal(waiting(), 1);
}

static void a_message_whose_time_is_over_is_not_sent(void **state)
{
    (void)state;
    begin();
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT,
                                           .imsi = owner_imsi(EAS_IMSI),
                                           .expires_ms = w.owner.now_ms + 1000,
                                           .datagram = godwit_slice_of_string("soon")});
    eas_world_submit(&w, "whenever");
    w.owner.now_ms += 1000;
    reading();
    assert_null(eas_world_sent(&w, GODWIT_USER_PLANE_DOWN));
    assert_true(owner_saw(&w.owner, "downlink_expired", GODWIT_OK));
    eas_world_run_down_timer(&w);
    expect_down("whenever");
}

static void what_cannot_be_is_refused_to_the_application(void **state)
{
    (void)state;
    begin();
    eas_world_submit(&w, "");
    assert_true(owner_saw(&w.owner, "refused", GODWIT_INVALID_ARGUMENT));
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT,
                                           .imsi = owner_imsi("001010000000009"),
                                           .datagram = godwit_slice_of_string("x")});
    assert_true(owner_saw(&w.owner, "refused", GODWIT_UNKNOWN_SESSION));
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT, .datagram = godwit_slice_of_string("x")});
    assert_true(owner_saw(&w.owner, "refused", GODWIT_INVALID_ARGUMENT));
    first = sender_grant(2, 2);
    first.terms.service = GODWIT_SERVICE_KEY_AGREEMENT;
    assert_int_equal(eas_world_push(&w, &first), GODWIT_OK);
    eas_world_submit(&w, "x");
    assert_true(owner_saw(&w.owner, "refused", GODWIT_POLICY_FORBIDS));
    assert_int_equal(waiting(), 0);
}

/* The power goes behind every request of the list of a reading that takes a message down with it: the COUNT of what
 * left is never used again. */
static void no_power_loss_uses_a_count_twice_or_loses_a_message(void **state)
{
    (void)state;
    for (unsigned after = 1; after < 12; after++) {
        begin();
        reading();
        w.owner.now_ms += 60000;
        eas_world_submit(&w, "open");
        const godwit_slice_t up = sender_seal(&device, "21.5");
        w.owner.power_for = after;
        (void)eas_world_up(&w, up, false);
        const bool went = w.owner.power_went;
        const godwit_message_t *left = went ? NULL : eas_world_sent(&w, GODWIT_USER_PLANE_DOWN);
        if (left != NULL) {
            assert_true(
                sender_opens(&device, godwit_slice(left->u.user_plane.datagram, left->u.user_plane.len), "open"));
        }
        eas_world_restart(&w);
        assert_int_equal(waiting(), 1);
        reading();
        expect_down("open"); /* again, for nobody said that the HSE has it */
        if (!went) {
            return;
        }
    }
    fail_msg("the list does not end");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_waits_until_the_device_speaks_and_is_deleted_when_it_is_sent),
        cmocka_unit_test(those_that_wait_go_one_after_the_other_in_their_order),
        cmocka_unit_test(to_a_device_that_spoke_just_now_it_goes_at_once),
        cmocka_unit_test(what_the_hse_cannot_take_goes_the_next_time_under_another_count),
        cmocka_unit_test(so_many_wait_for_a_device_and_no_more),
        cmocka_unit_test(the_same_id_again_is_the_same_message),
        cmocka_unit_test(a_message_whose_time_is_over_is_not_sent),
        cmocka_unit_test(what_cannot_be_is_refused_to_the_application),
        cmocka_unit_test(no_power_loss_uses_a_count_twice_or_loses_a_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
