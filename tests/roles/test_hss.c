/* SPDX-License-Identifier: Apache-2.0
 *
 * The HSS alone, with a USIM at the other end that has the same K: vectors it accepts, AUTS it makes, and everything
 * that must be refused without moving SQN.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "roles/hss.h"
#include "tests/support/owner.h"

#define CRYPTO &godwit_crypto_builtin

typedef struct world {
    godwit_hss_t hss;
    owner_t owner;
    godwit_aka_key_t key;
    godwit_sqn_array_t usim;
    godwit_message_t request;
} world_t;

static world_t w; /* large; reset before each test */

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

static godwit_subscriber_record_t *subscriber(void)
{
    godwit_record_key_t key = {.kind = GODWIT_RECORD_SUBSCRIBER, .imsi = owner_imsi("001010000000001")};
    godwit_record_t *record = owner_find(&w.owner, &key);
    assert_non_null(record);
    return &record->u.subscriber;
}

static int setup(void **state)
{
    (void)state;
    static const uint8_t k[16] = {0x46, 0x5b, 0x5c, 0xe8, 0xb1, 0x99, 0xb4, 0x9f,
                                  0xaa, 0x5f, 0x0a, 0x2e, 0xe2, 0x38, 0xa6, 0xbc};
    static const uint8_t opc[16] = {0xcd, 0x63, 0xcb, 0x71, 0x95, 0x4a, 0x9f, 0x4e,
                                    0x48, 0xa5, 0x99, 0x4e, 0x37, 0xa0, 0x2b, 0xaf};
    memset(&w.hss, 0, sizeof w.hss);
    owner_init(&w.owner, step, &w.hss);
    assert_int_equal(godwit_aka_key_init(&w.key, CRYPTO, GODWIT_ALG_MILENAGE, godwit_slice(k, 16),
                                         godwit_slice(opc, 16), true, NULL),
                     GODWIT_OK);
    godwit_sqn_array_init(&w.usim);
    w.hss.crypto = CRYPTO;
    w.hss.best_plmn = plmn("001-01");
    strcpy(w.hss.nodes[0].host, "emks.home.test");
    w.hss.nodes[0].ind = 7;
    w.hss.nodes[0].home = true;
    strcpy(w.hss.nodes[1].host, "mme.home.test");
    w.hss.nodes[1].ind = 1;
    w.hss.node_count = 2;
    strcpy(w.hss.networks[0].realm, "visited.test");
    w.hss.networks[0].plmn = plmn("002-02");
    w.hss.network_count = 1;
    godwit_record_t record = {.kind = GODWIT_RECORD_SUBSCRIBER};
    record.u.subscriber.imsi = owner_imsi("001010000000001");
    record.u.subscriber.key = w.key;
    record.u.subscriber.amf[0] = 0x00;
    record.u.subscriber.ind_bits = 5;
    record.u.subscriber.seq_he = 100;
    owner_put(&w.owner, &record);
    memset(&w.request, 0, sizeof w.request);
    w.request.kind = GODWIT_AUTH_INFO_REQUEST;
    w.request.from = GODWIT_FUNCTION_EMKS;
    w.request.to = GODWIT_FUNCTION_HSS;
    w.request.transaction = 42;
    w.request.route = 9;
    strcpy(w.request.origin_host, "emks.home.test");
    strcpy(w.request.origin_realm, "home.test");
    w.request.u.auth_info_request.imsi = owner_imsi("001010000000001");
    w.request.u.auth_info_request.visited_plmn = w.hss.best_plmn;
    w.request.u.auth_info_request.kind = GODWIT_VECTOR_EUTRAN;
    w.request.u.auth_info_request.vectors = 1;
    return 0;
}

static const godwit_auth_info_answer_t *ask(void)
{
    owner_give_message(&w.owner, &w.request);
    const godwit_message_t *answer = owner_message(&w.owner, GODWIT_AUTH_INFO_ANSWER, 0);
    assert_int_equal(answer->transaction, 42);
    assert_int_equal(answer->route, 9);
    return &answer->u.auth_info_answer;
}

static godwit_auth_info_vector_t ask_vector(void)
{
    const godwit_auth_info_answer_t *answer = ask();
    assert_int_equal(answer->status, GODWIT_OK);
    assert_int_equal(answer->vectors, 1);
    return answer->vector[0];
}

static godwit_usim_result_t usim(const godwit_auth_info_vector_t *v)
{
    godwit_usim_result_t result;
    assert_int_equal(godwit_usim_authenticate(CRYPTO, &w.key, &w.usim, v->rand, v->autn, &result), GODWIT_OK);
    return result;
}

static void ask_with_auts(const uint8_t rand[16], const uint8_t auts[14])
{
    w.request.u.auth_info_request.resync = true;
    memcpy(w.request.u.auth_info_request.rand, rand, 16);
    memcpy(w.request.u.auth_info_request.auts, auts, 14);
}

static unsigned amf_of(const godwit_auth_info_vector_t *v)
{
    return godwit_load_u16(v->autn + 6);
}

static void set_visited(const char *host, const char *realm, const char *network)
{
    strcpy(w.request.origin_host, host);
    strcpy(w.request.origin_realm, realm);
    w.request.u.auth_info_request.visited_plmn = plmn(network);
}

/* ---- vectors ---- */

static void an_eps_vector_has_the_separation_bit_and_kasme_for_its_plmn(void **state)
{
    (void)state;
    godwit_auth_info_vector_t v = ask_vector();
    godwit_usim_result_t r = usim(&v);
    uint8_t ck_ik[32], kasme[32];
    static const uint8_t zero[16];
    assert_int_equal(r.status, GODWIT_OK);
    assert_int_equal(amf_of(&v), 0x8000);
    memcpy(ck_ik, r.ck, 16);
    memcpy(ck_ik + 16, r.ik, 16);
    assert_int_equal(godwit_kasme(CRYPTO, ck_ik, w.hss.best_plmn, v.autn, kasme), GODWIT_OK);
    assert_memory_equal(v.kasme, kasme, 32);
    assert_memory_equal(v.ck, zero, 16); /* CK and IK never leave with an EPS vector */
    assert_memory_equal(v.ik, zero, 16);
}

static void a_utran_vector_never_has_the_separation_bit(void **state)
{
    (void)state;
    static const uint8_t zero[32];
    w.request.u.auth_info_request.kind = GODWIT_VECTOR_UTRAN;
    subscriber()->amf[0] = 0x80; /* stored by mistake */
    subscriber()->amf[1] = 0x11;
    godwit_auth_info_vector_t v = ask_vector();
    godwit_usim_result_t r = usim(&v);
    assert_int_equal(r.status, GODWIT_OK);
    assert_int_equal(amf_of(&v), 0x0011);
    assert_memory_equal(v.ck, r.ck, 16);
    assert_memory_equal(v.ik, r.ik, 16);
    assert_memory_equal(v.kasme, zero, 32);
}

static void sqn_is_committed_before_the_vector_leaves(void **state)
{
    (void)state;
    (void)ask_vector();
    assert_int_equal(subscriber()->seq_he, 101);
    assert_true(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&w.owner, GODWIT_REQUEST_MESSAGE, 0));
    w.owner.fail_commits = true;
    owner_give_message(&w.owner, &w.request);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
    assert_int_equal(subscriber()->seq_he, 101);
}

static void vectors_come_one_by_one_unless_configured(void **state)
{
    (void)state;
    w.request.u.auth_info_request.vectors = 5;
    assert_int_equal(ask()->vectors, 1);
    w.hss.vectors_per_request = 3;
    const godwit_auth_info_answer_t *answer = ask();
    assert_int_equal(answer->vectors, 3);
    assert_int_equal(subscriber()->seq_he, 104);
    assert_memory_not_equal(answer->vector[0].rand, answer->vector[1].rand, 16);
    godwit_auth_info_vector_t v[3];
    memcpy(v, answer->vector, sizeof v);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(usim(&v[i]).status, GODWIT_OK);
    }
}

static void nodes_have_their_ind_so_interleaving_needs_no_resynchronisation(void **state)
{
    (void)state;
    godwit_auth_info_vector_t emks = ask_vector(), mme;
    set_visited("mme.home.test", "epc.mnc002.mcc001.3gppnetwork.org", "001-02");
    for (int i = 0; i < 10; i++) { /* access AKA runs while the vector of the EMKS lies unused */
        mme = ask_vector();
        assert_int_equal(usim(&mme).status, GODWIT_OK);
    }
    assert_int_equal(usim(&emks).status, GODWIT_OK);
    set_visited("other.visited.test", "visited.test", "002-02");
    mme = ask_vector();
    assert_int_equal(usim(&mme).status, GODWIT_OK);
    assert_true(w.usim.seq_ms[7] == 101); /* a node without a configured IND took another one */
}

/* ---- who may have what ---- */

static void assert_refused(godwit_status_t status)
{
    uint64_t seq = subscriber()->seq_he;
    assert_int_equal(ask()->status, status);
    assert_true(owner_saw(&w.owner, "refused", status));
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_STORE_COMMIT), 0);
    assert_int_equal(subscriber()->seq_he, seq);
}

static void kasme_of_the_best_plmn_is_not_for_foreign_nodes(void **state)
{
    (void)state;
    set_visited("mme.visited.test", "visited.test", "001-01");
    assert_refused(GODWIT_NOT_ENTITLED);
    set_visited("mme.home.test", "epc.mnc001.mcc001.3gppnetwork.org", "001-01"); /* of that PLMN, but not a home node */
    assert_refused(GODWIT_NOT_ENTITLED);
    w.request.u.auth_info_request.kind = GODWIT_VECTOR_UTRAN;
    assert_refused(GODWIT_NOT_ENTITLED);
}

static void a_realm_may_only_name_its_own_plmn(void **state)
{
    (void)state;
    set_visited("mme.visited.test", "visited.test", "003-03");
    assert_refused(GODWIT_NOT_ENTITLED);
    set_visited("mme.visited.test", "visited.test", "002-02");
    assert_int_equal(ask()->status, GODWIT_OK);
    set_visited("mme", "epc.mnc015.mcc234.3gppnetwork.org", "234-15");
    assert_int_equal(ask()->status, GODWIT_OK);
    set_visited("mme", "EPC.MNC310.MCC410.3GPPNETWORK.ORG", "410-310");
    assert_int_equal(ask()->status, GODWIT_OK);
    set_visited("mme", "epc.mnc015.mcc234.3gppnetwork.org", "234-16");
    assert_refused(GODWIT_NOT_ENTITLED);
    set_visited("mme", "epc.mnc015.mcc234.3gppnetwork.org.evil.test", "234-15");
    assert_refused(GODWIT_NOT_ENTITLED);
    set_visited("emks.home.test", "home.test", "002-02"); /* a home node is no node of another network */
    assert_refused(GODWIT_NOT_ENTITLED);
    set_visited("", "", "002-02");
    assert_refused(GODWIT_NOT_ENTITLED);
}

static void a_name_that_is_missing_is_nobodys(void **state)
{
    (void)state;
    w.hss.nodes[0].host[0] = '\0'; /* a slip in the configuration */
    set_visited("", "home.test", "001-01");
    assert_refused(GODWIT_NOT_ENTITLED);
}

static void unknown_subscribers_and_senseless_requests_are_answered(void **state)
{
    (void)state;
    w.request.u.auth_info_request.imsi = owner_imsi("001019999999999");
    assert_refused(GODWIT_UNKNOWN_SUBSCRIBER);
    w.request.u.auth_info_request.vectors = 0;
    assert_int_equal(ask()->status, GODWIT_PEER_INTERNAL);
    w.request.u.auth_info_request.vectors = 1;
    w.request.u.auth_info_request.kind = (godwit_vector_kind_t)9;
    assert_int_equal(ask()->status, GODWIT_PEER_INTERNAL);
}

static void a_store_that_cannot_be_read_is_no_unknown_subscriber(void **state)
{
    (void)state;
    w.owner.fail_fetches = true;
    assert_int_equal(ask()->status, GODWIT_PEER_INTERNAL);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_STORE_FAILED));
}

static void a_2g_subscriber_has_no_vectors(void **state)
{
    (void)state;
    subscriber()->key.algorithm = GODWIT_ALG_GSM_MILENAGE;
    assert_int_equal(ask()->status, GODWIT_PEER_INTERNAL);
    assert_int_equal(subscriber()->seq_he, 100);
}

/* ---- resynchronisation ---- */

static void resynchronisation_works_at_the_first_retry(void **state)
{
    (void)state;
    w.usim.seq_ms[3] = 5000; /* the USIM is ahead */
    w.usim.seq_ms[7] = 5000;
    godwit_auth_info_vector_t v = ask_vector();
    godwit_usim_result_t r = usim(&v);
    assert_int_equal(r.status, GODWIT_AUTH_RESYNC);
    ask_with_auts(v.rand, r.auts);
    v = ask_vector();
    assert_int_equal(subscriber()->seq_he, 5001);
    assert_int_equal(usim(&v).status, GODWIT_OK);
}

static void a_home_far_ahead_is_lowered_and_a_home_within_reach_is_not(void **state)
{
    (void)state;
    w.usim.seq_ms[7] = 150;
    subscriber()->seq_he = 150 + GODWIT_SQN_DELTA_DEFAULT + 10; /* the USIM refuses such a jump */
    godwit_auth_info_vector_t v = ask_vector();
    godwit_usim_result_t r = usim(&v);
    assert_int_equal(r.status, GODWIT_AUTH_RESYNC);
    ask_with_auts(v.rand, r.auts);
    v = ask_vector();
    assert_int_equal(subscriber()->seq_he, 151);
    assert_int_equal(usim(&v).status, GODWIT_OK);

    /* An AUTS that is genuine but needless must not lower what is in reach: a vector would be given twice. */
    uint8_t auts[14];
    assert_int_equal(godwit_auts_create(CRYPTO, &w.key, v.rand, godwit_sqn_join(120, 7, 5), auts), GODWIT_OK);
    ask_with_auts(v.rand, auts);
    (void)ask_vector();
    assert_int_equal(subscriber()->seq_he, 152);
}

static void auts_with_bad_mac_s_does_not_move_sqn(void **state)
{
    (void)state;
    w.usim.seq_ms[7] = 5000;
    godwit_auth_info_vector_t v = ask_vector();
    godwit_usim_result_t r = usim(&v);
    r.auts[13] ^= 1;
    ask_with_auts(v.rand, r.auts);
    assert_refused(GODWIT_AUTH_MAC_FAILURE);
    r.auts[13] ^= 1; /* and the genuine one is still taken afterwards */
    ask_with_auts(v.rand, r.auts);
    assert_int_equal(ask()->status, GODWIT_OK);
}

static void auts_against_a_rand_that_is_not_outstanding_is_refused(void **state)
{
    (void)state;
    uint8_t rand[16] = {1}, auts[14];
    assert_int_equal(godwit_auts_create(CRYPTO, &w.key, rand, godwit_sqn_join(7, 7, 5), auts), GODWIT_OK);
    ask_with_auts(rand, auts);
    assert_refused(GODWIT_AUTH_MAC_FAILURE);
}

static void auts_is_taken_once_and_only_from_the_node_that_was_given_the_rand(void **state)
{
    (void)state;
    w.usim.seq_ms[7] = 5000;
    godwit_auth_info_vector_t v = ask_vector();
    godwit_usim_result_t r = usim(&v);
    godwit_message_t own = w.request;
    set_visited("mme.visited.test", "visited.test", "002-02");
    ask_with_auts(v.rand, r.auts);
    assert_refused(GODWIT_AUTH_MAC_FAILURE);
    w.request = own;
    ask_with_auts(v.rand, r.auts);
    assert_int_equal(ask()->status, GODWIT_OK);
    assert_refused(GODWIT_AUTH_MAC_FAILURE); /* the same AUTS again */
}

static void rands_of_the_last_requesters_are_remembered(void **state)
{
    (void)state;
    godwit_auth_info_vector_t v = ask_vector();
    godwit_message_t own = w.request;
    for (int i = 0; i < GODWIT_OUTSTANDING_MAX - 1; i++) {
        set_visited((const char *[]){"a.visited.test", "b.visited.test", "c.visited.test"}[i], "visited.test",
                    "002-02");
        (void)ask_vector();
        (void)ask_vector(); /* twice: a requester has one place only */
    }
    uint8_t auts[14];
    assert_int_equal(godwit_auts_create(CRYPTO, &w.key, v.rand, godwit_sqn_join(9000, 7, 5), auts), GODWIT_OK);
    w.request = own;
    ask_with_auts(v.rand, auts);
    assert_int_equal(ask()->status, GODWIT_OK);
    assert_int_equal(subscriber()->seq_he, 9001);
}

/* ---- profile "time" ---- */

static int setup_by_time(void **state)
{
    (void)setup(state);
    subscriber()->sqn_by_time = true;
    subscriber()->seq_he = 0;
    subscriber()->dif = -INT64_C(16999999900); /* SEQ about 100 now, so that the USIM's delta is no matter */
    return 0;
}

static void by_time_a_vector_costs_no_write_but_for_the_clock(void **state)
{
    (void)state;
    godwit_auth_info_vector_t v = ask_vector();
    assert_int_equal(usim(&v).status, GODWIT_OK);
    unsigned commits = w.owner.commits;
    for (int i = 0; i < 50; i++) {
        w.owner.now_ms += 20;
        v = ask_vector();
        assert_int_equal(usim(&v).status, GODWIT_OK);
    }
    assert_int_equal(w.owner.commits, commits);
}

static void by_time_no_tick_is_used_twice_across_a_restart(void **state)
{
    (void)state;
    godwit_auth_info_vector_t v;
    for (int i = 0; i < 100; i++) { /* a burst runs ahead of the clock */
        v = ask_vector();
        assert_int_equal(usim(&v).status, GODWIT_OK);
    }
    w.hss.clock_known = false; /* a new life: nothing but the store is left */
    memset(w.hss.last_tick, 0, sizeof w.hss.last_tick);
    memset(&w.hss.clock, 0, sizeof w.hss.clock);
    w.owner.now_ms -= 3000; /* and a clock that was set back */
    v = ask_vector();
    assert_int_equal(usim(&v).status, GODWIT_OK);
}

static void by_time_resynchronisation_sets_dif_once(void **state)
{
    (void)state;
    w.usim.seq_ms[7] = 500000;
    godwit_auth_info_vector_t v = ask_vector();
    godwit_usim_result_t r = usim(&v);
    assert_int_equal(r.status, GODWIT_AUTH_RESYNC);
    r.auts[0] ^= 1;
    ask_with_auts(v.rand, r.auts);
    assert_int_equal(ask()->status, GODWIT_AUTH_MAC_FAILURE);
    r.auts[0] ^= 1;
    ask_with_auts(v.rand, r.auts);
    w.hss.nodes[1].home = true;
    strcpy(w.request.origin_host, "mme.home.test"); /* not the node that was given the RAND */
    assert_int_equal(ask()->status, GODWIT_AUTH_MAC_FAILURE);
    strcpy(w.request.origin_host, "emks.home.test");
    int64_t before = subscriber()->dif;
    v = ask_vector();
    assert_true(subscriber()->dif > before);
    assert_true(subscriber()->resynchronised);
    assert_int_equal(usim(&v).status, GODWIT_OK);
    before = subscriber()->dif;
    assert_int_equal(ask()->status, GODWIT_AUTH_MAC_FAILURE); /* the same AUTS again */
    assert_true(subscriber()->dif == before);
}

static void by_time_a_mark_that_could_not_be_written_gives_no_vector(void **state)
{
    (void)state;
    w.owner.fail_commits = true;
    owner_give_message(&w.owner, &w.request);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
    assert_false(w.hss.clock_known);
    w.owner.fail_commits = false;
    godwit_auth_info_vector_t v = ask_vector();
    assert_int_equal(usim(&v).status, GODWIT_OK);
}

/* ---- vectors of following sessions ---- */

static void as_mme(bool next)
{
    set_visited("mme.home.test", "epc.mnc002.mcc001.3gppnetwork.org", "001-02");
    w.request.u.auth_info_request.next_session = next;
    w.request.u.auth_info_request.resync = false;
}

static void a_following_session_is_for_subscribers_who_have_it(void **state)
{
    (void)state;
    as_mme(false);
    assert_false(ask()->next_session);
    as_mme(true);
    uint64_t seq_he = subscriber()->seq_he;
    assert_int_equal(ask()->status, GODWIT_POLICY_FORBIDS);
    assert_int_equal(subscriber()->seq_he, seq_he);
    subscriber()->features = GODWIT_FEATURE_NEXT_SESSION;
    as_mme(false);
    assert_true(ask()->next_session); /* so the serving node learns of it */
    as_mme(true);
    const godwit_auth_info_vector_t v = ask_vector();
    assert_int_equal(usim(&v).status, GODWIT_OK);
}

static void its_vector_is_never_flagged_and_comes_alone(void **state)
{
    (void)state;
    w.hss.e2m.delivery = GODWIT_E2M_DELIVERY_C;
    subscriber()->features = GODWIT_FEATURE_NEXT_SESSION | GODWIT_FEATURE_E2M_USIM;
    set_visited("mme.visited.test", "visited.test", "002-02");
    const godwit_auth_info_answer_t *answer = ask();
    assert_true(answer->status == GODWIT_OK && answer->e2m && (amf_of(&answer->vector[0]) & 0x80) != 0);
    w.request.u.auth_info_request.next_session = true;
    w.hss.vectors_per_request = 3;
    w.request.u.auth_info_request.vectors = 3;
    answer = ask();
    assert_true(answer->status == GODWIT_OK && !answer->e2m && answer->vectors == 1);
    assert_int_equal(amf_of(&answer->vector[0]), 0x8000);
}

/* An attach and a hand-over at once: whichever AUTS comes is taken. */
static void its_rand_takes_no_others_place(void **state)
{
    (void)state;
    for (unsigned order = 0; order < 2; order++) {
        for (unsigned late = 0; late < 2; late++) {
            assert_int_equal(setup(state), 0);
            subscriber()->features = GODWIT_FEATURE_NEXT_SESSION;
            godwit_auth_info_vector_t v[2];
            for (unsigned i = 0; i < 2; i++) {
                as_mme(i != order);
                v[i] = ask_vector();
            }
            uint8_t auts[14];
            w.usim.seq_ms[1] = 5000; /* the card is ahead */
            const godwit_usim_result_t r = usim(&v[late]);
            assert_int_equal(r.status, GODWIT_AUTH_RESYNC);
            memcpy(auts, r.auts, sizeof auts);
            as_mme(false);
            ask_with_auts(v[late].rand, auts);
            const godwit_auth_info_vector_t fresh = ask_vector();
            assert_int_equal(usim(&fresh).status, GODWIT_OK);
        }
    }
}

/* Four requesters wait for AUTS: hand-overs push none of them out. */
static void hand_overs_push_no_requester_out(void **state)
{
    (void)state;
    static const char *const hosts[4] = {"a.visited.test", "b.visited.test", "c.visited.test", "d.visited.test"};
    godwit_auth_info_vector_t v[4];
    subscriber()->features = GODWIT_FEATURE_NEXT_SESSION;
    strcpy(w.request.origin_realm, "visited.test");
    w.request.u.auth_info_request.visited_plmn = plmn("002-02");
    for (unsigned i = 0; i < 4; i++) {
        strcpy(w.request.origin_host, hosts[i]);
        w.request.u.auth_info_request.next_session = false;
        v[i] = ask_vector();
    }
    for (unsigned i = 0; i < 8; i++) {
        strcpy(w.request.origin_host, hosts[i % 4]);
        w.request.u.auth_info_request.next_session = true;
        (void)ask_vector();
    }
    for (unsigned i = 0; i < 4; i++) {
        assert_memory_equal(subscriber()->outstanding[3 - i].rand, v[i].rand, 16);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
#define TIME(name) cmocka_unit_test_setup(name, setup_by_time)
    const struct CMUnitTest tests[] = {
        TEST(an_eps_vector_has_the_separation_bit_and_kasme_for_its_plmn),
        TEST(a_utran_vector_never_has_the_separation_bit),
        TEST(sqn_is_committed_before_the_vector_leaves),
        TEST(vectors_come_one_by_one_unless_configured),
        TEST(nodes_have_their_ind_so_interleaving_needs_no_resynchronisation),
        TEST(kasme_of_the_best_plmn_is_not_for_foreign_nodes),
        TEST(a_realm_may_only_name_its_own_plmn),
        TEST(a_name_that_is_missing_is_nobodys),
        TEST(unknown_subscribers_and_senseless_requests_are_answered),
        TEST(a_store_that_cannot_be_read_is_no_unknown_subscriber),
        TEST(a_2g_subscriber_has_no_vectors),
        TEST(resynchronisation_works_at_the_first_retry),
        TEST(a_home_far_ahead_is_lowered_and_a_home_within_reach_is_not),
        TEST(auts_with_bad_mac_s_does_not_move_sqn),
        TEST(auts_against_a_rand_that_is_not_outstanding_is_refused),
        TEST(auts_is_taken_once_and_only_from_the_node_that_was_given_the_rand),
        TEST(rands_of_the_last_requesters_are_remembered),
        TEST(a_following_session_is_for_subscribers_who_have_it),
        TEST(its_vector_is_never_flagged_and_comes_alone),
        TEST(its_rand_takes_no_others_place),
        TEST(hand_overs_push_no_requester_out),
        TIME(by_time_a_vector_costs_no_write_but_for_the_clock),
        TIME(by_time_no_tick_is_used_twice_across_a_restart),
        TIME(by_time_resynchronisation_sets_dif_once),
        TIME(by_time_a_mark_that_could_not_be_written_gives_no_vector),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
