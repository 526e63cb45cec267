/* SPDX-License-Identifier: Apache-2.0
 *
 * Associations at the MTC-IWF, from each source of keys to the Complete, over each way; and what whoever stands
 * between, or writes datagrams, cannot do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/iwf_world.h"

static void assert_nothing_was_sent_down(void)
{
    assert_int_equal(owner_count(&iw.owner, GODWIT_REQUEST_DATAGRAM), 0);
    for (size_t i = 0; i < iw.owner.outbox.count; i++) {
        const godwit_request_t *r = &iw.owner.requests[i];
        assert_true(r->kind != GODWIT_REQUEST_MESSAGE || r->message->kind != GODWIT_T5_DOWN);
    }
}

static size_t asked(godwit_message_kind_t kind)
{
    size_t count = 0;
    for (size_t i = 0; i < iw.owner.outbox.count; i++) {
        const godwit_request_t *r = &iw.owner.requests[i];
        count += r->kind == GODWIT_REQUEST_MESSAGE && r->message->kind == kind;
    }
    return count;
}

static void config(godwit_iwf_key_from_t from, godwit_iwf_root_t root, bool received)
{
    iwf_world_config(&(godwit_iwf_keys_config_t){.key_from = from, .root = root, .ue_key_received = received});
}

static void submit(const char *payload)
{
    owner_give(&iw.owner, &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT, .datagram = godwit_slice_of_string(payload)});
}

static void finish(void)
{
    const godwit_iwf_container_t complete = iwf_complete(iw.suite, 0x0005);
    iwf_from_device(&complete);
    assert_true(owner_saw(&iw.owner, "associated", GODWIT_OK));
    assert_int_equal(iw.up.kind, GODWIT_IWF_UP_REACHABLE);
    assert_true(iwf_record()->current.confirmed);
    assert_int_equal(iwf_record()->current.number, iw.number);
    assert_int_equal(iwf_record()->next.number, 0);
    assert_int_equal(iwf_record()->command_len, 0);
}

/* ---- the three places, and a fourth ---- */

static void the_hss_derives_and_no_command_leaves_before_its_number_is_durable(void **state)
{
    (void)state;
    iwf_registered();
    const godwit_subscriber_info_request_t r =
        owner_message(&iw.owner, GODWIT_SUBSCRIBER_INFO_REQUEST, 0)->u.subscriber_info_request;
    assert_int_equal(r.key, GODWIT_IWF_KEY_K_IWF);
    assert_int_equal(r.root, GODWIT_IWF_ROOT_FLAGGED);
    assert_int_equal(r.association_above, 0);
    assert_false(r.has_root_name);
    assert_null(iwf_record());
    const godwit_message_t answer = iwf_hss_answer();
    iwf_give(&answer);
    assert_true(owner_position(&iw.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&iw.owner, GODWIT_REQUEST_MESSAGE, 0));
    assert_int_equal(iwf_record()->last_number, 1);
    assert_int_equal(iwf_record()->current.number, 0);
    iwf_take_command();
    finish();
    iwf_registered(); /* of the same AKA run: there is nothing to do */
    assert_int_equal(asked(GODWIT_SUBSCRIBER_INFO_REQUEST), 0);
}

static void the_serving_node_derives(void **state)
{
    (void)state;
    config(GODWIT_IWF_KEY_FROM_MME, GODWIT_IWF_ROOT_NONE, false);
    iwf_world_aka(0x22, GODWIT_IWF_ROOT_KASME);
    iwf_registered();
    const godwit_message_t answer = iwf_node_answer(GODWIT_FUNCTION_MME);
    assert_string_equal(owner_message(&iw.owner, GODWIT_IWF_KEY_REQUEST, 0)->u.iwf_key_request.to.host,
                        "mme.visited.test");
    iwf_give(&answer);
    iwf_take_command();
    finish();
    iwf_world_aka(0x23, GODWIT_IWF_ROOT_CK_IK); /* and of UMTS */
    iw.owner.now_ms += 1000;
    iwf_registered();
    const godwit_message_t again = iwf_node_answer(GODWIT_FUNCTION_MME);
    iwf_give(&again);
    iwf_take_command();
    assert_int_equal(iw.number, 2);
    finish();
}

/* When needed: a trigger waits for the Command that is under way, and the device has run AKA again since. */
static void a_command_of_a_run_that_is_past_is_replaced_when_the_device_registers(void **state)
{
    (void)state;
    iwf_world_config(&(godwit_iwf_keys_config_t){.key_from = GODWIT_IWF_KEY_FROM_MME, .lazy = true});
    iwf_world_aka(0x22, GODWIT_IWF_ROOT_KASME);
    iwf_registered();
    assert_int_equal(asked(GODWIT_IWF_KEY_REQUEST), 0); /* nothing waits */
    owner_give_timer(&iw.owner, 0);
    const godwit_message_t first = iwf_node_answer(GODWIT_FUNCTION_MME);
    iwf_give(&first);
    assert_int_equal(iwf_record()->next.number, 1);
    iwf_world_aka(0x23, GODWIT_IWF_ROOT_KASME);
    iw.owner.now_ms += 2000;
    iwf_registered();
    const godwit_message_t second = iwf_node_answer(GODWIT_FUNCTION_MME);
    iwf_give(&second);
    iwf_take_command();
    assert_int_equal(iw.number, 2);
    finish();
}

static void this_end_derives_of_a_root(void **state)
{
    (void)state;
    static const godwit_iwf_root_t kinds[] = {GODWIT_IWF_ROOT_FLAGGED, GODWIT_IWF_ROOT_KASME};
    for (size_t i = 0; i < 2; i++) {
        iwf_world_setup(NULL);
        config(GODWIT_IWF_KEY_FROM_IWF, kinds[i], false);
        iwf_world_aka(0x33, kinds[i]);
        iwf_registered();
        assert_int_equal(owner_message(&iw.owner, GODWIT_SUBSCRIBER_INFO_REQUEST, 0)->u.subscriber_info_request.key,
                         GODWIT_IWF_KEY_ROOT);
        godwit_message_t answer = iwf_hss_answer();
        answer.u.subscriber_info_answer.key.association = 70; /* where the HSS is ahead, its number */
        iwf_give(&answer);
        iwf_take_command();
        assert_int_equal(iw.number, 70);
        finish();
    }
}

static void a_device_that_is_on_wifi_alone_begins_with_a_key_of_eap(void **state)
{
    (void)state;
    const godwit_address_t wifi = owner_address(9);
    godwit_iwf_keys_config_t c = {.key_from = GODWIT_IWF_KEY_FROM_HSS};
    strcpy(c.aaa_host, "aaa.home.test");
    iwf_world_config(&c);
    iwf_world_aka(0x44, GODWIT_IWF_ROOT_EAP);
    const godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_ASSOCIATION);
    iwf_datagram(&wifi, &hint);
    const godwit_message_t answer = iwf_node_answer(GODWIT_FUNCTION_AAA);
    iwf_give(&answer);
    const godwit_request_t *down = owner_request(&iw.owner, GODWIT_REQUEST_DATAGRAM, 0);
    assert_int_equal(down->port, GODWIT_PORT_A3);
    assert_true(godwit_address_equal(&down->to, &wifi));
    iwf_open_command(down->octets);
    const godwit_iwf_container_t complete = iwf_complete(iw.suite, 0x0005);
    iwf_datagram(&wifi, &complete);
    assert_true(owner_saw(&iw.owner, "associated", GODWIT_OK));
    const godwit_imsi_t imsi = owner_imsi(IWF_IMSI);
    assert_int_equal(godwit_iwf_a3_address(&iw.keys, &imsi, iw.owner.now_ms).len, 0); /* no Poll has named it */
}

/* ---- within the NAS security mode procedure ---- */

static void the_answer_to_securing_waits_and_brings_the_command(void **state)
{
    (void)state;
    iwf_securing();
    assert_int_equal(asked(GODWIT_T5_UP_ANSWER), 0);
    const godwit_message_t answer = iwf_hss_answer();
    iwf_give(&answer);
    const godwit_message_t *securing = owner_message(&iw.owner, GODWIT_T5_UP_ANSWER, 0);
    assert_int_equal(securing->transaction, 31);
    assert_int_equal(securing->route, 5);
    assert_int_equal(securing->to, GODWIT_FUNCTION_MME);
    assert_true(owner_position(&iw.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&iw.owner, GODWIT_REQUEST_MESSAGE, 0));
    iwf_open_command(godwit_slice(securing->u.t5_up_answer.container, securing->u.t5_up_answer.container_len));
    finish();
}

static void assert_securing_goes_without(void)
{
    const godwit_message_t *securing = owner_message(&iw.owner, GODWIT_T5_UP_ANSWER, 0);
    assert_int_equal(securing->transaction, 31);
    assert_int_equal(securing->u.t5_up_answer.status, GODWIT_OK);
    assert_int_equal(securing->u.t5_up_answer.container_len, 0);
}

static void securing_goes_without_where_there_is_no_key(void **state)
{
    (void)state;
    iwf_securing();
    godwit_message_t answer = iwf_hss_answer();
    answer.u.subscriber_info_answer.status = GODWIT_UNKNOWN_KEY;
    iwf_give(&answer);
    assert_securing_goes_without();
    assert_null(iwf_record());
    iwf_securing(); /* too soon */
    assert_securing_goes_without();
    config(GODWIT_IWF_KEY_FROM_MME, GODWIT_IWF_ROOT_NONE, true); /* a key for the device needs ciphered NAS */
    iwf_securing();
    assert_securing_goes_without();
    iwf_world_config(&(godwit_iwf_keys_config_t){.key_from = GODWIT_IWF_KEY_FROM_HSS, .lazy = true});
    iwf_securing();
    assert_securing_goes_without();
    iwf_world_config(&(godwit_iwf_keys_config_t){.off = true});
    iwf_securing();
    assert_securing_goes_without();
}

static void a_run_that_the_association_stands_on_changes_nothing(void **state)
{
    (void)state;
    iwf_associate();
    iw.owner.now_ms += 2000;
    iwf_securing();
    assert_securing_goes_without();
    godwit_message_t m = iwf_t5_up(GODWIT_T5_SECURING); /* a run that was not flagged: the HSS has the root of before */
    m.u.t5_up.root_name[0] ^= 1;
    iwf_t5(&m);
    const godwit_message_t answer = iwf_hss_answer();
    const godwit_association_record_t before = *iwf_record();
    iwf_give(&answer);
    assert_securing_goes_without();
    assert_memory_equal(iwf_record(), &before, sizeof before);
}

/* ---- hops ---- */

static void assert_refused(const godwit_message_t *answer, godwit_status_t reason)
{
    const bool had = iwf_record() != NULL;
    iwf_give(answer);
    assert_true(owner_saw(&iw.owner, "refused", reason));
    assert_nothing_was_sent_down();
    assert_int_equal(iwf_record() != NULL, had);
}

static void a_key_over_an_open_hop_is_not_taken(void **state)
{
    (void)state;
    iwf_registered();
    godwit_message_t answer = iwf_hss_answer();
    answer.hop = GODWIT_HOP_OPEN;
    assert_refused(&answer, GODWIT_NOT_ENTITLED);
    config(GODWIT_IWF_KEY_FROM_MME, GODWIT_IWF_ROOT_NONE, false);
    iwf_world_aka(0x22, GODWIT_IWF_ROOT_KASME);
    iwf_registered();
    answer = iwf_node_answer(GODWIT_FUNCTION_MME);
    answer.hop = GODWIT_HOP_OPEN;
    assert_refused(&answer, GODWIT_NOT_ENTITLED);
}

static void a_key_that_was_not_asked_for_is_not_taken(void **state)
{
    (void)state;
    godwit_message_t answer;
    for (int i = 0; i < 5; i++) {
        iwf_world_setup(NULL);
        iwf_registered();
        answer = iwf_hss_answer();
        godwit_iwf_key_t *key = &answer.u.subscriber_info_answer.key;
        key->root = i == 0 ? GODWIT_IWF_ROOT_KASME : i == 1 ? GODWIT_IWF_ROOT_NONE : key->root;
        key->is_root = i == 2;
        key->association = i == 3 ? 0 : key->association; /* not above what was used */
        answer.kind = i == 4 ? GODWIT_IWF_KEY_ANSWER : answer.kind;
        assert_refused(&answer, i == 3 ? GODWIT_REPLAY : GODWIT_NOT_ENTITLED);
    }
    for (int i = 0; i < 3; i++) { /* a serving node */
        iwf_world_setup(NULL);
        config(GODWIT_IWF_KEY_FROM_MME, GODWIT_IWF_ROOT_NONE, false);
        iwf_world_aka(0x22, GODWIT_IWF_ROOT_KASME);
        iwf_registered();
        answer = iwf_node_answer(GODWIT_FUNCTION_MME);
        godwit_iwf_key_t *key = &answer.u.iwf_key_answer.key;
        key->root = i == 0 ? GODWIT_IWF_ROOT_FLAGGED : key->root;
        key->is_root = i == 1;
        key->association += i == 2;
        assert_refused(&answer, GODWIT_NOT_ENTITLED);
    }
}

static void an_answer_that_is_late_or_nobodys_is_passed_over(void **state)
{
    (void)state;
    iwf_registered();
    godwit_message_t answer = iwf_hss_answer();
    answer.transaction++;
    iwf_give(&answer);
    assert_nothing_was_sent_down();
    answer.transaction--;
    iw.owner.now_ms += 5000;
    iwf_give(&answer);
    assert_nothing_was_sent_down();
    assert_null(iwf_record());
}

static void one_key_is_asked_for_at_a_time(void **state)
{
    (void)state;
    iwf_registered();
    const godwit_message_t answer = iwf_hss_answer();
    owner_give_timer(&iw.owner, 0);
    assert_true(owner_saw(&iw.owner, "begun", GODWIT_OK));
    assert_int_equal(asked(GODWIT_SUBSCRIBER_INFO_REQUEST), 0);
    iwf_give(&answer);
    iwf_take_command();
    iwf_give(&answer); /* said twice */
    assert_nothing_was_sent_down();
    finish();
}

/* ---- Complete ---- */

static void a_forged_or_replayed_complete_changes_nothing(void **state)
{
    (void)state;
    iwf_registered();
    const godwit_message_t answer = iwf_hss_answer();
    iwf_give(&answer);
    iwf_take_command();
    const godwit_iwf_container_t complete = iwf_complete(iw.suite, 0x0005);
    const godwit_association_record_t before = *iwf_record();
    for (size_t i = 0; i < complete.len; i++) {
        godwit_iwf_container_t bent = complete;
        bent.octets[i] ^= 0x04;
        iwf_from_device(&bent);
        assert_int_equal(iw.up.kind, GODWIT_IWF_UP_NOTHING);
        assert_memory_equal(iwf_record(), &before, sizeof before);
    }
    iwf_from_device(&complete);
    assert_true(owner_saw(&iw.owner, "associated", GODWIT_OK));
    const godwit_association_record_t after = *iwf_record();
    iwf_from_device(&complete);
    assert_true(owner_saw(&iw.owner, "refused", GODWIT_REPLAY));
    assert_int_equal(iw.up.kind, GODWIT_IWF_UP_NOTHING);
    assert_memory_equal(iwf_record(), &after, sizeof after);
}

static void nobody_bids_the_suite_down(void **state)
{
    (void)state;
    iwf_registered();
    const godwit_message_t answer = iwf_hss_answer();
    iwf_give(&answer);
    iwf_take_command();
    assert_int_equal(iw.suite, 1); /* the best of ours */
    godwit_iwf_container_t worse = iwf_complete(3, 0x0005);
    iwf_from_device(&worse);
    assert_true(owner_saw(&iw.owner, "refused", GODWIT_POLICY_FORBIDS));
    worse = iwf_complete(5, 0x0010); /* not offered: it does not cipher */
    iwf_from_device(&worse);
    assert_true(owner_saw(&iw.owner, "refused", GODWIT_UNSUPPORTED_SUITE));
    assert_int_equal(iwf_record()->current.number, 0);
    iw.suite = 3;
    worse = iwf_complete(3, 0x0004); /* all that this device has */
    iwf_from_device(&worse);
    assert_int_equal(iwf_record()->current.suite, 3);
}

static void the_association_in_use_lives_until_the_next_is_confirmed(void **state)
{
    (void)state;
    godwit_a3_opened_t opened;
    iwf_associate();
    const iwf_world_t before = iw;
    iwf_world_aka(0x55, GODWIT_IWF_ROOT_FLAGGED);
    iw.owner.now_ms += 2000;
    iwf_registered();
    const godwit_message_t answer = iwf_hss_answer();
    iwf_give(&answer);
    assert_int_equal(iwf_record()->current.number, 1);
    assert_int_equal(iwf_record()->next.number, 2);
    iwf_take_command();
    const uint32_t number = iw.number;
    submit("still under the first");
    const godwit_t5_down_t *down = &owner_message(&iw.owner, GODWIT_T5_DOWN, 0)->u.t5_down;
    const godwit_a3_key_t first = {.k_iwf = before.k_iwf, .association = 1, .suite = before.suite};
    assert_int_equal(godwit_a3_open(&godwit_crypto_builtin, &first, true,
                                    godwit_slice(down->container, down->container_len), &opened),
                     GODWIT_OK);
    assert_int_equal(number, 2);
    finish();
    submit("under the second");
    down = &owner_message(&iw.owner, GODWIT_T5_DOWN, 0)->u.t5_down;
    assert_int_equal(iwf_device_opens(godwit_slice(down->container, down->container_len), &opened), GODWIT_OK);
    assert_memory_equal(opened.message.trigger.payload, "under the second", 16);
}

static void a_command_is_said_again_as_it_was_and_a_stale_one_is_made_anew(void **state)
{
    (void)state;
    iwf_registered();
    godwit_message_t answer = iwf_hss_answer();
    iwf_give(&answer);
    iwf_take_command();
    const godwit_iwf_container_t first = iw.command;
    iw.owner.now_ms += 60000;
    iwf_registered();
    iwf_take_command();
    assert_memory_equal(iw.command.octets, first.octets, first.len);
    owner_give_timer(&iw.owner, 0);
    iwf_take_command();
    assert_memory_equal(iw.command.octets, first.octets, first.len);
    iw.owner.now_ms += 600000;
    owner_give_timer(&iw.owner, 0);
    assert_nothing_was_sent_down();
    answer = iwf_hss_answer();
    iwf_give(&answer);
    iwf_take_command();
    assert_int_equal(iw.number, 2);
    finish();
}

static void a_command_is_said_again_by_itself_until_its_complete_comes(void **state)
{
    (void)state;
    iwf_registered();
    const godwit_message_t answer = iwf_hss_answer();
    iwf_give(&answer);
    iwf_take_command();
    const godwit_iwf_container_t first = iw.command;
    const godwit_request_t *timer = owner_request(&iw.owner, GODWIT_REQUEST_TIMER, 0);
    const uint32_t number = timer->timer;
    uint32_t delay_ms = 4000;
    for (int i = 0; i < 10; i++) {
        assert_int_equal(timer->delay_ms, delay_ms < 60000 ? delay_ms : 60000);
        iw.owner.now_ms += timer->delay_ms;
        delay_ms *= 2;
        owner_give_timer(&iw.owner, number);
        iwf_take_command();
        assert_memory_equal(iw.command.octets, first.octets, first.len);
        timer = owner_request(&iw.owner, GODWIT_REQUEST_TIMER, 0);
        assert_int_equal(timer != NULL, i < 9);
    }
    owner_give_timer(&iw.owner, number);
    assert_nothing_was_sent_down();
    iwf_registered();
    iwf_take_command();
    finish();
    owner_give_timer(&iw.owner, number);
    assert_nothing_was_sent_down();
    assert_null(owner_request(&iw.owner, GODWIT_REQUEST_TIMER, 0));
}

static void a_node_that_did_not_reach_the_device_ends_the_repetitions(void **state)
{
    (void)state;
    iwf_registered();
    const godwit_message_t answer = iwf_hss_answer();
    iwf_give(&answer);
    iwf_take_command();
    const uint32_t number = owner_request(&iw.owner, GODWIT_REQUEST_TIMER, 0)->timer;
    godwit_message_t said = {.kind = GODWIT_T5_DOWN_ANSWER, .hop = GODWIT_HOP_TLS, .origin_host = IWF_NODE};
    said.transaction = owner_message(&iw.owner, GODWIT_T5_DOWN, 0)->transaction;
    iwf_give(&said); /* it has it */
    owner_give_timer(&iw.owner, number);
    said.transaction = owner_message(&iw.owner, GODWIT_T5_DOWN, 0)->transaction;
    said.u.outcome = GODWIT_AGAIN;
    iwf_give(&said);
    owner_give_timer(&iw.owner, number);
    assert_nothing_was_sent_down();
    iwf_registered(); /* there it is; the HSS is asked once in a second */
    assert_int_equal(asked(GODWIT_SUBSCRIBER_INFO_REQUEST), 0);
    iw.owner.now_ms += 1000;
    owner_give_timer(&iw.owner, owner_request(&iw.owner, GODWIT_REQUEST_TIMER, 0)->timer);
    assert_true(iwf_located());
    iwf_take_command();
    finish();
}

/* ---- numbers and COUNTs ---- */

static void a_number_never_falls_whatever_fails(void **state)
{
    (void)state;
    iwf_associate();
    assert_int_equal(iwf_record()->last_number, 1);
    config(GODWIT_IWF_KEY_FROM_IWF, GODWIT_IWF_ROOT_FLAGGED, false); /* a restart: memory is gone */
    iwf_world_aka(0x66, GODWIT_IWF_ROOT_FLAGGED);
    iwf_registered();
    godwit_message_t answer = iwf_hss_answer();
    answer.u.subscriber_info_answer.key.association = 1; /* the HSS has lost count */
    iw.owner.fail_commits = true;
    iwf_give(&answer);
    assert_nothing_was_sent_down();
    iw.owner.fail_commits = false;
    iw.owner.now_ms += 2000;
    iwf_registered();
    answer = iwf_hss_answer();
    answer.u.subscriber_info_answer.key.association = 1;
    iwf_give(&answer);
    iwf_take_command();
    assert_int_equal(iw.number, 2);
    finish();
    config(GODWIT_IWF_KEY_FROM_HSS, GODWIT_IWF_ROOT_NONE, false);
    iwf_world_aka(0x67, GODWIT_IWF_ROOT_FLAGGED);
    iwf_registered();
    answer = iwf_hss_answer();
    answer.u.subscriber_info_answer.key.association = 2;
    assert_refused(&answer, GODWIT_REPLAY);
    assert_int_equal(iwf_record()->last_number, 2);
}

static void a_count_is_durable_before_its_message_leaves(void **state)
{
    (void)state;
    iwf_associate();
    submit("one");
    assert_true(owner_position(&iw.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&iw.owner, GODWIT_REQUEST_MESSAGE, 0));
    godwit_a3_opened_t first, second;
    const godwit_t5_down_t *down = &owner_message(&iw.owner, GODWIT_T5_DOWN, 0)->u.t5_down;
    assert_int_equal(iwf_device_opens(godwit_slice(down->container, down->container_len), &first), GODWIT_OK);
    iw.owner.fail_commits = true;
    submit("two");
    assert_nothing_was_sent_down();
    iw.owner.fail_commits = false;
    iwf_world_config(&(godwit_iwf_keys_config_t){.key_from = GODWIT_IWF_KEY_FROM_HSS}); /* a restart */
    submit("three");
    down = &owner_message(&iw.owner, GODWIT_T5_DOWN, 0)->u.t5_down;
    assert_int_equal(iwf_device_opens(godwit_slice(down->container, down->container_len), &second), GODWIT_OK);
    assert_int_equal(second.count, first.count + 1);
}

static void an_association_whose_counts_are_used_up_is_renewed(void **state)
{
    (void)state;
    iwf_associate();
    iwf_record()->current.next_down = UINT32_MAX;
    submit("no more");
    assert_true(owner_saw(&iw.owner, "protected", GODWIT_COUNT_EXHAUSTED));
    owner_give_timer(&iw.owner, 0);
    const godwit_message_t answer = iwf_hss_answer(); /* of the same root */
    iwf_give(&answer);
    iwf_take_command();
    finish();
    submit("again");
    assert_int_equal(asked(GODWIT_T5_DOWN), 1);
}

static void nothing_is_protected_before_the_complete(void **state)
{
    (void)state;
    submit("too early");
    assert_true(owner_saw(&iw.owner, "protected", GODWIT_WRONG_STATE));
    iwf_registered();
    const godwit_message_t answer = iwf_hss_answer();
    iwf_give(&answer);
    submit("too early");
    assert_true(owner_saw(&iw.owner, "protected", GODWIT_WRONG_STATE));
    assert_nothing_was_sent_down();
}

/* ---- Reject ---- */

static void a_hint_leads_to_the_root_that_the_device_has(void **state)
{
    (void)state;
    iwf_registered();
    godwit_message_t answer = iwf_hss_answer();
    iwf_give(&answer);
    iwf_take_command();
    const godwit_association_record_t before = *iwf_record();
    iwf_world_aka(0x77, GODWIT_IWF_ROOT_FLAGGED); /* what it has in truth */
    const godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_ROOT);
    iwf_from_device(&hint);
    assert_memory_equal(iwf_record(), &before, sizeof before);
    const godwit_subscriber_info_request_t *r =
        &owner_message(&iw.owner, GODWIT_SUBSCRIBER_INFO_REQUEST, 0)->u.subscriber_info_request;
    assert_true(r->has_root_name);
    assert_memory_equal(r->root_name, iw.root_name, sizeof iw.root_name);
    assert_int_equal(r->association_above, 1);
    answer = iwf_hss_answer();
    answer.u.subscriber_info_answer.key.root_name[3] ^= 1; /* another run than was asked for */
    iwf_give(&answer);
    assert_true(owner_saw(&iw.owner, "refused", GODWIT_NOT_ENTITLED));
    iw.owner.now_ms += 10000;
    iwf_from_device(&hint);
    answer = iwf_hss_answer();
    iwf_give(&answer);
    iwf_take_command();
    finish();
}

static void a_device_that_took_a_higher_number_is_believed_within_bounds(void **state)
{
    (void)state;
    iwf_registered();
    godwit_message_t answer = iwf_hss_answer();
    iwf_give(&answer);
    iwf_take_command();
    godwit_a3_message_t m = {.type = GODWIT_A3_REJECT};
    m.reject.reason = GODWIT_A3_OLD_NUMBER;
    m.reject.root = iw.kind;
    m.reject.association = UINT32_MAX - 1;
    memcpy(m.reject.root_name, iw.root_name, sizeof m.reject.root_name);
    assert_int_equal(
        godwit_a3_digest(&godwit_crypto_builtin, godwit_slice(iw.command.octets, iw.command.len), m.reject.command),
        GODWIT_OK);
    godwit_iwf_container_t hint = {0};
    godwit_writer_t w = godwit_writer(hint.octets, sizeof hint.octets);
    assert_int_equal(godwit_a3_unprotected_build(&m, &w), GODWIT_OK);
    hint.len = (uint8_t)w.len;
    iw.owner.now_ms += 10000;
    iwf_from_device(&hint);
    answer = iwf_hss_answer();
    assert_int_equal(answer.u.subscriber_info_answer.key.association, 1 + 1024 + 1);
}

static void a_flood_of_forged_rejects_asks_rarely_and_moves_nothing(void **state)
{
    (void)state;
    size_t questions = 0;
    iwf_associate();
    const godwit_association_record_t before = *iwf_record();
    iw.owner.now_ms += 10000;
    const godwit_address_t liar = owner_address(77);
    for (uint32_t i = 0; i < 2000; i++) {
        iwf_world_aka((uint8_t)i, GODWIT_IWF_ROOT_FLAGGED);
        const godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_ASSOCIATION);
        iwf_datagram(&liar, &hint);
        questions += asked(GODWIT_SUBSCRIBER_INFO_REQUEST);
        assert_true(iwf_datagrams_down() <= GODWIT_A3_COOKIE_ANSWER); /* whoever cannot receive is told no more */
        iw.owner.now_ms += 10;
    }
    assert_int_equal(questions, 2); /* in 20 s */
    assert_memory_equal(iwf_record(), &before, sizeof before);
    iw.owner.now_ms += 20000;
    iwf_world_aka(0x11, GODWIT_IWF_ROOT_FLAGGED); /* the root in use, which whoever listened can name */
    const godwit_address_t from = owner_address(1);
    const godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_ASSOCIATION);
    iwf_datagram(&from, &hint);
    assert_int_equal(asked(GODWIT_SUBSCRIBER_INFO_REQUEST), 0);
}

static void hints_of_many_devices_are_bounded_too(void **state)
{
    (void)state;
    size_t questions = 0;
    for (uint32_t i = 0; i < 500; i++) {
        uint8_t octets[GODWIT_A3_DATAGRAM_MAX];
        char digits[] = "001010900000000";
        digits[12] = (char)('0' + i / 100);
        digits[13] = (char)('0' + i / 10 % 10);
        digits[14] = (char)('0' + i % 10);
        const godwit_imsi_t imsi = owner_imsi(digits);
        const godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_ASSOCIATION);
        godwit_writer_t w = godwit_writer(octets, sizeof octets);
        assert_int_equal(godwit_a3_datagram_build(&imsi, godwit_slice(hint.octets, hint.len), &w), GODWIT_OK);
        const godwit_address_t from = owner_address((uint8_t)i);
        owner_give_datagram(&iw.owner, &from, godwit_written(&w));
        questions += asked(GODWIT_SUBSCRIBER_INFO_REQUEST);
    }
    assert_int_equal(questions, 50);
    assert_int_equal(iw.owner.record_count, 0);
    const godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_ASSOCIATION);
    iwf_from_device(&hint); /* in the same second, through a network: nobody who sends datagrams is in its way */
    assert_int_equal(asked(GODWIT_SUBSCRIBER_INFO_REQUEST), 1);
}

static void a_liar_elsewhere_does_not_silence_the_hints_of_a_device(void **state)
{
    (void)state;
    const godwit_address_t liar = owner_address(77), wifi = owner_address(9);
    iwf_world_aka(0x77, GODWIT_IWF_ROOT_FLAGGED); /* a root that nobody knows */
    godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_ASSOCIATION);
    iwf_datagram(&liar, &hint);
    godwit_message_t answer = iwf_hss_answer();
    answer.u.subscriber_info_answer.status = GODWIT_UNKNOWN_KEY;
    iwf_give(&answer);
    godwit_message_t rogue = iwf_t5_up(GODWIT_T5_FROM_DEVICE); /* likewise a node that the device is not at */
    strcpy(rogue.origin_host, "mme.elsewhere.test");
    rogue.u.t5_up.container_len = hint.len;
    memcpy(rogue.u.t5_up.container, hint.octets, hint.len);
    iwf_t5(&rogue);
    assert_int_equal(asked(GODWIT_SUBSCRIBER_INFO_REQUEST), 0); /* no key for what the HSS does not name */
    iwf_from_device(&hint);                                     /* as by its own */
    answer = iwf_hss_answer();
    answer.u.subscriber_info_answer.status = GODWIT_UNKNOWN_KEY;
    iwf_give(&answer);
    iwf_world_aka(0x11, GODWIT_IWF_ROOT_FLAGGED);
    hint = iwf_hint(GODWIT_A3_NO_ASSOCIATION);
    iwf_datagram(&wifi, &hint);
    answer = iwf_hss_answer();
    iwf_give(&answer);
    const godwit_request_t *down = owner_request(&iw.owner, GODWIT_REQUEST_DATAGRAM, 0);
    assert_true(godwit_address_equal(&down->to, &wifi));
}

/* Of this /64 FNV-1a gives 10000 ^ 1000, the gaps between hints and between what a node leads to. */
static void whoever_chooses_an_address_does_not_hold_up_what_a_node_leads_to(void **state)
{
    (void)state;
    const godwit_address_t liar = {.len = 18, .octets = {0x20, 0x01, 0x0d, 0xb8, 0xdd, 0x82, 0x7d, 0xa3}};
    iwf_world_aka(0x77, GODWIT_IWF_ROOT_FLAGGED); /* a root that nobody knows */
    const godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_ASSOCIATION);
    iwf_datagram(&liar, &hint);
    godwit_message_t answer = iwf_hss_answer();
    answer.u.subscriber_info_answer.status = GODWIT_UNKNOWN_KEY;
    iwf_give(&answer);
    iwf_world_aka(0x11, GODWIT_IWF_ROOT_FLAGGED);
    iwf_registered();
    assert_int_equal(asked(GODWIT_SUBSCRIBER_INFO_REQUEST), 1);
}

static void whoever_names_an_address_does_not_turn_what_a_node_says_again(void **state)
{
    (void)state;
    const godwit_address_t liar = owner_address(77);
    iwf_registered();
    const godwit_message_t answer = iwf_hss_answer();
    iwf_give(&answer);
    iwf_take_command();
    const uint32_t number = owner_request(&iw.owner, GODWIT_REQUEST_TIMER, 0)->timer;
    const godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_ASSOCIATION); /* whoever listened can name the root */
    iwf_datagram(&liar, &hint);
    iw.owner.now_ms += 4000;
    owner_give_timer(&iw.owner, number);
    iwf_take_command();
    finish();
}

static void a_number_that_a_hint_of_no_command_names_is_not_believed(void **state)
{
    (void)state;
    godwit_a3_message_t m = {.type = GODWIT_A3_REJECT};
    godwit_iwf_container_t hint = {0};
    godwit_writer_t w = godwit_writer(hint.octets, sizeof hint.octets);
    m.reject.reason = GODWIT_A3_NO_ASSOCIATION;
    m.reject.root = iw.kind;
    m.reject.association = 900;
    memcpy(m.reject.root_name, iw.root_name, sizeof m.reject.root_name);
    assert_int_equal(godwit_a3_unprotected_build(&m, &w), GODWIT_OK);
    hint.len = (uint8_t)w.len;
    const godwit_address_t from = owner_address(9);
    iwf_datagram(&from, &hint);
    assert_int_equal(iwf_hss_answer().u.subscriber_info_answer.key.association, 1);
}

static void a_reject_of_another_command_or_without_a_root_leads_to_nothing(void **state)
{
    (void)state;
    iwf_registered();
    const godwit_message_t answer = iwf_hss_answer();
    iwf_give(&answer);
    iwf_take_command();
    iw.owner.now_ms += 10000;
    iw.command.octets[1] ^= 1;
    godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_ROOT);
    iwf_from_device(&hint);
    assert_int_equal(asked(GODWIT_SUBSCRIBER_INFO_REQUEST), 0);
    iw.kind = GODWIT_IWF_ROOT_NONE;
    memset(iw.root_name, 0, sizeof iw.root_name);
    hint = iwf_hint(GODWIT_A3_NO_ASSOCIATION);
    iwf_from_device(&hint);
    assert_int_equal(asked(GODWIT_SUBSCRIBER_INFO_REQUEST), 0);
    assert_nothing_was_sent_down();
}

static void whoever_heard_of_no_command_is_told_the_one_under_way(void **state)
{
    (void)state;
    const godwit_address_t wifi = owner_address(9);
    iwf_registered();
    const godwit_message_t answer = iwf_hss_answer();
    iwf_give(&answer);
    iwf_take_command();
    const godwit_association_record_t before = *iwf_record();
    iw.owner.now_ms += 10000;
    const godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_ASSOCIATION);
    iwf_datagram_twice(&wifi, &hint);
    const godwit_request_t *down = owner_request(&iw.owner, GODWIT_REQUEST_DATAGRAM, 0);
    assert_int_equal(down->octets.len, iw.command.len);
    assert_memory_equal(down->octets.ptr, iw.command.octets, iw.command.len);
    assert_memory_equal(iwf_record(), &before, sizeof before);
}

static void a_device_whose_complete_was_lost_is_told_the_command_again(void **state)
{
    (void)state;
    godwit_a3_message_t poll = {.type = GODWIT_A3_POLL};
    iwf_registered();
    const godwit_message_t answer = iwf_hss_answer();
    iwf_give(&answer);
    iwf_take_command();
    const godwit_iwf_container_t complete = iwf_complete(iw.suite, 0x0005);
    const godwit_association_record_t before = *iwf_record();
    godwit_iwf_container_t under_next = iwf_say(&poll), forged = under_next;
    iw.owner.now_ms += 1000;
    forged.octets[7] ^= 1;
    iwf_from_device(&forged);
    assert_nothing_was_sent_down();
    iwf_from_device(&under_next);
    assert_int_equal(iw.up.kind, GODWIT_IWF_UP_NOTHING);
    const godwit_t5_down_t *down = &owner_message(&iw.owner, GODWIT_T5_DOWN, 0)->u.t5_down;
    assert_int_equal(down->container_len, iw.command.len);
    assert_memory_equal(down->container, iw.command.octets, iw.command.len);
    assert_memory_equal(iwf_record(), &before, sizeof before);
    iwf_from_device(&complete);
    assert_true(owner_saw(&iw.owner, "associated", GODWIT_OK));
}

/* ---- the key for a device that does not derive ---- */

static void the_device_is_given_its_key_before_the_command(void **state)
{
    (void)state;
    config(GODWIT_IWF_KEY_FROM_MME, GODWIT_IWF_ROOT_NONE, true);
    iwf_world_aka(0x22, GODWIT_IWF_ROOT_KASME);
    iwf_registered();
    const godwit_message_t answer = iwf_node_answer(GODWIT_FUNCTION_MME);
    iwf_give(&answer);
    assert_true(owner_position(&iw.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&iw.owner, GODWIT_REQUEST_MESSAGE, 0));
    const godwit_message_t given = *owner_message(&iw.owner, GODWIT_T5_DOWN, 0);
    assert_int_equal(given.u.t5_down.kind, GODWIT_T5_UE_KEY);
    assert_int_equal(given.u.t5_down.ue_key.association, 1);
    assert_false(given.u.t5_down.ue_key.is_root);
    assert_memory_equal(given.u.t5_down.ue_key.key, answer.u.iwf_key_answer.key.key, 32);
    assert_int_equal(asked(GODWIT_T5_DOWN), 1);
    godwit_message_t ok = {.kind = GODWIT_T5_DOWN_ANSWER,
                           .transaction = given.transaction,
                           .hop = GODWIT_HOP_TLS,
                           .origin_host = IWF_NODE};
    iw.owner.now_ms += 45000; /* it was paged first */
    iwf_give(&ok);
    iwf_take_command();
    finish();
}

static void a_node_that_cannot_give_it_gets_no_command(void **state)
{
    (void)state;
    config(GODWIT_IWF_KEY_FROM_MME, GODWIT_IWF_ROOT_NONE, true);
    iwf_world_aka(0x22, GODWIT_IWF_ROOT_KASME);
    iwf_registered();
    const godwit_message_t answer = iwf_node_answer(GODWIT_FUNCTION_MME);
    iwf_give(&answer);
    godwit_message_t no = {.kind = GODWIT_T5_DOWN_ANSWER, .hop = GODWIT_HOP_TLS, .origin_host = IWF_NODE};
    no.transaction = owner_message(&iw.owner, GODWIT_T5_DOWN, 0)->transaction;
    no.u.outcome = GODWIT_AGAIN;
    iwf_give(&no);
    assert_nothing_was_sent_down();
    owner_give_timer(&iw.owner, 0); /* later: key and Command of before */
    assert_int_equal(owner_message(&iw.owner, GODWIT_T5_DOWN, 0)->u.t5_down.kind, GODWIT_T5_UE_KEY);
}

static void a_device_that_has_no_key_is_given_it_again(void **state)
{
    (void)state;
    config(GODWIT_IWF_KEY_FROM_MME, GODWIT_IWF_ROOT_NONE, true);
    iwf_world_aka(0x22, GODWIT_IWF_ROOT_KASME);
    iwf_registered();
    const godwit_message_t answer = iwf_node_answer(GODWIT_FUNCTION_MME);
    iwf_give(&answer);
    godwit_message_t ok = {.kind = GODWIT_T5_DOWN_ANSWER, .hop = GODWIT_HOP_TLS, .origin_host = IWF_NODE};
    ok.transaction = owner_message(&iw.owner, GODWIT_T5_DOWN, 0)->transaction;
    iwf_give(&ok);
    iwf_take_command();
    iw.kind = GODWIT_IWF_ROOT_NONE; /* it names none */
    const godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_KEY);
    iwf_from_device(&hint);
    assert_int_equal(owner_message(&iw.owner, GODWIT_T5_DOWN, 0)->u.t5_down.kind, GODWIT_T5_UE_KEY);
}

/* GERAN without Ki128, or no cipher: the reason is told, and there is no association. */
static void a_radio_that_hides_nothing_gets_no_key_and_the_reason_is_told(void **state)
{
    (void)state;
    config(GODWIT_IWF_KEY_FROM_MME, GODWIT_IWF_ROOT_NONE, true);
    iwf_world_aka(0x22, GODWIT_IWF_ROOT_CK_IK);
    iwf_registered();
    const godwit_message_t answer = iwf_node_answer(GODWIT_FUNCTION_MME);
    iwf_give(&answer);
    godwit_message_t no = {.kind = GODWIT_T5_DOWN_ANSWER, .hop = GODWIT_HOP_TLS, .origin_host = IWF_NODE};
    no.transaction = owner_message(&iw.owner, GODWIT_T5_DOWN, 0)->transaction;
    no.u.outcome = GODWIT_UNSUPPORTED_SUITE;
    iwf_give(&no);
    assert_true(owner_saw(&iw.owner, "refused", GODWIT_UNSUPPORTED_SUITE));
    assert_nothing_was_sent_down();
    assert_int_equal(iwf_record()->current.number, 0);
}

/* Its configuration trusts no root that a visited network may know: another key would not help, for ever. */
static void a_device_that_trusts_no_such_root_is_not_given_keys_again_and_again(void **state)
{
    (void)state;
    config(GODWIT_IWF_KEY_FROM_MME, GODWIT_IWF_ROOT_NONE, true);
    iwf_world_aka(0x22, GODWIT_IWF_ROOT_CK_IK);
    iwf_registered();
    const godwit_message_t answer = iwf_node_answer(GODWIT_FUNCTION_MME);
    iwf_give(&answer);
    godwit_message_t ok = {.kind = GODWIT_T5_DOWN_ANSWER, .hop = GODWIT_HOP_TLS, .origin_host = IWF_NODE};
    ok.transaction = owner_message(&iw.owner, GODWIT_T5_DOWN, 0)->transaction;
    iwf_give(&ok);
    iwf_take_command();
    iw.kind = GODWIT_IWF_ROOT_NONE;
    iw.owner.now_ms += 60000;
    const godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_ROOT);
    iwf_from_device(&hint);
    assert_true(owner_saw(&iw.owner, "association_rejected", GODWIT_OK));
    assert_int_equal(asked(GODWIT_IWF_KEY_REQUEST), 0);
    assert_nothing_was_sent_down();
}

static void no_node_that_was_not_heard_over_a_proved_hop_gets_a_key_for_the_device(void **state)
{
    (void)state;
    config(GODWIT_IWF_KEY_FROM_IWF, GODWIT_IWF_ROOT_KASME, true);
    iwf_world_aka(0x22, GODWIT_IWF_ROOT_KASME);
    godwit_message_t m = iwf_t5_up(GODWIT_T5_REGISTERED);
    m.hop = GODWIT_HOP_OPEN;
    iwf_t5(&m);
    assert_true(owner_saw(&iw.owner, "refused", GODWIT_NOT_ENTITLED));
    assert_int_equal(asked(GODWIT_SUBSCRIBER_INFO_REQUEST), 0); /* which would have moved a number */
    iw.owner.now_ms += 2000;
    iwf_registered();
    godwit_message_t answer = iwf_hss_answer();
    m.u.t5_up.kind = GODWIT_T5_FROM_DEVICE;
    iwf_t5(&m); /* that name comes over an open hop meanwhile */
    iwf_give(&answer);
    assert_nothing_was_sent_down();
    iw.owner.now_ms += 2000;
    iw.begin.kind = GODWIT_IWF_WAY_T4; /* nor goes it by another way */
    owner_give_timer(&iw.owner, 0);
    assert_true(owner_saw(&iw.owner, "begun", GODWIT_NOT_ENTITLED));
    assert_int_equal(asked(GODWIT_SUBSCRIBER_INFO_REQUEST), 0);
    assert_nothing_was_sent_down();
}

static void a_key_of_a_flagged_root_is_never_given_to_a_node(void **state)
{
    (void)state;
    godwit_iwf_keys_config_t c = {.key_from = GODWIT_IWF_KEY_FROM_HSS, .ue_key_received = true};
    godwit_iwf_keys_t *keys = &iw.keys;
    const godwit_crypto_t *crypto = &godwit_crypto_builtin;
    assert_int_equal(godwit_iwf_keys_init(keys, crypto, &c, IWF_HOST, "home.test", ""), GODWIT_INVALID_ARGUMENT);
    c.key_from = GODWIT_IWF_KEY_FROM_IWF;
    c.root = GODWIT_IWF_ROOT_FLAGGED;
    assert_int_equal(godwit_iwf_keys_init(keys, crypto, &c, IWF_HOST, "home.test", ""), GODWIT_INVALID_ARGUMENT);
    iwf_world_setup(NULL); /* and where the configuration was another when the association began */
    iwf_registered();
    const godwit_message_t answer = iwf_hss_answer();
    iwf_give(&answer);
    config(GODWIT_IWF_KEY_FROM_MME, GODWIT_IWF_ROOT_NONE, true);
    iwf_registered();
    owner_give_timer(&iw.owner, 0);
    assert_true(owner_saw(&iw.owner, "begun", GODWIT_POLICY_FORBIDS));
    assert_nothing_was_sent_down();
}

/* ---- a device that moves, a node or a MTC-IWF that dies, while the key is on its way ---- */

/* Key-from mme; the node has been asked and has given, and the key for the device is on its way. */
static godwit_message_t giving(uint8_t run)
{
    config(GODWIT_IWF_KEY_FROM_MME, GODWIT_IWF_ROOT_NONE, true);
    iwf_world_aka(run, GODWIT_IWF_ROOT_CK_IK);
    iwf_registered();
    const godwit_message_t answer = iwf_node_answer(GODWIT_FUNCTION_MME);
    iwf_give(&answer);
    const godwit_message_t *given = owner_message(&iw.owner, GODWIT_T5_DOWN, 0);
    assert_int_equal(given->u.t5_down.kind, GODWIT_T5_UE_KEY);
    return (godwit_message_t){.kind = GODWIT_T5_DOWN_ANSWER,
                              .transaction = given->transaction,
                              .hop = GODWIT_HOP_TLS,
                              .origin_host = IWF_NODE};
}

static void registered_elsewhere(bool new_root)
{
    godwit_message_t m = iwf_t5_up(GODWIT_T5_REGISTERED);
    m.from = GODWIT_FUNCTION_SGSN;
    strcpy(m.origin_host, "sgsn.visited.test");
    m.u.t5_up.new_root = new_root;
    iwf_name(&m);
    iwf_t5(&m);
}

static void expect_given(const char *host, uint32_t association)
{
    const godwit_t5_down_t *down = &owner_message(&iw.owner, GODWIT_T5_DOWN, 0)->u.t5_down;
    assert_int_equal(asked(GODWIT_T5_DOWN), 1);
    assert_int_equal(down->kind, GODWIT_T5_UE_KEY);
    assert_string_equal(down->to.host, host);
    assert_int_equal(down->ue_key.association, association);
}

/* Its former node may not find it for a minute, and knows a key that the device will not get by it any more. */
static void a_device_that_registers_elsewhere_gets_a_key_of_there(void **state)
{
    (void)state;
    godwit_message_t late = giving(0x22);
    iw.owner.now_ms += 2000;
    iwf_world_aka(0x23, GODWIT_IWF_ROOT_CK_IK);
    registered_elsewhere(true);
    const godwit_message_t answer = iwf_node_answer(GODWIT_FUNCTION_SGSN);
    assert_string_equal(owner_message(&iw.owner, GODWIT_IWF_KEY_REQUEST, 0)->u.iwf_key_request.to.host,
                        "sgsn.visited.test");
    iwf_give(&answer);
    expect_given("sgsn.visited.test", 2);
    godwit_message_t ok = late;
    ok.transaction = owner_message(&iw.owner, GODWIT_T5_DOWN, 0)->transaction;
    strcpy(ok.origin_host, "sgsn.visited.test");
    iwf_give(&late); /* the former node had reached it in time: that key was not its last */
    assert_nothing_was_sent_down();
    iwf_give(&ok);
    iwf_open_command(godwit_slice(owner_message(&iw.owner, GODWIT_T5_DOWN, 0)->u.t5_down.container,
                                  owner_message(&iw.owner, GODWIT_T5_DOWN, 0)->u.t5_down.container_len));
    assert_int_equal(iw.number, 2);
    finish();
}

/* The node has died with the key, and never answers; the device attaches there anew. */
static void a_device_that_registers_again_does_not_wait_for_a_node_that_died(void **state)
{
    (void)state;
    (void)giving(0x22);
    iw.owner.now_ms += 2000;
    iwf_world_aka(0x23, GODWIT_IWF_ROOT_CK_IK);
    iwf_registered();
    const godwit_message_t answer = iwf_node_answer(GODWIT_FUNCTION_MME);
    iwf_give(&answer);
    expect_given("mme.visited.test", 2);
}

/* Of the same run the one that is on its way is waited for. */
static void nobody_has_a_key_given_twice_at_a_time(void **state)
{
    (void)state;
    const godwit_message_t ok = giving(0x22);
    iw.owner.now_ms += 2000;
    iwf_registered();
    assert_nothing_was_sent_down();
    assert_int_equal(asked(GODWIT_IWF_KEY_REQUEST), 0);
    iwf_give(&ok);
    iwf_take_command();
    finish();
}

static void a_key_that_was_asked_for_where_the_device_was_is_not_waited_for(void **state)
{
    (void)state;
    config(GODWIT_IWF_KEY_FROM_MME, GODWIT_IWF_ROOT_NONE, false);
    iwf_world_aka(0x22, GODWIT_IWF_ROOT_CK_IK);
    iwf_registered();
    const godwit_message_t late = iwf_node_answer(GODWIT_FUNCTION_MME);
    iw.owner.now_ms += 2000;
    iwf_world_aka(0x23, GODWIT_IWF_ROOT_CK_IK);
    registered_elsewhere(true);
    const godwit_message_t answer = iwf_node_answer(GODWIT_FUNCTION_SGSN);
    iwf_give(&late);
    assert_nothing_was_sent_down();
    iwf_give(&answer);
    assert_string_equal(owner_message(&iw.owner, GODWIT_T5_DOWN, 0)->u.t5_down.to.host, "sgsn.visited.test");
}

/* The next association could not be given, and the one before is still in use: it goes on when the device is there. */
static void a_renewal_that_did_not_reach_the_device_goes_on_when_it_registers(void **state)
{
    (void)state;
    godwit_message_t answered = giving(0x22);
    iwf_give(&answered);
    iwf_take_command();
    finish();
    iw.owner.now_ms += 2000;
    answered = giving(0x23);
    answered.u.outcome = GODWIT_AGAIN;
    iwf_give(&answered);
    assert_int_equal(iwf_record()->current.number, 1);
    assert_int_equal(iwf_record()->next.number, 2);
    iw.owner.now_ms += 2000;
    godwit_message_t missed = iwf_t5_up(GODWIT_T5_REGISTERED);
    missed.u.t5_up.new_root = false; /* it has said so */
    iwf_t5(&missed);
    expect_given("mme.visited.test", 2);
}

/* Who was heard over a proved hop is in memory. The node that gives a key by one is proved by that. */
static void a_mtc_iwf_that_restarts_can_give_a_key_before_a_node_has_spoken(void **state)
{
    (void)state;
    (void)giving(0x22);
    config(GODWIT_IWF_KEY_FROM_MME, GODWIT_IWF_ROOT_NONE, true); /* it dies */
    owner_give_timer(&iw.owner, 0);                              /* a trigger waits */
    godwit_message_t answer = iwf_node_answer(GODWIT_FUNCTION_MME);
    iwf_give(&answer);
    expect_given("mme.visited.test", 2);
    /* By an open hop it is proved by nothing. */
    config(GODWIT_IWF_KEY_FROM_MME, GODWIT_IWF_ROOT_NONE, true);
    owner_give_timer(&iw.owner, 0);
    answer = iwf_node_answer(GODWIT_FUNCTION_MME);
    answer.hop = GODWIT_HOP_OPEN;
    iwf_give(&answer);
    assert_nothing_was_sent_down();
}

static void configurations_that_cannot_be_are_refused(void **state)
{
    (void)state;
    const godwit_crypto_t *crypto = &godwit_crypto_builtin;
    godwit_iwf_keys_config_t c = {.key_from = GODWIT_IWF_KEY_FROM_HSS};
    assert_int_equal(godwit_iwf_keys_init(&iw.keys, crypto, &c, "IWF.home.test", "home.test", ""),
                     GODWIT_INVALID_ARGUMENT);
    c.suites = 1;
    c.suite[0] = 2; /* a MAC of 4 octets */
    assert_int_equal(godwit_iwf_keys_init(&iw.keys, crypto, &c, IWF_HOST, "home.test", ""), GODWIT_INVALID_ARGUMENT);
    c = (godwit_iwf_keys_config_t){.key_from = GODWIT_IWF_KEY_FROM_IWF, .root = GODWIT_IWF_ROOT_CK_IK};
    assert_int_equal(godwit_iwf_keys_init(&iw.keys, crypto, &c, IWF_HOST, "home.test", ""), GODWIT_INVALID_ARGUMENT);
    c.key_from = (godwit_iwf_key_from_t)0;
    assert_int_equal(godwit_iwf_keys_init(&iw.keys, crypto, &c, IWF_HOST, "home.test", ""), GODWIT_INVALID_ARGUMENT);
    c.off = true; /* case 1 needs none of it */
    assert_int_equal(godwit_iwf_keys_init(&iw.keys, crypto, &c, IWF_HOST, "home.test", ""), GODWIT_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_hss_derives_and_no_command_leaves_before_its_number_is_durable, iwf_world_setup),
        cmocka_unit_test_setup(the_serving_node_derives, iwf_world_setup),
        cmocka_unit_test_setup(a_command_of_a_run_that_is_past_is_replaced_when_the_device_registers, iwf_world_setup),
        cmocka_unit_test_setup(this_end_derives_of_a_root, iwf_world_setup),
        cmocka_unit_test_setup(a_device_that_is_on_wifi_alone_begins_with_a_key_of_eap, iwf_world_setup),
        cmocka_unit_test_setup(the_answer_to_securing_waits_and_brings_the_command, iwf_world_setup),
        cmocka_unit_test_setup(securing_goes_without_where_there_is_no_key, iwf_world_setup),
        cmocka_unit_test_setup(a_run_that_the_association_stands_on_changes_nothing, iwf_world_setup),
        cmocka_unit_test_setup(a_key_over_an_open_hop_is_not_taken, iwf_world_setup),
        cmocka_unit_test_setup(a_key_that_was_not_asked_for_is_not_taken, iwf_world_setup),
        cmocka_unit_test_setup(an_answer_that_is_late_or_nobodys_is_passed_over, iwf_world_setup),
        cmocka_unit_test_setup(one_key_is_asked_for_at_a_time, iwf_world_setup),
        cmocka_unit_test_setup(a_forged_or_replayed_complete_changes_nothing, iwf_world_setup),
        cmocka_unit_test_setup(nobody_bids_the_suite_down, iwf_world_setup),
        cmocka_unit_test_setup(the_association_in_use_lives_until_the_next_is_confirmed, iwf_world_setup),
        cmocka_unit_test_setup(a_command_is_said_again_as_it_was_and_a_stale_one_is_made_anew, iwf_world_setup),
        cmocka_unit_test_setup(a_command_is_said_again_by_itself_until_its_complete_comes, iwf_world_setup),
        cmocka_unit_test_setup(a_node_that_did_not_reach_the_device_ends_the_repetitions, iwf_world_setup),
        cmocka_unit_test_setup(a_number_never_falls_whatever_fails, iwf_world_setup),
        cmocka_unit_test_setup(a_count_is_durable_before_its_message_leaves, iwf_world_setup),
        cmocka_unit_test_setup(an_association_whose_counts_are_used_up_is_renewed, iwf_world_setup),
        cmocka_unit_test_setup(nothing_is_protected_before_the_complete, iwf_world_setup),
        cmocka_unit_test_setup(a_hint_leads_to_the_root_that_the_device_has, iwf_world_setup),
        cmocka_unit_test_setup(a_device_that_took_a_higher_number_is_believed_within_bounds, iwf_world_setup),
        cmocka_unit_test_setup(a_flood_of_forged_rejects_asks_rarely_and_moves_nothing, iwf_world_setup),
        cmocka_unit_test_setup(hints_of_many_devices_are_bounded_too, iwf_world_setup),
        cmocka_unit_test_setup(a_liar_elsewhere_does_not_silence_the_hints_of_a_device, iwf_world_setup),
        cmocka_unit_test_setup(whoever_chooses_an_address_does_not_hold_up_what_a_node_leads_to, iwf_world_setup),
        cmocka_unit_test_setup(whoever_names_an_address_does_not_turn_what_a_node_says_again, iwf_world_setup),
        cmocka_unit_test_setup(a_number_that_a_hint_of_no_command_names_is_not_believed, iwf_world_setup),
        cmocka_unit_test_setup(a_reject_of_another_command_or_without_a_root_leads_to_nothing, iwf_world_setup),
        cmocka_unit_test_setup(whoever_heard_of_no_command_is_told_the_one_under_way, iwf_world_setup),
        cmocka_unit_test_setup(a_device_whose_complete_was_lost_is_told_the_command_again, iwf_world_setup),
        cmocka_unit_test_setup(a_device_that_has_no_key_is_given_it_again, iwf_world_setup),
        cmocka_unit_test_setup(the_device_is_given_its_key_before_the_command, iwf_world_setup),
        cmocka_unit_test_setup(a_node_that_cannot_give_it_gets_no_command, iwf_world_setup),
        cmocka_unit_test_setup(a_radio_that_hides_nothing_gets_no_key_and_the_reason_is_told, iwf_world_setup),
        cmocka_unit_test_setup(a_device_that_trusts_no_such_root_is_not_given_keys_again_and_again, iwf_world_setup),
        cmocka_unit_test_setup(no_node_that_was_not_heard_over_a_proved_hop_gets_a_key_for_the_device, iwf_world_setup),
        cmocka_unit_test_setup(a_key_of_a_flagged_root_is_never_given_to_a_node, iwf_world_setup),
        cmocka_unit_test_setup(a_device_that_registers_elsewhere_gets_a_key_of_there, iwf_world_setup),
        cmocka_unit_test_setup(a_device_that_registers_again_does_not_wait_for_a_node_that_died, iwf_world_setup),
        cmocka_unit_test_setup(nobody_has_a_key_given_twice_at_a_time, iwf_world_setup),
        cmocka_unit_test_setup(a_key_that_was_asked_for_where_the_device_was_is_not_waited_for, iwf_world_setup),
        cmocka_unit_test_setup(a_renewal_that_did_not_reach_the_device_goes_on_when_it_registers, iwf_world_setup),
        cmocka_unit_test_setup(a_mtc_iwf_that_restarts_can_give_a_key_before_a_node_has_spoken, iwf_world_setup),
        cmocka_unit_test_setup(configurations_that_cannot_be_are_refused, iwf_world_setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
