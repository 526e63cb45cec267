/* SPDX-License-Identifier: Apache-2.0
 *
 * GPRS mobility management of TS 24.008: clause 9.4 (messages) and 10.5.5 (elements), the part that a GPRS attach over
 * UMTS needs. Elements that are not named in a struct are skipped, but for unknown ones that must be comprehended
 * (8.6.1: IEI 00 to 0F), which make the message GODWIT_MALFORMED; of a repeated element the first counts (8.6.3).
 * Slices point into the octets that were parsed. The layouts were compared with public implementations and are read by
 * tshark; clause numbers are recalled.
 */
#ifndef GODWIT_WIRE_GMM_H
#define GODWIT_WIRE_GMM_H

#include "godwit/aka.h"
#include "godwit/bytes.h"

#define GODWIT_PD_GMM 0x08 /* protocol discriminator, TS 24.007 11.2.3.1.1 */
#define GODWIT_PD_SM 0x0A

typedef enum godwit_gmm_type { /* 10.4, table 10.4 */
                               GODWIT_GMM_ATTACH_REQUEST = 0x01,
                               GODWIT_GMM_ATTACH_ACCEPT = 0x02,
                               GODWIT_GMM_ATTACH_COMPLETE = 0x03,
                               GODWIT_GMM_ATTACH_REJECT = 0x04,
                               GODWIT_GMM_DETACH_REQUEST = 0x05,
                               GODWIT_GMM_DETACH_ACCEPT = 0x06,
                               GODWIT_GMM_SERVICE_REQUEST = 0x0C,
                               GODWIT_GMM_SERVICE_ACCEPT = 0x0D,
                               GODWIT_GMM_SERVICE_REJECT = 0x0E,
                               GODWIT_GMM_AUTHENTICATION_REQUEST = 0x12, /* authentication and ciphering request */
                               GODWIT_GMM_AUTHENTICATION_RESPONSE = 0x13,
                               GODWIT_GMM_AUTHENTICATION_REJECT = 0x14,
                               GODWIT_GMM_AUTHENTICATION_FAILURE = 0x1C,
                               GODWIT_GMM_IDENTITY_REQUEST = 0x15,
                               GODWIT_GMM_IDENTITY_RESPONSE = 0x16,
                               GODWIT_GMM_STATUS = 0x20,
                               GODWIT_GMM_INFORMATION = 0x21,
} godwit_gmm_type_t;

typedef enum godwit_gmm_cause { /* 10.5.5.14 */
                                GODWIT_GMM_CAUSE_IMSI_UNKNOWN = 2,
                                GODWIT_GMM_CAUSE_ILLEGAL_MS = 3,
                                GODWIT_GMM_CAUSE_GPRS_NOT_ALLOWED = 7,
                                GODWIT_GMM_CAUSE_IDENTITY_UNKNOWN =
                                    9, /* MS identity cannot be derived by the network */
                                GODWIT_GMM_CAUSE_IMPLICITLY_DETACHED = 10,
                                GODWIT_GMM_CAUSE_PLMN_NOT_ALLOWED = 11,
                                GODWIT_GMM_CAUSE_GPRS_NOT_ALLOWED_IN_PLMN = 14,
                                GODWIT_GMM_CAUSE_NETWORK_FAILURE = 17,
                                GODWIT_GMM_CAUSE_MAC_FAILURE = 20,
                                GODWIT_GMM_CAUSE_SYNCH_FAILURE = 21,
                                GODWIT_GMM_CAUSE_CONGESTION = 22,
                                GODWIT_GMM_CAUSE_GSM_AUTHENTICATION_UNACCEPTABLE = 23,
                                GODWIT_GMM_CAUSE_SEMANTICALLY_INCORRECT = 95,
                                GODWIT_GMM_CAUSE_INVALID_MANDATORY = 96,
                                GODWIT_GMM_CAUSE_TYPE_UNKNOWN = 97,
                                GODWIT_GMM_CAUSE_TYPE_NOT_COMPATIBLE = 98,
                                GODWIT_GMM_CAUSE_PROTOCOL_ERROR = 111,
} godwit_gmm_cause_t;

#define GODWIT_GMM_CKSN_NONE 7 /* no key is available, 10.5.1.2 */

/* Mobile identity, 10.5.1.4. */
typedef enum godwit_gmm_identity_kind {
    GODWIT_GMM_IDENTITY_NONE = 0,
    GODWIT_GMM_IDENTITY_IMSI = 1,
    GODWIT_GMM_IDENTITY_IMEI = 2, /* read, not interpreted */
    GODWIT_GMM_IDENTITY_IMEISV = 3,
    GODWIT_GMM_IDENTITY_P_TMSI = 4,
} godwit_gmm_identity_kind_t;
typedef struct godwit_gmm_identity {
    godwit_gmm_identity_kind_t kind;
    godwit_imsi_t imsi;
    uint32_t p_tmsi;
} godwit_gmm_identity_t;

/* Routing area identification, 10.5.5.15: PLMN (3), LAC (2), RAC (1). */
typedef struct godwit_gmm_rai {
    godwit_plmn_t plmn;
    uint16_t lac;
    uint8_t rac;
} godwit_gmm_rai_t;

/* GODWIT_MALFORMED unless octets begin with skip indicator 0, GMM's discriminator and a type. The type may be one that
 * is not above. */
GODWIT_MUST_USE godwit_status_t godwit_gmm_type(godwit_slice_t octets, uint8_t *type);

/* The vector of the following session (contribution 000; no element of TS 24.008 has it there): RAND 21 (TV) and AUTN
 * 28 (TLV) as in an authentication and ciphering request. Only in messages that go protected and ciphered; both or
 * none. */
typedef struct godwit_gmm_next_vector {
    bool set;
    uint8_t rand[16], autn[16];
} godwit_gmm_next_vector_t;

#define GODWIT_GMM_SMALL_DATA_MAX 255

typedef struct godwit_gmm_attach_request { /* 9.4.1 */
    /* MS network capability, 1 to 10 octets; empty when built: E5 E0, nothing that matters to UMTS */
    godwit_slice_t network_capability;
    uint8_t type; /* 1 GPRS attach */
    bool follow_on;
    uint8_t cksn;
    uint8_t drx[2];
    godwit_gmm_identity_t identity;
    godwit_gmm_rai_t old_rai;
    /* MS radio access capability, 1 to 52 octets; empty when built: a GSM 900 terminal */
    godwit_slice_t radio_capability;
    /* By a vector that was handed over before: the whole RES as 29 (TLV, 4 to 16 octets), and what is sent with the
     * attach as 67 (TLV), a CP-DATA that godwit_radio_initial_cipher has gone over. Both IEIs are ours: free in this
     * message, and passed over by who does not know them. */
    uint8_t res_len; /* 0: none */
    uint8_t res[GODWIT_RES_MAX];
    godwit_slice_t small_data; /* empty: none */
} godwit_gmm_attach_request_t;

typedef struct godwit_gmm_attach_accept { /* 9.4.2 */
    uint8_t result;                       /* 1 GPRS only attached */
    bool force_to_standby;
    uint8_t periodic_update_timer; /* GPRS timer, 10.5.7.3: E0 deactivated */
    uint8_t radio_priority_sms;
    godwit_gmm_rai_t rai;
    bool has_p_tmsi;
    uint32_t p_tmsi;
    uint8_t cause; /* 0: none */
    godwit_gmm_next_vector_t next;
} godwit_gmm_attach_accept_t;

typedef struct godwit_gmm_reject { /* attach reject 9.4.4, service reject 9.4.22 */
    uint8_t cause;
} godwit_gmm_reject_t;

typedef struct godwit_gmm_detach_request_ms { /* 9.4.5.2: by the MS */
    uint8_t type;                             /* 1 GPRS detach */
    bool power_off;                           /* no accept is awaited */
    bool has_p_tmsi;
    uint32_t p_tmsi;
} godwit_gmm_detach_request_ms_t;

typedef struct godwit_gmm_detach_request_network { /* 9.4.5.1 */
    uint8_t type;                                  /* 1 re-attach required, 2 not required */
    bool force_to_standby;
    uint8_t cause; /* 0: none */
    godwit_gmm_next_vector_t next;
} godwit_gmm_detach_request_network_t;

typedef struct godwit_gmm_detach_accept_network { /* 9.4.6.1: to the MS */
    bool force_to_standby;
    godwit_gmm_next_vector_t next;
} godwit_gmm_detach_accept_network_t;

typedef struct godwit_gmm_information { /* 9.4.19; names of networks and times are passed over */
    godwit_gmm_next_vector_t next;
} godwit_gmm_information_t;

typedef struct godwit_gmm_authentication_request { /* 9.4.9 */
    uint8_t ciphering;                             /* GSM algorithm: 0 in UMTS, where the RRC ciphers */
    bool imeisv_requested;
    bool force_to_standby;
    uint8_t reference; /* A&C reference number: ties response to request */
    bool has_vector;   /* rand, cksn, autn */
    uint8_t rand[16];
    uint8_t cksn;
    uint8_t autn[16];
} godwit_gmm_authentication_request_t;

/* 9.4.10. RES goes in two parts: its first 4 octets as 22, the rest as extended RES 29 (10.5.3.2.1). */
typedef struct godwit_gmm_authentication_response {
    uint8_t reference;
    uint8_t res_len; /* 0: none; else 4 to 16 */
    uint8_t res[GODWIT_RES_MAX];
} godwit_gmm_authentication_response_t;

typedef struct godwit_gmm_authentication_failure { /* 9.4.10a */
    uint8_t cause;
    bool has_auts;
    uint8_t auts[14];
} godwit_gmm_authentication_failure_t;

typedef struct godwit_gmm_identity_request { /* 9.4.12 */
    uint8_t type;                            /* godwit_gmm_identity_kind_t: 1 IMSI */
    bool force_to_standby;
} godwit_gmm_identity_request_t;

typedef struct godwit_gmm_identity_response { /* 9.4.13 */
    godwit_gmm_identity_t identity;
} godwit_gmm_identity_response_t;

typedef enum godwit_gmm_service { /* 10.5.5.20 */
                                  GODWIT_GMM_SERVICE_SIGNALLING = 0,
                                  GODWIT_GMM_SERVICE_DATA = 1,
                                  GODWIT_GMM_SERVICE_PAGING_RESPONSE = 2,
} godwit_gmm_service_t;

typedef struct godwit_gmm_service_request { /* 9.4.20 */
    uint8_t cksn;
    uint8_t service;
    uint32_t p_tmsi;
    bool has_contexts;
    uint16_t contexts; /* PDP context status, 10.5.7.1: bit i is NSAPI i */
} godwit_gmm_service_request_t;

typedef struct godwit_gmm_service_accept { /* 9.4.21 */
    bool has_contexts;
    uint16_t contexts;
} godwit_gmm_service_accept_t;

typedef struct godwit_gmm_status { /* 9.4.18 */
    uint8_t cause;
} godwit_gmm_status_t;

/* NAME_build(message, writer) and NAME_parse(octets, message) of every message. A build with a member out of range is
 * GODWIT_INVALID_ARGUMENT. */
#define GODWIT_GMM_CODEC(name, type)                                                                                   \
    GODWIT_MUST_USE godwit_status_t godwit_gmm_##name##_build(const type *message, godwit_writer_t *w);                \
    GODWIT_MUST_USE godwit_status_t godwit_gmm_##name##_parse(godwit_slice_t octets, type *message);
GODWIT_GMM_CODEC(attach_request, godwit_gmm_attach_request_t)
GODWIT_GMM_CODEC(attach_accept, godwit_gmm_attach_accept_t)
GODWIT_GMM_CODEC(attach_reject, godwit_gmm_reject_t)
GODWIT_GMM_CODEC(detach_request_ms, godwit_gmm_detach_request_ms_t)
GODWIT_GMM_CODEC(detach_request_network, godwit_gmm_detach_request_network_t)
GODWIT_GMM_CODEC(authentication_request, godwit_gmm_authentication_request_t)
GODWIT_GMM_CODEC(authentication_response, godwit_gmm_authentication_response_t)
GODWIT_GMM_CODEC(authentication_failure, godwit_gmm_authentication_failure_t)
GODWIT_GMM_CODEC(identity_request, godwit_gmm_identity_request_t)
GODWIT_GMM_CODEC(identity_response, godwit_gmm_identity_response_t)
GODWIT_GMM_CODEC(service_request, godwit_gmm_service_request_t)
GODWIT_GMM_CODEC(service_accept, godwit_gmm_service_accept_t)
GODWIT_GMM_CODEC(service_reject, godwit_gmm_reject_t)
GODWIT_GMM_CODEC(status, godwit_gmm_status_t)
GODWIT_GMM_CODEC(detach_accept_network, godwit_gmm_detach_accept_network_t)
GODWIT_GMM_CODEC(information, godwit_gmm_information_t)
#undef GODWIT_GMM_CODEC

/* Messages without contents that matter: attach complete (9.4.3), authentication and ciphering reject (9.4.11), detach
 * accept by the MS (9.4.6.2). */
GODWIT_MUST_USE godwit_status_t godwit_gmm_attach_complete_build(godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_gmm_attach_complete_parse(godwit_slice_t octets);
GODWIT_MUST_USE godwit_status_t godwit_gmm_authentication_reject_build(godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_gmm_authentication_reject_parse(godwit_slice_t octets);
GODWIT_MUST_USE godwit_status_t godwit_gmm_detach_accept_ms_build(godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_gmm_detach_accept_ms_parse(godwit_slice_t octets);

#endif
