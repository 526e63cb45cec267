/* SPDX-License-Identifier: Apache-2.0
 *
 * HTTP Digest (RFC 2617, RFC 7616 with MD5) and Digest AKA (RFC 3310): the values of WWW-Authenticate, Authorization
 * and Authentication-Info, and what is computed of them. A header is read once, within bounds, into a structure; a
 * parameter that comes twice, an escaped character or a control character refuses it whole, and none of these is ever
 * written. Algorithms "-sess" and other hashes are not here.
 */
#ifndef GODWIT_WIRE_DIGEST_AKA_H
#define GODWIT_WIRE_DIGEST_AKA_H

#include "core/wire/payload_gba.h"

#define GODWIT_DIGEST_REALM_MAX 287 /* "3GPP-bootstrapping@" and an FQDN */
#define GODWIT_DIGEST_NONCE_MAX 255
#define GODWIT_DIGEST_TEXT_MAX 127 /* username, uri, opaque, cnonce */
#define GODWIT_DIGEST_SIZE 16
#define GODWIT_AKA_SERVER_DATA_MAX 64 /* what may follow RAND and AUTN in a nonce */

typedef enum godwit_digest_algorithm {
    GODWIT_DIGEST_MD5 = 0, /* also when none is named */
    GODWIT_DIGEST_AKAV1_MD5 = 1,
} godwit_digest_algorithm_t;

#define GODWIT_QOP_NONE 0u /* as RFC 2069 had it: no qop, no nc, no cnonce */
#define GODWIT_QOP_AUTH 1u
#define GODWIT_QOP_AUTH_INT 2u

/* WWW-Authenticate. */
typedef struct godwit_digest_challenge {
    char realm[GODWIT_DIGEST_REALM_MAX + 1];
    char nonce[GODWIT_DIGEST_NONCE_MAX + 1];
    char opaque[GODWIT_DIGEST_TEXT_MAX + 1]; /* "": none */
    godwit_digest_algorithm_t algorithm;
    uint8_t qops; /* any of GODWIT_QOP_*; unknown ones are left out */
    bool stale;
} godwit_digest_challenge_t;

/* Authorization. */
typedef struct godwit_digest_authorization {
    char username[GODWIT_DIGEST_TEXT_MAX + 1];
    char realm[GODWIT_DIGEST_REALM_MAX + 1];
    char nonce[GODWIT_DIGEST_NONCE_MAX + 1]; /* "" in the first request of Ub (TS 24.109 A.3) */
    char uri[GODWIT_DIGEST_TEXT_MAX + 1];
    char opaque[GODWIT_DIGEST_TEXT_MAX + 1];
    char cnonce[GODWIT_DIGEST_TEXT_MAX + 1];
    godwit_digest_algorithm_t algorithm;
    uint8_t qop; /* one of GODWIT_QOP_* */
    uint32_t nc;
    bool has_response; /* false: response="" */
    uint8_t response[GODWIT_DIGEST_SIZE];
    bool has_auts; /* RFC 3310 3.4 */
    uint8_t auts[14];
} godwit_digest_authorization_t;

/* Authentication-Info. */
typedef struct godwit_digest_info {
    char nextnonce[GODWIT_DIGEST_NONCE_MAX + 1]; /* "": none */
    char cnonce[GODWIT_DIGEST_TEXT_MAX + 1];
    uint8_t qop;
    uint32_t nc;
    bool has_rspauth;
    uint8_t rspauth[GODWIT_DIGEST_SIZE];
} godwit_digest_info_t;

/* text is the header's value, of at most GODWIT_HTTP_FIELD_MAX - 1 octets. GODWIT_MALFORMED, and the structure is zero,
 * for what cannot be read; GODWIT_UNSUPPORTED_SUITE for another algorithm or qop. Unknown parameters are passed
 * over. */
GODWIT_MUST_USE godwit_status_t godwit_digest_challenge_parse(godwit_slice_t text, godwit_digest_challenge_t *out);
GODWIT_MUST_USE godwit_status_t godwit_digest_authorization_parse(godwit_slice_t text,
                                                                  godwit_digest_authorization_t *out);
GODWIT_MUST_USE godwit_status_t godwit_digest_info_parse(godwit_slice_t text, godwit_digest_info_t *out);

/* Text with a terminator. GODWIT_INVALID_ARGUMENT when a member holds what may not stand in quotes, GODWIT_NO_SPACE;
 * text is "" then. */
GODWIT_MUST_USE godwit_status_t godwit_digest_challenge_build(const godwit_digest_challenge_t *challenge,
                                                              char text[GODWIT_HTTP_FIELD_MAX]);
GODWIT_MUST_USE godwit_status_t godwit_digest_authorization_build(const godwit_digest_authorization_t *authorization,
                                                                  char text[GODWIT_HTTP_FIELD_MAX]);
GODWIT_MUST_USE godwit_status_t godwit_digest_info_build(const godwit_digest_info_t *info,
                                                         char text[GODWIT_HTTP_FIELD_MAX]);

/* request-digest of what the authorization names (RFC 2617 3.2.2). password: any octets; RES as it is for Digest AKA,
 * empty where AUTS is sent (RFC 3310 3.3, 3.4). body_md5: of the entity body, for auth-int. An empty method gives
 * rspauth (3.2.3), body_md5 then of the answer's body. */
void godwit_digest_compute(const godwit_digest_authorization_t *authorization, godwit_slice_t method,
                           godwit_slice_t password, const uint8_t body_md5[GODWIT_DIGEST_SIZE],
                           uint8_t digest[GODWIT_DIGEST_SIZE]);

/* The nonce of Digest AKA, RFC 3310 3.2: base64(RAND || AUTN || server data). GODWIT_NO_SPACE. */
GODWIT_MUST_USE godwit_status_t godwit_aka_nonce_build(const uint8_t rand[16], const uint8_t autn[16],
                                                       godwit_slice_t server_data,
                                                       char nonce[GODWIT_DIGEST_NONCE_MAX + 1]);
/* server_data holds GODWIT_AKA_SERVER_DATA_MAX. GODWIT_MALFORMED. */
GODWIT_MUST_USE godwit_status_t godwit_aka_nonce_parse(const char *nonce, uint8_t rand[16], uint8_t autn[16],
                                                       uint8_t *server_data, size_t *server_data_len);

#endif
