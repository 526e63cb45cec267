/* SPDX-License-Identifier: Apache-2.0
 *
 * Device triggering (TS 23.682, contribution 002): what SCS, AS, MTC-IWF, HSS, SMS-SC and serving nodes say to each
 * other over Tsp, S6m, T4, S6a and T5, free of any encoding. See payload.h. Values of enumerations that name a clause
 * are those of the wire.
 */
#ifndef GODWIT_WIRE_PAYLOAD_TRIGGER_H
#define GODWIT_WIRE_PAYLOAD_TRIGGER_H

#include "core/wire/payload.h"

#define GODWIT_EXTERNAL_ID_MAX 128 /* local-part@domain (TS 23.003 19.7.2) */
#define GODWIT_MSISDN_MAX 15       /* digits */
#define GODWIT_SCS_NAME_MAX 128    /* SCS-Identity; of an AS the name in its certificate */
#define GODWIT_TRIGGER_PAYLOAD_MAX 80
#define GODWIT_TRIGGER_NODE_MAX 128
/* What the device gets and sends: one message of docs/trigger-wire.md. It fits a short message with an application
 * port. */
#define GODWIT_TRIGGER_CONTAINER_MAX 133

/* The serving nodes among the functions: values of godwit_function_t, which this floor does not see (roles/message.h
 * holds them equal). */
#define GODWIT_NODE_MME 4
#define GODWIT_NODE_SGSN 5
#define GODWIT_NODE_MSC 8

/* A function and where it is: its Diameter names. host "": none. */
typedef struct godwit_trigger_node {
    uint8_t function; /* godwit_function_t */
    char host[GODWIT_TRIGGER_NODE_MAX], realm[GODWIT_TRIGGER_NODE_MAX];
} godwit_trigger_node_t;

/* Who a device is, as servers name it: one of the two; both empty only where an IMSI stands beside. */
typedef struct godwit_external_name {
    char external_id[GODWIT_EXTERNAL_ID_MAX + 1];
    char msisdn[GODWIT_MSISDN_MAX + 1];
} godwit_external_name_t;

/* ---- Tsp (TS 29.368) --------------------------------------------------------------------------------------------- */

typedef enum godwit_action_type {
    GODWIT_ACTION_TRIGGER = 1,
    GODWIT_ACTION_REPORT = 2,
    GODWIT_ACTION_RECALL = 3,
    GODWIT_ACTION_REPLACE = 4,
} godwit_action_type_t;

typedef enum godwit_request_status {
    GODWIT_TRIGGER_SUCCESS = 0,
    GODWIT_TRIGGER_INVPAYLOAD = 101,
    GODWIT_TRIGGER_INVEXTID = 102,
    GODWIT_TRIGGER_INVSCSID = 103,
    GODWIT_TRIGGER_INVPERIOD = 104,
    GODWIT_TRIGGER_NOTAUTHORIZED = 105,
    GODWIT_TRIGGER_SERVICEUNAVAILABLE = 106,
    GODWIT_TRIGGER_PERMANENTERROR = 107,
    GODWIT_TRIGGER_QUOTAEXCEEDED = 108,
    GODWIT_TRIGGER_RATEEXCEEDED = 109,
    GODWIT_TRIGGER_REPLACEFAIL = 110,
    GODWIT_TRIGGER_RECALLFAIL = 111,
    GODWIT_TRIGGER_ORIGINALMESSAGESENT = 112,
    GODWIT_TRIGGER_TEMPORARYERROR = 201,
} godwit_request_status_t;

typedef enum godwit_delivery_outcome {
    GODWIT_OUTCOME_SUCCESS = 0,
    GODWIT_OUTCOME_EXPIRED = 1,
    GODWIT_OUTCOME_TEMPORARYERROR = 2,
    GODWIT_OUTCOME_UNDELIVERABLE = 3,
    GODWIT_OUTCOME_UNCONFIRMED = 4,
} godwit_delivery_outcome_t;

/* SCS or AS to MTC-IWF: DAR. The reference is the sender's: (scs, reference) names a trigger. */
typedef struct godwit_device_action {
    godwit_external_name_t device;
    char scs[GODWIT_SCS_NAME_MAX + 1];
    uint32_t reference, old_reference; /* old: of the trigger that is recalled or replaced */
    godwit_action_type_t action;
    uint8_t payload_len, payload[GODWIT_TRIGGER_PAYLOAD_MAX];
    bool too_long; /* the payload did not fit: INVPAYLOAD */
    bool priority;
    uint16_t port;       /* application port at the device */
    uint32_t validity_s; /* 0: none was given */
} godwit_device_action_t;

typedef struct godwit_device_action_answer {
    godwit_external_name_t device;
    uint32_t reference;
    godwit_action_type_t action;
    godwit_request_status_t status;
} godwit_device_action_answer_t;

/* AS to MTC-IWF, over REST alone: what has become of a trigger of its own. */
typedef struct godwit_trigger_query {
    char scs[GODWIT_SCS_NAME_MAX + 1];
    uint32_t reference;
} godwit_trigger_query_t;

typedef struct godwit_trigger_query_answer {
    /* OK; NOT_FOUND: that source has none of that reference (any more); NOT_ENTITLED; PEER_INTERNAL */
    godwit_status_t status;
    godwit_device_action_t action; /* as it was asked for */
    bool pending;                  /* no outcome is known yet */
    godwit_delivery_outcome_t outcome;
    bool recalled, replaced; /* by its source */
} godwit_trigger_query_answer_t;

/* MTC-IWF to SCS or AS: DNR with a delivery report. The answer is a status. */
typedef struct godwit_device_notification {
    godwit_external_name_t device;
    char scs[GODWIT_SCS_NAME_MAX + 1];
    uint32_t reference;
    godwit_delivery_outcome_t outcome;
    godwit_trigger_node_t to;
} godwit_device_notification_t;

/* ---- keys of an association (docs/triggers.md) ------------------------------------------------------------------- */

/* What K_iwf is made of. */
typedef enum godwit_iwf_root {
    GODWIT_IWF_ROOT_NONE = 0,
    GODWIT_IWF_ROOT_FLAGGED = 1, /* CK||IK of a vector whose AMF asks for it: no visited node has it */
    GODWIT_IWF_ROOT_KASME = 2,   /* EPS: the MME has it */
    GODWIT_IWF_ROOT_CK_IK = 3,   /* UMTS, GERAN: CK||IK of a vector that is not flagged: SGSN or MSC have it */
    GODWIT_IWF_ROOT_EAP = 4,     /* WiFi: of EAP-AKA' (docs/eap.md) */
} godwit_iwf_root_t;

#define GODWIT_IWF_ROOT_NAME 8 /* octets: the first of SHA-256 of the RAND of the AKA run */

typedef struct godwit_iwf_key {
    godwit_iwf_root_t root; /* NONE: there is no key here */
    uint8_t root_name[GODWIT_IWF_ROOT_NAME];
    bool is_root; /* key is the root itself, for the MTC-IWF to derive from; else K_iwf of that association number */
    uint32_t association; /* K_iwf: the number that went into it */
    uint8_t key[32];      /* secret */
} godwit_iwf_key_t;

/* ---- S6m (TS 29.336) --------------------------------------------------------------------------------------------- */

typedef enum godwit_iwf_key_wanted {
    GODWIT_IWF_KEY_NOT_WANTED = 0,
    GODWIT_IWF_KEY_K_IWF, /* derived at the HSS (key-from hss): of a flagged vector alone */
    GODWIT_IWF_KEY_ROOT,  /* key-from iwf: CK||IK of a flagged vector, or KASME */
} godwit_iwf_key_wanted_t;

/* MTC-IWF to HSS: SIR. Asks whether that SCS may trigger that device, who and where the device is; with key also for
 * what an association stands on (AVPs of ours, not mandatory). */
typedef struct godwit_subscriber_info_request {
    godwit_external_name_t device;
    godwit_imsi_t imsi;                /* len 0: by device */
    char scs[GODWIT_SCS_NAME_MAX + 1]; /* "": nobody's trigger, where the device is, or a key */
    bool has_port;
    uint16_t port;
    godwit_iwf_key_wanted_t key;
    godwit_iwf_root_t root; /* wanted, of KEY_ROOT: FLAGGED or KASME */
    bool has_root_name;     /* of that AKA run and no other: the newest, or the one before */
    uint8_t root_name[GODWIT_IWF_ROOT_NAME];
    uint32_t association_above; /* the number that comes back is above this one */
} godwit_subscriber_info_request_t;

#define GODWIT_SERVING_NODES_MAX 3 /* MME, SGSN, MSC */
typedef struct godwit_subscriber_info_answer {
    /* OK; UNKNOWN_SUBSCRIBER (5001); NOT_ENTITLED (that SCS, or that MTC-IWF, may not); POLICY_FORBIDS (triggers are
     * barred for the device); UNKNOWN_KEY (a key was wanted and there is none of that kind or name); PEER_INTERNAL */
    godwit_status_t status;
    godwit_imsi_t imsi;
    godwit_external_name_t device; /* both of its names, where it has them */
    uint8_t nodes;
    godwit_trigger_node_t node[GODWIT_SERVING_NODES_MAX]; /* where it is registered; the newest first */
    godwit_iwf_key_t key;
} godwit_subscriber_info_answer_t;

/* ---- S6a, S6d: Update Location (TS 29.272 5.2.1.1), as far as triggers need it ----------------------------------- */

/* Serving node to HSS: ULR, when a device has proved itself. The sender is the node. */
typedef struct godwit_location_update {
    godwit_imsi_t imsi;
    godwit_plmn_t visited_plmn;
    uint8_t rat; /* RAT-Type: 1000 UTRAN, 1001 GERAN, 1004 EUTRAN, less 1000 */
} godwit_location_update_t;

typedef struct godwit_location_update_answer {
    godwit_status_t status;    /* as AUTH_INFO_ANSWER */
    godwit_trigger_node_t iwf; /* of the home, for devices that have an association or could (an AVP of ours) */
} godwit_location_update_answer_t;

/* ---- T4 (TS 29.337) ---------------------------------------------------------------------------------------------- */

/* MTC-IWF to SMS-SC: DTR. The answer is a status: OK the SMS-SC has it. */
typedef struct godwit_t4_trigger {
    godwit_imsi_t imsi;
    char msisdn[GODWIT_MSISDN_MAX + 1];
    char smea[GODWIT_MSISDN_MAX +
              1];   /* SM-RP-SMEA: the number that it comes from for the device, digits: the MTC-IWF's; may be "" */
    uint8_t action; /* Trigger-Action: 0 trigger, 1 recall, 2 replace */
    uint32_t reference, old_reference;
    uint8_t container_len, container[GODWIT_TRIGGER_CONTAINER_MAX];
    uint16_t port; /* SMS-Application-Port-ID, of the device's trigger function */
    bool priority;
    uint32_t validity_s;
    godwit_trigger_node_t node; /* where S6m says the device is; host "": unknown */
} godwit_t4_trigger_t;

typedef enum godwit_t4_outcome { /* SM-Delivery-Outcome-T4 */
                                 GODWIT_T4_ABSENT = 0,
                                 GODWIT_T4_MEMORY_FULL = 1,
                                 GODWIT_T4_SUCCESS = 2,
                                 GODWIT_T4_EXPIRED = 3,
} godwit_t4_outcome_t;

/* SMS-SC to MTC-IWF: DRR. Either what became of a short message, or (an AVP of ours) a container that the device has
 * sent to the number of the MTC-IWF. The answer is a status. */
typedef struct godwit_t4_report {
    godwit_imsi_t imsi;
    char smea[GODWIT_MSISDN_MAX + 1]; /* of the T4_TRIGGER; of a container the number that the device sent it to */
    godwit_trigger_node_t to; /* the MTC-IWF that the trigger came from; host "": the one of the configuration */
    bool has_outcome;
    godwit_t4_outcome_t outcome;
    uint32_t reference;
    uint8_t container_len, container[GODWIT_TRIGGER_CONTAINER_MAX]; /* 0: none */
} godwit_t4_report_t;

/* ---- T5: an application of our own (docs/diameter.md) ------------------------------------------------------------ */

typedef enum godwit_t5_down_kind {
    GODWIT_T5_CONTAINER = 1, /* a message for the device: in NAS */
    GODWIT_T5_UE_KEY = 2,    /* K_iwf for the device, in a protected NAS message (ue-key received) */
} godwit_t5_down_kind_t;

/* MTC-IWF to MME, SGSN, MSC. The answer is a status: OK the device's radio end has it (acknowledged, or sent where
 * nothing acknowledges); NOT_FOUND no such device; AGAIN it is registered and did not answer; OVERLOAD; NOT_ENTITLED;
 * UNSUPPORTED_SUITE this node cannot (no ciphering for a key). */
typedef struct godwit_t5_down {
    godwit_imsi_t imsi;
    godwit_t5_down_kind_t kind;
    uint8_t container_len, container[GODWIT_TRIGGER_CONTAINER_MAX];
    godwit_iwf_key_t ue_key; /* never a root */
    godwit_trigger_node_t to;
} godwit_t5_down_t;

typedef enum godwit_t5_up_kind {
    GODWIT_T5_FROM_DEVICE = 1, /* container: a message of the device */
    /* a NAS security mode command is about to go (EPS): the answer may bring a container that goes in it */
    GODWIT_T5_SECURING = 2,
    GODWIT_T5_REGISTERED = 3, /* the device is here and can be reached: what waits may come */
} godwit_t5_up_kind_t;

/* Serving node to MTC-IWF; the sender is the node. */
typedef struct godwit_t5_up {
    godwit_imsi_t imsi;
    godwit_t5_up_kind_t kind;
    bool new_root; /* SECURING, REGISTERED: an AKA run went before */
    uint8_t root_name[GODWIT_IWF_ROOT_NAME];
    godwit_plmn_t plmn;
    uint8_t container_len, container[GODWIT_TRIGGER_CONTAINER_MAX];
    godwit_trigger_node_t to;
} godwit_t5_up_t;

typedef struct godwit_t5_up_answer {
    godwit_status_t status;
    uint8_t container_len, container[GODWIT_TRIGGER_CONTAINER_MAX]; /* of SECURING */
} godwit_t5_up_answer_t;

/* MTC-IWF to MME, SGSN, MSC (key-from mme), and to the AAA server (root EAP): K_iwf for that association. */
typedef struct godwit_iwf_key_request {
    godwit_imsi_t imsi;
    char iwf[GODWIT_FQDN_MAX + 1]; /* the sender's own name */
    uint32_t association;
    godwit_trigger_node_t to;
} godwit_iwf_key_request_t;

typedef struct godwit_iwf_key_answer {
    godwit_status_t status; /* OK; NOT_FOUND; NOT_ENTITLED; WRONG_STATE: no AKA run that could be its root */
    godwit_iwf_key_t key;
} godwit_iwf_key_answer_t;

#endif
