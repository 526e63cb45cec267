/* SPDX-License-Identifier: Apache-2.0
 *
 * auth-param = token "=" ( token | quoted-string ), divided by commas (RFC 7235 2.1). Nothing that Digest carries here
 * needs an escape, so a backslash refuses the header: two readers cannot disagree on what it meant.
 */
#include "core/wire/digest_text.h"

#include <string.h>

#define PARAMETERS_MAX 24

static const char *const names[GODWIT_DIGEST_NAMES] = {
    [GODWIT_DIGEST_USERNAME] = "username",
    [GODWIT_DIGEST_REALM] = "realm",
    [GODWIT_DIGEST_NONCE] = "nonce",
    [GODWIT_DIGEST_URI] = "uri",
    [GODWIT_DIGEST_RESPONSE] = "response",
    [GODWIT_DIGEST_ALGORITHM] = "algorithm",
    [GODWIT_DIGEST_OPAQUE] = "opaque",
    [GODWIT_DIGEST_QOP] = "qop",
    [GODWIT_DIGEST_NC] = "nc",
    [GODWIT_DIGEST_CNONCE] = "cnonce",
    [GODWIT_DIGEST_AUTS] = "auts",
    [GODWIT_DIGEST_STALE] = "stale",
    [GODWIT_DIGEST_NEXTNONCE] = "nextnonce",
    [GODWIT_DIGEST_RSPAUTH] = "rspauth",
};

const char *godwit_digest_text_name(godwit_digest_name_t name)
{
    return names[name];
}

static uint8_t lower(uint8_t character)
{
    return character >= 'A' && character <= 'Z' ? (uint8_t)(character - 'A' + 'a') : character;
}

bool godwit_digest_text_is(godwit_slice_t value, const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; i < len && i < value.len; i++) {
        if (lower(value.ptr[i]) != lower((uint8_t)word[i])) {
            return false;
        }
    }
    return value.len == len;
}

static bool is_quotable(uint8_t character)
{
    return character >= 0x20 && character <= 0x7e && character != '"' && character != '\\';
}

bool godwit_digest_text_quotable(godwit_slice_t value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (!is_quotable(value.ptr[i])) {
            return false;
        }
    }
    return true;
}

/* tchar of RFC 7230 3.2.6 and a little more: senders are not strict. */
static bool is_token(uint8_t character)
{
    return is_quotable(character) && character != ' ' && character != ',' && character != '=';
}

static void skip(godwit_reader_t *r, bool commas)
{
    while (r->left > 0 && (*r->ptr == ' ' || *r->ptr == '\t' || (commas && *r->ptr == ','))) {
        (void)godwit_get_u8(r);
    }
}

static godwit_slice_t token(godwit_reader_t *r)
{
    size_t len = 0;
    while (len < r->left && is_token(r->ptr[len])) {
        len++;
    }
    return godwit_get_slice(r, len);
}

/* What is between quotes; the reader fails where the second one is missing. */
static godwit_slice_t quoted(godwit_reader_t *r)
{
    size_t len = 0;
    (void)godwit_get_u8(r);
    while (len < r->left && is_quotable(r->ptr[len])) {
        len++;
    }
    godwit_slice_t value = godwit_get_slice(r, len);
    if (godwit_get_u8(r) != '"') {
        r->failed = true;
    }
    return value;
}

/* One parameter into its place. */
static bool parameter(godwit_reader_t *r, godwit_digest_parameters_t *out)
{
    godwit_slice_t name = token(r);
    skip(r, false);
    bool good = name.len > 0 && godwit_get_u8(r) == '=';
    skip(r, false);
    bool has_quotes = r->left > 0 && *r->ptr == '"';
    godwit_slice_t value = has_quotes ? quoted(r) : token(r);
    skip(r, false);
    good = good && !r->failed && (has_quotes || value.len > 0) && (r->left == 0 || *r->ptr == ',');
    for (size_t i = 0; i < GODWIT_DIGEST_NAMES && good; i++) {
        if (godwit_digest_text_is(name, names[i])) {
            good = !out->has[i];
            out->has[i] = true;
            out->value[i] = value;
        }
    }
    return good;
}

godwit_status_t godwit_digest_text_parse(godwit_slice_t text, bool with_scheme, godwit_digest_parameters_t *out)
{
    godwit_reader_t r = godwit_reader(text);
    bool good = text.len < GODWIT_HTTP_FIELD_MAX;
    memset(out, 0, sizeof *out);
    if (with_scheme && good) {
        skip(&r, false);
        good = godwit_digest_text_is(token(&r), "digest") && r.left > 0 && (*r.ptr == ' ' || *r.ptr == '\t');
    }
    skip(&r, true);
    for (unsigned i = 0; good && r.left > 0; i++) {
        good = i < PARAMETERS_MAX && parameter(&r, out);
        skip(&r, true);
    }
    return good ? GODWIT_OK : GODWIT_MALFORMED;
}
