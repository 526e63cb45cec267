/* SPDX-License-Identifier: Apache-2.0
 *
 * Known answers of the end of the user plane at an EAS: tests/vectors/eas.txt.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "godwit/eas.h"
#include "tests/kat/kat.h"

static uint8_t plain[GODWIT_EMSDP_DATAGRAM_MAX];

static void up_and_down(const kat_record_t *record, void *context)
{
    (void)context;
    godwit_eas_device_t device;
    godwit_eas_opened_t opened;
    godwit_eas_grant_t grant = {.path = {.hse = "hse.example.net",
                                         .session_id = (uint32_t)kat_number(record, "session"),
                                         .session_octets = 3,
                                         .counter_octets = 1},
                                .terms = {.service = GODWIT_SERVICE_INTEGRITY,
                                          .suite = 6,
                                          .key_id = (uint8_t)kat_number(record, "key_id"),
                                          .age = (uint32_t)kat_number(record, "age")}};
    const godwit_slice_t payload = godwit_slice_of_string(kat_text(record, "payload"));
    uint8_t down[GODWIT_EMSDP_DATAGRAM_MAX];
    godwit_writer_t w = godwit_writer(down, sizeof down);
    assert_int_equal(godwit_imsi_from_text("001010000000001", &grant.path.imsi), GODWIT_OK);
    assert_int_equal(godwit_k_e2e(&godwit_crypto_builtin, kat_hex(record, "e2m_keyset").ptr,
                                  godwit_slice_of_string(kat_text(record, "eas")), grant.terms.age, grant.k_e2e),
                     GODWIT_OK);
    kat_expect(record, "k_e2e", grant.k_e2e, sizeof grant.k_e2e);
    assert_int_equal(godwit_eas_begin(&device, &godwit_crypto_builtin, &grant), GODWIT_OK);
    assert_int_equal(godwit_eas_open(&device, 1, 1, kat_hex(record, "up"), plain, &opened), GODWIT_OK);
    assert_true(godwit_slice_equal(opened.payload, payload));
    assert_int_equal(opened.count, kat_number(record, "skip"));
    godwit_eas_accept(&device, 1, 1, &opened);
    assert_int_equal(godwit_eas_seal(&device, 1, payload, &w), GODWIT_OK);
    kat_expect(record, "down", down, w.len);
}

static void exported(const kat_record_t *record, void *context)
{
    (void)context;
    uint8_t psk[32], text[GODWIT_PSK_NAME_MAX];
    godwit_psk_name_t name;
    godwit_writer_t w = godwit_writer(text, sizeof text);
    const godwit_slice_t identity = godwit_slice_of_string(kat_text(record, "identity"));
    assert_int_equal(godwit_psk_name_parse(identity, &name), GODWIT_OK);
    assert_int_equal(name.session_id, kat_number(record, "session"));
    assert_int_equal(name.age, kat_number(record, "age"));
    assert_int_equal(name.number, kat_number(record, "number"));
    godwit_psk_name_put(&name, &w);
    assert_true(godwit_slice_equal(godwit_written(&w), identity));
    assert_int_equal(godwit_exported_psk(&godwit_crypto_builtin, kat_hex(record, "k_e2e").ptr,
                                         kat_text(record, "label"), (uint8_t)kat_number(record, "role"), name.number,
                                         psk),
                     GODWIT_OK);
    kat_expect(record, "psk", psk, sizeof psk);
}

static void the_user_plane_is_as_an_independent_encoder_writes_it(void **state)
{
    (void)state;
    assert_int_equal(kat_each("eas.txt", "user_plane", up_and_down, NULL), 2);
}

static void exported_keys_and_their_names_are_as_an_independent_encoder_writes_them(void **state)
{
    (void)state;
    assert_int_equal(kat_each("eas.txt", "export", exported, NULL), 3);
}

static void a_name_has_one_spelling(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "godwit.",
                                      "godwit.00abcdef",
                                      "godwit.00abcdef.1",
                                      "godwit.00abcdef.1.",
                                      "godwit.00abcdef.01.1",
                                      "godwit.00abcdef.1.01",
                                      "godwit.00ABCDEF.1.1",
                                      "godwit.abcdef.1.1",
                                      "godwit.00abcdef.0.1",
                                      "godwit.00abcdef.1.0",
                                      "godwit.00abcdef.4294967296.1",
                                      "godwit.00abcdef.1.4294967296",
                                      "godwit.00abcdef.1.1 ",
                                      "Godwit.00abcdef.1.1",
                                      "godwit.00abcdef.1.1.1",
                                      "godwit.00abcdef-1.1",
                                      "godwit.00abcdef.99999999999.1"};
    godwit_psk_name_t name;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(godwit_psk_name_parse(godwit_slice_of_string(bad[i]), &name), GODWIT_MALFORMED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_user_plane_is_as_an_independent_encoder_writes_it),
        cmocka_unit_test(exported_keys_and_their_names_are_as_an_independent_encoder_writes_them),
        cmocka_unit_test(a_name_has_one_spelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
