/* SPDX-License-Identifier: Apache-2.0
 *
 * SHA-1, FIPS 180-4 clause 6.1, and HMAC on it. What it sees may be a key: all is wiped.
 */
#include "core/crypto/sha1.h"

#include <string.h>

#define BLOCK 64u

static uint32_t rotate(uint32_t word, unsigned bits)
{
    return word << bits | word >> (32 - bits);
}

/* W(t) of 6.1.2 step 1, in 16 words that are renewed as they are used. */
static uint32_t schedule(uint32_t w[16], unsigned t)
{
    if (t >= 16) {
        w[t & 15] = rotate(w[(t + 13) & 15] ^ w[(t + 8) & 15] ^ w[(t + 2) & 15] ^ w[t & 15], 1);
    }
    return w[t & 15];
}

static uint32_t mixed(unsigned t, const uint32_t s[5])
{
    static const uint32_t k[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
    uint32_t b = s[1], c = s[2], d = s[3];
    switch (t / 20) {
    case 0:
        return ((b & c) ^ (~b & d)) + k[0];
    case 2:
        return ((b & c) ^ (b & d) ^ (c & d)) + k[2];
    default:
        return (b ^ c ^ d) + k[t / 20];
    }
}

typedef struct sha1 {
    uint32_t h[5];
    uint64_t len;
    uint8_t block[BLOCK];
} sha1_t;

static void compress(sha1_t *sha)
{
    uint32_t s[5], w[16];
    memcpy(s, sha->h, sizeof s);
    for (size_t i = 0; i < 16; i++) {
        w[i] = godwit_load_u32(sha->block + 4 * i);
    }
    for (unsigned t = 0; t < 80; t++) {
        uint32_t next = rotate(s[0], 5) + mixed(t, s) + s[4] + schedule(w, t);
        s[4] = s[3];
        s[3] = s[2];
        s[2] = rotate(s[1], 30);
        s[1] = s[0];
        s[0] = next;
    }
    for (unsigned i = 0; i < 5; i++) {
        sha->h[i] += s[i];
    }
    godwit_wipe(s, sizeof s);
    godwit_wipe(w, sizeof w);
}

static void begin(sha1_t *sha)
{
    static const uint32_t initial[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    memset(sha, 0, sizeof *sha);
    memcpy(sha->h, initial, sizeof initial);
}

static void update(sha1_t *sha, const uint8_t *octets, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        sha->block[sha->len++ % BLOCK] = octets[i];
        if (sha->len % BLOCK == 0) {
            compress(sha);
        }
    }
}

static void finish(sha1_t *sha, uint8_t digest[GODWIT_SHA1_SIZE])
{
    uint8_t bits[8], pad = 0x80;
    godwit_store_u64(bits, sha->len * 8);
    update(sha, &pad, 1);
    pad = 0;
    while (sha->len % BLOCK != BLOCK - sizeof bits) {
        update(sha, &pad, 1);
    }
    update(sha, bits, sizeof bits);
    for (size_t i = 0; i < 5; i++) {
        godwit_store_u32(digest + 4 * i, sha->h[i]);
    }
    godwit_wipe(sha, sizeof *sha);
}

void godwit_sha1(const godwit_slice_t *parts, size_t count, uint8_t digest[GODWIT_SHA1_SIZE])
{
    sha1_t sha;
    begin(&sha);
    for (size_t i = 0; i < count; i++) {
        update(&sha, parts[i].ptr, parts[i].len);
    }
    finish(&sha, digest);
}

/* One pass of HMAC: the key, padded and xored, then the parts. */
static void keyed(const uint8_t key[BLOCK], uint8_t mask, const godwit_slice_t *parts, size_t count,
                  uint8_t digest[GODWIT_SHA1_SIZE])
{
    uint8_t pad[BLOCK];
    sha1_t sha;
    for (size_t i = 0; i < BLOCK; i++) {
        pad[i] = key[i] ^ mask;
    }
    begin(&sha);
    update(&sha, pad, sizeof pad);
    for (size_t i = 0; i < count; i++) {
        update(&sha, parts[i].ptr, parts[i].len);
    }
    finish(&sha, digest);
    godwit_wipe(pad, sizeof pad);
}

void godwit_hmac_sha1(godwit_slice_t key, const godwit_slice_t *parts, size_t count, uint8_t mac[GODWIT_SHA1_SIZE])
{
    uint8_t block[BLOCK] = {0}, inner[GODWIT_SHA1_SIZE];
    const godwit_slice_t second = godwit_slice(inner, sizeof inner);
    if (key.len > BLOCK) {
        godwit_sha1(&key, 1, block);
    } else if (key.len > 0) {
        memcpy(block, key.ptr, key.len);
    }
    keyed(block, 0x36, parts, count, inner);
    keyed(block, 0x5c, &second, 1, mac);
    godwit_wipe(block, sizeof block);
    godwit_wipe(inner, sizeof inner);
}
