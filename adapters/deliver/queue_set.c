/* SPDX-License-Identifier: Apache-2.0
 *
 * Which destinations there are: at the start, and when the configuration changes. All of them open, or nothing changes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/deliver/queue_internal.h"

static void close_one(queue_destination_t *d)
{
    d->delivery->kind->close(d->delivery);
    free(d);
}

static queue_destination_t *open_one(godwit_queue_t *q, const godwit_queue_destination_t *wanted,
                                     char why[GODWIT_DELIVER_WHY])
{
    queue_destination_t *d = calloc(1, sizeof *d);
    if (d == NULL) {
        (void)snprintf(why, GODWIT_DELIVER_WHY, "delivery: no memory");
        return NULL;
    }
    d->queue = q;
    d->is = *wanted;
    d->at = d->next = q->head; /* nothing that it says is believed before it has been offered anything */
    const godwit_deliver_told_t told = {d, godwit_queue_is_done, godwit_queue_is_failed};
    if (wanted->kind->open(&wanted->config, &told, &d->delivery, why) != GODWIT_OK) {
        free(d);
        return NULL;
    }
    return d;
}

static const queue_destination_t *same_name(const godwit_queue_t *q, const char *name)
{
    for (size_t i = 0; i < q->destination_count; i++) {
        if (strcmp(q->destinations[i]->is.config.name, name) == 0) {
            return q->destinations[i];
        }
    }
    return NULL;
}

/* The first place whose number is greater. */
static uint64_t place_after(const godwit_queue_t *q, uint64_t number)
{
    uint64_t low = q->head, high = q->tail;
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;
        if (queue_at(q, middle)->number <= number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Where it goes on: where it was, where the backing says, or at the oldest reading. */
static godwit_status_t place(godwit_queue_t *q, queue_destination_t *d)
{
    const queue_destination_t *former = same_name(q, d->is.config.name);
    uint64_t number = 0;
    godwit_status_t status = GODWIT_OK;
    if (former != NULL) {
        d->at = former->at;
        d->delivered = former->delivered;
        d->retries = former->retries;
        d->refused = former->refused;
    } else if (q->config.backing.mark != NULL) {
        status = q->config.backing.mark(q->config.backing.context, d->is.config.name, &number);
        d->at = status == GODWIT_OK ? place_after(q, number) : q->head;
        status = status == GODWIT_NOT_FOUND ? GODWIT_OK : status;
    }
    d->next = d->at;
    return status;
}

static void abandon(queue_destination_t **fresh, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        close_one(fresh[i]);
    }
}

godwit_status_t godwit_queue_set(godwit_queue_t *queue, const godwit_queue_destination_t *destinations, size_t count,
                                 char why[GODWIT_DELIVER_WHY])
{
    queue_destination_t *fresh[GODWIT_QUEUE_DESTINATIONS];
    for (size_t i = 0; i < count; i++) {
        fresh[i] = open_one(queue, &destinations[i], why);
        if (fresh[i] == NULL) {
            abandon(fresh, i);
            return GODWIT_IO_FAILED;
        }
    }
    /* Those that go write what they can, which moves them on, before their places are taken over. */
    for (size_t i = 0; i < queue->destination_count; i++) {
        (void)queue->destinations[i]->delivery->kind->flush(queue->destinations[i]->delivery);
    }
    for (size_t i = 0; i < count; i++) {
        if (place(queue, fresh[i]) != GODWIT_OK) {
            (void)snprintf(why, GODWIT_DELIVER_WHY, "delivery %s: the store does not say how far it is",
                           fresh[i]->is.config.name);
            abandon(fresh, count);
            return GODWIT_STORE_FAILED;
        }
    }
    for (size_t i = 0; i < queue->destination_count; i++) {
        close_one(queue->destinations[i]);
    }
    for (size_t i = 0; i < count; i++) {
        queue->destinations[i] = fresh[i];
    }
    queue->destination_count = count;
    queue->moved = queue->head < queue->tail; /* one less may have been the last that something waited for */
    return GODWIT_OK;
}
