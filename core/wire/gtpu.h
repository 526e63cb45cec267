/* SPDX-License-Identifier: Apache-2.0
 *
 * GTP-U (TS 29.281; the same octets as the user plane of TS 29.060 on Gn): G-PDU, Echo, Error Indication, End Marker.
 * The octets of a G-PDU are nobody's business here.
 */
#ifndef GODWIT_WIRE_GTPU_H
#define GODWIT_WIRE_GTPU_H

#include "core/wire/gtp_parts.h"

typedef enum godwit_gtpu_type {
    GODWIT_GTPU_ECHO_REQUEST = 1,
    GODWIT_GTPU_ECHO_RESPONSE = 2,
    GODWIT_GTPU_ERROR_INDICATION = 26, /* error_teid and error_ipv4: no context for that TEID at that address */
    GODWIT_GTPU_END_MARKER = 254,
    GODWIT_GTPU_G_PDU = 255,
} godwit_gtpu_type_t;

typedef struct godwit_gtpu {
    uint8_t type;  /* one of above, or another, which a receiver passes over */
    uint32_t teid; /* 0 for Echo and Error Indication */
    bool has_sequence;
    uint16_t sequence;   /* Echo and Error Indication always have one */
    godwit_slice_t pdu;  /* G-PDU: the T-PDU, within the octets that were parsed */
    uint32_t error_teid; /* Error Indication */
    uint8_t error_ipv4[4];
} godwit_gtpu_t;

#define GODWIT_GTPU_HEADER_LEN 8                             /* of the G-PDUs that we send: no sequence number */
#define GODWIT_GTPU_EXTENSIONS_MAX GODWIT_GTP_EXTENSIONS_MAX /* headers of one message; more are refused */

GODWIT_MUST_USE godwit_status_t godwit_gtpu_build(const godwit_gtpu_t *message, godwit_writer_t *w);
/* GODWIT_MALFORMED; GODWIT_POLICY_FORBIDS for an extension header whose comprehension is required (5.2.1) or a message
 * of another version. Extension headers that need not be understood are passed over. Nothing is written unless the
 * outcome is GODWIT_OK. */
GODWIT_MUST_USE godwit_status_t godwit_gtpu_parse(godwit_slice_t octets, godwit_gtpu_t *message);

/* The two that roles need most. */
GODWIT_MUST_USE godwit_status_t godwit_gtpu_put_pdu(godwit_writer_t *w, uint32_t teid, godwit_slice_t pdu);

#endif
