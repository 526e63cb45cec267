/* SPDX-License-Identifier: Apache-2.0
 *
 * EAS (Solution 5; TS 33.163 Annex B; docs/eas.md): the enterprise's end of the user plane. It registers with the EESE,
 * takes keys that are pushed or pulls them, opens what an HSE forwards, and seals what goes down. Window and reading
 * are durable before the reading is delivered and before the HSE is told OK; an answer that was lost is given again,
 * and the reading is not delivered again. Messages for a device wait in the store until it speaks.
 * Only the configured EESE and HSEs are heard, and over a protected hop. What a device sends without a right MAC moves
 * nothing and costs the EESE no key.
 */
#ifndef GODWIT_ROLES_EAS_H
#define GODWIT_ROLES_EAS_H

#include "godwit/eas.h"
#include "roles/role.h"

#define GODWIT_EAS_HSES_MAX 16
#define GODWIT_EAS_PULLS_MAX 64     /* questions to the EESE, and how the last ones ended */
#define GODWIT_EAS_DOWNS_MAX 64     /* datagrams under way to an HSE */
#define GODWIT_EAS_HEARD_MAX 256    /* devices that spoke last */
#define GODWIT_EAS_REFUSED_MAX 1024 /* devices of which the EESE does not have a key that was asked for */

typedef struct godwit_eas_config {
    const godwit_crypto_t *crypto;
    char name[GODWIT_FQDN_MAX + 1]; /* EAS_Id, as the certificate has it */
    char local_realm[GODWIT_NODE_NAME_MAX];
    char eese_host[GODWIT_NODE_NAME_MAX];
    char hses[GODWIT_EAS_HSES_MAX][GODWIT_FQDN_MAX + 1]; /* whose user plane is taken */
    size_t hse_count;
    godwit_e2e_ageing_t ageing[GODWIT_SERVICES]; /* as the enterprise wants it; 0: as the operator does */
    bool push;                                   /* keys are to be pushed */
    bool durable;                                /* readings are committed before they are delivered */
    uint32_t answer_ms;                          /* of EESE and HSE; 0: 10000 */
    uint32_t retry_ms;                           /* first wait of the registration, doubled up to 10 minutes; 0: 2000 */
    uint32_t pull_ms;                            /* between two questions about one device; 0: 30000 */
    uint32_t awake_ms;                           /* after a datagram up a device is taken to be reachable; 0: 10000 */
    uint32_t queue;                              /* messages that may wait for one device; 0: 16 */
    uint32_t downlink_s;                         /* how long a message waits; 0: 604800 */
} godwit_eas_config_t;

typedef enum godwit_eas_pull_state {
    GODWIT_EAS_PULL_FREE = 0,
    GODWIT_EAS_PULL_ASKED,
    GODWIT_EAS_PULL_DONE, /* answered, or not: for a while nothing is asked again */
} godwit_eas_pull_state_t;

typedef struct godwit_eas_pull {
    godwit_eas_pull_state_t state;
    godwit_imsi_t imsi;
    godwit_eas_session_request_t request;
    uint32_t transaction;
    bool missing; /* there is no record: when the key was handed out before, everything is lost */
    uint64_t asked_ms;
} godwit_eas_pull_t;

typedef enum godwit_eas_down_state {
    GODWIT_EAS_DOWN_FREE = 0,
    GODWIT_EAS_DOWN_NEXT, /* the next message of that device is to be sent */
    GODWIT_EAS_DOWN_SENT, /* number is under way */
} godwit_eas_down_state_t;

typedef struct godwit_eas_down {
    godwit_eas_down_state_t state;
    godwit_imsi_t imsi;
    uint8_t hse_key[16];
    uint32_t session_id, transaction;
    uint64_t number; /* of the DOWNLINK record */
} godwit_eas_down_t;

typedef struct godwit_eas_refused {
    godwit_imsi_t imsi; /* len 0: free */
    uint32_t session_id;
    uint8_t key_ids;   /* bit n: Key ID n is not to be had */
    uint64_t asked_ms; /* when the EESE was asked about that device last; 0: it may be asked at once */
} godwit_eas_refused_t;

typedef struct godwit_eas_heard {
    godwit_imsi_t imsi;
    uint64_t at_ms;
} godwit_eas_heard_t;

typedef struct godwit_eas {
    godwit_eas_config_t config;
    uint8_t registration[GODWIT_EAS_REGISTRATION];
    bool registered;
    uint64_t registered_ms;
    uint32_t register_transaction, register_wait_ms;
    uint32_t last_transaction;
    uint64_t due_ms;  /* when the sweep's timer comes; UINT64_MAX: it does not run */
    int64_t ahead_ms; /* how far this clock is ahead of the EESE's, as the last key that came showed */
    godwit_eas_pull_t pulls[GODWIT_EAS_PULLS_MAX];
    godwit_eas_down_t downs[GODWIT_EAS_DOWNS_MAX];
    godwit_eas_heard_t heard[GODWIT_EAS_HEARD_MAX];
    godwit_eas_refused_t refused[GODWIT_EAS_REFUSED_MAX];
    /* Of the input at hand, between its rounds. */
    godwit_eas_device_t device; /* secret */
    uint64_t begun_ms;          /* of that record */
    godwit_eas_opened_t opened;
    uint8_t plain[GODWIT_USER_PLANE_MAX]; /* secret */
} godwit_eas_t;

/* GODWIT_INVALID_ARGUMENT: no crypto, no canonical name, no EESE. */
GODWIT_MUST_USE godwit_status_t godwit_eas_init(godwit_eas_t *eas, const godwit_eas_config_t *config);
/* Inputs: TIMER (the owner gives number 0 at the start), MESSAGE (EAS_SESSION_PUSH and USER_PLANE_UP, which are
 * always answered; EAS_REGISTER_ANSWER, EAS_SESSION_PULL_ANSWER, USER_PLANE_DOWN_ANSWER), SUBMIT (by IMSI),
 * COMMIT_FAILED. Events: registered, register_refused, key_taken, session_ended, key_asked_for, key_not_given,
 * key_wiped, clocks_differ, keys_lost, downlink_queued, downlink_sent, downlink_waits, downlink_expired, refused. */
void godwit_eas_step(godwit_eas_t *eas, const godwit_input_t *in, godwit_outbox_t *out);

#endif
