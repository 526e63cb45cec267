/* SPDX-License-Identifier: Apache-2.0
 *
 * What must never happen to triggers, seen from outside: by sources, and by applications of devices. One is acted on
 * that nobody asked for, twice, after its end, or after its source was told that it is recalled; one is lost; a source
 * is told what is not so.
 */
#include <string.h>

#include "lab/internal.h"

/* Requests behind which a device may have forgotten one, of protected ones: a recall takes two places of its memory. */
#define FORGETS_AFTER (GODWIT_TRIGGER_MEMORY_MAX / 4)
#define WELL_MS 180000 /* so long after its device is well none waits any more */
#define AIR_MS 4000    /* the longest that anything is under way there */
#define LATE_MS 2000   /* time goes over A3 in seconds, and the application takes its time */

static lab_asked_t *by_text(godwit_world_t *w, unsigned device, godwit_slice_t text, uint32_t *number)
{
    for (uint32_t i = 0; i < w->asked_count; i++) {
        if (w->asked[i].device == device && godwit_slice_equal(text, godwit_slice_of_string(w->asked[i].text))) {
            *number = i;
            return &w->asked[i];
        }
    }
    *number = LAB_ASKED_NONE;
    return NULL;
}

/* Counted where somebody is let try. */
static void wrong(godwit_world_t *w, unsigned *count, const char *what)
{
    (*count)++;
    if (!w->config.trigger.tried) {
        lab_violate(w, what);
    }
}

static void mark_done(const godwit_world_t *w, lab_asked_t *asked)
{
    asked->done_ms = asked->done_ms == 0 ? w->now_ms : asked->done_ms;
}

/* ---- at the device ---- */

/* In case 1 it is the networks that say so: an application there trusts them, or acts on nothing. */
static bool has_proof(const godwit_world_t *w, const lab_asked_t *asked, const godwit_trigger_delivery_t *delivery)
{
    uint8_t source[GODWIT_A3_DIGEST];
    const char *name = lab_host(asked == NULL || !asked->as ? GODWIT_WORLD_SCS : GODWIT_WORLD_AS);
    return (delivery->proved || w->config.trigger.hop_by_hop) &&
           godwit_a3_source(&godwit_crypto_builtin, name, true, source) == GODWIT_OK &&
           memcmp(source, delivery->source, sizeof source) == 0;
}

uint32_t lab_check_delivery(godwit_world_t *w, unsigned device, const godwit_trigger_delivery_t *delivery)
{
    uint32_t number;
    lab_asked_t *asked = by_text(w, device, delivery->payload, &number);
    const unsigned life = w->devices[device].incarnation + 1;
    const bool accepted = has_proof(w, asked, delivery) || w->config.trigger.proofless;
    if (asked == NULL) {
        if (accepted) {
            wrong(w, &w->wrongs.forged, "a trigger delivered that nobody asked for");
        }
        return LAB_ASKED_NONE;
    }
    if (asked->life != 0 && !delivery->repeated && !w->config.trigger.tried) {
        lab_violate(w, "a trigger delivered twice");
    }
    if (delivery->repeated && asked->life == life && w->asked_count <= FORGETS_AFTER) {
        lab_violate(w, "a trigger marked as repeated within one life");
    }
    if (!w->config.trigger.hop_by_hop && !delivery->protected) {
        lab_violate(w, "a trigger delivered that no association protects");
    }
    asked->refused = !accepted || asked->elsewhere;
    if (delivery->priority != asked->priority || (delivery->port != LAB_TRIGGER_PORT) != asked->elsewhere) {
        lab_violate(w, "a trigger for another port, or of another priority, than was asked for");
    }
    if (delivery->repeated && asked->acted > 0) {
        return number | LAB_ASKED_AGAIN; /* it is on the application's disk that it has acted */
    }
    asked->life = life;
    return number;
}

static void check_time(godwit_world_t *w, const lab_asked_t *asked)
{
    const bool tried = w->config.trigger.tried;
    const uint64_t began = tried ? asked->asked_ms : asked->answered_ms;
    const uint64_t ends = began + 1000 * (uint64_t)asked->validity_s + LATE_MS;
    if ((tried || (asked->answered && !w->config.trigger.no_clock)) && asked->validity_s != 0 && w->now_ms > ends) {
        wrong(w, &w->wrongs.expired, "a trigger acted on after its end");
    }
}

/* In case 1 a recall is confirmed when its node has sent it, and on the air what was sent before may come later. */
static bool is_on_its_way(const godwit_world_t *w, const lab_asked_t *asked)
{
    return w->config.trigger.hop_by_hop && !w->config.trigger.tried && w->now_ms <= asked->done_ms + AIR_MS;
}

godwit_a3_outcome_t lab_check_act(godwit_world_t *w, unsigned device, uint32_t number)
{
    (void)device;
    if (number == LAB_ASKED_NONE) {
        return GODWIT_A3_DELIVERED;
    }
    lab_asked_t *asked = &w->asked[number & ~LAB_ASKED_AGAIN];
    mark_done(w, asked);
    if (asked->refused) {
        return GODWIT_A3_NO_APPLICATION;
    }
    if ((number & LAB_ASKED_AGAIN) != 0) {
        return GODWIT_A3_DELIVERED;
    }
    if (asked->acted++ > 0) {
        wrong(w, &w->wrongs.twice, "a trigger acted on twice");
    }
    if (asked->recalled && !is_on_its_way(w, asked)) {
        wrong(w, &w->wrongs.recalled, "a trigger acted on after its recall was confirmed");
    }
    asked->acted_ms = w->now_ms;
    check_time(w, asked);
    return GODWIT_A3_DELIVERED;
}

void lab_check_bent_trigger(godwit_world_t *w, const godwit_trigger_requests_t *requests)
{
    for (size_t i = 0; i < requests->count && !w->config.trigger.tried; i++) {
        const godwit_trigger_request_t *r = &requests->item[i];
        bool believes = r->kind == GODWIT_TRIGGER_DELIVER || r->kind == GODWIT_TRIGGER_STORE;
        if (believes && !w->config.trigger.hop_by_hop) {
            lab_violate(w, "a message that was bent was believed");
        }
    }
}

/* ---- at the sources ---- */

static lab_asked_t *by_reference(godwit_world_t *w, bool as, uint32_t reference)
{
    for (uint32_t i = 0; reference != 0 && i < w->asked_count; i++) {
        if (w->asked[i].reference == reference && w->asked[i].as == as) {
            return &w->asked[i];
        }
    }
    return NULL;
}

/* A recall or replacement that is confirmed: what it names may not be acted on from now on. */
static void confirm(godwit_world_t *w, const lab_asked_t *asked)
{
    lab_asked_t *old = &w->asked[asked->of];
    if (asked->action == GODWIT_ACTION_TRIGGER) {
        return;
    }
    /* In case 1 nobody hears whether the device had it before: the node says that it has the recall. An attacker there
     * is let count it. */
    if (old->acted > 0 && !old->recalled && (!w->config.trigger.hop_by_hop || w->config.trigger.tried)) {
        wrong(w, &w->wrongs.recalled, "a recall confirmed of a trigger that was acted on");
    }
    old->recalled = old->settled = true;
    mark_done(w, old);
}

const godwit_trigger_record_t *lab_trigger_record(const godwit_world_t *w, uint32_t number)
{
    const lab_store_t *store = &w->functions[GODWIT_WORLD_MTC_IWF].store;
    const char *name = lab_host(w->asked[number].as ? GODWIT_WORLD_AS : GODWIT_WORLD_SCS);
    for (size_t i = 0; i < store->durable_count; i++) {
        const godwit_trigger_record_t *t = &store->durable[i].u.trigger;
        if (store->durable[i].kind == GODWIT_RECORD_TRIGGER && t->action.reference == w->asked[number].reference &&
            strcmp(t->action.scs, name) == 0) {
            return t;
        }
    }
    return NULL;
}

/* A recall of what had not left takes effect at once, and there is no report of it. */
static bool is_done_at_once(const godwit_world_t *w, const lab_asked_t *asked)
{
    const godwit_trigger_record_t *record = lab_trigger_record(w, (uint32_t)(asked - w->asked));
    return asked->action == GODWIT_ACTION_RECALL && record != NULL && record->state == GODWIT_TRIGGER_CLOSED &&
           record->outcome == GODWIT_OUTCOME_SUCCESS;
}

static void answered(godwit_world_t *w, bool as, const godwit_device_action_answer_t *answer)
{
    lab_asked_t *asked = by_reference(w, as, answer->reference);
    if (asked == NULL) {
        return; /* refused by Diameter itself, or not of this operator */
    }
    if (asked->answered && asked->status != answer->status && asked->status == GODWIT_TRIGGER_SUCCESS) {
        lab_violate(w, "a source told two different things of one request");
    }
    if (!asked->answered || asked->status != answer->status) { /* refused, forgotten with the power, asked again */
        asked->answered = true;
        asked->status = answer->status;
        asked->answered_ms = w->now_ms;
    }
    if (asked->status == GODWIT_TRIGGER_SUCCESS && is_done_at_once(w, asked)) {
        confirm(w, asked);
        asked->settled = true;
    }
    if (asked->settled || asked->status != GODWIT_TRIGGER_SUCCESS) {
        mark_done(w, asked);
    }
}

static void reported(godwit_world_t *w, bool as, const godwit_device_notification_t *report)
{
    lab_asked_t *asked = by_reference(w, as, report->reference);
    if (asked == NULL) {
        lab_violate(w, "a report of what nobody asked for");
        return;
    }
    if (lab_source_forgot(w, asked)) {
        lab_violate(w, "a report of what its source has forgotten");
    }
    const bool lost = lab_is_of_lost_life(w, asked->asked_ms);
    if (asked->reports++ > 0 && asked->outcome != report->outcome && !lost) {
        lab_violate(w, "two different reports of one trigger");
    }
    asked->outcome = report->outcome;
    asked->settled = true;
    mark_done(w, asked);
    if (report->outcome == GODWIT_OUTCOME_SUCCESS) {
        confirm(w, asked);
    }
    const bool in_vain = report->outcome == GODWIT_OUTCOME_EXPIRED || report->outcome == GODWIT_OUTCOME_UNCONFIRMED;
    if (in_vain && !lost && !w->config.trigger.tried && asked->action != GODWIT_ACTION_RECALL &&
        w->now_ms + LATE_MS < asked->asked_ms + 1000 * (uint64_t)asked->validity_s) {
        lab_violate(w, "a trigger given up before its validity ended");
    }
    bool acts = asked->action != GODWIT_ACTION_RECALL;
    if (acts && report->outcome == GODWIT_OUTCOME_SUCCESS && asked->acted == 0 && !w->config.trigger.hop_by_hop &&
        !w->config.trigger.tried) {
        lab_violate(w, "a report says that a trigger was delivered, and the application has not seen it");
    }
    if (acts && report->outcome == GODWIT_OUTCOME_EXPIRED && asked->acted > 0) {
        lab_violate(w, "a report says that a trigger expired, and the application has acted on it");
    }
}

void lab_check_told(godwit_world_t *w, bool as, const godwit_message_t *message)
{
    if (message->kind == GODWIT_DEVICE_ACTION_ANSWER) {
        answered(w, as, &message->u.device_action_answer);
    } else if (message->kind == GODWIT_DEVICE_NOTIFICATION) {
        reported(w, as, &message->u.device_notification);
    }
}

/* ---- at the end ---- */

static bool came_too_late(const lab_asked_t *asked)
{
    return asked->action != GODWIT_ACTION_TRIGGER && asked->reports > 0 &&
           asked->outcome == GODWIT_OUTCOME_UNDELIVERABLE;
}

/* A report answers, too: nothing more is asked then. */
static bool was_accepted(const lab_asked_t *asked)
{
    return asked->reports > 0 || (asked->answered && asked->status == GODWIT_TRIGGER_SUCCESS);
}

/* A recall or a replacement of it was accepted. */
static bool is_named(const lab_asked_t *by, uint32_t number)
{
    return by->action != GODWIT_ACTION_TRIGGER && by->of == number && was_accepted(by);
}

/* One that its source was told has taken effect, or that has taken its place; any: or that came too late. */
static bool was_ended_by_source(const godwit_world_t *w, uint32_t number, bool any)
{
    for (uint32_t i = number + 1; i < w->asked_count; i++) {
        if (is_named(&w->asked[i], number) && (any || !came_too_late(&w->asked[i]))) {
            return true;
        }
    }
    return false;
}

/* Of what was accepted: it came, it was not to come, or its source has heard. */
static void check_lost(godwit_world_t *w, uint32_t number)
{
    const lab_asked_t *asked = &w->asked[number];
    if (asked->acted > 0 || asked->refused || came_too_late(asked) || was_ended_by_source(w, number, false)) {
        return;
    }
    if (asked->reports == 0) {
        lab_violate(w, "a trigger that is gone, and nobody has ended it");
    }
}

/* Its device is well, and nothing goes wrong any more: what is still valid for long comes. */
static void check_well(godwit_world_t *w, uint32_t number)
{
    const lab_asked_t *asked = &w->asked[number];
    if (lab_is_of_lost_life(w, asked->asked_ms)) {
        return;
    }
    const uint64_t well_ms = w->devices[asked->device].trigger.well_ms;
    const uint64_t from_ms = well_ms > asked->asked_ms ? well_ms : asked->asked_ms;
    const uint64_t validity_s = asked->validity_s != 0 ? asked->validity_s : LAB_VALIDITY_S;
    const uint64_t ends_ms = asked->asked_ms + 1000 * validity_s;
    const bool lasts = well_ms != 0 && ends_ms >= from_ms + WELL_MS && w->now_ms >= from_ms + WELL_MS;
    if (lasts && !was_ended_by_source(w, number, true) && (asked->done_ms == 0 || asked->done_ms > from_ms + WELL_MS)) {
        lab_violate(w, "a trigger that waits although its device is well");
    }
}

static void check_end_of(godwit_world_t *w, uint32_t number)
{
    const lab_asked_t *asked = &w->asked[number];
    const godwit_trigger_record_t *record = lab_trigger_record(w, number);
    const bool ended = asked->settled || (record != NULL && record->state == GODWIT_TRIGGER_CLOSED);
    if (!asked->answered && asked->reports == 0) {
        lab_violate(w, "a source that is never answered");
    } else if (!was_accepted(asked)) {
        if (asked->acted > 0) {
            lab_violate(w, "a trigger acted on whose source was told that it is refused");
        }
    } else if (lab_is_of_lost_life(w, asked->asked_ms)) {
        return;
    } else if (!ended) {
        lab_violate(w, "a trigger whose source never hears what became of it");
    } else if (asked->action != GODWIT_ACTION_RECALL) {
        check_lost(w, number);
    }
}

/* The source itself says what became of it, as its operator would see it: the first that it was told, where a MTC-IWF
 * whose store was put back says another. */
static void check_source(godwit_world_t *w, const lab_asked_t *asked)
{
    const godwit_scs_trigger_t *t = lab_source_knows(w, asked);
    if (lab_source_forgot(w, asked)) {
        lab_violate(w, "a source that has forgotten what it was asked for");
    } else if (t != NULL && asked->reports > 0 &&
               (t->state != GODWIT_SCS_DONE ||
                (t->outcome != asked->outcome && !lab_is_of_lost_life(w, asked->asked_ms)))) {
        lab_violate(w, "a source that does not know the outcome that it was told");
    } else if (t != NULL && asked->reports == 0 && asked->answered && asked->status == GODWIT_TRIGGER_SUCCESS &&
               t->state != GODWIT_SCS_ACCEPTED) {
        lab_violate(w, "a source that does not know that its trigger was accepted");
    }
}

void lab_check_trigger_end(godwit_world_t *w)
{
    for (uint32_t i = 0; i < w->asked_count; i++) {
        if ((w->suffers >> w->asked[i].device & 1u) == 0) {
            check_end_of(w, i);
            check_source(w, &w->asked[i]);
            check_well(w, i);
        }
    }
}
