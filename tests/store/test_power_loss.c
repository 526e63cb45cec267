/* SPDX-License-Identifier: Apache-2.0
 *
 * Power is lost at every write, truncation, deletion and sync of a life of the store, in three ways. Afterwards the
 * store opens, what was reported as stored is there, a batch is there whole or not at all, and nothing that counts has
 * gone back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "adapters/store/sqlite_open.h"
#include "tests/store/power_vfs.h"
#include "tests/store/store_fixture.h"

#define BATCHES_FIRST 4u
#define BATCHES_SECOND 3u

/* How far a life came: batches reported as stored, and batches that were tried. */
typedef struct progress {
    unsigned stored, tried;
} progress_t;

static godwit_record_t subscriber_at(unsigned batch)
{
    godwit_record_t record = fixture_subscriber(2);
    record.u.subscriber.seq_he += batch;
    return record;
}

static godwit_record_t key_set_at(unsigned batch)
{
    godwit_record_t record = fixture_key_set(2);
    record.u.key_set.generation += batch;
    return record;
}

static godwit_record_t session_at(unsigned batch)
{
    godwit_record_t record = fixture_session(2);
    record.u.session.current.hot.up_next_in = 100 + batch;
    return record;
}

static bool store_batch(godwit_store_t *store, unsigned batch)
{
    godwit_record_t subscriber = subscriber_at(batch), key_set = key_set_at(batch), session = session_at(batch);
    godwit_record_t other = fixture_session(100 + batch);
    if (godwit_store_begin(store) != GODWIT_OK) {
        return false;
    }
    /* Whatever single calls say, only the commit's word counts. */
    bool put = godwit_store_put(store, &subscriber) == GODWIT_OK;
    put &= godwit_store_put(store, &key_set) == GODWIT_OK;
    put &= godwit_store_put(store, &session) == GODWIT_OK;
    put &= godwit_store_put(store, &other) == GODWIT_OK;
    return godwit_store_commit(store) == GODWIT_OK && put;
}

static void live_once(fixture_t *f, unsigned batches, progress_t *progress)
{
    if (fixture_open(f) != GODWIT_OK) {
        return;
    }
    for (unsigned i = 0; i < batches; i++) {
        progress->tried++;
        if (!store_batch(f->store, progress->tried)) {
            break;
        }
        progress->stored = progress->tried;
    }
    fixture_close(f);
}

static void remove_store(const fixture_t *f)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    char name[FIXTURE_PATH + 32];
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        snprintf(name, sizeof name, "%s%s", f->path, endings[i]);
        unlink(name);
    }
}

/* The key file stays: it does not pass through this disk, and is synced before it has its name. */
static progress_t live_until(fixture_t *f, unsigned die_at)
{
    progress_t progress = {0, 0};
    remove_store(f);
    f->config.vfs = POWER_VFS;
    power_begin(die_at);
    live_once(f, BATCHES_FIRST, &progress);
    if (progress.stored == progress.tried) {
        live_once(f, BATCHES_SECOND, &progress);
    }
    return progress;
}

static void assert_nothing_went_back(fixture_t *f, progress_t progress, unsigned die_at, power_loss_t loss)
{
    godwit_record_t subscriber = subscriber_at(0), key_set = key_set_at(0), session = session_at(0), got;
    f->config.vfs = NULL;
    if (fixture_open(f) != GODWIT_OK) {
        fail_msg("died at %u (%d): %s", die_at, (int)loss, f->why);
    }
    unsigned there = 0;
    godwit_status_t status = fixture_fetch(f->store, &subscriber, &got);
    if (status == GODWIT_OK) {
        there = (unsigned)(got.u.subscriber.seq_he - subscriber.u.subscriber.seq_he);
    }
    if (there < progress.stored || there > progress.tried) {
        fail_msg("died at %u (%d): batch %u is there; %u was stored, %u tried", die_at, (int)loss, there,
                 progress.stored, progress.tried);
    }
    if (there > 0) {
        assert_int_equal(fixture_fetch(f->store, &key_set, &got), GODWIT_OK);
        assert_int_equal(got.u.key_set.generation, key_set.u.key_set.generation + there);
        assert_int_equal(fixture_fetch(f->store, &session, &got), GODWIT_OK);
        assert_int_equal(got.u.session.current.hot.up_next_in, 100 + there);
        godwit_record_t back = subscriber_at(there - 1);
        assert_int_equal(godwit_store_put(f->store, &back), GODWIT_STORE_FAILED);
    }
    uint64_t sessions = 0;
    assert_int_equal(godwit_store_count(f->store, GODWIT_RECORD_SESSION, &sessions), GODWIT_OK);
    assert_int_equal(sessions, there == 0 ? 0 : there + 1);
    assert_true(store_batch(f->store, there + 1));
    fixture_close(f);
}

static void lose(fixture_t *f, power_loss_t loss)
{
    (void)live_until(f, 0);
    unsigned operations = power_operations();
    assert_true(operations > 30);
    for (unsigned die_at = 1; die_at <= operations; die_at++) {
        progress_t progress = live_until(f, die_at);
        power_restore(loss, die_at);
        assert_nothing_went_back(f, progress, die_at, loss);
    }
}

static void what_was_not_synced_is_gone(void **state)
{
    lose(*state, POWER_DROPS_UNSYNCED);
}

static void only_the_process_died(void **state)
{
    lose(*state, POWER_KEEPS_UNSYNCED);
}

static void some_sectors_were_written(void **state)
{
    lose(*state, POWER_TEARS_UNSYNCED);
}

#define MANY 200u

/* One write that fails inside a long batch (its pages go to the disk before the commit): SQLite undoes the batch by
 * itself, and what is put after that must not be stored as if it stood alone. */
static void one_failed_write_leaves_a_batch_whole_or_not_at_all(void **state)
{
    fixture_t *f = *state;
    unsigned undone = 0;
    f->config.vfs = POWER_VFS;
    power_begin(0);
    remove_store(f);
    assert_int_equal(fixture_open(f), GODWIT_OK);
    assert_int_equal(sqlite3_exec(((godwit_sqlite_t *)f->store)->db, "PRAGMA cache_size=5", NULL, NULL, NULL),
                     SQLITE_OK);
    for (unsigned fail_at = 1; fail_at < 150; fail_at += 7) {
        uint64_t before = 0, after = 0;
        unsigned put = 0;
        assert_int_equal(godwit_store_count(f->store, GODWIT_RECORD_SESSION, &before), GODWIT_OK);
        power_fail_once(fail_at);
        assert_int_equal(godwit_store_begin(f->store), GODWIT_OK);
        for (unsigned n = 0; n < MANY; n++) {
            godwit_record_t record = fixture_session(1000u * fail_at + n);
            put += godwit_store_put(f->store, &record) == GODWIT_OK;
        }
        bool stored = godwit_store_commit(f->store) == GODWIT_OK;
        power_fail_once(0);
        undone += !stored;
        assert_int_equal(godwit_store_count(f->store, GODWIT_RECORD_SESSION, &after), GODWIT_OK);
        assert_int_equal(after - before, stored ? put : 0);
    }
    assert_true(undone > 0);
}

static int setup(void **state)
{
    static bool registered;
    if (!registered) {
        power_register();
        registered = true;
    }
    int rc = fixture_setup(state);
    fixture_close(*state);
    return rc;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_was_not_synced_is_gone),
        TEST(only_the_process_died),
        TEST(some_sectors_were_written),
        TEST(one_failed_write_leaves_a_batch_whole_or_not_at_all),
    };
    return cmocka_run_group_tests_name("power loss", tests, NULL, NULL);
}
