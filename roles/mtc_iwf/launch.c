/* SPDX-License-Identifier: Apache-2.0
 *
 * The next trigger of a device that is located: made into a message of A3 (docs/trigger-wire.md), protected in case 2
 * under an association that is begun if there is none, committed as sent, and only then sent. Each attempt has a COUNT
 * and a time of its own; the device knows it again by its reference.
 */
#include <string.h>

#include "roles/mtc_iwf/internal.h"

#define MS 1000u

typedef struct launch {
    const godwit_iwf_turn_t *turn;
    godwit_iwf_flight_t *flight;
    godwit_trigger_record_t trigger, old; /* old: that it recalls or replaces; zero without */
    godwit_iwf_way_t ways[GODWIT_IWF_WAYS_MAX];
    size_t count;
    godwit_iwf_container_t container;
} launch_t;

static bool names_another(const godwit_trigger_record_t *t)
{
    return t->action.action == GODWIT_ACTION_RECALL || t->action.action == GODWIT_ACTION_REPLACE;
}

static bool is_protected(const godwit_mtc_iwf_t *iwf)
{
    return iwf->config.protect == GODWIT_IWF_PROTECT_ASSOCIATION;
}

/* ---- records ---- */

static godwit_status_t fetch(launch_t *l)
{
    const godwit_record_key_t next = godwit_iwf_key_next(&l->flight->imsi);
    godwit_status_t status = godwit_iwf_fetch_trigger(l->turn, &next, &l->trigger);
    if (status == GODWIT_OK && names_another(&l->trigger)) {
        const godwit_record_key_t named = godwit_iwf_key_named(l->trigger.source_key, l->trigger.action.old_reference);
        status = godwit_iwf_fetch_trigger(l->turn, &named, &l->old);
        status = status == GODWIT_NOT_FOUND ? GODWIT_OK : status;
    }
    return status;
}

/* A copy of it may be at the device, or on its way there. */
static bool may_be_out(const godwit_trigger_record_t *old)
{
    return old->number != 0 && old->outcome == GODWIT_OUTCOME_UNCONFIRMED;
}

/* What it recalls or replaces has never left: it does not go. */
static void close_old(const launch_t *l)
{
    godwit_trigger_record_t old = l->old;
    if (old.number != 0 && godwit_iwf_is_pending(&old) && !may_be_out(&old)) {
        old.recalled = l->trigger.action.action == GODWIT_ACTION_RECALL;
        old.replaced = !old.recalled;
        godwit_iwf_close(l->turn, &old);
    }
}

/* What needs no sending. True: it is settled. */
static bool settle(const launch_t *l)
{
    godwit_trigger_record_t trigger = l->trigger;
    const godwit_trigger_record_t *old = &l->old;
    const bool delivered = old->number != 0 && !godwit_iwf_is_pending(old) && !old->recalled && !old->replaced &&
                           old->outcome == GODWIT_OUTCOME_SUCCESS;
    if (l->turn->in->now_ms >= trigger.expires_ms) {
        godwit_iwf_settle(l->turn, &trigger, trigger.outcome);
        return true;
    }
    if (names_another(&trigger) && delivered) { /* the device has acknowledged it meanwhile */
        godwit_iwf_settle(l->turn, &trigger, GODWIT_OUTCOME_UNDELIVERABLE);
        return true;
    }
    if (trigger.action.action == GODWIT_ACTION_RECALL && !may_be_out(old)) {
        close_old(l);
        godwit_iwf_settle(l->turn, &trigger, GODWIT_OUTCOME_SUCCESS);
        return true;
    }
    return false;
}

/* ---- the message ---- */

static godwit_status_t message_create(const launch_t *l, godwit_a3_message_t *message)
{
    const godwit_trigger_record_t *t = &l->trigger;
    const uint64_t now_ms = l->turn->in->now_ms;
    const bool another = may_be_out(&l->old);
    godwit_a3_trigger_t *a3 = &message->trigger;
    memset(message, 0, sizeof *message);
    message->type = GODWIT_A3_TRIGGER;
    a3->action = another ? (godwit_a3_action_t)t->action.action : GODWIT_A3_TRIGGERING;
    a3->priority = t->action.priority;
    a3->acknowledge = is_protected(l->turn->iwf);
    a3->reference = godwit_iwf_reference(t);
    a3->old_reference = another ? godwit_iwf_reference(&l->old) : 0;
    a3->time_s = (uint32_t)(now_ms / MS);
    a3->validity_s = (uint32_t)((t->expires_ms - now_ms + MS - 1) / MS);
    a3->port = t->action.port;
    if (t->action.action != GODWIT_ACTION_RECALL) {
        a3->payload_len = t->action.payload_len;
        memcpy(a3->payload, t->action.payload, sizeof a3->payload);
    }
    return godwit_a3_source(l->turn->iwf->config.crypto, t->action.scs, t->proved, a3->source);
}

static godwit_status_t unprotected(const launch_t *l, godwit_iwf_container_t *container)
{
    godwit_a3_message_t message;
    godwit_writer_t w = godwit_writer(container->octets, sizeof container->octets);
    godwit_status_t status = message_create(l, &message);
    if (status == GODWIT_OK) {
        status = godwit_a3_unprotected_build(&message, &w);
        container->len = (uint8_t)w.len;
    }
    return status;
}

/* By which way an association begins: each time by another one, but where the device receives its key, by a node. */
static const godwit_iwf_way_t *way_to_begin(const launch_t *l)
{
    const bool by_node = l->turn->iwf->keys.config.ue_key_received;
    for (size_t i = 0; i < l->count && by_node; i++) {
        if (l->ways[i].kind == GODWIT_IWF_WAY_T5) {
            return &l->ways[i];
        }
    }
    return &l->ways[l->trigger.attempts % l->count];
}

/* GODWIT_WRONG_STATE: an association is being made; GODWIT_AGAIN: a need stands in the outbox. */
static godwit_status_t protected(launch_t *l)
{
    godwit_iwf_keys_t *keys = &l->turn->iwf->keys;
    const godwit_input_t *in = l->turn->in;
    godwit_a3_message_t message;
    godwit_status_t status = godwit_iwf_hold(keys, in, &l->flight->imsi, l->turn->out);
    if (status != GODWIT_OK) {
        return status;
    }
    const bool by_node = keys->config.ue_key_received || keys->config.key_from == GODWIT_IWF_KEY_FROM_MME;
    if (!godwit_iwf_is_ready(keys) && l->flight->openly && by_node) {
        godwit_outbox_trigger_event(l->turn->out, "trigger_waits", GODWIT_NOT_ENTITLED, &l->flight->imsi,
                                    l->trigger.action.reference, "the node was named over a hop that proves nothing");
        return GODWIT_WRONG_STATE;
    }
    if (!godwit_iwf_is_ready(keys)) {
        const godwit_trigger_node_t nobody = {0};
        const godwit_trigger_node_t *node = l->flight->nodes > 0 ? &l->flight->node[0] : &nobody;
        status = godwit_iwf_begin(keys, node, way_to_begin(l), in->now_ms, l->turn->out);
        godwit_outbox_trigger_event(l->turn->out, "trigger_waits", status, &l->flight->imsi,
                                    l->trigger.action.reference, "for an association");
        return GODWIT_WRONG_STATE;
    }
    status = message_create(l, &message);
    if (status == GODWIT_OK) {
        status = godwit_iwf_protect(keys, &message, &l->container);
    }
    if (status == GODWIT_OK) {
        l->trigger.association = keys->held.current.number;
        l->trigger.count = keys->held.current.next_down - 1;
    }
    return status;
}

/* ---- sending ---- */

/* How long nothing may be heard. A datagram is lost sooner than what a node has answered for. */
static uint64_t wait_of(const godwit_mtc_iwf_config_t *c, godwit_iwf_way_kind_t kind)
{
    switch (kind) {
    case GODWIT_IWF_WAY_A3:
        return c->retry_ms;
    case GODWIT_IWF_WAY_T4:
        return (uint64_t)c->node_timeout_ms + c->t4_ms;
    default:
        return (uint64_t)c->node_timeout_ms + c->ack_ms;
    }
}

static void mark_sent(launch_t *l, const godwit_iwf_way_t *way)
{
    godwit_trigger_record_t *t = &l->trigger;
    const uint64_t wait_ms = wait_of(&l->turn->iwf->config, way->kind);
    t->state = GODWIT_TRIGGER_SENT;
    t->outcome = GODWIT_OUTCOME_UNCONFIRMED; /* unless something better is heard */
    t->due_ms = l->turn->in->now_ms + wait_ms < t->expires_ms ? l->turn->in->now_ms + wait_ms : t->expires_ms;
}

static void send(launch_t *l)
{
    godwit_iwf_flight_t *flight = l->flight;
    const bool unheard = l->trigger.outcome == GODWIT_OUTCOME_UNCONFIRMED;
    flight->way = (uint8_t)(unheard ? l->trigger.attempts % l->count : 0);
    flight->ways_left = (uint8_t)l->count;
    flight->before = l->trigger.outcome;
    flight->doubtful = false;
    memcpy(flight->source_key, l->trigger.source_key, sizeof flight->source_key);
    flight->reference = l->trigger.action.reference;
    flight->container_len = l->container.len;
    memcpy(flight->container, l->container.octets, sizeof flight->container);
    mark_sent(l, &l->ways[flight->way]);
    godwit_iwf_commit(l->turn, &l->trigger);
    if (may_be_out(&l->old)) { /* of the SMS-SC's queue: what it has not sent shall not come before what ends it */
        godwit_iwf_take_back(l->turn, &flight->imsi, godwit_iwf_reference(&l->old));
    }
    godwit_iwf_send_trigger(l->turn, flight, &l->trigger);
}

/* It cannot go now: again when the device is heard of, or after a while. */
static void put_off(const launch_t *l)
{
    const godwit_mtc_iwf_config_t *c = &l->turn->iwf->config;
    godwit_trigger_record_t trigger = l->trigger;
    trigger.due_ms = l->turn->in->now_ms + godwit_iwf_backoff(c->retry_ms, c->retry_max_ms, trigger.attempts);
    trigger.due_ms = trigger.due_ms < trigger.expires_ms ? trigger.due_ms : trigger.expires_ms;
    godwit_iwf_commit(l->turn, &trigger);
    godwit_iwf_land(l->turn, l->flight);
}

void godwit_iwf_launch(const godwit_iwf_turn_t *turn, godwit_iwf_flight_t *flight)
{
    launch_t l = {.turn = turn, .flight = flight};
    godwit_status_t status = fetch(&l);
    if (status == GODWIT_AGAIN) {
        return;
    }
    if (status != GODWIT_OK) { /* nothing more waits, or the store failed: then it is due some time */
        godwit_iwf_land(turn, flight);
        return;
    }
    if (settle(&l)) {
        godwit_iwf_go_on(turn, flight);
        return;
    }
    l.count = godwit_iwf_ways(turn, flight, l.ways);
    if (l.count == 0) {
        godwit_outbox_trigger_event(turn->out, "trigger_not_reached", GODWIT_NOT_FOUND, &flight->imsi,
                                    l.trigger.action.reference, "the device is registered nowhere");
        put_off(&l);
        return;
    }
    status = is_protected(turn->iwf) ? protected(&l) : unprotected(&l, &l.container);
    if (status == GODWIT_AGAIN) {
        return;
    }
    if (is_protected(turn->iwf)) {
        godwit_iwf_release(&turn->iwf->keys, turn->out);
    }
    if (status != GODWIT_OK) {
        put_off(&l);
        return;
    }
    close_old(&l);
    send(&l);
}
