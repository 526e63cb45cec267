/* SPDX-License-Identifier: Apache-2.0
 *
 * The HSS with Solution 1: which vectors are flagged, what is kept of them and for how long, and the deliveries A to D.
 * The soft card at the other end makes the same key set; whoever is refused gets nothing and moves nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "roles/hss.h"
#include "roles/usim.h"
#include "tests/support/owner.h"

#define CRYPTO &godwit_crypto_builtin
#define HSE "hse.home.test"
#define IMSI "001010000000001"

typedef struct world {
    godwit_hss_t hss;
    owner_t owner;
    godwit_usim_t card;
    godwit_message_t request;
} world_t;

static world_t w;

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_hss_step(role, in, out);
}

static godwit_plmn_t plmn(const char *text)
{
    godwit_plmn_t p;
    assert_int_equal(godwit_plmn_from_text(text, &p), GODWIT_OK);
    return p;
}

static void add_subscriber(const char *digits, const godwit_aka_key_t *key)
{
    godwit_record_t record = {.kind = GODWIT_RECORD_SUBSCRIBER};
    record.u.subscriber.imsi = owner_imsi(digits);
    record.u.subscriber.key = *key;
    record.u.subscriber.features = GODWIT_FEATURE_E2M_USIM;
    record.u.subscriber.ind_bits = 5;
    record.u.subscriber.seq_he = 100;
    owner_put(&w.owner, &record);
}

static godwit_subscriber_record_t *subscriber(void)
{
    godwit_record_key_t key = {.kind = GODWIT_RECORD_SUBSCRIBER, .imsi = owner_imsi(IMSI)};
    godwit_record_t *record = owner_find(&w.owner, &key);
    assert_non_null(record);
    return &record->u.subscriber;
}

static int setup(void **state)
{
    (void)state;
    static const uint8_t k[16] = {0x46, 0x5b, 0x5c, 0xe8}, opc[16] = {0xcd, 0x63, 0xcb, 0x71};
    godwit_aka_key_t key;
    godwit_imsi_t imsi = owner_imsi(IMSI);
    memset(&w.hss, 0, sizeof w.hss);
    owner_init(&w.owner, step, &w.hss);
    assert_int_equal(
        godwit_aka_key_init(&key, CRYPTO, GODWIT_ALG_MILENAGE, godwit_slice(k, 16), godwit_slice(opc, 16), true, NULL),
        GODWIT_OK);
    godwit_usim_init(&w.card, CRYPTO, &imsi, &key);
    w.card.e2m = true;
    w.hss.crypto = CRYPTO;
    w.hss.best_plmn = plmn("999-99");
    strcpy(w.hss.nodes[0].host, "emks.home.test");
    w.hss.nodes[0].home = true;
    w.hss.nodes[0].ind = 7;
    w.hss.node_count = 1;
    strcpy(w.hss.networks[0].realm, "visited.test");
    w.hss.networks[0].plmn = plmn("002-02");
    w.hss.network_count = 1;
    w.hss.e2m.delivery = GODWIT_E2M_DELIVERY_C;
    strcpy(w.hss.e2m.endpoint, HSE);
    strcpy(w.hss.e2m.gateways[0], "pgw.home.test");
    w.hss.e2m.gateway_count = 1;
    strcpy(w.hss.local_host, "hss.home.test");
    strcpy(w.hss.local_realm, "home.test");
    w.hss.policy_version = 5;
    add_subscriber(IMSI, &key);
    return 0;
}

/* ---- an access node asks ---- */

static void ask_as(const char *host, const char *realm, const char *network, godwit_vector_kind_t kind)
{
    memset(&w.request, 0, sizeof w.request);
    w.request.kind = GODWIT_AUTH_INFO_REQUEST;
    w.request.from = GODWIT_FUNCTION_MME;
    w.request.to = GODWIT_FUNCTION_HSS;
    w.request.transaction = 42;
    strcpy(w.request.origin_host, host);
    strcpy(w.request.origin_realm, realm);
    w.request.u.auth_info_request.imsi = owner_imsi(IMSI);
    w.request.u.auth_info_request.visited_plmn = plmn(network);
    w.request.u.auth_info_request.kind = kind;
    w.request.u.auth_info_request.vectors = 5;
}

static godwit_auth_info_answer_t give(void)
{
    owner_give_message(&w.owner, &w.request);
    return owner_message(&w.owner, GODWIT_AUTH_INFO_ANSWER, 0)->u.auth_info_answer;
}

static godwit_auth_info_answer_t access_vector(godwit_vector_kind_t kind)
{
    ask_as("mme.visited.test", "visited.test", "002-02", kind);
    godwit_auth_info_answer_t answer = give();
    assert_int_equal(answer.status, GODWIT_OK);
    assert_int_equal(answer.vectors, 1);
    return answer;
}

static unsigned amf_of(const godwit_auth_info_answer_t *answer)
{
    return godwit_load_u16(answer->vector[0].autn + 6);
}

static godwit_usim_result_t card(const godwit_auth_info_answer_t *answer)
{
    godwit_usim_output_t out;
    assert_int_equal(godwit_usim_step(&w.card, answer->vector[0].rand, answer->vector[0].autn, &out), GODWIT_OK);
    return out.result;
}

static void assert_k_session(const uint8_t keyset[32], uint32_t generation, const uint8_t k_session[32])
{
    uint8_t expected[32];
    assert_int_equal(godwit_k_session(CRYPTO, keyset, godwit_slice_of_string(HSE), generation, expected), GODWIT_OK);
    assert_memory_equal(k_session, expected, 32);
}

/* ---- somebody pulls ---- */

static godwit_message_t message(godwit_message_kind_t kind, const char *host)
{
    godwit_message_t m = {.kind = kind, .from = GODWIT_FUNCTION_HSE, .to = GODWIT_FUNCTION_HSS, .transaction = 77};
    m.route = 3;
    strcpy(m.origin_host, host);
    strcpy(m.origin_realm, "home.test");
    return m;
}

static godwit_message_t pull(const godwit_auth_info_answer_t *answer, godwit_selector_kind_t kind)
{
    godwit_message_t m = message(GODWIT_KEY_REQUEST, HSE);
    godwit_key_request_t *r = &m.u.key_request;
    r->purpose = GODWIT_KEY_BY_SELECTOR;
    r->imsi = owner_imsi(IMSI);
    r->agreements = 0x03;
    strcpy(r->endpoint, HSE);
    r->selector.kind = kind;
    memcpy(r->selector.octets, kind == GODWIT_SELECTOR_RAND ? answer->vector[0].rand : answer->vector[0].autn,
           kind == GODWIT_SELECTOR_RAND ? 16 : 6);
    return m;
}

static godwit_key_answer_t key_answer(const godwit_message_t *m)
{
    owner_give_message(&w.owner, m);
    const godwit_message_t *answer = owner_message(&w.owner, GODWIT_KEY_ANSWER, 0);
    assert_int_equal(answer->to, GODWIT_FUNCTION_HSE);
    assert_int_equal(answer->transaction, 77);
    assert_int_equal(answer->route, 3);
    return answer->u.key_answer;
}

static void assert_pull_refused(const godwit_message_t *m, godwit_status_t reason)
{
    static const uint8_t zero[32];
    static godwit_hss_retained_t before[GODWIT_HSS_RETAINED_MAX];
    memcpy(before, w.hss.retained, sizeof before);
    godwit_key_answer_t answer = key_answer(m);
    assert_int_equal(answer.status, reason);
    assert_memory_equal(answer.k_session, zero, 32);
    assert_int_equal(answer.generation, 0);
    assert_memory_equal(before, w.hss.retained, sizeof before);
    assert_true(owner_saw(&w.owner, "refused", reason));
}

static godwit_hss_retained_t *retained(void)
{
    for (size_t i = 0; i < GODWIT_HSS_RETAINED_MAX; i++) {
        if (w.hss.retained[i].used) {
            return &w.hss.retained[i];
        }
    }
    return NULL;
}

/* ---- flagging ---- */

static void a_umts_vector_carries_the_primes_and_the_card_makes_the_same(void **state)
{
    (void)state;
    godwit_auth_info_answer_t answer = access_vector(GODWIT_VECTOR_UTRAN);
    godwit_usim_result_t result = card(&answer);
    assert_int_equal(amf_of(&answer), 0x0080);
    assert_true(answer.e2m);
    assert_int_equal(answer.policy_version, 5);
    assert_true(result.e2m);
    assert_memory_equal(answer.vector[0].ck, result.ck, 16);
    assert_memory_equal(answer.vector[0].ik, result.ik, 16);
    assert_int_equal(retained()->agreement, GODWIT_AGREEMENT_ACCESS_UMTS);
    assert_memory_equal(retained()->e2m_keyset, result.e2m_keyset, 32);
}

static void an_eps_vector_keeps_its_kasme_and_its_separation_bit(void **state)
{
    (void)state;
    uint8_t ck_ik[32], kasme[32];
    godwit_auth_info_answer_t answer = access_vector(GODWIT_VECTOR_EUTRAN);
    godwit_usim_result_t result = card(&answer);
    assert_int_equal(amf_of(&answer), 0x8080);
    memcpy(ck_ik, result.ck, 16);
    memcpy(ck_ik + 16, result.ik, 16);
    assert_int_equal(godwit_kasme(CRYPTO, ck_ik, plmn("002-02"), answer.vector[0].autn, kasme), GODWIT_OK);
    assert_memory_equal(answer.vector[0].kasme, kasme, 32);
    assert_int_equal(retained()->agreement, GODWIT_AGREEMENT_ACCESS_EPS);
    assert_memory_equal(retained()->e2m_keyset, result.e2m_keyset, 32);
}

static void assert_unflagged(godwit_vector_kind_t kind)
{
    godwit_auth_info_answer_t answer = access_vector(kind);
    assert_int_equal(amf_of(&answer) & 0x0080, 0);
    assert_false(answer.e2m);
    assert_null(retained());
}

static void nothing_is_flagged_for_a_card_that_is_not_known_to_be_capable(void **state)
{
    (void)state;
    subscriber()->features = GODWIT_FEATURE_SEPARATE_UMTS;
    subscriber()->amf[1] = 0x80; /* nor by the subscriber's own AMF */
    assert_unflagged(GODWIT_VECTOR_UTRAN);
    assert_unflagged(GODWIT_VECTOR_EUTRAN);
    subscriber()->features = GODWIT_FEATURE_E2M_ME;
    assert_true(access_vector(GODWIT_VECTOR_EUTRAN).e2m);
}

static void a_hss_without_the_extension_flags_nothing_and_knows_no_key(void **state)
{
    (void)state;
    w.hss.e2m.delivery = GODWIT_E2M_DELIVERY_NONE;
    assert_unflagged(GODWIT_VECTOR_UTRAN);
    godwit_auth_info_answer_t answer = access_vector(GODWIT_VECTOR_EUTRAN);
    godwit_message_t m = pull(&answer, GODWIT_SELECTOR_RAND);
    assert_pull_refused(&m, GODWIT_UNKNOWN_KEY);
}

static void home_nodes_never_get_a_flagged_vector(void **state)
{
    (void)state;
    ask_as("emks.home.test", "home.test", "999-99", GODWIT_VECTOR_UTRAN); /* agreement 07 */
    godwit_auth_info_answer_t answer = give();
    assert_int_equal(answer.status, GODWIT_OK);
    assert_int_equal(amf_of(&answer), 0);
    ask_as("EMKS.home.test", "epc.mnc001.mcc001.3gppnetwork.org", "001-01", GODWIT_VECTOR_EUTRAN);
    answer = give();
    assert_int_equal(answer.status, GODWIT_OK);
    assert_int_equal(amf_of(&answer), 0x8000);
    assert_null(retained());
}

static void the_flag_is_the_configured_bit(void **state)
{
    (void)state;
    w.hss.e2m.amf_flag = 0x0001;
    godwit_auth_info_answer_t answer = access_vector(GODWIT_VECTOR_UTRAN);
    assert_int_equal(amf_of(&answer), 0x0001);
}

/* ---- C: pulled ---- */

static void a_pull_by_rand_or_sqn_gives_a_session_key_and_no_generation_twice(void **state)
{
    (void)state;
    godwit_auth_info_answer_t answer = access_vector(GODWIT_VECTOR_EUTRAN);
    godwit_usim_result_t result = card(&answer);
    godwit_message_t by_rand = pull(&answer, GODWIT_SELECTOR_RAND), by_sqn = pull(&answer, GODWIT_SELECTOR_SQN);
    godwit_key_answer_t key = key_answer(&by_rand);
    assert_int_equal(key.status, GODWIT_OK);
    assert_int_equal(key.agreement, GODWIT_AGREEMENT_ACCESS_EPS);
    assert_int_equal(key.generation, 1);
    assert_k_session(result.e2m_keyset, 1, key.k_session);
    key = key_answer(&by_sqn);
    assert_int_equal(key.generation, 2);
    assert_k_session(result.e2m_keyset, 2, key.k_session);
    by_rand.u.key_request.above_generation = 10; /* the device has taken that one */
    key = key_answer(&by_rand);
    assert_int_equal(key.generation, 11);
    godwit_message_t next = by_rand;
    next.u.key_request.purpose = GODWIT_KEY_NEXT_GENERATION;
    next.u.key_request.key_set = key.key_set;
    key = key_answer(&next);
    assert_int_equal(key.generation, 12);
    next.u.key_request.key_set++;
    assert_pull_refused(&next, GODWIT_UNKNOWN_KEY);
    by_rand.u.key_request.above_generation = UINT32_MAX;
    assert_pull_refused(&by_rand, GODWIT_COUNT_EXHAUSTED);
}

static void only_the_configured_hse_pulls_and_only_for_itself(void **state)
{
    (void)state;
    godwit_auth_info_answer_t answer = access_vector(GODWIT_VECTOR_EUTRAN);
    godwit_message_t m = pull(&answer, GODWIT_SELECTOR_RAND);
    strcpy(m.origin_host, "mme.visited.test"); /* it knows IMSI and RAND */
    assert_pull_refused(&m, GODWIT_NOT_ENTITLED);
    strcpy(m.u.key_request.endpoint, "mme.visited.test");
    assert_pull_refused(&m, GODWIT_NOT_ENTITLED);
    m = pull(&answer, GODWIT_SELECTOR_RAND);
    strcpy(m.u.key_request.endpoint, "other.home.test");
    assert_pull_refused(&m, GODWIT_NOT_ENTITLED);
    m = pull(&answer, GODWIT_SELECTOR_RAND);
    m.u.key_request.agreements = 0x01;
    assert_pull_refused(&m, GODWIT_POLICY_FORBIDS);
    m.u.key_request.purpose = GODWIT_KEY_FOR_SESSION;
    assert_pull_refused(&m, GODWIT_POLICY_FORBIDS);
}

static void a_selector_of_another_imsi_or_of_none_is_unknown(void **state)
{
    (void)state;
    godwit_auth_info_answer_t answer = access_vector(GODWIT_VECTOR_EUTRAN);
    godwit_message_t m = pull(&answer, GODWIT_SELECTOR_RAND);
    m.u.key_request.imsi = owner_imsi("001010000000002");
    assert_pull_refused(&m, GODWIT_UNKNOWN_KEY);
    m = pull(&answer, GODWIT_SELECTOR_RAND);
    m.u.key_request.selector.octets[15] ^= 1;
    assert_pull_refused(&m, GODWIT_UNKNOWN_KEY);
    m = pull(&answer, GODWIT_SELECTOR_RAND);
    m.u.key_request.selector.kind = (godwit_selector_kind_t)0;
    assert_pull_refused(&m, GODWIT_UNKNOWN_KEY);
}

static void retention_ends_by_timer_and_the_key_is_wiped(void **state)
{
    (void)state;
    static const uint8_t zero[32];
    godwit_auth_info_answer_t answer = access_vector(GODWIT_VECTOR_EUTRAN);
    const godwit_request_t *timer = owner_request(&w.owner, GODWIT_REQUEST_TIMER, 0);
    assert_non_null(timer);
    assert_int_equal(timer->delay_ms, 120000);
    uint32_t number = timer->timer;
    w.owner.now_ms += 119999;
    owner_give_timer(&w.owner, number); /* a little early */
    assert_false(retained()->expired);
    assert_int_equal(owner_request(&w.owner, GODWIT_REQUEST_TIMER, 0)->delay_ms, 1);
    w.owner.now_ms += 1;
    owner_give_timer(&w.owner, number);
    assert_memory_equal(retained()->e2m_keyset, zero, 32);
    godwit_message_t m = pull(&answer, GODWIT_SELECTOR_RAND);
    assert_pull_refused(&m, GODWIT_KEY_EXPIRED);
    m.u.key_request.selector.octets[0] ^= 1;
    assert_pull_refused(&m, GODWIT_UNKNOWN_KEY);
}

static void a_pull_after_the_time_is_refused_even_when_the_timer_is_late(void **state)
{
    (void)state;
    w.hss.e2m.retention_ms = 500;
    godwit_auth_info_answer_t answer = access_vector(GODWIT_VECTOR_EUTRAN);
    godwit_message_t m = pull(&answer, GODWIT_SELECTOR_RAND);
    w.owner.now_ms += 500;
    assert_int_equal(key_answer(&m).status, GODWIT_KEY_EXPIRED);
}

static void a_clock_set_back_does_not_lengthen_the_retention(void **state)
{
    static const uint8_t none[32];
    (void)state;
    w.owner.now_ms += 3600000;
    godwit_auth_info_answer_t answer = access_vector(GODWIT_VECTOR_UTRAN);
    w.owner.now_ms -= 3000000;
    godwit_message_t m = pull(&answer, GODWIT_SELECTOR_RAND);
    assert_int_equal(key_answer(&m).status, GODWIT_KEY_EXPIRED);
    assert_memory_equal(retained()->e2m_keyset, none, sizeof none);
}

static void an_auts_between_vector_and_pull_replaces_the_key_set(void **state)
{
    (void)state;
    w.card.sqn.seq_ms[3] = 5000; /* the card is ahead */
    godwit_auth_info_answer_t first = access_vector(GODWIT_VECTOR_EUTRAN);
    godwit_usim_result_t refused = card(&first);
    assert_int_equal(refused.status, GODWIT_AUTH_RESYNC);
    w.request.u.auth_info_request.resync = true;
    memcpy(w.request.u.auth_info_request.rand, first.vector[0].rand, 16);
    memcpy(w.request.u.auth_info_request.auts, refused.auts, 14);
    godwit_auth_info_answer_t second = give();
    godwit_usim_result_t taken = card(&second);
    assert_int_equal(taken.status, GODWIT_OK);
    godwit_message_t m = pull(&first, GODWIT_SELECTOR_RAND);
    assert_pull_refused(&m, GODWIT_UNKNOWN_KEY);
    m = pull(&second, GODWIT_SELECTOR_RAND);
    godwit_key_answer_t key = key_answer(&m);
    assert_k_session(taken.e2m_keyset, key.generation, key.k_session);
}

static void a_vector_whose_sqn_was_not_durable_leaves_no_key_set(void **state)
{
    (void)state;
    w.owner.fail_commits = true;
    ask_as("mme.visited.test", "visited.test", "002-02", GODWIT_VECTOR_EUTRAN);
    owner_give_message(&w.owner, &w.request);
    assert_null(retained());
}

/* ---- parking ---- */

static godwit_message_t park(const godwit_key_answer_t *key, uint32_t came)
{
    godwit_message_t m = message(GODWIT_KEY_PARK, HSE);
    godwit_key_park_t *p = &m.u.key_park;
    p->imsi = owner_imsi(IMSI);
    p->agreement = key->agreement;
    p->key_set = key->key_set;
    strcpy(p->endpoint, HSE);
    p->parked = (godwit_parked_t){
        .set = true, .suite = 1, .key_id = 2, .generation = key->generation, .user_next_in = came, .user_seen = 1};
    return m;
}

static godwit_status_t park_outcome(const godwit_message_t *m)
{
    owner_give_message(&w.owner, m);
    return owner_message(&w.owner, GODWIT_KEY_PARK_ANSWER, 0)->u.outcome;
}

static void a_parked_key_lives_again_once_with_its_counters(void **state)
{
    (void)state;
    godwit_auth_info_answer_t answer = access_vector(GODWIT_VECTOR_EUTRAN);
    godwit_message_t m = pull(&answer, GODWIT_SELECTOR_RAND);
    godwit_key_answer_t key = key_answer(&m);
    godwit_message_t p = park(&key, 9);
    assert_int_equal(park_outcome(&p), GODWIT_OK);
    assert_int_equal(park_outcome(&p), GODWIT_OK); /* said twice */
    godwit_key_answer_t again = key_answer(&m);
    assert_true(again.parked.set);
    assert_int_equal(again.generation, 1);
    assert_int_equal(again.parked.user_next_in, 9);
    assert_memory_equal(again.k_session, key.k_session, 32);
    assert_int_equal(park_outcome(&p), GODWIT_UNKNOWN_KEY); /* the first KEY_PARK once more, late */
    key = key_answer(&m);
    assert_false(key.parked.set);
    assert_int_equal(key.generation, 2);
}

static void what_is_parked_is_not_given_to_whoever_is_beyond_it(void **state)
{
    (void)state;
    godwit_auth_info_answer_t answer = access_vector(GODWIT_VECTOR_EUTRAN);
    godwit_message_t m = pull(&answer, GODWIT_SELECTOR_RAND);
    godwit_key_answer_t key = key_answer(&m);
    godwit_message_t p = park(&key, 9);
    assert_int_equal(park_outcome(&p), GODWIT_OK);
    m.u.key_request.above_generation = 1; /* a modification: the device wants a new one */
    key = key_answer(&m);
    assert_false(key.parked.set);
    assert_int_equal(key.generation, 2);
    assert_int_equal(park_outcome(&p), GODWIT_UNKNOWN_KEY); /* no longer the newest */
    p = park(&key, 3);
    strcpy(p.origin_host, "mme.visited.test");
    assert_int_equal(park_outcome(&p), GODWIT_NOT_ENTITLED);
    assert_false(retained()->parked.set);
}

/* ---- A and B: pushed ---- */

static godwit_key_push_t pushed(void)
{
    const godwit_message_t *m = owner_message(&w.owner, GODWIT_KEY_PUSH, 0);
    assert_int_equal(m->to, GODWIT_FUNCTION_HSE);
    assert_string_equal(m->origin_host, "hss.home.test");
    return m->u.key_push;
}

static void a_push_leaves_with_the_vector_and_is_said_again_until_answered(void **state)
{
    (void)state;
    w.hss.e2m.delivery = GODWIT_E2M_DELIVERY_A;
    w.hss.e2m.push_life_ms = 60000;
    godwit_auth_info_answer_t answer = access_vector(GODWIT_VECTOR_UTRAN);
    godwit_key_push_t push = pushed();
    uint32_t transaction = owner_message(&w.owner, GODWIT_KEY_PUSH, 0)->transaction;
    uint32_t timer = owner_request(&w.owner, GODWIT_REQUEST_TIMER, 0)->timer;
    assert_true(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&w.owner, GODWIT_REQUEST_MESSAGE, 0));
    godwit_usim_result_t result = card(&answer);
    assert_k_session(result.e2m_keyset, 1, push.k_session);
    assert_memory_equal(push.rand, answer.vector[0].rand, 16);
    assert_memory_equal(push.sqn, answer.vector[0].autn, 6);
    assert_int_equal(push.generation, 1);
    assert_int_equal(push.life_ms, 60000);
    assert_string_equal(push.endpoint, HSE);
    w.owner.now_ms += 1000;
    owner_give_timer(&w.owner, timer);
    assert_int_equal(owner_message(&w.owner, GODWIT_KEY_PUSH, 0)->transaction, transaction);
    push = pushed(); /* the HSE may have used the first, and lost its memory: another generation */
    assert_int_equal(push.generation, 2);
    assert_k_session(result.e2m_keyset, 2, push.k_session);
    godwit_message_t done = message(GODWIT_KEY_PUSH_ANSWER, "");
    done.transaction = transaction;
    owner_give_message(&w.owner, &done);
    assert_true(owner_saw(&w.owner, "key_pushed", GODWIT_OK));
    w.owner.now_ms += 1000;
    owner_give_timer(&w.owner, timer);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
    godwit_message_t m = pull(&answer, GODWIT_SELECTOR_RAND); /* the HSE lost it: never what was pushed again */
    assert_int_equal(key_answer(&m).generation, 3);
}

static godwit_message_t activation(const godwit_auth_info_answer_t *answer)
{
    godwit_message_t m = message(GODWIT_ACTIVATION, "pgw.home.test");
    m.from = GODWIT_FUNCTION_PGW;
    m.u.activation.imsi = owner_imsi(IMSI);
    m.u.activation.selector.kind = GODWIT_SELECTOR_RAND;
    memcpy(m.u.activation.selector.octets, answer->vector[0].rand, 16);
    strcpy(m.u.activation.endpoint, HSE);
    return m;
}

static void assert_activation_refused(const godwit_message_t *m, godwit_status_t reason)
{
    owner_give_message(&w.owner, m);
    assert_int_equal(owner_message(&w.owner, GODWIT_ACTIVATION_ANSWER, 0)->u.outcome, reason);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 1);
    assert_int_equal(retained()->generation, 0);
}

static void nothing_is_pushed_before_the_activation_and_its_answer_follows_the_key(void **state)
{
    (void)state;
    w.hss.e2m.delivery = GODWIT_E2M_DELIVERY_B;
    godwit_auth_info_answer_t answer = access_vector(GODWIT_VECTOR_UTRAN);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 1); /* the vector alone */
    godwit_message_t m = pull(&answer, GODWIT_SELECTOR_RAND);
    assert_pull_refused(&m, GODWIT_UNKNOWN_KEY);
    godwit_usim_result_t result = card(&answer);
    m = activation(&answer);
    owner_give_message(&w.owner, &m);
    assert_k_session(result.e2m_keyset, 1, pushed().k_session);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 1);
    godwit_message_t done = message(GODWIT_KEY_PUSH_ANSWER, "");
    done.transaction = owner_message(&w.owner, GODWIT_KEY_PUSH, 0)->transaction;
    owner_give_message(&w.owner, &done);
    const godwit_message_t *told = owner_message(&w.owner, GODWIT_ACTIVATION_ANSWER, 0);
    assert_int_equal(told->u.outcome, GODWIT_OK);
    assert_int_equal(told->to, GODWIT_FUNCTION_PGW);
    assert_int_equal(told->transaction, 77);
    assert_int_equal(told->route, 3);
    owner_give_message(&w.owner, &m); /* a modification under the same key set */
    assert_int_equal(owner_message(&w.owner, GODWIT_ACTIVATION_ANSWER, 0)->u.outcome, GODWIT_OK);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 1);
}

static void an_activation_from_a_stranger_or_of_an_unknown_selector_pushes_nothing(void **state)
{
    (void)state;
    w.hss.e2m.delivery = GODWIT_E2M_DELIVERY_B;
    godwit_auth_info_answer_t answer = access_vector(GODWIT_VECTOR_UTRAN);
    godwit_message_t m = activation(&answer);
    strcpy(m.origin_host, "pgw.visited.test");
    assert_activation_refused(&m, GODWIT_NOT_ENTITLED);
    m = activation(&answer);
    strcpy(m.u.activation.endpoint, "other.home.test");
    assert_activation_refused(&m, GODWIT_NOT_ENTITLED);
    m = activation(&answer);
    m.u.activation.selector.octets[0] ^= 1;
    assert_activation_refused(&m, GODWIT_UNKNOWN_KEY);
    w.owner.now_ms += 120000;
    m = activation(&answer);
    assert_activation_refused(&m, GODWIT_KEY_EXPIRED);
}

static void an_activation_is_refused_when_the_hse_never_answers(void **state)
{
    (void)state;
    w.hss.e2m.delivery = GODWIT_E2M_DELIVERY_B;
    godwit_auth_info_answer_t answer = access_vector(GODWIT_VECTOR_UTRAN);
    godwit_message_t m = activation(&answer);
    owner_give_message(&w.owner, &m);
    uint32_t timer = owner_request(&w.owner, GODWIT_REQUEST_TIMER, 0)->timer;
    for (unsigned i = 0; i < 4; i++) {
        w.owner.now_ms += 1000;
        owner_give_timer(&w.owner, timer);
    }
    assert_int_equal(owner_message(&w.owner, GODWIT_ACTIVATION_ANSWER, 0)->u.outcome, GODWIT_PEER_INTERNAL);
}

/* ---- D: to the EMKS ---- */

static void the_key_set_goes_to_the_emks_and_is_gone_here_when_it_has_it(void **state)
{
    (void)state;
    w.hss.e2m.delivery = GODWIT_E2M_DELIVERY_D;
    godwit_auth_info_answer_t answer = access_vector(GODWIT_VECTOR_EUTRAN);
    const godwit_message_t *push = owner_message(&w.owner, GODWIT_KEY_SET_PUSH, 0);
    godwit_usim_result_t result = card(&answer);
    uint64_t first = push->u.key_set_push.key_set;
    assert_int_equal(push->to, GODWIT_FUNCTION_EMKS);
    assert_memory_equal(push->u.key_set_push.e2m_keyset, result.e2m_keyset, 32);
    assert_memory_equal(push->u.key_set_push.rand, answer.vector[0].rand, 16);
    assert_memory_equal(push->u.key_set_push.autn, answer.vector[0].autn, 16);
    assert_int_equal(push->u.key_set_push.agreement, GODWIT_AGREEMENT_ACCESS_EPS);
    godwit_message_t done = message(GODWIT_KEY_SET_PUSH_ANSWER, "");
    done.transaction = push->transaction;
    godwit_message_t m = pull(&answer, GODWIT_SELECTOR_RAND);
    assert_pull_refused(&m, GODWIT_UNKNOWN_KEY); /* its owner is the EMKS */
    owner_give_message(&w.owner, &done);
    assert_null(retained());
    (void)access_vector(GODWIT_VECTOR_EUTRAN);
    assert_true(owner_message(&w.owner, GODWIT_KEY_SET_PUSH, 0)->u.key_set_push.key_set > first);
}

/* ---- the table ---- */

static void a_full_table_flags_no_more_and_pushes_nobody_out(void **state)
{
    (void)state;
    godwit_auth_info_answer_t answer = access_vector(GODWIT_VECTOR_EUTRAN);
    for (size_t i = 0; i < GODWIT_HSS_RETAINED_MAX; i++) {
        if (!w.hss.retained[i].used) {
            w.hss.retained[i] = *retained();
            w.hss.retained[i].imsi = owner_imsi("999990000000000");
        }
    }
    godwit_aka_key_t key = w.card.key;
    add_subscriber("001010000000002", &key);
    ask_as("mme.visited.test", "visited.test", "002-02", GODWIT_VECTOR_EUTRAN);
    w.request.u.auth_info_request.imsi = owner_imsi("001010000000002");
    godwit_auth_info_answer_t other = give();
    assert_int_equal(other.status, GODWIT_OK);
    assert_false(other.e2m);
    assert_int_equal(amf_of(&other), 0x8000);
    godwit_message_t m = pull(&answer, GODWIT_SELECTOR_RAND);
    assert_int_equal(key_answer(&m).status, GODWIT_OK);
}

/* ---- end to end ---- */

static godwit_message_t e2e_request(void)
{
    godwit_message_t m = message(GODWIT_E2E_KEY_REQUEST, "eese.home.test");
    m.from = GODWIT_FUNCTION_EESE;
    m.hop = GODWIT_HOP_TLS;
    m.u.e2e_key_request.imsi = owner_imsi(IMSI);
    m.u.e2e_key_request.agreement = retained()->agreement;
    m.u.e2e_key_request.key_set = retained()->key_set;
    strcpy(m.u.e2e_key_request.endpoint, "eas.meters.test");
    strcpy(w.hss.eeses[0], "eese.home.test");
    w.hss.eese_count = 1;
    return m;
}

static godwit_e2e_key_answer_t e2e_answer(const godwit_message_t *m)
{
    owner_give_message(&w.owner, m);
    const godwit_message_t *answer = owner_message(&w.owner, GODWIT_E2E_KEY_ANSWER, 0);
    assert_int_equal(answer->to, GODWIT_FUNCTION_EESE);
    assert_int_equal(answer->transaction, 77);
    return answer->u.e2e_key_answer;
}

static void assert_e2e_refused(const godwit_message_t *m, godwit_status_t reason)
{
    static const uint8_t none[32];
    const uint32_t age = retained()->age;
    const godwit_e2e_key_answer_t answer = e2e_answer(m);
    assert_int_equal(answer.status, reason);
    assert_int_equal(answer.age, 0);
    assert_memory_equal(answer.k_e2e, none, sizeof none);
    assert_int_equal(retained()->age, age);
}

static void ages_of_a_retained_key_set_rise_and_a_new_run_begins_anew(void **state)
{
    (void)state;
    uint8_t expected[32];
    (void)access_vector(GODWIT_VECTOR_EUTRAN);
    godwit_message_t m = e2e_request();
    for (uint32_t age = 1; age < 4; age++) {
        const godwit_e2e_key_answer_t answer = e2e_answer(&m);
        assert_int_equal(answer.status, GODWIT_OK);
        assert_int_equal(answer.age, age);
        assert_int_equal(
            godwit_k_e2e(CRYPTO, retained()->e2m_keyset, godwit_slice_of_string("eas.meters.test"), age, expected),
            GODWIT_OK);
        assert_memory_equal(answer.k_e2e, expected, sizeof expected);
    }
    m.u.e2e_key_request.above_age = 8;
    assert_int_equal(e2e_answer(&m).age, 9);
    assert_int_equal(retained()->generation, 0);
    (void)access_vector(GODWIT_VECTOR_EUTRAN);
    assert_e2e_refused(&m, GODWIT_UNKNOWN_KEY);
    m = e2e_request();
    assert_int_equal(e2e_answer(&m).age, 1);
}

static void keys_end_to_end_are_for_eeses_over_protected_hops_and_while_the_key_set_lives(void **state)
{
    (void)state;
    (void)access_vector(GODWIT_VECTOR_UTRAN);
    const godwit_message_t good = e2e_request();
    godwit_message_t m = good;
    m.hop = GODWIT_HOP_OPEN;
    assert_e2e_refused(&m, GODWIT_NOT_ENTITLED);
    m = good;
    strcpy(m.origin_host, HSE);
    assert_e2e_refused(&m, GODWIT_NOT_ENTITLED);
    m = good;
    m.u.e2e_key_request.agreement = GODWIT_AGREEMENT_ACCESS_EPS;
    assert_e2e_refused(&m, GODWIT_UNKNOWN_KEY);
    m = good;
    m.u.e2e_key_request.imsi = owner_imsi("001010000000002");
    assert_e2e_refused(&m, GODWIT_UNKNOWN_KEY);
    m = good;
    strcpy(m.u.e2e_key_request.endpoint, "EAS.meters.test");
    assert_e2e_refused(&m, GODWIT_MALFORMED);
    m = good;
    m.u.e2e_key_request.above_age = UINT32_MAX;
    assert_e2e_refused(&m, GODWIT_COUNT_EXHAUSTED);
    w.hss.e2m.delivery = GODWIT_E2M_DELIVERY_D;
    assert_e2e_refused(&good, GODWIT_UNKNOWN_KEY);
    w.hss.e2m.delivery = GODWIT_E2M_DELIVERY_B; /* nothing was activated under it */
    assert_e2e_refused(&good, GODWIT_UNKNOWN_KEY);
    w.hss.e2m.delivery = GODWIT_E2M_DELIVERY_C;
    assert_int_equal(e2e_answer(&good).status, GODWIT_OK);
    w.owner.now_ms += 120000;
    assert_e2e_refused(&good, GODWIT_KEY_EXPIRED);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        TEST(a_umts_vector_carries_the_primes_and_the_card_makes_the_same),
        TEST(an_eps_vector_keeps_its_kasme_and_its_separation_bit),
        TEST(nothing_is_flagged_for_a_card_that_is_not_known_to_be_capable),
        TEST(a_hss_without_the_extension_flags_nothing_and_knows_no_key),
        TEST(home_nodes_never_get_a_flagged_vector),
        TEST(the_flag_is_the_configured_bit),
        TEST(a_pull_by_rand_or_sqn_gives_a_session_key_and_no_generation_twice),
        TEST(only_the_configured_hse_pulls_and_only_for_itself),
        TEST(a_selector_of_another_imsi_or_of_none_is_unknown),
        TEST(retention_ends_by_timer_and_the_key_is_wiped),
        TEST(a_pull_after_the_time_is_refused_even_when_the_timer_is_late),
        TEST(a_clock_set_back_does_not_lengthen_the_retention),
        TEST(an_auts_between_vector_and_pull_replaces_the_key_set),
        TEST(a_vector_whose_sqn_was_not_durable_leaves_no_key_set),
        TEST(a_parked_key_lives_again_once_with_its_counters),
        TEST(what_is_parked_is_not_given_to_whoever_is_beyond_it),
        TEST(a_push_leaves_with_the_vector_and_is_said_again_until_answered),
        TEST(nothing_is_pushed_before_the_activation_and_its_answer_follows_the_key),
        TEST(an_activation_from_a_stranger_or_of_an_unknown_selector_pushes_nothing),
        TEST(an_activation_is_refused_when_the_hse_never_answers),
        TEST(the_key_set_goes_to_the_emks_and_is_gone_here_when_it_has_it),
        TEST(ages_of_a_retained_key_set_rise_and_a_new_run_begins_anew),
        TEST(keys_end_to_end_are_for_eeses_over_protected_hops_and_while_the_key_set_lives),
        TEST(a_full_table_flags_no_more_and_pushes_nobody_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
