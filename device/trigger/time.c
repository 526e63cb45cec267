/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's triggers: time without a clock (docs/trigger-wire.md, section 6). What protected messages told, and what
 * went by since; a clock of the device's own counts where it is ahead, and is not remembered, since it may jump.
 */
#include "device/trigger/internal.h"

#define YEARS 8u /* of silence that are counted */

/* A year at most, so that 32 bits divide it: a Cortex-M0+ has no divider. */
static void pass_by(godwit_trigger_t *t, uint64_t up_ms)
{
    const uint64_t eighths = up_ms >> 3;
    const uint32_t seconds = (eighths < UINT32_MAX ? (uint32_t)eighths : UINT32_MAX) / 125u;
    const uint32_t room = UINT32_MAX - t->time_s;
    t->base_up_ms += (uint64_t)seconds * 1000;
    if (t->time_s != 0) { /* else nobody has told it */
        t->time_s += seconds < room ? seconds : room;
    }
}

void godwit_trigger_tick(godwit_trigger_t *t, godwit_trigger_now_t now)
{
    if (!t->has_base || now.up_ms < t->base_up_ms) { /* switched on again */
        t->has_base = true;
        t->base_up_ms = now.up_ms;
    }
    for (unsigned i = 0; i < YEARS && now.up_ms - t->base_up_ms >= 1000; i++) {
        pass_by(t, now.up_ms - t->base_up_ms);
    }
}

void godwit_trigger_told(godwit_trigger_t *t, uint32_t time_s, godwit_trigger_now_t now)
{
    if (time_s > t->time_s) {
        t->time_s = time_s;
        t->base_up_ms = now.up_ms;
    }
}

bool godwit_trigger_is_expired(const godwit_trigger_t *t, const godwit_a3_trigger_t *trigger, godwit_trigger_now_t now)
{
    const uint32_t time_s = now.unix_s > t->time_s ? now.unix_s : t->time_s;
    return trigger->validity_s != 0 && (uint64_t)trigger->time_s + trigger->validity_s < time_s;
}
