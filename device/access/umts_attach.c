/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access, UMTS: GPRS attach, service request, detach both ways (TS 24.008 4.7.3, 4.7.13, 4.7.4).
 */
#include <string.h>

#include "core/wire/gmm.h"
#include "device/access/internal.h"

#define GPRS_ATTACH 1 /* 10.5.5.2 */
#define GPRS_DETACH 1 /* 10.5.5.5 */
#define REATTACH_REQUIRED 1
#define NO_LAC 0xFFFE /* no routing area yet: TS 24.008 10.5.5.15 with the deleted LAI of 10.5.1.3 */
#define NO_RAC 0xFF

/* ---- by a vector that was handed over before ---- */

/* What network and device keep beside the keys: GERAN and UTRAN have the same. */
godwit_next_session_t godwit_umts_following(const godwit_access_t *access)
{
    godwit_radio_capability_t capability = godwit_access_radio_capability(access);
    godwit_next_session_t next = {
        .domain = GODWIT_NEXT_PS,
        .plmn = access->area.plmn,
        .ksi = godwit_next_session_ksi(access->cksn),
        .eea = access->radio.uea,
        .eia = access->radio.uia,
        .tmsi = access->p_tmsi,
        .area = {(uint8_t)(access->area.lac >> 8), (uint8_t)(access->area.lac & 0xFFu), access->area.rac},
        .capability_len = 2,
        .capability = {(uint8_t)(capability.uea & ~GODWIT_RADIO_GERAN), capability.uia & 1u << GODWIT_UIA2},
    };
    return next;
}

/* Only out of a message that was protected and ciphered. The last thing that is done with it. */
static void offered(godwit_access_t *access, const godwit_access_message_t *message,
                    const godwit_gmm_next_vector_t *vector, const godwit_next_session_t *next,
                    godwit_access_requests_t *requests)
{
    if (!vector->set) {
        return;
    }
    if (!message->verified || next->eea == GODWIT_UEA0 || next->eia == GODWIT_UIA0) {
        godwit_access_event(requests, "next_refused", GODWIT_POLICY_FORBIDS);
        return;
    }
    godwit_access_next_offered(access, vector->rand, vector->autn, next, requests);
}

/* The short message that goes with the attach, if one does. */
static godwit_status_t cipher_data(const godwit_access_t *access, uint8_t room[GODWIT_GMM_SMALL_DATA_MAX],
                                   godwit_slice_t *data)
{
    godwit_slice_t given = access->next.data;
    if (!access->next.carries || given.len == 0) {
        return GODWIT_OK;
    }
    if (given.len > GODWIT_GMM_SMALL_DATA_MAX) {
        return GODWIT_NO_SPACE;
    }
    *data = godwit_slice(room, given.len);
    return godwit_radio_initial_cipher(&access->radio, given, room);
}

/* The keys of the stored vector take the place of what there was, and the first frame under them is put together. */
static godwit_status_t arm(godwit_access_t *access, godwit_umts_build_t *build)
{
    godwit_access_next_t *n = &access->next;
    const godwit_next_session_t *found = &n->found;
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_writer_t frame = godwit_writer(n->frame, sizeof n->frame);
    uint8_t room[GODWIT_GMM_SMALL_DATA_MAX];
    godwit_slice_t data = {NULL, 0};
    godwit_status_t status =
        godwit_radio_security_derive(&access->radio, access->config.crypto, found->root,
                                     access->config.kind == GODWIT_ACCESS_GERAN, found->eia, false);
    if (status == GODWIT_OK) {
        godwit_radio_agree(&access->radio, found->eea, found->eia, found->res);
        access->radio_set = true;
        access->known = access->keyed = false;
        access->cksn = found->ksi;
        access->p_tmsi = found->tmsi;
        access->has_p_tmsi = true;
        access->area =
            (godwit_gmm_rai_t){.plmn = found->plmn, .lac = godwit_load_u16(found->area), .rac = found->area[2]};
        status = cipher_data(access, room, &data);
    }
    if (status == GODWIT_OK) {
        status = build(access, found, data, &w);
    }
    if (status == GODWIT_OK) {
        status = godwit_radio_initial_create(&access->radio, godwit_access_radio_capability(access), godwit_written(&w),
                                             &frame);
    }
    n->frame_len = status == GODWIT_OK ? (uint16_t)frame.len : 0;
    return status;
}

godwit_status_t godwit_umts_by_stored_vector(godwit_access_t *access, godwit_umts_build_t *build,
                                             godwit_access_requests_t *requests)
{
    godwit_status_t status = access->next.frame_len == 0 ? arm(access, build) : GODWIT_OK;
    if (status == GODWIT_OK) {
        godwit_access_next_send(access, requests);
    }
    return status;
}

static godwit_status_t request_by_vector(const godwit_access_t *access, const godwit_next_session_t *found,
                                         godwit_slice_t data, godwit_writer_t *w)
{
    godwit_gmm_attach_request_t m = {
        .type = GPRS_ATTACH,
        .cksn = found->ksi,
        .identity = {.kind = GODWIT_GMM_IDENTITY_P_TMSI, .p_tmsi = found->tmsi},
        .old_rai = access->area,
        .res_len = found->res_len,
        .small_data = data,
    };
    memcpy(m.res, found->res, sizeof m.res);
    return godwit_gmm_attach_request_build(&m, w);
}

/* ---- attach ---- */

godwit_status_t godwit_umts_attach_request(godwit_access_t *access, godwit_access_requests_t *requests)
{
    if (godwit_access_next_sends(access)) {
        return godwit_umts_by_stored_vector(access, request_by_vector, requests);
    }
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_gmm_attach_request_t m = {
        .type = GPRS_ATTACH,
        .cksn = GODWIT_GMM_CKSN_NONE,
        .identity = {.kind = GODWIT_GMM_IDENTITY_IMSI, .imsi = access->config.imsi},
        .old_rai = {.plmn = access->config.serving_network, .lac = NO_LAC, .rac = NO_RAC},
    };
    if (godwit_access_offers(access)) {
        access->exchange.offered = true;
        m.cksn = access->cksn;
        m.identity = (godwit_gmm_identity_t){.kind = GODWIT_GMM_IDENTITY_P_TMSI, .p_tmsi = access->p_tmsi};
        m.old_rai = access->area;
    }
    access->secured = false; /* it goes before any security mode */
    godwit_status_t status = godwit_gmm_attach_request_build(&m, &w);
    return status == GODWIT_OK ? godwit_umts_send(access, &w, false, requests) : status;
}

/* Data that came with the attach: the context that carries them, at once, or when the container for it has come. */
static godwit_status_t follow(godwit_access_t *access, godwit_access_requests_t *requests)
{
    if (!access->next.follows || access->held_len == 0) {
        return GODWIT_OK;
    }
    access->next.follows = false;
    access->owes_activation = access->awaits_container;
    return access->awaits_container ? GODWIT_OK : godwit_access_begin_activation(access, requests);
}

godwit_status_t godwit_umts_take_attach_accept(godwit_access_t *access, const godwit_access_message_t *message,
                                               godwit_access_requests_t *requests)
{
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_gmm_attach_accept_t m;
    bool again = access->state != GODWIT_ACCESS_ATTACHING; /* our completion was lost */
    godwit_status_t status = godwit_gmm_attach_accept_parse(message->octets, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    access->p_tmsi = m.has_p_tmsi ? m.p_tmsi : access->p_tmsi;
    access->has_p_tmsi = m.has_p_tmsi || access->has_p_tmsi;
    access->area = m.rai;
    access->known = again ? access->known : access->has_p_tmsi; /* the owner may have wanted new keys since */
    if (!again) {
        godwit_access_finish(access, requests);
        access->state = GODWIT_ACCESS_ATTACHED;
        godwit_access_drop_challenge(access);
        access->bearer = 0;
        godwit_access_next_used(access, requests);
        godwit_access_event(requests, "attached", GODWIT_OK);
    }
    if (m.has_p_tmsi) { /* a completion is for the new P-TMSI only (4.7.3.1.3) */
        status = godwit_gmm_attach_complete_build(&w);
        status = status == GODWIT_OK ? godwit_umts_send(access, &w, true, requests) : status;
    }
    if (status == GODWIT_OK && !again) {
        status = follow(access, requests);
    }
    if (status == GODWIT_OK && !again) {
        status = godwit_access_sms_attached(access, requests);
    }
    if (status == GODWIT_OK) {
        const godwit_next_session_t next = godwit_umts_following(access);
        offered(access, message, &m.next, &next, requests);
    }
    return status;
}

godwit_status_t godwit_umts_take_attach_reject(godwit_access_t *access, const godwit_access_message_t *message,
                                               godwit_access_requests_t *requests)
{
    godwit_gmm_reject_t m;
    godwit_status_t status = godwit_gmm_attach_reject_parse(message->octets, &m);
    if (status == GODWIT_OK) {
        godwit_access_rejected(access, godwit_access_mobility_reason(m.cause), message->verified, requests);
    }
    return status;
}

/* ---- out of idle ---- */

godwit_status_t godwit_umts_service_request(godwit_access_t *access, godwit_access_requests_t *requests)
{
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_gmm_service_t service = access->exchange.paged ? GODWIT_GMM_SERVICE_PAGING_RESPONSE
                                   : access->held_len > 0 ? GODWIT_GMM_SERVICE_DATA
                                                          : GODWIT_GMM_SERVICE_SIGNALLING;
    godwit_gmm_service_request_t m = {.cksn = access->cksn,
                                      .service = (uint8_t)service,
                                      .p_tmsi = access->p_tmsi,
                                      .has_contexts = true,
                                      .contexts = access->bearer != 0 ? (uint16_t)(1u << access->bearer) : 0};
    access->secured = false; /* a new connection */
    godwit_status_t status = godwit_gmm_service_request_build(&m, &w);
    return status == GODWIT_OK ? godwit_umts_send(access, &w, false, requests) : status;
}

godwit_status_t godwit_umts_take_service_accept(godwit_access_t *access, const godwit_access_message_t *message,
                                                godwit_access_requests_t *requests)
{
    godwit_gmm_service_accept_t m;
    godwit_status_t status = godwit_gmm_service_accept_parse(message->octets, &m);
    return status == GODWIT_OK ? godwit_access_resumed(access, m.has_contexts, m.contexts, requests) : status;
}

godwit_status_t godwit_umts_take_service_reject(godwit_access_t *access, const godwit_access_message_t *message,
                                                godwit_access_requests_t *requests)
{
    godwit_gmm_reject_t m;
    godwit_status_t status = godwit_gmm_service_reject_parse(message->octets, &m);
    return status == GODWIT_OK ? godwit_access_service_rejected(access, m.cause, message->verified, requests) : status;
}

/* ---- detach ---- */

godwit_status_t godwit_umts_detach_request(godwit_access_t *access, godwit_access_requests_t *requests)
{
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_gmm_detach_request_ms_t m = {
        .type = GPRS_DETACH, .has_p_tmsi = access->has_p_tmsi, .p_tmsi = access->p_tmsi};
    godwit_status_t status = godwit_gmm_detach_request_ms_build(&m, &w);
    return status == GODWIT_OK ? godwit_umts_send(access, &w, false, requests) : status;
}

godwit_status_t godwit_umts_take_detach_accept(godwit_access_t *access, const godwit_access_message_t *message,
                                               godwit_access_requests_t *requests)
{
    godwit_gmm_detach_accept_network_t m;
    godwit_status_t status = godwit_gmm_detach_accept_network_parse(message->octets, &m);
    if (status == GODWIT_OK) {
        const godwit_next_session_t next = godwit_umts_following(access);
        godwit_access_finish(access, requests);
        godwit_access_leave(access);
        godwit_access_event(requests, "detached", GODWIT_OK);
        offered(access, message, &m.next, &next, requests);
    }
    return status;
}

godwit_status_t godwit_umts_take_detach(godwit_access_t *access, const godwit_access_message_t *message,
                                        godwit_access_requests_t *requests)
{
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_gmm_detach_request_network_t m;
    godwit_status_t status = godwit_gmm_detach_request_network_parse(message->octets, &m);
    if (status == GODWIT_OK) {
        status = godwit_gmm_detach_accept_ms_build(&w);
    }
    if (status == GODWIT_OK) {
        status = godwit_umts_send(access, &w, true, requests);
    }
    if (status != GODWIT_OK) {
        return status;
    }
    const godwit_next_session_t next = godwit_umts_following(access);
    godwit_status_t reason = m.cause != 0 ? godwit_access_mobility_reason(m.cause) : GODWIT_OK;
    status = godwit_access_detached(access, m.type == REATTACH_REQUIRED, reason, requests);
    if (status == GODWIT_OK) {
        offered(access, message, &m.next, &next, requests);
    }
    return status;
}

/* 4.7.12; names and times of the network are nothing to us. */
godwit_status_t godwit_umts_take_information(godwit_access_t *access, const godwit_access_message_t *message,
                                             godwit_access_requests_t *requests)
{
    godwit_gmm_information_t m;
    godwit_status_t status = godwit_gmm_information_parse(message->octets, &m);
    if (status == GODWIT_OK) {
        const godwit_next_session_t next = godwit_umts_following(access);
        offered(access, message, &m.next, &next, requests);
    }
    return status;
}

godwit_status_t godwit_umts_take_status(godwit_access_t *access, const godwit_access_message_t *message,
                                        godwit_access_requests_t *requests)
{
    godwit_gmm_status_t m;
    (void)access;
    godwit_status_t status = godwit_gmm_status_parse(message->octets, &m);
    if (status == GODWIT_OK) {
        godwit_access_event(requests, "refused", godwit_access_mobility_reason(m.cause));
    }
    return status;
}
