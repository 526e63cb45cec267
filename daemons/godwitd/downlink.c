/* SPDX-License-Identifier: Apache-2.0
 *
 * Messages of applications for devices: they come by HTTPS or by a topic, and go to the function here that speaks with
 * devices. An application is answered, and a broker's message acknowledged, only when the message is durable or refused
 * for good.
 */
#include "daemons/godwitd/downlink.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/crypto/aesni.h"
#include "adapters/deliver/parts.h"

#define AT_ONCE 64
#define PASSWORD_MAX 256

typedef struct daemon_downlink {
    godwit_downlink_door_t *door; /* NULL: none */
    godwit_mqtt_t *mqtt;
    godwit_t8_wake_t *wake;
    godwit_function_t function; /* whose devices these are */
    /* A message from the broker that could not be taken for now; it is tried again, and nothing else is taken from
     * there. */
    bool held;
    char topic[GODWIT_MQTT_TOPIC_MAX + 1];
    godwit_downlink_t message;
} daemon_downlink_t;

/* ---- opening ---- */

static bool start_door(daemon_downlink_t *l, const config_downlink_t *c, char why[GODWIT_HTTPS_WHY])
{
    const godwit_downlink_config_t wanted = {.crypto = godwit_crypto_server(),
                                             .host = c->host,
                                             .port = c->port,
                                             .certificate = c->tls.certificate,
                                             .key = c->tls.key,
                                             .ca = c->tls.ca,
                                             .callers = c->callers};
    return !c->listens || godwit_downlink_start(&wanted, &l->door, why) == GODWIT_OK;
}

static bool start_mqtt(daemon_downlink_t *l, const config_downlink_t *c, char why[GODWIT_HTTPS_WHY])
{
    char password[PASSWORD_MAX], reason[GODWIT_MQTT_WHY];
    godwit_mqtt_config_t wanted = c->mqtt;
    size_t len = 0;
    if (!c->subscribes) {
        return true;
    }
    wanted.host = c->mqtt_host;
    wanted.subscribe = c->mqtt_filter;
    if (c->password_file != NULL) {
        if (!godwit_deliver_secret_read(c->password_file, (uint8_t *)password, sizeof password - 1, &len)) {
            (void)snprintf(why, GODWIT_HTTPS_WHY, "mqtt.password_file: %.200s cannot be read", c->password_file);
            return false;
        }
        password[len] = '\0';
        password[strcspn(password, "\r\n")] = '\0';
        wanted.password = password;
    }
    godwit_status_t status = godwit_mqtt_open(&wanted, &l->mqtt, reason);
    godwit_wipe(password, sizeof password);
    if (status != GODWIT_OK) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "mqtt: %s", reason);
    }
    return status == GODWIT_OK;
}

bool downlink_start(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    const config_downlink_t *c = &d->config->downlink;
    char why[GODWIT_HTTPS_WHY] = "";
    if (!c->listens && !c->subscribes) {
        return true;
    }
    d->downlink = calloc(1, sizeof *d->downlink);
    if (d->downlink == NULL) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "downlink: no memory");
        return false;
    }
    d->downlink->function = owner_has_role(d->owner, GODWIT_FUNCTION_HSE) ? GODWIT_FUNCTION_HSE : GODWIT_FUNCTION_EAS;
    if (!start_door(d->downlink, c, why) || !start_mqtt(d->downlink, c, why) ||
        (c->wakes && godwit_t8_wake_start(&c->wake, &d->downlink->wake, why) != GODWIT_OK)) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "downlink: %.480s", why);
        return false;
    }
    return true;
}

bool downlink_watch(const godwitd_t *d)
{
    const daemon_downlink_t *l = d->downlink;
    return l == NULL || ((l->door == NULL || edge_watch(d, godwit_downlink_fd(l->door))) &&
                         (l->mqtt == NULL || edge_watch(d, godwit_mqtt_fd(l->mqtt))) &&
                         (l->wake == NULL || edge_watch(d, godwit_t8_wake_fd(l->wake))));
}

void downlink_ready(const godwitd_t *d)
{
    const char *host = d->config->downlink.host;
    if (d->downlink != NULL && d->downlink->door != NULL) {
        (void)printf(strchr(host, ':') != NULL ? " downlink=[%s]:%u" : " downlink=%s:%u", host,
                     (unsigned)godwit_downlink_port(d->downlink->door));
    }
}

void downlink_stop(godwitd_t *d)
{
    daemon_downlink_t *l = d->downlink;
    if (l != NULL) {
        godwit_downlink_stop(l->door);
        godwit_mqtt_close(l->mqtt); /* what it holds is not settled, and comes again */
        godwit_t8_wake_stop(l->wake);
        godwit_wipe(l, sizeof *l);
        free(l);
        d->downlink = NULL;
    }
}

/* ---- messages ---- */

static void note(godwitd_t *d, const char *name, godwit_status_t status, const godwit_imsi_t *imsi, const char *detail)
{
    godwit_event_t event = {.name = name, .reason = status, .detail = detail};
    if (imsi != NULL) {
        event.has_imsi = true;
        event.imsi = *imsi;
    }
    godwit_observe_event(&d->observer, daemon_now_ms(), "downlink", &event);
}

static void wake(godwitd_t *d, const godwit_imsi_t *imsi)
{
    godwit_status_t status =
        d->downlink->wake != NULL ? godwit_t8_wake_send(d->downlink->wake, imsi) : GODWIT_NOT_FOUND;
    if (status != GODWIT_OK) {
        note(d, "not_woken", status, imsi, "no trigger was asked for: the message waits until the device speaks");
    }
}

static godwit_status_t take(godwitd_t *d, const godwit_downlink_t *message, const char **detail)
{
    godwit_input_t input = {.kind = GODWIT_INPUT_SUBMIT,
                            .imsi = message->imsi,
                            .datagram = godwit_slice(message->payload, message->len),
                            .queue = true};
    if (message->has_id) {
        memcpy(input.submit_id, message->id, sizeof input.submit_id);
    }
    if (message->validity_s != 0) {
        input.expires_ms = daemon_now_ms() + (uint64_t)message->validity_s * 1000;
    }
    godwit_status_t status = owner_ask(d->owner, d->downlink->function, &input, detail);
    if (status == GODWIT_OK && message->wake) {
        wake(d, &message->imsi);
    }
    return status;
}

static void receive_https(godwitd_t *d)
{
    daemon_downlink_t *l = d->downlink;
    godwit_downlink_t message;
    uint64_t route = 0;
    for (unsigned i = 0; i < AT_ONCE && l->door != NULL; i++) {
        const char *detail = NULL;
        godwit_status_t status = godwit_downlink_receive(l->door, &message, &route, &detail);
        if (status == GODWIT_AGAIN) {
            break;
        }
        if (status != GODWIT_OK) {
            note(d, "refused", status, NULL, detail);
            continue;
        }
        detail = NULL;
        status = take(d, &message, &detail);
        godwit_downlink_answer(l->door, route, status, detail);
    }
    godwit_wipe(&message, sizeof message);
}

/* What may be better in a moment: the broker keeps it as long. */
static bool is_for_now(godwit_status_t status)
{
    return status == GODWIT_OVERLOAD || status == GODWIT_STORE_FAILED || status == GODWIT_IO_FAILED;
}

static void take_held(godwitd_t *d)
{
    daemon_downlink_t *l = d->downlink;
    const char *detail = NULL;
    godwit_status_t status = take(d, &l->message, &detail);
    if (is_for_now(status)) {
        return;
    }
    if (status != GODWIT_OK) {
        note(d, "refused", status, &l->message.imsi, detail);
    }
    l->held = false;
    godwit_wipe(&l->message, sizeof l->message);
    godwit_mqtt_settle(l->mqtt);
}

static void take_message(godwitd_t *d, const godwit_mqtt_event_t *event)
{
    daemon_downlink_t *l = d->downlink;
    memset(&l->message, 0, sizeof l->message);
    if (godwit_downlink_topic_read(d->config->downlink.topic, event->topic, &l->message.imsi) != GODWIT_OK ||
        event->payload.len == 0 || event->payload.len > sizeof l->message.payload) {
        note(d, "refused", GODWIT_MALFORMED, NULL,
             "a message whose topic names no device, or that is empty or does not fit a datagram");
        godwit_mqtt_settle(l->mqtt);
        return;
    }
    memcpy(l->message.payload, event->payload.ptr, event->payload.len);
    l->message.len = (uint16_t)event->payload.len;
    l->message.wake = l->wake != NULL;
    l->held = true;
    take_held(d);
}

static void receive_mqtt(godwitd_t *d)
{
    daemon_downlink_t *l = d->downlink;
    godwit_mqtt_event_t event;
    if (l->held) {
        take_held(d);
    }
    for (unsigned i = 0; i < AT_ONCE && l->mqtt != NULL && !l->held && godwit_mqtt_next(l->mqtt, &event); i++) {
        if (event.kind == GODWIT_MQTT_MESSAGE) {
            take_message(d, &event);
        } else if (event.kind == GODWIT_MQTT_DISCONNECTED) {
            godwit_observe_note(&d->observer, daemon_now_ms(), GODWIT_LOG_WARNING, "downlink", event.why);
        }
    }
}

void downlink_receive(godwitd_t *d)
{
    godwit_imsi_t imsi;
    godwit_status_t status;
    char why[GODWIT_HTTPS_WHY];
    if (d->downlink == NULL) {
        return;
    }
    receive_https(d);
    receive_mqtt(d);
    for (unsigned i = 0;
         i < AT_ONCE && d->downlink->wake != NULL && godwit_t8_wake_next(d->downlink->wake, &imsi, &status, why); i++) {
        note(d, status == GODWIT_OK ? "woken" : "not_woken", status, &imsi, NULL);
        if (why[0] != '\0') {
            godwit_observe_note(&d->observer, daemon_now_ms(), GODWIT_LOG_WARNING, "downlink", why);
        }
    }
}
