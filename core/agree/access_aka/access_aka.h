/* SPDX-License-Identifier: Apache-2.0
 *
 * Key agreement by the access AKA run itself (Solution 1 of contribution 004; contribution 003, steps 0 and 3): which
 * AMF asks for it, and the way from CK, IK to e2mKEYSET and, for UMTS, to the CK', IK' that the access uses in their
 * place. HSS, USIM and (variant E) ME call the same function. Agreement 01: UMTS vector, separation bit 0. Agreement
 * 02: EPS vector, separation bit 1; CK, IK stay what they are, for the MME has KASME only. A vector that is not flagged
 * must never give a key set: the serving network holds its CK, IK.
 */
#ifndef GODWIT_CORE_AGREE_ACCESS_AKA_H
#define GODWIT_CORE_AGREE_ACCESS_AKA_H

#include "godwit/aka.h"
#include "godwit/keys.h"

/* Whether a flag can be one: a single bit of the proprietary octet of AMF (TS 33.102 Annex H). 0 stands for the
 * default. */
bool godwit_access_aka_flag_valid(uint16_t amf_flag);
/* Whether AUTN asks for the derivation. amf_flag: the configured bit, 0 for the default. */
bool godwit_access_aka_flagged(const uint8_t autn[16], uint16_t amf_flag);

/* Secret; wipe after use. */
typedef struct godwit_access_aka_keys {
    godwit_agreement_t agreement; /* ACCESS_UMTS or ACCESS_EPS, as the separation bit says */
    uint8_t ck[16], ik[16];       /* what the access gets: 01 CK', IK'; 02 CK, IK unchanged */
    uint8_t e2m_keyset[32];
} godwit_access_aka_keys_t;

/* AUTN = SQN xor AK (6) || AMF (2) || MAC (8): checked by whoever calls. GODWIT_POLICY_FORBIDS when AMF does not ask
 * for it, GODWIT_INVALID_ARGUMENT for a flag that cannot be one. keys is wiped on error. ck and ik may be those of
 * keys. */
GODWIT_MUST_USE godwit_status_t godwit_access_aka_derive(const godwit_crypto_t *crypto, const uint8_t ck[16],
                                                         const uint8_t ik[16], const uint8_t autn[16],
                                                         uint16_t amf_flag, godwit_access_aka_keys_t *keys);

#endif
