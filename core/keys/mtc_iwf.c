/* SPDX-License-Identifier: Apache-2.0
 *
 * Godwit's own: K_iwf between a device and an MTC-IWF, and its children K_di_conf, K_di_int (docs/keys.md). A K_iwf
 * from KASME trusts the visited network, which holds KASME; one from CK || IK at the HSS does not.
 */
#include <string.h>

#include "core/keys/kdf.h"
#include "core/keys/profile.h"

godwit_status_t godwit_iwf_root_name(const godwit_crypto_t *c, const uint8_t rand[16], uint8_t name[8])
{
    uint8_t digest[GODWIT_SHA256_SIZE];
    const godwit_slice_t part = godwit_slice(rand, 16);
    godwit_status_t status = c->sha256(&part, 1, digest);
    memcpy(name, digest, 8);
    return status;
}

godwit_status_t godwit_k_iwf(const godwit_crypto_t *c, const uint8_t root[32], godwit_slice_t iwf_fqdn,
                             const godwit_imsi_t *imsi, uint32_t association, uint8_t k_iwf[32])
{
    uint8_t number[4];
    godwit_store_u32(number, association);
    const godwit_slice_t p[] = {iwf_fqdn, godwit_slice(imsi->digits, imsi->len), godwit_slice(number, 4)};
    if (!godwit_fqdn_is_canonical(iwf_fqdn)) {
        return kdf_refuse(k_iwf, 32);
    }
    return godwit_kdf_own(c, godwit_slice(root, 32), FC_OWN_K_IWF, p, 3, k_iwf);
}

static godwit_status_t child(const godwit_crypto_t *c, const uint8_t k_iwf[32], uint8_t distinguisher, uint8_t suite_id,
                             uint8_t out[16])
{
    uint8_t whole[32];
    const godwit_slice_t p[] = {godwit_slice(&distinguisher, 1), godwit_slice(&suite_id, 1)};
    return kdf_take_half(godwit_kdf_own(c, godwit_slice(k_iwf, 32), FC_OWN_K_DI, p, 2, whole), whole,
                         KDF_LEAST_SIGNIFICANT, out);
}

godwit_status_t godwit_k_di(const godwit_crypto_t *c, const uint8_t k_iwf[32], uint8_t suite_id, uint8_t k_di_conf[16],
                            uint8_t k_di_int[16])
{
    godwit_status_t status = GODWIT_INVALID_ARGUMENT;
    if (suite_id != 0 && suite_id <= PROFILE_SUITE_LAST) {
        status = child(c, k_iwf, PROFILE_CONFIDENTIALITY, suite_id, k_di_conf);
    }
    if (status == GODWIT_OK) {
        status = child(c, k_iwf, PROFILE_INTEGRITY, suite_id, k_di_int);
    }
    if (status != GODWIT_OK) {
        godwit_wipe(k_di_conf, 16);
        godwit_wipe(k_di_int, 16);
    }
    return status;
}

godwit_status_t godwit_iwf_eap_root(const godwit_crypto_t *c, const uint8_t emsk[64], const godwit_imsi_t *imsi,
                                    uint8_t root[32])
{
    const godwit_slice_t p = godwit_slice(imsi->digits, imsi->len);
    return godwit_kdf_own(c, godwit_slice(emsk, 64), FC_OWN_IWF_EAP_ROOT, &p, 1, root);
}
