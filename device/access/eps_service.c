/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access, EPS: out of idle by CONTROL PLANE SERVICE REQUEST, with the N-PDU that waits inside it (TS
 * 24.301 5.6.1), and detach both ways (5.5.2).
 */
#include "core/wire/emm.h"
#include "device/access/internal.h"

godwit_status_t godwit_eps_service_request(godwit_access_t *access, godwit_access_requests_t *requests)
{
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_emm_cp_service_request_t m = {
        .service_type = access->exchange.paged ? GODWIT_EMM_SERVICE_MT : GODWIT_EMM_SERVICE_MO, .ksi = access->nas.ksi};
    if (access->held_len > 0 && access->held_sms) {
        m.nas = godwit_slice(access->held, access->held_len);
    } else if (access->held_len > 0) {
        m.esm = godwit_slice(access->held, access->held_len);
    }
    godwit_status_t status = godwit_emm_cp_service_request_build(&m, &w);
    if (status == GODWIT_OK) {
        status = godwit_eps_send(access, GODWIT_NAS_PARTLY, &w, false, requests);
    }
    access->held_sent = status == GODWIT_OK && access->held_len > 0;
    return status;
}

godwit_status_t godwit_eps_take_service_accept(godwit_access_t *access, const godwit_access_message_t *message,
                                               godwit_access_requests_t *requests)
{
    godwit_emm_service_accept_t m;
    godwit_status_t status = godwit_emm_service_accept_parse(message->octets, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    bool has_status = m.bearer_status.ptr != NULL && m.bearer_status.len >= 2; /* 9.9.2.1: low octet first */
    uint16_t bearers = has_status ? (uint16_t)(m.bearer_status.ptr[0] | m.bearer_status.ptr[1] << 8) : 0;
    return godwit_access_resumed(access, has_status, bearers, requests);
}

godwit_status_t godwit_eps_take_service_reject(godwit_access_t *access, const godwit_access_message_t *message,
                                               godwit_access_requests_t *requests)
{
    godwit_emm_service_reject_t m;
    godwit_status_t status = godwit_emm_service_reject_parse(message->octets, &m);
    return status == GODWIT_OK ? godwit_access_service_rejected(access, m.cause, message->verified, requests) : status;
}

/* ---- detach ---- */

godwit_status_t godwit_eps_detach_request(godwit_access_t *access, godwit_access_requests_t *requests)
{
    uint8_t octets[GODWIT_EPS_IDENTITY_MAX];
    godwit_writer_t identity = godwit_writer(octets, sizeof octets);
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_eps_identity_t mine = {
        .is_guti = access->known, .imsi = access->config.imsi, .guti = access->guti}; /* 5.5.2.2.1 */
    /* The first message of a connection goes with integrity alone: the network looks for its context first (TS 24.301
     * 4.4.5). */
    godwit_nas_header_type_t type = access->connected ? GODWIT_NAS_CIPHERED : GODWIT_NAS_INTEGRITY;
    godwit_status_t status = godwit_eps_identity_build(&mine, &identity);
    if (status == GODWIT_OK) {
        godwit_emm_detach_request_t m = {
            .detach_type = GODWIT_EMM_DETACH_EPS, .ksi = access->nas.ksi, .identity = godwit_written(&identity)};
        status = godwit_emm_detach_request_build(&m, &w);
    }
    return status == GODWIT_OK ? godwit_eps_send(access, type, &w, false, requests) : status;
}

godwit_status_t godwit_eps_take_detach_accept(godwit_access_t *access, const godwit_access_message_t *message,
                                              godwit_access_requests_t *requests)
{
    godwit_emm_hand_over_t m;
    godwit_status_t status = godwit_emm_detach_accept_parse(message->octets, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    const godwit_next_session_t found = godwit_eps_next_found(access);
    godwit_access_finish(access, requests);
    godwit_access_leave(access);
    godwit_access_event(requests, "detached", GODWIT_OK);
    godwit_eps_next_offered(access, message, m.rand, m.autn, &found, requests);
    return GODWIT_OK;
}

godwit_status_t godwit_eps_take_detach(godwit_access_t *access, const godwit_access_message_t *message,
                                       godwit_access_requests_t *requests)
{
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_emm_network_detach_t m;
    const godwit_emm_hand_over_t accept = {.rand = {NULL, 0}};
    godwit_status_t status = godwit_emm_network_detach_parse(message->octets, &m);
    if (status == GODWIT_OK) {
        status = godwit_emm_detach_accept_build(&accept, &w);
    }
    if (status == GODWIT_OK) {
        status = godwit_eps_send(access, GODWIT_NAS_CIPHERED, &w, true, requests);
    }
    if (status != GODWIT_OK) {
        return status;
    }
    godwit_status_t reason = m.cause.set ? godwit_access_mobility_reason(m.cause.value) : GODWIT_OK;
    bool again = m.detach_type == GODWIT_EMM_DETACH_REATTACH;
    const godwit_next_session_t found = godwit_eps_next_found(access);
    status = godwit_access_detached(access, again, reason, requests);
    if (status == GODWIT_OK && !again &&
        reason == GODWIT_OK) { /* else there is no following session, or it has begun */
        godwit_eps_next_offered(access, message, m.rand, m.autn, &found, requests);
    }
    return status;
}

godwit_status_t godwit_eps_take_status(godwit_access_t *access, const godwit_access_message_t *message,
                                       godwit_access_requests_t *requests)
{
    godwit_emm_cause_only_t m;
    (void)access;
    godwit_status_t status = godwit_emm_status_parse(message->octets, &m);
    if (status == GODWIT_OK) {
        godwit_access_event(requests, "refused", godwit_access_mobility_reason(m.cause));
    }
    return status;
}
