/* SPDX-License-Identifier: Apache-2.0
 *
 * What 128-EEA and 128-EIA share (TS 33.401 Annex B), and the UMTS algorithm under 128-EIA1, whose published test sets
 * have a FRESH of their own.
 */
#ifndef GODWIT_CORE_CRYPTO_EPS_H
#define GODWIT_CORE_CRYPTO_EPS_H

#include "godwit/crypto.h"

#define GODWIT_BEARER_MAX 31
#define GODWIT_DIRECTION_MAX 1

/* Octets that hold bits. */
static inline size_t godwit_octets_of(size_t bits)
{
    return bits / 8 + (bits % 8 != 0);
}

/* UIA2 (TS 35.215 clause 4); 128-EIA1 is it with FRESH = BEARER || 0^27. */
void godwit_uia2(const uint8_t key[16], uint32_t count, uint32_t fresh, uint8_t direction, const uint8_t *message,
                 size_t bits, uint8_t mac[4]);

#endif
