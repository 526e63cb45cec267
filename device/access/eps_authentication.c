/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access, EPS: authentication and identification (TS 24.301 5.4.2, 5.4.4). The IMSI is told before
 * security, for the network asks for nothing else it could begin with; a reject without protection is a hint.
 */
#include <string.h>

#include "core/wire/emm.h"
#include "device/access/internal.h"

/* A response goes as its request came. */
static godwit_status_t send_as_asked(godwit_access_t *access, bool protect, const godwit_writer_t *w, bool answers,
                                     godwit_access_requests_t *requests)
{
    return protect ? godwit_eps_send(access, GODWIT_NAS_CIPHERED, w, answers, requests)
                   : godwit_eps_send_plain(access, w, answers, requests);
}

godwit_status_t godwit_eps_take_authentication(godwit_access_t *access, const godwit_access_message_t *message,
                                               godwit_access_requests_t *requests)
{
    godwit_emm_authentication_request_t m;
    godwit_access_challenge_t challenge = {.verified = message->verified};
    godwit_status_t status = godwit_emm_authentication_request_parse(message->octets, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    if (m.ksi == GODWIT_EMM_KSI_NONE) {
        return GODWIT_MALFORMED;
    }
    challenge.ksi = m.ksi;
    memcpy(challenge.rand_autn, m.rand.ptr, 16);
    memcpy(challenge.rand_autn + 16, m.autn.ptr, 16);
    return godwit_access_challenge(access, &challenge, requests);
}

godwit_status_t godwit_eps_respond(godwit_access_t *access, godwit_access_requests_t *requests)
{
    const godwit_access_vector_t *v = &access->vector;
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_emm_authentication_response_t m = {.res = godwit_slice(v->res, v->res_len)};
    godwit_status_t status = godwit_emm_authentication_response_build(&m, &w);
    return status == GODWIT_OK ? send_as_asked(access, v->protect, &w, false, requests) : status;
}

godwit_status_t godwit_eps_fail(godwit_access_t *access, uint8_t cause, const uint8_t *auts,
                                godwit_access_requests_t *requests)
{
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_emm_authentication_failure_t m = {.cause = cause};
    if (auts != NULL) {
        m.auts = godwit_slice(auts, 14);
    }
    godwit_status_t status = godwit_emm_authentication_failure_build(&m, &w);
    return status == GODWIT_OK ? send_as_asked(access, access->vector.protect, &w, false, requests) : status;
}

godwit_status_t godwit_eps_take_authentication_reject(godwit_access_t *access, const godwit_access_message_t *message,
                                                      godwit_access_requests_t *requests)
{
    godwit_emm_empty_t m;
    godwit_status_t status = godwit_emm_authentication_reject_parse(message->octets, &m);
    return status == GODWIT_OK ? godwit_access_authentication_rejected(access, message->verified, requests) : status;
}

godwit_status_t godwit_eps_take_identity(godwit_access_t *access, const godwit_access_message_t *message,
                                         godwit_access_requests_t *requests)
{
    godwit_emm_identity_request_t m;
    godwit_status_t status = godwit_emm_identity_request_parse(message->octets, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    if (m.identity_type !=
        GODWIT_EMM_IDENTITY_IMSI) { /* no equipment identity before security (TS 24.301 5.4.4.3), nor after */
        return GODWIT_POLICY_FORBIDS;
    }
    uint8_t octets[GODWIT_EPS_IDENTITY_MAX];
    godwit_writer_t identity = godwit_writer(octets, sizeof octets);
    godwit_writer_t w = godwit_writer(access->plain, sizeof access->plain);
    godwit_eps_identity_t mine = {.is_guti = false, .imsi = access->config.imsi};
    status = godwit_eps_identity_build(&mine, &identity);
    if (status == GODWIT_OK) {
        godwit_emm_identity_response_t response = {.identity = godwit_written(&identity)};
        status = godwit_emm_identity_response_build(&response, &w);
    }
    return status == GODWIT_OK ? send_as_asked(access, message->verified, &w, true, requests) : status;
}
