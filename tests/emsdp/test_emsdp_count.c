/* SPDX-License-Identifier: Apache-2.0
 *
 * COUNT: which candidates are tried, what the window takes, and that each datagram is accepted once. The model is the
 * sentence of docs/emsdp-wire.md: the one inside the window, then the four above the highest.
 */
#include "core/emsdp/frame.h"
#include "tests/emsdp/messages.h"

#include <stdlib.h>

#define NONE UINT64_MAX

static godwit_framing_t with_e(unsigned e)
{
    return (godwit_framing_t){3, (uint8_t)e};
}

/* The same by definition: all COUNTs with these low bits, one by one, in 64 bits. */
static unsigned candidates_by_definition(uint64_t next_in, unsigned e, uint64_t low, uint32_t out[5])
{
    const uint64_t step = UINT64_C(1) << (3 + 8 * e), window = e == 0 ? 4 : 64;
    unsigned n = 0, above = 0;
    for (uint64_t c = low + (next_in > 2 * step ? (next_in / step - 2) * step : 0); c < UINT32_MAX && above < 4;
         c += step) {
        if (c < next_in && next_in - 1 - c < window) {
            out[n++] = (uint32_t)c;
        } else if (c >= next_in) {
            out[n++] = (uint32_t)c;
            above++;
        }
    }
    return n;
}

static void compare_candidates(uint32_t next_in, unsigned e, uint32_t low)
{
    uint32_t got[FRAME_CANDIDATES_MAX], want[5];
    const unsigned n = godwit_emsdp_candidates(next_in, with_e(e), low, got);
    const unsigned m = candidates_by_definition(next_in, e, low, want);
    if (n != m || memcmp(got, want, n * sizeof *got) != 0) {
        fail_msg("E=%u next_in=%u low=%u: %u candidates, want %u", e, next_in, low, n, m);
    }
}

static void candidates_are_those_of_the_definition(void **state)
{
    (void)state;
    for (uint32_t next_in = 0; next_in < 200; next_in++) {
        for (uint32_t low = 0; low < 8; low++) {
            compare_candidates(next_in, 0, low);
            compare_candidates(UINT32_MAX - next_in, 0, low);
        }
    }
    static const uint32_t around[] = {0,
                                      1,
                                      63,
                                      64,
                                      65,
                                      2047,
                                      2048,
                                      2049,
                                      9000,
                                      524287,
                                      524288,
                                      524352,
                                      134217727,
                                      134217728,
                                      134217800,
                                      2147483647,
                                      4026531840,
                                      UINT32_MAX - 134217728,
                                      UINT32_MAX - 2048,
                                      UINT32_MAX - 64,
                                      UINT32_MAX - 1,
                                      UINT32_MAX};
    for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
        for (uint32_t low = 0; low < 2048; low++) {
            compare_candidates(around[i], 1, low);
            const uint32_t near = around[i] + low - 1024; /* the low bits that matter are near those of the highest */
            compare_candidates(around[i], 2, near & 0x7FFFF);
            compare_candidates(around[i], 3, near & 0x7FFFFFF);
            compare_candidates(around[i], 2, low * 256);
            compare_candidates(around[i], 3, low * 65536);
        }
    }
}

/* ---- through open ------------------------------------------------------------------------------------------------ */

static godwit_status_t deliver(godwit_emsdp_key_t *to, const octets_t *d, bool accept)
{
    uint8_t plain[GODWIT_EMSDP_DATAGRAM_MAX];
    godwit_emsdp_opened_t opened;
    const godwit_emsdp_key_t before = *to;
    const godwit_status_t status = godwit_emsdp_open(CRYPTO, to, octets_slice(d), EMPTY, plain, &opened);
    assert_memory_equal(&before, to, sizeof before); /* opening changes nothing */
    if (status == GODWIT_OK && accept) {
        godwit_emsdp_accept(to, &opened);
    }
    return status;
}

static octets_t user_at(ends_t *e, uint32_t count)
{
    e->device.hot.up_next_out = count;
    return seal_user(&e->device, godwit_slice_of_string("21.5"));
}

static octets_t control_at(ends_t *e, uint32_t count)
{
    const godwit_emsdp_control_t m = bare(GODWIT_MANAGE_KEYS_RESPONSE);
    e->device.cp_next_out = count;
    return seal_control(&e->device, &m, EMPTY);
}

/* What must become of a datagram with this COUNT when highest was the highest accepted. */
static godwit_status_t verdict(uint64_t highest, unsigned e, uint64_t count, bool was_accepted)
{
    const uint64_t step = UINT64_C(1) << (3 + 8 * e), window = e == 0 ? 4 : 64;
    const uint64_t next = highest == NONE ? 0 : highest + 1;
    if (count >= next) {
        return (count - next) / step < 4 ? GODWIT_OK : GODWIT_MAC_FAILURE;
    }
    return highest - count >= window ? GODWIT_MAC_FAILURE : was_accepted ? GODWIT_REPLAY : GODWIT_OK;
}

static void every_distance_gets_its_verdict(void **state)
{
    (void)state;
    for (unsigned e = 0; e <= 1; e++) {
        const uint32_t far = e == 0 ? 60 : 9000, stride = e == 0 ? 1 : 13;
        ends_t ends = ends_default(1, with_e(e));
        for (uint32_t highest = 0; highest < 80; highest += e == 0 ? 1 : 16) {
            ends.network.hot.up_next_in = highest + 1;
            ends.network.hot.up_seen = UINT64_C(0x5555555555555555); /* every other one */
            for (uint32_t count = 0; count < highest + far; count += count < highest + 70 ? 1 : stride) {
                const bool seen = count <= highest && (highest - count) % 2 == 0;
                const octets_t d = user_at(&ends, count);
                assert_int_equal(deliver(&ends.network, &d, false), verdict(highest, e, count, seen));
            }
        }
    }
}

static void large_schemes_reach_four_rounds_ahead_and_no_further(void **state)
{
    (void)state;
    for (unsigned e = 0; e <= 3; e++) {
        const uint32_t step = UINT32_C(1) << (3 + 8 * e);
        ends_t ends = ends_default(1, with_e(e));
        for (unsigned first = 0; first < 2; first++) { /* nothing accepted yet; then 5 accepted */
            const uint32_t next = first == 0 ? 0 : 6;
            ends.network.hot.up_next_in = next;
            ends.network.hot.up_seen = first;
            octets_t last = user_at(&ends, next + 4 * step - 1), beyond = user_at(&ends, next + 4 * step);
            assert_int_equal(deliver(&ends.network, &last, false), GODWIT_OK);
            assert_int_equal(deliver(&ends.network, &beyond, false), GODWIT_MAC_FAILURE);
        }
    }
}

#define SHUFFLED 7

static bool next_permutation(unsigned *a, size_t n)
{
    size_t i = n - 1, j = n - 1;
    while (i > 0 && a[i - 1] >= a[i]) {
        i--;
    }
    if (i == 0) {
        return false;
    }
    while (a[j] <= a[i - 1]) {
        j--;
    }
    unsigned t = a[i - 1];
    a[i - 1] = a[j];
    a[j] = t;
    for (j = n - 1; i < j; i++, j--) {
        t = a[i];
        a[i] = a[j];
        a[j] = t;
    }
    return true;
}

/* Seven datagrams in each of the 5040 orders: each is accepted at most once, and never refused while it is inside the
 * window. */
static void each_order_of_arrival_is_taken_as_the_window_says(void **state)
{
    (void)state;
    for (unsigned e = 0; e <= 3; e++) {
        ends_t ends = ends_default(1, with_e(e));
        octets_t d[SHUFFLED], c[SHUFFLED];
        unsigned order[SHUFFLED];
        for (unsigned i = 0; i < SHUFFLED; i++) {
            d[i] = user_at(&ends, 10 + i);
            c[i] = control_at(&ends, 10 + i);
            order[i] = i;
        }
        do {
            godwit_emsdp_key_t to = ends.network;
            uint64_t highest = NONE;
            bool taken[SHUFFLED] = {false};
            for (unsigned i = 0; i < SHUFFLED; i++) {
                const unsigned k = order[i];
                const godwit_status_t want = verdict(highest, e, 10 + k, taken[k]);
                assert_int_equal(deliver(&to, &d[k], true), want);
                assert_int_equal(deliver(&to, &c[k], true), want);
                taken[k] = taken[k] || want == GODWIT_OK;
                highest = want == GODWIT_OK && (highest == NONE || 10 + k > highest) ? 10 + k : highest;
            }
        } while (next_permutation(order, SHUFFLED));
    }
}

static void nothing_is_accepted_twice_in_a_long_disorder(void **state)
{
    enum { TOTAL = 3000 };
    (void)state;
    srand(7);
    for (unsigned e = 0; e <= 3; e++) {
        static bool taken[TOTAL];
        ends_t ends = ends_default(1, with_e(e));
        uint64_t highest = NONE;
        memset(taken, 0, sizeof taken);
        for (unsigned i = 0; i < TOTAL; i++) {
            const unsigned around = highest == NONE ? 0 : (unsigned)highest;
            const unsigned count = (around + (unsigned)rand() % 90u + TOTAL - 80u) % TOTAL;
            const octets_t d = user_at(&ends, count);
            const godwit_status_t want = verdict(highest, e, count, taken[count]);
            assert_int_equal(deliver(&ends.network, &d, true), want);
            assert_false(want == GODWIT_OK && taken[count]);
            taken[count] = taken[count] || want == GODWIT_OK;
            highest = want == GODWIT_OK && (highest == NONE || count > highest) ? count : highest;
        }
    }
}

static void planes_and_directions_count_for_themselves(void **state)
{
    (void)state;
    ends_t ends = ends_default(1, GODWIT_FRAMING_DEFAULT);
    const octets_t user = user_at(&ends, 40), control = control_at(&ends, 7);
    const octets_t down = seal_user(&ends.network, godwit_slice_of_string("x"));
    assert_int_equal(deliver(&ends.network, &user, true), GODWIT_OK);
    assert_int_equal(deliver(&ends.network, &control, true), GODWIT_OK);
    assert_int_equal(deliver(&ends.device, &down, true), GODWIT_OK);
    assert_int_equal(ends.network.hot.up_next_in, 41);
    assert_int_equal(ends.network.cp_next_in, 8);
    assert_int_equal(ends.device.hot.up_next_in, 1);
    assert_int_equal(ends.device.cp_next_in, 0);
}

/* ---- the full COUNT ---------------------------------------------------------------------------------------------- */

static octets_t full_count(ends_t *e, uint32_t control, uint32_t user)
{
    const godwit_emsdp_control_t m = {.command = GODWIT_MANAGE_KEYS_REQUEST, .present = HAS(COUNT)};
    e->device.cp_next_out = control;
    e->device.hot.up_next_out = user;
    return seal_control(&e->device, &m, EMPTY);
}

static void full_count_finds_a_sender_that_is_far_ahead(void **state)
{
    (void)state;
    ends_t ends = ends_default(1, GODWIT_FRAMING_DEFAULT);
    octets_t lost = user_at(&ends, 1000000);
    assert_int_equal(deliver(&ends.network, &lost, true), GODWIT_MAC_FAILURE);
    octets_t sync = full_count(&ends, 500000, 1000000);
    assert_int_equal(deliver(&ends.network, &sync, true), GODWIT_OK);
    assert_int_equal(ends.network.cp_next_in, 500001);
    assert_int_equal(ends.network.hot.up_next_in, 1000000);
    assert_int_equal(deliver(&ends.network, &lost, true), GODWIT_OK);
    assert_int_equal(deliver(&ends.network, &lost, true), GODWIT_REPLAY);
}

static void full_count_never_moves_anything_back(void **state)
{
    (void)state;
    ends_t ends = ends_default(1, GODWIT_FRAMING_DEFAULT);
    octets_t early = full_count(&ends, 10, 20), late = full_count(&ends, 5000, 9000), again;
    assert_int_equal(deliver(&ends.network, &late, true), GODWIT_OK);
    assert_int_equal(deliver(&ends.network, &early, true), GODWIT_REPLAY); /* right, and behind the window */
    assert_int_equal(deliver(&ends.network, &late, true), GODWIT_REPLAY);
    assert_int_equal(ends.network.hot.up_next_in, 9000);
    again = full_count(&ends, 4990, 8000); /* inside the control window, with an older user-plane COUNT */
    assert_int_equal(deliver(&ends.network, &again, true), GODWIT_OK);
    assert_int_equal(ends.network.hot.up_next_in, 9000);
    assert_int_equal(ends.network.cp_next_in, 5001);
}

/* W COUNTs, the highest included: the last of them is taken, the one behind it is not. */
static void full_count_is_late_only_inside_the_window(void **state)
{
    (void)state;
    for (unsigned e = 0; e <= 3; e++) {
        const uint32_t window = e == 0 ? 4 : 64;
        ends_t ends = ends_default(1, with_e(e));
        octets_t highest = full_count(&ends, 1000, 0), last = full_count(&ends, 1001 - window, 0),
                 behind = full_count(&ends, 1000 - window, 0);
        assert_int_equal(deliver(&ends.network, &highest, true), GODWIT_OK);
        assert_int_equal(deliver(&ends.network, &behind, true), GODWIT_REPLAY);
        assert_int_equal(deliver(&ends.network, &last, true), GODWIT_OK);
        assert_int_equal(deliver(&ends.network, &last, true), GODWIT_REPLAY);
    }
}

/* What was accepted stays accepted when the full COUNT moves the window a little, and what was late may still come. */
static void full_count_keeps_what_was_seen(void **state)
{
    (void)state;
    ends_t ends = ends_default(1, GODWIT_FRAMING_DEFAULT);
    octets_t ten = user_at(&ends, 10), nine = user_at(&ends, 9), sync = full_count(&ends, 0, 20);
    assert_int_equal(deliver(&ends.network, &ten, true), GODWIT_OK);
    assert_int_equal(deliver(&ends.network, &sync, true), GODWIT_OK);
    assert_int_equal(deliver(&ends.network, &ten, true), GODWIT_REPLAY);
    assert_int_equal(deliver(&ends.network, &nine, true), GODWIT_OK);
    assert_int_equal(ends.network.hot.up_next_in, 20);
}

/* The claim is read before the MAC is checked: it must not spare the MAC, and must agree with the header. */
static void full_count_that_was_changed_is_refused(void **state)
{
    (void)state;
    ends_t ends = ends_default(1, GODWIT_FRAMING_DEFAULT);
    const octets_t sync = full_count(&ends, 70000, 80000);
    for (size_t bit = 0; bit < 8 * 8; bit++) {
        octets_t bent = sync;
        bent.at[8 + bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(deliver(&ends.network, &bent, true), GODWIT_MAC_FAILURE);
    }
}

/* ---- the end of COUNT -------------------------------------------------------------------------------------------- */

static void the_last_count_is_below_uint32_max(void **state)
{
    uint8_t buf[64];
    (void)state;
    for (unsigned e = 0; e <= 3; e++) {
        ends_t ends = ends_default(1, with_e(e));
        godwit_writer_t w = godwit_writer(buf, sizeof buf);
        ends.network.hot.up_next_in = UINT32_MAX - 1;
        octets_t last = user_at(&ends, UINT32_MAX - 1);
        assert_int_equal(deliver(&ends.network, &last, true), GODWIT_OK);
        assert_int_equal(ends.network.hot.up_next_in, UINT32_MAX);
        assert_int_equal(deliver(&ends.network, &last, true), GODWIT_REPLAY);
        assert_int_equal(godwit_emsdp_seal_user(CRYPTO, &ends.device, EMPTY, &w), GODWIT_COUNT_EXHAUSTED);
        assert_int_equal(w.len, 0);
        assert_int_equal(ends.device.hot.up_next_out, UINT32_MAX);
    }
}

static void sending_stops_at_what_is_reserved(void **state)
{
    uint8_t buf[64];
    (void)state;
    ends_t ends = ends_default(1, GODWIT_FRAMING_DEFAULT);
    const godwit_emsdp_control_t m = bare(GODWIT_MANAGE_KEYS_RESPONSE);
    ends.device.hot.up_limit_out = 2;
    ends.device.cp_limit_out = 1;
    (void)seal_user(&ends.device, EMPTY);
    (void)seal_user(&ends.device, EMPTY);
    (void)seal_control(&ends.device, &m, EMPTY);
    godwit_writer_t w = godwit_writer(buf, sizeof buf);
    assert_int_equal(godwit_emsdp_seal_user(CRYPTO, &ends.device, EMPTY, &w), GODWIT_COUNT_EXHAUSTED);
    assert_int_equal(godwit_emsdp_seal_control(CRYPTO, &ends.device, &m, EMPTY, &w), GODWIT_COUNT_EXHAUSTED);
    assert_int_equal(w.len, 0);
    ends.device.hot.up_limit_out = 3;
    (void)seal_user(&ends.device, EMPTY);
}

static void window_is_half_of_what_travels_and_at_most_64(void **state)
{
    (void)state;
    assert_int_equal(godwit_emsdp_window(with_e(0)), 4);
    for (unsigned e = 1; e <= 3; e++) {
        assert_int_equal(godwit_emsdp_window(with_e(e)), 64);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(candidates_are_those_of_the_definition),
        cmocka_unit_test(every_distance_gets_its_verdict),
        cmocka_unit_test(large_schemes_reach_four_rounds_ahead_and_no_further),
        cmocka_unit_test(each_order_of_arrival_is_taken_as_the_window_says),
        cmocka_unit_test(nothing_is_accepted_twice_in_a_long_disorder),
        cmocka_unit_test(planes_and_directions_count_for_themselves),
        cmocka_unit_test(full_count_finds_a_sender_that_is_far_ahead),
        cmocka_unit_test(full_count_never_moves_anything_back),
        cmocka_unit_test(full_count_is_late_only_inside_the_window),
        cmocka_unit_test(full_count_keeps_what_was_seen),
        cmocka_unit_test(full_count_that_was_changed_is_refused),
        cmocka_unit_test(the_last_count_is_below_uint32_max),
        cmocka_unit_test(sending_stops_at_what_is_reserved),
        cmocka_unit_test(window_is_half_of_what_travels_and_at_most_64),
    };
    return cmocka_run_group_tests_name("emsdp_count", tests, NULL, NULL);
}
