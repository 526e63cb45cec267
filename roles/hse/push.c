/* SPDX-License-Identifier: Apache-2.0
 *
 * KEY_PUSH: the HSS gives a key before anybody asks (variants A and B). It waits in memory, for its life and no longer.
 * Of one IMSI and agreement there is one, the newest; it serves once, and the same push come again after that is not a
 * new one, however late: what was used is remembered, without its key, as long as there is room.
 */
#include <string.h>

#include "roles/hse/internal.h"

#define LIFE_MS UINT64_C(120000)        /* where the push does not say */
#define LIFE_MOST_MS UINT64_C(86400000) /* whatever it says */

static uint64_t life_of(const godwit_key_push_t *push)
{
    uint64_t life_ms = push->life_ms != 0 ? push->life_ms : LIFE_MS;
    return life_ms < LIFE_MOST_MS ? life_ms : LIFE_MOST_MS;
}

/* Not where the clock was set back so far that it would live more than twice as long. */
static bool is_alive(const godwit_hse_push_t *p, uint64_t now_ms)
{
    return p->used && now_ms < p->until_ms && p->until_ms - now_ms <= 2 * life_of(&p->push);
}

static bool names(const godwit_key_push_t *push, const godwit_selector_t *selector)
{
    return selector->kind == GODWIT_SELECTOR_RAND ? memcmp(push->rand, selector->octets, sizeof push->rand) == 0
                                                  : memcmp(push->sqn, selector->octets, sizeof push->sqn) == 0;
}

godwit_hse_push_t *godwit_hse_push_for(godwit_hse_t *hse, const godwit_imsi_t *imsi, const godwit_selector_t *selector,
                                       uint8_t agreements, uint32_t above_generation, uint64_t now_ms)
{
    for (size_t i = 0; i < hse->push_capacity; i++) {
        godwit_hse_push_t *p = &hse->pushes[i];
        if (is_alive(p, now_ms) && !p->spent && godwit_imsi_equal(&p->push.imsi, imsi) &&
            (agreements >> (p->push.agreement - 1) & 1u) != 0 && names(&p->push, selector) &&
            p->push.generation > above_generation) {
            return p;
        }
    }
    return NULL;
}

static godwit_status_t judge(const godwit_hse_t *hse, const godwit_message_t *message, const char **detail)
{
    const godwit_key_push_t *push = &message->u.key_push;
    if (hse->push_capacity == 0 || hse->config.push_from[0] == '\0' ||
        strcmp(hse->config.push_from, message->origin_host) != 0) {
        *detail = "KEY_PUSH from a node that may not push";
        return GODWIT_NOT_ENTITLED;
    }
    if (strcmp(push->endpoint, hse->config.endpoint) != 0) {
        *detail = "a key that was made for another endpoint";
        return GODWIT_NOT_ENTITLED;
    }
    if (!godwit_agreement_is_access((uint8_t)push->agreement) ||
        (hse->config.agreements >> (push->agreement - 1) & 1u) == 0) {
        *detail = "a key of an agreement that this HSE does not have";
        return GODWIT_POLICY_FORBIDS;
    }
    *detail = "a key without IMSI or generation";
    return push->generation != 0 && push->imsi.len > 0 ? GODWIT_OK : GODWIT_MALFORMED;
}

/* Of two places the one that costs less: a free one, else the memory of what was used longest ago. */
static godwit_hse_push_t *cheaper(godwit_hse_push_t *best, godwit_hse_push_t *p)
{
    if (best == NULL || (best->used && (!p->used || p->until_ms < best->until_ms))) {
        return p;
    }
    return best;
}

/* The entry of that IMSI and agreement, else one that holds no key; NULL when there is none. */
static godwit_hse_push_t *place_for(godwit_hse_t *hse, const godwit_key_push_t *push, uint64_t now_ms)
{
    godwit_hse_push_t *place = NULL;
    for (size_t i = 0; i < hse->push_capacity; i++) {
        godwit_hse_push_t *p = &hse->pushes[i];
        if (p->used && p->push.agreement == push->agreement && godwit_imsi_equal(&p->push.imsi, &push->imsi)) {
            return p;
        }
        if (!is_alive(p, now_ms)) {
            place = cheaper(place, p);
        }
    }
    return place;
}

static godwit_status_t keep(godwit_hse_t *hse, const godwit_key_push_t *push, uint64_t now_ms, const char **detail)
{
    godwit_hse_push_t *p = place_for(hse, push, now_ms);
    if (p == NULL) {
        *detail = "the table of pushed keys is full";
        return GODWIT_OVERLOAD;
    }
    bool same = p->used && p->push.agreement == push->agreement && godwit_imsi_equal(&p->push.imsi, &push->imsi);
    if (same && p->push.key_set == push->key_set && p->push.generation >= push->generation) {
        return GODWIT_OK; /* it came before */
    }
    if (same && p->push.key_set > push->key_set) {
        *detail = "a later key set of this IMSI was pushed already";
        return GODWIT_REPLAY;
    }
    godwit_wipe(p, sizeof *p);
    p->used = true;
    p->until_ms = now_ms + life_of(push);
    p->push = *push;
    return GODWIT_OK;
}

void godwit_hse_on_push(godwit_hse_turn_t *turn)
{
    const godwit_message_t *message = turn->in->message;
    const char *detail = NULL;
    godwit_status_t status = judge(turn->hse, message, &detail);
    if (status == GODWIT_OK) {
        status = keep(turn->hse, &message->u.key_push, turn->in->now_ms, &detail);
    }
    godwit_message_t *answer = godwit_hse_answer(turn->hse, turn->out, message, GODWIT_KEY_PUSH_ANSWER);
    if (answer != NULL) {
        answer->u.outcome = status;
    }
    if (status != GODWIT_OK) {
        godwit_hse_event(turn->out, "refused", status, &message->u.key_push.imsi, 0, detail);
    } else {
        godwit_hse_sweep_later(turn->hse, turn->out);
    }
}

bool godwit_hse_push_sweep(godwit_hse_t *hse, uint64_t now_ms)
{
    bool left = false;
    for (size_t i = 0; i < hse->push_capacity; i++) {
        godwit_hse_push_t *p = &hse->pushes[i];
        if (p->used && !is_alive(p, now_ms) && !p->spent) {
            godwit_wipe(p, sizeof *p);
        }
        left |= is_alive(p, now_ms);
    }
    return left;
}
