/* SPDX-License-Identifier: Apache-2.0
 *
 * GBA, what both ends reckon alike: names, AUTN of GBA_U, BootstrappingInfo and its dates (tests/vectors/gba.txt), and
 * what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/agree/gba/gba.h"
#include "core/wire/bootstrapping_info.h"
#include "tests/kat/kat.h"

static void compare_names(const kat_record_t *record, void *context)
{
    (void)context;
    godwit_plmn_t home;
    godwit_imsi_t imsi, back;
    char impi[GODWIT_IMPI_MAX + 1], name[GODWIT_FQDN_MAX + 1], b_tid[GODWIT_B_TID_MAX + 1];
    uint8_t rand[16];
    const char *bsf = NULL;
    assert_int_equal(godwit_plmn_from_text(kat_text(record, "plmn"), &home), GODWIT_OK);
    assert_int_equal(godwit_imsi_from_text(kat_text(record, "imsi"), &imsi), GODWIT_OK);
    assert_int_equal(godwit_gba_impi(&imsi, home, impi), GODWIT_OK);
    assert_string_equal(impi, kat_text(record, "impi"));
    assert_int_equal(godwit_gba_imsi(impi, home, &back), GODWIT_OK);
    assert_true(godwit_imsi_equal(&imsi, &back));
    assert_int_equal(godwit_gba_bsf_name(home, name), GODWIT_OK);
    assert_string_equal(name, kat_text(record, "bsf"));
    assert_int_equal(godwit_gba_b_tid(kat_hex(record, "rand").ptr, name, b_tid), GODWIT_OK);
    assert_string_equal(b_tid, kat_text(record, "b_tid"));
    assert_int_equal(godwit_gba_b_tid_parse(b_tid, rand, &bsf), GODWIT_OK);
    kat_expect(record, "rand", rand, sizeof rand);
    assert_string_equal(bsf, name);
}

static void names_are_those_of_ts_23_003(void **state)
{
    (void)state;
    assert_int_equal(kat_each("gba.txt", "names", compare_names, NULL), 2);
}

static void an_impi_of_another_network_is_no_subscriber(void **state)
{
    (void)state;
    static const char *const bad[] = {"001010123456789@ims.mnc001.mcc002.3gppnetwork.org",
                                      "002010123456789@ims.mnc001.mcc001.3gppnetwork.org",
                                      "001020123456789@ims.mnc001.mcc001.3gppnetwork.org",
                                      "001010123456789@ims.mnc001.mcc001.3gppnetwork.org.example",
                                      "001010123456789@IMS.mnc001.mcc001.3gppnetwork.org",
                                      "0010101234567890@ims.mnc001.mcc001.3gppnetwork.org",
                                      "alice@ims.mnc001.mcc001.3gppnetwork.org",
                                      "@ims.mnc001.mcc001.3gppnetwork.org",
                                      "001010123456789",
                                      ""};
    godwit_plmn_t home;
    godwit_imsi_t imsi;
    assert_int_equal(godwit_plmn_from_text("001-01", &home), GODWIT_OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(godwit_gba_imsi(bad[i], home, &imsi), GODWIT_UNKNOWN_SUBSCRIBER);
    }
}

static void a_b_tid_that_is_none_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "@bsf.example",
                                      "AAAAAAAAAAAAAAAAAAAAAA==",
                                      "AAAAAAAAAAAAAAAAAAAAAA==@",
                                      "AAAAAAAAAAAAAAAAAAAAAA==@BSF.example",
                                      "AAAAAAAAAAAAAAAAAAAAAB==@bsf.example",
                                      "AAAAAAAAAAAAAAAAAAAA@bsf.example",
                                      "AAAAAAAAAAAAAAAAAAAAAAA=@bsf.example",
                                      "AAAAAAAAAAAAAAAAAAAAAA==@a@b"};
    uint8_t rand[16];
    const char *bsf;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(godwit_gba_b_tid_parse(bad[i], rand, &bsf), GODWIT_MALFORMED);
    }
}

static void compare_mask(const kat_record_t *record, void *context)
{
    (void)context;
    uint8_t autn[16];
    memcpy(autn, kat_hex(record, "autn").ptr, sizeof autn);
    assert_int_equal(godwit_gba_u_mask(kat_hex(record, "ik").ptr, autn), GODWIT_OK);
    kat_expect(record, "autn_star", autn, sizeof autn);
    assert_int_equal(godwit_gba_u_mask(kat_hex(record, "ik").ptr, autn), GODWIT_OK);
    kat_expect(record, "autn", autn, sizeof autn);
}

static void autn_of_gba_u_goes_and_comes_back(void **state)
{
    (void)state;
    (void)kat_each("gba.txt", "gba-u", compare_mask, NULL);
}

static void compare_date(const kat_record_t *record, void *context)
{
    (void)context;
    uint8_t text[32];
    uint64_t seconds = 0;
    godwit_writer_t w = godwit_writer(text, sizeof text);
    godwit_put_date_time(&w, kat_number(record, "seconds"));
    assert_true(godwit_slice_equal(godwit_written(&w), godwit_slice_of_string(kat_text(record, "text"))));
    assert_int_equal(godwit_date_time_parse(godwit_written(&w), &seconds), GODWIT_OK);
    assert_true(seconds == kat_number(record, "seconds"));
}

static void dates_have_their_known_answers(void **state)
{
    (void)state;
    uint64_t seconds = 0;
    (void)kat_each("gba.txt", "date", compare_date, NULL);
    assert_int_equal(godwit_date_time_parse(godwit_slice_of_string("2026-11-28T02:16:00.125+01:00"), &seconds),
                     GODWIT_OK);
    assert_int_equal(seconds, 1795828560);
    static const char *const bad[] = {"",
                                      "2026-02-30T00:00:00Z",
                                      "2026-00-10T00:00:00Z",
                                      "2026-13-10T00:00:00Z",
                                      "2026-11-28T24:00:00Z",
                                      "2026-11-28T00:60:00Z",
                                      "2026-11-28T00:00:00",
                                      "2026-11-28 00:00:00Z",
                                      "2026-11-28T00:00:00Zx",
                                      "1969-12-31T23:59:59Z",
                                      "26-11-28T00:00:00Z",
                                      "2026-11-28T00:00:00+15:00",
                                      "-2026-11-28T00:00:00Z",
                                      "1970-01-01T00:00:00+01:00"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(godwit_date_time_parse(godwit_slice_of_string(bad[i]), &seconds), GODWIT_MALFORMED);
    }
}

static void compare_body(const kat_record_t *record, void *context)
{
    (void)context;
    uint8_t text[GODWIT_UB_BODY_MAX];
    godwit_writer_t w = godwit_writer(text, sizeof text);
    godwit_bootstrapping_info_t info, built = {.expires_s = kat_number(record, "expires")};
    assert_int_equal(godwit_bootstrapping_info_parse(godwit_slice_of_string(kat_text(record, "body")), &info),
                     GODWIT_OK);
    assert_string_equal(info.b_tid, kat_text(record, "b_tid"));
    assert_true(info.expires_s == built.expires_s);
    memcpy(built.b_tid, info.b_tid, sizeof built.b_tid);
    assert_int_equal(godwit_bootstrapping_info_build(&built, &w), GODWIT_OK);
    assert_true(godwit_slice_equal(godwit_written(&w), godwit_slice_of_string(kat_text(record, "body"))));
}

#define DATE "<lifetime>2026-11-29T01:16:00Z</lifetime>"
static void bodies_are_read_as_others_write_them(void **state)
{
    (void)state;
    (void)kat_each("gba.txt", "flow", compare_body, NULL);
    static const char *const good[] = {
        "<BootstrappingInfo><btid>x@y</btid>" DATE "</BootstrappingInfo>",
        "<?xml version='1.0'?>\r\n<g:BootstrappingInfo xmlns:g='uri:3gpp-gba'>\n <g:btid> x@y </g:btid>\n " DATE
        "\n</g:BootstrappingInfo>\n",
        "<BootstrappingInfo>" DATE "<btid>x@y</btid><more><btid>z</btid></more><none/></BootstrappingInfo>"};
    godwit_bootstrapping_info_t info;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(godwit_bootstrapping_info_parse(godwit_slice_of_string(good[i]), &info), GODWIT_OK);
        assert_string_equal(info.b_tid, "x@y");
    }
}

static void bodies_that_must_be_interpreted_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "<BootstrappingInfo/>",
        "<BootstrappingInfo></BootstrappingInfo>",
        "<BootstrappingInfo><btid>x@y</btid></BootstrappingInfo>",
        "<BootstrappingInfo><btid></btid>" DATE "</BootstrappingInfo>",
        "<Other><btid>x@y</btid>" DATE "</Other>",
        "<BootstrappingInfo><btid>x&amp;y</btid>" DATE "</BootstrappingInfo>",
        "<BootstrappingInfo><btid><![CDATA[x@y]]></btid>" DATE "</BootstrappingInfo>",
        "<!DOCTYPE x [<!ENTITY y 'z'>]><BootstrappingInfo><btid>x@y</btid>" DATE "</BootstrappingInfo>",
        "<BootstrappingInfo><btid>x y</btid>" DATE "</BootstrappingInfo>",
        "<BootstrappingInfo><btid>x@y</btid>" DATE,
        "<BootstrappingInfo><btid>x@y</btid>" DATE "</BootstrappingInfo></BootstrappingInfo>",
        "<BootstrappingInfo><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a></BootstrappingInfo>",
        "<BootstrappingInfo><btid>x@y</btid><lifetime>tomorrow</lifetime></BootstrappingInfo>",
        "<BootstrappingInfo><btid>x@y</btid>" DATE "</BootstrappingInfo>trailing"};
    godwit_bootstrapping_info_t info;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(godwit_bootstrapping_info_parse(godwit_slice_of_string(bad[i]), &info), GODWIT_MALFORMED);
    }
    char text[GODWIT_UB_BODY_MAX + 1];
    memset(text, ' ', sizeof text);
    assert_int_equal(godwit_bootstrapping_info_parse(godwit_slice(text, sizeof text), &info), GODWIT_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_those_of_ts_23_003),
        cmocka_unit_test(an_impi_of_another_network_is_no_subscriber),
        cmocka_unit_test(a_b_tid_that_is_none_is_refused),
        cmocka_unit_test(autn_of_gba_u_goes_and_comes_back),
        cmocka_unit_test(dates_have_their_known_answers),
        cmocka_unit_test(bodies_are_read_as_others_write_them),
        cmocka_unit_test(bodies_that_must_be_interpreted_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
