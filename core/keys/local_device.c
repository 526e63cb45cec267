/* SPDX-License-Identifier: Apache-2.0
 *
 * Godwit's own: Ks_local_device of TS 33.259, whose Annex A is not known to us (docs/keys.md).
 */
#include "core/keys/kdf.h"
#include "core/keys/profile.h"

godwit_status_t godwit_ks_local(const godwit_crypto_t *c, const uint8_t ks_naf[32], godwit_slice_t device,
                                godwit_slice_t application, const uint8_t nonce[16], uint32_t uses, uint8_t key[32])
{
    uint8_t limit[4];
    const godwit_slice_t p[] = {device, application, godwit_slice(nonce, 16), godwit_slice(limit, sizeof limit)};
    godwit_store_u32(limit, uses);
    if (device.len == 0 || uses == 0) {
        return kdf_refuse(key, 32);
    }
    return godwit_kdf_own(c, godwit_slice(ks_naf, 32), FC_OWN_KS_LOCAL_DEVICE, p, 4, key);
}
