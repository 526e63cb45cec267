/* SPDX-License-Identifier: Apache-2.0
 *
 * What a daemon of Godwit does from its first argument to its last line, whichever functions it is for.
 */
#include "daemons/godwitd/front.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "daemons/godwitd/daemon.h"

/* Exit codes, documented in godwitd(8) and godwit-eas(8). */
enum { EXIT_GOOD = 0, EXIT_TROUBLE = 1, EXIT_USAGE = 2, EXIT_CONFIGURATION = 3 };

typedef struct options {
    const char *config;
    bool check, json_log, done;
} options_t;

static int wrong_usage(const daemon_front_t *front, const char *what, const char *argument)
{
    (void)fprintf(stderr, "%s: %s%s%s%s; see %s --help\n", front->name, what, argument == NULL ? "" : " '",
                  argument == NULL ? "" : argument, argument == NULL ? "" : "'", front->name);
    return EXIT_USAGE;
}

static int parse(const daemon_front_t *front, int argc, char **argv, options_t *options)
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
            (void)fputs(front->usage, stdout);
            options->done = true;
            return EXIT_GOOD;
        case 'v':
            (void)printf("%s " GODWIT_VERSION "\n", front->name);
            options->done = true;
            return EXIT_GOOD;
        default: /* getopt_long has named the option */
            (void)fprintf(stderr, "%s: see %s --help\n", front->name, front->name);
            return EXIT_USAGE;
        }
    }
    if (optind < argc) {
        return wrong_usage(front, "unexpected argument", argv[optind]);
    }
    return options->config == NULL ? wrong_usage(front, "--config FILE is missing", NULL) : EXIT_GOOD;
}

static int run(const daemon_front_t *front, godwitd_t *d)
{
    char error[DAEMON_ERROR_MAX];
    if (!daemon_start(d, error)) {
        (void)fprintf(stderr, "%s: %s\n", front->name, error);
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

/* NULL: error says what is wrong. */
static config_t *read_config(const daemon_front_t *front, const options_t *options, char error[CONFIG_ERROR_MAX])
{
    config_t *config = config_load(options->config, error);
    if (config == NULL) {
        return NULL;
    }
    const bool other = front->functions != 0 && config->functions != front->functions;
    if (other) {
        (void)snprintf(error, CONFIG_ERROR_MAX, "%s: names other functions than %s is for; godwitd runs those",
                       options->config, front->name);
    }
    if (other || (options->check && !policies_check(config, error))) {
        config_free(config);
        return NULL;
    }
    return config;
}

int daemon_main(const daemon_front_t *front, int argc, char **argv)
{
    static godwitd_t d;
    options_t options = {.config = NULL};
    char error[CONFIG_ERROR_MAX];
    int code = parse(front, argc, argv, &options);
    if (code != EXIT_GOOD || options.done) {
        return code;
    }
    daemon_harden();
    d.config = read_config(front, &options, error);
    if (d.config == NULL) {
        (void)fprintf(stderr, "%s: %s\n", front->name, error);
        return EXIT_CONFIGURATION;
    }
    if (options.check) {
        (void)printf("%s: good\n", options.config);
    } else {
        d.json_log = options.json_log;
        code = run(front, &d);
    }
    config_free(d.reloaded);
    config_free(d.config);
    return code;
}
