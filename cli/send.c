/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit send: the device. One reading in one call, or each line of standard input; the session is kept in a file, so that the next call sends
 * one datagram and no handshake.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/device_options.h"
#include "cli/runner.h"

#define PATH_MAX_OCTETS 1024
#define DEFAULT_HSE "127.0.0.1:7330"

struct names {
    char folder[PATH_MAX_OCTETS / 2];
    char card[PATH_MAX_OCTETS], state[PATH_MAX_OCTETS];
    char endpoint[CLI_ENDPOINT_SIZE];
};

/* $GODWIT_STATE, else $XDG_STATE_HOME/godwit, else ~/.local/state/godwit. */
static bool default_folder(struct names *names)
{
    const char *own = getenv("GODWIT_STATE");
    const char *xdg = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    int n;
    if (own != NULL && own[0] != '\0') {
        n = snprintf(names->folder, sizeof names->folder, "%s", own);
    } else if (xdg != NULL && xdg[0] == '/') {
        n = snprintf(names->folder, sizeof names->folder, "%s/godwit", xdg);
    } else {
        n = snprintf(names->folder, sizeof names->folder, "%s/.local/state/godwit", home != NULL ? home : ".");
    }
    return n > 0 && (size_t)n < sizeof names->folder;
}

/* mkdir -p, mode 0700. */
static bool make_folder(char *path)
{
    for (char *at = strchr(path + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
        *at = '\0';
        bool made = mkdir(path, 0700) == 0 || errno == EEXIST;
        *at = '/';
        if (!made) {
            return false;
        }
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

static int file_names(const cli_args_t *args, cli_runner_t *r, struct names *names)
{
    const char *state = cli_value(args, "state");
    if (!default_folder(names)) {
        return cli_fail(args, CLI_FILE, "the folder for sessions has too long a name: set GODWIT_STATE");
    }
    (void)snprintf(names->card, sizeof names->card, "%s/%s.usim", names->folder, r->config.imsi.digits);
    (void)snprintf(names->state, sizeof names->state, "%s/%s.state", names->folder, r->config.imsi.digits);
    r->card_path = names->card;
    if (!cli_soft_card(args, &r->card_path)) {
        return CLI_USAGE;
    }
    if (state == NULL && !make_folder(names->folder)) {
        return cli_fail(args, CLI_FILE, "%s: %s; give --state FILE", names->folder, strerror(errno));
    }
    r->state_path = state != NULL ? state : names->state;
    return CLI_OK;
}

static bool networks(const cli_args_t *args, cli_runner_t *r)
{
    if (!cli_home_network(args, &r->config.imsi, &r->config.best_plmn)) {
        return false;
    }
    r->config.serving_network = r->config.best_plmn;
    return cli_value(args, "serving-network") == NULL || cli_plmn(args, "serving-network", &r->config.serving_network);
}

static bool names_of_ends(const cli_args_t *args, cli_runner_t *r, struct names *names)
{
    if (!cli_endpoint(args, r->config.best_plmn, names->endpoint, &r->config.endpoint)) {
        return false;
    }
    r->config.enterprise = godwit_slice(NULL, 0);
    return cli_value(args, "enterprise") == NULL || cli_fqdn(args, "enterprise", &r->config.enterprise);
}

static bool choices(const cli_args_t *args, godwit_device_config_t *config)
{
    for (size_t i = 0; i < cli_count(args, "agreement"); i++) {
        godwit_agreement_t agreement = GODWIT_AGREEMENT_SEPARATE_EPS;
        const char *name = cli_value_at(args, "agreement", i);
        if (godwit_agreement_from_name(name, &agreement) != GODWIT_OK ||
            (agreement != GODWIT_AGREEMENT_SEPARATE_EPS && agreement != GODWIT_AGREEMENT_SEPARATE_UMTS)) {
            (void)cli_fail(args, CLI_USAGE, "--agreement: '%s' is neither separate-eps nor separate-umts", name);
            return false;
        }
        config->agreements |= (uint8_t)(1u << (agreement - 1));
    }
    if (config->agreements == 0) {
        config->agreements = 1u << (GODWIT_AGREEMENT_SEPARATE_EPS - 1);
    }
    return cli_suites(args, &config->suites);
}

static bool framing(const cli_args_t *args, godwit_device_config_t *config)
{
    uint64_t s = 0;
    uint64_t e = 0;
    if (!cli_number(args, "session-octets", 0, 4, 3, &s) || !cli_number(args, "counter-octets", 0, 3, 1, &e)) {
        return false;
    }
    config->framing = (godwit_framing_t){(uint8_t)s, (uint8_t)e};
    return true;
}

/* Standard input, a line at a time: not through stdio, which would hold lines back from poll(). */
typedef struct input {
    char octets[GODWIT_EMSDP_DATAGRAM_MAX + 1];
    size_t len, taken; /* octets that are here; how many of them the last line had */
    unsigned long long number;
    bool ended;
} input_t;

/* The next line, without its end. Network and timers are served while there is none. Not ok: input has ended, or *code says why. */
static bool next_line(const cli_args_t *args, cli_runner_t *r, input_t *in, godwit_slice_t *line, int *code)
{
    char *end = NULL;
    in->len -= in->taken;
    memmove(in->octets, in->octets + in->taken, in->len);
    while ((end = memchr(in->octets, '\n', in->len)) == NULL && !in->ended && in->len < sizeof in->octets) {
        *code = cli_runner_attend(r, STDIN_FILENO);
        if (*code != CLI_OK) {
            return false;
        }
        ssize_t n = read(STDIN_FILENO, in->octets + in->len, sizeof in->octets - in->len);
        in->ended = n == 0 || (n < 0 && errno != EINTR);
        in->len += n > 0 ? (size_t)n : 0;
    }
    if (end == NULL && !in->ended) {
        *code = cli_fail(args, CLI_USAGE, "line %llu of standard input is too long for one datagram", in->number + 1);
        return false;
    }
    *line = godwit_slice(in->octets, end != NULL ? (size_t)(end - in->octets) : in->len);
    in->taken = line->len + (end != NULL);
    in->number++;
    return in->taken > 0;
}

static int send_lines(const cli_args_t *args, cli_runner_t *r, uint64_t *readings)
{
    static input_t in;
    godwit_slice_t line;
    int code = CLI_OK;
    while (code == CLI_OK && next_line(args, r, &in, &line, &code)) {
        if (line.len > 0) {
            code = cli_runner_send(r, line);
            *readings += code == CLI_OK;
        }
    }
    return code;
}

static int send_all(const cli_args_t *args, cli_runner_t *r, uint64_t wait_ms, uint64_t *readings)
{
    int code = CLI_OK;
    if (args->word_count == 0) {
        code = send_lines(args, r, readings);
    } else {
        code = cli_runner_send(r, godwit_slice_of_string(args->words[0]));
        *readings += code == CLI_OK;
    }
    return code == CLI_OK ? cli_runner_listen(r, wait_ms) : code;
}

static json_t *account(const cli_runner_t *r, uint64_t readings)
{
    return json_pack("{s:s, s:I, s:I, s:b, s:I, s:I, s:I, s:I, s:O}", "imsi", r->config.imsi.digits, "session",
                     (json_int_t)godwit_device_session_id(&r->device), "readings", (json_int_t)readings, "set_up",
                     r->set_up, "datagrams_up", (json_int_t)r->datagrams_up, "datagrams_down",
                     (json_int_t)r->datagrams_down, "octets_up", (json_int_t)r->octets_up, "octets_down",
                     (json_int_t)r->octets_down, "received", r->received);
}

static int configure(const cli_args_t *args, cli_runner_t *r, struct names *names, uint64_t *wait_ms)
{
    uint64_t retransmit = 0;
    uint64_t attempts = 0;
    const char *hse = getenv("GODWIT_HSE");
    r->args = args;
    r->config.crypto = &godwit_crypto_builtin;
    r->config.reserve =
        1; /* the exact counters are stored at the end of each call: a large reserve would only be skipped after a crash */
    r->hse = cli_value(args, "hse") != NULL  ? cli_value(args, "hse")
             : hse != NULL && hse[0] != '\0' ? hse
                                             : DEFAULT_HSE;
    if (args->word_count > 1) {
        return cli_fail(args, CLI_USAGE, "give one text, in quotation marks when it has spaces");
    }
    if (!cli_imsi(args, "imsi", &r->config.imsi) || !networks(args, r) || !names_of_ends(args, r, names) ||
        !choices(args, &r->config) || !framing(args, &r->config) ||
        !cli_number(args, "wait", 0, 3600000, 200, wait_ms) ||
        !cli_number(args, "retransmit", 10, 600000, 1000, &retransmit) ||
        !cli_number(args, "attempts", 1, 16, 4, &attempts)) {
        return CLI_USAGE;
    }
    r->config.retransmit_ms = (uint32_t)retransmit;
    r->config.attempts = (uint8_t)attempts;
    return file_names(args, r, names);
}

static int run(const cli_args_t *args)
{
    static cli_runner_t runner;
    static struct names names;
    uint64_t wait_ms = 0;
    uint64_t readings = 0;
    int code = configure(args, &runner, &names, &wait_ms);
    if (code != CLI_OK) {
        return code;
    }
    code = cli_runner_open(&runner);
    if (code == CLI_OK) {
        code = send_all(args, &runner, wait_ms, &readings);
    }
    json_t *result = runner.received != NULL ? account(&runner, readings) : NULL;
    int closed = cli_runner_close(&runner);
    code = code != CLI_OK ? code : closed;
    if (code == CLI_OK) {
        (void)cli_print(args, result);
    } else {
        json_decref(result);
    }
    json_decref(runner.received);
    return code;
}

static const cli_option_t options[] = {
    {"imsi", "N", "IMSI of the card", true, false},
    {"usim", "soft:FILE", "the card; default soft:FOLDER/IMSI.usim (see below)", false, false},
    {"hse", "HOST:PORT", "the HSE; default $GODWIT_HSE, else 127.0.0.1:7330", false, false},
    {"state", "FILE", "where the session is kept; default FOLDER/IMSI.state", false, false},
    {"endpoint", "FQDN", "the HSE's name, to which keys are bound; default hse.mncNNN.mccNNN.3gppnetwork.org of --plmn",
     false, false},
    {"plmn", "MCC-MNC", "the operator's BEST PLMN; default: the IMSI's first five digits", false, false},
    {"serving-network", "MCC-MNC", "where the device is; default: as --plmn", false, false},
    {"enterprise", "FQDN", "of the EAS", false, false},
    {"agreement", "NAME", "separate-eps (default), separate-umts", false, true},
    {"suite", "NAME", "a suite that the device accepts; default 01 to 04", false, true},
    {"session-octets", "N", "S of that HSE address; default 3", false, false},
    {"counter-octets", "N", "E of that HSE address; default 1", false, false},
    {"retransmit", "MS", "first wait for an answer, doubled each time; default 1000", false, false},
    {"attempts", "N", "sendings of one request; default 4", false, false},
    {"wait", "MS", "listen for so long afterwards; default 200", false, false},
};

const cli_command_t cli_send = {
    .name = "send",
    .summary = "Sends a reading from a SIM to its endpoint: sets up a session when there is none.",
    .words = "[TEXT]",
    .notes =
        "Without TEXT each line of standard input is a reading. FOLDER is $GODWIT_STATE, else $XDG_STATE_HOME/godwit, else\n"
        "~/.local/state/godwit. A reading is not acknowledged on the user plane: 0 says that it left.",
    CLI_COMMAND_OPTIONS(options),
    .run = run,
};
