/* SPDX-License-Identifier: Apache-2.0
 *
 * The MTC-IWF (TS 23.682, contribution 002; docs/triggers.md): takes triggers of SCS and AS for devices, keeps them
 * until it knows what became of them, brings them to the device by A3, T5 or T4 and tells the source. Nothing is
 * answered with SUCCESS, sent or reported before the store has it, and all that must survive is in the store: what is
 * in memory may be lost at any moment. Never: keys to or from a peer that came by an open hop; a proof of a source
 * whose hop proved nothing; a loop or a table that grows with what peers send.
 */
#ifndef GODWIT_ROLES_MTC_IWF_H
#define GODWIT_ROLES_MTC_IWF_H

#include "roles/mtc_iwf_keys.h"
#include "roles/rate.h"
#include "roles/role.h"

/* How a trigger is protected on its way to the device (contribution 002, cases 1 and 2). */
typedef enum godwit_iwf_protect {
    GODWIT_IWF_PROTECT_HOP = 1, /* by each hop; the message itself is not */
    GODWIT_IWF_PROTECT_ASSOCIATION = 2,
} godwit_iwf_protect_t;

/* Who may ask for triggers. */
#define GODWIT_IWF_SOURCES_MAX 64
typedef struct godwit_iwf_source {
    godwit_function_t function;         /* SCS or AS */
    char name[GODWIT_SCS_NAME_MAX + 1]; /* SCS-Identity; of an AS the name in its certificate */
    char host[GODWIT_NODE_NAME_MAX];    /* the Origin-Host that speaks for it; "": its name */
    uint32_t per_minute;                /* 0: source_per_minute */
    uint32_t quota;                     /* 0: source_quota */
} godwit_iwf_source_t;

typedef struct godwit_mtc_iwf_config {
    const godwit_crypto_t *crypto;
    char local_host[GODWIT_NODE_NAME_MAX], local_realm[GODWIT_NODE_NAME_MAX];
    godwit_iwf_protect_t protect;
    godwit_iwf_keys_config_t keys; /* PROTECT_ASSOCIATION */
    godwit_iwf_source_t source[GODWIT_IWF_SOURCES_MAX];
    size_t sources;
    /* Also by a hop that proves nothing: such a trigger carries no proof, counts for a source of its own, and cannot
     * touch those of the proved one. */
    bool accept_open;
    char sms_sc_host[GODWIT_NODE_NAME_MAX], sms_sc_realm[GODWIT_NODE_NAME_MAX]; /* host "": no T4 */
    bool sms_sc_open; /* its reports count also by a hop that proves nothing, where its name is anybody's */
    bool no_t5;
    char number
        [GODWIT_MSISDN_MAX +
         1]; /* of this MTC-IWF: devices send their short messages to it, and see it as the sender; "": it has none */
    /* Requests of one source, and triggers for one device, in a minute: RATEEXCEEDED. 0: 6000, 60. */
    uint32_t source_per_minute, device_per_minute;
    /* Pending at a time: QUOTAEXCEEDED. 0: 100000, 64. */
    uint32_t source_quota, device_quota;
    uint32_t validity_s,
        validity_max_s;              /* of a trigger that says none, and the longest: INVPERIOD. 0: a day, 30 days */
    uint32_t hss_timeout_ms;         /* 0: 5000 */
    uint32_t node_timeout_ms;        /* of a serving node (paging), of the SMS-SC; 0: 30000 */
    uint32_t ack_ms;                 /* how long the device may take to acknowledge; 0: 60000 */
    uint32_t t4_ms;                  /* how long the SMS-SC may, without a report; 0: 3600000 */
    uint32_t a3_recent_ms;           /* an address of A3 counts for so long after a Poll; 0: 300000 */
    uint32_t retry_ms, retry_max_ms; /* after the first failure, doubled with each; 0: 30000, 3600000 */
    uint32_t report_retry_ms;        /* likewise, of delivery reports; 0: 10000 */
    uint32_t report_life_s;          /* a source that does not take its reports for so long loses them; 0: 7 days */
    uint32_t keep_s; /* what is done is remembered for so long: its reference means the same; 0: a day */
} godwit_mtc_iwf_config_t;

/* A request that waits for the HSS's word. */
#define GODWIT_IWF_INTAKES_MAX 256
typedef struct godwit_iwf_intake {
    uint32_t transaction; /* towards the HSS; 0: free */
    uint64_t until_ms;
    uint32_t asked; /* of the request */
    uint64_t route;
    bool counted;                    /* against the device's rate: once, however many rounds its answer takes */
    godwit_trigger_record_t trigger; /* as it will be */
} godwit_iwf_intake_t;

/* A device that is being worked on: one at a time for each. */
typedef enum godwit_iwf_flight_step {
    GODWIT_IWF_FREE = 0,
    GODWIT_IWF_LOCATING, /* the HSS is asked where it is */
    GODWIT_IWF_LOCATED,  /* its next trigger goes when the timer comes */
    GODWIT_IWF_SENDING,  /* a node or the SMS-SC has it and has not answered */
} godwit_iwf_flight_step_t;
#define GODWIT_IWF_FLIGHTS_MAX 256
#define GODWIT_IWF_WAYS_MAX (GODWIT_SERVING_NODES_MAX + 2) /* A3, T5 of each node, T4 */
typedef struct godwit_iwf_flight {
    godwit_iwf_flight_step_t step;
    godwit_imsi_t imsi;
    uint64_t until_ms;
    uint32_t transaction;
    char msisdn[GODWIT_MSISDN_MAX + 1];
    uint8_t nodes;
    godwit_trigger_node_t node[GODWIT_SERVING_NODES_MAX];
    bool openly; /* the HSS's word came by a hop that proves nothing: no key to or from a node because of it */
    /* SENDING: of which trigger, and by which ways it can still go. */
    uint8_t source_key[16];
    uint32_t reference;
    char asked[GODWIT_NODE_NAME_MAX]; /* the host that has it, which alone may answer */
    uint8_t way, ways_left; /* way: counts on from the attempts, so that each attempt begins with another one */
    bool heard;             /* the device was heard of meanwhile: it is worth another attempt at once */
    /* On whose word it began, and it was heard of: host "" where the device or our own timer is the reason; else that
     * of a node, and it is nothing where the HSS does not name it. */
    godwit_trigger_node_t word, heard_by;
    bool doubtful;                    /* one of the ways did not answer: it may have arrived */
    godwit_delivery_outcome_t before; /* what the outcome would have been without this attempt */
    uint8_t container_len, container[GODWIT_TRIGGER_CONTAINER_MAX];
} godwit_iwf_flight_t;

/* A delivery report under way. */
#define GODWIT_IWF_REPORTS_MAX 256
#define GODWIT_IWF_REPORTS_OF_SOURCE 64 /* at most: one that answers none holds up nobody else's */
typedef struct godwit_iwf_report {
    uint32_t transaction; /* 0: free */
    uint64_t until_ms;
    uint8_t source_key[16];
    uint32_t reference;
} godwit_iwf_report_t;

/* Timers beside the one of what is due, while much is. */
#define GODWIT_IWF_LANE_TIMERS (1u + GODWIT_IWF_FLIGHTS_MAX + GODWIT_IWF_INTAKES_MAX)
#define GODWIT_IWF_LANES_MAX 31u

#define GODWIT_IWF_BUCKETS_MAX 4096

/* Records that the input in hand has fetched, so that its rounds go on from there. */
#define GODWIT_IWF_FETCHED_MAX 4
typedef struct godwit_iwf_fetched {
    godwit_record_key_t key;
    godwit_status_t status;
    union {
        godwit_trigger_record_t trigger;
        godwit_trigger_tally_record_t tally;
    } u;
} godwit_iwf_fetched_t;

typedef struct godwit_mtc_iwf {
    godwit_mtc_iwf_config_t config;
    godwit_iwf_keys_t keys;
    uint32_t last_transaction; /* its highest bit is never set: those are keys' */
    uint64_t armed_ms;         /* when the timer of what is due comes; 0: it does not run */
    uint32_t lanes;            /* how many more timers it takes along */
    godwit_iwf_intake_t intakes[GODWIT_IWF_INTAKES_MAX];
    godwit_iwf_flight_t flights[GODWIT_IWF_FLIGHTS_MAX];
    godwit_iwf_report_t reports[GODWIT_IWF_REPORTS_MAX];
    godwit_rate_bucket_t buckets[GODWIT_IWF_BUCKETS_MAX];
    size_t fetched_count;
    godwit_iwf_fetched_t fetched[GODWIT_IWF_FETCHED_MAX];
} godwit_mtc_iwf_t;

/* GODWIT_INVALID_ARGUMENT for a configuration that cannot be: no name of its own, no way at all, sources without a
 * name, ue-key received where the root is FLAGGED, what godwit_iwf_keys_init refuses. */
GODWIT_MUST_USE godwit_status_t godwit_mtc_iwf_init(godwit_mtc_iwf_t *iwf, const godwit_mtc_iwf_config_t *config);
/* Takes over what may change while it runs: sources, what counts over an open hop, rates, quotas, validities and times.
 * What waits already goes on, also of a source that is gone; of everything else the former configuration holds.
 * GODWIT_INVALID_ARGUMENT, and nothing has changed: sources without a name. */
GODWIT_MUST_USE godwit_status_t godwit_mtc_iwf_change(godwit_mtc_iwf_t *iwf, const godwit_mtc_iwf_config_t *config);
/* What may not change: that of former into config. */
void godwit_mtc_iwf_keep(godwit_mtc_iwf_config_t *config, const godwit_mtc_iwf_config_t *former);
/* Inputs: MESSAGE (DEVICE_ACTION and TRIGGER_QUERY, which are always answered; T5_UP, T4_REPORT; the answers to what it
 * asks), DATAGRAM of port A3, TIMER: the owner gives one with number 0 at the start, and what was pending goes on.
 * Events: trigger_accepted, trigger_refused, trigger_sent, trigger_not_reached, trigger_outcome, trigger_reported,
 * report_given_up, and those of associations (docs/triggers.md). */
void godwit_mtc_iwf_step(godwit_mtc_iwf_t *iwf, const godwit_input_t *in, godwit_outbox_t *out);

#endif
