/* SPDX-License-Identifier: Apache-2.0
 *
 * What the derivations of this folder share: parameters of fixed size, Godwit's own derivations, and taking half of a
 * result.
 */
#ifndef GODWIT_CORE_KEYS_KDF_H
#define GODWIT_CORE_KEYS_KDF_H

#include "godwit/keys.h"

#include <string.h>

#define KDF_OWN_PARAMETERS_MAX 4 /* K_MTC has the most */

/* As godwit_kdf, with the name of the profile's revision put before the parameters. */
GODWIT_MUST_USE godwit_status_t godwit_kdf_own(const godwit_crypto_t *crypto, godwit_slice_t key, uint16_t fc,
                                               const godwit_slice_t *parameters, size_t count, uint8_t out[32]);

/* Outcome of a function that refuses its arguments: the output holds no key. */
static inline godwit_status_t kdf_refuse(uint8_t *out, size_t len)
{
    godwit_wipe(out, len);
    return GODWIT_INVALID_ARGUMENT;
}

/* The half of a 256-bit result that a 128-bit key is: the first octets are the most significant. */
enum kdf_half { KDF_MOST_SIGNIFICANT = 0, KDF_LEAST_SIGNIFICANT = 16 };

static inline godwit_status_t kdf_take_half(godwit_status_t status, uint8_t whole[32], enum kdf_half half,
                                            uint8_t out[16])
{
    memcpy(out, whole + half, 16); /* zeros when the derivation failed */
    godwit_wipe(whole, 32);
    return status;
}

#endif
