/* SPDX-License-Identifier: Apache-2.0
 *
 * A source of triggers by itself: it says a request until it is answered, always as the same one; it believes no answer
 * that is not to what it asked, and no report but its MTC-IWF's; a report that comes again changes nothing; its table
 * stays within its bounds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "roles/scs.h"
#include "tests/support/owner.h"

static godwit_scs_t scs;
static owner_t owner;
static godwit_hop_t hop;              /* by which the MTC-IWF is heard */
static godwit_device_action_t wanted; /* that the next input asks for */
static uint32_t reference;
static godwit_status_t status;

/* The operator's door: SUBMIT. */
static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    if (in->kind == GODWIT_INPUT_SUBMIT) {
        status = godwit_scs_request(role, &wanted, in->now_ms, &reference, out);
    } else {
        godwit_scs_step(role, in, out);
    }
}

static int setup(void **state)
{
    (void)state;
    hop = GODWIT_HOP_TLS;
    godwit_scs_config_t config = {.function = GODWIT_FUNCTION_SCS, .first_reference = 7};
    strcpy(config.name, "scs.water.test");
    strcpy(config.local_host, "scs.water.test");
    strcpy(config.iwf_host, "iwf.home.test");
    assert_int_equal(godwit_scs_init(&scs, &config), GODWIT_OK);
    owner_init(&owner, step, &scs);
    memset(&wanted, 0, sizeof wanted);
    strcpy(wanted.device.external_id, "d1@water.test");
    strcpy(wanted.scs, "not.mine.test");
    wanted.action = GODWIT_ACTION_TRIGGER;
    return 0;
}

static void ask(void)
{
    owner_give(&owner, &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT});
}

static void answer(uint32_t transaction, uint32_t which, godwit_request_status_t request_status)
{
    godwit_message_t m = {.kind = GODWIT_DEVICE_ACTION_ANSWER, .from = GODWIT_FUNCTION_MTC_IWF};
    m.hop = hop;
    m.transaction = transaction;
    m.u.device_action_answer.reference = which;
    m.u.device_action_answer.status = request_status;
    owner_give_message(&owner, &m);
}

static godwit_status_t report(const char *host, uint32_t which, godwit_delivery_outcome_t outcome)
{
    godwit_message_t m = {.kind = GODWIT_DEVICE_NOTIFICATION, .from = GODWIT_FUNCTION_MTC_IWF};
    m.hop = hop;
    (void)snprintf(m.origin_host, sizeof m.origin_host, "%s", host);
    strcpy(m.u.device_notification.scs, "scs.water.test");
    m.u.device_notification.reference = which;
    m.u.device_notification.outcome = outcome;
    owner_give_message(&owner, &m);
    return owner_message(&owner, GODWIT_DEVICE_NOTIFICATION_ANSWER, 0)->u.outcome;
}

static void a_request_is_said_until_it_is_answered_and_is_one(void **state)
{
    (void)state;
    ask();
    assert_int_equal(status, GODWIT_OK);
    assert_int_equal(reference, 7);
    const godwit_message_t first = *owner_message(&owner, GODWIT_DEVICE_ACTION, 0);
    assert_string_equal(first.u.device_action.scs, "scs.water.test");
    const uint32_t timer = owner_request(&owner, GODWIT_REQUEST_TIMER, 0)->timer;
    owner_give_timer(&owner, timer);
    const godwit_message_t second = *owner_message(&owner, GODWIT_DEVICE_ACTION, 0);
    assert_int_equal(second.u.device_action.reference, 7);
    answer(first.transaction, 7, GODWIT_TRIGGER_NOTAUTHORIZED); /* late, of what was said first */
    assert_int_equal(godwit_scs_find(&scs, 7)->state, GODWIT_SCS_ASKED);
    answer(second.transaction, 7, GODWIT_TRIGGER_SUCCESS);
    assert_int_equal(godwit_scs_find(&scs, 7)->state, GODWIT_SCS_ACCEPTED);
    owner_give_timer(&owner, timer);
    assert_int_equal(owner_count(&owner, GODWIT_REQUEST_MESSAGE), 0);
}

/* It has no reference, and is no word of the MTC-IWF's: what may pass is tried again, what will not is refused. */
static void a_refusal_by_diameter_itself_is_of_its_transaction(void **state)
{
    (void)state;
    ask();
    const uint32_t first = owner_message(&owner, GODWIT_DEVICE_ACTION, 0)->transaction;
    answer(first, 0, GODWIT_TRIGGER_TEMPORARYERROR);
    assert_int_equal(godwit_scs_find(&scs, 7)->state, GODWIT_SCS_ASKED);
    owner_give_timer(&owner, 0);
    const uint32_t second = owner_message(&owner, GODWIT_DEVICE_ACTION, 0)->transaction;
    answer(first, 0, GODWIT_TRIGGER_PERMANENTERROR); /* of what was said first */
    assert_int_equal(godwit_scs_find(&scs, 7)->state, GODWIT_SCS_ASKED);
    answer(second, 0, GODWIT_TRIGGER_PERMANENTERROR);
    assert_int_equal(godwit_scs_find(&scs, 7)->state, GODWIT_SCS_REFUSED);
    assert_int_equal(godwit_scs_find(&scs, 7)->status, GODWIT_TRIGGER_PERMANENTERROR);
}

static void who_is_never_answered_gives_up(void **state)
{
    (void)state;
    ask();
    owner_give_timer(&owner, 0);
    owner_give_timer(&owner, 0);
    owner_give_timer(&owner, 0);
    assert_true(owner_saw(&owner, "trigger_silent", GODWIT_PEER_INTERNAL));
    assert_int_equal(godwit_scs_find(&scs, 7)->state, GODWIT_SCS_SILENT);
    assert_int_equal(report("iwf.home.test", 7, GODWIT_OUTCOME_SUCCESS), GODWIT_OK); /* it had been accepted */
    assert_int_equal(godwit_scs_find(&scs, 7)->state, GODWIT_SCS_DONE);
}

static void who_only_says_the_name_of_the_mtc_iwf_ends_nothing_that_was_accepted_with_proof(void **state)
{
    (void)state;
    ask();
    hop = GODWIT_HOP_OPEN;
    assert_int_equal(report("iwf.home.test", 7, GODWIT_OUTCOME_SUCCESS), GODWIT_NOT_ENTITLED); /* before the answer */
    hop = GODWIT_HOP_TLS;
    ask();
    answer(owner_message(&owner, GODWIT_DEVICE_ACTION, 0)->transaction, 8, GODWIT_TRIGGER_SUCCESS);
    hop = GODWIT_HOP_OPEN;
    assert_int_equal(report("iwf.home.test", 8, GODWIT_OUTCOME_SUCCESS), GODWIT_NOT_ENTITLED);
    assert_int_equal(godwit_scs_find(&scs, 8)->state, GODWIT_SCS_ACCEPTED);
    hop = GODWIT_HOP_TLS;
    assert_int_equal(report("iwf.home.test", 8, GODWIT_OUTCOME_EXPIRED), GODWIT_OK);
    assert_int_equal(godwit_scs_find(&scs, 8)->outcome, GODWIT_OUTCOME_EXPIRED);
}

/* Behind a relay that hands on what others say: in the right transaction, and of the right reference. */
static void an_answer_of_another_node_is_none(void **state)
{
    (void)state;
    ask();
    godwit_message_t m = {.kind = GODWIT_DEVICE_ACTION_ANSWER, .from = GODWIT_FUNCTION_MTC_IWF};
    m.transaction = scs.triggers[0].transaction;
    m.u.device_action_answer.reference = reference;
    m.u.device_action_answer.status = GODWIT_TRIGGER_SUCCESS;
    strcpy(m.origin_host, "stranger.visited.test");
    owner_give_message(&owner, &m);
    assert_int_equal(scs.triggers[0].state, GODWIT_SCS_ASKED);
    strcpy(m.origin_host, "iwf.home.test");
    owner_give_message(&owner, &m);
    assert_int_equal(scs.triggers[0].state, GODWIT_SCS_ACCEPTED);
}

static void a_refusal_is_the_end_of_it(void **state)
{
    (void)state;
    ask();
    answer(owner_message(&owner, GODWIT_DEVICE_ACTION, 0)->transaction, 7, GODWIT_TRIGGER_QUOTAEXCEEDED);
    assert_int_equal(godwit_scs_find(&scs, 7)->state, GODWIT_SCS_REFUSED);
    assert_int_equal(godwit_scs_find(&scs, 7)->status, GODWIT_TRIGGER_QUOTAEXCEEDED);
    assert_int_equal(report("iwf.home.test", 7, GODWIT_OUTCOME_SUCCESS), GODWIT_OK);
    assert_int_equal(godwit_scs_find(&scs, 7)->state, GODWIT_SCS_REFUSED);
}

/* It was accepted when it was said first, and its answer was lost. */
static void a_refusal_of_what_was_said_again_is_no_end_where_it_was_accepted_before(void **state)
{
    (void)state;
    for (uint32_t which = 7; which < 9; which++) {
        ask();
        const uint32_t first = owner_message(&owner, GODWIT_DEVICE_ACTION, 0)->transaction;
        owner_give_timer(&owner, which - 7);
        answer(owner_message(&owner, GODWIT_DEVICE_ACTION, 0)->transaction, which, GODWIT_TRIGGER_RATEEXCEEDED);
        assert_int_equal(godwit_scs_find(&scs, which)->state, GODWIT_SCS_REFUSED);
        if (which == 7) {
            answer(first, which, GODWIT_TRIGGER_SUCCESS); /* it comes late */
            assert_int_equal(godwit_scs_find(&scs, which)->state, GODWIT_SCS_ACCEPTED);
        }
        assert_int_equal(report("iwf.home.test", which, GODWIT_OUTCOME_SUCCESS), GODWIT_OK);
        assert_int_equal(godwit_scs_find(&scs, which)->state, GODWIT_SCS_DONE);
    }
    ask();
    owner_give_timer(&owner, 2);
    answer(owner_message(&owner, GODWIT_DEVICE_ACTION, 0)->transaction, 9, GODWIT_TRIGGER_PERMANENTERROR);
    assert_int_equal(report("iwf.home.test", 9, GODWIT_OUTCOME_SUCCESS), GODWIT_OK); /* of another one */
    assert_int_equal(godwit_scs_find(&scs, 9)->state, GODWIT_SCS_REFUSED);
}

static void a_report_counts_once_and_only_its_own_mtc_iwf_is_believed(void **state)
{
    (void)state;
    ask();
    answer(owner_message(&owner, GODWIT_DEVICE_ACTION, 0)->transaction, 7, GODWIT_TRIGGER_SUCCESS);
    assert_int_equal(report("mallory.test", 7, GODWIT_OUTCOME_EXPIRED), GODWIT_NOT_ENTITLED);
    assert_int_equal(godwit_scs_find(&scs, 7)->state, GODWIT_SCS_ACCEPTED);
    assert_int_equal(report("iwf.home.test", 7, GODWIT_OUTCOME_SUCCESS), GODWIT_OK);
    assert_int_equal(report("iwf.home.test", 7, GODWIT_OUTCOME_EXPIRED), GODWIT_OK);
    assert_int_equal(godwit_scs_find(&scs, 7)->outcome, GODWIT_OUTCOME_SUCCESS);
    assert_int_equal(godwit_scs_find(&scs, 7)->reports, 2);
    assert_int_equal(report("iwf.home.test", 99, GODWIT_OUTCOME_SUCCESS),
                     GODWIT_OK); /* forgotten: taken, or it comes for ever */
}

static void the_table_is_bounded_and_what_waits_for_an_answer_stays(void **state)
{
    (void)state;
    for (unsigned i = 0; i < GODWIT_SCS_TRIGGERS_MAX; i++) {
        ask();
        assert_int_equal(status, GODWIT_OK);
    }
    ask();
    assert_int_equal(status, GODWIT_OVERLOAD);
    answer(scs.triggers[3].transaction, 10, GODWIT_TRIGGER_SUCCESS);
    (void)report("iwf.home.test", 10, GODWIT_OUTCOME_SUCCESS);
    ask();
    assert_int_equal(status, GODWIT_OK);
    assert_null(godwit_scs_find(&scs, 10));
}

static void a_reference_of_ones_own_is_one_request_and_never_one_that_is_given(void **state)
{
    (void)state;
    wanted.reference = 5;
    ask();
    assert_int_equal(status, GODWIT_OK);
    ask();
    assert_int_equal(status, GODWIT_OK);
    assert_int_equal(reference, 5);
    assert_int_equal(owner_count(&owner, GODWIT_REQUEST_MESSAGE), 0);
    wanted.payload_len = 1;
    ask();
    assert_int_equal(status, GODWIT_INVALID_ARGUMENT);
    wanted.reference = 7;
    ask();
    assert_int_equal(status, GODWIT_INVALID_ARGUMENT);
    wanted.reference = 0;
    ask();
    assert_int_equal(reference, 7);
}

static void what_is_said_later_is_for_what_is_left_of_its_validity(void **state)
{
    (void)state;
    wanted.validity_s = 15;
    ask();
    assert_int_equal(owner_message(&owner, GODWIT_DEVICE_ACTION, 0)->u.device_action.validity_s, 15);
    owner.now_ms += 10000;
    owner_give_timer(&owner, 0);
    assert_int_equal(owner_message(&owner, GODWIT_DEVICE_ACTION, 0)->u.device_action.validity_s, 5);
    owner.now_ms += 10000;
    owner_give_timer(&owner, 0);
    assert_int_equal(owner_message(&owner, GODWIT_DEVICE_ACTION, 0)->u.device_action.validity_s, 1);
}

static void there_is_an_end_of_references(void **state)
{
    (void)state;
    godwit_scs_config_t config = scs.config;
    config.first_reference = UINT32_MAX;
    assert_int_equal(godwit_scs_init(&scs, &config), GODWIT_OK);
    ask();
    assert_int_equal(reference, UINT32_MAX);
    ask();
    assert_int_equal(status, GODWIT_COUNT_EXHAUSTED);
}

static void a_source_is_a_scs_or_an_as(void **state)
{
    (void)state;
    godwit_scs_config_t config = scs.config;
    config.function = GODWIT_FUNCTION_AS;
    assert_int_equal(godwit_scs_init(&scs, &config), GODWIT_OK);
    config.function = GODWIT_FUNCTION_HSS;
    assert_int_equal(godwit_scs_init(&scs, &config), GODWIT_INVALID_ARGUMENT);
    config.function = GODWIT_FUNCTION_SCS;
    config.name[0] = '\0';
    assert_int_equal(godwit_scs_init(&scs, &config), GODWIT_INVALID_ARGUMENT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        TEST(a_request_is_said_until_it_is_answered_and_is_one),
        TEST(a_refusal_by_diameter_itself_is_of_its_transaction),
        TEST(who_is_never_answered_gives_up),
        TEST(who_only_says_the_name_of_the_mtc_iwf_ends_nothing_that_was_accepted_with_proof),
        TEST(an_answer_of_another_node_is_none),
        TEST(a_refusal_is_the_end_of_it),
        TEST(a_refusal_of_what_was_said_again_is_no_end_where_it_was_accepted_before),
        TEST(a_report_counts_once_and_only_its_own_mtc_iwf_is_believed),
        TEST(the_table_is_bounded_and_what_waits_for_an_answer_stays),
        TEST(a_reference_of_ones_own_is_one_request_and_never_one_that_is_given),
        TEST(what_is_said_later_is_for_what_is_left_of_its_validity),
        TEST(there_is_an_end_of_references),
        TEST(a_source_is_a_scs_or_an_as),
    };
    return cmocka_run_group_tests_name("scs", tests, NULL, NULL);
}
