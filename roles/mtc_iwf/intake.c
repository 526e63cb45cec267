/* SPDX-License-Identifier: Apache-2.0
 *
 * DEVICE_ACTION (Tsp DAR, TS 29.368; or REST), up to the question to the HSS: who asks and whether that is proved, its
 * rate, what it asks, whether it has asked before, its quota, in this order. Whoever is not known here moves nothing. A
 * source whose hop proves nothing is another one than the proved source of its name, and shares neither rate, quota nor
 * references with it.
 */
#include <string.h>

#include "roles/mtc_iwf/internal.h"

#define TOO_MANY "too many requests wait for the HSS"

/* ---- who asks ---- */

static bool speaks_for(const godwit_iwf_source_t *source, const godwit_message_t *message)
{
    const char *host = source->host[0] != '\0' ? source->host : source->name;
    return source->function == message->from && strcmp(source->name, message->u.device_action.scs) == 0 &&
           strcmp(host, message->origin_host) == 0;
}

/* NULL: nobody who may ask. */
static const godwit_iwf_source_t *source_of(const godwit_mtc_iwf_t *iwf, const godwit_message_t *message)
{
    if (message->hop == GODWIT_HOP_OPEN && !iwf->config.accept_open) {
        return NULL;
    }
    for (size_t i = 0; i < iwf->config.sources; i++) {
        if (speaks_for(&iwf->config.source[i], message)) {
            return &iwf->config.source[i];
        }
    }
    return NULL;
}

/* No SCS-Identity begins with a space. */
static godwit_status_t source_key(const godwit_mtc_iwf_t *iwf, const godwit_message_t *message, uint8_t key[16])
{
    char name[GODWIT_SCS_NAME_MAX + 2] = " ";
    const char *scs = message->u.device_action.scs;
    if (message->hop != GODWIT_HOP_OPEN) {
        return godwit_name_key(iwf->config.crypto, scs, key);
    }
    memcpy(name + 1, scs, strlen(scs) + 1);
    return godwit_name_key(iwf->config.crypto, name, key);
}

/* ---- what it asks ---- */

static godwit_request_status_t judge(const godwit_mtc_iwf_t *iwf, const godwit_device_action_t *action,
                                     const char **detail)
{
    const bool goes = action->action == GODWIT_ACTION_TRIGGER || action->action == GODWIT_ACTION_REPLACE;
    *detail = "an action that no trigger has";
    if (!goes && action->action != GODWIT_ACTION_RECALL) {
        return GODWIT_TRIGGER_PERMANENTERROR;
    }
    *detail = "a payload longer than a trigger's";
    if (action->too_long || action->payload_len > sizeof action->payload) {
        return GODWIT_TRIGGER_INVPAYLOAD;
    }
    *detail = "no name of a device";
    if (goes && action->device.external_id[0] == '\0' && action->device.msisdn[0] == '\0') {
        return GODWIT_TRIGGER_INVEXTID;
    }
    *detail = "a validity that is too long";
    if (action->validity_s > iwf->config.validity_max_s) {
        return GODWIT_TRIGGER_INVPERIOD;
    }
    *detail = NULL;
    return GODWIT_TRIGGER_SUCCESS;
}

/* ---- answers ---- */

void godwit_iwf_answer_action(const godwit_iwf_turn_t *turn, const godwit_iwf_intake_t *intake,
                              godwit_request_status_t status, const char *detail)
{
    const godwit_trigger_record_t *t = &intake->trigger;
    godwit_message_t *answer = godwit_outbox_alloc(turn->out, sizeof *answer);
    const bool accepted = status == GODWIT_TRIGGER_SUCCESS;
    if (answer != NULL) {
        answer->kind = GODWIT_DEVICE_ACTION_ANSWER;
        answer->from = GODWIT_FUNCTION_MTC_IWF;
        answer->to = (godwit_function_t)t->source;
        answer->transaction = intake->asked;
        answer->route = intake->route;
        answer->u.device_action_answer.device = t->action.device;
        answer->u.device_action_answer.reference = t->action.reference;
        answer->u.device_action_answer.action = t->action.action;
        answer->u.device_action_answer.status = status;
        godwit_outbox_add(turn->out, GODWIT_REQUEST_MESSAGE)->message = answer;
    }
    godwit_outbox_trigger_event(turn->out, accepted ? "trigger_accepted" : "trigger_refused",
                                accepted ? GODWIT_OK : GODWIT_POLICY_FORBIDS, &t->imsi, t->action.reference, detail);
}

void godwit_iwf_answer_again(const godwit_iwf_turn_t *turn, const godwit_iwf_intake_t *intake,
                             const godwit_trigger_record_t *former)
{
    const bool same = godwit_device_action_is_same(&intake->trigger.action, &former->action);
    godwit_iwf_answer_action(turn, intake, same ? GODWIT_TRIGGER_SUCCESS : GODWIT_TRIGGER_PERMANENTERROR,
                             same ? "again" : "a reference that is in use for something else");
}

/* ---- the question to the HSS ---- */

static uint64_t whose(const godwit_iwf_intake_t *intake)
{
    return godwit_rate_whose(intake->trigger.source_key, sizeof intake->trigger.source_key);
}

/* No source keeps another out of the places at the HSS: when all are taken, whoever has most is refused one. NULL: that
 * is the asker. */
static godwit_iwf_intake_t *place_for(const godwit_iwf_turn_t *turn, const godwit_iwf_intake_t *asked)
{
    godwit_iwf_intake_t *intakes = turn->iwf->intakes;
    uint64_t taken[GODWIT_IWF_INTAKES_MAX];
    for (size_t i = 0; i < GODWIT_IWF_INTAKES_MAX; i++) {
        const bool waits = intakes[i].transaction != 0 && turn->in->now_ms < intakes[i].until_ms;
        taken[i] = waits ? whose(&intakes[i]) : 0;
    }
    const size_t place = godwit_rate_share(taken, GODWIT_IWF_INTAKES_MAX, whose(asked));
    if (place == GODWIT_IWF_INTAKES_MAX) {
        return NULL;
    }
    if (intakes[place].transaction != 0) {
        godwit_iwf_answer_action(turn, &intakes[place], GODWIT_TRIGGER_SERVICEUNAVAILABLE, TOO_MANY);
    }
    return &intakes[place];
}

static void authorise(const godwit_iwf_turn_t *turn, const godwit_iwf_intake_t *asked)
{
    godwit_mtc_iwf_t *iwf = turn->iwf;
    godwit_iwf_intake_t *place = place_for(turn, asked);
    if (place == NULL) {
        godwit_iwf_answer_action(turn, asked, GODWIT_TRIGGER_SERVICEUNAVAILABLE, TOO_MANY);
        return;
    }
    const uint32_t transaction = godwit_iwf_transaction(turn);
    godwit_message_t *message =
        godwit_iwf_request(turn, GODWIT_SUBSCRIBER_INFO_REQUEST, GODWIT_FUNCTION_HSS, transaction);
    if (message == NULL) {
        return;
    }
    godwit_subscriber_info_request_t *ask = &message->u.subscriber_info_request;
    ask->device = asked->trigger.action.device;
    memcpy(ask->scs, asked->trigger.action.scs, sizeof ask->scs);
    ask->has_port = true;
    ask->port = asked->trigger.action.port;
    *place = *asked;
    place->transaction = transaction;
    place->until_ms = turn->in->now_ms + iwf->config.hss_timeout_ms;
    godwit_outbox_add(turn->out, GODWIT_REQUEST_MESSAGE)->message = message;
    godwit_outbox_timer(turn->out, (uint32_t)(1U + GODWIT_IWF_FLIGHTS_MAX + (size_t)(place - iwf->intakes)),
                        iwf->config.hss_timeout_ms);
}

void godwit_iwf_on_intake_timer(const godwit_iwf_turn_t *turn, size_t index)
{
    godwit_iwf_intake_t *intake = &turn->iwf->intakes[index];
    if (intake->transaction == 0 || turn->in->now_ms < intake->until_ms) {
        return;
    }
    godwit_iwf_answer_action(turn, intake, GODWIT_TRIGGER_SERVICEUNAVAILABLE, "the HSS did not answer");
    memset(intake, 0, sizeof *intake);
}

/* ---- the request ---- */

static void fill(const godwit_iwf_turn_t *turn, godwit_iwf_intake_t *intake)
{
    const godwit_message_t *message = turn->in->message;
    const uint32_t asked_s = message->u.device_action.validity_s;
    const uint32_t validity_s = asked_s != 0 ? asked_s : turn->iwf->config.validity_s;
    godwit_trigger_record_t *t = &intake->trigger;
    memset(intake, 0, sizeof *intake);
    intake->asked = message->transaction;
    intake->route = message->route;
    t->action = message->u.device_action;
    t->source = (uint8_t)message->from;
    t->proved = message->hop != GODWIT_HOP_OPEN;
    t->report_to.function = (uint8_t)message->from;
    memcpy(t->report_to.host, message->origin_host, sizeof t->report_to.host);
    memcpy(t->report_to.realm, message->origin_realm, sizeof t->report_to.realm);
    t->state = GODWIT_TRIGGER_WAITING;
    t->outcome = GODWIT_OUTCOME_EXPIRED;
    t->created_ms = turn->in->now_ms;
    t->expires_ms = turn->in->now_ms + UINT64_C(1000) * validity_s;
}

static uint32_t quota_of(const godwit_mtc_iwf_t *iwf, const godwit_iwf_source_t *source)
{
    return source->quota != 0 ? source->quota : iwf->config.source_quota;
}

static void quota(const godwit_iwf_turn_t *turn, const godwit_iwf_source_t *source, const godwit_iwf_intake_t *intake)
{
    const godwit_iwf_fetched_t *tally = NULL;
    godwit_record_key_t key = {.kind = GODWIT_RECORD_TRIGGER_TALLY};
    memcpy(key.octets, intake->trigger.source_key, sizeof key.octets);
    const godwit_status_t status = godwit_iwf_fetch(turn, &key, &tally);
    if (status == GODWIT_AGAIN) {
        return;
    }
    if (status != GODWIT_OK && status != GODWIT_NOT_FOUND) {
        godwit_iwf_answer_action(turn, intake, GODWIT_TRIGGER_TEMPORARYERROR, "the store could not be read");
    } else if (status == GODWIT_OK && tally->u.tally.pending >= quota_of(turn->iwf, source)) {
        godwit_iwf_answer_action(turn, intake, GODWIT_TRIGGER_QUOTAEXCEEDED, "too many triggers of this source wait");
    } else {
        authorise(turn, intake);
    }
}

static void proceed(const godwit_iwf_turn_t *turn, const godwit_iwf_source_t *source, godwit_iwf_intake_t *intake)
{
    const godwit_record_key_t key = godwit_iwf_key_named(intake->trigger.source_key, intake->trigger.action.reference);
    godwit_trigger_record_t former;
    const godwit_status_t status = godwit_iwf_fetch_trigger(turn, &key, &former);
    if (status == GODWIT_AGAIN) {
        return;
    }
    if (status == GODWIT_OK) {
        godwit_iwf_answer_again(turn, intake, &former);
    } else if (status != GODWIT_NOT_FOUND) {
        godwit_iwf_answer_action(turn, intake, GODWIT_TRIGGER_TEMPORARYERROR, "the store could not be read");
    } else if (intake->trigger.action.action == GODWIT_ACTION_RECALL) {
        godwit_iwf_recall(turn, intake);
    } else {
        quota(turn, source, intake);
    }
}

void godwit_iwf_on_action(const godwit_iwf_turn_t *turn)
{
    godwit_mtc_iwf_t *iwf = turn->iwf;
    const godwit_message_t *message = turn->in->message;
    const godwit_iwf_source_t *source = source_of(iwf, message);
    const char *detail = "nobody who may ask for triggers here";
    godwit_iwf_intake_t intake;
    fill(turn, &intake);
    if (source == NULL) {
        godwit_iwf_answer_action(turn, &intake, GODWIT_TRIGGER_INVSCSID, detail);
        return;
    }
    if (source_key(iwf, message, intake.trigger.source_key) != GODWIT_OK) {
        godwit_iwf_answer_action(turn, &intake, GODWIT_TRIGGER_TEMPORARYERROR, "the name could not be hashed");
        return;
    }
    const uint32_t rate = source->per_minute != 0 ? source->per_minute : iwf->config.source_per_minute;
    if (godwit_iwf_is_first_round(turn->in) && !godwit_iwf_spend(iwf, whose(&intake), rate, turn->in->now_ms)) {
        godwit_iwf_answer_action(turn, &intake, GODWIT_TRIGGER_RATEEXCEEDED, "the rate of this source");
        return;
    }
    const godwit_request_status_t status = judge(iwf, &intake.trigger.action, &detail);
    if (status != GODWIT_TRIGGER_SUCCESS) {
        godwit_iwf_answer_action(turn, &intake, status, detail);
        return;
    }
    proceed(turn, source, &intake);
}
