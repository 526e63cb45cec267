/* SPDX-License-Identifier: Apache-2.0
 *
 * SHA-1 (FIPS 180-4) and HMAC-SHA-1 (RFC 2104), for what the field's older specifications fix and for nothing else:
 * MAC* of GBA_U is MAC xor the first 64 bits of SHA-1(IK) (TS 33.220 5.3.2), and MIKEY's default PRF and MAC are
 * HMAC-SHA-1 (RFC 3830 4.1.2, 4.2.4), where collisions do not matter.
 */
#ifndef GODWIT_CORE_CRYPTO_SHA1_H
#define GODWIT_CORE_CRYPTO_SHA1_H

#include "godwit/bytes.h"

#define GODWIT_SHA1_SIZE 20

/* Over the parts one after the other. What they see may be a key: all is wiped. */
void godwit_sha1(const godwit_slice_t *parts, size_t count, uint8_t digest[GODWIT_SHA1_SIZE]);
/* A key of any length. */
void godwit_hmac_sha1(godwit_slice_t key, const godwit_slice_t *parts, size_t count, uint8_t mac[GODWIT_SHA1_SIZE]);

#endif
