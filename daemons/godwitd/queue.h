/* SPDX-License-Identifier: Apache-2.0
 *
 * Messages between functions of this process, on their way. Bounded: what does not fit is refused, and the asking
 * function's own timeout does the rest. Messages carry keys: each place is wiped when its message has been dealt with.
 */
#ifndef GODWITD_QUEUE_H
#define GODWITD_QUEUE_H

#include "roles/message.h"

#define QUEUE_CAPACITY 2048u

typedef struct queue queue_t;

queue_t *queue_new(void); /* NULL without memory */
void queue_free(queue_t *queue);
/* A place to write the message into; NULL when all are taken. */
godwit_message_t *queue_add(queue_t *queue);
/* The number that waits, and one of them, oldest first. They stay in place until dropped. */
size_t queue_count(const queue_t *queue);
const godwit_message_t *queue_at(const queue_t *queue, size_t index);
/* Wipes the oldest ones. */
void queue_drop(queue_t *queue, size_t count);

#endif
