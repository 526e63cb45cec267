/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's triggers when the power goes: at every request of a long conversation, with an MTC-IWF that says each
 * trigger again until it is acknowledged.
 * Nothing is lost; nothing is acted on twice but for the one thing that cannot be known, and that is marked; no COUNT
 * says two things.
 */
#include "tests/device/trigger_world.h"

static const uint8_t drawn[GODWIT_TRIGGER_RANDOM] = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88};

#define TRIGGERS 6u      /* references 2, 4, 6 and so on; the odd ones are recalls */
#define REFRESH_AFTER 3u /* then another association */
#define RETRIES 6u

static tw_t w;

/* Whether that reference was acknowledged in what went up last; false where nothing of the kind can be read. */
static bool is_acknowledged(uint32_t reference, godwit_a3_outcome_t *outcome)
{
    const godwit_a3_key_t key = {w.k_iwf, w.number, w.suite};
    godwit_a3_opened_t opened;
    for (unsigned i = 0; i < w.sends; i++) {
        if (godwit_a3_open(CRYPTO, &key, false, tw_slice(&w.sent[i]), &opened) == GODWIT_OK &&
            opened.message.type == GODWIT_A3_ACKNOWLEDGEMENT && opened.message.acknowledgement.reference == reference) {
            *outcome = opened.message.acknowledgement.outcome;
            return true;
        }
    }
    return false;
}

static void revive(void)
{
    if (w.dark) {
        tw_reboot(&w);
    }
}

static void associate(uint32_t number)
{
    tw_make_command(&w, number, TIME);
    for (unsigned i = 0; i < RETRIES && w.number != number; i++) {
        tw_receive(&w, tw_slice(&w.command), NAS);
        if (w.sends > 0) {
            (void)tw_complete(&w, tw_slice(&w.sent[0]));
        }
        revive();
        if (i == 0 && w.t.root[0].state == GODWIT_TRIGGER_ROOT_NONE) {
            tw_root(&w); /* the access gives it again */
        }
    }
    assert_int_equal(w.number, number);
}

/* As an MTC-IWF does: the same octets, until they are acknowledged. */
static godwit_a3_outcome_t say(const godwit_a3_message_t *m)
{
    const tw_octets_t o = tw_protect(&w, m);
    godwit_a3_outcome_t outcome = (godwit_a3_outcome_t)0;
    for (unsigned i = 0; i < RETRIES; i++) {
        tw_receive(&w, tw_slice(&o), NAS);
        bool done = is_acknowledged(m->trigger.reference, &outcome);
        if (w.dark) {
            tw_reboot(&w); /* what was not confirmed is delivered again, and acknowledged then */
            done = is_acknowledged(m->trigger.reference, &outcome) || done;
        }
        if (done) {
            return outcome;
        }
    }
    fail_msg("reference %u is lost", m->trigger.reference);
    return outcome;
}

static void conversation(void)
{
    tw_root(&w);
    revive();
    tw_root(&w);
    associate(1);
    for (uint32_t i = 0; i < TRIGGERS; i++) {
        const uint32_t reference = 2 + 2 * i, recalled = 100 + i;
        const godwit_a3_message_t m = tw_trigger(reference, TIME, 60);
        const godwit_a3_message_t recall = tw_recall(reference + 1, recalled, TIME);
        const godwit_a3_message_t late = tw_trigger(recalled, TIME, 60);
        assert_int_equal(say(&m), GODWIT_A3_DELIVERED);
        assert_int_equal(say(&recall), GODWIT_A3_RECALLED);
        assert_int_equal(say(&late), GODWIT_A3_RECALLED);
        if (i == REFRESH_AFTER) {
            associate(2);
        }
    }
}

static unsigned requests_in_all(void)
{
    unsigned needed = 0;
    tw_init(&w);
    w.power = 1000000;
    conversation();
    assert_false(w.dark);
    needed = 1000000u - (unsigned)w.power;
    return needed;
}

static void the_power_goes_at_every_request(void **state)
{
    (void)state;
    const unsigned all = requests_in_all();
    unsigned repeated = 0;
    assert_true(all > 50);
    for (unsigned cut = 0; cut < all; cut++) {
        tw_init(&w);
        w.power = (int)cut;
        conversation();
        for (uint32_t i = 0; i < TRIGGERS; i++) {
            const uint32_t reference = 2 + 2 * i;
            assert_int_equal(w.acted[reference] + w.repeated[reference] > 0, 1);
            assert_true(w.acted[reference] <= 1);
            assert_true(w.repeated[reference] <= 1);
            repeated += w.repeated[reference];
            assert_int_equal(w.acted[100 + i] + w.repeated[100 + i], 0);
        }
    }
    assert_true(repeated > 0); /* between DELIVER and the STORE of done: said so */
}

/* COUNTs that were reserved are skipped, never used again. */
static void no_count_comes_twice_across_many_losses(void **state)
{
    (void)state;
    tw_init(&w);
    tw_root(&w);
    tw_associate(&w, 1);
    for (uint32_t i = 0; i < 40; i++) {
        const godwit_a3_message_t m = tw_trigger(2 + i, TIME, 60);
        w.power = (int)(i % 7);
        (void)say(&m); /* tw_carry_out looks at each COUNT */
        w.power = -1;
        assert_int_equal(godwit_trigger_poll(&w.t, drawn, &w.requests), GODWIT_OK);
        tw_carry_out(&w);
    }
}

static uint32_t polled(void)
{
    godwit_a3_header_t header;
    assert_int_equal(godwit_trigger_poll(&w.t, drawn, &w.requests), GODWIT_OK);
    tw_carry_out(&w);
    assert_int_equal(godwit_a3_peek(tw_slice(&w.sent[w.sends - 1]), &header), GODWIT_OK);
    return header.count; /* its Complete may go before it */
}

static void polls_alone_spend_no_count_that_is_not_reserved(void **state)
{
    (void)state;
    uint32_t last = 0;
    tw_init(&w);
    tw_root(&w);
    tw_associate(&w, 1);
    const unsigned before = w.stores;
    for (unsigned i = 0; i < 60; i++) {
        if (i % 13 == 12) {
            tw_reboot(&w);
        }
        const uint32_t count = polled();
        assert_true(count > last);
        last = count;
    }
    assert_true(w.stores - before < 20); /* and not each of them costs a STORE */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_power_goes_at_every_request),
        cmocka_unit_test(polls_alone_spend_no_count_that_is_not_reserved),
        cmocka_unit_test(no_count_comes_twice_across_many_losses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
