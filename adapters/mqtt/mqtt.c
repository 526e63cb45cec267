/* SPDX-License-Identifier: Apache-2.0
 *
 * The owner's side of the MQTT client. See mqtt.h and callbacks.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "adapters/mqtt/internal.h"

#define IN_FLIGHT 20
#define KEEPALIVE_S 30
#define RETRY_MS 1000
#define RETRY_MAX_MS 30000
#define LOOP_MS 1000

static godwit_status_t fail(char why[GODWIT_MQTT_WHY], const char *what, int code)
{
    (void)snprintf(why, GODWIT_MQTT_WHY, "%s: %s", what,
                   code == MOSQ_ERR_ERRNO ? strerror(errno) : mosquitto_strerror(code));
    return code == MOSQ_ERR_INVAL || code == MOSQ_ERR_MALFORMED_UTF8 ? GODWIT_INVALID_ARGUMENT : GODWIT_IO_FAILED;
}

static int set_tls(struct mosquitto *client, const godwit_mqtt_config_t *config)
{
    int code = MOSQ_ERR_SUCCESS;
    if (config->ca == NULL) {
        code = mosquitto_int_option(client, MOSQ_OPT_TLS_USE_OS_CERTS, 1);
    }
    if (code == MOSQ_ERR_SUCCESS && (config->ca != NULL || config->certificate != NULL)) {
        code = mosquitto_tls_set(client, config->ca, NULL, config->certificate, config->key, NULL);
    }
    return code != MOSQ_ERR_SUCCESS ? code : mosquitto_tls_opts_set(client, 1, NULL, NULL);
}

/* ---- the thread ---- */

static bool is_closing(godwit_mqtt_t *mqtt)
{
    pthread_mutex_lock(&mqtt->lock);
    bool closing = mqtt->closing;
    pthread_mutex_unlock(&mqtt->lock);
    return closing;
}

static void note_failure(godwit_mqtt_t *mqtt, int code)
{
    pthread_mutex_lock(&mqtt->lock);
    mqtt->last_error = code;
    mqtt->refused = 0;
    mqtt->changed = true;
    pthread_mutex_unlock(&mqtt->lock);
    godwit_mqtt_wake(mqtt);
}

/* Sleeps, unless the owner closes. */
static void rest(godwit_mqtt_t *mqtt, uint32_t ms)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&mqtt->lock);
    while (!mqtt->closing && pthread_cond_timedwait(&mqtt->settled, &mqtt->lock, &until) == 0) {
    }
    pthread_mutex_unlock(&mqtt->lock);
}

static bool was_connected(godwit_mqtt_t *mqtt)
{
    pthread_mutex_lock(&mqtt->lock);
    bool was = mqtt->was_connected;
    mqtt->was_connected = false;
    pthread_mutex_unlock(&mqtt->lock);
    return was;
}

/* Connects, serves, and begins anew for as long as it is wanted: whatever fails, a certificate too, may be mended at
 * the other end. */
static void *serve(void *context)
{
    godwit_mqtt_t *mqtt = context;
    uint32_t wait_ms = mqtt->retry_ms;
    while (!is_closing(mqtt)) {
        int code = mosquitto_connect_async(mqtt->client, mqtt->host, mqtt->port, KEEPALIVE_S);
        if (code != MOSQ_ERR_SUCCESS) {
            note_failure(mqtt, code);
        }
        while (code == MOSQ_ERR_SUCCESS && !is_closing(mqtt)) {
            code = mosquitto_loop(mqtt->client, LOOP_MS, 1);
        }
        wait_ms = was_connected(mqtt) ? mqtt->retry_ms : wait_ms;
        rest(mqtt, wait_ms);
        wait_ms = wait_ms * 2 > mqtt->retry_max_ms ? mqtt->retry_max_ms : wait_ms * 2;
    }
    return NULL;
}

/* ---- opening ---- */

static godwit_status_t set_up(godwit_mqtt_t *mqtt, const godwit_mqtt_config_t *config, char why[GODWIT_MQTT_WHY])
{
    godwit_mqtt_callbacks_set(mqtt);
    int code = MOSQ_ERR_SUCCESS;
    if (config->username != NULL) {
        code = mosquitto_username_pw_set(mqtt->client, config->username, config->password);
    }
    if (code == MOSQ_ERR_SUCCESS && config->tls) {
        code = set_tls(mqtt->client, config);
    }
    if (code != MOSQ_ERR_SUCCESS) {
        return fail(why, config->host, code);
    }
    (void)mosquitto_max_inflight_messages_set(mqtt->client, mqtt->in_flight);
    (void)mosquitto_threaded_set(mqtt->client, true);
    mqtt->running = pthread_create(&mqtt->thread, NULL, serve, mqtt) == 0;
    if (!mqtt->running) {
        (void)snprintf(why, GODWIT_MQTT_WHY, "the thread of the MQTT client could not be started");
    }
    return mqtt->running ? GODWIT_OK : GODWIT_IO_FAILED;
}

static bool is_good(const godwit_mqtt_config_t *config)
{
    return config->host != NULL && config->host[0] != '\0' && strlen(config->host) < GODWIT_MQTT_TOPIC_MAX &&
           config->port != 0 && config->client_id != NULL && config->client_id[0] != '\0' &&
           config->in_flight <= IN_FLIGHT_MAX &&
           (config->subscribe == NULL || (strlen(config->subscribe) <= GODWIT_MQTT_TOPIC_MAX &&
                                          mosquitto_sub_topic_check(config->subscribe) == MOSQ_ERR_SUCCESS));
}

godwit_status_t godwit_mqtt_open(const godwit_mqtt_config_t *config, godwit_mqtt_t **out, char why[GODWIT_MQTT_WHY])
{
    *out = NULL;
    if (!is_good(config)) {
        (void)snprintf(why, GODWIT_MQTT_WHY,
                       "a MQTT client needs host, port and client id, and a topic filter that can be");
        return GODWIT_INVALID_ARGUMENT;
    }
    (void)mosquitto_lib_init();
    godwit_mqtt_t *mqtt = calloc(1, sizeof *mqtt);
    if (mqtt == NULL) {
        (void)snprintf(why, GODWIT_MQTT_WHY, "no memory");
        return GODWIT_NO_SPACE;
    }
    mqtt->in_flight = config->in_flight != 0 ? config->in_flight : IN_FLIGHT;
    mqtt->retry_ms = config->retry_ms != 0 ? config->retry_ms : RETRY_MS;
    mqtt->retry_max_ms = config->retry_max_ms != 0 ? config->retry_max_ms : RETRY_MAX_MS;
    mqtt->port = config->port;
    (void)snprintf(mqtt->host, sizeof mqtt->host, "%s", config->host);
    (void)snprintf(mqtt->subscribe, sizeof mqtt->subscribe, "%s", config->subscribe != NULL ? config->subscribe : "");
    pthread_mutex_init(&mqtt->lock, NULL);
    pthread_cond_init(&mqtt->settled, NULL);
    mqtt->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    mqtt->client = mosquitto_new(config->client_id, false, mqtt);
    godwit_status_t status = GODWIT_IO_FAILED;
    if (mqtt->wake >= 0 && mqtt->client != NULL) {
        status = set_up(mqtt, config, why);
    } else {
        (void)snprintf(why, GODWIT_MQTT_WHY, "the MQTT client: %s", strerror(errno));
    }
    if (status != GODWIT_OK) {
        godwit_mqtt_close(mqtt);
        return status;
    }
    *out = mqtt;
    return GODWIT_OK;
}

int godwit_mqtt_fd(const godwit_mqtt_t *mqtt)
{
    return mqtt->wake;
}

/* ---- publishing ---- */

/* A place for one more, or NULL. */
static mqtt_flight_t *place(godwit_mqtt_t *mqtt)
{
    unsigned used = 0;
    mqtt_flight_t *free_one = NULL;
    for (size_t i = 0; i < IN_FLIGHT_MAX; i++) {
        used += mqtt->flights[i].used;
        free_one = mqtt->flights[i].used ? free_one : &mqtt->flights[i];
    }
    return used < mqtt->in_flight ? free_one : NULL;
}

/* The lock is held over the call, so that an acknowledgement finds the number noted. libmosquitto's publish only
 * queues, and calls nothing back. */
godwit_status_t godwit_mqtt_publish(godwit_mqtt_t *mqtt, const char *topic, godwit_slice_t payload, uint64_t tag)
{
    if (payload.len > GODWIT_MQTT_PAYLOAD_MAX || strlen(topic) > GODWIT_MQTT_TOPIC_MAX ||
        mosquitto_pub_topic_check(topic) != MOSQ_ERR_SUCCESS) {
        return GODWIT_INVALID_ARGUMENT;
    }
    pthread_mutex_lock(&mqtt->lock);
    mqtt_flight_t *flight = place(mqtt);
    int mid = 0;
    int code = MOSQ_ERR_NO_CONN;
    if (flight != NULL && mqtt->connected) {
        code = mosquitto_publish(mqtt->client, &mid, topic, (int)payload.len, payload.ptr, 1, false);
        if (code == MOSQ_ERR_SUCCESS ||
            code == MOSQ_ERR_NO_CONN) { /* queued all the same: it goes with the next connection */
            *flight = (mqtt_flight_t){.used = true, .mid = mid, .tag = tag};
            code = MOSQ_ERR_SUCCESS;
        }
    }
    pthread_mutex_unlock(&mqtt->lock);
    return code == MOSQ_ERR_SUCCESS ? GODWIT_OK : GODWIT_AGAIN;
}

/* ---- what happened ---- */

static void tell_change(godwit_mqtt_t *mqtt, godwit_mqtt_event_t *event)
{
    mqtt->changed = false;
    event->kind = mqtt->connected ? GODWIT_MQTT_CONNECTED : GODWIT_MQTT_DISCONNECTED;
    if (mqtt->connected) {
        return;
    }
    (void)snprintf(event->why, sizeof event->why, "%s",
                   mqtt->refused != 0 ? mosquitto_connack_string(mqtt->refused) : mosquitto_strerror(mqtt->last_error));
}

static bool tell_published(godwit_mqtt_t *mqtt, godwit_mqtt_event_t *event)
{
    for (size_t i = 0; i < IN_FLIGHT_MAX; i++) {
        mqtt_flight_t *flight = &mqtt->flights[i];
        if (flight->used && flight->acknowledged) {
            event->kind = GODWIT_MQTT_PUBLISHED;
            event->tag = flight->tag;
            flight->used = false;
            return true;
        }
    }
    return false;
}

static bool tell_message(godwit_mqtt_t *mqtt, godwit_mqtt_event_t *event)
{
    if (mqtt->inbox != INBOX_FULL) {
        return false;
    }
    mqtt->inbox = INBOX_TAKEN;
    event->kind = GODWIT_MQTT_MESSAGE;
    memcpy(event->topic, mqtt->topic, sizeof event->topic);
    event->payload = godwit_slice(mqtt->payload, mqtt->payload_len);
    return true;
}

bool godwit_mqtt_next(godwit_mqtt_t *mqtt, godwit_mqtt_event_t *event)
{
    uint64_t wakes;
    ssize_t taken = read(mqtt->wake, &wakes, sizeof wakes);
    (void)taken;
    memset(event, 0, sizeof *event);
    pthread_mutex_lock(&mqtt->lock);
    bool told = tell_published(mqtt, event);
    if (!told && mqtt->changed) {
        tell_change(mqtt, event);
        told = true;
    }
    told = told || tell_message(mqtt, event);
    pthread_mutex_unlock(&mqtt->lock);
    return told;
}

void godwit_mqtt_settle(godwit_mqtt_t *mqtt)
{
    pthread_mutex_lock(&mqtt->lock);
    if (mqtt->inbox == INBOX_TAKEN) {
        mqtt->inbox = INBOX_EMPTY;
        godwit_wipe(mqtt->payload, mqtt->payload_len);
        pthread_cond_signal(&mqtt->settled);
    }
    pthread_mutex_unlock(&mqtt->lock);
}

/* ---- the end ---- */

void godwit_mqtt_shut(struct mosquitto *client)
{
    const int fd = mosquitto_socket(client);
    if (fd >= 0) {
        (void)shutdown(fd, SHUT_RDWR);
    }
}

/* Lets go of the thread, which may wait for a message to be settled. The connection is shut first: its PUBACK must not
 * leave. */
static void release_thread(godwit_mqtt_t *mqtt)
{
    pthread_mutex_lock(&mqtt->lock);
    if (mqtt->inbox != INBOX_EMPTY) {
        godwit_mqtt_shut(mqtt->client);
    }
    mqtt->closing = true;
    pthread_cond_broadcast(&mqtt->settled);
    pthread_mutex_unlock(&mqtt->lock);
}

void godwit_mqtt_close(godwit_mqtt_t *mqtt)
{
    if (mqtt == NULL) {
        return;
    }
    if (mqtt->client != NULL) {
        release_thread(mqtt);
        (void)mosquitto_disconnect(mqtt->client);
        if (mqtt->running) {
            pthread_join(mqtt->thread, NULL);
        }
        mosquitto_destroy(mqtt->client);
    }
    if (mqtt->wake >= 0) {
        (void)close(mqtt->wake);
    }
    pthread_cond_destroy(&mqtt->settled);
    pthread_mutex_destroy(&mqtt->lock);
    godwit_wipe(mqtt, sizeof *mqtt);
    free(mqtt);
}
