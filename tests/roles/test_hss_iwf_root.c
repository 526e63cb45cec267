/* SPDX-License-Identifier: Apache-2.0
 *
 * The HSS and associations of MTC-IWF and device: of which AKA runs the root is kept, durably before the vector leaves;
 * who is given K_iwf or the root, over which hops, and that no association number comes twice, whatever fails.
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
#define IWF "iwf.home.test"
#define IMSI "001010000000001"

typedef struct world {
    godwit_hss_t hss;
    owner_t owner;
    godwit_usim_t card;
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

static void add_subscriber(const godwit_aka_key_t *key)
{
    godwit_record_t record = {.kind = GODWIT_RECORD_SUBSCRIBER};
    record.u.subscriber.imsi = owner_imsi(IMSI);
    record.u.subscriber.key = *key;
    record.u.subscriber.features = GODWIT_FEATURE_E2M_USIM | GODWIT_FEATURE_TRIGGER;
    record.u.subscriber.ind_bits = 5;
    record.u.subscriber.seq_he = 100;
    owner_put(&w.owner, &record);
    record = (godwit_record_t){.kind = GODWIT_RECORD_TRIGGER_SUBSCRIPTION};
    record.u.trigger_subscription.imsi = owner_imsi(IMSI);
    owner_put(&w.owner, &record);
}

static void set_nodes(void)
{
    w.hss.best_plmn = plmn("999-99");
    strcpy(w.hss.nodes[0].host, "emks.home.test");
    w.hss.nodes[0].home = true;
    w.hss.node_count = 1;
    strcpy(w.hss.networks[0].realm, "visited.test");
    w.hss.networks[0].plmn = plmn("002-02");
    w.hss.network_count = 1;
    strcpy(w.hss.triggers.iwfs[0].host, "other.home.test");
    strcpy(w.hss.triggers.iwfs[1].host, IWF);
    w.hss.triggers.iwf_count = 2;
    strcpy(w.hss.local_host, "hss.home.test");
    strcpy(w.hss.local_realm, "home.test");
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
    w.hss.crypto = CRYPTO;
    w.hss.triggers.root = GODWIT_IWF_ROOT_FLAGGED;
    set_nodes();
    add_subscriber(&key);
    return 0;
}

static godwit_subscriber_record_t *subscriber(void)
{
    godwit_record_key_t key = {.kind = GODWIT_RECORD_SUBSCRIBER, .imsi = owner_imsi(IMSI)};
    return &owner_find(&w.owner, &key)->u.subscriber;
}

/* NULL: there is none. */
static godwit_iwf_root_record_t *kept(void)
{
    godwit_record_key_t key = {.kind = GODWIT_RECORD_IWF_ROOT, .imsi = owner_imsi(IMSI)};
    godwit_record_t *record = owner_find(&w.owner, &key);
    return record != NULL ? &record->u.iwf_root : NULL;
}

/* ---- an access node asks ---- */

static godwit_message_t air(const char *host, const char *realm, const char *network, godwit_vector_kind_t kind)
{
    godwit_message_t m = {.kind = GODWIT_AUTH_INFO_REQUEST, .from = GODWIT_FUNCTION_MME, .to = GODWIT_FUNCTION_HSS};
    strcpy(m.origin_host, host);
    strcpy(m.origin_realm, realm);
    m.u.auth_info_request.imsi = owner_imsi(IMSI);
    m.u.auth_info_request.visited_plmn = plmn(network);
    m.u.auth_info_request.kind = kind;
    m.u.auth_info_request.vectors = 5;
    return m;
}

static godwit_auth_info_vector_t vector(const godwit_message_t *m)
{
    owner_give_message(&w.owner, m);
    const godwit_auth_info_answer_t *answer = &owner_message(&w.owner, GODWIT_AUTH_INFO_ANSWER, 0)->u.auth_info_answer;
    assert_int_equal(answer->status, GODWIT_OK);
    assert_int_equal(answer->vectors, 1);
    return answer->vector[0];
}

static godwit_auth_info_vector_t attach(godwit_vector_kind_t kind)
{
    godwit_message_t m = air("mme.visited.test", "visited.test", "002-02", kind);
    return vector(&m);
}

static void name_of(const godwit_auth_info_vector_t *v, uint8_t name[GODWIT_IWF_ROOT_NAME])
{
    const godwit_slice_t part = godwit_slice(v->rand, 16);
    uint8_t digest[32];
    assert_int_equal((CRYPTO)->sha256(&part, 1, digest), GODWIT_OK);
    memcpy(name, digest, GODWIT_IWF_ROOT_NAME);
}

static void assert_named(const godwit_iwf_key_t *key, const godwit_auth_info_vector_t *v)
{
    uint8_t name[GODWIT_IWF_ROOT_NAME];
    name_of(v, name);
    assert_memory_equal(key->root_name, name, sizeof name);
}

/* What the card has of that vector; its own flag is off, so nothing takes the place of CK, IK. */
static void card_ck_ik(const godwit_auth_info_vector_t *v, uint8_t ck_ik[32])
{
    godwit_usim_output_t out;
    assert_int_equal(godwit_usim_step(&w.card, v->rand, v->autn, &out), GODWIT_OK);
    assert_int_equal(out.result.status, GODWIT_OK);
    memcpy(ck_ik, out.result.ck, 16);
    memcpy(ck_ik + 16, out.result.ik, 16);
}

/* ---- the MTC-IWF asks ---- */

static godwit_message_t sir(godwit_iwf_key_wanted_t wanted)
{
    godwit_message_t m = {.kind = GODWIT_SUBSCRIBER_INFO_REQUEST, .from = GODWIT_FUNCTION_MTC_IWF};
    m.to = GODWIT_FUNCTION_HSS;
    m.hop = GODWIT_HOP_TLS;
    m.transaction = 9;
    strcpy(m.origin_host, IWF);
    strcpy(m.origin_realm, "home.test");
    m.u.subscriber_info_request.imsi = owner_imsi(IMSI);
    m.u.subscriber_info_request.key = wanted;
    m.u.subscriber_info_request.root = GODWIT_IWF_ROOT_FLAGGED;
    return m;
}

static godwit_subscriber_info_answer_t ask(const godwit_message_t *m)
{
    owner_give_message(&w.owner, m);
    return owner_message(&w.owner, GODWIT_SUBSCRIBER_INFO_ANSWER, 0)->u.subscriber_info_answer;
}

static void assert_refused(const godwit_message_t *m, godwit_status_t reason)
{
    static const godwit_iwf_key_t none;
    const godwit_iwf_root_record_t before = kept() != NULL ? *kept() : (godwit_iwf_root_record_t){0};
    const godwit_subscriber_info_answer_t answer = ask(m);
    assert_int_equal(answer.status, reason);
    assert_memory_equal(&answer.key, &none, sizeof none);
    if (kept() != NULL) {
        assert_memory_equal(kept(), &before, sizeof before);
    }
}

static void assert_k_iwf(const uint8_t root[32], const godwit_iwf_key_t *key)
{
    uint8_t expected[32];
    const godwit_imsi_t imsi = owner_imsi(IMSI);
    assert_int_equal(godwit_k_iwf(CRYPTO, root, godwit_slice_of_string(IWF), &imsi, key->association, expected),
                     GODWIT_OK);
    assert_memory_equal(key->key, expected, 32);
}

/* ---- what is kept ---- */

static void the_root_of_a_flagged_vector_is_kept_before_the_vector_leaves(void **state)
{
    (void)state;
    uint8_t ck_ik[32];
    const godwit_auth_info_vector_t v = attach(GODWIT_VECTOR_UTRAN);
    assert_int_equal(v.autn[7] & 0x80, 0x80); /* flagged, though no key set is delivered anywhere */
    assert_int_equal(owner_request(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0)->record->kind, GODWIT_RECORD_IWF_ROOT);
    assert_true(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&w.owner, GODWIT_REQUEST_MESSAGE, 0));
    assert_int_equal(kept()->newest.root, GODWIT_IWF_ROOT_FLAGGED);
    assert_true(kept()->newest.is_root);
    assert_named(&kept()->newest, &v);
    card_ck_ik(&v, ck_ik);
    assert_memory_equal(kept()->newest.key, ck_ik, 32);
    assert_memory_not_equal(v.ck, ck_ik, 16); /* the visited network has CK', IK' */
    assert_int_equal(kept()->former.root, GODWIT_IWF_ROOT_NONE);
}

static void the_run_before_stays_too_and_no_other(void **state)
{
    (void)state;
    (void)attach(GODWIT_VECTOR_EUTRAN);
    const godwit_auth_info_vector_t second = attach(GODWIT_VECTOR_UTRAN), third = attach(GODWIT_VECTOR_EUTRAN);
    assert_named(&kept()->newest, &third);
    assert_named(&kept()->former, &second);
    assert_int_equal(kept()->newest_ms, w.owner.now_ms);
}

static void a_run_that_an_auts_refused_takes_nobodys_place(void **state)
{
    (void)state;
    godwit_usim_output_t out;
    const godwit_auth_info_vector_t lived = attach(GODWIT_VECTOR_EUTRAN);
    w.card.sqn.seq_ms[3] = 5000;
    const godwit_auth_info_vector_t refused = attach(GODWIT_VECTOR_EUTRAN);
    assert_int_equal(godwit_usim_step(&w.card, refused.rand, refused.autn, &out), GODWIT_OK);
    assert_int_equal(out.result.status, GODWIT_AUTH_RESYNC);
    godwit_message_t m = air("mme.visited.test", "visited.test", "002-02", GODWIT_VECTOR_EUTRAN);
    m.u.auth_info_request.resync = true;
    memcpy(m.u.auth_info_request.rand, refused.rand, 16);
    memcpy(m.u.auth_info_request.auts, out.result.auts, 14);
    const godwit_auth_info_vector_t taken = vector(&m);
    assert_named(&kept()->newest, &taken);
    assert_named(&kept()->former, &lived);
}

static void kasme_is_kept_where_that_is_configured(void **state)
{
    (void)state;
    w.hss.triggers.root = GODWIT_IWF_ROOT_KASME;
    const godwit_auth_info_vector_t v = attach(GODWIT_VECTOR_EUTRAN);
    assert_int_equal(v.autn[7] & 0x80, 0);
    assert_int_equal(kept()->newest.root, GODWIT_IWF_ROOT_KASME);
    assert_memory_equal(kept()->newest.key, v.kasme, 32);
    (void)attach(GODWIT_VECTOR_UTRAN); /* has no KASME */
    assert_named(&kept()->newest, &v);
}

static void nothing_is_kept_without_the_feature_or_the_configuration(void **state)
{
    (void)state;
    subscriber()->features = GODWIT_FEATURE_E2M_USIM;
    assert_int_equal(attach(GODWIT_VECTOR_EUTRAN).autn[7] & 0x80, 0);
    subscriber()->features = GODWIT_FEATURE_TRIGGER; /* the card is not known to be capable */
    assert_int_equal(attach(GODWIT_VECTOR_EUTRAN).autn[7] & 0x80, 0);
    subscriber()->features = GODWIT_FEATURE_TRIGGER | GODWIT_FEATURE_E2M_ME;
    w.hss.triggers.root = GODWIT_IWF_ROOT_NONE;
    assert_int_equal(attach(GODWIT_VECTOR_EUTRAN).autn[7] & 0x80, 0);
    assert_null(kept());
}

static void the_kasme_of_a_home_node_is_never_a_root(void **state)
{
    (void)state;
    godwit_message_t m = air("emks.home.test", "home.test", "999-99", GODWIT_VECTOR_EUTRAN);
    (void)vector(&m);
    w.hss.triggers.root = GODWIT_IWF_ROOT_KASME;
    (void)vector(&m);
    m = air("emks.home.test", "visited.test", "002-02", GODWIT_VECTOR_EUTRAN);
    (void)vector(&m);
    assert_null(kept());
}

static void a_vector_whose_root_was_not_durable_does_not_leave(void **state)
{
    (void)state;
    static const godwit_iwf_root_record_t none;
    godwit_message_t m = air("mme.visited.test", "visited.test", "002-02", GODWIT_VECTOR_EUTRAN);
    w.owner.fail_commits = true;
    owner_give_message(&w.owner, &m);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
    w.owner.fail_commits = false;
    w.owner.fail_fetches = true;
    owner_give_message(&w.owner, &m);
    assert_int_equal(owner_message(&w.owner, GODWIT_AUTH_INFO_ANSWER, 0)->u.auth_info_answer.status,
                     GODWIT_PEER_INTERNAL);
    assert_null(kept());
    assert_memory_equal(&w.hss.triggers.held, &none, sizeof none);
}

static void no_root_stays_in_memory_after_a_run(void **state)
{
    (void)state;
    static const godwit_iwf_root_record_t none;
    (void)attach(GODWIT_VECTOR_EUTRAN);
    (void)attach(GODWIT_VECTOR_EUTRAN);
    assert_memory_equal(&w.hss.triggers.held, &none, sizeof none);
}

/* ---- what is handed out ---- */

static void k_iwf_is_that_of_the_device_and_its_number_only_rises(void **state)
{
    (void)state;
    uint8_t ck_ik[32];
    const godwit_auth_info_vector_t v = attach(GODWIT_VECTOR_EUTRAN);
    card_ck_ik(&v, ck_ik);
    godwit_message_t m = sir(GODWIT_IWF_KEY_K_IWF);
    godwit_subscriber_info_answer_t answer = ask(&m);
    assert_int_equal(answer.status, GODWIT_OK);
    assert_int_equal(answer.key.association, 1);
    assert_false(answer.key.is_root);
    assert_named(&answer.key, &v);
    assert_k_iwf(ck_ik, &answer.key);
    assert_true(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&w.owner, GODWIT_REQUEST_MESSAGE, 0));
    answer = ask(&m); /* asked again: another number, and so another key */
    assert_int_equal(answer.key.association, 2);
    m.u.subscriber_info_request.association_above = 70; /* used with the device by then */
    assert_int_equal(ask(&m).key.association, 71);
    m.u.subscriber_info_request.association_above = 0;
    (void)attach(GODWIT_VECTOR_EUTRAN); /* another root does not set it back */
    assert_int_equal(ask(&m).key.association, 72);
    assert_int_equal(kept()->association, 72);
}

static void a_number_that_was_not_durable_brings_no_key(void **state)
{
    (void)state;
    (void)attach(GODWIT_VECTOR_EUTRAN);
    godwit_message_t m = sir(GODWIT_IWF_KEY_K_IWF);
    assert_int_equal(ask(&m).key.association, 1);
    w.owner.fail_commits = true;
    owner_give_message(&w.owner, &m);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
    w.owner.fail_commits = false;
    assert_int_equal(ask(&m).key.association, 2); /* nobody has seen that one */
}

static void numbers_cannot_be_used_up_at_one_stroke(void **state)
{
    (void)state;
    (void)attach(GODWIT_VECTOR_EUTRAN);
    godwit_message_t m = sir(GODWIT_IWF_KEY_K_IWF);
    m.u.subscriber_info_request.association_above = UINT32_MAX - 1;
    assert_refused(&m, GODWIT_PEER_INTERNAL);
    m.u.subscriber_info_request.association_above = 0;
    assert_int_equal(ask(&m).key.association, 1);
}

/* Each skips 65536 numbers, also for devices that no backup knew. */
static void an_iwf_whose_store_was_restored_often_still_gets_keys(void **state)
{
    (void)state;
    (void)attach(GODWIT_VECTOR_EUTRAN);
    godwit_message_t m = sir(GODWIT_IWF_KEY_K_IWF);
    m.u.subscriber_info_request.association_above = 500u * 65536u;
    assert_int_equal(ask(&m).key.association, 500u * 65536u + 1);
}

static void a_run_is_found_by_its_name_and_a_stale_one_is_not(void **state)
{
    (void)state;
    const godwit_auth_info_vector_t first = attach(GODWIT_VECTOR_EUTRAN), second = attach(GODWIT_VECTOR_EUTRAN);
    godwit_message_t m = sir(GODWIT_IWF_KEY_K_IWF);
    m.u.subscriber_info_request.has_root_name = true;
    name_of(&first, m.u.subscriber_info_request.root_name);
    godwit_subscriber_info_answer_t answer = ask(&m);
    uint8_t ck_ik[32];
    assert_int_equal(answer.status, GODWIT_OK);
    assert_named(&answer.key, &first);
    card_ck_ik(&first, ck_ik);
    assert_k_iwf(ck_ik, &answer.key);
    (void)attach(GODWIT_VECTOR_EUTRAN);
    assert_refused(&m, GODWIT_UNKNOWN_KEY);
    name_of(&second, m.u.subscriber_info_request.root_name);
    assert_int_equal(ask(&m).status, GODWIT_OK);
}

static void roots_are_for_mtc_iwfs_that_may_have_them(void **state)
{
    (void)state;
    uint8_t ck_ik[32];
    const godwit_auth_info_vector_t v = attach(GODWIT_VECTOR_EUTRAN);
    godwit_message_t m = sir(GODWIT_IWF_KEY_ROOT);
    assert_refused(&m, GODWIT_NOT_ENTITLED);
    w.hss.triggers.iwfs[1].has_roots = true;
    godwit_subscriber_info_answer_t answer = ask(&m);
    card_ck_ik(&v, ck_ik);
    assert_int_equal(answer.status, GODWIT_OK);
    assert_true(answer.key.is_root);
    assert_memory_equal(answer.key.key, ck_ik, 32);
    assert_int_equal(answer.key.association, 1);
    m.u.subscriber_info_request.root = GODWIT_IWF_ROOT_KASME; /* of flagged runs no KASME is kept */
    assert_refused(&m, GODWIT_UNKNOWN_KEY);
    m.u.subscriber_info_request.root = GODWIT_IWF_ROOT_NONE;
    assert_refused(&m, GODWIT_UNKNOWN_KEY);
}

static void k_iwf_is_never_made_of_a_kasme(void **state)
{
    (void)state;
    w.hss.triggers.root = GODWIT_IWF_ROOT_KASME;
    (void)attach(GODWIT_VECTOR_EUTRAN);
    godwit_message_t m = sir(GODWIT_IWF_KEY_K_IWF);
    m.u.subscriber_info_request.root = GODWIT_IWF_ROOT_KASME;
    assert_refused(&m, GODWIT_UNKNOWN_KEY);
}

static void an_open_hop_and_a_stranger_get_no_key(void **state)
{
    (void)state;
    (void)attach(GODWIT_VECTOR_EUTRAN);
    godwit_message_t m = sir(GODWIT_IWF_KEY_K_IWF);
    m.hop = GODWIT_HOP_OPEN;
    assert_refused(&m, GODWIT_NOT_ENTITLED);
    m = sir(GODWIT_IWF_KEY_K_IWF);
    strcpy(m.origin_host, "mme.visited.test");
    assert_refused(&m, GODWIT_NOT_ENTITLED);
    strcpy(m.origin_host, "IWF.home.test"); /* K_iwf is bound to the name as it is configured */
    assert_refused(&m, GODWIT_NOT_ENTITLED);
    m = sir(GODWIT_IWF_KEY_K_IWF);
    m.u.subscriber_info_request.key = (godwit_iwf_key_wanted_t)9;
    assert_refused(&m, GODWIT_PEER_INTERNAL);
}

static void another_mtc_iwf_of_ours_gets_another_key(void **state)
{
    (void)state;
    (void)attach(GODWIT_VECTOR_EUTRAN);
    godwit_message_t m = sir(GODWIT_IWF_KEY_K_IWF);
    const godwit_subscriber_info_answer_t ours = ask(&m);
    kept()->association = 0; /* even with the same number */
    strcpy(m.origin_host, "other.home.test");
    const godwit_subscriber_info_answer_t others = ask(&m);
    assert_int_equal(others.status, GODWIT_OK);
    assert_int_equal(others.key.association, ours.key.association);
    assert_memory_not_equal(others.key.key, ours.key.key, 32);
}

static void a_subscriber_who_has_not_attached_has_no_key(void **state)
{
    (void)state;
    godwit_message_t m = sir(GODWIT_IWF_KEY_K_IWF);
    assert_refused(&m, GODWIT_UNKNOWN_KEY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_root_of_a_flagged_vector_is_kept_before_the_vector_leaves, setup),
        cmocka_unit_test_setup(the_run_before_stays_too_and_no_other, setup),
        cmocka_unit_test_setup(a_run_that_an_auts_refused_takes_nobodys_place, setup),
        cmocka_unit_test_setup(kasme_is_kept_where_that_is_configured, setup),
        cmocka_unit_test_setup(nothing_is_kept_without_the_feature_or_the_configuration, setup),
        cmocka_unit_test_setup(the_kasme_of_a_home_node_is_never_a_root, setup),
        cmocka_unit_test_setup(a_vector_whose_root_was_not_durable_does_not_leave, setup),
        cmocka_unit_test_setup(no_root_stays_in_memory_after_a_run, setup),
        cmocka_unit_test_setup(k_iwf_is_that_of_the_device_and_its_number_only_rises, setup),
        cmocka_unit_test_setup(a_number_that_was_not_durable_brings_no_key, setup),
        cmocka_unit_test_setup(numbers_cannot_be_used_up_at_one_stroke, setup),
        cmocka_unit_test_setup(an_iwf_whose_store_was_restored_often_still_gets_keys, setup),
        cmocka_unit_test_setup(a_run_is_found_by_its_name_and_a_stale_one_is_not, setup),
        cmocka_unit_test_setup(roots_are_for_mtc_iwfs_that_may_have_them, setup),
        cmocka_unit_test_setup(k_iwf_is_never_made_of_a_kasme, setup),
        cmocka_unit_test_setup(an_open_hop_and_a_stranger_get_no_key, setup),
        cmocka_unit_test_setup(another_mtc_iwf_of_ours_gets_another_key, setup),
        cmocka_unit_test_setup(a_subscriber_who_has_not_attached_has_no_key, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
