/* SPDX-License-Identifier: Apache-2.0
 *
 * A step of the schema: readings until every destination has them, how far each destination is, and messages for
 * devices until they speak. Numbers are given here, rise, and are never given again: consumers tell repetitions by
 * them. So they begin with the time, for a node that has lost its store. A mark never goes back.
 */
#include "adapters/store/sqlite_schema.h"

/* clang-format off */
const char godwit_schema_deliver[] =
    "CREATE TABLE delivery_number(kind INTEGER PRIMARY KEY, highest INTEGER NOT NULL) STRICT;"
    "INSERT INTO delivery_number SELECT column1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000"
    " FROM (VALUES (20), (22));"
    "CREATE TRIGGER delivery_number_rises BEFORE UPDATE ON delivery_number WHEN NEW.highest < OLD.highest"
    " BEGIN SELECT RAISE(ABORT, 'a number would be given again'); END;"
    "CREATE TABLE reading("
    " number INTEGER PRIMARY KEY, imsi TEXT NOT NULL, session_id INTEGER NOT NULL, count INTEGER NOT NULL,"
    " user_plane INTEGER NOT NULL, time_ms INTEGER NOT NULL, octets INTEGER NOT NULL, secret BLOB NOT NULL) STRICT;"
    "CREATE TABLE delivery_mark("
    " destination_key BLOB PRIMARY KEY, destination TEXT NOT NULL, number INTEGER NOT NULL, secret BLOB NOT NULL)"
    " STRICT, WITHOUT ROWID;"
    "CREATE TRIGGER delivery_mark_rises BEFORE UPDATE ON delivery_mark WHEN NEW.number < OLD.number"
    " BEGIN SELECT RAISE(ABORT, 'the mark of a destination would go back'); END;"
    "CREATE TABLE downlink("
    " number INTEGER PRIMARY KEY, imsi TEXT NOT NULL, accepted_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL,"
    " id BLOB NOT NULL, octets INTEGER NOT NULL, secret BLOB NOT NULL) STRICT;"
    "CREATE INDEX downlink_imsi ON downlink(imsi, number);"
    "CREATE INDEX downlink_id ON downlink(imsi, id);";
/* clang-format on */
