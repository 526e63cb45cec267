/* SPDX-License-Identifier: Apache-2.0
 *
 * What a node with a T5 link may say of devices: nothing counts of one that the HSS does not name, and what it says
 * again and again neither costs more nor takes anything from the node that the device is at.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/iwf_world.h"

#define ROGUE "mme.rogue.test"

static size_t sent(godwit_message_kind_t kind)
{
    size_t count = 0;
    for (size_t i = 0; i < iw.owner.outbox.count; i++) {
        const godwit_request_t *r = &iw.owner.requests[i];
        count += r->kind == GODWIT_REQUEST_MESSAGE && r->message->kind == kind;
    }
    return count;
}

static void config(godwit_iwf_key_from_t from, bool received)
{
    iwf_world_config(
        &(godwit_iwf_keys_config_t){.key_from = from, .root = GODWIT_IWF_ROOT_KASME, .ue_key_received = received});
    iwf_world_aka(0x22, from == GODWIT_IWF_KEY_FROM_HSS ? GODWIT_IWF_ROOT_FLAGGED : GODWIT_IWF_ROOT_KASME);
}

static godwit_message_t of_rogue(godwit_t5_up_kind_t kind)
{
    godwit_message_t m = iwf_t5_up(kind);
    m.transaction = 666;
    strcpy(m.origin_host, ROGUE);
    return m;
}

static void assert_nothing_went_to_a_node(void)
{
    assert_int_equal(sent(GODWIT_IWF_KEY_REQUEST), 0);
    assert_int_equal(sent(GODWIT_T5_DOWN), 0);
    for (size_t i = 0; i < iw.owner.outbox.count; i++) {
        const godwit_request_t *r = &iw.owner.requests[i];
        assert_true(r->kind != GODWIT_REQUEST_MESSAGE || r->message->kind != GODWIT_SUBSCRIBER_INFO_REQUEST ||
                    r->message->u.subscriber_info_request.key == GODWIT_IWF_KEY_NOT_WANTED);
    }
}

static const struct {
    godwit_iwf_key_from_t from;
    bool received;
} places[] = {{GODWIT_IWF_KEY_FROM_HSS, false},
              {GODWIT_IWF_KEY_FROM_MME, false},
              {GODWIT_IWF_KEY_FROM_MME, true},
              {GODWIT_IWF_KEY_FROM_IWF, false},
              {GODWIT_IWF_KEY_FROM_IWF, true}};

/* Of all timers that were asked for last the one of a visit. */
static void next_question(uint32_t after_ms)
{
    for (size_t i = 0; i < iw.owner.outbox.count; i++) {
        const godwit_request_t *r = &iw.owner.requests[i];
        if (r->kind == GODWIT_REQUEST_TIMER && r->timer >= GODWIT_IWF_VISIT_TIMERS && r->delay_ms > 0) {
            assert_int_equal(r->delay_ms, after_ms);
            iw.owner.now_ms += r->delay_ms;
            owner_give_timer(&iw.owner, r->timer);
            return;
        }
    }
    fail_msg("nothing will be asked");
}

static void a_node_that_the_hss_does_not_name_gets_and_gives_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        iwf_world_setup(NULL);
        config(places[i].from, places[i].received);
        const godwit_message_t claim = of_rogue(GODWIT_T5_REGISTERED);
        owner_give_message(&iw.owner, &claim);
        assert_int_equal(sent(GODWIT_T5_UP_ANSWER), 1);
        assert_nothing_went_to_a_node();
        for (unsigned n = 0; n < 3; n++) { /* the HSS may not know it yet */
            assert_true(iwf_located());
            assert_nothing_went_to_a_node();
            if (n < 2) {
                next_question(n == 0 ? 1000 : 4000);
            }
        }
        assert_true(owner_saw(&iw.owner, "refused", GODWIT_NOT_ENTITLED));
        assert_false(iwf_located());
        assert_null(iwf_record());
    }
}

/* A realm, a function, a hop of the HSS: each must fit. */
static void a_name_must_be_that_of_the_node_wholly(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        iwf_world_setup(NULL);
        config(GODWIT_IWF_KEY_FROM_MME, true);
        godwit_message_t m = iwf_t5_up(GODWIT_T5_REGISTERED);
        (void)snprintf(m.origin_realm, sizeof m.origin_realm, "%s", i == 0 ? "rogue.test" : "visited.test");
        m.from = i == 1 ? GODWIT_FUNCTION_SGSN : GODWIT_FUNCTION_MME;
        owner_give_message(&iw.owner, &m);
        godwit_message_t answer = {.kind = GODWIT_SUBSCRIBER_INFO_ANSWER, .hop = GODWIT_HOP_TLS};
        answer.transaction = owner_message(&iw.owner, GODWIT_SUBSCRIBER_INFO_REQUEST, 0)->transaction;
        answer.hop = i == 2 ? GODWIT_HOP_OPEN : GODWIT_HOP_TLS;
        answer.u.subscriber_info_answer.status = i == 3 ? GODWIT_POLICY_FORBIDS : GODWIT_OK;
        answer.u.subscriber_info_answer.nodes = 1;
        answer.u.subscriber_info_answer.node[0] = iw.named[0];
        strcpy(answer.u.subscriber_info_answer.node[0].host, "MME.Visited.Test"); /* case does not matter */
        iwf_give(&answer);
        assert_int_equal(sent(GODWIT_IWF_KEY_REQUEST), i == 4 ? 1 : 0);
    }
}

/* Its REGISTERED was here before its Update Location was at the HSS. */
static void a_node_that_the_hss_names_a_little_later_is_taken_up(void **state)
{
    (void)state;
    config(GODWIT_IWF_KEY_FROM_MME, false);
    iw.named_count = 0;
    const godwit_message_t m = iwf_t5_up(GODWIT_T5_REGISTERED);
    iwf_t5(&m);
    assert_nothing_went_to_a_node();
    iwf_name(&m);
    next_question(1000);
    assert_true(iwf_located());
    const godwit_message_t answer = iwf_node_answer(GODWIT_FUNCTION_MME);
    iwf_give(&answer);
    iwf_take_command();
}

static void a_hss_that_does_not_answer_is_asked_three_times(void **state)
{
    (void)state;
    config(GODWIT_IWF_KEY_FROM_MME, false);
    const godwit_message_t m = iwf_t5_up(GODWIT_T5_REGISTERED);
    owner_give_message(&iw.owner, &m);
    next_question(5000);
    next_question(5000);
    assert_int_equal(sent(GODWIT_SUBSCRIBER_INFO_REQUEST), 1);
    next_question(5000);
    assert_int_equal(sent(GODWIT_SUBSCRIBER_INFO_REQUEST), 0);
    assert_true(owner_saw(&iw.owner, "refused", GODWIT_NOT_ENTITLED));
}

/* Within the security mode the device may be new at the node: with a key of the HSS it goes on, but turns nothing; with
 * one of the node it goes without, and the association is made when the device has registered. */
static void within_the_security_mode_a_liar_turns_nothing(void **state)
{
    (void)state;
    const godwit_message_t claim = of_rogue(GODWIT_T5_SECURING);
    config(GODWIT_IWF_KEY_FROM_MME, false);
    owner_give_message(&iw.owner, &claim);
    assert_int_equal(sent(GODWIT_T5_UP_ANSWER), 0);
    assert_true(iwf_located());
    assert_int_equal(owner_message(&iw.owner, GODWIT_T5_UP_ANSWER, 0)->u.t5_up_answer.container_len, 0);
    assert_int_equal(owner_message(&iw.owner, GODWIT_T5_UP_ANSWER, 0)->transaction, 666);
    assert_nothing_went_to_a_node();
    iwf_securing(); /* the HSS names it, for the device was there before */
    const godwit_message_t of_node = iwf_node_answer(GODWIT_FUNCTION_MME);
    iwf_give(&of_node);
    assert_true(owner_message(&iw.owner, GODWIT_T5_UP_ANSWER, 0)->u.t5_up_answer.container_len > 0);
    iwf_world_setup(NULL);
    iwf_registered();
    const godwit_message_t answer = iwf_hss_answer();
    owner_give_message(&iw.owner, &claim); /* while the key for the true one is asked for */
    assert_true(iwf_located());
    assert_int_equal(owner_message(&iw.owner, GODWIT_T5_UP_ANSWER, 0)->u.t5_up_answer.container_len, 0);
    iwf_give(&answer);
    iwf_take_command();
    iw.owner.now_ms += 2000;
    owner_give_message(&iw.owner, &claim); /* and while its Command is under way */
    assert_true(iwf_located());
    assert_int_equal(owner_message(&iw.owner, GODWIT_T5_UP_ANSWER, 0)->u.t5_up_answer.container_len, 0);
    assert_nothing_went_to_a_node();
}

static void what_a_liar_brings_as_the_devices_word_leads_to_no_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        iwf_world_setup(NULL);
        config(places[i].from, places[i].received);
        const godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_ASSOCIATION);
        godwit_message_t m = of_rogue(GODWIT_T5_FROM_DEVICE);
        m.u.t5_up.container_len = hint.len;
        memcpy(m.u.t5_up.container, hint.octets, hint.len);
        owner_give_message(&iw.owner, &m);
        assert_nothing_went_to_a_node();
        (void)iwf_located();
        assert_nothing_went_to_a_node();
    }
}

/* ---- again and again ---- */

static void who_claims_a_device_all_the_time_has_the_hss_asked_once_in_a_second(void **state)
{
    (void)state;
    size_t questions = 0;
    config(GODWIT_IWF_KEY_FROM_MME, true);
    const uint64_t until_ms = iw.owner.now_ms + 60000;
    const godwit_message_t claim = of_rogue(GODWIT_T5_REGISTERED);
    while (iw.owner.now_ms < until_ms) {
        owner_give_message(&iw.owner, &claim);
        questions += iwf_located();
        assert_nothing_went_to_a_node();
        iw.owner.now_ms += 10;
    }
    assert_true(questions <= 60);
    iwf_registered(); /* the true one, in between */
    const godwit_message_t key = iwf_node_answer(GODWIT_FUNCTION_MME);
    owner_give_message(&iw.owner, &claim);
    (void)iwf_located();
    iwf_give(&key);
    assert_string_equal(owner_message(&iw.owner, GODWIT_T5_DOWN, 0)->u.t5_down.to.host, IWF_NODE);
}

/* The device was there once, and no other node of that function has told of it: the HSS still names it. */
static void a_node_that_the_device_has_left_turns_what_is_under_way_once_in_a_minute(void **state)
{
    (void)state;
    godwit_message_t left = of_rogue(GODWIT_T5_REGISTERED);
    left.from = GODWIT_FUNCTION_SGSN;
    left.u.t5_up.new_root = false;
    iwf_name(&left);
    iwf_registered();
    const godwit_message_t key = iwf_hss_answer();
    iwf_give(&key);
    iwf_take_command();
    size_t turned = 0;
    for (unsigned second = 0; second < 540; second++) {
        iw.owner.now_ms += 1000;
        iwf_t5(&left);
        turned += sent(GODWIT_T5_DOWN);
    }
    assert_int_equal(turned, 9);
    iwf_registered();
    iwf_take_command(); /* it is the true one's again at once */
}

/* ---- many ---- */

static void a_node_that_claims_very_many_keeps_nobody_else_out(void **state)
{
    (void)state;
    char digits[GODWIT_IMSI_DIGITS_MAX + 1];
    config(GODWIT_IWF_KEY_FROM_MME, false);
    godwit_message_t claim = of_rogue(GODWIT_T5_REGISTERED);
    size_t questions = 0;
    for (unsigned i = 0; i < 4 * GODWIT_IWF_VISITS_MAX; i++) {
        (void)snprintf(digits, sizeof digits, "00101%010u", i + 1000);
        claim.u.t5_up.imsi = owner_imsi(digits);
        owner_give_message(&iw.owner, &claim);
        questions += sent(GODWIT_SUBSCRIBER_INFO_REQUEST);
    }
    assert_int_equal(questions, GODWIT_IWF_VISITS_MAX);
    iwf_registered();
    const godwit_message_t answer = iwf_node_answer(GODWIT_FUNCTION_MME);
    iwf_give(&answer);
    iwf_take_command();
}

/* ---- answers ---- */

static void an_answer_of_a_node_that_was_not_asked_proves_and_gives_nothing(void **state)
{
    (void)state;
    config(GODWIT_IWF_KEY_FROM_MME, true);
    iwf_registered();
    godwit_message_t key = iwf_node_answer(GODWIT_FUNCTION_MME);
    strcpy(key.origin_host, ROGUE);
    iwf_give(&key);
    assert_true(owner_saw(&iw.owner, "refused", GODWIT_NOT_ENTITLED));
    assert_null(iwf_record());
    assert_nothing_went_to_a_node();
    strcpy(key.origin_host, IWF_NODE);
    iwf_give(&key);
    const godwit_message_t *given = owner_message(&iw.owner, GODWIT_T5_DOWN, 0);
    godwit_message_t ok = {.kind = GODWIT_T5_DOWN_ANSWER, .hop = GODWIT_HOP_TLS, .origin_host = ROGUE};
    assert_int_equal(given->u.t5_down.kind, GODWIT_T5_UE_KEY);
    ok.transaction = given->transaction;
    iwf_give(&ok);
    assert_nothing_went_to_a_node();
    strcpy(ok.origin_host, IWF_NODE);
    iwf_give(&ok);
    iwf_take_command();
}

/* In the HSS's word for a trigger, and in what the node says of itself. */
static void a_name_that_the_hss_writes_otherwise_is_the_same_node(void **state)
{
    (void)state;
    config(GODWIT_IWF_KEY_FROM_IWF, true);
    godwit_message_t m = iwf_t5_up(GODWIT_T5_FROM_DEVICE);
    iwf_t5(&m); /* it is heard over a hop that proves who it is */
    strcpy(iw.begin.node.host, "MME.Visited.Test");
    owner_give_timer(&iw.owner, 0); /* a trigger waits */
    assert_int_equal(sent(GODWIT_SUBSCRIBER_INFO_REQUEST), 1);
    const godwit_message_t key = iwf_hss_answer();
    m = iwf_t5_up(GODWIT_T5_REGISTERED);
    iwf_t5(&m);
    assert_int_equal(sent(GODWIT_SUBSCRIBER_INFO_REQUEST), 0); /* the question that is open is the one for there */
    iwf_give(&key);
    assert_int_equal(owner_message(&iw.owner, GODWIT_T5_DOWN, 0)->u.t5_down.kind, GODWIT_T5_UE_KEY);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, iwf_world_setup)
    const struct CMUnitTest tests[] = {
        TEST(a_node_that_the_hss_does_not_name_gets_and_gives_nothing),
        TEST(a_name_must_be_that_of_the_node_wholly),
        TEST(a_name_that_the_hss_writes_otherwise_is_the_same_node),
        TEST(a_node_that_the_hss_names_a_little_later_is_taken_up),
        TEST(a_hss_that_does_not_answer_is_asked_three_times),
        TEST(within_the_security_mode_a_liar_turns_nothing),
        TEST(what_a_liar_brings_as_the_devices_word_leads_to_no_key),
        TEST(who_claims_a_device_all_the_time_has_the_hss_asked_once_in_a_second),
        TEST(a_node_that_the_device_has_left_turns_what_is_under_way_once_in_a_minute),
        TEST(a_node_that_claims_very_many_keeps_nobody_else_out),
        TEST(an_answer_of_a_node_that_was_not_asked_proves_and_gives_nothing),
    };
    return cmocka_run_group_tests_name("mtc_iwf_visit", tests, NULL, NULL);
}
