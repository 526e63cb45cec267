/* SPDX-License-Identifier: Apache-2.0
 *
 * The HSS and device triggering: where a device is, durably, said by whom it may be said; and what S6m is answered, by
 * which name, for which source, to whom. What keys of associations are given has tests of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "roles/hss.h"
#include "tests/support/owner.h"

#define CRYPTO &godwit_crypto_builtin
#define IMSI "001010000000001"
#define MME "mme.visited.test"

typedef struct world {
    godwit_hss_t hss;
    owner_t owner;
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

static godwit_record_t *put(godwit_record_kind_t kind)
{
    godwit_record_t record = {.kind = kind};
    record.u.subscriber.imsi = owner_imsi(IMSI); /* which all of these records begin with */
    owner_put(&w.owner, &record);
    const godwit_record_key_t key = {.kind = kind, .imsi = owner_imsi(IMSI)};
    return owner_find(&w.owner, &key);
}

static void name_device(const char *external_id, const char *msisdn)
{
    godwit_trigger_subscription_record_t *s = &put(GODWIT_RECORD_TRIGGER_SUBSCRIPTION)->u.trigger_subscription;
    (void)snprintf(s->device.external_id, sizeof s->device.external_id, "%s", external_id);
    (void)snprintf(s->device.msisdn, sizeof s->device.msisdn, "%s", msisdn);
    assert_int_equal(godwit_external_name_keys(CRYPTO, &s->device, s->external_id_key, s->msisdn_key), GODWIT_OK);
    s->sources = 2;
    strcpy(s->source[0], "scs.water.test");
    strcpy(s->source[1], "as.water.test");
}

static int setup(void **state)
{
    (void)state;
    memset(&w.hss, 0, sizeof w.hss);
    owner_init(&w.owner, step, &w.hss);
    w.hss.crypto = CRYPTO;
    w.hss.best_plmn = plmn("999-99");
    strcpy(w.hss.networks[0].realm, "visited.test");
    w.hss.networks[0].plmn = plmn("002-02");
    w.hss.network_count = 1;
    strcpy(w.hss.triggers.iwfs[0].host, "iwf.home.test");
    strcpy(w.hss.triggers.iwfs[0].realm, "home.test");
    strcpy(w.hss.triggers.iwfs[1].host, "iwf2.home.test");
    w.hss.triggers.iwf_count = 2;
    (void)put(GODWIT_RECORD_SUBSCRIBER);
    name_device("meter-7@water.test", "491700000007");
    return 0;
}

/* ---- where a device is ---- */

static godwit_message_t ulr(godwit_function_t function, const char *host)
{
    godwit_message_t m = {.kind = GODWIT_LOCATION_UPDATE, .from = function, .to = GODWIT_FUNCTION_HSS};
    (void)snprintf(m.origin_host, sizeof m.origin_host, "%s", host);
    strcpy(m.origin_realm, "visited.test");
    m.transaction = 5;
    m.u.location_update.imsi = owner_imsi(IMSI);
    m.u.location_update.visited_plmn = plmn("002-02");
    return m;
}

static godwit_location_update_answer_t tell(const godwit_message_t *m)
{
    owner_give_message(&w.owner, m);
    const godwit_message_t *answer = owner_message(&w.owner, GODWIT_LOCATION_UPDATE_ANSWER, 0);
    assert_int_equal(answer->transaction, 5);
    return answer->u.location_update_answer;
}

static void at(godwit_function_t function, const char *host)
{
    const godwit_message_t m = ulr(function, host);
    assert_int_equal(tell(&m).status, GODWIT_OK);
}

/* NULL: it was never anywhere. */
static const godwit_location_record_t *location(void)
{
    const godwit_record_key_t key = {.kind = GODWIT_RECORD_LOCATION, .imsi = owner_imsi(IMSI)};
    const godwit_record_t *record = owner_find(&w.owner, &key);
    return record != NULL ? &record->u.location : NULL;
}

static void the_newest_node_of_each_function_is_kept_the_newest_first(void **state)
{
    (void)state;
    at(GODWIT_FUNCTION_MME, MME);
    w.owner.now_ms += 1000;
    at(GODWIT_FUNCTION_SGSN, "sgsn.visited.test");
    w.owner.now_ms += 1000;
    at(GODWIT_FUNCTION_MSC, "msc.visited.test");
    w.owner.now_ms += 1000;
    at(GODWIT_FUNCTION_MME, "mme2.visited.test");
    const godwit_location_record_t *l = location();
    assert_int_equal(l->nodes, 3);
    assert_string_equal(l->node[0].host, "mme2.visited.test");
    assert_string_equal(l->node[0].realm, "visited.test");
    assert_int_equal(l->node[0].function, GODWIT_FUNCTION_MME);
    assert_string_equal(l->node[1].host, "msc.visited.test");
    assert_string_equal(l->node[2].host, "sgsn.visited.test");
    assert_int_equal(l->at_ms[0], w.owner.now_ms);
    assert_int_equal(l->at_ms[2], w.owner.now_ms - 2000);
}

static void the_answer_names_the_mtc_iwf_of_the_home_and_stands_behind_the_commit(void **state)
{
    (void)state;
    const godwit_message_t m = ulr(GODWIT_FUNCTION_MME, MME);
    const godwit_location_update_answer_t answer = tell(&m);
    assert_int_equal(answer.iwf.function, GODWIT_FUNCTION_MTC_IWF);
    assert_string_equal(answer.iwf.host, "iwf.home.test");
    assert_string_equal(answer.iwf.realm, "home.test");
    assert_true(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&w.owner, GODWIT_REQUEST_MESSAGE, 0));
    w.owner.fail_commits = true;
    const godwit_message_t other = ulr(GODWIT_FUNCTION_MME, "mme2.visited.test");
    owner_give_message(&w.owner, &other);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
}

static void a_device_that_is_where_it_was_costs_no_commit(void **state)
{
    (void)state;
    at(GODWIT_FUNCTION_MME, MME);
    const unsigned commits = w.owner.commits;
    at(GODWIT_FUNCTION_MME, MME);
    assert_int_equal(w.owner.commits, commits);
}

static void who_may_not_say_it_moves_nothing(void **state)
{
    (void)state;
    godwit_message_t foreign = ulr(GODWIT_FUNCTION_MME, MME);
    foreign.u.location_update.visited_plmn = plmn("003-03");
    assert_int_equal(tell(&foreign).status, GODWIT_NOT_ENTITLED);
    godwit_message_t best = ulr(GODWIT_FUNCTION_MME, MME);
    best.u.location_update.visited_plmn = w.hss.best_plmn;
    assert_int_equal(tell(&best).status, GODWIT_NOT_ENTITLED);
    const godwit_message_t gateway = ulr(GODWIT_FUNCTION_PGW, MME);
    assert_int_equal(tell(&gateway).status, GODWIT_PEER_INTERNAL);
    godwit_message_t unknown = ulr(GODWIT_FUNCTION_MME, MME);
    unknown.u.location_update.imsi = owner_imsi("001010000000002");
    assert_int_equal(tell(&unknown).status, GODWIT_UNKNOWN_SUBSCRIBER);
    assert_string_equal(tell(&unknown).iwf.host, "");
    w.owner.fail_fetches = true;
    const godwit_message_t m = ulr(GODWIT_FUNCTION_MME, MME);
    assert_int_equal(tell(&m).status, GODWIT_PEER_INTERNAL);
    assert_null(location());
    assert_int_equal(w.owner.commits, 0);
}

/* ---- S6m ---- */

static godwit_message_t sir(void)
{
    godwit_message_t m = {
        .kind = GODWIT_SUBSCRIBER_INFO_REQUEST, .from = GODWIT_FUNCTION_MTC_IWF, .to = GODWIT_FUNCTION_HSS};
    strcpy(m.origin_host, "iwf.home.test");
    strcpy(m.origin_realm, "home.test");
    m.transaction = 6;
    strcpy(m.u.subscriber_info_request.scs, "scs.water.test");
    return m;
}

static godwit_message_t sir_of(const char *external_id, const char *msisdn)
{
    godwit_message_t m = sir();
    (void)snprintf(m.u.subscriber_info_request.device.external_id,
                   sizeof m.u.subscriber_info_request.device.external_id, "%s", external_id);
    (void)snprintf(m.u.subscriber_info_request.device.msisdn, sizeof m.u.subscriber_info_request.device.msisdn, "%s",
                   msisdn);
    return m;
}

static godwit_subscriber_info_answer_t ask(const godwit_message_t *m)
{
    owner_give_message(&w.owner, m);
    const godwit_message_t *answer = owner_message(&w.owner, GODWIT_SUBSCRIBER_INFO_ANSWER, 0);
    assert_int_equal(answer->transaction, 6);
    return answer->u.subscriber_info_answer;
}

static void assert_refused(const godwit_message_t *m, godwit_status_t status)
{
    godwit_subscriber_info_answer_t nothing = {.status = status};
    const godwit_subscriber_info_answer_t answer = ask(m);
    assert_int_equal(answer.status, status);
    nothing.status = answer.status;
    assert_memory_equal(&answer, &nothing, sizeof nothing);
}

static void a_device_is_known_by_any_of_its_names(void **state)
{
    (void)state;
    at(GODWIT_FUNCTION_SGSN, "sgsn.visited.test");
    at(GODWIT_FUNCTION_MME, MME);
    godwit_message_t questions[] = {sir_of("meter-7@water.test", ""), sir_of("meter-7@WATER.test", ""),
                                    sir_of("", "491700000007"), sir_of("meter-7@water.test", "491700000007"), sir()};
    questions[4].u.subscriber_info_request.imsi = owner_imsi(IMSI);
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        const godwit_subscriber_info_answer_t a = ask(&questions[i]);
        assert_int_equal(a.status, GODWIT_OK);
        assert_string_equal(a.imsi.digits, IMSI);
        assert_string_equal(a.device.external_id, "meter-7@water.test");
        assert_string_equal(a.device.msisdn, "491700000007");
        assert_int_equal(a.nodes, 2);
        assert_string_equal(a.node[0].host, MME);
        assert_string_equal(a.node[1].host, "sgsn.visited.test");
        assert_int_equal(a.key.root, GODWIT_IWF_ROOT_NONE);
    }
}

static void a_device_that_was_never_anywhere_may_be_triggered_all_the_same(void **state)
{
    (void)state;
    const godwit_message_t m = sir_of("meter-7@water.test", "");
    const godwit_subscriber_info_answer_t a = ask(&m);
    assert_int_equal(a.status, GODWIT_OK);
    assert_int_equal(a.nodes, 0);
}

static void what_is_no_name_of_a_device_finds_none(void **state)
{
    (void)state;
    static const struct {
        const char *external_id, *msisdn;
    } none[] = {{"", ""},
                {"meter-8@water.test", ""},
                {"Meter-7@water.test", ""}, /* the local part is the operator's own */
                {"meter-7", ""},
                {"meter-7@", ""},
                {"@water.test", ""},
                {"meter-7@water", ""},
                {"meter-7@water..test", ""},
                {"me ter@water.test", ""},
                {"", "+491700000007"},
                {"", "49170000000"},
                {"meter-7@water.test", "491700000008"}}; /* two names of two devices */
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        const godwit_message_t m = sir_of(none[i].external_id, none[i].msisdn);
        assert_refused(&m, GODWIT_UNKNOWN_SUBSCRIBER);
    }
    godwit_message_t m = sir();
    m.u.subscriber_info_request.imsi = owner_imsi("001010000000002");
    assert_refused(&m, GODWIT_UNKNOWN_SUBSCRIBER);
}

static void only_a_source_that_is_listed_may_trigger(void **state)
{
    (void)state;
    godwit_message_t m = sir_of("meter-7@water.test", "");
    strcpy(m.u.subscriber_info_request.scs, "AS.water.test");
    assert_int_equal(ask(&m).status, GODWIT_OK);
    strcpy(m.u.subscriber_info_request.scs, "scs.gas.test");
    assert_refused(&m, GODWIT_NOT_ENTITLED);
    strcpy(m.u.subscriber_info_request.scs, "scs.water.test.gas.test");
    assert_refused(&m, GODWIT_NOT_ENTITLED);
    strcpy(m.u.subscriber_info_request.scs, "scs.water.tes");
    assert_refused(&m, GODWIT_NOT_ENTITLED);
    m.u.subscriber_info_request.scs[0] = '\0'; /* where it is now: nobody's trigger */
    assert_int_equal(ask(&m).status, GODWIT_OK);
}

static void a_barred_device_is_barred_for_all(void **state)
{
    (void)state;
    const godwit_record_key_t key = {.kind = GODWIT_RECORD_TRIGGER_SUBSCRIPTION, .imsi = owner_imsi(IMSI)};
    owner_find(&w.owner, &key)->u.trigger_subscription.barred = true;
    godwit_message_t m = sir_of("meter-7@water.test", "");
    assert_refused(&m, GODWIT_POLICY_FORBIDS);
    m.u.subscriber_info_request.scs[0] = '\0';
    assert_refused(&m, GODWIT_POLICY_FORBIDS);
}

static void nobody_but_our_mtc_iwfs_is_told_anything(void **state)
{
    (void)state;
    godwit_message_t m = sir_of("meter-7@water.test", "");
    strcpy(m.origin_host, "iwf2.home.test");
    assert_int_equal(ask(&m).status, GODWIT_OK);
    strcpy(m.origin_host, "iwf.evil.test");
    assert_refused(&m, GODWIT_NOT_ENTITLED);
    m.origin_host[0] = '\0';
    assert_refused(&m, GODWIT_NOT_ENTITLED);
}

static void a_key_is_part_of_the_answer_and_its_refusal_is_the_whole(void **state)
{
    (void)state;
    godwit_message_t m = sir_of("meter-7@water.test", "");
    m.hop = GODWIT_HOP_TLS;
    m.u.subscriber_info_request.key = GODWIT_IWF_KEY_K_IWF;
    assert_refused(&m, GODWIT_UNKNOWN_KEY); /* no AKA run yet */
    godwit_iwf_root_record_t *root = &put(GODWIT_RECORD_IWF_ROOT)->u.iwf_root;
    root->association = 3;
    root->newest = (godwit_iwf_key_t){.root = GODWIT_IWF_ROOT_FLAGGED, .is_root = true};
    const godwit_subscriber_info_answer_t a = ask(&m);
    assert_int_equal(a.status, GODWIT_OK);
    assert_string_equal(a.imsi.digits, IMSI);
    assert_int_equal(a.key.root, GODWIT_IWF_ROOT_FLAGGED);
    assert_int_equal(a.key.association, 4);
    assert_true(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&w.owner, GODWIT_REQUEST_MESSAGE, 0));
    m.hop = GODWIT_HOP_OPEN;
    assert_refused(&m, GODWIT_NOT_ENTITLED);
}

static void a_store_that_cannot_be_read_gives_nothing(void **state)
{
    (void)state;
    const godwit_message_t m = sir_of("meter-7@water.test", "");
    w.owner.fail_fetches = true;
    assert_refused(&m, GODWIT_PEER_INTERNAL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        TEST(the_newest_node_of_each_function_is_kept_the_newest_first),
        TEST(the_answer_names_the_mtc_iwf_of_the_home_and_stands_behind_the_commit),
        TEST(a_device_that_is_where_it_was_costs_no_commit),
        TEST(who_may_not_say_it_moves_nothing),
        TEST(a_device_is_known_by_any_of_its_names),
        TEST(a_device_that_was_never_anywhere_may_be_triggered_all_the_same),
        TEST(what_is_no_name_of_a_device_finds_none),
        TEST(only_a_source_that_is_listed_may_trigger),
        TEST(a_barred_device_is_barred_for_all),
        TEST(nobody_but_our_mtc_iwfs_is_told_anything),
        TEST(a_key_is_part_of_the_answer_and_its_refusal_is_the_whole),
        TEST(a_store_that_cannot_be_read_gives_nothing),
    };
    return cmocka_run_group_tests_name("hss_trigger", tests, NULL, NULL);
}
