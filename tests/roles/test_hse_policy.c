/* SPDX-License-Identifier: Apache-2.0
 *
 * What a policy does in the HSE (TR 33.863 Solution 4): suites and agreements by the serving network; and lawful
 * interception: a copy behind the commit for a target, nothing at all for anybody else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/policy/sample.h"
#include "tests/support/hse_world.h"

static hse_world_t w;
static hse_device_t d;
static godwit_policy_rules_t rules;
static godwit_policy_network_t network;
static godwit_imsi_t targets[3];

static int setup(void **state)
{
    (void)state;
    hse_world_init(&w);
    d = hse_device("001010000000001", 1);
    d.suites = 0xFFFF;
    rules = sample_rules();
    rules.agreements = 0xFF;
    network.rules = rules;
    memset(w.hse.config.suite_order, 0, sizeof w.hse.config.suite_order);
    memcpy(w.hse.config.suite_order, "\x01\x05\x02", 3);
    w.hse.config.rules = &rules;
    w.hse.config.networks = &network;
    w.hse.config.network_count = 1;
    network.plmn = SAMPLE_VISITED;
    return 0;
}

static void suite_is_that_of_the_rules_of_the_serving_network(void **state)
{
    (void)state;
    hse_set_up(&w, &d);
    assert_int_equal(d.key.hot.suite, 1);
    network.plmn = SAMPLE_HOME; /* where the device says it is: a law there */
    network.rules = sample_null_rules(GODWIT_CONFIDENTIALITY_OFF, "Act 12");
    network.rules.agreements = 0xFF;
    hse_device_t other = hse_device("001010000000002", 2);
    other.suites = 0xFFFF;
    hse_set_up(&w, &other);
    assert_int_equal(other.key.hot.suite, 5);
    network.plmn = SAMPLE_OTHER;
    rules.mac_bits = 128;
    other = hse_device("001010000000003", 3);
    other.suites = 0xFFFF;
    hse_set_up(&w, &other);
    assert_int_equal(other.key.hot.suite, 2);
}

static void what_the_rules_do_not_allow_is_refused(void **state)
{
    (void)state;
    rules.suites[0] = 3; /* the HSE has it not */
    rules.suites[1] = 0;
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_UNSUPPORTED_SUITE));
    rules = sample_rules();
    rules.agreements = 0x40;
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_POLICY_FORBIDS));
    hse_assert_nothing_delivered(&w);
}

/* A device that comes home from a country without ciphering does not stay without. */
static void session_under_a_suite_of_elsewhere_does_not_last(void **state)
{
    (void)state;
    network.plmn = SAMPLE_HOME;
    network.rules = sample_null_rules(GODWIT_CONFIDENTIALITY_OFF, "Act 12");
    network.rules.agreements = 0xFF;
    hse_set_up(&w, &d);
    w.owner.now_ms += UINT64_C(1000) * rules.reauthenticate_s - 1000;
    hse_send_reading(&w, &d, "not yet");
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    w.owner.now_ms += 2000;
    hse_send_reading(&w, &d, "too long");
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.control.command, GODWIT_SESSION_TERMINATE_REQUEST);
}

/* ---- lawful interception ---- */

static void listen_to(const char *a, const char *b, const char *c)
{
    targets[0] = owner_imsi(a);
    targets[1] = owner_imsi(b);
    targets[2] = owner_imsi(c);
    w.hse.config.targets = targets;
    w.hse.config.target_count = 3;
}

static void submit(uint32_t session_id, const char *text)
{
    godwit_input_t in = {.kind = GODWIT_INPUT_SUBMIT, .session_id = session_id, .datagram = hse_slice(text)};
    owner_give(&w.owner, &in);
}

static void assert_copied(size_t nth, bool down, const char *text)
{
    const godwit_request_t *copy = owner_request(&w.owner, GODWIT_REQUEST_INTERCEPT, nth);
    assert_non_null(copy);
    assert_int_equal(copy->down, down);
    assert_true(godwit_imsi_equal(&copy->reading.imsi, &d.imsi));
    assert_true(godwit_slice_equal(copy->reading.payload, hse_slice(text)));
}

static void target_is_copied_behind_the_commit_both_ways(void **state)
{
    (void)state;
    listen_to("001010000000001", "001010000000005", "001010000000009");
    hse_set_up(&w, &d);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_INTERCEPT), 1); /* the reading of the Confirmation */
    hse_send_reading(&w, &d, "21 degrees");
    assert_copied(0, false, "21 degrees");
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_INTERCEPT), 1);
    assert_true(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&w.owner, GODWIT_REQUEST_INTERCEPT, 0));
    hse_give(&w, &d); /* repeated */
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_INTERCEPT), 0);
    listen_to("000000000000001", "001000000000001", "001010000000001"); /* the last of the list */
    submit(d.key.hot.session_id, "open the valve");
    assert_copied(0, true, "open the valve");
    hse_receive(&w, &d, 0);
    assert_int_equal(owner_request(&w.owner, GODWIT_REQUEST_INTERCEPT, 0)->reading.count, d.opened.count);
}

static void nobody_else_is_copied_and_events_are_the_same(void **state)
{
    (void)state;
    size_t events[2], requests[2];
    for (int is_target = 0; is_target < 2; is_target++) {
        (void)setup(NULL);
        listen_to("000000000000001", is_target != 0 ? "001010000000001" : "001010000000002", "001010000000009");
        hse_set_up(&w, &d);
        hse_send_reading(&w, &d, "21 degrees");
        assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_INTERCEPT), is_target);
        events[is_target] = owner_count(&w.owner, GODWIT_REQUEST_EVENT);
        requests[is_target] = w.owner.outbox.count - (size_t)is_target;
    }
    assert_int_equal(events[0], events[1]);
    assert_int_equal(requests[0], requests[1]);
}

static void nothing_is_copied_when_the_commit_fails(void **state)
{
    (void)state;
    listen_to("001010000000001", "001010000000005", "001010000000009");
    hse_set_up(&w, &d);
    w.owner.fail_commits = true;
    hse_seal_user(&d, "lost");
    hse_give(&w, &d);
    hse_assert_nothing_delivered(&w);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_INTERCEPT), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(suite_is_that_of_the_rules_of_the_serving_network, setup),
        cmocka_unit_test_setup(what_the_rules_do_not_allow_is_refused, setup),
        cmocka_unit_test_setup(session_under_a_suite_of_elsewhere_does_not_last, setup),
        cmocka_unit_test_setup(target_is_copied_behind_the_commit_both_ways, setup),
        cmocka_unit_test_setup(nobody_else_is_copied_and_events_are_the_same, setup),
        cmocka_unit_test_setup(nothing_is_copied_when_the_commit_fails, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
