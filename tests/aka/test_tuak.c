/* SPDX-License-Identifier: Apache-2.0
 *
 * Known answers of TUAK (TS 35.231) and of the permutation under it.
 */
#include "tests/aka/aka_test.h"

#include <string.h>

#include "core/crypto/keccak.h"

static void one_keccak_set(const kat_record_t *record, void *context)
{
    (void)context;
    uint8_t state[200];
    assert_int_equal(kat_hex(record, "in").len, sizeof state);
    memcpy(state, kat_hex(record, "in").ptr, sizeof state);
    godwit_keccak_f1600(state);
    kat_expect(record, "out", state, sizeof state);
}

static void keccak_reproduces_the_sets_of_35_232(void **state)
{
    (void)state;
    assert_int_equal(kat_each("tuak.txt", "keccak", one_keccak_set, NULL), 6);
}

static uint16_t bits_of(const kat_record_t *record, const char *name)
{
    return (uint16_t)(8 * kat_hex(record, name).len);
}

static void one_tuak_set(const kat_record_t *record, void *context)
{
    (void)context;
    godwit_aka_output_t f;
    godwit_tuak_profile_t profile = {bits_of(record, "mac_a"), bits_of(record, "res"), bits_of(record, "ck"),
                                     bits_of(record, "ik"), (uint8_t)kat_number(record, "iterations")};
    godwit_aka_key_t key = aka_test_key(record, GODWIT_ALG_TUAK, "top", false, &profile);
    kat_expect(record, "topc", key.opc, 32);
    /* No AES anywhere: the backend is not even looked at. */
    assert_ok(godwit_aka_compute(NULL, &key, kat_hex(record, "rand").ptr, kat_hex(record, "sqn").ptr,
                                 kat_hex(record, "amf").ptr, &f));
    kat_expect(record, "mac_a", f.mac_a, f.mac_len);
    kat_expect(record, "mac_s", f.mac_s, f.mac_len);
    kat_expect(record, "res", f.res, f.res_len);
    kat_expect(record, "ck", f.ck, f.ck_len);
    kat_expect(record, "ik", f.ik, f.ik_len);
    kat_expect(record, "ak", f.ak, sizeof f.ak);
    kat_expect(record, "ak_star", f.ak_star, sizeof f.ak_star);
}

static void tuak_reproduces_the_sets_of_35_233(void **state)
{
    (void)state;
    assert_int_equal(kat_each("tuak.txt", "tuak", one_tuak_set, NULL), 6);
}

static godwit_aka_key_t tuak_key(godwit_tuak_profile_t profile)
{
    static const uint8_t octets[32] = {1, 2, 3};
    godwit_aka_key_t key;
    assert_ok(godwit_aka_key_init(&key, NULL, GODWIT_ALG_TUAK, godwit_slice(octets, 32), godwit_slice(octets, 32), true,
                                  &profile));
    return key;
}

static void zeros_in_a_profile_stand_for_64_64_128_128_1(void **state)
{
    (void)state;
    godwit_aka_key_t by_default = tuak_key((godwit_tuak_profile_t){0, 0, 0, 0, 0});
    godwit_aka_key_t spelled_out = tuak_key((godwit_tuak_profile_t){64, 64, 128, 128, 1});
    assert_memory_equal(&by_default, &spelled_out, sizeof by_default);
}

static void lengths_that_tuak_does_not_have_are_refused(void **state)
{
    (void)state;
    static const godwit_tuak_profile_t bad[] = {{32, 64, 128, 128, 1},   {65, 64, 128, 128, 1}, {512, 64, 128, 128, 1},
                                                {64, 16, 128, 128, 1},   {64, 96, 128, 128, 1}, {64, 512, 128, 128, 1},
                                                {64, 64, 64, 128, 1},    {64, 64, 192, 128, 1}, {64, 64, 128, 64, 1},
                                                {64, 64, 128, 65535, 1}, {8, 8, 8, 8, 255}};
    static const uint8_t octets[32];
    static const godwit_aka_key_t wiped;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        godwit_aka_key_t key;
        memset(&key, 0xA5, sizeof key);
        assert_int_equal(godwit_aka_key_init(&key, NULL, GODWIT_ALG_TUAK, godwit_slice(octets, 32),
                                             godwit_slice(octets, 32), true, &bad[i]),
                         GODWIT_INVALID_ARGUMENT);
        assert_memory_equal(&key, &wiped, sizeof key);
    }
}

/* AUTN has room for a MAC of 64 bits, a vector for CK and IK of 128 and RES of 32 to 128 (TS 33.102 6.3.7). */
static void profiles_that_fit_no_vector_make_none(void **state)
{
    (void)state;
    static const godwit_tuak_profile_t bad[] = {{128, 64, 128, 128, 1},
                                                {256, 64, 128, 128, 1},
                                                {64, 256, 128, 128, 1},
                                                {64, 64, 256, 128, 1},
                                                {64, 64, 128, 256, 1}};
    static const uint8_t amf[2], zeros[16];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        godwit_aka_key_t key = tuak_key(bad[i]);
        godwit_vector_t vector;
        uint8_t auts[14], sres[4], kc[8];
        uint64_t sqn = 7;
        assert_int_equal(godwit_vector_create(NULL, &key, zeros, 32, amf, &vector), GODWIT_INVALID_ARGUMENT);
        assert_int_equal(godwit_autn_consume(NULL, &key, zeros, zeros, &sqn, &vector), GODWIT_INVALID_ARGUMENT);
        assert_int_equal(godwit_auts_create(NULL, &key, zeros, 32, auts), GODWIT_INVALID_ARGUMENT);
        assert_int_equal(godwit_auts_consume(NULL, &key, zeros, zeros, &sqn), GODWIT_INVALID_ARGUMENT);
        assert_int_equal(godwit_gsm_compute(NULL, &key, zeros, sres, kc), GODWIT_INVALID_ARGUMENT);
        assert_int_equal(sqn, 7);
    }
}

static void res_of_32_64_and_128_bits_reaches_the_vector_whole(void **state)
{
    (void)state;
    static const uint8_t amf[2] = {0x80, 0}, zeros[16];
    for (uint16_t bits = 32; bits <= 128; bits = (uint16_t)(bits * 2)) {
        godwit_aka_key_t key = tuak_key((godwit_tuak_profile_t){64, bits, 128, 128, 1});
        godwit_vector_t vector, read;
        uint64_t sqn = 0;
        assert_ok(godwit_vector_create(NULL, &key, zeros, 33, amf, &vector));
        assert_int_equal(vector.xres_len, bits / 8);
        assert_ok(godwit_autn_consume(NULL, &key, zeros, vector.autn, &sqn, &read));
        assert_int_equal(sqn, 33);
        assert_memory_equal(&read, &vector, sizeof read);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keccak_reproduces_the_sets_of_35_232),
        cmocka_unit_test(tuak_reproduces_the_sets_of_35_233),
        cmocka_unit_test(zeros_in_a_profile_stand_for_64_64_128_128_1),
        cmocka_unit_test(lengths_that_tuak_does_not_have_are_refused),
        cmocka_unit_test(profiles_that_fit_no_vector_make_none),
        cmocka_unit_test(res_of_32_64_and_128_bits_reaches_the_vector_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
