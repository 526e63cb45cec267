/* SPDX-License-Identifier: Apache-2.0
 *
 * Messages under way to an HSE: one of a device at a time. A message is deleted when the HSE has taken it; else it
 * waits for the next time that the device is heard, and goes under another COUNT then. So it may arrive twice, and is
 * not lost while its time lasts.
 */
#include <string.h>

#include "roles/eas/internal.h"

godwit_eas_down_t *godwit_eas_down_of(godwit_eas_t *eas, const godwit_imsi_t *imsi)
{
    for (size_t i = 0; i < GODWIT_EAS_DOWNS_MAX; i++) {
        if (eas->downs[i].state != GODWIT_EAS_DOWN_FREE && godwit_imsi_equal(&eas->downs[i].imsi, imsi)) {
            return &eas->downs[i];
        }
    }
    return NULL;
}

static void arm(const godwit_eas_turn_t *turn, const godwit_eas_down_t *down, uint32_t delay_ms)
{
    godwit_outbox_timer(turn->out, GODWIT_EAS_TIMER_DOWNS + (uint32_t)(down - turn->eas->downs), delay_ms);
}

/* The place of eas->device: its own, or a free one. NULL: all are taken. */
static godwit_eas_down_t *place_of(const godwit_eas_turn_t *turn)
{
    godwit_eas_t *eas = turn->eas;
    godwit_eas_down_t *place = godwit_eas_down_of(eas, &eas->device.path.imsi);
    for (size_t i = 0; i < GODWIT_EAS_DOWNS_MAX && place == NULL; i++) {
        place = eas->downs[i].state == GODWIT_EAS_DOWN_FREE ? &eas->downs[i] : NULL;
    }
    if (place == NULL || godwit_name_key(eas->config.crypto, eas->device.path.hse, place->hse_key) != GODWIT_OK) {
        return NULL;
    }
    place->imsi = eas->device.path.imsi;
    place->session_id = eas->device.path.session_id;
    return place;
}

void godwit_eas_down_next(const godwit_eas_turn_t *turn)
{
    godwit_eas_down_t *place = place_of(turn);
    if (place != NULL) {
        place->state = GODWIT_EAS_DOWN_NEXT;
        arm(turn, place, GODWIT_EAS_SOON_MS);
    }
}

static godwit_message_t *seal(const godwit_eas_turn_t *turn, const godwit_downlink_record_t *downlink,
                              godwit_eas_down_t *place)
{
    godwit_eas_t *eas = turn->eas;
    const uint32_t transaction = godwit_eas_transaction(turn);
    godwit_message_t *message = godwit_eas_message(turn, GODWIT_USER_PLANE_DOWN, GODWIT_FUNCTION_HSE, transaction);
    if (message == NULL || downlink->len > sizeof downlink->payload) {
        return NULL;
    }
    godwit_user_plane_t *down = &message->u.user_plane;
    godwit_writer_t w = godwit_writer(down->datagram, sizeof down->datagram);
    if (godwit_eas_seal(&eas->device, godwit_eas_now_s(turn), godwit_slice(downlink->payload, downlink->len), &w) !=
        GODWIT_OK) {
        return NULL; /* it waits until the device has used a key that is good */
    }
    memcpy(down->eas, eas->config.name, sizeof down->eas);
    memcpy(down->hse, eas->device.path.hse, sizeof down->hse);
    down->session_id = eas->device.path.session_id;
    down->number = downlink->number;
    down->len = (uint16_t)w.len;
    place->state = GODWIT_EAS_DOWN_SENT;
    place->transaction = transaction;
    place->number = downlink->number;
    arm(turn, place, eas->config.answer_ms);
    return message;
}

godwit_message_t *godwit_eas_down_seal(const godwit_eas_turn_t *turn)
{
    godwit_eas_t *eas = turn->eas;
    if (turn->in->fetched == NULL) {
        eas->device.waiting = false;
        return NULL;
    }
    const godwit_downlink_record_t *downlink = &turn->in->fetched->u.downlink;
    if (downlink->expires_ms != 0 && downlink->expires_ms <= turn->in->now_ms) {
        godwit_eas_downlink_delete(turn, downlink->number);
        godwit_outbox_event(turn->out, "downlink_expired", GODWIT_OK, &downlink->imsi, NULL);
        godwit_eas_down_next(turn);
        return NULL;
    }
    godwit_eas_down_t *place = place_of(turn);
    return place != NULL ? seal(turn, downlink, place) : NULL;
}

/* ---- the next one ---- */

static void send_next(const godwit_eas_turn_t *turn, godwit_eas_down_t *place)
{
    const godwit_input_t *in = turn->in;
    if (in->fetch_status == GODWIT_AGAIN) {
        godwit_eas_fetch_session(turn, place->hse_key, place->session_id);
        return;
    }
    if (godwit_eas_was_session(turn, false)) {
        if (godwit_eas_session_load(turn) == GODWIT_OK && turn->eas->device.waiting &&
            godwit_imsi_equal(&turn->eas->device.path.imsi, &place->imsi)) {
            godwit_eas_fetch_downlink(turn, &place->imsi);
            return;
        }
        place->state = GODWIT_EAS_DOWN_FREE;
        return;
    }
    place->state = GODWIT_EAS_DOWN_FREE;
    if (godwit_eas_store_failed(turn)) {
        return;
    }
    const godwit_message_t *message = godwit_eas_down_seal(turn);
    if (godwit_eas_session_commit(turn) == GODWIT_OK && message != NULL) {
        godwit_outbox_add(turn->out, GODWIT_REQUEST_MESSAGE)->message = message;
    }
}

void godwit_eas_on_down_timer(const godwit_eas_turn_t *turn, size_t index)
{
    godwit_eas_down_t *place = &turn->eas->downs[index];
    if (place->state == GODWIT_EAS_DOWN_NEXT) {
        send_next(turn, place);
    } else if (place->state == GODWIT_EAS_DOWN_SENT) {
        place->state = GODWIT_EAS_DOWN_FREE;
        godwit_outbox_event(turn->out, "downlink_waits", GODWIT_PEER_INTERNAL, &place->imsi, "the HSE does not answer");
    }
}

/* ---- the answer ---- */

static godwit_eas_down_t *of_transaction(godwit_eas_t *eas, uint32_t transaction)
{
    for (size_t i = 0; i < GODWIT_EAS_DOWNS_MAX; i++) {
        if (eas->downs[i].state == GODWIT_EAS_DOWN_SENT && eas->downs[i].transaction == transaction) {
            return &eas->downs[i];
        }
    }
    return NULL;
}

/* It is with the HSE: deleted, and then the next one. */
static void taken(const godwit_eas_turn_t *turn, godwit_eas_down_t *place)
{
    godwit_eas_downlink_delete(turn, place->number);
    place->state = GODWIT_EAS_DOWN_NEXT;
    godwit_outbox_event(turn->out, "downlink_sent", GODWIT_OK, &place->imsi, NULL);
    arm(turn, place, GODWIT_EAS_SOON_MS);
}

void godwit_eas_on_down_answer(const godwit_eas_turn_t *turn)
{
    const godwit_message_t *message = turn->in->message;
    godwit_eas_down_t *place = of_transaction(turn->eas, message->transaction);
    uint8_t hse_key[16];
    if (place == NULL || message->hop == GODWIT_HOP_OPEN ||
        godwit_name_key(turn->eas->config.crypto, message->origin_host, hse_key) != GODWIT_OK ||
        memcmp(hse_key, place->hse_key, sizeof hse_key) != 0) {
        return;
    }
    if (message->u.outcome != GODWIT_OK) {
        arm(turn, place, 0);
        place->state = GODWIT_EAS_DOWN_FREE;
        godwit_outbox_event(turn->out, "downlink_waits", godwit_status_on_the_wire(message->u.outcome), &place->imsi,
                            "the HSE cannot take it now");
    } else {
        taken(turn, place);
    }
}
