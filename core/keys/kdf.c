/* SPDX-License-Identifier: Apache-2.0
 *
 * The generic key derivation function of TS 33.220 B.2: derived key = HMAC-SHA-256(Key, S), S = FC || P0 || L0 || ...
 * || Pn || Ln, each L the two-octet length of its P. Every key of Godwit but those of the SIM itself comes out of this
 * file.
 */
#include "core/keys/kdf.h"
#include "core/keys/profile.h"

#define TWO_OCTET_FC 0xFF00u
#define FC_ESCAPE 0x00FFu /* as one octet it would be the beginning of a two-octet FC */
#define LENGTH_MAX 0xFFFFu

/* S as parts: FC, then P and L in turn. lengths holds the L octets. Returns how many parts; 0 for a parameter that is
 * too long. */
static size_t lay_out(const uint8_t *fc, size_t fc_len, const godwit_slice_t *parameters, size_t count,
                      uint8_t (*lengths)[2], godwit_slice_t *parts)
{
    parts[0] = godwit_slice(fc, fc_len);
    for (size_t i = 0; i < count; i++) {
        if (parameters[i].len > LENGTH_MAX) {
            return 0;
        }
        godwit_store_u16(lengths[i], (uint16_t)parameters[i].len);
        parts[1 + 2 * i] = parameters[i];
        parts[2 + 2 * i] = godwit_slice(lengths[i], 2);
    }
    return 1 + 2 * count;
}

godwit_status_t godwit_kdf(const godwit_crypto_t *crypto, godwit_slice_t key, uint16_t fc,
                           const godwit_slice_t *parameters, size_t count, uint8_t out[32])
{
    const uint8_t fc_octets[2] = {(uint8_t)(fc >> 8), (uint8_t)fc};
    const size_t fc_len = fc >= TWO_OCTET_FC ? 2 : 1;
    uint8_t lengths[GODWIT_KDF_PARAMETERS_MAX][2];
    godwit_slice_t parts[1 + 2 * GODWIT_KDF_PARAMETERS_MAX];
    size_t used = 0;
    if (count <= GODWIT_KDF_PARAMETERS_MAX && (fc < FC_ESCAPE || fc >= TWO_OCTET_FC)) {
        used = lay_out(fc_octets + 2 - fc_len, fc_len, parameters, count, lengths, parts);
    }
    if (used == 0) {
        return kdf_refuse(out, 32);
    }
    godwit_status_t status = crypto->hmac_sha256(key, parts, used, out);
    if (status != GODWIT_OK) {
        godwit_wipe(out, 32);
    }
    return status;
}

godwit_status_t godwit_kdf_own(const godwit_crypto_t *crypto, godwit_slice_t key, uint16_t fc,
                               const godwit_slice_t *parameters, size_t count, uint8_t out[32])
{
    godwit_slice_t all[1 + KDF_OWN_PARAMETERS_MAX];
    if (count > KDF_OWN_PARAMETERS_MAX) {
        return kdf_refuse(out, 32);
    }
    all[0] = godwit_slice(PROFILE_REVISION, sizeof PROFILE_REVISION - 1);
    memcpy(all + 1, parameters, count * sizeof *parameters);
    return godwit_kdf(crypto, key, fc, all, 1 + count, out);
}
