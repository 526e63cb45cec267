/* SPDX-License-Identifier: Apache-2.0
 *
 * Zh and Zn: golden octets of an independent encoder (tests/vectors/gaa.txt) both ways, every result, faults.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/wire/zh.h"
#include "core/wire/zn.h"
#include "tests/kat/kat.h"
#include "tests/wire/wire.h"

#define IMPI "001010123456789@ims.mnc001.mcc001.3gppnetwork.org"
#define B_TID "EBESExQVFhcYGRobHB0eHw==@bsf.example.net"

static uint8_t buffer[1024];

static godwit_zh_request_t zh_request(bool resync)
{
    godwit_zh_request_t r;
    memset(&r, 0, sizeof r);
    strcpy(r.impi, IMPI);
    r.resync = resync;
    if (resync) {
        count_from(r.rand, 16, 16);
        count_from(r.auts, 14, 160);
    }
    return r;
}

static godwit_zh_answer_t zh_answer(godwit_gba_type_t type)
{
    godwit_zh_answer_t a;
    memset(&a, 0, sizeof a);
    a.type = type;
    count_from(a.rand, 16, 16);
    a.xres_len = type == GODWIT_GBA_2G ? 4 : 8;
    count_from(a.xres, a.xres_len, 32);
    if (type == GODWIT_GBA_2G) {
        count_from(a.kc, 8, 112);
    } else {
        count_from(a.autn, 16, 48);
        count_from(a.ck, 16, 80);
        count_from(a.ik, 16, 96);
        a.uicc_gba = true;
        a.life_s = 86400;
    }
    return a;
}

static godwit_zn_request_t zn_request(void)
{
    godwit_zn_request_t r;
    memset(&r, 0, sizeof r);
    strcpy(r.b_tid, B_TID);
    memcpy(r.naf_id, "naf.example.net\x01\x00\x00\x00\x02", 20);
    r.naf_id_len = 20;
    r.gba_u_aware = true;
    return r;
}

static godwit_zn_answer_t zn_answer(godwit_gba_type_t type)
{
    godwit_zn_answer_t a;
    memset(&a, 0, sizeof a);
    a.type = type;
    strcpy(a.impi, IMPI);
    count_from(a.me_key, 32, 64);
    a.has_uicc_key = type == GODWIT_GBA_3G;
    if (a.has_uicc_key) {
        count_from(a.uicc_key, 32, 128);
    }
    a.expires_ms = type == GODWIT_GBA_2G ? UINT64_C(2100000000000) : UINT64_C(1800000000000); /* 2036 has passed */
    a.created_ms = UINT64_C(1799913600000);
    return a;
}

static godwit_slice_t golden(const kat_record_t *record, const char *name)
{
    return strcmp(kat_text(record, "message"), name) == 0 ? kat_hex(record, "octets") : godwit_slice(NULL, 0);
}

static void expect_built(const kat_record_t *record, godwit_status_t status, const godwit_writer_t *w)
{
    assert_int_equal(status, GODWIT_OK);
    kat_expect(record, "octets", buffer, w->len);
}

static void requests(const kat_record_t *record, void *context)
{
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_diameter_fault_t fault;
    for (int resync = 0; resync < 2; resync++) {
        godwit_slice_t octets = golden(record, resync ? "mar_resync" : "mar");
        godwit_zh_request_t want = zh_request(resync), got;
        godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
        if (octets.ptr != NULL) {
            expect_built(record, godwit_zh_mar_build(&sent, &want, &w), &w);
            assert_int_equal(godwit_zh_mar_parse(octets, &e, &got, &fault), GODWIT_OK);
            assert_memory_equal(&got, &want, sizeof want);
            ++*(int *)context;
        }
    }
    godwit_slice_t octets = golden(record, "bir");
    godwit_zn_request_t want = zn_request(), got;
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    if (octets.ptr != NULL) {
        expect_built(record, godwit_zn_bir_build(&sent, &want, &w), &w);
        assert_int_equal(godwit_zn_bir_parse(octets, &e, &got, &fault), GODWIT_OK);
        assert_memory_equal(&got, &want, sizeof want);
        ++*(int *)context;
    }
}

static void answers(const kat_record_t *record, void *context)
{
    godwit_diameter_envelope_t e, sent = test_envelope();
    for (int type = GODWIT_GBA_3G; type <= GODWIT_GBA_2G; type++) {
        godwit_slice_t maa = golden(record, type ? "maa_2g" : "maa_3g"), bia = golden(record, type ? "bia_2g" : "bia");
        godwit_zh_answer_t zh = zh_answer((godwit_gba_type_t)type), zh_got;
        godwit_zn_answer_t zn = zn_answer((godwit_gba_type_t)type), zn_got;
        godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
        if (maa.ptr != NULL) {
            expect_built(record, godwit_zh_maa_build(&sent, &zh, &w), &w);
            assert_int_equal(godwit_zh_maa_parse(maa, &e, &zh_got), GODWIT_OK);
            assert_memory_equal(&zh_got, &zh, sizeof zh);
            ++*(int *)context;
        }
        if (bia.ptr != NULL) {
            expect_built(record, godwit_zn_bia_build(&sent, &zn, &w), &w);
            assert_int_equal(godwit_zn_bia_parse(bia, &e, &zn_got), GODWIT_OK);
            assert_memory_equal(&zn_got, &zn, sizeof zn);
            ++*(int *)context;
        }
    }
}

static void refusals(const kat_record_t *record, void *context)
{
    godwit_diameter_envelope_t e, sent = test_envelope();
    const struct {
        const char *name;
        bool zh;
        godwit_status_t status;
    } cases[] = {{"maa_unknown", true, GODWIT_UNKNOWN_SUBSCRIBER},
                 {"bia_invalid", false, GODWIT_UNKNOWN_KEY},
                 {"bia_not_authorized", false, GODWIT_NOT_ENTITLED}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        godwit_slice_t octets = golden(record, cases[i].name);
        godwit_zh_answer_t zh = {.status = cases[i].status};
        godwit_zn_answer_t zn = {.status = cases[i].status};
        godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
        if (octets.ptr == NULL) {
            continue;
        }
        expect_built(record, cases[i].zh ? godwit_zh_maa_build(&sent, &zh, &w) : godwit_zn_bia_build(&sent, &zn, &w),
                     &w);
        zh.status = zn.status = GODWIT_OK;
        assert_int_equal(cases[i].zh ? godwit_zh_maa_parse(octets, &e, &zh) : godwit_zn_bia_parse(octets, &e, &zn),
                         GODWIT_OK);
        assert_int_equal(cases[i].zh ? zh.status : zn.status, cases[i].status);
        ++*(int *)context;
    }
}

static void golden_messages_both_ways(void **state)
{
    (void)state;
    int seen = 0;
    (void)kat_each("gaa.txt", "gaa", requests, &seen);
    (void)kat_each("gaa.txt", "gaa", answers, &seen);
    (void)kat_each("gaa.txt", "gaa", refusals, &seen);
    assert_int_equal(seen, 10);
}

static bool any_parses(godwit_slice_t octets)
{
    godwit_diameter_envelope_t e;
    godwit_diameter_fault_t fault;
    godwit_zh_request_t mar;
    godwit_zh_answer_t maa;
    godwit_zn_request_t bir;
    godwit_zn_answer_t bia;
    return godwit_zh_mar_parse(octets, &e, &mar, &fault) == GODWIT_OK ||
           godwit_zh_maa_parse(octets, &e, &maa) == GODWIT_OK ||
           godwit_zn_bir_parse(octets, &e, &bir, &fault) == GODWIT_OK ||
           godwit_zn_bia_parse(octets, &e, &bia) == GODWIT_OK;
}

/* A message that ends early, and one whose octets are all there under a length that says less. */
static void cut(const kat_record_t *record, void *context)
{
    godwit_slice_t octets = kat_hex(record, "octets");
    uint8_t copy[1024];
    (void)context;
    assert_true(any_parses(octets));
    for (size_t len = 0; len < octets.len; len++) {
        memcpy(copy, octets.ptr, len);
        assert_false(any_parses(godwit_slice(copy, len)));
    }
}

static void cut_messages_are_refused(void **state)
{
    (void)state;
    assert_int_equal(kat_each("gaa.txt", "gaa", cut, NULL), 10);
}

/* The AVP of that code gets other data of the same length, or another length. */
static void bent_values_are_refused(void **state)
{
    (void)state;
    godwit_diameter_envelope_t e, sent = test_envelope();
    godwit_diameter_fault_t fault;
    godwit_zh_request_t mar = zh_request(true);
    godwit_zn_request_t bir = zn_request();
    godwit_writer_t w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_zh_mar_build(&sent, &mar, &w), GODWIT_OK);
    size_t at = find_avp(buffer, w.len, 608, GODWIT_VENDOR_3GPP);
    buffer[at + 12] = 'S'; /* a scheme that we have not: SIP Digest has its own items */
    assert_int_equal(godwit_zh_mar_parse(godwit_written(&w), &e, &mar, &fault), GODWIT_MALFORMED);
    assert_int_equal(fault.result_code, GODWIT_DIAMETER_INVALID_AVP_VALUE);
    assert_int_equal(fault.avp_code, 608);

    w = godwit_writer(buffer, sizeof buffer);
    bir.b_tid[3] = ' ';
    assert_int_equal(godwit_zn_bir_build(&sent, &bir, &w), GODWIT_OK);
    assert_int_equal(godwit_zn_bir_parse(godwit_written(&w), &e, &bir, &fault), GODWIT_MALFORMED);
    assert_int_equal(fault.avp_code, 401);

    godwit_zh_answer_t a = zh_answer(GODWIT_GBA_3G);
    w = godwit_writer(buffer, sizeof buffer);
    assert_int_equal(godwit_zh_maa_build(&sent, &a, &w), GODWIT_OK);
    at = find_avp(buffer, w.len, 626, GODWIT_VENDOR_3GPP);
    buffer[at + 3] = 0xFF; /* no Integrity-Key, but an AVP with M that nobody knows */
    buffer[at + 2] = 0xFF;
    assert_int_equal(godwit_zh_maa_parse(godwit_written(&w), &e, &a), GODWIT_MALFORMED);
    buffer[at + 4] &= (uint8_t)~GODWIT_AVP_FLAG_MANDATORY; /* the same without M: then the key is missing */
    assert_int_equal(godwit_zh_maa_parse(godwit_written(&w), &e, &a), GODWIT_MALFORMED);
}

static void settings(const char *document, bool uicc, uint32_t life)
{
    bool got_uicc = !uicc;
    uint32_t got_life = life + 1;
    godwit_guss_parse(godwit_slice_of_string(document), &got_uicc, &got_life);
    assert_int_equal(got_uicc, uicc);
    assert_int_equal(got_life, life);
}

static void security_settings_that_say_nothing_are_taken_as_absent(void **state)
{
    (void)state;
    settings("", false, 0);
    settings("<guss><bsfInfo><uiccType>GBA_U</uiccType></bsfInfo></guss>", true, 0);
    settings("<guss id=\"x\"><ussList/></guss>", false, 0);
    settings("<guss><uiccType>GBA_U", false, 0);
    settings("<lifeTime>3600</lifeTime>", false, 3600);
    settings("<lifeTime></lifeTime>", false, 0);
    settings("<lifeTime>-1</lifeTime>", false, 0);
    settings("<lifeTime>31536001</lifeTime>", false, 0);
    settings("<lifeTime>99999999999999999999</lifeTime>", false, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_messages_both_ways),
        cmocka_unit_test(cut_messages_are_refused),
        cmocka_unit_test(bent_values_are_refused),
        cmocka_unit_test(security_settings_that_say_nothing_are_taken_as_absent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
