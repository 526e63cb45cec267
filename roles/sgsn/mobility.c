/* SPDX-License-Identifier: Apache-2.0
 *
 * Attach accept, service request, idle, paging: TS 24.008 4.7.3, 4.7.13, TS 23.060 6.1.2. The device is proved, but for
 * the two initial messages below, which begin a security mode and nothing else.
 */
#include "roles/sgsn/internal.h"

#include <string.h>

#define GPRS_ONLY 1
#define TIMER_DEACTIVATED 0xE0 /* GPRS timer, TS 24.008 10.5.7.3: no periodic update here */
#define SMS_PRIORITY 4

/* ---- attach ---- */

void godwit_sgsn_accept_again(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    const godwit_sgsn_config_t *config = &turn->sgsn->config;
    uint8_t octets[96];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_gmm_attach_accept_t message = {
        .result = GPRS_ONLY,
        .periodic_update_timer = TIMER_DEACTIVATED,
        .radio_priority_sms = SMS_PRIORITY,
        .rai = {.plmn = config->plmn, .lac = config->lac, .rac = config->rac},
        .has_p_tmsi = true,
        .p_tmsi = ue->p_tmsi,
        .next = ue->next,
    };
    if (godwit_gmm_attach_accept_build(&message, &w) == GODWIT_OK) {
        godwit_sgsn_put_nas(turn, ue, godwit_written(&w));
    }
}

void godwit_sgsn_register(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    godwit_sgsn_ue_t *former = godwit_sgsn_registered(turn->sgsn, &ue->imsi, ue);
    if (former != NULL) {
        godwit_sgsn_event(turn, former, "replaced", GODWIT_OK, "the device has attached anew");
        godwit_sgsn_free(turn, former);
    }
    for (size_t i = 0; i < GODWIT_SGSN_CONTEXTS_PER_UE; i++) {
        godwit_sgsn_forget(turn, ue, &ue->context[i]); /* of its former attach on these keys */
    }
    godwit_sgsn_drop_buffered(ue);
    ue->detach_wanted = false;
    ue->state = GODWIT_SGSN_REGISTERED;
    godwit_sgsn_file(turn->sgsn, ue);
    ue->attaches++;
    ue->old_p_tmsi = ue->p_tmsi;
    ue->p_tmsi = godwit_sgsn_new_p_tmsi(turn->sgsn, ue);
    ue->next_given = false;
    memset(&ue->next, 0, sizeof ue->next);
}

void godwit_sgsn_accept_attach(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    godwit_sgsn_register(turn, ue);
    godwit_sgsn_accept_again(turn, ue);
    godwit_sgsn_wait(turn, ue, GODWIT_SGSN_COMPLETE);
}

void godwit_sgsn_attach_completed(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const char *detail)
{
    if (ue->waiting == GODWIT_SGSN_COMPLETE) {
        godwit_sgsn_wait_no_more(turn, ue);
        ue->old_p_tmsi = detail == NULL ? 0 : ue->old_p_tmsi; /* 4.7.3.1.6: both are valid when no complete came */
        if (detail == NULL) { /* the device has what came with the accept: a detach need not say it again */
            memset(&ue->next, 0, sizeof ue->next);
        }
        godwit_sgsn_event(turn, ue, "attached", GODWIT_OK, detail);
        godwit_sgsn_locate(turn, ue);
        if (!ue->connected || !turn->sgsn->config.next_early ||
            !godwit_sgsn_ask_next(turn, ue, GODWIT_GMM_INFORMATION)) {
            godwit_sgsn_settled(turn, ue);
        }
    }
}

/* ---- out of idle ---- */

static void ask_again_who(godwit_sgsn_turn_t *turn, const char *detail)
{
    godwit_sgsn_service_reject(turn, &turn->in->from, GODWIT_GMM_CAUSE_IMPLICITLY_DETACHED);
    godwit_sgsn_refused(turn, NULL, GODWIT_UNKNOWN_SESSION, detail);
}

void godwit_sgsn_on_service_request(godwit_sgsn_turn_t *turn, const godwit_radio_frame_t *frame)
{
    godwit_gmm_service_request_t message;
    if (godwit_gmm_service_request_parse(frame->octets, &message) != GODWIT_OK) {
        godwit_sgsn_refused(turn, NULL, GODWIT_MALFORMED, "service request");
        return;
    }
    godwit_sgsn_ue_t *ue = godwit_sgsn_by_p_tmsi(turn->sgsn, message.p_tmsi);
    if (ue == NULL || ue->state != GODWIT_SGSN_REGISTERED || ue->cksn != message.cksn) {
        ask_again_who(turn, "service request of a device that is not registered");
        return;
    }
    godwit_status_t status =
        godwit_sgsn_begin_security(turn, ue, &turn->in->from, frame->capability, GODWIT_GMM_SERVICE_REQUEST);
    if (status != GODWIT_OK) {
        ask_again_who(turn, "service request: no security mode command can be made");
    } else if (message.has_contexts) {
        godwit_sgsn_candidate_contexts(ue, &turn->in->from, message.contexts);
    }
}

/* A detach without protection is believed when the security mode has proved who it came from. */
void godwit_sgsn_on_plain_detach(godwit_sgsn_turn_t *turn, const godwit_radio_frame_t *frame)
{
    godwit_gmm_detach_request_ms_t message;
    godwit_sgsn_ue_t *ue = NULL;
    if (godwit_gmm_detach_request_ms_parse(frame->octets, &message) == GODWIT_OK && message.has_p_tmsi) {
        ue = godwit_sgsn_by_p_tmsi(turn->sgsn, message.p_tmsi);
    }
    if (ue == NULL || (ue->state != GODWIT_SGSN_REGISTERED && ue->state != GODWIT_SGSN_DETACHED) ||
        godwit_sgsn_begin_security(turn, ue, &turn->in->from, frame->capability, GODWIT_GMM_DETACH_REQUEST) !=
            GODWIT_OK) {
        godwit_sgsn_refused(turn, NULL, GODWIT_UNKNOWN_SESSION, "detach request of a device that is not registered");
    }
}

static void tell_of_lost_contexts(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    for (size_t i = 0; i < GODWIT_SGSN_CONTEXTS_PER_UE; i++) {
        if (ue->context[i].state == GODWIT_SGSN_CONTEXT_LEAVING) {
            godwit_sgsn_deactivate(turn, ue, &ue->context[i]);
        }
    }
}

static uint16_t contexts_of(const godwit_sgsn_ue_t *ue)
{
    unsigned contexts = 0;
    for (size_t i = 0; i < GODWIT_SGSN_CONTEXTS_PER_UE; i++) {
        godwit_sgsn_context_state_t state = ue->context[i].state;
        if (state == GODWIT_SGSN_CONTEXT_ACTIVE || state == GODWIT_SGSN_CONTEXT_UPDATING) {
            contexts |= 1U << ue->context[i].nsapi;
        }
    }
    return (uint16_t)contexts;
}

static void put_service_accept(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    uint8_t octets[16];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_gmm_service_accept_t message = {.has_contexts = true, .contexts = contexts_of(ue)};
    if (godwit_gmm_service_accept_build(&message, &w) == GODWIT_OK) {
        godwit_sgsn_put_nas(turn, ue, godwit_written(&w));
    }
}

/* 4.7.13.4: contexts that the device does not have end here; of those that we do not have it hears by their absence. */
static void compare_contexts(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, uint16_t told)
{
    for (size_t i = 0; i < GODWIT_SGSN_CONTEXTS_PER_UE; i++) {
        godwit_sgsn_context_t *context = &ue->context[i];
        if ((contexts_of(ue) >> context->nsapi & 1U) != 0 && (told >> context->nsapi & 1U) == 0) {
            godwit_sgsn_event(turn, ue, "deactivated", GODWIT_UNKNOWN_SESSION, "the device has no context any more");
            godwit_sgsn_forget(turn, ue, context);
        }
    }
    if (told != contexts_of(ue)) {
        put_service_accept(turn, ue);
    }
}

/* 4.7.13.3: the completed security mode is the acceptance. */
void godwit_sgsn_resumed(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const godwit_sgsn_candidate_t *candidate)
{
    if (ue->state != GODWIT_SGSN_REGISTERED) {
        return;
    }
    godwit_sgsn_event(turn, ue, "resumed", GODWIT_OK, NULL);
    if (ue->detach_wanted) {
        godwit_sgsn_begin_detach(turn, ue);
        return;
    }
    if (candidate != NULL && candidate->has_contexts) {
        compare_contexts(turn, ue, candidate->contexts);
    }
    tell_of_lost_contexts(turn, ue);
    godwit_sgsn_flush(turn, ue);
    godwit_sgsn_sms_start(turn, ue);
    godwit_sgsn_heard(turn, ue);
}

/* 4.7.13.3: in connected mode there is a message for it. */
static void accept_service(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    ue->connected = true;
    put_service_accept(turn, ue);
    if (ue->waiting == GODWIT_SGSN_PAGED) {
        godwit_sgsn_wait_no_more(turn, ue);
    }
    godwit_sgsn_resumed(turn, ue, NULL);
}

/* ---- idle and paging ---- */

void godwit_sgsn_idle(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, bool by_us)
{
    const godwit_radio_frame_t release = {.kind = GODWIT_RADIO_RELEASE};
    if (!ue->connected) {
        return;
    }
    if (by_us) {
        godwit_sgsn_put_frame(turn, ue, &release);
    }
    ue->connected = false;
    ue->released_by_us = by_us;
    godwit_sgsn_active(turn, ue);
    godwit_sgsn_event(turn, ue, "idle", GODWIT_OK, NULL);
}

void godwit_sgsn_page_again(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    uint8_t octets[16];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_radio_frame_t frame = {.kind = GODWIT_RADIO_PAGING, .imsi = ue->imsi};
    if (godwit_radio_build(&frame, &w) == GODWIT_OK) {
        godwit_sgsn_put_octets(turn, &ue->address, godwit_written(&w));
    }
}

void godwit_sgsn_settled(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    if (!ue->connected && (ue->buffered_len > 0 || ue->detach_wanted || godwit_sms_node_waits(&ue->sms))) {
        godwit_sgsn_page(turn, ue);
    }
}

void godwit_sgsn_page(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    if (ue->waiting == GODWIT_SGSN_NOTHING) { /* else it is on its way, or is paged already */
        godwit_sgsn_event(turn, ue, "paging", GODWIT_OK, NULL);
        godwit_sgsn_page_again(turn, ue);
        godwit_sgsn_wait(turn, ue, GODWIT_SGSN_PAGED);
    }
}

/* ---- protected messages ---- */

static void on_detach_request(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_slice_t nas)
{
    godwit_gmm_detach_request_ms_t message;
    if (godwit_gmm_detach_request_ms_parse(nas, &message) == GODWIT_OK) {
        godwit_sgsn_detach_by_device(turn, ue, message.power_off);
    } else {
        godwit_sgsn_refused(turn, ue, GODWIT_MALFORMED, "detach request");
    }
}

static void put_status(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, uint8_t cause)
{
    uint8_t octets[8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_gmm_status_t message = {.cause = cause};
    if (godwit_gmm_status_build(&message, &w) == GODWIT_OK) {
        godwit_sgsn_put_nas(turn, ue, godwit_written(&w));
    }
    godwit_sgsn_refused(turn, ue, GODWIT_MALFORMED, "a GMM message");
}

void godwit_sgsn_on_gmm(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const godwit_radio_frame_t *frame)
{
    godwit_radio_frame_t initial = *frame;
    uint8_t type = 0;
    if (godwit_gmm_type(frame->octets, &type) != GODWIT_OK) {
        godwit_sgsn_refused(turn, ue, GODWIT_MALFORMED, "a NAS message");
        return;
    }
    if (ue->state == GODWIT_SGSN_DETACHED && type != GODWIT_GMM_DETACH_REQUEST && type != GODWIT_GMM_ATTACH_REQUEST) {
        return;
    }
    switch (type) {
    case GODWIT_GMM_ATTACH_COMPLETE:
        godwit_sgsn_attach_completed(turn, ue, NULL);
        break;
    case GODWIT_GMM_ATTACH_REQUEST: /* it begins anew, as it may without protection */
        initial.capability = ue->capability;
        godwit_sgsn_on_attach_request(turn, &initial);
        break;
    case GODWIT_GMM_SERVICE_REQUEST:
        accept_service(turn, ue);
        break;
    case GODWIT_GMM_DETACH_REQUEST:
        on_detach_request(turn, ue, frame->octets);
        break;
    case GODWIT_GMM_DETACH_ACCEPT:
        if (ue->waiting == GODWIT_SGSN_DETACHING) {
            godwit_sgsn_detached(turn, ue, "by the network");
        }
        break;
    case GODWIT_GMM_AUTHENTICATION_RESPONSE: /* late ones of a dialogue that has gone on */
    case GODWIT_GMM_AUTHENTICATION_FAILURE:
    case GODWIT_GMM_IDENTITY_RESPONSE:
    case GODWIT_GMM_STATUS:
        break;
    default:
        put_status(turn, ue, GODWIT_GMM_CAUSE_TYPE_UNKNOWN);
        break;
    }
}
