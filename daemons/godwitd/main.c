/* SPDX-License-Identifier: Apache-2.0
 *
 * godwitd: the network functions of Godwit in one process. See docs/man/godwitd.8.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "daemons/godwitd/daemon.h"

/* Exit codes, documented in godwitd(8). */
enum { EXIT_GOOD = 0, EXIT_TROUBLE = 1, EXIT_USAGE = 2, EXIT_CONFIGURATION = 3 };

static const char usage[] =
    "usage: godwitd --config FILE [--check] [--json-log]\n"
    "       godwitd --help | --version\n"
    "\n"
    "Runs the functions that the configuration names: hss, emks, hse.\n"
    "  --config FILE   the configuration; etc/godwit.yaml explains every key\n"
    "  --check         only reads the configuration and says whether it is good\n"
    "  --json-log      log lines as JSON, whatever the configuration says\n"
    "Exit codes: 0 ended in order or good, 1 could not start or run, 2 wrong options, 3 wrong configuration.\n";

typedef struct options {
    const char *config;
    bool check, json_log, done;
} options_t;

static int parse(int argc, char **argv, options_t *options)
{
    static const struct option known[] = {
        {"config", required_argument, NULL, 'c'}, {"check", no_argument, NULL, 'k'},
        {"json-log", no_argument, NULL, 'j'},     {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'v'},      {NULL, 0, NULL, 0},
    };
    for (int c = 0; (c = getopt_long(argc, argv, "c:", known, NULL)) != -1;) {
        switch (c) {
        case 'c':
            options->config = optarg;
            break;
        case 'k':
            options->check = true;
            break;
        case 'j':
            options->json_log = true;
            break;
        case 'h':
        case 'v':
            (void)fputs(c == 'h' ? usage : "godwitd " GODWIT_VERSION "\n", stdout);
            options->done = true;
            return EXIT_GOOD;
        default: /* getopt_long has named the option */
            (void)fputs("godwitd: see godwitd --help\n", stderr);
            return EXIT_USAGE;
        }
    }
    if (optind < argc || options->config == NULL) {
        (void)fprintf(stderr,
                      optind < argc ? "godwitd: unexpected argument '%s'; see godwitd --help\n"
                                    : "godwitd: --config FILE is missing; see godwitd --help\n",
                      argv[optind]);
        return EXIT_USAGE;
    }
    return EXIT_GOOD;
}

static int run(godwitd_t *d)
{
    char error[DAEMON_ERROR_MAX];
    if (!daemon_start(d, error)) {
        (void)fprintf(stderr, "godwitd: %s\n", error);
        daemon_stop(d);
        return EXIT_TROUBLE;
    }
    daemon_ready(d);
    daemon_run(d);
    daemon_notify("STOPPING=1");
    if (d->failed) {
        godwit_observe_note(&d->observer, daemon_now_ms(), GODWIT_LOG_ERROR, "stopped",
                            "freeDiameter has ended itself");
    } else {
        godwit_observe_note(&d->observer, daemon_now_ms(), GODWIT_LOG_INFO, "stopped", "by a signal, in order");
    }
    daemon_stop(d);
    return d->failed ? EXIT_TROUBLE : EXIT_GOOD;
}

int main(int argc, char **argv)
{
    static godwitd_t d;
    options_t options = {.config = NULL};
    char error[CONFIG_ERROR_MAX];
    int code = parse(argc, argv, &options);
    if (code != EXIT_GOOD || options.done) {
        return code;
    }
    daemon_harden();
    d.config = config_load(options.config, error);
    if (d.config == NULL) {
        (void)fprintf(stderr, "godwitd: %s\n", error);
        return EXIT_CONFIGURATION;
    }
    if (options.check && !policies_check(d.config, error)) {
        (void)fprintf(stderr, "godwitd: %s\n", error);
        code = EXIT_CONFIGURATION;
    } else if (options.check) {
        (void)printf("%s: good\n", options.config);
    } else {
        d.json_log = options.json_log;
        code = run(&d);
    }
    config_free(d.reloaded);
    config_free(d.config);
    return code;
}
