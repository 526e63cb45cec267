/* SPDX-License-Identifier: Apache-2.0
 *
 * What is said to the Key Management Service of TS 33.328: one MIKEY message under a B-TID, and one back. See
 * payload.h.
 */
#ifndef GODWIT_WIRE_PAYLOAD_KMS_H
#define GODWIT_WIRE_PAYLOAD_KMS_H

#include "core/wire/payload_gba.h"

#define GODWIT_KMS_OCTETS_MAX 1024 /* GODWIT_TICKET_MESSAGE_MAX */

typedef struct godwit_kms_request {
    char b_tid[GODWIT_B_TID_MAX + 1]; /* whose the request says it is; the MAC inside proves it */
    uint16_t len;
    uint8_t octets[GODWIT_KMS_OCTETS_MAX]; /* REQUEST_INIT_PSK or RESOLVE_INIT_PSK */
} godwit_kms_request_t;

typedef struct godwit_kms_answer {
    /* OK; as godwit_kms_answer() says; UNKNOWN_KEY: of the B-TID; OVERLOAD; PEER_INTERNAL: the NAF is silent */
    godwit_status_t status;
    uint16_t len;
    uint8_t octets[GODWIT_KMS_OCTETS_MAX];
} godwit_kms_answer_t;

#endif
