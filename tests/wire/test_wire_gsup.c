/* SPDX-License-Identifier: Apache-2.0
 *
 * GSUP and IPA: golden octets, a result that OsmoHLR 1.5.0 sent (tests/vectors/gsup.txt), faults.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/wire/gsup.h"
#include "core/wire/ipa.h"
#include "tests/kat/kat.h"
#include "tests/wire/wire.h"

/* IMSI 001010123456789 in TBCD with filler. */
#define IMSI "\x01\x08\x00\x01\x01\x21\x43\x65\x87\xF9"

static void request_has_its_golden_octets(void **state)
{
    (void)state;
    uint8_t octets[128];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_auth_info_request_t r = {.imsi = imsi_of("001010123456789"), .kind = GODWIT_VECTOR_UTRAN, .vectors = 1},
                               back;
    assert_int_equal(godwit_gsup_request_build(&r, &w), GODWIT_OK);
    assert_int_equal(w.len, 14);
    assert_memory_equal(octets, "\x08" IMSI "\x28\x01\x01", 14);
    assert_int_equal(godwit_gsup_request_parse(godwit_written(&w), &back), GODWIT_OK);
    assert_memory_equal(&back, &r, sizeof r);

    r.resync = true;
    count_from(r.rand, 16, 0x10);
    count_from(r.auts, 14, 0xA0);
    w = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_gsup_request_build(&r, &w), GODWIT_OK);
    assert_memory_equal(octets,
                        "\x08" IMSI "\x26\x0E\xA0\xA1\xA2\xA3\xA4\xA5\xA6\xA7\xA8\xA9\xAA\xAB\xAC\xAD"
                        "\x20\x10\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1B\x1C\x1D\x1E\x1F\x28\x01\x01",
                        w.len);
    assert_int_equal(godwit_gsup_request_parse(godwit_written(&w), &back), GODWIT_OK);
    assert_memory_equal(&back, &r, sizeof r);
    r.kind = GODWIT_VECTOR_EUTRAN;
    assert_int_equal(godwit_gsup_request_build(&r, &w), GODWIT_INVALID_ARGUMENT);
}

static void compare_with_osmo_hlr(const kat_record_t *record, void *context)
{
    (void)context;
    godwit_imsi_t imsi;
    godwit_auth_info_answer_t a;
    assert_int_equal(godwit_gsup_answer_parse(kat_hex(record, "octets"), &imsi, &a), GODWIT_OK);
    assert_string_equal(imsi.digits, kat_text(record, "imsi"));
    assert_int_equal(a.status, GODWIT_OK);
    assert_int_equal(a.vectors, kat_number(record, "vectors"));
    kat_expect(record, "rand", a.vector[0].rand, 16);
    kat_expect(record, "autn", a.vector[0].autn, 16);
    kat_expect(record, "res", a.vector[0].xres, a.vector[0].xres_len);
    kat_expect(record, "ck", a.vector[0].ck, 16);
    kat_expect(record, "ik", a.vector[0].ik, 16);
    kat_expect(record, "rand_5", a.vector[4].rand, 16);
}

static void result_of_osmo_hlr_is_read(void **state)
{
    (void)state;
    assert_int_equal(kat_each("gsup.txt", "send_auth_info_result", compare_with_osmo_hlr, NULL), 1);
}

static godwit_auth_info_answer_t answer_of(uint8_t vectors)
{
    godwit_auth_info_answer_t a;
    memset(&a, 0, sizeof a);
    a.kind = GODWIT_VECTOR_UTRAN;
    a.vectors = vectors;
    for (unsigned i = 0; i < vectors; i++) {
        count_from(a.vector[i].rand, 16, i);
        count_from(a.vector[i].autn, 16, i + 0x20);
        a.vector[i].xres_len = (uint8_t)(4 + 3 * i);
        count_from(a.vector[i].xres, a.vector[i].xres_len, i + 0x30);
        count_from(a.vector[i].ck, 16, i + 0x40);
        count_from(a.vector[i].ik, 16, i + 0x50);
    }
    return a;
}

static void answers_are_read_back(void **state)
{
    (void)state;
    static const struct {
        godwit_status_t sent, read;
    } errors[] = {{GODWIT_UNKNOWN_SUBSCRIBER, GODWIT_UNKNOWN_SUBSCRIBER},
                  {GODWIT_NOT_ENTITLED, GODWIT_NOT_ENTITLED},
                  {GODWIT_POLICY_FORBIDS, GODWIT_POLICY_FORBIDS},
                  {GODWIT_AUTH_MAC_FAILURE, GODWIT_AUTH_MAC_FAILURE},
                  {GODWIT_OVERLOAD, GODWIT_OVERLOAD},
                  {GODWIT_STORE_FAILED, GODWIT_PEER_INTERNAL}};
    godwit_imsi_t imsi = imsi_of("00101012345678"), read; /* an even number of digits */
    for (uint8_t n = 0; n <= GODWIT_VECTORS_MAX; n++) {
        uint8_t octets[1024];
        godwit_writer_t w = godwit_writer(octets, sizeof octets);
        godwit_auth_info_answer_t a = answer_of(n), back;
        a.status = n == 0 ? GODWIT_UNKNOWN_SUBSCRIBER : GODWIT_OK;
        assert_int_equal(godwit_gsup_answer_build(&imsi, &a, &w), GODWIT_OK);
        assert_int_equal(godwit_gsup_answer_parse(godwit_written(&w), &read, &back), GODWIT_OK);
        assert_true(godwit_imsi_equal(&imsi, &read));
        assert_memory_equal(&back, &a, sizeof a);
    }
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        uint8_t octets[64];
        godwit_writer_t w = godwit_writer(octets, sizeof octets);
        godwit_auth_info_answer_t a = {.status = errors[i].sent}, back;
        assert_int_equal(godwit_gsup_answer_build(&imsi, &a, &w), GODWIT_OK);
        assert_int_equal(godwit_gsup_answer_parse(godwit_written(&w), &read, &back), GODWIT_OK);
        assert_int_equal(back.status, errors[i].read);
    }
}

static godwit_status_t parse(const void *octets, size_t len, godwit_auth_info_answer_t *a)
{
    godwit_imsi_t imsi;
    return godwit_gsup_answer_parse(godwit_slice(octets, len), &imsi, a);
}

#define ERROR_2 "\x09" IMSI "\x02\x01\x02"

static void error_of_osmo_hlr_has_its_meaning(void **state)
{
    (void)state;
    godwit_auth_info_answer_t a;
    assert_int_equal(parse(ERROR_2, 14, &a), GODWIT_OK);
    assert_int_equal(a.status, GODWIT_UNKNOWN_SUBSCRIBER);
    assert_int_equal(parse("\x09" IMSI "\x28\x01\x01\x99\x02zz\x02\x01\x11", 21, &a),
                     GODWIT_OK); /* unknown elements are skipped */
    assert_int_equal(a.status, GODWIT_PEER_INTERNAL);
}

static void triplets_are_no_vectors(void **state)
{
    (void)state;
    static const uint8_t octets[] = "\x0A" IMSI "\x03\x22\x20\x10"
                                    "0123456789abcdef"
                                    "\x21\x04"
                                    "sres"
                                    "\x22\x08"
                                    "kc------";
    godwit_auth_info_answer_t a;
    assert_int_equal(parse(octets, sizeof octets - 1, &a), GODWIT_OK);
    assert_int_equal(a.status, GODWIT_POLICY_FORBIDS);
    assert_int_equal(a.vectors, 0);
}

static void broken_answers_are_refused(void **state)
{
    (void)state;
    godwit_auth_info_answer_t a;
    assert_int_equal(parse("", 0, &a), GODWIT_MALFORMED);
    assert_int_equal(parse("\x10" IMSI, 11, &a), GODWIT_NOT_FOUND);            /* Insert Subscriber Data: not for us */
    assert_int_equal(parse("\x09\x02\x01\x02", 4, &a), GODWIT_MALFORMED);      /* no IMSI */
    assert_int_equal(parse("\x09" IMSI "\x02\x00", 13, &a), GODWIT_MALFORMED); /* a cause of no octets */
    assert_int_equal(parse("\x09\x01\x02\x0A\x21", 5, &a), GODWIT_MALFORMED);  /* an IMSI with a digit A */
    for (size_t len = 1; len < 14; len++) {
        if (len != 11) { /* there a cause is missing and the rest whole */
            assert_int_equal(parse(ERROR_2, len, &a), GODWIT_MALFORMED);
        }
    }
    uint8_t octets[1024];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_imsi_t imsi = imsi_of("001010123456789");
    godwit_auth_info_answer_t good = answer_of(1);
    assert_int_equal(godwit_gsup_answer_build(&imsi, &good, &w), GODWIT_OK);
    for (size_t len = 1; len < w.len; len++) {
        memset(&a, 0x5A, sizeof a);
        godwit_auth_info_answer_t before = a;
        if (len != 11) {
            assert_int_equal(parse(octets, len, &a), GODWIT_MALFORMED);
            assert_memory_equal(&a, &before, sizeof a);
        }
    }
    /* the tuple's RAND becomes a second IK */
    assert_int_equal(octets[13], 0x20);
    octets[13] = 0x23;
    assert_int_equal(parse(octets, w.len, &a), GODWIT_MALFORMED);
}

/* ---- IPA ---- */

static void identity_is_given_as_asked(void **state)
{
    (void)state;
    uint8_t octets[128];
    godwit_ipa_frame_t frame;
    size_t used;
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_ipa_put_id_resp(&w, "emks");
    assert_int_equal(w.len, 29);
    assert_memory_equal(octets,
                        "\x00\x1A\xFE\x05\x00\x07\x08"
                        "0/0/0\x00\x00\x06\x00"
                        "emks\x00\x00\x06\x01"
                        "emks",
                        29);
    assert_int_equal(godwit_ipa_frame_parse(godwit_written(&w), &frame, &used), GODWIT_OK);
    assert_int_equal(frame.kind, GODWIT_IPA_ID_RESP);
    assert_slice(godwit_ipa_unit_name(frame.payload), "emks");
    w = godwit_writer(octets, sizeof octets);
    godwit_ipa_put_ccm(&w, GODWIT_IPA_PONG);
    assert_memory_equal(octets, "\x00\x01\xFE\x01", 4);
    godwit_ipa_put_id_get(&w);
    assert_int_equal(godwit_ipa_frame_parse(godwit_slice(octets + 4, w.len - 4), &frame, &used), GODWIT_OK);
    assert_int_equal(frame.kind, GODWIT_IPA_ID_GET);
}

static void frames_are_cut_from_a_stream(void **state)
{
    (void)state;
    uint8_t stream[64];
    godwit_writer_t w = godwit_writer(stream, sizeof stream);
    godwit_ipa_put_ccm(&w, GODWIT_IPA_PING);
    size_t at = godwit_ipa_gsup_open(&w);
    godwit_put(&w, "hello", 5);
    godwit_ipa_close(&w, at);
    godwit_ipa_frame_t frame;
    size_t used;
    for (size_t len = 0; len < 4; len++) {
        assert_int_equal(godwit_ipa_frame_parse(godwit_slice(stream, len), &frame, &used), GODWIT_AGAIN);
    }
    assert_int_equal(godwit_ipa_frame_parse(godwit_slice(stream, w.len), &frame, &used), GODWIT_OK);
    assert_int_equal(frame.kind, GODWIT_IPA_PING);
    assert_int_equal(used, 4);
    for (size_t len = 4; len < w.len; len++) {
        assert_int_equal(godwit_ipa_frame_parse(godwit_slice(stream + 4, len - 4), &frame, &used), GODWIT_AGAIN);
    }
    assert_int_equal(godwit_ipa_frame_parse(godwit_slice(stream + 4, w.len - 4), &frame, &used), GODWIT_OK);
    assert_int_equal(frame.kind, GODWIT_IPA_GSUP);
    assert_slice(frame.payload, "hello");
    assert_int_equal(godwit_ipa_frame_parse(godwit_slice("\x00\x00\xFE\x00", 4), &frame, &used), GODWIT_MALFORMED);
    assert_int_equal(godwit_ipa_frame_parse(godwit_slice("\xFF\xFF\xEE\x05", 4), &frame, &used), GODWIT_MALFORMED);
    assert_int_equal(godwit_ipa_frame_parse(godwit_slice("\x00\x02\xEE\x00\x00", 5), &frame, &used), GODWIT_OK);
    assert_int_equal(frame.kind, GODWIT_IPA_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_has_its_golden_octets), cmocka_unit_test(result_of_osmo_hlr_is_read),
        cmocka_unit_test(answers_are_read_back),         cmocka_unit_test(error_of_osmo_hlr_has_its_meaning),
        cmocka_unit_test(triplets_are_no_vectors),       cmocka_unit_test(broken_answers_are_refused),
        cmocka_unit_test(identity_is_given_as_asked),    cmocka_unit_test(frames_are_cut_from_a_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
