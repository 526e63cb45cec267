/* SPDX-License-Identifier: Apache-2.0
 *
 * What the EESE is asked or told about sessions that live. Each question is said again until it is answered, a few
 * times; of the events it says itself which session they are of, so that one that comes twice does no harm.
 */
#include <string.h>

#include "roles/hse/end_to_end.h"

godwit_e2e_path_t godwit_hse_path(const godwit_hse_t *hse, const godwit_imsi_t *imsi, uint32_t session_id)
{
    godwit_e2e_path_t path = {.imsi = *imsi,
                              .session_id = session_id,
                              .session_octets = hse->config.framing.session_octets,
                              .counter_octets = hse->config.framing.counter_octets};
    memcpy(path.hse, hse->config.endpoint, sizeof path.hse);
    return path;
}

godwit_hse_ask_t *godwit_hse_ask_by_transaction(godwit_hse_t *hse, uint32_t transaction)
{
    for (size_t i = 0; i < GODWIT_HSE_ASKS_MAX && transaction != 0; i++) {
        if (hse->asks[i].transaction == transaction) {
            return &hse->asks[i];
        }
    }
    return NULL;
}

static bool asks_for_terms(const godwit_hse_ask_t *ask)
{
    return ask->request.event == GODWIT_E2E_OPEN || ask->request.event == GODWIT_E2E_AGE;
}

godwit_hse_ask_t *godwit_hse_ask_of(godwit_hse_t *hse, uint32_t session_id)
{
    for (size_t i = 0; i < GODWIT_HSE_ASKS_MAX; i++) {
        godwit_hse_ask_t *ask = &hse->asks[i];
        if (ask->transaction != 0 && asks_for_terms(ask) && ask->request.path.session_id == session_id) {
            return ask;
        }
    }
    return NULL;
}

/* A free one; where there is none, the oldest that only tells, for what asks has a device that waits. */
static godwit_hse_ask_t *place(godwit_hse_t *hse)
{
    godwit_hse_ask_t *oldest = NULL;
    for (size_t i = 0; i < GODWIT_HSE_ASKS_MAX; i++) {
        godwit_hse_ask_t *ask = &hse->asks[i];
        if (ask->transaction == 0) {
            return ask;
        }
        if (!asks_for_terms(ask) && (oldest == NULL || ask->asked_ms < oldest->asked_ms)) {
            oldest = ask;
        }
    }
    return oldest;
}

godwit_hse_ask_t *godwit_hse_ask_new(godwit_hse_t *hse, const godwit_session_record_t *record, godwit_e2e_event_t event,
                                     uint64_t now_ms)
{
    godwit_hse_ask_t *ask = place(hse);
    if (ask == NULL) {
        return NULL;
    }
    memset(ask, 0, sizeof *ask);
    ask->transaction = godwit_hse_next_transaction(hse);
    ask->asked_ms = now_ms;
    ask->request.event = event;
    ask->request.path = godwit_hse_path(hse, &record->imsi, record->session_id);
    memcpy(ask->request.eas, record->enterprise, sizeof ask->request.eas);
    ask->request.agreement = record->agreement;
    ask->request.key_set = record->key_set;
    ask->request.owner_is_hss = godwit_hse_hss_owns(hse, record->agreement);
    ask->request.service = record->e2e.age != 0 ? record->e2e.service : record->e2e_next.service;
    hse->agenda_moved = true;
    return ask;
}

void godwit_hse_tell_eese(godwit_hse_t *hse, const godwit_session_record_t *record, godwit_e2e_event_t event,
                          uint64_t now_ms)
{
    godwit_hse_ask_t *ask = godwit_hse_ask_new(hse, record, event, now_ms);
    if (ask != NULL && event == GODWIT_E2E_TAKEN) {
        ask->request.key_set = record->e2e_key_set;
        ask->request.age = record->e2e.age;
    }
}

void godwit_hse_close_end_to_end(godwit_hse_t *hse, const godwit_session_record_t *record, uint64_t now_ms)
{
    if (!record->end_to_end) {
        return;
    }
    for (size_t i = 0; i < GODWIT_HSE_ASKS_MAX; i++) {
        if (hse->asks[i].transaction != 0 && hse->asks[i].request.path.session_id == record->session_id) {
            memset(&hse->asks[i], 0, sizeof hse->asks[i]);
        }
    }
    godwit_hse_forward_release_session(hse, record->session_id);
    godwit_hse_tell_eese(hse, record, GODWIT_E2E_CLOSED, now_ms);
}
