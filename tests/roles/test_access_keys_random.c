/* SPDX-License-Identifier: Apache-2.0
 *
 * HSS and EMKS as owners of key sets of the access, asked anything in any order: pushes and pulls, old and new,
 * parkings that come late and twice, commits that fail, restarts. Whatever comes, no key is handed out with counters
 * that it has left behind, and no generation twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "roles/emks.h"
#include "roles/hss.h"
#include "tests/support/owner.h"

#define HSS "hss.home.test"
#define HSE "hse.home.test"
#define IMSI "001010000000001"
#define KEYS_MAX 4096
#define ROUNDS 200
#define STEPS 400

/* What the world knows of one key that was handed out: how far its holder has come. */
typedef struct key {
    uint8_t k_session[32];
    uint32_t generation;
    uint64_t key_set;
    godwit_agreement_t agreement;
    bool held; /* by the HSE, which uses it */
    uint32_t reached;
} held_key_t;

typedef struct world {
    godwit_hss_t hss;
    godwit_emks_t emks;
    bool at_hss;
    owner_t owner;
    uint64_t random;
    held_key_t keys[KEYS_MAX];
    size_t key_count;
    uint8_t rands[64][16]; /* of the vectors or pushes so far, in a ring */
    size_t rand_count;
    uint64_t pushes;
    godwit_message_t parks[16]; /* sent so far, to be said again */
    size_t park_count;
    unsigned lived, given;
} world_t;

static world_t w;

static uint32_t draw(uint32_t below) /* splitmix64 */
{
    w.random += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = w.random;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (uint32_t)((z ^ (z >> 31)) >> 32) % below;
}

static void step_hss(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_hss_step(role, in, out);
}

static void step_emks(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_emks_step(role, in, out);
}

static void start_hss(void)
{
    memset(&w.hss, 0, sizeof w.hss);
    w.hss.crypto = &godwit_crypto_builtin;
    (void)!godwit_plmn_from_text("999-99", &w.hss.best_plmn);
    strcpy(w.hss.networks[0].realm, "visited.test");
    (void)!godwit_plmn_from_text("002-02", &w.hss.networks[0].plmn);
    w.hss.network_count = 1;
    w.hss.e2m.delivery = GODWIT_E2M_DELIVERY_C;
    w.hss.e2m.retention_ms = 50000;
    strcpy(w.hss.e2m.endpoint, HSE);
}

static void start_emks(void)
{
    memset(&w.emks, 0, sizeof w.emks);
    w.emks.crypto = &godwit_crypto_builtin;
    strcpy(w.emks.hss_hosts[0], HSS);
    w.emks.hss_host_count = 1;
    w.emks.key_set_ms = 50000;
}

static void start(uint64_t seed, bool at_hss)
{
    static const uint8_t k[16] = {1, 2, 3};
    memset(&w, 0, sizeof w);
    w.random = seed;
    w.at_hss = at_hss;
    owner_init(&w.owner, at_hss ? step_hss : step_emks, at_hss ? (void *)&w.hss : (void *)&w.emks);
    start_hss();
    start_emks();
    godwit_record_t record = {.kind = GODWIT_RECORD_SUBSCRIBER};
    record.u.subscriber.imsi = owner_imsi(IMSI);
    record.u.subscriber.features = GODWIT_FEATURE_E2M_ME;
    record.u.subscriber.ind_bits = 5;
    (void)!godwit_aka_key_init(&record.u.subscriber.key, &godwit_crypto_builtin, GODWIT_ALG_MILENAGE,
                               godwit_slice(k, 16), godwit_slice(k, 16), true, NULL);
    owner_put(&w.owner, &record);
}

static godwit_message_t message(godwit_message_kind_t kind, const char *host)
{
    godwit_message_t m = {.kind = kind, .from = GODWIT_FUNCTION_HSE, .transaction = 1};
    strcpy(m.origin_host, host);
    strcpy(m.origin_realm, "visited.test");
    return m;
}

static void remember_rand(const uint8_t rand[16])
{
    memcpy(w.rands[w.rand_count++ % 64], rand, 16);
}

/* ---- operations ---- */

static void new_vector(void)
{
    godwit_message_t m = message(GODWIT_AUTH_INFO_REQUEST, "mme.visited.test");
    m.u.auth_info_request.imsi = owner_imsi(IMSI);
    m.u.auth_info_request.kind = draw(2) != 0 ? GODWIT_VECTOR_EUTRAN : GODWIT_VECTOR_UTRAN;
    m.u.auth_info_request.visited_plmn = w.hss.networks[0].plmn;
    m.u.auth_info_request.vectors = 1;
    owner_give_message(&w.owner, &m);
    for (size_t i = 0; i < owner_count(&w.owner, GODWIT_REQUEST_MESSAGE); i++) {
        const godwit_message_t *answer = owner_request(&w.owner, GODWIT_REQUEST_MESSAGE, i)->message;
        if (answer->u.auth_info_answer.status == GODWIT_OK) {
            remember_rand(answer->u.auth_info_answer.vector[0].rand);
        }
    }
}

/* A push of its own number and keys; sometimes an old one again. */
static void push(void)
{
    godwit_message_t m = message(GODWIT_KEY_SET_PUSH, HSS);
    godwit_key_set_push_t *p = &m.u.key_set_push;
    bool old = w.pushes > 0 && draw(3) == 0;
    p->key_set = old ? 1 + draw((uint32_t)w.pushes) : ++w.pushes;
    p->imsi = owner_imsi(IMSI);
    p->agreement = GODWIT_AGREEMENT_ACCESS_EPS;
    memset(p->rand, 1, sizeof p->rand);
    godwit_store_u64(p->rand, p->key_set);
    memset(p->autn, 2, sizeof p->autn);
    godwit_store_u64(p->e2m_keyset, p->key_set);
    p->e2m_keyset[31] = 1;
    memcpy(p->sqn, p->autn, sizeof p->sqn);
    owner_give_message(&w.owner, &m);
    remember_rand(p->rand);
}

static held_key_t *key_of(const uint8_t k_session[32])
{
    for (size_t i = 0; i < w.key_count; i++) {
        if (memcmp(w.keys[i].k_session, k_session, 32) == 0) {
            return &w.keys[i];
        }
    }
    return NULL;
}

/* The one rule of this file. */
static void judge(const godwit_key_answer_t *a)
{
    held_key_t *key = key_of(a->k_session);
    if (!a->parked.set) {
        assert_null(key); /* a key that was handed out before comes back only with its counters */
        assert_true(w.key_count < KEYS_MAX);
        key = &w.keys[w.key_count++];
        memcpy(key->k_session, a->k_session, 32);
        w.given++;
    } else {
        assert_non_null(key);
        assert_false(key->held); /* somebody uses it */
        assert_true(a->parked.user_next_in >= key->reached);
        w.lived++;
    }
    key->generation = a->generation;
    key->key_set = a->key_set;
    key->agreement = a->agreement;
    key->held = true;
}

static void pull(void)
{
    godwit_message_t m = message(GODWIT_KEY_REQUEST, HSE);
    godwit_key_request_t *r = &m.u.key_request;
    if (w.rand_count == 0) {
        return;
    }
    r->purpose = GODWIT_KEY_BY_SELECTOR;
    r->imsi = owner_imsi(IMSI);
    r->agreements = 3;
    strcpy(r->endpoint, HSE);
    r->selector.kind = GODWIT_SELECTOR_RAND;
    size_t back = draw(4) == 0 ? draw(8) : 0;
    memcpy(r->selector.octets, w.rands[(w.rand_count - 1 - (back < w.rand_count ? back : 0)) % 64], 16);
    r->above_generation = draw(3) == 0 ? draw(6) : 0;
    owner_give_message(&w.owner, &m);
    for (size_t i = 0; i < owner_count(&w.owner, GODWIT_REQUEST_MESSAGE); i++) {
        const godwit_message_t *answer = owner_request(&w.owner, GODWIT_REQUEST_MESSAGE, i)->message;
        if (answer->kind == GODWIT_KEY_ANSWER && answer->u.key_answer.status == GODWIT_OK) {
            judge(&answer->u.key_answer);
        }
    }
}

/* The holder goes on, wipes and parks; it may use the key no more. */
static void park(void)
{
    held_key_t *key =
        w.key_count > 0 ? &w.keys[w.key_count - 1 - draw(w.key_count < 3 ? (uint32_t)w.key_count : 3)] : NULL;
    if (key == NULL || !key->held) {
        return;
    }
    key->reached += draw(5);
    key->held = false;
    godwit_message_t m = message(GODWIT_KEY_PARK, HSE);
    m.u.key_park.imsi = owner_imsi(IMSI);
    m.u.key_park.agreement = key->agreement;
    m.u.key_park.key_set = key->key_set;
    strcpy(m.u.key_park.endpoint, HSE);
    m.u.key_park.parked = (godwit_parked_t){
        .set = true, .suite = 1, .key_id = 1, .generation = key->generation, .user_next_in = key->reached};
    w.parks[w.park_count++ % 16] = m;
    if (draw(4) != 0) { /* or it is lost, or late */
        owner_give_message(&w.owner, &m);
    }
}

static void park_again(void)
{
    if (w.park_count > 0) {
        owner_give_message(&w.owner, &w.parks[draw(w.park_count < 16 ? (uint32_t)w.park_count : 16)]);
    }
}

static void restart(void)
{
    if (w.at_hss) {
        start_hss();
    } else {
        start_emks();
    }
}

static void one_step(void)
{
    w.owner.now_ms += draw(1500);
    w.owner.fail_commits = draw(10) == 0;
    switch (draw(12)) {
    case 0:
        if (w.at_hss) {
            new_vector();
        } else {
            push();
        }
        break;
    case 1:
    case 2:
    case 3:
    case 4:
        pull();
        break;
    case 5:
    case 6:
    case 7:
        park();
        break;
    case 8:
    case 9:
        park_again();
        break;
    case 10:
        owner_give_timer(&w.owner, draw(GODWIT_HSS_RETAINED_MAX));
        break;
    default:
        if (draw(8) == 0) {
            restart();
        }
        break;
    }
}

static void run_all(bool at_hss)
{
    unsigned lived = 0, given = 0;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        start(seed, at_hss);
        for (unsigned i = 0; i < STEPS; i++) {
            one_step();
        }
        lived += w.lived;
        given += w.given;
    }
    assert_true(lived > 500 && given > 500); /* it was no idle walk */
}

static void the_hss_hands_out_no_key_in_an_earlier_state(void **state)
{
    (void)state;
    run_all(true);
}

static void the_emks_hands_out_no_key_in_an_earlier_state(void **state)
{
    (void)state;
    run_all(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hss_hands_out_no_key_in_an_earlier_state),
        cmocka_unit_test(the_emks_hands_out_no_key_in_an_earlier_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
