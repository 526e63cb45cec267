/* SPDX-License-Identifier: Apache-2.0
 *
 * NAS security: golden wrappers that tests/wire/make_nas_vectors.py made with another AES, COUNT and its overflow,
 * replays, forgeries.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/wire/nas_security.h"
#include "tests/kat/kat.h"
#include "tests/wire/wire.h"

#define CRYPTO (&godwit_crypto_builtin)

static const uint8_t some_kasme[32] = {1, 2, 3};

static godwit_nas_security_t end_of(bool network, uint8_t eea, uint8_t eia)
{
    godwit_nas_security_t context;
    assert_int_equal(godwit_nas_security_init(&context, CRYPTO, some_kasme, 2, eea, eia, network), GODWIT_OK);
    return context;
}

static void golden(const kat_record_t *record, void *context)
{
    (void)context;
    uint32_t count = (uint32_t)kat_number(record, "count");
    bool down = kat_number(record, "direction") == 1;
    uint8_t octets[GODWIT_NAS_MAX], buffer[GODWIT_NAS_MAX], type = 0;
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_nas_security_t sender, receiver;
    godwit_slice_t plain;
    assert_int_equal(godwit_nas_security_init(&sender, CRYPTO, kat_hex(record, "kasme").ptr, 1, 2, 2, down), GODWIT_OK);
    assert_int_equal(godwit_nas_security_init(&receiver, CRYPTO, kat_hex(record, "kasme").ptr, 1, 2, 2, !down),
                     GODWIT_OK);
    *(down ? &sender.next_down : &sender.next_up) = count;
    *(down ? &receiver.next_down : &receiver.next_up) = count > 200 ? count - 200 : count;
    assert_int_equal(godwit_nas_security_create(&sender, CRYPTO, (godwit_nas_header_type_t)kat_number(record, "type"),
                                                kat_hex(record, "plain"), &w),
                     GODWIT_OK);
    kat_expect(record, "octets", octets, w.len);
    assert_int_equal(godwit_nas_security_consume(&receiver, CRYPTO, godwit_written(&w), buffer, &plain, &type),
                     GODWIT_OK);
    kat_expect(record, "plain", plain.ptr, plain.len);
    assert_int_equal(type, kat_number(record, "type"));
    assert_int_equal(down ? receiver.next_down : receiver.next_up, count + 1);
}

static void golden_wrappers_are_made_and_taken(void **state)
{
    (void)state;
    assert_int_equal(kat_each("nas.txt", "secured", golden, NULL), 15);
}

static void every_pair_of_algorithms_works_both_ways(void **state)
{
    (void)state;
    for (uint8_t pair = 0; pair < 12; pair++) {
        godwit_nas_security_t ends[2] = {end_of(true, pair / 3, pair % 3 + 1), end_of(false, pair / 3, pair % 3 + 1)};
        for (unsigned n = 0; n < 20; n++) {
            uint8_t octets[64], buffer[GODWIT_NAS_MAX], type;
            godwit_writer_t w = godwit_writer(octets, sizeof octets);
            godwit_slice_t plain;
            assert_int_equal(godwit_nas_security_create(&ends[n % 2], CRYPTO, GODWIT_NAS_CIPHERED,
                                                        godwit_slice("\x07\x60\x62", 3), &w),
                             GODWIT_OK);
            assert_int_equal(memcmp(octets + 6, "\x07\x60\x62", 3) == 0, pair < 3);
            assert_int_equal(
                godwit_nas_security_consume(&ends[!(n % 2)], CRYPTO, godwit_written(&w), buffer, &plain, &type),
                GODWIT_OK);
            assert_memory_equal(plain.ptr, "\x07\x60\x62", 3);
        }
    }
}

static godwit_writer_t sealed(godwit_nas_security_t *sender, uint8_t octets[64])
{
    godwit_writer_t w = godwit_writer(octets, 64);
    assert_int_equal(
        godwit_nas_security_create(sender, CRYPTO, GODWIT_NAS_CIPHERED, godwit_slice("\x52\x00\xEB\x00\x02ok", 7), &w),
        GODWIT_OK);
    return w;
}

static godwit_status_t opened(godwit_nas_security_t *receiver, godwit_slice_t octets)
{
    uint8_t buffer[GODWIT_NAS_MAX], type;
    godwit_slice_t plain;
    return godwit_nas_security_consume(receiver, CRYPTO, octets, buffer, &plain, &type);
}

static void a_replay_is_refused_and_moves_nothing(void **state)
{
    (void)state;
    godwit_nas_security_t ue = end_of(false, 2, 2), mme = end_of(true, 2, 2);
    uint8_t old[64], newer[64];
    godwit_writer_t first = sealed(&ue, old);
    assert_int_equal(opened(&mme, godwit_written(&first)), GODWIT_OK);
    assert_int_equal(opened(&mme, godwit_written(&first)), GODWIT_REPLAY);
    for (unsigned n = 0; n < 300; n++) {
        godwit_writer_t w = sealed(&ue, newer);
        assert_int_equal(opened(&mme, godwit_written(&w)), GODWIT_OK);
    }
    godwit_nas_security_t before = mme;
    assert_int_equal(opened(&mme, godwit_written(&first)), GODWIT_MAC_FAILURE); /* an overflow ago */
    assert_memory_equal(&mme, &before, sizeof before);
    /* What was passed over stays passed over. */
    godwit_writer_t late = sealed(&ue, old), next = sealed(&ue, newer);
    assert_int_equal(opened(&mme, godwit_written(&next)), GODWIT_OK);
    assert_int_equal(opened(&mme, godwit_written(&late)), GODWIT_REPLAY);
}

static void no_bit_can_be_bent(void **state)
{
    (void)state;
    for (uint8_t eia = 1; eia <= 3; eia++) {
        godwit_nas_security_t ue = end_of(false, eia, eia), mme = end_of(true, eia, eia);
        uint8_t octets[64];
        godwit_writer_t w = sealed(&ue, octets);
        godwit_nas_security_t before = mme;
        for (size_t bit = 0; bit < 8 * w.len; bit++) {
            octets[bit / 8] ^= (uint8_t)(1U << bit % 8);
            /* The security header type stands outside of the MAC (TS 24.301 4.4.3.3): a type that exists is taken, and
             * the message then reads otherwise. */
            if (bit / 8 > 0) {
                assert_int_equal(opened(&mme, godwit_written(&w)), GODWIT_MAC_FAILURE);
            }
            assert_memory_equal(&mme, &before, bit / 8 > 0 ? sizeof before : 0);
            octets[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        for (size_t len = 0; len < w.len; len++) {
            assert_int_not_equal(opened(&mme, godwit_slice(octets, len)), GODWIT_OK);
        }
        assert_memory_equal(&mme, &before, sizeof before);
        assert_int_equal(opened(&mme, godwit_written(&w)), GODWIT_OK);
    }
}

static void the_own_direction_is_not_taken_back(void **state)
{
    (void)state;
    godwit_nas_security_t mme = end_of(true, 2, 2), same = mme;
    uint8_t octets[64];
    godwit_writer_t w = sealed(&mme, octets);
    assert_int_equal(opened(&same, godwit_written(&w)), GODWIT_MAC_FAILURE);
}

static void a_count_is_never_used_twice(void **state)
{
    (void)state;
    godwit_nas_security_t ue = end_of(false, 2, 2), mme = end_of(true, 2, 2);
    uint8_t octets[64];
    godwit_writer_t none = godwit_writer(octets, 3);
    assert_int_equal(godwit_nas_security_create(&ue, CRYPTO, GODWIT_NAS_CIPHERED, godwit_slice("\x07\x46", 2), &none),
                     GODWIT_NO_SPACE);
    assert_int_equal(ue.next_up, 1); /* it might have left */
    ue.next_up = mme.next_up = 0xFFFFFF;
    godwit_writer_t last = sealed(&ue, octets);
    assert_int_equal(opened(&mme, godwit_written(&last)), GODWIT_OK);
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_nas_security_create(&ue, CRYPTO, GODWIT_NAS_CIPHERED, godwit_slice("\x07\x46", 2), &w),
                     GODWIT_COUNT_EXHAUSTED);
    assert_int_equal(w.len, 0);
    assert_int_equal(opened(&mme, godwit_slice("\x27\0\0\0\0\0\x07\x46", 8)), GODWIT_COUNT_EXHAUSTED);
}

static void there_is_no_null_integrity(void **state)
{
    (void)state;
    godwit_nas_security_t context;
    memset(&context, 0, sizeof context);
    assert_int_equal(godwit_nas_security_init(&context, CRYPTO, some_kasme, 0, 2, 0, true), GODWIT_UNSUPPORTED_SUITE);
    assert_int_equal(godwit_nas_security_init(&context, CRYPTO, some_kasme, 0, 2, 4, true), GODWIT_UNSUPPORTED_SUITE);
    assert_int_equal(godwit_nas_security_init(&context, CRYPTO, some_kasme, 0, 4, 2, true), GODWIT_UNSUPPORTED_SUITE);
    assert_int_equal(godwit_nas_security_init(&context, CRYPTO, some_kasme, 7, 2, 2, true), GODWIT_INVALID_ARGUMENT);
    assert_false(context.set);
    assert_int_equal(opened(&context, godwit_slice("\x27\0\0\0\0\0\x07\x46", 8)), GODWIT_WRONG_STATE);
    context = end_of(true, 2, 2);
    assert_int_equal(opened(&context, godwit_slice("\x07\x46", 2)), GODWIT_MALFORMED); /* plain is no wrapper */
    assert_int_equal(opened(&context, godwit_slice("\x77\0\0\0\0\0\x07\x46", 8)), GODWIT_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_wrappers_are_made_and_taken),
        cmocka_unit_test(every_pair_of_algorithms_works_both_ways),
        cmocka_unit_test(a_replay_is_refused_and_moves_nothing),
        cmocka_unit_test(no_bit_can_be_bent),
        cmocka_unit_test(the_own_direction_is_not_taken_back),
        cmocka_unit_test(a_count_is_never_used_twice),
        cmocka_unit_test(there_is_no_null_integrity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
