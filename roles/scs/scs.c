/* SPDX-License-Identifier: Apache-2.0
 *
 * A source of triggers: requests by reference, said again until they are answered, and delivery reports, each taken
 * once. What it learns is in the store before anybody is answered. Never: a report taken from another MTC-IWF than the configured one, one over an open hop of what was accepted
 * with proof, or one that changes an outcome that is known.
 */
#include <string.h>

#include "core/wire/tsp.h"
#include "roles/scs/internal.h"

#define ANSWER_MS 10000u
#define ATTEMPTS 3u

void godwit_scs_change(godwit_scs_t *scs, uint32_t answer_ms, uint8_t attempts)
{
    scs->config.answer_ms = answer_ms != 0 ? answer_ms : ANSWER_MS;
    scs->config.attempts = attempts != 0 ? attempts : ATTEMPTS;
}

godwit_status_t godwit_scs_init(godwit_scs_t *scs, const godwit_scs_config_t *config)
{
    if ((config->function != GODWIT_FUNCTION_SCS && config->function != GODWIT_FUNCTION_AS) ||
        config->name[0] == '\0' || config->local_host[0] == '\0') {
        return GODWIT_INVALID_ARGUMENT;
    }
    memset(scs, 0, sizeof *scs);
    scs->config = *config;
    godwit_scs_change(scs, config->answer_ms, config->attempts);
    if (config->keeps) {
        return godwit_name_key(config->crypto, config->name, scs->source_key);
    }
    scs->next_reference = config->first_reference != 0 ? config->first_reference : 1;
    scs->reserved = UINT32_MAX;
    return GODWIT_OK;
}

/* ---- table ---- */

const godwit_scs_trigger_t *godwit_scs_find(const godwit_scs_t *scs, uint32_t reference)
{
    for (size_t i = 0; i < GODWIT_SCS_TRIGGERS_MAX; i++) {
        const godwit_scs_trigger_t *t = &scs->triggers[i];
        if (t->state != GODWIT_SCS_FREE && t->action.reference == reference) {
            return t;
        }
    }
    return NULL;
}

static godwit_scs_trigger_t *find(godwit_scs_t *scs, uint32_t reference)
{
    const godwit_scs_trigger_t *t = godwit_scs_find(scs, reference);
    return t != NULL ? &scs->triggers[t - scs->triggers] : NULL;
}

/* How readily it makes room: a free one, then one that is over, then one whose report may still come; the oldest of
 * each. */
static unsigned readiness(const godwit_scs_trigger_t *t)
{
    switch (t->state) {
    case GODWIT_SCS_FREE:
        return 3;
    case GODWIT_SCS_REFUSED:
    case GODWIT_SCS_DONE:
    case GODWIT_SCS_SILENT:
        return 2;
    case GODWIT_SCS_ACCEPTED:
        return 1;
    default:
        return 0;
    }
}

/* NULL: all wait for an answer. */
static godwit_scs_trigger_t *place_for(godwit_scs_t *scs)
{
    godwit_scs_trigger_t *best = &scs->triggers[0];
    for (size_t i = 1; i < GODWIT_SCS_TRIGGERS_MAX; i++) {
        godwit_scs_trigger_t *t = &scs->triggers[i];
        const unsigned a = readiness(t), b = readiness(best);
        best = a > b || (a == b && t->number < best->number) ? t : best;
    }
    return readiness(best) > 0 ? best : NULL;
}

/* ---- requests ---- */

/* Validity counts from the first time: said later, it is for what is left. */
static uint32_t left_of_validity(const godwit_scs_trigger_t *t, uint64_t now_ms)
{
    const uint64_t since_s = now_ms > t->created_ms ? (now_ms - t->created_ms) / 1000 : 0;
    const uint32_t validity_s = t->action.validity_s;
    return validity_s <= 1 ? validity_s : since_s < validity_s ? validity_s - (uint32_t)since_s : 1;
}

void godwit_scs_ask(godwit_scs_t *scs, godwit_scs_trigger_t *trigger, uint64_t now_ms, godwit_outbox_t *out)
{
    godwit_message_t *message = godwit_outbox_alloc(out, sizeof *message);
    if (message == NULL) {
        return;
    }
    scs->last_transaction = scs->last_transaction == UINT32_MAX ? 1 : scs->last_transaction + 1;
    trigger->transaction = scs->last_transaction;
    trigger->asked++;
    message->kind = GODWIT_DEVICE_ACTION;
    message->from = scs->config.function;
    message->to = GODWIT_FUNCTION_MTC_IWF;
    message->transaction = trigger->transaction;
    memcpy(message->origin_host, scs->config.local_host, sizeof message->origin_host);
    memcpy(message->origin_realm, scs->config.local_realm, sizeof message->origin_realm);
    message->u.device_action = trigger->action;
    message->u.device_action.validity_s = left_of_validity(trigger, now_ms);
    godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    godwit_outbox_timer(out, (uint32_t)(trigger - scs->triggers), scs->config.answer_ms);
}

/* Whether there is a reference for it: one of its own is below all that are given here, and so never one of them. */
static godwit_status_t judge_reference(const godwit_scs_t *scs, uint32_t own)
{
    if (scs->next_reference == 0) {
        return GODWIT_STORE_FAILED;
    }
    if (own != 0) {
        return own < scs->next_reference ? GODWIT_OK : GODWIT_INVALID_ARGUMENT;
    }
    return scs->next_reference > UINT32_MAX      ? GODWIT_COUNT_EXHAUSTED
           : scs->next_reference > scs->reserved ? GODWIT_STORE_FAILED
                                                 : GODWIT_OK;
}

static void begin(godwit_scs_t *scs, godwit_scs_trigger_t *place, const godwit_device_action_t *action, uint64_t now_ms)
{
    memset(place, 0, sizeof *place);
    place->action = *action;
    place->action.reference = action->reference != 0 ? action->reference : (uint32_t)scs->next_reference++;
    memcpy(place->action.scs, scs->config.name, sizeof place->action.scs);
    place->state = GODWIT_SCS_ASKED;
    place->number = ++scs->last_number;
    place->created_ms = now_ms;
}

godwit_status_t godwit_scs_request(godwit_scs_t *scs, const godwit_device_action_t *action, uint64_t now_ms,
                                   uint32_t *reference, godwit_outbox_t *out)
{
    godwit_scs_trigger_t *known = action->reference != 0 ? find(scs, action->reference) : NULL;
    if (known != NULL && !godwit_device_action_is_same(&known->action, action)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    if (known != NULL && known->state != GODWIT_SCS_SILENT) {
        *reference = action->reference;
        return GODWIT_OK;
    }
    const godwit_status_t status = judge_reference(scs, action->reference);
    godwit_scs_trigger_t *place = known != NULL ? known : place_for(scs);
    if (status != GODWIT_OK || place == NULL) {
        return status != GODWIT_OK ? status : GODWIT_OVERLOAD;
    }
    begin(scs, place, action, now_ms);
    godwit_scs_keep(scs, place, out);
    godwit_scs_ask(scs, place, now_ms, out);
    if (godwit_scs_runs_short(scs)) {
        godwit_outbox_timer(out, GODWIT_SCS_TIMER_RESERVE, 1);
    }
    *reference = place->action.reference;
    return GODWIT_OK;
}

/* ---- answers and reports ---- */

/* Behind a relay anybody may answer. What has no origin is the owner's own word that nobody did. */
static bool is_of_another(const godwit_scs_t *scs, const godwit_message_t *answer)
{
    return scs->config.iwf_host[0] != '\0' && answer->origin_host[0] != '\0' &&
           strcmp(answer->origin_host, scs->config.iwf_host) != 0;
}

/* The MTC-IWF may have accepted it when it was said first, and have refused it when it was said again: for its rate, or
 * because the HSS was silent. PERMANENTERROR says that the reference is of something else. */
static bool may_be_accepted(const godwit_scs_t *scs, const godwit_scs_trigger_t *t)
{
    const bool said_before = t->asked > 1 || t->number <= scs->former_number;
    return t->state == GODWIT_SCS_ASKED || t->state == GODWIT_SCS_SILENT ||
           (t->state == GODWIT_SCS_REFUSED && t->status != GODWIT_TRIGGER_PERMANENTERROR && said_before);
}

/* A refusal is of what was said last; one by Diameter itself has no reference. SUCCESS is of the reference, whenever it
 * was said. */
static bool is_of(const godwit_scs_trigger_t *t, const godwit_message_t *message)
{
    const godwit_device_action_answer_t *answer = &message->u.device_action_answer;
    const bool named = answer->reference == t->action.reference;
    return (named && answer->status == GODWIT_TRIGGER_SUCCESS) ||
           (t->state != GODWIT_SCS_REFUSED && t->transaction == message->transaction &&
            (answer->reference == 0 || named));
}

/* NULL: of nothing that waits for an answer. */
static godwit_scs_trigger_t *answered(godwit_scs_t *scs, const godwit_message_t *message)
{
    if (is_of_another(scs, message)) {
        return NULL;
    }
    for (size_t i = 0; i < GODWIT_SCS_TRIGGERS_MAX; i++) {
        godwit_scs_trigger_t *t = &scs->triggers[i];
        if (may_be_accepted(scs, t) && is_of(t, message)) {
            return t;
        }
    }
    return NULL;
}

static void on_answer(const godwit_scs_turn_t *turn)
{
    const godwit_device_action_answer_t *answer = &turn->in->message->u.device_action_answer;
    godwit_scs_trigger_t *t = answered(turn->scs, turn->in->message);
    if (t == NULL || (answer->reference == 0 && answer->status == GODWIT_TRIGGER_TEMPORARYERROR)) {
        return; /* that it did not get through is no word of the MTC-IWF's: the timer says it again */
    }
    const bool accepted = answer->status == GODWIT_TRIGGER_SUCCESS;
    t->status = answer->status;
    t->proved = turn->in->message->hop != GODWIT_HOP_OPEN;
    t->state = accepted ? GODWIT_SCS_ACCEPTED : GODWIT_SCS_REFUSED;
    t->done_ms = accepted ? 0 : turn->in->now_ms;
    godwit_scs_keep(turn->scs, t, turn->out);
    godwit_outbox_timer(turn->out, (uint32_t)(t - turn->scs->triggers), 0);
    godwit_outbox_trigger_event(turn->out, accepted ? "trigger_accepted" : "trigger_refused",
                                accepted ? GODWIT_OK : GODWIT_POLICY_FORBIDS, NULL, t->action.reference,
                                godwit_request_status_name(t->status));
}

static bool is_ours(const godwit_scs_t *scs, const godwit_message_t *message)
{
    return strcmp(message->u.device_notification.scs, scs->config.name) == 0 &&
           (scs->config.iwf_host[0] == '\0' || strcmp(message->origin_host, scs->config.iwf_host) == 0);
}

/* Whoever is on an open hop may say the MTC-IWF's name: not of what was accepted with proof, nor of what nobody has
 * accepted yet. The MTC-IWF says it again. */
static bool is_believed(const godwit_scs_trigger_t *t, const godwit_message_t *message)
{
    return message->hop != GODWIT_HOP_OPEN || (!t->proved && t->state != GODWIT_SCS_ASKED);
}

static void answer_notification(const godwit_scs_turn_t *turn, bool ours)
{
    godwit_message_t *answer = godwit_outbox_answer(turn->out, turn->in->message, GODWIT_DEVICE_NOTIFICATION_ANSWER,
                                                    turn->scs->config.function);
    if (answer != NULL) {
        answer->u.outcome = ours ? GODWIT_OK : GODWIT_NOT_ENTITLED;
        godwit_outbox_add(turn->out, GODWIT_REQUEST_MESSAGE)->message = answer;
    }
}

/* A report of what is not known any more is taken as well: it would come again for ever. Its answer may have overtaken
 * that to the request. */
static void on_notification(const godwit_scs_turn_t *turn)
{
    const godwit_message_t *message = turn->in->message;
    godwit_scs_trigger_t *t = find(turn->scs, message->u.device_notification.reference);
    const bool ours = is_ours(turn->scs, message) && (t == NULL || is_believed(t, message));
    const bool counts = ours && t != NULL && (t->state != GODWIT_SCS_REFUSED || may_be_accepted(turn->scs, t));
    const bool first = counts && t->state != GODWIT_SCS_DONE;
    if (counts) {
        t->reports += t->reports < UINT32_MAX ? 1 : 0;
    }
    if (first) {
        t->state = GODWIT_SCS_DONE;
        t->outcome = message->u.device_notification.outcome;
        t->done_ms = turn->in->now_ms;
        godwit_scs_keep(turn->scs, t, turn->out);
    }
    answer_notification(turn, ours);
    if (first) {
        godwit_outbox_timer(turn->out, (uint32_t)(t - turn->scs->triggers), 0);
        godwit_outbox_trigger_event(turn->out, "trigger_outcome", godwit_delivery_outcome_reason(t->outcome), NULL,
                                    t->action.reference, godwit_delivery_outcome_name(t->outcome));
    }
}

void godwit_scs_give_up(const godwit_scs_turn_t *turn, godwit_scs_trigger_t *trigger, const char *detail)
{
    trigger->state = GODWIT_SCS_SILENT;
    trigger->done_ms = turn->in->now_ms;
    godwit_scs_keep(turn->scs, trigger, turn->out);
    godwit_outbox_trigger_event(turn->out, "trigger_silent", GODWIT_PEER_INTERNAL, NULL, trigger->action.reference,
                                detail);
}

static void on_timer(const godwit_scs_turn_t *turn)
{
    godwit_scs_t *scs = turn->scs;
    if (turn->in->timer == GODWIT_SCS_TIMER_RESERVE) {
        godwit_scs_on_reserve(turn);
        return;
    }
    if (turn->in->timer == GODWIT_SCS_TIMER_AGAIN) {
        godwit_scs_on_again(turn);
        return;
    }
    godwit_scs_trigger_t *t = turn->in->timer < GODWIT_SCS_TRIGGERS_MAX ? &scs->triggers[turn->in->timer] : NULL;
    if (t == NULL || t->state != GODWIT_SCS_ASKED) {
        return;
    }
    if (t->asked < scs->config.attempts) {
        godwit_scs_ask(scs, t, turn->in->now_ms, turn->out);
    } else {
        godwit_scs_give_up(turn, t, "the MTC-IWF does not answer");
    }
}

void godwit_scs_step(godwit_scs_t *scs, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_scs_turn_t turn = {.scs = scs, .in = in, .out = out};
    if (in->kind == GODWIT_INPUT_TIMER) {
        on_timer(&turn);
    } else if (in->kind == GODWIT_INPUT_COMMIT_FAILED) {
        godwit_scs_on_commit_failed(&turn);
    } else if (in->kind == GODWIT_INPUT_MESSAGE && in->message->kind == GODWIT_DEVICE_ACTION_ANSWER) {
        on_answer(&turn);
    } else if (in->kind == GODWIT_INPUT_MESSAGE && in->message->kind == GODWIT_DEVICE_NOTIFICATION) {
        on_notification(&turn);
    }
}
