/* SPDX-License-Identifier: Apache-2.0
 *
 * The ring of readings: filled by its owner or from the backing, emptied at its head when every destination has moved
 * on.
 */
#include <stdlib.h>
#include <string.h>

#include "adapters/deliver/queue_internal.h"

#define RING_FIRST 1024u
#define CACHE_OCTETS (UINT64_C(4) << 20)
#define LOOK_AGAIN_MS 1000
#define SEEN_AT_ONCE 4096 /* readings that are looked for in one run */

void godwit_queue_trouble(const queue_destination_t *d, uint64_t number, godwit_deliver_failure_t how, const char *why)
{
    const godwit_queue_config_t *config = &d->queue->config;
    if (config->trouble != NULL) {
        config->trouble(config->context, d->is.config.name, number, how, why);
    }
}

/* ---- filling ---- */

static bool grow(godwit_queue_t *q)
{
    const size_t size = 2 * q->ring_size;
    queue_entry_t *ring = calloc(size, sizeof *ring);
    if (ring == NULL) {
        return false;
    }
    for (uint64_t place = q->head; place < q->tail; place++) {
        ring[place & (size - 1)] = *queue_at(q, place);
    }
    free(q->ring);
    q->ring = ring;
    q->ring_size = size;
    return true;
}

static queue_item_t *item_of(const godwit_reading_t *reading)
{
    queue_item_t *item = malloc(sizeof *item + reading->payload.len);
    if (item != NULL) {
        item->imsi = reading->imsi;
        item->session_id = reading->session_id;
        item->count = reading->count;
        item->user_plane = reading->user_plane;
        if (reading->payload.len > 0) {
            memcpy(item->payload, reading->payload.ptr, reading->payload.len);
        }
    }
    return item;
}

/* item NULL: only the backing has it. */
static godwit_status_t append(godwit_queue_t *q, const godwit_reading_t *reading, queue_item_t *item)
{
    if (q->tail - q->head == q->ring_size && !grow(q)) {
        return GODWIT_NO_SPACE;
    }
    *queue_at(q, q->tail++) = (queue_entry_t){
        .number = reading->number, .time_ms = reading->time_ms, .len = (uint32_t)reading->payload.len, .item = item};
    q->last = reading->number;
    q->octets += reading->payload.len;
    q->cached += item == NULL ? 0 : reading->payload.len;
    return GODWIT_OK;
}

static bool has_backing(const godwit_queue_t *q)
{
    return q->config.backing.next != NULL;
}

bool godwit_queue_full(const godwit_queue_t *queue, uint32_t readings, uint64_t octets)
{
    return queue->tail - queue->head + queue->announced + readings >= queue->config.readings ||
           queue->octets + queue->announced_octets + octets >= queue->config.octets;
}

godwit_status_t godwit_queue_add(godwit_queue_t *queue, const godwit_reading_t *reading)
{
    godwit_reading_t numbered = *reading;
    if (queue->destination_count == 0) {
        return GODWIT_OK;
    }
    if (has_backing(queue) || queue->tail - queue->head >= (uint64_t)queue->config.readings + GODWIT_QUEUE_SLACK) {
        return GODWIT_OVERLOAD;
    }
    numbered.number = queue->last + 1;
    queue_item_t *item = item_of(&numbered);
    if (item == NULL || append(queue, &numbered, item) != GODWIT_OK) {
        free(item);
        return GODWIT_OVERLOAD;
    }
    return GODWIT_OK;
}

void godwit_queue_stored(godwit_queue_t *queue, uint32_t readings, uint64_t octets)
{
    queue->stored = true;
    queue->announced += readings;
    queue->announced_octets += octets;
}

static godwit_status_t look_once(godwit_queue_t *q, godwit_reading_record_t *record)
{
    godwit_status_t status = q->config.backing.next(q->config.backing.context, q->last, record);
    if (status != GODWIT_OK) {
        return status;
    }
    const godwit_reading_t reading = {.imsi = record->imsi,
                                      .session_id = record->session_id,
                                      .count = record->count,
                                      .user_plane = record->user_plane,
                                      .time_ms = record->time_ms,
                                      .number = record->number,
                                      .payload = godwit_slice(record->payload, record->len)};
    queue_item_t *item = q->cached + record->len <= q->config.cache_octets ? item_of(&reading) : NULL;
    status = append(q, &reading, item);
    if (status != GODWIT_OK) {
        free(item);
    }
    return status;
}

/* Takes in what the backing has beyond what was seen. False: it failed. */
static bool look(godwit_queue_t *q, size_t most)
{
    godwit_reading_record_t record;
    godwit_status_t status = GODWIT_OK;
    for (size_t i = 0; i < most && status == GODWIT_OK; i++) {
        status = look_once(q, &record);
    }
    godwit_wipe(&record, sizeof record);
    if (status == GODWIT_NOT_FOUND) {
        q->stored = false;
        q->announced = 0;
        q->announced_octets = 0;
    }
    return status == GODWIT_OK || status == GODWIT_NOT_FOUND;
}

/* ---- start and end ---- */

static uint32_t or_else(uint32_t value, uint32_t standard)
{
    return value == 0 ? standard : value;
}

godwit_status_t godwit_queue_new(const godwit_queue_config_t *config, godwit_queue_t **queue)
{
    godwit_queue_t *q = calloc(1, sizeof *q);
    *queue = NULL;
    if (q == NULL || (q->ring = calloc(RING_FIRST, sizeof *q->ring)) == NULL) {
        free(q);
        return GODWIT_NO_SPACE;
    }
    q->config = *config;
    q->config.pass_ms = or_else(config->pass_ms, 500);
    q->config.cache_octets = config->cache_octets == 0 ? CACHE_OCTETS : config->cache_octets;
    q->ring_size = RING_FIRST;
    q->last = config->backing.next == NULL && config->first > 0 ? config->first - 1 : 0;
    q->stored = has_backing(q);
    while (q->stored) {
        if (!look(q, SEEN_AT_ONCE)) {
            godwit_queue_free(q);
            return GODWIT_STORE_FAILED;
        }
    }
    *queue = q;
    return GODWIT_OK;
}

void godwit_queue_free(godwit_queue_t *queue)
{
    if (queue == NULL) {
        return;
    }
    for (size_t i = 0; i < queue->destination_count; i++) {
        queue->destinations[i]->delivery->kind->close(queue->destinations[i]->delivery);
    }
    (void)godwit_queue_pass(queue);
    for (size_t i = 0; i < queue->destination_count; i++) {
        free(queue->destinations[i]);
    }
    for (uint64_t place = queue->head; place < queue->tail; place++) {
        godwit_queue_forget(queue, queue_at(queue, place));
    }
    free(queue->ring);
    free(queue);
}

/* ---- running ---- */

static uint64_t until(uint64_t at_ms, uint64_t now_ms)
{
    return at_ms > now_ms ? at_ms - now_ms : 0;
}

static uint64_t look_when_due(godwit_queue_t *q)
{
    if (!q->stored) {
        return GODWIT_DELIVER_NEVER;
    }
    if (q->look_at_ms <= q->now_ms && !look(q, SEEN_AT_ONCE)) {
        q->look_at_ms = q->now_ms + LOOK_AGAIN_MS;
    }
    return q->stored ? until(q->look_at_ms, q->now_ms) : GODWIT_DELIVER_NEVER;
}

/* Without backing what everybody has is forgotten at once; with one, marks are kept after a while, so that one
 * transaction serves many. */
static uint64_t pass_when_due(godwit_queue_t *q)
{
    if (!q->moved) {
        return GODWIT_DELIVER_NEVER;
    }
    if (q->pass_at_ms == 0) {
        q->pass_at_ms = q->now_ms + (has_backing(q) ? q->config.pass_ms : 0);
    }
    if (q->pass_at_ms <= q->now_ms) {
        q->pass_at_ms = godwit_queue_pass(q) ? 0 : q->now_ms + LOOK_AGAIN_MS;
    }
    return q->moved ? until(q->pass_at_ms, q->now_ms) : GODWIT_DELIVER_NEVER;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

uint64_t godwit_queue_run(godwit_queue_t *queue, uint64_t now_ms, uint64_t most)
{
    queue->now_ms = now_ms;
    uint64_t wait = least(most, look_when_due(queue));
    for (size_t i = 0; i < queue->destination_count; i++) {
        wait = least(wait, godwit_queue_pump(queue->destinations[i]));
    }
    return least(wait, pass_when_due(queue));
}

/* ---- what can be seen ---- */

int godwit_queue_fd(const godwit_queue_t *queue, size_t index)
{
    for (size_t i = 0; i < queue->destination_count; i++) {
        const godwit_delivery_t *delivery = queue->destinations[i]->delivery;
        if (delivery->kind->fd != NULL && index-- == 0) {
            return delivery->kind->fd(delivery);
        }
    }
    return -1;
}

uint64_t godwit_queue_readings(const godwit_queue_t *queue)
{
    return queue->tail - queue->head + queue->announced;
}

uint64_t godwit_queue_octets(const godwit_queue_t *queue)
{
    return queue->octets + queue->announced_octets;
}

bool godwit_queue_counts(const godwit_queue_t *queue, size_t index, godwit_queue_count_t *count)
{
    if (index >= queue->destination_count) {
        return false;
    }
    const queue_destination_t *d = queue->destinations[index];
    *count = (godwit_queue_count_t){.name = d->is.config.name,
                                    .kind = d->is.kind->name,
                                    .queued = queue->tail - d->at,
                                    .delivered = d->delivered,
                                    .retries = d->retries,
                                    .refused = d->refused,
                                    .oldest_ms = d->at < queue->tail ? queue_at(queue, d->at)->time_ms : 0,
                                    .waiting = d->until_ms > queue->now_ms};
    return true;
}
