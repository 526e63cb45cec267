/* SPDX-License-Identifier: Apache-2.0
 *
 * AUTN, both ways (TS 33.102 6.3.2 and 6.3.3).
 */
#include "tests/aka/aka_test.h"

#include <string.h>

static const godwit_crypto_t *const crypto = &godwit_crypto_builtin;

static void what_the_auc_makes_the_usim_reads(void **state)
{
    (void)state;
    godwit_aka_key_t key = aka_test_milenage_key();
    for (int i = 0; i < 200; i++) {
        uint8_t rand[16], amf[2];
        uint64_t sqn = aka_test_random_below(GODWIT_SQN_MAX + 1), read_sqn = 0;
        godwit_vector_t vector, read;
        aka_test_random(rand, sizeof rand);
        aka_test_random(amf, sizeof amf);
        aka_test_random(key.k, 16);
        aka_test_random(key.opc, 16);
        assert_ok(godwit_vector_create(crypto, &key, rand, sqn, amf, &vector));
        assert_memory_equal(vector.autn + 6, amf, 2);
        assert_ok(godwit_autn_consume(crypto, &key, rand, vector.autn, &read_sqn, &read));
        assert_true(read_sqn == sqn);
        assert_memory_equal(&read, &vector, sizeof read);
    }
}

static void autn_conceals_sqn_with_ak(void **state)
{
    (void)state;
    static const uint8_t amf[2] = {0x80, 0};
    godwit_aka_key_t key = aka_test_milenage_key();
    godwit_vector_t vector;
    uint8_t sqn[6];
    assert_ok(godwit_vector_create(crypto, &key, aka_test_rand, 0x0123456789AB, amf, &vector));
    for (size_t i = 0; i < 6; i++) {
        sqn[i] = vector.autn[i] ^ vector.ak[i];
    }
    assert_true(godwit_load_u48(sqn) == 0x0123456789AB);
}

/* Every octet that AUTN or RAND has, every bit: MAC failure, nothing set. */
static void every_single_bit_flip_is_refused(void **state)
{
    (void)state;
    static const uint8_t amf[2] = {0x80, 0};
    static const godwit_vector_t none;
    godwit_aka_key_t key = aka_test_milenage_key();
    godwit_vector_t vector, read;
    assert_ok(godwit_vector_create(crypto, &key, aka_test_rand, 0x20, amf, &vector));
    for (unsigned bit = 0; bit < 256; bit++) {
        uint8_t both[32];
        uint64_t sqn = 99;
        memcpy(both, vector.autn, 16);
        memcpy(both + 16, aka_test_rand, 16);
        both[bit / 8] ^= (uint8_t)(1u << bit % 8);
        memset(&read, 0xA5, sizeof read);
        assert_int_equal(godwit_autn_consume(crypto, &key, both + 16, both, &sqn, &read), GODWIT_AUTH_MAC_FAILURE);
        assert_true(sqn == 99);
        assert_memory_equal(&read, &none, sizeof read);
    }
}

static void another_key_or_opc_is_refused(void **state)
{
    (void)state;
    static const uint8_t amf[2] = {0x80, 0};
    godwit_aka_key_t key = aka_test_milenage_key();
    godwit_vector_t vector, read;
    uint64_t sqn;
    assert_ok(godwit_vector_create(crypto, &key, aka_test_rand, 0x20, amf, &vector));
    key.opc[15] ^= 1;
    assert_int_equal(godwit_autn_consume(crypto, &key, aka_test_rand, vector.autn, &sqn, &read),
                     GODWIT_AUTH_MAC_FAILURE);
    key.opc[15] ^= 1;
    key.k[0] ^= 0x80;
    assert_int_equal(godwit_autn_consume(crypto, &key, aka_test_rand, vector.autn, &sqn, &read),
                     GODWIT_AUTH_MAC_FAILURE);
}

static void an_sqn_of_more_than_48_bits_is_refused(void **state)
{
    (void)state;
    static const uint8_t amf[2];
    static const godwit_vector_t none;
    godwit_aka_key_t key = aka_test_milenage_key();
    godwit_vector_t vector;
    uint8_t auts[14];
    assert_int_equal(godwit_vector_create(crypto, &key, aka_test_rand, GODWIT_SQN_MAX + 1, amf, &vector),
                     GODWIT_INVALID_ARGUMENT);
    assert_memory_equal(&vector, &none, sizeof vector);
    assert_int_equal(godwit_auts_create(crypto, &key, aka_test_rand, GODWIT_SQN_MAX + 1, auts),
                     GODWIT_INVALID_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_auc_makes_the_usim_reads),      cmocka_unit_test(autn_conceals_sqn_with_ak),
        cmocka_unit_test(every_single_bit_flip_is_refused),       cmocka_unit_test(another_key_or_opc_is_refused),
        cmocka_unit_test(an_sqn_of_more_than_48_bits_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
