/* SPDX-License-Identifier: Apache-2.0
 *
 * The BSF of GBA (TS 33.220, TS 24.109): challenges devices over Ub with vectors of the HSS, keeps what a bootstrapping
 * run gave, and derives the keys of NAFs that are entitled to them. Ks never leaves it. One vector is outstanding for a
 * subscriber, so that nobody who merely knows an IMPI burns its SQN; a wrong answer takes nothing from the right one;
 * what costs the HSS work is bounded for each sender.
 */
#ifndef GODWIT_ROLES_GBA_BSF_H
#define GODWIT_ROLES_GBA_BSF_H

#include "core/wire/digest_aka.h"
#include "roles/role.h"

#define GODWIT_BSF_CHALLENGES_MAX 1024
#define GODWIT_BSF_ASKS_MAX 256
#define GODWIT_BSF_SENDERS_MAX 1024 /* 4 ways each */
#define GODWIT_BSF_WAITERS_MAX 4    /* requests that one vector serves when they come while it is fetched */
#define GODWIT_BSF_NAFS_MAX 32
#define GODWIT_BSF_NAF_NAMES_MAX 4

/* A NAF as Zn's transport authenticates it, and the FQDNs that its NAF_Ids may begin with. */
typedef struct godwit_bsf_naf {
    char host[GODWIT_NODE_NAME_MAX]; /* Origin-Host */
    size_t name_count;
    char names[GODWIT_BSF_NAF_NAMES_MAX][GODWIT_FQDN_MAX + 1];
} godwit_bsf_naf_t;

typedef struct godwit_gba_bsf_config {
    const godwit_crypto_t *crypto;
    char name[GODWIT_FQDN_MAX + 1]; /* realm of its challenges, and the name in its B-TIDs */
    godwit_plmn_t home;             /* whose IMPIs it serves */
    bool two_g;                     /* 2G GBA for subscribers with a SIM (Annex I); inside TLS only, whatever else */
    uint32_t life_s;                /* of Ks, where the HSS names none: 0: a day. The HSS may only shorten it */
    uint32_t naf_life_s;            /* of NAF keys, never beyond that of Ks; 0: as long */
    uint32_t challenge_s;           /* how long a vector is outstanding; 0: 300 */
    uint32_t hss_timeout_ms;        /* 0: 5000 */
    uint32_t sender_per_minute;     /* vectors and resynchronisations for one sender; 0: 60 */
    godwit_bsf_naf_t nafs[GODWIT_BSF_NAFS_MAX];
    size_t naf_count;
    /* Its own names, in the requests to the HSS. */
    char local_host[GODWIT_NODE_NAME_MAX], local_realm[GODWIT_NODE_NAME_MAX];
} godwit_gba_bsf_config_t;

/* A vector that waits for its answer. Secret. */
typedef struct godwit_bsf_challenge {
    bool used;
    char impi[GODWIT_IMPI_MAX + 1];
    char nonce[GODWIT_DIGEST_NONCE_MAX + 1];
    uint64_t at_ms;
    godwit_gba_type_t type;
    bool uicc;
    uint8_t rand[16];
    uint8_t password_len, password[GODWIT_RES_MAX];
    uint8_t ks[32];
    uint32_t life_s;
    uint16_t wrong; /* answers so far */
} godwit_bsf_challenge_t;

typedef struct godwit_bsf_waiter {
    uint32_t transaction;
    uint64_t route;
    bool tls, stale;
} godwit_bsf_waiter_t;

/* A Multimedia-Auth-Request under way. */
typedef struct godwit_bsf_ask {
    bool used, resync;
    uint32_t transaction; /* towards the HSS */
    char impi[GODWIT_IMPI_MAX + 1];
    uint8_t waiters;
    godwit_bsf_waiter_t waiter[GODWIT_BSF_WAITERS_MAX];
} godwit_bsf_ask_t;

typedef struct godwit_bsf_sender {
    uint64_t sender; /* 0: free */
    uint64_t at_ms;
    uint32_t tokens;
} godwit_bsf_sender_t;

typedef struct godwit_gba_bsf {
    godwit_gba_bsf_config_t config;
    uint32_t next_transaction;
    godwit_bsf_challenge_t challenges[GODWIT_BSF_CHALLENGES_MAX];
    godwit_bsf_ask_t asks[GODWIT_BSF_ASKS_MAX];
    godwit_bsf_sender_t senders[GODWIT_BSF_SENDERS_MAX];
} godwit_gba_bsf_t;

/* GODWIT_INVALID_ARGUMENT for a configuration that cannot be. */
GODWIT_MUST_USE godwit_status_t godwit_gba_bsf_init(godwit_gba_bsf_t *bsf, const godwit_gba_bsf_config_t *config);
/* Inputs: MESSAGE (UB_REQUEST, ZH_ANSWER, ZN_REQUEST), TIMER. */
void godwit_gba_bsf_step(godwit_gba_bsf_t *bsf, const godwit_input_t *in, godwit_outbox_t *out);

#endif
