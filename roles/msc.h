/* SPDX-License-Identifier: Apache-2.0
 *
 * The MSC with its VLR, and the part of the radio network that our stand-in joins to it (core/wire/radio.h), for UTRAN
 * and GERAN, as far as short messages need it: location updating (IMSI attach), authentication, security mode, TMSI, CM
 * service, paging, IMSI detach, and the vector of the following session (contribution 000). Vectors come by AUTH_INFO
 * as the SGSN's do: a standard MSC asks by MAP (TS 29.002), which is not here. Memory is the owner's. It must never
 * believe what is not protected where a security mode could have been: such a message begins a dialogue of its own, or
 * a security mode whose answer proves the device, and touches no registered device until then.
 */
#ifndef GODWIT_ROLES_MSC_H
#define GODWIT_ROLES_MSC_H

#include "core/wire/mm.h"
#include "core/wire/radio.h"
#include "roles/index.h"
#include "roles/serving.h"
#include "roles/sms_node.h"

#define GODWIT_MSC_UES_MAX 16384
#define GODWIT_MSC_CANDIDATES 2
#define GODWIT_MSC_POOL 64

typedef enum godwit_msc_state {
    GODWIT_MSC_FREE = 0,
    GODWIT_MSC_DIALOGUE, /* a location updating that has proved nothing yet */
    GODWIT_MSC_REGISTERED,
} godwit_msc_state_t;

/* What the timer of a device runs for. */
typedef enum godwit_msc_waiting {
    GODWIT_MSC_NOTHING = 0,
    GODWIT_MSC_IDENTITY,
    GODWIT_MSC_VECTOR,
    GODWIT_MSC_RESPONSE, /* to the authentication request */
    GODWIT_MSC_SECURITY, /* security mode complete */
    GODWIT_MSC_NEXT,     /* the home, about the following session: the accept waits */
    GODWIT_MSC_COMPLETE, /* TMSI reallocation complete */
    GODWIT_MSC_PAGED,
} godwit_msc_waiting_t;

/* Who a security mode command went to: whichever address answers it under the keys is the device. */
typedef struct godwit_msc_candidate {
    bool used;
    uint8_t purpose; /* the MM type that began it; GODWIT_RR_PAGING_RESPONSE */
    godwit_address_t address;
    godwit_radio_command_t command;
} godwit_msc_candidate_t;

typedef struct godwit_msc_ue {
    godwit_msc_state_t state;
    godwit_msc_waiting_t waiting;
    uint8_t attempts;     /* left of what is waited for */
    godwit_status_t hint; /* what went wrong meanwhile, unauthenticated: named when the attempts end */
    uint64_t at_ms;
    godwit_imsi_t imsi;
    godwit_address_t address; /* of the radio connection, or the last one */
    bool connected, follow_on, accepted;
    godwit_radio_capability_t capability;
    uint32_t tmsi;
    /* Authentication. */
    uint32_t transaction;
    uint8_t cksn, resyncs;
    uint8_t rand[16], autn[16], auts[14];
    uint8_t xres_len, xres[GODWIT_RES_MAX];
    uint8_t ck_ik[32];
    /* Security. */
    bool has_keys;
    godwit_radio_security_t security;
    godwit_msc_candidate_t candidate[GODWIT_MSC_CANDIDATES];
    uint8_t next_candidate;
    /* The following session. */
    bool next_allowed; /* the subscription has the feature, and this vector is not flagged */
    bool next_given;
    uint32_t next_transaction;            /* 0: nobody was asked */
    uint8_t next_rand[16], next_autn[16]; /* next_given */
    uint32_t consumed;                    /* TMSI of the record that this registration came from */
    uint8_t first[8];                     /* of SHA-256 of the frame that was taken for it */
    /* that of the vector that is stored while it comes in by AKA: it goes, for the device has it no more */
    uint32_t stale;
    godwit_sms_node_t sms;
    godwit_serving_trigger_t trigger;
    /* Where it is filed (roles/msc/table.c), and where other rows are: this stays when the rest is wiped. */
    struct {
        godwit_index_cell_t address[1 + GODWIT_MSC_CANDIDATES], imsi, transaction[2], first;
        godwit_line_link_t line;
    } filed;
} godwit_msc_ue_t;

typedef enum godwit_msc_ki128 {
    GODWIT_MSC_KI128_REQUIRED = 0, /* GERAN only with Kc128 and Ki128 */
    /* GERAN as it is elsewhere: ciphering by Kc of c3, no integrity, nothing of the following session */
    GODWIT_MSC_KI128_NONE = 1,
} godwit_msc_ki128_t;

typedef struct godwit_msc_config {
    const godwit_crypto_t *crypto;
    char local_host[GODWIT_NODE_NAME_MAX], local_realm[GODWIT_NODE_NAME_MAX];
    godwit_plmn_t plmn;
    uint16_t lac;
    godwit_msc_ki128_t ki128;
    bool sms; /* short messages go to a SMS-SC (SGd); else they are refused */
    /* Device triggering: the number that devices send to for the MTC-IWF of their home, digits of E.164; "": there is
     * none here. */
    char iwf_number[GODWIT_E164_MAX + 1];
    bool next_session;       /* vectors of following sessions are asked for, handed over, taken */
    uint32_t next_life_s;    /* 0: 30 days */
    uint32_t next_wait_ms;   /* for the home, before the accept goes without; 0: 2000 */
    uint32_t retransmit_ms;  /* 0: 3000 */
    uint8_t attempts;        /* sendings of one message; 0: 4 */
    uint32_t hss_timeout_ms; /* 0: 6000 */
    uint32_t inactive_ms;    /* the radio is released after so long without a frame; 0: 30000 */
} godwit_msc_config_t;

typedef struct godwit_msc {
    godwit_msc_config_t config;
    godwit_msc_ue_t *ues;
    size_t capacity, top; /* rows from top on are free */
    godwit_index_t by_address, by_imsi, by_transaction, by_first;
    godwit_lines_t lines; /* free rows below top, dialogues */
    uint32_t next_transaction;
    uint8_t pool[GODWIT_MSC_POOL]; /* random octets that were not used yet: FRESH and TMSI; none of them is a secret */
    size_t pool_left;
} godwit_msc_t;

/* GODWIT_INVALID_ARGUMENT: a table of size 0 or beyond GODWIT_MSC_UES_MAX, no crypto. */
GODWIT_MUST_USE godwit_status_t godwit_msc_init(godwit_msc_t *msc, const godwit_msc_config_t *config,
                                                godwit_msc_ue_t *ues, size_t capacity);
/* Inputs: DATAGRAM of RADIO; MESSAGE (AUTH_INFO_ANSWER, SHORT_MESSAGE_UP_ANSWER, SHORT_MESSAGE_DOWN,
 * LOCATION_UPDATE_ANSWER, T5_DOWN, T5_UP_ANSWER, IWF_KEY_REQUEST); TIMER; DROP (imsi: forgotten by the operator);
 * COMMIT_FAILED. Needs: RANDOM, STORE_FETCH. Events, with the IMSI where it is known: attached, detached, replaced,
 * idle, resumed, paging, paging_failed; attach_refused, authentication_failed, resynchronised, security_mode_failed;
 * next_used, next_refused, next_handed_over, next_not_given; sms_accepted, sms_refused, sms_delivered,
 * sms_not_delivered; located, location_refused, trigger_delivered, trigger_not_delivered, trigger_refused,
 * iwf_key_given, iwf_key_refused; refused (a frame or message that was not taken). */
void godwit_msc_step(godwit_msc_t *msc, const godwit_input_t *in, godwit_outbox_t *out);

#endif
