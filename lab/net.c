/* SPDX-License-Identifier: Apache-2.0
 *
 * Packets between nodes: the network loses, repeats, delays and cuts, and shows every packet to whoever taps it. What
 * goes over Diameter arrives in order or not at all, as over TCP.
 */
#include <string.h>

#include "lab/internal.h"

#define DIAMETER_MS 1
#define CORE_MS 5
#define EMSDP_PORT 7330
#define GTPC_PORT 2123
#define GTPU_PORT 2152

lab_packet_t *lab_packet(godwit_world_leg_t leg, unsigned from, unsigned to, godwit_slice_t octets)
{
    lab_packet_t *p = lab_alloc(sizeof *p + octets.len);
    p->leg = leg;
    p->from = from;
    p->to = to;
    p->len = octets.len;
    if (octets.len > 0) {
        memcpy(p->octets, octets.ptr, octets.len);
    }
    return p;
}

/* ---- addresses: 10.0.0.n of functions, 10.45.x.x of the gateway's pool, 3 octets of radios ---- */

godwit_address_t lab_node_address(unsigned node, uint16_t port)
{
    godwit_address_t a = {.len = 6, .octets = {10, 0, 0, (uint8_t)(node + 1)}};
    godwit_store_u16(a.octets + 4, port == 0 ? EMSDP_PORT : port);
    return a;
}

/* The function that has that IPv4 address; GODWIT_WORLD_FUNCTIONS: none. */
static unsigned function_at(const godwit_address_t *a)
{
    static const uint8_t pool[2] = {10, 45};
    static const uint8_t functions[3] = {10, 0, 0};
    if (a->len == 6 && memcmp(a->octets, pool, 2) == 0) {
        return GODWIT_WORLD_PGW;
    }
    bool is_ours = a->len == 6 && memcmp(a->octets, functions, 3) == 0 && a->octets[3] >= 1 &&
                   a->octets[3] <= GODWIT_WORLD_FUNCTIONS;
    return is_ours ? a->octets[3] - 1u : GODWIT_WORLD_FUNCTIONS;
}

/* ---- what the network does ---- */

static bool happens(godwit_world_t *w, uint32_t thousandths)
{
    return thousandths > 0 && godwit_lab_random_below(&w->random, 1000) < thousandths;
}

static bool is_cut(const godwit_world_t *w, const lab_packet_t *p)
{
    for (size_t i = 0; i < LAB_CUTS; i++) {
        const lab_cut_t *c = &w->cuts[i];
        bool everybody = c->b == GODWIT_WORLD_EVERYBODY;
        if (w->now_ms < c->until_ms &&
            ((c->a == p->from && (everybody || c->b == p->to)) || (c->a == p->to && (everybody || c->b == p->from)))) {
            return true;
        }
    }
    return false;
}

void godwit_world_part(godwit_world_t *w, unsigned a, unsigned b, uint64_t duration_ms)
{
    lab_cut_t *place = &w->cuts[0];
    for (size_t i = 1; i < LAB_CUTS; i++) {
        place = w->cuts[i].until_ms < place->until_ms ? &w->cuts[i] : place;
    }
    *place = (lab_cut_t){a, b, w->now_ms + duration_ms};
}

static bool is_air(const lab_packet_t *p)
{
    return p->leg == GODWIT_WORLD_LEG_EMSDP || p->leg == GODWIT_WORLD_LEG_RADIO || p->leg == GODWIT_WORLD_LEG_A3 ||
           p->leg == GODWIT_WORLD_LEG_EAP;
}

/* In order or not at all, as over TCP. */
static bool is_stream(const lab_packet_t *p)
{
    return p->leg == GODWIT_WORLD_LEG_DIAMETER || p->leg == GODWIT_WORLD_LEG_HTTP;
}

static uint64_t delay_of(godwit_world_t *w, const lab_packet_t *p)
{
    uint32_t spread = w->config.delay_max_ms - w->config.delay_min_ms;
    if (is_stream(p)) {
        return DIAMETER_MS;
    }
    if (is_air(p)) {
        return w->config.delay_min_ms + godwit_lab_random_below(&w->random, spread + 1);
    }
    uint32_t core = w->config.core_delay_ms == 0 ? CORE_MS : w->config.core_delay_ms;
    return core + (w->config.core_loss > 0 ? godwit_lab_random_below(&w->random, 2 * core) : 0);
}

/* The tap and the hook in one: what it changes in place is what arrives. Returns the packet, another, or NULL when it
 * was lost. */
static lab_packet_t *on_wire(godwit_world_t *w, lab_packet_t *p)
{
    uint8_t room[GODWIT_WORLD_PACKET_MAX];
    godwit_world_packet_t shown = {p->leg, p->from, p->to, p->source, p->destination, p->len, room};
    if (p->len > sizeof room) {
        lab_violate(w, "a packet longer than any");
        lab_free(p);
        return NULL;
    }
    memcpy(room, p->octets, p->len);
    bool arrives = w->config.wire(w->config.context, w, &shown);
    lab_packet_t *changed = NULL;
    if (arrives) {
        changed = lab_packet(p->leg, p->from, p->to, godwit_slice(room, shown.len));
        changed->source = shown.source;
        changed->destination = shown.destination;
        changed->call = p->call;
        changed->bent = p->bent || shown.len != p->len || memcmp(room, p->octets, p->len) != 0;
    }
    lab_free_secret(p);
    return changed;
}

static void under_way(godwit_world_t *w, lab_packet_t *p)
{
    lab_event_t *e = lab_after(w, delay_of(w, p), LAB_PACKET, p->to);
    e->packet = p;
}

/* What goes beyond the radio without an endpoint's protection may come twice, as on any link: that is nobody's fault
 * here. */
static bool may_repeat(const godwit_world_t *w, const lab_packet_t *p)
{
    bool user_plane = p->leg == GODWIT_WORLD_LEG_GTPU || p->leg == GODWIT_WORLD_LEG_SGI;
    return !is_stream(p) && !(w->config.offline && user_plane);
}

void lab_net_send(godwit_world_t *w, lab_packet_t *p)
{
    uint32_t loss = is_stream(p) ? 0 : is_air(p) ? w->config.loss : w->config.core_loss;
    lab_search_wire(w, p->from, p->to, is_stream(p), godwit_slice(p->octets, p->len));
    p = w->config.wire == NULL ? p : on_wire(w, p);
    if (p == NULL) {
        return;
    }
    if (is_cut(w, p) || happens(w, loss)) {
        lab_free_secret(p);
        return;
    }
    if (may_repeat(w, p) && happens(w, w->config.repeat)) {
        lab_packet_t *again = lab_packet(p->leg, p->from, p->to, godwit_slice(p->octets, p->len));
        again->source = p->source;
        again->destination = p->destination;
        again->bent = p->bent;
        under_way(w, p);
        under_way(w, again);
        return;
    }
    under_way(w, p);
}

/* ---- ends ---- */

static void at_device(godwit_world_t *w, lab_event_t *e)
{
    unsigned device = lab_device_of(e->node), address;
    lab_packet_t *p = e->packet;
    e->packet = NULL;
    if (p->leg == GODWIT_WORLD_LEG_HTTP || p->leg == GODWIT_WORLD_LEG_EAP ||
        lab_device_at(w, &p->destination, &address) == (int)device) {
        lab_device_give(w, device, LAB_PACKET, p, NULL);
    } else {
        lab_free(p); /* it has moved since */
    }
}

static void at_function(godwit_world_t *w, const lab_packet_t *p)
{
    godwit_message_t message;
    godwit_input_t in = {.kind = GODWIT_INPUT_DATAGRAM,
                         .port = (godwit_port_t)p->leg,
                         .from = p->source,
                         .to = p->destination,
                         .datagram = godwit_slice(p->octets, p->len)};
    if (p->leg == GODWIT_WORLD_LEG_SGI && p->to != GODWIT_WORLD_PGW) {
        in.port = GODWIT_PORT_EMSDP; /* out of the tunnel */
    }
    if (p->leg == GODWIT_WORLD_LEG_SGI && p->to != GODWIT_WORLD_PGW && w->config.offline) {
        lab_offline_arrive(w, p);
        return;
    }
    if (p->leg == GODWIT_WORLD_LEG_EAP) {
        lab_eap_arrive(w, p);
        return;
    }
    if (p->leg == GODWIT_WORLD_LEG_HTTP && !lab_is_function(p->from)) {
        (w->config.akma ? lab_akma_arrive : lab_gba_arrive)(w, p);
        return;
    }
    if (is_stream(p)) {
        lab_search_octets(w, p->to, p->octets, p->len); /* whatever it keeps, it has had this */
        if (!lab_read_message(w, p, &message) || !lab_answers_before(w, p, &message)) {
            return;
        }
        in = (godwit_input_t){.kind = GODWIT_INPUT_MESSAGE, .message = &message};
    }
    if (p->to == GODWIT_WORLD_STRANGER) {
        w->access_answer = message;
        w->access_answered = is_stream(p);
    } else if (p->to == GODWIT_WORLD_AMF || p->to == GODWIT_WORLD_AF) {
        lab_akma_played(w, &message);
    } else {
        w->is_bent = p->bent;
        lab_function_input(w, p->to, &in);
        w->is_bent = false;
    }
}

void lab_net_arrive(godwit_world_t *w, lab_event_t *e)
{
    if (lab_is_function(e->node)) {
        at_function(w, e->packet);
    } else {
        at_device(w, e);
    }
}

/* ---- datagrams of functions ---- */

/* Frames of the radio, and messages of interface A3. */
static void to_device(godwit_world_t *w, unsigned node, const godwit_request_t *r)
{
    unsigned number;
    int device = lab_device_at(w, &r->to, &number);
    if (device < 0) {
        return; /* nobody is there any more */
    }
    lab_packet_t *p =
        lab_packet((godwit_world_leg_t)r->port, node, godwit_world_device_node((unsigned)device), r->octets);
    if (r->port == GODWIT_PORT_A3) {
        lab_check_a3(w, (unsigned)device, true, r->octets);
        p->source = lab_node_address(node, LAB_A3_PORT);
    }
    p->destination = r->to;
    /* A message of A3 is the MTC-IWF's own, also when a hint that was bent made it speak. */
    p->bent = w->is_bent && r->port != GODWIT_PORT_A3;
    lab_net_send(w, p);
}

static void to_function(godwit_world_t *w, unsigned node, const godwit_request_t *r)
{
    unsigned to = function_at(&r->to);
    if (to == GODWIT_WORLD_FUNCTIONS) {
        return;
    }
    godwit_world_leg_t leg = (godwit_world_leg_t)r->port;
    if (r->port == GODWIT_PORT_EMSDP) {
        leg = GODWIT_WORLD_LEG_SGI; /* an endpoint to a device behind the gateway */
    }
    lab_packet_t *p = lab_packet(leg, node, to, r->octets);
    uint16_t port = r->port == GODWIT_PORT_GTPC ? GTPC_PORT : r->port == GODWIT_PORT_GTPU ? GTPU_PORT : 0;
    p->source = r->port == GODWIT_PORT_SGI ? r->from : lab_node_address(node, port);
    p->destination = r->to;
    p->bent = w->is_bent && !lab_is_endpoint(node); /* who relays, relays what was bent */
    lab_net_send(w, p);
}

/* What an endpoint sends into a tunnel: the G-PDU's TEID and the gateway's host name the device. */
static void check_tunnel(godwit_world_t *w, unsigned node, const godwit_request_t *r)
{
    godwit_gtpu_t message;
    godwit_address_t bearer = {.len = 8};
    if (godwit_gtpu_parse(r->octets, &message) == GODWIT_OK && message.type == GODWIT_GTPU_G_PDU) {
        memcpy(bearer.octets, r->to.octets, 4);
        godwit_store_u32(bearer.octets + 4, message.teid);
        lab_check_sent_down(w, lab_endpoint_of(node), &bearer, message.pdu);
    }
}

void lab_net_datagram(godwit_world_t *w, unsigned node, const godwit_request_t *r)
{
    unsigned number;
    bool is_endpoint = lab_is_endpoint(node);
    if (node == GODWIT_WORLD_SMS_SC) {
        lab_offline_sms(w, r);
        return;
    }
    if (is_endpoint && r->port == GODWIT_PORT_EMSDP) {
        int device = lab_device_at(w, &r->to, &number);
        lab_check_sent_down(w, lab_endpoint_of(node), &r->to, r->octets);
        if (device >= 0) {
            lab_air_send(w, (unsigned)device, false, &r->to, node, r->octets);
            return;
        }
    }
    if (is_endpoint && r->port == GODWIT_PORT_GTPU) {
        check_tunnel(w, node, r);
    }
    const bool to_stranger = r->port == GODWIT_PORT_A3 && function_at(&r->to) == GODWIT_WORLD_STRANGER;
    if (r->port == GODWIT_PORT_RADIO || (r->port == GODWIT_PORT_A3 && !to_stranger)) {
        to_device(w, node, r);
    } else {
        to_function(w, node, r);
    }
}
