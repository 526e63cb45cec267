/* SPDX-License-Identifier: Apache-2.0
 *
 * Key hierarchies: known answers (tests/vectors/keys.txt, golden-emsdp.txt).
 */
#include "godwit/keys.h"
#include "tests/kat/kat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define GOLDEN "golden-emsdp.txt"
static const godwit_crypto_t *const c = &godwit_crypto_builtin;

static const uint8_t *octets(const kat_record_t *r, const char *name, size_t len)
{
    godwit_slice_t s = kat_hex(r, name);
    assert_int_equal(s.len, len);
    return s.ptr;
}

static godwit_slice_t text(const char *t)
{
    return godwit_slice_of_string(t);
}

/* The record of section [inputs], and what the derivations below need from it. */
static struct {
    uint8_t ck_ik[32], kasme[32], ks_naf[32], k_af[32], k_hse[32], sqn_xor_ak[6], ck_ik_prime[32];
    godwit_imsi_t imsi;
} in;

static void take_inputs(const kat_record_t *r, void *context)
{
    (void)context;
    memcpy(in.ck_ik, octets(r, "ck", 16), 16);
    memcpy(in.ck_ik + 16, octets(r, "ik", 16), 16);
    memcpy(in.ck_ik_prime, octets(r, "ck_prime", 16), 16);
    memcpy(in.ck_ik_prime + 16, octets(r, "ik_prime", 16), 16);
    memcpy(in.kasme, octets(r, "kasme", 32), 32);
    memcpy(in.ks_naf, octets(r, "ks_naf", 32), 32);
    memcpy(in.k_af, octets(r, "k_af", 32), 32);
    memcpy(in.k_hse, octets(r, "k_hse", 32), 32);
    memcpy(in.sqn_xor_ak, octets(r, "sqn_xor_ak", 6), 6);
    assert_int_equal(godwit_imsi_from_text("001010123456789", &in.imsi), GODWIT_OK);
    assert_memory_equal(in.imsi.digits, octets(r, "imsi_ascii", 15), 15);
}

static int load_inputs(void **state)
{
    (void)state;
    kat_each(GOLDEN, "inputs", take_inputs, NULL);
    return 0;
}

static const uint8_t *root_named(const char *name)
{
    static const struct {
        const char *name;
        const uint8_t *key;
    } roots[] = {
        {"ck_ik", in.ck_ik}, {"kasme", in.kasme}, {"ks_naf", in.ks_naf}, {"k_af", in.k_af}, {"k_hse", in.k_hse}};
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        if (strcmp(roots[i].name, name) == 0) {
            return roots[i].key;
        }
    }
    fail_msg("no root %s", name);
    return NULL;
}

static godwit_slice_t sqn_of(godwit_agreement_t agreement)
{
    const bool has = agreement < GODWIT_AGREEMENT_GBA || agreement > GODWIT_AGREEMENT_5G;
    return godwit_slice(in.sqn_xor_ak, has ? 6 : 0);
}

static void keyset_of(godwit_agreement_t agreement, const uint8_t root[32], uint8_t out[32])
{
    assert_int_equal(godwit_e2m_keyset(c, root, agreement, sqn_of(agreement), out), GODWIT_OK);
}

/* ---- standard ------------------------------------------------------------------------------------------------- */

static void use_eap(const kat_record_t *r, void *context)
{
    uint8_t out[32];
    (void)context;
    assert_int_equal(godwit_eap_aka_prime(c, octets(r, "ck_ik", 32), text(kat_text(r, "network_name")),
                                          octets(r, "sqn_xor_ak", 6), out),
                     GODWIT_OK);
    kat_expect(r, "ck_prime", out, 16);
    kat_expect(r, "ik_prime", out + 16, 16);
}

static void eap_aka_prime_is_rfc_5448s(void **state)
{
    (void)state;
    kat_each("keys.txt", "eap_aka_prime", use_eap, NULL);
}

static void use_kasme(const kat_record_t *r, void *context)
{
    uint8_t out[32];
    godwit_plmn_t plmn;
    (void)context;
    memcpy(plmn.octets, octets(r, "plmn", 3), 3);
    assert_int_equal(godwit_kasme(c, octets(r, "ck_ik", 32), plmn, octets(r, "sqn_xor_ak", 6), out), GODWIT_OK);
    kat_expect(r, "kasme", out, 32);
}

static void use_algorithm_key(const kat_record_t *r, void *context)
{
    uint8_t out[16], whole[32];
    const uint8_t distinguisher = (uint8_t)kat_number(r, "distinguisher"),
                  algorithm = (uint8_t)kat_number(r, "algorithm");
    const godwit_slice_t p[] = {godwit_slice(&distinguisher, 1), godwit_slice(&algorithm, 1)};
    (void)context;
    assert_int_equal(godwit_eps_algorithm_key(c, octets(r, "key", 32), distinguisher, algorithm, out), GODWIT_OK);
    kat_expect(r, "out", out, 16);
    if (kat_has(r, "whole")) {
        assert_int_equal(godwit_kdf(c, kat_hex(r, "key"), 0x15, p, 2, whole), GODWIT_OK);
        kat_expect(r, "whole", whole, 32);
    }
}

static void use_kenb(const kat_record_t *r, void *context)
{
    uint8_t out[32];
    (void)context;
    assert_int_equal(godwit_kenb(c, octets(r, "kasme", 32), (uint32_t)kat_number(r, "nas_count"), out), GODWIT_OK);
    kat_expect(r, "kenb", out, 32);
}

static void use_nh(const kat_record_t *r, void *context)
{
    uint8_t out[32];
    (void)context;
    assert_int_equal(godwit_nh(c, octets(r, "kasme", 32), octets(r, "sync", 32), out), GODWIT_OK);
    kat_expect(r, "nh", out, 32);
}

static void use_kenb_star(const kat_record_t *r, void *context)
{
    uint8_t out[32];
    (void)context;
    assert_int_equal(godwit_kenb_star(c, octets(r, "key", 32), (uint16_t)kat_number(r, "pci"),
                                      (uint32_t)kat_number(r, "earfcn"), out),
                     GODWIT_OK);
    kat_expect(r, "kenb_star", out, 32);
}

static void eps_keys_are_those_of_ts_33_401(void **state)
{
    (void)state;
    kat_each("keys.txt", "kasme", use_kasme, NULL);
    kat_each("keys.txt", "algorithm_key", use_algorithm_key, NULL);
    kat_each("keys.txt", "kenb", use_kenb, NULL);
    kat_each("keys.txt", "nh", use_nh, NULL);
    kat_each("keys.txt", "kenb_star", use_kenb_star, NULL);
}

static void use_gsm_128(const kat_record_t *r, void *context)
{
    uint8_t out[16];
    (void)context;
    assert_int_equal(godwit_kc128(c, octets(r, "ck_ik", 32), out), GODWIT_OK);
    kat_expect(r, "kc128", out, 16);
    assert_int_equal(godwit_ki128(c, octets(r, "ck_ik", 32), out), GODWIT_OK);
    kat_expect(r, "ki128", out, 16);
}

static void kc128_takes_the_first_half_and_ki128_the_last(void **state)
{
    (void)state;
    kat_each("keys.txt", "gsm_128", use_gsm_128, NULL);
}

static void use_ks_naf(const kat_record_t *r, void *context)
{
    uint8_t out[32];
    godwit_slice_t impi = text(kat_text(r, "impi")), naf_id = kat_hex(r, "naf_id");
    (void)context;
    assert_int_equal(godwit_ks_naf(c, octets(r, "ks", 32), false, octets(r, "rand", 16), impi, naf_id, out), GODWIT_OK);
    kat_expect(r, "ks_naf", out, 32);
    assert_int_equal(godwit_ks_naf(c, octets(r, "ks", 32), true, octets(r, "rand", 16), impi, naf_id, out), GODWIT_OK);
    kat_expect(r, "ks_int_naf", out, 32);
}

static void use_gba_2g(const kat_record_t *r, void *context)
{
    uint8_t res[16], ks[32];
    (void)context;
    assert_int_equal(godwit_gba_2g(c, octets(r, "kc", 8), octets(r, "rand", 16), octets(r, "sres", 4),
                                   octets(r, "ks_input", 16), res, ks),
                     GODWIT_OK);
    kat_expect(r, "res", res, 16);
    kat_expect(r, "ks", ks, 32);
}

static void use_akma(const kat_record_t *r, void *context)
{
    uint8_t k_akma[32], out[32];
    godwit_slice_t supi = text(kat_text(r, "supi"));
    (void)context;
    assert_int_equal(godwit_k_akma(c, octets(r, "kausf", 32), supi, k_akma), GODWIT_OK);
    kat_expect(r, "k_akma", k_akma, 32);
    assert_int_equal(godwit_a_tid(c, octets(r, "kausf", 32), supi, out), GODWIT_OK);
    kat_expect(r, "a_tid", out, 32);
    assert_int_equal(godwit_k_af(c, k_akma, kat_hex(r, "af_id"), out), GODWIT_OK);
    kat_expect(r, "k_af", out, 32);
}

static void use_5g_aka(const kat_record_t *r, void *context)
{
    uint8_t out[32];
    godwit_slice_t network = text(kat_text(r, "network"));
    (void)context;
    assert_int_equal(godwit_k_ausf(c, octets(r, "ck_ik", 32), network, octets(r, "sqn_xor_ak", 6), out), GODWIT_OK);
    kat_expect(r, "k_ausf", out, 32);
    assert_int_equal(godwit_res_star(c, octets(r, "ck_ik", 32), network, octets(r, "rand", 16), kat_hex(r, "res"), out),
                     GODWIT_OK);
    kat_expect(r, "res_star", out, 16);
    assert_int_equal(godwit_hxres_star(c, octets(r, "rand", 16), octets(r, "res_star", 16), out), GODWIT_OK);
    kat_expect(r, "hxres_star", out, 16);
}

static void use_mrk(const kat_record_t *r, void *context)
{
    uint8_t out[32];
    (void)context;
    assert_int_equal(godwit_mrk(c, octets(r, "ks_naf", 32), out), GODWIT_OK);
    kat_expect(r, "mrk", out, 32);
}

static void gba_and_akma_keys_are_those_of_their_annexes(void **state)
{
    (void)state;
    kat_each("keys.txt", "ks_naf", use_ks_naf, NULL);
    kat_each("keys.txt", "gba_2g", use_gba_2g, NULL);
    kat_each("keys.txt", "akma", use_akma, NULL);
    kat_each("keys.txt", "5g_aka", use_5g_aka, NULL);
    kat_each("keys.txt", "mrk", use_mrk, NULL);
}

static void k_hse_is_bound_to_network_and_method(void **state)
{
    uint8_t out[32], eap[32];
    (void)state;
    const godwit_slice_t name = text("5G:mnc001.mcc001.3gppnetwork.org");
    assert_int_equal(godwit_k_hse(c, in.ck_ik, false, name, in.sqn_xor_ak, out), GODWIT_OK);
    assert_memory_equal(out, in.k_hse, 32);
    assert_int_equal(godwit_k_hse(c, in.ck_ik, true, name, in.sqn_xor_ak, eap), GODWIT_OK);
    assert_memory_not_equal(eap, out, 32);
}

/* ---- Godwit's own ------------------------------------------------------------------------------------------------ */

static void use_keyset(const kat_record_t *r, void *context)
{
    uint8_t out[32];
    (void)context;
    keyset_of((godwit_agreement_t)kat_number(r, "agreement"), root_named(kat_text(r, "root")), out);
    kat_expect(r, "e2m_keyset", out, 32);
}

static void use_k_session(const kat_record_t *r, void *context)
{
    uint8_t keyset[32], out[32];
    const godwit_agreement_t agreement = (godwit_agreement_t)kat_number(r, "agreement");
    (void)context;
    keyset_of(agreement, agreement == GODWIT_AGREEMENT_SEPARATE_EPS ? in.kasme : in.ck_ik, keyset);
    assert_int_equal(godwit_k_session(c, keyset, text("hse.example"), (uint32_t)kat_number(r, "generation"), out),
                     GODWIT_OK);
    kat_expect(r, "k_session", out, 32);
}

static void use_suite_keys(const kat_record_t *r, void *context)
{
    uint8_t k_enc[16], k_int[32];
    static const uint8_t zero[16];
    const size_t k_int_len = strstr(kat_text(r, "name"), "hmac") != NULL ? 32 : 16;
    (void)context;
    assert_int_equal(godwit_suite_keys(c, octets(r, "key", 32), (uint8_t)kat_number(r, "suite"), k_enc, k_int),
                     GODWIT_OK);
    kat_expect(r, "k_enc", k_enc, 16);
    kat_expect(r, "k_int", k_int, k_int_len);
    if (k_int_len == 16) {
        assert_memory_equal(k_int + 16, zero, 16);
    }
}

static void use_k_e2e(const kat_record_t *r, void *context)
{
    uint8_t keyset[32], k_e2e[32], psk[32];
    (void)context;
    keyset_of(GODWIT_AGREEMENT_SEPARATE_EPS, in.kasme, keyset);
    assert_int_equal(godwit_k_e2e(c, keyset, text("eas.example"), 1, k_e2e), GODWIT_OK);
    kat_expect(r, "k_e2e", k_e2e, 32);
    assert_int_equal(godwit_exported_psk(c, k_e2e, "dtls1.2", 0, 1, psk), GODWIT_OK);
    kat_expect(r, "psk", psk, 32);
}

static void session_keys_are_the_golden_ones(void **state)
{
    uint8_t prime[32];
    (void)state;
    assert_int_equal(godwit_e2m_ck_ik_prime(c, in.ck_ik, in.sqn_xor_ak, prime), GODWIT_OK);
    assert_memory_equal(prime, in.ck_ik_prime, 32);
    assert_int_equal(kat_each(GOLDEN, "e2m_keyset", use_keyset, NULL), 7);
    assert_int_equal(kat_each(GOLDEN, "k_session", use_k_session, NULL), 4);
    assert_int_equal(kat_each(GOLDEN, "suite_keys", use_suite_keys, NULL), 14);
    kat_each(GOLDEN, "k_e2e", use_k_e2e, NULL);
}

static void use_device_rand(const kat_record_t *r, void *context)
{
    static const uint8_t chain0[32];
    uint8_t a[16], b[16], out[32];
    const uint8_t *rand1 = octets(r, "rand1", 16), *kc_sres = octets(r, "kc_sres", 24);
    (void)context;
    assert_int_equal(godwit_device_rand_pair(c, rand1, &in.imsi, a, b), GODWIT_OK);
    kat_expect(r, "rand_a", a, 16);
    kat_expect(r, "rand_b", b, 16);
    assert_int_equal(godwit_k_mtc(c, kc_sres, text("hse.example"), &in.imsi, rand1, chain0, out), GODWIT_OK);
    kat_expect(r, "k_mtc", out, 32);
    assert_int_equal(godwit_next_chain(c, kc_sres, chain0, rand1, out), GODWIT_OK);
    kat_expect(r, "next_chain", out, 32);
}

static void device_rand_keys_are_the_golden_ones(void **state)
{
    (void)state;
    kat_each(GOLDEN, "device_rand", use_device_rand, NULL);
}

static void use_k_iwf(const kat_record_t *r, void *context)
{
    uint8_t k_iwf[32], conf[16], integrity[16];
    (void)context;
    assert_int_equal(godwit_k_iwf(c, root_named(kat_text(r, "root")), text("iwf.example"), &in.imsi, 1, k_iwf),
                     GODWIT_OK);
    kat_expect(r, "k_iwf", k_iwf, 32);
    assert_int_equal(godwit_k_di(c, k_iwf, 1, conf, integrity), GODWIT_OK);
    kat_expect(r, "k_di_conf", conf, 16);
    kat_expect(r, "k_di_int", integrity, 16);
}

static void iwf_keys_are_the_golden_ones(void **state)
{
    (void)state;
    assert_int_equal(kat_each(GOLDEN, "k_iwf", use_k_iwf, NULL), 2);
}

static void one_root_gives_each_agreement_another_keyset(void **state)
{
    uint8_t keyset[8][32];
    (void)state;
    for (unsigned a = 1; a <= 7; a++) {
        keyset_of((godwit_agreement_t)a, in.ck_ik, keyset[a]);
        for (unsigned b = 1; b < a; b++) {
            assert_memory_not_equal(keyset[a], keyset[b], 32);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eap_aka_prime_is_rfc_5448s),
        cmocka_unit_test(eps_keys_are_those_of_ts_33_401),
        cmocka_unit_test(kc128_takes_the_first_half_and_ki128_the_last),
        cmocka_unit_test(gba_and_akma_keys_are_those_of_their_annexes),
        cmocka_unit_test(k_hse_is_bound_to_network_and_method),
        cmocka_unit_test(session_keys_are_the_golden_ones),
        cmocka_unit_test(device_rand_keys_are_the_golden_ones),
        cmocka_unit_test(iwf_keys_are_the_golden_ones),
        cmocka_unit_test(one_root_gives_each_agreement_another_keyset),
    };
    return cmocka_run_group_tests_name("keys", tests, load_inputs, NULL);
}
