/* SPDX-License-Identifier: Apache-2.0
 *
 * EPS session management messages (TS 24.301 8.3): they travel inside EMM messages or inside the security wrapper. One
 * structure for each message, as in emm.h. A PCO or ePCO is its contents: from the octet of the configuration protocol
 * on (pco.h).
 */
#ifndef GODWIT_WIRE_ESM_H
#define GODWIT_WIRE_ESM_H

#include "core/wire/nas.h"

typedef enum godwit_esm_message { /* TS 24.301 9.8 */
                                  GODWIT_ESM_ACTIVATE_DEFAULT_REQUEST = 0xC1,
                                  GODWIT_ESM_ACTIVATE_DEFAULT_ACCEPT = 0xC2,
                                  GODWIT_ESM_ACTIVATE_DEFAULT_REJECT = 0xC3,
                                  GODWIT_ESM_MODIFY_REQUEST = 0xC9,
                                  GODWIT_ESM_MODIFY_ACCEPT = 0xCA,
                                  GODWIT_ESM_MODIFY_REJECT = 0xCB,
                                  GODWIT_ESM_DEACTIVATE_REQUEST = 0xCD,
                                  GODWIT_ESM_DEACTIVATE_ACCEPT = 0xCE,
                                  GODWIT_ESM_PDN_CONNECTIVITY_REQUEST = 0xD0,
                                  GODWIT_ESM_PDN_CONNECTIVITY_REJECT = 0xD1,
                                  GODWIT_ESM_PDN_DISCONNECT_REQUEST = 0xD2,
                                  GODWIT_ESM_PDN_DISCONNECT_REJECT = 0xD3,
                                  GODWIT_ESM_RESOURCE_MODIFICATION_REQUEST = 0xD6,
                                  GODWIT_ESM_RESOURCE_MODIFICATION_REJECT = 0xD7,
                                  GODWIT_ESM_INFORMATION_REQUEST = 0xD9,
                                  GODWIT_ESM_INFORMATION_RESPONSE = 0xDA,
                                  GODWIT_ESM_STATUS = 0xE8,
                                  GODWIT_ESM_DATA_TRANSPORT = 0xEB,
} godwit_esm_message_t;

#define GODWIT_ESM_REQUEST_INITIAL 1 /* 9.9.4.14, TS 24.008 10.5.6.17 */
#define GODWIT_ESM_PDN_NON_IP 5      /* 9.9.4.10 */
#define GODWIT_ESM_PTI_NONE 0
#define GODWIT_ESM_DEFAULT_BEARER 5

/* ESM causes, 9.9.4.4 and Annex B. */
typedef enum godwit_esm_cause {
    GODWIT_ESM_CAUSE_OPERATOR_BARRING = 8,
    GODWIT_ESM_CAUSE_INSUFFICIENT_RESOURCES = 26,
    GODWIT_ESM_CAUSE_UNKNOWN_APN = 27,
    GODWIT_ESM_CAUSE_REJECTED_BY_GATEWAY = 30,
    GODWIT_ESM_CAUSE_REJECTED = 31,
    GODWIT_ESM_CAUSE_OPTION_NOT_SUBSCRIBED = 33,
    GODWIT_ESM_CAUSE_REGULAR_DEACTIVATION = 36,
    GODWIT_ESM_CAUSE_NETWORK_FAILURE = 38,
    GODWIT_ESM_CAUSE_INVALID_BEARER = 43,
    GODWIT_ESM_CAUSE_INVALID_PTI = 81,
    GODWIT_ESM_CAUSE_INFORMATION_NOT_RECEIVED = 53,
    GODWIT_ESM_CAUSE_INVALID_MANDATORY = 96,
    GODWIT_ESM_CAUSE_TYPE_NOT_COMPATIBLE = 98,
    GODWIT_ESM_CAUSE_PROTOCOL_ERROR = 111,
} godwit_esm_cause_t;

typedef struct godwit_esm_pdn_connectivity_request {
    godwit_esm_head_t head;
    uint8_t request_type, pdn_type;
    godwit_nas_octet_t information_transfer; /* 1: the rest comes in ESM INFORMATION RESPONSE, protected */
    godwit_slice_t apn;                      /* labels, 9.9.4.1 */
    godwit_slice_t pco;
    godwit_nas_octet_t device_properties;
    godwit_slice_t epco;
} godwit_esm_pdn_connectivity_request_t;

/* Messages that are a cause and perhaps a PCO. */
typedef struct godwit_esm_refusal {
    godwit_esm_head_t head;
    uint8_t cause;
    godwit_slice_t pco, back_off, epco;
} godwit_esm_refusal_t;

/* Messages that are nothing, or a PCO. */
typedef struct godwit_esm_answer {
    godwit_esm_head_t head;
    godwit_slice_t pco, epco;
} godwit_esm_answer_t;

typedef struct godwit_esm_activate_default_request {
    godwit_esm_head_t head;
    godwit_slice_t qos; /* EPS QoS, 9.9.4.3: QCI first */
    godwit_slice_t apn;
    godwit_slice_t address; /* PDN address, 9.9.4.9: type, then the address; non-IP: type 5 and zeros */
    godwit_slice_t apn_ambr;
    godwit_nas_octet_t cause;
    godwit_slice_t pco;
    godwit_nas_octet_t connectivity_type, control_plane_only;
    godwit_slice_t epco, rate_control;
} godwit_esm_activate_default_request_t;

typedef struct godwit_esm_modify_request {
    godwit_esm_head_t head;
    godwit_slice_t qos, tft, apn_ambr, pco, epco;
} godwit_esm_modify_request_t;

typedef struct godwit_esm_pdn_disconnect_request {
    godwit_esm_head_t head;
    uint8_t linked_bearer;
    godwit_slice_t pco, epco;
} godwit_esm_pdn_disconnect_request_t;

typedef struct godwit_esm_resource_modification_request {
    godwit_esm_head_t head;
    uint8_t bearer;     /* EPS bearer identity for packet filter */
    godwit_slice_t tfa; /* traffic flow aggregate, as a TFT: 1 to 255; one octet C0: no TFT operation */
    godwit_slice_t qos;
    godwit_nas_octet_t cause;
    godwit_slice_t pco, epco;
} godwit_esm_resource_modification_request_t;

typedef struct godwit_esm_information_response {
    godwit_esm_head_t head;
    godwit_slice_t apn, pco, epco;
} godwit_esm_information_response_t;

typedef struct godwit_esm_data_transport {
    godwit_esm_head_t head;
    godwit_slice_t data;                   /* the N-PDU */
    godwit_nas_octet_t release_assistance; /* 9.9.4.25: 1 no more, 2 one answer down */
} godwit_esm_data_transport_t;

#define GODWIT_ESM_CODEC(name, structure)                                                                              \
    GODWIT_MUST_USE godwit_status_t godwit_esm_##name##_build(const structure *message, godwit_writer_t *w);           \
    GODWIT_MUST_USE godwit_status_t godwit_esm_##name##_parse(godwit_slice_t octets, structure *message)

GODWIT_ESM_CODEC(activate_default_request, godwit_esm_activate_default_request_t);
GODWIT_ESM_CODEC(activate_default_accept, godwit_esm_answer_t);
GODWIT_ESM_CODEC(activate_default_reject, godwit_esm_refusal_t);
GODWIT_ESM_CODEC(modify_request, godwit_esm_modify_request_t);
GODWIT_ESM_CODEC(modify_accept, godwit_esm_answer_t);
GODWIT_ESM_CODEC(modify_reject, godwit_esm_refusal_t);
GODWIT_ESM_CODEC(deactivate_request, godwit_esm_refusal_t); /* cause, PCO: the same elements as a refusal */
GODWIT_ESM_CODEC(deactivate_accept, godwit_esm_answer_t);
GODWIT_ESM_CODEC(pdn_connectivity_request, godwit_esm_pdn_connectivity_request_t);
GODWIT_ESM_CODEC(pdn_connectivity_reject, godwit_esm_refusal_t);
GODWIT_ESM_CODEC(pdn_disconnect_request, godwit_esm_pdn_disconnect_request_t);
GODWIT_ESM_CODEC(pdn_disconnect_reject, godwit_esm_refusal_t);
GODWIT_ESM_CODEC(resource_modification_request, godwit_esm_resource_modification_request_t);
GODWIT_ESM_CODEC(resource_modification_reject, godwit_esm_refusal_t);
GODWIT_ESM_CODEC(information_request, godwit_esm_answer_t); /* without any element */
GODWIT_ESM_CODEC(information_response, godwit_esm_information_response_t);
GODWIT_ESM_CODEC(status, godwit_esm_refusal_t); /* the cause alone */
GODWIT_ESM_CODEC(data_transport, godwit_esm_data_transport_t);

#endif
