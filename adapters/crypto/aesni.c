/* SPDX-License-Identifier: Apache-2.0
 *
 * AES-128 encryption by AES-NI (FIPS 197; Intel 64 Software Developer's Manual, AESENC and AESENCLAST), under the modes
 * of core/crypto. Its time depends on no key and no data. Round keys stand in the room of the modes, which wipe it.
 */
#include "adapters/crypto/aesni.h"

#include "adapters/crypto/openssl.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#include "core/crypto/modes.h"

#define HAS_AES __attribute__((target("aes,ssse3")))
#define WORDS (4 * (GODWIT_AES_ROUNDS + 1))

HAS_AES static __m128i load(const void *octets)
{
    return _mm_loadu_si128(octets);
}

HAS_AES static void store(void *octets, __m128i block)
{
    _mm_storeu_si128(octets, block);
}

/* FIPS 197 5.2. The last word, rotated, stands in all four columns, so ShiftRows of AESENCLAST changes nothing, and
 * what is left of it is SubWord and the round constant. AESKEYGENASSIST gives the same, in several times the cycles. */
HAS_AES static __m128i next_round_key(__m128i key, int constant)
{
    const __m128i rotated = _mm_shuffle_epi8(key, _mm_set1_epi32(0x0C0F0E0D));
    const __m128i word = _mm_aesenclast_si128(rotated, _mm_set1_epi32(constant));
    key = _mm_xor_si128(key, _mm_slli_si128(key, 4));
    key = _mm_xor_si128(key, _mm_slli_si128(key, 8));
    return _mm_xor_si128(key, word);
}

HAS_AES static void expand(uint32_t *room, const uint8_t key[16])
{
    static const uint8_t constants[GODWIT_AES_ROUNDS] = {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x1B, 0x36};
    __m128i round_key = load(key);
    store(room, round_key);
    for (unsigned i = 0; i < GODWIT_AES_ROUNDS; i++) {
        round_key = next_round_key(round_key, constants[i]);
        store(room + (size_t)4 * (i + 1), round_key);
    }
}

/* Both blocks always: the second one costs nothing beside the first. */
HAS_AES static void encrypt(uint32_t *room, godwit_aes_block_t blocks[2], size_t count)
{
    __m128i first = _mm_xor_si128(load(blocks), load(room));
    __m128i second = count < 2 ? first : _mm_xor_si128(load(blocks + 1), load(room));
    for (size_t i = 1; i < GODWIT_AES_ROUNDS; i++) {
        const __m128i round_key = load(room + 4 * i);
        first = _mm_aesenc_si128(first, round_key);
        second = _mm_aesenc_si128(second, round_key);
    }
    const __m128i last = load(room + (size_t)4 * GODWIT_AES_ROUNDS);
    store(blocks, _mm_aesenclast_si128(first, last));
    if (count == 2) {
        store(blocks + 1, _mm_aesenclast_si128(second, last));
    }
}

static const godwit_aes_way_t way = {.words = WORDS, .expand = expand, .encrypt = encrypt};

static godwit_status_t aes128_ecb(const uint8_t key[16], const uint8_t *in, uint8_t *out, size_t blocks)
{
    uint32_t room[WORDS];
    godwit_modes_ecb(&way, room, key, in, out, blocks);
    return GODWIT_OK;
}

static godwit_status_t aes128_ctr(const uint8_t key[16], const uint8_t counter[16], const uint8_t *in, uint8_t *out,
                                  size_t len)
{
    uint32_t room[WORDS];
    godwit_modes_ctr(&way, room, key, counter, in, out, len);
    return GODWIT_OK;
}

static godwit_status_t aes128_cmac(const uint8_t key[16], const godwit_slice_t *parts, size_t count, uint8_t mac[16])
{
    uint32_t room[WORDS];
    godwit_modes_cmac(&way, room, key, parts, count, mac);
    return GODWIT_OK;
}

static godwit_status_t sha256(const godwit_slice_t *parts, size_t count, uint8_t digest[32])
{
    return godwit_crypto_openssl.sha256(parts, count, digest);
}

static godwit_status_t hmac_sha256(godwit_slice_t key, const godwit_slice_t *parts, size_t count, uint8_t mac[32])
{
    return godwit_crypto_openssl.hmac_sha256(key, parts, count, mac);
}

const godwit_crypto_t *godwit_crypto_aesni(void)
{
    static const godwit_crypto_t backend = {.name = "aes-ni",
                                            .aes128_ecb = aes128_ecb,
                                            .aes128_ctr = aes128_ctr,
                                            .aes128_cmac = aes128_cmac,
                                            .sha256 = sha256,
                                            .hmac_sha256 = hmac_sha256};
    return __builtin_cpu_supports("aes") && __builtin_cpu_supports("ssse3") ? &backend : NULL;
}

#else

const godwit_crypto_t *godwit_crypto_aesni(void)
{
    return NULL;
}

#endif

const godwit_crypto_t *godwit_crypto_server(void)
{
    const godwit_crypto_t *backend = godwit_crypto_aesni();
    return backend != NULL ? backend : &godwit_crypto_openssl;
}
