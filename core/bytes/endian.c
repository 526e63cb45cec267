/* SPDX-License-Identifier: Apache-2.0
 *
 * Big-endian integers in place: the octet order of everything on the wire here.
 */
#include "godwit/bytes.h"

uint16_t godwit_load_u16(const uint8_t octets[2])
{
    return (uint16_t)((octets[0] << 8) | octets[1]);
}

uint32_t godwit_load_u32(const uint8_t octets[4])
{
    return ((uint32_t)octets[0] << 24) | ((uint32_t)octets[1] << 16) | ((uint32_t)octets[2] << 8) | octets[3];
}

uint64_t godwit_load_u48(const uint8_t octets[6])
{
    return ((uint64_t)godwit_load_u16(octets) << 32) | godwit_load_u32(octets + 2);
}

uint64_t godwit_load_u64(const uint8_t octets[8])
{
    return ((uint64_t)godwit_load_u32(octets) << 32) | godwit_load_u32(octets + 4);
}

void godwit_store_u16(uint8_t octets[2], uint16_t value)
{
    octets[0] = (uint8_t)(value >> 8);
    octets[1] = (uint8_t)value;
}

void godwit_store_u32(uint8_t octets[4], uint32_t value)
{
    octets[0] = (uint8_t)(value >> 24);
    octets[1] = (uint8_t)(value >> 16);
    octets[2] = (uint8_t)(value >> 8);
    octets[3] = (uint8_t)value;
}

void godwit_store_u48(uint8_t octets[6], uint64_t value)
{
    godwit_store_u16(octets, (uint16_t)(value >> 32));
    godwit_store_u32(octets + 2, (uint32_t)value);
}

void godwit_store_u64(uint8_t octets[8], uint64_t value)
{
    godwit_store_u32(octets, (uint32_t)(value >> 32));
    godwit_store_u32(octets + 4, (uint32_t)value);
}
