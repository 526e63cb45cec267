/* SPDX-License-Identifier: Apache-2.0
 *
 * Events in the order of time, and the power of the nodes.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/internal.h"

#define READINGS 4096
#define EPOCH_MS UINT64_C(1700000000000)

/* ---- memory, counted ---- */

typedef union head {
    size_t size;
    max_align_t align;
} head_t;

static size_t in_use; /* of this process */

/* Worlds come and go: what one leaves, the next takes, without the kernel. */
static void keep_memory(void)
{
    static bool is_kept;
    if (!is_kept) {
        is_kept = true;
        (void)mallopt(M_MMAP_THRESHOLD, 64 << 20);
        (void)mallopt(M_TRIM_THRESHOLD, 128 << 20);
    }
}

void *lab_alloc(size_t size)
{
    keep_memory();
    head_t *head = calloc(1, sizeof *head + size);
    if (head == NULL) {
        abort();
    }
    head->size = size;
    in_use += size;
    return head + 1;
}

void lab_free(void *room)
{
    if (room != NULL) {
        head_t *head = (head_t *)room - 1;
        in_use -= head->size;
        free(head);
    }
}

void lab_free_secret(void *room)
{
    if (room != NULL) {
        godwit_wipe(room, ((head_t *)room - 1)->size);
        lab_free(room);
    }
}

size_t godwit_world_memory(void)
{
    return in_use;
}

void lab_free_event(lab_event_t *e)
{
    lab_free_secret(e->packet);
    e->packet = NULL;
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

/* ---- one event ---- */

static void to_function(godwit_world_t *w, const lab_event_t *e)
{
    godwit_input_t in = {.kind = GODWIT_INPUT_DROP, .session_id = e->timer};
    if (e->kind == LAB_DOWN) {
        in.kind = GODWIT_INPUT_SUBMIT;
        in.imsi = lab_imsi(lab_device_of(e->packet->to));
        in.datagram = godwit_slice(e->packet->octets, e->packet->len);
        in.queue = e->node == GODWIT_WORLD_EAS;
    }
    lab_function_input(w, e->node, &in);
}

static void at_function(godwit_world_t *w, const lab_event_t *e)
{
    if (e->kind == LAB_ASK) {
        lab_ask(w, e->node, e->timer);
    } else if (e->kind == LAB_DURABLE) {
        lab_function_durable(w, e->node);
    } else if (e->kind == LAB_TIMER) {
        lab_function_timer(w, e->node, e->timer, e->serial);
    } else {
        to_function(w, e);
    }
}

static void at_device(godwit_world_t *w, lab_event_t *e)
{
    unsigned device = lab_device_of(e->node);
    if (lab_is_card(e->node)) {
        (e->kind == LAB_CARD ? lab_card_computed : lab_card_durable)(w, device);
    } else if (e->kind == LAB_DURABLE) {
        lab_device_durable(w, device);
    } else if (e->kind == LAB_ACCESS_DURABLE) {
        lab_device_access_durable(w, device);
    } else if (e->kind == LAB_TRIGGER_ACT) {
        lab_trigger_acts(w, device, e);
    } else if (e->kind == LAB_ELAPSED) {
        lab_e2e_time(w, device);
    } else if ((e->kind != LAB_TIMER || e->serial == w->devices[device].timer_serial) &&
               (e->kind != LAB_ACCESS_TIMER || e->serial == w->devices[device].access_timer_serial)) {
        lab_packet_t *packet = e->packet;
        e->packet = NULL;
        lab_device_give(w, device, e->kind, packet, NULL);
    }
}

static void handle(godwit_world_t *w, lab_event_t *e)
{
    bool lives_on = e->kind == LAB_DOWN || e->kind == LAB_DROP || e->kind == LAB_SUBMIT || e->kind == LAB_ASK;
    if (e->kind == LAB_POWER_BACK) {
        lab_power_back(w, e->node);
    } else if (e->kind == LAB_PACKET) {
        lab_net_arrive(w, e);
    } else if (!lives_on && e->incarnation != lab_incarnation(w, e->node)) {
        return;
    } else if (lab_is_function(e->node)) {
        at_function(w, e);
    } else {
        at_device(w, e);
    }
}

void godwit_world_run(godwit_world_t *w, uint64_t duration_ms)
{
    uint64_t until = w->now_ms + duration_ms;
    while (w->heap_count > 0 && w->heap[0].at_ms <= until) {
        lab_event_t e = take_first(w);
        w->now_ms = e.at_ms;
        handle(w, &e);
        lab_free_event(&e);
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

godwit_world_config_t godwit_world_defaults(void)
{
    return (godwit_world_config_t){
        .seed = 1, .devices = 1, .framing = GODWIT_FRAMING_DEFAULT, .delay_min_ms = 20, .delay_max_ms = 20};
}

static void put_subscriber(godwit_world_t *w, unsigned device)
{
    godwit_record_t record = {.kind = GODWIT_RECORD_SUBSCRIBER};
    record.u.subscriber.imsi = lab_imsi(device);
    record.u.subscriber.key = lab_subscriber_key(w, device);
    record.u.subscriber.ind_bits = GODWIT_IND_BITS_DEFAULT;
    record.u.subscriber.sqn_by_time = w->config.sqn_by_time;
    if (w->config.delivery != 0) {
        record.u.subscriber.features = w->config.me_derives ? GODWIT_FEATURE_E2M_ME : GODWIT_FEATURE_E2M_USIM;
    }
    if (w->config.next_vector != GODWIT_NEXT_VECTOR_NEVER || w->config.next_session) {
        record.u.subscriber.features |= GODWIT_FEATURE_NEXT_SESSION;
    }
    if (w->config.gba && w->config.flavour == GODWIT_GBA_U) {
        record.u.subscriber.features |= GODWIT_FEATURE_GBA_U;
    }
    record.u.subscriber.features |= lab_trigger_features(&w->config);
    if (w->config.trigger.on) {
        lab_trigger_subscribe(w, device);
    }
    lab_store_put(&w->functions[GODWIT_WORLD_HSS].store, &record, false);
    lab_store_put(&w->functions[GODWIT_WORLD_HSS].store, &record, true);
}

static void make_endpoint(lab_endpoint_t *e)
{
    e->sessions = lab_alloc(LAB_SESSIONS * sizeof *e->sessions);
    e->exchanges = lab_alloc(LAB_EXCHANGES * sizeof *e->exchanges);
    e->senders = lab_alloc(LAB_SENDERS * sizeof *e->senders);
    e->bearers = lab_alloc(LAB_BEARERS * sizeof *e->bearers);
    e->pushes = lab_alloc(LAB_PUSHES * sizeof *e->pushes);
}

#define NODE(name) (1u << GODWIT_WORLD_##name)
static uint32_t nodes_for(const godwit_world_config_t *config)
{
    if (config->trigger.on) {
        return lab_trigger_nodes(config);
    }
    if (config->akma) {
        return NODE(HSS) | NODE(AUSF) | NODE(AANF) | NODE(AMF) | NODE(AF);
    }
    if (config->gba) {
        return NODE(HSS) | NODE(BSF) | NODE(NAF);
    }
    uint32_t nodes = config->device_rand
                         ? NODE(MTC) | NODE(MKEF) | NODE(HSS)
                         : NODE(HSE) | NODE(EMKS) | NODE(HSS) | (config->solution == 2 ? NODE(EMSE) : 0);
    nodes |= config->access == GODWIT_WORLD_EPS    ? NODE(MME) | NODE(SGW) | NODE(PGW)
             : config->access != GODWIT_WORLD_WIFI ? NODE(SGSN) | NODE(PGW)
                                                   : 0;
    if (config->e2e.on) {
        nodes |= NODE(EESE) | NODE(EAS);
    }
    if (config->offline && config->carrier == GODWIT_CARRIER_SMS) {
        nodes |= NODE(SMS_SC) | (config->circuit ? NODE(MSC) : 0);
    }
    return nodes;
}

static bool is_large(unsigned node)
{
    return node == GODWIT_WORLD_MTC_IWF || node == GODWIT_WORLD_SCS || node == GODWIT_WORLD_AS ||
           node == GODWIT_WORLD_EESE || node == GODWIT_WORLD_EAS;
}

static void make_functions(godwit_world_t *w)
{
    static const size_t records[GODWIT_WORLD_FUNCTIONS] = {
        256, 128, 160, 256, 128, 128, 1,   1,   128, 1,   256, 256, 256,
        1,   1,   64,  1,   1,   257, 257, 600, 1,   256, 512, 1}; /* in the order of world.h */
    _Static_assert(GODWIT_SCS_RECORDS == 257, "of a source all");
    uint32_t nodes = w->config.nodes == 0 ? nodes_for(&w->config) : w->config.nodes;
    make_endpoint(&w->endpoints[0]);
    make_endpoint(&w->endpoints[1]);
    for (unsigned i = 0; i < GODWIT_WORLD_FUNCTIONS; i++) {
        w->functions[i].present = (nodes >> i & 1u) != 0;
        lab_store_init(&w->functions[i].store, !is_large(i) || w->functions[i].present ? records[i] : 1);
        lab_function_start(w, i);
    }
}

godwit_world_t *godwit_world_new(const godwit_world_config_t *config)
{
    godwit_world_t *w = lab_alloc(sizeof *w);
    w->config = *config;
    w->random = config->seed;
    w->now_ms = EPOCH_MS;
    w->cut_node = -1;
    w->heap_capacity = 16384;
    w->heap = lab_alloc(w->heap_capacity * sizeof *w->heap);
    w->reading_capacity = READINGS;
    w->readings = lab_alloc(READINGS * sizeof *w->readings);
    w->asked = lab_alloc(LAB_ASKED * sizeof *w->asked);
    for (size_t i = 0; i < LAB_ENDS; i++) {
        w->known[i] = lab_alloc(LAB_KEYS_MAX * sizeof *w->known[i]);
    }
    w->devices = lab_alloc(config->devices * sizeof *w->devices);
    w->plmn = (godwit_plmn_t){{0x00, 0xf1, 0x10}}; /* 001-01 */
    if (config->policies != GODWIT_WORLD_POLICY_NONE) {
        lab_make_policies(w);
    }
    make_functions(w);
    if (config->device_rand) {
        lab_entitle(w);
    }
    if (config->e2e.on) {
        lab_e2e_entitle(w);
    }
    for (unsigned i = 0; i < config->devices; i++) {
        put_subscriber(w, i);
        lab_device_make(w, i);
    }
    return w;
}

static void free_functions(godwit_world_t *w)
{
    for (unsigned i = 0; i < GODWIT_WORLD_FUNCTIONS; i++) {
        lab_function_stop(w, i);
        lab_store_free(&w->functions[i].store);
        lab_free(w->tables[i]);
    }
    lab_free_secret(w->mtc_iwf);
    lab_free_secret(w->aaa);
    lab_free_secret(w->eese);
    lab_free_secret(w->eas);
    lab_free_secret(w->scs[0]);
    lab_free_secret(w->scs[1]);
    lab_free_secret(w->bsf);
    lab_free_secret(w->ausf);
    lab_free_secret(w->naf);
    lab_free_secret(w->naf_keys);
    for (size_t i = 0; i < 2; i++) {
        lab_free_secret(w->endpoints[i].sessions);
        lab_free_secret(w->endpoints[i].exchanges);
        lab_free(w->endpoints[i].senders);
        lab_free_secret(w->endpoints[i].bearers);
        lab_free_secret(w->endpoints[i].pushes);
        lab_free(w->endpoints[i].forwards);
        lab_free(w->endpoints[i].held);
    }
}

static void free_watch(godwit_world_t *w)
{
    lab_set_t *const sets[] = {&w->sent,  &w->counts, &w->sqns,  &w->keys,   &w->taken,        &w->told,
                               &w->heard, &w->spent,  &w->armed, &w->sealed, &w->acknowledged, &w->pulled};
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        lab_set_free(sets[i]);
    }
    for (size_t i = 0; i < LAB_ENDS; i++) {
        lab_free(w->known[i]);
    }
    lab_secrets_free(&w->secrets);
}

void godwit_world_free(godwit_world_t *w)
{
    if (w == NULL) {
        return;
    }
    free_functions(w);
    lab_store_free(&w->backup.store);
    for (unsigned i = 0; i < w->config.devices; i++) {
        lab_device_stop(w, i);
    }
    for (size_t i = 0; i < w->heap_count; i++) {
        lab_free_event(&w->heap[i]);
    }
    free_watch(w);
    lab_free(w->heap);
    lab_free(w->readings);
    lab_free(w->asked);
    lab_free(w->devices);
    lab_free(w); /* its subscribers are the lab's own */
}
