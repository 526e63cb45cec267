/* SPDX-License-Identifier: Apache-2.0
 *
 * What a source of triggers keeps in the store of its owner: each trigger in its place, and up to which reference some
 * may have been given. Never: a reference that is given before the store has one at least as high, for the MTC-IWF
 * would take what has it for what had it before, and not send it.
 */
#include <string.h>

#include "roles/scs/internal.h"

#define RESERVE 1024u       /* references at once: of a process that ends some are never given */
#define AGAIN_AFTER_MS 1000 /* peers have a moment to connect before what was pending goes on */
#define DAY_S 86400u        /* ours: for so long what names no validity is asked for again after a restart */

godwit_record_key_t godwit_scs_key(const godwit_scs_t *scs, unsigned which)
{
    const bool is_source = which == GODWIT_SCS_TRIGGERS_MAX;
    godwit_record_key_t key = {.kind = is_source ? GODWIT_RECORD_SCS_SOURCE : GODWIT_RECORD_SCS_TRIGGER,
                               .session_id = is_source ? 0 : which};
    memcpy(key.octets, scs->source_key, sizeof key.octets);
    return key;
}

static void restore_source(godwit_scs_t *scs, const godwit_record_t *record)
{
    const uint32_t first = scs->config.first_reference != 0 ? scs->config.first_reference : 1;
    scs->reserved = record != NULL ? record->u.scs_source.reserved : first - UINT64_C(1);
    scs->next_reference = scs->reserved + 1;
    if (scs->last_number < scs->reserved) { /* a row that cannot be read may have had a higher one */
        scs->last_number = scs->reserved;
    }
    scs->former_number = scs->last_number;
    scs->last_transaction = (uint32_t)scs->reserved; /* a late answer to the former life is to none of this one */
}

static void restore_trigger(godwit_scs_t *scs, godwit_scs_trigger_t *t, const godwit_record_t *record)
{
    memset(t, 0, sizeof *t);
    if (record != NULL) {
        *t = record->u.scs_trigger.trigger;
        memcpy(t->action.scs, scs->config.name, sizeof t->action.scs);
        scs->last_number = t->number > scs->last_number ? t->number : scs->last_number;
    }
}

void godwit_scs_restore(godwit_scs_t *scs, unsigned which, const godwit_record_t *record)
{
    if (which == GODWIT_SCS_TRIGGERS_MAX) {
        restore_source(scs, record);
    } else if (which < GODWIT_SCS_TRIGGERS_MAX) {
        restore_trigger(scs, &scs->triggers[which], record);
    }
}

/* ---- commits ---- */

static godwit_record_t *commit(godwit_record_kind_t kind, godwit_outbox_t *out)
{
    godwit_record_t *record = godwit_outbox_alloc(out, sizeof *record);
    if (record != NULL) {
        record->kind = kind;
        godwit_outbox_add(out, GODWIT_REQUEST_STORE_COMMIT)->record = record;
    }
    return record;
}

void godwit_scs_keep(const godwit_scs_t *scs, const godwit_scs_trigger_t *trigger, godwit_outbox_t *out)
{
    godwit_record_t *record = scs->config.keeps ? commit(GODWIT_RECORD_SCS_TRIGGER, out) : NULL;
    if (record == NULL) {
        return;
    }
    godwit_scs_trigger_record_t *kept = &record->u.scs_trigger;
    memcpy(kept->source_key, scs->source_key, sizeof kept->source_key);
    kept->place = (uint16_t)(trigger - scs->triggers);
    kept->trigger = *trigger;
    memset(kept->trigger.action.scs, 0, sizeof kept->trigger.action.scs);
    kept->trigger.transaction = 0;
    kept->trigger.asked = 0;
}

bool godwit_scs_runs_short(const godwit_scs_t *scs)
{
    return scs->config.keeps && scs->next_reference != 0 && scs->reserved < UINT32_MAX &&
           scs->reserved + 1 < scs->next_reference + RESERVE / 2;
}

static void reserve(godwit_scs_t *scs, godwit_outbox_t *out)
{
    godwit_record_t *record = commit(GODWIT_RECORD_SCS_SOURCE, out);
    if (record == NULL) {
        return;
    }
    const uint64_t wanted = scs->next_reference + RESERVE - 1;
    scs->reserved = wanted < UINT32_MAX ? wanted : UINT32_MAX;
    memcpy(record->u.scs_source.source_key, scs->source_key, sizeof record->u.scs_source.source_key);
    memcpy(record->u.scs_source.name, scs->config.name, sizeof record->u.scs_source.name);
    record->u.scs_source.reserved = (uint32_t)scs->reserved;
}

void godwit_scs_on_reserve(const godwit_scs_turn_t *turn)
{
    godwit_outbox_timer(turn->out, GODWIT_SCS_TIMER_AGAIN, AGAIN_AFTER_MS);
    if (godwit_scs_runs_short(turn->scs)) {
        reserve(turn->scs, turn->out);
    }
}

/* ---- after a restart ---- */

/* Whoever asks for it late asks for something else. */
static bool is_over(const godwit_scs_trigger_t *t, uint64_t now_ms)
{
    const uint64_t validity_s = t->action.validity_s != 0 ? t->action.validity_s : DAY_S;
    return now_ms > t->created_ms && now_ms - t->created_ms >= validity_s * 1000;
}

/* One after the other. The MTC-IWF says so where it has it already. */
void godwit_scs_on_again(const godwit_scs_turn_t *turn)
{
    godwit_scs_t *scs = turn->scs;
    for (size_t i = 0; i < GODWIT_SCS_TRIGGERS_MAX; i++) {
        godwit_scs_trigger_t *t = &scs->triggers[i];
        if (t->state != GODWIT_SCS_ASKED || t->asked != 0) {
            continue;
        }
        if (is_over(t, turn->in->now_ms)) {
            godwit_scs_give_up(turn, t, "not answered before a restart, and over by now");
        } else {
            godwit_scs_ask(scs, t, turn->in->now_ms, turn->out);
        }
        godwit_outbox_timer(turn->out, GODWIT_SCS_TIMER_AGAIN, 1);
        return;
    }
}

/* ---- a store that fails ---- */

/* Of those that were not reserved none has left. */
static void forget_reserved(const godwit_scs_turn_t *turn)
{
    const godwit_input_t *in = turn->in;
    godwit_scs_t *scs = turn->scs;
    scs->reserved = in->fetch_status == GODWIT_OK ? in->fetched->u.scs_source.reserved : scs->next_reference - 1;
    godwit_outbox_timer(turn->out, GODWIT_SCS_TIMER_RESERVE, scs->config.answer_ms);
}

/* As the store has it. Where that cannot be read, what was asked for last has not left, and anything else stays. */
static void take_back(const godwit_scs_turn_t *turn, godwit_scs_trigger_t *t)
{
    const godwit_input_t *in = turn->in;
    if (in->fetch_status == GODWIT_OK || in->fetch_status == GODWIT_NOT_FOUND || t->state == GODWIT_SCS_ASKED) {
        restore_trigger(turn->scs, t, in->fetch_status == GODWIT_OK ? in->fetched : NULL);
    }
    t->asked = t->state == GODWIT_SCS_ASKED ? 1 : 0;
    godwit_outbox_timer(turn->out, (uint32_t)(t - turn->scs->triggers),
                        t->state == GODWIT_SCS_ASKED ? turn->scs->config.answer_ms : 0);
}

void godwit_scs_on_commit_failed(const godwit_scs_turn_t *turn)
{
    const godwit_record_key_t *key = &turn->in->record_key;
    if (turn->in->fetch_status == GODWIT_AGAIN) {
        godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_FETCH)->record_key = *key;
    } else if (key->kind == GODWIT_RECORD_SCS_SOURCE) {
        forget_reserved(turn);
    } else if (key->kind == GODWIT_RECORD_SCS_TRIGGER && key->session_id < GODWIT_SCS_TRIGGERS_MAX) {
        take_back(turn, &turn->scs->triggers[key->session_id]);
    }
}
