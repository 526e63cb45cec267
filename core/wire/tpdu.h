/* SPDX-License-Identifier: Apache-2.0
 *
 * The transfer layer of short messages (TS 23.040 9.2): SMS-SUBMIT, SMS-DELIVER, and application port addressing with
 * 16 bits in the user data header (9.2.3.24.4), by which a machine's data finds its application. Octets of the user
 * data are handed over as they are; only 8-bit data with a port is anything to Godwit. Slices point into the octets
 * that were parsed. Numbers are recalled; tshark reads them.
 */
#ifndef GODWIT_WIRE_TPDU_H
#define GODWIT_WIRE_TPDU_H

#include "core/wire/sms_relay.h"

#define GODWIT_SMS_USER_DATA_MAX 140 /* octets, 9.2.3.24 */
#define GODWIT_SMS_PORT_HEADER 7     /* octets that a port header takes of them */
#define GODWIT_SMS_PORT_DATA_MAX (GODWIT_SMS_USER_DATA_MAX - GODWIT_SMS_PORT_HEADER)
#define GODWIT_SMS_PORT                                                                                                \
    16020 /* of EMSDP: ours, out of the range that nobody assigns (9.2.3.24.4: 16000 to 16999, recalled) */
#define GODWIT_SMS_UE_KEY_PORT 16022 /* ours likewise: K_iwf for the device (ue_key.h), from its serving node alone */
#define GODWIT_SMS_DCS_8_BIT 0x04    /* TS 23.038 4: 8-bit data, no class */

typedef struct godwit_sms_user_data {
    bool header;              /* it begins with a user data header */
    uint8_t protocol, coding; /* TP-PID, TP-DCS */
    uint8_t length;           /* TP-UDL: septets where the coding is the default alphabet, else octets */
    godwit_slice_t octets;    /* with the header */
} godwit_sms_user_data_t;

typedef struct godwit_sms_submit { /* 9.2.2.2 */
    bool reject_duplicates, status_report, reply_path;
    uint8_t reference; /* TP-MR */
    godwit_sms_address_t destination;
    uint8_t validity_format; /* 0 none, 2 relative (1 octet), 1 enhanced and 3 absolute (7 octets) */
    uint8_t validity[7];
    godwit_sms_user_data_t data;
} godwit_sms_submit_t;

typedef struct godwit_sms_deliver { /* 9.2.2.1 */
    bool no_more, loop_prevention, status_report, reply_path;
    godwit_sms_address_t originator;
    uint8_t time[7]; /* TP-SCTS, 9.2.3.11 */
    godwit_sms_user_data_t data;
} godwit_sms_deliver_t;

/* GODWIT_INVALID_ARGUMENT for a member out of range, or user data of another length than their coding and TP-UDL
 * say. */
GODWIT_MUST_USE godwit_status_t godwit_sms_submit_build(const godwit_sms_submit_t *submit, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_sms_submit_parse(godwit_slice_t octets, godwit_sms_submit_t *submit);
GODWIT_MUST_USE godwit_status_t godwit_sms_deliver_build(const godwit_sms_deliver_t *deliver, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_sms_deliver_parse(godwit_slice_t octets, godwit_sms_deliver_t *deliver);

/* TP-SCTS in UTC of a time since 1970-01-01, from 2000-03-01 to 2099; earlier is that day. */
void godwit_sms_time(uint64_t now_ms, uint8_t time[7]);

/* 8-bit data behind a port header, in the caller's octets, which data then points into. GODWIT_NO_SPACE: more than
 * GODWIT_SMS_PORT_DATA_MAX octets. */
GODWIT_MUST_USE godwit_status_t godwit_sms_ports_put(uint16_t destination, uint16_t originator, godwit_slice_t payload,
                                                     uint8_t octets[GODWIT_SMS_USER_DATA_MAX],
                                                     godwit_sms_user_data_t *data);
typedef struct godwit_sms_ports {
    uint16_t destination, originator;
    godwit_slice_t payload;
} godwit_sms_ports_t;
/* GODWIT_NOT_FOUND: not 8-bit data with 16-bit ports, or a part of a longer message. GODWIT_MALFORMED: the header is
 * broken. Of a repeated element the last counts (9.2.3.24); others are read over. */
GODWIT_MUST_USE godwit_status_t godwit_sms_ports_get(const godwit_sms_user_data_t *data, godwit_sms_ports_t *ports);

#endif
