/* SPDX-License-Identifier: Apache-2.0
 *
 * What a source of triggers keeps: its references only rise and are not forgotten, an outcome that is known stays, a
 * payload is on the disk wrapped only; a store of the version before takes it in; and after a backup nothing is given
 * again, nor asked for again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/store/store_fixture.h"

#define PAYLOAD "open the valve of meter 7"

static godwit_record_t source(uint32_t reserved)
{
    godwit_record_t r;
    memset(&r, 0, sizeof r);
    r.kind = GODWIT_RECORD_SCS_SOURCE;
    memset(r.u.scs_source.source_key, 0x5c, sizeof r.u.scs_source.source_key);
    strcpy(r.u.scs_source.name, "scs.water.test");
    r.u.scs_source.reserved = reserved;
    return r;
}

static godwit_record_t trigger(uint16_t place, godwit_scs_state_t state)
{
    godwit_record_t r;
    memset(&r, 0, sizeof r);
    r.kind = GODWIT_RECORD_SCS_TRIGGER;
    godwit_scs_trigger_t *t = &r.u.scs_trigger.trigger;
    memset(r.u.scs_trigger.source_key, 0x5c, sizeof r.u.scs_trigger.source_key);
    r.u.scs_trigger.place = place;
    t->state = state;
    t->action.action = GODWIT_ACTION_TRIGGER;
    t->action.reference = UINT32_MAX - place;
    strcpy(t->action.device.external_id, "meter-7@water.test");
    t->action.payload_len = (uint8_t)strlen(PAYLOAD);
    memcpy(t->action.payload, PAYLOAD, strlen(PAYLOAD));
    t->action.validity_s = 3600;
    t->status = GODWIT_TRIGGER_QUOTAEXCEEDED;
    t->proved = true;
    t->reports = 1;
    t->number = UINT64_C(1) << 40;
    t->created_ms = UINT64_C(1700000000123);
    return r;
}

static void put_ok(const fixture_t *f, godwit_record_t record)
{
    if (godwit_store_put(f->store, &record) != GODWIT_OK) {
        fail_msg("%s", godwit_store_why(f->store));
    }
}

static void assert_refused(const fixture_t *f, godwit_record_t record, const char *why)
{
    assert_int_equal(godwit_store_put(f->store, &record), GODWIT_STORE_FAILED);
    assert_non_null(strstr(godwit_store_why(f->store), why));
}

static godwit_record_t fetched(const fixture_t *f, godwit_record_t like)
{
    godwit_record_t got;
    assert_int_equal(fixture_fetch(f->store, &like, &got), GODWIT_OK);
    return got;
}

static void references_only_rise_and_are_not_forgotten(void **state)
{
    fixture_t *f = *state;
    const godwit_record_t one = source(1000);
    const godwit_record_key_t key = godwit_record_key_of(&one);
    put_ok(f, one);
    put_ok(f, source(UINT32_MAX));
    assert_refused(f, source(UINT32_MAX - 1), "a reference would be given again");
    assert_int_equal(godwit_store_remove(f->store, &key), GODWIT_STORE_FAILED);
    fixture_close(f);
    assert_int_equal(fixture_open(f), GODWIT_OK);
    assert_int_equal(fetched(f, one).u.scs_source.reserved, UINT32_MAX);
}

static void an_outcome_that_is_known_stays_until_another_trigger_takes_the_place(void **state)
{
    const fixture_t *f = *state;
    godwit_record_t one = trigger(255, GODWIT_SCS_ACCEPTED);
    put_ok(f, one);
    one.u.scs_trigger.trigger.state = GODWIT_SCS_DONE;
    one.u.scs_trigger.trigger.outcome = GODWIT_OUTCOME_SUCCESS;
    put_ok(f, one);
    one.u.scs_trigger.trigger.outcome = GODWIT_OUTCOME_EXPIRED;
    assert_refused(f, one, "an outcome that is known would change");
    one.u.scs_trigger.trigger.outcome = GODWIT_OUTCOME_SUCCESS;
    one.u.scs_trigger.trigger.state = GODWIT_SCS_ASKED;
    assert_refused(f, one, "an outcome that is known would change");
    one.u.scs_trigger.trigger.number++;
    put_ok(f, one);
    assert_int_equal(fetched(f, one).u.scs_trigger.trigger.state, GODWIT_SCS_ASKED);
    one.u.scs_trigger.place = GODWIT_SCS_TRIGGERS_MAX;
    put_ok(f, one);
    godwit_record_t got;
    assert_int_equal(fixture_fetch(f->store, &one, &got), GODWIT_STORE_FAILED); /* there is no such place */
}

static void no_payload_is_on_the_disk_in_clear(void **state)
{
    fixture_t *f = *state;
    put_ok(f, trigger(0, GODWIT_SCS_ASKED));
    assert_memory_equal(fetched(f, trigger(0, 0)).u.scs_trigger.trigger.action.payload, PAYLOAD, strlen(PAYLOAD));
    char log[FIXTURE_PATH + 32];
    (void)snprintf(log, sizeof log, "%s-wal", f->path);
    assert_true(fixture_file_has(f->path, "meter-7@water.test") || fixture_file_has(log, "meter-7@water.test"));
    assert_false(fixture_file_has(f->path, PAYLOAD) || fixture_file_has(log, PAYLOAD));
}

static void the_version_before_is_upgraded_with_what_it_holds(void **state)
{
    fixture_t *f = *state;
    put_ok(f, fixture_key_set(2));
    put_ok(f, fixture_session(2));
    fixture_close(f);
    assert_int_equal(fixture_sql(f, "DROP TABLE scs_source; DROP TABLE scs_trigger; PRAGMA user_version=8"), 0);
    assert_int_equal(fixture_open(f), GODWIT_OK);
    const godwit_record_t key_set = fixture_key_set(2);
    const godwit_record_t back = fetched(f, key_set);
    assert_memory_equal(&back, &key_set, sizeof back);
    assert_int_equal(fetched(f, fixture_session(2)).u.session.session_id, fixture_session(2).u.session.session_id);
    put_ok(f, source(7));
    assert_refused(f, source(6), "a reference would be given again");
    put_ok(f, trigger(1, GODWIT_SCS_ASKED));
}

static void after_a_backup_nothing_is_given_or_asked_for_again(void **state)
{
    const fixture_t *f = *state;
    godwit_restored_t done;
    put_ok(f, source(1000));
    godwit_record_t other = source(UINT32_MAX - 5);
    other.u.scs_source.source_key[0] = 1;
    put_ok(f, other);
    put_ok(f, trigger(0, GODWIT_SCS_ASKED));
    put_ok(f, trigger(1, GODWIT_SCS_ACCEPTED));
    assert_int_equal(godwit_store_after_restore(f->store, UINT64_C(1800000000), 10, &done), GODWIT_OK);
    assert_int_equal(fetched(f, source(0)).u.scs_source.reserved, 1000 + (1 << 20));
    assert_int_equal(fetched(f, other).u.scs_source.reserved, UINT32_MAX);
    const godwit_record_t asked = fetched(f, trigger(0, 0));
    assert_int_equal(asked.u.scs_trigger.trigger.state, GODWIT_SCS_SILENT);
    assert_memory_equal(asked.u.scs_trigger.trigger.action.payload, PAYLOAD, strlen(PAYLOAD));
    assert_int_equal(fetched(f, trigger(1, 0)).u.scs_trigger.trigger.state, GODWIT_SCS_ACCEPTED);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(references_only_rise_and_are_not_forgotten),
        TEST(an_outcome_that_is_known_stays_until_another_trigger_takes_the_place),
        TEST(no_payload_is_on_the_disk_in_clear),
        TEST(the_version_before_is_upgraded_with_what_it_holds),
        TEST(after_a_backup_nothing_is_given_or_asked_for_again),
    };
    return cmocka_run_group_tests_name("store_source", tests, NULL, NULL);
}
