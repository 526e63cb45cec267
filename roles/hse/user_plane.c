/* SPDX-License-Identifier: Apache-2.0
 *
 * The user plane: a reading up is delivered once its COUNT is durable; a message down goes under a COUNT that was reserved before.
 */
#include "roles/hse/internal.h"

godwit_status_t godwit_hse_user_data_consume(godwit_hse_turn_t *turn)
{
    godwit_session_record_t *record = &turn->work.record;
    if (record->datagrams < UINT32_MAX) {
        record->datagrams++;
    }
    godwit_hse_deliver(turn, turn->opened.payload);
    return godwit_hse_maintain(turn);
}

static godwit_status_t submit(godwit_hse_turn_t *turn)
{
    godwit_session_record_t *record = &turn->work.record;
    godwit_session_state_t next;
    uint8_t octets[GODWIT_EMSDP_DATAGRAM_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_status_t status = godwit_session_step(record->state, GODWIT_END_NETWORK, true, 0, false, &next);
    turn->detail = "the session takes no data now";
    if (status == GODWIT_OK && godwit_hse_reserve_user(&record->current)) {
        status = godwit_hse_turn_begin(turn);
    }
    if (status == GODWIT_OK) {
        status = godwit_emsdp_seal_user(turn->hse->config.crypto, &record->current, turn->in->datagram, &w);
        turn->detail = "the message cannot be sealed";
    }
    if (status == GODWIT_OK) {
        godwit_address_t to = godwit_hse_address_of(record);
        godwit_hse_send(turn->out, &to, godwit_written(&w));
        godwit_hse_bearer_touch(turn->hse, &to, turn->in->now_ms);
        record->datagrams += record->datagrams < UINT32_MAX;
        godwit_hse_intercept(turn, true, record->current.hot.up_next_out - 1,
                             godwit_hse_copy(turn->out, turn->in->datagram));
        godwit_hse_event(turn->out, "submitted", GODWIT_OK, &record->imsi, record->session_id, NULL);
    }
    return status;
}

void godwit_hse_on_submit(godwit_hse_turn_t *turn)
{
    const godwit_input_t *in = turn->in;
    godwit_status_t status = godwit_hse_turn_find(turn, in->session_id, &in->imsi);
    if (status == GODWIT_AGAIN) {
        return;
    }
    if (status != GODWIT_OK) {
        godwit_hse_event(turn->out, "refused", status == GODWIT_NOT_FOUND ? GODWIT_UNKNOWN_SESSION : status, &in->imsi,
                         in->session_id, "no session to send it in");
        return;
    }
    godwit_hse_turn_end(turn, submit(turn));
}
