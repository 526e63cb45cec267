/* SPDX-License-Identifier: Apache-2.0
 *
 * How a role talks to its owner. A role is a pure state machine: one input goes in, a list of requests comes out, and
 * the owner (a daemon over real sockets, a device, the lab under its virtual clock) carries them out. A role does no
 * I/O, asks no clock and draws no random numbers.
 *
 * The contract that makes this simple:
 *  1. Needs. A role that cannot go on without a record or random octets changes nothing and returns exactly one request,
 *     STORE_FETCH or RANDOM. The owner obtains it and gives the same input again with the answer in `fetched`/`random`.
 *     Answers of earlier rounds stay in the input (of fetches: the last). At most GODWIT_NEEDS_MAX rounds. No other input of that
 *     role comes in between, and a fetch sees every earlier commit, durable or not.
 *  2. Order. Other requests are carried out in order. What stands after a STORE_COMMIT happens only when that commit is durable,
 *     in this list and in those of later inputs; the commits of a batch of inputs may share one transaction. If a commit fails, the rest of that list is dropped, and the role
 *     is given COMMIT_FAILED with the record's kind and key: it forgets what it held in memory of that record and will fetch it again.
 *     Timer numbers belong to the role that asked; asking again for a number that runs replaces it.
 *  3. The slices and pointers in requests live in the outbox until it is reset.
 */
#ifndef GODWIT_ROLES_ROLE_H
#define GODWIT_ROLES_ROLE_H

#include "godwit/bytes.h"
#include "roles/message.h"
#include "roles/record.h"

#define GODWIT_NEEDS_MAX 8

/* Which door a datagram came in by or leaves by: functions that speak more than one protocol over UDP have one for
 * each. */
typedef enum godwit_port {
    GODWIT_PORT_EMSDP = 0,
    GODWIT_PORT_RADIO, /* NAS and N-PDUs of devices: core/wire/radio.h, our stand-in for the radio and S1AP or RANAP */
    GODWIT_PORT_GTPC,  /* TS 29.060, TS 29.274; port 2123 */
    GODWIT_PORT_GTPU,  /* TS 29.281; port 2152 */
    /* of a gateway: the point-to-point UDP tunnel of TS 23.401 4.3.17.8.3.3.2, one address for each device */
    GODWIT_PORT_SGI,
    /* messages between device and MTC-IWF over UDP (docs/trigger-wire.md): WiFi, or the user plane of any access */
    GODWIT_PORT_A3,
    GODWIT_PORT_SMS, /* EMSDP as user data of short messages; the address is the IMSI, 8 octets as in EF_IMSI */
} godwit_port_t;

/* Where a device's datagrams come from, as its adapter writes it: 6 octets are IPv4 and port, 18 IPv6 and port (budgets
 * are kept for the IPv4 address and the IPv6 /64); any other length is opaque (the lab: a node number). */
#define GODWIT_ADDRESS_MAX 20
typedef struct godwit_address {
    uint8_t len;
    uint8_t octets[GODWIT_ADDRESS_MAX];
} godwit_address_t;

bool godwit_address_equal(const godwit_address_t *a, const godwit_address_t *b);

/* Whether it is a name that a key may be made for: canonical, and no longer than a name is. */
bool godwit_is_endpoint(const char *name);

/* Whether endpoint is a canonical name and the sender's own: K_session for an endpoint goes to the node of that name
 * alone. */
bool godwit_speaks_for(const godwit_message_t *message, const char *endpoint);

/* Diameter identities: case does not matter (RFC 6733 4.3.1). Nothing equals "". */
bool godwit_equal_names(const char *a, const char *b);

typedef enum godwit_input_kind {
    GODWIT_INPUT_DATAGRAM,      /* port, from, datagram: EMSDP from a device, NAS, GTP */
    GODWIT_INPUT_MESSAGE,       /* from another function: message */
    GODWIT_INPUT_TIMER,         /* a TIMER request came due: timer */
    GODWIT_INPUT_COMMIT_FAILED, /* record_key */
    GODWIT_INPUT_SUBMIT,        /* the application downlink: session_id, or 0 and imsi; datagram = payload; queue */
    GODWIT_INPUT_DROP,          /* the operator drops a session: session_id (control socket) */
} godwit_input_kind_t;

typedef struct godwit_input {
    godwit_input_kind_t kind;
    uint64_t now_ms;    /* since 1970-01-01 UTC; the lab counts from its own epoch */
    godwit_port_t port; /* DATAGRAM */
    godwit_address_t from;
    godwit_address_t to; /* SGI: whose address it came to */
    godwit_slice_t datagram;
    const godwit_message_t *message;
    uint32_t timer;
    uint32_t session_id;
    godwit_imsi_t imsi;
    godwit_record_key_t record_key;
    /* SUBMIT by imsi: committed (DOWNLINK), and sent when the device speaks; at once when it has just spoken */
    bool queue;
    uint64_t expires_ms;   /* of a message that is queued; 0: as the role is configured */
    uint8_t submit_id[16]; /* of the application: the same one again is the same message; zero: it gives none */
    /* no room for another reading within the bound: what the device sends is refused, not dropped (GODWIT_OVERLOAD) */
    bool deliveries_full;

    /* Answers to needs. */
    const godwit_record_t *fetched;  /* NULL until a STORE_FETCH was answered with a record */
    godwit_status_t fetch_status;    /* GODWIT_AGAIN: not asked yet; OK; NOT_FOUND; STORE_FAILED */
    godwit_record_key_t fetched_key; /* which record was asked for */
    godwit_slice_t random;           /* as many octets as were asked for; empty until then */
} godwit_input_t;

typedef enum godwit_request_kind {
    GODWIT_REQUEST_DATAGRAM,     /* port, to, octets */
    GODWIT_REQUEST_MESSAGE,      /* send message to the function that message->to names */
    GODWIT_REQUEST_DELIVER,      /* a reading for the application: reading */
    GODWIT_REQUEST_TIMER,        /* give INPUT_TIMER with this number after delay_ms; delay 0 cancels it */
    GODWIT_REQUEST_STORE_COMMIT, /* record; deletes instead when deleting is set */
    GODWIT_REQUEST_STORE_FETCH,  /* need: record_key */
    GODWIT_REQUEST_RANDOM,       /* need: count octets */
    GODWIT_REQUEST_EVENT,        /* for log and metrics: event */
    /* Lawful interception: a copy of a reading, and down, which way it went; never to log, metrics or control socket.
     * An owner that has no destination for it drops it. */
    GODWIT_REQUEST_INTERCEPT,
} godwit_request_kind_t;

typedef struct godwit_reading {
    godwit_imsi_t imsi;
    uint32_t session_id;
    uint32_t count;  /* COUNT of the datagram that brought it */
    bool user_plane; /* false: it came inside a control datagram (Confirmation, early data) */
    godwit_slice_t payload;
    uint64_t time_ms;
    /* What tells a repetition, where deliveries are queued: the node whose numbers these are, and its number (record.h,
     * READING). NULL: it has none. */
    const char *origin;
    uint64_t number;
} godwit_reading_t;

/* An event has no member that can hold a key: it crosses to logs, metrics and the control socket. */
typedef struct godwit_event {
    const char *name;       /* static text: "session_started", "refused", "rekeyed", ... */
    godwit_status_t reason; /* GODWIT_OK when nothing was refused */
    bool has_imsi;
    godwit_imsi_t imsi;
    uint32_t session_id; /* 0: none */
    uint32_t trigger;    /* reference that its source gave it; 0: none */
    const char *detail;  /* static text that names what was wrong and where, or NULL */
} godwit_event_t;

typedef struct godwit_request {
    godwit_request_kind_t kind;
    godwit_port_t port;
    godwit_address_t from; /* SGI: the address that it leaves by */
    godwit_address_t to;
    godwit_slice_t octets;
    const godwit_message_t *message;
    godwit_reading_t reading;
    bool down; /* INTERCEPT */
    uint32_t timer;
    uint32_t delay_ms;
    const godwit_record_t *record;
    bool deleting;
    godwit_record_key_t record_key;
    size_t count;
    godwit_event_t event;
} godwit_request_t;

/* Room that suffices for the largest list of any role. */
#define GODWIT_OUTBOX_REQUESTS 32
#define GODWIT_OUTBOX_ARENA 24576

/* The list that a role fills. The owner provides both arrays; a role that runs out of either sets overflow, and the
 * owner treats the input as refused with GODWIT_OVERLOAD. */
typedef struct godwit_outbox {
    godwit_request_t *requests;
    size_t capacity, count;
    uint8_t *arena; /* aligned for any type */
    size_t arena_size, arena_used;
    bool overflow;
} godwit_outbox_t;

void godwit_outbox_reset(godwit_outbox_t *out); /* wipes the arena that was used: records hold keys */
/* The next request of that kind, zeroed but for kind. Never NULL: when full, the list has overflowed and its last entry
 * is reused. */
godwit_request_t *godwit_outbox_add(godwit_outbox_t *out, godwit_request_kind_t kind);
/* size octets of the arena, zeroed and aligned; NULL and overflow when there is no room. */
void *godwit_outbox_alloc(godwit_outbox_t *out, size_t size);
/* The answer to a message: to its sender, by its own transaction and route; in no request yet. NULL and overflow when
 * there is no room. */
godwit_message_t *godwit_outbox_answer(godwit_outbox_t *out, const godwit_message_t *request,
                                       godwit_message_kind_t kind, godwit_function_t from);
/* A message of our own making; in no request yet, without names. NULL and overflow when there is no room. */
godwit_message_t *godwit_outbox_message(godwit_outbox_t *out, godwit_message_kind_t kind, godwit_function_t from,
                                        godwit_function_t to, uint32_t transaction);
/* An event. imsi NULL, or empty: it is about no subscriber that is known. detail: NULL, or text that stays. */
void godwit_outbox_event(godwit_outbox_t *out, const char *name, godwit_status_t reason, const godwit_imsi_t *imsi,
                         const char *detail);
/* Of a trigger, so that what becomes of each can be followed. */
void godwit_outbox_trigger_event(godwit_outbox_t *out, const char *name, godwit_status_t reason,
                                 const godwit_imsi_t *imsi, uint32_t reference, const char *detail);
void godwit_outbox_timer(godwit_outbox_t *out, uint32_t timer, uint32_t delay_ms);
/* True when the list is a need: exactly one STORE_FETCH or RANDOM. */
bool godwit_outbox_is_need(const godwit_outbox_t *out);

#endif
