/* SPDX-License-Identifier: Apache-2.0
 *
 * Wrapping of secrets for the disk: AES-256-GCM (SP 800-38D) under a key of the row's own, HMAC-SHA-256(KEK, name),
 * with the name as associated data. The name says table and key columns, so a wrapped secret opens in its own row
 * only; and since each row has its own key, the 2^32 random nonces that one GCM key may see are counted row by row,
 * not for the whole store. What stands beside the secret in clear is associated data too: a counter of a row that was
 * changed must never be read as if it were what was written.
 */
#ifndef GODWIT_ADAPTERS_STORE_WRAP_H
#define GODWIT_ADAPTERS_STORE_WRAP_H

#include "godwit/bytes.h"

#define GODWIT_KEK_SIZE 32
#define GODWIT_WRAP_NONCE 12
#define GODWIT_WRAP_TAG 16
#define GODWIT_WRAP_OVERHEAD (GODWIT_WRAP_NONCE + GODWIT_WRAP_TAG)
#define GODWIT_WRAP_NAME_MAX 96 /* "e2e_session/" + 15 digits + "/" + 32 of a name key + "/" + 10, with room */

/* The key-encryption key. Wipe after use. */
typedef struct godwit_kek {
    uint8_t octets[GODWIT_KEK_SIZE];
} godwit_kek_t;

/* What a wrapped secret is tied to. */
typedef struct godwit_wrap_context {
    const char *name;
    godwit_slice_t beside; /* what stands in clear beside it; empty: nothing */
} godwit_wrap_context_t;

/* wrapped holds plain.len + GODWIT_WRAP_OVERHEAD: nonce, ciphertext, tag. GODWIT_CRYPTO_FAILED,
 * GODWIT_RANDOM_FAILED. */
GODWIT_MUST_USE godwit_status_t godwit_wrap(const godwit_kek_t *kek, const godwit_wrap_context_t *context,
                                            godwit_slice_t plain, uint8_t *wrapped);
/* plain holds plain_len octets, wiped on failure. GODWIT_MAC_FAILURE for another KEK, context or length, or octets
 * that were changed. */
GODWIT_MUST_USE godwit_status_t godwit_unwrap(const godwit_kek_t *kek, const godwit_wrap_context_t *context,
                                              godwit_slice_t wrapped, uint8_t *plain, size_t plain_len);

#endif
