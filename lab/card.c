/* SPDX-License-Identifier: Apache-2.0
 *
 * The owner of the cards: the image is durable before the answer leaves. A device whose card lost its power is told that it did not answer.
 */
#include <string.h>

#include "lab/internal.h"

void lab_card_start(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    d->card_down = false;
    if (godwit_usim_load(&d->card, &godwit_crypto_builtin, godwit_slice(d->image, sizeof d->image)) != GODWIT_OK) {
        lab_violate(w, "a card does not start with what it stored");
    }
    if (d->device_waits) {
        const godwit_usim_result_t silence = {.status = GODWIT_IO_FAILED};
        d->device_waits = false;
        lab_device_give(w, device, LAB_CARD, NULL, &silence);
    }
}

void lab_card_stop(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    d->card_down = true;
    d->card_busy = false;
    d->card_incarnation++;
    godwit_wipe(&d->card, sizeof d->card);
    godwit_wipe(&d->card_output, sizeof d->card_output);
}

void lab_card_run(godwit_world_t *w, unsigned device, const uint8_t rand[16], const uint8_t autn[16])
{
    lab_device_t *d = &w->devices[device];
    unsigned node = godwit_world_card_node(device);
    if (d->card_down || d->card_busy || !lab_step(w, node)) {
        return; /* told when it is back */
    }
    if (godwit_usim_step(&d->card, rand, autn, &d->card_output) != GODWIT_OK) {
        lab_violate(w, "a call of the card failed");
    }
    memcpy(d->asked, rand, 16);
    memcpy(d->asked + 16, autn, 16);
    d->card_busy = true;
    lab_watch_node(w, node);
    (void)lab_after(w, LAB_CARD_MS, LAB_CARD, node);
}

static void answer(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    d->card_busy = false;
    if (d->card_output.result.status == GODWIT_OK) {
        lab_check_taken(w, device, d->asked, d->asked + 16);
    }
    if (d->device_waits) {
        d->device_waits = false;
        lab_device_give(w, device, LAB_CARD, NULL, &d->card_output.result);
    }
    godwit_wipe(&d->card_output, sizeof d->card_output);
}

void lab_card_computed(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    unsigned node = godwit_world_card_node(device);
    if (!lab_step(w, node)) {
        return;
    }
    if (d->card_output.store) {
        (void)lab_after(w, LAB_STORE_MS, LAB_DURABLE, node);
    } else {
        answer(w, device);
    }
}

void lab_card_durable(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    if (lab_step(w, godwit_world_card_node(device))) {
        memcpy(d->image, d->card_output.image, sizeof d->image);
        answer(w, device);
    }
}
