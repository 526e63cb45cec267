/* SPDX-License-Identifier: Apache-2.0
 *
 * End to end at the device: how a service is asked for, which keys are taken, and what is sent under which.
 */
#include "tests/device/e2e_world.h"

static void expect_under(const dut_t *d, godwit_slice_t datagram, bool user_plane, uint8_t key_id)
{
    godwit_emsdp_header_t header;
    assert_int_equal(godwit_emsdp_peek(datagram, d->config.framing, &header), GODWIT_OK);
    assert_int_equal(header.user_plane, user_plane);
    assert_int_equal(header.key_id, key_id);
}

/* ---- set-up ---- */

static void the_request_names_the_service_and_the_eas(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_emsdp_header_t header;
    godwit_emsdp_control_t m;
    e2e_init(&w, GODWIT_SERVICE_CONFIDENTIALITY);
    dut_send(&w.d, "21.5 C");
    dut_expect_request(&w.d);
    assert_int_equal(godwit_emsdp_unkeyed_parse(octets_slice(&w.d.request), w.d.config.framing, &header, &m),
                     GODWIT_OK);
    assert_true(godwit_emsdp_has(&m, GODWIT_TLV_SERVICE_REQUEST));
    assert_true(godwit_slice_equal(m.enterprise, godwit_slice_of_string(EAS_NAME)));
    assert_int_equal(m.service, GODWIT_SERVICE_CONFIDENTIALITY);
    assert_int_equal(m.service_suites, 1);
    assert_int_equal(m.service_age, 0);
}

static void the_first_reading_is_a_whole_datagram_for_the_eas_inside_the_confirmation(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = e2e_terms_of(1), got;
    e2e_init(&w, GODWIT_SERVICE_CONFIDENTIALITY);
    assert_int_equal(godwit_device_e2e_terms(&w.d.device, &got), GODWIT_NOT_FOUND);
    e2e_set_up(&w, &terms, "21.5 C");
    assert_non_null(dut_event(&w.d, "reading_sent"));
    assert_int_equal(godwit_device_e2e_terms(&w.d.device, &got), GODWIT_OK);
    assert_memory_equal(&got, &terms, sizeof got);
}

static void a_long_first_reading_follows_under_the_key_of_the_eas(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = e2e_terms_of(1);
    char reading[GODWIT_DEVICE_FIRST_READING_MAX + 1];
    memset(reading, 'x', sizeof reading);
    reading[sizeof reading - 1] = '\0';
    e2e_init(&w, GODWIT_SERVICE_CONFIDENTIALITY);
    e2e_start(&w, &terms, reading);
    e2e_arm(&w, &terms);
    assert_int_equal(dut_sends(&w.d), 2);
    e2e_expect_reading(&w, dut_sent(&w.d, 1), reading);
}

static void expect_start_refused(godwit_service_t service, const godwit_e2e_terms_t *terms, godwit_status_t reason)
{
    e2e_world_t w;
    godwit_e2e_terms_t none;
    e2e_init(&w, service);
    e2e_start(&w, terms, "21.5 C");
    dut_expect_refused(&w.d, reason);
    assert_int_equal(godwit_device_state(&w.d.device), GODWIT_SESSION_REQUESTED);
    assert_int_equal(godwit_device_e2e_terms(&w.d.device, &none), GODWIT_NOT_FOUND);
}

static void a_start_that_does_not_grant_what_was_asked_for_is_refused(void **state)
{
    (void)state;
    godwit_e2e_terms_t terms = e2e_terms_of(1);
    expect_start_refused(GODWIT_SERVICE_CONFIDENTIALITY, NULL, GODWIT_POLICY_FORBIDS);
    expect_start_refused(GODWIT_SERVICE_INTEGRITY, &terms, GODWIT_POLICY_FORBIDS);
    terms.suite = 2;
    expect_start_refused(GODWIT_SERVICE_CONFIDENTIALITY, &terms, GODWIT_UNSUPPORTED_SUITE);
    terms.suite = 6;
    expect_start_refused(GODWIT_SERVICE_CONFIDENTIALITY, &terms, GODWIT_UNSUPPORTED_SUITE);
    terms = e2e_terms_of(1);
    terms.service = GODWIT_SERVICE_INTEGRITY;
    expect_start_refused(GODWIT_SERVICE_CONFIDENTIALITY, &terms, GODWIT_POLICY_FORBIDS);
}

static void a_device_that_asked_for_nothing_takes_no_terms(void **state)
{
    (void)state;
    dut_t d;
    godwit_e2e_terms_t terms = e2e_terms_of(1);
    dut_init(&d);
    dut_start_t start = dut_start(godwit_sqn_join(10, 1, GODWIT_IND_BITS_DEFAULT));
    start.service = &terms;
    dut_send(&d, "21.5 C");
    dut_expect_request(&d);
    dut_make_start(&d, &start);
    dut_receive(&d, octets_slice(&d.start));
    dut_run_card(&d);
    dut_expect_refused(&d, GODWIT_POLICY_FORBIDS);
}

static void configurations_that_cannot_be_are_refused(void **state)
{
    (void)state;
    static const struct {
        godwit_service_t service;
        uint16_t suites;
        const char *eas;
    } bad[] = {
        {GODWIT_SERVICE_NONE, 0, EAS_NAME},      {(godwit_service_t)4, 0, EAS_NAME},
        {GODWIT_SERVICE_CONFIDENTIALITY, 0, ""}, {GODWIT_SERVICE_CONFIDENTIALITY, 1u << 5, EAS_NAME},
        {GODWIT_SERVICE_INTEGRITY, 1, EAS_NAME}, {GODWIT_SERVICE_INTEGRITY, 1u << 9, EAS_NAME},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        dut_t d;
        dut_init(&d);
        d.config.e2e = &d.e2e;
        d.e2e.config = (godwit_device_e2e_config_t){.service = bad[i].service, .suites = bad[i].suites};
        d.config.enterprise = godwit_slice_of_string(bad[i].eas);
        assert_int_equal(godwit_device_init(&d.device, &d.config), GODWIT_INVALID_ARGUMENT);
    }
}

/* ---- the user plane ---- */

static void readings_go_under_the_key_of_the_eas_and_messages_come_under_it(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = e2e_terms_of(1);
    e2e_init(&w, GODWIT_SERVICE_CONFIDENTIALITY);
    e2e_set_up(&w, &terms, "first");
    dut_send(&w.d, "second");
    assert_int_equal(dut_sends(&w.d), 1);
    e2e_expect_reading(&w, dut_sent(&w.d, 0), "second");
    octets_t down = e2e_down(&w, "open the valve");
    dut_receive(&w.d, octets_slice(&down));
    const godwit_device_request_t *delivery = dut_find(&w.d, GODWIT_DEVICE_DELIVER);
    assert_non_null(delivery);
    assert_true(godwit_slice_equal(delivery->octets, godwit_slice_of_string("open the valve")));
    assert_int_equal(w.d.requests.item[0].kind, GODWIT_DEVICE_STORE_E2E); /* the window, before it is delivered */
    dut_receive(&w.d, octets_slice(&down));
    dut_expect_refused(&w.d, GODWIT_REPLAY);
}

static void the_hse_cannot_speak_for_the_eas(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = e2e_terms_of(3);
    e2e_init(&w, GODWIT_SERVICE_CONFIDENTIALITY);
    e2e_set_up(&w, &terms, "first");
    octets_t down = dut_seal_user(&w.d, "open the valve"); /* under K_session, Key ID 1 */
    dut_receive(&w.d, octets_slice(&down));
    dut_expect_refused(&w.d, GODWIT_UNKNOWN_KEY);
    down.at[0] = (uint8_t)((down.at[0] & ~0x38u) | (unsigned)terms.key_id << 3); /* and under the number of the other */
    dut_receive(&w.d, octets_slice(&down));
    dut_expect_refused(&w.d, GODWIT_MAC_FAILURE);
}

static void integrity_only_travels_in_clear_and_is_checked(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = e2e_terms_of(1);
    terms.service = GODWIT_SERVICE_INTEGRITY;
    terms.suite = 6;
    e2e_init(&w, GODWIT_SERVICE_INTEGRITY);
    e2e_set_up(&w, &terms, "first");
    dut_send(&w.d, "in clear");
    octets_t sent = e2e_copy(dut_sent(&w.d, 0));
    assert_non_null(memmem(sent.at, sent.len, "in clear", 8));
    e2e_expect_reading(&w, octets_slice(&sent), "in clear");
    octets_t down = e2e_down(&w, "stop");
    down.at[down.len - 17] ^= 1;
    dut_receive(&w.d, octets_slice(&down));
    dut_expect_refused(&w.d, GODWIT_MAC_FAILURE);
}

static void key_agreement_has_no_user_plane(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = e2e_terms_of(1);
    terms.service = GODWIT_SERVICE_KEY_AGREEMENT;
    e2e_init(&w, GODWIT_SERVICE_KEY_AGREEMENT);
    assert_int_equal(godwit_device_send(&w.d.device, godwit_slice_of_string("x"), w.d.random, &w.d.requests),
                     GODWIT_POLICY_FORBIDS);
    e2e_set_up(&w, &terms, "");
    octets_t down = e2e_down(&w, "x");
    dut_receive(&w.d, octets_slice(&down));
    dut_expect_refused(&w.d, GODWIT_POLICY_FORBIDS);
}

/* ---- a session that was announced ---- */

static void announce(e2e_world_t *w, const godwit_e2e_terms_t *terms)
{
    uint8_t k_session[32];
    e2e_init(w, GODWIT_SERVICE_CONFIDENTIALITY);
    e2e_set_up(w, terms, "first");
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_TERMINATE_REQUEST,
                                .present = HAS(KEY),
                                .key_generation = 2,
                                .key_suite = GODWIT_SUITE_DEFAULT,
                                .key_id = 2};
    octets_t request = dut_seal(&w->d, &m);
    dut_receive(&w->d, octets_slice(&request));
    assert_int_equal(godwit_device_state(&w->d.device), GODWIT_SESSION_ANNOUNCED);
    assert_int_equal(godwit_k_session(CRYPTO, w->d.e2m_keyset, w->d.config.endpoint, 2, k_session), GODWIT_OK);
    assert_int_equal(godwit_emsdp_key_init(CRYPTO, &w->d.network, k_session, GODWIT_SUITE_DEFAULT, 2,
                                           w->d.config.framing, 1, 2, GODWIT_END_NETWORK),
                     GODWIT_OK);
}

static void early_start(e2e_world_t *w, const godwit_e2e_terms_t *terms)
{
    uint8_t transcript[GODWIT_EMSDP_TRANSCRIPT];
    octets_t o;
    const godwit_slice_t request = octets_slice(&w->d.request);
    godwit_writer_t out = godwit_writer(o.at, sizeof o.at);
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_START,
                                .present = HAS(HSE_CONFIGURATION),
                                .agreement = GODWIT_AGREEMENT_SEPARATE_EPS,
                                .suite = GODWIT_SUITE_DEFAULT,
                                .framing = w->d.config.framing};
    if (terms != NULL) {
        m.present |= HAS(SERVICE);
        m.terms = *terms;
    }
    assert_int_equal(godwit_emsdp_transcript(CRYPTO, &request, 1, transcript), GODWIT_OK);
    assert_int_equal(godwit_emsdp_seal_control(CRYPTO, &w->d.network, &m, godwit_slice(transcript, 32), &out),
                     GODWIT_OK);
    o.len = out.len;
    dut_receive(&w->d, octets_slice(&o));
}

static void early_data_is_a_whole_datagram_under_the_key_that_lives_on(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = e2e_terms_of(1);
    announce(&w, &terms);
    dut_send(&w.d, "early");
    dut_expect_request(&w.d);
    godwit_emsdp_opened_t opened = dut_open(&w.d, dut_sent(&w.d, 0), w.plain);
    assert_int_equal(opened.control.present, HAS(DATA));
    octets_t inside = e2e_copy(opened.control.data);
    e2e_expect_reading(&w, octets_slice(&inside), "early");
    early_start(&w, NULL);
    assert_non_null(dut_event(&w.d, "reading_sent"));
    dut_send(&w.d, "next");
    e2e_expect_reading(&w, dut_sent(&w.d, 0), "next");
}

static void a_spent_key_sends_no_early_data_but_asks_for_the_next_age(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = e2e_terms_of(1), next = e2e_terms_of(2);
    announce(&w, &terms);
    assert_int_equal(godwit_device_elapsed(&w.d.device, terms.life_s, &w.d.requests), GODWIT_OK);
    dut_send(&w.d, "early");
    dut_expect_request(&w.d);
    godwit_emsdp_opened_t opened = dut_open(&w.d, dut_sent(&w.d, 0), w.plain);
    assert_int_equal(opened.control.present, HAS(ENTERPRISE) | HAS(SERVICE_REQUEST));
    assert_int_equal(opened.control.service_age, 1);
    early_start(&w, &next);
    e2e_arm(&w, &next);
    assert_int_equal(dut_find(&w.d, GODWIT_DEVICE_TIMER)->delay_ms, 1);
    assert_int_equal(godwit_device_timer(&w.d.device, w.d.random, &w.d.requests), GODWIT_OK);
    e2e_expect_reading(&w, dut_sent(&w.d, 0), "early");
}

/* The network has nothing newer yet, and says what there is: the session begins, and the reading waits on. */
static void an_early_start_with_the_terms_of_before_begins_and_the_reading_waits(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = e2e_terms_of(1), next = e2e_terms_of(2);
    announce(&w, &terms);
    assert_int_equal(godwit_device_elapsed(&w.d.device, terms.life_s, &w.d.requests), GODWIT_OK);
    dut_send(&w.d, "early");
    dut_expect_request(&w.d);
    (void)dut_open(&w.d, dut_sent(&w.d, 0), w.plain);
    early_start(&w, &terms);
    assert_int_equal(godwit_device_state(&w.d.device), GODWIT_SESSION_ACTIVE);
    assert_int_equal(godwit_device_timer(&w.d.device, w.d.random, &w.d.requests), GODWIT_OK);
    godwit_emsdp_opened_t opened = dut_open(&w.d, dut_sent(&w.d, 0), w.plain);
    assert_int_equal(opened.control.command, GODWIT_MANAGE_KEYS_REQUEST);
    (void)e2e_hand_out(&w, &next);
    e2e_arm(&w, &next);
    e2e_expect_reading(&w, dut_sent(&w.d, 1), "early");
}

/* ---- the next age ---- */

static void the_next_age_is_used_at_once_and_the_former_key_still_opens_what_is_under_way(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = e2e_terms_of(1), next = e2e_terms_of(2);
    e2e_init(&w, GODWIT_SERVICE_CONFIDENTIALITY);
    e2e_set_up(&w, &terms, "first");
    octets_t early = e2e_down(&w, "under way"), late = e2e_down(&w, "too late");
    octets_t asked = e2e_hand_out(&w, &next);
    assert_non_null(dut_event(&w.d, "service_agreed"));
    assert_int_equal(w.d.requests.item[0].kind, GODWIT_DEVICE_STORE_E2E);
    octets_t answer = e2e_copy(dut_sent(&w.d, 0));
    assert_int_equal(dut_open(&w.d, octets_slice(&answer), w.plain).control.command, GODWIT_MANAGE_KEYS_RESPONSE);
    dut_receive(&w.d, octets_slice(&asked)); /* the answer was lost */
    assert_true(godwit_slice_equal(dut_sent(&w.d, 0), octets_slice(&answer)));
    e2e_arm(&w, &next);
    dut_send(&w.d, "second");
    expect_under(&w.d, dut_sent(&w.d, 0), true, next.key_id);
    e2e_expect_reading(&w, dut_sent(&w.d, 0), "second");
    dut_receive(&w.d, octets_slice(&early));
    assert_non_null(dut_find(&w.d, GODWIT_DEVICE_DELIVER));
    octets_t fresh = e2e_down(&w, "fresh");
    dut_receive(&w.d, octets_slice(&fresh));
    assert_non_null(dut_find(&w.d, GODWIT_DEVICE_DELIVER));
    dut_receive(&w.d,
                octets_slice(&late)); /* the EAS has the new key: there is nothing more to come under the old one */
    dut_expect_refused(&w.d, GODWIT_UNKNOWN_KEY);
}

static void the_former_key_ends_with_the_overlap(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = e2e_terms_of(1), next = e2e_terms_of(2);
    e2e_init(&w, GODWIT_SERVICE_CONFIDENTIALITY);
    e2e_set_up(&w, &terms, "first");
    octets_t down = e2e_down(&w, "under way");
    (void)e2e_hand_out(&w, &next);
    assert_int_equal(godwit_device_elapsed(&w.d.device, 3599, &w.d.requests), GODWIT_OK);
    assert_true(godwit_emsdp_key_is_set(&w.d.e2e.former.plane));
    assert_int_equal(godwit_device_elapsed(&w.d.device, 1, &w.d.requests), GODWIT_OK);
    dut_store(&w.d);
    dut_receive(&w.d, octets_slice(&down));
    dut_expect_refused(&w.d, GODWIT_UNKNOWN_KEY);
    dut_reboot(&w.d);
    assert_false(godwit_emsdp_key_is_set(&w.d.e2e.former.plane));
}

static void expect_terms_refused(const godwit_e2e_terms_t *bad, godwit_status_t reason)
{
    e2e_world_t w;
    godwit_e2e_terms_t terms = e2e_terms_of(5), got;
    e2e_init(&w, GODWIT_SERVICE_CONFIDENTIALITY);
    e2e_set_up(&w, &terms, "first");
    (void)e2e_hand_out(&w, bad);
    assert_int_equal(dut_event(&w.d, "refused")->reason, reason);
    godwit_emsdp_opened_t opened = dut_open(&w.d, dut_sent(&w.d, 0), w.plain);
    assert_int_equal(opened.control.command, GODWIT_MESSAGE_REJECT);
    assert_int_equal(opened.control.reason, reason);
    assert_int_equal(godwit_device_e2e_terms(&w.d.device, &got), GODWIT_OK);
    assert_memory_equal(&got, &terms, sizeof got);
    dut_send(&w.d, "second");
    e2e_expect_reading(&w, dut_sent(&w.d, 0), "second");
}

static void terms_under_the_devices_floor_are_refused_and_change_nothing(void **state)
{
    (void)state;
    godwit_e2e_terms_t bad = e2e_terms_of(4);
    expect_terms_refused(&bad, GODWIT_REPLAY);
    bad = e2e_terms_of(5);
    bad.key_id = 6; /* the same age under another name would use its COUNTs again */
    expect_terms_refused(&bad, GODWIT_REPLAY);
    bad = e2e_terms_of(6);
    bad.suite = 2;
    expect_terms_refused(&bad, GODWIT_UNSUPPORTED_SUITE);
    bad = e2e_terms_of(6);
    bad.service = GODWIT_SERVICE_INTEGRITY;
    bad.suite = 6;
    expect_terms_refused(&bad, GODWIT_POLICY_FORBIDS);
}

static void a_key_id_that_is_in_use_is_malformed(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = e2e_terms_of(1), next = e2e_terms_of(2);
    next.key_id = terms.key_id;
    e2e_init(&w, GODWIT_SERVICE_CONFIDENTIALITY);
    e2e_set_up(&w, &terms, "first");
    (void)e2e_hand_out(&w, &next);
    dut_expect_refused(&w.d, GODWIT_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_request_names_the_service_and_the_eas),
        cmocka_unit_test(the_first_reading_is_a_whole_datagram_for_the_eas_inside_the_confirmation),
        cmocka_unit_test(a_long_first_reading_follows_under_the_key_of_the_eas),
        cmocka_unit_test(a_start_that_does_not_grant_what_was_asked_for_is_refused),
        cmocka_unit_test(a_device_that_asked_for_nothing_takes_no_terms),
        cmocka_unit_test(configurations_that_cannot_be_are_refused),
        cmocka_unit_test(readings_go_under_the_key_of_the_eas_and_messages_come_under_it),
        cmocka_unit_test(the_hse_cannot_speak_for_the_eas),
        cmocka_unit_test(integrity_only_travels_in_clear_and_is_checked),
        cmocka_unit_test(key_agreement_has_no_user_plane),
        cmocka_unit_test(early_data_is_a_whole_datagram_under_the_key_that_lives_on),
        cmocka_unit_test(a_spent_key_sends_no_early_data_but_asks_for_the_next_age),
        cmocka_unit_test(an_early_start_with_the_terms_of_before_begins_and_the_reading_waits),
        cmocka_unit_test(the_next_age_is_used_at_once_and_the_former_key_still_opens_what_is_under_way),
        cmocka_unit_test(the_former_key_ends_with_the_overlap),
        cmocka_unit_test(terms_under_the_devices_floor_are_refused_and_change_nothing),
        cmocka_unit_test(a_key_id_that_is_in_use_is_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
