/* SPDX-License-Identifier: Apache-2.0
 *
 * What device and 3GPP AAA server reckon alike in EAP-AKA' (RFC 9048 3.3, TS 33.402): the identity of a subscriber and
 * the keys of a run. An association with the MTC-IWF can stand on EMSK (godwit_iwf_eap_root), which RFC 3748 7.10 keeps
 * between the two: the access network is given MSK.
 */
#ifndef GODWIT_AGREE_EAP_AKA_H
#define GODWIT_AGREE_EAP_AKA_H

#include "godwit/keys.h"

#define GODWIT_EAP_NETWORK_WLAN                                                                                        \
    "WLAN" /* Access Network Identity of WiFi, trusted or not (TS 24.302 8.1.1.2, recalled) */

typedef struct godwit_eap_aka_keys { /* secret */
    uint8_t k_encr[16], k_aut[32], k_re[32], msk[64], emsk[64];
} godwit_eap_aka_keys_t;

/* MK = PRF'(IK' || CK', "EAP-AKA'" || identity): RFC 9048 3.3. keys is wiped on failure. */
GODWIT_MUST_USE godwit_status_t godwit_eap_aka_keys(const godwit_crypto_t *crypto, const uint8_t ck_ik_prime[32],
                                                    godwit_slice_t identity, godwit_eap_aka_keys_t *keys);

#define GODWIT_EAP_NAI_MAX 64
/* 6<IMSI>@wlan.mncNNN.mccNNN.3gppnetwork.org: the permanent identity (TS 23.003 19.3.2: 6 stands for EAP-AKA').
 * GODWIT_INVALID_ARGUMENT: the IMSI is not of that home network. */
GODWIT_MUST_USE godwit_status_t godwit_eap_nai(const godwit_imsi_t *imsi, godwit_plmn_t home,
                                               char nai[GODWIT_EAP_NAI_MAX + 1]);
/* The IMSI of such an identity. GODWIT_MALFORMED for another form or home network. */
GODWIT_MUST_USE godwit_status_t godwit_eap_imsi_of(godwit_slice_t nai, godwit_plmn_t home, godwit_imsi_t *imsi);

#endif
