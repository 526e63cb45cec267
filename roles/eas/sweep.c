/* SPDX-License-Identifier: Apache-2.0
 *
 * What time brings: keys are wiped in the store when their time is over, also of devices that never speak again, and
 * the next age is asked for when the EESE has not given it. One timer, for the record that is due first.
 */
#include <string.h>

#include "roles/eas/internal.h"

#define WAIT_MOST_MS 86400000u

void godwit_eas_sweep_by(const godwit_eas_turn_t *turn, uint64_t due_ms)
{
    const uint64_t now_ms = turn->in->now_ms;
    if (due_ms >= turn->eas->due_ms) {
        return;
    }
    turn->eas->due_ms = due_ms;
    const uint64_t wait = due_ms > now_ms ? due_ms - now_ms : GODWIT_EAS_SOON_MS;
    godwit_outbox_timer(turn->out, GODWIT_EAS_TIMER_SWEEP, wait < WAIT_MOST_MS ? (uint32_t)wait : WAIT_MOST_MS);
}

static void fetch_due(const godwit_eas_turn_t *turn)
{
    godwit_record_key_t *key = &godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_FETCH)->record_key;
    key->kind = GODWIT_RECORD_EAS_SESSION;
    key->at_ms = (uint64_t)INT64_MAX; /* a store counts with a sign */
}

/* What is left of it says whose it was. The next age is asked for when that device speaks: after a backup it is every
 * device's turn at once else. */
static void lose(const godwit_eas_turn_t *turn, const godwit_eas_session_record_t *former)
{
    godwit_record_t *record = godwit_outbox_alloc(turn->out, sizeof *record);
    if (record != NULL) {
        record->kind = GODWIT_RECORD_EAS_SESSION;
        record->u.eas_session.path = former->path;
        record->u.eas_session.begun_ms = former->begun_ms;
        record->u.eas_session.due_ms = UINT64_MAX;
        memcpy(record->u.eas_session.hse_key, former->hse_key, sizeof former->hse_key);
        godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_COMMIT)->record = record;
        godwit_outbox_event(turn->out, "keys_lost", GODWIT_INTERNAL, &former->path.imsi,
                            "the record is damaged, or of a backup");
    }
}

/* One that is due. The next one follows soon. */
static void attend(const godwit_eas_turn_t *turn, const godwit_eas_session_record_t *record)
{
    godwit_eas_sweep_by(turn, turn->in->now_ms);
    if (godwit_eas_session_load(turn) != GODWIT_OK) {
        lose(turn, record);
        return;
    }
    if (godwit_eas_tick(&turn->eas->device, godwit_eas_now_s(turn))) {
        godwit_outbox_event(turn->out, "key_wiped", GODWIT_OK, &record->path.imsi, NULL);
    }
    if (!godwit_eas_is_empty(&turn->eas->device)) {
        godwit_eas_ask_if_wanted(turn);
    }
    if (godwit_eas_session_commit(turn) != GODWIT_OK) {
        godwit_outbox_event(turn->out, "refused", GODWIT_INTERNAL, &record->path.imsi, "the record cannot be written");
    }
}

void godwit_eas_on_sweep(const godwit_eas_turn_t *turn)
{
    godwit_eas_t *eas = turn->eas;
    const godwit_input_t *in = turn->in;
    if (in->fetch_status == GODWIT_AGAIN) {
        fetch_due(turn);
        return;
    }
    eas->due_ms = UINT64_MAX;
    if (!eas->registered && eas->register_wait_ms == 0) {
        godwit_eas_on_register_timer(turn);
    }
    if (godwit_eas_store_failed(turn)) {
        godwit_eas_sweep_by(turn, in->now_ms + eas->config.retry_ms);
        return;
    }
    if (in->fetched == NULL) {
        return;
    }
    const godwit_eas_session_record_t *record = &in->fetched->u.eas_session;
    if (record->due_ms > in->now_ms) {
        godwit_eas_sweep_by(turn, record->due_ms);
    } else {
        attend(turn, record);
    }
}
