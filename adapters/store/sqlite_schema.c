/* SPDX-License-Identifier: Apache-2.0
 *
 * The steps of the schema, oldest first. A step that has been released is never changed: a change is a step more.
 */
#include "adapters/store/sqlite_schema.h"

#include <stdio.h>

#define OUTSTANDING(n)                                                                                                 \
    " outstanding" n "_used INTEGER NOT NULL, outstanding" n "_requester BLOB NOT NULL,"                               \
    " outstanding" n "_rand BLOB NOT NULL,"
#define KEY(which)                                                                                                     \
    " " which "_generation INTEGER NOT NULL, " which "_suite INTEGER NOT NULL, " which "_key_id INTEGER NOT NULL,"     \
    " " which "_framing INTEGER NOT NULL, " which "_end INTEGER NOT NULL, " which "_session_id INTEGER NOT NULL,"      \
    " " which "_up_next_in INTEGER NOT NULL, " which "_up_next_out INTEGER NOT NULL,"                                  \
    " " which "_up_limit_out INTEGER NOT NULL, " which "_up_seen INTEGER NOT NULL,"                                    \
    " " which "_cp_next_in INTEGER NOT NULL, " which "_cp_next_out INTEGER NOT NULL,"                                  \
    " " which "_cp_limit_out INTEGER NOT NULL, " which "_cp_seen INTEGER NOT NULL,"

/* SQL stands in its own lines, the formatter's would hide it. */
/* clang-format off */
static const char tables[] =
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE subscriber("
    " imsi TEXT PRIMARY KEY, algorithm INTEGER NOT NULL, k_octets INTEGER NOT NULL,"
    " tuak_mac_bits INTEGER NOT NULL, tuak_res_bits INTEGER NOT NULL, tuak_ck_bits INTEGER NOT NULL,"
    " tuak_ik_bits INTEGER NOT NULL, tuak_iterations INTEGER NOT NULL, sres_by_truncation INTEGER NOT NULL,"
    " amf BLOB NOT NULL, features INTEGER NOT NULL, ind_bits INTEGER NOT NULL, sqn_by_time INTEGER NOT NULL,"
    " seq_he INTEGER NOT NULL, dif INTEGER NOT NULL, resynchronised INTEGER NOT NULL,"
    OUTSTANDING("0") OUTSTANDING("1") OUTSTANDING("2") OUTSTANDING("3")
    " secret BLOB NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE key_set("
    " imsi TEXT NOT NULL, agreement INTEGER NOT NULL, rand BLOB NOT NULL, autn BLOB NOT NULL,"
    " generation INTEGER NOT NULL, confirmed INTEGER NOT NULL, vector_number INTEGER NOT NULL,"
    " created_ms INTEGER NOT NULL, former_vector_number INTEGER NOT NULL, former_generation INTEGER NOT NULL,"
    " secret BLOB NOT NULL, PRIMARY KEY(imsi, agreement)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE session("
    " session_id INTEGER PRIMARY KEY, imsi TEXT NOT NULL, agreement INTEGER NOT NULL, key_set INTEGER NOT NULL,"
    " state INTEGER NOT NULL, last_key_id INTEGER NOT NULL, last_generation INTEGER NOT NULL,"
    " has_address INTEGER NOT NULL, address BLOB NOT NULL,"
    " created_ms INTEGER NOT NULL, keyed_ms INTEGER NOT NULL, datagrams INTEGER NOT NULL,"
    " generations INTEGER NOT NULL, enterprise TEXT NOT NULL, answered BLOB NOT NULL,"
    " answer BLOB NOT NULL, pending BLOB NOT NULL,"
    KEY("current") KEY("next")
    " secret BLOB NOT NULL) STRICT;"
    "CREATE INDEX session_imsi ON session(imsi, created_ms);"
    "CREATE TABLE node_clock(id INTEGER PRIMARY KEY, mark INTEGER NOT NULL, secret BLOB NOT NULL) STRICT;";

/* What must never go back. SQN and DIF: but for a resynchronisation, which the HSS grants only to an AUTS with valid
 * MAC-S (TS 33.102 6.3.5). Under one key (key set, generation, Key ID) a COUNT never falls, or a replay would be taken
 * or a keystream used twice. */
#define FALLS(column) "NEW." column " < OLD." column
#define SAME(column) "NEW." column " = OLD." column
#define SAME_KEY_SET SAME("imsi") " AND " SAME("agreement") " AND " SAME("key_set")
static const char guards[] =
    "CREATE TRIGGER node_clock_mark BEFORE UPDATE ON node_clock WHEN " FALLS("mark")
    " BEGIN SELECT RAISE(ABORT, 'the clock of SQN would go back'); END;"
    "CREATE TRIGGER subscriber_sqn BEFORE UPDATE ON subscriber WHEN NEW.resynchronised = 0 AND"
    " (" FALLS("seq_he") " OR (NEW.sqn_by_time = 1 AND OLD.sqn_by_time = 1 AND " FALLS("dif") "))"
    " BEGIN SELECT RAISE(ABORT, 'SQN would go back'); END;"
    "CREATE TRIGGER key_set_generation BEFORE UPDATE ON key_set WHEN " FALLS("vector_number")
    " OR (" SAME("vector_number") " AND (" FALLS("generation") " OR NEW.rand <> OLD.rand))"
    " OR (" SAME("former_vector_number") " AND " FALLS("former_generation") ")"
    " OR (NEW.former_vector_number = OLD.vector_number AND NEW.former_generation < OLD.generation)"
    " BEGIN SELECT RAISE(ABORT, 'generation would go back'); END;"
    "CREATE TRIGGER session_count BEFORE UPDATE ON session WHEN " SAME_KEY_SET
    " AND " SAME("current_generation") " AND " SAME("current_key_id")
    " AND (" FALLS("current_up_next_in") " OR " FALLS("current_up_next_out")
    " OR " FALLS("current_up_limit_out") " OR " FALLS("current_cp_next_in") " OR " FALLS("current_cp_next_out")
    " OR " FALLS("current_cp_limit_out") ")"
    " BEGIN SELECT RAISE(ABORT, 'COUNT would go back'); END;"
    "CREATE TRIGGER session_generation BEFORE UPDATE ON session WHEN " SAME_KEY_SET
    " AND (" FALLS("last_generation") " OR " FALLS("current_generation") ")"
    " BEGIN SELECT RAISE(ABORT, 'generation would go back'); END;";

/* Key sets of access AKA runs, which the HSS pushes, and parked keys. Under one generation the counters of a parked key
 * never fall. */
#define ADD(column) "ALTER TABLE key_set ADD COLUMN " column " NOT NULL DEFAULT "
static const char parked[] =
    ADD("push_number INTEGER") "0;" ADD("parked_set INTEGER") "0;" ADD("parked_suite INTEGER") "0;"
    ADD("parked_key_id INTEGER") "0;" ADD("parked_generation INTEGER") "0;"
    ADD("parked_user_next_in INTEGER") "0;" ADD("parked_user_next_out INTEGER") "0;"
    ADD("parked_control_next_in INTEGER") "0;" ADD("parked_control_next_out INTEGER") "0;"
    ADD("parked_user_seen INTEGER") "0;" ADD("parked_control_seen INTEGER") "0;" ADD("parked_endpoint TEXT") "'';"
    "CREATE TRIGGER key_set_parked BEFORE UPDATE ON key_set WHEN " FALLS("push_number")
    " OR (" SAME("vector_number") " AND " SAME("parked_generation")
    " AND (" FALLS("parked_user_next_in") " OR " FALLS("parked_user_next_out")
    " OR " FALLS("parked_control_next_in") " OR " FALLS("parked_control_next_out") "))"
    " BEGIN SELECT RAISE(ABORT, 'a parked key would go back'); END;";

/* Device RAND, at the MKEF. A contact's counter and chain move by a datagram that verified, which has a higher counter,
 * or by the operator, who counts his releases: neither of them ever returns, and a contact is not forgotten. */
#define MTC_TABLES \
    "CREATE TABLE mtc_entitlement(" \
    " id BLOB PRIMARY KEY, server_key BLOB NOT NULL, server TEXT NOT NULL, server_id TEXT NOT NULL, scope INTEGER NOT NULL," \
    " first TEXT NOT NULL, last TEXT NOT NULL, members TEXT NOT NULL, not_before_ms INTEGER NOT NULL," \
    " not_after_ms INTEGER NOT NULL, secret BLOB NOT NULL) STRICT, WITHOUT ROWID;" \
    "CREATE INDEX mtc_entitlement_server ON mtc_entitlement(server_key, scope, first);" \
    "CREATE TABLE mtc_contact(" \
    " imsi TEXT NOT NULL, server_key BLOB NOT NULL, server_id TEXT NOT NULL, counter INTEGER NOT NULL," \
    " temporary BLOB NOT NULL, former_temporary BLOB NOT NULL, last_request BLOB NOT NULL, first_ms INTEGER NOT NULL," \
    " last_ms INTEGER NOT NULL, contacts INTEGER NOT NULL, releases INTEGER NOT NULL, released INTEGER NOT NULL," \
    " held INTEGER NOT NULL, secret BLOB NOT NULL, PRIMARY KEY(imsi, server_key)) STRICT, WITHOUT ROWID;" \
    "CREATE INDEX mtc_contact_temporary ON mtc_contact(temporary);" \
    "CREATE INDEX mtc_contact_former ON mtc_contact(former_temporary);" \
    "CREATE TRIGGER mtc_contact_counter BEFORE UPDATE ON mtc_contact WHEN " FALLS("counter") " OR " FALLS("releases") \
    " OR (" SAME("counter") " AND " SAME("releases") " AND NEW.held = OLD.held)" \
    " BEGIN SELECT RAISE(ABORT, 'the counter of a device would go back, or its chain return'); END;" \
    "CREATE TRIGGER mtc_contact_held BEFORE UPDATE ON mtc_contact WHEN OLD.held = 1 AND NEW.held = 0" \
    " AND " SAME("releases") \
    " BEGIN SELECT RAISE(ABORT, 'only the operator lets a device in again after a backup'); END;" \
    "CREATE TRIGGER mtc_contact_gone BEFORE DELETE ON mtc_contact" \
    " BEGIN SELECT RAISE(ABORT, 'the counter of a device is not forgotten'); END;"

/* Vectors of following sessions. What was consumed or replaced must not come back as long as it would live, whatever a
 * backup or a late commit says; one for each device and domain. */
static const char keys_without_a_round_trip[] =
    ADD("next_session INTEGER") "0;" /* of EMSDP: a vector that a session hands out */
    "ALTER TABLE session ADD COLUMN next_key_set INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE next_session("
    " tmsi INTEGER NOT NULL, domain INTEGER NOT NULL, imsi TEXT NOT NULL, plmn BLOB NOT NULL, ksi INTEGER NOT NULL,"
    " eea INTEGER NOT NULL, eia INTEGER NOT NULL, area BLOB NOT NULL, capability BLOB NOT NULL, rand BLOB NOT NULL,"
    " apn TEXT NOT NULL, res_octets INTEGER NOT NULL, created_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL,"
    " secret BLOB NOT NULL, PRIMARY KEY(tmsi, domain)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX next_session_imsi ON next_session(imsi, domain);"
    "CREATE INDEX next_session_expires ON next_session(expires_ms);"
    "CREATE TABLE next_session_spent(rand BLOB PRIMARY KEY, expires_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX next_session_spent_expires ON next_session_spent(expires_ms);"
    "CREATE TRIGGER next_session_gone AFTER DELETE ON next_session"
    " BEGIN INSERT OR IGNORE INTO next_session_spent VALUES(OLD.rand, OLD.expires_ms); END;"
    "CREATE TRIGGER next_session_replaced AFTER UPDATE ON next_session WHEN NEW.rand <> OLD.rand"
    " BEGIN INSERT OR IGNORE INTO next_session_spent VALUES(OLD.rand, OLD.expires_ms); END;"
    "CREATE TRIGGER next_session_came BEFORE INSERT ON next_session BEGIN"
    " SELECT RAISE(ABORT, 'a vector that was consumed would come back')"
    " WHERE EXISTS(SELECT 1 FROM next_session_spent WHERE rand = NEW.rand);"
    " DELETE FROM next_session WHERE imsi = NEW.imsi AND domain = NEW.domain AND tmsi <> NEW.tmsi;"
    " DELETE FROM next_session WHERE expires_ms <= NEW.created_ms;"
    " DELETE FROM next_session_spent WHERE expires_ms <= NEW.created_ms; END;"
    /* GBA: what a bootstrapping run left is never written over; eight of a subscriber, the newest. */
    "CREATE TABLE bootstrap("
    " rand BLOB PRIMARY KEY, impi TEXT NOT NULL, type INTEGER NOT NULL, uicc INTEGER NOT NULL,"
    " created_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL, secret BLOB NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX bootstrap_impi ON bootstrap(impi, created_ms);"
    "CREATE INDEX bootstrap_expires ON bootstrap(expires_ms);"
    "CREATE TRIGGER bootstrap_once BEFORE UPDATE ON bootstrap"
    " BEGIN SELECT RAISE(ABORT, 'a bootstrapping run would be written over'); END;"
    "CREATE TRIGGER bootstrap_came AFTER INSERT ON bootstrap BEGIN"
    " DELETE FROM bootstrap WHERE expires_ms <= NEW.created_ms;"
    " DELETE FROM bootstrap WHERE impi = NEW.impi AND rand <> NEW.rand AND rand NOT IN"
    " (SELECT rand FROM bootstrap WHERE impi = NEW.impi AND rand <> NEW.rand ORDER BY created_ms DESC, rand LIMIT 7); END;"
    /* AKMA: the anchor key of a subscriber's last primary authentication. */
    "CREATE TABLE akma(imsi TEXT PRIMARY KEY, a_tid BLOB NOT NULL, created_ms INTEGER NOT NULL, secret BLOB NOT NULL)"
    " STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX akma_a_tid ON akma(substr(a_tid, 1, 16));"
    MTC_TABLES;

/* Device triggering. Whoever may trigger whom has one owner for each name; association numbers and their COUNTs never
 * fall; what was accepted is there until its source knows its outcome, and what has one never goes to the device again.
 * Counts of what is pending are kept here, in the transaction that changes it. */
#define NODE(text) \
    " " text "_function INTEGER NOT NULL, " text "_host TEXT NOT NULL, " text "_realm TEXT NOT NULL,"
#define ROOT(text) \
    " " text "_root INTEGER NOT NULL, " text "_root_name BLOB NOT NULL, " text "_is_root INTEGER NOT NULL," \
    " " text "_association INTEGER NOT NULL,"
#define ASSOCIATION(text) \
    " " text "_number INTEGER NOT NULL, " text "_root INTEGER NOT NULL, " text "_root_name BLOB NOT NULL," \
    " " text "_suite INTEGER NOT NULL, " text "_confirmed INTEGER NOT NULL, " text "_next_down INTEGER NOT NULL," \
    " " text "_up_highest INTEGER NOT NULL, " text "_up_seen INTEGER NOT NULL, " text "_created_ms INTEGER NOT NULL,"
/* Of one association that stays, or that moves from one place to the other. */
#define COUNTS_FALL(new, old) \
    "(NEW." new "_number <> 0 AND NEW." new "_number = OLD." old "_number AND (NEW." new "_next_down < OLD." old "_next_down" \
    " OR NEW." new "_up_highest < OLD." old "_up_highest OR (NEW." new "_up_highest = OLD." old "_up_highest" \
    " AND (OLD." old "_up_seen & ~NEW." new "_up_seen) <> 0)))"
#define PENDING_ONE_MORE(source, device) \
    " INSERT INTO trigger_pending VALUES(" source "," device ",1) ON CONFLICT(source_key, imsi) DO UPDATE SET pending = pending + 1;"
#define PENDING_ONE_LESS(source, device) \
    " UPDATE trigger_pending SET pending = pending - 1 WHERE source_key = " source " AND imsi = " device ";" \
    " DELETE FROM trigger_pending WHERE source_key = " source " AND imsi = " device " AND pending = 0;"
#define PENDS(row) row ".state <= 2" /* WAITING, SENT */
static const char triggers[] =
    "CREATE TABLE trigger_subscription("
    " imsi TEXT PRIMARY KEY, external_id TEXT NOT NULL, msisdn TEXT NOT NULL, external_id_key BLOB NOT NULL,"
    " msisdn_key BLOB NOT NULL, barred INTEGER NOT NULL, sources INTEGER NOT NULL, source0 TEXT NOT NULL,"
    " source1 TEXT NOT NULL, source2 TEXT NOT NULL, source3 TEXT NOT NULL, source4 TEXT NOT NULL, source5 TEXT NOT NULL,"
    " source6 TEXT NOT NULL, source7 TEXT NOT NULL, secret BLOB NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX trigger_subscription_external_id ON trigger_subscription(external_id_key)"
    " WHERE external_id_key <> " GODWIT_SQL_NO_KEY ";"
    "CREATE UNIQUE INDEX trigger_subscription_msisdn ON trigger_subscription(msisdn_key)"
    " WHERE msisdn_key <> " GODWIT_SQL_NO_KEY ";"
    "CREATE TABLE location("
    " imsi TEXT PRIMARY KEY, nodes INTEGER NOT NULL,"
    NODE("node0") " node0_at_ms INTEGER NOT NULL," NODE("node1") " node1_at_ms INTEGER NOT NULL,"
    NODE("node2") " node2_at_ms INTEGER NOT NULL, secret BLOB NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE iwf_root("
    " imsi TEXT PRIMARY KEY, association INTEGER NOT NULL," ROOT("newest") ROOT("former")
    " newest_ms INTEGER NOT NULL, secret BLOB NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TRIGGER iwf_root_association BEFORE UPDATE ON iwf_root WHEN " FALLS("association")
    " BEGIN SELECT RAISE(ABORT, 'an association number would be used again'); END;"
    "CREATE TRIGGER iwf_root_gone BEFORE DELETE ON iwf_root"
    " BEGIN SELECT RAISE(ABORT, 'the association number of a device is not forgotten'); END;"
    "CREATE TABLE association("
    " imsi TEXT PRIMARY KEY, last_number INTEGER NOT NULL," ASSOCIATION("current") ASSOCIATION("next")
    " command BLOB NOT NULL, secret BLOB NOT NULL,"
    " CHECK(last_number >= current_number AND last_number >= next_number)) STRICT, WITHOUT ROWID;"
    "CREATE TRIGGER association_number BEFORE UPDATE ON association WHEN " FALLS("last_number")
    " OR (NEW.current_number NOT IN (0, OLD.current_number, OLD.next_number) AND NEW.current_number <= OLD.last_number)"
    " OR (NEW.next_number NOT IN (0, OLD.next_number) AND NEW.next_number <= OLD.last_number)"
    " BEGIN SELECT RAISE(ABORT, 'an association number would be used again'); END;"
    "CREATE TRIGGER association_count BEFORE UPDATE ON association WHEN " COUNTS_FALL("current", "current")
    " OR " COUNTS_FALL("next", "next") " OR " COUNTS_FALL("current", "next")
    " BEGIN SELECT RAISE(ABORT, 'COUNT of an association would go back'); END;"
    "CREATE TRIGGER association_gone BEFORE DELETE ON association"
    " BEGIN SELECT RAISE(ABORT, 'the association number of a device is not forgotten'); END;"
    "CREATE TABLE device_trigger("
    " source_key BLOB NOT NULL, reference INTEGER NOT NULL, external_id TEXT NOT NULL, msisdn TEXT NOT NULL,"
    " scs TEXT NOT NULL, old_reference INTEGER NOT NULL, action INTEGER NOT NULL, payload BLOB NOT NULL,"
    " too_long INTEGER NOT NULL, priority INTEGER NOT NULL, port INTEGER NOT NULL, validity_s INTEGER NOT NULL,"
    " imsi TEXT NOT NULL, source INTEGER NOT NULL, proved INTEGER NOT NULL," NODE("report_to")
    " state INTEGER NOT NULL, outcome INTEGER NOT NULL, recalled INTEGER NOT NULL, replaced INTEGER NOT NULL,"
    " number INTEGER NOT NULL, created_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL,"
    " attempts INTEGER NOT NULL, association INTEGER NOT NULL, count INTEGER NOT NULL, secret BLOB NOT NULL,"
    " PRIMARY KEY(source_key, reference)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX device_trigger_next ON device_trigger(imsi, priority DESC, number) WHERE state = 1;"
    "CREATE INDEX device_trigger_due ON device_trigger(due_ms, number);"
    "CREATE INDEX device_trigger_numbered ON device_trigger(imsi, number & 4294967295);"
    "CREATE TABLE trigger_number(id INTEGER PRIMARY KEY CHECK(id = 0), highest INTEGER NOT NULL) STRICT;"
    "INSERT INTO trigger_number VALUES(0, 0);"
    "CREATE TABLE trigger_pending("
    " source_key BLOB NOT NULL, imsi TEXT NOT NULL, pending INTEGER NOT NULL, PRIMARY KEY(source_key, imsi))"
    " STRICT, WITHOUT ROWID;"
    "CREATE VIEW trigger_tally AS SELECT source_key, imsi, pending, (SELECT highest FROM trigger_number) AS highest,"
    " x'' AS secret FROM trigger_pending;"
    "CREATE TRIGGER device_trigger_came AFTER INSERT ON device_trigger BEGIN"
    " SELECT RAISE(ABORT, 'the number of a trigger does not rise') FROM trigger_number WHERE highest >= NEW.number;"
    " UPDATE trigger_number SET highest = NEW.number; END;"
    "CREATE TRIGGER device_trigger_pends AFTER INSERT ON device_trigger WHEN " PENDS("NEW") " BEGIN"
    PENDING_ONE_MORE("NEW.source_key", "''") PENDING_ONE_MORE(GODWIT_SQL_NO_KEY, "NEW.imsi") " END;"
    "CREATE TRIGGER device_trigger_moves BEFORE UPDATE ON device_trigger WHEN NEW.number <> OLD.number"
    " OR NEW.imsi <> OLD.imsi OR (NOT " PENDS("OLD") " AND " FALLS("state") ")"
    " BEGIN SELECT RAISE(ABORT, 'a trigger whose outcome is known would be sent again'); END;"
    "CREATE TRIGGER device_trigger_count BEFORE UPDATE ON device_trigger WHEN " FALLS("association")
    " OR (" SAME("association") " AND " FALLS("count") ")"
    " BEGIN SELECT RAISE(ABORT, 'COUNT of a trigger would go back'); END;"
    "CREATE TRIGGER device_trigger_settled AFTER UPDATE ON device_trigger WHEN " PENDS("OLD") " AND NOT " PENDS("NEW")
    " BEGIN" PENDING_ONE_LESS("OLD.source_key", "''") PENDING_ONE_LESS(GODWIT_SQL_NO_KEY, "OLD.imsi") " END;"
    "CREATE TRIGGER device_trigger_gone BEFORE DELETE ON device_trigger WHEN OLD.state <> 4"
    " BEGIN SELECT RAISE(ABORT, 'a trigger would be lost'); END;";
/* clang-format on */

static const char *const steps[GODWIT_SCHEMA_VERSION] = {
    tables,                    /* 1 */
    guards,                    /* 2: until then only the roles saw to it */
    parked,                    /* 3: Solution 1 */
    keys_without_a_round_trip, /* 4: contributions 000 and 001, GBA */
    triggers,                  /* 5: contribution 002 */
    godwit_schema_deliver,     /* 6: readings, until every destination has them; messages for devices */
    godwit_schema_e2e,         /* 7: keys end to end */
    godwit_schema_aside,       /* 8: damaged rows that were set aside */
    godwit_schema_source,      /* 9: what a source of triggers asked */
};

static bool run(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

bool godwit_schema_number(sqlite3 *db, const char *pragma, int *value)
{
    sqlite3_stmt *statement = NULL;
    bool good =
        sqlite3_prepare_v2(db, pragma, -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW;
    if (good) {
        *value = sqlite3_column_int(statement, 0);
    }
    return sqlite3_finalize(statement) == SQLITE_OK && good;
}

/* Inside the transaction: another process may have been first, so versions are read here. */
static godwit_schema_outcome_t climb(sqlite3 *db, int to)
{
    int application = 0, version = 0, objects = 0;
    char sql[96];
    if (!godwit_schema_number(db, "PRAGMA application_id", &application) ||
        !godwit_schema_number(db, "PRAGMA user_version", &version) ||
        !godwit_schema_number(db, "SELECT count(*) FROM sqlite_schema", &objects)) {
        return GODWIT_SCHEMA_SQL_FAILED;
    }
    bool fresh = application == 0 && version == 0 && objects == 0;
    if (version < 0 || (application != GODWIT_SCHEMA_APPLICATION && !fresh)) {
        return GODWIT_SCHEMA_FOREIGN;
    }
    if (version > to) {
        return GODWIT_SCHEMA_TOO_NEW;
    }
    for (int step = version; step < to && step < GODWIT_SCHEMA_VERSION; step++) {
        if (!run(db, steps[step])) {
            return GODWIT_SCHEMA_SQL_FAILED;
        }
    }
    (void)snprintf(sql, sizeof sql, "PRAGMA application_id=%d; PRAGMA user_version=%d", GODWIT_SCHEMA_APPLICATION, to);
    return version == to || run(db, sql) ? GODWIT_SCHEMA_READY : GODWIT_SCHEMA_SQL_FAILED;
}

godwit_schema_outcome_t godwit_schema_upgrade(sqlite3 *db, int to)
{
    int version = -1, application = 0;
    if (!godwit_schema_number(db, "PRAGMA user_version", &version) ||
        !godwit_schema_number(db, "PRAGMA application_id", &application)) {
        return GODWIT_SCHEMA_SQL_FAILED;
    }
    if (version == to && application == GODWIT_SCHEMA_APPLICATION) {
        return GODWIT_SCHEMA_READY;
    }
    if (!run(db, "BEGIN IMMEDIATE")) {
        return GODWIT_SCHEMA_SQL_FAILED;
    }
    godwit_schema_outcome_t outcome = climb(db, to);
    if (outcome == GODWIT_SCHEMA_READY && !run(db, "COMMIT")) {
        outcome = GODWIT_SCHEMA_SQL_FAILED;
    }
    return outcome; /* not ready: the caller tells SQLite's error and closes, which undoes what was begun */
}
