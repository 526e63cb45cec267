/* SPDX-License-Identifier: Apache-2.0
 *
 * Sequence numbers that follow the time (TS 33.102 C.1.1.3): no number twice for a subscriber and node, whatever
 * crashes and clocks do.
 */
#include "tests/aka/aka_test.h"

#include <string.h>

#define BLOCK 600
#define SKEW 20
#define DELTA GODWIT_SQN_DELTA_DEFAULT

/* An AuC node: its clock, its only durable octets, and its memory of slots. */
typedef struct node {
    godwit_sqn_clock_t clock;
    uint64_t durable_mark;
    uint64_t slots[4];
    unsigned ind;
    unsigned writes;
} node_t;

static void start(node_t *node, uint64_t ticks)
{
    godwit_sqn_clock_start(&node->clock, ticks, node->durable_mark);
    memset(node->slots, 0, sizeof node->slots);
}

/* What the owner of a node does before it asks for a number: the time, and the write when one is due. */
static void keep_up(node_t *node, uint64_t ticks)
{
    godwit_sqn_clock_set(&node->clock, ticks);
    uint64_t mark = godwit_sqn_clock_wants(&node->clock, BLOCK);
    if (mark != 0) {
        node->durable_mark = mark;
        node->writes++;
        godwit_sqn_clock_reserve(&node->clock, mark);
    }
}

static godwit_status_t next_sqn(node_t *node, unsigned subscriber, int64_t dif, uint64_t *sqn)
{
    return godwit_sqn_next_by_time(&node->clock, dif, &node->slots[subscriber % 4], node->ind, 5, sqn);
}

static node_t first_life(unsigned ind, uint64_t ticks)
{
    node_t node = {.ind = ind};
    start(&node, ticks);
    keep_up(&node, ticks);
    return node;
}

static int64_t dif_of_new_subscriber(const node_t *node)
{
    return godwit_sqn_resync_by_time(&node->clock, 0, 0, 0, 5, DELTA, SKEW);
}

static void seq_follows_the_clock(void **state)
{
    (void)state;
    node_t node = first_life(3, 1000000);
    uint64_t sqn = 0;
    assert_ok(next_sqn(&node, 0, -999000, &sqn));
    assert_true(sqn == godwit_sqn_join(1000, 3, 5));
    keep_up(&node, 1000500);
    assert_ok(next_sqn(&node, 0, -999000, &sqn));
    assert_true(sqn == godwit_sqn_join(1500, 3, 5));
}

static void two_vectors_in_one_tick_take_two_seq(void **state)
{
    (void)state;
    node_t node = first_life(3, 1000000);
    uint64_t first = 0, second = 0, later = 0;
    assert_ok(next_sqn(&node, 0, 0, &first));
    assert_ok(next_sqn(&node, 0, 0, &second));
    assert_true(second == first + 32);
    keep_up(&node, 1000001); /* the tick that the second already took */
    assert_ok(next_sqn(&node, 0, 0, &later));
    assert_true(later == second + 32);
}

static void another_slot_does_not_notice_a_burst(void **state)
{
    (void)state;
    node_t node = first_life(3, 1000000);
    uint64_t sqn = 0;
    for (int i = 0; i < 50; i++) {
        assert_ok(next_sqn(&node, 1, 0, &sqn));
    }
    assert_ok(next_sqn(&node, 2, 0, &sqn));
    assert_true(sqn == godwit_sqn_join(1000000, 3, 5));
}

static void a_clock_that_goes_back_gives_no_lower_seq(void **state)
{
    (void)state;
    node_t node = first_life(3, 1000000);
    uint64_t before = 0, after = 0;
    assert_ok(next_sqn(&node, 0, 0, &before));
    keep_up(&node, 17);
    assert_true(node.clock.now == 1000000);
    assert_ok(next_sqn(&node, 0, 0, &after));
    assert_true(after > before);
    assert_ok(next_sqn(&node, 1, 0, &after)); /* a slot without memory, too */
    assert_true(after >= before);
}

/* The crash comes at the worst moment: everything reserved was used. And the clock was set back meanwhile. */
static void a_crash_with_the_clock_set_back_repeats_nothing(void **state)
{
    (void)state;
    node_t node = first_life(3, 1000000);
    uint64_t last = 0, sqn = 0;
    while (next_sqn(&node, 0, 0, &sqn) == GODWIT_OK) {
        assert_true(sqn > last);
        last = sqn;
    }
    assert_true(last == godwit_sqn_join(node.durable_mark, 3, 5));
    start(&node, 5);
    assert_int_equal(next_sqn(&node, 0, 0, &sqn), GODWIT_AGAIN);
    keep_up(&node, 5);
    assert_ok(next_sqn(&node, 0, 0, &sqn));
    assert_true(sqn > last);
}

static void nothing_is_given_out_before_the_mark_is_durable(void **state)
{
    (void)state;
    node_t node = {.ind = 1};
    uint64_t sqn = 77;
    start(&node, 1000000);
    assert_int_equal(next_sqn(&node, 0, 0, &sqn), GODWIT_AGAIN);
    assert_true(sqn == 77 && node.slots[0] == 0);
    assert_true(godwit_sqn_clock_wants(&node.clock, BLOCK) > 1000000);
    assert_int_equal(next_sqn(&node, 0, 0, &sqn), GODWIT_AGAIN); /* asking reserves nothing */
    keep_up(&node, 1000000);
    assert_ok(next_sqn(&node, 0, 0, &sqn));
}

/* A hundred lives of random length under a clock that jumps: numbers of one subscriber under one IND only rise. */
static void lives_crashes_and_clock_jumps_never_repeat_a_number(void **state)
{
    (void)state;
    node_t node = {.ind = 9};
    uint64_t highest[8] = {0};
    uint64_t ticks = 5000000;
    unsigned given = 0;
    for (int life = 0; life < 100; life++) {
        ticks += aka_test_random_below(2000);
        ticks -= aka_test_random_below(2000); /* back as often as forth */
        start(&node, ticks);
        for (uint64_t i = aka_test_random_below(400); i > 0; i--) {
            unsigned subscriber = (unsigned)aka_test_random_below(8); /* two share a slot */
            uint64_t sqn = 0;
            ticks += aka_test_random_below(3);
            keep_up(&node, ticks);
            godwit_status_t status = next_sqn(&node, subscriber, 0, &sqn);
            assert_true(status == GODWIT_OK || status == GODWIT_AGAIN);
            if (status == GODWIT_OK) {
                assert_true(sqn > highest[subscriber]);
                highest[subscriber] = sqn;
                given++;
            }
        }
    }
    assert_true(given > 10000);
}

static void a_vector_costs_no_write_and_half_a_block_of_time_costs_one(void **state)
{
    (void)state;
    node_t node = first_life(3, 1000000);
    uint64_t sqn = 0;
    for (uint64_t tick = 0; tick < 100 * BLOCK; tick++) {
        keep_up(&node, 1000000 + tick);
        assert_ok(next_sqn(&node, (unsigned)tick, 0, &sqn));
        assert_ok(next_sqn(&node, (unsigned)tick + 1, 0, &sqn));
    }
    assert_in_range(node.writes, 100, 201);
}

/* Three nodes with clocks that differ by less than SKEW; one card; nothing shared but DIF. */
static void nodes_that_share_only_dif_are_all_accepted(void **state)
{
    (void)state;
    static const uint64_t offset[3] = {0, SKEW / 2, SKEW - 1};
    node_t nodes[3];
    godwit_sqn_array_t card;
    godwit_sqn_array_init(&card);
    for (unsigned i = 0; i < 3; i++) {
        nodes[i] = first_life(i, 1000000 + offset[i]);
    }
    const int64_t dif = dif_of_new_subscriber(&nodes[2]); /* made where the clock is fast */
    for (uint64_t tick = 0; tick < 2000; tick++) {
        unsigned i = (unsigned)aka_test_random_below(3);
        uint64_t sqn = 0;
        keep_up(&nodes[i], 1000000 + tick + offset[i]);
        assert_ok(next_sqn(&nodes[i], 0, dif, &sqn));
        assert_ok(godwit_sqn_accept(&card, sqn));
    }
}

/* A card that slept longer than delta refuses once; DIF is set; then every node is accepted again. */
static void after_a_sleep_beyond_delta_one_auts_is_enough(void **state)
{
    (void)state;
    node_t here = first_life(1, 1000000), there = first_life(2, 1000000 - SKEW + 1);
    godwit_sqn_array_t card;
    godwit_sqn_array_init(&card);
    int64_t dif = dif_of_new_subscriber(&here);
    uint64_t sqn = 0;
    assert_ok(next_sqn(&there, 0, dif, &sqn));
    assert_ok(godwit_sqn_accept(&card, sqn));
    assert_ok(next_sqn(&here, 0, dif, &sqn));
    assert_ok(godwit_sqn_accept(&card, sqn));

    keep_up(&here, 1000000 + DELTA + 100);
    keep_up(&there, 1000000 + DELTA + 101 - SKEW);
    assert_ok(next_sqn(&here, 0, dif, &sqn));
    assert_int_equal(godwit_sqn_accept(&card, sqn), GODWIT_AUTH_RESYNC);
    int64_t lowered =
        godwit_sqn_resync_by_time(&here.clock, dif, here.slots[0], godwit_sqn_highest(&card), 5, DELTA, SKEW);
    assert_true(lowered < dif);
    assert_ok(next_sqn(&there, 0, lowered, &sqn));
    assert_ok(godwit_sqn_accept(&card, sqn));
    assert_ok(next_sqn(&here, 0, lowered, &sqn));
    assert_ok(godwit_sqn_accept(&card, sqn));
}

/* An AUTS that a replayed old vector provoked must change nothing. */
static void dif_stays_when_the_next_seq_would_be_accepted_anyway(void **state)
{
    (void)state;
    node_t node = first_life(1, 1000000);
    uint64_t sqn = 0;
    int64_t dif = dif_of_new_subscriber(&node);
    for (int i = 0; i < 5; i++) { /* a batch: the slot runs ahead of the clock */
        assert_ok(next_sqn(&node, 0, dif, &sqn));
    }
    assert_true(godwit_sqn_resync_by_time(&node.clock, dif, node.slots[0], sqn, 5, DELTA, SKEW) == dif);
    assert_true(godwit_sqn_resync_by_time(&node.clock, dif, node.slots[0], sqn + 32, 5, DELTA, SKEW) > dif);
}

static void after_resynchronisation_the_next_seq_is_accepted(void **state)
{
    (void)state;
    for (int i = 0; i < 500; i++) {
        node_t node = first_life((unsigned)i % 32, 1 + aka_test_random_below(UINT64_C(1) << 40));
        godwit_sqn_array_t card;
        godwit_sqn_array_init(&card);
        card.delta = 100 + aka_test_random_below(1000000);
        for (unsigned ind = 0; ind < 32; ind++) {
            card.seq_ms[ind] = aka_test_random_below(UINT64_C(1) << 42);
        }
        int64_t dif = (int64_t)aka_test_random_below(UINT64_C(1) << 43) - (INT64_C(1) << 42);
        uint64_t sqn = 0;
        node.slots[0] = aka_test_random_below(2) * (node.clock.now + 5);
        dif =
            godwit_sqn_resync_by_time(&node.clock, dif, node.slots[0], godwit_sqn_highest(&card), 5, card.delta, SKEW);
        assert_ok(next_sqn(&node, 0, dif, &sqn));
        assert_ok(godwit_sqn_accept(&card, sqn));
    }
}

static void a_new_subscriber_starts_at_skew_plus_one(void **state)
{
    (void)state;
    node_t node = first_life(4, UINT64_C(17000000000));
    uint64_t sqn = 0;
    assert_ok(next_sqn(&node, 0, dif_of_new_subscriber(&node), &sqn));
    /* With DIF 0 the first SEQ would lie within delta of 0 only for a clock that has just begun. */
    assert_true(sqn == godwit_sqn_join(SKEW + 1, 4, 5));
}

static void seq_neither_falls_below_one_nor_wraps(void **state)
{
    (void)state;
    const uint64_t seq_max = GODWIT_SQN_MAX >> 5;
    node_t node = first_life(31, 1000);
    uint64_t sqn = 77;
    assert_int_equal(next_sqn(&node, 0, -1000, &sqn), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(next_sqn(&node, 0, INT64_MIN, &sqn), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(next_sqn(&node, 0, (int64_t)(seq_max - 999), &sqn), GODWIT_COUNT_EXHAUSTED);
    assert_int_equal(next_sqn(&node, 0, INT64_MAX, &sqn), GODWIT_COUNT_EXHAUSTED);
    assert_true(sqn == 77 && node.slots[3] == 0);
    assert_ok(next_sqn(&node, 0, (int64_t)(seq_max - 1000), &sqn));
    assert_true(sqn == GODWIT_SQN_MAX);
    assert_int_equal(godwit_sqn_next_by_time(&node.clock, 0, &node.slots[1], 32, 5, &sqn), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_sqn_next_by_time(&node.clock, 0, &node.slots[1], 0, 6, &sqn), GODWIT_INVALID_ARGUMENT);
    assert_true(node.slots[1] == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seq_follows_the_clock),
        cmocka_unit_test(two_vectors_in_one_tick_take_two_seq),
        cmocka_unit_test(another_slot_does_not_notice_a_burst),
        cmocka_unit_test(a_clock_that_goes_back_gives_no_lower_seq),
        cmocka_unit_test(a_crash_with_the_clock_set_back_repeats_nothing),
        cmocka_unit_test(nothing_is_given_out_before_the_mark_is_durable),
        cmocka_unit_test(lives_crashes_and_clock_jumps_never_repeat_a_number),
        cmocka_unit_test(a_vector_costs_no_write_and_half_a_block_of_time_costs_one),
        cmocka_unit_test(nodes_that_share_only_dif_are_all_accepted),
        cmocka_unit_test(after_a_sleep_beyond_delta_one_auts_is_enough),
        cmocka_unit_test(dif_stays_when_the_next_seq_would_be_accepted_anyway),
        cmocka_unit_test(after_resynchronisation_the_next_seq_is_accepted),
        cmocka_unit_test(a_new_subscriber_starts_at_skew_plus_one),
        cmocka_unit_test(seq_neither_falls_below_one_nor_wraps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
