/* SPDX-License-Identifier: Apache-2.0
 *
 * The MTC server: an HSE that takes first datagrams of device RAND. What it asks, what it refuses, and that nothing
 * moves before the MKEF and its own check of the MAC have spoken.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/hse_world.h"
#include "tests/support/mtc_home.h"

#define READING "twenty octets, ready"

static hse_world_t w;
static mtc_home_t home;
static mtc_hand_t hand;
static godwit_address_t from;

static void restart(void)
{
    w.config.device_rand = true;
    hse_world_restart(&w);
}

static int setup(void **state)
{
    (void)state;
    hse_world_init(&w);
    restart();
    mtc_home_init(&home);
    mtc_hand_init(&hand, w.config.framing);
    from = owner_address(1);
    return 0;
}

static void give_first(void)
{
    owner_give_datagram(&w.owner, &from, godwit_slice(hand.first, hand.first_len));
}

static godwit_message_t answer_of_home(void)
{
    return mtc_home_answer(&home, owner_message(&w.owner, GODWIT_MTC_KEY_REQUEST, 0));
}

static void give_answer(void)
{
    godwit_message_t answer = answer_of_home();
    owner_give_message(&w.owner, &answer);
}

static godwit_slice_t sent(size_t nth)
{
    const godwit_request_t *request = owner_request(&w.owner, GODWIT_REQUEST_DATAGRAM, nth);
    assert_non_null(request);
    return request->octets;
}

static void set_up(uint64_t counter)
{
    mtc_hand_first(&hand, counter, READING);
    give_first();
    give_answer();
    hse_assert_delivered(&w, READING);
    mtc_hand_start(&hand, sent(0));
}

static void give_user(const char *reading)
{
    uint8_t octets[128];
    godwit_writer_t out = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_emsdp_seal_user(&godwit_crypto_builtin, &hand.key, godwit_slice_of_string(reading), &out),
                     GODWIT_OK);
    owner_give_datagram(&w.owner, &from, godwit_written(&out));
}

static void assert_nothing_happened(void)
{
    hse_assert_nothing_delivered(&w);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT), 0);
}

/* ---- the way of a reading ---- */

static void the_first_datagram_has_64_octets_and_brings_the_reading(void **state)
{
    (void)state;
    mtc_hand_first(&hand, 1, READING);
    assert_int_equal(hand.first_len, 64);
    give_first();
    assert_nothing_happened();
    const godwit_message_t *asked = owner_message(&w.owner, GODWIT_MTC_KEY_REQUEST, 0);
    assert_int_equal(asked->to, GODWIT_FUNCTION_MKEF);
    assert_string_equal(asked->origin_host, HSE_ENDPOINT);
    assert_int_equal(asked->u.mtc_key_request.datagram_len, 64);
    assert_memory_equal(asked->u.mtc_key_request.datagram, hand.first, 64);
    give_answer();
    hse_assert_delivered(&w, READING);
    /* The commit stands before both. */
    assert_int_equal(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0), 0);
    assert_true(sent(0).len <= 3 * hand.first_len);
    mtc_hand_start(&hand, sent(0));
    assert_int_equal(hse_stored(&w, hand.key.hot.session_id)->agreement, GODWIT_AGREEMENT_DEVICE_RAND);
}

static void later_readings_and_messages_down_are_those_of_any_session(void **state)
{
    (void)state;
    uint8_t plain[64];
    godwit_emsdp_opened_t opened;
    set_up(1);
    give_user("second");
    hse_assert_delivered(&w, "second");
    owner_give(&w.owner,
               &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT, .imsi = hand.imsi, .datagram = hse_slice("shut")});
    assert_int_equal(
        godwit_emsdp_open(&godwit_crypto_builtin, &hand.key, sent(0), godwit_slice(NULL, 0), plain, &opened),
        GODWIT_OK);
    assert_memory_equal(opened.payload.ptr, "shut", 4);
    hse_world_restart(&w);
    give_user("third");
    hse_assert_delivered(&w, "third");
}

static void a_temporary_identity_takes_the_place_of_the_imsi(void **state)
{
    (void)state;
    set_up(1);
    hand.hides = true;
    mtc_hand_first(&hand, 2, READING);
    assert_int_equal(hand.first_len, 64);
    give_first();
    give_answer();
    hse_assert_delivered(&w, READING);
    mtc_hand_start(&hand, sent(0));
    assert_int_equal(hse_stored_sessions(&w), 1);
    assert_int_equal(hand.temporary[0], MTC_TEMPORARY_FIRST + 1);
}

static void without_session_octets_the_address_is_the_session(void **state)
{
    (void)state;
    w.config.framing = (godwit_framing_t){0, 1};
    restart();
    mtc_hand_init(&hand, w.config.framing);
    set_up(1);
    give_user("second");
    hse_assert_delivered(&w, "second");
    set_up(2);
    assert_int_equal(hse_stored_sessions(&w), 1);
}

/* In a visited network, under a policy that knows it, and then behind another address: no datagram says where the
 * device is. */
static void roaming_is_nothing_special(void **state)
{
    (void)state;
    static godwit_policy_rules_t rules;
    static godwit_policy_network_t visited;
    memset(&rules, 0, sizeof rules);
    rules.suites[0] = GODWIT_SUITE_DEFAULT;
    rules.reauthenticate_s = 86400;
    visited.rules = rules;
    visited.rules.suites[0] = 5; /* of devices that say that they are there; this one does not */
    assert_int_equal(godwit_plmn_from_text("262-01", &visited.plmn), GODWIT_OK);
    w.config.rules = &rules;
    w.config.networks = &visited;
    w.config.network_count = 1;
    restart();
    set_up(1);
    from = owner_address(77);
    give_user("from abroad");
    hse_assert_delivered(&w, "from abroad");
    set_up(2);
    rules.suites[0] = 5; /* the home forbids the one suite that device RAND has */
    mtc_hand_first(&hand, 3, READING);
    give_first();
    assert_true(owner_saw(&w.owner, "refused", GODWIT_UNSUPPORTED_SUITE));
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
}

/* ---- repetitions ---- */

static void identical_octets_get_the_identical_answer(void **state)
{
    (void)state;
    uint8_t before[80];
    mtc_hand_first(&hand, 1, READING);
    give_first();
    godwit_message_t answer = answer_of_home();
    give_first(); /* nobody has answered yet, and the MKEF is not asked twice */
    assert_nothing_happened();
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
    owner_give_message(&w.owner, &answer);
    size_t len = sent(0).len;
    memcpy(before, sent(0).ptr, len);
    give_first();
    hse_assert_nothing_delivered(&w);
    assert_int_equal(sent(0).len, len);
    assert_memory_equal(sent(0).ptr, before, len);
    owner_give_message(&w.owner, &answer); /* an answer that came twice */
    assert_nothing_happened();
}

static void the_mkef_is_asked_again_when_it_was_not_heard(void **state)
{
    (void)state;
    mtc_hand_first(&hand, 1, READING);
    give_first();
    w.owner.now_ms += 6001;
    give_first();
    give_answer();
    hse_assert_delivered(&w, READING);
}

/* The server forgot everything, and the MKEF gives the same key once more: one session of a RAND1. */
static void a_key_that_began_a_session_begins_no_other(void **state)
{
    (void)state;
    mtc_hand_first(&hand, 1, READING);
    give_first();
    godwit_message_t answer = answer_of_home();
    owner_give_message(&w.owner, &answer);
    mtc_hand_start(&hand, sent(0));
    hse_world_restart(&w);
    give_first();
    answer.transaction = owner_message(&w.owner, GODWIT_MTC_KEY_REQUEST, 0)->transaction;
    owner_give_message(&w.owner, &answer);
    hse_assert_nothing_delivered(&w);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT), 0);
    assert_int_equal(sent(0).len, 29); /* the identical Start */
    /* And when its answer is not the last any more. */
    hse_stored(&w, hand.key.hot.session_id)->answer_len = 0;
    hse_world_restart(&w);
    give_first();
    answer.transaction = owner_message(&w.owner, GODWIT_MTC_KEY_REQUEST, 0)->transaction;
    owner_give_message(&w.owner, &answer);
    hse_assert_silently_refused(&w, GODWIT_REPLAY);
}

static void a_session_that_was_dropped_does_not_begin_again(void **state)
{
    (void)state;
    mtc_hand_first(&hand, 1, READING);
    give_first();
    give_answer();
    mtc_hand_start(&hand, sent(0));
    uint32_t id = hand.key.hot.session_id;
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DROP, .session_id = id});
    for (unsigned i = 0; i < 5; i++) {
        owner_give_timer(&w.owner, id);
    }
    assert_int_equal(hse_stored(&w, id)->state, GODWIT_SESSION_IDLE);
    give_first();
    assert_nothing_happened();
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
    w.owner.now_ms += 65000;
    owner_give_timer(&w.owner, id);
    assert_null(hse_stored(&w, id));
}

/* As before, and what remembers the datagram is lost: by a restart, or to a flood of other set-ups. */
static void a_session_that_was_dropped_does_not_begin_again_after_a_restart(void **state)
{
    (void)state;
    mtc_hand_first(&hand, 7, READING);
    give_first();
    const godwit_message_t recorded = answer_of_home();
    owner_give_message(&w.owner, &recorded);
    mtc_hand_start(&hand, sent(0));
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DROP, .session_id = hand.key.hot.session_id});
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DROP, .session_id = hand.key.hot.session_id});
    w.owner.now_ms += 59000;
    hse_world_restart(&w);
    give_first();
    godwit_message_t answer = recorded; /* the MKEF says it once more */
    answer.transaction = owner_message(&w.owner, GODWIT_MTC_KEY_REQUEST, 0)->transaction;
    owner_give_message(&w.owner, &answer);
    hse_assert_nothing_delivered(&w);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT), 0);
    give_user("the session is over");
    hse_assert_nothing_delivered(&w);
    w.owner.now_ms += 10000;
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DROP, .session_id = hand.key.hot.session_id});
    assert_null(hse_stored(&w, hand.key.hot.session_id)); /* now the MKEF says it no more */
}

static void a_commit_that_fails_delivers_nothing_and_may_be_made_again(void **state)
{
    (void)state;
    mtc_hand_first(&hand, 1, READING);
    give_first();
    godwit_message_t answer = answer_of_home();
    w.owner.fail_commits = true;
    owner_give_message(&w.owner, &answer);
    hse_assert_nothing_delivered(&w);
    w.owner.fail_commits = false;
    give_first();
    answer.transaction = owner_message(&w.owner, GODWIT_MTC_KEY_REQUEST, 0)->transaction;
    owner_give_message(&w.owner, &answer);
    hse_assert_delivered(&w, READING);
}

/* ---- the second session of a device ---- */

static void a_new_rand1_replaces_the_session_only_when_it_has_verified(void **state)
{
    (void)state;
    set_up(1);
    uint32_t id = hand.key.hot.session_id;
    mtc_hand_t forger = hand;
    memset(forger.chain, 0xEE, sizeof forger.chain);
    mtc_hand_first(&forger, 2, READING);
    owner_give_datagram(&w.owner, &from, godwit_slice(forger.first, forger.first_len));
    give_answer();
    assert_nothing_happened();
    give_user("still here");
    hse_assert_delivered(&w, "still here");
    set_up(2);
    assert_null(hse_stored(&w, id));
    assert_int_equal(hse_stored_sessions(&w), 1);
}

static void an_answer_that_was_overtaken_replaces_nothing(void **state)
{
    (void)state;
    mtc_hand_t first = hand;
    mtc_hand_first(&first, 1, READING);
    owner_give_datagram(&w.owner, &from, godwit_slice(first.first, first.first_len));
    godwit_message_t late = answer_of_home();
    set_up(2);
    owner_give_message(&w.owner, &late);
    hse_assert_silently_refused(&w, GODWIT_REPLAY);
    give_user("alive");
    hse_assert_delivered(&w, "alive");
}

/* Whatever the MKEF says: counters of one subscriber only rise. */
static void an_earlier_rand1_replaces_nothing_even_if_the_mkef_gives_its_key(void **state)
{
    (void)state;
    mtc_hand_t first = hand;
    mtc_home_t other = home;
    mtc_hand_first(&first, 1, READING);
    owner_give_datagram(&w.owner, &from, godwit_slice(first.first, first.first_len));
    godwit_message_t answer = mtc_home_answer(&other, owner_message(&w.owner, GODWIT_MTC_KEY_REQUEST, 0));
    set_up(2);
    hse_world_restart(&w);
    w.owner.now_ms += 3600000;
    owner_give_datagram(&w.owner, &from, godwit_slice(first.first, first.first_len));
    answer.transaction = owner_message(&w.owner, GODWIT_MTC_KEY_REQUEST, 0)->transaction;
    owner_give_message(&w.owner, &answer);
    hse_assert_silently_refused(&w, GODWIT_REPLAY);
}

static void when_its_key_ages_the_device_is_told_to_begin_anew(void **state)
{
    (void)state;
    w.config.rekey_datagrams = 2;
    restart();
    set_up(1);
    give_user("a");
    give_user("b");
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0); /* there is no EMKS to ask */
    uint8_t plain[64];
    godwit_emsdp_opened_t opened;
    assert_int_equal(
        godwit_emsdp_open(&godwit_crypto_builtin, &hand.key, sent(0), godwit_slice(NULL, 0), plain, &opened),
        GODWIT_OK);
    assert_int_equal(opened.control.command, GODWIT_SESSION_TERMINATE_REQUEST);
    set_up(2);
}

/* ---- refusals ---- */

static void refusals_of_the_mkef_reach_the_device_only_where_they_may(void **state)
{
    (void)state;
    static const struct {
        godwit_status_t status;
        bool hint;
    } rows[] = {{GODWIT_NOT_ENTITLED, true}, {GODWIT_UNKNOWN_SUBSCRIBER, true}, {GODWIT_KEY_EXPIRED, true},
                {GODWIT_REPLAY, false},      {GODWIT_MAC_FAILURE, false},       {GODWIT_MALFORMED, false},
                {GODWIT_OVERLOAD, false},    {GODWIT_POLICY_FORBIDS, true}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        mtc_hand_first(&hand, 10 + i, READING);
        give_first();
        godwit_message_t answer = {.kind = GODWIT_MTC_KEY_ANSWER};
        answer.transaction = owner_message(&w.owner, GODWIT_MTC_KEY_REQUEST, 0)->transaction;
        answer.u.mtc_key_answer.status = rows[i].status;
        owner_give_message(&w.owner, &answer);
        assert_true(owner_saw(&w.owner, "refused", rows[i].status));
        assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), rows[i].hint ? 1 : 0);
        hse_assert_nothing_delivered(&w);
        assert_int_equal(hse_stored_sessions(&w), 0);
    }
}

static void a_key_of_the_mkef_that_does_not_open_the_datagram_is_not_believed(void **state)
{
    (void)state;
    mtc_hand_first(&hand, 1, READING);
    give_first();
    godwit_message_t answer = answer_of_home();
    godwit_message_t bent = answer;
    bent.u.mtc_key_answer.k_mtc[31] ^= 1;
    owner_give_message(&w.owner, &bent);
    hse_assert_silently_refused(&w, GODWIT_MAC_FAILURE);
    give_first();
    answer.transaction = owner_message(&w.owner, GODWIT_MTC_KEY_REQUEST, 0)->transaction;
    answer.u.mtc_key_answer.imsi = owner_imsi("001010999999999");
    owner_give_message(&w.owner, &answer);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_PEER_INTERNAL));
    hse_assert_nothing_delivered(&w);
}

static void a_bit_anywhere_in_the_datagram_is_noticed(void **state)
{
    (void)state;
    mtc_hand_first(&hand, 1, READING);
    for (size_t i = 0; i < hand.first_len; i++) {
        mtc_home_t untouched = home;
        hand.first[i] ^= 0x10;
        w.owner.now_ms += 60000; /* budgets are not what is tested */
        give_first();
        if (owner_count(&w.owner, GODWIT_REQUEST_MESSAGE) > 0) {
            give_answer();
        }
        hse_assert_nothing_delivered(&w);
        assert_int_equal(hse_stored_sessions(&w), 0);
        assert_memory_equal(&untouched, &home, sizeof home);
        hand.first[i] ^= 0x10;
    }
    give_first();
    give_answer();
    hse_assert_delivered(&w, READING);
}

static void an_hse_that_is_no_mtc_server_asks_nobody(void **state)
{
    (void)state;
    w.config.device_rand = false;
    hse_world_restart(&w);
    mtc_hand_first(&hand, 1, READING);
    give_first();
    hse_assert_nothing_delivered(&w);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_UNKNOWN_SESSION));
}

static void the_profile_ts33868_is_off_unless_the_server_is_told(void **state)
{
    (void)state;
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_REQUEST};
    m.present = 1u << GODWIT_TLV_IMSI | 1u << GODWIT_TLV_RAND1 | 1u << GODWIT_TLV_ENCRYPTED_RES;
    mtc_hand_first(&hand, 1, NULL); /* for its key */
    hand.key.cp_next_out = 0;
    m.imsi = hand.imsi;
    memcpy(m.rand1, hand.rand1, 16);
    godwit_writer_t out = godwit_writer(hand.first, sizeof hand.first);
    assert_int_equal(godwit_emsdp_seal_control(&godwit_crypto_builtin, &hand.key, &m, godwit_slice(NULL, 0), &out),
                     GODWIT_OK);
    hand.first_len = out.len;
    give_first();
    assert_true(owner_saw(&w.owner, "refused", GODWIT_POLICY_FORBIDS));
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
    w.config.device_rand_ts33868 = true;
    restart();
    give_first();
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 1);
}

/* ---- floods ---- */

static void first_datagrams_are_bounded_for_each_sender_and_each_subscriber(void **state)
{
    (void)state;
    unsigned asked = 0;
    for (uint64_t counter = 1; counter <= 1000; counter++) {
        mtc_hand_first(&hand, counter, NULL);
        give_first();
        asked += owner_count(&w.owner, GODWIT_REQUEST_MESSAGE) > 0;
    }
    assert_in_range(asked, 10, 300); /* 8192 octets of budget */
    unsigned used = 0;
    for (size_t i = 0; i < HSE_EXCHANGES; i++) {
        used += w.exchanges[i].used;
    }
    assert_int_equal(used, 4); /* of one IMSI */
    hse_assert_nothing_delivered(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_first_datagram_has_64_octets_and_brings_the_reading, setup),
        cmocka_unit_test_setup(later_readings_and_messages_down_are_those_of_any_session, setup),
        cmocka_unit_test_setup(a_temporary_identity_takes_the_place_of_the_imsi, setup),
        cmocka_unit_test_setup(without_session_octets_the_address_is_the_session, setup),
        cmocka_unit_test_setup(roaming_is_nothing_special, setup),
        cmocka_unit_test_setup(identical_octets_get_the_identical_answer, setup),
        cmocka_unit_test_setup(the_mkef_is_asked_again_when_it_was_not_heard, setup),
        cmocka_unit_test_setup(a_key_that_began_a_session_begins_no_other, setup),
        cmocka_unit_test_setup(a_session_that_was_dropped_does_not_begin_again, setup),
        cmocka_unit_test_setup(a_session_that_was_dropped_does_not_begin_again_after_a_restart, setup),
        cmocka_unit_test_setup(a_commit_that_fails_delivers_nothing_and_may_be_made_again, setup),
        cmocka_unit_test_setup(a_new_rand1_replaces_the_session_only_when_it_has_verified, setup),
        cmocka_unit_test_setup(an_answer_that_was_overtaken_replaces_nothing, setup),
        cmocka_unit_test_setup(an_earlier_rand1_replaces_nothing_even_if_the_mkef_gives_its_key, setup),
        cmocka_unit_test_setup(when_its_key_ages_the_device_is_told_to_begin_anew, setup),
        cmocka_unit_test_setup(refusals_of_the_mkef_reach_the_device_only_where_they_may, setup),
        cmocka_unit_test_setup(a_key_of_the_mkef_that_does_not_open_the_datagram_is_not_believed, setup),
        cmocka_unit_test_setup(a_bit_anywhere_in_the_datagram_is_noticed, setup),
        cmocka_unit_test_setup(an_hse_that_is_no_mtc_server_asks_nobody, setup),
        cmocka_unit_test_setup(the_profile_ts33868_is_off_unless_the_server_is_told, setup),
        cmocka_unit_test_setup(first_datagrams_are_bounded_for_each_sender_and_each_subscriber, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
