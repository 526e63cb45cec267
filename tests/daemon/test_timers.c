/* SPDX-License-Identifier: Apache-2.0
 *
 * The timers of the daemon against a plain list, over a long random walk.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "daemons/godwitd/timers.h"

#define CAPACITY 50u
#define NUMBERS 40u
#define FUNCTIONS 3u

static uint32_t seed = 12345;

static uint32_t draw(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

static void a_due_timer_is_taken_once_the_earliest_first(void **state)
{
    (void)state;
    timers_t *t = timers_new(4);
    unsigned function = 0;
    uint32_t number = 0;
    assert_true(timers_set(t, 1, 7, 300));
    assert_true(timers_set(t, 2, 7, 100));
    assert_true(timers_set(t, 1, 8, 200));
    assert_false(timers_take(t, 99, &function, &number));
    assert_int_equal(timers_wait(t, 40, 1000), 60);
    assert_true(timers_take(t, 250, &function, &number));
    assert_int_equal(function, 2);
    assert_int_equal(number, 7);
    assert_true(timers_take(t, 250, &function, &number));
    assert_int_equal(number, 8);
    assert_false(timers_take(t, 250, &function, &number));
    timers_cancel(t, 1, 7);
    assert_int_equal(timers_wait(t, 0, 1000), 1000);
    timers_free(t);
}

static void asking_again_replaces_and_a_full_table_refuses(void **state)
{
    (void)state;
    timers_t *t = timers_new(2);
    assert_true(timers_set(t, 1, 1, 10));
    assert_true(timers_set(t, 1, 2, 20));
    assert_false(timers_set(t, 1, 3, 5));
    assert_true(timers_set(t, 1, 1, 30));
    assert_int_equal(timers_count(t), 2);
    assert_int_equal(timers_wait(t, 0, 1000), 20);
    timers_free(t);
}

static void it_agrees_with_a_plain_list(void **state)
{
    (void)state;
    timers_t *t = timers_new(CAPACITY);
    uint64_t due[FUNCTIONS][NUMBERS] = {{0}}, now = 1;
    uint32_t running = 0;
    for (unsigned step = 0; step < 200000; step++) {
        unsigned f = draw(FUNCTIONS), n = draw(NUMBERS);
        unsigned what = draw(10);
        if (what < 6) {
            uint64_t when = now + draw(1000);
            bool fits = due[f][n] != 0 || running < CAPACITY;
            assert_int_equal(timers_set(t, f, n * 977u, when), fits);
            running += fits && due[f][n] == 0;
            due[f][n] = fits ? when : 0;
        } else if (what < 8) {
            timers_cancel(t, f, n * 977u);
            running -= due[f][n] != 0;
            due[f][n] = 0;
        } else {
            unsigned function = 0;
            uint32_t number = 0;
            uint64_t earliest = UINT64_MAX;
            for (unsigned i = 0; i < FUNCTIONS * NUMBERS; i++) {
                uint64_t d = due[i / NUMBERS][i % NUMBERS];
                earliest = d != 0 && d < earliest ? d : earliest;
            }
            now += draw(200);
            bool took = timers_take(t, now, &function, &number);
            assert_int_equal(took, earliest <= now);
            if (took) {
                assert_int_equal(due[function][number / 977u], earliest);
                due[function][number / 977u] = 0;
                running--;
            }
        }
        assert_int_equal(timers_count(t), running);
    }
    timers_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_due_timer_is_taken_once_the_earliest_first),
        cmocka_unit_test(asking_again_replaces_and_a_full_table_refuses),
        cmocka_unit_test(it_agrees_with_a_plain_list),
    };
    return cmocka_run_group_tests_name("timers", tests, NULL, NULL);
}
