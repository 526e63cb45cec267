/* SPDX-License-Identifier: Apache-2.0
 *
 * The sections mtc_iwf and scs of the configuration.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "daemons/godwitd/config.h"

#define HEAD                                                                                                           \
    "identity: iwf.home.example\nrealm: home.example\nfunctions: [mtc_iwf]\nstore: {path: /s, key_file: /k}\n"         \
    "diameter: {}\nmtc_iwf: "
#define REST "sources: [{name: scs.example.net}], hss: {host: hss.home.example, realm: home.example}"
#define SCS "identity: scs.example.net\nrealm: example.net\nfunctions: [scs]\ndiameter: {}\n"

static config_t *load(const char *text)
{
    char error[CONFIG_ERROR_MAX];
    config_t *c = config_from_text("f.yaml", text, strlen(text), error);
    if (c == NULL) {
        fail_msg("%s", error);
    }
    return c;
}

static void what_is_written_is_taken(void **state)
{
    (void)state;
    config_t *c = load(
        HEAD
        "{protect: association, key_from: iwf, root: kasme, ue_key: received, when_needed: true, suites: "
        "[eea2-hmac-64, eea2-eia2-64], accept_open: true, a3: '127.0.0.1:9', number: '491', sms_sc: {host: "
        "sc.example, realm: example}, sms_sc_open: true, aaa: {host: aaa.example, realm: example}, without_t5: true, "
        "source_per_minute: 1, device_per_minute: 2, source_quota: 3, device_quota: 4, validity_seconds: "
        "5, validity_max_seconds: 6, keep_seconds: 7, report_life_seconds: 8, hss_timeout_ms: 9, "
        "node_timeout_ms: 10, ack_ms: 11, t4_ms: 12, a3_recent_ms: 13, retry_ms: 14, retry_max_ms: 15, "
        "report_retry_ms: 16, hss: {host: hss.home.example, realm: home.example}, sources: [{name: "
        "scs.example.net, host: scs1.example.net, per_minute: 17, quota: 18}, {name: app, kind: as}]}");
    const godwit_mtc_iwf_config_t *r = &c->mtc_iwf.role;
    assert_string_equal(r->local_host, "iwf.home.example");
    assert_int_equal(r->protect, GODWIT_IWF_PROTECT_ASSOCIATION);
    assert_int_equal(r->keys.key_from, GODWIT_IWF_KEY_FROM_IWF);
    assert_int_equal(r->keys.root, GODWIT_IWF_ROOT_KASME);
    assert_true(r->keys.ue_key_received && r->keys.lazy && !r->keys.off && r->accept_open && r->no_t5);
    assert_true(r->sms_sc_open);
    assert_int_equal(r->keys.suites, 2);
    assert_int_equal(r->keys.suite[0], 3);
    assert_string_equal(r->keys.aaa_host, "aaa.example");
    assert_int_equal(r->keys.address_life_ms, 13);
    assert_string_equal(r->number, "491");
    assert_string_equal(r->sms_sc_host, "sc.example");
    assert_int_equal(r->sources, 2);
    assert_string_equal(r->source[0].host, "scs1.example.net");
    assert_int_equal(r->source[0].per_minute, 17);
    assert_int_equal(r->source[0].quota, 18);
    assert_int_equal(r->source[1].function, GODWIT_FUNCTION_AS);
    const uint32_t numbers[] = {r->source_per_minute, r->device_per_minute, r->source_quota, r->device_quota,
                                r->validity_s,        r->validity_max_s,    r->keep_s,       r->report_life_s,
                                r->hss_timeout_ms,    r->node_timeout_ms,   r->ack_ms,       r->t4_ms,
                                r->a3_recent_ms,      r->retry_ms,          r->retry_max_ms, r->report_retry_ms};
    for (uint32_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        assert_int_equal(numbers[i], i + 1);
    }
    assert_true(c->mtc_iwf.has_a3 && c->diameter.used);
    assert_string_equal(c->mtc_iwf.hss_host, "hss.home.example");
    config_free(c);
}

static void defaults_are_the_safe_ones(void **state)
{
    (void)state;
    config_t *c = load(HEAD "{" REST "}");
    const godwit_mtc_iwf_config_t *r = &c->mtc_iwf.role;
    assert_int_equal(r->protect, GODWIT_IWF_PROTECT_ASSOCIATION);
    assert_int_equal(r->keys.key_from, GODWIT_IWF_KEY_FROM_HSS);
    assert_false(r->accept_open || r->sms_sc_open || r->keys.ue_key_received || r->no_t5);
    assert_int_equal(r->source[0].function, GODWIT_FUNCTION_SCS);
    assert_true(c->mtc_iwf.has_a3 && godwit_udp_address_is_loopback(&c->mtc_iwf.a3));
    assert_string_equal(r->sms_sc_realm, "");
    config_free(c);
    c = load(HEAD "{protect: hop, a3: none, " REST "}");
    assert_true(c->mtc_iwf.role.keys.off && c->mtc_iwf.role.protect == GODWIT_IWF_PROTECT_HOP && !c->mtc_iwf.has_a3);
    config_free(c);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {HEAD "{hss: {realm: a}}\n", "mtc_iwf.sources: are 1 to 64"},
        {HEAD "{sources: [{name: scs.example.net}]}\n", "mtc_iwf.hss: is missing"},
        {HEAD "{protect: none, " REST "}\n", "mtc_iwf.protect: must be association or hop"},
        {HEAD "{key_from: usim, " REST "}\n", "mtc_iwf.key_from: must be hss, mme or iwf"},
        {HEAD "{root: kasme, " REST "}\n", "mtc_iwf.root: says which root"},
        {HEAD "{ue_key: received, " REST "}\n", "mtc_iwf.ue_key: received would show"},
        {HEAD "{key_from: iwf, ue_key: received, " REST "}\n", "mtc_iwf.ue_key: received would show"},
        {HEAD "{suites: [rot13], " REST "}\n", "mtc_iwf.suites[0]: must be a suite with a MAC of 64 bits"},
        {HEAD "{suites: [eea2-eia2-32], " REST "}\n", "mtc_iwf.suites[0]: must be a suite with a MAC of 64 bits"},
        {HEAD "{suites: [eea0-eia2-64], " REST "}\n", "mtc_iwf.suites[0]: does not cipher"},
        {HEAD "{suites: [eea2-eia2-64, eea2-eia2-64], " REST "}\n", "mtc_iwf.suites[1]: is named twice"},
        {HEAD "{a3: somewhere, " REST "}\n", "mtc_iwf.a3: must be an address"},
        {HEAD "{number: '+49', " REST "}\n", "mtc_iwf.number: must be digits"},
        {HEAD "{sms_sc: {host: a, realm: b}, " REST "}\n", "mtc_iwf.number: is missing"},
        {HEAD "{sms_sc: {realm: b}, number: '49', " REST "}\n", "mtc_iwf.sms_sc.host: is missing"},
        {HEAD "{hss: {realm: a}, sources: [{name: a}, {name: a}]}\n", "mtc_iwf.sources[1].name: is named twice"},
        {HEAD "{hss: {realm: a}, sources: [{name: a, kind: b}]}\n", "mtc_iwf.sources[0].kind: must be scs or as"},
        {HEAD "{hss: {realm: a}, sources: [{host: a}]}\n", "mtc_iwf.sources[0].name: is missing"},
        {HEAD "{validity_seconds: 99999999, " REST "}\n", "mtc_iwf.validity_seconds: must be from 1 to"},
        {"identity: a\nrealm: b\nfunctions: [scs]\nscs: {mtc_iwf: {realm: c}}\ndiameter: {peers: [{identity: d, realm: e, only: [s9]}]}\n",
         "diameter.peers[0].only: must be s6a, ek"},
        {SCS, "scs.mtc_iwf: is missing"},
        {SCS "scs: {mtc_iwf: {realm: a}, answer_ms: 1}\n", "scs.answer_ms: must be from 100"},
        {"identity: a\nrealm: b\nfunctions: [mtc_iwf]\nstore: {path: /s, key_file: /k}\n", "mtc_iwf: is missing"},
        {"identity: a\nrealm: b\nfunctions: [mtc_iwf]\nmtc_iwf: {}\n", "store.path: is missing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char error[CONFIG_ERROR_MAX];
        config_t *c = config_from_text("f.yaml", cases[i].text, strlen(cases[i].text), error);
        if (c != NULL || strstr(error, cases[i].expected) == NULL) {
            fail_msg("'%s' gives '%s', not '%s'", cases[i].text, c != NULL ? "(taken)" : error, cases[i].expected);
        }
    }
}

/* A server of somebody else must not speak as a serving node. */
static void host_of_a_source_may_ask_tsp_alone(void **state)
{
    (void)state;
    config_t *c = load(
        "identity: iwf.home.example\nrealm: home.example\nfunctions: [mtc_iwf]\nstore: {path: /s, key_file: /k}\n"
        "mtc_iwf: {sources: [{name: scs.example.net}, {name: pump, host: both.example.net}], number: '49', hss: {host: "
        "hss.home.example, realm: home.example}, sms_sc: {host: both.example.net, realm: example.net}}\n"
        "diameter: {peers: [{identity: scs.example.net, realm: example.net}, {identity: both.example.net, realm: "
        "example.net}, {identity: mme.example, realm: example, only: [t5, s6a]}]}\n");
    assert_int_equal(c->diameter.peers[0].only, GODWIT_DIAMETER_TSP);
    assert_int_equal(c->diameter.peers[1].only, 0); /* it is the SMS-SC as well */
    assert_int_equal(c->diameter.peers[2].only, GODWIT_DIAMETER_T5 | GODWIT_DIAMETER_S6A);
    config_free(c);
}

static void scs_asks_the_iwf_that_it_names(void **state)
{
    (void)state;
    config_t *c =
        load(SCS "scs: {name: pump.example.net, mtc_iwf: {host: iwf.home.example, realm: home.example}, answer_ms: "
                 "700, attempts: 2}\n");
    assert_string_equal(c->scs.role.name, "pump.example.net");
    assert_string_equal(c->scs.role.iwf_host, "iwf.home.example");
    assert_int_equal(c->scs.role.answer_ms, 700);
    assert_int_equal(c->scs.role.attempts, 2);
    assert_string_equal(c->scs.mtc_iwf_realm, "home.example");
    assert_null(c->store_path); /* it keeps nothing */
    config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_taken),       cmocka_unit_test(defaults_are_the_safe_ones),
        cmocka_unit_test(what_cannot_be_is_refused),      cmocka_unit_test(host_of_a_source_may_ask_tsp_alone),
        cmocka_unit_test(scs_asks_the_iwf_that_it_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
