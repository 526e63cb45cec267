/* SPDX-License-Identifier: Apache-2.0
 *
 * HMAC-SHA-256, RFC 2104: the pseudo-random function of every key derivation here (TS 33.220 B.2).
 */
#ifndef GODWIT_CORE_CRYPTO_HMAC_H
#define GODWIT_CORE_CRYPTO_HMAC_H

#include "godwit/crypto.h"

/* The entry of the built-in backend: over the parts one after the other, with a key of any length. Never fails. */
godwit_status_t godwit_hmac_sha256(godwit_slice_t key, const godwit_slice_t *parts, size_t count,
                                   uint8_t mac[GODWIT_SHA256_SIZE]);

#endif
