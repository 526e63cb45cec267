/* SPDX-License-Identifier: Apache-2.0
 *
 * The SNOW 3G keystream generator (ETSI/SAGE specification of UEA2 and UIA2, document 2; TS 35.216).
 */
#ifndef GODWIT_CORE_CRYPTO_SNOW3G_H
#define GODWIT_CORE_CRYPTO_SNOW3G_H

#include <stdint.h>

typedef struct godwit_snow3g {
    uint32_t s[16]; /* s(t) stands at s[(first + t) mod 16] */
    uint32_t r1, r2, r3;
    unsigned first;
} godwit_snow3g_t;

/* The words of the key and IV in the order of the octets: k3 k2 k1 k0 and IV3 IV2 IV1 IV0 of clause 4.1. */
void godwit_snow3g_init(godwit_snow3g_t *snow, const uint8_t key[16], const uint8_t iv[16]);
/* The next word of keystream. */
uint32_t godwit_snow3g_next(godwit_snow3g_t *snow);

#endif
