/* SPDX-License-Identifier: Apache-2.0
 *
 * The schema and its versions. A store knows its version (user_version) and that it is ours (application_id); opening
 * it takes it through every step between, each in one transaction. A store newer than the program is refused, never
 * mended.
 */
#ifndef GODWIT_ADAPTERS_STORE_SQLITE_SCHEMA_H
#define GODWIT_ADAPTERS_STORE_SQLITE_SCHEMA_H

#include <sqlite3.h>

#include <stdbool.h>

#include "godwit/status.h"

#define GODWIT_SCHEMA_APPLICATION 0x47445754 /* "GDWT" */
#define GODWIT_SCHEMA_VERSION 9
#define GODWIT_SQL_NO_KEY "x'00000000000000000000000000000000'" /* the name key of no name */

/* Numbers of a kind (READING, DOWNLINK) that nobody else gives: the last of ?2 of them; and that those up to ?2 are
 * given. None is given twice, whatever is removed. */
#define GODWIT_SQL_NUMBERS "UPDATE delivery_number SET highest=highest+?2 WHERE kind=?1 RETURNING highest"
#define GODWIT_SQL_NUMBERED "UPDATE delivery_number SET highest=?2 WHERE kind=?1 AND highest<?2 RETURNING highest"
#define GODWIT_SQL_IS_ASIDE "SELECT 1 FROM set_aside WHERE name=?1 LIMIT 1"
extern const char godwit_schema_deliver[]; /* sqlite_schema_deliver.c */
extern const char godwit_schema_e2e[];     /* sqlite_schema_e2e.c */
extern const char godwit_schema_aside[];   /* sqlite_schema_aside.c */
extern const char godwit_schema_source[];  /* sqlite_schema_source.c */

typedef enum godwit_schema_outcome {
    GODWIT_SCHEMA_READY,
    GODWIT_SCHEMA_SQL_FAILED, /* SQLite's own error stands in the connection */
    GODWIT_SCHEMA_FOREIGN,    /* a database of something else */
    GODWIT_SCHEMA_TOO_NEW,
} godwit_schema_outcome_t;

/* Takes the database to version `to` (GODWIT_SCHEMA_VERSION but in tests of the upgrade). */
godwit_schema_outcome_t godwit_schema_upgrade(sqlite3 *db, int to);
/* The number that a pragma without argument gives; false when it failed. */
bool godwit_schema_number(sqlite3 *db, const char *pragma, int *value);

#endif
