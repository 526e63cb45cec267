/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of the world. world.c: events, the clock, the beginning and the end; power.c: who has power; function.c: the network functions;
 * starts.c: how each is configured; store.c: their records; device.c: devices; card.c: their cards; air.c: datagrams between device and HSE; net.c:
 * packets between nodes; wire.c: messages in octets and back; check.c: what must never happen; view.c: what a test may ask.
 */
#ifndef GODWIT_LAB_INTERNAL_H
#define GODWIT_LAB_INTERNAL_H

#include "lab/random.h"
#include "lab/secrets.h"
#include "lab/watch.h"

#define LAB_COMMIT_MS 2    /* until a record is durable */
#define LAB_STORE_MS 3     /* until a page of the device's or the card's memory is */
#define LAB_CARD_MS 30     /* until the card has computed */
#define LAB_SUITES 0x000Fu /* that devices accept, bit i-1 = suite i */
#define LAB_DOWN_MS 400    /* without power */
#define LAB_TEXT_MAX 48
#define LAB_EVENTS_KEPT 64
#define LAB_SESSIONS 64 /* tables of the HSE; the first a power of two */
#define LAB_EXCHANGES 64
#define LAB_SENDERS 16
#define LAB_KEYS_MAX 2048 /* keys that one run may see at one end */

/* ---- events ---- */
typedef enum lab_event_kind {
    LAB_PACKET,     /* octets reach their end */
    LAB_TIMER,      /* of a function or a device */
    LAB_DURABLE,    /* what a node was storing is durable */
    LAB_CARD,       /* the card has computed */
    LAB_SUBMIT,     /* the device's application tries to hand over a reading */
    LAB_END,        /* the device's application ends the session */
    LAB_DOWN,       /* an application sends down; text in octets */
    LAB_DROP,       /* the operator drops a session */
    LAB_POWER_BACK, /* of a node */
} lab_event_kind_t;

/* Octets on their way. */
typedef struct lab_packet {
    godwit_world_leg_t leg;
    unsigned from, to;
    godwit_address_t source, destination;
    size_t len;
    uint8_t octets[];
} lab_packet_t;

typedef struct lab_event {
    uint64_t at_ms, order; /* of two at the same time the one made first comes first */
    lab_event_kind_t kind;
    unsigned node; /* whose it is */
    unsigned
        incarnation; /* of that node; an event of an earlier life is void, but for PACKET, POWER_BACK and what applications want */
    uint32_t timer, serial;
    lab_packet_t *packet; /* PACKET, DOWN */
} lab_event_t;

/* ---- a function ---- */

/* One list of requests that is being carried out. */
typedef struct lab_job {
    struct lab_job *next;
    size_t at;
    godwit_outbox_t outbox;
    godwit_request_t requests[GODWIT_OUTBOX_REQUESTS];
    _Alignas(max_align_t) uint8_t arena[GODWIT_OUTBOX_ARENA];
} lab_job_t;

typedef struct lab_store {
    godwit_record_t *shown, *durable; /* with every commit asked for; with those that would survive */
    size_t shown_count, durable_count, capacity;
} lab_store_t;

typedef struct lab_timer {
    uint32_t timer, serial;
    bool used;
} lab_timer_t;

#define LAB_TIMERS 512

typedef struct lab_function {
    void (*step)(godwit_world_t *w, const godwit_input_t *in, godwit_outbox_t *out);
    lab_store_t store;
    lab_job_t *first, *last;
    bool waiting; /* the first job waits for its commit */
    bool present, down;
    unsigned incarnation;
    lab_timer_t timers[LAB_TIMERS];
} lab_function_t;

/* ---- a device and its card ---- */
typedef struct lab_device_input {
    struct lab_device_input *next;
    lab_event_kind_t kind; /* PACKET, TIMER, CARD, SUBMIT, END */
    lab_packet_t *packet;
    godwit_usim_result_t result;
} lab_device_input_t;

typedef struct lab_seen_event {
    const char *name;
    godwit_status_t reason;
    unsigned count;
} lab_seen_event_t;

typedef struct lab_device {
    godwit_device_config_t config;
    godwit_device_t device;
    godwit_device_requests_t requests;
    size_t at;
    bool busy;    /* requests are being carried out */
    bool storing; /* the one at hand waits until it is durable */
    bool down;
    unsigned incarnation, address;
    uint32_t timer_serial;
    lab_device_input_t *first, *last;
    uint8_t nvm[GODWIT_DEVICE_RECORD_MAX], nvm_next[GODWIT_DEVICE_RECORD_MAX];
    size_t nvm_len, nvm_next_len;
    uint32_t waiting_first; /* no reading of its application before this one waits */

    godwit_usim_t card;
    godwit_usim_output_t card_output;
    uint8_t image[GODWIT_USIM_IMAGE_SIZE];
    uint8_t asked[32]; /* RAND || AUTN that the card works on */
    bool card_down, card_busy, device_waits;
    unsigned card_incarnation;
    unsigned card_runs, vectors, resyncs, received, sent_up, sent_down;
    lab_seen_event_t events[LAB_EVENTS_KEPT];
} lab_device_t;

typedef struct lab_reading {
    unsigned device, delivered;
    bool handed_over;
    char text[LAB_TEXT_MAX];
} lab_reading_t;

/* An HSE, or an EMSE, which is one. */
typedef struct lab_endpoint {
    godwit_hse_t hse;
    godwit_hse_session_t *sessions;
    godwit_hse_exchange_t *exchanges;
    godwit_hse_sender_t *senders;
} lab_endpoint_t;
static inline unsigned lab_endpoint_of(unsigned node)
{
    return node == GODWIT_WORLD_EMSE;
}

/* A request that was sent and waits for its answer: what an adapter keeps. */
typedef struct lab_call {
    uint32_t hop; /* Hop-by-Hop Identifier; 0: free */
    unsigned asker, answerer;
    godwit_message_kind_t kind;
    godwit_vector_kind_t vectors;
    godwit_plmn_t plmn; /* that the vectors are for */
    uint32_t transaction;
    uint64_t route;
} lab_call_t;
#define LAB_CALLS 256

typedef struct lab_cut {
    unsigned a, b;
    uint64_t until_ms;
} lab_cut_t;
#define LAB_CUTS 16

/* A key that a sender was seen with. */
typedef struct lab_known {
    godwit_emsdp_key_t key;
    godwit_address_t peer; /* the network's, S = 0: whose it is */
} lab_known_t;
#define LAB_ENDS 3 /* HSE, EMSE, devices */
#define LAB_END_DEVICES 2

struct godwit_world {
    godwit_world_config_t config;
    uint64_t random, now_ms, order;
    unsigned steps, cut_at, messages;
    int cut_node;
    lab_event_t *heap;
    size_t heap_count, heap_capacity;

    godwit_plmn_t plmn;
    lab_endpoint_t endpoints[2]; /* HSE, EMSE */
    godwit_emks_t emks;
    godwit_hss_t hss;
    lab_function_t functions[GODWIT_WORLD_FUNCTIONS];
    lab_seen_event_t events[LAB_EVENTS_KEPT];
    lab_call_t calls[LAB_CALLS];
    uint32_t call_count;
    lab_cut_t cuts[LAB_CUTS];
    godwit_message_t access_answer; /* for the stranger */
    bool access_answered;

    lab_device_t *devices;
    lab_reading_t *readings;
    uint32_t reading_count, reading_capacity;

    lab_set_t sent, counts, sqns, keys, taken, told, heard;
    lab_known_t *known[LAB_ENDS]; /* with their counters as last seen */
    size_t known_count[LAB_ENDS];
    const char *violation;
    char violation_text[96];
    lab_secrets_t secrets;
    uint32_t inputs; /* since the last search */
};

/* ---- world.c ---- */
/* Adds an event after delay_ms; returns it for the caller to fill in what it carries, before the next one is added. */
lab_event_t *lab_after(godwit_world_t *w, uint64_t delay_ms, lab_event_kind_t kind, unsigned node);
/* Counts a step; false when the node loses power instead. */
bool lab_step(godwit_world_t *w, unsigned node);
void lab_saw(lab_seen_event_t *events, const char *name, godwit_status_t reason);
void *lab_alloc(size_t size); /* zeroed; ends the program when memory is short: the lab cannot go on */
void lab_free(void *room);
/* Wipes what may hold keys, and frees it. */
void lab_free_secret(void *room);
void lab_free_event(lab_event_t *e);

/* ---- power.c ---- */
static inline bool lab_is_function(unsigned node)
{
    return node < GODWIT_WORLD_FUNCTIONS;
}
static inline unsigned lab_device_of(unsigned node)
{
    return (node - GODWIT_WORLD_FUNCTIONS) / 2;
}
static inline bool lab_is_card(unsigned node)
{
    return (node - GODWIT_WORLD_FUNCTIONS) % 2 == 1;
}
void lab_power_back(godwit_world_t *w, unsigned node);
unsigned lab_incarnation(const godwit_world_t *w, unsigned node);
godwit_imsi_t lab_imsi(unsigned device);
godwit_aka_key_t lab_key(unsigned device);

/* ---- store.c ---- */
void lab_store_init(lab_store_t *store, size_t capacity);
void lab_store_free(lab_store_t *store);
godwit_record_t *lab_store_find(lab_store_t *store, const godwit_record_key_t *key, bool durable);
void lab_store_put(lab_store_t *store, const godwit_record_t *record, bool durable);
void lab_store_delete(lab_store_t *store, const godwit_record_key_t *key, bool durable);
void lab_store_power_loss(lab_store_t *store); /* only what is durable is shown */

/* ---- function.c ---- */
void lab_function_start(godwit_world_t *w, unsigned node); /* nothing happens to one that is not there */
void lab_function_stop(godwit_world_t *w, unsigned node);
void lab_function_input(godwit_world_t *w, unsigned node, const godwit_input_t *in);
void lab_function_durable(godwit_world_t *w, unsigned node);
void lab_function_timer(godwit_world_t *w, unsigned node, uint32_t timer, uint32_t serial);

/* ---- starts.c ---- */
const char *lab_host(unsigned node);
const char *lab_realm(unsigned node);
godwit_framing_t lab_framing(const godwit_world_t *w, unsigned node); /* of an endpoint */
void lab_start_role(godwit_world_t *w, unsigned node);
void lab_step_role(godwit_world_t *w, unsigned node, const godwit_input_t *in, godwit_outbox_t *out);

/* ---- net.c ---- */
lab_packet_t *lab_packet(godwit_world_leg_t leg, unsigned from, unsigned to, godwit_slice_t octets);
/* Takes the packet over: hooks, loss, delay, partition. */
void lab_net_send(godwit_world_t *w, lab_packet_t *packet);
void lab_net_arrive(godwit_world_t *w, lab_event_t *e);
/* A datagram of a function, to whoever has that address. */
void lab_net_datagram(godwit_world_t *w, unsigned node, const godwit_request_t *r);
godwit_address_t lab_node_address(unsigned node, uint16_t port); /* of a function: IPv4 and port */

/* ---- wire.c ---- */
/* A message on its way to the function it names, as octets. */
void lab_send_message(godwit_world_t *w, unsigned node, const godwit_message_t *message);
/* False: nothing that the node can read, or an answer that nobody waits for. */
bool lab_read_message(godwit_world_t *w, const lab_packet_t *packet, godwit_message_t *message);

/* ---- device.c ---- */
void lab_device_make(godwit_world_t *w, unsigned device);
void lab_device_start(godwit_world_t *w, unsigned device);
void lab_device_stop(godwit_world_t *w, unsigned device);
void lab_device_durable(godwit_world_t *w, unsigned device);
void lab_device_give(godwit_world_t *w, unsigned device, lab_event_kind_t kind, lab_packet_t *packet,
                     const godwit_usim_result_t *result);

/* ---- card.c ---- */
void lab_card_start(godwit_world_t *w, unsigned device);
void lab_card_stop(godwit_world_t *w, unsigned device);
void lab_card_run(godwit_world_t *w, unsigned device, const uint8_t rand[16], const uint8_t autn[16]);
void lab_card_computed(godwit_world_t *w, unsigned device);
void lab_card_durable(godwit_world_t *w, unsigned device);

/* ---- air.c ---- */
/* Between the device and an endpoint, without anybody in between. */
void lab_air_send(godwit_world_t *w, unsigned device, bool up, const godwit_address_t *down_to, unsigned endpoint,
                  godwit_slice_t octets);
godwit_address_t lab_address(unsigned address);
/* Whose address that is; -1 when nobody's any more. */
int lab_device_at(const godwit_world_t *w, const godwit_address_t *address, unsigned *number);

#endif
