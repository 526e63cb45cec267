/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit mtc send: the device of device RAND. A reading in the very first datagram, protected with a key that the SIM
 * made of a RAND of the device's own; the record, with counter and chain, is kept in a file.
 */
#include <string.h>

#include "cli/device_options.h"
#include "cli/send_run.h"

static bool profile(const cli_args_t *args, godwit_mtc_profile_t *profile_out)
{
    static const char *const names[] = {
        [GODWIT_MTC_GODWIT1] = "godwit1",
        [GODWIT_MTC_TS33868_KC] = "ts33868-kc",
        [GODWIT_MTC_TS33868_K_MTC] = "ts33868-k-mtc",
    };
    const char *name = cli_value(args, "profile") != NULL ? cli_value(args, "profile") : names[0];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0) {
            *profile_out = (godwit_mtc_profile_t)i;
            return true;
        }
    }
    (void)cli_fail(args, CLI_USAGE, "--profile: '%s' is none of godwit1, ts33868-kc, ts33868-k-mtc", name);
    return false;
}

static int configure(const cli_args_t *args, cli_runner_t *r, cli_send_names_t *names, uint64_t *wait_ms)
{
    godwit_mtc_config_t *config = &r->mtc_config;
    uint64_t readings = 0;
    r->args = args;
    r->is_mtc = true;
    r->hse = cli_send_where(args);
    config->crypto = &godwit_crypto_builtin;
    config->reserve = 1; /* the exact counters are stored at the end of each call */
    config->keep_hidden = cli_count(args, "keep-hidden") > 0;
    if (args->word_count > 1) {
        return cli_fail(args, CLI_USAGE, "give one text, in quotation marks when it has spaces");
    }
    if (!cli_imsi(args, "imsi", &config->imsi) || !cli_fqdn(args, "endpoint", &config->server) ||
        !profile(args, &config->profile) || !cli_framing(args, &config->framing) ||
        !cli_number(args, "key-readings", 1, UINT32_MAX, 65536, &readings) ||
        !cli_send_timing(args, &config->retransmit_ms, &config->attempts, wait_ms)) {
        return CLI_USAGE;
    }
    config->key_readings = (uint32_t)readings;
    r->config.imsi = config->imsi;
    r->renews = cli_count(args, "new") > 0;
    return cli_send_files(args, r, ".mtc", names);
}

static int run(const cli_args_t *args)
{
    static cli_runner_t runner;
    static cli_send_names_t names;
    uint64_t wait_ms = 0;
    int code = configure(args, &runner, &names, &wait_ms);
    return code == CLI_OK ? cli_send_run(args, &runner, wait_ms) : code;
}

static const cli_option_t options[] = {
    {"imsi", "N", "IMSI of the card", true, false},
    {"usim", "soft:FILE", "the card; default soft:FOLDER/IMSI.usim (see below)", false, false},
    {"hse", "HOST:PORT", "the MTC server; default $GODWIT_HSE, else 127.0.0.1:7330", false, false},
    {"endpoint", "FQDN", "the MTC server's name, to which the key is bound, as the MKEF's list has it", true, false},
    {"state", "FILE", "where the record is kept; default FOLDER/IMSI.mtc; one for each MTC server", false, false},
    {"profile", "NAME", "godwit1 (default); ts33868-kc, ts33868-k-mtc: weak, where the MKEF is told of it", false,
     false},
    {"keep-hidden", NULL, "never show the IMSI again once there is a temporary identity", false, false},
    {"new", NULL, "begin with a new RAND1 even where a session is live", false, false},
    {"key-readings", "N", "a new RAND1 after so many readings; default 65536", false, false},
    CLI_SEND_WAY_OPTIONS,
};

const cli_command_t cli_mtc_send = {
    .name = "mtc send",
    .summary = "Sends a reading by device RAND: one datagram from a cold start, with any SIM.",
    .words = "[TEXT]",
    .notes =
        "Without TEXT each line of standard input is a reading. FOLDER as for \"send\". Whoever loses the record cannot go on before\n"
        "the operator has released this IMSI at the MKEF: its counter and chain are nowhere else.",
    CLI_COMMAND_OPTIONS(options),
    .run = run,
};
