/* SPDX-License-Identifier: Apache-2.0
 *
 * The EMKS alone: the test is its HSE and its HSS. One vector outstanding, rising generations, K_session only to its
 * endpoint.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/agree/separate_aka/separate_aka.h"
#include "roles/emks.h"
#include "tests/support/owner.h"

#define CRYPTO &godwit_crypto_builtin
#define BIT(agreement) (uint8_t)(1u << ((agreement)-1))
#define EPS GODWIT_AGREEMENT_SEPARATE_EPS
#define UMTS GODWIT_AGREEMENT_SEPARATE_UMTS

typedef struct world {
    godwit_emks_t emks;
    owner_t owner;
    godwit_message_t request; /* a KEY_REQUEST */
    unsigned vectors_made;
    bool umts_allowed;
} world_t;

static world_t w;

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_emks_step(role, in, out);
}

static bool umts_allowed(void *context, const godwit_imsi_t *imsi)
{
    (void)imsi;
    return ((const world_t *)context)->umts_allowed;
}

static int setup(void **state)
{
    (void)state;
    memset(&w.emks, 0, sizeof w.emks);
    owner_init(&w.owner, step, &w.emks);
    w.vectors_made = 0;
    w.umts_allowed = false;
    w.emks.crypto = CRYPTO;
    w.emks.agreements = BIT(EPS) | BIT(UMTS);
    w.emks.separate_umts_allowed = umts_allowed;
    w.emks.context = &w;
    strcpy(w.emks.local_host, "emks.home.test");
    strcpy(w.emks.local_realm, "home.test");
    assert_int_equal(godwit_plmn_from_text("001-01", &w.emks.best_plmn), GODWIT_OK);
    memset(&w.request, 0, sizeof w.request);
    w.request.kind = GODWIT_KEY_REQUEST;
    w.request.from = GODWIT_FUNCTION_HSE;
    w.request.to = GODWIT_FUNCTION_EMKS;
    w.request.transaction = 1000;
    w.request.route = 3;
    strcpy(w.request.origin_host, "hse.example");
    w.request.u.key_request.purpose = GODWIT_KEY_FOR_SESSION;
    w.request.u.key_request.imsi = owner_imsi("001010000000001");
    w.request.u.key_request.agreements = BIT(EPS);
    strcpy(w.request.u.key_request.endpoint, "hse.example");
    return 0;
}

/* ---- the HSS's part ---- */

static godwit_auth_info_vector_t vector_number(unsigned n, uint16_t amf)
{
    godwit_auth_info_vector_t v;
    memset(&v, 0, sizeof v);
    memset(v.rand, (int)(0x10 + n), sizeof v.rand);
    memset(v.autn, (int)(0x20 + n), sizeof v.autn);
    godwit_store_u16(v.autn + 6, amf);
    memset(v.kasme, (int)(0x30 + n), sizeof v.kasme);
    memset(v.ck, (int)(0x40 + n), sizeof v.ck);
    memset(v.ik, (int)(0x50 + n), sizeof v.ik);
    return v;
}

static godwit_message_t hss_answer(uint32_t transaction, godwit_vector_kind_t kind, uint16_t amf)
{
    godwit_message_t m;
    memset(&m, 0, sizeof m);
    m.kind = GODWIT_AUTH_INFO_ANSWER;
    m.transaction = transaction;
    m.u.auth_info_answer.kind = kind;
    m.u.auth_info_answer.vectors = 1;
    m.u.auth_info_answer.vector[0] = vector_number(++w.vectors_made, amf);
    return m;
}

/* ---- the HSE's part ---- */

static godwit_message_t give_request(void)
{
    owner_give_message(&w.owner, &w.request);
    w.request.transaction++;
    const godwit_request_t *sent = owner_request(&w.owner, GODWIT_REQUEST_MESSAGE, 0);
    godwit_message_t none;
    memset(&none, 0, sizeof none);
    return sent != NULL ? *sent->message : none;
}

/* Asks, answers the AIR that comes if one comes, and returns the key answer. */
static godwit_key_answer_t get_key(void)
{
    godwit_message_t m = give_request();
    if (m.kind == GODWIT_AUTH_INFO_REQUEST) {
        bool eps = m.u.auth_info_request.kind == GODWIT_VECTOR_EUTRAN;
        godwit_message_t answer = hss_answer(m.transaction, m.u.auth_info_request.kind, eps ? 0x8000 : 0);
        owner_give_message(&w.owner, &answer);
        m = *owner_message(&w.owner, GODWIT_KEY_ANSWER, 0);
    }
    assert_int_equal(m.kind, GODWIT_KEY_ANSWER);
    assert_int_equal(m.route, 3);
    assert_int_equal(m.transaction, w.request.transaction - 1);
    return m.u.key_answer;
}

static godwit_status_t confirm(uint64_t key_set, uint32_t generation)
{
    godwit_message_t m = {.kind = GODWIT_KEY_CONFIRM, .transaction = 5};
    strcpy(m.origin_host, "hse.example");
    strcpy(m.u.key_confirm.endpoint, "hse.example");
    m.u.key_confirm.imsi = w.request.u.key_request.imsi;
    m.u.key_confirm.agreement = EPS;
    m.u.key_confirm.key_set = key_set;
    m.u.key_confirm.generation = generation;
    owner_give_message(&w.owner, &m);
    return owner_message(&w.owner, GODWIT_KEY_CONFIRM_ANSWER, 0)->u.key_confirm_answer;
}

static godwit_key_set_record_t *stored(godwit_agreement_t agreement)
{
    godwit_record_key_t key = {.kind = GODWIT_RECORD_KEY_SET, .imsi = w.request.u.key_request.imsi};
    key.agreement = (uint8_t)agreement;
    godwit_record_t *record = owner_find(&w.owner, &key);
    assert_non_null(record);
    return &record->u.key_set;
}

/* ---- one vector, rising generations ---- */

static void a_new_device_gets_a_vector_and_generation_one(void **state)
{
    (void)state;
    godwit_message_t air = give_request();
    assert_int_equal(air.kind, GODWIT_AUTH_INFO_REQUEST);
    assert_int_equal(air.to, GODWIT_FUNCTION_HSS);
    assert_string_equal(air.origin_host, "emks.home.test");
    assert_string_equal(air.origin_realm, "home.test");
    assert_int_equal(air.u.auth_info_request.kind, GODWIT_VECTOR_EUTRAN);
    assert_int_equal(air.u.auth_info_request.vectors, 1);
    assert_false(air.u.auth_info_request.resync);
    godwit_message_t answer = hss_answer(air.transaction, GODWIT_VECTOR_EUTRAN, 0x8000);
    owner_give_message(&w.owner, &answer);
    godwit_key_answer_t key = owner_message(&w.owner, GODWIT_KEY_ANSWER, 0)->u.key_answer;
    godwit_auth_info_vector_t v = vector_number(1, 0x8000);
    uint8_t keyset[32], k_session[32];
    assert_int_equal(key.status, GODWIT_OK);
    assert_int_equal(key.agreement, EPS);
    assert_int_equal(key.generation, 1);
    assert_memory_equal(key.rand, v.rand, 16);
    assert_memory_equal(key.autn, v.autn, 16);
    assert_int_equal(godwit_separate_aka_keyset_from_kasme(CRYPTO, v.kasme, v.autn, keyset), GODWIT_OK);
    assert_int_equal(godwit_k_session(CRYPTO, keyset, godwit_slice_of_string("hse.example"), 1, k_session), GODWIT_OK);
    assert_memory_equal(key.k_session, k_session, 32);
    assert_true(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&w.owner, GODWIT_REQUEST_MESSAGE, 0));
}

static void a_thousand_requests_burn_no_sqn(void **state)
{
    (void)state;
    godwit_key_answer_t first = get_key(), last = first;
    for (uint32_t i = 2; i <= 1000; i++) {
        godwit_key_answer_t key = get_key();
        assert_int_equal(key.status, GODWIT_OK);
        assert_int_equal(key.generation, i);
        assert_memory_equal(key.rand, first.rand, 16);
        assert_memory_equal(key.autn, first.autn, 16);
        assert_memory_not_equal(key.k_session, last.k_session, 32);
        last = key;
    }
    assert_int_equal(w.vectors_made, 1);
    assert_int_equal(stored(EPS)->generation, 1000);
}

static void the_e2m_keyset_never_leaves(void **state)
{
    (void)state;
    (void)get_key();
    (void)get_key();
    const godwit_message_t *m = owner_message(&w.owner, GODWIT_KEY_ANSWER, 0);
    const uint8_t *octets = (const uint8_t *)m;
    for (size_t i = 0; i + 32 <= sizeof *m; i++) {
        assert_memory_not_equal(octets + i, stored(EPS)->e2m_keyset, 32);
    }
}

static void a_confirmed_vector_is_followed_by_a_new_one(void **state)
{
    (void)state;
    godwit_key_answer_t one = get_key();
    assert_int_equal(confirm(one.key_set, one.generation), GODWIT_OK);
    godwit_key_answer_t two = get_key();
    assert_int_equal(w.vectors_made, 2);
    assert_int_equal(two.generation, 1);
    assert_true(two.key_set > one.key_set);
    assert_memory_not_equal(one.rand, two.rand, 16);
}

static void confirming_twice_is_as_good_as_once(void **state)
{
    (void)state;
    godwit_key_answer_t one = get_key();
    assert_int_equal(confirm(one.key_set, 1), GODWIT_OK);
    unsigned commits = w.owner.commits;
    assert_int_equal(confirm(one.key_set, 1), GODWIT_OK);
    assert_int_equal(w.owner.commits, commits);
}

static void a_late_confirmation_does_not_confirm_another_vector(void **state)
{
    (void)state;
    godwit_key_answer_t one = get_key();
    w.request.u.key_request.resync = true;
    (void)get_key(); /* an AUTS came: vector 2 is outstanding now */
    assert_int_equal(w.vectors_made, 2);
    assert_int_equal(confirm(one.key_set, one.generation), GODWIT_UNKNOWN_KEY);
    assert_false(stored(EPS)->confirmed);
    assert_int_equal(confirm(one.key_set + 1, 2), GODWIT_UNKNOWN_KEY); /* a generation that was never handed out */
    assert_int_equal(confirm(one.key_set + 1, 0), GODWIT_UNKNOWN_KEY);
    assert_false(stored(EPS)->confirmed);
}

static void a_vector_that_nobody_confirms_ages(void **state)
{
    (void)state;
    (void)get_key();
    w.owner.now_ms += UINT64_C(24) * 3600 * 1000;
    (void)get_key();
    assert_int_equal(w.vectors_made, 1);
    w.owner.now_ms += 1;
    (void)get_key();
    assert_int_equal(w.vectors_made, 2);
}

static void requests_that_come_meanwhile_share_one_vector(void **state)
{
    (void)state;
    godwit_message_t air = give_request();
    for (int i = 1; i < GODWIT_EMKS_WAITERS_MAX; i++) {
        assert_int_equal(give_request().kind, 0); /* nothing is sent */
    }
    godwit_message_t refused = give_request();
    assert_int_equal(refused.kind, GODWIT_KEY_ANSWER);
    assert_int_equal(refused.u.key_answer.status, GODWIT_OVERLOAD);
    godwit_message_t answer = hss_answer(air.transaction, GODWIT_VECTOR_EUTRAN, 0x8000);
    owner_give_message(&w.owner, &answer);
    for (uint32_t i = 0; i < GODWIT_EMKS_WAITERS_MAX; i++) {
        const godwit_message_t *m = owner_message(&w.owner, GODWIT_KEY_ANSWER, i);
        assert_int_equal(m->transaction, 1000 + i);
        assert_int_equal(m->u.key_answer.generation, i + 1);
    }
    assert_int_equal(stored(EPS)->generation, GODWIT_EMKS_WAITERS_MAX);
    assert_int_equal(w.vectors_made, 1);
}

static void of_five_vectors_four_are_discarded(void **state)
{
    (void)state;
    godwit_message_t air = give_request();
    godwit_message_t answer = hss_answer(air.transaction, GODWIT_VECTOR_EUTRAN, 0x8000);
    answer.u.auth_info_answer.vectors = 5;
    for (unsigned i = 1; i < 5; i++) {
        answer.u.auth_info_answer.vector[i] = vector_number(60 + i, 0x8000);
    }
    owner_give_message(&w.owner, &answer);
    assert_memory_equal(stored(EPS)->rand, answer.u.auth_info_answer.vector[0].rand, 16);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT), 1);
}

static void an_hss_that_repeats_a_vector_gets_no_key_used_twice(void **state)
{
    (void)state;
    godwit_key_answer_t one = get_key();
    assert_int_equal(confirm(one.key_set, 1), GODWIT_OK);
    godwit_message_t air = give_request();
    w.vectors_made = 0;
    godwit_message_t answer = hss_answer(air.transaction, GODWIT_VECTOR_EUTRAN, 0x8000);
    owner_give_message(&w.owner, &answer);
    godwit_key_answer_t again = owner_message(&w.owner, GODWIT_KEY_ANSWER, 0)->u.key_answer;
    assert_int_equal(again.status, GODWIT_OK);
    assert_int_equal(again.generation, 2);
    assert_true(again.key_set == one.key_set);
    assert_memory_not_equal(again.k_session, one.k_session, 32);
}

/* ---- resynchronisation ---- */

static void auts_goes_to_the_hss_with_the_outstanding_rand(void **state)
{
    (void)state;
    godwit_key_answer_t one = get_key();
    w.request.u.key_request.resync = true;
    memset(w.request.u.key_request.auts, 0xA5, 14);
    godwit_message_t air = give_request();
    assert_int_equal(air.kind, GODWIT_AUTH_INFO_REQUEST);
    assert_true(air.u.auth_info_request.resync);
    assert_memory_equal(air.u.auth_info_request.rand, one.rand, 16);
    assert_memory_equal(air.u.auth_info_request.auts, w.request.u.key_request.auts, 14);
    /* Meanwhile the earlier vector stays answerable. */
    w.request.u.key_request.resync = false;
    godwit_message_t other = give_request();
    assert_int_equal(other.u.key_answer.generation, 2);
    godwit_message_t answer = hss_answer(air.transaction, GODWIT_VECTOR_EUTRAN, 0x8000);
    owner_give_message(&w.owner, &answer);
    godwit_key_answer_t two = owner_message(&w.owner, GODWIT_KEY_ANSWER, 0)->u.key_answer;
    assert_int_equal(two.generation, 1);
    assert_memory_not_equal(two.rand, one.rand, 16);
}

static void another_auts_does_not_join_the_one_under_way(void **state)
{
    (void)state;
    (void)get_key();
    w.request.u.key_request.resync = true;
    assert_int_equal(give_request().kind, GODWIT_AUTH_INFO_REQUEST);
    assert_int_equal(give_request().kind, 0); /* the same one waits with it */
    w.request.u.key_request.auts[3] ^= 1;
    assert_int_equal(give_request().u.key_answer.status, GODWIT_OVERLOAD);
}

static void a_refused_auts_leaves_the_old_vector_answerable(void **state)
{
    (void)state;
    godwit_key_answer_t one = get_key();
    w.request.u.key_request.resync = true;
    godwit_message_t air = give_request();
    godwit_message_t answer = hss_answer(air.transaction, GODWIT_VECTOR_EUTRAN, 0x8000);
    answer.u.auth_info_answer.status = GODWIT_AUTH_MAC_FAILURE;
    owner_give_message(&w.owner, &answer);
    assert_int_equal(owner_message(&w.owner, GODWIT_KEY_ANSWER, 0)->u.key_answer.status, GODWIT_AUTH_MAC_FAILURE);
    w.request.u.key_request.resync = false;
    godwit_key_answer_t again = get_key();
    assert_int_equal(again.generation, 2);
    assert_memory_equal(again.rand, one.rand, 16);
}

/* An HSS forgets which RANDs it gave (docs/sqn.md): the vector that the card refuses must not stay the only one for a
 * day. But whoever forges AUTS burns no more than one SQN a minute. */
static void an_auts_that_the_hss_refuses_replaces_an_old_vector_and_not_a_fresh_one(void **state)
{
    (void)state;
    godwit_key_answer_t first = get_key();
    w.request.u.key_request.resync = true;
    godwit_message_t air = give_request();
    godwit_message_t refusal = hss_answer(air.transaction, GODWIT_VECTOR_EUTRAN, 0x8000);
    refusal.u.auth_info_answer.status = GODWIT_AUTH_MAC_FAILURE;
    owner_give_message(&w.owner, &refusal);
    assert_int_equal(owner_message(&w.owner, GODWIT_KEY_ANSWER, 0)->u.key_answer.status, GODWIT_AUTH_MAC_FAILURE);
    w.owner.now_ms += 60000;
    air = give_request();
    assert_true(air.u.auth_info_request.resync);
    refusal.transaction = air.transaction;
    owner_give_message(&w.owner, &refusal);
    const godwit_message_t *again = owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0);
    assert_false(again->u.auth_info_request.resync);
    assert_int_equal(again->u.auth_info_request.vectors, 1);
    godwit_message_t answer = hss_answer(again->transaction, GODWIT_VECTOR_EUTRAN, 0x8000);
    owner_give_message(&w.owner, &answer);
    const godwit_message_t *given = owner_message(&w.owner, GODWIT_KEY_ANSWER, 0);
    assert_int_equal(given->u.key_answer.status, GODWIT_OK);
    assert_int_equal(given->transaction, w.request.transaction - 1);
    assert_memory_not_equal(given->u.key_answer.rand, first.rand, 16);
    w.owner.now_ms += 59999; /* fresh again: nothing is burnt */
    air = give_request();
    refusal.transaction = air.transaction;
    owner_give_message(&w.owner, &refusal);
    assert_int_equal(owner_message(&w.owner, GODWIT_KEY_ANSWER, 0)->u.key_answer.status, GODWIT_AUTH_MAC_FAILURE);
}

static void auts_without_an_outstanding_vector_is_refused(void **state)
{
    (void)state;
    w.request.u.key_request.resync = true;
    assert_int_equal(get_key().status, GODWIT_AUTH_MAC_FAILURE);
    w.request.u.key_request.resync = false;
    godwit_key_answer_t one = get_key();
    assert_int_equal(confirm(one.key_set, 1), GODWIT_OK);
    w.request.u.key_request.resync = true;
    assert_int_equal(get_key().status, GODWIT_AUTH_MAC_FAILURE);
    assert_int_equal(w.vectors_made, 1);
}

static void auts_against_a_replaced_vector_gets_the_new_one(void **state)
{
    (void)state;
    godwit_key_answer_t one = get_key();
    w.request.u.key_request.resync = true;
    w.request.u.key_request.has_rand = true;
    memcpy(w.request.u.key_request.rand, one.rand, 16);
    godwit_key_answer_t two = get_key();
    assert_int_equal(w.vectors_made, 2);
    godwit_key_answer_t again = get_key(); /* the same AUTS, sent in another request */
    assert_int_equal(w.vectors_made, 2);
    assert_int_equal(again.generation, 2);
    assert_memory_equal(again.rand, two.rand, 16);
}

/* ---- next generations ---- */

/* Anybody who knows an IMSI can ask for a set-up. The session that lives must get its next keys all the same. */
static void a_set_up_that_nobody_ends_does_not_cost_a_session_its_next_generation(void **state)
{
    (void)state;
    godwit_key_answer_t lived = get_key();
    assert_int_equal(confirm(lived.key_set, 1), GODWIT_OK);
    godwit_key_answer_t foreign = get_key(); /* a new vector is outstanding now */
    assert_true(foreign.key_set > lived.key_set);
    w.request.u.key_request.purpose = GODWIT_KEY_NEXT_GENERATION;
    w.request.u.key_request.key_set = lived.key_set;
    assert_int_equal(confirm(lived.key_set, 1), GODWIT_OK);
    assert_int_equal(confirm(lived.key_set, 2), GODWIT_UNKNOWN_KEY); /* not handed out */
    godwit_key_answer_t next = get_key();
    assert_int_equal(next.status, GODWIT_OK);
    assert_int_equal(next.generation, 2);
    assert_true(next.key_set == lived.key_set);
    assert_int_equal(stored(EPS)->former.generation, 2);
    assert_int_equal(get_key().generation, 3); /* never the same again */
    w.request.u.key_request.purpose = GODWIT_KEY_FOR_SESSION;
    assert_int_equal(get_key().generation, 2); /* and the outstanding one goes on by itself */
    assert_int_equal(confirm(foreign.key_set, 1), GODWIT_OK);
    w.request.u.key_request.purpose = GODWIT_KEY_NEXT_GENERATION;
    assert_int_equal(get_key().status, GODWIT_UNKNOWN_KEY); /* whoever confirmed lives under the new one */
    assert_int_equal(stored(EPS)->former.vector_number, 0);
}

static void the_keys_of_the_former_set_are_those_that_the_device_derives(void **state)
{
    (void)state;
    uint8_t kept[32], k_session[32];
    godwit_key_answer_t lived = get_key();
    memcpy(kept, stored(EPS)->e2m_keyset, sizeof kept);
    assert_int_equal(confirm(lived.key_set, 1), GODWIT_OK);
    (void)get_key();
    w.request.u.key_request.purpose = GODWIT_KEY_NEXT_GENERATION;
    w.request.u.key_request.key_set = lived.key_set;
    godwit_key_answer_t next = get_key();
    assert_int_equal(godwit_k_session(CRYPTO, kept, godwit_slice_of_string("hse.example"), 2, k_session), GODWIT_OK);
    assert_memory_equal(next.k_session, k_session, sizeof k_session);
}

static void the_next_generation_is_for_confirmed_key_sets_alone(void **state)
{
    (void)state;
    godwit_key_answer_t one = get_key();
    w.request.u.key_request.purpose = GODWIT_KEY_NEXT_GENERATION;
    w.request.u.key_request.key_set = one.key_set;
    assert_int_equal(get_key().status, GODWIT_UNKNOWN_KEY);
    assert_int_equal(confirm(one.key_set, 1), GODWIT_OK);
    godwit_key_answer_t two = get_key();
    static const uint8_t zero[16];
    assert_int_equal(two.status, GODWIT_OK);
    assert_int_equal(two.generation, 2);
    assert_memory_equal(two.rand, zero, 16);
    assert_memory_equal(two.autn, zero, 16);
    w.request.u.key_request.key_set = one.key_set + 1;
    assert_int_equal(get_key().status, GODWIT_UNKNOWN_KEY);
    w.request.u.key_request.key_set = one.key_set;
    stored(EPS)->generation = UINT32_MAX;
    assert_int_equal(get_key().status, GODWIT_COUNT_EXHAUSTED);
    assert_int_equal(stored(EPS)->generation, UINT32_MAX);
}

/* ---- who may ask ---- */

static void a_node_gets_keys_for_itself_alone(void **state)
{
    (void)state;
    strcpy(w.request.origin_host, "other.example");
    assert_int_equal(get_key().status, GODWIT_NOT_ENTITLED);
    strcpy(w.request.origin_host, "hse.example");
    strcpy(w.request.u.key_request.endpoint, "HSE.example");
    assert_int_equal(get_key().status, GODWIT_NOT_ENTITLED); /* not canonical: refused, not mended */
    strcpy(w.request.u.key_request.endpoint, "");
    strcpy(w.request.origin_host, "");
    assert_int_equal(get_key().status, GODWIT_NOT_ENTITLED);
    strcpy(w.request.u.key_request.endpoint, "hse.example");
    strcpy(w.request.origin_host, "hse.example.evil.test");
    assert_int_equal(get_key().status, GODWIT_NOT_ENTITLED);
    assert_int_equal(w.vectors_made, 0);
}

static void only_the_endpoint_itself_may_confirm(void **state)
{
    (void)state;
    godwit_key_answer_t one = get_key();
    godwit_message_t m = {.kind = GODWIT_KEY_CONFIRM};
    strcpy(m.origin_host, "other.example");
    strcpy(m.u.key_confirm.endpoint, "hse.example");
    m.u.key_confirm.imsi = w.request.u.key_request.imsi;
    m.u.key_confirm.agreement = EPS;
    m.u.key_confirm.key_set = one.key_set;
    m.u.key_confirm.generation = 1;
    owner_give_message(&w.owner, &m);
    assert_int_equal(owner_message(&w.owner, GODWIT_KEY_CONFIRM_ANSWER, 0)->u.key_confirm_answer, GODWIT_NOT_ENTITLED);
    assert_false(stored(EPS)->confirmed);
}

static void agreement_07_is_enabled_device_by_device(void **state)
{
    (void)state;
    w.request.u.key_request.agreements = BIT(UMTS);
    assert_int_equal(get_key().status, GODWIT_POLICY_FORBIDS);
    w.umts_allowed = true;
    godwit_key_answer_t key = get_key();
    assert_int_equal(key.status, GODWIT_OK);
    assert_int_equal(key.agreement, UMTS);
    w.request.u.key_request.agreements = BIT(UMTS) | BIT(EPS);
    assert_int_equal(get_key().agreement, EPS); /* the stronger one is preferred */
    w.request.u.key_request.agreements = BIT(GODWIT_AGREEMENT_GBA);
    assert_int_equal(get_key().status, GODWIT_POLICY_FORBIDS);
}

/* ---- what the HSS may send ---- */

static void assert_vector_refused(godwit_vector_kind_t kind, uint16_t amf, godwit_status_t status)
{
    godwit_message_t air = give_request();
    assert_int_equal(air.kind, GODWIT_AUTH_INFO_REQUEST);
    godwit_message_t answer = hss_answer(air.transaction, kind, amf);
    owner_give_message(&w.owner, &answer);
    assert_int_equal(owner_message(&w.owner, GODWIT_KEY_ANSWER, 0)->u.key_answer.status, status);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT), 0);
}

static void vectors_that_are_not_for_the_agreement_are_refused(void **state)
{
    (void)state;
    assert_vector_refused(GODWIT_VECTOR_EUTRAN, 0x0000, GODWIT_POLICY_FORBIDS); /* separation bit missing */
    assert_vector_refused(GODWIT_VECTOR_UTRAN, 0x8000, GODWIT_PEER_INTERNAL);
    w.umts_allowed = true;
    w.request.u.key_request.agreements = BIT(UMTS);
    assert_vector_refused(GODWIT_VECTOR_UTRAN, 0x8000, GODWIT_POLICY_FORBIDS);
    assert_vector_refused(GODWIT_VECTOR_UTRAN, 0x0080, GODWIT_POLICY_FORBIDS);
    assert_vector_refused(GODWIT_VECTOR_EUTRAN, 0x0000, GODWIT_PEER_INTERNAL);
}

static void a_silent_hss_is_given_up(void **state)
{
    (void)state;
    godwit_message_t air = give_request();
    const godwit_request_t *timer = owner_request(&w.owner, GODWIT_REQUEST_TIMER, 0);
    assert_non_null(timer);
    assert_int_equal(timer->delay_ms, 5000);
    owner_give_timer(&w.owner, timer->timer);
    assert_int_equal(owner_message(&w.owner, GODWIT_KEY_ANSWER, 0)->u.key_answer.status, GODWIT_PEER_INTERNAL);
    godwit_message_t late = hss_answer(air.transaction, GODWIT_VECTOR_EUTRAN, 0x8000);
    owner_give_message(&w.owner, &late);
    assert_int_equal(w.owner.outbox.count, 0);
    assert_int_equal(give_request().kind, GODWIT_AUTH_INFO_REQUEST);
    owner_give_timer(&w.owner, 9999); /* a timer that is nobody's */
    assert_int_equal(w.owner.outbox.count, 0);
}

static void a_full_table_is_overload_and_no_more(void **state)
{
    (void)state;
    for (unsigned i = 0; i < GODWIT_EMKS_PENDING_MAX; i++) {
        char digits[16];
        snprintf(digits, sizeof digits, "00101%010u", i);
        w.request.u.key_request.imsi = owner_imsi(digits);
        assert_int_equal(give_request().kind, GODWIT_AUTH_INFO_REQUEST);
    }
    w.request.u.key_request.imsi = owner_imsi("001019999999999");
    assert_int_equal(give_request().u.key_answer.status, GODWIT_OVERLOAD);
    owner_give_timer(&w.owner, 17);
    assert_int_equal(give_request().kind, GODWIT_AUTH_INFO_REQUEST);
}

/* ---- the store fails ---- */

static void nothing_is_handed_out_that_was_not_stored(void **state)
{
    (void)state;
    (void)get_key();
    w.owner.fail_commits = true;
    (void)give_request();
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
    w.owner.fail_commits = false;
    assert_int_equal(get_key().generation, 2); /* 2 was never handed out */
    w.owner.fail_fetches = true;
    assert_int_equal(get_key().status, GODWIT_PEER_INTERNAL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        TEST(a_new_device_gets_a_vector_and_generation_one),
        TEST(a_thousand_requests_burn_no_sqn),
        TEST(the_e2m_keyset_never_leaves),
        TEST(a_confirmed_vector_is_followed_by_a_new_one),
        TEST(confirming_twice_is_as_good_as_once),
        TEST(a_late_confirmation_does_not_confirm_another_vector),
        TEST(a_vector_that_nobody_confirms_ages),
        TEST(requests_that_come_meanwhile_share_one_vector),
        TEST(of_five_vectors_four_are_discarded),
        TEST(an_hss_that_repeats_a_vector_gets_no_key_used_twice),
        TEST(auts_goes_to_the_hss_with_the_outstanding_rand),
        TEST(another_auts_does_not_join_the_one_under_way),
        TEST(a_refused_auts_leaves_the_old_vector_answerable),
        TEST(an_auts_that_the_hss_refuses_replaces_an_old_vector_and_not_a_fresh_one),
        TEST(auts_without_an_outstanding_vector_is_refused),
        TEST(auts_against_a_replaced_vector_gets_the_new_one),
        TEST(a_set_up_that_nobody_ends_does_not_cost_a_session_its_next_generation),
        TEST(the_keys_of_the_former_set_are_those_that_the_device_derives),
        TEST(the_next_generation_is_for_confirmed_key_sets_alone),
        TEST(a_node_gets_keys_for_itself_alone),
        TEST(only_the_endpoint_itself_may_confirm),
        TEST(agreement_07_is_enabled_device_by_device),
        TEST(vectors_that_are_not_for_the_agreement_are_refused),
        TEST(a_silent_hss_is_given_up),
        TEST(a_full_table_is_overload_and_no_more),
        TEST(nothing_is_handed_out_that_was_not_stored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
