/* SPDX-License-Identifier: Apache-2.0
 *
 * A ring of messages.
 */
#include "daemons/godwitd/queue.h"

#include <stdlib.h>

#include "godwit/bytes.h"

struct queue {
    size_t head, count;
    godwit_message_t ring[QUEUE_CAPACITY];
};

queue_t *queue_new(void)
{
    return calloc(1, sizeof(queue_t));
}

void queue_free(queue_t *queue)
{
    if (queue != NULL) {
        queue_drop(queue, queue->count);
        free(queue);
    }
}

godwit_message_t *queue_add(queue_t *queue)
{
    if (queue->count == QUEUE_CAPACITY) {
        return NULL;
    }
    return &queue->ring[(queue->head + queue->count++) % QUEUE_CAPACITY];
}

size_t queue_count(const queue_t *queue)
{
    return queue->count;
}

const godwit_message_t *queue_at(const queue_t *queue, size_t index)
{
    return &queue->ring[(queue->head + index) % QUEUE_CAPACITY];
}

void queue_drop(queue_t *queue, size_t count)
{
    for (; count > 0 && queue->count > 0; count--) {
        godwit_wipe(&queue->ring[queue->head], sizeof queue->ring[0]);
        queue->head = (queue->head + 1) % QUEUE_CAPACITY;
        queue->count--;
    }
}
