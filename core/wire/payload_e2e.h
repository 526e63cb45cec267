/* SPDX-License-Identifier: Apache-2.0
 *
 * End to end (Solution 5 of TR 33.863, contribution 004; TS 33.163 4.1 and Annex B): what HSE, EESE, the owner of a key
 * set and an EAS say to each other, free of any encoding. See payload.h; docs/e2e.md tells the story. K_e2e stands in
 * answers of the owner and in what the EESE gives to the EAS, and nowhere else: no message to or from an HSE has a
 * member that could hold it.
 */
#ifndef GODWIT_WIRE_PAYLOAD_E2E_H
#define GODWIT_WIRE_PAYLOAD_E2E_H

#include "core/wire/payload.h"
#include "godwit/e2e.h"

#define GODWIT_EAS_REGISTRATION 16 /* octets of the name of a registration */
#define GODWIT_USER_PLANE_MAX 1232 /* GODWIT_EMSDP_DATAGRAM_MAX, which this floor does not see */

/* ---- HSE to EESE (Ek) -------------------------------------------------------------------------------------------- */

typedef enum godwit_e2e_event {
    GODWIT_E2E_OPEN = 1,   /* the device asks for a service with that EAS, in 10 or 30 */
    GODWIT_E2E_AGE = 2,    /* the device, or the HSE for a new key set, asks for the next age */
    GODWIT_E2E_TAKEN = 3,  /* the device has proved that it took terms.age */
    GODWIT_E2E_CLOSED = 4, /* the session is over: nothing can be forwarded any more */
} godwit_e2e_event_t;

#define GODWIT_E2E_SUITES_AS_BEFORE 0xFFFFu
typedef struct godwit_e2e_session_request {
    godwit_e2e_event_t event;
    godwit_e2e_path_t path;
    char eas[GODWIT_FQDN_MAX + 1];
    godwit_agreement_t agreement; /* of the key set that the next age is to come from */
    uint64_t key_set;
    bool owner_is_hss; /* that key set is the HSS's (variants 1A to 1C), else the EMKS's */
    godwit_service_t service;
    /* bit i-1: that the device can do for the user plane; AS_BEFORE: the HSE does not know, and asks by itself */
    uint16_t suites;
    uint32_t age; /* OPEN, AGE: the last that the device has taken of that key set, 0 none; TAKEN: the one taken */
    godwit_plmn_t serving_network;
} godwit_e2e_session_request_t;

typedef struct godwit_e2e_session_answer {
    /* OK; NOT_ENTITLED, POLICY_FORBIDS, UNSUPPORTED_SUITE, UNKNOWN_KEY, OVERLOAD, PEER_INTERNAL */
    godwit_status_t status;
    godwit_e2e_terms_t terms;
} godwit_e2e_session_answer_t;

/* ---- EESE to HSE (Ek): the next age is due, or the service is over. The answer is a status. ---- */
typedef enum godwit_e2e_renewal {
    GODWIT_E2E_NEW_AGE = 1, /* terms are set: to be handed to the device in Manage Keys */
    GODWIT_E2E_NEW_AKA = 2, /* policy asks for a new AKA run */
    GODWIT_E2E_END = 3,     /* entitlement or registration is gone: user data is refused from here on */
} godwit_e2e_renewal_t;

typedef struct godwit_e2e_renew {
    godwit_e2e_renewal_t renewal;
    godwit_e2e_path_t path;
    char eas[GODWIT_FQDN_MAX + 1];
    godwit_agreement_t agreement; /* the key set that terms.age is of: the device must live under it */
    uint64_t key_set;
    godwit_e2e_terms_t terms;
} godwit_e2e_renew_t;

/* ---- EESE to the owner of the key set, EMKS or HSS (Ek, only over a protected hop) ------------------------------- */

typedef struct godwit_e2e_key_request {
    godwit_imsi_t imsi;
    godwit_agreement_t agreement;
    uint64_t key_set;
    char endpoint[GODWIT_FQDN_MAX + 1]; /* the EAS: K_e2e is made for it alone */
    uint32_t above_age;
} godwit_e2e_key_request_t;

/* The owner commits the age before it answers; ages rise over all endpoints of a key set, and none is given twice. */
typedef struct godwit_e2e_key_answer {
    godwit_status_t status;
    uint32_t age;
    uint8_t k_e2e[32]; /* secret */
} godwit_e2e_key_answer_t;

/* ---- EESE and EAS (HTTPS, in the manner of TS 33.163 Annex B) ---------------------------------------------------- */

/* How often keys are to age, as the enterprise wants it; the EESE keeps it within the operator's bounds and says what
 * it became. 0: the operator's. */
typedef struct godwit_e2e_ageing {
    uint32_t life_s, messages;
} godwit_e2e_ageing_t;

/* EAS Session Register. Who asks is in origin_host, as its certificate names it. */
typedef struct godwit_eas_register {
    /* zero: a new one; else that one, which must be its own, is changed, or removed */
    uint8_t registration[GODWIT_EAS_REGISTRATION];
    bool remove;
    char eas[GODWIT_FQDN_MAX + 1];               /* EAS_Id: must be the certificate's */
    godwit_e2e_ageing_t ageing[GODWIT_SERVICES]; /* [service - 1] */
    bool push; /* keys are to be pushed; the address is in the operator's configuration */
} godwit_eas_register_t;

typedef struct godwit_eas_register_answer {
    godwit_status_t status;
    uint8_t registration[GODWIT_EAS_REGISTRATION];
    godwit_e2e_ageing_t ageing[GODWIT_SERVICES];
} godwit_eas_register_answer_t;

/* EAS Session Request, pull: of a device by IMSI. */
typedef struct godwit_eas_session_request {
    uint8_t registration[GODWIT_EAS_REGISTRATION];
    godwit_imsi_t imsi;
    uint32_t session_id; /* 0: the EAS does not know of one */
    uint8_t key_id;      /* as the EAS got it from the device; 0: whichever is newest */
    uint32_t above_age;  /* not 0: its state up to that age is lost, or its count is spent: the next one is wanted */
    bool lost;           /* its state is lost with all ages in it: the next one is wanted, whichever it is */
} godwit_eas_session_request_t;

/* EAS Session Start of a pull; EAS Session Request of a push, whose answer is a status. */
typedef struct godwit_eas_session {
    godwit_status_t status; /* of a pull */
    uint8_t registration[GODWIT_EAS_REGISTRATION];
    char eas[GODWIT_FQDN_MAX + 1]; /* of a push: to whom */
    godwit_e2e_path_t path;
    godwit_e2e_terms_t terms;
    uint32_t overlap_s; /* how long the key before it is still good once this one was used */
    uint64_t agreed_ms; /* since 1970, as the EESE's clock says: the timer's beginning */
    uint64_t now_ms;    /* what that clock says now; 0: it does not tell */
    bool ended;         /* of a push: the session is over; no key */
    uint8_t k_e2e[32];  /* secret */
} godwit_eas_session_t;

/* ---- HSE and EAS (HTTPS): user-plane datagrams, unmodified ------------------------------------------------------- */

typedef struct godwit_user_plane {
    char eas[GODWIT_FQDN_MAX + 1]; /* up: to whom; down: who sends, must be the certificate's */
    char hse[GODWIT_FQDN_MAX + 1]; /* whose session it is: up: who sends, must be the certificate's; down: to whom */
    uint32_t session_id;
    godwit_imsi_t imsi; /* up: so that an EAS that has lost its state can ask for a key; down: empty */
    uint64_t number;    /* up: of the HSE's, so that a repetition is known for one */
    uint16_t len;
    uint8_t datagram[GODWIT_USER_PLANE_MAX];
} godwit_user_plane_t;

/* Up: what the EAS found. Until OK, or a refusal that cannot change (REPLAY, MAC_FAILURE, KEY_EXPIRED, UNKNOWN_SESSION,
 * UNKNOWN_KEY), the HSE keeps the datagram. */
typedef struct godwit_user_plane_answer {
    godwit_status_t status;
    bool highest; /* OK: it had the highest COUNT, so where it came from is where the device is */
} godwit_user_plane_answer_t;

#endif
