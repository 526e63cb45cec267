/* SPDX-License-Identifier: Apache-2.0
 *
 * MM, CP, RP and TPDUs: golden octets (tests/vectors/sms.txt), every message cut and bent, elements that are passed
 * over, what is refused; ports in the user data, addresses, the time stamp.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/kat/kat.h"
#include "tests/support/sms_messages.h"
#include "tests/wire/wire.h"

#include <stdlib.h>

static const sms_codec_t *codec_of(const char *message)
{
    size_t len = strcspn(message, "."); /* "sms_submit.relative" is a sms_submit */
    for (size_t i = 0; i < sms_codec_count; i++) {
        if (strlen(sms_codecs[i].name) == len && strncmp(sms_codecs[i].name, message, len) == 0) {
            return &sms_codecs[i];
        }
    }
    fail_msg("no codec for %s", message);
    return NULL;
}

static void written_again(const kat_record_t *record, const char *as)
{
    const sms_codec_t *c = codec_of(kat_text(record, "message"));
    _Alignas(16) uint8_t parsed[SMS_STRUCTURE_MAX] = {0};
    uint8_t built[512];
    godwit_writer_t w = godwit_writer(built, sizeof built);
    if (c->parse(kat_hex(record, "octets"), parsed) != GODWIT_OK) {
        fail_msg("%s is refused", kat_text(record, "message"));
    }
    assert_int_equal(c->build(parsed, &w), GODWIT_OK);
    kat_expect(record, as, built, w.len);
}

static void golden(const kat_record_t *record, void *context)
{
    (void)context;
    written_again(record, "octets");
}

static void golden_messages_are_read_and_written(void **state)
{
    (void)state;
    assert_int_equal(kat_each("sms.txt", "mm", golden, NULL), 20);
    assert_int_equal(kat_each("sms.txt", "ours", golden, NULL), 3);
    assert_int_equal(kat_each("sms.txt", "cp", golden, NULL), 6);
    assert_int_equal(kat_each("sms.txt", "rp", golden, NULL), 7);
    assert_int_equal(kat_each("sms.txt", "tpdu", golden, NULL), 5);
}

static void tolerated(const kat_record_t *record, void *context)
{
    (void)context;
    written_again(record, "plain");
}

static void refused(const kat_record_t *record, void *context)
{
    (void)context;
    const sms_codec_t *c = codec_of(kat_text(record, "message"));
    _Alignas(16) uint8_t parsed[SMS_STRUCTURE_MAX] = {0};
    if (c->parse(kat_hex(record, "octets"), parsed) != GODWIT_MALFORMED) {
        fail_msg("%s is taken: %s", kat_text(record, "message"), kat_text(record, "octets"));
    }
}

static void unknown_elements_are_passed_over_and_wrong_octets_refused(void **state)
{
    (void)state;
    assert_int_equal(kat_each("sms.txt", "tolerated", tolerated, NULL), 5);
    assert_true(kat_each("sms.txt", "refused", refused, NULL) > 30);
}

/* Accepted octets mean something that can be written, and read again as the same. */
static void holds(const sms_codec_t *c, godwit_slice_t octets)
{
    _Alignas(16) uint8_t parsed[SMS_STRUCTURE_MAX], again[SMS_STRUCTURE_MAX];
    uint8_t built[1024], rebuilt[1024];
    godwit_writer_t w = godwit_writer(built, sizeof built), v = godwit_writer(rebuilt, sizeof rebuilt);
    memset(parsed, 0x5A, sizeof parsed);
    memcpy(again, parsed, sizeof again);
    if (c->parse(octets, parsed) != GODWIT_OK) {
        assert_memory_equal(parsed, again, sizeof again); /* a refused one wrote nothing */
        return;
    }
    assert_int_equal(c->build(parsed, &w), GODWIT_OK);
    assert_int_equal(c->parse(godwit_written(&w), again), GODWIT_OK);
    assert_int_equal(c->build(again, &v), GODWIT_OK);
    assert_true(godwit_slice_equal(godwit_written(&w), godwit_written(&v)));
}

static void copy_holds(const sms_codec_t *c, godwit_slice_t whole, size_t len, size_t at, uint8_t flip)
{
    uint8_t *copy = malloc(len + 1); /* an exact block: the sanitizers see a read behind it */
    assert_non_null(copy);
    uint8_t *exact = copy + 1;
    memcpy(exact, whole.ptr, len);
    if (at < len) {
        exact[at] ^= flip;
    }
    holds(c, godwit_slice(exact, len));
    free(copy);
}

static void cut_and_bend(const kat_record_t *record, void *context)
{
    (void)context;
    const sms_codec_t *c = codec_of(kat_text(record, "message"));
    godwit_slice_t whole = kat_hex(record, "octets");
    for (size_t len = 0; len <= whole.len; len++) {
        copy_holds(c, whole, len, len, 0);
    }
    for (size_t i = 0; i < whole.len; i++) {
        for (unsigned flip = 1; flip < 256; flip++) {
            copy_holds(c, whole, whole.len, i, (uint8_t)flip);
        }
    }
}

static void cut_and_bent_messages_are_refused_or_safe(void **state)
{
    static const char *const sections[] = {"mm", "ours", "cp", "rp", "tpdu", "tolerated"};
    (void)state;
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        assert_true(kat_each("sms.txt", sections[i], cut_and_bend, NULL) > 0);
    }
}

static void a_datagram_of_133_octets_fits_behind_a_port_and_none_longer(void **state)
{
    (void)state;
    uint8_t payload[GODWIT_SMS_PORT_DATA_MAX + 1], octets[GODWIT_SMS_USER_DATA_MAX], tpdu[GODWIT_TPDU_MAX];
    godwit_sms_submit_t submit = {.reference = 1}, got;
    godwit_sms_ports_t ports;
    godwit_writer_t w = godwit_writer(tpdu, sizeof tpdu);
    count_from(payload, sizeof payload, 1);
    assert_int_equal(GODWIT_SMS_PORT_DATA_MAX, 133);
    assert_int_equal(godwit_sms_ports_put(16020, 16021, godwit_slice(payload, sizeof payload), octets, &submit.data),
                     GODWIT_NO_SPACE);
    assert_int_equal(godwit_sms_ports_put(16020, 16021, godwit_slice(payload, 133), octets, &submit.data), GODWIT_OK);
    assert_int_equal(godwit_sms_address_from_text("49171076000012345678", &submit.destination), GODWIT_OK);
    assert_int_equal(godwit_sms_submit_build(&submit, &w), GODWIT_OK);
    assert_int_equal(godwit_sms_submit_parse(godwit_written(&w), &got), GODWIT_OK);
    assert_int_equal(godwit_sms_ports_get(&got.data, &ports), GODWIT_OK);
    assert_int_equal(ports.destination, 16020);
    assert_int_equal(ports.originator, 16021);
    assert_int_equal(ports.payload.len, 133);
    assert_memory_equal(ports.payload.ptr, payload, 133);
}

static godwit_status_t ports_of(const char *hex, uint8_t coding, godwit_sms_ports_t *ports)
{
    static uint8_t octets[GODWIT_SMS_USER_DATA_MAX];
    size_t len = 0;
    assert_int_equal(godwit_hex_decode(hex, octets, sizeof octets, &len), GODWIT_OK);
    const godwit_sms_user_data_t data = {
        .header = true, .coding = coding, .length = (uint8_t)len, .octets = godwit_slice(octets, len)};
    return godwit_sms_ports_get(&data, ports);
}

static void user_data_headers_are_read_as_23_040_says(void **state)
{
    (void)state;
    godwit_sms_ports_t ports;
    assert_int_equal(ports_of("060504138811110102", 0x04, &ports), GODWIT_OK);
    assert_int_equal(ports.destination, 5000);
    assert_int_equal(ports.payload.len, 2);
    assert_int_equal(ports_of("0605041388111101", 0xF5, &ports), GODWIT_OK);        /* class 1 */
    assert_int_equal(ports_of("0605041388111101", 0x00, &ports), GODWIT_NOT_FOUND); /* septets */
    assert_int_equal(ports_of("0605041388111101", 0x24, &ports), GODWIT_NOT_FOUND); /* compressed */
    /* Another element before, and of two the last counts. */
    assert_int_equal(ports_of("0f70010005041388111105041389111105", 0x04, &ports), GODWIT_OK);
    assert_int_equal(ports.destination, 5001);
    assert_int_equal(ports.payload.len, 1);
    assert_int_equal(ports_of("0b05041388111100030102010102", 0x04, &ports), GODWIT_NOT_FOUND); /* one of two parts */
    assert_int_equal(ports_of("0404021388", 0x04, &ports), GODWIT_NOT_FOUND);                   /* 8-bit ports */
    assert_int_equal(ports_of("0605051388111101", 0x04, &ports), GODWIT_MALFORMED);
    assert_int_equal(ports_of("0a0504138811110102", 0x04, &ports), GODWIT_MALFORMED);
}

static void time_stamps_are_right(void **state)
{
    static const struct {
        uint64_t ms;
        uint8_t octets[7];
    } times[] = {
        {1795829414000ULL, {0x62, 0x11, 0x82, 0x10, 0x03, 0x41, 0}}, /* 2026-11-28 01:30:14 */
        {1709164800000ULL, {0x42, 0x20, 0x92, 0x00, 0x00, 0x00, 0}}, /* 2024-02-29 00:00:00 */
        {1709251199000ULL, {0x42, 0x20, 0x92, 0x32, 0x95, 0x95, 0}}, /* 2024-02-29 23:59:59 */
        {1735689600000ULL, {0x52, 0x10, 0x10, 0x00, 0x00, 0x00, 0}}, /* 2025-01-01 */
        {951868800000ULL, {0x00, 0x30, 0x10, 0x00, 0x00, 0x00, 0}},  /* 2000-03-01 */
    };
    (void)state;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        uint8_t octets[7];
        godwit_sms_time(times[i].ms, octets);
        assert_memory_equal(octets, times[i].octets, 7);
    }
}

static void addresses_are_digits_and_nothing_else(void **state)
{
    (void)state;
    godwit_sms_address_t address;
    char text[GODWIT_E164_MAX + 1];
    assert_int_equal(godwit_sms_address_from_text("", &address), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_sms_address_from_text("+49", &address), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_sms_address_from_text("123456789012345678901", &address), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_sms_address_from_text("12345", &address), GODWIT_OK);
    assert_int_equal(godwit_sms_address_to_text(&address, text), GODWIT_OK);
    assert_string_equal(text, "12345");
    address.octets[0] = 0x2A;
    assert_int_equal(godwit_sms_address_to_text(&address, text), GODWIT_MALFORMED);
}

static void a_build_out_of_range_says_so(void **state)
{
    (void)state;
    uint8_t octets[300] = {0}, small[4];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_cp_t seven = {.transaction = 7, .type = GODWIT_CP_ACK}, empty = {.type = GODWIT_CP_DATA};
    const godwit_rp_t smma = {.type = GODWIT_RP_SMMA, .from_network = true}, nowhere = {.type = GODWIT_RP_DATA};
    const godwit_rp_t ack = {.type = GODWIT_RP_ACK, .tpdu = godwit_slice(octets, 8)};
    assert_int_equal(godwit_cp_build(&seven, &w), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_cp_build(&empty, &w), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_rp_build(&smma, &w), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_rp_build(&nowhere, &w), GODWIT_INVALID_ARGUMENT);
    w = godwit_writer(small, sizeof small);
    assert_int_equal(godwit_rp_build(&ack, &w), GODWIT_NO_SPACE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_messages_are_read_and_written),
        cmocka_unit_test(unknown_elements_are_passed_over_and_wrong_octets_refused),
        cmocka_unit_test(cut_and_bent_messages_are_refused_or_safe),
        cmocka_unit_test(a_datagram_of_133_octets_fits_behind_a_port_and_none_longer),
        cmocka_unit_test(user_data_headers_are_read_as_23_040_says),
        cmocka_unit_test(time_stamps_are_right),
        cmocka_unit_test(addresses_are_digits_and_nothing_else),
        cmocka_unit_test(a_build_out_of_range_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
