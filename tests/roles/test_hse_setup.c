/* SPDX-License-Identifier: Apache-2.0
 *
 * The HSE alone: set-up. What an unauthenticated sender can and cannot bring about, and how a session begins.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/hse_world.h"

static hse_world_t w;
static hse_device_t d;

static int setup(void **state)
{
    (void)state;
    hse_world_init(&w);
    d = hse_device("001010123456789", 1);
    return 0;
}

static const godwit_request_t *datagram(size_t nth)
{
    return owner_request(&w.owner, GODWIT_REQUEST_DATAGRAM, nth);
}

static void assert_hint(godwit_status_t reason, const uint8_t *echo)
{
    godwit_emsdp_header_t header;
    godwit_emsdp_control_t m;
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 1);
    assert_int_equal(godwit_emsdp_unkeyed_parse(datagram(0)->octets, w.config.framing, &header, &m), GODWIT_OK);
    assert_int_equal(m.command, GODWIT_MESSAGE_REJECT);
    assert_int_equal(m.reason, reason);
    assert_memory_equal(m.echo, echo, GODWIT_EMSDP_ECHO);
    assert_true(owner_saw(&w.owner, "refused", reason));
    hse_assert_nothing_delivered(&w);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT), 0);
}

static void assert_hint_to_request(godwit_status_t reason)
{
    uint8_t echo[8];
    assert_int_equal(
        godwit_emsdp_echo(&godwit_crypto_builtin, godwit_slice(d.request, d.request_len), w.config.framing, echo),
        GODWIT_OK);
    assert_hint(reason, echo);
}

/* ---- the good case ---- */

static void three_datagrams_bring_a_reading(void **state)
{
    (void)state;
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
    const godwit_key_request_t *ask = &owner_message(&w.owner, GODWIT_KEY_REQUEST, 0)->u.key_request;
    assert_int_equal(ask->purpose, GODWIT_KEY_FOR_SESSION);
    assert_int_equal(ask->agreements, d.agreements);
    assert_true(godwit_imsi_equal(&ask->imsi, &d.imsi));
    assert_false(ask->resync);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    hse_answer_key(&w, GODWIT_OK);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT), 0); /* nobody has shown a key yet */
    hse_take_start(&w, &d);
    hse_seal_confirmation(&d, "21.5 degrees");
    hse_give(&w, &d);
    hse_assert_delivered(&w, "21.5 degrees");
    const godwit_reading_t *reading = &owner_request(&w.owner, GODWIT_REQUEST_DELIVER, 0)->reading;
    assert_false(reading->user_plane);
    assert_int_equal(reading->count, 0);
    assert_true(godwit_imsi_equal(&reading->imsi, &d.imsi));
    assert_true(owner_saw(&w.owner, "session_started", GODWIT_OK));
    const godwit_session_record_t *stored = hse_stored(&w, d.key.hot.session_id);
    assert_non_null(stored);
    assert_int_equal(stored->state, GODWIT_SESSION_ACTIVE);
    assert_int_equal(stored->current.cp_next_in, 1);
    const godwit_key_confirm_t *confirm = &owner_message(&w.owner, GODWIT_KEY_CONFIRM, 0)->u.key_confirm;
    assert_int_equal(confirm->generation, 1);
    assert_int_equal(confirm->key_set, HSE_KEY_SET);
    assert_string_equal(confirm->endpoint, HSE_ENDPOINT);
}

static void a_confirmation_without_data_starts_the_session_too(void **state)
{
    (void)state;
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
    hse_answer_key(&w, GODWIT_OK);
    hse_take_start(&w, &d);
    hse_seal_confirmation(&d, NULL);
    hse_give(&w, &d);
    hse_assert_nothing_delivered(&w);
    assert_int_equal(hse_stored(&w, d.key.hot.session_id)->state, GODWIT_SESSION_ACTIVE);
    hse_send_reading(&w, &d, "next");
}

static void a_reading_that_overtakes_the_confirmation_is_taken_and_the_confirmation_once(void **state)
{
    (void)state;
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
    hse_answer_key(&w, GODWIT_OK);
    hse_take_start(&w, &d);
    hse_seal_confirmation(&d, "first");
    hse_device_t late = d;
    hse_send_reading(&w, &d, "second");
    assert_true(owner_saw(&w.owner, "session_started", GODWIT_OK));
    hse_give(&w, &late);
    hse_assert_delivered(&w, "first");
    assert_false(owner_saw(&w.owner, "session_started", GODWIT_OK));
    hse_give(&w, &late);
    hse_assert_silently_refused(&w, GODWIT_REPLAY);
    hse_seal_confirmation(&d, "another"); /* the right key, but the exchange is confirmed */
    hse_give(&w, &d);
    hse_assert_silently_refused(&w, GODWIT_REPLAY);
}

static void suites_are_chosen_by_our_order(void **state)
{
    (void)state;
    d.suites = 1u << (2 - 1) | 1u << (7 - 1);
    hse_set_up(&w, &d);
    assert_int_equal(hse_stored(&w, d.key.hot.session_id)->current.hot.suite, 2);
}

/* ---- repetitions ---- */

static void a_duplicate_request_gets_the_identical_start(void **state)
{
    (void)state;
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
    hse_give_request(&w, &d); /* while the EMKS is asked: silence */
    assert_int_equal(w.owner.outbox.count, 0);
    hse_give_request(&w, &d);
    godwit_message_t answer = hse_key_answer(&w, w.hse.next_transaction, GODWIT_OK);
    owner_give_message(&w.owner, &answer);
    hse_take_start(&w, &d);
    hse_give_request(&w, &d);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
    assert_int_equal(datagram(0)->octets.len, d.start_len);
    assert_memory_equal(datagram(0)->octets.ptr, d.start, d.start_len);
    owner_give_message(&w.owner, &answer); /* an answer that comes twice */
    assert_int_equal(w.owner.outbox.count, 0);
    hse_seal_confirmation(&d, "x");
    hse_give(&w, &d);
    hse_assert_delivered(&w, "x");
    hse_give_request(&w, &d); /* the session exists: nothing to say */
    assert_int_equal(w.owner.outbox.count, 0);
}

static void a_lost_answer_of_the_emks_is_asked_for_again(void **state)
{
    (void)state;
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
    uint32_t first = owner_message(&w.owner, GODWIT_KEY_REQUEST, 0)->transaction;
    w.owner.now_ms += 6001;
    hse_give_request(&w, &d);
    assert_true(owner_message(&w.owner, GODWIT_KEY_REQUEST, 0)->transaction != first);
    hse_answer_key(&w, GODWIT_OK);
    hse_take_start(&w, &d);
}

static void different_requests_get_generations_of_their_own(void **state)
{
    (void)state;
    hse_device_t e = d;
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
    hse_answer_key(&w, GODWIT_OK);
    hse_take_start(&w, &d);
    hse_make_request(&w, &e, NULL);
    hse_give_request(&w, &e);
    hse_answer_key(&w, GODWIT_OK);
    hse_take_start(&w, &e);
    assert_int_equal(d.key.generation, 1);
    assert_int_equal(e.key.generation, 2);
    assert_int_not_equal(d.key.hot.session_id, e.key.hot.session_id);
    hse_seal_confirmation(&d, "from the first");
    hse_give(&w, &d);
    hse_assert_delivered(&w, "from the first");
    hse_seal_confirmation(&e, "from the second");
    hse_give(&w, &e);
    hse_assert_delivered(&w, "from the second");
    assert_int_equal(hse_stored_sessions(&w), 1); /* a device has one session: the older has ended */
    assert_null(hse_stored(&w, d.key.hot.session_id));
    hse_seal_user(&d, "the older one");
    hse_give(&w, &d);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_UNKNOWN_SESSION));
    hse_assert_nothing_delivered(&w);
}

static void auts_goes_to_the_emks_with_the_rand_it_answers(void **state)
{
    (void)state;
    uint8_t auts[14], rand[16];
    memset(auts, 0xA5, sizeof auts);
    memset(rand, 0x11, sizeof rand);
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
    hse_answer_key(&w, GODWIT_OK);
    hse_make_request(&w, &d, auts);
    hse_give_request(&w, &d);
    const godwit_key_request_t *ask = &owner_message(&w.owner, GODWIT_KEY_REQUEST, 0)->u.key_request;
    assert_true(ask->resync);
    assert_memory_equal(ask->auts, auts, 14);
    assert_true(ask->has_rand);
    assert_memory_equal(ask->rand, rand, 16);
    hse_answer_key(&w, GODWIT_OK);
    hse_take_start(&w, &d);
}

/* ---- what is refused ---- */

static void errors_of_the_emks_become_hints(void **state)
{
    (void)state;
    const godwit_status_t told[] = {GODWIT_UNKNOWN_SUBSCRIBER, GODWIT_NOT_ENTITLED, GODWIT_POLICY_FORBIDS,
                                    GODWIT_AUTH_MAC_FAILURE, GODWIT_PEER_INTERNAL};
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        hse_make_request(&w, &d, NULL);
        hse_give_request(&w, &d);
        hse_answer_key(&w, told[i]);
        assert_hint_to_request(told[i]);
    }
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
    hse_answer_key(&w, GODWIT_OVERLOAD);
    hse_assert_silently_refused(&w, GODWIT_OVERLOAD);
}

static void nothing_in_common_is_told(void **state)
{
    (void)state;
    d.suites = 1u << (9 - 1);
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
    assert_hint_to_request(GODWIT_UNSUPPORTED_SUITE);
    d.suites = 1;
    d.agreements = 1u << (GODWIT_AGREEMENT_GBA - 1);
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
    assert_hint_to_request(GODWIT_POLICY_FORBIDS);
    d.agreements = 0xFF;
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
    assert_int_equal(owner_message(&w.owner, GODWIT_KEY_REQUEST, 0)->u.key_request.agreements, w.config.agreements);
}

static void a_generation_of_zero_is_none(void **state)
{
    (void)state;
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
    godwit_message_t answer = hse_key_answer(&w, w.hse.next_transaction, GODWIT_OK);
    answer.u.key_answer.generation = 0;
    owner_give_message(&w.owner, &answer);
    assert_hint_to_request(GODWIT_PEER_INTERNAL);
}

static void wrong_macs_of_one_set_up_are_limited_where_the_mac_is_short(void **state)
{
    (void)state;
    d.suites = 1u << (7 - 1);
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
    hse_answer_key(&w, GODWIT_OK);
    hse_take_start(&w, &d);
    hse_seal_confirmation(&d, "x");
    d.sent[d.sent_len - 1] ^= 1;
    for (int i = 0; i < 256; i++) {
        hse_give(&w, &d);
        hse_assert_silently_refused(&w, GODWIT_MAC_FAILURE);
    }
    hse_give(&w, &d);
    hse_assert_silently_refused(&w, GODWIT_OVERLOAD);
}

static void an_agreement_that_was_not_asked_for_is_not_taken(void **state)
{
    (void)state;
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
    godwit_message_t answer = hse_key_answer(&w, w.hse.next_transaction, GODWIT_OK);
    answer.u.key_answer.agreement = GODWIT_AGREEMENT_SEPARATE_UMTS;
    owner_give_message(&w.owner, &answer);
    assert_hint_to_request(GODWIT_PEER_INTERNAL);
}

static void malformed_datagrams_meet_silence(void **state)
{
    (void)state;
    hse_make_request(&w, &d, NULL);
    size_t whole = d.request_len;
    for (size_t len = 0; len < whole; len++) {
        d.request_len = len;
        hse_give_request(&w, &d);
        hse_assert_silently_refused(&w, GODWIT_MALFORMED);
    }
    static const uint8_t hint[] = {0x00, 0x00, 0x00, 0x01, 0x00, 0x80, 0x0d, 0x01, 0x02, 0x0e,
                                   0x08, 1,    2,    3,    4,    5,    6,    7,    8};
    owner_give_datagram(&w.owner, &d.from, godwit_slice(hint, sizeof hint));
    hse_assert_silently_refused(&w, GODWIT_POLICY_FORBIDS);
}

static void a_changed_request_cannot_be_confirmed(void **state)
{
    (void)state;
    hse_make_request(&w, &d, NULL);
    hse_device_t bent = d; /* someone on the way takes suites away */
    bent.suites = 2;
    w.attempts--;
    hse_make_request(&w, &bent, NULL);
    hse_give_request(&w, &bent);
    hse_answer_key(&w, GODWIT_OK);
    hse_take_start(&w, &bent);
    memcpy(bent.request, d.request, d.request_len); /* the device hashes what it sent */
    bent.request_len = d.request_len;
    hse_seal_confirmation(&bent, "x");
    hse_give(&w, &bent);
    hse_assert_silently_refused(&w, GODWIT_MAC_FAILURE);
    assert_int_equal(hse_stored_sessions(&w), 0);
}

static void every_bit_of_a_confirmation_counts(void **state)
{
    (void)state;
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
    hse_answer_key(&w, GODWIT_OK);
    hse_take_start(&w, &d);
    hse_seal_confirmation(&d, "reading");
    for (size_t bit = 0; bit < 8 * d.sent_len; bit++) {
        d.sent[bit / 8] ^= (uint8_t)(1u << bit % 8);
        hse_give(&w, &d);
        hse_assert_nothing_delivered(&w);
        assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT), 0);
        d.sent[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    hse_give(&w, &d);
    hse_assert_delivered(&w, "reading");
}

/* ---- budgets and tables ---- */

static void an_answer_has_at_most_three_times_the_octets(void **state)
{
    (void)state;
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
    hse_answer_key(&w, GODWIT_OK);
    assert_true(datagram(0)->octets.len <= 3 * d.request_len);
    static const uint8_t tiny[6] = {0x90, 0x12, 0x34,
                                    0x56, 0x00, 0x30}; /* a key that nobody has: too short for a hint */
    owner_give_datagram(&w.owner, &d.from, godwit_slice(tiny, sizeof tiny));
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
}

static void a_sender_without_budget_meets_silence_and_others_do_not(void **state)
{
    (void)state;
    unsigned asked = 0;
    for (unsigned i = 0; i < 300; i++) {
        char imsi[16];
        snprintf(imsi, sizeof imsi, "00101%010u", i);
        d.imsi = owner_imsi(imsi);
        hse_make_request(&w, &d, NULL);
        hse_give_request(&w, &d);
        if (owner_count(&w.owner, GODWIT_REQUEST_MESSAGE) > 0) {
            asked++;
            hse_answer_key(&w, GODWIT_UNKNOWN_SUBSCRIBER);
        }
    }
    assert_in_range(asked, 10, 8192 / 80 + 1);
    hse_assert_silently_refused(&w, GODWIT_OVERLOAD);
    d.from.octets[5]++; /* another port is the same sender */
    hse_give_request(&w, &d);
    hse_assert_silently_refused(&w, GODWIT_OVERLOAD);
    hse_device_t other = hse_device("001019999999999", 2);
    hse_set_up(&w, &other);
    w.owner.now_ms += 60000;
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
    (void)owner_message(&w.owner, GODWIT_KEY_REQUEST, 0);
}

static void the_budget_of_ipv6_is_that_of_the_network(void **state)
{
    (void)state;
    w.hse.config.budget_octets = 100;
    d.from = (godwit_address_t){.len = 18, .octets = {0x20, 0x01, 0x0d, 0xb8}};
    d.from.octets[15] = 1;
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
    (void)owner_message(&w.owner, GODWIT_KEY_REQUEST, 0);
    d.from.octets[15] = 2;
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
    hse_assert_silently_refused(&w, GODWIT_OVERLOAD);
    d.from.octets[7] = 1;
    hse_give_request(&w, &d);
    (void)owner_message(&w.owner, GODWIT_KEY_REQUEST, 0);
}

static void exchanges_of_one_imsi_are_bounded(void **state)
{
    (void)state;
    hse_device_t first = d;
    hse_make_request(&w, &first, NULL);
    hse_give_request(&w, &first);
    hse_answer_key(&w, GODWIT_OK);
    hse_take_start(&w, &first);
    for (int i = 0; i < 4; i++) {
        w.owner.now_ms += 10;
        hse_make_request(&w, &d, NULL);
        hse_give_request(&w, &d);
        hse_answer_key(&w, GODWIT_OK);
    }
    size_t used = 0;
    for (size_t i = 0; i < HSE_EXCHANGES; i++) {
        used += w.exchanges[i].used;
    }
    assert_int_equal(used, 4);
    hse_seal_confirmation(&first, "x"); /* the oldest went */
    hse_give(&w, &first);
    hse_assert_nothing_delivered(&w);
}

static void a_full_table_of_set_ups_is_overload_until_it_ages(void **state)
{
    (void)state;
    for (unsigned i = 0; i <= HSE_EXCHANGES; i++) {
        char imsi[16];
        snprintf(imsi, sizeof imsi, "00101%010u", i);
        hse_device_t e = hse_device(imsi, (uint8_t)(10 + i));
        hse_make_request(&w, &e, NULL);
        hse_give_request(&w, &e);
    }
    hse_assert_silently_refused(&w, GODWIT_OVERLOAD);
    owner_give_timer(&w.owner, 0);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_TIMER), 1);
    w.owner.now_ms += 60001;
    owner_give_timer(&w.owner, 0);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_TIMER), 0);
    for (size_t i = 0; i < HSE_EXCHANGES; i++) {
        assert_false(w.exchanges[i].used);
    }
    hse_set_up(&w, &d);
}

static void an_expired_start_cannot_be_confirmed(void **state)
{
    (void)state;
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
    hse_answer_key(&w, GODWIT_OK);
    hse_take_start(&w, &d);
    w.owner.now_ms += 60001;
    hse_seal_confirmation(&d, "x");
    hse_give(&w, &d);
    hse_assert_nothing_delivered(&w);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_UNKNOWN_SESSION));
}

static void taken_session_ids_are_not_given_again(void **state)
{
    (void)state;
    hse_set_up(&w, &d);
    uint32_t taken = d.key.hot.session_id;
    hse_world_restart(&w); /* only the store knows it now */
    godwit_store_u32(w.owner.random_plan, taken);
    memset(w.owner.random_plan + 4, 0, 4); /* 0 is no Session ID */
    godwit_store_u32(w.owner.random_plan + 8, taken);
    godwit_store_u32(w.owner.random_plan + 12, 0x00ABCDEF);
    w.owner.random_planned = 16;
    hse_device_t e = hse_device("001010000000002", 2);
    hse_set_up(&w, &e);
    assert_int_equal(e.key.hot.session_id, 0xABCDEF);
    hse_send_reading(&w, &d, "still there");
    for (int i = 0; i < 16; i++) { /* in memory now; and all candidates taken */
        w.owner.random_plan[i] = (uint8_t)(taken >> (24 - 8 * (i % 4)));
    }
    w.owner.random_planned = 16;
    hse_device_t f = hse_device("001010000000003", 3);
    hse_make_request(&w, &f, NULL);
    hse_give_request(&w, &f);
    hse_answer_key(&w, GODWIT_OK);
    hse_assert_silently_refused(&w, GODWIT_OVERLOAD);
}

/* ---- the store fails ---- */

static void a_session_that_was_not_stored_delivers_nothing_and_can_be_confirmed_again(void **state)
{
    (void)state;
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
    hse_answer_key(&w, GODWIT_OK);
    hse_take_start(&w, &d);
    hse_seal_confirmation(&d, "kept");
    w.owner.fail_commits = true;
    hse_give(&w, &d);
    hse_assert_nothing_delivered(&w);
    assert_int_equal(w.owner.outbox.count, 1); /* the refusal is the owner's to log */
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_TIMER), 1);
    w.owner.fail_commits = false;
    hse_device_t again = d;
    hse_send_reading(&w, &d, "second"); /* a datagram that overtakes */
    assert_int_equal(hse_stored_sessions(&w), 1);
    hse_send_reading(&w, &d, "third");
    (void)again;
}

static void configurations_that_cannot_be_are_refused(void **state)
{
    (void)state;
    godwit_hse_config_t c = w.config;
#define INIT(config, capacity)                                                                                         \
    godwit_hse_init(&w.hse, config, w.sessions, capacity, w.exchanges, HSE_EXCHANGES, w.senders, HSE_SENDERS)
    assert_int_equal(INIT(&c, 16), GODWIT_OK);
    assert_int_equal(INIT(&c, 12), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(INIT(&c, 0), GODWIT_INVALID_ARGUMENT);
    c.suite_order[1] = 77;
    assert_int_equal(INIT(&c, 16), GODWIT_INVALID_ARGUMENT);
    memset(c.suite_order, 0, sizeof c.suite_order);
    assert_int_equal(INIT(&c, 16), GODWIT_INVALID_ARGUMENT);
    c = w.config;
    strcpy(c.endpoint, "HSE.example");
    assert_int_equal(INIT(&c, 16), GODWIT_INVALID_ARGUMENT);
    c = w.config;
    c.framing.session_octets = 5;
    assert_int_equal(INIT(&c, 16), GODWIT_INVALID_ARGUMENT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        TEST(three_datagrams_bring_a_reading),
        TEST(a_confirmation_without_data_starts_the_session_too),
        TEST(a_reading_that_overtakes_the_confirmation_is_taken_and_the_confirmation_once),
        TEST(suites_are_chosen_by_our_order),
        TEST(a_duplicate_request_gets_the_identical_start),
        TEST(a_lost_answer_of_the_emks_is_asked_for_again),
        TEST(different_requests_get_generations_of_their_own),
        TEST(auts_goes_to_the_emks_with_the_rand_it_answers),
        TEST(errors_of_the_emks_become_hints),
        TEST(nothing_in_common_is_told),
        TEST(a_generation_of_zero_is_none),
        TEST(wrong_macs_of_one_set_up_are_limited_where_the_mac_is_short),
        TEST(an_agreement_that_was_not_asked_for_is_not_taken),
        TEST(malformed_datagrams_meet_silence),
        TEST(a_changed_request_cannot_be_confirmed),
        TEST(every_bit_of_a_confirmation_counts),
        TEST(an_answer_has_at_most_three_times_the_octets),
        TEST(a_sender_without_budget_meets_silence_and_others_do_not),
        TEST(the_budget_of_ipv6_is_that_of_the_network),
        TEST(exchanges_of_one_imsi_are_bounded),
        TEST(a_full_table_of_set_ups_is_overload_until_it_ages),
        TEST(an_expired_start_cannot_be_confirmed),
        TEST(taken_session_ids_are_not_given_again),
        TEST(a_session_that_was_not_stored_delivers_nothing_and_can_be_confirmed_again),
        TEST(configurations_that_cannot_be_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
