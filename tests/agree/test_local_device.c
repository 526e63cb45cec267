/* SPDX-License-Identifier: Apache-2.0
 *
 * Remote device, hosting device and NAF Key Centre: one key at all three, known answers, and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/agree/local_device/local_device.h"
#include "tests/kat/kat.h"

#define CRYPTO &godwit_crypto_builtin

static void compare(const kat_record_t *r, void *context)
{
    (void)context;
    const uint8_t *ks_naf = kat_hex(r, "ks_naf").ptr;
    char b_tid[GODWIT_B_TID_MAX + 1];
    uint8_t octets[320], key[32];
    godwit_local_peer_t remote = {0}, hosting;
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    strcpy(remote.device, kat_text(r, "device"));
    strcpy(remote.application, kat_text(r, "application"));
    memcpy(remote.nonce, kat_hex(r, "nonce").ptr, sizeof remote.nonce);
    assert_int_equal(godwit_local_request_build(&remote, &w), GODWIT_OK);
    kat_expect(r, "request", octets, w.len);
    assert_int_equal(godwit_local_request_parse(godwit_written(&w), &hosting), GODWIT_OK);
    w = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_local_answer_build(kat_text(r, "b_tid"), &w), GODWIT_OK);
    kat_expect(r, "answer", octets, w.len);
    assert_int_equal(godwit_local_answer_parse(godwit_written(&w), b_tid), GODWIT_OK);
    /* The NAF Key Centre sets the limit. */
    godwit_local_grant_t grant = {.peer = remote};
    grant.peer.uses = (uint32_t)kat_number(r, "uses");
    strcpy(grant.b_tid, b_tid);
    assert_int_equal(godwit_local_grant(CRYPTO, ks_naf, 2000, 1000, remote.device, &grant), GODWIT_OK);
    kat_expect(r, "key", grant.key, sizeof grant.key);
    w = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_local_activation_build(CRYPTO, grant.key, &grant.peer, b_tid, &w), GODWIT_OK);
    kat_expect(r, "activation", octets, w.len);
    assert_int_equal(godwit_local_activation_take(CRYPTO, ks_naf, godwit_written(&w), b_tid, &hosting, key), GODWIT_OK);
    kat_expect(r, "key", key, sizeof key);
    assert_int_equal(hosting.uses, grant.peer.uses);
    for (size_t bit = 0; bit < 8 * w.len; bit++) {
        octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_not_equal(godwit_local_activation_take(CRYPTO, ks_naf, godwit_written(&w), b_tid, &hosting, key),
                             GODWIT_OK);
        octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    hosting.device[0] ^= 1; /* another device's activation */
    assert_int_equal(godwit_local_activation_take(CRYPTO, ks_naf, godwit_written(&w), b_tid, &hosting, key),
                     GODWIT_MAC_FAILURE);
}

static void all_three_ends_have_the_key_of_an_independent_program(void **state)
{
    (void)state;
    kat_each("local_device.txt", "local_device", compare, NULL);
}

static void a_device_gets_no_key_of_another_and_none_of_an_expired_b_tid(void **state)
{
    (void)state;
    static const uint8_t ks_naf[32] = {1};
    godwit_local_grant_t grant = {.peer = {.device = "meter-7.example", .uses = 1}};
    assert_int_equal(godwit_local_grant(CRYPTO, ks_naf, 2000, 1000, "meter-8.example", &grant), GODWIT_NOT_ENTITLED);
    assert_int_equal(godwit_local_grant(CRYPTO, ks_naf, 2000, 2000, "meter-7.example", &grant), GODWIT_KEY_EXPIRED);
    grant.peer.uses = 0;
    assert_int_equal(godwit_local_grant(CRYPTO, ks_naf, 2000, 1000, "meter-7.example", &grant),
                     GODWIT_INVALID_ARGUMENT);
}

static void cut_and_lengthened_messages_are_refused(void **state)
{
    (void)state;
    uint8_t octets[320];
    char b_tid[GODWIT_B_TID_MAX + 1];
    godwit_local_peer_t peer = {.device = "d", .application = ""}, got;
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_local_request_build(&peer, &w), GODWIT_OK);
    for (size_t len = 0; len <= w.len + 1; len++) {
        assert_int_equal(godwit_local_request_parse(godwit_slice(octets, len), &got),
                         len == w.len ? GODWIT_OK : GODWIT_MALFORMED);
    }
    octets[2] = 0; /* a zero inside a name */
    assert_int_equal(godwit_local_request_parse(godwit_written(&w), &got), GODWIT_MALFORMED);
    assert_int_equal(godwit_local_answer_parse(godwit_slice("\x02\x03nob", 5), b_tid), GODWIT_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_three_ends_have_the_key_of_an_independent_program),
        cmocka_unit_test(a_device_gets_no_key_of_another_and_none_of_an_expired_b_tid),
        cmocka_unit_test(cut_and_lengthened_messages_are_refused),
    };
    return cmocka_run_group_tests_name("local_device", tests, NULL, NULL);
}
