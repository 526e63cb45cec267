/* SPDX-License-Identifier: Apache-2.0
 *
 * The service centre: the table of devices, and what they send. A device has one row.
 */
#include "roles/sms_sc/internal.h"

#include <string.h>

#define RETRY_MS 30000
#define TRIES 4
#define ANSWER_MS 60000
#define VALIDITY_S (3U * 24U * 3600U)
#define EF_IMSI 8

static bool numbers(const godwit_sms_sc_config_t *config, godwit_sms_address_t *own, godwit_sms_address_t *iwf)
{
    memset(iwf, 0, sizeof *iwf);
    return godwit_sms_address_from_text(config->number, own) == GODWIT_OK &&
           (config->iwf_host[0] == '\0' || (godwit_sms_address_from_text(config->iwf_number, iwf) == GODWIT_OK &&
                                            strcmp(config->iwf_number, config->number) != 0));
}

godwit_status_t godwit_sms_sc_init(godwit_sms_sc_t *sc, const godwit_sms_sc_config_t *config,
                                   godwit_sms_sc_device_t *devices, size_t capacity)
{
    godwit_sms_address_t number, iwf_number;
    if (capacity == 0 || capacity > GODWIT_SMS_SC_DEVICES_MAX || config->nodes > GODWIT_SMS_SC_NODES_MAX ||
        !numbers(config, &number, &iwf_number)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    memset(sc, 0, sizeof *sc);
    memset(devices, 0, capacity * sizeof *devices);
    sc->config = *config;
    sc->config.port = config->port != 0 ? config->port : GODWIT_SMS_PORT;
    sc->config.trigger_port = config->trigger_port != 0 ? config->trigger_port : GODWIT_A3_PORT;
    sc->config.retry_ms = config->retry_ms != 0 ? config->retry_ms : RETRY_MS;
    sc->config.tries = config->tries != 0 ? config->tries : TRIES;
    sc->config.answer_ms = config->answer_ms != 0 ? config->answer_ms : ANSWER_MS;
    sc->config.validity_s = config->validity_s != 0 ? config->validity_s : VALIDITY_S;
    sc->number = number;
    sc->iwf_number = iwf_number;
    sc->devices = devices;
    sc->capacity = capacity;
    return GODWIT_OK;
}

/* ---- table ---- */

godwit_sms_sc_device_t *godwit_sms_sc_find(godwit_sms_sc_t *sc, const godwit_imsi_t *imsi)
{
    for (size_t i = 0; i < sc->capacity; i++) {
        if (sc->devices[i].used && godwit_imsi_equal(&sc->devices[i].imsi, imsi)) {
            return &sc->devices[i];
        }
    }
    return NULL;
}

/* How readily a row makes room: a free one first, then one for which nothing waits, then one that only datagrams wait
 * for; 0: never, for a trigger is not lost. */
static unsigned readiness(const godwit_sms_sc_device_t *device)
{
    if (!device->used) {
        return 3;
    }
    if (device->queue[0].len == 0) {
        return 2;
    }
    return godwit_sms_sc_has_triggers(device) ? 0 : 1;
}

/* The longest silent of the readiest. */
static bool is_better(const godwit_sms_sc_device_t *a, const godwit_sms_sc_device_t *b)
{
    unsigned of_a = readiness(a), of_b = readiness(b);
    return of_a != of_b ? of_a > of_b : a->at_ms < b->at_ms;
}

godwit_sms_sc_device_t *godwit_sms_sc_row_for(const godwit_sms_sc_turn_t *t, const godwit_imsi_t *imsi)
{
    godwit_sms_sc_device_t *device = godwit_sms_sc_find(t->sc, imsi);
    if (device != NULL) {
        return device;
    }
    device = &t->sc->devices[0];
    for (size_t i = 1; i < t->sc->capacity; i++) {
        device = is_better(&t->sc->devices[i], device) ? &t->sc->devices[i] : device;
    }
    if (readiness(device) == 0) {
        return NULL;
    }
    if (device->used && device->queue[0].len > 0) {
        godwit_outbox_event(t->out, "sms_not_delivered", GODWIT_OVERLOAD, &device->imsi,
                            "the table of devices is full");
        godwit_outbox_timer(t->out, (uint32_t)(device - t->sc->devices), 0);
    }
    memset(device, 0, sizeof *device);
    device->used = true;
    device->imsi = *imsi;
    return device;
}

bool godwit_sms_sc_may_speak(const godwit_sms_sc_t *sc, godwit_function_t function, const char *host)
{
    for (size_t i = 0; i < sc->config.nodes; i++) {
        if (sc->config.node[i].function == function && strcmp(sc->config.node[i].host, host) == 0) {
            return true;
        }
    }
    return sc->config.nodes == 0;
}

godwit_message_t *godwit_sms_sc_message(const godwit_sms_sc_turn_t *t, godwit_message_kind_t kind, godwit_function_t to)
{
    const godwit_sms_sc_config_t *c = &t->sc->config;
    godwit_message_t *message = godwit_outbox_alloc(t->out, sizeof *message);
    if (message == NULL) {
        return NULL;
    }
    t->sc->next_transaction = t->sc->next_transaction == UINT32_MAX ? 1 : t->sc->next_transaction + 1;
    message->kind = kind;
    message->from = GODWIT_FUNCTION_SMS_SC;
    message->to = to;
    message->transaction = t->sc->next_transaction;
    memcpy(message->origin_host, c->local_host, sizeof message->origin_host);
    memcpy(message->origin_realm, c->local_realm, sizeof message->origin_realm);
    godwit_outbox_add(t->out, GODWIT_REQUEST_MESSAGE)->message = message;
    return message;
}

/* ---- up ---- */

/* A short message that is for somebody here. */
typedef struct submission {
    bool for_iwf;
    godwit_slice_t payload;
} submission_t;

static bool is_number(const godwit_sms_address_t *address, const char *number)
{
    char text[GODWIT_E164_MAX + 1];
    return number[0] != '\0' && godwit_sms_address_to_text(address, text) == GODWIT_OK && strcmp(text, number) == 0;
}

/* What is wrong with a message, if anything; what it brings else. */
static godwit_status_t judge(const godwit_sms_sc_t *sc, const godwit_message_t *message, submission_t *s,
                             const char **detail)
{
    const godwit_short_message_t *m = &message->u.short_message;
    godwit_sms_submit_t submit;
    godwit_sms_ports_t ports;
    *detail = "a node that may not speak for devices";
    if (!godwit_sms_sc_may_speak(sc, message->from, message->origin_host)) {
        return GODWIT_NOT_ENTITLED;
    }
    *detail = "no SMS-SUBMIT that can be read";
    if (godwit_sms_submit_parse(godwit_slice(m->tpdu, m->tpdu_len), &submit) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    s->for_iwf = sc->config.iwf_host[0] != '\0' && is_number(&submit.destination, sc->config.iwf_number);
    *detail = "another destination than ours";
    if (!s->for_iwf && !is_number(&submit.destination, sc->config.number)) {
        return GODWIT_UNKNOWN_SESSION;
    }
    *detail = "not for our port";
    if (godwit_sms_ports_get(&submit.data, &ports) != GODWIT_OK || ports.payload.len == 0 ||
        ports.destination != (s->for_iwf ? sc->config.trigger_port : sc->config.port)) {
        return GODWIT_NOT_ENTITLED;
    }
    s->payload = ports.payload;
    *detail = NULL;
    return GODWIT_OK;
}

static void remember_node(const godwit_sms_sc_turn_t *t, godwit_sms_sc_device_t *device)
{
    const godwit_message_t *message = t->in->message;
    device->at_ms = t->in->now_ms;
    device->node = message->from;
    memcpy(device->node_host, message->origin_host, sizeof device->node_host);
    memcpy(device->node_realm, message->origin_realm, sizeof device->node_realm);
    godwit_sms_sc_is_there(t, device);
}

static void put_answer(const godwit_sms_sc_turn_t *t, godwit_function_t to, uint32_t transaction, uint64_t route,
                       godwit_status_t outcome)
{
    godwit_message_t *answer = godwit_outbox_alloc(t->out, sizeof *answer);
    if (answer != NULL) {
        answer->kind = GODWIT_SHORT_MESSAGE_UP_ANSWER;
        answer->from = GODWIT_FUNCTION_SMS_SC;
        answer->to = to;
        answer->transaction = transaction;
        answer->route = route;
        answer->u.outcome = outcome;
        godwit_outbox_add(t->out, GODWIT_REQUEST_MESSAGE)->message = answer;
    }
}

static void answer_up(const godwit_sms_sc_turn_t *t, godwit_status_t outcome)
{
    const godwit_message_t *message = t->in->message;
    put_answer(t, message->from, message->transaction, message->route, outcome);
}

void godwit_sms_sc_answer_container(const godwit_sms_sc_turn_t *t, godwit_sms_sc_device_t *device,
                                    godwit_status_t outcome)
{
    device->up = false;
    put_answer(t, device->up_from, device->up_transaction, device->up_route, outcome);
}

static void to_hse(const godwit_sms_sc_turn_t *t, const godwit_imsi_t *imsi, godwit_slice_t payload)
{
    uint8_t *copy = godwit_outbox_alloc(t->out, payload.len);
    if (copy != NULL) {
        godwit_request_t *request = godwit_outbox_add(t->out, GODWIT_REQUEST_DATAGRAM);
        memcpy(copy, payload.ptr, payload.len);
        request->port = GODWIT_PORT_SMS;
        request->to.len = EF_IMSI;
        godwit_imsi_to_ef(imsi, request->to.octets);
        request->octets = godwit_slice(copy, payload.len);
    }
}

/* The node hears what the MTC-IWF says; one at a time, and who sends another meanwhile has given the first up. */
static void to_iwf(const godwit_sms_sc_turn_t *t, godwit_sms_sc_device_t *device, godwit_slice_t container)
{
    if (device->up) {
        godwit_sms_sc_answer_container(t, device, GODWIT_OVERLOAD);
    }
    device->up_asked = godwit_sms_sc_pass_container(t, &device->imsi, container);
    device->up = device->up_asked != 0;
    device->up_from = t->in->message->from;
    device->up_transaction = t->in->message->transaction;
    device->up_route = t->in->message->route;
}

static void on_message_up(const godwit_sms_sc_turn_t *t)
{
    const godwit_short_message_t *m = &t->in->message->u.short_message;
    submission_t s = {.for_iwf = false};
    godwit_sms_sc_device_t *device = NULL;
    const char *detail;
    godwit_status_t status = judge(t->sc, t->in->message, &s, &detail);
    if (status == GODWIT_OK) {
        device = godwit_sms_sc_row_for(t, &m->imsi);
        status = device != NULL ? GODWIT_OK : GODWIT_OVERLOAD;
        detail = device != NULL ? NULL : "triggers wait in the whole table";
    }
    godwit_outbox_event(t->out, status == GODWIT_OK ? "sms_accepted" : "sms_refused", status, &m->imsi, detail);
    if (status != GODWIT_OK || !s.for_iwf) {
        answer_up(t, status);
    }
    if (status != GODWIT_OK) {
        return;
    }
    if (s.for_iwf) {
        to_iwf(t, device, s.payload);
    } else {
        to_hse(t, &m->imsi, s.payload);
    }
    remember_node(t, device);
}

void godwit_sms_sc_step(godwit_sms_sc_t *sc, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_sms_sc_turn_t t = {.sc = sc, .in = in, .out = out};
    if (in->kind == GODWIT_INPUT_DATAGRAM) {
        godwit_sms_sc_on_datagram(&t);
        return;
    }
    if (in->kind == GODWIT_INPUT_TIMER) {
        godwit_sms_sc_on_timer(&t);
        return;
    }
    if (in->kind != GODWIT_INPUT_MESSAGE) {
        return;
    }
    switch (in->message->kind) {
    case GODWIT_SHORT_MESSAGE_UP:
        on_message_up(&t);
        break;
    case GODWIT_SHORT_MESSAGE_DOWN_ANSWER:
        godwit_sms_sc_on_answer(&t);
        break;
    case GODWIT_T4_TRIGGER:
        godwit_sms_sc_on_trigger(&t);
        break;
    case GODWIT_T4_REPORT_ANSWER:
        godwit_sms_sc_on_report_answer(&t);
        break;
    default:
        break;
    }
}
