/* SPDX-License-Identifier: Apache-2.0
 *
 * SHA-256, FIPS 180-4. Its time depends on the length only.
 */
#ifndef GODWIT_CORE_CRYPTO_SHA256_H
#define GODWIT_CORE_CRYPTO_SHA256_H

#include "godwit/crypto.h"

#define GODWIT_SHA256_BLOCK 64

typedef struct godwit_sha256 {
    uint32_t h[8];
    uint8_t block[GODWIT_SHA256_BLOCK];
    uint64_t len; /* octets so far */
} godwit_sha256_t;

void godwit_sha256_init(godwit_sha256_t *sha);
void godwit_sha256_update(godwit_sha256_t *sha, const uint8_t *octets, size_t len);
/* Gives the digest and wipes the state. */
void godwit_sha256_final(godwit_sha256_t *sha, uint8_t digest[GODWIT_SHA256_SIZE]);

/* The entry of the built-in backend: over the parts one after the other. Never fails. */
godwit_status_t godwit_sha256(const godwit_slice_t *parts, size_t count, uint8_t digest[GODWIT_SHA256_SIZE]);

#endif
