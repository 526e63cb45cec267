/* SPDX-License-Identifier: Apache-2.0
 *
 * T4 (TS 29.337): the MTC-IWF's triggers in, what became of them and what devices send to its number out. One MTC-IWF
 * is believed, and no other may queue, recall or replace anything.
 */
#include "roles/sms_sc/internal.h"

#include <string.h>

enum { TRIGGER = 0, RECALL = 1, REPLACE = 2 }; /* Trigger-Action */

static godwit_status_t judge(const godwit_sms_sc_t *sc, const godwit_message_t *message, const char **detail)
{
    const godwit_t4_trigger_t *m = &message->u.t4_trigger;
    bool serving = m->node.function == GODWIT_FUNCTION_MME || m->node.function == GODWIT_FUNCTION_SGSN ||
                   m->node.function == GODWIT_FUNCTION_MSC;
    *detail = "another MTC-IWF than ours, or over a hop that proves nothing";
    if (sc->config.iwf_host[0] == '\0' || (message->hop == GODWIT_HOP_OPEN && !sc->config.iwf_open) ||
        strcmp(message->origin_host, sc->config.iwf_host) != 0) {
        return GODWIT_NOT_ENTITLED;
    }
    *detail = "a trigger that cannot be read";
    if (m->imsi.len == 0 || m->action > REPLACE ||
        (m->action != RECALL && (m->container_len == 0 || m->container_len > sizeof m->container || m->port == 0))) {
        return GODWIT_MALFORMED;
    }
    *detail = "a serving node that may not speak for devices";
    if (m->node.host[0] != '\0' &&
        (!serving || !godwit_sms_sc_may_speak(sc, (godwit_function_t)m->node.function, m->node.host))) {
        return GODWIT_NOT_ENTITLED;
    }
    *detail = NULL;
    return GODWIT_OK;
}

/* A trigger that waits and can be taken back: what is on its way cannot. GODWIT_SMS_SC_QUEUE: none. */
static size_t waiting_at(const godwit_sms_sc_device_t *device, uint32_t reference)
{
    for (size_t i = device->on_its_way ? 1 : 0; i < GODWIT_SMS_SC_QUEUE; i++) {
        if (device->queue[i].trigger && device->queue[i].reference == reference) {
            return i;
        }
    }
    return GODWIT_SMS_SC_QUEUE;
}

static godwit_status_t take_back(const godwit_sms_sc_turn_t *t, godwit_sms_sc_device_t *device, uint32_t reference)
{
    size_t i = device != NULL ? waiting_at(device, reference) : GODWIT_SMS_SC_QUEUE;
    if (i == GODWIT_SMS_SC_QUEUE) {
        return GODWIT_NOT_FOUND;
    }
    godwit_sms_sc_unqueue(t, device, i);
    godwit_outbox_event(t->out, "trigger_recalled", GODWIT_OK, &device->imsi, NULL);
    return GODWIT_OK;
}

/* Triggers may take half of the table, so that devices that speak find room. */
static bool has_room(const godwit_sms_sc_t *sc, const godwit_sms_sc_device_t *device)
{
    size_t rows = 0;
    if (device != NULL && godwit_sms_sc_has_triggers(device)) {
        return true;
    }
    for (size_t i = 0; i < sc->capacity; i++) {
        rows += sc->devices[i].used && godwit_sms_sc_has_triggers(&sc->devices[i]) ? 1 : 0;
    }
    return 2 * rows < sc->capacity;
}

static godwit_status_t put(const godwit_sms_sc_turn_t *t, const godwit_t4_trigger_t *m)
{
    uint32_t longest = t->sc->config.validity_s;
    uint32_t validity_s = m->validity_s == 0 || m->validity_s > longest ? longest : m->validity_s;
    godwit_sms_waiting_t waiting = {.len = m->container_len,
                                    .trigger = true,
                                    .priority = m->priority,
                                    .port = m->port,
                                    .reference = m->reference,
                                    .expires_ms = t->in->now_ms + UINT64_C(1000) * validity_s};
    godwit_sms_sc_device_t *device = godwit_sms_sc_find(t->sc, &m->imsi);
    if (device != NULL && device->on_its_way && device->queue[0].trigger &&
        device->queue[0].reference == m->reference) {
        return GODWIT_OK; /* said again while it goes */
    }
    if (!has_room(t->sc, device)) {
        return GODWIT_OVERLOAD;
    }
    device = godwit_sms_sc_row_for(t, &m->imsi);
    if (device == NULL) {
        return GODWIT_OVERLOAD;
    }
    size_t former = waiting_at(device, m->reference);
    if (former < GODWIT_SMS_SC_QUEUE) {
        godwit_sms_sc_unqueue(t, device, former);
    }
    godwit_sms_time(t->in->now_ms, waiting.time);
    memcpy(waiting.octets, m->container, m->container_len);
    device->at_ms = t->in->now_ms;
    if (m->node.host[0] != '\0') {
        device->node = (godwit_function_t)m->node.function;
        memcpy(device->node_host, m->node.host, sizeof m->node.host);
        memcpy(device->node_realm, m->node.realm, sizeof m->node.realm);
        godwit_sms_sc_is_there(t, device);
    }
    return godwit_sms_sc_queue(t, device, &waiting);
}

void godwit_sms_sc_on_trigger(const godwit_sms_sc_turn_t *t)
{
    const godwit_t4_trigger_t *m = &t->in->message->u.t4_trigger;
    const char *detail;
    godwit_status_t status = judge(t->sc, t->in->message, &detail);
    if (status == GODWIT_OK && m->action != TRIGGER) {
        status = take_back(t, godwit_sms_sc_find(t->sc, &m->imsi), m->old_reference);
        detail = status == GODWIT_OK ? NULL : "no such trigger waits";
    }
    godwit_message_t *answer =
        godwit_outbox_answer(t->out, t->in->message, GODWIT_T4_TRIGGER_ANSWER, GODWIT_FUNCTION_SMS_SC);
    if (answer == NULL) {
        return;
    }
    if (status == GODWIT_OK && m->action != RECALL) {
        status = put(t, m);
        detail = status == GODWIT_OK ? NULL : "too many triggers wait";
    }
    answer->u.outcome = status;
    godwit_outbox_add(t->out, GODWIT_REQUEST_MESSAGE)->message = answer;
    godwit_outbox_event(t->out, status == GODWIT_OK ? "trigger_queued" : "trigger_refused", status, &m->imsi, detail);
}

/* ---- reports ---- */

static godwit_message_t *report_of(const godwit_sms_sc_turn_t *t, const godwit_imsi_t *imsi)
{
    godwit_message_t *message = godwit_sms_sc_message(t, GODWIT_T4_REPORT, GODWIT_FUNCTION_MTC_IWF);
    if (message != NULL) {
        const godwit_sms_sc_config_t *c = &t->sc->config;
        message->u.t4_report.imsi = *imsi;
        message->u.t4_report.to.function = GODWIT_FUNCTION_MTC_IWF;
        memcpy(message->u.t4_report.to.host, c->iwf_host, sizeof c->iwf_host);
        memcpy(message->u.t4_report.to.realm, c->iwf_realm, sizeof c->iwf_realm);
    }
    return message;
}

void godwit_sms_sc_report(const godwit_sms_sc_turn_t *t, const godwit_sms_sc_device_t *device, uint32_t reference,
                          godwit_t4_outcome_t outcome)
{
    godwit_message_t *message = report_of(t, &device->imsi);
    if (message != NULL) {
        message->u.t4_report.has_outcome = true;
        message->u.t4_report.outcome = outcome;
        message->u.t4_report.reference = reference;
    }
}

uint32_t godwit_sms_sc_pass_container(const godwit_sms_sc_turn_t *t, const godwit_imsi_t *imsi,
                                      godwit_slice_t container)
{
    godwit_message_t *message = report_of(t, imsi);
    if (message == NULL) {
        return 0;
    }
    message->u.t4_report.container_len = (uint8_t)container.len;
    memcpy(message->u.t4_report.container, container.ptr, container.len);
    return message->transaction;
}

void godwit_sms_sc_on_report_answer(const godwit_sms_sc_turn_t *t)
{
    for (size_t i = 0; i < t->sc->capacity; i++) {
        godwit_sms_sc_device_t *device = &t->sc->devices[i];
        if (device->used && device->up && device->up_asked == t->in->message->transaction) {
            godwit_sms_sc_answer_container(t, device, t->in->message->u.outcome);
            return;
        }
    }
}
