/* SPDX-License-Identifier: Apache-2.0
 *
 * Keccak-f[1600], FIPS 202 clause 3: the permutation that TUAK (TS 35.231) stands on. The 25 lanes are 64-bit words in
 * little-endian order, lane (x, y) at octet 8(5y + x), which is how FIPS 202 and TS 35.231 number the bits.
 * Its time does not depend on the state.
 */
#ifndef GODWIT_CORE_CRYPTO_KECCAK_H
#define GODWIT_CORE_CRYPTO_KECCAK_H

#include <stdint.h>

void godwit_keccak_f1600(uint8_t state[200]);

#endif
