/* SPDX-License-Identifier: Apache-2.0
 *
 * The next key of a session: a question to the EMKS, and what its answer becomes. Generations only rise; the suite
 * stays.
 */
#include <string.h>

#include "roles/hse/internal.h"

/* What is pushed and never pulled (variants 1A, 1B) is the HSS's, too. */
bool godwit_hse_hss_owns(const godwit_hse_t *hse, godwit_agreement_t agreement)
{
    return godwit_agreement_is_access((uint8_t)agreement) && hse->config.e2m_source != GODWIT_FUNCTION_EMKS;
}

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

godwit_hse_exchange_t *godwit_hse_inquiry_create(godwit_hse_turn_t *turn, bool ending, godwit_key_request_t **ask)
{
    static const godwit_imsi_t nobody; /* inquiries do not count among the set-ups of an IMSI */
    static const godwit_address_t nowhere;
    const godwit_session_record_t *record = &turn->work.record;
    const uint8_t agreements = record->agreement != 0 ? (uint8_t)(1u << (record->agreement - 1)) : 0;
    if (agreements == 0) { /* device RAND: a session of one key */
        return NULL;
    }
    godwit_hse_exchange_t *x = godwit_hse_exchange_new(turn->hse, &nobody, &nowhere, turn->in->now_ms);
    if (x == NULL) {
        return NULL;
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
        return NULL;
    }
    godwit_key_request_t *request = &message->u.key_request;
    request->purpose = GODWIT_KEY_NEXT_GENERATION;
    request->key_set = record->key_set;
    request->imsi = record->imsi;
    request->agreements = agreements;
    memcpy(request->endpoint, turn->hse->config.endpoint, sizeof request->endpoint);
    *ask = request;
    return x;
}

bool godwit_hse_inquire(godwit_hse_turn_t *turn, bool ending)
{
    godwit_key_request_t *ask;
    return godwit_hse_inquiry_create(turn, ending, &ask) != NULL;
}

/* The next generation of the key set that the session lives under; or the first of another, with its vector. */
static bool is_successor(const godwit_session_record_t *record, const godwit_key_answer_t *answer, bool vector)
{
    static const uint8_t none[16];
    if (answer->agreement != record->agreement || answer->generation == 0) {
        return false;
    }
    if (vector) {
        return answer->key_set > record->key_set && memcmp(answer->rand, none, sizeof none) != 0;
    }
    return answer->key_set == record->key_set && answer->generation > record->last_generation;
}

godwit_status_t godwit_hse_next_key_create(godwit_hse_turn_t *turn, const godwit_key_answer_t *answer, bool vector,
                                           godwit_emsdp_control_t *m)
{
    godwit_session_record_t *record = &turn->work.record;
    const godwit_emsdp_hot_t *hot = &record->current.hot;
    if (!is_successor(record, answer, vector)) {
        turn->detail =
            vector ? "the EMKS gave no new key set" : "the EMKS gave a generation that is not the next of this session";
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
    record->next_key_set = vector ? answer->key_set : 0;
    record->last_generation = vector ? record->last_generation : answer->generation;
    m->present |= 1u << GODWIT_TLV_KEY;
    m->key_generation = answer->generation;
    m->key_suite = hot->suite;
    m->key_id = key_id;
    if (vector) {
        m->present |= 1u << GODWIT_TLV_RAND | 1u << GODWIT_TLV_AUTN | 1u << GODWIT_TLV_HSE_CONFIGURATION;
        memcpy(m->rand, answer->rand, sizeof m->rand);
        memcpy(m->autn, answer->autn, sizeof m->autn);
        m->agreement = (uint8_t)answer->agreement;
        m->suite = hot->suite;
        m->framing = turn->hse->config.framing;
        m->generation = answer->generation;
    }
    return GODWIT_OK;
}

/* It is of a new AKA run: the vector is spent, and the key set before it is done with. */
static void enter_key_set(godwit_hse_turn_t *turn)
{
    godwit_session_record_t *record = &turn->work.record;
    record->key_set = record->next_key_set;
    record->next_key_set = 0;
    record->last_generation = record->current.generation;
    record->created_ms = turn->in->now_ms;
    record->generations = 1;
    turn->work.refusals = 0;
    godwit_hse_confirm_key(turn);
}

/* It came under the key handed out last: that is the key now, and the one before is dropped. */
void godwit_hse_settle(godwit_hse_turn_t *turn, godwit_session_state_t was)
{
    godwit_session_record_t *record = &turn->work.record;
    record->current = record->next;
    godwit_wipe(&record->next, sizeof record->next);
    record->keyed_ms = turn->in->now_ms;
    record->datagrams = 0;
    record->generations++;
    if (record->next_key_set != 0) {
        enter_key_set(turn);
    }
    if (was == GODWIT_SESSION_REKEYING || was == GODWIT_SESSION_ANNOUNCED) { /* what is pending handed it out */
        record->pending_len = 0;
        turn->work.sendings = 0;
        godwit_outbox_timer(turn->out, record->session_id, 0);
    }
    if (was == GODWIT_SESSION_REKEYING) {
        /* Whatever it was: the table of states names the response and user data alone. */
        record->state = record->state == GODWIT_SESSION_REKEYING ? GODWIT_SESSION_ACTIVE : record->state;
        godwit_hse_event(turn->out, "rekeyed", GODWIT_OK, &record->imsi, record->session_id, NULL);
    }
}
