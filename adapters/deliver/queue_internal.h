/* SPDX-License-Identifier: Apache-2.0
 *
 * The queue's memory: a ring of readings, and for each destination a window on it. queue.c keeps the ring and the
 * backing, queue_set.c the set of destinations, queue_pump.c moves one of them.
 */
#ifndef GODWIT_ADAPTERS_DELIVER_QUEUE_INTERNAL_H
#define GODWIT_ADAPTERS_DELIVER_QUEUE_INTERNAL_H

#include "adapters/deliver/queue.h"

#define QUEUE_WINDOW 256 /* readings of one destination without an outcome */

/* What a reading is beside its payload, kept in memory. */
typedef struct queue_item {
    godwit_imsi_t imsi;
    uint32_t session_id, count;
    bool user_plane;
    uint8_t payload[]; /* secret */
} queue_item_t;

typedef struct queue_entry {
    uint64_t number, time_ms;
    uint32_t len;
    queue_item_t *item; /* NULL: only the backing has it */
} queue_entry_t;

typedef enum queue_state { QUEUE_WAITS, QUEUE_OFFERED, QUEUE_FAILED, QUEUE_DONE } queue_state_t;

/* Places are counted from the start of the process and never repeat: place p is in ring[p % ring_size]. */
typedef struct queue_destination {
    godwit_queue_t *queue;
    godwit_queue_destination_t is;
    godwit_delivery_t *delivery;
    uint64_t at;   /* the first place that it does not have */
    uint64_t next; /* to be offered next; at <= next <= at + QUEUE_WINDOW */
    queue_state_t state[QUEUE_WINDOW];
    bool failed;          /* something has, and nothing is offered before until_ms */
    uint64_t until_ms;    /* 0: no back-off */
    uint32_t back_off_ms; /* of the last failure */
    uint64_t delivered, retries, refused;
    uint64_t taken; /* offers that the kind took */
} queue_destination_t;

struct godwit_queue {
    godwit_queue_config_t config;
    queue_entry_t *ring;
    size_t ring_size;    /* a power of two */
    uint64_t head, tail; /* places: the oldest, and one after the newest */
    uint64_t last;       /* number of the newest that was ever seen */
    uint64_t octets, cached;
    bool stored;               /* there is something to look for in the backing */
    uint32_t announced;        /* readings that are there and not seen yet */
    uint64_t announced_octets; /* of them */
    bool moved;                /* a destination has more than its kept mark says */
    uint64_t pass_at_ms;       /* 0: nothing is due */
    uint64_t look_at_ms;       /* the backing failed: when it is asked again */
    uint64_t now_ms;
    size_t destination_count;
    queue_destination_t *destinations[GODWIT_QUEUE_DESTINATIONS];
};

static inline queue_entry_t *queue_at(const godwit_queue_t *queue, uint64_t place)
{
    return &queue->ring[place & (queue->ring_size - 1)];
}

void godwit_queue_trouble(const queue_destination_t *d, uint64_t number, godwit_deliver_failure_t how, const char *why);

/* queue_pump.c: what a kind tells; context is the destination. */
void godwit_queue_is_done(void *context, uint64_t number);
void godwit_queue_is_failed(void *context, uint64_t number, godwit_deliver_failure_t how, const char *why);
/* Moves one destination. The milliseconds until it wants to be moved again, or GODWIT_DELIVER_NEVER. */
uint64_t godwit_queue_pump(queue_destination_t *d);

/* queue_pass.c: keeps marks, removes what everybody has. False: the backing failed. */
bool godwit_queue_pass(godwit_queue_t *queue);
/* Wipes what is in memory of it. */
void godwit_queue_forget(godwit_queue_t *queue, queue_entry_t *entry);

#endif
