/* SPDX-License-Identifier: Apache-2.0
 *
 * What must survive: the records that network roles commit and fetch. They hold keys: the store wraps every secret under its
 * key-encryption key, and no record crosses an output boundary (roles/view.h has what may be shown).
 */
#ifndef GODWIT_ROLES_RECORD_H
#define GODWIT_ROLES_RECORD_H

#include "godwit/aka.h"
#include "godwit/emsdp.h"
#include "godwit/keys.h"

typedef enum godwit_record_kind {
    GODWIT_RECORD_SUBSCRIBER = 1, /* HSS; key: imsi */
    GODWIT_RECORD_KEY_SET = 2,    /* EMKS; key: imsi, agreement */
    GODWIT_RECORD_SESSION = 3,    /* HSE; key: session_id (S > 0) */
} godwit_record_kind_t;

typedef struct godwit_record_key {
    godwit_record_kind_t kind;
    godwit_imsi_t imsi;
    uint8_t agreement;
    uint32_t session_id;
} godwit_record_key_t;

/* Features of a subscription, one bit each; names in roles/record.c for the CLI ("separate-umts", ...). */
#define GODWIT_FEATURE_SEPARATE_UMTS 0x0001u /* agreement 07 is allowed for this device */
const char *godwit_feature_name(uint32_t bit);
GODWIT_MUST_USE godwit_status_t godwit_feature_from_name(const char *name, uint32_t *bit);

/* RANDs whose AUTS may still come: one for each of the last requesters. */
#define GODWIT_OUTSTANDING_MAX 4
typedef struct godwit_outstanding_rand {
    bool used;
    uint8_t ind;
    uint8_t rand[16];
} godwit_outstanding_rand_t;

typedef struct godwit_subscriber_record {
    godwit_imsi_t imsi;
    godwit_aka_key_t key; /* secret */
    uint8_t amf[2];       /* without the separation bit, which the vector kind decides */
    uint32_t features;
    uint8_t ind_bits;
    bool sqn_by_time;
    uint64_t seq_he;     /* profile "counter": last SEQ handed out; may go back only with resynchronised set */
    int64_t dif;         /* profile "time" */
    bool resynchronised; /* this commit follows an AUTS with valid MAC-S */
    godwit_outstanding_rand_t outstanding[GODWIT_OUTSTANDING_MAX];
} godwit_subscriber_record_t;

typedef struct godwit_key_set_record {
    godwit_imsi_t imsi;
    godwit_agreement_t agreement;
    uint8_t rand[16], autn[16];
    uint8_t e2m_keyset[32]; /* secret */
    uint32_t generation;    /* last handed out; only rises for one key set */
    bool confirmed;         /* a datagram verified under it: the vector is not outstanding any more */
    uint64_t
        vector_number; /* of this (imsi, agreement), rises with each new vector: with it (vector_number, generation) only rises */
    uint64_t created_ms;
} godwit_key_set_record_t;

typedef struct godwit_session_record {
    uint32_t session_id;
    godwit_imsi_t imsi;
    godwit_agreement_t agreement;
    godwit_session_state_t state;
    godwit_emsdp_key_t current, next; /* secret; next is set between hand-out and confirmation */
    uint8_t last_key_id;
    uint32_t last_generation;
    bool has_address; /* last known address of the device, and whether a datagram has verified on it */
    uint8_t address_len;
    uint8_t address[20];
    uint32_t address_count_up, address_count_cp; /* highest COUNT seen when it was set */
    uint64_t created_ms;                         /* of the AKA run */
    uint64_t keyed_ms;                           /* of the current key */
    uint32_t datagrams;                          /* user-plane datagrams under the current key, both ways */
    uint32_t generations;                        /* since the AKA run */
    char enterprise[GODWIT_FQDN_MAX + 1];
    /* Last request that was answered, so that identical octets get the identical answer: first 8 of SHA-256, and the answer. */
    uint8_t answered[8];
    uint8_t answer_len;
    uint8_t answer[96];
} godwit_session_record_t;

typedef struct godwit_record {
    godwit_record_kind_t kind;
    union {
        godwit_subscriber_record_t subscriber;
        godwit_key_set_record_t key_set;
        godwit_session_record_t session;
    } u;
} godwit_record_t;

godwit_record_key_t godwit_record_key_of(const godwit_record_t *record);
bool godwit_record_key_equal(const godwit_record_key_t *a, const godwit_record_key_t *b);

#endif
