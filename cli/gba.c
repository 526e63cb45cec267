/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit gba key, and what both commands share.
 */
#include "cli/gba.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/device_host.h"
#include "cli/device_options.h"
#include "core/agree/gba/gba.h"
#include "core/wire/bootstrapping_info.h"

static const char *const flavours[] = {"me", "u", "2g"};

const char *cli_gba_flavour_name(godwit_gba_flavour_t flavour)
{
    return flavours[flavour];
}

bool cli_gba_flavour(const cli_args_t *args, godwit_gba_flavour_t *flavour)
{
    const char *name = cli_value(args, "flavour");
    *flavour = GODWIT_GBA_ME;
    for (unsigned i = 0; i < 3 && name != NULL; i++) {
        if (strcmp(name, flavours[i]) == 0) {
            *flavour = (godwit_gba_flavour_t)i;
            return true;
        }
    }
    if (name != NULL) {
        (void)cli_fail(args, CLI_USAGE, "--flavour: '%s' is none of me, u, 2g", name);
    }
    return name == NULL;
}

void cli_gba_time(uint64_t seconds, char text[32])
{
    godwit_writer_t w = godwit_writer(text, 31);
    godwit_put_date_time(&w, seconds);
    text[w.len] = '\0';
}

uint64_t cli_gba_now(void)
{
    return (uint64_t)time(NULL);
}

static bool name_of_bsf(const cli_args_t *args, godwit_plmn_t home, char name[GODWIT_FQDN_MAX + 1])
{
    godwit_slice_t given;
    if (cli_value(args, "bsf-name") == NULL) {
        return godwit_gba_bsf_name(home, name) == GODWIT_OK;
    }
    if (!cli_fqdn(args, "bsf-name", &given)) {
        return false;
    }
    memcpy(name, given.ptr, given.len);
    name[given.len] = '\0';
    return true;
}

bool cli_gba_identity(const cli_args_t *args, cli_gba_t *g)
{
    godwit_plmn_t home;
    g->args = args;
    return cli_imsi(args, "imsi", &g->imsi) && cli_home_network(args, &g->imsi, &home) &&
           name_of_bsf(args, home, g->bsf) && godwit_gba_impi(&g->imsi, home, g->impi) == GODWIT_OK;
}

int cli_gba_who(const cli_args_t *args, cli_gba_t *g)
{
    static cli_runner_t files;
    if (!cli_gba_identity(args, g)) {
        return CLI_USAGE;
    }
    files.config.imsi = g->imsi;
    int code = cli_send_files(args, &files, ".gba", &g->names);
    g->card_path = files.card_path;
    g->state_path = files.state_path;
    return code;
}

int cli_gba_open_state(cli_gba_t *g, godwit_gba_flavour_t flavour, bool tls)
{
    uint8_t record[GODWIT_GBA_RECORD_MAX];
    size_t len = 0;
    const godwit_gba_config_t config = {
        .crypto = &godwit_crypto_builtin, .flavour = flavour, .impi = g->impi, .bsf = g->bsf, .tls = tls};
    godwit_status_t status = godwit_gba_init(&g->gba, &config);
    if (status != GODWIT_OK) {
        return cli_fail(g->args, CLI_USAGE,
                        status == GODWIT_POLICY_FORBIDS ? "2G GBA runs inside TLS only: give a https:// URL"
                                                        : "no GBA with this IMPI and this BSF");
    }
    if (g->state.disk == NULL && godwit_nvm_open(&g->state, g->state_path, NULL) != GODWIT_OK) {
        return cli_fail(g->args, CLI_FILE, "%s", g->state.why);
    }
    status = godwit_nvm_read(&g->state, record, sizeof record, &len);
    if (status == GODWIT_OK) {
        status = godwit_gba_restore(&g->gba, godwit_slice(record, len));
    }
    godwit_wipe(record, sizeof record);
    return status == GODWIT_OK || status == GODWIT_NOT_FOUND ? CLI_OK
           : status == GODWIT_IO_FAILED                      ? cli_fail(g->args, CLI_FILE, "%s", g->state.why)
                                                             : CLI_REFUSED;
}

void cli_gba_close(cli_gba_t *g)
{
    if (g->card.open) {
        godwit_usim_soft_close(&g->card);
    }
    if (g->state.disk != NULL) {
        godwit_nvm_close(&g->state);
    }
    godwit_wipe(&g->gba, sizeof g->gba);
}

/* ---- what is bootstrapped ---- */

int cli_gba_take_state(cli_gba_t *g)
{
    int code = CLI_REFUSED;
    for (unsigned i = 0; i < 3 && code == CLI_REFUSED; i++) {
        code = cli_gba_open_state(g, (godwit_gba_flavour_t)i, true);
    }
    if (code == CLI_REFUSED) {
        return cli_fail(g->args, CLI_FILE, "%s: damaged, or of another subscriber or BSF", g->state_path);
    }
    return code == CLI_OK && godwit_gba_b_tid_of(&g->gba)[0] == '\0'
               ? cli_fail(g->args, CLI_REFUSED, "%s: nothing is bootstrapped: godwit gba bootstrap", g->state_path)
               : code;
}

static int key_of_card(cli_gba_t *g, godwit_slice_t naf_id, bool inside, uint8_t key[32])
{
    const godwit_slice_t impi = godwit_slice_of_string(g->impi);
    int code = cli_card_open(g->args, g->card_path, &g->imsi, &g->card);
    if (code != CLI_OK) {
        return code;
    }
    if (strcmp(g->card.usim.gba.b_tid, godwit_gba_b_tid_of(&g->gba)) != 0) {
        return cli_fail(g->args, CLI_REFUSED, "the card was bootstrapped again since: godwit gba bootstrap");
    }
    godwit_status_t status = inside ? godwit_usim_gba_naf_inside(&g->card.usim, impi, naf_id, key)
                                    : godwit_usim_gba_naf(&g->card.usim, impi, naf_id, key);
    return status == GODWIT_OK ? CLI_OK : cli_fail(g->args, CLI_REFUSED, "%s", godwit_status_name(status));
}

int cli_gba_key_of(cli_gba_t *g, godwit_slice_t naf_id, bool inside, uint8_t key[32])
{
    bool in_card = g->gba.config.flavour == GODWIT_GBA_U;
    if (inside && !in_card) {
        return cli_fail(g->args, CLI_REFUSED, "--int: only GBA_U has a Ks_int_NAF");
    }
    godwit_status_t status = godwit_gba_ks_naf(&g->gba, naf_id, cli_gba_now(), key);
    if (status == GODWIT_WRONG_STATE && in_card) {
        return key_of_card(g, naf_id, inside, key);
    }
    return status == GODWIT_OK ? CLI_OK : cli_fail(g->args, CLI_REFUSED, "%s", godwit_status_name(status));
}

/* ---- gba key ---- */

static int print_key(cli_gba_t *g, godwit_slice_t naf, const uint8_t ua[GODWIT_UA_PROTOCOL_OCTETS])
{
    uint8_t naf_id[GODWIT_NAF_ID_MAX], key[32];
    uint16_t len = 0;
    char expires[32], naf_text[GODWIT_FQDN_MAX + 1] = "";
    bool inside = cli_count(g->args, "int") != 0, in_card = g->gba.config.flavour == GODWIT_GBA_U;
    if (godwit_gba_naf_id(naf, ua, naf_id, &len) != GODWIT_OK) {
        return CLI_USAGE;
    }
    int code = cli_gba_key_of(g, godwit_slice(naf_id, len), inside, key);
    if (code == CLI_OK) {
        memcpy(naf_text, naf.ptr, naf.len);
        cli_gba_time(godwit_gba_expires_of(&g->gba), expires);
        code = cli_print(g->args, json_pack("{s:s, s:o, s:s, s:s, s:o}", "naf", naf_text, "ua",
                                            cli_json_hex(ua, GODWIT_UA_PROTOCOL_OCTETS), "b_tid",
                                            godwit_gba_b_tid_of(&g->gba), "expires", expires,
                                            inside    ? "ks_int_naf"
                                            : in_card ? "ks_ext_naf"
                                                      : "ks_naf",
                                            cli_json_hex(key, sizeof key)));
    }
    godwit_wipe(key, sizeof key);
    return code;
}

static int run(const cli_args_t *args)
{
    static cli_gba_t g;
    uint8_t ua[GODWIT_UA_PROTOCOL_OCTETS] = {0x01, 0x00, 0x00, 0x00, 0x02}; /* HTTP Digest, TS 33.220 H.3 */
    godwit_slice_t naf;
    if (!cli_fqdn(args, "naf", &naf) || (cli_value(args, "ua") != NULL && !cli_hex_exact(args, "ua", ua, sizeof ua))) {
        return CLI_USAGE;
    }
    int code = cli_gba_who(args, &g);
    code = code == CLI_OK ? cli_gba_take_state(&g) : code;
    code = code == CLI_OK ? print_key(&g, naf, ua) : code;
    cli_gba_close(&g);
    return code;
}

static const cli_option_t options[] = {
    {"naf", "FQDN", "of the NAF", true, false},
    {"ua", "HEX", "Ua security protocol identifier, 5 octets; default 0100000002, HTTP Digest", false, false},
    {"int", NULL, "Ks_int_NAF, which a real card keeps to itself", false, false},
    CLI_GBA_OPTIONS,
};

const cli_command_t cli_gba_key = {
    .name = "gba key",
    .summary = "Prints a key: Ks_NAF of the bootstrapping before, for one NAF.",
    .notes =
        "It prints a secret. FOLDER is as in send. The key of another NAF, or for another protocol, is another key.",
    CLI_COMMAND_OPTIONS(options),
    .run = run,
};
