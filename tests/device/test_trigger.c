/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's triggers: it acts on what an authorised MTC-IWF says, once, in time, and on nothing else.
 */
#include "tests/device/trigger_world.h"

static const uint8_t drawn[GODWIT_TRIGGER_RANDOM] = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88};

static tw_t w;

static int set_up(void **state)
{
    (void)state;
    tw_init(&w);
    tw_root(&w);
    tw_associate(&w, 1);
    return 0;
}

/* ---- the conversation of the vectors ---- */

static void hear(const kat_record_t *r, const char *name, godwit_trigger_via_t via)
{
    tw_receive(&w, kat_hex(r, name), via);
}

static void expect_up(const kat_record_t *r, const char *name)
{
    assert_int_equal(w.sends, 1);
    kat_expect(r, name, w.sent[0].at, w.sent[0].len);
}

static void conversation(const kat_record_t *r, void *context)
{
    (void)context;
    tw_init(&w);
    tw_root(&w);
    hear(r, "command", NAS);
    expect_up(r, "complete");
    hear(r, "trigger", GODWIT_TRIGGER_VIA_SMS);
    expect_up(r, "acknowledgement");
    assert_int_equal(w.acted[7], 1);
    hear(r, "recall", NAS);
    expect_up(r, "recall_acknowledgement");
    hear(r, "late", NAS); /* the recall was faster */
    expect_up(r, "late_acknowledgement");
    assert_int_equal(w.acted[8], 0);
    assert_int_equal(godwit_trigger_poll(&w.t, drawn, &w.requests), GODWIT_OK);
    tw_carry_out(&w);
    expect_up(r, "poll");
    hear(r, "poll_answer", GODWIT_TRIGGER_VIA_A3);
    assert_int_equal(w.sends, 0);
    assert_int_equal(godwit_trigger_waiting(&w.t), 1);
    hear(r, "replace", NAS);
    expect_up(r, "replace_acknowledgement");
    assert_int_equal(w.acted[11], 1);
    assert_int_equal(w.acted[7], 1);
}

static void a_whole_conversation_octet_by_octet(void **state)
{
    (void)state;
    kat_each("trigger.txt", "conversation", conversation, NULL);
}

/* ---- what the application sees ---- */

static const godwit_trigger_delivery_t *delivery(void)
{
    static const godwit_trigger_delivery_t none;
    for (size_t i = 0; i < w.requests.count; i++) {
        if (w.requests.item[i].kind == GODWIT_TRIGGER_DELIVER) {
            return &w.requests.item[i].delivery;
        }
    }
    fail_msg("nothing was delivered");
    return &none;
}

static void a_trigger_says_what_is_proved(void **state)
{
    (void)state;
    uint8_t source[8];
    w.confirms = false;
    godwit_a3_message_t m = tw_trigger(2, TIME, 60);
    m.trigger.priority = true;
    tw_down(&w, &m);
    const godwit_trigger_delivery_t *d = delivery();
    assert_int_equal(godwit_a3_source(CRYPTO, "scs.example", true, source), GODWIT_OK);
    assert_true(d->protected && d->proved && d->priority && !d->repeated);
    assert_memory_equal(d->source, source, 8);
    assert_int_equal(d->port, PORT);
    assert_memory_equal(d->payload.ptr, "valve", 5);
    assert_int_equal(godwit_trigger_done(&w.t, 2, GODWIT_A3_NO_APPLICATION, &w.requests), GODWIT_OK);
    tw_carry_out(&w);
    tw_expect_acknowledged(&w, 2, GODWIT_A3_NO_APPLICATION);
    m = tw_trigger(3, TIME, 60);
    memset(m.trigger.source, 0, 8); /* B1 or B2 proved nothing */
    tw_down(&w, &m);
    d = delivery();
    assert_true(d->protected && !d->proved);
    assert_int_equal(godwit_trigger_done(&w.t, 4, GODWIT_A3_DELIVERED, &w.requests), GODWIT_NOT_FOUND);
    assert_int_equal(godwit_trigger_done(&w.t, 3, GODWIT_A3_EXPIRED, &w.requests), GODWIT_INVALID_ARGUMENT);
}

static void without_a_wish_nothing_is_acknowledged(void **state)
{
    (void)state;
    godwit_a3_message_t m = tw_trigger(2, TIME, 60);
    m.trigger.acknowledge = false;
    tw_down(&w, &m);
    assert_int_equal(w.acted[2], 1);
    assert_int_equal(w.sends, 0);
}

/* ---- replay, reorder, repetition ---- */

static void a_repeated_trigger_is_acknowledged_again_and_not_acted_on(void **state)
{
    (void)state;
    const godwit_a3_message_t m = tw_trigger(2, TIME, 60);
    const tw_octets_t o = tw_protect(&w, &m);
    tw_receive(&w, tw_slice(&o), NAS);
    for (unsigned i = 0; i < 8; i++) {
        tw_receive(&w, tw_slice(&o), NAS);
        tw_expect_acknowledged(&w, 2, GODWIT_A3_DELIVERED);
    }
    tw_receive(&w, tw_slice(&o), NAS); /* a recording, by now */
    tw_expect_refused(&w, GODWIT_REPLAY);
    tw_down(&w, &m); /* the MTC-IWF itself says it anew */
    tw_expect_acknowledged(&w, 2, GODWIT_A3_DELIVERED);
    assert_int_equal(w.acted[2], 1);
}

static void an_unconfirmed_trigger_is_not_delivered_again(void **state)
{
    (void)state;
    w.confirms = false;
    const godwit_a3_message_t m = tw_trigger(2, TIME, 60);
    const tw_octets_t o = tw_protect(&w, &m);
    tw_receive(&w, tw_slice(&o), NAS);
    tw_receive(&w, tw_slice(&o), NAS);
    tw_expect_refused(&w, GODWIT_REPLAY);
    tw_down(&w, &m);
    assert_non_null(tw_event(&w, "again"));
    assert_int_equal(w.sends, 0);
    assert_int_equal(w.acted[2], 1);
    assert_int_equal(godwit_trigger_done(&w.t, 2, GODWIT_A3_DELIVERED, &w.requests), GODWIT_OK);
    tw_carry_out(&w);
    tw_expect_acknowledged(&w, 2, GODWIT_A3_DELIVERED);
}

static void order_does_not_matter_within_the_window(void **state)
{
    (void)state;
    tw_octets_t o[70];
    for (unsigned i = 0; i < 70; i++) {
        const godwit_a3_message_t m = tw_trigger(2 + i, TIME, 60);
        o[i] = tw_protect(&w, &m);
    }
    tw_receive(&w, tw_slice(&o[69]), NAS);
    for (unsigned i = 68; i >= 6; i--) {
        tw_receive(&w, tw_slice(&o[i]), NAS);
        assert_int_equal(w.acted[2 + i] + w.repeated[2 + i], 1); /* marked where it forgets what it cannot tell */
    }
    assert_int_equal(w.acted[2 + 69 - GODWIT_TRIGGER_MEMORY_MAX / 4], 1);
    tw_receive(&w, tw_slice(&o[5]), NAS); /* 64 below the highest */
    tw_expect_refused(&w, GODWIT_REPLAY);
    assert_int_equal(w.acted[7], 0);
}

static void what_is_busy_is_not_taken_and_not_lost(void **state)
{
    (void)state;
    w.confirms = false;
    tw_octets_t o[3];
    for (uint32_t i = 0; i < 3; i++) {
        const godwit_a3_message_t m = tw_trigger(2 + i, TIME, 60);
        o[i] = tw_protect(&w, &m);
        tw_receive(&w, tw_slice(&o[i]), NAS);
    }
    assert_non_null(tw_event(&w, "busy"));
    assert_int_equal(w.acted[4], 0);
    assert_int_equal(godwit_trigger_done(&w.t, 2, GODWIT_A3_DELIVERED, &w.requests), GODWIT_OK);
    tw_carry_out(&w);
    tw_receive(&w, tw_slice(&o[2]), NAS); /* the same octets */
    assert_int_equal(w.acted[4], 1);
}

/* ---- recall, replace ---- */

static void a_recalled_trigger_that_comes_late_is_not_acted_on(void **state)
{
    (void)state;
    const godwit_a3_message_t m = tw_trigger(2, TIME, 60), recall = tw_recall(3, 2, TIME + 1);
    const tw_octets_t late = tw_protect(&w, &m);
    tw_down(&w, &recall);
    tw_expect_acknowledged(&w, 3, GODWIT_A3_RECALLED);
    tw_reboot(&w); /* it is remembered in the dark, too */
    tw_receive(&w, tw_slice(&late), NAS);
    assert_non_null(tw_event(&w, "recalled"));
    tw_expect_acknowledged(&w, 2, GODWIT_A3_RECALLED);
    assert_int_equal(w.acted[2], 0);
}

static void a_recall_after_delivery_is_too_late(void **state)
{
    (void)state;
    const godwit_a3_message_t m = tw_trigger(2, TIME, 60), recall = tw_recall(3, 2, TIME + 1);
    tw_down(&w, &m);
    tw_down(&w, &recall);
    tw_expect_acknowledged(&w, 3, GODWIT_A3_TOO_LATE);
    w.confirms = false;
    const godwit_a3_message_t open = tw_trigger(4, TIME, 60), recall_it = tw_recall(5, 4, TIME + 1);
    tw_down(&w, &open); /* with its application, not confirmed */
    tw_down(&w, &recall_it);
    tw_expect_acknowledged(&w, 5, GODWIT_A3_TOO_LATE);
    assert_int_equal(w.acted[2] + w.acted[4], 2);
}

static godwit_a3_message_t replacement(uint32_t reference, uint32_t old)
{
    godwit_a3_message_t m = tw_trigger(reference, TIME + 1, 60);
    m.trigger.action = GODWIT_A3_REPLACE;
    m.trigger.old_reference = old;
    return m;
}

static void a_replacement_takes_the_place_of_what_has_not_come(void **state)
{
    (void)state;
    const godwit_a3_message_t old = tw_trigger(2, TIME, 60), instead = replacement(3, 2), too_late = replacement(4, 3);
    const tw_octets_t late = tw_protect(&w, &old);
    tw_down(&w, &instead);
    tw_expect_acknowledged(&w, 3, GODWIT_A3_DELIVERED);
    tw_receive(&w, tw_slice(&late), NAS);
    tw_expect_acknowledged(&w, 2, GODWIT_A3_REPLACED);
    tw_down(&w, &too_late);
    tw_expect_acknowledged(&w, 4, GODWIT_A3_TOO_LATE);
    assert_int_equal(w.acted[2], 0);
    assert_int_equal(w.acted[3], 1);
    assert_int_equal(w.acted[4], 0);
}

/* Between device and MTC-IWF somebody holds a trigger back, lets its recall pass, and then as many others as it takes
 * to forget. */
static void a_recalled_trigger_is_not_acted_on_when_the_recall_is_forgotten(void **state)
{
    (void)state;
    const godwit_a3_message_t m = tw_trigger(2, TIME, 0), recall = tw_recall(3, 2, TIME + 1);
    const tw_octets_t held = tw_protect(&w, &m);
    tw_down(&w, &recall);
    for (uint32_t i = 0; i < GODWIT_TRIGGER_MEMORY_MAX; i++) {
        const godwit_a3_message_t other = tw_trigger(10 + i, TIME + 1, 0);
        tw_down(&w, &other);
        assert_int_equal(w.acted[10 + i], 1);
    }
    tw_reboot(&w);
    tw_receive(&w, tw_slice(&held), NAS);
    tw_expect_refused(&w, GODWIT_REPLAY);
    assert_int_equal(w.acted[2], 0);
}

/* The MTC-IWF has not heard the Acknowledgement, and goes on with others. */
static void a_trigger_that_is_said_again_is_remembered_the_longest(void **state)
{
    (void)state;
    const godwit_a3_message_t m = tw_trigger(2, TIME, 0);
    tw_down(&w, &m);
    for (uint32_t i = 0; i < 2 * GODWIT_TRIGGER_MEMORY_MAX; i++) {
        const godwit_a3_message_t other = tw_trigger(10 + i, TIME, 0);
        tw_down(&w, &other);
        if (i % 8 == 7) {
            tw_down(&w, &m);
            assert_non_null(tw_event(&w, "again"));
            tw_expect_acknowledged(&w, 2, GODWIT_A3_DELIVERED);
        }
    }
    assert_int_equal(w.acted[2], 1);
    assert_int_equal(w.repeated[2], 0);
}

/* And says it again when the device has forgotten it: nobody knows, and nobody is told that it is the first time. */
static void what_may_be_forgotten_is_delivered_as_a_repetition(void **state)
{
    (void)state;
    const godwit_a3_message_t early = tw_trigger(UINT32_MAX, TIME, 0), m = tw_trigger(2, TIME, 0),
                              recall = tw_recall(200, UINT32_MAX, TIME), unknown = tw_trigger(3, TIME, 0),
                              fresh = tw_trigger(201, TIME, 0);
    w.confirms = false;
    tw_down(&w, &early); /* references begin anew */
    assert_int_equal(godwit_trigger_done(&w.t, UINT32_MAX, GODWIT_A3_DELIVERED, &w.requests), GODWIT_OK);
    tw_carry_out(&w);
    w.confirms = true;
    tw_down(&w, &m);
    for (uint32_t i = 0; i < GODWIT_TRIGGER_MEMORY_MAX; i++) {
        const godwit_a3_message_t other = tw_trigger(10 + i, TIME, 0);
        tw_down(&w, &other);
        assert_int_equal(w.repeated[10 + i], 0);
    }
    tw_reboot(&w);
    tw_down(&w, &m);
    assert_int_equal(w.repeated[2], 1);
    tw_down(&w, &m);
    assert_int_equal(w.repeated[2], 1);
    tw_down(&w, &unknown); /* it has never come: as far as the device knows it may have */
    assert_int_equal(w.repeated[3], 1);
    tw_down(&w, &recall);
    tw_expect_acknowledged(&w, 200, GODWIT_A3_TOO_LATE);
    tw_down(&w, &fresh);
    assert_int_equal(w.acted[201], 1);
    assert_int_equal(w.repeated[201], 0);
}

/* The same, by a visited network that has no key and a device that takes triggers of it. */
static void nobody_without_a_key_makes_the_device_forget(void **state)
{
    (void)state;
    w.t.config.accept_network = w.config.accept_network = true;
    const godwit_a3_message_t m = tw_trigger(2, TIME, 0), recall = tw_recall(3, 2, TIME + 1);
    const tw_octets_t held = tw_protect(&w, &m);
    tw_down(&w, &recall);
    for (uint32_t i = 0; i < 2 * GODWIT_TRIGGER_MEMORY_MAX; i++) {
        const godwit_a3_message_t open = tw_recall(100 + i, 1000 + i, TIME);
        const tw_octets_t o = tw_unprotected(&open);
        tw_receive(&w, tw_slice(&o), NAS);
        tw_receive(&w, tw_slice(&o), NAS);
        assert_non_null(tw_event(&w, "again")); /* the newest of its own are remembered */
    }
    tw_reboot(&w);
    tw_receive(&w, tw_slice(&held), NAS);
    assert_non_null(tw_event(&w, "recalled"));
    tw_expect_acknowledged(&w, 2, GODWIT_A3_RECALLED);
    assert_int_equal(w.acted[2], 0);
}

static void a_replacement_that_comes_too_late_still_takes_the_old_one_away(void **state)
{
    (void)state;
    const godwit_a3_message_t old = tw_trigger(2, TIME, 3600), instead = replacement(3, 2);
    const tw_octets_t late = tw_protect(&w, &old);
    w.now.up_ms += 120000;
    tw_down(&w, &instead);
    tw_expect_acknowledged(&w, 3, GODWIT_A3_EXPIRED);
    tw_receive(&w, tw_slice(&late), NAS);
    tw_expect_acknowledged(&w, 2, GODWIT_A3_REPLACED);
    assert_int_equal(w.acted[2] + w.acted[3], 0);
}

static void two_of_one_reference_are_not_with_their_applications_at_once(void **state)
{
    (void)state;
    w.t.config.accept_network = true;
    w.confirms = false;
    const godwit_a3_message_t m = tw_trigger(2, TIME, 60);
    const tw_octets_t o = tw_unprotected(&m);
    tw_down(&w, &m);
    tw_receive(&w, tw_slice(&o), NAS); /* done would not say which of them */
    assert_non_null(tw_event(&w, "busy"));
    assert_int_equal(w.acted[2], 1);
}

/* ---- time ---- */

static void an_expired_trigger_is_not_acted_on(void **state)
{
    (void)state;
    const godwit_a3_message_t m = tw_trigger(2, TIME, 60), again = tw_trigger(3, TIME, 60);
    const tw_octets_t held = tw_protect(&w, &m), held_longer = tw_protect(&w, &again);
    w.now.up_ms += 60000; /* since the Command told TIME; nothing else was heard, and there is no clock */
    tw_receive(&w, tw_slice(&held), NAS);
    tw_expect_acknowledged(&w, 2, GODWIT_A3_DELIVERED);
    w.now.up_ms += 1000;
    tw_receive(&w, tw_slice(&held_longer), NAS);
    tw_expect_acknowledged(&w, 3, GODWIT_A3_EXPIRED);
    assert_int_equal(w.acted[3], 0);
}

static void the_last_protected_message_tells_the_time(void **state)
{
    (void)state;
    const godwit_a3_message_t m = tw_trigger(2, TIME, 60), always = tw_trigger(3, TIME, 0);
    const godwit_a3_message_t poll_answer = {.type = GODWIT_A3_POLL_ANSWER, .poll_answer = {TIME + 100, 2}};
    const tw_octets_t held = tw_protect(&w, &m);
    tw_down(&w, &poll_answer);
    tw_reboot(&w); /* what went by in the dark nobody knows; what was told stays */
    tw_receive(&w, tw_slice(&held), NAS);
    tw_expect_acknowledged(&w, 2, GODWIT_A3_EXPIRED);
    tw_down(&w, &always);
    tw_expect_acknowledged(&w, 3, GODWIT_A3_DELIVERED);
}

static void years_of_silence_are_counted(void **state)
{
    (void)state;
    const uint32_t days = 86400;
    const godwit_a3_message_t soon = tw_trigger(2, TIME, 1500 * days), late = tw_trigger(3, TIME, 1502 * days);
    const tw_octets_t first = tw_protect(&w, &soon), second = tw_protect(&w, &late);
    w.now.up_ms += 1501ull * days * 1000;
    tw_receive(&w, tw_slice(&first), NAS);
    assert_int_equal(w.acted[2], 0);
    assert_non_null(tw_event(&w, "expired"));
    tw_receive(&w, tw_slice(&second), NAS);
    assert_int_equal(w.acted[3], 1);
}

static void a_clock_counts_where_it_is_ahead(void **state)
{
    (void)state;
    const godwit_a3_message_t m = tw_trigger(2, TIME, 60), fresh = tw_trigger(3, TIME, 60);
    w.now.unix_s = TIME + 61;
    tw_down(&w, &m);
    tw_expect_acknowledged(&w, 2, GODWIT_A3_EXPIRED);
    w.now.unix_s = 1; /* since its battery was changed */
    tw_down(&w, &fresh);
    tw_expect_acknowledged(&w, 3, GODWIT_A3_DELIVERED);
}

/* ---- what nobody may do ---- */

static void a_bent_octet_changes_nothing(void **state)
{
    (void)state;
    const godwit_a3_message_t m = tw_trigger(2, TIME, 60);
    tw_octets_t o = tw_protect(&w, &m);
    uint8_t before[GODWIT_TRIGGER_RECORD];
    memcpy(before, w.nvm, sizeof before);
    for (size_t bit = 0; bit < 8 * o.len; bit++) {
        o.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        tw_receive(&w, tw_slice(&o), NAS);
        o.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(w.acted[2], 0);
        assert_memory_equal(before, w.nvm, sizeof before);
    }
    tw_receive(&w, tw_slice(&o), NAS);
    assert_int_equal(w.acted[2], 1);
}

static void what_went_up_does_not_come_down(void **state)
{
    (void)state;
    const godwit_a3_message_t m = tw_trigger(2, TIME, 60);
    tw_down(&w, &m);
    const tw_octets_t mine = w.sent[0];
    tw_receive(&w, tw_slice(&mine), NAS);
    tw_expect_refused(&w, GODWIT_MALFORMED);
}

static void without_protection_only_what_the_configuration_allows(void **state)
{
    (void)state;
    const godwit_a3_message_t m = tw_trigger(2, TIME, 60);
    const tw_octets_t o = tw_unprotected(&m);
    tw_receive(&w, tw_slice(&o), NAS); /* accept: association */
    assert_non_null(tw_event(&w, "unprotected"));
    assert_int_equal(w.acted[2] + w.sends, 0);
    w.config.accept_network = true;
    w.t.config.accept_network = true;
    tw_receive(&w, tw_slice(&o), GODWIT_TRIGGER_VIA_SMS);
    tw_receive(&w, tw_slice(&o), GODWIT_TRIGGER_VIA_A3);
    assert_int_equal(w.acted[2] + w.sends, 0);
    tw_receive(&w, tw_slice(&o), NAS);
    assert_int_equal(w.acted[2], 1);
    assert_int_equal(w.sends, 1);
    for (unsigned i = 0; i < 20; i++) { /* said again without end: acknowledged a few times */
        tw_receive(&w, tw_slice(&o), NAS);
        assert_int_equal(w.sends, i < 8 ? 1 : 0);
    }
    assert_int_equal(w.acted[2], 1);
    tw_down(&w, &m); /* and it does not stand in the way of the protected one of that reference */
    assert_int_equal(w.acted[2], 2);
}

static void an_unprotected_recall_does_not_stop_a_protected_trigger(void **state)
{
    (void)state;
    w.t.config.accept_network = true;
    const godwit_a3_message_t recall = tw_recall(3, 2, TIME), m = tw_trigger(2, TIME, 60);
    const tw_octets_t o = tw_unprotected(&recall);
    tw_receive(&w, tw_slice(&o), NAS);
    assert_int_equal(w.sends, 1);
    tw_down(&w, &m);
    assert_int_equal(w.acted[2], 1);
}

/* ---- polls ---- */

static unsigned timer(uint32_t *delay_ms)
{
    unsigned found = 0;
    for (size_t i = 0; i < w.requests.count; i++) {
        if (w.requests.item[i].kind == GODWIT_TRIGGER_TIMER) {
            *delay_ms = w.requests.item[i].delay_ms;
            found++;
        }
    }
    return found;
}

static void a_poll_is_said_again_until_something_comes(void **state)
{
    (void)state;
    uint32_t delay_ms = 1;
    assert_int_equal(godwit_trigger_poll(&w.t, drawn, &w.requests), GODWIT_OK);
    assert_int_equal(timer(&delay_ms), 1);
    assert_int_equal(delay_ms, 4000);
    assert_int_equal(godwit_trigger_timer(&w.t, &w.requests), GODWIT_OK);
    assert_int_equal(timer(&delay_ms), 1);
    assert_int_equal(delay_ms, 8000);
    tw_carry_out(&w);
    assert_int_equal(tw_up(&w, 0).type, GODWIT_A3_COMPLETE); /* nobody has said that it came */
    assert_int_equal(tw_up(&w, 1).poll.next_down, 1);
    const godwit_a3_message_t answer = {.type = GODWIT_A3_POLL_ANSWER, .poll_answer = {TIME, 3}};
    tw_down(&w, &answer);
    assert_int_equal(timer(&delay_ms), 1);
    assert_int_equal(delay_ms, 0);
    assert_int_equal(godwit_trigger_waiting(&w.t), 3);
    assert_int_equal(godwit_trigger_timer(&w.t, &w.requests), GODWIT_OK);
    assert_int_equal(w.requests.count, 0);
    assert_int_equal(godwit_trigger_poll(&w.t, drawn, &w.requests), GODWIT_OK);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(godwit_trigger_timer(&w.t, &w.requests), GODWIT_OK);
        assert_null(tw_event(&w, "given_up"));
    }
    assert_int_equal(godwit_trigger_timer(&w.t, &w.requests), GODWIT_OK);
    assert_non_null(tw_event(&w, "given_up"));
}

/* Its MTC-IWF may have lost the association, as with a store of a backup: no Poll is understood there ever again. */
static void polls_that_nobody_answers_end_with_the_hint_that_asks_for_an_association(void **state)
{
    (void)state;
    assert_int_equal(godwit_trigger_poll(&w.t, drawn, &w.requests), GODWIT_OK);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(godwit_trigger_timer(&w.t, &w.requests), GODWIT_OK);
    }
    assert_non_null(tw_event(&w, "given_up"));
    tw_carry_out(&w);
    godwit_a3_message_t hint;
    assert_int_equal(w.sends, 1);
    assert_int_equal(godwit_a3_unprotected_parse(false, tw_slice(&w.sent[0]), &hint), GODWIT_OK);
    assert_int_equal(hint.type, GODWIT_A3_REJECT);
    assert_int_equal(hint.reject.reason, GODWIT_A3_NO_ASSOCIATION);
    assert_int_equal(godwit_trigger_timer(&w.t, &w.requests), GODWIT_OK); /* and then it is silent */
    assert_int_equal(w.requests.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_whole_conversation_octet_by_octet, set_up),
        cmocka_unit_test_setup(a_trigger_says_what_is_proved, set_up),
        cmocka_unit_test_setup(polls_that_nobody_answers_end_with_the_hint_that_asks_for_an_association, set_up),
        cmocka_unit_test_setup(without_a_wish_nothing_is_acknowledged, set_up),
        cmocka_unit_test_setup(a_repeated_trigger_is_acknowledged_again_and_not_acted_on, set_up),
        cmocka_unit_test_setup(an_unconfirmed_trigger_is_not_delivered_again, set_up),
        cmocka_unit_test_setup(order_does_not_matter_within_the_window, set_up),
        cmocka_unit_test_setup(what_is_busy_is_not_taken_and_not_lost, set_up),
        cmocka_unit_test_setup(a_recalled_trigger_that_comes_late_is_not_acted_on, set_up),
        cmocka_unit_test_setup(a_recall_after_delivery_is_too_late, set_up),
        cmocka_unit_test_setup(a_replacement_takes_the_place_of_what_has_not_come, set_up),
        cmocka_unit_test_setup(a_recalled_trigger_is_not_acted_on_when_the_recall_is_forgotten, set_up),
        cmocka_unit_test_setup(a_trigger_that_is_said_again_is_remembered_the_longest, set_up),
        cmocka_unit_test_setup(what_may_be_forgotten_is_delivered_as_a_repetition, set_up),
        cmocka_unit_test_setup(nobody_without_a_key_makes_the_device_forget, set_up),
        cmocka_unit_test_setup(a_replacement_that_comes_too_late_still_takes_the_old_one_away, set_up),
        cmocka_unit_test_setup(two_of_one_reference_are_not_with_their_applications_at_once, set_up),
        cmocka_unit_test_setup(an_expired_trigger_is_not_acted_on, set_up),
        cmocka_unit_test_setup(the_last_protected_message_tells_the_time, set_up),
        cmocka_unit_test_setup(years_of_silence_are_counted, set_up),
        cmocka_unit_test_setup(a_clock_counts_where_it_is_ahead, set_up),
        cmocka_unit_test_setup(a_bent_octet_changes_nothing, set_up),
        cmocka_unit_test_setup(what_went_up_does_not_come_down, set_up),
        cmocka_unit_test_setup(without_protection_only_what_the_configuration_allows, set_up),
        cmocka_unit_test_setup(an_unprotected_recall_does_not_stop_a_protected_trigger, set_up),
        cmocka_unit_test_setup(a_poll_is_said_again_until_something_comes, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
