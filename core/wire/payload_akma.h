/* SPDX-License-Identifier: Apache-2.0
 *
 * AKMA (TS 33.535) and the primary authentication that it stands on (5G AKA, TS 33.501 6.1.3.2): what serving network,
 * AUSF, UDM, AAnF and AF say to each other, free of any encoding. See payload.h.
 */
#ifndef GODWIT_WIRE_PAYLOAD_AKMA_H
#define GODWIT_WIRE_PAYLOAD_AKMA_H

#include "core/wire/eap_aka.h"
#include "godwit/aka.h"

#define GODWIT_A_KID_MAX 127
#define GODWIT_AF_ID_MAX (GODWIT_FQDN_MAX + 5) /* FQDN || Ua* security protocol identifier */

/* AUSF to UDM, whose part our HSS plays (Nudm_UEAuthentication_Get); and serving network to AUSF
 * (Nausf_UEAuthentication). */
typedef struct godwit_5g_auth_request {
    godwit_imsi_t imsi;
    godwit_plmn_t serving_network;
    bool resync;
    uint8_t rand[16], auts[14];
    /* Of a 3GPP AAA server: the vector is for EAP-AKA' (TS 33.402), bound to this name, and its keys are CK' || IK'.
     * "": 5G AKA. */
    char eap_network[GODWIT_EAP_NETWORK_MAX + 1];
} godwit_5g_auth_request_t;

/* The 5G home environment vector, or that of EAP-AKA': CK and IK do not leave the UDM. */
typedef struct godwit_he_vector_answer {
    godwit_status_t status; /* OK, UNKNOWN_SUBSCRIBER, NOT_ENTITLED, AUTH_MAC_FAILURE, POLICY_FORBIDS, PEER_INTERNAL */
    uint8_t rand[16], autn[16];
    uint8_t xres_star[16], k_ausf[32];                       /* 5G AKA */
    uint8_t xres_len, xres[GODWIT_RES_MAX], ck_ik_prime[32]; /* EAP-AKA'; xres_len 0: it is of 5G AKA */
} godwit_he_vector_answer_t;

typedef struct godwit_5g_auth_answer {
    godwit_status_t status;
    uint8_t rand[16], autn[16], hxres_star[16]; /* RAND also names the authentication when it is confirmed */
} godwit_5g_auth_answer_t;

/* Serving network to AUSF: RES* of the device. The answer is a status: AUTH_MAC_FAILURE when it is wrong, UNKNOWN_KEY
 * when nothing is outstanding for that RAND and caller. */
typedef struct godwit_5g_confirm {
    uint8_t rand[16], res_star[16];
} godwit_5g_confirm_t;

/* AUSF to AAnF (Naanf_AKMA_AnchorKey_Register); an empty a_kid and no key: the context of that subscriber is to go
 * (Context_Remove). The answer is a status. */
typedef struct godwit_akma_register {
    godwit_imsi_t imsi;
    char a_kid[GODWIT_A_KID_MAX + 1];
    uint8_t k_akma[32];
} godwit_akma_register_t;

/* AF to AAnF (Naanf_AKMA_ApplicationKey_Get). */
typedef struct godwit_akma_key_request {
    char a_kid[GODWIT_A_KID_MAX + 1];
    uint16_t af_id_len;
    uint8_t af_id[GODWIT_AF_ID_MAX];
} godwit_akma_key_request_t;

typedef struct godwit_akma_key_answer {
    /* OK; UNKNOWN_KEY: no such A-KID; NOT_ENTITLED: that AF_Id is not this AF's; MALFORMED; PEER_INTERNAL */
    godwit_status_t status;
    godwit_imsi_t imsi;
    uint8_t k_af[32];
    uint64_t created_ms, expires_ms; /* of K_AKMA; of K_AF */
} godwit_akma_key_answer_t;

#endif
