/* SPDX-License-Identifier: Apache-2.0
 *
 * Ek, the messages of protection end to end: golden octets of every message (docs/diameter.md, written by
 * tests/wire/make_ek_vectors.py), what is read back, what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/wire/ek_e2e.h"
#include "tests/kat/kat.h"
#include "tests/wire/wire.h"

static godwit_e2e_path_t path(void)
{
    godwit_e2e_path_t p;
    memset(&p, 0, sizeof p);
    p.imsi = imsi_of("001010123456789");
    strcpy(p.hse, "hse.example.net");
    p.session_id = 0x01020304;
    p.session_octets = 3;
    p.counter_octets = 1;
    return p;
}

static godwit_e2e_session_request_t session(godwit_e2e_event_t event, bool hss, godwit_service_t service,
                                            uint16_t suites, uint32_t age)
{
    godwit_e2e_session_request_t m;
    memset(&m, 0, sizeof m);
    m.event = event;
    m.path = path();
    strcpy(m.eas, "eas.meters.example");
    m.agreement = GODWIT_AGREEMENT_SEPARATE_EPS;
    m.key_set = UINT64_C(0x0102030405060708);
    m.owner_is_hss = hss;
    m.service = service;
    m.suites = suites;
    m.age = age;
    m.serving_network = (godwit_plmn_t){{0x00, 0xF1, 0x10}};
    return m;
}

static godwit_e2e_renew_t renew(godwit_e2e_renewal_t renewal)
{
    godwit_e2e_renew_t m;
    memset(&m, 0, sizeof m);
    m.renewal = renewal;
    m.path = path();
    strcpy(m.eas, "eas.meters.example");
    m.agreement = GODWIT_AGREEMENT_SEPARATE_EPS;
    m.key_set = UINT64_C(0x0102030405060708);
    if (renewal == GODWIT_E2E_NEW_AGE) {
        m.terms = (godwit_e2e_terms_t){GODWIT_SERVICE_CONFIDENTIALITY, 1, 2, 10, 0, 0};
    }
    return m;
}

static godwit_e2e_key_request_t key_request(void)
{
    godwit_e2e_key_request_t m;
    memset(&m, 0, sizeof m);
    m.imsi = imsi_of("001010123456789");
    m.agreement = GODWIT_AGREEMENT_ACCESS_EPS;
    m.key_set = 7;
    strcpy(m.endpoint, "eas.meters.example");
    m.above_age = 41;
    return m;
}

static godwit_e2e_session_answer_t session_answer(godwit_status_t status, uint32_t age)
{
    godwit_e2e_session_answer_t a;
    memset(&a, 0, sizeof a);
    a.status = status;
    if (age != 0) {
        a.terms = (godwit_e2e_terms_t){GODWIT_SERVICE_INTEGRITY, 6, 7, age, 86400, 100};
    }
    return a;
}

static godwit_e2e_key_answer_t key_answer(godwit_status_t status)
{
    godwit_e2e_key_answer_t a;
    memset(&a, 0, sizeof a);
    a.status = status;
    if (status == GODWIT_OK) {
        a.age = 42;
        count_from(a.k_e2e, sizeof a.k_e2e, 0x40);
    }
    return a;
}

/* ---- golden octets: built, and read back into the same ---- */

typedef struct buffer {
    uint8_t octets[1024];
    godwit_writer_t w;
    godwit_diameter_envelope_t e;
    godwit_diameter_fault_t fault;
} buffer_t;

static buffer_t b;

static buffer_t *fresh(void)
{
    memset(&b, 0, sizeof b);
    b.e = test_envelope();
    b.w = godwit_writer(b.octets, sizeof b.octets);
    return &b;
}

static godwit_slice_t write_session(godwit_e2e_session_request_t m)
{
    assert_int_equal(godwit_ek_e2e_session_build(&fresh()->e, &m, &b.w), GODWIT_OK);
    return godwit_written(&b.w);
}

static godwit_slice_t write_renew(godwit_e2e_renew_t m)
{
    assert_int_equal(godwit_ek_e2e_renew_build(&fresh()->e, &m, &b.w), GODWIT_OK);
    return godwit_written(&b.w);
}

static godwit_slice_t write_key(godwit_e2e_key_request_t m)
{
    assert_int_equal(godwit_ek_e2e_key_build(&fresh()->e, &m, &b.w), GODWIT_OK);
    return godwit_written(&b.w);
}

#define PARSE(what, type)                                                                                              \
    static godwit_status_t parse_##what(godwit_slice_t octets, type *m, godwit_diameter_fault_t *fault)                \
    {                                                                                                                  \
        godwit_diameter_envelope_t e;                                                                                  \
        type before;                                                                                                   \
        memset(m, 0x5A, sizeof *m);                                                                                    \
        before = *m;                                                                                                   \
        const godwit_status_t status = godwit_ek_##what##_parse(octets, &e, m, fault);                                 \
        if (status != GODWIT_OK) {                                                                                     \
            assert_memory_equal(m, &before, sizeof *m); /* nothing is written */                                       \
        }                                                                                                              \
        return status;                                                                                                 \
    }

PARSE(e2e_session, godwit_e2e_session_request_t)
PARSE(e2e_renew, godwit_e2e_renew_t)
PARSE(e2e_key, godwit_e2e_key_request_t)

static void session_goes(godwit_e2e_session_request_t m)
{
    godwit_e2e_session_request_t back;
    const godwit_slice_t octets = write_session(m);
    assert_int_equal(godwit_ek_purpose(octets), GODWIT_EK_PURPOSE_E2E_SESSION);
    assert_int_equal(parse_e2e_session(octets, &back, &b.fault), GODWIT_OK);
    assert_memory_equal(&back, &m, sizeof m);
}

static void renew_goes(godwit_e2e_renew_t m)
{
    godwit_e2e_renew_t back;
    const godwit_slice_t octets = write_renew(m);
    assert_int_equal(godwit_ek_purpose(octets), GODWIT_EK_PURPOSE_E2E_RENEW);
    assert_int_equal(parse_e2e_renew(octets, &back, &b.fault), GODWIT_OK);
    assert_memory_equal(&back, &m, sizeof m);
}

static void key_goes(void)
{
    godwit_e2e_key_request_t m = key_request(), back;
    const godwit_slice_t octets = write_key(m);
    assert_int_equal(godwit_ek_purpose(octets), GODWIT_EK_PURPOSE_E2E_KEY);
    assert_int_equal(parse_e2e_key(octets, &back, &b.fault), GODWIT_OK);
    assert_memory_equal(&back, &m, sizeof m);
}

static void session_answer_goes(godwit_e2e_session_answer_t a)
{
    godwit_e2e_session_answer_t back;
    assert_int_equal(godwit_ek_e2e_session_answer_build(&fresh()->e, &a, &b.w), GODWIT_OK);
    assert_int_equal(godwit_ek_e2e_session_answer_parse(godwit_written(&b.w), &b.e, &back), GODWIT_OK);
    assert_memory_equal(&back, &a, sizeof a);
}

static void key_answer_goes(godwit_e2e_key_answer_t a)
{
    godwit_e2e_key_answer_t back;
    assert_int_equal(godwit_ek_e2e_key_answer_build(&fresh()->e, &a, &b.w), GODWIT_OK);
    assert_int_equal(godwit_ek_e2e_key_answer_parse(godwit_written(&b.w), &b.e, &back), GODWIT_OK);
    assert_memory_equal(&back, &a, sizeof a);
}

static void go_request(const char *what)
{
    if (!strcmp(what, "session_open")) {
        session_goes(session(GODWIT_E2E_OPEN, false, GODWIT_SERVICE_CONFIDENTIALITY, 0x000F, 0));
    } else if (!strcmp(what, "session_age_of_hss")) {
        session_goes(session(GODWIT_E2E_AGE, true, GODWIT_SERVICE_INTEGRITY, 0x0130, UINT32_MAX - 1));
    } else if (!strcmp(what, "session_taken")) {
        session_goes(session(GODWIT_E2E_TAKEN, false, GODWIT_SERVICE_NONE, 0, 5));
    } else if (!strcmp(what, "session_closed")) {
        session_goes(session(GODWIT_E2E_CLOSED, false, GODWIT_SERVICE_NONE, 0, 0));
    } else if (!strcmp(what, "renew_age")) {
        renew_goes(renew(GODWIT_E2E_NEW_AGE));
    } else if (!strcmp(what, "renew_aka")) {
        renew_goes(renew(GODWIT_E2E_NEW_AKA));
    } else if (!strcmp(what, "renew_end")) {
        renew_goes(renew(GODWIT_E2E_END));
    } else if (!strcmp(what, "key")) {
        key_goes();
    } else {
        fail_msg("%s: no such message", what);
    }
}

static void compare(const kat_record_t *record, void *context)
{
    const char *what = kat_text(record, "message");
    (void)context;
    if (!strcmp(what, "session_answer")) {
        session_answer_goes(session_answer(GODWIT_OK, 9));
    } else if (!strcmp(what, "session_answer_bare")) {
        session_answer_goes(session_answer(GODWIT_OK, 0));
    } else if (!strcmp(what, "session_refused")) {
        session_answer_goes(session_answer(GODWIT_NOT_ENTITLED, 0));
    } else if (!strcmp(what, "key_answer")) {
        key_answer_goes(key_answer(GODWIT_OK));
    } else if (!strcmp(what, "key_refused")) {
        key_answer_goes(key_answer(GODWIT_UNKNOWN_KEY));
    } else {
        go_request(what);
    }
    kat_expect(record, "octets", b.octets, b.w.len);
}

static void golden_octets(void **state)
{
    (void)state;
    assert_int_equal(kat_each("ek_e2e.txt", "ek-e2e", compare, NULL), 13);
}

/* ---- what is refused ---- */

/* Offset of the data of an AVP in what was written last. */
static uint8_t *data_of(uint32_t code)
{
    const size_t at = find_avp(b.octets, b.w.len, code, code > 1000 ? GODWIT_VENDOR_3GPP : GODWIT_EK_VENDOR);
    assert_int_not_equal(at, 0);
    return b.octets + at + 12;
}

static void hide(uint32_t code)
{
    const size_t at = find_avp(b.octets, b.w.len, code, code > 1000 ? GODWIT_VENDOR_3GPP : GODWIT_EK_VENDOR);
    assert_int_not_equal(at, 0);
    b.octets[at + 1] = 0x77;
    b.octets[at + 4] = 0x80; /* without M flag: passed over */
}

static void every_member_is_needed(void **state)
{
    static const uint32_t of_session[] = {4, 63, 64, 3, 8, 61, 67, 65, 17, 66, 1407},
                          of_renew[] = {4, 63, 64, 3, 8, 62, 68}, of_key[] = {3, 8, 4, 66};
    godwit_e2e_session_request_t s;
    godwit_e2e_renew_t r;
    godwit_e2e_key_request_t k;
    (void)state;
    for (size_t i = 0; i < sizeof of_session / sizeof of_session[0]; i++) {
        const godwit_slice_t octets = write_session(session(GODWIT_E2E_OPEN, false, GODWIT_SERVICE_INTEGRITY, 1, 0));
        hide(of_session[i]);
        assert_int_equal(parse_e2e_session(octets, &s, &b.fault), GODWIT_MALFORMED);
        assert_int_equal(b.fault.result_code, GODWIT_DIAMETER_MISSING_AVP);
        assert_int_equal(b.fault.avp_code, of_session[i]);
    }
    for (size_t i = 0; i < sizeof of_renew / sizeof of_renew[0]; i++) {
        const godwit_slice_t octets = write_renew(renew(GODWIT_E2E_NEW_AGE));
        hide(of_renew[i]);
        assert_int_equal(parse_e2e_renew(octets, &r, &b.fault), GODWIT_MALFORMED);
        assert_int_equal(b.fault.result_code, GODWIT_DIAMETER_MISSING_AVP);
        assert_int_equal(b.fault.avp_code, of_renew[i]);
    }
    for (size_t i = 0; i < sizeof of_key / sizeof of_key[0]; i++) {
        const godwit_slice_t octets = write_key(key_request());
        hide(of_key[i]);
        assert_int_equal(parse_e2e_key(octets, &k, &b.fault), GODWIT_MALFORMED);
        assert_int_equal(b.fault.result_code, GODWIT_DIAMETER_MISSING_AVP);
        assert_int_equal(b.fault.avp_code, of_key[i]);
    }
}

static void assert_session_refused(uint32_t code, size_t octet, uint8_t value)
{
    godwit_e2e_session_request_t back;
    const godwit_slice_t octets = write_session(session(GODWIT_E2E_OPEN, false, GODWIT_SERVICE_INTEGRITY, 1, 0));
    data_of(code)[octet] = value;
    assert_int_equal(parse_e2e_session(octets, &back, &b.fault), GODWIT_MALFORMED);
    assert_int_equal(b.fault.result_code, GODWIT_DIAMETER_INVALID_AVP_VALUE);
    assert_int_equal(b.fault.avp_code, code);
}

static void assert_renew_refused(godwit_e2e_renewal_t renewal, uint32_t code, size_t octet, uint8_t value)
{
    godwit_e2e_renew_t back;
    const godwit_slice_t octets = write_renew(renew(renewal));
    data_of(code)[octet] = value;
    assert_int_equal(parse_e2e_renew(octets, &back, &b.fault), GODWIT_MALFORMED);
}

static void values_that_mean_nothing_are_refused(void **state)
{
    (void)state;
    assert_session_refused(1, 3, 13);  /* the purpose of another message */
    assert_session_refused(4, 0, 'H'); /* names that are not canonical */
    assert_session_refused(64, 0, 'E');
    assert_session_refused(64, 3, 0);
    assert_session_refused(63, 4, 0x51); /* S = 5, E = 4 */
    assert_session_refused(63, 4, 0x34);
    assert_session_refused(3, 3, 8); /* an agreement, event, owner, service, set of suites */
    assert_session_refused(61, 3, 0);
    assert_session_refused(61, 3, 5);
    assert_session_refused(67, 3, 2);
    assert_session_refused(65, 3, 0);
    assert_session_refused(65, 3, 4);
    assert_session_refused(17, 1, 1);
    assert_renew_refused(GODWIT_E2E_NEW_AGE, 1, 3, 12);
    assert_renew_refused(GODWIT_E2E_NEW_AGE, 62, 3, 4);
    assert_renew_refused(GODWIT_E2E_NEW_AGE, 62, 3, 2); /* terms with what has none */
    assert_renew_refused(GODWIT_E2E_NEW_AKA, 62, 3, 1); /* and none where they belong */
    assert_renew_refused(GODWIT_E2E_NEW_AGE, 68, 0, 0); /* service, Key ID, age of terms */
    assert_renew_refused(GODWIT_E2E_NEW_AGE, 68, 0, 4);
    assert_renew_refused(GODWIT_E2E_NEW_AGE, 68, 2, 0);
    assert_renew_refused(GODWIT_E2E_NEW_AGE, 68, 2, 8);
    assert_renew_refused(GODWIT_E2E_NEW_AGE, 68, 6, 0);
    godwit_e2e_key_request_t back;
    godwit_slice_t octets = write_key(key_request());
    data_of(3)[3] = 0; /* device RAND has no key set */
    assert_int_equal(parse_e2e_key(octets, &back, &b.fault), GODWIT_MALFORMED);
    octets = write_key(key_request());
    data_of(4)[0] = '.';
    assert_int_equal(parse_e2e_key(octets, &back, &b.fault), GODWIT_MALFORMED);
}

/* A success has age and key, and terms that mean something; a refusal brings nothing, whatever stands in it. */
static void answers_that_lack_what_they_promise_are_malformed(void **state)
{
    godwit_e2e_key_answer_t k, a = key_answer(GODWIT_OK);
    godwit_e2e_session_answer_t s, t = session_answer(GODWIT_OK, 9);
    (void)state;
    static const uint32_t needed[] = {66, 69};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(godwit_ek_e2e_key_answer_build(&fresh()->e, &a, &b.w), GODWIT_OK);
        hide(needed[i]);
        assert_int_equal(godwit_ek_e2e_key_answer_parse(godwit_written(&b.w), &b.e, &k), GODWIT_MALFORMED);
    }
    assert_int_equal(godwit_ek_e2e_key_answer_build(&fresh()->e, &a, &b.w), GODWIT_OK);
    data_of(66)[3] = 0;
    assert_int_equal(godwit_ek_e2e_key_answer_parse(godwit_written(&b.w), &b.e, &k), GODWIT_MALFORMED);
    assert_int_equal(godwit_ek_e2e_session_answer_build(&fresh()->e, &t, &b.w), GODWIT_OK);
    data_of(68)[2] = 8;
    assert_int_equal(godwit_ek_e2e_session_answer_parse(godwit_written(&b.w), &b.e, &s), GODWIT_MALFORMED);
    a.status = GODWIT_KEY_EXPIRED;
    assert_int_equal(godwit_ek_e2e_key_answer_build(&fresh()->e, &a, &b.w), GODWIT_OK);
    assert_int_equal(godwit_ek_e2e_key_answer_parse(godwit_written(&b.w), &b.e, &k), GODWIT_OK);
    assert_int_equal(k.status, GODWIT_KEY_EXPIRED);
    assert_int_equal(k.age, 0);
    assert_int_equal(find_avp(b.octets, b.w.len, 69, GODWIT_EK_VENDOR), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_octets),
        cmocka_unit_test(every_member_is_needed),
        cmocka_unit_test(values_that_mean_nothing_are_refused),
        cmocka_unit_test(answers_that_lack_what_they_promise_are_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
