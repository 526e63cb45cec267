/* SPDX-License-Identifier: Apache-2.0
 *
 * The records of a function, and what goes wrong with them and with answers in few scenarios. A part of lab/parts.h.
 */
#ifndef GODWIT_LAB_STORE_PARTS_H
#define GODWIT_LAB_STORE_PARTS_H

#include <stdbool.h>

#include "roles/record.h"

typedef struct lab_store {
    godwit_record_t *shown, *durable; /* with every commit asked for; with those that would survive */
    size_t shown_count, durable_count, capacity;
    uint64_t shown_number, durable_number;   /* last given to a reading or a message for a device */
    uint64_t shown_trigger, durable_trigger; /* the highest number of a trigger that there was */
    godwit_record_t tally;                   /* the one that was asked for last */
    bool damaged;                            /* there is a row that cannot be read */
    godwit_record_key_t damaged_key;
} lab_store_t;

/* A store as it once was: backup.c. */
typedef struct lab_backup {
    unsigned node;
    bool taken;
    enum { LAB_NOT_PUT_BACK, LAB_PUT_BACK_SAFE, LAB_PUT_BACK_RAW } put_back; /* SAFE: `godwit store restored` was run */
    uint64_t put_back_ms;
    lab_store_t store;
} lab_backup_t;

/* Answers that are none: answers.c. */
typedef struct lab_answers {
    bool on;
    uint64_t dice;
    uint8_t key[32]; /* of a stranger's making */
} lab_answers_t;

#endif
