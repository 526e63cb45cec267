/* SPDX-License-Identifier: Apache-2.0
 *
 * The bearers of Solution 1: one context for each tunnel that a gateway named. The address of the tunnel, the gateway's host with its TEID,
 * is what the session is called by.
 */
#include <string.h>

#include "roles/hse/internal.h"

void godwit_hse_set_bearers(godwit_hse_t *hse, godwit_hse_bearer_t *bearers, size_t bearer_capacity,
                            godwit_hse_push_t *pushes, size_t push_capacity)
{
    if (bearer_capacity > 0) {
        memset(bearers, 0, bearer_capacity * sizeof *bearers);
    }
    if (push_capacity > 0) {
        memset(pushes, 0, push_capacity * sizeof *pushes);
    }
    hse->bearers = bearers;
    hse->bearer_capacity = bearer_capacity;
    hse->pushes = pushes;
    hse->push_capacity = push_capacity;
}
