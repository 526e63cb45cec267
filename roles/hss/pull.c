/* SPDX-License-Identifier: Apache-2.0
 *
 * The HSS as owner of the key sets that it retains (contribution 003, steps 7 and 8): pulls by selector, next
 * generations, parking. Only the configured HSE, by its own Origin-Host, gets a key, and never the key set. A
 * generation is given once: key set and generation live and die together in memory, so nothing is to be made durable
 * before.
 */
#include <string.h>

#include "roles/hss/internal.h"

void godwit_hss_outcome(godwit_outbox_t *out, const godwit_message_t *request, godwit_message_kind_t kind,
                        godwit_status_t status)
{
    godwit_message_t *message = godwit_outbox_answer(out, request, kind, GODWIT_FUNCTION_HSS);
    if (message != NULL) {
        status = status == GODWIT_OK ? GODWIT_OK : godwit_status_on_the_wire(status);
        if (kind == GODWIT_KEY_CONFIRM_ANSWER) {
            message->u.key_confirm_answer = status;
        } else {
            message->u.outcome = status;
        }
        godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    }
}

/* ---- who may ---- */

bool godwit_hss_owns_key_sets(const godwit_hss_t *hss)
{
    return hss->e2m.delivery != GODWIT_E2M_DELIVERY_NONE && hss->e2m.delivery != GODWIT_E2M_DELIVERY_D;
}

static godwit_status_t entitled(const godwit_hss_t *hss, const godwit_message_t *message, const char *endpoint,
                                const char **detail)
{
    if (!godwit_hss_owns_key_sets(hss)) {
        *detail = "this HSS owns no key sets";
        return GODWIT_UNKNOWN_KEY;
    }
    if (!godwit_speaks_for(message, endpoint) || strcmp(endpoint, hss->e2m.endpoint) != 0) {
        *detail = "the node that asks is not the configured HSE, or not the endpoint it names";
        return GODWIT_NOT_ENTITLED;
    }
    return GODWIT_OK;
}

godwit_status_t godwit_hss_usable(const godwit_hss_t *hss, const godwit_hss_retained_t *entry, bool selected,
                                  const char **detail)
{
    if (!selected) {
        *detail = "no retained key set matches";
        return GODWIT_UNKNOWN_KEY;
    }
    if (entry->expired) {
        *detail = "the retention of that key set is over";
        return GODWIT_KEY_EXPIRED;
    }
    if (hss->e2m.delivery == GODWIT_E2M_DELIVERY_B && !entry->activated) {
        *detail = "nothing was activated under that key set";
        return GODWIT_UNKNOWN_KEY;
    }
    return GODWIT_OK;
}

/* ---- KEY_REQUEST ---- */

static godwit_status_t judge(godwit_hss_t *hss, const godwit_input_t *in, godwit_hss_retained_t **entry,
                             const char **detail)
{
    const godwit_key_request_t *request = &in->message->u.key_request;
    godwit_status_t status = entitled(hss, in->message, request->endpoint, detail);
    if (status != GODWIT_OK) {
        return status;
    }
    if (request->purpose != GODWIT_KEY_BY_SELECTOR && request->purpose != GODWIT_KEY_NEXT_GENERATION) {
        *detail = "the HSS hands out keys of access AKA runs only";
        return GODWIT_POLICY_FORBIDS;
    }
    *entry = godwit_hss_retained_of(hss, &request->imsi, in->now_ms);
    bool selected =
        *entry != NULL && (request->purpose == GODWIT_KEY_BY_SELECTOR ? godwit_hss_selects(*entry, &request->selector)
                                                                      : (*entry)->key_set == request->key_set);
    status = godwit_hss_usable(hss, *entry, selected, detail);
    if (status == GODWIT_OK && (request->agreements & (1u << ((*entry)->agreement - 1))) == 0) {
        *detail = "the key set is of an agreement that was not asked for";
        status = GODWIT_POLICY_FORBIDS;
    }
    return status;
}

/* Fills the answer, and the state that follows when it is sent. */
static godwit_status_t hand_out(const godwit_hss_t *hss, const godwit_key_request_t *request,
                                godwit_hss_retained_t *after, godwit_key_answer_t *answer, const char **detail)
{
    bool by_selector = request->purpose == GODWIT_KEY_BY_SELECTOR;
    uint32_t above = by_selector ? request->above_generation : 0;
    if (by_selector && godwit_parked_lives(&after->parked, after->generation, above)) {
        answer->parked = after->parked;
        answer->generation = after->parked.generation;
    } else {
        answer->generation = godwit_generation_after(after->generation, above);
        after->generation = answer->generation;
    }
    after->parked.set = false;
    if (answer->generation == 0) {
        *detail = "no generation is left above the one that was named";
        return GODWIT_COUNT_EXHAUSTED;
    }
    answer->agreement = after->agreement;
    answer->key_set = after->key_set;
    *detail = "no session key could be made";
    return godwit_k_session(hss->crypto, after->e2m_keyset, godwit_slice_of_string(request->endpoint),
                            answer->generation, answer->k_session);
}

void godwit_hss_on_key_request(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_key_request_t *request = &in->message->u.key_request;
    godwit_message_t *message = godwit_outbox_answer(out, in->message, GODWIT_KEY_ANSWER, GODWIT_FUNCTION_HSS);
    godwit_hss_retained_t *entry = NULL, after;
    const char *detail = NULL;
    if (message == NULL) {
        return;
    }
    godwit_status_t status = judge(hss, in, &entry, &detail);
    if (status == GODWIT_OK) {
        after = *entry;
        status = hand_out(hss, request, &after, &message->u.key_answer, &detail);
        godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
        if (status == GODWIT_OK && !out->overflow) {
            *entry = after;
        }
        godwit_wipe(&after, sizeof after);
    } else {
        godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    }
    if (status != GODWIT_OK) {
        godwit_wipe(&message->u.key_answer, sizeof message->u.key_answer);
        message->u.key_answer.status = godwit_status_on_the_wire(status);
    }
    godwit_outbox_event(out, status == GODWIT_OK ? "key_given" : "refused", status, &request->imsi,
                        status == GODWIT_OK ? NULL : detail);
}

/* ---- KEY_CONFIRM, KEY_PARK ---- */

/* No vector of an access AKA run is outstanding at the HSS: there is nothing to move. */
void godwit_hss_on_key_confirm(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_key_confirm_t *request = &in->message->u.key_confirm;
    const char *detail = NULL;
    godwit_status_t status = entitled(hss, in->message, request->endpoint, &detail);
    godwit_hss_outcome(out, in->message, GODWIT_KEY_CONFIRM_ANSWER, status);
    if (status != GODWIT_OK) {
        godwit_outbox_event(out, "refused", status, &request->imsi, detail);
    }
}

void godwit_hss_on_key_park(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_key_park_t *request = &in->message->u.key_park;
    const char *detail = NULL;
    godwit_status_t status = entitled(hss, in->message, request->endpoint, &detail);
    if (status == GODWIT_OK) {
        godwit_hss_retained_t *entry = godwit_hss_retained_of(hss, &request->imsi, in->now_ms);
        bool selected = entry != NULL && entry->key_set == request->key_set && entry->agreement == request->agreement;
        status = godwit_hss_usable(hss, entry, selected, &detail);
        if (status == GODWIT_OK) {
            detail = "a parked key that is not the newest, or lies behind what is known";
            status = godwit_parked_put(&entry->parked, &request->parked, entry->generation);
        }
    }
    godwit_hss_outcome(out, in->message, GODWIT_KEY_PARK_ANSWER, status);
    godwit_outbox_event(out, status == GODWIT_OK ? "key_parked" : "refused", status, &request->imsi,
                        status == GODWIT_OK ? NULL : detail);
}
