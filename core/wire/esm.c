/* SPDX-License-Identifier: Apache-2.0
 *
 * ESM messages, TS 24.301 8.3.
 */
#include "core/wire/esm.h"
#include "core/wire/nas_table.h"

typedef godwit_esm_activate_default_request_t activate_t;
typedef godwit_esm_pdn_connectivity_request_t connectivity_t;
typedef godwit_esm_resource_modification_request_t resource_t;
typedef godwit_esm_information_response_t information_t;
typedef godwit_esm_modify_request_t modify_t;
typedef godwit_esm_pdn_disconnect_request_t disconnect_t;

#define PCO(M) TLV(0x27, M, pco, 1, 251)
#define EPCO(M) TLVE(0x7B, M, epco, 1)

/* ---- from the network ---- */

static const godwit_nas_element_t activate_default_request_elements[] = {
    LV(activate_t, qos, 1, 13),
    LV(activate_t, apn, 1, 100),
    LV(activate_t, address, 5, 13),
    SKIP(0x32, 1), /* negotiated LLC SAPI */
    TLV(0x5E, activate_t, apn_ambr, 2, 6),
    TV_OCTET(0x58, activate_t, cause),
    PCO(activate_t),
    TV1(0xB0, activate_t, connectivity_type),
    TV1(0x90, activate_t, control_plane_only),
    EPCO(activate_t),
    TLV(0x6E, activate_t, rate_control, 2, 2),
};
CODEC(esm, activate_default_request, godwit_esm_activate_default_request_t, GODWIT_ESM_ACTIVATE_DEFAULT_REQUEST,
      activate_default_request_elements)

static const godwit_nas_element_t modify_request_elements[] = {
    TLV(0x5B, modify_t, qos, 1, 13),
    TLV(0x36, modify_t, tft, 1, 255),
    SKIP(0x32, 1), /* negotiated LLC SAPI */
    TLV(0x5E, modify_t, apn_ambr, 2, 6),
    PCO(modify_t),
    EPCO(modify_t),
};
CODEC(esm, modify_request, godwit_esm_modify_request_t, GODWIT_ESM_MODIFY_REQUEST, modify_request_elements)

/* ---- a cause, and perhaps a PCO ---- */

static const godwit_nas_element_t refusal_elements[] = {
    OCTET(godwit_esm_refusal_t, cause),
    PCO(godwit_esm_refusal_t),
    TLV(0x37, godwit_esm_refusal_t, back_off, 1, 1),
    EPCO(godwit_esm_refusal_t),
};
CODEC(esm, activate_default_reject, godwit_esm_refusal_t, GODWIT_ESM_ACTIVATE_DEFAULT_REJECT, refusal_elements)
CODEC(esm, modify_reject, godwit_esm_refusal_t, GODWIT_ESM_MODIFY_REJECT, refusal_elements)
CODEC(esm, deactivate_request, godwit_esm_refusal_t, GODWIT_ESM_DEACTIVATE_REQUEST, refusal_elements)
CODEC(esm, pdn_connectivity_reject, godwit_esm_refusal_t, GODWIT_ESM_PDN_CONNECTIVITY_REJECT, refusal_elements)
CODEC(esm, pdn_disconnect_reject, godwit_esm_refusal_t, GODWIT_ESM_PDN_DISCONNECT_REJECT, refusal_elements)
CODEC(esm, resource_modification_reject, godwit_esm_refusal_t, GODWIT_ESM_RESOURCE_MODIFICATION_REJECT,
      refusal_elements)

static const godwit_nas_element_t status_elements[] = {OCTET(godwit_esm_refusal_t, cause)};
CODEC(esm, status, godwit_esm_refusal_t, GODWIT_ESM_STATUS, status_elements)

/* ---- nothing, or a PCO ---- */

static const godwit_nas_element_t answer_elements[] = {PCO(godwit_esm_answer_t), EPCO(godwit_esm_answer_t)};
CODEC(esm, activate_default_accept, godwit_esm_answer_t, GODWIT_ESM_ACTIVATE_DEFAULT_ACCEPT, answer_elements)
CODEC(esm, modify_accept, godwit_esm_answer_t, GODWIT_ESM_MODIFY_ACCEPT, answer_elements)
CODEC(esm, deactivate_accept, godwit_esm_answer_t, GODWIT_ESM_DEACTIVATE_ACCEPT, answer_elements)
CODEC_EMPTY(esm, information_request, godwit_esm_answer_t, GODWIT_ESM_INFORMATION_REQUEST)

/* ---- from the UE ---- */

static const godwit_nas_element_t pdn_connectivity_request_elements[] = {
    HALVES(connectivity_t, request_type, pdn_type), TV1(0xD0, connectivity_t, information_transfer),
    TLV(0x28, connectivity_t, apn, 1, 100),         PCO(connectivity_t),
    TV1(0xC0, connectivity_t, device_properties),   EPCO(connectivity_t),
};
CODEC(esm, pdn_connectivity_request, godwit_esm_pdn_connectivity_request_t, GODWIT_ESM_PDN_CONNECTIVITY_REQUEST,
      pdn_connectivity_request_elements)

static const godwit_nas_element_t pdn_disconnect_request_elements[] = {
    HALF(disconnect_t, linked_bearer),
    PCO(disconnect_t),
    EPCO(disconnect_t),
};
CODEC(esm, pdn_disconnect_request, godwit_esm_pdn_disconnect_request_t, GODWIT_ESM_PDN_DISCONNECT_REQUEST,
      pdn_disconnect_request_elements)

static const godwit_nas_element_t resource_modification_request_elements[] = {
    HALF(resource_t, bearer),
    LV(resource_t, tfa, 1, 255),
    TLV(0x5B, resource_t, qos, 1, 13),
    TV_OCTET(0x58, resource_t, cause),
    PCO(resource_t),
    EPCO(resource_t),
};
CODEC(esm, resource_modification_request, godwit_esm_resource_modification_request_t,
      GODWIT_ESM_RESOURCE_MODIFICATION_REQUEST, resource_modification_request_elements)

static const godwit_nas_element_t information_response_elements[] = {
    TLV(0x28, information_t, apn, 1, 100),
    PCO(information_t),
    EPCO(information_t),
};
CODEC(esm, information_response, godwit_esm_information_response_t, GODWIT_ESM_INFORMATION_RESPONSE,
      information_response_elements)

static const godwit_nas_element_t data_transport_elements[] = {
    LVE(godwit_esm_data_transport_t, data, 0),
    TV1(0xF0, godwit_esm_data_transport_t, release_assistance),
};
CODEC(esm, data_transport, godwit_esm_data_transport_t, GODWIT_ESM_DATA_TRANSPORT, data_transport_elements)
