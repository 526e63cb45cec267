/* SPDX-License-Identifier: Apache-2.0
 *
 * The processes of a soak: the violation that they name is the first, and none goes on when it is known. Scenarios of
 * this file stand in the place of the lab's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lab/soak.h"

#define FIRST 41
#define COUNT (UINT64_MAX / 2) /* nobody ever gets to its end */

static uint64_t bad[2];

void godwit_lab_scenario(uint64_t seed, FILE *out, godwit_lab_outcome_t *outcome)
{
    (void)out;
    *outcome = (godwit_lab_outcome_t){.events = 1};
    if (seed == bad[0] || seed == bad[1]) {
        (void)snprintf(outcome->what, sizeof outcome->what, "seed %llu", (unsigned long long)seed);
    }
}

static void the_only_violation_ends_every_process(void **state)
{
    (void)state;
    godwit_lab_soak_t soak;
    for (uint64_t i = 0; i < 8; i++) {
        bad[0] = bad[1] = FIRST + i;
        assert_true(godwit_lab_soak(FIRST, COUNT, &soak));
        assert_int_equal(soak.violations, 1);
        assert_int_equal(soak.seed, FIRST + i);
    }
}

static void of_two_violations_the_first_is_named(void **state)
{
    (void)state;
    godwit_lab_soak_t soak;
    for (uint64_t i = 1; i < 8; i++) {
        bad[0] = FIRST + 1000;
        bad[1] = bad[0] + i;
        assert_true(godwit_lab_soak(FIRST, COUNT, &soak));
        assert_int_equal(soak.seed, bad[0]);
        assert_string_equal(soak.what, "seed 1041");
        assert_in_range(soak.seeds, 1001, COUNT - 1);
    }
}

static void without_a_violation_every_seed_is_run(void **state)
{
    (void)state;
    godwit_lab_soak_t soak;
    bad[0] = bad[1] = FIRST - 1;
    assert_true(godwit_lab_soak(FIRST, 1000, &soak));
    assert_int_equal(soak.violations, 0);
    assert_int_equal(soak.seeds, 1000);
    assert_int_equal(soak.events, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_only_violation_ends_every_process),
        cmocka_unit_test(of_two_violations_the_first_is_named),
        cmocka_unit_test(without_a_violation_every_seed_is_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
