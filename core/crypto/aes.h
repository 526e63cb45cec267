/* SPDX-License-Identifier: Apache-2.0
 *
 * AES-128 encryption, FIPS 197, in two ways behind one set of functions. There is no decryption: CTR, CMAC and MILENAGE only
 * encrypt. The unit of work is a pair of blocks, because the bitsliced way enciphers two at the price of one.
 *
 * Bitsliced: no table, no branch and no address depends on key or data; right on every processor.
 * Table: 1 KB of constants, several times fewer instructions; only for processors without a data cache.
 */
#ifndef GODWIT_CORE_CRYPTO_AES_H
#define GODWIT_CORE_CRYPTO_AES_H

#include "godwit/crypto.h"

#define GODWIT_AES_ROUNDS 10
#define GODWIT_AES_PLANES 8

/* The expanded key, in the form of one way or the other. The caller wipes it. */
typedef union godwit_aes {
    /* Plane i holds bit i of 32 octets: bit 8r + 2c + b is the octet in row r, column c of the state of block b. */
    uint32_t planes[GODWIT_AES_ROUNDS + 1][GODWIT_AES_PLANES];
    uint32_t words[4 * (GODWIT_AES_ROUNDS + 1)]; /* as FIPS 197 5.2 counts them, first octet lowest */
} godwit_aes_t;

typedef struct godwit_aes_way {
    size_t size; /* octets of godwit_aes_t that it uses: what there is to wipe */
    void (*expand)(godwit_aes_t *aes, const uint8_t key[16]);
    /* Enciphers count blocks, 1 or 2, where they stand. */
    void (*encrypt)(const godwit_aes_t *aes, uint8_t blocks[2 * GODWIT_AES_BLOCK], size_t count);
} godwit_aes_way_t;

extern const godwit_aes_way_t godwit_aes_bitsliced;
extern const godwit_aes_way_t godwit_aes_table;

/* SubBytes on 32 octets in planes: the circuit of the bitsliced way. */
void godwit_aes_sub_bytes(uint32_t planes[GODWIT_AES_PLANES]);

#endif
