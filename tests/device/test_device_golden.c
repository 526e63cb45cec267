/* SPDX-License-Identifier: Apache-2.0
 *
 * The golden conversation from the device's side: the network's datagrams are those of the file, and so must the
 * device's be, octet by octet.
 */
#include "tests/device/dut.h"

#define GOLDEN "golden-emsdp.txt"

static void expect_sent(const kat_record_t *r, const char *name, const dut_t *d)
{
    assert_int_equal(dut_sends(d), 1);
    godwit_slice_t sent = dut_sent(d, 0);
    kat_expect(r, name, sent.ptr, sent.len);
}

static void feed(const kat_record_t *r, const char *name, dut_t *d)
{
    dut_receive(d, kat_hex(r, name));
    dut_run_card(d);
}

static void expect_delivered(const dut_t *d, const char *text, uint32_t count)
{
    const godwit_device_request_t *delivery = dut_find(d, GODWIT_DEVICE_DELIVER);
    assert_non_null(delivery);
    assert_true(godwit_slice_equal(delivery->octets, godwit_slice_of_string(text)));
    assert_int_equal(delivery->count, count);
    assert_int_equal(d->requests.item[0].kind, GODWIT_DEVICE_STORE); /* the window first */
}

static void send_reading(dut_t *d)
{
    uint8_t reading[20];
    for (uint8_t i = 0; i < sizeof reading; i++) {
        reading[i] = i;
    }
    assert_int_equal(godwit_device_send(&d->device, godwit_slice(reading, sizeof reading), d->random, &d->requests),
                     GODWIT_OK);
}

static void use_conversation(const kat_record_t *r, void *context)
{
    dut_t d;
    (void)context;
    dut_init(&d);
    send_reading(&d);
    expect_sent(r, "request", &d);
    feed(r, "start", &d);
    expect_sent(r, "confirmation", &d);
    assert_int_equal(d.card_runs, 1);
    assert_int_equal(godwit_device_session_id(&d.device), 1);
    dut_send(&d, "reading 2");
    expect_sent(r, "up_1", &d);
    feed(r, "down_1", &d);
    expect_delivered(&d, "valve shut", 0);
    feed(r, "manage_request", &d);
    expect_sent(r, "manage_response", &d);
    assert_int_equal(godwit_device_state(&d.device), GODWIT_SESSION_REKEYING);
    feed(r, "down_old_key", &d); /* under way when the key changed */
    expect_delivered(&d, "still the old key", 1);
    dut_send(&d, "reading 3");
    expect_sent(r, "up_2", &d);
    feed(r, "down_2", &d);
    expect_delivered(&d, "thanks", 0);
    assert_int_equal(godwit_device_state(&d.device), GODWIT_SESSION_ACTIVE);
    assert_int_equal(godwit_device_terminate(&d.device, &d.requests), GODWIT_OK);
    expect_sent(r, "terminate_request", &d);
    feed(r, "terminate_response", &d);
    assert_int_equal(godwit_device_state(&d.device), GODWIT_SESSION_ANNOUNCED);
    send_reading(&d);
    expect_sent(r, "early_request", &d);
    feed(r, "early_start", &d);
    assert_non_null(dut_event(&d, "reading_sent"));
    assert_int_equal(dut_sends(&d), 0);
    dut_send(&d, "reading 4");
    expect_sent(r, "up_3", &d);
    feed(r, "terminate_request_down", &d);
    expect_sent(r, "terminate_response_up", &d);
    assert_int_equal(godwit_device_state(&d.device), GODWIT_SESSION_ANNOUNCED);
}

static void the_golden_conversation_leaves_the_device_octet_by_octet(void **state)
{
    (void)state;
    assert_int_equal(kat_each(GOLDEN, "conversation", use_conversation, NULL), 1);
}

/* The same with a reboot after every step: what is stored is enough, COUNTs that were reserved are given back by
 * suspend. */
static void use_with_reboots(const kat_record_t *r, void *context)
{
    dut_t d;
    (void)context;
    dut_init(&d);
#define REBOOT()                                                                                                       \
    do {                                                                                                               \
        assert_int_equal(godwit_device_suspend(&d.device, &d.requests), GODWIT_OK);                                    \
        dut_store(&d);                                                                                                 \
        dut_reboot(&d);                                                                                                \
    } while (0)
    send_reading(&d);
    feed(r, "start", &d);
    expect_sent(r, "confirmation", &d);
    REBOOT();
    dut_send(&d, "reading 2");
    expect_sent(r, "up_1", &d);
    REBOOT();
    feed(r, "down_1", &d);
    expect_delivered(&d, "valve shut", 0);
    REBOOT();
    feed(r, "manage_request", &d);
    expect_sent(r, "manage_response", &d);
    REBOOT();
    feed(r, "down_old_key", &d);
    REBOOT();
    dut_send(&d, "reading 3");
    expect_sent(r, "up_2", &d);
    REBOOT();
    feed(r, "down_2", &d);
    REBOOT();
    assert_int_equal(godwit_device_terminate(&d.device, &d.requests), GODWIT_OK);
    expect_sent(r, "terminate_request", &d);
    feed(r, "terminate_response", &d);
    REBOOT();
    send_reading(&d);
    expect_sent(r, "early_request", &d);
    feed(r, "early_start", &d);
    REBOOT();
    dut_send(&d, "reading 4");
    expect_sent(r, "up_3", &d);
    REBOOT();
    feed(r, "terminate_request_down", &d);
    expect_sent(r, "terminate_response_up", &d);
#undef REBOOT
}

static void the_golden_conversation_survives_planned_power_downs(void **state)
{
    (void)state;
    assert_int_equal(kat_each(GOLDEN, "conversation", use_with_reboots, NULL), 1);
}

static void use_setup_07(const kat_record_t *r, void *context)
{
    dut_t d;
    (void)context;
    dut_init(&d);
    d.config.agreements = 1u << (GODWIT_AGREEMENT_SEPARATE_UMTS - 1);
    assert_int_equal(godwit_device_init(&d.device, &d.config), GODWIT_OK);
    send_reading(&d);
    expect_sent(r, "request", &d);
    feed(r, "start", &d);
    expect_sent(r, "confirmation", &d);
}

static void agreement_07_sets_up_octet_by_octet(void **state)
{
    (void)state;
    assert_int_equal(kat_each(GOLDEN, "setup_07", use_setup_07, NULL), 1);
}

static void use_attempts(const kat_record_t *r, void *context)
{
    dut_t d;
    (void)context;
    dut_init(&d);
    d.random[3] = 1; /* low bits of COUNT: 1 */
    send_reading(&d);
    expect_sent(r, "request_1", &d);
    dut_reboot(&d);
    d.random[3] = 2;
    send_reading(&d);
    expect_sent(r, "request_2", &d);
    feed(r, "start_2", &d);
    expect_sent(r, "confirmation_2", &d);
}

static void a_second_attempt_takes_the_second_generation(void **state)
{
    (void)state;
    assert_true(kat_each(GOLDEN, "attempts", use_attempts, NULL) >= 1);
}

/* ---- access AKA ---- */

/* What USIM or ME made of the run with CK, IK and SQN xor AK of the file. */
static void give_key_set(dut_t *d, godwit_agreement_t agreement)
{
    godwit_vector_t vector = dut_vector(UINT64_C(0xff9bb4d0b607), 0x8080);
    uint8_t root[32], key_set[32];
    memcpy(root, vector.ck, 16);
    memcpy(root + 16, vector.ik, 16);
    assert_int_equal(godwit_e2m_keyset(CRYPTO, root, agreement, godwit_slice(vector.autn, 6), key_set), GODWIT_OK);
    assert_int_equal(godwit_device_access_key_set(&d->device, agreement, vector.rand, vector.autn, key_set), GODWIT_OK);
}

static void expect_container(const kat_record_t *r, const char *name, dut_t *d)
{
    uint8_t octets[64];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_device_container(&d->device, d->config.best_plmn, 1, &w), GODWIT_OK);
    kat_expect(r, name, octets, w.len);
}

static void take_answer(const kat_record_t *r, const char *name, dut_t *d)
{
    assert_int_equal(godwit_device_bearer_start(&d->device, kat_hex(r, name), d->random, &d->requests), GODWIT_OK);
    dut_store(d);
}

static void use_solution_1(const kat_record_t *r, void *context)
{
    dut_t d;
    godwit_agreement_t agreement = (godwit_agreement_t)kat_number(r, "agreement");
    (void)context;
    dut_init(&d);
    d.config.framing = (godwit_framing_t){0, 1};
    d.config.agreements = (uint8_t)(1u << (agreement - 1));
    assert_int_equal(godwit_device_init(&d.device, &d.config), GODWIT_OK);
    give_key_set(&d, agreement);
    expect_container(r, "container", &d);
    take_answer(r, "answer", &d);
    dut_reboot(&d);
    d.device.session.current.hot.up_next_out = 0; /* what the reboot skipped, for the octets of the file */
    send_reading(&d);
    expect_sent(r, "reading", &d);
    expect_container(r, "container_2", &d);
    take_answer(r, "answer_2", &d);
    send_reading(&d);
    expect_sent(r, "reading_2", &d);
    feed(r, "down", &d);
    expect_delivered(&d, "valve shut", 0);
}

static void the_access_gives_container_and_first_reading_octet_by_octet(void **state)
{
    (void)state;
    assert_int_equal(kat_each(GOLDEN, "solution_1", use_solution_1, NULL), 2);
}

static void use_reject(const kat_record_t *r, void *context)
{
    dut_t d;
    uint8_t octets[96];
    godwit_agreement_t agreement = (godwit_agreement_t)kat_number(r, "agreement");
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    (void)context;
    dut_init(&d);
    d.config.framing = (godwit_framing_t){0, 1};
    d.config.agreements = (uint8_t)(1u << (agreement - 1) | 4u);
    assert_int_equal(godwit_device_init(&d.device, &d.config), GODWIT_OK);
    give_key_set(&d, agreement);
    uint8_t container[64];
    godwit_writer_t up = godwit_writer(container, sizeof container);
    assert_int_equal(godwit_device_container(&d.device, d.config.best_plmn, 1, &up), GODWIT_OK);
    godwit_put_slice(&w, godwit_slice(kat_hex(r, "answer").ptr, 4)); /* PLMN and version */
    godwit_put_slice(&w, kat_hex(r, "reject"));
    assert_int_equal(godwit_device_bearer_start(&d.device, godwit_written(&w), d.random, &d.requests), GODWIT_OK);
    /* That container offered agreement 01 or 02 alone, as this one does: the echo is the same. */
    assert_int_equal(dut_event(&d, "fallback")->reason, GODWIT_KEY_EXPIRED);
}

static void a_reject_in_the_container_is_understood(void **state)
{
    (void)state;
    assert_int_equal(kat_each(GOLDEN, "solution_1", use_reject, NULL), 2);
}

static void use_solution_2(const kat_record_t *r, void *context)
{
    dut_t d;
    (void)context;
    dut_init(&d);
    d.config.agreements = 2 | 4;
    assert_int_equal(godwit_device_init(&d.device, &d.config), GODWIT_OK);
    give_key_set(&d, GODWIT_AGREEMENT_ACCESS_EPS);
    send_reading(&d);
    expect_sent(r, "request", &d);
    feed(r, "start", &d);
    expect_sent(r, "confirmation", &d);
    assert_int_equal(d.card_runs, 0);
}

static void a_named_key_set_sets_up_octet_by_octet(void **state)
{
    (void)state;
    assert_int_equal(kat_each(GOLDEN, "solution_2", use_solution_2, NULL), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_golden_conversation_leaves_the_device_octet_by_octet),
        cmocka_unit_test(the_golden_conversation_survives_planned_power_downs),
        cmocka_unit_test(agreement_07_sets_up_octet_by_octet),
        cmocka_unit_test(a_second_attempt_takes_the_second_generation),
        cmocka_unit_test(the_access_gives_container_and_first_reading_octet_by_octet),
        cmocka_unit_test(a_reject_in_the_container_is_understood),
        cmocka_unit_test(a_named_key_set_sets_up_octet_by_octet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
