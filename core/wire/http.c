/* SPDX-License-Identifier: Apache-2.0
 *
 * HTTP/1.1 of a device: see http.h for what of it.
 */
#include "core/wire/http.h"

#include <string.h>

#define INTERIM_MAX 4

/* ---- the request ---- */

static bool is_one_line(const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            return false;
        }
    }
    return true;
}

static void put_text(godwit_writer_t *w, const char *text)
{
    godwit_put_slice(w, godwit_slice_of_string(text));
}

godwit_status_t godwit_http_get_build(const char *host, const char *uri, const char *authorization, godwit_writer_t *w)
{
    if (uri[0] != '/' || strchr(uri, ' ') != NULL || !is_one_line(uri) || !is_one_line(host) ||
        !is_one_line(authorization)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    put_text(w, "GET ");
    put_text(w, uri);
    put_text(w, " HTTP/1.1\r\nHost: ");
    put_text(w, host);
    put_text(w, "\r\nUser-Agent: godwit\r\nConnection: close\r\nAuthorization: ");
    put_text(w, authorization);
    put_text(w, "\r\n\r\n");
    return godwit_writer_status(w);
}

/* ---- the answer ---- */

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static bool is_named(godwit_slice_t name, const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; i < len && i < name.len; i++) {
        if (lower(name.ptr[i]) != (uint8_t)word[i]) {
            return false;
        }
    }
    return name.len == len;
}

godwit_slice_t godwit_http_header(const godwit_http_answer_t *answer, const char *name)
{
    for (size_t i = 0; i < answer->count; i++) {
        if (is_named(answer->fields[i].name, name)) {
            return answer->fields[i].value;
        }
    }
    return godwit_slice(NULL, 0);
}

/* The line without its end; false when there is none, yet or at all. */
static bool line(godwit_reader_t *r, godwit_slice_t *out)
{
    const uint8_t *end = r->left > 0 ? memchr(r->ptr, '\n', r->left) : NULL;
    if (end == NULL || end == r->ptr || end[-1] != '\r') {
        return false;
    }
    *out = godwit_get_slice(r, (size_t)(end - r->ptr) - 1);
    (void)godwit_get_u16(r);
    return true;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* "HTTP/1.1 200 OK" */
static bool status_line(godwit_slice_t text, uint16_t *code)
{
    if (text.len < 12 || memcmp(text.ptr, "HTTP/1.", 7) != 0 || !is_digit(text.ptr[7]) || text.ptr[8] != ' ' ||
        !is_digit(text.ptr[9]) || !is_digit(text.ptr[10]) || !is_digit(text.ptr[11]) ||
        (text.len > 12 && text.ptr[12] != ' ')) {
        return false;
    }
    *code = (uint16_t)((text.ptr[9] - '0') * 100 + (text.ptr[10] - '0') * 10 + (text.ptr[11] - '0'));
    return *code >= 100 && *code <= 599;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static bool is_of_name(uint8_t c)
{
    return c > 0x20 && c < 0x7f && c != ':';
}

/* "Name: value"; a line that begins with a blank continued the one before once (RFC 9112 5.2), and is refused. */
static bool field(godwit_slice_t text, godwit_http_field_t *out)
{
    size_t colon = 0;
    while (colon < text.len && is_of_name(text.ptr[colon])) {
        colon++;
    }
    if (colon == 0 || colon == text.len || text.ptr[colon] != ':') {
        return false;
    }
    size_t begin = colon + 1, end = text.len;
    while (begin < end && is_blank(text.ptr[begin])) {
        begin++;
    }
    while (end > begin && is_blank(text.ptr[end - 1])) {
        end--;
    }
    *out = (godwit_http_field_t){godwit_slice(text.ptr, colon), godwit_slice(text.ptr + begin, end - begin)};
    return true;
}

/* Content-Length of six digits at most. False: none, or it cannot be. */
static bool length_of(godwit_slice_t text, size_t *length)
{
    *length = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit(text.ptr[i])) {
            return false;
        }
        *length = *length * 10 + (size_t)(text.ptr[i] - '0');
    }
    return text.len > 0 && text.len <= 6;
}

/* Which octets are the body (RFC 9112 6.3). Two lengths, or a coding: refused. */
static godwit_status_t body(godwit_reader_t *r, bool closed, godwit_http_answer_t *a)
{
    size_t lengths = 0, length = 0;
    bool good = true, none = a->code == 204 || a->code == 304;
    for (size_t i = 0; i < a->count; i++) {
        if (is_named(a->fields[i].name, "content-length")) {
            lengths++;
            good = good && length_of(a->fields[i].value, &length);
        }
        good = good && !is_named(a->fields[i].name, "transfer-encoding");
    }
    if (!good || lengths > 1) {
        return GODWIT_MALFORMED;
    }
    if (lengths == 0 && !none) {
        a->body = godwit_get_slice(r, r->left);
        return closed ? GODWIT_OK : GODWIT_AGAIN;
    }
    length = none ? 0 : length;
    if (r->left < length) {
        return closed ? GODWIT_MALFORMED : GODWIT_AGAIN;
    }
    a->body = godwit_get_slice(r, length);
    return GODWIT_OK;
}

/* Lines up to the empty one. */
static godwit_status_t head(godwit_reader_t *r, bool closed, godwit_http_answer_t *a)
{
    godwit_slice_t text;
    memset(a, 0, sizeof *a);
    if (!line(r, &text)) {
        return closed ? GODWIT_MALFORMED : GODWIT_AGAIN;
    }
    if (!status_line(text, &a->code)) {
        return GODWIT_MALFORMED;
    }
    while (line(r, &text)) { /* each takes octets, and there are HEAD_MAX of them at most */
        if (text.len == 0) {
            return GODWIT_OK;
        }
        if (a->count == GODWIT_HTTP_HEADERS_MAX || !field(text, &a->fields[a->count++])) {
            return GODWIT_MALFORMED;
        }
    }
    return closed ? GODWIT_MALFORMED : GODWIT_AGAIN;
}

/* A line end that is no CR LF, or a head that never ends, must not make anybody wait for more. */
static godwit_status_t judge(godwit_slice_t octets, godwit_status_t status)
{
    if (status != GODWIT_AGAIN) {
        return status;
    }
    for (size_t i = 0; i < octets.len && i < GODWIT_HTTP_HEAD_MAX; i++) {
        bool ends = octets.ptr[i] == '\n';
        if (ends && (i == 0 || octets.ptr[i - 1] != '\r')) {
            return GODWIT_MALFORMED;
        }
        if (ends && i >= 3 && octets.ptr[i - 2] == '\n') {
            return GODWIT_AGAIN; /* the head is whole: what is missing is of the body */
        }
    }
    return octets.len >= GODWIT_HTTP_HEAD_MAX ? GODWIT_NO_SPACE : GODWIT_AGAIN;
}

godwit_status_t godwit_http_answer_parse(godwit_slice_t octets, bool closed, godwit_http_answer_t *answer, size_t *used)
{
    godwit_reader_t r = godwit_reader(octets);
    godwit_status_t status = GODWIT_AGAIN;
    for (unsigned i = 0; i < INTERIM_MAX; i++) {
        const godwit_slice_t rest = godwit_slice(r.ptr, r.left);
        status = judge(rest, head(&r, closed, answer));
        if (status != GODWIT_OK || answer->code >= 200) {
            break;
        }
        status = GODWIT_MALFORMED; /* so many interim answers and no other */
    }
    if (status == GODWIT_OK) {
        status = body(&r, closed, answer);
    }
    if (status == GODWIT_OK) {
        *used = octets.len - r.left;
    }
    return status;
}
