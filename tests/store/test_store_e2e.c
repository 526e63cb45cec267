/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys end to end in the store: every member comes back, the same searches as in memory
 * (tests/roles/test_record_e2e.c), ages that never fall, a key that is not kept again for who has it, nothing secret on
 * the disk, and what a backup means.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/store/store_fixture.h"

#define NOW UINT64_C(1700000000000)
#define SECRET_OCTET 0xd7 /* a run of it would be seen on the disk */

static godwit_imsi_t imsi_of(unsigned n)
{
    char digits[GODWIT_IMSI_DIGITS_MAX + 1];
    godwit_imsi_t imsi;
    (void)snprintf(digits, sizeof digits, "00101%010u", n);
    assert_int_equal(godwit_imsi_from_text(digits, &imsi), GODWIT_OK);
    return imsi;
}

static godwit_record_t blank(godwit_record_kind_t kind)
{
    godwit_record_t record;
    memset(&record, 0, sizeof record);
    record.kind = kind;
    return record;
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

/* ---- records ---- */

static void set_path(godwit_e2e_path_t *path, unsigned device, uint32_t session_id)
{
    path->imsi = imsi_of(device);
    memcpy(path->hse, "hse1.hse.example", sizeof "hse1.hse.example");
    path->session_id = session_id;
    path->session_octets = 3;
    path->counter_octets = 1;
}

static godwit_record_t eas(uint8_t n)
{
    godwit_record_t r = blank(GODWIT_RECORD_EAS);
    memset(r.u.eas.eas_key, n, 16);
    memcpy(r.u.eas.eas, "eas.meters.example", sizeof "eas.meters.example");
    memset(r.u.eas.registration, SECRET_OCTET, sizeof r.u.eas.registration);
    r.u.eas.push = true;
    for (uint32_t i = 0; i < GODWIT_SERVICES; i++) {
        r.u.eas.ageing[i] = (godwit_e2e_ageing_t){.life_s = 100 + i, .messages = 200 + i};
    }
    r.u.eas.registered_ms = NOW;
    return r;
}

static godwit_record_t entitlement(uint8_t n, godwit_mtc_scope_t scope, const char *first, const char *last)
{
    godwit_record_t r = blank(GODWIT_RECORD_EAS_ENTITLEMENT);
    godwit_eas_entitlement_record_t *e = &r.u.eas_entitlement;
    memset(e->id, n, 16);
    memset(e->eas_key, 7, 16);
    memcpy(e->eas, "eas.meters.example", sizeof "eas.meters.example");
    memcpy(e->enterprise, "Meters & Co", sizeof "Meters & Co");
    memcpy(e->group, "water", sizeof "water");
    e->scope = scope;
    memcpy(e->first, first, strlen(first) + 1);
    memcpy(e->last, last, strlen(last) + 1);
    e->services = 5;
    e->not_before_ms = NOW;
    e->not_after_ms = NOW + 1000;
    return r;
}

static godwit_record_t session(unsigned device, uint32_t session_id)
{
    godwit_record_t r = blank(GODWIT_RECORD_E2E_SESSION);
    godwit_e2e_session_record_t *s = &r.u.e2e_session;
    set_path(&s->path, device, session_id);
    memset(s->eas_key, 7, 16);
    memcpy(s->eas, "eas.meters.example", sizeof "eas.meters.example");
    s->agreement = GODWIT_AGREEMENT_SEPARATE_EPS;
    s->key_set = UINT64_C(0x0123456789abcdef);
    s->owner_is_hss = true;
    s->suites = 0x1ff;
    memset(s->serving_network.octets, 0x21, sizeof s->serving_network.octets);
    s->terms = (godwit_e2e_terms_t){GODWIT_SERVICE_CONFIDENTIALITY, 4, 7, 9, 3600, 100000};
    s->taken = (godwit_e2e_terms_t){GODWIT_SERVICE_CONFIDENTIALITY, 4, 6, 8, 3601, UINT32_MAX};
    s->agreed_ms = NOW + session_id;
    s->taken_ms = NOW + 1;
    memset(s->k_e2e, SECRET_OCTET, sizeof s->k_e2e);
    s->told = true;
    s->push = true;
    s->renewal = GODWIT_E2E_NEW_AGE;
    s->attempts = 3;
    s->again_ms = NOW + 2;
    s->ask_ms = NOW + 3;
    s->due_ms = NOW + 4;
    return r;
}

static godwit_record_t eas_session(unsigned device, uint32_t session_id, uint16_t len)
{
    godwit_record_t r = blank(GODWIT_RECORD_EAS_SESSION);
    godwit_eas_session_record_t *s = &r.u.eas_session;
    memset(s->hse_key, 9, 16);
    set_path(&s->path, device, session_id);
    s->begun_ms = NOW - session_id;
    s->due_ms = NOW + session_id;
    s->len = len;
    memset(s->octets, SECRET_OCTET, len);
    return r;
}

static void every_record_comes_back_after_the_store_was_closed(void **state)
{
    fixture_t *f = *state;
    const godwit_record_t all[] = {eas(7),
                                   entitlement(1, GODWIT_MTC_SCOPE_RANGE, "001010000000001", "001010000000009"),
                                   session(1, 0x123456),
                                   session(1, 0x123457),
                                   eas_session(1, 5, GODWIT_EAS_RECORD_MAX),
                                   eas_session(2, 6, 0),
                                   fixture_key_set(4),
                                   fixture_session(4)};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        put_ok(f, &all[i]);
    }
    fixture_close(f);
    assert_int_equal(fixture_open(f), GODWIT_OK);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        assert_comes_back(f, &all[i]);
    }
    godwit_record_t over = session(1, 0x123456);
    over.u.e2e_session.due_ms = UINT64_MAX; /* never */
    put_ok(f, &over);
    assert_comes_back(f, &over);
}

static bool file_has_run(const char *path, uint8_t octet, size_t run)
{
    FILE *file = fopen(path, "rb");
    size_t seen = 0;
    int c = 0;
    if (file == NULL) {
        return false;
    }
    while (seen < run && (c = fgetc(file)) != EOF) {
        seen = c == octet ? seen + 1 : 0;
    }
    (void)fclose(file);
    return seen == run;
}

static void no_key_is_on_the_disk_as_it_is_and_none_is_listed(void **state)
{
    fixture_t *f = *state;
    char log[FIXTURE_PATH + 32];
    const godwit_record_t all[] = {eas(7), session(1, 2), eas_session(1, 5, 100)};
    for (size_t i = 0; i < 3; i++) {
        put_ok(f, &all[i]);
    }
    (void)snprintf(log, sizeof log, "%s-wal", f->path);
    assert_true(file_has_run(log, 0x21, 3)); /* the serving network: the search finds what is there */
    assert_false(file_has_run(log, SECRET_OCTET, 4));
    fixture_close(f);
    assert_false(file_has_run(f->path, SECRET_OCTET, 4));
}

/* ---- searches ---- */

static godwit_status_t find(fixture_t *f, godwit_record_key_t key, godwit_record_t *got)
{
    const godwit_status_t status = godwit_store_fetch(f->store, &key, got);
    if (status == GODWIT_OK) {
        assert_true(godwit_record_matches(got, &key));
    }
    return status;
}

static godwit_status_t entitled(fixture_t *f, const char *digits, uint8_t services, uint64_t at_ms)
{
    godwit_record_key_t key = {.kind = GODWIT_RECORD_EAS_ENTITLEMENT, .agreement = services, .at_ms = at_ms};
    godwit_record_t got;
    memset(key.octets, 7, 16);
    if (digits == NULL) {
        key.session_id = 1;
    } else {
        assert_int_equal(godwit_imsi_from_text(digits, &key.imsi), GODWIT_OK);
    }
    return find(f, key, &got);
}

static void an_entitlement_is_found_by_device_service_and_time(void **state)
{
    fixture_t *f = *state;
    const godwit_record_t range = entitlement(1, GODWIT_MTC_SCOPE_RANGE, "001010000000010", "001010000000019");
    const godwit_record_t network = entitlement(2, GODWIT_MTC_SCOPE_PLMN, "26201", "26201");
    put_ok(f, &range);
    put_ok(f, &network);
    assert_int_equal(entitled(f, "001010000000010", 4, NOW), GODWIT_OK);
    assert_int_equal(entitled(f, "001010000000019", 5, NOW + 999), GODWIT_OK);
    assert_int_equal(entitled(f, "001010000000019", 0, NOW), GODWIT_OK);
    assert_int_equal(entitled(f, "262019999999999", 1, NOW), GODWIT_OK);
    assert_int_equal(entitled(f, "001010000000020", 4, NOW), GODWIT_NOT_FOUND);
    assert_int_equal(entitled(f, "00101000000001", 4, NOW), GODWIT_NOT_FOUND);
    assert_int_equal(entitled(f, "001010000000010", 2, NOW), GODWIT_NOT_FOUND);
    assert_int_equal(entitled(f, "001010000000010", 6, NOW), GODWIT_NOT_FOUND);
    assert_int_equal(entitled(f, "001010000000010", 4, NOW - 1), GODWIT_NOT_FOUND);
    assert_int_equal(entitled(f, "001010000000010", 4, NOW + 1000), GODWIT_NOT_FOUND);
    assert_int_equal(entitled(f, NULL, 0, NOW), GODWIT_OK);
    assert_int_equal(entitled(f, NULL, 0, NOW + 1000), GODWIT_NOT_FOUND);
}

static uint32_t session_of(fixture_t *f, unsigned device, uint8_t agreement, uint64_t at_ms)
{
    godwit_record_key_t key = {.kind = GODWIT_RECORD_E2E_SESSION, .agreement = agreement, .at_ms = at_ms};
    godwit_record_t got;
    if (device != 0) {
        key.imsi = imsi_of(device);
        memset(key.octets, 7, 16);
    }
    return find(f, key, &got) == GODWIT_OK ? got.u.e2e_session.path.session_id : 0;
}

static void sessions_are_found_as_in_memory(void **state)
{
    fixture_t *f = *state;
    for (uint32_t i = 1; i <= 4; i++) {
        godwit_record_t r = session(1, i);
        r.u.e2e_session.with_eas = i != 2;
        r.u.e2e_session.taken_ms = i == 3 ? NOW + 100 : i == 4 ? 0 : NOW;
        r.u.e2e_session.due_ms = i == 4 ? UINT64_MAX : NOW + 50 - i;
        put_ok(f, &r);
    }
    assert_int_equal(session_of(f, 1, 0, 0), 2); /* whose key the EAS does not have */
    assert_int_equal(session_of(f, 1, 1, 0), 3); /* that the device took a key of last */
    assert_int_equal(session_of(f, 2, 0, 0), 0);
    assert_int_equal(session_of(f, 0, 0, UINT64_MAX), 3); /* due first */
    assert_int_equal(session_of(f, 0, 0, NOW), 0);
    godwit_record_t over = session(1, 2);
    over.u.e2e_session.closed = true;
    put_ok(f, &over);
    assert_int_equal(session_of(f, 1, 0, 0), 4); /* the newest */
    godwit_record_t of_another = session(2, 7), last = session(3, 9);
    memset(of_another.u.e2e_session.eas_key, 8, 16);
    put_ok(f, &of_another);
    put_ok(f, &last);
    assert_int_equal(session_of(f, 2, GODWIT_E2E_FROM_DEVICE, 0), 9); /* of that EAS, from that device on */
    assert_int_equal(session_of(f, 1, GODWIT_E2E_FROM_DEVICE, 0), 4);
    last.u.e2e_session.closed = true;
    put_ok(f, &last);
    assert_int_equal(session_of(f, 2, GODWIT_E2E_FROM_DEVICE, 0), 0);
    for (uint32_t i = 1; i <= 3; i++) {
        const godwit_record_t r = eas_session(1, i, 10);
        put_ok(f, &r);
    }
    godwit_record_t got;
    assert_int_equal(find(f, (godwit_record_key_t){.kind = GODWIT_RECORD_EAS_SESSION, .imsi = imsi_of(1)}, &got),
                     GODWIT_OK);
    assert_int_equal(got.u.eas_session.path.session_id, 1);
    assert_int_equal(find(f, (godwit_record_key_t){.kind = GODWIT_RECORD_EAS_SESSION, .at_ms = NOW + 2}, &got),
                     GODWIT_OK);
    assert_int_equal(got.u.eas_session.path.session_id, 1);
    assert_int_equal(find(f, (godwit_record_key_t){.kind = GODWIT_RECORD_EAS_SESSION, .at_ms = NOW}, &got),
                     GODWIT_NOT_FOUND);
}

/* ---- what never goes back ---- */

static void an_age_never_falls_and_a_given_key_is_not_kept_again(void **state)
{
    fixture_t *f = *state;
    godwit_record_t s = session(1, 1);
    s.u.e2e_session.with_eas = true;
    memset(s.u.e2e_session.k_e2e, 0, 32);
    put_ok(f, &s);
    s.u.e2e_session.with_eas = false;
    assert_refused(f, &s, "given twice");
    s.u.e2e_session.terms.age--;
    assert_refused(f, &s, "age would go back");
    s.u.e2e_session.key_set++; /* a new AKA run begins its ages again */
    put_ok(f, &s);
    godwit_record_t k = fixture_key_set(4);
    put_ok(f, &k);
    k.u.key_set.age--;
    assert_refused(f, &k, "age would go back");
    k = fixture_key_set(4);
    k.u.key_set.former.age--;
    assert_refused(f, &k, "age would go back");
    k = fixture_key_set(4);
    k.u.key_set.former.vector_number = k.u.key_set.vector_number++; /* the newest becomes the former, with its age */
    k.u.key_set.former.generation = k.u.key_set.generation;
    k.u.key_set.former.age = k.u.key_set.age - 1;
    assert_refused(f, &k, "age would go back");
    k.u.key_set.former.age = k.u.key_set.age;
    k.u.key_set.age = 0;
    put_ok(f, &k);
    godwit_record_t h = fixture_session(4);
    put_ok(f, &h);
    h.u.session.e2e.age--;
    assert_refused(f, &h, "age would go back");
}

static void a_backup_gives_no_key_and_no_window_again(void **state)
{
    fixture_t *f = *state;
    godwit_restored_t done;
    godwit_record_t got, s = session(1, 1), closed = session(1, 2), e = eas_session(1, 3, 200);
    closed.u.e2e_session.closed = true;
    memset(closed.u.e2e_session.k_e2e, 0, 32);
    put_ok(f, &s);
    put_ok(f, &closed);
    put_ok(f, &e);
    assert_int_equal(godwit_store_after_restore(f->store, NOW / 1000, 10, &done), GODWIT_OK);
    assert_int_equal(done.end_to_end, 3);
    assert_int_equal(fixture_fetch(f->store, &s, &got), GODWIT_OK);
    memset(s.u.e2e_session.k_e2e, 0, 32);
    s.u.e2e_session.with_eas = true;
    s.u.e2e_session.agreed_ms = 0; /* its life is over: the next age is asked for */
    s.u.e2e_session.ask_ms = 0;
    s.u.e2e_session.due_ms = NOW;
    assert_memory_equal(&got, &s, sizeof got);
    assert_comes_back(f, &closed);
    assert_int_equal(fixture_fetch(f->store, &e, &got), GODWIT_OK);
    assert_int_equal(got.u.eas_session.len, 0);
    assert_int_equal(got.u.eas_session.octets[0], 0);
    assert_int_equal(got.u.eas_session.due_ms, NOW);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_record_comes_back_after_the_store_was_closed),
        TEST(no_key_is_on_the_disk_as_it_is_and_none_is_listed),
        TEST(an_entitlement_is_found_by_device_service_and_time),
        TEST(sessions_are_found_as_in_memory),
        TEST(an_age_never_falls_and_a_given_key_is_not_kept_again),
        TEST(a_backup_gives_no_key_and_no_window_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
