/* SPDX-License-Identifier: Apache-2.0
 *
 * The user plane down of an end-to-end session: an EAS gives a datagram for a device of its own. It goes out as it
 * came, when the device listens. An EAS that names a session which is not its own hears the same as one that names
 * none.
 */
#include <string.h>

#include "roles/hse/end_to_end.h"

static bool is_for_us(const godwit_hse_t *hse, const godwit_message_t *message)
{
    const godwit_user_plane_t *down = &message->u.user_plane;
    return message->hop != GODWIT_HOP_OPEN && godwit_speaks_for(message, down->eas) &&
           (down->hse[0] == '\0' || strcmp(down->hse, hse->config.endpoint) == 0);
}

static godwit_status_t judge(const godwit_hse_turn_t *turn, const godwit_user_plane_t *down, godwit_status_t found)
{
    const godwit_session_record_t *record = &turn->work.record;
    godwit_framing_t framing = turn->hse->config.framing;
    godwit_emsdp_header_t header;
    if (found != GODWIT_OK || !record->end_to_end || !record->has_address ||
        strcmp(record->enterprise, down->eas) != 0 || record->state == GODWIT_SESSION_IDLE) {
        return found == GODWIT_STORE_FAILED ? GODWIT_OVERLOAD : GODWIT_UNKNOWN_SESSION;
    }
    if (record->e2e.age == 0 && record->e2e_next.age == 0) {
        return GODWIT_NOT_ENTITLED;
    }
    if (record->e2e.service == GODWIT_SERVICE_KEY_AGREEMENT) {
        return GODWIT_POLICY_FORBIDS;
    }
    if (down->len > sizeof down->datagram ||
        godwit_emsdp_peek(godwit_slice(down->datagram, down->len), framing, &header) != GODWIT_OK ||
        !header.user_plane || header.key_id == 0 ||
        (framing.session_octets > 0 && header.session_id != record->session_id)) {
        return GODWIT_MALFORMED;
    }
    return GODWIT_OK;
}

static godwit_status_t pass_on(godwit_hse_turn_t *turn, godwit_slice_t datagram)
{
    const godwit_session_record_t *record = &turn->work.record;
    uint64_t now_ms = turn->in->now_ms;
    /* Its answer and what it sends down may overtake each other: until it has said where the device is, this waits. */
    if (!godwit_hse_is_awake(turn->hse, &turn->work, now_ms) ||
        godwit_hse_may_have_moved(turn->hse, record->session_id)) {
        return godwit_hse_hold(turn->hse, record, datagram, now_ms);
    }
    godwit_address_t to = godwit_hse_address_of(record);
    godwit_hse_send(turn->out, &to, datagram);
    godwit_hse_event(turn->out, "forwarded_down", GODWIT_OK, &record->imsi, record->session_id, NULL);
    return GODWIT_OK;
}

void godwit_hse_on_down(godwit_hse_turn_t *turn)
{
    const godwit_message_t *message = turn->in->message;
    const godwit_user_plane_t *down = &message->u.user_plane;
    godwit_status_t status = GODWIT_UNKNOWN_SESSION;
    if (is_for_us(turn->hse, message) && down->session_id != 0) {
        status = godwit_hse_turn_find(turn, down->session_id, NULL);
        if (status == GODWIT_AGAIN) {
            return;
        }
        status = judge(turn, down, status);
    }
    if (status == GODWIT_OK) {
        status = pass_on(turn, godwit_slice(down->datagram, down->len));
    }
    godwit_message_t *answer = godwit_hse_answer(turn->hse, turn->out, message, GODWIT_USER_PLANE_DOWN_ANSWER);
    if (answer != NULL) {
        answer->u.outcome = status;
    }
    if (status != GODWIT_OK) {
        godwit_hse_event(turn->out, "refused", status, NULL, down->session_id, "what an EAS sends down");
    }
}
