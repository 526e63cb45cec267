/* SPDX-License-Identifier: Apache-2.0
 *
 * What an algorithm set is to the rest of aka/: one function that computes those of f1 to f5* that are wanted. The sets
 * are milenage.c, tuak.c and xor.c; functions.c chooses. Whoever calls sees outputs of the wanted functions only; after
 * a failure the whole output is wiped.
 */
#ifndef GODWIT_CORE_AKA_FUNCTIONS_H
#define GODWIT_CORE_AKA_FUNCTIONS_H

#include "godwit/aka.h"

enum {
    AKA_F1 = 1,      /* mac_a */
    AKA_F1_STAR = 2, /* mac_s */
    AKA_F2345 = 4,   /* res, ck, ik, ak */
    AKA_F5_STAR = 8, /* ak_star */
    AKA_ALL = 15,
};

/* sqn and amf matter to f1 and f1* only. */
typedef struct aka_input {
    uint8_t rand[16];
    uint8_t sqn[6];
    uint8_t amf[2];
} aka_input_t;

/* GODWIT_INVALID_ARGUMENT for an algorithm that has no f1. */
GODWIT_MUST_USE godwit_status_t godwit_aka_functions(const godwit_crypto_t *crypto, const godwit_aka_key_t *key,
                                                     const aka_input_t *in, unsigned wanted, godwit_aka_output_t *out);

/* GODWIT_OK when the results fit a quintuplet and AUTS: MAC 64, CK and IK 128, RES at most 128 bits. */
GODWIT_MUST_USE godwit_status_t godwit_aka_fits_vector(const godwit_aka_key_t *key);

/* sqn xor ak, both ways. */
void godwit_aka_conceal(const uint8_t sqn[6], const uint8_t ak[6], uint8_t out[6]);

#endif
