/* SPDX-License-Identifier: Apache-2.0
 *
 * What a world is made of: events, packets, the state of a function and of a device as their owner sees it, and the limits of all tables.
 */
#ifndef GODWIT_LAB_PARTS_H
#define GODWIT_LAB_PARTS_H

#include "godwit/access.h"
#include "godwit/akma.h"
#include "godwit/mtc.h"
#include "lab/e2e_parts.h"
#include "lab/eap_parts.h"
#include "lab/random.h"
#include "lab/secrets.h"
#include "lab/store_parts.h"
#include "lab/trigger_parts.h"
#include "lab/watch.h"

#define LAB_COMMIT_MS 2    /* until a record is durable */
#define LAB_STORE_MS 3     /* until a page of the device's or the card's memory is */
#define LAB_CARD_MS 30     /* until the card has computed */
#define LAB_SUITES 0x000Fu /* that devices accept, bit i-1 = suite i */
#define LAB_SUITE_CLEAR 5u /* eea0-eia2-64: where a policy has it */
#define LAB_DOWN_MS 400    /* without power */
#define LAB_TEXT_MAX 48
#define LAB_HELD 4
#define LAB_EVENTS_KEPT 64
#define LAB_SESSIONS 64 /* tables of the HSE; the first a power of two */
#define LAB_EXCHANGES 64
#define LAB_SENDERS 16
#define LAB_BEARERS 128
#define LAB_PUSHES 48
#define LAB_VISITED_PLMN GODWIT_WORLD_VISITED
#define LAB_APN_E2M 0 /* of the gateway */
#define LAB_APN_TUNNEL 1
#define LAB_KEYS_MAX 2048 /* keys that one run may see at one end */

/* ---- events ---- */
typedef enum lab_event_kind {
    LAB_PACKET,       /* octets reach their end */
    LAB_TIMER,        /* of a function or a device */
    LAB_DURABLE,      /* what a node was storing is durable */
    LAB_CARD,         /* the card has computed */
    LAB_ACCESS_CARD,  /* the card has computed for the access */
    LAB_ACCESS_TIMER, /* of the access */
    LAB_ACCESS_TRY,   /* the device's owner attaches, or modifies its bearer, as soon as that can be */
    LAB_ACCESS_IDLE,  /* the device lets the radio go */
    LAB_ACCESS_DETACH,
    LAB_ACCESS_DURABLE, /* what the access was storing is durable */
    LAB_BEARER,         /* what came down in the PCO */
    LAB_SUBMIT,         /* the device's application tries to hand over a reading */
    LAB_END,            /* the device's application ends the session */
    LAB_DOWN,           /* an application sends down; text in octets */
    LAB_DROP,           /* the operator drops a session */
    LAB_POWER_BACK,     /* of a node */
    /* Of device triggering. */
    LAB_TRIGGER_ROOT,    /* octets: kind, whether it is shown, RAND, root */
    LAB_TRIGGER_DOWN,    /* octets of a message; call: by which way; bent */
    LAB_TRIGGER_UE_KEY,  /* octets: association, K_iwf */
    LAB_TRIGGER_DERIVED, /* the card has answered: call is the status, octets the key */
    LAB_TRIGGER_ACT, /* the application acts on what it was given; timer: the watcher's number, serial: the reference */
    LAB_TRIGGER_DONE,      /* likewise, and it is on its disk */
    LAB_TRIGGER_HELD_BACK, /* what the access did not take */
    LAB_TRIGGER_RESUME,
    LAB_TRIGGER_POLL,
    LAB_EAP_TICK, /* device and access point look whether EAP goes on */
    LAB_ASK,      /* the operator of a source asks, until he is answered: timer */
    LAB_WIFI,     /* the device leaves for WiFi, or comes back: serial */
    LAB_ELAPSED,  /* its owner tells the device how much time has passed */
} lab_event_kind_t;

/* Octets on their way. */
typedef struct lab_packet {
    godwit_world_leg_t leg;
    unsigned from, to;
    godwit_address_t source, destination;
    bool bent;     /* it was changed on its way */
    bool again;    /* it came before, or should have */
    uint32_t call; /* HTTP: whose connection */
    size_t len;
    uint8_t octets[];
} lab_packet_t;

typedef struct lab_event {
    uint64_t at_ms, order; /* of two at the same time the one made first comes first */
    lab_event_kind_t kind;
    unsigned node; /* whose it is */
    /* of that node; an event of an earlier life is void, but for PACKET, POWER_BACK and what applications want */
    unsigned incarnation;
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

typedef struct lab_timer {
    uint32_t timer, serial;
    bool used;
} lab_timer_t;

#define LAB_TIMERS 256

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
    bool answers; /* TRIGGER_DOWN: the access waits for what is to go in its completion */
} lab_device_input_t;

typedef struct lab_seen_event {
    const char *name;
    godwit_status_t reason;
    unsigned count;
} lab_seen_event_t;

/* Who runs the card: the device library (a separate AKA run), the access. */
enum { LAB_USER_DEVICE, LAB_USER_ACCESS, LAB_USERS };
typedef struct lab_ask {
    bool waits; /* for its answer */
    bool gsm;   /* in the GSM context */
    bool gba;   /* in the GBA context */
    uint8_t rand[16], autn[16];
} lab_ask_t;

/* What device and serving network of AKMA say to each other, in the place of NAS. */
typedef enum lab_5g_kind {
    LAB_5G_REGISTER,
    LAB_5G_CHALLENGE, /* RAND, AUTN */
    LAB_5G_RESPONSE,  /* RAND, RES* */
    LAB_5G_RESYNC,    /* RAND, AUTS */
    LAB_5G_ACCEPT,
    LAB_5G_REJECT,
} lab_5g_kind_t;
typedef struct lab_5g {
    lab_5g_kind_t kind;
    uint8_t rand[16], other[16];
} lab_5g_t;
#define LAB_5G_TEXT 96
#define LAB_5G_ACCEPTED "5G ACCEPT\n"
#define LAB_5G_REJECTED "5G REJECT\n"
#define LAB_AKMA_DATA "AKMA DATA\n"

typedef struct lab_device {
    godwit_device_config_t config;
    godwit_device_t device;
    godwit_mtc_t mtc;        /* of device RAND, in its place */
    uint8_t mtc_learned[16]; /* RAND1 whose keys the watcher has */
    godwit_device_requests_t requests;
    size_t at;
    bool busy;    /* requests are being carried out */
    bool storing; /* the one at hand waits until it is durable */
    bool down;
    unsigned incarnation, address;
    uint32_t timer_serial;
    /* Its mobile access, where it has one. */
    godwit_access_t access;
    godwit_access_requests_t access_requests;
    uint32_t access_timer_serial;
    /* GBA, in the place of the device library. */
    godwit_gba_t gba;
    godwit_gba_requests_t gba_requests;
    size_t gba_at;
    bool gba_busy;     /* it bootstraps */
    uint32_t gba_call; /* of the GET that waits; 0: none */
    char impi[GODWIT_IMPI_MAX + 1];
    uint8_t gba_learned[16]; /* RAND whose Ks the watcher has */
    /* AKMA, likewise. */
    godwit_akma_t akma;
    bool akma_busy;             /* it registers */
    lab_5g_t akma_ran;          /* the challenge that the card runs with */
    uint8_t amf_hxres_star[16]; /* what the serving network keeps of it */
    size_t access_at;
    bool access_storing; /* the request at hand waits until it is durable */
    uint8_t access_nvm[GODWIT_NEXT_SESSION_RECORD], access_nvm_next[GODWIT_NEXT_SESSION_RECORD];
    size_t access_nvm_len;
    bool wants_modify, starting;  /* starting: the container that went up is not answered yet */
    lab_packet_t *held[LAB_HELD]; /* N-PDUs that wait for the radio connection, or for a bearer */
    size_t held_count;
    lab_seen_event_t access_events[LAB_EVENTS_KEPT];
    lab_device_input_t *first, *last;
    uint8_t nvm[GODWIT_DEVICE_RECORD_MAX], nvm_next[GODWIT_DEVICE_RECORD_MAX];
    size_t nvm_len, nvm_next_len;
    lab_trigger_end_t trigger;
    lab_eap_end_t eap;
    lab_e2e_end_t e2e;
    uint32_t waiting_first; /* no reading of its application before this one waits */

    godwit_usim_t card;
    godwit_usim_output_t card_output;
    uint8_t image[GODWIT_USIM_IMAGE_SIZE];
    bool card_down, card_busy;
    unsigned card_user; /* whom the card works for */
    lab_ask_t asks[LAB_USERS], card_runs_on;
    unsigned card_incarnation;
    unsigned card_runs, vectors, resyncs, received, sent_up, sent_down;
    lab_seen_event_t events[LAB_EVENTS_KEPT];
} lab_device_t;

typedef struct lab_reading {
    unsigned device, delivered;
    bool handed_over;
    char text[LAB_TEXT_MAX];
} lab_reading_t;

/* An HSE, or an EMSE or MTC server, which is one. */
typedef struct lab_endpoint {
    godwit_hse_t hse;
    godwit_hse_session_t *sessions;
    godwit_hse_exchange_t *exchanges;
    godwit_hse_sender_t *senders;
    godwit_hse_bearer_t *bearers;
    godwit_hse_push_t *pushes;
    godwit_hse_gateway_t gateway;
    godwit_hse_forward_t *forwards, *held; /* NULL: nothing is end to end */
} lab_endpoint_t;
static inline unsigned lab_endpoint_of(unsigned node)
{
    return node != GODWIT_WORLD_HSE; /* a world has an EMSE or an MTC server, never both */
}

/* The tables of a node that speaks GTP; a role sees its own member of rows. */
#define LAB_ROWS 40
#define LAB_GTP 48
typedef struct lab_tables {
    godwit_gtp_pending_t pending[LAB_GTP];
    godwit_gtp_answered_t answered[LAB_GTP];
    union {
        godwit_mme_ue_t mme[LAB_ROWS];
        godwit_sgsn_ue_t sgsn[LAB_ROWS];
        godwit_sgw_context_t sgw[LAB_ROWS];
        godwit_pgw_context_t pgw[LAB_ROWS];
        godwit_msc_ue_t msc[LAB_ROWS];
    } rows;
} lab_tables_t;

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

/* What came to the NAF's door and waits for its key. */
#define LAB_SMS_DEVICES 40
#define LAB_SMS_NUMBER "4915112345"
#define LAB_DOORS 64
#define LAB_PROOF 32
#define LAB_NAF_KEYS 64
typedef struct lab_door {
    char proof[65], text[LAB_TEXT_MAX];
} lab_door_t;

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
#define LAB_ENDS 5 /* HSE, EMSE, devices; of user plane end to end: devices, EAS */
#define LAB_END_DEVICES 2
#define LAB_END_E2E_DEVICES 3
#define LAB_END_E2E_EAS 4

#endif
