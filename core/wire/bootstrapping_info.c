/* SPDX-License-Identifier: Apache-2.0
 *
 * BootstrappingInfo written and read. A prefix before an element's name is passed over, attributes too.
 */
#include "core/wire/bootstrapping_info.h"

#include <string.h>

#define TAGS_MAX 16

static void put_text(godwit_writer_t *w, const char *text)
{
    godwit_put_slice(w, godwit_slice_of_string(text));
}

static bool is_plain(uint8_t character)
{
    return character > 0x20 && character < 0x7f && character != '<' && character != '>' && character != '&' &&
           character != '"' && character != '\'';
}

static bool all_plain(godwit_slice_t text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is_plain(text.ptr[i])) {
            return false;
        }
    }
    return text.len > 0;
}

godwit_status_t godwit_bootstrapping_info_build(const godwit_bootstrapping_info_t *info, godwit_writer_t *w)
{
    if (!all_plain(godwit_slice_of_string(info->b_tid))) {
        return GODWIT_INVALID_ARGUMENT;
    }
    put_text(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><BootstrappingInfo xmlns=\"uri:3gpp-gba\"><btid>");
    put_text(w, info->b_tid);
    put_text(w, "</btid><lifetime>");
    godwit_put_date_time(w, info->expires_s);
    put_text(w, "</lifetime></BootstrappingInfo>");
    return godwit_writer_status(w);
}

/* ---- reading ---- */

typedef enum tag_kind { TAG_NONE, TAG_OPEN, TAG_CLOSE, TAG_OTHER } tag_kind_t;

static bool is_space(uint8_t character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

static godwit_slice_t trimmed(godwit_slice_t text)
{
    while (text.len > 0 && is_space(text.ptr[0])) {
        text = godwit_slice(text.ptr + 1, text.len - 1);
    }
    while (text.len > 0 && is_space(text.ptr[text.len - 1])) {
        text.len--;
    }
    return text;
}

/* Up to the octet, which is taken too; the reader fails when it does not come. */
static godwit_slice_t until(godwit_reader_t *r, char octet)
{
    const uint8_t *end = r->left > 0 ? memchr(r->ptr, octet, r->left) : NULL;
    godwit_slice_t before = godwit_get_slice(r, end != NULL ? (size_t)(end - r->ptr) : r->left);
    (void)godwit_get_u8(r);
    return before;
}

/* "ns:btid a='b'" to "btid". */
static godwit_slice_t local_name(godwit_slice_t tag)
{
    size_t end = 0, begin = 0;
    while (end < tag.len && !is_space(tag.ptr[end])) {
        begin = tag.ptr[end] == ':' ? end + 1 : begin;
        end++;
    }
    return godwit_slice(tag.ptr + begin, end - begin);
}

/* The next tag, and the text before it. */
static tag_kind_t next_tag(godwit_reader_t *r, godwit_slice_t *name, godwit_slice_t *before)
{
    *before = trimmed(until(r, '<'));
    godwit_slice_t tag = until(r, '>');
    if (r->failed || tag.len == 0 || tag.ptr[0] == '!') {
        return TAG_NONE;
    }
    if (tag.ptr[0] == '?') {
        return TAG_OTHER;
    }
    bool closes = tag.ptr[0] == '/', empty = tag.ptr[tag.len - 1] == '/';
    *name = local_name(closes ? godwit_slice(tag.ptr + 1, tag.len - 1) : tag);
    return closes ? TAG_CLOSE : empty ? TAG_OTHER : TAG_OPEN;
}

static bool is(godwit_slice_t name, const char *word)
{
    return godwit_slice_equal(name, godwit_slice_of_string(word));
}

typedef struct found {
    godwit_slice_t b_tid, lifetime, open;
    unsigned depth;
} found_t;

static bool take(found_t *f, tag_kind_t kind, godwit_slice_t name, godwit_slice_t before)
{
    if (kind == TAG_OPEN) {
        f->open = name;
        f->depth++;
        return f->depth > 1 || is(name, "BootstrappingInfo");
    }
    if (kind == TAG_CLOSE) {
        bool first = (is(name, "btid") && f->b_tid.len == 0) || (is(name, "lifetime") && f->lifetime.len == 0);
        if (f->depth == 2 && first && godwit_slice_equal(f->open, name)) {
            *(is(name, "btid") ? &f->b_tid : &f->lifetime) = before;
        }
        if (f->depth == 0) {
            return false;
        }
        f->depth--;
        return f->depth > 0 || is(name, "BootstrappingInfo");
    }
    return true;
}

godwit_status_t godwit_bootstrapping_info_parse(godwit_slice_t body, godwit_bootstrapping_info_t *info)
{
    godwit_reader_t r = godwit_reader(trimmed(body));
    godwit_slice_t name = {0}, before = {0};
    godwit_bootstrapping_info_t got;
    found_t f = {0};
    bool good = body.len <= GODWIT_UB_BODY_MAX;
    memset(&got, 0, sizeof got);
    for (unsigned i = 0; good && r.left > 0; i++) {
        tag_kind_t kind = next_tag(&r, &name, &before);
        good = i < TAGS_MAX && kind != TAG_NONE && take(&f, kind, name, before);
    }
    good = good && f.depth == 0 && all_plain(f.b_tid) && f.b_tid.len <= GODWIT_B_TID_MAX;
    if (!good || godwit_date_time_parse(f.lifetime, &got.expires_s) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    memcpy(got.b_tid, f.b_tid.ptr, f.b_tid.len);
    *info = got;
    return GODWIT_OK;
}
