/* SPDX-License-Identifier: Apache-2.0
 *
 * The owner's memory, shared by what it does with inputs (owner.c) and with the store (owner_store.c).
 */
#ifndef GODWITD_OWNER_INTERNAL_H
#define GODWITD_OWNER_INTERNAL_H

#include <stdalign.h>

#include "daemons/godwitd/owner.h"

#define RANDOM_MAX 256                 /* what a role may ask at once; none asks for more than 78 */
#define FAILURES_MAX (4 * OWNER_BATCH) /* a lost batch: no list has more than four commits */

/* What a role asked for one input, until everything before it is durable. */
typedef struct slot {
    godwit_function_t function;
    size_t limit;     /* how many of its requests may be carried out */
    size_t committed; /* before this request nothing had to be committed: SIZE_MAX when nothing is committed at all */
    const godwit_message_t *request; /* that the input was, and that has to be answered; NULL: none */
    godwit_outbox_t outbox;
    godwit_request_t requests[GODWIT_OUTBOX_REQUESTS];
    alignas(max_align_t) uint8_t arena[GODWIT_OUTBOX_ARENA];
} slot_t;

typedef struct failure {
    godwit_function_t function;
    godwit_record_key_t key;
} failure_t;

struct owner {
    owner_config_t config;
    struct {
        owner_step_t *step;
        void *role;
    } roles[OWNER_FUNCTIONS];
    timers_t *timers;
    bool transaction;  /* the store has a batch open */
    uint32_t readings; /* of this batch: to be delivered when it is durable */
    uint64_t reading_octets;
    size_t slots_used;
    slot_t slots[OWNER_BATCH];
    size_t failures;
    failure_t failed[FAILURES_MAX];
    godwit_record_t fetched;
    uint8_t random[RANDOM_MAX];
};

/* owner_store.c */

/* Obtains what the role needs; false when there are no random octets to be had. */
bool owner_answer_need(owner_t *o, godwit_input_t *input, const godwit_request_t *need);
/* Puts a slot's records into the open transaction, where later inputs of the batch find them. */
void owner_commit_slot(owner_t *o, slot_t *slot);
/* Makes the transaction durable, or forgets what stood after its first commit. */
void owner_close_transaction(owner_t *o);

#endif
