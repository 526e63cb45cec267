/* SPDX-License-Identifier: Apache-2.0
 *
 * Events in the order of time, and the power of the nodes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/internal.h"

#define READINGS 4096
#define EPOCH_MS UINT64_C(1700000000000)

void *lab_alloc(size_t size)
{
    void *room = calloc(1, size);
    if (room == NULL) {
        abort();
    }
    return room;
}

/* ---- the heap of events ---- */

static bool is_before(const lab_event_t *a, const lab_event_t *b)
{
    return a->at_ms < b->at_ms || (a->at_ms == b->at_ms && a->order < b->order);
}

static void swap(lab_event_t *a, lab_event_t *b)
{
    lab_event_t kept = *a;
    *a = *b;
    *b = kept;
}

/* The event is placed when it is filled in: it cannot be found again once it has risen. */
lab_event_t *lab_after(godwit_world_t *w, uint64_t delay_ms, lab_event_kind_t kind, unsigned node)
{
    if (w->heap_count + 1 >= w->heap_capacity) {
        abort();
    }
    size_t at = w->heap_count++;
    w->heap[at] = (lab_event_t){.at_ms = w->now_ms + delay_ms, .order = w->order++, .kind = kind, .node = node};
    w->heap[at].incarnation = lab_incarnation(w, node);
    for (; at > 0 && is_before(&w->heap[at], &w->heap[(at - 1) / 2]); at = (at - 1) / 2) {
        swap(&w->heap[at], &w->heap[(at - 1) / 2]);
    }
    return &w->heap[at];
}

static lab_event_t take_first(godwit_world_t *w)
{
    lab_event_t first = w->heap[0];
    w->heap[0] = w->heap[--w->heap_count];
    w->heap[w->heap_count] = (lab_event_t){0}; /* what it owns belongs to the caller, or stands at the front */
    for (size_t at = 0;;) {
        size_t least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++) {
            if (child < w->heap_count && is_before(&w->heap[child], &w->heap[least])) {
                least = child;
            }
        }
        if (least == at) {
            return first;
        }
        swap(&w->heap[at], &w->heap[least]);
        at = least;
    }
}

/* ---- power ---- */

static bool is_function(unsigned node)
{
    return node < GODWIT_WORLD_FUNCTIONS;
}

static unsigned device_of(unsigned node)
{
    return (node - GODWIT_WORLD_FUNCTIONS) / 2;
}

static bool is_card(unsigned node)
{
    return (node - GODWIT_WORLD_FUNCTIONS) % 2 == 1;
}

unsigned lab_incarnation(const godwit_world_t *w, unsigned node)
{
    if (is_function(node)) {
        return w->functions[node].incarnation;
    }
    const lab_device_t *d = &w->devices[device_of(node)];
    return is_card(node) ? d->card_incarnation : d->incarnation;
}

static bool is_down(const godwit_world_t *w, unsigned node)
{
    if (is_function(node)) {
        return w->functions[node].down;
    }
    const lab_device_t *d = &w->devices[device_of(node)];
    return is_card(node) ? d->card_down : d->down;
}

void godwit_world_power_loss(godwit_world_t *w, unsigned node)
{
    if (is_down(w, node)) {
        return;
    }
    if (is_function(node)) {
        lab_function_stop(w, node);
    } else if (is_card(node)) {
        lab_card_stop(w, device_of(node));
    } else {
        lab_device_stop(w, device_of(node));
    }
    (void)lab_after(w, LAB_DOWN_MS, LAB_POWER_BACK, node);
}

static void power_back(godwit_world_t *w, unsigned node)
{
    if (is_function(node)) {
        lab_function_start(w, node);
    } else if (is_card(node)) {
        lab_card_start(w, device_of(node));
    } else {
        lab_device_start(w, device_of(node));
    }
}

bool lab_step(godwit_world_t *w, unsigned node)
{
    if (++w->steps != w->cut_at) {
        return true;
    }
    w->cut_node = (int)node;
    godwit_world_power_loss(w, node);
    return false;
}

/* ---- one event ---- */

static void to_function(godwit_world_t *w, const lab_event_t *e)
{
    godwit_input_t in = {0};
    switch (e->kind) {
    case LAB_MESSAGE:
        in.kind = GODWIT_INPUT_MESSAGE;
        in.message = e->message;
        break;
    case LAB_DOWN:
        in.kind = GODWIT_INPUT_SUBMIT;
        in.imsi = lab_imsi(e->datagram->device);
        in.datagram = godwit_slice(e->datagram->octets, e->datagram->len);
        break;
    case LAB_DROP:
        in.kind = GODWIT_INPUT_DROP;
        in.session_id = e->timer;
        break;
    default:
        return;
    }
    lab_function_input(w, e->node, &in);
}

static void handle(godwit_world_t *w, lab_event_t *e)
{
    bool lives_on = e->kind == LAB_AIR || e->kind == LAB_MESSAGE || e->kind == LAB_POWER_BACK || e->kind == LAB_DOWN ||
                    e->kind == LAB_DROP || e->kind == LAB_SUBMIT;
    bool is_void = !lives_on && e->incarnation != lab_incarnation(w, e->node);
    if (e->kind == LAB_POWER_BACK) {
        power_back(w, e->node);
    } else if (is_void) {
        return;
    } else if (e->kind == LAB_AIR) {
        lab_air_arrive(w, e);
    } else if (is_function(e->node) && e->kind == LAB_DURABLE) {
        lab_function_durable(w, e->node);
    } else if (is_function(e->node) && e->kind == LAB_TIMER) {
        lab_function_timer(w, e->node, e->timer, e->serial);
    } else if (is_function(e->node)) {
        to_function(w, e);
    } else if (is_card(e->node)) {
        (e->kind == LAB_CARD ? lab_card_computed : lab_card_durable)(w, device_of(e->node));
    } else if (e->kind == LAB_DURABLE) {
        lab_device_durable(w, device_of(e->node));
    } else if (e->kind == LAB_SUBMIT || e->kind == LAB_END ||
               e->serial == w->devices[device_of(e->node)].timer_serial) {
        lab_device_give(w, device_of(e->node), e->kind, NULL, NULL);
    }
}

void godwit_world_run(godwit_world_t *w, uint64_t duration_ms)
{
    uint64_t until = w->now_ms + duration_ms;
    while (w->heap_count > 0 && w->heap[0].at_ms <= until) {
        lab_event_t e = take_first(w);
        w->now_ms = e.at_ms;
        handle(w, &e);
        free(e.datagram);
        free(e.message);
    }
    w->now_ms = until;
}

void lab_saw(lab_seen_event_t *events, const char *name, godwit_status_t reason)
{
    for (size_t i = 0; i < LAB_EVENTS_KEPT; i++) {
        lab_seen_event_t *e = &events[i];
        if (e->name == NULL || (strcmp(e->name, name) == 0 && e->reason == reason)) {
            e->name = name;
            e->reason = reason;
            e->count++;
            return;
        }
    }
}

/* ---- the beginning and the end ---- */

godwit_imsi_t lab_imsi(unsigned device)
{
    godwit_imsi_t imsi;
    char text[16];
    (void)snprintf(text, sizeof text, "0010100000%05u", device % 100000);
    if (godwit_imsi_from_text(text, &imsi) != GODWIT_OK) {
        abort();
    }
    return imsi;
}

godwit_aka_key_t lab_key(unsigned device)
{
    uint8_t k[16], opc[16];
    godwit_aka_key_t key;
    uint64_t seed = device;
    godwit_lab_random_fill(&seed, k, sizeof k);
    godwit_lab_random_fill(&seed, opc, sizeof opc);
    if (godwit_aka_key_init(&key, &godwit_crypto_builtin, GODWIT_ALG_MILENAGE, godwit_slice(k, sizeof k),
                            godwit_slice(opc, sizeof opc), true, NULL) != GODWIT_OK) {
        abort();
    }
    return key;
}

godwit_world_config_t godwit_world_defaults(void)
{
    return (godwit_world_config_t){
        .seed = 1, .devices = 1, .framing = GODWIT_FRAMING_DEFAULT, .delay_min_ms = 20, .delay_max_ms = 20};
}

static void put_subscriber(godwit_world_t *w, unsigned device)
{
    godwit_record_t record = {.kind = GODWIT_RECORD_SUBSCRIBER};
    record.u.subscriber.imsi = lab_imsi(device);
    record.u.subscriber.key = lab_key(device);
    record.u.subscriber.ind_bits = GODWIT_IND_BITS_DEFAULT;
    record.u.subscriber.sqn_by_time = w->config.sqn_by_time;
    lab_store_put(&w->functions[GODWIT_WORLD_HSS].store, &record, false);
    lab_store_put(&w->functions[GODWIT_WORLD_HSS].store, &record, true);
}

godwit_world_t *godwit_world_new(const godwit_world_config_t *config)
{
    static const size_t records[GODWIT_WORLD_FUNCTIONS] = {256, 128, 64};
    godwit_world_t *w = calloc(1, sizeof *w);
    if (w == NULL) {
        return NULL;
    }
    w->config = *config;
    w->random = config->seed;
    w->now_ms = EPOCH_MS;
    w->cut_node = -1;
    w->heap_capacity = 16384;
    w->heap = lab_alloc(w->heap_capacity * sizeof *w->heap);
    w->reading_capacity = READINGS;
    w->readings = lab_alloc(READINGS * sizeof *w->readings);
    w->hse_sessions = lab_alloc(LAB_SESSIONS * sizeof *w->hse_sessions);
    w->hse_exchanges = lab_alloc(LAB_EXCHANGES * sizeof *w->hse_exchanges);
    w->hse_senders = lab_alloc(LAB_SENDERS * sizeof *w->hse_senders);
    w->known[0] = lab_alloc(LAB_KEYS_MAX * sizeof *w->known[0]);
    w->known[1] = lab_alloc(LAB_KEYS_MAX * sizeof *w->known[1]);
    w->devices = lab_alloc(config->devices * sizeof *w->devices);
    w->plmn = (godwit_plmn_t){{0x00, 0xf1, 0x10}}; /* 001-01 */
    for (unsigned i = 0; i < GODWIT_WORLD_FUNCTIONS; i++) {
        lab_store_init(&w->functions[i].store, records[i]);
        lab_function_start(w, i);
    }
    for (unsigned i = 0; i < config->devices; i++) {
        put_subscriber(w, i);
        lab_device_make(w, i);
    }
    return w;
}

void godwit_world_free(godwit_world_t *w)
{
    if (w == NULL) {
        return;
    }
    for (unsigned i = 0; i < GODWIT_WORLD_FUNCTIONS; i++) {
        lab_function_stop(w, i);
        lab_store_free(&w->functions[i].store);
    }
    for (unsigned i = 0; i < w->config.devices; i++) {
        lab_device_stop(w, i);
    }
    for (size_t i = 0; i < w->heap_count; i++) {
        free(w->heap[i].datagram);
        free(w->heap[i].message);
    }
    lab_set_free(&w->sent);
    lab_set_free(&w->counts);
    lab_set_free(&w->sqns);
    lab_set_free(&w->keys);
    lab_set_free(&w->taken);
    lab_set_free(&w->told);
    lab_set_free(&w->heard);
    for (size_t i = 0; i < 2; i++) {
        godwit_wipe(w->known[i], LAB_KEYS_MAX * sizeof *w->known[i]);
        free(w->known[i]);
    }
    free(w->heap);
    free(w->readings);
    free(w->hse_sessions);
    free(w->hse_exchanges);
    free(w->hse_senders);
    free(w->devices);
    free(w);
}
