/* SPDX-License-Identifier: Apache-2.0
 *
 * The section naf of the configuration, and emks.gba.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "daemons/godwitd/config.h"

#define HEAD "identity: naf.home.example\nrealm: home.example\nfunctions: [naf]\ndiameter: {}\nnaf: "
#define EMKS                                                                                                           \
    "identity: e.example\nrealm: example\nfunctions: [hss, emks]\nstore: {path: /s, key_file: /k}\ndiameter: {}\n"     \
    "hss: {best_plmn: 001-01}\nemks: "
#define BSF "bsf: {host: bsf.example, realm: example}"
#define GOOD "names: [naf.example], http: '127.0.0.1:0', " BSF

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
    config_t *c =
        load(HEAD "{" GOOD ", kms: true, b_tid_names: [bsf.example], psk_tls: '127.0.0.1:1', psk_dtls: '127.0.0.1:2', "
                  "dtls_carries: text, psk_ciphers: PSK-AES256-GCM-SHA384, handshake_ms: 700, idle_seconds: 8, "
                  "connections: 9, keys: 10, answer_ms: 1100, nonce_seconds: 12, deliver: [{kind: stdout}]}");
    assert_int_equal(c->naf.role.fqdn_count, 1);
    assert_string_equal(c->naf.role.fqdns[0], "naf.example");
    assert_string_equal(c->naf.role.bsfs[0], "bsf.example");
    assert_string_equal(c->naf.role.local_host, "naf.home.example");
    assert_int_equal(c->naf.role.answer_ms, 1100);
    assert_int_equal(c->naf.role.nonce_ms, 12000);
    assert_true(c->naf.psk.tls && c->naf.psk.dtls && c->naf.dtls_raw);
    assert_int_equal(c->naf.psk.tls_port, 1);
    assert_int_equal(c->naf.psk.dtls_port, 2);
    assert_int_equal(c->naf.psk.handshake_ms, 700);
    assert_int_equal(c->naf.psk.idle_ms, 8000);
    assert_int_equal(c->naf.psk.connections, 9);
    assert_int_equal(c->naf.keys, 10);
    assert_true(c->naf.kms);
    assert_string_equal(c->zn_host, "bsf.example");
    assert_string_equal(c->zn_realm, "example");
    assert_int_equal(c->hse.deliver_count, 1);
    assert_true(c->diameter.used);
    config_free(c);
}

static void the_emks_becomes_a_naf(void **state)
{
    (void)state;
    config_t *c = load(EMKS "{agreements: [separate-eps, gba], gba: {" BSF "}}");
    assert_int_equal(c->emks.agreements, 0x0C);
    assert_int_equal(c->emks.naf_id_len, strlen("e.example") + 5);
    assert_memory_equal(c->emks.naf_id, "e.example\xFF\x00\x00\x00\x01", strlen("e.example") + 5);
    config_free(c);
    c = load(EMKS "{agreements: [gba], gba: {name: naf.example, ua_protocol: '0302010005', " BSF "}}");
    assert_memory_equal(c->emks.naf_id, "naf.example\x03\x02\x01\x00\x05", strlen("naf.example") + 5);
    config_free(c);
}

static void what_cannot_be_is_refused_by_its_name(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } bad[] = {
        {HEAD "{http: '127.0.0.1:0', " BSF "}", "naf.names: is missing"},
        {HEAD "{names: [naf.example], " BSF "}", "naf: needs a door"},
        {HEAD "{names: [NAF.example], http: '127.0.0.1:0', " BSF "}", "naf.names[0]: must be a domain name"},
        {HEAD "{names: [naf.example], http: '127.0.0.1:0'}", "naf.bsf: is missing"},
        {HEAD "{" GOOD ", https: '127.0.0.1:0'}", "naf.tls: needs certificate and key"},
        {HEAD "{" GOOD ", b_tid_names: ['x y']}", "naf.b_tid_names[0]: must be a domain name"},
        {HEAD "{names: [naf.example], psk_tls: '127.0.0.1:0', kms: true, " BSF "}", "naf.kms: needs http or https"},
        {HEAD "{" GOOD ", dtls_carries: mqtt}", "naf.dtls_carries: must be coap or text"},
        {HEAD "{" GOOD ", psk_tls: '127.0.0.1:0', psk_dtls: '127.0.0.2:0'}", "naf.psk_dtls: must have the address"},
        {HEAD "{" GOOD ", connections: 2000}", "naf.connections: must be"},
        {HEAD "{" GOOD ", handshake_ms: 5}", "naf.handshake_ms: must be"},
        {EMKS "{agreements: [gba]}", "emks.gba: is missing"},
        {EMKS "{agreements: [gba], gba: {ua_protocol: '01', " BSF "}}", "emks.gba.ua_protocol: must be five octets"},
        {EMKS "{agreements: [gba], gba: {name: 'A', " BSF "}}", "emks.gba.name: must be a domain name"},
        {EMKS "{agreements: [gba], gba: {}}", "emks.gba.bsf: is missing"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char error[CONFIG_ERROR_MAX];
        config_t *c = config_from_text("f.yaml", bad[i].text, strlen(bad[i].text), error);
        if (c != NULL || strstr(error, bad[i].expected) == NULL) {
            fail_msg("'%s' does not say '%s'", c != NULL ? "(taken)" : error, bad[i].expected);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_taken),
        cmocka_unit_test(the_emks_becomes_a_naf),
        cmocka_unit_test(what_cannot_be_is_refused_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
