/* SPDX-License-Identifier: Apache-2.0
 *
 * EMM messages of attach, detach and service request, TS 24.301 8.2.1 to 8.2.4, 8.2.10, 8.2.11, 8.2.13, 8.2.24, 8.2.33,
 * 8.2.34, and the transports.
 */
#include "core/wire/emm.h"
#include "core/wire/nas_table.h"

typedef godwit_emm_attach_request_t attach_request_t;
typedef godwit_emm_attach_accept_t attach_accept_t;
typedef godwit_emm_attach_reject_t attach_reject_t;
typedef godwit_emm_cp_service_request_t service_request_t;

static const godwit_nas_element_t attach_request_elements[] = {
    HALVES(attach_request_t, attach_type, ksi),
    LV(attach_request_t, identity, 4, 11),
    LV(attach_request_t, capability, 2, 13),
    LVE(attach_request_t, esm, 3),
    TLVE(0x78, attach_request_t, data, 3),
    TLV(0x67, attach_request_t, nas, 2, 251),
    TLV(0x29, attach_request_t, res, 4, 16),
    SKIP(0x19, 3), /* old P-TMSI signature */
    TLV(0x50, attach_request_t, additional_guti, 11, 11),
    TV(0x52, attach_request_t, last_tai, 5),
    TV(0x5C, attach_request_t, drx, 2),
    TLV(0x31, attach_request_t, ms_network_capability, 2, 8),
    SKIP(0x13, 5), /* old location area identification */
    TV1(0xF0, attach_request_t, additional_update),
    TV1(0xD0, attach_request_t, device_properties),
    TV1(0xE0, attach_request_t, old_guti_type),
    TLV(0x6A, attach_request_t, t3324, 1, 1),
    TLV(0x5E, attach_request_t, t3412_extended, 1, 1),
    SKIP(0x17, 1), /* additional information requested */
};
CODEC(emm, attach_request, godwit_emm_attach_request_t, GODWIT_EMM_ATTACH_REQUEST, attach_request_elements)

static const godwit_nas_element_t attach_accept_elements[] = {
    HALF(attach_accept_t, attach_result),
    OCTET(attach_accept_t, t3412),
    LV(attach_accept_t, tai_list, 6, 96),
    LVE(attach_accept_t, esm, 3),
    TLV(0x50, attach_accept_t, guti, 11, 11),
    SKIP(0x13, 5), /* location area identification */
    TV_OCTET(0x53, attach_accept_t, cause),
    TV_OCTET(0x17, attach_accept_t, t3402),
    TV_OCTET(0x59, attach_accept_t, t3423),
    TLV(0x64, attach_accept_t, network_features, 1, 2),
    TLV(0x5E, attach_accept_t, t3412_extended, 1, 1),
    TLV(0x6A, attach_accept_t, t3324, 1, 1),
    TV(0x21, attach_accept_t, rand, 16),
    TLV(0x28, attach_accept_t, autn, 16, 16),
};
CODEC(emm, attach_accept, godwit_emm_attach_accept_t, GODWIT_EMM_ATTACH_ACCEPT, attach_accept_elements)

static const godwit_nas_element_t attach_complete_elements[] = {LVE(godwit_emm_attach_complete_t, esm, 3)};
CODEC(emm, attach_complete, godwit_emm_attach_complete_t, GODWIT_EMM_ATTACH_COMPLETE, attach_complete_elements)

static const godwit_nas_element_t attach_reject_elements[] = {
    OCTET(attach_reject_t, cause),
    TLVE(0x78, attach_reject_t, esm, 3),
    TLV(0x5F, attach_reject_t, t3346, 1, 1),
    TLV(0x16, attach_reject_t, t3402, 1, 1),
    TV1(0xA0, attach_reject_t, extended_cause),
};
CODEC(emm, attach_reject, godwit_emm_attach_reject_t, GODWIT_EMM_ATTACH_REJECT, attach_reject_elements)

static const godwit_nas_element_t detach_request_elements[] = {
    HALVES(godwit_emm_detach_request_t, detach_type, ksi),
    LV(godwit_emm_detach_request_t, identity, 4, 11),
};
CODEC(emm, detach_request, godwit_emm_detach_request_t, GODWIT_EMM_DETACH_REQUEST, detach_request_elements)

static const godwit_nas_element_t network_detach_elements[] = {
    HALF(godwit_emm_network_detach_t, detach_type),
    TV_OCTET(0x53, godwit_emm_network_detach_t, cause),
    TV(0x21, godwit_emm_network_detach_t, rand, 16),
    TLV(0x28, godwit_emm_network_detach_t, autn, 16, 16),
};
CODEC(emm, network_detach, godwit_emm_network_detach_t, GODWIT_EMM_DETACH_REQUEST, network_detach_elements)

static const godwit_nas_element_t hand_over_elements[] = {
    TV(0x21, godwit_emm_hand_over_t, rand, 16),
    TLV(0x28, godwit_emm_hand_over_t, autn, 16, 16),
    SKIP(0x46, 1), /* of EMM INFORMATION: local time zone; universal time and local time zone */
    SKIP(0x47, 7),
};
CODEC(emm, detach_accept, godwit_emm_hand_over_t, GODWIT_EMM_DETACH_ACCEPT, hand_over_elements)
CODEC(emm, information, godwit_emm_hand_over_t, GODWIT_EMM_INFORMATION, hand_over_elements)

static const godwit_nas_element_t cp_service_request_elements[] = {
    HALVES(service_request_t, service_type, ksi),    TLVE(0x78, service_request_t, esm, 3),
    TLV(0x67, service_request_t, nas, 2, 251),       TLV(0x57, service_request_t, bearer_status, 2, 2),
    TV1(0xD0, service_request_t, device_properties),
};
CODEC(emm, cp_service_request, godwit_emm_cp_service_request_t, GODWIT_EMM_CP_SERVICE_REQUEST,
      cp_service_request_elements)

static const godwit_nas_element_t service_accept_elements[] = {
    TLV(0x57, godwit_emm_service_accept_t, bearer_status, 2, 2),
    TLV(0x6B, godwit_emm_service_accept_t, t3448, 1, 1),
};
CODEC(emm, service_accept, godwit_emm_service_accept_t, GODWIT_EMM_SERVICE_ACCEPT, service_accept_elements)

static const godwit_nas_element_t service_reject_elements[] = {
    OCTET(godwit_emm_service_reject_t, cause),
    TV_OCTET(0x5B, godwit_emm_service_reject_t, t3442),
    TLV(0x5F, godwit_emm_service_reject_t, t3346, 1, 1),
    TLV(0x6B, godwit_emm_service_reject_t, t3448, 1, 1),
};
CODEC(emm, service_reject, godwit_emm_service_reject_t, GODWIT_EMM_SERVICE_REJECT, service_reject_elements)

static const godwit_nas_element_t nas_transport_elements[] = {LV(godwit_emm_nas_transport_t, container, 2, 251)};
CODEC(emm, downlink_nas_transport, godwit_emm_nas_transport_t, GODWIT_EMM_DOWNLINK_NAS_TRANSPORT,
      nas_transport_elements)
CODEC(emm, uplink_nas_transport, godwit_emm_nas_transport_t, GODWIT_EMM_UPLINK_NAS_TRANSPORT, nas_transport_elements)

static const godwit_nas_element_t generic_nas_transport_elements[] = {
    OCTET(godwit_emm_generic_nas_transport_t, container_type),
    LVE(godwit_emm_generic_nas_transport_t, container, 1),
    TLV(0x65, godwit_emm_generic_nas_transport_t, additional_information, 1, 255),
};
CODEC(emm, downlink_generic_nas_transport, godwit_emm_generic_nas_transport_t,
      GODWIT_EMM_DOWNLINK_GENERIC_NAS_TRANSPORT, generic_nas_transport_elements)
CODEC(emm, uplink_generic_nas_transport, godwit_emm_generic_nas_transport_t, GODWIT_EMM_UPLINK_GENERIC_NAS_TRANSPORT,
      generic_nas_transport_elements)
