/* SPDX-License-Identifier: Apache-2.0
 *
 * An SQLite VFS whose disk loses power: it stands before the system's own, counts writes, truncations and syncs, and
 * from the chosen one on everything fails. power_restore then leaves in each file what a disk would still have.
 */
#ifndef GODWIT_TESTS_POWER_VFS_H
#define GODWIT_TESTS_POWER_VFS_H

#include <stdbool.h>

#define POWER_VFS "power"

typedef enum power_loss {
    POWER_DROPS_UNSYNCED, /* nothing that was written since the last sync of its file is there */
    POWER_KEEPS_UNSYNCED, /* all of it is: only the process died */
    POWER_TEARS_UNSYNCED, /* some sectors of it are, by chance */
    POWER_LOSSES
} power_loss_t;

void power_register(void);
/* Begins counting; operation number die_at (from 1) is the first that fails. 0: none does. */
void power_begin(unsigned die_at);
/* Begins counting; operation number fail_at alone fails, and power stays. */
void power_fail_once(unsigned fail_at);
unsigned power_operations(void); /* counted so far */
bool power_is_gone(void);
/* After power_restore: a new life on the same disk, which has power again; nothing more is counted against it. */
void power_go_on(void);
/* After everything is closed: puts the files as the loss left them. */
void power_restore(power_loss_t loss, unsigned seed);

#endif
