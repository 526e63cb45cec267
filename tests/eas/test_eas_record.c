/* SPDX-License-Identifier: Apache-2.0
 *
 * A device at its receiver as octets: it goes on where it was, and damage is noticed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/eas/sender.h"

#define NOW (SENDER_AGREED_S + 10u)

static godwit_eas_device_t device, loaded;
static sender_t first, second;
static uint8_t record[GODWIT_EAS_RECORD_MAX];

static size_t fill(void)
{
    uint8_t down[GODWIT_EMSDP_DATAGRAM_MAX], psk[32];
    godwit_eas_opened_t opened;
    godwit_writer_t w = godwit_writer(down, sizeof down);
    godwit_psk_name_t name = {.number = 0};
    godwit_eas_grant_t one = sender_grant(1, 1), two = sender_grant(2, 2);
    memset(one.path.hse, 'a', 63);
    memset(two.path.hse, 'a', 63);
    one.terms.life_s = two.terms.life_s = 100000;
    assert_int_equal(godwit_eas_begin(&device, &godwit_crypto_builtin, &one), GODWIT_OK);
    assert_int_equal(godwit_eas_take(&device, &two), GODWIT_OK);
    sender_init(&first, &one);
    sender_init(&second, &two);
    (void)sender_seal(&first, "lost");
    (void)sender_seal(&first, "first");
    assert_int_equal(take_up(&device, NOW, 3, &first, &opened), GODWIT_OK);
    (void)sender_seal(&second, "second");
    assert_int_equal(take_up(&device, NOW, 4, &second, &opened), GODWIT_OK);
    assert_int_equal(godwit_eas_seal(&device, NOW, godwit_slice_of_string("down"), &w), GODWIT_OK);
    assert_int_equal(godwit_eas_export(&device, NOW, "dtls1.3", 1, &name, psk), GODWIT_OK);
    device.waiting = true;
    return godwit_eas_save(&device, record);
}

static void what_is_read_is_what_was_written(void **state)
{
    (void)state;
    const size_t len = fill();
    assert_in_range(len, 1, GODWIT_EAS_RECORD_MAX);
    assert_int_equal(godwit_eas_load(&loaded, &godwit_crypto_builtin, godwit_slice(record, len)), GODWIT_OK);
    assert_memory_equal(&loaded, &device, sizeof device);
}

static void it_goes_on_where_it_was(void **state)
{
    (void)state;
    uint8_t down[GODWIT_EMSDP_DATAGRAM_MAX];
    godwit_eas_opened_t opened;
    godwit_writer_t w = godwit_writer(down, sizeof down);
    const size_t len = fill();
    const godwit_slice_t repeated = godwit_slice(second.datagram, second.len);
    assert_int_equal(godwit_eas_load(&loaded, &godwit_crypto_builtin, godwit_slice(record, len)), GODWIT_OK);
    assert_int_equal(try_up(&loaded, NOW, 9, repeated), GODWIT_REPLAY);
    assert_int_equal(try_up(&loaded, NOW, 4, repeated), GODWIT_OK);
    (void)sender_seal(&second, "third");
    assert_int_equal(take_up(&loaded, NOW, 5, &second, &opened), GODWIT_OK);
    assert_int_equal(opened.count, 1);
    assert_int_equal(godwit_eas_seal(&loaded, NOW, godwit_slice_of_string("next"), &w), GODWIT_OK);
    assert_true(sender_opens(&second, godwit_written(&w), "next")); /* not the COUNT that was used before */
}

static void every_damaged_octet_is_noticed(void **state)
{
    (void)state;
    static const godwit_eas_device_t none;
    const size_t len = fill();
    for (size_t i = 0; i < len; i++) {
        record[i] ^= 0x20;
        assert_int_equal(godwit_eas_load(&loaded, &godwit_crypto_builtin, godwit_slice(record, len)), GODWIT_MALFORMED);
        assert_memory_equal(&loaded, &none, sizeof none);
        record[i] ^= 0x20;
    }
    for (size_t part = 0; part < len; part++) {
        assert_int_equal(godwit_eas_load(&loaded, &godwit_crypto_builtin, godwit_slice(record, part)),
                         GODWIT_MALFORMED);
    }
}

static void the_longest_name_fits(void **state)
{
    (void)state;
    godwit_eas_grant_t grant = sender_grant(1, 1);
    for (size_t i = 0; i < GODWIT_FQDN_MAX; i++) {
        grant.path.hse[i] = i % 2 == 0 ? 'a' : '.';
    }
    assert_int_equal(godwit_eas_begin(&device, &godwit_crypto_builtin, &grant), GODWIT_OK);
    const size_t len = godwit_eas_save(&device, record);
    assert_in_range(len, 1, GODWIT_EAS_RECORD_MAX);
    assert_int_equal(godwit_eas_load(&loaded, &godwit_crypto_builtin, godwit_slice(record, len)), GODWIT_OK);
    assert_memory_equal(&loaded, &device, sizeof device);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_is_what_was_written),
        cmocka_unit_test(it_goes_on_where_it_was),
        cmocka_unit_test(every_damaged_octet_is_noticed),
        cmocka_unit_test(the_longest_name_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
