/* SPDX-License-Identifier: Apache-2.0
 *
 * The records of one function, twice: as it sees them, with every commit that it asked for, and as they would survive.
 */
#include <stdlib.h>
#include <string.h>

#include "lab/internal.h"

void lab_store_init(lab_store_t *store, size_t capacity)
{
    store->capacity = capacity;
    store->shown = lab_alloc(capacity * sizeof *store->shown);
    store->durable = lab_alloc(capacity * sizeof *store->durable);
}

void lab_store_free(lab_store_t *store)
{
    lab_free_secret(store->shown);
    lab_free_secret(store->durable);
}

/* The newest, if many match; of what is searched for in an order the first. */
godwit_record_t *lab_store_find(lab_store_t *store, const godwit_record_key_t *key, bool durable)
{
    godwit_record_t *records = durable ? store->durable : store->shown;
    size_t count = durable ? store->durable_count : store->shown_count;
    if (key->kind == GODWIT_RECORD_TRIGGER_TALLY) {
        const uint64_t highest = durable ? store->durable_trigger : store->shown_trigger;
        godwit_trigger_tally_record_t *tally = &store->tally.u.trigger_tally;
        godwit_trigger_count(records, count, key, &store->tally);
        tally->highest = highest > tally->highest ? highest : tally->highest;
        return &store->tally;
    }
    if (key->kind == GODWIT_RECORD_TRIGGER) {
        const godwit_record_t *first = godwit_trigger_find(records, count, key);
        return first == NULL ? NULL : &records[first - records];
    }
    if (godwit_record_is_e2e((uint8_t)key->kind)) {
        const godwit_record_t *first = godwit_e2e_find(records, count, key);
        return first == NULL ? NULL : &records[first - records];
    }
    for (size_t i = count; i-- > 0;) {
        if (godwit_record_matches(&records[i], key)) {
            return &records[i];
        }
    }
    return NULL;
}

/* As the real store does: a newer vector of the following session takes the place of the device's older one. */
static void replace_older(lab_store_t *store, const godwit_record_t *record, bool durable)
{
    const godwit_record_t *records = durable ? store->durable : store->shown;
    size_t count = durable ? store->durable_count : store->shown_count;
    for (size_t i = 0; i < count && record->kind == GODWIT_RECORD_NEXT_SESSION; i++) {
        const godwit_next_session_record_t *n = &records[i].u.next_session;
        if (records[i].kind == GODWIT_RECORD_NEXT_SESSION && n->next.domain == record->u.next_session.next.domain &&
            godwit_imsi_equal(&n->imsi, &record->u.next_session.imsi)) {
            const godwit_record_key_t key = godwit_record_key_of(&records[i]);
            lab_store_delete(store, &key, durable);
            return;
        }
    }
}

/* As the real store does: numbers go on above the highest that there was, also of one that is gone. */
static void note_number(const godwit_record_t *record, uint64_t *last, uint64_t *last_trigger)
{
    const uint64_t number = record->kind == GODWIT_RECORD_READING    ? record->u.reading.number
                            : record->kind == GODWIT_RECORD_DOWNLINK ? record->u.downlink.number
                                                                     : 0;
    *last = number > *last ? number : *last;
    if (record->kind == GODWIT_RECORD_TRIGGER && record->u.trigger.number > *last_trigger) {
        *last_trigger = record->u.trigger.number;
    }
}

void lab_store_put(lab_store_t *store, const godwit_record_t *given, bool durable)
{
    godwit_record_t record = *given;
    uint64_t *last = durable ? &store->durable_number : &store->shown_number;
    godwit_e2e_number(&record, last);
    note_number(&record, last, durable ? &store->durable_trigger : &store->shown_trigger);
    godwit_record_key_t key = godwit_record_key_of(&record);
    replace_older(store, &record, durable);
    godwit_record_t *place = lab_store_find(store, &key, durable);
    size_t *count = durable ? &store->durable_count : &store->shown_count;
    if (place == NULL) {
        godwit_record_t *records = durable ? store->durable : store->shown;
        if (records == NULL || *count == store->capacity) {
            abort(); /* the lab gave too little room */
        }
        place = &records[(*count)++];
    }
    *place = record;
    store->damaged = store->damaged && !godwit_record_key_equal(&key, &store->damaged_key);
    godwit_wipe(&record, sizeof record);
}

void lab_store_delete(lab_store_t *store, const godwit_record_key_t *key, bool durable)
{
    godwit_record_t *records = durable ? store->durable : store->shown;
    size_t *count = durable ? &store->durable_count : &store->shown_count;
    godwit_record_t *place = lab_store_find(store, key, durable);
    if (place != NULL) {
        size_t at = (size_t)(place - records);
        memmove(place, place + 1, (--*count - at) * sizeof *place);
    }
}

void lab_store_power_loss(lab_store_t *store)
{
    memcpy(store->shown, store->durable, store->durable_count * sizeof *store->shown);
    store->shown_count = store->durable_count;
    store->shown_number = store->durable_number;
    store->shown_trigger = store->durable_trigger;
}
