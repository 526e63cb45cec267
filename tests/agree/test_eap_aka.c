/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys and identities of EAP-AKA': known answers, and identities that are not ours.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/agree/eap_aka/eap_aka.h"
#include "tests/kat/kat.h"

#define CRYPTO &godwit_crypto_builtin

static void compare(const kat_record_t *r, void *context)
{
    (void)context;
    uint8_t ck_ik[32], prime[32], root[32];
    godwit_eap_aka_keys_t keys;
    godwit_imsi_t imsi;
    memcpy(ck_ik, kat_hex(r, "ck").ptr, 16);
    memcpy(ck_ik + 16, kat_hex(r, "ik").ptr, 16);
    assert_int_equal(godwit_eap_aka_prime(CRYPTO, ck_ik, godwit_slice_of_string(kat_text(r, "network")),
                                          kat_hex(r, "autn").ptr, prime),
                     GODWIT_OK);
    kat_expect(r, "ck_prime", prime, 16);
    kat_expect(r, "ik_prime", prime + 16, 16);
    assert_int_equal(godwit_eap_aka_keys(CRYPTO, prime, godwit_slice_of_string(kat_text(r, "identity")), &keys),
                     GODWIT_OK);
    kat_expect(r, "k_encr", keys.k_encr, sizeof keys.k_encr);
    kat_expect(r, "k_aut", keys.k_aut, sizeof keys.k_aut);
    kat_expect(r, "k_re", keys.k_re, sizeof keys.k_re);
    kat_expect(r, "msk", keys.msk, sizeof keys.msk);
    kat_expect(r, "emsk", keys.emsk, sizeof keys.emsk);
    assert_int_equal(godwit_imsi_from_text("555444333222111", &imsi), GODWIT_OK);
    assert_int_equal(godwit_iwf_eap_root(CRYPTO, keys.emsk, &imsi, root), GODWIT_OK);
    kat_expect(r, "iwf_root", root, sizeof root);
}

static void keys_are_those_of_rfc_5448_appendix_c(void **state)
{
    (void)state;
    assert_int_equal(kat_each("eap_aka.txt", "eap_aka", compare, NULL), 1);
}

static void an_identity_names_its_imsi_and_no_other(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "0001010000000001@wlan.mnc001.mcc001.3gppnetwork.org", /* EAP-AKA */
        "6001010000000001@wlan.mnc002.mcc001.3gppnetwork.org",
        "6001020000000001@wlan.mnc001.mcc001.3gppnetwork.org",
        "6001010000000001@wlan.mnc001.mcc001.3gppnetwork.org.evil",
        "60010100000000011@wlan.mnc001.mcc001.3gppnetwork.org",
        "6@wlan.mnc001.mcc001.3gppnetwork.org",
        "6001010000000001",
        "",
    };
    godwit_imsi_t imsi, back;
    godwit_plmn_t home;
    char nai[GODWIT_EAP_NAI_MAX + 1];
    assert_int_equal(godwit_imsi_from_text("001010000000001", &imsi), GODWIT_OK);
    assert_int_equal(godwit_plmn_from_text("001-01", &home), GODWIT_OK);
    assert_int_equal(godwit_eap_nai(&imsi, home, nai), GODWIT_OK);
    assert_string_equal(nai, "6001010000000001@wlan.mnc001.mcc001.3gppnetwork.org");
    assert_int_equal(godwit_eap_imsi_of(godwit_slice_of_string(nai), home, &back), GODWIT_OK);
    assert_true(godwit_imsi_equal(&imsi, &back));
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_int_equal(godwit_eap_imsi_of(godwit_slice_of_string(refused[i]), home, &back), GODWIT_MALFORMED);
    }
    assert_int_equal(godwit_plmn_from_text("001-02", &home), GODWIT_OK);
    assert_int_equal(godwit_eap_nai(&imsi, home, nai), GODWIT_INVALID_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_those_of_rfc_5448_appendix_c),
        cmocka_unit_test(an_identity_names_its_imsi_and_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
