/* SPDX-License-Identifier: Apache-2.0
 *
 * The check of a store: every row is read as a fetch reads it. Damaged rows are told by table and place, and moved
 * into set_aside when that is wished: whole, in the batch that takes them out of their table. Nothing is ever deleted
 * without being kept, and nothing is guessed.
 */
#include <string.h>

#include "adapters/store/sqlite_open.h"
#include "adapters/store/sqlite_schema.h"

#define FILE_FINDINGS "16" /* SQLite's own, at most */

typedef struct check {
    godwit_sqlite_t *s;
    bool set_aside;
    uint64_t now_ms;
    godwit_store_finding_visit_t *visit;
    void *context;
    godwit_store_checked_t *checked;
} check_t;

static void tell(const check_t *c, const char *table, uint64_t row, const char *what)
{
    c->visit(c->context, &(godwit_store_finding_t){.table = table, .row = row, .what = what});
}

static bool run_text(const check_t *c, const char *sql)
{
    return sqlite3_exec(c->s->db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static bool prepare(const check_t *c, const char *sql, sqlite3_stmt **statement)
{
    return sqlite3_prepare_v2(c->s->db, sql, -1, statement, NULL) == SQLITE_OK;
}

/* True when the statement changed one row, neither none nor a neighbour besides. */
static bool changes_one(const check_t *c, sqlite3_stmt *statement)
{
    const bool done = sqlite3_step(statement) == SQLITE_DONE && sqlite3_changes(c->s->db) == 1;
    return sqlite3_reset(statement) == SQLITE_OK && done;
}

/* ---- rows ---- */

/* Keys of damaged rows, with the types that they have. */
static const char keys_sql[] = "CREATE TEMP TABLE IF NOT EXISTS damaged(a, b, c); DELETE FROM temp.damaged";

static godwit_status_t read_rows(const check_t *c, const godwit_table_t *table, sqlite3_stmt *all, sqlite3_stmt *keep)
{
    godwit_record_t record;
    uint64_t row = 0;
    int rc = SQLITE_DONE;
    bool kept = true;
    while (kept && (rc = sqlite3_step(all)) == SQLITE_ROW) {
        const godwit_status_t status = godwit_row_read(table, all, &c->s->kek, &record);
        row++;
        if (status != GODWIT_OK) {
            tell(c, table->name, row, status == GODWIT_MAC_FAILURE ? "was changed or moved" : "holds what cannot be");
            c->checked->damaged++;
            godwit_sqlite_bind_place(table, keep, all);
            kept = changes_one(c, keep);
        }
    }
    godwit_wipe(&record, sizeof record);
    c->checked->rows += row;
    return kept && rc == SQLITE_DONE ? GODWIT_OK : godwit_sqlite_failed(c->s, "its rows cannot be read");
}

static godwit_status_t check_rows(const check_t *c, const godwit_table_t *table)
{
    char sql[GODWIT_SQL_MAX];
    sqlite3_stmt *all = NULL, *keep = NULL;
    godwit_statement_all_text(table, sql);
    const bool ready = run_text(c, keys_sql) && prepare(c, sql, &all) &&
                       prepare(c, "INSERT INTO temp.damaged VALUES(?1,?2,?3)", &keep);
    const godwit_status_t status =
        ready ? read_rows(c, table, all, keep) : godwit_sqlite_failed(c->s, "its tables are not as they should be");
    sqlite3_finalize(all);
    sqlite3_finalize(keep);
    return status;
}

static bool move_row(const check_t *c, const godwit_table_t *table, sqlite3_stmt *key, sqlite3_stmt *aside,
                     sqlite3_stmt *drop)
{
    godwit_sqlite_bind_place(table, aside, key);
    (void)sqlite3_bind_int64(aside, table->key_columns + 1, (sqlite3_int64)c->now_ms);
    godwit_sqlite_bind_place(table, drop, key);
    c->checked->moved++;
    return changes_one(c, aside) && changes_one(c, drop) && run_text(c, "UPDATE set_aside SET done=1 WHERE done=0");
}

static godwit_status_t move_rows(const check_t *c, const godwit_table_t *table)
{
    char aside_sql[GODWIT_SQL_MAX], drop_sql[GODWIT_SQL_MAX];
    sqlite3_stmt *key = NULL, *aside = NULL, *drop = NULL;
    int rc = SQLITE_ERROR;
    godwit_statement_aside_text(table, aside_sql);
    godwit_statement_drop_text(table, drop_sql);
    bool good = prepare(c, "SELECT a, b, c FROM temp.damaged", &key) && prepare(c, aside_sql, &aside) &&
                prepare(c, drop_sql, &drop);
    while (good && (rc = sqlite3_step(key)) == SQLITE_ROW) {
        good = move_row(c, table, key, aside, drop);
    }
    const godwit_status_t status =
        good && rc == SQLITE_DONE
            ? GODWIT_OK
            : godwit_sqlite_failed(c->s, "a damaged row cannot be set aside, restore the store from its backup");
    sqlite3_finalize(key);
    sqlite3_finalize(aside);
    sqlite3_finalize(drop);
    return status;
}

static godwit_status_t check_tables(const check_t *c)
{
    godwit_status_t status = GODWIT_OK;
    for (unsigned i = 0; i < GODWIT_SQLITE_TABLES && status == GODWIT_OK; i++) {
        const godwit_table_t *table = godwit_table_at(i);
        const uint64_t before = c->checked->damaged;
        if (godwit_table_is_counted(table)) {
            continue;
        }
        status = check_rows(c, table);
        if (status == GODWIT_OK && c->set_aside && c->checked->damaged > before) {
            status = move_rows(c, table);
        }
    }
    return status;
}

/* ---- the store's own counters ---- */

/* Numbers that the store gives, without a tag of their own: they are never below those that were given. */
static const struct {
    const char *table, *holds, *raise;
} counters[] = {
    {"trigger_number",
     "SELECT count(*) FROM trigger_number WHERE highest >= (SELECT coalesce(max(number), 0) FROM device_trigger)",
     "UPDATE trigger_number SET highest = (SELECT max(number) FROM device_trigger)"},
    {"delivery_number",
     "SELECT (SELECT count(*) FROM delivery_number WHERE kind=20"
     " AND highest >= (SELECT coalesce(max(number), 0) FROM reading)) + (SELECT count(*) FROM delivery_number"
     " WHERE kind=22 AND highest >= (SELECT coalesce(max(number), 0) FROM downlink)) = 2",
     "UPDATE delivery_number SET highest = max(highest, (SELECT coalesce(max(number), 0) FROM reading WHERE kind=20),"
     " (SELECT coalesce(max(number), 0) FROM downlink WHERE kind=22))"},
};

static godwit_status_t holds(const check_t *c, const char *sql, bool *good)
{
    sqlite3_stmt *statement = NULL;
    const bool read = prepare(c, sql, &statement) && sqlite3_step(statement) == SQLITE_ROW;
    *good = read && sqlite3_column_int64(statement, 0) == 1;
    sqlite3_finalize(statement);
    return read ? GODWIT_OK : godwit_sqlite_failed(c->s, "its numbers cannot be read");
}

/* One that fell is raised to what was given; one that is not there is not made up. Nobody is compared with a number that
 * stands in a damaged row. */
static godwit_status_t check_counters(const check_t *c)
{
    godwit_status_t status = GODWIT_OK;
    const bool comparable = c->checked->damaged == c->checked->moved;
    for (size_t i = 0; comparable && i < sizeof counters / sizeof counters[0] && status == GODWIT_OK; i++) {
        bool good = false;
        status = holds(c, counters[i].holds, &good);
        if (status == GODWIT_OK && !good) {
            tell(c, counters[i].table, 0, "is below a number that was given");
            c->checked->damaged++;
        }
        if (status == GODWIT_OK && !good && c->set_aside && run_text(c, counters[i].raise)) {
            status = holds(c, counters[i].holds, &good);
            c->checked->moved += good ? 1 : 0;
        }
    }
    return status;
}

/* ---- the file ---- */

/* What was counted of rows that are gone; and indexes, which may be what is damaged. */
static godwit_status_t tidy(const check_t *c)
{
    static const char sql[] =
        "DELETE FROM trigger_pending;"
        "INSERT INTO trigger_pending SELECT source_key, '', count(*) FROM device_trigger WHERE state<=2"
        " GROUP BY source_key;"
        "INSERT INTO trigger_pending SELECT " GODWIT_SQL_NO_KEY ", imsi, count(*) FROM device_trigger WHERE state<=2"
        " GROUP BY imsi; REINDEX";
    return run_text(c, sql) ? GODWIT_OK : godwit_sqlite_failed(c->s, "its indexes cannot be made anew");
}

/* SQLite's own check: pages, indexes, types. It names tables and places, never what stands there. */
static godwit_status_t check_file(const check_t *c)
{
    sqlite3_stmt *statement = NULL;
    int rc = SQLITE_ERROR;
    bool good = prepare(c, "PRAGMA integrity_check(" FILE_FINDINGS ")", &statement);
    while (good && (rc = sqlite3_step(statement)) == SQLITE_ROW) {
        const char *what = (const char *)sqlite3_column_text(statement, 0);
        if (what != NULL && strcmp(what, "ok") != 0) {
            c->checked->of_file++;
            tell(c, NULL, 0, what);
        }
    }
    sqlite3_finalize(statement);
    return rc == SQLITE_DONE ? GODWIT_OK : godwit_sqlite_failed(c->s, "cannot be checked");
}

static godwit_status_t count_aside(const check_t *c)
{
    sqlite3_stmt *statement = NULL;
    const bool good = prepare(c, "SELECT count(*) FROM set_aside", &statement) && sqlite3_step(statement) == SQLITE_ROW;
    c->checked->aside = good ? (uint64_t)sqlite3_column_int64(statement, 0) : 0;
    sqlite3_finalize(statement);
    return good ? GODWIT_OK : godwit_sqlite_failed(c->s, "cannot be read");
}

godwit_status_t godwit_sqlite_check(godwit_store_t *store, bool set_aside, uint64_t now_ms,
                                    godwit_store_finding_visit_t *visit, void *context, godwit_store_checked_t *checked)
{
    const check_t c = {(godwit_sqlite_t *)store, set_aside, now_ms, visit, context, checked};
    memset(checked, 0, sizeof *checked);
    if (!run_text(&c, set_aside ? "BEGIN IMMEDIATE" : "BEGIN")) {
        return godwit_sqlite_failed(c.s, "a batch cannot be begun");
    }
    godwit_status_t status = check_tables(&c);
    status = status == GODWIT_OK ? check_counters(&c) : status;
    status = status == GODWIT_OK && set_aside ? tidy(&c) : status;
    status = status == GODWIT_OK ? check_file(&c) : status;
    status = status == GODWIT_OK ? count_aside(&c) : status;
    if (status == GODWIT_OK && !run_text(&c, "COMMIT")) {
        status = godwit_sqlite_failed(c.s, "what was set aside cannot be stored");
    }
    if (status != GODWIT_OK) {
        (void)run_text(&c, "ROLLBACK");
    }
    return status;
}
