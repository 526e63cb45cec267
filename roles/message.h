/* SPDX-License-Identifier: Apache-2.0
 *
 * What network functions say to each other, as typed messages marked with their reference point. Inside one process
 * they are handed over as they are; between processes an adapter puts them on the wire (core/wire has the one encoder
 * of each protocol).
 * Requests and answers are paired by `transaction`, chosen by the requester; adapters keep the pairing over the wire.
 */
#ifndef GODWIT_ROLES_MESSAGE_H
#define GODWIT_ROLES_MESSAGE_H

#include "core/wire/payload.h"
#include "core/wire/payload_akma.h"
#include "core/wire/payload_e2e.h"
#include "core/wire/payload_eap.h"
#include "core/wire/payload_gba.h"
#include "core/wire/payload_kms.h"
#include "core/wire/payload_mtc.h"
#include "core/wire/payload_naf.h"
#include "core/wire/payload_sms.h"
#include "core/wire/payload_trigger.h"

#define GODWIT_NODE_NAME_MAX 128

typedef enum godwit_function {
    GODWIT_FUNCTION_NONE = 0,
    GODWIT_FUNCTION_HSE,
    GODWIT_FUNCTION_EMKS,
    GODWIT_FUNCTION_HSS,
    GODWIT_FUNCTION_MME,
    GODWIT_FUNCTION_SGSN,
    GODWIT_FUNCTION_SGW,
    GODWIT_FUNCTION_PGW, /* also the GGSN */
    GODWIT_FUNCTION_MSC,
    GODWIT_FUNCTION_SMS_SC,
    GODWIT_FUNCTION_MKEF, /* contribution 001 */
    GODWIT_FUNCTION_BSF,  /* TS 33.220, not the 5G core's function of that name */
    GODWIT_FUNCTION_NAF,
    GODWIT_FUNCTION_AANF, /* TS 33.535 */
    GODWIT_FUNCTION_AUSF, /* TS 33.501: the part of it that AKMA stands on */
    GODWIT_FUNCTION_AF,   /* whoever asks the AAnF for keys */
    GODWIT_FUNCTION_KMS,  /* TS 33.328 */
    GODWIT_FUNCTION_SCS,  /* contribution 002: sources of triggers */
    GODWIT_FUNCTION_AS,
    GODWIT_FUNCTION_MTC_IWF,
    GODWIT_FUNCTION_AAA,    /* of 3GPP, for access that is not 3GPP's (TS 33.402) */
    GODWIT_FUNCTION_EESE,   /* serves end-to-end keys to enterprises (contribution 004, Solution 5) */
    GODWIT_FUNCTION_EAS,    /* of an enterprise (TS 33.163): the end of the user plane */
    GODWIT_FUNCTION_DEVICE, /* behind a door that is not datagrams: Ub */
} godwit_function_t;
_Static_assert(GODWIT_FUNCTION_MME == GODWIT_NODE_MME && GODWIT_FUNCTION_SGSN == GODWIT_NODE_SGSN &&
                   GODWIT_FUNCTION_MSC == GODWIT_NODE_MSC,
               "core/wire reads nodes by these numbers");

typedef enum godwit_message_kind {
    GODWIT_AUTH_INFO_REQUEST = 1, /* S6a AIR (TS 29.272 5.2.3), GSUP SendAuthInfo */
    GODWIT_AUTH_INFO_ANSWER,
    GODWIT_KEY_REQUEST, /* HSE to EMKS, our own application "Ek" (docs/diameter.md) */
    GODWIT_KEY_ANSWER,
    GODWIT_KEY_CONFIRM, /* HSE to EMKS: a datagram verified under that generation; no vector is outstanding any more */
    GODWIT_KEY_CONFIRM_ANSWER,
    GODWIT_KEY_PUSH, /* HSS to HSE */
    GODWIT_KEY_PUSH_ANSWER,
    GODWIT_KEY_SET_PUSH, /* HSS to EMKS */
    GODWIT_KEY_SET_PUSH_ANSWER,
    GODWIT_KEY_PARK, /* HSE to EMKS or HSS */
    GODWIT_KEY_PARK_ANSWER,
    GODWIT_ACTIVATION, /* gateway to HSS */
    GODWIT_ACTIVATION_ANSWER,
    GODWIT_BEARER, /* gateway to HSE */
    GODWIT_BEARER_ANSWER,
    GODWIT_DEVICE_RAND_REQUEST, /* MKEF to HSS (Ek) */
    GODWIT_DEVICE_RAND_ANSWER,
    GODWIT_MTC_KEY_REQUEST, /* MTC server to MKEF (HTTPS) */
    GODWIT_MTC_KEY_ANSWER,
    GODWIT_SHORT_MESSAGE_UP, /* serving node to SMS-SC: SGd OFR */
    GODWIT_SHORT_MESSAGE_UP_ANSWER,
    GODWIT_SHORT_MESSAGE_DOWN, /* SMS-SC to serving node: SGd TFR */
    GODWIT_SHORT_MESSAGE_DOWN_ANSWER,
    GODWIT_UB_REQUEST, /* device to BSF: Ub */
    GODWIT_UB_ANSWER,
    GODWIT_ZH_REQUEST, /* BSF to HSS: Zh MAR */
    GODWIT_ZH_ANSWER,
    GODWIT_ZN_REQUEST, /* NAF to BSF: Zn BIR */
    GODWIT_ZN_ANSWER,
    GODWIT_UA_REQUEST, /* device to NAF: Ua by HTTP */
    GODWIT_UA_ANSWER,
    GODWIT_NAF_KEY_REQUEST, /* a door of the NAF, or its operator, to the NAF */
    GODWIT_NAF_KEY_ANSWER,
    GODWIT_5G_AUTH_REQUEST, /* serving network to AUSF (HTTPS) */
    GODWIT_5G_AUTH_ANSWER,
    GODWIT_5G_CONFIRM,
    GODWIT_5G_CONFIRM_ANSWER,
    GODWIT_HE_VECTOR_REQUEST, /* AUSF to HSS in the part of the UDM (Ek) */
    GODWIT_HE_VECTOR_ANSWER,
    GODWIT_AKMA_REGISTER, /* AUSF to AAnF (HTTPS) */
    GODWIT_AKMA_REGISTER_ANSWER,
    GODWIT_AKMA_KEY_REQUEST, /* AF to AAnF (HTTPS) */
    GODWIT_AKMA_KEY_ANSWER,
    GODWIT_KMS_REQUEST, /* a user of IMS media security to the KMS */
    GODWIT_KMS_ANSWER,
    GODWIT_LOCATION_UPDATE, /* serving node to HSS: S6a ULR */
    GODWIT_LOCATION_UPDATE_ANSWER,
    GODWIT_SUBSCRIBER_INFO_REQUEST, /* MTC-IWF to HSS: S6m SIR */
    GODWIT_SUBSCRIBER_INFO_ANSWER,
    GODWIT_DEVICE_ACTION, /* SCS or AS to MTC-IWF: Tsp DAR, or REST */
    GODWIT_DEVICE_ACTION_ANSWER,
    GODWIT_DEVICE_NOTIFICATION, /* MTC-IWF to SCS or AS: Tsp DNR, or REST */
    GODWIT_DEVICE_NOTIFICATION_ANSWER,
    GODWIT_T4_TRIGGER, /* MTC-IWF to SMS-SC: T4 DTR */
    GODWIT_T4_TRIGGER_ANSWER,
    GODWIT_T4_REPORT, /* SMS-SC to MTC-IWF: T4 DRR */
    GODWIT_T4_REPORT_ANSWER,
    GODWIT_T5_DOWN, /* MTC-IWF to serving node */
    GODWIT_T5_DOWN_ANSWER,
    GODWIT_T5_UP, /* serving node to MTC-IWF */
    GODWIT_T5_UP_ANSWER,
    GODWIT_IWF_KEY_REQUEST, /* MTC-IWF to serving node (T5) or AAA server */
    GODWIT_IWF_KEY_ANSWER,
    GODWIT_TRIGGER_QUERY, /* AS to MTC-IWF: REST */
    GODWIT_TRIGGER_QUERY_ANSWER,
    GODWIT_EAP_PACKET, /* access network to AAA server, for a device (RADIUS) */
    GODWIT_EAP_PACKET_ANSWER,
    GODWIT_E2E_SESSION_REQUEST, /* HSE to EESE (Ek) */
    GODWIT_E2E_SESSION_ANSWER,
    GODWIT_E2E_RENEW, /* EESE to HSE (Ek) */
    GODWIT_E2E_RENEW_ANSWER,
    GODWIT_E2E_KEY_REQUEST, /* EESE to EMKS or HSS (Ek) */
    GODWIT_E2E_KEY_ANSWER,
    GODWIT_EAS_REGISTER, /* EAS to EESE (HTTPS) */
    GODWIT_EAS_REGISTER_ANSWER,
    GODWIT_EAS_SESSION_PULL, /* EAS to EESE (HTTPS) */
    GODWIT_EAS_SESSION_PULL_ANSWER,
    GODWIT_EAS_SESSION_PUSH, /* EESE to EAS (HTTPS) */
    GODWIT_EAS_SESSION_PUSH_ANSWER,
    GODWIT_USER_PLANE_UP, /* HSE to EAS (HTTPS) */
    GODWIT_USER_PLANE_UP_ANSWER,
    GODWIT_USER_PLANE_DOWN, /* EAS to HSE (HTTPS) */
    GODWIT_USER_PLANE_DOWN_ANSWER,
} godwit_message_kind_t;

/* Kinds go in pairs, a request and then its answer. */
static inline bool godwit_message_is_answer(godwit_message_kind_t kind)
{
    return kind % 2 == 0;
}

/* How the way was protected that a message came by, as its adapter knows it. A role that hands out keys, or vouches for
 * whom it heard, looks at this and not at the names alone. */
typedef enum godwit_hop {
    GODWIT_HOP_OPEN = 0, /* nobody has proved anything: names are claims */
    GODWIT_HOP_TLS,      /* TLS, and the peer's certificate names its host */
    GODWIT_HOP_NDS_IP,   /* the operator declares that way protected otherwise (TS 33.210) */
    GODWIT_HOP_INSIDE,   /* of this process */
} godwit_hop_t;

typedef struct godwit_message {
    godwit_message_kind_t kind;
    godwit_function_t from, to;
    uint32_t transaction;
    /* Who sent it, as the transport authenticated it: Diameter Origin-Host and Origin-Realm; in one process the
     * configured names. */
    char origin_host[GODWIT_NODE_NAME_MAX], origin_realm[GODWIT_NODE_NAME_MAX];
    godwit_hop_t hop; /* of what came; a sender leaves it 0 */
    /* Which adapter instance and connection an answer goes back to; opaque to roles, copied from request to answer. A
     * request that a role makes has 0 here and the role's own name in origin_host; an answer has no origin: the owner's
     * names are meant. */
    uint64_t route;
    union {
        godwit_auth_info_request_t auth_info_request;
        godwit_auth_info_answer_t auth_info_answer;
        godwit_key_request_t key_request;
        godwit_key_answer_t key_answer;
        godwit_key_confirm_t key_confirm;
        godwit_status_t key_confirm_answer;
        godwit_key_push_t key_push;
        godwit_key_set_push_t key_set_push;
        godwit_key_park_t key_park;
        godwit_activation_t activation;
        godwit_bearer_t bearer;
        godwit_bearer_answer_t bearer_answer;
        godwit_device_rand_request_t device_rand_request;
        godwit_device_rand_answer_t device_rand_answer;
        godwit_mtc_key_request_t mtc_key_request;
        godwit_mtc_key_answer_t mtc_key_answer;
        godwit_short_message_t short_message; /* up and down */
        godwit_ub_request_t ub_request;
        godwit_ub_answer_t ub_answer;
        godwit_zh_request_t zh_request;
        godwit_zh_answer_t zh_answer;
        godwit_zn_request_t zn_request;
        godwit_zn_answer_t zn_answer;
        godwit_ua_request_t ua_request;
        godwit_ua_answer_t ua_answer;
        godwit_naf_key_request_t naf_key_request;
        godwit_naf_key_answer_t naf_key_answer;
        godwit_5g_auth_request_t auth_5g_request; /* also of HE_VECTOR_REQUEST */
        godwit_5g_auth_answer_t auth_5g_answer;
        godwit_5g_confirm_t confirm_5g;
        godwit_he_vector_answer_t he_vector_answer;
        godwit_akma_register_t akma_register;
        godwit_akma_key_request_t akma_key_request;
        godwit_akma_key_answer_t akma_key_answer;
        godwit_kms_request_t kms_request;
        godwit_kms_answer_t kms_answer;
        godwit_location_update_t location_update;
        godwit_location_update_answer_t location_update_answer;
        godwit_subscriber_info_request_t subscriber_info_request;
        godwit_subscriber_info_answer_t subscriber_info_answer;
        godwit_device_action_t device_action;
        godwit_device_action_answer_t device_action_answer;
        godwit_device_notification_t device_notification;
        godwit_t4_trigger_t t4_trigger;
        godwit_t4_report_t t4_report;
        godwit_t5_down_t t5_down;
        godwit_t5_up_t t5_up;
        godwit_t5_up_answer_t t5_up_answer;
        godwit_iwf_key_request_t iwf_key_request;
        godwit_iwf_key_answer_t iwf_key_answer;
        godwit_trigger_query_t trigger_query;
        godwit_trigger_query_answer_t trigger_query_answer;
        godwit_eap_request_t eap_request;
        godwit_eap_answer_t eap_answer;
        godwit_e2e_session_request_t e2e_session_request;
        godwit_e2e_session_answer_t e2e_session_answer;
        godwit_e2e_renew_t e2e_renew;
        godwit_e2e_key_request_t e2e_key_request;
        godwit_e2e_key_answer_t e2e_key_answer;
        godwit_eas_register_t eas_register;
        godwit_eas_register_answer_t eas_register_answer;
        godwit_eas_session_request_t eas_session_request; /* PULL */
        godwit_eas_session_t eas_session;                 /* PULL_ANSWER, PUSH */
        godwit_user_plane_t user_plane;                   /* up and down */
        godwit_user_plane_answer_t user_plane_answer;     /* of UP */
        godwit_status_t
            outcome; /* of E2E_RENEW, EAS_SESSION_PUSH, USER_PLANE_DOWN, DEVICE_NOTIFICATION, T4 messages, T5_DOWN; of KEY_PUSH, KEY_SET_PUSH, KEY_PARK, ACTIVATION, short messages, 5G_CONFIRM and AKMA_REGISTER */
    } u;
} godwit_message_t;

#endif
