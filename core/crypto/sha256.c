/* SPDX-License-Identifier: Apache-2.0
 *
 * SHA-256, FIPS 180-4 clause 6.2. The message schedule lives in 16 words that are renewed as they are used, so that a
 * device needs no 256 octets of stack for it. States may hold keys (HMAC): they are wiped.
 */
#include "core/crypto/sha256.h"

#include <string.h>

/* FIPS 180-4 4.2.2: the fractions of the cube roots of the first 64 primes. */
static const uint32_t k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t word, unsigned bits)
{
    return word >> bits | word << (32 - bits);
}

/* W(t) from W(t-16), which it replaces (6.2.2 step 1). */
static uint32_t schedule(uint32_t w[16], unsigned t)
{
    uint32_t w2 = w[(t + 14) & 15];
    uint32_t w15 = w[(t + 1) & 15];
    uint32_t sigma1 = rotate(w2, 17) ^ rotate(w2, 19) ^ w2 >> 10;
    uint32_t sigma0 = rotate(w15, 7) ^ rotate(w15, 18) ^ w15 >> 3;
    w[t & 15] += sigma1 + w[(t + 9) & 15] + sigma0;
    return w[t & 15];
}

/* s is a to h; 6.2.2 step 3. */
static void round_of(uint32_t s[8], uint32_t constant_and_word)
{
    uint32_t sum1 = rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25);
    uint32_t choice = s[6] ^ (s[4] & (s[5] ^ s[6]));
    uint32_t sum0 = rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22);
    uint32_t majority = (s[0] & s[1]) | (s[2] & (s[0] | s[1]));
    uint32_t t1 = s[7] + sum1 + choice + constant_and_word;
    s[7] = s[6];
    s[6] = s[5];
    s[5] = s[4];
    s[4] = s[3] + t1;
    s[3] = s[2];
    s[2] = s[1];
    s[1] = s[0];
    s[0] = t1 + sum0 + majority;
}

static void compress(uint32_t h[8], const uint8_t block[GODWIT_SHA256_BLOCK])
{
    uint32_t w[16];
    uint32_t s[8];
    memcpy(s, h, sizeof s);
    for (unsigned t = 0; t < 16; t++) {
        w[t] = godwit_load_u32(block + (size_t)4 * t);
        round_of(s, k[t] + w[t]);
    }
    for (unsigned t = 16; t < 64; t++) {
        round_of(s, k[t] + schedule(w, t));
    }
    for (unsigned i = 0; i < 8; i++) {
        h[i] += s[i];
    }
    godwit_wipe(w, sizeof w);
    godwit_wipe(s, sizeof s);
}

void godwit_sha256_init(godwit_sha256_t *sha)
{
    /* FIPS 180-4 5.3.3: the fractions of the square roots of the first eight primes. */
    static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memcpy(sha->h, first, sizeof first);
    sha->len = 0;
}

void godwit_sha256_update(godwit_sha256_t *sha, const uint8_t *octets, size_t len)
{
    while (len > 0) {
        size_t at = (size_t)(sha->len % GODWIT_SHA256_BLOCK);
        size_t now = len < GODWIT_SHA256_BLOCK - at ? len : GODWIT_SHA256_BLOCK - at;
        memcpy(sha->block + at, octets, now);
        sha->len += now;
        octets += now;
        len -= now;
        if (at + now == GODWIT_SHA256_BLOCK) {
            compress(sha->h, sha->block);
        }
    }
}

void godwit_sha256_final(godwit_sha256_t *sha, uint8_t digest[GODWIT_SHA256_SIZE])
{
    uint64_t bits = sha->len * 8;
    size_t at = (size_t)(sha->len % GODWIT_SHA256_BLOCK);
    sha->block[at++] = 0x80;
    if (at > GODWIT_SHA256_BLOCK - 8) {
        memset(sha->block + at, 0, GODWIT_SHA256_BLOCK - at);
        compress(sha->h, sha->block);
        at = 0;
    }
    memset(sha->block + at, 0, GODWIT_SHA256_BLOCK - 8 - at);
    godwit_store_u64(sha->block + GODWIT_SHA256_BLOCK - 8, bits);
    compress(sha->h, sha->block);
    for (unsigned i = 0; i < 8; i++) {
        godwit_store_u32(digest + (size_t)4 * i, sha->h[i]);
    }
    godwit_wipe(sha, sizeof *sha);
}

godwit_status_t godwit_sha256(const godwit_slice_t *parts, size_t count, uint8_t digest[GODWIT_SHA256_SIZE])
{
    godwit_sha256_t sha;
    godwit_sha256_init(&sha);
    for (size_t i = 0; i < count; i++) {
        godwit_sha256_update(&sha, parts[i].ptr, parts[i].len);
    }
    godwit_sha256_final(&sha, digest);
    return GODWIT_OK;
}
