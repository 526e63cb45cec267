/* SPDX-License-Identifier: Apache-2.0
 *
 * MIKEY against messages that a Python program made from RFC 3830; and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/wire/mikey.h"
#include "tests/kat/kat.h"

#define CRYPTO &godwit_crypto_builtin

static void read_it(const kat_record_t *r, void *context)
{
    godwit_mikey_t m, answer;
    godwit_mikey_key_t keys[GODWIT_MIKEY_KEYS_MAX];
    godwit_slice_t rand;
    uint8_t plain[512];
    size_t count = 0;
    uint32_t counter = 0;
    (void)context;
    assert_int_equal(godwit_mikey_parse(kat_hex(r, "octets"), &m), GODWIT_OK);
    assert_int_equal(m.csb_id, kat_number(r, "csb_id"));
    assert_int_equal(godwit_mikey_counter(&m, &counter), GODWIT_OK);
    assert_int_equal(counter, kat_number(r, "counter"));
    assert_int_equal(godwit_mikey_rand(&m, &rand), GODWIT_OK);
    kat_expect(r, "rand", rand.ptr, rand.len);
    assert_int_equal(godwit_mikey_open(CRYPTO, &m, kat_hex(r, "psk"), plain, keys, &count), GODWIT_OK);
    kat_expect(r, "key", keys[0].key.ptr, keys[0].key.len);
    assert_int_equal(godwit_mikey_parse(kat_hex(r, "answer"), &answer), GODWIT_OK);
    assert_int_equal(godwit_mikey_verify(&answer, &m, kat_hex(r, "psk")), GODWIT_OK);
}

/* The same octets again, from what was read of them. */
static void write_it(const kat_record_t *r, void *context)
{
    godwit_mikey_t m;
    godwit_mikey_key_t keys[GODWIT_MIKEY_KEYS_MAX];
    godwit_mikey_writer_t w;
    uint8_t plain[512], octets[512];
    godwit_writer_t out = godwit_writer(octets, sizeof octets);
    size_t count = 0;
    (void)context;
    assert_int_equal(godwit_mikey_parse(kat_hex(r, "octets"), &m), GODWIT_OK);
    assert_int_equal(godwit_mikey_open(CRYPTO, &m, kat_hex(r, "psk"), plain, keys, &count), GODWIT_OK);
    godwit_mikey_begin(&w, &out, &m);
    godwit_mikey_put_counter(&w, (uint32_t)kat_number(r, "counter"));
    godwit_mikey_put_rand(&w, kat_hex(r, "rand"));
    for (size_t i = 2; i + 1 < m.count; i++) {
        godwit_mikey_put(&w, m.payload[i].type, m.payload[i].body);
    }
    assert_int_equal(godwit_mikey_seal(CRYPTO, &w, kat_hex(r, "psk"), keys, count), GODWIT_OK);
    kat_expect(r, "octets", octets, out.len);
    const godwit_mikey_t answer = {
        .data_type = GODWIT_MIKEY_PSK_VERIFY, .csb_id = m.csb_id, .map_type = GODWIT_MIKEY_MAP_EMPTY};
    out = godwit_writer(octets, sizeof octets);
    godwit_mikey_begin(&w, &out, &answer);
    assert_int_equal(godwit_mikey_put_verification(&w, &m, kat_hex(r, "psk")), GODWIT_OK);
    kat_expect(r, "answer", octets, out.len);
}

static void messages_are_those_of_an_independent_encoder(void **state)
{
    (void)state;
    kat_each("mikey.txt", "mikey", read_it, NULL);
    kat_each("mikey.txt", "mikey", write_it, NULL);
}

static void bend(const kat_record_t *r, void *context)
{
    uint8_t octets[512], plain[512];
    const godwit_slice_t good = kat_hex(r, "octets");
    (void)context;
    for (size_t bit = 0; bit < 8 * good.len; bit++) {
        godwit_mikey_t m;
        godwit_mikey_key_t keys[GODWIT_MIKEY_KEYS_MAX];
        size_t count = 0;
        memcpy(octets, good.ptr, good.len);
        octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (godwit_mikey_parse(godwit_slice(octets, good.len), &m) == GODWIT_OK) {
            assert_int_not_equal(godwit_mikey_open(CRYPTO, &m, kat_hex(r, "psk"), plain, keys, &count), GODWIT_OK);
        }
    }
    for (size_t len = 0; len < good.len; len++) {
        godwit_mikey_t m;
        assert_int_equal(godwit_mikey_parse(godwit_slice(good.ptr, len), &m), GODWIT_MALFORMED);
    }
}

static void no_bent_or_cut_message_is_taken(void **state)
{
    (void)state;
    kat_each("mikey.txt", "mikey", bend, NULL);
}

static void more_payloads_than_there_is_room_for_are_refused(void **state)
{
    (void)state;
    uint8_t octets[256];
    godwit_writer_t out = godwit_writer(octets, sizeof octets);
    const godwit_mikey_t header = {.map_type = GODWIT_MIKEY_MAP_EMPTY};
    godwit_mikey_writer_t w;
    godwit_mikey_t m;
    godwit_mikey_begin(&w, &out, &header);
    for (unsigned i = 0; i < GODWIT_MIKEY_PAYLOADS_MAX; i++) {
        godwit_mikey_put_counter(&w, i);
    }
    assert_int_equal(godwit_mikey_parse(godwit_written(&out), &m), GODWIT_OK);
    godwit_mikey_put_counter(&w, 99);
    assert_int_equal(godwit_mikey_parse(godwit_written(&out), &m), GODWIT_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_those_of_an_independent_encoder),
        cmocka_unit_test(no_bent_or_cut_message_is_taken),
        cmocka_unit_test(more_payloads_than_there_is_room_for_are_refused),
    };
    return cmocka_run_group_tests_name("wire_mikey", tests, NULL, NULL);
}
