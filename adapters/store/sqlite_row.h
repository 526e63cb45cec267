/* SPDX-License-Identifier: Apache-2.0
 *
 * Records as rows: a table says which member of a record stands in which column, and one engine binds and reads them
 * all. Members marked as secret are gathered in the row's one column `secret`, wrapped; they must never reach a column
 * of their own.
 */
#ifndef GODWIT_ADAPTERS_STORE_SQLITE_ROW_H
#define GODWIT_ADAPTERS_STORE_SQLITE_ROW_H

#include <sqlite3.h>

#include "adapters/store/wrap.h"
#include "roles/record.h"

#define GODWIT_SQL_MAX 8192 /* the longest statement (session, set aside) has about 5000 octets */
#define GODWIT_ROW_SECRET_MAX GODWIT_USER_PLANE_MAX /* reading, downlink: a payload */
#define GODWIT_ROW_BESIDE_MAX 8192 /* what stands in clear: a trigger subscription has about 2800 octets */
#define GODWIT_SQLITE_TABLES 24    /* kinds 1 to 24 */
#define GODWIT_SQLITE_KINDS 24     /* the highest */

typedef enum godwit_column_type {
    GODWIT_COLUMN_NUMBER, /* an integer or enum of 1, 2, 4 or 8 octets */
    GODWIT_COLUMN_TRUTH,  /* a bool */
    GODWIT_COLUMN_TEXT,   /* terminated, in an array */
    GODWIT_COLUMN_OCTETS, /* as many as the member has */
    GODWIT_COLUMN_SOME,   /* as many as the uint8_t at count_at says */
    GODWIT_COLUMN_SECRET, /* no column: part of `secret` */
    /* likewise, the last part: as many as the uint16_t at count_at says, which has a column before it */
    GODWIT_COLUMN_SECRET_SOME,
} godwit_column_type_t;

typedef struct godwit_column {
    const char *name;
    godwit_column_type_t type;
    uint16_t at, size; /* of the member within godwit_record_t */
    uint16_t count_at;
} godwit_column_t;

static inline bool godwit_column_is_secret(const godwit_column_t *column)
{
    return column->type == GODWIT_COLUMN_SECRET || column->type == GODWIT_COLUMN_SECRET_SOME;
}

typedef struct godwit_table {
    const char *name;
    godwit_record_kind_t kind;
    uint8_t key_columns; /* the first of columns are the key */
    uint8_t columns_count;
    const godwit_column_t *columns;
    /* Makes the rest of a record from what was read; false when a value cannot be. */
    bool (*complete)(godwit_record_t *record);
} godwit_table_t;

const godwit_table_t *godwit_table_at(unsigned index); /* below GODWIT_SQLITE_TABLES */

typedef enum godwit_statement {
    GODWIT_STATEMENT_PUT,
    GODWIT_STATEMENT_REMOVE,
    GODWIT_STATEMENT_FETCH,
    GODWIT_STATEMENT_LIST, /* the last parameter is the limit */
    GODWIT_STATEMENT_FIRST,
    GODWIT_STATEMENT_COUNT,
    GODWIT_STATEMENT_OTHER,    /* by what is not the key, as roles/record.h says; where nothing is said, by the key */
    GODWIT_STATEMENT_DUE,      /* the second of those, of triggers and downlinks; of all others by the key */
    GODWIT_STATEMENT_NUMBERED, /* the third */
    GODWIT_STATEMENTS
} godwit_statement_t;

/* Whether the store counts those by itself: they are fetched and never put. */
bool godwit_table_is_counted(const godwit_table_t *table);
/* NULL for a kind that does not exist. */
const godwit_table_t *godwit_table_of(godwit_record_kind_t kind);
/* The text of a statement; sql[0] is '\0' when it did not fit. */
void godwit_statement_text(const godwit_table_t *table, godwit_statement_t which, char sql[GODWIT_SQL_MAX]);
/* Whether that search asks for whichever comes first: a damaged row is stepped over then, and the rows after it are
 * found. Every other search asks for one row, whose damage is no absence. */
bool godwit_statement_is_queue(const godwit_table_t *table, godwit_statement_t which);
/* Texts for the check of a store: every row in the order of keys; a row into set_aside (parameters: key columns,
 * then the time), and out of its table; how many rows stand before a key. */
void godwit_statement_all_text(const godwit_table_t *table, char sql[GODWIT_SQL_MAX]);
void godwit_statement_aside_text(const godwit_table_t *table, char sql[GODWIT_SQL_MAX]);
void godwit_statement_drop_text(const godwit_table_t *table, char sql[GODWIT_SQL_MAX]);
void godwit_statement_before_text(const godwit_table_t *table, char sql[GODWIT_SQL_MAX]);
/* The integer that a member of that size is. */
uint64_t godwit_row_number(const uint8_t *member, size_t size);
/* "key_set/001010000000001/3": what a wrapped secret is tied to, and the row's name where it is set aside. */
void godwit_row_name(const godwit_table_t *table, const godwit_record_t *record, char name[GODWIT_WRAP_NAME_MAX]);
/* The columns that are not wrapped, as octets that the wrapped one is tied to; how many. 0: too many. */
size_t godwit_row_beside(const godwit_table_t *table, const godwit_record_t *record,
                         uint8_t octets[GODWIT_ROW_BESIDE_MAX]);
/* Binds the first count columns but for secrets, each to the parameter after *parameter, which rises. SQLite's
 * status. */
int godwit_row_bind_columns(const godwit_table_t *table, unsigned count, sqlite3_stmt *statement,
                            const godwit_record_t *record, int *parameter);
/* A record that is nothing but its key. */
void godwit_row_take_key(godwit_record_kind_t kind, const godwit_record_key_t *key, godwit_record_t *record);
/* Binds the key columns only; returns how many parameters were bound. */
int godwit_row_bind_key(const godwit_table_t *table, sqlite3_stmt *statement, const godwit_record_key_t *key);
/* What answers a fetch of that key: FETCH, OTHER, DUE or NUMBERED. */
godwit_statement_t godwit_statement_for(const godwit_record_key_t *key);
/* Binds the parameters of that statement. */
void godwit_row_bind_fetch(const godwit_table_t *table, godwit_statement_t which, sqlite3_stmt *statement,
                           const godwit_record_key_t *key);
/* Binds all of PUT. */
GODWIT_MUST_USE godwit_status_t godwit_row_bind(const godwit_table_t *table, sqlite3_stmt *statement,
                                                const godwit_kek_t *kek, const godwit_record_t *record);
/* Reads the row that statement stands on. kek NULL: the secret members stay zero. GODWIT_STORE_FAILED for values that
 * cannot be, GODWIT_MAC_FAILURE for a secret that does not open. */
GODWIT_MUST_USE godwit_status_t godwit_row_read(const godwit_table_t *table, sqlite3_stmt *statement,
                                                const godwit_kek_t *kek, godwit_record_t *record);

#endif
