/* SPDX-License-Identifier: Apache-2.0
 *
 * Doubling in GF(2^128): one bit to the left, and 87 into the last octet where a bit fell out of the first.
 */
#include "core/crypto/double.h"

#include <stddef.h>

void godwit_double_block(uint8_t block[16])
{
    unsigned carry = (block[0] >> 7) * 0x87U;
    for (size_t i = 16; i > 0; i--) {
        unsigned shifted = (unsigned)block[i - 1] << 1 ^ carry;
        carry = block[i - 1] >> 7;
        block[i - 1] = (uint8_t)shifted;
    }
}
