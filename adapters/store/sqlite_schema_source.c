/* SPDX-License-Identifier: Apache-2.0
 *
 * A step of the schema: what a source of triggers asked, and the references that it may have given. A reference is
 * never given twice, for the MTC-IWF would answer the second request as the first, and not send it; an outcome that is
 * known stays.
 */
#include "adapters/store/sqlite_schema.h"

/* clang-format off */
const char godwit_schema_source[] =
    "CREATE TABLE scs_source("
    " source_key BLOB PRIMARY KEY, name TEXT NOT NULL, reserved INTEGER NOT NULL, secret BLOB NOT NULL)"
    " STRICT, WITHOUT ROWID;"
    "CREATE TRIGGER scs_source_rises BEFORE UPDATE ON scs_source WHEN NEW.reserved < OLD.reserved"
    " BEGIN SELECT RAISE(ABORT, 'a reference would be given again'); END;"
    "CREATE TRIGGER scs_source_gone BEFORE DELETE ON scs_source WHEN NOT EXISTS(SELECT 1 FROM set_aside"
    " WHERE name = 'scs_source/'||lower(hex(OLD.source_key)) AND done = 0)"
    " BEGIN SELECT RAISE(ABORT, 'the references of a source are not forgotten'); END;"
    "CREATE TRIGGER scs_source_aside BEFORE INSERT ON scs_source WHEN EXISTS(SELECT 1 FROM set_aside"
    " WHERE name = 'scs_source/'||lower(hex(NEW.source_key)))"
    " BEGIN SELECT RAISE(ABORT, 'its record is damaged and set aside'); END;"
    "CREATE TABLE scs_trigger("
    " source_key BLOB NOT NULL, place INTEGER NOT NULL, state INTEGER NOT NULL, reference INTEGER NOT NULL,"
    " external_id TEXT NOT NULL, msisdn TEXT NOT NULL, old_reference INTEGER NOT NULL, action INTEGER NOT NULL,"
    " octets INTEGER NOT NULL, too_long INTEGER NOT NULL, priority INTEGER NOT NULL, port INTEGER NOT NULL,"
    " validity_s INTEGER NOT NULL, status INTEGER NOT NULL, outcome INTEGER NOT NULL, proved INTEGER NOT NULL,"
    " reports INTEGER NOT NULL, number INTEGER NOT NULL, created_ms INTEGER NOT NULL, done_ms INTEGER NOT NULL,"
    " secret BLOB NOT NULL, PRIMARY KEY(source_key, place)) STRICT, WITHOUT ROWID;"
    "CREATE TRIGGER scs_trigger_done BEFORE UPDATE ON scs_trigger WHEN OLD.state = 4"
    " AND NEW.number = OLD.number AND (NEW.state <> 4 OR NEW.outcome <> OLD.outcome)"
    " BEGIN SELECT RAISE(ABORT, 'an outcome that is known would change'); END;";
/* clang-format on */
