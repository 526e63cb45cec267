/* SPDX-License-Identifier: Apache-2.0
 *
 * A step of the schema: keys end to end. An age rises for one key set and never falls, at its owner, at the EESE and in
 * the session of an HSE; and a key that the EAS has is never kept for it again.
 */
#include "adapters/store/sqlite_schema.h"

/* clang-format off */
#define KEY_SET(column) "ALTER TABLE key_set ADD COLUMN " column " INTEGER NOT NULL DEFAULT 0;"
#define SESSION(column) "ALTER TABLE session ADD COLUMN " column " INTEGER NOT NULL DEFAULT 0;"
#define TERMS_OF_SESSION(text) \
    SESSION(text "_service") SESSION(text "_suite") SESSION(text "_key_id") SESSION(text "_age") SESSION(text "_life_s") \
    SESSION(text "_messages") SESSION(text "_key_set")
#define TERMS(text) \
    " " text "_service INTEGER NOT NULL, " text "_suite INTEGER NOT NULL, " text "_key_id INTEGER NOT NULL," \
    " " text "_age INTEGER NOT NULL, " text "_life_s INTEGER NOT NULL, " text "_messages INTEGER NOT NULL,"
#define AGEING(text) " " text "_life_s INTEGER NOT NULL, " text "_messages INTEGER NOT NULL,"
#define PATH \
    " hse TEXT NOT NULL, session_octets INTEGER NOT NULL, counter_octets INTEGER NOT NULL,"
const char godwit_schema_e2e[] =
    KEY_SET("age") KEY_SET("former_age")
    "CREATE TRIGGER key_set_age BEFORE UPDATE ON key_set WHEN"
    " (NEW.vector_number = OLD.vector_number AND NEW.age < OLD.age)"
    " OR (NEW.former_vector_number = OLD.former_vector_number AND NEW.former_age < OLD.former_age)"
    " OR (NEW.former_vector_number = OLD.vector_number AND NEW.former_age < OLD.age)"
    " BEGIN SELECT RAISE(ABORT, 'age would go back'); END;"
    SESSION("end_to_end") TERMS_OF_SESSION("e2e") TERMS_OF_SESSION("e2e_next")
    "CREATE TRIGGER session_age BEFORE UPDATE ON session WHEN NEW.imsi = OLD.imsi AND NEW.agreement = OLD.agreement"
    " AND NEW.e2e_key_set = OLD.e2e_key_set AND NEW.enterprise = OLD.enterprise AND NEW.e2e_age <> 0"
    " AND NEW.e2e_age < OLD.e2e_age"
    " BEGIN SELECT RAISE(ABORT, 'age would go back'); END;"
    "CREATE TABLE eas("
    " eas_key BLOB PRIMARY KEY, eas TEXT NOT NULL, push INTEGER NOT NULL, registered_ms INTEGER NOT NULL,"
    AGEING("key_agreement") AGEING("integrity") AGEING("confidentiality")
    " secret BLOB NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE eas_entitlement("
    " id BLOB PRIMARY KEY, eas_key BLOB NOT NULL, eas TEXT NOT NULL, enterprise TEXT NOT NULL, members TEXT NOT NULL,"
    " scope INTEGER NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL, services INTEGER NOT NULL,"
    " not_before_ms INTEGER NOT NULL, not_after_ms INTEGER NOT NULL, secret BLOB NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX eas_entitlement_eas ON eas_entitlement(eas_key, scope, first);"
    "CREATE TABLE e2e_session("
    " imsi TEXT NOT NULL, eas_key BLOB NOT NULL, session_id INTEGER NOT NULL," PATH
    " eas TEXT NOT NULL, agreement INTEGER NOT NULL, key_set INTEGER NOT NULL, owner_is_hss INTEGER NOT NULL,"
    " suites INTEGER NOT NULL, serving_network BLOB NOT NULL," TERMS("terms") TERMS("taken")
    " agreed_ms INTEGER NOT NULL, taken_ms INTEGER NOT NULL, with_eas INTEGER NOT NULL, told INTEGER NOT NULL,"
    " closed INTEGER NOT NULL, push INTEGER NOT NULL, renewal INTEGER NOT NULL, attempts INTEGER NOT NULL,"
    " again_ms INTEGER NOT NULL, ask_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL, secret BLOB NOT NULL,"
    " PRIMARY KEY(imsi, eas_key, session_id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX e2e_session_due ON e2e_session(due_ms);"
    "CREATE TRIGGER e2e_session_age BEFORE UPDATE ON e2e_session WHEN OLD.closed = 0"
    " AND NEW.agreement = OLD.agreement AND NEW.key_set = OLD.key_set AND NEW.terms_age < OLD.terms_age"
    " BEGIN SELECT RAISE(ABORT, 'age would go back'); END;"
    "CREATE TRIGGER e2e_session_given BEFORE UPDATE ON e2e_session WHEN OLD.with_eas = 1 AND NEW.with_eas = 0"
    " AND NEW.closed = 0 AND NEW.agreement = OLD.agreement AND NEW.key_set = OLD.key_set AND NEW.terms_age = OLD.terms_age"
    " BEGIN SELECT RAISE(ABORT, 'a key would be given twice'); END;"
    "CREATE TABLE eas_session("
    " hse_key BLOB NOT NULL, session_id INTEGER NOT NULL, imsi TEXT NOT NULL," PATH
    " begun_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL, octets INTEGER NOT NULL, secret BLOB NOT NULL,"
    " PRIMARY KEY(hse_key, session_id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX eas_session_imsi ON eas_session(imsi, begun_ms);"
    "CREATE INDEX eas_session_due ON eas_session(due_ms);";
/* clang-format on */
