/* SPDX-License-Identifier: Apache-2.0
 *
 * Entitlements and contacts of device RAND in the store: which entitlement is found for whom and when; no counter and
 * no chain that returns.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/store/store_fixture.h"

#define NOW UINT64_C(1700000000000)

static godwit_imsi_t imsi(const char *digits)
{
    godwit_imsi_t made;
    assert_int_equal(godwit_imsi_from_text(digits, &made), GODWIT_OK);
    return made;
}

static void entitle(fixture_t *f, uint8_t n, uint8_t server, godwit_mtc_scope_t scope, const char *first,
                    const char *last, uint64_t from, uint64_t to)
{
    godwit_record_t record = {.kind = GODWIT_RECORD_MTC_ENTITLEMENT};
    godwit_mtc_entitlement_record_t *e = &record.u.mtc_entitlement;
    memset(e->id, n, sizeof e->id);
    memset(e->server_key, server, sizeof e->server_key);
    (void)snprintf(e->server, sizeof e->server, "s%u.example.org", n);
    (void)snprintf(e->server_id, sizeof e->server_id, "id%u.example.org", n);
    (void)snprintf(e->group, sizeof e->group, "meters");
    e->scope = scope;
    (void)snprintf(e->first, sizeof e->first, "%s", first);
    (void)snprintf(e->last, sizeof e->last, "%s", last);
    e->not_before_ms = from;
    e->not_after_ms = to;
    assert_int_equal(godwit_store_put(f->store, &record), GODWIT_OK);
}

/* The number of the entitlement that is found, or 0; and the rule of the roles says the same of it. */
static unsigned found(fixture_t *f, uint8_t server, const char *digits, uint64_t at)
{
    godwit_record_t got;
    godwit_record_key_t key = {.kind = GODWIT_RECORD_MTC_ENTITLEMENT, .imsi = imsi(digits), .at_ms = at};
    memset(key.octets, server, sizeof key.octets);
    const godwit_status_t status = godwit_store_fetch(f->store, &key, &got);
    if (status == GODWIT_NOT_FOUND) {
        return 0;
    }
    assert_int_equal(status, GODWIT_OK);
    assert_true(godwit_record_matches(&got, &key));
    return got.u.mtc_entitlement.id[0];
}

static void an_entitlement_is_found_for_its_devices_server_and_time_alone(void **state)
{
    fixture_t *f = *state;
    entitle(f, 1, 7, GODWIT_MTC_SCOPE_IMSI, "001010000000001", "001010000000001", 0, 0);
    entitle(f, 2, 7, GODWIT_MTC_SCOPE_RANGE, "001010000000100", "001010000000199", NOW, NOW + 1000);
    entitle(f, 3, 7, GODWIT_MTC_SCOPE_PLMN, "99970", "99970", 0, 0);
    entitle(f, 4, 8, GODWIT_MTC_SCOPE_PLMN, "00101", "00101", 0, NOW);
    assert_int_equal(found(f, 7, "001010000000001", NOW), 1);
    assert_int_equal(found(f, 7, "001010000000002", NOW), 0);
    assert_int_equal(found(f, 7, "001010000000100", NOW), 2);
    assert_int_equal(found(f, 7, "001010000000199", NOW + 999), 2);
    assert_int_equal(found(f, 7, "001010000000200", NOW), 0);
    assert_int_equal(found(f, 7, "00101000000015", NOW), 0); /* shorter: another's */
    assert_int_equal(found(f, 7, "001010000000150", NOW - 1), 0);
    assert_int_equal(found(f, 7, "001010000000150", NOW + 1000), 0);
    assert_int_equal(found(f, 7, "999700000000001", NOW), 3);
    assert_int_equal(found(f, 7, "999710000000001", NOW), 0);
    assert_int_equal(found(f, 8, "001010000000002", NOW - 1), 4);
    assert_int_equal(found(f, 8, "001010000000002", NOW), 0);
    assert_int_equal(found(f, 9, "001010000000001", NOW), 0);
}

static void one_that_ended_hides_none_that_lives(void **state)
{
    fixture_t *f = *state;
    entitle(f, 1, 7, GODWIT_MTC_SCOPE_IMSI, "001010000000001", "001010000000001", 0, NOW - 1);
    entitle(f, 2, 7, GODWIT_MTC_SCOPE_PLMN, "00101", "00101", 0, 0);
    assert_int_equal(found(f, 7, "001010000000001", NOW), 2);
}

static godwit_record_t contact(unsigned n)
{
    godwit_record_t record;
    memset(&record, 0, sizeof record);
    record.kind = GODWIT_RECORD_MTC_CONTACT;
    godwit_mtc_contact_record_t *c = &record.u.mtc_contact;
    c->imsi = imsi("001010000000001");
    memset(c->server_key, 7, sizeof c->server_key);
    (void)snprintf(c->server_id, sizeof c->server_id, "mtc.example.org");
    c->counter = n;
    memset(c->chain.current, (int)n, sizeof c->chain.current);
    memset(c->chain.previous, (int)n - 1, sizeof c->chain.previous);
    memset(c->temporary, (int)(100 + n), sizeof c->temporary);
    memset(c->former_temporary, (int)(99 + n), sizeof c->former_temporary);
    memset(c->last_request, (int)n, sizeof c->last_request);
    c->first_ms = NOW;
    c->last_ms = NOW + n;
    c->contacts = n;
    return record;
}

static void put_ok(fixture_t *f, const godwit_record_t *record)
{
    if (godwit_store_put(f->store, record) != GODWIT_OK) {
        fail_msg("%s", godwit_store_why(f->store));
    }
}

static void a_contact_comes_back_whole_by_both_its_temporary_identities(void **state)
{
    fixture_t *f = *state;
    godwit_record_t record = contact(5), got;
    put_ok(f, &record);
    fixture_close(f);
    assert_int_equal(fixture_open(f), GODWIT_OK);
    assert_int_equal(fixture_fetch(f->store, &record, &got), GODWIT_OK);
    assert_memory_equal(&got.u.mtc_contact, &record.u.mtc_contact, sizeof got.u.mtc_contact);
    for (int first = 103; first <= 106; first++) {
        godwit_record_key_t key = {.kind = GODWIT_RECORD_MTC_CONTACT};
        memset(key.octets, first, GODWIT_MTC_IDENTITY);
        const bool its_own = first == 104 || first == 105;
        assert_int_equal(godwit_store_fetch(f->store, &key, &got), its_own ? GODWIT_OK : GODWIT_NOT_FOUND);
        assert_int_equal(godwit_record_matches(&record, &key), its_own);
    }
}

static void refused(fixture_t *f, const godwit_record_t *record)
{
    assert_int_equal(godwit_store_put(f->store, record), GODWIT_STORE_FAILED);
}

static void no_counter_goes_back_and_no_chain_returns(void **state)
{
    fixture_t *f = *state;
    godwit_record_t five = contact(5), four = contact(4), six = contact(6), again = contact(5);
    const godwit_record_key_t key = godwit_record_key_of(&five);
    put_ok(f, &five);
    refused(f, &four);
    again.u.mtc_contact.chain.current[0] ^= 1; /* the same counter with another chain */
    refused(f, &again);
    put_ok(f, &six);
    refused(f, &five);
    godwit_mtc_contact_release(&six.u.mtc_contact, 0);
    put_ok(f, &six); /* the operator: the chain is zero, the counter is not */
    godwit_record_t late = contact(6);
    refused(f, &late);
    assert_int_equal(godwit_store_remove(f->store, &key), GODWIT_STORE_FAILED);
}

static void after_a_backup_only_the_operator_lets_a_device_in(void **state)
{
    fixture_t *f = *state;
    static const uint8_t none[32];
    godwit_restored_t done;
    godwit_record_t five = contact(5), got;
    put_ok(f, &five);
    assert_int_equal(godwit_store_after_restore(f->store, NOW / 1000, 10, &done), GODWIT_OK);
    assert_int_equal(fixture_fetch(f->store, &five, &got), GODWIT_OK);
    assert_true(got.u.mtc_contact.held);
    godwit_record_t six = contact(6); /* as if nothing had happened */
    refused(f, &six);
    godwit_mtc_contact_release(&got.u.mtc_contact, 90);
    put_ok(f, &got);
    assert_int_equal(fixture_fetch(f->store, &five, &got), GODWIT_OK);
    assert_false(got.u.mtc_contact.held);
    assert_true(got.u.mtc_contact.released);
    assert_int_equal(got.u.mtc_contact.counter, 90);
    assert_memory_equal(got.u.mtc_contact.chain.current, none, sizeof none);
    assert_memory_equal(got.u.mtc_contact.chain.previous, none, sizeof none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_entitlement_is_found_for_its_devices_server_and_time_alone, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(one_that_ended_hides_none_that_lives, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_contact_comes_back_whole_by_both_its_temporary_identities, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(no_counter_goes_back_and_no_chain_returns, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(after_a_backup_only_the_operator_lets_a_device_in, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
