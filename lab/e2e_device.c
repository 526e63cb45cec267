/* SPDX-License-Identifier: Apache-2.0
 *
 * The owner of a device that is end to end with an EAS: its second record, and the time, which the device hears from
 * its owner alone.
 */
#include <string.h>

#include "lab/internal.h"

#define SECOND_MS 1000u
#define TICKS 40u /* in the life of a key */
#define TICK_MAX_S 86400u
#define SUITES 0x000Fu       /* of the user plane, bit i-1 */
#define SUITES_CLEAR 0x0030u /* of integrity alone */

static uint64_t tick_ms(const godwit_world_t *w)
{
    const uint32_t life_s = w->config.e2e.life_s == 0 ? TICKS * TICK_MAX_S : w->config.e2e.life_s;
    const uint32_t each_s = life_s / TICKS + 1;
    return (uint64_t)(each_s < TICK_MAX_S ? each_s : TICK_MAX_S) * SECOND_MS;
}

static void tick_later(godwit_world_t *w, unsigned device)
{
    const lab_e2e_end_t *e = &w->devices[device].e2e;
    const uint64_t next_ms = w->now_ms + tick_ms(w);
    const uint64_t at_ms = next_ms > e->asleep_until_ms ? next_ms : e->asleep_until_ms;
    (void)lab_after(w, at_ms - w->now_ms, LAB_ELAPSED, godwit_world_device_node(device));
}

void lab_e2e_make(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    if (w->config.e2e.on) {
        d->config.e2e = &d->e2e.library;
        d->config.enterprise = godwit_slice_of_string(lab_host(GODWIT_WORLD_EAS));
        d->e2e.told_ms = d->e2e.durable_ms = w->now_ms;
        lab_e2e_stop(w, device);
    }
}

void lab_e2e_stop(godwit_world_t *w, unsigned device)
{
    lab_e2e_end_t *e = &w->devices[device].e2e;
    godwit_wipe(&e->library, sizeof e->library);
    e->storing = false;
    e->library.config =
        (godwit_device_e2e_config_t){.service = w->config.e2e.service,
                                     .suites = w->config.e2e.service == GODWIT_SERVICE_INTEGRITY         ? SUITES_CLEAR
                                               : w->config.e2e.service == GODWIT_SERVICE_CONFIDENTIALITY ? SUITES
                                                                                                         : 0,
                                     .overlap_s = w->config.e2e.overlap_s};
}

godwit_status_t lab_e2e_start(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    if (!w->config.e2e.on) {
        return GODWIT_OK;
    }
    d->e2e.told_ms = w->config.e2e.no_clock ? w->now_ms : d->e2e.durable_ms;
    tick_later(w, device);
    return d->e2e.nvm_len == 0 ? GODWIT_OK
                               : godwit_device_restore_e2e(&d->device, godwit_slice(d->e2e.nvm, d->e2e.nvm_len));
}

/* ---- the record ---- */

void lab_e2e_store(godwit_world_t *w, unsigned device, godwit_slice_t record)
{
    lab_device_t *d = &w->devices[device];
    memcpy(d->e2e.nvm_next, record.ptr, record.len);
    d->e2e.nvm_next_len = record.len;
    d->storing = d->e2e.storing = true;
    (void)lab_after(w, LAB_STORE_MS, LAB_DURABLE, godwit_world_device_node(device));
}

bool lab_e2e_durable(godwit_world_t *w, unsigned device)
{
    lab_e2e_end_t *e = &w->devices[device].e2e;
    if (!e->storing) {
        return false;
    }
    memcpy(e->nvm, e->nvm_next, sizeof e->nvm);
    e->nvm_len = e->nvm_next_len;
    e->durable_ms = e->told_ms;
    e->storing = false;
    return true;
}

/* ---- the time ---- */

bool lab_e2e_sleeps(const godwit_world_t *w, unsigned device)
{
    return w->now_ms < w->devices[device].e2e.asleep_until_ms;
}

void lab_e2e_tick(godwit_world_t *w, unsigned device)
{
    const lab_e2e_end_t *e = &w->devices[device].e2e;
    if (w->config.e2e.on && !lab_e2e_sleeps(w, device) && w->now_ms - e->told_ms >= SECOND_MS) {
        lab_device_queue(w, device, LAB_ELAPSED, NULL);
    }
}

godwit_status_t lab_e2e_elapsed(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    const uint32_t seconds = (uint32_t)((w->now_ms - d->e2e.told_ms) / SECOND_MS);
    d->e2e.told_ms += (uint64_t)seconds * SECOND_MS;
    return godwit_device_elapsed(&d->device, seconds, &d->requests);
}

void lab_e2e_time(godwit_world_t *w, unsigned device)
{
    if (!w->devices[device].down) {
        tick_later(w, device);
        lab_device_give(w, device, LAB_ELAPSED, NULL, NULL);
    }
}

void godwit_world_sleep(godwit_world_t *w, unsigned device, uint64_t duration_ms)
{
    w->devices[device].e2e.asleep_until_ms = w->now_ms + duration_ms;
    godwit_world_part(w, godwit_world_device_node(device), GODWIT_WORLD_EVERYBODY, duration_ms);
}
