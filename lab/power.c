/* SPDX-License-Identifier: Apache-2.0
 *
 * The power of the nodes: it goes at any step, and comes back after a while.
 */
#include "lab/internal.h"

unsigned lab_incarnation(const godwit_world_t *w, unsigned node)
{
    if (lab_is_function(node)) {
        return w->functions[node].incarnation;
    }
    const lab_device_t *d = &w->devices[lab_device_of(node)];
    return lab_is_card(node) ? d->card_incarnation : d->incarnation;
}

static bool is_down(const godwit_world_t *w, unsigned node)
{
    if (lab_is_function(node)) {
        return w->functions[node].down || !w->functions[node].present;
    }
    const lab_device_t *d = &w->devices[lab_device_of(node)];
    return lab_is_card(node) ? d->card_down : d->down;
}

void godwit_world_power_loss(godwit_world_t *w, unsigned node)
{
    if (is_down(w, node)) {
        return;
    }
    if (lab_is_function(node)) {
        lab_function_stop(w, node);
    } else if (lab_is_card(node)) {
        lab_card_stop(w, lab_device_of(node));
    } else {
        lab_device_stop(w, lab_device_of(node));
    }
    (void)lab_after(w, LAB_DOWN_MS, LAB_POWER_BACK, node);
}

void lab_power_back(godwit_world_t *w, unsigned node)
{
    if (lab_is_function(node)) {
        lab_function_start(w, node);
    } else if (lab_is_card(node)) {
        lab_card_start(w, lab_device_of(node));
    } else {
        lab_device_start(w, lab_device_of(node));
    }
}

bool lab_step(godwit_world_t *w, unsigned node)
{
    if (++w->steps != w->cut_at) {
        return true;
    }
    w->cut_node = (int)node;
    godwit_world_power_loss(w, node);
    return false;
}
