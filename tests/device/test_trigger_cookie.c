/* SPDX-License-Identifier: Apache-2.0
 *
 * The device and cookies of interface A3: it says again what it was asked to, a few times, and whoever forges such
 * answers neither keeps it at that nor keeps it from its association.
 */
#include "tests/device/trigger_world.h"

static const uint8_t drawn[GODWIT_TRIGGER_RANDOM] = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88};
static tw_t w;

static int set_up(void **state)
{
    (void)state;
    tw_init(&w);
    tw_root(&w);
    return 0;
}

static void poll_anew(void)
{
    assert_int_equal(godwit_trigger_poll(&w.t, drawn, &w.requests), GODWIT_OK);
    tw_carry_out(&w);
}

static void expect_again(const tw_octets_t *said, uint8_t cookie)
{
    assert_int_equal(w.sends, 1);
    assert_true(w.has_cookie);
    assert_int_equal(w.cookie[0], cookie);
    assert_int_equal(w.sent[0].len, said->len);
    assert_memory_equal(w.sent[0].at, said->at, said->len);
}

static bool timer(uint32_t *delay_ms)
{
    for (size_t i = 0; i < w.requests.count; i++) {
        if (w.requests.item[i].kind == GODWIT_TRIGGER_TIMER) {
            *delay_ms = w.requests.item[i].delay_ms;
            return true;
        }
    }
    return false;
}

static void a_hint_is_said_again_with_the_cookie_until_something_comes(void **state)
{
    (void)state;
    poll_anew();
    const tw_octets_t hint = w.sent[0];
    assert_false(w.has_cookie); /* nothing more than without cookies */
    assert_memory_equal(hint.at + hint.len - sizeof drawn, drawn, sizeof drawn);
    tw_octets_t o = tw_cookie_for(&hint, 1);
    tw_receive(&w, tw_slice(&o), A3);
    expect_again(&hint, 1);
    assert_int_equal(w.requests.count, 1); /* and no timer moves */
    assert_int_equal(godwit_trigger_timer(&w.t, &w.requests), GODWIT_OK);
    tw_carry_out(&w);
    expect_again(&hint, 1);
    tw_make_command(&w, 1, TIME);
    tw_receive(&w, tw_slice(&w.command), A3);
    assert_true(w.has_cookie);
    assert_int_equal(tw_complete(&w, tw_slice(&w.sent[0])), GODWIT_OK);
    const godwit_a3_message_t m = tw_trigger(2, TIME, 60);
    o = tw_protect(&w, &m);
    tw_receive(&w, tw_slice(&o), A3);
    assert_int_equal(w.acted[2], 1);
    assert_false(w.has_cookie); /* its Acknowledgement: the MTC-IWF is heard */
}

static void a_poll_and_a_complete_are_said_again_too(void **state)
{
    (void)state;
    uint32_t delay_ms = 0;
    poll_anew();
    tw_make_command(&w, 1, TIME);
    tw_receive(&w, tw_slice(&w.command), A3);
    assert_true(timer(&delay_ms));
    assert_int_equal(delay_ms, 4000); /* it goes on with Polls: the Complete may be lost */
    const tw_octets_t complete = w.sent[0];
    tw_octets_t o = tw_cookie_for(&complete, 2);
    tw_receive(&w, tw_slice(&o), A3);
    expect_again(&complete, 2);
    assert_int_equal(tw_complete(&w, tw_slice(&complete)), GODWIT_OK);
    assert_int_equal(godwit_trigger_timer(&w.t, &w.requests), GODWIT_OK);
    tw_carry_out(&w);
    assert_int_equal(w.sends, 2);
    assert_memory_equal(w.sent[0].at, complete.at, complete.len);
    assert_int_equal(tw_up(&w, 1).type, GODWIT_A3_POLL);
    const tw_octets_t poll = w.sent[1];
    o = tw_cookie_for(&poll, 3);
    tw_receive(&w, tw_slice(&o), A3);
    expect_again(&poll, 3);
    const godwit_a3_message_t answer = {.type = GODWIT_A3_POLL_ANSWER, .poll_answer = {TIME, 0}};
    o = tw_protect(&w, &answer);
    tw_receive(&w, tw_slice(&o), A3);
    assert_true(timer(&delay_ms));
    assert_int_equal(delay_ms, 0);
}

/* The network went right behind the Command, and was away for long. */
static void a_complete_goes_before_polls_however_many_were_lost(void **state)
{
    (void)state;
    poll_anew();
    tw_make_command(&w, 1, TIME);
    tw_receive(&w, tw_slice(&w.command), A3);
    for (unsigned i = 0; i < 50; i++) {
        poll_anew();
        assert_int_equal(w.sends, 2);
    }
    assert_int_equal(tw_complete(&w, tw_slice(&w.sent[0])), GODWIT_OK);
    assert_int_equal(tw_up(&w, 1).type, GODWIT_A3_POLL);
    const tw_octets_t again = w.command; /* what others may say again is bounded, as ever */
    for (unsigned i = 0; i < 20; i++) {
        tw_receive(&w, tw_slice(&again), A3);
        assert_int_equal(w.sends, i < 8 ? 1 : 0);
    }
}

static void whoever_has_not_seen_what_it_said_leads_to_nothing(void **state)
{
    (void)state;
    tw_octets_t o = {{0}, GODWIT_A3_COOKIE_ANSWER};
    tw_receive(&w, tw_slice(&o), A3);
    tw_expect_refused(&w, GODWIT_REPLAY); /* it has said nothing yet */
    poll_anew();
    const tw_octets_t hint = w.sent[0], genuine = tw_cookie_for(&hint, 1);
    for (size_t bit = 8; bit < 8 + 8 * GODWIT_A3_ECHO; bit++) {
        o = genuine;
        o.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        tw_receive(&w, tw_slice(&o), A3);
        tw_expect_refused(&w, GODWIT_REPLAY);
    }
    for (o = genuine, o.len = 0; o.len < genuine.len; o.len++) {
        tw_receive(&w, tw_slice(&o), A3);
        tw_expect_refused(&w, GODWIT_MALFORMED);
    }
    tw_receive(&w, tw_slice(&genuine), NAS);
    tw_expect_refused(&w, GODWIT_MALFORMED);
    tw_receive(&w, tw_slice(&genuine), GODWIT_TRIGGER_VIA_SMS);
    tw_expect_refused(&w, GODWIT_MALFORMED);
    tw_receive(&w, tw_slice(&genuine), A3); /* all that took nothing from it */
    expect_again(&hint, 1);
}

/* Whoever sees what it says, and can only add to it. */
static void cookies_without_end_are_answered_a_few_times(void **state)
{
    (void)state;
    unsigned said = 0;
    poll_anew();
    const tw_octets_t hint = w.sent[0];
    for (unsigned sending = 0; sending < 4; sending++) {
        for (uint8_t i = 0; i < 50; i++) {
            const tw_octets_t o = tw_cookie_for(&hint, i);
            tw_receive(&w, tw_slice(&o), A3);
            said += w.sends;
        }
        assert_int_equal(godwit_trigger_timer(&w.t, &w.requests), GODWIT_OK);
        tw_carry_out(&w);
    }
    assert_int_equal(said, 4 * 4);
    assert_non_null(tw_event(&w, "given_up"));
}

static void a_forged_cookie_does_not_keep_it_from_its_association(void **state)
{
    (void)state;
    poll_anew();
    const tw_octets_t hint = w.sent[0];
    tw_octets_t o = tw_cookie_for(&hint, 66);
    tw_receive(&w, tw_slice(&o), A3);
    expect_again(&hint, 66);
    o = tw_cookie_for(&hint, 1); /* the MTC-IWF's, which did not know the other */
    tw_receive(&w, tw_slice(&o), A3);
    expect_again(&hint, 1);
    o = tw_cookie_for(&hint, 66);
    tw_receive(&w, tw_slice(&o), A3);
    tw_make_command(&w, 1, TIME);
    tw_receive(&w, tw_slice(&w.command), A3);
    assert_non_null(tw_event(&w, "associated"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_hint_is_said_again_with_the_cookie_until_something_comes, set_up),
        cmocka_unit_test_setup(a_poll_and_a_complete_are_said_again_too, set_up),
        cmocka_unit_test_setup(a_complete_goes_before_polls_however_many_were_lost, set_up),
        cmocka_unit_test_setup(whoever_has_not_seen_what_it_said_leads_to_nothing, set_up),
        cmocka_unit_test_setup(cookies_without_end_are_answered_a_few_times, set_up),
        cmocka_unit_test_setup(a_forged_cookie_does_not_keep_it_from_its_association, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
