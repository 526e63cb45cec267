/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite backend's own structure, and what opening it takes.
 */
#ifndef GODWIT_ADAPTERS_STORE_SQLITE_OPEN_H
#define GODWIT_ADAPTERS_STORE_SQLITE_OPEN_H

#include "adapters/store/sqlite_row.h"
#include "adapters/store/store.h"

#define GODWIT_SQLITE_MET 256 /* damaged rows that are told of */

typedef struct godwit_sqlite {
    godwit_store_t store;
    sqlite3 *db;
    char *path;
    godwit_kek_t kek;
    int error;  /* errno of the statement that failed last: SQLite does not keep that of a commit; 0: unknown */
    bool batch; /* between begin and commit or rollback */
    sqlite3_stmt *begin, *commit, *rollback;
    sqlite3_stmt *numbers, *numbered; /* GODWIT_SQL_NUMBERS, GODWIT_SQL_NUMBERED */
    sqlite3_stmt *aside;              /* GODWIT_SQL_IS_ASIDE */
    godwit_store_damage_t *on_damage;
    void *on_damage_context;
    uint64_t met[GODWIT_SQLITE_MET]; /* the first store.damaged are in use */
    /* Of readings and downlinks: the numbers that this process has to give. A batch that is undone takes back what
     * it took. */
    struct godwit_numbers {
        uint64_t next;
        uint32_t left;
    } reading_numbers, downlink_numbers;
    sqlite3_stmt *statements[GODWIT_SQLITE_KINDS + 1][GODWIT_STATEMENTS]; /* by kind, from 1; NULL: there is none */
} godwit_sqlite_t;

GODWIT_MUST_USE godwit_status_t godwit_sqlite_open(const godwit_store_config_t *config, godwit_store_t **store,
                                                   char why[GODWIT_STORE_WHY]);
void godwit_sqlite_close(godwit_store_t *store);
/* Writes why from the connection's last error: "store PATH: WHAT: ..., and what to do". Always GODWIT_STORE_FAILED. */
godwit_status_t godwit_sqlite_failed(godwit_sqlite_t *s, const char *what);

/* ---- damaged rows (sqlite_damage.c); row: the statement that stands on one ---- */

/* Tells of it, unless that was done before; returns its place. */
uint64_t godwit_sqlite_note_damage(godwit_sqlite_t *s, const godwit_table_t *table, sqlite3_stmt *row);
/* In the order of keys, from 1; 0: not known. */
uint64_t godwit_sqlite_place(godwit_sqlite_t *s, const godwit_table_t *table, sqlite3_stmt *row);
/* Binds the key that stands there, as it stands there. */
void godwit_sqlite_bind_place(const godwit_table_t *table, sqlite3_stmt *statement, sqlite3_stmt *row);
/* Whether a record of that key was set aside. Of kinds without which a counter would begin again that is no absence. */
bool godwit_sqlite_is_set_aside(godwit_sqlite_t *s, const godwit_table_t *table, const godwit_record_key_t *key);
/* sqlite_check.c */
godwit_status_t godwit_sqlite_check(godwit_store_t *store, bool set_aside, uint64_t now_ms,
                                    godwit_store_finding_visit_t *visit, void *context,
                                    godwit_store_checked_t *checked);

#endif
