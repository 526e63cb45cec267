/* SPDX-License-Identifier: Apache-2.0
 *
 * The choice of the algorithm set, and what all sets have in common.
 */
#include "core/aka/functions.h"

#include <string.h>

#include "core/aka/milenage.h"
#include "core/aka/tuak.h"
#include "core/aka/xor.h"

godwit_status_t godwit_aka_functions(const godwit_crypto_t *crypto, const godwit_aka_key_t *key, const aka_input_t *in,
                                     unsigned wanted, godwit_aka_output_t *out)
{
    godwit_status_t status = GODWIT_INVALID_ARGUMENT;
    memset(out, 0, sizeof *out);
    if (key->algorithm == GODWIT_ALG_MILENAGE) {
        status = godwit_aka_milenage(crypto, key, in, wanted, out);
    } else if (key->algorithm == GODWIT_ALG_TUAK) {
        status = godwit_aka_tuak(key, in, wanted, out);
    } else if (key->algorithm == GODWIT_ALG_XOR_3G) {
        godwit_aka_xor_3g(key, in, out);
        status = GODWIT_OK;
    }
    if (status != GODWIT_OK) {
        godwit_wipe(out, sizeof *out);
    }
    return status;
}

godwit_status_t godwit_aka_fits_vector(const godwit_aka_key_t *key)
{
    if (key->algorithm == GODWIT_ALG_MILENAGE || key->algorithm == GODWIT_ALG_XOR_3G) {
        return GODWIT_OK;
    }
    godwit_tuak_profile_t p;
    if (key->algorithm != GODWIT_ALG_TUAK || godwit_aka_tuak_profile(&key->tuak, &p) != GODWIT_OK) {
        return GODWIT_INVALID_ARGUMENT;
    }
    bool fits = p.mac_bits == 64 && p.ck_bits == 128 && p.ik_bits == 128 && p.res_bits <= 128;
    return fits ? GODWIT_OK : GODWIT_INVALID_ARGUMENT;
}

void godwit_aka_conceal(const uint8_t sqn[6], const uint8_t ak[6], uint8_t out[6])
{
    for (size_t i = 0; i < 6; i++) {
        out[i] = sqn[i] ^ ak[i];
    }
}

godwit_status_t godwit_aka_compute(const godwit_crypto_t *crypto, const godwit_aka_key_t *key, const uint8_t rand[16],
                                   const uint8_t sqn[6], const uint8_t amf[2], godwit_aka_output_t *out)
{
    aka_input_t in;
    memcpy(in.rand, rand, sizeof in.rand);
    memcpy(in.sqn, sqn, sizeof in.sqn);
    memcpy(in.amf, amf, sizeof in.amf);
    return godwit_aka_functions(crypto, key, &in, AKA_ALL, out);
}
