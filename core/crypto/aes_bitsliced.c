/* SPDX-License-Identifier: Apache-2.0
 *
 * AES-128 encryption of two blocks at a time in eight bit planes (FIPS 197 clause 5). With the row of an octet in the
 * octet of the word and column and block inside it, MixColumns is word rotation and ShiftRows is rotation within
 * octets. Only logic and fixed shifts touch secrets, so the time says nothing about them on any processor.
 */
#include "core/crypto/aes.h"

#include <string.h>

#define BLOCKS 0x03U /* the two positions of one column within a row: one for each block */

static uint32_t rotate_right(uint32_t word, unsigned bits)
{
    return word >> bits | word << (32 - bits);
}

static uint32_t load_little(const uint8_t octets[4])
{
    return octets[0] | (uint32_t)octets[1] << 8 | (uint32_t)octets[2] << 16 | (uint32_t)octets[3] << 24;
}

static void store_little(uint8_t octets[4], uint32_t word)
{
    octets[0] = (uint8_t)word;
    octets[1] = (uint8_t)(word >> 8);
    octets[2] = (uint8_t)(word >> 16);
    octets[3] = (uint8_t)(word >> 24);
}

/* Exchanges the bits of low that mask << shift selects with those of high that mask selects. */
static void exchange(uint32_t *high, uint32_t *low, uint32_t mask, unsigned shift)
{
    uint32_t change = ((*low >> shift) ^ *high) & mask;
    *high ^= change;
    *low ^= change << shift;
}

/* Words to planes and planes to words: a transposition of 8 by 8 bits in each octet lane, its own inverse. */
static void transpose(uint32_t q[GODWIT_AES_PLANES])
{
    for (unsigned i = 0; i < 8; i += 2) {
        exchange(&q[i + 1], &q[i], 0x55555555, 1);
    }
    for (unsigned i = 0; i < 8; i += 4) {
        exchange(&q[i + 2], &q[i], 0x33333333, 2);
        exchange(&q[i + 3], &q[i + 1], 0x33333333, 2);
    }
    for (unsigned i = 0; i < 4; i++) {
        exchange(&q[i + 4], &q[i], 0x0F0F0F0F, 4);
    }
}

/* Row r turns left by r columns, which are 2r bits to the right in octet r: rows 2 and 3 by four bits, 1 and 3 by
 * two. */
static uint32_t shift_rows(uint32_t x)
{
    uint32_t change = (x ^ x >> 4) & 0x0F0F0000;
    x ^= change ^ change << 4;
    return (x & 0x00FF00FF) | (x >> 2 & 0x3F003F00) | (x << 6 & 0xC000C000);
}

/* ShiftRows, MixColumns and AddRoundKey, plane after plane. An octet a and those below it in its column, b, c, d (round
 * and round), become 2(a ^ b) ^ b ^ c ^ d; doubling is a shift of planes, with plane 7 folded back into 0, 1, 3 and
 * 4. */
static void mix_round(uint32_t q[GODWIT_AES_PLANES], const uint32_t key[GODWIT_AES_PLANES])
{
    uint32_t last = shift_rows(q[7]);
    uint32_t top = last ^ rotate_right(last, 8);
    uint32_t doubled = top;
    for (unsigned i = 0; i < GODWIT_AES_PLANES; i++) {
        uint32_t x = shift_rows(q[i]);
        uint32_t next = rotate_right(x, 8);
        uint32_t sum = x ^ next;
        q[i] = doubled ^ next ^ rotate_right(sum, 16) ^ key[i];
        doubled = sum ^ (0x0DU >> i & 1U ? top : 0); /* i and the constant are public */
    }
}

/* The last round has no MixColumns. */
static void last_round(uint32_t q[GODWIT_AES_PLANES], const uint32_t key[GODWIT_AES_PLANES])
{
    for (unsigned i = 0; i < GODWIT_AES_PLANES; i++) {
        q[i] = shift_rows(q[i]) ^ key[i];
    }
}

/* Row by row: column 0 takes SubWord(RotWord(column 3)) and the constant, each later column the sum of those before
 * it. */
static void next_round_key(uint32_t next[GODWIT_AES_PLANES], const uint32_t key[GODWIT_AES_PLANES], unsigned constant)
{
    memcpy(next, key, GODWIT_AES_PLANES * sizeof *next);
    godwit_aes_sub_bytes(next);
    for (unsigned i = 0; i < GODWIT_AES_PLANES; i++) {
        uint32_t x = key[i] ^ (rotate_right(next[i], 8) >> 6 & 0x03030303) ^ (constant >> i & 1U) * BLOCKS;
        x ^= x << 2 & 0xFCFCFCFC;
        next[i] = x ^ (x << 4 & 0xF0F0F0F0);
    }
}

static void expand(uint32_t *room, const uint8_t key[16])
{
    unsigned constant = 1;
    for (unsigned c = 0; c < 4; c++) {
        room[2 * c] = room[2 * c + 1] = load_little(key + (size_t)4 * c);
    }
    transpose(room);
    for (unsigned round = 0; round < GODWIT_AES_ROUNDS; round++) {
        next_round_key(room + GODWIT_AES_PLANES, room, constant);
        room += GODWIT_AES_PLANES;
        constant = constant << 1 ^ (constant >> 7) * 0x11B;
    }
}

/* One block costs what two cost: the other half of the planes is then zero. */
static void encrypt(uint32_t *room, godwit_aes_block_t blocks[2], size_t count)
{
    uint32_t q[GODWIT_AES_PLANES] = {0};
    uint8_t *octets = (uint8_t *)blocks; /* of both blocks in a row */
    for (size_t i = 0; i < 4 * count; i++) {
        q[2 * (i % 4) + i / 4] = load_little(octets + 4 * i);
    }
    transpose(q);
    for (unsigned i = 0; i < GODWIT_AES_PLANES; i++) {
        q[i] ^= room[i];
    }
    for (unsigned round = 1; round < GODWIT_AES_ROUNDS; round++) {
        godwit_aes_sub_bytes(q);
        mix_round(q, room + (size_t)GODWIT_AES_PLANES * round);
    }
    godwit_aes_sub_bytes(q);
    last_round(q, room + GODWIT_AES_PLANES * GODWIT_AES_ROUNDS);
    transpose(q);
    for (size_t i = 0; i < 4 * count; i++) {
        store_little(octets + 4 * i, q[2 * (i % 4) + i / 4]);
    }
    godwit_wipe(q, sizeof q);
}

const godwit_aes_way_t godwit_aes_bitsliced = {
    .words = GODWIT_AES_BITSLICED_WORDS, .expand = expand, .encrypt = encrypt};
