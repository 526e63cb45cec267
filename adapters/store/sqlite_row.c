/* SPDX-License-Identifier: Apache-2.0
 *
 * The engine behind the tables: statement texts from column names, binding and reading by place and size of the member.
 */
#include "adapters/store/sqlite_row.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char secret_column[] = "secret";

/* ---- statements ------------------------------------------------------------------------------------------------- */

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

/* "a,b,secret", or with an assignment "a=excluded.a,b=excluded.b,secret=excluded.secret". */
static void add_columns(text_t *t, const godwit_table_t *table, unsigned from, const char *assignment)
{
    bool assigns = assignment[0] != '\0';
    for (unsigned i = from; i < table->columns_count; i++) {
        const char *name = table->columns[i].name;
        if (table->columns[i].type != GODWIT_COLUMN_SECRET) {
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
        count += table->columns[i].type != GODWIT_COLUMN_SECRET;
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

static void ordered_text(text_t *t, const godwit_table_t *table, unsigned limit_parameter)
{
    add(t, " ORDER BY ");
    for (unsigned i = 0; i < table->key_columns; i++) {
        add(t, "%s%s", i == 0 ? "" : ",", table->columns[i].name);
    }
    add(t, " LIMIT ?%u", limit_parameter);
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
        select_text(&t, table);
        where_text(&t, table, "=");
        break;
    case GODWIT_STATEMENT_LIST:
        select_text(&t, table);
        where_text(&t, table, ">");
        ordered_text(&t, table, table->key_columns + 1u);
        break;
    case GODWIT_STATEMENT_FIRST:
        select_text(&t, table);
        ordered_text(&t, table, 1);
        break;
    case GODWIT_STATEMENT_NEWEST:
        select_text(&t, table);
        if (table->kind == GODWIT_RECORD_CLOCK || table->kind == GODWIT_RECORD_BOOTSTRAP) { /* belongs to no IMSI */
            where_text(&t, table, "=");
            break;
        }
        add(&t, " WHERE imsi=?1%s LIMIT 1", table->kind == GODWIT_RECORD_SESSION ? " ORDER BY created_ms DESC" : "");
        break;
    case GODWIT_STATEMENT_COUNT:
    default:
        add(&t, "SELECT count(*) FROM %s", table->name);
        break;
    }
    if (t.left == 0) {
        sql[0] = '\0';
    }
}

/* ---- binding --------------------------------------------------------------------------------------------------------- */

static uint64_t number_at(const uint8_t *member, size_t size)
{
    uint8_t one;
    uint16_t two;
    uint32_t four;
    uint64_t eight;
    switch (size) {
    case sizeof one:
        return *member;
    case sizeof two:
        memcpy(&two, member, sizeof two);
        return two;
    case sizeof four:
        memcpy(&four, member, sizeof four);
        return four;
    default:
        memcpy(&eight, member, sizeof eight);
        return eight;
    }
}

/* SQLite's integers have a sign: a 64-bit window keeps its bits. */
static int bind_column(sqlite3_stmt *statement, int parameter, const godwit_column_t *column, const uint8_t *record)
{
    const uint8_t *member = record + column->at;
    switch (column->type) {
    case GODWIT_COLUMN_NUMBER:
    case GODWIT_COLUMN_TRUTH:
        return sqlite3_bind_int64(statement, parameter, (sqlite3_int64)number_at(member, column->size));
    case GODWIT_COLUMN_TEXT:
        return sqlite3_bind_text(statement, parameter, (const char *)member,
                                 (int)strnlen((const char *)member, column->size), SQLITE_TRANSIENT);
    case GODWIT_COLUMN_OCTETS:
        return sqlite3_bind_blob(statement, parameter, member, column->size, SQLITE_TRANSIENT);
    case GODWIT_COLUMN_SOME:
        return record[column->count_at] > column->size
                   ? SQLITE_RANGE
                   : sqlite3_bind_blob(statement, parameter, member, record[column->count_at], SQLITE_TRANSIENT);
    case GODWIT_COLUMN_SECRET:
    default:
        return SQLITE_MISUSE;
    }
}

static int bind_plain_columns(const godwit_table_t *table, unsigned count, sqlite3_stmt *statement,
                              const godwit_record_t *record, int *parameter)
{
    int rc = SQLITE_OK;
    for (unsigned i = 0; i < count && rc == SQLITE_OK; i++) {
        if (table->columns[i].type != GODWIT_COLUMN_SECRET) {
            rc = bind_column(statement, ++*parameter, &table->columns[i], (const uint8_t *)record);
        }
    }
    return rc;
}

int godwit_row_bind_key(const godwit_table_t *table, sqlite3_stmt *statement, const godwit_record_key_t *key)
{
    godwit_record_t record;
    int parameter = 0;
    memset(&record, 0, sizeof record);
    switch (table->kind) {
    case GODWIT_RECORD_SUBSCRIBER:
        record.u.subscriber.imsi = key->imsi;
        break;
    case GODWIT_RECORD_KEY_SET:
        record.u.key_set.imsi = key->imsi;
        record.u.key_set.agreement = (godwit_agreement_t)key->agreement;
        break;
    case GODWIT_RECORD_CLOCK:
        break; /* there is one, with id 0 */
    case GODWIT_RECORD_NEXT_SESSION:
        record.u.next_session.next.tmsi = key->session_id;
        record.u.next_session.next.domain = (godwit_next_domain_t)key->agreement;
        break;
    case GODWIT_RECORD_BOOTSTRAP:
        memcpy(record.u.bootstrap.rand, key->octets, sizeof record.u.bootstrap.rand);
        break;
    case GODWIT_RECORD_SESSION:
    default:
        record.u.session.session_id = key->session_id;
        break;
    }
    (void)bind_plain_columns(table, table->key_columns, statement, &record, &parameter);
    return parameter;
}

static void add_hex(text_t *t, const uint8_t *octets, size_t len)
{
    add(t, "/");
    for (size_t i = 0; i < len; i++) {
        add(t, "%02x", octets[i]);
    }
}

/* "key_set/001010000000001/3": what a wrapped secret is bound to. */
static void name_row(const godwit_table_t *table, const godwit_record_t *record, char name[GODWIT_WRAP_NAME_MAX])
{
    text_t t = {name, GODWIT_WRAP_NAME_MAX};
    add(&t, "%s", table->name);
    for (unsigned i = 0; i < table->key_columns; i++) {
        const uint8_t *member = (const uint8_t *)record + table->columns[i].at;
        if (table->columns[i].type == GODWIT_COLUMN_TEXT) {
            add(&t, "/%.*s", GODWIT_IMSI_DIGITS_MAX, (const char *)member);
        } else if (table->columns[i].type == GODWIT_COLUMN_OCTETS) {
            add_hex(&t, member, table->columns[i].size);
        } else {
            add(&t, "/%llu", (unsigned long long)number_at(member, table->columns[i].size));
        }
    }
}

static size_t gather_secret(const godwit_table_t *table, const godwit_record_t *record,
                            uint8_t plain[GODWIT_ROW_SECRET_MAX])
{
    size_t len = 0;
    for (unsigned i = 0; i < table->columns_count; i++) {
        const godwit_column_t *column = &table->columns[i];
        if (column->type == GODWIT_COLUMN_SECRET) {
            memcpy(plain + len, (const uint8_t *)record + column->at, column->size);
            len += column->size;
        }
    }
    return len;
}

godwit_status_t godwit_row_bind(const godwit_table_t *table, sqlite3_stmt *statement, const godwit_kek_t *kek,
                                const godwit_record_t *record)
{
    int parameter = 0;
    if (bind_plain_columns(table, table->columns_count, statement, record, &parameter) != SQLITE_OK) {
        return GODWIT_STORE_FAILED;
    }
    char name[GODWIT_WRAP_NAME_MAX];
    uint8_t plain[GODWIT_ROW_SECRET_MAX], wrapped[GODWIT_ROW_SECRET_MAX + GODWIT_WRAP_OVERHEAD];
    size_t len = gather_secret(table, record, plain);
    name_row(table, record, name);
    godwit_status_t status = godwit_wrap(kek, name, godwit_slice(plain, len), wrapped);
    godwit_wipe(plain, sizeof plain);
    if (status == GODWIT_OK && sqlite3_bind_blob(statement, parameter + 1, wrapped, (int)(len + GODWIT_WRAP_OVERHEAD),
                                                 SQLITE_TRANSIENT) != SQLITE_OK) {
        status = GODWIT_STORE_FAILED;
    }
    return status;
}

/* ---- reading --------------------------------------------------------------------------------------------------------------- */

static bool read_number(sqlite3_stmt *statement, int index, const godwit_column_t *column, uint8_t *member)
{
    uint64_t value = (uint64_t)sqlite3_column_int64(statement, index);
    uint8_t one = (uint8_t)value;
    uint16_t two = (uint16_t)value;
    uint32_t four = (uint32_t)value;
    switch (column->size) {
    case sizeof one:
        memcpy(member, &one, sizeof one);
        return value == one && (column->type == GODWIT_COLUMN_NUMBER || value <= 1);
    case sizeof two:
        memcpy(member, &two, sizeof two);
        return value == two;
    case sizeof four:
        memcpy(member, &four, sizeof four);
        return value == four;
    default:
        memcpy(member, &value, sizeof value);
        return true;
    }
}

static bool read_octets(sqlite3_stmt *statement, int index, const godwit_column_t *column, uint8_t *record)
{
    const void *octets = sqlite3_column_blob(statement, index);
    size_t len = (size_t)sqlite3_column_bytes(statement, index);
    bool fits = column->type == GODWIT_COLUMN_OCTETS ? len == column->size
                : column->type == GODWIT_COLUMN_TEXT ? len < column->size
                                                     : len <= column->size;
    if (fits && len > 0) {
        memcpy(record + column->at, octets, len);
    }
    if (column->type == GODWIT_COLUMN_SOME) {
        record[column->count_at] = (uint8_t)len;
    }
    return fits;
}

static bool read_plain_columns(const godwit_table_t *table, sqlite3_stmt *statement, godwit_record_t *record,
                               int *index)
{
    for (unsigned i = 0; i < table->columns_count; i++) {
        const godwit_column_t *column = &table->columns[i];
        bool good = true;
        if (column->type == GODWIT_COLUMN_NUMBER || column->type == GODWIT_COLUMN_TRUTH) {
            good = read_number(statement, (*index)++, column, (uint8_t *)record + column->at);
        } else if (column->type != GODWIT_COLUMN_SECRET) {
            good = read_octets(statement, (*index)++, column, (uint8_t *)record);
        }
        if (!good) {
            return false;
        }
    }
    return true;
}

static godwit_status_t read_secret(const godwit_table_t *table, sqlite3_stmt *statement, int index,
                                   const godwit_kek_t *kek, godwit_record_t *record)
{
    char name[GODWIT_WRAP_NAME_MAX];
    uint8_t plain[GODWIT_ROW_SECRET_MAX];
    godwit_slice_t wrapped =
        godwit_slice(sqlite3_column_blob(statement, index), (size_t)sqlite3_column_bytes(statement, index));
    size_t len = gather_secret(table, record, plain), taken = 0;
    name_row(table, record, name);
    godwit_status_t status = godwit_unwrap(kek, name, wrapped, plain, len);
    for (unsigned i = 0; i < table->columns_count && status == GODWIT_OK; i++) {
        const godwit_column_t *column = &table->columns[i];
        if (column->type == GODWIT_COLUMN_SECRET) {
            memcpy((uint8_t *)record + column->at, plain + taken, column->size);
            taken += column->size;
        }
    }
    godwit_wipe(plain, sizeof plain);
    return status;
}

godwit_status_t godwit_row_read(const godwit_table_t *table, sqlite3_stmt *statement, const godwit_kek_t *kek,
                                godwit_record_t *record)
{
    int index = 0;
    memset(record, 0, sizeof *record);
    record->kind = table->kind;
    if (!read_plain_columns(table, statement, record, &index) || !table->complete(record)) {
        return GODWIT_STORE_FAILED;
    }
    return kek == NULL ? GODWIT_OK : read_secret(table, statement, index, kek, record);
}
