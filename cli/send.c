/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit send: the device. One reading in one call, or each line of standard input; the session is kept in a file, so
 * that the next call sends one datagram and no handshake.
 */
#include "cli/device_options.h"
#include "cli/send_run.h"

static bool networks(const cli_args_t *args, cli_runner_t *r)
{
    if (!cli_home_network(args, &r->config.imsi, &r->config.best_plmn)) {
        return false;
    }
    r->config.serving_network = r->config.best_plmn;
    return cli_value(args, "serving-network") == NULL || cli_plmn(args, "serving-network", &r->config.serving_network);
}

static bool names_of_ends(const cli_args_t *args, cli_runner_t *r, cli_send_device_t *names)
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

int cli_send_device(const cli_args_t *args, cli_runner_t *r, cli_send_device_t *names)
{
    r->args = args;
    r->config.crypto = &godwit_crypto_builtin;
    r->config.reserve =
        1; /* the exact counters are stored at the end of each call: a large reserve would only be skipped after a crash */
    if (!cli_imsi(args, "imsi", &r->config.imsi) || !networks(args, r) || !names_of_ends(args, r, names) ||
        !choices(args, &r->config) || !cli_e2e_options(args, &r->config, &r->e2e) ||
        !cli_framing(args, &r->config.framing)) {
        return CLI_USAGE;
    }
    return cli_send_files(args, r, ".state", &names->files);
}

static int configure(const cli_args_t *args, cli_runner_t *r, cli_send_device_t *names, uint64_t *wait_ms)
{
    r->hse = cli_send_where(args);
    if (args->word_count > 1) {
        return cli_fail(args, CLI_USAGE, "give one text, in quotation marks when it has spaces");
    }
    int code = cli_send_device(args, r, names);
    r->confirms = cli_count(args, "confirm") > 0;
    if (code == CLI_OK && r->confirms &&
        (r->config.e2e == NULL || r->config.e2e->config.service == GODWIT_SERVICE_KEY_AGREEMENT)) {
        return cli_fail(args, CLI_USAGE, "--confirm goes with --service integrity or confidentiality");
    }
    if (code == CLI_OK && !cli_send_timing(args, &r->config.retransmit_ms, &r->config.attempts, wait_ms)) {
        code = CLI_USAGE;
    }
    code = code == CLI_OK ? cli_root_take(args, r->card_path, &r->root) : code;
    if (r->root.given) {
        r->config.agreements = (uint8_t)(1u << (r->root.agreement - 1));
    }
    return code;
}

static int run(const cli_args_t *args)
{
    static cli_runner_t runner;
    static cli_send_device_t names;
    uint64_t wait_ms = 0;
    int code = configure(args, &runner, &names, &wait_ms);
    return code == CLI_OK ? cli_send_run(args, &runner, wait_ms) : code;
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
    {"gba", "FILE", "the root is Ks_NAF of this file of \"gba bootstrap\" (agreement 04)", false, false},
    {"akma", "FILE", "the root is K_AF of this file of \"akma authenticate\" (agreement 05)", false, false},
    {"emks", "FQDN", "of the EMKS, which is the NAF or AF; with --gba, --akma", false, false},
    {"ua", "HEX", "ua_protocol of that EMKS, 5 octets; default ff00000001; with --gba, --akma", false, false},
    {"bsf-name", "FQDN", "with --gba, as in \"gba bootstrap\"", false, false},
    {"routing", "N", "with --akma, as in \"akma authenticate\"", false, false},
    {"suite", "NAME", "a suite that the device accepts; default 01 to 04", false, true},
    CLI_E2E_OPTIONS,
    {"confirm", NULL, "wait until the EAS has each reading; end to end alone", false, false},
    CLI_SEND_WAY_OPTIONS,
};

const cli_command_t cli_send = {
    .name = "send",
    .summary = "Sends a reading from a SIM to its endpoint: sets up a session when there is none.",
    .words = "[TEXT]",
    .notes =
        "Without TEXT each line of standard input is a reading. FOLDER is $GODWIT_STATE, else $XDG_STATE_HOME/godwit, else\n"
        "~/.local/state/godwit. A reading is not acknowledged on the user plane: 0 says that it left; with --confirm, that the EAS has it.\n"
        "A live session goes on as it is, whatever the root that is named: --gba, --akma and --agreement are of the next set-up. With\n"
        "--service readings end in the EAS of --enterprise: the session is end to end or it is not; its keys are kept in STATE.e2e, as\n"
        "secret as the card; with key-agreement there are no readings, only a key to export.",
    CLI_COMMAND_OPTIONS(options),
    .run = run,
};
