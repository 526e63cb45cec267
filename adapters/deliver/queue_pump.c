/* SPDX-License-Identifier: Apache-2.0
 *
 * One destination: what it is offered, and what becomes of it. After a failure nothing is offered until its back-off is
 * over, and then the reading that failed comes before all others.
 */
#include "adapters/deliver/queue_internal.h"

#define RETRY_MS 1000
#define RETRY_MAX_MS 60000
#define ROUNDS 8 /* windows that one destination may move before the others have their turn */

static queue_state_t *state_of(queue_destination_t *d, uint64_t place)
{
    return &d->state[place % QUEUE_WINDOW];
}

/* The place of a number in the window; d->next when it is not there. */
static uint64_t place_of(const queue_destination_t *d, uint64_t number)
{
    uint64_t low = d->at, high = d->next;
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;
        if (queue_at(d->queue, middle)->number < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < d->next && queue_at(d->queue, low)->number == number ? low : d->next;
}

static void advance(queue_destination_t *d)
{
    while (d->at < d->next && *state_of(d, d->at) == QUEUE_DONE) {
        *state_of(d, d->at++) = QUEUE_WAITS;
        d->queue->moved = true;
    }
}

void godwit_queue_is_done(void *context, uint64_t number)
{
    queue_destination_t *d = context;
    const uint64_t place = place_of(d, number);
    if (place == d->next || *state_of(d, place) != QUEUE_OFFERED) {
        return;
    }
    *state_of(d, place) = QUEUE_DONE;
    d->delivered++;
    d->back_off_ms = 0;
    advance(d);
}

/* The wait after a failure: the one before, doubled. */
static void back_off(queue_destination_t *d)
{
    const uint32_t first = d->is.retry_ms == 0 ? RETRY_MS : d->is.retry_ms;
    const uint32_t most = d->is.retry_max_ms == 0 ? RETRY_MAX_MS : d->is.retry_max_ms;
    const uint64_t next = d->back_off_ms == 0 ? first : UINT64_C(2) * d->back_off_ms;
    d->back_off_ms = next < most ? (uint32_t)next : most;
    d->until_ms = d->queue->now_ms + d->back_off_ms;
}

void godwit_queue_is_failed(void *context, uint64_t number, godwit_deliver_failure_t how, const char *why)
{
    queue_destination_t *d = context;
    const uint64_t place = place_of(d, number);
    if (place == d->next || *state_of(d, place) != QUEUE_OFFERED) {
        return;
    }
    d->refused += how == GODWIT_DELIVER_REFUSED;
    if (how == GODWIT_DELIVER_REFUSED && d->is.drop_refused) {
        *state_of(d, place) = QUEUE_DONE;
        advance(d);
    } else {
        *state_of(d, place) = QUEUE_FAILED;
        d->failed = true;
        d->retries++;
        if (d->until_ms <= d->queue->now_ms) { /* of many that fail together the first counts */
            back_off(d);
        }
    }
    godwit_queue_trouble(d, number, how, why);
}

/* The reading as the kind is to see it; what only the backing has is read into record. False: it cannot be had now. */
static bool reading_of(queue_destination_t *d, const queue_entry_t *entry, godwit_reading_record_t *record,
                       godwit_reading_t *reading)
{
    const godwit_queue_t *q = d->queue;
    *reading = (godwit_reading_t){.time_ms = entry->time_ms, .origin = q->config.origin, .number = entry->number};
    if (entry->item != NULL) {
        const queue_item_t *item = entry->item;
        reading->imsi = item->imsi;
        reading->session_id = item->session_id;
        reading->count = item->count;
        reading->user_plane = item->user_plane;
        reading->payload = godwit_slice(item->payload, entry->len);
        return true;
    }
    if (q->config.backing.next(q->config.backing.context, entry->number - 1, record) != GODWIT_OK ||
        record->number != entry->number) {
        return false;
    }
    reading->imsi = record->imsi;
    reading->session_id = record->session_id;
    reading->count = record->count;
    reading->user_plane = record->user_plane;
    reading->payload = godwit_slice(record->payload, record->len);
    return true;
}

/* False: it takes no more now. */
static bool offer(queue_destination_t *d, uint64_t place)
{
    const queue_entry_t *entry = queue_at(d->queue, place);
    godwit_reading_record_t record;
    godwit_reading_t reading;
    queue_state_t *state = state_of(d, place);
    const queue_state_t before = *state;
    bool taken = reading_of(d, entry, &record, &reading);
    if (!taken) {
        godwit_queue_trouble(d, entry->number, GODWIT_DELIVER_LATER, "the store does not give the reading");
        back_off(d);
    } else {
        if (place == d->next) {
            d->next++; /* before the outcome, which may come at once */
        }
        *state = QUEUE_OFFERED;
        taken = d->delivery->kind->offer(d->delivery, &reading, d->queue->now_ms) == GODWIT_OK;
        d->taken += taken;
        if (!taken) {
            *state = before;
            d->next = before == QUEUE_WAITS ? place : d->next;
        }
    }
    if (entry->item == NULL) {
        godwit_wipe(&record, sizeof record);
    }
    return taken;
}

/* What failed goes first, in order. False: it takes no more now. */
static bool offer_failed(queue_destination_t *d)
{
    d->failed = false;
    for (uint64_t place = d->at; place < d->next; place++) {
        if (*state_of(d, place) == QUEUE_FAILED && (!offer(d, place) || d->until_ms > d->queue->now_ms)) {
            d->failed = true;
            return false;
        }
    }
    return true;
}

static void flush(queue_destination_t *d)
{
    if (d->delivery->kind->flush(d->delivery) == GODWIT_OK) {
        return;
    }
    if (d->until_ms <= d->queue->now_ms) {
        back_off(d);
        godwit_queue_trouble(d, 0, GODWIT_DELIVER_LATER, d->delivery->why);
    }
}

/* Offers what there is room for. True: all that was offered has its outcome, and there is more. */
static bool offer_window(queue_destination_t *d)
{
    const godwit_queue_t *q = d->queue;
    bool takes = !d->failed || offer_failed(d);
    while (takes && d->next < q->tail && d->next < d->at + QUEUE_WINDOW && d->until_ms <= q->now_ms) {
        takes = offer(d, d->next);
    }
    flush(d);
    return d->at == d->next && d->next < q->tail && d->until_ms <= q->now_ms;
}

uint64_t godwit_queue_pump(queue_destination_t *d)
{
    const godwit_queue_t *q = d->queue;
    const godwit_deliver_kind_t *kind = d->delivery->kind;
    uint64_t wait = kind->step == NULL ? GODWIT_DELIVER_NEVER : kind->step(d->delivery, q->now_ms);
    const uint64_t taken = d->taken;
    bool more = d->until_ms <= q->now_ms;
    for (unsigned round = 0; more && round < ROUNDS; round++) {
        more = offer_window(d);
    }
    if (d->until_ms > q->now_ms) {
        const uint64_t left = d->until_ms - q->now_ms;
        return left < wait ? left : wait;
    }
    if (kind->step != NULL && taken != d->taken) { /* what was offered may be sent at once */
        wait = kind->step(d->delivery, q->now_ms);
    }
    return more ? 0 : wait;
}
