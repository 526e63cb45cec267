/* SPDX-License-Identifier: Apache-2.0
 *
 * EPS mobility management messages (TS 24.301 8.2), plain: nas_security.h protects them. One structure for each
 * message; slices point into the message that was parsed; an optional slice is there when its ptr is not NULL. Layouts
 * from clause 8.2, values from 9.9.3.
 */
#ifndef GODWIT_WIRE_EMM_H
#define GODWIT_WIRE_EMM_H

#include "core/wire/nas.h"

typedef enum godwit_emm_message { /* TS 24.301 9.8 */
                                  GODWIT_EMM_ATTACH_REQUEST = 0x41,
                                  GODWIT_EMM_ATTACH_ACCEPT = 0x42,
                                  GODWIT_EMM_ATTACH_COMPLETE = 0x43,
                                  GODWIT_EMM_ATTACH_REJECT = 0x44,
                                  GODWIT_EMM_DETACH_REQUEST = 0x45, /* both ways, with different contents */
                                  GODWIT_EMM_DETACH_ACCEPT = 0x46,
                                  GODWIT_EMM_CP_SERVICE_REQUEST = 0x4D,
                                  GODWIT_EMM_SERVICE_REJECT = 0x4E,
                                  GODWIT_EMM_SERVICE_ACCEPT = 0x4F,
                                  GODWIT_EMM_AUTHENTICATION_REQUEST = 0x52,
                                  GODWIT_EMM_AUTHENTICATION_RESPONSE = 0x53,
                                  GODWIT_EMM_AUTHENTICATION_REJECT = 0x54,
                                  GODWIT_EMM_IDENTITY_REQUEST = 0x55,
                                  GODWIT_EMM_IDENTITY_RESPONSE = 0x56,
                                  GODWIT_EMM_AUTHENTICATION_FAILURE = 0x5C,
                                  GODWIT_EMM_SECURITY_MODE_COMMAND = 0x5D,
                                  GODWIT_EMM_SECURITY_MODE_COMPLETE = 0x5E,
                                  GODWIT_EMM_SECURITY_MODE_REJECT = 0x5F,
                                  GODWIT_EMM_STATUS = 0x60,
                                  GODWIT_EMM_DOWNLINK_NAS_TRANSPORT = 0x62,
                                  GODWIT_EMM_UPLINK_NAS_TRANSPORT = 0x63,
                                  GODWIT_EMM_INFORMATION = 0x61,
                                  GODWIT_EMM_DOWNLINK_GENERIC_NAS_TRANSPORT = 0x68,
                                  GODWIT_EMM_UPLINK_GENERIC_NAS_TRANSPORT = 0x69,
} godwit_emm_message_t;

#define GODWIT_EMM_KSI_NONE 7      /* 9.9.3.21: no key is available */
#define GODWIT_EMM_ATTACH_EPS 1    /* 9.9.3.11 */
#define GODWIT_EMM_SERVICE_MO 0    /* 9.9.3.47 control plane service type: mobile originating; 1: terminating */
#define GODWIT_EMM_SERVICE_MT 1    /* */
#define GODWIT_EMM_IDENTITY_IMSI 1 /* 9.9.3.17, identity type 2 of TS 24.008 10.5.5.9 */
/* Detach type, 9.9.3.7: from the UE 1 EPS, bit 4 switch off; from the network 1 re-attach required, 2 not required. */
#define GODWIT_EMM_DETACH_EPS 1
#define GODWIT_EMM_DETACH_SWITCH_OFF 8
#define GODWIT_EMM_DETACH_REATTACH 1
#define GODWIT_EMM_DETACH_NO_REATTACH 2

/* EMM causes, 9.9.3.9 and Annex A. */
typedef enum godwit_emm_cause {
    GODWIT_EMM_CAUSE_IMSI_UNKNOWN = 2,
    GODWIT_EMM_CAUSE_ILLEGAL_UE = 3,
    GODWIT_EMM_CAUSE_EPS_NOT_ALLOWED = 7,
    GODWIT_EMM_CAUSE_IDENTITY_NOT_DERIVED = 9,
    GODWIT_EMM_CAUSE_IMPLICITLY_DETACHED = 10,
    GODWIT_EMM_CAUSE_PLMN_NOT_ALLOWED = 11,
    GODWIT_EMM_CAUSE_NO_SUITABLE_CELLS = 15,
    GODWIT_EMM_CAUSE_NETWORK_FAILURE = 17,
    GODWIT_EMM_CAUSE_ESM_FAILURE = 19,
    GODWIT_EMM_CAUSE_MAC_FAILURE = 20,
    GODWIT_EMM_CAUSE_SYNCH_FAILURE = 21,
    GODWIT_EMM_CAUSE_CONGESTION = 22,
    GODWIT_EMM_CAUSE_CAPABILITIES_MISMATCH = 23,
    GODWIT_EMM_CAUSE_SECURITY_MODE_REJECTED = 24,
    GODWIT_EMM_CAUSE_NON_EPS_AUTHENTICATION = 26,
    GODWIT_EMM_CAUSE_SEMANTICALLY_INCORRECT = 95,
    GODWIT_EMM_CAUSE_INVALID_MANDATORY = 96,
    GODWIT_EMM_CAUSE_TYPE_NOT_COMPATIBLE = 98,
    GODWIT_EMM_CAUSE_PROTOCOL_ERROR = 111,
} godwit_emm_cause_t;

/* The elements of contribution 000, which no release has: in messages down RAND (IEI 21, TV) and AUTN (28), as TS
 * 24.008 9.4.9 has them, together or not at all and only ciphered; in ATTACH REQUEST RES (29, which is free there), and
 * the small data in the containers of CONTROL PLANE SERVICE REQUEST (78, 67), one of which then stands first behind the
 * mandatory part. */
typedef struct godwit_emm_attach_request {
    uint8_t attach_type, ksi;
    godwit_slice_t identity;   /* godwit_eps_identity_parse */
    godwit_slice_t capability; /* UE network capability, 9.9.3.34: octet 1 EEA0 to 7, octet 2 EIA0 to 7, then UMTS */
    godwit_slice_t esm;        /* ESM message container: PDN CONNECTIVITY REQUEST */
    godwit_slice_t additional_guti, last_tai, drx, ms_network_capability, t3324, t3412_extended;
    godwit_nas_octet_t additional_update, device_properties, old_guti_type;
    /* ESM message container: ESM DATA TRANSPORT of no bearer yet; ciphered alone when the header type is 5 */
    godwit_slice_t data;
    godwit_slice_t nas; /* NAS message container, likewise */
    godwit_slice_t res; /* 4 to 16 */
} godwit_emm_attach_request_t;

typedef struct godwit_emm_nas_transport { /* 8.2.12, 8.2.30: both ways */
    godwit_slice_t container;             /* NAS message container: a CP message of TS 24.011 */
} godwit_emm_nas_transport_t;

/* Generic message container type, 9.9.3.42: 1 is LPP, 2 location services; from 128 on they are no standard's
 * (recalled). Ours: messages of docs/trigger-wire.md, both ways, and K_iwf for the device (core/wire/ue_key.h), down
 * and ciphered only. */
#define GODWIT_EMM_GENERIC_TRIGGER 0x80
#define GODWIT_EMM_GENERIC_UE_KEY 0x81

typedef struct godwit_emm_generic_nas_transport { /* 8.2.31, 8.2.32: both ways */
    uint8_t container_type;
    godwit_slice_t container;
    godwit_slice_t additional_information;
} godwit_emm_generic_nas_transport_t;

typedef struct godwit_emm_attach_accept {
    uint8_t attach_result; /* 1 EPS only */
    uint8_t t3412;         /* GPRS timer, TS 24.008 10.5.7.3 */
    godwit_slice_t tai_list, esm;
    godwit_slice_t guti;
    godwit_nas_octet_t cause, t3402, t3423;
    godwit_slice_t network_features, t3412_extended, t3324;
    godwit_slice_t rand, autn; /* of the following session */
} godwit_emm_attach_accept_t;

typedef struct godwit_emm_attach_complete {
    godwit_slice_t esm; /* ACTIVATE DEFAULT EPS BEARER CONTEXT ACCEPT */
} godwit_emm_attach_complete_t;

typedef struct godwit_emm_attach_reject {
    uint8_t cause;
    godwit_slice_t esm, t3346, t3402;
    godwit_nas_octet_t extended_cause;
} godwit_emm_attach_reject_t;

typedef struct godwit_emm_detach_request { /* from the UE */
    uint8_t detach_type, ksi;
    godwit_slice_t identity;
} godwit_emm_detach_request_t;

typedef struct godwit_emm_network_detach { /* DETACH REQUEST from the network */
    uint8_t detach_type;
    godwit_nas_octet_t cause;
    godwit_slice_t rand, autn; /* of the following session */
} godwit_emm_network_detach_t;

typedef struct godwit_emm_hand_over { /* DETACH ACCEPT (up: without), EMM INFORMATION */
    godwit_slice_t rand, autn;        /* of the following session */
} godwit_emm_hand_over_t;

typedef struct godwit_emm_authentication_request {
    uint8_t ksi;
    godwit_slice_t rand, autn; /* 16 octets each */
} godwit_emm_authentication_request_t;

typedef struct godwit_emm_authentication_response {
    godwit_slice_t res; /* 4 to 16 */
} godwit_emm_authentication_response_t;

typedef struct godwit_emm_authentication_failure {
    uint8_t cause;
    godwit_slice_t auts; /* 14, with cause 21 */
} godwit_emm_authentication_failure_t;

typedef struct godwit_emm_identity_request {
    uint8_t identity_type;
} godwit_emm_identity_request_t;

typedef struct godwit_emm_identity_response {
    godwit_slice_t identity;
} godwit_emm_identity_response_t;

typedef struct godwit_emm_security_mode_command {
    uint8_t eia, eea, ksi;     /* selected NAS security algorithms, 9.9.3.23 */
    godwit_slice_t capability; /* replayed UE security capability, 9.9.3.36: 2 octets, or 4 with UMTS, 5 with GPRS */
    godwit_nas_octet_t imeisv_request;
    godwit_slice_t nonce_ue, nonce_mme, hash_mme;
    godwit_slice_t trigger; /* ours, as in the completion */
} godwit_emm_security_mode_command_t;

typedef struct godwit_emm_security_mode_complete {
    godwit_slice_t imeisv, replayed;
    /* A message of docs/trigger-wire.md. The element is ours (IEI 2D, TLV), and so chosen that who does not know it
     * passes over it (TS 24.007 11.2.4). */
    godwit_slice_t trigger;
} godwit_emm_security_mode_complete_t;

typedef struct godwit_emm_cp_service_request { /* CONTROL PLANE SERVICE REQUEST, 8.2.33 */
    uint8_t service_type, ksi;
    godwit_slice_t esm; /* ESM message container: ESM DATA TRANSPORT; ciphered alone when the header type is 5 */
    godwit_slice_t nas; /* NAS message container */
    godwit_slice_t bearer_status;
    godwit_nas_octet_t device_properties;
} godwit_emm_cp_service_request_t;

typedef struct godwit_emm_service_accept { /* 8.2.34 */
    godwit_slice_t bearer_status, t3448;
} godwit_emm_service_accept_t;

typedef struct godwit_emm_service_reject {
    uint8_t cause;
    godwit_nas_octet_t t3442;
    godwit_slice_t t3346, t3448;
} godwit_emm_service_reject_t;

typedef struct godwit_emm_cause_only { /* SECURITY MODE REJECT, EMM STATUS */
    uint8_t cause;
} godwit_emm_cause_only_t;

typedef struct godwit_emm_empty { /* AUTHENTICATION REJECT */
    uint8_t nothing;
} godwit_emm_empty_t;

#define GODWIT_EMM_CODEC(name, structure)                                                                              \
    GODWIT_MUST_USE godwit_status_t godwit_emm_##name##_build(const structure *message, godwit_writer_t *w);           \
    GODWIT_MUST_USE godwit_status_t godwit_emm_##name##_parse(godwit_slice_t octets, structure *message)

GODWIT_EMM_CODEC(attach_request, godwit_emm_attach_request_t);
GODWIT_EMM_CODEC(attach_accept, godwit_emm_attach_accept_t);
GODWIT_EMM_CODEC(attach_complete, godwit_emm_attach_complete_t);
GODWIT_EMM_CODEC(attach_reject, godwit_emm_attach_reject_t);
GODWIT_EMM_CODEC(detach_request, godwit_emm_detach_request_t);
GODWIT_EMM_CODEC(network_detach, godwit_emm_network_detach_t);
GODWIT_EMM_CODEC(detach_accept, godwit_emm_hand_over_t);
GODWIT_EMM_CODEC(information, godwit_emm_hand_over_t);
GODWIT_EMM_CODEC(authentication_request, godwit_emm_authentication_request_t);
GODWIT_EMM_CODEC(authentication_response, godwit_emm_authentication_response_t);
GODWIT_EMM_CODEC(authentication_failure, godwit_emm_authentication_failure_t);
GODWIT_EMM_CODEC(authentication_reject, godwit_emm_empty_t);
GODWIT_EMM_CODEC(identity_request, godwit_emm_identity_request_t);
GODWIT_EMM_CODEC(identity_response, godwit_emm_identity_response_t);
GODWIT_EMM_CODEC(security_mode_command, godwit_emm_security_mode_command_t);
GODWIT_EMM_CODEC(security_mode_complete, godwit_emm_security_mode_complete_t);
GODWIT_EMM_CODEC(security_mode_reject, godwit_emm_cause_only_t);
GODWIT_EMM_CODEC(cp_service_request, godwit_emm_cp_service_request_t);
GODWIT_EMM_CODEC(service_accept, godwit_emm_service_accept_t);
GODWIT_EMM_CODEC(service_reject, godwit_emm_service_reject_t);
GODWIT_EMM_CODEC(status, godwit_emm_cause_only_t);
GODWIT_EMM_CODEC(downlink_nas_transport, godwit_emm_nas_transport_t);
GODWIT_EMM_CODEC(uplink_nas_transport, godwit_emm_nas_transport_t);
GODWIT_EMM_CODEC(downlink_generic_nas_transport, godwit_emm_generic_nas_transport_t);
GODWIT_EMM_CODEC(uplink_generic_nas_transport, godwit_emm_generic_nas_transport_t);

#endif
