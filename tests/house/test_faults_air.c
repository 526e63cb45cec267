/* SPDX-License-Identifier: Apache-2.0
 *
 * What the air, the subscription and the other networks may do to a conversation.
 */
#include <string.h>

#include "tests/house/faults.h"

#define KEPT 64

/* An ear on the air, which may also hold one datagram back. */
typedef struct ear {
    godwit_world_datagram_t heard[KEPT];
    unsigned count, drop; /* the datagram, counted from 1, that is lost */
    bool (*change)(godwit_world_datagram_t *datagram);
} ear_t;

static bool listen(void *context, godwit_world_t *world, godwit_world_datagram_t *datagram)
{
    ear_t *ear = context;
    (void)world;
    if (ear->change != NULL && !ear->change(datagram)) {
        return false;
    }
    if (ear->count < KEPT) {
        ear->heard[ear->count] = *datagram;
    }
    return ++ear->count != ear->drop;
}

static godwit_world_t *world_with(ear_t *ear)
{
    godwit_world_config_t config = conversation_config();
    config.air = listen;
    config.context = ear;
    godwit_world_t *w = godwit_world_new(&config);
    assert_non_null(w);
    return w;
}

static godwit_slice_t octets_of(const godwit_world_datagram_t *d)
{
    return godwit_slice(d->octets, d->len);
}

static uint32_t say(godwit_world_t *w)
{
    uint32_t reading = godwit_world_submit(w, 0);
    godwit_world_run(w, 20000);
    return reading;
}

static bool is_command(const godwit_world_datagram_t *d, uint8_t command)
{
    return (d->octets[0] & 0x80) == 0 && d->octets[5] == command;
}

/* ---- the air ---- */

static void no_datagram_is_taken_twice(void **state)
{
    (void)state;
    ear_t ear = {.drop = 0};
    godwit_world_t *w = world_with(&ear);
    conversation(w);
    unsigned count = ear.count;
    unsigned delivered = godwit_world_delivered(w, GODWIT_WORLD_ALL_READINGS);
    unsigned received = godwit_world_received(w, 0);
    assert_int_equal(count, 21);
    for (unsigned again = 0; again < 2; again++) {
        for (unsigned i = 0; i < count; i++) {
            godwit_world_inject(w, 0, ear.heard[i].up, octets_of(&ear.heard[i]));
            godwit_world_run(w, 1000);
            expect_sound(w, "replay of datagram", i + 1);
        }
    }
    assert_int_equal(godwit_world_delivered(w, GODWIT_WORLD_ALL_READINGS), delivered);
    assert_int_equal(godwit_world_received(w, 0), received);
    expect_next_reading(w, 0, "replays", 0);
    godwit_world_free(w);
}

/* A recording of one conversation played to a network and a device that have lost their power since. */
static void no_recording_is_taken_after_a_power_loss(void **state)
{
    (void)state;
    ear_t ear = {.drop = 0};
    godwit_world_t *w = world_with(&ear);
    conversation(w);
    unsigned count = ear.count;
    unsigned delivered = godwit_world_delivered(w, GODWIT_WORLD_ALL_READINGS);
    for (unsigned node = 0; node <= godwit_world_card_node(0); node++) {
        godwit_world_power_loss(w, node);
    }
    godwit_world_run(w, 5000);
    for (unsigned i = 0; i < count; i++) {
        godwit_world_inject(w, 0, ear.heard[i].up, octets_of(&ear.heard[i]));
        godwit_world_run(w, 1000);
    }
    expect_sound(w, "recording", 0);
    assert_int_equal(godwit_world_delivered(w, GODWIT_WORLD_ALL_READINGS), delivered);
    expect_next_reading(w, 0, "recording", 0);
    godwit_world_free(w);
}

static void the_loss_of_any_datagram_is_overcome(void **state)
{
    (void)state;
    for (unsigned drop = 1; drop <= 21; drop++) {
        ear_t ear = {.drop = drop};
        godwit_world_t *w = world_with(&ear);
        conversation(w);
        expect_sound(w, "loss of datagram", drop);
        assert_true(godwit_world_delivered(w, GODWIT_WORLD_ALL_READINGS) >= 6);
        expect_next_reading(w, 0, "loss of datagram", drop);
        godwit_world_free(w);
    }
}

static void readings_that_overtake_each_other_all_arrive(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        godwit_world_config_t config = godwit_world_defaults();
        config.seed = seed;
        config.delay_max_ms = 4000;
        godwit_world_t *w = godwit_world_new(&config);
        (void)say(w);
        for (unsigned i = 0; i < 30; i++) {
            (void)godwit_world_submit(w, 0);
            godwit_world_run(w, 100);
        }
        godwit_world_run(w, 30000);
        expect_sound(w, "seed", (unsigned)seed);
        assert_int_equal(godwit_world_delivered(w, GODWIT_WORLD_ALL_READINGS), 31);
        godwit_world_free(w);
    }
}

static void a_duplicated_session_start_gets_the_same_confirmation(void **state)
{
    (void)state;
    ear_t ear = {.drop = 0};
    godwit_world_t *w = world_with(&ear);
    (void)say(w);
    assert_true(is_command(&ear.heard[1], GODWIT_SESSION_START));
    godwit_world_inject(w, 0, false, octets_of(&ear.heard[1]));
    godwit_world_run(w, 1000);
    assert_int_equal(ear.count, 4);
    assert_true(godwit_slice_equal(octets_of(&ear.heard[2]), octets_of(&ear.heard[3])));
    assert_int_equal(godwit_world_card_runs(w, 0), 1);
    expect_next_reading(w, 0, "duplicate", 0);
    assert_int_equal(godwit_world_delivered(w, GODWIT_WORLD_ALL_READINGS), 2);
    godwit_world_free(w);
}

static void another_address_costs_nothing(void **state)
{
    (void)state;
    ear_t ear = {.drop = 0};
    godwit_world_t *w = world_with(&ear);
    (void)say(w);
    unsigned before = ear.count;
    godwit_world_move(w, 0);
    uint32_t reading = say(w);
    assert_int_equal(godwit_world_delivered(w, reading), 1);
    assert_int_equal(ear.count, before + 1);
    godwit_world_submit_down(w, 0, "to the new address");
    godwit_world_run(w, 5000);
    assert_int_equal(godwit_world_received(w, 0), 1);
    godwit_world_free(w);
}

static void every_framing_carries_the_conversation(void **state)
{
    (void)state;
    for (uint8_t session_octets = 0; session_octets <= 4; session_octets++) {
        for (uint8_t counter_octets = 0; counter_octets <= 3; counter_octets++) {
            godwit_world_config_t config = conversation_config();
            config.framing = (godwit_framing_t){session_octets, counter_octets};
            godwit_world_t *w = godwit_world_new(&config);
            conversation(w);
            expect_sound(w, "framing", session_octets * 10u + counter_octets);
            assert_int_equal(godwit_world_delivered(w, GODWIT_WORLD_ALL_READINGS), 8);
            assert_int_equal(godwit_world_received(w, 0), 2);
            godwit_world_free(w);
        }
    }
}

/* ---- the subscription ---- */

static void a_stale_card_is_resynchronised_on_the_first_retry(void **state)
{
    (void)state;
    for (unsigned by_time = 0; by_time < 2; by_time++) {
        ear_t ear = {.drop = 0};
        godwit_world_config_t config = conversation_config();
        config.air = listen;
        config.context = &ear;
        config.sqn_by_time = by_time != 0;
        godwit_world_t *w = godwit_world_new(&config);
        godwit_world_card(w, 0)->sqn.seq_ms[1] = by_time != 0 ? UINT64_C(1) << 40 : 70000;
        uint32_t reading = say(w);
        assert_int_equal(godwit_world_delivered(w, reading), 1);
        assert_int_equal(godwit_world_resyncs(w, 0), 1);
        assert_int_equal(ear.count, 5); /* 10, 11, 10 with AUTS, 11, 12 */
        expect_sound(w, "resynchronisation", by_time);
        godwit_world_free(w);
    }
}

static void access_aka_in_between_costs_no_resynchronisation(void **state)
{
    (void)state;
    for (unsigned by_time = 0; by_time < 2; by_time++) {
        godwit_world_config_t config = conversation_config();
        config.reauthenticate_generations = 1; /* a new AKA run after each key */
        config.sqn_by_time = by_time != 0;
        godwit_world_t *w = godwit_world_new(&config);
        for (unsigned i = 0; i < 40; i++) {
            assert_int_equal(godwit_world_access_aka(w, 0, GODWIT_WORLD_VISITED), GODWIT_OK);
            uint32_t reading = say(w);
            assert_int_equal(godwit_world_delivered(w, reading), 1);
        }
        assert_true(godwit_world_card_runs(w, 0) > 3);
        assert_int_equal(godwit_world_resyncs(w, 0), 0);
        expect_sound(w, "access", by_time);
        godwit_world_free(w);
    }
}

static void an_mme_gets_no_vector_for_the_best_plmn(void **state)
{
    (void)state;
    ear_t ear = {.drop = 0};
    godwit_world_t *w = world_with(&ear);
    godwit_plmn_t home = {{0x00, 0xf1, 0x10}};
    assert_int_equal(godwit_world_access_aka(w, 0, home), GODWIT_NOT_ENTITLED);
    assert_int_equal(godwit_world_vectors(w, 0), 0);
    godwit_world_free(w);
}

static void a_device_that_means_another_best_plmn_completes_no_session(void **state)
{
    (void)state;
    ear_t ear = {.drop = 0};
    godwit_world_t *w = world_with(&ear);
    godwit_world_device_config(w, 0)->best_plmn = GODWIT_WORLD_VISITED;
    godwit_world_power_loss(w, godwit_world_device_node(0)); /* it starts with that */
    godwit_world_run(w, 5000);
    uint32_t reading = say(w);
    godwit_world_run(w, 120000);
    assert_int_equal(godwit_world_delivered(w, reading), 0);
    assert_true(godwit_world_device_events(w, 0, "refused", GODWIT_MAC_FAILURE) > 0);
    assert_int_equal(godwit_world_device_events(w, 0, "session_started", GODWIT_OK), 0);
    assert_int_equal(godwit_world_vectors(w, 0), 1);
    expect_sound(w, "another PLMN", 0);
    godwit_world_free(w);
}

static void an_unknown_imsi_is_told_and_given_up(void **state)
{
    (void)state;
    ear_t ear = {.drop = 0};
    godwit_world_t *w = world_with(&ear);
    assert_int_equal(godwit_imsi_from_text("001019999999999", &godwit_world_device_config(w, 0)->imsi), GODWIT_OK);
    godwit_world_power_loss(w, godwit_world_device_node(0));
    godwit_world_run(w, 5000);
    (void)say(w);
    godwit_world_run(w, 120000);
    assert_true(godwit_world_device_events(w, 0, "refused", GODWIT_UNKNOWN_SUBSCRIBER) > 0);
    assert_int_equal(godwit_world_device_events(w, 0, "given_up", GODWIT_OK), 1);
    assert_true(godwit_world_datagrams(w, 0, true) <= 4);
    assert_int_equal(godwit_world_delivered(w, GODWIT_WORLD_ALL_READINGS), 0);
    godwit_world_free(w);
}

/* ---- changed on the way ---- */

/* Counted from the end, for the Enterprise TLV is empty: HSE configuration and MAC are 13 octets. */
static bool without_separation_bit(godwit_world_datagram_t *d)
{
    if (is_command(d, GODWIT_SESSION_START)) {
        d->octets[d->len - 23] &= 0x7f; /* AUTN: AMF */
    }
    return true;
}

static bool with_wrong_autn(godwit_world_datagram_t *d)
{
    if (is_command(d, GODWIT_SESSION_START)) {
        d->octets[d->len - 14] ^= 1; /* AUTN: MAC */
    }
    return true;
}

/* Suites 01 to 04 become 01 alone. */
static bool with_fewer_suites(godwit_world_datagram_t *d)
{
    if (is_command(d, GODWIT_SESSION_REQUEST)) {
        d->octets[19] = 0x01;
    }
    return true;
}

static void expect_no_session(bool (*change)(godwit_world_datagram_t *), godwit_status_t reason, unsigned card_runs)
{
    ear_t ear = {.change = change};
    godwit_world_t *w = world_with(&ear);
    (void)say(w);
    godwit_world_run(w, 100000);
    assert_true(godwit_world_device_events(w, 0, "refused", reason) > 0);
    assert_int_equal(godwit_world_device_events(w, 0, "session_started", GODWIT_OK), 0);
    assert_int_equal(godwit_world_delivered(w, GODWIT_WORLD_ALL_READINGS), 0);
    assert_true(godwit_world_card_runs(w, 0) <= card_runs);
    assert_int_equal(godwit_world_vectors(w, 0), 1); /* the same one all the time */
    ear.change = NULL;
    expect_next_reading(w, 0, "after it was changed", (unsigned)reason);
    godwit_world_free(w);
}

static void a_missing_separation_bit_a_wrong_autn_and_a_downgraded_request_complete_no_session(void **state)
{
    (void)state;
    expect_no_session(without_separation_bit, GODWIT_POLICY_FORBIDS, 0);
    expect_no_session(with_wrong_autn, GODWIT_AUTH_MAC_FAILURE, 4);
    expect_no_session(with_fewer_suites, GODWIT_MAC_FAILURE, 1);
}

/* ---- floods ---- */

static void a_thousand_session_requests_burn_no_sqn(void **state)
{
    (void)state;
    ear_t ear = {.drop = 0};
    godwit_world_t *w = world_with(&ear);
    (void)say(w);
    assert_true(is_command(&ear.heard[0], GODWIT_SESSION_REQUEST));
    godwit_world_datagram_t forged = ear.heard[0];
    uint64_t seq = godwit_world_subscriber(w, 0)->seq_he;
    for (unsigned i = 1; i <= 1000; i++) {
        forged.octets[0] = (uint8_t)(i & 7);
        forged.octets[4] = (uint8_t)(i >> 3);
        forged.octets[25] = (uint8_t)i; /* serving network */
        godwit_world_inject(w, 0, true, octets_of(&forged));
        godwit_world_run(w, 50);
    }
    assert_int_equal(godwit_world_vectors(w, 0), 2); /* the device's own, and one that is outstanding */
    assert_int_equal(godwit_world_subscriber(w, 0)->seq_he, seq + 1);
    expect_sound(w, "flood", 0);
    expect_next_reading(w, 0, "flood", 0);
    godwit_world_drop_session(w, 0);
    expect_next_reading(w, 0, "flood", 1); /* with the one outstanding vector */
    assert_int_equal(godwit_world_vectors(w, 0), 2);
    godwit_world_free(w);
}

/* Forged AUTS: the HSS is asked in vain, and no more than a vector a minute is spent on it. */
static void forged_auts_burn_few_sqns(void **state)
{
    (void)state;
    ear_t ear = {.drop = 0};
    godwit_world_t *w = world_with(&ear);
    (void)say(w);
    godwit_world_datagram_t forged = ear.heard[0];
    const uint8_t auts_tlv[2] = {GODWIT_TLV_AUTS, 14};
    memcpy(forged.octets + forged.len, auts_tlv, sizeof auts_tlv);
    forged.len += 16;
    for (unsigned i = 0; i < 600; i++) {
        forged.octets[4] = (uint8_t)i;
        forged.octets[forged.len - 1] = (uint8_t)(i >> 8);
        godwit_world_inject(w, 0, true, octets_of(&forged));
        godwit_world_run(w, 200);
    }
    assert_int_equal(godwit_world_network_events(w, "resynchronised", GODWIT_OK), 0);
    assert_true(godwit_world_vectors(w, 0) <= 4); /* two minutes */
    expect_next_reading(w, 0, "forged AUTS", 0);
    godwit_world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_datagram_is_taken_twice),
        cmocka_unit_test(no_recording_is_taken_after_a_power_loss),
        cmocka_unit_test(the_loss_of_any_datagram_is_overcome),
        cmocka_unit_test(readings_that_overtake_each_other_all_arrive),
        cmocka_unit_test(a_duplicated_session_start_gets_the_same_confirmation),
        cmocka_unit_test(another_address_costs_nothing),
        cmocka_unit_test(every_framing_carries_the_conversation),
        cmocka_unit_test(a_stale_card_is_resynchronised_on_the_first_retry),
        cmocka_unit_test(access_aka_in_between_costs_no_resynchronisation),
        cmocka_unit_test(an_mme_gets_no_vector_for_the_best_plmn),
        cmocka_unit_test(a_device_that_means_another_best_plmn_completes_no_session),
        cmocka_unit_test(an_unknown_imsi_is_told_and_given_up),
        cmocka_unit_test(a_missing_separation_bit_a_wrong_autn_and_a_downgraded_request_complete_no_session),
        cmocka_unit_test(a_thousand_session_requests_burn_no_sqn),
        cmocka_unit_test(forged_auts_burn_few_sqns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
