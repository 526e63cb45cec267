/* SPDX-License-Identifier: Apache-2.0
 *
 * The HSS with its AuC: answers Authentication-Information-Request (TS 29.272 5.2.3) with vectors of the subscriber it fetches.
 * It holds no subscriber in memory: every answer follows a commit of SQN (profile "counter"), or costs none (profile "time").
 * It must never let an AUTS lower SQN unless its MAC-S is right against a RAND that is outstanding for that requester, and never give a
 * KASME to a node whose realm the Visited-PLMN-Id does not belong to.
 */
#ifndef GODWIT_ROLES_HSS_H
#define GODWIT_ROLES_HSS_H

#include "roles/role.h"

#define GODWIT_HSS_NODES_MAX 32
#define GODWIT_HSS_NETWORKS_MAX 64
#define GODWIT_HSS_RECENT_MAX 1024 /* 4 ways each: RANDs of profile "time" whose AUTS may still come */
#define GODWIT_HSS_SLOTS 4096      /* 0.1 s a tick: some 40,000 vectors a second sustained (docs/sqn.md) */

/* A node with an IND of its own, so that its vectors and those of others never push each other out of the USIM's array. */
typedef struct godwit_hss_node {
    char host[GODWIT_NODE_NAME_MAX];
    uint8_t ind; /* 0 to 31, within the subscriber's ind_bits */
    bool home;   /* may have KASME for the BEST PLMN */
} godwit_hss_node_t;

/* Which PLMNs a realm may name as Visited-PLMN-Id. Realms of the form epc.mncNNN.mccNNN.3gppnetwork.org need no entry. */
typedef struct godwit_hss_network {
    char realm[GODWIT_NODE_NAME_MAX];
    godwit_plmn_t plmn;
} godwit_hss_network_t;

/* Profile "time" writes nothing for a vector, so the RAND that an AUTS may answer is remembered here for a while. A lost entry (a restart,
 * four other subscribers since) costs the device one more round: its next AUTS is against a RAND that is remembered. */
typedef struct godwit_hss_recent {
    uint64_t subscriber; /* from SHA-256 of the IMSI; 0: free */
    uint64_t at_ms;
    uint8_t requester[8];
    uint8_t rand[16];
} godwit_hss_recent_t;

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
} godwit_hss_t;

/* Inputs: MESSAGE (AUTH_INFO_REQUEST, which is always answered), COMMIT_FAILED. */
void godwit_hss_step(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out);

#endif
