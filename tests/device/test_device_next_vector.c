/* SPDX-License-Identifier: Apache-2.0
 *
 * The vector of the next session, handed out under the key that lives: the USIM runs at once, the next set-up is one
 * datagram, and whatever goes wrong leaves the key that was.
 */
#include "tests/device/dut.h"

#define SQN godwit_sqn_join(11, 2, GODWIT_IND_BITS_DEFAULT)

static uint8_t plain[GODWIT_EMSDP_DATAGRAM_MAX];
static dut_t d;
static godwit_emsdp_key_t old_key, next; /* of the network; next: of the vector handed out */

static int setup(void **state)
{
    (void)state;
    dut_init(&d);
    dut_set_up(&d, "first");
    old_key = d.network;
    return 0;
}

/* The datagram that hands out a vector with the next Key ID; d.network stays the key that lives. */
static octets_t handing(uint8_t command, uint64_t sqn, uint16_t amf, uint32_t generation, uint8_t key_id)
{
    uint8_t keyset[32], k_session[32], kasme[32], root[32];
    godwit_vector_t v = dut_vector(sqn, amf);
    godwit_emsdp_control_t m = {.command = command,
                                .present = HAS(RAND) | HAS(AUTN) | HAS(HSE_CONFIGURATION) | HAS(KEY),
                                .agreement = GODWIT_AGREEMENT_SEPARATE_EPS,
                                .suite = 1,
                                .framing = GODWIT_FRAMING_DEFAULT,
                                .generation = generation,
                                .key_generation = generation,
                                .key_suite = 1,
                                .key_id = key_id};
    memcpy(m.rand, v.rand, 16);
    memcpy(m.autn, v.autn, 16);
    memcpy(root, v.ck, 16);
    memcpy(root + 16, v.ik, 16);
    assert_int_equal(godwit_kasme(CRYPTO, root, d.config.best_plmn, v.autn, kasme), GODWIT_OK);
    assert_int_equal(godwit_e2m_keyset(CRYPTO, kasme, GODWIT_AGREEMENT_SEPARATE_EPS, godwit_slice(v.autn, 6), keyset),
                     GODWIT_OK);
    assert_int_equal(godwit_k_session(CRYPTO, keyset, d.config.endpoint, generation, k_session), GODWIT_OK);
    assert_int_equal(
        godwit_emsdp_key_init(CRYPTO, &next, k_session, 1, key_id, d.config.framing, 1, generation, GODWIT_END_NETWORK),
        GODWIT_OK);
    return dut_seal(&d, &m);
}

static void terminate(void)
{
    assert_int_equal(godwit_device_terminate(&d.device, &d.requests), GODWIT_OK);
    dut_store(&d);
    (void)dut_open(&d, dut_sent(&d, 0), plain);
}

static void take(const octets_t *datagram)
{
    dut_receive(&d, octets_slice(datagram));
    assert_non_null(dut_find(&d, GODWIT_DEVICE_AUTHENTICATE));
    assert_null(dut_find(&d, GODWIT_DEVICE_STORE)); /* nothing moved yet */
    dut_run_card(&d);
}

static void expect_early(const char *reading)
{
    unsigned runs = d.card_runs;
    godwit_emsdp_opened_t opened;
    dut_send(&d, reading);
    assert_int_equal(dut_sends(&d), 1);
    assert_int_equal(godwit_emsdp_open(CRYPTO, &next, dut_sent(&d, 0), EMPTY, plain, &opened), GODWIT_OK);
    assert_int_equal(opened.control.command, GODWIT_SESSION_REQUEST);
    assert_true(godwit_slice_equal(opened.control.data, godwit_slice_of_string(reading)));
    assert_int_equal(d.card_runs, runs); /* no AKA run */
}

/* ---- octets of an independent implementation ---- */

static void golden_manage(const kat_record_t *r, void *context)
{
    (void)context;
    octets_t made = handing(GODWIT_MANAGE_KEYS_REQUEST, SQN, 0x8080, 1, 2);
    kat_expect(r, "manage", made.at, made.len);
    take(&made);
    kat_expect(r, "managed", dut_sent(&d, 0).ptr, dut_sent(&d, 0).len);
}

static void golden_terminate(const kat_record_t *r, void *context)
{
    (void)context;
    octets_t made = handing(GODWIT_SESSION_TERMINATE_REQUEST, SQN, 0x8080, 1, 2);
    kat_expect(r, "terminate", made.at, made.len);
    take(&made);
    kat_expect(r, "terminated", dut_sent(&d, 0).ptr, dut_sent(&d, 0).len);
    uint8_t reading[20];
    for (uint8_t i = 0; i < sizeof reading; i++) {
        reading[i] = i;
    }
    assert_int_equal(godwit_device_send(&d.device, godwit_slice(reading, 20), d.random, &d.requests), GODWIT_OK);
    kat_expect(r, "early", dut_sent(&d, 0).ptr, dut_sent(&d, 0).len);
    dut_receive(&d, kat_hex(r, "started"));
    assert_non_null(dut_event(&d, "session_started"));
    assert_int_equal(godwit_device_state(&d.device), GODWIT_SESSION_ACTIVE);
}

static void golden_end(const kat_record_t *r, void *context)
{
    (void)context;
    terminate();
    octets_t made = handing(GODWIT_SESSION_TERMINATE_RESPONSE, SQN, 0x8080, 1, 2);
    kat_expect(r, "ended", made.at, made.len);
}

static void golden_stale(const kat_record_t *r, void *context)
{
    (void)context;
    godwit_usim_output_t out;
    godwit_vector_t v = dut_vector(SQN, 0x8080);
    assert_int_equal(godwit_usim_step(&d.card, v.rand, v.autn, &out), GODWIT_OK); /* somebody was faster */
    octets_t made = handing(GODWIT_MANAGE_KEYS_REQUEST, SQN, 0x8080, 1, 2);
    take(&made);
    kat_expect(r, "stale", dut_sent(&d, 0).ptr, dut_sent(&d, 0).len);
}

static void the_octets_are_those_of_another_implementation(void **state)
{
    kat_each("next-vector.txt", "handed", golden_manage, NULL);
    setup(state);
    kat_each("next-vector.txt", "handed", golden_terminate, NULL);
    setup(state);
    kat_each("next-vector.txt", "handed", golden_end, NULL);
    setup(state);
    kat_each("next-vector.txt", "refused", golden_stale, NULL);
}

/* ---- taken ---- */

static void a_vector_with_manage_keys_makes_the_next_key(void **state)
{
    (void)state;
    godwit_emsdp_opened_t opened;
    octets_t m = handing(GODWIT_MANAGE_KEYS_REQUEST, SQN, 0x8080, 1, 2);
    take(&m);
    assert_int_equal(godwit_emsdp_open(CRYPTO, &next, dut_sent(&d, 0), EMPTY, plain, &opened), GODWIT_OK);
    assert_int_equal(opened.control.command, GODWIT_MANAGE_KEYS_RESPONSE);
    assert_int_equal(d.card_runs, 2);
    uint8_t first[64];
    size_t len = dut_sent(&d, 0).len;
    memcpy(first, dut_sent(&d, 0).ptr, len);
    dut_receive(&d, octets_slice(&m)); /* again: the identical answer, no second run */
    assert_int_equal(dut_sent(&d, 0).len, len);
    assert_memory_equal(dut_sent(&d, 0).ptr, first, len);
    dut_run_card(&d);
    assert_int_equal(d.card_runs, 2);
    dut_send(&d, "under the new key");
    assert_int_equal(godwit_emsdp_open(CRYPTO, &next, dut_sent(&d, 0), EMPTY, plain, &opened), GODWIT_OK);
    octets_t late =
        dut_seal_user(&d, "under the old key"); /* which is dropped only by a datagram under its successor */
    dut_receive(&d, octets_slice(&late));
    assert_non_null(dut_find(&d, GODWIT_DEVICE_DELIVER));
}

static void a_vector_with_the_end_serves_the_next_reading_after_a_power_loss(void **state)
{
    (void)state;
    terminate();
    octets_t m = handing(GODWIT_SESSION_TERMINATE_RESPONSE, SQN, 0x8080, 1, 2);
    take(&m);
    assert_non_null(dut_event(&d, "terminated"));
    assert_int_equal(godwit_device_state(&d.device), GODWIT_SESSION_ANNOUNCED);
    dut_reboot(&d);
    expect_early("one datagram");
    dut_receive(&d, octets_slice(&m)); /* an old recording */
    assert_int_equal(dut_sends(&d), 0);
    assert_int_equal(d.requests.item[0].reason, GODWIT_REPLAY);
}

static void generations_of_a_handed_key_set_only_rise(void **state)
{
    (void)state;
    octets_t m = handing(GODWIT_MANAGE_KEYS_REQUEST, SQN, 0x8080, 3, 2);
    take(&m);
    d.network = next;
    dut_send(&d, "x");
    (void)dut_open(&d, dut_sent(&d, 0), plain);
    octets_t again = handing(GODWIT_MANAGE_KEYS_REQUEST, SQN, 0x8080, 3, 4);
    dut_receive(&d, octets_slice(&again));
    dut_expect_refused(&d, GODWIT_REPLAY);
    again = handing(GODWIT_MANAGE_KEYS_REQUEST, SQN, 0x8080, 4, 5); /* the vector that it has: no run */
    unsigned runs = d.card_runs;
    dut_receive(&d, octets_slice(&again));
    assert_int_equal(dut_sends(&d), 1);
    assert_int_equal(d.card_runs, runs);
}

/* ---- refused ---- */

static void expect_old_key_lives(void)
{
    octets_t user = dut_seal_user(&d, "still here");
    dut_receive(&d, octets_slice(&user));
    assert_non_null(dut_find(&d, GODWIT_DEVICE_DELIVER));
    dut_send(&d, "me too");
    godwit_emsdp_opened_t opened = dut_open(&d, dut_sent(&d, 0), plain);
    assert_true(opened.user_plane);
}

static void a_stale_vector_leaves_the_old_key_and_auts_goes_up(void **state)
{
    (void)state;
    godwit_usim_output_t out;
    godwit_vector_t v = dut_vector(SQN, 0x8080);
    assert_int_equal(godwit_usim_step(&d.card, v.rand, v.autn, &out), GODWIT_OK);
    octets_t m = handing(GODWIT_MANAGE_KEYS_REQUEST, SQN, 0x8080, 1, 2);
    take(&m);
    godwit_emsdp_opened_t opened = dut_open(&d, dut_sent(&d, 0), plain);
    assert_int_equal(opened.control.command, GODWIT_MESSAGE_REJECT);
    assert_int_equal(opened.control.reason, GODWIT_AUTH_RESYNC);
    assert_true(godwit_emsdp_has(&opened.control, GODWIT_TLV_AUTS));
    assert_memory_equal(opened.control.echo, m.at + m.len - 8, 8);
    unsigned runs = d.card_runs;
    dut_receive(&d, octets_slice(&m));
    assert_int_equal(dut_sends(&d), 1); /* the identical answer */
    assert_int_equal(d.card_runs, runs);
    expect_old_key_lives();
    m = handing(GODWIT_MANAGE_KEYS_REQUEST, godwit_sqn_join(20, 3, GODWIT_IND_BITS_DEFAULT), 0x8080, 1, 3);
    take(&m); /* what the home makes after the AUTS */
    assert_int_equal(godwit_emsdp_open(CRYPTO, &next, dut_sent(&d, 0), EMPTY, plain, &opened), GODWIT_OK);
}

static void a_vector_of_a_stranger_is_refused_without_auts(void **state)
{
    (void)state;
    octets_t m = handing(GODWIT_SESSION_TERMINATE_REQUEST, SQN, 0x8080, 1, 2);
    dut_receive(&d, octets_slice(&m));
    d.device.exchange.asked[31] ^= 1; /* AUTN with a MAC that is wrong */
    dut_run_card(&d);
    godwit_emsdp_opened_t opened = dut_open(&d, dut_sent(&d, 0), plain);
    assert_int_equal(opened.control.reason, GODWIT_AUTH_MAC_FAILURE);
    assert_false(godwit_emsdp_has(&opened.control, GODWIT_TLV_AUTS));
    assert_int_equal(godwit_device_state(&d.device), GODWIT_SESSION_ACTIVE);
    expect_old_key_lives();
}

static void a_stale_vector_with_the_end_still_ends_the_session(void **state)
{
    (void)state;
    godwit_usim_output_t out;
    godwit_vector_t v = dut_vector(SQN, 0x8080);
    assert_int_equal(godwit_usim_step(&d.card, v.rand, v.autn, &out), GODWIT_OK);
    terminate();
    octets_t m = handing(GODWIT_SESSION_TERMINATE_RESPONSE, SQN, 0x8080, 1, 2);
    take(&m);
    godwit_emsdp_opened_t opened = dut_open(&d, dut_sent(&d, 0), plain);
    assert_int_equal(opened.control.reason, GODWIT_AUTH_RESYNC);
    assert_int_equal(godwit_device_state(&d.device), GODWIT_SESSION_IDLE);
    dut_reboot(&d);
    dut_send(&d, "sets up anew");
    assert_non_null(dut_event(&d, "session_requested"));
}

static void power_lost_while_the_card_runs_costs_one_more_run_and_no_key(void **state)
{
    (void)state;
    godwit_usim_output_t out;
    octets_t m = handing(GODWIT_MANAGE_KEYS_REQUEST, SQN, 0x8080, 1, 2);
    dut_receive(&d, octets_slice(&m));
    const godwit_device_request_t *run = dut_find(&d, GODWIT_DEVICE_AUTHENTICATE);
    assert_int_equal(godwit_usim_step(&d.card, run->rand, run->autn, &out), GODWIT_OK);
    dut_reboot(&d);             /* the card has moved its SQN, the device knows nothing of it */
    d.device.session.flags = 1; /* its record is of a session whose Confirmation may not have left: trusted here */
    take(&m);
    godwit_emsdp_opened_t opened = dut_open(&d, dut_sent(&d, 0), plain);
    assert_int_equal(opened.control.reason, GODWIT_AUTH_RESYNC);
    expect_old_key_lives();
}

static void a_card_that_does_not_answer_is_asked_again(void **state)
{
    (void)state;
    static const godwit_usim_result_t broken = {.status = GODWIT_IO_FAILED};
    octets_t m = handing(GODWIT_MANAGE_KEYS_REQUEST, SQN, 0x8080, 1, 2);
    dut_receive(&d, octets_slice(&m));
    dut_receive(&d, octets_slice(&m)); /* while it works */
    assert_int_equal(d.requests.count, 0);
    assert_int_equal(godwit_device_usim_result(&d.device, &broken, d.random, &d.requests), GODWIT_OK);
    assert_int_equal(dut_sends(&d), 0);
    take(&m);
    assert_int_equal(dut_sends(&d), 1);
}

static void what_does_not_fit_is_refused_before_the_card_runs(void **state)
{
    (void)state;
    octets_t m = handing(GODWIT_MANAGE_KEYS_REQUEST, SQN, 0x0000, 1, 2); /* no separation bit: anybody's UTRAN vector */
    dut_receive(&d, octets_slice(&m));
    dut_expect_refused(&d, GODWIT_POLICY_FORBIDS);
    d.device.config.suites = 2;
    m = handing(GODWIT_MANAGE_KEYS_REQUEST, SQN, 0x8080, 1, 2);
    dut_receive(&d, octets_slice(&m));
    dut_expect_refused(&d, GODWIT_UNSUPPORTED_SUITE);
    d.device.config.suites = 1;
    d.device.config.agreements = 0x40; /* 07 alone */
    m = handing(GODWIT_MANAGE_KEYS_REQUEST, SQN, 0x8080, 1, 2);
    dut_receive(&d, octets_slice(&m));
    dut_expect_refused(&d, GODWIT_POLICY_FORBIDS);
    m = handing(GODWIT_SESSION_TERMINATE_RESPONSE, SQN, 0x8080, 1, 2); /* nobody asked for an end */
    dut_receive(&d, octets_slice(&m));
    assert_null(dut_find(&d, GODWIT_DEVICE_AUTHENTICATE));
}

static void no_single_bit_of_it_may_change(void **state)
{
    (void)state;
    octets_t genuine = handing(GODWIT_MANAGE_KEYS_REQUEST, SQN, 0x8080, 1, 2);
    godwit_device_t before = d.device;
    for (size_t bit = 0; bit < genuine.len * 8; bit++) {
        octets_t changed = genuine;
        changed.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        dut_receive(&d, octets_slice(&changed));
        assert_null(dut_find(&d, GODWIT_DEVICE_AUTHENTICATE));
        assert_int_equal(dut_sends(&d), 0);
        assert_memory_equal(&d.device.session, &before.session, sizeof before.session);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_octets_are_those_of_another_implementation, setup),
        cmocka_unit_test_setup(a_vector_with_manage_keys_makes_the_next_key, setup),
        cmocka_unit_test_setup(a_vector_with_the_end_serves_the_next_reading_after_a_power_loss, setup),
        cmocka_unit_test_setup(generations_of_a_handed_key_set_only_rise, setup),
        cmocka_unit_test_setup(a_stale_vector_leaves_the_old_key_and_auts_goes_up, setup),
        cmocka_unit_test_setup(a_vector_of_a_stranger_is_refused_without_auts, setup),
        cmocka_unit_test_setup(a_stale_vector_with_the_end_still_ends_the_session, setup),
        cmocka_unit_test_setup(power_lost_while_the_card_runs_costs_one_more_run_and_no_key, setup),
        cmocka_unit_test_setup(a_card_that_does_not_answer_is_asked_again, setup),
        cmocka_unit_test_setup(what_does_not_fit_is_refused_before_the_card_runs, setup),
        cmocka_unit_test_setup(no_single_bit_of_it_may_change, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
