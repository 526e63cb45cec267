/* SPDX-License-Identifier: Apache-2.0
 *
 * The EPS hierarchy, TS 33.401 Annex A: CK || IK -> KASME -> KeNB, NH, KeNB*, algorithm keys.
 */
#include "core/keys/fc.h"
#include "core/keys/kdf.h"

godwit_status_t godwit_kasme(const godwit_crypto_t *c, const uint8_t ck_ik[32], godwit_plmn_t serving_network,
                             const uint8_t sqn_xor_ak[6], uint8_t kasme[32])
{
    const godwit_slice_t p[] = {godwit_slice(serving_network.octets, 3), godwit_slice(sqn_xor_ak, 6)};
    return godwit_kdf(c, godwit_slice(ck_ik, 32), FC_KASME, p, 2, kasme);
}

godwit_status_t godwit_kenb(const godwit_crypto_t *c, const uint8_t kasme[32], uint32_t nas_count, uint8_t kenb[32])
{
    uint8_t count[4];
    godwit_store_u32(count, nas_count);
    const godwit_slice_t p[] = {godwit_slice(count, 4)};
    return godwit_kdf(c, godwit_slice(kasme, 32), FC_KENB, p, 1, kenb);
}

godwit_status_t godwit_nh(const godwit_crypto_t *c, const uint8_t kasme[32], const uint8_t sync[32], uint8_t nh[32])
{
    const godwit_slice_t p[] = {godwit_slice(sync, 32)};
    return godwit_kdf(c, godwit_slice(kasme, 32), FC_NH, p, 1, nh);
}

/* EARFCN-DL has two octets up to 65535 and three above (TS 33.401 A.5). */
godwit_status_t godwit_kenb_star(const godwit_crypto_t *c, const uint8_t key[32], uint16_t pci, uint32_t earfcn,
                                 uint8_t kenb_star[32])
{
    uint8_t pci_octets[2], earfcn_octets[4];
    const size_t earfcn_len = earfcn > 0xFFFFu ? 3 : 2;
    if (earfcn > 0xFFFFFFu) {
        return kdf_refuse(kenb_star, 32);
    }
    godwit_store_u16(pci_octets, pci);
    godwit_store_u32(earfcn_octets, earfcn);
    const godwit_slice_t p[] = {godwit_slice(pci_octets, 2), godwit_slice(earfcn_octets + 4 - earfcn_len, earfcn_len)};
    return godwit_kdf(c, godwit_slice(key, 32), FC_KENB_STAR, p, 2, kenb_star);
}

godwit_status_t godwit_eps_algorithm_key(const godwit_crypto_t *c, const uint8_t key[32], uint8_t distinguisher,
                                         uint8_t algorithm, uint8_t out[16])
{
    uint8_t whole[32];
    const godwit_slice_t p[] = {godwit_slice(&distinguisher, 1), godwit_slice(&algorithm, 1)};
    if (distinguisher < 1 || distinguisher > 6 || algorithm > 15) {
        return kdf_refuse(out, 16);
    }
    return kdf_take_half(godwit_kdf(c, godwit_slice(key, 32), FC_EPS_ALGORITHM_KEY, p, 2, whole), whole,
                         KDF_LEAST_SIGNIFICANT, out);
}
