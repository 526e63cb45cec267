/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of algorithms, and which octets make a key.
 */
#include "tests/aka/aka_test.h"

#include <string.h>

static const uint8_t octets[40] = {9, 8, 7};

static void every_algorithm_has_its_name_and_back(void **state)
{
    (void)state;
    static const char *const names[] = {"milenage", "tuak", "gsm-milenage", "xor-3g", "xor-2g"};
    for (int i = 1; i <= 5; i++) {
        godwit_aka_algorithm_t algorithm = 0;
        assert_string_equal(godwit_aka_algorithm_name((godwit_aka_algorithm_t)i), names[i - 1]);
        assert_ok(godwit_aka_algorithm_from_name(names[i - 1], &algorithm));
        assert_int_equal(algorithm, i);
    }
    assert_null(godwit_aka_algorithm_name((godwit_aka_algorithm_t)0));
    assert_null(godwit_aka_algorithm_name((godwit_aka_algorithm_t)6));
}

static void unknown_names_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"", "Milenage", "milenage ", "comp128", "xor"};
    godwit_aka_algorithm_t algorithm = GODWIT_ALG_TUAK;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(godwit_aka_algorithm_from_name(names[i], &algorithm), GODWIT_INVALID_ARGUMENT);
    }
    assert_int_equal(godwit_aka_algorithm_from_name(NULL, &algorithm), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(algorithm, GODWIT_ALG_TUAK);
}

/* Every length from 0 to 40 of K and of OP: only those of the algorithm make a key. */
static void only_exact_lengths_make_a_key(void **state)
{
    (void)state;
    static const godwit_aka_key_t wiped;
    for (int alg = 0; alg <= 6; alg++) {
        for (size_t k_len = 0; k_len <= 40; k_len++) {
            for (size_t op_len = 0; op_len <= 40; op_len++) {
                size_t want_op = alg == GODWIT_ALG_TUAK ? 32 : alg >= GODWIT_ALG_XOR_3G ? 0 : 16;
                bool want = alg >= 1 && alg <= 5 && op_len == want_op &&
                            (k_len == 16 || (k_len == 32 && alg == GODWIT_ALG_TUAK));
                godwit_aka_key_t key;
                godwit_status_t status =
                    godwit_aka_key_init(&key, &godwit_crypto_builtin, (godwit_aka_algorithm_t)alg,
                                        godwit_slice(octets, k_len), godwit_slice(octets, op_len), true, NULL);
                assert_int_equal(status, want ? GODWIT_OK : GODWIT_INVALID_ARGUMENT);
                if (!want) {
                    assert_memory_equal(&key, &wiped, sizeof key);
                } else {
                    assert_int_equal(key.k_len, k_len);
                    assert_memory_equal(key.opc, octets, op_len);
                }
            }
        }
    }
}

static void a_tuak_profile_is_refused_with_another_algorithm(void **state)
{
    (void)state;
    static const godwit_tuak_profile_t empty, given = {.res_bits = 64};
    godwit_aka_key_t key;
    assert_ok(godwit_aka_key_init(&key, &godwit_crypto_builtin, GODWIT_ALG_MILENAGE, godwit_slice(octets, 16),
                                  godwit_slice(octets, 16), true, &empty));
    assert_int_equal(godwit_aka_key_init(&key, &godwit_crypto_builtin, GODWIT_ALG_MILENAGE, godwit_slice(octets, 16),
                                         godwit_slice(octets, 16), true, &given),
                     GODWIT_INVALID_ARGUMENT);
}

static godwit_status_t broken_ecb(const uint8_t key[16], const uint8_t *in, uint8_t *out, size_t blocks)
{
    (void)key, (void)in, (void)out, (void)blocks;
    return GODWIT_CRYPTO_FAILED;
}

static void a_backend_that_fails_leaves_nothing_behind(void **state)
{
    (void)state;
    const godwit_crypto_t broken = {.name = "broken", .aes128_ecb = broken_ecb};
    static const uint8_t amf[2], sqn[6];
    static const godwit_aka_key_t no_key;
    static const godwit_aka_output_t no_output;
    static const godwit_vector_t no_vector;
    godwit_aka_key_t key;
    assert_int_equal(godwit_aka_key_init(&key, &broken, GODWIT_ALG_MILENAGE, godwit_slice(octets, 16),
                                         godwit_slice(octets, 16), false, NULL),
                     GODWIT_CRYPTO_FAILED);
    assert_memory_equal(&key, &no_key, sizeof key);

    key = aka_test_milenage_key();
    godwit_aka_output_t f;
    godwit_vector_t vector;
    godwit_usim_result_t result;
    godwit_sqn_array_t array;
    godwit_sqn_array_init(&array);
    uint8_t auts[14], autn[16] = {0};
    uint64_t number = 5;
    assert_int_equal(godwit_aka_compute(&broken, &key, aka_test_rand, sqn, amf, &f), GODWIT_CRYPTO_FAILED);
    assert_memory_equal(&f, &no_output, sizeof f);
    assert_int_equal(godwit_vector_create(&broken, &key, aka_test_rand, 32, amf, &vector), GODWIT_CRYPTO_FAILED);
    assert_memory_equal(&vector, &no_vector, sizeof vector);
    assert_int_equal(godwit_auts_create(&broken, &key, aka_test_rand, 32, auts), GODWIT_CRYPTO_FAILED);
    assert_int_equal(godwit_auts_consume(&broken, &key, aka_test_rand, auts, &number), GODWIT_CRYPTO_FAILED);
    assert_int_equal(godwit_usim_authenticate(&broken, &key, &array, aka_test_rand, autn, &result),
                     GODWIT_CRYPTO_FAILED);
    assert_int_equal(godwit_sqn_highest(&array), 0);
    assert_int_equal(number, 5);
}

static void algorithms_without_f1_make_no_vector(void **state)
{
    (void)state;
    static const uint8_t amf[2], sqn[6];
    static const godwit_aka_algorithm_t two_g[] = {GODWIT_ALG_GSM_MILENAGE, GODWIT_ALG_XOR_2G};
    for (size_t i = 0; i < 2; i++) {
        godwit_aka_key_t key = aka_test_milenage_key();
        godwit_aka_output_t f;
        godwit_vector_t vector;
        key.algorithm = two_g[i];
        assert_int_equal(godwit_aka_compute(&godwit_crypto_builtin, &key, aka_test_rand, sqn, amf, &f),
                         GODWIT_INVALID_ARGUMENT);
        assert_int_equal(godwit_vector_create(&godwit_crypto_builtin, &key, aka_test_rand, 32, amf, &vector),
                         GODWIT_INVALID_ARGUMENT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_algorithm_has_its_name_and_back),
        cmocka_unit_test(unknown_names_are_refused),
        cmocka_unit_test(only_exact_lengths_make_a_key),
        cmocka_unit_test(a_tuak_profile_is_refused_with_another_algorithm),
        cmocka_unit_test(a_backend_that_fails_leaves_nothing_behind),
        cmocka_unit_test(algorithms_without_f1_make_no_vector),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
