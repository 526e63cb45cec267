/* SPDX-License-Identifier: Apache-2.0
 *
 * The process of a MTC-IWF: the daemon's owner, a real store, the role.
 */
#ifndef GODWIT_TESTS_TRIGGER_PROCESS_H
#define GODWIT_TESTS_TRIGGER_PROCESS_H

#include "daemons/godwitd/owner.h"
#include "roles/mtc_iwf.h"

typedef struct process {
    godwit_store_t *store;
    godwit_observer_t observer;
    owner_t *owner;
    godwit_mtc_iwf_t role;
} process_t;

typedef struct process_config {
    const char *path, *key_file, *vfs;
    bool associations; /* case 2, with K_iwf of the HSS; else case 1 */
    uint64_t (*now_ms)(void);
    void (*message)(void *context, godwit_function_t from, const godwit_message_t *message);
    void *context;
} process_config_t;

/* False: the store does not open. */
bool process_start(process_t *p, const process_config_t *config);
void process_end(process_t *p);
void process_feed(process_t *p, const godwit_message_t *message); /* which stays where it is until owner_finish */

#endif
