/* SPDX-License-Identifier: Apache-2.0
 *
 * The radio stand-in: its frames, and its UMTS protection: MAC first, no COUNT twice, nothing moved by what does not
 * verify.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/crypto/eps.h"
#include "core/wire/radio.h"
#include "godwit/aka.h"
#include "godwit/keys.h"
#include "tests/wire/wire.h"

#define CRYPTO &godwit_crypto_builtin

typedef struct pair {
    godwit_radio_security_t network, device;
} pair_t;

static const godwit_radio_command_t command = {
    .uea = GODWIT_UEA2, .uia = GODWIT_UIA2, .fresh = 0x01020304, .capability = {.uea = 0x05, .uia = 0x04}};

static pair_t pair_of_ends(void)
{
    pair_t p;
    uint8_t ck[16], ik[16];
    count_from(ck, 16, 0x10);
    count_from(ik, 16, 0x40);
    godwit_radio_security_init(&p.network, CRYPTO, ck, ik, true);
    godwit_radio_security_init(&p.device, CRYPTO, ck, ik, false);
    return p;
}

static godwit_slice_t give_command(pair_t *p, const godwit_radio_command_t *c, uint8_t octets[64])
{
    godwit_writer_t w = godwit_writer(octets, 64);
    assert_int_equal(godwit_radio_command_create(&p->network, c, &w), GODWIT_OK);
    return godwit_written(&w);
}

static pair_t secured(void)
{
    pair_t p = pair_of_ends();
    uint8_t octets[64], buffer[GODWIT_RADIO_INNER_MAX];
    godwit_radio_frame_t inner;
    assert_int_equal(godwit_radio_protected_consume(&p.device, give_command(&p, &command, octets), buffer, &inner),
                     GODWIT_OK);
    assert_int_equal(inner.kind, GODWIT_RADIO_COMMAND);
    return p;
}

static godwit_slice_t protect(godwit_radio_security_t *end, const char *text, uint8_t octets[128])
{
    const godwit_radio_frame_t inner = {.kind = GODWIT_RADIO_N_PDU, .nsapi = 5, .octets = godwit_slice_of_string(text)};
    godwit_writer_t w = godwit_writer(octets, 128);
    assert_int_equal(godwit_radio_protected_create(end, &inner, &w), GODWIT_OK);
    return godwit_written(&w);
}

static void frames_have_their_octets(void **state)
{
    (void)state;
    const struct {
        godwit_radio_frame_t frame;
        const char *octets;
        size_t len;
    } rows[] = {
        {{.kind = GODWIT_RADIO_NAS, .octets = godwit_slice_of_string("nas")}, "\x01nas", 4},
        {{.kind = GODWIT_RADIO_N_PDU, .nsapi = 5, .octets = godwit_slice_of_string("pdu")}, "\x02\x05pdu", 5},
        {{.kind = GODWIT_RADIO_RELEASE}, "\x03", 1},
        {{.kind = GODWIT_RADIO_PAGING, .imsi = imsi_of("001010123456789")}, "\x04\x09\x10\x10\x10\x32\x54\x76\x98", 9},
        {{.kind = GODWIT_RADIO_COMMAND, .command = command}, "\x05\x02\x02\x01\x02\x03\x04\x05\x04", 9},
        {{.kind = GODWIT_RADIO_COMPLETE}, "\x06", 1},
        {{.kind = GODWIT_RADIO_INITIAL_NAS, .capability = {0x04, 0x04}, .octets = godwit_slice_of_string("nas")},
         "\x09\x04\x04nas",
         6},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t octets[64], again[64];
        godwit_writer_t w = godwit_writer(octets, sizeof octets), v = godwit_writer(again, sizeof again);
        godwit_radio_frame_t frame;
        assert_int_equal(godwit_radio_build(&rows[i].frame, &w), GODWIT_OK);
        assert_int_equal(w.len, rows[i].len);
        assert_memory_equal(octets, rows[i].octets, w.len);
        assert_int_equal(godwit_radio_parse(godwit_written(&w), &frame), GODWIT_OK);
        assert_int_equal(godwit_radio_build(&frame, &v), GODWIT_OK);
        assert_true(godwit_slice_equal(godwit_written(&w), godwit_written(&v)));
    }
}

static void frames_that_cannot_be_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *octets;
        size_t len;
    } rows[] = {{"", 0},
                {"\x00", 1},
                {"\x0B", 1},
                {"\x0A\x05\x04\x01\x02\x03", 6},
                {"\x02", 1},
                {"\x02\x10p", 3},
                {"\x03\x00", 2},
                {"\x06z", 2},
                {"\x04\x09\x10\x10\x10\x32\x54\x76", 8},
                {"\x05\x02\x02\x01\x02\x03\x04\x05", 8},
                {"\x04\x09\x10\x10\x10\x32\x54\x76\x98\x00", 10},
                {"\x09\x04", 2}};
    godwit_radio_frame_t frame;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(godwit_radio_parse(godwit_slice(rows[i].octets, rows[i].len), &frame), GODWIT_MALFORMED);
    }
    static uint8_t large[GODWIT_RADIO_FRAME_MAX + 1];
    large[0] = GODWIT_RADIO_NAS;
    assert_int_equal(godwit_radio_parse(godwit_slice(large, 1 + GODWIT_RADIO_N_PDU_MAX), &frame), GODWIT_OK);
    assert_int_equal(godwit_radio_parse(godwit_slice(large, 2 + GODWIT_RADIO_N_PDU_MAX), &frame), GODWIT_MALFORMED);
    godwit_writer_t w = godwit_writer(large, sizeof large);
    frame = (godwit_radio_frame_t){.kind = GODWIT_RADIO_PROTECTED};
    assert_int_equal(godwit_radio_build(&frame, &w), GODWIT_INVALID_ARGUMENT);
    frame = (godwit_radio_frame_t){.kind = GODWIT_RADIO_INITIAL_PROTECTED};
    assert_int_equal(godwit_radio_build(&frame, &w), GODWIT_INVALID_ARGUMENT);
}

/* The whole frame from the primitives that core/crypto's own tests compare with TS 35.216 and TS 33.401 Annex C. */
static void a_protected_frame_is_uea2_and_uia2(void **state)
{
    (void)state;
    pair_t p = secured();
    uint8_t octets[128], expected[32], mac[4];
    godwit_slice_t frame = protect(&p.device, "hello", octets);
    const godwit_eps_input_t input = {.count = 0, .bearer = 0, .direction = 0};
    assert_int_equal(godwit_eea(CRYPTO, 1, p.device.ck, input, (const uint8_t *)"\x02\x05hello", expected + 1, 56),
                     GODWIT_OK);
    expected[0] = 7;
    godwit_uia2(p.device.ik, 0, command.fresh, 0, expected, 64, mac);
    assert_int_equal(frame.len, 9 + 7);
    assert_memory_equal(octets, "\x07\x00\x00\x00\x00", 5);
    assert_memory_equal(octets + 5, mac, 4);
    assert_memory_equal(octets + 9, expected + 1, 7);
}

static void both_ends_understand_each_other(void **state)
{
    (void)state;
    pair_t p = secured();
    uint8_t octets[128], buffer[GODWIT_RADIO_INNER_MAX];
    godwit_radio_frame_t inner;
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(godwit_radio_protected_consume(&p.network, protect(&p.device, "up", octets), buffer, &inner),
                         GODWIT_OK);
        assert_true(inner.kind == GODWIT_RADIO_N_PDU && inner.nsapi == 5);
        assert_slice(inner.octets, "up");
        assert_int_equal(godwit_radio_protected_consume(&p.device, protect(&p.network, "down", octets), buffer, &inner),
                         GODWIT_OK);
        assert_slice(inner.octets, "down");
    }
    assert_int_equal(p.network.next_out, 4); /* the command had one, too */
    assert_int_equal(p.network.next_in, 3);
}

static void a_repeated_frame_is_refused_and_a_late_one_taken_once(void **state)
{
    (void)state;
    pair_t p = secured();
    uint8_t a[128], b[128], buffer[GODWIT_RADIO_INNER_MAX];
    godwit_radio_frame_t inner;
    godwit_slice_t first = protect(&p.device, "first", a), second = protect(&p.device, "second", b);
    assert_int_equal(godwit_radio_protected_consume(&p.network, second, buffer, &inner), GODWIT_OK);
    assert_int_equal(godwit_radio_protected_consume(&p.network, first, buffer, &inner), GODWIT_OK);
    assert_int_equal(godwit_radio_protected_consume(&p.network, first, buffer, &inner), GODWIT_REPLAY);
    assert_int_equal(godwit_radio_protected_consume(&p.network, second, buffer, &inner), GODWIT_REPLAY);
    godwit_slice_t old = protect(&p.device, "old", a);
    for (unsigned i = 0; i < 64; i++) {
        assert_int_equal(godwit_radio_protected_consume(&p.network, protect(&p.device, "new", b), buffer, &inner),
                         GODWIT_OK);
    }
    assert_int_equal(godwit_radio_protected_consume(&p.network, old, buffer, &inner),
                     GODWIT_REPLAY); /* beyond the window */
}

static void nothing_is_moved_by_what_does_not_verify(void **state)
{
    (void)state;
    pair_t p = secured();
    uint8_t octets[128], buffer[GODWIT_RADIO_INNER_MAX];
    godwit_radio_frame_t inner;
    godwit_slice_t frame = protect(&p.device, "reading", octets);
    const godwit_radio_security_t before = p.network;
    for (size_t i = 0; i < frame.len; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            octets[i] ^= (uint8_t)(1U << bit);
            assert_int_not_equal(godwit_radio_protected_consume(&p.network, frame, buffer, &inner), GODWIT_OK);
            octets[i] ^= (uint8_t)(1U << bit);
        }
    }
    for (size_t len = 0; len < frame.len; len++) {
        assert_int_not_equal(godwit_radio_protected_consume(&p.network, godwit_slice(octets, len), buffer, &inner),
                             GODWIT_OK);
    }
    assert_memory_equal(&p.network, &before, sizeof before);
    assert_int_equal(godwit_radio_protected_consume(&p.network, frame, buffer, &inner), GODWIT_OK);
}

static void a_frame_does_not_come_back_as_the_other_direction(void **state)
{
    (void)state;
    pair_t p = secured();
    uint8_t octets[128], buffer[GODWIT_RADIO_INNER_MAX];
    godwit_radio_frame_t inner;
    godwit_slice_t frame = protect(&p.device, "up", octets);
    assert_int_equal(godwit_radio_protected_consume(&p.device, frame, buffer, &inner), GODWIT_MAC_FAILURE);
}

static void a_device_with_other_keys_does_not_take_the_command(void **state)
{
    (void)state;
    pair_t p = pair_of_ends();
    uint8_t octets[64], buffer[GODWIT_RADIO_INNER_MAX];
    godwit_radio_frame_t inner;
    p.device.ik[0] ^= 1;
    assert_int_equal(godwit_radio_protected_consume(&p.device, give_command(&p, &command, octets), buffer, &inner),
                     GODWIT_MAC_FAILURE);
    assert_false(p.device.commanded);
    assert_int_equal(godwit_radio_protected_create(&p.device, &(godwit_radio_frame_t){.kind = GODWIT_RADIO_COMPLETE},
                                                   &(godwit_writer_t){octets, sizeof octets, 0, false}),
                     GODWIT_WRONG_STATE);
}

static void a_command_cannot_be_bent_repeated_or_overtaken(void **state)
{
    (void)state;
    pair_t p = secured();
    uint8_t a[64], b[64], buffer[GODWIT_RADIO_INNER_MAX];
    godwit_radio_frame_t inner;
    godwit_radio_command_t next = command;
    next.fresh = 9;
    godwit_slice_t older = give_command(&p, &next, a);
    next.fresh = 10;
    godwit_slice_t newer = give_command(&p, &next, b);
    for (size_t i = 1; i < newer.len; i++) {
        b[i] ^= 0x04;
        assert_int_not_equal(godwit_radio_protected_consume(&p.device, newer, buffer, &inner), GODWIT_OK);
        b[i] ^= 0x04;
    }
    assert_int_equal(p.device.fresh, command.fresh);
    assert_int_equal(godwit_radio_protected_consume(&p.device, newer, buffer, &inner), GODWIT_OK);
    assert_int_equal(p.device.fresh, 10);
    assert_int_equal(godwit_radio_protected_consume(&p.device, older, buffer, &inner), GODWIT_REPLAY);
    assert_int_equal(godwit_radio_protected_consume(&p.device, newer, buffer, &inner), GODWIT_REPLAY);
    assert_int_equal(p.device.fresh, 10);
    assert_int_equal(godwit_radio_protected_consume(&p.network, newer, buffer, &inner),
                     GODWIT_MALFORMED); /* for devices */
}

static void null_integrity_and_unknown_algorithms_are_refused(void **state)
{
    (void)state;
    pair_t p = pair_of_ends();
    uint8_t octets[64];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_radio_command_t c = command;
    c.uia = 0;
    assert_int_equal(godwit_radio_command_create(&p.network, &c, &w), GODWIT_UNSUPPORTED_SUITE);
    c = command;
    c.uea = 1;
    assert_int_equal(godwit_radio_command_create(&p.network, &c, &w), GODWIT_UNSUPPORTED_SUITE);
    c.uea = GODWIT_UEA0;
    assert_int_equal(godwit_radio_command_create(&p.network, &c, &w), GODWIT_OK);
}

static void without_ciphering_the_frame_is_clear_and_still_has_its_mac(void **state)
{
    (void)state;
    pair_t p = pair_of_ends();
    uint8_t octets[128], buffer[GODWIT_RADIO_INNER_MAX];
    godwit_radio_frame_t inner;
    godwit_radio_command_t c = command;
    c.uea = GODWIT_UEA0;
    assert_int_equal(godwit_radio_protected_consume(&p.device, give_command(&p, &c, octets), buffer, &inner),
                     GODWIT_OK);
    godwit_slice_t frame = protect(&p.device, "clear", octets);
    assert_memory_equal(frame.ptr + 9,
                        "\x02\x05"
                        "clear",
                        7);
    octets[12] ^= 1;
    assert_int_equal(godwit_radio_protected_consume(&p.network, frame, buffer, &inner), GODWIT_MAC_FAILURE);
}

static void count_ends_and_is_never_used_again(void **state)
{
    (void)state;
    pair_t p = secured();
    uint8_t octets[128];
    const godwit_radio_frame_t inner = {.kind = GODWIT_RADIO_RELEASE};
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    p.device.next_out = UINT32_MAX;
    assert_int_equal(godwit_radio_protected_create(&p.device, &inner, &w), GODWIT_OK);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(godwit_radio_protected_create(&p.device, &inner, &w), GODWIT_COUNT_EXHAUSTED);
    }
}

/* ---- keys of a vector ---- */

/* tests/vectors/keys.txt has Kc128 and Ki128, tests/vectors/gsm-milenage.txt c3; here it is which of them stands
 * where. */
static void geran_has_its_own_keys_and_no_integrity_without_ki128(void **state)
{
    (void)state;
    uint8_t root[32], kc[16], key[16];
    godwit_radio_security_t s;
    count_from(root, 32, 0x10);
    assert_int_equal(godwit_radio_security_derive(&s, CRYPTO, root, false, GODWIT_UIA2, true), GODWIT_OK);
    assert_memory_equal(s.ck, root, 16);
    assert_memory_equal(s.ik, root + 16, 16);
    assert_int_equal(godwit_radio_security_derive(&s, CRYPTO, root, true, GODWIT_UIA2, true), GODWIT_OK);
    assert_int_equal(godwit_kc128(CRYPTO, root, key), GODWIT_OK);
    assert_memory_equal(s.ck, key, 16);
    assert_int_equal(godwit_ki128(CRYPTO, root, key), GODWIT_OK);
    assert_memory_equal(s.ik, key, 16);
    assert_false(s.no_ik);
    assert_int_equal(godwit_radio_security_derive(&s, CRYPTO, root, true, GODWIT_UIA0, true), GODWIT_OK);
    godwit_c3(root, root + 16, kc);
    memcpy(kc + 8, kc, 8);
    assert_memory_equal(s.ck, kc, 16);
    assert_true(s.no_ik);
}

static void without_ki128_frames_are_ciphered_and_no_more(void **state)
{
    (void)state;
    pair_t p = pair_of_ends();
    uint8_t octets[128], buffer[GODWIT_RADIO_INNER_MAX];
    godwit_radio_frame_t inner;
    godwit_radio_command_t none = command;
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    p.network.no_ik = p.device.no_ik = true;
    assert_int_equal(godwit_radio_command_create(&p.network, &none, &w), GODWIT_UNSUPPORTED_SUITE);
    none.uia = GODWIT_UIA0;
    assert_int_equal(godwit_radio_protected_consume(&p.device, give_command(&p, &none, octets), buffer, &inner),
                     GODWIT_OK);
    godwit_slice_t frame = protect(&p.device, "up", octets);
    assert_memory_equal(frame.ptr + 5, "\0\0\0\0", 4);
    assert_memory_not_equal(frame.ptr + 11, "up", 2);
    assert_int_equal(godwit_radio_protected_consume(&p.network, frame, buffer, &inner), GODWIT_OK);
    assert_slice(inner.octets, "up");
    godwit_radio_agree(&p.network, GODWIT_UEA2, GODWIT_UIA0, buffer);
    assert_int_equal(godwit_radio_initial_consume(&p.network, frame, &inner), GODWIT_UNSUPPORTED_SUITE);
}

/* ---- the first frame under keys of before ---- */

static const uint8_t res_of_before[4] = {0x01, 0x02, 0x03, 0x04};
static const godwit_radio_capability_t capability = {0x05, 0x04};

static pair_t agreed(void)
{
    pair_t p = pair_of_ends();
    godwit_radio_agree(&p.network, GODWIT_UEA2, GODWIT_UIA2, res_of_before);
    godwit_radio_agree(&p.device, GODWIT_UEA2, GODWIT_UIA2, res_of_before);
    return p;
}

static godwit_slice_t first_frame(pair_t *p, uint8_t octets[128])
{
    godwit_writer_t w = godwit_writer(octets, 128);
    assert_int_equal(godwit_radio_initial_create(&p->device, capability, godwit_slice_of_string("attach request"), &w),
                     GODWIT_OK);
    return godwit_written(&w);
}

static void the_first_frame_is_uia2_over_kind_capability_and_message(void **state)
{
    (void)state;
    pair_t p = agreed();
    uint8_t octets[128], mac[4];
    const uint8_t covered[] = "\x0A\x05\x04"
                              "attach request";
    godwit_slice_t frame = first_frame(&p, octets);
    godwit_uia2(p.device.ik, 0, 0x01020304, 0, covered, 8 * (sizeof covered - 1), mac);
    assert_int_equal(frame.len, 3 + 4 + 14);
    assert_memory_equal(octets, "\x0A\x05\x04", 3);
    assert_memory_equal(octets + 3, mac, 4);
    assert_memory_equal(octets + 7, "attach request", 14);
}

static void a_first_frame_is_made_and_taken_once(void **state)
{
    (void)state;
    pair_t p = agreed();
    uint8_t octets[128], more[128], buffer[GODWIT_RADIO_INNER_MAX];
    godwit_radio_frame_t frame;
    godwit_slice_t first = first_frame(&p, octets);
    godwit_writer_t w = godwit_writer(more, sizeof more);
    assert_int_equal(godwit_radio_initial_create(&p.device, capability, first, &w), GODWIT_WRONG_STATE);
    assert_int_equal(godwit_radio_initial_consume(&p.network, first, &frame), GODWIT_OK);
    assert_true(frame.kind == GODWIT_RADIO_INITIAL_PROTECTED && frame.capability.uea == 5);
    assert_slice(frame.octets, "attach request");
    assert_int_equal(godwit_radio_initial_consume(&p.network, first, &frame), GODWIT_WRONG_STATE);
    /* What follows has COUNT 1, and the first COUNT does not come again. */
    godwit_slice_t second = protect(&p.device, "more", more);
    assert_memory_equal(second.ptr, "\x07\0\0\0\x01", 5);
    assert_int_equal(godwit_radio_protected_consume(&p.network, second, buffer, &frame), GODWIT_OK);
    assert_int_equal(godwit_radio_protected_consume(&p.network, second, buffer, &frame), GODWIT_REPLAY);
}

static void each_bit_of_a_first_frame_is_covered(void **state)
{
    (void)state;
    pair_t p = agreed();
    uint8_t octets[128];
    godwit_radio_frame_t frame;
    godwit_slice_t first = first_frame(&p, octets);
    godwit_radio_security_t before = p.network;
    for (size_t bit = 0; bit < 8 * first.len; bit++) {
        octets[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_not_equal(godwit_radio_initial_consume(&p.network, first, &frame), GODWIT_OK);
        assert_memory_equal(&p.network, &before, sizeof before);
        octets[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    assert_int_equal(godwit_radio_initial_consume(&p.network, first, &frame), GODWIT_OK);
}

static void small_data_go_under_the_keystream_of_count_0(void **state)
{
    (void)state;
    pair_t p = agreed();
    uint8_t out[4], expected[4], back[4];
    const godwit_eps_input_t input = {.count = 0, .bearer = 0, .direction = 0};
    assert_int_equal(godwit_radio_initial_cipher(&p.device, godwit_slice_of_string("data"), out), GODWIT_OK);
    assert_int_equal(godwit_eea(CRYPTO, 1, p.device.ck, input, (const uint8_t *)"data", expected, 32), GODWIT_OK);
    assert_memory_equal(out, expected, 4);
    assert_int_equal(godwit_radio_initial_cipher(&p.network, godwit_slice(out, 4), back), GODWIT_OK);
    assert_memory_equal(back, "data", 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_have_their_octets),
        cmocka_unit_test(frames_that_cannot_be_are_refused),
        cmocka_unit_test(a_protected_frame_is_uea2_and_uia2),
        cmocka_unit_test(both_ends_understand_each_other),
        cmocka_unit_test(a_repeated_frame_is_refused_and_a_late_one_taken_once),
        cmocka_unit_test(nothing_is_moved_by_what_does_not_verify),
        cmocka_unit_test(a_frame_does_not_come_back_as_the_other_direction),
        cmocka_unit_test(a_device_with_other_keys_does_not_take_the_command),
        cmocka_unit_test(a_command_cannot_be_bent_repeated_or_overtaken),
        cmocka_unit_test(null_integrity_and_unknown_algorithms_are_refused),
        cmocka_unit_test(without_ciphering_the_frame_is_clear_and_still_has_its_mac),
        cmocka_unit_test(count_ends_and_is_never_used_again),
        cmocka_unit_test(geran_has_its_own_keys_and_no_integrity_without_ki128),
        cmocka_unit_test(without_ki128_frames_are_ciphered_and_no_more),
        cmocka_unit_test(the_first_frame_is_uia2_over_kind_capability_and_message),
        cmocka_unit_test(a_first_frame_is_made_and_taken_once),
        cmocka_unit_test(each_bit_of_a_first_frame_is_covered),
        cmocka_unit_test(small_data_go_under_the_keystream_of_count_0),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
