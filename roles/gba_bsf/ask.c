/* SPDX-License-Identifier: Apache-2.0
 *
 * Zh: vectors of the HSS. Requests for the same subscriber that come while one is under way wait for its answer. An
 * AUTS is asked about on its own, so that a false one holds nobody up. What the HSS gives decides the type: a
 * subscriber with a USIM gets AKA vectors, and never 2G.
 */
#include <string.h>

#include "roles/gba_bsf/internal.h"

#define HSS_TIMEOUT_MS 5000u
#define KS_INPUT 16u

bool godwit_gba_bsf_join(godwit_gba_bsf_t *bsf, const char *impi, const godwit_bsf_waiter_t *waiter)
{
    for (size_t i = 0; i < GODWIT_BSF_ASKS_MAX; i++) {
        godwit_bsf_ask_t *ask = &bsf->asks[i];
        if (ask->used && !ask->resync && ask->waiters < GODWIT_BSF_WAITERS_MAX && strcmp(ask->impi, impi) == 0) {
            ask->waiter[ask->waiters++] = *waiter;
            return true;
        }
    }
    return false;
}

static bool is_asked_for(const godwit_gba_bsf_t *bsf, const char *impi)
{
    for (size_t i = 0; i < GODWIT_BSF_ASKS_MAX; i++) {
        if (bsf->asks[i].used && !bsf->asks[i].resync && strcmp(bsf->asks[i].impi, impi) == 0) {
            return true;
        }
    }
    return false;
}

static godwit_bsf_ask_t *free_ask(godwit_gba_bsf_t *bsf)
{
    for (size_t i = 0; i < GODWIT_BSF_ASKS_MAX; i++) {
        if (!bsf->asks[i].used) {
            return &bsf->asks[i];
        }
    }
    return NULL;
}

static void send(godwit_gba_bsf_t *bsf, godwit_bsf_ask_t *ask, const uint8_t *rand, const uint8_t *auts,
                 godwit_message_t *message, godwit_outbox_t *out)
{
    godwit_zh_request_t *request = &message->u.zh_request;
    bsf->next_transaction = bsf->next_transaction == UINT32_MAX ? 1 : bsf->next_transaction + 1;
    ask->transaction = bsf->next_transaction;
    message->kind = GODWIT_ZH_REQUEST;
    message->from = GODWIT_FUNCTION_BSF;
    message->to = GODWIT_FUNCTION_HSS;
    message->transaction = ask->transaction;
    memcpy(message->origin_host, bsf->config.local_host, sizeof message->origin_host);
    memcpy(message->origin_realm, bsf->config.local_realm, sizeof message->origin_realm);
    memcpy(request->impi, ask->impi, sizeof request->impi);
    request->resync = ask->resync;
    if (ask->resync) {
        memcpy(request->rand, rand, sizeof request->rand);
        memcpy(request->auts, auts, sizeof request->auts);
    }
    godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    godwit_outbox_timer(out, GODWIT_BSF_TIMER_ASKS + (uint32_t)(ask - bsf->asks),
                        bsf->config.hss_timeout_ms != 0 ? bsf->config.hss_timeout_ms : HSS_TIMEOUT_MS);
}

godwit_status_t godwit_gba_bsf_ask(godwit_gba_bsf_t *bsf, const char *impi, const godwit_bsf_waiter_t *waiter,
                                   const uint8_t *rand, const uint8_t *auts, godwit_outbox_t *out)
{
    godwit_bsf_ask_t *ask = free_ask(bsf);
    bool second = auts == NULL && is_asked_for(bsf, impi); /* its waiters are full: no second vector */
    godwit_message_t *message = ask != NULL && !second ? godwit_outbox_alloc(out, sizeof *message) : NULL;
    if (message == NULL) {
        return GODWIT_OVERLOAD;
    }
    memset(ask, 0, sizeof *ask);
    ask->used = true;
    ask->resync = auts != NULL;
    memcpy(ask->impi, impi, strlen(impi) + 1);
    ask->waiter[ask->waiters++] = *waiter;
    send(bsf, ask, rand, auts, message, out);
    return GODWIT_OK;
}

/* ---- what the HSS says ---- */

static godwit_bsf_ask_t *ask_of(godwit_gba_bsf_t *bsf, uint32_t transaction)
{
    for (size_t i = 0; i < GODWIT_BSF_ASKS_MAX; i++) {
        if (bsf->asks[i].used && bsf->asks[i].transaction == transaction) {
            return &bsf->asks[i];
        }
    }
    return NULL;
}

static void release(godwit_gba_bsf_t *bsf, godwit_bsf_ask_t *ask, godwit_outbox_t *out)
{
    godwit_outbox_timer(out, GODWIT_BSF_TIMER_ASKS + (uint32_t)(ask - bsf->asks), 0);
    memset(ask, 0, sizeof *ask);
}

static void refuse_all(godwit_gba_bsf_t *bsf, godwit_bsf_ask_t *ask, godwit_status_t status, const char *detail,
                       godwit_outbox_t *out)
{
    for (size_t i = 0; i < ask->waiters; i++) {
        godwit_gba_bsf_refuse(bsf, &ask->waiter[i], ask->impi, status, detail, out);
    }
    release(bsf, ask, out);
}

/* 3G: Ks = CK || IK; with GBA_U AUTN becomes one that only a card in the GBA context takes (TS 33.220 4.5.2, 5.3.2). */
static godwit_status_t challenge_3g(const godwit_zh_answer_t *answer, godwit_bsf_challenge_t *c)
{
    uint8_t autn[16];
    memcpy(autn, answer->autn, sizeof autn);
    memcpy(c->ks, answer->ck, 16);
    memcpy(c->ks + 16, answer->ik, 16);
    c->uicc = answer->uicc_gba;
    c->password_len = answer->xres_len;
    memcpy(c->password, answer->xres, sizeof c->password);
    godwit_status_t status = answer->xres_len >= 4 && answer->xres_len <= GODWIT_RES_MAX ? GODWIT_OK : GODWIT_MALFORMED;
    if (status == GODWIT_OK && c->uicc) {
        status = godwit_gba_u_mask(answer->ik, autn);
    }
    return status == GODWIT_OK ? godwit_aka_nonce_build(answer->rand, autn, godwit_slice(NULL, 0), c->nonce) : status;
}

/* 2G: AUTN is zero, Ks-input follows it; RES and Ks by KDF (Annex I.5.2). */
static godwit_status_t challenge_2g(const godwit_gba_bsf_t *bsf, const godwit_zh_answer_t *answer,
                                    const uint8_t *random, godwit_bsf_challenge_t *c)
{
    static const uint8_t no_autn[16] = {0};
    if (answer->xres_len != 4) {
        return GODWIT_MALFORMED;
    }
    c->password_len = 16;
    godwit_status_t status =
        godwit_gba_2g(bsf->config.crypto, answer->kc, answer->rand, answer->xres, random, c->password, c->ks);
    return status == GODWIT_OK ? godwit_aka_nonce_build(answer->rand, no_autn, godwit_slice(random, KS_INPUT), c->nonce)
                               : status;
}

static godwit_status_t make(const godwit_gba_bsf_t *bsf, const godwit_input_t *in, const godwit_bsf_ask_t *ask,
                            godwit_bsf_challenge_t *c)
{
    const godwit_zh_answer_t *answer = &in->message->u.zh_answer;
    memset(c, 0, sizeof *c);
    c->used = true;
    c->at_ms = in->now_ms;
    c->type = answer->type;
    c->life_s = answer->life_s;
    memcpy(c->impi, ask->impi, sizeof c->impi);
    memcpy(c->rand, answer->rand, sizeof c->rand);
    return answer->type == GODWIT_GBA_2G ? challenge_2g(bsf, answer, in->random.ptr, c) : challenge_3g(answer, c);
}

static void challenge_all(godwit_gba_bsf_t *bsf, const godwit_input_t *in, godwit_bsf_ask_t *ask, godwit_outbox_t *out)
{
    godwit_bsf_challenge_t made;
    godwit_status_t status = make(bsf, in, ask, &made);
    if (status != GODWIT_OK) {
        refuse_all(bsf, ask, GODWIT_PEER_INTERNAL, "the HSS gave no vector of GBA", out);
        godwit_wipe(&made, sizeof made);
        return;
    }
    godwit_bsf_challenge_t *place = godwit_gba_bsf_challenge_place(bsf, ask->impi);
    godwit_wipe(place, sizeof *place);
    *place = made;
    godwit_wipe(&made, sizeof made);
    godwit_outbox_timer(out, (uint32_t)(place - bsf->challenges), (uint32_t)godwit_gba_bsf_challenge_ms(bsf));
    for (size_t i = 0; i < ask->waiters; i++) {
        godwit_gba_bsf_challenge_with(bsf, &ask->waiter[i], place, out);
    }
    release(bsf, ask, out);
}

void godwit_gba_bsf_on_zh(godwit_gba_bsf_t *bsf, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_zh_answer_t *answer = &in->message->u.zh_answer;
    godwit_bsf_ask_t *ask = ask_of(bsf, in->message->transaction);
    if (ask == NULL) {
        return; /* too late, or never asked */
    }
    bool two_g = answer->status == GODWIT_OK && answer->type == GODWIT_GBA_2G;
    if (answer->status != GODWIT_OK) {
        refuse_all(bsf, ask, answer->status, ask->resync ? "the HSS refused the AUTS" : "the HSS gave no vector", out);
    } else if (two_g && !bsf->config.two_g) {
        refuse_all(bsf, ask, GODWIT_POLICY_FORBIDS, "2G GBA is not configured", out);
    } else if (two_g && in->random.len < KS_INPUT) {
        godwit_outbox_add(out, GODWIT_REQUEST_RANDOM)->count = KS_INPUT;
    } else {
        challenge_all(bsf, in, ask, out);
    }
}

void godwit_gba_bsf_on_timer(godwit_gba_bsf_t *bsf, const godwit_input_t *in, godwit_outbox_t *out)
{
    if (in->timer < GODWIT_BSF_CHALLENGES_MAX) {
        godwit_wipe(&bsf->challenges[in->timer], sizeof bsf->challenges[in->timer]);
        return;
    }
    size_t index = in->timer - GODWIT_BSF_TIMER_ASKS;
    if (index < GODWIT_BSF_ASKS_MAX && bsf->asks[index].used) {
        refuse_all(bsf, &bsf->asks[index], GODWIT_PEER_INTERNAL, "the HSS does not answer", out);
    }
}
