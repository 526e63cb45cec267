/* SPDX-License-Identifier: Apache-2.0
 *
 * A datagram that an HSE forwards. Window and reading are durable before the reading is delivered and before the HSE is
 * told OK; then it forgets the datagram.
 * OVERLOAD asks it to say it again later. With the reading goes the next message that waits for the device.
 */
#include <string.h>

#include "roles/eas/internal.h"

#define KEY_ID_SHIFT 3u /* docs/emsdp-wire.md: the framing is not known where the session is not */
#define KEY_ID_MASK 7u

/* ---- answers ---- */

static void answer(const godwit_eas_turn_t *turn, godwit_status_t status, bool highest)
{
    godwit_message_t *message =
        godwit_outbox_answer(turn->out, turn->in->message, GODWIT_USER_PLANE_UP_ANSWER, GODWIT_FUNCTION_EAS);
    if (message != NULL) {
        message->u.user_plane_answer.status = status == GODWIT_OK ? status : godwit_status_on_the_wire(status);
        message->u.user_plane_answer.highest = highest;
        godwit_outbox_add(turn->out, GODWIT_REQUEST_MESSAGE)->message = message;
    }
}

static void refuse(const godwit_eas_turn_t *turn, godwit_status_t status, const char *detail)
{
    const godwit_status_t told = godwit_status_class(status) == GODWIT_CLASS_PEER ? status : GODWIT_OVERLOAD;
    answer(turn, told, false);
    godwit_event_t *event = &godwit_outbox_add(turn->out, GODWIT_REQUEST_EVENT)->event;
    event->name = "refused";
    event->reason = godwit_status_on_the_wire(status);
    event->session_id = turn->in->message->u.user_plane.session_id;
    event->detail = detail;
}

/* ---- what is accepted ---- */

static void deliver(const godwit_eas_turn_t *turn, const godwit_record_t *record)
{
    const godwit_reading_record_t *kept = &record->u.reading;
    godwit_reading_t *reading = &godwit_outbox_add(turn->out, GODWIT_REQUEST_DELIVER)->reading;
    reading->imsi = kept->imsi;
    reading->session_id = kept->session_id;
    reading->count = kept->count;
    reading->user_plane = true;
    reading->payload = godwit_slice(kept->payload, kept->len);
    reading->time_ms = kept->time_ms;
}

static godwit_record_t *reading_of(const godwit_eas_turn_t *turn)
{
    const godwit_eas_t *eas = turn->eas;
    godwit_record_t *record = godwit_outbox_alloc(turn->out, sizeof *record);
    if (record == NULL || eas->opened.payload.len > sizeof record->u.reading.payload) {
        return NULL;
    }
    record->kind = GODWIT_RECORD_READING;
    record->u.reading = (godwit_reading_record_t){.imsi = eas->device.path.imsi,
                                                  .session_id = eas->device.path.session_id,
                                                  .count = eas->opened.count,
                                                  .user_plane = true,
                                                  .time_ms = turn->in->now_ms,
                                                  .len = (uint16_t)eas->opened.payload.len};
    memcpy(record->u.reading.payload, eas->opened.payload.ptr, eas->opened.payload.len);
    return record;
}

static godwit_status_t accept(const godwit_eas_turn_t *turn, bool with_downlink)
{
    godwit_eas_t *eas = turn->eas;
    const uint64_t number = turn->in->message->u.user_plane.number;
    godwit_record_t *reading = reading_of(turn);
    if (reading == NULL) {
        return GODWIT_OVERLOAD;
    }
    godwit_eas_accept(&eas->device, godwit_eas_now_s(turn), number, &eas->opened);
    godwit_eas_heard(eas, &eas->device.path.imsi, turn->in->now_ms);
    const godwit_message_t *down = with_downlink ? godwit_eas_down_seal(turn) : NULL;
    /* The reading first: a store that does not commit both at once may have it twice, and never lose it. */
    if (eas->config.durable) {
        godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_COMMIT)->record = reading;
    }
    const godwit_status_t status = godwit_eas_session_commit(turn);
    if (status != GODWIT_OK) {
        return status;
    }
    deliver(turn, reading);
    answer(turn, GODWIT_OK, eas->opened.highest);
    if (down != NULL) {
        godwit_outbox_add(turn->out, GODWIT_REQUEST_MESSAGE)->message = down;
    }
    godwit_eas_ask_if_wanted(turn);
    return GODWIT_OK;
}

static void take(const godwit_eas_turn_t *turn, bool with_downlink)
{
    godwit_status_t status = accept(turn, with_downlink);
    status = status == GODWIT_OK && turn->out->overflow ? GODWIT_OVERLOAD : status;
    if (status != GODWIT_OK) {
        godwit_outbox_reset(turn->out);
        refuse(turn, status, "it cannot be taken now");
    }
}

/* ---- round by round ---- */

static void key_unknown(const godwit_eas_turn_t *turn, bool missing, const char *detail)
{
    const godwit_user_plane_t *up = &turn->in->message->u.user_plane;
    const godwit_imsi_t *imsi = missing ? &up->imsi : &turn->eas->device.path.imsi;
    const uint8_t key_id = (uint8_t)(up->datagram[0] >> KEY_ID_SHIFT & KEY_ID_MASK);
    const godwit_status_t status = imsi->len >= GODWIT_IMSI_DIGITS_MIN
                                       ? godwit_eas_await_key(turn, imsi, up->session_id, key_id, missing)
                                       : GODWIT_UNKNOWN_SESSION;
    refuse(turn, status, detail);
}

/* A session that begins anew with the same Session ID, as on a bearer, has Key IDs from 1 again, and an EAS that pulls
 * is not told that the one before is over: so it may be another key than the one that stands here. Who has none in
 * store for it says so, and for a while nobody is asked again. */
static void not_under_that_key(const godwit_eas_turn_t *turn)
{
    const godwit_eas_t *eas = turn->eas;
    const godwit_user_plane_t *up = &turn->in->message->u.user_plane;
    const uint8_t key_id = (uint8_t)(up->datagram[0] >> KEY_ID_SHIFT & KEY_ID_MASK);
    const bool awaited = !eas->config.push && godwit_eas_await_key(turn, &eas->device.path.imsi, up->session_id, key_id,
                                                                   false) == GODWIT_OVERLOAD;
    refuse(turn, awaited ? GODWIT_OVERLOAD : GODWIT_MAC_FAILURE, "the datagram");
}

/* The record is there. */
static void open_it(const godwit_eas_turn_t *turn)
{
    godwit_eas_t *eas = turn->eas;
    const godwit_user_plane_t *up = &turn->in->message->u.user_plane;
    const godwit_status_t status = godwit_eas_open(&eas->device, godwit_eas_now_s(turn), up->number,
                                                   godwit_slice(up->datagram, up->len), eas->plain, &eas->opened);
    if (status == GODWIT_UNKNOWN_KEY) {
        key_unknown(turn, false, "under a key that is not here");
    } else if (status == GODWIT_MAC_FAILURE) {
        not_under_that_key(turn);
    } else if (status != GODWIT_OK) {
        refuse(turn, status, "the datagram");
        if (status == GODWIT_KEY_EXPIRED) {
            godwit_eas_ask_if_wanted(turn);
        }
    } else if (eas->opened.again) {
        answer(turn, GODWIT_OK, eas->opened.highest);
    } else if (turn->in->deliveries_full) {
        refuse(turn, GODWIT_OVERLOAD, "the deliveries are full");
    } else if (eas->device.waiting && godwit_eas_down_of(eas, &eas->device.path.imsi) == NULL) {
        godwit_eas_fetch_downlink(turn, &eas->device.path.imsi);
    } else {
        take(turn, false);
    }
}

static void with_session(const godwit_eas_turn_t *turn)
{
    const godwit_user_plane_t *up = &turn->in->message->u.user_plane;
    const godwit_status_t status = godwit_eas_session_load(turn);
    const bool other =
        status == GODWIT_OK && up->imsi.len > 0 && !godwit_imsi_equal(&up->imsi, &turn->eas->device.path.imsi);
    if (status == GODWIT_NOT_FOUND || other) {
        key_unknown(turn, true, "nothing is known of that session");
    } else if (status == GODWIT_MALFORMED) {
        godwit_eas_ask_next(turn, &turn->in->fetched->u.eas_session.path.imsi, up->session_id, 0);
        refuse(turn, GODWIT_UNKNOWN_KEY, "the record is damaged");
    } else if (status != GODWIT_OK) {
        refuse(turn, status, "the record cannot be read");
    } else {
        open_it(turn);
    }
}

static bool is_admitted(const godwit_eas_turn_t *turn)
{
    const godwit_message_t *message = turn->in->message;
    const godwit_user_plane_t *up = &message->u.user_plane;
    return message->hop != GODWIT_HOP_OPEN && godwit_speaks_for(message, up->hse) &&
           godwit_eas_knows_hse(turn->eas, up->hse) && strcmp(up->eas, turn->eas->config.name) == 0;
}

void godwit_eas_on_up(const godwit_eas_turn_t *turn)
{
    const godwit_user_plane_t *up = &turn->in->message->u.user_plane;
    const godwit_input_t *in = turn->in;
    uint8_t hse_key[16];
    if (!is_admitted(turn)) {
        refuse(turn, GODWIT_NOT_ENTITLED, "who sends is no HSE of ours, or it is for another EAS");
    } else if (up->len == 0 || up->len > sizeof up->datagram) {
        refuse(turn, GODWIT_MALFORMED, "no datagram");
    } else if (godwit_eas_store_failed(turn)) {
        refuse(turn, GODWIT_STORE_FAILED, "the store could not be read");
    } else if (in->fetch_status == GODWIT_AGAIN) {
        if (godwit_name_key(turn->eas->config.crypto, up->hse, hse_key) == GODWIT_OK) {
            godwit_eas_fetch_session(turn, hse_key, up->session_id);
        }
    } else if (in->fetched_key.kind == GODWIT_RECORD_DOWNLINK) {
        take(turn, true);
    } else {
        with_session(turn);
    }
}
