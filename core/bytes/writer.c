/* SPDX-License-Identifier: Apache-2.0
 *
 * The writer: appends to a buffer of fixed capacity. What does not fit whole is not written at all, and nothing after
 * it is either: the result of a codec is right or absent, and its author asks once. It must never write beyond cap.
 */
#include "godwit/bytes.h"

#include <string.h>

godwit_writer_t godwit_writer(void *buf, size_t cap)
{
    return (godwit_writer_t){.buf = buf, .cap = cap};
}

/* Where len octets may be written, or NULL. A writer over no buffer has cap 0 and yields NULL for len 0, too. */
static uint8_t *claim(godwit_writer_t *w, size_t len)
{
    if (w->overflow || len > w->cap - w->len) {
        w->overflow = true;
        return NULL;
    }
    uint8_t *at = w->buf == NULL ? NULL : w->buf + w->len;
    w->len += len;
    return at;
}

void godwit_put(godwit_writer_t *w, const void *octets, size_t len)
{
    uint8_t *at = claim(w, len);
    if (at != NULL && len > 0) {
        memcpy(at, octets, len);
    }
}

void godwit_put_slice(godwit_writer_t *w, godwit_slice_t slice)
{
    godwit_put(w, slice.ptr, slice.len);
}

void godwit_put_u8(godwit_writer_t *w, uint8_t value)
{
    godwit_put(w, &value, 1);
}

void godwit_put_u16(godwit_writer_t *w, uint16_t value)
{
    uint8_t octets[2];
    godwit_store_u16(octets, value);
    godwit_put(w, octets, sizeof octets);
}

void godwit_put_u24(godwit_writer_t *w, uint32_t value)
{
    uint8_t octets[4];
    godwit_store_u32(octets, value);
    godwit_put(w, octets + 1, 3);
}

void godwit_put_u32(godwit_writer_t *w, uint32_t value)
{
    uint8_t octets[4];
    godwit_store_u32(octets, value);
    godwit_put(w, octets, sizeof octets);
}

void godwit_put_u48(godwit_writer_t *w, uint64_t value)
{
    uint8_t octets[6];
    godwit_store_u48(octets, value);
    godwit_put(w, octets, sizeof octets);
}

void godwit_put_u64(godwit_writer_t *w, uint64_t value)
{
    uint8_t octets[8];
    godwit_store_u64(octets, value);
    godwit_put(w, octets, sizeof octets);
}

uint8_t *godwit_put_space(godwit_writer_t *w, size_t len)
{
    uint8_t *at = claim(w, len);
    if (at != NULL) {
        memset(at, 0, len);
    }
    return at;
}

godwit_status_t godwit_writer_status(const godwit_writer_t *w)
{
    return w->overflow ? GODWIT_NO_SPACE : GODWIT_OK;
}

godwit_slice_t godwit_written(const godwit_writer_t *w)
{
    return godwit_slice(w->buf, w->len);
}
