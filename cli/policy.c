/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit policy check, fetch, offer: the policies of networks (docs/policy.md).
 */
#include <stdlib.h>
#include <string.h>

#include "adapters/policy/policy.h"
#include "cli/cli.h"

static int print_policy(const cli_args_t *args, const godwit_policy_t *policy)
{
    char plmn[8] = "";
    (void)!godwit_plmn_to_text(policy->plmn, plmn);
    return cli_print(args, json_pack("{s:s, s:I, s:s, s:i, s:i}", "plmn", plmn, "version", (json_int_t)policy->version,
                                     "issuer", policy->issuer, "devices", (int)policy->class_count, "networks",
                                     (int)policy->network_count));
}

static int failed(const cli_args_t *args, godwit_status_t status, const char *why)
{
    return cli_fail(args, status == GODWIT_IO_FAILED ? CLI_FILE : CLI_REFUSED, "%s", why);
}

/* 0 to go on. */
static int load(const cli_args_t *args, const char *path, godwit_policy_t *policy)
{
    char why[GODWIT_POLICY_WHY];
    godwit_status_t status = godwit_policy_load(path, policy, why);
    return status == GODWIT_OK ? CLI_OK : failed(args, status, why);
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
