/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit policy check, fetch, offer: the policies of networks (docs/policy.md).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/policy/client.h"
#include "cli/cli.h"

static int print_policy(const cli_args_t *args, const godwit_policy_t *policy)
{
    char plmn[8] = "";
    (void)!godwit_plmn_to_text(policy->plmn, plmn);
    return cli_print(args, json_pack("{s:s, s:I, s:s, s:i, s:i}", "plmn", plmn, "version", (json_int_t)policy->version,
                                     "issuer", policy->issuer, "devices", (int)policy->class_count, "networks",
                                     (int)policy->network_count));
}

/* io: what a failure of input or output means here. */
static int failed(const cli_args_t *args, godwit_status_t status, int io, const char *why)
{
    return cli_fail(args, status == GODWIT_IO_FAILED ? io : CLI_REFUSED, "%s", why);
}

/* 0 to go on. */
static int load(const cli_args_t *args, const char *path, godwit_policy_t *policy)
{
    char why[GODWIT_POLICY_WHY];
    godwit_status_t status = godwit_policy_load(path, policy, why);
    return status == GODWIT_OK ? CLI_OK : failed(args, status, CLI_FILE, why);
}

/* Whether the policy may take the place of the one in the file. */
static int compare(const cli_args_t *args, const char *path, const godwit_policy_t *policy)
{
    static godwit_policy_t held;
    godwit_policy_fault_t fault;
    int code = load(args, path, &held);
    if (code == CLI_OK && godwit_policy_accept(&held, policy, &fault) == GODWIT_POLICY_FORBIDS) {
        code = cli_fail(args, CLI_REFUSED, "%s: %s", fault.path, fault.what);
    }
    return code;
}

static int run_check(const cli_args_t *args)
{
    static godwit_policy_t policy;
    const char *held = cli_value(args, "held");
    if (args->word_count != 1) {
        return cli_fail(args, CLI_USAGE, "give one file");
    }
    int code = load(args, args->words[0], &policy);
    if (code == CLI_OK && held != NULL) {
        code = compare(args, held, &policy);
    }
    return code == CLI_OK ? print_policy(args, &policy) : code;
}

static const cli_option_t check_options[] = {
    {"held", "FILE", "the policy that it is to take the place of: its version must be lower", false, false},
};

const cli_command_t cli_policy_check = {
    .name = "policy check",
    .summary = "Checks a policy document.",
    .words = "FILE",
    .notes = "What is wrong is told with its line and its path, as godwitd tells it.",
    CLI_COMMAND_OPTIONS(check_options),
    .run = run_check,
};

/* ---- the exchange ---- */

static godwit_policy_credentials_t credentials(const cli_args_t *args)
{
    return (godwit_policy_credentials_t){cli_value(args, "cert"), cli_value(args, "key"), cli_value(args, "ca")};
}

/* Into a file beside it, and then in its place: the policy before is never half gone. */
static int save(const cli_args_t *args, const char *path, const godwit_policy_t *policy)
{
    char fresh[4096 + 8];
    size_t len = 0;
    char *text = godwit_policy_write(policy, &len);
    int fits = snprintf(fresh, sizeof fresh, "%s.new", path);
    FILE *file = text == NULL || fits < 0 || (size_t)fits >= sizeof fresh ? NULL : fopen(fresh, "we");
    bool good = file != NULL && fwrite(text, 1, len, file) == len;
    good = file != NULL && fclose(file) == 0 && good && rename(fresh, path) == 0;
    free(text);
    return good ? CLI_OK : cli_fail(args, CLI_FILE, "%s: cannot be written: %s", path, strerror(errno));
}

static bool exists(const char *path)
{
    FILE *file = fopen(path, "re");
    return file != NULL && fclose(file) == 0;
}

static int run_fetch(const cli_args_t *args)
{
    static godwit_policy_t policy;
    char why[GODWIT_POLICY_WHY];
    const godwit_policy_credentials_t with = credentials(args);
    const char *out = cli_value(args, "out");
    godwit_status_t status = godwit_policy_fetch(cli_value(args, "url"), &with, &policy, why);
    if (status != GODWIT_OK) {
        return failed(args, status, CLI_NO_PEER, why);
    }
    int code = out != NULL && exists(out) ? compare(args, out, &policy) : CLI_OK;
    code = code == CLI_OK && out != NULL ? save(args, out, &policy) : code;
    return code == CLI_OK ? print_policy(args, &policy) : code;
}

static int run_offer(const cli_args_t *args)
{
    static godwit_policy_t policy, seen;
    char why[GODWIT_POLICY_WHY];
    const godwit_policy_credentials_t with = credentials(args);
    godwit_plmn_t other;
    if (!cli_plmn(args, "to", &other)) {
        return CLI_USAGE;
    }
    if (args->word_count != 1) {
        return cli_fail(args, CLI_USAGE, "give one file");
    }
    int code = load(args, args->words[0], &policy);
    if (code != CLI_OK) {
        return code;
    }
    godwit_policy_for(&policy, other, &seen);
    godwit_status_t status = godwit_policy_offer(cli_value(args, "url"), &with, &seen, why);
    return status == GODWIT_OK ? print_policy(args, &seen) : failed(args, status, CLI_NO_PEER, why);
}

#define EXCHANGE_OPTIONS                                                                                               \
    {"url", "URL", "https://HOST:PORT/policy/v1", true, false}, {"cert", "FILE", "our certificate, PEM", true, false}, \
        {"key", "FILE", "its key, PEM", true, false},                                                                  \
    {                                                                                                                  \
        "ca", "FILE", "the authority that the other end's certificate must come from, PEM", true, false                \
    }

static const cli_option_t fetch_options[] = {
    EXCHANGE_OPTIONS,
    {"out", "FILE", "keep it there; a policy that is there gives way only to a higher version", false, false},
};

const cli_command_t cli_policy_fetch = {
    .name = "policy fetch",
    .summary = "Asks a network for its policy, over HTTPS with mutual TLS.",
    CLI_COMMAND_OPTIONS(fetch_options),
    .run = run_fetch,
};

static const cli_option_t offer_options[] = {
    EXCHANGE_OPTIONS,
    {"to", "PLMN", "the network it goes to: no entry of another one leaves", true, false},
};

const cli_command_t cli_policy_offer = {
    .name = "policy offer",
    .summary = "Gives a network our policy, over HTTPS with mutual TLS.",
    .words = "FILE",
    CLI_COMMAND_OPTIONS(offer_options),
    .run = run_offer,
};
