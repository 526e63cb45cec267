/* SPDX-License-Identifier: Apache-2.0
 *
 * MD5, RFC 1321 clause 3. States hold passwords: they are wiped.
 */
#include "core/crypto/md5.h"

#include <string.h>

#define BLOCK 64u

typedef struct md5 {
    uint32_t h[4];
    uint8_t block[BLOCK];
    uint64_t len; /* octets so far */
} md5_t;

/* RFC 1321 3.4: the integer part of 4294967296 times abs(sin(i)). */
static const uint32_t t[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static const uint8_t shift[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

static uint32_t load(const uint8_t *octets) /* low-order octet first */
{
    return octets[0] | (uint32_t)octets[1] << 8 | (uint32_t)octets[2] << 16 | (uint32_t)octets[3] << 24;
}

static void store(uint8_t *octets, uint32_t word)
{
    octets[0] = (uint8_t)word;
    octets[1] = (uint8_t)(word >> 8);
    octets[2] = (uint8_t)(word >> 16);
    octets[3] = (uint8_t)(word >> 24);
}

static uint32_t mixed(unsigned round, uint32_t b, uint32_t c, uint32_t d)
{
    switch (round) {
    case 0:
        return (b & c) | (~b & d);
    case 1:
        return (b & d) | (c & ~d);
    case 2:
        return b ^ c ^ d;
    default:
        return c ^ (b | ~d);
    }
}

static unsigned word_of(unsigned round, unsigned i)
{
    static const uint8_t times[4] = {1, 5, 3, 7}, plus[4] = {0, 1, 5, 0};
    return (times[round] * i + plus[round]) & 15u;
}

static void compress(uint32_t h[4], const uint8_t block[BLOCK])
{
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3];
    for (unsigned i = 0; i < 64; i++) {
        unsigned round = i / 16;
        uint32_t sum = a + mixed(round, b, c, d) + load(block + (size_t)4 * word_of(round, i)) + t[i];
        unsigned bits = shift[round][i & 3];
        a = d;
        d = c;
        c = b;
        b += sum << bits | sum >> (32 - bits);
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
}

static void update(md5_t *md5, godwit_slice_t part)
{
    while (part.len > 0) {
        size_t at = (size_t)(md5->len % BLOCK);
        size_t now = part.len < BLOCK - at ? part.len : BLOCK - at;
        memcpy(md5->block + at, part.ptr, now);
        md5->len += now;
        part = godwit_slice(part.ptr + now, part.len - now);
        if (at + now == BLOCK) {
            compress(md5->h, md5->block);
        }
    }
}

static void final(md5_t *md5, uint8_t digest[GODWIT_MD5_SIZE])
{
    uint64_t bits = md5->len * 8;
    size_t at = (size_t)(md5->len % BLOCK);
    md5->block[at++] = 0x80;
    if (at > BLOCK - 8) {
        memset(md5->block + at, 0, BLOCK - at);
        compress(md5->h, md5->block);
        at = 0;
    }
    memset(md5->block + at, 0, BLOCK - 8 - at);
    store(md5->block + BLOCK - 8, (uint32_t)bits);
    store(md5->block + BLOCK - 4, (uint32_t)(bits >> 32));
    compress(md5->h, md5->block);
    for (size_t i = 0; i < 4; i++) {
        store(digest + 4 * i, md5->h[i]);
    }
}

void godwit_md5(const godwit_slice_t *parts, size_t count, uint8_t digest[GODWIT_MD5_SIZE])
{
    md5_t md5 = {.h = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}};
    for (size_t i = 0; i < count; i++) {
        update(&md5, parts[i]);
    }
    final(&md5, digest);
    godwit_wipe(&md5, sizeof md5);
}
