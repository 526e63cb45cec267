/* SPDX-License-Identifier: Apache-2.0
 *
 * hss.trigger of the configuration.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "daemons/godwitd/config.h"

#define HEAD                                                                                                           \
    "identity: hss.home.example\nrealm: home.example\nfunctions: [hss]\nstore: {path: /s, key_file: /k}\n"             \
    "hss:\n  best_plmn: 999-99\n  trigger: "

static void what_is_written_is_taken(void **state)
{
    (void)state;
    char error[CONFIG_ERROR_MAX];
    static const char text[] =
        HEAD "{root: kasme, mtc_iwfs: [{host: iwf1.home.example, realm: home.example, roots: true},"
             " {host: iwf2.home.example, realm: home.example}]}";
    config_t *c = config_from_text("f.yaml", text, strlen(text), error);
    if (c == NULL) {
        fail_msg("%s", error);
    }
    assert_int_equal(c->hss.iwf_root, GODWIT_IWF_ROOT_KASME);
    assert_int_equal(c->hss.iwf_count, 2);
    assert_string_equal(c->hss.iwfs[0].host, "iwf1.home.example");
    assert_string_equal(c->hss.iwfs[0].realm, "home.example");
    assert_true(c->hss.iwfs[0].has_roots);
    assert_string_equal(c->hss.iwfs[1].host, "iwf2.home.example");
    assert_false(c->hss.iwfs[1].has_roots);
    config_free(c);
}

static void without_it_nobody_is_served_and_no_root_is_kept(void **state)
{
    (void)state;
    char error[CONFIG_ERROR_MAX];
    static const char text[] = HEAD "{}";
    config_t *c = config_from_text("f.yaml", text, strlen(text), error);
    assert_non_null(c);
    assert_int_equal(c->hss.iwf_count, 0);
    assert_int_equal(c->hss.iwf_root, GODWIT_IWF_ROOT_NONE);
    config_free(c);
}

static void what_cannot_be_is_refused_by_its_name(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } bad[] = {
        {HEAD "{root: eap}", "hss.trigger.root: must be none, flagged or kasme"},
        {HEAD "{mtc_iwfs: [{host: IWF, realm: home.example}]}", "hss.trigger.mtc_iwfs[0].host: "},
        {HEAD "{mtc_iwfs: [{host: iwf.home.example}]}", "hss.trigger.mtc_iwfs[0].realm: "},
        {HEAD "{mtc_iwfs: [{host: a.example, realm: example}, {host: a.example, realm: example}]}",
         "hss.trigger.mtc_iwfs[1].host: is listed twice"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char error[CONFIG_ERROR_MAX] = "";
        assert_null(config_from_text("f.yaml", bad[i].text, strlen(bad[i].text), error));
        if (strstr(error, bad[i].expected) == NULL) {
            fail_msg("'%s' does not say '%s'", error, bad[i].expected);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_taken),
        cmocka_unit_test(without_it_nobody_is_served_and_no_root_is_kept),
        cmocka_unit_test(what_cannot_be_is_refused_by_its_name),
    };
    return cmocka_run_group_tests_name("config_home", tests, NULL, NULL);
}
