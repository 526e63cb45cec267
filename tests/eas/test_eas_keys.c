/* SPDX-License-Identifier: Apache-2.0
 *
 * The receiver's library: what it opens, what it refuses, what a repetition is, and what goes down.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/eas/sender.h"

#define NOW (SENDER_AGREED_S + 10u)

static godwit_eas_device_t device;
static sender_t sender;
static godwit_eas_opened_t opened;

static void begin(const godwit_eas_grant_t *grant)
{
    assert_int_equal(godwit_eas_begin(&device, &godwit_crypto_builtin, grant), GODWIT_OK);
    sender_init(&sender, grant);
}

static void begin_first(void)
{
    const godwit_eas_grant_t grant = sender_grant(1, 1);
    begin(&grant);
}

static void a_reading_is_opened_once(void **state)
{
    (void)state;
    begin_first();
    (void)sender_seal(&sender, "21.5");
    assert_int_equal(take_up(&device, NOW, 7, &sender, &opened), GODWIT_OK);
    assert_true(godwit_slice_equal(opened.payload, godwit_slice_of_string("21.5")));
    assert_int_equal(opened.count, 0);
    assert_int_equal(opened.age, 1);
    assert_true(opened.highest);
    assert_false(opened.again);
    assert_int_equal(try_up(&device, NOW, 8, godwit_slice(sender.datagram, sender.len)), GODWIT_REPLAY);
    assert_int_equal(try_up(&device, NOW, 0, godwit_slice(sender.datagram, sender.len)), GODWIT_REPLAY);
}

/* The answer was lost: the HSE says it again under its own number, and nobody else can. */
static void what_the_hse_says_again_is_known(void **state)
{
    (void)state;
    begin_first();
    (void)sender_seal(&sender, "first");
    const sender_t before = sender;
    assert_int_equal(take_up(&device, NOW, 7, &sender, &opened), GODWIT_OK);
    assert_int_equal(take_up(&device, NOW, 7, &before, &opened), GODWIT_OK);
    assert_true(opened.again);
    assert_true(opened.highest);
    assert_int_equal(device.keys[0].plane.hot.up_next_in, 1);
    (void)sender_seal(&sender, "second");
    assert_int_equal(take_up(&device, NOW, 8, &sender, &opened), GODWIT_OK);
    assert_int_equal(take_up(&device, NOW, 7, &before, &opened), GODWIT_OK);
    assert_true(opened.again);
    assert_false(opened.highest); /* the device has been heard elsewhere since */
    assert_int_equal(try_up(&device, NOW, 8, godwit_slice(before.datagram, before.len)), GODWIT_REPLAY);
    for (unsigned i = 0; i < GODWIT_EAS_TAKEN; i++) {
        (void)sender_seal(&sender, "more");
        assert_int_equal(take_up(&device, NOW, 9 + i, &sender, &opened), GODWIT_OK);
    }
    assert_int_equal(try_up(&device, NOW, 7, godwit_slice(before.datagram, before.len)), GODWIT_REPLAY);
}

static void opening_moves_nothing(void **state)
{
    (void)state;
    begin_first();
    const godwit_slice_t up = sender_seal(&sender, "21.5");
    const godwit_eas_device_t before = device;
    assert_int_equal(try_up(&device, NOW, 1, up), GODWIT_OK);
    assert_int_equal(try_up(&device, NOW, 1, up), GODWIT_OK);
    assert_memory_equal(&device, &before, sizeof before);
}

static void every_bent_octet_is_refused(void **state)
{
    (void)state;
    begin_first();
    (void)sender_seal(&sender, "21.5");
    for (size_t i = 0; i < sender.len; i++) {
        sender.datagram[i] ^= 0x04;
        assert_int_not_equal(try_up(&device, NOW, 1, godwit_slice(sender.datagram, sender.len)), GODWIT_OK);
        sender.datagram[i] ^= 0x04;
    }
    for (size_t len = 0; len < sender.len; len++) {
        assert_int_not_equal(try_up(&device, NOW, 1, godwit_slice(sender.datagram, len)), GODWIT_OK);
    }
    assert_int_equal(try_up(&device, NOW, 1, godwit_slice(sender.datagram, sender.len)), GODWIT_OK);
}

static void another_session_and_another_key_are_named_so(void **state)
{
    (void)state;
    begin_first();
    godwit_eas_grant_t grant = sender_grant(1, 2);
    sender_init(&sender, &grant);
    assert_int_equal(try_up(&device, NOW, 1, sender_seal(&sender, "x")), GODWIT_UNKNOWN_KEY);
    grant.path.session_id = 5;
    sender_init(&sender, &grant);
    assert_int_equal(try_up(&device, NOW, 1, sender_seal(&sender, "x")), GODWIT_UNKNOWN_SESSION);
}

static void control_datagrams_are_not_the_receivers(void **state)
{
    (void)state;
    begin_first();
    const godwit_emsdp_control_t control = {.command = GODWIT_MANAGE_KEYS_RESPONSE};
    godwit_writer_t w = godwit_writer(sender.datagram, sizeof sender.datagram);
    assert_int_equal(
        godwit_emsdp_seal_control(&godwit_crypto_builtin, &sender.key, &control, godwit_slice(NULL, 0), &w), GODWIT_OK);
    assert_int_equal(try_up(&device, NOW, 1, godwit_written(&w)), GODWIT_MALFORMED);
}

static void with_s_0_the_session_does_not_travel(void **state)
{
    (void)state;
    godwit_eas_grant_t grant = sender_grant(1, 1);
    grant.path.session_octets = 0;
    begin(&grant);
    (void)sender_seal(&sender, "21.5");
    assert_int_equal(take_up(&device, NOW, 1, &sender, &opened), GODWIT_OK);
}

static void what_goes_down_waits_until_the_device_has_used_a_key(void **state)
{
    (void)state;
    uint8_t down[GODWIT_EMSDP_DATAGRAM_MAX];
    godwit_writer_t w = godwit_writer(down, sizeof down);
    begin_first();
    assert_int_equal(godwit_eas_seal(&device, NOW, godwit_slice_of_string("open"), &w), GODWIT_AGAIN);
    (void)sender_seal(&sender, "21.5");
    assert_int_equal(take_up(&device, NOW, 1, &sender, &opened), GODWIT_OK);
    assert_int_equal(godwit_eas_seal(&device, NOW, godwit_slice_of_string("open"), &w), GODWIT_OK);
    assert_true(sender_opens(&sender, godwit_written(&w), "open"));
    w = godwit_writer(down, sizeof down);
    assert_int_equal(godwit_eas_seal(&device, NOW, godwit_slice_of_string("shut"), &w), GODWIT_OK);
    assert_true(sender_opens(&sender, godwit_written(&w), "shut"));
}

static void key_agreement_alone_has_no_user_plane(void **state)
{
    (void)state;
    uint8_t down[GODWIT_EMSDP_DATAGRAM_MAX], psk[32];
    godwit_writer_t w = godwit_writer(down, sizeof down);
    godwit_psk_name_t name = {.number = 0};
    godwit_eas_grant_t grant = sender_grant(1, 1);
    grant.terms.service = GODWIT_SERVICE_KEY_AGREEMENT;
    begin(&grant);
    assert_int_equal(try_up(&device, NOW, 1, sender_seal(&sender, "21.5")), GODWIT_POLICY_FORBIDS);
    assert_int_equal(godwit_eas_seal(&device, NOW, godwit_slice_of_string("open"), &w), GODWIT_POLICY_FORBIDS);
    assert_int_equal(godwit_eas_export(&device, NOW, "dtls1.2", 0, &name, psk), GODWIT_OK);
}

static void grants_that_cannot_be_are_refused(void **state)
{
    (void)state;
    godwit_eas_grant_t bad[8];
    for (size_t i = 0; i < 8; i++) {
        bad[i] = sender_grant(1, 1);
    }
    bad[0].terms.age = 0;
    bad[1].terms.key_id = 8;
    bad[2].terms.key_id = 0;
    bad[3].terms.suite = 10;
    bad[4].terms.suite = 6; /* does not cipher */
    bad[5].path.hse[0] = '.';
    bad[6].path.imsi.len = 0;
    bad[7].path.session_id = 0x1000000; /* does not fit S = 3 */
    for (size_t i = 0; i < 8; i++) {
        static const godwit_eas_device_t none;
        assert_int_not_equal(godwit_eas_begin(&device, &godwit_crypto_builtin, &bad[i]), GODWIT_OK);
        assert_memory_equal(&device, &none, sizeof none);
        begin_first();
        const godwit_eas_device_t before = device;
        assert_int_not_equal(godwit_eas_take(&device, &bad[i]), GODWIT_OK);
        assert_memory_equal(&device, &before, sizeof before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reading_is_opened_once),
        cmocka_unit_test(what_the_hse_says_again_is_known),
        cmocka_unit_test(opening_moves_nothing),
        cmocka_unit_test(every_bent_octet_is_refused),
        cmocka_unit_test(another_session_and_another_key_are_named_so),
        cmocka_unit_test(control_datagrams_are_not_the_receivers),
        cmocka_unit_test(with_s_0_the_session_does_not_travel),
        cmocka_unit_test(what_goes_down_waits_until_the_device_has_used_a_key),
        cmocka_unit_test(key_agreement_alone_has_no_user_plane),
        cmocka_unit_test(grants_that_cannot_be_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
