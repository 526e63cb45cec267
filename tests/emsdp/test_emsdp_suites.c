/* SPDX-License-Identifier: Apache-2.0
 *
 * All suites with all framings, both planes, both ways; and the suites with a 4-octet MAC built again from godwit_eea
 * and godwit_eia.
 */
#include "tests/emsdp/messages.h"

static uint8_t reading[GODWIT_EMSDP_DATAGRAM_MAX];

static void open_again(ends_t *e, bool up, const octets_t *d, godwit_slice_t payload)
{
    uint8_t plain[GODWIT_EMSDP_DATAGRAM_MAX];
    godwit_emsdp_opened_t opened;
    assert_int_equal(godwit_emsdp_open(CRYPTO, ends_to(e, up), octets_slice(d), EMPTY, plain, &opened), GODWIT_OK);
    const godwit_slice_t got = opened.user_plane ? opened.payload : opened.control.data;
    assert_true(godwit_slice_equal(got, payload));
    godwit_emsdp_accept(ends_to(e, up), &opened);
    assert_int_equal(godwit_emsdp_open(CRYPTO, ends_to(e, up), octets_slice(d), EMPTY, plain, &opened), GODWIT_REPLAY);
}

static void round_trips(uint8_t suite, godwit_framing_t framing)
{
    static const size_t lengths[] = {0, 1, 15, 16, 17, 20, 64, 255};
    ends_t e = ends_default(suite, framing);
    const size_t overhead = 1u + framing.session_octets + framing.counter_octets + godwit_suite(suite)->mac_len;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        for (unsigned up = 0; up <= 1; up++) {
            const godwit_slice_t payload = godwit_slice(reading, lengths[i]);
            octets_t d = seal_user(ends_from(&e, up), payload);
            assert_int_equal(d.len, overhead + payload.len);
            open_again(&e, up, &d, payload);
        }
        godwit_emsdp_control_t early = with_data(GODWIT_SESSION_REQUEST);
        early.data = godwit_slice(reading, lengths[i]);
        const octets_t d = seal_control(&e.device, &early, EMPTY);
        assert_int_equal(d.len, overhead + 1 + 2 + early.data.len);
        open_again(&e, true, &d, early.data);
    }
    const godwit_slice_t longest = godwit_slice(reading, GODWIT_EMSDP_DATAGRAM_MAX - overhead);
    const octets_t d = seal_user(&e.device, longest);
    assert_int_equal(d.len, GODWIT_EMSDP_DATAGRAM_MAX);
    open_again(&e, true, &d, longest);
}

static void every_suite_in_every_framing_opens_what_it_seals(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof reading; i++) {
        reading[i] = (uint8_t)(i * 31 + 7);
    }
    for (uint8_t suite = 1; suite <= GODWIT_SUITE_LAST; suite++) {
        for (uint8_t s = 0; s <= 4; s++) {
            for (uint8_t e = 0; e <= 3; e++) {
                round_trips(suite, (godwit_framing_t){s, e});
            }
        }
    }
}

static void ciphering_hides_the_payload_but_in_eea0(void **state)
{
    (void)state;
    for (uint8_t suite = 1; suite <= GODWIT_SUITE_LAST; suite++) {
        ends_t e = ends_default(suite, GODWIT_FRAMING_DEFAULT);
        const octets_t d = seal_user(&e.device, godwit_slice("twenty octets of text", 21));
        const bool visible = memcmp(d.at + 5, "twenty octets of text", 21) == 0;
        assert_int_equal(visible, godwit_suite(suite)->eea == 0);
    }
}

/* Suites 07, 08, 09 are plain 128-EEA and 128-EIA over octet 1, Session ID in 4 octets, counter octets, body. */
static void four_octet_macs_are_those_of_128_eia(void **state)
{
    (void)state;
    for (uint8_t suite = 7; suite <= 9; suite++) {
        const unsigned algorithm = suite == 7 ? 2 : suite == 8 ? 1 : 3;
        for (unsigned up = 0; up <= 1; up++) {
            ends_t e = ends_default(suite, GODWIT_FRAMING_DEFAULT);
            godwit_emsdp_key_t *from = ends_from(&e, up);
            const godwit_eps_input_t input = {.count = 0x1234, .bearer = 1, .direction = up ? 0 : 1};
            uint8_t message[6 + 20] = {0x8C, 0, 0, 0, 1, 0x46}, want[4];
            from->hot.up_next_out = 0x1234;
            memcpy(message + 6, reading, 20);
            assert_int_equal(godwit_eea(CRYPTO, algorithm, from->hot.k_enc, input, message + 6, message + 6, 160),
                             GODWIT_OK);
            assert_int_equal(godwit_eia(CRYPTO, algorithm, from->hot.k_int, input, message, 8 * sizeof message, want),
                             GODWIT_OK);
            const octets_t d = seal_user(from, godwit_slice(reading, 20));
            assert_int_equal(d.at[0], message[0]);
            assert_memory_equal(d.at + 1, message + 2, 24); /* three octets of Session ID, counter, payload */
            assert_memory_equal(d.at + 25, want, 4);
        }
    }
}

/* Start and Confirmation under EIA1 and EIA3, too, have the transcript after the command octet. */
static void transcripts_count_in_every_suite(void **state)
{
    (void)state;
    for (uint8_t suite = 1; suite <= GODWIT_SUITE_LAST; suite++) {
        ends_t e = ends_default(suite, GODWIT_FRAMING_DEFAULT);
        uint8_t hash[32] = {1}, plain[64];
        godwit_emsdp_opened_t opened;
        const godwit_emsdp_control_t m = with_data(GODWIT_SESSION_START_CONFIRMATION);
        const octets_t d = seal_control(&e.device, &m, godwit_slice(hash, 32));
        assert_int_equal(
            godwit_emsdp_open(CRYPTO, &e.network, octets_slice(&d), godwit_slice(hash, 32), plain, &opened), GODWIT_OK);
        hash[31] ^= 1;
        assert_int_equal(
            godwit_emsdp_open(CRYPTO, &e.network, octets_slice(&d), godwit_slice(hash, 32), plain, &opened),
            GODWIT_MAC_FAILURE);
    }
}

static void suites_are_the_table_of_the_specification(void **state)
{
    static const godwit_suite_t want[] = {
        {1, "eea2-eia2-64", 2, 2, 8, false}, {2, "eea2-eia2-128", 2, 2, 16, false},
        {3, "eea2-hmac-64", 2, 0, 8, false}, {4, "eea2-hmac-128", 2, 0, 16, false},
        {5, "eea0-eia2-64", 0, 2, 8, true},  {6, "eea0-hmac-64", 0, 0, 8, true},
        {7, "eea2-eia2-32", 2, 2, 4, true},  {8, "eea1-eia1-32", 1, 1, 4, true},
        {9, "eea3-eia3-32", 3, 3, 4, true},
    };
    uint8_t id = 0;
    (void)state;
    for (size_t i = 0; i < 9; i++) {
        const godwit_suite_t *got = godwit_suite(want[i].id);
        assert_non_null(got);
        assert_string_equal(got->name, want[i].name);
        assert_int_equal(got->id, want[i].id);
        assert_int_equal(got->eea, want[i].eea);
        assert_int_equal(got->eia, want[i].eia);
        assert_int_equal(got->mac_len, want[i].mac_len);
        assert_int_equal(got->below_minimum, want[i].below_minimum);
        assert_int_equal(godwit_suite_from_name(want[i].name, &id), GODWIT_OK);
        assert_int_equal(id, want[i].id);
    }
    assert_null(godwit_suite(0));
    assert_null(godwit_suite(10));
    assert_null(godwit_suite(255));
    assert_int_equal(godwit_suite_from_name("eea2-eia0-64", &id), GODWIT_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_suite_in_every_framing_opens_what_it_seals),
        cmocka_unit_test(ciphering_hides_the_payload_but_in_eea0),
        cmocka_unit_test(four_octet_macs_are_those_of_128_eia),
        cmocka_unit_test(transcripts_count_in_every_suite),
        cmocka_unit_test(suites_are_the_table_of_the_specification),
    };
    return cmocka_run_group_tests_name("emsdp_suites", tests, messages_load, NULL);
}
