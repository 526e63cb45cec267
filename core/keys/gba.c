/* SPDX-License-Identifier: Apache-2.0
 *
 * GBA, TS 33.220: Ks_NAF (B.3) and the 2G variant (Annex I); and its successor AKMA, TS 33.535 A.2 to A.4. NAF_Id and
 * AF_ID are an FQDN followed by the five octets of a Ua (Ua*) security protocol identifier. Strings enter without a
 * terminator.
 */
#include "core/keys/fc.h"
#include "core/keys/kdf.h"

#define UA_PROTOCOL_OCTETS 5

static bool is_function_id(godwit_slice_t id)
{
    return id.len > UA_PROTOCOL_OCTETS && godwit_fqdn_is_canonical(godwit_slice(id.ptr, id.len - UA_PROTOCOL_OCTETS));
}

godwit_status_t godwit_ks_naf(const godwit_crypto_t *c, const uint8_t ks[32], bool gba_u, const uint8_t rand[16],
                              godwit_slice_t impi, godwit_slice_t naf_id, uint8_t ks_naf[32])
{
    const godwit_slice_t p[] = {godwit_slice_of_string(gba_u ? "gba-u" : "gba-me"), godwit_slice(rand, 16), impi,
                                naf_id};
    if (impi.len == 0 || !is_function_id(naf_id)) {
        return kdf_refuse(ks_naf, 32);
    }
    return godwit_kdf(c, godwit_slice(ks, 32), FC_GBA, p, 4, ks_naf);
}

/* Key = Kc || Kc || RAND. RES = KDF(Key, "3gpp-gba-res", SRES), first 128 bits; Ks = KDF(Key, Ks-input, "3gpp-gba-ks",
 * SRES). */
godwit_status_t godwit_gba_2g(const godwit_crypto_t *c, const uint8_t kc[8], const uint8_t rand[16],
                              const uint8_t sres[4], const uint8_t ks_input[16], uint8_t res[16], uint8_t ks[32])
{
    uint8_t key[32], whole[32];
    memcpy(key, kc, 8);
    memcpy(key + 8, kc, 8);
    memcpy(key + 16, rand, 16);
    const godwit_slice_t for_res[] = {godwit_slice_of_string("3gpp-gba-res"), godwit_slice(sres, 4)};
    const godwit_slice_t for_ks[] = {godwit_slice(ks_input, 16), godwit_slice_of_string("3gpp-gba-ks"),
                                     godwit_slice(sres, 4)};
    godwit_status_t status = kdf_take_half(godwit_kdf(c, godwit_slice(key, 32), FC_GBA, for_res, 2, whole), whole,
                                           KDF_MOST_SIGNIFICANT, res);
    if (status == GODWIT_OK) {
        status = godwit_kdf(c, godwit_slice(key, 32), FC_GBA, for_ks, 3, ks);
    }
    if (status != GODWIT_OK) {
        godwit_wipe(res, 16);
        godwit_wipe(ks, 32);
    }
    godwit_wipe(key, sizeof key);
    return status;
}

godwit_status_t godwit_mrk(const godwit_crypto_t *c, const uint8_t ks_naf[32], uint8_t mrk[32])
{
    const godwit_slice_t p = godwit_slice_of_string("mbms-mrk");
    return godwit_kdf(c, godwit_slice(ks_naf, 32), FC_GBA, &p, 1, mrk);
}

static godwit_status_t from_kausf(const godwit_crypto_t *c, const uint8_t kausf[32], uint16_t fc, const char *label,
                                  godwit_slice_t supi, uint8_t out[32])
{
    const godwit_slice_t p[] = {godwit_slice_of_string(label), supi};
    if (supi.len == 0) {
        return kdf_refuse(out, 32);
    }
    return godwit_kdf(c, godwit_slice(kausf, 32), fc, p, 2, out);
}

godwit_status_t godwit_k_akma(const godwit_crypto_t *c, const uint8_t kausf[32], godwit_slice_t supi,
                              uint8_t k_akma[32])
{
    return from_kausf(c, kausf, FC_K_AKMA, "AKMA", supi, k_akma);
}

godwit_status_t godwit_a_tid(const godwit_crypto_t *c, const uint8_t kausf[32], godwit_slice_t supi, uint8_t a_tid[32])
{
    return from_kausf(c, kausf, FC_A_TID, "A-TID", supi, a_tid);
}

godwit_status_t godwit_k_af(const godwit_crypto_t *c, const uint8_t k_akma[32], godwit_slice_t af_id, uint8_t k_af[32])
{
    if (!is_function_id(af_id)) {
        return kdf_refuse(k_af, 32);
    }
    return godwit_kdf(c, godwit_slice(k_akma, 32), FC_K_AF, &af_id, 1, k_af);
}
