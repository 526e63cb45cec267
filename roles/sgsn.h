/* SPDX-License-Identifier: Apache-2.0
 *
 * The SGSN with the part of the RNC that our radio stand-in joins to it (core/wire/radio.h): GPRS attach over UMTS,
 * vectors over S6d, security mode, PDP contexts towards a GGSN over GTPv1, N-PDUs both ways, idle, paging, detach. It
 * passes PCOs on untouched and has CK, IK as the vector has them: CK', IK' where the home flagged it, which it cannot
 * tell. GPRS over GERAN (Gb mode) is the same with Kc128 and Ki128, or with Kc and no integrity. Memory is the owner's;
 * in the store it keeps the vectors of following sessions alone (contribution 000).
 * It must never believe what is not protected where a security mode could have been: such a frame begins dialogues of
 * its own and touches no registered device until one is proved.
 */
#ifndef GODWIT_ROLES_SGSN_H
#define GODWIT_ROLES_SGSN_H

#include "core/wire/gmm.h"
#include "core/wire/radio.h"
#include "core/wire/sm.h"
#include "roles/gtp_path.h"
#include "roles/index.h"
#include "roles/serving.h"
#include "roles/sms_node.h"

#define GODWIT_SGSN_CONTEXTS_PER_UE 2
#define GODWIT_SGSN_UES_MAX 16384
#define GODWIT_SGSN_APNS_MAX 8
#define GODWIT_SGSN_ANSWER_MAX 320 /* octets of a SM answer that is kept for repeated requests */
#define GODWIT_SGSN_CANDIDATES 2
#define GODWIT_SGSN_ALGORITHMS_MAX 3

typedef enum godwit_sgsn_state {
    GODWIT_SGSN_FREE = 0,
    GODWIT_SGSN_DIALOGUE, /* an attach that has proved nothing yet */
    GODWIT_SGSN_REGISTERED,
    GODWIT_SGSN_DETACHED, /* keys and identity stay for a while: for a repeated detach, and attaches without AKA */
} godwit_sgsn_state_t;

/* What the timer of a device runs for. */
typedef enum godwit_sgsn_waiting {
    GODWIT_SGSN_NOTHING = 0,
    GODWIT_SGSN_IDENTITY,
    GODWIT_SGSN_VECTOR,
    GODWIT_SGSN_RESPONSE, /* to authentication and ciphering request */
    GODWIT_SGSN_SECURITY, /* security mode complete */
    GODWIT_SGSN_COMPLETE, /* attach complete */
    GODWIT_SGSN_PAGED,
    GODWIT_SGSN_DETACHING, /* the network asked */
    GODWIT_SGSN_LINGER,    /* DETACHED, until the row is freed */
    GODWIT_SGSN_NEXT,      /* the vector of the following session, from the home; what goes on then says next_for */
    GODWIT_SGSN_OLD_SGSN,  /* DIALOGUE: another SGSN may have the vector that the device attaches by */
} godwit_sgsn_waiting_t;

typedef enum godwit_sgsn_context_state {
    GODWIT_SGSN_CONTEXT_FREE = 0,
    GODWIT_SGSN_CONTEXT_CREATING, /* the GGSN was asked */
    GODWIT_SGSN_CONTEXT_ACTIVE,
    GODWIT_SGSN_CONTEXT_UPDATING,
    GODWIT_SGSN_CONTEXT_DELETING, /* the device asked */
    GODWIT_SGSN_CONTEXT_LEAVING,  /* gone at the GGSN; the device is to be told */
} godwit_sgsn_context_state_t;

typedef struct godwit_sgsn_context {
    godwit_sgsn_context_state_t state;
    uint8_t nsapi, transaction; /* the device's transaction identifier */
    uint8_t attempts;           /* LEAVING */
    uint32_t teid;              /* ours, control and user plane */
    uint32_t ggsn_teid, ggsn_user_teid;
    uint8_t ggsn[4], ggsn_user[4];
    /* The last request of the device and its answer: for repeated requests. */
    uint64_t asked_ms;
    uint8_t asked_hash[32];
    uint16_t answer_len;
    uint8_t answer[GODWIT_SGSN_ANSWER_MAX];
} godwit_sgsn_context_t;

/* Who a security mode command went to: whichever address answers it under the keys is the device. */
typedef struct godwit_sgsn_candidate {
    bool used;
    /* what goes on when it is proved: the GMM type of the message that began it, or ATTACH_ACCEPT, again */
    uint8_t purpose;
    godwit_address_t address;
    godwit_radio_command_t command; /* its FRESH is of these algorithms alone, so an answer verifies under no others */
    bool has_contexts;
    uint16_t contexts; /* PDP context status of its service request */
} godwit_sgsn_candidate_t;

typedef struct godwit_sgsn_ue {
    godwit_sgsn_state_t state;
    godwit_sgsn_waiting_t waiting;
    uint8_t attempts;     /* left of what is waited for */
    godwit_status_t hint; /* what went wrong meanwhile, unauthenticated: named when the attempts end */
    uint64_t at_ms;       /* of the last thing that moved it */
    godwit_imsi_t imsi;
    godwit_address_t address; /* of the radio connection, or the last one */
    bool connected;
    bool released_by_us;
    godwit_radio_capability_t capability;
    uint32_t p_tmsi, old_p_tmsi; /* 0: none */
    uint32_t attaches;           /* on these keys */
    uint64_t since_ms;           /* of these keys */
    bool detach_wanted;          /* by the operator */
    bool e2m;                    /* the home says that the vector is flagged */
    bool geran;                  /* the keys are those of GERAN */
    /* The following session. */
    bool next_allowed;             /* the subscription has the feature */
    bool next_given;               /* one vector for each registration */
    uint8_t next_for;              /* NEXT: the GMM type that waits for it */
    godwit_gmm_next_vector_t next; /* as it was handed over, for when the message is sent again */
    uint32_t consumed;             /* attached by the vector of that P-TMSI; 0: by AKA */
    uint8_t first[8];              /* first of SHA-256 of the frame that did it */
    /* that of the vector that is stored while it comes in by AKA: it goes, for the device has it no more */
    uint32_t stale;
    /* Authentication. */
    uint32_t transaction;
    uint8_t reference, cksn, resyncs;
    uint8_t rand[16], autn[16], auts[14];
    uint8_t xres_len, xres[GODWIT_RES_MAX];
    uint8_t ck[16], ik[16];
    /* Security. */
    bool has_keys;
    godwit_radio_security_t security;
    bool securing;
    godwit_sgsn_candidate_t candidate[GODWIT_SGSN_CANDIDATES];
    uint8_t next_candidate;
    godwit_sms_node_t sms;
    godwit_serving_trigger_t trigger;
    /* One N-PDU that waits for the device. */
    uint8_t buffered_nsapi; /* OLD_SGSN: the whole first frame */
    uint16_t buffered_len;
    uint8_t buffered[GODWIT_RADIO_N_PDU_MAX];
    godwit_sgsn_context_t context[GODWIT_SGSN_CONTEXTS_PER_UE];
    /* Where it is filed (roles/sgsn/table.c), and where other rows are: this stays when the rest is wiped. */
    struct {
        godwit_index_cell_t address[1 + GODWIT_SGSN_CANDIDATES], imsi, transaction, first;
        godwit_line_link_t line;
        uint64_t at_ms; /* of its place in the line */
    } filed;
} godwit_sgsn_ue_t;

typedef struct godwit_sgsn_apn {
    godwit_apn_t name; /* empty text: any other, and none */
    uint8_t ggsn[4];
} godwit_sgsn_apn_t;

/* Whether GERAN has Kc128 and Ki128 (TS 43.020 annex H; our use of them beyond EC-GSM-IoT is ours). Without Ki128
 * nothing verifies, so there is no next session. */
typedef enum godwit_sgsn_ki128 {
    GODWIT_SGSN_KI128_REQUIRED = 0,
    GODWIT_SGSN_KI128_PREFERRED, /* and a device that has none gets Kc */
    GODWIT_SGSN_KI128_NONE,
} godwit_sgsn_ki128_t;

/* Another SGSN of this PLMN, which may have the vector that a device attaches by (TS 29.060 Identification Request). */
typedef struct godwit_sgsn_other {
    uint16_t lac;
    uint8_t rac;
    uint8_t ipv4[4];
} godwit_sgsn_other_t;
#define GODWIT_SGSN_OTHERS_MAX 8

typedef struct godwit_sgsn_config {
    const godwit_crypto_t *crypto;
    char local_host[GODWIT_NODE_NAME_MAX], local_realm[GODWIT_NODE_NAME_MAX];
    godwit_plmn_t plmn;
    uint16_t lac;
    uint8_t rac;
    /* Policy. */
    uint8_t uea_order[GODWIT_SGSN_ALGORITHMS_MAX], uea_count; /* by preference; count 0: UEA2 alone */
    uint8_t uia_order[GODWIT_SGSN_ALGORITHMS_MAX], uia_count; /* count 0: UIA2; there is no null integrity */
    uint32_t reauthenticate_attaches; /* so many attaches go by on one AKA run; 0 and 1: each has its own */
    bool e2m_aware;
    uint32_t policy_version;
    /* The caller's: for subscribers of these homes they hold in the place of what stands above. */
    const godwit_serving_policy_t *policies;
    size_t policy_count;
    bool sms; /* short messages go to a SMS-SC (SGd); else they are refused */
    /* Device triggering: the number that devices send to for the MTC-IWF of their home, digits of E.164; "": there is
     * none here. */
    char iwf_number[GODWIT_E164_MAX + 1];
    bool unaware; /* a SGSN without Godwit: AIRs have nothing of ours, and what AIAs have is not looked at */
    godwit_sgsn_ki128_t ki128;
    /* Next session (contribution 000). */
    bool next_session;     /* hands over and takes vectors of following sessions */
    bool next_early;       /* as soon as the device is attached; else when it leaves */
    uint32_t next_life_s;  /* of one that waits for its session; 0: 30 days */
    uint32_t next_wait_ms; /* that a message waits for the home to give one; 0: 2000 */
    uint8_t others;
    godwit_sgsn_other_t other[GODWIT_SGSN_OTHERS_MAX];
    /* Towards GGSNs. */
    uint8_t ipv4[4];
    uint16_t gtpc_port, gtpu_port; /* where all nodes listen; 0: 2123 and 2152 */
    uint8_t recovery;
    uint32_t t3_ms; /* 0: as godwit_gtp_path_init */
    uint8_t n3;
    uint8_t apns;
    godwit_sgsn_apn_t apn[GODWIT_SGSN_APNS_MAX];
    /* Timers. */
    uint32_t retransmit_ms;  /* 0: 3000 */
    uint8_t attempts;        /* sendings of one message; 0: 4 */
    uint32_t hss_timeout_ms; /* 0: 6000 */
    uint32_t inactive_ms;    /* the radio is released after so long without a frame; 0: never by us */
    uint32_t retain_ms; /* of a detached device's row, and longer while another attach may use its keys; 0: 60000 */
} godwit_sgsn_config_t;

#define GODWIT_SGSN_POOL 64
typedef struct godwit_sgsn {
    godwit_sgsn_config_t config;
    godwit_gtp_path_t path;
    godwit_sgsn_ue_t *ues;
    size_t capacity, top; /* rows from top on are free */
    godwit_index_t by_address, by_imsi, by_transaction, by_first;
    godwit_lines_t lines; /* free rows below top, detached devices, dialogues */
    uint32_t next_transaction;
    /* random octets that were not used yet: FRESH, P-TMSI, TEIDs; none of them is a secret */
    uint8_t pool[GODWIT_SGSN_POOL];
    size_t pool_left;
} godwit_sgsn_t;

/* GODWIT_INVALID_ARGUMENT: a table of size 0 or beyond GODWIT_SGSN_UES_MAX, no APN, an algorithm that is not here. */
GODWIT_MUST_USE godwit_status_t godwit_sgsn_init(godwit_sgsn_t *sgsn, const godwit_sgsn_config_t *config,
                                                 godwit_sgsn_ue_t *ues, size_t capacity, godwit_gtp_pending_t *pending,
                                                 size_t pending_capacity, godwit_gtp_answered_t *answered,
                                                 size_t answered_capacity);
/* Inputs: DATAGRAM of RADIO, GTPC and GTPU; MESSAGE (AUTH_INFO_ANSWER, SHORT_MESSAGE_UP_ANSWER, SHORT_MESSAGE_DOWN,
 * LOCATION_UPDATE_ANSWER, T5_DOWN, T5_UP_ANSWER, IWF_KEY_REQUEST); TIMER; DROP (imsi: the operator detaches it);
 * COMMIT_FAILED. Needs: RANDOM, STORE_FETCH of NEXT_SESSION.
 * Events, with the IMSI where it is known: attached, detached, idle, resumed, paging, paging_failed; attach_refused,
 * authentication_failed, resynchronised, security_mode_failed; activated, modified, deactivated, activation_refused,
 * modification_refused; sms_accepted, sms_refused, sms_delivered, sms_not_delivered; located, location_refused,
 * trigger_delivered, trigger_not_delivered, trigger_refused, iwf_key_given, iwf_key_refused; refused (a frame or
 * message that was not taken); next_handed_over, next_not_given, next_used, next_refused, next_given_away. */
void godwit_sgsn_step(godwit_sgsn_t *sgsn, const godwit_input_t *in, godwit_outbox_t *out);

#endif
