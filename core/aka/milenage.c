/* SPDX-License-Identifier: Apache-2.0
 *
 * MILENAGE, TS 35.206 clause 4.1:
 *   TEMP = E_K(RAND xor OPc)
 *   IN1  = SQN || AMF || SQN || AMF
 *   OUT1 = E_K(TEMP xor rot(IN1 xor OPc, r1) xor c1) xor OPc
 *   OUTn = E_K(rot(TEMP xor OPc, rn) xor cn) xor OPc          for n = 2 to 5
 * The blocks OUT1 to OUT5 do not depend on one another and go to the backend in one call.
 */
#include "core/aka/milenage.h"

#include <string.h>

/* rn in octets (all are whole octets) and cn, which is non-zero in its last octet only. */
static const struct constant {
    uint8_t r;
    uint8_t c;
} constants[5] = {{8, 0}, {0, 1}, {4, 2}, {8, 4}, {12, 8}};

static void xor16(uint8_t out[16], const uint8_t a[16], const uint8_t b[16])
{
    for (size_t i = 0; i < 16; i++) {
        out[i] = a[i] ^ b[i];
    }
}

/* out = rot(in, r) xor c: rotation towards the most significant bit. */
static void rotate_add(uint8_t out[16], const uint8_t in[16], struct constant constant)
{
    for (size_t i = 0; i < 16; i++) {
        out[i] = in[(i + constant.r) & 15];
    }
    out[15] ^= constant.c;
}

godwit_status_t godwit_aka_milenage_opc(const godwit_crypto_t *crypto, const uint8_t k[16], const uint8_t op[16],
                                        uint8_t opc[16])
{
    uint8_t enciphered[16];
    godwit_status_t status = crypto->aes128_ecb(k, op, enciphered, 1);
    if (status == GODWIT_OK) {
        xor16(opc, op, enciphered);
    }
    godwit_wipe(enciphered, sizeof enciphered);
    return status;
}

/* Which of OUT1 to OUT5 the wanted functions need, bit n-1 for OUTn. */
static unsigned needed_blocks(unsigned wanted)
{
    unsigned need = 0;
    need |= (wanted & (AKA_F1 | AKA_F1_STAR)) != 0 ? 1u : 0u;
    need |= (wanted & AKA_F2345) != 0 ? 2u | 4u | 8u : 0u;
    need |= (wanted & AKA_F5_STAR) != 0 ? 16u : 0u;
    return need;
}

/* The input of E_K for OUT1. */
static void input_1(const uint8_t temp[16], const uint8_t opc[16], const aka_input_t *in, uint8_t block[16])
{
    uint8_t in1[16];
    memcpy(in1, in->sqn, 6);
    memcpy(in1 + 6, in->amf, 2);
    memcpy(in1 + 8, in1, 8);
    xor16(in1, in1, opc);
    rotate_add(block, in1, constants[0]);
    xor16(block, block, temp);
    godwit_wipe(in1, sizeof in1);
}

/* From OUTn to the results: TS 35.206 clause 4.1, "the outputs of the various functions". */
static void take(unsigned n, const uint8_t block[16], unsigned wanted, godwit_aka_output_t *out)
{
    if (n == 0 && (wanted & AKA_F1) != 0) {
        memcpy(out->mac_a, block, 8);
    }
    if (n == 0 && (wanted & AKA_F1_STAR) != 0) {
        memcpy(out->mac_s, block + 8, 8);
    }
    if (n == 1) {
        memcpy(out->res, block + 8, 8);
        memcpy(out->ak, block, 6);
    } else if (n == 2) {
        memcpy(out->ck, block, 16);
    } else if (n == 3) {
        memcpy(out->ik, block, 16);
    } else if (n == 4) {
        memcpy(out->ak_star, block, 6);
    }
}

godwit_status_t godwit_aka_milenage(const godwit_crypto_t *crypto, const godwit_aka_key_t *key, const aka_input_t *in,
                                    unsigned wanted, godwit_aka_output_t *out)
{
    uint8_t temp[16], rotated[16], blocks[5][16];
    const uint8_t *opc = key->opc;
    unsigned need = needed_blocks(wanted);
    size_t count = 0;

    xor16(temp, in->rand, opc);
    godwit_status_t status = crypto->aes128_ecb(key->k, temp, temp, 1);
    if (status != GODWIT_OK) {
        goto out;
    }
    xor16(rotated, temp, opc);
    for (unsigned n = 0; n < 5; n++) {
        if ((need >> n & 1u) == 0) {
            continue;
        }
        if (n == 0) {
            input_1(temp, opc, in, blocks[count++]);
        } else {
            rotate_add(blocks[count++], rotated, constants[n]);
        }
    }
    status = crypto->aes128_ecb(key->k, blocks[0], blocks[0], count);
    if (status != GODWIT_OK) {
        goto out;
    }
    for (unsigned n = 0, i = 0; n < 5; n++) {
        if ((need >> n & 1u) != 0) {
            xor16(blocks[i], blocks[i], opc);
            take(n, blocks[i++], wanted, out);
        }
    }
    out->mac_len = 8;
    out->res_len = 8;
    out->ck_len = 16;
    out->ik_len = 16;
out:
    godwit_wipe(temp, sizeof temp);
    godwit_wipe(rotated, sizeof rotated);
    godwit_wipe(blocks, sizeof blocks);
    return status;
}
