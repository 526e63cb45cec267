/* SPDX-License-Identifier: Apache-2.0
 *
 * The next key of a session: a question to the EMKS, and what its answer becomes. Generations only rise; the suite stays.
 */
#include <string.h>

#include "roles/hse/internal.h"

godwit_function_t godwit_hse_owner_of(const godwit_hse_t *hse, godwit_agreement_t agreement)
{
    if (agreement == GODWIT_AGREEMENT_DEVICE_RAND) {
        return GODWIT_FUNCTION_NONE; /* a session of one key: the device begins anew */
    }
    return godwit_agreement_is_access((uint8_t)agreement) ? hse->config.e2m_source : GODWIT_FUNCTION_EMKS;
}

bool godwit_hse_can_inquire(const godwit_hse_t *hse, godwit_agreement_t agreement)
{
    return godwit_hse_owner_of(hse, agreement) != GODWIT_FUNCTION_NONE;
}

bool godwit_hse_inquire(godwit_hse_turn_t *turn, bool ending)
{
    static const godwit_imsi_t nobody; /* inquiries do not count among the set-ups of an IMSI */
    static const godwit_address_t nowhere;
    const godwit_session_record_t *record = &turn->work.record;
    godwit_hse_exchange_t *x = godwit_hse_exchange_new(turn->hse, &nobody, &nowhere, turn->in->now_ms);
    if (x == NULL) {
        return false;
    }
    x->inquiry = true;
    x->ending = ending;
    x->session_id = record->session_id;
    x->transaction = godwit_hse_next_transaction(turn->hse);
    memcpy(x->request_hash, turn->hash, sizeof turn->hash);
    turn->work.asking = true;
    turn->work.asked_ms = turn->in->now_ms;
    godwit_hse_confirm_key(turn);
    godwit_function_t owner = godwit_hse_owner_of(turn->hse, record->agreement);
    godwit_message_t *message = godwit_hse_message(turn->hse, turn->out, owner, GODWIT_KEY_REQUEST, x->transaction);
    if (message == NULL) {
        return false;
    }
    godwit_key_request_t *request = &message->u.key_request;
    request->purpose = GODWIT_KEY_NEXT_GENERATION;
    request->key_set = record->key_set;
    request->imsi = record->imsi;
    request->agreements = (uint8_t)(1u << (record->agreement - 1));
    memcpy(request->endpoint, turn->hse->config.endpoint, sizeof request->endpoint);
    return true;
}

godwit_status_t godwit_hse_next_key_create(godwit_hse_turn_t *turn, const godwit_key_answer_t *answer,
                                           godwit_emsdp_control_t *m)
{
    godwit_session_record_t *record = &turn->work.record;
    const godwit_emsdp_hot_t *hot = &record->current.hot;
    if (answer->generation <= record->last_generation || answer->key_set != record->key_set ||
        answer->agreement != record->agreement) {
        turn->detail = "the EMKS gave a generation that is not the next of this session";
        return GODWIT_PEER_INTERNAL;
    }
    godwit_address_t address = godwit_hse_address_of(record);
    const godwit_hse_bearer_t *bearer = godwit_hse_bearer_find(turn->hse, &address);
    unsigned live = 1u << hot->key_id | godwit_hse_exchange_live_keys(turn->hse, record->session_id, turn->in->now_ms);
    if (bearer != NULL && bearer->pending) { /* its Start may be on its way in a PCO */
        live |= 1u << bearer->key.hot.key_id;
    }
    uint8_t key_id = godwit_emsdp_next_key_id(record->last_key_id, (uint8_t)live);
    godwit_status_t status =
        godwit_emsdp_key_init(turn->hse->config.crypto, &record->next, answer->k_session, hot->suite, key_id,
                              turn->hse->config.framing, hot->session_id, answer->generation, GODWIT_END_NETWORK);
    if (status != GODWIT_OK) {
        turn->detail = "the next key could not be made";
        return status;
    }
    record->next.hot.up_limit_out = 0;
    record->next.cp_limit_out = 0;
    record->last_key_id = key_id;
    record->last_generation = answer->generation;
    m->present |= 1u << GODWIT_TLV_KEY;
    m->key_generation = answer->generation;
    m->key_suite = hot->suite;
    m->key_id = key_id;
    return GODWIT_OK;
}
