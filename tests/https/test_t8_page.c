/* SPDX-License-Identifier: Apache-2.0
 *
 * What goes on a page of the REST front's collection, and where it ends (docs/t8.openapi.yaml).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "adapters/t8/t8.h"

static bool add(godwit_t8_page_t *page, uint32_t reference, godwit_trigger_state_t state, godwit_action_type_t action)
{
    const godwit_trigger_record_t trigger = {.state = state, .action = {.reference = reference, .action = action}};
    return godwit_t8_page_add(page, &trigger);
}

static void what_waits_is_listed_and_nothing_else(void **state)
{
    (void)state;
    static godwit_t8_page_t page;
    assert_true(add(&page, 1, GODWIT_TRIGGER_WAITING, GODWIT_ACTION_TRIGGER));
    assert_true(add(&page, 2, GODWIT_TRIGGER_SENT, GODWIT_ACTION_REPLACE));
    assert_true(add(&page, 3, GODWIT_TRIGGER_REPORTING, GODWIT_ACTION_TRIGGER));
    assert_true(add(&page, 4, GODWIT_TRIGGER_CLOSED, GODWIT_ACTION_TRIGGER));
    assert_true(add(&page, 5, GODWIT_TRIGGER_SENT, GODWIT_ACTION_RECALL));
    assert_int_equal(page.count, 2);
    assert_int_equal(page.action[0].reference, 1);
    assert_int_equal(page.action[1].reference, 2);
    assert_int_equal(page.last, 5);
    assert_false(page.more);
}

static void a_full_page_ends_only_where_another_one_waits(void **state)
{
    (void)state;
    static godwit_t8_page_t page;
    for (uint32_t i = 1; i <= GODWIT_T8_PAGE_MAX; i++) {
        assert_true(add(&page, i, GODWIT_TRIGGER_WAITING, GODWIT_ACTION_TRIGGER));
    }
    assert_true(add(&page, GODWIT_T8_PAGE_MAX + 1, GODWIT_TRIGGER_CLOSED, GODWIT_ACTION_TRIGGER));
    assert_false(page.more);
    assert_false(add(&page, GODWIT_T8_PAGE_MAX + 2, GODWIT_TRIGGER_WAITING, GODWIT_ACTION_TRIGGER));
    assert_true(page.more);
    assert_int_equal(page.count, GODWIT_T8_PAGE_MAX);
    assert_int_equal(page.last, GODWIT_T8_PAGE_MAX + 1); /* the next page begins with the one that waits */
}

static void what_is_over_ends_a_page_too(void **state)
{
    (void)state;
    static godwit_t8_page_t page;
    for (uint32_t i = 1; i <= GODWIT_T8_LOOKED_MAX; i++) {
        assert_true(add(&page, i, GODWIT_TRIGGER_CLOSED, GODWIT_ACTION_TRIGGER));
    }
    assert_false(add(&page, GODWIT_T8_LOOKED_MAX + 1, GODWIT_TRIGGER_CLOSED, GODWIT_ACTION_TRIGGER));
    assert_true(page.more);
    assert_int_equal(page.count, 0);
    assert_int_equal(page.last, GODWIT_T8_LOOKED_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_waits_is_listed_and_nothing_else),
        cmocka_unit_test(a_full_page_ends_only_where_another_one_waits),
        cmocka_unit_test(what_is_over_ends_a_page_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
