/* SPDX-License-Identifier: Apache-2.0
 *
 * Ek: golden octets of every command (docs/diameter.md), every outcome, faults.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/wire/ek.h"
#include "tests/kat/kat.h"
#include "tests/wire/wire.h"

static godwit_key_request_t key_request(bool full)
{
    godwit_key_request_t r;
    memset(&r, 0, sizeof r);
    r.purpose = full ? GODWIT_KEY_NEXT_GENERATION : GODWIT_KEY_FOR_SESSION;
    r.imsi = imsi_of("001010123456789");
    r.agreements = 0x44;
    strcpy(r.endpoint, "hse.example.net");
    r.serving_network = (godwit_plmn_t){{0x00, 0xF1, 0x10}};
    if (full) {
        r.key_set = UINT64_C(0x0102030405060708);
        r.resync = r.has_rand = true;
        count_from(r.auts, 14, 0xA0);
        count_from(r.rand, 16, 0x10);
    }
    return r;
}

static godwit_key_answer_t key_answer(bool vector)
{
    godwit_key_answer_t a;
    memset(&a, 0, sizeof a);
    a.agreement = GODWIT_AGREEMENT_SEPARATE_EPS;
    a.key_set = 7;
    a.generation = 3;
    if (vector) {
        count_from(a.rand, 16, 0x10);
        count_from(a.autn, 16, 0x30);
    }
    count_from(a.k_session, 32, 0x40);
    return a;
}

static godwit_key_confirm_t key_confirm(void)
{
    godwit_key_confirm_t c;
    memset(&c, 0, sizeof c);
    c.imsi = imsi_of("001010123456789");
    c.agreement = GODWIT_AGREEMENT_SEPARATE_UMTS;
    c.key_set = 9;
    c.generation = 0xFFFFFFFF;
    strcpy(c.endpoint, "hse.example.net");
    return c;
}

static godwit_key_request_t reference_request(void)
{
    godwit_key_request_t r = key_request(false);
    r.agreements = 8; /* 04 */
    strcpy(r.reference, "EBESExQVFhcYGRobHB0eHw==@bsf.example.net");
    return r;
}

static void build(const char *what, godwit_writer_t *w)
{
    godwit_diameter_envelope_t e = test_envelope();
    godwit_key_request_t first = key_request(false), next = key_request(true), named = reference_request();
    godwit_key_answer_t with = key_answer(true), without = key_answer(false);
    godwit_key_confirm_t c = key_confirm();
    godwit_status_t s = !strcmp(what, "key_request_for_session")  ? godwit_ek_key_request_build(&e, &first, w)
                        : !strcmp(what, "key_request_next")       ? godwit_ek_key_request_build(&e, &next, w)
                        : !strcmp(what, "key_request_reference")  ? godwit_ek_key_request_build(&e, &named, w)
                        : !strcmp(what, "key_answer_for_session") ? godwit_ek_key_answer_build(&e, &with, w)
                        : !strcmp(what, "key_answer_next")        ? godwit_ek_key_answer_build(&e, &without, w)
                        : !strcmp(what, "confirm_request")        ? godwit_ek_confirm_request_build(&e, &c, w)
                        : !strcmp(what, "confirm_answer")         ? godwit_ek_confirm_answer_build(&e, GODWIT_OK, w)
                                                                  : GODWIT_INVALID_ARGUMENT;
    assert_int_equal(s, GODWIT_OK);
}

static void compare(const kat_record_t *record, void *context)
{
    (void)context;
    uint8_t octets[1024];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    build(kat_text(record, "message"), &w);
    kat_expect(record, "octets", octets, w.len);
}

static void golden_octets(void **state)
{
    (void)state;
    assert_int_equal(kat_each("ek.txt", "ek", compare, NULL), 7);
}

static void requests_are_read_back(void **state)
{
    (void)state;
    for (int which = 0; which < 3; which++) {
        uint8_t octets[1024];
        godwit_writer_t w = godwit_writer(octets, sizeof octets);
        godwit_diameter_envelope_t e = test_envelope(), back_e;
        godwit_key_request_t r = which == 2 ? reference_request() : key_request(which == 1), back;
        godwit_diameter_fault_t f;
        assert_int_equal(godwit_ek_key_request_build(&e, &r, &w), GODWIT_OK);
        assert_int_equal(godwit_ek_key_request_parse(godwit_written(&w), &back_e, &back, &f), GODWIT_OK);
        assert_memory_equal(&back, &r, sizeof r);
        assert_slice(back_e.origin_host, "mme.visited.example");
    }
    uint8_t octets[1024];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_diameter_envelope_t e = test_envelope();
    godwit_key_confirm_t c = key_confirm(), back;
    godwit_diameter_fault_t f;
    assert_int_equal(godwit_ek_confirm_request_build(&e, &c, &w), GODWIT_OK);
    assert_int_equal(godwit_ek_confirm_request_parse(godwit_written(&w), &e, &back, &f), GODWIT_OK);
    assert_memory_equal(&back, &c, sizeof c);
}

static void answers_are_read_back(void **state)
{
    (void)state;
    for (int vector = 0; vector < 2; vector++) {
        uint8_t octets[1024];
        godwit_writer_t w = godwit_writer(octets, sizeof octets);
        godwit_diameter_envelope_t e = test_envelope();
        godwit_key_answer_t a = key_answer(vector), back;
        assert_int_equal(godwit_ek_key_answer_build(&e, &a, &w), GODWIT_OK);
        assert_int_equal(godwit_ek_key_answer_parse(godwit_written(&w), &e, &back), GODWIT_OK);
        assert_memory_equal(&back, &a, sizeof a);
    }
}

static void every_refusal_keeps_its_reason(void **state)
{
    (void)state;
    for (int reason = GODWIT_MALFORMED; reason <= GODWIT_PEER_INTERNAL; reason++) {
        uint8_t octets[1024];
        godwit_writer_t w = godwit_writer(octets, sizeof octets);
        godwit_diameter_envelope_t e = test_envelope();
        godwit_key_answer_t a = key_answer(true), back;
        godwit_status_t outcome;
        a.status = (godwit_status_t)reason;
        assert_int_equal(godwit_ek_key_answer_build(&e, &a, &w), GODWIT_OK);
        assert_int_equal(find_avp(octets, w.len, 7, GODWIT_EK_VENDOR), 0); /* no key in a refusal */
        assert_int_equal(godwit_ek_key_answer_parse(godwit_written(&w), &e, &back), GODWIT_OK);
        assert_int_equal(back.status, reason);
        w = godwit_writer(octets, sizeof octets);
        assert_int_equal(godwit_ek_confirm_answer_build(&e, (godwit_status_t)reason, &w), GODWIT_OK);
        assert_int_equal(godwit_ek_confirm_answer_parse(godwit_written(&w), &e, &outcome), GODWIT_OK);
        assert_int_equal(outcome, reason);
    }
}

static void success_without_a_key_is_refused(void **state)
{
    (void)state;
    static const uint32_t needed[] = {3, 6, 7, 8};
    for (size_t i = 0; i < 4; i++) {
        uint8_t octets[1024];
        godwit_writer_t w = godwit_writer(octets, sizeof octets);
        godwit_diameter_envelope_t e = test_envelope();
        godwit_key_answer_t a = key_answer(true);
        assert_int_equal(godwit_ek_key_answer_build(&e, &a, &w), GODWIT_OK);
        size_t at = find_avp(octets, w.len, needed[i], GODWIT_EK_VENDOR);
        octets[at + 2] = 0x77; /* a code that nobody knows, and no M flag */
        octets[at + 4] = 0x80;
        memset(&a, 0x5A, sizeof a);
        godwit_key_answer_t before = a;
        assert_int_equal(godwit_ek_key_answer_parse(godwit_written(&w), &e, &a), GODWIT_MALFORMED);
        assert_memory_equal(&a, &before, sizeof a);
    }
}

static void values_out_of_range_are_blamed(void **state)
{
    (void)state;
    static const struct {
        uint32_t code, vendor;
        size_t at;
        uint8_t value;
    } bent[] = {{1, GODWIT_EK_VENDOR, 15, 10},  /* Key-Purpose 10: beyond the last */
                {1, GODWIT_EK_VENDOR, 15, 0},   /* Key-Purpose 0 */
                {2, GODWIT_EK_VENDOR, 14, 1},   /* Agreement-Set over 255 */
                {4, GODWIT_EK_VENDOR, 12, 'H'}, /* an endpoint that is not canonical */
                {1, 0, 8, 'x'}};                /* User-Name */
    for (size_t i = 0; i < sizeof bent / sizeof bent[0]; i++) {
        uint8_t octets[1024];
        godwit_writer_t w = godwit_writer(octets, sizeof octets);
        godwit_diameter_envelope_t e = test_envelope();
        godwit_key_request_t r = key_request(false);
        godwit_diameter_fault_t f;
        assert_int_equal(godwit_ek_key_request_build(&e, &r, &w), GODWIT_OK);
        octets[find_avp(octets, w.len, bent[i].code, bent[i].vendor) + bent[i].at] = bent[i].value;
        assert_int_equal(godwit_ek_key_request_parse(godwit_written(&w), &e, &r, &f), GODWIT_MALFORMED);
        assert_int_equal(f.result_code, GODWIT_DIAMETER_INVALID_AVP_VALUE);
        assert_int_equal(f.avp_code, bent[i].code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_octets),
        cmocka_unit_test(requests_are_read_back),
        cmocka_unit_test(answers_are_read_back),
        cmocka_unit_test(every_refusal_keeps_its_reason),
        cmocka_unit_test(success_without_a_key_is_refused),
        cmocka_unit_test(values_out_of_range_are_blamed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
