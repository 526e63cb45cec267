/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening the SQLite store: the file and its mode, the pragmas that make a commit durable, the schema, the
 * key-encryption key. When it fails, a store that it was about to make is gone again.
 */
#include "adapters/store/sqlite_open.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/store/kek.h"
#include "adapters/store/sqlite_schema.h"

#define BUSY_MS 5000

static const godwit_wrap_context_t kek_check = {.name = "meta/kek_check"};
static const uint8_t kek_check_plain[16] = "godwit kek check";

static const char *advice(int code)
{
    switch (code & 0xff) {
    case SQLITE_FULL:
        return "; free some space on its disk";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        return "; this user must be able to write the file and its directory";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return "; it is damaged or something else: restore it from its backup";
    case SQLITE_BUSY:
        return "; another process keeps writing to it";
    default:
        return "";
    }
}

godwit_status_t godwit_sqlite_failed(godwit_sqlite_t *s, const char *what)
{
    int code = sqlite3_extended_errcode(s->db), primary = code & 0xff;
    int told = sqlite3_system_errno(s->db), system_error = told != 0 ? told : s->error;
    bool tells_errno = system_error != 0 && (primary == SQLITE_IOERR || primary == SQLITE_FULL ||
                                             primary == SQLITE_CANTOPEN || primary == SQLITE_READONLY);
    (void)snprintf(s->store.why, sizeof s->store.why, "store %s: %s: %s%s%s%s", s->path, what, sqlite3_errmsg(s->db),
                   tells_errno ? ": " : "", tells_errno ? strerror(system_error) : "", advice(code));
    return GODWIT_STORE_FAILED;
}

static godwit_status_t refused(godwit_sqlite_t *s, const char *what)
{
    (void)snprintf(s->store.why, sizeof s->store.why, "store %s: %s", s->path, what);
    return GODWIT_STORE_FAILED;
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

/* SQLite would make it readable for all; its log and index files take their mode from it. */
static godwit_status_t make_file(godwit_sqlite_t *s, const godwit_store_config_t *config, bool *fresh)
{
    struct stat st;
    char what[128];
    if (stat(config->path, &st) == 0) {
        return !S_ISREG(st.st_mode) ? refused(s, "it is not a regular file")
               : (st.st_mode & (S_IRWXG | S_IRWXO)) != 0
                   ? refused(s, "others than its owner may use it; run chmod 600 on it")
                   : GODWIT_OK;
    }
    if (config->must_exist && errno == ENOENT) {
        return refused(s, "there is none yet; its first user is godwitd, or godwit sub add");
    }
    int fd = open(config->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0) {
        (void)snprintf(what, sizeof what, "cannot be made: %s", strerror(errno));
        return refused(s, what);
    }
    *fresh = true;
    close(fd);
    return GODWIT_OK;
}

static void unmake_file(const char *path)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    char name[PATH_MAX];
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        if ((size_t)snprintf(name, sizeof name, "%s%s", path, endings[i]) < sizeof name) {
            (void)unlink(name);
        }
    }
}

/* ---- the connection ---------------------------------------------------------------------------------------------- */

static bool is_wal(sqlite3 *db)
{
    sqlite3_stmt *statement = NULL;
    bool wal = sqlite3_prepare_v2(db, "PRAGMA journal_mode=WAL", -1, &statement, NULL) == SQLITE_OK &&
               sqlite3_step(statement) == SQLITE_ROW &&
               strcmp((const char *)sqlite3_column_text(statement, 0), "wal") == 0;
    return sqlite3_finalize(statement) == SQLITE_OK && wal;
}

static godwit_status_t connect_file(godwit_sqlite_t *s, const godwit_store_config_t *config)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (sqlite3_open_v2(config->path, &s->db, flags, config->vfs) != SQLITE_OK) {
        return godwit_sqlite_failed(s, "cannot be opened");
    }
    (void)sqlite3_busy_timeout(s->db, (int)(config->busy_ms == 0 ? BUSY_MS : config->busy_ms));
    if (!is_wal(s->db) || sqlite3_exec(s->db,
                                       "PRAGMA synchronous=FULL; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"
                                       " PRAGMA temp_store=MEMORY",
                                       NULL, NULL, NULL) != SQLITE_OK) {
        return godwit_sqlite_failed(s, "cannot be used");
    }
    switch (godwit_schema_upgrade(s->db, GODWIT_SCHEMA_VERSION)) {
    case GODWIT_SCHEMA_READY:
        return GODWIT_OK;
    case GODWIT_SCHEMA_FOREIGN:
        return refused(s, "this is a database of something else; name another file");
    case GODWIT_SCHEMA_TOO_NEW:
        return refused(s, "a newer godwit made it; use that version or a later one");
    case GODWIT_SCHEMA_SQL_FAILED:
    default:
        return godwit_sqlite_failed(s, "its schema cannot be made or upgraded");
    }
}

/* ---- the key-encryption key -------------------------------------------------------------------------------------- */

/* GODWIT_NOT_FOUND: the store has never had a key. GODWIT_MAC_FAILURE: it was made with another. */
static godwit_status_t check_kek(godwit_sqlite_t *s)
{
    sqlite3_stmt *statement = NULL;
    uint8_t plain[sizeof kek_check_plain];
    if (sqlite3_prepare_v2(s->db, "SELECT value FROM meta WHERE name='kek_check'", -1, &statement, NULL) != SQLITE_OK) {
        return godwit_sqlite_failed(s, "cannot be read");
    }
    int rc = sqlite3_step(statement);
    godwit_status_t status = rc == SQLITE_DONE ? GODWIT_NOT_FOUND : GODWIT_STORE_FAILED;
    if (rc == SQLITE_ROW) {
        godwit_slice_t wrapped =
            godwit_slice(sqlite3_column_blob(statement, 0), (size_t)sqlite3_column_bytes(statement, 0));
        status = godwit_unwrap(&s->kek, &kek_check, wrapped, plain, sizeof plain);
    } else if (rc != SQLITE_DONE) {
        (void)godwit_sqlite_failed(s, "cannot be read");
    }
    sqlite3_finalize(statement);
    return status;
}

static godwit_status_t store_kek_check(godwit_sqlite_t *s)
{
    uint8_t wrapped[sizeof kek_check_plain + GODWIT_WRAP_OVERHEAD];
    sqlite3_stmt *statement = NULL;
    godwit_status_t status =
        godwit_wrap(&s->kek, &kek_check, godwit_slice(kek_check_plain, sizeof kek_check_plain), wrapped);
    if (status != GODWIT_OK) {
        return refused(s, "the check of the key-encryption key cannot be made");
    }
    if (sqlite3_prepare_v2(s->db, "INSERT OR IGNORE INTO meta VALUES('kek_check', ?1)", -1, &statement, NULL) !=
            SQLITE_OK ||
        sqlite3_bind_blob(statement, 1, wrapped, sizeof wrapped, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_DONE) {
        status = godwit_sqlite_failed(s, "cannot be written");
    }
    sqlite3_finalize(statement);
    return status;
}

/* A key is made only for a store that has never had one, and before the store says that it has. */
static godwit_status_t obtain_kek(godwit_sqlite_t *s, const char *key_file)
{
    godwit_status_t read = godwit_kek_read(key_file, &s->kek, s->store.why, sizeof s->store.why);
    if (read != GODWIT_OK && read != GODWIT_NOT_FOUND) {
        return read;
    }
    godwit_status_t check = check_kek(s);
    if (check == GODWIT_NOT_FOUND) {
        godwit_status_t made =
            read == GODWIT_OK ? GODWIT_OK : godwit_kek_make(key_file, &s->kek, s->store.why, sizeof s->store.why);
        made = made == GODWIT_OK ? store_kek_check(s) : made;
        check = made == GODWIT_OK ? check_kek(s) : made;
    }
    if (check == GODWIT_MAC_FAILURE) {
        (void)snprintf(s->store.why, sizeof s->store.why,
                       read == GODWIT_NOT_FOUND
                           ? "key file %s is missing: the store %s was made with it; restore it from its backup"
                           : "key file %s is not the one that the store %s was made with; restore that one",
                       key_file, s->path);
    }
    return check == GODWIT_OK ? GODWIT_OK : GODWIT_STORE_FAILED;
}

/* ---- statements -------------------------------------------------------------------------------------------------- */

static bool prepare(godwit_sqlite_t *s, const char *sql, sqlite3_stmt **statement)
{
    return sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL) == SQLITE_OK;
}

static godwit_status_t prepare_all(godwit_sqlite_t *s)
{
    char sql[GODWIT_SQL_MAX];
    bool good = prepare(s, "BEGIN IMMEDIATE", &s->begin) && prepare(s, "COMMIT", &s->commit) &&
                prepare(s, "ROLLBACK", &s->rollback) && prepare(s, GODWIT_SQL_NUMBERS, &s->numbers) &&
                prepare(s, GODWIT_SQL_NUMBERED, &s->numbered) && prepare(s, GODWIT_SQL_IS_ASIDE, &s->aside);
    for (unsigned i = 0; i < GODWIT_SQLITE_TABLES; i++) {
        const godwit_table_t *table = godwit_table_at(i);
        const unsigned first = godwit_table_is_counted(table) ? GODWIT_STATEMENT_FETCH : GODWIT_STATEMENT_PUT;
        for (unsigned which = first; which < GODWIT_STATEMENTS && good; which++) {
            godwit_statement_text(table, (godwit_statement_t)which, sql);
            good = prepare(s, sql, &s->statements[table->kind][which]);
        }
    }
    return good ? GODWIT_OK : godwit_sqlite_failed(s, "its tables are not as they should be");
}

/* ---- open and close ---------------------------------------------------------------------------------------------- */

void godwit_sqlite_close(godwit_store_t *store)
{
    godwit_sqlite_t *s = (godwit_sqlite_t *)store;
    for (unsigned kind = 0; kind <= GODWIT_SQLITE_KINDS; kind++) {
        for (unsigned which = 0; which < GODWIT_STATEMENTS; which++) {
            sqlite3_finalize(s->statements[kind][which]);
        }
    }
    sqlite3_finalize(s->begin);
    sqlite3_finalize(s->commit);
    sqlite3_finalize(s->rollback);
    sqlite3_finalize(s->numbers);
    sqlite3_finalize(s->numbered);
    sqlite3_finalize(s->aside);
    (void)sqlite3_close(s->db);
    free(s->path);
    godwit_wipe(s, sizeof *s);
    free(s);
}

godwit_status_t godwit_sqlite_open(const godwit_store_config_t *config, godwit_store_t **store,
                                   char why[GODWIT_STORE_WHY])
{
    godwit_sqlite_t *s = calloc(1, sizeof *s);
    bool fresh = false;
    if (s == NULL || (s->path = strdup(config->path)) == NULL) {
        free(s);
        (void)snprintf(why, GODWIT_STORE_WHY, "store %s: no memory", config->path);
        return GODWIT_STORE_FAILED;
    }
    s->store.backend = &godwit_store_sqlite;
    s->on_damage = config->on_damage;
    s->on_damage_context = config->on_damage_context;
    godwit_status_t status = make_file(s, config, &fresh);
    status = status == GODWIT_OK ? connect_file(s, config) : status;
    status = status == GODWIT_OK ? obtain_kek(s, config->key_file) : status;
    status = status == GODWIT_OK ? prepare_all(s) : status;
    if (status == GODWIT_OK) {
        s->store.why[0] = '\0';
        *store = &s->store;
        return GODWIT_OK;
    }
    memcpy(why, s->store.why, GODWIT_STORE_WHY);
    godwit_sqlite_close(&s->store);
    if (fresh) {
        unmake_file(config->path);
    }
    return GODWIT_STORE_FAILED;
}
