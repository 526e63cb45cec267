/* SPDX-License-Identifier: Apache-2.0
 *
 * Deliveries A, B and D: the key, or the key set, goes out unasked, is said again until it is answered, and ACTIVATION
 * waits for it. What goes to the HSE is K_session, made for it, each time of a generation of its own; e2mKEYSET goes to
 * the EMKS alone.
 */
#include <string.h>

#include "roles/hss/internal.h"

#define RETRY_MS 1000
#define ATTEMPTS 4

/* The place of an entry stands in the transaction of its push. */
static uint32_t place_number(const godwit_hss_t *hss, const godwit_hss_retained_t *place)
{
    return (uint32_t)(place - hss->retained);
}

void godwit_hss_arm(const godwit_hss_t *hss, const godwit_hss_retained_t *entry, const godwit_hss_retained_t *place,
                    uint64_t now_ms, godwit_outbox_t *out)
{
    uint64_t left = entry->expires_ms > now_ms ? entry->expires_ms - now_ms : 1;
    uint64_t retry = hss->e2m.push_retry_ms != 0 ? hss->e2m.push_retry_ms : RETRY_MS;
    godwit_outbox_timer(out, place_number(hss, place), (uint32_t)(entry->pushing && retry < left ? retry : left));
}

static void fill_key_push(const godwit_hss_t *hss, const godwit_hss_retained_t *entry, godwit_key_push_t *push)
{
    push->imsi = entry->imsi;
    push->agreement = entry->agreement;
    memcpy(push->rand, entry->rand, sizeof push->rand);
    memcpy(push->sqn, entry->autn, sizeof push->sqn);
    push->key_set = entry->key_set;
    push->generation = entry->generation;
    push->life_ms = hss->e2m.push_life_ms != 0 ? hss->e2m.push_life_ms : godwit_hss_retention_ms(hss);
    memcpy(push->endpoint, hss->e2m.endpoint, sizeof push->endpoint);
}

static void fill_key_set_push(const godwit_hss_retained_t *entry, godwit_key_set_push_t *push)
{
    push->imsi = entry->imsi;
    push->agreement = entry->agreement;
    memcpy(push->rand, entry->rand, sizeof push->rand);
    memcpy(push->autn, entry->autn, sizeof push->autn);
    memcpy(push->sqn, entry->autn, sizeof push->sqn);
    push->key_set = entry->key_set;
    memcpy(push->e2m_keyset, entry->e2m_keyset, sizeof push->e2m_keyset);
}

/* A key that is said again is another one: the HSE may have used the first and lost its memory since. It is given away
 * before it is sent, so that a pull gets the next. */
static void send_push(const godwit_hss_t *hss, godwit_hss_retained_t *entry, godwit_outbox_t *out)
{
    bool to_emks = hss->e2m.delivery == GODWIT_E2M_DELIVERY_D;
    entry->generation += to_emks ? 0 : 1;
    godwit_status_t status = GODWIT_OK;
    godwit_message_t *message = godwit_outbox_alloc(out, sizeof *message);
    if (message == NULL) {
        return;
    }
    message->kind = to_emks ? GODWIT_KEY_SET_PUSH : GODWIT_KEY_PUSH;
    message->from = GODWIT_FUNCTION_HSS;
    message->to = to_emks ? GODWIT_FUNCTION_EMKS : GODWIT_FUNCTION_HSE;
    message->transaction = entry->transaction;
    memcpy(message->origin_host, hss->local_host, sizeof message->origin_host);
    memcpy(message->origin_realm, hss->local_realm, sizeof message->origin_realm);
    if (to_emks) {
        fill_key_set_push(entry, &message->u.key_set_push);
    } else {
        fill_key_push(hss, entry, &message->u.key_push);
        status = godwit_k_session(hss->crypto, entry->e2m_keyset, godwit_slice_of_string(hss->e2m.endpoint),
                                  entry->generation, message->u.key_push.k_session);
    }
    if (status == GODWIT_OK) {
        godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    } else {
        godwit_outbox_event(out, "refused", status, &entry->imsi, "no key could be made to be pushed");
    }
}

void godwit_hss_push_begin(godwit_hss_t *hss, godwit_hss_retained_t *entry, const godwit_hss_retained_t *place,
                           godwit_outbox_t *out)
{
    hss->pushes++;
    entry->transaction = hss->pushes * GODWIT_HSS_RETAINED_MAX + place_number(hss, place);
    entry->pushing = true;
    entry->attempts = 1;
    send_push(hss, entry, out);
}

static void answer_activation(godwit_hss_retained_t *entry, godwit_status_t status, godwit_outbox_t *out)
{
    const godwit_message_t request = {
        .from = GODWIT_FUNCTION_PGW, .transaction = entry->activation_transaction, .route = entry->activation_route};
    if (entry->answering) {
        godwit_hss_outcome(out, &request, GODWIT_ACTIVATION_ANSWER, status);
        entry->answering = false;
    }
}

/* What an answer says once and for all; the rest is worth another attempt. */
static bool is_final(godwit_status_t status)
{
    return status != GODWIT_OVERLOAD && status != GODWIT_PEER_INTERNAL;
}

void godwit_hss_on_push_answer(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_hss_retained_t *entry = &hss->retained[in->message->transaction % GODWIT_HSS_RETAINED_MAX];
    godwit_status_t status = in->message->u.outcome;
    if (!entry->used || !entry->pushing || entry->transaction != in->message->transaction || !is_final(status)) {
        return;
    }
    godwit_outbox_event(out, status == GODWIT_OK ? "key_pushed" : "refused", status, &entry->imsi,
                        status == GODWIT_OK ? NULL : "what was pushed");
    entry->pushing = false;
    answer_activation(entry, status, out);
    if (hss->e2m.delivery == GODWIT_E2M_DELIVERY_D) { /* its owner is the EMKS now, or nobody */
        godwit_outbox_timer(out, place_number(hss, entry), 0);
        godwit_wipe(entry, sizeof *entry);
    } else {
        godwit_hss_arm(hss, entry, entry, in->now_ms, out);
    }
}

void godwit_hss_on_timer(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_hss_retained_t *entry = in->timer < GODWIT_HSS_RETAINED_MAX ? &hss->retained[in->timer] : NULL;
    if (entry == NULL || !entry->used || entry->expired) {
        return;
    }
    if (godwit_hss_is_over(hss, entry, in->now_ms)) {
        answer_activation(entry, GODWIT_KEY_EXPIRED, out);
        godwit_hss_expire(entry);
        godwit_outbox_event(out, "key_set_expired", GODWIT_OK, &entry->imsi, NULL);
        return;
    }
    if (entry->pushing && entry->attempts < ATTEMPTS) {
        entry->attempts++;
        send_push(hss, entry, out);
    } else if (entry->pushing) {
        entry->pushing = false;
        answer_activation(entry, GODWIT_PEER_INTERNAL, out);
        godwit_outbox_event(out, "refused", GODWIT_PEER_INTERNAL, &entry->imsi, "nobody answered what was pushed");
    }
    godwit_hss_arm(hss, entry, entry, in->now_ms, out);
}

/* ---- ACTIVATION (B) ---- */

static bool is_gateway(const godwit_hss_t *hss, const char *host)
{
    for (size_t i = 0; i < hss->e2m.gateway_count && i < GODWIT_HSS_GATEWAYS_MAX; i++) {
        if (godwit_equal_names(hss->e2m.gateways[i], host)) {
            return true;
        }
    }
    return false;
}

static godwit_status_t judge(godwit_hss_t *hss, const godwit_input_t *in, godwit_hss_retained_t **entry,
                             const char **detail)
{
    const godwit_activation_t *request = &in->message->u.activation;
    if (!is_gateway(hss, in->message->origin_host)) {
        *detail = "an activation from a node that is no gateway of ours";
        return GODWIT_NOT_ENTITLED;
    }
    if (strcmp(request->endpoint, hss->e2m.endpoint) != 0) {
        *detail = "an activation for another HSE than the configured one";
        return GODWIT_NOT_ENTITLED;
    }
    *entry = godwit_hss_retained_of(hss, &request->imsi, in->now_ms);
    if (*entry == NULL || !godwit_hss_selects(*entry, &request->selector)) {
        *detail = "an activation whose selector matches no retained key set";
        return GODWIT_UNKNOWN_KEY;
    }
    *detail = "an activation after the retention of its key set";
    return (*entry)->expired ? GODWIT_KEY_EXPIRED : GODWIT_OK;
}

void godwit_hss_on_activation(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_hss_retained_t *entry = NULL;
    const char *detail = NULL;
    godwit_status_t status = hss->e2m.delivery == GODWIT_E2M_DELIVERY_B ? judge(hss, in, &entry, &detail) : GODWIT_OK;
    bool waits = status == GODWIT_OK && entry != NULL && (!entry->activated || entry->pushing);
    if (!waits) { /* refused; or the HSE has the key, or gets it otherwise */
        godwit_hss_outcome(out, in->message, GODWIT_ACTIVATION_ANSWER, status);
        if (status != GODWIT_OK) {
            godwit_outbox_event(out, "refused", status, &in->message->u.activation.imsi, detail);
        }
        return;
    }
    entry->answering = true;
    entry->activation_transaction = in->message->transaction;
    entry->activation_route = in->message->route;
    if (!entry->activated) {
        entry->activated = true;
        godwit_hss_push_begin(hss, entry, entry, out);
        godwit_hss_arm(hss, entry, entry, in->now_ms, out);
    }
}
