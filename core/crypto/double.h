/* SPDX-License-Identifier: Apache-2.0
 *
 * Doubling in GF(2^128), RFC 4493 2.3: how the subkeys of CMAC come from one another. Time does not depend on the
 * block.
 */
#ifndef GODWIT_CORE_CRYPTO_DOUBLE_H
#define GODWIT_CORE_CRYPTO_DOUBLE_H

#include <stdint.h>

void godwit_double_block(uint8_t block[16]);

#endif
