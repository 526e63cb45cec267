/* SPDX-License-Identifier: Apache-2.0
 *
 * Lawful interception at the home endpoint (contribution 004; SECURITY.md): copies of what is delivered, for the
 * subscribers of a list, go to a destination of their own over HTTPS with mutual TLS. Payloads only: no key ever comes
 * here. Nothing of this is told to logs, metrics or the control socket; what happened stands in the audit file alone.
 * The caller never waits: a thread of its own writes and sends.
 */
#ifndef GODWIT_ADAPTERS_INTERCEPT_INTERCEPT_H
#define GODWIT_ADAPTERS_INTERCEPT_INTERCEPT_H

#include "roles/role.h"

#define GODWIT_INTERCEPT_WHY 512
#define GODWIT_INTERCEPT_TARGETS_MAX 4096
#define GODWIT_INTERCEPT_REFERENCE_MAX 32
#define GODWIT_INTERCEPT_PAYLOAD_MAX 1232 /* of one datagram */
#define GODWIT_INTERCEPT_WAITING_MAX 1024 /* copies in memory, before they are in the queue */
#define GODWIT_INTERCEPT_QUEUE_DEFAULT 100000u

/* ---- targets ----------------------------------------------------------------------------------------------------- */

/* Sorted by IMSI, as the HSE wants it; the reference (of a warrant) of target i is reference[i], maybe empty. */
typedef struct godwit_targets {
    size_t count;
    godwit_imsi_t imsi[GODWIT_INTERCEPT_TARGETS_MAX];
    char reference[GODWIT_INTERCEPT_TARGETS_MAX][GODWIT_INTERCEPT_REFERENCE_MAX + 1];
} godwit_targets_t;

/* One target a line: IMSI, and perhaps a reference; # begins a comment. The file is its owner's, who is us or root, and
 * nobody else may read it.
 * GODWIT_NOT_ENTITLED when somebody may; GODWIT_MALFORMED; GODWIT_IO_FAILED. why names a line, never an IMSI. The
 * caller frees. */
GODWIT_MUST_USE godwit_status_t godwit_targets_load(const char *path, godwit_targets_t **targets,
                                                    char why[GODWIT_INTERCEPT_WHY]);
void godwit_targets_free(godwit_targets_t *targets); /* wiped first */

/* ---- delivery ---------------------------------------------------------------------------------------------------- */

typedef struct godwit_intercept_config {
    const char *node; /* who we are, in every copy */
    const char *url;  /* https://... */
    const char *certificate, *key, *ca;
    const char *queue;  /* a folder of mode 0700, made when it is not there; copies wait in it */
    uint32_t queue_max; /* copies; 0: GODWIT_INTERCEPT_QUEUE_DEFAULT */
    const char *audit;  /* the audit file */
    uint32_t retry_ms;  /* first wait after a failure, doubled up to a minute; 0: 1000 */
} godwit_intercept_config_t;

typedef struct godwit_intercept godwit_intercept_t;

GODWIT_MUST_USE godwit_status_t godwit_intercept_start(const godwit_intercept_config_t *config,
                                                       godwit_intercept_t **intercept, char why[GODWIT_INTERCEPT_WHY]);
/* Takes a copy. reference NULL: none. Never blocks; what finds no room is counted, and the audit file says so. */
void godwit_intercept_copy(godwit_intercept_t *intercept, const godwit_reading_t *reading, bool down,
                           const char *reference);
/* What waits in memory goes into the queue first. */
void godwit_intercept_stop(godwit_intercept_t *intercept);

#endif
