/* SPDX-License-Identifier: Apache-2.0
 *
 * A reading that was accepted: committed before the window that it moved, where deliveries are queued in the store, and
 * then handed on. Where there is no room for it the window moves all the same, so that a recording of it stays
 * worthless, and the device is told: it is refused, not dropped in silence.
 */
#include <string.h>

#include "roles/hse/end_to_end.h"

/* Before the session's: of two commits of a list the first may be the only one, and a reading that comes twice is
 * better than one that is lost. */
static godwit_status_t queue(godwit_hse_turn_t *turn, const godwit_reading_t *reading)
{
    godwit_outbox_t *out = turn->out;
    godwit_record_t *record = godwit_outbox_alloc(out, sizeof *record);
    if (record == NULL || reading->payload.len > sizeof record->u.reading.payload) {
        return GODWIT_OVERLOAD;
    }
    record->kind = GODWIT_RECORD_READING;
    record->u.reading = (godwit_reading_record_t){.imsi = reading->imsi,
                                                  .session_id = reading->session_id,
                                                  .count = reading->count,
                                                  .user_plane = reading->user_plane,
                                                  .time_ms = reading->time_ms,
                                                  .len = (uint16_t)reading->payload.len};
    if (reading->payload.len > 0) {
        memcpy(record->u.reading.payload, reading->payload.ptr, reading->payload.len);
    }
    godwit_outbox_add(out, GODWIT_REQUEST_STORE_COMMIT)->record = record;
    const godwit_request_t first = out->requests[out->count - 1];
    memmove(&out->requests[1], &out->requests[0], (out->count - 1) * sizeof first);
    out->requests[0] = first;
    return GODWIT_OK;
}

static godwit_status_t refuse(godwit_hse_turn_t *turn)
{
    const godwit_session_record_t *record = &turn->work.record;
    godwit_slice_t datagram = turn->in->datagram;
    if (turn->in->kind != GODWIT_INPUT_DATAGRAM || datagram.len < GODWIT_EMSDP_ECHO) { /* device RAND: it begins anew */
        turn->detail = "no room for another reading";
        return GODWIT_OVERLOAD;
    }
    godwit_hse_event(turn->out, "refused", GODWIT_OVERLOAD, &record->imsi, record->session_id,
                     "no room for another reading");
    return godwit_hse_reject_create(turn, GODWIT_OVERLOAD, datagram.ptr + datagram.len - GODWIT_EMSDP_ECHO);
}

godwit_status_t godwit_hse_deliver(godwit_hse_turn_t *turn, godwit_slice_t payload)
{
    if (turn->in->deliveries_full) {
        return refuse(turn);
    }
    const godwit_reading_t reading = {.imsi = turn->work.record.imsi,
                                      .session_id = turn->work.record.session_id,
                                      .count = turn->opened.count,
                                      .user_plane = turn->opened.user_plane,
                                      .payload = godwit_hse_copy(turn->out, payload),
                                      .time_ms = turn->in->now_ms};
    godwit_status_t status = turn->hse->config.durable ? queue(turn, &reading) : GODWIT_OK;
    if (status == GODWIT_OK) {
        godwit_outbox_add(turn->out, GODWIT_REQUEST_DELIVER)->reading = reading;
        godwit_hse_intercept(turn, false, turn->opened.count, reading.payload);
    }
    return status;
}
