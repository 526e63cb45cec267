/* SPDX-License-Identifier: Apache-2.0
 *
 * Records of end-to-end protection in memory: what each fetch finds, as roles/record.h says, and that numbers rise.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/owner.h"

#define NOW UINT64_C(1700000000000)

static owner_t owner;

static int set_up(void **state)
{
    (void)state;
    owner_init(&owner, NULL, NULL);
    return 0;
}

static void put_number(godwit_record_key_t *key, uint64_t number)
{
    godwit_store_u32(key->octets, (uint32_t)(number >> 32));
    godwit_store_u32(key->octets + 4, (uint32_t)number);
}

/* ---- entitlements ---- */

static void entitle(const char *first, const char *last, godwit_mtc_scope_t scope, uint8_t services, uint64_t until_ms)
{
    godwit_record_t record = {.kind = GODWIT_RECORD_EAS_ENTITLEMENT};
    godwit_eas_entitlement_record_t *e = &record.u.eas_entitlement;
    static uint8_t next;
    e->id[0] = ++next;
    e->eas_key[0] = 7;
    e->scope = scope;
    (void)strcpy(e->first, first);
    (void)strcpy(e->last, last);
    e->services = services;
    e->not_before_ms = NOW;
    e->not_after_ms = until_ms;
    owner_put(&owner, &record);
}

static const godwit_record_t *entitlement_of(const char *digits, uint8_t services, uint64_t at_ms)
{
    godwit_record_key_t key = {
        .kind = GODWIT_RECORD_EAS_ENTITLEMENT, .octets = {7}, .agreement = services, .at_ms = at_ms};
    if (digits == NULL) {
        key.session_id = 1;
    } else {
        key.imsi = owner_imsi(digits);
    }
    return owner_find(&owner, &key);
}

static void an_entitlement_is_for_its_devices_services_and_time(void **state)
{
    (void)state;
    entitle("001010000000010", "001010000000019", GODWIT_MTC_SCOPE_RANGE, 0x05, NOW + 1000);
    entitle("26201", "26201", GODWIT_MTC_SCOPE_PLMN, 0x02, 0);
    assert_non_null(entitlement_of("001010000000010", 0x04, NOW));
    assert_non_null(entitlement_of("001010000000019", 0x05, NOW + 999));
    assert_null(entitlement_of("001010000000019", 0x04, NOW + 1000));
    assert_null(entitlement_of("001010000000010", 0x04, NOW - 1));
    assert_null(entitlement_of("001010000000010", 0x02, NOW));
    assert_null(entitlement_of("001010000000010", 0x06, NOW));
    assert_null(entitlement_of("001010000000020", 0x04, NOW));
    assert_null(entitlement_of("00101000000001", 0x04, NOW));
    assert_non_null(entitlement_of("262019999999999", 0x02, NOW + 1000000));
    assert_null(entitlement_of("262029999999999", 0x02, NOW));
    assert_non_null(entitlement_of(NULL, 0, NOW));
    assert_null(entitlement_of(NULL, 0, NOW - 1));
}

/* ---- sessions of an EESE, and of an EAS ---- */

static void put_session(uint32_t session_id, uint64_t agreed_ms, uint64_t taken_ms, bool with_eas, uint64_t due_ms)
{
    godwit_record_t record = {.kind = GODWIT_RECORD_E2E_SESSION};
    godwit_e2e_session_record_t *s = &record.u.e2e_session;
    s->path.imsi = owner_imsi("001010000000001");
    s->path.session_id = session_id;
    s->eas_key[0] = 7;
    s->agreed_ms = agreed_ms;
    s->taken_ms = taken_ms;
    s->with_eas = with_eas;
    s->due_ms = due_ms;
    owner_put(&owner, &record);
}

static uint32_t session_of(const char *digits, uint32_t session_id, uint8_t agreement, uint64_t at_ms)
{
    godwit_record_key_t key = {
        .kind = GODWIT_RECORD_E2E_SESSION, .session_id = session_id, .agreement = agreement, .at_ms = at_ms};
    if (digits != NULL) {
        key.imsi = owner_imsi(digits);
        key.octets[0] = 7;
    }
    const godwit_record_t *found = owner_find(&owner, &key);
    return found == NULL ? 0 : found->u.e2e_session.path.session_id;
}

static void a_set_up_that_never_ends_hides_no_session_that_lives(void **state)
{
    (void)state;
    put_session(1, 100, 110, true, 5000);
    put_session(2, 300, 310, true, 4000);
    put_session(3, 900, 0, true, 4500);
    assert_int_equal(session_of("001010000000001", 1, 0, 0), 1);
    assert_int_equal(session_of("001010000000001", 9, 0, 0), 0);
    assert_int_equal(session_of("001010000000001", 0, 0, 0), 3); /* the newest */
    assert_int_equal(session_of("001010000000001", 0, 1, 0), 2); /* that the device took */
    put_session(4, 200, 0, false, 9000);
    assert_int_equal(session_of("001010000000001", 0, 0, 0), 4); /* whose key the EAS does not have */
    assert_int_equal(session_of("001010000000002", 0, 0, 0), 0);
    assert_int_equal(session_of(NULL, 0, 0, 10000), 2); /* due first */
    assert_int_equal(session_of(NULL, 0, 0, 3999), 0);
    assert_int_equal(owner.record_count, 4);
}

static void an_eas_finds_a_session_by_hse_by_device_and_by_time(void **state)
{
    (void)state;
    for (uint32_t i = 1; i <= 3; i++) {
        godwit_record_t record = {.kind = GODWIT_RECORD_EAS_SESSION};
        record.u.eas_session.hse_key[0] = 9;
        record.u.eas_session.path.session_id = i;
        record.u.eas_session.path.imsi = owner_imsi("001010000000001");
        record.u.eas_session.begun_ms = i == 2 ? 500 : i;
        record.u.eas_session.due_ms = 100 - i;
        owner_put(&owner, &record);
    }
    godwit_record_key_t key = {.kind = GODWIT_RECORD_EAS_SESSION, .session_id = 3, .octets = {9}};
    assert_int_equal(owner_find(&owner, &key)->u.eas_session.path.session_id, 3);
    key.octets[0] = 8;
    assert_null(owner_find(&owner, &key));
    key = (godwit_record_key_t){.kind = GODWIT_RECORD_EAS_SESSION, .imsi = owner_imsi("001010000000001")};
    assert_int_equal(owner_find(&owner, &key)->u.eas_session.path.session_id, 2);
    key = (godwit_record_key_t){.kind = GODWIT_RECORD_EAS_SESSION, .at_ms = 98};
    assert_int_equal(owner_find(&owner, &key)->u.eas_session.path.session_id, 3);
    key.at_ms = 96;
    assert_null(owner_find(&owner, &key));
}

/* ---- what waits for delivery ---- */

static void a_reading_without_a_number_gets_the_next_and_none_comes_twice(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        const godwit_record_t record = {.kind = GODWIT_RECORD_READING};
        owner_put(&owner, &record);
    }
    godwit_record_key_t key = {.kind = GODWIT_RECORD_READING, .agreement = 1};
    assert_int_equal(owner_find(&owner, &key)->u.reading.number, 1);
    put_number(&key, 2);
    assert_int_equal(owner_find(&owner, &key)->u.reading.number, 3);
    put_number(&key, 3);
    assert_null(owner_find(&owner, &key));
    key.agreement = 0;
    assert_int_equal(owner_find(&owner, &key)->u.reading.number, 3);
    owner.record_count = 0; /* all delivered */
    const godwit_record_t record = {.kind = GODWIT_RECORD_READING};
    owner_put(&owner, &record);
    assert_int_equal(owner.records[0].u.reading.number, 4);
}

static void messages_for_a_device_come_in_order_and_the_same_one_is_found(void **state)
{
    (void)state;
    for (uint8_t i = 1; i <= 4; i++) {
        godwit_record_t record = {.kind = GODWIT_RECORD_DOWNLINK};
        record.u.downlink.imsi = owner_imsi(i == 2 ? "001010000000002" : "001010000000001");
        record.u.downlink.id[0] = i;
        owner_put(&owner, &record);
    }
    godwit_record_key_t key = {.kind = GODWIT_RECORD_DOWNLINK, .imsi = owner_imsi("001010000000001")};
    assert_int_equal(owner_find(&owner, &key)->u.downlink.id[0], 1);
    key.session_id = 1;
    assert_int_equal(owner_find(&owner, &key)->u.downlink.id[0], 3);
    key.session_id = 3; /* there are not so many */
    assert_null(owner_find(&owner, &key));
    key.session_id = 0;
    key.octets[0] = 4;
    assert_int_equal(owner_find(&owner, &key)->u.downlink.number, 4);
    key.octets[0] = 2; /* of another device */
    assert_null(owner_find(&owner, &key));
    key = (godwit_record_key_t){.kind = GODWIT_RECORD_DOWNLINK};
    put_number(&key, 2);
    assert_int_equal(owner_find(&owner, &key)->u.downlink.id[0], 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_entitlement_is_for_its_devices_services_and_time, set_up),
        cmocka_unit_test_setup(a_set_up_that_never_ends_hides_no_session_that_lives, set_up),
        cmocka_unit_test_setup(an_eas_finds_a_session_by_hse_by_device_and_by_time, set_up),
        cmocka_unit_test_setup(a_reading_without_a_number_gets_the_next_and_none_comes_twice, set_up),
        cmocka_unit_test_setup(messages_for_a_device_come_in_order_and_the_same_one_is_found, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
