/* SPDX-License-Identifier: Apache-2.0
 *
 * GTPv2-C between MME, S-GW and P-GW (TS 29.274). One struct for all messages; which elements a message has is in
 * `has`. The builder writes what is set and asks for what the message must have; the parser passes over elements that
 * it does not know, keeps the first of repeated ones (7.7.10), and refuses lengths that do not fit. One bearer context:
 * a PDN connection has its default bearer only.
 * IPv4 alone. Slices point into the octets that were parsed.
 */
#ifndef GODWIT_WIRE_GTPV2_H
#define GODWIT_WIRE_GTPV2_H

#include "core/wire/gtp_parts.h"
#include "core/wire/nas.h"

typedef enum godwit_gtpv2_type {
    GODWIT_GTPV2_ECHO_REQUEST = 1, /* recovery; no TEID in the header */
    GODWIT_GTPV2_ECHO_RESPONSE = 2,
    GODWIT_GTPV2_VERSION_NOT_SUPPORTED = 3,
    GODWIT_GTPV2_CREATE_SESSION_REQUEST = 32,
    GODWIT_GTPV2_CREATE_SESSION_RESPONSE = 33,
    GODWIT_GTPV2_MODIFY_BEARER_REQUEST = 34,
    GODWIT_GTPV2_MODIFY_BEARER_RESPONSE = 35,
    GODWIT_GTPV2_DELETE_SESSION_REQUEST = 36,
    GODWIT_GTPV2_DELETE_SESSION_RESPONSE = 37,
    GODWIT_GTPV2_BEARER_RESOURCE_COMMAND = 68,
    GODWIT_GTPV2_BEARER_RESOURCE_FAILURE = 69,
    GODWIT_GTPV2_UPDATE_BEARER_REQUEST = 97,
    GODWIT_GTPV2_UPDATE_BEARER_RESPONSE = 98,
    GODWIT_GTPV2_IDENTIFICATION_REQUEST = 128, /* between MMEs: S10, 7.3.8 */
    GODWIT_GTPV2_IDENTIFICATION_RESPONSE = 129,
    GODWIT_GTPV2_RELEASE_ACCESS_BEARERS_REQUEST = 170,
    GODWIT_GTPV2_RELEASE_ACCESS_BEARERS_RESPONSE = 171,
    GODWIT_GTPV2_DOWNLINK_DATA_NOTIFICATION = 176,
    GODWIT_GTPV2_DOWNLINK_DATA_ACKNOWLEDGE = 177,
} godwit_gtpv2_type_t;

/* Bits of `has` of a message. */
#define GODWIT_GTPV2_IMSI 0x0001U
#define GODWIT_GTPV2_CAUSE 0x0002U
#define GODWIT_GTPV2_RECOVERY 0x0004U
#define GODWIT_GTPV2_APN 0x0008U
#define GODWIT_GTPV2_AMBR 0x0010U
#define GODWIT_GTPV2_EBI 0x0020U /* the linked bearer; of a Downlink Data Notification, the bearer */
#define GODWIT_GTPV2_PCO 0x0040U
#define GODWIT_GTPV2_APCO 0x0080U
#define GODWIT_GTPV2_EPCO 0x0100U
#define GODWIT_GTPV2_PAA 0x0200U
#define GODWIT_GTPV2_PDN_TYPE 0x0400U
#define GODWIT_GTPV2_SERVING_NETWORK 0x0800U
#define GODWIT_GTPV2_RAT 0x1000U
#define GODWIT_GTPV2_SELECTION_MODE 0x2000U
#define GODWIT_GTPV2_SENDER 0x4000U      /* F-TEID instance 0: the sender's control plane */
#define GODWIT_GTPV2_PGW_CONTROL 0x8000U /* F-TEID instance 1 of Create Session: the P-GW's control plane on S5/S8 */
#define GODWIT_GTPV2_PTI 0x10000U
#define GODWIT_GTPV2_TAD 0x20000U
#define GODWIT_GTPV2_BEARER 0x40000U
#define GODWIT_GTPV2_APN_RESTRICTION 0x80000U
#define GODWIT_GTPV2_INDICATION 0x100000U
#define GODWIT_GTPV2_CHARGING_ID 0x200000U
#define GODWIT_GTPV2_GUTI 0x400000U
#define GODWIT_GTPV2_COMPLETE_REQUEST 0x800000U
#define GODWIT_GTPV2_MM_CONTEXT 0x1000000U

/* Cause values (8.4). */
#define GODWIT_GTPV2_CAUSE_ACCEPTED 16
#define GODWIT_GTPV2_CAUSE_NOT_FOUND 64 /* context not found */
#define GODWIT_GTPV2_CAUSE_INVALID_LENGTH 67
#define GODWIT_GTPV2_CAUSE_SERVICE_NOT_SUPPORTED 68
#define GODWIT_GTPV2_CAUSE_MANDATORY_INCORRECT 69
#define GODWIT_GTPV2_CAUSE_MANDATORY_MISSING 70
#define GODWIT_GTPV2_CAUSE_SYSTEM_FAILURE 72
#define GODWIT_GTPV2_CAUSE_NO_RESOURCES 73
#define GODWIT_GTPV2_CAUSE_UNKNOWN_APN 78
#define GODWIT_GTPV2_CAUSE_TYPE_NOT_SUPPORTED 83 /* preferred PDN type */
#define GODWIT_GTPV2_CAUSE_AUTHENTICATION_FAILED 92
#define GODWIT_GTPV2_CAUSE_REQUEST_REJECTED 94 /* reason not specified */
#define GODWIT_GTPV2_CAUSE_PEER_NOT_RESPONDING 100

#define GODWIT_PDN_IPV4 1 /* 8.14, 8.34 */
#define GODWIT_PDN_NON_IP 4
#define GODWIT_RAT_EUTRAN 6 /* 8.17 */
#define GODWIT_RAT_NB_IOT 8

/* Interface types of a F-TEID (8.22). */
#define GODWIT_FTEID_S5_SGW_USER 4
#define GODWIT_FTEID_S5_PGW_USER 5
#define GODWIT_FTEID_S5_SGW_CONTROL 6
#define GODWIT_FTEID_S5_PGW_CONTROL 7
#define GODWIT_FTEID_S11_MME_CONTROL 10
#define GODWIT_FTEID_S11_SGW_CONTROL 11
#define GODWIT_FTEID_S11_MME_USER 38
#define GODWIT_FTEID_S11_SGW_USER 39

/* Instances of the F-TEIDs in a bearer context, by message (7.2.1, 7.2.2, 7.2.7, 7.2.8). */
#define GODWIT_CREATE_REQUEST_S5_SGW 2
#define GODWIT_CREATE_REQUEST_S11_MME 7
#define GODWIT_CREATE_RESPONSE_S5_PGW 2
#define GODWIT_CREATE_RESPONSE_S11_SGW 6
#define GODWIT_MODIFY_REQUEST_S11_MME 4
#define GODWIT_MODIFY_RESPONSE_S11_SGW 3
#define GODWIT_BEARER_FTEIDS 8

typedef struct godwit_fteid {
    uint8_t interface;
    uint32_t teid;
    uint8_t ipv4[4];
} godwit_fteid_t;

/* Bearer Level QoS (8.15). */
typedef struct godwit_bearer_qos {
    uint8_t priority; /* PCI, PL and PVI as they stand in the octet */
    uint8_t qci;
    uint64_t rates[4]; /* kbit/s: maximum up, maximum down, guaranteed up, guaranteed down */
} godwit_bearer_qos_t;

typedef struct godwit_bearer_context {
    uint8_t ebi; /* 5 to 15 */
    bool has_cause, has_qos, has_charging_id;
    uint8_t cause;
    godwit_bearer_qos_t qos;
    uint32_t charging_id;
    uint8_t fteids; /* bit i: instance i is there */
    godwit_fteid_t fteid[GODWIT_BEARER_FTEIDS];
    godwit_slice_t pco; /* of a bearer that is updated: goes before that of the message; empty: none */
} godwit_bearer_context_t;

/* MM Context with an EPS security context and no vectors (8.38, figure 8.38-5; recalled, and as tshark reads it).
 * Secret: kasme. */
typedef struct godwit_mm_context {
    uint8_t ksi, eea, eia;
    uint32_t next_down, next_up; /* NAS COUNTs */
    uint8_t kasme[32];
} godwit_mm_context_t;

typedef struct godwit_gtpv2 {
    uint8_t type;
    uint32_t teid;     /* of the receiver's control plane; 0: none yet. Echo has none. */
    uint32_t sequence; /* 24 bits; of commands, and of what they trigger, with the top bit set (7.6) */
    uint32_t has;
    godwit_imsi_t imsi;
    uint8_t cause;
    bool cause_from_beyond; /* CS: the node behind the sender made the cause */
    uint8_t recovery;
    godwit_apn_t apn;
    uint32_t ambr_up, ambr_down; /* kbit/s */
    uint8_t ebi;
    godwit_slice_t pco, apco, epco; /* from the configuration octet on */
    uint8_t paa_type;               /* GODWIT_PDN_ */
    uint8_t paa_ipv4[4];
    uint8_t pdn_type;
    godwit_plmn_t serving_network;
    uint8_t rat, selection_mode, apn_restriction, pti;
    godwit_fteid_t sender, pgw_control;
    godwit_slice_t tad; /* 24.008 10.5.6.12 from its third octet on */
    godwit_slice_t indication;
    uint32_t charging_id;
    godwit_guti_t guti;
    godwit_slice_t complete; /* the whole ATTACH REQUEST, protected as it came (8.46) */
    godwit_mm_context_t mm;
    godwit_bearer_context_t bearer;
} godwit_gtpv2_t;

GODWIT_MUST_USE godwit_status_t godwit_gtpv2_build(const godwit_gtpv2_t *message, godwit_writer_t *w);
/* Every outcome but GODWIT_OK leaves *message alone, except that after a readable header it holds type, teid and
 * sequence for an answer, with `has` 0. GODWIT_NOT_FOUND: a mandatory element is missing. GODWIT_POLICY_FORBIDS:
 * another version. A message that another is piggybacked on (5.5.2) ends where its length says; the other is not
 * read. */
GODWIT_MUST_USE godwit_status_t godwit_gtpv2_parse(godwit_slice_t octets, godwit_gtpv2_t *message);

#endif
