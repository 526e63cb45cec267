/* SPDX-License-Identifier: Apache-2.0
 *
 * The HSS has answered about a request (S6m, TS 29.336): whether that source may trigger that device, and who it is.
 * Then the device's own rate and quota, and the trigger is committed; SUCCESS stands behind that commit. The quota of
 * the source counts requests that came at the same time as one.
 */
#include <string.h>

#include "roles/mtc_iwf/internal.h"

static godwit_iwf_intake_t *intake_of(godwit_mtc_iwf_t *iwf, uint32_t transaction)
{
    for (size_t i = 0; i < GODWIT_IWF_INTAKES_MAX; i++) {
        if (transaction != 0 && iwf->intakes[i].transaction == transaction) {
            return &iwf->intakes[i];
        }
    }
    return NULL;
}

static godwit_request_status_t status_of(godwit_status_t status, const char **detail)
{
    switch (status) {
    case GODWIT_OK:
        *detail = NULL;
        return GODWIT_TRIGGER_SUCCESS;
    case GODWIT_UNKNOWN_SUBSCRIBER:
        *detail = "no device of that name";
        return GODWIT_TRIGGER_INVEXTID;
    case GODWIT_NOT_ENTITLED:
        *detail = "this source may not trigger that device";
        return GODWIT_TRIGGER_NOTAUTHORIZED;
    case GODWIT_POLICY_FORBIDS:
        *detail = "triggers are barred for that device";
        return GODWIT_TRIGGER_NOTAUTHORIZED;
    case GODWIT_OVERLOAD:
    case GODWIT_PEER_INTERNAL:
        *detail = "the HSS cannot answer";
        return GODWIT_TRIGGER_SERVICEUNAVAILABLE;
    default:
        *detail = "an answer of the HSS that helps nobody";
        return GODWIT_TRIGGER_TEMPORARYERROR;
    }
}

void godwit_iwf_enter(const godwit_iwf_turn_t *turn, godwit_trigger_record_t *t, uint64_t highest)
{
    /* Also above all that a store which came from a backup has forgotten, since devices have not. */
    t->number = highest + 1 > turn->in->now_ms ? highest + 1 : turn->in->now_ms;
    if ((uint32_t)t->number == 0) {
        t->number++; /* no reference */
    }
    t->due_ms = turn->in->now_ms + turn->iwf->config.retry_ms;
    t->due_ms = t->due_ms < t->expires_ms ? t->due_ms : t->expires_ms;
}

/* ---- replacing ---- */

/* By one name or by the other: where both are of one kind they must agree. */
static bool differs(const char *a, const char *b)
{
    return a[0] != '\0' && b[0] != '\0' && strcmp(a, b) != 0;
}

godwit_request_status_t godwit_iwf_judge_old(const godwit_trigger_record_t *fresh, const godwit_trigger_record_t *old,
                                             bool found)
{
    const godwit_request_status_t fails =
        fresh->action.action == GODWIT_ACTION_RECALL ? GODWIT_TRIGGER_RECALLFAIL : GODWIT_TRIGGER_REPLACEFAIL;
    if (!found || old->action.action == GODWIT_ACTION_RECALL ||
        differs(old->action.device.external_id, fresh->action.device.external_id) ||
        differs(old->action.device.msisdn, fresh->action.device.msisdn) || old->recalled || old->replaced) {
        return fails;
    }
    if (godwit_iwf_is_pending(old)) {
        return GODWIT_TRIGGER_SUCCESS;
    }
    return old->outcome == GODWIT_OUTCOME_SUCCESS ? GODWIT_TRIGGER_ORIGINALMESSAGESENT : fails;
}

/* What became of the request: SUCCESS when it stands against nothing. *store: a need, or a store that failed. */
static godwit_request_status_t judge_replace(const godwit_iwf_turn_t *turn, const godwit_trigger_record_t *fresh,
                                             godwit_trigger_record_t *old, godwit_status_t *store)
{
    const godwit_record_key_t key = godwit_iwf_key_named(fresh->source_key, fresh->action.old_reference);
    *store = GODWIT_OK;
    if (fresh->action.action != GODWIT_ACTION_REPLACE) {
        return GODWIT_TRIGGER_SUCCESS;
    }
    const godwit_status_t status = godwit_iwf_fetch_trigger(turn, &key, old);
    if (status != GODWIT_OK && status != GODWIT_NOT_FOUND) {
        *store = status;
        return GODWIT_TRIGGER_TEMPORARYERROR;
    }
    if (status == GODWIT_OK && !godwit_imsi_equal(&old->imsi, &fresh->imsi)) {
        return GODWIT_TRIGGER_REPLACEFAIL;
    }
    return godwit_iwf_judge_old(fresh, old, status == GODWIT_OK);
}

/* ---- the answer ---- */

typedef struct verdict {
    godwit_request_status_t status;
    const char *detail;
    uint64_t highest;
    bool again; /* its reference has been accepted meanwhile: former */
    godwit_trigger_record_t old, former;
} verdict_t;

static godwit_status_t judge_device(const godwit_iwf_turn_t *turn, godwit_iwf_intake_t *place,
                                    const godwit_trigger_record_t *t, verdict_t *verdict)
{
    godwit_mtc_iwf_t *iwf = turn->iwf;
    const godwit_iwf_fetched_t *tally = NULL;
    const godwit_record_key_t key = {.kind = GODWIT_RECORD_TRIGGER_TALLY, .imsi = t->imsi};
    const uint64_t whose = godwit_rate_whose((const uint8_t *)t->imsi.digits, t->imsi.len);
    if (!place->counted && !godwit_iwf_spend(iwf, whose, iwf->config.device_per_minute, turn->in->now_ms)) {
        verdict->status = GODWIT_TRIGGER_RATEEXCEEDED;
        verdict->detail = "the rate of triggers for this device";
        return GODWIT_OK;
    }
    place->counted = true;
    const godwit_status_t status = godwit_iwf_fetch(turn, &key, &tally);
    if (status == GODWIT_OK && tally->u.tally.pending >= iwf->config.device_quota) {
        verdict->status = GODWIT_TRIGGER_QUOTAEXCEEDED;
        verdict->detail = "too many triggers wait for this device";
    } else if (status == GODWIT_OK) {
        verdict->highest = tally->u.tally.highest;
    }
    return status == GODWIT_NOT_FOUND ? GODWIT_OK : status;
}

/* What was accepted meanwhile counts against nothing: it is said again. GODWIT_AGAIN: a need stands in the outbox. */
static godwit_status_t judge(const godwit_iwf_turn_t *turn, godwit_iwf_intake_t *place,
                             const godwit_trigger_record_t *t, verdict_t *verdict)
{
    const godwit_record_key_t own = godwit_iwf_key_named(t->source_key, t->action.reference);
    godwit_status_t status = godwit_iwf_fetch_trigger(turn, &own, &verdict->former);
    if (status != GODWIT_NOT_FOUND) {
        verdict->again = status == GODWIT_OK;
        return status;
    }
    status = judge_device(turn, place, t, verdict);
    if (status != GODWIT_OK || verdict->status != GODWIT_TRIGGER_SUCCESS) {
        return status;
    }
    verdict->status = judge_replace(turn, t, &verdict->old, &status);
    verdict->detail = verdict->status != GODWIT_TRIGGER_SUCCESS ? "there is nothing that could be replaced" : NULL;
    return status;
}

static void accept(const godwit_iwf_turn_t *turn, godwit_iwf_intake_t *intake, verdict_t *verdict,
                   const godwit_subscriber_info_answer_t *located)
{
    godwit_trigger_record_t *t = &intake->trigger;
    godwit_iwf_enter(turn, t, verdict->highest);
    if (!godwit_iwf_fly(turn, &t->imsi, located)) {
        t->due_ms = turn->in->now_ms + GODWIT_IWF_FULL_MS;
    }
    godwit_iwf_commit(turn, t);
    if (t->action.action == GODWIT_ACTION_REPLACE) {
        verdict->old.replaced = true;
        if (godwit_iwf_never_left(&verdict->old)) {
            godwit_iwf_close(turn, &verdict->old);
        } else {
            godwit_iwf_hold_back(turn, &verdict->old);
        }
    }
    godwit_iwf_answer_action(turn, intake, GODWIT_TRIGGER_SUCCESS, NULL);
}

bool godwit_iwf_on_authorised(const godwit_iwf_turn_t *turn)
{
    godwit_iwf_intake_t *place = intake_of(turn->iwf, turn->in->message->transaction);
    const godwit_subscriber_info_answer_t *answer = &turn->in->message->u.subscriber_info_answer;
    verdict_t verdict = {0};
    if (place == NULL) {
        return false;
    }
    godwit_iwf_intake_t intake = *place;
    godwit_status_t status = GODWIT_OK;
    verdict.status = status_of(answer->status, &verdict.detail);
    if (verdict.status == GODWIT_TRIGGER_SUCCESS && answer->imsi.len == 0) {
        verdict.status = status_of(GODWIT_INTERNAL, &verdict.detail);
    }
    if (verdict.status == GODWIT_TRIGGER_SUCCESS) {
        intake.trigger.imsi = answer->imsi;
        status = judge(turn, place, &intake.trigger, &verdict);
    }
    if (status == GODWIT_AGAIN) {
        return true;
    }
    memset(place, 0, sizeof *place);
    if (status != GODWIT_OK) {
        godwit_iwf_answer_action(turn, &intake, GODWIT_TRIGGER_TEMPORARYERROR, "the store could not be read");
    } else if (verdict.again) {
        godwit_iwf_answer_again(turn, &intake, &verdict.former);
    } else if (verdict.status != GODWIT_TRIGGER_SUCCESS) {
        godwit_iwf_answer_action(turn, &intake, verdict.status, verdict.detail);
    } else {
        accept(turn, &intake, &verdict, answer);
    }
    return true;
}
