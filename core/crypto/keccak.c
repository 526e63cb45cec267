/* SPDX-License-Identifier: Apache-2.0
 *
 * Keccak-f[1600], FIPS 202 clause 3.2: theta, rho, pi, chi, iota, 24 rounds. Rho and pi walk the 24 lanes that move as
 * one cycle; the constants of iota come from its shift register (Algorithm 5), so that there is no table of them to
 * carry.
 * The state holds K and TOP in TUAK: the working copy is wiped.
 */
#include "core/crypto/keccak.h"

#include "godwit/bytes.h"

#define ROUNDS 24

static uint64_t rotate(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static uint64_t load_little(const uint8_t octets[8])
{
    uint64_t word = 0;
    for (unsigned i = 0; i < 8; i++) {
        word |= (uint64_t)octets[i] << (8 * i);
    }
    return word;
}

static void store_little(uint8_t octets[8], uint64_t word)
{
    for (unsigned i = 0; i < 8; i++) {
        octets[i] = (uint8_t)(word >> (8 * i));
    }
}

static void theta(uint64_t a[25])
{
    uint64_t parity[5];
    for (unsigned x = 0; x < 5; x++) {
        parity[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    }
    for (unsigned x = 0; x < 5; x++) {
        uint64_t change = parity[(x + 4) % 5] ^ rotate(parity[(x + 1) % 5], 1);
        for (unsigned y = 0; y < 25; y += 5) {
            a[x + y] ^= change;
        }
    }
}

/* B[y, 2x + 3y] = rot(A[x, y]): lane t of the cycle that starts at (1, 0) turns by (t + 1)(t + 2)/2 (3.2.2, 3.2.3). */
static void rho_and_pi(uint64_t a[25])
{
    static const uint8_t turn[24] = {1,  3,  6,  10, 15, 21, 28, 36, 45, 55, 2,  14,
                                     27, 41, 56, 8,  25, 43, 62, 18, 39, 61, 20, 44};
    static const uint8_t next[24] = {10, 7,  11, 17, 18, 3, 5,  16, 8,  21, 24, 4,
                                     15, 23, 19, 13, 12, 2, 20, 14, 22, 9,  6,  1};
    uint64_t moving = a[1];
    for (unsigned t = 0; t < 24; t++) {
        uint64_t there = a[next[t]];
        a[next[t]] = rotate(moving, turn[t]);
        moving = there;
    }
}

static void chi(uint64_t a[25])
{
    for (unsigned y = 0; y < 25; y += 5) {
        uint64_t first = a[y];
        uint64_t second = a[y + 1];
        a[y] ^= ~a[y + 1] & a[y + 2];
        a[y + 1] ^= ~a[y + 2] & a[y + 3];
        a[y + 2] ^= ~a[y + 3] & a[y + 4];
        a[y + 3] ^= ~a[y + 4] & first;
        a[y + 4] ^= ~first & second;
    }
}

/* The round constant: bits 0, 1, 3, 7, 15, 31, 63 are the next seven of the register x^8 + x^6 + x^5 + x^4 + 1. */
static uint64_t iota_constant(uint8_t *lfsr)
{
    uint64_t constant = 0;
    for (unsigned j = 0; j < 7; j++) {
        constant |= (uint64_t)(*lfsr & 1) << ((1U << j) - 1);
        *lfsr = (uint8_t)((*lfsr << 1) ^ ((*lfsr >> 7) * 0x71));
    }
    return constant;
}

void godwit_keccak_f1600(uint8_t state[200])
{
    uint64_t a[25];
    uint8_t lfsr = 1;
    for (unsigned i = 0; i < 25; i++) {
        a[i] = load_little(state + (size_t)8 * i);
    }
    for (unsigned round = 0; round < ROUNDS; round++) {
        theta(a);
        rho_and_pi(a);
        chi(a);
        a[0] ^= iota_constant(&lfsr);
    }
    for (unsigned i = 0; i < 25; i++) {
        store_little(state + (size_t)8 * i, a[i]);
    }
    godwit_wipe(a, sizeof a);
}
