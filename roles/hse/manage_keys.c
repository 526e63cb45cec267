/* SPDX-License-Identifier: Apache-2.0
 *
 * Manage Keys (30, 31). Down, it hands out the next generation; the response comes under the new key and proves it. Up,
 * it tells COUNTs after a skip or a long silence.
 */
#include <string.h>

#include "roles/hse/end_to_end.h"

/* Instead of the response. */
static godwit_status_t refuse_service(godwit_hse_turn_t *turn, godwit_status_t reason)
{
    const godwit_session_record_t *record = &turn->work.record;
    godwit_slice_t datagram = turn->in->datagram;
    godwit_hse_event(turn->out, "refused", reason, &record->imsi, record->session_id,
                     "a service that is not to be had");
    return godwit_hse_reject_create(turn, reason, datagram.ptr + datagram.len - GODWIT_EMSDP_ECHO);
}

/* The device has not heard of the end: the request that says it goes again, or where it was answered in a former life
 * of the device, the refusal does. */
static godwit_status_t service_of_the_past(const godwit_session_record_t *record)
{
    return record->pending_len > 0 ? GODWIT_OK : GODWIT_UNKNOWN_SESSION;
}

/* With a datagram for the EAS: answered when the EAS has. */
static godwit_status_t confirmed_consume(godwit_hse_turn_t *turn)
{
    godwit_status_t status = godwit_hse_forward_inner(turn, turn->opened.control.data, GODWIT_HSE_CONFIRM);
    return status == GODWIT_OK ? godwit_hse_maintain(turn) : status;
}

godwit_status_t godwit_hse_manage_keys_request_consume(godwit_hse_turn_t *turn)
{
    godwit_session_record_t *record = &turn->work.record;
    if (godwit_emsdp_has(&turn->opened.control, GODWIT_TLV_DATA)) {
        return confirmed_consume(turn);
    }
    uint8_t octets[sizeof record->answer];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_emsdp_control_t m = {.command = GODWIT_MANAGE_KEYS_RESPONSE};
    bool asks = godwit_emsdp_has(&turn->opened.control, GODWIT_TLV_SERVICE_REQUEST);
    bool is_over = record->state == GODWIT_SESSION_TERMINATING || record->state == GODWIT_SESSION_ANNOUNCED;
    godwit_status_t status = asks && is_over ? service_of_the_past(record)
                             : asks          ? godwit_hse_service_request_judge(turn)
                                             : GODWIT_OK;
    if (status != GODWIT_OK) {
        return refuse_service(turn, status);
    }
    status = godwit_hse_seal(turn, &m, godwit_slice(NULL, 0), &w);
    if (status != GODWIT_OK) {
        return status;
    }
    godwit_hse_remember_answer(record, turn->hash, godwit_written(&w));
    godwit_hse_send(turn->out, &turn->in->from, godwit_written(&w));
    if (asks && !is_over) {
        godwit_hse_service_request_consume(turn);
    }
    return godwit_hse_maintain(turn);
}

godwit_status_t godwit_hse_manage_keys_response_consume(godwit_hse_turn_t *turn)
{
    if (!turn->under_next && godwit_hse_service_is_pending(&turn->work.record)) {
        godwit_hse_terms_taken(turn);
        return godwit_hse_maintain(turn);
    }
    if (!turn->under_next) { /* only the new key itself proves that the device has it */
        turn->detail = "a Manage Keys Response that is not under the key handed out";
        return GODWIT_WRONG_STATE;
    }
    return GODWIT_OK;
}

static godwit_status_t hand_out(godwit_hse_turn_t *turn, const godwit_key_answer_t *answer, bool vector)
{
    godwit_session_record_t *record = &turn->work.record;
    godwit_emsdp_control_t m = {.command = GODWIT_MANAGE_KEYS_REQUEST};
    godwit_status_t status = godwit_hse_turn_begin(turn);
    if (status == GODWIT_OK) {
        status = godwit_session_step(record->state, GODWIT_END_NETWORK, true, m.command, true, &record->state);
    }
    if (status == GODWIT_OK) {
        status = godwit_hse_next_key_create(turn, answer, vector, &m);
    }
    return status == GODWIT_OK ? godwit_hse_pend(turn, &m) : status;
}

/* The EMKS has answered for a session that goes on. A key set that gives no more generations asks for a new AKA run. */
static godwit_status_t on_answer(godwit_hse_turn_t *turn, const godwit_key_answer_t *answer, bool vector)
{
    const godwit_session_record_t *record = &turn->work.record;
    if (record->state != GODWIT_SESSION_ACTIVE || godwit_emsdp_key_is_set(&record->next)) {
        turn->detail = "a key that nobody waits for any more";
        return GODWIT_WRONG_STATE;
    }
    if (answer->status == GODWIT_OK) {
        return hand_out(turn, answer, vector);
    }
    turn->detail = "the EMKS gives no next generation";
    if (answer->status == GODWIT_UNKNOWN_KEY || answer->status == GODWIT_COUNT_EXHAUSTED ||
        answer->status == GODWIT_KEY_EXPIRED) {
        godwit_status_t status = godwit_hse_turn_begin(turn);
        return status == GODWIT_OK ? godwit_hse_terminate_request_create(turn, NULL) : status;
    }
    return answer->status;
}

/* The EMKS has answered for a session whose new AKA run is due. Without a vector it ends as ever, when the device is
 * heard again. */
static godwit_status_t on_vector(godwit_hse_turn_t *turn, const godwit_key_answer_t *answer)
{
    const godwit_session_record_t *record = &turn->work.record;
    bool manage = turn->hse->config.next_vector == GODWIT_NEXT_VECTOR_MANAGE;
    if (answer->status != GODWIT_OK) {
        godwit_hse_vector_refused(turn);
        return GODWIT_OK;
    }
    if (manage || record->state != GODWIT_SESSION_ACTIVE || godwit_emsdp_key_is_set(&record->next)) {
        return on_answer(turn, answer, true);
    }
    godwit_status_t status = godwit_hse_turn_begin(turn);
    return status == GODWIT_OK ? godwit_hse_terminate_request_create(turn, answer) : status;
}

/* For a session that ends. Where there is no vector, the next generation is asked for. */
static godwit_status_t on_end(godwit_hse_turn_t *turn, const godwit_key_answer_t *answer, bool vector)
{
    bool given = answer->status == GODWIT_OK;
    if (vector && !given) {
        godwit_hse_vector_refused(turn);
        if (!godwit_hse_reauthentication_is_due(turn) && godwit_hse_inquire(turn, true)) {
            return GODWIT_OK;
        }
    }
    godwit_status_t status = godwit_hse_turn_begin(turn);
    return status == GODWIT_OK
               ? godwit_hse_terminate_response_create(turn, turn->hash, given ? answer : NULL, vector && given)
               : status;
}

void godwit_hse_on_next_key(godwit_hse_turn_t *turn, godwit_hse_exchange_t *inquiry)
{
    const godwit_key_answer_t *answer = &turn->in->message->u.key_answer;
    const godwit_session_record_t *record = &turn->work.record;
    bool ending = inquiry->ending;
    bool vector = inquiry->vector;
    memcpy(turn->hash, inquiry->request_hash, sizeof turn->hash);
    godwit_hse_exchange_release(inquiry);
    turn->work.asking = false;
    if (!ending) {
        godwit_hse_turn_end(turn, vector ? on_vector(turn, answer) : on_answer(turn, answer, false));
    } else if (record->state == GODWIT_SESSION_TERMINATING && record->pending_len == 0) {
        godwit_hse_turn_end(turn, on_end(turn, answer, vector));
    }
}
