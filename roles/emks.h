/* SPDX-License-Identifier: Apache-2.0
 *
 * The EMKS: owner of e2mKEYSETs. Fetches a vector from the HSS when a device has no outstanding one, derives e2mKEYSET,
 * and hands each HSE K_session made for it alone, under a generation that was committed before; an EESE gets K_e2e,
 * made for one EAS, under an age alike. It must never hand out e2mKEYSET, and never ask the HSS for a second vector of
 * one (IMSI, agreement) while one is outstanding.
 */
#ifndef GODWIT_ROLES_EMKS_H
#define GODWIT_ROLES_EMKS_H

#include "roles/role.h"

#define GODWIT_EMKS_PENDING_MAX 256
#define GODWIT_EMKS_HSS_MAX 4
#define GODWIT_EMKS_EESES_MAX 4
#define GODWIT_EMKS_WAITERS_MAX 4 /* requests that one vector serves when they come while it is fetched */

typedef struct godwit_emks_waiter {
    uint32_t transaction;
    uint64_t route;
    char endpoint[GODWIT_FQDN_MAX + 1];
} godwit_emks_waiter_t;

/* An Authentication-Information-Request under way; for a bootstrapping, a request to where its key is. */
typedef struct godwit_emks_pending {
    bool used;
    bool resync;
    uint32_t transaction; /* towards the HSS */
    godwit_imsi_t imsi;
    godwit_agreement_t agreement;
    uint8_t auts[14];
    bool next_session; /* somebody asked for a next vector */
    char reference[GODWIT_KEY_REFERENCE_MAX + 1];
    uint8_t waiters;
    godwit_emks_waiter_t waiter[GODWIT_EMKS_WAITERS_MAX];
} godwit_emks_pending_t;

typedef struct godwit_emks {
    const godwit_crypto_t *crypto;
    godwit_plmn_t best_plmn;
    /* bit i-1: agreements 03, 04, 05, 07 that this EMKS makes; 07 also needs the device listed or the source's word */
    uint8_t agreements;
    uint16_t amf_flag;       /* the bit of AMF that asks for Solution 1; 0: the default */
    uint32_t hss_timeout_ms; /* 0: 5000 */
    /* life of a vector that nobody confirms, so that a subscriber whose K was replaced is not locked out; 0: a day */
    uint64_t outstanding_ms;
    /* Agreement 07 is enabled device by device: asked for each request; NULL refuses all. */
    bool (*separate_umts_allowed)(void *context, const godwit_imsi_t *imsi);
    void *context;
    /* Its own names, in the requests to the HSS. K_session for an endpoint goes to the node whose Origin-Host is that
     * endpoint alone. */
    char local_host[GODWIT_NODE_NAME_MAX], local_realm[GODWIT_NODE_NAME_MAX];
    /* Solution 1 D: who may push key sets of access AKA runs (agreements 01, 02), and how long such a key set lives; 0:
     * 30 days. */
    char hss_hosts[GODWIT_EMKS_HSS_MAX][GODWIT_NODE_NAME_MAX];
    size_t hss_host_count;
    uint64_t key_set_ms;
    /* End to end: the EESEs that may ask for K_e2e, by their Origin-Host. */
    char eeses[GODWIT_EMKS_EESES_MAX][GODWIT_NODE_NAME_MAX];
    size_t eese_count;
    /* Agreement 04: this EMKS as a NAF, FQDN || Ua security protocol identifier, its key asked of the BSF over Zn;
     * length 0: it is none. */
    uint16_t naf_id_len;
    uint8_t naf_id[GODWIT_NAF_ID_MAX];
    /* Agreement 05: this EMKS as an application function of AKMA, FQDN || Ua* security protocol identifier, its key
     * asked of the AAnF. */
    uint16_t af_id_len;
    uint8_t af_id[GODWIT_AF_ID_MAX];
    uint32_t next_transaction;
    godwit_emks_pending_t pending[GODWIT_EMKS_PENDING_MAX];
} godwit_emks_t;

/* Inputs: MESSAGE (KEY_REQUEST, KEY_CONFIRM, KEY_SET_PUSH, KEY_PARK, E2E_KEY_REQUEST, AUTH_INFO_ANSWER, ZN_ANSWER,
 * AKMA_KEY_ANSWER), TIMER (expiry of pending requests), COMMIT_FAILED. */
void godwit_emks_step(godwit_emks_t *emks, const godwit_input_t *in, godwit_outbox_t *out);

#endif
