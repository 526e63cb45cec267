/* SPDX-License-Identifier: Apache-2.0
 *
 * Anchor keys of AKMA in the store: one for each subscriber, found by A-TID.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/store/store_fixture.h"

static godwit_record_t anchor_of(unsigned subscriber, uint8_t n)
{
    godwit_record_t record;
    char imsi[GODWIT_IMSI_DIGITS_MAX + 1];
    memset(&record, 0, sizeof record);
    record.kind = GODWIT_RECORD_AKMA;
    (void)snprintf(imsi, sizeof imsi, "00101%010u", subscriber);
    assert_int_equal(godwit_imsi_from_text(imsi, &record.u.akma.imsi), GODWIT_OK);
    memset(record.u.akma.a_tid, n, sizeof record.u.akma.a_tid);
    memset(record.u.akma.k_akma, 0x80 + n, sizeof record.u.akma.k_akma);
    record.u.akma.created_ms = 1000 + n;
    return record;
}

static godwit_status_t by_a_tid(fixture_t *f, uint8_t n, godwit_record_t *got)
{
    godwit_record_key_t key = {.kind = GODWIT_RECORD_AKMA};
    memset(key.octets, n, sizeof key.octets);
    return godwit_store_fetch(f->store, &key, got);
}

static void an_anchor_key_is_found_by_its_a_tid_after_a_restart(void **state)
{
    fixture_t *f = *state;
    godwit_record_t got;
    const godwit_record_t one = anchor_of(1, 1), two = anchor_of(2, 2);
    assert_int_equal(godwit_store_put(f->store, &one), GODWIT_OK);
    assert_int_equal(godwit_store_put(f->store, &two), GODWIT_OK);
    fixture_close(f);
    assert_int_equal(fixture_open(f), GODWIT_OK);
    assert_int_equal(by_a_tid(f, 2, &got), GODWIT_OK);
    assert_memory_equal(&got.u.akma, &two.u.akma, sizeof two.u.akma);
    assert_int_equal(by_a_tid(f, 3, &got), GODWIT_NOT_FOUND);
    assert_int_equal(fixture_fetch(f->store, &one, &got), GODWIT_OK);
}

static void a_new_anchor_key_takes_the_place_of_the_former(void **state)
{
    fixture_t *f = *state;
    godwit_record_t got;
    const godwit_record_t one = anchor_of(1, 1), next = anchor_of(1, 3);
    assert_int_equal(godwit_store_put(f->store, &one), GODWIT_OK);
    assert_int_equal(godwit_store_put(f->store, &next), GODWIT_OK);
    assert_int_equal(by_a_tid(f, 1, &got), GODWIT_NOT_FOUND);
    assert_int_equal(by_a_tid(f, 3, &got), GODWIT_OK);
    const godwit_record_key_t key = godwit_record_key_of(&next);
    assert_int_equal(godwit_store_remove(f->store, &key), GODWIT_OK);
    assert_int_equal(by_a_tid(f, 3, &got), GODWIT_NOT_FOUND);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)

static void after_a_backup_there_is_none(void **state)
{
    fixture_t *f = *state;
    godwit_record_t got;
    godwit_restored_t done;
    const godwit_record_t one = anchor_of(1, 1);
    assert_int_equal(godwit_store_put(f->store, &one), GODWIT_OK);
    assert_int_equal(godwit_store_after_restore(f->store, 1800000000, 10, &done), GODWIT_OK);
    assert_int_equal(by_a_tid(f, 1, &got), GODWIT_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_anchor_key_is_found_by_its_a_tid_after_a_restart),
        TEST(a_new_anchor_key_takes_the_place_of_the_former),
        cmocka_unit_test_setup_teardown(after_a_backup_there_is_none, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests_name("store_akma", tests, NULL, NULL);
}
