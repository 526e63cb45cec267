/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite backend's own structure, and what opening it takes.
 */
#ifndef GODWIT_ADAPTERS_STORE_SQLITE_OPEN_H
#define GODWIT_ADAPTERS_STORE_SQLITE_OPEN_H

#include "adapters/store/sqlite_row.h"
#include "adapters/store/store.h"

typedef struct godwit_sqlite {
    godwit_store_t store;
    sqlite3 *db;
    char *path;
    godwit_kek_t kek;
    int error;  /* errno of the statement that failed last: SQLite does not keep that of a commit; 0: unknown */
    bool batch; /* between begin and commit or rollback */
    sqlite3_stmt *begin, *commit, *rollback;
    sqlite3_stmt *numbers, *numbered; /* GODWIT_SQL_NUMBERS, GODWIT_SQL_NUMBERED */
    /* Of readings and downlinks: the numbers that this process has to give. A batch that is undone takes back what it
     * took. */
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

#endif
