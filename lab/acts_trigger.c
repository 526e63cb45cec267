/* SPDX-License-Identifier: Apache-2.0
 *
 * Device triggering in the soak: worlds of each case, source of keys, way and access; triggers of both sources with
 * validities from seconds to minutes, devices that come and go; and at the end that every one of them has come to what
 * its source was told.
 */
#include "lab/scenario_parts.h"

#define VALIDITY_MAX_S 600
#define AGAIN_MS 60000   /* until another is asked for, when all is well again */
#define HEALED_MS 900000 /* by then one has come */
#define SETTLED_MS ((uint64_t)(VALIDITY_MAX_S + 300) * 1000)
#define REATTACH_MS 90000 /* until the device's owner attaches anew */
#define STEP_MS 500

/* What the MTC-IWF lets in. */
static void draw_limits(scenario_t *s, godwit_world_triggering_t *t)
{
    t->device_quota = (uint8_t)(draw(s, 4) == 0 ? 1 + draw(s, 4) : 0);
    t->source_quota = (uint8_t)(draw(s, 6) == 0 ? 2 + draw(s, 6) : 0);
    t->device_per_minute = (uint8_t)(draw(s, 6) == 0 ? 3 + draw(s, 10) : 0);
    t->open_b = t->proofless = draw(s, 8) == 0;
}

static void draw_association(scenario_t *s, godwit_world_triggering_t *t)
{
    static const uint8_t suites[] = {1, 3};
    t->lazy = draw(s, 3) == 0;
    t->suite_first = draw(s, 2) == 0 ? 0 : suites[draw(s, 2)];
    t->suite_alone = draw(s, 4) == 0 ? suites[draw(s, 2)] : 0;
}

void lab_draw_trigger(scenario_t *s, godwit_world_config_t *c)
{
    static const godwit_world_access_t accesses[] = {GODWIT_WORLD_EPS, GODWIT_WORLD_UMTS, GODWIT_WORLD_GERAN,
                                                     GODWIT_WORLD_WIFI};
    godwit_world_triggering_t *t = &c->trigger;
    c->access = accesses[draw(s, 4)];
    draw_limits(s, t);
    draw_association(s, t);
    if (c->access == GODWIT_WORLD_WIFI) { /* on WiFi alone: the association stands on EAP-AKA' */
        t->on = true;
        t->no_clock = draw(s, 2) == 0;
        t->key_from = GODWIT_IWF_KEY_FROM_HSS;
        t->root = GODWIT_IWF_ROOT_EAP;
        return;
    }
    const bool eps = c->access == GODWIT_WORLD_EPS;
    c->circuit = c->access == GODWIT_WORLD_GERAN && draw(s, 2) == 0;
    c->carrier = c->circuit ? GODWIT_CARRIER_SMS : GODWIT_CARRIER_NAS;
    t->on = true;
    t->at_home = draw(s, 2) == 0;
    t->no_clock = draw(s, 2) == 0;
    t->hop_by_hop = draw(s, 4) == 0;
    if (t->hop_by_hop) {
        t->lazy = false;
        t->open_d = draw(s, 8) == 0;
        return;
    }
    t->key_from = 1 + draw(s, 3);
    if (t->key_from == GODWIT_IWF_KEY_FROM_IWF) {
        t->root = eps && draw(s, 2) == 0 ? GODWIT_IWF_ROOT_KASME : GODWIT_IWF_ROOT_FLAGGED;
    }
    t->by_sms = draw(s, 6) == 0;
    const bool may_receive = t->key_from == GODWIT_IWF_KEY_FROM_MME || t->root == GODWIT_IWF_ROOT_KASME;
    t->ue_key_received = (eps || may_receive) && !t->by_sms && draw(s, 3) == 0 && may_receive;
    t->embedded = eps && !t->by_sms && !t->ue_key_received && draw(s, 3) == 0;
    t->open_d = t->key_from != GODWIT_IWF_KEY_FROM_MME && !t->ue_key_received && draw(s, 8) == 0;
}

static void ask(scenario_t *s, unsigned device)
{
    const uint32_t validity_s = draw(s, 4) == 0    ? 5 + draw(s, 30)
                                : draw(s, 16) == 0 ? 0
                                                   : 60 + draw(s, VALIDITY_MAX_S - 60);
    const godwit_world_ask_t what = {.device = device,
                                     .as = draw(s, 2) == 0,
                                     .validity_s = validity_s,
                                     .priority = draw(s, 4) == 0,
                                     .elsewhere = draw(s, 16) == 0};
    const uint32_t number = godwit_world_ask(s->w, &what);
    lab_tell(s, "trigger %u for device %u, for %u s%s%s", (unsigned)number, device, (unsigned)validity_s,
             what.priority ? ", with priority" : "", what.elsewhere ? ", at a port where nobody is" : "");
}

/* Of the source that asked: a recall, or another one in its place. */
static void end_another(scenario_t *s)
{
    if (s->w->asked_count == 0) {
        return;
    }
    const uint32_t of = draw(s, s->w->asked_count);
    const lab_asked_t *old = &s->w->asked[of];
    const godwit_world_ask_t what = {
        .device = old->device,
        .as = old->as,
        .action = draw(s, 2) == 0 ? GODWIT_ACTION_RECALL : GODWIT_ACTION_REPLACE,
        .of = of,
        .validity_s = 60 + draw(s, VALIDITY_MAX_S - 60),
    };
    const uint32_t number = godwit_world_ask(s->w, &what);
    lab_tell(s, "%u %s trigger %u", (unsigned)number, what.action == GODWIT_ACTION_RECALL ? "recalls" : "replaces",
             (unsigned)of);
}

/* False: another act. */
bool lab_trigger_act(scenario_t *s, unsigned device)
{
    switch (draw(s, 13)) {
    case 12:
        lab_stranger_act(s, device);
        break;
    case 3:
        if (!s->w->config.trigger.hop_by_hop && !lab_by_eap(&s->w->config)) {
            lab_tell(s, "device %u changes between its access and WiFi", device);
            godwit_world_wifi(s->w, device);
        }
        break;
    case 4:
        godwit_world_cut(s->w, s->w->steps + 1 + draw(s, 60));
        ask(s, device);
        break;
    case 0:
    case 1:
    case 2:
    case 5:
    case 6:
        ask(s, device);
        break;
    case 7:
    case 8:
    case 9:
        end_another(s);
        break;
    default:
        return false;
    }
    return true;
}

bool lab_trigger_gets_through(scenario_t *s, unsigned device)
{
    const uint64_t began = s->w->now_ms;
    uint64_t asked = began, attached = began;
    if (s->w->devices[device].trigger.on_wifi && !lab_by_eap(&s->w->config)) {
        godwit_world_wifi(s->w, device);
    }
    godwit_world_ask_t what = {.device = device, .validity_s = VALIDITY_MAX_S};
    const uint32_t first = godwit_world_ask(s->w, &what);
    while (s->w->now_ms - began < HEALED_MS && s->w->violation == NULL) {
        godwit_world_run(s->w, STEP_MS);
        for (uint32_t i = first; i < s->w->asked_count; i++) {
            if (s->w->asked[i].acted > 0) {
                s->w->devices[device].trigger.well_ms = s->w->now_ms;
                return true;
            }
        }
        if (s->w->now_ms - attached >= REATTACH_MS && !s->w->devices[device].trigger.on_wifi) {
            attached = s->w->now_ms; /* its serving node may have forgotten it, and it has nothing to say */
            (void)lab_after(s->w, 0, LAB_ACCESS_DETACH, godwit_world_device_node(device));
            (void)lab_after(s->w, STEP_MS, LAB_ACCESS_TRY, godwit_world_device_node(device));
        }
        if (s->w->now_ms - asked >= AGAIN_MS) {
            asked = s->w->now_ms;
            (void)godwit_world_ask(s->w, &what);
        }
    }
    return false;
}

/* For whoever looks at one seed. */
static void tell_what_became(const scenario_t *s)
{
    for (uint32_t i = 0; i < s->w->asked_count; i++) {
        const lab_asked_t *a = &s->w->asked[i];
        lab_tell(s, "%s %u of device %u: status %d%s, acted on %u times, %u reports (%d), done at %llu ms",
                 a->action == GODWIT_ACTION_TRIGGER ? "trigger" : "request", (unsigned)i, a->device, (int)a->status,
                 a->answered ? "" : " (not answered)", a->acted, a->reports, (int)a->outcome,
                 (unsigned long long)(a->done_ms % 100000000));
    }
}

void lab_trigger_settles(scenario_t *s)
{
    if (s->w->violation == NULL) {
        godwit_world_run(s->w, SETTLED_MS);
        lab_check_trigger_end(s->w);
    }
    tell_what_became(s);
}
