/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite backend at work: batches, and records in and out. It must never report a batch as stored that SQLite has
 * undone.
 */
#include "adapters/store/sqlite_open.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NUMBERS_AT_ONCE 1024

static godwit_sqlite_t *of(godwit_store_t *store)
{
    return (godwit_sqlite_t *)store;
}

static godwit_status_t told(godwit_sqlite_t *s, const char *what)
{
    (void)snprintf(s->store.why, sizeof s->store.why, "store %s: %s", s->path, what);
    return GODWIT_STORE_FAILED;
}

/* One whole run of a statement that gives no rows. */
static bool run(godwit_sqlite_t *s, sqlite3_stmt *statement)
{
    errno = 0;
    bool good = sqlite3_step(statement) == SQLITE_DONE;
    s->error = good ? 0 : errno;
    return sqlite3_reset(statement) == SQLITE_OK && good;
}

static sqlite3_stmt *statement_of(godwit_sqlite_t *s, const godwit_table_t *table, godwit_statement_t which)
{
    return s->statements[table->kind][which];
}

/* ---- batches ----------------------------------------------------------------------------------------------------- */

static godwit_status_t begin(godwit_store_t *store)
{
    godwit_sqlite_t *s = of(store);
    if (s->batch) {
        return told(s, "a batch is open already");
    }
    if (!run(s, s->begin)) {
        return godwit_sqlite_failed(s, "a batch cannot be begun");
    }
    s->batch = true;
    return GODWIT_OK;
}

/* Numbers that were taken in a batch that is undone are not this process's any more. */
static void forget_numbers(godwit_sqlite_t *s)
{
    s->reading_numbers.left = 0;
    s->downlink_numbers.left = 0;
}

static void rollback(godwit_store_t *store)
{
    godwit_sqlite_t *s = of(store);
    s->batch = false;
    forget_numbers(s);
    if (sqlite3_get_autocommit(s->db) == 0) {
        (void)run(s, s->rollback);
    }
}

static godwit_status_t commit(godwit_store_t *store)
{
    godwit_sqlite_t *s = of(store);
    if (!s->batch) {
        return told(s, "no batch is open");
    }
    if (sqlite3_get_autocommit(s->db) != 0) { /* SQLite undid it by itself: the disk was full, or worse */
        s->batch = false;
        forget_numbers(s);
        return GODWIT_STORE_FAILED; /* why still tells what happened then */
    }
    if (!run(s, s->commit)) {
        (void)godwit_sqlite_failed(s, "a batch cannot be stored");
        rollback(store);
        return GODWIT_STORE_FAILED;
    }
    s->batch = false;
    return GODWIT_OK;
}

/* True when a write may go on: outside a batch, or in one that SQLite has not undone. Writing on after that would store
 * a part. */
static bool batch_is_whole(const godwit_sqlite_t *s)
{
    return !s->batch || sqlite3_get_autocommit(s->db) == 0;
}

/* ---- records ----------------------------------------------------------------------------------------------------- */

/* Runs a statement of numbers; *number is 0 when there was nothing to change. */
static godwit_status_t change_numbers(godwit_sqlite_t *s, sqlite3_stmt *statement, godwit_record_kind_t kind,
                                      uint64_t value, uint64_t *number)
{
    (void)sqlite3_bind_int(statement, 1, (int)kind);
    (void)sqlite3_bind_int64(statement, 2, (sqlite3_int64)value);
    int rc = sqlite3_step(statement);
    *number = rc == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(statement, 0) : 0;
    rc = rc == SQLITE_ROW ? sqlite3_step(statement) : rc; /* the update is whole only then */
    const godwit_status_t status = rc == SQLITE_DONE ? GODWIT_OK : godwit_sqlite_failed(s, "a record has no number");
    (void)sqlite3_reset(statement);
    return status;
}

static struct godwit_numbers *numbers_of(godwit_sqlite_t *s, godwit_record_kind_t kind)
{
    return kind == GODWIT_RECORD_READING ? &s->reading_numbers : &s->downlink_numbers;
}

/* From those that were taken together: of a process that ends some are never given. */
static godwit_status_t give_number(godwit_sqlite_t *s, godwit_record_kind_t kind, uint64_t *number)
{
    struct godwit_numbers *numbers = numbers_of(s, kind);
    if (numbers->left == 0) {
        uint64_t last = 0;
        const godwit_status_t status = change_numbers(s, s->numbers, kind, NUMBERS_AT_ONCE, &last);
        if (status != GODWIT_OK || last < NUMBERS_AT_ONCE) {
            return status == GODWIT_OK ? told(s, "its table of numbers is empty") : status;
        }
        numbers->next = last - NUMBERS_AT_ONCE + 1;
        numbers->left = NUMBERS_AT_ONCE;
    }
    *number = numbers->next++;
    numbers->left--;
    return GODWIT_OK;
}

static godwit_status_t put_row(godwit_sqlite_t *s, const godwit_table_t *table, const godwit_record_t *record)
{
    sqlite3_stmt *statement = statement_of(s, table, GODWIT_STATEMENT_PUT);
    if (godwit_row_bind(table, statement, &s->kek, record) != GODWIT_OK) {
        return told(s, "a record cannot be wrapped or bound");
    }
    return run(s, statement) ? GODWIT_OK : godwit_sqlite_failed(s, "a record was not stored");
}

static godwit_status_t put_numbered(godwit_sqlite_t *s, const godwit_table_t *table, const godwit_record_t *record)
{
    godwit_record_t numbered = *record;
    const bool reading = record->kind == GODWIT_RECORD_READING;
    godwit_status_t status =
        give_number(s, record->kind, reading ? &numbered.u.reading.number : &numbered.u.downlink.number);
    status = status == GODWIT_OK ? put_row(s, table, &numbered) : status;
    godwit_wipe(&numbered, sizeof numbered);
    return status;
}

/* A number that comes with its record, as after a backup, counts as given. */
static godwit_status_t put_with_number(godwit_sqlite_t *s, const godwit_table_t *table, const godwit_record_t *record)
{
    const bool reading = record->kind == GODWIT_RECORD_READING;
    const uint64_t given = reading ? record->u.reading.number : record->u.downlink.number;
    uint64_t highest = 0;
    if (given == 0) {
        return put_numbered(s, table, record);
    }
    const godwit_status_t status = change_numbers(s, s->numbered, record->kind, given, &highest);
    if (highest != 0) {
        numbers_of(s, record->kind)->left = 0;
    }
    return status == GODWIT_OK ? put_row(s, table, record) : status;
}

static bool has_number(const godwit_record_t *record)
{
    return record->kind == GODWIT_RECORD_READING || record->kind == GODWIT_RECORD_DOWNLINK;
}

static godwit_status_t put(godwit_store_t *store, const godwit_record_t *record)
{
    godwit_sqlite_t *s = of(store);
    const godwit_table_t *table = godwit_table_of(record->kind);
    if (table == NULL) {
        return told(s, "a record of unknown kind");
    }
    if (godwit_table_is_counted(table)) {
        return told(s, "what the store counts by itself is neither put nor removed");
    }
    if (!batch_is_whole(s)) {
        return GODWIT_STORE_FAILED;
    }
    return has_number(record) ? put_with_number(s, table, record) : put_row(s, table, record);
}

static godwit_status_t remove_record(godwit_store_t *store, const godwit_record_key_t *key)
{
    godwit_sqlite_t *s = of(store);
    const godwit_table_t *table = godwit_table_of(key->kind);
    if (table == NULL) {
        return told(s, "a record of unknown kind");
    }
    if (godwit_table_is_counted(table)) {
        return told(s, "what the store counts by itself is neither put nor removed");
    }
    if (!batch_is_whole(s)) {
        return GODWIT_STORE_FAILED;
    }
    sqlite3_stmt *statement = statement_of(s, table, GODWIT_STATEMENT_REMOVE);
    (void)godwit_row_bind_key(table, statement, key);
    if (!run(s, statement)) {
        return godwit_sqlite_failed(s, "a record was not removed");
    }
    return sqlite3_changes(s->db) > 0 ? GODWIT_OK : GODWIT_NOT_FOUND;
}

/* Reads the row that the statement stands on. A damaged one is told of. */
static godwit_status_t take(godwit_sqlite_t *s, const godwit_table_t *table, sqlite3_stmt *statement,
                            const godwit_kek_t *kek, godwit_record_t *record)
{
    const godwit_status_t status = godwit_row_read(table, statement, kek, record);
    if (status == GODWIT_OK) {
        return GODWIT_OK;
    }
    godwit_wipe(record, sizeof *record);
    const unsigned long long row = (unsigned long long)godwit_sqlite_note_damage(s, table, statement);
    (void)snprintf(s->store.why, sizeof s->store.why, "store %s: %s, row %llu: %s; see godwit store check", s->path,
                   table->name, row,
                   status == GODWIT_MAC_FAILURE ? "its wrapped secret does not open, for the row was changed or moved"
                                                : "it holds what cannot be");
    return GODWIT_STORE_FAILED;
}

/* The first row of a search; of a queue the first that is whole. Each row is looked at once, and there are as many
 * as there are. */
static godwit_status_t first_of(godwit_sqlite_t *s, const godwit_table_t *table, godwit_statement_t which,
                                godwit_record_t *record)
{
    sqlite3_stmt *statement = statement_of(s, table, which);
    const bool steps_over = godwit_statement_is_queue(table, which);
    godwit_status_t status = GODWIT_STORE_FAILED;
    int rc = SQLITE_ROW;
    do {
        rc = sqlite3_step(statement);
        status = rc == SQLITE_ROW    ? take(s, table, statement, &s->kek, record)
                 : rc == SQLITE_DONE ? GODWIT_NOT_FOUND
                                     : godwit_sqlite_failed(s, "a record cannot be fetched");
    } while (rc == SQLITE_ROW && status != GODWIT_OK && steps_over);
    return status;
}

/* Without these a generation, a counter, a number or a tick would begin again; the schema does not let them be put
 * anew either. Of all others the loss is safe: new keys are agreed on, under new names. */
static bool must_not_be_forgotten(godwit_record_kind_t kind)
{
    return kind == GODWIT_RECORD_KEY_SET || kind == GODWIT_RECORD_CLOCK || kind == GODWIT_RECORD_MTC_CONTACT ||
           kind == GODWIT_RECORD_IWF_ROOT || kind == GODWIT_RECORD_ASSOCIATION || kind == GODWIT_RECORD_SCS_SOURCE;
}

static godwit_status_t fetch_row(godwit_store_t *store, const godwit_record_key_t *key, godwit_record_t *record)
{
    godwit_sqlite_t *s = of(store);
    const godwit_table_t *table = godwit_table_of(key->kind);
    if (table == NULL) {
        return told(s, "a record of unknown kind");
    }
    const godwit_statement_t which = godwit_statement_for(key);
    sqlite3_stmt *statement = statement_of(s, table, which);
    godwit_row_bind_fetch(table, which, statement, key);
    godwit_status_t status = first_of(s, table, which, record);
    (void)sqlite3_reset(statement);
    if (status == GODWIT_NOT_FOUND && which == GODWIT_STATEMENT_FETCH && must_not_be_forgotten(key->kind) &&
        godwit_sqlite_is_set_aside(s, table, key)) {
        status = told(s, "a record was damaged and is set aside; restore the store from its backup");
    }
    return status;
}

/* After a backup no number of a device that the store does not know may be used that may have been used since: such a
 * device is answered with the record that restored.c has left, under the IMSI that was asked for. */
static godwit_status_t fetch(godwit_store_t *store, const godwit_record_key_t *key, godwit_record_t *record)
{
    godwit_status_t status = fetch_row(store, key, record);
    if (status == GODWIT_NOT_FOUND && key->kind == GODWIT_RECORD_ASSOCIATION && key->imsi.len > 0) {
        const godwit_record_key_t unknown = {.kind = GODWIT_RECORD_ASSOCIATION};
        status = fetch_row(store, &unknown, record);
        if (status == GODWIT_OK) {
            record->u.association.imsi = key->imsi;
        }
    }
    return status;
}

static godwit_status_t list(godwit_store_t *store, godwit_record_kind_t kind, const godwit_record_key_t *after,
                            size_t limit, godwit_store_visit_t *visit, void *context)
{
    godwit_sqlite_t *s = of(store);
    const godwit_table_t *table = godwit_table_of(kind);
    if (table == NULL) {
        return told(s, "records of unknown kind");
    }
    sqlite3_stmt *statement = statement_of(s, table, after == NULL ? GODWIT_STATEMENT_FIRST : GODWIT_STATEMENT_LIST);
    int bound = after == NULL ? 0 : godwit_row_bind_key(table, statement, after);
    (void)sqlite3_bind_int64(statement, bound + 1, limit == 0 || limit > INT64_MAX ? -1 : (sqlite3_int64)limit);
    godwit_status_t status = GODWIT_OK;
    godwit_record_t record;
    int rc = SQLITE_DONE;
    bool more = true;
    while (more && status == GODWIT_OK && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
        status = take(s, table, statement, NULL, &record);
        more = status == GODWIT_OK && visit(context, &record);
    }
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
        status = godwit_sqlite_failed(s, "its records cannot be listed");
    }
    (void)sqlite3_reset(statement);
    return status;
}

static godwit_status_t count_records(godwit_store_t *store, godwit_record_kind_t kind, uint64_t *count)
{
    godwit_sqlite_t *s = of(store);
    const godwit_table_t *table = godwit_table_of(kind);
    if (table == NULL) {
        return told(s, "records of unknown kind");
    }
    sqlite3_stmt *statement = statement_of(s, table, GODWIT_STATEMENT_COUNT);
    godwit_status_t status = GODWIT_OK;
    if (sqlite3_step(statement) == SQLITE_ROW) {
        *count = (uint64_t)sqlite3_column_int64(statement, 0);
    } else {
        status = godwit_sqlite_failed(s, "its records cannot be counted");
    }
    (void)sqlite3_reset(statement);
    return status;
}

const godwit_store_backend_t godwit_store_sqlite = {
    .name = "sqlite",
    .open = godwit_sqlite_open,
    .close = godwit_sqlite_close,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .put = put,
    .remove = remove_record,
    .fetch = fetch,
    .list = list,
    .count = count_records,
    .check = godwit_sqlite_check,
};
