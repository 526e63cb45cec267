/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit audit verify: whether an audit file of lawful interception is whole (SECURITY.md).
 */
#include "adapters/intercept/audit.h"
#include "cli/cli.h"

static int run(const cli_args_t *args)
{
    char why[GODWIT_AUDIT_WHY];
    uint64_t lines = 0;
    if (args->word_count != 1) {
        return cli_fail(args, CLI_USAGE, "give one file");
    }
    godwit_status_t status = godwit_audit_verify(args->words[0], &lines, why);
    if (status != GODWIT_OK) {
        return cli_fail(args, status == GODWIT_MAC_FAILURE ? CLI_REFUSED : CLI_FILE, "%s", why);
    }
    return cli_print(args, json_pack("{s:b, s:I}", "whole", 1, "lines", (json_int_t)lines));
}

const cli_command_t cli_audit_verify = {
    .name = "audit verify",
    .summary = "Checks the chain of an audit file of lawful interception.",
    .words = "FILE",
    .notes =
        "Each line holds the SHA-256 of itself and of the line before; FILE.head, when it is there, says how many lines there "
        "are.\nWho can write both files can make both anew: keep a copy of the head elsewhere.",
    .run = run,
};
