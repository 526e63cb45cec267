/* SPDX-License-Identifier: Apache-2.0
 *
 * AUTS, both ways (TS 33.102 6.3.3 and 6.3.5).
 */
#include "tests/aka/aka_test.h"

#include <string.h>

static const godwit_crypto_t *const crypto = &godwit_crypto_builtin;

static void what_the_usim_makes_the_auc_reads(void **state)
{
    (void)state;
    godwit_aka_key_t key = aka_test_milenage_key();
    for (int i = 0; i < 200; i++) {
        uint8_t rand[16], auts[14];
        uint64_t sqn_ms = aka_test_random_below(GODWIT_SQN_MAX + 1), read = 0;
        aka_test_random(rand, sizeof rand);
        aka_test_random(key.k, 16);
        assert_ok(godwit_auts_create(crypto, &key, rand, sqn_ms, auts));
        assert_ok(godwit_auts_consume(crypto, &key, rand, auts, &read));
        assert_true(read == sqn_ms);
    }
}

static void auts_with_bad_mac_does_not_reveal_sqn(void **state)
{
    (void)state;
    godwit_aka_key_t key = aka_test_milenage_key();
    uint8_t auts[14];
    assert_ok(godwit_auts_create(crypto, &key, aka_test_rand, 0x1234, auts));
    for (unsigned bit = 0; bit < 8 * (14 + 16); bit++) {
        uint8_t both[30];
        uint64_t sqn_ms = 99;
        memcpy(both, auts, 14);
        memcpy(both + 14, aka_test_rand, 16);
        both[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(godwit_auts_consume(crypto, &key, both + 14, both, &sqn_ms), GODWIT_AUTH_MAC_FAILURE);
        assert_true(sqn_ms == 99);
    }
}

/* The AMF of MAC-S is 0000 whatever AMF the refused AUTN had; and AK* is not AK. */
static void auts_is_made_with_amf_zero_and_f5_star(void **state)
{
    (void)state;
    static const uint8_t zero_amf[2], sqn[6] = {0, 0, 0, 0, 0x12, 0x34};
    godwit_aka_key_t key = aka_test_milenage_key();
    godwit_aka_output_t f;
    uint8_t auts[14], concealed[6];
    assert_ok(godwit_auts_create(crypto, &key, aka_test_rand, 0x1234, auts));
    assert_ok(godwit_aka_compute(crypto, &key, aka_test_rand, sqn, zero_amf, &f));
    for (size_t i = 0; i < 6; i++) {
        concealed[i] = sqn[i] ^ f.ak_star[i];
    }
    assert_memory_equal(auts, concealed, 6);
    assert_memory_equal(auts + 6, f.mac_s, 8);
}

/* An AUTN cut to the size of an AUTS, and the other way round, is no proof of anything. */
static void an_autn_is_no_auts(void **state)
{
    (void)state;
    static const uint8_t amf[2] = {0, 0};
    godwit_aka_key_t key = aka_test_milenage_key();
    godwit_vector_t vector;
    uint8_t auts[14];
    uint64_t sqn_ms = 99;
    assert_ok(godwit_vector_create(crypto, &key, aka_test_rand, 0x20, amf, &vector));
    memcpy(auts, vector.autn, 6);
    memcpy(auts + 6, vector.autn + 8, 8);
    assert_int_equal(godwit_auts_consume(crypto, &key, aka_test_rand, auts, &sqn_ms), GODWIT_AUTH_MAC_FAILURE);
    assert_true(sqn_ms == 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_usim_makes_the_auc_reads),
        cmocka_unit_test(auts_with_bad_mac_does_not_reveal_sqn),
        cmocka_unit_test(auts_is_made_with_amf_zero_and_f5_star),
        cmocka_unit_test(an_autn_is_no_auts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
