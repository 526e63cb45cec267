/* SPDX-License-Identifier: Apache-2.0
 *
 * Digest headers read into their structures (RFC 2617 3.2, RFC 7616 3.3 to 3.5, RFC 3310 3), and the digests
 * themselves.
 */
#include "core/wire/digest_aka.h"

#include <string.h>

#include "core/crypto/md5.h"
#include "core/wire/digest_text.h"

static bool take_text(const godwit_digest_parameters_t *p, godwit_digest_name_t name, char *text, size_t cap)
{
    godwit_slice_t value = p->value[name];
    if (value.len >= cap) {
        return false;
    }
    if (value.len > 0) {
        memcpy(text, value.ptr, value.len);
    }
    text[value.len] = '\0';
    return true;
}

#define TAKE_TEXT(p, name, member) take_text(p, name, member, sizeof(member))

/* "": has stays false. Lower case only, as RFC 2617 has it: a digest has one spelling. */
static bool take_hex(const godwit_digest_parameters_t *p, godwit_digest_name_t name, uint8_t *octets, size_t len,
                     bool *has)
{
    char text[2 * GODWIT_DIGEST_SIZE + 1] = {0}, again[sizeof text] = {0};
    godwit_slice_t value = p->value[name];
    size_t got = 0;
    *has = value.len > 0;
    if (!*has) {
        return true;
    }
    if (value.len != 2 * len) {
        return false;
    }
    memcpy(text, value.ptr, value.len);
    if (godwit_hex_decode(text, octets, len, &got) != GODWIT_OK) {
        return false;
    }
    godwit_hex_encode(godwit_slice(octets, len), again);
    return memcmp(text, again, sizeof text) == 0;
}

static bool take_nc(const godwit_digest_parameters_t *p, uint32_t *nc)
{
    uint8_t octets[4] = {0};
    bool has;
    bool good = take_hex(p, GODWIT_DIGEST_NC, octets, sizeof octets, &has);
    *nc = godwit_load_u32(octets);
    return good;
}

static godwit_status_t take_algorithm(const godwit_digest_parameters_t *p, godwit_digest_algorithm_t *algorithm)
{
    godwit_slice_t value = p->value[GODWIT_DIGEST_ALGORITHM];
    *algorithm = godwit_digest_text_is(value, "AKAv1-MD5") ? GODWIT_DIGEST_AKAV1_MD5 : GODWIT_DIGEST_MD5;
    bool known = *algorithm == GODWIT_DIGEST_AKAV1_MD5 || value.len == 0 || godwit_digest_text_is(value, "MD5");
    return known ? GODWIT_OK : GODWIT_UNSUPPORTED_SUITE;
}

static uint8_t qop_of(godwit_slice_t word)
{
    return godwit_digest_text_is(word, "auth")       ? GODWIT_QOP_AUTH
           : godwit_digest_text_is(word, "auth-int") ? GODWIT_QOP_AUTH_INT
                                                     : GODWIT_QOP_NONE;
}

/* "auth,auth-int": those that are known. */
static uint8_t qops_of(godwit_slice_t list)
{
    unsigned qops = GODWIT_QOP_NONE;
    size_t begin = 0;
    for (size_t i = 0; i <= list.len; i++) {
        bool divides = i == list.len || list.ptr[i] == ',' || list.ptr[i] == ' ';
        if (divides) {
            qops |= i > begin ? qop_of(godwit_slice(list.ptr + begin, i - begin)) : GODWIT_QOP_NONE;
            begin = i + 1;
        }
    }
    return (uint8_t)qops;
}

static godwit_status_t take_qop(const godwit_digest_parameters_t *p, uint8_t *qop)
{
    *qop = qop_of(p->value[GODWIT_DIGEST_QOP]);
    return *qop != GODWIT_QOP_NONE || !p->has[GODWIT_DIGEST_QOP] ? GODWIT_OK : GODWIT_UNSUPPORTED_SUITE;
}

static bool take_auts(const godwit_digest_parameters_t *p, godwit_digest_authorization_t *a)
{
    size_t len = 0;
    a->has_auts = p->has[GODWIT_DIGEST_AUTS];
    return !a->has_auts ||
           (godwit_base64_decode(p->value[GODWIT_DIGEST_AUTS], a->auts, sizeof a->auts, &len) == GODWIT_OK &&
            len == sizeof a->auts);
}

godwit_status_t godwit_digest_challenge_parse(godwit_slice_t text, godwit_digest_challenge_t *out)
{
    godwit_digest_parameters_t p;
    godwit_digest_challenge_t c;
    memset(&c, 0, sizeof c);
    memset(out, 0, sizeof *out);
    godwit_status_t status = godwit_digest_text_parse(text, true, &p);
    if (status != GODWIT_OK) {
        return status;
    }
    bool good = p.has[GODWIT_DIGEST_REALM] && p.has[GODWIT_DIGEST_NONCE] &&
                TAKE_TEXT(&p, GODWIT_DIGEST_REALM, c.realm) && TAKE_TEXT(&p, GODWIT_DIGEST_NONCE, c.nonce) &&
                TAKE_TEXT(&p, GODWIT_DIGEST_OPAQUE, c.opaque);
    c.qops = qops_of(p.value[GODWIT_DIGEST_QOP]);
    c.stale = godwit_digest_text_is(p.value[GODWIT_DIGEST_STALE], "true");
    status = good ? take_algorithm(&p, &c.algorithm) : GODWIT_MALFORMED;
    if (status == GODWIT_OK && p.has[GODWIT_DIGEST_QOP] && c.qops == 0) {
        status = GODWIT_UNSUPPORTED_SUITE;
    }
    if (status == GODWIT_OK) {
        *out = c;
    }
    return status;
}

static bool take_authorization(const godwit_digest_parameters_t *p, godwit_digest_authorization_t *a)
{
    bool whole = p->has[GODWIT_DIGEST_USERNAME] && p->has[GODWIT_DIGEST_REALM] && p->has[GODWIT_DIGEST_NONCE] &&
                 p->has[GODWIT_DIGEST_URI] && p->has[GODWIT_DIGEST_RESPONSE];
    return whole && TAKE_TEXT(p, GODWIT_DIGEST_USERNAME, a->username) && TAKE_TEXT(p, GODWIT_DIGEST_REALM, a->realm) &&
           TAKE_TEXT(p, GODWIT_DIGEST_NONCE, a->nonce) && TAKE_TEXT(p, GODWIT_DIGEST_URI, a->uri) &&
           TAKE_TEXT(p, GODWIT_DIGEST_OPAQUE, a->opaque) && TAKE_TEXT(p, GODWIT_DIGEST_CNONCE, a->cnonce) &&
           take_hex(p, GODWIT_DIGEST_RESPONSE, a->response, sizeof a->response, &a->has_response) &&
           take_nc(p, &a->nc) && take_auts(p, a);
}

/* RFC 2617 3.2.2: cnonce and nc stand beside a qop, and only there. */
static bool is_whole_with_qop(const godwit_digest_parameters_t *p, uint8_t qop)
{
    bool wanted = qop != GODWIT_QOP_NONE;
    return p->has[GODWIT_DIGEST_NC] == wanted && p->has[GODWIT_DIGEST_CNONCE] == wanted;
}

godwit_status_t godwit_digest_authorization_parse(godwit_slice_t text, godwit_digest_authorization_t *out)
{
    godwit_digest_parameters_t p;
    godwit_digest_authorization_t a;
    memset(&a, 0, sizeof a);
    memset(out, 0, sizeof *out);
    godwit_status_t status = godwit_digest_text_parse(text, true, &p);
    if (status == GODWIT_OK && !take_authorization(&p, &a)) {
        status = GODWIT_MALFORMED;
    }
    if (status == GODWIT_OK) {
        status = take_algorithm(&p, &a.algorithm);
    }
    if (status == GODWIT_OK) {
        status = take_qop(&p, &a.qop);
    }
    if (status == GODWIT_OK && !is_whole_with_qop(&p, a.qop)) {
        status = GODWIT_MALFORMED;
    }
    if (status == GODWIT_OK) {
        *out = a;
    }
    return status;
}

godwit_status_t godwit_digest_info_parse(godwit_slice_t text, godwit_digest_info_t *out)
{
    godwit_digest_parameters_t p;
    godwit_digest_info_t i;
    memset(&i, 0, sizeof i);
    memset(out, 0, sizeof *out);
    godwit_status_t status = godwit_digest_text_parse(text, false, &p);
    if (status != GODWIT_OK) {
        return status;
    }
    bool good = TAKE_TEXT(&p, GODWIT_DIGEST_NEXTNONCE, i.nextnonce) && TAKE_TEXT(&p, GODWIT_DIGEST_CNONCE, i.cnonce) &&
                take_hex(&p, GODWIT_DIGEST_RSPAUTH, i.rspauth, sizeof i.rspauth, &i.has_rspauth) && take_nc(&p, &i.nc);
    status = good ? take_qop(&p, &i.qop) : GODWIT_MALFORMED;
    if (status == GODWIT_OK) {
        *out = i;
    }
    return status;
}

/* ---- digests ---- */

/* KD and H of RFC 2617 3.2.1: MD5 over parts that colons divide, as digits. */
#define PARTS_MAX 6
static void hash_joined(const godwit_slice_t *parts, size_t count, uint8_t digest[GODWIT_DIGEST_SIZE])
{
    godwit_slice_t with_colons[2 * PARTS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < count && i < PARTS_MAX; i++) {
        if (i > 0) {
            with_colons[n++] = godwit_slice(":", 1);
        }
        with_colons[n++] = parts[i];
    }
    godwit_md5(with_colons, n, digest);
}

#define HEX_SIZE (2 * GODWIT_DIGEST_SIZE)

static void hash_a1(const godwit_digest_authorization_t *a, godwit_slice_t password, char hex[HEX_SIZE + 1])
{
    uint8_t digest[GODWIT_DIGEST_SIZE];
    const godwit_slice_t a1[] = {godwit_slice_of_string(a->username), godwit_slice_of_string(a->realm), password};
    hash_joined(a1, 3, digest);
    godwit_hex_encode(godwit_slice(digest, sizeof digest), hex);
    godwit_wipe(digest, sizeof digest);
}

static void hash_a2(const godwit_digest_authorization_t *a, godwit_slice_t method, const uint8_t *body_md5,
                    char hex[HEX_SIZE + 1])
{
    uint8_t digest[GODWIT_DIGEST_SIZE];
    char body[HEX_SIZE + 1];
    godwit_hex_encode(godwit_slice(body_md5, GODWIT_DIGEST_SIZE), body);
    const godwit_slice_t a2[] = {method, godwit_slice_of_string(a->uri), godwit_slice(body, HEX_SIZE)};
    hash_joined(a2, a->qop == GODWIT_QOP_AUTH_INT ? 3 : 2, digest);
    godwit_hex_encode(godwit_slice(digest, sizeof digest), hex);
}

void godwit_digest_compute(const godwit_digest_authorization_t *a, godwit_slice_t method, godwit_slice_t password,
                           const uint8_t body_md5[GODWIT_DIGEST_SIZE], uint8_t digest[GODWIT_DIGEST_SIZE])
{
    char h1[HEX_SIZE + 1], h2[HEX_SIZE + 1], nc[2 * 4 + 1];
    uint8_t count[4];
    hash_a1(a, password, h1);
    hash_a2(a, method, body_md5, h2);
    godwit_store_u32(count, a->nc);
    godwit_hex_encode(godwit_slice(count, sizeof count), nc);
    const godwit_slice_t secret = godwit_slice(h1, HEX_SIZE), nonce = godwit_slice_of_string(a->nonce);
    const godwit_slice_t qop = godwit_slice_of_string(a->qop == GODWIT_QOP_AUTH_INT ? "auth-int" : "auth");
    const godwit_slice_t with_qop[] = {secret,
                                       nonce,
                                       godwit_slice(nc, 2 * sizeof count),
                                       godwit_slice_of_string(a->cnonce),
                                       qop,
                                       godwit_slice(h2, HEX_SIZE)};
    const godwit_slice_t without[] = {secret, nonce, godwit_slice(h2, HEX_SIZE)};
    if (a->qop == GODWIT_QOP_NONE) {
        hash_joined(without, 3, digest);
    } else {
        hash_joined(with_qop, 6, digest);
    }
    godwit_wipe(h1, sizeof h1);
}

/* ---- the nonce ---- */

godwit_status_t godwit_aka_nonce_build(const uint8_t rand[16], const uint8_t autn[16], godwit_slice_t server_data,
                                       char nonce[GODWIT_DIGEST_NONCE_MAX + 1])
{
    uint8_t octets[32 + GODWIT_AKA_SERVER_DATA_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_put(&w, rand, 16);
    godwit_put(&w, autn, 16);
    godwit_put_slice(&w, server_data);
    godwit_writer_t text = godwit_writer(nonce, GODWIT_DIGEST_NONCE_MAX);
    godwit_put_base64(&text, godwit_written(&w));
    nonce[text.len] = '\0';
    return godwit_writer_status(&w) == GODWIT_OK ? godwit_writer_status(&text) : GODWIT_NO_SPACE;
}

godwit_status_t godwit_aka_nonce_parse(const char *nonce, uint8_t rand[16], uint8_t autn[16], uint8_t *server_data,
                                       size_t *server_data_len)
{
    uint8_t octets[32 + GODWIT_AKA_SERVER_DATA_MAX];
    size_t len = 0;
    if (godwit_base64_decode(godwit_slice_of_string(nonce), octets, sizeof octets, &len) != GODWIT_OK || len < 32) {
        return GODWIT_MALFORMED;
    }
    memcpy(rand, octets, 16);
    memcpy(autn, octets + 16, 16);
    memcpy(server_data, octets + 32, len - 32);
    *server_data_len = len - 32;
    return GODWIT_OK;
}
