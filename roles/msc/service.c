/* SPDX-License-Identifier: Apache-2.0
 *
 * Registered devices: CM service (TS 24.008 4.5.1), paging (TS 44.018 3.3.2), IMSI detach (4.3.4), idle. A first
 * message of a connection names the device and proves nothing: it begins a security mode, whose completion is the
 * acceptance (4.5.1.1).
 */
#include "roles/msc/internal.h"

#include <string.h>

static godwit_status_t name_of(godwit_slice_t nas, uint8_t type, uint8_t *cksn, godwit_slice_t *identity)
{
    godwit_mm_cm_service_request_t service;
    godwit_rr_paging_response_t paged;
    godwit_mm_imsi_detach_indication_t detach;
    godwit_status_t status;
    *cksn = GODWIT_GMM_CKSN_NONE;
    if (type == GODWIT_MM_CM_SERVICE_REQUEST) {
        status = godwit_mm_cm_service_request_parse(nas, &service);
        *cksn = status == GODWIT_OK ? service.cksn : *cksn;
        *identity = status == GODWIT_OK ? service.identity : *identity;
    } else if (type == GODWIT_RR_PAGING_RESPONSE) {
        status = godwit_rr_paging_response_parse(nas, &paged);
        *cksn = status == GODWIT_OK ? paged.cksn : *cksn;
        *identity = status == GODWIT_OK ? paged.identity : *identity;
    } else {
        status = godwit_mm_imsi_detach_indication_parse(nas, &detach);
        *identity = status == GODWIT_OK ? detach.identity : *identity;
    }
    return status;
}

void godwit_msc_on_initial(godwit_msc_turn_t *turn, const godwit_radio_frame_t *frame, uint8_t type)
{
    godwit_slice_t value = {NULL, 0};
    godwit_gmm_identity_t identity;
    uint8_t cksn;
    if (name_of(frame->octets, type, &cksn, &value) != GODWIT_OK ||
        godwit_mm_identity_read(value, &identity) != GODWIT_OK) {
        godwit_msc_event(turn, NULL, "refused", GODWIT_MALFORMED, "a first message of a connection");
        return;
    }
    godwit_msc_ue_t *ue =
        identity.kind == GODWIT_GMM_IDENTITY_P_TMSI ? godwit_msc_by_tmsi(turn->msc, identity.p_tmsi) : NULL;
    bool fits = ue != NULL && (type == GODWIT_MM_IMSI_DETACH_INDICATION || ue->cksn == cksn);
    godwit_status_t status = GODWIT_UNKNOWN_SESSION;
    if (fits) {
        status = godwit_msc_begin_security(turn, ue, &turn->in->from, frame->capability, type);
    }
    if (status == GODWIT_OK) {
        return;
    }
    if (type != GODWIT_MM_IMSI_DETACH_INDICATION) { /* that one has no answer */
        godwit_msc_service_reject(turn, &turn->in->from, GODWIT_MM_CAUSE_IMSI_UNKNOWN_IN_VLR);
    }
    godwit_msc_event(turn, NULL, "refused", status, "a first message of a device that is not registered");
}

/* ---- in a connection ---- */

static void accept_service(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, godwit_slice_t nas)
{
    uint8_t octets[8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_mm_cm_service_request_t m;
    const godwit_mm_cause_t no = {.cause = GODWIT_MM_CAUSE_SERVICE_NOT_SUPPORTED};
    bool sms = godwit_mm_cm_service_request_parse(nas, &m) == GODWIT_OK && m.type == GODWIT_MM_SERVICE_SHORT_MESSAGE;
    godwit_status_t status =
        sms ? godwit_mm_empty_build(GODWIT_MM_CM_SERVICE_ACCEPT, &w) : godwit_mm_cm_service_reject_build(&no, &w);
    if (status == GODWIT_OK) {
        godwit_msc_put_nas(turn, ue, godwit_written(&w));
    }
}

void godwit_msc_on_mm(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, godwit_slice_t nas)
{
    uint8_t type = 0;
    if (godwit_mm_type(nas, &type) != GODWIT_OK) {
        godwit_msc_event(turn, ue, "refused", GODWIT_MALFORMED, "no MM message");
        return;
    }
    switch (type) {
    case GODWIT_MM_TMSI_REALLOCATION_COMPLETE:
        godwit_msc_completed(turn, ue, NULL);
        break;
    case GODWIT_MM_CM_SERVICE_REQUEST:
        godwit_msc_completed(turn, ue, NULL);
        accept_service(turn, ue, nas);
        break;
    case GODWIT_MM_IMSI_DETACH_INDICATION:
        godwit_msc_detached(turn, ue, NULL);
        break;
    case GODWIT_MM_STATUS:
        break;
    default:
        godwit_msc_event(turn, ue, "refused", GODWIT_WRONG_STATE, "a message of no use here");
        break;
    }
}

void godwit_msc_detached(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, const char *detail)
{
    if (detail !=
        NULL) { /* MM has no detach by the network: what the device sends next is rejected, and it attaches anew */
        godwit_msc_put_release(turn, &ue->address);
    }
    godwit_msc_event(turn, ue, "detached", GODWIT_OK, detail);
    godwit_msc_free(turn, ue);
}

/* ---- idle and back ---- */

void godwit_msc_resumed(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue)
{
    godwit_msc_event(turn, ue, "resumed", GODWIT_OK, NULL);
    godwit_msc_sms_start(turn, ue);
    godwit_msc_heard(turn, ue);
}

void godwit_msc_idle(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, bool by_us)
{
    if (ue->state != GODWIT_MSC_REGISTERED || !ue->connected) {
        return;
    }
    if (by_us) {
        godwit_msc_put_release(turn, &ue->address);
    }
    ue->connected = false;
    godwit_msc_active(turn, ue);
    godwit_msc_event(turn, ue, "idle", GODWIT_OK, NULL);
    if (godwit_sms_node_waits(&ue->sms)) {
        godwit_msc_page(turn, ue);
    }
}

void godwit_msc_page_again(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue)
{
    uint8_t octets[16];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_radio_frame_t frame = {.kind = GODWIT_RADIO_PAGING, .imsi = ue->imsi};
    if (godwit_radio_build(&frame, &w) == GODWIT_OK) {
        godwit_msc_put_octets(turn, &ue->address, godwit_written(&w));
    }
}

void godwit_msc_page(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue)
{
    if (ue->waiting == GODWIT_MSC_NOTHING) { /* else it is on its way, or is paged already */
        godwit_msc_event(turn, ue, "paging", GODWIT_OK, NULL);
        godwit_msc_page_again(turn, ue);
        godwit_msc_wait(turn, ue, GODWIT_MSC_PAGED);
    }
}
