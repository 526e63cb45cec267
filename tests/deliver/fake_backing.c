/* SPDX-License-Identifier: Apache-2.0
 *
 * See fake_backing.h.
 */
#include "tests/deliver/fake_backing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the store ---- */

void fake_store(fake_backing_t *b)
{
    b->numbers[b->count++] = ++b->highest;
}

static godwit_status_t next(void *context, uint64_t after, godwit_reading_record_t *reading)
{
    fake_backing_t *b = context;
    b->reads++;
    if (b->fails) {
        return GODWIT_STORE_FAILED;
    }
    for (size_t i = 0; i < b->count; i++) {
        if (b->numbers[i] > after) {
            memset(reading, 0, sizeof *reading);
            reading->number = b->numbers[i];
            reading->time_ms = 1000 + b->numbers[i];
            reading->len = (uint16_t)snprintf((char *)reading->payload, sizeof reading->payload, "%llu",
                                              (unsigned long long)reading->number);
            return GODWIT_OK;
        }
    }
    return GODWIT_NOT_FOUND;
}

uint64_t fake_mark(const fake_backing_t *b, const char *name)
{
    for (size_t i = 0; i < b->mark_count; i++) {
        if (strcmp(b->marks[i].name, name) == 0) {
            return b->marks[i].number;
        }
    }
    return 0;
}

static godwit_status_t mark(void *context, const char *name, uint64_t *number)
{
    fake_backing_t *b = context;
    *number = fake_mark(b, name);
    return b->fails ? GODWIT_STORE_FAILED : *number == 0 ? GODWIT_NOT_FOUND : GODWIT_OK;
}

static void set_mark(fake_backing_t *b, const godwit_queue_mark_t *m)
{
    for (size_t i = 0; i < b->mark_count; i++) {
        if (strcmp(b->marks[i].name, m->name) == 0) {
            if (m->number < b->marks[i].number) {
                (void)fprintf(stderr, "the mark of %s goes back\n", m->name);
                abort();
            }
            b->marks[i].number = m->number;
            return;
        }
    }
    (void)snprintf(b->marks[b->mark_count].name, sizeof b->marks[0].name, "%s", m->name);
    b->marks[b->mark_count++].number = m->number;
}

static godwit_status_t pass(void *context, const godwit_queue_mark_t *marks, size_t mark_count, const uint64_t *numbers,
                            size_t number_count)
{
    fake_backing_t *b = context;
    if (b->fails) {
        return GODWIT_STORE_FAILED;
    }
    b->passes++;
    for (size_t i = 0; i < mark_count; i++) {
        set_mark(b, &marks[i]);
    }
    for (size_t n = 0; n < number_count; n++) {
        size_t kept = 0;
        for (size_t i = 0; i < b->count; i++) {
            if (b->numbers[i] != numbers[n]) {
                b->numbers[kept++] = b->numbers[i];
            }
        }
        b->count = kept;
    }
    return GODWIT_OK;
}

godwit_queue_backing_t fake_backing(fake_backing_t *b)
{
    return (godwit_queue_backing_t){.context = b, .next = next, .mark = mark, .pass = pass};
}

/* ---- the kind ---- */

typedef struct fake_delivery {
    godwit_delivery_t delivery;
    fake_destination_t *d;
} fake_delivery_t;

fake_destination_t fake_destinations[4];

void fake_reset(void)
{
    memset(fake_destinations, 0, sizeof fake_destinations);
    for (size_t i = 0; i < 4; i++) {
        fake_destinations[i].takes = true;
        fake_destinations[i].has = true;
    }
}

static godwit_status_t open_fake(const godwit_deliver_config_t *config, const godwit_deliver_told_t *told,
                                 godwit_delivery_t **delivery, char why[GODWIT_DELIVER_WHY])
{
    fake_destination_t *d = &fake_destinations[config->target[0] - '0'];
    fake_delivery_t *f = calloc(1, sizeof *f);
    if (d->refuses_to_open || f == NULL) {
        (void)snprintf(why, GODWIT_DELIVER_WHY, "closed");
        free(f);
        return GODWIT_IO_FAILED;
    }
    f->delivery.kind = &fake_kind;
    f->delivery.told = *told;
    f->d = d;
    d->delivery = *delivery = &f->delivery;
    d->opened++;
    d->waiting_count = 0;
    return GODWIT_OK;
}

static godwit_status_t offer(godwit_delivery_t *delivery, const godwit_reading_t *reading, uint64_t now_ms)
{
    fake_destination_t *d = ((fake_delivery_t *)delivery)->d;
    (void)now_ms;
    if (!d->takes || (d->room > 0 && d->waiting_count >= d->room)) {
        return GODWIT_AGAIN;
    }
    d->offered[d->offered_count++] = reading->number;
    (void)snprintf(d->payload, sizeof d->payload, "%.*s", (int)reading->payload.len,
                   (const char *)reading->payload.ptr);
    if (d->fails > 0) {
        d->fails--;
        delivery->told.failed(delivery->told.context, reading->number, d->how, "no");
    } else if (d->has) {
        delivery->told.done(delivery->told.context, reading->number);
    } else {
        d->waiting[d->waiting_count++] = reading->number;
    }
    return GODWIT_OK;
}

static uint64_t take_oldest(fake_destination_t *d)
{
    const uint64_t number = d->waiting[0];
    memmove(d->waiting, d->waiting + 1, --d->waiting_count * sizeof d->waiting[0]);
    return number;
}

void fake_done(fake_destination_t *d)
{
    d->delivery->told.done(d->delivery->told.context, take_oldest(d));
}

void fake_failed(fake_destination_t *d, godwit_deliver_failure_t how)
{
    d->delivery->told.failed(d->delivery->told.context, take_oldest(d), how, "no");
}

static godwit_status_t flush(godwit_delivery_t *delivery)
{
    return ((fake_delivery_t *)delivery)->d->flush_fails ? GODWIT_IO_FAILED : GODWIT_OK;
}

static uint64_t step(godwit_delivery_t *delivery, uint64_t now_ms)
{
    (void)now_ms;
    ((fake_delivery_t *)delivery)->d->steps++;
    return GODWIT_DELIVER_NEVER;
}

static void close_fake(godwit_delivery_t *delivery)
{
    ((fake_delivery_t *)delivery)->d->closed++;
    free(delivery);
}

const godwit_deliver_kind_t fake_kind = {
    .name = "fake", .open = open_fake, .offer = offer, .flush = flush, .step = step, .close = close_fake};
