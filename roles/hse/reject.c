/* SPDX-License-Identifier: Apache-2.0
 *
 * Message Reject (80) under a key: the device refuses what was asked of it. What it names is not sent again; keys stay
 * as they are, for a key is dropped only after a datagram under its successor.
 */
#include <string.h>

#include "roles/hse/end_to_end.h"

godwit_status_t godwit_hse_reject_consume(godwit_hse_turn_t *turn)
{
    godwit_session_record_t *record = &turn->work.record;
    const godwit_emsdp_control_t *m = &turn->opened.control;
    uint8_t command = godwit_hse_pending_command(record);
    bool ours = record->pending_len >= GODWIT_EMSDP_ECHO &&
                memcmp(record->pending + record->pending_len - GODWIT_EMSDP_ECHO, m->echo, GODWIT_EMSDP_ECHO) == 0;
    godwit_hse_event(turn->out, "rejected_by_device", m->reason, &record->imsi, record->session_id,
                     ours ? "it refuses our last request" : NULL);
    if (godwit_hse_vector_reject_consume(turn, ours) || !ours) {
        return GODWIT_OK;
    }
    if (godwit_hse_service_is_pending(record)) { /* it does not want these terms: the ones before stay */
        memset(&record->e2e_next, 0, sizeof record->e2e_next);
        record->e2e_next_key_set = 0;
    }
    godwit_outbox_timer(turn->out, record->session_id, 0);
    record->pending_len = 0;
    turn->work.sendings = 0;
    if (command == GODWIT_SESSION_TERMINATE_REQUEST) {
        turn->deleting = true; /* from our side it is over */
    } else if (record->state == GODWIT_SESSION_REKEYING) {
        record->state = GODWIT_SESSION_ACTIVE;
    }
    return GODWIT_OK;
}
