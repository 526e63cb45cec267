/* SPDX-License-Identifier: Apache-2.0
 *
 * Timers of roles: a heap by due time and an index by (function, number), both of one fixed size. Asking again for a
 * number that runs replaces it.
 */
#ifndef GODWITD_TIMERS_H
#define GODWITD_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct timers timers_t;

timers_t *timers_new(uint32_t capacity); /* NULL without memory */
void timers_free(timers_t *timers);
/* due_ms on a clock that never goes back. False when all are taken. */
bool timers_set(timers_t *timers, unsigned function, uint32_t number, uint64_t due_ms);
void timers_cancel(timers_t *timers, unsigned function, uint32_t number);
/* Takes the first that is due; false when none is. */
bool timers_take(timers_t *timers, uint64_t now_ms, unsigned *function, uint32_t *number);
/* Milliseconds until the first is due, at most `most`. */
uint64_t timers_wait(const timers_t *timers, uint64_t now_ms, uint64_t most);
uint32_t timers_count(const timers_t *timers);

#endif
