/* SPDX-License-Identifier: Apache-2.0
 *
 * The clock, the median and the rows of bench.h.
 */
#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define RUNS 9
#define RUN_NS UINT64_C(20000000)

static const char *table = "";

static uint64_t read_clock(clockid_t id)
{
    struct timespec now;
    if (clock_gettime(id, &now) != 0) {
        perror("clock_gettime");
        exit(1);
    }
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

uint64_t bench_now_ns(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

uint64_t bench_cpu_now_ns(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

/* The texts of a row are the program's own and hold neither quotes nor backslashes. */
static void write_json(const char *what, const char *value, const char *unit, const char *note)
{
    const char *path = getenv("GODWIT_BENCH_JSON");
    FILE *file = path ? fopen(path, "a") : NULL;
    if (file == NULL) {
        return;
    }
    fprintf(file, "{\"table\":\"%s\",\"what\":\"%s\",\"value\":%s,\"unit\":\"%s\",\"note\":\"%s\"}\n", table, what,
            value, unit, note ? note : "");
    fclose(file);
}

void bench_table(const char *name, const char *title)
{
    table = name;
    printf("\n%s\n", title);
}

void bench_row(const char *what, double value, const char *unit, const char *note)
{
    char text[32];
    snprintf(text, sizeof text, value >= 100 || value == (double)(long)value ? "%.0f" : "%.3g", value);
    printf("  %-52s %12s %-12s %s\n", what, text, unit, note ? note : "");
    snprintf(text, sizeof text, "%.6g", value);
    write_json(what, text, unit, note);
    fflush(stdout);
}

void bench_absent(const char *what, const char *why)
{
    printf("  %-52s %12s %-12s %s\n", what, "absent", "", why);
    write_json(what, "null", "", why);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_ns_each(bench_work_t *work, void *context)
{
    double each[RUNS];
    unsigned long rounds = 1;
    uint64_t took = 0;
    for (; took < RUN_NS / 2; rounds *= 2) {
        uint64_t began = bench_cpu_now_ns();
        work(context, rounds);
        took = bench_cpu_now_ns() - began;
    }
    for (int run = 0; run < RUNS; run++) {
        uint64_t began = bench_cpu_now_ns();
        work(context, rounds);
        each[run] = (double)(bench_cpu_now_ns() - began) / (double)rounds;
    }
    qsort(each, RUNS, sizeof each[0], by_size);
    return each[RUNS / 2];
}
