/* SPDX-License-Identifier: Apache-2.0
 *
 * Godwit's own: the keys of device RAND (docs/keys.md). The device chooses RAND1; the SIM runs twice in the GSM
 * context, on RANDa and RANDb; K_MTC stands on both results and on the chain, which an attacker who broke the two
 * 64-bit Kc does not have.
 */
#include "core/keys/kdf.h"
#include "core/keys/profile.h"

#define KC_SRES_OCTETS 24 /* Kc_a || Kc_b || SRES_a || SRES_b */

static godwit_slice_t imsi_slice(const godwit_imsi_t *imsi)
{
    return godwit_slice(imsi->digits, imsi->len);
}

static godwit_status_t derive_rand(const godwit_crypto_t *c, const uint8_t rand1[16], const godwit_imsi_t *imsi,
                                   uint8_t which, uint8_t out[16])
{
    uint8_t whole[32];
    const godwit_slice_t p[] = {imsi_slice(imsi), godwit_slice(&which, 1)};
    return kdf_take_half(godwit_kdf_own(c, godwit_slice(rand1, 16), FC_OWN_DEVICE_RAND, p, 2, whole), whole,
                         KDF_MOST_SIGNIFICANT, out);
}

godwit_status_t godwit_device_rand_pair(const godwit_crypto_t *c, const uint8_t rand1[16], const godwit_imsi_t *imsi,
                                        uint8_t rand_a[16], uint8_t rand_b[16])
{
    godwit_status_t status = derive_rand(c, rand1, imsi, PROFILE_RAND_A, rand_a);
    if (status == GODWIT_OK) {
        status = derive_rand(c, rand1, imsi, PROFILE_RAND_B, rand_b);
    }
    if (status != GODWIT_OK) {
        godwit_wipe(rand_a, 16);
        godwit_wipe(rand_b, 16);
    }
    return status;
}

godwit_status_t godwit_k_mtc(const godwit_crypto_t *c, const uint8_t kc_sres[24], godwit_slice_t server_id,
                             const godwit_imsi_t *imsi, const uint8_t rand1[16], const uint8_t chain[32],
                             uint8_t k_mtc[32])
{
    const godwit_slice_t p[] = {server_id, imsi_slice(imsi), godwit_slice(rand1, 16), godwit_slice(chain, 32)};
    if (!godwit_fqdn_is_canonical(server_id)) {
        return kdf_refuse(k_mtc, 32);
    }
    return godwit_kdf_own(c, godwit_slice(kc_sres, KC_SRES_OCTETS), FC_OWN_K_MTC, p, 4, k_mtc);
}

godwit_status_t godwit_next_chain(const godwit_crypto_t *c, const uint8_t kc_sres[24], const uint8_t chain[32],
                                  const uint8_t rand1[16], uint8_t next[32])
{
    const godwit_slice_t p[] = {godwit_slice(chain, 32), godwit_slice(rand1, 16)};
    return godwit_kdf_own(c, godwit_slice(kc_sres, KC_SRES_OCTETS), FC_OWN_NEXT_CHAIN, p, 2, next);
}

/* ---- profile ts33868: TR 33.868, the text of contribution 001. f, its FC and how RES is encrypted are not given there. ---- */

#define RES_OCTETS 4

godwit_status_t godwit_k_mtc_ts33868(const godwit_crypto_t *c, const uint8_t kc[8], godwit_slice_t server_id,
                                     uint8_t k_mtc[32])
{
    if (!godwit_fqdn_is_canonical(server_id)) {
        return kdf_refuse(k_mtc, 32);
    }
    return godwit_kdf_own(c, godwit_slice(kc, 8), FC_OWN_K_MTC_TS33868, &server_id, 1, k_mtc);
}

/* A stream: RES xor the first octets of the derivation. */
godwit_status_t godwit_res_crypt_ts33868(const godwit_crypto_t *c, godwit_slice_t key, const uint8_t rand[16],
                                         uint8_t res[4])
{
    uint8_t mask[32];
    const godwit_slice_t p[] = {godwit_slice(rand, 16)};
    godwit_status_t status = godwit_kdf_own(c, key, FC_OWN_RES_MASK, p, 1, mask);
    for (size_t i = 0; i < RES_OCTETS; i++) {
        res[i] = (uint8_t)(status == GODWIT_OK ? res[i] ^ mask[i] : 0);
    }
    godwit_wipe(mask, sizeof mask);
    return status;
}
