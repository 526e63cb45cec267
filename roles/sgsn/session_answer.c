/* SPDX-License-Identifier: Apache-2.0
 *
 * What the GGSN's answers mean to the device, and contexts that end without its asking. The PCO of an answer is passed
 * on as it is.
 */
#include "roles/sgsn/internal.h"

#include <string.h>

#define QOS_PRIORITY                                                                                                   \
    1U /* octets before 24.008's in a GTP QoS profile: allocation/retention priority (TS 29.060 7.7.34) */

static const struct {
    uint8_t gtp, sm;
    godwit_status_t status;
} causes[] = {
    {GODWIT_GTPV1_CAUSE_NO_RESOURCES, GODWIT_SM_CAUSE_INSUFFICIENT_RESOURCES, GODWIT_OVERLOAD},
    {GODWIT_GTPV1_CAUSE_UNKNOWN_APN, GODWIT_SM_CAUSE_UNKNOWN_APN, GODWIT_POLICY_FORBIDS},
    {GODWIT_GTPV1_CAUSE_UNKNOWN_ADDRESS, GODWIT_SM_CAUSE_UNKNOWN_PDP_TYPE, GODWIT_POLICY_FORBIDS},
    {GODWIT_GTPV1_CAUSE_AUTHENTICATION_FAILED, GODWIT_SM_CAUSE_USER_AUTHENTICATION_FAILED, GODWIT_NOT_ENTITLED},
    {GODWIT_GTPV1_CAUSE_NON_EXISTENT, GODWIT_SM_CAUSE_UNKNOWN_CONTEXT, GODWIT_UNKNOWN_SESSION},
    {0, GODWIT_SM_CAUSE_REJECTED_BY_GGSN, GODWIT_PEER_INTERNAL},
};

/* What the device is told, and what the event says. */
static godwit_status_t refusal_of(const godwit_gtpv1_t *answer, uint8_t *cause)
{
    if (answer == NULL) {
        *cause = GODWIT_SM_CAUSE_NETWORK_FAILURE;
        return GODWIT_PEER_INTERNAL;
    }
    size_t i = 0;
    while (causes[i].gtp != 0 && causes[i].gtp != answer->cause) {
        i++;
    }
    *cause = causes[i].sm;
    return causes[i].status;
}

static const char *detail_of(const godwit_gtpv1_t *answer)
{
    return answer == NULL ? "the GGSN did not answer" : "the GGSN refused";
}

static godwit_sm_transaction_t transaction_of(const godwit_sgsn_context_t *context)
{
    return (godwit_sm_transaction_t){.id = context->transaction, .to_originator = true};
}

static godwit_slice_t qos_of(const godwit_gtpv1_t *answer)
{
    if ((answer->has & GODWIT_GTPV1_QOS) == 0 || answer->qos.len < QOS_PRIORITY + GODWIT_SM_QOS_MIN ||
        answer->qos.len > QOS_PRIORITY + GODWIT_SM_QOS_MAX) {
        return godwit_slice(NULL, 0);
    }
    return godwit_slice(answer->qos.ptr + QOS_PRIORITY, answer->qos.len - QOS_PRIORITY);
}

static godwit_slice_t pco_of(const godwit_gtpv1_t *answer)
{
    return (answer->has & GODWIT_GTPV1_PCO) != 0 ? answer->pco : godwit_slice(NULL, 0);
}

static bool accepts(const godwit_gtpv1_t *answer)
{
    return answer != NULL && answer->cause == GODWIT_GTPV1_CAUSE_ACCEPTED;
}

static void take_ends(godwit_sgsn_context_t *context, const godwit_gtpv1_t *answer)
{
    if ((answer->has & GODWIT_GTPV1_TEID_CONTROL) != 0) {
        context->ggsn_teid = answer->teid_control;
    }
    if ((answer->has & GODWIT_GTPV1_TEID_DATA) != 0) {
        context->ggsn_user_teid = answer->teid_data;
    }
    if ((answer->has & GODWIT_GTPV1_GSN_CONTROL) != 0) {
        memcpy(context->ggsn, answer->gsn_control, sizeof context->ggsn);
    }
    if ((answer->has & GODWIT_GTPV1_GSN_USER) != 0) {
        memcpy(context->ggsn_user, answer->gsn_user, sizeof context->ggsn_user);
    }
}

/* ---- activation ---- */

static void accept_activation(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_sgsn_context_t *context,
                              const godwit_gtpv1_t *answer)
{
    uint8_t octets[GODWIT_SGSN_ANSWER_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_sm_activate_accept_t message = {
        .transaction = transaction_of(context), .qos = qos_of(answer), .radio_priority = 4, .pco = pco_of(answer)};
    if ((answer->has & GODWIT_GTPV1_END_USER_ADDRESS) != 0 && answer->pdp_address_len > 0) {
        message.has_address = true;
        message.address.organisation = (uint8_t)(answer->pdp_type >> 8 & 0x0FU);
        message.address.number = (uint8_t)(answer->pdp_type & 0xFFU);
        message.address.address = godwit_slice(answer->pdp_address, answer->pdp_address_len);
    }
    if (godwit_sm_activate_accept_build(&message, &w) != GODWIT_OK) {
        godwit_sgsn_refused(turn, ue, GODWIT_NO_SPACE, "activate PDP context accept");
        return;
    }
    godwit_sgsn_answer(turn, ue, context, &w);
}

void godwit_sgsn_created(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_sgsn_context_t *context,
                         const godwit_gtpv1_t *answer)
{
    if (accepts(answer)) {
        take_ends(context, answer);
        context->state = GODWIT_SGSN_CONTEXT_ACTIVE;
        accept_activation(turn, ue, context, answer);
        godwit_sgsn_event(turn, ue, "activated", GODWIT_OK, NULL);
        return;
    }
    uint8_t octets[GODWIT_SGSN_ANSWER_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_sm_reject_t message = {.transaction = transaction_of(context)};
    godwit_status_t reason = refusal_of(answer, &message.cause);
    message.pco = answer != NULL ? pco_of(answer) : message.pco;
    if (godwit_sm_activate_reject_build(&message, &w) == GODWIT_OK && ue->connected) {
        godwit_sgsn_put_nas(turn, ue, godwit_written(&w));
    }
    godwit_sgsn_event(turn, ue, "activation_refused", reason, detail_of(answer));
    godwit_sgsn_forget(turn, ue, context);
}

/* ---- modification ---- */

void godwit_sgsn_updated(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_sgsn_context_t *context,
                         const godwit_gtpv1_t *answer)
{
    uint8_t octets[GODWIT_SGSN_ANSWER_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    context->state = GODWIT_SGSN_CONTEXT_ACTIVE;
    if (accepts(answer)) {
        const godwit_sm_modify_accept_network_t message = {
            .transaction = transaction_of(context), .qos = qos_of(answer), .pco = pco_of(answer)};
        take_ends(context, answer);
        if (godwit_sm_modify_accept_network_build(&message, &w) == GODWIT_OK) {
            godwit_sgsn_answer(turn, ue, context, &w);
        }
        godwit_sgsn_event(turn, ue, "modified", GODWIT_OK, NULL);
        return;
    }
    godwit_sm_reject_t message = {.transaction = transaction_of(context)};
    godwit_status_t reason = refusal_of(answer, &message.cause);
    message.pco = answer != NULL ? pco_of(answer) : message.pco;
    context->asked_ms = 0; /* asked again, it is tried again */
    if (godwit_sm_modify_reject_build(&message, &w) == GODWIT_OK && ue->connected) {
        godwit_sgsn_put_nas(turn, ue, godwit_written(&w));
    }
    godwit_sgsn_event(turn, ue, "modification_refused", reason, detail_of(answer));
    if (reason == GODWIT_UNKNOWN_SESSION) {
        godwit_sgsn_deactivate(turn, ue, context);
    }
}

/* ---- deactivation ---- */

void godwit_sgsn_put_deactivated(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const godwit_sgsn_context_t *context)
{
    uint8_t octets[8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_sm_deactivate_accept_t message = {.transaction = transaction_of(context)};
    if (ue->connected && godwit_sm_deactivate_accept_build(&message, &w) == GODWIT_OK) {
        godwit_sgsn_put_nas(turn, ue, godwit_written(&w));
    }
}

void godwit_sgsn_deleted(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_sgsn_context_t *context)
{
    godwit_sgsn_put_deactivated(turn, ue, context);
    godwit_sgsn_event(turn, ue, "deactivated", GODWIT_OK, NULL);
    if (context->state == GODWIT_SGSN_CONTEXT_DELETING) {
        context->state = GODWIT_SGSN_CONTEXT_LEAVING; /* the GGSN has been told */
    }
    godwit_sgsn_forget(turn, ue, context);
}

static void put_deactivation(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const godwit_sgsn_context_t *context)
{
    uint8_t octets[8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_sm_deactivate_request_t message = {.transaction = transaction_of(context),
                                                    .cause = GODWIT_SM_CAUSE_REACTIVATION};
    if (godwit_sm_deactivate_request_build(&message, &w) == GODWIT_OK) {
        godwit_sgsn_put_nas(turn, ue, godwit_written(&w));
    }
    godwit_sgsn_context_timer(turn, ue, context, godwit_sgsn_retransmit_ms(turn->sgsn));
}

void godwit_sgsn_deactivate(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_sgsn_context_t *context)
{
    if (context->state != GODWIT_SGSN_CONTEXT_LEAVING) {
        godwit_gtp_finish_context(&turn->sgsn->path, godwit_sgsn_slot(turn->sgsn, ue, context), turn->out);
        context->state = GODWIT_SGSN_CONTEXT_LEAVING;
        godwit_sgsn_event(turn, ue, "deactivated", GODWIT_UNKNOWN_SESSION, "the GGSN has no context any more");
    }
    context->attempts = (uint8_t)(godwit_sgsn_attempts(turn->sgsn) - 1);
    if (ue->connected) {
        put_deactivation(turn, ue, context);
    }
}

void godwit_sgsn_deactivate_again(godwit_sgsn_turn_t *turn, uint32_t slot)
{
    godwit_sgsn_ue_t *ue = NULL;
    godwit_sgsn_context_t *context = godwit_sgsn_by_slot(turn->sgsn, slot, &ue);
    if (context == NULL || context->state != GODWIT_SGSN_CONTEXT_LEAVING || !ue->connected) {
        return;
    }
    if (context->attempts == 0) {
        godwit_sgsn_forget(turn, ue, context);
        return;
    }
    context->attempts--;
    put_deactivation(turn, ue, context);
}

void godwit_sgsn_forget(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_sgsn_context_t *context)
{
    if (context->state == GODWIT_SGSN_CONTEXT_FREE) {
        return;
    }
    godwit_gtp_finish_context(&turn->sgsn->path, godwit_sgsn_slot(turn->sgsn, ue, context), turn->out);
    if (context->state == GODWIT_SGSN_CONTEXT_LEAVING) {
        godwit_sgsn_context_timer(turn, ue, context, 0);
    } else if (context->state != GODWIT_SGSN_CONTEXT_CREATING) {
        godwit_sgsn_delete(turn, ue, context, false);
    }
    memset(context, 0, sizeof *context);
}
