/* SPDX-License-Identifier: Apache-2.0
 *
 * What a trigger makes the device do (docs/trigger-wire.md, section 5): act on each once, on no expired or recalled
 * one, and say what became of it. A decision changes the state, the caller moves the window, and the record goes out at
 * the end of the call, before anything that others see.
 */
#include <string.h>

#include "device/trigger/internal.h"

/* ---- what is known of a reference ---- */

static godwit_trigger_memory_t *memory_of(godwit_trigger_t *t, uint32_t reference, bool protected)
{
    for (size_t i = 0; i < GODWIT_TRIGGER_MEMORY_MAX; i++) {
        godwit_trigger_memory_t *m = &t->memory[i];
        if (m->outcome != 0 && m->reference == reference && m->protected == protected) {
            return m;
        }
    }
    return NULL;
}

bool godwit_trigger_is_known(godwit_trigger_t *t, uint32_t reference, bool protected)
{
    return memory_of(t, reference, protected) != NULL;
}

static bool is_pending(const godwit_trigger_t *t, uint32_t reference, bool protected)
{
    for (size_t i = 0; i < GODWIT_TRIGGER_PENDING_MAX; i++) {
        const godwit_trigger_pending_t *p = &t->pending[i];
        if (p->used && p->trigger.reference == reference && p->protected == protected) {
            return true;
        }
    }
    return false;
}

static godwit_trigger_pending_t *free_place(godwit_trigger_t *t)
{
    for (size_t i = 0; i < GODWIT_TRIGGER_PENDING_MAX; i++) {
        if (!t->pending[i].used) {
            return &t->pending[i];
        }
    }
    return NULL;
}

static bool was_with_application(const godwit_trigger_memory_t *m)
{
    return m->outcome == GODWIT_A3_DELIVERED || m->outcome == GODWIT_A3_NO_APPLICATION;
}

/* References rise, and begin anew behind the last of 32 bits. */
static bool is_later(uint32_t reference, uint32_t than)
{
    return reference != than && reference - than <= (uint32_t)INT32_MAX;
}

/* Whether it may be one that was delivered and is forgotten: nothing tells any more. */
static bool may_be_forgotten(const godwit_trigger_t *t, uint32_t reference, bool protected)
{
    const godwit_trigger_memory_t *highest = &t->memory[TRIGGER_MEMORY_RING];
    return protected && was_with_application(highest) && !is_later(reference, highest->reference);
}

/* That a trigger is barred is about to be forgotten: what was protected until now and has not come will not be taken
 * any more, or whoever held it back for so long would have it acted on. */
static void forget_barred(godwit_trigger_t *t, const godwit_trigger_memory_t *m)
{
    if (m->outcome == GODWIT_A3_RECALLED || m->outcome == GODWIT_A3_REPLACED) {
        t->current.seen_down = t->former.seen_down = UINT64_MAX;
    }
}

/* Of what was delivered the highest is remembered: the MTC-IWF may still protect one of them anew. */
static void forget(godwit_trigger_t *t, const godwit_trigger_memory_t *m)
{
    godwit_trigger_memory_t *highest = &t->memory[TRIGGER_MEMORY_RING];
    forget_barred(t, m);
    if (was_with_application(m) && (!was_with_application(highest) || is_later(m->reference, highest->reference))) {
        *highest = *m;
    }
}

/* The MTC-IWF still says it, and may do so again: it becomes the newest, and the last to be forgotten. */
static void renew(godwit_trigger_t *t, const godwit_trigger_memory_t *known)
{
    const size_t last = (t->memory_next + TRIGGER_MEMORY_RING - 1u) % TRIGGER_MEMORY_RING;
    const godwit_trigger_memory_t newest = *known;
    size_t at = (size_t)(known - t->memory);
    if (at >= TRIGGER_MEMORY_RING) {
        return;
    }
    while (at != last) {
        const size_t next = (at + 1u) % TRIGGER_MEMORY_RING;
        t->memory[at] = t->memory[next];
        at = next;
    }
    t->memory[last] = newest;
}

/* What comes without protection has places of its own, at the end, the newest last: nobody without a key makes the
 * device forget. */
static godwit_trigger_memory_t *next_place(godwit_trigger_t *t, bool protected)
{
    if (!protected) {
        godwit_trigger_memory_t *open = t->memory + TRIGGER_MEMORY_PROTECTED;
        memmove(open, open + 1, (TRIGGER_MEMORY_OPEN - 1) * sizeof *open);
        return open + TRIGGER_MEMORY_OPEN - 1;
    }
    godwit_trigger_memory_t *place = &t->memory[t->memory_next];
    t->memory_next = (uint8_t)((t->memory_next + 1u) % TRIGGER_MEMORY_RING);
    forget(t, place);
    return place;
}

void godwit_trigger_remember(godwit_trigger_t *t, uint32_t reference, bool protected, godwit_a3_outcome_t outcome)
{
    *next_place(t, protected) = (godwit_trigger_memory_t){
        .reference = reference,
        .protected = protected,
        .outcome = (uint8_t)outcome,
    };
}

/* ---- decisions ---- */

static trigger_decision_t settle(godwit_trigger_t *t, const godwit_a3_trigger_t *trigger, bool protected,
                                 godwit_a3_outcome_t outcome, const char *event)
{
    godwit_trigger_remember(t, trigger->reference, protected, outcome);
    return (trigger_decision_t){.taken = true, .outcome = outcome, .event = event};
}

static const char *name_of_known(uint8_t outcome)
{
    return outcome == GODWIT_A3_RECALLED ? "recalled" : outcome == GODWIT_A3_REPLACED ? "replaced" : "again";
}

/* The old one is with its application, or was. */
static bool is_too_late(godwit_trigger_t *t, const godwit_a3_trigger_t *trigger, bool protected)
{
    const godwit_trigger_memory_t *old = memory_of(t, trigger->old_reference, protected);
    if (old == NULL && may_be_forgotten(t, trigger->old_reference, protected)) {
        return true; /* or may have been: nobody is told that it will not be acted on */
    }
    return is_pending(t, trigger->old_reference, protected) || (old != NULL && old->outcome == GODWIT_A3_DELIVERED);
}

/* What a recall or a replacement is about has not come yet, and is not acted on when it comes. */
static void bar(godwit_trigger_t *t, const godwit_a3_trigger_t *trigger, bool protected)
{
    if (trigger->action != GODWIT_A3_TRIGGERING && memory_of(t, trigger->old_reference, protected) == NULL) {
        godwit_trigger_remember(t, trigger->old_reference, protected,
                                trigger->action == GODWIT_A3_RECALL ? GODWIT_A3_RECALLED : GODWIT_A3_REPLACED);
    }
}

static trigger_decision_t hand_over(godwit_trigger_t *t, const godwit_a3_trigger_t *trigger, bool protected,
                                    const trigger_input_t *in)
{
    godwit_trigger_pending_t *place = free_place(t);
    if (place == NULL || is_pending(t, trigger->reference, !protected)) { /* two could not be told apart in done */
        return (trigger_decision_t){.event = "busy"};
    }
    bar(t, trigger, protected);
    *place = (godwit_trigger_pending_t){.used = true,
                                        .protected = protected,
                                        .repeated = may_be_forgotten(t, trigger->reference, protected),
                                        .via = (uint8_t)in->via,
                                        .trigger = *trigger};
    return (trigger_decision_t){.taken = true, .event = "delivered"};
}

trigger_decision_t godwit_trigger_decide(godwit_trigger_t *t, const godwit_a3_trigger_t *trigger, bool protected,
                                         const trigger_input_t *in)
{
    const godwit_trigger_memory_t *known = memory_of(t, trigger->reference, protected);
    if (known != NULL) {
        const uint8_t outcome = known->outcome;
        renew(t, known);
        return (trigger_decision_t){
            .taken = true, .outcome = (godwit_a3_outcome_t)outcome, .event = name_of_known(outcome)};
    }
    if (is_pending(t, trigger->reference, protected)) {
        return (trigger_decision_t){.taken = true, .event = "again"};
    }
    const bool too_late = trigger->action != GODWIT_A3_TRIGGERING && is_too_late(t, trigger, protected);
    if (godwit_trigger_is_expired(t, trigger, in->now)) {
        if (!too_late) {
            bar(t, trigger, protected); /* the old one is not wanted any more, all the same */
        }
        return settle(t, trigger, protected, GODWIT_A3_EXPIRED, "expired");
    }
    if (too_late) {
        return settle(t, trigger, protected, GODWIT_A3_TOO_LATE, "too_late");
    }
    if (trigger->action == GODWIT_A3_RECALL) {
        bar(t, trigger, protected);
        return settle(t, trigger, protected, GODWIT_A3_RECALLED, "recall");
    }
    return hand_over(t, trigger, protected, in);
}

/* ---- what others see ---- */

void godwit_trigger_deliver(const godwit_trigger_pending_t *p, godwit_trigger_requests_t *requests)
{
    static const uint8_t nobody[GODWIT_A3_DIGEST];
    const godwit_a3_trigger_t *trigger = &p->trigger;
    godwit_trigger_delivery_t *d = &godwit_trigger_ask(requests, GODWIT_TRIGGER_DELIVER)->delivery;
    d->reference = trigger->reference;
    d->port = trigger->port;
    d->priority = trigger->priority;
    d->repeated = p->repeated;
    d->protected = p->protected;
    d->proved = p->protected && memcmp(trigger->source, nobody, sizeof nobody) != 0;
    memcpy(d->source, trigger->source, sizeof d->source);
    d->payload = godwit_slice(trigger->payload, trigger->payload_len);
}

/* While nothing has come down under the association in use, the MTC-IWF may not have its Complete, and could not read
 * what comes under it. */
TRIGGER_OWN_FRAME static godwit_status_t complete_first(godwit_trigger_t *t, godwit_trigger_via_t via,
                                                        godwit_trigger_requests_t *requests)
{
    if (t->current.heard || t->repeats >= TRIGGER_REPEATS_MAX) {
        return GODWIT_OK;
    }
    t->repeats++;
    return godwit_trigger_say_complete(t, via, requests);
}

godwit_status_t godwit_trigger_acknowledge(godwit_trigger_t *t, uint32_t reference, bool protected,
                                           godwit_a3_outcome_t outcome, godwit_trigger_via_t via,
                                           godwit_trigger_requests_t *requests)
{
    const godwit_a3_message_t m = {.type = GODWIT_A3_ACKNOWLEDGEMENT, .acknowledgement = {reference, outcome}};
    if (!protected) {
        return godwit_trigger_say_unprotected(t, &m, via, requests);
    }
    godwit_status_t status = complete_first(t, via, requests);
    if (status != GODWIT_OK) {
        return status;
    }
    status = godwit_trigger_say(t, &m, via, requests);
    return status == GODWIT_COUNT_EXHAUSTED ? GODWIT_OK : status; /* what it is about has happened all the same */
}

godwit_status_t godwit_trigger_replayed(godwit_trigger_t *t, const godwit_a3_trigger_t *trigger, bool protected,
                                        godwit_trigger_via_t via, godwit_trigger_requests_t *requests)
{
    godwit_trigger_memory_t *known = memory_of(t, trigger->reference, protected);
    if (known == NULL || !trigger->acknowledge || known->again >= TRIGGER_REPEATS_MAX) {
        return GODWIT_REPLAY;
    }
    known->again++;
    godwit_trigger_event(requests, "again", GODWIT_OK);
    return godwit_trigger_acknowledge(t, trigger->reference, protected, (godwit_a3_outcome_t)known->outcome, via,
                                      requests);
}
