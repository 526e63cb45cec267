/* SPDX-License-Identifier: Apache-2.0
 *
 * Messages of the application for a device: durable from the moment that they are accepted, so many for one device,
 * each until its time is over. They go when the device is heard, for most sleep; at once when it was heard just now.
 */
#include <string.h>

#include "roles/eas/internal.h"

void godwit_eas_heard(godwit_eas_t *eas, const godwit_imsi_t *imsi, uint64_t now_ms)
{
    godwit_eas_heard_t *place = &eas->heard[0];
    for (size_t i = 0; i < GODWIT_EAS_HEARD_MAX; i++) {
        godwit_eas_heard_t *heard = &eas->heard[i];
        if (godwit_imsi_equal(&heard->imsi, imsi)) {
            place = heard;
            break;
        }
        if (heard->at_ms < place->at_ms) {
            place = heard;
        }
    }
    place->imsi = *imsi;
    place->at_ms = now_ms;
}

static bool is_awake(const godwit_eas_turn_t *turn, const godwit_imsi_t *imsi)
{
    const uint64_t now_ms = turn->in->now_ms;
    for (size_t i = 0; i < GODWIT_EAS_HEARD_MAX; i++) {
        const godwit_eas_heard_t *heard = &turn->eas->heard[i];
        if (heard->imsi.len > 0 && godwit_imsi_equal(&heard->imsi, imsi)) {
            return now_ms >= heard->at_ms && now_ms - heard->at_ms < turn->eas->config.awake_ms;
        }
    }
    return false;
}

void godwit_eas_fetch_downlink(const godwit_eas_turn_t *turn, const godwit_imsi_t *imsi)
{
    godwit_record_key_t *key = &godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_FETCH)->record_key;
    key->kind = GODWIT_RECORD_DOWNLINK;
    key->imsi = *imsi;
}

void godwit_eas_downlink_delete(const godwit_eas_turn_t *turn, uint64_t number)
{
    godwit_request_t *request = godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_COMMIT);
    request->deleting = true;
    request->record_key.kind = GODWIT_RECORD_DOWNLINK;
    godwit_store_u64(request->record_key.octets, number);
}

/* ---- a message of the application ---- */

static godwit_status_t check(const godwit_eas_turn_t *turn, const char **detail)
{
    const godwit_eas_device_t *device = &turn->eas->device;
    const size_t len = turn->in->datagram.len;
    *detail = "the message is empty, or too long for a datagram";
    if (len == 0 || len > GODWIT_EMSDP_PAYLOAD_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    const godwit_status_t status = godwit_eas_session_load(turn);
    *detail = status == GODWIT_NOT_FOUND ? "no session of that device" : "the record is damaged";
    if (status != GODWIT_OK) {
        return status == GODWIT_NOT_FOUND ? GODWIT_UNKNOWN_SESSION : status;
    }
    *detail = "the service is key agreement alone: the user plane is not here";
    return godwit_eas_is_empty(device) || godwit_eas_has_user_plane(device) ? GODWIT_OK : GODWIT_POLICY_FORBIDS;
}

static void fill(const godwit_eas_turn_t *turn, godwit_downlink_record_t *downlink)
{
    const godwit_input_t *in = turn->in;
    downlink->imsi = in->imsi;
    downlink->accepted_ms = in->now_ms;
    downlink->expires_ms =
        in->expires_ms != 0 ? in->expires_ms : in->now_ms + UINT64_C(1000) * turn->eas->config.downlink_s;
    memcpy(downlink->id, in->submit_id, sizeof downlink->id);
    downlink->len = (uint16_t)in->datagram.len;
    memcpy(downlink->payload, in->datagram.ptr, in->datagram.len);
}

/* That something waits is durable before it does: else it would wait until another message comes. */
static godwit_status_t put(const godwit_eas_turn_t *turn)
{
    godwit_eas_t *eas = turn->eas;
    godwit_status_t status = GODWIT_OK;
    godwit_record_t *record = godwit_outbox_alloc(turn->out, sizeof *record);
    if (record == NULL) {
        return GODWIT_OVERLOAD;
    }
    record->kind = GODWIT_RECORD_DOWNLINK;
    fill(turn, &record->u.downlink);
    if (!eas->device.waiting) {
        eas->device.waiting = true;
        status = godwit_eas_session_commit(turn);
    }
    godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_COMMIT)->record = record;
    godwit_outbox_event(turn->out, "downlink_queued", GODWIT_OK, &turn->in->imsi, NULL);
    if (is_awake(turn, &turn->in->imsi) && godwit_eas_down_of(eas, &turn->in->imsi) == NULL) {
        godwit_eas_down_next(turn);
    }
    return status;
}

static void fetch_same(const godwit_eas_turn_t *turn)
{
    godwit_eas_fetch_downlink(turn, &turn->in->imsi);
    memcpy(turn->out->requests[0].record_key.octets, turn->in->submit_id, sizeof turn->in->submit_id);
}

/* Whether so many wait already. */
static void fetch_last(const godwit_eas_turn_t *turn)
{
    godwit_eas_fetch_downlink(turn, &turn->in->imsi);
    turn->out->requests[0].record_key.session_id = turn->eas->config.queue - 1;
}

/* GODWIT_AGAIN: a need stands in the outbox. */
static godwit_status_t submit(const godwit_eas_turn_t *turn, const char **detail)
{
    static const uint8_t none[16];
    const godwit_input_t *in = turn->in;
    const bool has_id = memcmp(in->submit_id, none, sizeof none) != 0;
    *detail = "the store could not be read";
    if (godwit_eas_store_failed(turn)) {
        return GODWIT_STORE_FAILED;
    }
    if (in->fetch_status == GODWIT_AGAIN) {
        godwit_eas_fetch_newest(turn, &in->imsi);
        return GODWIT_AGAIN;
    }
    if (godwit_eas_was_session(turn, true)) {
        const godwit_status_t status = check(turn, detail);
        if (status != GODWIT_OK) {
            return status;
        }
        (has_id ? fetch_same : fetch_last)(turn);
        return GODWIT_AGAIN;
    }
    if (memcmp(in->fetched_key.octets, none, sizeof none) != 0) {
        if (in->fetched != NULL) {
            godwit_outbox_event(turn->out, "downlink_queued", GODWIT_OK, &in->imsi, "it waits already");
            return GODWIT_OK;
        }
        fetch_last(turn);
        return GODWIT_AGAIN;
    }
    *detail = "too many messages wait for that device";
    return in->fetched != NULL ? GODWIT_OVERLOAD : put(turn);
}

void godwit_eas_on_submit(const godwit_eas_turn_t *turn)
{
    const char *detail = "which device it is for is not said";
    const godwit_status_t status = turn->in->imsi.len == 0 ? GODWIT_INVALID_ARGUMENT : submit(turn, &detail);
    if (status != GODWIT_OK && status != GODWIT_AGAIN) {
        godwit_outbox_reset(turn->out);
        godwit_outbox_event(turn->out, "refused", status, &turn->in->imsi, detail);
    }
}
