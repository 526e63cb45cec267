/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access, EPS: N-PDUs over NAS (ESM DATA TRANSPORT, TS 24.301 6.6.4), modification by the device with a
 * PCO (6.5.4, 6.4.3), and deactivation by the network (6.4.4).
 */
#include "core/wire/emm.h"
#include "core/wire/esm.h"
#include "device/access/internal.h"

/* Traffic flow aggregate that changes nothing (9.9.4.15, TS 24.008 10.5.6.12): no TFT operation. The request is for its
 * PCO. */
#define NO_TFT_OPERATION 0xC0

/* ---- N-PDUs ---- */

godwit_status_t godwit_eps_hold(godwit_access_t *access, godwit_slice_t n_pdu)
{
    godwit_writer_t w = godwit_writer(access->held, sizeof access->held);
    godwit_esm_data_transport_t m = {.head = {.bearer = access->bearer}, .data = n_pdu};
    godwit_status_t status = godwit_esm_data_transport_build(&m, &w);
    access->held_len = status == GODWIT_OK ? (uint16_t)w.len : 0;
    access->held_sent = access->held_sms = false;
    return status;
}

void godwit_eps_bearer_of_held(godwit_access_t *access)
{
    if (access->held_len > 0 && !access->held_sms) {
        access->held[0] = (uint8_t)(access->bearer << 4 | GODWIT_NAS_PD_ESM);
    }
}

godwit_status_t godwit_eps_send_held(godwit_access_t *access, godwit_access_requests_t *requests)
{
    if (access->held_sms) {
        return godwit_eps_send_sms(access, godwit_slice(access->held, access->held_len), requests);
    }
    godwit_writer_t w = {.buf = access->held, .cap = sizeof access->held, .len = access->held_len};
    return godwit_eps_send(access, GODWIT_NAS_CIPHERED, &w, false, requests);
}

godwit_status_t godwit_eps_take_data(godwit_access_t *access, const godwit_access_message_t *message,
                                     godwit_access_requests_t *requests)
{
    godwit_esm_data_transport_t m;
    godwit_status_t status = godwit_esm_data_transport_parse(message->octets, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    if (m.head.bearer != access->bearer) {
        return GODWIT_UNKNOWN_SESSION;
    }
    status = godwit_access_connected(access, requests);
    if (m.data.len > 0) {
        godwit_access_ask_for(requests, GODWIT_ACCESS_DELIVER)->octets = m.data;
    }
    return status;
}

/* ---- short messages ---- */

godwit_status_t godwit_eps_send_sms(godwit_access_t *access, godwit_slice_t cp, godwit_access_requests_t *requests)
{
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    const godwit_emm_nas_transport_t m = {.container = cp};
    godwit_status_t status = godwit_emm_uplink_nas_transport_build(&m, &w);
    return status == GODWIT_OK ? godwit_eps_send(access, GODWIT_NAS_CIPHERED, &w, false, requests) : status;
}

godwit_status_t godwit_eps_take_nas_transport(godwit_access_t *access, const godwit_access_message_t *message,
                                              godwit_access_requests_t *requests)
{
    godwit_emm_nas_transport_t m;
    if (!message->ciphered || (access->state == GODWIT_ACCESS_ATTACHING && !access->next.armed)) {
        return GODWIT_WRONG_STATE;
    }
    godwit_status_t status = godwit_emm_downlink_nas_transport_parse(message->octets, &m);
    return status == GODWIT_OK ? godwit_access_sms_receive(access, m.container, requests) : status;
}

/* ---- modification ---- */

godwit_status_t godwit_eps_modify_request(godwit_access_t *access, godwit_access_requests_t *requests)
{
    static const uint8_t nothing[1] = {NO_TFT_OPERATION};
    uint8_t options[GODWIT_ACCESS_CONTAINER_MAX + 8];
    godwit_writer_t pco = godwit_writer(options, sizeof options);
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_esm_resource_modification_request_t m = {
        .head = {.pti = access->exchange.pti}, .bearer = access->bearer, .tfa = godwit_slice(nothing, sizeof nothing)};
    godwit_status_t status = godwit_access_pco(access, &pco);
    m.pco = pco.len > 0 ? godwit_written(&pco) : m.pco;
    if (status == GODWIT_OK) {
        status = godwit_esm_resource_modification_request_build(&m, &w);
    }
    return status == GODWIT_OK ? godwit_eps_send(access, GODWIT_NAS_CIPHERED, &w, false, requests) : status;
}

static godwit_status_t accept_modification(godwit_access_t *access, godwit_access_requests_t *requests)
{
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_esm_answer_t m = {.head = {.bearer = access->bearer, .pti = GODWIT_ESM_PTI_NONE}};
    godwit_status_t status = godwit_esm_modify_accept_build(&m, &w);
    return status == GODWIT_OK ? godwit_eps_send(access, GODWIT_NAS_CIPHERED, &w, true, requests) : status;
}

godwit_status_t godwit_eps_take_modify(godwit_access_t *access, const godwit_access_message_t *message,
                                       godwit_access_requests_t *requests)
{
    godwit_esm_modify_request_t m;
    godwit_status_t status = godwit_esm_modify_request_parse(message->octets, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    if (m.head.bearer != access->bearer) {
        return GODWIT_UNKNOWN_SESSION;
    }
    bool ours = access->exchange.pending == GODWIT_ACCESS_DO_MODIFY && m.head.pti == access->exchange.pti;
    if (ours) {
        godwit_access_finish(access, requests);
    }
    status = godwit_access_connected(access, requests);
    if (status == GODWIT_OK) {
        status = accept_modification(access, requests);
    }
    if (ours) {
        godwit_access_event(requests, "modified", GODWIT_OK);
        godwit_access_give_container(access, m.pco.ptr != NULL ? m.pco : m.epco, requests);
    }
    return status;
}

godwit_status_t godwit_eps_take_modify_refused(godwit_access_t *access, const godwit_access_message_t *message,
                                               godwit_access_requests_t *requests)
{
    godwit_esm_refusal_t m;
    godwit_status_t status = godwit_esm_resource_modification_reject_parse(message->octets, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    if (access->exchange.pending != GODWIT_ACCESS_DO_MODIFY || m.head.pti != access->exchange.pti) {
        return GODWIT_UNKNOWN_SESSION;
    }
    godwit_access_rejected(access, godwit_access_session_reason(m.cause), true, requests);
    return GODWIT_OK;
}

/* ---- deactivation ---- */

godwit_status_t godwit_eps_take_deactivate(godwit_access_t *access, const godwit_access_message_t *message,
                                           godwit_access_requests_t *requests)
{
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_esm_refusal_t m;
    godwit_status_t status = godwit_esm_deactivate_request_parse(message->octets, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    if (m.head.bearer != access->bearer) {
        return GODWIT_UNKNOWN_SESSION;
    }
    godwit_esm_answer_t accept = {.head = {.bearer = access->bearer, .pti = GODWIT_ESM_PTI_NONE}};
    status = godwit_esm_deactivate_accept_build(&accept, &w);
    if (status == GODWIT_OK) {
        status = godwit_eps_send(access, GODWIT_NAS_CIPHERED, &w, true, requests);
    }
    godwit_access_deactivated(access, godwit_access_session_reason(m.cause), requests);
    return status;
}
