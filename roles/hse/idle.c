/* SPDX-License-Identifier: Apache-2.0
 *
 * A bearer without a datagram for idle_ms is flushed: its key and its record are wiped first, then the owner of the key
 * set is told how far the key was used (docs/keys.md, "Parking"). The context of the bearer stays, to pull the key
 * again. A session that waits for a response, or is about to end, is left as it is; so is one whose user plane ends in
 * an EAS, for parking keeps nothing of that.
 */
#include <string.h>

#include "roles/hse/internal.h"

bool godwit_hse_flushes(const godwit_hse_t *hse)
{
    return hse->config.idle_ms > 0 && hse->config.e2m_source != GODWIT_FUNCTION_NONE;
}

bool godwit_hse_may_become_idle(const godwit_hse_t *hse)
{
    for (size_t i = 0; i < hse->bearer_capacity && godwit_hse_flushes(hse); i++) {
        if (hse->bearers[i].used && (hse->bearers[i].pending || hse->bearers[i].live)) {
            return true;
        }
    }
    return false;
}

static godwit_hse_bearer_t *one_that_is_idle(godwit_hse_t *hse, uint64_t now_ms)
{
    for (size_t i = 0; i < hse->bearer_capacity && godwit_hse_flushes(hse); i++) {
        godwit_hse_bearer_t *b = &hse->bearers[i];
        if (b->used && now_ms < b->last_ms) {
            b->last_ms = now_ms; /* the clock was set back */
        }
        if (b->used && (b->pending || b->live) && !godwit_hse_pull_is_open(hse, b, now_ms) &&
            now_ms - b->last_ms >= hse->config.idle_ms) {
            return b;
        }
    }
    return NULL;
}

static godwit_parked_t parked_of(const godwit_emsdp_key_t *key)
{
    return (godwit_parked_t){.set = true,
                             .suite = key->hot.suite,
                             .key_id = key->hot.key_id,
                             .generation = key->generation,
                             .user_next_in = key->hot.up_next_in,
                             .user_next_out = key->hot.up_next_out,
                             .control_next_in = key->cp_next_in,
                             .control_next_out = key->cp_next_out,
                             .user_seen = key->hot.up_seen,
                             .control_seen = key->cp_seen};
}

static void park(godwit_hse_turn_t *turn, godwit_hse_bearer_t *b, const godwit_emsdp_key_t *key)
{
    godwit_hse_t *hse = turn->hse;
    b->parked = parked_of(key);
    b->flushed = true;
    b->pending = false;
    b->live = false;
    b->pulling = false; /* what was asked for in vain is not waited for any more */
    b->answers = false;
    godwit_wipe(&b->key, sizeof b->key);
    godwit_message_t *message =
        godwit_hse_message(hse, turn->out, hse->config.e2m_source, GODWIT_KEY_PARK, godwit_hse_next_transaction(hse));
    if (message != NULL) {
        godwit_key_park_t *told = &message->u.key_park;
        told->imsi = b->imsi;
        told->agreement = b->agreement;
        told->key_set = b->key_set;
        told->parked = b->parked;
        memcpy(told->endpoint, hse->config.endpoint, sizeof told->endpoint);
    }
    godwit_hse_event(turn->out, "flushed", GODWIT_OK, &b->imsi, 0, NULL);
}

static bool is_of_bearer(const godwit_session_record_t *record, const godwit_hse_bearer_t *b)
{
    godwit_address_t its = godwit_hse_address_of(record);
    return godwit_address_equal(&its, &b->address) && godwit_imsi_equal(&record->imsi, &b->imsi) &&
           godwit_agreement_is_access((uint8_t)record->agreement);
}

/* Wipes first. */
static void end_session(godwit_hse_turn_t *turn)
{
    uint32_t id = turn->work.record.session_id;
    godwit_hse_delete(turn->out, id);
    godwit_hse_session_forget(turn->hse, id);
    godwit_hse_exchange_release_session(turn->hse, id);
}

godwit_status_t godwit_hse_flush(godwit_hse_turn_t *turn)
{
    godwit_hse_bearer_t *b = one_that_is_idle(turn->hse, turn->in->now_ms);
    const godwit_session_record_t *record = &turn->work.record;
    if (b == NULL) {
        return GODWIT_NOT_FOUND;
    }
    uint32_t id = godwit_hse_id_of_address(turn->hse->config.crypto, &b->address);
    godwit_status_t status = godwit_hse_turn_find(turn, id, NULL);
    if (status == GODWIT_AGAIN) {
        return status;
    }
    bool ours = status == GODWIT_OK && is_of_bearer(record, b);
    bool busy = ours && (record->end_to_end || record->state != GODWIT_SESSION_ACTIVE || record->pending_len > 0 ||
                         godwit_emsdp_key_is_set(&record->next));
    if (status == GODWIT_STORE_FAILED || (busy && !b->pending)) {
        b->last_ms = turn->in->now_ms; /* later */
        return GODWIT_OK;
    }
    if (ours) {
        end_session(turn);
    }
    if (b->pending) {
        park(turn, b, &b->key);
    } else if (ours) {
        b->agreement = record->agreement;
        b->key_set = record->key_set;
        b->created_ms = record->created_ms;
        b->keyed_ms = record->keyed_ms;
        b->generations = record->generations;
        park(turn, b, &record->current);
    } else {
        b->live = false; /* another session has taken its place */
    }
    return GODWIT_OK;
}
