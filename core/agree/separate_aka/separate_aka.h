/* SPDX-License-Identifier: Apache-2.0
 *
 * Separate AKA (Solution 3 of contribution 004): an AKA run of its own inside EMSDP, HSS and USIM unmodified. What AMF
 * an agreement demands, and the way from CK, IK (or KASME) to e2mKEYSET. Device and EMKS call the same functions.
 * Agreement 03: root KASME for the operator's BEST PLMN; the vector must carry the separation bit (TS 33.401 6.1.1),
 * for else a serving network that fetched a UTRAN vector could compute it. Agreement 07: root CK||IK; the vector must
 * carry neither the separation bit nor the e2m flag, so that no vector serves two agreements.
 */
#ifndef GODWIT_CORE_AGREE_SEPARATE_AKA_H
#define GODWIT_CORE_AGREE_SEPARATE_AKA_H

#include "godwit/aka.h"
#include "godwit/keys.h"

/* Whether this AUTN may serve the agreement: GODWIT_OK; GODWIT_POLICY_FORBIDS when its AMF is that of another use;
 * GODWIT_INVALID_ARGUMENT for another agreement than 03 and 07. amf_flag: the configured bit, 0 for the default. */
GODWIT_MUST_USE godwit_status_t godwit_separate_aka_check(godwit_agreement_t agreement, const uint8_t autn[16],
                                                          uint16_t amf_flag);

/* e2mKEYSET from what the USIM gave for (RAND, AUTN), or from a UTRAN vector. Checks AUTN as above first. best_plmn:
 * the serving network of agreement 03's KASME; 07 does not look at it. Wipes out on error. */
GODWIT_MUST_USE godwit_status_t godwit_separate_aka_keyset(const godwit_crypto_t *crypto, godwit_agreement_t agreement,
                                                           const uint8_t ck[16], const uint8_t ik[16],
                                                           const uint8_t autn[16], godwit_plmn_t best_plmn,
                                                           uint16_t amf_flag, uint8_t e2m_keyset[32]);

/* Agreement 03 where the HSS has made KASME already: the EMKS. Same checks. */
GODWIT_MUST_USE godwit_status_t godwit_separate_aka_keyset_from_kasme(const godwit_crypto_t *crypto,
                                                                      const uint8_t kasme[32], const uint8_t autn[16],
                                                                      uint8_t e2m_keyset[32]);

#endif
