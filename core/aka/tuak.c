/* SPDX-License-Identifier: Apache-2.0
 *
 * TUAK, TS 35.231 clauses 6.1 to 6.5. Every function is one or more runs of Keccak-f[1600] over IN[0..1599]:
 *   TOP or TOPc (256) || INSTANCE (8) || "TUAK1.0" (56) || RAND (128) || AMF (16) || SQN (48) || K (256) || padding
 * where the functions f2 to f5* leave AMF and SQN zero, TOPc leaves RAND zero too, and each field stands with its least
 * significant bit first: in octets, every field is written backwards. Results are read backwards from the state after
 * it.
 */
#include "core/aka/tuak.h"

#include <string.h>

#include "core/crypto/keccak.h"

/* Octets of the state. */
enum {
    AT_TOPC = 0,
    AT_INSTANCE = 32,
    AT_ALGONAME = 33,
    AT_RAND = 40,
    AT_AMF = 56,
    AT_SQN = 58,
    AT_K = 64,
    AT_PAD_FIRST = 96,
    AT_PAD_LAST = 135,
    FROM_MAC_OR_RES = 0,
    FROM_CK = 32,
    FROM_IK = 64,
    FROM_AK = 96,
};

/* INSTANCE[0..7], most significant bit first. */
enum {
    INSTANCE_TOPC = 0x00,
    INSTANCE_F1 = 0x00,
    INSTANCE_F2345 = 0x40,
    INSTANCE_F1_STAR = 0x80,
    INSTANCE_F5_STAR = 0xC0,
    INSTANCE_CK_256 = 0x04,
    INSTANCE_IK_256 = 0x02,
    INSTANCE_K_256 = 0x01,
};

static void copy_backwards(uint8_t *to, const uint8_t *from, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        to[i] = from[len - 1 - i];
    }
}

/* INSTANCE[2..4] for the length of MAC or RES: 32 is 000, 64 is 001, 128 is 010, 256 is 100. */
static uint8_t length_bits(unsigned bits)
{
    return (uint8_t)(bits == 32 ? 0 : bits / 8);
}

static bool one_of(unsigned value, unsigned a, unsigned b, unsigned c, unsigned d)
{
    return value == a || value == b || value == c || value == d;
}

godwit_status_t godwit_aka_tuak_profile(const godwit_tuak_profile_t *given, godwit_tuak_profile_t *profile)
{
    *profile = (godwit_tuak_profile_t){64, 64, 128, 128, 1};
    profile->mac_bits = given->mac_bits != 0 ? given->mac_bits : profile->mac_bits;
    profile->res_bits = given->res_bits != 0 ? given->res_bits : profile->res_bits;
    profile->ck_bits = given->ck_bits != 0 ? given->ck_bits : profile->ck_bits;
    profile->ik_bits = given->ik_bits != 0 ? given->ik_bits : profile->ik_bits;
    profile->iterations = given->iterations != 0 ? given->iterations : profile->iterations;
    bool possible = one_of(profile->mac_bits, 64, 128, 256, 256) && one_of(profile->res_bits, 32, 64, 128, 256) &&
                    one_of(profile->ck_bits, 128, 256, 256, 256) && one_of(profile->ik_bits, 128, 256, 256, 256);
    return possible ? GODWIT_OK : GODWIT_INVALID_ARGUMENT;
}

/* One function: fills the state and permutes it. in is NULL for TOPc; AMF and SQN go in with f1 and f1* only. */
static void run(uint8_t state[200], const godwit_aka_key_t *key, const uint8_t top[32], unsigned instance,
                const aka_input_t *in, bool with_sqn, unsigned iterations)
{
    static const uint8_t algoname[7] = {'T', 'U', 'A', 'K', '1', '.', '0'};
    memset(state, 0, 200);
    copy_backwards(state + AT_TOPC, top, 32);
    state[AT_INSTANCE] = (uint8_t)(instance | (key->k_len == 32 ? INSTANCE_K_256 : 0u));
    copy_backwards(state + AT_ALGONAME, algoname, sizeof algoname);
    if (in != NULL) {
        copy_backwards(state + AT_RAND, in->rand, 16);
    }
    if (with_sqn) {
        copy_backwards(state + AT_AMF, in->amf, 2);
        copy_backwards(state + AT_SQN, in->sqn, 6);
    }
    copy_backwards(state + AT_K, key->k, key->k_len == 32 ? 32 : 16);
    state[AT_PAD_FIRST] = 0x1F;
    state[AT_PAD_LAST] = 0x80;
    for (unsigned i = 0; i < iterations; i++) {
        godwit_keccak_f1600(state);
    }
}

godwit_status_t godwit_aka_tuak_topc(const godwit_aka_key_t *key, const uint8_t top[32], uint8_t topc[32])
{
    uint8_t state[200];
    godwit_tuak_profile_t p;
    godwit_status_t status = godwit_aka_tuak_profile(&key->tuak, &p);
    if (status == GODWIT_OK) {
        run(state, key, top, INSTANCE_TOPC, NULL, false, p.iterations);
        copy_backwards(topc, state, 32);
        godwit_wipe(state, sizeof state);
    }
    return status;
}

static void f2345(uint8_t state[200], const godwit_aka_key_t *key, const godwit_tuak_profile_t *p,
                  const aka_input_t *in, godwit_aka_output_t *out)
{
    unsigned instance = INSTANCE_F2345 | length_bits(p->res_bits);
    instance |= p->ck_bits == 256 ? INSTANCE_CK_256 : 0u;
    instance |= p->ik_bits == 256 ? INSTANCE_IK_256 : 0u;
    run(state, key, key->opc, instance, in, false, p->iterations);
    copy_backwards(out->res, state + FROM_MAC_OR_RES, out->res_len);
    copy_backwards(out->ck, state + FROM_CK, out->ck_len);
    copy_backwards(out->ik, state + FROM_IK, out->ik_len);
    copy_backwards(out->ak, state + FROM_AK, sizeof out->ak);
}

godwit_status_t godwit_aka_tuak(const godwit_aka_key_t *key, const aka_input_t *in, unsigned wanted,
                                godwit_aka_output_t *out)
{
    uint8_t state[200];
    godwit_tuak_profile_t p;
    godwit_status_t status = godwit_aka_tuak_profile(&key->tuak, &p);
    if (status != GODWIT_OK) {
        return status;
    }
    out->mac_len = (uint8_t)(p.mac_bits / 8);
    out->res_len = (uint8_t)(p.res_bits / 8);
    out->ck_len = (uint8_t)(p.ck_bits / 8);
    out->ik_len = (uint8_t)(p.ik_bits / 8);
    if ((wanted & AKA_F1) != 0) {
        run(state, key, key->opc, INSTANCE_F1 | length_bits(p.mac_bits), in, true, p.iterations);
        copy_backwards(out->mac_a, state + FROM_MAC_OR_RES, out->mac_len);
    }
    if ((wanted & AKA_F1_STAR) != 0) {
        run(state, key, key->opc, INSTANCE_F1_STAR | length_bits(p.mac_bits), in, true, p.iterations);
        copy_backwards(out->mac_s, state + FROM_MAC_OR_RES, out->mac_len);
    }
    if ((wanted & AKA_F2345) != 0) {
        f2345(state, key, &p, in, out);
    }
    if ((wanted & AKA_F5_STAR) != 0) {
        run(state, key, key->opc, INSTANCE_F5_STAR, in, false, p.iterations);
        copy_backwards(out->ak_star, state + FROM_AK, sizeof out->ak_star);
    }
    godwit_wipe(state, sizeof state);
    return GODWIT_OK;
}
