/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access, circuit domain over UTRAN and GERAN: location updating as IMSI attach, authentication, CM
 * service for short messages, paging, IMSI detach (TS 24.008 4.3, 4.4, 4.5). Security mode and frames are those of
 * umts_security.c. A message without protection is taken only where 4.1.1.1.1 allows it; the IMSI is the only identity
 * that is told.
 */
#include <string.h>

#include "core/wire/mm.h"
#include "device/access/internal.h"

#define NO_LAC 0xFFFE /* the deleted LAI, 10.5.1.3 */

static const uint8_t classmark_2[3] = {0x57, 0x18, 0xA1}; /* 10.5.1.6: nothing in it matters here */

/* ---- names ---- */

static godwit_slice_t name(const godwit_access_t *access, uint8_t octets[1 + GODWIT_MM_IDENTITY_MAX])
{
    const godwit_gmm_identity_t identity = {.kind = access->has_p_tmsi ? GODWIT_GMM_IDENTITY_P_TMSI
                                                                       : GODWIT_GMM_IDENTITY_IMSI,
                                            .imsi = access->config.imsi,
                                            .p_tmsi = access->p_tmsi};
    return godwit_mm_identity_write(&identity, octets);
}

/* ---- by a vector that was handed over before ---- */

static godwit_next_session_t following(const godwit_access_t *access)
{
    godwit_next_session_t next = godwit_umts_following(access);
    next.domain = GODWIT_NEXT_CS;
    next.area[2] = 0;
    return next;
}

/* Only out of a message that was protected and ciphered. The last thing that is done with it. */
static void offered(godwit_access_t *access, const godwit_access_message_t *message, godwit_slice_t rand,
                    godwit_slice_t autn, godwit_access_requests_t *requests)
{
    const godwit_next_session_t next = following(access);
    if (rand.ptr == NULL || autn.ptr == NULL) {
        return;
    }
    if (!message->verified || next.eea == GODWIT_UEA0 || next.eia == GODWIT_UIA0) {
        godwit_access_event(requests, "next_refused", GODWIT_POLICY_FORBIDS);
        return;
    }
    godwit_access_next_offered(access, rand.ptr, autn.ptr, &next, requests);
}

static godwit_status_t request_by_vector(const godwit_access_t *access, const godwit_next_session_t *found,
                                         godwit_slice_t data, godwit_writer_t *w)
{
    uint8_t lai[GODWIT_MM_LAI], tmsi[1 + GODWIT_MM_IDENTITY_MAX];
    const godwit_mm_lai_t old = {.plmn = found->plmn, .lac = godwit_load_u16(found->area)};
    godwit_mm_lai_write(&old, lai);
    const godwit_mm_location_updating_request_t m = {
        .type = GODWIT_MM_UPDATE_IMSI_ATTACH | GODWIT_MM_FOLLOW_ON,
        .cksn = found->ksi,
        .lai = godwit_slice(lai, sizeof lai),
        .classmark = GODWIT_MM_CLASSMARK_1,
        .identity = name(access, tmsi),
        .res = godwit_slice(found->res, found->res_len),
        .sms = data,
    };
    return godwit_mm_location_updating_request_build(&m, w);
}

/* ---- location updating ---- */

static godwit_status_t attach_request(godwit_access_t *access, godwit_access_requests_t *requests)
{
    uint8_t lai[GODWIT_MM_LAI], identity[1 + GODWIT_MM_IDENTITY_MAX];
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    const godwit_mm_lai_t nowhere = {.plmn = access->config.serving_network, .lac = NO_LAC};
    if (godwit_access_next_sends(access)) {
        return godwit_umts_by_stored_vector(access, request_by_vector, requests);
    }
    godwit_mm_lai_write(&nowhere, lai);
    const godwit_gmm_identity_t mine = {.kind = GODWIT_GMM_IDENTITY_IMSI, .imsi = access->config.imsi};
    const godwit_mm_location_updating_request_t m = {
        .type = GODWIT_MM_UPDATE_IMSI_ATTACH | GODWIT_MM_FOLLOW_ON,
        .cksn = GODWIT_GMM_CKSN_NONE,
        .lai = godwit_slice(lai, sizeof lai),
        .classmark = GODWIT_MM_CLASSMARK_1,
        .identity = godwit_mm_identity_write(&mine, identity),
    };
    access->secured = false; /* it goes before any security mode */
    godwit_status_t status = godwit_mm_location_updating_request_build(&m, &w);
    return status == GODWIT_OK ? godwit_umts_send(access, &w, false, requests) : status;
}

/* A TMSI is confirmed; of an IMSI there is none from now on. */
static godwit_status_t take_name(godwit_access_t *access, godwit_slice_t value, godwit_access_requests_t *requests)
{
    godwit_gmm_identity_t identity;
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    if (value.ptr == NULL) {
        return GODWIT_OK;
    }
    if (godwit_mm_identity_read(value, &identity) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    access->has_p_tmsi = identity.kind == GODWIT_GMM_IDENTITY_P_TMSI;
    access->p_tmsi = identity.p_tmsi;
    godwit_status_t status = GODWIT_OK;
    if (access->has_p_tmsi) {
        status = godwit_mm_empty_build(GODWIT_MM_TMSI_REALLOCATION_COMPLETE, &w);
        status = status == GODWIT_OK ? godwit_umts_send(access, &w, true, requests) : status;
    }
    return status;
}

static godwit_status_t take_accept(godwit_access_t *access, const godwit_access_message_t *message,
                                   godwit_access_requests_t *requests)
{
    godwit_mm_location_updating_accept_t m;
    bool again = access->state != GODWIT_ACCESS_ATTACHING; /* our completion was lost */
    godwit_status_t status = godwit_mm_location_updating_accept_parse(message->octets, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    const godwit_mm_lai_t here = godwit_mm_lai_read(m.lai);
    access->area = (godwit_gmm_rai_t){.plmn = here.plmn, .lac = here.lac};
    if (!again) {
        godwit_access_finish(access, requests);
        access->state = GODWIT_ACCESS_ATTACHED;
        access->known = false; /* the next one has keys of its own */
        access->bearer = 0;
        godwit_access_drop_challenge(access);
        godwit_access_next_used(access, requests);
        godwit_access_event(requests, "attached", GODWIT_OK);
    }
    status = take_name(access, m.identity, requests);
    if (status == GODWIT_OK && !again) {
        status = godwit_access_sms_attached(access, requests);
    }
    if (status == GODWIT_OK) {
        offered(access, message, m.rand, m.autn, requests);
    }
    return status;
}

static godwit_status_t take_reject(godwit_access_t *access, const godwit_access_message_t *message,
                                   godwit_access_requests_t *requests)
{
    godwit_mm_cause_t m;
    godwit_status_t status = godwit_mm_location_updating_reject_parse(message->octets, &m);
    if (status == GODWIT_OK) {
        godwit_access_rejected(access, godwit_access_mobility_reason(m.cause), message->verified, requests);
    }
    return status;
}

static godwit_status_t take_information(godwit_access_t *access, const godwit_access_message_t *message,
                                        godwit_access_requests_t *requests)
{
    godwit_mm_information_t m;
    godwit_status_t status = godwit_mm_information_parse(message->octets, &m);
    if (status == GODWIT_OK) {
        offered(access, message, m.rand, m.autn, requests);
    }
    return status;
}

static godwit_status_t take_reallocation(godwit_access_t *access, const godwit_access_message_t *message,
                                         godwit_access_requests_t *requests)
{
    godwit_mm_tmsi_reallocation_command_t m;
    godwit_status_t status = godwit_mm_tmsi_reallocation_command_parse(message->octets, &m);
    return status == GODWIT_OK ? take_name(access, m.identity, requests) : status;
}

/* ---- authentication ---- */

static godwit_status_t take_challenge(godwit_access_t *access, const godwit_access_message_t *message,
                                      godwit_access_requests_t *requests)
{
    godwit_mm_authentication_request_t m;
    godwit_access_challenge_t challenge = {.verified = message->verified};
    godwit_status_t status = godwit_mm_authentication_request_parse(message->octets, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    if (!message->verified && !godwit_access_expects_plain_challenge(access)) {
        return GODWIT_WRONG_STATE;
    }
    if (m.autn.ptr == NULL || m.cksn >= GODWIT_GMM_CKSN_NONE) { /* a GSM challenge has no AUTN: refused */
        return GODWIT_POLICY_FORBIDS;
    }
    challenge.ksi = m.cksn;
    memcpy(challenge.rand_autn, m.rand.ptr, 16);
    memcpy(challenge.rand_autn + 16, m.autn.ptr, 16);
    return godwit_access_challenge(access, &challenge, requests);
}

godwit_status_t godwit_cs_respond(godwit_access_t *access, godwit_access_requests_t *requests)
{
    const godwit_access_vector_t *v = &access->vector;
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_mm_authentication_response_t m = {.first = godwit_slice(v->res, 4)};
    if (v->res_len > 4) {
        m.rest = godwit_slice(v->res + 4, v->res_len - 4U);
    }
    godwit_status_t status = godwit_mm_authentication_response_build(&m, &w);
    return status == GODWIT_OK ? godwit_umts_send(access, &w, false, requests) : status;
}

godwit_status_t godwit_cs_fail(godwit_access_t *access, uint8_t cause, const uint8_t *auts,
                               godwit_access_requests_t *requests)
{
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    const godwit_mm_authentication_failure_t m = {.cause = cause, .auts = {auts, auts != NULL ? 14 : 0}};
    godwit_status_t status = godwit_mm_authentication_failure_build(&m, &w);
    return status == GODWIT_OK ? godwit_umts_send(access, &w, false, requests) : status;
}

static godwit_status_t take_authentication_reject(godwit_access_t *access, const godwit_access_message_t *message,
                                                  godwit_access_requests_t *requests)
{
    return godwit_access_authentication_rejected(access, message->verified, requests);
}

static godwit_status_t take_identity(godwit_access_t *access, const godwit_access_message_t *message,
                                     godwit_access_requests_t *requests)
{
    uint8_t octets[1 + GODWIT_MM_IDENTITY_MAX];
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    const godwit_gmm_identity_t mine = {.kind = GODWIT_GMM_IDENTITY_IMSI, .imsi = access->config.imsi};
    godwit_mm_identity_request_t m;
    godwit_status_t status = godwit_mm_identity_request_parse(message->octets, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    if ((m.type & 7U) != GODWIT_MM_IDENTITY_IMSI) {
        return GODWIT_POLICY_FORBIDS;
    }
    const godwit_mm_identity_response_t response = {.identity = godwit_mm_identity_write(&mine, octets)};
    status = godwit_mm_identity_response_build(&response, &w);
    return status == GODWIT_OK ? godwit_umts_send(access, &w, true, requests) : status;
}

/* ---- service and detach ---- */

static godwit_status_t service_request(godwit_access_t *access, godwit_access_requests_t *requests)
{
    uint8_t octets[1 + GODWIT_MM_IDENTITY_MAX];
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    const godwit_mm_cm_service_request_t service = {.type = GODWIT_MM_SERVICE_SHORT_MESSAGE,
                                                    .cksn = access->cksn,
                                                    .classmark = godwit_slice(classmark_2, sizeof classmark_2),
                                                    .identity = name(access, octets)};
    const godwit_rr_paging_response_t paged = {
        .cksn = service.cksn, .classmark = service.classmark, .identity = service.identity};
    access->secured = false; /* a new connection */
    godwit_status_t status = access->exchange.paged ? godwit_rr_paging_response_build(&paged, &w)
                                                    : godwit_mm_cm_service_request_build(&service, &w);
    return status == GODWIT_OK ? godwit_umts_send(access, &w, false, requests) : status;
}

/* What the network does not know (cause 4, 10.5.3.6) is attached anew, as in GMM what it cannot derive (9). */
static godwit_status_t take_service_reject(godwit_access_t *access, const godwit_access_message_t *message,
                                           godwit_access_requests_t *requests)
{
    godwit_mm_cause_t m;
    godwit_status_t status = godwit_mm_cm_service_reject_parse(message->octets, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    uint8_t cause = m.cause == GODWIT_MM_CAUSE_IMSI_UNKNOWN_IN_VLR ? GODWIT_GMM_CAUSE_IDENTITY_UNKNOWN : m.cause;
    return godwit_access_service_rejected(access, cause, message->verified, requests);
}

/* It has no answer. What goes without protection is followed by a security mode, and then said again. */
static godwit_status_t detach(godwit_access_t *access, godwit_access_requests_t *requests)
{
    uint8_t octets[1 + GODWIT_MM_IDENTITY_MAX];
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    const godwit_mm_imsi_detach_indication_t m = {.classmark = GODWIT_MM_CLASSMARK_1, .identity = name(access, octets)};
    bool proves = access->connected && access->secured;
    access->secured = proves;
    godwit_status_t status = godwit_mm_imsi_detach_indication_build(&m, &w);
    if (status == GODWIT_OK) {
        status = godwit_umts_send(access, &w, false, requests);
    }
    if (status == GODWIT_OK && proves) {
        godwit_access_leave(access);
        godwit_access_finish(access, requests);
        godwit_access_event(requests, "detached", GODWIT_OK);
    }
    return status;
}

godwit_status_t godwit_cs_transmit(godwit_access_t *access, godwit_access_requests_t *requests)
{
    switch (access->exchange.pending) {
    case GODWIT_ACCESS_DO_ATTACH:
        return attach_request(access, requests);
    case GODWIT_ACCESS_DO_DETACH:
        return detach(access, requests);
    default:
        return service_request(access, requests);
    }
}

/* ---- which message goes where ---- */

static godwit_status_t take_nothing(godwit_access_t *access, const godwit_access_message_t *message,
                                    godwit_access_requests_t *requests)
{
    (void)access;
    (void)message;
    (void)requests;
    return GODWIT_OK;
}

#define REGISTERED (GODWIT_ACCESS_IN(ATTACHED) | GODWIT_ACCESS_IN(DETACHING))
static const godwit_access_handler_t handlers[] = {
    {GODWIT_MM_AUTHENTICATION_REQUEST, true, GODWIT_ACCESS_IN(ATTACHING) | REGISTERED, take_challenge},
    {GODWIT_MM_AUTHENTICATION_REJECT, true, GODWIT_ACCESS_IN(ATTACHING), take_authentication_reject},
    {GODWIT_MM_IDENTITY_REQUEST, true, GODWIT_ACCESS_IN(ATTACHING), take_identity},
    {GODWIT_MM_IDENTITY_REQUEST, false, REGISTERED, take_identity},
    {GODWIT_MM_LOCATION_UPDATING_ACCEPT, false, GODWIT_ACCESS_IN(ATTACHING) | GODWIT_ACCESS_IN(ATTACHED), take_accept},
    {GODWIT_MM_LOCATION_UPDATING_REJECT, true, GODWIT_ACCESS_IN(ATTACHING), take_reject},
    {GODWIT_MM_TMSI_REALLOCATION_COMMAND, false, GODWIT_ACCESS_IN(ATTACHED), take_reallocation},
    {GODWIT_MM_CM_SERVICE_ACCEPT, false, REGISTERED, take_nothing}, /* the security mode has said it */
    {GODWIT_MM_CM_SERVICE_REJECT, true, REGISTERED, take_service_reject},
    {GODWIT_MM_INFORMATION, false, GODWIT_ACCESS_IN(ATTACHED), take_information},
    {GODWIT_MM_STATUS, false, GODWIT_ACCESS_IN(ATTACHING) | REGISTERED, take_nothing},
};

godwit_status_t godwit_cs_take_nas(godwit_access_t *access, const godwit_access_message_t *m,
                                   godwit_access_requests_t *requests)
{
    uint8_t type;
    godwit_status_t status = godwit_mm_type(m->octets, &type);
    return status == GODWIT_OK
               ? godwit_access_dispatch(access, handlers, sizeof handlers / sizeof handlers[0], type, m, requests)
               : status;
}
