/* SPDX-License-Identifier: Apache-2.0
 *
 * The section gba_bsf of the configuration.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "daemons/godwitd/config.h"

#define HEAD                                                                                                           \
    "identity: bsf.home.example\nrealm: home.example\nfunctions: [hss, gba_bsf]\nstore: {path: /s, key_file: /k}\n"    \
    "hss: {best_plmn: 001-01}\ngba_bsf: "
#define ALONE                                                                                                          \
    "identity: bsf.home.example\nrealm: home.example\nfunctions: [gba_bsf]\nstore: {path: /s, key_file: /k}\ngba_bsf: "
#define DOORS "plmn: 001-01, http: '127.0.0.1:0', https: '127.0.0.1:0', tls: {certificate: /c, key: /k}"

static void what_is_written_is_taken(void **state)
{
    (void)state;
    char error[CONFIG_ERROR_MAX];
    static const char text[] =
        HEAD "{" DOORS ", two_g: true, life_seconds: 100, naf_life_seconds: 90, challenge_seconds: 80, "
             "sender_per_minute: 7, nafs: [{host: naf.home.example, names: [a.example, b.example]}]}";
    config_t *c = config_from_text("f.yaml", text, strlen(text), error);
    if (c == NULL) {
        fail_msg("%s", error);
    }
    const godwit_gba_bsf_config_t *role = &c->gba_bsf.role;
    assert_string_equal(role->name, "bsf.mnc001.mcc001.pub.3gppnetwork.org");
    assert_string_equal(role->local_host, "bsf.home.example");
    assert_true(role->two_g);
    assert_int_equal(role->life_s, 100);
    assert_int_equal(role->naf_life_s, 90);
    assert_int_equal(role->challenge_s, 80);
    assert_int_equal(role->sender_per_minute, 7);
    assert_int_equal(role->naf_count, 1);
    assert_string_equal(role->nafs[0].names[1], "b.example");
    assert_string_equal(c->gba_bsf.certificate, "/c");
    assert_int_equal(c->hss.bsf_count, 1); /* the one of this process */
    assert_string_equal(c->hss.bsfs[0], "bsf.home.example");
    config_free(c);
}

static void what_cannot_be_is_refused_by_its_name(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } bad[] = {
        {HEAD "{http: '127.0.0.1:0'}", "gba_bsf.plmn: is missing"},
        {HEAD "{plmn: 001-01}", "gba_bsf: needs http, https or both"},
        {HEAD "{plmn: 001-01, https: '127.0.0.1:0'}", "gba_bsf.tls: needs certificate and key"},
        {HEAD "{plmn: 001-01, http: '127.0.0.1:0', two_g: true}", "gba_bsf.two_g: needs https"},
        {HEAD "{plmn: 001-01, http: 'x'}", "gba_bsf.http: must be an address"},
        {HEAD "{" DOORS ", name: BSF.example}", "gba_bsf.name: must be a domain name"},
        {HEAD "{" DOORS ", life_seconds: 5}", "gba_bsf.life_seconds: must be"},
        {HEAD "{" DOORS ", nafs: [{names: [a.example]}]}", "gba_bsf.nafs[0].host: is missing"},
        {HEAD "{" DOORS ", nafs: [{host: a}]}", "gba_bsf.nafs[0].names: must list 1 to 4 names"},
        {HEAD "{" DOORS ", nafs: [{host: a, names: [A.example]}]}", "gba_bsf.nafs[0].names: must be domain names"},
        {ALONE "{" DOORS "}", "gba_bsf.hss: is missing"},
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
        cmocka_unit_test(what_cannot_be_is_refused_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
