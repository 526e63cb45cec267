/* SPDX-License-Identifier: Apache-2.0
 *
 * Readings to a MQTT broker: each the JSON line of one reading, published with QoS 1 to a topic made of a template; it
 * has arrived when the broker has acknowledged it. A broker that is away, or slow, makes this delivery take nothing
 * more, and no one else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/deliver/deliver.h"
#include "adapters/deliver/parts.h"
#include "adapters/mqtt/mqtt.h"

#define TOPIC_DEFAULT "godwit/{imsi}/up"
#define PORT_PLAIN 1883
#define PORT_TLS 8883
#define PASSWORD_MAX 256
#define STEP_MS 1000

typedef struct mqtt_delivery {
    godwit_delivery_t delivery;
    godwit_mqtt_t *mqtt;
    bool trouble; /* told by flush, once */
    char topic[GODWIT_MQTT_TOPIC_MAX + 1];
} mqtt_delivery_t;

/* ---- topics ---- */

/* Digits and hexadecimal alone: no reading can choose a level of its own, or a wildcard. */
static bool write_place(godwit_writer_t *w, const char *place, size_t len, const godwit_reading_t *reading)
{
    char session[9];
    if (len == 6 && memcmp(place, "{imsi}", 6) == 0) {
        godwit_put_slice(w, godwit_slice_of_string(reading->imsi.digits));
        return true;
    }
    if (len == 9 && memcmp(place, "{session}", 9) == 0) {
        (void)snprintf(session, sizeof session, "%08x", (unsigned)reading->session_id);
        godwit_put_slice(w, godwit_slice_of_string(session));
        return true;
    }
    return false;
}

static bool write_topic(const char *pattern, const godwit_reading_t *reading, char topic[GODWIT_MQTT_TOPIC_MAX + 1])
{
    godwit_writer_t w = godwit_writer((uint8_t *)topic, GODWIT_MQTT_TOPIC_MAX);
    while (*pattern != '\0') {
        size_t plain = strcspn(pattern, "{}");
        godwit_put_slice(&w, godwit_slice((const uint8_t *)pattern, plain));
        pattern += plain;
        if (*pattern != '\0') {
            size_t len = strcspn(pattern, "}") + 1;
            if (*pattern != '{' || pattern[len - 1] != '}' || !write_place(&w, pattern, len, reading)) {
                return false;
            }
            pattern += len;
        }
    }
    topic[w.len] = '\0';
    return !w.overflow && w.len > 0 && strpbrk(topic, "+#") == NULL;
}

/* ---- opening ---- */

static godwit_status_t refuse(const godwit_deliver_config_t *config, const char *what, char why[GODWIT_DELIVER_WHY])
{
    (void)snprintf(why, GODWIT_DELIVER_WHY, "delivery to MQTT %.150s: %s", config->target != NULL ? config->target : "",
                   what);
    return GODWIT_IO_FAILED;
}

static godwit_status_t start(mqtt_delivery_t *m, const godwit_deliver_config_t *config, godwit_mqtt_config_t *wanted,
                             char why[GODWIT_DELIVER_WHY])
{
    char password[PASSWORD_MAX], id[GODWIT_DELIVER_NAME_MAX + 8], reason[GODWIT_MQTT_WHY];
    size_t len = 0;
    if (config->password_file != NULL) {
        if (!godwit_deliver_secret_read(config->password_file, (uint8_t *)password, sizeof password - 1, &len)) {
            return refuse(config, "password_file cannot be read", why);
        }
        password[len] = '\0';
        password[strcspn(password, "\r\n")] = '\0';
        wanted->password = password;
    }
    (void)snprintf(id, sizeof id, "godwit-%s", config->name);
    wanted->client_id = config->client_id != NULL ? config->client_id : id;
    wanted->username = config->username;
    wanted->ca = config->ca;
    wanted->certificate = config->certificate;
    wanted->key = config->key;
    wanted->in_flight = config->in_flight;
    godwit_status_t status = godwit_mqtt_open(wanted, &m->mqtt, reason);
    godwit_wipe(password, sizeof password);
    wanted->password = wanted->client_id = NULL; /* they pointed into this function */
    return status == GODWIT_OK ? status : refuse(config, reason, why);
}

static godwit_status_t open_mqtt(const godwit_deliver_config_t *config, const godwit_deliver_told_t *told,
                                 godwit_delivery_t **delivery, char why[GODWIT_DELIVER_WHY])
{
    static const godwit_reading_t sample = {.imsi = {.len = 6, .digits = "001010"}};
    const char *pattern = config->topic != NULL ? config->topic : TOPIC_DEFAULT;
    char topic[GODWIT_MQTT_TOPIC_MAX + 1], host[128];
    godwit_mqtt_config_t wanted = {.host = host};
    *delivery = NULL;
    if (!godwit_deliver_url_read(config->target, "mqtt", PORT_PLAIN, PORT_TLS, host, &wanted.port, &wanted.tls)) {
        return refuse(config, "not of the form mqtts://HOST[:PORT], or mqtt:// with plain", why);
    }
    if (!wanted.tls && !config->plain) {
        return refuse(config, "mqtt:// is without TLS: it needs plain: true", why);
    }
    if (strlen(pattern) > GODWIT_MQTT_TOPIC_MAX - GODWIT_IMSI_DIGITS_MAX || !write_topic(pattern, &sample, topic)) {
        return refuse(config, "topic may hold {imsi} and {session}, and no wildcard", why);
    }
    mqtt_delivery_t *m = calloc(1, sizeof *m);
    if (m == NULL) {
        return refuse(config, "no memory", why);
    }
    m->delivery.kind = &godwit_deliver_mqtt;
    m->delivery.told = *told;
    memcpy(m->topic, pattern, strlen(pattern) + 1);
    godwit_status_t status = start(m, config, &wanted, why);
    if (status != GODWIT_OK) {
        free(m);
        return status;
    }
    *delivery = &m->delivery;
    return GODWIT_OK;
}

/* ---- readings ---- */

static uint64_t step(godwit_delivery_t *delivery, uint64_t now_ms)
{
    mqtt_delivery_t *m = (mqtt_delivery_t *)delivery;
    godwit_mqtt_event_t event;
    (void)now_ms;
    while (godwit_mqtt_next(m->mqtt, &event)) {
        if (event.kind == GODWIT_MQTT_PUBLISHED) {
            m->delivery.told.done(m->delivery.told.context, event.tag);
        } else if (event.kind == GODWIT_MQTT_DISCONNECTED) {
            (void)snprintf(m->delivery.why, sizeof m->delivery.why, "the MQTT broker is away: %.200s", event.why);
            m->trouble = true;
        }
    }
    return STEP_MS;
}

static godwit_status_t offer(godwit_delivery_t *delivery, const godwit_reading_t *reading, uint64_t now_ms)
{
    mqtt_delivery_t *m = (mqtt_delivery_t *)delivery;
    char topic[GODWIT_MQTT_TOPIC_MAX + 1];
    size_t len = 0;
    (void)now_ms;
    char *line = write_topic(m->topic, reading, topic) ? godwit_deliver_line(reading, &len) : NULL;
    if (line == NULL) {
        return GODWIT_AGAIN;
    }
    godwit_status_t status =
        godwit_mqtt_publish(m->mqtt, topic, godwit_slice((const uint8_t *)line, len - 1), reading->number);
    godwit_wipe(line, len);
    free(line);
    return status == GODWIT_OK ? status : GODWIT_AGAIN;
}

static godwit_status_t flush(godwit_delivery_t *delivery)
{
    mqtt_delivery_t *m = (mqtt_delivery_t *)delivery;
    bool trouble = m->trouble;
    m->trouble = false;
    return trouble ? GODWIT_IO_FAILED : GODWIT_OK;
}

static int fd(const godwit_delivery_t *delivery)
{
    return godwit_mqtt_fd(((const mqtt_delivery_t *)delivery)->mqtt);
}

static void close_mqtt(godwit_delivery_t *delivery)
{
    mqtt_delivery_t *m = (mqtt_delivery_t *)delivery;
    godwit_mqtt_close(m->mqtt);
    free(m);
}

const godwit_deliver_kind_t godwit_deliver_mqtt = {.name = "mqtt",
                                                   .open = open_mqtt,
                                                   .offer = offer,
                                                   .flush = flush,
                                                   .step = step,
                                                   .fd = fd,
                                                   .close = close_mqtt,
                                                   .queued = true};
