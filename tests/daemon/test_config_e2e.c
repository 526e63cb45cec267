/* SPDX-License-Identifier: Apache-2.0
 *
 * The section eese of the configuration, and hse.eese and hse.eas.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "daemons/godwitd/config.h"

#define TLS "tls: {certificate: c, key: k, ca: a}"
#define FIRST "identity: n.example\nrealm: example\nstore: {path: /s, key_file: /k}\nhss: {best_plmn: 001-01}\n"
#define ALONE FIRST "functions: [eese]\ndiameter: {}\neese: {" TLS ", eas: [{name: m.example}]"
#define OWNER ", emks: {host: emks.example, realm: example}"
#define HSE FIRST "functions: [hss, emks, hse]\ndiameter: {}\nhse: {"

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
        FIRST
        "functions: [eese]\ndiameter: {}\neese: {listen: '127.0.0.1:9', connect_to: 'a:1:b:2', tls: {certificate: c, key: k, ca: "
        "a, crl: r}, eas: [{name: m.example, san: 'urn:m', url: 'https://m.example:1'}, {name: o.example}], hses: "
        "[hse.example]" OWNER ", hss: {host: hss.example, realm: example}, integrity_reason: 'because', suites: "
        "{integrity: [eea0-hmac-64], confidentiality: [eea2-eia2-64]}, life_min_seconds: 1, "
        "life_max_seconds: 2, messages_min: 3, messages_max: 4, overlap_seconds: 5, ahead_percent: 6, aka_every: 7, "
        "requests_per_minute: 8, failures_per_minute: 9, opens_per_minute: 10, age_min_seconds: 11, "
        "owner_timeout_ms: 120, opening_seconds: 13, retry_ms: 14, retry_max_ms: 15, recheck_seconds: 16, look_ms: 170}\n");
    const config_eas_end_t *e = &c->eese.eas;
    const godwit_eese_config_t *r = &c->eese.role;
    assert_string_equal(e->host, "127.0.0.1");
    assert_int_equal(e->port, 9);
    assert_string_equal(e->tls.crl, "r");
    assert_int_equal(e->caller_count, 2);
    assert_string_equal(e->callers[0].san, "urn:m");
    assert_null(e->callers[1].san);
    assert_int_equal(e->peer_count, 1);
    assert_int_equal(r->pushes, 1);
    assert_string_equal(r->push[0], "m.example");
    assert_int_equal(r->hses, 1);
    assert_string_equal(r->hse[0], "hse.example");
    assert_string_equal(r->emks, "emks.example");
    assert_string_equal(r->hss, "hss.example");
    assert_string_equal(r->local_host, "n.example");
    assert_string_equal(r->integrity_reason, "because");
    assert_int_equal(r->suites[GODWIT_SERVICE_CONFIDENTIALITY - 1][0], 1);
    const uint32_t numbers[] = {r->life_min_s,       r->life_max_s,     r->messages_min,
                                r->messages_max,     r->overlap_s,      r->ahead_percent,
                                r->aka_every,        r->eas_per_minute, r->eas_failures_per_minute,
                                r->opens_per_minute, r->age_min_s,      r->owner_timeout_ms / 10,
                                r->opening_s,        r->retry_ms,       r->retry_max_ms,
                                r->recheck_s,        r->look_ms / 10};
    for (uint32_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        assert_int_equal(numbers[i], i + 1);
    }
    config_free(c);
}

static void in_one_process_the_names_are_its_own(void **state)
{
    (void)state;
    config_t *c =
        load(FIRST "functions: [hss, emks, hse, eese]\nhse: {eas: {" TLS
                   ", peers: [{name: m.example, url: 'https://m:1'}], forwards: 3, held: 4, held_seconds: 5}}\n"
                   "eese: {" TLS ", eas: [{name: m.example}]}\n");
    assert_string_equal(c->hse.role.eese_host, "n.example");
    assert_string_equal(c->eese.role.hse[0], "n.example");
    assert_string_equal(c->eese.role.emks, "n.example");
    assert_string_equal(c->eese.role.hss, "n.example");
    assert_string_equal(c->emks.eeses.hosts[0], "n.example");
    assert_string_equal(c->hss.eeses.hosts[0], "n.example");
    assert_int_equal(c->hse_e2e.forwards, 3);
    assert_int_equal(c->hse_e2e.held, 4);
    assert_int_equal(c->hse.role.held_ms, 5000);
    assert_int_equal(c->hse_e2e.eas.peer_count, 1);
    assert_false(c->diameter.used);
    /* Both owners of key sets answer the EESE beside them, under our own name. */
    assert_int_equal(c->emks.eeses.count, 1);
    assert_string_equal(c->emks.eeses.hosts[0], "n.example");
    assert_int_equal(c->hss.eeses.count, 1);
    assert_string_equal(c->hss.eeses.hosts[0], "n.example");
    config_free(c);
}

static void what_cannot_be_is_refused_by_its_name(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {FIRST "functions: [eese]\n", "eese.tls: needs certificate, key and ca"},
        {FIRST "functions: [eese]\neese: {" TLS "}\n", "eese.eas[0]: must list EASs"},
        {FIRST "functions: [eese]\neese: {" TLS ", eas: [{name: M.example}]}\n", "eese.eas[0]: must be a domain name"},
        {FIRST "functions: [eese]\neese: {" TLS ", eas: [{name: m.example}, {name: m.example}]}\n",
         "eese.eas[1]: is named twice"},
        {FIRST "functions: [eese]\neese: {" TLS ", eas: [{name: m.example, url: 'http://m'}]}\n",
         "must be https://HOST:PORT"},
        {FIRST "functions: [eese]\neese: {" TLS ", eas: [{name: m.example, url: 'https://m/x'}]}\n",
         "must be https://HOST:PORT"},
        {ALONE OWNER "}\n", "eese.hses: must list the Origin-Hosts"},
        {ALONE ", hses: [h.example]}\n", "eese.emks: is missing"},
        {ALONE ", hses: [h.example], emks: {realm: example}}\n", "eese.emks: needs host"},
        {ALONE ", hses: [h.example]" OWNER ", ahead_percent: 51}\n", "eese.ahead_percent: must be from 1 to 50"},
        {ALONE ", hses: [h.example]" OWNER ", suites: {integrity: [rot13]}}\n",
         "eese.suites.integrity[0]: must be a suite"},
        {ALONE ", hses: [h.example]" OWNER ", keys: 1}\n", "f.yaml"},
        {HSE "eese: {host: e.example, realm: example}}\n", "hse.eas: is missing"},
        {HSE "eas: {" TLS ", peers: [{name: m.example}]}}\n", "hse.eese: is missing"},
        {HSE "eese: {realm: example}, eas: {" TLS ", peers: [{name: m.example}]}}\n", "hse.eese.host: is missing"},
        {HSE "endpoint: x.example, eese: {host: e.example, realm: example}, eas: {" TLS
             ", peers: [{name: m.example}]}}\n",
         "hse.endpoint: must equal identity when the EESE"},
        {HSE "eese: {host: e.example, realm: example}, eas: {" TLS
             ", peers: [{name: m.example}], forwards: 2000000}}\n",
         "hse.eas.forwards: must be from"},
        {FIRST "functions: [hss, emks, hse, eese]\neese: {" TLS ", eas: [{name: m.example}]}\n", "hse.eas: is missing"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char error[CONFIG_ERROR_MAX];
        config_t *c = config_from_text("f.yaml", cases[i].text, strlen(cases[i].text), error);
        if (c != NULL || strstr(error, cases[i].expected) == NULL) {
            fail_msg("%s: %s", cases[i].expected, c != NULL ? "taken" : error);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_taken),
        cmocka_unit_test(in_one_process_the_names_are_its_own),
        cmocka_unit_test(what_cannot_be_is_refused_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
