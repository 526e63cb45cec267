/* SPDX-License-Identifier: Apache-2.0
 *
 * TS 34.108 8.1.2: XDOUT = K xor RAND; XRES = XDOUT[0..n], here all 128 bits; CK and IK are XDOUT rotated by one and
 * two octets; AK is six octets from the fourth; MAC and MACS are XDOUT[0..7] xor (SQN || AMF). (Read in the text
 * proposal T1S-000110 and checked against osmo-auc-gen, which also takes AK for AK* and AMF 0000 in an AUTS.)
 * TS 51.010-1 A.4.1.2: SRES and Kc are the first 4 and the next 8 octets of Ki xor RAND.
 */
#include "core/aka/xor.h"

#include <string.h>

static void xdout(const godwit_aka_key_t *key, const uint8_t rand[16], uint8_t out[16])
{
    for (size_t i = 0; i < 16; i++) {
        out[i] = key->k[i] ^ rand[i];
    }
}

void godwit_aka_xor_3g(const godwit_aka_key_t *key, const aka_input_t *in, godwit_aka_output_t *out)
{
    uint8_t x[16], cdout[8];
    xdout(key, in->rand, x);
    memcpy(cdout, in->sqn, 6);
    memcpy(cdout + 6, in->amf, 2);
    for (size_t i = 0; i < 8; i++) {
        out->mac_a[i] = out->mac_s[i] = x[i] ^ cdout[i];
    }
    for (size_t i = 0; i < 16; i++) {
        out->res[i] = x[i];
        out->ck[i] = x[(i + 1) & 15];
        out->ik[i] = x[(i + 2) & 15];
    }
    memcpy(out->ak, x + 3, 6);
    memcpy(out->ak_star, x + 3, 6);
    out->mac_len = 8;
    out->res_len = out->ck_len = out->ik_len = 16;
    godwit_wipe(x, sizeof x);
}

void godwit_aka_xor_2g(const godwit_aka_key_t *key, const uint8_t rand[16], uint8_t sres[4], uint8_t kc[8])
{
    uint8_t x[16];
    xdout(key, rand, x);
    memcpy(sres, x, 4);
    memcpy(kc, x + 4, 8);
    godwit_wipe(x, sizeof x);
}
