/* SPDX-License-Identifier: Apache-2.0
 *
 * An answer to a challenge. The right one is taken once: its challenge is gone before anything else happens, and what
 * the run gave is durable before 200 leaves. A wrong one takes nothing away, until there are so many that the vector is
 * given up.
 */
#include <string.h>

#include "core/crypto/md5.h"
#include "core/wire/bootstrapping_info.h"
#include "roles/gba_bsf/internal.h"

#define LIFE_S 86400u
#define WRONG_MAX 10000u /* answers: of a RES of 32 bits, the shortest there is, that is one chance in 400000 */

static uint32_t life_of(const godwit_gba_bsf_t *bsf, const godwit_bsf_challenge_t *challenge)
{
    uint32_t own = bsf->config.life_s != 0 ? bsf->config.life_s : LIFE_S;
    return challenge->life_s != 0 && challenge->life_s < own ? challenge->life_s : own;
}

static bool commit(const godwit_bsf_challenge_t *challenge, uint64_t now_ms, uint64_t expires_s, godwit_outbox_t *out)
{
    godwit_record_t *record = godwit_outbox_alloc(out, sizeof *record);
    if (record == NULL) {
        return false;
    }
    godwit_bootstrap_record_t *b = &record->u.bootstrap;
    record->kind = GODWIT_RECORD_BOOTSTRAP;
    memcpy(b->rand, challenge->rand, sizeof b->rand);
    memcpy(b->impi, challenge->impi, sizeof b->impi);
    memcpy(b->ks, challenge->ks, sizeof b->ks);
    b->type = challenge->type;
    b->uicc = challenge->uicc;
    b->created_ms = now_ms;
    b->expires_ms = expires_s * 1000;
    godwit_outbox_add(out, GODWIT_REQUEST_STORE_COMMIT)->record = record;
    return true;
}

/* 200: body, and the proof that we know RES, too, over exactly that body (RFC 2617 3.2.3). */
static godwit_status_t put_success(const godwit_gba_bsf_t *bsf, const godwit_digest_authorization_t *a,
                                   const godwit_bsf_challenge_t *challenge, uint64_t expires_s,
                                   godwit_ub_answer_t *answer)
{
    godwit_bootstrapping_info_t body = {.expires_s = expires_s};
    godwit_digest_info_t info = {.qop = a->qop, .nc = a->nc, .has_rspauth = true};
    uint8_t md5[GODWIT_MD5_SIZE];
    godwit_writer_t w = godwit_writer(answer->body, sizeof answer->body);
    godwit_status_t status = godwit_gba_b_tid(challenge->rand, bsf->config.name, body.b_tid);
    status = status == GODWIT_OK ? godwit_bootstrapping_info_build(&body, &w) : status;
    if (status != GODWIT_OK) {
        return status;
    }
    const godwit_slice_t octets = godwit_written(&w);
    godwit_md5(&octets, 1, md5);
    godwit_digest_compute(a, godwit_slice(NULL, 0), godwit_slice(challenge->password, challenge->password_len), md5,
                          info.rspauth);
    memcpy(info.cnonce, a->cnonce, sizeof info.cnonce);
    answer->body_len = (uint16_t)octets.len;
    answer->expires_ms = expires_s * 1000;
    return godwit_digest_info_build(&info, answer->authentication_info);
}

static void succeed(godwit_gba_bsf_t *bsf, const godwit_input_t *in, const godwit_digest_authorization_t *a,
                    godwit_bsf_challenge_t *challenge, godwit_outbox_t *out)
{
    const godwit_bsf_waiter_t waiter = godwit_gba_bsf_waiter(in->message, false);
    uint64_t expires_s = in->now_ms / 1000 + life_of(bsf, challenge);
    godwit_message_t *message = godwit_gba_bsf_answer(&waiter, 200, out);
    if (message == NULL || put_success(bsf, a, challenge, expires_s, &message->u.ub_answer) != GODWIT_OK ||
        !commit(challenge, in->now_ms, expires_s, out)) {
        godwit_gba_bsf_event(bsf, out, "refused", GODWIT_OVERLOAD, challenge->impi, "no room for the answer");
        return;
    }
    godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    godwit_gba_bsf_event(bsf, out, "bootstrapped", GODWIT_OK, challenge->impi,
                         challenge->type == GODWIT_GBA_2G ? "2G"
                         : challenge->uicc                ? "GBA_U"
                                                          : "GBA_ME");
    godwit_gba_bsf_challenge_drop(bsf, challenge, out);
}

static void fail(godwit_gba_bsf_t *bsf, const godwit_input_t *in, godwit_bsf_challenge_t *challenge,
                 godwit_status_t status, const char *detail, godwit_outbox_t *out)
{
    const godwit_bsf_waiter_t waiter = godwit_gba_bsf_waiter(in->message, false);
    godwit_gba_bsf_refuse(bsf, &waiter, challenge->impi, status, detail, out);
    if (++challenge->wrong >= WRONG_MAX) {
        godwit_gba_bsf_challenge_drop(bsf, challenge, out);
    }
}

/* RFC 3310 3.4. The challenge stays: an AUTS that the HSS refuses has taken nothing from the device whose vector this
 * is. */
static void resynchronise(godwit_gba_bsf_t *bsf, const godwit_input_t *in, const godwit_digest_authorization_t *a,
                          const godwit_bsf_challenge_t *challenge, godwit_outbox_t *out)
{
    const godwit_bsf_waiter_t waiter = godwit_gba_bsf_waiter(in->message, false);
    godwit_status_t status = GODWIT_OVERLOAD;
    if (godwit_gba_bsf_spend(bsf, in->message->u.ub_request.sender, in->now_ms)) {
        status = godwit_gba_bsf_ask(bsf, challenge->impi, &waiter, challenge->rand, a->auts, out);
    }
    if (status != GODWIT_OK) {
        godwit_gba_bsf_refuse(bsf, &waiter, challenge->impi, status, "too many resynchronisations", out);
    }
}

void godwit_gba_bsf_verify(godwit_gba_bsf_t *bsf, const godwit_input_t *in, const godwit_digest_authorization_t *a,
                           godwit_bsf_challenge_t *challenge, godwit_outbox_t *out)
{
    const godwit_ub_request_t *ub = &in->message->u.ub_request;
    bool resync = a->has_auts && challenge->type == GODWIT_GBA_3G;
    uint8_t expected[GODWIT_DIGEST_SIZE];
    if (challenge->type == GODWIT_GBA_2G && !ub->tls) {
        fail(bsf, in, challenge, GODWIT_POLICY_FORBIDS, "2G GBA outside TLS", out);
        return;
    }
    if (strcmp(a->username, challenge->impi) != 0) {
        fail(bsf, in, challenge, GODWIT_NOT_ENTITLED, "the nonce is another subscriber's", out);
        return;
    }
    if (a->algorithm != GODWIT_DIGEST_AKAV1_MD5 || a->qop != GODWIT_QOP_AUTH_INT || a->nc == 0 || !a->has_response) {
        fail(bsf, in, challenge, GODWIT_MALFORMED, "not what the challenge asked for", out);
        return;
    }
    godwit_digest_compute(a, godwit_slice_of_string(ub->method),
                          godwit_slice(challenge->password, resync ? 0 : challenge->password_len), ub->body_hash_md5,
                          expected);
    bool right = godwit_equal_secret(expected, a->response, sizeof expected);
    godwit_wipe(expected, sizeof expected);
    if (!right) {
        fail(bsf, in, challenge, GODWIT_MAC_FAILURE, "the response is wrong", out);
    } else if (resync) {
        resynchronise(bsf, in, a, challenge, out);
    } else {
        succeed(bsf, in, a, challenge, out);
    }
}
