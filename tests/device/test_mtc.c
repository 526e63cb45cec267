/* SPDX-License-Identifier: Apache-2.0
 *
 * The MTC device against the real role of the MTC server: from a cold start, in a session, when answers are lost, and
 * when the power goes at any step.
 */
#include "tests/device/mtc_world.h"
#include "tests/support/failing_crypto.h"

#include <stdlib.h>

static mtc_world_t w;
static const uint8_t zero[32];

static int setup(void **state)
{
    (void)state;
    mtc_world_init(&w, GODWIT_FRAMING_DEFAULT, GODWIT_MTC_GODWIT1);
    return 0;
}

static void send_and_arrive(unsigned n)
{
    assert_true(mtc_world_send(&w, n));
    mtc_world_pump(&w);
    assert_true(w.was_delivered[n]);
    mtc_world_assert_in_step(&w);
}

/* ---- from a cold start ---- */

static void twenty_octets_from_a_cold_start_are_one_datagram_of_64(void **state)
{
    (void)state;
    mtc_world_send_octets(&w, godwit_slice_of_string("twenty octets, ready"));
    assert_int_equal(w.ups, 1);
    assert_int_equal(w.up[0].len, 64);
    assert_int_equal(w.sim_runs, 2);
    mtc_world_pump(&w);
    assert_string_equal(w.delivered, "twenty octets, ready");
    assert_true(godwit_mtc_is_live(&w.mtc));
    assert_int_not_equal(godwit_mtc_session_id(&w.mtc), 0);
    assert_memory_not_equal(w.mtc.chain, zero, 32);
    mtc_world_assert_in_step(&w);
}

static void later_readings_are_user_plane_of_the_session(void **state)
{
    (void)state;
    send_and_arrive(0);
    send_and_arrive(1);
    assert_int_equal(w.last_up.len, 13 + 2);
    assert_int_equal(w.last_up.at[0] & 0x80, 0x80);
    assert_int_equal(w.sim_runs, 2);
    mtc_world_submit(&w, "open the valve");
    mtc_world_pump(&w);
    assert_string_equal(w.received, "open the valve");
}

static void the_next_first_datagram_does_not_show_the_imsi(void **state)
{
    (void)state;
    godwit_mtc_first_t first;
    send_and_arrive(0);
    godwit_mtc_renew(&w.mtc);
    send_and_arrive(1);
    assert_int_equal(godwit_mtc_first_peek(godwit_slice(w.last_up.at, w.last_up.len), w.config.framing, &first),
                     GODWIT_OK);
    assert_true(first.by_temporary);
    assert_int_equal(first.temporary[0], MTC_TEMPORARY_FIRST);
    assert_int_equal(w.mtc.temporary[0], MTC_TEMPORARY_FIRST + 1);
}

static void a_reading_too_long_for_the_first_datagram_follows_it(void **state)
{
    (void)state;
    static char text[GODWIT_DEVICE_FIRST_READING_MAX + 2];
    memset(text, 'x', sizeof text - 1);
    mtc_world_send_octets(&w, godwit_slice_of_string(text));
    assert_int_equal(w.up[0].len, 6 + 10 + 18 + 8);
    godwit_device_requests_t requests;
    assert_int_equal(godwit_mtc_send(&w.mtc, godwit_slice_of_string("another"), zero, &requests), GODWIT_AGAIN);
    w.lose_up = true; /* the delivery would not fit the world's little buffer */
    w.ups = 0;
    mtc_hand_t hand;
    mtc_hand_init(&hand, w.config.framing);
    mtc_world_timer(&w);
    assert_int_equal(w.up[0].len, 42); /* the identical octets */
}

static void a_set_up_without_a_reading_takes_one_meanwhile(void **state)
{
    (void)state;
    mtc_world_send_octets(&w, godwit_slice(NULL, 0));
    assert_true(mtc_world_send(&w, 1)); /* while the first datagram is under way */
    mtc_world_pump(&w);
    assert_false(w.was_delivered[1]);
    mtc_world_timer(&w);
    mtc_world_pump(&w);
    assert_true(w.was_delivered[1]);
}

static void the_longest_reading_fits_and_no_longer_one(void **state)
{
    (void)state;
    static uint8_t octets[GODWIT_DEVICE_READING_MAX + 1];
    godwit_device_requests_t requests;
    assert_int_equal(godwit_mtc_send(&w.mtc, godwit_slice(octets, sizeof octets), zero, &requests), GODWIT_NO_SPACE);
    assert_int_equal(w.mtc.counter, 0);
    assert_int_equal(godwit_mtc_send(&w.mtc, godwit_slice(octets, sizeof octets - 1), zero, &requests), GODWIT_OK);
}

/* ---- a new RAND1 ---- */

static void when_the_key_has_aged_the_device_begins_anew(void **state)
{
    (void)state;
    w.config.key_readings = 3;
    mtc_world_reboot(&w);
    for (unsigned n = 0; n < 12; n++) {
        send_and_arrive(n);
    }
    assert_int_equal(w.mtc.counter, 3); /* one in the first datagram and three under its key */
    assert_int_equal(hse_stored_sessions(&w.server), 1);
}

static void when_the_server_ends_the_session_the_device_begins_anew(void **state)
{
    (void)state;
    w.server.config.rekey_datagrams = 2;
    hse_world_restart(&w.server);
    for (unsigned n = 0; n < 9; n++) {
        send_and_arrive(n);
    }
    assert_true(w.mtc.counter > 2);
    assert_int_equal(w.server.config.rekey_datagrams, 2);
}

static void when_the_server_has_lost_the_session_the_device_hears_of_it_and_begins_anew(void **state)
{
    (void)state;
    send_and_arrive(0);
    w.server.owner.record_count = 0;
    hse_world_restart(&w.server);
    assert_true(mtc_world_send(&w, 1));
    mtc_world_pump(&w);
    assert_false(w.was_delivered[1]);
    assert_true(w.last_was_uncertain);
    assert_int_equal(w.last_refusal, GODWIT_UNKNOWN_SESSION);
    send_and_arrive(2);
    assert_int_equal(w.mtc.counter, 2);
}

/* ---- profile ts33868 ---- */

static void the_profile_ts33868_runs_the_sim_once_and_has_no_chain(void **state)
{
    (void)state;
    for (unsigned p = GODWIT_MTC_TS33868_KC; p <= GODWIT_MTC_TS33868_K_MTC; p++) {
        mtc_world_init(&w, GODWIT_FRAMING_DEFAULT, (godwit_mtc_profile_t)p);
        assert_true(mtc_world_send(&w, 0));
        assert_int_equal(w.last_up.len, 64 - 18 + 6); /* a reading of 2 octets; Encrypted RES */
        assert_int_equal(w.sim_runs, 1);
        mtc_octets_t first = w.last_up;
        mtc_world_pump(&w);
        assert_true(w.was_delivered[0]);
        assert_true(mtc_world_send(&w, 1));
        mtc_world_pump(&w);
        assert_true(w.was_delivered[1]);
        assert_memory_equal(w.mtc.chain, zero, 32);
        /* The MKEF would give the key again; the server that has the session does not begin it again. */
        hse_world_restart(&w.server);
        hse_stored(&w.server, godwit_mtc_session_id(&w.mtc))->answer_len = 0;
        w.up[w.ups++] = first;
        mtc_world_pump(&w); /* delivered twice would end the test */
        assert_int_equal(w.deliveries, 2);
        godwit_mtc_renew(&w.mtc);
        assert_true(mtc_world_send(&w, 2));
        mtc_world_pump(&w);
        assert_true(w.was_delivered[2]);
    }
}

/* ---- lost on the way ---- */

static void the_identical_octets_are_sent_again_and_answered_again(void **state)
{
    (void)state;
    w.lose_down = true;
    assert_true(mtc_world_send(&w, 0));
    mtc_octets_t first = w.last_up;
    mtc_world_pump(&w);
    assert_true(w.was_delivered[0]);
    assert_false(godwit_mtc_is_live(&w.mtc));
    w.lose_down = false;
    mtc_world_timer(&w);
    assert_int_equal(w.last_up.len, first.len);
    assert_memory_equal(w.last_up.at, first.at, first.len);
    mtc_world_pump(&w);
    assert_true(godwit_mtc_is_live(&w.mtc));
    send_and_arrive(1);
}

/* Neither gets the device out of step: the MKEF takes the chain before, too. */
static void a_lost_answer_leaves_the_old_chain_good(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 12; n++) {
        uint8_t before[32];
        memcpy(before, w.mtc.chain, 32);
        godwit_mtc_renew(&w.mtc);
        w.lose_down = n % 3 != 2;
        assert_true(mtc_world_send(&w, n));
        mtc_world_pump(&w);
        assert_true(w.was_delivered[n]);
        assert_int_equal(memcmp(before, w.mtc.chain, 32) == 0, w.lose_down);
        mtc_world_assert_in_step(&w);
        while (w.timer_ms != 0) { /* until it is given up */
            mtc_world_timer(&w);
            w.ups = 0;
        }
    }
}

static void what_is_never_answered_is_given_up_and_told(void **state)
{
    (void)state;
    w.lose_up = true;
    assert_true(mtc_world_send(&w, 0));
    unsigned sendings = 1;
    while (w.timer_ms != 0) {
        mtc_world_pump(&w);
        mtc_world_timer(&w);
        sendings += w.ups > 0;
    }
    assert_int_equal(sendings, 4);
    assert_true(w.last_was_given_up);
    assert_true(w.last_was_uncertain);
    w.lose_up = false;
    send_and_arrive(1);
}

static void only_the_answer_to_the_last_rand1_advances_the_chain(void **state)
{
    (void)state;
    assert_true(mtc_world_send(&w, 0));
    w.lose_down = true;
    mtc_world_pump(&w);
    mtc_octets_t start;
    w.lose_down = false;
    mtc_world_timer(&w); /* the answer comes again ... */
    owner_give_datagram(&w.server.owner, &w.address, godwit_slice(w.up[0].at, w.up[0].len));
    w.ups = 0;
    const godwit_request_t *sent = owner_request(&w.server.owner, GODWIT_REQUEST_DATAGRAM, 0);
    start.len = sent->octets.len;
    memcpy(start.at, sent->octets.ptr, start.len);
    while (w.timer_ms != 0) { /* ... when the device has given up, and begun anew */
        mtc_world_timer(&w);
        w.ups = 0;
    }
    assert_true(mtc_world_send(&w, 1));
    mtc_world_receive(&w, godwit_slice(start.at, start.len));
    assert_memory_equal(w.mtc.chain, zero, 32);
    assert_int_not_equal(w.last_refusal, GODWIT_OK);
    mtc_world_pump(&w);
    assert_true(w.was_delivered[1]);
    mtc_world_assert_in_step(&w);
}

static void a_temporary_identity_that_nobody_knows_locks_nobody_out(void **state)
{
    (void)state;
    send_and_arrive(0);
    w.home.temporary = 0x77; /* the MKEF has lost it */
    godwit_mtc_renew(&w.mtc);
    assert_true(mtc_world_send(&w, 1));
    while (w.timer_ms != 0) {
        mtc_world_pump(&w);
        mtc_world_timer(&w);
    }
    assert_true(w.last_was_given_up);
    send_and_arrive(2); /* with the IMSI */
    godwit_mtc_renew(&w.mtc);
    send_and_arrive(3);
    assert_false(w.was_delivered[1]);
}

static void keep_hidden_never_shows_the_imsi_again(void **state)
{
    (void)state;
    w.config.keep_hidden = true;
    mtc_world_reboot(&w);
    send_and_arrive(0);
    w.lose_up = true;
    for (unsigned n = 1; n < 4; n++) {
        godwit_mtc_first_t first;
        godwit_mtc_renew(&w.mtc);
        assert_true(mtc_world_send(&w, n));
        assert_int_equal(godwit_mtc_first_peek(godwit_slice(w.last_up.at, w.last_up.len), w.config.framing, &first),
                         GODWIT_OK);
        assert_true(first.by_temporary);
        while (w.timer_ms != 0) {
            mtc_world_pump(&w);
            mtc_world_timer(&w);
        }
    }
}

static void a_card_that_does_not_answer_ends_the_attempt(void **state)
{
    (void)state;
    w.card_is_out = true;
    assert_true(mtc_world_send(&w, 0));
    assert_true(w.last_was_given_up);
    assert_false(w.last_was_uncertain);
    assert_int_equal(w.ups, 0);
    w.card_is_out = false;
    send_and_arrive(1);
    assert_int_equal(w.mtc.counter, 2);
}

/* ---- refusals at the device ---- */

static void a_start_bent_anywhere_is_refused_and_the_genuine_one_is_still_taken(void **state)
{
    (void)state;
    assert_true(mtc_world_send(&w, 0));
    owner_give_datagram(&w.server.owner, &w.address, godwit_slice(w.up[0].at, w.up[0].len));
    w.ups = 0;
    godwit_message_t answer = mtc_home_answer(&w.home, owner_message(&w.server.owner, GODWIT_MTC_KEY_REQUEST, 0));
    owner_give_message(&w.server.owner, &answer);
    const godwit_request_t *sent = owner_request(&w.server.owner, GODWIT_REQUEST_DATAGRAM, 0);
    uint8_t start[64];
    size_t len = sent->octets.len;
    memcpy(start, sent->octets.ptr, len);
    unsigned stores = w.stores;
    for (size_t i = 0; i < 8 * len; i++) {
        start[i / 8] ^= (uint8_t)(1u << i % 8);
        mtc_world_receive(&w, godwit_slice(start, len));
        start[i / 8] ^= (uint8_t)(1u << i % 8);
        assert_false(godwit_mtc_is_live(&w.mtc));
        assert_memory_equal(w.mtc.chain, zero, 32);
        assert_int_equal(w.stores, stores);
    }
    mtc_world_receive(&w, godwit_slice(start, len));
    assert_true(godwit_mtc_is_live(&w.mtc));
    stores = w.stores;
    mtc_world_receive(&w, godwit_slice(start, len)); /* and once */
    assert_int_equal(w.stores, stores);
}

static void a_forged_hint_ends_no_session_and_erases_no_key(void **state)
{
    (void)state;
    send_and_arrive(0);
    assert_true(mtc_world_send(&w, 1));
    mtc_octets_t mine = w.last_up;
    mtc_world_pump(&w);
    godwit_emsdp_control_t m = {.command = GODWIT_MESSAGE_REJECT, .reason = GODWIT_UNKNOWN_SESSION};
    uint8_t octets[64];
    m.present = 1u << GODWIT_TLV_REASON | 1u << GODWIT_TLV_ECHO;
    for (unsigned round = 0; round < 2; round++) { /* first one that echoes nothing of ours */
        godwit_writer_t out = godwit_writer(octets, sizeof octets);
        assert_int_equal(godwit_emsdp_unkeyed_build(w.config.framing, 0, 0, &m, &out), GODWIT_OK);
        mtc_world_receive(&w, godwit_written(&out));
        assert_int_equal(godwit_mtc_is_live(&w.mtc), round == 0);
        memcpy(m.echo, mine.at + mine.len - 8, 8);
    }
    assert_true(w.last_was_uncertain);
    mtc_world_submit(&w, "still yours"); /* the key is there */
    mtc_world_pump(&w);
    assert_string_equal(w.received, "still yours");
    send_and_arrive(2);
}

static void a_session_request_of_another_agreement_is_no_answer(void **state)
{
    (void)state;
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_START,
                                .present = 1u << GODWIT_TLV_HSE_CONFIGURATION,
                                .agreement = GODWIT_AGREEMENT_SEPARATE_EPS,
                                .suite = GODWIT_SUITE_DEFAULT,
                                .framing = w.config.framing,
                                .generation = 1};
    uint8_t octets[64], transcript[32];
    assert_true(mtc_world_send(&w, 0));
    const godwit_slice_t first = godwit_slice(w.last_up.at, w.last_up.len);
    assert_int_equal(godwit_emsdp_transcript(&godwit_crypto_builtin, &first, 1, transcript), GODWIT_OK);
    godwit_emsdp_key_t key = w.mtc.exchange.key;
    key.hot.end = GODWIT_END_NETWORK;
    key.hot.session_id = 5;
    key.cp_next_out = 0;
    key.cp_limit_out = 9;
    godwit_writer_t out = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_emsdp_seal_control(&godwit_crypto_builtin, &key, &m, godwit_slice(transcript, 32), &out),
                     GODWIT_OK);
    mtc_world_receive(&w, godwit_written(&out));
    assert_int_equal(w.last_refusal, GODWIT_POLICY_FORBIDS);
    assert_false(godwit_mtc_is_live(&w.mtc));
}

/* ---- the record ---- */

static void a_record_comes_back_with_its_session_and_skips_counts(void **state)
{
    (void)state;
    send_and_arrive(0);
    send_and_arrive(1);
    mtc_world_reboot(&w);
    assert_true(godwit_mtc_is_live(&w.mtc));
    send_and_arrive(2);
    godwit_device_requests_t requests;
    assert_int_equal(godwit_mtc_suspend(&w.mtc, &requests), GODWIT_OK);
    assert_int_equal(requests.count, 1);
    memcpy(w.nvm, requests.item[0].octets.ptr, requests.item[0].octets.len);
    uint32_t next = w.mtc.key.hot.up_next_out;
    mtc_world_reboot(&w);
    assert_int_equal(w.mtc.key.hot.up_next_out, next);
    send_and_arrive(3);
}

static void a_record_bent_anywhere_or_of_another_is_refused(void **state)
{
    (void)state;
    static godwit_mtc_t other;
    godwit_mtc_config_t config = w.config;
    send_and_arrive(0);
    for (size_t i = 0; i < w.nvm_len; i++) {
        w.nvm[i] ^= 0x20;
        assert_int_equal(godwit_mtc_init(&other, &config), GODWIT_OK);
        assert_int_equal(godwit_mtc_restore(&other, godwit_slice(w.nvm, w.nvm_len)), GODWIT_MALFORMED);
        assert_int_equal(other.counter, 0);
        assert_memory_equal(other.chain, zero, 32);
        w.nvm[i] ^= 0x20;
    }
    assert_int_equal(godwit_mtc_restore(&other, godwit_slice(w.nvm, w.nvm_len - 1)), GODWIT_MALFORMED);
    config.server = godwit_slice_of_string("other.example");
    assert_int_equal(godwit_mtc_init(&other, &config), GODWIT_OK);
    assert_int_equal(godwit_mtc_restore(&other, godwit_slice(w.nvm, w.nvm_len)), GODWIT_MALFORMED);
}

static void a_configuration_that_cannot_be_is_refused(void **state)
{
    (void)state;
    static godwit_mtc_t other;
    godwit_mtc_config_t config = w.config;
    config.server = godwit_slice_of_string("Not.Canonical");
    assert_int_equal(godwit_mtc_init(&other, &config), GODWIT_INVALID_ARGUMENT);
    config = w.config;
    config.framing.counter_octets = 4;
    assert_int_equal(godwit_mtc_init(&other, &config), GODWIT_INVALID_ARGUMENT);
    config = w.config;
    config.imsi.len = 5;
    assert_int_equal(godwit_mtc_init(&other, &config), GODWIT_INVALID_ARGUMENT);
}

/* ---- the power ---- */

/* Sets up, uses and sets up anew. Returns whether the power went. */
static bool live(bool lose_down)
{
    bool went = false;
    for (unsigned n = 0; n < 8; n++) {
        w.lose_down = lose_down && n % 2 == 0;
        if (n == 3 || n == 5) {
            godwit_mtc_renew(&w.mtc);
        }
        (void)mtc_world_send(&w, n);
        mtc_world_pump(&w);
        while (!w.dark && w.timer_ms != 0) {
            mtc_world_timer(&w);
            mtc_world_pump(&w);
        }
        if (n == 4) {
            mtc_world_submit(&w, "down");
            mtc_world_pump(&w);
        }
        if (w.dark) {
            went = true;
            w.ups = w.downs = 0;
            mtc_world_reboot(&w);
        }
    }
    w.lose_down = false;
    w.power = -1;
    return went;
}

static void begin_life(godwit_framing_t framing)
{
    mtc_world_init(&w, framing, GODWIT_MTC_GODWIT1);
    w.config.reserve = 2;
    mtc_world_reboot(&w);
}

/* With the power gone after so many requests. Returns whether it went at all. */
static bool live_with_power(int power, godwit_framing_t framing, bool lose_down)
{
    begin_life(framing);
    w.power = power;
    const bool went = live(lose_down);
    send_and_arrive(100);
    send_and_arrive(101);
    return went;
}

/* Each call of the crypto backend fails in turn; the device goes on, or the power goes with it. */
static void what_fails_costs_no_key_and_uses_nothing_twice(void **state)
{
    (void)state;
    for (unsigned dark = 0; dark < 2; dark++) {
        bool done = false;
        for (unsigned n = 1; !done; n++) {
            begin_life(GODWIT_FRAMING_DEFAULT);
            w.fails_dark = dark == 1;
            w.mtc.config.crypto = w.config.crypto = &failing_crypto;
            failing_crypto_at(n);
            (void)live(n % 2 == 0);
            done = failing_crypto_waits();
            failing_crypto_at(0);
            while (!mtc_world_send(&w, 100)) { /* one is held still */
                mtc_world_timer(&w);
                mtc_world_pump(&w);
            }
            mtc_world_pump(&w);
            send_and_arrive(101);
            assert_true(!done || n > 45); /* the whole life was gone through */
        }
    }
}

static void power_that_goes_at_any_step_costs_no_key_and_uses_nothing_twice(void **state)
{
    (void)state;
    int power = 0;
    while (live_with_power(power, GODWIT_FRAMING_DEFAULT, false)) {
        power++;
    }
    assert_in_range(power, 30, 200); /* every request of that life was the last one once */
    power = 0;
    while (live_with_power(power, (godwit_framing_t){0, 1}, false)) {
        power++;
    }
    power = 0;
    while (live_with_power(power, GODWIT_FRAMING_DEFAULT, true)) {
        power++;
    }
    assert_in_range(power, 30, 400);
}

/* A plain generator: the run must be the same each time. */
static uint32_t next_random(uint32_t *state)
{
    *state = *state * UINT32_C(1664525) + UINT32_C(1013904223);
    return *state >> 16;
}

static void in_a_world_of_losses_nothing_is_delivered_twice_and_nobody_is_locked_out(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 20; seed++) {
        uint32_t r = seed;
        mtc_world_init(&w, GODWIT_FRAMING_DEFAULT, GODWIT_MTC_GODWIT1);
        w.config.key_readings = 7;
        mtc_world_reboot(&w);
        for (unsigned n = 0; n < 200; n++) {
            w.lose_up = next_random(&r) % 4 == 0;
            w.lose_down = next_random(&r) % 4 == 0;
            w.power = next_random(&r) % 5 == 0 ? (int)(next_random(&r) % 7) : -1;
            (void)mtc_world_send(&w, n);
            mtc_world_pump(&w);
            if (next_random(&r) % 3 == 0) {
                mtc_world_timer(&w);
                mtc_world_pump(&w);
            }
            if (next_random(&r) % 20 == 0) {
                hse_world_restart(&w.server);
            }
            if (w.dark) {
                w.ups = w.downs = 0;
                mtc_world_reboot(&w);
            }
            mtc_world_assert_in_step(&w);
        }
        w.lose_up = w.lose_down = false;
        w.power = -1;
        while (w.timer_ms != 0) {
            mtc_world_timer(&w);
            mtc_world_pump(&w);
        }
        godwit_mtc_renew(&w.mtc);
        send_and_arrive(1000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(twenty_octets_from_a_cold_start_are_one_datagram_of_64, setup),
        cmocka_unit_test_setup(later_readings_are_user_plane_of_the_session, setup),
        cmocka_unit_test_setup(the_next_first_datagram_does_not_show_the_imsi, setup),
        cmocka_unit_test_setup(a_reading_too_long_for_the_first_datagram_follows_it, setup),
        cmocka_unit_test_setup(a_set_up_without_a_reading_takes_one_meanwhile, setup),
        cmocka_unit_test_setup(the_longest_reading_fits_and_no_longer_one, setup),
        cmocka_unit_test_setup(when_the_key_has_aged_the_device_begins_anew, setup),
        cmocka_unit_test_setup(when_the_server_ends_the_session_the_device_begins_anew, setup),
        cmocka_unit_test_setup(when_the_server_has_lost_the_session_the_device_hears_of_it_and_begins_anew, setup),
        cmocka_unit_test(the_profile_ts33868_runs_the_sim_once_and_has_no_chain),
        cmocka_unit_test_setup(the_identical_octets_are_sent_again_and_answered_again, setup),
        cmocka_unit_test_setup(a_lost_answer_leaves_the_old_chain_good, setup),
        cmocka_unit_test_setup(what_is_never_answered_is_given_up_and_told, setup),
        cmocka_unit_test_setup(only_the_answer_to_the_last_rand1_advances_the_chain, setup),
        cmocka_unit_test_setup(a_temporary_identity_that_nobody_knows_locks_nobody_out, setup),
        cmocka_unit_test_setup(keep_hidden_never_shows_the_imsi_again, setup),
        cmocka_unit_test_setup(a_card_that_does_not_answer_ends_the_attempt, setup),
        cmocka_unit_test_setup(a_start_bent_anywhere_is_refused_and_the_genuine_one_is_still_taken, setup),
        cmocka_unit_test_setup(a_forged_hint_ends_no_session_and_erases_no_key, setup),
        cmocka_unit_test_setup(a_session_request_of_another_agreement_is_no_answer, setup),
        cmocka_unit_test_setup(a_record_comes_back_with_its_session_and_skips_counts, setup),
        cmocka_unit_test_setup(a_record_bent_anywhere_or_of_another_is_refused, setup),
        cmocka_unit_test_setup(a_configuration_that_cannot_be_is_refused, setup),
        cmocka_unit_test(power_that_goes_at_any_step_costs_no_key_and_uses_nothing_twice),
        cmocka_unit_test(what_fails_costs_no_key_and_uses_nothing_twice),
        cmocka_unit_test(in_a_world_of_losses_nothing_is_delivered_twice_and_nobody_is_locked_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
