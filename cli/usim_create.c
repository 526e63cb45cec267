/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/usim/soft.h"
#include "cli/aka_key.h"

static int run(const cli_args_t *args)
{
    static godwit_usim_soft_t card;
    godwit_aka_key_t key;
    godwit_imsi_t imsi;
    if (args->word_count != 1) {
        return cli_fail(args, CLI_USAGE, "give one file for the card");
    }
    if (!cli_imsi(args, "imsi", &imsi) || !cli_aka_key(args, &key)) {
        return CLI_USAGE;
    }
    godwit_status_t status = godwit_usim_soft_create(&card, args->words[0], &godwit_crypto_builtin, &imsi, &key, NULL);
    godwit_wipe(&key, sizeof key);
    if (status != GODWIT_OK) {
        return cli_fail(args, CLI_FILE, "%s", card.why);
    }
    return cli_print(args, json_pack("{s:s, s:s}", "imsi", imsi.digits, "usim", args->words[0]));
}

static const cli_option_t options[] = {
    {"imsi", "N", "IMSI, 6 to 15 digits", true, false},
    CLI_AKA_KEY_OPTIONS,
};

const cli_command_t cli_usim_create = {
    .name = "usim create",
    .summary = "Makes a soft SIM in a file (mode 0600), never over an existing one.",
    .words = "FILE",
    .notes = "Whoever reads the file has K: it is a card, to be guarded like one.",
    CLI_COMMAND_OPTIONS(options),
    .run = run,
};
