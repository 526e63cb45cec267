/* SPDX-License-Identifier: Apache-2.0
 *
 * CoAP (RFC 7252), as much as a server needs that takes readings: a request is read, and answered at once. No
 * block-wise transfer, no observation, no separate responses; a critical option that is not known is told as 4.02.
 */
#ifndef GODWIT_WIRE_COAP_H
#define GODWIT_WIRE_COAP_H

#include "godwit/bytes.h"

typedef enum godwit_coap_type {
    GODWIT_COAP_CONFIRMABLE = 0,
    GODWIT_COAP_NON_CONFIRMABLE = 1,
    GODWIT_COAP_ACKNOWLEDGEMENT = 2,
    GODWIT_COAP_RESET = 3,
} godwit_coap_type_t;

/* Codes, class << 5 | detail. */
#define GODWIT_COAP_EMPTY 0x00u
#define GODWIT_COAP_GET 0x01u
#define GODWIT_COAP_POST 0x02u
#define GODWIT_COAP_PUT 0x03u
#define GODWIT_COAP_CHANGED 0x44u
#define GODWIT_COAP_CONTENT 0x45u
#define GODWIT_COAP_BAD_OPTION 0x82u
#define GODWIT_COAP_METHOD_NOT_ALLOWED 0x85u

typedef struct godwit_coap {
    uint8_t type, code;
    uint16_t message_id;
    uint8_t token_len, token[8];
    bool unknown_critical; /* read: there was such an option */
    godwit_slice_t payload;
} godwit_coap_t;

/* GODWIT_MALFORMED. The payload points into octets. */
GODWIT_MUST_USE godwit_status_t godwit_coap_parse(godwit_slice_t octets, godwit_coap_t *message);
/* Without options. GODWIT_INVALID_ARGUMENT, GODWIT_NO_SPACE. */
GODWIT_MUST_USE godwit_status_t godwit_coap_build(const godwit_coap_t *message, godwit_writer_t *w);
/* What answers that message; code and payload are the caller's. False: nothing does (it is an answer itself). An empty
 * confirmable one ("ping") is reset. */
bool godwit_coap_answer(const godwit_coap_t *to, uint8_t code, godwit_slice_t payload, godwit_coap_t *answer);

#endif
