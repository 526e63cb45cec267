/* SPDX-License-Identifier: Apache-2.0
 *
 * RADIUS packets (RFC 2865) with EAP inside (RFC 3579), as a server that serves EAP alone sees them, and an access
 * point. Every request must bear a Message-Authenticator, and every response does, first of its attributes: without it
 * a RADIUS response can be forged.
 */
#ifndef GODWIT_ADAPTERS_RADIUS_PACKET_H
#define GODWIT_ADAPTERS_RADIUS_PACKET_H

#include "godwit/bytes.h"

#define RADIUS_PACKET_MAX 4096 /* RFC 2865 3 */
#define RADIUS_ANSWER_MAX 1024 /* of ours */
#define RADIUS_AUTHENTICATOR 16
#define RADIUS_SECRET_MAX 128
#define RADIUS_STATE_MAX 32
#define RADIUS_PROXY_STATE_MAX 256 /* octets of all of them, with their headers, which go back unchanged */
#define RADIUS_EAP_MAX 1024

typedef enum radius_code {
    RADIUS_ACCESS_REQUEST = 1,
    RADIUS_ACCESS_ACCEPT = 2,
    RADIUS_ACCESS_REJECT = 3,
    RADIUS_ACCESS_CHALLENGE = 11,
} radius_code_t;

typedef struct radius_request {
    uint8_t identifier;
    uint8_t authenticator[RADIUS_AUTHENTICATOR];
    size_t state_len, proxy_state_len, eap_len;
    uint8_t state[RADIUS_STATE_MAX];
    uint8_t proxy_state[RADIUS_PROXY_STATE_MAX];
    uint8_t eap[RADIUS_EAP_MAX];
} radius_request_t;

/* GODWIT_MALFORMED for what is no whole Access-Request, has no EAP-Message or more of anything than fits;
 * GODWIT_MAC_FAILURE where the Message-Authenticator is absent or not of that secret; GODWIT_CRYPTO_FAILED. Nothing is
 * said of a packet but by its MAC: it is checked first. */
GODWIT_MUST_USE godwit_status_t godwit_radius_request_parse(godwit_slice_t octets, godwit_slice_t secret,
                                                            radius_request_t *request);

typedef struct radius_answer {
    radius_code_t code;
    godwit_slice_t state; /* CHALLENGE */
    godwit_slice_t eap;
    const uint8_t *msk; /* ACCEPT: 64 octets, as MS-MPPE-Recv-Key and -Send-Key (RFC 2548 2.4); NULL: none */
    uint8_t salt[4];    /* of the two, random, for each answer others */
} radius_answer_t;

/* The answer to that request, in octets. GODWIT_NO_SPACE, GODWIT_CRYPTO_FAILED. */
GODWIT_MUST_USE godwit_status_t godwit_radius_answer_build(const radius_answer_t *answer,
                                                           const radius_request_t *request, godwit_slice_t secret,
                                                           godwit_writer_t *w);

/* ---- the other end: an access point ---- */

/* An Access-Request of request's identifier, authenticator, state and eap, for that user. */
GODWIT_MUST_USE godwit_status_t godwit_radius_request_build(const radius_request_t *request, godwit_slice_t user,
                                                            godwit_slice_t secret, godwit_writer_t *w);
typedef struct radius_reply {
    radius_code_t code;
    size_t state_len, eap_len;
    uint8_t state[RADIUS_STATE_MAX];
    uint8_t eap[RADIUS_EAP_MAX];
} radius_reply_t;
/* The answer to that request. GODWIT_MALFORMED; GODWIT_MAC_FAILURE: not of whom has the secret, or to another
 * request. */
GODWIT_MUST_USE godwit_status_t godwit_radius_reply_parse(godwit_slice_t octets, const radius_request_t *request,
                                                          godwit_slice_t secret, radius_reply_t *reply);

#endif
