/* SPDX-License-Identifier: Apache-2.0
 *
 * Datagrams of end-to-end sessions that wait: for the EAS, or for the device. Fixed tables, with a share for each
 * session; what came from where a device was not heard last has a small share of its own, and makes room for what came
 * from where it was.
 */
#include <string.h>

#include "roles/hse/end_to_end.h"

#define PER_SESSION 8u
#define STRANGERS_PER_SESSION 2u
#define HELD_PER_SESSION 4u
#define NUMBER_SHIFT 16 /* numbers of one millisecond */

void godwit_hse_set_forwards(godwit_hse_t *hse, godwit_hse_forward_t *forwards, size_t forward_capacity,
                             godwit_hse_forward_t *held, size_t held_capacity)
{
    memset(forwards, 0, forward_capacity * sizeof *forwards);
    memset(held, 0, held_capacity * sizeof *held);
    hse->forwards = forwards;
    hse->forward_capacity = forward_capacity;
    hse->held = held;
    hse->held_capacity = held_capacity;
    hse->forward_top = hse->held_top = 0;
}

/* What one look at a table finds for a datagram. */
typedef struct places {
    unsigned own, own_strangers;                   /* of that session */
    godwit_hse_forward_t *known, *free, *stranger; /* these octets; a free place; the oldest stranger */
} places_t;

static places_t look(godwit_hse_forward_t *table, size_t capacity, size_t *top, uint32_t session_id,
                     godwit_slice_t datagram)
{
    places_t p = {.known = NULL};
    while (*top > 0 && !table[*top - 1].used) { /* the table stays short */
        (*top)--;
    }
    for (size_t i = 0; i < *top; i++) {
        godwit_hse_forward_t *f = &table[i];
        if (!f->used) {
            p.free = p.free != NULL ? p.free : f;
            continue;
        }
        if (f->stranger && (p.stranger == NULL || f->since_ms < p.stranger->since_ms)) {
            p.stranger = f;
        }
        if (f->session_id == session_id) {
            p.own += f->stranger ? 0 : 1;
            p.own_strangers += f->stranger ? 1 : 0;
            p.known = f->len == datagram.len && memcmp(f->datagram, datagram.ptr, datagram.len) == 0 ? f : p.known;
        }
    }
    if (p.free == NULL && *top < capacity) {
        p.free = &table[*top]; /* counted when it is taken */
    }
    return p;
}

static void fill(godwit_hse_forward_t *f, const godwit_session_record_t *record, godwit_slice_t datagram,
                 uint64_t now_ms)
{
    memset(f, 0, sizeof *f);
    f->used = true;
    f->session_id = record->session_id;
    f->since_ms = f->due_ms = now_ms;
    f->imsi = record->imsi;
    memcpy(f->eas, record->enterprise, sizeof f->eas);
    f->len = (uint16_t)datagram.len;
    memcpy(f->datagram, datagram.ptr, datagram.len);
}

/* The device has proved that it waits for the answer: the EAS is asked now, however patiently it was asked before. */
static void confirm(godwit_hse_t *hse, godwit_hse_forward_t *f, const godwit_address_t *from, uint64_t now_ms)
{
    f->confirm = true;
    f->stranger = false;
    f->from = *from;
    f->due_ms = now_ms;
    hse->agenda_moved = true;
}

godwit_status_t godwit_hse_forward_put(godwit_hse_t *hse, const godwit_session_record_t *record,
                                       const godwit_address_t *from, godwit_slice_t datagram, godwit_hse_way_t way,
                                       uint64_t now_ms)
{
    const bool stranger = way == GODWIT_HSE_STRANGER;
    uint32_t most = hse->config.forwards_per_session != 0 ? hse->config.forwards_per_session : PER_SESSION;
    places_t p = look(hse->forwards, hse->forward_capacity, &hse->forward_top, record->session_id, datagram);
    if (p.known != NULL && way == GODWIT_HSE_CONFIRM) {
        confirm(hse, p.known, from, now_ms);
    }
    if (p.known != NULL) {
        return GODWIT_OK;
    }
    godwit_hse_forward_t *f = p.free;
    if (f == NULL && !stranger) {
        f = p.stranger;
    }
    if (f == NULL || datagram.len > sizeof f->datagram ||
        (stranger ? p.own_strangers >= STRANGERS_PER_SESSION : p.own >= most)) {
        return GODWIT_OVERLOAD;
    }
    hse->forward_top += f == &hse->forwards[hse->forward_top];
    fill(f, record, datagram, now_ms);
    uint64_t from_clock = now_ms << NUMBER_SHIFT;
    hse->last_number = from_clock > hse->last_number ? from_clock : hse->last_number + 1;
    f->number = hse->last_number;
    f->from = *from;
    f->stranger = stranger;
    f->confirm = way == GODWIT_HSE_CONFIRM;
    hse->agenda_moved = true;
    return GODWIT_OK;
}

godwit_status_t godwit_hse_hold(godwit_hse_t *hse, const godwit_session_record_t *record, godwit_slice_t datagram,
                                uint64_t now_ms)
{
    uint32_t most = hse->config.held_per_session != 0 ? hse->config.held_per_session : HELD_PER_SESSION;
    places_t p = look(hse->held, hse->held_capacity, &hse->held_top, record->session_id, datagram);
    if (p.known != NULL) {
        return GODWIT_OK;
    }
    if (p.free == NULL || datagram.len > sizeof p.free->datagram || p.own >= most) {
        return GODWIT_OVERLOAD;
    }
    hse->held_top += p.free == &hse->held[hse->held_top];
    fill(p.free, record, datagram, now_ms);
    hse->agenda_moved = true;
    return GODWIT_OK;
}

godwit_hse_forward_t *godwit_hse_forward_by_transaction(godwit_hse_t *hse, uint32_t transaction)
{
    for (size_t i = 0; i < hse->forward_top; i++) {
        godwit_hse_forward_t *f = &hse->forwards[i];
        if (f->used && f->sendings > 0 && f->transaction == transaction) {
            return f;
        }
    }
    return NULL;
}

bool godwit_hse_may_have_moved(const godwit_hse_t *hse, uint32_t session_id)
{
    for (size_t i = 0; i < hse->forward_capacity; i++) {
        const godwit_hse_forward_t *f = &hse->forwards[i];
        if (f->used && f->stranger && f->sendings > 0 && f->session_id == session_id) {
            return true;
        }
    }
    return false;
}

godwit_hse_forward_t *godwit_hse_held_for(godwit_hse_t *hse, uint32_t session_id)
{
    godwit_hse_forward_t *oldest = NULL;
    for (size_t i = 0; i < hse->held_top; i++) {
        godwit_hse_forward_t *f = &hse->held[i];
        if (f->used && f->session_id == session_id && (oldest == NULL || f->since_ms < oldest->since_ms)) {
            oldest = f;
        }
    }
    return oldest;
}

void godwit_hse_forward_release(godwit_hse_forward_t *forward)
{
    memset(forward, 0, sizeof *forward);
}

static void release_of(godwit_hse_forward_t *table, size_t top, uint32_t session_id)
{
    for (size_t i = 0; i < top; i++) {
        if (table[i].used && table[i].session_id == session_id) {
            godwit_hse_forward_release(&table[i]);
        }
    }
}

void godwit_hse_forward_release_session(godwit_hse_t *hse, uint32_t session_id)
{
    release_of(hse->forwards, hse->forward_top, session_id);
    release_of(hse->held, hse->held_top, session_id);
}
