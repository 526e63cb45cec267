/* SPDX-License-Identifier: Apache-2.0
 *
 * What happens in a scenario: to devices, to the power of nodes, to the network between them, and by whoever means
 * harm.
 */
#include <string.h>

#include "lab/scenario_parts.h"

#define STRANGE_ADDRESS 0xF00000 /* of radios that no device has */

/* ---- whoever means harm ---- */

static void replay(scenario_t *s)
{
    const lab_packet_t *p = s->recorded[draw(s, RECORDED)];
    if (p != NULL) {
        lab_packet_t *again = lab_packet(p->leg, p->from, p->to, godwit_slice(p->octets, p->len));
        again->source = p->source;
        again->destination = p->destination;
        lab_tell(s, "a packet of %s to %s is sent again", godwit_world_node_name(p->from),
                 godwit_world_node_name(p->to));
        lab_event_t *e = lab_after(s->w, 1, LAB_PACKET, p->to);
        e->packet = again;
    }
}

/* Somebody who heard a frame guesses: it comes with another bit, from another place. */
static void guess(scenario_t *s)
{
    const lab_packet_t *p = s->recorded[draw(s, RECORDED)];
    if (p == NULL || !lab_is_function(p->to) || p->len < 2 ||
        (p->leg != GODWIT_WORLD_LEG_RADIO && p->leg != GODWIT_WORLD_LEG_EMSDP)) {
        return;
    }
    lab_packet_t *again = lab_packet(p->leg, p->from, p->to, godwit_slice(p->octets, p->len));
    again->source = lab_address(STRANGE_ADDRESS + draw(s, 64));
    again->destination = p->destination;
    again->octets[1 + draw(s, (uint32_t)p->len - 1)] ^= (uint8_t)(1u << draw(s, 8));
    again->bent = true;
    lab_tell(s, "a guess at %s", godwit_world_node_name(p->to));
    lab_event_t *e = lab_after(s->w, 1, LAB_PACKET, p->to);
    e->packet = again;
}

/* A server of another name has heard a first datagram, and asks for its key. */
static void ask_for_another(scenario_t *s)
{
    const lab_packet_t *p = s->recorded[draw(s, RECORDED)];
    godwit_message_t m = {.kind = GODWIT_MTC_KEY_REQUEST, .to = GODWIT_FUNCTION_MKEF, .transaction = 1};
    godwit_mtc_key_request_t *request = &m.u.mtc_key_request;
    if (p == NULL || p->to != GODWIT_WORLD_MTC || p->len > sizeof request->datagram) {
        return;
    }
    request->session_octets = s->w->config.framing.session_octets;
    request->counter_octets = s->w->config.framing.counter_octets;
    request->datagram_len = (uint16_t)p->len;
    memcpy(request->datagram, p->octets, p->len);
    lab_tell(s, "another server asks for the key of a datagram that it heard");
    lab_send_message(s->w, GODWIT_WORLD_STRANGER, &m);
}

/* A NAF of another name asks for the key that a device made for the NAF. */
static void ask_as_another_naf(scenario_t *s, unsigned device)
{
    godwit_message_t m = {.kind = GODWIT_ZN_REQUEST, .to = GODWIT_FUNCTION_BSF, .transaction = 1};
    godwit_zn_request_t *request = &m.u.zn_request;
    const char *b_tid = godwit_gba_b_tid_of(&s->w->devices[device].gba);
    const godwit_slice_t id = lab_naf_id(request->naf_id);
    if (b_tid[0] == '\0') {
        return;
    }
    memcpy(request->b_tid, b_tid, strlen(b_tid) + 1);
    request->naf_id_len = (uint16_t)id.len;
    lab_tell(s, "another NAF asks for the key of device %u", device);
    lab_send_message(s->w, GODWIT_WORLD_STRANGER, &m);
}

/* ---- everybody else ---- */

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
    lab_tell(s, "%s loses power", godwit_world_node_name(node));
    godwit_world_power_loss(s->w, node);
}

static void cut_network(scenario_t *s)
{
    unsigned a = any_node(s), b = draw(s, 2) == 0 ? GODWIT_WORLD_EVERYBODY : any_node(s);
    uint32_t duration = 500 + draw(s, 20000);
    lab_tell(s, "%s is cut off for %u ms", godwit_world_node_name(a), (unsigned)duration);
    godwit_world_part(s->w, a, b, duration);
}

static void of_access(scenario_t *s, unsigned device)
{
    if (s->w->config.access == GODWIT_WORLD_WIFI) {
        lab_tell(s, "device %u has another address", device);
        godwit_world_move(s->w, device);
        return;
    }
    lab_event_kind_t kind = draw(s, 4) == 0 || s->w->config.offline ? LAB_ACCESS_DETACH : LAB_ACCESS_IDLE;
    lab_tell(s, "device %u %s", device, kind == LAB_ACCESS_DETACH ? "detaches" : "goes idle");
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
    lab_tell(s, "the card of device %u is ahead by %llu", device, (unsigned long long)by);
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
        lab_tell(s, "an old AUTS comes again");
        stale->to = GODWIT_FUNCTION_HSS;
        stale->u.auth_info_request.visited_plmn = GODWIT_WORLD_VISITED;
        lab_send_message(s->w, GODWIT_WORLD_STRANGER, stale);
    }
}

/* An offline device is detached, and attaches with its next reading. */
static void detach_and_go_on(scenario_t *s, unsigned device)
{
    lab_tell(s, "device %u is detached, and has a reading", device);
    (void)lab_after(s->w, 0, LAB_ACCESS_DETACH, godwit_world_device_node(device));
    godwit_world_run(s->w, 1000 + draw(s, 8000));
    (void)godwit_world_submit(s->w, device);
    if (draw(s, 3) == 0) {
        godwit_world_cut(s->w, s->w->steps + 1 + draw(s, 24));
    }
}

/* The session ends, with the next key announced, and the next reading is early data. */
static void end_and_go_on(scenario_t *s, unsigned device)
{
    if (s->w->config.offline) {
        detach_and_go_on(s, device);
        return;
    }
    lab_tell(s, "device %u ends its session, and has a reading", device);
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
    lab_tell(s, "device %u is silent for a while", device);
    for (unsigned i = 0; i < 2; i++) {
        (void)godwit_world_submit(s->w, device);
        godwit_world_run(s->w, 1000 + draw(s, 3000));
        godwit_world_submit_down(s->w, device, "a message");
        godwit_world_run(s->w, 2 * s->w->config.idle_ms + 1000);
    }
}

static void act_with_triggers(scenario_t *s, unsigned device)
{
    static void (*const others[])(scenario_t *) = {lose_power, cut_network, replay, stale_auts};
    if (lab_trigger_act(s, device)) {
        return;
    }
    unsigned which = draw(s, 6);
    if (which < 4) {
        others[which](s);
    } else if (which == 4) {
        of_access(s, device);
    } else {
        advance_card(s, device);
    }
}

void lab_act(scenario_t *s)
{
    unsigned device = draw(s, s->w->config.devices);
    if (s->w->config.trigger.on) {
        act_with_triggers(s, device);
        return;
    }
    if (s->w->config.e2e.on && lab_e2e_act(s, device)) {
        return;
    }
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
    case 13:
        guess(s);
        break;
    case 14:
        (s->w->config.gba ? ask_as_another_naf(s, device) : ask_for_another(s));
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
        lab_tell(s, "device %u has a reading", device);
        (void)godwit_world_submit(s->w, device);
        break;
    }
}
