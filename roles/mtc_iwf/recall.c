/* SPDX-License-Identifier: Apache-2.0
 *
 * Recalling a trigger (TS 29.368, Action-Type 3): of the same source and the same device, and no question to the HSS,
 * since that source was entitled when it asked.
 * What has not left is closed at once; what may be with the device is followed by a recall of its own, which the device
 * acknowledges. A recall that was accepted has a record, so that it is one however often it is said.
 */
#include <string.h>

#include "roles/mtc_iwf/internal.h"

/* It never went to the device. A recall that was said again after a death between the two commits finds it closed
 * already. */
static void recall_waiting(const godwit_iwf_turn_t *turn, godwit_iwf_intake_t *intake, godwit_trigger_record_t *old)
{
    godwit_trigger_record_t *t = &intake->trigger;
    if (godwit_iwf_is_pending(old)) {
        old->recalled = true;
        godwit_iwf_close(turn, old);
    }
    t->outcome = GODWIT_OUTCOME_SUCCESS;
    godwit_iwf_close(turn, t);
    godwit_iwf_answer_action(turn, intake, GODWIT_TRIGGER_SUCCESS, "recalled before it was sent");
}

static void recall_sent(const godwit_iwf_turn_t *turn, godwit_iwf_intake_t *intake, godwit_trigger_record_t *old)
{
    godwit_trigger_record_t *t = &intake->trigger;
    (void)godwit_iwf_fly(turn, &t->imsi, NULL); /* else when it is due */
    godwit_iwf_commit(turn, t);
    old->recalled = true;
    godwit_iwf_hold_back(turn, old);
    godwit_iwf_answer_action(turn, intake, GODWIT_TRIGGER_SUCCESS, "the recall goes to the device");
}

static void recall(const godwit_iwf_turn_t *turn, godwit_iwf_intake_t *intake, godwit_trigger_record_t *old, bool found)
{
    godwit_trigger_record_t *t = &intake->trigger;
    if (t->action.device.external_id[0] == '\0' && t->action.device.msisdn[0] == '\0') {
        t->action.device = old->action.device; /* the old reference says which device: REST has no more */
    }
    const bool closed = found && old->state == GODWIT_TRIGGER_CLOSED && old->recalled;
    const godwit_request_status_t status = closed ? GODWIT_TRIGGER_SUCCESS : godwit_iwf_judge_old(t, old, found);
    if (status != GODWIT_TRIGGER_SUCCESS) {
        godwit_iwf_answer_action(turn, intake, status, "there is nothing that could be recalled");
    } else if (!closed && !godwit_iwf_never_left(old)) {
        recall_sent(turn, intake, old);
    } else {
        recall_waiting(turn, intake, old);
    }
}

void godwit_iwf_recall(const godwit_iwf_turn_t *turn, godwit_iwf_intake_t *intake)
{
    godwit_trigger_record_t *t = &intake->trigger;
    const godwit_record_key_t key = godwit_iwf_key_named(t->source_key, t->action.old_reference);
    const godwit_iwf_fetched_t *tally = NULL;
    godwit_trigger_record_t old;
    godwit_status_t status = godwit_iwf_fetch_trigger(turn, &key, &old);
    const bool found = status == GODWIT_OK;
    if (found) {
        const godwit_record_key_t of_device = {.kind = GODWIT_RECORD_TRIGGER_TALLY, .imsi = old.imsi};
        status = godwit_iwf_fetch(turn, &of_device, &tally);
    }
    if (status == GODWIT_AGAIN) {
        return;
    }
    if (status != GODWIT_OK && status != GODWIT_NOT_FOUND) {
        godwit_iwf_answer_action(turn, intake, GODWIT_TRIGGER_TEMPORARYERROR, "the store could not be read");
        return;
    }
    if (found) {
        t->imsi = old.imsi;
        t->expires_ms = old.expires_ms;
        godwit_iwf_enter(turn, t, tally != NULL ? tally->u.tally.highest : 0);
    }
    recall(turn, intake, &old, found);
}
