/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access, UMTS: GPRS attach, service request, detach both ways (TS 24.008 4.7.3, 4.7.13, 4.7.4).
 */
#include "core/wire/gmm.h"
#include "device/access/internal.h"

#define GPRS_ATTACH 1 /* 10.5.5.2 */
#define GPRS_DETACH 1 /* 10.5.5.5 */
#define REATTACH_REQUIRED 1
#define NO_LAC 0xFFFE /* no routing area yet: TS 24.008 10.5.5.15 with the deleted LAI of 10.5.1.3 */
#define NO_RAC 0xFF

godwit_status_t godwit_umts_attach_request(godwit_access_t *access, godwit_access_requests_t *requests)
{
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
        godwit_access_event(requests, "attached", GODWIT_OK);
    }
    if (!m.has_p_tmsi) { /* a completion is for the new P-TMSI only (4.7.3.1.3) */
        return GODWIT_OK;
    }
    status = godwit_gmm_attach_complete_build(&w);
    return status == GODWIT_OK ? godwit_umts_send(access, &w, true, requests) : status;
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
        godwit_access_finish(access, requests);
        godwit_access_leave(access);
        godwit_access_event(requests, "detached", GODWIT_OK);
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
    godwit_status_t reason = m.cause != 0 ? godwit_access_mobility_reason(m.cause) : GODWIT_OK;
    return godwit_access_detached(access, m.type == REATTACH_REQUIRED, reason, requests);
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
