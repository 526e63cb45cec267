/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows that were damaged: whatever happens to whichever column of whichever kind, it is never read as something else,
 * nor as nothing where a counter would begin again; what waits behind it goes on; and the check finds it and moves it
 * out of the way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "adapters/store/sqlite_columns.h"
#include "adapters/store/sqlite_open.h"
#include "tests/store/store_fixture.h"

/* ---- a record of each kind, with something in every column ---- */

static void put_number(uint8_t *member, size_t size, uint64_t value)
{
    const uint8_t one = (uint8_t)value;
    const uint16_t two = (uint16_t)value;
    const uint32_t four = (uint32_t)value;
    memcpy(member,
           size == 1   ? (const void *)&one
           : size == 2 ? (const void *)&two
           : size == 4 ? (const void *)&four
                       : (const void *)&value,
           size);
}

/* n: 1 or 2, the second behind the first in every queue. Both are of one device, but in kinds that have one of each. */
static void fill_column(const godwit_table_t *table, const godwit_column_t *column, unsigned index, unsigned n,
                        uint8_t *record)
{
    const bool key = index < table->key_columns;
    uint8_t *member = record + column->at;
    switch (column->type) {
    case GODWIT_COLUMN_NUMBER:
        put_number(member, column->size,
                   table->kind == GODWIT_RECORD_CLOCK && key                                         ? 0
                   : key || strcmp(column->name, "number") == 0 || column->at == AT(trigger, due_ms) ? n
                                                                                                     : 1);
        break;
    case GODWIT_COLUMN_TRUTH:
        *member = 1;
        break;
    case GODWIT_COLUMN_TEXT:
        (void)snprintf((char *)member, column->size, "%s",
                       strcmp(column->name, "imsi") != 0 ? "00101"
                       : key && n == 2                   ? "001010000000002"
                                                         : "001010000000001");
        break;
    case GODWIT_COLUMN_SOME:
        record[column->count_at] = 3;
        memset(member, 0x42, 3);
        break;
    case GODWIT_COLUMN_SECRET_SOME:
        *member = 0x41; /* its column before says 1 */
        break;
    default:
        memset(member, key ? (int)(0x50 + n) : 0x41, column->size);
        break;
    }
}

/* Values that a search looks for. */
static void be_found(godwit_record_t *record, unsigned n)
{
    switch (record->kind) {
    case GODWIT_RECORD_SUBSCRIBER:
        record->u.subscriber.resynchronised = false;
        break;
    case GODWIT_RECORD_AKMA:
        memset(record->u.akma.a_tid, (int)(0x60 + n), sizeof record->u.akma.a_tid);
        break;
    case GODWIT_RECORD_TRIGGER_SUBSCRIPTION:
        memset(record->u.trigger_subscription.external_id_key, (int)(0x60 + n), 16);
        memset(record->u.trigger_subscription.msisdn_key, (int)(0x70 + n), 16);
        break;
    case GODWIT_RECORD_BOOTSTRAP:
    case GODWIT_RECORD_NEXT_SESSION:
        record->u.bootstrap.expires_ms = record->kind == GODWIT_RECORD_BOOTSTRAP ? 9 : record->u.bootstrap.expires_ms;
        break;
    case GODWIT_RECORD_MTC_CONTACT:
        memset(record->u.mtc_contact.temporary, (int)(0x60 + n), sizeof record->u.mtc_contact.temporary);
        memset(record->u.mtc_contact.former_temporary, (int)(0x70 + n), sizeof record->u.mtc_contact.former_temporary);
        break;
    case GODWIT_RECORD_MTC_ENTITLEMENT:
        record->u.mtc_entitlement.not_after_ms = 9;
        record->u.mtc_entitlement.scope = GODWIT_MTC_SCOPE_PLMN;
        break;
    case GODWIT_RECORD_EAS_ENTITLEMENT:
        record->u.eas_entitlement.not_after_ms = 9;
        record->u.eas_entitlement.scope = GODWIT_MTC_SCOPE_PLMN;
        break;
    case GODWIT_RECORD_E2E_SESSION:
        record->u.e2e_session.closed = false;
        record->u.e2e_session.due_ms = n;
        break;
    case GODWIT_RECORD_EAS_SESSION:
        record->u.eas_session.due_ms = n;
        break;
    default:
        break;
    }
}

static godwit_record_t record_of(const godwit_table_t *table, unsigned n)
{
    godwit_record_t record;
    memset(&record, 0, sizeof record);
    record.kind = table->kind;
    for (unsigned i = 0; i < table->columns_count; i++) {
        fill_column(table, &table->columns[i], i, n, (uint8_t *)&record);
    }
    if (table->kind == GODWIT_RECORD_NEXT_SESSION) { /* one of each device and domain */
        memcpy(record.u.next_session.imsi.digits, n == 1 ? "001010000000001" : "001010000000002", 16);
        record.u.next_session.next.domain = GODWIT_NEXT_CS;
        record.u.next_session.expires_ms = 9;
        record.u.next_session.next.res_len = 8;
        memset(record.u.next_session.rand, (int)n, 16);
    }
    be_found(&record, n);
    assert_true(table->complete(&record)); /* lengths of IMSIs */
    return record;
}

/* ---- each way of reading it, beside its own key ---- */

static size_t searches(const godwit_record_t *r, godwit_record_key_t keys[3])
{
    const godwit_imsi_t imsi = {.len = 15, .digits = "001010000000001"};
    for (size_t i = 0; i < 3; i++) {
        keys[i] = (godwit_record_key_t){.kind = r->kind, .imsi = imsi, .at_ms = 5};
    }
    switch (r->kind) {
    case GODWIT_RECORD_SESSION:
        return 1;
    case GODWIT_RECORD_NEXT_SESSION:
        keys[0].agreement = GODWIT_NEXT_CS;
        return 1;
    case GODWIT_RECORD_MTC_ENTITLEMENT:
        memcpy(keys[0].octets, r->u.mtc_entitlement.server_key, 16);
        return 1;
    case GODWIT_RECORD_MTC_CONTACT:
        keys[0].imsi.len = keys[1].imsi.len = 0;
        memcpy(keys[0].octets, r->u.mtc_contact.temporary, GODWIT_MTC_IDENTITY);
        memcpy(keys[1].octets, r->u.mtc_contact.former_temporary, GODWIT_MTC_IDENTITY);
        return 2;
    case GODWIT_RECORD_AKMA:
        keys[0].imsi.len = 0;
        memcpy(keys[0].octets, r->u.akma.a_tid, 16);
        return 1;
    case GODWIT_RECORD_TRIGGER_SUBSCRIPTION:
        keys[0].imsi.len = keys[1].imsi.len = 0;
        memcpy(keys[0].octets, r->u.trigger_subscription.external_id_key, 16);
        memcpy(keys[1].octets, r->u.trigger_subscription.msisdn_key, 16);
        return 2;
    case GODWIT_RECORD_TRIGGER: /* next of the device, by number, what is due */
        keys[1].session_id = 1;
        keys[2].imsi.len = 0;
        return 3;
    case GODWIT_RECORD_EAS_ENTITLEMENT: /* for a service, for anything */
        memcpy(keys[0].octets, r->u.eas_entitlement.eas_key, 16);
        keys[0].agreement = 1;
        keys[1] = keys[0];
        keys[1].imsi.len = 0;
        keys[1].session_id = 1;
        return 2;
    case GODWIT_RECORD_E2E_SESSION: /* one of the device, the one that it took, what is due */
        memcpy(keys[0].octets, r->u.e2e_session.eas_key, 16);
        keys[1] = keys[0];
        keys[1].agreement = 1;
        keys[2].imsi.len = 0;
        return 3;
    case GODWIT_RECORD_EAS_SESSION: /* of the device, what is due */
        keys[1].imsi.len = 0;
        return 2;
    case GODWIT_RECORD_READING:
        keys[0].agreement = 1;
        return 1;
    case GODWIT_RECORD_DOWNLINK: /* the oldest of the device, by its id */
        memcpy(keys[1].octets, r->u.downlink.id, 16);
        return 2;
    default:
        return 0;
    }
}

/* ---- damage ---- */

static void sql(const fixture_t *f, const char *text)
{
    if (fixture_sql(f, text) != SQLITE_OK) {
        fail_msg("%s", text);
    }
}

/* Guards keep programs from such changes; rot does not ask them. */
static void drop_guards(const fixture_t *f)
{
    char text[8192] = "";
    sqlite3 *db = NULL;
    sqlite3_stmt *names = NULL;
    assert_int_equal(sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT name FROM sqlite_schema WHERE type='trigger'", -1, &names, NULL),
                     SQLITE_OK);
    while (sqlite3_step(names) == SQLITE_ROW) {
        const size_t len = strlen(text);
        (void)snprintf(text + len, sizeof text - len, "DROP TRIGGER %s;", sqlite3_column_text(names, 0));
    }
    sqlite3_finalize(names);
    sqlite3_close(db);
    sql(f, text);
}

static const char *const of_numbers[] = {"%s+7", "0", "-1", "%s|(1<<40)", NULL};
static const char *const of_truths[] = {"1-%s", "2", NULL};
static const char *const of_texts[] = {"''", "'0'||substr(%s,1,3)", "%s||'x'", NULL};
static const char *const of_octets[] = {"zeroblob(length(%s))", "CAST(x'ff'||substr(%s,2) AS BLOB)", "substr(%s,2)",
                                        "x''", NULL};

static const char *const *damages_of(const godwit_column_t *column)
{
    return column->type == GODWIT_COLUMN_NUMBER  ? of_numbers
           : column->type == GODWIT_COLUMN_TRUTH ? of_truths
           : column->type == GODWIT_COLUMN_TEXT  ? of_texts
                                                 : of_octets;
}

typedef struct met {
    char table[64];
    uint64_t row;
    unsigned times;
} met_t;

static void on_damage(void *context, const char *table, uint64_t row)
{
    met_t *met = context;
    (void)snprintf(met->table, sizeof met->table, "%s", table);
    met->row = row;
    met->times++;
}

static void on_finding(void *context, const godwit_store_finding_t *finding)
{
    if (finding->table != NULL) { /* of the file itself: test of its own */
        on_damage(context, finding->table, finding->row);
    }
}

static void assert_found_by_check(const fixture_t *f, const char *table, uint64_t row)
{
    met_t met = {.times = 0};
    godwit_store_checked_t checked;
    assert_int_equal(godwit_store_check(f->store, false, 0, on_finding, &met, &checked), GODWIT_OK);
    assert_int_equal(checked.damaged, 1);
    assert_int_equal(checked.moved, 0);
    assert_string_equal(met.table, table);
    assert_true(row == 0 || met.row == row);
}

static godwit_statement_t way_of(const godwit_record_key_t *key)
{
    return godwit_statement_for(key);
}

/* The first of two rows is damaged in that column: not by any way does it come out. */
static void read_every_way(const fixture_t *f, const godwit_table_t *table, unsigned column, const godwit_record_t *one,
                           const godwit_record_t *two)
{
    const godwit_record_key_t own = godwit_record_key_of(one);
    godwit_record_key_t keys[3];
    godwit_record_t got;
    const godwit_status_t status = godwit_store_fetch(f->store, &own, &got);
    if (column >= table->key_columns) {
        assert_int_equal(status, GODWIT_STORE_FAILED);
    } else {
        assert_int_not_equal(status, GODWIT_OK); /* it is not there any more: only the check finds it */
    }
    const size_t count = searches(one, keys);
    for (size_t i = 0; i < count; i++) {
        const godwit_status_t found = godwit_store_fetch(f->store, &keys[i], &got);
        if (found == GODWIT_OK) {
            assert_memory_equal(&got, two, sizeof got);
        }
        if (godwit_statement_is_queue(table, way_of(&keys[i]))) {
            assert_int_equal(found, GODWIT_OK); /* what waits behind it goes on */
        }
    }
}

static void damage_column(const fixture_t *f, const godwit_table_t *table, unsigned column, const godwit_record_t *one,
                          const godwit_record_t *two)
{
    const godwit_column_t *c = &table->columns[column];
    const char *name = godwit_column_is_secret(c) ? "secret" : c->name;
    for (const char *const *damage = damages_of(c); *damage != NULL; damage++) {
        char value[128], text[1024];
        if (table->kind == GODWIT_RECORD_CLOCK && column == 0 && strcmp(*damage, "0") == 0) {
            continue; /* that is what it is */
        }
        (void)snprintf(value, sizeof value, *damage, name, name); /* NOLINT: texts of this file */
        (void)snprintf(text, sizeof text,
                       "PRAGMA ignore_check_constraints=1;"
                       " UPDATE %s SET %s=%s WHERE (%s) IS (SELECT %s FROM %s ORDER BY 1 LIMIT 1)",
                       table->name, name, value, table->columns[0].name, table->columns[0].name, table->name);
        sql(f, text);
        assert_found_by_check(f, table->name, column >= table->key_columns ? 1 : 0);
        read_every_way(f, table, column, one, two);
        (void)snprintf(text, sizeof text, "DELETE FROM %s; INSERT INTO %s SELECT * FROM kept", table->name,
                       table->name);
        sql(f, text);
    }
}

static bool second_is_other(const godwit_table_t *table)
{
    return table->kind != GODWIT_RECORD_CLOCK; /* there is one */
}

static void damage_table(const fixture_t *f, const godwit_table_t *table)
{
    char text[256];
    const godwit_record_t one = record_of(table, 1), two = record_of(table, 2);
    godwit_record_t got;
    assert_int_equal(godwit_store_put(f->store, &one), GODWIT_OK);
    if (second_is_other(table)) {
        assert_int_equal(godwit_store_put(f->store, &two), GODWIT_OK);
    }
    assert_int_equal(fixture_fetch(f->store, &one, &got), GODWIT_OK);
    assert_memory_equal(&got, &one, sizeof got);
    (void)snprintf(text, sizeof text, "DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT * FROM %s", table->name);
    sql(f, text);
    for (unsigned column = 0; column < table->columns_count; column++) {
        damage_column(f, table, column, &one, &two);
    }
    (void)snprintf(text, sizeof text, "DELETE FROM %s", table->name);
    sql(f, text);
}

static void damage_in_any_column_of_any_kind_is_never_read(void **state)
{
    const fixture_t *f = *state;
    drop_guards(f);
    for (unsigned i = 0; i < GODWIT_SQLITE_TABLES; i++) {
        if (!godwit_table_is_counted(godwit_table_at(i))) {
            damage_table(f, godwit_table_at(i));
        }
    }
}

/* ---- told once, kept, moved ---- */

static void a_damaged_row_is_told_of_once(void **state)
{
    fixture_t *f = *state;
    const godwit_table_t *table = godwit_table_of(GODWIT_RECORD_TRIGGER);
    const godwit_record_t one = record_of(table, 1), two = record_of(table, 2);
    const godwit_record_key_t due = {.kind = GODWIT_RECORD_TRIGGER, .at_ms = 5};
    met_t met = {.times = 0};
    godwit_record_t got;
    uint64_t count = 0;
    fixture_close(f);
    f->config.on_damage = on_damage;
    f->config.on_damage_context = &met;
    assert_int_equal(fixture_open(f), GODWIT_OK);
    assert_int_equal(godwit_store_put(f->store, &one), GODWIT_OK);
    assert_int_equal(godwit_store_put(f->store, &two), GODWIT_OK);
    sql(f, "UPDATE device_trigger SET secret=substr(secret,2) WHERE number=1");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(godwit_store_fetch(f->store, &due, &got), GODWIT_OK);
        assert_memory_equal(&got, &two, sizeof got);
        assert_int_equal(fixture_fetch(f->store, &one, &got), GODWIT_STORE_FAILED);
    }
    assert_int_equal(met.times, 1);
    assert_int_equal(met.row, 1);
    assert_string_equal(met.table, "device_trigger");
    assert_int_equal(godwit_store_damaged(f->store), 1);
    assert_non_null(strstr(godwit_store_why(f->store), "device_trigger, row 1: "));
    assert_int_equal(godwit_store_count(f->store, GODWIT_RECORD_TRIGGER, &count), GODWIT_OK);
    assert_int_equal(count, 2); /* kept */
}

static void set_aside(const fixture_t *f, uint64_t moved)
{
    met_t met = {.times = 0};
    godwit_store_checked_t checked;
    assert_int_equal(godwit_store_check(f->store, true, 1700000000000, on_finding, &met, &checked), GODWIT_OK);
    assert_int_equal(checked.moved, moved);
    assert_int_equal(checked.damaged, moved);
    assert_int_equal(checked.of_file, 0);
    assert_int_equal(godwit_store_check(f->store, false, 0, on_finding, &met, &checked), GODWIT_OK);
    assert_int_equal(checked.damaged, 0);
    assert_int_equal(checked.aside, moved);
}

/* The guards stay as they are: whoever deletes otherwise is refused. */
static void what_is_set_aside_is_kept_and_is_no_absence(void **state)
{
    const fixture_t *f = *state;
    static const godwit_record_kind_t lasting[] = {GODWIT_RECORD_KEY_SET,     GODWIT_RECORD_CLOCK,
                                                   GODWIT_RECORD_MTC_CONTACT, GODWIT_RECORD_IWF_ROOT,
                                                   GODWIT_RECORD_ASSOCIATION, GODWIT_RECORD_SCS_SOURCE};
    const size_t count = sizeof lasting / sizeof lasting[0];
    godwit_record_t got;
    for (size_t i = 0; i < count; i++) {
        const godwit_record_t record = record_of(godwit_table_of(lasting[i]), 1);
        char text[128];
        assert_int_equal(godwit_store_put(f->store, &record), GODWIT_OK);
        (void)snprintf(text, sizeof text, "UPDATE %s SET secret=x'00'", godwit_table_of(lasting[i])->name);
        if (lasting[i] != GODWIT_RECORD_MTC_CONTACT) { /* whose guard says that a chain would return */
            sql(f, text);
        } else {
            sql(f, "UPDATE mtc_contact SET secret=x'00', counter=counter+1");
        }
    }
    set_aside(f, count);
    for (size_t i = 0; i < count; i++) {
        const godwit_record_t record = record_of(godwit_table_of(lasting[i]), 1);
        assert_int_equal(fixture_fetch(f->store, &record, &got), GODWIT_STORE_FAILED);
        assert_non_null(strstr(godwit_store_why(f->store), "set aside"));
        assert_int_equal(godwit_store_put(f->store, &record), GODWIT_STORE_FAILED);
    }
}

static void what_is_set_aside_does_not_count_as_pending(void **state)
{
    const fixture_t *f = *state;
    const godwit_table_t *table = godwit_table_of(GODWIT_RECORD_TRIGGER);
    const godwit_record_t one = record_of(table, 1), two = record_of(table, 2);
    const godwit_record_key_t tally = {.kind = GODWIT_RECORD_TRIGGER_TALLY, .imsi = one.u.trigger.imsi};
    godwit_record_t got;
    assert_int_equal(godwit_store_put(f->store, &one), GODWIT_OK);
    assert_int_equal(godwit_store_put(f->store, &two), GODWIT_OK);
    sql(f, "UPDATE device_trigger SET attempts=7 WHERE number=1");
    set_aside(f, 1);
    assert_int_equal(godwit_store_fetch(f->store, &tally, &got), GODWIT_OK);
    assert_int_equal(got.u.trigger_tally.pending, 1);
    assert_int_equal(got.u.trigger_tally.highest, 2); /* its number is not given again */
    assert_int_equal(fixture_fetch(f->store, &one, &got), GODWIT_NOT_FOUND);
}

/* The numbers that the store gives by itself: lost they are no 0, and fallen they are raised. */
static void numbers_that_were_given_are_not_given_again(void **state)
{
    const fixture_t *f = *state;
    const godwit_record_t one = record_of(godwit_table_of(GODWIT_RECORD_TRIGGER), 2);
    const godwit_record_key_t tally = {.kind = GODWIT_RECORD_TRIGGER_TALLY, .octets = {1}};
    godwit_record_t got;
    met_t met = {.times = 0};
    godwit_store_checked_t checked;
    assert_int_equal(godwit_store_put(f->store, &one), GODWIT_OK);
    sql(f, "UPDATE trigger_number SET highest=1; DROP TRIGGER delivery_number_rises;"
           "UPDATE delivery_number SET highest=0 WHERE kind=20; INSERT INTO reading VALUES(7,'',0,0,0,0,0,x'')");
    assert_int_equal(godwit_store_check(f->store, false, 0, on_finding, &met, &checked), GODWIT_OK);
    assert_int_equal(checked.damaged, 1); /* that reading; with its number nobody is compared */
    assert_int_equal(godwit_store_check(f->store, true, 0, on_finding, &met, &checked), GODWIT_OK);
    assert_int_equal(checked.moved, 2); /* without that reading, nothing is below any more */
    assert_int_equal(godwit_store_fetch(f->store, &tally, &got), GODWIT_OK);
    assert_int_equal(got.u.trigger_tally.highest, 2);
    sql(f, "DELETE FROM trigger_number");
    assert_int_equal(godwit_store_fetch(f->store, &tally, &got), GODWIT_STORE_FAILED);
    assert_int_equal(godwit_store_check(f->store, true, 0, on_finding, &met, &checked), GODWIT_OK);
    assert_true(checked.damaged > checked.moved);
}

/* What was set aside is a statement that puts the row back: into the same place, octet for octet. */
static void check_put_back(const fixture_t *f, godwit_record_kind_t kind, const char *damage)
{
    const godwit_table_t *table = godwit_table_of(kind);
    const godwit_record_t one = record_of(table, 1);
    char text[256];
    sqlite3 *db = NULL;
    sqlite3_stmt *row = NULL;
    assert_int_equal(godwit_store_put(f->store, &one), GODWIT_OK);
    (void)snprintf(text, sizeof text, "UPDATE %s SET %s; CREATE TABLE kept AS SELECT * FROM %s", table->name, damage,
                   table->name);
    sql(f, text);
    set_aside(f, 1);
    assert_int_equal(sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT row FROM set_aside", -1, &row, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    assert_int_equal(sqlite3_exec(db, (const char *)sqlite3_column_text(row, 0), NULL, NULL, NULL), SQLITE_OK);
    sqlite3_finalize(row);
    (void)snprintf(text, sizeof text, "SELECT * FROM kept EXCEPT SELECT * FROM %s", table->name);
    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &row, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(row), SQLITE_DONE);
    sqlite3_finalize(row);
    sqlite3_close(db);
}

static void a_row_that_is_set_aside_is_whole(void **state)
{
    check_put_back(*state, GODWIT_RECORD_SUBSCRIBER, "dif=dif+1");
}

static void a_row_that_is_set_aside_is_whole_behind_a_zero_in_its_text(void **state)
{
    check_put_back(*state, GODWIT_RECORD_TRIGGER_SUBSCRIPTION, "external_id=CAST(x'6100276200' AS TEXT)");
}

/* ---- rows of before ---- */

static void a_row_of_before_opens_until_it_is_written_again(void **state)
{
    fixture_t *f = *state;
    const godwit_table_t *table = godwit_table_of(GODWIT_RECORD_ASSOCIATION);
    const godwit_record_t one = record_of(table, 1);
    const godwit_sqlite_t *s = (const godwit_sqlite_t *)f->store;
    const godwit_wrap_context_t context = {.name = "association/001010000000001"};
    uint8_t plain[64], wrapped[64 + GODWIT_WRAP_OVERHEAD];
    char hex[2 * sizeof wrapped + 1], text[512];
    godwit_record_t got;
    memcpy(plain, one.u.association.current.k_iwf, 32);
    memcpy(plain + 32, one.u.association.next.k_iwf, 32);
    assert_int_equal(godwit_wrap(&s->kek, &context, godwit_slice(plain, sizeof plain), wrapped), GODWIT_OK);
    godwit_hex_encode(godwit_slice(wrapped, sizeof wrapped), hex);
    assert_int_equal(godwit_store_put(f->store, &one), GODWIT_OK);
    (void)snprintf(text, sizeof text, "UPDATE association SET secret=x'%s'", hex);
    sql(f, text);
    assert_int_equal(fixture_fetch(f->store, &one, &got), GODWIT_OK);
    assert_memory_equal(&got, &one, sizeof got);
    assert_int_equal(godwit_store_put(f->store, &one), GODWIT_OK);
    sql(f, "UPDATE association SET current_up_highest=current_up_highest+1");
    assert_int_equal(fixture_fetch(f->store, &one, &got), GODWIT_STORE_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(damage_in_any_column_of_any_kind_is_never_read, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(a_damaged_row_is_told_of_once, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_is_set_aside_is_kept_and_is_no_absence, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_is_set_aside_does_not_count_as_pending, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(numbers_that_were_given_are_not_given_again, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_row_that_is_set_aside_is_whole, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_row_that_is_set_aside_is_whole_behind_a_zero_in_its_text, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(a_row_of_before_opens_until_it_is_written_again, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
