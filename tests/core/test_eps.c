/* SPDX-License-Identifier: Apache-2.0
 *
 * 128-EEA and 128-EIA over every backend, UIA2, and the keystreams of SNOW 3G and ZUC: known answers, bits beyond the
 * length, arguments out of range.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/crypto/eps.h"
#include "core/crypto/snow3g.h"
#include "core/crypto/zuc.h"
#include "tests/core/backends.h"
#include "tests/kat/kat.h"

#define MESSAGE_MAX 512

/* What the check of one record needs. */
typedef struct how {
    const godwit_crypto_t *crypto;
    unsigned algorithm;
} how_t;

static godwit_eps_input_t input_of(const kat_record_t *record)
{
    return (godwit_eps_input_t){.count = (uint32_t)kat_number(record, "count"),
                                .bearer = (uint8_t)kat_number(record, "bearer"),
                                .direction = (uint8_t)kat_number(record, "direction")};
}

/* Forth and back, the second time in place; what lies beyond the bits must not count and must come out as zero. */
static void check_eea(const kat_record_t *record, void *context)
{
    const how_t *how = context;
    godwit_slice_t in = kat_hex(record, "in");
    size_t bits = (size_t)kat_number(record, "bits");
    uint8_t plain[MESSAGE_MAX], out[MESSAGE_MAX];
    const uint8_t *key = kat_hex(record, "key").ptr;
    uint8_t beyond = bits % 8 == 0 ? 0 : (uint8_t)(0xFF >> bits % 8);
    assert_true(in.len < sizeof plain && in.len == godwit_octets_of(bits));
    memcpy(plain, in.ptr, in.len);
    plain[in.len - 1] |= beyond;
    out[in.len] = 0xEE;
    assert_int_equal(godwit_eea(how->crypto, how->algorithm, key, input_of(record), plain, out, bits), GODWIT_OK);
    kat_expect(record, "out", out, in.len);
    assert_int_equal(out[in.len], 0xEE);
    out[in.len - 1] |= beyond;
    assert_int_equal(godwit_eea(how->crypto, how->algorithm, key, input_of(record), out, out, bits), GODWIT_OK);
    plain[in.len - 1] &= (uint8_t)~beyond;
    assert_memory_equal(out, plain, in.len);
}

static void check_eia(const kat_record_t *record, void *context)
{
    const how_t *how = context;
    godwit_slice_t in = kat_hex(record, "message");
    size_t bits = (size_t)kat_number(record, "bits");
    uint8_t message[MESSAGE_MAX], mac[5] = {0, 0, 0, 0, 0xEE};
    assert_true(in.len <= sizeof message);
    memcpy(message, in.ptr, in.len);
    for (unsigned turn = 0; turn < 2; turn++) {
        assert_int_equal(
            godwit_eia(how->crypto, how->algorithm, kat_hex(record, "key").ptr, input_of(record), message, bits, mac),
            GODWIT_OK);
        kat_expect(record, "mac", mac, 4);
        assert_int_equal(mac[4], 0xEE);
        message[bits / 8] ^= bits % 8 == 0 ? 0 : (uint8_t)(0xFF >> bits % 8);
    }
}

static void check_uia2(const kat_record_t *record, void *context)
{
    (void)context;
    uint8_t mac[4];
    godwit_uia2(kat_hex(record, "key").ptr, (uint32_t)kat_number(record, "count"),
                (uint32_t)kat_number(record, "fresh"), (uint8_t)kat_number(record, "direction"),
                kat_hex(record, "message").ptr, (size_t)kat_number(record, "bits"), mac);
    kat_expect(record, "mac", mac, sizeof mac);
}

static void over_backends(const char *section, unsigned algorithm, void (*check)(const kat_record_t *, void *))
{
    for (size_t i = 0; i < BACKENDS; i++) {
        how_t how = {.crypto = backend(i), .algorithm = algorithm};
        (void)kat_each("eps.txt", section, check, &how);
    }
}

static void eea1_gives_the_published_values(void **state)
{
    (void)state;
    over_backends("EEA1", 1, check_eea);
}

static void eea2_gives_the_published_values(void **state)
{
    (void)state;
    over_backends("EEA2", 2, check_eea);
}

static void eea3_gives_the_published_values(void **state)
{
    (void)state;
    over_backends("EEA3", 3, check_eea);
}

static void eia1_gives_the_published_values(void **state)
{
    (void)state;
    over_backends("EIA1", 1, check_eia);
}

static void eia2_gives_the_published_values(void **state)
{
    (void)state;
    over_backends("EIA2", 2, check_eia);
}

static void eia3_gives_the_published_values(void **state)
{
    (void)state;
    over_backends("EIA3", 3, check_eia);
}

static void uia2_gives_the_published_values(void **state)
{
    (void)state;
    (void)kat_each("eps.txt", "UIA2", check_uia2, NULL);
}

/* ---- keystreams ---- */

/* The sets of SNOW 3G itself give k0 and IV0 first; UEA2 and UIA2 take the first octets of the key as k3. */
static void reverse_words(godwit_slice_t words, uint8_t reversed[16])
{
    assert_int_equal(words.len, 16);
    for (size_t i = 0; i < 16; i++) {
        reversed[i] = words.ptr[12 - i / 4 * 4 + i % 4];
    }
}

static void check_snow3g(const kat_record_t *record, void *context)
{
    (void)context;
    godwit_snow3g_t snow;
    uint8_t z[16], k[16], iv[16];
    reverse_words(kat_hex(record, "key"), k);
    reverse_words(kat_hex(record, "iv"), iv);
    godwit_snow3g_init(&snow, k, iv);
    for (unsigned long long i = 0; i < kat_number(record, "offset"); i += 4) {
        (void)godwit_snow3g_next(&snow);
    }
    for (size_t i = 0; i < kat_hex(record, "z").len; i += 4) {
        godwit_store_u32(z + i, godwit_snow3g_next(&snow));
    }
    kat_expect(record, "z", z, kat_hex(record, "z").len);
}

static void check_zuc(const kat_record_t *record, void *context)
{
    (void)context;
    godwit_zuc_t zuc;
    uint8_t z[16];
    godwit_zuc_init(&zuc, kat_hex(record, "key").ptr, kat_hex(record, "iv").ptr);
    for (unsigned long long i = 0; i < kat_number(record, "offset"); i += 4) {
        (void)godwit_zuc_next(&zuc);
    }
    for (size_t i = 0; i < kat_hex(record, "z").len; i += 4) {
        godwit_store_u32(z + i, godwit_zuc_next(&zuc));
    }
    kat_expect(record, "z", z, kat_hex(record, "z").len);
}

static void snow_3g_gives_the_published_keystream(void **state)
{
    (void)state;
    (void)kat_each("streams.txt", "SNOW3G", check_snow3g, NULL);
}

static void zuc_gives_the_published_keystream(void **state)
{
    (void)state;
    (void)kat_each("streams.txt", "ZUC", check_zuc, NULL);
}

/* ---- the rest of the contract ---- */

static const uint8_t key[16] = {1, 2, 3};

static void eea0_copies_and_clears_what_lies_beyond(void **state)
{
    (void)state;
    const godwit_eps_input_t input = {.count = 7, .bearer = 31, .direction = 1};
    const uint8_t in[3] = {0x12, 0x34, 0xFF};
    uint8_t out[4] = {0, 0, 0, 0xEE};
    assert_int_equal(godwit_eea(NULL, 0, key, input, in, out, 19), GODWIT_OK);
    assert_memory_equal(out, "\x12\x34\xE0\xEE", 4);
    assert_int_equal(godwit_eea(NULL, 0, key, input, out, out, 24), GODWIT_OK);
    assert_memory_equal(out, "\x12\x34\xE0\xEE", 4);
}

static void there_is_no_null_integrity(void **state)
{
    (void)state;
    const godwit_eps_input_t input = {.count = 0, .bearer = 0, .direction = 0};
    uint8_t mac[4] = {9, 9, 9, 9};
    assert_int_equal(godwit_eia(&godwit_crypto_builtin, 0, key, input, key, 8, mac), GODWIT_INVALID_ARGUMENT);
    assert_memory_equal(mac, "\x09\x09\x09\x09", 4);
}

static void arguments_out_of_range_are_refused(void **state)
{
    (void)state;
    static const struct {
        unsigned algorithm;
        godwit_eps_input_t input;
    } bad[] = {
        {4, {0, 0, 0}},   {255, {0, 0, 0}}, {1, {0, 32, 0}}, {2, {0, 32, 0}},
        {3, {0, 255, 0}}, {1, {0, 0, 2}},   {2, {0, 0, 2}},  {3, {0, 0, 255}},
    };
    uint8_t out[2] = {7, 7}, mac[4];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(godwit_eea(&godwit_crypto_builtin, bad[i].algorithm, key, bad[i].input, key, out, 16),
                         GODWIT_INVALID_ARGUMENT);
        assert_int_equal(godwit_eia(&godwit_crypto_builtin, bad[i].algorithm, key, bad[i].input, key, 16, mac),
                         GODWIT_INVALID_ARGUMENT);
    }
    assert_int_equal(out[0], 7);
}

static void no_bits_are_no_octets(void **state)
{
    (void)state;
    const godwit_eps_input_t input = {.count = 1, .bearer = 2, .direction = 0};
    for (unsigned algorithm = 0; algorithm < 4; algorithm++) {
        uint8_t out = 0xEE;
        assert_int_equal(godwit_eea(&godwit_crypto_builtin, algorithm, key, input, &out, &out, 0), GODWIT_OK);
        assert_int_equal(out, 0xEE);
    }
}

/* ---- a backend that fails ---- */

static godwit_status_t broken_ctr(const uint8_t k[16], const uint8_t counter[16], const uint8_t *in, uint8_t *out,
                                  size_t len)
{
    (void)k;
    (void)counter;
    (void)in;
    memset(out, 0, len);
    return GODWIT_CRYPTO_FAILED;
}

static godwit_status_t broken_ecb(const uint8_t k[16], const uint8_t *in, uint8_t *out, size_t blocks)
{
    (void)k;
    (void)in;
    memset(out, 0, 16 * blocks);
    return GODWIT_CRYPTO_FAILED;
}

static godwit_status_t broken_cmac(const uint8_t k[16], const godwit_slice_t *parts, size_t count, uint8_t mac[16])
{
    (void)k;
    (void)parts;
    (void)count;
    memset(mac, 0xAA, 16);
    return GODWIT_CRYPTO_FAILED;
}

static void failure_of_the_backend_is_passed_on_and_leaves_no_mac(void **state)
{
    (void)state;
    const godwit_eps_input_t input = {.count = 1, .bearer = 2, .direction = 0};
    godwit_crypto_t broken = godwit_crypto_builtin;
    uint8_t out[2] = {0}, mac[4] = {9, 9, 9, 9};
    broken.aes128_ctr = broken_ctr;
    broken.aes128_cmac = broken_cmac;
    assert_int_equal(godwit_eea(&broken, 2, key, input, key, out, 16), GODWIT_CRYPTO_FAILED);
    assert_int_equal(godwit_eia(&broken, 2, key, input, key, 16, mac), GODWIT_CRYPTO_FAILED);
    assert_memory_equal(mac, "\0\0\0\0", 4);
    broken.aes128_ecb = broken_ecb;
    broken.aes128_cmac = godwit_crypto_builtin.aes128_cmac;
    memset(mac, 9, 4);
    assert_int_equal(godwit_eia(&broken, 2, key, input, key, 13, mac), GODWIT_CRYPTO_FAILED);
    assert_memory_equal(mac, "\0\0\0\0", 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eea1_gives_the_published_values),
        cmocka_unit_test(eea2_gives_the_published_values),
        cmocka_unit_test(eea3_gives_the_published_values),
        cmocka_unit_test(eia1_gives_the_published_values),
        cmocka_unit_test(eia2_gives_the_published_values),
        cmocka_unit_test(eia3_gives_the_published_values),
        cmocka_unit_test(uia2_gives_the_published_values),
        cmocka_unit_test(snow_3g_gives_the_published_keystream),
        cmocka_unit_test(zuc_gives_the_published_keystream),
        cmocka_unit_test(eea0_copies_and_clears_what_lies_beyond),
        cmocka_unit_test(there_is_no_null_integrity),
        cmocka_unit_test(arguments_out_of_range_are_refused),
        cmocka_unit_test(no_bits_are_no_octets),
        cmocka_unit_test(failure_of_the_backend_is_passed_on_and_leaves_no_mac),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
