/* SPDX-License-Identifier: Apache-2.0
 *
 * Ek and S6a with Solution 1: golden octets of every message (docs/diameter.md, written by
 * tests/wire/make_ek_vectors.py), what is read back, what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/wire/ek_e2m.h"
#include "core/wire/s6a.h"
#include "tests/kat/kat.h"
#include "tests/wire/wire.h"

static const char endpoint[] = "hse.example.net";

static godwit_selector_t selector(godwit_selector_kind_t kind)
{
    godwit_selector_t s = {.kind = kind};
    count_from(s.octets, kind == GODWIT_SELECTOR_RAND ? 16 : 6, kind == GODWIT_SELECTOR_RAND ? 0x10 : 0x60);
    return s;
}

static godwit_parked_t parked(void)
{
    return (godwit_parked_t){true, 1, 2, 3, 4, 5, 6, 7, UINT64_C(0x8000000000000009), 10};
}

static godwit_key_request_t pull(godwit_selector_kind_t kind)
{
    godwit_key_request_t r;
    memset(&r, 0, sizeof r);
    r.purpose = GODWIT_KEY_BY_SELECTOR;
    r.imsi = imsi_of("001010123456789");
    r.agreements = 3;
    strcpy(r.endpoint, endpoint);
    r.serving_network = (godwit_plmn_t){{0x00, 0xF1, 0x10}};
    r.selector = selector(kind);
    r.above_generation = 5;
    return r;
}

static godwit_key_answer_t key_answer(void)
{
    godwit_key_answer_t a;
    memset(&a, 0, sizeof a);
    a.agreement = GODWIT_AGREEMENT_ACCESS_EPS;
    a.key_set = 7;
    a.generation = 3;
    count_from(a.k_session, 32, 0x40);
    a.parked = parked();
    return a;
}

static godwit_key_push_t key_push(void)
{
    godwit_key_push_t m;
    memset(&m, 0, sizeof m);
    m.imsi = imsi_of("001010123456789");
    m.agreement = GODWIT_AGREEMENT_ACCESS_UMTS;
    m.key_set = 7;
    m.generation = 1;
    m.life_ms = 120000;
    count_from(m.rand, 16, 0x10);
    count_from(m.sqn, 6, 0x60);
    strcpy(m.endpoint, endpoint);
    count_from(m.k_session, 32, 0x40);
    return m;
}

static godwit_key_set_push_t key_set_push(void)
{
    godwit_key_set_push_t m;
    memset(&m, 0, sizeof m);
    m.imsi = imsi_of("001010123456789");
    m.agreement = GODWIT_AGREEMENT_ACCESS_EPS;
    m.key_set = 7;
    count_from(m.rand, 16, 0x10);
    count_from(m.autn, 16, 0x30);
    count_from(m.sqn, 6, 0x30);
    count_from(m.e2m_keyset, 32, 0x90);
    return m;
}

static godwit_key_park_t key_park(void)
{
    godwit_key_park_t m;
    memset(&m, 0, sizeof m);
    m.imsi = imsi_of("001010123456789");
    m.agreement = GODWIT_AGREEMENT_ACCESS_EPS;
    m.key_set = 7;
    strcpy(m.endpoint, endpoint);
    m.parked = parked();
    return m;
}

static godwit_activation_t activation(void)
{
    godwit_activation_t m;
    memset(&m, 0, sizeof m);
    m.imsi = imsi_of("001010123456789");
    m.selector = selector(GODWIT_SELECTOR_RAND);
    strcpy(m.endpoint, endpoint);
    return m;
}

enum { ACTIVATED, MODIFIED, RELEASED };

static godwit_bearer_t bearer(int event)
{
    static const uint8_t address[4] = {10, 0, 0, 1};
    godwit_bearer_t m;
    memset(&m, 0, sizeof m);
    m.imsi = imsi_of("001010123456789");
    m.teid = 0x01020304;
    m.gateway_len = 4;
    memcpy(m.gateway, address, 4);
    m.released = event == RELEASED;
    m.modified = event == MODIFIED;
    if (event != RELEASED) {
        m.selector = selector(event == MODIFIED ? GODWIT_SELECTOR_SQN : GODWIT_SELECTOR_RAND);
        m.agreements = 3;
        m.suites = 0x0103;
        m.above_generation = 5;
        m.serving_network = (godwit_plmn_t){{0x00, 0xF1, 0x10}};
        m.container_len = 43;
        count_from(m.container, 43, 0x80);
    }
    return m;
}

static godwit_bearer_answer_t bearer_answer(void)
{
    godwit_bearer_answer_t a;
    memset(&a, 0, sizeof a);
    a.start_len = 17;
    count_from(a.start, 17, 0xA0);
    return a;
}

static godwit_auth_info_request_t air(void)
{
    godwit_auth_info_request_t r;
    memset(&r, 0, sizeof r);
    r.imsi = imsi_of("001010123456789");
    r.visited_plmn = (godwit_plmn_t){{0x00, 0xF1, 0x10}};
    r.kind = GODWIT_VECTOR_UTRAN;
    r.vectors = 1;
    r.e2m_aware = true;
    r.policy_version = 9;
    return r;
}

static godwit_auth_info_answer_t aia(void)
{
    godwit_auth_info_answer_t a;
    memset(&a, 0, sizeof a);
    a.kind = GODWIT_VECTOR_UTRAN;
    a.vectors = 1;
    count_from(a.vector[0].rand, 16, 0x10);
    count_from(a.vector[0].xres, 8, 0x50);
    a.vector[0].xres_len = 8;
    count_from(a.vector[0].autn, 16, 0x30);
    count_from(a.vector[0].ck, 16, 0x60);
    count_from(a.vector[0].ik, 16, 0x70);
    a.e2m = true;
    a.policy_version = 9;
    return a;
}

/* ---- golden octets: built, and read back into the same ---- */

typedef struct buffer {
    uint8_t octets[1024];
    godwit_writer_t w;
    godwit_diameter_envelope_t e;
    godwit_diameter_fault_t fault;
} buffer_t;

#define BOTH_WAYS(what, value)                                                                                         \
    static void what##_goes_both_ways(buffer_t *b)                                                                     \
    {                                                                                                                  \
        __typeof__(value) m = value, back;                                                                             \
        memset(&back, 0x5A, sizeof back);                                                                              \
        assert_int_equal(godwit_ek_##what##_build(&b->e, &m, &b->w), GODWIT_OK);                                       \
        assert_int_equal(godwit_ek_##what##_parse(godwit_written(&b->w), &b->e, &back, &b->fault), GODWIT_OK);         \
        assert_memory_equal(&back, &m, sizeof m);                                                                      \
    }

BOTH_WAYS(key_push, key_push())
BOTH_WAYS(key_set_push, key_set_push())
BOTH_WAYS(key_park, key_park())
BOTH_WAYS(activation, activation())

static void key_request_goes_both_ways(buffer_t *b, godwit_selector_kind_t kind)
{
    godwit_key_request_t m = pull(kind), back;
    assert_int_equal(godwit_ek_key_request_build(&b->e, &m, &b->w), GODWIT_OK);
    assert_int_equal(godwit_ek_purpose(godwit_written(&b->w)), GODWIT_KEY_BY_SELECTOR);
    assert_int_equal(godwit_ek_key_request_parse(godwit_written(&b->w), &b->e, &back, &b->fault), GODWIT_OK);
    assert_memory_equal(&back, &m, sizeof m);
}

static void bearer_goes_both_ways(buffer_t *b, int event)
{
    godwit_bearer_t m = bearer(event), back;
    assert_int_equal(godwit_ek_bearer_build(&b->e, &m, &b->w), GODWIT_OK);
    assert_int_equal(godwit_ek_bearer_parse(godwit_written(&b->w), &b->e, &back, &b->fault), GODWIT_OK);
    assert_memory_equal(&back, &m, sizeof m);
}

static void key_answer_goes_both_ways(buffer_t *b)
{
    godwit_key_answer_t m = key_answer(), back;
    assert_int_equal(godwit_ek_key_answer_build(&b->e, &m, &b->w), GODWIT_OK);
    assert_int_equal(godwit_ek_key_answer_parse(godwit_written(&b->w), &b->e, &back), GODWIT_OK);
    assert_memory_equal(&back, &m, sizeof m);
}

static void bearer_answer_goes_both_ways(buffer_t *b)
{
    godwit_bearer_answer_t m = bearer_answer(), back;
    assert_int_equal(godwit_ek_bearer_answer_build(&b->e, &m, &b->w), GODWIT_OK);
    assert_int_equal(godwit_ek_bearer_answer_parse(godwit_written(&b->w), &b->e, &back), GODWIT_OK);
    assert_memory_equal(&back, &m, sizeof m);
}

static void device_rand_goes_both_ways(buffer_t *b, bool plain)
{
    godwit_device_rand_request_t r, back;
    memset(&r, 0, sizeof r);
    r.imsi = imsi_of("001010123456789");
    count_from(r.rand1, sizeof r.rand1, 0x10);
    r.plain = plain;
    assert_int_equal(godwit_ek_device_rand_build(&b->e, &r, &b->w), GODWIT_OK);
    assert_int_equal(godwit_ek_device_rand_parse(godwit_written(&b->w), &b->e, &back, &b->fault), GODWIT_OK);
    assert_memory_equal(&back, &r, sizeof r);
}

static void he_vector_goes_both_ways(buffer_t *b, bool resync)
{
    godwit_5g_auth_request_t r, back;
    memset(&r, 0, sizeof r);
    r.imsi = imsi_of("001010123456789");
    assert_int_equal(godwit_plmn_from_text("001-01", &r.serving_network), GODWIT_OK);
    r.resync = resync;
    if (resync) {
        count_from(r.rand, sizeof r.rand, 0x10);
        count_from(r.auts, sizeof r.auts, 0x40);
    }
    assert_int_equal(godwit_ek_he_vector_build(&b->e, &r, &b->w), GODWIT_OK);
    assert_int_equal(godwit_ek_he_vector_parse(godwit_written(&b->w), &b->e, &back, &b->fault), GODWIT_OK);
    assert_memory_equal(&back, &r, sizeof r);
}

/* The vector of EAP-AKA' for an AAA server: asked for by the name of an access network, answered with an AVP of its
 * own. */
static void eap_vector_goes_both_ways(buffer_t *b)
{
    godwit_5g_auth_request_t r, back;
    memset(&r, 0, sizeof r);
    r.imsi = imsi_of("001010123456789");
    assert_int_equal(godwit_plmn_from_text("001-01", &r.serving_network), GODWIT_OK);
    strcpy(r.eap_network, "WLAN");
    assert_int_equal(godwit_ek_he_vector_build(&b->e, &r, &b->w), GODWIT_OK);
    assert_int_equal(godwit_ek_he_vector_parse(godwit_written(&b->w), &b->e, &back, &b->fault), GODWIT_OK);
    assert_memory_equal(&back, &r, sizeof r);
}

static void eap_vector_answer_goes_both_ways(buffer_t *b)
{
    godwit_he_vector_answer_t a, back;
    memset(&a, 0, sizeof a);
    count_from(a.rand, 16, 0x20);
    count_from(a.autn, 16, 0x30);
    count_from(a.ck_ik_prime, 32, 0x40);
    count_from(a.xres, 8, 0x70);
    a.xres_len = 8;
    assert_int_equal(godwit_ek_he_vector_answer_build(&b->e, &a, &b->w), GODWIT_OK);
    assert_int_equal(godwit_ek_he_vector_answer_parse(godwit_written(&b->w), &b->e, &back), GODWIT_OK);
    assert_memory_equal(&back, &a, sizeof a);
}

/* A refusal has no HE-AV, and a success needs one. */
static void he_vector_answer_goes_both_ways(buffer_t *b)
{
    godwit_he_vector_answer_t a, back;
    buffer_t other = {.e = test_envelope()};
    memset(&a, 0, sizeof a);
    other.w = godwit_writer(other.octets, sizeof other.octets);
    assert_int_equal(godwit_ek_outcome_build(&other.e, GODWIT_OK, &other.w), GODWIT_OK);
    assert_int_equal(godwit_ek_he_vector_answer_parse(godwit_written(&other.w), &other.e, &back), GODWIT_MALFORMED);
    count_from(a.rand, 16, 0x20);
    count_from(a.autn, 16, 0x30);
    count_from(a.xres_star, 16, 0x40);
    count_from(a.k_ausf, 32, 0x50);
    assert_int_equal(godwit_ek_he_vector_answer_build(&b->e, &a, &b->w), GODWIT_OK);
    assert_int_equal(godwit_ek_he_vector_answer_parse(godwit_written(&b->w), &b->e, &back), GODWIT_OK);
    assert_memory_equal(&back, &a, sizeof a);
}

/* A refusal has no SIM-Result, and a success needs one. */
static void device_rand_answer_goes_both_ways(buffer_t *b)
{
    godwit_device_rand_answer_t a, back;
    buffer_t other = {.e = test_envelope()};
    memset(&a, 0, sizeof a);
    other.w = godwit_writer(other.octets, sizeof other.octets);
    a.status = GODWIT_UNKNOWN_SUBSCRIBER;
    assert_int_equal(godwit_ek_device_rand_answer_build(&other.e, &a, &other.w), GODWIT_OK);
    assert_int_equal(godwit_ek_device_rand_answer_parse(godwit_written(&other.w), &other.e, &back), GODWIT_OK);
    assert_memory_equal(&back, &a, sizeof a);
    other.w = godwit_writer(other.octets, sizeof other.octets);
    assert_int_equal(godwit_ek_outcome_build(&other.e, GODWIT_OK, &other.w), GODWIT_OK);
    assert_int_equal(godwit_ek_device_rand_answer_parse(godwit_written(&other.w), &other.e, &back), GODWIT_MALFORMED);
    a.status = GODWIT_OK;
    count_from(a.kc_sres, sizeof a.kc_sres, 0xB0);
    assert_int_equal(godwit_ek_device_rand_answer_build(&b->e, &a, &b->w), GODWIT_OK);
    assert_int_equal(godwit_ek_device_rand_answer_parse(godwit_written(&b->w), &b->e, &back), GODWIT_OK);
    assert_memory_equal(&back, &a, sizeof a);
}

static void outcome_goes_both_ways(buffer_t *b, godwit_status_t outcome)
{
    godwit_status_t back;
    assert_int_equal(godwit_ek_outcome_build(&b->e, outcome, &b->w), GODWIT_OK);
    assert_int_equal(godwit_ek_outcome_parse(godwit_written(&b->w), &b->e, &back), GODWIT_OK);
    assert_int_equal(back, outcome);
}

static void s6a_goes_both_ways(buffer_t *b, bool request)
{
    godwit_auth_info_request_t r = air(), r_back;
    godwit_auth_info_answer_t a = aia(), a_back;
    if (request) {
        assert_int_equal(godwit_s6a_air_build(&b->e, &r, &b->w), GODWIT_OK);
        assert_int_equal(godwit_s6a_air_parse(godwit_written(&b->w), &b->e, &r_back, &b->fault), GODWIT_OK);
        assert_memory_equal(&r_back, &r, sizeof r);
    } else {
        assert_int_equal(godwit_s6a_aia_build(&b->e, &a, &b->w), GODWIT_OK);
        assert_int_equal(godwit_s6a_aia_parse(godwit_written(&b->w), a.kind, &b->e, &a_back), GODWIT_OK);
        assert_memory_equal(&a_back, &a, sizeof a);
    }
}

static bool go_request(const char *what, buffer_t *b)
{
    bool known = true;
    if (!strcmp(what, "pull_by_rand")) {
        key_request_goes_both_ways(b, GODWIT_SELECTOR_RAND);
    } else if (!strcmp(what, "pull_by_sqn")) {
        key_request_goes_both_ways(b, GODWIT_SELECTOR_SQN);
    } else if (!strcmp(what, "key_push")) {
        key_push_goes_both_ways(b);
    } else if (!strcmp(what, "key_set_push")) {
        key_set_push_goes_both_ways(b);
    } else if (!strcmp(what, "key_park")) {
        key_park_goes_both_ways(b);
    } else if (!strcmp(what, "activation")) {
        activation_goes_both_ways(b);
    } else if (!strcmp(what, "bearer_activated")) {
        bearer_goes_both_ways(b, ACTIVATED);
    } else if (!strcmp(what, "bearer_modified_by_sqn")) {
        bearer_goes_both_ways(b, MODIFIED);
    } else if (!strcmp(what, "bearer_released")) {
        bearer_goes_both_ways(b, RELEASED);
    } else if (!strcmp(what, "device_rand")) {
        device_rand_goes_both_ways(b, false);
    } else if (!strcmp(what, "device_rand_plain")) {
        device_rand_goes_both_ways(b, true);
    } else if (!strcmp(what, "he_vector")) {
        he_vector_goes_both_ways(b, false);
    } else if (!strcmp(what, "he_vector_resync")) {
        he_vector_goes_both_ways(b, true);
    } else if (!strcmp(what, "eap_vector")) {
        eap_vector_goes_both_ways(b);
    } else if (!strcmp(what, "air_e2m")) {
        s6a_goes_both_ways(b, true);
    } else {
        known = false;
    }
    return known;
}

static void go(const char *what, buffer_t *b)
{
    if (go_request(what, b)) {
        return;
    }
    if (!strcmp(what, "key_answer_parked")) {
        key_answer_goes_both_ways(b);
    } else if (!strcmp(what, "outcome_ok")) {
        outcome_goes_both_ways(b, GODWIT_OK);
    } else if (!strcmp(what, "outcome_key_expired")) {
        outcome_goes_both_ways(b, GODWIT_KEY_EXPIRED);
    } else if (!strcmp(what, "bearer_answer")) {
        bearer_answer_goes_both_ways(b);
    } else if (!strcmp(what, "device_rand_answer")) {
        device_rand_answer_goes_both_ways(b);
    } else if (!strcmp(what, "he_vector_answer")) {
        he_vector_answer_goes_both_ways(b);
    } else if (!strcmp(what, "eap_vector_answer")) {
        eap_vector_answer_goes_both_ways(b);
    } else if (!strcmp(what, "aia_e2m")) {
        s6a_goes_both_ways(b, false);
    } else {
        fail_msg("%s: no such message", what);
    }
}

static void compare(const kat_record_t *record, void *context)
{
    (void)context;
    buffer_t b = {.e = test_envelope()};
    b.w = godwit_writer(b.octets, sizeof b.octets);
    go(kat_text(record, "message"), &b);
    kat_expect(record, "octets", b.octets, b.w.len);
}

static void golden_octets(void **state)
{
    (void)state;
    assert_int_equal(kat_each("ek_e2m.txt", "ek-e2m", compare, NULL), 23);
}

/* ---- what is refused ---- */

/* Takes each AVP of ours out of a message in turn (its code becomes one that nobody knows, without M flag): the message
 * is refused, and nothing written. */
static void needs(godwit_slice_t built, const uint32_t *codes, size_t count,
                  godwit_status_t (*parse)(godwit_slice_t octets, godwit_diameter_fault_t *fault))
{
    for (size_t i = 0; i < count; i++) {
        uint8_t octets[1024];
        godwit_diameter_fault_t fault = {0};
        memcpy(octets, built.ptr, built.len);
        uint32_t vendor = codes[i] > 1000 ? GODWIT_VENDOR_3GPP : GODWIT_EK_VENDOR;
        size_t at = find_avp(octets, built.len, codes[i], vendor);
        assert_int_not_equal(at, 0);
        octets[at + 1] = 0x77;
        octets[at + 4] = 0x80;
        assert_int_equal(parse(godwit_slice(octets, built.len), &fault), GODWIT_MALFORMED);
        assert_int_equal(fault.result_code, GODWIT_DIAMETER_MISSING_AVP);
        assert_int_equal(fault.avp_code, codes[i]);
    }
}

#define PARSE_ONLY(what, type)                                                                                         \
    static godwit_status_t parse_##what(godwit_slice_t octets, godwit_diameter_fault_t *fault)                         \
    {                                                                                                                  \
        godwit_diameter_envelope_t e;                                                                                  \
        type m, before;                                                                                                \
        memset(&m, 0x5A, sizeof m);                                                                                    \
        before = m;                                                                                                    \
        godwit_status_t status = godwit_ek_##what##_parse(octets, &e, &m, fault);                                      \
        if (status != GODWIT_OK) {                                                                                     \
            assert_memory_equal(&m, &before, sizeof m);                                                                \
        }                                                                                                              \
        return status;                                                                                                 \
    }

PARSE_ONLY(key_request, godwit_key_request_t)
PARSE_ONLY(key_push, godwit_key_push_t)
PARSE_ONLY(key_set_push, godwit_key_set_push_t)
PARSE_ONLY(key_park, godwit_key_park_t)
PARSE_ONLY(activation, godwit_activation_t)
PARSE_ONLY(bearer, godwit_bearer_t)

#define NEEDS(what, value, ...)                                                                                        \
    do {                                                                                                               \
        static const uint32_t codes[] = {__VA_ARGS__};                                                                 \
        uint8_t octets[1024];                                                                                          \
        godwit_writer_t w = godwit_writer(octets, sizeof octets);                                                      \
        godwit_diameter_envelope_t e = test_envelope();                                                                \
        __typeof__(value) m = value;                                                                                   \
        assert_int_equal(godwit_ek_##what##_build(&e, &m, &w), GODWIT_OK);                                             \
        needs(godwit_written(&w), codes, sizeof codes / sizeof codes[0], parse_##what);                                \
    } while (0)

static void a_message_without_what_it_needs_is_refused(void **state)
{
    (void)state;
    NEEDS(key_request, pull(GODWIT_SELECTOR_RAND), 1, 2, 4, 1407, 1447);
    NEEDS(key_push, key_push(), 1, 3, 4, 6, 7, 8, 9, 12, 1447);
    NEEDS(key_set_push, key_set_push(), 1, 3, 8, 13, 1447, 1449);
    NEEDS(key_park, key_park(), 1, 3, 4, 8, 11);
    NEEDS(activation, activation(), 1, 4, 1447);
    NEEDS(bearer, bearer(ACTIVATED), 1, 2, 10, 14, 15, 16, 17, 18, 1407, 1447);
    NEEDS(bearer, bearer(RELEASED), 1, 14, 15, 16);
}

static void a_purpose_is_read_by_its_own_parser_only(void **state)
{
    (void)state;
    uint8_t octets[1024];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_diameter_envelope_t e = test_envelope();
    godwit_key_park_t m = key_park();
    godwit_diameter_fault_t fault;
    assert_int_equal(godwit_ek_key_park_build(&e, &m, &w), GODWIT_OK);
    assert_int_equal(godwit_ek_purpose(godwit_written(&w)), GODWIT_EK_PURPOSE_KEY_PARK);
    assert_int_equal(parse_key_push(godwit_written(&w), &fault), GODWIT_MALFORMED);
    assert_int_equal(parse_activation(godwit_written(&w), &fault), GODWIT_MALFORMED);
    assert_int_equal(parse_bearer(godwit_written(&w), &fault), GODWIT_MALFORMED);
    assert_int_equal(parse_key_request(godwit_written(&w), &fault), GODWIT_MALFORMED);
    assert_int_equal(godwit_ek_purpose(godwit_slice(octets, 19)), 0);
}

static void two_selectors_are_refused(void **state)
{
    (void)state;
    uint8_t octets[1024];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_diameter_envelope_t e = test_envelope();
    godwit_activation_t m = activation();
    godwit_diameter_fault_t fault;
    assert_int_equal(godwit_ek_activation_build(&e, &m, &w), GODWIT_OK);
    godwit_avp_put(&w, GODWIT_AVP_CONCEALED_SQN, godwit_slice(m.selector.octets, 6));
    godwit_diameter_close(&w, 0);
    assert_int_equal(parse_activation(godwit_written(&w), &fault), GODWIT_MALFORMED);
    assert_int_equal(fault.avp_code, 9);
}

static void values_out_of_range_are_blamed(void **state)
{
    (void)state;
    static const struct {
        uint32_t code;
        size_t at;
        uint8_t value;
    } bent[] = {{16, 15, 0}, {16, 15, 4}, {17, 13, 1}, {2, 14, 1}};
    for (size_t i = 0; i < sizeof bent / sizeof bent[0]; i++) {
        uint8_t octets[1024];
        godwit_writer_t w = godwit_writer(octets, sizeof octets);
        godwit_diameter_envelope_t e = test_envelope();
        godwit_bearer_t m = bearer(ACTIVATED);
        godwit_diameter_fault_t fault;
        assert_int_equal(godwit_ek_bearer_build(&e, &m, &w), GODWIT_OK);
        octets[find_avp(octets, w.len, bent[i].code, GODWIT_EK_VENDOR) + bent[i].at] = bent[i].value;
        assert_int_equal(parse_bearer(godwit_written(&w), &fault), GODWIT_MALFORMED);
        assert_int_equal(fault.result_code, GODWIT_DIAMETER_INVALID_AVP_VALUE);
        assert_int_equal(fault.avp_code, bent[i].code);
    }
}

static void what_cannot_be_is_not_built(void **state)
{
    (void)state;
    uint8_t octets[1024];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_diameter_envelope_t e = test_envelope();
    godwit_bearer_t b = bearer(ACTIVATED);
    godwit_key_set_push_t p = key_set_push();
    godwit_key_park_t k = key_park();
    b.gateway_len = 6;
    assert_int_equal(godwit_ek_bearer_build(&e, &b, &w), GODWIT_INVALID_ARGUMENT);
    b = bearer(ACTIVATED);
    b.container_len = 0;
    assert_int_equal(godwit_ek_bearer_build(&e, &b, &w), GODWIT_INVALID_ARGUMENT);
    p.sqn[0] ^= 1;
    assert_int_equal(godwit_ek_key_set_push_build(&e, &p, &w), GODWIT_INVALID_ARGUMENT);
    k.parked.set = false;
    assert_int_equal(godwit_ek_key_park_build(&e, &k, &w), GODWIT_INVALID_ARGUMENT);
}

static void every_refusal_keeps_its_reason(void **state)
{
    (void)state;
    for (int reason = GODWIT_MALFORMED; reason <= GODWIT_PEER_INTERNAL; reason++) {
        buffer_t b = {.e = test_envelope()};
        godwit_bearer_answer_t a = bearer_answer(), back;
        b.w = godwit_writer(b.octets, sizeof b.octets);
        outcome_goes_both_ways(&b, (godwit_status_t)reason);
        b.w = godwit_writer(b.octets, sizeof b.octets);
        b.e = test_envelope();
        a.status = (godwit_status_t)reason; /* with the unkeyed Reject for the device */
        assert_int_equal(godwit_ek_bearer_answer_build(&b.e, &a, &b.w), GODWIT_OK);
        assert_int_equal(godwit_ek_bearer_answer_parse(godwit_written(&b.w), &b.e, &back), GODWIT_OK);
        assert_int_equal(back.status, reason);
        assert_int_equal(back.start_len, reason == GODWIT_OVERLOAD ? 0 : a.start_len);
    }
}

/* ---- S6a ---- */

/* A standard peer skips what is not mandatory and not known: our AVPs carry no M flag, and without them the rest says
 * the same. */
static void our_avps_in_s6a_are_not_mandatory_and_may_be_dropped(void **state)
{
    (void)state;
    static const uint32_t ours[] = {20, 22};
    uint8_t octets[1024];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_diameter_envelope_t e = test_envelope();
    godwit_auth_info_request_t r = air(), back;
    godwit_diameter_fault_t fault;
    assert_int_equal(godwit_s6a_air_build(&e, &r, &w), GODWIT_OK);
    for (size_t i = 0; i < 2; i++) {
        size_t at = find_avp(octets, w.len, ours[i], GODWIT_EK_VENDOR);
        assert_int_not_equal(at, 0);
        assert_int_equal(octets[at + 4], 0x80);
        octets[at + 1] = 0x77; /* to us it is now what it is to a standard peer */
    }
    assert_int_equal(godwit_s6a_air_parse(godwit_written(&w), &e, &back, &fault), GODWIT_OK);
    r.e2m_aware = false;
    r.policy_version = 0;
    assert_memory_equal(&back, &r, sizeof r);
}

static void a_refused_request_says_nothing_of_flags_and_policy(void **state)
{
    (void)state;
    uint8_t octets[1024];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_diameter_envelope_t e = test_envelope();
    godwit_auth_info_answer_t a = aia();
    a.status = GODWIT_NOT_ENTITLED;
    assert_int_equal(godwit_s6a_aia_build(&e, &a, &w), GODWIT_OK);
    assert_int_equal(find_avp(octets, w.len, 21, GODWIT_EK_VENDOR), 0);
    assert_int_equal(find_avp(octets, w.len, 22, GODWIT_EK_VENDOR), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_octets),
        cmocka_unit_test(a_message_without_what_it_needs_is_refused),
        cmocka_unit_test(a_purpose_is_read_by_its_own_parser_only),
        cmocka_unit_test(two_selectors_are_refused),
        cmocka_unit_test(values_out_of_range_are_blamed),
        cmocka_unit_test(what_cannot_be_is_not_built),
        cmocka_unit_test(every_refusal_keeps_its_reason),
        cmocka_unit_test(our_avps_in_s6a_are_not_mandatory_and_may_be_dropped),
        cmocka_unit_test(a_refused_request_says_nothing_of_flags_and_policy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
