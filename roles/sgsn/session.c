/* SPDX-License-Identifier: Apache-2.0
 *
 * PDP contexts as the device asks for them: TS 24.008 6.1.3. A repeated request gets the same answer again for a while;
 * after that it is a new one, for a device may well modify twice with the same octets.
 */
#include "roles/sgsn/internal.h"

#include <string.h>

#define NSAPI_MIN 5
#define ANSWER_LIFE_MS 20000

/* ---- requests that come twice ---- */

static godwit_status_t hash_of(const godwit_sgsn_turn_t *turn, godwit_slice_t nas, uint8_t hash[32])
{
    return turn->sgsn->config.crypto->sha256(&nas, 1, hash);
}

/* True when there is nothing more to do. */
static bool repeated(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const godwit_sgsn_context_t *context,
                     godwit_slice_t nas)
{
    uint8_t hash[32];
    if (hash_of(turn, nas, hash) != GODWIT_OK || memcmp(hash, context->asked_hash, sizeof hash) != 0 ||
        turn->in->now_ms - context->asked_ms > ANSWER_LIFE_MS) {
        return false;
    }
    if (context->answer_len > 0) {
        godwit_sgsn_put_nas(turn, ue, godwit_slice(context->answer, context->answer_len));
    }
    return true;
}

static void remember(godwit_sgsn_turn_t *turn, godwit_sgsn_context_t *context, godwit_slice_t nas)
{
    context->answer_len = 0;
    context->asked_ms = turn->in->now_ms;
    if (hash_of(turn, nas, context->asked_hash) != GODWIT_OK) {
        context->asked_ms = 0;
    }
}

void godwit_sgsn_answer(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_sgsn_context_t *context,
                        const godwit_writer_t *answer)
{
    if (!answer->overflow && answer->len <= sizeof context->answer) {
        memcpy(context->answer, answer->buf, answer->len);
        context->answer_len = (uint16_t)answer->len;
    }
    if (ue->connected) {
        godwit_sgsn_put_nas(turn, ue, godwit_written(answer));
    }
}

static void put_status(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_sm_transaction_t asked, uint8_t cause)
{
    uint8_t octets[8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_sm_status_t message = {.transaction = {.id = asked.id, .to_originator = !asked.to_originator},
                                        .cause = cause};
    if (godwit_sm_status_build(&message, &w) == GODWIT_OK) {
        godwit_sgsn_put_nas(turn, ue, godwit_written(&w));
    }
    godwit_sgsn_refused(turn, ue, GODWIT_MALFORMED, "a SM message");
}

/* ---- activation ---- */

static void reject(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, uint8_t transaction, uint8_t cause,
                   godwit_status_t reason, const char *detail)
{
    uint8_t octets[16];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_sm_reject_t message = {.transaction = {.id = transaction, .to_originator = true}, .cause = cause};
    if (godwit_sm_activate_reject_build(&message, &w) == GODWIT_OK) {
        godwit_sgsn_put_nas(turn, ue, godwit_written(&w));
    }
    godwit_sgsn_event(turn, ue, "activation_refused", reason, detail);
}

static const godwit_sgsn_apn_t *apn_of(const godwit_sgsn_config_t *config, const godwit_apn_t *apn)
{
    const godwit_sgsn_apn_t *any = NULL;
    for (uint8_t i = 0; i < config->apns; i++) {
        if (config->apn[i].name.text[0] == '\0') {
            any = &config->apn[i];
        } else if (godwit_apn_equal(&config->apn[i].name, apn)) {
            return &config->apn[i];
        }
    }
    return any;
}

static godwit_sgsn_context_t *free_context(godwit_sgsn_ue_t *ue)
{
    for (size_t i = 0; i < GODWIT_SGSN_CONTEXTS_PER_UE; i++) {
        if (ue->context[i].state == GODWIT_SGSN_CONTEXT_FREE) {
            return &ue->context[i];
        }
    }
    return NULL;
}

/* What stood under that NSAPI or transaction gives way (6.1.3.1.5 d). */
static void make_way(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const godwit_sm_activate_request_t *message)
{
    godwit_sgsn_context_t *context;
    while ((context = godwit_sgsn_by_nsapi(ue, message->nsapi)) != NULL ||
           (context = godwit_sgsn_by_transaction(ue, message->transaction.id)) != NULL) {
        godwit_sgsn_forget(turn, ue, context);
    }
}

static void activate(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const godwit_sm_activate_request_t *message,
                     godwit_slice_t nas)
{
    godwit_apn_t apn = {""};
    uint8_t id = message->transaction.id;
    if (message->apn.len > 0 && godwit_apn_parse(message->apn, &apn) != GODWIT_OK) {
        reject(turn, ue, id, GODWIT_SM_CAUSE_UNKNOWN_APN, GODWIT_MALFORMED, "an APN that cannot be");
        return;
    }
    const godwit_sgsn_apn_t *to = apn_of(&turn->sgsn->config, &apn);
    if (to == NULL) {
        reject(turn, ue, id, GODWIT_SM_CAUSE_UNKNOWN_APN, GODWIT_POLICY_FORBIDS, "an APN that is not here");
        return;
    }
    make_way(turn, ue, message);
    godwit_sgsn_context_t *context = free_context(ue);
    if (context == NULL) {
        reject(turn, ue, id, GODWIT_SM_CAUSE_INSUFFICIENT_RESOURCES, GODWIT_OVERLOAD, "too many contexts");
        return;
    }
    context->state = GODWIT_SGSN_CONTEXT_CREATING;
    context->nsapi = message->nsapi;
    context->transaction = id;
    context->teid = godwit_sgsn_new_teid(turn->sgsn, godwit_sgsn_slot(turn->sgsn, ue, context));
    memcpy(context->ggsn, to->ggsn, sizeof context->ggsn);
    remember(turn, context, nas);
    godwit_status_t status = godwit_sgsn_create(turn, ue, context, message, &apn);
    if (status != GODWIT_OK) {
        godwit_sgsn_forget(turn, ue, context);
        reject(turn, ue, id, GODWIT_SM_CAUSE_INSUFFICIENT_RESOURCES, GODWIT_OVERLOAD, "the GGSN cannot be asked");
    }
}

static void on_activate(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_slice_t nas)
{
    godwit_sm_activate_request_t message;
    godwit_sm_transaction_t transaction = {0};
    uint8_t type;
    if (godwit_sm_activate_request_parse(nas, &message) != GODWIT_OK || message.nsapi < NSAPI_MIN ||
        message.transaction.to_originator) {
        if (godwit_sm_type(nas, &transaction, &type) == GODWIT_OK) {
            reject(turn, ue, transaction.id, GODWIT_SM_CAUSE_INVALID_MANDATORY, GODWIT_MALFORMED,
                   "activate PDP context request");
        }
        return;
    }
    const godwit_sgsn_context_t *context = godwit_sgsn_by_transaction(ue, message.transaction.id);
    if (context == NULL || !repeated(turn, ue, context, nas)) {
        activate(turn, ue, &message, nas);
    }
}

/* ---- modification ---- */

static void reject_modification(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, uint8_t transaction, uint8_t cause,
                                godwit_status_t reason, const char *detail)
{
    uint8_t octets[16];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_sm_reject_t message = {.transaction = {.id = transaction, .to_originator = true}, .cause = cause};
    if (godwit_sm_modify_reject_build(&message, &w) == GODWIT_OK) {
        godwit_sgsn_put_nas(turn, ue, godwit_written(&w));
    }
    godwit_sgsn_event(turn, ue, "modification_refused", reason, detail);
}

static void on_modify(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_slice_t nas)
{
    godwit_sm_modify_request_ms_t message;
    if (godwit_sm_modify_request_ms_parse(nas, &message) != GODWIT_OK || message.transaction.to_originator) {
        godwit_sgsn_refused(turn, ue, GODWIT_MALFORMED, "modify PDP context request");
        return;
    }
    uint8_t id = message.transaction.id;
    godwit_sgsn_context_t *context = godwit_sgsn_by_transaction(ue, id);
    if (context != NULL && repeated(turn, ue, context, nas)) {
        return;
    }
    if (context == NULL || context->state == GODWIT_SGSN_CONTEXT_LEAVING) {
        reject_modification(turn, ue, id, GODWIT_SM_CAUSE_UNKNOWN_CONTEXT, GODWIT_UNKNOWN_SESSION,
                            "modification of a context that is not here");
        return;
    }
    if (context->state != GODWIT_SGSN_CONTEXT_ACTIVE) {
        godwit_sgsn_refused(turn, ue, GODWIT_WRONG_STATE, "modification while another procedure is under way");
        return; /* the device asks again */
    }
    context->state = GODWIT_SGSN_CONTEXT_UPDATING;
    remember(turn, context, nas);
    if (godwit_sgsn_update(turn, ue, context, &message) != GODWIT_OK) {
        context->state = GODWIT_SGSN_CONTEXT_ACTIVE;
        context->asked_ms = 0;
        reject_modification(turn, ue, id, GODWIT_SM_CAUSE_INSUFFICIENT_RESOURCES, GODWIT_OVERLOAD,
                            "the GGSN cannot be asked");
    }
}

/* ---- deactivation ---- */

static void on_deactivate(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_slice_t nas)
{
    godwit_sm_deactivate_request_t message;
    if (godwit_sm_deactivate_request_parse(nas, &message) != GODWIT_OK || message.transaction.to_originator) {
        godwit_sgsn_refused(turn, ue, GODWIT_MALFORMED, "deactivate PDP context request");
        return;
    }
    godwit_sgsn_context_t *context = godwit_sgsn_by_transaction(ue, message.transaction.id);
    if (context == NULL) { /* it was answered before */
        const godwit_sgsn_context_t gone = {.transaction = message.transaction.id};
        godwit_sgsn_put_deactivated(turn, ue, &gone);
    } else if (context->state == GODWIT_SGSN_CONTEXT_ACTIVE || context->state == GODWIT_SGSN_CONTEXT_UPDATING) {
        godwit_gtp_finish_context(&turn->sgsn->path, godwit_sgsn_slot(turn->sgsn, ue, context), turn->out);
        context->state = GODWIT_SGSN_CONTEXT_DELETING;
        godwit_sgsn_delete(turn, ue, context, true);
    } else if (context->state != GODWIT_SGSN_CONTEXT_DELETING) {
        godwit_sgsn_deleted(turn, ue, context);
    }
}

static void on_deactivated(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_slice_t nas)
{
    godwit_sm_deactivate_accept_t message;
    if (godwit_sm_deactivate_accept_parse(nas, &message) != GODWIT_OK) {
        return;
    }
    godwit_sgsn_context_t *context = godwit_sgsn_by_transaction(ue, message.transaction.id);
    if (context != NULL && context->state == GODWIT_SGSN_CONTEXT_LEAVING) {
        godwit_sgsn_forget(turn, ue, context);
    }
}

void godwit_sgsn_on_sm(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_slice_t nas)
{
    godwit_sm_transaction_t transaction;
    uint8_t type = 0;
    if (ue->state != GODWIT_SGSN_REGISTERED || godwit_sm_type(nas, &transaction, &type) != GODWIT_OK) {
        godwit_sgsn_refused(turn, ue, GODWIT_MALFORMED, "a SM message");
        return;
    }
    godwit_sgsn_attach_completed(turn, ue, NULL); /* whoever sends this has had the accept */
    switch (type) {
    case GODWIT_SM_ACTIVATE_REQUEST:
        on_activate(turn, ue, nas);
        break;
    case GODWIT_SM_MODIFY_REQUEST_MS:
        on_modify(turn, ue, nas);
        break;
    case GODWIT_SM_DEACTIVATE_REQUEST:
        on_deactivate(turn, ue, nas);
        break;
    case GODWIT_SM_DEACTIVATE_ACCEPT:
        on_deactivated(turn, ue, nas);
        break;
    case GODWIT_SM_MODIFY_ACCEPT_MS: /* we ask for nothing that it could accept */
    case GODWIT_SM_STATUS:
        break;
    default:
        put_status(turn, ue, transaction, GODWIT_SM_CAUSE_TYPE_UNKNOWN);
        break;
    }
}
