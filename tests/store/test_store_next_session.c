/* SPDX-License-Identifier: Apache-2.0
 *
 * Vectors of following sessions in the store: what was consumed or replaced stays away as long as it would have lived.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/store/store_fixture.h"

static void put_ok(fixture_t *f, godwit_record_t record)
{
    if (godwit_store_put(f->store, &record) != GODWIT_OK) {
        fail_msg("%s", godwit_store_why(f->store));
    }
}

static void assert_refused(fixture_t *f, godwit_record_t record)
{
    assert_int_equal(godwit_store_put(f->store, &record), GODWIT_STORE_FAILED);
    assert_non_null(strstr(godwit_store_why(f->store), "would come back"));
}

static godwit_status_t find(fixture_t *f, const godwit_record_t *like)
{
    godwit_record_t got;
    godwit_status_t status = fixture_fetch(f->store, like, &got);
    if (status == GODWIT_OK) {
        assert_memory_equal(&got.u.next_session, &like->u.next_session, sizeof got.u.next_session);
    }
    return status;
}

static void remove_ok(fixture_t *f, const godwit_record_t *record)
{
    const godwit_record_key_t key = godwit_record_key_of(record);
    assert_int_equal(godwit_store_remove(f->store, &key), GODWIT_OK);
}

static void a_record_comes_back_whole_after_a_restart(void **state)
{
    fixture_t *f = *state;
    const godwit_record_t record = fixture_next_session(1);
    put_ok(f, record);
    put_ok(f, record); /* the same again is no other */
    fixture_close(f);
    assert_int_equal(fixture_open(f), GODWIT_OK);
    assert_int_equal(find(f, &record), GODWIT_OK);
}

static void what_was_consumed_does_not_come_back(void **state)
{
    fixture_t *f = *state;
    godwit_record_t record = fixture_next_session(1);
    put_ok(f, record);
    remove_ok(f, &record);
    assert_int_equal(find(f, &record), GODWIT_NOT_FOUND);
    assert_refused(f, record);
    record.u.next_session.next.tmsi++; /* nor by another name, nor later */
    assert_refused(f, record);
    fixture_close(f);
    assert_int_equal(fixture_open(f), GODWIT_OK);
    assert_refused(f, record);
}

static void a_new_one_takes_the_place_of_the_former(void **state)
{
    fixture_t *f = *state;
    const godwit_record_t former = fixture_next_session(1), other = fixture_next_session(3);
    godwit_record_t record = fixture_next_session(2);
    record.u.next_session.imsi = former.u.next_session.imsi;
    put_ok(f, former);
    put_ok(f, other);
    put_ok(f, record);
    assert_int_equal(find(f, &former), GODWIT_NOT_FOUND);
    assert_int_equal(find(f, &record), GODWIT_OK);
    assert_int_equal(find(f, &other), GODWIT_OK);
    assert_refused(f, former);
}

static void the_same_name_with_another_vector_is_another(void **state)
{
    fixture_t *f = *state;
    const godwit_record_t former = fixture_next_session(1);
    godwit_record_t record = former;
    record.u.next_session.rand[0] ^= 1;
    put_ok(f, former);
    put_ok(f, record);
    assert_int_equal(find(f, &record), GODWIT_OK);
    assert_refused(f, former);
}

static void it_is_found_by_the_imsi_too(void **state)
{
    fixture_t *f = *state;
    godwit_record_t got, record = fixture_next_session(1);
    godwit_record_key_t key = {
        .kind = GODWIT_RECORD_NEXT_SESSION, .imsi = record.u.next_session.imsi, .agreement = GODWIT_NEXT_EPS};
    put_ok(f, fixture_next_session(2));
    put_ok(f, record);
    assert_int_equal(godwit_store_fetch(f->store, &key, &got), GODWIT_OK);
    assert_memory_equal(&got.u.next_session, &record.u.next_session, sizeof record.u.next_session);
    key.agreement = GODWIT_NEXT_PS;
    assert_int_equal(godwit_store_fetch(f->store, &key, &got), GODWIT_NOT_FOUND);
}

static void domains_do_not_know_each_other(void **state)
{
    fixture_t *f = *state;
    const godwit_record_t eps = fixture_next_session(1);
    godwit_record_t cs = eps;
    cs.u.next_session.next.domain = GODWIT_NEXT_CS;
    cs.u.next_session.rand[0] ^= 1;
    put_ok(f, eps);
    put_ok(f, cs);
    remove_ok(f, &cs);
    assert_int_equal(find(f, &eps), GODWIT_OK);
}

static void what_has_expired_is_cleared_away(void **state)
{
    fixture_t *f = *state;
    const godwit_record_t old = fixture_next_session(1), spent = fixture_next_session(2);
    godwit_record_t record = fixture_next_session(3);
    put_ok(f, old);
    put_ok(f, spent);
    remove_ok(f, &spent);
    record.u.next_session.created_ms = old.u.next_session.expires_ms + 10;
    record.u.next_session.expires_ms = record.u.next_session.created_ms + 10;
    put_ok(f, record);
    assert_int_equal(find(f, &old), GODWIT_NOT_FOUND);
    assert_int_equal(fixture_sql(f, "CREATE TABLE probe(n INTEGER CHECK(n = 0)) STRICT;"
                                    "INSERT INTO probe SELECT count(*) FROM next_session_spent; DROP TABLE probe"),
                     0);
}

static void a_restored_store_has_none(void **state)
{
    fixture_t *f = *state;
    godwit_restored_t done;
    const godwit_record_t record = fixture_next_session(1);
    put_ok(f, record);
    assert_int_equal(godwit_store_after_restore(f->store, 1800000000, 10, &done), GODWIT_OK);
    assert_int_equal(find(f, &record), GODWIT_NOT_FOUND);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_record_comes_back_whole_after_a_restart),
        TEST(what_was_consumed_does_not_come_back),
        TEST(a_new_one_takes_the_place_of_the_former),
        TEST(the_same_name_with_another_vector_is_another),
        TEST(it_is_found_by_the_imsi_too),
        TEST(domains_do_not_know_each_other),
        TEST(what_has_expired_is_cleared_away),
        TEST(a_restored_store_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
