/* SPDX-License-Identifier: Apache-2.0
 *
 * godwitd: the network functions of Godwit in one process. See docs/man/godwitd.8.
 */
#include <stddef.h>

#include "daemons/godwitd/front.h"

static const char usage[] =
    "usage: godwitd --config FILE [--check] [--json-log]\n"
    "       godwitd --help | --version\n"
    "\n"
    "Runs the functions that the configuration names: hss, emks, hse, and what else etc/godwit.yaml lists.\n"
    "  --config FILE   the configuration; etc/godwit.yaml explains every key\n"
    "  --check         only reads the configuration and says whether it is good\n"
    "  --json-log      log lines as JSON, whatever the configuration says\n"
    "With a section metrics in it, Prometheus reads http://127.0.0.1:9464/metrics (docs/metrics.md).\n"
    "Exit codes: 0 ended in order or good, 1 could not start or run, 2 wrong options, 3 wrong configuration.\n";

int main(int argc, char **argv)
{
    static const daemon_front_t front = {.name = "godwitd", .usage = usage};
    return daemon_main(&front, argc, argv);
}
