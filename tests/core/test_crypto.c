/* SPDX-License-Identifier: Apache-2.0
 *
 * The primitives of every backend: known answers, messages in parts, work in place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "tests/core/backends.h"
#include "tests/kat/kat.h"

#define MESSAGE_MAX 2048

/* ---- known answers: context is the backend ---- */

static void check_ecb(const kat_record_t *record, void *context)
{
    const godwit_crypto_t *crypto = context;
    godwit_slice_t in = kat_hex(record, "in");
    uint8_t out[MESSAGE_MAX];
    assert_int_equal(crypto->aes128_ecb(kat_hex(record, "key").ptr, in.ptr, out, in.len / 16), GODWIT_OK);
    kat_expect(record, "out", out, in.len);
    memcpy(out, in.ptr, in.len);
    assert_int_equal(crypto->aes128_ecb(kat_hex(record, "key").ptr, out, out, in.len / 16), GODWIT_OK);
    kat_expect(record, "out", out, in.len);
}

static void check_ctr(const kat_record_t *record, void *context)
{
    const godwit_crypto_t *crypto = context;
    godwit_slice_t in = kat_hex(record, "in");
    const uint8_t *key = kat_hex(record, "key").ptr;
    const uint8_t *counter = kat_hex(record, "counter").ptr;
    uint8_t out[MESSAGE_MAX];
    out[in.len] = 0xEE;
    assert_int_equal(crypto->aes128_ctr(key, counter, in.ptr, out, in.len), GODWIT_OK);
    kat_expect(record, "out", out, in.len);
    assert_int_equal(out[in.len], 0xEE);
    memcpy(out, in.ptr, in.len);
    assert_int_equal(crypto->aes128_ctr(key, counter, out, out, in.len), GODWIT_OK);
    kat_expect(record, "out", out, in.len);
}

/* At every place where a message can be cut in two, with empty parts around. */
static void check_cmac(const kat_record_t *record, void *context)
{
    const godwit_crypto_t *crypto = context;
    godwit_slice_t message = kat_hex(record, "message");
    for (size_t cut = 0; cut <= message.len; cut++) {
        uint8_t mac[16] = {0};
        const godwit_slice_t parts[] = {godwit_slice(NULL, 0), godwit_slice(message.ptr, cut), godwit_slice(NULL, 0),
                                        godwit_slice(message.ptr + cut, message.len - cut), godwit_slice(NULL, 0)};
        assert_int_equal(crypto->aes128_cmac(kat_hex(record, "key").ptr, parts, 5, mac), GODWIT_OK);
        kat_expect(record, "mac", mac, sizeof mac);
    }
}

static void check_sha256(const kat_record_t *record, void *context)
{
    const godwit_crypto_t *crypto = context;
    godwit_slice_t parts[1000];
    size_t repeat = (size_t)kat_number(record, "repeat");
    uint8_t digest[32];
    assert_true(repeat <= 1000);
    for (size_t i = 0; i < repeat; i++) {
        parts[i] = kat_hex(record, "message");
    }
    assert_int_equal(crypto->sha256(parts, repeat, digest), GODWIT_OK);
    kat_expect(record, "digest", digest, sizeof digest);
}

static void check_hmac(const kat_record_t *record, void *context)
{
    const godwit_crypto_t *crypto = context;
    godwit_slice_t message = kat_hex(record, "message");
    for (size_t cut = 0; cut <= message.len; cut++) {
        uint8_t mac[32] = {0};
        const godwit_slice_t parts[] = {godwit_slice(message.ptr, cut), godwit_slice(NULL, 0),
                                        godwit_slice(message.ptr + cut, message.len - cut)};
        assert_int_equal(crypto->hmac_sha256(kat_hex(record, "key"), parts, 3, mac), GODWIT_OK);
        kat_expect(record, "mac", mac, kat_hex(record, "mac").len);
    }
}

static void over_backends(const char *file, const char *section, void (*check)(const kat_record_t *, void *))
{
    for (size_t i = 0; i < BACKENDS; i++) {
        godwit_crypto_t crypto = *backend(i);
        print_message("%s: %s\n", crypto.name, section);
        (void)kat_each(file, section, check, &crypto);
    }
}

static void aes_gives_the_values_of_fips_197(void **state)
{
    (void)state;
    over_backends("aes.txt", "ECB", check_ecb);
}

static void ctr_gives_the_values_of_sp_800_38a(void **state)
{
    (void)state;
    over_backends("aes.txt", "CTR", check_ctr);
}

static void cmac_gives_the_values_of_rfc_4493(void **state)
{
    (void)state;
    over_backends("aes.txt", "CMAC", check_cmac);
}

static void sha_256_gives_the_values_of_fips_180_4(void **state)
{
    (void)state;
    over_backends("sha256.txt", "SHA-256", check_sha256);
}

static void hmac_gives_the_values_of_rfc_4231(void **state)
{
    (void)state;
    over_backends("sha256.txt", "HMAC", check_hmac);
}

/* ---- the rest of the contract ---- */

static void nothing_in_nothing_out(void **state)
{
    (void)state;
    static const uint8_t key[16];
    uint8_t whole[32], empty[32];
    for (size_t i = 0; i < BACKENDS; i++) {
        const godwit_slice_t none = godwit_slice(NULL, 0);
        uint8_t out = 0xEE;
        assert_int_equal(backend(i)->aes128_ecb(key, &out, &out, 0), GODWIT_OK);
        assert_int_equal(backend(i)->aes128_ctr(key, key, &out, &out, 0), GODWIT_OK);
        assert_int_equal(out, 0xEE);
        assert_int_equal(backend(i)->aes128_cmac(key, NULL, 0, whole), GODWIT_OK);
        assert_int_equal(backend(i)->aes128_cmac(key, &none, 1, empty), GODWIT_OK);
        assert_memory_equal(whole, empty, 16);
        assert_int_equal(backend(i)->hmac_sha256(none, NULL, 0, whole), GODWIT_OK);
        assert_int_equal(backend(i)->hmac_sha256(none, &none, 1, empty), GODWIT_OK);
        assert_memory_equal(whole, empty, 32);
    }
}

static godwit_status_t wrong_digest(const godwit_slice_t *parts, size_t count, uint8_t digest[32])
{
    godwit_status_t status = godwit_crypto_builtin.sha256(parts, count, digest);
    digest[31] ^= 1;
    return status;
}

static godwit_status_t no_cmac(const uint8_t key[16], const godwit_slice_t *parts, size_t count, uint8_t mac[16])
{
    (void)godwit_crypto_builtin.aes128_cmac(key, parts, count, mac);
    return GODWIT_CRYPTO_FAILED;
}

static void the_check_at_start_passes_for_all_and_fails_for_a_wrong_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < BACKENDS; i++) {
        assert_int_equal(godwit_crypto_check(backend(i)), GODWIT_OK);
    }
    godwit_crypto_t wrong = godwit_crypto_builtin;
    wrong.sha256 = wrong_digest;
    assert_int_equal(godwit_crypto_check(&wrong), GODWIT_CRYPTO_FAILED);
    wrong = godwit_crypto_builtin;
    wrong.aes128_cmac = no_cmac;
    assert_int_equal(godwit_crypto_check(&wrong), GODWIT_CRYPTO_FAILED);
}

/* Contexts belong to threads: many at work at once must not meet. */
static void *work(void *context)
{
    const godwit_crypto_t *crypto = context;
    for (unsigned round = 0; round < 300; round++) {
        if (godwit_crypto_check(crypto) != GODWIT_OK) {
            return context;
        }
    }
    return NULL;
}

static void threads_do_not_disturb_each_other(void **state)
{
    (void)state;
    for (size_t i = 0; i < BACKENDS; i++) {
        godwit_crypto_t crypto = *backend(i);
        pthread_t threads[8];
        for (size_t n = 0; n < 8; n++) {
            assert_int_equal(pthread_create(&threads[n], NULL, work, &crypto), 0);
        }
        for (size_t n = 0; n < 8; n++) {
            void *failed = NULL;
            assert_int_equal(pthread_join(threads[n], &failed), 0);
            assert_null(failed);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aes_gives_the_values_of_fips_197),
        cmocka_unit_test(ctr_gives_the_values_of_sp_800_38a),
        cmocka_unit_test(cmac_gives_the_values_of_rfc_4493),
        cmocka_unit_test(sha_256_gives_the_values_of_fips_180_4),
        cmocka_unit_test(hmac_gives_the_values_of_rfc_4231),
        cmocka_unit_test(nothing_in_nothing_out),
        cmocka_unit_test(the_check_at_start_passes_for_all_and_fails_for_a_wrong_one),
        cmocka_unit_test(threads_do_not_disturb_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
