/* SPDX-License-Identifier: Apache-2.0
 *
 * The AAnF of AKMA (TS 33.535 6.1 to 6.4): keeps the anchor key of each subscriber's last primary authentication, and
 * makes K_AF for the application functions that may have it. It keeps nothing in memory. It must never give K_AKMA out,
 * nor K_AF for an AF_ID that is not the caller's.
 */
#ifndef GODWIT_ROLES_AANF_H
#define GODWIT_ROLES_AANF_H

#include "roles/role.h"

#define GODWIT_AANF_AUSFS_MAX 8
#define GODWIT_AANF_AFS_MAX 64

/* Which FQDN a caller may put into AF_ID: its own names, one entry for each. */
typedef struct godwit_aanf_af {
    char host[GODWIT_NODE_NAME_MAX]; /* as its certificate names it */
    char fqdn[GODWIT_FQDN_MAX + 1];  /* canonical */
} godwit_aanf_af_t;

typedef struct godwit_aanf {
    const godwit_crypto_t *crypto;
    godwit_plmn_t home;
    char ausfs[GODWIT_AANF_AUSFS_MAX][GODWIT_NODE_NAME_MAX]; /* who may register anchor keys */
    size_t ausf_count;
    godwit_aanf_af_t afs[GODWIT_AANF_AFS_MAX];
    size_t af_count;
    uint32_t k_af_life_s; /* 0: a day */
} godwit_aanf_t;

/* Inputs: MESSAGE (AKMA_REGISTER, AKMA_KEY_REQUEST), which are always answered. Events: registered, removed, key_given,
 * refused. */
void godwit_aanf_step(const godwit_aanf_t *aanf, const godwit_input_t *in, godwit_outbox_t *out);

#endif
