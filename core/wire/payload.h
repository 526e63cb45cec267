/* SPDX-License-Identifier: Apache-2.0
 *
 * What the messages between network functions say, free of any encoding: one struct for each request and answer. roles/message.h
 * puts them into the envelope that roles exchange; the codecs of this folder put them into octets. They stand here because codecs
 * stand below roles. An answer holds keys: whoever keeps one wipes it.
 */
#ifndef GODWIT_WIRE_PAYLOAD_H
#define GODWIT_WIRE_PAYLOAD_H

#include "godwit/aka.h"
#include "godwit/bytes.h"
#include "godwit/keys.h"

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
    /* OK; UNKNOWN_SUBSCRIBER (5001); NOT_ENTITLED (5004); AUTH_MAC_FAILURE (AUTS refused, 4181); POLICY_FORBIDS; OVERLOAD;
     * PEER_INTERNAL. The table is in s6a.h. */
    godwit_status_t status;
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
    /* The RAND that the HSE sent to the device with the AUTS'ed Start, when it knows it; EMKS compares with the outstanding one. */
    uint8_t rand[16];
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

#endif
