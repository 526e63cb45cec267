/* SPDX-License-Identifier: Apache-2.0
 *
 * The queue of readings under a clock of the test: order, at least once, no destination that holds up another, bounds,
 * marks, restarts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tests/deliver/fake_backing.h"

#define MOST 60000

static fake_backing_t backing;
static godwit_queue_t *queue;
static unsigned troubles;
static uint64_t now;

static void trouble(void *context, const char *name, uint64_t number, godwit_deliver_failure_t how, const char *why)
{
    (void)context;
    (void)name;
    (void)number;
    (void)how;
    (void)why;
    troubles++;
}

static godwit_queue_destination_t destination(const char *target)
{
    return (godwit_queue_destination_t){
        .kind = &fake_kind, .config = {.name = target, .target = target}, .retry_ms = 100, .retry_max_ms = 1000};
}

static void set(size_t count)
{
    char why[GODWIT_DELIVER_WHY];
    const godwit_queue_destination_t all[] = {destination("0"), destination("1"), destination("2")};
    assert_int_equal(godwit_queue_set(queue, all, count, why), GODWIT_OK);
}

/* stored: in the backing of the test; else in memory. */
static void start(bool stored, size_t destinations)
{
    godwit_queue_config_t config = {
        .origin = "hse.example", .readings = 300, .octets = 1000, .first = 1, .pass_ms = 500, .trouble = trouble};
    if (stored) {
        config.backing = fake_backing(&backing);
    }
    assert_int_equal(godwit_queue_new(&config, &queue), GODWIT_OK);
    set(destinations);
}

static int setup(void **state)
{
    (void)state;
    memset(&backing, 0, sizeof backing);
    fake_reset();
    troubles = 0;
    now = 1000;
    queue = NULL;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    godwit_queue_free(queue);
    return 0;
}

static uint64_t run(uint64_t at)
{
    now = at;
    return godwit_queue_run(queue, now, MOST);
}

static void store(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        fake_store(&backing);
    }
    godwit_queue_stored(queue, count, count);
}

static void add(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const godwit_reading_t reading = {.payload = godwit_slice("x", 1), .time_ms = 5};
        assert_int_equal(godwit_queue_add(queue, &reading), GODWIT_OK);
    }
}

static godwit_queue_count_t count_of(size_t index)
{
    godwit_queue_count_t count;
    assert_true(godwit_queue_counts(queue, index, &count));
    return count;
}

static void assert_offered(const fake_destination_t *d, uint64_t first, size_t count)
{
    assert_int_equal(d->offered_count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(d->offered[i], first + i);
    }
}

static void readings_go_to_each_destination_in_order_and_leave(void **state)
{
    (void)state;
    start(false, 2);
    add(280); /* more than a window */
    (void)run(1000);
    assert_offered(&fake_destinations[0], 1, 280);
    assert_offered(&fake_destinations[1], 1, 280);
    assert_int_equal(godwit_queue_readings(queue), 0);
    assert_int_equal(godwit_queue_octets(queue), 0);
    assert_int_equal(count_of(1).delivered, 280);
    assert_int_equal(run(1001), MOST); /* nothing is due */
}

static void a_dead_destination_holds_up_nobody(void **state)
{
    (void)state;
    start(false, 2);
    fake_destinations[0].takes = false;
    add(10);
    (void)run(1000);
    assert_offered(&fake_destinations[1], 1, 10);
    assert_int_equal(godwit_queue_readings(queue), 10);
    assert_int_equal(count_of(0).queued, 10);
    assert_int_equal(count_of(0).oldest_ms, 5);
    assert_int_equal(count_of(1).queued, 0);
    fake_destinations[0].takes = true;
    (void)run(1001);
    assert_offered(&fake_destinations[0], 1, 10);
    assert_int_equal(godwit_queue_readings(queue), 0);
}

static void what_failed_is_offered_again_after_a_back_off_that_doubles(void **state)
{
    (void)state;
    start(false, 1);
    fake_destinations[0].fails = 5;
    add(3);
    assert_int_equal(run(1000), 100);
    assert_offered(&fake_destinations[0], 1, 1); /* the next does not overtake it */
    assert_true(count_of(0).waiting);
    (void)run(1099);
    assert_int_equal(fake_destinations[0].offered_count, 1);
    assert_int_equal(run(1100), 200);
    assert_int_equal(run(1300), 400);
    assert_int_equal(run(1700), 800);
    assert_int_equal(run(2500), 1000); /* no more than the most */
    (void)run(3500);
    const uint64_t expected[] = {1, 1, 1, 1, 1, 1, 2, 3};
    assert_int_equal(fake_destinations[0].offered_count, 8);
    assert_memory_equal(fake_destinations[0].offered, expected, sizeof expected);
    assert_int_equal(count_of(0).retries, 5);
    assert_int_equal(count_of(0).delivered, 3);
    assert_int_equal(troubles, 5);
}

static void of_a_window_in_flight_only_what_failed_goes_again(void **state)
{
    (void)state;
    start(false, 1);
    fake_destinations[0].has = false;
    add(4);
    (void)run(1000);
    assert_offered(&fake_destinations[0], 1, 4);
    fake_done(&fake_destinations[0]);
    fake_failed(&fake_destinations[0], GODWIT_DELIVER_LATER);
    fake_done(&fake_destinations[0]);
    fake_failed(&fake_destinations[0], GODWIT_DELIVER_LATER);
    assert_int_equal(count_of(0).queued, 3);
    fake_destinations[0].offered_count = 0;
    fake_destinations[0].has = true;
    fake_destinations[0].steps = 0;
    (void)run(1050);
    assert_int_equal(fake_destinations[0].steps, 1);
    assert_int_equal(fake_destinations[0].offered_count, 0);
    (void)run(1100);
    assert_int_equal(fake_destinations[0].steps, 3); /* before offers, and after those that were taken */
    const uint64_t expected[] = {2, 4};
    assert_int_equal(fake_destinations[0].offered_count, 2);
    assert_memory_equal(fake_destinations[0].offered, expected, sizeof expected);
    assert_int_equal(count_of(0).queued, 0);
}

static void a_refused_reading_waits_or_is_passed_over_as_the_configuration_says(void **state)
{
    (void)state;
    char why[GODWIT_DELIVER_WHY];
    start(false, 0);
    godwit_queue_destination_t all[] = {destination("0"), destination("1")};
    all[1].drop_refused = true;
    assert_int_equal(godwit_queue_set(queue, all, 2, why), GODWIT_OK);
    for (size_t i = 0; i < 2; i++) {
        fake_destinations[i].fails = 1;
        fake_destinations[i].how = GODWIT_DELIVER_REFUSED;
    }
    add(2);
    (void)run(1000);
    assert_int_equal(count_of(0).queued, 2);
    assert_int_equal(count_of(1).queued, 0);
    assert_int_equal(count_of(1).refused, 1);
    assert_int_equal(count_of(1).delivered, 1);
    assert_int_equal(troubles, 2); /* neither in silence */
    (void)run(1100);
    assert_int_equal(count_of(0).queued, 0);
}

static void a_kind_that_cannot_write_is_asked_again_later(void **state)
{
    (void)state;
    start(false, 1);
    fake_destinations[0].has = false;
    fake_destinations[0].flush_fails = true;
    add(1);
    assert_int_equal(run(1000), 100);
    assert_int_equal(troubles, 1);
    fake_destinations[0].flush_fails = false;
    fake_done(&fake_destinations[0]);
    (void)run(1100);
    assert_int_equal(godwit_queue_readings(queue), 0);
}

static void bounds_of_readings_and_octets_are_seen_before_they_are_passed(void **state)
{
    (void)state;
    start(false, 1);
    fake_destinations[0].takes = false;
    add(290);
    assert_false(godwit_queue_full(queue, 9, 0));
    assert_true(godwit_queue_full(queue, 10, 0)); /* those on their way count */
    assert_false(godwit_queue_full(queue, 0, 709));
    assert_true(godwit_queue_full(queue, 0, 710));
    add(10);
    assert_true(godwit_queue_full(queue, 0, 0));
    add(GODWIT_QUEUE_SLACK); /* what one batch brings beyond it is kept */
    const godwit_reading_t reading = {.payload = godwit_slice("x", 1)};
    assert_int_equal(godwit_queue_add(queue, &reading), GODWIT_OVERLOAD);
    fake_destinations[0].takes = true;
    (void)run(1000);
    (void)run(1001);
    assert_false(godwit_queue_full(queue, 0, 0));
    assert_offered(&fake_destinations[0], 1, 300 + GODWIT_QUEUE_SLACK);
}

static void readings_that_are_stored_and_not_seen_yet_count(void **state)
{
    (void)state;
    start(true, 1);
    fake_destinations[0].takes = false;
    store(290);
    assert_false(godwit_queue_full(queue, 9, 0));
    assert_true(godwit_queue_full(queue, 10, 0));
    assert_true(godwit_queue_full(queue, 0, 710));
    (void)run(1000);
    assert_false(godwit_queue_full(queue, 9, 0)); /* once, not twice */
    assert_int_equal(godwit_queue_readings(queue), 290);
}

static void an_arrival_ends_the_doubling(void **state)
{
    (void)state;
    start(false, 1);
    fake_destinations[0].fails = 3;
    add(1);
    (void)run(1000);
    (void)run(1100);
    assert_int_equal(run(1300), 400);
    (void)run(1700);
    assert_int_equal(count_of(0).delivered, 1);
    fake_destinations[0].fails = 1;
    add(1);
    assert_int_equal(run(1701), 100);
}

static void stored_readings_are_passed_in_one_transaction_for_many(void **state)
{
    (void)state;
    start(true, 2);
    store(200);
    assert_int_equal(godwit_queue_readings(queue), 200);
    assert_int_equal(run(1000), 500); /* the marks are due then */
    assert_offered(&fake_destinations[1], 1, 200);
    assert_int_equal(backing.count, 200);
    store(50);
    (void)run(1200);
    const unsigned passes = backing.passes;
    (void)run(1500);
    assert_int_equal(backing.passes, passes + 1);
    assert_int_equal(backing.count, 0);
    assert_int_equal(fake_mark(&backing, "0"), 250);
    assert_int_equal(fake_mark(&backing, "1"), 250);
    assert_int_equal(godwit_queue_readings(queue), 0);
}

static void a_restart_goes_on_where_each_destination_was(void **state)
{
    (void)state;
    start(true, 2);
    fake_destinations[1].has = false;
    fake_destinations[1].room = 3;
    store(10);
    (void)run(1000);
    fake_done(&fake_destinations[1]);
    (void)run(1500);
    assert_int_equal(fake_mark(&backing, "0"), 10);
    assert_int_equal(fake_mark(&backing, "1"), 1);
    assert_int_equal(backing.count, 9);
    godwit_queue_free(queue);
    fake_reset();
    start(true, 2);
    (void)run(2000);
    assert_offered(&fake_destinations[0], 0, 0);
    assert_offered(&fake_destinations[1], 2, 9);
    assert_string_equal(fake_destinations[1].payload, "10");
    store(1);
    (void)run(2001);
    assert_int_equal(fake_destinations[0].offered[0], 11);
    (void)run(2600);
    assert_int_equal(backing.count, 0);
}

static void an_end_in_order_keeps_the_marks(void **state)
{
    (void)state;
    start(true, 1);
    store(5);
    (void)run(1000);
    godwit_queue_free(queue);
    queue = NULL;
    assert_int_equal(fake_mark(&backing, "0"), 5);
    assert_int_equal(backing.count, 0);
}

static void a_store_that_fails_loses_nothing(void **state)
{
    (void)state;
    start(true, 1);
    store(5);
    backing.fails = true;
    assert_true(run(1000) <= 1000); /* asked again soon */
    assert_offered(&fake_destinations[0], 0, 0);
    assert_int_equal(godwit_queue_readings(queue), 5);
    backing.fails = false;
    (void)run(2000);
    assert_offered(&fake_destinations[0], 1, 5);
    backing.fails = true;
    (void)run(2500);
    assert_int_equal(backing.count, 5); /* they stay, and their places in memory */
    assert_int_equal(godwit_queue_readings(queue), 5);
    backing.fails = false;
    (void)run(3500);
    assert_int_equal(backing.count, 0);
    assert_int_equal(godwit_queue_readings(queue), 0);
}

static void what_is_not_kept_in_memory_is_read_when_it_is_offered(void **state)
{
    (void)state;
    godwit_queue_config_t config = {
        .origin = "x", .readings = 1000, .octets = 1 << 20, .cache_octets = 3, .backing = fake_backing(&backing)};
    assert_int_equal(godwit_queue_new(&config, &queue), GODWIT_OK);
    set(1);
    fake_destinations[0].takes = false;
    store(8);
    (void)run(1000);
    fake_destinations[0].takes = true;
    (void)run(1001);
    assert_offered(&fake_destinations[0], 1, 8);
    assert_string_equal(fake_destinations[0].payload, "8");
    assert_true(backing.reads > 8 + 3);
}

static void more_readings_than_the_ring_had_room_for_keep_their_order(void **state)
{
    (void)state;
    start(true, 1);
    fake_destinations[0].takes = false;
    store(3000); /* as a bound that was lowered leaves behind */
    (void)run(1000);
    assert_true(godwit_queue_full(queue, 0, 0));
    fake_destinations[0].takes = true;
    while (count_of(0).queued > 0) {
        (void)run(now + 1);
    }
    assert_offered(&fake_destinations[0], 1, 3000);
}

static void destinations_change_while_it_runs(void **state)
{
    (void)state;
    char why[GODWIT_DELIVER_WHY];
    start(false, 2);
    fake_destinations[1].has = false;
    add(5);
    (void)run(1000);
    fake_done(&fake_destinations[1]);
    (void)run(1000);
    set(3);
    assert_int_equal(fake_destinations[0].opened, 2);
    assert_int_equal(fake_destinations[0].closed, 1);
    fake_destinations[1].has = true;
    (void)run(1001);
    assert_int_equal(fake_destinations[0].offered_count, 5); /* none again */
    assert_int_equal(count_of(0).delivered, 5);
    assert_int_equal(fake_destinations[1].offered_count, 9); /* four again: nobody said that it has them */
    assert_offered(&fake_destinations[2], 2, 4);             /* from the oldest there is */
    fake_destinations[2].refuses_to_open = true;
    const godwit_queue_destination_t all[] = {destination("1"), destination("2")};
    assert_int_equal(godwit_queue_set(queue, all, 2, why), GODWIT_IO_FAILED);
    assert_string_equal(why, "closed");
    add(1);
    (void)run(1002);
    assert_int_equal(fake_destinations[0].offered_count, 6); /* as before */
    fake_destinations[0].takes = false;
    add(1);
    (void)run(1003);
    assert_int_equal(godwit_queue_readings(queue), 1);
    fake_destinations[2].refuses_to_open = false;
    assert_int_equal(godwit_queue_set(queue, all, 2, why), GODWIT_OK);
    (void)run(1004);
    assert_int_equal(godwit_queue_readings(queue), 0); /* the one that it waited for is gone */
}

static void outcomes_that_nobody_waits_for_are_ignored(void **state)
{
    (void)state;
    start(false, 1);
    fake_destinations[0].has = false;
    add(2);
    (void)run(1000);
    const godwit_deliver_told_t told = fake_destinations[0].delivery->told;
    told.done(told.context, 99);
    told.failed(told.context, 0, GODWIT_DELIVER_LATER, "no");
    told.done(told.context, 1);
    told.done(told.context, 1);
    told.failed(told.context, 1, GODWIT_DELIVER_LATER, "no");
    assert_int_equal(count_of(0).queued, 1);
    assert_int_equal(count_of(0).delivered, 1);
    assert_int_equal(count_of(0).retries, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(readings_go_to_each_destination_in_order_and_leave),
        TEST(a_dead_destination_holds_up_nobody),
        TEST(what_failed_is_offered_again_after_a_back_off_that_doubles),
        TEST(of_a_window_in_flight_only_what_failed_goes_again),
        TEST(a_refused_reading_waits_or_is_passed_over_as_the_configuration_says),
        TEST(a_kind_that_cannot_write_is_asked_again_later),
        TEST(bounds_of_readings_and_octets_are_seen_before_they_are_passed),
        TEST(readings_that_are_stored_and_not_seen_yet_count),
        TEST(an_arrival_ends_the_doubling),
        TEST(stored_readings_are_passed_in_one_transaction_for_many),
        TEST(a_restart_goes_on_where_each_destination_was),
        TEST(an_end_in_order_keeps_the_marks),
        TEST(a_store_that_fails_loses_nothing),
        TEST(what_is_not_kept_in_memory_is_read_when_it_is_offered),
        TEST(more_readings_than_the_ring_had_room_for_keep_their_order),
        TEST(destinations_change_while_it_runs),
        TEST(outcomes_that_nobody_waits_for_are_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
