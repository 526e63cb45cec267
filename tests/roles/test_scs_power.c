/* SPDX-License-Identifier: Apache-2.0
 *
 * A source of triggers that keeps them: its power goes after any single request of any list, and it comes up again with
 * what the store has. What its operator was told a reference of is known, is asked for until it is answered, and its
 * report is taken; no reference is given twice, whatever the clock says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "godwit/crypto.h"
#include "roles/scs.h"
#include "tests/support/owner.h"

#define RESERVED_TIMER (GODWIT_SCS_TIMER_RESERVE + 1)
#define ASKED 6u
#define LIVES_MAX 64

static godwit_scs_t scs;
static owner_t owner;
static godwit_scs_config_t config;
static godwit_device_action_t wanted;
static uint32_t reference;
static godwit_status_t status;

/* What the MTC-IWF has heard: each reference once, with what it is for. */
static struct heard {
    uint32_t reference;
    uint8_t payload;
} heard[64];
static size_t heard_count;

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    if (in->kind == GODWIT_INPUT_SUBMIT) {
        status = godwit_scs_request(role, &wanted, in->now_ms, &reference, out);
    } else {
        godwit_scs_step(role, in, out);
    }
}

static void start(void)
{
    assert_int_equal(godwit_scs_init(&scs, &config), GODWIT_OK);
    for (unsigned i = 0; i < GODWIT_SCS_RECORDS; i++) {
        const godwit_record_key_t key = godwit_scs_key(&scs, i);
        godwit_scs_restore(&scs, i, owner_find(&owner, &key));
    }
    owner.power_went = false;
    owner_give_timer(&owner, GODWIT_SCS_TIMER_RESERVE);
}

static int setup(void **state)
{
    (void)state;
    config = (godwit_scs_config_t){
        .function = GODWIT_FUNCTION_SCS, .crypto = &godwit_crypto_builtin, .keeps = true, .first_reference = 100};
    strcpy(config.name, "scs.water.test");
    strcpy(config.local_host, "scs.water.test");
    strcpy(config.iwf_host, "iwf.home.test");
    owner_init(&owner, step, &scs);
    memset(&wanted, 0, sizeof wanted);
    strcpy(wanted.device.external_id, "d1@water.test");
    wanted.action = GODWIT_ACTION_TRIGGER;
    wanted.payload_len = 1;
    wanted.validity_s = 3600;
    heard_count = 0;
    start();
    return 0;
}

/* One that is refused, or not heard, is none. */
static const godwit_message_t *listen(void)
{
    for (size_t i = 0; i < owner.outbox.count; i++) {
        const godwit_request_t *r = &owner.requests[i];
        if (r->kind == GODWIT_REQUEST_MESSAGE && r->message->kind == GODWIT_DEVICE_ACTION) {
            return r->message;
        }
    }
    return NULL;
}

/* The same reference for the same payload to the same device is a repetition, which nobody can tell from another
 * trigger. */
static void hear(const godwit_message_t *message)
{
    const godwit_device_action_t *action = &message->u.device_action;
    for (size_t i = 0; i < heard_count; i++) {
        if (heard[i].reference == action->reference) {
            assert_int_equal(heard[i].payload, action->payload[0]);
            return;
        }
    }
    heard[heard_count++] = (struct heard){action->reference, action->payload[0]};
}

static void ask(void)
{
    owner_give(&owner, &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT});
    if (listen() != NULL) {
        hear(listen());
    }
}

static void answer(uint32_t transaction, uint32_t which, godwit_request_status_t request_status)
{
    godwit_message_t m = {.kind = GODWIT_DEVICE_ACTION_ANSWER, .from = GODWIT_FUNCTION_MTC_IWF, .hop = GODWIT_HOP_TLS};
    m.transaction = transaction;
    m.u.device_action_answer.reference = which;
    m.u.device_action_answer.status = request_status;
    owner_give_message(&owner, &m);
}

/* Whether it was answered: who is not says it again. */
static bool report(uint32_t which, godwit_delivery_outcome_t outcome)
{
    godwit_message_t m = {.kind = GODWIT_DEVICE_NOTIFICATION, .from = GODWIT_FUNCTION_MTC_IWF, .hop = GODWIT_HOP_TLS};
    strcpy(m.origin_host, "iwf.home.test");
    strcpy(m.u.device_notification.scs, "scs.water.test");
    m.u.device_notification.reference = which;
    m.u.device_notification.outcome = outcome;
    owner_give_message(&owner, &m);
    return owner_count(&owner, GODWIT_REQUEST_MESSAGE) > 0;
}

/* What comes by itself after a start, or when nobody answers. */
static const godwit_message_t *asked_again(uint32_t timer)
{
    owner_give_timer(&owner, timer);
    if (listen() != NULL) {
        hear(listen());
    }
    return listen();
}

static godwit_scs_state_t state_of(uint32_t which)
{
    const godwit_scs_trigger_t *t = godwit_scs_find(&scs, which);
    return t == NULL ? GODWIT_SCS_FREE : t->state;
}

/* ---- one death each ---- */

static void what_is_kept_comes_before_what_leaves(void **state)
{
    (void)state;
    assert_int_equal(owner_position(&owner, GODWIT_REQUEST_STORE_COMMIT, 0), 1); /* references */
    ask();
    assert_true(owner_position(&owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&owner, GODWIT_REQUEST_MESSAGE, 0));
    answer(listen()->transaction, reference, GODWIT_TRIGGER_SUCCESS);
    assert_int_equal(owner_position(&owner, GODWIT_REQUEST_STORE_COMMIT, 0), 0);
    (void)report(reference, GODWIT_OUTCOME_SUCCESS);
    assert_int_equal(owner_position(&owner, GODWIT_REQUEST_STORE_COMMIT, 0), 0);
    (void)report(reference, GODWIT_OUTCOME_SUCCESS);
    assert_int_equal(owner_count(&owner, GODWIT_REQUEST_STORE_COMMIT), 0); /* nothing new, nothing written */
}

static void what_was_asked_and_not_answered_is_asked_again(void **state)
{
    (void)state;
    wanted.payload[0] = 9;
    ask();
    const uint32_t first = reference;
    owner.now_ms += 60000;
    start();
    assert_int_equal(state_of(first), GODWIT_SCS_ASKED);
    const godwit_message_t *again = asked_again(RESERVED_TIMER);
    assert_non_null(again);
    assert_int_equal(again->u.device_action.reference, first);
    assert_int_equal(again->u.device_action.payload[0], 9);
    assert_string_equal(again->u.device_action.scs, "scs.water.test");
    assert_int_equal(again->u.device_action.validity_s, 3540);
    answer(again->transaction, first, GODWIT_TRIGGER_SUCCESS);
    assert_int_equal(state_of(first), GODWIT_SCS_ACCEPTED);
    assert_null(asked_again(RESERVED_TIMER));
}

static void what_is_over_is_not_asked_for_late(void **state)
{
    (void)state;
    ask();
    owner.now_ms += 3600 * 1000;
    start();
    assert_null(asked_again(RESERVED_TIMER));
    assert_int_equal(state_of(reference), GODWIT_SCS_SILENT);
    start();
    assert_int_equal(state_of(reference), GODWIT_SCS_SILENT);
    assert_true(report(reference, GODWIT_OUTCOME_EXPIRED)); /* it had been accepted */
    assert_int_equal(state_of(reference), GODWIT_SCS_DONE);
}

static void what_was_accepted_waits_for_its_report_and_for_the_proof_of_it(void **state)
{
    (void)state;
    ask();
    answer(listen()->transaction, reference, GODWIT_TRIGGER_SUCCESS);
    start();
    assert_null(asked_again(RESERVED_TIMER));
    assert_int_equal(state_of(reference), GODWIT_SCS_ACCEPTED);
    assert_true(godwit_scs_find(&scs, reference)->proved);
    assert_true(report(reference, GODWIT_OUTCOME_UNDELIVERABLE));
    start();
    assert_int_equal(state_of(reference), GODWIT_SCS_DONE);
    assert_int_equal(godwit_scs_find(&scs, reference)->outcome, GODWIT_OUTCOME_UNDELIVERABLE);
    assert_int_equal(godwit_scs_find(&scs, reference)->reports, 1);
}

static void no_reference_is_given_twice_whatever_the_clock_says(void **state)
{
    (void)state;
    uint32_t last = 0;
    for (unsigned life = 0; life < 5; life++) {
        config.first_reference = 100 - 20 * life; /* it goes back */
        owner.now_ms -= 1000000;
        start();
        for (unsigned i = 0; i < 3; i++) {
            ask();
            assert_int_equal(status, GODWIT_OK);
            assert_true(reference > last);
            last = reference;
        }
    }
}

/* Far more than are reserved at once, and there is a store to write them to before they are used up. */
static void references_go_on(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 3000; i++) {
        ask();
        assert_int_equal(status, GODWIT_OK);
        assert_int_equal(reference, 100 + i);
        answer(listen()->transaction, reference, GODWIT_TRIGGER_QUOTAEXCEEDED);
        heard_count = 0;
        if (scs.reserved < reference + UINT64_C(512)) {
            owner_give_timer(&owner, GODWIT_SCS_TIMER_RESERVE);
        }
    }
    assert_int_equal(owner.record_count, 1 + GODWIT_SCS_TRIGGERS_MAX); /* the oldest made room there, too */
    start();
    ask();
    assert_true(reference > 3099);
    assert_int_equal(state_of(3099), GODWIT_SCS_REFUSED);
    assert_int_equal(state_of(3099 - GODWIT_SCS_TRIGGERS_MAX), GODWIT_SCS_FREE);
}

/* ---- a store that fails ---- */

static void a_request_that_is_not_stored_is_none(void **state)
{
    (void)state;
    ask();
    const uint32_t first = reference;
    owner.fail_commits = true;
    ask();
    assert_int_equal(state_of(reference), GODWIT_SCS_FREE);
    assert_int_equal(state_of(first), GODWIT_SCS_ASKED);
    owner.fail_commits = false;
    ask();
    assert_true(reference > first);
    assert_int_equal(state_of(reference), GODWIT_SCS_ASKED);
}

static void what_could_not_be_stored_is_heard_again(void **state)
{
    (void)state;
    ask();
    const uint32_t transaction = listen()->transaction;
    owner.fail_commits = true;
    answer(transaction, reference, GODWIT_TRIGGER_SUCCESS);
    assert_int_equal(state_of(reference), GODWIT_SCS_ASKED);
    owner.fail_commits = false;
    answer(asked_again(0)->transaction, reference, GODWIT_TRIGGER_SUCCESS);
    owner.fail_commits = true;
    (void)report(reference, GODWIT_OUTCOME_SUCCESS);
    assert_int_equal(state_of(reference), GODWIT_SCS_ACCEPTED);
    owner.fail_commits = false;
    assert_true(report(reference, GODWIT_OUTCOME_SUCCESS));
    assert_int_equal(state_of(reference), GODWIT_SCS_DONE);
}

static void without_reserved_references_nothing_is_asked_for(void **state)
{
    (void)state;
    owner.record_count = 0;
    owner.fail_commits = true;
    start();
    ask();
    assert_int_equal(status, GODWIT_STORE_FAILED);
    owner.fail_commits = false;
    owner_give_timer(&owner, GODWIT_SCS_TIMER_RESERVE);
    ask();
    assert_int_equal(status, GODWIT_OK);
}

/* The row of the newest trigger is damaged: the next one takes its place, and is another one by its number, by which
 * the store tells that no outcome changes. */
static void a_trigger_over_a_row_that_cannot_be_read_has_a_number_of_its_own(void **state)
{
    (void)state;
    ask();
    answer(listen()->transaction, reference, GODWIT_TRIGGER_SUCCESS);
    (void)report(reference, GODWIT_OUTCOME_SUCCESS);
    const uint64_t former = godwit_scs_find(&scs, reference)->number;
    assert_int_equal(godwit_scs_init(&scs, &config), GODWIT_OK);
    for (unsigned i = 1; i < GODWIT_SCS_RECORDS; i++) {
        const godwit_record_key_t key = godwit_scs_key(&scs, i);
        godwit_scs_restore(&scs, i, owner_find(&owner, &key));
    }
    owner_give_timer(&owner, GODWIT_SCS_TIMER_RESERVE);
    ask();
    assert_ptr_equal(godwit_scs_find(&scs, reference), &scs.triggers[0]);
    assert_true(scs.triggers[0].number > former);
}

static void who_cannot_read_what_was_given_gives_none(void **state)
{
    (void)state;
    assert_int_equal(godwit_scs_init(&scs, &config), GODWIT_OK);
    owner_give_timer(&owner, GODWIT_SCS_TIMER_RESERVE);
    ask();
    assert_int_equal(status, GODWIT_STORE_FAILED);
    wanted.reference = 1;
    ask();
    assert_int_equal(status, GODWIT_STORE_FAILED);
}

/* ---- each single death ---- */

static void come_back(void)
{
    if (owner.power_went) {
        start();
    }
}

/* Until it is answered and reported; its operator insists until he has a reference. */
static void one(uint8_t payload)
{
    uint32_t mine = 0;
    wanted.payload[0] = payload;
    while (mine == 0) {
        ask();
        mine = status == GODWIT_OK && !owner.power_went ? reference : 0;
        come_back();
    }
    for (unsigned i = 0; i < LIVES_MAX && state_of(mine) == GODWIT_SCS_ASKED; i++) {
        const godwit_message_t *said = listen() != NULL ? listen() : asked_again(RESERVED_TIMER);
        said = said != NULL || owner.power_went ? said
                                                : asked_again((uint32_t)(godwit_scs_find(&scs, mine) - scs.triggers));
        if (said != NULL && !owner.power_went) {
            answer(said->transaction, said->u.device_action.reference, GODWIT_TRIGGER_SUCCESS);
        }
        come_back();
    }
    assert_int_equal(state_of(mine), GODWIT_SCS_ACCEPTED);
    bool taken = false;
    for (unsigned i = 0; i < LIVES_MAX && !taken; i++) {
        taken = report(mine, GODWIT_OUTCOME_SUCCESS);
        come_back();
    }
    assert_int_equal(state_of(mine), GODWIT_SCS_DONE);
}

static void a_death_after_any_request_loses_nothing_and_gives_nothing_twice(void **state)
{
    unsigned request = 0;
    bool went = true;
    while (went) {
        setup(state);
        owner.power_for = ++request;
        for (uint8_t i = 0; i < ASKED; i++) {
            one(i);
        }
        went = owner.power_for == 0;
        assert_true(heard_count >= ASKED);
        start();
        assert_int_equal(state_of(reference), GODWIT_SCS_DONE);
    }
    assert_true(request > 10 * ASKED); /* the last one came after the end */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        TEST(what_is_kept_comes_before_what_leaves),
        TEST(what_was_asked_and_not_answered_is_asked_again),
        TEST(what_is_over_is_not_asked_for_late),
        TEST(what_was_accepted_waits_for_its_report_and_for_the_proof_of_it),
        TEST(no_reference_is_given_twice_whatever_the_clock_says),
        TEST(references_go_on),
        TEST(a_request_that_is_not_stored_is_none),
        TEST(what_could_not_be_stored_is_heard_again),
        TEST(without_reserved_references_nothing_is_asked_for),
        TEST(a_trigger_over_a_row_that_cannot_be_read_has_a_number_of_its_own),
        TEST(who_cannot_read_what_was_given_gives_none),
        TEST(a_death_after_any_request_loses_nothing_and_gives_nothing_twice),
    };
    return cmocka_run_group_tests_name("scs_power", tests, NULL, NULL);
}
