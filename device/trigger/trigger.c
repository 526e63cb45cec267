/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's triggers: what the caller asks for. See godwit/trigger.h.
 */
#include "godwit/trigger.h"

#include <string.h>

#include "device/trigger/internal.h"
#include "godwit/keys.h"

#define RESERVE_DEFAULT 8u
#define RETRANSMIT_DEFAULT_MS 4000u
#define ATTEMPTS_DEFAULT 4u
#define SUITES_DEFAULT 0x0005u /* eea2-eia2-64, eea2-hmac-64 */
#define ROOTS_DEFAULT 0x01u    /* FLAGGED */
#define ROOTS_RECEIVED 0x06u   /* KASME, CK_IK: those that a visited network may know */
#define ROOTS_ALL 0x0Fu

static bool is_fit(const godwit_trigger_config_t *config)
{
    return config->crypto != NULL && config->imsi.len >= GODWIT_IMSI_DIGITS_MIN &&
           config->imsi.len <= GODWIT_IMSI_DIGITS_MAX && godwit_fqdn_is_canonical(config->iwf) &&
           (config->suites & ~GODWIT_A3_SUITES) == 0 && (config->roots & ~ROOTS_ALL) == 0;
}

godwit_status_t godwit_trigger_init(godwit_trigger_t *trigger, const godwit_trigger_config_t *config)
{
    godwit_wipe(trigger, sizeof *trigger);
    if (!is_fit(config)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_trigger_config_t *mine = &trigger->config;
    *mine = *config;
    mine->roots = mine->roots != 0 ? mine->roots : mine->ue_key_received ? ROOTS_RECEIVED : ROOTS_DEFAULT;
    mine->suites = mine->suites != 0 ? mine->suites : SUITES_DEFAULT;
    mine->reserve = mine->reserve != 0 ? mine->reserve : RESERVE_DEFAULT;
    mine->reserve = mine->reserve < UINT16_MAX ? mine->reserve : UINT16_MAX;
    mine->retransmit_ms = mine->retransmit_ms != 0 ? mine->retransmit_ms : RETRANSMIT_DEFAULT_MS;
    mine->attempts = mine->attempts != 0 ? mine->attempts : ATTEMPTS_DEFAULT;
    return GODWIT_OK;
}

void godwit_trigger_resume(godwit_trigger_t *trigger, godwit_trigger_requests_t *requests)
{
    requests->count = 0;
    for (size_t i = 0; i < GODWIT_TRIGGER_PENDING_MAX; i++) {
        godwit_trigger_pending_t *p = &trigger->pending[i];
        if (p->used) {
            p->given = p->repeated = true;
            godwit_trigger_deliver(p, requests);
        }
    }
}

/* ---- keys ---- */

godwit_status_t godwit_trigger_root(godwit_trigger_t *trigger, godwit_iwf_root_t kind, const uint8_t *root,
                                    const uint8_t rand[16], godwit_trigger_requests_t *requests)
{
    uint8_t name[GODWIT_IWF_ROOT_NAME];
    requests->count = 0;
    if (kind < GODWIT_IWF_ROOT_FLAGGED || kind > GODWIT_IWF_ROOT_EAP ||
        (root == NULL && kind != GODWIT_IWF_ROOT_FLAGGED)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    if ((trigger->config.roots >> (kind - 1) & 1u) == 0) {
        return GODWIT_OK;
    }
    godwit_status_t status = godwit_iwf_root_name(trigger->config.crypto, rand, name);
    if (status != GODWIT_OK) {
        return status;
    }
    godwit_trigger_root_t *mine = &trigger->root[kind - 1];
    const uint8_t state = trigger->config.ue_key_received ? GODWIT_TRIGGER_ROOT_NAMED
                          : root != NULL                  ? GODWIT_TRIGGER_ROOT_HERE
                                                          : GODWIT_TRIGGER_ROOT_IN_CARD;
    if (mine->state == state && memcmp(mine->name, name, sizeof name) == 0) {
        return godwit_trigger_finish(trigger, GODWIT_OK, requests);
    }
    const uint32_t taken = memcmp(mine->name, name, sizeof name) == 0 ? mine->taken : 0;
    godwit_wipe(mine, sizeof *mine);
    mine->state = state;
    mine->taken = taken;
    memcpy(mine->name, name, sizeof name);
    if (state == GODWIT_TRIGGER_ROOT_HERE) {
        memcpy(mine->key, root, sizeof mine->key);
    }
    trigger->newest_root = (uint8_t)kind;
    memset(trigger->rejects, 0, sizeof trigger->rejects);
    trigger->unstored = true;
    return godwit_trigger_finish(trigger, GODWIT_OK, requests);
}

godwit_status_t godwit_trigger_ue_key(godwit_trigger_t *trigger, const godwit_iwf_key_t *key,
                                      godwit_trigger_requests_t *requests)
{
    requests->count = 0;
    if (!trigger->config.ue_key_received) {
        return GODWIT_POLICY_FORBIDS;
    }
    if (key->is_root || key->root < GODWIT_IWF_ROOT_FLAGGED || key->root > GODWIT_IWF_ROOT_EAP) {
        return GODWIT_INVALID_ARGUMENT;
    }
    if (key->association <= godwit_trigger_floor(trigger, key->root, key->root_name)) {
        return GODWIT_REPLAY;
    }
    trigger->received = *key;
    memset(trigger->rejects, 0, sizeof trigger->rejects);
    trigger->unstored = true;
    return godwit_trigger_finish(trigger, GODWIT_OK, requests);
}

/* ---- applications ---- */

godwit_status_t godwit_trigger_done(godwit_trigger_t *trigger, uint32_t reference, godwit_a3_outcome_t outcome,
                                    godwit_trigger_requests_t *requests)
{
    requests->count = 0;
    if (outcome != GODWIT_A3_DELIVERED && outcome != GODWIT_A3_NO_APPLICATION) {
        return GODWIT_INVALID_ARGUMENT;
    }
    for (size_t i = 0; i < GODWIT_TRIGGER_PENDING_MAX; i++) {
        godwit_trigger_pending_t *p = &trigger->pending[i];
        if (p->used && p->trigger.reference == reference) {
            const godwit_trigger_via_t via = (godwit_trigger_via_t)p->via;
            const bool acknowledge = p->trigger.acknowledge, protected = p->protected;
            godwit_trigger_remember(trigger, reference, protected, outcome);
            godwit_wipe(p, sizeof *p);
            trigger->unstored = true;
            const godwit_status_t status =
                acknowledge ? godwit_trigger_acknowledge(trigger, reference, protected, outcome, via, requests)
                            : GODWIT_OK;
            return godwit_trigger_finish(trigger, status, requests);
        }
    }
    return GODWIT_NOT_FOUND;
}

/* ---- polls ---- */

/* Until something has come down under the association the Complete goes before each Poll: as often as the device polls,
 * for it does so of its own accord, and a Poll alone is of no use to an MTC-IWF that does not have the Complete. */
static godwit_status_t say_poll(godwit_trigger_t *t, godwit_trigger_requests_t *requests)
{
    const godwit_a3_message_t m = {.type = GODWIT_A3_POLL, .poll = {t->current.next_down}};
    godwit_status_t status = GODWIT_OK;
    if (!t->current.heard) {
        status = godwit_trigger_say_complete(t, GODWIT_TRIGGER_VIA_A3, requests);
    }
    return status == GODWIT_OK ? godwit_trigger_say(t, &m, GODWIT_TRIGGER_VIA_A3, requests) : status;
}

static godwit_status_t poll(godwit_trigger_t *t, godwit_trigger_requests_t *requests)
{
    const godwit_status_t status =
        godwit_trigger_can_say(t) ? say_poll(t, requests) : godwit_trigger_hint(t, GODWIT_TRIGGER_VIA_A3, requests);
    godwit_trigger_polls_go_on(t, requests); /* also where it could not be said: its timer says it again */
    return status;
}

godwit_status_t godwit_trigger_poll(godwit_trigger_t *trigger, const uint8_t random[GODWIT_TRIGGER_RANDOM],
                                    godwit_trigger_requests_t *requests)
{
    requests->count = 0;
    trigger->polls = 0;
    memcpy(trigger->drawn, random, sizeof trigger->drawn);
    return godwit_trigger_finish(trigger, poll(trigger, requests), requests);
}

/* The MTC-IWF may have lost the association, and could tell nobody so: it is asked for another one, once. */
static godwit_status_t give_up(godwit_trigger_t *t, godwit_trigger_requests_t *requests)
{
    t->polls = 0;
    godwit_trigger_event(requests, "given_up", GODWIT_OK);
    return godwit_trigger_can_say(t) ? godwit_trigger_hint(t, GODWIT_TRIGGER_VIA_A3, requests) : GODWIT_OK;
}

godwit_status_t godwit_trigger_timer(godwit_trigger_t *trigger, godwit_trigger_requests_t *requests)
{
    requests->count = 0;
    if (trigger->polls == 0) {
        return GODWIT_OK;
    }
    if (trigger->polls >= trigger->config.attempts) {
        return godwit_trigger_finish(trigger, give_up(trigger, requests), requests);
    }
    return godwit_trigger_finish(trigger, poll(trigger, requests), requests);
}

uint32_t godwit_trigger_association(const godwit_trigger_t *trigger)
{
    return trigger->current.number;
}

uint8_t godwit_trigger_waiting(const godwit_trigger_t *trigger)
{
    return trigger->waiting;
}
