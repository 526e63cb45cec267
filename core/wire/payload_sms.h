/* SPDX-License-Identifier: Apache-2.0
 *
 * Short messages between serving node (MSC, MME, SGSN) and SMS-SC: MO-Forward-Short-Message and
 * MT-Forward-Short-Message of SGd (TS 29.338), free of any encoding. See payload.h.
 */
#ifndef GODWIT_WIRE_PAYLOAD_SMS_H
#define GODWIT_WIRE_PAYLOAD_SMS_H

#include "godwit/bytes.h"

#define GODWIT_TPDU_MAX 164 /* octets of a SMS TPDU: header and 140 of user data (TS 23.040 9.2.2) */
#define GODWIT_E164_MAX 20  /* digits */
#define GODWIT_SMS_NODE_MAX 128

typedef struct godwit_short_message {
    godwit_imsi_t imsi;
    char sc_address[GODWIT_E164_MAX + 1]; /* of the service centre, digits */
    uint8_t tpdu_len;
    uint8_t tpdu[GODWIT_TPDU_MAX]; /* SMS-SUBMIT up, SMS-DELIVER down */
    /* Down: the serving node that it goes to, by its names. Not on the wire but as the destination. */
    char node_host[GODWIT_SMS_NODE_MAX], node_realm[GODWIT_SMS_NODE_MAX];
} godwit_short_message_t;

#endif
