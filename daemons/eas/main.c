/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit-eas: the receiver of an enterprise, by itself. See docs/man/godwit-eas.8.
 */
#include "daemons/godwitd/config.h"
#include "daemons/godwitd/front.h"

static const char usage[] =
    "usage: godwit-eas --config FILE [--check] [--json-log]\n"
    "       godwit-eas --help | --version\n"
    "\n"
    "Receives what devices send end to end, opens it, delivers it, and keeps messages for them.\n"
    "  --config FILE   the configuration; etc/godwit-eas.yaml explains every key\n"
    "  --check         only reads the configuration and says whether it is good\n"
    "  --json-log      log lines as JSON, whatever the configuration says\n"
    "With a section metrics in it, Prometheus reads http://127.0.0.1:9464/metrics (docs/metrics.md).\n"
    "Exit codes: 0 ended in order or good, 1 could not start or run, 2 wrong options, 3 wrong configuration.\n";

int main(int argc, char **argv)
{
    static const daemon_front_t front = {.name = "godwit-eas", .usage = usage, .functions = CONFIG_EAS};
    return daemon_main(&front, argc, argv);
}
