/* SPDX-License-Identifier: Apache-2.0
 *
 * The configuration: what is good is taken as it says, what is wrong is refused in one line that says where.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemons/godwitd/config.h"

#define MKEF "identity: a\nrealm: b\nfunctions: [mkef]\nstore: {path: /s, key_file: /k}\n"
#define MTC_SERVER "identity: a\nrealm: b\nfunctions: [mtc_server]\nstore: {path: /s, key_file: /k}\n"
#define HEAD                                                                                                           \
    "identity: hse.home.example\nrealm: home.example\nfunctions: [hss, emks, hse]\n"                                   \
    "store: {path: /s, key_file: /k}\nhss: {best_plmn: 001-01}\n"

#define HEAD_HSS "identity: a\nrealm: b\nfunctions: [hss]\nstore: {path: /s, key_file: /k}\nhss: "
#define HEAD_E2M                                                                                                       \
    "identity: hse.home.example\nrealm: home.example\nfunctions: [hss, emks, hse]\nstore: {path: /s, key_file: /k}\n"  \
    "hss: {best_plmn: 999-99, e2m: "

static config_t *load(const char *text, char error[CONFIG_ERROR_MAX])
{
    return config_from_text("f.yaml", text, strlen(text), error);
}

static config_t *good(const char *text)
{
    char error[CONFIG_ERROR_MAX];
    config_t *c = load(text, error);
    if (c == NULL) {
        fail_msg("%s", error);
    }
    return c;
}

static void assert_refused(const char *text, const char *expected)
{
    char error[CONFIG_ERROR_MAX];
    config_t *c = load(text, error);
    if (c != NULL || strstr(error, expected) == NULL || strchr(error, '\n') != NULL) {
        const char *got = c != NULL ? "(taken)" : error;
        config_free(c);
        fail_msg("'%s': '%s' does not say '%s' in one line", text, got, expected);
    }
}

static void the_commented_example_is_good(void **state)
{
    (void)state;
    char path[512], error[CONFIG_ERROR_MAX];
    const char *source = getenv("GODWIT_SOURCE");
    snprintf(path, sizeof path, "%s/etc/godwit.yaml", source == NULL ? "." : source);
    config_t *c = config_load(path, error);
    if (c == NULL) {
        fail_msg("%s", error);
    }
    assert_int_equal(c->functions, CONFIG_HSS | CONFIG_EMKS | CONFIG_HSE);
    assert_string_equal(c->hse.role.endpoint, "hse.mnc001.mcc001.3gppnetwork.org");
    assert_int_equal(c->hse.listen_count, 1);
    assert_false(c->diameter.used);
    assert_string_equal(c->control_path, "/run/godwit/control");
    assert_ptr_equal(c->hse.deliver[0].kind, &godwit_deliver_stdout);
    config_free(c);
}

/* Each commented line of the example, made real by taking its # away, must be a key that exists and a value that it
 * takes. */
static void every_line_that_the_example_comments_out_is_good_too(void **state)
{
    (void)state;
    char path[512], line[512];
    static char text[65536];
    char error[CONFIG_ERROR_MAX];
    const char *source = getenv("GODWIT_SOURCE");
    snprintf(path, sizeof path, "%s/etc/godwit.yaml", source == NULL ? "." : source);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t len = 0;
    unsigned opened = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        size_t indent = strspn(line, " ");
        const char *rest = line + indent;
        bool is_key = false;
        if (rest[0] == '#' && rest[1] == ' ') { /* "# key:" or "#   - {...}", but no prose */
            const char *word = rest + 1 + strspn(rest + 1, " ");
            size_t letters = strspn(word, "abcdefghijklmnopqrstuvwxyz_0123456789");
            is_key = (letters > 0 && word[letters] == ':') || strncmp(word, "- {", 3) == 0;
        }
        if (is_key) {
            opened++;
            memmove(line + indent, rest + 2, strlen(rest + 2) + 1);
        }
        const bool functions = strncmp(line, "functions:", strlen("functions:")) == 0;
        len += (size_t)snprintf(text + len, sizeof text - len, "%s",
                                functions ? "functions: [hss, emks, hse, eese]\n" : line);
    }
    fclose(file);
    assert_true(opened > 30);
    config_t *c = config_from_text(path, text, len, error);
    if (c == NULL) {
        fail_msg("%s", error);
    }
    assert_true(c->diameter.used);
    assert_int_equal(c->diameter.peer_count, 2);
    assert_int_equal(c->hse.deliver_count, 7);
    assert_int_equal(c->emks.umts, CONFIG_UMTS_LISTED);
    config_free(c);
}

static void defaults_are_those_that_the_documents_name(void **state)
{
    (void)state;
    config_t *c = good(HEAD);
    assert_int_equal(c->hse.role.framing.session_octets, 3);
    assert_int_equal(c->hse.role.framing.counter_octets, 1);
    assert_int_equal(c->hse.role.agreements, 1u << (GODWIT_AGREEMENT_SEPARATE_EPS - 1));
    assert_int_equal(c->hse.role.suite_order[0], GODWIT_SUITE_DEFAULT);
    assert_int_equal(c->hse.role.suite_order[1], 0);
    assert_int_equal(c->hse.sessions, 4096);
    assert_int_equal(c->emks.source, CONFIG_SOURCE_EMBEDDED);
    assert_int_equal(c->emks.umts, CONFIG_UMTS_FEATURE);
    assert_int_equal(c->hss.vectors_per_request, 1);
    assert_true(godwit_udp_address_is_loopback(&c->hse.listen[0]));
    assert_null(c->control_path);
    assert_int_equal(c->log.level, GODWIT_LOG_INFO);
    assert_false(c->log.imsi_in_full);
    config_free(c);
}

static void the_emks_beside_the_hss_is_a_home_node_with_an_ind_of_its_own(void **state)
{
    (void)state;
    config_t *c =
        good("identity: a.example\nrealm: example\nfunctions: [hss, emks]\nstore: {path: /s, key_file: /k}\n"
             "hss: {best_plmn: 001-01, nodes: [{host: b.example, ind: 0}, {host: c.example, ind: 1, home: true}]}\n");
    assert_int_equal(c->hss.node_count, 3);
    assert_string_equal(c->hss.nodes[2].host, "a.example");
    assert_int_equal(c->hss.nodes[2].ind, 2);
    assert_true(c->hss.nodes[2].home);
    assert_false(c->hss.nodes[0].home);
    config_free(c);
}

static void an_unknown_key_is_refused_with_its_line(void **state)
{
    (void)state;
    assert_refused(HEAD "bogus: 1\n", "f.yaml:6: unknown key 'bogus'");
    assert_refused(HEAD "# bogus: a comment\nlog: {level: info}\n\n  \nbogus: 1\n", "f.yaml:10: unknown key 'bogus'");
    assert_refused(HEAD "hse:\n  endpoint: a.example\n  # endpont\n  endpont: x\n", "f.yaml:9: unknown key 'endpont'");
    assert_refused(HEAD "hse: {deliver: [{kind: stdout, pth: x}]}\n", "f.yaml:6: unknown key 'pth'");
}

static void what_is_no_yaml_is_refused_with_its_line(void **state)
{
    (void)state;
    assert_refused("identity: a\n\trealm: b\n", "f.yaml:1: libyaml");
    assert_refused("", "empty");
    assert_refused("- a\n", "MAPPING");
    assert_refused(HEAD "identity: again\n", "already seen");
    assert_refused(HEAD "log: &a {level: info}\ncontrol: *a\n", "alias");
    assert_refused(HEAD "---\nidentity: b\n", "Ignoring documents");
    assert_refused(HEAD "emks: {timeout_ms: soon}\n", "f.yaml:6: Invalid");
}

static void a_value_that_cannot_be_is_refused_by_its_name(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"realm: b.example\n", "identity: is missing"},
        {"identity: A.example\nrealm: b\n", "identity: must be a domain name in lower case"},
        {"identity: a\nrealm: b\nfunctions: [hss, scef]\n",
         "functions[1]: must be hss, emks, hse, mme, sgsn, sgw, pgw, msc, sms_sc, mkef, mtc_server, gba_bsf, naf, ausf, aanf, aaa, mtc_iwf, scs, eese or eas, not 'scef'"},
        {"identity: a\nrealm: b\n", "functions: is missing"},
        {"identity: a\nrealm: b\nfunctions: [hss]\n", "store.path: is missing"},
        {"identity: a\nrealm: b\nfunctions: [hss]\nstore: {path: /s}\n", "store.key_file: is missing"},
        {"identity: a\nrealm: b\nfunctions: [hss]\nstore: {path: /s, key_file: /s}\n", "another file"},
        {"identity: a\nrealm: b\nfunctions: [hss]\nstore: {path: /s, key_file: /k}\n", "hss.best_plmn: is missing"},
        {"identity: a\nrealm: b\nfunctions: [emks]\nstore: {path: /s, key_file: /k}\nemks: {best_plmn: 001-01}\n",
         "embedded needs hss"},
        {"identity: a\nrealm: b\nfunctions: [hse]\nstore: {path: /s, key_file: /k}\n", "hse.emks: is missing"},
        {"identity: a\nrealm: b\nfunctions: [hse]\nstore: {path: /s, key_file: /k}\nhse: {emks: {realm: b}}\n",
         "diameter: is missing"},
        {"identity: a\nrealm: b\nfunctions: [hse]\nstore: {path: /s, key_file: /k}\nhse: {endpoint: c, emks: {realm: b}}\n",
         "must equal identity"},
        {MKEF "\n", "mkef.listen: is missing"},
        {MKEF "mkef: {callers: [a.example]}\n", "mkef.tls: needs certificate, key and ca"},
        {MKEF "mkef: {tls: {certificate: c, key: k, ca: a}}\n", "mkef.callers: must list the names"},
        {MKEF "mkef: {callers: [A.example], tls: {certificate: c, key: k, ca: a}}\n",
         "mkef.callers[0]: must be a domain name"},
        {MKEF "mkef: {callers: [a.example], tls: {certificate: c, key: k, ca: a}}\n", "mkef.hss: is missing"},
        {MKEF "mkef: {ts33868: both}\n", "mkef.ts33868: must be off, kc or k-mtc"},
        {MKEF "mkef: {outstanding: 257}\n", "mkef.outstanding: must be from 1 to 256"},
        {MTC_SERVER "\n", "mtc_server.url: is missing"},
        {MTC_SERVER "mtc_server: {url: \"http://a\"}\n", "must be https://HOST:PORT"},
        {MTC_SERVER "mtc_server: {url: \"https://a:1/x\"}\n", "must be https://HOST:PORT"},
        {MTC_SERVER "mtc_server: {url: \"https://a:1\"}\n", "mtc_server.tls: needs certificate"},
        {HEAD "downlink: {}\n", "downlink: needs listen or mqtt"},
        {HEAD "downlink: {callers: [a]}\n", "downlink: needs listen or mqtt"},
        {HEAD "downlink: {listen: \"127.0.0.1:0\"}\n", "downlink.callers: must list 1 to 64"},
        {HEAD "downlink: {listen: \"127.0.0.1:0\", callers: [a]}\n", "downlink.tls"},
        {HEAD "downlink: {mqtt: {url: \"mqtt://b\", client_id: x}}\n", "downlink.mqtt.url: is without TLS"},
        {HEAD "downlink: {mqtt: {url: \"http://b\", client_id: x}}\n", "downlink.mqtt.url: must be mqtts://"},
        {HEAD "downlink: {mqtt: {url: \"mqtts://b\"}}\n", "downlink.mqtt.client_id: must be given"},
        {HEAD "downlink: {mqtt: {url: \"mqtts://b\", client_id: x, topic: \"a/+\"}}\n",
         "downlink.mqtt.topic: must have"},
        {HEAD "downlink: {mqtt: {url: \"mqtts://b\", client_id: x}, wake: {url: \"https://i\"}}\n",
         "downlink.wake.port: must be"},
        {HEAD "log: {level: loud}\n", "log.level: must be error, warning, info or debug, not 'loud'"},
        {HEAD "log: {imsi: none}\n", "log.imsi: must be short or full"},
        {HEAD "hse: {listen: [\"localhost:1\"]}\n", "hse.listen[0]: must be an address"},
        {HEAD "hse: {listen: [\"127.0.0.1:1\", \"127.0.0.1:2\"]}\n", "one IPv4 and one IPv6"},
        {HEAD "hse: {session_octets: 5}\n", "hse.session_octets: must be from 0 to 4"},
        {HEAD "hse: {suites: [eea2-eia2-64, eea9]}\n", "hse.suites[1]: must be a suite"},
        {HEAD "hse: {suites: [eea2-eia2-32]}\n", "below the minimum: give the reason"},
        {HEAD "hse: {suites: [eea0-eia2-64]}\n", "does not cipher: give the reason"},
        {HEAD "hse: {suites: [eea2-eia2-64, eea2-eia2-64]}\n", "named twice"},
        {HEAD "hse: {sessions: 1000}\n", "power of two"},
        {HEAD "hse: {deliver: [{kind: pigeon}]}\n",
         "hse.deliver[0].kind: must be stdout, file, udp, unix, webhook, mqtt or coap, not 'pigeon'"},
        {HEAD "hse: {deliver: [{kind: webhook}]}\n", "hse.deliver[0].url: is missing"},
        {HEAD "hse: {deliver: [{kind: unix}]}\n", "hse.deliver[0].path: is missing"},
        {HEAD "hse: {deliver: [{kind: webhook, url: \"https://a\", topic: x}]}\n",
         "topic and client_id belong to kind mqtt"},
        {HEAD "hse: {deliver: [{kind: file, path: /x, secret_file: /y}]}\n",
         "secret_file belongs to kind webhook or coap"},
        {HEAD "hse: {deliver: [{kind: webhook, url: \"https://a\", tls: {key: /k}}]}\n", "a certificate needs its key"},
        {HEAD "hse: {deliver: [{kind: webhook, url: \"https://a\", on_refusal: cry}]}\n",
         "must be wait or drop, not 'cry'"},
        {HEAD "hse: {deliver: [{kind: file, path: /x}, {kind: unix, path: /x}]}\n",
         "hse.deliver[1].name: two have the same"},
        {HEAD "hse: {deliver_queue: {readings: 100}}\n", "deliver_queue: needs deliver"},
        {HEAD "hse: {deliver_queue: {keep: disk}, deliver: [{kind: stdout}]}\n",
         "deliver_queue.keep: must be store or memory, not 'disk'"},
        {HEAD "hse: {deliver_queue: {readings: 8}, deliver: [{kind: stdout}]}\n",
         "deliver_queue.readings: must be from 64 to"},
        {HEAD "hse: {deliver: [{kind: file}]}\n", "hse.deliver[0].path: is missing"},
        {HEAD "hse: {deliver: [{kind: stdout, path: /x}]}\n", "path belongs to kind file"},
        {HEAD "hse: {agreements: [5g]}\n",
         "hse.agreements[0]: must be separate-eps, separate-umts, gba, akma, access-eps or access-umts"},
        {HEAD_E2M "{delivery: e}}\n", "hss.e2m.delivery: must be none, a, b, c or d, not 'e'"},
        {HEAD_E2M "{delivery: c, amf_flag: \"8000\"}}\n", "hss.e2m.amf_flag: must be one bit of 00ff"},
        {HEAD_E2M "{delivery: c, amf_flag: \"0081\"}}\n", "hss.e2m.amf_flag: must be one bit of 00ff"},
        {HEAD_E2M "{delivery: c, amf_flag: \"80\"}}\n", "hss.e2m.amf_flag: must be one bit of 00ff"},
        {HEAD_E2M "{delivery: c, endpoint: HSE}}\n", "hss.e2m.endpoint: must be a domain name"},
        {HEAD_E2M "{delivery: b, gateways: [\"a b\"]}}\n", "hss.e2m.gateways[0]: must be a domain name"},
        {HEAD_E2M "{delivery: c, retention_seconds: 4000}}\n", "hss.e2m.retention_seconds: must be from 1 to 3600"},
        {HEAD_HSS "{best_plmn: 001-01, e2m: {delivery: c}}\n", "hss.e2m.endpoint: is missing"},
        {HEAD_HSS "{best_plmn: 001-01, e2m: {delivery: a, endpoint: b}}\n", "hss.e2m.hse_realm: is missing"},
        {HEAD_HSS "{best_plmn: 001-01, e2m: {delivery: d}}\n", "hss.e2m.emks: is missing"},
        {HEAD "emks: {pushes_from: [a, b, c, d, e]}\n", "emks.pushes_from: 4 are the most"},
        {HEAD "emks: {eese_hosts: [a, b, c, d, e]}\n", "emks.eese_hosts: 4 EESEs are the most"},
        {HEAD "emks: {eese_hosts: [a, \"b c\"]}\n", "emks.eese_hosts: must be a domain name"},
        {HEAD_HSS "{best_plmn: 001-01, eese_hosts: [a, b, c, d, e]}\n", "hss.eese_hosts: 4 EESEs are the most"},
        {HEAD "emks: {key_set_days: 9999}\n", "emks.key_set_days: must be from 1 to 3650"},
        {HEAD "hse: {e2m: {source: mme}}\n", "hse.e2m.source: must be emks or hss, not 'mme'"},
        {HEAD "hse: {e2m: {gateways: [{host: a}]}}\n", "hse.session_octets: must be 0"},
        {HEAD "hse: {session_octets: 0, e2m: {gateways: [{host: a, address: b}]}}\n",
         "hse.e2m.gateways[0].address: must be"},
        {HEAD "emks: {source: carrier-pigeon}\n", "must be embedded, s6a or gsup"},
        {HEAD "emks: {source: gsup}\n", "emks.gsup.address: is missing"},
        {HEAD "emks: {separate_umts_imsis: [abc]}\n", "emks.separate_umts_imsis[0]"},
        {HEAD "diameter: {tls: {ca: /x}}\n", "diameter.tls: needs certificate, key and ca"},
        {HEAD "diameter: {peers: [{identity: a, realm: b, protection: hope}]}\n",
         "diameter.peers[0].protection: must be nds-ip or open, not 'hope'"},
        {HEAD "hse: {intercept: {targets: /t}}\n", "hse.intercept: needs targets"},
        {HEAD "hse: {intercept: {targets: /t, queue: /q, audit: /a, url: \"http://x\"}}\n", "must begin with https://"},
        {HEAD "hse: {intercept: {targets: /t, queue: /q, audit: /a, url: \"https://x\"}}\n",
         "hse.intercept.tls: needs"},
        {HEAD "policy: {state: /s}\n", "policy.file: is missing"},
        {HEAD "policy: {file: /p}\n", "policy.state: is missing"},
        {HEAD "policy: {file: /p, state: /s, listen: \"127.0.0.1:0\"}\n", "policy.tls: needs certificate, key and ca"},
        {HEAD "policy: {file: /p, state: /s, tls: {certificate: /c, key: /k, ca: /a}, peers: [{plmn: 001-02}]}\n",
         "policy.peers[0].san: must be"},
        {HEAD "policy: {file: /p, state: /s, tls: {certificate: /c, key: /k, ca: /a}, peers: [{san: a}]}\n",
         "policy.peers[0].plmn: is missing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_refused(cases[i].text, cases[i].expected);
    }
}

static void eeses_are_taken_as_they_are_listed(void **state)
{
    (void)state;
    config_t *c = good(HEAD "emks: {eese_hosts: [eese.home.example, eese.other.example]}\n");
    assert_int_equal(c->emks.eeses.count, 2);
    assert_string_equal(c->emks.eeses.hosts[1], "eese.other.example");
    assert_int_equal(c->hss.eeses.count, 0); /* nobody, unless told */
    config_free(c);
    c = good(HEAD_HSS "{best_plmn: 001-01, eese_hosts: [eese.home.example]}\n");
    assert_int_equal(c->hss.eeses.count, 1);
    assert_string_equal(c->hss.eeses.hosts[0], "eese.home.example");
    assert_int_equal(c->emks.eeses.count, 0);
    config_free(c);
}

static void device_rand_is_taken_as_it_says(void **state)
{
    (void)state;
    config_t *c =
        good(MTC_SERVER "mtc_server: {url: \"https://mkef.example:7332\", tls: {certificate: c, key: k, ca: a}}\n");
    assert_true(config_has(c, CONFIG_HSE)); /* and it needs no EMKS */
    assert_true(c->hse.role.device_rand);
    assert_false(c->hse.role.device_rand_ts33868);
    assert_int_equal(c->hse.role.agreements, 0);
    config_free(c);
    c = good("identity: a\nrealm: b\nfunctions: [hss, mkef, mtc_server]\nstore: {path: /s, key_file: /k}\n"
             "hss: {best_plmn: 001-01, mkefs: [mkef.other.example]}\n");
    assert_int_equal(c->hss.mkef_count, 2); /* that of this process, too */
    assert_string_equal(c->hss.mkefs[1], "a");
    assert_false(c->hss.plain_rand);
    assert_false(c->mkef.served);
    config_free(c);
    c = good(
        "identity: a\nrealm: b\nfunctions: [hss, mkef]\nstore: {path: /s, key_file: /k}\nhss: {best_plmn: 001-01}\n"
        "mkef: {listen: \"127.0.0.1:0\", callers: [mtc.example.org], ts33868: k-mtc, failures_per_minute: 7,"
        " tls: {certificate: c, key: k, ca: a}}\n");
    assert_true(c->mkef.served);
    assert_string_equal(c->mkef.callers[0], "mtc.example.org");
    assert_null(c->mkef.callers[1]);
    assert_int_equal(c->mkef.ts33868, GODWIT_MTC_TS33868_K_MTC);
    assert_int_equal(c->mkef.failures_per_minute, 7);
    config_free(c);
}

static void readings_are_queued_where_that_is_asked_for_or_needed(void **state)
{
    (void)state;
    config_t *c = good(HEAD "hse: {deliver: [{kind: stdout}]}\n");
    assert_false(c->hse.queue.used || c->hse.role.durable);
    config_free(c);
    c = good(HEAD
             "hse: {deliver: [{kind: webhook, name: acme, url: \"https://a/b\", on_refusal: drop, retry_ms: 20}]}\n");
    assert_true(c->hse.queue.used && c->hse.queue.store && c->hse.role.durable);
    assert_int_equal(c->hse.queue.readings, 100000);
    assert_string_equal(c->hse.deliver[0].config.name, "acme");
    assert_string_equal(c->hse.deliver[0].config.target, "https://a/b");
    assert_true(c->hse.deliver[0].drop_refused);
    assert_int_equal(c->hse.deliver[0].retry_ms, 20);
    config_free(c);
    c = good(HEAD "hse: {deliver_queue: {keep: memory, readings: 64, octets: 65536}, deliver: [{kind: stdout}]}\n");
    assert_true(c->hse.queue.used && !c->hse.queue.store && !c->hse.role.durable);
    assert_int_equal(c->hse.queue.octets, 65536);
    assert_string_equal(c->hse.deliver[0].config.name, "stdout");
    config_free(c);
}

static void solution_1_is_taken_as_it_stands(void **state)
{
    (void)state;
    config_t *c =
        good(HEAD_E2M
             "{delivery: c, amf_flag: \"0001\", retention_seconds: 60}}\n"
             "hse: {session_octets: 0, agreements: [access-eps, separate-eps], e2m: {source: hss, idle_seconds: 600,"
             " gateways: [{host: pgw.home.example, address: 10.0.0.1}, {host: other, address: \"::1\"}]}}\n");
    assert_int_equal(c->hss.e2m.delivery, GODWIT_E2M_DELIVERY_C);
    assert_string_equal(c->hss.e2m.endpoint, "hse.home.example"); /* the HSE of this process */
    assert_int_equal(c->hss.e2m.amf_flag, 0x0001);
    assert_int_equal(c->hss.e2m.retention_ms, 60000);
    assert_int_equal(c->hse.role.e2m_source, GODWIT_FUNCTION_HSS);
    assert_int_equal(c->hse.role.agreements, 0x06);
    assert_int_equal(c->hse.role.gateway_count, 2);
    assert_int_equal(c->hse.role.gateways[0].address_len, 4);
    assert_int_equal(c->hse.role.gateways[1].address_len, 16);
    assert_int_equal(c->hse.role.idle_ms, 600000);
    assert_int_equal(c->hse.bearers, CONFIG_BEARERS_DEFAULT);
    assert_int_equal(c->emks.pushes_from_count, 0);
    config_free(c);
    c = good(HEAD_E2M "{delivery: d}}\n");
    assert_int_equal(c->emks.pushes_from_count, 1); /* the HSS of this process */
    assert_string_equal(c->emks.pushes_from[0], "hse.home.example");
    assert_int_equal(c->hse.bearers, 0);
    config_free(c);
    c = good("identity: a\nrealm: b\nfunctions: [hse]\nstore: {path: /s, key_file: /k}\n"
             "hse: {agreements: [access-umts], e2m: {source: hss, hss: {realm: b}}}\ndiameter: {}\n");
    assert_string_equal(c->hse.hss_realm, "b"); /* and no EMKS */
    config_free(c);
}

static void a_weak_suite_is_taken_with_its_reason(void **state)
{
    (void)state;
    config_t *c = good(HEAD "hse: {suites: [eea2-eia2-64, eea2-eia2-32], below_minimum: \"ticket 7\"}\n");
    assert_int_equal(c->hse.role.suite_order[1], 7);
    config_free(c);
}

static void every_prefix_of_the_example_ends_without_harm(void **state)
{
    (void)state;
    static const char text[] = HEAD "hse: {listen: [\"[::1]:0\"], deliver: [{kind: udp, address: \"127.0.0.1:1\"}]}\n"
                                    "emks: {separate_umts: listed, separate_umts_imsis: [\"001010000000001\"]}\n";
    char error[CONFIG_ERROR_MAX];
    for (size_t len = 0; len < sizeof text; len++) {
        config_free(config_from_text("f", text, len, error));
    }
}

#define NODE "identity: node.visited.example\nrealm: visited.example\n"
#define MME NODE "functions: [mme]\nmme: {plmn: 001-02, gtp: 127.0.1.1, sgw: 127.0.1.2, pgw: 127.0.1.3"
#define PGW NODE "functions: [pgw]\npgw: {gtp: 127.0.1.3, home: 001-01"

static void a_mme_takes_part_in_device_triggering_when_it_says_so(void **state)
{
    (void)state;
    config_t *c = good(MME ", hss: {realm: home.example}}\ndiameter: {}\n");
    assert_false(c->mme.role.trigger);
    config_free(c);
    c = good(
        MME ", hss: {realm: home.example}, trigger: {on: true, mtc_iwf: {host: iwf.home.example, realm: home.example}, "
            "wait_ms: 300}}\ndiameter: {}\n");
    assert_true(c->mme.role.trigger);
    assert_int_equal(c->mme.role.iwf.function, GODWIT_FUNCTION_MTC_IWF);
    assert_string_equal(c->mme.role.iwf.host, "iwf.home.example");
    assert_string_equal(c->mme.role.iwf.realm, "home.example");
    assert_int_equal(c->mme.role.securing_ms, 300);
    config_free(c);
}

static void nodes_of_an_access_network_are_taken_as_they_say(void **state)
{
    (void)state;
    config_t *c =
        good(MME ", radio: \"127.0.1.1:7332\", apn: iot.example, eea: [eea1, eea0], hss: {realm: home.example}}\n"
                 "diameter: {}\n");
    assert_int_equal(c->functions, CONFIG_MME);
    assert_null(c->store_path); /* it keeps nothing */
    assert_string_equal(c->mme.role.apn.text, "iot.example");
    assert_int_equal(c->mme.role.eea_count, 2);
    assert_int_equal(c->mme.role.eea_order[0], 1);
    assert_int_equal(c->mme.role.eea_order[1], 0);
    assert_int_equal(c->mme.role.eia_count, 0);
    assert_true(c->mme.role.e2m_aware);
    assert_memory_equal(c->mme.role.pgw, "\x7F\x00\x01\x03", 4);
    assert_string_equal(c->visited_hss_realm, "home.example");
    assert_true(c->diameter.used);
    config_free(c);

    c = good(PGW ", hse: {host: hse.home.example, realm: home.example}, apns: ["
                 "{name: iot.example, hse: \"127.0.1.4:2152\"}, "
                 "{name: best.example, kind: tunnel, server: \"127.0.0.1:7330\", pool: 127.99.0.1}]}\n"
                 "diameter: {}\n");
    assert_int_equal(c->pgw.role.apns, 2);
    assert_int_equal(c->pgw.role.apn[0].kind, GODWIT_PGW_E2M);
    assert_int_equal(c->pgw.role.apn[1].kind, GODWIT_PGW_TUNNEL);
    assert_true(c->pgw.tunnels);
    assert_int_equal(c->pgw.role.peers.count, 0); /* on the loopback, any */
    assert_string_equal(c->pgw.hse_host, "hse.home.example");
    config_free(c);

    c = good(MME ", devices: 32768, hss: {realm: home.example}}\ndiameter: {}\n");
    assert_true(config_timers(c) >= 2 * 32768); /* NAS and inactivity */
    config_free(c);

    c = good(NODE "functions: [sgsn]\nsgsn: {plmn: 001-02, gtp: 127.0.1.5, apns: [{ggsn: 127.0.1.3}], devices: 16384, "
                  "hss: {realm: home.example}}\ndiameter: {}\n");
    assert_true(config_timers(c) >= 4 * 16384); /* and one for each of two contexts */
    config_free(c);

    c = good(NODE "functions: [sgw]\nsgw: {gtp: 10.0.0.2, peers: [10.0.0.1, 10.0.0.3]}\n");
    assert_int_equal(c->sgw.role.peers.count, 2);
    assert_memory_equal(c->sgw.role.peers.ipv4[1], "\x0A\x00\x00\x03", 4);
    config_free(c);
}

#define MSC NODE "functions: [msc]\nmsc: {plmn: 001-02, hss: {realm: home.example}"
#define SC NODE "functions: [sms_sc]\nsms_sc: {number: \"4917\", hse: {listen: \"127.0.0.1:1\", peer: \"127.0.0.1:2\"}"

static void short_messages_are_taken_as_they_say_or_refused_by_their_name(void **state)
{
    (void)state;
    config_t *c = good(MSC ", devices: 16384}\ndiameter: {}\n");
    assert_false(c->msc.role.sms); /* nobody said where */
    assert_true(config_timers(c) >= 3 * 16384);
    config_free(c);
    c = good(MSC ", ki128: none, sms_sc: {host: sc.home.example, realm: home.example}}\ndiameter: {}\n");
    assert_true(c->msc.role.sms);
    assert_int_equal(c->msc.role.ki128, GODWIT_MSC_KI128_NONE);
    assert_string_equal(c->sms_sc_host, "sc.home.example");
    config_free(c);
    c = good(SC ", port: 5000, tries: 2}\n");
    assert_int_equal(c->sms_sc.role.port, 5000);
    assert_true(c->sms_sc.hse.used);
    config_free(c);
    c = good(MSC ", iwf_number: \"49171\"}\ndiameter: {}\n");
    assert_string_equal(c->msc.role.iwf_number, "49171");
    config_free(c);
    c = good(SC ", nodes: [{function: sgsn, host: sgsn.example}], mtc_iwf: {host: iwf.example, realm: example, number: "
                "\"4918\", validity_hours: 2, open: true}}\n");
    assert_int_equal(c->sms_sc.role.nodes, 1);
    assert_int_equal(c->sms_sc.role.node[0].function, GODWIT_FUNCTION_SGSN);
    assert_string_equal(c->sms_sc.role.iwf_host, "iwf.example");
    assert_string_equal(c->sms_sc.role.iwf_number, "4918");
    assert_int_equal(c->sms_sc.role.validity_s, 7200);
    assert_true(c->sms_sc.role.iwf_open);
    config_free(c);
    assert_refused(MSC ", iwf_number: x}\n", "msc.iwf_number: must be digits of an international number, not 'x'");
    assert_refused(SC ", nodes: [{function: hss, host: a.b}]}\n", "sms_sc.nodes[0].function: must be mme, sgsn or msc");
    assert_refused(SC ", nodes: [{function: mme, host: A}]}\n", "sms_sc.nodes[0].host: must be a domain name");
    assert_refused(SC ", mtc_iwf: {host: a.b, realm: b, number: \"4917\"}}\n",
                   "sms_sc.mtc_iwf.number: must be another number");
    assert_refused(SC ", mtc_iwf: {realm: b, number: \"4918\"}}\n", "sms_sc.mtc_iwf.host: is missing");
    assert_refused(NODE "functions: [msc]\n", "msc: is missing, though it stands among the functions");
    assert_refused(MSC ", ki128: maybe}\n", "msc.ki128: must be required or none, not 'maybe'");
    assert_refused(MSC ", next_session: {on: true}}\n", "msc.next_session: needs a store");
    assert_refused(NODE "functions: [msc, sgsn]\nmsc: {plmn: 001-02, hss: {realm: home.example}, sms_sc: {realm: a}}\n"
                        "sgsn: {plmn: 001-02, gtp: 127.0.1.5, apns: [{ggsn: 127.0.1.3}], hss: {realm: home.example}}\n",
                   "only one of mme, sgsn and msc in a process");
    assert_refused(NODE "functions: [sms_sc]\nsms_sc: {number: \"4917\"}\n", "sms_sc.hse: is missing");
    assert_refused(NODE "functions: [sms_sc]\nsms_sc: {number: \"+49\", hse: {}}\n",
                   "sms_sc.number: must be digits of an international number, not '+49'");
    assert_refused(SC ", tries: 101}\n", "sms_sc.tries");
}

static void nodes_that_cannot_be_are_refused_by_their_name(void **state)
{
    (void)state;
    assert_refused(NODE "functions: [sgw]\n", "sgw: is missing, though it stands among the functions");
    assert_refused(NODE "functions: [sgw]\nsgw: {gtp: 10.0.0.2}\n", "sgw.peers: is missing");
    assert_refused(NODE "functions: [sgw]\nsgw: {gtp: 10.0.0.2, peers: [10.0.0.1, a]}\n",
                   "sgw.peers[1]: must be an IPv4 address such as 127.0.1.1, without a port, not 'a'");
    assert_refused(NODE
                   "functions: [pgw]\npgw: {gtp: 10.0.0.3, home: 001-01, apns: [{name: a, hse: \"10.0.0.4:2152\"}]}\n",
                   "pgw.peers: is missing");
    assert_refused(NODE "functions: [sgw]\nsgw: {gtp: 0.0.0.0, peers: [10.0.0.1]}\n",
                   "sgw.gtp: must be the address of one node, not '0.0.0.0'");
    assert_refused(NODE "functions: [sgw]\nsgw: {gtp: 10.0.0.2, peers: [224.0.0.1]}\n",
                   "sgw.peers[0]: must be the address of one node");
    assert_refused(PGW
                   ", apns: [{name: a, kind: tunnel, server: \"127.0.0.1:1\", pool: 223.255.255.250, pool_size: 7}]}\n",
                   "pgw.apns[0].pool: leaves no room");
    assert_refused(PGW ", contexts: 10, apns: [{name: a, kind: tunnel, server: \"127.0.0.1:1\", pool: 127.99.0.1}, "
                       "{name: b, kind: tunnel, server: \"127.0.0.1:1\", pool: 127.99.0.10}]}\n",
                   "pgw.apns[1].pool: overlaps that of another access point name");
    config_free(good(PGW ", contexts: 10, apns: [{name: a, kind: tunnel, server: \"127.0.0.1:1\", pool: 127.99.0.1}, "
                         "{name: b, kind: tunnel, server: \"127.0.0.1:1\", pool: 127.99.0.11}, "
                         "{name: c, kind: tunnel, server: \"127.0.0.1:1\", pool: 127.99.0.1}]}\n"));
    assert_refused(MME ", eia: [eia0], hss: {realm: a}}\n", "mme.eia[0]: must be eia1 to eia3, not 'eia0'");
    assert_refused(MME "}\n", "mme.hss: is missing: host and realm");
    assert_refused(MME ", hss: {realm: a}, trigger: {on: true, mtc_iwf: {realm: a}}}\n",
                   "mme.trigger.mtc_iwf.host: is missing");
    assert_refused(MME ", hss: {realm: a}, trigger: {on: true, mtc_iwf: {host: A.b, realm: b}}}\n",
                   "mme.trigger.mtc_iwf.host: must be a domain name");
    assert_refused(MME ", hss: {realm: a}, trigger: {on: true, wait_ms: 99}}\n", "mme.trigger.wait_ms: ");
    assert_refused(MME ", apn: \"a b\"}\n", "mme.apn: must be an access point name");
    assert_refused(PGW "}\n", "pgw.apns: one to eight");
    assert_refused(PGW ", apns: [{name: a, hse: \"[::1]:2152\"}]}\n",
                   "pgw.apns[0].hse: must be an IPv4 address and a port");
    assert_refused(PGW ", apns: [{name: a, hse: \"127.0.0.1:2152\", notify_home: true}]}\n",
                   "pgw.apns[0].endpoint: is missing");
    assert_refused(PGW ", apns: [{name: a, kind: tunnel, server: \"127.0.0.1:1\", pool: x}]}\n",
                   "pgw.apns[0].pool: must be an IPv4 address");
    assert_refused(PGW ", apns: [{name: a, hse: \"127.0.0.1:2152\"}], hse: {realm: a}}\n",
                   "diameter: is missing: a function here needs one in another process");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_commented_example_is_good),
        cmocka_unit_test(every_line_that_the_example_comments_out_is_good_too),
        cmocka_unit_test(defaults_are_those_that_the_documents_name),
        cmocka_unit_test(the_emks_beside_the_hss_is_a_home_node_with_an_ind_of_its_own),
        cmocka_unit_test(an_unknown_key_is_refused_with_its_line),
        cmocka_unit_test(what_is_no_yaml_is_refused_with_its_line),
        cmocka_unit_test(a_value_that_cannot_be_is_refused_by_its_name),
        cmocka_unit_test(readings_are_queued_where_that_is_asked_for_or_needed),
        cmocka_unit_test(solution_1_is_taken_as_it_stands),
        cmocka_unit_test(device_rand_is_taken_as_it_says),
        cmocka_unit_test(eeses_are_taken_as_they_are_listed),
        cmocka_unit_test(a_weak_suite_is_taken_with_its_reason),
        cmocka_unit_test(every_prefix_of_the_example_ends_without_harm),
        cmocka_unit_test(nodes_of_an_access_network_are_taken_as_they_say),
        cmocka_unit_test(a_mme_takes_part_in_device_triggering_when_it_says_so),
        cmocka_unit_test(short_messages_are_taken_as_they_say_or_refused_by_their_name),
        cmocka_unit_test(nodes_that_cannot_be_are_refused_by_their_name),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
