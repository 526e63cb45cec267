/* SPDX-License-Identifier: Apache-2.0
 *
 * Standard keys one derivation away from CK || IK: EAP-AKA' (TS 33.402 A.2), Kc128 (TS 33.102 B.5), Ki128 (TS 43.020
 * H.6), K_HSE of BEST (TS 33.163 5.1.0a), and what 5G AKA makes (TS 33.501 Annex A).
 */
#include "core/keys/fc.h"
#include "core/keys/kdf.h"

/* The form that EAP-AKA' and K_HSE share: P0 = a network's name, P1 = SQN xor AK. */
static godwit_status_t bound_to_network(const godwit_crypto_t *c, const uint8_t key[32], uint16_t fc,
                                        godwit_slice_t name, const uint8_t sqn_xor_ak[6], uint8_t out[32])
{
    const godwit_slice_t p[] = {name, godwit_slice(sqn_xor_ak, 6)};
    if (name.len == 0) {
        return kdf_refuse(out, 32);
    }
    return godwit_kdf(c, godwit_slice(key, 32), fc, p, 2, out);
}

godwit_status_t godwit_eap_aka_prime(const godwit_crypto_t *c, const uint8_t ck_ik[32], godwit_slice_t network_name,
                                     const uint8_t sqn_xor_ak[6], uint8_t ck_ik_prime[32])
{
    return bound_to_network(c, ck_ik, FC_EAP_AKA_PRIME, network_name, sqn_xor_ak, ck_ik_prime);
}

godwit_status_t godwit_k_hse(const godwit_crypto_t *c, const uint8_t key[32], bool eap,
                             godwit_slice_t serving_network_name, const uint8_t sqn_xor_ak[6], uint8_t k_hse[32])
{
    return bound_to_network(c, key, eap ? FC_K_HSE_EAP_AKA_PRIME : FC_K_HSE_5G_AKA, serving_network_name, sqn_xor_ak,
                            k_hse);
}

godwit_status_t godwit_kc128(const godwit_crypto_t *c, const uint8_t ck_ik[32], uint8_t out[16])
{
    uint8_t whole[32];
    return kdf_take_half(godwit_kdf(c, godwit_slice(ck_ik, 32), FC_KC128, NULL, 0, whole), whole, KDF_MOST_SIGNIFICANT,
                         out);
}

godwit_status_t godwit_ki128(const godwit_crypto_t *c, const uint8_t ck_ik[32], uint8_t out[16])
{
    uint8_t whole[32];
    return kdf_take_half(godwit_kdf(c, godwit_slice(ck_ik, 32), FC_KI128, NULL, 0, whole), whole, KDF_LEAST_SIGNIFICANT,
                         out);
}

godwit_status_t godwit_k_ausf(const godwit_crypto_t *c, const uint8_t ck_ik[32], godwit_slice_t serving_network_name,
                              const uint8_t sqn_xor_ak[6], uint8_t k_ausf[32])
{
    return bound_to_network(c, ck_ik, FC_K_AUSF, serving_network_name, sqn_xor_ak, k_ausf);
}

godwit_status_t godwit_res_star(const godwit_crypto_t *c, const uint8_t ck_ik[32], godwit_slice_t serving_network_name,
                                const uint8_t rand[16], godwit_slice_t res, uint8_t res_star[16])
{
    uint8_t whole[32];
    const godwit_slice_t p[] = {serving_network_name, godwit_slice(rand, 16), res};
    if (serving_network_name.len == 0 || res.len < 4 || res.len > 16) {
        return kdf_refuse(res_star, 16);
    }
    return kdf_take_half(godwit_kdf(c, godwit_slice(ck_ik, 32), FC_RES_STAR, p, 3, whole), whole, KDF_LEAST_SIGNIFICANT,
                         res_star);
}

godwit_status_t godwit_hxres_star(const godwit_crypto_t *c, const uint8_t rand[16], const uint8_t xres_star[16],
                                  uint8_t hxres_star[16])
{
    uint8_t whole[32];
    const godwit_slice_t p[] = {godwit_slice(rand, 16), godwit_slice(xres_star, 16)};
    return kdf_take_half(c->sha256(p, 2, whole), whole, KDF_LEAST_SIGNIFICANT, hxres_star);
}
