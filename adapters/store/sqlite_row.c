/* SPDX-License-Identifier: Apache-2.0
 *
 * The engine behind the tables: binding and reading by place and size of the member.
 */
#include "adapters/store/sqlite_row.h"

#include <stdio.h>
#include <string.h>

/* ---- binding ----------------------------------------------------------------------------------------------------- */

uint64_t godwit_row_number(const uint8_t *member, size_t size)
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
        return sqlite3_bind_int64(statement, parameter, (sqlite3_int64)godwit_row_number(member, column->size));
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
    case GODWIT_COLUMN_SECRET_SOME:
    default:
        return SQLITE_MISUSE;
    }
}

int godwit_row_bind_columns(const godwit_table_t *table, unsigned count, sqlite3_stmt *statement,
                            const godwit_record_t *record, int *parameter)
{
    int rc = SQLITE_OK;
    for (unsigned i = 0; i < count && rc == SQLITE_OK; i++) {
        if (!godwit_column_is_secret(&table->columns[i])) {
            rc = bind_column(statement, ++*parameter, &table->columns[i], (const uint8_t *)record);
        }
    }
    return rc;
}

void godwit_row_name(const godwit_table_t *table, const godwit_record_t *record, char name[GODWIT_WRAP_NAME_MAX])
{
    int len = snprintf(name, GODWIT_WRAP_NAME_MAX, "%s", table->name);
    for (unsigned i = 0; i < table->key_columns && len < GODWIT_WRAP_NAME_MAX; i++) {
        const uint8_t *member = (const uint8_t *)record + table->columns[i].at;
        const size_t size = table->columns[i].size;
        char *at = name + len;
        const size_t left = (size_t)(GODWIT_WRAP_NAME_MAX - len);
        if (table->columns[i].type == GODWIT_COLUMN_TEXT) {
            len += snprintf(at, left, "/%.*s", GODWIT_IMSI_DIGITS_MAX, (const char *)member);
        } else if (table->columns[i].type == GODWIT_COLUMN_OCTETS && 2 * size + 1 < left) {
            *at = '/';
            godwit_hex_encode(godwit_slice(member, size), at + 1);
            len += (int)(2 * size + 1);
        } else {
            len += snprintf(at, left, "/%llu", (unsigned long long)godwit_row_number(member, size));
        }
    }
}

/* How many octets of the record that secret column is; at most its size. */
static size_t secret_size(const godwit_column_t *column, const godwit_record_t *record)
{
    uint16_t len = 0;
    if (column->type == GODWIT_COLUMN_SECRET) {
        return column->size;
    }
    memcpy(&len, (const uint8_t *)record + column->count_at, sizeof len);
    return len < column->size ? len : column->size;
}

static size_t gather_secret(const godwit_table_t *table, const godwit_record_t *record,
                            uint8_t plain[GODWIT_ROW_SECRET_MAX])
{
    size_t len = 0;
    for (unsigned i = 0; i < table->columns_count; i++) {
        const godwit_column_t *column = &table->columns[i];
        if (godwit_column_is_secret(column)) {
            const size_t size = secret_size(column, record);
            memcpy(plain + len, (const uint8_t *)record + column->at, size);
            len += size;
        }
    }
    return len;
}

godwit_status_t godwit_row_bind(const godwit_table_t *table, sqlite3_stmt *statement, const godwit_kek_t *kek,
                                const godwit_record_t *record)
{
    int parameter = 0;
    if (godwit_row_bind_columns(table, table->columns_count, statement, record, &parameter) != SQLITE_OK) {
        return GODWIT_STORE_FAILED;
    }
    char name[GODWIT_WRAP_NAME_MAX];
    uint8_t plain[GODWIT_ROW_SECRET_MAX], wrapped[GODWIT_ROW_SECRET_MAX + GODWIT_WRAP_OVERHEAD];
    uint8_t beside[GODWIT_ROW_BESIDE_MAX];
    const godwit_wrap_context_t context = {name, godwit_slice(beside, godwit_row_beside(table, record, beside))};
    if (context.beside.len == 0) {
        return GODWIT_STORE_FAILED;
    }
    size_t len = gather_secret(table, record, plain);
    godwit_row_name(table, record, name);
    godwit_status_t status = godwit_wrap(kek, &context, godwit_slice(plain, len), wrapped);
    godwit_wipe(plain, sizeof plain);
    if (status == GODWIT_OK && sqlite3_bind_blob(statement, parameter + 1, wrapped, (int)(len + GODWIT_WRAP_OVERHEAD),
                                                 SQLITE_TRANSIENT) != SQLITE_OK) {
        status = GODWIT_STORE_FAILED;
    }
    return status;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* What is no integer is not read as one: SQLite would make a 0 of nothing. */
static bool read_number(sqlite3_stmt *statement, int index, const godwit_column_t *column, uint8_t *member)
{
    if (sqlite3_column_type(statement, index) != SQLITE_INTEGER) {
        return false;
    }
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
                : column->type == GODWIT_COLUMN_TEXT
                    ? len < column->size && (len == 0 || memchr(octets, 0, len) == NULL)
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
        } else if (!godwit_column_is_secret(column)) {
            good = read_octets(statement, (*index)++, column, (uint8_t *)record);
        }
        if (!good) {
            return false;
        }
    }
    return true;
}

/* Rows that were written before schema 8 are tied to their name alone, until they are written again. What a row of
 * today was changed to does not open as one of those either. */
static godwit_status_t unwrap(const godwit_table_t *table, const godwit_kek_t *kek, const godwit_record_t *record,
                              godwit_slice_t wrapped, uint8_t *plain, size_t len)
{
    char name[GODWIT_WRAP_NAME_MAX];
    uint8_t beside[GODWIT_ROW_BESIDE_MAX];
    godwit_wrap_context_t context = {name, godwit_slice(beside, godwit_row_beside(table, record, beside))};
    godwit_row_name(table, record, name);
    const godwit_status_t status = godwit_unwrap(kek, &context, wrapped, plain, len);
    context.beside.len = 0;
    return status == GODWIT_MAC_FAILURE ? godwit_unwrap(kek, &context, wrapped, plain, len) : status;
}

static godwit_status_t read_secret(const godwit_table_t *table, sqlite3_stmt *statement, int index,
                                   const godwit_kek_t *kek, godwit_record_t *record)
{
    uint8_t plain[GODWIT_ROW_SECRET_MAX];
    godwit_slice_t wrapped =
        godwit_slice(sqlite3_column_blob(statement, index), (size_t)sqlite3_column_bytes(statement, index));
    size_t len = gather_secret(table, record, plain), taken = 0;
    godwit_status_t status = unwrap(table, kek, record, wrapped, plain, len);
    for (unsigned i = 0; i < table->columns_count && status == GODWIT_OK; i++) {
        const godwit_column_t *column = &table->columns[i];
        if (godwit_column_is_secret(column)) {
            const size_t size = secret_size(column, record);
            memcpy((uint8_t *)record + column->at, plain + taken, size);
            taken += size;
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
    if (!read_plain_columns(table, statement, record, &index)) {
        return GODWIT_STORE_FAILED;
    }
    const bool wrapped = kek != NULL && !godwit_table_is_counted(table);
    const godwit_status_t status = wrapped ? read_secret(table, statement, index, kek, record) : GODWIT_OK;
    return status != GODWIT_OK ? status : table->complete(record) ? GODWIT_OK : GODWIT_STORE_FAILED;
}
