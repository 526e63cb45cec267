/* SPDX-License-Identifier: Apache-2.0
 *
 * KEY_REQUEST NEXT_VECTOR: a new AKA run for the session after the one that lives, whose key set stays until the new
 * one is confirmed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "roles/emks.h"
#include "tests/support/owner.h"

typedef struct world {
    godwit_emks_t emks;
    owner_t owner;
    godwit_message_t request;
    uint8_t vectors;
    bool feature;
} world_t;

static world_t w;

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_emks_step(role, in, out);
}

static godwit_key_request_t *request(void)
{
    return &w.request.u.key_request;
}

static godwit_key_answer_t get_key(void)
{
    owner_give_message(&w.owner, &w.request);
    w.request.transaction++;
    godwit_message_t m = *owner_request(&w.owner, GODWIT_REQUEST_MESSAGE, 0)->message;
    if (m.kind == GODWIT_AUTH_INFO_REQUEST) {
        godwit_message_t answer = {.kind = GODWIT_AUTH_INFO_ANSWER, .transaction = m.transaction};
        godwit_auth_info_answer_t *a = &answer.u.auth_info_answer;
        assert_int_equal(m.u.auth_info_request.next_session, request()->purpose == GODWIT_KEY_NEXT_VECTOR);
        w.vectors++;
        a->kind = GODWIT_VECTOR_EUTRAN;
        a->vectors = 1;
        a->next_session = w.feature;
        memset(a->vector[0].rand, w.vectors, 16);
        memset(a->vector[0].autn, 0x80 + w.vectors, 16);
        memset(a->vector[0].kasme, 0x40 + w.vectors, 32);
        owner_give_message(&w.owner, &answer);
        m = *owner_message(&w.owner, GODWIT_KEY_ANSWER, 0);
    }
    assert_int_equal(m.kind, GODWIT_KEY_ANSWER);
    return m.u.key_answer;
}

static godwit_status_t confirm(uint64_t key_set, uint32_t generation)
{
    godwit_message_t m = {.kind = GODWIT_KEY_CONFIRM};
    strcpy(m.origin_host, "hse.example");
    strcpy(m.u.key_confirm.endpoint, "hse.example");
    m.u.key_confirm.imsi = request()->imsi;
    m.u.key_confirm.agreement = GODWIT_AGREEMENT_SEPARATE_EPS;
    m.u.key_confirm.key_set = key_set;
    m.u.key_confirm.generation = generation;
    owner_give_message(&w.owner, &m);
    return owner_message(&w.owner, GODWIT_KEY_CONFIRM_ANSWER, 0)->u.key_confirm_answer;
}

/* A session lives under key set 1, generation 1. */
static int setup(void **state)
{
    (void)state;
    memset(&w, 0, sizeof w);
    owner_init(&w.owner, step, &w.emks);
    w.emks.crypto = &godwit_crypto_builtin;
    w.emks.agreements = 1u << (GODWIT_AGREEMENT_SEPARATE_EPS - 1);
    strcpy(w.emks.local_host, "emks.home.test");
    w.request.kind = GODWIT_KEY_REQUEST;
    strcpy(w.request.origin_host, "hse.example");
    request()->purpose = GODWIT_KEY_FOR_SESSION;
    request()->imsi = owner_imsi("001010000000001");
    request()->agreements = 1u << (GODWIT_AGREEMENT_SEPARATE_EPS - 1);
    strcpy(request()->endpoint, "hse.example");
    w.feature = true;
    assert_int_equal(get_key().status, GODWIT_OK);
    assert_int_equal(confirm(1, 1), GODWIT_OK);
    request()->purpose = GODWIT_KEY_NEXT_VECTOR;
    request()->key_set = 1;
    return 0;
}

static void a_new_vector_makes_a_new_key_set_and_the_old_one_lives_on(void **state)
{
    (void)state;
    godwit_key_answer_t next = get_key();
    assert_int_equal(next.status, GODWIT_OK);
    assert_int_equal(next.key_set, 2);
    assert_int_equal(next.generation, 1);
    assert_int_equal(next.rand[0], 2);
    request()->purpose = GODWIT_KEY_NEXT_GENERATION;
    assert_int_equal(get_key().generation, 2); /* of the old one */
    assert_int_equal(confirm(2, 1), GODWIT_OK);
    assert_int_equal(get_key().status, GODWIT_UNKNOWN_KEY);
    request()->key_set = 2;
    assert_int_equal(get_key().generation, 2);
}

static void one_vector_is_outstanding_whoever_asks(void **state)
{
    (void)state;
    assert_int_equal(get_key().generation, 1);
    godwit_key_answer_t again = get_key(); /* the answer was lost */
    assert_int_equal(again.key_set, 2);
    assert_int_equal(again.generation, 2);
    assert_int_equal(again.rand[0], 2);
    request()->purpose = GODWIT_KEY_FOR_SESSION; /* or the device sets up anew meanwhile */
    request()->key_set = 0;
    assert_int_equal(get_key().generation, 3);
    assert_int_equal(w.vectors, 2);
}

static void an_auts_replaces_the_vector_handed_out_and_no_other(void **state)
{
    (void)state;
    request()->resync = true;
    assert_int_equal(get_key().status, GODWIT_AUTH_MAC_FAILURE); /* none is outstanding */
    request()->resync = false;
    assert_int_equal(get_key().key_set, 2);
    request()->resync = true;
    godwit_key_answer_t next = get_key();
    assert_int_equal(next.key_set, 3);
    assert_int_equal(next.rand[0], 3);
    request()->resync = false;
    request()->purpose = GODWIT_KEY_NEXT_GENERATION;
    assert_int_equal(get_key().generation, 2); /* the old key set still lives */
}

static void it_is_for_subscriptions_with_the_feature(void **state)
{
    (void)state;
    w.feature = false;
    assert_int_equal(get_key().key_set, 2);
    assert_int_equal(confirm(2, 1), GODWIT_OK);
    request()->key_set = 2;
    unsigned before = w.vectors;
    assert_int_equal(get_key().status, GODWIT_NOT_ENTITLED);
    assert_int_equal(w.vectors, before); /* no SQN is spent */
}

static void it_is_for_the_key_set_that_is_lived_under(void **state)
{
    (void)state;
    request()->key_set = 5;
    assert_int_equal(get_key().status, GODWIT_UNKNOWN_KEY);
    request()->key_set = 0;
    assert_int_equal(get_key().status, GODWIT_UNKNOWN_KEY);
    request()->key_set = 1;
    strcpy(w.request.origin_host, "other.example");
    assert_int_equal(get_key().status, GODWIT_NOT_ENTITLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_new_vector_makes_a_new_key_set_and_the_old_one_lives_on, setup),
        cmocka_unit_test_setup(one_vector_is_outstanding_whoever_asks, setup),
        cmocka_unit_test_setup(an_auts_replaces_the_vector_handed_out_and_no_other, setup),
        cmocka_unit_test_setup(it_is_for_subscriptions_with_the_feature, setup),
        cmocka_unit_test_setup(it_is_for_the_key_set_that_is_lived_under, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
