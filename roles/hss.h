/* SPDX-License-Identifier: Apache-2.0
 *
 * The HSS with its AuC: answers Authentication-Information-Request (TS 29.272 5.2.3) with vectors of the subscriber it
 * fetches.
 * It holds no subscriber in memory: every answer follows a commit of SQN (profile "counter"), or costs none (profile
 * "time").
 * It must never let an AUTS lower SQN unless its MAC-S is right against a RAND that is outstanding for that requester,
 * and never give a KASME to a node whose realm the Visited-PLMN-Id does not belong to.
 */
#ifndef GODWIT_ROLES_HSS_H
#define GODWIT_ROLES_HSS_H

#include "roles/role.h"

#define GODWIT_HSS_NODES_MAX 32
#define GODWIT_HSS_MKEFS_MAX 8
#define GODWIT_HSS_NETWORKS_MAX 64
#define GODWIT_HSS_RECENT_MAX 1024 /* 4 ways each: RANDs of profile "time" whose AUTS may still come */
#define GODWIT_HSS_SLOTS 4096      /* 0.1 s a tick: some 40,000 vectors a second sustained (docs/sqn.md) */

/* A node with an IND of its own, so that its vectors and those of others never push each other out of the USIM's
 * array. */
typedef struct godwit_hss_node {
    char host[GODWIT_NODE_NAME_MAX];
    uint8_t ind; /* 0 to 31, within the subscriber's ind_bits */
    bool home;   /* may have KASME for the BEST PLMN */
} godwit_hss_node_t;

/* Which PLMNs a realm may name as Visited-PLMN-Id. Realms of the form epc.mncNNN.mccNNN.3gppnetwork.org need no
 * entry. */
typedef struct godwit_hss_network {
    char realm[GODWIT_NODE_NAME_MAX];
    godwit_plmn_t plmn;
} godwit_hss_network_t;

/* Profile "time" writes nothing for a vector, so the RAND that an AUTS may answer is remembered here for a while. A
 * lost entry (a restart, four other subscribers since) costs the device one more round: its next AUTS is against a RAND
 * that is remembered. */
typedef struct godwit_hss_recent {
    uint64_t subscriber; /* from SHA-256 of the IMSI; 0: free */
    uint64_t at_ms;
    uint8_t requester[8];
    uint8_t rand[16];
} godwit_hss_recent_t;

/* ---- Solution 1: what a flagged vector leaves behind (contributions 003 and 004) ---- */

#define GODWIT_HSS_RETAINED_MAX 4096 /* 8 ways each: 34 flagged vectors a second at the default retention */
#define GODWIT_HSS_GATEWAYS_MAX 8

typedef enum godwit_e2m_delivery {
    GODWIT_E2M_DELIVERY_NONE = 0, /* a HSS without the extension: no vector is flagged */
    GODWIT_E2M_DELIVERY_A,        /* pushed to the HSE at AKA */
    GODWIT_E2M_DELIVERY_B,        /* pushed to the HSE when the gateway says that the device has activated */
    GODWIT_E2M_DELIVERY_C,        /* pulled by the HSE */
    GODWIT_E2M_DELIVERY_D,        /* the key set goes to the EMKS, which owns it from there on */
} godwit_e2m_delivery_t;

typedef struct godwit_hss_e2m {
    godwit_e2m_delivery_t delivery;
    char endpoint[GODWIT_FQDN_MAX + 1]; /* A, B, C: the HSE, its Origin-Host; no other node gets a key */
    uint16_t amf_flag;                  /* 0: GODWIT_AMF_E2M_DEFAULT */
    uint32_t retention_ms;              /* 0: 120000 */
    uint32_t push_life_ms;              /* A, B: how long the HSE keeps a key that is not used; 0: as retention_ms */
    uint32_t push_retry_ms;             /* 0: 1000; four attempts */
    char gateways[GODWIT_HSS_GATEWAYS_MAX][GODWIT_NODE_NAME_MAX]; /* B: who may say that a device has activated */
    size_t gateway_count;
} godwit_hss_e2m_t;

/* The key set of the last flagged vector of a subscriber, one for each IMSI: in memory only, and wiped when its time is
 * over. CK and IK themselves are not kept, for e2mKEYSET is all that is made of them here. A restart forgets key set
 * and generation together, so that no generation of a key set is ever given twice. */
typedef struct godwit_hss_retained {
    bool used;
    bool expired;   /* the key is gone; what is left tells an expired selector from an unknown one */
    bool activated; /* B */
    bool pushing;   /* A, B, D: until it is answered */
    bool answering; /* B: an ACTIVATION waits */
    uint8_t attempts;
    godwit_imsi_t imsi;
    godwit_agreement_t agreement;
    uint8_t rand[16], autn[16];
    uint8_t e2m_keyset[32]; /* secret */
    uint64_t key_set;
    uint64_t expires_ms;
    uint32_t generation;             /* last handed out */
    uint32_t age;                    /* last handed out, to whichever EAS */
    godwit_parked_t parked;          /* set false: how far the one that was handed out again had come */
    uint32_t transaction;            /* of the push */
    uint32_t activation_transaction; /* B: the request that waits */
    uint64_t activation_route;
} godwit_hss_retained_t;

/* ---- device triggering: what associations of MTC-IWF and device stand on (contribution 002, docs/triggers.md) ---- */

#define GODWIT_HSS_IWFS_MAX 8

/* An MTC-IWF of this home, by its Origin-Host: nobody else gets a key. */
typedef struct godwit_hss_iwf {
    char host[GODWIT_NODE_NAME_MAX], realm[GODWIT_NODE_NAME_MAX];
    /* it may have the root itself (key-from iwf): of a flagged vector that is CK||IK, and every key made of them */
    bool has_roots;
} godwit_hss_iwf_t;

typedef struct godwit_hss_triggers {
    godwit_hss_iwf_t iwfs[GODWIT_HSS_IWFS_MAX]; /* the first is the one that serving nodes are told of */
    size_t iwf_count;
    /* Of which vectors the root is kept for subscribers with feature "trigger": NONE, FLAGGED (those of capable devices
     * are flagged then, whatever e2m.delivery is) or KASME. Vectors are given one at a time unless it is NONE. */
    godwit_iwf_root_t root;
    /* Of the run that goes on, between its rounds. */
    godwit_iwf_root_record_t held; /* secret */
    godwit_trigger_subscription_record_t subscription;
    godwit_location_record_t location;
} godwit_hss_triggers_t;

#define GODWIT_HSS_BSFS_MAX 8
#define GODWIT_HSS_AUSFS_MAX 8
#define GODWIT_HSS_EESES_MAX 4

typedef struct godwit_hss {
    const godwit_crypto_t *crypto;
    godwit_plmn_t best_plmn; /* given to home nodes only */
    godwit_hss_node_t nodes[GODWIT_HSS_NODES_MAX];
    size_t node_count;
    godwit_hss_network_t networks[GODWIT_HSS_NETWORKS_MAX];
    size_t network_count;
    uint8_t vectors_per_request; /* at most this many, default 1 */
    uint64_t ticks_per_second;   /* profile "time": resolution of SEQ, default 10 */
    uint64_t skew_ticks;         /* profile "time": by how much the clocks of several nodes may differ, default 10 */
    /* Profile "time": this node's clock, read from the store at the first request, and the last tick of each slot. */
    bool clock_known;
    godwit_sqn_clock_t clock;
    uint64_t last_tick[GODWIT_HSS_SLOTS];
    godwit_hss_recent_t recent[GODWIT_HSS_RECENT_MAX];
    /* GBA: the BSFs that are given vectors over Zh, and the life of a bootstrapped key that subscribers' settings name;
     * 0: the BSF's own. */
    char bsfs[GODWIT_HSS_BSFS_MAX][GODWIT_NODE_NAME_MAX];
    size_t bsf_count;
    uint32_t gba_life_s;
    /* AKMA: the AUSFs that are given 5G home environment vectors. */
    char ausfs[GODWIT_HSS_AUSFS_MAX][GODWIT_NODE_NAME_MAX];
    size_t ausf_count;
    char aaas[GODWIT_HSS_AUSFS_MAX][GODWIT_NODE_NAME_MAX]; /* 3GPP AAA servers: vectors of EAP-AKA' */
    size_t aaa_count;
    /* End to end: the EESEs that may ask for K_e2e of the key sets that this HSS owns. */
    char eeses[GODWIT_HSS_EESES_MAX][GODWIT_NODE_NAME_MAX];
    size_t eese_count;
    /* Solution 1. */
    godwit_hss_e2m_t e2m;
    godwit_hss_triggers_t triggers;
    /* Device RAND: who may ask what the SIM makes of a RAND1, and whether also of a plain RAND (profile ts33868: an
     * oracle). */
    char mkefs[GODWIT_HSS_MKEFS_MAX][GODWIT_NODE_NAME_MAX];
    size_t mkef_count;
    bool plain_rand;
    uint32_t policy_version; /* of the home, said in answers; 0: none */
    char local_host[GODWIT_NODE_NAME_MAX], local_realm[GODWIT_NODE_NAME_MAX]; /* its own names, in pushes */
    uint32_t pushes;                                                          /* transactions of pushes */
    uint64_t last_key_set;
    godwit_hss_retained_t retained[GODWIT_HSS_RETAINED_MAX];
} godwit_hss_t;

/* Inputs: MESSAGE (AUTH_INFO_REQUEST, KEY_REQUEST, KEY_CONFIRM, KEY_PARK, ACTIVATION, ZH_REQUEST, HE_VECTOR_REQUEST,
 * LOCATION_UPDATE, E2E_KEY_REQUEST and SUBSCRIBER_INFO_REQUEST, which are always answered, an ACTIVATION when the HSE
 * has the key; answers to its pushes), TIMER, COMMIT_FAILED. */
void godwit_hss_step(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out);

#endif
