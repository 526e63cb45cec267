/* SPDX-License-Identifier: Apache-2.0
 *
 * What waits for devices: one message is on its way at a time. A datagram is given up after so many tries; a trigger
 * waits until its validity ends, and its fate is told to the MTC-IWF once.
 */
#include "roles/sms_sc/internal.h"

#include <string.h>

#define EF_IMSI 8
#define SELDOM 10U /* a trigger whose tries are used up is tried so many times as seldom */
#define DELAY_MAX 86400000U

/* ---- timer ---- */

static void arm(const godwit_sms_sc_turn_t *t, godwit_sms_sc_device_t *device)
{
    uint32_t row = (uint32_t)(device - t->sc->devices);
    uint64_t due = device->due_ms;
    if (device->queue[0].len == 0) {
        godwit_outbox_timer(t->out, row, 0);
        return;
    }
    for (size_t i = device->on_its_way ? 1 : 0; i < GODWIT_SMS_SC_QUEUE; i++) {
        const godwit_sms_waiting_t *w = &device->queue[i];
        due = w->trigger && w->expires_ms < due ? w->expires_ms : due;
    }
    uint64_t delay = due > t->in->now_ms ? due - t->in->now_ms : 1;
    godwit_outbox_timer(t->out, row, (uint32_t)(delay < DELAY_MAX ? delay : DELAY_MAX));
}

static void due_in(const godwit_sms_sc_turn_t *t, godwit_sms_sc_device_t *device, uint32_t delay_ms)
{
    device->due_ms = t->in->now_ms + delay_ms;
    arm(t, device);
}

/* ---- the queue ---- */

bool godwit_sms_sc_has_triggers(const godwit_sms_sc_device_t *device)
{
    for (size_t i = 0; i < GODWIT_SMS_SC_QUEUE; i++) {
        if (device->queue[i].trigger) {
            return true;
        }
    }
    return false;
}

static void take_out(godwit_sms_sc_device_t *device, size_t i)
{
    memmove(&device->queue[i], &device->queue[i + 1], (GODWIT_SMS_SC_QUEUE - 1 - i) * sizeof device->queue[0]);
    memset(&device->queue[GODWIT_SMS_SC_QUEUE - 1], 0, sizeof device->queue[0]);
}

/* How many of that kind wait; *oldest is the first of them that is not on its way, GODWIT_SMS_SC_QUEUE when there is
 * none. */
static size_t count_of(const godwit_sms_sc_device_t *device, bool trigger, size_t *oldest)
{
    size_t count = 0;
    *oldest = GODWIT_SMS_SC_QUEUE;
    for (size_t i = 0; i < GODWIT_SMS_SC_QUEUE; i++) {
        if (device->queue[i].len > 0 && device->queue[i].trigger == trigger) {
            count++;
            *oldest = *oldest == GODWIT_SMS_SC_QUEUE && (i > 0 || !device->on_its_way) ? i : *oldest;
        }
    }
    return count;
}

/* Behind all; one of priority before all without that are not on their way (TS 23.682 5.2.1: Priority-Indication). */
static size_t place_for(const godwit_sms_sc_device_t *device, bool priority)
{
    size_t i = device->on_its_way ? 1 : 0;
    while (i < GODWIT_SMS_SC_QUEUE && device->queue[i].len > 0 && (!priority || device->queue[i].priority)) {
        i++;
    }
    return i;
}

static void send_first(const godwit_sms_sc_turn_t *t, godwit_sms_sc_device_t *device);

static void next(const godwit_sms_sc_turn_t *t, godwit_sms_sc_device_t *device)
{
    device->left = t->sc->config.tries;
    if (device->queue[0].len > 0) {
        send_first(t, device);
    } else {
        arm(t, device);
    }
}

godwit_status_t godwit_sms_sc_queue(const godwit_sms_sc_turn_t *t, godwit_sms_sc_device_t *device,
                                    const godwit_sms_waiting_t *waiting)
{
    size_t oldest, count = count_of(device, waiting->trigger, &oldest);
    if (count == GODWIT_SMS_SC_EACH && waiting->trigger) {
        return GODWIT_OVERLOAD;
    }
    if (count == GODWIT_SMS_SC_EACH) { /* EMSDP asks again */
        godwit_outbox_event(t->out, "sms_not_delivered", GODWIT_OVERLOAD, &device->imsi,
                            "too many wait for the device");
        take_out(device, oldest);
    }
    size_t at = place_for(device, waiting->priority);
    if (at >= GODWIT_SMS_SC_QUEUE) {
        return GODWIT_OVERLOAD;
    }
    memmove(&device->queue[at + 1], &device->queue[at], (GODWIT_SMS_SC_QUEUE - 1 - at) * sizeof device->queue[0]);
    device->queue[at] = *waiting;
    if (at == 0) {
        next(t, device);
    } else {
        arm(t, device);
    }
    return GODWIT_OK;
}

void godwit_sms_sc_unqueue(const godwit_sms_sc_turn_t *t, godwit_sms_sc_device_t *device, size_t i)
{
    take_out(device, i);
    arm(t, device);
}

static void drop_expired(const godwit_sms_sc_turn_t *t, godwit_sms_sc_device_t *device)
{
    size_t i = device->on_its_way ? 1 : 0;
    while (i < GODWIT_SMS_SC_QUEUE) {
        const godwit_sms_waiting_t *w = &device->queue[i];
        if (!w->trigger || w->expires_ms > t->in->now_ms) {
            i++;
            continue;
        }
        godwit_sms_sc_report(t, device, w->reference, GODWIT_T4_EXPIRED);
        take_out(device, i);
    }
}

/* ---- sending ---- */

static godwit_status_t wrap(const godwit_sms_sc_turn_t *t, const godwit_sms_waiting_t *waiting,
                            godwit_short_message_t *m)
{
    const godwit_sms_sc_t *sc = t->sc;
    uint8_t octets[GODWIT_SMS_USER_DATA_MAX];
    godwit_sms_deliver_t deliver = {.no_more = true, .originator = waiting->trigger ? sc->iwf_number : sc->number};
    godwit_writer_t w = godwit_writer(m->tpdu, sizeof m->tpdu);
    memcpy(deliver.time, waiting->time, sizeof deliver.time);
    godwit_status_t status =
        godwit_sms_ports_put(waiting->port, waiting->trigger ? sc->config.trigger_port : sc->config.port,
                             godwit_slice(waiting->octets, waiting->len), octets, &deliver.data);
    if (status == GODWIT_OK) {
        status = godwit_sms_deliver_build(&deliver, &w);
        m->tpdu_len = (uint8_t)w.len;
    }
    return status;
}

static void send_first(const godwit_sms_sc_turn_t *t, godwit_sms_sc_device_t *device)
{
    const godwit_sms_sc_config_t *c = &t->sc->config;
    godwit_short_message_t m = {.imsi = device->imsi};
    if (device->node_host[0] == '\0' || wrap(t, &device->queue[0], &m) != GODWIT_OK) { /* until it speaks */
        due_in(t, device, DELAY_MAX);
        return;
    }
    godwit_message_t *message = godwit_sms_sc_message(t, GODWIT_SHORT_MESSAGE_DOWN, device->node);
    if (message == NULL) {
        return;
    }
    memcpy(m.sc_address, c->number, sizeof m.sc_address);
    memcpy(m.node_host, device->node_host, sizeof m.node_host);
    memcpy(m.node_realm, device->node_realm, sizeof m.node_realm);
    message->u.short_message = m;
    device->on_its_way = true;
    device->transaction = message->transaction;
    device->left = (uint8_t)(device->left > 0 ? device->left - 1U : 0U);
    due_in(t, device, c->answer_ms);
}

void godwit_sms_sc_is_there(const godwit_sms_sc_turn_t *t, godwit_sms_sc_device_t *device)
{
    drop_expired(t, device);
    if (!device->on_its_way && device->queue[0].len > 0) {
        send_first(t, device);
    }
}

/* ---- what comes of it ---- */

static void first_is_over(const godwit_sms_sc_turn_t *t, godwit_sms_sc_device_t *device, godwit_t4_outcome_t outcome)
{
    if (device->queue[0].trigger) {
        godwit_sms_sc_report(t, device, device->queue[0].reference, outcome);
    }
    take_out(device, 0);
    device->on_its_way = false;
    drop_expired(t, device);
    next(t, device);
}

/* queue[0] has not arrived. */
static void failed(const godwit_sms_sc_turn_t *t, godwit_sms_sc_device_t *device, godwit_status_t reason)
{
    const godwit_sms_waiting_t *first = &device->queue[0];
    bool gone =
        reason == GODWIT_UNKNOWN_SUBSCRIBER && first->trigger; /* that node has it no more: it may speak elsewhere */
    bool later = reason == GODWIT_UNKNOWN_SESSION || reason == GODWIT_OVERLOAD || reason == GODWIT_PEER_INTERNAL;
    device->on_its_way = false;
    if ((later || gone) && (device->left > 0 || first->trigger)) {
        drop_expired(t, device);
        due_in(t, device, t->sc->config.retry_ms * (device->left > 0 ? 1U : SELDOM));
        return;
    }
    godwit_outbox_event(t->out, "sms_not_delivered", reason, &device->imsi, "given up");
    first_is_over(t, device, GODWIT_T4_ABSENT);
}

void godwit_sms_sc_on_answer(const godwit_sms_sc_turn_t *t)
{
    const godwit_message_t *answer = t->in->message;
    for (size_t i = 0; i < t->sc->capacity; i++) {
        godwit_sms_sc_device_t *device = &t->sc->devices[i];
        if (!device->on_its_way || device->transaction != answer->transaction) {
            continue;
        }
        if (answer->u.outcome == GODWIT_OK) {
            godwit_outbox_event(t->out, "sms_delivered", GODWIT_OK, &device->imsi, NULL);
            first_is_over(t, device, GODWIT_T4_SUCCESS);
        } else {
            failed(t, device, answer->u.outcome);
        }
        return;
    }
}

void godwit_sms_sc_on_timer(const godwit_sms_sc_turn_t *t)
{
    godwit_sms_sc_device_t *device = t->in->timer < t->sc->capacity ? &t->sc->devices[t->in->timer] : NULL;
    if (device == NULL || !device->used || device->queue[0].len == 0) {
        return;
    }
    drop_expired(t, device);
    if (t->in->now_ms < device->due_ms || device->queue[0].len == 0) {
        arm(t, device);
    } else if (device->on_its_way) {
        failed(t, device, GODWIT_PEER_INTERNAL); /* the node did not answer */
    } else {
        send_first(t, device);
    }
}

/* ---- the HSE ---- */

void godwit_sms_sc_on_datagram(const godwit_sms_sc_turn_t *t)
{
    godwit_imsi_t imsi;
    const godwit_address_t *whose = &t->in->from;
    const godwit_slice_t octets = t->in->datagram;
    if (t->in->port != GODWIT_PORT_SMS || whose->len != EF_IMSI ||
        godwit_imsi_from_ef(whose->octets, &imsi) != GODWIT_OK) {
        return;
    }
    godwit_sms_sc_device_t *device = godwit_sms_sc_find(t->sc, &imsi);
    if (device == NULL || device->node_host[0] == '\0') {
        godwit_outbox_event(t->out, "sms_not_delivered", GODWIT_UNKNOWN_SUBSCRIBER, &imsi, "no node spoke for it");
        return;
    }
    if (octets.len == 0 || octets.len > GODWIT_SMS_PORT_DATA_MAX) {
        godwit_outbox_event(t->out, "sms_not_delivered", GODWIT_NO_SPACE, &imsi, "longer than a short message");
        return;
    }
    godwit_sms_waiting_t waiting = {.len = (uint8_t)octets.len, .port = t->sc->config.port};
    godwit_sms_time(t->in->now_ms, waiting.time);
    memcpy(waiting.octets, octets.ptr, octets.len);
    if (godwit_sms_sc_queue(t, device, &waiting) != GODWIT_OK) {
        godwit_outbox_event(t->out, "sms_not_delivered", GODWIT_OVERLOAD, &imsi, "no room for a datagram");
    }
}
