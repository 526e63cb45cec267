/* SPDX-License-Identifier: Apache-2.0
 *
 * Messages that wait for a device: of applications in the store, of an EAS in memory. They go when something of the
 * device has verified, for then it listens; one at a time, each in a step of its own. A message leaves the store with
 * the COUNT that it takes, and is sent after that: once, or not at all.
 */
#include <string.h>

#include "roles/hse/end_to_end.h"

#define AWAKE_MS 10000u
#define DOWNLINK_MS (UINT64_C(7) * 24 * 3600 * 1000)

bool godwit_hse_is_awake(const godwit_hse_t *hse, const godwit_hse_session_t *session, uint64_t now_ms)
{
    uint32_t awake_ms = hse->config.awake_ms != 0 ? hse->config.awake_ms : AWAKE_MS;
    return session->heard_ms != 0 && now_ms >= session->heard_ms && now_ms - session->heard_ms < awake_ms;
}

/* ---- SUBMIT with queue ---- */

static bool was_asked(const godwit_input_t *in, const godwit_record_key_t *key)
{
    return in->fetch_status != GODWIT_AGAIN && godwit_record_key_equal(&in->fetched_key, key);
}

/* What the store is asked before a message is taken, in this order: the same message, the last that there is room for;
 * the session. The answers of earlier rounds were good, or there would be no later one. */
static godwit_status_t look(godwit_hse_turn_t *turn)
{
    static const uint8_t none[16];
    const godwit_input_t *in = turn->in;
    godwit_record_key_t same = {.kind = GODWIT_RECORD_DOWNLINK, .imsi = in->imsi};
    godwit_record_key_t last = {.kind = GODWIT_RECORD_DOWNLINK, .imsi = in->imsi};
    memcpy(same.octets, in->submit_id, sizeof same.octets);
    last.session_id = turn->hse->config.downlink_per_device - 1;
    bool named = memcmp(in->submit_id, none, sizeof none) != 0;
    turn->detail = "the store does not say what waits";
    if (in->fetch_status == GODWIT_STORE_FAILED) {
        return GODWIT_STORE_FAILED;
    }
    if (in->fetch_status == GODWIT_AGAIN && named) {
        godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_FETCH)->record_key = same;
        return GODWIT_AGAIN;
    }
    if (named && was_asked(in, &same) && in->fetch_status == GODWIT_OK) {
        return GODWIT_REPLAY; /* it waits already */
    }
    if (in->fetch_status == GODWIT_AGAIN || (named && was_asked(in, &same))) {
        godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_FETCH)->record_key = last;
        return GODWIT_AGAIN;
    }
    if (was_asked(in, &last) && in->fetch_status == GODWIT_OK) {
        turn->detail = "as many wait for that device as may";
        return GODWIT_OVERLOAD;
    }
    turn->detail = "no session to send it in";
    godwit_status_t status = godwit_hse_turn_find(turn, 0, &in->imsi);
    return status == GODWIT_NOT_FOUND ? GODWIT_UNKNOWN_SESSION : status;
}

static godwit_status_t judge(godwit_hse_turn_t *turn)
{
    const godwit_input_t *in = turn->in;
    if (turn->hse->config.downlink_per_device == 0) {
        turn->detail = "no messages are kept here";
        return GODWIT_POLICY_FORBIDS;
    }
    if (in->imsi.len == 0 || in->datagram.len > GODWIT_EMSDP_PAYLOAD_MAX) {
        turn->detail = "no device is named, or the message is longer than a datagram";
        return GODWIT_INVALID_ARGUMENT;
    }
    return GODWIT_OK;
}

static godwit_status_t put(godwit_hse_turn_t *turn)
{
    const godwit_input_t *in = turn->in;
    uint64_t wait_ms = turn->hse->config.downlink_ms != 0 ? turn->hse->config.downlink_ms : DOWNLINK_MS;
    godwit_record_t *record = godwit_outbox_alloc(turn->out, sizeof *record);
    if (record == NULL) {
        return GODWIT_OVERLOAD;
    }
    godwit_downlink_record_t *downlink = &record->u.downlink;
    record->kind = GODWIT_RECORD_DOWNLINK;
    downlink->imsi = in->imsi;
    downlink->accepted_ms = in->now_ms;
    downlink->expires_ms = in->expires_ms != 0 ? in->expires_ms : in->now_ms + wait_ms;
    memcpy(downlink->id, in->submit_id, sizeof downlink->id);
    downlink->len = (uint16_t)in->datagram.len;
    if (in->datagram.len > 0) {
        memcpy(downlink->payload, in->datagram.ptr, in->datagram.len);
    }
    godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_COMMIT)->record = record;
    godwit_hse_event(turn->out, "downlink_queued", GODWIT_OK, &in->imsi, turn->work.record.session_id, NULL);
    turn->work.queue_is_empty = false;
    if (godwit_hse_is_awake(turn->hse, &turn->work, in->now_ms)) {
        godwit_hse_drain_later(turn->hse, &turn->work);
    }
    return GODWIT_OK;
}

void godwit_hse_on_queue(godwit_hse_turn_t *turn)
{
    godwit_status_t status = judge(turn);
    if (status == GODWIT_OK) {
        status = look(turn);
    }
    if (status == GODWIT_AGAIN) {
        return;
    }
    if (status == GODWIT_OK && turn->work.record.end_to_end) {
        turn->detail = "its user plane ends in the EAS: the message is the EAS's to send";
        status = GODWIT_POLICY_FORBIDS;
    }
    turn->work.record.imsi = turn->in->imsi;
    if (status == GODWIT_REPLAY) {
        godwit_hse_event(turn->out, "downlink_known", GODWIT_OK, &turn->in->imsi, 0, NULL);
        return;
    }
    godwit_hse_turn_end(turn, status == GODWIT_OK ? put(turn) : status);
}

/* ---- the device listens ---- */

void godwit_hse_drain_later(godwit_hse_t *hse, const godwit_hse_session_t *session)
{
    uint32_t id = session->record.session_id, *place = NULL;
    bool waits = session->record.end_to_end ? godwit_hse_held_for(hse, id) != NULL
                                            : hse->config.downlink_per_device != 0 && !session->queue_is_empty;
    for (size_t i = 0; i < GODWIT_HSE_DRAINS_MAX; i++) {
        if (hse->drains[i] == id) {
            return;
        }
        place = hse->drains[i] == 0 ? &hse->drains[i] : place;
    }
    if (waits && place != NULL) { /* else the next time */
        *place = id;
        hse->agenda_moved = true;
    }
}

static void drain_held(godwit_hse_turn_t *turn, uint32_t *drain)
{
    const godwit_session_record_t *record = &turn->work.record;
    godwit_hse_forward_t *held = godwit_hse_held_for(turn->hse, record->session_id);
    if (held == NULL) {
        *drain = 0;
        return;
    }
    godwit_address_t to = godwit_hse_address_of(record);
    godwit_hse_send(turn->out, &to, godwit_slice(held->datagram, held->len));
    godwit_hse_event(turn->out, "forwarded_down", GODWIT_OK, &record->imsi, record->session_id, NULL);
    godwit_hse_forward_release(held);
}

static void delete_message(godwit_outbox_t *out, const godwit_record_t *record)
{
    godwit_request_t *request = godwit_outbox_add(out, GODWIT_REQUEST_STORE_COMMIT);
    request->deleting = true;
    request->record_key = godwit_record_key_of(record);
}

static void drain_queue(godwit_hse_turn_t *turn, uint32_t *drain)
{
    const godwit_input_t *in = turn->in;
    const godwit_session_record_t *record = &turn->work.record;
    const godwit_downlink_record_t *downlink = in->fetched != NULL ? &in->fetched->u.downlink : NULL;
    if (downlink == NULL || downlink->len > sizeof downlink->payload) {
        *drain = 0;
        turn->work.queue_is_empty = in->fetch_status == GODWIT_NOT_FOUND;
        godwit_hse_session_keep(turn->hse, &turn->work, in->now_ms);
        return;
    }
    if (downlink->expires_ms != 0 && downlink->expires_ms <= in->now_ms) {
        delete_message(turn->out, in->fetched);
        godwit_hse_event(turn->out, "downlink_expired", GODWIT_OK, &record->imsi, record->session_id, NULL);
        return;
    }
    godwit_session_state_t next;
    if (godwit_session_step(record->state, GODWIT_END_NETWORK, true, 0, false, &next) != GODWIT_OK) {
        *drain = 0; /* it waits for the next session */
        return;
    }
    godwit_status_t status = godwit_hse_turn_begin(turn);
    delete_message(turn->out, in->fetched);
    if (status == GODWIT_OK) {
        status = godwit_hse_send_down(turn, godwit_slice(downlink->payload, downlink->len));
    }
    *drain = status == GODWIT_OK ? *drain : 0;
    godwit_hse_turn_end(turn, status);
}

bool godwit_hse_drain(godwit_hse_turn_t *turn)
{
    godwit_hse_t *hse = turn->hse;
    uint32_t *drain = hse->drains;
    while (drain < hse->drains + GODWIT_HSE_DRAINS_MAX && *drain == 0) {
        drain++;
    }
    if (drain == hse->drains + GODWIT_HSE_DRAINS_MAX) {
        return true;
    }
    const godwit_hse_session_t *session = godwit_hse_session_find(hse, *drain);
    if (session == NULL || !godwit_hse_is_awake(hse, session, turn->in->now_ms)) { /* the next time */
        *drain = 0;
        return true;
    }
    turn->work = *session;
    if (session->record.end_to_end) {
        drain_held(turn, drain);
        return true;
    }
    if (turn->in->fetch_status == GODWIT_AGAIN) {
        godwit_record_key_t *key = &godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_FETCH)->record_key;
        key->kind = GODWIT_RECORD_DOWNLINK;
        key->imsi = session->record.imsi;
        return false;
    }
    drain_queue(turn, drain);
    return true;
}
