/* SPDX-License-Identifier: Apache-2.0
 *
 * The section downlink of the configuration: who may send messages to devices, by which door, and what wakes a device
 * for one (docs/downlink.openapi.yaml).
 */
#include <stdio.h>
#include <string.h>

#include "adapters/deliver/parts.h"
#include "daemons/godwitd/config_check.h"
#include "daemons/godwitd/config_schema.h"

#define MQTT_PORT 1883
#define MQTTS_PORT 8883
#define PER_DEVICE 16u

static const cyaml_schema_field_t mqtt_fields[] = {
    TEXT(raw_downlink_mqtt_t, url),           TEXT(raw_downlink_mqtt_t, topic),
    TEXT(raw_downlink_mqtt_t, client_id),     TEXT(raw_downlink_mqtt_t, username),
    TEXT(raw_downlink_mqtt_t, password_file), SECTION(raw_downlink_mqtt_t, tls, config_tls_fields),
    TRUTH(raw_downlink_mqtt_t, plain),        CYAML_FIELD_END,
};

static const cyaml_schema_field_t wake_fields[] = {
    TEXT(raw_downlink_wake_t, url),
    TEXT(raw_downlink_wake_t, as),
    TEXT(raw_downlink_wake_t, connect_to),
    TEXT(raw_downlink_wake_t, external_id),
    SECTION(raw_downlink_wake_t, tls, config_tls_fields),
    NUMBER(raw_downlink_wake_t, port),
    NUMBER(raw_downlink_wake_t, validity_seconds),
    CYAML_FIELD_END,
};

const cyaml_schema_field_t config_downlink_fields[] = {
    TEXT(raw_downlink_t, listen),
    SECTION(raw_downlink_t, tls, config_tls_fields),
    LIST(raw_downlink_t, callers, &config_text_entry),
    SECTION(raw_downlink_t, mqtt, mqtt_fields),
    SECTION(raw_downlink_t, wake, wake_fields),
    NUMBER(raw_downlink_t, per_device),
    NUMBER(raw_downlink_t, wait_days),
    NUMBER(raw_downlink_t, awake_ms),
    CYAML_FIELD_END,
};

/* Of the hse: the section eas has its own. */
static bool queue(config_t *c, const raw_downlink_t *raw)
{
    const bool given = raw->per_device != 0 || raw->awake_ms != 0 || raw->wait_days != 0;
    if (!config_has(c, CONFIG_HSE) && given) {
        return config_refuse(c, "downlink", 0,
                             "per_device, wait_days and awake_ms are of the hse; eas has queue, "
                             "downlink_hours and awake_ms",
                             NULL);
    }
    c->hse.role.downlink_per_device = raw->per_device != 0 ? raw->per_device : PER_DEVICE;
    c->hse.role.awake_ms = raw->awake_ms;
    c->hse.role.downlink_ms = (uint64_t)raw->wait_days * CONFIG_DAY_MS;
    return config_range(c, "downlink.per_device", raw->per_device, 1, 1024) &&
           config_range(c, "downlink.wait_days", raw->wait_days, 1, 3650) &&
           config_range(c, "downlink.awake_ms", raw->awake_ms, 100, 3600u * 1000);
}

static bool door(config_t *c, const raw_downlink_t *raw)
{
    config_downlink_t *downlink = &c->downlink;
    if (raw->listen == NULL) {
        return raw->callers_count == 0 ||
               config_refuse(c, "downlink.callers", 0, "is for a door: give downlink.listen", NULL);
    }
    if (raw->callers_count == 0 || raw->callers_count > GODWIT_DOWNLINK_CALLERS_MAX) {
        return config_refuse(c, "downlink.callers", 0,
                             "must list 1 to 64 names of certificates: who may send to devices", NULL);
    }
    for (unsigned i = 0; i < raw->callers_count; i++) {
        downlink->callers[i] = raw->callers[i];
    }
    downlink->listens = true;
    return config_host_port(c, "downlink.listen", 0, raw->listen, downlink->host, &downlink->port) &&
           config_tls_files(c, "downlink.tls", raw->tls, &downlink->tls);
}

static bool mqtt(config_t *c, const raw_downlink_mqtt_t *raw)
{
    config_downlink_t *downlink = &c->downlink;
    godwit_mqtt_config_t *made = &downlink->mqtt;
    if (raw == NULL) {
        return true;
    }
    if (!godwit_deliver_url_read(raw->url, "mqtt", MQTT_PORT, MQTTS_PORT, downlink->mqtt_host, &made->port,
                                 &made->tls)) {
        return config_refuse(c, "downlink.mqtt.url", 0, "must be mqtts://HOST[:PORT], or mqtt:// with plain: true",
                             raw->url);
    }
    if (!made->tls && !raw->plain) {
        return config_refuse(c, "downlink.mqtt.url", 0, "is without TLS: that needs plain: true", raw->url);
    }
    downlink->topic = raw->topic != NULL ? raw->topic : "godwit/{imsi}/down";
    if (godwit_downlink_topic_filter(downlink->topic, downlink->mqtt_filter) != GODWIT_OK) {
        return config_refuse(c, "downlink.mqtt.topic", 0, "must have {imsi} as one level, and no wildcard", raw->topic);
    }
    if (raw->client_id == NULL) {
        return config_refuse(c, "downlink.mqtt.client_id", 0,
                             "must be given: the broker keeps under it what comes while this is away", NULL);
    }
    made->client_id = raw->client_id;
    made->username = raw->username;
    downlink->password_file = raw->password_file;
    downlink->subscribes = true;
    if (raw->tls != NULL) {
        made->ca = raw->tls->ca;
        made->certificate = raw->tls->certificate;
        made->key = raw->tls->key;
    }
    return true;
}

static bool wake(config_t *c, const raw_downlink_wake_t *raw)
{
    config_tls_t tls = {NULL, NULL, NULL};
    if (raw == NULL) {
        return true;
    }
    if (raw->port == 0 || raw->port > UINT16_MAX) {
        return config_refuse(c, "downlink.wake.port", 0, "must be the application port of the device, 1 to 65535",
                             NULL);
    }
    if (!config_range(c, "downlink.wake.validity_seconds", raw->validity_seconds, 1, 366u * 86400u) ||
        !config_tls_files(c, "downlink.wake.tls", raw->tls, &tls)) {
        return false;
    }
    c->downlink.wakes = true;
    c->downlink.wake = (godwit_t8_wake_config_t){.url = raw->url,
                                                 .as = raw->as,
                                                 .certificate = tls.certificate,
                                                 .key = tls.key,
                                                 .ca = tls.ca,
                                                 .connect_to = raw->connect_to,
                                                 .external_id = raw->external_id,
                                                 .port = (uint16_t)raw->port,
                                                 .validity_s = raw->validity_seconds};
    return true;
}

bool config_downlink_section(config_t *c, const raw_downlink_t *raw)
{
    if (raw == NULL) {
        return true;
    }
    if (!config_has(c, CONFIG_HSE) && !config_has(c, CONFIG_EAS)) {
        return config_refuse(c, "downlink", 0, "is for messages to devices: it needs the function hse or eas", NULL);
    }
    if (raw->listen == NULL && raw->mqtt == NULL) {
        return config_refuse(c, "downlink", 0, "needs listen or mqtt", NULL);
    }
    if (c->store_path == NULL) {
        return config_refuse(c, "downlink", 0, "needs a store: a message that was accepted must not be lost", NULL);
    }
    return queue(c, raw) && door(c, raw) && mqtt(c, raw->mqtt) && wake(c, raw->wake);
}
