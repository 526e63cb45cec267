/* SPDX-License-Identifier: Apache-2.0
 *
 * What "send" and "mtc send" share.
 */
#include "cli/send_run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/device_options.h"

#define DEFAULT_HSE "127.0.0.1:7330"

/* $GODWIT_STATE, else $XDG_STATE_HOME/godwit, else ~/.local/state/godwit. */
static bool default_folder(cli_send_names_t *names)
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

int cli_send_files(const cli_args_t *args, cli_runner_t *r, const char *ending, cli_send_names_t *names)
{
    const char *state = cli_value(args, "state");
    if (!default_folder(names)) {
        return cli_fail(args, CLI_FILE, "the folder for sessions has too long a name: set GODWIT_STATE");
    }
    (void)snprintf(names->card, sizeof names->card, "%s/%s.usim", names->folder, r->config.imsi.digits);
    (void)snprintf(names->state, sizeof names->state, "%s/%s%s", names->folder, r->config.imsi.digits, ending);
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

const char *cli_send_where(const cli_args_t *args)
{
    const char *hse = getenv("GODWIT_HSE");
    return cli_value(args, "hse") != NULL ? cli_value(args, "hse") : hse != NULL && hse[0] != '\0' ? hse : DEFAULT_HSE;
}

bool cli_send_timing(const cli_args_t *args, uint32_t *retransmit_ms, uint8_t *attempts, uint64_t *wait_ms)
{
    uint64_t retransmit = 0;
    uint64_t tries = 0;
    if (!cli_number(args, "wait", 0, 3600000, 200, wait_ms) ||
        !cli_number(args, "retransmit", 10, 600000, 1000, &retransmit) ||
        !cli_number(args, "attempts", 1, 16, 4, &tries)) {
        return false;
    }
    *retransmit_ms = (uint32_t)retransmit;
    *attempts = (uint8_t)tries;
    return true;
}

bool cli_framing(const cli_args_t *args, godwit_framing_t *framing)
{
    uint64_t s = 0;
    uint64_t e = 0;
    if (!cli_number(args, "session-octets", 0, 4, 3, &s) || !cli_number(args, "counter-octets", 0, 3, 1, &e)) {
        return false;
    }
    *framing = (godwit_framing_t){(uint8_t)s, (uint8_t)e};
    return true;
}

/* Standard input, a line at a time: not through stdio, which would hold lines back from poll(). */
typedef struct input {
    char octets[GODWIT_EMSDP_DATAGRAM_MAX + 1];
    size_t len, taken; /* octets that are here; how many of them the last line had */
    unsigned long long number;
    bool ended;
} input_t;

/* The next line, without its end. Network and timers are served while there is none. Not ok: input has ended, or *code
 * says why. */
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
    if (r->config.e2e != NULL && r->config.e2e->config.service == GODWIT_SERVICE_KEY_AGREEMENT) {
        if (args->word_count > 0) {
            return cli_fail(args, CLI_USAGE, "--service key-agreement has no readings: see \"godwit device export\"");
        }
        code = cli_runner_agree(r);
    } else if (args->word_count == 0) {
        code = send_lines(args, r, readings);
    } else {
        code = cli_runner_send(r, godwit_slice_of_string(args->words[0]));
        *readings += code == CLI_OK;
    }
    return code == CLI_OK ? cli_runner_listen(r, wait_ms) : code;
}

static json_t *account(const cli_runner_t *r, uint64_t readings)
{
    json_t *e2e = r->config.e2e != NULL ? cli_e2e_account(&r->device) : NULL;
    json_t *all = json_pack("{s:s, s:I, s:I, s:b, s:I, s:I, s:I, s:I, s:O}", "imsi", r->config.imsi.digits, "session",
                            (json_int_t)cli_runner_session(r), "readings", (json_int_t)readings, "set_up", r->set_up,
                            "datagrams_up", (json_int_t)r->datagrams_up, "datagrams_down",
                            (json_int_t)r->datagrams_down, "octets_up", (json_int_t)r->octets_up, "octets_down",
                            (json_int_t)r->octets_down, "received", r->received);
    if (e2e != NULL) {
        (void)json_object_set_new(all, "e2e", e2e);
    }
    return all;
}

int cli_send_run(const cli_args_t *args, cli_runner_t *r, uint64_t wait_ms)
{
    uint64_t readings = 0;
    int code = cli_runner_open(r);
    if (code == CLI_OK) {
        code = send_all(args, r, wait_ms, &readings);
    }
    json_t *result = r->received != NULL ? account(r, readings) : NULL;
    int closed = cli_runner_close(r);
    code = code != CLI_OK ? code : closed;
    if (code == CLI_OK) {
        (void)cli_print(args, result);
    } else {
        json_decref(result);
    }
    json_decref(r->received);
    return code;
}
