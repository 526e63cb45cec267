/* SPDX-License-Identifier: Apache-2.0
 *
 * Session Start Confirmation (12), and the birth of the session. Any datagram that verifies under the key of a set-up
 * proves that the device has it: the key is of this one generation, and the device took it only from a Start whose MAC
 * covers its own request. The Confirmation itself stays acceptable once after that.
 */
#include <string.h>

#include "roles/hse/end_to_end.h"

void godwit_hse_work_of_exchange(const godwit_hse_exchange_t *exchange, uint64_t now_ms, godwit_hse_session_t *work)
{
    godwit_session_record_t *record = &work->record;
    memset(work, 0, sizeof *work);
    record->session_id = exchange->session_id;
    record->imsi = exchange->imsi;
    record->agreement = exchange->agreement;
    record->key_set = exchange->key_set;
    record->state = GODWIT_SESSION_STARTED;
    record->current = exchange->key;
    record->last_key_id = exchange->key.hot.key_id;
    record->last_generation = exchange->key.generation;
    record->created_ms = now_ms;
    record->keyed_ms = now_ms;
    record->generations = 1;
    memcpy(record->enterprise, exchange->enterprise, sizeof record->enterprise);
    if (exchange->service != GODWIT_SERVICE_NONE) {
        record->end_to_end = true;
        record->e2e = exchange->terms; /* it came with the Start, and the device has taken both or neither */
        record->e2e_key_set = exchange->key_set;
    }
}

/* The vector is spent: the EMKS must not give it out again. Said again before each next generation, so a lost one does
 * no harm. */
void godwit_hse_confirm_key(godwit_hse_turn_t *turn)
{
    const godwit_session_record_t *record = &turn->work.record;
    if (!godwit_hse_can_inquire(turn->hse, record->agreement)) {
        return; /* the key was pushed, and nobody waits to hear of it */
    }
    godwit_message_t *message =
        godwit_hse_message(turn->hse, turn->out, godwit_hse_owner_of(turn->hse, record->agreement), GODWIT_KEY_CONFIRM,
                           godwit_hse_next_transaction(turn->hse));
    if (message == NULL) {
        return;
    }
    godwit_key_confirm_t *confirm = &message->u.key_confirm;
    confirm->imsi = record->imsi;
    confirm->agreement = record->agreement;
    confirm->key_set = record->key_set;
    confirm->generation = record->current.generation;
    memcpy(confirm->endpoint, turn->hse->config.endpoint, sizeof confirm->endpoint);
}

/* The store has been asked for the session that this IMSI had: it ends here. With S = 0 the same record is written
 * over. */
static void end_older(godwit_hse_turn_t *turn)
{
    uint32_t own = turn->work.record.session_id;
    uint32_t older = turn->in->fetched != NULL ? turn->in->fetched->u.session.session_id : own;
    if (older != own) {
        godwit_hse_delete(turn->out, older);
        turn->ended = older;
        godwit_hse_close_end_to_end(turn->hse, &turn->in->fetched->u.session, turn->in->now_ms);
    }
}

/* The device has gone on to a later key set or generation since this set-up began: what proves the earlier key now was
 * held back on its way. */
static bool is_overtaken(const godwit_hse_turn_t *turn)
{
    const godwit_session_record_t *record = &turn->work.record;
    const godwit_session_record_t *other = turn->in->fetched != NULL ? &turn->in->fetched->u.session : NULL;
    if (other == NULL || other->agreement != record->agreement) {
        return false;
    }
    if (turn->bearer != NULL) {
        /* A push may come twice: one session of a generation. But a next key that nobody has shown yet overtakes
         * nothing. */
        bool later = other->created_ms >= turn->bearer->started_ms && other->key_set > record->key_set;
        return later || (other->key_set == record->key_set && other->current.generation >= record->last_generation);
    }
    if (other->created_ms < turn->exchange->since_ms) {
        return false;
    }
    return other->key_set > record->key_set ||
           (other->key_set == record->key_set && other->last_generation > record->last_generation);
}

godwit_status_t godwit_hse_establish(godwit_hse_turn_t *turn)
{
    if (is_overtaken(turn)) {
        turn->detail = "the device has a later session";
        return GODWIT_REPLAY;
    }
    end_older(turn);
    godwit_hse_confirm_key(turn);
    if (turn->work.record.end_to_end) {
        godwit_hse_tell_eese(turn->hse, &turn->work.record, GODWIT_E2E_TAKEN, turn->in->now_ms);
    }
    godwit_hse_event(turn->out, "session_started", GODWIT_OK, &turn->work.record.imsi, turn->work.record.session_id,
                     NULL);
    return GODWIT_OK;
}

godwit_status_t godwit_hse_confirmation_consume(godwit_hse_turn_t *turn)
{
    if (turn->exchange == NULL || turn->exchange->confirmed) {
        turn->detail = "a second Confirmation";
        return GODWIT_REPLAY;
    }
    godwit_status_t status = godwit_hse_inner_data_consume(turn);
    return status == GODWIT_OK ? godwit_hse_maintain(turn) : status;
}
