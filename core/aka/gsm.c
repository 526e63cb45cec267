/* SPDX-License-Identifier: Apache-2.0
 *
 * A3 and A8, and the conversions between GSM and UMTS parameters: TS 33.102 6.8.1.2 and 6.8.2.4 (c1 is the identity on
 * RAND), TS 55.205 clause 3 for GSM-MILENAGE.
 */
#include <string.h>

#include "core/aka/functions.h"
#include "core/aka/xor.h"

/* SRES = the xor of the four 32-bit words of XRES padded with zeros to 128 bits. */
void godwit_c2(const uint8_t *xres, size_t xres_len, uint8_t sres[4])
{
    memset(sres, 0, 4);
    for (size_t i = 0; i < xres_len && i < GODWIT_RES_MAX; i++) {
        sres[i & 3] ^= xres[i];
    }
}

/* Kc = CK1 xor CK2 xor IK1 xor IK2, in halves of 64 bits. */
void godwit_c3(const uint8_t ck[16], const uint8_t ik[16], uint8_t kc[8])
{
    for (size_t i = 0; i < 8; i++) {
        kc[i] = (uint8_t)(ck[i] ^ ck[i + 8] ^ ik[i] ^ ik[i + 8]);
    }
}

/* CK = Kc || Kc. */
void godwit_c4(const uint8_t kc[8], uint8_t ck[16])
{
    memcpy(ck, kc, 8);
    memcpy(ck + 8, kc, 8);
}

/* IK = (Kc1 xor Kc2) || Kc || (Kc1 xor Kc2), in halves of 32 bits. */
void godwit_c5(const uint8_t kc[8], uint8_t ik[16])
{
    for (size_t i = 0; i < 4; i++) {
        ik[i] = ik[i + 12] = kc[i] ^ kc[i + 4];
    }
    memcpy(ik + 4, kc, 8);
}

/* SRES and Kc from f2, f3, f4. by_truncation: SRES is the first word of RES (TS 55.205, output function 2). */
static godwit_status_t through_3g(const godwit_crypto_t *crypto, const godwit_aka_key_t *key, const uint8_t rand[16],
                                  bool by_truncation, uint8_t sres[4], uint8_t kc[8])
{
    aka_input_t in = {.sqn = {0}, .amf = {0}};
    godwit_aka_output_t f;
    memcpy(in.rand, rand, sizeof in.rand);
    godwit_status_t status = godwit_aka_functions(crypto, key, &in, AKA_F2345, &f);
    if (status == GODWIT_OK) {
        godwit_c2(f.res, by_truncation ? 4 : f.res_len, sres);
        godwit_c3(f.ck, f.ik, kc);
    }
    godwit_wipe(&f, sizeof f);
    return status;
}

godwit_status_t godwit_gsm_compute(const godwit_crypto_t *crypto, const godwit_aka_key_t *key, const uint8_t rand[16],
                                   uint8_t sres[4], uint8_t kc[8])
{
    if (key->algorithm == GODWIT_ALG_XOR_2G) {
        godwit_aka_xor_2g(key, rand, sres, kc);
        return GODWIT_OK;
    }
    if (key->algorithm == GODWIT_ALG_GSM_MILENAGE) {
        godwit_aka_key_t as_3g = *key;
        as_3g.algorithm = GODWIT_ALG_MILENAGE;
        godwit_status_t status = through_3g(crypto, &as_3g, rand, key->sres_by_truncation, sres, kc);
        godwit_wipe(&as_3g, sizeof as_3g);
        return status;
    }
    godwit_status_t status = godwit_aka_fits_vector(key);
    return status == GODWIT_OK ? through_3g(crypto, key, rand, false, sres, kc) : status;
}
