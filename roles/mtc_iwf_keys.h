/* SPDX-License-Identifier: Apache-2.0
 *
 * The MTC-IWF's end of associations with devices (contribution 002; docs/triggers.md): where K_iwf comes from, and what
 * is in memory while one is being made. A part of roles/mtc_iwf.h. What must survive is in godwit_association_record_t.
 */
#ifndef GODWIT_ROLES_MTC_IWF_KEYS_H
#define GODWIT_ROLES_MTC_IWF_KEYS_H

#include "core/trigger/trigger.h"
#include "roles/role.h"
#include "roles/index.h"

/* Who makes K_iwf. */
typedef enum godwit_iwf_key_from {
    GODWIT_IWF_KEY_FROM_HSS = 1, /* the HSS, of CK||IK of a flagged vector: no visited node can */
    GODWIT_IWF_KEY_FROM_MME,     /* the serving node, of KASME or CK||IK: it can do so, too */
    GODWIT_IWF_KEY_FROM_IWF,     /* this MTC-IWF, of a root that the HSS hands over */
} godwit_iwf_key_from_t;

typedef struct godwit_iwf_keys_config {
    bool off; /* case 1: messages are not protected here, and there are no associations */
    godwit_iwf_key_from_t key_from;
    godwit_iwf_root_t root; /* of KEY_FROM_IWF: FLAGGED or KASME */
    /* the device does not derive K_iwf: the serving node gives it in protected NAS; not where the root is FLAGGED */
    bool ue_key_received;
    bool lazy; /* an association is made when a trigger waits for one; else as soon as the device registers */
    uint8_t suites, suite[GODWIT_A3_SUITES_MAX]; /* of GODWIT_A3_SUITES, the best first; 0: 1 and 3 */
    char aaa_host[GODWIT_NODE_NAME_MAX]; /* of 3GPP: K_iwf of EAP-AKA'; "": associations begin on 3GPP access alone */
    char aaa_realm[GODWIT_NODE_NAME_MAX];
    uint32_t key_wait_ms;     /* for a key that was asked for; 0: 5000 */
    uint32_t repeat_ms;       /* until a Command is said again, doubled each time; 0: 4000 */
    uint32_t address_life_ms; /* of an address of A3 after the last Poll; 0: 300000 */
    /* a Command that was not answered is said again for so long, then a new one is made; 0: 600000 */
    uint32_t command_life_ms;
    uint8_t table_key[GODWIT_INDEX_KEY]; /* random: which places strangers, and hints, share; secrets of cookies */
} godwit_iwf_keys_config_t;

/* By which way something goes to a device. */
typedef enum godwit_iwf_way_kind {
    GODWIT_IWF_WAY_NONE = 0,
    GODWIT_IWF_WAY_T5,
    GODWIT_IWF_WAY_T4,
    GODWIT_IWF_WAY_A3,
    GODWIT_IWF_WAY_SECURING, /* in the answer to a T5_UP SECURING: within the NAS security mode procedure */
} godwit_iwf_way_kind_t;

typedef struct godwit_iwf_way {
    godwit_iwf_way_kind_t kind;
    godwit_trigger_node_t node;         /* T5, SECURING: the serving node; T4: where the device is, or host "" */
    char msisdn[GODWIT_MSISDN_MAX + 1]; /* T4 */
    godwit_address_t address;           /* A3 */
    /* A3: only a hint says so, and nobody has shown that he receives there */
    bool unproved;
    uint32_t transaction; /* SECURING: of the request that waits */
    uint64_t route;
} godwit_iwf_way_t;

/* What is wanted of a key. */
typedef struct godwit_iwf_want {
    godwit_iwf_root_t root; /* EAP: of the AAA server; else as the configuration has it */
    bool has_root_name;     /* of that AKA run alone */
    uint8_t root_name[GODWIT_IWF_ROOT_NAME];
    uint32_t above; /* the device has taken that number; 0: nothing is known */
    bool renewing;  /* also of the root that the association in use stands on */
} godwit_iwf_want_t;

/* What a serving node says of a device, while the HSS is asked whether it serves it. */
typedef enum godwit_iwf_visit_kind {
    GODWIT_IWF_VISIT_NONE = 0,
    GODWIT_IWF_VISIT_REGISTERED, /* it is there, or about to be; root name of want: it has run AKA */
    GODWIT_IWF_VISIT_ASK,        /* the device wants that key */
    GODWIT_IWF_VISIT_BEGIN,      /* it needs an association, or the Command of the one under way */
} godwit_iwf_visit_kind_t;
#define GODWIT_IWF_VISITS_MAX 256
#define GODWIT_IWF_VISIT_TIMERS 1024u /* numbers of their timers, likewise */
typedef struct godwit_iwf_visit {
    godwit_iwf_visit_kind_t kind; /* NONE: free */
    uint32_t transaction;         /* of the open question; 0: the next one comes with the timer */
    uint8_t questions;
    uint64_t until_ms;
    godwit_imsi_t imsi;
    godwit_iwf_way_t way; /* T5 or SECURING */
    godwit_iwf_want_t want;
} godwit_iwf_visit_t;

/* A key that was asked for, or a key for the device that the serving node was given. */
#define GODWIT_IWF_KEYS_WAITING_MAX 256
typedef struct godwit_iwf_key_wait {
    uint32_t transaction; /* 0: free */
    bool giving;          /* T5_DOWN UE_KEY is under way, and the Command follows */
    bool renewing;        /* also when the root is that of the association in use */
    godwit_imsi_t imsi;
    godwit_iwf_root_t root; /* wanted; NONE: whatever the serving node has */
    bool has_root_name;     /* of that AKA run alone */
    uint8_t root_name[GODWIT_IWF_ROOT_NAME];
    uint32_t association; /* that was asked for, of a node that derives, else 0; of the key that is given */
    /* of a node that derives: its host, which alone may answer; "": the HSS */
    char asked[GODWIT_TRIGGER_NODE_MAX];
    godwit_iwf_way_t way; /* of the Command */
    uint64_t since_ms;
} godwit_iwf_key_wait_t;

/* A Command whose Complete has not come: said again a few times. In memory only: after a restart it is said again when
 * the device registers or a trigger waits. */
#define GODWIT_IWF_REPEATS_MAX 256
#define GODWIT_IWF_REPEAT_TIMERS 768u /* numbers of their timers, from here on: nobody else's in this role */
typedef struct godwit_iwf_repeat {
    uint32_t number;      /* of the association; 0: free */
    uint32_t transaction; /* by T5: of the one said last */
    uint8_t attempts;
    godwit_imsi_t imsi;
    godwit_iwf_way_t way;
} godwit_iwf_repeat_t;

/* Where a device was heard by A3: by a Poll that its association protects, and nothing else. Sets of four; the one
 * heard longest ago goes. */
#define GODWIT_IWF_ADDRESSES_MAX 4096
typedef struct godwit_iwf_a3_address {
    godwit_imsi_t imsi; /* len 0: free */
    godwit_address_t address;
    uint64_t at_ms;
} godwit_iwf_a3_address_t;

/* When what nobody proved last made this end try something for an IMSI, so that it is rare. A place for each hash: a
 * collision only forgets. */
#define GODWIT_IWF_TRIED_MAX 4096
typedef struct godwit_iwf_tried {
    uint32_t hash;
    uint64_t at_ms;
} godwit_iwf_tried_t;

/* What came over A3 in one second and proved nothing, so that nobody makes this end look into its store without end:
 * with a good cookie, and without, so that no forged address takes anything from one where somebody is. Addresses share
 * places, by a hash with a key: whoever has many of them, or makes them up, fills all places and no more, and cannot
 * choose whose place he fills. */
#define GODWIT_IWF_STRANGERS_MAX 1024
typedef struct godwit_iwf_stranger {
    uint32_t count;
    uint64_t second;
} godwit_iwf_stranger_t;

/* Serving nodes that were heard over a hop that proves who they are: only they are given keys. */
#define GODWIT_IWF_PEERS_MAX 64
typedef struct godwit_iwf_peer {
    char host[GODWIT_TRIGGER_NODE_MAX]; /* "": free */
    uint64_t at_ms;
} godwit_iwf_peer_t;

typedef struct godwit_iwf_keys {
    const godwit_crypto_t *crypto;
    godwit_iwf_keys_config_t config;
    char local_host[GODWIT_NODE_NAME_MAX], local_realm[GODWIT_NODE_NAME_MAX]; /* the host is what K_iwf is bound to */
    char number[GODWIT_MSISDN_MAX +
                1]; /* of this MTC-IWF, which devices send their short messages to; "": it has none */

    uint32_t last_transaction; /* these have the highest bit set, and no other transactions of the role do */
    godwit_iwf_key_wait_t waiting[GODWIT_IWF_KEYS_WAITING_MAX];
    godwit_iwf_visit_t visits[GODWIT_IWF_VISITS_MAX];
    godwit_iwf_repeat_t repeats[GODWIT_IWF_REPEATS_MAX];
    godwit_iwf_a3_address_t addresses[GODWIT_IWF_ADDRESSES_MAX];
    godwit_iwf_tried_t tried[GODWIT_IWF_TRIED_MAX];
    godwit_iwf_stranger_t strangers[2][GODWIT_IWF_STRANGERS_MAX]; /* 1: without a cookie */
    godwit_iwf_peer_t peers[GODWIT_IWF_PEERS_MAX];
    /* by each way, taken in the second hint_s, of whatever device; 1: from an unproved address */
    uint32_t hints[2][GODWIT_IWF_WAY_SECURING + 1];
    uint64_t hint_s;
    uint64_t cookie_period; /* of the first secret, counted from 1; 0: there are none */
    uint8_t cookie_secret[2][GODWIT_INDEX_KEY];
    uint64_t cookie_told_ms; /* when it was last said that cookies are asked for */
    /* Between the rounds of one input; secret. */
    bool holds;
    bool moved;  /* the record is not what the store has */
    bool judged; /* what came up was opened */
    bool proved; /* under the association */
    bool newest; /* no later COUNT was opened before */
    bool counted;
    uint32_t pending; /* triggers of that device */
    godwit_association_record_t held;
    godwit_a3_opened_t opened;
    godwit_status_t opening; /* what became of it */
} godwit_iwf_keys_t;

#endif
