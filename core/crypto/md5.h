/* SPDX-License-Identifier: Apache-2.0
 *
 * MD5, RFC 1321, for one use: HTTP Digest (RFC 2617, 3310), whose algorithm AKAv1-MD5 TS 24.109 prescribes. Collisions
 * are easily made; what Digest stands on is that a preimage with an unknown part is not. Nothing else may use it.
 */
#ifndef GODWIT_CORE_CRYPTO_MD5_H
#define GODWIT_CORE_CRYPTO_MD5_H

#include "godwit/bytes.h"

#define GODWIT_MD5_SIZE 16

/* Over the parts one after the other. */
void godwit_md5(const godwit_slice_t *parts, size_t count, uint8_t digest[GODWIT_MD5_SIZE]);

#endif
