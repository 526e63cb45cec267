/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access, UMTS: which GMM or SM message goes where; authentication and ciphering, identification (TS
 * 24.008 4.7.7, 4.7.8). A message without protection is taken only where 4.1.1.1.1 allows it; the IMSI is the only
 * identity that is told.
 */
#include <string.h>

#include "core/wire/gmm.h"
#include "core/wire/sm.h"
#include "device/access/internal.h"

godwit_status_t godwit_umts_take_authentication(godwit_access_t *access, const godwit_access_message_t *message,
                                                godwit_access_requests_t *requests)
{
    godwit_gmm_authentication_request_t m;
    godwit_access_challenge_t challenge = {.verified = message->verified};
    godwit_status_t status = godwit_gmm_authentication_request_parse(message->octets, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    if (!message->verified && !godwit_access_expects_plain_challenge(access)) {
        return GODWIT_WRONG_STATE;
    }
    if (!m.has_vector || m.cksn == GODWIT_GMM_CKSN_NONE) { /* a GSM challenge has no AUTN: refused */
        return GODWIT_POLICY_FORBIDS;
    }
    challenge.ksi = m.cksn;
    challenge.reference = m.reference;
    memcpy(challenge.rand_autn, m.rand, 16);
    memcpy(challenge.rand_autn + 16, m.autn, 16);
    return godwit_access_challenge(access, &challenge, requests);
}

godwit_status_t godwit_umts_respond(godwit_access_t *access, godwit_access_requests_t *requests)
{
    const godwit_access_vector_t *v = &access->vector;
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_gmm_authentication_response_t m = {.reference = v->asked_reference, .res_len = v->res_len};
    memcpy(m.res, v->res, sizeof m.res);
    godwit_status_t status = godwit_gmm_authentication_response_build(&m, &w);
    return status == GODWIT_OK ? godwit_umts_send(access, &w, false, requests) : status;
}

godwit_status_t godwit_umts_fail(godwit_access_t *access, uint8_t cause, const uint8_t *auts,
                                 godwit_access_requests_t *requests)
{
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_gmm_authentication_failure_t m = {.cause = cause, .has_auts = auts != NULL};
    if (auts != NULL) {
        memcpy(m.auts, auts, sizeof m.auts);
    }
    godwit_status_t status = godwit_gmm_authentication_failure_build(&m, &w);
    return status == GODWIT_OK ? godwit_umts_send(access, &w, false, requests) : status;
}

godwit_status_t godwit_umts_take_authentication_reject(godwit_access_t *access, const godwit_access_message_t *message,
                                                       godwit_access_requests_t *requests)
{
    godwit_status_t status = godwit_gmm_authentication_reject_parse(message->octets);
    return status == GODWIT_OK ? godwit_access_authentication_rejected(access, message->verified, requests) : status;
}

godwit_status_t godwit_umts_take_identity(godwit_access_t *access, const godwit_access_message_t *message,
                                          godwit_access_requests_t *requests)
{
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_gmm_identity_request_t m;
    godwit_status_t status = godwit_gmm_identity_request_parse(message->octets, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    if (m.type != GODWIT_GMM_IDENTITY_IMSI) {
        return GODWIT_POLICY_FORBIDS;
    }
    godwit_gmm_identity_response_t response = {
        .identity = {.kind = GODWIT_GMM_IDENTITY_IMSI, .imsi = access->config.imsi}};
    status = godwit_gmm_identity_response_build(&response, &w);
    return status == GODWIT_OK ? godwit_umts_send(access, &w, true, requests) : status;
}

/* ---- which message goes where ---- */

static const godwit_access_handler_t gmm[] = {
    {GODWIT_GMM_AUTHENTICATION_REQUEST, true, GODWIT_ACCESS_IN_ANY, godwit_umts_take_authentication},
    {GODWIT_GMM_AUTHENTICATION_REJECT, true, GODWIT_ACCESS_IN(ATTACHING), godwit_umts_take_authentication_reject},
    {GODWIT_GMM_AUTHENTICATION_REJECT, false, GODWIT_ACCESS_IN_REGISTERED, godwit_umts_take_authentication_reject},
    {GODWIT_GMM_IDENTITY_REQUEST, true, GODWIT_ACCESS_IN(ATTACHING), godwit_umts_take_identity},
    {GODWIT_GMM_IDENTITY_REQUEST, false, GODWIT_ACCESS_IN_REGISTERED, godwit_umts_take_identity},
    {GODWIT_GMM_ATTACH_ACCEPT, false,
     GODWIT_ACCESS_IN(ATTACHING) | GODWIT_ACCESS_IN(ATTACHED) | GODWIT_ACCESS_IN(ACTIVE),
     godwit_umts_take_attach_accept},
    {GODWIT_GMM_ATTACH_REJECT, true, GODWIT_ACCESS_IN(ATTACHING), godwit_umts_take_attach_reject},
    {GODWIT_GMM_SERVICE_ACCEPT, false, GODWIT_ACCESS_IN_REGISTERED, godwit_umts_take_service_accept},
    {GODWIT_GMM_SERVICE_REJECT, true, GODWIT_ACCESS_IN_REGISTERED, godwit_umts_take_service_reject},
    {GODWIT_GMM_DETACH_REQUEST, false, GODWIT_ACCESS_IN_ANY, godwit_umts_take_detach},
    {GODWIT_GMM_DETACH_ACCEPT, true, GODWIT_ACCESS_IN(DETACHING), godwit_umts_take_detach_accept},
    {GODWIT_GMM_INFORMATION, false, GODWIT_ACCESS_IN(ATTACHED) | GODWIT_ACCESS_IN(ACTIVE),
     godwit_umts_take_information},
    {GODWIT_GMM_STATUS, false, GODWIT_ACCESS_IN_ANY, godwit_umts_take_status},
};

static const godwit_access_handler_t sm[] = {
    {GODWIT_SM_ACTIVATE_ACCEPT, false, GODWIT_ACCESS_IN(ATTACHED), godwit_umts_take_activate_accept},
    {GODWIT_SM_ACTIVATE_REJECT, false, GODWIT_ACCESS_IN(ATTACHED), godwit_umts_take_activate_reject},
    {GODWIT_SM_MODIFY_REQUEST_NETWORK, false, GODWIT_ACCESS_IN(ACTIVE), godwit_umts_take_modify},
    {GODWIT_SM_MODIFY_ACCEPT_NETWORK, false, GODWIT_ACCESS_IN(ACTIVE), godwit_umts_take_modify_accept},
    {GODWIT_SM_MODIFY_REJECT, false, GODWIT_ACCESS_IN(ACTIVE), godwit_umts_take_modify_reject},
    {GODWIT_SM_DEACTIVATE_REQUEST, false, GODWIT_ACCESS_IN(ACTIVE) | GODWIT_ACCESS_IN(ATTACHED),
     godwit_umts_take_deactivate},
};

godwit_status_t godwit_umts_take_nas(godwit_access_t *access, const godwit_access_message_t *m,
                                     godwit_access_requests_t *requests)
{
    godwit_sm_transaction_t transaction;
    uint8_t type;
    if (m->octets.len > 0 && (m->octets.ptr[0] & 0x0Fu) == GODWIT_PD_SMS) {
        bool registered = access->state == GODWIT_ACCESS_ATTACHED || access->state == GODWIT_ACCESS_ACTIVE;
        bool taken = access->state == GODWIT_ACCESS_ATTACHING && access->next.armed; /* the accept is behind it */
        return m->verified && (registered || taken) ? godwit_access_sms_receive(access, m->octets, requests)
                                                    : GODWIT_WRONG_STATE;
    }
    if (access->config.circuit_switched) {
        return godwit_cs_take_nas(access, m, requests);
    }
    if (godwit_gmm_type(m->octets, &type) == GODWIT_OK) {
        return godwit_access_dispatch(access, gmm, sizeof gmm / sizeof gmm[0], type, m, requests);
    }
    godwit_status_t status = godwit_sm_type(m->octets, &transaction, &type);
    if (status != GODWIT_OK) {
        return status;
    }
    if (transaction.id != access->transaction ||
        !transaction.to_originator) { /* there is one context, and this end began it */
        return GODWIT_UNKNOWN_SESSION;
    }
    return godwit_access_dispatch(access, sm, sizeof sm / sizeof sm[0], type, m, requests);
}
