/* SPDX-License-Identifier: Apache-2.0
 *
 * A live session: user data both ways, change of keys, the end, early data, rejects and hints.
 */
#include "tests/device/dut.h"

static uint8_t plain[GODWIT_EMSDP_DATAGRAM_MAX];

static void set_up(dut_t *d)
{
    dut_init(d);
    dut_set_up(d, "first");
}

static void expect_reading(dut_t *d, unsigned index, const char *text)
{
    godwit_emsdp_opened_t opened = dut_open(d, dut_sent(d, index), plain);
    assert_true(opened.user_plane);
    assert_true(godwit_slice_equal(opened.payload, godwit_slice_of_string(text)));
}

static void expect_delivered(const dut_t *d, const char *text)
{
    const godwit_device_request_t *delivery = dut_find(d, GODWIT_DEVICE_DELIVER);
    assert_int_equal(d->requests.item[0].kind, GODWIT_DEVICE_STORE);
    assert_non_null(delivery);
    assert_true(godwit_slice_equal(delivery->octets, godwit_slice_of_string(text)));
}

static godwit_emsdp_key_t next_key(const dut_t *d, uint32_t generation, uint8_t suite, uint8_t key_id)
{
    uint8_t k_session[32];
    godwit_emsdp_key_t key;
    assert_int_equal(godwit_k_session(CRYPTO, d->e2m_keyset, d->config.endpoint, generation, k_session), GODWIT_OK);
    assert_int_equal(godwit_emsdp_key_init(CRYPTO, &key, k_session, suite, key_id, d->config.framing,
                                           d->network.hot.session_id, generation, GODWIT_END_NETWORK),
                     GODWIT_OK);
    return key;
}

static godwit_emsdp_control_t with_key(uint8_t command, uint32_t generation, uint8_t suite, uint8_t key_id)
{
    return (godwit_emsdp_control_t){
        .command = command, .present = HAS(KEY), .key_generation = generation, .key_suite = suite, .key_id = key_id};
}

/* ---- user data ---- */

static void downlink_data_is_delivered_once(void **state)
{
    (void)state;
    dut_t d;
    set_up(&d);
    octets_t first = dut_seal_user(&d, "open"), second = dut_seal_user(&d, "shut");
    dut_receive(&d, octets_slice(&second)); /* out of order, within the window */
    expect_delivered(&d, "shut");
    dut_receive(&d, octets_slice(&first));
    expect_delivered(&d, "open");
    dut_receive(&d, octets_slice(&first));
    dut_expect_refused(&d, GODWIT_REPLAY);
    dut_reboot(&d); /* the window is in the record */
    dut_receive(&d, octets_slice(&second));
    dut_expect_refused(&d, GODWIT_REPLAY);
}

static void no_single_bit_of_downlink_data_may_change(void **state)
{
    (void)state;
    dut_t d;
    set_up(&d);
    octets_t genuine = dut_seal_user(&d, "shut");
    godwit_device_session_t before = d.device.session;
    for (size_t bit = 0; bit < genuine.len * 8; bit++) {
        octets_t changed = genuine;
        changed.at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        dut_receive(&d, octets_slice(&changed));
        assert_int_equal(d.requests.count, 1);
        assert_non_null(dut_event(&d, "refused"));
        assert_memory_equal(&d.device.session, &before, sizeof before);
    }
    for (size_t len = 0; len < genuine.len; len++) {
        dut_receive(&d, godwit_slice(genuine.at, len));
        assert_non_null(dut_event(&d, "refused"));
    }
    dut_receive(&d, octets_slice(&genuine));
    expect_delivered(&d, "shut");
}

static void a_datagram_longer_than_any_is_malformed(void **state)
{
    (void)state;
    dut_t d;
    static uint8_t longer[GODWIT_DEVICE_DATAGRAM_MAX + 1];
    set_up(&d);
    dut_receive(&d, godwit_slice(longer, sizeof longer));
    dut_expect_refused(&d, GODWIT_MALFORMED);
}

/* ---- COUNTs ---- */

static void a_store_reserves_many_counts(void **state)
{
    (void)state;
    dut_t d;
    set_up(&d);
    unsigned before = d.stores;
    for (unsigned i = 0; i < 64; i++) {
        dut_send(&d, "x");
        expect_reading(&d, 0, "x");
    }
    assert_int_equal(d.stores - before, 3); /* 16 were reserved at set-up */
}

/* Power is lost after every reading, unplanned: COUNTs are skipped, none is used twice, and the network follows. */
static void a_power_loss_skips_counts_and_uses_none_twice(void **state)
{
    (void)state;
    dut_t d;
    uint32_t next = 0;
    set_up(&d);
    for (unsigned i = 0; i < 300; i++) {
        for (unsigned k = 0; k <= i % 20; k++) {
            dut_send(&d, "x");
            godwit_emsdp_opened_t opened = dut_open(&d, dut_sent(&d, dut_sends(&d) - 1), plain);
            assert_true(opened.count >= next);
            next = opened.count + 1;
        }
        dut_reboot(&d);
        d.device.session.flags &= (uint8_t)~2u; /* not distrusted: the Confirmation is known to have left */
    }
}

/* Power is lost before the record is durable: what follows STORE does not happen, and the COUNT is still free. */
static void a_power_loss_before_the_store_leaves_the_count_unused(void **state)
{
    (void)state;
    dut_t d;
    set_up(&d);
    assert_int_equal(godwit_device_suspend(&d.device, &d.requests), GODWIT_OK);
    dut_store(&d);
    dut_reboot(&d);
    assert_int_equal(godwit_device_send(&d.device, godwit_slice_of_string("lost"), d.random, &d.requests), GODWIT_OK);
    assert_int_equal(d.requests.item[0].kind, GODWIT_DEVICE_STORE); /* not carried out */
    dut_reboot(&d);
    dut_send(&d, "kept");
    expect_reading(&d, 0, "kept");
    assert_int_equal(d.network.hot.up_next_in, 1);
}

static void after_many_skips_the_network_is_told_the_full_counts(void **state)
{
    (void)state;
    dut_t d;
    bool told = false;
    dut_init(&d);
    d.config.framing.counter_octets = 0; /* 3 bits of COUNT travel */
    assert_int_equal(godwit_device_init(&d.device, &d.config), GODWIT_OK);
    dut_start_t start = dut_start(godwit_sqn_join(10, 1, GODWIT_IND_BITS_DEFAULT));
    start.framing = d.config.framing;
    dut_send(&d, "first");
    dut_expect_request(&d);
    dut_make_start(&d, &start);
    dut_receive(&d, octets_slice(&d.start));
    dut_run_card(&d);
    (void)dut_open(&d, dut_sent(&d, 0), plain);
    for (unsigned i = 0; i < 20 && !told; i++) { /* every reading is lost on its way, and power after it */
        dut_send(&d, "lost");
        told = dut_sends(&d) == 2;
        if (!told) {
            dut_reboot(&d);
            d.device.session.flags &= (uint8_t)~2u;
        }
    }
    assert_true(told);
    godwit_emsdp_opened_t opened = dut_open(&d, dut_sent(&d, 0), plain);
    assert_int_equal(opened.control.command, GODWIT_MANAGE_KEYS_REQUEST);
    expect_reading(&d, 1, "lost");
    godwit_emsdp_control_t answer = {.command = GODWIT_MANAGE_KEYS_RESPONSE};
    octets_t response = dut_seal(&d, &answer);
    dut_receive(&d, octets_slice(&response));
    assert_int_equal(dut_find(&d, GODWIT_DEVICE_TIMER)->delay_ms, 0);
    dut_send(&d, "found");
    assert_int_equal(dut_sends(&d), 1);
    expect_reading(&d, 0, "found");
}

static void synchronise_is_asked_again_until_it_is_answered(void **state)
{
    (void)state;
    dut_t d;
    set_up(&d);
    assert_int_equal(godwit_device_synchronise(&d.device, &d.requests), GODWIT_OK);
    octets_t asked = {.len = dut_sent(&d, 0).len};
    memcpy(asked.at, dut_sent(&d, 0).ptr, asked.len);
    assert_int_equal(godwit_device_synchronise(&d.device, &d.requests), GODWIT_AGAIN);
    assert_int_equal(godwit_device_timer(&d.device, d.random, &d.requests), GODWIT_OK);
    assert_true(godwit_slice_equal(dut_sent(&d, 0), octets_slice(&asked)));
    (void)dut_open(&d, octets_slice(&asked), plain);
    godwit_emsdp_control_t answer = {.command = GODWIT_MANAGE_KEYS_RESPONSE};
    octets_t response = dut_seal(&d, &answer);
    dut_receive(&d, octets_slice(&response));
    assert_int_equal(godwit_device_timer(&d.device, d.random, &d.requests), GODWIT_OK);
    assert_int_equal(d.requests.count, 0);
    octets_t again = dut_seal(&d, &answer); /* an answer to nothing */
    dut_receive(&d, octets_slice(&again));
    dut_expect_refused(&d, GODWIT_WRONG_STATE);
}

/* ---- change of keys ---- */

static void rekey(dut_t *d, uint32_t generation, uint8_t key_id)
{
    godwit_emsdp_control_t m = with_key(GODWIT_MANAGE_KEYS_REQUEST, generation, GODWIT_SUITE_DEFAULT, key_id);
    octets_t request = dut_seal(d, &m);
    dut_receive(d, octets_slice(&request));
}

static void the_old_key_goes_when_a_datagram_under_the_new_one_has_verified(void **state)
{
    (void)state;
    dut_t d;
    set_up(&d);
    godwit_emsdp_key_t old = d.network;
    godwit_emsdp_key_t new = next_key(&d, 2, 1, 2);
    rekey(&d, 2, 2);
    old = d.network;
    d.network = new;
    assert_int_equal(dut_open(&d, dut_sent(&d, 0), plain).control.command, GODWIT_MANAGE_KEYS_RESPONSE);
    dut_send(&d, "under the new one");
    expect_reading(&d, 0, "under the new one");
    new = d.network;
    d.network = old;
    octets_t late = dut_seal_user(&d, "late"), later = dut_seal_user(&d, "too late");
    dut_receive(&d, octets_slice(&late));
    expect_delivered(&d, "late");
    d.network = new;
    octets_t confirming = dut_seal_user(&d, "confirms");
    dut_receive(&d, octets_slice(&confirming));
    expect_delivered(&d, "confirms");
    dut_receive(&d, octets_slice(&later));
    dut_expect_refused(&d, GODWIT_UNKNOWN_KEY);
}

static void generations_only_rise(void **state)
{
    (void)state;
    dut_t d;
    set_up(&d);
    godwit_device_session_t before = d.device.session;
    rekey(&d, 1, 2);
    dut_expect_refused(&d, GODWIT_REPLAY);
    assert_memory_equal(&d.device.session, &before, sizeof before);
    rekey(&d, 7, 2);
    assert_non_null(dut_event(&d, "rekeyed"));
}

static void a_suite_below_the_devices_floor_is_refused(void **state)
{
    (void)state;
    dut_t d;
    set_up(&d);
    godwit_device_session_t before = d.device.session;
    for (uint8_t suite = 5; suite <= GODWIT_SUITE_LAST; suite++) {
        godwit_emsdp_control_t m = with_key(GODWIT_MANAGE_KEYS_REQUEST, 2, suite, 2);
        octets_t request = dut_seal(&d, &m);
        dut_receive(&d, octets_slice(&request));
        dut_expect_refused(&d, GODWIT_UNSUPPORTED_SUITE);
    }
    assert_memory_equal(&d.device.session, &before, sizeof before);
}

static void a_key_id_that_is_live_is_malformed(void **state)
{
    (void)state;
    dut_t d;
    set_up(&d);
    rekey(&d, 2, 1);
    dut_expect_refused(&d, GODWIT_MALFORMED);
}

static void a_repeated_key_change_gets_the_identical_answer(void **state)
{
    (void)state;
    dut_t d;
    set_up(&d);
    godwit_emsdp_control_t m = with_key(GODWIT_MANAGE_KEYS_REQUEST, 2, GODWIT_SUITE_DEFAULT, 2);
    octets_t request = dut_seal(&d, &m);
    dut_receive(&d, octets_slice(&request));
    octets_t answer = {.len = dut_sent(&d, 0).len};
    memcpy(answer.at, dut_sent(&d, 0).ptr, answer.len);
    dut_receive(&d, octets_slice(&request));
    assert_true(godwit_slice_equal(dut_sent(&d, 0), octets_slice(&answer)));
}

static void the_new_key_survives_a_power_loss(void **state)
{
    (void)state;
    dut_t d;
    set_up(&d);
    godwit_emsdp_key_t new = next_key(&d, 2, 1, 2);
    rekey(&d, 2, 2);
    dut_reboot(&d);
    d.network = new;
    dut_send(&d, "after the reboot");
    expect_reading(&d, 0, "after the reboot");
    assert_int_equal(d.network.hot.up_next_in, 17); /* 16 were reserved and may have been used */
}

/* ---- the end ---- */

static void the_network_may_end_a_session_for_good(void **state)
{
    (void)state;
    dut_t d;
    set_up(&d);
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_TERMINATE_REQUEST};
    octets_t request = dut_seal(&d, &m), data = dut_seal_user(&d, "after the end");
    dut_receive(&d, octets_slice(&request));
    assert_int_equal(dut_open(&d, dut_sent(&d, 0), plain).control.command, GODWIT_SESSION_TERMINATE_RESPONSE);
    assert_int_equal(godwit_device_state(&d.device), GODWIT_SESSION_IDLE);
    dut_receive(&d, octets_slice(&request)); /* its answer was lost */
    assert_int_equal(dut_sends(&d), 1);
    dut_receive(&d, octets_slice(&data));
    dut_expect_refused(&d, GODWIT_UNKNOWN_SESSION);
    dut_reboot(&d);
    assert_int_equal(godwit_device_state(&d.device), GODWIT_SESSION_IDLE);
    dut_send(&d, "anew");
    dut_expect_request(&d);
}

static void an_end_that_is_not_answered_leaves_a_session_that_is_not_trusted(void **state)
{
    (void)state;
    dut_t d;
    set_up(&d);
    assert_int_equal(godwit_device_terminate(&d.device, &d.requests), GODWIT_OK);
    assert_int_equal(godwit_device_send(&d.device, godwit_slice_of_string("x"), d.random, &d.requests), GODWIT_AGAIN);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(godwit_device_timer(&d.device, d.random, &d.requests), GODWIT_OK);
    }
    assert_non_null(dut_event(&d, "given_up"));
    octets_t data = dut_seal_user(&d, "still here");
    dut_receive(&d, octets_slice(&data));
    expect_delivered(&d, "still here");
    dut_send(&d, "anew");
    dut_expect_request(&d);
}

static void announce(dut_t *d)
{
    set_up(d);
    godwit_emsdp_control_t m = with_key(GODWIT_SESSION_TERMINATE_REQUEST, 2, GODWIT_SUITE_DEFAULT, 2);
    octets_t request = dut_seal(d, &m);
    dut_receive(d, octets_slice(&request));
    assert_int_equal(dut_open(d, dut_sent(d, 0), plain).control.command, GODWIT_SESSION_TERMINATE_RESPONSE);
    assert_int_equal(godwit_device_state(&d->device), GODWIT_SESSION_ANNOUNCED);
    d->network = next_key(d, 2, 1, 2);
}

/* Session Start under the announced key, as the answer to d->request. */
static octets_t early_start(dut_t *d, const char *data)
{
    uint8_t transcript[GODWIT_EMSDP_TRANSCRIPT];
    godwit_slice_t request = octets_slice(&d->request);
    godwit_emsdp_control_t m = {
        .command = GODWIT_SESSION_START,
        .present = HAS(HSE_CONFIGURATION) | (data != NULL ? HAS(DATA) : 0),
        .agreement = GODWIT_AGREEMENT_SEPARATE_EPS,
        .suite = GODWIT_SUITE_DEFAULT,
        .framing = d->config.framing,
        .data = godwit_slice_of_string(data),
    };
    octets_t o;
    godwit_writer_t w = godwit_writer(o.at, sizeof o.at);
    assert_int_equal(godwit_emsdp_transcript(CRYPTO, &request, 1, transcript), GODWIT_OK);
    assert_int_equal(godwit_emsdp_seal_control(CRYPTO, &d->network, &m, godwit_slice(transcript, 32), &w), GODWIT_OK);
    o.len = w.len;
    return o;
}

static void early_data_goes_at_once_and_is_sent_again_until_it_is_answered(void **state)
{
    (void)state;
    dut_t d;
    announce(&d);
    dut_send(&d, "early");
    dut_expect_request(&d);
    assert_null(dut_find(&d, GODWIT_DEVICE_STORE)); /* its COUNT was reserved with the key */
    godwit_emsdp_opened_t opened = dut_open(&d, dut_sent(&d, 0), plain);
    assert_true(godwit_slice_equal(opened.control.data, godwit_slice_of_string("early")));
    assert_int_equal(godwit_device_send(&d.device, godwit_slice_of_string("x"), d.random, &d.requests), GODWIT_AGAIN);
    assert_int_equal(godwit_device_timer(&d.device, d.random, &d.requests), GODWIT_OK);
    assert_true(godwit_slice_equal(dut_sent(&d, 0), octets_slice(&d.request)));
    octets_t start = early_start(&d, "welcome");
    dut_receive(&d, octets_slice(&start));
    assert_non_null(dut_event(&d, "reading_sent"));
    const godwit_device_request_t *delivery = dut_find(&d, GODWIT_DEVICE_DELIVER);
    assert_true(godwit_slice_equal(delivery->octets, godwit_slice_of_string("welcome")));
    dut_send(&d, "next");
    expect_reading(&d, 0, "next");
}

static void a_long_reading_follows_the_early_start(void **state)
{
    (void)state;
    dut_t d;
    char text[300];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    announce(&d);
    dut_send(&d, text);
    dut_expect_request(&d);
    (void)dut_open(&d, dut_sent(&d, 0), plain);
    octets_t start = early_start(&d, "welcome");
    dut_receive(&d, octets_slice(&start));
    assert_int_equal(dut_find(&d, GODWIT_DEVICE_TIMER)->delay_ms, 1);
    assert_int_equal(godwit_device_send(&d.device, godwit_slice_of_string("x"), d.random, &d.requests), GODWIT_AGAIN);
    assert_int_equal(godwit_device_timer(&d.device, d.random, &d.requests), GODWIT_OK);
    expect_reading(&d, 0, text);
    dut_send(&d, "next");
    expect_reading(&d, 0, "next");
}

/* The network ends the new session in the very moment in which the long reading waits for its turn. */
static void a_long_reading_whose_session_has_ended_meanwhile_sets_up_anew(void **state)
{
    (void)state;
    dut_t d;
    char text[300];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    announce(&d);
    dut_send(&d, text);
    dut_expect_request(&d);
    (void)dut_open(&d, dut_sent(&d, 0), plain);
    octets_t start = early_start(&d, "welcome");
    dut_receive(&d, octets_slice(&start));
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_TERMINATE_REQUEST};
    octets_t end = dut_seal(&d, &m);
    dut_receive(&d, octets_slice(&end));
    assert_int_equal(godwit_device_state(&d.device), GODWIT_SESSION_IDLE);
    assert_int_equal(godwit_device_timer(&d.device, d.random, &d.requests), GODWIT_OK);
    dut_expect_request(&d);
    assert_int_equal(godwit_device_send(&d.device, godwit_slice_of_string("x"), d.random, &d.requests), GODWIT_AGAIN);
}

static void an_announced_key_takes_its_session_start_alone(void **state)
{
    (void)state;
    dut_t d;
    announce(&d);
    octets_t data = dut_seal_user(&d, "too early");
    dut_receive(&d, octets_slice(&data));
    dut_expect_refused(&d, GODWIT_UNKNOWN_KEY);
}

/* It may have arrived, and only its answer was lost: the network then takes no second 10 under that key. */
static void early_data_without_an_answer_is_uncertain_and_the_next_reading_sets_up_anew(void **state)
{
    (void)state;
    dut_t d;
    announce(&d);
    dut_send(&d, "early");
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(godwit_device_timer(&d.device, d.random, &d.requests), GODWIT_OK);
    }
    assert_non_null(dut_event(&d, "reading_uncertain"));
    assert_non_null(dut_event(&d, "given_up"));
    assert_int_equal(godwit_device_state(&d.device), GODWIT_SESSION_ANNOUNCED);
    dut_send(&d, "again");
    dut_expect_request(&d);
    assert_int_equal(d.request.at[0] >> 4 & 7, 0); /* Key ID 000 */
}

/* ---- rejects ---- */

static octets_t hint_about(godwit_slice_t rejected, godwit_status_t reason)
{
    godwit_emsdp_control_t m = {.command = GODWIT_MESSAGE_REJECT, .present = HAS(REASON) | HAS(ECHO), .reason = reason};
    octets_t o;
    godwit_writer_t w = godwit_writer(o.at, sizeof o.at);
    assert_int_equal(godwit_emsdp_echo(CRYPTO, rejected, GODWIT_FRAMING_DEFAULT, m.echo), GODWIT_OK);
    assert_int_equal(godwit_emsdp_unkeyed_build(GODWIT_FRAMING_DEFAULT, 1, 0, &m, &w), GODWIT_OK);
    o.len = w.len;
    return o;
}

static void a_hint_makes_the_next_reading_set_up_anew_and_erases_nothing(void **state)
{
    (void)state;
    dut_t d;
    set_up(&d);
    dut_send(&d, "uncertain");
    octets_t hint = hint_about(dut_sent(&d, 0), GODWIT_UNKNOWN_SESSION);
    dut_receive(&d, octets_slice(&hint));
    assert_int_equal(dut_event(&d, "refused")->reason, GODWIT_UNKNOWN_SESSION);
    assert_non_null(dut_event(&d, "reading_uncertain"));
    assert_int_equal(dut_sends(&d), 0); /* it is not sent again by itself */
    octets_t data = dut_seal_user(&d, "the old key lives");
    dut_receive(&d, octets_slice(&data));
    expect_delivered(&d, "the old key lives");
    dut_send(&d, "anew");
    dut_expect_request(&d);
    data = dut_seal_user(&d, "and lives");
    dut_receive(&d, octets_slice(&data));
    expect_delivered(&d, "and lives");
    assert_int_equal(godwit_device_state(&d.device), GODWIT_SESSION_REQUESTED);
    dut_start_t start = dut_start(godwit_sqn_join(11, 1, GODWIT_IND_BITS_DEFAULT));
    start.session_id = 2;
    dut_make_start(&d, &start);
    dut_receive(&d, octets_slice(&d.start));
    dut_run_card(&d);
    assert_int_equal(godwit_device_session_id(&d.device), 2);
}

static void a_hint_about_another_datagram_is_ignored(void **state)
{
    (void)state;
    dut_t d;
    set_up(&d);
    dut_send(&d, "x");
    octets_t hint = hint_about(dut_sent(&d, 0), GODWIT_UNKNOWN_SESSION);
    hint.at[hint.len - 1] ^= 1;
    dut_receive(&d, octets_slice(&hint));
    dut_expect_refused(&d, GODWIT_UNKNOWN_SESSION);
    dut_send(&d, "y");
    assert_null(dut_event(&d, "session_requested"));
}

/* Whoever answers every reading with a hint does not make every reading cost a set-up. */
static void forged_hints_cost_few_set_ups(void **state)
{
    (void)state;
    dut_t d;
    unsigned set_ups = 0;
    set_up(&d);
    for (unsigned i = 0; i < 200; i++) {
        dut_send(&d, "x");
        if (dut_event(&d, "session_requested") != NULL) {
            dut_expect_request(&d);
            dut_start_t start = dut_start(godwit_sqn_join(11 + i, 1, GODWIT_IND_BITS_DEFAULT));
            start.session_id = 2 + i;
            dut_make_start(&d, &start);
            dut_receive(&d, octets_slice(&d.start));
            dut_run_card(&d);
            set_ups++;
        }
        octets_t hint = hint_about(dut_sent(&d, 0), GODWIT_UNKNOWN_KEY);
        dut_receive(&d, octets_slice(&hint));
    }
    assert_in_range(set_ups, 4, 4 + 200 / 16);
}

static void a_hint_about_a_request_backs_off_and_ends_nothing(void **state)
{
    (void)state;
    dut_t d;
    dut_init(&d);
    dut_send(&d, "x");
    dut_expect_request(&d);
    octets_t hint = hint_about(octets_slice(&d.request), GODWIT_UNKNOWN_SUBSCRIBER);
    dut_receive(&d, octets_slice(&hint));
    assert_int_equal(dut_event(&d, "refused")->reason, GODWIT_UNKNOWN_SUBSCRIBER);
    assert_int_equal(dut_find(&d, GODWIT_DEVICE_TIMER)->delay_ms, 8000);
    dut_receive(&d, octets_slice(&hint));
    assert_null(dut_find(&d, GODWIT_DEVICE_TIMER)); /* once a sending */
    dut_start_t start = dut_start(godwit_sqn_join(10, 1, GODWIT_IND_BITS_DEFAULT));
    dut_make_start(&d, &start);
    dut_receive(&d, octets_slice(&d.start)); /* the genuine one comes after all */
    dut_run_card(&d);
    assert_non_null(dut_event(&d, "session_started"));
}

static void a_reject_under_the_key_is_the_networks_word(void **state)
{
    (void)state;
    dut_t d;
    set_up(&d);
    dut_send(&d, "x");
    godwit_emsdp_control_t m = {
        .command = GODWIT_MESSAGE_REJECT, .present = HAS(REASON) | HAS(ECHO), .reason = GODWIT_KEY_EXPIRED};
    assert_int_equal(godwit_emsdp_echo(CRYPTO, dut_sent(&d, 0), d.config.framing, m.echo), GODWIT_OK);
    octets_t reject = dut_seal(&d, &m);
    dut_receive(&d, octets_slice(&reject));
    assert_int_equal(dut_event(&d, "refused")->reason, GODWIT_KEY_EXPIRED);
    assert_non_null(dut_event(&d, "reading_uncertain"));
    dut_reboot(&d);
    dut_send(&d, "anew");
    dut_expect_request(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(downlink_data_is_delivered_once),
        cmocka_unit_test(no_single_bit_of_downlink_data_may_change),
        cmocka_unit_test(a_datagram_longer_than_any_is_malformed),
        cmocka_unit_test(a_store_reserves_many_counts),
        cmocka_unit_test(a_power_loss_skips_counts_and_uses_none_twice),
        cmocka_unit_test(a_power_loss_before_the_store_leaves_the_count_unused),
        cmocka_unit_test(after_many_skips_the_network_is_told_the_full_counts),
        cmocka_unit_test(synchronise_is_asked_again_until_it_is_answered),
        cmocka_unit_test(the_old_key_goes_when_a_datagram_under_the_new_one_has_verified),
        cmocka_unit_test(generations_only_rise),
        cmocka_unit_test(a_suite_below_the_devices_floor_is_refused),
        cmocka_unit_test(a_key_id_that_is_live_is_malformed),
        cmocka_unit_test(a_repeated_key_change_gets_the_identical_answer),
        cmocka_unit_test(the_new_key_survives_a_power_loss),
        cmocka_unit_test(the_network_may_end_a_session_for_good),
        cmocka_unit_test(an_end_that_is_not_answered_leaves_a_session_that_is_not_trusted),
        cmocka_unit_test(early_data_goes_at_once_and_is_sent_again_until_it_is_answered),
        cmocka_unit_test(a_long_reading_follows_the_early_start),
        cmocka_unit_test(a_long_reading_whose_session_has_ended_meanwhile_sets_up_anew),
        cmocka_unit_test(an_announced_key_takes_its_session_start_alone),
        cmocka_unit_test(early_data_without_an_answer_is_uncertain_and_the_next_reading_sets_up_anew),
        cmocka_unit_test(a_hint_makes_the_next_reading_set_up_anew_and_erases_nothing),
        cmocka_unit_test(a_hint_about_another_datagram_is_ignored),
        cmocka_unit_test(forged_hints_cost_few_set_ups),
        cmocka_unit_test(a_hint_about_a_request_backs_off_and_ends_nothing),
        cmocka_unit_test(a_reject_under_the_key_is_the_networks_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
