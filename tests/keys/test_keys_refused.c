/* SPDX-License-Identifier: Apache-2.0
 *
 * What the key hierarchies refuse, and that a refusal or a failure leaves no key behind.
 */
#include "godwit/keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define FILL 0xA5

static const godwit_crypto_t *const c = &godwit_crypto_builtin;
static const uint8_t key32[32] = {1, 2, 3};
static const godwit_imsi_t imsi = {.digits = "001010123456789", .len = 15};

static godwit_slice_t text(const char *t)
{
    return godwit_slice_of_string(t);
}

static void assert_wiped(const uint8_t *key, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        assert_int_equal(key[i], 0);
    }
}

static void fqdn_that_is_not_canonical_gives_no_key(void **state)
{
    static const char *const bad[] = {
        "", "HSE.example", "hse.example.", "hse..example", "-hse.example", "hse_1.example"};
    static const uint8_t octets_[32];
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint8_t out[32];
        const godwit_slice_t name = text(bad[i]);
        memset(out, FILL, sizeof out);
        assert_int_equal(godwit_k_session(c, octets_, name, 1, out), GODWIT_INVALID_ARGUMENT);
        assert_wiped(out, 32);
        memset(out, FILL, sizeof out);
        assert_int_equal(godwit_k_e2e(c, octets_, name, 1, out), GODWIT_INVALID_ARGUMENT);
        assert_wiped(out, 32);
        memset(out, FILL, sizeof out);
        assert_int_equal(godwit_k_mtc(c, octets_, name, &imsi, octets_, octets_, out), GODWIT_INVALID_ARGUMENT);
        assert_wiped(out, 32);
        memset(out, FILL, sizeof out);
        assert_int_equal(godwit_k_iwf(c, octets_, name, &imsi, 1, out), GODWIT_INVALID_ARGUMENT);
        assert_wiped(out, 32);
    }
}

static void function_ids_need_a_name_and_five_octets(void **state)
{
    uint8_t out[32];
    (void)state;
    const godwit_slice_t impi = text("a@b"), only_protocol = godwit_slice("\1\0\0\0\2", 5);
    const godwit_slice_t upper = godwit_slice("NAF\1\0\0\0\2", 8);
    assert_int_equal(godwit_ks_naf(c, key32, false, key32, impi, only_protocol, out), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_ks_naf(c, key32, false, key32, impi, upper, out), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_ks_naf(c, key32, false, key32, text(""), godwit_slice("naf\1\0\0\0\2", 8), out),
                     GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_k_af(c, key32, only_protocol, out), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_k_akma(c, key32, text(""), out), GODWIT_INVALID_ARGUMENT);
}

static void keyset_needs_the_sqn_that_its_agreement_has(void **state)
{
    uint8_t out[32];
    (void)state;
    for (unsigned a = 0; a <= 8; a++) {
        const bool none = a >= GODWIT_AGREEMENT_GBA && a <= GODWIT_AGREEMENT_5G, exists = a >= 1 && a <= 7;
        for (size_t len = 0; len <= 6; len += 6) {
            const bool fits = exists && (none ? len == 0 : len == 6);
            memset(out, FILL, sizeof out);
            assert_int_equal(godwit_e2m_keyset(c, key32, (godwit_agreement_t)a, godwit_slice(key32, len), out),
                             fits ? GODWIT_OK : GODWIT_INVALID_ARGUMENT);
            if (!fits) {
                assert_wiped(out, 32);
            }
        }
    }
}

static void keys_of_suites_that_do_not_exist_are_refused(void **state)
{
    uint8_t k_enc[16], k_int[32];
    (void)state;
    for (unsigned id = 0; id < 256; id++) {
        const godwit_status_t want = id >= 1 && id <= 9 ? GODWIT_OK : GODWIT_INVALID_ARGUMENT;
        assert_int_equal(godwit_suite_keys(c, key32, (uint8_t)id, k_enc, k_int), want);
        assert_int_equal(godwit_k_di(c, key32, (uint8_t)id, k_enc, k_int), want);
    }
}

static void exported_psk_knows_four_protocols_and_two_roles(void **state)
{
    static const char *const known[] = {"dtls1.2", "dtls1.3", "tls1.3", "oscore"};
    uint8_t psk[32], client[32];
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(godwit_exported_psk(c, key32, known[i], 0, 7, client), GODWIT_OK);
        assert_int_equal(godwit_exported_psk(c, key32, known[i], 1, 7, psk), GODWIT_OK);
        assert_memory_not_equal(psk, client, 32);
        assert_int_equal(godwit_exported_psk(c, key32, known[i], 0, 8, psk), GODWIT_OK);
        assert_memory_not_equal(psk, client, 32);
    }
    assert_int_equal(godwit_exported_psk(c, key32, "dtls1.1", 0, 1, psk), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_exported_psk(c, key32, NULL, 0, 1, psk), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_exported_psk(c, key32, "oscore", 2, 1, psk), GODWIT_INVALID_ARGUMENT);
}

static void kdf_refuses_what_33_220_cannot_say(void **state)
{
    static const uint8_t long_one[0x10000];
    uint8_t out[32];
    (void)state;
    const godwit_slice_t key = godwit_slice(key32, 32);
    godwit_slice_t p[GODWIT_KDF_PARAMETERS_MAX + 1] = {{long_one, 0xFFFF}};
    assert_int_equal(godwit_kdf(c, key, 0xFE, p, 1, out), GODWIT_OK);
    assert_int_equal(godwit_kdf(c, key, 0xFF00, p, GODWIT_KDF_PARAMETERS_MAX, out), GODWIT_OK);
    assert_int_equal(godwit_kdf(c, key, 0xFF, p, 1, out), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_kdf(c, key, 0x100, p, 1, out), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_kdf(c, key, 0x10, p, GODWIT_KDF_PARAMETERS_MAX + 1, out), GODWIT_INVALID_ARGUMENT);
    p[0].len = 0x10000;
    memset(out, FILL, sizeof out);
    assert_int_equal(godwit_kdf(c, key, 0x10, p, 1, out), GODWIT_INVALID_ARGUMENT);
    assert_wiped(out, 32);
    assert_int_equal(godwit_kenb_star(c, key32, 1, 0x1000000, out), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_eps_algorithm_key(c, key32, 0, 1, out), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_eps_algorithm_key(c, key32, 7, 1, out), GODWIT_INVALID_ARGUMENT);
}

static godwit_status_t hmac_that_fails(godwit_slice_t key, const godwit_slice_t *parts, size_t count, uint8_t mac[32])
{
    (void)key, (void)parts, (void)count;
    memset(mac, FILL, 32);
    return GODWIT_CRYPTO_FAILED;
}

static void failing_backend_leaves_no_key_behind(void **state)
{
    const godwit_crypto_t broken = {.name = "broken", .hmac_sha256 = hmac_that_fails};
    uint8_t a[32], b[32];
    (void)state;
    memset(a, FILL, 32);
    assert_int_equal(godwit_k_session(&broken, key32, text("hse.example"), 1, a), GODWIT_CRYPTO_FAILED);
    assert_wiped(a, 32);
    memset(a, FILL, 32), memset(b, FILL, 32);
    assert_int_equal(godwit_suite_keys(&broken, key32, 3, a, b), GODWIT_CRYPTO_FAILED);
    assert_wiped(a, 16);
    assert_wiped(b, 32);
    memset(a, FILL, 32), memset(b, FILL, 32);
    assert_int_equal(godwit_gba_2g(&broken, a, a, a, a, a, b), GODWIT_CRYPTO_FAILED);
    assert_wiped(a, 16);
    assert_wiped(b, 32);
    memset(a, FILL, 32), memset(b, FILL, 32);
    assert_int_equal(godwit_device_rand_pair(&broken, key32, &imsi, a, b), GODWIT_CRYPTO_FAILED);
    assert_wiped(a, 16);
    assert_wiped(b, 16);
    memset(a, FILL, 32);
    assert_int_equal(godwit_kc128(&broken, key32, a), GODWIT_CRYPTO_FAILED);
    assert_wiped(a, 16);
}

static void agreements_have_names_both_ways(void **state)
{
    godwit_agreement_t agreement;
    (void)state;
    for (unsigned a = 0; a <= 7; a++) {
        const char *name = godwit_agreement_name((godwit_agreement_t)a);
        assert_non_null(name);
        assert_int_equal(godwit_agreement_from_name(name, &agreement), GODWIT_OK);
        assert_int_equal(agreement, a);
    }
    assert_string_equal(godwit_agreement_name(GODWIT_AGREEMENT_SEPARATE_EPS), "separate-eps");
    assert_string_equal(godwit_agreement_name(GODWIT_AGREEMENT_SEPARATE_UMTS), "separate-umts");
    assert_null(godwit_agreement_name((godwit_agreement_t)8));
    assert_int_equal(godwit_agreement_from_name("separate", &agreement), GODWIT_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fqdn_that_is_not_canonical_gives_no_key),
        cmocka_unit_test(function_ids_need_a_name_and_five_octets),
        cmocka_unit_test(keyset_needs_the_sqn_that_its_agreement_has),
        cmocka_unit_test(keys_of_suites_that_do_not_exist_are_refused),
        cmocka_unit_test(exported_psk_knows_four_protocols_and_two_roles),
        cmocka_unit_test(kdf_refuses_what_33_220_cannot_say),
        cmocka_unit_test(failing_backend_leaves_no_key_behind),
        cmocka_unit_test(agreements_have_names_both_ways),
    };
    return cmocka_run_group_tests_name("keys_refused", tests, NULL, NULL);
}
