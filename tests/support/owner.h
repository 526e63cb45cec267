/* SPDX-License-Identifier: Apache-2.0
 *
 * The smallest owner that keeps the contract of roles/role.h: records in memory, random octets from a counter,
 * everything carried out at once. Tests drive one role with it, look at what it asked for, and make its store or its
 * random source fail.
 */
#ifndef GODWIT_TESTS_OWNER_H
#define GODWIT_TESTS_OWNER_H

#include "roles/role.h"

#define OWNER_RECORDS 512

typedef void owner_step_t(void *role, const godwit_input_t *in, godwit_outbox_t *out);

typedef struct owner {
    owner_step_t *step;
    void *role;
    uint64_t now_ms;

    godwit_record_t records[OWNER_RECORDS];
    size_t record_count;
    uint64_t number;       /* last given to a reading or a message for a device */
    godwit_record_t tally; /* that was asked for last */
    bool fail_commits, fail_fetches;
    /* The power goes when so many requests, counted from now on, have been carried out; what stands behind is lost, and
     * power_went is set. 0: never. */
    unsigned power_for;
    bool power_went;
    unsigned commits, deletions, fetches, commit_failures;
    uint64_t random_counter;
    uint8_t random_plan[64]; /* given first, when random_planned is not 0 */
    size_t random_planned;

    /* What the last input led to, in order; lives until the next one. After a failed commit the rest is gone. */
    godwit_outbox_t outbox;
    godwit_request_t requests[GODWIT_OUTBOX_REQUESTS];
    _Alignas(max_align_t) uint8_t arena[GODWIT_OUTBOX_ARENA];
} owner_t;

void owner_init(owner_t *owner, owner_step_t *step, void *role);
/* Gives one input (kind and what belongs to it set by the caller; the rest is filled in) and carries out the requests.
 * Fails the test when the contract is broken. */
void owner_give(owner_t *owner, const godwit_input_t *input);
void owner_give_message(owner_t *owner, const godwit_message_t *message);
void owner_give_datagram(owner_t *owner, const godwit_address_t *from, godwit_slice_t datagram);
void owner_give_timer(owner_t *owner, uint32_t timer);

/* The nth (from 0) request of that kind; NULL when there are not so many. */
const godwit_request_t *owner_request(const owner_t *owner, godwit_request_kind_t kind, size_t nth);
size_t owner_count(const owner_t *owner, godwit_request_kind_t kind);
/* The nth message of that kind; fails the test when there is none. */
const godwit_message_t *owner_message(const owner_t *owner, godwit_message_kind_t kind, size_t nth);
/* Where a request of that kind stands in the list; SIZE_MAX when there is none. */
size_t owner_position(const owner_t *owner, godwit_request_kind_t kind, size_t nth);
/* Whether an event of that name (NULL: any) and reason was raised. */
bool owner_saw(const owner_t *owner, const char *name, godwit_status_t reason);

/* The stored record of that key, NULL when there is none. */
godwit_record_t *owner_find(owner_t *owner, const godwit_record_key_t *key);
void owner_put(owner_t *owner, const godwit_record_t *record);

godwit_imsi_t owner_imsi(const char *digits);
godwit_address_t owner_address(uint8_t number);

#endif
