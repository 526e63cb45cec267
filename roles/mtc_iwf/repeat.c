/* SPDX-License-Identifier: Apache-2.0
 *
 * An IWF Security Mode Command whose Complete does not come is said again as the same octets, each time after twice as
 * long, up to a minute. A node that could not reach the device ends it, for it will tell when the device is there; T4
 * keeps what it was given: there nothing is said twice.
 */
#include <string.h>

#include "roles/mtc_iwf/keys.h"
#include "roles/rate.h"

#define REPEAT_MS 4000u
#define REPEAT_MAX_MS 60000u
#define ATTEMPTS 10u

static uint32_t wait_ms(const godwit_iwf_keys_t *keys, unsigned attempts)
{
    const uint32_t first = keys->config.repeat_ms != 0 ? keys->config.repeat_ms : REPEAT_MS;
    const uint64_t wait = (uint64_t)first << attempts;
    return wait < REPEAT_MAX_MS ? (uint32_t)wait : REPEAT_MAX_MS;
}

static godwit_iwf_repeat_t *repeat_of(godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi)
{
    for (size_t i = 0; i < GODWIT_IWF_REPEATS_MAX; i++) {
        if (keys->repeats[i].number != 0 && godwit_imsi_equal(&keys->repeats[i].imsi, imsi)) {
            return &keys->repeats[i];
        }
    }
    return NULL;
}

/* A free one, or one of whoever has most: that Command is said no more. NULL: that is the asker. */
static godwit_iwf_repeat_t *share_of(godwit_iwf_keys_t *keys, const godwit_iwf_way_t *way)
{
    uint64_t taken[GODWIT_IWF_REPEATS_MAX];
    for (size_t i = 0; i < GODWIT_IWF_REPEATS_MAX; i++) {
        taken[i] = keys->repeats[i].number != 0 ? godwit_iwf_whose(&keys->repeats[i].way) : 0;
    }
    const size_t place = godwit_rate_share(taken, GODWIT_IWF_REPEATS_MAX, godwit_iwf_whose(way));
    return place < GODWIT_IWF_REPEATS_MAX ? &keys->repeats[place] : NULL;
}

/* NULL: it is said once. Anybody may name an address: what is said again by a node stays there, and where nobody has
 * shown that he receives nothing is said again; a device that is there says its hint again. */
static godwit_iwf_repeat_t *repeat_by(godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, uint32_t number,
                                      const godwit_iwf_way_t *way)
{
    if (way->kind == GODWIT_IWF_WAY_T4 || way->kind == GODWIT_IWF_WAY_NONE || way->unproved) {
        return NULL;
    }
    godwit_iwf_repeat_t *own = repeat_of(keys, imsi);
    if (own == NULL) {
        return share_of(keys, way);
    }
    const bool stays = way->kind == GODWIT_IWF_WAY_A3 && own->number == number && own->way.kind == GODWIT_IWF_WAY_T5;
    return stays ? NULL : own;
}

void godwit_iwf_command_send(godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, uint32_t number,
                             const godwit_iwf_way_t *way, godwit_slice_t command, godwit_outbox_t *out)
{
    godwit_iwf_repeat_t *place = repeat_by(keys, imsi, number, way);
    const uint32_t transaction = place != NULL ? godwit_iwf_keys_transaction(keys) : 0;
    godwit_iwf_send_as(keys, transaction, imsi, way, command, out);
    if (place == NULL) {
        return;
    }
    *place = (godwit_iwf_repeat_t){.number = number, .transaction = transaction, .imsi = *imsi, .way = *way};
    if (place->way.kind == GODWIT_IWF_WAY_SECURING) {
        place->way.kind = GODWIT_IWF_WAY_T5; /* that answer has been given */
    }
    godwit_outbox_timer(out, GODWIT_IWF_REPEAT_TIMERS + (uint32_t)(place - keys->repeats), wait_ms(keys, 0));
}

void godwit_iwf_on_command_answer(godwit_iwf_keys_t *keys, const godwit_message_t *answer)
{
    for (size_t i = 0; i < GODWIT_IWF_REPEATS_MAX; i++) {
        godwit_iwf_repeat_t *repeat = &keys->repeats[i];
        if (repeat->number != 0 && repeat->transaction == answer->transaction && answer->u.outcome != GODWIT_OK &&
            godwit_equal_names(repeat->way.node.host, answer->origin_host)) {
            memset(repeat, 0, sizeof *repeat);
        }
    }
}

bool godwit_iwf_is_repeated(godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi)
{
    return repeat_of(keys, imsi) != NULL;
}

void godwit_iwf_repeat_end(godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi)
{
    godwit_iwf_repeat_t *own = repeat_of(keys, imsi);
    if (own != NULL) {
        memset(own, 0, sizeof *own); /* its timer finds nothing */
    }
}

static void on_repeat_timer(godwit_iwf_keys_t *keys, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_iwf_repeat_t *repeat = &keys->repeats[in->timer - GODWIT_IWF_REPEAT_TIMERS];
    const godwit_iwf_repeat_t said = *repeat;
    if (said.number == 0) {
        return;
    }
    const godwit_status_t status = godwit_iwf_hold(keys, in, &said.imsi, out);
    if (status == GODWIT_AGAIN) {
        return;
    }
    const bool waits = status == GODWIT_OK && keys->held.next.number == said.number && keys->held.command_len > 0;
    if (waits) {
        repeat->transaction = godwit_iwf_keys_transaction(keys);
        godwit_iwf_send_as(keys, repeat->transaction, &said.imsi, &said.way,
                           godwit_slice(keys->held.command, keys->held.command_len), out);
    }
    if (waits && said.attempts + 1u < ATTEMPTS) {
        repeat->attempts++;
        godwit_outbox_timer(out, in->timer, wait_ms(keys, repeat->attempts));
    } else {
        memset(repeat, 0, sizeof *repeat);
    }
    godwit_iwf_release(keys, out);
}

_Static_assert(GODWIT_IWF_REPEAT_TIMERS + GODWIT_IWF_REPEATS_MAX <= GODWIT_IWF_VISIT_TIMERS, "numbers of their own");

bool godwit_iwf_is_keys_timer(uint32_t timer)
{
    return timer >= GODWIT_IWF_REPEAT_TIMERS && timer < GODWIT_IWF_VISIT_TIMERS + GODWIT_IWF_VISITS_MAX;
}

void godwit_iwf_on_keys_timer(godwit_iwf_keys_t *keys, const godwit_input_t *in, godwit_outbox_t *out)
{
    if (in->timer >= GODWIT_IWF_VISIT_TIMERS && in->timer - GODWIT_IWF_VISIT_TIMERS < GODWIT_IWF_VISITS_MAX) {
        godwit_iwf_on_visit_timer(keys, in, out);
    } else if (in->timer >= GODWIT_IWF_REPEAT_TIMERS && in->timer - GODWIT_IWF_REPEAT_TIMERS < GODWIT_IWF_REPEATS_MAX) {
        on_repeat_timer(keys, in, out);
    }
}
