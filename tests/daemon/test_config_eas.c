/* SPDX-License-Identifier: Apache-2.0
 *
 * The configuration of an EAS: the example, what is refused, and what a SIGHUP need not know.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemons/godwitd/config.h"

#define HEAD "identity: eas.example.net\nrealm: example.net\nstore: {path: a, key_file: b}\n"
#define TLS "tls: {certificate: a, key: b, ca: c}"
#define EESE "eese: {name: eese.example.org, url: \"https://eese.example.org:1\"}"
#define HSES "hses: [{name: hse.example.org, url: \"https://hse.example.org:1\"}]"
#define EAS "listen: \"127.0.0.1:0\", " TLS ", " EESE ", " HSES

static config_t *load(const char *text, char error[CONFIG_ERROR_MAX])
{
    return config_from_text("eas.yaml", text, strlen(text), error);
}

static void assert_refused(const char *text, const char *expected)
{
    char error[CONFIG_ERROR_MAX];
    config_t *c = load(text, error);
    if (c != NULL || strstr(error, expected) == NULL || strchr(error, '\n') != NULL) {
        fail_msg("'%s': '%s' does not say '%s' in one line", text, c != NULL ? "(taken)" : error, expected);
    }
}

/* The example, and with each line that it comments out made real by taking its # away. */
static void the_example_is_good_with_all_that_it_comments_out(void **state)
{
    (void)state;
    char path[512], line[512], error[CONFIG_ERROR_MAX];
    static char text[65536];
    const char *source = getenv("GODWIT_SOURCE");
    snprintf(path, sizeof path, "%s/etc/godwit-eas.yaml", source == NULL ? "." : source);
    config_t *c = config_load(path, error);
    if (c == NULL) {
        fail_msg("%s", error);
    }
    assert_int_equal(c->functions, CONFIG_EAS);
    assert_string_equal(c->eas.role.name, "eas.enterprise.example");
    assert_string_equal(c->eas.role.eese_host, "eese.operator.example");
    assert_int_equal(c->eas.role.hse_count, 1);
    assert_true(c->eas.role.push);
    assert_true(c->eas.role.durable);
    config_free(c);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t len = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        const size_t indent = strspn(line, " ");
        const char *word = line + indent + 1 + strspn(line + indent + 1, " ");
        const size_t letters = strspn(word, "abcdefghijklmnopqrstuvwxyz_0123456789");
        if (line[indent] == '#' && letters > 0 && word[letters] == ':') {
            memmove(line + indent, line + indent + 2, strlen(line + indent + 2) + 1);
        }
        len += (size_t)snprintf(text + len, sizeof text - len, "%s", line);
    }
    fclose(file);
    c = config_from_text(path, text, len, error);
    if (c == NULL) {
        fail_msg("%s", error);
    }
    assert_int_equal(c->eas.role.ageing[GODWIT_SERVICE_CONFIDENTIALITY - 1].messages, 10000);
    assert_int_equal(c->eas.role.queue, 16);
    assert_non_null(c->eas.crl);
    config_free(c);
}

static void what_is_missing_or_wrong_is_named(void **state)
{
    (void)state;
    char error[CONFIG_ERROR_MAX];
    config_t *c = load(HEAD "eas: {" EAS "}\n", error);
    if (c == NULL) {
        fail_msg("%s", error);
    }
    config_free(c);
    assert_refused("identity: eas.example.net\nrealm: example.net\neas: {" EAS "}\n", "store.path");
    assert_refused(HEAD "functions: [eas]\n", "eas: is missing");
    assert_refused(HEAD "eas: {" TLS ", " EESE ", " HSES "}\n", "eas.listen");
    assert_refused(HEAD "eas: {listen: \"127.0.0.1:0\", " EESE ", " HSES "}\n", "eas.tls");
    assert_refused(HEAD "eas: {listen: \"127.0.0.1:0\", " TLS ", " HSES "}\n", "eas.eese");
    assert_refused(HEAD "eas: {listen: \"127.0.0.1:0\", " TLS ", " EESE "}\n", "eas.hses");
    assert_refused(HEAD "eas: {listen: \"127.0.0.1:0\", " TLS ", " EESE
                        ", hses: [{name: hse.example.org, url: \"http://hse.example.org\"}]}\n",
                   "eas.hses[0]: needs url");
    assert_refused(HEAD "eas: {listen: \"127.0.0.1:0\", " TLS ", " EESE
                        ", hses: [{url: \"https://hse.example.org:1\"}]}\n",
                   "eas.hses[0]");
    assert_refused(HEAD "eas: {" EAS ", queue: 5000}\n", "eas.queue");
    assert_refused(HEAD "eas: {" EAS ", ageing: {integrity: {life_seconds: 1}}}\n", "eas.ageing.integrity");
    assert_refused(HEAD "eas: {" EAS ", ageing: {secrecy: {life_seconds: 100}}}\n", "secrecy");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_is_good_with_all_that_it_comments_out),
        cmocka_unit_test(what_is_missing_or_wrong_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
