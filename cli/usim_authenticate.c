/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/usim/soft.h"
#include "cli/cli.h"

static int answer(const cli_args_t *args, const godwit_usim_result_t *result)
{
    bool accepted = result->status == GODWIT_OK;
    bool resync = result->status == GODWIT_AUTH_RESYNC;
    (void)cli_print(args, json_pack("{s:s, s:o, s:o}", "result", godwit_status_name(result->status), "res",
                                    accepted ? cli_json_hex(result->res, result->res_len) : json_null(), "auts",
                                    resync ? cli_json_hex(result->auts, sizeof result->auts) : json_null()));
    return accepted ? CLI_OK : CLI_REFUSED;
}

static int run(const cli_args_t *args)
{
    static godwit_usim_soft_t card;
    godwit_usim_result_t result = {0};
    uint8_t rand[16];
    uint8_t autn[16];
    if (args->word_count != 1) {
        return cli_fail(args, CLI_USAGE, "give the file of one card");
    }
    if (!cli_hex_exact(args, "rand", rand, sizeof rand) || !cli_hex_exact(args, "autn", autn, sizeof autn)) {
        return CLI_USAGE;
    }
    if (godwit_usim_soft_open(&card, args->words[0], &godwit_crypto_builtin, NULL) != GODWIT_OK) {
        return cli_fail(args, CLI_FILE, "%s", card.why);
    }
    godwit_status_t status = godwit_usim_soft_authenticate(&card, rand, autn, &result);
    int code = status == GODWIT_OK ? answer(args, &result) : cli_fail(args, CLI_FILE, "%s", card.why);
    godwit_usim_soft_close(&card);
    godwit_wipe(&result, sizeof result);
    return code;
}

static const cli_option_t options[] = {
    {"rand", "HEX", "RAND, 16 octets", true, false},
    {"autn", "HEX", "AUTN, 16 octets", true, false},
};

const cli_command_t cli_usim_authenticate = {
    .name = "usim authenticate",
    .summary = "Runs AUTHENTICATE (TS 31.102 7.1, 3G context) on a soft SIM, as an access network would.",
    .words = "FILE",
    .notes =
        "Its sequence numbers move when the token is accepted. Prints RES or AUTS, never CK or IK. Exit code 0 only for ok.",
    CLI_COMMAND_OPTIONS(options),
    .run = run,
};
