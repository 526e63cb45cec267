/* SPDX-License-Identifier: Apache-2.0
 *
 * Zn: questions to the BSF under way, one for each that waits, and what their answers become.
 */
#include <string.h>

#include "roles/naf/internal.h"

#define ANSWER_MS 5000

static godwit_naf_pending_t *free_place(godwit_naf_t *naf)
{
    for (size_t i = 0; i < GODWIT_NAF_PENDING_MAX; i++) {
        if (!naf->pending[i].used) {
            return &naf->pending[i];
        }
    }
    return NULL;
}

godwit_status_t godwit_naf_ask(godwit_naf_t *naf, const godwit_message_t *message, const godwit_zn_request_t *request,
                               godwit_outbox_t *out)
{
    godwit_naf_pending_t *p = free_place(naf);
    godwit_message_t *question = p != NULL ? godwit_outbox_alloc(out, sizeof *question) : NULL;
    if (question == NULL) {
        return GODWIT_OVERLOAD;
    }
    naf->next_transaction = naf->next_transaction == UINT32_MAX ? 1 : naf->next_transaction + 1;
    p->used = true;
    p->transaction = naf->next_transaction;
    p->asked = *request;
    p->kind = message->kind;
    p->from = message->from;
    p->its_transaction = message->transaction;
    p->its_route = message->route;
    if (message->kind == GODWIT_UA_REQUEST) {
        p->ua = message->u.ua_request;
    }
    question->kind = GODWIT_ZN_REQUEST;
    question->from = GODWIT_FUNCTION_NAF;
    question->to = GODWIT_FUNCTION_BSF;
    question->transaction = p->transaction;
    memcpy(question->origin_host, naf->config.local_host, sizeof question->origin_host);
    memcpy(question->origin_realm, naf->config.local_realm, sizeof question->origin_realm);
    question->u.zn_request = *request;
    godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = question;
    godwit_outbox_timer(out, (uint32_t)(p - naf->pending),
                        naf->config.answer_ms != 0 ? naf->config.answer_ms : ANSWER_MS);
    return GODWIT_OK;
}

static void finish(godwit_naf_t *naf, godwit_naf_pending_t *p, godwit_naf_key_t *key, godwit_status_t status,
                   uint64_t now_ms, godwit_outbox_t *out)
{
    const godwit_naf_asker_t asker = {p->from, p->its_transaction, p->its_route};
    if (p->kind == GODWIT_UA_REQUEST) {
        godwit_naf_ua_finish(naf, &asker, &p->ua, key, status, now_ms, out);
    } else {
        godwit_naf_key_finish(&asker, key, status, out);
    }
    godwit_wipe(p, sizeof *p);
}

static godwit_naf_pending_t *pending_of(godwit_naf_t *naf, uint32_t transaction)
{
    for (size_t i = 0; i < GODWIT_NAF_PENDING_MAX; i++) {
        if (naf->pending[i].used && naf->pending[i].transaction == transaction) {
            return &naf->pending[i];
        }
    }
    return NULL;
}

void godwit_naf_on_bsf(godwit_naf_t *naf, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_zn_answer_t *answer = &in->message->u.zn_answer;
    godwit_naf_pending_t *p = pending_of(naf, in->message->transaction);
    godwit_naf_key_t *key = NULL;
    godwit_status_t status = answer->status;
    if (p == NULL) {
        return; /* its timer was first */
    }
    if (status == GODWIT_OK && answer->expires_ms <= in->now_ms) {
        status = GODWIT_UNKNOWN_KEY; /* its time is over, or it has none */
    }
    if (status == GODWIT_OK) {
        key = godwit_naf_key_keep(naf, &p->asked, answer, in->now_ms);
    } else {
        godwit_outbox_event(out, "refused", status, NULL, "the BSF gives no key for that B-TID");
    }
    godwit_outbox_timer(out, (uint32_t)(p - naf->pending), 0);
    finish(naf, p, key, status, in->now_ms, out);
}

void godwit_naf_on_timer(godwit_naf_t *naf, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_naf_pending_t *p = in->timer < GODWIT_NAF_PENDING_MAX ? &naf->pending[in->timer] : NULL;
    if (p != NULL && p->used) {
        godwit_outbox_event(out, "refused", GODWIT_PEER_INTERNAL, NULL, "the BSF did not answer");
        finish(naf, p, NULL, GODWIT_PEER_INTERNAL, in->now_ms, out);
    }
}
