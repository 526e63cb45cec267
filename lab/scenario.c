/* SPDX-License-Identifier: Apache-2.0
 *
 * One scenario of a soak: a world that is drawn, acts that are drawn, on a network that loses, repeats, delays, bends and cuts; then everything
 * heals, and every device must get a reading through.
 */
#include <stdarg.h>
#include <string.h>

#include "lab/internal.h"
#include "lab/soak.h"

#define ACTS_MIN 8
#define ACTS_MORE 20
#define PAUSE_MS 9000
#define STEP_MS 500
#define AGAIN_MS 30000     /* until the application says it again */
#define REATTACH_MS 240000 /* until the device's owner attaches anew */
#define HEALED_MS 900000   /* by then every device has got a reading through */
#define RECORDED 16
#define SEARCH_EVERY 12

static const godwit_world_access_t accesses[] = {GODWIT_WORLD_WIFI, GODWIT_WORLD_EPS, GODWIT_WORLD_UMTS};
#define ACCESSES (sizeof accesses / sizeof accesses[0])

typedef struct scenario {
    godwit_world_t *w;
    uint64_t dice, wire_dice;
    uint32_t bend; /* thousandths of packets that are bent */
    lab_packet_t *recorded[RECORDED];
    FILE *out;
} scenario_t;

static uint32_t draw(scenario_t *s, uint32_t below)
{
    return godwit_lab_random_below(&s->dice, below);
}

static void tell(const scenario_t *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void tell(const scenario_t *s, const char *format, ...)
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

static bool may_be_bent(const godwit_world_packet_t *p)
{
    return p->leg == GODWIT_WORLD_LEG_EMSDP || p->leg == GODWIT_WORLD_LEG_RADIO || p->leg == GODWIT_WORLD_LEG_SGI;
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
        tell(s, "  %u %s -> %u %s: %zu %s", p->from, godwit_world_node_name(p->from), p->to,
             godwit_world_node_name(p->to), p->len, label);
    }
}

static bool on_wire(void *context, godwit_world_t *w, godwit_world_packet_t *p)
{
    scenario_t *s = context;
    (void)w;
    tell_packet(s, p);
    if (!may_be_bent(p) || p->len == 0) {
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

static void replay(scenario_t *s)
{
    const lab_packet_t *p = s->recorded[draw(s, RECORDED)];
    if (p != NULL) {
        lab_packet_t *again = lab_packet(p->leg, p->from, p->to, godwit_slice(p->octets, p->len));
        again->source = p->source;
        again->destination = p->destination;
        tell(s, "a packet of %s to %s is sent again", godwit_world_node_name(p->from), godwit_world_node_name(p->to));
        lab_event_t *e = lab_after(s->w, 1, LAB_PACKET, p->to);
        e->packet = again;
    }
}

/* ---- the world ---- */

static void draw_solution(scenario_t *s, godwit_world_config_t *c)
{
    c->access = accesses[draw(s, ACCESSES)];
    c->solution = c->access == GODWIT_WORLD_WIFI ? 3 : (uint8_t)(1 + draw(s, 3));
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
    c.policies = draw(s, 4) == 0 ? (godwit_world_policy_t)(1 + draw(s, 2)) : GODWIT_WORLD_POLICY_NONE;
    c.watch_memory = true;
    c.search_every = SEARCH_EVERY;
    c.wire = on_wire;
    c.context = s;
    s->bend = draw(s, 3) == 0 ? draw(s, 60) : 0;
    c.reauthenticate_attaches = draw(s, 2) == 0 ? 0 : 2 + draw(s, 8);
    return c;
}

/* ---- acts ---- */

static unsigned any_node(scenario_t *s)
{
    unsigned node;
    do {
        node = draw(s, GODWIT_WORLD_FUNCTIONS + 2 * s->w->config.devices);
    } while (lab_is_function(node) && !s->w->functions[node].present);
    return node;
}

static void lose_power(scenario_t *s)
{
    unsigned node = any_node(s);
    tell(s, "%s loses power", godwit_world_node_name(node));
    godwit_world_power_loss(s->w, node);
}

static void cut_network(scenario_t *s)
{
    unsigned a = any_node(s), b = draw(s, 2) == 0 ? GODWIT_WORLD_EVERYBODY : any_node(s);
    uint32_t duration = 500 + draw(s, 20000);
    tell(s, "%s is cut off for %u ms", godwit_world_node_name(a), (unsigned)duration);
    godwit_world_part(s->w, a, b, duration);
}

static void of_access(scenario_t *s, unsigned device)
{
    if (s->w->config.access == GODWIT_WORLD_WIFI) {
        tell(s, "device %u has another address", device);
        godwit_world_move(s->w, device);
        return;
    }
    lab_event_kind_t kind = draw(s, 4) == 0 ? LAB_ACCESS_DETACH : LAB_ACCESS_IDLE;
    tell(s, "device %u %s", device, kind == LAB_ACCESS_DETACH ? "detaches" : "goes idle");
    (void)lab_after(s->w, 0, kind, godwit_world_device_node(device));
}

/* The card has been used by a home that is gone: its SEQ is ahead, by little or by more than any vector may jump. */
static void advance_card(scenario_t *s, unsigned device)
{
    lab_device_t *d = &s->w->devices[device];
    uint64_t by = draw(s, 2) == 0 ? 100 : UINT64_C(1) << 29;
    if (d->card_down || d->card_busy) {
        return;
    }
    tell(s, "the card of device %u is ahead by %llu", device, (unsigned long long)by);
    for (size_t i = 0; i < sizeof d->card.sqn.seq_ms / sizeof d->card.sqn.seq_ms[0]; i++) {
        d->card.sqn.seq_ms[i] += by;
    }
    if (godwit_usim_save(&d->card, d->image) != GODWIT_OK) {
        lab_violate(s->w, "a card that cannot be saved");
    }
}

/* A stranger who has heard an AUTS says it again, in its own name or as the one that it came from does. */
static void stale_auts(scenario_t *s)
{
    godwit_message_t *stale = &s->w->stale;
    if (stale->kind == GODWIT_AUTH_INFO_REQUEST) {
        tell(s, "an old AUTS comes again");
        stale->to = GODWIT_FUNCTION_HSS;
        stale->u.auth_info_request.visited_plmn = GODWIT_WORLD_VISITED;
        lab_send_message(s->w, GODWIT_WORLD_STRANGER, stale);
    }
}

/* The session ends, with the next key announced, and the next reading is early data. */
static void end_and_go_on(scenario_t *s, unsigned device)
{
    tell(s, "device %u ends its session, and has a reading", device);
    godwit_world_terminate(s->w, device);
    godwit_world_run(s->w, 500 + draw(s, 3000));
    (void)godwit_world_submit(s->w, device);
    if (draw(s, 3) == 0) {
        godwit_world_cut(s->w, s->w->steps + 1 + draw(s, 16));
    }
}

/* A message and a reading before a silence in which the HSE flushes its key, and after it. */
static void be_silent(scenario_t *s, unsigned device)
{
    tell(s, "device %u is silent for a while", device);
    for (unsigned i = 0; i < 2; i++) {
        (void)godwit_world_submit(s->w, device);
        godwit_world_run(s->w, 1000 + draw(s, 3000));
        godwit_world_submit_down(s->w, device, "a message");
        godwit_world_run(s->w, 2 * s->w->config.idle_ms + 1000);
    }
}

static void act(scenario_t *s)
{
    unsigned device = draw(s, s->w->config.devices);
    switch (draw(s, 20)) {
    case 0:
        lose_power(s);
        break;
    case 1:
        godwit_world_cut(s->w, s->w->steps + 1 + draw(s, 80));
        break;
    case 2:
        godwit_world_submit_down(s->w, device, "a message");
        break;
    case 3:
    case 11:
        end_and_go_on(s, device);
        break;
    case 4:
        godwit_world_drop_session(s->w, device);
        break;
    case 5:
        of_access(s, device);
        break;
    case 6:
        (void)godwit_world_access_aka(s->w, device, GODWIT_WORLD_VISITED);
        break;
    case 7:
        cut_network(s);
        break;
    case 8:
        replay(s);
        break;
    case 9:
        advance_card(s, device);
        break;
    case 10:
        stale_auts(s);
        break;
    case 12:
        be_silent(s, device);
        break;
    default:
        tell(s, "device %u has a reading", device);
        (void)godwit_world_submit(s->w, device);
        break;
    }
}

/* ---- the end: whatever happened, it is over ---- */

static bool gets_through(scenario_t *s, unsigned device)
{
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
    tell(s, "everything heals");
    godwit_world_quiet(s->w);
    s->bend = 0;
    for (unsigned device = 0; device < s->w->config.devices && s->w->violation == NULL; device++) {
        if (!gets_through(s, device)) {
            lab_violate(s->w, "a device that gets nothing through when all is well again");
        }
    }
    godwit_world_search(s->w);
}

void godwit_lab_scenario(uint64_t seed, FILE *out, godwit_lab_outcome_t *outcome)
{
    size_t before = godwit_world_memory();
    scenario_t s = {.dice = seed ^ UINT64_C(0x5EED), .wire_dice = ~seed, .out = out};
    godwit_world_config_t config = draw_world(&s, seed);
    tell(&s, "seed %llu: %u devices, access %d, solution %u%c%s", (unsigned long long)seed, config.devices,
         (int)config.access, config.solution, config.delivery == 0 ? ' ' : config.delivery,
         config.me_derives ? " (ME)" : "");
    memset(outcome, 0, sizeof *outcome);
    s.w = godwit_world_new(&config);
    unsigned acts = ACTS_MIN + draw(&s, ACTS_MORE);
    for (unsigned i = 0; i < acts && s.w->violation == NULL; i++) {
        act(&s);
        godwit_world_run(s.w, draw(&s, PAUSE_MS));
    }
    heal(&s);
    outcome->events = s.w->steps;
    if (s.w->violation != NULL) {
        (void)snprintf(outcome->what, sizeof outcome->what, "%s", s.w->violation);
        tell(&s, "%s", outcome->what);
    }
    godwit_world_free(s.w);
    for (size_t i = 0; i < RECORDED; i++) {
        lab_free(s.recorded[i]);
    }
    if (godwit_world_memory() != before && outcome->what[0] == '\0') {
        (void)snprintf(outcome->what, sizeof outcome->what, "memory that does not return to where it was");
    }
}
