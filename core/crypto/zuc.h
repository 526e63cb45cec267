/* SPDX-License-Identifier: Apache-2.0
 *
 * The ZUC keystream generator (ETSI/SAGE specification of 128-EEA3 and 128-EIA3, document 2; TS 35.222).
 */
#ifndef GODWIT_CORE_CRYPTO_ZUC_H
#define GODWIT_CORE_CRYPTO_ZUC_H

#include <stdint.h>

typedef struct godwit_zuc {
    uint32_t s[16]; /* 31 bits each; s(t) stands at s[(first + t) mod 16] */
    uint32_t r1, r2;
    unsigned first;
} godwit_zuc_t;

void godwit_zuc_init(godwit_zuc_t *zuc, const uint8_t key[16], const uint8_t iv[16]);
/* The next word of keystream. */
uint32_t godwit_zuc_next(godwit_zuc_t *zuc);

#endif
