/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys that age at the receiver: a successor, the overlap, time, count, and which key is asked for.
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
static sender_t first, second, third;
static godwit_eas_opened_t opened;
static uint64_t number;

static void begin(sender_t *sender, const godwit_eas_grant_t *grant)
{
    number = 1;
    assert_int_equal(godwit_eas_begin(&device, &godwit_crypto_builtin, grant), GODWIT_OK);
    sender_init(sender, grant);
}

static void add(sender_t *sender, const godwit_eas_grant_t *grant)
{
    assert_int_equal(godwit_eas_take(&device, grant), GODWIT_OK);
    sender_init(sender, grant);
}

static godwit_status_t up(sender_t *sender, uint64_t now_s)
{
    (void)sender_seal(sender, "reading");
    return take_up(&device, now_s, number++, sender, &opened);
}

static void the_key_before_lives_for_the_overlap_and_is_wiped_then(void **state)
{
    (void)state;
    const godwit_eas_grant_t one = sender_grant(1, 1), two = sender_grant(2, 2);
    begin(&first, &one);
    assert_int_equal(up(&first, NOW), GODWIT_OK);
    add(&second, &two);
    assert_int_equal(up(&first, NOW + 1), GODWIT_OK); /* the device has not switched */
    assert_int_equal(up(&second, NOW + 2), GODWIT_OK);
    assert_true(opened.highest);
    assert_int_equal(up(&first, NOW + 3), GODWIT_OK); /* it was under way */
    assert_false(opened.highest);
    assert_int_equal(godwit_eas_due(&device, NOW + 3), NOW + 2 + 3600);
    assert_false(godwit_eas_tick(&device, NOW + 3601));
    assert_int_equal(up(&first, NOW + 3602), GODWIT_KEY_EXPIRED); /* though nobody has wiped it yet */
    assert_true(godwit_eas_tick(&device, NOW + 3602));
    assert_int_equal(up(&first, NOW + 3602), GODWIT_UNKNOWN_KEY);
    for (size_t i = 0; i < sizeof device - sizeof one.k_e2e; i++) {
        assert_memory_not_equal((const uint8_t *)&device + i, one.k_e2e, sizeof one.k_e2e);
    }
    assert_int_equal(up(&second, NOW + 3603), GODWIT_OK);
}

static void the_same_key_again_changes_nothing_and_an_older_one_is_refused(void **state)
{
    (void)state;
    const godwit_eas_grant_t two = sender_grant(2, 2);
    godwit_eas_grant_t old = sender_grant(1, 1);
    begin(&first, &two);
    assert_int_equal(up(&first, NOW), GODWIT_OK);
    const godwit_eas_device_t before = device;
    assert_int_equal(godwit_eas_take(&device, &two), GODWIT_OK);
    old.agreed_s--;
    assert_int_equal(godwit_eas_take(&device, &old), GODWIT_REPLAY);
    assert_memory_equal(&device, &before, sizeof before);
}

/* Ages begin at 1 with each key set: what counts is which came last. */
static void a_new_key_set_begins_at_age_1(void **state)
{
    (void)state;
    const godwit_eas_grant_t nine = sender_grant(9, 1);
    godwit_eas_grant_t one = sender_grant(1, 2);
    begin(&first, &nine);
    assert_int_equal(up(&first, NOW), GODWIT_OK);
    one.agreed_s += 100;
    add(&second, &one);
    assert_int_equal(up(&second, NOW + 100), GODWIT_OK);
    assert_true(opened.highest);
    assert_int_equal(opened.age, 1);
}

static void of_many_that_come_the_used_one_and_the_last_ones_stay(void **state)
{
    (void)state;
    const godwit_eas_grant_t one = sender_grant(1, 1);
    begin(&first, &one);
    assert_int_equal(up(&first, NOW), GODWIT_OK);
    for (uint8_t age = 2; age < 7; age++) {
        const godwit_eas_grant_t next = sender_grant(age, age);
        add(age % 2 == 0 ? &second : &third, &next);
    }
    assert_int_equal(up(&first, NOW), GODWIT_OK);
    assert_int_equal(up(&third, NOW), GODWIT_OK);  /* age 5 */
    assert_int_equal(up(&second, NOW), GODWIT_OK); /* age 6 */
}

static void a_key_id_that_comes_again_is_the_new_keys(void **state)
{
    (void)state;
    const godwit_eas_grant_t one = sender_grant(1, 3), other = sender_grant(2, 3);
    begin(&first, &one);
    assert_int_equal(up(&first, NOW), GODWIT_OK);
    add(&second, &other);
    assert_int_equal(up(&first, NOW), GODWIT_MAC_FAILURE);
    assert_int_equal(up(&second, NOW), GODWIT_OK);
}

/* An HSE that has lost its numbers begins anew: what was accepted under one key says nothing about another. */
static void a_repetition_is_of_the_same_key(void **state)
{
    (void)state;
    const godwit_eas_grant_t one = sender_grant(1, 1), two = sender_grant(2, 2);
    begin(&first, &one);
    assert_int_equal(up(&first, NOW), GODWIT_OK); /* number 1, COUNT 0 */
    add(&second, &two);
    assert_int_equal(up(&second, NOW), GODWIT_OK); /* number 2, COUNT 0 */
    assert_int_equal(try_up(&device, NOW, 1, godwit_slice(second.datagram, second.len)), GODWIT_REPLAY);
    assert_int_equal(try_up(&device, NOW, 1, godwit_slice(first.datagram, first.len)), GODWIT_OK);
}

static void time_ends_a_key(void **state)
{
    (void)state;
    uint8_t down[GODWIT_EMSDP_DATAGRAM_MAX], psk[32];
    godwit_writer_t w = godwit_writer(down, sizeof down);
    godwit_psk_name_t name = {.number = 0};
    uint32_t above = 0;
    godwit_eas_grant_t grant = sender_grant(4, 1);
    grant.terms.life_s = 1000;
    begin(&first, &grant);
    const uint64_t end = SENDER_AGREED_S + 1000;
    assert_int_equal(up(&first, end - 1), GODWIT_OK);
    assert_int_equal(godwit_eas_seal(&device, end - 1, godwit_slice_of_string("x"), &w), GODWIT_OK);
    assert_int_equal(godwit_eas_wanted(&device, end - 1, &above), GODWIT_EAS_WANT_NOTHING);
    assert_int_equal(godwit_eas_due(&device, end - 1), end);
    assert_int_equal(godwit_eas_wanted(&device, end, &above), GODWIT_EAS_WANT_TIME);
    assert_int_equal(above, 4);
    assert_int_equal(godwit_eas_seal(&device, end, godwit_slice_of_string("x"), &w), GODWIT_AGAIN);
    assert_int_equal(godwit_eas_export(&device, end, "dtls1.2", 0, &name, psk), GODWIT_KEY_EXPIRED);
    assert_int_equal(up(&first, end + 3599), GODWIT_OK); /* it was under way */
    assert_int_equal(up(&first, end + 3600), GODWIT_KEY_EXPIRED);
    assert_true(godwit_eas_tick(&device, end + 3600));
    assert_true(godwit_eas_is_empty(&device));
    assert_int_equal(godwit_eas_wanted(&device, end + 3600, &above), GODWIT_EAS_WANT_LOST);
    assert_int_equal(godwit_eas_due(&device, end + 3600), UINT64_MAX);
}

static void a_clock_that_was_set_back_harms_nothing(void **state)
{
    (void)state;
    godwit_eas_grant_t grant = sender_grant(1, 1);
    grant.terms.life_s = 1000;
    begin(&first, &grant);
    assert_int_equal(up(&first, 5), GODWIT_OK);
    assert_false(godwit_eas_tick(&device, 5));
    assert_int_equal(up(&first, NOW), GODWIT_OK);
}

/* 16 messages, both ways together: the next age is asked for ahead, the receiver stops sending at it, and a COUNT at or
 * above it is nobody's. */
static void the_count_ends_a_key(void **state)
{
    (void)state;
    uint8_t down[GODWIT_EMSDP_DATAGRAM_MAX];
    godwit_writer_t w = godwit_writer(down, sizeof down);
    uint32_t above = 0;
    godwit_eas_grant_t grant = sender_grant(1, 1);
    grant.terms.messages = 16;
    begin(&first, &grant);
    for (unsigned i = 0; i < 13; i++) {
        assert_int_equal(up(&first, NOW), GODWIT_OK);
        assert_int_equal(godwit_eas_wanted(&device, NOW, &above), GODWIT_EAS_WANT_NOTHING);
    }
    assert_int_equal(godwit_eas_seal(&device, NOW, godwit_slice_of_string("x"), &w), GODWIT_OK);
    assert_int_equal(godwit_eas_wanted(&device, NOW, &above), GODWIT_EAS_WANT_COUNT);
    assert_int_equal(above, 1);
    assert_int_equal(up(&first, NOW), GODWIT_OK);
    assert_int_equal(up(&first, NOW), GODWIT_OK);
    assert_int_equal(godwit_eas_seal(&device, NOW, godwit_slice_of_string("x"), &w), GODWIT_AGAIN);
    assert_int_equal(up(&first, NOW), GODWIT_OK); /* COUNT 15: the device may not have heard what went down */
    assert_int_equal(up(&first, NOW), GODWIT_KEY_EXPIRED);
}

static void exported_keys_are_never_given_twice(void **state)
{
    (void)state;
    uint8_t psk[32], again[32];
    const godwit_eas_grant_t one = sender_grant(1, 1), two = sender_grant(2, 2);
    godwit_psk_name_t name = {.number = 0}, chosen;
    begin(&first, &one);
    assert_int_equal(godwit_eas_export(&device, NOW, "dtls1.2", 0, &name, psk), GODWIT_OK);
    assert_int_equal(name.session_id, SENDER_SESSION);
    assert_int_equal(name.age, 1);
    assert_int_equal(name.number, 1);
    chosen = name;
    assert_int_equal(godwit_eas_export(&device, NOW, "dtls1.2", 0, &chosen, again), GODWIT_REPLAY);
    assert_int_equal(godwit_eas_export(&device, NOW, "tls1.3", 1, &chosen, again), GODWIT_REPLAY);
    chosen.number = 5;
    assert_int_equal(godwit_eas_export(&device, NOW, "dtls1.2", 0, &chosen, again), GODWIT_OK);
    assert_memory_not_equal(psk, again, sizeof psk);
    chosen.number = 3;
    assert_int_equal(godwit_eas_export(&device, NOW, "dtls1.2", 0, &chosen, again), GODWIT_REPLAY);
    chosen.age = 2;
    assert_int_equal(godwit_eas_export(&device, NOW, "dtls1.2", 0, &chosen, again), GODWIT_UNKNOWN_KEY);
    add(&second, &two);
    assert_int_equal(godwit_eas_export(&device, NOW, "dtls1.2", 0, &chosen, again), GODWIT_OK);
    chosen.session_id++;
    chosen.number = 9;
    assert_int_equal(godwit_eas_export(&device, NOW, "dtls1.2", 0, &chosen, again), GODWIT_UNKNOWN_KEY);
    name = (godwit_psk_name_t){.number = 0};
    assert_int_equal(godwit_eas_export(&device, NOW, "ssh", 0, &name, psk), GODWIT_INVALID_ARGUMENT);
}

/* As a server does with what a client names: forged numbers use nothing up, and of two that prove one key one is
 * first. */
static void a_number_is_used_up_when_it_is_proved(void **state)
{
    (void)state;
    uint8_t psk[32], again[32];
    const uint8_t none[32] = {0};
    const godwit_eas_grant_t one = sender_grant(1, 1);
    godwit_psk_name_t forged = {.session_id = SENDER_SESSION, .age = 1, .number = UINT32_MAX}, name = forged;
    begin(&first, &one);
    const godwit_eas_device_t before = device;
    assert_int_equal(godwit_eas_derive(&device, NOW, "dtls1.2", 0, &forged, psk), GODWIT_OK);
    name.number = 7;
    assert_int_equal(godwit_eas_derive(&device, NOW, "tls1.3", 1, &name, psk), GODWIT_OK);
    assert_int_equal(godwit_eas_derive(&device, NOW, "tls1.3", 1, &name, again), GODWIT_OK);
    assert_memory_equal(psk, again, sizeof psk);
    assert_memory_equal(&device, &before, sizeof device);
    assert_int_equal(godwit_eas_proved(&device, NOW, &name), GODWIT_OK);
    assert_int_equal(godwit_eas_proved(&device, NOW, &name), GODWIT_REPLAY);
    assert_int_equal(godwit_eas_derive(&device, NOW, "tls1.3", 1, &name, psk), GODWIT_REPLAY);
    assert_memory_equal(psk, none, sizeof psk);
    godwit_psk_name_t next = {.number = 0};
    assert_int_equal(godwit_eas_export(&device, NOW, "tls1.3", 1, &next, again), GODWIT_OK);
    assert_int_equal(next.number, 8);
    name.number = 9;
    assert_int_equal(godwit_eas_derive(&device, NOW, "oscore", 0, &name, psk), GODWIT_POLICY_FORBIDS);
    assert_int_equal(godwit_eas_derive(&device, NOW, "ssh", 0, &name, psk), GODWIT_INVALID_ARGUMENT);
    name.number = 0;
    assert_int_equal(godwit_eas_derive(&device, NOW, "tls1.3", 0, &name, psk), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_eas_proved(&device, NOW, &name), GODWIT_INVALID_ARGUMENT);
    name = (godwit_psk_name_t){.session_id = SENDER_SESSION, .age = 2, .number = 9};
    assert_int_equal(godwit_eas_proved(&device, NOW, &name), GODWIT_UNKNOWN_KEY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_key_before_lives_for_the_overlap_and_is_wiped_then),
        cmocka_unit_test(the_same_key_again_changes_nothing_and_an_older_one_is_refused),
        cmocka_unit_test(a_new_key_set_begins_at_age_1),
        cmocka_unit_test(of_many_that_come_the_used_one_and_the_last_ones_stay),
        cmocka_unit_test(a_key_id_that_comes_again_is_the_new_keys),
        cmocka_unit_test(a_repetition_is_of_the_same_key),
        cmocka_unit_test(time_ends_a_key),
        cmocka_unit_test(a_clock_that_was_set_back_harms_nothing),
        cmocka_unit_test(the_count_ends_a_key),
        cmocka_unit_test(exported_keys_are_never_given_twice),
        cmocka_unit_test(a_number_is_used_up_when_it_is_proved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
