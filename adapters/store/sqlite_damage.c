/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows that cannot be read: each is told once to whoever opened the store, by its table and its place in the order of
 * keys, never by what stands in it; and records that are set aside, which must never be taken for records that there
 * have never been.
 */
#include <string.h>

#include "adapters/store/sqlite_open.h"

/* Of the key as it stands there, whatever type it has. FNV-1a: two that are taken for one are told of once. */
static uint64_t mark_of(const godwit_table_t *table, sqlite3_stmt *row)
{
    uint64_t mark = (UINT64_C(0xcbf29ce484222325) ^ (uint64_t)table->kind) * UINT64_C(0x100000001b3);
    for (int i = 0; i < table->key_columns; i++) {
        uint8_t number[8];
        const uint8_t *octets = number;
        size_t len = sizeof number;
        if (sqlite3_column_type(row, i) == SQLITE_INTEGER) {
            godwit_store_u64(number, (uint64_t)sqlite3_column_int64(row, i));
        } else {
            octets = sqlite3_column_blob(row, i);
            len = (size_t)sqlite3_column_bytes(row, i);
        }
        for (size_t n = 0; n < len; n++) {
            mark = (mark ^ octets[n]) * UINT64_C(0x100000001b3);
        }
    }
    return mark | 1; /* 0: none */
}

uint64_t godwit_sqlite_place(godwit_sqlite_t *s, const godwit_table_t *table, sqlite3_stmt *row)
{
    char sql[GODWIT_SQL_MAX];
    sqlite3_stmt *before = NULL;
    uint64_t place = 0;
    godwit_statement_before_text(table, sql);
    if (sqlite3_prepare_v2(s->db, sql, -1, &before, NULL) == SQLITE_OK) {
        godwit_sqlite_bind_place(table, before, row);
        place = sqlite3_step(before) == SQLITE_ROW ? (uint64_t)sqlite3_column_int64(before, 0) + 1 : 0;
    }
    sqlite3_finalize(before);
    return place;
}

void godwit_sqlite_bind_place(const godwit_table_t *table, sqlite3_stmt *statement, sqlite3_stmt *row)
{
    for (int i = 0; i < table->key_columns; i++) {
        (void)sqlite3_bind_value(statement, i + 1, sqlite3_column_value(row, i));
    }
}

uint64_t godwit_sqlite_note_damage(godwit_sqlite_t *s, const godwit_table_t *table, sqlite3_stmt *row)
{
    const uint64_t place = godwit_sqlite_place(s, table, row), mark = mark_of(table, row);
    for (size_t i = 0; i < s->store.damaged; i++) {
        if (s->met[i] == mark) {
            return place;
        }
    }
    if (s->store.damaged < GODWIT_SQLITE_MET) {
        s->met[s->store.damaged++] = mark;
        if (s->on_damage != NULL) {
            s->on_damage(s->on_damage_context, table->name, place);
        }
    }
    return place;
}

bool godwit_sqlite_is_set_aside(godwit_sqlite_t *s, const godwit_table_t *table, const godwit_record_key_t *key)
{
    char name[GODWIT_WRAP_NAME_MAX];
    godwit_record_t record;
    godwit_row_take_key(table->kind, key, &record);
    godwit_row_name(table, &record, name);
    (void)sqlite3_bind_text(s->aside, 1, name, -1, SQLITE_TRANSIENT);
    const int rc = sqlite3_step(s->aside);
    (void)sqlite3_reset(s->aside);
    return rc != SQLITE_DONE; /* whoever cannot say so has not said no */
}
