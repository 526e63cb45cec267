/* SPDX-License-Identifier: Apache-2.0
 *
 * Known answers of the test algorithms: TS 34.108 8.1.2 and TS 51.010-1 A.4.1.2.
 */
#include "tests/aka/aka_test.h"

#include <string.h>

static void one_3g_set(const kat_record_t *record, void *context)
{
    (void)context;
    godwit_vector_t vector, read;
    uint64_t sqn = 0;
    const uint64_t want_sqn = godwit_load_u48(kat_hex(record, "sqn").ptr);
    const uint8_t *rand = kat_hex(record, "rand").ptr;
    godwit_aka_key_t key = aka_test_key(record, GODWIT_ALG_XOR_3G, NULL, false, NULL);
    assert_ok(godwit_vector_create(NULL, &key, rand, want_sqn, kat_hex(record, "amf").ptr, &vector));
    kat_expect(record, "autn", vector.autn, 16);
    kat_expect(record, "res", vector.xres, vector.xres_len);
    kat_expect(record, "ck", vector.ck, 16);
    kat_expect(record, "ik", vector.ik, 16);
    assert_ok(godwit_autn_consume(NULL, &key, rand, vector.autn, &sqn, &read));
    assert_int_equal(sqn, want_sqn);
    if (kat_has(record, "kc")) {
        uint8_t sres[4], kc[8];
        assert_ok(godwit_gsm_compute(NULL, &key, rand, sres, kc));
        kat_expect(record, "sres", sres, sizeof sres);
        kat_expect(record, "kc", kc, sizeof kc);
    }
    if (kat_has(record, "auts")) {
        uint8_t auts[14];
        const uint64_t sqn_ms = godwit_load_u48(kat_hex(record, "sqn_ms").ptr);
        assert_ok(godwit_auts_create(NULL, &key, rand, sqn_ms, auts));
        kat_expect(record, "auts", auts, sizeof auts);
        assert_ok(godwit_auts_consume(NULL, &key, rand, auts, &sqn));
        assert_int_equal(sqn, sqn_ms);
    }
}

static void xor_3g_reproduces_what_others_print(void **state)
{
    (void)state;
    assert_int_equal(kat_each("xor.txt", "xor-3g", one_3g_set, NULL), 2);
}

static void one_2g_set(const kat_record_t *record, void *context)
{
    (void)context;
    uint8_t sres[4], kc[8];
    godwit_aka_key_t key = aka_test_key(record, GODWIT_ALG_XOR_2G, NULL, false, NULL);
    assert_ok(godwit_gsm_compute(NULL, &key, kat_hex(record, "rand").ptr, sres, kc));
    kat_expect(record, "sres", sres, sizeof sres);
    kat_expect(record, "kc", kc, sizeof kc);
}

static void xor_2g_reproduces_51_010(void **state)
{
    (void)state;
    assert_int_equal(kat_each("xor.txt", "xor-2g", one_2g_set, NULL), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xor_3g_reproduces_what_others_print),
        cmocka_unit_test(xor_2g_reproduces_51_010),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
