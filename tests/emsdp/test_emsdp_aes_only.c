/* SPDX-License-Identifier: Apache-2.0
 *
 * core/emsdp built with GODWIT_SUITES_AES_ONLY: suites 08 and 09 do not exist, the others work.
 */
#include "godwit/emsdp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define CRYPTO (&godwit_crypto_builtin)

static godwit_status_t init(godwit_emsdp_key_t *key, uint8_t suite, godwit_end_t end)
{
    static const uint8_t k_session[32] = {1};
    return godwit_emsdp_key_init(CRYPTO, key, k_session, suite, 1, GODWIT_FRAMING_DEFAULT, 1, 1, end);
}

static void suites_of_other_ciphers_do_not_exist(void **state)
{
    godwit_emsdp_key_t key;
    uint8_t id;
    (void)state;
    for (uint8_t suite = 8; suite <= 9; suite++) {
        assert_null(godwit_suite(suite));
        assert_int_equal(init(&key, suite, GODWIT_END_DEVICE), GODWIT_UNSUPPORTED_SUITE);
    }
    assert_int_equal(godwit_suite_from_name("eea1-eia1-32", &id), GODWIT_NOT_FOUND);
}

static void a_record_of_such_a_suite_is_refused(void **state)
{
    godwit_emsdp_key_t key;
    uint8_t record[GODWIT_EMSDP_KEY_RECORD];
    (void)state;
    assert_int_equal(init(&key, 7, GODWIT_END_DEVICE), GODWIT_OK);
    key.hot.suite = 8;
    godwit_emsdp_key_save(&key, record);
    assert_int_equal(godwit_emsdp_key_load(record, &key), GODWIT_MALFORMED);
}

static void suites_of_aes_open_what_they_seal(void **state)
{
    (void)state;
    for (uint8_t suite = 1; suite <= 7; suite++) {
        godwit_emsdp_key_t device, network;
        uint8_t buf[64], plain[64];
        godwit_emsdp_opened_t opened;
        godwit_writer_t w = godwit_writer(buf, sizeof buf);
        assert_int_equal(init(&device, suite, GODWIT_END_DEVICE), GODWIT_OK);
        assert_int_equal(init(&network, suite, GODWIT_END_NETWORK), GODWIT_OK);
        assert_int_equal(godwit_emsdp_seal_user(CRYPTO, &device, godwit_slice("21.5", 4), &w), GODWIT_OK);
        assert_int_equal(godwit_emsdp_open(CRYPTO, &network, godwit_written(&w), godwit_slice(NULL, 0), plain, &opened),
                         GODWIT_OK);
        assert_true(godwit_slice_equal(opened.payload, godwit_slice("21.5", 4)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suites_of_other_ciphers_do_not_exist),
        cmocka_unit_test(a_record_of_such_a_suite_is_refused),
        cmocka_unit_test(suites_of_aes_open_what_they_seal),
    };
    return cmocka_run_group_tests_name("emsdp_aes_only", tests, NULL, NULL);
}
