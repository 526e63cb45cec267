/* SPDX-License-Identifier: Apache-2.0
 *
 * Interface A3: the header of a message (docs/trigger-wire.md, "Header").
 */
#include "core/trigger/internal.h"

uint8_t godwit_a3_key_id(uint32_t association)
{
    return (uint8_t)(1u + association % A3_KEY_IDS);
}

void godwit_a3_header_put(godwit_writer_t *w, godwit_a3_type_t type, uint8_t key_id, uint32_t count)
{
    godwit_put_u8(w, (uint8_t)(A3_VERSION << A3_VERSION_SHIFT | (unsigned)type << A3_TYPE_SHIFT | key_id));
    godwit_put_u32(w, count);
}

godwit_status_t godwit_a3_peek(godwit_slice_t octets, godwit_a3_header_t *header)
{
    godwit_reader_t r = godwit_reader(octets);
    const uint8_t first = godwit_get_u8(&r);
    const unsigned type = first >> A3_TYPE_SHIFT & A3_TYPE_MASK;
    const godwit_a3_header_t h = {
        .type = (godwit_a3_type_t)type,
        .key_id = first & A3_KEY_ID_MASK,
        .count = godwit_get_u32(&r),
    };
    if (godwit_reader_status(&r) != GODWIT_OK || first >> A3_VERSION_SHIFT != A3_VERSION || type == 0 ||
        octets.len > GODWIT_TRIGGER_CONTAINER_MAX || (h.key_id != 0 && r.left < GODWIT_A3_MAC)) {
        return GODWIT_MALFORMED;
    }
    *header = h;
    return GODWIT_OK;
}
