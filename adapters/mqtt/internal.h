/* SPDX-License-Identifier: Apache-2.0
 *
 * What the owner's thread and libmosquitto's share, under one lock that nobody holds while it waits for anything else.
 */
#ifndef GODWIT_ADAPTERS_MQTT_INTERNAL_H
#define GODWIT_ADAPTERS_MQTT_INTERNAL_H

#include <mosquitto.h>
#include <pthread.h>

#include "adapters/mqtt/mqtt.h"

#define IN_FLIGHT_MAX 256

typedef struct mqtt_flight {
    bool used, acknowledged;
    int mid; /* libmosquitto's number; 0: not known yet */
    uint64_t tag;
} mqtt_flight_t;

typedef enum mqtt_inbox_state {
    INBOX_EMPTY,
    INBOX_FULL,  /* for the owner to take */
    INBOX_TAKEN, /* for the owner to settle */
} mqtt_inbox_state_t;

struct godwit_mqtt {
    struct mosquitto *client;
    pthread_t thread;
    bool running;
    uint32_t retry_ms, retry_max_ms;
    uint16_t port;
    char host[GODWIT_MQTT_TOPIC_MAX + 1];
    pthread_mutex_t lock;
    pthread_cond_t settled;
    int wake; /* eventfd */
    bool closing;
    unsigned in_flight;
    mqtt_flight_t flights[IN_FLIGHT_MAX];
    /* CONNECTED and DISCONNECTED: only the last one matters. */
    bool changed, connected, was_connected;
    int last_error; /* of the connection */
    int refused;    /* CONNACK code */
    mqtt_inbox_state_t inbox;
    char topic[GODWIT_MQTT_TOPIC_MAX + 1];
    size_t payload_len;
    uint8_t payload[GODWIT_MQTT_PAYLOAD_MAX];
    char subscribe[GODWIT_MQTT_TOPIC_MAX + 1];
};

void godwit_mqtt_callbacks_set(godwit_mqtt_t *mqtt);
void godwit_mqtt_wake(const godwit_mqtt_t *mqtt);
/* Nothing leaves by its connection any more. */
void godwit_mqtt_shut(struct mosquitto *client);

#endif
