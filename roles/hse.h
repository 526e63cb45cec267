/* SPDX-License-Identifier: Apache-2.0
 *
 * The HSE: the home endpoint of EMSDP. Opens what devices send, hands readings on, keeps sessions. Memory is the
 * owner's: a table of sessions (a cache of the store), a table of set-up exchanges, a table of senders for the budget
 * of unauthenticated answers.
 * It must never deliver before the receive window is committed, never answer an unauthenticated datagram with more than
 * three times its size, and never let one move a counter or evict a live session.
 */
#ifndef GODWIT_ROLES_HSE_H
#define GODWIT_ROLES_HSE_H

#include "godwit/policy.h"
#include "roles/role.h"

/* Longest Session Request that is taken: 9 of header and command, IMSI 10, UE configuration 5, Enterprise 255, Serving
 * Network 5, AUTS 16, and room for TLVs of the future. */
#define GODWIT_HSE_REQUEST_MAX 384
#define GODWIT_HSE_START_MAX 96 /* 9, RAND 18, AUTN 18, HSE configuration 9, Service 17, MAC 16 */

/* A set-up exchange between Session Request and Confirmation; or an inquiry for the next generation of a session's key
 * set. */
typedef struct godwit_hse_exchange {
    bool used;
    bool inquiry;   /* for session_id: only transaction, since_ms, ending and request_hash mean anything */
    bool ending;    /* inquiry: the key is to be announced in the response to a Terminate Request */
    bool vector;    /* inquiry: for a key of a new AKA run */
    bool started;   /* Session Start was sent, key is set */
    bool live;      /* a datagram verified under its key: the session exists */
    bool confirmed; /* its Confirmation has come: none is taken any more */
    /* a first datagram of device RAND, asked about at the MKEF: no Start is outstanding; the session is at once */
    bool device_rand;
    uint32_t mac_failures; /* of datagrams that claim its key */
    uint32_t transaction;  /* towards the EMKS */
    uint64_t since_ms;
    uint64_t asked_ms; /* when the EMKS was asked last */
    godwit_address_t from;
    godwit_imsi_t imsi;
    godwit_agreement_t agreement;
    uint64_t key_set;
    uint8_t suite;
    uint32_t session_id;
    uint8_t request_hash[32]; /* SHA-256 of the Session Request (inquiry: of the Terminate Request) */
    uint8_t transcript[32];   /* SHA-256 of request and start: for the Confirmation */
    uint8_t rand[16];
    godwit_emsdp_key_t key;
    char enterprise[GODWIT_FQDN_MAX + 1];
    godwit_plmn_t serving_network;
    uint8_t agreements; /* that device and HSE both have */
    bool resync;
    uint8_t auts[14];
    bool by_selector; /* of an access AKA run (Solution 2), named by selector */
    uint8_t selector[16];
    char reference[GODWIT_KEY_REFERENCE_MAX + 1]; /* of a bootstrapping (agreements 04, 05); "": none is asked for */
    uint16_t request_len;
    uint8_t request[GODWIT_HSE_REQUEST_MAX];
    uint8_t start_len;
    uint8_t start[GODWIT_HSE_START_MAX];
    /* End to end: the device asks for that service. The key is made and the EESE is asked for terms before there is a
     * Start. */
    godwit_service_t service; /* NONE: it asks for none */
    uint16_t service_suites;
    uint32_t service_age;
    bool opening; /* the EESE was asked */
    uint8_t autn[16];
    godwit_e2e_terms_t terms;
} godwit_hse_exchange_t;

/* A bearer of Solution 1: the context of the {selector, IMSI, TEID} triplet that a gateway forwarded. It outlives the
 * key: what was parked is pulled again by it. In memory only; after a restart the gateway's next BEARER, or the
 * device's modification, makes it again. */
typedef struct godwit_hse_bearer {
    bool used;
    bool pending; /* Session Start was sent, key is set; no datagram has verified under it yet */
    bool live;    /* a session began under a key of this bearer */
    bool flushed; /* wiped after idle_ms: parked says what the owner of the key set was told */
    bool pulling; /* the owner was asked, at asked_ms */
    bool answers; /* the pull is for a BEARER, which waits for its answer; else for the datagram held */
    bool asked_again;
    uint8_t agreements; /* 01, 02: that device and HSE both have */
    uint16_t suites;
    uint32_t above_generation;
    uint32_t transaction; /* towards the owner */
    uint64_t asked_ms;
    uint64_t started_ms;      /* when its Start was made */
    uint64_t last_ms;         /* when something verified, or a Start was sent */
    godwit_address_t address; /* the gateway's host || TEID: it names the session */
    godwit_imsi_t imsi;
    godwit_selector_t selector;
    godwit_plmn_t serving_network;
    godwit_agreement_t agreement;
    uint64_t key_set;
    godwit_emsdp_key_t key; /* pending */
    uint32_t mac_failures;  /* under that key */
    godwit_parked_t parked; /* flushed: no key, only how far it was used */
    uint64_t created_ms;    /* of the session that was flushed, as what follows */
    uint64_t keyed_ms;
    uint32_t generations;
    uint32_t gateway_transaction; /* of the BEARER that waits */
    uint64_t gateway_route;
    godwit_function_t gateway_function;
    /* SHA-256 of the container: transcript of the Start; identical octets get the identical answer */
    uint8_t container_hash[32];
    godwit_status_t answered; /* what that container was answered with; GODWIT_AGAIN: not yet */
    uint8_t start_len;
    uint8_t start[GODWIT_E2M_START_MAX];
    uint16_t held_len;
    uint8_t held[GODWIT_EMSDP_DATAGRAM_MAX]; /* one datagram that came after the flush */
} godwit_hse_bearer_t;

/* A key that the HSS pushed before anybody asked. Its key is wiped when it is used; the entry stays until its life
 * ends, so that the same push, repeated, is not taken for a new one. */
typedef struct godwit_hse_push {
    bool used;
    bool spent;
    uint64_t until_ms;
    godwit_key_push_t push;
} godwit_hse_push_t;

/* Who may send BEARER, and from where its G-PDUs come. */
typedef struct godwit_hse_gateway {
    char origin_host[GODWIT_NODE_NAME_MAX];
    uint8_t address[16]; /* of its GTP-U; address_len 0: whatever its BEARERs say */
    uint8_t address_len; /* 0, 4 or 16 */
} godwit_hse_gateway_t;

/* A session in memory: its record, and what may be lost when it is evicted. */
typedef struct godwit_hse_session {
    bool used;
    uint64_t last_used; /* for eviction: the least recently used goes; the store has it */
    bool asking;        /* the EMKS was asked for the next generation, at asked_ms */
    uint64_t asked_ms;
    uint8_t refusals;      /* of next vectors, by the device or its home, since the session was loaded */
    bool dropping;         /* by the operator: deleted when the Terminate Request is given up, too */
    uint8_t sendings;      /* of the pending request since the device was heard; 0: no timer runs for it */
    uint32_t mac_failures; /* in the minute that began at failures_ms */
    uint64_t failures_ms;
    uint64_t heard_ms; /* when something verified, here or at the EAS */
    uint32_t told;     /* Rejects sent under the key in the minute that began at told_ms */
    uint64_t told_ms;
    uint64_t age_asked_ms; /* when this end asked the EESE for the next age last */
    bool queue_is_empty;   /* no DOWNLINK waits for this device: nobody asks the store */
    godwit_session_record_t record;
} godwit_hse_session_t;

/* A user-plane datagram of an end-to-end session: up, until the EAS has it; or down, until the device speaks. The HSE
 * cannot open it. In memory only. */
typedef struct godwit_hse_forward {
    bool used;
    bool stranger; /* up: it came from where the device was not heard last: whoever that is */
    bool confirm;  /* up: the device asked, under K_session, to be told when the EAS has it */
    uint32_t session_id;
    uint32_t transaction; /* up: of the last sending */
    uint32_t sendings;
    uint64_t number; /* rising, also over restarts */
    uint64_t since_ms, due_ms;
    godwit_address_t from;
    godwit_imsi_t imsi;
    char eas[GODWIT_FQDN_MAX + 1];
    uint16_t len;
    uint8_t datagram[GODWIT_USER_PLANE_MAX];
} godwit_hse_forward_t;

/* What the EESE was asked or told about a session, until it answers: said again a few times. */
#define GODWIT_HSE_ASKS_MAX 64
typedef struct godwit_hse_ask {
    uint32_t transaction; /* 0: free */
    uint64_t asked_ms;
    uint8_t sendings;
    uint8_t echo[GODWIT_EMSDP_ECHO]; /* of the Manage Keys Request that asks; zero: none does */
    godwit_e2e_session_request_t request;
} godwit_hse_ask_t;

#define GODWIT_HSE_DRAINS_MAX 64

typedef struct godwit_hse_sender {
    uint64_t hash; /* of the address without port; 0: free */
    uint64_t at_ms;
    uint32_t tokens; /* octets that may still be sent unauthenticated */
} godwit_hse_sender_t;

/* When the key announced is of a new AKA run, whose RAND and AUTN go with it (contribution 000). It needs the feature
 * next-session in the subscription, and serves agreements 03 and 07. */
typedef enum godwit_next_vector {
    GODWIT_NEXT_VECTOR_NEVER,
    GODWIT_NEXT_VECTOR_TERMINATE, /* whenever a session ends */
    GODWIT_NEXT_VECTOR_MANAGE,    /* then, and where a new AKA run is due: the session goes on */
} godwit_next_vector_t;

typedef struct godwit_hse_config {
    const godwit_crypto_t *crypto;
    char endpoint[GODWIT_FQDN_MAX + 1]; /* its own canonical FQDN */
    godwit_framing_t framing;
    uint8_t agreements;                     /* bit i-1 */
    uint8_t suite_order[GODWIT_SUITE_LAST]; /* by preference; 0 ends */
    uint32_t rekey_datagrams;               /* a new generation after so many user-plane datagrams; 0: 65536 */
    uint64_t rekey_ms;                      /* or after so long; 0: 30 days */
    uint32_t reauthenticate_generations;    /* a new AKA run after so many generations; 0: 12 */
    uint64_t reauthenticate_ms;             /* or after so long since the AKA run; 0: 365 days */
    uint32_t exchanges_per_imsi;            /* 0: 4 */
    uint32_t exchange_ms;                   /* life of a set-up exchange; 0: 60000 */
    uint32_t budget_octets;                 /* unauthenticated answers to one sender, refilled each minute; 0: 8192 */
    uint32_t retransmit_ms;                 /* first wait for a response to 20 or 30, doubled each time; 0: 4000 */
    uint8_t attempts;                       /* sendings of one request while nothing is heard; 0: 4 */
    uint32_t emks_timeout_ms;               /* 0: 6000 */
    godwit_next_vector_t next_vector;
    /* Policy (TR 33.863 Solution 4), the caller's: what holds for a session by the serving network of its device.
     * Suites and agreements are those above that the rules allow, too. NULL and none: no policy. */
    const godwit_policy_rules_t *rules;
    const godwit_policy_network_t *networks;
    size_t network_count;
    /* Lawful interception, the caller's, sorted by digits: what is delivered of these subscribers is copied
     * (INTERCEPT), both ways. */
    const godwit_imsi_t *targets;
    size_t target_count;
    /* Solutions 1 and 2 (agreements 01 and 02). */
    /* whom their keys are pulled from and parked with: EMKS or HSS; NONE: pushed keys only, no flush */
    godwit_function_t e2m_source;
    char push_from[GODWIT_NODE_NAME_MAX]; /* Origin-Host that may push keys; empty: nobody */
    const godwit_hse_gateway_t *gateways; /* the caller's; framing must have S = 0 when there are any */
    size_t gateway_count;
    /* Device RAND (agreement 00): this HSE is an MTC server, and asks the function MKEF for K_MTC. Its suite is the
     * default one. */
    bool device_rand;
    bool device_rand_ts33868; /* takes first datagrams of that profile, too: a fixed 64-bit key (docs/device-rand.md) */
    uint32_t idle_ms;         /* a bearer without a datagram for so long is flushed; 0: never */
    uint32_t bearers_per_imsi; /* 0: 4 */
    /* Deliveries: each reading is committed (READING) with the window that it moved, and goes to its destinations from
     * there. */
    bool durable;
    /* End to end (docs/e2e.md): there is an EESE, its Origin-Host. "": none; a device that asks for a service is
     * refused. */
    char eese_host[GODWIT_NODE_NAME_MAX];
    uint32_t eese_timeout_ms;      /* 0: 6000 */
    uint32_t forwards_per_session; /* datagrams that wait for the EAS; 0: 8 */
    uint32_t forward_wait_ms;      /* first wait for the EAS, doubled each time up to a minute; 0: 2000 */
    uint32_t forward_life_ms;      /* how long a datagram waits for the EAS in all; 0: an hour */
    uint32_t held_per_session;     /* datagrams of the EAS that wait for the device; 0: 4 */
    uint32_t held_ms;              /* and how long; 0: a day */
    /* Messages of applications that wait for a device (SUBMIT, queue). */
    uint32_t awake_ms;            /* after a datagram up a device is taken to listen; 0: 10000 */
    uint32_t downlink_per_device; /* 0: none is kept */
    uint64_t downlink_ms;         /* how long one waits; 0: 7 days */
} godwit_hse_config_t;

typedef struct godwit_hse {
    godwit_hse_config_t config;
    godwit_hse_session_t *sessions;
    size_t session_capacity;
    godwit_hse_exchange_t *exchanges;
    size_t exchange_capacity, exchange_top; /* exchanges from exchange_top on are free */
    godwit_hse_sender_t *senders;
    size_t sender_capacity;
    uint32_t next_transaction;
    bool sweeping; /* a timer runs that wipes what has expired */
    godwit_hse_bearer_t *bearers;
    size_t bearer_capacity;
    godwit_hse_push_t *pushes;
    size_t push_capacity;
    godwit_hse_forward_t *forwards, *held;
    size_t forward_capacity, held_capacity;
    size_t forward_top, held_top; /* entries from there on are free */
    uint64_t last_number;         /* of a forward */
    godwit_hse_ask_t asks[GODWIT_HSE_ASKS_MAX];
    uint32_t drains[GODWIT_HSE_DRAINS_MAX]; /* sessions whose devices listen, and for whom something waits; 0: free */
    bool agenda_moved; /* forwards, asks or drains have changed: when the next is due is to be found anew */
} godwit_hse_t;

/* The tables are the owner's and may be of any size but 0; session_capacity a power of two. GODWIT_INVALID_ARGUMENT for
 * a configuration that cannot be: an endpoint that is not canonical or has more than 127 octets, an unknown suite, no
 * suite, a framing out of range. */
GODWIT_MUST_USE godwit_status_t godwit_hse_init(godwit_hse_t *hse, const godwit_hse_config_t *config,
                                                godwit_hse_session_t *sessions, size_t session_capacity,
                                                godwit_hse_exchange_t *exchanges, size_t exchange_capacity,
                                                godwit_hse_sender_t *senders, size_t sender_capacity);
/* After init, for Solution 1: the tables of bearers and of pushed keys, the caller's, of any size; without them every
 * BEARER and every KEY_PUSH is refused. */
void godwit_hse_set_bearers(godwit_hse_t *hse, godwit_hse_bearer_t *bearers, size_t bearer_capacity,
                            godwit_hse_push_t *pushes, size_t push_capacity);
/* After init, for end-to-end sessions: datagrams on their way up and down, the caller's, of any size; without them, or
 * without an EESE, a device that asks for a service is refused. */
void godwit_hse_set_forwards(godwit_hse_t *hse, godwit_hse_forward_t *forwards, size_t forward_capacity,
                             godwit_hse_forward_t *held, size_t held_capacity);
/* Inputs: DATAGRAM (port EMSDP; port SMS: from is an IMSI; port GTPU: from a gateway's address), MESSAGE (KEY_ANSWER,
 * KEY_CONFIRM_ANSWER, MTC_KEY_ANSWER, BEARER, KEY_PUSH, KEY_PARK_ANSWER; E2E_SESSION_ANSWER, E2E_RENEW,
 * USER_PLANE_UP_ANSWER, USER_PLANE_DOWN), TIMER, COMMIT_FAILED, SUBMIT (downlink; session_id, or 0 and imsi; queue),
 * DROP. A datagram to a device behind a gateway leaves as a G-PDU: port GTPU, to the gateway's port 2152. */
void godwit_hse_step(godwit_hse_t *hse, const godwit_input_t *in, godwit_outbox_t *out);

#endif
