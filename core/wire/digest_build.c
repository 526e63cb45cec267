/* SPDX-License-Identifier: Apache-2.0
 *
 * Digest headers as text. What stands in quotes and what does not is as in the examples of RFC 3310 and TS 24.109 Annex
 * A. A member that could break out of its quotes makes no header at all.
 */
#include "core/wire/digest_text.h"

#include <string.h>

typedef struct header {
    godwit_writer_t w;
    bool begun, bad;
} header_t;

static header_t begin(char text[GODWIT_HTTP_FIELD_MAX], const char *scheme)
{
    header_t h = {.w = godwit_writer(text, GODWIT_HTTP_FIELD_MAX - 1)};
    godwit_put_slice(&h.w, godwit_slice_of_string(scheme));
    return h;
}

static void put_name(header_t *h, godwit_digest_name_t name)
{
    if (h->begun) {
        godwit_put(&h->w, ", ", 2);
    }
    h->begun = true;
    godwit_put_slice(&h->w, godwit_slice_of_string(godwit_digest_text_name(name)));
    godwit_put(&h->w, "=", 1);
}

static void put_quoted(header_t *h, godwit_digest_name_t name, const char *text)
{
    godwit_slice_t value = godwit_slice_of_string(text);
    h->bad = h->bad || !godwit_digest_text_quotable(value);
    put_name(h, name);
    godwit_put(&h->w, "\"", 1);
    godwit_put_slice(&h->w, value);
    godwit_put(&h->w, "\"", 1);
}

static void put_quoted_unless_empty(header_t *h, godwit_digest_name_t name, const char *text)
{
    if (text[0] != '\0') {
        put_quoted(h, name, text);
    }
}

static void put_bare(header_t *h, godwit_digest_name_t name, const char *word)
{
    put_name(h, name);
    godwit_put_slice(&h->w, godwit_slice_of_string(word));
}

static void put_digest(header_t *h, godwit_digest_name_t name, bool has, const uint8_t digest[GODWIT_DIGEST_SIZE])
{
    char hex[2 * GODWIT_DIGEST_SIZE + 1] = "";
    if (has) {
        godwit_hex_encode(godwit_slice(digest, GODWIT_DIGEST_SIZE), hex);
    }
    put_quoted(h, name, hex);
}

static const char *qop_name(uint8_t qop)
{
    return qop == GODWIT_QOP_AUTH ? "auth" : "auth-int";
}

/* qop, nc and cnonce stand together or not at all. */
static void put_qop(header_t *h, uint8_t qop, uint32_t nc, const char *cnonce)
{
    uint8_t count[4];
    char hex[2 * sizeof count + 1];
    if (qop == GODWIT_QOP_NONE) {
        return;
    }
    godwit_store_u32(count, nc);
    godwit_hex_encode(godwit_slice(count, sizeof count), hex);
    put_bare(h, GODWIT_DIGEST_QOP, qop_name(qop));
    put_bare(h, GODWIT_DIGEST_NC, hex);
    put_quoted(h, GODWIT_DIGEST_CNONCE, cnonce);
}

static void put_algorithm(header_t *h, godwit_digest_algorithm_t algorithm)
{
    put_bare(h, GODWIT_DIGEST_ALGORITHM, algorithm == GODWIT_DIGEST_AKAV1_MD5 ? "AKAv1-MD5" : "MD5");
}

static godwit_status_t end(header_t *h, char text[GODWIT_HTTP_FIELD_MAX])
{
    godwit_status_t status = h->bad ? GODWIT_INVALID_ARGUMENT : godwit_writer_status(&h->w);
    text[status == GODWIT_OK ? h->w.len : 0] = '\0';
    return status;
}

godwit_status_t godwit_digest_challenge_build(const godwit_digest_challenge_t *c, char text[GODWIT_HTTP_FIELD_MAX])
{
    static const char *const qops[] = {"", "auth", "auth-int", "auth,auth-int"};
    header_t h = begin(text, "Digest ");
    put_quoted(&h, GODWIT_DIGEST_REALM, c->realm);
    put_quoted(&h, GODWIT_DIGEST_NONCE, c->nonce);
    put_quoted_unless_empty(&h, GODWIT_DIGEST_QOP, qops[c->qops & 3u]);
    put_quoted_unless_empty(&h, GODWIT_DIGEST_OPAQUE, c->opaque);
    put_algorithm(&h, c->algorithm);
    if (c->stale) {
        put_bare(&h, GODWIT_DIGEST_STALE, "true");
    }
    return end(&h, text);
}

static void put_auts(header_t *h, const uint8_t auts[14])
{
    char encoded[GODWIT_BASE64_LEN(14) + 1];
    godwit_writer_t w = godwit_writer(encoded, sizeof encoded - 1);
    godwit_put_base64(&w, godwit_slice(auts, 14));
    encoded[w.len] = '\0';
    put_quoted(h, GODWIT_DIGEST_AUTS, encoded);
}

godwit_status_t godwit_digest_authorization_build(const godwit_digest_authorization_t *a,
                                                  char text[GODWIT_HTTP_FIELD_MAX])
{
    header_t h = begin(text, "Digest ");
    put_quoted(&h, GODWIT_DIGEST_USERNAME, a->username);
    put_quoted(&h, GODWIT_DIGEST_REALM, a->realm);
    put_quoted(&h, GODWIT_DIGEST_NONCE, a->nonce);
    put_quoted(&h, GODWIT_DIGEST_URI, a->uri);
    put_qop(&h, a->qop, a->nc, a->cnonce);
    put_digest(&h, GODWIT_DIGEST_RESPONSE, a->has_response, a->response);
    put_quoted_unless_empty(&h, GODWIT_DIGEST_OPAQUE, a->opaque);
    put_algorithm(&h, a->algorithm);
    if (a->has_auts) {
        put_auts(&h, a->auts);
    }
    return end(&h, text);
}

godwit_status_t godwit_digest_info_build(const godwit_digest_info_t *i, char text[GODWIT_HTTP_FIELD_MAX])
{
    header_t h = begin(text, "");
    put_quoted_unless_empty(&h, GODWIT_DIGEST_NEXTNONCE, i->nextnonce);
    put_qop(&h, i->qop, i->nc, i->cnonce);
    if (i->has_rspauth) {
        put_digest(&h, GODWIT_DIGEST_RSPAUTH, true, i->rspauth);
    }
    return end(&h, text);
}
