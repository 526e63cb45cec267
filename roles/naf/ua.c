/* SPDX-License-Identifier: Apache-2.0
 *
 * Ua by HTTP digest (TS 24.109 5, RFC 2617 with MD5). A nonce is its time and a MAC, so that nobody who only asks takes
 * memory; it is good for its life and, under one key, for each nc once: what was heard on the way does not come in
 * again. A 401 tells the device to bootstrap: its realm begins with 3GPP-bootstrapping.
 */
#include <string.h>

#include "core/crypto/md5.h"
#include "roles/naf/internal.h"

#define REALM "3GPP-bootstrapping@"
#define NONCE_MS 300000
#define NONCE_OCTETS 24 /* time (8), MAC (16) */

static const uint8_t http_digest[GODWIT_UA_PROTOCOL_OCTETS] = {0x01, 0x00, 0x00, 0x00, 0x02}; /* TS 33.220 H.3 */

/* ---- nonces ---- */

static godwit_status_t nonce_octets(const godwit_naf_t *naf, const char *host, uint64_t at_ms, uint8_t octets[24])
{
    uint8_t mac[GODWIT_SHA256_SIZE];
    godwit_store_u64(octets, at_ms);
    const godwit_slice_t parts[] = {godwit_slice(octets, 8), godwit_slice_of_string(host)};
    godwit_status_t status =
        naf->config.crypto->hmac_sha256(godwit_slice(naf->secret, sizeof naf->secret), parts, 2, mac);
    memcpy(octets + 8, mac, 16);
    return status;
}

/* Whether we made it for that host, and when. */
static bool nonce_is_ours(const godwit_naf_t *naf, const char *host, const char *nonce, uint64_t *at_ms)
{
    uint8_t octets[NONCE_OCTETS + 3], again[NONCE_OCTETS];
    size_t len = 0;
    if (godwit_base64_decode(godwit_slice_of_string(nonce), octets, sizeof octets, &len) != GODWIT_OK ||
        len != NONCE_OCTETS) {
        return false;
    }
    *at_ms = godwit_load_u64(octets);
    return nonce_octets(naf, host, *at_ms, again) == GODWIT_OK && godwit_equal_secret(octets, again, sizeof again);
}

static bool nonce_is_old(const godwit_naf_t *naf, uint64_t at_ms, uint64_t now_ms)
{
    uint32_t life = naf->config.nonce_ms != 0 ? naf->config.nonce_ms : NONCE_MS;
    return at_ms > now_ms || now_ms - at_ms > life;
}

/* ---- answers ---- */

static godwit_ua_answer_t *answer_of(godwit_outbox_t *out, const godwit_naf_asker_t *asker, uint16_t code)
{
    godwit_message_t *message = godwit_naf_answer(out, asker, GODWIT_UA_ANSWER);
    if (message == NULL) {
        return NULL;
    }
    message->u.ua_answer.code = code;
    return &message->u.ua_answer;
}

static void say(godwit_ua_answer_t *answer, const char *text)
{
    size_t len = strlen(text);
    memcpy(answer->body, text, len);
    answer->body_len = (uint16_t)len;
}

static void put_realm(const char *host, char realm[GODWIT_DIGEST_REALM_MAX + 1])
{
    memcpy(realm, REALM, sizeof REALM - 1);
    memcpy(realm + sizeof REALM - 1, host, strlen(host) + 1);
}

static void challenge(const godwit_naf_t *naf, const godwit_naf_asker_t *asker, const char *host, bool stale,
                      uint64_t now_ms, godwit_outbox_t *out)
{
    godwit_digest_challenge_t c = {
        .algorithm = GODWIT_DIGEST_MD5, .qops = GODWIT_QOP_AUTH | GODWIT_QOP_AUTH_INT, .stale = stale};
    uint8_t octets[NONCE_OCTETS];
    godwit_writer_t w = godwit_writer(c.nonce, sizeof c.nonce - 1);
    godwit_ua_answer_t *answer = answer_of(out, asker, 401);
    put_realm(host, c.realm);
    godwit_status_t status = nonce_octets(naf, host, now_ms, octets);
    godwit_put_base64(&w, godwit_slice(octets, sizeof octets));
    if (answer != NULL &&
        (status != GODWIT_OK || godwit_digest_challenge_build(&c, answer->www_authenticate) != GODWIT_OK)) {
        answer->code = 503;
    } else if (answer != NULL) {
        say(answer, "bootstrap with the BSF (3GPP TS 24.109), then try again with its B-TID\n");
    }
}

static void welcome(const godwit_naf_asker_t *asker, const godwit_digest_authorization_t *a,
                    const godwit_naf_key_t *key, godwit_slice_t password, godwit_outbox_t *out)
{
    godwit_digest_info_t info = {.qop = a->qop, .nc = a->nc, .has_rspauth = true};
    uint8_t body_md5[GODWIT_MD5_SIZE];
    godwit_ua_answer_t *answer = answer_of(out, asker, 200);
    if (answer == NULL) {
        return;
    }
    memcpy(answer->impi, key->impi, sizeof answer->impi);
    memcpy(answer->b_tid, key->b_tid, sizeof answer->b_tid);
    say(answer, "accepted\n");
    const godwit_slice_t body = godwit_slice(answer->body, answer->body_len);
    godwit_md5(&body, 1, body_md5);
    godwit_digest_compute(a, godwit_slice(NULL, 0), password, body_md5, info.rspauth);
    memcpy(info.cnonce, a->cnonce, sizeof info.cnonce);
    if (godwit_digest_info_build(&info, answer->authentication_info) != GODWIT_OK) {
        answer->authentication_info[0] = '\0';
    }
}

/* ---- requests ---- */

/* GODWIT_OK: the header can be tried against a key. GODWIT_AGAIN: whoever sent it is to be challenged. */
static godwit_status_t read(const godwit_naf_t *naf, const godwit_ua_request_t *request, uint64_t now_ms,
                            godwit_digest_authorization_t *a, uint64_t *nonce_at_ms, bool *stale)
{
    char realm[GODWIT_DIGEST_REALM_MAX + 1];
    *stale = false;
    if (request->authorization[0] == '\0') {
        return GODWIT_AGAIN;
    }
    godwit_status_t status = godwit_digest_authorization_parse(godwit_slice_of_string(request->authorization), a);
    if (status != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    put_realm(request->host, realm);
    if (strcmp(a->realm, realm) != 0 || a->algorithm != GODWIT_DIGEST_MD5 || a->qop == GODWIT_QOP_NONE ||
        !a->has_response || strcmp(a->uri, request->uri) != 0 || !godwit_naf_may_ask(naf, a->username) ||
        !nonce_is_ours(naf, request->host, a->nonce, nonce_at_ms)) {
        return GODWIT_AGAIN;
    }
    *stale = nonce_is_old(naf, *nonce_at_ms, now_ms);
    return *stale ? GODWIT_AGAIN : GODWIT_OK;
}

static bool is_right(const godwit_digest_authorization_t *a, const godwit_ua_request_t *request,
                     godwit_slice_t password)
{
    uint8_t digest[GODWIT_DIGEST_SIZE];
    godwit_digest_compute(a, godwit_slice_of_string(request->method), password, request->body_hash_md5, digest);
    return godwit_equal_secret(digest, a->response, sizeof digest);
}

static bool came_before(const godwit_naf_key_t *key, const godwit_digest_authorization_t *a, uint64_t nonce_at_ms)
{
    return nonce_at_ms < key->nonce_at_ms || (nonce_at_ms == key->nonce_at_ms && a->nc <= key->nc);
}

static void try_key(godwit_naf_t *naf, const godwit_naf_asker_t *asker, const godwit_ua_request_t *request,
                    const godwit_digest_authorization_t *a, uint64_t nonce_at_ms, godwit_naf_key_t *key,
                    uint64_t now_ms, godwit_outbox_t *out)
{
    uint8_t password[GODWIT_BASE64_LEN(32)];
    godwit_imsi_t imsi;
    godwit_writer_t w = godwit_writer(password, sizeof password);
    godwit_put_base64(&w, godwit_slice(key->ks_naf, sizeof key->ks_naf));
    bool known = godwit_impi_to_imsi(key->impi, &imsi) == GODWIT_OK;
    if (!is_right(a, request, godwit_written(&w))) {
        challenge(naf, asker, request->host, false, now_ms, out);
        godwit_outbox_event(out, "refused", GODWIT_MAC_FAILURE, known ? &imsi : NULL, "Ua: the digest is wrong");
    } else if (came_before(key, a, nonce_at_ms)) {
        challenge(naf, asker, request->host, true, now_ms, out);
        godwit_outbox_event(out, "refused", GODWIT_REPLAY, known ? &imsi : NULL, "Ua: nonce and nc came before");
    } else {
        key->nonce_at_ms = nonce_at_ms;
        key->nc = a->nc;
        welcome(asker, a, key, godwit_written(&w), out);
        godwit_outbox_event(out, "ua_accepted", GODWIT_OK, known ? &imsi : NULL, "HTTP digest");
    }
    godwit_wipe(password, sizeof password);
}

void godwit_naf_ua_finish(godwit_naf_t *naf, const godwit_naf_asker_t *asker, const godwit_ua_request_t *request,
                          godwit_naf_key_t *key, godwit_status_t status, uint64_t now_ms, godwit_outbox_t *out)
{
    godwit_digest_authorization_t a;
    uint64_t nonce_at_ms = 0;
    bool stale = false;
    if (key != NULL && read(naf, request, now_ms, &a, &nonce_at_ms, &stale) == GODWIT_OK) {
        try_key(naf, asker, request, &a, nonce_at_ms, key, now_ms, out);
    } else if (key != NULL || status == GODWIT_UNKNOWN_KEY) { /* bootstrap anew */
        challenge(naf, asker, request->host, stale, now_ms, out);
    } else {
        (void)answer_of(out, asker, status == GODWIT_NOT_ENTITLED ? 403 : 503);
    }
}

void godwit_naf_on_ua(godwit_naf_t *naf, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_ua_request_t *request = &in->message->u.ua_request;
    const godwit_naf_asker_t asker = {in->message->from, in->message->transaction, in->message->route};
    godwit_digest_authorization_t a;
    godwit_zn_request_t wanted = {.naf_id_len = 0};
    uint64_t nonce_at_ms = 0;
    bool stale = false;
    if (!godwit_naf_is_ours(naf, request->host)) {
        (void)answer_of(out, &asker, 400);
        godwit_outbox_event(out, "refused", GODWIT_NOT_ENTITLED, NULL, "Ua: the header Host names nobody here");
        return;
    }
    godwit_status_t status = read(naf, request, in->now_ms, &a, &nonce_at_ms, &stale);
    if (status == GODWIT_AGAIN) {
        challenge(naf, &asker, request->host, stale, in->now_ms, out);
        return;
    }
    if (status != GODWIT_OK) {
        (void)answer_of(out, &asker, 400);
        godwit_outbox_event(out, "refused", status, NULL, "Ua: the header Authorization cannot be read");
        return;
    }
    memcpy(wanted.b_tid, a.username, sizeof a.username);
    godwit_naf_id(request->host, http_digest, &wanted);
    godwit_naf_key_t *key = godwit_naf_key_find(naf, &wanted, in->now_ms);
    if (key != NULL) {
        try_key(naf, &asker, request, &a, nonce_at_ms, key, in->now_ms, out);
    } else if (godwit_naf_ask(naf, in->message, &wanted, out) != GODWIT_OK) {
        (void)answer_of(out, &asker, 503);
        godwit_outbox_event(out, "refused", GODWIT_OVERLOAD, NULL, "Ua: too many questions to the BSF are open");
    }
}
