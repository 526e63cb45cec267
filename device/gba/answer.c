/* SPDX-License-Identifier: Apache-2.0
 *
 * GBA in the device: what the BSF answers. A challenge is taken only in the name of the configured BSF, with AKAv1-MD5
 * and auth-int: on a line without TLS anything less would let others choose the body. 200 counts only when it proves
 * RES (rspauth) over exactly the body that came.
 */
#include <string.h>

#include "core/agree/gba/gba.h"
#include "core/crypto/md5.h"
#include "core/wire/bootstrapping_info.h"
#include "device/gba/internal.h"

#define MARGIN_S 600u

/* The parts of the nonce into their places. */
static godwit_status_t take_nonce(godwit_gba_t *gba, const char *nonce)
{
    uint8_t data[GODWIT_AKA_SERVER_DATA_MAX];
    size_t len = 0;
    godwit_status_t status = godwit_aka_nonce_parse(nonce, gba->rand, gba->autn, data, &len);
    if (status != GODWIT_OK || gba->config.flavour != GODWIT_GBA_SIM) {
        return status;
    }
    if (len != sizeof gba->ks_input) {
        return GODWIT_MALFORMED; /* Annex I.5: Ks-input follows */
    }
    memcpy(gba->ks_input, data, len);
    return GODWIT_OK;
}

static godwit_status_t take_challenge(godwit_gba_t *gba, godwit_slice_t header)
{
    godwit_digest_challenge_t c;
    godwit_digest_authorization_t *a = &gba->authorization;
    godwit_status_t status = godwit_digest_challenge_parse(header, &c);
    if (status != GODWIT_OK) {
        return status;
    }
    if (c.algorithm != GODWIT_DIGEST_AKAV1_MD5 || (c.qops & GODWIT_QOP_AUTH_INT) == 0) {
        return GODWIT_UNSUPPORTED_SUITE;
    }
    if (strcmp(c.realm, gba->config.bsf) != 0) {
        return GODWIT_NOT_ENTITLED;
    }
    status = take_nonce(gba, c.nonce);
    if (status == GODWIT_OK) {
        memcpy(a->nonce, c.nonce, sizeof a->nonce);
        memcpy(a->opaque, c.opaque, sizeof a->opaque);
        a->qop = GODWIT_QOP_AUTH_INT;
        a->nc = 1; /* of a nonce that is new */
        a->has_auts = false;
    }
    return status;
}

static void challenge(godwit_gba_t *gba, godwit_slice_t header, godwit_gba_requests_t *requests)
{
    godwit_status_t status = gba->card_runs < GODWIT_GBA_CARD_RUNS_MAX ? take_challenge(gba, header) : GODWIT_OVERLOAD;
    if (status != GODWIT_OK) {
        godwit_gba_refuse(gba, requests, status);
        return;
    }
    gba->card_runs++;
    gba->phase = GODWIT_GBA_CARD;
    godwit_gba_event(requests, "challenged", GODWIT_OK);
    godwit_gba_request_t *request = godwit_gba_add(requests, GODWIT_GBA_AUTHENTICATE);
    request->rand = gba->rand;
    request->autn = gba->autn;
}

/* RFC 2617 3.2.3: nothing but knowledge of RES makes rspauth over this body. */
static godwit_status_t check_proof(const godwit_gba_t *gba, const godwit_gba_answer_t *answer)
{
    godwit_digest_info_t info;
    const godwit_digest_authorization_t *a = &gba->authorization;
    uint8_t body[GODWIT_MD5_SIZE], expected[GODWIT_DIGEST_SIZE];
    godwit_status_t status = godwit_digest_info_parse(answer->authentication_info, &info);
    if (status != GODWIT_OK || !info.has_rspauth || info.qop != a->qop || info.nc != a->nc ||
        strcmp(info.cnonce, a->cnonce) != 0) {
        return GODWIT_MAC_FAILURE;
    }
    godwit_md5(&answer->body, 1, body);
    godwit_digest_compute(a, godwit_slice(NULL, 0), godwit_slice(gba->password, gba->password_len), body, expected);
    return godwit_equal_secret(expected, info.rspauth, sizeof expected) ? GODWIT_OK : GODWIT_MAC_FAILURE;
}

static godwit_status_t take_body(godwit_gba_t *gba, godwit_slice_t body, uint64_t now_s)
{
    godwit_bootstrapping_info_t info;
    uint8_t rand[16];
    const char *name;
    godwit_status_t status = godwit_bootstrapping_info_parse(body, &info);
    if (status == GODWIT_OK) {
        status = godwit_gba_b_tid_parse(info.b_tid, rand, &name);
    }
    if (status != GODWIT_OK || memcmp(rand, gba->rand, sizeof rand) != 0) {
        return GODWIT_MALFORMED; /* TS 33.220 4.5.2: the B-TID is of this run's RAND */
    }
    if (info.expires_s == 0 || (now_s != 0 && info.expires_s <= now_s)) {
        return GODWIT_KEY_EXPIRED;
    }
    gba->next.expires_s = info.expires_s;
    memcpy(gba->next.b_tid, info.b_tid, sizeof gba->next.b_tid);
    gba->next.set = true;
    return GODWIT_OK;
}

static void set_timer(const godwit_gba_t *gba, uint64_t now_s, godwit_gba_requests_t *requests)
{
    uint64_t margin = gba->config.margin_s != 0 ? gba->config.margin_s : MARGIN_S;
    if (now_s != 0) {
        uint64_t left = gba->key.expires_s - now_s; /* take_body saw to it that there is some */
        godwit_gba_add(requests, GODWIT_GBA_TIMER)->delay_s = left > 2 * margin ? left - margin : left - left / 2;
    }
}

static godwit_status_t finish(godwit_gba_t *gba, const godwit_gba_answer_t *answer, uint64_t now_s,
                              godwit_gba_requests_t *requests)
{
    godwit_status_t status = check_proof(gba, answer);
    status = status == GODWIT_OK ? take_body(gba, answer->body, now_s) : status;
    if (status != GODWIT_OK) {
        godwit_gba_refuse(gba, requests, status);
        return GODWIT_OK;
    }
    if (gba->config.flavour == GODWIT_GBA_U) {
        godwit_gba_request_t *keep = godwit_gba_add(requests, GODWIT_GBA_CARD_KEEP);
        keep->b_tid = gba->key.b_tid; /* where it will stand */
        keep->expires_s = gba->next.expires_s;
    }
    status = godwit_gba_take_key(gba, &gba->next, requests);
    if (status != GODWIT_OK) {
        requests->count = 0;
        godwit_gba_refuse(gba, requests, status);
        return status;
    }
    godwit_wipe(&gba->next, sizeof gba->next);
    godwit_wipe(gba->password, sizeof gba->password);
    gba->phase = GODWIT_GBA_IDLE;
    set_timer(gba, now_s, requests);
    godwit_gba_event(requests, "bootstrapped", GODWIT_OK);
    return GODWIT_OK;
}

/* What an answer that is neither a challenge nor a key means. */
static godwit_status_t reason_of(const godwit_gba_t *gba, uint16_t code)
{
    switch (code) {
    case 0:
        return GODWIT_IO_FAILED;
    case 401:
        return gba->phase == GODWIT_GBA_ANSWERED ? GODWIT_AUTH_MAC_FAILURE : GODWIT_MALFORMED;
    case 403:
    case 404:
        return GODWIT_NOT_ENTITLED;
    case 429:
    case 503:
        return GODWIT_OVERLOAD;
    default:
        return code >= 500 ? GODWIT_PEER_INTERNAL : GODWIT_MALFORMED;
    }
}

static bool is_stale(godwit_slice_t header)
{
    godwit_digest_challenge_t c;
    return godwit_digest_challenge_parse(header, &c) == GODWIT_OK && c.stale;
}

godwit_status_t godwit_gba_answer(godwit_gba_t *gba, const godwit_gba_answer_t *answer, uint64_t now_s,
                                  godwit_gba_requests_t *requests)
{
    requests->count = 0;
    bool asked = gba->phase == GODWIT_GBA_ASKED, answered = gba->phase == GODWIT_GBA_ANSWERED;
    if (!asked && !answered) {
        return GODWIT_WRONG_STATE;
    }
    if (answer->code == 200 && answered) {
        return finish(gba, answer, now_s, requests);
    }
    if (answer->code == 401 && answer->www_authenticate.len > 0 && (asked || is_stale(answer->www_authenticate))) {
        challenge(gba, answer->www_authenticate, requests);
    } else {
        godwit_gba_refuse(gba, requests, reason_of(gba, answer->code));
    }
    return GODWIT_OK;
}
