/* SPDX-License-Identifier: Apache-2.0
 *
 * The user plane: a reading up is delivered once its COUNT is durable; a message down goes under a COUNT that was
 * reserved before.
 */
#include "roles/hse/end_to_end.h"

godwit_status_t godwit_hse_user_data_consume(godwit_hse_turn_t *turn)
{
    godwit_session_record_t *record = &turn->work.record;
    if (record->datagrams < UINT32_MAX) {
        record->datagrams++;
    }
    godwit_status_t status = godwit_hse_deliver(turn, turn->opened.payload);
    return status == GODWIT_OK ? godwit_hse_maintain(turn) : status;
}

godwit_status_t godwit_hse_inner_data_consume(godwit_hse_turn_t *turn)
{
    const godwit_emsdp_control_t *m = &turn->opened.control;
    if (!godwit_emsdp_has(m, GODWIT_TLV_DATA)) {
        return GODWIT_OK;
    }
    return turn->work.record.end_to_end ? godwit_hse_forward_inner(turn, m->data, GODWIT_HSE_AS_BEFORE)
                                        : godwit_hse_deliver(turn, m->data);
}

godwit_status_t godwit_hse_send_down(godwit_hse_turn_t *turn, godwit_slice_t payload)
{
    godwit_session_record_t *record = &turn->work.record;
    godwit_session_state_t next;
    uint8_t octets[GODWIT_EMSDP_DATAGRAM_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_status_t status = godwit_session_step(record->state, GODWIT_END_NETWORK, true, 0, false, &next);
    turn->detail = "the session takes no data now";
    if (status == GODWIT_OK && godwit_hse_reserve_user(&record->current) && turn->commit == NULL) {
        status = godwit_hse_turn_begin(turn);
    }
    if (status == GODWIT_OK) {
        status = godwit_emsdp_seal_user(turn->hse->config.crypto, &record->current, payload, &w);
        turn->detail = "the message cannot be sealed";
    }
    if (status == GODWIT_OK) {
        godwit_address_t to = godwit_hse_address_of(record);
        godwit_hse_send(turn->out, &to, godwit_written(&w));
        godwit_hse_bearer_touch(turn->hse, &to, turn->in->now_ms);
        record->datagrams += record->datagrams < UINT32_MAX;
        godwit_hse_intercept(turn, true, record->current.hot.up_next_out - 1, godwit_hse_copy(turn->out, payload));
        godwit_hse_event(turn->out, "submitted", GODWIT_OK, &record->imsi, record->session_id, NULL);
    }
    return status;
}

void godwit_hse_on_submit(godwit_hse_turn_t *turn)
{
    const godwit_input_t *in = turn->in;
    if (in->queue) {
        godwit_hse_on_queue(turn);
        return;
    }
    godwit_status_t status = godwit_hse_turn_find(turn, in->session_id, &in->imsi);
    if (status == GODWIT_AGAIN) {
        return;
    }
    if (status != GODWIT_OK) {
        godwit_hse_event(turn->out, "refused", status == GODWIT_NOT_FOUND ? GODWIT_UNKNOWN_SESSION : status, &in->imsi,
                         in->session_id, "no session to send it in");
        return;
    }
    if (turn->work.record.end_to_end) {
        turn->detail = "its user plane ends in the EAS: the message is the EAS's to send";
        godwit_hse_turn_end(turn, GODWIT_POLICY_FORBIDS);
        return;
    }
    godwit_hse_turn_end(turn, godwit_hse_send_down(turn, in->datagram));
}
