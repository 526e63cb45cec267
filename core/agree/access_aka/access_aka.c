/* SPDX-License-Identifier: Apache-2.0
 *
 * Access AKA: AMF demands, CK', IK' and e2mKEYSET (docs/keys.md, agreements 01 and 02).
 */
#include <string.h>

#include "core/agree/access_aka/access_aka.h"

/* AUTN = SQN xor AK (6) || AMF (2) || MAC (8), TS 33.102 6.3.2. */
#define AUTN_AMF 6
#define SQN_XOR_AK 6
#define AMF_PROPRIETARY 0x00FFu /* bits 8 to 15, TS 33.102 Annex H */

static unsigned flag_of(uint16_t amf_flag)
{
    return amf_flag != 0 ? amf_flag : GODWIT_AMF_E2M_DEFAULT;
}

bool godwit_access_aka_flag_valid(uint16_t amf_flag)
{
    unsigned flag = flag_of(amf_flag);
    return (flag & ~AMF_PROPRIETARY) == 0 && (flag & (flag - 1)) == 0;
}

bool godwit_access_aka_flagged(const uint8_t autn[16], uint16_t amf_flag)
{
    return (godwit_load_u16(autn + AUTN_AMF) & flag_of(amf_flag)) != 0;
}

static godwit_status_t derive(const godwit_crypto_t *crypto, const uint8_t ck_ik[32], const uint8_t *autn,
                              godwit_access_aka_keys_t *keys)
{
    uint8_t access[32];
    godwit_status_t status = GODWIT_OK;
    bool eps = (godwit_load_u16(autn + AUTN_AMF) & GODWIT_AMF_SEPARATION) != 0;
    keys->agreement = eps ? GODWIT_AGREEMENT_ACCESS_EPS : GODWIT_AGREEMENT_ACCESS_UMTS;
    memcpy(access, ck_ik, sizeof access);
    if (!eps) {
        status = godwit_e2m_ck_ik_prime(crypto, ck_ik, autn, access);
    }
    if (status == GODWIT_OK) {
        status = godwit_e2m_keyset(crypto, ck_ik, keys->agreement, godwit_slice(autn, SQN_XOR_AK), keys->e2m_keyset);
    }
    memcpy(keys->ck, access, 16);
    memcpy(keys->ik, access + 16, 16);
    godwit_wipe(access, sizeof access);
    return status;
}

godwit_status_t godwit_access_aka_derive(const godwit_crypto_t *crypto, const uint8_t ck[16], const uint8_t ik[16],
                                         const uint8_t autn[16], uint16_t amf_flag, godwit_access_aka_keys_t *keys)
{
    uint8_t root[32];
    godwit_status_t status = godwit_access_aka_flag_valid(amf_flag) ? GODWIT_OK : GODWIT_INVALID_ARGUMENT;
    memcpy(root, ck, 16);
    memcpy(root + 16, ik, 16);
    if (status == GODWIT_OK && !godwit_access_aka_flagged(autn, amf_flag)) {
        status = GODWIT_POLICY_FORBIDS;
    }
    if (status == GODWIT_OK) {
        status = derive(crypto, root, autn, keys);
    }
    if (status != GODWIT_OK) {
        godwit_wipe(keys, sizeof *keys);
    }
    godwit_wipe(root, sizeof root);
    return status;
}
