/* SPDX-License-Identifier: Apache-2.0
 *
 * The EMKS as owner of the key sets of access AKA runs (Solution 1 D): pushed by the HSS, pulled by an HSE, parked and
 * handed out again.
 * What is refused commits nothing; what is handed out was committed before.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "roles/emks.h"
#include "tests/support/owner.h"

#define CRYPTO &godwit_crypto_builtin
#define HSS "hss.home.test"
#define HSE "hse.home.test"
#define IMSI "001010000000001"
#define DAY_MS (UINT64_C(24) * 60 * 60 * 1000)

typedef struct world {
    godwit_emks_t emks;
    owner_t owner;
} world_t;

static world_t w;

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_emks_step(role, in, out);
}

static int setup(void **state)
{
    (void)state;
    memset(&w.emks, 0, sizeof w.emks);
    owner_init(&w.owner, step, &w.emks);
    w.emks.crypto = CRYPTO;
    w.emks.agreements = 0x04;
    strcpy(w.emks.hss_hosts[0], HSS);
    w.emks.hss_host_count = 1;
    return 0;
}

static godwit_key_set_record_t *stored(godwit_agreement_t agreement)
{
    godwit_record_key_t key = {
        .kind = GODWIT_RECORD_KEY_SET, .imsi = owner_imsi(IMSI), .agreement = (uint8_t)agreement};
    godwit_record_t *record = owner_find(&w.owner, &key);
    return record != NULL ? &record->u.key_set : NULL;
}

static godwit_message_t message(godwit_message_kind_t kind, const char *host)
{
    godwit_message_t m = {.kind = kind, .from = GODWIT_FUNCTION_HSE, .to = GODWIT_FUNCTION_EMKS, .transaction = 77};
    m.route = 3;
    strcpy(m.origin_host, host);
    return m;
}

/* ---- pushes ---- */

static godwit_message_t push(uint8_t seed, uint64_t number)
{
    godwit_message_t m = message(GODWIT_KEY_SET_PUSH, HSS);
    godwit_key_set_push_t *p = &m.u.key_set_push;
    m.from = GODWIT_FUNCTION_HSS;
    p->imsi = owner_imsi(IMSI);
    p->agreement = GODWIT_AGREEMENT_ACCESS_EPS;
    memset(p->rand, seed, sizeof p->rand);
    memset(p->autn, seed + 1, sizeof p->autn);
    memcpy(p->sqn, p->autn, sizeof p->sqn);
    memset(p->e2m_keyset, seed + 2, sizeof p->e2m_keyset);
    p->key_set = number;
    return m;
}

static godwit_status_t push_outcome(const godwit_message_t *m)
{
    owner_give_message(&w.owner, m);
    const godwit_message_t *answer = owner_message(&w.owner, GODWIT_KEY_SET_PUSH_ANSWER, 0);
    assert_int_equal(answer->to, GODWIT_FUNCTION_HSS);
    assert_int_equal(answer->transaction, 77);
    assert_int_equal(answer->route, 3);
    return answer->u.outcome;
}

static void taken(uint8_t seed, uint64_t number)
{
    godwit_message_t m = push(seed, number);
    assert_int_equal(push_outcome(&m), GODWIT_OK);
}

/* ---- pulls ---- */

static godwit_message_t pull(uint8_t seed, uint32_t above)
{
    godwit_message_t m = message(GODWIT_KEY_REQUEST, HSE);
    godwit_key_request_t *r = &m.u.key_request;
    r->purpose = GODWIT_KEY_BY_SELECTOR;
    r->imsi = owner_imsi(IMSI);
    r->agreements = 0x03;
    strcpy(r->endpoint, HSE);
    r->selector.kind = GODWIT_SELECTOR_RAND;
    memset(r->selector.octets, seed, 16);
    r->above_generation = above;
    return m;
}

static godwit_key_answer_t given(const godwit_message_t *m)
{
    owner_give_message(&w.owner, m);
    godwit_key_answer_t answer = owner_message(&w.owner, GODWIT_KEY_ANSWER, 0)->u.key_answer;
    if (answer.status == GODWIT_OK) {
        assert_true(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                    owner_position(&w.owner, GODWIT_REQUEST_MESSAGE, 0));
    }
    return answer;
}

static void assert_refused(const godwit_message_t *m, godwit_status_t reason)
{
    static const uint8_t none[32];
    unsigned commits = w.owner.commits;
    godwit_key_answer_t answer = given(m);
    assert_int_equal(answer.status, reason);
    assert_memory_equal(answer.k_session, none, 32);
    assert_int_equal(w.owner.commits, commits);
    assert_true(owner_saw(&w.owner, "refused", reason));
}

static void assert_key(const godwit_key_answer_t *answer, uint8_t seed, uint32_t generation)
{
    uint8_t keyset[32], expected[32];
    memset(keyset, seed + 2, sizeof keyset);
    assert_int_equal(answer->status, GODWIT_OK);
    assert_int_equal(answer->generation, generation);
    assert_int_equal(godwit_k_session(CRYPTO, keyset, godwit_slice_of_string(HSE), generation, expected), GODWIT_OK);
    assert_memory_equal(answer->k_session, expected, 32);
}

static void a_pushed_key_set_is_durable_and_pulled_by_rand_or_sqn(void **state)
{
    (void)state;
    taken(0x10, 5);
    assert_int_equal(stored(GODWIT_AGREEMENT_ACCESS_EPS)->generation, 0);
    godwit_message_t m = pull(0x10, 0);
    godwit_key_answer_t answer = given(&m);
    assert_key(&answer, 0x10, 1);
    assert_int_equal(answer.agreement, GODWIT_AGREEMENT_ACCESS_EPS);
    assert_int_equal(answer.key_set, 1);
    m.u.key_request.selector.kind = GODWIT_SELECTOR_SQN;
    memset(m.u.key_request.selector.octets, 0x11, 6);
    answer = given(&m);
    assert_key(&answer, 0x10, 2);
    m = pull(0x10, 40); /* the device has taken 40 */
    answer = given(&m);
    assert_key(&answer, 0x10, 41);
}

static void a_umts_key_set_is_found_before_that_of_eps(void **state)
{
    (void)state;
    taken(0x10, 5);
    godwit_message_t m = push(0x20, 6);
    m.u.key_set_push.agreement = GODWIT_AGREEMENT_ACCESS_UMTS;
    assert_int_equal(push_outcome(&m), GODWIT_OK);
    m = pull(0x20, 0);
    assert_int_equal(given(&m).agreement, GODWIT_AGREEMENT_ACCESS_UMTS);
    m = pull(0x10, 0);
    assert_int_equal(given(&m).agreement, GODWIT_AGREEMENT_ACCESS_EPS);
    m.u.key_request.agreements = 0x01;
    assert_refused(&m, GODWIT_UNKNOWN_KEY);
    m.u.key_request.agreements = 0x04;
    assert_refused(&m, GODWIT_POLICY_FORBIDS);
}

static void assert_push_refused(const godwit_message_t *m, godwit_status_t reason)
{
    unsigned commits = w.owner.commits;
    assert_int_equal(push_outcome(m), reason);
    assert_int_equal(w.owner.commits, commits);
}

static void only_a_configured_hss_pushes(void **state)
{
    (void)state;
    godwit_message_t m = push(0x10, 5);
    strcpy(m.origin_host, "hss.visited.test");
    assert_push_refused(&m, GODWIT_NOT_ENTITLED);
    m.origin_host[0] = '\0';
    assert_push_refused(&m, GODWIT_NOT_ENTITLED);
    m = push(0x10, 5);
    m.u.key_set_push.agreement = GODWIT_AGREEMENT_SEPARATE_EPS;
    assert_push_refused(&m, GODWIT_MALFORMED);
    m = push(0x10, 5);
    m.u.key_set_push.sqn[0] ^= 1;
    assert_push_refused(&m, GODWIT_MALFORMED);
}

static void a_late_push_brings_back_neither_key_set_nor_generation(void **state)
{
    (void)state;
    taken(0x10, 5);
    godwit_message_t p = push(0x10, 5), m = pull(0x10, 0);
    (void)given(&m);
    assert_push_refused(&p, GODWIT_OK); /* said again: answered, and nothing moved */
    godwit_key_answer_t answer = given(&m);
    assert_key(&answer, 0x10, 2);
    taken(0x20, 6);
    assert_push_refused(&p, GODWIT_REPLAY);
    m = pull(0x20, 0);
    answer = given(&m);
    assert_key(&answer, 0x20, 1);
    m = pull(0x10, 0);
    assert_refused(&m, GODWIT_UNKNOWN_KEY);
}

static void an_hse_pulls_for_itself_only(void **state)
{
    (void)state;
    taken(0x10, 5);
    godwit_message_t m = pull(0x10, 0);
    strcpy(m.origin_host, "mme.visited.test");
    assert_refused(&m, GODWIT_NOT_ENTITLED);
    m = pull(0x10, 0);
    m.u.key_request.imsi = owner_imsi("001010000000002");
    assert_refused(&m, GODWIT_UNKNOWN_KEY);
    m = pull(0x11, 0);
    assert_refused(&m, GODWIT_UNKNOWN_KEY);
    m = pull(0x10, UINT32_MAX);
    assert_refused(&m, GODWIT_COUNT_EXHAUSTED);
}

static void a_key_set_that_a_restored_store_wiped_is_none(void **state)
{
    (void)state;
    taken(0x10, 5);
    godwit_key_set_record_t *k = stored(GODWIT_AGREEMENT_ACCESS_EPS);
    memset(k->rand, 0, sizeof k->rand);
    memset(k->e2m_keyset, 0, sizeof k->e2m_keyset);
    godwit_message_t m = pull(0, 0);
    assert_refused(&m, GODWIT_UNKNOWN_KEY);
}

static void a_key_set_has_an_end(void **state)
{
    (void)state;
    w.emks.key_set_ms = DAY_MS;
    taken(0x10, 5);
    godwit_message_t m = pull(0x10, 0);
    w.owner.now_ms += DAY_MS;
    assert_int_equal(given(&m).status, GODWIT_OK);
    w.owner.now_ms += 1;
    assert_refused(&m, GODWIT_KEY_EXPIRED);
    m.u.key_request.purpose = GODWIT_KEY_NEXT_GENERATION;
    m.u.key_request.agreements = 0x02;
    m.u.key_request.key_set = 1;
    assert_refused(&m, GODWIT_KEY_EXPIRED);
}

static void a_failed_commit_gives_no_key(void **state)
{
    (void)state;
    taken(0x10, 5);
    godwit_message_t m = pull(0x10, 0);
    w.owner.fail_commits = true;
    owner_give_message(&w.owner, &m);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
    w.owner.fail_commits = false;
    w.owner.fail_fetches = true;
    assert_int_equal(given(&m).status, GODWIT_PEER_INTERNAL);
}

static void the_next_generation_follows_a_confirmation(void **state)
{
    (void)state;
    taken(0x10, 5);
    godwit_message_t m = pull(0x10, 0);
    (void)given(&m);
    m.u.key_request.purpose = GODWIT_KEY_NEXT_GENERATION;
    m.u.key_request.agreements = 0x02;
    m.u.key_request.key_set = 1;
    assert_refused(&m, GODWIT_UNKNOWN_KEY);
    godwit_message_t c = message(GODWIT_KEY_CONFIRM, HSE);
    c.u.key_confirm = (godwit_key_confirm_t){.imsi = owner_imsi(IMSI),
                                             .agreement = GODWIT_AGREEMENT_ACCESS_EPS,
                                             .key_set = 1,
                                             .generation = 1,
                                             .endpoint = HSE};
    owner_give_message(&w.owner, &c);
    assert_int_equal(owner_message(&w.owner, GODWIT_KEY_CONFIRM_ANSWER, 0)->u.key_confirm_answer, GODWIT_OK);
    godwit_key_answer_t answer = given(&m);
    assert_key(&answer, 0x10, 2);
    taken(0x20, 6); /* a newer AKA run: the session of the former goes on */
    answer = given(&m);
    assert_key(&answer, 0x10, 3);
}

/* ---- parking ---- */

static godwit_message_t park(uint32_t generation, uint32_t came)
{
    godwit_message_t m = message(GODWIT_KEY_PARK, HSE);
    godwit_key_park_t *p = &m.u.key_park;
    p->imsi = owner_imsi(IMSI);
    p->agreement = GODWIT_AGREEMENT_ACCESS_EPS;
    p->key_set = 1;
    strcpy(p->endpoint, HSE);
    p->parked = (godwit_parked_t){
        .set = true, .suite = 1, .key_id = 2, .generation = generation, .user_next_in = came, .user_seen = 1};
    return m;
}

static godwit_status_t park_outcome(const godwit_message_t *m)
{
    owner_give_message(&w.owner, m);
    return owner_message(&w.owner, GODWIT_KEY_PARK_ANSWER, 0)->u.outcome;
}

static void a_parked_key_is_given_once_and_forgotten_durably_first(void **state)
{
    (void)state;
    taken(0x10, 5);
    godwit_message_t m = pull(0x10, 0), p = park(1, 9);
    (void)given(&m);
    assert_int_equal(park_outcome(&p), GODWIT_OK);
    assert_true(stored(GODWIT_AGREEMENT_ACCESS_EPS)->parked.set);
    w.owner.fail_commits = true;
    owner_give_message(&w.owner, &m);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
    w.owner.fail_commits = false;
    godwit_key_answer_t answer = given(&m);
    assert_key(&answer, 0x10, 1);
    assert_true(answer.parked.set);
    assert_int_equal(answer.parked.user_next_in, 9);
    assert_false(stored(GODWIT_AGREEMENT_ACCESS_EPS)->parked.set);
    assert_int_equal(park_outcome(&p), GODWIT_UNKNOWN_KEY); /* late */
    answer = given(&m);
    assert_false(answer.parked.set);
    assert_key(&answer, 0x10, 2);
}

static void a_parked_key_goes_to_the_endpoint_that_parked_it(void **state)
{
    (void)state;
    taken(0x10, 5);
    godwit_message_t m = pull(0x10, 0), p = park(1, 9);
    (void)given(&m);
    assert_int_equal(park_outcome(&p), GODWIT_OK);
    strcpy(m.origin_host, "emse.home.test");
    strcpy(m.u.key_request.endpoint, "emse.home.test");
    godwit_key_answer_t answer = given(&m);
    assert_false(answer.parked.set);
    assert_int_equal(answer.generation, 2);
    m = pull(0x10, 0); /* no longer the newest: it does not live again */
    answer = given(&m);
    assert_key(&answer, 0x10, 3);
}

/* An HSE that was broken into parks what another one has: with the highest counters, so that the owner takes no true
 * ones any more. */
static void a_key_is_parked_only_by_the_endpoint_that_it_was_handed_to(void **state)
{
    (void)state;
    taken(0x10, 5);
    godwit_message_t m = pull(0x10, 0), p = park(1, UINT32_MAX);
    (void)given(&m);
    strcpy(p.origin_host, "emse.home.test");
    strcpy(p.u.key_park.endpoint, "emse.home.test");
    assert_int_equal(park_outcome(&p), GODWIT_UNKNOWN_KEY);
    p = park(1, 9);
    assert_int_equal(park_outcome(&p), GODWIT_OK);
}

static void a_key_that_cannot_be_parked_moves_nothing(void **state)
{
    (void)state;
    taken(0x10, 5);
    godwit_message_t m = pull(0x10, 0), p = park(2, 9);
    (void)given(&m);
    assert_int_equal(park_outcome(&p), GODWIT_UNKNOWN_KEY); /* never handed out */
    p = park(1, 9);
    p.u.key_park.key_set = 2;
    assert_int_equal(park_outcome(&p), GODWIT_UNKNOWN_KEY);
    p = park(1, 9);
    p.u.key_park.agreement = GODWIT_AGREEMENT_SEPARATE_EPS;
    assert_int_equal(park_outcome(&p), GODWIT_UNKNOWN_KEY);
    p = park(1, 9);
    strcpy(p.origin_host, "emse.home.test");
    assert_int_equal(park_outcome(&p), GODWIT_NOT_ENTITLED);
    p = park(1, 9);
    p.u.key_park.parked.set = false;
    assert_int_equal(park_outcome(&p), GODWIT_UNKNOWN_KEY);
    assert_int_equal(stored(GODWIT_AGREEMENT_ACCESS_EPS)->parked.generation, 0);
    p = park(1, 9);
    assert_int_equal(park_outcome(&p), GODWIT_OK);
    p = park(1, 8); /* an earlier state of it */
    assert_int_equal(park_outcome(&p), GODWIT_UNKNOWN_KEY);
    p = park(1, 10);
    assert_int_equal(park_outcome(&p), GODWIT_OK);
    m = pull(0x10, 1);
    godwit_key_answer_t answer = given(&m); /* the device wants one beyond it */
    assert_key(&answer, 0x10, 2);
    assert_false(answer.parked.set);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        TEST(a_pushed_key_set_is_durable_and_pulled_by_rand_or_sqn),
        TEST(a_umts_key_set_is_found_before_that_of_eps),
        TEST(only_a_configured_hss_pushes),
        TEST(a_late_push_brings_back_neither_key_set_nor_generation),
        TEST(an_hse_pulls_for_itself_only),
        TEST(a_key_set_that_a_restored_store_wiped_is_none),
        TEST(a_key_set_has_an_end),
        TEST(a_failed_commit_gives_no_key),
        TEST(the_next_generation_follows_a_confirmation),
        TEST(a_parked_key_is_given_once_and_forgotten_durably_first),
        TEST(a_parked_key_goes_to_the_endpoint_that_parked_it),
        TEST(a_key_is_parked_only_by_the_endpoint_that_it_was_handed_to),
        TEST(a_key_that_cannot_be_parked_moves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
