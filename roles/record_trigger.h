/* SPDX-License-Identifier: Apache-2.0
 *
 * Records of device triggering (docs/triggers.md): at the HSS who may trigger whom, where devices are, and what
 * associations stand on; at the MTC-IWF triggers and associations; at a source what it asked. A part of roles/record.h.
 */
#ifndef GODWIT_ROLES_RECORD_TRIGGER_H
#define GODWIT_ROLES_RECORD_TRIGGER_H

#include "core/wire/payload_trigger.h"

/* By what names servers know a device, and who may trigger it. */
#define GODWIT_TRIGGER_SOURCES_MAX 8
typedef struct godwit_trigger_subscription_record {
    godwit_imsi_t imsi;
    godwit_external_name_t device;
    uint8_t external_id_key[16], msisdn_key[16]; /* name keys; zero: it has no such name */
    bool barred;
    uint8_t sources;
    char source[GODWIT_TRIGGER_SOURCES_MAX][GODWIT_SCS_NAME_MAX + 1];
} godwit_trigger_subscription_record_t;

/* Where a device is registered. */
typedef struct godwit_location_record {
    godwit_imsi_t imsi;
    uint8_t nodes;
    godwit_trigger_node_t node[GODWIT_SERVING_NODES_MAX]; /* the newest first; one of each function */
    uint64_t at_ms[GODWIT_SERVING_NODES_MAX];
} godwit_location_record_t;

/* What associations may stand on: of the newest AKA run of its kind and the one before, since a vector that was given
 * out may never have reached the device. association: the last number that a K_iwf was made with; it only rises. */
typedef struct godwit_iwf_root_record {
    godwit_imsi_t imsi;
    uint32_t association;
    godwit_iwf_key_t newest, former; /* secret; is_root */
    uint64_t newest_ms;
} godwit_iwf_root_record_t;

typedef enum godwit_trigger_state {
    GODWIT_TRIGGER_WAITING = 1, /* for the device, or for a key */
    GODWIT_TRIGGER_SENT,        /* under way: due_ms says when to try again */
    GODWIT_TRIGGER_REPORTING,   /* its outcome is known; the source has not heard it yet */
    /* kept for a while: who says its reference again gets the same answer. Only then may it be deleted */
    GODWIT_TRIGGER_CLOSED,
} godwit_trigger_state_t;

typedef struct godwit_trigger_record {
    uint8_t source_key[16]; /* name key of action.scs */
    godwit_device_action_t action;
    godwit_imsi_t imsi;
    uint8_t source; /* godwit_function_t: SCS or AS */
    bool proved;    /* it came over a protected B1 or B2: the message carries the proof */
    godwit_trigger_node_t report_to;
    godwit_trigger_state_t state;
    /* WAITING, SENT: what it will be if nothing more is heard: EXPIRED while no copy can have left, then
     * UNCONFIRMED. */
    godwit_delivery_outcome_t outcome;
    bool recalled,
        replaced;    /* by the source itself. WAITING, SENT: it has asked, and the device has not answered yet */
    uint64_t number; /* order of arrival: above the tally's highest; the store refuses any other */
    uint64_t created_ms, expires_ms;
    uint64_t due_ms;             /* when it must be looked at again */
    uint32_t attempts;           /* REPORTING: of the report */
    uint32_t association, count; /* of the message it went in last; association 0: not yet, or not protected */
} godwit_trigger_record_t;

typedef struct godwit_trigger_tally_record {
    uint8_t source_key[16];
    godwit_imsi_t imsi;
    uint32_t pending; /* WAITING or SENT */
    uint64_t highest; /* number of the newest that came, of any source */
} godwit_trigger_tally_record_t;

/* One association as the MTC-IWF has it. COUNTs only rise under one number, and the store refuses a number that is not
 * above last_number when it first stands in next (or current): last_number rises in that same commit. */
typedef struct godwit_association {
    uint32_t number; /* 0: none */
    godwit_iwf_root_t root;
    uint8_t root_name[GODWIT_IWF_ROOT_NAME];
    uint8_t suite;
    bool confirmed;      /* IWF Security Mode Complete has come */
    uint8_t k_iwf[32];   /* secret */
    uint32_t next_down;  /* COUNT */
    uint32_t up_highest; /* highest COUNT accepted + 1; 0: none yet */
    uint64_t up_seen;    /* window below it */
    uint64_t created_ms;
} godwit_association_t;

typedef struct godwit_association_record {
    godwit_imsi_t imsi;
    uint32_t last_number;                                       /* ever used with this device; only rises */
    godwit_association_t current, next;                         /* next: its Command is under way */
    uint8_t command_len, command[GODWIT_TRIGGER_CONTAINER_MAX]; /* of next: said again as the same octets */
} godwit_association_record_t;

/* ---- at a source of triggers (SCS, AS) ---- */

#define GODWIT_SCS_TRIGGERS_MAX 256 /* the oldest that is known to be done makes room */

typedef enum godwit_scs_state {
    GODWIT_SCS_FREE = 0,
    GODWIT_SCS_ASKED,    /* not answered yet */
    GODWIT_SCS_REFUSED,  /* status says why */
    GODWIT_SCS_ACCEPTED, /* its outcome will be reported */
    GODWIT_SCS_DONE,     /* outcome */
    GODWIT_SCS_SILENT,   /* never answered */
} godwit_scs_state_t;

typedef struct godwit_scs_trigger {
    godwit_scs_state_t state;
    godwit_device_action_t action;
    godwit_request_status_t status;
    godwit_delivery_outcome_t outcome;
    uint32_t transaction; /* of this life, as asked is: how often */
    uint8_t asked;
    bool proved;      /* SUCCESS came by a hop that proves who said it: so must its report */
    uint32_t reports; /* how often its report came: what is above 1 changed nothing, and is not kept */
    uint64_t number;  /* order of asking */
    uint64_t created_ms, done_ms;
} godwit_scs_trigger_t;

/* References up to this one may have been given: it only rises, durably before any of them is. */
typedef struct godwit_scs_source_record {
    uint8_t source_key[16]; /* name key of name */
    char name[GODWIT_SCS_NAME_MAX + 1];
    uint32_t reserved;
} godwit_scs_source_record_t;

/* One of its places. The next trigger there is written over the former. */
typedef struct godwit_scs_trigger_record {
    uint8_t source_key[16];
    uint16_t place;
    godwit_scs_trigger_t trigger; /* without the source's name, transaction and asked */
} godwit_scs_trigger_record_t;

#endif
