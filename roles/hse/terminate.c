/* SPDX-License-Identifier: Apache-2.0
 *
 * Terminate (20, 21). The device ends a session: the response announces the key of the next one where the EMKS gives it
 * in time, else the device sets up anew. The HSE ends one when a new AKA run is due or the operator says so, and then
 * announces nothing.
 */
#include "roles/hse/internal.h"

#define ANNOUNCE_WAIT_MS 2000 /* for the EMKS; then the response goes without a key */
#define LINGER_MS 60000       /* an ended session answers repetitions for so long */

godwit_status_t godwit_hse_terminate_request_create(godwit_hse_turn_t *turn, const godwit_key_answer_t *announced)
{
    godwit_session_record_t *record = &turn->work.record;
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_TERMINATE_REQUEST};
    godwit_status_t status =
        godwit_session_step(record->state, GODWIT_END_NETWORK, true, m.command, announced != NULL, &record->state);
    if (status != GODWIT_OK) {
        turn->detail = "the session cannot be ended in this state";
        return status;
    }
    if (announced != NULL) {
        status = godwit_hse_next_key_create(turn, announced, true, &m);
    }
    if (status != GODWIT_OK) {
        return status;
    }
    godwit_hse_event(turn->out, "terminating", GODWIT_OK, &record->imsi, record->session_id, NULL);
    return godwit_hse_pend(turn, &m);
}

/* A key is announced only where none is under way, and where the session would not have needed a new AKA run anyway. */
static bool may_announce(const godwit_hse_turn_t *turn)
{
    const godwit_session_record_t *record = &turn->work.record;
    return record->pending_len == 0 && !turn->establishing && !godwit_emsdp_key_is_set(&record->next) &&
           !godwit_hse_reauthentication_is_due(turn) && godwit_hse_can_inquire(turn->hse, record->agreement);
}

godwit_status_t godwit_hse_terminate_request_consume(godwit_hse_turn_t *turn)
{
    godwit_hse_exchange_t *inquiry = godwit_hse_inquiry_of(turn->hse, turn->work.record.session_id);
    if (inquiry != NULL) {
        godwit_hse_exchange_release(inquiry); /* whatever it was for, the session ends */
    }
    bool asked = godwit_hse_may_hand_vector(turn) && godwit_hse_inquire_vector(turn, true, NULL);
    if (asked || (may_announce(turn) && godwit_hse_inquire(turn, true))) {
        godwit_outbox_timer(turn->out, turn->work.record.session_id, ANNOUNCE_WAIT_MS);
        return GODWIT_OK;
    }
    return godwit_hse_terminate_response_create(turn, turn->hash, NULL, false);
}

godwit_status_t godwit_hse_terminate_response_create(godwit_hse_turn_t *turn, const uint8_t hash[8],
                                                     const godwit_key_answer_t *announced, bool vector)
{
    godwit_session_record_t *record = &turn->work.record;
    uint8_t octets[sizeof record->answer];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_TERMINATE_RESPONSE};
    godwit_address_t to = godwit_hse_address_of(record);
    bool with_key = announced != NULL && godwit_hse_next_key_create(turn, announced, vector, &m) == GODWIT_OK;
    if (!with_key) {
        godwit_wipe(&record->next, sizeof record->next);
    }
    godwit_status_t status =
        godwit_session_step(record->state, GODWIT_END_NETWORK, true, m.command, with_key, &record->state);
    if (status == GODWIT_OK) {
        status = godwit_hse_seal(turn, &m, godwit_slice(NULL, 0), &w);
    }
    if (status != GODWIT_OK) {
        return status;
    }
    record->pending_len = 0;
    turn->work.sendings = 0;
    godwit_hse_remember_answer(record, hash, godwit_written(&w));
    godwit_hse_send(turn->out, &to, godwit_written(&w));
    godwit_outbox_timer(turn->out, record->session_id, with_key ? 0 : LINGER_MS);
    godwit_hse_event(turn->out, with_key ? "announced" : "terminated", GODWIT_OK, &record->imsi, record->session_id,
                     NULL);
    return GODWIT_OK;
}

godwit_status_t godwit_hse_terminate_response_consume(godwit_hse_turn_t *turn)
{
    godwit_session_record_t *record = &turn->work.record;
    if (godwit_hse_pending_command(record) != GODWIT_SESSION_TERMINATE_REQUEST) {
        turn->detail = "a Terminate Response that nobody asked for";
        return GODWIT_WRONG_STATE;
    }
    if (record->state == GODWIT_SESSION_ANNOUNCED) {
        record->pending_len = 0;
        turn->work.sendings = 0;
        godwit_outbox_timer(turn->out, record->session_id, 0);
        godwit_hse_event(turn->out, "announced", GODWIT_OK, &record->imsi, record->session_id, NULL);
        return GODWIT_OK;
    }
    turn->deleting = true;
    godwit_outbox_timer(turn->out, record->session_id, 0);
    godwit_hse_event(turn->out, "terminated", GODWIT_OK, &record->imsi, record->session_id, NULL);
    return GODWIT_OK;
}

/* ---- the operator ---- */

static godwit_status_t drop(godwit_hse_turn_t *turn)
{
    const godwit_session_record_t *record = &turn->work.record;
    if (record->state != GODWIT_SESSION_ACTIVE && record->state != GODWIT_SESSION_REKEYING) {
        turn->deleting = true; /* the device holds no live session, or is being told already */
        godwit_hse_event(turn->out, "dropped", GODWIT_OK, &record->imsi, record->session_id, NULL);
        return GODWIT_OK;
    }
    godwit_status_t status = godwit_hse_turn_begin(turn);
    turn->work.dropping = true;
    return status == GODWIT_OK ? godwit_hse_terminate_request_create(turn, NULL) : status;
}

void godwit_hse_on_drop(godwit_hse_turn_t *turn)
{
    const godwit_input_t *in = turn->in;
    godwit_status_t status = godwit_hse_turn_find(turn, in->session_id, &in->imsi);
    if (status == GODWIT_AGAIN) {
        return;
    }
    if (status != GODWIT_OK) {
        godwit_hse_event(turn->out, "refused", status == GODWIT_NOT_FOUND ? GODWIT_UNKNOWN_SESSION : status, NULL,
                         in->session_id, "no such session to drop");
        return;
    }
    godwit_hse_turn_end(turn, drop(turn));
}
