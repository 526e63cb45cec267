/* SPDX-License-Identifier: Apache-2.0
 *
 * What the doors of a NAF say to it: HTTP requests on Ua (TS 24.109 5), and who wants the key of a B-TID: PSK-TLS,
 * DTLS, the operator. See payload.h.
 */
#ifndef GODWIT_WIRE_PAYLOAD_NAF_H
#define GODWIT_WIRE_PAYLOAD_NAF_H

#include "core/wire/payload_gba.h"

#define GODWIT_UA_BODY_MAX 256
#define GODWIT_UA_PROTOCOL_OCTETS 5

/* One HTTP request on Ua: what of it matters. Time limits and TLS are the door's. */
typedef struct godwit_ua_request {
    char host[GODWIT_FQDN_MAX + 1]; /* of the header Host, lower case, without port: the FQDN of NAF_Id */
    char method[8];
    char uri[128];
    char authorization[GODWIT_HTTP_FIELD_MAX]; /* "": none */
    uint8_t body_hash_md5[16];                 /* of the entity body, for qop auth-int */
} godwit_ua_request_t;

typedef struct godwit_ua_answer {
    uint16_t code;                                /* 200, 400, 401, 403, 503 */
    char www_authenticate[GODWIT_HTTP_FIELD_MAX]; /* 401 */
    char authentication_info[GODWIT_HTTP_FIELD_MAX];
    char impi[GODWIT_IMPI_MAX + 1]; /* 200: whose request it was */
    char b_tid[GODWIT_B_TID_MAX + 1];
    uint16_t body_len;
    char body[GODWIT_UA_BODY_MAX];
} godwit_ua_answer_t;

typedef struct godwit_naf_key_request {
    char b_tid[GODWIT_B_TID_MAX + 1];
    char fqdn[GODWIT_FQDN_MAX + 1]; /* of NAF_Id: one of the NAF's own */
    uint8_t ua_protocol[GODWIT_UA_PROTOCOL_OCTETS];
} godwit_naf_key_request_t;

typedef struct godwit_naf_key_answer {
    /* OK; UNKNOWN_KEY: the B-TID is unknown or its time over; NOT_ENTITLED: not our FQDN, or the BSF says so; OVERLOAD;
     * PEER_INTERNAL */
    godwit_status_t status;
    char impi[GODWIT_IMPI_MAX + 1];
    uint8_t ks_naf[32];
    uint64_t expires_ms;
} godwit_naf_key_answer_t;

#endif
