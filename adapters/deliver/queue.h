/* SPDX-License-Identifier: Apache-2.0
 *
 * The queue of readings that not every destination has yet. Each destination has a place of its own in it: it gets the
 * readings in order, at least once, and a slow or dead one holds up nobody. A reading leaves the queue when every
 * destination has it. The queue never drops one: when it is full its owner is to refuse what comes (godwit_queue_full).
 *
 * It does no I/O but through its kinds and its backing, asks no clock, and belongs to one thread.
 */
#ifndef GODWIT_ADAPTERS_DELIVER_QUEUE_H
#define GODWIT_ADAPTERS_DELIVER_QUEUE_H

#include "adapters/deliver/deliver.h"

#define GODWIT_QUEUE_DESTINATIONS 8
#define GODWIT_QUEUE_SLACK 512 /* readings that one batch may bring beyond the bound that was asked before it */

/* A place that a destination has reached, by name. */
typedef struct godwit_queue_mark {
    const char *name;
    uint64_t number; /* it has everything up to here */
} godwit_queue_mark_t;

/* Where readings survive. All NULL: nowhere, they are given by godwit_queue_add and end with the process. */
typedef struct godwit_queue_backing {
    void *context;
    /* The first reading whose number is greater. GODWIT_NOT_FOUND: there is none; else GODWIT_STORE_FAILED. */
    godwit_status_t (*next)(void *context, uint64_t after, godwit_reading_record_t *reading);
    /* Where that destination is; GODWIT_NOT_FOUND: it is new. */
    godwit_status_t (*mark)(void *context, const char *name, uint64_t *number);
    /* Keeps the marks and removes the readings of those numbers, all or nothing. */
    godwit_status_t (*pass)(void *context, const godwit_queue_mark_t *marks, size_t mark_count, const uint64_t *numbers,
                            size_t number_count);
} godwit_queue_backing_t;

typedef struct godwit_queue_config {
    const char *origin;    /* whose numbers these are */
    uint32_t readings;     /* bounds */
    uint64_t octets;       /* of payloads */
    uint64_t first;        /* without backing: the number of the first reading, above all that were ever given */
    uint32_t pass_ms;      /* marks are kept at most so late; 0: 500 */
    uint64_t cache_octets; /* payloads kept in memory beside the backing; 0: 4 MiB */
    godwit_queue_backing_t backing;
    void *context;
    /* What the owner's log says of a destination: trouble of the whole, or with a reading (number > 0). */
    void (*trouble)(void *context, const char *name, uint64_t number, godwit_deliver_failure_t how, const char *why);
} godwit_queue_config_t;

/* A destination. Strings stay until it is closed. */
typedef struct godwit_queue_destination {
    const godwit_deliver_kind_t *kind;
    godwit_deliver_config_t config;
    uint32_t retry_ms, retry_max_ms; /* after a failure, doubled up to the latter; 0: 1000, 300000 */
    bool drop_refused;               /* what it does not want is passed over, and told; else offered again for ever */
} godwit_queue_destination_t;

typedef struct godwit_queue_count {
    const char *name, *kind;
    uint64_t queued;                      /* readings that it does not have yet */
    uint64_t delivered, retries, refused; /* since the start */
    uint64_t oldest_ms;                   /* time of the oldest that it does not have; 0: it has all */
    bool waiting;                         /* for the end of a back-off */
} godwit_queue_count_t;

typedef struct godwit_queue godwit_queue_t;

/* Reads what the backing holds. GODWIT_STORE_FAILED, GODWIT_NO_SPACE (no memory). */
GODWIT_MUST_USE godwit_status_t godwit_queue_new(const godwit_queue_config_t *config, godwit_queue_t **queue);
/* The destinations from now on: those of the same name keep their place, a new one begins with the oldest reading there
 * is. Refused whole, and nothing has changed, when one cannot be opened: GODWIT_IO_FAILED or GODWIT_STORE_FAILED, and
 * why. */
GODWIT_MUST_USE godwit_status_t godwit_queue_set(godwit_queue_t *queue, const godwit_queue_destination_t *destinations,
                                                 size_t count, char why[GODWIT_DELIVER_WHY]);
/* Whether a bound is reached when so many more come first, which are on their way to the store. */
bool godwit_queue_full(const godwit_queue_t *queue, uint32_t readings, uint64_t octets);
/* Without backing: a reading. GODWIT_OVERLOAD: there is no room, and it is not there. */
GODWIT_MUST_USE godwit_status_t godwit_queue_add(godwit_queue_t *queue, const godwit_reading_t *reading);
/* With backing: so many more readings have been stored, and are to be looked for in the next run. */
void godwit_queue_stored(godwit_queue_t *queue, uint32_t readings, uint64_t octets);
/* Does what is due. The milliseconds until something is, at most `most`. */
uint64_t godwit_queue_run(godwit_queue_t *queue, uint64_t now_ms, uint64_t most);
/* Descriptors that say that a run has something to do; -1: no more. They change with godwit_queue_set. */
int godwit_queue_fd(const godwit_queue_t *queue, size_t index);
uint64_t godwit_queue_readings(const godwit_queue_t *queue);
uint64_t godwit_queue_octets(const godwit_queue_t *queue);
bool godwit_queue_counts(const godwit_queue_t *queue, size_t index, godwit_queue_count_t *count); /* false: no more */
/* Keeps the marks, closes all; NULL is nothing. */
void godwit_queue_free(godwit_queue_t *queue);

#endif
