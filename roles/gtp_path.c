/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests that are sent again, answers that are given again, and the housekeeping of GTP-U.
 */
#include "roles/gtp_path.h"

#include <string.h>

#define T3_DEFAULT_MS 1000
#define N3_DEFAULT 4
#define ANSWER_LIFE_MS 60000 /* longer than any peer asks again */
#define SEQUENCE_V1 0xFFFFU
#define SEQUENCE_V2 0x7FFFFFU

void godwit_gtp_path_init(godwit_gtp_path_t *path, godwit_gtp_pending_t *pending, size_t pending_capacity,
                          godwit_gtp_answered_t *answered, size_t answered_capacity, uint32_t timer_base,
                          uint32_t t3_ms, uint8_t n3)
{
    memset(path, 0, sizeof *path);
    memset(pending, 0, pending_capacity * sizeof *pending);
    memset(answered, 0, answered_capacity * sizeof *answered);
    path->pending = pending;
    path->pending_capacity = pending_capacity;
    path->answered = answered;
    path->answered_capacity = answered_capacity;
    path->timer_base = timer_base;
    path->t3_ms = t3_ms == 0 ? T3_DEFAULT_MS : t3_ms;
    path->n3 = n3 == 0 ? N3_DEFAULT : n3;
}

uint32_t godwit_gtp_next_sequence(godwit_gtp_path_t *path, uint8_t version)
{
    return ++path->next_sequence & (version == 1 ? SEQUENCE_V1 : SEQUENCE_V2);
}

/* ---- shapes ---- */

uint32_t godwit_gtp_teid(uint32_t place, const uint8_t random[2])
{
    uint32_t high = godwit_load_u16(random);
    return ((high == 0 ? 1U : high) << 16) | place;
}

godwit_address_t godwit_gtp_address(const uint8_t ipv4[4], uint16_t port)
{
    godwit_address_t address;
    memset(&address, 0, sizeof address);
    address.len = 6;
    memcpy(address.octets, ipv4, 4);
    godwit_store_u16(address.octets + 4, port);
    return address;
}

bool godwit_gtp_same_node(const godwit_address_t *address, const uint8_t ipv4[4])
{
    return address->len == 6 && memcmp(address->octets, ipv4, 4) == 0;
}

void godwit_gtp_send(godwit_outbox_t *out, godwit_port_t port, const godwit_address_t *to, godwit_slice_t octets)
{
    uint8_t *room = octets.len > 0 ? godwit_outbox_alloc(out, octets.len) : NULL;
    if (room == NULL) {
        return;
    }
    memcpy(room, octets.ptr, octets.len);
    godwit_request_t *request = godwit_outbox_add(out, GODWIT_REQUEST_DATAGRAM);
    request->port = port;
    request->to = *to;
    request->octets = godwit_slice(room, octets.len);
}

void godwit_gtp_send_pdu(godwit_outbox_t *out, const godwit_address_t *to, uint32_t teid, godwit_slice_t pdu)
{
    uint8_t octets[GODWIT_GTP_OCTETS_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    if (godwit_gtpu_put_pdu(&w, teid, pdu) == GODWIT_OK) {
        godwit_gtp_send(out, GODWIT_PORT_GTPU, to, godwit_written(&w));
    }
}

static void send_gtpu(godwit_outbox_t *out, const godwit_address_t *to, const godwit_gtpu_t *message)
{
    uint8_t octets[64];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    if (godwit_gtpu_build(message, &w) == GODWIT_OK) {
        godwit_gtp_send(out, GODWIT_PORT_GTPU, to, godwit_written(&w));
    }
}

bool godwit_gtpu_housekeeping(const godwit_gtpu_t *message, const godwit_input_t *in, godwit_outbox_t *out)
{
    if (message->type == GODWIT_GTPU_ECHO_REQUEST) {
        godwit_gtpu_t answer;
        memset(&answer, 0, sizeof answer);
        answer.type = GODWIT_GTPU_ECHO_RESPONSE;
        answer.sequence = message->sequence;
        send_gtpu(out, &in->from, &answer);
        return true;
    }
    return message->type != GODWIT_GTPU_G_PDU && message->type != GODWIT_GTPU_ERROR_INDICATION;
}

void godwit_gtpu_refuse(godwit_outbox_t *out, const godwit_address_t *to, uint32_t teid, const uint8_t own_ipv4[4])
{
    godwit_gtpu_t message;
    memset(&message, 0, sizeof message);
    message.type = GODWIT_GTPU_ERROR_INDICATION;
    message.error_teid = teid;
    memcpy(message.error_ipv4, own_ipv4, sizeof message.error_ipv4);
    send_gtpu(out, to, &message);
}

/* ---- our own requests ---- */

static void set_timer(const godwit_gtp_path_t *path, const godwit_gtp_pending_t *p, uint32_t delay_ms,
                      godwit_outbox_t *out)
{
    godwit_outbox_timer(out, path->timer_base + (uint32_t)(p - path->pending), delay_ms);
}

static void transmit(const godwit_gtp_path_t *path, godwit_gtp_pending_t *p, godwit_outbox_t *out)
{
    p->attempts--;
    godwit_gtp_send(out, GODWIT_PORT_GTPC, &p->to, godwit_slice(p->octets, p->len));
    set_timer(path, p, path->t3_ms, out);
}

godwit_status_t godwit_gtp_ask(godwit_gtp_path_t *path, godwit_outbox_t *out, const godwit_address_t *to,
                               godwit_slice_t octets, uint32_t sequence, uint32_t context, uint32_t extra)
{
    for (size_t i = 0; i < path->pending_capacity && octets.len >= 2 && octets.len <= GODWIT_GTP_KEPT_MAX; i++) {
        godwit_gtp_pending_t *p = &path->pending[i];
        if (!p->used) {
            memset(p, 0, sizeof *p);
            p->used = true;
            p->version = godwit_gtp_version(octets);
            p->type = octets.ptr[1];
            p->attempts = path->n3;
            p->sequence = sequence;
            p->context = context;
            p->extra = extra;
            p->to = *to;
            p->len = (uint16_t)octets.len;
            memcpy(p->octets, octets.ptr, octets.len);
            transmit(path, p, out);
            return GODWIT_OK;
        }
    }
    return GODWIT_NO_SPACE;
}

godwit_gtp_pending_t *godwit_gtp_find(godwit_gtp_path_t *path, uint8_t version, uint32_t sequence,
                                      const godwit_address_t *from)
{
    for (size_t i = 0; i < path->pending_capacity; i++) {
        godwit_gtp_pending_t *p = &path->pending[i];
        if (p->used && p->version == version && p->sequence == sequence && godwit_gtp_same_node(from, p->to.octets)) {
            return p;
        }
    }
    return NULL;
}

void godwit_gtp_finish(godwit_gtp_path_t *path, godwit_gtp_pending_t *pending, godwit_outbox_t *out)
{
    set_timer(path, pending, 0, out);
    pending->used = false;
}

void godwit_gtp_finish_context(godwit_gtp_path_t *path, uint32_t context, godwit_outbox_t *out)
{
    for (size_t i = 0; i < path->pending_capacity; i++) {
        if (path->pending[i].used && path->pending[i].context == context) {
            godwit_gtp_finish(path, &path->pending[i], out);
        }
    }
}

bool godwit_gtp_is_timer(const godwit_gtp_path_t *path, uint32_t timer)
{
    return timer >= path->timer_base && timer - path->timer_base < path->pending_capacity;
}

godwit_gtp_pending_t *godwit_gtp_on_timer(godwit_gtp_path_t *path, uint32_t timer, godwit_outbox_t *out)
{
    godwit_gtp_pending_t *p = &path->pending[timer - path->timer_base];
    if (!p->used) {
        return NULL;
    }
    if (p->attempts == 0) {
        return p;
    }
    transmit(path, p, out);
    return NULL;
}

bool godwit_gtp_is_ours(uint32_t teid, uint32_t own, bool accepted)
{
    return teid == own || (teid == 0 && !accepted);
}

bool godwit_gtp_is_peer(const godwit_gtp_peers_t *peers, const godwit_address_t *from)
{
    bool found = peers->count == 0;
    for (size_t i = 0; !found && i < peers->count && i < GODWIT_GTP_PEERS_MAX; i++) {
        found = godwit_gtp_same_node(from, peers->ipv4[i]);
    }
    return found;
}

/* ---- answers ---- */

/* FNV-1a: tells requests apart that are not meant to collide. */
static uint64_t hash_of(godwit_slice_t octets)
{
    uint64_t hash = 0xCBF29CE484222325U;
    for (size_t i = 0; i < octets.len; i++) {
        hash = (hash ^ octets.ptr[i]) * 0x100000001B3U;
    }
    return hash;
}

static godwit_gtp_answered_t *find_answered(godwit_gtp_path_t *path, uint8_t version, uint8_t type, uint32_t sequence,
                                            const godwit_address_t *from)
{
    for (size_t i = 0; i < path->answered_capacity; i++) {
        godwit_gtp_answered_t *a = &path->answered[i];
        if (a->used && a->version == version && a->type == type && a->sequence == sequence &&
            godwit_address_equal(&a->from, from)) {
            return a;
        }
    }
    return NULL;
}

bool godwit_gtp_repeated(godwit_gtp_path_t *path, uint8_t version, uint8_t type, uint32_t sequence,
                         const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_gtp_answered_t *a = find_answered(path, version, type, sequence, &in->from);
    if (a != NULL && (in->now_ms - a->at_ms > ANSWER_LIFE_MS || a->hash != hash_of(in->datagram))) {
        a->used = false; /* the sequence numbers have come round, or the node began anew */
        return false;
    }
    if (a != NULL) {
        godwit_gtp_send(out, GODWIT_PORT_GTPC, &in->from, godwit_slice(a->octets, a->len));
    }
    return a != NULL;
}

void godwit_gtp_begin(godwit_gtp_path_t *path, uint8_t version, uint8_t type, uint32_t sequence,
                      const godwit_input_t *in)
{
    godwit_gtp_answered_t *a = &path->answered[0];
    for (size_t i = 0; i < path->answered_capacity && a->used; i++) {
        if (!path->answered[i].used || path->answered[i].at_ms < a->at_ms) {
            a = &path->answered[i];
        }
    }
    memset(a, 0, sizeof *a);
    a->used = true;
    a->version = version;
    a->type = type;
    a->sequence = sequence;
    a->from = in->from;
    a->hash = hash_of(in->datagram);
    a->at_ms = in->now_ms;
}

void godwit_gtp_answer(godwit_gtp_path_t *path, uint8_t version, uint8_t type, uint32_t sequence,
                       const godwit_address_t *to, godwit_slice_t octets, godwit_outbox_t *out)
{
    godwit_gtp_answered_t *a = find_answered(path, version, type, sequence, to);
    if (a != NULL && octets.len <= GODWIT_GTP_KEPT_MAX) {
        a->len = (uint16_t)octets.len;
        memcpy(a->octets, octets.ptr, octets.len);
    }
    godwit_gtp_send(out, GODWIT_PORT_GTPC, to, octets);
}
