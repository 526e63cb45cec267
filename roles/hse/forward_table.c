/* SPDX-License-Identifier: Apache-2.0
 *
 * Datagrams of end-to-end sessions that wait: for the EAS, or for the device. Fixed tables; nobody pushes out what came from where the device was
 * heard, and what came from elsewhere makes room for it.
 */
#include <string.h>

#include "roles/hse/internal.h"

void godwit_hse_set_forwards(godwit_hse_t *hse, godwit_hse_forward_t *forwards, size_t forward_capacity,
                             godwit_hse_forward_t *held, size_t held_capacity)
{
    memset(forwards, 0, forward_capacity * sizeof *forwards);
    memset(held, 0, held_capacity * sizeof *held);
    hse->forwards = forwards;
    hse->forward_capacity = forward_capacity;
    hse->held = held;
    hse->held_capacity = held_capacity;
}
