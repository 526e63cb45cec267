/* SPDX-License-Identifier: Apache-2.0
 *
 * End to end at the device: how keys end, how the next one is asked for, what refusals do, and exported keys.
 */
#include "tests/device/e2e_world.h"

#define FIRST e2e_terms_of(1)

static void begin(e2e_world_t *w, const godwit_e2e_terms_t *terms)
{
    e2e_init(w, GODWIT_SERVICE_CONFIDENTIALITY);
    e2e_set_up(w, terms, "first");
}

/* The device asks for a service in Manage Keys: the octets, after what they say was looked at. */
static octets_t expect_asked(e2e_world_t *w, unsigned index, uint32_t age)
{
    octets_t asked = e2e_copy(dut_sent(&w->d, index));
    godwit_emsdp_opened_t opened = dut_open(&w->d, octets_slice(&asked), w->plain);
    assert_int_equal(opened.control.command, GODWIT_MANAGE_KEYS_REQUEST);
    assert_true(godwit_emsdp_has(&opened.control, GODWIT_TLV_SERVICE_REQUEST));
    assert_true(godwit_slice_equal(opened.control.enterprise, godwit_slice_of_string(EAS_NAME)));
    assert_int_equal(opened.control.service_age, age);
    return asked;
}

static void acknowledge(e2e_world_t *w)
{
    godwit_emsdp_control_t m = {.command = GODWIT_MANAGE_KEYS_RESPONSE};
    octets_t answer = dut_seal(&w->d, &m);
    dut_receive(&w->d, octets_slice(&answer));
}

static void grant(e2e_world_t *w, uint32_t age)
{
    godwit_e2e_terms_t terms = e2e_terms_of(age);
    (void)e2e_hand_out(w, &terms);
    e2e_arm(w, &terms);
    assert_non_null(dut_event(&w->d, "service_agreed"));
}

static void elapse(e2e_world_t *w, uint32_t seconds)
{
    assert_int_equal(godwit_device_elapsed(&w->d.device, seconds, &w->d.requests), GODWIT_OK);
    dut_store(&w->d);
}

static void timer(e2e_world_t *w)
{
    assert_int_equal(godwit_device_timer(&w->d.device, w->d.random, &w->d.requests), GODWIT_OK);
    dut_store(&w->d);
}

/* ---- the end of a key ---- */

static void a_reading_past_the_count_waits_for_the_next_age(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = FIRST;
    terms.messages = 3; /* both ways together */
    begin(&w, &terms);
    octets_t down = e2e_down(&w, "down");
    dut_receive(&w.d, octets_slice(&down));
    dut_send(&w.d, "third");
    e2e_expect_reading(&w, dut_sent(&w.d, 0), "third");
    dut_send(&w.d, "fourth");
    assert_int_equal(dut_sends(&w.d), 1);
    (void)expect_asked(&w, 0, 1);
    assert_int_equal(godwit_device_send(&w.d.device, godwit_slice_of_string("fifth"), w.d.random, &w.d.requests),
                     GODWIT_AGAIN);
    acknowledge(&w);
    assert_int_equal(dut_sends(&w.d), 0);
    grant(&w, 2);
    assert_int_equal(dut_sends(&w.d), 2); /* 31, then what was held */
    e2e_expect_reading(&w, dut_sent(&w.d, 1), "fourth");
    assert_non_null(dut_event(&w.d, "reading_sent"));
    assert_true(w.d.requests.count < GODWIT_DEVICE_REQUESTS_MAX);
    dut_send(&w.d, "fifth");
    e2e_expect_reading(&w, dut_sent(&w.d, 0), "fifth");
}

static void a_reading_past_the_time_waits_for_the_next_age_also_after_a_power_loss(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = FIRST;
    begin(&w, &terms);
    dut_send(&w.d, "second"); /* the session is known to have begun */
    elapse(&w, terms.life_s - 1);
    assert_null(dut_event(&w.d, "key_spent"));
    elapse(&w, 1);
    assert_non_null(dut_event(&w.d, "key_spent"));
    w.d.device.session.flags &= (uint8_t)~4u;
    assert_int_equal(godwit_device_suspend(&w.d.device, &w.d.requests), GODWIT_OK);
    dut_store(&w.d);
    dut_reboot(&w.d);
    dut_send(&w.d, "third");
    assert_int_equal(dut_sends(&w.d), 1);
    (void)expect_asked(&w, 0, 1);
    grant(&w, 2);
    e2e_expect_reading(&w, dut_sent(&w.d, 1), "third");
}

static void little_of_a_life_is_forgotten_with_the_power(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = FIRST;
    begin(&w, &terms);
    unsigned stores = 0;
    for (uint32_t passed = 0; passed < terms.life_s - 60; passed += 60) {
        elapse(&w, 60);
        stores += dut_find(&w.d, GODWIT_DEVICE_STORE_E2E) != NULL;
    }
    assert_in_range(stores, 14, 17);
    dut_reboot(&w.d);
    assert_in_range(w.d.e2e.current.elapsed_s, terms.life_s - terms.life_s / 15, terms.life_s);
}

static void a_key_without_end_is_asked_about_by_nobody(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = FIRST;
    terms.life_s = 0;
    terms.messages = 0;
    begin(&w, &terms);
    elapse(&w, UINT32_MAX);
    elapse(&w, UINT32_MAX);
    dut_send(&w.d, "second");
    e2e_expect_reading(&w, dut_sent(&w.d, 0), "second");
}

static void what_comes_down_in_time_is_taken_past_the_end_of_a_key_until_the_overlap_is_over(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = FIRST;
    begin(&w, &terms);
    octets_t one = e2e_down(&w, "one"), two = e2e_down(&w, "two");
    elapse(&w, terms.life_s + 3599);
    dut_receive(&w.d, octets_slice(&one));
    assert_non_null(dut_find(&w.d, GODWIT_DEVICE_DELIVER));
    elapse(&w, 1);
    dut_receive(&w.d, octets_slice(&two));
    dut_expect_refused(&w.d, GODWIT_UNKNOWN_SESSION);
    const uint8_t none[32] = {0};
    assert_memory_equal(w.d.e2e.current.k_e2e, none, sizeof none);
}

/* ---- asking ---- */

static void what_is_asked_is_sent_again_and_given_up_at_last(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = FIRST;
    begin(&w, &terms);
    elapse(&w, terms.life_s);
    dut_send(&w.d, "held");
    octets_t asked = e2e_copy(dut_sent(&w.d, 0));
    for (unsigned i = 1; i < 4; i++) {
        timer(&w);
        assert_true(godwit_slice_equal(dut_sent(&w.d, 0), octets_slice(&asked)));
    }
    timer(&w);
    assert_non_null(dut_event(&w.d, "given_up"));
    dut_send(&w.d, "again"); /* asks again */
    assert_int_equal(dut_sends(&w.d), 1);
    (void)expect_asked(&w, 0, 1);
}

static void what_is_acknowledged_and_not_granted_is_asked_anew(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = FIRST;
    begin(&w, &terms);
    elapse(&w, terms.life_s);
    dut_send(&w.d, "held");
    octets_t asked = expect_asked(&w, 0, 1);
    acknowledge(&w);
    timer(&w);
    assert_false(godwit_slice_equal(dut_sent(&w.d, 0), octets_slice(&asked)));
    (void)expect_asked(&w, 0, 1);
    grant(&w, 2);
    e2e_expect_reading(&w, dut_sent(&w.d, 1), "held");
}

/* A 30 that comes once more, because its 31 was lost, is no answer to what was asked since. */
static void terms_of_the_spent_key_that_come_once_more_do_not_drop_what_waits(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = FIRST;
    begin(&w, &terms);
    elapse(&w, terms.life_s);
    dut_send(&w.d, "held");
    octets_t asked = expect_asked(&w, 0, 1);
    (void)e2e_hand_out(&w, &terms);
    assert_int_equal(dut_sends(&w.d), 1); /* 31 */
    assert_null(dut_event(&w.d, "service_agreed"));
    timer(&w);
    assert_true(godwit_slice_equal(dut_sent(&w.d, 0), octets_slice(&asked)));
    grant(&w, 2);
    e2e_expect_reading(&w, dut_sent(&w.d, 1), "held");
}

static void after_an_outage_the_reading_goes_with_the_next_age_whatever_comes_first(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = FIRST;
    begin(&w, &terms);
    elapse(&w, terms.life_s);
    dut_send(&w.d, "held");
    for (unsigned i = 0; i < 4; i++) {
        timer(&w);
    }
    assert_non_null(dut_event(&w.d, "given_up"));
    dut_send(&w.d, "again");
    assert_int_equal(dut_sends(&w.d), 1);
    grant(&w, 2); /* the 31 was lost */
    assert_int_equal(dut_sends(&w.d), 2);
    e2e_expect_reading(&w, dut_sent(&w.d, 1), "again");
    assert_non_null(dut_event(&w.d, "reading_sent"));
}

static void a_service_that_is_refused_takes_the_reading_that_waits_with_it(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = FIRST;
    begin(&w, &terms);
    elapse(&w, terms.life_s);
    dut_send(&w.d, "held");
    octets_t asked = expect_asked(&w, 0, 1);
    e2e_reject(&w, octets_slice(&asked), GODWIT_NOT_ENTITLED);
    assert_int_equal(dut_event(&w.d, "service_refused")->reason, GODWIT_NOT_ENTITLED);
    assert_int_equal(dut_event(&w.d, "reading_refused")->reason, GODWIT_NOT_ENTITLED);
    assert_int_equal(godwit_device_state(&w.d.device), GODWIT_SESSION_ACTIVE);
    timer(&w);
    assert_int_equal(w.d.requests.count, 0);
}

static void after_many_counts_without_a_sign_of_the_eas_the_next_age_is_asked_for_beside_the_reading(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = FIRST;
    terms.messages = 0;
    begin(&w, &terms);
    for (unsigned i = 1; i < 4096; i++) {
        dut_send(&w.d, "n");
        assert_int_equal(dut_sends(&w.d), 1);
    }
    dut_send(&w.d, "n");
    assert_int_equal(dut_sends(&w.d), 2);
    (void)expect_asked(&w, 0, 1);
}

static void an_age_that_nobody_grants_is_not_asked_for_beside_every_reading(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = FIRST;
    terms.messages = 0;
    begin(&w, &terms);
    for (unsigned i = 1; i <= 4096; i++) {
        dut_send(&w.d, "n");
    }
    octets_t asked = expect_asked(&w, 0, 1);
    e2e_reject(&w, octets_slice(&asked), GODWIT_OVERLOAD);
    assert_int_equal(dut_event(&w.d, "service_refused")->reason, GODWIT_OVERLOAD);
    dut_send(&w.d, "n");
    assert_int_equal(dut_sends(&w.d), 1);
    for (unsigned i = 1; i < 2048; i++) {
        dut_send(&w.d, "n");
    }
    assert_int_equal(dut_sends(&w.d), 2);
    for (unsigned i = 0; i < 4; i++) {
        timer(&w);
    }
    assert_non_null(dut_event(&w.d, "given_up"));
    dut_send(&w.d, "n");
    assert_int_equal(dut_sends(&w.d), 1);
}

/* ---- readings that are refused ---- */

static void a_reading_that_is_refused_is_told_and_changes_nothing_else(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = FIRST;
    static const godwit_status_t reasons[] = {GODWIT_OVERLOAD, GODWIT_POLICY_FORBIDS};
    begin(&w, &terms);
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        dut_send(&w.d, "reading");
        octets_t sent = e2e_copy(dut_sent(&w.d, 0));
        e2e_expect_reading(&w, octets_slice(&sent), "reading");
        e2e_reject(&w, octets_slice(&sent), reasons[i]);
        assert_int_equal(dut_event(&w.d, "reading_refused")->reason, reasons[i]);
        assert_null(dut_event(&w.d, "reading_uncertain"));
        assert_int_equal(dut_sends(&w.d), 0);
        e2e_reject(&w, octets_slice(&sent), reasons[i]); /* told once */
        assert_null(dut_event(&w.d, "reading_refused"));
    }
}

static void an_eas_that_has_lost_the_key_is_met_with_the_next_age(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = FIRST;
    begin(&w, &terms);
    dut_send(&w.d, "lost");
    octets_t sent = e2e_copy(dut_sent(&w.d, 0));
    e2e_reject(&w, octets_slice(&sent), GODWIT_UNKNOWN_KEY);
    assert_int_equal(dut_event(&w.d, "reading_refused")->reason, GODWIT_UNKNOWN_KEY);
    (void)expect_asked(&w, 0, 1);
    dut_send(&w.d, "next"); /* is held: nothing more goes under the lost key */
    assert_int_equal(dut_sends(&w.d), 0);
    grant(&w, 2);
    e2e_expect_reading(&w, dut_sent(&w.d, 1), "next");
}

/* The HSE has been told that the entitlement is gone. It may come back: each reading asks, and goes when it has. */
static void a_service_that_was_withdrawn_is_asked_for_with_each_reading_until_it_is_back(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = FIRST;
    begin(&w, &terms);
    dut_send(&w.d, "refused");
    octets_t sent = e2e_copy(dut_sent(&w.d, 0));
    e2e_reject(&w, octets_slice(&sent), GODWIT_NOT_ENTITLED);
    assert_int_equal(dut_event(&w.d, "reading_refused")->reason, GODWIT_NOT_ENTITLED);
    assert_int_equal(dut_sends(&w.d), 0); /* nobody is asked for nothing */
    dut_send(&w.d, "refused, too");
    octets_t asked = expect_asked(&w, 0, 1);
    e2e_reject(&w, octets_slice(&asked), GODWIT_NOT_ENTITLED);
    assert_int_equal(dut_event(&w.d, "reading_refused")->reason, GODWIT_NOT_ENTITLED);
    dut_send(&w.d, "taken");
    (void)expect_asked(&w, 0, 1);
    godwit_e2e_terms_t again = e2e_terms_of(2);
    again.key_id = terms.key_id; /* the EESE has forgotten that session, and begins anew */
    (void)e2e_hand_out(&w, &again);
    e2e_arm(&w, &again);
    assert_non_null(dut_event(&w.d, "service_agreed"));
    e2e_expect_reading(&w, dut_sent(&w.d, 1), "taken");
}

static void a_refusal_of_another_datagram_is_not_about_the_last_reading(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = FIRST;
    begin(&w, &terms);
    dut_send(&w.d, "one");
    octets_t one = e2e_copy(dut_sent(&w.d, 0));
    dut_send(&w.d, "two");
    e2e_reject(&w, octets_slice(&one), GODWIT_OVERLOAD);
    assert_null(dut_event(&w.d, "reading_refused"));
    assert_non_null(dut_event(&w.d, "refused"));
}

static void a_reading_for_the_hse_itself_can_be_refused_too(void **state)
{
    (void)state;
    e2e_world_t w;
    memset(&w, 0, sizeof w);
    dut_init(&w.d);
    dut_set_up(&w.d, "first");
    dut_send(&w.d, "second");
    octets_t sent = e2e_copy(dut_sent(&w.d, 0));
    e2e_reject(&w, octets_slice(&sent), GODWIT_OVERLOAD);
    assert_int_equal(dut_event(&w.d, "reading_refused")->reason, GODWIT_OVERLOAD);
    assert_null(dut_event(&w.d, "reading_uncertain"));
}

/* ---- exported keys ---- */

static godwit_status_t export(e2e_world_t *w, const char *label, godwit_psk_name_t *name, uint8_t psk[32])
{
    godwit_status_t status = godwit_device_export_psk(&w->d.device, label, 0, name, psk, &w->d.requests);
    dut_store(&w->d);
    return status;
}

static void exported_keys_are_the_eass_and_no_number_comes_twice(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = FIRST;
    uint8_t psk[32], same[32];
    godwit_psk_name_t name = {0};
    begin(&w, &terms);
    w.d.device.session.flags &= (uint8_t)~4u;
    assert_int_equal(godwit_device_suspend(&w.d.device, &w.d.requests), GODWIT_OK);
    dut_store(&w.d);
    assert_int_equal(export(&w, "tls1.3", &name, psk), GODWIT_OK);
    assert_int_equal(w.d.requests.item[0].kind, GODWIT_DEVICE_STORE_E2E);
    assert_int_equal(name.session_id, 1);
    assert_int_equal(name.age, 1);
    assert_int_equal(name.number, 1);
    assert_int_equal(godwit_exported_psk(CRYPTO, w.k_e2e, "tls1.3", 0, 1, same), GODWIT_OK);
    assert_memory_equal(psk, same, sizeof psk);
    assert_int_equal(export(&w, "tls1.3", &name, psk), GODWIT_REPLAY);
    dut_reboot(&w.d);
    name.number = 0;
    assert_int_equal(export(&w, "oscore", &name, psk), GODWIT_OK);
    assert_int_equal(name.number, 2);
    name.number = 7; /* as the EAS chose it */
    assert_int_equal(export(&w, "dtls1.2", &name, psk), GODWIT_OK);
    name.number = 0;
    assert_int_equal(export(&w, "dtls1.2", &name, psk), GODWIT_OK);
    assert_int_equal(name.number, 8);
    name = (godwit_psk_name_t){.session_id = 1, .age = 2, .number = 9};
    assert_int_equal(export(&w, "dtls1.2", &name, psk), GODWIT_UNKNOWN_KEY);
    name.number = 0;
    assert_int_equal(export(&w, "no such label", &name, psk), GODWIT_INVALID_ARGUMENT);
    elapse(&w, terms.life_s);
    assert_int_equal(export(&w, "dtls1.2", &name, psk), GODWIT_KEY_EXPIRED);
    const uint8_t none[32] = {0};
    assert_memory_equal(psk, none, sizeof none);
}

static void a_number_is_used_up_when_it_is_proved(void **state)
{
    (void)state;
    e2e_world_t w;
    godwit_e2e_terms_t terms = FIRST;
    uint8_t psk[32], same[32];
    godwit_psk_name_t forged = {.session_id = 1, .age = 1, .number = UINT32_MAX}, name = forged;
    begin(&w, &terms);
    assert_int_equal(godwit_device_derive_psk(&w.d.device, "tls1.3", 1, &forged, psk), GODWIT_OK);
    name.number = 4;
    assert_int_equal(godwit_device_derive_psk(&w.d.device, "tls1.3", 1, &name, psk), GODWIT_OK);
    assert_int_equal(godwit_exported_psk(CRYPTO, w.k_e2e, "tls1.3", 1, 4, same), GODWIT_OK);
    assert_memory_equal(psk, same, sizeof psk);
    assert_int_equal(godwit_device_psk_proved(&w.d.device, &name, &w.d.requests), GODWIT_OK);
    assert_int_equal(w.d.requests.item[0].kind, GODWIT_DEVICE_STORE_E2E);
    dut_store(&w.d);
    assert_int_equal(godwit_device_psk_proved(&w.d.device, &name, &w.d.requests), GODWIT_REPLAY);
    assert_int_equal(w.d.requests.count, 0);
    assert_int_equal(godwit_device_derive_psk(&w.d.device, "tls1.3", 1, &name, psk), GODWIT_REPLAY);
    assert_int_equal(godwit_device_derive_psk(&w.d.device, "oscore", 1, &forged, psk), GODWIT_POLICY_FORBIDS);
    name.number = 0;
    assert_int_equal(export(&w, "tls1.3", &name, psk), GODWIT_OK);
    assert_int_equal(name.number, 5);
}

static void without_a_key_nothing_is_exported(void **state)
{
    (void)state;
    e2e_world_t w;
    uint8_t psk[32];
    godwit_psk_name_t name = {0};
    e2e_init(&w, GODWIT_SERVICE_CONFIDENTIALITY);
    assert_int_equal(export(&w, "tls1.3", &name, psk), GODWIT_WRONG_STATE);
    dut_init(&w.d);
    assert_int_equal(export(&w, "tls1.3", &name, psk), GODWIT_WRONG_STATE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reading_past_the_count_waits_for_the_next_age),
        cmocka_unit_test(a_reading_past_the_time_waits_for_the_next_age_also_after_a_power_loss),
        cmocka_unit_test(little_of_a_life_is_forgotten_with_the_power),
        cmocka_unit_test(a_key_without_end_is_asked_about_by_nobody),
        cmocka_unit_test(what_comes_down_in_time_is_taken_past_the_end_of_a_key_until_the_overlap_is_over),
        cmocka_unit_test(what_is_asked_is_sent_again_and_given_up_at_last),
        cmocka_unit_test(what_is_acknowledged_and_not_granted_is_asked_anew),
        cmocka_unit_test(terms_of_the_spent_key_that_come_once_more_do_not_drop_what_waits),
        cmocka_unit_test(after_an_outage_the_reading_goes_with_the_next_age_whatever_comes_first),
        cmocka_unit_test(an_age_that_nobody_grants_is_not_asked_for_beside_every_reading),
        cmocka_unit_test(a_service_that_is_refused_takes_the_reading_that_waits_with_it),
        cmocka_unit_test(after_many_counts_without_a_sign_of_the_eas_the_next_age_is_asked_for_beside_the_reading),
        cmocka_unit_test(a_reading_that_is_refused_is_told_and_changes_nothing_else),
        cmocka_unit_test(an_eas_that_has_lost_the_key_is_met_with_the_next_age),
        cmocka_unit_test(a_service_that_was_withdrawn_is_asked_for_with_each_reading_until_it_is_back),
        cmocka_unit_test(a_refusal_of_another_datagram_is_not_about_the_last_reading),
        cmocka_unit_test(a_reading_for_the_hse_itself_can_be_refused_too),
        cmocka_unit_test(exported_keys_are_the_eass_and_no_number_comes_twice),
        cmocka_unit_test(a_number_is_used_up_when_it_is_proved),
        cmocka_unit_test(without_a_key_nothing_is_exported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
