/* SPDX-License-Identifier: Apache-2.0
 *
 * AUTN = SQN xor AK (6) || AMF (2) || MAC-A (8): how the AuC makes it and what a USIM reads from it, TS 33.102 6.3.2
 * and 6.3.3.
 * MAC-A is checked before anything that depends on SQN, and nothing leaves here unless it is right.
 */
#include <string.h>

#include "core/aka/functions.h"

static void fill_vector(const aka_input_t *in, const godwit_aka_output_t *f, const uint8_t autn[16],
                        godwit_vector_t *vector)
{
    memset(vector, 0, sizeof *vector);
    memcpy(vector->rand, in->rand, sizeof vector->rand);
    memcpy(vector->autn, autn, sizeof vector->autn);
    memcpy(vector->xres, f->res, f->res_len);
    vector->xres_len = f->res_len;
    memcpy(vector->ck, f->ck, sizeof vector->ck);
    memcpy(vector->ik, f->ik, sizeof vector->ik);
    memcpy(vector->ak, f->ak, sizeof vector->ak);
}

godwit_status_t godwit_vector_create(const godwit_crypto_t *crypto, const godwit_aka_key_t *key, const uint8_t rand[16],
                                     uint64_t sqn, const uint8_t amf[2], godwit_vector_t *vector)
{
    aka_input_t in;
    godwit_aka_output_t f;
    uint8_t autn[16];
    memset(&f, 0, sizeof f);
    godwit_status_t status = sqn <= GODWIT_SQN_MAX ? godwit_aka_fits_vector(key) : GODWIT_INVALID_ARGUMENT;
    if (status != GODWIT_OK) {
        goto out;
    }
    memcpy(in.rand, rand, sizeof in.rand);
    memcpy(in.amf, amf, sizeof in.amf);
    godwit_store_u48(in.sqn, sqn);
    status = godwit_aka_functions(crypto, key, &in, AKA_F1 | AKA_F2345, &f);
    if (status != GODWIT_OK) {
        goto out;
    }
    godwit_aka_conceal(in.sqn, f.ak, autn);
    memcpy(autn + 6, in.amf, 2);
    memcpy(autn + 8, f.mac_a, 8);
    fill_vector(&in, &f, autn, vector);
out:
    godwit_wipe(&f, sizeof f);
    if (status != GODWIT_OK) {
        godwit_wipe(vector, sizeof *vector);
    }
    return status;
}

/* f5 first, since MAC-A covers the SQN that AK conceals; then f1. */
static godwit_status_t open_autn(const godwit_crypto_t *crypto, const godwit_aka_key_t *key, const uint8_t autn[16],
                                 aka_input_t *in, godwit_aka_output_t *f)
{
    godwit_aka_output_t f1;
    godwit_status_t status = godwit_aka_functions(crypto, key, in, AKA_F2345, f);
    if (status != GODWIT_OK) {
        return status;
    }
    godwit_aka_conceal(autn, f->ak, in->sqn);
    memcpy(in->amf, autn + 6, sizeof in->amf);
    status = godwit_aka_functions(crypto, key, in, AKA_F1, &f1);
    if (status == GODWIT_OK && !godwit_equal_secret(f1.mac_a, autn + 8, 8)) {
        status = GODWIT_AUTH_MAC_FAILURE;
    }
    godwit_wipe(&f1, sizeof f1);
    return status;
}

godwit_status_t godwit_autn_consume(const godwit_crypto_t *crypto, const godwit_aka_key_t *key, const uint8_t rand[16],
                                    const uint8_t autn[16], uint64_t *sqn, godwit_vector_t *vector)
{
    aka_input_t in;
    godwit_aka_output_t f;
    memset(&in, 0, sizeof in);
    memset(&f, 0, sizeof f);
    memcpy(in.rand, rand, sizeof in.rand);
    godwit_status_t status = godwit_aka_fits_vector(key);
    if (status == GODWIT_OK) {
        status = open_autn(crypto, key, autn, &in, &f);
    }
    if (status == GODWIT_OK) {
        *sqn = godwit_load_u48(in.sqn);
        fill_vector(&in, &f, autn, vector);
    } else {
        godwit_wipe(vector, sizeof *vector);
    }
    godwit_wipe(&in, sizeof in);
    godwit_wipe(&f, sizeof f);
    return status;
}
