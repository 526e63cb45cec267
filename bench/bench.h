/* SPDX-License-Identifier: Apache-2.0
 *
 * What every benchmark program needs: a clock, a way to time small work that is not fooled by one bad moment, and rows
 * that come out as a table for people and, when GODWIT_BENCH_JSON names a file, as one JSON object a line for
 * tools/bench.
 */
#ifndef GODWIT_BENCH_H
#define GODWIT_BENCH_H

#include <stddef.h>
#include <stdint.h>

uint64_t bench_now_ns(void);     /* monotonic */
uint64_t bench_cpu_now_ns(void); /* CPU time of this process */

/* Starts a table. name goes into the JSON of its rows: short, stable. */
void bench_table(const char *name, const char *title);
/* One row. note may be NULL: the peer's name, the goal, the method. */
void bench_row(const char *what, double value, const char *unit, const char *note);
/* A peer that is not here is said to be absent, never left out. */
void bench_absent(const char *what, const char *why);

/* Does the work `rounds` times. */
typedef void bench_work_t(void *context, unsigned long rounds);
/* CPU nanoseconds for one round: the median of nine runs of about 20 ms. */
double bench_ns_each(bench_work_t *work, void *context);

#endif
