/* SPDX-License-Identifier: Apache-2.0
 *
 * AUTS = SQN_MS xor AK* (6) || MAC-S (8), TS 33.102 6.3.3 and 6.3.5. MAC-S is f1* over SQN_MS, RAND and AMF 0000; AK*
 * is f5*.
 * SQN_MS leaves here only when MAC-S is right: a forged AUTS must never move a counter.
 */
#include <string.h>

#include "core/aka/functions.h"

godwit_status_t godwit_auts_create(const godwit_crypto_t *crypto, const godwit_aka_key_t *key, const uint8_t rand[16],
                                   uint64_t sqn_ms, uint8_t auts[14])
{
    aka_input_t in = {.amf = {0, 0}};
    godwit_aka_output_t f;
    memset(&f, 0, sizeof f);
    godwit_status_t status = sqn_ms <= GODWIT_SQN_MAX ? godwit_aka_fits_vector(key) : GODWIT_INVALID_ARGUMENT;
    if (status == GODWIT_OK) {
        memcpy(in.rand, rand, sizeof in.rand);
        godwit_store_u48(in.sqn, sqn_ms);
        status = godwit_aka_functions(crypto, key, &in, AKA_F1_STAR | AKA_F5_STAR, &f);
    }
    if (status == GODWIT_OK) {
        godwit_aka_conceal(in.sqn, f.ak_star, auts);
        memcpy(auts + 6, f.mac_s, 8);
    } else {
        godwit_wipe(auts, 14);
    }
    godwit_wipe(&in, sizeof in);
    godwit_wipe(&f, sizeof f);
    return status;
}

godwit_status_t godwit_auts_consume(const godwit_crypto_t *crypto, const godwit_aka_key_t *key, const uint8_t rand[16],
                                    const uint8_t auts[14], uint64_t *sqn_ms)
{
    aka_input_t in = {.amf = {0, 0}};
    godwit_aka_output_t f;
    memset(&f, 0, sizeof f);
    memcpy(in.rand, rand, sizeof in.rand);
    godwit_status_t status = godwit_aka_fits_vector(key);
    if (status == GODWIT_OK) {
        status = godwit_aka_functions(crypto, key, &in, AKA_F5_STAR, &f);
    }
    if (status == GODWIT_OK) {
        godwit_aka_conceal(auts, f.ak_star, in.sqn);
        status = godwit_aka_functions(crypto, key, &in, AKA_F1_STAR, &f);
    }
    if (status == GODWIT_OK && !godwit_equal_secret(f.mac_s, auts + 6, 8)) {
        status = GODWIT_AUTH_MAC_FAILURE;
    }
    if (status == GODWIT_OK) {
        *sqn_ms = godwit_load_u48(in.sqn);
    }
    godwit_wipe(&in, sizeof in);
    godwit_wipe(&f, sizeof f);
    return status;
}
