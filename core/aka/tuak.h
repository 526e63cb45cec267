/* SPDX-License-Identifier: Apache-2.0
 *
 * TUAK, TS 35.231: on Keccak-f[1600], with K of 128 or 256 bits and results of several lengths.
 */
#ifndef GODWIT_CORE_AKA_TUAK_H
#define GODWIT_CORE_AKA_TUAK_H

#include "core/aka/functions.h"

/* The profile with its defaults put in. GODWIT_INVALID_ARGUMENT for a length that TUAK does not have. */
GODWIT_MUST_USE godwit_status_t godwit_aka_tuak_profile(const godwit_tuak_profile_t *given,
                                                        godwit_tuak_profile_t *profile);
/* TOPc from TOP; key needs k, k_len and tuak.iterations. */
GODWIT_MUST_USE godwit_status_t godwit_aka_tuak_topc(const godwit_aka_key_t *key, const uint8_t top[32],
                                                     uint8_t topc[32]);
GODWIT_MUST_USE godwit_status_t godwit_aka_tuak(const godwit_aka_key_t *key, const aka_input_t *in, unsigned wanted,
                                                godwit_aka_output_t *out);

#endif
