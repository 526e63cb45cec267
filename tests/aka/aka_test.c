/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/aka/aka_test.h"

#include <stdlib.h>

const uint8_t aka_test_rand[16] = {0x23, 0x55, 0x3c, 0xbe, 0x96, 0x37, 0xa8, 0x9d,
                                   0x21, 0x8a, 0xe6, 0x4d, 0xae, 0x47, 0xbf, 0x35};

godwit_aka_key_t aka_test_key(const kat_record_t *record, godwit_aka_algorithm_t algorithm, const char *op,
                              bool op_is_derived, const godwit_tuak_profile_t *tuak)
{
    godwit_aka_key_t key;
    godwit_slice_t op_octets = op != NULL ? kat_hex(record, op) : godwit_slice(NULL, 0);
    assert_ok(godwit_aka_key_init(&key, &godwit_crypto_builtin, algorithm, kat_hex(record, "k"), op_octets,
                                  op_is_derived, tuak));
    return key;
}

godwit_aka_key_t aka_test_milenage_key(void)
{
    static const uint8_t k[16] = {0x46, 0x5b, 0x5c, 0xe8, 0xb1, 0x99, 0xb4, 0x9f,
                                  0xaa, 0x5f, 0x0a, 0x2e, 0xe2, 0x38, 0xa6, 0xbc};
    static const uint8_t opc[16] = {0xcd, 0x63, 0xcb, 0x71, 0x95, 0x4a, 0x9f, 0x4e,
                                    0x48, 0xa5, 0x99, 0x4e, 0x37, 0xa0, 0x2b, 0xaf};
    godwit_aka_key_t key;
    assert_ok(godwit_aka_key_init(&key, &godwit_crypto_builtin, GODWIT_ALG_MILENAGE, godwit_slice(k, 16),
                                  godwit_slice(opc, 16), true, NULL));
    return key;
}

/* splitmix64 */
static uint64_t next(void)
{
    static uint64_t state;
    static bool seeded;
    if (!seeded) {
        const char *seed = getenv("GODWIT_TEST_SEED");
        state = seed != NULL ? strtoull(seed, NULL, 0) : 35206;
        seeded = true;
    }
    uint64_t z = state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

void aka_test_random(void *octets, size_t len)
{
    uint8_t *at = octets;
    for (size_t i = 0; i < len; i++) {
        at[i] = (uint8_t)(next() >> 32);
    }
}

uint64_t aka_test_random_below(uint64_t limit)
{
    return next() % limit;
}
