/* SPDX-License-Identifier: Apache-2.0
 *
 * Readings, marks and messages for devices in the store: numbers that rise and never return, payloads that are on the
 * disk wrapped only, batches that hold them together with the sessions that they came by.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/store/store_fixture.h"

static godwit_record_t reading(const char *payload)
{
    godwit_record_t r;
    memset(&r, 0, sizeof r);
    r.kind = GODWIT_RECORD_READING;
    assert_int_equal(godwit_imsi_from_text("001010000000001", &r.u.reading.imsi), GODWIT_OK);
    r.u.reading.session_id = 7;
    r.u.reading.count = UINT32_MAX;
    r.u.reading.user_plane = true;
    r.u.reading.time_ms = UINT64_C(1700000000123);
    r.u.reading.len = (uint16_t)strlen(payload);
    memcpy(r.u.reading.payload, payload, strlen(payload));
    return r;
}

static godwit_record_t downlink(const char *imsi, uint8_t id, const char *payload)
{
    godwit_record_t r;
    memset(&r, 0, sizeof r);
    r.kind = GODWIT_RECORD_DOWNLINK;
    assert_int_equal(godwit_imsi_from_text(imsi, &r.u.downlink.imsi), GODWIT_OK);
    memset(r.u.downlink.id, id, sizeof r.u.downlink.id);
    r.u.downlink.accepted_ms = 5;
    r.u.downlink.expires_ms = UINT64_MAX;
    r.u.downlink.len = (uint16_t)strlen(payload);
    memcpy(r.u.downlink.payload, payload, strlen(payload));
    return r;
}

static godwit_record_key_t key(godwit_record_kind_t kind, uint64_t number)
{
    godwit_record_key_t k = {.kind = kind};
    for (unsigned i = 0; i < 8; i++) {
        k.octets[i] = (uint8_t)(number >> (56 - 8 * i));
    }
    return k;
}

/* The first reading after that number. */
static godwit_status_t next(fixture_t *f, uint64_t after, godwit_record_t *record)
{
    godwit_record_key_t k = key(GODWIT_RECORD_READING, after);
    k.agreement = 1;
    return godwit_store_fetch(f->store, &k, record);
}

static void put(fixture_t *f, godwit_record_t record)
{
    assert_int_equal(godwit_store_put(f->store, &record), GODWIT_OK);
}

/* The number of the first reading that there is. */
static uint64_t lowest(fixture_t *f)
{
    godwit_record_t got;
    assert_int_equal(next(f, 0, &got), GODWIT_OK);
    return got.u.reading.number;
}

static void readings_are_numbered_and_come_back_in_order(void **state)
{
    fixture_t *f = *state;
    godwit_record_t got;
    assert_int_equal(next(f, 0, &got), GODWIT_NOT_FOUND);
    put(f, reading("one"));
    put(f, reading(""));
    assert_int_equal(next(f, 0, &got), GODWIT_OK);
    godwit_record_t expected = reading("one");
    const uint64_t one = lowest(f);
    expected.u.reading.number = one;
    assert_true(one > UINT64_C(1700000000) * 1000000); /* a node that has lost its store gives no number of before */
    assert_memory_equal(&got.u.reading, &expected.u.reading, sizeof got.u.reading);
    assert_int_equal(next(f, one, &got), GODWIT_OK);
    assert_int_equal(got.u.reading.number, one + 1);
    assert_int_equal(got.u.reading.len, 0);
    assert_int_equal(next(f, one + 1, &got), GODWIT_NOT_FOUND);
}

static void the_longest_payload_comes_back(void **state)
{
    fixture_t *f = *state;
    godwit_record_t r = reading(""), got;
    r.u.reading.len = GODWIT_USER_PLANE_MAX;
    memset(r.u.reading.payload, 0xa5, sizeof r.u.reading.payload);
    put(f, r);
    assert_int_equal(next(f, 0, &got), GODWIT_OK);
    assert_int_equal(got.u.reading.len, GODWIT_USER_PLANE_MAX);
    assert_memory_equal(got.u.reading.payload, r.u.reading.payload, GODWIT_USER_PLANE_MAX);
}

static void a_number_is_never_given_again(void **state)
{
    fixture_t *f = *state;
    godwit_record_t got;
    put(f, reading("one"));
    const uint64_t number = lowest(f);
    godwit_record_key_t one = key(GODWIT_RECORD_READING, number);
    assert_int_equal(godwit_store_remove(f->store, &one), GODWIT_OK);
    fixture_close(f);
    assert_int_equal(fixture_open(f), GODWIT_OK);
    put(f, reading("two"));
    assert_int_equal(next(f, 0, &got), GODWIT_OK);
    assert_true(got.u.reading.number > number);
    const uint64_t two = got.u.reading.number;
    assert_int_equal(godwit_store_begin(f->store),
                     GODWIT_OK); /* of a batch that is undone they are free, and others' */
    put(f, reading("lost"));
    godwit_store_rollback(f->store);
    put(f, reading("three"));
    assert_int_equal(next(f, two, &got), GODWIT_OK);
    assert_memory_equal(got.u.reading.payload, "three", 5);
    put(f, downlink("001010000000001", 1, "a")); /* has numbers of its own */
    godwit_record_key_t first = {.kind = GODWIT_RECORD_DOWNLINK};
    assert_int_equal(godwit_imsi_from_text("001010000000001", &first.imsi), GODWIT_OK);
    assert_int_equal(godwit_store_fetch(f->store, &first, &got), GODWIT_OK);
    assert_int_equal(got.u.downlink.number, number);
}

static void a_reading_and_its_session_are_stored_together_or_not_at_all(void **state)
{
    fixture_t *f = *state;
    godwit_record_t got;
    assert_int_equal(godwit_store_begin(f->store), GODWIT_OK);
    put(f, fixture_session(1));
    put(f, reading("lost"));
    godwit_store_rollback(f->store);
    assert_int_equal(next(f, 0, &got), GODWIT_NOT_FOUND);
    godwit_record_t session = fixture_session(1);
    assert_int_equal(fixture_fetch(f->store, &session, &got), GODWIT_NOT_FOUND);
    assert_int_equal(godwit_store_begin(f->store), GODWIT_OK);
    put(f, fixture_session(1));
    put(f, reading("kept"));
    assert_int_equal(next(f, 0, &got), GODWIT_OK); /* its own batch sees it */
    assert_int_equal(godwit_store_commit(f->store), GODWIT_OK);
    assert_int_equal(fixture_fetch(f->store, &session, &got), GODWIT_OK);
    assert_int_equal(next(f, 0, &got), GODWIT_OK);
}

static godwit_record_t mark(uint64_t number)
{
    godwit_record_t r;
    memset(&r, 0, sizeof r);
    r.kind = GODWIT_RECORD_DELIVERY_MARK;
    memset(r.u.delivery_mark.destination_key, 9, 16);
    (void)snprintf(r.u.delivery_mark.destination, sizeof r.u.delivery_mark.destination, "webhook");
    r.u.delivery_mark.number = number;
    return r;
}

static void a_mark_never_goes_back(void **state)
{
    fixture_t *f = *state;
    godwit_record_t got, back = mark(4), five = mark(5);
    put(f, mark(5));
    put(f, mark(5));
    assert_int_equal(godwit_store_put(f->store, &back), GODWIT_STORE_FAILED);
    assert_non_null(strstr(godwit_store_why(f->store), "mark of a destination would go back"));
    godwit_record_key_t k = godwit_record_key_of(&five);
    assert_int_equal(godwit_store_fetch(f->store, &k, &got), GODWIT_OK);
    assert_memory_equal(&got.u.delivery_mark, &five.u.delivery_mark, sizeof got.u.delivery_mark);
}

static void messages_for_a_device_are_found_by_device_rank_and_id(void **state)
{
    fixture_t *f = *state;
    godwit_record_t got;
    put(f, downlink("001010000000001", 1, "first"));
    put(f, downlink("001010000000002", 1, "other"));
    put(f, downlink("001010000000001", 2, "second"));
    godwit_record_key_t k = {.kind = GODWIT_RECORD_DOWNLINK};
    assert_int_equal(godwit_imsi_from_text("001010000000001", &k.imsi), GODWIT_OK);
    assert_int_equal(godwit_store_fetch(f->store, &k, &got), GODWIT_OK);
    assert_memory_equal(got.u.downlink.payload, "first", 5);
    const uint64_t one = got.u.downlink.number;
    assert_int_equal(got.u.downlink.expires_ms, UINT64_MAX);
    k.session_id = 1;
    assert_int_equal(godwit_store_fetch(f->store, &k, &got), GODWIT_OK);
    assert_memory_equal(got.u.downlink.payload, "second", 6);
    k.session_id = 2;
    assert_int_equal(godwit_store_fetch(f->store, &k, &got), GODWIT_NOT_FOUND);
    k.session_id = 0;
    memset(k.octets, 2, sizeof k.octets);
    assert_int_equal(godwit_store_fetch(f->store, &k, &got), GODWIT_OK);
    assert_int_equal(got.u.downlink.number, one + 2);
    memset(k.octets, 3, sizeof k.octets);
    assert_int_equal(godwit_store_fetch(f->store, &k, &got), GODWIT_NOT_FOUND);
}

static void no_payload_is_on_the_disk_in_clear(void **state)
{
    fixture_t *f = *state;
    char log[FIXTURE_PATH + 32];
    put(f, reading("21.5 degrees in the vault"));
    put(f, downlink("001010000000001", 1, "open the third valve"));
    (void)snprintf(log, sizeof log, "%s-wal", f->path);
    assert_true(fixture_file_has(log, "001010000000001")); /* the search works */
    assert_false(fixture_file_has(log, "degrees") || fixture_file_has(log, "valve"));
    assert_false(fixture_file_has(f->path, "degrees") || fixture_file_has(f->path, "valve"));
}

static void a_restored_store_sends_nothing_down_again_and_skips_the_numbers(void **state)
{
    fixture_t *f = *state;
    godwit_restored_t done;
    godwit_record_t got;
    const uint64_t now_s = UINT64_C(4000000000);
    put(f, reading("waits"));
    put(f, downlink("001010000000001", 1, "open"));
    assert_int_equal(godwit_store_after_restore(f->store, now_s, 10, &done), GODWIT_OK);
    assert_int_equal(next(f, 0, &got), GODWIT_OK);
    const uint64_t one = got.u.reading.number;
    assert_int_equal(next(f, one, &got), GODWIT_NOT_FOUND);
    put(f, reading("after"));
    assert_int_equal(next(f, one, &got), GODWIT_OK);
    assert_int_equal(got.u.reading.number, now_s * 1000000 + 1);
    uint64_t count = 1;
    assert_int_equal(godwit_store_count(f->store, GODWIT_RECORD_DOWNLINK, &count), GODWIT_OK);
    assert_int_equal(count, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(readings_are_numbered_and_come_back_in_order),
        TEST(the_longest_payload_comes_back),
        TEST(a_number_is_never_given_again),
        TEST(a_reading_and_its_session_are_stored_together_or_not_at_all),
        TEST(a_mark_never_goes_back),
        TEST(messages_for_a_device_are_found_by_device_rank_and_id),
        TEST(no_payload_is_on_the_disk_in_clear),
        TEST(a_restored_store_sends_nothing_down_again_and_skips_the_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
