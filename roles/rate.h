/* SPDX-License-Identifier: Apache-2.0
 *
 * Rates in bounded memory: so many a minute of each of whom there may be more than there are places. See rate.c.
 */
#ifndef GODWIT_ROLES_RATE_H
#define GODWIT_ROLES_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct godwit_rate_bucket {
    uint64_t whose; /* 0: free */
    uint64_t at_ms;
    uint32_t tokens;
} godwit_rate_bucket_t;

/* Takes one of so many in a minute; false: there is none left. count: a multiple of four. */
bool godwit_rate_spend(godwit_rate_bucket_t *buckets, size_t count, uint64_t whose, uint32_t per_minute,
                       uint64_t now_ms);
/* Whether there is one, without taking it. */
bool godwit_rate_has(godwit_rate_bucket_t *buckets, size_t count, uint64_t whose, uint32_t per_minute, uint64_t now_ms);
/* Never 0. */
uint64_t godwit_rate_whose(const uint8_t *octets, size_t len);

/* Where one more of asker's goes in a table of few places: a free one (whose 0); or, when all are taken, one of whoever
 * has most, which that one loses. count: there is none, for the asker has as much as anybody. */
size_t godwit_rate_share(const uint64_t *whose, size_t count, uint64_t asker);

#endif
