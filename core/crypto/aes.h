/* SPDX-License-Identifier: Apache-2.0
 *
 * AES-128 encryption, FIPS 197, in two ways behind one set of functions. There is no decryption: CTR, CMAC and MILENAGE
 * only encrypt. The unit of work is a pair of blocks, because the bitsliced way enciphers two at the price of one.
 *
 * Bitsliced: no table, no branch and no address depends on key or data; right on every processor.
 * Table: 1 KB of constants, several times fewer instructions; only for processors without a data cache.
 */
#ifndef GODWIT_CORE_CRYPTO_AES_H
#define GODWIT_CORE_CRYPTO_AES_H

#include "godwit/crypto.h"

#define GODWIT_AES_ROUNDS 10
#define GODWIT_AES_PLANES 8

/* Words of the room that one way or the other works in. The caller gives it, so that a small device spends no stack on
 * the larger one, and wipes it. First in it stands the expanded key.
 * Bitsliced: 8 planes a round; plane i holds bit i of 32 octets: bit 8r + 2c + b is the octet in row r, column c of the
 * state of block b. Table: the words as FIPS 197 5.2 counts them, first octet lowest; then a state. */
#define GODWIT_AES_BITSLICED_WORDS (GODWIT_AES_PLANES * (GODWIT_AES_ROUNDS + 1))
#define GODWIT_AES_TABLE_WORDS (4 * (GODWIT_AES_ROUNDS + 2))

/* In octets and, where one way is quicker with them, in whole words as memory has them. */
typedef union godwit_aes_block {
    uint8_t octets[GODWIT_AES_BLOCK];
    uint32_t words[GODWIT_AES_BLOCK / 4];
} godwit_aes_block_t;

typedef struct godwit_aes_way {
    size_t words; /* of its room */
    void (*expand)(uint32_t *room, const uint8_t key[16]);
    /* Enciphers count blocks, 1 or 2, where they stand. */
    void (*encrypt)(uint32_t *room, godwit_aes_block_t blocks[2], size_t count);
} godwit_aes_way_t;

extern const godwit_aes_way_t godwit_aes_bitsliced;
extern const godwit_aes_way_t godwit_aes_table;

/* SubBytes on 32 octets in planes: the circuit of the bitsliced way. */
void godwit_aes_sub_bytes(uint32_t planes[GODWIT_AES_PLANES]);

#endif
