/* SPDX-License-Identifier: Apache-2.0
 *
 * The AUSF, as far as AKMA stands on it: 5G AKA (TS 33.501 6.1.3.2) for serving networks, and after a right RES* the
 * anchor key goes to the AAnF (TS 33.535 6.1). What a serving network would get besides (K_SEAF, SUPI for a SUCI) is
 * not here. A few authentications wait in memory, which is the owner's own; K_AUSF is wiped when one ends. It must
 * never register a key before RES* was right, nor let a caller confirm another's run.
 */
#ifndef GODWIT_ROLES_AUSF_H
#define GODWIT_ROLES_AUSF_H

#include "roles/role.h"

#define GODWIT_AUSF_PENDING_MAX 256
#define GODWIT_AUSF_PER_CALLER_MAX 64
#define GODWIT_AUSF_NETWORKS_MAX 32

/* Which serving network a caller speaks for. */
typedef struct godwit_ausf_network {
    char host[GODWIT_NODE_NAME_MAX]; /* as its certificate names it */
    godwit_plmn_t plmn;
} godwit_ausf_network_t;

typedef enum godwit_ausf_state {
    GODWIT_AUSF_FREE = 0,
    GODWIT_AUSF_VECTOR,      /* the UDM was asked */
    GODWIT_AUSF_CHALLENGED,  /* the serving network has the vector */
    GODWIT_AUSF_REGISTERING, /* RES* was right; the AAnF was asked */
} godwit_ausf_state_t;

typedef struct godwit_ausf_pending {
    godwit_ausf_state_t state;
    uint64_t since_ms;
    uint32_t transaction;        /* towards UDM or AAnF */
    uint32_t caller_transaction; /* of the request that waits for its answer */
    uint64_t caller_route;
    char caller[GODWIT_NODE_NAME_MAX];
    godwit_imsi_t imsi;
    uint8_t rand[16];
    uint8_t xres_star[16], k_ausf[32]; /* secret */
} godwit_ausf_pending_t;

typedef struct godwit_ausf {
    const godwit_crypto_t *crypto;
    godwit_plmn_t home;
    char routing_indicator[5]; /* of A-KIDs; "": "0" */
    char local_host[GODWIT_NODE_NAME_MAX], local_realm[GODWIT_NODE_NAME_MAX];
    godwit_ausf_network_t networks[GODWIT_AUSF_NETWORKS_MAX];
    size_t network_count;
    uint32_t wait_ms; /* for UDM, RES* or AAnF, each; 0: 10000 */
    uint32_t next_transaction;
    bool sweeping; /* the timer runs */
    godwit_ausf_pending_t pending[GODWIT_AUSF_PENDING_MAX];
} godwit_ausf_t;

/* Inputs: MESSAGE (5G_AUTH_REQUEST and 5G_CONFIRM, which are always answered; HE_VECTOR_ANSWER, AKMA_REGISTER_ANSWER),
 * TIMER. Events: challenged, authenticated, refused, given_up. */
void godwit_ausf_step(godwit_ausf_t *ausf, const godwit_input_t *in, godwit_outbox_t *out);

#endif
