/* SPDX-License-Identifier: Apache-2.0
 *
 * The algorithms of test USIMs and test SIMs. They protect nothing: one vector shows K. For tests only.
 */
#ifndef GODWIT_CORE_AKA_XOR_H
#define GODWIT_CORE_AKA_XOR_H

#include "core/aka/functions.h"

void godwit_aka_xor_3g(const godwit_aka_key_t *key, const aka_input_t *in, godwit_aka_output_t *out);
void godwit_aka_xor_2g(const godwit_aka_key_t *key, const uint8_t rand[16], uint8_t sres[4], uint8_t kc[8]);

#endif
