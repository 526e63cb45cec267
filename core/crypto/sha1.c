/* SPDX-License-Identifier: Apache-2.0
 *
 * SHA-1 of one block, FIPS 180-4 clause 6.1. What it sees is a key: all is wiped.
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

static void compress(uint32_t h[5], uint32_t w[16])
{
    uint32_t s[5];
    memcpy(s, h, sizeof s);
    for (unsigned t = 0; t < 80; t++) {
        uint32_t next = rotate(s[0], 5) + mixed(t, s) + s[4] + schedule(w, t);
        s[4] = s[3];
        s[3] = s[2];
        s[2] = rotate(s[1], 30);
        s[1] = s[0];
        s[0] = next;
    }
    for (unsigned i = 0; i < 5; i++) {
        h[i] += s[i];
    }
    godwit_wipe(s, sizeof s);
}

godwit_status_t godwit_sha1(godwit_slice_t input, uint8_t digest[GODWIT_SHA1_SIZE])
{
    uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    uint8_t block[BLOCK] = {0};
    uint32_t w[16];
    if (input.len > GODWIT_SHA1_INPUT_MAX) {
        godwit_wipe(digest, GODWIT_SHA1_SIZE);
        return GODWIT_INVALID_ARGUMENT;
    }
    if (input.len > 0) {
        memcpy(block, input.ptr, input.len);
    }
    block[input.len] = 0x80;
    godwit_store_u64(block + BLOCK - 8, (uint64_t)input.len * 8);
    for (size_t i = 0; i < 16; i++) {
        w[i] = godwit_load_u32(block + 4 * i);
    }
    compress(h, w);
    for (size_t i = 0; i < 5; i++) {
        godwit_store_u32(digest + 4 * i, h[i]);
    }
    godwit_wipe(w, sizeof w);
    godwit_wipe(block, sizeof block);
    godwit_wipe(h, sizeof h);
    return GODWIT_OK;
}
