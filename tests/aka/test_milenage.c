/* SPDX-License-Identifier: Apache-2.0
 *
 * Known answers of MILENAGE (TS 35.206), GSM-MILENAGE (TS 55.205) and the conversions c2 to c5 (TS 33.102 6.8).
 */
#include "tests/aka/aka_test.h"

#include <string.h>

static const godwit_crypto_t *const crypto = &godwit_crypto_builtin;

static void one_milenage_set(const kat_record_t *record, void *context)
{
    (void)context;
    godwit_aka_output_t f;
    godwit_aka_key_t key = aka_test_key(record, GODWIT_ALG_MILENAGE, "op", false, NULL);
    godwit_aka_key_t from_opc = aka_test_key(record, GODWIT_ALG_MILENAGE, "opc", true, NULL);
    kat_expect(record, "opc", key.opc, 16);
    assert_memory_equal(&key, &from_opc, sizeof key);
    assert_ok(godwit_aka_compute(crypto, &key, kat_hex(record, "rand").ptr, kat_hex(record, "sqn").ptr,
                                 kat_hex(record, "amf").ptr, &f));
    kat_expect(record, "mac_a", f.mac_a, f.mac_len);
    kat_expect(record, "mac_s", f.mac_s, f.mac_len);
    kat_expect(record, "res", f.res, f.res_len);
    kat_expect(record, "ck", f.ck, f.ck_len);
    kat_expect(record, "ik", f.ik, f.ik_len);
    kat_expect(record, "ak", f.ak, sizeof f.ak);
    kat_expect(record, "ak_star", f.ak_star, sizeof f.ak_star);
}

static void milenage_reproduces_the_sets_of_35_207_and_35_208(void **state)
{
    (void)state;
    assert_int_equal(kat_each("milenage.txt", "milenage", one_milenage_set, NULL), 21);
}

static void one_gsm_set(const kat_record_t *record, void *context)
{
    (void)context;
    uint8_t sres[4], kc[8];
    const uint8_t *rand = kat_hex(record, "rand").ptr;
    godwit_aka_key_t key = aka_test_key(record, GODWIT_ALG_GSM_MILENAGE, "opc", true, NULL);
    assert_ok(godwit_gsm_compute(crypto, &key, rand, sres, kc));
    kat_expect(record, "sres_1", sres, sizeof sres);
    kat_expect(record, "kc", kc, sizeof kc);
    key.sres_by_truncation = true;
    memset(kc, 0, sizeof kc);
    assert_ok(godwit_gsm_compute(crypto, &key, rand, sres, kc));
    kat_expect(record, "sres_2", sres, sizeof sres);
    kat_expect(record, "kc", kc, sizeof kc);
    /* A USIM in GSM context answers by c2, which is output function 1. */
    godwit_aka_key_t usim = aka_test_key(record, GODWIT_ALG_MILENAGE, "opc", true, NULL);
    usim.sres_by_truncation = true;
    assert_ok(godwit_gsm_compute(crypto, &usim, rand, sres, kc));
    kat_expect(record, "sres_1", sres, sizeof sres);
}

static void gsm_milenage_reproduces_the_sets_of_55_205(void **state)
{
    (void)state;
    assert_int_equal(kat_each("gsm-milenage.txt", "gsm-milenage", one_gsm_set, NULL), 19);
}

static void one_derived_record(const kat_record_t *record, void *context)
{
    (void)context;
    uint8_t sres[4], kc[8], ck[16], ik[16], amf[2];
    godwit_vector_t vector;
    godwit_aka_key_t key = aka_test_key(record, GODWIT_ALG_MILENAGE, "opc", true, NULL);
    memcpy(amf, kat_hex(record, "amf").ptr, 2);
    assert_ok(godwit_vector_create(crypto, &key, kat_hex(record, "rand").ptr,
                                   godwit_load_u48(kat_hex(record, "sqn").ptr), amf, &vector));
    kat_expect(record, "autn", vector.autn, 16);
    kat_expect(record, "sqn_xor_ak", vector.autn, 6);
    godwit_c2(vector.xres, vector.xres_len, sres);
    godwit_c3(vector.ck, vector.ik, kc);
    kat_expect(record, "sres", sres, sizeof sres);
    kat_expect(record, "kc", kc, sizeof kc);
    godwit_c4(kc, ck);
    godwit_c5(kc, ik);
    kat_expect(record, "c4_ck", ck, sizeof ck);
    kat_expect(record, "c5_ik", ik, sizeof ik);
}

static void conversions_c2_to_c5_give_the_derived_values(void **state)
{
    (void)state;
    assert_int_equal(kat_each("milenage.txt", "derived", one_derived_record, NULL), 1);
}

static void c2_folds_every_length_of_xres(void **state)
{
    (void)state;
    static const uint8_t xres[16] = {1, 2, 3, 4, 16, 32, 48, 64, 0x80, 0, 0, 0, 0, 0x80, 0, 5};
    static const uint8_t want_4[4] = {1, 2, 3, 4}, want_6[4] = {17, 34, 3, 4}, want_16[4] = {0x91, 0xa2, 0x33, 0x41};
    uint8_t sres[4];
    godwit_c2(xres, 4, sres);
    assert_memory_equal(sres, want_4, 4);
    godwit_c2(xres, 6, sres);
    assert_memory_equal(sres, want_6, 4);
    godwit_c2(xres, 16, sres);
    assert_memory_equal(sres, want_16, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(milenage_reproduces_the_sets_of_35_207_and_35_208),
        cmocka_unit_test(gsm_milenage_reproduces_the_sets_of_55_205),
        cmocka_unit_test(conversions_c2_to_c5_give_the_derived_values),
        cmocka_unit_test(c2_folds_every_length_of_xres),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
