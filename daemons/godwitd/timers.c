/* SPDX-License-Identifier: Apache-2.0
 *
 * A binary heap of timers whose places an open-addressed index knows, so that cancelling costs no search.
 */
#include "daemons/godwitd/timers.h"

#include <stdlib.h>

typedef struct timer {
    uint64_t due_ms;
    uint64_t name; /* function and number */
} one_timer_t;

struct timers {
    uint32_t capacity, count;
    uint32_t mask;     /* of the index: its size, a power of two of at least twice the capacity, less one */
    one_timer_t *heap; /* heap[0] is due first */
    uint32_t *index;   /* place in the heap + 1; 0: free */
};

timers_t *timers_new(uint32_t capacity)
{
    timers_t *t = calloc(1, sizeof *t);
    uint32_t size = 2;
    while (size < 2 * capacity) {
        size *= 2;
    }
    if (t == NULL) {
        return NULL;
    }
    t->capacity = capacity;
    t->mask = size - 1;
    t->heap = calloc(capacity, sizeof *t->heap);
    t->index = calloc(size, sizeof *t->index);
    if (t->heap == NULL || t->index == NULL) {
        timers_free(t);
        return NULL;
    }
    return t;
}

void timers_free(timers_t *timers)
{
    if (timers != NULL) {
        free(timers->heap);
        free(timers->index);
        free(timers);
    }
}

static uint32_t home_of(const timers_t *t, uint64_t name)
{
    return (uint32_t)(name * UINT64_C(0x9e3779b97f4a7c15) >> 32) & t->mask;
}

/* The slot that has the name, or the free one where it would go. */
static uint32_t slot_of(const timers_t *t, uint64_t name)
{
    uint32_t slot = home_of(t, name);
    while (t->index[slot] != 0 && t->heap[t->index[slot] - 1].name != name) {
        slot = (slot + 1) & t->mask;
    }
    return slot;
}

/* Swaps two places of the heap; their names are known to the index before and after. */
static void swap(timers_t *t, uint32_t a, uint32_t b)
{
    uint32_t slot_a = slot_of(t, t->heap[a].name), slot_b = slot_of(t, t->heap[b].name);
    one_timer_t kept = t->heap[a];
    t->heap[a] = t->heap[b];
    t->heap[b] = kept;
    t->index[slot_a] = b + 1;
    t->index[slot_b] = a + 1;
}

static void rise(timers_t *t, uint32_t place)
{
    while (place > 0 && t->heap[place].due_ms < t->heap[(place - 1) / 2].due_ms) {
        swap(t, place, (place - 1) / 2);
        place = (place - 1) / 2;
    }
}

static void sink(timers_t *t, uint32_t place)
{
    for (;;) {
        uint32_t child = 2 * place + 1;
        if (child + 1 < t->count && t->heap[child + 1].due_ms < t->heap[child].due_ms) {
            child++;
        }
        if (child >= t->count || t->heap[place].due_ms <= t->heap[child].due_ms) {
            return;
        }
        swap(t, place, child);
        place = child;
    }
}

/* Frees a slot, and moves back what had to go past it. */
static void free_slot(timers_t *t, uint32_t slot)
{
    uint32_t next = slot;
    for (;;) {
        t->index[slot] = 0;
        uint32_t home = 0;
        do {
            next = (next + 1) & t->mask;
            if (t->index[next] == 0) {
                return;
            }
            home = home_of(t, t->heap[t->index[next] - 1].name);
        } while (((next - home) & t->mask) < ((next - slot) & t->mask));
        t->index[slot] = t->index[next];
        slot = next;
    }
}

static void remove_at(timers_t *t, uint32_t place)
{
    uint32_t last = t->count - 1;
    if (place != last) {
        swap(t, place, last);
    }
    free_slot(t, slot_of(t, t->heap[last].name));
    t->count = last;
    if (place < t->count) {
        rise(t, place);
        sink(t, place);
    }
}

static uint64_t name_of(unsigned function, uint32_t number)
{
    return (uint64_t)function << 32 | number;
}

void timers_cancel(timers_t *timers, unsigned function, uint32_t number)
{
    uint32_t slot = slot_of(timers, name_of(function, number));
    if (timers->index[slot] != 0) {
        remove_at(timers, timers->index[slot] - 1);
    }
}

bool timers_set(timers_t *timers, unsigned function, uint32_t number, uint64_t due_ms)
{
    timers_cancel(timers, function, number);
    if (timers->count == timers->capacity) {
        return false;
    }
    uint32_t place = timers->count++;
    uint64_t name = name_of(function, number);
    timers->heap[place] = (one_timer_t){due_ms, name};
    uint32_t slot = home_of(timers, name);
    while (timers->index[slot] != 0) {
        slot = (slot + 1) & timers->mask;
    }
    timers->index[slot] = place + 1;
    rise(timers, place);
    return true;
}

bool timers_take(timers_t *timers, uint64_t now_ms, unsigned *function, uint32_t *number)
{
    if (timers->count == 0 || timers->heap[0].due_ms > now_ms) {
        return false;
    }
    *function = (unsigned)(timers->heap[0].name >> 32);
    *number = (uint32_t)timers->heap[0].name;
    remove_at(timers, 0);
    return true;
}

uint64_t timers_wait(const timers_t *timers, uint64_t now_ms, uint64_t most)
{
    if (timers->count == 0) {
        return most;
    }
    uint64_t due = timers->heap[0].due_ms;
    uint64_t wait = due <= now_ms ? 0 : due - now_ms;
    return wait < most ? wait : most;
}

uint32_t timers_count(const timers_t *timers)
{
    return timers->count;
}
