/* SPDX-License-Identifier: Apache-2.0
 *
 * What a stranger calls himself stays within one line of the log, and leaves it text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <cmocka.h>

#include "adapters/diameter/internal.h"

static char said[256];

static void hear(void *context, int level, const char *line)
{
    (void)context;
    (void)level;
    (void)snprintf(said, sizeof said, "%s", line);
}

static void a_line_is_printable(void **state)
{
    godwit_diameter_t *d = calloc(1, sizeof *d);
    (void)state;
    assert_non_null(d);
    d->config.log = hear;
    godwit_diameter_log(d, LOG_WARNING, "no connection with %s: %.100s", "a.example", "Origin-Host '\xff\n\x7f\xc3'");
    assert_string_equal(said, "diameter: no connection with a.example: Origin-Host '    '");
    free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_line_is_printable)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
