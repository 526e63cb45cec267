/* SPDX-License-Identifier: Apache-2.0
 *
 * Set-up: what may come instead of a genuine Session Start, and that the genuine one is taken in spite of it.
 */
#include "tests/device/dut.h"

#define SQN godwit_sqn_join(10, 1, GODWIT_IND_BITS_DEFAULT)

static uint8_t plain[GODWIT_EMSDP_DATAGRAM_MAX];

static void request(dut_t *d)
{
    dut_init(d);
    dut_send(d, "21.5 C");
    dut_expect_request(d);
}

static void expect_confirmed(dut_t *d, const char *reading)
{
    dut_run_card(d);
    godwit_emsdp_opened_t opened = dut_open(d, dut_sent(d, 0), plain);
    assert_int_equal(opened.control.command, GODWIT_SESSION_START_CONFIRMATION);
    assert_true(godwit_slice_equal(opened.control.data, godwit_slice_of_string(reading)));
    assert_int_equal(godwit_device_state(&d->device), GODWIT_SESSION_ACTIVE);
    assert_non_null(dut_event(d, "session_started"));
    assert_non_null(dut_event(d, "reading_sent"));
}

static void genuine_start(dut_t *d)
{
    dut_start_t start = dut_start(SQN);
    dut_make_start(d, &start);
    dut_receive(d, octets_slice(&d->start));
}

/* ---- retransmission ---- */

static void a_request_is_sent_again_in_the_same_octets_and_the_wait_doubles(void **state)
{
    (void)state;
    dut_t d;
    request(&d);
    uint32_t wait = dut_find(&d, GODWIT_DEVICE_TIMER)->delay_ms;
    assert_int_equal(wait, 4000);
    for (unsigned i = 1; i < 4; i++) {
        assert_int_equal(godwit_device_timer(&d.device, d.random, &d.requests), GODWIT_OK);
        assert_true(godwit_slice_equal(dut_sent(&d, 0), octets_slice(&d.request)));
        assert_int_equal(dut_find(&d, GODWIT_DEVICE_TIMER)->delay_ms, wait *= 2);
    }
    assert_int_equal(godwit_device_timer(&d.device, d.random, &d.requests), GODWIT_OK);
    assert_int_equal(dut_sends(&d), 0);
    assert_non_null(dut_event(&d, "given_up"));
    assert_int_equal(godwit_device_state(&d.device), GODWIT_SESSION_IDLE);
}

static void a_start_that_comes_late_is_taken(void **state)
{
    (void)state;
    dut_t d;
    request(&d);
    assert_int_equal(godwit_device_timer(&d.device, d.random, &d.requests), GODWIT_OK);
    genuine_start(&d);
    expect_confirmed(&d, "21.5 C");
}

static void after_giving_up_the_next_reading_begins_anew(void **state)
{
    (void)state;
    dut_t d;
    request(&d);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(godwit_device_timer(&d.device, d.random, &d.requests), GODWIT_OK);
    }
    genuine_start(&d);
    dut_expect_refused(&d, GODWIT_WRONG_STATE);
    d.random[3] = 7;
    dut_send(&d, "22 C");
    dut_expect_request(&d);
    genuine_start(&d);
    expect_confirmed(&d, "22 C");
}

static void the_timer_waits_for_the_card(void **state)
{
    (void)state;
    dut_t d;
    request(&d);
    genuine_start(&d);
    godwit_device_requests_t asked = d.requests;
    for (unsigned i = 0; i < 10; i++) {
        assert_int_equal(godwit_device_timer(&d.device, d.random, &d.requests), GODWIT_OK);
        assert_null(dut_event(&d, "given_up"));
    }
    d.requests = asked;
    expect_confirmed(&d, "21.5 C");
}

/* ---- readings ---- */

static void one_reading_is_held_at_a_time(void **state)
{
    (void)state;
    dut_t d;
    request(&d);
    assert_int_equal(godwit_device_send(&d.device, godwit_slice_of_string("another"), d.random, &d.requests),
                     GODWIT_AGAIN);
    genuine_start(&d);
    expect_confirmed(&d, "21.5 C");
}

static void a_set_up_without_a_reading_takes_one_on_its_way(void **state)
{
    (void)state;
    dut_t d;
    dut_init(&d);
    dut_send(&d, "");
    dut_expect_request(&d);
    dut_send(&d, "late guest");
    assert_int_equal(dut_sends(&d), 0);
    genuine_start(&d);
    expect_confirmed(&d, "late guest");
}

static void a_long_reading_follows_the_confirmation_by_itself(void **state)
{
    (void)state;
    dut_t d;
    uint8_t reading[GODWIT_DEVICE_READING_MAX + 1];
    memset(reading, 0x5a, sizeof reading);
    dut_init(&d);
    assert_int_equal(godwit_device_send(&d.device, godwit_slice(reading, sizeof reading), d.random, &d.requests),
                     GODWIT_NO_SPACE);
    assert_int_equal(godwit_device_send(&d.device, godwit_slice(reading, sizeof reading - 1), d.random, &d.requests),
                     GODWIT_OK);
    dut_expect_request(&d);
    genuine_start(&d);
    dut_run_card(&d);
    assert_int_equal(dut_sends(&d), 2);
    godwit_emsdp_opened_t opened = dut_open(&d, dut_sent(&d, 0), plain);
    assert_false(godwit_emsdp_has(&opened.control, GODWIT_TLV_DATA));
    opened = dut_open(&d, dut_sent(&d, 1), plain);
    assert_int_equal(opened.payload.len, sizeof reading - 1);
    assert_memory_equal(opened.payload.ptr, reading, sizeof reading - 1);
}

/* ---- the USIM ---- */

static void a_forged_mac_does_not_spoil_the_genuine_start(void **state)
{
    (void)state;
    dut_t d;
    request(&d);
    dut_start_t start = dut_start(SQN);
    dut_make_start(&d, &start);
    octets_t forged = d.start;
    forged.at[forged.len - 1] ^= 1;
    dut_receive(&d, octets_slice(&forged));
    dut_run_card(&d);
    dut_expect_refused(&d, GODWIT_MAC_FAILURE);
    assert_int_equal(d.stores, 0);
    dut_receive(&d, octets_slice(&d.start));
    expect_confirmed(&d, "21.5 C");
    assert_int_equal(d.card_runs, 1); /* what the card gave was kept */
}

static void a_forged_generation_or_suite_does_not_spoil_the_genuine_start(void **state)
{
    (void)state;
    dut_t d;
    request(&d);
    dut_start_t start = dut_start(SQN);
    dut_make_start(&d, &start);
    octets_t forged = d.start;
    forged.at[forged.len - 10] = 2; /* the suite in HSE configuration */
    dut_receive(&d, octets_slice(&forged));
    dut_run_card(&d);
    dut_expect_refused(&d, GODWIT_MAC_FAILURE);
    dut_receive(&d, octets_slice(&d.start));
    expect_confirmed(&d, "21.5 C");
}

static void a_wrong_autn_is_told_and_the_attempt_goes_on(void **state)
{
    (void)state;
    dut_t d;
    request(&d);
    dut_start_t start = dut_start(SQN);
    start.vector.autn[15] ^= 1;
    dut_make_start(&d, &start);
    dut_receive(&d, octets_slice(&d.start));
    dut_run_card(&d);
    dut_expect_refused(&d, GODWIT_AUTH_MAC_FAILURE);
    assert_int_equal(godwit_device_state(&d.device), GODWIT_SESSION_REQUESTED);
    genuine_start(&d);
    expect_confirmed(&d, "21.5 C");
}

static void a_card_that_does_not_answer_is_asked_again(void **state)
{
    (void)state;
    dut_t d;
    godwit_usim_result_t silent = {.status = GODWIT_IO_FAILED};
    request(&d);
    genuine_start(&d);
    assert_int_equal(godwit_device_usim_result(&d.device, &silent, d.random, &d.requests), GODWIT_OK);
    dut_expect_refused(&d, GODWIT_IO_FAILED);
    dut_receive(&d, octets_slice(&d.start));
    expect_confirmed(&d, "21.5 C");
}

static void what_comes_over_the_air_costs_few_runs_of_the_card(void **state)
{
    (void)state;
    dut_t d;
    request(&d);
    for (unsigned i = 0; i < 30; i++) {
        dut_start_t start = dut_start(SQN);
        start.vector.rand[0] ^= (uint8_t)(i + 1);
        dut_make_start(&d, &start);
        dut_receive(&d, octets_slice(&d.start));
        dut_run_card(&d);
    }
    assert_int_equal(d.card_runs, GODWIT_DEVICE_USIM_RUNS_MAX);
    dut_expect_refused(&d, GODWIT_OVERLOAD);
}

static void a_second_start_waits_while_the_card_runs(void **state)
{
    (void)state;
    dut_t d;
    request(&d);
    genuine_start(&d);
    godwit_device_requests_t asked = d.requests;
    dut_receive(&d, octets_slice(&d.start)); /* a repetition: nothing to do */
    assert_int_equal(d.requests.count, 0);
    octets_t other = d.start;
    other.at[9] ^= 1; /* another RAND */
    dut_receive(&d, octets_slice(&other));
    dut_expect_refused(&d, GODWIT_OVERLOAD);
    d.requests = asked;
    expect_confirmed(&d, "21.5 C");
}

/* The Start that waits for the card stands where answers are made: what the network asks under the old key must wait,
 * or the card would have run for nothing. */
static void a_key_change_of_the_old_session_does_not_spoil_the_start_that_waits_for_the_card(void **state)
{
    (void)state;
    dut_t d;
    dut_init(&d);
    dut_set_up(&d, "first");
    godwit_emsdp_key_t old = d.network;
    d.device.session.flags |= 2u; /* distrusted: the next reading sets up anew, the old key stays */
    dut_send(&d, "second");
    dut_expect_request(&d);
    dut_start_t start = dut_start(godwit_sqn_join(11, 1, GODWIT_IND_BITS_DEFAULT));
    start.session_id = 2;
    dut_make_start(&d, &start);
    dut_receive(&d, octets_slice(&d.start));
    godwit_device_requests_t asked = d.requests;
    godwit_emsdp_key_t fresh = d.network;
    d.network = old;
    godwit_emsdp_control_t m = {.command = GODWIT_MANAGE_KEYS_REQUEST, .present = HAS(COUNT)};
    octets_t counts = dut_seal(&d, &m);
    dut_receive(&d, octets_slice(&counts));
    dut_expect_refused(&d, GODWIT_OVERLOAD);
    d.network = fresh;
    d.requests = asked;
    expect_confirmed(&d, "second");
    assert_int_equal(d.card_runs, 2);
}

static void a_result_that_nobody_asked_for_is_refused(void **state)
{
    (void)state;
    dut_t d;
    godwit_usim_result_t result = {.status = GODWIT_OK};
    request(&d);
    assert_int_equal(godwit_device_usim_result(&d.device, &result, d.random, &d.requests), GODWIT_WRONG_STATE);
}

/* ---- resynchronisation ---- */

static void stale_start(dut_t *d)
{
    request(d);
    d->card.sqn.seq_ms[1] = 500;
    genuine_start(d); /* SEQ 10 */
    dut_run_card(d);
    assert_int_equal(dut_event(d, "refused")->reason, GODWIT_AUTH_RESYNC);
}

static void resynchronisation_works_on_the_first_retry(void **state)
{
    (void)state;
    dut_t d;
    uint64_t sqn_ms;
    godwit_emsdp_header_t header;
    godwit_emsdp_control_t m;
    dut_start_t start = dut_start(SQN);
    stale_start(&d);
    d.random[3] = 9;
    godwit_slice_t sent = dut_sent(&d, 0);
    assert_int_equal(godwit_emsdp_unkeyed_parse(sent, d.config.framing, &header, &m), GODWIT_OK);
    assert_true(godwit_emsdp_has(&m, GODWIT_TLV_AUTS));
    assert_int_equal(godwit_auts_consume(CRYPTO, &d.card.key, start.vector.rand, m.auts, &sqn_ms), GODWIT_OK);
    assert_int_equal(sqn_ms >> GODWIT_IND_BITS_DEFAULT, 500);
    dut_expect_request(&d);
    start.vector = dut_vector(godwit_sqn_join(501, 1, GODWIT_IND_BITS_DEFAULT), 0x8000);
    dut_make_start(&d, &start);
    dut_receive(&d, octets_slice(&d.start));
    expect_confirmed(&d, "21.5 C");
}

/* Somebody plays an old vector back: the AUTS it provokes must not shut out the answer to the request before. */
static void the_request_before_an_auts_stays_answerable(void **state)
{
    (void)state;
    dut_t d;
    stale_start(&d); /* d.request is still the request before */
    dut_start_t start = dut_start(SQN);
    start.vector = dut_vector(godwit_sqn_join(501, 1, GODWIT_IND_BITS_DEFAULT), 0x8000);
    dut_make_start(&d, &start);
    dut_receive(&d, octets_slice(&d.start));
    expect_confirmed(&d, "21.5 C");
}

static void a_request_with_auts_is_sent_again_in_the_same_octets(void **state)
{
    (void)state;
    dut_t d;
    stale_start(&d);
    dut_expect_request(&d);
    assert_int_equal(godwit_device_timer(&d.device, d.random, &d.requests), GODWIT_OK);
    assert_true(godwit_slice_equal(dut_sent(&d, 0), octets_slice(&d.request)));
}

/* ---- what the device insists on ---- */

static void expect_start_refused(dut_start_t start, godwit_status_t reason)
{
    dut_t d;
    request(&d);
    dut_make_start(&d, &start);
    dut_receive(&d, octets_slice(&d.start));
    dut_expect_refused(&d, reason);
    assert_int_equal(d.card_runs, 0);
    genuine_start(&d);
    expect_confirmed(&d, "21.5 C");
}

static void the_separation_bit_is_insisted_on(void **state)
{
    (void)state;
    dut_start_t start = dut_start(SQN);
    start.vector = dut_vector(SQN, 0x0000);
    expect_start_refused(start, GODWIT_POLICY_FORBIDS);
}

static void agreements_and_suites_that_were_not_offered_are_refused(void **state)
{
    (void)state;
    dut_start_t start = dut_start(SQN);
    start.agreement = GODWIT_AGREEMENT_SEPARATE_UMTS;
    start.vector = dut_vector(SQN, 0x0000);
    expect_start_refused(start, GODWIT_POLICY_FORBIDS);
    start = dut_start(SQN);
    for (uint8_t suite = 5; suite <= GODWIT_SUITE_LAST; suite++) {
        start.suite = suite;
        expect_start_refused(start, GODWIT_UNSUPPORTED_SUITE);
    }
}

static void a_framing_that_is_not_that_of_the_address_is_malformed(void **state)
{
    (void)state;
    dut_start_t start = dut_start(SQN);
    start.framing.counter_octets = 2;
    expect_start_refused(start, GODWIT_MALFORMED);
}

static void generation_0_is_malformed(void **state)
{
    (void)state;
    dut_t d;
    request(&d);
    dut_start_t start = dut_start(SQN);
    start.generation = 0x100;
    dut_make_start(&d, &start);
    d.start.at[d.start.len - 10] = 0; /* 00000100 becomes 00000000 */
    dut_receive(&d, octets_slice(&d.start));
    dut_expect_refused(&d, GODWIT_MALFORMED);
}

/* Whoever strips the suites from the request on its way finds that Start answers another request than the device
 * sent. */
static void a_request_that_was_changed_on_its_way_is_noticed(void **state)
{
    (void)state;
    dut_t d;
    request(&d);
    octets_t sent = d.request;
    d.request.at[19] ^= 0x0e; /* suites 0f: only suite 01 is left */
    genuine_start(&d);
    dut_run_card(&d);
    dut_expect_refused(&d, GODWIT_MAC_FAILURE);
    assert_int_equal(godwit_device_state(&d.device), GODWIT_SESSION_REQUESTED);
    d.request = sent;
    dut_start_t start = dut_start(SQN);
    start.generation = 2;
    dut_make_start(&d, &start);
    dut_receive(&d, octets_slice(&d.start));
    expect_confirmed(&d, "21.5 C");
}

static void a_generation_is_taken_once(void **state)
{
    (void)state;
    dut_t d;
    dut_init(&d);
    dut_set_up(&d, "first");
    d.device.session.flags |= 2; /* distrusted: as after a hint */
    dut_send(&d, "second");
    dut_expect_request(&d);
    dut_start_t start = dut_start(SQN);
    start.key_id = 2;
    start.session_id = 2;
    dut_make_start(&d, &start); /* the same vector, generation 1 */
    dut_receive(&d, octets_slice(&d.start));
    dut_expect_refused(&d, GODWIT_REPLAY);
    start.generation = 2;
    dut_make_start(&d, &start);
    dut_receive(&d, octets_slice(&d.start));
    expect_confirmed(&d, "second");
    assert_int_equal(d.card_runs, 1);
}

static void a_repeated_start_gets_the_identical_confirmation_a_few_times(void **state)
{
    (void)state;
    dut_t d;
    octets_t confirmation;
    request(&d);
    genuine_start(&d);
    dut_run_card(&d);
    godwit_slice_t sent = dut_sent(&d, 0);
    memcpy(confirmation.at, sent.ptr, sent.len);
    confirmation.len = sent.len;
    for (unsigned i = 0; i < GODWIT_DEVICE_REPEATS_MAX; i++) {
        dut_receive(&d, octets_slice(&d.start));
        assert_int_equal(d.requests.count, 1);
        assert_true(godwit_slice_equal(dut_sent(&d, 0), octets_slice(&confirmation)));
    }
    dut_receive(&d, octets_slice(&d.start));
    dut_expect_refused(&d, GODWIT_WRONG_STATE);
    dut_send(&d, "next");
    assert_true(dut_open(&d, octets_slice(&confirmation), plain).control.command == GODWIT_SESSION_START_CONFIRMATION);
}

static void the_other_endpoint_cannot_be_meant(void **state)
{
    (void)state;
    dut_t d;
    request(&d);
    d.config.endpoint = godwit_slice_of_string("evil.example"); /* the network's K_session, not the device's */
    genuine_start(&d);
    dut_run_card(&d);
    dut_expect_refused(&d, GODWIT_MAC_FAILURE);
}

static void the_operators_best_plmn_is_part_of_the_key(void **state)
{
    (void)state;
    dut_t d;
    request(&d);
    assert_int_equal(godwit_plmn_from_text("262-01", &d.config.best_plmn), GODWIT_OK);
    genuine_start(&d);
    dut_run_card(&d);
    dut_expect_refused(&d, GODWIT_MAC_FAILURE);
}

static void configurations_that_cannot_be_are_refused(void **state)
{
    (void)state;
    dut_t d;
    godwit_device_t device;
    dut_init(&d);
    godwit_device_config_t c = d.config;
    c.endpoint = godwit_slice_of_string("HSE.example");
    assert_int_equal(godwit_device_init(&device, &c), GODWIT_INVALID_ARGUMENT);
    c = d.config;
    c.imsi.len = 0;
    assert_int_equal(godwit_device_init(&device, &c), GODWIT_INVALID_ARGUMENT);
    c = d.config;
    c.framing.session_octets = 5;
    assert_int_equal(godwit_device_init(&device, &c), GODWIT_INVALID_ARGUMENT);
    c = d.config;
    c.suites = 0x200;
    assert_int_equal(godwit_device_init(&device, &c), GODWIT_INVALID_ARGUMENT);
    c = d.config;
    c.crypto = NULL;
    assert_int_equal(godwit_device_init(&device, &c), GODWIT_INVALID_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_sent_again_in_the_same_octets_and_the_wait_doubles),
        cmocka_unit_test(a_start_that_comes_late_is_taken),
        cmocka_unit_test(after_giving_up_the_next_reading_begins_anew),
        cmocka_unit_test(the_timer_waits_for_the_card),
        cmocka_unit_test(one_reading_is_held_at_a_time),
        cmocka_unit_test(a_set_up_without_a_reading_takes_one_on_its_way),
        cmocka_unit_test(a_long_reading_follows_the_confirmation_by_itself),
        cmocka_unit_test(a_forged_mac_does_not_spoil_the_genuine_start),
        cmocka_unit_test(a_forged_generation_or_suite_does_not_spoil_the_genuine_start),
        cmocka_unit_test(a_wrong_autn_is_told_and_the_attempt_goes_on),
        cmocka_unit_test(a_card_that_does_not_answer_is_asked_again),
        cmocka_unit_test(what_comes_over_the_air_costs_few_runs_of_the_card),
        cmocka_unit_test(a_second_start_waits_while_the_card_runs),
        cmocka_unit_test(a_key_change_of_the_old_session_does_not_spoil_the_start_that_waits_for_the_card),
        cmocka_unit_test(a_result_that_nobody_asked_for_is_refused),
        cmocka_unit_test(resynchronisation_works_on_the_first_retry),
        cmocka_unit_test(the_request_before_an_auts_stays_answerable),
        cmocka_unit_test(a_request_with_auts_is_sent_again_in_the_same_octets),
        cmocka_unit_test(the_separation_bit_is_insisted_on),
        cmocka_unit_test(agreements_and_suites_that_were_not_offered_are_refused),
        cmocka_unit_test(a_framing_that_is_not_that_of_the_address_is_malformed),
        cmocka_unit_test(generation_0_is_malformed),
        cmocka_unit_test(a_request_that_was_changed_on_its_way_is_noticed),
        cmocka_unit_test(a_generation_is_taken_once),
        cmocka_unit_test(a_repeated_start_gets_the_identical_confirmation_a_few_times),
        cmocka_unit_test(the_other_endpoint_cannot_be_meant),
        cmocka_unit_test(the_operators_best_plmn_is_part_of_the_key),
        cmocka_unit_test(configurations_that_cannot_be_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
