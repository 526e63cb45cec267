/* SPDX-License-Identifier: Apache-2.0
 *
 * The owner of the cards: the image is durable before the answer leaves. A device whose card lost its power is told
 * that it did not answer.
 */
#include <string.h>

#include "lab/internal.h"

/* What the image does not say: whether this card makes key sets. */
void lab_card_able(godwit_world_t *w, unsigned device)
{
    w->devices[device].card.gba_u = w->config.gba && w->config.flavour == GODWIT_GBA_U;
    w->devices[device].card.e2m = (w->config.solution == 1 && !w->config.me_derives && !w->config.usim_unaware) ||
                                  (lab_trigger_flags(&w->config) && w->config.access != GODWIT_WORLD_EPS);
}

static void give(godwit_world_t *w, unsigned device, unsigned user, const godwit_usim_result_t *result)
{
    lab_device_t *d = &w->devices[device];
    if (d->asks[user].waits) {
        d->asks[user].waits = false;
        lab_device_give(w, device, user == LAB_USER_DEVICE ? LAB_CARD : LAB_ACCESS_CARD, NULL, result);
    }
}

void lab_card_start(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    const godwit_usim_result_t silence = {.status = GODWIT_IO_FAILED};
    d->card_down = false;
    if (godwit_usim_load(&d->card, &godwit_crypto_builtin, godwit_slice(d->image, sizeof d->image)) != GODWIT_OK) {
        lab_violate(w, "a card does not start with what it stored");
    }
    lab_card_able(w, device);
    for (unsigned user = 0; user < LAB_USERS; user++) {
        give(w, device, user, &silence);
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

static bool run_usim(lab_device_t *d, const lab_ask_t *ask)
{
    godwit_status_t status = ask->gba ? godwit_usim_step_gba(&d->card, ask->rand, ask->autn, &d->card_output)
                                      : godwit_usim_step(&d->card, ask->rand, ask->autn, &d->card_output);
    return status == GODWIT_OK;
}

/* The GSM context: SRES where RES is, Kc where CK begins. */
static bool run_gsm(lab_device_t *d, const uint8_t rand[16])
{
    memset(&d->card_output, 0, sizeof d->card_output);
    d->card_output.result.res_len = 4;
    return godwit_usim_step_gsm(&d->card, rand, d->card_output.result.res, d->card_output.result.ck) == GODWIT_OK;
}

static void run(godwit_world_t *w, unsigned device, unsigned user)
{
    lab_device_t *d = &w->devices[device];
    unsigned node = godwit_world_card_node(device);
    if (!lab_step(w, node)) {
        return; /* told when it is back */
    }
    if (!(d->asks[user].gsm ? run_gsm(d, d->asks[user].rand) : run_usim(d, &d->asks[user]))) {
        lab_violate(w, "a call of the card failed");
    }
    d->card_busy = true;
    d->card_user = user;
    d->card_runs_on = d->asks[user];
    lab_watch_node(w, node);
    (void)lab_after(w, LAB_CARD_MS, LAB_CARD, node);
}

static void run_next(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    for (unsigned user = 0; user < LAB_USERS && !d->card_down && !d->card_busy; user++) {
        if (d->asks[user].waits) {
            run(w, device, user);
        }
    }
}

void lab_card_ask_gsm(godwit_world_t *w, unsigned device, const uint8_t rand[16])
{
    lab_ask_t *ask = &w->devices[device].asks[LAB_USER_DEVICE];
    *ask = (lab_ask_t){.waits = true, .gsm = true};
    memcpy(ask->rand, rand, sizeof ask->rand);
    run_next(w, device);
}

void lab_card_ask(godwit_world_t *w, unsigned device, unsigned user, const uint8_t rand[16], const uint8_t autn[16])
{
    lab_ask_t *ask = &w->devices[device].asks[user];
    ask->waits = true;
    ask->gsm = false;
    ask->gba = w->config.gba && w->config.flavour == GODWIT_GBA_U;
    memcpy(ask->rand, rand, sizeof ask->rand);
    memcpy(ask->autn, autn, sizeof ask->autn);
    run_next(w, device);
}

static void answer(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    const lab_ask_t *ask = &d->asks[d->card_user];
    godwit_usim_result_t result = d->card_output.result;
    bool is_asked = memcmp(ask->rand, d->card_runs_on.rand, 16) == 0 &&
                    memcmp(ask->autn, d->card_runs_on.autn, 16) == 0; /* else whoever asked has lost its power since */
    d->card_busy = false;
    if (result.status == GODWIT_OK && !d->card_runs_on.gsm && !d->card_runs_on.gba) {
        lab_check_taken(w, device, d->card_runs_on.rand, d->card_runs_on.autn);
        lab_credit_pair(w, GODWIT_LAB_USIM);
    }
    godwit_wipe(&d->card_output, sizeof d->card_output); /* who takes the result may ask anew at once */
    if (is_asked) {
        give(w, device, d->card_user, &result);
    }
    godwit_wipe(&result, sizeof result);
    run_next(w, device);
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
