/* SPDX-License-Identifier: Apache-2.0
 *
 * How the EMKS answers. The only key that leaves is K_session, made for the endpoint that asks.
 */
#include <string.h>

#include "roles/emks/internal.h"

void godwit_emks_fetch_key_set(godwit_outbox_t *out, const godwit_imsi_t *imsi, godwit_agreement_t agreement)
{
    godwit_record_key_t *key = &godwit_outbox_add(out, GODWIT_REQUEST_STORE_FETCH)->record_key;
    key->kind = GODWIT_RECORD_KEY_SET;
    key->imsi = *imsi;
    key->agreement = (uint8_t)agreement;
}

static godwit_message_t *key_answer(godwit_outbox_t *out, const godwit_emks_waiter_t *waiter)
{
    godwit_message_t *message = godwit_outbox_alloc(out, sizeof *message);
    if (message != NULL) {
        message->kind = GODWIT_KEY_ANSWER;
        message->from = GODWIT_FUNCTION_EMKS;
        message->to = GODWIT_FUNCTION_HSE;
        message->transaction = waiter->transaction;
        message->route = waiter->route;
    }
    return message;
}

void godwit_emks_refuse(godwit_outbox_t *out, const godwit_emks_waiter_t *waiter, const godwit_imsi_t *imsi,
                        godwit_status_t status, const char *detail)
{
    godwit_message_t *message = key_answer(out, waiter);
    if (message != NULL) {
        message->u.key_answer.status = godwit_status_on_the_wire(status);
        godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    }
    godwit_outbox_event(out, "refused", status, imsi, detail);
}

static godwit_status_t hand_out(const godwit_emks_t *emks, godwit_outbox_t *out, const godwit_emks_waiter_t *waiter,
                                const godwit_key_set_record_t *key_set, uint32_t generation, godwit_message_t *message)
{
    godwit_key_answer_t *answer = &message->u.key_answer;
    answer->agreement = key_set->agreement;
    answer->key_set = key_set->vector_number;
    answer->generation = generation;
    godwit_status_t status = godwit_k_session(emks->crypto, key_set->e2m_keyset,
                                              godwit_slice_of_string(waiter->endpoint), generation, answer->k_session);
    if (status == GODWIT_OK) {
        godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    }
    return status;
}

godwit_status_t godwit_emks_hand_out(const godwit_emks_t *emks, godwit_outbox_t *out,
                                     const godwit_emks_waiter_t *waiter, const godwit_key_set_record_t *key_set,
                                     uint32_t generation, bool with_vector)
{
    godwit_message_t *message = key_answer(out, waiter);
    if (message == NULL) {
        return GODWIT_OVERLOAD;
    }
    if (with_vector) {
        memcpy(message->u.key_answer.rand, key_set->rand, sizeof key_set->rand);
        memcpy(message->u.key_answer.autn, key_set->autn, sizeof key_set->autn);
    }
    return hand_out(emks, out, waiter, key_set, generation, message);
}

godwit_status_t godwit_emks_hand_out_parked(const godwit_emks_t *emks, godwit_outbox_t *out,
                                            const godwit_emks_waiter_t *waiter, const godwit_key_set_record_t *key_set,
                                            uint32_t generation, const godwit_parked_t *parked)
{
    godwit_message_t *message = key_answer(out, waiter);
    if (message == NULL) {
        return GODWIT_OVERLOAD;
    }
    if (parked != NULL) {
        message->u.key_answer.parked = *parked;
    }
    return hand_out(emks, out, waiter, key_set, generation, message);
}

godwit_key_set_record_t *godwit_emks_commit(godwit_outbox_t *out, const godwit_key_set_record_t *key_set)
{
    godwit_record_t *record = godwit_outbox_alloc(out, sizeof *record);
    if (record == NULL) {
        return NULL;
    }
    record->kind = GODWIT_RECORD_KEY_SET;
    record->u.key_set = *key_set;
    godwit_outbox_add(out, GODWIT_REQUEST_STORE_COMMIT)->record = record;
    return &record->u.key_set;
}
