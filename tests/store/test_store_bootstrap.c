/* SPDX-License-Identifier: Apache-2.0
 *
 * Bootstrapping runs of GBA in the store: written once, eight of a subscriber, gone when they have expired.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/store/store_fixture.h"

static godwit_record_t run_of(unsigned subscriber, unsigned n)
{
    godwit_record_t record;
    memset(&record, 0, sizeof record);
    record.kind = GODWIT_RECORD_BOOTSTRAP;
    godwit_bootstrap_record_t *b = &record.u.bootstrap;
    memset(b->rand, (int)(subscriber + 1), sizeof b->rand);
    b->rand[15] = (uint8_t)n;
    memset(b->ks, (int)(0xA0 + n), sizeof b->ks);
    b->uicc = n % 2 == 1;
    b->type = n % 3 == 2 ? GODWIT_GBA_2G : GODWIT_GBA_3G;
    b->created_ms = 1000 + n;
    b->expires_ms = 1000000 + n;
    (void)snprintf(b->impi, sizeof b->impi, "00101000000%04u@ims.mnc001.mcc001.3gppnetwork.org", subscriber);
    return record;
}

static bool holds(fixture_t *f, const godwit_record_t *like)
{
    godwit_record_t got;
    godwit_status_t status = fixture_fetch(f->store, like, &got);
    if (status == GODWIT_OK) {
        assert_memory_equal(&got.u.bootstrap, &like->u.bootstrap, sizeof got.u.bootstrap);
    }
    return status == GODWIT_OK;
}

static void put_ok(fixture_t *f, const godwit_record_t *record)
{
    if (godwit_store_put(f->store, record) != GODWIT_OK) {
        fail_msg("%s", godwit_store_why(f->store));
    }
}

static void a_run_comes_back_whole_after_a_restart(void **state)
{
    fixture_t *f = *state;
    const godwit_record_t one = run_of(1, 1), two = run_of(2, 2);
    put_ok(f, &one);
    put_ok(f, &two);
    fixture_close(f);
    assert_int_equal(fixture_open(f), GODWIT_OK);
    assert_true(holds(f, &one));
    assert_true(holds(f, &two));
    const godwit_record_key_t key = godwit_record_key_of(&one);
    assert_int_equal(godwit_store_remove(f->store, &key), GODWIT_OK);
    assert_false(holds(f, &one));
}

static void a_run_is_never_written_over(void **state)
{
    fixture_t *f = *state;
    const godwit_record_t one = run_of(1, 1);
    godwit_record_t other = one;
    put_ok(f, &one);
    other.u.bootstrap.ks[0] ^= 1;
    assert_int_equal(godwit_store_put(f->store, &other), GODWIT_STORE_FAILED);
    assert_non_null(strstr(godwit_store_why(f->store), "written over"));
    assert_true(holds(f, &one));
}

static void a_subscriber_keeps_the_newest_eight(void **state)
{
    fixture_t *f = *state;
    const godwit_record_t others = run_of(2, 1);
    put_ok(f, &others);
    for (unsigned n = 0; n < 20; n++) {
        const godwit_record_t record = run_of(1, n);
        put_ok(f, &record);
        assert_true(holds(f, &record));
    }
    for (unsigned n = 0; n < 20; n++) {
        const godwit_record_t record = run_of(1, n);
        assert_int_equal(holds(f, &record), n >= 12);
    }
    assert_true(holds(f, &others));
}

static void what_has_expired_goes_when_another_comes(void **state)
{
    fixture_t *f = *state;
    const godwit_record_t old = run_of(1, 1);
    godwit_record_t late = run_of(2, 2);
    put_ok(f, &old);
    late.u.bootstrap.created_ms = old.u.bootstrap.expires_ms;
    late.u.bootstrap.expires_ms = late.u.bootstrap.created_ms + 1;
    put_ok(f, &late);
    assert_false(holds(f, &old));
    assert_true(holds(f, &late));
}

static void after_a_backup_there_is_none(void **state)
{
    fixture_t *f = *state;
    godwit_restored_t done;
    const godwit_record_t one = run_of(1, 1);
    put_ok(f, &one);
    assert_int_equal(godwit_store_after_restore(f->store, 1800000000, 10, &done), GODWIT_OK);
    assert_false(holds(f, &one));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_run_comes_back_whole_after_a_restart), TEST(a_run_is_never_written_over),
        TEST(a_subscriber_keeps_the_newest_eight),    TEST(what_has_expired_goes_when_another_comes),
        TEST(after_a_backup_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
