/* SPDX-License-Identifier: Apache-2.0
 *
 * The backends against each other and against EVP_MAC, which none of them uses: random keys, every length from 0 to 300
 * octets, every number of bits from 0 to 600, messages in random parts. The seed is fixed and printed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "tests/core/backends.h"

#define LENGTH_MAX 300
#define BITS_MAX 600
#define SEED 33401
#define PARTS_MAX 5

static void randomise(uint8_t *octets, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        octets[i] = (uint8_t)rand();
    }
}

static size_t up_to(size_t limit)
{
    return (size_t)rand() % (limit + 1);
}

/* Cuts the message at random places. */
static void cut(const uint8_t *message, size_t len, godwit_slice_t parts[PARTS_MAX])
{
    for (size_t i = 0; i < PARTS_MAX; i++) {
        size_t now = i + 1 == PARTS_MAX ? len : up_to(len);
        parts[i] = godwit_slice(message, now);
        message += now;
        len -= now;
    }
}

/* A MAC as OpenSSL's own EVP_MAC computes it. */
static void evp_mac(const char *name, const char *parameter, const char *value, godwit_slice_t key,
                    godwit_slice_t message, uint8_t *mac, size_t size)
{
    char text[16];
    size_t len = 0;
    EVP_MAC *algorithm = EVP_MAC_fetch(NULL, name, NULL);
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(algorithm);
    assert_true(strlen(value) < sizeof text);
    strcpy(text, value);
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(parameter, text, 0), OSSL_PARAM_construct_end()};
    assert_non_null(ctx);
    assert_int_equal(EVP_MAC_init(ctx, key.len == 0 ? (const uint8_t *)"" : key.ptr, key.len, parameters), 1);
    assert_int_equal(EVP_MAC_update(ctx, message.ptr, message.len), 1);
    assert_int_equal(EVP_MAC_final(ctx, mac, &len, size), 1);
    assert_int_equal(len, size);
    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(algorithm);
}

static void cmac_agrees_with_evp_mac_at_every_length(void **state)
{
    (void)state;
    for (size_t len = 0; len <= LENGTH_MAX; len++) {
        uint8_t key[16], message[LENGTH_MAX], want[16], got[16];
        godwit_slice_t parts[PARTS_MAX];
        randomise(key, sizeof key);
        randomise(message, len);
        evp_mac("CMAC", "cipher", "AES-128-CBC", godwit_slice(key, 16), godwit_slice(message, len), want, 16);
        for (size_t i = 0; i < BACKENDS; i++) {
            cut(message, len, parts);
            assert_int_equal(backend(i)->aes128_cmac(key, parts, PARTS_MAX, got), GODWIT_OK);
            assert_memory_equal(got, want, 16);
        }
    }
}

static void hmac_agrees_with_evp_mac_at_every_length_of_message_and_key(void **state)
{
    (void)state;
    for (size_t len = 0; len <= LENGTH_MAX; len++) {
        uint8_t key[LENGTH_MAX], message[LENGTH_MAX], want[32], got[32];
        godwit_slice_t parts[PARTS_MAX];
        size_t key_len = len % 2 == 0 ? len : up_to(80);
        randomise(key, key_len);
        randomise(message, len);
        evp_mac("HMAC", "digest", "SHA256", godwit_slice(key, key_len), godwit_slice(message, len), want, 32);
        for (size_t i = 0; i < BACKENDS; i++) {
            cut(message, len, parts);
            assert_int_equal(backend(i)->hmac_sha256(godwit_slice(key, key_len), parts, PARTS_MAX, got), GODWIT_OK);
            assert_memory_equal(got, want, 32);
        }
    }
}

static void sha_256_agrees_at_every_length(void **state)
{
    (void)state;
    for (size_t len = 0; len <= LENGTH_MAX; len++) {
        uint8_t message[LENGTH_MAX], first[32], other[32];
        godwit_slice_t parts[PARTS_MAX];
        randomise(message, len);
        cut(message, len, parts);
        assert_int_equal(backend(0)->sha256(parts, PARTS_MAX, first), GODWIT_OK);
        for (size_t i = 1; i < BACKENDS; i++) {
            cut(message, len, parts);
            assert_int_equal(backend(i)->sha256(parts, PARTS_MAX, other), GODWIT_OK);
            assert_memory_equal(first, other, 32);
        }
    }
}

static void aes_agrees_at_every_number_of_blocks_and_in_place(void **state)
{
    (void)state;
    for (size_t blocks = 0; blocks <= LENGTH_MAX / 16; blocks++) {
        uint8_t key[16], in[LENGTH_MAX], first[LENGTH_MAX], other[LENGTH_MAX];
        randomise(key, sizeof key);
        randomise(in, blocks * 16);
        assert_int_equal(backend(0)->aes128_ecb(key, in, first, blocks), GODWIT_OK);
        for (size_t i = 0; i < BACKENDS; i++) {
            memcpy(other, in, sizeof in);
            assert_int_equal(backend(i)->aes128_ecb(key, other, other, blocks), GODWIT_OK);
            assert_memory_equal(first, other, blocks * 16);
        }
    }
}

static void ctr_agrees_at_every_length_and_in_place(void **state)
{
    (void)state;
    for (size_t len = 0; len <= LENGTH_MAX; len++) {
        uint8_t key[16], counter[16], in[LENGTH_MAX], first[LENGTH_MAX], other[LENGTH_MAX];
        randomise(key, sizeof key);
        randomise(counter, sizeof counter);
        memset(counter + up_to(16) % 16, 0xFF, 1);
        if (len % 3 == 0) {
            memset(counter + 4, 0xFF, 12); /* a carry through three words */
        }
        randomise(in, len);
        assert_int_equal(backend(0)->aes128_ctr(key, counter, in, first, len), GODWIT_OK);
        for (size_t i = 0; i < BACKENDS; i++) {
            memcpy(other, in, sizeof in);
            assert_int_equal(backend(i)->aes128_ctr(key, counter, other, other, len), GODWIT_OK);
            assert_memory_equal(first, other, len);
        }
    }
}

static godwit_eps_input_t random_input(void)
{
    return (godwit_eps_input_t){.count = (uint32_t)rand() << 8 ^ (uint32_t)rand(),
                                .bearer = (uint8_t)up_to(31),
                                .direction = (uint8_t)up_to(1)};
}

static void eea2_agrees_at_every_number_of_bits_and_in_place(void **state)
{
    (void)state;
    for (size_t bits = 0; bits <= BITS_MAX; bits++) {
        uint8_t key[16], in[BITS_MAX / 8 + 1], first[sizeof in], other[sizeof in];
        godwit_eps_input_t input = random_input();
        randomise(key, sizeof key);
        randomise(in, sizeof in);
        memset(first, 0, sizeof first);
        assert_int_equal(godwit_eea(backend(0), 2, key, input, in, first, bits), GODWIT_OK);
        for (size_t i = 0; i < BACKENDS; i++) {
            memcpy(other, in, sizeof in);
            assert_int_equal(godwit_eea(backend(i), 2, key, input, other, other, bits), GODWIT_OK);
            assert_memory_equal(first, other, (bits + 7) / 8);
            assert_memory_equal(other + (bits + 7) / 8, in + (bits + 7) / 8, sizeof in - (bits + 7) / 8);
        }
    }
}

static void eia2_agrees_at_every_number_of_bits(void **state)
{
    (void)state;
    for (size_t bits = 0; bits <= BITS_MAX; bits++) {
        uint8_t key[16], in[BITS_MAX / 8 + 1], first[4], other[4];
        godwit_eps_input_t input = random_input();
        randomise(key, sizeof key);
        randomise(in, sizeof in);
        assert_int_equal(godwit_eia(backend(0), 2, key, input, in, bits, first), GODWIT_OK);
        for (size_t i = 1; i < BACKENDS; i++) {
            assert_int_equal(godwit_eia(backend(i), 2, key, input, in, bits, other), GODWIT_OK);
            assert_memory_equal(first, other, 4);
        }
    }
}

/* More than the waiting room of the CMAC chain in one part and in many. */
static void long_messages_agree(void **state)
{
    (void)state;
    static uint8_t message[100000];
    uint8_t key[16], want[16], got[16];
    randomise(key, sizeof key);
    randomise(message, sizeof message);
    for (size_t len = sizeof message - 20; len <= sizeof message; len++) {
        godwit_slice_t parts[PARTS_MAX];
        evp_mac("CMAC", "cipher", "AES-128-CBC", godwit_slice(key, 16), godwit_slice(message, len), want, 16);
        for (size_t i = 0; i < BACKENDS; i++) {
            cut(message, len, parts);
            assert_int_equal(backend(i)->aes128_cmac(key, parts, PARTS_MAX, got), GODWIT_OK);
            assert_memory_equal(got, want, 16);
        }
    }
}

static int seed(void **state)
{
    (void)state;
    print_message("seed %d\n", SEED);
    srand(SEED);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cmac_agrees_with_evp_mac_at_every_length),
        cmocka_unit_test(hmac_agrees_with_evp_mac_at_every_length_of_message_and_key),
        cmocka_unit_test(sha_256_agrees_at_every_length),
        cmocka_unit_test(aes_agrees_at_every_number_of_blocks_and_in_place),
        cmocka_unit_test(ctr_agrees_at_every_length_and_in_place),
        cmocka_unit_test(eea2_agrees_at_every_number_of_bits_and_in_place),
        cmocka_unit_test(eia2_agrees_at_every_number_of_bits),
        cmocka_unit_test(long_messages_agree),
    };
    return cmocka_run_group_tests(tests, seed, NULL);
}
