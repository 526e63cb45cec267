/* SPDX-License-Identifier: Apache-2.0
 *
 * The durable queue of copies: a folder with one file for each, named by its number. Oldest first; bounded.
 */
#ifndef GODWIT_ADAPTERS_INTERCEPT_SPOOL_H
#define GODWIT_ADAPTERS_INTERCEPT_SPOOL_H

#include "godwit/bytes.h"

#define SPOOL_PATH 1024
#define SPOOL_WHY 512
#define SPOOL_BODY_MAX 4096

typedef struct spool {
    char folder[SPOOL_PATH];
    int fd; /* of the folder, locked: one process at a time */
    uint32_t most, count;
    uint64_t first, last; /* first: no file has a lower number; last: the highest there was */
} spool_t;

/* GODWIT_NOT_ENTITLED: others may look into the folder; GODWIT_AGAIN: another process has it. */
GODWIT_MUST_USE godwit_status_t godwit_spool_open(const char *folder, uint32_t most, spool_t *spool,
                                                  char why[SPOOL_WHY]);
/* Durable on GODWIT_OK. GODWIT_NO_SPACE: as many wait as may. id must be above every other. */
GODWIT_MUST_USE godwit_status_t godwit_spool_put(spool_t *spool, uint64_t id, const char *body, size_t len);
/* The oldest. GODWIT_NOT_FOUND: none waits. */
GODWIT_MUST_USE godwit_status_t godwit_spool_oldest(spool_t *spool, uint64_t *id, char body[SPOOL_BODY_MAX],
                                                    size_t *len);
GODWIT_MUST_USE godwit_status_t godwit_spool_remove(spool_t *spool, uint64_t id);
void godwit_spool_close(spool_t *spool);

#endif
