/* SPDX-License-Identifier: Apache-2.0
 *
 * When much is due at once at the MTC-IWF, as after an outage: it is taken many at a time, and no source that answers
 * nothing holds up the others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/iwf_queue.h"

#define MANY 200u
#define OTHER_SCS "scs.gas.test"

static void two_sources(void)
{
    iwq.config.device_quota = MANY + 1;
    iwq.config.source[1].function = GODWIT_FUNCTION_SCS;
    strcpy(iwq.config.source[1].name, OTHER_SCS);
    iwq.config.sources = 2;
    iwq_restart();
}

static godwit_request_status_t trigger_of(const char *scs, uint32_t reference, uint32_t validity_s)
{
    iwq_action_t a = iwq_action(reference);
    strcpy(a.message.u.device_action.scs, scs);
    strcpy(a.message.origin_host, scs);
    a.message.u.device_action.validity_s = validity_s;
    return iwq_give(&a);
}

static unsigned reported(uint32_t first, uint32_t last)
{
    unsigned count = 0;
    for (uint32_t reference = first; reference <= last; reference++) {
        count += iwq_reports(reference) > 0 ? 1 : 0;
    }
    return count;
}

static void much_that_is_due_is_taken_many_at_a_time(void **state)
{
    (void)state;
    two_sources();
    iwq.reachable = false;
    for (uint32_t reference = 1; reference <= MANY; reference++) {
        assert_int_equal(trigger_of(IWQ_SCS, reference, 100), GODWIT_TRIGGER_SUCCESS);
    }
    iwq.owner.now_ms += 200000; /* an outage, over which all expire: each is settled, and reported */
    iwq_restart();
    iwq_run_ms(60);
    assert_int_equal(reported(1, MANY), MANY);
    iwq_run(10);
    for (uint32_t reference = 1; reference <= MANY; reference++) {
        assert_int_equal(iwq_reports(reference), 1);
        assert_int_equal(iwq_outcome(reference), GODWIT_OUTCOME_EXPIRED);
    }
}

static void a_store_that_failed_for_long_does_not_slow_down_what_is_due(void **state)
{
    (void)state;
    two_sources();
    iwq.reachable = false;
    for (uint32_t reference = 1; reference <= MANY; reference++) {
        assert_int_equal(trigger_of(IWQ_SCS, reference, 100), GODWIT_TRIGGER_SUCCESS);
    }
    iwq.owner.now_ms += 200000;
    iwq_restart();
    iwq.owner.fail_commits = true;
    iwq_run(60);
    iwq.owner.fail_commits = false;
    for (unsigned ms = 0; ms < 2000 && reported(1, MANY) == 0; ms++) {
        iwq_run_ms(1);
    }
    iwq_run_ms(60);
    assert_int_equal(reported(1, MANY), MANY);
}

static void a_source_that_takes_no_reports_holds_up_no_other(void **state)
{
    (void)state;
    two_sources();
    iwq.silent_source = OTHER_SCS;
    for (uint32_t reference = 1; reference <= 300; reference++) {
        iwq.device = reference % 4;
        assert_int_equal(trigger_of(OTHER_SCS, reference, 20 * 86400), GODWIT_TRIGGER_SUCCESS);
        iwq_run_ms(10);
    }
    iwq_run(86400);
    assert_int_equal(reported(1, 300), 300);
    assert_int_equal(trigger_of(IWQ_SCS, 400, 100), GODWIT_TRIGGER_SUCCESS);
    iwq_run(2);
    assert_int_equal(iwq_reports(400), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, iwq_setup)
    const struct CMUnitTest tests[] = {
        TEST(much_that_is_due_is_taken_many_at_a_time),
        TEST(a_store_that_failed_for_long_does_not_slow_down_what_is_due),
        TEST(a_source_that_takes_no_reports_holds_up_no_other),
    };
    return cmocka_run_group_tests_name("mtc_iwf_due", tests, NULL, NULL);
}
