/* SPDX-License-Identifier: Apache-2.0
 *
 * GBA (TS 33.220): what device and BSF (Ub), BSF and HSS (Zh), NAF and BSF (Zn) say to each other, free of any
 * encoding. See payload.h.
 */
#ifndef GODWIT_WIRE_PAYLOAD_GBA_H
#define GODWIT_WIRE_PAYLOAD_GBA_H

#include "godwit/aka.h"
#include "godwit/bytes.h"

#define GODWIT_B_TID_MAX 127 /* base64(RAND) @ BSF name */
#define GODWIT_IMPI_MAX 127
#define GODWIT_NAF_ID_MAX (GODWIT_FQDN_MAX + 5) /* FQDN || Ua security protocol identifier */
#define GODWIT_HTTP_FIELD_MAX 1024              /* one header's value */
#define GODWIT_UB_BODY_MAX 512

typedef enum godwit_gba_type { GODWIT_GBA_3G = 0, GODWIT_GBA_2G = 1 } godwit_gba_type_t; /* GBA-Type, TS 29.109 */

/* One HTTP request on Ub (TS 24.109): what of it matters. Time limits and TLS are the door's. */
typedef struct godwit_ub_request {
    bool tls; /* it came inside server-authenticated TLS: 2G GBA is refused otherwise */
    /* who asks, as far as the door can tell: one number for an IPv4 address or IPv6 /64; 0: it cannot */
    uint64_t sender;
    char method[8];
    char uri[128];
    uint16_t authorization_len; /* 0: no Authorization */
    char authorization[GODWIT_HTTP_FIELD_MAX];
    uint8_t body_hash_md5[16]; /* of the entity body, for qop auth-int */
} godwit_ub_request_t;

typedef struct godwit_ub_answer {
    uint16_t code;                                /* 200, 400, 401, 403, 503 */
    char www_authenticate[GODWIT_HTTP_FIELD_MAX]; /* "": none */
    char authentication_info[GODWIT_HTTP_FIELD_MAX];
    uint64_t expires_ms; /* 200: life time of the bootstrapped key */
    uint16_t body_len;
    char body[GODWIT_UB_BODY_MAX]; /* application/vnd.3gpp.bsf+xml */
} godwit_ub_answer_t;

/* BSF to HSS: Multimedia-Auth-Request of Zh (TS 29.109). */
typedef struct godwit_zh_request {
    char impi[GODWIT_IMPI_MAX + 1];
    bool resync;
    uint8_t rand[16], auts[14];
} godwit_zh_request_t;

typedef struct godwit_zh_answer {
    godwit_status_t status;
    godwit_gba_type_t type; /* 2G: a triplet, for a subscriber with a SIM */
    uint8_t rand[16], autn[16];
    uint8_t xres_len, xres[GODWIT_RES_MAX]; /* 2G: SRES, 4 octets */
    uint8_t ck[16], ik[16];
    uint8_t kc[8];   /* 2G */
    bool uicc_gba;   /* GUSS: the card does GBA_U, and the home wants it */
    uint32_t life_s; /* GUSS: key life time; 0: the BSF's own */
} godwit_zh_answer_t;

/* NAF to BSF: Bootstrapping-Info-Request of Zn (TS 29.109). */
typedef struct godwit_zn_request {
    char b_tid[GODWIT_B_TID_MAX + 1];
    uint16_t naf_id_len;
    uint8_t naf_id[GODWIT_NAF_ID_MAX];
    bool gba_u_aware;
} godwit_zn_request_t;

typedef struct godwit_zn_answer {
    /* OK; UNKNOWN_KEY (5403, B-TID unknown or expired); NOT_ENTITLED (5402: that NAF_Id is not this NAF's); ... */
    godwit_status_t status;
    char impi[GODWIT_IMPI_MAX + 1];
    uint8_t me_key[32]; /* Ks_NAF, or Ks_ext_NAF */
    bool has_uicc_key;
    uint8_t uicc_key[32]; /* Ks_int_NAF */
    uint64_t expires_ms, created_ms;
    godwit_gba_type_t type;
} godwit_zn_answer_t;

#endif
