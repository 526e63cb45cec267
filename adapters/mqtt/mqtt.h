/* SPDX-License-Identifier: Apache-2.0
 *
 * A MQTT client (3.1.1, QoS 1; libmosquitto) inside a single-threaded owner: a thread of its own connects, resolves
 * names, does TLS and waits; the owner publishes and takes what happened on its own thread. Nothing here blocks the
 * owner. What was published and not acknowledged goes again on the next connection. A message that comes in is
 * acknowledged to the broker only when the owner has settled it, so that what the owner has not made durable comes
 * again.
 */
#ifndef GODWIT_ADAPTERS_MQTT_MQTT_H
#define GODWIT_ADAPTERS_MQTT_MQTT_H

#include "godwit/bytes.h"

#define GODWIT_MQTT_TOPIC_MAX 255
#define GODWIT_MQTT_PAYLOAD_MAX 65536
#define GODWIT_MQTT_WHY 256

typedef struct godwit_mqtt_config {
    const char *host;
    uint16_t port;
    const char *client_id;           /* the broker keeps what comes meanwhile under this name */
    const char *username, *password; /* NULL: none */
    bool tls;                        /* the broker's certificate must name host */
    const char *ca;                  /* file, PEM; NULL: the system's */
    const char *certificate, *key;   /* files, PEM; NULL: the client shows none */
    const char *subscribe;           /* topic filter; NULL: nothing */
    unsigned in_flight;              /* published and not acknowledged; 0: 20 */
    uint32_t retry_ms, retry_max_ms; /* between attempts to connect; 0: 1000, 30000 */
} godwit_mqtt_config_t;

typedef enum godwit_mqtt_event_kind {
    GODWIT_MQTT_PUBLISHED,    /* tag: the broker has acknowledged it */
    GODWIT_MQTT_MESSAGE,      /* topic, payload: to be settled, before the next one comes */
    GODWIT_MQTT_CONNECTED,    /* and subscribed where that is wanted */
    GODWIT_MQTT_DISCONNECTED, /* why */
} godwit_mqtt_event_kind_t;

typedef struct godwit_mqtt_event {
    godwit_mqtt_event_kind_t kind;
    uint64_t tag;
    char topic[GODWIT_MQTT_TOPIC_MAX + 1];
    godwit_slice_t payload; /* lives until it is settled */
    char why[GODWIT_MQTT_WHY];
} godwit_mqtt_event_t;

typedef struct godwit_mqtt godwit_mqtt_t;

/* Returns at once; whether there is a broker is told by events. GODWIT_INVALID_ARGUMENT, GODWIT_IO_FAILED (a file that
 * cannot be read): why says more. */
GODWIT_MUST_USE godwit_status_t godwit_mqtt_open(const godwit_mqtt_config_t *config, godwit_mqtt_t **mqtt,
                                                 char why[GODWIT_MQTT_WHY]);
int godwit_mqtt_fd(const godwit_mqtt_t *mqtt); /* readable when events wait */
/* Each that is GODWIT_OK has exactly one PUBLISHED, unless the client is closed before. GODWIT_AGAIN: in_flight wait
 * for the broker already.
 * GODWIT_INVALID_ARGUMENT: no topic to publish to, or too long. */
GODWIT_MUST_USE godwit_status_t godwit_mqtt_publish(godwit_mqtt_t *mqtt, const char *topic, godwit_slice_t payload,
                                                    uint64_t tag);
bool godwit_mqtt_next(godwit_mqtt_t *mqtt, godwit_mqtt_event_t *event); /* false: none waits */
void godwit_mqtt_settle(godwit_mqtt_t *mqtt); /* the MESSAGE taken last is durable, or refused for good */
void godwit_mqtt_close(godwit_mqtt_t *mqtt);  /* a message that is not settled stays with the broker; NULL is nothing */

#endif
