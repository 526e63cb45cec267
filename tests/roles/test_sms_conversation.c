/* SPDX-License-Identifier: Apache-2.0
 *
 * Devices that send readings as short messages, octets between them and their network: device/access with a soft card
 * against MSC and SGSN, over UTRAN and GERAN, and the service centre behind; the home by hand. Attach, MO, MT to a
 * device that is idle, detach, and attach by the vector of the following session with the message inside; the fallbacks
 * of that, and a thousand wrong guesses.
 */
#include "tests/support/sms_world.h"

static void both_ways(bool circuit, godwit_access_kind_t kind)
{
    sms_begin(circuit, kind);
    sms_attach();
    sms_send("one");
    sms_expect_reading(1, "one");
    assert_true(phone_said(&sms.phone, "sms_accepted"));
    sms_answer("answer one");
    assert_true(octets_equal(&sms.phone.delivered, "answer one"));
    assert_true(sms_saw("sms_delivered"));
    /* Idle, and back by itself; idle, and paged. */
    sms_idle();
    sms_send("two");
    sms_expect_reading(2, "two");
    sms_idle();
    sms_answer("answer two");
    assert_true(octets_equal(&sms.phone.delivered, "answer two"));
    assert_true(sms_saw("paging"));
}

static void readings_go_and_answers_come_by_short_message(void **state)
{
    (void)state;
    both_ways(true, GODWIT_ACCESS_UMTS);
    both_ways(true, GODWIT_ACCESS_GERAN);
    both_ways(false, GODWIT_ACCESS_UMTS);
    both_ways(false, GODWIT_ACCESS_GERAN);
}

static void what_is_longer_than_133_octets_is_refused_here(void **state)
{
    (void)state;
    uint8_t octets[134] = {1};
    sms_begin(true, GODWIT_ACCESS_UMTS);
    assert_int_equal(godwit_access_send(&sms.phone.access, godwit_slice(octets, 1), &sms.phone.requests),
                     GODWIT_WRONG_STATE);
    sms_attach();
    assert_int_equal(godwit_access_send(&sms.phone.access, godwit_slice(octets, 134), &sms.phone.requests),
                     GODWIT_NO_SPACE);
    assert_int_equal(godwit_access_send(&sms.phone.access, godwit_slice(octets, 133), &sms.phone.requests), GODWIT_OK);
    assert_int_equal(godwit_access_send(&sms.phone.access, godwit_slice(octets, 1), &sms.phone.requests), GODWIT_OK);
    assert_int_equal(godwit_access_send(&sms.phone.access, godwit_slice(octets, 1), &sms.phone.requests), GODWIT_AGAIN);
}

static void rp_error_is_told_with_its_reason(void **state)
{
    static const struct {
        godwit_status_t centre, device;
    } cases[] = {{GODWIT_OVERLOAD, GODWIT_OVERLOAD},
                 {GODWIT_NOT_ENTITLED, GODWIT_NOT_ENTITLED},
                 {GODWIT_POLICY_FORBIDS, GODWIT_POLICY_FORBIDS},
                 {GODWIT_UNKNOWN_SUBSCRIBER, GODWIT_UNKNOWN_SUBSCRIBER},
                 {GODWIT_PEER_INTERNAL, GODWIT_PEER_INTERNAL}};
    (void)state;
    sms_begin(true, GODWIT_ACCESS_UMTS);
    sms_attach();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sms.sc_says = cases[i].centre;
        sms_send("x");
        assert_int_equal(phone_reason(&sms.phone, "sms_refused"), cases[i].device);
        assert_true(phone_said(&sms.phone, "sms_refused"));
    }
}

static void a_message_that_is_lost_is_sent_again_and_given_up(void **state)
{
    (void)state;
    sms_begin(true, GODWIT_ACCESS_UMTS);
    sms_attach();
    sms.lose_up = true;
    sms_send("lost");
    sms.lose_up = false;
    phone_timer(&sms.phone);
    sms_run();
    sms_expect_reading(1, "lost");
    assert_true(phone_said(&sms.phone, "sms_accepted"));
    sms.lose_up = true;
    sms_send("gone");
    for (unsigned i = 0; i < 8; i++) {
        phone_timer(&sms.phone);
        sms_run();
    }
    assert_int_equal(phone_reason(&sms.phone, "sms_failed"), GODWIT_OK);
    assert_int_equal(sms.readings, 1);
}

/* What comes the other way meanwhile, however often, begins the wait for what was lost anew at neither end. */
static void what_comes_the_other_way_does_not_put_off_what_is_said_again(void **state)
{
    (void)state;
    uint32_t *due = NULL;
    sms_begin(true, GODWIT_ACCESS_UMTS);
    sms_attach();
    sms.lose_up = true;
    sms_send("one");
    sms.lose_up = false;
    assert_int_equal(sms.phone.timer_ms, GODWIT_SMS_TICK_MS);
    sms.phone.timer_ms = 1; /* most of it has gone by */
    sms_answer("answer one");
    assert_int_equal(sms.phone.timer_ms, 1);
    phone_timer(&sms.phone);
    sms_run();
    sms_expect_reading(1, "one");
    sms.lose_up = true;
    sms_answer("answer two");
    sms.lose_up = false;
    for (size_t i = 0; i < SMS_TIMERS; i++) {
        due = sms.due[SMS_NODE][i] == GODWIT_SMS_TICK_MS ? &sms.due[SMS_NODE][i] : due;
    }
    assert_non_null(due);
    *due = 1;
    sms_send("two");
    assert_int_equal(*due, 1);
    sms_let_time_pass(SMS_NODE);
    assert_true(sms_saw("sms_delivered"));
    assert_int_equal(*due, 0); /* nothing runs any more */
}

/* A message of triggers goes next, and the answer is still known for the one before it. */
static void the_answer_to_a_reading_is_its_own(void **state)
{
    (void)state;
    sms_begin(true, GODWIT_ACCESS_UMTS);
    sms.iwf = true;
    sms_attach();
    phone_send(&sms.phone, "one");
    phone_trigger(&sms.phone, "to the MTC-IWF");
    sms_run();
    sms_expect_reading(1, "one");
    assert_int_equal(phone_reason(&sms.phone, "sms_accepted"), GODWIT_OK);
    assert_false(phone_said(&sms.phone, "sms_refused"));
}

static void an_absent_device_is_no_delivery(void **state)
{
    (void)state;
    sms_begin(true, GODWIT_ACCESS_UMTS);
    sms_attach();
    sms_send("one");
    sms_idle();
    sms.lose_up = true; /* it is behind a hill */
    sms_answer("answer");
    for (unsigned i = 0; i < 6; i++) {
        sms_let_time_pass(SMS_NODE);
    }
    assert_true(sms_saw("sms_not_delivered"));
    sms.lose_up = false;     /* it speaks again: what waited at the centre goes */
    phone_timer(&sms.phone); /* its paging response, again */
    sms_run();
    sms_send("two");
    assert_true(octets_equal(&sms.phone.delivered, "answer"));
}

/* ---- the following session ---- */

static void detach(void)
{
    phone_detach(&sms.phone);
    sms_run();
    if (sms.no_following) {
        sms_let_time_pass(SMS_NODE);
    }
    assert_true(phone_said(&sms.phone, "detached"));
}

static void by_next_vector(bool circuit, godwit_access_kind_t kind)
{
    sms_begin(circuit, kind);
    sms_attach();
    detach();
    assert_true(sms.phone.flash.len > 0);
    for (unsigned i = 1; i <= 3; i++) {
        unsigned runs = sms.phone.card_runs;
        sms.seen[0] = '\0';
        phone_attach_with(&sms.phone, "with the attach");
        sms_run();
        sms_expect_reading(i, "with the attach");
        assert_true(strstr(sms.seen, "next_used") != NULL && strstr(sms.seen, "authentication") == NULL);
        assert_true(phone_said(&sms.phone, "next_used"));
        assert_int_equal(sms.phone.card_runs, runs + 1); /* for the following one */
        detach();
    }
}

static void a_reading_goes_with_the_attach_by_the_stored_vector(void **state)
{
    (void)state;
    by_next_vector(true, GODWIT_ACCESS_UMTS);
    by_next_vector(true, GODWIT_ACCESS_GERAN);
    by_next_vector(false, GODWIT_ACCESS_UMTS);
    by_next_vector(false, GODWIT_ACCESS_GERAN);
}

static void expect_fallback(unsigned readings)
{
    phone_attach_with(&sms.phone, "later");
    sms_run();
    assert_true(phone_said(&sms.phone, "attached"));
    sms_expect_reading(readings, "later");
}

static void what_is_lost_moved_or_late_costs_an_aka_run_and_no_more(void **state)
{
    (void)state;
    sms_begin(true, GODWIT_ACCESS_UMTS);
    sms_attach();
    detach();
    sms.owners[SMS_NODE].record_count = 0; /* the network lost the record */
    expect_fallback(1);
    assert_true(sms_saw("next_refused"));
    detach();
    sms.owners[SMS_NODE].now_ms += UINT64_C(31) * 24 * 3600 * 1000; /* too late */
    expect_fallback(2);
    assert_true(sms_saw("next_refused"));
    detach();
    sms.msc.config.lac++; /* another area: its records are not here */
    expect_fallback(3);
    detach();
    sms.msc.config.plmn.octets[2] = 0x20; /* another network: the device does not even try */
    sms.phone.config.serving_network.octets[2] = 0x20;
    phone_power_up(&sms.phone);
    expect_fallback(4);
    detach();
    memset(sms.phone.flash.at, 0, sms.phone.flash.len); /* the device lost its own */
    sms.phone.flash.len = 0;
    phone_restart(&sms.phone);
    expect_fallback(5);
}

static void a_frame_that_was_taken_is_not_taken_again(void **state)
{
    (void)state;
    sms_begin(true, GODWIT_ACCESS_UMTS);
    sms_attach();
    detach();
    phone_attach_with(&sms.phone, "once");
    assert_int_equal(sms.phone.queued, 1);
    octets_t frame = sms.phone.queue[0];
    sms_run();
    sms_expect_reading(1, "once");
    for (unsigned i = 0; i < 3; i++) {
        sms_give_frame(godwit_slice(frame.at, frame.len));
        sms_run();
    }
    assert_int_equal(sms.readings, 1);
    detach();
    sms_give_frame(godwit_slice(frame.at, frame.len)); /* a recording, of a session that is over */
    sms_run();
    assert_int_equal(sms.readings, 1);
    assert_true(sms_saw("next_refused"));
}

/* Somebody keeps the frames of the attach; the device gives up on them, and comes in by AKA. */
static void held_up(bool circuit, bool leaves)
{
    sms_begin(circuit, GODWIT_ACCESS_UMTS);
    sms_attach();
    detach();
    sms.no_following = true; /* so that no other vector takes the place of that one */
    sms.owners[SMS_NODE].now_ms += 1000;
    phone_attach_with(&sms.phone, "once");
    octets_t frame = phone_take(&sms.phone);
    for (unsigned i = 0; i < 4 && sms.phone.queued == 0; i++) {
        phone_timer(&sms.phone);
        if (i == 0) {
            (void)phone_take(&sms.phone); /* the same octets */
        }
    }
    sms_run();
    sms_let_time_pass(SMS_NODE);
    assert_true(phone_said(&sms.phone, "next_fallback"));
    sms_expect_reading(1, "once");
    if (leaves) {
        detach();
    }
    sms.seen[0] = '\0';
    const godwit_input_t in = {.kind = GODWIT_INPUT_DATAGRAM,
                               .port = GODWIT_PORT_RADIO,
                               .from = owner_address(7),
                               .datagram = godwit_slice(frame.at, frame.len)};
    owner_give(&sms.owners[SMS_NODE], &in);
    sms_carry_out(SMS_NODE);
    sms_run();
    assert_int_equal(sms.readings, 1);
    assert_null(strstr(sms.seen, "next_used"));
    assert_null(strstr(sms.seen, "replaced"));
}

static void a_frame_that_was_held_up_is_not_taken_after_aka(void **state)
{
    (void)state;
    held_up(true, false);
    held_up(true, true);
    held_up(false, false);
    held_up(false, true);
}

static void a_thousand_wrong_guesses_consume_nothing(void **state)
{
    (void)state;
    sms_begin(true, GODWIT_ACCESS_UMTS);
    sms_attach();
    detach();
    phone_attach_with(&sms.phone, "the right one");
    octets_t frame = phone_take(&sms.phone);
    for (unsigned i = 0; i < 1000; i++) {
        octets_t wrong = frame;
        wrong.at[3 + i % (frame.len - 3)] ^= (uint8_t)(1U + i % 255);
        sms.home_silent = true;
        sms_give_frame(godwit_slice(wrong.at, wrong.len));
        sms.first = sms.last; /* what it is answered with is lost */
        const godwit_msc_config_t config = sms.msc.config;
        assert_int_equal(godwit_msc_init(&sms.msc, &config, sms.msc_ues, SMS_ROWS), GODWIT_OK); /* and its dialogue */
    }
    sms.home_silent = false;
    assert_int_equal(sms.readings, 0);
    sms.seen[0] = '\0';
    sms_give_frame(godwit_slice(frame.at, frame.len));
    sms_run();
    sms_expect_reading(1, "the right one");
    assert_true(sms_saw("next_used"));
}

static void a_silent_home_costs_the_hand_over_and_nothing_else(void **state)
{
    (void)state;
    sms_begin(true, GODWIT_ACCESS_UMTS);
    phone_attach(&sms.phone);
    while (sms.vectors == 0 || sms.phone.queued > 0 || sms.first != sms.last) { /* the challenge, and then no more */
        if (sms.phone.queued > 0) {
            octets_t up = phone_take(&sms.phone);
            sms_give_frame(godwit_slice(up.at, up.len));
        } else {
            sms_event_t e = sms.events[sms.first++ % SMS_EVENTS];
            if (e.to == SMS_OWNERS) {
                phone_receive(&sms.phone, godwit_slice(e.octets.at, e.octets.len));
            } else {
                owner_give_message(&sms.owners[e.to], &e.message);
                sms_carry_out(e.to);
            }
        }
        sms.home_silent = sms.vectors > 0;
    }
    assert_false(phone_said(&sms.phone, "attached"));
    sms_let_time_pass(SMS_NODE);
    assert_true(phone_said(&sms.phone, "attached"));
    assert_int_equal(sms.phone.flash.len, 0);
    sms_send("one");
    sms_expect_reading(1, "one");
}

static void a_detach_of_a_stranger_is_not_believed(void **state)
{
    (void)state;
    sms_begin(true, GODWIT_ACCESS_UMTS);
    sms_attach();
    uint8_t frame[16] = {GODWIT_RADIO_NAS, 0x05, 0x01, 0x57, 0x05, 0xF4};
    godwit_store_u32(frame + 6, sms.phone.access.p_tmsi);
    const godwit_input_t in = {
        .kind = GODWIT_INPUT_DATAGRAM, .port = GODWIT_PORT_RADIO, .from = owner_address(66), .datagram = {frame, 10}};
    owner_give(&sms.owners[SMS_NODE], &in);
    assert_false(owner_saw(&sms.owners[SMS_NODE], "detached", GODWIT_OK));
    sms_send("still here");
    sms_expect_reading(1, "still here");
}

static void a_device_that_is_idle_detaches_by_a_security_mode(void **state)
{
    (void)state;
    sms_begin(true, GODWIT_ACCESS_UMTS);
    sms_attach();
    sms_idle();
    sms.seen[0] = '\0';
    detach();
    assert_true(sms_saw("detached"));
    assert_int_equal(sms.msc.top, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readings_go_and_answers_come_by_short_message),
        cmocka_unit_test(what_is_longer_than_133_octets_is_refused_here),
        cmocka_unit_test(rp_error_is_told_with_its_reason),
        cmocka_unit_test(a_message_that_is_lost_is_sent_again_and_given_up),
        cmocka_unit_test(what_comes_the_other_way_does_not_put_off_what_is_said_again),
        cmocka_unit_test(the_answer_to_a_reading_is_its_own),
        cmocka_unit_test(an_absent_device_is_no_delivery),
        cmocka_unit_test(a_reading_goes_with_the_attach_by_the_stored_vector),
        cmocka_unit_test(what_is_lost_moved_or_late_costs_an_aka_run_and_no_more),
        cmocka_unit_test(a_frame_that_was_taken_is_not_taken_again),
        cmocka_unit_test(a_frame_that_was_held_up_is_not_taken_after_aka),
        cmocka_unit_test(a_thousand_wrong_guesses_consume_nothing),
        cmocka_unit_test(a_silent_home_costs_the_hand_over_and_nothing_else),
        cmocka_unit_test(a_detach_of_a_stranger_is_not_believed),
        cmocka_unit_test(a_device_that_is_idle_detaches_by_a_security_mode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
