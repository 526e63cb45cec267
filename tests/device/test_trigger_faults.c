/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's triggers, with the n-th call of the crypto backend failing, for every n of a life, and the device going
 * on, or losing its power there. Whatever leaves or is delivered stands in the record that is durable; a call that
 * failed lets nothing leave; each trigger is acted on once, and acknowledged in the end. A Poll under way has its timer,
 * and a cookie has nothing else said again than what was said.
 */
#include "tests/device/trigger_world.h"
#include "tests/support/failing_crypto.h"

static tw_t w;
static const uint8_t drawn[GODWIT_TRIGGER_RANDOM] = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88};
static bool fails_dark, timer_runs;
static unsigned failed;

static void expect_durable(godwit_slice_t record)
{
    static godwit_trigger_t copy;
    godwit_trigger_config_t config = w.config;
    config.crypto = CRYPTO;
    assert_int_equal(godwit_trigger_init(&copy, &config), GODWIT_OK);
    assert_int_equal(godwit_trigger_restore(&copy, record), GODWIT_OK);
    const godwit_trigger_association_t *here = &w.t.current, *durable = &copy.current;
    assert_int_equal(here->number, durable->number);
    assert_memory_equal(here->k_iwf, durable->k_iwf, sizeof here->k_iwf);
    assert_int_equal(here->limit_up, durable->next_up); /* skipped after a power loss */
    assert_int_equal(here->next_down, durable->next_down);
    assert_true(here->seen_down == durable->seen_down);
    for (size_t i = 0; i < GODWIT_TRIGGER_PENDING_MAX; i++) {
        assert_int_equal(w.t.pending[i].used, copy.pending[i].used);
        assert_int_equal(w.t.pending[i].trigger.reference, copy.pending[i].trigger.reference);
    }
    for (size_t i = 0; i < GODWIT_TRIGGER_MEMORY_MAX; i++) {
        assert_int_equal(w.t.memory[i].reference, copy.memory[i].reference);
        assert_int_equal(w.t.memory[i].outcome, copy.memory[i].outcome);
    }
}

static void expect_in_order(godwit_status_t status)
{
    const godwit_trigger_requests_t *list = &w.requests;
    const bool stores = list->count > 0 && list->item[0].kind == GODWIT_TRIGGER_STORE;
    for (size_t i = 0; i < list->count; i++) {
        const godwit_trigger_request_kind_t kind = list->item[i].kind;
        assert_true(kind != GODWIT_TRIGGER_STORE || i == 0);
        assert_true(status == GODWIT_OK || kind == GODWIT_TRIGGER_TIMER || kind == GODWIT_TRIGGER_EVENT);
        if (kind == GODWIT_TRIGGER_SEND || kind == GODWIT_TRIGGER_DELIVER) {
            expect_durable(stores ? list->item[0].octets : godwit_slice(w.nvm, w.nvm_len));
        }
    }
}

static void expect_timer(void)
{
    for (size_t i = 0; i < w.requests.count; i++) {
        if (w.requests.item[i].kind == GODWIT_TRIGGER_TIMER) {
            timer_runs = w.requests.item[i].delay_ms != 0;
        }
    }
    assert_true(w.t.polls == 0 || timer_runs);
}

static bool took(godwit_status_t status)
{
    expect_in_order(status);
    expect_timer();
    tw_carry_out(&w);
    if (status == GODWIT_OK) {
        return true;
    }
    assert_int_equal(status, GODWIT_CRYPTO_FAILED);
    failed++;
    if (fails_dark) {
        timer_runs = false;
        tw_reboot(&w);
    }
    return false;
}

/* The MTC-IWF has a Complete when one went up; what it says it says again where the device could not take it. */
static void say(godwit_slice_t octets)
{
    for (unsigned i = 0; i < 2; i++) {
        const bool good = took(godwit_trigger_receive(&w.t, octets, NAS, w.now, &w.requests));
        for (unsigned k = 0; k < w.sends; k++) {
            (void)tw_complete(&w, tw_slice(&w.sent[k]));
        }
        if (good) {
            return;
        }
    }
}

static void say_trigger(const godwit_a3_message_t *m)
{
    const tw_octets_t o = tw_protect(&w, m);
    say(tw_slice(&o));
    for (size_t i = 0; i < GODWIT_TRIGGER_PENDING_MAX; i++) {
        const godwit_trigger_pending_t *p = &w.t.pending[i];
        if (p->used) {
            assert_true(w.acted[p->trigger.reference] + w.repeated[p->trigger.reference] > 0);
            (void)took(godwit_trigger_done(&w.t, p->trigger.reference, GODWIT_A3_DELIVERED, &w.requests));
        }
    }
    say(tw_slice(&o)); /* the acknowledgement may not have come: once more, the same */
    for (size_t i = 0; i < GODWIT_TRIGGER_PENDING_MAX; i++) {
        if (w.t.pending[i].used) { /* delivered once more after the power went */
            (void)took(godwit_trigger_done(&w.t, w.t.pending[i].trigger.reference, GODWIT_A3_DELIVERED, &w.requests));
        }
    }
}

static void associate(uint32_t number)
{
    tw_make_command(&w, number, TIME + number);
    say(tw_slice(&w.command));
    assert_int_equal(w.number, number);
}

/* Its Complete is lost, or could not be said, and the Command comes no more: the device says it with its Polls. */
static void associate_over_udp(uint32_t number)
{
    tw_make_command(&w, number, TIME + number);
    for (unsigned i = 0; i < 2 && w.t.current.number != number; i++) {
        (void)took(godwit_trigger_receive(&w.t, tw_slice(&w.command), A3, w.now, &w.requests));
    }
    for (unsigned i = 0; i < 2 && w.number != number; i++) {
        assert_true(fails_dark || w.t.polls > 0);
        timer_runs = false;
        (void)took(w.t.polls > 0 ? godwit_trigger_timer(&w.t, &w.requests)
                                 : godwit_trigger_poll(&w.t, drawn, &w.requests));
        for (unsigned k = 0; k < w.sends; k++) {
            (void)tw_complete(&w, tw_slice(&w.sent[k]));
        }
    }
    assert_int_equal(w.number, number);
}

static void give_root(void)
{
    const unsigned before = failed;
    (void)took(godwit_trigger_root(&w.t, GODWIT_IWF_ROOT_FLAGGED, w.root, w.rand, &w.requests));
    if (failed != before) {
        (void)took(godwit_trigger_root(&w.t, GODWIT_IWF_ROOT_FLAGGED, w.root, w.rand, &w.requests));
    }
}

static void cookie_came_for(const tw_octets_t *said)
{
    const tw_octets_t o = tw_cookie_for(said, 1);
    (void)took(godwit_trigger_receive(&w.t, tw_slice(&o), A3, w.now, &w.requests));
    for (unsigned i = 0; i < w.sends; i++) {
        assert_true(w.has_cookie);
        assert_int_equal(w.sent[i].len, said->len);
        assert_memory_equal(w.sent[i].at, said->at, said->len);
    }
}

/* The cookie for the first sending comes behind the second, or behind the attempt. */
static void say_polls(void)
{
    (void)took(godwit_trigger_poll(&w.t, drawn, &w.requests));
    const bool went = w.sends > 0;
    const tw_octets_t first = w.sent[0];
    timer_runs = false;
    (void)took(godwit_trigger_timer(&w.t, &w.requests));
    const bool again = w.sends > 0;
    const tw_octets_t second = w.sent[0];
    if (went) {
        cookie_came_for(&first);
    }
    if (again) {
        cookie_came_for(&second);
    }
}

static void poll(void)
{
    const godwit_a3_message_t answer = {.type = GODWIT_A3_POLL_ANSWER, .poll_answer = {.time_s = TIME + 10}};
    say_polls();
    const tw_octets_t o = tw_protect(&w, &answer);
    say(tw_slice(&o));
}

static void live(void)
{
    give_root();
    say_polls();
    associate(1);
    say_polls();
    for (uint32_t reference = 1; reference <= 6; reference++) {
        const godwit_a3_message_t m = tw_trigger(reference, TIME + 5, 0);
        say_trigger(&m);
    }
    poll();
    const godwit_a3_message_t recall = tw_recall(7, 8, TIME + 11), recalled = tw_trigger(8, TIME + 12, 0);
    say_trigger(&recall);
    say_trigger(&recalled);
    associate_over_udp(2);
    say_polls();
    const godwit_a3_message_t last = tw_trigger(9, TIME + 13, 0);
    say_trigger(&last);
}

static void sweep(bool dark)
{
    bool done = false;
    for (unsigned n = 1; !done; n++) {
        tw_init(&w);
        w.confirms = false;
        w.config.reserve = 2;
        w.config.crypto = &failing_crypto;
        assert_int_equal(godwit_trigger_init(&w.t, &w.config), GODWIT_OK);
        fails_dark = dark;
        timer_runs = false;
        failing_crypto_at(n);
        live();
        done = failing_crypto_waits();
        failing_crypto_at(0);
        for (uint32_t reference = 1; reference <= 9; reference++) {
            const bool wanted = reference != 7 && reference != 8;
            assert_int_equal(w.acted[reference], wanted ? 1 : 0);
            assert_true(w.repeated[reference] <= (dark && wanted ? 1u : 0u));
        }
        const godwit_a3_message_t again = tw_trigger(10, TIME + 14, 0);
        say_trigger(&again);
        assert_int_equal(w.acted[10], 1);
        assert_true(!done || n > 100); /* and the whole life was gone through */
    }
}

static void whatever_fails_nothing_leaves_before_it_is_stored(void **state)
{
    (void)state;
    sweep(false);
}

static void the_same_where_the_power_goes_with_it(void **state)
{
    (void)state;
    sweep(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_fails_nothing_leaves_before_it_is_stored),
        cmocka_unit_test(the_same_where_the_power_goes_with_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
