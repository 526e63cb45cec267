/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of codecs: each through a pair of functions that know nothing of the structure.
 */
#include "tests/support/gmm_messages.h"

#define PAIR(layer, name, structure)                                                                                   \
    static godwit_status_t build_##layer##_##name(const void *message, godwit_writer_t *w)                             \
    {                                                                                                                  \
        return godwit_##layer##_##name##_build((const structure *)message, w);                                         \
    }                                                                                                                  \
    static godwit_status_t parse_##layer##_##name(godwit_slice_t octets, void *message)                                \
    {                                                                                                                  \
        return godwit_##layer##_##name##_parse(octets, (structure *)message);                                          \
    }                                                                                                                  \
    _Static_assert(sizeof(structure) <= GMM_STRUCTURE_MAX, "room in the tests");
#define BARE(name)                                                                                                     \
    static godwit_status_t build_gmm_##name(const void *message, godwit_writer_t *w)                                   \
    {                                                                                                                  \
        (void)message;                                                                                                 \
        return godwit_gmm_##name##_build(w);                                                                           \
    }                                                                                                                  \
    static godwit_status_t parse_gmm_##name(godwit_slice_t octets, void *message)                                      \
    {                                                                                                                  \
        (void)message;                                                                                                 \
        return godwit_gmm_##name##_parse(octets);                                                                      \
    }
PAIR(gmm, attach_request, godwit_gmm_attach_request_t)
PAIR(gmm, attach_accept, godwit_gmm_attach_accept_t)
PAIR(gmm, attach_reject, godwit_gmm_reject_t)
PAIR(gmm, detach_request_ms, godwit_gmm_detach_request_ms_t)
PAIR(gmm, detach_request_network, godwit_gmm_detach_request_network_t)
PAIR(gmm, authentication_request, godwit_gmm_authentication_request_t)
PAIR(gmm, authentication_response, godwit_gmm_authentication_response_t)
PAIR(gmm, authentication_failure, godwit_gmm_authentication_failure_t)
PAIR(gmm, identity_request, godwit_gmm_identity_request_t)
PAIR(gmm, identity_response, godwit_gmm_identity_response_t)
PAIR(gmm, service_request, godwit_gmm_service_request_t)
PAIR(gmm, service_accept, godwit_gmm_service_accept_t)
PAIR(gmm, service_reject, godwit_gmm_reject_t)
PAIR(gmm, status, godwit_gmm_status_t)
BARE(attach_complete)
BARE(authentication_reject)
BARE(detach_accept_ms)
PAIR(gmm, detach_accept_network, godwit_gmm_detach_accept_network_t)
PAIR(gmm, information, godwit_gmm_information_t)
PAIR(sm, activate_request, godwit_sm_activate_request_t)
PAIR(sm, activate_accept, godwit_sm_activate_accept_t)
PAIR(sm, activate_reject, godwit_sm_reject_t)
PAIR(sm, modify_request_network, godwit_sm_modify_request_network_t)
PAIR(sm, modify_accept_ms, godwit_sm_modify_accept_ms_t)
PAIR(sm, modify_request_ms, godwit_sm_modify_request_ms_t)
PAIR(sm, modify_accept_network, godwit_sm_modify_accept_network_t)
PAIR(sm, modify_reject, godwit_sm_reject_t)
PAIR(sm, deactivate_request, godwit_sm_deactivate_request_t)
PAIR(sm, deactivate_accept, godwit_sm_deactivate_accept_t)
PAIR(sm, status, godwit_sm_status_t)

#define ROW(layer, name, type, named)                                                                                  \
    {                                                                                                                  \
#layer "_" #name, type, named, build_##layer##_##name, parse_##layer##_##name                                  \
    }

const gmm_codec_t gmm_codecs[] = {
    ROW(gmm, attach_request, GODWIT_GMM_ATTACH_REQUEST, true),
    ROW(gmm, attach_accept, GODWIT_GMM_ATTACH_ACCEPT, false),
    ROW(gmm, attach_reject, GODWIT_GMM_ATTACH_REJECT, false),
    ROW(gmm, detach_request_ms, GODWIT_GMM_DETACH_REQUEST, false),
    ROW(gmm, detach_request_network, GODWIT_GMM_DETACH_REQUEST, false),
    ROW(gmm, authentication_request, GODWIT_GMM_AUTHENTICATION_REQUEST, false),
    ROW(gmm, authentication_response, GODWIT_GMM_AUTHENTICATION_RESPONSE, false),
    ROW(gmm, authentication_failure, GODWIT_GMM_AUTHENTICATION_FAILURE, false),
    ROW(gmm, identity_request, GODWIT_GMM_IDENTITY_REQUEST, false),
    ROW(gmm, identity_response, GODWIT_GMM_IDENTITY_RESPONSE, true),
    ROW(gmm, service_request, GODWIT_GMM_SERVICE_REQUEST, false),
    ROW(gmm, service_accept, GODWIT_GMM_SERVICE_ACCEPT, false),
    ROW(gmm, service_reject, GODWIT_GMM_SERVICE_REJECT, false),
    ROW(gmm, status, GODWIT_GMM_STATUS, false),
    ROW(gmm, attach_complete, GODWIT_GMM_ATTACH_COMPLETE, false),
    ROW(gmm, authentication_reject, GODWIT_GMM_AUTHENTICATION_REJECT, false),
    ROW(gmm, detach_accept_ms, GODWIT_GMM_DETACH_ACCEPT, false),
    ROW(gmm, detach_accept_network, GODWIT_GMM_DETACH_ACCEPT, false),
    ROW(gmm, information, GODWIT_GMM_INFORMATION, false),
    ROW(sm, activate_request, GODWIT_SM_ACTIVATE_REQUEST, false),
    ROW(sm, activate_accept, GODWIT_SM_ACTIVATE_ACCEPT, false),
    ROW(sm, activate_reject, GODWIT_SM_ACTIVATE_REJECT, false),
    ROW(sm, modify_request_network, GODWIT_SM_MODIFY_REQUEST_NETWORK, false),
    ROW(sm, modify_accept_ms, GODWIT_SM_MODIFY_ACCEPT_MS, false),
    ROW(sm, modify_request_ms, GODWIT_SM_MODIFY_REQUEST_MS, false),
    ROW(sm, modify_accept_network, GODWIT_SM_MODIFY_ACCEPT_NETWORK, false),
    ROW(sm, modify_reject, GODWIT_SM_MODIFY_REJECT, false),
    ROW(sm, deactivate_request, GODWIT_SM_DEACTIVATE_REQUEST, false),
    ROW(sm, deactivate_accept, GODWIT_SM_DEACTIVATE_ACCEPT, false),
    ROW(sm, status, GODWIT_SM_STATUS, false),
};
const size_t gmm_codec_count = sizeof gmm_codecs / sizeof gmm_codecs[0];
