/* SPDX-License-Identifier: Apache-2.0
 *
 * Records of end-to-end protection (docs/e2e.md) and of what waits to be delivered, either way. See record.h.
 */
#ifndef GODWIT_ROLES_RECORD_E2E_H
#define GODWIT_ROLES_RECORD_E2E_H

#include "core/wire/payload_e2e.h"
#include "godwit/crypto.h"
#include "roles/record_mtc.h"

#define GODWIT_ENTERPRISE_MAX 64

/* EESE: an EAS that has registered. */
typedef struct godwit_eas_record {
    uint8_t eas_key[16]; /* name key of eas */
    char eas[GODWIT_FQDN_MAX + 1];
    uint8_t registration[GODWIT_EAS_REGISTRATION];
    bool push;
    godwit_e2e_ageing_t ageing[GODWIT_SERVICES]; /* within the operator's bounds */
    uint64_t registered_ms;
} godwit_eas_record_t;

/* EESE: which enterprise's EAS may have K_e2e of whose devices, and for which services. */
typedef struct godwit_eas_entitlement_record {
    uint8_t id[16]; /* godwit_eas_entitlement_name */
    uint8_t eas_key[16];
    char eas[GODWIT_FQDN_MAX + 1];
    char enterprise[GODWIT_ENTERPRISE_MAX + 1];
    char group[GODWIT_ENTERPRISE_MAX + 1]; /* of devices; may be empty */
    godwit_mtc_scope_t scope;
    char first[GODWIT_IMSI_DIGITS_MAX + 1], last[GODWIT_IMSI_DIGITS_MAX + 1];
    uint8_t services;                     /* bit service - 1 */
    uint64_t not_before_ms, not_after_ms; /* 0: no end */
} godwit_eas_entitlement_record_t;

/* EESE: one session of a device with one EAS. A set-up that is never ended must not cost the device a session that it
 * has, so each stands alone. */
typedef struct godwit_e2e_session_record {
    godwit_e2e_path_t path;
    uint8_t eas_key[16];
    char eas[GODWIT_FQDN_MAX + 1];
    godwit_agreement_t agreement;
    uint64_t key_set;
    bool owner_is_hss;
    uint16_t suites;
    godwit_plmn_t serving_network;
    /* Given last; and the ones that the device has proved to have (age 0: none yet). */
    godwit_e2e_terms_t terms, taken;
    uint64_t agreed_ms, taken_ms;
    uint8_t k_e2e[32]; /* secret: of terms, until the EAS has it; zero after that, and it is never handed out again */
    bool with_eas;     /* the EAS has it */
    bool told;         /* the HSE knows terms, and what renewal says */
    bool closed;       /* it is over; with_eas: the EAS has been told */
    bool push;         /* keys go to the EAS unasked */
    godwit_e2e_renewal_t renewal; /* what the HSE is to be told */
    uint32_t attempts;            /* of telling EAS and HSE, and of asking the owner, since something came of one */
    uint64_t again_ms;            /* when they are told again */
    uint64_t ask_ms;              /* the owner was asked for the next age: when that may be done again */
    uint64_t due_ms; /* when something is to be done: a push again, the next age, the end. UINT64_MAX: nothing */
} godwit_e2e_session_record_t;

/* EAS: a device as its receiver knows it: octets that the library of eas/ writes and reads (godwit/eas.h). They hold
 * keys. */
typedef struct godwit_eas_session_record {
    uint8_t hse_key[16]; /* name key of path.hse */
    godwit_e2e_path_t path;
    uint64_t begun_ms; /* when the EAS first knew of it: which of a device's sessions is the newest */
    uint64_t due_ms;   /* when a key is to be wiped, or the next age asked for */
    uint16_t len;
    uint8_t octets[GODWIT_EAS_RECORD_MAX]; /* secret; none (len 0) after a backup: its keys and windows are lost */
} godwit_eas_session_record_t;

/* HSE, EAS: a reading that was accepted and that not every destination has yet. It is committed with the window that it
 * moved. */
typedef struct godwit_reading_record {
    uint64_t number; /* rising; 0 in a commit: the store gives the next */
    godwit_imsi_t imsi;
    uint32_t session_id, count;
    bool user_plane;
    uint64_t time_ms;
    uint16_t len;
    uint8_t payload[GODWIT_USER_PLANE_MAX]; /* secret: the store wraps it */
} godwit_reading_record_t;

/* How far a destination is: it has everything up to number. */
typedef struct godwit_delivery_mark_record {
    uint8_t destination_key[16]; /* name key of the destination, as the configuration names it */
    char destination[GODWIT_FQDN_MAX + 1];
    uint64_t number;
} godwit_delivery_mark_record_t;

/* HSE, EAS: a message for a device, until the device speaks. */
typedef struct godwit_downlink_record {
    uint64_t number; /* rising; 0 in a commit: the store gives the next */
    godwit_imsi_t imsi;
    uint64_t accepted_ms, expires_ms; /* 0: never */
    uint8_t id[16];                   /* of the application: the same one again is the same message */
    uint16_t len;
    uint8_t payload[GODWIT_USER_PLANE_MAX]; /* secret: the store wraps it */
} godwit_downlink_record_t;

/* agreement in the key of a fetch that walks through the sessions of one EAS (record.h, E2E_SESSION). */
#define GODWIT_E2E_FROM_DEVICE 2u

typedef struct godwit_record godwit_record_t;
typedef struct godwit_record_key godwit_record_key_t;

/* Sets id and eas_key: who enters the same devices again changes what is there. */
GODWIT_MUST_USE godwit_status_t godwit_eas_entitlement_name(const godwit_crypto_t *crypto,
                                                            godwit_eas_entitlement_record_t *entitlement);

/* For owners that keep records in memory: kinds 16 to 22. Which of them, if any, answers a fetch of that key. */
bool godwit_record_is_e2e(uint8_t kind);
bool godwit_e2e_may_answer(const godwit_record_t *record, const godwit_record_key_t *key); /* of its kind */
const godwit_record_t *godwit_e2e_find(const godwit_record_t *records, size_t count, const godwit_record_key_t *key);
/* Gives a READING or DOWNLINK its number, if it has none: one above *last, which is kept beside the records and rises
 * even over what is gone. */
void godwit_e2e_number(godwit_record_t *record, uint64_t *last);

#endif
