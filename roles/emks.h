/* SPDX-License-Identifier: Apache-2.0
 *
 * The EMKS: owner of e2mKEYSETs. Fetches a vector from the HSS when a device has no outstanding one, derives e2mKEYSET, and hands each HSE
 * K_session made for it alone, under a generation that was committed before. It must never hand out e2mKEYSET, and never ask the HSS for
 * a second vector of one (IMSI, agreement) while one is outstanding.
 */
#ifndef GODWIT_ROLES_EMKS_H
#define GODWIT_ROLES_EMKS_H

#include "roles/role.h"

#define GODWIT_EMKS_PENDING_MAX 256
#define GODWIT_EMKS_WAITERS_MAX 4 /* requests that one vector serves when they come while it is fetched */

typedef struct godwit_emks_pending {
    bool used;
    uint32_t transaction; /* towards the HSS */
    uint64_t since_ms;
    godwit_imsi_t imsi;
    godwit_agreement_t agreement;
    uint8_t waiters;
    godwit_message_t waiter[GODWIT_EMKS_WAITERS_MAX]; /* the KEY_REQUESTs to be answered */
} godwit_emks_pending_t;

typedef struct godwit_emks {
    const godwit_crypto_t *crypto;
    godwit_plmn_t best_plmn;
    uint8_t
        agreements; /* bit i-1: agreements 03, 07 that this EMKS makes; 07 also needs the device listed or the source's word */
    char hss_realm[GODWIT_NODE_NAME_MAX];
    uint32_t hss_timeout_ms; /* 0: 5000 */
    /* Agreement 07 is enabled device by device: asked for each request; NULL refuses all. */
    bool (*separate_umts_allowed)(void *context, const godwit_imsi_t *imsi);
    void *context;
    /* Who may have K_session for which endpoint: the origin_host of a KEY_REQUEST must equal its endpoint, unless it comes from this process. */
    char local_host[GODWIT_NODE_NAME_MAX];
    uint32_t next_transaction;
    godwit_emks_pending_t pending[GODWIT_EMKS_PENDING_MAX];
} godwit_emks_t;

/* Inputs: MESSAGE (KEY_REQUEST, KEY_CONFIRM, AUTH_INFO_ANSWER), TIMER (expiry of pending requests), COMMIT_FAILED. */
void godwit_emks_step(godwit_emks_t *emks, const godwit_input_t *in, godwit_outbox_t *out);

#endif
