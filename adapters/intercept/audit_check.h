/* SPDX-License-Identifier: Apache-2.0
 *
 * The chain of the audit file, for those who write it and those who check it.
 */
#ifndef GODWIT_ADAPTERS_INTERCEPT_AUDIT_CHECK_H
#define GODWIT_ADAPTERS_INTERCEPT_AUDIT_CHECK_H

#include <stdio.h>

#include "adapters/intercept/audit.h"

#define AUDIT_LINE_MAX 1024
#define AUDIT_HEAD_MAX 128

typedef struct audit_walk {
    uint64_t lines, last_id;
    uint64_t whole; /* octets of whole lines */
    bool torn;      /* something after them */
    char hash[GODWIT_AUDIT_HASH];
    char head_hash[GODWIT_AUDIT_HASH]; /* of line number head, when it was passed */
} audit_walk_t;

/* The hash of a line up to and without ,"hash". */
GODWIT_MUST_USE godwit_status_t godwit_audit_hash(const char *text, size_t len, char hash[GODWIT_AUDIT_HASH]);
/* Walks the whole file. head: the number of a line whose hash is wanted; 0: none. */
GODWIT_MUST_USE godwit_status_t godwit_audit_walk(FILE *file, const char *path, uint64_t head, audit_walk_t *walk,
                                                  char why[GODWIT_AUDIT_WHY]);
/* Whether the walk has what the head says. text: "COUNT HASH\n". */
GODWIT_MUST_USE godwit_status_t godwit_audit_head_parse(const char *text, uint64_t *count,
                                                        char hash[GODWIT_AUDIT_HASH]);
GODWIT_MUST_USE godwit_status_t godwit_audit_head_check(const audit_walk_t *walk, uint64_t count, const char *hash,
                                                        const char *path, char why[GODWIT_AUDIT_WHY]);

#endif
