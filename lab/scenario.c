/* SPDX-License-Identifier: Apache-2.0
 *
 * One scenario of a soak: a world that is drawn, acts that are drawn, on a network that loses, repeats, delays, bends
 * and cuts; then everything heals, and every device must get a reading through.
 */
#include <stdarg.h>
#include <string.h>

#include "lab/scenario_parts.h"

#define ACTS_MIN 8
#define ACTS_MORE 20
#define PAUSE_MS 9000
#define STEP_MS 500
#define AGAIN_MS 30000     /* until the application says it again */
#define REATTACH_MS 240000 /* until the device's owner attaches anew */
#define HEALED_MS 900000   /* by then every device has got a reading through */
#define SEARCH_EVERY 12

static const godwit_world_access_t accesses[] = {GODWIT_WORLD_WIFI, GODWIT_WORLD_EPS, GODWIT_WORLD_UMTS};
#define ACCESSES (sizeof accesses / sizeof accesses[0])
static const godwit_world_access_t offline_accesses[] = {GODWIT_WORLD_EPS, GODWIT_WORLD_UMTS, GODWIT_WORLD_GERAN};
#define OFFLINE_ACCESSES (sizeof offline_accesses / sizeof offline_accesses[0])

void lab_tell(const scenario_t *s, const char *format, ...)
{
    va_list list;
    if (s->out != NULL) {
        va_start(list, format);
        (void)fprintf(s->out, "%8llu ms  ", (unsigned long long)(s->w == NULL ? 0 : s->w->now_ms % 100000000));
        (void)vfprintf(s->out, format, list);
        (void)fputc('\n', s->out);
        va_end(list);
    }
}

/* ---- the network's malice: what is not protected between operators is let alone ---- */

static bool may_be_bent(const godwit_world_t *w, const godwit_world_packet_t *p)
{
    return p->leg == GODWIT_WORLD_LEG_EMSDP || p->leg == GODWIT_WORLD_LEG_RADIO || p->leg == GODWIT_WORLD_LEG_A3 ||
           p->leg == GODWIT_WORLD_LEG_EAP || (p->leg == GODWIT_WORLD_LEG_SGI && !w->config.offline);
}

static void record(scenario_t *s, const godwit_world_packet_t *p)
{
    lab_packet_t **place = &s->recorded[godwit_lab_random_below(&s->wire_dice, RECORDED)];
    lab_free(*place);
    *place = lab_packet(p->leg, p->from, p->to, godwit_slice(p->octets, p->len));
    (*place)->source = p->source;
    (*place)->destination = p->destination;
}

static void tell_packet(const scenario_t *s, const godwit_world_packet_t *p)
{
    char label[GODWIT_LAB_LABEL_MAX];
    if (s->out != NULL) {
        unsigned endpoint =
            p->from == GODWIT_WORLD_EMSE || p->to == GODWIT_WORLD_EMSE ? GODWIT_WORLD_EMSE : GODWIT_WORLD_HSE;
        godwit_lab_label(p->leg, godwit_slice(p->octets, p->len), lab_framing(s->w, endpoint), label);
        lab_tell(s, "  %u %s -> %u %s: %zu %s", p->from, godwit_world_node_name(p->from), p->to,
                 godwit_world_node_name(p->to), p->len, label);
    }
}

static bool on_wire(void *context, godwit_world_t *w, godwit_world_packet_t *p)
{
    scenario_t *s = context;
    tell_packet(s, p);
    if (!may_be_bent(w, p) || p->len == 0) {
        return true;
    }
    if (godwit_lab_random_below(&s->wire_dice, 4) == 0) {
        record(s, p);
    }
    if (godwit_lab_random_below(&s->wire_dice, 1000) < s->bend) {
        p->octets[godwit_lab_random_below(&s->wire_dice, (uint32_t)p->len)] ^=
            (uint8_t)(1u << godwit_lab_random_below(&s->wire_dice, 8));
    }
    return true;
}

/* ---- the world ---- */

/* Devices that are attached only while they have a reading, by vectors of following sessions. */
static void draw_offline(scenario_t *s, godwit_world_config_t *c)
{
    c->access = offline_accesses[draw(s, OFFLINE_ACCESSES)];
    c->solution = 0;
    c->offline = true;
    c->next_session = draw(s, 8) != 0;
    c->next_early = draw(s, 3) == 0;
    c->carrier = draw(s, 4) == 0                                    ? GODWIT_CARRIER_SMS
                 : c->access == GODWIT_WORLD_EPS && draw(s, 3) != 0 ? GODWIT_CARRIER_NAS
                                                                    : GODWIT_CARRIER_PDP;
    c->circuit = c->carrier == GODWIT_CARRIER_SMS && c->access != GODWIT_WORLD_EPS && draw(s, 2) == 0;
}

/* Devices that choose RAND themselves. */
static void draw_device_rand(scenario_t *s, godwit_world_config_t *c)
{
    c->access = (godwit_world_access_t)draw(s, GODWIT_WORLD_GERAN + 1);
    c->solution = 3;
    c->device_rand = true;
    c->keep_hidden = draw(s, 3) == 0;
}

/* Devices that bootstrap; what they get lives from half a minute to a day. */
static void draw_gba(scenario_t *s, godwit_world_config_t *c)
{
    c->access = GODWIT_WORLD_WIFI;
    c->solution = 3;
    c->gba = true;
    c->flavour = (godwit_gba_flavour_t)draw(s, 3);
    c->key_life_s = draw(s, 2) == 0 ? 0 : 30 + draw(s, 300);
}

/* Devices with an anchor key of 5G AKA. */
static void draw_akma(godwit_world_config_t *c)
{
    c->access = GODWIT_WORLD_WIFI;
    c->solution = 3;
    c->akma = true;
}

static void draw_solution(scenario_t *s, godwit_world_config_t *c)
{
    unsigned what = draw(s, 8);
    if (what < 2) {
        draw_offline(s, c);
        return;
    }
    if (what == 2) {
        draw_device_rand(s, c);
        return;
    }
    if (what == 5 && draw(s, 2) == 0) {
        lab_draw_trigger(s, c);
        return;
    }
    if (what == 3 && draw(s, 2) == 0) {
        draw_gba(s, c);
        return;
    }
    if (what == 4 && draw(s, 4) == 0) {
        draw_akma(c);
        return;
    }
    c->access = accesses[draw(s, ACCESSES)];
    c->solution = c->access == GODWIT_WORLD_WIFI ? 3 : (uint8_t)(1 + draw(s, 3));
    if (draw(s, 3) == 0) {
        lab_draw_e2e(s, c);
    }
    if (c->solution == 3) {
        return;
    }
    c->delivery = c->solution == 2 ? 'D' : (char)('A' + draw(s, 4));
    c->me_derives = c->solution == 2 || draw(s, 3) == 0;
    c->selector = draw(s, 4) == 0 ? 2 : 1;
    switch (draw(s, 12)) { /* what may be missing */
    case 0:                /* in UMTS there is no access then: the network has CK', IK' and the device has not */
        c->usim_unaware = !c->me_derives && c->access == GODWIT_WORLD_EPS;
        c->me_unaware = c->me_derives && c->access == GODWIT_WORLD_EPS;
        break;
    case 1:
        c->mme_unaware = true;
        break;
    case 2:
        c->strip_container = true;
        break;
    case 3:
        c->delivery = 0; /* a HSS without the extension */
        break;
    case 4:
        c->retention_ms = 50 + draw(s, 3000);
        break;
    default:
        break;
    }
    c->idle_ms = draw(s, 2) == 0 ? 0 : 2000 + draw(s, 20000);
}

static godwit_world_config_t draw_world(scenario_t *s, uint64_t seed)
{
    godwit_world_config_t c = godwit_world_defaults();
    c.seed = seed;
    c.devices = 1 + draw(s, 3);
    draw_solution(s, &c);
    c.sqn_by_time = draw(s, 2) == 0;
    c.loss = draw(s, 3) == 0 ? 0 : draw(s, 250);
    c.repeat = draw(s, 250);
    c.core_loss = draw(s, 3) == 0 ? draw(s, 150) : 0;
    c.delay_max_ms = c.delay_min_ms + (draw(s, 3) == 0 ? draw(s, 3000) : draw(s, 200));
    c.rekey_datagrams = 1 + draw(s, 6);
    c.reauthenticate_generations = 1 + draw(s, 3);
    c.next_vector = (godwit_next_vector_t)draw(s, 3);
    c.reserve = 1 + draw(s, 20);
    c.policies = draw(s, 4) == 0 && !c.device_rand && !c.offline && !c.gba && !c.akma && !c.trigger.on && !c.e2e.on
                     ? (godwit_world_policy_t)(1 + draw(s, 2))
                     : GODWIT_WORLD_POLICY_NONE;
    c.watch_memory = true;
    c.search_every = SEARCH_EVERY;
    c.wire = on_wire;
    c.context = s;
    s->bend = draw(s, 3) == 0 ? draw(s, 60) : 0;
    c.reauthenticate_attaches = draw(s, 2) == 0 ? 0 : 2 + draw(s, 8);
    return c;
}

/* ---- the end: whatever happened, it is over ---- */

static bool gets_through(scenario_t *s, unsigned device)
{
    if (s->w->config.trigger.on) {
        return lab_trigger_gets_through(s, device);
    }
    uint64_t began = s->w->now_ms, said = began, attached = began;
    uint32_t reading = godwit_world_submit(s->w, device);
    while (s->w->now_ms - began < HEALED_MS && s->w->violation == NULL) {
        godwit_world_run(s->w, STEP_MS);
        if (godwit_world_delivered(s->w, reading) > 0) {
            return true;
        }
        if (s->w->now_ms - said >= AGAIN_MS) {
            said = s->w->now_ms;
            reading = godwit_world_submit(s->w, device);
        }
        if (s->w->config.access != GODWIT_WORLD_WIFI && s->w->now_ms - attached >= REATTACH_MS) {
            attached = s->w->now_ms;
            (void)lab_after(s->w, 0, LAB_ACCESS_DETACH, godwit_world_device_node(device));
        }
    }
    return false;
}

static void heal(scenario_t *s)
{
    lab_tell(s, "everything heals");
    godwit_world_quiet(s->w);
    s->bend = 0;
    for (unsigned device = 0; device < s->w->config.devices && s->w->violation == NULL; device++) {
        if ((s->w->suffers >> device & 1u) == 0 && !gets_through(s, device)) {
            lab_violate(s->w, "a device that gets nothing through when all is well again");
        }
    }
    if (s->w->config.trigger.on) {
        lab_trigger_settles(s);
    }
    if (s->w->config.e2e.on) {
        lab_check_e2e_end(s->w);
    }
    godwit_world_search(s->w);
}

void godwit_lab_scenario(uint64_t seed, FILE *out, godwit_lab_outcome_t *outcome)
{
    size_t before = godwit_world_memory();
    scenario_t s = {
        .dice = seed ^ UINT64_C(0x5EED), .wire_dice = ~seed, .out = out, .rare = {.dice = seed ^ UINT64_C(0xD1CE)}};
    godwit_world_config_t config = draw_world(&s, seed);
    lab_tell(&s, "seed %llu: %u devices, access %d, solution %u%c%s", (unsigned long long)seed, config.devices,
             (int)config.access, config.solution, config.delivery == 0 ? ' ' : config.delivery,
             config.me_derives ? " (ME)" : "");
    memset(outcome, 0, sizeof *outcome);
    s.w = godwit_world_new(&config);
    unsigned acts = ACTS_MIN + draw(&s, ACTS_MORE);
    lab_rare_draw(&s, acts);
    for (unsigned i = 0; i < acts && s.w->violation == NULL; i++) {
        lab_rare_act(&s, i);
        lab_act(&s);
        godwit_world_run(s.w, draw(&s, PAUSE_MS));
    }
    heal(&s);
    outcome->events = s.w->steps;
    if (s.w->violation != NULL) {
        (void)snprintf(outcome->what, sizeof outcome->what, "%s", s.w->violation);
        lab_tell(&s, "%s", outcome->what);
    }
    godwit_world_free(s.w);
    for (size_t i = 0; i < RECORDED; i++) {
        lab_free(s.recorded[i]);
    }
    if (godwit_world_memory() != before && outcome->what[0] == '\0') {
        (void)snprintf(outcome->what, sizeof outcome->what, "memory that does not return to where it was");
    }
}
