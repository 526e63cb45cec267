/* SPDX-License-Identifier: Apache-2.0
 *
 * Random scenarios, one for each seed: everything that is drawn in it, is drawn from that seed, so that the same seed
 * is the same run.
 */
#ifndef GODWIT_LAB_SOAK_H
#define GODWIT_LAB_SOAK_H

#include "lab/procedure.h"

#define GODWIT_LAB_WHAT_MAX 128

typedef struct godwit_lab_outcome {
    uint64_t events;                /* inputs that nodes took and requests that they carried out */
    char what[GODWIT_LAB_WHAT_MAX]; /* the violation; empty: none */
} godwit_lab_outcome_t;

/* One scenario. out is for whoever looks at it: NULL, or the acts and what came of them are printed there. */
void godwit_lab_scenario(uint64_t seed, FILE *out, godwit_lab_outcome_t *outcome);

typedef struct godwit_lab_soak {
    uint64_t seeds, events, violations; /* each process ends with a violation, or when one before its seeds is known */
    uint64_t seed;                      /* of the first violation */
    char what[GODWIT_LAB_WHAT_MAX];
} godwit_lab_soak_t;

/* Seeds first to first + count - 1, in as many processes as there are processors. False when these could not be had.
 * With a violation, every seed before it was run and has none: it is the first, on however many processors. */
bool godwit_lab_soak(uint64_t first, uint64_t count, godwit_lab_soak_t *soak);

#endif
