/* SPDX-License-Identifier: Apache-2.0
 *
 * What keeps keys inside the process: no core file, no other process of the same user reading its memory, no file that
 * others may read.
 */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "daemons/godwitd/daemon.h"

void daemon_harden(void)
{
    const struct rlimit none = {0, 0};
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)umask(S_IRWXG | S_IRWXO);
}
