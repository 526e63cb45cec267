/* SPDX-License-Identifier: Apache-2.0
 *
 * AIR and AIA against octets of an independent encoder (tests/vectors/s6a.txt), against themselves, and against every
 * kind of fault.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/wire/s6a.h"
#include "tests/kat/kat.h"
#include "tests/wire/wire.h"

#define TGPP GODWIT_VENDOR_3GPP

/* Copies the octets of the one record of a section. */
typedef struct octets {
    uint8_t at[2048];
    size_t len;
} octets_t;

static void take(const kat_record_t *record, void *context)
{
    octets_t *o = context;
    godwit_slice_t octets = kat_hex(record, "octets");
    assert_true(octets.len <= sizeof o->at);
    memcpy(o->at, octets.ptr, octets.len);
    o->len = octets.len;
}

static octets_t erlang(const char *section)
{
    octets_t o;
    assert_int_equal(kat_each("s6a.txt", section, take, &o), 1);
    return o;
}

static godwit_status_t parse_air(const octets_t *o, godwit_diameter_envelope_t *e, godwit_auth_info_request_t *r,
                                 godwit_diameter_fault_t *f)
{
    return godwit_s6a_air_parse(godwit_slice(o->at, o->len), e, r, f);
}

static godwit_status_t parse_aia(const octets_t *o, godwit_vector_kind_t kind, godwit_auth_info_answer_t *a)
{
    godwit_diameter_envelope_t e;
    return godwit_s6a_aia_parse(godwit_slice(o->at, o->len), kind, &e, a);
}

/* ---- requests ---- */

static void air_of_erlang_is_read(void **state)
{
    (void)state;
    godwit_diameter_envelope_t e;
    godwit_auth_info_request_t r;
    godwit_diameter_fault_t f;
    octets_t o = erlang("air_eutran");
    assert_int_equal(parse_air(&o, &e, &r, &f), GODWIT_OK);
    assert_slice(e.session_id, "mme.example;1;2;3");
    assert_slice(e.origin_host, "mme.visited.example");
    assert_slice(e.origin_realm, "visited.example");
    assert_slice(e.destination_host, "hss.home.example");
    assert_slice(e.destination_realm, "home.example");
    assert_int_equal(e.hop_by_hop, 0x01020304);
    assert_int_equal(e.end_to_end, 0x05060708);
    assert_string_equal(r.imsi.digits, "001010123456789");
    assert_int_equal(r.kind, GODWIT_VECTOR_EUTRAN);
    assert_int_equal(r.vectors, 3);
    assert_false(r.resync);
    assert_memory_equal(r.visited_plmn.octets, "\x00\xF1\x10", 3);
}

static void resynchronisation_of_erlang_is_read(void **state)
{
    (void)state;
    godwit_diameter_envelope_t e;
    godwit_auth_info_request_t r;
    godwit_diameter_fault_t f;
    octets_t o = erlang("air_utran_resync");
    assert_int_equal(parse_air(&o, &e, &r, &f), GODWIT_OK);
    assert_int_equal(r.kind, GODWIT_VECTOR_UTRAN);
    assert_int_equal(r.vectors, 1);
    assert_true(r.resync);
    assert_counts_from(r.rand, 16, 0x10);
    assert_counts_from(r.auts, 14, 0xA0);
    assert_int_equal(e.destination_host.len, 0);
}

static godwit_auth_info_request_t request_of(godwit_vector_kind_t kind, bool resync)
{
    godwit_auth_info_request_t r = {
        .imsi = imsi_of("001010123456789"), .visited_plmn = {{0x00, 0xF1, 0x10}}, .kind = kind, .vectors = 2};
    r.resync = resync;
    if (resync) {
        count_from(r.rand, 16, 0x10);
        count_from(r.auts, 14, 0xA0);
    }
    return r;
}

static octets_t build_air(const godwit_auth_info_request_t *r)
{
    octets_t o;
    godwit_writer_t w = godwit_writer(o.at, sizeof o.at);
    godwit_diameter_envelope_t e = test_envelope();
    assert_int_equal(godwit_s6a_air_build(&e, r, &w), GODWIT_OK);
    o.len = w.len;
    return o;
}

static void what_is_built_is_read_back(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        godwit_auth_info_request_t r = request_of(i & 1 ? GODWIT_VECTOR_UTRAN : GODWIT_VECTOR_EUTRAN, i & 2), back;
        godwit_diameter_envelope_t e;
        godwit_diameter_fault_t f;
        octets_t o = build_air(&r);
        memset(&back, 0xEE, sizeof back);
        assert_int_equal(parse_air(&o, &e, &back, &f), GODWIT_OK);
        assert_int_equal(back.kind, r.kind);
        assert_int_equal(back.vectors, r.vectors);
        assert_int_equal(back.resync, r.resync);
        assert_memory_equal(back.rand, r.rand, 16);
        assert_memory_equal(back.auts, r.auts, 14);
        assert_true(godwit_imsi_equal(&back.imsi, &r.imsi));
        assert_slice(e.destination_host, "hss.home.example");
    }
}

static void request_without_room_is_refused(void **state)
{
    (void)state;
    godwit_auth_info_request_t r = request_of(GODWIT_VECTOR_EUTRAN, true);
    godwit_diameter_envelope_t e = test_envelope();
    octets_t o = build_air(&r);
    for (size_t cap = 0; cap < o.len; cap++) {
        uint8_t small[2048];
        godwit_writer_t w = godwit_writer(small, cap);
        assert_int_equal(godwit_s6a_air_build(&e, &r, &w), GODWIT_NO_SPACE);
    }
}

/* Gives the refusal's Result-Code for a request whose octets were changed. */
static uint32_t refused(const octets_t *o, uint32_t *avp)
{
    godwit_diameter_envelope_t e;
    godwit_auth_info_request_t r;
    godwit_diameter_fault_t f;
    assert_int_equal(parse_air(o, &e, &r, &f), GODWIT_MALFORMED);
    *avp = f.avp_code;
    return f.result_code;
}

static void set_value(octets_t *o, uint32_t code, uint32_t vendor, size_t at, uint8_t value)
{
    size_t avp = find_avp(o->at, o->len, code, vendor);
    assert_true(avp > 0);
    o->at[avp + (vendor ? 12 : 8) + at] = value;
}

static void values_that_mean_nothing_are_blamed(void **state)
{
    (void)state;
    uint32_t avp;
    octets_t o = erlang("air_eutran");
    set_value(&o, 1, 0, 3, 'x'); /* User-Name is no IMSI */
    assert_int_equal(refused(&o, &avp), GODWIT_DIAMETER_INVALID_AVP_VALUE);
    assert_int_equal(avp, 1);
    o = erlang("air_eutran");
    set_value(&o, 1, 0, 14, '\0');
    assert_int_equal(refused(&o, &avp), GODWIT_DIAMETER_INVALID_AVP_VALUE);
    o = erlang("air_eutran");
    set_value(&o, 1407, TGPP, 0, 0xA0); /* a PLMN with a digit A */
    assert_int_equal(refused(&o, &avp), GODWIT_DIAMETER_INVALID_AVP_VALUE);
    assert_int_equal(avp, 1407);
    o = erlang("air_eutran");
    set_value(&o, 1410, TGPP, 3, 0); /* no vector at all */
    assert_int_equal(refused(&o, &avp), GODWIT_DIAMETER_INVALID_AVP_VALUE);
    assert_int_equal(avp, 1410);
}

/* Renames an AVP to a code that nobody knows. */
static void rename_avp(octets_t *o, uint32_t code, uint32_t vendor, bool mandatory)
{
    size_t avp = find_avp(o->at, o->len, code, vendor);
    assert_true(avp > 0);
    godwit_store_u32(o->at + avp, 4000000);
    o->at[avp + 4] = (uint8_t)((o->at[avp + 4] & 0x80) | (mandatory ? 0x40 : 0));
}

static void every_required_avp_is_missed(void **state)
{
    (void)state;
    static const struct {
        uint32_t code, vendor;
    } required[] = {{263, 0}, {264, 0}, {296, 0}, {283, 0}, {277, 0}, {1, 0}, {1407, TGPP}, {1408, TGPP}};
    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        uint32_t avp;
        octets_t o = erlang("air_eutran");
        rename_avp(&o, required[i].code, required[i].vendor, false);
        assert_int_equal(refused(&o, &avp), GODWIT_DIAMETER_MISSING_AVP);
        assert_int_equal(avp, required[i].code);
    }
}

static void unknown_avp_is_skipped_unless_mandatory(void **state)
{
    (void)state;
    godwit_diameter_envelope_t e;
    godwit_auth_info_request_t r;
    godwit_diameter_fault_t f;
    uint32_t avp;
    octets_t o = erlang("air_eutran");
    rename_avp(&o, 1679, TGPP, false);
    assert_int_equal(parse_air(&o, &e, &r, &f), GODWIT_OK);
    o = erlang("air_eutran");
    rename_avp(&o, 1679, TGPP, true);
    assert_int_equal(refused(&o, &avp), GODWIT_DIAMETER_AVP_UNSUPPORTED);
    assert_int_equal(avp, 4000000);
    o = erlang("air_eutran"); /* inside a group as well */
    rename_avp(&o, 1412, TGPP, true);
    assert_int_equal(refused(&o, &avp), GODWIT_DIAMETER_AVP_UNSUPPORTED);
}

static void repeated_avp_is_blamed(void **state)
{
    (void)state;
    uint32_t avp;
    octets_t o = erlang("air_eutran");
    size_t at = find_avp(o.at, o.len, 264, 0);
    memmove(o.at + o.len, o.at + at, 28);
    o.len += 28;
    o.at[2] = (uint8_t)(o.len >> 8);
    o.at[3] = (uint8_t)o.len;
    assert_int_equal(refused(&o, &avp), GODWIT_DIAMETER_AVP_OCCURS_TOO_MANY_TIMES);
    assert_int_equal(avp, 264);
}

static void lying_lengths_are_blamed(void **state)
{
    (void)state;
    uint32_t avp;
    octets_t good = erlang("air_eutran");
    for (int len = 0; len < 512; len++) { /* of Visited-PLMN-Id: only 15 is right */
        octets_t o = good;
        size_t at = find_avp(o.at, o.len, 1407, TGPP);
        o.at[at + 6] = (uint8_t)(len >> 8);
        o.at[at + 7] = (uint8_t)len;
        if (len != 15) {
            (void)refused(&o, &avp);
        }
    }
    octets_t o = good;
    o.at[3] = (uint8_t)(o.at[3] - 4); /* the message is longer than it says */
    assert_int_equal(refused(&o, &avp), GODWIT_DIAMETER_INVALID_MESSAGE_LENGTH);
}

static void truncated_requests_are_refused(void **state)
{
    (void)state;
    octets_t good = erlang("air_eutran");
    for (size_t len = 0; len < good.len; len++) {
        uint32_t avp;
        octets_t o = good;
        o.len = len;
        assert_int_equal(refused(&o, &avp), GODWIT_DIAMETER_INVALID_MESSAGE_LENGTH);
        if (len >= 20 && len % 4 == 0) { /* and with a header that agrees: never taken as whole */
            godwit_diameter_envelope_t e;
            godwit_auth_info_request_t r;
            godwit_diameter_fault_t f;
            o.at[2] = (uint8_t)(len >> 8);
            o.at[3] = (uint8_t)len;
            if (len < find_avp(good.at, good.len, 1408, TGPP) + 44) {
                assert_int_equal(parse_air(&o, &e, &r, &f), GODWIT_MALFORMED);
            }
        }
    }
}

static void answer_is_no_request(void **state)
{
    (void)state;
    uint32_t avp;
    octets_t o = erlang("aia_eutran");
    assert_int_equal(refused(&o, &avp), GODWIT_DIAMETER_INVALID_HDR_BITS);
}

/* ---- answers ---- */

static void vectors_of_erlang_are_read_in_the_order_of_item_number(void **state)
{
    (void)state;
    godwit_auth_info_answer_t a;
    octets_t o = erlang("aia_eutran"); /* vector 2 stands before vector 1 */
    assert_int_equal(parse_aia(&o, GODWIT_VECTOR_EUTRAN, &a), GODWIT_OK);
    assert_int_equal(a.status, GODWIT_OK);
    assert_int_equal(a.vectors, 2);
    for (unsigned i = 0; i < 2; i++) {
        assert_counts_from(a.vector[i].rand, 16, 0x10 * (i + 1));
        assert_int_equal(a.vector[i].xres_len, 8);
        assert_counts_from(a.vector[i].xres, 8, 0x20 * (i + 1));
        assert_counts_from(a.vector[i].autn, 16, 0x30 * (i + 1));
        assert_counts_from(a.vector[i].kasme, 32, 0x40 * (i + 1));
    }
    assert_int_equal(parse_aia(&o, GODWIT_VECTOR_UTRAN, &a), GODWIT_OK);
    assert_int_equal(a.vectors, 1);
    assert_int_equal(a.vector[0].xres_len, 16);
    assert_counts_from(a.vector[0].ck, 16, 0x50);
    assert_counts_from(a.vector[0].ik, 16, 0x60);
    o = erlang("aia_utran"); /* no vector of the kind that was asked for */
    assert_int_equal(parse_aia(&o, GODWIT_VECTOR_UTRAN, &a), GODWIT_OK);
    assert_int_equal(parse_aia(&o, GODWIT_VECTOR_EUTRAN, &a), GODWIT_MALFORMED);
}

static void results_of_erlang_have_their_meaning(void **state)
{
    (void)state;
    godwit_auth_info_answer_t a;
    octets_t o = erlang("aia_user_unknown");
    assert_int_equal(parse_aia(&o, GODWIT_VECTOR_EUTRAN, &a), GODWIT_OK);
    assert_int_equal(a.status, GODWIT_UNKNOWN_SUBSCRIBER);
    assert_int_equal(a.vectors, 0);
    o = erlang("aia_data_unavailable");
    assert_int_equal(parse_aia(&o, GODWIT_VECTOR_EUTRAN, &a), GODWIT_OK);
    assert_int_equal(a.status, GODWIT_AUTH_MAC_FAILURE);
}

static octets_t build_aia(const godwit_auth_info_answer_t *a, godwit_slice_t request)
{
    octets_t o;
    godwit_writer_t w = godwit_writer(o.at, sizeof o.at);
    godwit_diameter_envelope_t e = test_envelope();
    e.request = request;
    assert_int_equal(godwit_s6a_aia_build(&e, a, &w), GODWIT_OK);
    o.len = w.len;
    return o;
}

static void every_outcome_survives_the_wire(void **state)
{
    (void)state;
    static const struct {
        godwit_status_t sent, read;
        uint32_t vendor, code;
    } cases[] = {{GODWIT_UNKNOWN_SUBSCRIBER, GODWIT_UNKNOWN_SUBSCRIBER, TGPP, 5001},
                 {GODWIT_NOT_ENTITLED, GODWIT_NOT_ENTITLED, TGPP, 5004},
                 {GODWIT_AUTH_MAC_FAILURE, GODWIT_AUTH_MAC_FAILURE, TGPP, 4181},
                 {GODWIT_POLICY_FORBIDS, GODWIT_POLICY_FORBIDS, 0, 5003},
                 {GODWIT_OVERLOAD, GODWIT_OVERLOAD, 0, 3004},
                 {GODWIT_STORE_FAILED, GODWIT_PEER_INTERNAL, 0, 5012},
                 {GODWIT_PEER_INTERNAL, GODWIT_PEER_INTERNAL, 0, 5012}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        godwit_auth_info_answer_t a = {.status = cases[i].sent, .kind = GODWIT_VECTOR_EUTRAN}, back;
        octets_t o = build_aia(&a, godwit_slice(NULL, 0));
        size_t at = find_avp(o.at, o.len, cases[i].vendor ? 298 : 268, 0);
        assert_int_equal(godwit_load_u32(o.at + at + 8), cases[i].code);
        assert_int_equal((o.at[4] & GODWIT_DIAMETER_ERROR) != 0, cases[i].code / 1000 == 3);
        assert_int_equal(parse_aia(&o, GODWIT_VECTOR_EUTRAN, &back), GODWIT_OK);
        assert_int_equal(back.status, cases[i].read);
    }
}

static godwit_auth_info_answer_t answer_of(godwit_vector_kind_t kind, uint8_t vectors)
{
    godwit_auth_info_answer_t a = {.status = GODWIT_OK, .kind = kind, .vectors = vectors};
    for (unsigned i = 0; i < vectors; i++) {
        godwit_auth_info_vector_t *v = &a.vector[i];
        count_from(v->rand, 16, i);
        count_from(v->autn, 16, i + 0x20);
        v->xres_len = (uint8_t)(4 + 3 * i);
        count_from(v->xres, v->xres_len, i + 0x30);
        count_from(kind == GODWIT_VECTOR_EUTRAN ? v->kasme : v->ck, 16, i + 0x40);
        if (kind == GODWIT_VECTOR_UTRAN) {
            count_from(v->ik, 16, i + 0x50);
        }
    }
    return a;
}

static void vectors_survive_the_wire(void **state)
{
    (void)state;
    for (uint8_t n = 1; n <= GODWIT_VECTORS_MAX; n++) {
        for (int kind = GODWIT_VECTOR_EUTRAN; kind <= GODWIT_VECTOR_UTRAN; kind++) {
            godwit_auth_info_answer_t a = answer_of((godwit_vector_kind_t)kind, n), back;
            octets_t o = build_aia(&a, godwit_slice(NULL, 0));
            assert_int_equal(parse_aia(&o, a.kind, &back), GODWIT_OK);
            assert_int_equal(back.vectors, n);
            assert_memory_equal(back.vector, a.vector, sizeof a.vector);
        }
    }
}

static void proxy_info_goes_back_unchanged(void **state)
{
    (void)state;
    static const uint8_t proxy_info[] = {
        0, 0, 1,   28, 0x40, 0, 0, 27, 0, 0,  1,    24, 0x40, 0,
        0, 9, 'p', 0,  0,    0, 0, 0,  0, 33, 0x40, 0,  0,    0}; /* as a proxy wrote it; not ours to judge */
    octets_t request = erlang("air_eutran");
    memcpy(request.at + request.len, proxy_info, sizeof proxy_info);
    request.len += sizeof proxy_info;
    request.at[2] = (uint8_t)(request.len >> 8);
    request.at[3] = (uint8_t)request.len;
    godwit_auth_info_answer_t a = answer_of(GODWIT_VECTOR_EUTRAN, 1);
    octets_t o = build_aia(&a, godwit_slice(request.at, request.len));
    size_t at = find_avp(o.at, o.len, 284, 0);
    assert_int_equal(at + sizeof proxy_info, o.len);
    assert_memory_equal(o.at + at, proxy_info, 27);
    assert_int_equal(parse_aia(&o, GODWIT_VECTOR_EUTRAN, &a), GODWIT_OK);
}

static void answer_without_a_result_or_with_two_is_refused(void **state)
{
    (void)state;
    godwit_auth_info_answer_t a;
    octets_t o = erlang("aia_utran");
    rename_avp(&o, 268, 0, false);
    assert_int_equal(parse_aia(&o, GODWIT_VECTOR_UTRAN, &a), GODWIT_MALFORMED);
    o = erlang("aia_user_unknown"); /* Error-Diagnostic has the size to play a Result-Code */
    size_t at = find_avp(o.at, o.len, 1614, TGPP);
    memcpy(o.at + at, "\x00\x00\x01\x0C\x40\x00\x00\x0C\x00\x00\x07\xD1\x00\x00\x00\x00", 12);
    o.len -= 4;
    o.at[3] = (uint8_t)o.len;
    assert_int_equal(parse_aia(&o, GODWIT_VECTOR_UTRAN, &a), GODWIT_MALFORMED);
}

static void refused_answer_leaves_nothing_behind(void **state)
{
    (void)state;
    octets_t good = erlang("aia_eutran");
    for (size_t i = GODWIT_DIAMETER_HEADER_LEN; i < good.len; i++) {
        godwit_auth_info_answer_t a, before;
        octets_t o = good;
        o.at[i] ^= 0x40;
        memset(&a, 0x5A, sizeof a);
        before = a;
        if (parse_aia(&o, GODWIT_VECTOR_EUTRAN, &a) != GODWIT_OK) {
            assert_memory_equal(&a, &before, sizeof a);
        }
    }
}

static void relay_may_answer_with_an_error_of_its_own(void **state)
{
    (void)state;
    uint8_t octets[256];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_diameter_header_t h = {GODWIT_DIAMETER_ERROR, 318, GODWIT_S6A_APPLICATION, 1, 2};
    size_t at = godwit_diameter_open(&w, &h);
    godwit_avp_put(&w, GODWIT_AVP_ORIGIN_HOST, godwit_slice_of_string("dra.example"));
    godwit_avp_put(&w, GODWIT_AVP_ORIGIN_REALM, godwit_slice_of_string("example"));
    godwit_avp_put_u32(&w, GODWIT_AVP_RESULT_CODE, GODWIT_DIAMETER_UNABLE_TO_DELIVER);
    godwit_diameter_close(&w, at);
    godwit_auth_info_answer_t a;
    godwit_diameter_envelope_t e;
    assert_int_equal(godwit_s6a_aia_parse(godwit_written(&w), GODWIT_VECTOR_EUTRAN, &e, &a), GODWIT_OK);
    assert_int_equal(a.status, GODWIT_PEER_INTERNAL);
}

static void refusal_names_the_avp(void **state)
{
    (void)state;
    godwit_diameter_envelope_t e;
    godwit_auth_info_request_t r;
    godwit_diameter_fault_t f;
    octets_t o = erlang("air_eutran");
    rename_avp(&o, 1679, TGPP, true);
    assert_int_equal(parse_air(&o, &e, &r, &f), GODWIT_MALFORMED);
    uint8_t octets[512];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_diameter_refusal_build(godwit_slice(o.at, o.len), &godwit_s6a_aia,
                                                   godwit_slice_of_string("hss.home.example"),
                                                   godwit_slice_of_string("home.example"), &f, &w),
                     GODWIT_OK);
    size_t failed = find_avp(octets, w.len, 279, 0);
    assert_true(failed > 0);
    assert_memory_equal(octets + failed + 8, "\x00\x3D\x09\x00\xC0\x00\x00\x10\x00\x00\x28\xAF\x00\x00\x00\x01", 16);
    godwit_auth_info_answer_t a;
    assert_int_equal(godwit_s6a_aia_parse(godwit_written(&w), GODWIT_VECTOR_EUTRAN, &e, &a), GODWIT_OK);
    assert_slice(e.session_id, "mme.example;1;2;3");
    assert_int_equal(a.status, GODWIT_PEER_INTERNAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(air_of_erlang_is_read),
        cmocka_unit_test(resynchronisation_of_erlang_is_read),
        cmocka_unit_test(what_is_built_is_read_back),
        cmocka_unit_test(request_without_room_is_refused),
        cmocka_unit_test(values_that_mean_nothing_are_blamed),
        cmocka_unit_test(every_required_avp_is_missed),
        cmocka_unit_test(unknown_avp_is_skipped_unless_mandatory),
        cmocka_unit_test(repeated_avp_is_blamed),
        cmocka_unit_test(lying_lengths_are_blamed),
        cmocka_unit_test(truncated_requests_are_refused),
        cmocka_unit_test(answer_is_no_request),
        cmocka_unit_test(vectors_of_erlang_are_read_in_the_order_of_item_number),
        cmocka_unit_test(results_of_erlang_have_their_meaning),
        cmocka_unit_test(every_outcome_survives_the_wire),
        cmocka_unit_test(vectors_survive_the_wire),
        cmocka_unit_test(proxy_info_goes_back_unchanged),
        cmocka_unit_test(answer_without_a_result_or_with_two_is_refused),
        cmocka_unit_test(refused_answer_leaves_nothing_behind),
        cmocka_unit_test(relay_may_answer_with_an_error_of_its_own),
        cmocka_unit_test(refusal_names_the_avp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
