/* SPDX-License-Identifier: Apache-2.0
 *
 * The MME, for devices with control plane CIoT optimisation (TS 23.401 5.3.4B): attach, authentication with vectors
 * over S6a, NAS security, one PDN connection through S-GW and P-GW over GTPv2-C, N-PDUs between ESM DATA TRANSPORT and
 * S11-U, idle, paging, modification, detach. A PCO passes through untouched. Memory is the owner's; in the store it
 * keeps the vectors of following sessions alone (contribution 000, docs/next-session.md).
 * It must never hold CK, IK or a key of Solution 1, never believe what is not integrity protected where a security
 * context exists (but for what TS 24.301 4.4.4.3 lets begin anew: that gets a row of its own and touches no registered
 * device until it is proved), and never let an unauthenticated device move a COUNT or take more than one row for its
 * address.
 */
#ifndef GODWIT_ROLES_MME_H
#define GODWIT_ROLES_MME_H

#include "core/wire/nas_security.h"
#include "core/wire/pco.h"
#include "roles/gtp_path.h"
#include "roles/index.h"
#include "roles/serving_trigger.h"
#include "roles/sms_node.h"

#define GODWIT_MME_UES_MAX 32768
#define GODWIT_MME_ALGORITHMS_MAX 4
#define GODWIT_MME_MESSAGE_MAX                                                                                         \
    640 /* octets of a NAS message that is kept to be sent again: an attach accept with its PCO */
#define GODWIT_MME_N_PDU_MAX 1400   /* of one N-PDU, either way */
#define GODWIT_MME_CAPABILITY_MAX 4 /* of the UE network capability: what the security mode command repeats */

typedef enum godwit_mme_state {
    GODWIT_MME_FREE = 0,
    /* An attach that has proved nothing yet. */
    GODWIT_MME_OLD_MME, /* another MME was asked */
    GODWIT_MME_IDENTIFYING,
    GODWIT_MME_VECTOR, /* the HSS was asked */
    GODWIT_MME_AUTHENTICATING,
    GODWIT_MME_AWAITING_IWF, /* the MTC-IWF was asked for what goes into the security mode command; RES was right */
    GODWIT_MME_SECURING,     /* security mode command */
    /* From here on everything is protected. */
    GODWIT_MME_INFORMING, /* ESM information request */
    GODWIT_MME_CREATING,  /* the S-GW was asked */
    GODWIT_MME_ACCEPTING, /* attach accept */
    GODWIT_MME_REGISTERED,
    GODWIT_MME_DETACHING, /* the network asked the device */
    /* security context and identity stay: for a repeated detach, and for an attach without AKA */
    GODWIT_MME_DEREGISTERED,
} godwit_mme_state_t;

/* Which message waits for the vector of the following session. */
typedef enum godwit_mme_next_for {
    GODWIT_MME_NEXT_NOTHING = 0,
    GODWIT_MME_NEXT_ATTACH_ACCEPT,
    GODWIT_MME_NEXT_INFORMATION,
    GODWIT_MME_NEXT_DETACH_ACCEPT,
    GODWIT_MME_NEXT_DETACH_REQUEST,
} godwit_mme_next_for_t;

/* What stands in `held`. */
typedef enum godwit_mme_held {
    GODWIT_MME_HELD_DOWN = 0, /* an N-PDU for the device */
    GODWIT_MME_HELD_UP,       /* an N-PDU that came with the attach, until there is a bearer */
    GODWIT_MME_HELD_NAS,      /* a NAS message container that came with it */
    GODWIT_MME_HELD_REQUEST,  /* the whole ATTACH REQUEST, until the old MME has said what it knows */
} godwit_mme_held_t;

/* What the NAS timer of a registered device runs for. */
typedef enum godwit_mme_waiting {
    GODWIT_MME_NOTHING = 0,
    GODWIT_MME_PAGED,
    GODWIT_MME_MODIFYING, /* the device has a modify request */
} godwit_mme_waiting_t;

/* Device triggering; zeroed: nothing. One message waits each way. */
typedef struct godwit_mme_trigger {
    godwit_serving_trigger_t at;
    uint32_t securing;                                /* transaction of the T5_UP that is waited for */
    bool announced;                                   /* the MTC-IWF has heard that the device is registered */
    uint8_t up_len, up[GODWIT_TRIGGER_CONTAINER_MAX]; /* of the device, until the home has said whose it is */
    /* Down, until there is a connection; down_len 0: nothing. K_iwf may be in it. */
    uint8_t down_type; /* of the generic message container */
    uint8_t down_len, down[GODWIT_TRIGGER_CONTAINER_MAX];
    godwit_function_t down_from;
    uint32_t down_transaction;
    uint64_t down_route;
} godwit_mme_trigger_t;

typedef struct godwit_mme_ue {
    godwit_mme_state_t state;
    godwit_mme_waiting_t waiting;
    uint8_t attempts;   /* left of what is waited for */
    uint64_t at_ms;     /* of the last thing that moved it */
    uint64_t attach_ms; /* of its ATTACH REQUEST */
    bool connected;
    godwit_address_t address; /* of the radio connection, or the last one */
    bool has_imsi;
    godwit_imsi_t imsi;
    uint32_t m_tmsi;    /* 0: none given */
    uint32_t teid;      /* ours on S11, control and user plane */
    uint32_t attaches;  /* on this security context */
    uint64_t since_ms;  /* of this security context */
    bool e2m;           /* the home says that the vector is flagged */
    bool detach_wanted; /* by the operator, or because the core has lost the bearer */
    uint8_t detach_type;
    uint8_t request_hash[32]; /* SHA-256 of the ATTACH REQUEST */
    uint8_t capability_len, capability[GODWIT_MME_CAPABILITY_MAX];
    /* The following session. */
    bool next_allowed; /* the subscription has the feature */
    bool next_given;   /* one vector for each registration */
    uint8_t next_for;  /* godwit_mme_next_for_t */
    uint8_t held_kind; /* godwit_mme_held_t */
    uint32_t next_transaction;
    bool next_set; /* as it was handed over, for when the message is sent again */
    uint8_t next_rand[16], next_autn[16];
    /* that of the vector that is stored while it comes in by AKA: it goes, for the device has it no more */
    uint32_t stale;
    uint32_t consumed; /* attached by the vector of that M-TMSI; 0: by AKA */
    /* Authentication; wiped when the security mode is complete. */
    uint32_t transaction;
    uint8_t ksi, resyncs;
    uint8_t rand[16], autn[16], auts[14];
    uint8_t xres_len, xres[GODWIT_RES_MAX];
    uint8_t kasme[32];
    godwit_nas_security_t security;
    godwit_sms_node_t sms;
    godwit_mme_trigger_t trigger;
    /* The PDN connection. */
    uint8_t bearer;   /* 0: none */
    uint8_t pti;      /* of the attach */
    bool information; /* the device wants to be asked for APN and PCO */
    bool extended;    /* its PCO is an ePCO */
    godwit_apn_t apn;
    uint8_t pco_len, pco[GODWIT_PCO_MAX]; /* that came with the attach request, until it is passed on */
    uint32_t sgw_teid, sgw_user_teid;
    uint8_t sgw_user[4];
    /* A modification: of the device, or that the core has begun. */
    uint8_t modify_pti;       /* 0: none */
    uint32_t update_sequence; /* of the Update Bearer Request that waits for its answer */
    godwit_address_t update_from;
    /* What is sent again; and one N-PDU that waits for the device. */
    uint16_t message_len, held_len;
    uint8_t message_type; /* godwit_nas_header_type_t; 0: plain */
    uint8_t message[GODWIT_MME_MESSAGE_MAX];
    uint8_t held[GODWIT_MME_N_PDU_MAX];
    /* Where it is filed (roles/mme/table.c), and where other rows are: this stays when the rest is wiped. */
    struct {
        godwit_index_cell_t address, imsi, m_tmsi, transaction[2];
        godwit_line_link_t line;
        uint64_t at_ms; /* of its place in the line */
    } filed;
} godwit_mme_ue_t;

/* Another MME of this PLMN, which may have the vector that a device attaches by (TS 29.274 7.3.8: Identification
 * Request). */
typedef struct godwit_mme_other {
    uint16_t mme_group;
    uint8_t mme_code;
    uint8_t ipv4[4];
} godwit_mme_other_t;
#define GODWIT_MME_OTHERS_MAX 8

typedef struct godwit_mme_config {
    const godwit_crypto_t *crypto;
    char local_host[GODWIT_NODE_NAME_MAX], local_realm[GODWIT_NODE_NAME_MAX];
    godwit_plmn_t plmn; /* serving network: KASME is bound to it */
    uint16_t mme_group;
    uint8_t mme_code;
    uint16_t tac;
    /* Policy (godwit_policy_access_t has the same members). */
    uint8_t eea_order[GODWIT_MME_ALGORITHMS_MAX], eia_order[GODWIT_MME_ALGORITHMS_MAX]; /* by preference */
    uint8_t eea_count, eia_count;     /* 0: AES, SNOW 3G, ZUC; no null integrity whatever stands here */
    uint32_t reauthenticate_attaches; /* so many attaches go by on one AKA run; 0 and 1: each has its own */
    bool e2m_aware;
    uint32_t policy_version;
    /* The caller's: for subscribers of these homes they hold in the place of the five above. */
    const godwit_serving_policy_t *policies;
    size_t policy_count;
    bool sms; /* short messages go to a SMS-SC (SGd); else they are refused */
    /* Next session (contribution 000). */
    bool next_session;     /* hands over and takes vectors of following sessions */
    bool next_early;       /* as soon as the device is attached; else when it leaves */
    uint32_t next_life_s;  /* of one that waits for its session; 0: 30 days */
    uint32_t next_wait_ms; /* that a message waits for the home to give one; 0: 2000 */
    uint8_t others;
    godwit_mme_other_t other[GODWIT_MME_OTHERS_MAX];
    /* Device triggering (contribution 002, docs/triggers.md): Update Location, T5, GENERIC NAS TRANSPORT. */
    bool trigger;
    godwit_trigger_node_t iwf; /* of subscribers whose home names none; host "": none */
    uint32_t securing_ms;      /* that a security mode command waits for the MTC-IWF; 0: 1000 */
    bool unaware; /* an MME without Godwit: AIRs have nothing of ours, and what AIAs have is not looked at */
    /* Towards the S-GW. */
    uint8_t ipv4[4];               /* its own: GTP-C and GTP-U */
    uint16_t gtpc_port, gtpu_port; /* where all nodes listen; 0: 2123 and 2152 */
    uint8_t recovery;              /* restart counter (TS 23.007 18) */
    uint8_t sgw[4], pgw[4];
    godwit_apn_t apn; /* for a device that names none; empty text: such a device is refused */
    uint32_t t3_ms;   /* 0: as godwit_gtp_path_init */
    uint8_t n3;
    /* Timers. */
    uint32_t retransmit_ms;  /* T3450, T3460, T3470, T3489, T3486, T3422, T3413 alike; 0: 3000 */
    uint8_t attempts;        /* sendings of one message; 0: 5 (TS 24.301 10.2: four times again) */
    uint32_t hss_timeout_ms; /* 0: 6000 */
    uint32_t idle_ms;        /* the radio is released after so long without a message; 0: never by us */
    /* keys of a detached device stay for so long, and longer while another attach may use them; 0: 60000 */
    uint32_t retain_ms;
    uint32_t setup_ms; /* a row that proves nothing makes room for another after so long; 0: 20000 */
} godwit_mme_config_t;

typedef struct godwit_mme {
    godwit_mme_config_t config;
    godwit_gtp_path_t path;
    godwit_mme_ue_t *ues;
    size_t capacity, top; /* rows from top on are free */
    godwit_index_t by_address, by_imsi, by_m_tmsi, by_transaction;
    godwit_lines_t lines; /* free rows below top, detached devices, attaches that have proved nothing */
    uint32_t next_transaction;
} godwit_mme_t;

/* GODWIT_INVALID_ARGUMENT: a table of size 0 or beyond GODWIT_MME_UES_MAX, an algorithm that does not exist, EIA0. */
GODWIT_MUST_USE godwit_status_t godwit_mme_init(godwit_mme_t *mme, const godwit_mme_config_t *config,
                                                godwit_mme_ue_t *ues, size_t capacity, godwit_gtp_pending_t *pending,
                                                size_t pending_capacity, godwit_gtp_answered_t *answered,
                                                size_t answered_capacity);
/* Inputs: DATAGRAM of RADIO, GTPC and GTPU; MESSAGE (AUTH_INFO_ANSWER, SHORT_MESSAGE_UP_ANSWER, SHORT_MESSAGE_DOWN;
 * with config.trigger LOCATION_UPDATE_ANSWER, T5_UP_ANSWER, T5_DOWN, IWF_KEY_REQUEST); TIMER; DROP (imsi: the operator
 * detaches it); COMMIT_FAILED. Needs: RANDOM, STORE_FETCH of NEXT_SESSION.
 * Events, with the IMSI where it is known: attached, context_reused, detached, idle, resumed, paged, paging_failed,
 * n_pdu_dropped, sms_accepted, sms_refused, sms_delivered, sms_not_delivered, modified; attach_refused,
 * authentication_refused, resynchronised, security_refused, modification_refused; replaced (an older registration of
 * the same IMSI ends), bearer_lost; refused (a frame or message that was not taken), given_up (no answer);
 * next_handed_over, next_not_given, next_used, next_refused, next_given_away (to another MME); located,
 * location_refused, trigger_delivered, trigger_refused, trigger_up, trigger_dropped, iwf_key_given, iwf_key_refused. */
void godwit_mme_step(godwit_mme_t *mme, const godwit_input_t *in, godwit_outbox_t *out);

#endif
