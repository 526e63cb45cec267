/* SPDX-License-Identifier: Apache-2.0
 *
 * Early data: Session Request (10) under the key that was announced, and its Start (11) without vector. The reading in
 * it has consumed a COUNT that is durable before it is delivered. No Confirmation follows: the device showed its key in
 * the request.
 */
#include <string.h>

#include "roles/hse/end_to_end.h"

static godwit_status_t enterprise(godwit_hse_turn_t *turn)
{
    godwit_session_record_t *record = &turn->work.record;
    const godwit_emsdp_control_t *m = &turn->opened.control;
    if (godwit_emsdp_has(m, GODWIT_TLV_SERVICE_REQUEST) &&
        (godwit_emsdp_has(m, GODWIT_TLV_ENTERPRISE) || !record->end_to_end)) {
        turn->detail = "a service that is not to be had";
        return godwit_hse_service_request_judge(turn);
    }
    if (!godwit_emsdp_has(m, GODWIT_TLV_ENTERPRISE) || record->end_to_end) {
        return GODWIT_OK; /* one session has one EAS */
    }
    if (m->enterprise.len > 0 && !godwit_fqdn_is_canonical(m->enterprise)) {
        turn->detail = "Enterprise is not a canonical name";
        return GODWIT_MALFORMED;
    }
    memset(record->enterprise, 0, sizeof record->enterprise);
    memcpy(record->enterprise, m->enterprise.ptr, m->enterprise.len);
    return GODWIT_OK;
}

/* The next age may have been agreed already, and then comes with the Start; else it comes in Manage Keys. What the
 * device has taken is not said again. */
static bool next_age_is_at_hand(const godwit_hse_turn_t *turn)
{
    const godwit_session_record_t *record = &turn->work.record;
    const godwit_emsdp_control_t *m = &turn->opened.control;
    return godwit_emsdp_has(m, GODWIT_TLV_SERVICE_REQUEST) && record->end_to_end && record->e2e_next.age != 0 &&
           record->e2e_next_key_set == record->key_set &&
           godwit_hse_terms_fit(&record->e2e_next, m->service, m->service_suites, m->service_age);
}

static godwit_status_t start_create(godwit_hse_turn_t *turn)
{
    const godwit_hse_t *hse = turn->hse;
    godwit_session_record_t *record = &turn->work.record;
    uint8_t octets[sizeof record->answer], transcript[GODWIT_EMSDP_TRANSCRIPT];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_START,
                                .present = 1u << GODWIT_TLV_HSE_CONFIGURATION,
                                .agreement = (uint8_t)record->agreement,
                                .suite = record->current.hot.suite,
                                .framing = hse->config.framing,
                                .generation = 1}; /* left out: the key was named when it was announced */
    if (next_age_is_at_hand(turn)) {
        m.present |= 1u << GODWIT_TLV_SERVICE;
        m.terms = record->e2e_next;
    }
    godwit_status_t status = godwit_emsdp_transcript(hse->config.crypto, &turn->in->datagram, 1, transcript);
    if (status == GODWIT_OK) {
        status = godwit_session_step(record->state, GODWIT_END_NETWORK, true, m.command, false, &record->state);
    }
    if (status == GODWIT_OK) {
        status = godwit_hse_seal(turn, &m, godwit_slice(transcript, sizeof transcript), &w);
    }
    if (status == GODWIT_OK) {
        godwit_hse_remember_answer(record, turn->hash, godwit_written(&w));
        godwit_hse_send(turn->out, &turn->in->from, godwit_written(&w));
    }
    return status;
}

godwit_status_t godwit_hse_early_data_consume(godwit_hse_turn_t *turn)
{
    godwit_session_record_t *record = &turn->work.record;
    const godwit_emsdp_control_t *m = &turn->opened.control;
    if (!turn->under_next || godwit_emsdp_has(m, GODWIT_TLV_RAND1)) {
        turn->detail = "a Session Request under a key that was not announced";
        return GODWIT_WRONG_STATE;
    }
    godwit_status_t status = enterprise(turn);
    if (status != GODWIT_OK) {
        return status;
    }
    status = godwit_hse_inner_data_consume(turn);
    godwit_hse_event(turn->out, "session_started", GODWIT_OK, &record->imsi, record->session_id, NULL);
    if (status == GODWIT_OK) {
        status = start_create(turn);
    }
    if (status == GODWIT_OK && godwit_emsdp_has(m, GODWIT_TLV_SERVICE_REQUEST)) {
        godwit_hse_service_request_consume(turn);
    }
    return status;
}
