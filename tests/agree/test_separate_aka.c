/* SPDX-License-Identifier: Apache-2.0
 *
 * Separate AKA: known answers, and which AMF each agreement takes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/agree/separate_aka/separate_aka.h"
#include "tests/kat/kat.h"

static const godwit_plmn_t no_plmn;

static void eps_answer(const kat_record_t *record, void *context)
{
    (void)context;
    uint8_t keyset[32];
    godwit_plmn_t plmn;
    assert_int_equal(godwit_plmn_from_text(kat_text(record, "plmn"), &plmn), GODWIT_OK);
    const uint8_t *autn = kat_hex(record, "autn").ptr;
    assert_int_equal(godwit_separate_aka_keyset(&godwit_crypto_builtin, GODWIT_AGREEMENT_SEPARATE_EPS,
                                                kat_hex(record, "ck").ptr, kat_hex(record, "ik").ptr, autn, plmn, 0,
                                                keyset),
                     GODWIT_OK);
    kat_expect(record, "e2m_keyset", keyset, sizeof keyset);
    memset(keyset, 0, sizeof keyset);
    assert_int_equal(
        godwit_separate_aka_keyset_from_kasme(&godwit_crypto_builtin, kat_hex(record, "kasme").ptr, autn, keyset),
        GODWIT_OK);
    kat_expect(record, "e2m_keyset", keyset, sizeof keyset);
}

static void umts_answer(const kat_record_t *record, void *context)
{
    (void)context;
    uint8_t keyset[32];
    assert_int_equal(godwit_separate_aka_keyset(&godwit_crypto_builtin, GODWIT_AGREEMENT_SEPARATE_UMTS,
                                                kat_hex(record, "ck").ptr, kat_hex(record, "ik").ptr,
                                                kat_hex(record, "autn").ptr, no_plmn, 0, keyset),
                     GODWIT_OK);
    kat_expect(record, "e2m_keyset", keyset, sizeof keyset);
}

static void device_and_network_reach_the_known_keyset(void **state)
{
    (void)state;
    kat_each("separate_aka.txt", "separate-eps", eps_answer, NULL);
    kat_each("separate_aka.txt", "separate-umts", umts_answer, NULL);
}

static godwit_status_t check(godwit_agreement_t agreement, uint16_t amf, uint16_t flag)
{
    uint8_t autn[16] = {0};
    godwit_store_u16(autn + 6, amf);
    return godwit_separate_aka_check(agreement, autn, flag);
}

static void eps_insists_on_the_separation_bit(void **state)
{
    (void)state;
    assert_int_equal(check(GODWIT_AGREEMENT_SEPARATE_EPS, 0x8000, 0), GODWIT_OK);
    assert_int_equal(check(GODWIT_AGREEMENT_SEPARATE_EPS, 0x8080, 0), GODWIT_OK);
    assert_int_equal(check(GODWIT_AGREEMENT_SEPARATE_EPS, 0x7FFF, 0), GODWIT_POLICY_FORBIDS);
    assert_int_equal(check(GODWIT_AGREEMENT_SEPARATE_EPS, 0x0000, 0), GODWIT_POLICY_FORBIDS);
}

static void umts_refuses_separation_bit_and_flag(void **state)
{
    (void)state;
    assert_int_equal(check(GODWIT_AGREEMENT_SEPARATE_UMTS, 0x0000, 0), GODWIT_OK);
    assert_int_equal(check(GODWIT_AGREEMENT_SEPARATE_UMTS, 0x7F7F, 0), GODWIT_OK);
    assert_int_equal(check(GODWIT_AGREEMENT_SEPARATE_UMTS, 0x8000, 0), GODWIT_POLICY_FORBIDS);
    assert_int_equal(check(GODWIT_AGREEMENT_SEPARATE_UMTS, 0x0080, 0), GODWIT_POLICY_FORBIDS);
    assert_int_equal(check(GODWIT_AGREEMENT_SEPARATE_UMTS, 0x0080, 0x0001),
                     GODWIT_OK); /* the flag is another bit here */
    assert_int_equal(check(GODWIT_AGREEMENT_SEPARATE_UMTS, 0x0001, 0x0001), GODWIT_POLICY_FORBIDS);
}

static void other_agreements_are_no_business_of_separate_aka(void **state)
{
    (void)state;
    assert_int_equal(check(GODWIT_AGREEMENT_ACCESS_EPS, 0x8080, 0), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(check(GODWIT_AGREEMENT_GBA, 0x8000, 0), GODWIT_INVALID_ARGUMENT);
}

static void a_refused_vector_leaves_no_key_behind(void **state)
{
    (void)state;
    static const uint8_t key[32], zero[32];
    const uint8_t autn[16] = {0};
    uint8_t keyset[32];
    memset(keyset, 0xAA, sizeof keyset);
    assert_int_equal(godwit_separate_aka_keyset(&godwit_crypto_builtin, GODWIT_AGREEMENT_SEPARATE_EPS, key, key, autn,
                                                no_plmn, 0, keyset),
                     GODWIT_POLICY_FORBIDS);
    assert_memory_equal(keyset, zero, sizeof keyset);
    memset(keyset, 0xAA, sizeof keyset);
    assert_int_equal(godwit_separate_aka_keyset_from_kasme(&godwit_crypto_builtin, key, autn, keyset),
                     GODWIT_POLICY_FORBIDS);
    assert_memory_equal(keyset, zero, sizeof keyset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(device_and_network_reach_the_known_keyset),
        cmocka_unit_test(eps_insists_on_the_separation_bit),
        cmocka_unit_test(umts_refuses_separation_bit_and_flag),
        cmocka_unit_test(other_agreements_are_no_business_of_separate_aka),
        cmocka_unit_test(a_refused_vector_leaves_no_key_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
