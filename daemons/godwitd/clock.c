/* SPDX-License-Identifier: Apache-2.0
 *
 * The two clocks: of the world for records and readings, of the machine for timers.
 */
#include <time.h>

#include "daemons/godwitd/daemon.h"

static uint64_t read_ms(clockid_t clock_id)
{
    struct timespec now;
    (void)clock_gettime(clock_id, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

uint64_t daemon_now_ms(void)
{
    return read_ms(CLOCK_REALTIME);
}

uint64_t daemon_monotonic_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}
