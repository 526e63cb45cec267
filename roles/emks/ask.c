/* SPDX-License-Identifier: Apache-2.0
 *
 * Authentication-Information-Requests under way. While one is, requests for the same IMSI and agreement wait for its
 * answer, so that no second vector is fetched.
 */
#include <string.h>

#include "roles/emks/internal.h"

#define HSS_TIMEOUT_MS 5000

static godwit_emks_pending_t *pending_of(godwit_emks_t *emks, const godwit_imsi_t *imsi, godwit_agreement_t agreement)
{
    for (size_t i = 0; i < GODWIT_EMKS_PENDING_MAX; i++) {
        godwit_emks_pending_t *pending = &emks->pending[i];
        if (pending->used && pending->agreement == agreement && godwit_imsi_equal(&pending->imsi, imsi)) {
            return pending;
        }
    }
    return NULL;
}

static godwit_emks_pending_t *free_pending(godwit_emks_t *emks)
{
    for (size_t i = 0; i < GODWIT_EMKS_PENDING_MAX; i++) {
        if (!emks->pending[i].used) {
            return &emks->pending[i];
        }
    }
    return NULL;
}

godwit_emks_pending_t *godwit_emks_pending_by_transaction(godwit_emks_t *emks, uint32_t transaction)
{
    for (size_t i = 0; i < GODWIT_EMKS_PENDING_MAX; i++) {
        if (emks->pending[i].used && emks->pending[i].transaction == transaction) {
            return &emks->pending[i];
        }
    }
    return NULL;
}

static uint32_t next_transaction(godwit_emks_t *emks)
{
    emks->next_transaction = emks->next_transaction == UINT32_MAX ? 1 : emks->next_transaction + 1;
    return emks->next_transaction;
}

static bool wants_the_same(const godwit_emks_pending_t *pending, const uint8_t *auts)
{
    return pending->resync == (auts != NULL) &&
           (auts == NULL || memcmp(pending->auts, auts, sizeof pending->auts) == 0);
}

static void add_waiter(godwit_emks_pending_t *pending, const godwit_message_t *message)
{
    godwit_emks_waiter_t *waiter = &pending->waiter[pending->waiters++];
    waiter->transaction = message->transaction;
    waiter->route = message->route;
    memcpy(waiter->endpoint, message->u.key_request.endpoint, sizeof waiter->endpoint);
}

static void send_request(godwit_emks_t *emks, godwit_emks_pending_t *pending, const uint8_t *outstanding_rand,
                         godwit_message_t *message, godwit_outbox_t *out)
{
    godwit_auth_info_request_t *request = &message->u.auth_info_request;
    pending->transaction = next_transaction(emks);
    message->kind = GODWIT_AUTH_INFO_REQUEST;
    message->from = GODWIT_FUNCTION_EMKS;
    message->to = GODWIT_FUNCTION_HSS;
    message->transaction = pending->transaction;
    memcpy(message->origin_host, emks->local_host, sizeof message->origin_host);
    memcpy(message->origin_realm, emks->local_realm, sizeof message->origin_realm);
    request->imsi = pending->imsi;
    request->visited_plmn = emks->best_plmn;
    request->kind = pending->agreement == GODWIT_AGREEMENT_SEPARATE_EPS ? GODWIT_VECTOR_EUTRAN : GODWIT_VECTOR_UTRAN;
    request->vectors = 1;
    request->next_session = pending->next_session;
    request->resync = pending->resync;
    if (pending->resync) {
        memcpy(request->rand, outstanding_rand, sizeof request->rand);
        memcpy(request->auts, pending->auts, sizeof request->auts);
    }
    godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    godwit_outbox_timer(out, (uint32_t)(pending - emks->pending),
                        emks->hss_timeout_ms != 0 ? emks->hss_timeout_ms : HSS_TIMEOUT_MS);
}

godwit_emks_pending_t *godwit_emks_pending_join(godwit_emks_t *emks, const godwit_message_t *message,
                                                godwit_agreement_t agreement, bool *fresh)
{
    const godwit_key_request_t *request = &message->u.key_request;
    godwit_emks_pending_t *pending = pending_of(emks, &request->imsi, agreement);
    *fresh = pending == NULL;
    if (pending != NULL) {
        bool same = memcmp(pending->reference, request->reference, sizeof pending->reference) == 0;
        if (!same || pending->waiters == GODWIT_EMKS_WAITERS_MAX) {
            return NULL;
        }
        add_waiter(pending, message);
        return pending;
    }
    pending = free_pending(emks);
    if (pending != NULL) {
        memset(pending, 0, sizeof *pending);
        pending->used = true;
        pending->imsi = request->imsi;
        pending->agreement = agreement;
        pending->transaction = next_transaction(emks);
        add_waiter(pending, message);
    }
    return pending;
}

godwit_status_t godwit_emks_ask(godwit_emks_t *emks, const godwit_message_t *message, godwit_agreement_t agreement,
                                const uint8_t *outstanding_rand, const uint8_t *auts, godwit_outbox_t *out)
{
    const godwit_imsi_t *imsi = &message->u.key_request.imsi;
    godwit_emks_pending_t *pending = pending_of(emks, imsi, agreement);
    if (pending != NULL) {
        if (pending->waiters == GODWIT_EMKS_WAITERS_MAX || !wants_the_same(pending, auts)) {
            return GODWIT_OVERLOAD;
        }
        add_waiter(pending, message); /* the vector that comes is anybody's */
        return GODWIT_OK;
    }
    pending = free_pending(emks);
    godwit_message_t *request = godwit_outbox_alloc(out, sizeof *request);
    if (pending == NULL || request == NULL) {
        return GODWIT_OVERLOAD;
    }
    memset(pending, 0, sizeof *pending);
    pending->used = true;
    pending->imsi = *imsi;
    pending->agreement = agreement;
    pending->next_session = message->u.key_request.purpose == GODWIT_KEY_NEXT_VECTOR;
    pending->resync = auts != NULL;
    if (auts != NULL) {
        memcpy(pending->auts, auts, sizeof pending->auts);
    }
    add_waiter(pending, message);
    send_request(emks, pending, outstanding_rand, request, out);
    return GODWIT_OK;
}

godwit_status_t godwit_emks_ask_without_auts(godwit_emks_t *emks, godwit_emks_pending_t *pending, godwit_outbox_t *out)
{
    godwit_message_t *request = godwit_outbox_alloc(out, sizeof *request);
    if (request == NULL) {
        return GODWIT_OVERLOAD;
    }
    pending->resync = false;
    send_request(emks, pending, NULL, request, out);
    return GODWIT_OK;
}

void godwit_emks_pending_release(godwit_emks_t *emks, godwit_emks_pending_t *pending, godwit_outbox_t *out)
{
    godwit_outbox_timer(out, (uint32_t)(pending - emks->pending), 0);
    memset(pending, 0, sizeof *pending);
}
