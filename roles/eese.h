/* SPDX-License-Identifier: Apache-2.0
 *
 * The EESE (contribution 004, Solution 5; docs/e2e.md): gives the EAS of an enterprise K_e2e of devices that it is
 * entitled for, made for that EAS alone, and sees that those keys age as the enterprise wants it, within the bounds of
 * the operator. All that must survive is in the store, and what is due is found there: what is in memory may be lost at
 * any moment. Never: a key to anyone but the EAS that it was made for, or twice; a word of anyone over an open hop; a
 * table or a record that grows with what peers send.
 */
#ifndef GODWIT_ROLES_EESE_H
#define GODWIT_ROLES_EESE_H

#include "roles/rate.h"
#include "roles/role.h"

#define GODWIT_EESE_HSES_MAX 16
#define GODWIT_EESE_PUSH_MAX 64
#define GODWIT_EESE_SUITES_MAX 4
#define GODWIT_EESE_REASON_MAX 128

typedef struct godwit_eese_config {
    const godwit_crypto_t *crypto;
    char local_host[GODWIT_NODE_NAME_MAX], local_realm[GODWIT_NODE_NAME_MAX];
    char hse[GODWIT_EESE_HSES_MAX][GODWIT_NODE_NAME_MAX]; /* whose sessions it serves */
    size_t hses;
    char emks[GODWIT_NODE_NAME_MAX], hss[GODWIT_NODE_NAME_MAX]; /* Origin-Hosts of the owners of key sets; "": none */
    char push[GODWIT_EESE_PUSH_MAX][GODWIT_FQDN_MAX + 1]; /* the EASs that an address to push to is configured for */
    size_t pushes;
    /* Bounds for what enterprises may ask for. An age lives so long at least and at most, and for so many datagrams; an
     * EAS that asks for nothing gets the longest. 0: 300 s, 30 days; 64, 1 << 20. */
    uint32_t life_min_s, life_max_s, messages_min, messages_max;
    uint32_t overlap_s;     /* how long an EAS keeps a key whose successor was used; 0: 3600 */
    uint32_t ahead_percent; /* of its life, that the next age comes before the end; 0: 12, at most 50 */
    uint32_t aka_every;     /* a key set gives so many ages, then a new AKA run is asked for; 0: no end */
    /* why there may be integrity without confidentiality; "": there may not */
    char integrity_reason[GODWIT_EESE_REASON_MAX];
    /* Of each service, in the order of preference, ended by 0. All 0: 01 02 03 04 for confidentiality, 06 05 for
     * integrity. */
    uint8_t suites[GODWIT_SERVICES][GODWIT_EESE_SUITES_MAX];
    uint32_t eas_per_minute, eas_failures_per_minute; /* of one EAS: requests, and those refused. 0: 6000, 600 */
    uint32_t opens_per_minute;                        /* of one device; 0: 30 */
    uint32_t age_min_s;                               /* between two ages that an EAS or a device asks for; 0: 10 */
    uint32_t owner_timeout_ms;                        /* 0: 5000 */
    uint32_t opening_s; /* a session whose first key the device does not take for so long is given up; 0: 300 */
    uint32_t retry_ms, retry_max_ms; /* what is not acknowledged is said again, later each time; 0: 1000, 3600000 */
    uint32_t recheck_s;              /* a session's entitlement is looked at that often at least; 0: an hour */
    uint32_t look_ms; /* the store is looked at that often at least: the command line may have changed it; 0: 60000 */
} godwit_eese_config_t;

/* What waits for the owner of a key set. */
typedef enum godwit_eese_asker {
    GODWIT_EESE_NOBODY = 0, /* it is time for the next age */
    GODWIT_EESE_HSE,
    GODWIT_EESE_EAS,
} godwit_eese_asker_t;
#define GODWIT_EESE_PENDING_MAX 256
typedef struct godwit_eese_pending {
    uint32_t transaction; /* towards the owner; 0: free */
    uint64_t until_ms;
    godwit_eese_asker_t asker;
    uint32_t asked; /* of the request */
    uint64_t route;
    godwit_function_t from;
    bool opens;                          /* there is no session yet */
    uint32_t above;                      /* the age must be */
    godwit_e2e_session_record_t session; /* as it will be; without a key */
} godwit_eese_pending_t;

/* What an EAS or an HSE has been told and not acknowledged yet. The store says when it is told again; this only tells
 * which answer is of what. */
#define GODWIT_EESE_FLIGHTS_MAX 512
typedef struct godwit_eese_flight {
    uint32_t transaction; /* 0: free */
    uint64_t until_ms;
    godwit_message_kind_t kind; /* E2E_RENEW or EAS_SESSION_PUSH */
    godwit_imsi_t imsi;
    uint32_t session_id;
    uint8_t eas_key[16];
    uint32_t age;
    uint8_t key_id;
    bool closed;
    godwit_e2e_renewal_t renewal;
} godwit_eese_flight_t;

/* Records that the input in hand has fetched, so that its rounds go on from there. */
#define GODWIT_EESE_FETCHED_MAX 4
typedef struct godwit_eese_fetched {
    godwit_record_key_t key;
    godwit_status_t status;
    godwit_record_kind_t kind;
    union {
        godwit_eas_record_t eas;
        godwit_eas_entitlement_record_t entitlement;
        godwit_e2e_session_record_t session;
    } u;
} godwit_eese_fetched_t;

#define GODWIT_EESE_BUCKETS_MAX 1024
/* An EAS that has removed its registration: its sessions are ended one after the other, in the order of their IMSIs. */
#define GODWIT_EESE_LEAVING_MAX 8
typedef struct godwit_eese_leaving {
    bool used;
    uint8_t eas_key[16];
    godwit_imsi_t from; /* where the rest of them begins */
} godwit_eese_leaving_t;

typedef struct godwit_eese {
    godwit_eese_config_t config;
    uint32_t last_transaction;
    uint64_t armed_ms; /* when the timer of what is due comes; 0: it does not run */
    godwit_eese_pending_t pending[GODWIT_EESE_PENDING_MAX]; /* no key */
    godwit_eese_flight_t flights[GODWIT_EESE_FLIGHTS_MAX];
    godwit_rate_bucket_t buckets[GODWIT_EESE_BUCKETS_MAX];
    godwit_eese_leaving_t leaving[GODWIT_EESE_LEAVING_MAX];
    size_t fetched_count;
    godwit_eese_fetched_t fetched[GODWIT_EESE_FETCHED_MAX]; /* secret while an input is in hand */
} godwit_eese_t;

/* GODWIT_INVALID_ARGUMENT for a configuration that cannot be: no name of its own, no HSE, no owner, bounds that leave
 * nothing, a suite that its service does not allow. */
GODWIT_MUST_USE godwit_status_t godwit_eese_init(godwit_eese_t *eese, const godwit_eese_config_t *config);
/* Inputs: MESSAGE (E2E_SESSION_REQUEST, EAS_REGISTER, EAS_SESSION_PULL, which are always answered; the answers to
 * E2E_KEY_REQUEST, E2E_RENEW and EAS_SESSION_PUSH),
 * TIMER: the owner gives one with number 0 at the start, and what was under way goes on; COMMIT_FAILED. Events:
 * eas_registered, eas_removed, e2e_opened, e2e_agreed, e2e_taken, e2e_given, e2e_new_aka, e2e_ended, e2e_not_told,
 * refused. */
void godwit_eese_step(godwit_eese_t *eese, const godwit_input_t *in, godwit_outbox_t *out);

#endif
