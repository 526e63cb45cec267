/* SPDX-License-Identifier: Apache-2.0
 *
 * A device that asks in its Session Request for protection end to end (TS 33.163 4.1; the encoding is ours): before it
 * gets a Start, the EESE is asked for terms. Their K_e2e goes to the EAS alone. Who asks is not authenticated yet: the
 * question costs what the set-up costs, within the budget of its sender, and the session exists for nobody before a
 * datagram verifies.
 */
#include <string.h>

#include "roles/hse/end_to_end.h"

bool godwit_hse_serves_end_to_end(const godwit_hse_t *hse)
{
    return hse->config.eese_host[0] != '\0' && hse->forward_capacity > 0;
}

bool godwit_hse_terms_fit(const godwit_e2e_terms_t *terms, godwit_service_t service, uint16_t suites, uint32_t age)
{
    bool has_suite = service == GODWIT_SERVICE_KEY_AGREEMENT ||
                     (godwit_suite(terms->suite) != NULL && (suites >> (terms->suite - 1u) & 1u) != 0);
    return terms->service == service && has_suite && godwit_service_allows(service, terms->suite) &&
           terms->key_id >= 1 && terms->key_id <= 7 && terms->age > age;
}

void godwit_hse_open_service(godwit_hse_t *hse, godwit_hse_exchange_t *x, uint64_t now_ms, godwit_outbox_t *out)
{
    x->opening = true;
    x->transaction = godwit_hse_next_transaction(hse);
    x->asked_ms = now_ms;
    godwit_message_t *message =
        godwit_hse_message(hse, out, GODWIT_FUNCTION_EESE, GODWIT_E2E_SESSION_REQUEST, x->transaction);
    if (message == NULL) {
        return;
    }
    godwit_e2e_session_request_t *request = &message->u.e2e_session_request;
    request->event = GODWIT_E2E_OPEN;
    request->path = godwit_hse_path(hse, &x->imsi, x->session_id);
    memcpy(request->eas, x->enterprise, sizeof request->eas);
    request->agreement = x->agreement;
    request->key_set = x->key_set;
    request->owner_is_hss = godwit_hse_hss_owns(hse, x->agreement);
    request->service = x->service;
    request->suites = x->service_suites;
    request->age = x->service_age;
    request->serving_network = x->serving_network;
}

godwit_status_t godwit_hse_answer_of_eese(const godwit_hse_turn_t *turn)
{
    const godwit_message_t *message = turn->in->message;
    godwit_status_t status = message->u.e2e_session_answer.status;
    return status == GODWIT_OK && message->hop == GODWIT_HOP_OPEN ? GODWIT_PEER_INTERNAL : status;
}

static void on_terms(godwit_hse_turn_t *turn, godwit_hse_exchange_t *x)
{
    const godwit_e2e_session_answer_t *answer = &turn->in->message->u.e2e_session_answer;
    const char *detail = "the EESE gives no key for that service";
    godwit_status_t status = godwit_hse_answer_of_eese(turn);
    if (status == GODWIT_OK && !godwit_hse_terms_fit(&answer->terms, x->service, x->service_suites, x->service_age)) {
        status = GODWIT_PEER_INTERNAL;
        detail = "the EESE answered with terms that were not asked for";
    }
    if (status != GODWIT_OK) {
        godwit_hse_start_refuse(turn->hse, x, turn->in, status, detail, turn->out);
        return;
    }
    x->terms = answer->terms;
    godwit_hse_start_send(turn->hse, x, turn->in, &x->terms, turn->out);
}

void godwit_hse_on_service_answer(godwit_hse_turn_t *turn)
{
    uint32_t transaction = turn->in->message->transaction;
    godwit_hse_exchange_t *x = godwit_hse_exchange_by_transaction(turn->hse, transaction);
    godwit_hse_ask_t *ask = godwit_hse_ask_by_transaction(turn->hse, transaction);
    if (x != NULL && x->opening) {
        on_terms(turn, x);
    } else if (ask != NULL) {
        godwit_hse_on_ask_answer(turn, ask);
    }
}
