/* SPDX-License-Identifier: Apache-2.0
 *
 * GTPv1-C between SGSN and GGSN (TS 29.060): Echo and the PDP contexts; between two SGSNs: Identification. One struct
 * for all messages; which elements a message has is in `has`. The builder writes what is set, in ascending order of
 * type (7.7), and asks for what the message must have; the parser passes over elements that it does not know when they
 * say their length, keeps the first of repeated ones (11.1), and refuses lengths that do not fit. Slices point into the
 * octets that were parsed.
 */
#ifndef GODWIT_WIRE_GTPV1_H
#define GODWIT_WIRE_GTPV1_H

#include "core/wire/gtp_parts.h"

typedef enum godwit_gtpv1_type {
    GODWIT_GTPV1_ECHO_REQUEST = 1,
    GODWIT_GTPV1_ECHO_RESPONSE = 2, /* recovery */
    GODWIT_GTPV1_VERSION_NOT_SUPPORTED = 3,
    GODWIT_GTPV1_CREATE_REQUEST = 16, /* Create PDP Context Request */
    GODWIT_GTPV1_CREATE_RESPONSE = 17,
    GODWIT_GTPV1_UPDATE_REQUEST = 18,
    GODWIT_GTPV1_UPDATE_RESPONSE = 19,
    GODWIT_GTPV1_DELETE_REQUEST = 20,
    GODWIT_GTPV1_DELETE_RESPONSE = 21,
    GODWIT_GTPV1_IDENTIFICATION_REQUEST = 48, /* between SGSNs: 7.5.1 [recalled] */
    GODWIT_GTPV1_IDENTIFICATION_RESPONSE = 49,
} godwit_gtpv1_type_t;

/* Bits of `has`. */
#define GODWIT_GTPV1_CAUSE 0x0001U
#define GODWIT_GTPV1_IMSI 0x0002U
#define GODWIT_GTPV1_RECOVERY 0x0004U
#define GODWIT_GTPV1_SELECTION_MODE 0x0008U
#define GODWIT_GTPV1_TEID_DATA 0x0010U
#define GODWIT_GTPV1_TEID_CONTROL 0x0020U
#define GODWIT_GTPV1_TEARDOWN 0x0040U
#define GODWIT_GTPV1_NSAPI 0x0080U
#define GODWIT_GTPV1_CHARGING_ID 0x0100U
#define GODWIT_GTPV1_END_USER_ADDRESS 0x0200U
#define GODWIT_GTPV1_APN 0x0400U
#define GODWIT_GTPV1_PCO 0x0800U
#define GODWIT_GTPV1_GSN_CONTROL 0x1000U /* the first GSN Address */
#define GODWIT_GTPV1_GSN_USER 0x2000U    /* the second */
#define GODWIT_GTPV1_QOS 0x4000U
#define GODWIT_GTPV1_RAT 0x8000U
#define GODWIT_GTPV1_ROUTEING_AREA 0x10000U
#define GODWIT_GTPV1_REORDERING 0x20000U
#define GODWIT_GTPV1_P_TMSI 0x40000U
#define GODWIT_GTPV1_QUINTUPLET 0x80000U
#define GODWIT_GTPV1_PRIVATE 0x100000U

/* Cause values (7.7.1); 128 to 191 accept, 192 to 255 reject. */
#define GODWIT_GTPV1_CAUSE_ACCEPTED 128
#define GODWIT_GTPV1_CAUSE_NON_EXISTENT 192
#define GODWIT_GTPV1_CAUSE_INVALID_FORMAT 193
#define GODWIT_GTPV1_CAUSE_IMSI_UNKNOWN 194
#define GODWIT_GTPV1_CAUSE_NO_RESOURCES 199
#define GODWIT_GTPV1_CAUSE_SERVICE_NOT_SUPPORTED 200
#define GODWIT_GTPV1_CAUSE_MANDATORY_INCORRECT 201
#define GODWIT_GTPV1_CAUSE_MANDATORY_MISSING 202
#define GODWIT_GTPV1_CAUSE_SYSTEM_FAILURE 204
#define GODWIT_GTPV1_CAUSE_AUTHENTICATION_FAILED 209
#define GODWIT_GTPV1_CAUSE_UNKNOWN_APN 219 /* missing or unknown APN */
#define GODWIT_GTPV1_CAUSE_UNKNOWN_ADDRESS 220

/* PDP type organisation and number (7.7.27): ETSI 0, PPP 1, non-IP 2; IETF 1, IPv4 0x21. */
#define GODWIT_PDP_NON_IP 0x0002U
#define GODWIT_PDP_IPV4 0x0121U

/* Authentication quintuplet (7.7.35), secret. Ours has no AUTN that is of use: it is sent as 16 zeros. */
typedef struct godwit_gtpv1_quintuplet {
    uint8_t rand[16], ck[16], ik[16], autn[16];
    uint8_t xres_len, xres[16];
} godwit_gtpv1_quintuplet_t;

typedef struct godwit_gtpv1 {
    uint8_t type;
    uint32_t teid; /* of the receiver's control plane; 0: none yet */
    uint16_t sequence;
    uint32_t has;
    uint8_t cause;
    godwit_imsi_t imsi;
    uint8_t recovery, selection_mode;
    uint32_t teid_data, teid_control; /* where the sender of this message wants its own */
    bool teardown, reordering;
    uint8_t nsapi;
    uint32_t charging_id;
    uint16_t pdp_type; /* organisation ‖ number */
    uint8_t pdp_address_len;
    uint8_t pdp_address[16];
    godwit_apn_t apn;
    godwit_slice_t pco; /* from its configuration octet on */
    uint8_t gsn_control[4], gsn_user[4];
    godwit_slice_t qos; /* allocation/retention priority, then 24.008's octets from the third on */
    uint8_t rat;        /* 1 UTRAN, 2 GERAN (7.7.50) */
    uint8_t routeing_area[6];
    uint32_t p_tmsi;
    godwit_gtpv1_quintuplet_t quintuplet;
    uint16_t extension; /* PRIVATE: extension identifier (7.7.46: of the enterprise numbers) */
    godwit_slice_t extension_value;
} godwit_gtpv1_t;

GODWIT_MUST_USE godwit_status_t godwit_gtpv1_build(const godwit_gtpv1_t *message, godwit_writer_t *w);
/* Every outcome but GODWIT_OK leaves *message alone, except that after a readable header MISSING or MALFORMED elements
 * leave type, teid and sequence in it for an answer; then `has` is 0. GODWIT_NOT_FOUND: a mandatory element is missing.
 * GODWIT_POLICY_FORBIDS:
 * another version, or an extension header that we would have to understand. */
GODWIT_MUST_USE godwit_status_t godwit_gtpv1_parse(godwit_slice_t octets, godwit_gtpv1_t *message);

#endif
