/* SPDX-License-Identifier: Apache-2.0
 *
 * The 3GPP AAA server, as far as device triggering over WiFi needs it: EAP-AKA' full authentication (RFC 9048, TS
 * 33.402) for access networks that are listed, and of each success the root of K_iwf for the home's MTC-IWF, which is
 * told. What TS 33.402 has besides (fast re-authentication, pseudonyms, authorisation of a session, SWx registration)
 * is not here; the vector comes by Ek, where a standard AAA server asks by SWx.
 * Both tables are the owner's and in memory alone: a device that is asked for after a restart runs EAP again. It must
 * never give MSK before RES and AT_MAC were right, nor the root to anybody but the MTC-IWF over a protected way.
 */
#ifndef GODWIT_ROLES_AAA_H
#define GODWIT_ROLES_AAA_H

#include "roles/role.h"

#define GODWIT_AAA_NETWORKS_MAX 32
#define GODWIT_AAA_RUNS_MAX 4096
#define GODWIT_AAA_ROOTS_MAX 65536

typedef enum godwit_aaa_state {
    GODWIT_AAA_FREE = 0,
    GODWIT_AAA_VECTOR,     /* the HSS was asked */
    GODWIT_AAA_CHALLENGED, /* the device has it */
} godwit_aaa_state_t;

typedef struct godwit_aaa_run {
    godwit_aaa_state_t state;
    bool resynchronised; /* once in a run */
    uint64_t since_ms;
    uint32_t transaction;        /* towards the HSS */
    uint32_t caller_transaction; /* of the request that waits for its answer */
    uint64_t caller_route;
    char caller[GODWIT_NODE_NAME_MAX];
    uint8_t name[GODWIT_EAP_STATE]; /* the State of RADIUS */
    uint8_t identifier;             /* of the EAP request that is out, or the response that waits */
    godwit_imsi_t imsi;
    uint8_t identity_len, identity[GODWIT_EAP_IDENTITY_MAX];
    uint8_t rand[16];
    uint8_t xres_len, xres[GODWIT_RES_MAX]; /* secret */
    uint8_t k_aut[32], msk[64], root[32];   /* secret */
} godwit_aaa_run_t;

/* What the last success of a subscriber left for the MTC-IWF. */
typedef struct godwit_aaa_root {
    uint64_t since_ms; /* 0: free */
    godwit_imsi_t imsi;
    uint8_t name[GODWIT_IWF_ROOT_NAME];
    uint8_t root[32]; /* secret */
} godwit_aaa_root_t;

typedef struct godwit_aaa_config {
    const godwit_crypto_t *crypto;
    char local_host[GODWIT_NODE_NAME_MAX], local_realm[GODWIT_NODE_NAME_MAX];
    godwit_plmn_t home;
    char networks[GODWIT_AAA_NETWORKS_MAX][GODWIT_NODE_NAME_MAX]; /* who may bring devices; 0: whoever the door knows */
    size_t network_count;
    godwit_trigger_node_t iwf;                     /* the home's MTC-IWF; host "": there is none */
    char network_name[GODWIT_EAP_NETWORK_MAX + 1]; /* AT_KDF_INPUT; "": "WLAN" */
    uint32_t wait_ms;                              /* for the HSS, and for the device, each; 0: 20000 */
    uint32_t root_life_s;                          /* that a root can be asked for; 0: 86400 */
} godwit_aaa_config_t;

typedef struct godwit_aaa {
    godwit_aaa_config_t config;
    godwit_aaa_run_t *runs;
    size_t run_capacity;
    godwit_aaa_root_t *roots;
    size_t root_capacity;
    uint32_t next_transaction;
    bool sweeping; /* the timer runs */
} godwit_aaa_t;

/* GODWIT_INVALID_ARGUMENT: a table of size 0 or beyond its most. */
GODWIT_MUST_USE godwit_status_t godwit_aaa_init(godwit_aaa_t *aaa, const godwit_aaa_config_t *config,
                                                godwit_aaa_run_t *runs, size_t run_capacity, godwit_aaa_root_t *roots,
                                                size_t root_capacity);
/* Inputs: MESSAGE (EAP_PACKET and IWF_KEY_REQUEST, which are always answered; HE_VECTOR_ANSWER, T5_UP_ANSWER), TIMER.
 * Need: RANDOM. Events: challenged, resynchronised, authenticated, refused, given_up, key_given. */
void godwit_aaa_step(godwit_aaa_t *aaa, const godwit_input_t *in, godwit_outbox_t *out);

#endif
