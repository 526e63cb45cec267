/* SPDX-License-Identifier: Apache-2.0
 *
 * Sequence numbers: the counter of the home side and the array of a USIM (TS 33.102 C.1.1.2 and C.2).
 */
#include "tests/aka/aka_test.h"

#include <string.h>

#define SEQ_MAX (GODWIT_SQN_MAX >> 5)

static godwit_sqn_array_t fresh_array(void)
{
    godwit_sqn_array_t array;
    godwit_sqn_array_init(&array);
    return array;
}

static void a_new_array_has_5_ind_bits_and_delta_2_to_28(void **state)
{
    (void)state;
    godwit_sqn_array_t array = fresh_array();
    assert_int_equal(array.ind_bits, 5);
    assert_true(array.delta == UINT64_C(1) << 28);
    assert_true(array.age_limit == 0);
    assert_true(godwit_sqn_highest(&array) == 0);
}

/* The example of TS 33.102 as libosmocore quotes it: with 5 IND bits 33 is SEQ 1 under IND 1, 64 is SEQ 2 under IND
 * 0. */
static void sqn_33_after_64_is_accepted_under_its_own_ind(void **state)
{
    (void)state;
    godwit_sqn_array_t array = fresh_array();
    assert_ok(godwit_sqn_accept(&array, 32));
    assert_ok(godwit_sqn_accept(&array, 64));
    assert_ok(godwit_sqn_accept(&array, 33));
}

static void sqn_64_after_96_is_refused_under_the_same_ind(void **state)
{
    (void)state;
    godwit_sqn_array_t array = fresh_array();
    assert_ok(godwit_sqn_accept(&array, 32));
    assert_ok(godwit_sqn_accept(&array, 96));
    godwit_sqn_array_t before = array;
    assert_int_equal(godwit_sqn_accept(&array, 64), GODWIT_AUTH_RESYNC);
    assert_memory_equal(&array, &before, sizeof array);
}

static void the_same_sqn_is_never_accepted_twice(void **state)
{
    (void)state;
    godwit_sqn_array_t array = fresh_array();
    for (uint64_t seq = 1; seq < 50; seq++) {
        uint64_t sqn = godwit_sqn_join(seq, (unsigned)(seq * 7 % 32), 5);
        assert_ok(godwit_sqn_accept(&array, sqn));
        assert_int_equal(godwit_sqn_accept(&array, sqn), GODWIT_AUTH_RESYNC);
    }
}

static void seq_zero_is_never_accepted(void **state)
{
    (void)state;
    godwit_sqn_array_t array = fresh_array();
    for (uint64_t ind = 0; ind < 32; ind++) {
        assert_int_equal(godwit_sqn_accept(&array, ind), GODWIT_AUTH_RESYNC);
    }
}

static void a_jump_of_delta_is_accepted_and_one_more_is_not(void **state)
{
    (void)state;
    godwit_sqn_array_t array = fresh_array();
    assert_int_equal(godwit_sqn_accept(&array, godwit_sqn_join(array.delta + 1, 3, 5)), GODWIT_AUTH_RESYNC);
    assert_ok(godwit_sqn_accept(&array, godwit_sqn_join(array.delta, 3, 5)));
    /* From the highest SEQ of all INDs, not from that of the IND itself (C.2.1). */
    assert_ok(godwit_sqn_accept(&array, godwit_sqn_join(2 * array.delta, 4, 5)));
    assert_int_equal(godwit_sqn_accept(&array, godwit_sqn_join(3 * array.delta + 1, 4, 5)), GODWIT_AUTH_RESYNC);
    array.delta = 0;
    assert_ok(godwit_sqn_accept(&array, godwit_sqn_join(SEQ_MAX, 4, 5)));
}

/* C.2.2: accepted only if SEQ_MS - SEQ < L. */
static void a_seq_that_is_l_behind_the_highest_is_too_old(void **state)
{
    (void)state;
    godwit_sqn_array_t array = fresh_array();
    array.age_limit = 10;
    assert_ok(godwit_sqn_accept(&array, godwit_sqn_join(100, 0, 5)));
    assert_int_equal(godwit_sqn_accept(&array, godwit_sqn_join(90, 1, 5)), GODWIT_AUTH_RESYNC);
    assert_ok(godwit_sqn_accept(&array, godwit_sqn_join(91, 1, 5)));
    array.age_limit = 0;
    assert_ok(godwit_sqn_accept(&array, godwit_sqn_join(1, 2, 5)));
}

static void nothing_wraps_at_the_end_of_seq(void **state)
{
    (void)state;
    godwit_sqn_array_t array = fresh_array();
    array.delta = 0;
    assert_ok(godwit_sqn_accept(&array, GODWIT_SQN_MAX));
    assert_true(godwit_sqn_highest(&array) == GODWIT_SQN_MAX);
    assert_int_equal(godwit_sqn_accept(&array, GODWIT_SQN_MAX), GODWIT_AUTH_RESYNC);
    assert_int_equal(godwit_sqn_accept(&array, 31), GODWIT_AUTH_RESYNC);
    assert_int_equal(godwit_sqn_accept(&array, GODWIT_SQN_MAX + 1), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_sqn_accept(&array, GODWIT_SQN_MAX + 1 + 64), GODWIT_INVALID_ARGUMENT);
    array = fresh_array();
    array.delta = SEQ_MAX;
    assert_ok(godwit_sqn_accept(&array, godwit_sqn_join(SEQ_MAX - 1, 0, 5)));
    assert_ok(godwit_sqn_accept(&array, godwit_sqn_join(SEQ_MAX, 0, 5)));
}

static void the_highest_sqn_is_found_wherever_it_stands(void **state)
{
    (void)state;
    for (unsigned ind_bits = 0; ind_bits <= 5; ind_bits++) {
        godwit_sqn_array_t array = fresh_array();
        array.ind_bits = (uint8_t)ind_bits;
        array.delta = 0;
        uint64_t highest = 0;
        for (int i = 0; i < 300; i++) {
            uint64_t sqn = aka_test_random_below(1000);
            if (godwit_sqn_accept(&array, sqn) == GODWIT_OK && sqn > highest) {
                highest = sqn;
            }
            assert_true(godwit_sqn_highest(&array) == highest);
        }
        assert_true(highest > 0);
    }
}

static void an_array_with_too_many_ind_bits_is_refused(void **state)
{
    (void)state;
    godwit_sqn_array_t array = fresh_array();
    array.ind_bits = 6;
    assert_int_equal(godwit_sqn_accept(&array, 64), GODWIT_INVALID_ARGUMENT);
    assert_true(godwit_sqn_highest(&array) == 0);
}

static void the_counter_gives_one_seq_after_the_other_whatever_the_ind(void **state)
{
    (void)state;
    uint64_t seq_he = 0, sqn = 0;
    godwit_sqn_array_t array = fresh_array();
    for (uint64_t i = 1; i < 100; i++) {
        unsigned ind = (unsigned)aka_test_random_below(32);
        assert_ok(godwit_sqn_next_by_counter(&seq_he, ind, 5, &sqn));
        assert_true(sqn == (i << 5 | ind));
        assert_ok(godwit_sqn_accept(&array, sqn));
    }
}

static void the_counter_stops_at_the_end_of_seq(void **state)
{
    (void)state;
    uint64_t seq_he = SEQ_MAX - 1, sqn = 0;
    assert_ok(godwit_sqn_next_by_counter(&seq_he, 31, 5, &sqn));
    assert_true(sqn == GODWIT_SQN_MAX);
    sqn = 77;
    assert_int_equal(godwit_sqn_next_by_counter(&seq_he, 0, 5, &sqn), GODWIT_COUNT_EXHAUSTED);
    assert_true(seq_he == SEQ_MAX && sqn == 77);
}

static void an_ind_beyond_its_bits_is_refused(void **state)
{
    (void)state;
    uint64_t seq_he = 4, sqn = 77;
    assert_int_equal(godwit_sqn_next_by_counter(&seq_he, 32, 5, &sqn), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_sqn_next_by_counter(&seq_he, 1, 0, &sqn), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_sqn_next_by_counter(&seq_he, 0, 6, &sqn), GODWIT_INVALID_ARGUMENT);
    assert_true(seq_he == 4 && sqn == 77);
    assert_ok(godwit_sqn_next_by_counter(&seq_he, 0, 0, &sqn));
    assert_true(sqn == 5);
}

/* A card that lost nothing but answers a replay with AUTS must not make the AuC repeat numbers that it has handed
 * out. */
static void resynchronisation_keeps_a_counter_that_is_ahead(void **state)
{
    (void)state;
    const uint64_t delta = 1000;
    assert_true(godwit_sqn_resync_by_counter(50, godwit_sqn_join(40, 7, 5), 5, delta) == 50);
    assert_true(godwit_sqn_resync_by_counter(50, godwit_sqn_join(50, 7, 5), 5, delta) == 50);
    assert_true(godwit_sqn_resync_by_counter(1039, godwit_sqn_join(40, 7, 5), 5, delta) == 1039);
}

static void resynchronisation_moves_a_counter_that_is_behind_or_too_far_ahead(void **state)
{
    (void)state;
    const uint64_t delta = 1000;
    assert_true(godwit_sqn_resync_by_counter(50, godwit_sqn_join(51, 7, 5), 5, delta) == 51);
    assert_true(godwit_sqn_resync_by_counter(1040, godwit_sqn_join(40, 7, 5), 5, delta) == 40);
    assert_true(godwit_sqn_resync_by_counter(1040, godwit_sqn_join(40, 7, 5), 5, 0) == 1040);
}

/* Whatever state the AuC's counter is in, after one AUTS the next vector is accepted, under every IND. */
static void after_resynchronisation_the_next_sqn_is_accepted(void **state)
{
    (void)state;
    for (int i = 0; i < 500; i++) {
        godwit_sqn_array_t array = fresh_array();
        uint64_t seq_he = aka_test_random_below(SEQ_MAX), sqn = 0;
        array.delta = 1 + aka_test_random_below(100000);
        for (unsigned ind = 0; ind < 32; ind++) {
            array.seq_ms[ind] = aka_test_random_below(SEQ_MAX);
        }
        seq_he = godwit_sqn_resync_by_counter(seq_he, godwit_sqn_highest(&array), 5, array.delta);
        assert_ok(godwit_sqn_next_by_counter(&seq_he, (unsigned)i % 32, 5, &sqn));
        assert_ok(godwit_sqn_accept(&array, sqn));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_array_has_5_ind_bits_and_delta_2_to_28),
        cmocka_unit_test(sqn_33_after_64_is_accepted_under_its_own_ind),
        cmocka_unit_test(sqn_64_after_96_is_refused_under_the_same_ind),
        cmocka_unit_test(the_same_sqn_is_never_accepted_twice),
        cmocka_unit_test(seq_zero_is_never_accepted),
        cmocka_unit_test(a_jump_of_delta_is_accepted_and_one_more_is_not),
        cmocka_unit_test(a_seq_that_is_l_behind_the_highest_is_too_old),
        cmocka_unit_test(nothing_wraps_at_the_end_of_seq),
        cmocka_unit_test(the_highest_sqn_is_found_wherever_it_stands),
        cmocka_unit_test(an_array_with_too_many_ind_bits_is_refused),
        cmocka_unit_test(the_counter_gives_one_seq_after_the_other_whatever_the_ind),
        cmocka_unit_test(the_counter_stops_at_the_end_of_seq),
        cmocka_unit_test(an_ind_beyond_its_bits_is_refused),
        cmocka_unit_test(resynchronisation_keeps_a_counter_that_is_ahead),
        cmocka_unit_test(resynchronisation_moves_a_counter_that_is_behind_or_too_far_ahead),
        cmocka_unit_test(after_resynchronisation_the_next_sqn_is_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
