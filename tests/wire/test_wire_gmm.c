/* SPDX-License-Identifier: Apache-2.0
 *
 * GMM and SM: golden octets (tests/vectors/gmm-sm.txt), structures filled by hand, every message cut and bent, elements
 * that are passed over and those that are refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/kat/kat.h"
#include "tests/support/gmm_messages.h"
#include "tests/wire/wire.h"

#include <stdlib.h>

static const gmm_codec_t *codec_of(const char *message)
{
    const char *dot = strchr(message, '.'); /* "gmm_attach_request.p_tmsi" is a gmm_attach_request */
    size_t len = dot != NULL ? (size_t)(dot - message) : strlen(message);
    for (size_t i = 0; i < gmm_codec_count; i++) {
        if (strlen(gmm_codecs[i].name) == len && strncmp(gmm_codecs[i].name, message, len) == 0) {
            return &gmm_codecs[i];
        }
    }
    fail_msg("no codec for %s", message);
    return NULL;
}

static void golden(const kat_record_t *record, void *context)
{
    (void)context;
    const gmm_codec_t *c = codec_of(kat_text(record, "message"));
    godwit_slice_t octets = kat_hex(record, "octets");
    _Alignas(16) uint8_t parsed[GMM_STRUCTURE_MAX] = {0};
    uint8_t built[512], type = 0;
    godwit_sm_transaction_t transaction;
    godwit_writer_t w = godwit_writer(built, sizeof built);
    if (c->parse(octets, parsed) != GODWIT_OK) {
        fail_msg("%s is refused", kat_text(record, "message"));
    }
    assert_int_equal(c->build(parsed, &w), GODWIT_OK);
    kat_expect(record, "octets", built, w.len);
    if (godwit_gmm_type(octets, &type) != GODWIT_OK) {
        assert_int_equal(godwit_sm_type(octets, &transaction, &type), GODWIT_OK);
    }
    assert_int_equal(type, c->type);
}

static void golden_messages_are_read_and_written(void **state)
{
    (void)state;
    assert_int_equal(kat_each("gmm-sm.txt", "gmm", golden, NULL), 24);
    assert_int_equal(kat_each("gmm-sm.txt", "sm", golden, NULL), 14);
    assert_int_equal(kat_each("gmm-sm.txt", "next", golden, NULL), 7);
}

static void tolerated(const kat_record_t *record, void *context)
{
    (void)context;
    const gmm_codec_t *c = codec_of(kat_text(record, "message"));
    _Alignas(16) uint8_t parsed[GMM_STRUCTURE_MAX] = {0};
    uint8_t built[512];
    godwit_writer_t w = godwit_writer(built, sizeof built);
    if (c->parse(kat_hex(record, "octets"), parsed) != GODWIT_OK) {
        fail_msg("%s is refused", kat_text(record, "message"));
    }
    assert_int_equal(c->build(parsed, &w), GODWIT_OK);
    kat_expect(record, "plain", built, w.len);
}

static void refused(const kat_record_t *record, void *context)
{
    (void)context;
    const gmm_codec_t *c = codec_of(kat_text(record, "message"));
    _Alignas(16) uint8_t parsed[GMM_STRUCTURE_MAX] = {0};
    if (c->parse(kat_hex(record, "octets"), parsed) != GODWIT_MALFORMED) {
        fail_msg("%s is taken: %s", kat_text(record, "message"), kat_text(record, "octets"));
    }
}

static void unknown_elements_are_passed_over_and_wrong_lengths_refused(void **state)
{
    (void)state;
    kat_each("gmm-sm.txt", "tolerated", tolerated, NULL);
    kat_each("gmm-sm.txt", "refused", refused, NULL);
}

/* Accepted octets mean something that can be written, and read again as the same. */
static void holds(const gmm_codec_t *c, godwit_slice_t octets)
{
    _Alignas(16) uint8_t parsed[GMM_STRUCTURE_MAX], again[GMM_STRUCTURE_MAX];
    uint8_t built[1024], rebuilt[1024];
    godwit_writer_t w = godwit_writer(built, sizeof built), v = godwit_writer(rebuilt, sizeof rebuilt);
    memset(parsed, 0x5A, sizeof parsed);
    memcpy(again, parsed, sizeof again);
    if (c->parse(octets, parsed) != GODWIT_OK) {
        assert_memory_equal(parsed, again, sizeof again); /* a refused one wrote nothing */
        return;
    }
    godwit_status_t status = c->build(parsed, &w);
    if (status == GODWIT_INVALID_ARGUMENT && c->named) {
        return; /* an IMEI */
    }
    assert_int_equal(status, GODWIT_OK);
    assert_int_equal(c->parse(godwit_written(&w), again), GODWIT_OK);
    assert_int_equal(c->build(again, &v), GODWIT_OK);
    assert_true(godwit_slice_equal(godwit_written(&w), godwit_written(&v)));
}

static void cut_and_bend(const kat_record_t *record, void *context)
{
    (void)context;
    const gmm_codec_t *c = codec_of(kat_text(record, "message"));
    godwit_slice_t whole = kat_hex(record, "octets");
    for (size_t len = 0; len <= whole.len; len++) {
        uint8_t *copy = malloc(len + 1); /* an exact block: the sanitizers see a read behind it */
        assert_non_null(copy);
        memcpy(copy, whole.ptr, len);
        holds(c, godwit_slice(copy, len));
        free(copy);
    }
    for (size_t i = 0; i < whole.len; i++) {
        for (unsigned flip = 1; flip < 256; flip++) {
            uint8_t *copy = malloc(whole.len);
            assert_non_null(copy);
            memcpy(copy, whole.ptr, whole.len);
            copy[i] ^= (uint8_t)flip;
            holds(c, godwit_slice(copy, whole.len));
            free(copy);
        }
    }
}

static void cut_and_bent_messages_are_refused_or_safe(void **state)
{
    (void)state;
    kat_each("gmm-sm.txt", "gmm", cut_and_bend, NULL);
    kat_each("gmm-sm.txt", "sm", cut_and_bend, NULL);
    kat_each("gmm-sm.txt", "next", cut_and_bend, NULL);
    kat_each("gmm-sm.txt", "tolerated", cut_and_bend, NULL);
}

static void mandatory_part(const kat_record_t *record, void *context)
{
    static const struct {
        const char *message;
        size_t len; /* of the mandatory part: anything shorter is refused */
    } sizes[] = {{"gmm_attach_request", 29},        {"gmm_attach_accept", 11},        {"gmm_attach_reject", 3},
                 {"gmm_identity_response", 11},     {"gmm_service_request", 9},       {"sm_activate_request", 20},
                 {"sm_activate_accept", 17},        {"sm_deactivate_request", 3},     {"sm_modify_request_network", 17},
                 {"gmm_authentication_request", 4}, {"gmm_authentication_failure", 3}};
    const gmm_codec_t *c = codec_of(kat_text(record, "message"));
    godwit_slice_t octets = kat_hex(record, "octets");
    _Alignas(16) uint8_t parsed[GMM_STRUCTURE_MAX];
    (void)context;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (size_t len = 0; strcmp(sizes[i].message, kat_text(record, "message")) == 0 && len < sizes[i].len; len++) {
            assert_int_equal(c->parse(godwit_slice(octets.ptr, len), parsed), GODWIT_MALFORMED);
        }
    }
}

static void no_message_is_taken_without_its_mandatory_part(void **state)
{
    (void)state;
    kat_each("gmm-sm.txt", "gmm", mandatory_part, NULL);
    kat_each("gmm-sm.txt", "sm", mandatory_part, NULL);
}

static void a_message_is_taken_by_its_own_parser_alone(void **state)
{
    (void)state;
    const uint8_t gmm[] = {0x18, 0x04, 0x0F}, sm[] = {0x7A, 0x46, 0x24}, pd[] = {0x05, 0x04, 0x0F};
    godwit_gmm_reject_t reject;
    godwit_sm_deactivate_request_t deactivate;
    uint8_t type;
    godwit_sm_transaction_t t;
    assert_int_equal(godwit_gmm_attach_reject_parse(godwit_slice(gmm, 3), &reject),
                     GODWIT_MALFORMED); /* skip indicator */
    assert_int_equal(godwit_gmm_attach_reject_parse(godwit_slice(pd, 3), &reject), GODWIT_MALFORMED);
    assert_int_equal(godwit_sm_deactivate_request_parse(godwit_slice(sm, 3), &deactivate), GODWIT_MALFORMED); /* TI 7 */
    assert_int_equal(godwit_gmm_type(godwit_slice(gmm, 1), &type), GODWIT_MALFORMED);
    assert_int_equal(godwit_sm_type(godwit_slice(sm, 1), &t, &type), GODWIT_MALFORMED);
}

static void members_stand_where_they_belong(void **state)
{
    (void)state;
    uint8_t octets[256];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_gmm_authentication_request_t request = {.reference = 3, .has_vector = true, .cksn = 2}, got;
    count_from(request.rand, 16, 0x10);
    count_from(request.autn, 16, 0x40);
    assert_int_equal(godwit_gmm_authentication_request_build(&request, &w), GODWIT_OK);
    assert_int_equal(w.len, 40);
    assert_memory_equal(octets, "\x08\x12\x00\x30\x21\x10\x11\x12", 8);
    assert_memory_equal(octets + 21, "\x82\x28\x10\x40\x41", 5);
    assert_int_equal(godwit_gmm_authentication_request_parse(godwit_written(&w), &got), GODWIT_OK);
    assert_true(got.has_vector && got.cksn == 2 && got.reference == 3);
    assert_counts_from(got.autn, 16, 0x40);

    godwit_gmm_authentication_response_t response = {.reference = 3, .res_len = 16}, back;
    count_from(response.res, 16, 0x80);
    w = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_gmm_authentication_response_build(&response, &w), GODWIT_OK);
    assert_memory_equal(octets, "\x08\x13\x03\x22\x80\x81\x82\x83\x29\x0C\x84\x85", 12);
    assert_int_equal(godwit_gmm_authentication_response_parse(godwit_written(&w), &back), GODWIT_OK);
    assert_int_equal(back.res_len, 16);
    assert_counts_from(back.res, 16, 0x80);
    response.res_len = 3;
    assert_int_equal(godwit_gmm_authentication_response_build(&response, &w), GODWIT_INVALID_ARGUMENT);

    const uint8_t even[] = {0x08, 0x16, 0x04, 0x01, 0x10, 0x32, 0xF4}; /* IMSI 001234 */
    godwit_gmm_identity_response_t identity;
    assert_int_equal(godwit_gmm_identity_response_parse(godwit_slice(even, sizeof even), &identity), GODWIT_OK);
    assert_string_equal(identity.identity.imsi.digits, "001234");
}

static void a_build_without_room_says_so(void **state)
{
    (void)state;
    uint8_t octets[8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_sm_activate_request_t request = {.nsapi = 5, .address = {.number = GODWIT_SM_PDP_NON_IP}};
    assert_int_equal(godwit_sm_activate_request_build(&request, &w), GODWIT_NO_SPACE);
    w = godwit_writer(octets, sizeof octets);
    request.transaction.id = 7;
    assert_int_equal(godwit_sm_activate_request_build(&request, &w), GODWIT_INVALID_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_messages_are_read_and_written),
        cmocka_unit_test(unknown_elements_are_passed_over_and_wrong_lengths_refused),
        cmocka_unit_test(cut_and_bent_messages_are_refused_or_safe),
        cmocka_unit_test(no_message_is_taken_without_its_mandatory_part),
        cmocka_unit_test(a_message_is_taken_by_its_own_parser_alone),
        cmocka_unit_test(members_stand_where_they_belong),
        cmocka_unit_test(a_build_without_room_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
