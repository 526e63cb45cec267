/* SPDX-License-Identifier: Apache-2.0
 *
 * AES-128 encryption, FIPS 197, bitsliced: no table, no branch and no address depends on key or data. Two blocks share one
 * pass and cost what one costs, which is why the unit of work is a pair. There is no decryption: CTR, CMAC and MILENAGE
 * only encrypt.
 */
#ifndef GODWIT_CORE_CRYPTO_AES_H
#define GODWIT_CORE_CRYPTO_AES_H

#include "godwit/crypto.h"

#define GODWIT_AES_ROUNDS 10
#define GODWIT_AES_PLANES 8

/* Plane i holds bit i of 32 octets: bit 8r + 2c + b is the octet in row r, column c of the state of block b. */
typedef struct godwit_aes {
    uint32_t round_key[GODWIT_AES_ROUNDS + 1][GODWIT_AES_PLANES];
} godwit_aes_t;

/* Expands the key for both blocks. The caller wipes the result. */
void godwit_aes_expand(godwit_aes_t *aes, const uint8_t key[16]);
/* Enciphers two blocks where they stand. For one block, the other half may hold anything initialised. */
void godwit_aes_pair(const godwit_aes_t *aes, uint8_t blocks[2 * GODWIT_AES_BLOCK]);
/* SubBytes on all 32 octets. */
void godwit_aes_sub_bytes(uint32_t planes[GODWIT_AES_PLANES]);

#endif
