/* SPDX-License-Identifier: Apache-2.0
 *
 * Access AKA: known answers, which AMF asks for it, and that a refusal leaves nothing behind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/agree/access_aka/access_aka.h"
#include "tests/kat/kat.h"

static godwit_access_aka_keys_t derive(const kat_record_t *record)
{
    godwit_access_aka_keys_t keys;
    assert_int_equal(godwit_access_aka_derive(&godwit_crypto_builtin, kat_hex(record, "ck").ptr,
                                              kat_hex(record, "ik").ptr, kat_hex(record, "autn").ptr, 0, &keys),
                     GODWIT_OK);
    return keys;
}

static void umts_answer(const kat_record_t *record, void *context)
{
    (void)context;
    uint8_t kc[8];
    godwit_access_aka_keys_t keys = derive(record);
    assert_int_equal(keys.agreement, GODWIT_AGREEMENT_ACCESS_UMTS);
    kat_expect(record, "ck_prime", keys.ck, sizeof keys.ck);
    kat_expect(record, "ik_prime", keys.ik, sizeof keys.ik);
    kat_expect(record, "e2m_keyset", keys.e2m_keyset, sizeof keys.e2m_keyset);
    godwit_c3(keys.ck, keys.ik, kc); /* GSM keys of a flagged vector come from CK', IK' */
    kat_expect(record, "kc_flagged", kc, sizeof kc);
}

static void eps_answer(const kat_record_t *record, void *context)
{
    (void)context;
    godwit_access_aka_keys_t keys = derive(record);
    assert_int_equal(keys.agreement, GODWIT_AGREEMENT_ACCESS_EPS);
    kat_expect(record, "ck", keys.ck, sizeof keys.ck);
    kat_expect(record, "ik", keys.ik, sizeof keys.ik);
    kat_expect(record, "e2m_keyset", keys.e2m_keyset, sizeof keys.e2m_keyset);
}

static void home_and_device_reach_the_known_keys(void **state)
{
    (void)state;
    kat_each("access_aka.txt", "access-umts", umts_answer, NULL);
    kat_each("access_aka.txt", "access-eps", eps_answer, NULL);
}

static godwit_status_t status_of(uint16_t amf, uint16_t flag)
{
    static const uint8_t key[16], zero[sizeof(godwit_access_aka_keys_t)];
    uint8_t autn[16] = {0};
    godwit_access_aka_keys_t keys;
    memset(&keys, 0xAA, sizeof keys);
    godwit_store_u16(autn + 6, amf);
    godwit_status_t status = godwit_access_aka_derive(&godwit_crypto_builtin, key, key, autn, flag, &keys);
    if (status != GODWIT_OK) {
        assert_memory_equal(&keys, zero, sizeof keys);
    }
    return status;
}

static void nothing_is_derived_unless_amf_asks_for_it(void **state)
{
    (void)state;
    assert_int_equal(status_of(0x0080, 0), GODWIT_OK);
    assert_int_equal(status_of(0x8080, 0), GODWIT_OK);
    assert_int_equal(status_of(0x80FF, 0x0080), GODWIT_OK);
    assert_int_equal(status_of(0x0000, 0), GODWIT_POLICY_FORBIDS);
    assert_int_equal(status_of(0xFF7F, 0), GODWIT_POLICY_FORBIDS);
    assert_int_equal(status_of(0x0080, 0x0001), GODWIT_POLICY_FORBIDS);
    assert_int_equal(status_of(0x0001, 0x0001), GODWIT_OK);
}

static void the_flag_is_one_bit_of_the_proprietary_octet(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 16; bit++) {
        assert_int_equal(godwit_access_aka_flag_valid((uint16_t)(1u << bit)), bit < 8);
    }
    assert_true(godwit_access_aka_flag_valid(0));
    assert_false(godwit_access_aka_flag_valid(0x0081));
    assert_int_equal(status_of(0xFFFF, 0x8000), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(status_of(0xFFFF, 0x0180), GODWIT_INVALID_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(home_and_device_reach_the_known_keys),
        cmocka_unit_test(nothing_is_derived_unless_amf_asks_for_it),
        cmocka_unit_test(the_flag_is_one_bit_of_the_proprietary_octet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
