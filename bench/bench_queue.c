/* SPDX-License-Identifier: Apache-2.0
 *
 * What the queue of readings costs: batches of 64 session windows committed to the store as godwitd does it, alone, and
 * with the reading of each in the same transaction, given to a destination that takes everything, and removed when it
 * has them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/deliver/queue.h"
#include "adapters/store/store.h"
#include "bench/bench.h"

#define BATCH 64
#define BATCHES 200
#define PAYLOAD 64

static godwit_store_t *store;

static void must(bool done, const char *what)
{
    if (!done) {
        (void)fprintf(stderr, "bench_queue: %s\n", what);
        exit(1);
    }
}

static double seconds(void)
{
    return (double)bench_now_ns() / 1e9;
}

/* ---- the queue's store, as in daemons/godwitd/delivery_store.c ---- */

static void write_number(uint8_t octets[8], uint64_t number)
{
    godwit_store_u32(octets, (uint32_t)(number >> 32));
    godwit_store_u32(octets + 4, (uint32_t)number);
}

static godwit_status_t next(void *context, uint64_t after, godwit_reading_record_t *reading)
{
    godwit_record_key_t key = {.kind = GODWIT_RECORD_READING, .agreement = 1};
    godwit_record_t record;
    (void)context;
    write_number(key.octets, after);
    godwit_status_t status = godwit_store_fetch(store, &key, &record);
    if (status == GODWIT_OK) {
        *reading = record.u.reading;
    }
    return status;
}

static godwit_status_t mark(void *context, const char *name, uint64_t *number)
{
    (void)context;
    (void)name;
    *number = 0;
    return GODWIT_NOT_FOUND;
}

static godwit_status_t pass(void *context, const godwit_queue_mark_t *marks, size_t mark_count, const uint64_t *numbers,
                            size_t number_count)
{
    godwit_record_t record;
    (void)context;
    must(godwit_store_begin(store) == GODWIT_OK, "begin");
    for (size_t i = 0; i < mark_count; i++) {
        memset(&record, 0, sizeof record);
        record.kind = GODWIT_RECORD_DELIVERY_MARK;
        record.u.delivery_mark.number = marks[i].number;
        must(godwit_store_put(store, &record) == GODWIT_OK, "a mark");
    }
    for (size_t i = 0; i < number_count; i++) {
        godwit_record_key_t key = {.kind = GODWIT_RECORD_READING};
        write_number(key.octets, numbers[i]);
        must(godwit_store_remove(store, &key) == GODWIT_OK, "a removal");
    }
    return godwit_store_commit(store);
}

/* ---- a destination that has everything at once ---- */

static const godwit_deliver_kind_t kind;

static godwit_status_t open_sink(const godwit_deliver_config_t *config, const godwit_deliver_told_t *told,
                                 godwit_delivery_t **delivery, char why[GODWIT_DELIVER_WHY])
{
    static godwit_delivery_t sink;
    (void)config;
    (void)why;
    sink.kind = &kind;
    sink.told = *told;
    *delivery = &sink;
    return GODWIT_OK;
}

static godwit_status_t offer(godwit_delivery_t *delivery, const godwit_reading_t *reading, uint64_t now_ms)
{
    (void)now_ms;
    delivery->told.done(delivery->told.context, reading->number);
    return GODWIT_OK;
}

static godwit_status_t flush(godwit_delivery_t *delivery)
{
    (void)delivery;
    return GODWIT_OK;
}

static void close_sink(godwit_delivery_t *delivery)
{
    (void)delivery;
}

static const godwit_deliver_kind_t kind = {
    .name = "sink", .open = open_sink, .offer = offer, .flush = flush, .close = close_sink};

/* ---- batches ---- */

static godwit_queue_t *new_queue(void)
{
    char why[GODWIT_DELIVER_WHY];
    godwit_queue_t *queue = NULL;
    const godwit_queue_config_t config = {
        .origin = "bench", .readings = 100000, .octets = UINT32_MAX, .backing = {NULL, next, mark, pass}};
    const godwit_queue_destination_t destination = {.kind = &kind, .config = {.name = "sink"}};
    must(godwit_queue_new(&config, &queue) == GODWIT_OK, "no queue");
    must(godwit_queue_set(queue, &destination, 1, why) == GODWIT_OK, "no destination");
    return queue;
}

static void put_session(unsigned i, unsigned batch)
{
    godwit_record_t record;
    memset(&record, 0, sizeof record);
    record.kind = GODWIT_RECORD_SESSION;
    record.u.session.session_id = 1 + i;
    record.u.session.current.generation = 1;
    record.u.session.current.hot.up_next_in = batch;
    must(godwit_imsi_from_text("001010000000001", &record.u.session.imsi) == GODWIT_OK, "an IMSI");
    must(godwit_store_put(store, &record) == GODWIT_OK, "a session");
}

static void put_reading(unsigned i)
{
    godwit_record_t record;
    memset(&record, 0, sizeof record);
    record.kind = GODWIT_RECORD_READING;
    record.u.reading.session_id = 1 + i;
    record.u.reading.len = PAYLOAD;
    must(godwit_imsi_from_text("001010000000001", &record.u.reading.imsi) == GODWIT_OK, "an IMSI");
    must(godwit_store_put(store, &record) == GODWIT_OK, "a reading");
}

/* Seconds for all batches. queue NULL: windows alone. */
static double run(godwit_queue_t *queue, unsigned first)
{
    const double begin = seconds();
    for (unsigned batch = first; batch < first + BATCHES; batch++) {
        must(godwit_store_begin(store) == GODWIT_OK, "begin");
        for (unsigned i = 0; i < BATCH; i++) {
            put_session(i, batch);
            if (queue != NULL) {
                put_reading(i);
            }
        }
        must(godwit_store_commit(store) == GODWIT_OK, "commit");
        if (queue != NULL) {
            godwit_queue_stored(queue, BATCH, (uint64_t)BATCH * PAYLOAD);
            (void)godwit_queue_run(queue, bench_now_ns() / 1000000, 1000);
        }
    }
    return seconds() - begin;
}

int main(void)
{
    char folder[] = "/tmp/godwit-bench-XXXXXX", path[64], key[64], other[80], why[GODWIT_STORE_WHY];
    must(mkdtemp(folder) != NULL, "no folder");
    (void)snprintf(path, sizeof path, "%s/s", folder);
    (void)snprintf(key, sizeof key, "%s/k", folder);
    const godwit_store_config_t config = {.path = path, .key_file = key};
    must(godwit_store_open(&godwit_store_sqlite, &config, &store, why) == GODWIT_OK, why);
    (void)run(NULL, 1); /* warm */
    double alone = 1e9, queued = 1e9;
    for (unsigned round = 0; round < 3; round++) {
        const double a = run(NULL, 1000 * (2 * round + 1));
        godwit_queue_t *queue = new_queue();
        const double b = run(queue, 1000 * (2 * round + 2));
        godwit_queue_free(queue);
        alone = a < alone ? a : alone;
        queued = b < queued ? b : queued;
    }
    const double readings = (double)BATCH * BATCHES;
    bench_table("queue", "Queue of readings: batches of 64 inputs, in one transaction each, synchronous=FULL");
    bench_row("session windows alone", readings / alone, "readings/s", NULL);
    bench_row("and their readings, delivered and removed", readings / queued, "readings/s", NULL);
    bench_row("of the rate without a queue", queued > 0 ? alone / queued : 0, "", "goal: above 0.4");
    godwit_store_close(store);
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(other, sizeof other, "%s%s", path, ends[i]);
        (void)unlink(other);
    }
    (void)unlink(key);
    (void)rmdir(folder);
    return 0;
}
