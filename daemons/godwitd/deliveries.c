/* SPDX-License-Identifier: Apache-2.0
 *
 * Readings on their way out of the process: at once, or by the queue, as the configuration says. By the queue nothing
 * is lost up to its bound; what is beyond it the roles refuse (deliveries_full).
 */
#include <stdio.h>
#include <string.h>

#include "daemons/godwitd/daemon.h"

#define FLUSH_MOST_MS 60000

static void tell(godwitd_t *d, const char *name, godwit_status_t reason, const char *why)
{
    const godwit_event_t event = {.name = name, .reason = reason, .detail = why};
    godwit_observe_event(&d->observer, daemon_now_ms(), "deliver", &event);
}

static void note_lost(godwitd_t *d, const char *why)
{
    tell(d, "delivery_failed", GODWIT_IO_FAILED, why);
}

/* ---- at once ---- */

static void is_there(void *context, uint64_t number)
{
    (void)context;
    (void)number;
}

static void is_lost(void *context, uint64_t number, godwit_deliver_failure_t how, const char *why)
{
    (void)number;
    (void)how;
    note_lost(context, why);
}

static void close_all(godwit_delivery_t *deliveries[CONFIG_DELIVER_MAX], size_t *count)
{
    for (size_t i = 0; i < *count; i++) {
        deliveries[i]->kind->close(deliveries[i]);
    }
    *count = 0;
}

static bool open_all(godwitd_t *d, const config_t *config, godwit_delivery_t *deliveries[CONFIG_DELIVER_MAX],
                     size_t *count, char error[DAEMON_ERROR_MAX])
{
    const godwit_deliver_told_t told = {d, is_there, is_lost};
    char why[GODWIT_DELIVER_WHY];
    *count = 0;
    for (size_t i = 0; i < config->hse.deliver_count; i++) {
        const godwit_queue_destination_t *wanted = &config->hse.deliver[i];
        if (wanted->kind->open(&wanted->config, &told, &deliveries[i], why) != GODWIT_OK) {
            (void)snprintf(error, DAEMON_ERROR_MAX, "%s", why);
            close_all(deliveries, count);
            return false;
        }
        (*count)++;
    }
    return true;
}

bool deliveries_open(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    return d->config->hse.queue.used || open_all(d, d->config, d->deliveries, &d->delivery_count, error);
}

static void take_at_once(godwitd_t *d, const godwit_reading_t *reading)
{
    d->delivered = true;
    for (size_t i = 0; i < d->delivery_count; i++) {
        if (d->deliveries[i]->kind->offer(d->deliveries[i], reading, daemon_monotonic_ms()) != GODWIT_OK) {
            note_lost(d, d->deliveries[i]->why);
        }
    }
}

static void flush_all(godwitd_t *d)
{
    for (size_t i = 0; i < d->delivery_count && d->delivered; i++) {
        if (d->deliveries[i]->kind->flush(d->deliveries[i]) != GODWIT_OK) {
            note_lost(d, d->deliveries[i]->why);
        }
    }
    d->delivered = false;
}

/* ---- by the queue ---- */

static void trouble(void *context, const char *name, uint64_t number, godwit_deliver_failure_t how, const char *why)
{
    (void)name; /* why says where */
    (void)number;
    tell(context, how == GODWIT_DELIVER_REFUSED ? "delivery_refused" : "delivery_waits", GODWIT_IO_FAILED, why);
}

bool deliveries_start(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    const config_hse_t *config = &d->config->hse;
    if (!config->queue.used) {
        return true;
    }
    godwit_queue_config_t wanted = {.origin = d->config->identity,
                                    .readings = config->queue.readings,
                                    .octets = config->queue.octets,
                                    .first = daemon_now_ms() * 1000, /* above those of earlier lives */
                                    .context = d,
                                    .trouble = trouble};
    if (config->queue.store) {
        wanted.backing = delivery_store(d);
    }
    if (godwit_queue_new(&wanted, &d->readings) != GODWIT_OK) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "the queue of readings cannot be made: %s",
                       config->queue.store ? godwit_store_why(d->store) : "no memory");
        return false;
    }
    return godwit_queue_set(d->readings, config->deliver, config->deliver_count, error) == GODWIT_OK;
}

bool deliveries_watch(const godwitd_t *d)
{
    for (size_t i = 0; d->readings != NULL && godwit_queue_fd(d->readings, i) >= 0; i++) {
        if (!edge_watch(d, godwit_queue_fd(d->readings, i))) {
            return false;
        }
    }
    return true;
}

/* Readings of roles that keep no records come here without having been stored. */
static void store(godwitd_t *d, const godwit_reading_t *reading)
{
    godwit_record_t record;
    memset(&record, 0, sizeof record);
    record.kind = GODWIT_RECORD_READING;
    record.u.reading = (godwit_reading_record_t){.imsi = reading->imsi,
                                                 .session_id = reading->session_id,
                                                 .count = reading->count,
                                                 .user_plane = reading->user_plane,
                                                 .time_ms = reading->time_ms,
                                                 .len = (uint16_t)reading->payload.len};
    if (reading->payload.len > sizeof record.u.reading.payload) {
        note_lost(d, "a reading is longer than the store takes");
        return;
    }
    if (godwit_queue_full(d->readings, 0, 0)) {
        tell(d, "delivery_failed", GODWIT_OVERLOAD, "the queue is full");
        return;
    }
    memcpy(record.u.reading.payload, reading->payload.ptr, reading->payload.len);
    if (godwit_store_put(d->store, &record) == GODWIT_OK) {
        godwit_queue_stored(d->readings, 1, reading->payload.len);
    } else {
        note_lost(d, godwit_store_why(d->store));
    }
    godwit_wipe(&record, sizeof record);
}

static void take_into_queue(godwitd_t *d, const godwit_reading_t *reading, bool stored)
{
    if (!d->config->hse.queue.store) {
        if (godwit_queue_add(d->readings, reading) != GODWIT_OK) {
            tell(d, "delivery_failed", GODWIT_OVERLOAD, "the queue is full, and a reading came all the same");
        }
    } else if (stored) {
        godwit_queue_stored(d->readings, 1, reading->payload.len);
    } else {
        store(d, reading);
    }
}

void deliveries_take(godwitd_t *d, const godwit_reading_t *reading, bool stored)
{
    if (d->readings != NULL) {
        take_into_queue(d, reading, stored);
    } else {
        take_at_once(d, reading);
    }
}

bool deliveries_full(const godwitd_t *d, uint32_t readings, uint64_t octets)
{
    return d->readings != NULL && godwit_queue_full(d->readings, readings, octets);
}

void deliveries_run(godwitd_t *d)
{
    if (d->readings == NULL) {
        flush_all(d);
        return;
    }
    owner_finish(d->owner); /* the queue's transactions are its own */
    d->deliveries_wait = godwit_queue_run(d->readings, daemon_monotonic_ms(), FLUSH_MOST_MS);
}

/* ---- both ---- */

bool deliveries_reload(godwitd_t *d, const config_t *config, char error[DAEMON_ERROR_MAX])
{
    godwit_delivery_t *fresh[CONFIG_DELIVER_MAX];
    size_t count = 0;
    if (d->readings != NULL && config->hse.deliver_count == 0) { /* what is stored for the queue would be for nobody */
        (void)snprintf(error, DAEMON_ERROR_MAX, "deliver: the last destination of a queue goes with a restart alone");
        return false;
    }
    if (d->readings != NULL) {
        if (godwit_queue_set(d->readings, config->hse.deliver, config->hse.deliver_count, error) != GODWIT_OK) {
            return false;
        }
        if (!deliveries_watch(d)) { /* they are open: the loop looks at them all the same, at each turn */
            tell(d, "delivery_waits", GODWIT_IO_FAILED, "a descriptor cannot be waited for");
        }
        return true;
    }
    if (config->hse.queue.used) {
        (void)snprintf(error, DAEMON_ERROR_MAX,
                       "hse: there was no queue of readings when it started; this needs a "
                       "restart");
        return false;
    }
    if (!open_all(d, config, fresh, &count, error)) {
        return false;
    }
    close_all(d->deliveries, &d->delivery_count);
    for (size_t i = 0; i < count; i++) {
        d->deliveries[i] = fresh[i];
    }
    d->delivery_count = count;
    return true;
}

json_t *deliveries_status(const godwitd_t *d)
{
    godwit_queue_count_t count;
    if (d->readings == NULL) {
        return json_null();
    }
    json_t *all = json_array();
    const uint64_t now = daemon_now_ms();
    for (size_t i = 0; godwit_queue_counts(d->readings, i, &count); i++) {
        const uint64_t age = count.oldest_ms == 0 || count.oldest_ms > now ? 0 : now - count.oldest_ms;
        (void)json_array_append_new(all, json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:b}", "name", count.name,
                                                   "kind", count.kind, "queued", (json_int_t)count.queued, "delivered",
                                                   (json_int_t)count.delivered, "retries", (json_int_t)count.retries,
                                                   "refused", (json_int_t)count.refused, "oldest_age_ms",
                                                   (json_int_t)age, "waiting", (int)count.waiting));
    }
    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:o}", "kept", d->config->hse.queue.store ? "store" : "memory",
                     "readings", (json_int_t)godwit_queue_readings(d->readings), "readings_max",
                     (json_int_t)d->config->hse.queue.readings, "octets", (json_int_t)godwit_queue_octets(d->readings),
                     "octets_max", (json_int_t)d->config->hse.queue.octets, "destinations", all);
}

void deliveries_stop(godwitd_t *d)
{
    godwit_queue_free(d->readings);
    d->readings = NULL;
    close_all(d->deliveries, &d->delivery_count);
}
