/* SPDX-License-Identifier: Apache-2.0
 *
 * Godwit's own: from the root of an agreement to the keys of one session (docs/keys.md). Root -> e2mKEYSET -> K_session
 * of an HSE or K_e2e of an EAS -> K_enc, K_int of a suite, or a pre-shared key for another protocol. An endpoint is
 * never given anything above its own K_session or K_e2e.
 */
#include "core/keys/kdf.h"
#include "core/keys/profile.h"

godwit_status_t godwit_e2m_ck_ik_prime(const godwit_crypto_t *c, const uint8_t ck_ik[32], const uint8_t sqn_xor_ak[6],
                                       uint8_t ck_ik_prime[32])
{
    const godwit_slice_t p[] = {godwit_slice(sqn_xor_ak, 6)};
    return godwit_kdf_own(c, godwit_slice(ck_ik, 32), FC_OWN_CK_IK_PRIME, p, 1, ck_ik_prime);
}

/* Octets of SQN xor AK that the agreement has; -1 for one without an e2mKEYSET. */
static int sqn_octets(godwit_agreement_t agreement)
{
    switch (agreement) {
    case GODWIT_AGREEMENT_ACCESS_UMTS:
    case GODWIT_AGREEMENT_ACCESS_EPS:
    case GODWIT_AGREEMENT_SEPARATE_EPS:
    case GODWIT_AGREEMENT_SEPARATE_UMTS:
        return 6;
    case GODWIT_AGREEMENT_GBA:
    case GODWIT_AGREEMENT_AKMA:
    case GODWIT_AGREEMENT_5G: /* K_HSE is bound to it already */
        return 0;
    case GODWIT_AGREEMENT_DEVICE_RAND:
        break;
    }
    return -1;
}

godwit_status_t godwit_e2m_keyset(const godwit_crypto_t *c, const uint8_t root[32], godwit_agreement_t agreement,
                                  godwit_slice_t sqn_xor_ak, uint8_t e2m_keyset[32])
{
    const uint8_t id = (uint8_t)agreement;
    const godwit_slice_t p[] = {godwit_slice(&id, 1), sqn_xor_ak};
    const int octets = sqn_octets(agreement);
    if (octets < 0 || sqn_xor_ak.len != (size_t)octets) {
        return kdf_refuse(e2m_keyset, 32);
    }
    return godwit_kdf_own(c, godwit_slice(root, 32), FC_OWN_E2M_KEYSET, p, 2, e2m_keyset);
}

static godwit_status_t for_endpoint(const godwit_crypto_t *c, const uint8_t e2m_keyset[32], uint16_t fc,
                                    godwit_slice_t endpoint, uint32_t number, uint8_t out[32])
{
    uint8_t octets[4];
    godwit_store_u32(octets, number);
    const godwit_slice_t p[] = {endpoint, godwit_slice(octets, 4)};
    if (!godwit_fqdn_is_canonical(endpoint)) {
        return kdf_refuse(out, 32);
    }
    return godwit_kdf_own(c, godwit_slice(e2m_keyset, 32), fc, p, 2, out);
}

godwit_status_t godwit_k_session(const godwit_crypto_t *c, const uint8_t e2m_keyset[32], godwit_slice_t endpoint,
                                 uint32_t generation, uint8_t k_session[32])
{
    return for_endpoint(c, e2m_keyset, FC_OWN_K_SESSION, endpoint, generation, k_session);
}

godwit_status_t godwit_k_e2e(const godwit_crypto_t *c, const uint8_t e2m_keyset[32], godwit_slice_t endpoint,
                             uint32_t age, uint8_t k_e2e[32])
{
    return for_endpoint(c, e2m_keyset, FC_OWN_K_E2E, endpoint, age, k_e2e);
}

static godwit_status_t suite_key(const godwit_crypto_t *c, const uint8_t key[32], uint8_t distinguisher,
                                 uint8_t suite_id, uint8_t out[32])
{
    const godwit_slice_t p[] = {godwit_slice(&distinguisher, 1), godwit_slice(&suite_id, 1)};
    return godwit_kdf_own(c, godwit_slice(key, 32), FC_OWN_SUITE_KEY, p, 2, out);
}

godwit_status_t godwit_suite_keys(const godwit_crypto_t *c, const uint8_t key[32], uint8_t suite_id, uint8_t k_enc[16],
                                  uint8_t k_int[32])
{
    uint8_t whole[32];
    godwit_status_t status = GODWIT_INVALID_ARGUMENT;
    if (suite_id == 0 || suite_id > PROFILE_SUITE_LAST) {
        goto out;
    }
    status =
        kdf_take_half(suite_key(c, key, PROFILE_CONFIDENTIALITY, suite_id, whole), whole, KDF_LEAST_SIGNIFICANT, k_enc);
    if (status != GODWIT_OK) {
        goto out;
    }
    status = suite_key(c, key, PROFILE_INTEGRITY, suite_id, k_int);
    if (status == GODWIT_OK && (PROFILE_HMAC_SUITES >> suite_id & 1u) == 0) {
        memcpy(k_int, k_int + KDF_LEAST_SIGNIFICANT, 16);
        godwit_wipe(k_int + 16, 16);
    }
out:
    if (status != GODWIT_OK) {
        godwit_wipe(k_enc, 16);
        godwit_wipe(k_int, 32);
    }
    return status;
}
