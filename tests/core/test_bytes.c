/* SPDX-License-Identifier: Apache-2.0
 *
 * The ground floor: outcomes, slices, reader and writer at their boundaries, identities in their codings.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "godwit/bytes.h"

/* ---- outcomes ---- */

static void every_status_has_its_class_and_name(void **state)
{
    (void)state;
    assert_int_equal(godwit_status_class(GODWIT_OK), GODWIT_CLASS_OK);
    assert_int_equal(godwit_status_class(GODWIT_MALFORMED), GODWIT_CLASS_PEER);
    assert_int_equal(godwit_status_class(GODWIT_PEER_INTERNAL), GODWIT_CLASS_PEER);
    assert_int_equal(godwit_status_class(GODWIT_INVALID_ARGUMENT), GODWIT_CLASS_LOCAL);
    assert_int_equal(godwit_status_class(GODWIT_AGAIN), GODWIT_CLASS_LOCAL);
    assert_int_equal(godwit_status_class(GODWIT_IO_FAILED), GODWIT_CLASS_INTERNAL);
    assert_int_equal(godwit_status_class((godwit_status_t)0x7F), GODWIT_CLASS_INTERNAL);
    for (unsigned value = 0; value < 0x80; value++) {
        assert_non_null(godwit_status_name((godwit_status_t)value));
    }
    assert_string_equal(godwit_status_name(GODWIT_MAC_FAILURE), "mac_failure");
    assert_string_equal(godwit_status_name(GODWIT_AGAIN), "again");
    assert_string_equal(godwit_status_name(GODWIT_IO_FAILED), "io_failed");
    assert_string_equal(godwit_status_name(GODWIT_PEER_INTERNAL), "internal");
    assert_string_equal(godwit_status_name(GODWIT_INTERNAL), "internal");
}

static void only_peer_reasons_go_on_the_wire(void **state)
{
    (void)state;
    assert_int_equal(godwit_status_on_the_wire(GODWIT_REPLAY), GODWIT_REPLAY);
    assert_int_equal(godwit_status_on_the_wire(GODWIT_STORE_FAILED), GODWIT_PEER_INTERNAL);
    assert_int_equal(godwit_status_on_the_wire(GODWIT_NO_SPACE), GODWIT_PEER_INTERNAL);
    assert_int_equal(godwit_status_on_the_wire(GODWIT_OK), GODWIT_PEER_INTERNAL);
}

/* ---- slices and secrets ---- */

static void slices_compare_by_content(void **state)
{
    (void)state;
    assert_true(godwit_slice_equal(godwit_slice(NULL, 0), godwit_slice("x", 0)));
    assert_true(godwit_slice_equal(godwit_slice_of_string("abc"), godwit_slice("abc", 3)));
    assert_false(godwit_slice_equal(godwit_slice_of_string("abc"), godwit_slice_of_string("ab")));
    assert_false(godwit_slice_equal(godwit_slice_of_string("abc"), godwit_slice_of_string("abd")));
    assert_int_equal(godwit_slice_of_string(NULL).len, 0);
}

static void secret_compare_sees_every_single_bit(void **state)
{
    (void)state;
    uint8_t a[33], b[33];
    for (size_t i = 0; i < sizeof a; i++) {
        a[i] = b[i] = (uint8_t)(i * 7);
    }
    assert_true(godwit_equal_secret(a, b, sizeof a));
    assert_true(godwit_equal_secret(a, b, 0));
    for (size_t bit = 0; bit < 8 * sizeof a; bit++) {
        b[bit / 8] = (uint8_t)(b[bit / 8] ^ (1U << (bit % 8)));
        assert_false(godwit_equal_secret(a, b, sizeof a));
        b[bit / 8] = (uint8_t)(b[bit / 8] ^ (1U << (bit % 8)));
    }
}

static void wipe_leaves_zeros_and_touches_no_neighbour(void **state)
{
    (void)state;
    uint8_t octets[10];
    memset(octets, 0xA5, sizeof octets);
    godwit_wipe(octets + 1, 8);
    assert_int_equal(octets[0], 0xA5);
    assert_int_equal(octets[9], 0xA5);
    for (size_t i = 1; i < 9; i++) {
        assert_int_equal(octets[i], 0);
    }
    godwit_wipe(NULL, 0);
}

/* ---- writer ---- */

static void writer_writes_big_endian(void **state)
{
    (void)state;
    static const uint8_t want[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C,
                                   0x0D, 0x0E, 0x0F, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18};
    uint8_t buf[24];
    godwit_writer_t w = godwit_writer(buf, sizeof buf);
    godwit_put_u8(&w, 0x01);
    godwit_put_u16(&w, 0x0203);
    godwit_put_u24(&w, 0xFF040506);
    godwit_put_u32(&w, 0x0708090A);
    godwit_put_u48(&w, 0xFFFF0B0C0D0E0F10);
    godwit_put_u64(&w, 0x1112131415161718);
    assert_int_equal(godwit_writer_status(&w), GODWIT_OK);
    assert_true(godwit_slice_equal(godwit_written(&w), godwit_slice(want, sizeof want)));
}

static void writer_fills_to_the_last_octet_and_no_further(void **state)
{
    (void)state;
    uint8_t buf[4] = {0xEE, 0xEE, 0xEE, 0xEE};
    godwit_writer_t w = godwit_writer(buf, 3);
    godwit_put_slice(&w, godwit_slice("\x01\x02\x03", 3));
    assert_int_equal(godwit_writer_status(&w), GODWIT_OK);
    godwit_put(&w, NULL, 0);
    assert_int_equal(godwit_writer_status(&w), GODWIT_OK);
    godwit_put_u8(&w, 4);
    assert_int_equal(godwit_writer_status(&w), GODWIT_NO_SPACE);
    assert_int_equal(w.len, 3);
    assert_int_equal(buf[3], 0xEE);
}

static void writer_overflow_sticks_even_when_less_would_fit(void **state)
{
    (void)state;
    uint8_t buf[4] = {0xEE, 0xEE, 0xEE, 0xEE};
    godwit_writer_t w = godwit_writer(buf, sizeof buf);
    godwit_put_u8(&w, 1);
    godwit_put_u32(&w, 0x02030405);
    godwit_put_u8(&w, 6);
    assert_null(godwit_put_space(&w, 1));
    assert_int_equal(godwit_writer_status(&w), GODWIT_NO_SPACE);
    assert_int_equal(godwit_written(&w).len, 1);
    assert_int_equal(buf[1], 0xEE);
    /* A length that would wrap around is an overflow, too. */
    w = godwit_writer(buf, sizeof buf);
    godwit_put_u8(&w, 1);
    assert_null(godwit_put_space(&w, SIZE_MAX));
    assert_int_equal(godwit_writer_status(&w), GODWIT_NO_SPACE);
}

static void writer_space_is_zeroed(void **state)
{
    (void)state;
    uint8_t buf[4] = {0xEE, 0xEE, 0xEE, 0xEE};
    godwit_writer_t w = godwit_writer(buf, sizeof buf);
    godwit_put_u8(&w, 9);
    assert_ptr_equal(godwit_put_space(&w, 2), buf + 1);
    assert_memory_equal(buf, "\x09\x00\x00\xEE", 4);
    w = godwit_writer(NULL, 0);
    assert_null(godwit_put_space(&w, 0));
    assert_int_equal(godwit_writer_status(&w), GODWIT_OK);
    assert_null(godwit_put_space(&w, 1));
    assert_int_equal(godwit_writer_status(&w), GODWIT_NO_SPACE);
}

/* ---- reader ---- */

static void reader_takes_what_the_writer_put(void **state)
{
    (void)state;
    uint8_t buf[24];
    for (size_t i = 0; i < sizeof buf; i++) {
        buf[i] = (uint8_t)(0xF1 + i);
    }
    godwit_reader_t r = godwit_reader(godwit_slice(buf, sizeof buf));
    assert_int_equal(godwit_get_u8(&r), 0xF1);
    assert_int_equal(godwit_get_u16(&r), 0xF2F3);
    assert_int_equal(godwit_get_u24(&r), 0xF4F5F6);
    assert_int_equal(godwit_get_u32(&r), 0xF7F8F9FA);
    assert_true(godwit_get_u48(&r) == 0xFBFCFDFEFF00);
    assert_true(godwit_get_u64(&r) == 0x0102030405060708);
    assert_int_equal(godwit_reader_done(&r), GODWIT_OK);
}

static void reader_refuses_leftovers_at_done_only(void **state)
{
    (void)state;
    godwit_reader_t r = godwit_reader(godwit_slice("\x01\x02", 2));
    assert_int_equal(godwit_get_u8(&r), 1);
    assert_int_equal(godwit_reader_status(&r), GODWIT_OK);
    assert_int_equal(godwit_reader_done(&r), GODWIT_MALFORMED);
}

static void reader_short_read_sticks_and_gives_zeros(void **state)
{
    (void)state;
    uint8_t out[4] = {0xEE, 0xEE, 0xEE, 0xEE};
    godwit_reader_t r = godwit_reader(godwit_slice("\x01\x02\x03", 3));
    assert_int_equal(godwit_get_u8(&r), 1);
    assert_int_equal(godwit_get_u32(&r), 0);
    assert_int_equal(r.left, 0); /* a loop over what is left ends */
    assert_int_equal(godwit_get_u8(&r), 0);
    godwit_get(&r, out, sizeof out);
    assert_memory_equal(out, "\0\0\0\0", 4);
    assert_int_equal(godwit_get_slice(&r, 1).len, 0);
    assert_null(godwit_get_slice(&r, 0).ptr);
    assert_int_equal(godwit_reader_status(&r), GODWIT_MALFORMED);
    assert_int_equal(godwit_reader_done(&r), GODWIT_MALFORMED);
}

static void reader_of_nothing_is_done(void **state)
{
    (void)state;
    godwit_reader_t r = godwit_reader(godwit_slice(NULL, 0));
    assert_int_equal(godwit_get_slice(&r, 0).len, 0);
    assert_int_equal(godwit_reader_done(&r), GODWIT_OK);
    assert_int_equal(godwit_get_slice(&r, SIZE_MAX).len, 0);
    assert_int_equal(godwit_reader_done(&r), GODWIT_MALFORMED);
}

/* ---- hex ---- */

static void hex_goes_both_ways(void **state)
{
    (void)state;
    char text[9];
    uint8_t octets[4];
    size_t len = 77;
    godwit_hex_encode(godwit_slice("\x00\x9a\xBC\xff", 4), text);
    assert_string_equal(text, "009abcff");
    assert_int_equal(godwit_hex_decode("009AbCfF", octets, sizeof octets, &len), GODWIT_OK);
    assert_int_equal(len, 4);
    assert_memory_equal(octets, "\x00\x9a\xBC\xff", 4);
    assert_int_equal(godwit_hex_decode("", octets, 0, &len), GODWIT_OK);
    assert_int_equal(len, 0);
}

static void hex_refuses_what_is_not_hex(void **state)
{
    (void)state;
    static const char *const bad[] = {"0", "000", "0g", "G0", "0x00", " 00", "00 ", "0/", "0:", "@0", "`0", "-1"};
    uint8_t octets[4];
    size_t len = 77;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(godwit_hex_decode(bad[i], octets, sizeof octets, &len), GODWIT_MALFORMED);
    }
    assert_int_equal(godwit_hex_decode("0011223344", octets, sizeof octets, &len), GODWIT_NO_SPACE);
    assert_int_equal(len, 77);
}

/* ---- TBCD ---- */

static void tbcd_puts_the_first_digit_low_and_fills_with_f(void **state)
{
    (void)state;
    uint8_t octets[8];
    assert_int_equal(godwit_tbcd_encode("001010123456789", octets, sizeof octets), 8);
    assert_memory_equal(octets, "\x00\x01\x01\x21\x43\x65\x87\xF9", 8);
    assert_int_equal(godwit_tbcd_encode("1234", octets, 2), 2);
    assert_memory_equal(octets, "\x21\x43", 2);
    assert_int_equal(godwit_tbcd_encode("12345", octets, 2), 0);
    assert_int_equal(godwit_tbcd_encode("12a4", octets, sizeof octets), 0);
    assert_int_equal(godwit_tbcd_encode("123a", octets, sizeof octets), 0);
    assert_int_equal(godwit_tbcd_encode("", octets, sizeof octets), 0);
}

static void tbcd_refuses_bad_nibbles(void **state)
{
    (void)state;
    char text[9];
    assert_int_equal(godwit_tbcd_decode(godwit_slice("\x21\xF3", 2), text, sizeof text), GODWIT_OK);
    assert_string_equal(text, "123");
    assert_int_equal(godwit_tbcd_decode(godwit_slice("\x21\x43", 2), text, 5), GODWIT_OK);
    assert_string_equal(text, "1234");
    assert_int_equal(godwit_tbcd_decode(godwit_slice("\x21\x43", 2), text, 4), GODWIT_NO_SPACE);
    assert_int_equal(godwit_tbcd_decode(godwit_slice("\xF1\x43", 2), text, sizeof text), GODWIT_MALFORMED);
    assert_int_equal(godwit_tbcd_decode(godwit_slice("\x21\x3F", 2), text, sizeof text), GODWIT_MALFORMED);
    assert_int_equal(godwit_tbcd_decode(godwit_slice("\x21\xFF", 2), text, sizeof text), GODWIT_MALFORMED);
    assert_int_equal(godwit_tbcd_decode(godwit_slice("\x2A", 1), text, sizeof text), GODWIT_MALFORMED);
    assert_int_equal(godwit_tbcd_decode(godwit_slice("\xE2", 1), text, sizeof text), GODWIT_MALFORMED);
    assert_int_equal(godwit_tbcd_decode(godwit_slice(NULL, 0), text, 1), GODWIT_OK);
    assert_string_equal(text, "");
}

/* ---- IMSI ---- */

static void check_imsi(const char *text, const char *ef_hex)
{
    godwit_imsi_t imsi, back;
    uint8_t ef[8];
    char hex[17];
    assert_int_equal(godwit_imsi_from_text(text, &imsi), GODWIT_OK);
    assert_string_equal(imsi.digits, text);
    assert_int_equal(imsi.len, strlen(text));
    godwit_imsi_to_ef(&imsi, ef);
    godwit_hex_encode(godwit_slice(ef, sizeof ef), hex);
    assert_string_equal(hex, ef_hex);
    assert_int_equal(godwit_imsi_from_ef(ef, &back), GODWIT_OK);
    assert_true(godwit_imsi_equal(&imsi, &back));
    assert_string_equal(back.digits, text);
}

static void imsi_has_the_coding_of_ef_imsi(void **state)
{
    (void)state;
    check_imsi("001010123456789", "0910101032547698");
    check_imsi("00101012345678", "01101010325476f8");
    check_imsi("262019876543", "212610896745f3ff");
    check_imsi("123456", "113254f6ffffffff");
    check_imsi("1234567", "19325476ffffffff");
    check_imsi("999999999999999", "9999999999999999");
}

static void imsi_text_must_be_6_to_15_digits(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "12345", "1234567890123456", "12345a", "123456 ", "+123456", "12345/"};
    godwit_imsi_t imsi = {.digits = "keep", .len = 4};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(godwit_imsi_from_text(bad[i], &imsi), GODWIT_MALFORMED);
    }
    assert_string_equal(imsi.digits, "keep");
}

static void imsi_of_ef_refuses_bad_nibbles_parity_and_type(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "0110101032547698",                                                             /* even, but 15 digits */
        "09101010325476f8",                                                             /* odd, but 14 digits */
        "0a10101032547698",                                                             /* type 2: IMEI */
        "0910101a32547698",                                                             /* A is no digit */
        "01101010f2547698",                                                             /* digits after a filler */
        "091010103f547698", "f910101032547698", "ffffffffffffffff", "193254ffffffffff", /* 5 digits */
        "1932f4ffffffffff", "0000000000000000",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t ef[8];
        size_t len;
        godwit_imsi_t imsi;
        assert_int_equal(godwit_hex_decode(bad[i], ef, sizeof ef, &len), GODWIT_OK);
        if (godwit_imsi_from_ef(ef, &imsi) != GODWIT_MALFORMED) {
            fail_msg("%s was taken for the IMSI %s", bad[i], imsi.digits);
        }
    }
}

static void imsi_equality_looks_at_the_length(void **state)
{
    (void)state;
    godwit_imsi_t a, b;
    assert_int_equal(godwit_imsi_from_text("1234567", &a), GODWIT_OK);
    assert_int_equal(godwit_imsi_from_text("12345678", &b), GODWIT_OK);
    assert_false(godwit_imsi_equal(&a, &b));
    assert_int_equal(godwit_imsi_from_text("1234568", &b), GODWIT_OK);
    assert_false(godwit_imsi_equal(&a, &b));
}

/* ---- PLMN ---- */

static void plmn_has_the_coding_of_tai(void **state)
{
    (void)state;
    godwit_plmn_t two, three;
    char text[8];
    assert_int_equal(godwit_plmn_from_text("001-01", &two), GODWIT_OK);
    assert_memory_equal(two.octets, "\x00\xf1\x10", 3);
    assert_int_equal(godwit_plmn_to_text(two, text), GODWIT_OK);
    assert_string_equal(text, "001-01");
    assert_int_equal(godwit_plmn_from_text("310-456", &three), GODWIT_OK);
    assert_memory_equal(three.octets, "\x13\x60\x54", 3);
    assert_int_equal(godwit_plmn_to_text(three, text), GODWIT_OK);
    assert_string_equal(text, "310-456");
    assert_false(godwit_plmn_equal(two, three));
    assert_true(godwit_plmn_equal(two, two));
}

static void plmn_refuses_what_is_no_plmn(void **state)
{
    (void)state;
    static const char *const bad[] = {"",         "001",    "001-",   "001-1",    "00101",
                                      "001-0123", "001-0a", "0a1-01", "001-012x", "001_01"};
    static const uint8_t bad_octets[][3] = {{0x0A, 0xF1, 0x10}, {0xF0, 0xF1, 0x10}, {0x00, 0xFF, 0x10},
                                            {0x00, 0xA1, 0x10}, {0x00, 0xF1, 0x1F}, {0x00, 0xF1, 0xF0}};
    godwit_plmn_t plmn;
    char text[8];
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(godwit_plmn_from_text(bad[i], &plmn), GODWIT_MALFORMED);
    }
    for (size_t i = 0; i < sizeof bad_octets / sizeof bad_octets[0]; i++) {
        memcpy(plmn.octets, bad_octets[i], 3);
        assert_int_equal(godwit_plmn_to_text(plmn, text), GODWIT_MALFORMED);
        assert_string_equal(text, "");
    }
}

/* ---- FQDN ---- */

static void fqdn_takes_canonical_names(void **state)
{
    (void)state;
    static const char *const good[] = {
        "a", "7", "hse.example.com", "xn--bcher-kva.example", "a-b.c--d", "hse.mnc001.mcc001.3gppnetwork.org"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(godwit_fqdn_is_canonical(godwit_slice_of_string(good[i])));
    }
}

static void fqdn_refuses_names_that_are_not_canonical(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      ".",
                                      "a.",
                                      ".a",
                                      "a..b",
                                      "A.b",
                                      "HSE.example",
                                      "-a.b",
                                      "a-.b",
                                      "a.-b",
                                      "a.b-",
                                      "a_b.c",
                                      "a b",
                                      "a.b ",
                                      ("b\xFC"
                                       "cher.de"),
                                      "[::1]",
                                      "a/b",
                                      "a:1",
                                      "-",
                                      "*.a"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (godwit_fqdn_is_canonical(godwit_slice_of_string(bad[i]))) {
            fail_msg("'%s' was taken for canonical", bad[i]);
        }
    }
    assert_false(godwit_fqdn_is_canonical(godwit_slice("a\0b", 3)));
}

static void fqdn_has_labels_of_63_and_253_octets_at_most(void **state)
{
    (void)state;
    char name[256];
    memset(name, 'a', sizeof name);
    assert_true(godwit_fqdn_is_canonical(godwit_slice(name, 63)));
    assert_false(godwit_fqdn_is_canonical(godwit_slice(name, 64)));
    name[63] = name[127] = name[191] = '.';
    assert_true(godwit_fqdn_is_canonical(godwit_slice(name, 253)));
    assert_false(godwit_fqdn_is_canonical(godwit_slice(name, 254)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_class_and_name),
        cmocka_unit_test(only_peer_reasons_go_on_the_wire),
        cmocka_unit_test(slices_compare_by_content),
        cmocka_unit_test(secret_compare_sees_every_single_bit),
        cmocka_unit_test(wipe_leaves_zeros_and_touches_no_neighbour),
        cmocka_unit_test(writer_writes_big_endian),
        cmocka_unit_test(writer_fills_to_the_last_octet_and_no_further),
        cmocka_unit_test(writer_overflow_sticks_even_when_less_would_fit),
        cmocka_unit_test(writer_space_is_zeroed),
        cmocka_unit_test(reader_takes_what_the_writer_put),
        cmocka_unit_test(reader_refuses_leftovers_at_done_only),
        cmocka_unit_test(reader_short_read_sticks_and_gives_zeros),
        cmocka_unit_test(reader_of_nothing_is_done),
        cmocka_unit_test(hex_goes_both_ways),
        cmocka_unit_test(hex_refuses_what_is_not_hex),
        cmocka_unit_test(tbcd_puts_the_first_digit_low_and_fills_with_f),
        cmocka_unit_test(tbcd_refuses_bad_nibbles),
        cmocka_unit_test(imsi_has_the_coding_of_ef_imsi),
        cmocka_unit_test(imsi_text_must_be_6_to_15_digits),
        cmocka_unit_test(imsi_of_ef_refuses_bad_nibbles_parity_and_type),
        cmocka_unit_test(imsi_equality_looks_at_the_length),
        cmocka_unit_test(plmn_has_the_coding_of_tai),
        cmocka_unit_test(plmn_refuses_what_is_no_plmn),
        cmocka_unit_test(fqdn_takes_canonical_names),
        cmocka_unit_test(fqdn_refuses_names_that_are_not_canonical),
        cmocka_unit_test(fqdn_has_labels_of_63_and_253_octets_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
