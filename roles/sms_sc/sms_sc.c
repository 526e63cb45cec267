/* SPDX-License-Identifier: Apache-2.0
 *
 * The service centre. A device has one row; what comes for it waits there, and one message is on its way at a time.
 */
#include "roles/sms_sc.h"

#include <string.h>

#define RETRY_MS 30000
#define TRIES 4
#define ANSWER_MS 60000
#define EF_IMSI 8

typedef struct turn {
    godwit_sms_sc_t *sc;
    const godwit_input_t *in;
    godwit_outbox_t *out;
} turn_t;

godwit_status_t godwit_sms_sc_init(godwit_sms_sc_t *sc, const godwit_sms_sc_config_t *config,
                                   godwit_sms_sc_device_t *devices, size_t capacity)
{
    godwit_sms_address_t number;
    if (capacity == 0 || capacity > GODWIT_SMS_SC_DEVICES_MAX ||
        godwit_sms_address_from_text(config->number, &number) != GODWIT_OK) {
        return GODWIT_INVALID_ARGUMENT;
    }
    memset(sc, 0, sizeof *sc);
    memset(devices, 0, capacity * sizeof *devices);
    sc->config = *config;
    sc->config.port = config->port != 0 ? config->port : GODWIT_SMS_PORT;
    sc->config.retry_ms = config->retry_ms != 0 ? config->retry_ms : RETRY_MS;
    sc->config.tries = config->tries != 0 ? config->tries : TRIES;
    sc->config.answer_ms = config->answer_ms != 0 ? config->answer_ms : ANSWER_MS;
    sc->number = number;
    sc->devices = devices;
    sc->capacity = capacity;
    return GODWIT_OK;
}

/* ---- table ---- */

static godwit_sms_sc_device_t *find(godwit_sms_sc_t *sc, const godwit_imsi_t *imsi)
{
    for (size_t i = 0; i < sc->capacity; i++) {
        if (sc->devices[i].used && godwit_imsi_equal(&sc->devices[i].imsi, imsi)) {
            return &sc->devices[i];
        }
    }
    return NULL;
}

static void device_timer(const turn_t *t, const godwit_sms_sc_device_t *device, uint32_t delay_ms)
{
    godwit_outbox_timer(t->out, (uint32_t)(device - t->sc->devices), delay_ms);
}

/* How readily a row makes room: a free one first, then one for which nothing waits; the longest silent of each. */
static bool is_better(const godwit_sms_sc_device_t *a, const godwit_sms_sc_device_t *b)
{
    unsigned of_a = !a->used ? 2 : a->queue[0].len == 0 ? 1 : 0, of_b = !b->used ? 2 : b->queue[0].len == 0 ? 1 : 0;
    return of_a != of_b ? of_a > of_b : a->at_ms < b->at_ms;
}

static godwit_sms_sc_device_t *row_for(const turn_t *t, const godwit_imsi_t *imsi)
{
    godwit_sms_sc_device_t *device = find(t->sc, imsi);
    if (device != NULL) {
        return device;
    }
    device = &t->sc->devices[0];
    for (size_t i = 1; i < t->sc->capacity; i++) {
        device = is_better(&t->sc->devices[i], device) ? &t->sc->devices[i] : device;
    }
    if (device->used && device->queue[0].len > 0) {
        godwit_outbox_event(t->out, "sms_not_delivered", GODWIT_OVERLOAD, &device->imsi,
                            "the table of devices is full");
        device_timer(t, device, 0);
    }
    memset(device, 0, sizeof *device);
    device->used = true;
    device->imsi = *imsi;
    return device;
}

/* ---- down ---- */

static godwit_status_t wrap(const turn_t *t, const godwit_sms_waiting_t *waiting, godwit_short_message_t *m)
{
    uint8_t octets[GODWIT_SMS_USER_DATA_MAX];
    godwit_sms_deliver_t deliver = {.no_more = true, .originator = t->sc->number};
    godwit_writer_t w = godwit_writer(m->tpdu, sizeof m->tpdu);
    memcpy(deliver.time, waiting->time, sizeof deliver.time);
    godwit_status_t status = godwit_sms_ports_put(waiting->port, t->sc->config.port,
                                                  godwit_slice(waiting->octets, waiting->len), octets, &deliver.data);
    if (status == GODWIT_OK) {
        status = godwit_sms_deliver_build(&deliver, &w);
        m->tpdu_len = (uint8_t)w.len;
    }
    return status;
}

static void drop_first(godwit_sms_sc_device_t *device)
{
    memmove(&device->queue[0], &device->queue[1], sizeof device->queue - sizeof device->queue[0]);
    memset(&device->queue[GODWIT_SMS_SC_QUEUE - 1], 0, sizeof device->queue[0]);
    device->on_its_way = false;
}

static void send_first(const turn_t *t, godwit_sms_sc_device_t *device)
{
    const godwit_sms_sc_config_t *c = &t->sc->config;
    godwit_message_t *message = device->queue[0].len > 0 ? godwit_outbox_alloc(t->out, sizeof *message) : NULL;
    if (message == NULL || wrap(t, &device->queue[0], &message->u.short_message) != GODWIT_OK) {
        return;
    }
    godwit_short_message_t *m = &message->u.short_message;
    message->kind = GODWIT_SHORT_MESSAGE_DOWN;
    message->from = GODWIT_FUNCTION_SMS_SC;
    message->to = device->node;
    message->transaction = ++t->sc->next_transaction;
    memcpy(message->origin_host, c->local_host, sizeof message->origin_host);
    memcpy(message->origin_realm, c->local_realm, sizeof message->origin_realm);
    m->imsi = device->imsi;
    memcpy(m->sc_address, c->number, sizeof m->sc_address);
    memcpy(m->node_host, device->node_host, sizeof m->node_host);
    memcpy(m->node_realm, device->node_realm, sizeof m->node_realm);
    godwit_outbox_add(t->out, GODWIT_REQUEST_MESSAGE)->message = message;
    device->on_its_way = true;
    device->transaction = message->transaction;
    device->left = (uint8_t)(device->left > 0 ? device->left - 1U : 0U);
    device_timer(t, device, c->answer_ms);
}

static void next(const turn_t *t, godwit_sms_sc_device_t *device)
{
    device->left = t->sc->config.tries;
    if (device->queue[0].len > 0) {
        send_first(t, device);
    } else {
        device_timer(t, device, 0);
    }
}

/* queue[0] has not arrived. */
static void failed(const turn_t *t, godwit_sms_sc_device_t *device, godwit_status_t reason)
{
    bool later = reason == GODWIT_UNKNOWN_SESSION || reason == GODWIT_OVERLOAD || reason == GODWIT_PEER_INTERNAL;
    device->on_its_way = false;
    if (later && device->left > 0) {
        device_timer(t, device, t->sc->config.retry_ms);
        return;
    }
    godwit_outbox_event(t->out, "sms_not_delivered", reason, &device->imsi, "given up");
    drop_first(device);
    next(t, device);
}

static void queue(const turn_t *t, godwit_sms_sc_device_t *device, uint16_t port, godwit_slice_t octets)
{
    size_t i = 0;
    while (i < GODWIT_SMS_SC_QUEUE && device->queue[i].len > 0) {
        i++;
    }
    if (i == GODWIT_SMS_SC_QUEUE) { /* the oldest that waits: EMSDP asks again */
        godwit_outbox_event(t->out, "sms_not_delivered", GODWIT_OVERLOAD, &device->imsi,
                            "too many wait for the device");
        i = GODWIT_SMS_SC_QUEUE - 1;
        memmove(&device->queue[1], &device->queue[2], (GODWIT_SMS_SC_QUEUE - 2) * sizeof device->queue[0]);
    }
    device->queue[i].port = port;
    godwit_sms_time(t->in->now_ms, device->queue[i].time);
    device->queue[i].len = (uint8_t)octets.len;
    memcpy(device->queue[i].octets, octets.ptr, octets.len);
    if (i == 0) {
        next(t, device);
    }
}

static void on_datagram(const turn_t *t)
{
    godwit_imsi_t imsi;
    const godwit_address_t *whose = &t->in->from;
    if (t->in->port != GODWIT_PORT_SMS || whose->len != EF_IMSI ||
        godwit_imsi_from_ef(whose->octets, &imsi) != GODWIT_OK) {
        return;
    }
    godwit_sms_sc_device_t *device = find(t->sc, &imsi);
    if (device == NULL) {
        godwit_outbox_event(t->out, "sms_not_delivered", GODWIT_UNKNOWN_SUBSCRIBER, &imsi, "no node spoke for it");
    } else if (t->in->datagram.len == 0 || t->in->datagram.len > GODWIT_SMS_PORT_DATA_MAX) {
        godwit_outbox_event(t->out, "sms_not_delivered", GODWIT_NO_SPACE, &imsi, "longer than a short message");
    } else {
        queue(t, device, t->sc->config.port, t->in->datagram);
    }
}

static void on_answer(const turn_t *t)
{
    const godwit_message_t *answer = t->in->message;
    for (size_t i = 0; i < t->sc->capacity; i++) {
        godwit_sms_sc_device_t *device = &t->sc->devices[i];
        if (!device->on_its_way || device->transaction != answer->transaction) {
            continue;
        }
        if (answer->u.outcome == GODWIT_OK) {
            godwit_outbox_event(t->out, "sms_delivered", GODWIT_OK, &device->imsi, NULL);
            drop_first(device);
            next(t, device);
        } else {
            failed(t, device, answer->u.outcome);
        }
        return;
    }
}

static void on_timer(const turn_t *t)
{
    godwit_sms_sc_device_t *device = t->in->timer < t->sc->capacity ? &t->sc->devices[t->in->timer] : NULL;
    if (device == NULL || !device->used || device->queue[0].len == 0) {
        return;
    }
    if (device->on_its_way) {
        failed(t, device, GODWIT_PEER_INTERNAL); /* the node did not answer */
    } else {
        send_first(t, device);
    }
}

/* ---- up ---- */

/* What is wrong with a message, if anything; its user data else. */
static godwit_status_t judge(const godwit_sms_sc_t *sc, const godwit_short_message_t *m, godwit_slice_t *payload,
                             const char **detail)
{
    godwit_sms_submit_t submit;
    godwit_sms_ports_t ports;
    char number[GODWIT_E164_MAX + 1];
    *detail = "no SMS-SUBMIT that can be read";
    if (godwit_sms_submit_parse(godwit_slice(m->tpdu, m->tpdu_len), &submit) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    *detail = "another destination than ours";
    if (godwit_sms_address_to_text(&submit.destination, number) != GODWIT_OK ||
        strcmp(number, sc->config.number) != 0) {
        return GODWIT_UNKNOWN_SESSION;
    }
    *detail = "not for our port";
    if (godwit_sms_ports_get(&submit.data, &ports) != GODWIT_OK || ports.destination != sc->config.port ||
        ports.payload.len == 0) {
        return GODWIT_NOT_ENTITLED;
    }
    *payload = ports.payload;
    *detail = NULL;
    return GODWIT_OK;
}

static void remember_node(const turn_t *t, godwit_sms_sc_device_t *device)
{
    const godwit_message_t *message = t->in->message;
    device->at_ms = t->in->now_ms;
    device->node = message->from;
    memcpy(device->node_host, message->origin_host, sizeof device->node_host);
    memcpy(device->node_realm, message->origin_realm, sizeof device->node_realm);
    if (!device->on_its_way && device->queue[0].len > 0) { /* the device is there: what waited goes now */
        send_first(t, device);
    }
}

static void answer_up(const turn_t *t, godwit_status_t outcome)
{
    godwit_message_t *answer = godwit_outbox_alloc(t->out, sizeof *answer);
    if (answer != NULL) {
        answer->kind = GODWIT_SHORT_MESSAGE_UP_ANSWER;
        answer->from = GODWIT_FUNCTION_SMS_SC;
        answer->to = t->in->message->from;
        answer->transaction = t->in->message->transaction;
        answer->route = t->in->message->route;
        answer->u.outcome = outcome;
        godwit_outbox_add(t->out, GODWIT_REQUEST_MESSAGE)->message = answer;
    }
}

static void on_message_up(const turn_t *t)
{
    const godwit_short_message_t *m = &t->in->message->u.short_message;
    godwit_slice_t payload;
    const char *detail;
    godwit_status_t status = judge(t->sc, m, &payload, &detail);
    godwit_outbox_event(t->out, status == GODWIT_OK ? "sms_accepted" : "sms_refused", status, &m->imsi, detail);
    answer_up(t, status);
    if (status != GODWIT_OK) {
        return;
    }
    remember_node(t, row_for(t, &m->imsi));
    uint8_t *copy = godwit_outbox_alloc(t->out, payload.len);
    if (copy != NULL) {
        godwit_request_t *request = godwit_outbox_add(t->out, GODWIT_REQUEST_DATAGRAM);
        memcpy(copy, payload.ptr, payload.len);
        request->port = GODWIT_PORT_SMS;
        request->to.len = EF_IMSI;
        godwit_imsi_to_ef(&m->imsi, request->to.octets);
        request->octets = godwit_slice(copy, payload.len);
    }
}

void godwit_sms_sc_step(godwit_sms_sc_t *sc, const godwit_input_t *in, godwit_outbox_t *out)
{
    const turn_t t = {.sc = sc, .in = in, .out = out};
    if (in->kind == GODWIT_INPUT_DATAGRAM) {
        on_datagram(&t);
    } else if (in->kind == GODWIT_INPUT_TIMER) {
        on_timer(&t);
    } else if (in->kind == GODWIT_INPUT_MESSAGE && in->message->kind == GODWIT_SHORT_MESSAGE_UP) {
        on_message_up(&t);
    } else if (in->kind == GODWIT_INPUT_MESSAGE && in->message->kind == GODWIT_SHORT_MESSAGE_DOWN_ANSWER) {
        on_answer(&t);
    }
}
