/* SPDX-License-Identifier: Apache-2.0
 *
 * The reader: takes from the front. After the first short read it gives zeros and empty slices and has nothing left, so
 * that a parser may read a whole message into locals and ask once. It must never read beyond what it was given.
 */
#include "godwit/bytes.h"

#include <string.h>

godwit_reader_t godwit_reader(godwit_slice_t octets)
{
    return (godwit_reader_t){.ptr = octets.ptr, .left = octets.len};
}

godwit_slice_t godwit_get_slice(godwit_reader_t *r, size_t len)
{
    if (r->failed || len > r->left) {
        r->failed = true;
        r->left = 0;
        return godwit_slice(NULL, 0);
    }
    if (len == 0) {
        return godwit_slice(r->ptr, 0);
    }
    godwit_slice_t taken = godwit_slice(r->ptr, len);
    r->ptr += len;
    r->left -= len;
    return taken;
}

void godwit_get(godwit_reader_t *r, void *octets, size_t len)
{
    if (len == 0) {
        return;
    }
    godwit_slice_t taken = godwit_get_slice(r, len);
    if (taken.len == len) {
        memcpy(octets, taken.ptr, len);
    } else {
        memset(octets, 0, len);
    }
}

uint8_t godwit_get_u8(godwit_reader_t *r)
{
    uint8_t octet;
    godwit_get(r, &octet, 1);
    return octet;
}

uint16_t godwit_get_u16(godwit_reader_t *r)
{
    uint8_t octets[2];
    godwit_get(r, octets, sizeof octets);
    return godwit_load_u16(octets);
}

uint32_t godwit_get_u24(godwit_reader_t *r)
{
    uint8_t octets[4] = {0};
    godwit_get(r, octets + 1, 3);
    return godwit_load_u32(octets);
}

uint32_t godwit_get_u32(godwit_reader_t *r)
{
    uint8_t octets[4];
    godwit_get(r, octets, sizeof octets);
    return godwit_load_u32(octets);
}

uint64_t godwit_get_u48(godwit_reader_t *r)
{
    uint8_t octets[6];
    godwit_get(r, octets, sizeof octets);
    return godwit_load_u48(octets);
}

uint64_t godwit_get_u64(godwit_reader_t *r)
{
    uint8_t octets[8];
    godwit_get(r, octets, sizeof octets);
    return godwit_load_u64(octets);
}

godwit_status_t godwit_reader_status(const godwit_reader_t *r)
{
    return r->failed ? GODWIT_MALFORMED : GODWIT_OK;
}

godwit_status_t godwit_reader_done(const godwit_reader_t *r)
{
    return r->failed || r->left > 0 ? GODWIT_MALFORMED : GODWIT_OK;
}
