/* SPDX-License-Identifier: Apache-2.0
 *
 * A step of the schema: damaged rows that were set aside. A row leaves its table only as it comes here, and what must
 * not be forgotten, for a counter or window would begin again, is not begun anew under the same key: that takes the
 * store's backup.
 */
#include "adapters/store/sqlite_schema.h"

/* clang-format off */
#define NAME_OF(row, table) "'" table "/'||" row
#define KEY_SET(row) NAME_OF(row ".imsi", "key_set") "||'/'||" row ".agreement"
#define CONTACT(row) NAME_OF(row ".imsi", "mtc_contact") "||'/'||lower(hex(" row ".server_key))"
#define TRIGGER(row) NAME_OF("lower(hex(" row ".source_key))", "device_trigger") "||'/'||" row ".reference"
#define GOES(name) "EXISTS(SELECT 1 FROM set_aside WHERE name = " name " AND done = 0)"
#define IS_ASIDE(name) "EXISTS(SELECT 1 FROM set_aside WHERE name = " name ")"
#define STAYS(table, unless, why) \
    "DROP TRIGGER " table "_gone; CREATE TRIGGER " table "_gone BEFORE DELETE ON " table " WHEN NOT " unless \
    " BEGIN SELECT RAISE(ABORT, '" why "'); END;"
#define NOT_ANEW(table, name) \
    "CREATE TRIGGER " table "_aside BEFORE INSERT ON " table " WHEN " IS_ASIDE(name) \
    " BEGIN SELECT RAISE(ABORT, 'its record is damaged and set aside'); END;"
#define NUMBER_STAYS "the association number of a device is not forgotten"
const char godwit_schema_aside[] =
    "CREATE TABLE set_aside(id INTEGER PRIMARY KEY, name TEXT NOT NULL, at_ms INTEGER NOT NULL,"
    " done INTEGER NOT NULL, row TEXT NOT NULL) STRICT;"
    "CREATE INDEX set_aside_name ON set_aside(name);"
    STAYS("mtc_contact", GOES(CONTACT("OLD")), "the counter of a device is not forgotten")
    STAYS("iwf_root", GOES(NAME_OF("OLD.imsi", "iwf_root")), NUMBER_STAYS)
    STAYS("association", GOES(NAME_OF("OLD.imsi", "association")), NUMBER_STAYS)
    STAYS("device_trigger", "(OLD.state = 4 OR " GOES(TRIGGER("OLD")) ")", "a trigger would be lost")
    NOT_ANEW("key_set", KEY_SET("NEW"))
    NOT_ANEW("node_clock", NAME_OF("NEW.id", "node_clock"))
    NOT_ANEW("mtc_contact", CONTACT("NEW"))
    NOT_ANEW("iwf_root", NAME_OF("NEW.imsi", "iwf_root"))
    NOT_ANEW("association", NAME_OF("NEW.imsi", "association"));
/* clang-format on */
