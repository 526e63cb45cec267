/* SPDX-License-Identifier: Apache-2.0
 *
 * The EMKS asked for keys end to end: the test is its EESE. Ages rise and none is given twice, whatever fails; who is
 * refused moves nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "roles/emks.h"
#include "tests/support/owner.h"

#define CRYPTO &godwit_crypto_builtin
#define EPS GODWIT_AGREEMENT_SEPARATE_EPS
#define EESE "eese.home.test"
#define EAS "eas.meters.test"

static struct {
    godwit_emks_t emks;
    owner_t owner;
    godwit_message_t request;
} w;

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_emks_step(role, in, out);
}

static godwit_key_set_record_t *stored(void)
{
    godwit_record_key_t key = {.kind = GODWIT_RECORD_KEY_SET, .imsi = owner_imsi("001010000000001"), .agreement = EPS};
    godwit_record_t *record = owner_find(&w.owner, &key);
    assert_non_null(record);
    return &record->u.key_set;
}

static int setup(void **state)
{
    (void)state;
    memset(&w, 0, sizeof w);
    owner_init(&w.owner, step, &w.emks);
    w.emks.crypto = CRYPTO;
    strcpy(w.emks.eeses[0], "eese.other.test");
    strcpy(w.emks.eeses[1], EESE);
    w.emks.eese_count = 2;
    godwit_record_t record = {.kind = GODWIT_RECORD_KEY_SET};
    godwit_key_set_record_t *s = &record.u.key_set;
    s->imsi = owner_imsi("001010000000001");
    s->agreement = EPS;
    s->vector_number = 8;
    s->generation = 3;
    s->created_ms = w.owner.now_ms;
    memset(s->e2m_keyset, 0x11, sizeof s->e2m_keyset);
    s->former.vector_number = 7;
    s->former.generation = 5;
    s->former.age = 40;
    memset(s->former.e2m_keyset, 0x22, sizeof s->former.e2m_keyset);
    owner_put(&w.owner, &record);
    godwit_message_t *m = &w.request;
    m->kind = GODWIT_E2E_KEY_REQUEST;
    m->from = GODWIT_FUNCTION_EESE;
    m->to = GODWIT_FUNCTION_EMKS;
    m->transaction = 21;
    m->route = 9;
    m->hop = GODWIT_HOP_TLS;
    strcpy(m->origin_host, EESE);
    m->u.e2e_key_request.imsi = s->imsi;
    m->u.e2e_key_request.agreement = EPS;
    m->u.e2e_key_request.key_set = 8;
    strcpy(m->u.e2e_key_request.endpoint, EAS);
    return 0;
}

static godwit_e2e_key_answer_t ask(void)
{
    owner_give_message(&w.owner, &w.request);
    const godwit_message_t *m = owner_message(&w.owner, GODWIT_E2E_KEY_ANSWER, 0);
    assert_int_equal(m->to, GODWIT_FUNCTION_EESE);
    assert_int_equal(m->transaction, 21);
    assert_int_equal(m->route, 9);
    return m->u.e2e_key_answer;
}

static void assert_key(const godwit_e2e_key_answer_t *answer, int keyset, const char *endpoint, uint32_t age)
{
    uint8_t e2m_keyset[32], expected[32];
    memset(e2m_keyset, keyset, sizeof e2m_keyset);
    assert_int_equal(answer->status, GODWIT_OK);
    assert_int_equal(answer->age, age);
    assert_int_equal(godwit_k_e2e(CRYPTO, e2m_keyset, godwit_slice_of_string(endpoint), age, expected), GODWIT_OK);
    assert_memory_equal(answer->k_e2e, expected, sizeof expected);
}

static void assert_refused(godwit_status_t reason)
{
    static const uint8_t none[32];
    const godwit_key_set_record_t before = *stored();
    const unsigned commits = w.owner.commits;
    const godwit_e2e_key_answer_t answer = ask();
    assert_int_equal(answer.status, reason);
    assert_int_equal(answer.age, 0);
    assert_memory_equal(answer.k_e2e, none, sizeof none);
    assert_int_equal(w.owner.commits, commits);
    assert_memory_equal(stored(), &before, sizeof before);
}

static void ages_rise_over_all_endpoints_and_are_durable_first(void **state)
{
    (void)state;
    godwit_e2e_key_answer_t answer = ask();
    assert_key(&answer, 0x11, EAS, 1);
    assert_int_equal(stored()->age, 1);
    assert_true(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&w.owner, GODWIT_REQUEST_MESSAGE, 0));
    strcpy(w.request.u.e2e_key_request.endpoint, "eas.tanks.test");
    answer = ask();
    assert_key(&answer, 0x11, "eas.tanks.test", 2);
    w.request.u.e2e_key_request.above_age = 9;
    answer = ask();
    assert_key(&answer, 0x11, "eas.tanks.test", 10);
    w.request.u.e2e_key_request.above_age = 4;
    answer = ask();
    assert_key(&answer, 0x11, "eas.tanks.test", 11);
    assert_int_equal(stored()->generation, 3);
    assert_int_equal(stored()->former.age, 40);
}

static void the_key_set_that_is_lived_under_keeps_ages_of_its_own(void **state)
{
    (void)state;
    w.request.u.e2e_key_request.key_set = 7;
    godwit_e2e_key_answer_t answer = ask();
    assert_key(&answer, 0x22, EAS, 41);
    assert_int_equal(stored()->former.age, 41);
    assert_int_equal(stored()->age, 0);
}

/* A new vector takes the place of a confirmed key set, which goes on with its ages; the new one has none. */
static void a_new_vector_begins_with_no_age_and_the_same_again_goes_on(void **state)
{
    (void)state;
    w.emks.agreements = 1u << (EPS - 1);
    stored()->confirmed = true;
    stored()->age = 6;
    godwit_message_t m = {.kind = GODWIT_KEY_REQUEST, .from = GODWIT_FUNCTION_HSE, .transaction = 1};
    strcpy(m.origin_host, "hse.example");
    m.u.key_request.purpose = GODWIT_KEY_FOR_SESSION;
    m.u.key_request.imsi = stored()->imsi;
    m.u.key_request.agreements = 1u << (EPS - 1);
    strcpy(m.u.key_request.endpoint, "hse.example");
    godwit_message_t answer = {.kind = GODWIT_AUTH_INFO_ANSWER};
    answer.u.auth_info_answer.kind = GODWIT_VECTOR_EUTRAN;
    answer.u.auth_info_answer.vectors = 1;
    godwit_store_u16(answer.u.auth_info_answer.vector[0].autn + 6, 0x8000);
    for (unsigned i = 0; i < 2; i++) { /* an HSS that gives the same vector twice */
        owner_give_message(&w.owner, &m);
        answer.transaction = owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0)->transaction;
        owner_give_message(&w.owner, &answer);
        assert_int_equal(stored()->vector_number, 9);
        assert_int_equal(stored()->former.vector_number, 8);
        assert_int_equal(stored()->former.age, 6);
        assert_int_equal(stored()->age, i);
        w.request.u.e2e_key_request.key_set = 9;
        assert_int_equal(ask().age, i + 1);
        stored()->confirmed = true;
    }
    w.request.u.e2e_key_request.key_set = 8;
    assert_int_equal(ask().age, 7);
}

static void nobody_but_a_configured_eese_over_a_protected_hop_is_answered(void **state)
{
    (void)state;
    w.request.hop = GODWIT_HOP_OPEN;
    assert_refused(GODWIT_NOT_ENTITLED);
    w.request.hop = GODWIT_HOP_NDS_IP;
    assert_int_equal(ask().status, GODWIT_OK);
    static const char *const strangers[] = {"", "eese.elsewhere.test", "hse.example", EAS, "eese.home.tes"};
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
        strcpy(w.request.origin_host, strangers[i]);
        assert_refused(GODWIT_NOT_ENTITLED);
    }
    strcpy(w.request.origin_host, EESE);
    w.emks.eese_count = 0;
    assert_refused(GODWIT_NOT_ENTITLED);
}

static void what_is_not_here_or_over_gives_no_key(void **state)
{
    (void)state;
    godwit_e2e_key_request_t *r = &w.request.u.e2e_key_request;
    r->key_set = 6;
    assert_refused(GODWIT_UNKNOWN_KEY);
    r->key_set = 0; /* which stands for none, not for a former key set that there is not */
    assert_refused(GODWIT_MALFORMED);
    r->key_set = 8;
    r->agreement = GODWIT_AGREEMENT_ACCESS_EPS;
    assert_refused(GODWIT_UNKNOWN_KEY);
    r->agreement = EPS;
    static const char *const names[] = {"", "EAS.meters.test", "eas.meters.test.", "eas meters"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        strcpy(r->endpoint, names[i]);
        assert_refused(GODWIT_MALFORMED);
    }
    strcpy(r->endpoint, EAS);
    r->above_age = UINT32_MAX;
    assert_refused(GODWIT_COUNT_EXHAUSTED);
    r->above_age = (1u << 12) + 1; /* a device has taken none that was not given */
    assert_refused(GODWIT_COUNT_EXHAUSTED);
    r->above_age = 0;
    stored()->age = UINT32_MAX;
    assert_refused(GODWIT_COUNT_EXHAUSTED);
    memset(stored()->e2m_keyset, 0, 32); /* a store that came back from a backup */
    assert_refused(GODWIT_UNKNOWN_KEY);
}

static void a_key_set_of_an_access_run_ends(void **state)
{
    (void)state;
    godwit_record_t record = {.kind = GODWIT_RECORD_KEY_SET, .u.key_set = *stored()};
    record.u.key_set.agreement = GODWIT_AGREEMENT_ACCESS_EPS;
    owner_put(&w.owner, &record);
    w.request.u.e2e_key_request.agreement = GODWIT_AGREEMENT_ACCESS_EPS;
    w.emks.key_set_ms = 1000;
    w.owner.now_ms += 1000;
    assert_int_equal(ask().status, GODWIT_OK);
    w.owner.now_ms += 1;
    assert_refused(GODWIT_KEY_EXPIRED);
}

static void a_store_that_fails_costs_an_age_at_most(void **state)
{
    (void)state;
    w.owner.fail_fetches = true;
    assert_refused(GODWIT_PEER_INTERNAL);
    w.owner.fail_fetches = false;
    w.owner.fail_commits = true;
    owner_give_message(&w.owner, &w.request);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
    w.owner.fail_commits = false;
    assert_int_equal(ask().age, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        TEST(ages_rise_over_all_endpoints_and_are_durable_first),
        TEST(the_key_set_that_is_lived_under_keeps_ages_of_its_own),
        TEST(a_new_vector_begins_with_no_age_and_the_same_again_goes_on),
        TEST(nobody_but_a_configured_eese_over_a_protected_hop_is_answered),
        TEST(what_is_not_here_or_over_gives_no_key),
        TEST(a_key_set_of_an_access_run_ends),
        TEST(a_store_that_fails_costs_an_age_at_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
