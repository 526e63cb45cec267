/* SPDX-License-Identifier: Apache-2.0
 *
 * Key Management Service of IMS media security (TS 33.328): asks the NAF for the Ks_NAF of a caller's B-TID and answers
 * his MIKEY-TICKET message with it (core/agree/ims_media/ticket.h). Requests wait in memory, which is the owner's own.
 * It must take nobody for another than the IMPI that the BSF names for his B-TID, and must keep no key beyond the
 * answer.
 */
#ifndef GODWIT_ROLES_KMS_H
#define GODWIT_ROLES_KMS_H

#include "core/agree/ims_media/ticket.h"
#include "roles/role.h"

#define GODWIT_KMS_PENDING_MAX 64
#define GODWIT_KMS_PER_CALLER_MAX 4

typedef struct godwit_kms_pending {
    bool used;
    uint64_t since_ms;
    uint32_t transaction; /* towards the NAF */
    godwit_function_t caller;
    uint32_t caller_transaction;
    uint64_t caller_route;
    godwit_kms_request_t request;
} godwit_kms_pending_t;

/* The owner zeroes it and sets what stands before next_transaction. */
typedef struct godwit_kms_role {
    godwit_kms_t service;           /* with its ticket key */
    char fqdn[GODWIT_FQDN_MAX + 1]; /* in NAF_Id: one of the NAF's own */
    char local_host[GODWIT_NODE_NAME_MAX], local_realm[GODWIT_NODE_NAME_MAX];
    uint32_t wait_ms; /* for the NAF; 0: 10000 */
    uint32_t next_transaction;
    bool sweeping; /* the timer runs */
    godwit_kms_pending_t pending[GODWIT_KMS_PENDING_MAX];
} godwit_kms_role_t;

/* Inputs: MESSAGE (KMS_REQUEST, which is always answered; NAF_KEY_ANSWER), TIMER. Events: ticket, refused, given_up. */
void godwit_kms_step(godwit_kms_role_t *kms, const godwit_input_t *in, godwit_outbox_t *out);

#endif
