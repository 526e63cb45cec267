/* SPDX-License-Identifier: Apache-2.0
 *
 * Device triggering in the store: every member comes back, association numbers and COUNTs never fall, nothing that was
 * accepted is lost or sent again, the searches and the counts are exact.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "tests/store/store_fixture.h"

static godwit_imsi_t imsi_of(unsigned n)
{
    char digits[GODWIT_IMSI_DIGITS_MAX + 1];
    godwit_imsi_t imsi;
    (void)snprintf(digits, sizeof digits, "00101%010u", n);
    assert_int_equal(godwit_imsi_from_text(digits, &imsi), GODWIT_OK);
    return imsi;
}

static godwit_trigger_node_t node_of(unsigned n)
{
    godwit_trigger_node_t node = {.function = (uint8_t)(n % 20)};
    (void)snprintf(node.host, sizeof node.host, "node%u.epc.example", n);
    (void)snprintf(node.realm, sizeof node.realm, "realm%u.example", n);
    return node;
}

static void put_ok(fixture_t *f, const godwit_record_t *record)
{
    if (godwit_store_put(f->store, record) != GODWIT_OK) {
        fail_msg("%s", godwit_store_why(f->store));
    }
}

static void assert_refused(fixture_t *f, const godwit_record_t *record, const char *word)
{
    assert_int_equal(godwit_store_put(f->store, record), GODWIT_STORE_FAILED);
    if (strstr(godwit_store_why(f->store), word) == NULL) {
        fail_msg("'%s' does not say '%s'", godwit_store_why(f->store), word);
    }
}

static void assert_comes_back(fixture_t *f, const godwit_record_t *record)
{
    godwit_record_t got;
    memset(&got, 0xa5, sizeof got);
    assert_int_equal(fixture_fetch(f->store, record, &got), GODWIT_OK);
    assert_memory_equal(&got, record, sizeof got);
}

/* ---- records ----------------------------------------------------------------------------------------------------- */

static godwit_record_t blank(godwit_record_kind_t kind)
{
    godwit_record_t record;
    memset(&record, 0, sizeof record);
    record.kind = kind;
    return record;
}

static godwit_record_t subscription_of(unsigned n)
{
    godwit_record_t record = blank(GODWIT_RECORD_TRIGGER_SUBSCRIPTION);
    godwit_trigger_subscription_record_t *s = &record.u.trigger_subscription;
    s->imsi = imsi_of(n);
    (void)snprintf(s->device.external_id, sizeof s->device.external_id, "meter%u@water.example", n);
    (void)snprintf(s->device.msisdn, sizeof s->device.msisdn, "49170%u", n);
    memset(s->external_id_key, (int)n, sizeof s->external_id_key);
    memset(s->msisdn_key, (int)(0x80 + n), sizeof s->msisdn_key);
    s->barred = n % 2 == 1;
    s->sources = GODWIT_TRIGGER_SOURCES_MAX;
    for (unsigned i = 0; i < s->sources; i++) {
        (void)snprintf(s->source[i], sizeof s->source[i], "scs%u.water%u.example", i, n);
    }
    return record;
}

static godwit_record_t location_of(unsigned n)
{
    godwit_record_t record = blank(GODWIT_RECORD_LOCATION);
    godwit_location_record_t *l = &record.u.location;
    l->imsi = imsi_of(n);
    l->nodes = GODWIT_SERVING_NODES_MAX;
    for (unsigned i = 0; i < GODWIT_SERVING_NODES_MAX; i++) {
        l->node[i] = node_of(n + i);
        l->at_ms[i] = 5000 - i;
    }
    return record;
}

static godwit_iwf_key_t root_of(unsigned n)
{
    godwit_iwf_key_t key = {.root = GODWIT_IWF_ROOT_FLAGGED, .is_root = true, .association = n};
    memset(key.root_name, (int)n, sizeof key.root_name);
    memset(key.key, (int)(0x40 + n), sizeof key.key);
    return key;
}

static godwit_record_t iwf_root_of(unsigned n)
{
    godwit_record_t record = blank(GODWIT_RECORD_IWF_ROOT);
    record.u.iwf_root.imsi = imsi_of(n);
    record.u.iwf_root.association = 7 + n;
    record.u.iwf_root.newest = root_of(n);
    record.u.iwf_root.former = root_of(n + 1);
    record.u.iwf_root.former.root = GODWIT_IWF_ROOT_KASME;
    record.u.iwf_root.newest_ms = 12345;
    return record;
}

static godwit_association_t one_association(uint32_t number)
{
    godwit_association_t a = {.number = number, .root = GODWIT_IWF_ROOT_EAP, .suite = 3, .confirmed = true};
    memset(a.root_name, (int)number, sizeof a.root_name);
    memset(a.k_iwf, (int)(0x60 + number), sizeof a.k_iwf);
    a.next_down = 10;
    a.up_highest = 20;
    a.up_seen = UINT64_C(0x8000000000000003);
    a.created_ms = 777;
    return a;
}

static godwit_record_t association_of(unsigned n)
{
    godwit_record_t record = blank(GODWIT_RECORD_ASSOCIATION);
    record.u.association.imsi = imsi_of(n);
    record.u.association.last_number = 6;
    record.u.association.current = one_association(5);
    record.u.association.next = one_association(6);
    record.u.association.command_len = GODWIT_TRIGGER_CONTAINER_MAX;
    memset(record.u.association.command, 0x5a, sizeof record.u.association.command);
    return record;
}

/* Of source s, to device d, the nth there is. */
static godwit_record_t trigger_of(unsigned s, unsigned d, unsigned n)
{
    godwit_record_t record = blank(GODWIT_RECORD_TRIGGER);
    godwit_trigger_record_t *t = &record.u.trigger;
    memset(t->source_key, (int)(0x10 + s), sizeof t->source_key);
    t->action.reference = 4000000000u + n;
    t->action.old_reference = n;
    t->action.action = GODWIT_ACTION_TRIGGER;
    (void)snprintf(t->action.scs, sizeof t->action.scs, "scs%u.example", s);
    (void)snprintf(t->action.device.external_id, sizeof t->action.device.external_id, "d%u@example", d);
    (void)snprintf(t->action.device.msisdn, sizeof t->action.device.msisdn, "%u", d);
    t->action.payload_len = GODWIT_TRIGGER_PAYLOAD_MAX;
    memset(t->action.payload, (int)n, sizeof t->action.payload);
    t->action.port = 65535;
    t->action.validity_s = 86400;
    t->imsi = imsi_of(d);
    t->source = 9;
    t->proved = true;
    t->report_to = node_of(s);
    t->state = GODWIT_TRIGGER_WAITING;
    t->number = n;
    t->created_ms = 1000;
    t->expires_ms = 9000;
    t->due_ms = 5000;
    t->attempts = 2;
    t->association = 3;
    t->count = 4;
    return record;
}

static void every_member_of_every_record_comes_back(void **state)
{
    fixture_t *f = *state;
    for (unsigned n = 1; n < 4; n++) {
        const godwit_record_t records[] = {subscription_of(n), location_of(n), iwf_root_of(n), association_of(n),
                                           trigger_of(n, n, n)};
        for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
            put_ok(f, &records[i]);
        }
        fixture_close(f);
        assert_int_equal(fixture_open(f), GODWIT_OK);
        for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
            assert_comes_back(f, &records[i]);
        }
    }
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

static godwit_status_t by_name(fixture_t *f, uint8_t octet, godwit_record_t *got)
{
    godwit_record_key_t key = {.kind = GODWIT_RECORD_TRIGGER_SUBSCRIPTION};
    memset(key.octets, octet, sizeof key.octets);
    return godwit_store_fetch(f->store, &key, got);
}

static void a_device_is_found_by_either_of_its_names_and_by_no_empty_one(void **state)
{
    fixture_t *f = *state;
    const godwit_record_t one = subscription_of(1);
    godwit_record_t two = subscription_of(2), got;
    memset(two.u.trigger_subscription.device.msisdn, 0, sizeof two.u.trigger_subscription.device.msisdn);
    memset(two.u.trigger_subscription.msisdn_key, 0, sizeof two.u.trigger_subscription.msisdn_key);
    put_ok(f, &one);
    put_ok(f, &two);
    assert_int_equal(by_name(f, 1, &got), GODWIT_OK);
    assert_memory_equal(&got, &one, sizeof one);
    assert_int_equal(by_name(f, 0x81, &got), GODWIT_OK);
    assert_memory_equal(&got, &one, sizeof one);
    assert_int_equal(by_name(f, 2, &got), GODWIT_OK);
    assert_memory_equal(&got, &two, sizeof two);
    assert_int_equal(by_name(f, 0x82, &got), GODWIT_NOT_FOUND);
    assert_int_equal(by_name(f, 0, &got), GODWIT_NOT_FOUND);
}

static void a_name_belongs_to_one_device(void **state)
{
    fixture_t *f = *state;
    const godwit_record_t one = subscription_of(1);
    godwit_record_t two = subscription_of(2);
    put_ok(f, &one);
    memset(two.u.trigger_subscription.external_id_key, 1, sizeof two.u.trigger_subscription.external_id_key);
    assert_refused(f, &two, "UNIQUE");
    two = subscription_of(2);
    memset(two.u.trigger_subscription.msisdn_key, 0x81, sizeof two.u.trigger_subscription.msisdn_key);
    assert_refused(f, &two, "UNIQUE");
}

/* ---- associations ------------------------------------------------------------------------------------------------ */

static void an_association_number_never_falls(void **state)
{
    fixture_t *f = *state;
    godwit_record_t root = iwf_root_of(1), association = association_of(1);
    put_ok(f, &root);
    root.u.iwf_root.association--;
    assert_refused(f, &root, "used again");
    put_ok(f, &association);
    association.u.association.last_number = 7;
    association.u.association.next = one_association(7);
    put_ok(f, &association);
    association.u.association.next = one_association(6); /* given up, it does not return */
    assert_refused(f, &association, "used again");
    association.u.association.next = one_association(0);
    put_ok(f, &association);
    association.u.association.next = one_association(7);
    assert_refused(f, &association, "used again");
    association.u.association.next = one_association(0);
    association.u.association.current = one_association(4);
    assert_refused(f, &association, "used again");
    association.u.association.current = one_association(8);
    assert_int_equal(godwit_store_put(f->store, &association), GODWIT_STORE_FAILED); /* above last_number */
    association.u.association.current = one_association(0);
    association.u.association.last_number = 6;
    assert_refused(f, &association, "used again");
}

static void what_a_device_has_had_is_not_forgotten(void **state)
{
    fixture_t *f = *state;
    const godwit_record_t root = iwf_root_of(1), association = association_of(1);
    put_ok(f, &root);
    put_ok(f, &association);
    const godwit_record_key_t keys[] = {godwit_record_key_of(&root), godwit_record_key_of(&association)};
    assert_int_equal(godwit_store_remove(f->store, &keys[0]), GODWIT_STORE_FAILED);
    assert_int_equal(godwit_store_remove(f->store, &keys[1]), GODWIT_STORE_FAILED);
    assert_comes_back(f, &root);
    assert_comes_back(f, &association);
}

static void counts_of_an_association_never_fall(void **state)
{
    fixture_t *f = *state;
    godwit_record_t record = association_of(1);
    godwit_association_t *current = &record.u.association.current, *next = &record.u.association.next;
    put_ok(f, &record);
    current->next_down--;
    assert_refused(f, &record, "COUNT");
    current->next_down++;
    current->up_highest--;
    assert_refused(f, &record, "COUNT");
    current->up_highest++;
    current->up_seen &= ~UINT64_C(1); /* a window forgets */
    assert_refused(f, &record, "COUNT");
    current->up_seen = 1;
    current->up_highest++;
    put_ok(f, &record);
    next->next_down--;
    assert_refused(f, &record, "COUNT");
    next->next_down++;
    *current = *next; /* confirmed: the next is the current one, with its COUNTs */
    current->next_down--;
    *next = one_association(0);
    assert_refused(f, &record, "COUNT");
    current->next_down++;
    put_ok(f, &record);
}

/* ---- triggers ---------------------------------------------------------------------------------------------------- */

static void assert_first(fixture_t *f, const godwit_record_key_t *key, const godwit_record_t *expected)
{
    godwit_record_t got;
    const godwit_status_t status = godwit_store_fetch(f->store, key, &got);
    assert_int_equal(status, expected == NULL ? GODWIT_NOT_FOUND : GODWIT_OK);
    if (expected != NULL) {
        assert_int_equal(got.u.trigger.number, expected->u.trigger.number);
        assert_memory_equal(&got, expected, sizeof got);
    }
}

static void of_a_device_goes_what_has_priority_and_then_what_came_first(void **state)
{
    fixture_t *f = *state;
    godwit_record_t triggers[5];
    for (unsigned n = 0; n < 5; n++) {
        triggers[n] = trigger_of(n % 2, n == 4 ? 9 : 1, n + 1);
        triggers[n].u.trigger.action.priority = n == 2;
        triggers[n].u.trigger.state = n == 0 ? GODWIT_TRIGGER_SENT : GODWIT_TRIGGER_WAITING;
        put_ok(f, &triggers[n]);
    }
    const godwit_record_key_t key = {.kind = GODWIT_RECORD_TRIGGER, .imsi = imsi_of(1)};
    static const unsigned order[] = {2, 1, 3};
    for (unsigned i = 0; i < 3; i++) {
        assert_first(f, &key, &triggers[order[i]]);
        triggers[order[i]].u.trigger.state = GODWIT_TRIGGER_SENT;
        put_ok(f, &triggers[order[i]]);
    }
    assert_first(f, &key, NULL);
    const godwit_record_key_t other = {.kind = GODWIT_RECORD_TRIGGER, .imsi = imsi_of(9)};
    assert_first(f, &other, &triggers[4]);
}

static void of_a_device_one_is_found_by_the_end_of_its_number(void **state)
{
    fixture_t *f = *state;
    const uint64_t above = UINT64_C(7) << 32;
    godwit_record_t one = trigger_of(1, 1, 1), other = trigger_of(2, 2, 2);
    one.u.trigger.number = above + 5;
    other.u.trigger.number = above + 6;
    one.u.trigger.state = GODWIT_TRIGGER_SENT;
    put_ok(f, &one);
    put_ok(f, &other);
    godwit_record_key_t key = {.kind = GODWIT_RECORD_TRIGGER, .imsi = imsi_of(1), .session_id = 5};
    assert_first(f, &key, &one);
    key.session_id = 6; /* another device's */
    assert_first(f, &key, NULL);
}

static void what_is_due_comes_in_the_order_of_its_time_whatever_its_state(void **state)
{
    fixture_t *f = *state;
    static const uint64_t due[] = {500, 300, 300, UINT64_MAX};
    godwit_record_t triggers[4];
    for (unsigned n = 0; n < 4; n++) {
        triggers[n] = trigger_of(1, n, n + 1);
        triggers[n].u.trigger.due_ms = due[n];
        triggers[n].u.trigger.state = (godwit_trigger_state_t)(GODWIT_TRIGGER_WAITING + n);
        put_ok(f, &triggers[n]);
    }
    godwit_record_key_t key = {.kind = GODWIT_RECORD_TRIGGER, .at_ms = 299};
    assert_first(f, &key, NULL);
    key.at_ms = 300;
    assert_first(f, &key, &triggers[1]);
    triggers[1].u.trigger.due_ms = 600;
    put_ok(f, &triggers[1]);
    assert_first(f, &key, &triggers[2]);
    triggers[2].u.trigger.due_ms = 700;
    put_ok(f, &triggers[2]);
    assert_first(f, &key, NULL);
    key.at_ms = UINT64_MAX; /* what is due at no time is never due */
    assert_first(f, &key, &triggers[0]);
}

static void nothing_that_was_accepted_is_lost_or_sent_again(void **state)
{
    fixture_t *f = *state;
    godwit_record_t record = trigger_of(1, 1, 1);
    const godwit_record_key_t key = godwit_record_key_of(&record);
    put_ok(f, &record);
    assert_int_equal(godwit_store_remove(f->store, &key), GODWIT_STORE_FAILED);
    record.u.trigger.state = GODWIT_TRIGGER_SENT;
    put_ok(f, &record);
    record.u.trigger.count--;
    assert_refused(f, &record, "COUNT");
    record.u.trigger.count++;
    record.u.trigger.state = GODWIT_TRIGGER_WAITING; /* not reached: later again */
    put_ok(f, &record);
    record.u.trigger.state = GODWIT_TRIGGER_REPORTING;
    put_ok(f, &record);
    assert_int_equal(godwit_store_remove(f->store, &key), GODWIT_STORE_FAILED);
    record.u.trigger.state = GODWIT_TRIGGER_SENT;
    assert_refused(f, &record, "sent again");
    record.u.trigger.state = GODWIT_TRIGGER_CLOSED;
    put_ok(f, &record);
    record.u.trigger.state = GODWIT_TRIGGER_REPORTING;
    assert_refused(f, &record, "sent again");
    assert_int_equal(godwit_store_remove(f->store, &key), GODWIT_OK);
    godwit_record_t late = trigger_of(2, 1, 1); /* the number of one that is gone */
    assert_refused(f, &late, "does not rise");
}

/* ---- counts ------------------------------------------------------------------------------------------------------ */

static void assert_tally(fixture_t *f, unsigned source, unsigned device, uint32_t pending, uint64_t highest)
{
    godwit_record_key_t key = {.kind = GODWIT_RECORD_TRIGGER_TALLY};
    godwit_record_t got;
    if (device > 0) {
        key.imsi = imsi_of(device);
    } else {
        memset(key.octets, (int)(0x10 + source), sizeof key.octets);
    }
    assert_int_equal(godwit_store_fetch(f->store, &key, &got), GODWIT_OK);
    const godwit_record_key_t own = godwit_record_key_of(&got);
    assert_true(godwit_record_key_equal(&own, &key));
    assert_int_equal(got.u.trigger_tally.pending, pending);
    assert_int_equal(got.u.trigger_tally.highest, highest);
}

static int number_in(const fixture_t *f, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *asked = NULL;
    assert_int_equal(sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &asked, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(asked), SQLITE_ROW);
    const int number = sqlite3_column_int(asked, 0);
    sqlite3_finalize(asked);
    sqlite3_close(db);
    return number;
}

static void counts_are_exact_whatever_happens(void **state)
{
    fixture_t *f = *state;
    uint64_t pending = 99;
    assert_tally(f, 1, 0, 0, 0);
    godwit_record_t first = trigger_of(1, 1, 3), second = trigger_of(1, 2, 4), third = trigger_of(2, 2, 5);
    put_ok(f, &first);
    put_ok(f, &second);
    assert_int_equal(godwit_store_begin(f->store), GODWIT_OK);
    put_ok(f, &third);
    assert_tally(f, 2, 0, 1, 5);
    godwit_store_rollback(f->store);
    assert_tally(f, 2, 0, 0, 4);
    third.u.trigger.number = 4;
    assert_refused(f, &third, "does not rise"); /* and moves no count */
    third.u.trigger.number = 5;
    put_ok(f, &third);
    assert_tally(f, 1, 0, 2, 5);
    assert_tally(f, 2, 0, 1, 5);
    assert_tally(f, 0, 1, 1, 5);
    assert_tally(f, 0, 2, 2, 5);
    second.u.trigger.state = GODWIT_TRIGGER_SENT;
    put_ok(f, &second);
    assert_tally(f, 0, 2, 2, 5);
    second.u.trigger.state = GODWIT_TRIGGER_CLOSED;
    put_ok(f, &second);
    put_ok(f, &second);
    assert_tally(f, 1, 0, 1, 5);
    assert_tally(f, 0, 2, 1, 5);
    const godwit_record_key_t key = godwit_record_key_of(&second);
    assert_int_equal(godwit_store_remove(f->store, &key), GODWIT_OK);
    fixture_close(f);
    assert_int_equal(fixture_open(f), GODWIT_OK);
    assert_tally(f, 1, 0, 1, 5);
    assert_int_equal(godwit_store_count(f->store, GODWIT_RECORD_TRIGGER_TALLY, &pending), GODWIT_OK);
    assert_int_equal(pending, 2);                                              /* of all sources */
    assert_int_equal(number_in(f, "SELECT count(*) FROM trigger_pending"), 4); /* nothing stays of what is at 0 */
}

static void counts_are_not_put(void **state)
{
    fixture_t *f = *state;
    const godwit_record_t record = blank(GODWIT_RECORD_TRIGGER_TALLY);
    const godwit_record_key_t key = godwit_record_key_of(&record);
    assert_refused(f, &record, "counts by itself");
    assert_int_equal(godwit_store_remove(f->store, &key), GODWIT_STORE_FAILED);
}

/* ---- from a backup ---- */

#define NOW_S UINT64_C(1800000000)

static void restore(fixture_t *f, uint64_t associations, uint64_t triggers)
{
    godwit_restored_t done;
    assert_int_equal(godwit_store_after_restore(f->store, NOW_S, 10, &done), GODWIT_OK);
    assert_int_equal(done.associations, associations);
    assert_int_equal(done.triggers, triggers);
}

/* Whether a number that may have been used since is refused for that device, and one above them all is taken. */
static void assert_numbers_skip(fixture_t *f, unsigned device, uint32_t known)
{
    const godwit_record_key_t key = {.kind = GODWIT_RECORD_ASSOCIATION, .imsi = imsi_of(device)};
    godwit_record_t record;
    assert_int_equal(godwit_store_fetch(f->store, &key, &record), GODWIT_OK);
    godwit_association_record_t *a = &record.u.association;
    assert_true(godwit_imsi_equal(&a->imsi, &key.imsi));
    assert_int_equal(a->current.number, 0);
    assert_int_equal(a->next.number, 0);
    assert_int_equal(a->command_len, 0);
    assert_true(a->last_number >= known + 65536);
    a->last_number++;
    a->next = one_association(a->last_number);
    put_ok(f, &record);
}

static void after_a_backup_no_count_is_used_again(void **state)
{
    fixture_t *f = *state;
    uint64_t count = 99;
    const godwit_record_t association = association_of(1), root = iwf_root_of(1);
    godwit_record_t got;
    put_ok(f, &association);
    put_ok(f, &root);
    restore(f, 1, 0);
    assert_refused(f, &association, "used again");
    assert_numbers_skip(f, 1, association.u.association.last_number);
    assert_numbers_skip(f, 2, 0); /* which the backup does not know */
    assert_int_equal(fixture_fetch(f->store, &root, &got), GODWIT_OK);
    assert_true(got.u.iwf_root.association >= root.u.iwf_root.association + 65536);
    assert_memory_equal(&got.u.iwf_root.newest, &root.u.iwf_root.newest, sizeof root.u.iwf_root.newest);
    assert_int_equal(godwit_store_count(f->store, GODWIT_RECORD_ASSOCIATION, &count), GODWIT_OK);
    assert_int_equal(count, 2);
    restore(f, 2, 0); /* from another backup */
    assert_numbers_skip(f, 3, 65536);
}

static void what_may_have_been_delivered_since_is_told_and_not_sent_again(void **state)
{
    fixture_t *f = *state;
    godwit_record_t triggers[4], got;
    for (unsigned n = 0; n < 4; n++) {
        triggers[n] = trigger_of(1, 1, n + 1);
        triggers[n].u.trigger.state = (godwit_trigger_state_t)(GODWIT_TRIGGER_WAITING + n);
        triggers[n].u.trigger.outcome = n == 2 ? GODWIT_OUTCOME_EXPIRED : GODWIT_OUTCOME_SUCCESS;
        put_ok(f, &triggers[n]);
    }
    restore(f, 0, 2);
    const godwit_record_key_t next = {.kind = GODWIT_RECORD_TRIGGER, .imsi = imsi_of(1)};
    assert_int_equal(godwit_store_fetch(f->store, &next, &got), GODWIT_NOT_FOUND);
    assert_tally(f, 0, 1, 0, 4 + (UINT64_C(1) << 20)); /* and no reference comes twice */
    for (unsigned n = 0; n < 4; n++) {
        assert_int_equal(fixture_fetch(f->store, &triggers[n], &got), GODWIT_OK);
        assert_int_equal(got.u.trigger.state, n < 3 ? GODWIT_TRIGGER_REPORTING : GODWIT_TRIGGER_CLOSED);
        assert_int_equal(got.u.trigger.outcome, n < 2 ? GODWIT_OUTCOME_UNCONFIRMED : triggers[n].u.trigger.outcome);
        assert_int_equal(got.u.trigger.due_ms, n < 2 ? NOW_S * 1000 : triggers[n].u.trigger.due_ms);
    }
}

/* Whether SQLite would look at each trigger there is. */
static void assert_indexed(const fixture_t *f, const char *sql, const char *index)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *plan = NULL;
    char explain[256];
    (void)snprintf(explain, sizeof explain, "EXPLAIN QUERY PLAN %s", sql);
    assert_int_equal(sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, explain, -1, &plan, NULL), SQLITE_OK);
    bool used = false;
    while (sqlite3_step(plan) == SQLITE_ROW) {
        const char *line = (const char *)sqlite3_column_text(plan, 3);
        used = used || strstr(line, index) != NULL;
        if (strncmp(line, "SCAN", 4) == 0 || strstr(line, "TEMP B-TREE") != NULL) {
            fail_msg("%s", line);
        }
    }
    sqlite3_finalize(plan);
    sqlite3_close(db);
    assert_true(used);
}

static void neither_search_looks_at_all_there_are(void **state)
{
    assert_indexed(*state,
                   "SELECT * FROM device_trigger WHERE imsi=?1 AND state=1 ORDER BY priority DESC, number LIMIT 1",
                   "device_trigger_next");
    assert_indexed(*state,
                   "SELECT * FROM device_trigger WHERE due_ms>=0 AND due_ms<=?1 ORDER BY due_ms, number LIMIT 1",
                   "device_trigger_due");
    assert_indexed(*state, "SELECT * FROM device_trigger WHERE imsi=?1 AND (number & 4294967295)=?2 LIMIT 1",
                   "device_trigger_numbered");
    assert_indexed(*state,
                   "SELECT * FROM trigger_subscription WHERE (external_id_key=?1 AND external_id_key<>"
                   "x'00000000000000000000000000000000') OR (msisdn_key=?1 AND msisdn_key<>"
                   "x'00000000000000000000000000000000') LIMIT 1",
                   "trigger_subscription_msisdn");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(every_member_of_every_record_comes_back),
        TEST(a_device_is_found_by_either_of_its_names_and_by_no_empty_one),
        TEST(a_name_belongs_to_one_device),
        TEST(an_association_number_never_falls),
        TEST(what_a_device_has_had_is_not_forgotten),
        TEST(counts_of_an_association_never_fall),
        TEST(of_a_device_goes_what_has_priority_and_then_what_came_first),
        TEST(of_a_device_one_is_found_by_the_end_of_its_number),
        TEST(what_is_due_comes_in_the_order_of_its_time_whatever_its_state),
        TEST(nothing_that_was_accepted_is_lost_or_sent_again),
        TEST(counts_are_exact_whatever_happens),
        TEST(counts_are_not_put),
        TEST(after_a_backup_no_count_is_used_again),
        TEST(what_may_have_been_delivered_since_is_told_and_not_sent_again),
        TEST(neither_search_looks_at_all_there_are),
    };
    return cmocka_run_group_tests_name("store_trigger", tests, NULL, NULL);
}
