/* SPDX-License-Identifier: Apache-2.0
 *
 * The records of triggers: which there are, fetched round by round; committed, with the timer of what is due behind
 * them. Never: a record changed in memory alone.
 */
#include <string.h>

#include "core/wire/tsp.h"
#include "roles/mtc_iwf/internal.h"

#define TIMER_MAX_MS 3600000u

/* ---- keys ---- */

godwit_record_key_t godwit_iwf_key_named(const uint8_t source_key[16], uint32_t reference)
{
    godwit_record_key_t key = {.kind = GODWIT_RECORD_TRIGGER, .session_id = reference};
    memcpy(key.octets, source_key, sizeof key.octets);
    return key;
}

godwit_record_key_t godwit_iwf_key_next(const godwit_imsi_t *imsi)
{
    return (godwit_record_key_t){.kind = GODWIT_RECORD_TRIGGER, .imsi = *imsi};
}

godwit_record_key_t godwit_iwf_key_numbered(const godwit_imsi_t *imsi, uint32_t reference)
{
    return (godwit_record_key_t){.kind = GODWIT_RECORD_TRIGGER, .imsi = *imsi, .session_id = reference};
}

/* The first of all, due or not: it says when the timer must come. */
godwit_record_key_t godwit_iwf_key_due(void)
{
    return (godwit_record_key_t){.kind = GODWIT_RECORD_TRIGGER, .at_ms = (uint64_t)INT64_MAX};
}

uint32_t godwit_iwf_reference(const godwit_trigger_record_t *trigger)
{
    return (uint32_t)trigger->number;
}

/* ---- fetching ---- */

bool godwit_iwf_is_first_round(const godwit_input_t *in)
{
    return in->fetch_status == GODWIT_AGAIN && in->random.len == 0;
}

static bool is_it(const godwit_record_key_t *a, const godwit_record_key_t *b)
{
    return godwit_record_key_equal(a, b) && a->at_ms == b->at_ms;
}

static godwit_iwf_fetched_t *keep(const godwit_iwf_turn_t *turn, const godwit_record_key_t *key)
{
    const godwit_input_t *in = turn->in;
    godwit_mtc_iwf_t *iwf = turn->iwf;
    if (iwf->fetched_count == GODWIT_IWF_FETCHED_MAX) {
        return NULL;
    }
    godwit_iwf_fetched_t *kept = &iwf->fetched[iwf->fetched_count++];
    memset(kept, 0, sizeof *kept);
    kept->key = *key;
    kept->status = in->fetched == NULL && in->fetch_status == GODWIT_OK ? GODWIT_STORE_FAILED : in->fetch_status;
    if (in->fetched != NULL && key->kind == GODWIT_RECORD_TRIGGER) {
        kept->u.trigger = in->fetched->u.trigger;
    } else if (in->fetched != NULL) {
        kept->u.tally = in->fetched->u.trigger_tally;
    }
    return kept;
}

godwit_status_t godwit_iwf_fetch(const godwit_iwf_turn_t *turn, const godwit_record_key_t *key,
                                 const godwit_iwf_fetched_t **found)
{
    const godwit_input_t *in = turn->in;
    for (size_t i = 0; i < turn->iwf->fetched_count; i++) {
        if (is_it(&turn->iwf->fetched[i].key, key)) {
            *found = &turn->iwf->fetched[i];
            return (*found)->status;
        }
    }
    if (in->fetch_status == GODWIT_AGAIN || !is_it(&in->fetched_key, key)) {
        godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_FETCH)->record_key = *key;
        return GODWIT_AGAIN;
    }
    *found = keep(turn, key);
    return *found != NULL ? (*found)->status : GODWIT_STORE_FAILED;
}

godwit_status_t godwit_iwf_fetch_trigger(const godwit_iwf_turn_t *turn, const godwit_record_key_t *key,
                                         godwit_trigger_record_t *trigger)
{
    const godwit_iwf_fetched_t *found = NULL;
    const godwit_status_t status = godwit_iwf_fetch(turn, key, &found);
    if (status == GODWIT_OK) {
        *trigger = found->u.trigger;
    } else {
        memset(trigger, 0, sizeof *trigger);
    }
    return status;
}

/* ---- committing ---- */

void godwit_iwf_arm(const godwit_iwf_turn_t *turn, uint64_t at_ms)
{
    const uint64_t now_ms = turn->in->now_ms;
    const uint64_t soon = at_ms > now_ms ? at_ms : now_ms + 1;
    if (turn->iwf->armed_ms != 0 && turn->iwf->armed_ms <= soon) {
        return;
    }
    turn->iwf->armed_ms = soon;
    godwit_outbox_timer(turn->out, 0, soon - now_ms > TIMER_MAX_MS ? TIMER_MAX_MS : (uint32_t)(soon - now_ms));
}

void godwit_iwf_commit(const godwit_iwf_turn_t *turn, const godwit_trigger_record_t *trigger)
{
    godwit_record_t *record = godwit_outbox_alloc(turn->out, sizeof *record);
    if (record == NULL) {
        return;
    }
    record->kind = GODWIT_RECORD_TRIGGER;
    record->u.trigger = *trigger;
    godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_COMMIT)->record = record;
    godwit_iwf_arm(turn, trigger->due_ms);
}

uint64_t godwit_iwf_backoff(uint32_t base_ms, uint32_t max_ms, uint32_t attempts)
{
    uint64_t wait = base_ms;
    for (uint32_t i = 0; i < attempts && i < 32 && wait < max_ms; i++) {
        wait *= 2;
    }
    return wait < max_ms ? wait : max_ms;
}

void godwit_iwf_hold_back(const godwit_iwf_turn_t *turn, godwit_trigger_record_t *trigger)
{
    trigger->state = GODWIT_TRIGGER_SENT;
    trigger->due_ms = trigger->expires_ms;
    godwit_iwf_commit(turn, trigger);
}

void godwit_iwf_settle(const godwit_iwf_turn_t *turn, godwit_trigger_record_t *trigger,
                       godwit_delivery_outcome_t outcome)
{
    trigger->state = GODWIT_TRIGGER_REPORTING;
    trigger->outcome = outcome;
    trigger->recalled = trigger->replaced =
        false; /* what was to end it came too late, and must not be told otherwise */
    trigger->attempts = 0;
    trigger->due_ms = turn->in->now_ms;
    godwit_iwf_commit(turn, trigger);
    godwit_outbox_trigger_event(turn->out, "trigger_outcome", godwit_delivery_outcome_reason(outcome), &trigger->imsi,
                                trigger->action.reference, godwit_delivery_outcome_name(outcome));
}

/* A recall or a replacement that is under way may still ask for it, and lives no longer than it. */
void godwit_iwf_close(const godwit_iwf_turn_t *turn, godwit_trigger_record_t *trigger)
{
    const uint64_t kept_ms = turn->in->now_ms + UINT64_C(1000) * turn->iwf->config.keep_s;
    trigger->state = GODWIT_TRIGGER_CLOSED;
    trigger->due_ms = kept_ms > trigger->expires_ms ? kept_ms : trigger->expires_ms;
    godwit_iwf_commit(turn, trigger);
}
