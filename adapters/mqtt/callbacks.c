/* SPDX-License-Identifier: Apache-2.0
 *
 * What libmosquitto tells on its thread: it notes it and wakes the owner. libmosquitto queues the PUBACK of a message
 * before it calls, and sends what is queued only after the call: the call waits for the owner to settle the message, so
 * a message that was not settled is not acknowledged.
 */
#include <string.h>
#include <unistd.h>

#include "adapters/mqtt/internal.h"

void godwit_mqtt_wake(const godwit_mqtt_t *mqtt)
{
    const uint64_t one = 1;
    ssize_t written = write(mqtt->wake, &one, sizeof one);
    (void)written; /* a counter that is full wakes as well */
}

static void on_connect(struct mosquitto *client, void *context, int code)
{
    godwit_mqtt_t *mqtt = context;
    pthread_mutex_lock(&mqtt->lock);
    mqtt->refused = code;
    mqtt->connected = code == 0;
    mqtt->was_connected = mqtt->was_connected || mqtt->connected;
    mqtt->changed = true;
    pthread_mutex_unlock(&mqtt->lock);
    if (code == 0 && mqtt->subscribe[0] != '\0') {
        (void)mosquitto_subscribe(client, NULL, mqtt->subscribe,
                                  1); /* without effect only when the connection is gone again */
    }
    godwit_mqtt_wake(mqtt);
}

static void on_disconnect(struct mosquitto *client, void *context, int code)
{
    godwit_mqtt_t *mqtt = context;
    (void)client;
    pthread_mutex_lock(&mqtt->lock);
    mqtt->connected = false;
    mqtt->last_error = code;
    mqtt->changed = true;
    pthread_mutex_unlock(&mqtt->lock);
    godwit_mqtt_wake(mqtt);
}

static void on_publish(struct mosquitto *client, void *context, int mid)
{
    godwit_mqtt_t *mqtt = context;
    (void)client;
    pthread_mutex_lock(&mqtt->lock);
    for (size_t i = 0; i < IN_FLIGHT_MAX; i++) {
        if (mqtt->flights[i].used && mqtt->flights[i].mid == mid) {
            mqtt->flights[i].acknowledged = true;
        }
    }
    pthread_mutex_unlock(&mqtt->lock);
    godwit_mqtt_wake(mqtt);
}

/* A message that can be none of ours is acknowledged and gone: it would come again for ever. So is one that the broker
 * retains, and says again with each subscription (3.1.1, 3.3.1.3): to those who were there when it was new it came
 * without that flag. */
static bool is_readable(const struct mosquitto_message *message)
{
    return !message->retain && strlen(message->topic) <= GODWIT_MQTT_TOPIC_MAX && message->payloadlen >= 0 &&
           message->payloadlen <= GODWIT_MQTT_PAYLOAD_MAX;
}

static void on_message(struct mosquitto *client, void *context, const struct mosquitto_message *message)
{
    godwit_mqtt_t *mqtt = context;
    (void)client;
    if (!is_readable(message)) {
        return;
    }
    pthread_mutex_lock(&mqtt->lock);
    if (mqtt->closing) { /* it is taken by nobody, so its PUBACK must not leave */
        godwit_mqtt_shut(client);
    } else {
        mqtt->inbox = INBOX_FULL;
        memcpy(mqtt->topic, message->topic, strlen(message->topic) + 1); /* measured above */
        mqtt->payload_len = (size_t)message->payloadlen;
        if (mqtt->payload_len > 0) {
            memcpy(mqtt->payload, message->payload, mqtt->payload_len);
        }
        godwit_mqtt_wake(mqtt);
    }
    while (mqtt->inbox != INBOX_EMPTY && !mqtt->closing) {
        pthread_cond_wait(&mqtt->settled, &mqtt->lock);
    }
    mqtt->inbox = INBOX_EMPTY; /* closing: the connection is shut, and what is queued cannot leave by it */
    pthread_mutex_unlock(&mqtt->lock);
}

void godwit_mqtt_callbacks_set(godwit_mqtt_t *mqtt)
{
    mosquitto_connect_callback_set(mqtt->client, on_connect);
    mosquitto_disconnect_callback_set(mqtt->client, on_disconnect);
    mosquitto_publish_callback_set(mqtt->client, on_publish);
    mosquitto_message_callback_set(mqtt->client, on_message);
}
