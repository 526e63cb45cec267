/* SPDX-License-Identifier: Apache-2.0
 *
 * The HSE alone: a session's life. Readings, windows, key changes, ends, what survives a restart, and what a failing
 * store may not spoil.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "roles/hse/internal.h"
#include "tests/kat/kat.h"
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

static int setup_session(void **state)
{
    (void)setup(state);
    hse_set_up(&w, &d);
    return 0;
}

static uint32_t id(void)
{
    return d.key.hot.session_id;
}

static godwit_session_record_t *stored(void)
{
    godwit_session_record_t *record = hse_stored(&w, id());
    assert_non_null(record);
    return record;
}

static const godwit_request_t *datagram(size_t nth)
{
    return owner_request(&w.owner, GODWIT_REQUEST_DATAGRAM, nth);
}

static bool asked_emks(void)
{
    return owner_count(&w.owner, GODWIT_REQUEST_MESSAGE) > 0;
}

static void submit(const char *text)
{
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT, .imsi = d.imsi, .datagram = hse_slice(text)});
}

static void drop(uint32_t session_id)
{
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DROP, .session_id = session_id});
}

/* ---- the known answers ---- */

static const kat_record_t *golden;

static void take_golden(const kat_record_t *record, void *context)
{
    (void)context;
    golden = record;
}

static void give_golden(const char *name)
{
    owner_give_datagram(&w.owner, &d.from, kat_hex(golden, name));
}

static void expect_golden(const char *name)
{
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 1);
    kat_expect(golden, name, datagram(0)->octets.ptr, datagram(0)->octets.len);
}

static void give_golden_key(uint32_t generation)
{
    static const uint8_t e2m_keyset[32] = {0xb2, 0xa9, 0x27, 0x77, 0x2a, 0x96, 0xed, 0x98, 0x56, 0x64, 0x75,
                                           0x5c, 0xab, 0x93, 0x4a, 0x5a, 0x13, 0x97, 0x70, 0xef, 0xe1, 0xb9,
                                           0x53, 0x81, 0x3a, 0x22, 0x4f, 0xe0, 0xa6, 0x84, 0x68, 0xac};
    static const uint8_t vector[32] = {0x23, 0x55, 0x3c, 0xbe, 0x96, 0x37, 0xa8, 0x9d, 0x21, 0x8a, 0xe6,
                                       0x4d, 0xae, 0x47, 0xbf, 0x35, 0x55, 0xf3, 0x28, 0xb4, 0x35, 0x77,
                                       0x80, 0x80, 0x90, 0x94, 0xae, 0xc0, 0xee, 0xba, 0x51, 0xca};
    godwit_message_t answer =
        hse_key_answer(&w, owner_message(&w.owner, GODWIT_KEY_REQUEST, 0)->transaction, GODWIT_OK);
    answer.u.key_answer.generation = generation;
    memcpy(answer.u.key_answer.rand, vector, 16);
    memcpy(answer.u.key_answer.autn, vector + 16, 16);
    assert_int_equal(godwit_k_session(&godwit_crypto_builtin, e2m_keyset, hse_slice(HSE_ENDPOINT), generation,
                                      answer.u.key_answer.k_session),
                     GODWIT_OK);
    owner_give_message(&w.owner, &answer);
}

/* What the golden downlink datagram says: opened with the device's key, so that the HSE can be asked to say it
 * again. */
static void submit_golden(const char *name, uint32_t generation, uint8_t key_id, uint32_t before)
{
    static const uint8_t e2m_keyset[32] = {0xb2, 0xa9, 0x27, 0x77, 0x2a, 0x96, 0xed, 0x98, 0x56, 0x64, 0x75,
                                           0x5c, 0xab, 0x93, 0x4a, 0x5a, 0x13, 0x97, 0x70, 0xef, 0xe1, 0xb9,
                                           0x53, 0x81, 0x3a, 0x22, 0x4f, 0xe0, 0xa6, 0x84, 0x68, 0xac};
    uint8_t k_session[32], plain[64];
    godwit_emsdp_key_t key;
    godwit_emsdp_opened_t opened;
    assert_int_equal(
        godwit_k_session(&godwit_crypto_builtin, e2m_keyset, hse_slice(HSE_ENDPOINT), generation, k_session),
        GODWIT_OK);
    assert_int_equal(godwit_emsdp_key_init(&godwit_crypto_builtin, &key, k_session, 1, key_id, w.config.framing, 1,
                                           generation, GODWIT_END_DEVICE),
                     GODWIT_OK);
    key.hot.up_next_in = before;
    assert_int_equal(
        godwit_emsdp_open(&godwit_crypto_builtin, &key, kat_hex(golden, name), godwit_slice(NULL, 0), plain, &opened),
        GODWIT_OK);
    owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT, .imsi = d.imsi, .datagram = opened.payload});
    expect_golden(name);
}

static void converse(const kat_record_t *record, void *context)
{
    take_golden(record, context);
    w.owner.random_plan[3] = 1; /* Session ID 000001 */
    w.owner.random_planned = 16;
    w.hse.config.rekey_datagrams = 1;
    give_golden("request");
    give_golden_key(1);
    expect_golden("start");
    give_golden("confirmation");
    assert_int_equal(owner_request(&w.owner, GODWIT_REQUEST_DELIVER, 0)->reading.payload.len, 20);
    give_golden("up_1");
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DELIVER), 1);
    uint32_t transaction = owner_message(&w.owner, GODWIT_KEY_REQUEST, 0)->transaction;
    submit_golden("down_1", 1, 1, 0);
    godwit_message_t ask = {.kind = GODWIT_KEY_REQUEST, .transaction = transaction};
    godwit_outbox_reset(&w.owner.outbox);
    godwit_outbox_add(&w.owner.outbox, GODWIT_REQUEST_MESSAGE)->message = &ask; /* as if asked just now */
    give_golden_key(2);
    expect_golden("manage_request");
    w.hse.config.rekey_datagrams = 1000;
    submit_golden("down_old_key", 1, 1, 1);
    give_golden("manage_response");
    assert_true(owner_saw(&w.owner, "rekeyed", GODWIT_OK));
    give_golden("up_2");
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DELIVER), 1);
    submit_golden("down_2", 2, 2, 0);
    give_golden("terminate_request");
    give_golden_key(3);
    expect_golden("terminate_response");
    give_golden("early_request");
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DELIVER), 1);
    expect_golden("early_start");
    give_golden("up_3");
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DELIVER), 1);
}

static void the_golden_conversation_octet_by_octet(void **state)
{
    (void)state;
    assert_int_equal(kat_each("golden-emsdp.txt", "conversation", converse, NULL), 1);
}

/* ---- readings ---- */

static void a_reading_is_durable_before_it_is_delivered(void **state)
{
    (void)state;
    hse_send_reading(&w, &d, "one");
    const godwit_reading_t *reading = &owner_request(&w.owner, GODWIT_REQUEST_DELIVER, 0)->reading;
    assert_true(reading->user_plane);
    assert_int_equal(reading->count, 0);
    assert_int_equal(reading->session_id, id());
    assert_int_equal(stored()->current.hot.up_next_in, 1);
    assert_int_equal(w.owner.outbox.count, 2); /* commit and delivery: nothing goes back */
}

static void a_replay_is_refused_also_after_a_restart(void **state)
{
    (void)state;
    hse_send_reading(&w, &d, "one");
    hse_give(&w, &d);
    hse_assert_silently_refused(&w, GODWIT_REPLAY);
    hse_world_restart(&w);
    hse_give(&w, &d);
    hse_assert_silently_refused(&w, GODWIT_REPLAY);
    hse_send_reading(&w, &d, "two");
}

static void readings_may_come_out_of_order_each_once(void **state)
{
    (void)state;
    hse_device_t at[8];
    char text[8][8];
    for (int i = 0; i < 8; i++) {
        snprintf(text[i], sizeof text[i], "r%d", i);
        hse_seal_user(&d, text[i]);
        at[i] = d;
    }
    const int order[8] = {3, 0, 7, 1, 6, 2, 5, 4};
    for (int i = 0; i < 8; i++) {
        hse_give(&w, &at[order[i]]);
        hse_assert_delivered(&w, text[order[i]]);
    }
    for (int i = 0; i < 8; i++) {
        hse_give(&w, &at[i]);
        hse_assert_silently_refused(&w, GODWIT_REPLAY);
    }
}

static void no_bit_of_a_reading_can_be_changed(void **state)
{
    (void)state;
    hse_seal_user(&d, "reading");
    godwit_session_record_t before = *stored();
    for (size_t bit = 0; bit < 8 * d.sent_len; bit++) {
        d.sent[bit / 8] ^= (uint8_t)(1u << bit % 8);
        hse_give(&w, &d);
        hse_assert_nothing_delivered(&w);
        assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT), 0);
        d.sent[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_memory_equal(&before, stored(), sizeof before);
    hse_give(&w, &d);
    hse_assert_delivered(&w, "reading");
}

static void the_address_follows_the_highest_count_alone(void **state)
{
    (void)state;
    godwit_address_t home = d.from, moved = owner_address(77);
    hse_seal_user(&d, "held back");
    hse_device_t old = d;
    d.from = moved;
    hse_send_reading(&w, &d, "from elsewhere"); /* costs nothing */
    assert_memory_equal(stored()->address, moved.octets, 6);
    old.from = owner_address(78);
    hse_give(&w, &old);
    hse_assert_delivered(&w, "held back");
    assert_memory_equal(stored()->address, moved.octets, 6);
    d.sent[d.sent_len - 1] ^= 1;
    d.from = home;
    hse_give(&w, &d);
    assert_memory_equal(stored()->address, moved.octets, 6);
    submit("down");
    assert_true(godwit_address_equal(&datagram(0)->to, &moved));
}

static void an_unknown_session_is_told_once_looked_up_and_paid_for(void **state)
{
    (void)state;
    hse_seal_user(&d, "reading long enough");
    d.sent[3] ^= 0x55;
    unsigned fetches = w.owner.fetches;
    hse_give(&w, &d);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_UNKNOWN_SESSION));
    assert_int_equal(w.owner.fetches, fetches + 1);
    godwit_emsdp_header_t header;
    godwit_emsdp_control_t m;
    assert_int_equal(godwit_emsdp_unkeyed_parse(datagram(0)->octets, w.config.framing, &header, &m), GODWIT_OK);
    assert_int_equal(m.reason, GODWIT_UNKNOWN_SESSION);
    assert_memory_equal(m.echo, d.sent + d.sent_len - 8, 8);
    assert_int_equal(header.session_id, (uint32_t)d.sent[1] << 16 | (uint32_t)d.sent[2] << 8 | d.sent[3]);
    for (int i = 0; i < 1000; i++) {
        hse_give(&w, &d);
    }
    assert_in_range(w.owner.fetches, fetches + 100, fetches + 8192 / 32 + 1);
    hse_assert_silently_refused(&w, GODWIT_OVERLOAD);
    hse_device_t other = hse_device("001010000000002", 2);
    hse_set_up(&w, &other);
}

static void an_unknown_key_is_told_and_changes_nothing(void **state)
{
    (void)state;
    hse_seal_user(&d, "reading");
    d.sent[0] ^= 0x20;
    hse_give(&w, &d);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_UNKNOWN_KEY));
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 1);
    d.sent[0] ^= 0x20;
    hse_give(&w, &d);
    hse_assert_delivered(&w, "reading");
}

static void many_sessions_go_through_little_memory(void **state)
{
    (void)state;
    static hse_device_t many[40];
    for (unsigned i = 0; i < 40; i++) {
        char imsi[16];
        snprintf(imsi, sizeof imsi, "00101%010u", i);
        many[i] = hse_device(imsi, (uint8_t)(i + 10));
        w.owner.now_ms += 61000;
        hse_set_up(&w, &many[i]);
    }
    for (int round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 40; i++) {
            hse_send_reading(&w, &many[i], "again");
            hse_give(&w, &many[i]);
            hse_assert_silently_refused(&w, GODWIT_REPLAY);
        }
    }
    assert_int_equal(hse_stored_sessions(&w), 41);
}

static void wrong_macs_of_one_session_are_limited_where_the_mac_is_short(void **state)
{
    (void)state;
    hse_device_t e = hse_device("001010000000002", 2);
    e.suites = 1u << (7 - 1);
    hse_set_up(&w, &e);
    hse_seal_user(&e, "reading");
    e.sent[e.sent_len - 1] ^= 1;
    for (int i = 0; i < 256; i++) {
        hse_give(&w, &e);
        hse_assert_silently_refused(&w, GODWIT_MAC_FAILURE);
    }
    hse_give(&w, &e);
    hse_assert_silently_refused(&w, GODWIT_OVERLOAD);
    hse_send_reading(&w, &d, "others do not suffer");
    w.owner.now_ms += 60000;
    e.sent[e.sent_len - 1] ^= 1;
    hse_give(&w, &e);
    hse_assert_delivered(&w, "reading");
}

/* ---- the store fails ---- */

static void what_was_not_stored_is_not_delivered_and_forgotten(void **state)
{
    (void)state;
    hse_send_reading(&w, &d, "one");
    w.owner.fail_commits = true;
    hse_seal_user(&d, "two");
    hse_give(&w, &d);
    hse_assert_nothing_delivered(&w);
    w.owner.fail_commits = false;
    unsigned fetches = w.owner.fetches;
    hse_give(&w, &d); /* the same octets, once the store is back */
    hse_assert_delivered(&w, "two");
    assert_int_equal(w.owner.fetches, fetches + 1);
    hse_give(&w, &d);
    hse_assert_silently_refused(&w, GODWIT_REPLAY);
    w.owner.fail_fetches = true;
    hse_world_restart(&w);
    hse_seal_user(&d, "three");
    hse_give(&w, &d);
    hse_assert_silently_refused(&w, GODWIT_STORE_FAILED);
    w.owner.fail_fetches = false;
    hse_give(&w, &d);
    hse_assert_delivered(&w, "three");
}

/* ---- downlink ---- */

static void a_message_down_opens_at_the_device(void **state)
{
    (void)state;
    submit("open the valve");
    hse_receive(&w, &d, 0);
    assert_true(d.opened.user_plane);
    assert_int_equal(d.opened.payload.len, 14);
    assert_memory_equal(d.opened.payload.ptr, "open the valve", 14);
    owner_give(&w.owner,
               &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT, .session_id = id(), .datagram = hse_slice("x")});
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.count, 1);
}

static void counts_down_are_reserved_in_blocks_and_never_used_twice(void **state)
{
    (void)state;
    unsigned commits = w.owner.commits;
    for (uint32_t i = 0; i < 40; i++) {
        submit("x");
        hse_receive(&w, &d, 0);
        assert_int_equal(d.opened.count, i);
    }
    assert_int_equal(w.owner.commits, commits + 2);
    hse_world_restart(&w);
    submit("x");
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.count, 64); /* the rest of the block is skipped */
    assert_true(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&w.owner, GODWIT_REQUEST_DATAGRAM, 0));
}

static void a_reservation_that_failed_sends_nothing(void **state)
{
    (void)state;
    w.owner.fail_commits = true;
    submit("x");
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    w.owner.fail_commits = false;
    submit("x");
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.count, 0);
}

static void what_cannot_be_sent_is_refused(void **state)
{
    (void)state;
    static char long_text[GODWIT_EMSDP_DATAGRAM_MAX + 1];
    memset(long_text, 'x', sizeof long_text - 1);
    submit(long_text);
    hse_assert_silently_refused(&w, GODWIT_NO_SPACE);
    hse_device_t other = hse_device("001010000000002", 2);
    owner_give(&w.owner,
               &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT, .imsi = other.imsi, .datagram = hse_slice("x")});
    hse_assert_silently_refused(&w, GODWIT_UNKNOWN_SESSION);
    submit("x");
    hse_receive(&w, &d, 0);
}

/* ---- change of keys ---- */

/* The reading that makes a new key due, the EMKS's answer, and the Key TLV as the device reads it. */
static godwit_emsdp_key_t rekey_offered(void)
{
    w.hse.config.rekey_datagrams = 3;
    hse_send_reading(&w, &d, "a");
    assert_false(asked_emks());
    hse_send_reading(&w, &d, "b");
    assert_false(asked_emks());
    hse_send_reading(&w, &d, "c");
    assert_true(asked_emks());
    (void)owner_message(&w.owner, GODWIT_KEY_CONFIRM, 0); /* once more, should the first have been lost */
    const godwit_key_request_t *ask = &owner_message(&w.owner, GODWIT_KEY_REQUEST, 0)->u.key_request;
    assert_int_equal(ask->purpose, GODWIT_KEY_NEXT_GENERATION);
    assert_int_equal(ask->key_set, HSE_KEY_SET);
    godwit_message_t answer =
        hse_key_answer(&w, owner_message(&w.owner, GODWIT_KEY_REQUEST, 0)->transaction, GODWIT_OK);
    hse_send_reading(&w, &d, "d");
    assert_false(asked_emks()); /* one question is enough */
    owner_give_message(&w.owner, &answer);
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.control.command, GODWIT_MANAGE_KEYS_REQUEST);
    assert_int_equal(stored()->state, GODWIT_SESSION_REKEYING);
    return hse_key(&w, id(), d.opened.control.key_generation, d.opened.control.key_suite, d.opened.control.key_id);
}

static void a_new_key_is_handed_out_and_confirmed_by_its_first_datagram(void **state)
{
    (void)state;
    godwit_emsdp_key_t next = rekey_offered(), old = d.key;
    assert_int_equal(next.generation, 2);
    assert_int_equal(next.hot.key_id, 2);
    hse_send_reading(&w, &d, "old key, still good");
    submit("down under the old key");
    hse_receive(&w, &d, 0);
    old = d.key;
    d.key = next;
    hse_seal_control(&d, GODWIT_MANAGE_KEYS_RESPONSE, NULL);
    hse_give(&w, &d);
    assert_true(owner_saw(&w.owner, "rekeyed", GODWIT_OK));
    assert_int_equal(stored()->state, GODWIT_SESSION_ACTIVE);
    assert_int_equal(stored()->pending_len, 0);
    assert_int_equal(stored()->current.generation, 2);
    assert_int_equal(stored()->next.hot.key_id, 0);
    hse_send_reading(&w, &d, "new key");
    assert_false(asked_emks()); /* it has a life of its own */
    submit("down under the new key");
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.count, 0);
    hse_world_restart(&w);
    submit("after a restart");
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.count, 32);
    d.key = old;
    hse_seal_user(&d, "the old key is gone");
    hse_give(&w, &d);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_UNKNOWN_KEY));
    hse_assert_nothing_delivered(&w);
}

static void a_reading_under_the_new_key_confirms_it_when_the_response_was_lost(void **state)
{
    (void)state;
    d.key = rekey_offered();
    hse_send_reading(&w, &d, "new key");
    assert_true(owner_saw(&w.owner, "rekeyed", GODWIT_OK));
    assert_int_equal(stored()->state, GODWIT_SESSION_ACTIVE);
    hse_seal_control(&d, GODWIT_MANAGE_KEYS_RESPONSE, NULL); /* it comes late: under the key that is current now */
    hse_give(&w, &d);
    hse_assert_silently_refused(&w, GODWIT_WRONG_STATE);
}

static void a_request_under_the_new_key_confirms_it_too(void **state)
{
    (void)state;
    const godwit_emsdp_control_t counts = {.present = 1u << GODWIT_TLV_COUNT};
    d.key = rekey_offered();
    hse_seal_control(&d, GODWIT_MANAGE_KEYS_REQUEST, &counts);
    hse_give(&w, &d);
    assert_true(owner_saw(&w.owner, "rekeyed", GODWIT_OK));
    assert_int_equal(stored()->state, GODWIT_SESSION_ACTIVE); /* or no key would ever follow */
}

static void a_response_under_the_old_key_confirms_nothing(void **state)
{
    (void)state;
    (void)rekey_offered();
    hse_seal_control(&d, GODWIT_MANAGE_KEYS_RESPONSE, NULL);
    hse_give(&w, &d);
    hse_assert_silently_refused(&w, GODWIT_WRONG_STATE);
    assert_int_equal(stored()->state, GODWIT_SESSION_REKEYING);
}

static void a_request_is_repeated_octet_by_octet_and_then_given_up_until_the_device_is_heard(void **state)
{
    (void)state;
    w.hse.config.attempts = 3;
    (void)rekey_offered();
    uint8_t first[64];
    size_t len = stored()->pending_len;
    memcpy(first, stored()->pending, len);
    for (uint32_t i = 1; i < 3; i++) {
        owner_give_timer(&w.owner, id());
        assert_int_equal(datagram(0)->octets.len, len);
        assert_memory_equal(datagram(0)->octets.ptr, first, len);
        assert_int_equal(owner_request(&w.owner, GODWIT_REQUEST_TIMER, 0)->delay_ms, 4000u << i);
    }
    owner_give_timer(&w.owner, id());
    assert_int_equal(w.owner.outbox.count, 0);
    hse_send_reading(&w, &d, "awake");
    assert_memory_equal(datagram(0)->octets.ptr, first, len);
    hse_send_reading(&w, &d, "a timer runs now");
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    hse_world_restart(&w); /* the request survives, too */
    hse_send_reading(&w, &d, "after the restart");
    assert_memory_equal(datagram(0)->octets.ptr, first, len);
    d.key = hse_key(&w, id(), 2, 1, 2);
    hse_send_reading(&w, &d, "new key");
    assert_int_equal(stored()->current.generation, 2);
}

static void a_rejected_request_is_not_repeated_and_no_key_is_dropped(void **state)
{
    (void)state;
    godwit_emsdp_key_t next = rekey_offered();
    godwit_emsdp_control_t m = {.reason = GODWIT_UNSUPPORTED_SUITE};
    m.present = 1u << GODWIT_TLV_REASON | 1u << GODWIT_TLV_ECHO;
    hse_seal_control(&d, GODWIT_MESSAGE_REJECT, &m); /* it names something else */
    hse_give(&w, &d);
    assert_int_equal(stored()->state, GODWIT_SESSION_REKEYING);
    memcpy(m.echo, stored()->pending + stored()->pending_len - 8, 8);
    hse_seal_control(&d, GODWIT_MESSAGE_REJECT, &m);
    hse_give(&w, &d);
    assert_true(owner_saw(&w.owner, "rejected_by_device", GODWIT_UNSUPPORTED_SUITE));
    assert_int_equal(stored()->state, GODWIT_SESSION_ACTIVE);
    assert_int_equal(stored()->pending_len, 0);
    hse_send_reading(&w, &d, "old");
    d.key = next;
    hse_send_reading(&w, &d, "new");
}

static void a_key_set_that_gives_no_more_asks_for_a_new_aka_run(void **state)
{
    (void)state;
    w.hse.config.rekey_datagrams = 1;
    hse_send_reading(&w, &d, "a");
    hse_answer_key(&w, GODWIT_OVERLOAD); /* for now: asked again a little later */
    assert_true(owner_saw(&w.owner, "refused", GODWIT_OVERLOAD));
    hse_send_reading(&w, &d, "not at once");
    assert_false(asked_emks());
    w.owner.now_ms += 6000;
    hse_send_reading(&w, &d, "b");
    hse_answer_key(&w, GODWIT_UNKNOWN_KEY);
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.control.command, GODWIT_SESSION_TERMINATE_REQUEST);
    assert_false(godwit_emsdp_has(&d.opened.control, GODWIT_TLV_KEY));
    hse_send_reading(&w, &d, "was under way");
    hse_seal_control(&d, GODWIT_SESSION_TERMINATE_RESPONSE, NULL);
    hse_give(&w, &d);
    assert_true(owner_saw(&w.owner, "terminated", GODWIT_OK));
    assert_null(hse_stored(&w, id()));
    hse_give(&w, &d);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_UNKNOWN_SESSION));
    hse_set_up(&w, &d);
}

static void a_new_aka_run_is_due_after_so_many_generations_or_so_long(void **state)
{
    (void)state;
    w.hse.config.reauthenticate_generations = 2;
    d.key = rekey_offered();
    hse_send_reading(&w, &d, "second generation");
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.control.command, GODWIT_SESSION_TERMINATE_REQUEST);
    assert_int_equal(stored()->state, GODWIT_SESSION_TERMINATING);

    hse_device_t e = hse_device("001010000000002", 2);
    hse_set_up(&w, &e);
    hse_send_reading(&w, &e, "x");
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    w.owner.now_ms += UINT64_C(365) * 24 * 3600 * 1000;
    hse_send_reading(&w, &e, "a year later");
    hse_receive(&w, &e, 0);
    assert_int_equal(e.opened.control.command, GODWIT_SESSION_TERMINATE_REQUEST);
}

static void a_key_is_renewed_after_thirty_days_too(void **state)
{
    (void)state;
    w.owner.now_ms += UINT64_C(30) * 24 * 3600 * 1000 - 1;
    hse_send_reading(&w, &d, "x");
    assert_false(asked_emks());
    w.owner.now_ms += 1;
    hse_send_reading(&w, &d, "x");
    assert_true(asked_emks());
}

static void keys_that_are_not_the_next_are_not_taken(void **state)
{
    (void)state;
    w.hse.config.rekey_datagrams = 1;
    for (int i = 0; i < 2; i++) {
        hse_send_reading(&w, &d, "a");
        godwit_message_t answer =
            hse_key_answer(&w, owner_message(&w.owner, GODWIT_KEY_REQUEST, 0)->transaction, GODWIT_OK);
        if (i == 0) {
            answer.u.key_answer.generation = 1; /* the one in use */
        } else {
            answer.u.key_answer.key_set++;
        }
        owner_give_message(&w.owner, &answer);
        hse_assert_silently_refused(&w, GODWIT_PEER_INTERNAL);
        assert_int_equal(stored()->state, GODWIT_SESSION_ACTIVE);
        w.owner.now_ms += 6001;
    }
}

/* ---- COUNTs ---- */

static void full_counts_after_a_long_silence(void **state)
{
    (void)state;
    d.key.hot.up_next_out = 5000000; /* far beyond what the sent bits can tell */
    d.key.cp_next_out = 90000;
    hse_seal_user(&d, "lost");
    hse_give(&w, &d);
    hse_assert_silently_refused(&w, GODWIT_MAC_FAILURE);
    godwit_emsdp_control_t m = {.present = 1u << GODWIT_TLV_COUNT};
    hse_seal_control(&d, GODWIT_MANAGE_KEYS_REQUEST, &m);
    hse_give(&w, &d);
    uint8_t first[64];
    size_t len = datagram(0)->octets.len;
    memcpy(first, datagram(0)->octets.ptr, len);
    hse_give(&w, &d); /* a repetition gets the identical answer, and is no second request */
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT), 0);
    assert_int_equal(datagram(0)->octets.len, len);
    assert_memory_equal(datagram(0)->octets.ptr, first, len);
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.control.command, GODWIT_MANAGE_KEYS_RESPONSE);
    hse_send_reading(&w, &d, "heard");
}

/* ---- the end ---- */

static void announce(void)
{
    hse_seal_control(&d, GODWIT_SESSION_TERMINATE_REQUEST, NULL);
    hse_give(&w, &d);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    assert_int_equal(stored()->state, GODWIT_SESSION_TERMINATING);
    hse_answer_key(&w, GODWIT_OK);
    assert_int_equal(stored()->state, GODWIT_SESSION_ANNOUNCED);
}

static void early_data(const char *reading)
{
    godwit_emsdp_control_t m = {.present = 1u << GODWIT_TLV_DATA, .data = hse_slice(reading)};
    hse_seal_control(&d, GODWIT_SESSION_REQUEST, &m);
}

static void the_end_announces_the_key_of_the_next_session(void **state)
{
    (void)state;
    hse_seal_user(&d, "under way");
    hse_device_t late = d;
    announce();
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.control.command, GODWIT_SESSION_TERMINATE_RESPONSE);
    assert_true(godwit_emsdp_has(&d.opened.control, GODWIT_TLV_KEY));
    hse_give(&w, &late);
    hse_assert_delivered(&w, "under way");
    submit("x");
    hse_assert_silently_refused(&w, GODWIT_WRONG_STATE);
    hse_device_t under_old_key = d;
    early_data("under the old key");
    hse_give(&w, &d);
    hse_assert_silently_refused(&w, GODWIT_WRONG_STATE);
    d = under_old_key;
    d.key = hse_key(&w, id(), d.opened.control.key_generation, 1, d.opened.control.key_id);
    hse_device_t too_early = d;
    hse_seal_user(&too_early, "before the request");
    hse_give(&w, &too_early);
    hse_assert_silently_refused(&w, GODWIT_WRONG_STATE);
    early_data("early");
    hse_give(&w, &d);
    hse_assert_delivered(&w, "early");
    assert_false(owner_request(&w.owner, GODWIT_REQUEST_DELIVER, 0)->reading.user_plane);
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.control.command, GODWIT_SESSION_START);
    assert_false(godwit_emsdp_has(&d.opened.control, GODWIT_TLV_RAND));
    assert_int_equal(stored()->state, GODWIT_SESSION_ACTIVE);
    assert_int_equal(stored()->current.generation, 2);
    hse_send_reading(&w, &d, "on it goes");
}

static void repeated_early_data_is_answered_and_not_delivered_again(void **state)
{
    (void)state;
    announce();
    hse_receive(&w, &d, 0);
    d.key = hse_key(&w, id(), 2, 1, 2);
    early_data("early");
    w.owner.fail_commits = true;
    hse_give(&w, &d);
    hse_assert_nothing_delivered(&w);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    w.owner.fail_commits = false;
    hse_give(&w, &d);
    hse_assert_delivered(&w, "early");
    uint8_t first[64];
    size_t len = datagram(0)->octets.len;
    memcpy(first, datagram(0)->octets.ptr, len);
    for (int i = 0; i < 2; i++) {
        hse_give(&w, &d);
        hse_assert_nothing_delivered(&w);
        assert_int_equal(datagram(0)->octets.len, len);
        assert_memory_equal(datagram(0)->octets.ptr, first, len);
        hse_world_restart(&w); /* and it is remembered */
    }
}

static void without_an_answer_of_the_emks_the_end_announces_nothing(void **state)
{
    (void)state;
    hse_seal_control(&d, GODWIT_SESSION_TERMINATE_REQUEST, NULL);
    hse_give(&w, &d);
    uint32_t transaction = owner_message(&w.owner, GODWIT_KEY_REQUEST, 0)->transaction;
    assert_int_equal(owner_request(&w.owner, GODWIT_REQUEST_TIMER, 0)->timer, id());
    hse_device_t request = d;
    hse_give(&w, &request); /* a repetition, while the EMKS thinks */
    hse_assert_silently_refused(&w, GODWIT_REPLAY);
    owner_give_timer(&w.owner, id());
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.control.command, GODWIT_SESSION_TERMINATE_RESPONSE);
    assert_false(godwit_emsdp_has(&d.opened.control, GODWIT_TLV_KEY));
    godwit_message_t late = hse_key_answer(&w, transaction, GODWIT_OK);
    owner_give_message(&w.owner, &late);
    assert_int_equal(w.owner.outbox.count, 0);
    hse_give(&w, &request); /* the response was lost: the identical one */
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 1);
    assert_int_equal(stored()->state, GODWIT_SESSION_IDLE);
    hse_seal_user(&d, "nobody listens any more");
    hse_give(&w, &d);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_UNKNOWN_SESSION));
    owner_give_timer(&w.owner, id());
    assert_null(hse_stored(&w, id()));
}

static void an_end_that_a_restart_forgot_is_answered_when_it_is_asked_for_again(void **state)
{
    (void)state;
    hse_seal_control(&d, GODWIT_SESSION_TERMINATE_REQUEST, NULL);
    hse_give(&w, &d);
    hse_world_restart(&w); /* while the EMKS thinks */
    hse_give(&w, &d);
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.control.command, GODWIT_SESSION_TERMINATE_RESPONSE);
    assert_false(godwit_emsdp_has(&d.opened.control, GODWIT_TLV_KEY));
    assert_int_equal(stored()->state, GODWIT_SESSION_IDLE);
}

static void a_response_to_a_request_that_was_the_devices_own_is_refused(void **state)
{
    (void)state;
    hse_seal_control(&d, GODWIT_SESSION_TERMINATE_REQUEST, NULL);
    hse_give(&w, &d);
    hse_seal_control(&d, GODWIT_SESSION_TERMINATE_RESPONSE, NULL);
    hse_give(&w, &d);
    hse_assert_silently_refused(&w, GODWIT_WRONG_STATE);
    assert_int_equal(stored()->state, GODWIT_SESSION_TERMINATING);
}

static void no_key_is_announced_where_a_new_aka_run_is_due(void **state)
{
    (void)state;
    w.hse.config.reauthenticate_generations = 1;
    hse_seal_control(&d, GODWIT_SESSION_TERMINATE_REQUEST, NULL);
    hse_give(&w, &d);
    assert_false(asked_emks());
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.control.command, GODWIT_SESSION_TERMINATE_RESPONSE);
    assert_false(godwit_emsdp_has(&d.opened.control, GODWIT_TLV_KEY));
}

static void an_emks_that_refuses_ends_the_session_without_a_key(void **state)
{
    (void)state;
    hse_seal_control(&d, GODWIT_SESSION_TERMINATE_REQUEST, NULL);
    hse_give(&w, &d);
    hse_answer_key(&w, GODWIT_UNKNOWN_KEY);
    hse_receive(&w, &d, 0);
    assert_false(godwit_emsdp_has(&d.opened.control, GODWIT_TLV_KEY));
    assert_int_equal(stored()->state, GODWIT_SESSION_IDLE);
}

static void an_ended_device_may_start_anew_instead(void **state)
{
    (void)state;
    announce();
    uint32_t old = id();
    hse_set_up(&w, &d);
    assert_null(hse_stored(&w, old));
    assert_int_equal(hse_stored_sessions(&w), 1);
}

static void the_operator_drops_a_session(void **state)
{
    (void)state;
    drop(id());
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.control.command, GODWIT_SESSION_TERMINATE_REQUEST);
    hse_seal_control(&d, GODWIT_SESSION_TERMINATE_RESPONSE, NULL);
    hse_give(&w, &d);
    assert_null(hse_stored(&w, id()));

    hse_set_up(&w, &d); /* a device that does not hear */
    drop(id());
    for (int i = 1; i < 4; i++) {
        owner_give_timer(&w.owner, id());
        assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 1);
    }
    owner_give_timer(&w.owner, id());
    assert_null(hse_stored(&w, id()));
    drop(id());
    hse_assert_silently_refused(&w, GODWIT_UNKNOWN_SESSION);
}

static void a_session_that_is_being_dropped_still_delivers(void **state)
{
    (void)state;
    godwit_emsdp_key_t next = rekey_offered();
    drop(id());
    hse_send_reading(&w, &d, "under the old key");
    d.key = next;
    hse_send_reading(&w, &d, "under the new key");
    assert_int_equal(stored()->state, GODWIT_SESSION_TERMINATING);
}

static void the_least_recently_used_session_leaves_memory(void **state)
{
    (void)state;
    hse_device_t e = hse_device("001010000000002", 2), f = hse_device("001010000000003", 3);
    assert_int_equal(
        godwit_hse_init(&w.hse, &w.config, w.sessions, 2, w.exchanges, HSE_EXCHANGES, w.senders, HSE_SENDERS),
        GODWIT_OK);
    hse_send_reading(&w, &d, "d");
    w.owner.now_ms++;
    hse_set_up(&w, &e);
    w.owner.now_ms++;
    hse_send_reading(&w, &d, "d");
    w.owner.now_ms++;
    hse_set_up(&w, &f); /* in the place of e */
    unsigned fetches = w.owner.fetches;
    hse_send_reading(&w, &d, "d");
    hse_send_reading(&w, &f, "f");
    assert_int_equal(w.owner.fetches, fetches);
    hse_send_reading(&w, &e, "e");
    assert_int_equal(w.owner.fetches, fetches + 1);
}

static void a_dropped_session_cannot_rise_from_its_set_up(void **state)
{
    (void)state;
    hse_seal_user(&d, "reading");
    drop(id());
    for (int i = 0; i < 4; i++) {
        owner_give_timer(&w.owner, id());
    }
    assert_null(hse_stored(&w, id()));
    hse_give(&w, &d); /* within the life of the exchange that made it */
    assert_true(owner_saw(&w.owner, "refused", GODWIT_UNKNOWN_SESSION));
    hse_assert_nothing_delivered(&w);
}

static void crossing_ends_meet(void **state)
{
    (void)state;
    drop(id());
    hse_seal_control(&d, GODWIT_SESSION_TERMINATE_REQUEST, NULL);
    hse_give(&w, &d);
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.control.command, GODWIT_SESSION_TERMINATE_RESPONSE);
    assert_int_equal(stored()->state, GODWIT_SESSION_IDLE);
}

/* ---- S = 0: the address names the session ---- */

static int setup_bearer(void **state)
{
    (void)state;
    hse_world_init(&w);
    w.config.framing = (godwit_framing_t){0, 0};
    hse_world_restart(&w);
    d = hse_device("001010123456789", 1);
    hse_set_up(&w, &d);
    return 0;
}

static void with_s_0_a_reading_has_nine_octets_more(void **state)
{
    (void)state;
    hse_send_reading(&w, &d, "twenty octets inside");
    assert_int_equal(d.sent_len, 20 + 9);
    hse_world_restart(&w);
    hse_send_reading(&w, &d, "after a restart");
    hse_give(&w, &d);
    hse_assert_silently_refused(&w, GODWIT_REPLAY);
    submit("down");
    hse_receive(&w, &d, 0);
}

static void with_s_0_another_address_is_another_session(void **state)
{
    (void)state;
    hse_seal_user(&d, "reading");
    godwit_address_t home = d.from;
    d.from = owner_address(9);
    hse_give(&w, &d);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_UNKNOWN_SESSION));
    hse_assert_nothing_delivered(&w);
    d.from = home;
    hse_give(&w, &d);
    hse_assert_delivered(&w, "reading");
}

/* Two addresses whose short hash is the same: the record of the other one stands where this one's would. */
static void with_s_0_addresses_that_collide_are_not_mixed_up(void **state)
{
    (void)state;
    hse_device_t e = hse_device("001010000000002", 9);
    godwit_record_t record = {.kind = GODWIT_RECORD_SESSION};
    record.u.session = w.owner.records[0].u.session;
    record.u.session.session_id = godwit_hse_id_of_address(&godwit_crypto_builtin, &e.from);
    owner_put(&w.owner, &record);
    hse_seal_user(&d, "reading");
    d.from = e.from;
    hse_give(&w, &d);
    hse_assert_nothing_delivered(&w);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_UNKNOWN_SESSION));
    hse_make_request(&w, &e, NULL);
    hse_give_request(&w, &e);
    hse_answer_key(&w, GODWIT_OK);
    hse_assert_silently_refused(&w, GODWIT_OVERLOAD);
}

static void with_s_0_a_new_set_up_lives_beside_the_old_session_until_it_is_confirmed(void **state)
{
    (void)state;
    hse_device_t old = d;
    hse_make_request(&w, &d, NULL);
    hse_give_request(&w, &d);
    hse_answer_key(&w, GODWIT_OK);
    hse_take_start(&w, &d);
    assert_int_not_equal(d.key.hot.key_id, old.key.hot.key_id);
    hse_send_reading(&w, &old, "the old one lives");
    hse_seal_confirmation(&d, "the new one begins");
    hse_give(&w, &d);
    hse_assert_delivered(&w, "the new one begins");
    assert_int_equal(hse_stored_sessions(&w), 1);
    hse_seal_user(&old, "gone");
    hse_give(&w, &old);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_UNKNOWN_KEY));
    hse_send_reading(&w, &d, "on it goes");
}

static void with_e_0_blocks_reserved_are_no_larger_than_a_device_can_bridge(void **state)
{
    (void)state;
    submit("x");
    for (int i = 0; i < 3; i++) { /* three restarts, each skips the rest of a block */
        hse_world_restart(&w);
        submit("x");
    }
    hse_receive(&w, &d, 0);
    assert_int_equal(d.opened.count, 24);
}

/* ---- the rest ---- */

static void commands_that_do_not_belong_are_refused(void **state)
{
    (void)state;
    early_data("no key was announced");
    hse_give(&w, &d);
    hse_assert_silently_refused(&w, GODWIT_WRONG_STATE);
    hse_seal_control(&d, GODWIT_SESSION_TERMINATE_RESPONSE, NULL);
    hse_give(&w, &d);
    hse_assert_silently_refused(&w, GODWIT_WRONG_STATE);
    hse_send_reading(&w, &d, "unharmed");
    owner_give_timer(&w.owner, id()); /* a timer of nothing */
    assert_int_equal(w.owner.outbox.count, 0);
    owner_give_timer(&w.owner, 0xFEDCBA);
    assert_int_equal(w.owner.outbox.count, 0);
    godwit_message_t refused = {.kind = GODWIT_KEY_CONFIRM_ANSWER, .u.key_confirm_answer = GODWIT_UNKNOWN_KEY};
    owner_give_message(&w.owner, &refused);
    assert_true(owner_saw(&w.owner, "confirm_refused", GODWIT_UNKNOWN_KEY));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup_session)
#define BEARER(name) cmocka_unit_test_setup(name, setup_bearer)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_golden_conversation_octet_by_octet, setup),
        TEST(a_reading_is_durable_before_it_is_delivered),
        TEST(a_replay_is_refused_also_after_a_restart),
        TEST(readings_may_come_out_of_order_each_once),
        TEST(no_bit_of_a_reading_can_be_changed),
        TEST(the_address_follows_the_highest_count_alone),
        TEST(an_unknown_session_is_told_once_looked_up_and_paid_for),
        TEST(an_unknown_key_is_told_and_changes_nothing),
        TEST(many_sessions_go_through_little_memory),
        TEST(wrong_macs_of_one_session_are_limited_where_the_mac_is_short),
        TEST(what_was_not_stored_is_not_delivered_and_forgotten),
        TEST(a_message_down_opens_at_the_device),
        TEST(counts_down_are_reserved_in_blocks_and_never_used_twice),
        TEST(a_reservation_that_failed_sends_nothing),
        TEST(what_cannot_be_sent_is_refused),
        TEST(a_new_key_is_handed_out_and_confirmed_by_its_first_datagram),
        TEST(a_reading_under_the_new_key_confirms_it_when_the_response_was_lost),
        TEST(a_request_under_the_new_key_confirms_it_too),
        TEST(a_response_under_the_old_key_confirms_nothing),
        TEST(a_request_is_repeated_octet_by_octet_and_then_given_up_until_the_device_is_heard),
        TEST(a_rejected_request_is_not_repeated_and_no_key_is_dropped),
        TEST(a_key_set_that_gives_no_more_asks_for_a_new_aka_run),
        TEST(a_new_aka_run_is_due_after_so_many_generations_or_so_long),
        TEST(a_key_is_renewed_after_thirty_days_too),
        TEST(keys_that_are_not_the_next_are_not_taken),
        TEST(full_counts_after_a_long_silence),
        TEST(the_end_announces_the_key_of_the_next_session),
        TEST(repeated_early_data_is_answered_and_not_delivered_again),
        TEST(without_an_answer_of_the_emks_the_end_announces_nothing),
        TEST(an_end_that_a_restart_forgot_is_answered_when_it_is_asked_for_again),
        TEST(a_response_to_a_request_that_was_the_devices_own_is_refused),
        TEST(no_key_is_announced_where_a_new_aka_run_is_due),
        TEST(a_session_that_is_being_dropped_still_delivers),
        TEST(the_least_recently_used_session_leaves_memory),
        TEST(an_emks_that_refuses_ends_the_session_without_a_key),
        TEST(an_ended_device_may_start_anew_instead),
        TEST(the_operator_drops_a_session),
        TEST(a_dropped_session_cannot_rise_from_its_set_up),
        TEST(crossing_ends_meet),
        BEARER(with_s_0_a_reading_has_nine_octets_more),
        BEARER(with_s_0_another_address_is_another_session),
        BEARER(with_s_0_addresses_that_collide_are_not_mixed_up),
        BEARER(with_s_0_a_new_set_up_lives_beside_the_old_session_until_it_is_confirmed),
        BEARER(with_e_0_blocks_reserved_are_no_larger_than_a_device_can_bridge),
        TEST(commands_that_do_not_belong_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
