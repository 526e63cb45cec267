/* SPDX-License-Identifier: Apache-2.0
 *
 * GBA user security settings as XML: see zh.h for what of it is public and what is ours. No XML reader: two elements
 * are looked for by their tags, in a document that the AVP bounds; anything that is not what we would write is taken as
 * absent.
 */
#include <string.h>

#include "core/wire/zh.h"

#define LIFE_MAX_S 31536000u /* a year: more is no life time */

static void put_text(godwit_writer_t *w, const char *text)
{
    godwit_put_slice(w, godwit_slice_of_string(text));
}

static void put_number(godwit_writer_t *w, uint32_t value)
{
    uint8_t digits[10];
    size_t at = sizeof digits;
    do {
        digits[--at] = (uint8_t)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    godwit_put(w, digits + at, sizeof digits - at);
}

void godwit_guss_build(godwit_writer_t *w, bool uicc_gba, uint32_t life_s)
{
    put_text(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><guss><bsfInfo><uiccType>");
    put_text(w, uicc_gba ? "GBA_U" : "GBA");
    put_text(w, "</uiccType>");
    if (life_s != 0) {
        put_text(w, "<lifeTime>");
        put_number(w, life_s);
        put_text(w, "</lifeTime>");
    }
    put_text(w, "</bsfInfo></guss>");
}

static size_t find(godwit_slice_t in, size_t from, const char *what)
{
    size_t len = strlen(what);
    for (size_t i = from; i + len <= in.len; i++) {
        if (memcmp(in.ptr + i, what, len) == 0) {
            return i;
        }
    }
    return in.len;
}

/* What stands between the tags; empty when they are not both there. */
static godwit_slice_t element(godwit_slice_t in, const char *open, const char *close)
{
    size_t start = find(in, 0, open);
    if (start == in.len) {
        return godwit_slice(NULL, 0);
    }
    start += strlen(open);
    size_t end = find(in, start, close);
    return end < in.len ? godwit_slice(in.ptr + start, end - start) : godwit_slice(NULL, 0);
}

static uint32_t number_of(godwit_slice_t text)
{
    uint32_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || value > LIFE_MAX_S) {
            return 0;
        }
        value = value * 10 + (uint32_t)(text.ptr[i] - '0');
    }
    return value <= LIFE_MAX_S ? value : 0;
}

void godwit_guss_parse(godwit_slice_t document, bool *uicc_gba, uint32_t *life_s)
{
    godwit_slice_t type = element(document, "<uiccType>", "</uiccType>");
    *uicc_gba = godwit_slice_equal(type, godwit_slice_of_string("GBA_U"));
    *life_s = number_of(element(document, "<lifeTime>", "</lifeTime>"));
}
