/* SPDX-License-Identifier: Apache-2.0
 *
 * What carries short messages between mobile station and network: the control protocol (CP, TS 24.011 7.2) and inside
 * it the relay protocol (RP, 7.3), with the addresses that RP and TPDUs share (TS 24.011 8.2.5, TS 23.040 9.1.2.5). CP
 * has no optional elements; of RP's the one known is the user data. Slices point into the octets that were parsed.
 * Clause numbers and causes are recalled; tshark reads them.
 */
#ifndef GODWIT_WIRE_SMS_RELAY_H
#define GODWIT_WIRE_SMS_RELAY_H

#include "core/wire/payload_sms.h"
#include "godwit/bytes.h"

#define GODWIT_PD_SMS 0x09 /* TS 24.007 11.2.3.1.1 */

/* ---- addresses --------------------------------------------------------------------------------------------------- */

#define GODWIT_SMS_INTERNATIONAL 0x91 /* type of address: no extension, international number, numbering plan E.164 */
/* The same, network specific number (TS 24.008 10.5.4.7, recalled). As RP-Originator it is the serving node itself: the
 * SC-Address of SGd has digits and no type (TS 29.338), so no service centre can bring it about (docs/sms.md). */
#define GODWIT_SMS_NETWORK_SPECIFIC 0xB1

typedef struct godwit_sms_address {
    uint8_t type;                        /* type of number and numbering plan; 0: there is no address */
    uint8_t digits;                      /* semi-octets that count, up to GODWIT_E164_MAX */
    uint8_t octets[GODWIT_E164_MAX / 2]; /* as on the wire */
} godwit_sms_address_t;

/* An international number of E.164 from its digits. GODWIT_INVALID_ARGUMENT for none, too many, and what is no
 * digit. */
GODWIT_MUST_USE godwit_status_t godwit_sms_address_from_text(const char *text, godwit_sms_address_t *address);
/* The digits, whatever the numbering plan. GODWIT_MALFORMED for letters and the signs of a telephone. */
GODWIT_MUST_USE godwit_status_t godwit_sms_address_to_text(const godwit_sms_address_t *address,
                                                           char text[GODWIT_E164_MAX + 1]);

/* ---- CP ---------------------------------------------------------------------------------------------------------- */

typedef enum godwit_cp_type { /* 8.1.3 */
                              GODWIT_CP_DATA = 0x01,
                              GODWIT_CP_ACK = 0x04,
                              GODWIT_CP_ERROR = 0x10,
} godwit_cp_type_t;

typedef enum godwit_cp_cause { /* 8.1.4.2 */
                               GODWIT_CP_CAUSE_NETWORK_FAILURE = 17,
                               GODWIT_CP_CAUSE_CONGESTION = 22,
                               GODWIT_CP_CAUSE_INVALID_TRANSACTION = 81,
                               GODWIT_CP_CAUSE_SEMANTICALLY_INCORRECT = 95,
                               GODWIT_CP_CAUSE_INVALID_MANDATORY = 96,
                               GODWIT_CP_CAUSE_TYPE_UNKNOWN = 97,
                               GODWIT_CP_CAUSE_TYPE_NOT_COMPATIBLE = 98,
                               GODWIT_CP_CAUSE_PROTOCOL_ERROR = 111,
} godwit_cp_cause_t;

#define GODWIT_CP_DATA_MAX 248 /* octets of a RPDU, 8.1.4.1 */
#define GODWIT_CP_ANSWER 0x08U /* in a transaction: sent by the end that did not begin it (TS 24.007 11.2.3.1.3) */
typedef struct godwit_cp {
    uint8_t transaction; /* identifier 0 to 6, and GODWIT_CP_ANSWER */
    godwit_cp_type_t type;
    godwit_slice_t data; /* CP_DATA */
    uint8_t cause;       /* CP_ERROR */
} godwit_cp_t;

#define GODWIT_CP_MAX (3 + GODWIT_CP_DATA_MAX)
GODWIT_MUST_USE godwit_status_t godwit_cp_build(const godwit_cp_t *cp, godwit_writer_t *w);
/* GODWIT_MALFORMED for another discriminator, a type that is not above, and transaction 7. */
GODWIT_MUST_USE godwit_status_t godwit_cp_parse(godwit_slice_t octets, godwit_cp_t *cp);

/* ---- RP ---------------------------------------------------------------------------------------------------------- */

typedef enum godwit_rp_type { /* 8.2.2: from the mobile station; the same from the network is one more */
                              GODWIT_RP_DATA = 0,
                              GODWIT_RP_ACK = 2,
                              GODWIT_RP_ERROR = 4,
                              GODWIT_RP_SMMA = 6, /* memory is available again: from the mobile station alone */
} godwit_rp_type_t;

typedef enum godwit_rp_cause { /* 8.2.5.4 */
                               GODWIT_RP_CAUSE_UNASSIGNED = 1,
                               GODWIT_RP_CAUSE_BARRED = 8,
                               GODWIT_RP_CAUSE_REJECTED = 21,
                               GODWIT_RP_CAUSE_MEMORY_FULL = 22,
                               GODWIT_RP_CAUSE_OUT_OF_ORDER = 27, /* of the destination */
                               GODWIT_RP_CAUSE_UNIDENTIFIED_SUBSCRIBER = 28,
                               GODWIT_RP_CAUSE_FACILITY_REJECTED = 29,
                               GODWIT_RP_CAUSE_UNKNOWN_SUBSCRIBER = 30,
                               GODWIT_RP_CAUSE_NETWORK_OUT_OF_ORDER = 38,
                               GODWIT_RP_CAUSE_TEMPORARY_FAILURE = 41,
                               GODWIT_RP_CAUSE_CONGESTION = 42,
                               GODWIT_RP_CAUSE_INVALID_REFERENCE = 81,
                               GODWIT_RP_CAUSE_SEMANTICALLY_INCORRECT = 95,
                               GODWIT_RP_CAUSE_INVALID_MANDATORY = 96,
                               GODWIT_RP_CAUSE_PROTOCOL_ERROR = 111,
} godwit_rp_cause_t;

#define GODWIT_RP_TPDU_MAX 232 /* octets of a RP-DATA with the longest address still fit into a CP-DATA */
typedef struct godwit_rp {
    godwit_rp_type_t type;
    bool from_network;
    uint8_t reference;
    godwit_sms_address_t service_centre; /* RP_DATA: destination up, originator down */
    uint8_t cause;                       /* RP_ERROR, 1 to 127; a diagnostic field behind it is read over */
    godwit_slice_t tpdu;                 /* RP_DATA; RP_ACK and RP_ERROR: a report, or ptr NULL */
} godwit_rp_t;

/* GODWIT_INVALID_ARGUMENT for a member out of range, an SMMA from the network, and more octets than CP carries. */
GODWIT_MUST_USE godwit_status_t godwit_rp_build(const godwit_rp_t *rp, godwit_writer_t *w);
/* GODWIT_MALFORMED also for what comes from the other side than from_network says, and a RP-DATA with an address for
 * the wrong end. */
GODWIT_MUST_USE godwit_status_t godwit_rp_parse(godwit_slice_t octets, bool from_network, godwit_rp_t *rp);

#endif
