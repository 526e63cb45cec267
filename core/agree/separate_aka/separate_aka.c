/* SPDX-License-Identifier: Apache-2.0
 *
 * Separate AKA: AMF demands and the way to e2mKEYSET (docs/keys.md, agreements 03 and 07).
 */
#include <string.h>

#include "core/agree/separate_aka/separate_aka.h"

/* AUTN = SQN xor AK (6) || AMF (2) || MAC (8), TS 33.102 6.3.2. */
#define AUTN_AMF 6
#define SQN_XOR_AK 6

godwit_status_t godwit_separate_aka_check(godwit_agreement_t agreement, const uint8_t autn[16], uint16_t amf_flag)
{
    unsigned amf = godwit_load_u16(autn + AUTN_AMF);
    unsigned flag = amf_flag != 0 ? amf_flag : GODWIT_AMF_E2M_DEFAULT;
    switch (agreement) {
    case GODWIT_AGREEMENT_SEPARATE_EPS:
        return (amf & GODWIT_AMF_SEPARATION) != 0 ? GODWIT_OK : GODWIT_POLICY_FORBIDS;
    case GODWIT_AGREEMENT_SEPARATE_UMTS:
        return (amf & (GODWIT_AMF_SEPARATION | flag)) == 0 ? GODWIT_OK : GODWIT_POLICY_FORBIDS;
    default:
        return GODWIT_INVALID_ARGUMENT;
    }
}

godwit_status_t godwit_separate_aka_keyset(const godwit_crypto_t *crypto, godwit_agreement_t agreement,
                                           const uint8_t ck[16], const uint8_t ik[16], const uint8_t autn[16],
                                           godwit_plmn_t best_plmn, uint16_t amf_flag, uint8_t e2m_keyset[32])
{
    uint8_t root[32];
    godwit_status_t status = godwit_separate_aka_check(agreement, autn, amf_flag);
    memcpy(root, ck, 16);
    memcpy(root + 16, ik, 16);
    if (status == GODWIT_OK && agreement == GODWIT_AGREEMENT_SEPARATE_EPS) {
        uint8_t kasme[32];
        status = godwit_kasme(crypto, root, best_plmn, autn, kasme);
        memcpy(root, kasme, sizeof root);
        godwit_wipe(kasme, sizeof kasme);
    }
    if (status == GODWIT_OK) {
        status = godwit_e2m_keyset(crypto, root, agreement, godwit_slice(autn, SQN_XOR_AK), e2m_keyset);
    }
    if (status != GODWIT_OK) {
        godwit_wipe(e2m_keyset, 32);
    }
    godwit_wipe(root, sizeof root);
    return status;
}

godwit_status_t godwit_separate_aka_keyset_from_kasme(const godwit_crypto_t *crypto, const uint8_t kasme[32],
                                                      const uint8_t autn[16], uint8_t e2m_keyset[32])
{
    godwit_status_t status = godwit_separate_aka_check(GODWIT_AGREEMENT_SEPARATE_EPS, autn, 0);
    if (status == GODWIT_OK) {
        status =
            godwit_e2m_keyset(crypto, kasme, GODWIT_AGREEMENT_SEPARATE_EPS, godwit_slice(autn, SQN_XOR_AK), e2m_keyset);
    }
    if (status != GODWIT_OK) {
        godwit_wipe(e2m_keyset, 32);
    }
    return status;
}
