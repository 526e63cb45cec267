/* SPDX-License-Identifier: Apache-2.0
 *
 * What network functions say to each other, as typed messages marked with their reference point. Inside one process they are handed
 * over as they are; between processes an adapter puts them on the wire (core/wire has the one encoder of each protocol).
 * Requests and answers are paired by `transaction`, chosen by the requester; adapters keep the pairing over the wire.
 */
#ifndef GODWIT_ROLES_MESSAGE_H
#define GODWIT_ROLES_MESSAGE_H

#include "core/wire/payload.h"
#include "core/wire/payload_akma.h"
#include "core/wire/payload_gba.h"
#include "core/wire/payload_kms.h"
#include "core/wire/payload_mtc.h"
#include "core/wire/payload_naf.h"
#include "core/wire/payload_sms.h"

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
    GODWIT_FUNCTION_AANF,   /* TS 33.535 */
    GODWIT_FUNCTION_AUSF,   /* TS 33.501: the part of it that AKMA stands on */
    GODWIT_FUNCTION_AF,     /* whoever asks the AAnF for keys */
    GODWIT_FUNCTION_KMS,    /* TS 33.328 */
    GODWIT_FUNCTION_DEVICE, /* behind a door that is not datagrams: Ub */
} godwit_function_t;

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
} godwit_message_kind_t;

/* Kinds go in pairs, a request and then its answer. */
static inline bool godwit_message_is_answer(godwit_message_kind_t kind)
{
    return kind % 2 == 0;
}

typedef struct godwit_message {
    godwit_message_kind_t kind;
    godwit_function_t from, to;
    uint32_t transaction;
    /* Who sent it, as the transport authenticated it: Diameter Origin-Host and Origin-Realm; in one process the configured names. */
    char origin_host[GODWIT_NODE_NAME_MAX], origin_realm[GODWIT_NODE_NAME_MAX];
    /* Which adapter instance and connection an answer goes back to; opaque to roles, copied from request to answer. A request that a role
     * makes has 0 here and the role's own name in origin_host; an answer has no origin: the owner's names are meant. */
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
        godwit_status_t
            outcome; /* of KEY_PUSH, KEY_SET_PUSH, KEY_PARK, ACTIVATION, short messages, 5G_CONFIRM and AKMA_REGISTER */
    } u;
} godwit_message_t;

#endif
