/* SPDX-License-Identifier: Apache-2.0
 *
 * The power of the nodes: it goes at any step, and comes back after a while. And who the subscribers are.
 */
#include <stdio.h>
#include <stdlib.h>

#include "lab/internal.h"

godwit_imsi_t lab_imsi(unsigned device)
{
    godwit_imsi_t imsi;
    char text[16];
    (void)snprintf(text, sizeof text, "0010100000%05u", device % 100000);
    if (godwit_imsi_from_text(text, &imsi) != GODWIT_OK) {
        abort();
    }
    return imsi;
}

godwit_aka_key_t lab_key(unsigned device)
{
    uint8_t k[16], opc[16];
    godwit_aka_key_t key;
    uint64_t seed = device;
    godwit_lab_random_fill(&seed, k, sizeof k);
    godwit_lab_random_fill(&seed, opc, sizeof opc);
    if (godwit_aka_key_init(&key, &godwit_crypto_builtin, GODWIT_ALG_MILENAGE, godwit_slice(k, sizeof k),
                            godwit_slice(opc, sizeof opc), true, NULL) != GODWIT_OK) {
        abort();
    }
    return key;
}

godwit_aka_key_t lab_subscriber_key(const godwit_world_t *w, unsigned device)
{
    godwit_aka_key_t key = lab_key(device);
    if (w->config.gba && w->config.flavour == GODWIT_GBA_SIM) {
        key.algorithm = GODWIT_ALG_GSM_MILENAGE;
    }
    return key;
}

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
