/* SPDX-License-Identifier: Apache-2.0
 *
 * The record in non-volatile memory: what a reboot takes from it, and what it refuses.
 */
#include "tests/device/dut.h"

static uint8_t plain[GODWIT_EMSDP_DATAGRAM_MAX];

static void expect_as_after_init(dut_t *d, godwit_slice_t record)
{
    static const godwit_device_session_t none;
    assert_int_equal(godwit_device_init(&d->device, &d->config), GODWIT_OK);
    assert_int_equal(godwit_device_restore(&d->device, record), GODWIT_MALFORMED);
    assert_memory_equal(&d->device.session, &none, sizeof none);
    dut_send(d, "anew");
    dut_expect_request(d);
}

static void every_damaged_octet_is_noticed_and_the_device_sets_up_anew(void **state)
{
    (void)state;
    dut_t d;
    uint8_t record[GODWIT_DEVICE_RECORD_MAX];
    dut_init(&d);
    dut_set_up(&d, "first");
    size_t len = d.nvm_len;
    memcpy(record, d.nvm, len);
    for (size_t i = 0; i < len; i++) {
        record[i] ^= 0x20;
        expect_as_after_init(&d, godwit_slice(record, len));
        record[i] ^= 0x20;
    }
    for (size_t part = 0; part < len; part++) {
        expect_as_after_init(&d, godwit_slice(record, part));
    }
}

static void the_record_of_another_card_or_endpoint_or_framing_is_refused(void **state)
{
    (void)state;
    dut_t d;
    uint8_t record[GODWIT_DEVICE_RECORD_MAX];
    dut_init(&d);
    dut_set_up(&d, "first");
    size_t len = d.nvm_len;
    memcpy(record, d.nvm, len);
    const godwit_device_config_t config = d.config;
    assert_int_equal(godwit_imsi_from_text("001010123456780", &d.config.imsi), GODWIT_OK);
    expect_as_after_init(&d, godwit_slice(record, len));
    d.config = config;
    d.config.endpoint = godwit_slice_of_string("hse.example.net");
    expect_as_after_init(&d, godwit_slice(record, len));
    d.config = config;
    d.config.framing.counter_octets = 2;
    expect_as_after_init(&d, godwit_slice(record, len));
}

/* The device's floor is its own: a firmware that no longer takes a suite does not go on under a key of that suite. */
static void a_record_with_a_suite_below_the_floor_is_refused(void **state)
{
    (void)state;
    dut_t d;
    uint8_t record[GODWIT_DEVICE_RECORD_MAX];
    dut_init(&d);
    dut_set_up(&d, "first");
    size_t len = d.nvm_len;
    memcpy(record, d.nvm, len);
    d.config.suites = 0x000E; /* no longer 01 */
    expect_as_after_init(&d, godwit_slice(record, len));
}

/* A page that cannot be written: the caller drops what follows, and goes back to the record that is durable. */
static void after_a_store_that_failed_init_and_restore_use_no_count_twice(void **state)
{
    (void)state;
    dut_t d;
    dut_init(&d);
    d.config.reserve = 4;
    assert_int_equal(godwit_device_init(&d.device, &d.config), GODWIT_OK);
    dut_set_up(&d, "first");
    uint32_t last = 0;
    for (unsigned i = 0; i < 4; i++) {
        dut_send(&d, "x");
        last = dut_open(&d, dut_sent(&d, 0), plain).count;
    }
    assert_int_equal(godwit_device_send(&d.device, godwit_slice_of_string("lost"), d.random, &d.requests), GODWIT_OK);
    assert_int_equal(d.requests.item[0].kind, GODWIT_DEVICE_STORE);
    dut_reboot(&d); /* init and restore */
    d.device.session.flags &=
        (uint8_t)~2u; /* the record is older than the Confirmation; its keys are what matters here */
    dut_send(&d, "y");
    assert_non_null(dut_find(&d, GODWIT_DEVICE_STORE));
    assert_true(dut_open(&d, dut_sent(&d, 0), plain).count > last);
}

static void suspend_skips_no_count(void **state)
{
    (void)state;
    dut_t d;
    dut_init(&d);
    dut_set_up(&d, "first");
    for (unsigned i = 0; i < 40; i++) {
        assert_int_equal(godwit_device_suspend(&d.device, &d.requests), GODWIT_OK);
        dut_store(&d);
        dut_reboot(&d);
        dut_send(&d, "x");
        assert_int_equal(dut_open(&d, dut_sent(&d, 0), plain).count, i);
    }
}

/* The record was durable and the Confirmation perhaps never left: the next reading must not go into a session that the
 * network may not have. The vector is taken again without the card, under the next generation. */
static void a_power_loss_around_the_confirmation_costs_a_set_up_and_no_reading(void **state)
{
    (void)state;
    dut_t d;
    dut_init(&d);
    dut_set_up(&d, "perhaps lost");
    unsigned runs = d.card_runs;
    dut_reboot(&d);
    dut_send(&d, "next");
    dut_expect_request(&d);
    dut_start_t start = dut_start(godwit_sqn_join(10, 1, GODWIT_IND_BITS_DEFAULT));
    start.generation = 2;
    dut_make_start(&d, &start);
    dut_receive(&d, octets_slice(&d.start));
    godwit_emsdp_opened_t opened = dut_open(&d, dut_sent(&d, 0), plain);
    assert_true(godwit_slice_equal(opened.control.data, godwit_slice_of_string("next")));
    assert_int_equal(d.card_runs, runs);
}

static void a_reboot_does_not_meet_its_own_old_request(void **state)
{
    (void)state;
    dut_t d;
    dut_init(&d);
    d.random[3] = 1;
    dut_send(&d, "x");
    dut_expect_request(&d);
    dut_reboot(&d);
    d.random[3] = 2;
    dut_send(&d, "x");
    assert_false(godwit_slice_equal(dut_sent(&d, 0), octets_slice(&d.request)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_damaged_octet_is_noticed_and_the_device_sets_up_anew),
        cmocka_unit_test(the_record_of_another_card_or_endpoint_or_framing_is_refused),
        cmocka_unit_test(a_record_with_a_suite_below_the_floor_is_refused),
        cmocka_unit_test(after_a_store_that_failed_init_and_restore_use_no_count_twice),
        cmocka_unit_test(suspend_skips_no_count),
        cmocka_unit_test(a_power_loss_around_the_confirmation_costs_a_set_up_and_no_reading),
        cmocka_unit_test(a_reboot_does_not_meet_its_own_old_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
