/* SPDX-License-Identifier: Apache-2.0
 *
 * The end of freeDiameter (1.2.1). Its fd_fifo_del asserts that whoever waits at a queue has left it after 20 turns of a
 * millisecond; on a loaded machine a thread needs longer, and the abort took the process and its exit status with it.
 * By then the peers have been told and nothing of ours is in its hands, so the thread that aborts is put to sleep and
 * the process goes on to its own end. Nor is it waited for without a bound: at times it waits for the answers of all that
 * was asked, or until they are overdue.
 */
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "adapters/diameter/internal.h"

#define PATIENCE_S 10

static sem_t over;
static volatile sig_atomic_t gave_up;

/* pause() and sem_post() are async-signal-safe. */
static void sleep_for_good(int number)
{
    (void)number;
    gave_up = 1;
    (void)sem_post(&over);
    for (;;) {
        (void)pause();
    }
}

/* fd_core_shutdown does it all by itself where freeDiameter was not started whole. */
static void *shut_down(void *nothing)
{
    (void)fd_core_shutdown();
    (void)fd_core_wait_shutdown_complete();
    (void)sem_post(&over);
    return nothing;
}

static bool wait_until_over(void)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += PATIENCE_S;
    int failed;
    do {
        failed = sem_clockwait(&over, CLOCK_MONOTONIC, &end);
    } while (failed != 0 && errno == EINTR); /* a signal of somebody else */
    return failed == 0;
}

bool godwit_diameter_shut_down(void)
{
    const struct sigaction sleeping = {.sa_handler = sleep_for_good};
    struct sigaction former;
    pthread_t waiter;
    if (sem_init(&over, 0, 0) != 0 || sigaction(SIGABRT, &sleeping, &former) != 0) {
        return false;
    }
    if (pthread_create(&waiter, NULL, shut_down, NULL) == 0) {
        (void)pthread_detach(waiter);
        gave_up = wait_until_over() ? gave_up : 1;
    } else {
        gave_up = 1;
    }
    if (gave_up == 0) { /* else another of its threads may give up yet */
        (void)sigaction(SIGABRT, &former, NULL);
    }
    return gave_up == 0;
}
