/* SPDX-License-Identifier: Apache-2.0
 *
 * The Key Management Service (TS 33.328): a request waits for the Ks_NAF of its B-TID, and is answered with it.
 */
#include "roles/kms.h"

#include <string.h>

#define WAIT_MS 10000u
#define TIMER_SWEEP 1u
#define SWEEP_MOST 4u /* that end in one sweep: as many answers fit into one list */

_Static_assert(GODWIT_KMS_OCTETS_MAX == GODWIT_TICKET_MESSAGE_MAX, "a request holds any message of tickets");
_Static_assert(GODWIT_IMPI_MAX <= GODWIT_TICKET_NAME_MAX, "any IMPI is a name in a ticket");

static uint32_t wait_of(const godwit_kms_role_t *kms)
{
    return kms->wait_ms != 0 ? kms->wait_ms : WAIT_MS;
}

static void forget(godwit_kms_pending_t *p)
{
    godwit_wipe(p, sizeof *p);
}

/* A free place, if that B-TID has not too many already. */
static godwit_kms_pending_t *place_for(godwit_kms_role_t *kms, const char *b_tid)
{
    godwit_kms_pending_t *free_one = NULL;
    size_t own = 0;
    for (size_t i = 0; i < GODWIT_KMS_PENDING_MAX; i++) {
        godwit_kms_pending_t *p = &kms->pending[i];
        if (!p->used) {
            free_one = free_one != NULL ? free_one : p;
        } else if (strcmp(p->request.b_tid, b_tid) == 0) {
            own++;
        }
    }
    return own < GODWIT_KMS_PER_CALLER_MAX ? free_one : NULL;
}

static godwit_kms_pending_t *by_transaction(godwit_kms_role_t *kms, uint32_t transaction)
{
    for (size_t i = 0; i < GODWIT_KMS_PENDING_MAX; i++) {
        if (kms->pending[i].used && kms->pending[i].transaction == transaction) {
            return &kms->pending[i];
        }
    }
    return NULL;
}

/* A timer that runs is left alone: requests that keep coming must not put it off. */
static void sweep_later(godwit_kms_role_t *kms, uint32_t delay_ms, godwit_outbox_t *out)
{
    if (!kms->sweeping) {
        kms->sweeping = true;
        godwit_outbox_timer(out, TIMER_SWEEP, delay_ms);
    }
}

static void put_answer(const godwit_kms_pending_t *p, godwit_status_t status, godwit_slice_t octets,
                       godwit_outbox_t *out)
{
    godwit_message_t *message = godwit_outbox_alloc(out, sizeof *message);
    if (message == NULL) {
        return;
    }
    message->kind = GODWIT_KMS_ANSWER;
    message->from = GODWIT_FUNCTION_KMS;
    message->to = p->caller;
    message->transaction = p->caller_transaction;
    message->route = p->caller_route;
    message->u.kms_answer.status = status;
    if (status == GODWIT_OK) {
        memcpy(message->u.kms_answer.octets, octets.ptr, octets.len);
        message->u.kms_answer.len = (uint16_t)octets.len;
    }
    godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
}

static void refuse(const godwit_kms_pending_t *p, godwit_status_t status, const char *detail, godwit_outbox_t *out)
{
    put_answer(p, status, godwit_slice(NULL, 0), out);
    godwit_outbox_event(out, "refused", status, NULL, detail);
}

/* ---- a user asks ---- */

static bool ask_naf(godwit_kms_role_t *kms, const char *b_tid, godwit_outbox_t *out)
{
    godwit_message_t *message = godwit_outbox_message(out, GODWIT_NAF_KEY_REQUEST, GODWIT_FUNCTION_KMS,
                                                      GODWIT_FUNCTION_NAF, ++kms->next_transaction);
    if (message == NULL) {
        return false;
    }
    memcpy(message->origin_host, kms->local_host, sizeof message->origin_host);
    memcpy(message->origin_realm, kms->local_realm, sizeof message->origin_realm);
    godwit_naf_key_request_t *asked = &message->u.naf_key_request;
    memcpy(asked->b_tid, b_tid, sizeof asked->b_tid);
    memcpy(asked->fqdn, kms->fqdn, sizeof asked->fqdn);
    memcpy(asked->ua_protocol, godwit_ims_media_ua, sizeof asked->ua_protocol);
    godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    return true;
}

static void on_request(godwit_kms_role_t *kms, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_message_t *m = in->message;
    const godwit_kms_request_t *request = &m->u.kms_request;
    const godwit_kms_pending_t asker = {
        .caller = m->from, .caller_transaction = m->transaction, .caller_route = m->route};
    if (request->len == 0 || request->len > sizeof request->octets ||
        memchr(request->b_tid, '\0', sizeof request->b_tid) == NULL || request->b_tid[0] == '\0') {
        refuse(&asker, GODWIT_MALFORMED, "no B-TID, or no message that could be one", out);
        return;
    }
    godwit_kms_pending_t *p = place_for(kms, request->b_tid);
    if (p == NULL || !ask_naf(kms, request->b_tid, out)) {
        refuse(&asker, GODWIT_OVERLOAD, "too many requests wait", out);
        return;
    }
    *p = asker;
    p->used = true;
    p->since_ms = in->now_ms;
    p->transaction = kms->next_transaction;
    p->request = *request;
    sweep_later(kms, wait_of(kms) / 4 + 1, out);
}

/* ---- the NAF answers ---- */

/* The user is the IMPI that came with the key, whatever he calls himself; a ticket lives no longer than the key that it
 * was got with. */
static godwit_status_t serve(const godwit_kms_role_t *kms, const godwit_kms_pending_t *p,
                             const godwit_naf_key_answer_t *key, const godwit_input_t *in, godwit_writer_t *w)
{
    godwit_kms_t service = kms->service;
    uint64_t left = key->expires_ms - in->now_ms;
    service.life_ms = left < service.life_ms ? (uint32_t)left : service.life_ms;
    godwit_status_t status =
        godwit_kms_answer(&service, key->ks_naf, key->impi, godwit_slice(p->request.octets, p->request.len), in->now_ms,
                          in->random.ptr, w);
    godwit_wipe(&service, sizeof service);
    return status;
}

static void on_key(godwit_kms_role_t *kms, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_naf_key_answer_t *key = &in->message->u.naf_key_answer;
    godwit_kms_pending_t *p = by_transaction(kms, in->message->transaction);
    uint8_t octets[GODWIT_KMS_OCTETS_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    if (p == NULL) {
        return; /* it was given up */
    }
    godwit_status_t status = key->status;
    if (status == GODWIT_OK && key->expires_ms <= in->now_ms) {
        status = GODWIT_UNKNOWN_KEY;
    }
    if (status != GODWIT_OK) {
        refuse(p, status, "the NAF gives no key for that B-TID", out);
        forget(p);
        return;
    }
    if (in->random.len != GODWIT_TICKET_RANDOM) {
        godwit_outbox_add(out, GODWIT_REQUEST_RANDOM)->count = GODWIT_TICKET_RANDOM;
        return;
    }
    status = serve(kms, p, key, in, &w);
    if (status == GODWIT_OK) {
        put_answer(p, GODWIT_OK, godwit_written(&w), out);
        godwit_outbox_event(out, "ticket", GODWIT_OK, NULL, NULL);
    } else {
        refuse(p, status, "the message, or its ticket, is none of that user's", out);
    }
    godwit_wipe(octets, sizeof octets);
    forget(p);
}

/* ---- time ---- */

/* What does not fit into this list is swept with the next one. */
static void on_timer(godwit_kms_role_t *kms, uint64_t now_ms, godwit_outbox_t *out)
{
    bool left = false;
    unsigned ended = 0;
    for (size_t i = 0; i < GODWIT_KMS_PENDING_MAX; i++) {
        godwit_kms_pending_t *p = &kms->pending[i];
        if (!p->used) {
            continue;
        }
        p->since_ms = now_ms < p->since_ms ? now_ms : p->since_ms; /* the clock was set back */
        if (now_ms - p->since_ms < wait_of(kms) || ended == SWEEP_MOST) {
            left = true;
            continue;
        }
        put_answer(p, GODWIT_PEER_INTERNAL, godwit_slice(NULL, 0), out);
        godwit_outbox_event(out, "given_up", GODWIT_PEER_INTERNAL, NULL, "the NAF is silent");
        forget(p);
        ended++;
    }
    kms->sweeping = false;
    if (left) {
        sweep_later(kms, ended == SWEEP_MOST ? 1 : wait_of(kms) / 4 + 1, out);
    }
}

void godwit_kms_step(godwit_kms_role_t *kms, const godwit_input_t *in, godwit_outbox_t *out)
{
    if (in->kind == GODWIT_INPUT_TIMER) {
        on_timer(kms, in->now_ms, out);
    } else if (in->kind == GODWIT_INPUT_MESSAGE && in->message->kind == GODWIT_KMS_REQUEST) {
        on_request(kms, in, out);
    } else if (in->kind == GODWIT_INPUT_MESSAGE && in->message->kind == GODWIT_NAF_KEY_ANSWER) {
        on_key(kms, in, out);
    }
}
