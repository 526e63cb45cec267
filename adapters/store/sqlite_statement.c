/* SPDX-License-Identifier: Apache-2.0
 *
 * The texts of a table's statements, from its column names.
 */
#include <stdarg.h>
#include <stdio.h>

#include "adapters/store/sqlite_row.h"
#include "adapters/store/sqlite_schema.h"

static const char secret_column[] = "secret";

typedef struct text {
    char *at;
    size_t left;
} text_t;

static void add(text_t *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(text_t *t, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(t->at, t->left, format, arguments);
    va_end(arguments);
    size_t used = len < 0 || (size_t)len >= t->left ? t->left : (size_t)len;
    t->at += used;
    t->left -= used;
}

static void finish(const text_t *t, char sql[GODWIT_SQL_MAX])
{
    if (t->left == 0) {
        sql[0] = '\0';
    }
}

/* "a,b,secret", or with an assignment "a=excluded.a,b=excluded.b,secret=excluded.secret". */
static void add_columns(text_t *t, const godwit_table_t *table, unsigned from, const char *assignment)
{
    bool assigns = assignment[0] != '\0';
    for (unsigned i = from; i < table->columns_count; i++) {
        const char *name = table->columns[i].name;
        if (!godwit_column_is_secret(&table->columns[i])) {
            add(t, "%s%s%s,", name, assignment, assigns ? name : "");
        }
    }
    add(t, "%s%s%s", secret_column, assignment, assigns ? secret_column : "");
}

/* The key columns as a list, or as parameters. */
static void add_key(text_t *t, const godwit_table_t *table, bool parameters)
{
    add(t, "(");
    for (unsigned i = 0; i < table->key_columns; i++) {
        if (parameters) {
            add(t, "%s?%u", i == 0 ? "" : ",", i + 1);
        } else {
            add(t, "%s%s", i == 0 ? "" : ",", table->columns[i].name);
        }
    }
    add(t, ")");
}

static unsigned parameters_of_put(const godwit_table_t *table)
{
    unsigned count = 1; /* secret */
    for (unsigned i = 0; i < table->columns_count; i++) {
        count += !godwit_column_is_secret(&table->columns[i]);
    }
    return count;
}

static void put_text(text_t *t, const godwit_table_t *table)
{
    add(t, "INSERT INTO %s(", table->name);
    add_columns(t, table, 0, "");
    add(t, ") VALUES(?1");
    for (unsigned i = 2; i <= parameters_of_put(table); i++) {
        add(t, ",?%u", i);
    }
    add(t, ") ON CONFLICT");
    add_key(t, table, false);
    add(t, " DO UPDATE SET ");
    add_columns(t, table, table->key_columns, "=excluded.");
}

static void select_text(text_t *t, const godwit_table_t *table)
{
    add(t, "SELECT ");
    add_columns(t, table, 0, "");
    add(t, " FROM %s", table->name);
}

static void where_text(text_t *t, const godwit_table_t *table, const char *comparison)
{
    add(t, " WHERE ");
    add_key(t, table, false);
    add(t, "%s", comparison);
    add_key(t, table, true);
}

/* The record without an IMSI is of no device (sqlite.c). */
static const char *listed(const godwit_table_t *table)
{
    return table->kind == GODWIT_RECORD_ASSOCIATION ? " WHERE imsi<>''" : "";
}

static void ordered_text(text_t *t, const godwit_table_t *table)
{
    add(t, " ORDER BY ");
    for (unsigned i = 0; i < table->key_columns; i++) {
        add(t, "%s%s", i == 0 ? "" : ",", table->columns[i].name);
    }
}

/* Searches of queues have no LIMIT: who steps over a damaged row goes on to the next (godwit_statement_is_queue).
 * An entitlement of MTC servers or EASs: ?2 the IMSI, ?3 the time. */
#define COVERS                                                                                                         \
    " AND ((scope=2 AND substr(?2,1,length(first))=first) OR (scope<>2 AND length(first)=length(?2) AND first<=?2"     \
    " AND last>=?2)) AND not_before_ms<=?3 AND (not_after_ms=0 OR not_after_ms>?3)"

static void other_text(text_t *t, const godwit_table_t *table)
{
    switch (table->kind) {
    case GODWIT_RECORD_SESSION:
        add(t, " WHERE imsi=?1 ORDER BY created_ms DESC LIMIT 1");
        break;
    case GODWIT_RECORD_NEXT_SESSION:
        add(t, " WHERE imsi=?1 AND domain=?2 LIMIT 1");
        break;
    case GODWIT_RECORD_MTC_ENTITLEMENT:
        add(t, " WHERE server_key=?1" COVERS " ORDER BY scope");
        break;
    case GODWIT_RECORD_MTC_CONTACT:
        add(t, " WHERE temporary=?1 OR former_temporary=?1 LIMIT 1");
        break;
    case GODWIT_RECORD_AKMA:
        add(t, " WHERE substr(a_tid,1,16)=?1 LIMIT 1");
        break;
    case GODWIT_RECORD_TRIGGER_SUBSCRIPTION:
        add(t, " WHERE (external_id_key=?1 AND external_id_key<>" GODWIT_SQL_NO_KEY ") OR"
               " (msisdn_key=?1 AND msisdn_key<>" GODWIT_SQL_NO_KEY ") LIMIT 1");
        break;
    case GODWIT_RECORD_TRIGGER:
        add(t, " WHERE imsi=?1 AND state=1 ORDER BY priority DESC, number");
        break;
    case GODWIT_RECORD_EAS_ENTITLEMENT:
        add(t, " WHERE eas_key=?1" COVERS " AND (services & ?4)=?4 ORDER BY scope");
        break;
    case GODWIT_RECORD_E2E_SESSION:
        add(t, " WHERE imsi>=?1 AND imsi<=?3 AND eas_key=?2 AND closed=0"
               " ORDER BY imsi, with_eas, agreed_ms DESC LIMIT 1");
        break;
    case GODWIT_RECORD_EAS_SESSION:
        add(t, " WHERE imsi=?1 ORDER BY begun_ms DESC LIMIT 1");
        break;
    case GODWIT_RECORD_READING:
        add(t, " WHERE number>?1 ORDER BY number");
        break;
    case GODWIT_RECORD_DOWNLINK:
        add(t, " WHERE imsi=?1 ORDER BY number LIMIT -1 OFFSET ?2");
        break;
    default:
        where_text(t, table, "=");
        break;
    }
}

/* A due_ms past 2^63 is no time: it would be negative here, and means never. */
static void due_text(text_t *t, const godwit_table_t *table)
{
    if (table->kind == GODWIT_RECORD_TRIGGER) {
        add(t, " WHERE due_ms>=0 AND due_ms<=?1 ORDER BY due_ms, number");
    } else if (table->kind == GODWIT_RECORD_DOWNLINK) {
        add(t, " WHERE imsi=?1 AND id=?2 LIMIT 1");
    } else if (table->kind == GODWIT_RECORD_EAS_ENTITLEMENT) {
        add(t, " WHERE eas_key=?1 AND not_before_ms<=?2 AND (not_after_ms=0 OR not_after_ms>?2)");
    } else if (table->kind == GODWIT_RECORD_E2E_SESSION || table->kind == GODWIT_RECORD_EAS_SESSION) {
        add(t, " WHERE due_ms>=0 AND due_ms<=?1 ORDER BY due_ms");
    } else {
        where_text(t, table, "=");
    }
}

static void numbered_text(text_t *t, const godwit_table_t *table)
{
    if (table->kind == GODWIT_RECORD_TRIGGER) {
        add(t, " WHERE imsi=?1 AND (number & 4294967295)=?2 LIMIT 1");
    } else if (table->kind == GODWIT_RECORD_E2E_SESSION) {
        add(t, " WHERE imsi=?1 AND eas_key=?2 AND closed=0 AND taken_ms<>0 ORDER BY taken_ms DESC LIMIT 1");
    } else {
        where_text(t, table, "=");
    }
}

/* There is a count of everyone, if it is 0. */
static void fetch_text(text_t *t, const godwit_table_t *table)
{
    if (godwit_table_is_counted(table)) {
        add(t, "SELECT ?1, ?2, coalesce((SELECT pending FROM trigger_pending WHERE source_key=?1 AND imsi=?2), 0),"
               " (SELECT highest FROM trigger_number), x''");
    } else {
        select_text(t, table);
        where_text(t, table, "=");
    }
}

bool godwit_statement_is_queue(const godwit_table_t *table, godwit_statement_t which)
{
    switch (table->kind) {
    case GODWIT_RECORD_TRIGGER:
    case GODWIT_RECORD_EAS_ENTITLEMENT:
        return which == GODWIT_STATEMENT_DUE || which == GODWIT_STATEMENT_OTHER;
    case GODWIT_RECORD_E2E_SESSION:
    case GODWIT_RECORD_EAS_SESSION:
        return which == GODWIT_STATEMENT_DUE;
    case GODWIT_RECORD_MTC_ENTITLEMENT:
    case GODWIT_RECORD_READING:
    case GODWIT_RECORD_DOWNLINK:
        return which == GODWIT_STATEMENT_OTHER;
    default:
        return false;
    }
}

void godwit_statement_text(const godwit_table_t *table, godwit_statement_t which, char sql[GODWIT_SQL_MAX])
{
    text_t t = {sql, GODWIT_SQL_MAX};
    switch (which) {
    case GODWIT_STATEMENT_PUT:
        put_text(&t, table);
        break;
    case GODWIT_STATEMENT_REMOVE:
        add(&t, "DELETE FROM %s", table->name);
        where_text(&t, table, "=");
        break;
    case GODWIT_STATEMENT_FETCH:
        fetch_text(&t, table);
        break;
    case GODWIT_STATEMENT_LIST:
        select_text(&t, table);
        where_text(&t, table, ">");
        ordered_text(&t, table);
        add(&t, " LIMIT ?%u", table->key_columns + 1u);
        break;
    case GODWIT_STATEMENT_FIRST:
        select_text(&t, table);
        add(&t, "%s", listed(table));
        ordered_text(&t, table);
        add(&t, " LIMIT ?1");
        break;
    case GODWIT_STATEMENT_OTHER:
        select_text(&t, table);
        other_text(&t, table);
        break;
    case GODWIT_STATEMENT_DUE:
        select_text(&t, table);
        due_text(&t, table);
        break;
    case GODWIT_STATEMENT_NUMBERED:
        select_text(&t, table);
        numbered_text(&t, table);
        break;
    case GODWIT_STATEMENT_COUNT:
    default:
        if (godwit_table_is_counted(table)) { /* what it counts, not how many counts there are: of all sources */
            add(&t, "SELECT coalesce(sum(pending), 0) FROM trigger_pending WHERE imsi=''");
        } else {
            add(&t, "SELECT count(*) FROM %s%s", table->name, listed(table));
        }
        break;
    }
    finish(&t, sql);
}

/* ---- the check of a store ---- */

void godwit_statement_all_text(const godwit_table_t *table, char sql[GODWIT_SQL_MAX])
{
    text_t t = {sql, GODWIT_SQL_MAX};
    select_text(&t, table);
    ordered_text(&t, table);
    finish(&t, sql);
}

void godwit_statement_before_text(const godwit_table_t *table, char sql[GODWIT_SQL_MAX])
{
    text_t t = {sql, GODWIT_SQL_MAX};
    add(&t, "SELECT count(*) FROM %s", table->name);
    where_text(&t, table, "<");
    finish(&t, sql);
}

/* A key that is damaged may be of another type: IS compares all of them. */
static void is_row_text(text_t *t, const godwit_table_t *table)
{
    for (unsigned i = 0; i < table->key_columns; i++) {
        add(t, "%s%s IS ?%u", i == 0 ? " WHERE " : " AND ", table->columns[i].name, i + 1);
    }
}

void godwit_statement_drop_text(const godwit_table_t *table, char sql[GODWIT_SQL_MAX])
{
    text_t t = {sql, GODWIT_SQL_MAX};
    add(&t, "DELETE FROM %s", table->name);
    is_row_text(&t, table);
    finish(&t, sql);
}

/* The name as godwit_row_name writes it. */
static void name_text(text_t *t, const godwit_table_t *table)
{
    add(t, "'%s'", table->name);
    for (unsigned i = 0; i < table->key_columns; i++) {
        const bool octets = table->columns[i].type == GODWIT_COLUMN_OCTETS;
        add(t, octets ? "||'/'||lower(hex(%s))" : "||'/'||%s", table->columns[i].name);
    }
}

/* As a literal, whole: quote() of a text ends where a zero stands in it. */
static void literal_text(text_t *t, const godwit_column_t *column)
{
    const char *name = column->name;
    if (column->type == GODWIT_COLUMN_TEXT) {
        add(t, "iif(instr(CAST(%s AS BLOB),x'00'),'CAST('||quote(CAST(%s AS BLOB))||' AS TEXT)',quote(%s))", name, name,
            name);
    } else {
        add(t, "quote(%s)", name);
    }
}

/* The row is kept as the statement that would put it back. */
void godwit_statement_aside_text(const godwit_table_t *table, char sql[GODWIT_SQL_MAX])
{
    text_t t = {sql, GODWIT_SQL_MAX};
    add(&t, "INSERT INTO set_aside(name,at_ms,done,row) SELECT ");
    name_text(&t, table);
    add(&t, ",?%u,0,'INSERT INTO %s(", table->key_columns + 1u, table->name);
    add_columns(&t, table, 0, "");
    add(&t, ") VALUES('||");
    for (unsigned i = 0; i < table->columns_count; i++) {
        if (!godwit_column_is_secret(&table->columns[i])) {
            literal_text(&t, &table->columns[i]);
            add(&t, "||','||");
        }
    }
    add(&t, "quote(%s)||')' FROM %s", secret_column, table->name);
    is_row_text(&t, table);
    finish(&t, sql);
}
