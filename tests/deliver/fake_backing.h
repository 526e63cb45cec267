/* SPDX-License-Identifier: Apache-2.0
 *
 * A store of readings and marks in memory that can fail, and a kind whose destination does what the test says.
 */
#ifndef GODWIT_TESTS_DELIVER_FAKE_BACKING_H
#define GODWIT_TESTS_DELIVER_FAKE_BACKING_H

#include "adapters/deliver/queue.h"

#define FAKE_READINGS 4096
#define FAKE_MARKS 8

typedef struct fake_backing {
    uint64_t highest;
    size_t count;
    uint64_t numbers[FAKE_READINGS];
    size_t mark_count;
    struct {
        char name[64];
        uint64_t number;
    } marks[FAKE_MARKS];
    bool fails;
    unsigned passes, reads;
} fake_backing_t;

void fake_store(fake_backing_t *b); /* a reading whose payload is its number in decimal */
godwit_queue_backing_t fake_backing(fake_backing_t *b);
uint64_t fake_mark(const fake_backing_t *b, const char *name); /* 0: none */

/* What destination number n (its target is "n") does, and what it has seen. */
typedef struct fake_destination {
    bool refuses_to_open;
    bool takes;     /* what is offered */
    bool has;       /* what it took it has at once */
    unsigned fails; /* so many offers fail at once */
    godwit_deliver_failure_t how;
    unsigned room;    /* most that it takes without an outcome; 0: no bound */
    bool flush_fails; /* and keeps what was offered */
    godwit_delivery_t *delivery;
    size_t offered_count;
    uint64_t offered[FAKE_READINGS];
    size_t waiting_count; /* taken, without an outcome */
    uint64_t waiting[FAKE_READINGS];
    char payload[32]; /* of the last that was offered */
    unsigned opened, closed, steps;
} fake_destination_t;

extern fake_destination_t fake_destinations[4];
extern const godwit_deliver_kind_t fake_kind;
void fake_reset(void);
/* Tells an outcome of the oldest that waits. */
void fake_done(fake_destination_t *d);
void fake_failed(fake_destination_t *d, godwit_deliver_failure_t how);

#endif
