/* SPDX-License-Identifier: Apache-2.0
 *
 * EAP-AKA' packets: those of an independent encoder, octet for octet; and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/wire/eap_aka.h"
#include "tests/kat/kat.h"

#define CRYPTO &godwit_crypto_builtin

static const uint8_t k_aut[32] = {0x08, 0x42, 0xea, 0x72, 0x2f, 0xf6, 0x83, 0x5b, 0xfa, 0x20, 0x32,
                                  0x49, 0x9f, 0xc3, 0xec, 0x23, 0xc2, 0xf0, 0xe3, 0x88, 0xb4, 0xf0,
                                  0x75, 0x43, 0xff, 0xc6, 0x77, 0xf1, 0x69, 0x6d, 0x71, 0xea};

static void same_again(const kat_record_t *r, const char *name)
{
    godwit_eap_t eap;
    uint8_t octets[GODWIT_EAP_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_slice_t packet = kat_hex(r, name);
    assert_int_equal(godwit_eap_parse(packet, &eap), GODWIT_OK);
    assert_int_equal(godwit_eap_build(&eap, &w), GODWIT_OK);
    if (eap.has_mac) {
        assert_int_equal(godwit_eap_verify(CRYPTO, k_aut, &eap, packet), GODWIT_OK);
        assert_int_equal(godwit_eap_sign(CRYPTO, k_aut, octets, w.len), GODWIT_OK);
    }
    kat_expect(r, name, octets, w.len);
}

static void read_and_write(const kat_record_t *r, void *context)
{
    static const char *const names[] = {"challenge",    "response",         "synchronization_failure", "reject",
                                        "client_error", "identity_request", "identity_response",       "notification"};
    (void)context;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        same_again(r, names[i]);
    }
    godwit_eap_t eap;
    assert_int_equal(godwit_eap_parse(kat_hex(r, "response"), &eap), GODWIT_OK);
    assert_int_equal(eap.res.len, 8);
    assert_int_equal(godwit_eap_parse(kat_hex(r, "challenge"), &eap), GODWIT_OK);
    assert_true(godwit_slice_equal(eap.network, godwit_slice_of_string("WLAN")));
    assert_int_equal(eap.kdf, GODWIT_EAP_KDF_AKA_PRIME);
}

static void packets_of_an_independent_encoder_are_read_and_made(void **state)
{
    (void)state;
    assert_int_equal(kat_each("eap_aka.txt", "packets", read_and_write, NULL), 1);
}

static void bend(const kat_record_t *r, void *context)
{
    (void)context;
    uint8_t octets[GODWIT_EAP_MAX];
    const godwit_slice_t packet = kat_hex(r, "challenge");
    memcpy(octets, packet.ptr, packet.len);
    for (size_t bit = 0; bit < 8 * packet.len; bit++) {
        godwit_eap_t eap;
        octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
        const godwit_slice_t bent = godwit_slice(octets, packet.len);
        if (godwit_eap_parse(bent, &eap) == GODWIT_OK) {
            assert_int_equal(godwit_eap_verify(CRYPTO, k_aut, &eap, bent), GODWIT_MAC_FAILURE);
        }
        octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t len = 0; len < packet.len; len++) {
        godwit_eap_t eap;
        assert_int_equal(godwit_eap_parse(godwit_slice(octets, len), &eap), GODWIT_MALFORMED);
    }
}

static void a_bit_or_an_octet_less_is_refused(void **state)
{
    (void)state;
    assert_int_equal(kat_each("eap_aka.txt", "packets", bend, NULL), 1);
}

static void what_must_be_understood_and_is_not_is_refused(void **state)
{
    (void)state;
    godwit_eap_t eap;
    uint8_t packet[] = {1, 7, 0, 12, 50, 1, 0, 0, 99, 1, 0, 0};
    assert_int_equal(godwit_eap_parse(godwit_slice(packet, sizeof packet), &eap), GODWIT_MALFORMED);
    packet[8] = 200; /* may be passed over */
    assert_int_equal(godwit_eap_parse(godwit_slice(packet, sizeof packet), &eap), GODWIT_OK);
    packet[9] = 0; /* an attribute of no length would never end */
    assert_int_equal(godwit_eap_parse(godwit_slice(packet, sizeof packet), &eap), GODWIT_MALFORMED);
    packet[9] = 2;
    assert_int_equal(godwit_eap_parse(godwit_slice(packet, sizeof packet), &eap), GODWIT_MALFORMED);
}

static void an_attribute_that_stands_there_twice_is_refused(void **state)
{
    (void)state;
    godwit_eap_t eap;
    uint8_t packet[48] = {1, 7, 0, 48, 50, 1, 0, 0};
    packet[8] = packet[28] = 1; /* AT_RAND */
    packet[9] = packet[29] = 5;
    assert_int_equal(godwit_eap_parse(godwit_slice(packet, sizeof packet), &eap), GODWIT_MALFORMED);
    packet[28] = 2; /* AT_AUTN */
    assert_int_equal(godwit_eap_parse(godwit_slice(packet, sizeof packet), &eap), GODWIT_OK);
    packet[28] = 11; /* AT_MAC of zeros */
    assert_int_equal(godwit_eap_parse(godwit_slice(packet, sizeof packet), &eap), GODWIT_OK);
    assert_int_equal(godwit_eap_verify(CRYPTO, k_aut, &eap, godwit_slice(packet, sizeof packet)), GODWIT_MAC_FAILURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_of_an_independent_encoder_are_read_and_made),
        cmocka_unit_test(a_bit_or_an_octet_less_is_refused),
        cmocka_unit_test(what_must_be_understood_and_is_not_is_refused),
        cmocka_unit_test(an_attribute_that_stands_there_twice_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
