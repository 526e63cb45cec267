/* SPDX-License-Identifier: Apache-2.0
 *
 * What the messages between network functions say, free of any encoding: one struct for each request and answer.
 * roles/message.h puts them into the envelope that roles exchange; the codecs of this folder put them into octets. They
 * stand here because codecs stand below roles. An answer holds keys: whoever keeps one wipes it.
 */
#ifndef GODWIT_WIRE_PAYLOAD_H
#define GODWIT_WIRE_PAYLOAD_H

#include "godwit/aka.h"
#include "godwit/bytes.h"
#include "godwit/keys.h"

/* Names the key set of one access AKA run: in the PCO, and wherever that key set is asked for (contribution 003, steps
 * 5 to 8). RAND is what Godwit sends; SQN is taken for compatibility. "SQN" is, here and below, SQN xor AK, the first 6
 * octets of AUTN as they were sent: no ME sees another, and SQN in clear would undo what AK is for. */
typedef enum godwit_selector_kind { GODWIT_SELECTOR_RAND = 1, GODWIT_SELECTOR_SQN = 2 } godwit_selector_kind_t;
typedef struct godwit_selector {
    godwit_selector_kind_t kind;
    uint8_t octets[16]; /* RAND; of a SQN the first 6, the rest zero */
} godwit_selector_t;

/* What an endpoint that wiped a key leaves with the owner of the key set, so that the key may live again: no keys, only
 * how far they were used. */
typedef struct godwit_parked {
    bool set;
    uint8_t suite, key_id;
    uint32_t generation;
    uint32_t user_next_in, user_next_out, control_next_in, control_next_out;
    uint64_t user_seen, control_seen; /* windows, as godwit_emsdp_key_t has them */
} godwit_parked_t;

typedef enum godwit_vector_kind { GODWIT_VECTOR_EUTRAN = 1, GODWIT_VECTOR_UTRAN = 2 } godwit_vector_kind_t;

typedef struct godwit_auth_info_request {
    godwit_imsi_t imsi;
    godwit_plmn_t visited_plmn;
    godwit_vector_kind_t kind;
    uint8_t vectors; /* wanted, 1 to 5 */
    bool resync;     /* rand and auts are set */
    uint8_t rand[16], auts[14];
    /* Extra AVPs of ours, not mandatory: a standard peer sends none and ignores them. */
    bool e2m_aware;          /* the serving node recognises such devices */
    uint32_t policy_version; /* of the policy that the serving network goes by; 0: none */
    /* the vector is for the session after this one (contribution 000): never flagged for Solution 1 */
    bool next_session;
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
    /* OK; UNKNOWN_SUBSCRIBER (5001); NOT_ENTITLED (5004); AUTH_MAC_FAILURE (AUTS refused, 4181); POLICY_FORBIDS;
     * OVERLOAD; PEER_INTERNAL. The table is in s6a.h. */
    godwit_status_t status;
    godwit_vector_kind_t kind;
    uint8_t vectors;
    godwit_auth_info_vector_t vector[GODWIT_VECTORS_MAX];
    bool e2m;                /* the vector is flagged: device and home also make a key set of it */
    uint32_t policy_version; /* of the home's policy; 0: none */
    /* the subscription has the feature: the vector of the following session may be handed to the device */
    bool next_session;
} godwit_auth_info_answer_t;

typedef enum godwit_key_purpose {
    GODWIT_KEY_FOR_SESSION = 1,     /* a Session Request came: RAND, AUTN and a generation */
    GODWIT_KEY_NEXT_GENERATION = 2, /* Manage Keys or an announced key: the next generation of the confirmed key set */
    GODWIT_KEY_BY_SELECTOR = 3,     /* an access AKA run made the key set: pulled from HSS or EMKS */
    /* the next key comes from a new AKA run: RAND, AUTN and a generation (contribution 000); 4 to 8:
     * core/wire/ek_e2m.h */
    GODWIT_KEY_NEXT_VECTOR = 9,
} godwit_key_purpose_t;

typedef struct godwit_key_request {
    godwit_key_purpose_t purpose;
    /* NEXT_GENERATION: of this key set and no other; NEXT_VECTOR: the one lived under; 0 for FOR_SESSION */
    uint64_t key_set;
    godwit_imsi_t imsi;
    uint8_t agreements;                 /* bit i-1 = agreement i: what device and HSE both have */
    char endpoint[GODWIT_FQDN_MAX + 1]; /* of the HSE that asks: K_session is made for it alone */
    godwit_plmn_t serving_network;      /* as the device said */
    bool resync;
    uint8_t auts[14]; /* against the outstanding RAND */
    bool has_rand;
    /* The RAND that the HSE sent to the device with the AUTS'ed Start, when it knows it; EMKS compares with the
     * outstanding one. */
    uint8_t rand[16];
    godwit_selector_t selector; /* BY_SELECTOR */
    /* BY_SELECTOR: the owner gives a generation above this one only, new or parked. A container says what the device
     * has taken last; a pull after an idle flush says what the container of that bearer said, or 0, for there the
     * parked one is wanted. */
    uint32_t above_generation;
    char reference[GODWIT_KEY_REFERENCE_MAX + 1]; /* FOR_SESSION, agreements 04 and 05: B-TID or A-KID; "": none */
} godwit_key_request_t;

typedef struct godwit_key_answer {
    godwit_status_t status;
    godwit_agreement_t agreement;
    uint64_t key_set; /* number of the key set among those of this IMSI and agreement (vector_number) */
    uint32_t generation;
    uint8_t rand[16], autn[16]; /* zero for NEXT_GENERATION */
    uint8_t k_session[32];
    godwit_parked_t parked; /* set: this generation lives again, with these counters */
} godwit_key_answer_t;

typedef struct godwit_key_confirm {
    godwit_imsi_t imsi;
    godwit_agreement_t agreement;
    uint64_t key_set; /* as the KEY_ANSWER said: a late confirmation must not confirm another vector */
    uint32_t generation;
    char endpoint[GODWIT_FQDN_MAX + 1];
} godwit_key_confirm_t;

/* ---- Solution 1: keys of an access AKA run ----------------------------------------------------------------------- */

/* HSS to HSE, unasked (variants 1A and 1B): K_session of generation 1, made for that HSE. The answer is a status. */
typedef struct godwit_key_push {
    godwit_imsi_t imsi;
    godwit_agreement_t agreement; /* 01 or 02 */
    uint8_t rand[16];             /* the two selectors */
    uint8_t sqn[6];
    uint64_t key_set;
    uint32_t generation;
    uint32_t life_ms; /* until it is used */
    char endpoint[GODWIT_FQDN_MAX + 1];
    uint8_t k_session[32];
} godwit_key_push_t;

/* HSS to EMKS (variant 1D): the key set goes to its owner. The answer is a status. */
typedef struct godwit_key_set_push {
    godwit_imsi_t imsi;
    godwit_agreement_t agreement;
    uint8_t rand[16], autn[16];
    uint8_t sqn[6];
    /* rises with each key set of a subscriber: a push that comes late does not bring back an older one */
    uint64_t key_set;
    uint8_t e2m_keyset[32];
} godwit_key_set_push_t;

/* HSE to the owner: this key is wiped here, and parked. The answer is a status. */
typedef struct godwit_key_park {
    godwit_imsi_t imsi;
    godwit_agreement_t agreement;
    uint64_t key_set;
    char endpoint[GODWIT_FQDN_MAX + 1];
    godwit_parked_t parked;
} godwit_key_park_t;

/* Gateway to HSS (variant 1B): the device has activated a PDP context or PDN connection, so its AKA run went well. The
 * answer is a status, and comes after the HSE has the key. */
typedef struct godwit_activation {
    godwit_imsi_t imsi;
    godwit_selector_t selector;
    char endpoint[GODWIT_FQDN_MAX + 1]; /* the HSE of that APN */
} godwit_activation_t;

/* Gateway to HSE: the triplet (contribution 003, step 6), with the container it came in, whose octets the Start
 * covers. */
#define GODWIT_E2M_CONTAINER_MAX 64
#define GODWIT_E2M_START_MAX 80
typedef struct godwit_bearer {
    godwit_imsi_t imsi; /* the gateway's own authenticated one */
    godwit_selector_t selector;
    uint8_t agreements; /* bit i-1, as the container says */
    uint16_t suites;
    uint32_t above_generation;
    uint32_t teid;       /* the gateway's, of that context; N-PDUs to and from the HSE carry it */
    uint8_t gateway[16]; /* its GTP-U address */
    uint8_t gateway_len; /* 4 or 16 */
    bool modified;       /* an activation that is there is modified (step 5b) */
    bool released;       /* it is gone: nothing but imsi, teid and gateway means anything */
    godwit_plmn_t serving_network;
    uint8_t container_len;
    uint8_t container[GODWIT_E2M_CONTAINER_MAX];
} godwit_bearer_t;

typedef struct godwit_bearer_answer {
    godwit_status_t status;
    uint8_t start_len; /* EMSDP Session Start (or an unkeyed Reject) for the PCO of the answer; 0: none */
    uint8_t start[GODWIT_E2M_START_MAX];
} godwit_bearer_answer_t;

#endif
