/* SPDX-License-Identifier: Apache-2.0
 *
 * Many scenarios, in one process for each processor. What a process has found stands in memory that all share, so that
 * also one that dies is known by the seed it died of, and none goes on behind the first violation.
 */
#include "lab/soak.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS_MAX 64

typedef struct worker {
    pid_t pid;
    uint64_t seeds, events, seed; /* seed: the one at work, or of the violation */
    bool finished;
    char what[GODWIT_LAB_WHAT_MAX];
} worker_t;

typedef struct shared {
    _Atomic uint64_t end; /* what comes from here on is not run: the count, or the place of a violation */
    worker_t worker[WORKERS_MAX];
} shared_t;

static void end_at(shared_t *shared, uint64_t i)
{
    uint64_t end = shared->end;
    while (i < end && !atomic_compare_exchange_weak(&shared->end, &end, i)) {
    }
}

static void work(shared_t *shared, uint64_t first, unsigned index, unsigned workers)
{
    worker_t *me = &shared->worker[index];
    for (uint64_t i = index; i < shared->end; i += workers) {
        godwit_lab_outcome_t outcome;
        me->seed = first + i;
        godwit_lab_scenario(me->seed, NULL, &outcome);
        me->seeds++;
        me->events += outcome.events;
        memcpy(me->what, outcome.what, sizeof me->what);
        if (me->what[0] != '\0') {
            end_at(shared, i);
            break;
        }
    }
    me->finished = true;
}

static unsigned processors(uint64_t count)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    n = n < 1 ? 1 : n > WORKERS_MAX ? WORKERS_MAX : n;
    return (uint64_t)n > count ? (unsigned)count : (unsigned)n;
}

static void collect(worker_t *w, int status, godwit_lab_soak_t *soak)
{
    if (w->what[0] == '\0' && (!w->finished || !WIFEXITED(status))) {
        (void)snprintf(w->what, sizeof w->what, "the process died of signal %d",
                       WIFSIGNALED(status) ? WTERMSIG(status) : 0);
        w->seeds++;
    }
    soak->seeds += w->seeds;
    soak->events += w->events;
    if (w->what[0] != '\0' && (soak->violations++ == 0 || w->seed < soak->seed)) {
        soak->seed = w->seed;
        memcpy(soak->what, w->what, sizeof soak->what);
    }
}

bool godwit_lab_soak(uint64_t first, uint64_t count, godwit_lab_soak_t *soak)
{
    unsigned workers = processors(count);
    memset(soak, 0, sizeof *soak);
    shared_t *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        return false;
    }
    shared->end = count;
    bool ok = true;
    for (unsigned i = 0; i < workers; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            work(shared, first, i, workers);
            _exit(0);
        }
        shared->worker[i].pid = pid; /* the parent's to write: the memory is shared */
        ok = ok && pid > 0;
    }
    for (unsigned i = 0; i < workers; i++) {
        int status = 0;
        if (shared->worker[i].pid > 0) {
            (void)waitpid(shared->worker[i].pid, &status, 0);
            collect(&shared->worker[i], status, soak);
        }
    }
    (void)munmap(shared, sizeof *shared);
    return ok;
}
