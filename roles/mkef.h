/* SPDX-License-Identifier: Apache-2.0
 *
 * The MKEF (contribution 001; docs/mkef.md): gives an MTC server K_MTC of a device whose first datagram it forwards, if
 * that server is entitled for that device and the datagram's MAC is right. Counter and chain of a device at a server
 * move only then, and are durable before the key leaves.
 * Failures are charged to the caller, never to the subscriber: nobody can lock a device out by speaking in its name.
 */
#ifndef GODWIT_ROLES_MKEF_H
#define GODWIT_ROLES_MKEF_H

#include "roles/role.h"

#define GODWIT_MKEF_PENDING_MAX 256
#define GODWIT_MKEF_CALLERS_MAX 256 /* one that has been silent for ten minutes makes room */

/* What a caller has used of a rate: sinks with time. */
typedef struct godwit_mkef_bucket {
    uint32_t used;
    uint64_t at_ms;
} godwit_mkef_bucket_t;

typedef struct godwit_mkef_caller {
    bool used;
    uint8_t name_key[16];
    uint64_t seen_ms;
    unsigned outstanding;
    godwit_mkef_bucket_t requests, failures;
} godwit_mkef_caller_t;

/* A request that waits for the HLR. */
typedef struct godwit_mkef_pending {
    bool used;
    uint32_t transaction; /* towards the HLR */
    uint32_t asked;       /* of the request */
    uint64_t route;
    godwit_function_t from;
    size_t caller;
    godwit_imsi_t imsi;
    char server_id[GODWIT_FQDN_MAX + 1];
    uint8_t server_key[16];   /* name key of server_id */
    uint8_t request_hash[16]; /* of caller and datagram */
    godwit_mtc_first_t first;
    godwit_mtc_key_request_t request;
} godwit_mkef_pending_t;

typedef struct godwit_mkef {
    const godwit_crypto_t *crypto;
    godwit_mtc_profile_t ts33868; /* GODWIT_MTC_GODWIT1: off */
    /* Of one caller: in all, and refused, in a minute; waiting for the HLR at a time. 0: 6000, 600, 64. */
    uint32_t requests_per_minute, failures_per_minute, outstanding_per_caller;
    uint32_t hss_timeout_ms; /* 0: 5000 */
    char local_host[GODWIT_NODE_NAME_MAX], local_realm[GODWIT_NODE_NAME_MAX];
    uint32_t next_transaction;
    godwit_mkef_caller_t callers[GODWIT_MKEF_CALLERS_MAX];
    godwit_mkef_pending_t pending[GODWIT_MKEF_PENDING_MAX];
    /* Between the rounds of one input. */
    char server_id[GODWIT_FQDN_MAX + 1];
    uint8_t temporary_of[16]; /* the server that gave the temporary identity */
} godwit_mkef_t;

/* Inputs: MESSAGE (MTC_KEY_REQUEST, which is always answered; DEVICE_RAND_ANSWER), TIMER. */
void godwit_mkef_step(godwit_mkef_t *mkef, const godwit_input_t *in, godwit_outbox_t *out);

#endif
