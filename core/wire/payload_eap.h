/* SPDX-License-Identifier: Apache-2.0
 *
 * EAP between the access network of a device and the 3GPP AAA server (TS 33.402; RADIUS of RFC 3579 on the wire), free
 * of any encoding. See payload.h.
 */
#ifndef GODWIT_WIRE_PAYLOAD_EAP_H
#define GODWIT_WIRE_PAYLOAD_EAP_H

#include "core/wire/eap_aka.h"

#define GODWIT_EAP_STATE 8

/* The sender is the access network's node, as its shared secret proves it. */
typedef struct godwit_eap_request {
    bool has_state; /* of the answer before this one: which conversation goes on */
    uint8_t state[GODWIT_EAP_STATE];
    uint16_t packet_len;
    uint8_t packet[GODWIT_EAP_MAX];
} godwit_eap_request_t;

typedef enum godwit_eap_verdict {
    GODWIT_EAP_GOES_ON = 1,
    GODWIT_EAP_ACCEPTED,
    GODWIT_EAP_REJECTED,
} godwit_eap_verdict_t;

typedef struct godwit_eap_answer {
    godwit_eap_verdict_t verdict;
    uint8_t state[GODWIT_EAP_STATE]; /* GOES_ON */
    uint16_t packet_len;
    uint8_t packet[GODWIT_EAP_MAX];
    uint8_t msk[64]; /* secret; ACCEPTED: for the access network */
} godwit_eap_answer_t;

#endif
