/* SPDX-License-Identifier: Apache-2.0
 *
 * The store behind the queue of readings. What has been delivered is removed, and how far each destination is kept, in
 * one transaction.
 */
#include <stdio.h>
#include <string.h>

#include "adapters/crypto/aesni.h"
#include "daemons/godwitd/daemon.h"

static void note(godwitd_t *d)
{
    const godwit_event_t event = {
        .name = "queue_failed", .reason = GODWIT_STORE_FAILED, .detail = godwit_store_why(d->store)};
    godwit_observe_event(&d->observer, daemon_now_ms(), "deliver", &event);
}

static void write_number(uint8_t octets[8], uint64_t number)
{
    godwit_store_u32(octets, (uint32_t)(number >> 32));
    godwit_store_u32(octets + 4, (uint32_t)number);
}

static godwit_status_t next(void *context, uint64_t after, godwit_reading_record_t *reading)
{
    godwitd_t *d = context;
    godwit_record_key_t key = {.kind = GODWIT_RECORD_READING, .agreement = 1};
    godwit_record_t record;
    write_number(key.octets, after);
    const godwit_status_t status = godwit_store_fetch(d->store, &key, &record);
    if (status == GODWIT_OK) {
        *reading = record.u.reading;
        godwit_wipe(&record, sizeof record);
    } else if (status != GODWIT_NOT_FOUND) {
        note(d);
    }
    return status;
}

static godwit_status_t mark_key(const char *name, uint8_t key[16])
{
    return godwit_name_key(godwit_crypto_server(), name, key);
}

static godwit_status_t mark(void *context, const char *name, uint64_t *number)
{
    godwitd_t *d = context;
    godwit_record_key_t key = {.kind = GODWIT_RECORD_DELIVERY_MARK};
    godwit_record_t record;
    godwit_status_t status = mark_key(name, key.octets);
    status = status == GODWIT_OK ? godwit_store_fetch(d->store, &key, &record) : status;
    *number = status == GODWIT_OK ? record.u.delivery_mark.number : 0;
    return status;
}

static godwit_status_t put_mark(godwitd_t *d, const godwit_queue_mark_t *m)
{
    godwit_record_t record;
    memset(&record, 0, sizeof record);
    record.kind = GODWIT_RECORD_DELIVERY_MARK;
    (void)snprintf(record.u.delivery_mark.destination, sizeof record.u.delivery_mark.destination, "%s", m->name);
    record.u.delivery_mark.number = m->number;
    const godwit_status_t status = mark_key(m->name, record.u.delivery_mark.destination_key);
    return status == GODWIT_OK ? godwit_store_put(d->store, &record) : status;
}

static godwit_status_t change(godwitd_t *d, const godwit_queue_mark_t *marks, size_t mark_count,
                              const uint64_t *numbers, size_t number_count)
{
    godwit_record_key_t key = {.kind = GODWIT_RECORD_READING};
    godwit_status_t status = GODWIT_OK;
    for (size_t i = 0; i < mark_count && status == GODWIT_OK; i++) {
        status = put_mark(d, &marks[i]);
    }
    for (size_t i = 0; i < number_count && status == GODWIT_OK; i++) {
        write_number(key.octets, numbers[i]);
        status = godwit_store_remove(d->store, &key);
        status = status == GODWIT_NOT_FOUND ? GODWIT_OK : status;
    }
    return status;
}

static godwit_status_t pass(void *context, const godwit_queue_mark_t *marks, size_t mark_count, const uint64_t *numbers,
                            size_t number_count)
{
    godwitd_t *d = context;
    godwit_status_t status = godwit_store_begin(d->store);
    if (status == GODWIT_OK) {
        status = change(d, marks, mark_count, numbers, number_count);
        if (status == GODWIT_OK) {
            status = godwit_store_commit(d->store);
        } else {
            godwit_store_rollback(d->store);
        }
    }
    if (status != GODWIT_OK) {
        note(d);
    }
    return status;
}

godwit_queue_backing_t delivery_store(godwitd_t *d)
{
    return (godwit_queue_backing_t){.context = d, .next = next, .mark = mark, .pass = pass};
}
