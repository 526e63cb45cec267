/* SPDX-License-Identifier: Apache-2.0
 *
 * Header and AVPs (RFC 6733 3, 4): writing with lengths and padding filled in, reading one by one with every length
 * checked.
 */
#include "core/wire/diameter.h"

#include <string.h>

#define VERSION 1
#define AVP_HEADER_LEN 8
#define AVP_VENDOR_HEADER_LEN 12
#define LENGTH_AT 1     /* in the message header */
#define AVP_LENGTH_AT 5 /* in the AVP header */

static void store_u24(uint8_t *octets, size_t value)
{
    octets[0] = (uint8_t)(value >> 16);
    octets[1] = (uint8_t)(value >> 8);
    octets[2] = (uint8_t)value;
}

/* ---- writing ---- */

size_t godwit_diameter_open(godwit_writer_t *w, const godwit_diameter_header_t *header)
{
    size_t at = w->len;
    godwit_put_u8(w, VERSION);
    godwit_put_u24(w, 0);
    godwit_put_u8(w, header->flags);
    godwit_put_u24(w, header->command);
    godwit_put_u32(w, header->application);
    godwit_put_u32(w, header->hop_by_hop);
    godwit_put_u32(w, header->end_to_end);
    return at;
}

void godwit_diameter_close(godwit_writer_t *w, size_t at)
{
    if (!w->overflow) {
        store_u24(w->buf + at + LENGTH_AT, w->len - at);
    }
}

size_t godwit_avp_open(godwit_writer_t *w, godwit_avp_id_t id)
{
    const godwit_avp_definition_t *avp = godwit_avp_definition(id);
    size_t at = w->len;
    godwit_put_u32(w, avp->code);
    godwit_put_u8(w, (uint8_t)(avp->flags | (avp->vendor ? GODWIT_AVP_FLAG_VENDOR : 0)));
    godwit_put_u24(w, 0);
    if (avp->vendor) {
        godwit_put_u32(w, avp->vendor);
    }
    return at;
}

void godwit_avp_close(godwit_writer_t *w, size_t at)
{
    size_t len = w->len - at;
    (void)godwit_put_space(w, (4 - len % 4) % 4); /* padding is not in the AVP's length */
    if (!w->overflow) {
        store_u24(w->buf + at + AVP_LENGTH_AT, len);
    }
}

void godwit_avp_put(godwit_writer_t *w, godwit_avp_id_t id, godwit_slice_t data)
{
    size_t at = godwit_avp_open(w, id);
    godwit_put_slice(w, data);
    godwit_avp_close(w, at);
}

void godwit_avp_put_u32(godwit_writer_t *w, godwit_avp_id_t id, uint32_t value)
{
    size_t at = godwit_avp_open(w, id);
    godwit_put_u32(w, value);
    godwit_avp_close(w, at);
}

void godwit_avp_put_u64(godwit_writer_t *w, godwit_avp_id_t id, uint64_t value)
{
    size_t at = godwit_avp_open(w, id);
    godwit_put_u64(w, value);
    godwit_avp_close(w, at);
}

/* ---- reading ---- */

godwit_status_t godwit_diameter_header_parse(godwit_slice_t octets, godwit_diameter_header_t *header,
                                             godwit_slice_t *avps)
{
    godwit_reader_t r = godwit_reader(octets);
    godwit_diameter_header_t h;
    uint8_t version = godwit_get_u8(&r);
    uint32_t length = godwit_get_u24(&r);
    h.flags = godwit_get_u8(&r);
    h.command = godwit_get_u24(&r);
    h.application = godwit_get_u32(&r);
    h.hop_by_hop = godwit_get_u32(&r);
    h.end_to_end = godwit_get_u32(&r);
    if (r.failed || version != VERSION || length != octets.len || length % 4 != 0) {
        return GODWIT_MALFORMED;
    }
    *header = h;
    *avps = godwit_slice(r.ptr, r.left);
    return GODWIT_OK;
}

godwit_status_t godwit_avp_next(godwit_reader_t *r, godwit_avp_t *avp)
{
    if (r->left == 0 && !r->failed) {
        return GODWIT_NOT_FOUND;
    }
    *avp = (godwit_avp_t){0};
    const uint8_t *start = r->ptr;
    size_t available = r->left;
    avp->code = godwit_get_u32(r);
    avp->flags = godwit_get_u8(r);
    size_t length = godwit_get_u24(r);
    size_t header = AVP_HEADER_LEN;
    if (avp->flags & GODWIT_AVP_FLAG_VENDOR) {
        avp->vendor = godwit_get_u32(r);
        header = AVP_VENDOR_HEADER_LEN;
    }
    size_t padded = (length + 3) & ~(size_t)3;
    if (r->failed || length < header || padded > available) {
        r->failed = true;
        return GODWIT_MALFORMED;
    }
    avp->whole = godwit_slice(start, length);
    avp->data = godwit_slice(start + header, length - header);
    (void)godwit_get_slice(r, padded - header);
    return GODWIT_OK;
}
