/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite store: records come back as they went in, nothing that counts goes back, secrets are on the disk only
 * wrapped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/store/sqlite_open.h"
#include "adapters/store/sqlite_schema.h"
#include "tests/store/store_fixture.h"

static void put_ok(fixture_t *f, godwit_record_t record)
{
    if (godwit_store_put(f->store, &record) != GODWIT_OK) {
        fail_msg("%s", godwit_store_why(f->store));
    }
}

static void assert_comes_back(fixture_t *f, godwit_record_t record)
{
    godwit_record_t got;
    memset(&got, 0xa5, sizeof got);
    assert_int_equal(fixture_fetch(f->store, &record, &got), GODWIT_OK);
    assert_memory_equal(&got, &record, sizeof got);
}

static void every_member_of_every_record_comes_back(void **state)
{
    fixture_t *f = *state;
    for (unsigned n = 0; n < 3; n++) {
        put_ok(f, fixture_subscriber(n));
        put_ok(f, fixture_key_set(n));
        put_ok(f, fixture_session(n));
    }
    fixture_close(f);
    assert_int_equal(fixture_open(f), GODWIT_OK);
    for (unsigned n = 0; n < 3; n++) {
        assert_comes_back(f, fixture_subscriber(n));
        assert_comes_back(f, fixture_key_set(n));
        assert_comes_back(f, fixture_session(n));
    }
}

static void a_record_that_is_not_there_is_not_found(void **state)
{
    fixture_t *f = *state;
    godwit_record_t absent = fixture_session(1), got;
    godwit_record_key_t key = godwit_record_key_of(&absent);
    assert_int_equal(fixture_fetch(f->store, &absent, &got), GODWIT_NOT_FOUND);
    assert_int_equal(godwit_store_remove(f->store, &key), GODWIT_NOT_FOUND);
    put_ok(f, absent);
    assert_int_equal(godwit_store_remove(f->store, &key), GODWIT_OK);
    assert_int_equal(fixture_fetch(f->store, &absent, &got), GODWIT_NOT_FOUND);
}

static void key_sets_of_one_imsi_differ_by_agreement(void **state)
{
    fixture_t *f = *state;
    godwit_record_t eps = fixture_key_set(2), umts = fixture_key_set(2);
    umts.u.key_set.agreement = GODWIT_AGREEMENT_SEPARATE_UMTS;
    umts.u.key_set.generation = 1;
    put_ok(f, eps);
    put_ok(f, umts);
    assert_comes_back(f, eps);
    assert_comes_back(f, umts);
}

static void a_session_is_found_by_its_imsi_the_newest_first(void **state)
{
    fixture_t *f = *state;
    godwit_record_t older = fixture_session(1), newer = fixture_session(2), got;
    newer.u.session.imsi = older.u.session.imsi;
    newer.u.session.created_ms++;
    put_ok(f, newer);
    put_ok(f, older);
    put_ok(f, fixture_session(3));
    godwit_record_key_t key = {.kind = GODWIT_RECORD_SESSION, .imsi = older.u.session.imsi};
    assert_int_equal(godwit_store_fetch(f->store, &key, &got), GODWIT_OK);
    assert_memory_equal(&got, &newer, sizeof got);
    key.imsi.digits[4] = '9';
    assert_int_equal(godwit_store_fetch(f->store, &key, &got), GODWIT_NOT_FOUND);
}

/* ---- nothing goes back ------------------------------------------------------------------------------------------- */

static void assert_refused(fixture_t *f, godwit_record_t record, const char *word)
{
    assert_int_equal(godwit_store_put(f->store, &record), GODWIT_STORE_FAILED);
    if (strstr(godwit_store_why(f->store), word) == NULL) {
        fail_msg("'%s' does not say '%s'", godwit_store_why(f->store), word);
    }
}

static void sqn_goes_back_only_by_resynchronisation(void **state)
{
    fixture_t *f = *state;
    godwit_record_t record = fixture_subscriber(2);
    put_ok(f, record);
    record.u.subscriber.seq_he--;
    assert_refused(f, record, "SQN would go back");
    assert_comes_back(f, fixture_subscriber(2));
    record.u.subscriber.resynchronised = true;
    put_ok(f, record);
    record.u.subscriber.resynchronised = false; /* belongs to that one commit */
    assert_comes_back(f, record);
    record.u.subscriber.seq_he--;
    assert_refused(f, record, "SQN would go back");
}

static void dif_of_a_time_based_sqn_goes_back_only_by_resynchronisation(void **state)
{
    fixture_t *f = *state;
    godwit_record_t record = fixture_subscriber(1);
    assert_true(record.u.subscriber.sqn_by_time);
    put_ok(f, record);
    record.u.subscriber.dif--;
    assert_refused(f, record, "SQN would go back");
    record.u.subscriber.resynchronised = true;
    put_ok(f, record);
}

static void generation_only_rises_for_one_vector(void **state)
{
    fixture_t *f = *state;
    godwit_record_t record = fixture_key_set(1);
    put_ok(f, record);
    record.u.key_set.generation--;
    assert_refused(f, record, "generation would go back");
    record.u.key_set.vector_number++; /* a new vector counts from the start */
    record.u.key_set.generation = 1;
    put_ok(f, record);
    record.u.key_set.vector_number--;
    record.u.key_set.generation = 100;
    assert_refused(f, record, "generation would go back");
    record.u.key_set.vector_number++;
    record.u.key_set.rand[0] ^= 1; /* another vector under the same number */
    assert_refused(f, record, "generation would go back");
    record.u.key_set.rand[0] ^= 1;
    put_ok(f, record);
    record.u.key_set.former.generation--; /* of the key set that is still lived under */
    assert_refused(f, record, "generation would go back");
    record.u.key_set.vector_number++;
    record.u.key_set.former.vector_number = record.u.key_set.vector_number - 1;
    record.u.key_set.former.generation = 99; /* it had handed out 100 */
    assert_refused(f, record, "generation would go back");
    record.u.key_set.former.generation = 100;
    put_ok(f, record);
}

static void no_count_of_a_parked_key_goes_back(void **state)
{
    fixture_t *f = *state;
    godwit_record_t record = fixture_key_set(1);
    put_ok(f, record);
    record.u.key_set.parked.set = false; /* it lives again; how far it had come stays */
    put_ok(f, record);
    record.u.key_set.parked.user_next_out--;
    assert_refused(f, record, "a parked key would go back");
    record.u.key_set.parked.user_next_out++;
    record.u.key_set.push_number--;
    assert_refused(f, record, "a parked key would go back");
    record.u.key_set.push_number++;
    record.u.key_set.generation++;
    record.u.key_set.parked.generation++; /* the next one starts anew */
    record.u.key_set.parked.user_next_in = 0;
    put_ok(f, record);
}

static void no_count_of_a_key_goes_back(void **state)
{
    fixture_t *f = *state;
    const godwit_record_t first = fixture_session(1);
    put_ok(f, first);
    for (unsigned which = 0; which < 6; which++) {
        godwit_record_t record = first;
        godwit_emsdp_key_t *key = &record.u.session.current;
        uint32_t *counts[] = {&key->hot.up_next_in, &key->hot.up_next_out,  &key->cp_next_in,
                              &key->cp_next_out,    &key->hot.up_limit_out, &key->cp_limit_out};
        *counts[which] -= 1;
        assert_refused(f, record, "COUNT would go back");
    }
    assert_comes_back(f, first);
    godwit_record_t switched = first; /* the next key takes over, from COUNT 0 */
    switched.u.session.current = first.u.session.next;
    switched.u.session.current.hot.up_next_in = 0;
    put_ok(f, switched);
    switched.u.session.last_generation--;
    assert_refused(f, switched, "generation would go back");
    assert_refused(f, first, "generation would go back"); /* the key that was dropped does not come back */
}

/* ---- batches ----------------------------------------------------------------------------------------------------- */

static void a_batch_is_stored_whole_or_not_at_all(void **state)
{
    fixture_t *f = *state;
    godwit_record_t got, one = fixture_session(1), two = fixture_session(2);
    assert_int_equal(godwit_store_begin(f->store), GODWIT_OK);
    put_ok(f, one);
    put_ok(f, two);
    assert_comes_back(f, one); /* the batch sees itself */
    godwit_store_rollback(f->store);
    assert_int_equal(fixture_fetch(f->store, &one, &got), GODWIT_NOT_FOUND);
    assert_int_equal(godwit_store_begin(f->store), GODWIT_OK);
    put_ok(f, one);
    put_ok(f, two);
    assert_int_equal(godwit_store_commit(f->store), GODWIT_OK);
    assert_comes_back(f, one);
    assert_comes_back(f, two);
}

static void a_refused_record_leaves_the_rest_of_its_batch_alone(void **state)
{
    fixture_t *f = *state;
    godwit_record_t back = fixture_subscriber(2);
    put_ok(f, back);
    back.u.subscriber.seq_he--;
    assert_int_equal(godwit_store_begin(f->store), GODWIT_OK);
    put_ok(f, fixture_session(1));
    assert_refused(f, back, "SQN");
    put_ok(f, fixture_session(2));
    assert_int_equal(godwit_store_commit(f->store), GODWIT_OK);
    assert_comes_back(f, fixture_session(1));
    assert_comes_back(f, fixture_session(2));
    assert_comes_back(f, fixture_subscriber(2));
}

static void a_batch_keeps_other_writers_out(void **state)
{
    fixture_t *f = *state;
    godwit_store_t *other = NULL;
    godwit_record_t record = fixture_subscriber(1), got;
    assert_int_equal(godwit_store_open(&godwit_store_sqlite, &f->config, &other, f->why), GODWIT_OK);
    assert_int_equal(godwit_store_begin(f->store), GODWIT_OK);
    put_ok(f, record);
    assert_int_equal(godwit_store_begin(other), GODWIT_STORE_FAILED);
    assert_non_null(strstr(godwit_store_why(other), "another process keeps writing"));
    assert_int_equal(fixture_fetch(other, &record, &got),
                     GODWIT_NOT_FOUND); /* readers go on, and see nothing unstored */
    assert_int_equal(godwit_store_commit(f->store), GODWIT_OK);
    assert_int_equal(fixture_fetch(other, &record, &got), GODWIT_OK);
    assert_int_equal(godwit_store_begin(other), GODWIT_OK);
    godwit_store_close(other); /* with its batch open: undone */
    put_ok(f, record);
}

static void the_clock_of_a_node_never_goes_back(void **state)
{
    fixture_t *f = *state;
    godwit_record_t mark = {.kind = GODWIT_RECORD_CLOCK, .u.clock.mark = UINT64_C(17000000000)};
    put_ok(f, mark);
    assert_comes_back(f, mark);
    mark.u.clock.mark--;
    assert_refused(f, mark, "the clock of SQN would go back");
    mark.u.clock.mark += 2;
    put_ok(f, mark);
    assert_comes_back(f, mark);
}

/* SQLite undoes a batch by itself when the disk is full, or only the statement: either way what the commit says is
 * true. */
static void a_disk_that_fills_up_inside_a_batch_leaves_it_whole_or_not_at_all(void **state)
{
    fixture_t *f = *state;
    sqlite3 *db = ((godwit_sqlite_t *)f->store)->db;
    int pages = 0;
    uint64_t there = 0;
    char sql[64];
    put_ok(f, fixture_session(0));
    assert_true(godwit_schema_number(db, "PRAGMA page_count", &pages));
    for (int room = 0; room < 12; room++) {
        snprintf(sql, sizeof sql, "PRAGMA max_page_count=%d", pages + room);
        assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
        unsigned stored = 0;
        assert_int_equal(godwit_store_begin(f->store), GODWIT_OK);
        for (unsigned n = 1; n <= 300; n++) {
            godwit_record_t record = fixture_session(n);
            stored += godwit_store_put(f->store, &record) == GODWIT_OK;
        }
        assert_true(stored < 300);
        assert_non_null(strstr(godwit_store_why(f->store), "free some space"));
        godwit_status_t status = godwit_store_commit(f->store);
        assert_int_equal(godwit_store_count(f->store, GODWIT_RECORD_SESSION, &there), GODWIT_OK);
        assert_int_equal(there, status == GODWIT_OK ? 1 + stored : 1);
        for (unsigned n = 1; n <= 300; n++) {
            godwit_record_t record = fixture_session(n);
            godwit_record_key_t key = godwit_record_key_of(&record);
            (void)!godwit_store_remove(f->store, &key);
        }
    }
    assert_int_equal(sqlite3_exec(db, "PRAGMA max_page_count=1000000", NULL, NULL, NULL), SQLITE_OK);
    put_ok(f, fixture_session(99));
}

/* ---- listing ----------------------------------------------------------------------------------------------------- */

typedef struct seen {
    unsigned count, stop_at;
    uint32_t ids[16];
    bool secret;
} seen_t;

static bool see(void *context, const godwit_record_t *record)
{
    static const uint8_t zero[sizeof record->u.session.current.hot.k_enc];
    seen_t *seen = context;
    seen->ids[seen->count++] = record->u.session.session_id;
    seen->secret |= memcmp(record->u.session.current.hot.k_enc, zero, sizeof zero) != 0 ||
                    memcmp(record->u.session.next.hot.k_int, zero, sizeof zero) != 0;
    return seen->count != seen->stop_at;
}

static void a_listing_goes_by_key_and_shows_no_secret(void **state)
{
    fixture_t *f = *state;
    for (unsigned n = 9; n > 0; n--) {
        put_ok(f, fixture_session(n));
    }
    uint64_t count = 0;
    assert_int_equal(godwit_store_count(f->store, GODWIT_RECORD_SESSION, &count), GODWIT_OK);
    assert_int_equal(count, 9);
    seen_t seen = {0};
    assert_int_equal(godwit_store_list(f->store, GODWIT_RECORD_SESSION, NULL, 0, see, &seen), GODWIT_OK);
    assert_int_equal(seen.count, 9);
    assert_int_equal(seen.ids[0], 0x010001);
    assert_int_equal(seen.ids[8], 0x010009);
    assert_false(seen.secret);
    godwit_record_key_t after = {.kind = GODWIT_RECORD_SESSION, .session_id = 0x010004};
    seen = (seen_t){0};
    assert_int_equal(godwit_store_list(f->store, GODWIT_RECORD_SESSION, &after, 3, see, &seen), GODWIT_OK);
    assert_int_equal(seen.count, 3);
    assert_int_equal(seen.ids[0], 0x010005);
    seen = (seen_t){.stop_at = 2};
    assert_int_equal(godwit_store_list(f->store, GODWIT_RECORD_SESSION, NULL, 0, see, &seen), GODWIT_OK);
    assert_int_equal(seen.count, 2);
    put_ok(f, fixture_session(10)); /* a listing that was ended early holds nothing back */
}

/* ---- secrets and their key --------------------------------------------------------------------------------------- */

static bool file_has(const char *path, const void *octets, size_t len)
{
    bool found = false;
    FILE *file = fopen(path, "rb");
    if (file != NULL) {
        static uint8_t all[4u << 20];
        size_t size = fread(all, 1, sizeof all, file);
        for (size_t i = 0; i + len <= size && !found; i++) {
            found = memcmp(all + i, octets, len) == 0;
        }
        fclose(file);
    }
    return found;
}

static void no_secret_is_on_the_disk_in_clear(void **state)
{
    fixture_t *f = *state;
    godwit_record_t s = fixture_subscriber(1), k = fixture_key_set(1), e = fixture_session(1);
    put_ok(f, s);
    put_ok(f, k);
    put_ok(f, e);
    const struct {
        const void *octets;
        size_t len;
    } secrets[] = {
        {s.u.subscriber.key.k, 16},          {s.u.subscriber.key.opc, 16},        {k.u.key_set.e2m_keyset, 16},
        {e.u.session.current.hot.k_enc, 16}, {e.u.session.current.hot.k_int, 16}, {e.u.session.current.k_int_tail, 16},
        {e.u.session.next.hot.k_enc, 16},    {e.u.session.next.hot.k_int, 16},
    };
    char wal[FIXTURE_PATH + 32];
    snprintf(wal, sizeof wal, "%s-wal", f->path);
    assert_true(file_has(wal, k.u.key_set.autn, 16)); /* what is no secret is there to be found */
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        assert_false(file_has(wal, secrets[i].octets, secrets[i].len));
    }
    fixture_close(f);
    assert_true(file_has(f->path, k.u.key_set.autn, 16));
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        assert_false(file_has(f->path, secrets[i].octets, secrets[i].len));
    }
}

static void a_secret_opens_in_its_own_row_only(void **state)
{
    fixture_t *f = *state;
    godwit_record_t one = fixture_subscriber(1), got;
    put_ok(f, one);
    put_ok(f, fixture_subscriber(2));
    assert_int_equal(fixture_sql(f, "UPDATE subscriber SET secret=(SELECT secret FROM subscriber WHERE"
                                    " imsi='001010000000002') WHERE imsi='001010000000001'"),
                     SQLITE_OK);
    assert_int_equal(fixture_fetch(f->store, &one, &got), GODWIT_STORE_FAILED);
    assert_non_null(strstr(godwit_store_why(f->store), "does not open"));
    put_ok(f, one); /* provisioning it anew mends it */
    assert_comes_back(f, one);
}

static void values_that_cannot_be_are_refused(void **state)
{
    static const char *const damages[] = {
        "UPDATE session SET state=99",
        "UPDATE session SET agreement=8",
        "UPDATE session SET has_address=2",
        "UPDATE session SET imsi='x'",
        "UPDATE session SET answered=x'00'",
        "UPDATE session SET address=zeroblob(21)",
        "UPDATE session SET last_key_id=256",
        "UPDATE session SET generations=-1",
        "UPDATE session SET enterprise=printf('%254c','x')",
        "UPDATE session SET secret=x''",
    };
    fixture_t *f = *state;
    godwit_record_t record = fixture_session(1), got;
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        put_ok(f, record);
        assert_int_equal(fixture_sql(f, damages[i]), SQLITE_OK);
        assert_int_equal(fixture_fetch(f->store, &record, &got), GODWIT_STORE_FAILED);
    }
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? st.st_mode & 07777 : 0;
}

static void store_and_key_are_made_for_their_owner_alone(void **state)
{
    fixture_t *f = *state;
    char beside[FIXTURE_PATH + 32];
    put_ok(f, fixture_subscriber(1));
    assert_int_equal(mode_of(f->path), 0600);
    assert_int_equal(mode_of(f->key_file), 0600);
    snprintf(beside, sizeof beside, "%s-wal", f->path);
    assert_int_equal(mode_of(beside), 0600);
    snprintf(beside, sizeof beside, "%s-shm", f->path);
    assert_int_equal(mode_of(beside), 0600);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    chmod(path, 0600);
}

static void assert_does_not_open(fixture_t *f, const char *name, const char *word)
{
    assert_int_equal(fixture_open(f), GODWIT_STORE_FAILED);
    assert_null(f->store);
    if (strstr(f->why, name) == NULL || strstr(f->why, word) == NULL || strchr(f->why, '\n') != NULL) {
        fail_msg("'%s' does not say '%s' and '%s' in one line", f->why, name, word);
    }
}

static void another_key_is_refused_by_name(void **state)
{
    fixture_t *f = *state;
    put_ok(f, fixture_subscriber(1));
    fixture_close(f);
    assert_int_equal(chmod(f->key_file, 0640), 0);
    assert_does_not_open(f, f->key_file, "chmod 600");
    write_file(f->key_file, "0123\n");
    assert_does_not_open(f, f->key_file, "64 hexadecimal digits");
    write_file(f->key_file, "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f\n");
    assert_does_not_open(f, f->key_file, "not the one");
    unlink(f->key_file);
    assert_does_not_open(f, f->key_file, "missing");
    assert_int_equal(access(f->key_file, F_OK), -1); /* and none was made in its place */
}

static void a_file_that_is_no_store_is_refused_and_left_alone(void **state)
{
    fixture_t *f = *state;
    char text[600];
    fixture_close(f);
    unlink(f->path);
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    write_file(f->path, text);
    assert_does_not_open(f, f->path, "damaged or something else");
    assert_true(file_has(f->path, text, 500));
    unlink(f->path);
    write_file(f->path, "");
    assert_int_equal(fixture_sql(f, "CREATE TABLE theirs(x)"), SQLITE_OK);
    assert_does_not_open(f, f->path, "something else");
    chmod(f->path, 0644);
    assert_does_not_open(f, f->path, "chmod 600");
    f->config.path = f->directory;
    assert_does_not_open(f, f->directory, "not a regular file");
}

static void a_store_that_cannot_be_made_leaves_nothing(void **state)
{
    fixture_t *f = *state;
    char beside[FIXTURE_PATH + 32];
    fixture_close(f);
    snprintf(beside, sizeof beside, "%s/no/such/place.db", f->directory);
    f->config.path = beside;
    assert_does_not_open(f, beside, "No such file or directory");
    snprintf(beside, sizeof beside, "%s/fresh.db", f->directory);
    f->config.must_exist = true;
    assert_does_not_open(f, beside, "there is none yet");
    f->config.must_exist = false;
    f->config.key_file = "/proc/no-such-key"; /* can be neither read nor made */
    assert_does_not_open(f, "/proc/no-such-key", "cannot be written");
    assert_int_equal(access(beside, F_OK), -1);
}

/* ---- versions ---------------------------------------------------------------------------------------------------- */

static void drop_columns(const fixture_t *f, const char *table, const char *const columns[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char sql[96];
        (void)snprintf(sql, sizeof sql, "ALTER TABLE %s DROP COLUMN %s", table, columns[i]);
        assert_int_equal(fixture_sql(f, sql), SQLITE_OK);
    }
}

static void an_older_schema_is_upgraded_with_what_it_holds(void **state)
{
    fixture_t *f = *state;
    static const char *const added[] = {"push_number",
                                        "parked_set",
                                        "parked_suite",
                                        "parked_key_id",
                                        "parked_generation",
                                        "parked_user_next_in",
                                        "parked_user_next_out",
                                        "parked_control_next_in",
                                        "parked_control_next_out",
                                        "parked_user_seen",
                                        "parked_control_seen",
                                        "parked_endpoint"};
    static const char *const terms[] = {"end_to_end",       "e2e_service",       "e2e_suite",       "e2e_key_id",
                                        "e2e_age",          "e2e_life_s",        "e2e_messages",    "e2e_key_set",
                                        "e2e_next_service", "e2e_next_suite",    "e2e_next_key_id", "e2e_next_age",
                                        "e2e_next_life_s",  "e2e_next_messages", "e2e_next_key_set"};
    godwit_record_t key_set = fixture_key_set(2);
    memset(&key_set.u.key_set.parked, 0, sizeof key_set.u.key_set.parked);
    memset(key_set.u.key_set.parked_endpoint, 0, sizeof key_set.u.key_set.parked_endpoint);
    key_set.u.key_set.push_number = 0;
    key_set.u.key_set.age = key_set.u.key_set.former.age = 0;
    put_ok(f, fixture_subscriber(2));
    put_ok(f, key_set);
    fixture_close(f);
    /* As version 1 left it: the tables without their guards and without what later versions added. */
    assert_int_equal(
        fixture_sql(
            f,
            "DROP TRIGGER key_set_aside; DROP TRIGGER node_clock_aside;"
            "DROP TRIGGER key_set_parked; ALTER TABLE key_set DROP COLUMN next_session;"
            "ALTER TABLE session DROP COLUMN next_key_set; DROP TABLE next_session; DROP TABLE next_session_spent;"
            "DROP TABLE bootstrap; DROP TABLE akma; DROP TABLE mtc_entitlement; DROP TABLE mtc_contact;"
            "DROP TABLE trigger_subscription; DROP TABLE location; DROP TABLE iwf_root; DROP TABLE association;"
            "DROP VIEW trigger_tally; DROP TABLE device_trigger; DROP TABLE trigger_pending; DROP TABLE trigger_number;"
            "DROP TABLE reading; DROP TABLE delivery_mark; DROP TABLE downlink; DROP TABLE delivery_number;"
            "DROP TRIGGER key_set_age; DROP TRIGGER session_age; ALTER TABLE key_set DROP COLUMN age;"
            "ALTER TABLE key_set DROP COLUMN former_age; DROP TABLE eas; DROP TABLE eas_entitlement;"
            "DROP TABLE e2e_session; DROP TABLE eas_session; DROP TABLE set_aside;"
            "DROP TABLE scs_source; DROP TABLE scs_trigger"),
        SQLITE_OK);
    drop_columns(f, "key_set", added, sizeof added / sizeof added[0]);
    drop_columns(f, "session", terms, sizeof terms / sizeof terms[0]);
    assert_int_equal(
        fixture_sql(f, "DROP TRIGGER subscriber_sqn; DROP TRIGGER key_set_generation; DROP TRIGGER session_count;"
                       "DROP TRIGGER session_generation; DROP TRIGGER node_clock_mark; PRAGMA user_version=1"),
        SQLITE_OK);
    assert_int_equal(fixture_open(f), GODWIT_OK);
    assert_comes_back(f, fixture_subscriber(2));
    assert_comes_back(f, key_set);
    godwit_record_t back = fixture_subscriber(2);
    back.u.subscriber.seq_he--;
    assert_refused(f, back, "SQN would go back");
}

static void every_older_version_can_be_reached_and_left(void **state)
{
    fixture_t *f = *state;
    fixture_close(f);
    for (int version = 1; version <= GODWIT_SCHEMA_VERSION; version++) {
        sqlite3 *db = NULL;
        int reached = 0;
        unlink(f->path);
        unlink(f->key_file);
        write_file(f->path, "");
        assert_int_equal(sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
        assert_int_equal(godwit_schema_upgrade(db, version), GODWIT_SCHEMA_READY);
        assert_true(godwit_schema_number(db, "PRAGMA user_version", &reached));
        assert_int_equal(reached, version);
        sqlite3_close(db);
        assert_int_equal(fixture_open(f), GODWIT_OK);
        put_ok(f, fixture_session((unsigned)version));
        fixture_close(f);
    }
}

static void a_newer_schema_is_refused(void **state)
{
    fixture_t *f = *state;
    fixture_close(f);
    assert_int_equal(fixture_sql(f, "PRAGMA user_version=1000"), SQLITE_OK);
    assert_does_not_open(f, f->path, "newer godwit");
}

/* A version below zero must not become an index below the first step. */
static void a_schema_version_below_zero_is_refused(void **state)
{
    fixture_t *f = *state;
    fixture_close(f);
    assert_int_equal(fixture_sql(f, "PRAGMA user_version=-5"), SQLITE_OK);
    assert_does_not_open(f, f->path, "something else");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(every_member_of_every_record_comes_back),
        TEST(a_record_that_is_not_there_is_not_found),
        TEST(key_sets_of_one_imsi_differ_by_agreement),
        TEST(a_session_is_found_by_its_imsi_the_newest_first),
        TEST(sqn_goes_back_only_by_resynchronisation),
        TEST(dif_of_a_time_based_sqn_goes_back_only_by_resynchronisation),
        TEST(generation_only_rises_for_one_vector),
        TEST(no_count_of_a_parked_key_goes_back),
        TEST(no_count_of_a_key_goes_back),
        TEST(a_batch_is_stored_whole_or_not_at_all),
        TEST(a_refused_record_leaves_the_rest_of_its_batch_alone),
        TEST(a_batch_keeps_other_writers_out),
        TEST(the_clock_of_a_node_never_goes_back),
        TEST(a_disk_that_fills_up_inside_a_batch_leaves_it_whole_or_not_at_all),
        TEST(a_listing_goes_by_key_and_shows_no_secret),
        TEST(no_secret_is_on_the_disk_in_clear),
        TEST(a_secret_opens_in_its_own_row_only),
        TEST(values_that_cannot_be_are_refused),
        TEST(store_and_key_are_made_for_their_owner_alone),
        TEST(another_key_is_refused_by_name),
        TEST(a_file_that_is_no_store_is_refused_and_left_alone),
        TEST(a_store_that_cannot_be_made_leaves_nothing),
        TEST(an_older_schema_is_upgraded_with_what_it_holds),
        TEST(every_older_version_can_be_reached_and_left),
        TEST(a_newer_schema_is_refused),
        TEST(a_schema_version_below_zero_is_refused),
    };
    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
