/* SPDX-License-Identifier: Apache-2.0
 *
 * Doubling in GF(2^128): one bit to the left, and 87 into the last octet where a bit fell out of the first.
 */
#include "core/crypto/double.h"

#include "godwit/bytes.h"

void godwit_double_block(uint8_t block[16])
{
    uint32_t carry = (block[0] >> 7) * 0x87U;
    for (unsigned i = 4; i-- > 0;) {
        uint32_t word = godwit_load_u32(block + (size_t)4 * i);
        godwit_store_u32(block + (size_t)4 * i, word << 1 ^ carry);
        carry = word >> 31;
    }
}
