/* SPDX-License-Identifier: Apache-2.0
 *
 * By which way a trigger goes: A3 where the device was heard lately, T5 to each node that serves it, T4 to the SMS-SC,
 * which keeps it. One that fails leads to the next; the octets are the same. An attempt of which nothing was heard
 * begins another time with another way.
 */
#include <string.h>

#include "roles/mtc_iwf/internal.h"

#define MS 1000u

size_t godwit_iwf_ways(const godwit_iwf_turn_t *turn, const godwit_iwf_flight_t *flight,
                       godwit_iwf_way_t ways[GODWIT_IWF_WAYS_MAX])
{
    const godwit_mtc_iwf_config_t *c = &turn->iwf->config;
    const godwit_address_t address = godwit_iwf_a3_address(&turn->iwf->keys, &flight->imsi, turn->in->now_ms);
    size_t count = 0;
    memset(ways, 0, GODWIT_IWF_WAYS_MAX * sizeof ways[0]);
    if (c->protect == GODWIT_IWF_PROTECT_ASSOCIATION && address.len > 0) {
        ways[count].kind = GODWIT_IWF_WAY_A3;
        ways[count++].address = address;
    }
    for (size_t i = 0; i < flight->nodes && !c->no_t5; i++) {
        ways[count].kind = GODWIT_IWF_WAY_T5;
        ways[count++].node = flight->node[i];
    }
    if (c->sms_sc_host[0] != '\0') {
        ways[count].kind = GODWIT_IWF_WAY_T4;
        memcpy(ways[count].msisdn, flight->msisdn, sizeof flight->msisdn);
        ways[count].node = flight->nodes > 0 ? flight->node[0] : (godwit_trigger_node_t){0};
        count++;
    }
    return count;
}

/* ---- sending ---- */

static godwit_message_t *message_of(const godwit_iwf_turn_t *turn, const godwit_iwf_flight_t *flight,
                                    const godwit_iwf_way_t *way, const godwit_trigger_record_t *trigger)
{
    const godwit_iwf_keys_t *keys = &turn->iwf->keys;
    const godwit_slice_t container = godwit_slice(flight->container, flight->container_len);
    if (way->kind == GODWIT_IWF_WAY_T5) {
        return godwit_iwf_by_t5(keys, flight->transaction, &flight->imsi, way, container, turn->out);
    }
    godwit_message_t *message = godwit_iwf_by_t4(keys, flight->transaction, &flight->imsi, way, container, turn->out);
    if (message != NULL) {
        message->u.t4_trigger.reference = godwit_iwf_reference(trigger);
        message->u.t4_trigger.priority = trigger->action.priority;
        message->u.t4_trigger.validity_s = (uint32_t)((trigger->expires_ms - turn->in->now_ms + MS - 1) / MS);
    }
    return message;
}

void godwit_iwf_take_back(const godwit_iwf_turn_t *turn, const godwit_imsi_t *imsi, uint32_t old_reference)
{
    enum { RECALL = 1 }; /* Trigger-Action */
    const godwit_iwf_way_t way = {.kind = GODWIT_IWF_WAY_T4};
    godwit_message_t *message =
        turn->iwf->config.sms_sc_host[0] != '\0'
            ? godwit_iwf_by_t4(&turn->iwf->keys, 0, imsi, &way, godwit_slice(NULL, 0), turn->out)
            : NULL;
    if (message != NULL) {
        message->u.t4_trigger.action = RECALL;
        message->u.t4_trigger.reference = old_reference;
        message->u.t4_trigger.old_reference = old_reference;
        godwit_outbox_add(turn->out, GODWIT_REQUEST_MESSAGE)->message = message;
    }
}

/* Nothing answers a datagram but the device. */
static void by_a3(const godwit_iwf_turn_t *turn, godwit_iwf_flight_t *flight, const godwit_iwf_way_t *way)
{
    godwit_iwf_send(&turn->iwf->keys, &flight->imsi, way, godwit_slice(flight->container, flight->container_len),
                    turn->out);
    godwit_outbox_trigger_event(turn->out, "trigger_sent", GODWIT_OK, &flight->imsi, flight->reference, "A3");
    godwit_iwf_land(turn, flight);
}

void godwit_iwf_send_trigger(const godwit_iwf_turn_t *turn, godwit_iwf_flight_t *flight,
                             const godwit_trigger_record_t *trigger)
{
    godwit_iwf_way_t ways[GODWIT_IWF_WAYS_MAX];
    const size_t count = godwit_iwf_ways(turn, flight, ways);
    const godwit_iwf_way_t *way = count > 0 ? &ways[flight->way % count] : NULL;
    if (way == NULL || way->kind == GODWIT_IWF_WAY_A3) {
        if (way != NULL) {
            by_a3(turn, flight, way);
        }
        return;
    }
    flight->step = GODWIT_IWF_SENDING;
    flight->transaction = godwit_iwf_transaction(turn);
    flight->until_ms = turn->in->now_ms + turn->iwf->config.node_timeout_ms;
    memcpy(flight->asked, way->kind == GODWIT_IWF_WAY_T5 ? way->node.host : turn->iwf->config.sms_sc_host,
           sizeof flight->asked);
    godwit_message_t *message = message_of(turn, flight, way, trigger);
    if (message != NULL) {
        godwit_outbox_add(turn->out, GODWIT_REQUEST_MESSAGE)->message = message;
        godwit_outbox_timer(turn->out, (uint32_t)(1 + (flight - turn->iwf->flights)),
                            turn->iwf->config.node_timeout_ms);
        godwit_outbox_trigger_event(turn->out, "trigger_sent", GODWIT_OK, &flight->imsi, flight->reference,
                                    way->kind == GODWIT_IWF_WAY_T5 ? "T5" : "T4");
    }
}

/* ---- answers ---- */

/* All ways have failed. It waits again, unless its source does not want it any more. */
static void not_reached(const godwit_iwf_turn_t *turn, godwit_iwf_flight_t *flight, godwit_trigger_record_t *t)
{
    const godwit_mtc_iwf_config_t *c = &turn->iwf->config;
    const uint64_t again_ms = turn->in->now_ms + godwit_iwf_backoff(c->retry_ms, c->retry_max_ms, t->attempts);
    t->outcome = flight->doubtful ? GODWIT_OUTCOME_UNCONFIRMED : flight->before;
    if (t->recalled || t->replaced) {
        godwit_iwf_hold_back(turn, t);
    } else {
        t->state = GODWIT_TRIGGER_WAITING;
        t->due_ms = again_ms < t->expires_ms ? again_ms : t->expires_ms;
        godwit_iwf_commit(turn, t);
    }
    godwit_outbox_trigger_event(turn->out, "trigger_not_reached", GODWIT_NOT_FOUND, &t->imsi, t->action.reference,
                                "no way led to the device");
    const bool heard = flight->heard;
    const godwit_trigger_node_t heard_by = flight->heard_by;
    godwit_iwf_land(turn, flight);
    if (heard) {
        godwit_iwf_fly_for(turn, &t->imsi, &heard_by);
    }
}

static void way_failed(const godwit_iwf_turn_t *turn, godwit_iwf_flight_t *flight)
{
    const godwit_record_key_t key = godwit_iwf_key_named(flight->source_key, flight->reference);
    godwit_trigger_record_t trigger;
    const godwit_status_t status = godwit_iwf_fetch_trigger(turn, &key, &trigger);
    if (status == GODWIT_AGAIN) {
        return;
    }
    if (status != GODWIT_OK || trigger.state != GODWIT_TRIGGER_SENT) {
        godwit_iwf_land(turn, flight);
        return;
    }
    if (flight->ways_left > 1 && turn->in->now_ms < trigger.expires_ms) {
        flight->ways_left--;
        flight->way++;
        godwit_iwf_send_trigger(turn, flight, &trigger);
        return;
    }
    not_reached(turn, flight, &trigger);
}

/* Case 1: what the node or the SMS-SC says is all that there will be. */
static void arrived(const godwit_iwf_turn_t *turn, godwit_iwf_flight_t *flight, bool kept)
{
    const bool association = turn->iwf->config.protect == GODWIT_IWF_PROTECT_ASSOCIATION;
    const godwit_record_key_t key = godwit_iwf_key_named(flight->source_key, flight->reference);
    godwit_trigger_record_t t;
    godwit_status_t status = godwit_iwf_fetch_trigger(turn, &key, &t);
    if (status == GODWIT_AGAIN) {
        return;
    }
    const bool waits = association && status == GODWIT_OK && t.state == GODWIT_TRIGGER_SENT;
    if (status == GODWIT_OK && kept && t.state == GODWIT_TRIGGER_SENT) {
        const uint64_t until_ms = turn->in->now_ms + turn->iwf->config.t4_ms;
        t.due_ms = until_ms < t.expires_ms && !t.recalled && !t.replaced ? until_ms : t.expires_ms;
        godwit_iwf_commit(turn, &t);
    } else if (status == GODWIT_OK && !association && t.state == GODWIT_TRIGGER_SENT) {
        status = godwit_iwf_reached(turn, &t);
        if (status == GODWIT_AGAIN) {
            return;
        }
    }
    if (waits) { /* the next when the device has acknowledged this one */
        godwit_iwf_land(turn, flight);
    } else {
        godwit_iwf_go_on(turn, flight);
    }
}

static godwit_iwf_flight_t *flight_of(godwit_mtc_iwf_t *iwf, uint32_t transaction)
{
    for (size_t i = 0; i < GODWIT_IWF_FLIGHTS_MAX; i++) {
        if (iwf->flights[i].step == GODWIT_IWF_SENDING && iwf->flights[i].transaction == transaction) {
            return &iwf->flights[i];
        }
    }
    return NULL;
}

void godwit_iwf_on_sent(const godwit_iwf_turn_t *turn)
{
    const godwit_message_t *message = turn->in->message;
    godwit_iwf_flight_t *flight = flight_of(turn->iwf, message->transaction);
    if (flight == NULL || !godwit_equal_names(flight->asked, message->origin_host)) {
        return;
    }
    if (message->u.outcome == GODWIT_OK) {
        arrived(turn, flight, message->kind == GODWIT_T4_TRIGGER_ANSWER);
    } else {
        /* The node has sent it to a device that then went away: it may be there. */
        flight->doubtful = flight->doubtful || message->u.outcome == GODWIT_UNKNOWN_SESSION;
        way_failed(turn, flight);
    }
}

void godwit_iwf_on_silence(const godwit_iwf_turn_t *turn, godwit_iwf_flight_t *flight)
{
    flight->doubtful = true;
    way_failed(turn, flight);
}
