/* SPDX-License-Identifier: Apache-2.0
 *
 * Leaving the queue: the marks of the destinations are kept, and in the same transaction the readings that all of them
 * have are removed. Nothing is forgotten in memory before that.
 */
#include <stdlib.h>

#include "adapters/deliver/queue_internal.h"

#define PASS_AT_ONCE 1024 /* readings in one transaction */

void godwit_queue_forget(godwit_queue_t *queue, queue_entry_t *entry)
{
    queue->octets -= entry->len;
    if (entry->item != NULL) {
        queue->cached -= entry->len;
        godwit_wipe(entry->item, sizeof *entry->item + entry->len);
        free(entry->item);
        entry->item = NULL;
    }
}

static uint64_t everybody_has(const godwit_queue_t *q)
{
    uint64_t place = q->destination_count == 0 ? q->head : q->tail;
    for (size_t i = 0; i < q->destination_count; i++) {
        place = q->destinations[i]->at < place ? q->destinations[i]->at : place;
    }
    return place;
}

/* The number of the reading before that place. */
static uint64_t number_before(const godwit_queue_t *q, uint64_t place)
{
    if (place > q->head) {
        return queue_at(q, place - 1)->number;
    }
    return q->head < q->tail ? queue_at(q, q->head)->number - 1 : q->last;
}

static bool keep(const godwit_queue_t *q, uint64_t to)
{
    godwit_queue_mark_t marks[GODWIT_QUEUE_DESTINATIONS];
    uint64_t numbers[PASS_AT_ONCE];
    for (size_t i = 0; i < q->destination_count; i++) {
        marks[i] = (godwit_queue_mark_t){q->destinations[i]->is.config.name, number_before(q, q->destinations[i]->at)};
    }
    for (uint64_t place = q->head; place < to; place++) {
        numbers[place - q->head] = queue_at(q, place)->number;
    }
    return q->config.backing.pass == NULL ||
           q->config.backing.pass(q->config.backing.context, marks, q->destination_count, numbers,
                                  (size_t)(to - q->head)) == GODWIT_OK;
}

bool godwit_queue_pass(godwit_queue_t *queue)
{
    const uint64_t end = everybody_has(queue);
    while (queue->moved) {
        const uint64_t to = end - queue->head > PASS_AT_ONCE ? queue->head + PASS_AT_ONCE : end;
        if (!keep(queue, to)) {
            return false;
        }
        while (queue->head < to) {
            godwit_queue_forget(queue, queue_at(queue, queue->head));
            queue->head++;
        }
        queue->moved = queue->head < end;
    }
    return true;
}
