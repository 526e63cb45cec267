/* SPDX-License-Identifier: Apache-2.0
 *
 * The names of the algorithm sets, and a subscriber's key from the octets that an operator writes. A key that would
 * silently be a different one (too long, too short, OP where OPc is meant) must never come out of here: lengths are
 * exact or refused.
 */
#include <string.h>

#include "core/aka/milenage.h"
#include "core/aka/tuak.h"

static const struct algorithm {
    const char *name;
    godwit_aka_algorithm_t id;
    uint8_t k_len[2]; /* octets allowed */
    uint8_t op_len;   /* of OP, OPc, TOP, TOPc */
} algorithms[] = {
    {"milenage", GODWIT_ALG_MILENAGE, {16, 16}, 16},
    {"tuak", GODWIT_ALG_TUAK, {16, 32}, 32},
    {"gsm-milenage", GODWIT_ALG_GSM_MILENAGE, {16, 16}, 16},
    {"xor-3g", GODWIT_ALG_XOR_3G, {16, 16}, 0},
    {"xor-2g", GODWIT_ALG_XOR_2G, {16, 16}, 0},
};

static const struct algorithm *find(godwit_aka_algorithm_t id)
{
    for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++) {
        if (algorithms[i].id == id) {
            return &algorithms[i];
        }
    }
    return NULL;
}

const char *godwit_aka_algorithm_name(godwit_aka_algorithm_t algorithm)
{
    const struct algorithm *found = find(algorithm);
    return found != NULL ? found->name : NULL;
}

godwit_status_t godwit_aka_algorithm_from_name(const char *name, godwit_aka_algorithm_t *algorithm)
{
    for (size_t i = 0; name != NULL && i < sizeof algorithms / sizeof algorithms[0]; i++) {
        if (strcmp(algorithms[i].name, name) == 0) {
            *algorithm = algorithms[i].id;
            return GODWIT_OK;
        }
    }
    return GODWIT_INVALID_ARGUMENT;
}

/* Only TUAK has a profile; another algorithm takes none, or one that is all zero. */
static godwit_status_t take_profile(godwit_aka_key_t *key, const godwit_tuak_profile_t *tuak)
{
    static const godwit_tuak_profile_t none;
    if (tuak == NULL) {
        tuak = &none;
    }
    if (key->algorithm == GODWIT_ALG_TUAK) {
        return godwit_aka_tuak_profile(tuak, &key->tuak);
    }
    bool empty =
        tuak->mac_bits == 0 && tuak->res_bits == 0 && tuak->ck_bits == 0 && tuak->ik_bits == 0 && tuak->iterations == 0;
    return empty ? GODWIT_OK : GODWIT_INVALID_ARGUMENT;
}

static godwit_status_t take_op(godwit_aka_key_t *key, const godwit_crypto_t *crypto, godwit_slice_t op, bool is_derived)
{
    if (op.len == 0) {
        return GODWIT_OK;
    }
    if (is_derived) {
        memcpy(key->opc, op.ptr, op.len);
        return GODWIT_OK;
    }
    if (key->algorithm == GODWIT_ALG_TUAK) {
        return godwit_aka_tuak_topc(key, op.ptr, key->opc);
    }
    return godwit_aka_milenage_opc(crypto, key->k, op.ptr, key->opc);
}

godwit_status_t godwit_aka_key_init(godwit_aka_key_t *key, const godwit_crypto_t *crypto,
                                    godwit_aka_algorithm_t algorithm, godwit_slice_t k, godwit_slice_t op,
                                    bool op_is_derived, const godwit_tuak_profile_t *tuak)
{
    const struct algorithm *found = find(algorithm);
    memset(key, 0, sizeof *key);
    if (found == NULL || (k.len != found->k_len[0] && k.len != found->k_len[1]) || op.len != found->op_len) {
        return GODWIT_INVALID_ARGUMENT;
    }
    key->algorithm = algorithm;
    key->k_len = (uint8_t)k.len;
    memcpy(key->k, k.ptr, k.len);
    godwit_status_t status = take_profile(key, tuak);
    if (status == GODWIT_OK) {
        status = take_op(key, crypto, op, op_is_derived);
    }
    if (status != GODWIT_OK) {
        godwit_wipe(key, sizeof *key);
    }
    return status;
}
