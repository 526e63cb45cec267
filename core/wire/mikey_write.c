/* SPDX-License-Identifier: Apache-2.0
 *
 * MIKEY, written: each payload's type goes into the octet that the one before it has for that.
 */
#include <string.h>

#include "core/wire/mikey.h"

#define VERSION 1u
#define T_COUNTER 2u

void godwit_mikey_begin(godwit_mikey_writer_t *w, godwit_writer_t *out, const godwit_mikey_t *header)
{
    w->out = out;
    w->start = out->len;
    godwit_put_u8(out, VERSION);
    godwit_put_u8(out, header->data_type);
    w->next_at = out->len;
    godwit_put_u8(out, GODWIT_MIKEY_LAST);
    godwit_put_u8(out, (uint8_t)((header->v ? 0x80u : 0) | header->prf));
    godwit_put_u32(out, header->csb_id);
    godwit_put_u8(out, header->cs_count);
    godwit_put_u8(out, header->map_type);
    godwit_put_slice(out, header->map);
}

/* The octet "next payload" of this one, and its type in that of the one before. */
static void chain(godwit_mikey_writer_t *w, uint8_t type)
{
    if (w->next_at < w->out->len && godwit_writer_status(w->out) == GODWIT_OK) {
        w->out->buf[w->next_at] = type;
    }
    w->next_at = w->out->len;
    godwit_put_u8(w->out, GODWIT_MIKEY_LAST);
}

void godwit_mikey_put(godwit_mikey_writer_t *w, uint8_t type, godwit_slice_t body)
{
    chain(w, type);
    godwit_put_slice(w->out, body);
}

void godwit_mikey_put_counter(godwit_mikey_writer_t *w, uint32_t counter)
{
    chain(w, GODWIT_MIKEY_T);
    godwit_put_u8(w->out, T_COUNTER);
    godwit_put_u32(w->out, counter);
}

void godwit_mikey_put_rand(godwit_mikey_writer_t *w, godwit_slice_t rand)
{
    chain(w, GODWIT_MIKEY_RAND);
    godwit_put_u8(w->out, (uint8_t)rand.len);
    godwit_put_slice(w->out, rand);
}

void godwit_mikey_put_id(godwit_mikey_writer_t *w, uint8_t type, godwit_slice_t id)
{
    chain(w, GODWIT_MIKEY_ID);
    godwit_put_u8(w->out, type);
    godwit_put_u16(w->out, (uint16_t)id.len);
    godwit_put_slice(w->out, id);
}

void godwit_mikey_put_idr(godwit_mikey_writer_t *w, uint8_t role, uint8_t type, godwit_slice_t id)
{
    chain(w, GODWIT_MIKEY_IDR);
    godwit_put_u8(w->out, role);
    godwit_put_u8(w->out, type);
    godwit_put_u16(w->out, (uint16_t)id.len);
    godwit_put_slice(w->out, id);
}

void godwit_mikey_put_extension(godwit_mikey_writer_t *w, uint8_t type, godwit_slice_t value)
{
    chain(w, GODWIT_MIKEY_EXTENSION);
    godwit_put_u8(w->out, type);
    godwit_put_u16(w->out, (uint16_t)value.len);
    godwit_put_slice(w->out, value);
}
