/* SPDX-License-Identifier: Apache-2.0 */
#include "adapters/usim/soft.h"
#include "cli/aka_key.h"
#include "core/agree/access_aka/access_aka.h"

static bool e2m_of(const cli_args_t *args, godwit_usim_t *blank)
{
    uint8_t flag[2] = {0};
    blank->e2m = cli_count(args, "e2m") != 0;
    if (cli_count(args, "e2m-flag") != 0 && !cli_hex_exact(args, "e2m-flag", flag, sizeof flag)) {
        return false;
    }
    blank->amf_flag = godwit_load_u16(flag);
    if (!godwit_access_aka_flag_valid(blank->amf_flag)) {
        (void)cli_fail(args, CLI_USAGE, "--e2m-flag: one bit of 00ff");
        return false;
    }
    return true;
}

static int run(const cli_args_t *args)
{
    static godwit_usim_soft_t card;
    godwit_usim_t blank;
    godwit_aka_key_t key;
    godwit_imsi_t imsi;
    if (args->word_count != 1) {
        return cli_fail(args, CLI_USAGE, "give one file for the card");
    }
    if (!cli_imsi(args, "imsi", &imsi) || !cli_aka_key(args, &key)) {
        return CLI_USAGE;
    }
    godwit_usim_init(&blank, &godwit_crypto_builtin, &imsi, &key);
    godwit_wipe(&key, sizeof key);
    if (!e2m_of(args, &blank)) {
        godwit_wipe(&blank, sizeof blank);
        return CLI_USAGE;
    }
    blank.gba_u = cli_count(args, "gba-u") != 0;
    godwit_status_t status = godwit_usim_soft_create(&card, args->words[0], &blank, NULL);
    godwit_wipe(&blank, sizeof blank);
    if (status != GODWIT_OK) {
        return cli_fail(args, CLI_FILE, "%s", card.why);
    }
    return cli_print(args, json_pack("{s:s, s:s}", "imsi", imsi.digits, "usim", args->words[0]));
}

static const cli_option_t options[] = {
    {"imsi", "N", "IMSI, 6 to 15 digits", true, false},
    CLI_AKA_KEY_OPTIONS,
    {"e2m", NULL, "the card is capable of Solution 1: makes the end-to-middle key set when AMF asks for it", false,
     false},
    {"gba-u", NULL, "the card has the GBA context: Ks of GBA stays inside it", false, false},
    {"e2m-flag", "HEX", "the bit of AMF that asks, 2 octets, default 0080", false, false},
};

const cli_command_t cli_usim_create = {
    .name = "usim create",
    .summary = "Makes a soft SIM in a file (mode 0600), never over an existing one.",
    .words = "FILE",
    .notes = "Whoever reads the file has K: it is a card, to be guarded like one.",
    CLI_COMMAND_OPTIONS(options),
    .run = run,
};
