/* SPDX-License-Identifier: Apache-2.0
 *
 * SHA-1, FIPS 180-4, of one block at most, for one use: MAC* of GBA_U is MAC xor the first 64 bits of SHA-1(IK) (TS 33.220 5.3.2). Nothing else may
 * use it.
 */
#ifndef GODWIT_CORE_CRYPTO_SHA1_H
#define GODWIT_CORE_CRYPTO_SHA1_H

#include "godwit/bytes.h"

#define GODWIT_SHA1_SIZE 20
#define GODWIT_SHA1_INPUT_MAX 55 /* what one block takes */

/* GODWIT_INVALID_ARGUMENT for a longer input; digest is then wiped. */
GODWIT_MUST_USE godwit_status_t godwit_sha1(godwit_slice_t input, uint8_t digest[GODWIT_SHA1_SIZE]);

#endif
