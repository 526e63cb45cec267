/* SPDX-License-Identifier: Apache-2.0
 *
 * MILENAGE, TS 35.206, with the constants c1..c5 and rotations r1..r5 that clause 4.1 recommends.
 */
#ifndef GODWIT_CORE_AKA_MILENAGE_H
#define GODWIT_CORE_AKA_MILENAGE_H

#include "core/aka/functions.h"

/* OPc = OP xor E_K(OP). */
GODWIT_MUST_USE godwit_status_t godwit_aka_milenage_opc(const godwit_crypto_t *crypto, const uint8_t k[16],
                                                        const uint8_t op[16], uint8_t opc[16]);
GODWIT_MUST_USE godwit_status_t godwit_aka_milenage(const godwit_crypto_t *crypto, const godwit_aka_key_t *key,
                                                    const aka_input_t *in, unsigned wanted, godwit_aka_output_t *out);

#endif
