/* SPDX-License-Identifier: Apache-2.0
 *
 * What network functions say to each other, as typed messages marked with their reference point. Inside one process they are handed
 * over as they are; between processes an adapter puts them on the wire (core/wire has the one encoder of each protocol).
 * Requests and answers are paired by `transaction`, chosen by the requester; adapters keep the pairing over the wire.
 */
#ifndef GODWIT_ROLES_MESSAGE_H
#define GODWIT_ROLES_MESSAGE_H

#include "godwit/aka.h"
#include "godwit/keys.h"

#define GODWIT_NODE_NAME_MAX 128

typedef enum godwit_function {
    GODWIT_FUNCTION_NONE = 0,
    GODWIT_FUNCTION_HSE,
    GODWIT_FUNCTION_EMKS,
    GODWIT_FUNCTION_HSS,
} godwit_function_t;

typedef enum godwit_message_kind {
    GODWIT_AUTH_INFO_REQUEST = 1, /* S6a AIR (TS 29.272 5.2.3), GSUP SendAuthInfo */
    GODWIT_AUTH_INFO_ANSWER,
    GODWIT_KEY_REQUEST, /* HSE to EMKS, our own application "Ek" (docs/diameter.md) */
    GODWIT_KEY_ANSWER,
    GODWIT_KEY_CONFIRM, /* HSE to EMKS: a datagram verified under that generation; no vector is outstanding any more */
    GODWIT_KEY_CONFIRM_ANSWER,
} godwit_message_kind_t;

typedef enum godwit_vector_kind { GODWIT_VECTOR_EUTRAN = 1, GODWIT_VECTOR_UTRAN = 2 } godwit_vector_kind_t;

typedef struct godwit_auth_info_request {
    godwit_imsi_t imsi;
    godwit_plmn_t visited_plmn;
    godwit_vector_kind_t kind;
    uint8_t vectors; /* wanted, 1 to 5 */
    bool resync;     /* rand and auts are set */
    uint8_t rand[16], auts[14];
} godwit_auth_info_request_t;

/* One vector as a serving node gets it: KASME for E-UTRAN; CK, IK for UTRAN. */
typedef struct godwit_auth_info_vector {
    uint8_t rand[16], autn[16];
    uint8_t xres[GODWIT_RES_MAX];
    uint8_t xres_len;
    uint8_t kasme[32];      /* E-UTRAN */
    uint8_t ck[16], ik[16]; /* UTRAN */
} godwit_auth_info_vector_t;

#define GODWIT_VECTORS_MAX 5

typedef struct godwit_auth_info_answer {
    godwit_status_t
        status; /* OK; UNKNOWN_SUBSCRIBER (5001); NOT_ENTITLED (5004); AUTH_MAC_FAILURE (AUTS refused, 4181); POLICY_FORBIDS; PEER_INTERNAL */
    godwit_vector_kind_t kind;
    uint8_t vectors;
    godwit_auth_info_vector_t vector[GODWIT_VECTORS_MAX];
} godwit_auth_info_answer_t;

typedef enum godwit_key_purpose {
    GODWIT_KEY_FOR_SESSION = 1,     /* a Session Request came: RAND, AUTN and a generation */
    GODWIT_KEY_NEXT_GENERATION = 2, /* Manage Keys or an announced key: the next generation of the confirmed key set */
} godwit_key_purpose_t;

typedef struct godwit_key_request {
    godwit_key_purpose_t purpose;
    uint64_t key_set; /* NEXT_GENERATION: of this key set and no other; 0 for FOR_SESSION */
    godwit_imsi_t imsi;
    uint8_t agreements;                 /* bit i-1 = agreement i: what device and HSE both have */
    char endpoint[GODWIT_FQDN_MAX + 1]; /* of the HSE that asks: K_session is made for it alone */
    godwit_plmn_t serving_network;      /* as the device said */
    bool resync;
    uint8_t auts[14]; /* against the outstanding RAND */
    bool has_rand;
    uint8_t rand
        [16]; /* the RAND that the HSE sent to the device with the AUTS'ed Start, when it knows it; EMKS compares with the outstanding one */
} godwit_key_request_t;

typedef struct godwit_key_answer {
    godwit_status_t status;
    godwit_agreement_t agreement;
    uint64_t key_set; /* number of the key set among those of this IMSI and agreement (vector_number) */
    uint32_t generation;
    uint8_t rand[16], autn[16]; /* zero for NEXT_GENERATION */
    uint8_t k_session[32];
} godwit_key_answer_t;

typedef struct godwit_key_confirm {
    godwit_imsi_t imsi;
    godwit_agreement_t agreement;
    uint64_t key_set; /* as the KEY_ANSWER said: a late confirmation must not confirm another vector */
    uint32_t generation;
    char endpoint[GODWIT_FQDN_MAX + 1];
} godwit_key_confirm_t;

typedef struct godwit_message {
    godwit_message_kind_t kind;
    godwit_function_t from, to;
    uint32_t transaction;
    /* Who sent it, as the transport authenticated it: Diameter Origin-Host and Origin-Realm; in one process the configured names. */
    char origin_host[GODWIT_NODE_NAME_MAX], origin_realm[GODWIT_NODE_NAME_MAX];
    /* Which adapter instance and connection an answer goes back to; opaque to roles, copied from request to answer. A request that a role
     * makes has 0 here and the role's own name in origin_host; an answer has no origin: the owner's names are meant. */
    uint64_t route;
    union {
        godwit_auth_info_request_t auth_info_request;
        godwit_auth_info_answer_t auth_info_answer;
        godwit_key_request_t key_request;
        godwit_key_answer_t key_answer;
        godwit_key_confirm_t key_confirm;
        godwit_status_t key_confirm_answer;
    } u;
} godwit_message_t;

#endif
