/* SPDX-License-Identifier: Apache-2.0
 *
 * Where readings go, and the queue before it (docs/delivery.md). What a kind does not need is refused: who writes it
 * expects something of it.
 */
#include <stdio.h>
#include <string.h>

#include "daemons/godwitd/config_check.h"
#include "daemons/godwitd/config_schema.h"

#define READINGS 100000u
#define READINGS_MAX 10000000u
#define OCTETS (64u << 20)
#define IN_FLIGHT_MAX 256

static const cyaml_schema_field_t delivery_fields[] = {
    TEXT(raw_delivery_t, kind),
    TEXT(raw_delivery_t, name),
    TEXT(raw_delivery_t, path),
    TEXT(raw_delivery_t, address),
    TEXT(raw_delivery_t, url),
    TEXT(raw_delivery_t, secret_file),
    TEXT(raw_delivery_t, topic),
    TEXT(raw_delivery_t, client_id),
    TEXT(raw_delivery_t, username),
    TEXT(raw_delivery_t, password_file),
    TEXT(raw_delivery_t, psk_identity),
    TEXT(raw_delivery_t, on_refusal),
    SECTION(raw_delivery_t, tls, config_tls_fields),
    TRUTH(raw_delivery_t, plain),
    TRUTH(raw_delivery_t, acknowledged),
    NUMBER(raw_delivery_t, in_flight),
    NUMBER(raw_delivery_t, timeout_ms),
    NUMBER(raw_delivery_t, retry_ms),
    NUMBER(raw_delivery_t, retry_max_ms),
    CYAML_FIELD_END,
};
const cyaml_schema_value_t config_delivery_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_delivery_t, delivery_fields)};

const cyaml_schema_field_t config_queue_fields[] = {
    TEXT(raw_queue_t, keep),
    NUMBER(raw_queue_t, readings),
    NUMBER(raw_queue_t, octets),
    CYAML_FIELD_END,
};

/* ---- one destination ---- */

enum {
    FOR_STDOUT = 1,
    FOR_FILE = 2,
    FOR_UDP = 4,
    FOR_UNIX = 8,
    FOR_WEBHOOK = 16,
    FOR_MQTT = 32,
    FOR_COAP = 64,
    FOR_SERVERS = FOR_WEBHOOK | FOR_MQTT | FOR_COAP
};

static unsigned kind_bit(const godwit_deliver_kind_t *kind)
{
    static const char *const names[] = {"stdout", "file", "udp", "unix", "webhook", "mqtt", "coap"};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(kind->name, names[i]) == 0) {
            return 1u << i;
        }
    }
    return 0;
}

/* Each member that is there belongs to the kind. */
static bool only_its_own(config_t *c, unsigned i, const raw_delivery_t *from, unsigned kind)
{
    const struct {
        bool there;
        unsigned kinds;
        const char *what;
    } members[] = {
        {from->path != NULL, FOR_FILE | FOR_UNIX, "path belongs to kind file or unix"},
        {from->address != NULL, FOR_UDP, "address belongs to kind udp"},
        {from->url != NULL, FOR_SERVERS, "url belongs to kind webhook, mqtt or coap"},
        {from->tls != NULL, FOR_SERVERS, "tls belongs to kind webhook, mqtt or coap"},
        {from->plain, FOR_SERVERS, "plain belongs to kind webhook, mqtt or coap"},
        {from->secret_file != NULL, FOR_WEBHOOK | FOR_COAP, "secret_file belongs to kind webhook or coap"},
        {from->psk_identity != NULL, FOR_COAP, "psk_identity belongs to kind coap"},
        {from->topic != NULL || from->client_id != NULL, FOR_MQTT, "topic and client_id belong to kind mqtt"},
        {from->username != NULL || from->password_file != NULL, FOR_MQTT,
         "username and password_file belong to kind mqtt"},
        {from->acknowledged, FOR_UNIX, "acknowledged belongs to kind unix"},
        {from->timeout_ms != 0, FOR_WEBHOOK | FOR_COAP, "timeout_ms belongs to kind webhook or coap"},
        {from->in_flight != 0, FOR_SERVERS | FOR_UNIX, "in_flight belongs to kind unix, webhook, mqtt or coap"},
    };
    for (size_t m = 0; m < sizeof members / sizeof members[0]; m++) {
        if (members[m].there && (members[m].kinds & kind) == 0) {
            return config_refuse(c, "hse.deliver[]", i, members[m].what, NULL);
        }
    }
    return true;
}

static bool target(config_t *c, unsigned i, const raw_delivery_t *from, unsigned kind, const char **to)
{
    godwit_address_t address;
    *to = kind == FOR_UDP ? from->address : (kind & (FOR_FILE | FOR_UNIX)) != 0 ? from->path : from->url;
    if (kind == FOR_UDP) {
        return config_address(c, "hse.deliver[].address", i, from->address, &address);
    }
    if ((kind & (FOR_FILE | FOR_UNIX)) != 0 && from->path == NULL) {
        return config_refuse(c, "hse.deliver[].path", i,
                             kind == FOR_FILE ? "is missing: the file that readings are added to"
                                              : "is missing: the socket on which the application listens",
                             NULL);
    }
    return (kind & FOR_SERVERS) == 0 || from->url != NULL ||
           config_refuse(c, "hse.deliver[].url", i, "is missing: where the server is", NULL);
}

static bool tls(config_t *c, unsigned i, const raw_tls_t *from, godwit_deliver_config_t *to)
{
    if (from == NULL) {
        return true;
    }
    to->certificate = from->certificate;
    to->key = from->key;
    to->ca = from->ca;
    return (from->certificate == NULL) == (from->key == NULL) ||
           config_refuse(c, "hse.deliver[].tls", i, "a certificate needs its key, and a key its certificate", NULL);
}

/* The destination's name, by which its place in the queue is kept: what it is given, or where it is. */
static bool name(config_t *c, unsigned i, const raw_delivery_t *from, godwit_queue_destination_t *to)
{
    to->config.name = from->name != NULL ? from->name : to->config.target != NULL ? to->config.target : to->kind->name;
    if (strlen(to->config.name) > GODWIT_DELIVER_NAME_MAX) {
        return config_refuse(c, "hse.deliver[].name", i, "is needed, of at most 255 characters: its target is longer",
                             NULL);
    }
    for (const godwit_queue_destination_t *other = c->hse.deliver; other < to; other++) {
        if (strcmp(other->config.name, to->config.name) == 0) {
            return config_refuse(c, "hse.deliver[].name", i, "two have the same: give each its own", to->config.name);
        }
    }
    return true;
}

static bool numbers(config_t *c, const raw_delivery_t *from, godwit_queue_destination_t *to)
{
    to->config.in_flight = from->in_flight;
    to->config.timeout_ms = from->timeout_ms;
    to->retry_ms = from->retry_ms;
    to->retry_max_ms = from->retry_max_ms;
    return config_range(c, "hse.deliver[].in_flight", from->in_flight, 1, IN_FLIGHT_MAX) &&
           config_range(c, "hse.deliver[].timeout_ms", from->timeout_ms, 100, 600000) &&
           config_range(c, "hse.deliver[].retry_ms", from->retry_ms, 10, 3600000) &&
           config_range(c, "hse.deliver[].retry_max_ms", from->retry_max_ms, 10, 86400000);
}

static bool refusal(config_t *c, unsigned i, const raw_delivery_t *from, godwit_queue_destination_t *to)
{
    to->drop_refused = from->on_refusal != NULL && strcmp(from->on_refusal, "drop") == 0;
    return from->on_refusal == NULL || to->drop_refused || strcmp(from->on_refusal, "wait") == 0 ||
           config_refuse(c, "hse.deliver[].on_refusal", i, "must be wait or drop", from->on_refusal);
}

static bool delivery(config_t *c, unsigned i, const raw_delivery_t *from, godwit_queue_destination_t *to)
{
    to->kind = from->kind == NULL ? NULL : godwit_deliver_kind(from->kind);
    if (to->kind == NULL) {
        return config_refuse(c, "hse.deliver[].kind", i, "must be stdout, file, udp, unix, webhook, mqtt or coap",
                             from->kind);
    }
    const unsigned kind = kind_bit(to->kind);
    to->config.secret_file = from->secret_file;
    to->config.topic = from->topic;
    to->config.client_id = from->client_id;
    to->config.username = from->username;
    to->config.password_file = from->password_file;
    to->config.psk_identity = from->psk_identity;
    to->config.plain = from->plain;
    to->config.acknowledged = from->acknowledged;
    return only_its_own(c, i, from, kind) && target(c, i, from, kind, &to->config.target) &&
           tls(c, i, from->tls, &to->config) && name(c, i, from, to) && numbers(c, from, to) && refusal(c, i, from, to);
}

bool config_deliveries(config_t *c, const raw_delivery_t *raw, unsigned count)
{
    if (count > CONFIG_DELIVER_MAX - c->hse.deliver_count) {
        return config_refuse(c, "hse.deliver", 0, "8 are the most", NULL);
    }
    for (unsigned i = 0; i < count; i++) {
        godwit_queue_destination_t *to = &c->hse.deliver[c->hse.deliver_count];
        if (!delivery(c, i, &raw[i], to)) {
            return false;
        }
        c->hse.queue.used = c->hse.queue.used || to->kind->queued;
        c->hse.deliver_count++;
    }
    return true;
}

/* ---- the queue ---- */

bool config_queue(config_t *c, const raw_queue_t *raw)
{
    static const raw_queue_t none;
    config_queue_t *to = &c->hse.queue;
    /* An EAS tells the HSE that it has a datagram only when its reading is durable. */
    to->used = to->used || raw != NULL || (config_has(c, CONFIG_EAS) && c->hse.deliver_count > 0);
    raw = raw == NULL ? &none : raw;
    to->readings = raw->readings == 0 ? READINGS : raw->readings;
    to->octets = raw->octets == 0 ? OCTETS : raw->octets;
    const bool memory = raw->keep != NULL && strcmp(raw->keep, "memory") == 0;
    if (raw->keep != NULL && !memory && strcmp(raw->keep, "store") != 0) {
        return config_refuse(c, "deliver_queue.keep", 0, "must be store or memory", raw->keep);
    }
    if (raw->keep != NULL && !memory && c->store_path == NULL) {
        return config_refuse(c, "deliver_queue.keep", 0, "store needs the section store", NULL);
    }
    if (to->used && c->hse.deliver_count == 0) {
        return config_refuse(c, "deliver_queue", 0, "needs deliver: where readings go", NULL);
    }
    to->store = to->used && !memory && c->store_path != NULL;
    c->hse.role.durable = to->store;
    c->eas.role.durable = to->store;
    return config_range(c, "deliver_queue.readings", raw->readings, 64, READINGS_MAX) &&
           config_range(c, "deliver_queue.octets", raw->octets, 65536, UINT32_MAX);
}
