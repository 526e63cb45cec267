/* SPDX-License-Identifier: Apache-2.0
 *
 * Session management of TS 24.008: clause 9.5 (messages) and 10.5.6 (elements), for PDP contexts that one device
 * activates, modifies and deactivates. PCO travels as its contents, from the configuration octet on, and is not looked
 * into here (core/wire/pco.h). Optional elements are treated as in gmm.h. What the seed calls the device's update is
 * Modify PDP context request, MS to network (4A); Update is GTP's word.
 */
#ifndef GODWIT_WIRE_SM_H
#define GODWIT_WIRE_SM_H

#include "godwit/bytes.h"

typedef enum godwit_sm_type { /* 10.4, table 10.4a */
                              GODWIT_SM_ACTIVATE_REQUEST = 0x41,
                              GODWIT_SM_ACTIVATE_ACCEPT = 0x42,
                              GODWIT_SM_ACTIVATE_REJECT = 0x43,
                              GODWIT_SM_DEACTIVATE_REQUEST = 0x46,
                              GODWIT_SM_DEACTIVATE_ACCEPT = 0x47,
                              GODWIT_SM_MODIFY_REQUEST_NETWORK = 0x48,
                              GODWIT_SM_MODIFY_ACCEPT_MS = 0x49, /* the MS accepts what the network asked for */
                              GODWIT_SM_MODIFY_REQUEST_MS = 0x4A,
                              GODWIT_SM_MODIFY_ACCEPT_NETWORK = 0x4B,
                              GODWIT_SM_MODIFY_REJECT = 0x4C,
                              GODWIT_SM_STATUS = 0x55,
} godwit_sm_type_t;

typedef enum godwit_sm_cause { /* 10.5.6.6 */
                               GODWIT_SM_CAUSE_INSUFFICIENT_RESOURCES = 26,
                               GODWIT_SM_CAUSE_UNKNOWN_APN = 27,
                               GODWIT_SM_CAUSE_UNKNOWN_PDP_TYPE = 28,
                               GODWIT_SM_CAUSE_USER_AUTHENTICATION_FAILED = 29,
                               GODWIT_SM_CAUSE_REJECTED_BY_GGSN = 30,
                               GODWIT_SM_CAUSE_REJECTED = 31, /* activation rejected, unspecified */
                               GODWIT_SM_CAUSE_NSAPI_IN_USE = 35,
                               GODWIT_SM_CAUSE_REGULAR_DEACTIVATION = 36,
                               GODWIT_SM_CAUSE_NETWORK_FAILURE = 38,
                               GODWIT_SM_CAUSE_REACTIVATION = 39,
                               GODWIT_SM_CAUSE_UNKNOWN_CONTEXT = 43,
                               GODWIT_SM_CAUSE_INVALID_TRANSACTION = 81,
                               GODWIT_SM_CAUSE_SEMANTICALLY_INCORRECT = 95,
                               GODWIT_SM_CAUSE_INVALID_MANDATORY = 96,
                               GODWIT_SM_CAUSE_TYPE_UNKNOWN = 97,
                               GODWIT_SM_CAUSE_TYPE_NOT_COMPATIBLE = 98,
                               GODWIT_SM_CAUSE_PROTOCOL_ERROR = 111,
} godwit_sm_cause_t;

#define GODWIT_SM_QOS_MIN 3 /* octets of the contents, 10.5.6.5 */
#define GODWIT_SM_QOS_MAX 22
#define GODWIT_SM_PCO_MAX 251
#define GODWIT_SM_APN_MAX 100 /* octets, 10.5.6.1 */
/* Background class, best effort, nothing guaranteed (10.5.6.5): what a device with readings asks for. */
#define GODWIT_SM_QOS_BACKGROUND_SIZE 12
extern const uint8_t godwit_sm_qos_background[GODWIT_SM_QOS_BACKGROUND_SIZE];

/* PDP address, 10.5.6.4. */
#define GODWIT_SM_PDP_ORGANISATION_ETSI 0
#define GODWIT_SM_PDP_ORGANISATION_IETF 1
#define GODWIT_SM_PDP_NON_IP 0x02 /* of ETSI: recalled; tshark 4.0 names it so */
#define GODWIT_SM_PDP_IPV4 0x21   /* of IETF */
typedef struct godwit_sm_pdp_address {
    uint8_t organisation, number;
    godwit_slice_t address; /* at most 20 octets; empty: dynamic, or none as in non-IP */
} godwit_sm_pdp_address_t;

/* What every message begins with: transaction identifier (TS 24.007 11.2.3.1.3), 0 to 6, and which side it was made by.
 * The flag is false in messages from the side that made the transaction, true in those to it. The extended one is
 * refused. */
typedef struct godwit_sm_transaction {
    uint8_t id;
    bool to_originator;
} godwit_sm_transaction_t;

/* GODWIT_MALFORMED unless octets begin with a transaction identifier, SM's discriminator and a type. The type may be
 * one that is not above. */
GODWIT_MUST_USE godwit_status_t godwit_sm_type(godwit_slice_t octets, godwit_sm_transaction_t *transaction,
                                               uint8_t *type);

typedef struct godwit_sm_activate_request { /* 9.5.1 */
    godwit_sm_transaction_t transaction;
    uint8_t nsapi;      /* 5 to 15 */
    uint8_t llc_sapi;   /* 3, 5, 9, 11; 0 in UMTS */
    godwit_slice_t qos; /* empty when built: background */
    godwit_sm_pdp_address_t address;
    godwit_slice_t apn; /* labels as in TS 23.003 9.1: length octet, label, ...; empty: none */
    godwit_slice_t pco; /* empty: none */
} godwit_sm_activate_request_t;

typedef struct godwit_sm_activate_accept { /* 9.5.2 */
    godwit_sm_transaction_t transaction;
    uint8_t llc_sapi;
    godwit_slice_t qos; /* empty when built: background */
    uint8_t radio_priority;
    bool has_address;
    godwit_sm_pdp_address_t address;
    godwit_slice_t pco;
    uint8_t cause; /* 0: none */
} godwit_sm_activate_accept_t;

typedef struct godwit_sm_reject { /* activate 9.5.3, modify 9.5.13 */
    godwit_sm_transaction_t transaction;
    uint8_t cause;
    godwit_slice_t pco;
} godwit_sm_reject_t;

typedef struct godwit_sm_modify_request_network { /* 9.5.9 */
    godwit_sm_transaction_t transaction;
    uint8_t radio_priority;
    uint8_t llc_sapi;
    godwit_slice_t qos; /* empty when built: background */
    bool has_address;
    godwit_sm_pdp_address_t address;
    godwit_slice_t pco;
} godwit_sm_modify_request_network_t;

typedef struct godwit_sm_modify_by_ms { /* what the MS asks for, 9.5.10; what the network gives it, 9.5.12 */
    godwit_sm_transaction_t transaction;
    bool has_llc_sapi;
    uint8_t llc_sapi;
    godwit_slice_t qos; /* empty: none */
    godwit_slice_t pco;
} godwit_sm_modify_by_ms_t;
typedef godwit_sm_modify_by_ms_t godwit_sm_modify_request_ms_t;
typedef godwit_sm_modify_by_ms_t godwit_sm_modify_accept_network_t;

typedef struct godwit_sm_plain_accept { /* modify, by the MS 9.5.11; deactivate, both ways 9.5.15 */
    godwit_sm_transaction_t transaction;
    godwit_slice_t pco;
} godwit_sm_plain_accept_t;
typedef godwit_sm_plain_accept_t godwit_sm_modify_accept_ms_t;
typedef godwit_sm_plain_accept_t godwit_sm_deactivate_accept_t;

typedef struct godwit_sm_deactivate_request { /* 9.5.14, both ways */
    godwit_sm_transaction_t transaction;
    uint8_t cause;
    bool tear_down;
    godwit_slice_t pco;
} godwit_sm_deactivate_request_t;

typedef struct godwit_sm_status { /* 9.5.21 */
    godwit_sm_transaction_t transaction;
    uint8_t cause;
} godwit_sm_status_t;

/* NAME_build(message, writer) and NAME_parse(octets, message) of every message. A build with a member out of range is
 * GODWIT_INVALID_ARGUMENT. */
#define GODWIT_SM_CODEC(name, type)                                                                                    \
    GODWIT_MUST_USE godwit_status_t godwit_sm_##name##_build(const type *message, godwit_writer_t *w);                 \
    GODWIT_MUST_USE godwit_status_t godwit_sm_##name##_parse(godwit_slice_t octets, type *message);
GODWIT_SM_CODEC(activate_request, godwit_sm_activate_request_t)
GODWIT_SM_CODEC(activate_accept, godwit_sm_activate_accept_t)
GODWIT_SM_CODEC(activate_reject, godwit_sm_reject_t)
GODWIT_SM_CODEC(modify_request_network, godwit_sm_modify_request_network_t)
GODWIT_SM_CODEC(modify_accept_ms, godwit_sm_modify_accept_ms_t)
GODWIT_SM_CODEC(modify_request_ms, godwit_sm_modify_request_ms_t)
GODWIT_SM_CODEC(modify_accept_network, godwit_sm_modify_accept_network_t)
GODWIT_SM_CODEC(modify_reject, godwit_sm_reject_t)
GODWIT_SM_CODEC(deactivate_request, godwit_sm_deactivate_request_t)
GODWIT_SM_CODEC(deactivate_accept, godwit_sm_deactivate_accept_t)
GODWIT_SM_CODEC(status, godwit_sm_status_t)
#undef GODWIT_SM_CODEC

#endif
