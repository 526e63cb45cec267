/* SPDX-License-Identifier: Apache-2.0
 *
 * The header of a datagram (TS 33.163 6.2.2; docs/emsdp-wire.md, "Datagram"): first octet, Session ID, counter octets,
 * and on the control plane the command. Nothing here is authenticated: a header may choose a key, never change one.
 */
#include "core/emsdp/frame.h"

#define OCTET(value, i) ((uint8_t)((value) >> (8u * (i))))

void godwit_emsdp_header_put(godwit_writer_t *w, godwit_framing_t framing, const godwit_emsdp_header_t *header)
{
    const uint32_t more = header->low_count >> EMSDP_LOW_COUNT_BITS;
    godwit_put_u8(w, (uint8_t)((header->user_plane ? EMSDP_USER_PLANE : 0u) |
                               (unsigned)header->key_id << EMSDP_KEY_ID_SHIFT |
                               (header->low_count & EMSDP_LOW_COUNT_MASK)));
    for (unsigned i = framing.session_octets; i > 0; i--) {
        godwit_put_u8(w, OCTET(header->session_id, i - 1));
    }
    for (unsigned i = framing.counter_octets; i > 0; i--) {
        godwit_put_u8(w, OCTET(more, i - 1));
    }
    if (!header->user_plane) {
        godwit_put_u8(w, header->command);
    }
}

static uint32_t get_big_endian(godwit_reader_t *r, unsigned octets)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < octets; i++) {
        value = value << 8 | godwit_get_u8(r);
    }
    return value;
}

/* Key ID 000: only a first Session Request and a Reject have no key (TS 33.163 6.2.2). */
static bool may_be_unkeyed(const godwit_emsdp_header_t *h)
{
    return !h->user_plane &&
           ((h->command == GODWIT_SESSION_REQUEST && h->session_id == 0) || h->command == GODWIT_MESSAGE_REJECT);
}

godwit_status_t godwit_emsdp_peek(godwit_slice_t datagram, godwit_framing_t framing, godwit_emsdp_header_t *header)
{
    if (!frame_is_framing(framing)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_reader_t r = godwit_reader(datagram);
    const unsigned first = godwit_get_u8(&r);
    godwit_emsdp_header_t h = {
        .user_plane = (first & EMSDP_USER_PLANE) != 0,
        .key_id = (uint8_t)(first >> EMSDP_KEY_ID_SHIFT & EMSDP_KEY_ID_MASK),
        .session_id = get_big_endian(&r, framing.session_octets),
    };
    h.low_count = get_big_endian(&r, framing.counter_octets) << EMSDP_LOW_COUNT_BITS | (first & EMSDP_LOW_COUNT_MASK);
    if (!h.user_plane) {
        h.command = godwit_get_u8(&r);
    }
    const bool sound = datagram.len <= GODWIT_EMSDP_DATAGRAM_MAX && (first & EMSDP_RFU) == 0 &&
                       (h.user_plane || godwit_emsdp_command_exists(h.command)) &&
                       (h.key_id != 0 || may_be_unkeyed(&h));
    if (godwit_reader_status(&r) != GODWIT_OK || !sound) {
        return GODWIT_MALFORMED;
    }
    *header = h;
    return GODWIT_OK;
}
