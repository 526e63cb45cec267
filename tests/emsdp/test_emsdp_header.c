/* SPDX-License-Identifier: Apache-2.0
 *
 * Headers, Session Start before its key is known, and the echo of a rejected datagram.
 */
#include "tests/emsdp/messages.h"

/* ---- header ------------------------------------------------------------------------------------------------------ */

static godwit_status_t peek(const char *text, godwit_framing_t framing)
{
    godwit_emsdp_header_t header;
    const octets_t o = hex(text);
    return godwit_emsdp_peek(octets_slice(&o), framing, &header);
}

static void headers_that_cannot_be_are_malformed(void **state)
{
    (void)state;
    const godwit_framing_t f = GODWIT_FRAMING_DEFAULT;
    assert_int_equal(peek("000000000010", f), GODWIT_OK);        /* a first request */
    assert_int_equal(peek("000000010010", f), GODWIT_MALFORMED); /* of session 1, without a key */
    assert_int_equal(peek("000000010080", f), GODWIT_OK);        /* a hint */
    assert_int_equal(peek("000000000011", f), GODWIT_MALFORMED);
    assert_int_equal(peek("8000000100", f), GODWIT_MALFORMED); /* user plane without a key */
    assert_int_equal(peek("8800000100", f), GODWIT_OK);
    assert_int_equal(peek("4800000100", f), GODWIT_MALFORMED); /* RFU */
    assert_int_equal(peek("c800000100", f), GODWIT_MALFORMED);
    assert_int_equal(peek("0800000100", f), GODWIT_MALFORMED); /* no command */
    assert_int_equal(peek("080000010013", f), GODWIT_MALFORMED);
    assert_int_equal(peek("88000001", f), GODWIT_MALFORMED);
    assert_int_equal(peek("", f), GODWIT_MALFORMED);
    assert_int_equal(peek("88", (godwit_framing_t){0, 0}), GODWIT_OK);
    assert_int_equal(peek("8800000100", (godwit_framing_t){5, 0}), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(peek("8800000100", (godwit_framing_t){0, 4}), GODWIT_INVALID_ARGUMENT);
}

static void a_datagram_above_the_mtu_is_malformed(void **state)
{
    static const uint8_t long_one[GODWIT_EMSDP_DATAGRAM_MAX + 1] = {0x88};
    godwit_emsdp_header_t h;
    (void)state;
    const godwit_framing_t f = GODWIT_FRAMING_DEFAULT;
    assert_int_equal(godwit_emsdp_peek(godwit_slice(long_one, sizeof long_one - 1), f, &h), GODWIT_OK);
    assert_int_equal(godwit_emsdp_peek(godwit_slice(long_one, sizeof long_one), f, &h), GODWIT_MALFORMED);
}

static void every_framing_reads_its_header_back(void **state)
{
    (void)state;
    for (uint8_t s = 0; s <= 4; s++) {
        for (uint8_t x = 0; x <= 3; x++) {
            ends_t e = ends_default(1, (godwit_framing_t){s, x});
            godwit_emsdp_header_t h;
            e.device.hot.up_next_out = 0x0ABCDEF5;
            const octets_t d = seal_user(&e.device, EMPTY);
            assert_int_equal(godwit_emsdp_peek(octets_slice(&d), (godwit_framing_t){s, x}, &h), GODWIT_OK);
            assert_true(h.user_plane);
            assert_int_equal(h.key_id, 1);
            assert_int_equal(h.session_id, s == 0 ? 0 : 1);
            assert_int_equal(h.low_count, 0x0ABCDEF5u & ((1u << (3 + 8 * x)) - 1));
        }
    }
}

/* ---- Session Start before its key -------------------------------------------------------------------------------- */

static godwit_status_t start_peek(const char *text)
{
    godwit_emsdp_control_t m;
    const octets_t o = hex(text);
    return godwit_emsdp_start_peek(octets_slice(&o), GODWIT_FRAMING_DEFAULT, &m);
}

static void start_is_read_up_to_hse_configuration_and_no_further(void **state)
{
    (void)state;
    assert_int_equal(start_peek("080000010011" RAND_TLV AUTN_TLV "0803030131"
                                "ffffffff"),
                     GODWIT_OK);
    assert_int_equal(start_peek("080000010011"
                                "0803030131"),
                     GODWIT_OK);
    assert_int_equal(start_peek("080000010011" RAND_TLV AUTN_TLV), GODWIT_MALFORMED);
    assert_int_equal(start_peek("080000010011" RAND_TLV "0803030131"), GODWIT_MALFORMED);
    assert_int_equal(start_peek("080000010011" RAND_TLV AUTN_TLV "0803030130"), GODWIT_MALFORMED); /* E = 0 */
    assert_int_equal(start_peek("080000010011" IMSI_TLV RAND_TLV AUTN_TLV "0803030131"), GODWIT_MALFORMED);
    assert_int_equal(start_peek("080000010012" RAND_TLV AUTN_TLV "0803030131"), GODWIT_MALFORMED);
    assert_int_equal(start_peek("880000010011" RAND_TLV AUTN_TLV "0803030131"), GODWIT_MALFORMED);
    assert_int_equal(start_peek("080000010011"), GODWIT_MALFORMED);
}

/* ---- without a key ----------------------------------------------------------------------------------------------- */

static void only_key_id_000_is_read_without_a_key(void **state)
{
    godwit_emsdp_header_t header = {.low_count = 77};
    godwit_emsdp_control_t m;
    (void)state;
    const godwit_framing_t f = GODWIT_FRAMING_DEFAULT;
    const octets_t request = hex("000000000010" REQUEST), keyed = hex("080000000010" REQUEST),
                   hint = hex("0000000100800d01020e088e801b04d6e7c99b"),
                   keyed_hint = hex("0900000100800d01020e088e801b04d6e7c99b"), user = hex("880000010001020304");
    assert_int_equal(godwit_emsdp_unkeyed_parse(octets_slice(&keyed), f, &header, &m), GODWIT_MALFORMED);
    assert_int_equal(godwit_emsdp_unkeyed_parse(octets_slice(&keyed_hint), f, &header, &m), GODWIT_MALFORMED);
    assert_int_equal(godwit_emsdp_unkeyed_parse(octets_slice(&user), f, &header, &m), GODWIT_MALFORMED);
    assert_int_equal(header.low_count, 77);
    assert_int_equal(godwit_emsdp_unkeyed_parse(octets_slice(&request), f, &header, &m), GODWIT_OK);
    assert_int_equal(godwit_emsdp_unkeyed_parse(octets_slice(&hint), f, &header, &m), GODWIT_OK);
    for (size_t len = 0; len < request.len; len++) {
        assert_int_equal(godwit_emsdp_unkeyed_parse(godwit_slice(request.at, len), f, &header, &m), GODWIT_MALFORMED);
    }
}

static void building_without_a_key_is_for_request_and_reject(void **state)
{
    uint8_t buf[64];
    (void)state;
    const godwit_framing_t f = GODWIT_FRAMING_DEFAULT;
    const godwit_emsdp_control_t request = session_request(GODWIT_AGREEMENT_SEPARATE_EPS), start = short_start(3),
                                 early = with_data(GODWIT_SESSION_REQUEST);
    godwit_writer_t w = godwit_writer(buf, sizeof buf);
    assert_int_equal(godwit_emsdp_unkeyed_build(f, 1, 0, &request, &w),
                     GODWIT_INVALID_ARGUMENT); /* a session has a key */
    assert_int_equal(godwit_emsdp_unkeyed_build(f, 0, 0, &start, &w), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_emsdp_unkeyed_build(f, 0, 0, &early, &w), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_emsdp_unkeyed_build((godwit_framing_t){5, 0}, 0, 0, &request, &w), GODWIT_INVALID_ARGUMENT);
    for (size_t cap = 0; cap < 27; cap++) {
        w = godwit_writer(buf, cap);
        assert_int_equal(godwit_emsdp_unkeyed_build(f, 0, 0, &request, &w), GODWIT_NO_SPACE);
        assert_int_equal(w.len, 0);
    }
    w = godwit_writer(buf, 27);
    assert_int_equal(godwit_emsdp_unkeyed_build(f, 0, 0x7FF, &request, &w), GODWIT_OK);
    assert_int_equal(buf[0], 0x07); /* only the bits that travel */
    assert_int_equal(buf[4], 0xFF);
}

/* ---- echo -------------------------------------------------------------------------------------------------------- */

static void echo_is_the_end_or_the_hash(void **state)
{
    uint8_t echo[8], digest[32];
    (void)state;
    const octets_t keyed = hex("880000010001020304050607a1a2a3a4a5a6a7a8"), unkeyed = hex("000000000010" REQUEST),
                   tiny = hex("8800000100a1a2");
    const godwit_slice_t part = octets_slice(&unkeyed);
    assert_int_equal(godwit_emsdp_echo(CRYPTO, octets_slice(&keyed), GODWIT_FRAMING_DEFAULT, echo), GODWIT_OK);
    assert_memory_equal(echo, "\xa1\xa2\xa3\xa4\xa5\xa6\xa7\xa8", 8);
    assert_int_equal(godwit_emsdp_echo(CRYPTO, part, GODWIT_FRAMING_DEFAULT, echo), GODWIT_OK);
    assert_int_equal(CRYPTO->sha256(&part, 1, digest), GODWIT_OK);
    assert_memory_equal(echo, digest, 8);
    assert_int_equal(godwit_emsdp_echo(CRYPTO, octets_slice(&tiny), GODWIT_FRAMING_DEFAULT, echo), GODWIT_MALFORMED);
    assert_int_equal(godwit_emsdp_echo(CRYPTO, EMPTY, GODWIT_FRAMING_DEFAULT, echo), GODWIT_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_that_cannot_be_are_malformed),
        cmocka_unit_test(a_datagram_above_the_mtu_is_malformed),
        cmocka_unit_test(every_framing_reads_its_header_back),
        cmocka_unit_test(start_is_read_up_to_hse_configuration_and_no_further),
        cmocka_unit_test(only_key_id_000_is_read_without_a_key),
        cmocka_unit_test(building_without_a_key_is_for_request_and_reject),
        cmocka_unit_test(echo_is_the_end_or_the_hash),
    };
    return cmocka_run_group_tests_name("emsdp_header", tests, messages_load, NULL);
}
