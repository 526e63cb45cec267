/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/nas_messages.h"

#define SHIM(layer, name, structure)                                                                                   \
    static godwit_status_t layer##_##name##_build(const void *message, godwit_writer_t *w)                             \
    {                                                                                                                  \
        structure copy = *(const structure *)message;                                                                  \
        return godwit_##layer##_##name##_build(&copy, w);                                                              \
    }                                                                                                                  \
    static godwit_status_t layer##_##name##_parse(godwit_slice_t octets, void *message)                                \
    {                                                                                                                  \
        return godwit_##layer##_##name##_parse(octets, (structure *)message);                                          \
    }
SHIM(emm, attach_request, godwit_emm_attach_request_t)
SHIM(emm, attach_accept, godwit_emm_attach_accept_t)
SHIM(emm, attach_complete, godwit_emm_attach_complete_t)
SHIM(emm, attach_reject, godwit_emm_attach_reject_t)
SHIM(emm, detach_request, godwit_emm_detach_request_t)
SHIM(emm, network_detach, godwit_emm_network_detach_t)
SHIM(emm, detach_accept, godwit_emm_hand_over_t)
SHIM(emm, information, godwit_emm_hand_over_t)
SHIM(emm, authentication_request, godwit_emm_authentication_request_t)
SHIM(emm, authentication_response, godwit_emm_authentication_response_t)
SHIM(emm, authentication_failure, godwit_emm_authentication_failure_t)
SHIM(emm, authentication_reject, godwit_emm_empty_t)
SHIM(emm, identity_request, godwit_emm_identity_request_t)
SHIM(emm, identity_response, godwit_emm_identity_response_t)
SHIM(emm, security_mode_command, godwit_emm_security_mode_command_t)
SHIM(emm, security_mode_complete, godwit_emm_security_mode_complete_t)
SHIM(emm, security_mode_reject, godwit_emm_cause_only_t)
SHIM(emm, downlink_generic_nas_transport, godwit_emm_generic_nas_transport_t)
SHIM(emm, uplink_generic_nas_transport, godwit_emm_generic_nas_transport_t)
SHIM(emm, cp_service_request, godwit_emm_cp_service_request_t)
SHIM(emm, service_accept, godwit_emm_service_accept_t)
SHIM(emm, service_reject, godwit_emm_service_reject_t)
SHIM(emm, status, godwit_emm_cause_only_t)
SHIM(esm, activate_default_request, godwit_esm_activate_default_request_t)
SHIM(esm, activate_default_accept, godwit_esm_answer_t)
SHIM(esm, activate_default_reject, godwit_esm_refusal_t)
SHIM(esm, modify_request, godwit_esm_modify_request_t)
SHIM(esm, modify_accept, godwit_esm_answer_t)
SHIM(esm, modify_reject, godwit_esm_refusal_t)
SHIM(esm, deactivate_request, godwit_esm_refusal_t)
SHIM(esm, deactivate_accept, godwit_esm_answer_t)
SHIM(esm, pdn_connectivity_request, godwit_esm_pdn_connectivity_request_t)
SHIM(esm, pdn_connectivity_reject, godwit_esm_refusal_t)
SHIM(esm, pdn_disconnect_request, godwit_esm_pdn_disconnect_request_t)
SHIM(esm, pdn_disconnect_reject, godwit_esm_refusal_t)
SHIM(esm, resource_modification_request, godwit_esm_resource_modification_request_t)
SHIM(esm, resource_modification_reject, godwit_esm_refusal_t)
SHIM(esm, information_request, godwit_esm_answer_t)
SHIM(esm, information_response, godwit_esm_information_response_t)
SHIM(esm, status, godwit_esm_refusal_t)
SHIM(esm, data_transport, godwit_esm_data_transport_t)

const nas_codec_t nas_codecs[] = {
    {"attach_request", false, GODWIT_EMM_ATTACH_REQUEST, sizeof(godwit_emm_attach_request_t), emm_attach_request_build,
     emm_attach_request_parse},
    {"attach_accept", false, GODWIT_EMM_ATTACH_ACCEPT, sizeof(godwit_emm_attach_accept_t), emm_attach_accept_build,
     emm_attach_accept_parse},
    {"attach_complete", false, GODWIT_EMM_ATTACH_COMPLETE, sizeof(godwit_emm_attach_complete_t),
     emm_attach_complete_build, emm_attach_complete_parse},
    {"attach_reject", false, GODWIT_EMM_ATTACH_REJECT, sizeof(godwit_emm_attach_reject_t), emm_attach_reject_build,
     emm_attach_reject_parse},
    {"detach_request", false, GODWIT_EMM_DETACH_REQUEST, sizeof(godwit_emm_detach_request_t), emm_detach_request_build,
     emm_detach_request_parse},
    {"network_detach", false, GODWIT_EMM_DETACH_REQUEST, sizeof(godwit_emm_network_detach_t), emm_network_detach_build,
     emm_network_detach_parse},
    {"detach_accept", false, GODWIT_EMM_DETACH_ACCEPT, sizeof(godwit_emm_hand_over_t), emm_detach_accept_build,
     emm_detach_accept_parse},
    {"information", false, GODWIT_EMM_INFORMATION, sizeof(godwit_emm_hand_over_t), emm_information_build,
     emm_information_parse},
    {"authentication_request", false, GODWIT_EMM_AUTHENTICATION_REQUEST, sizeof(godwit_emm_authentication_request_t),
     emm_authentication_request_build, emm_authentication_request_parse},
    {"authentication_response", false, GODWIT_EMM_AUTHENTICATION_RESPONSE, sizeof(godwit_emm_authentication_response_t),
     emm_authentication_response_build, emm_authentication_response_parse},
    {"authentication_failure", false, GODWIT_EMM_AUTHENTICATION_FAILURE, sizeof(godwit_emm_authentication_failure_t),
     emm_authentication_failure_build, emm_authentication_failure_parse},
    {"authentication_reject", false, GODWIT_EMM_AUTHENTICATION_REJECT, sizeof(godwit_emm_empty_t),
     emm_authentication_reject_build, emm_authentication_reject_parse},
    {"identity_request", false, GODWIT_EMM_IDENTITY_REQUEST, sizeof(godwit_emm_identity_request_t),
     emm_identity_request_build, emm_identity_request_parse},
    {"identity_response", false, GODWIT_EMM_IDENTITY_RESPONSE, sizeof(godwit_emm_identity_response_t),
     emm_identity_response_build, emm_identity_response_parse},
    {"security_mode_command", false, GODWIT_EMM_SECURITY_MODE_COMMAND, sizeof(godwit_emm_security_mode_command_t),
     emm_security_mode_command_build, emm_security_mode_command_parse},
    {"security_mode_complete", false, GODWIT_EMM_SECURITY_MODE_COMPLETE, sizeof(godwit_emm_security_mode_complete_t),
     emm_security_mode_complete_build, emm_security_mode_complete_parse},
    {"downlink_generic_nas_transport", false, GODWIT_EMM_DOWNLINK_GENERIC_NAS_TRANSPORT,
     sizeof(godwit_emm_generic_nas_transport_t), emm_downlink_generic_nas_transport_build,
     emm_downlink_generic_nas_transport_parse},
    {"uplink_generic_nas_transport", false, GODWIT_EMM_UPLINK_GENERIC_NAS_TRANSPORT,
     sizeof(godwit_emm_generic_nas_transport_t), emm_uplink_generic_nas_transport_build,
     emm_uplink_generic_nas_transport_parse},
    {"security_mode_reject", false, GODWIT_EMM_SECURITY_MODE_REJECT, sizeof(godwit_emm_cause_only_t),
     emm_security_mode_reject_build, emm_security_mode_reject_parse},
    {"cp_service_request", false, GODWIT_EMM_CP_SERVICE_REQUEST, sizeof(godwit_emm_cp_service_request_t),
     emm_cp_service_request_build, emm_cp_service_request_parse},
    {"service_accept", false, GODWIT_EMM_SERVICE_ACCEPT, sizeof(godwit_emm_service_accept_t), emm_service_accept_build,
     emm_service_accept_parse},
    {"service_reject", false, GODWIT_EMM_SERVICE_REJECT, sizeof(godwit_emm_service_reject_t), emm_service_reject_build,
     emm_service_reject_parse},
    {"status", false, GODWIT_EMM_STATUS, sizeof(godwit_emm_cause_only_t), emm_status_build, emm_status_parse},
    {"activate_default_request", true, GODWIT_ESM_ACTIVATE_DEFAULT_REQUEST,
     sizeof(godwit_esm_activate_default_request_t), esm_activate_default_request_build,
     esm_activate_default_request_parse},
    {"activate_default_accept", true, GODWIT_ESM_ACTIVATE_DEFAULT_ACCEPT, sizeof(godwit_esm_answer_t),
     esm_activate_default_accept_build, esm_activate_default_accept_parse},
    {"activate_default_reject", true, GODWIT_ESM_ACTIVATE_DEFAULT_REJECT, sizeof(godwit_esm_refusal_t),
     esm_activate_default_reject_build, esm_activate_default_reject_parse},
    {"modify_request", true, GODWIT_ESM_MODIFY_REQUEST, sizeof(godwit_esm_modify_request_t), esm_modify_request_build,
     esm_modify_request_parse},
    {"modify_accept", true, GODWIT_ESM_MODIFY_ACCEPT, sizeof(godwit_esm_answer_t), esm_modify_accept_build,
     esm_modify_accept_parse},
    {"modify_reject", true, GODWIT_ESM_MODIFY_REJECT, sizeof(godwit_esm_refusal_t), esm_modify_reject_build,
     esm_modify_reject_parse},
    {"deactivate_request", true, GODWIT_ESM_DEACTIVATE_REQUEST, sizeof(godwit_esm_refusal_t),
     esm_deactivate_request_build, esm_deactivate_request_parse},
    {"deactivate_accept", true, GODWIT_ESM_DEACTIVATE_ACCEPT, sizeof(godwit_esm_answer_t), esm_deactivate_accept_build,
     esm_deactivate_accept_parse},
    {"pdn_connectivity_request", true, GODWIT_ESM_PDN_CONNECTIVITY_REQUEST,
     sizeof(godwit_esm_pdn_connectivity_request_t), esm_pdn_connectivity_request_build,
     esm_pdn_connectivity_request_parse},
    {"pdn_connectivity_reject", true, GODWIT_ESM_PDN_CONNECTIVITY_REJECT, sizeof(godwit_esm_refusal_t),
     esm_pdn_connectivity_reject_build, esm_pdn_connectivity_reject_parse},
    {"pdn_disconnect_request", true, GODWIT_ESM_PDN_DISCONNECT_REQUEST, sizeof(godwit_esm_pdn_disconnect_request_t),
     esm_pdn_disconnect_request_build, esm_pdn_disconnect_request_parse},
    {"pdn_disconnect_reject", true, GODWIT_ESM_PDN_DISCONNECT_REJECT, sizeof(godwit_esm_refusal_t),
     esm_pdn_disconnect_reject_build, esm_pdn_disconnect_reject_parse},
    {"resource_modification_request", true, GODWIT_ESM_RESOURCE_MODIFICATION_REQUEST,
     sizeof(godwit_esm_resource_modification_request_t), esm_resource_modification_request_build,
     esm_resource_modification_request_parse},
    {"resource_modification_reject", true, GODWIT_ESM_RESOURCE_MODIFICATION_REJECT, sizeof(godwit_esm_refusal_t),
     esm_resource_modification_reject_build, esm_resource_modification_reject_parse},
    {"information_request", true, GODWIT_ESM_INFORMATION_REQUEST, sizeof(godwit_esm_answer_t),
     esm_information_request_build, esm_information_request_parse},
    {"information_response", true, GODWIT_ESM_INFORMATION_RESPONSE, sizeof(godwit_esm_information_response_t),
     esm_information_response_build, esm_information_response_parse},
    {"status", true, GODWIT_ESM_STATUS, sizeof(godwit_esm_refusal_t), esm_status_build, esm_status_parse},
    {"data_transport", true, GODWIT_ESM_DATA_TRANSPORT, sizeof(godwit_esm_data_transport_t), esm_data_transport_build,
     esm_data_transport_parse},
};
const size_t nas_codec_count = sizeof nas_codecs / sizeof nas_codecs[0];
