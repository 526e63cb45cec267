/* SPDX-License-Identifier: Apache-2.0
 *
 * A turn: one input that concerns one session, worked on in a copy. The commit is first in the outbox and filled last;
 * a refusal empties the outbox, so what was refused leaves no trace but its event.
 */
#include <string.h>

#include "roles/hse/end_to_end.h"

/* User-plane COUNTs reserved by one commit. After a restart the rest of the block is skipped, which the device's four
 * guesses ahead bridge even with E = 0. */
#define RESERVE 32u

/* What was stored: COUNTs that were reserved may have been used. */
static void load(godwit_hse_session_t *work, const godwit_session_record_t *record)
{
    memset(work, 0, sizeof *work);
    work->record = *record;
    godwit_emsdp_key_t *const keys[2] = {&work->record.current, &work->record.next};
    for (size_t i = 0; i < 2; i++) {
        if (keys[i]->hot.up_next_out < keys[i]->hot.up_limit_out) {
            keys[i]->hot.up_next_out = keys[i]->hot.up_limit_out;
        }
        if (keys[i]->cp_next_out < keys[i]->cp_limit_out) {
            keys[i]->cp_next_out = keys[i]->cp_limit_out;
        }
    }
}

static bool was_asked(const godwit_input_t *in, uint32_t session_id)
{
    return in->fetch_status != GODWIT_AGAIN && in->fetched_key.kind == GODWIT_RECORD_SESSION &&
           in->fetched_key.session_id == session_id;
}

godwit_status_t godwit_hse_turn_find(godwit_hse_turn_t *turn, uint32_t session_id, const godwit_imsi_t *imsi)
{
    const godwit_input_t *in = turn->in;
    uint32_t id = session_id;
    if (id == 0 && was_asked(in, 0) && in->fetched != NULL) {
        id = in->fetched->u.session.session_id; /* memory knows better what it holds */
    }
    const godwit_hse_session_t *session = id != 0 ? godwit_hse_session_find(turn->hse, id) : NULL;
    if (session != NULL) {
        turn->work = *session;
        return GODWIT_OK;
    }
    if (!was_asked(in, session_id)) {
        godwit_hse_fetch_session(turn->out, session_id, imsi);
        return GODWIT_AGAIN;
    }
    if (in->fetched == NULL) {
        return in->fetch_status == GODWIT_NOT_FOUND ? GODWIT_NOT_FOUND : GODWIT_STORE_FAILED;
    }
    load(&turn->work, &in->fetched->u.session);
    return GODWIT_OK;
}

godwit_status_t godwit_hse_turn_begin(godwit_hse_turn_t *turn)
{
    turn->commit = godwit_outbox_alloc(turn->out, sizeof *turn->commit);
    if (turn->commit == NULL) {
        return GODWIT_OVERLOAD;
    }
    turn->commit->kind = GODWIT_RECORD_SESSION;
    godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_COMMIT)->record = turn->commit;
    return GODWIT_OK;
}

static godwit_request_t *commit_of(const godwit_hse_turn_t *turn)
{
    godwit_request_t *request = turn->out->requests;
    while (request->record != turn->commit) { /* it stands there: the turn has begun */
        request++;
    }
    return request;
}

static void delete_session(godwit_hse_turn_t *turn)
{
    uint32_t session_id = turn->work.record.session_id;
    if (turn->commit != NULL) {
        godwit_request_t *request = commit_of(turn);
        request->record = NULL;
        request->deleting = true;
        request->record_key.kind = GODWIT_RECORD_SESSION;
        request->record_key.session_id = session_id;
    } else {
        godwit_hse_delete(turn->out, session_id);
    }
    godwit_hse_close_end_to_end(turn->hse, &turn->work.record, turn->in->now_ms);
    godwit_hse_session_forget(turn->hse, session_id);
    godwit_hse_exchange_release_session(turn->hse, session_id);
}

/* What is left of the time in which the MKEF may give the key of its first datagram once more. Until then the record
 * stays, as that of a session that is over: it refuses that datagram, whatever else has forgotten it. */
static uint64_t lingers_for(const godwit_hse_turn_t *turn)
{
    const godwit_session_record_t *record = &turn->work.record;
    uint64_t now = turn->in->now_ms;
    if (record->agreement != GODWIT_AGREEMENT_DEVICE_RAND) {
        return 0;
    }
    uint64_t age = now > record->created_ms ? now - record->created_ms : 0;
    return age < GODWIT_HSE_DEVICE_RAND_MS ? GODWIT_HSE_DEVICE_RAND_MS - age : 0;
}

static godwit_status_t linger(godwit_hse_turn_t *turn, uint64_t rest_ms)
{
    godwit_session_record_t *record = &turn->work.record;
    record->state = GODWIT_SESSION_IDLE;
    record->pending_len = record->answer_len = 0;
    turn->work.sendings = 0;
    turn->work.dropping = turn->deleting = false;
    godwit_outbox_timer(turn->out, record->session_id, (uint32_t)rest_ms);
    return turn->commit != NULL ? GODWIT_OK : godwit_hse_turn_begin(turn);
}

void godwit_hse_turn_end(godwit_hse_turn_t *turn, godwit_status_t status)
{
    const godwit_session_record_t *record = &turn->work.record;
    uint64_t rest_ms = turn->deleting ? lingers_for(turn) : 0;
    if (status == GODWIT_OK && rest_ms > 0) {
        status = linger(turn, rest_ms);
    }
    if (status == GODWIT_OK && turn->out->overflow) {
        status = GODWIT_OVERLOAD;
        turn->detail = "more requests than the outbox holds";
    }
    if (status != GODWIT_OK) {
        godwit_outbox_reset(turn->out);
        godwit_hse_event(turn->out, "refused", status, &record->imsi, record->session_id, turn->detail);
        return;
    }
    if (turn->deleting) {
        delete_session(turn);
        return;
    }
    if (turn->commit != NULL) {
        turn->commit->u.session = *record;
    }
    if (turn->establishing && turn->exchange != NULL) {
        turn->exchange->live = true;
    }
    if (turn->establishing && turn->bearer != NULL) {
        turn->bearer->pending = false;
        turn->bearer->live = true;
        godwit_wipe(&turn->bearer->key, sizeof turn->bearer->key);
    }
    godwit_hse_bearer_touch(turn->hse, &turn->in->from, turn->in->now_ms);
    if (!turn->hse->sweeping && turn->out->count < turn->out->capacity && godwit_hse_may_become_idle(turn->hse)) {
        godwit_hse_sweep_later(turn->hse, turn->out);
    }
    if (turn->exchange != NULL && turn->header.command == GODWIT_SESSION_START_CONFIRMATION) {
        turn->exchange->confirmed = true;
    }
    if (turn->ended != 0) {
        godwit_hse_session_forget(turn->hse, turn->ended);
        godwit_hse_exchange_release_session(turn->hse, turn->ended);
    }
    if (turn->heard) {
        turn->work.heard_ms = turn->in->now_ms;
        godwit_hse_drain_later(turn->hse, &turn->work);
    }
    godwit_hse_session_keep(turn->hse, &turn->work, turn->in->now_ms);
}

void godwit_hse_turn_wipe(godwit_hse_turn_t *turn)
{
    godwit_wipe(&turn->work, sizeof turn->work);
    godwit_wipe(turn->plain, sizeof turn->plain);
}

godwit_status_t godwit_hse_seal(godwit_hse_turn_t *turn, const godwit_emsdp_control_t *m, godwit_slice_t transcript,
                                godwit_writer_t *w)
{
    godwit_emsdp_key_t *key = &turn->work.record.current;
    if (key->cp_next_out >= key->cp_limit_out && key->cp_next_out < UINT32_MAX) {
        key->cp_limit_out = key->cp_next_out + 1;
    }
    return godwit_emsdp_seal_control(turn->hse->config.crypto, key, m, transcript, w);
}

bool godwit_hse_reserve_user(godwit_emsdp_key_t *key)
{
    uint32_t block = 1u << (3u + 8u * (key->hot.framing & 3u));
    block = block < RESERVE ? block : RESERVE;
    if (key->hot.up_next_out < key->hot.up_limit_out) {
        return false;
    }
    key->hot.up_limit_out = key->hot.up_next_out < UINT32_MAX - block ? key->hot.up_next_out + block : UINT32_MAX;
    return true;
}

godwit_address_t godwit_hse_address_of(const godwit_session_record_t *record)
{
    godwit_address_t address = {.len = record->address_len};
    memcpy(address.octets, record->address, sizeof address.octets);
    return address;
}

void godwit_hse_remember_answer(godwit_session_record_t *record, const uint8_t hash[8], godwit_slice_t answer)
{
    record->answer_len = 0;
    if (answer.len <= sizeof record->answer) {
        memcpy(record->answered, hash, sizeof record->answered);
        memcpy(record->answer, answer.ptr, answer.len);
        record->answer_len = (uint8_t)answer.len;
    }
}
