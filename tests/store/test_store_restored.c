/* SPDX-License-Identifier: Apache-2.0
 *
 * A store that comes from a backup: nothing that may have been used since is used again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/store/store_fixture.h"

#define NOW_S UINT64_C(1800000000)
#define SESSIONS 600 /* more than are listed at once */
#define KEY_SETS 300

static void put_ok(fixture_t *f, godwit_record_t record)
{
    if (godwit_store_put(f->store, &record) != GODWIT_OK) {
        fail_msg("%s", godwit_store_why(f->store));
    }
}

static void restored(fixture_t *f, uint64_t sessions, uint64_t key_sets)
{
    godwit_restored_t done;
    assert_int_equal(godwit_store_after_restore(f->store, NOW_S, 10, &done), GODWIT_OK);
    assert_int_equal(done.sessions, sessions);
    assert_int_equal(done.key_sets, key_sets);
}

static void an_empty_store_needs_nothing(void **state)
{
    fixture_t *f = *state;
    godwit_record_t clock = {.kind = GODWIT_RECORD_CLOCK}, got;
    restored(f, 0, 0);
    assert_int_equal(fixture_fetch(f->store, &clock, &got), GODWIT_NOT_FOUND);
}

static void no_session_is_left_and_no_subscriber_goes(void **state)
{
    fixture_t *f = *state;
    uint64_t count = 99;
    assert_int_equal(godwit_store_begin(f->store), GODWIT_OK);
    for (unsigned n = 1; n <= SESSIONS; n++) {
        put_ok(f, fixture_session(n));
    }
    put_ok(f, fixture_subscriber(7));
    assert_int_equal(godwit_store_commit(f->store), GODWIT_OK);
    restored(f, SESSIONS, 0);
    assert_int_equal(godwit_store_count(f->store, GODWIT_RECORD_SESSION, &count), GODWIT_OK);
    assert_int_equal(count, 0);
    assert_int_equal(godwit_store_count(f->store, GODWIT_RECORD_SUBSCRIBER, &count), GODWIT_OK);
    assert_int_equal(count, 1);
}

static void no_key_set_can_be_asked_for_a_generation_again(void **state)
{
    fixture_t *f = *state;
    static const uint8_t none[32];
    assert_int_equal(godwit_store_begin(f->store), GODWIT_OK);
    for (unsigned n = 1; n <= KEY_SETS; n++) {
        put_ok(f, fixture_key_set(n));
    }
    assert_int_equal(godwit_store_commit(f->store), GODWIT_OK);
    restored(f, 0, KEY_SETS);
    for (unsigned n = 1; n <= KEY_SETS; n++) {
        godwit_record_t was = fixture_key_set(n), is;
        assert_int_equal(fixture_fetch(f->store, &was, &is), GODWIT_OK);
        assert_true(is.u.key_set.vector_number > was.u.key_set.vector_number + UINT32_MAX);
        assert_true(is.u.key_set.confirmed); /* no vector is outstanding: the next request brings a new one */
        assert_int_equal(is.u.key_set.former.vector_number, 0);
        assert_memory_equal(is.u.key_set.e2m_keyset, none, sizeof none);
        assert_false(is.u.key_set.parked.set); /* and no parked key lives again */
        assert_memory_equal(is.u.key_set.former.e2m_keyset, none, sizeof none);
    }
}

static void a_bootstrapping_of_the_lost_life_begins_no_generations_again(void **state)
{
    fixture_t *f = *state;
    godwit_record_t was = fixture_key_set(1), is;
    was.u.key_set.agreement = GODWIT_AGREEMENT_GBA;
    was.u.key_set.created_ms = 1000; /* the EMKS takes one only if it is younger (roles/emks/reference.c) */
    put_ok(f, was);
    restored(f, 0, 1);
    assert_int_equal(fixture_fetch(f->store, &was, &is), GODWIT_OK);
    assert_int_equal(is.u.key_set.created_ms, NOW_S * 1000);
}

static void the_clock_skips_what_the_lost_life_may_have_reserved(void **state)
{
    fixture_t *f = *state;
    godwit_record_t clock = {.kind = GODWIT_RECORD_CLOCK, .u.clock.mark = 5}, got;
    put_ok(f, clock);
    restored(f, 0, 0);
    assert_int_equal(fixture_fetch(f->store, &clock, &got), GODWIT_OK);
    assert_in_range(got.u.clock.mark, (NOW_S + 60) * 10, (NOW_S + 86400) * 10);
    uint64_t mark = got.u.clock.mark;
    restored(f, 0, 0); /* again: nothing goes back, nothing runs away */
    assert_int_equal(fixture_fetch(f->store, &clock, &got), GODWIT_OK);
    assert_int_equal(got.u.clock.mark, mark);
}

static godwit_imsi_t imsi_of(unsigned n)
{
    return fixture_subscriber(n).u.subscriber.imsi;
}

static void associations_end_and_no_number_comes_again(void **state)
{
    fixture_t *f = *state;
    static const godwit_association_t none;
    godwit_record_t association = {.kind = GODWIT_RECORD_ASSOCIATION}, root = {.kind = GODWIT_RECORD_IWF_ROOT}, is;
    association.u.association.imsi = root.u.iwf_root.imsi = imsi_of(3);
    association.u.association.last_number = root.u.iwf_root.association = 9;
    association.u.association.current.number = 8;
    association.u.association.current.next_down = 70;
    association.u.association.next.number = 9;
    association.u.association.command_len = 30;
    memset(association.u.association.current.k_iwf, 7, 32);
    memset(association.u.association.next.k_iwf, 8, 32);
    put_ok(f, association);
    put_ok(f, root);
    restored(f, 0, 0);
    assert_int_equal(fixture_fetch(f->store, &association, &is), GODWIT_OK);
    assert_memory_equal(&is.u.association.current, &none, sizeof none);
    assert_memory_equal(&is.u.association.next, &none, sizeof none);
    assert_int_equal(is.u.association.command_len, 0);
    assert_true(is.u.association.last_number >= 9 + 4096);
    assert_int_equal(fixture_fetch(f->store, &root, &is), GODWIT_OK);
    assert_true(is.u.iwf_root.association >= 9 + 4096);
}

static void no_reference_of_a_trigger_that_is_lost_comes_again(void **state)
{
    fixture_t *f = *state;
    uint64_t count = 99;
    godwit_record_t trigger = {.kind = GODWIT_RECORD_TRIGGER}, tally = {.kind = GODWIT_RECORD_TRIGGER_TALLY}, is;
    trigger.u.trigger.source_key[0] = 5;
    trigger.u.trigger.imsi = imsi_of(3);
    trigger.u.trigger.state = GODWIT_TRIGGER_WAITING;
    trigger.u.trigger.action.action = GODWIT_ACTION_TRIGGER;
    trigger.u.trigger.number = 41;
    put_ok(f, trigger);
    restored(f, 0, 0);
    tally.u.trigger_tally.imsi = imsi_of(3);
    assert_int_equal(fixture_fetch(f->store, &tally, &is), GODWIT_OK);
    assert_int_equal(is.u.trigger_tally.pending, 0);
    assert_true(is.u.trigger_tally.highest >= 41 + (UINT64_C(1) << 20));
    assert_int_equal(godwit_store_count(f->store, GODWIT_RECORD_TRIGGER, &count), GODWIT_OK);
    assert_int_equal(count, 1);
    assert_int_equal(fixture_fetch(f->store, &trigger, &is), GODWIT_OK); /* it keeps its own number */
    assert_int_equal(is.u.trigger.number, 41);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_empty_store_needs_nothing),
        TEST(no_session_is_left_and_no_subscriber_goes),
        TEST(no_key_set_can_be_asked_for_a_generation_again),
        TEST(a_bootstrapping_of_the_lost_life_begins_no_generations_again),
        TEST(associations_end_and_no_number_comes_again),
        TEST(no_reference_of_a_trigger_that_is_lost_comes_again),
        TEST(the_clock_skips_what_the_lost_life_may_have_reserved),
    };
    return cmocka_run_group_tests_name("store_restored", tests, NULL, NULL);
}
