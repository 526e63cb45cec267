/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit akma authenticate, godwit akma key: a 5G device with a card in a file, and for the first the serving network
 * that it stands in (TS 33.501 6.1.3.2, TS 33.535). The state file holds K_AKMA: it is as secret as the card.
 */
#include <stdio.h>
#include <string.h>

#include "adapters/akma/json.h"
#include "adapters/https/client.h"
#include "cli/akma.h"
#include "cli/device_host.h"
#include "cli/device_options.h"
#include "cli/send_run.h"
#include "godwit/akma.h"

#define UA_OCTETS 5u

typedef struct cli_akma {
    const cli_args_t *args;
    godwit_imsi_t imsi;
    const char *card_path, *state_path;
    cli_send_names_t names;
    godwit_nvm_t state;
    godwit_usim_soft_t card;
    godwit_akma_t akma;
    godwit_https_client_t *client;
} cli_akma_t;

static int identity(const cli_args_t *args, cli_akma_t *a)
{
    godwit_akma_config_t config = {.crypto = &godwit_crypto_builtin, .routing_indicator = cli_value(args, "routing")};
    a->args = args;
    if (!cli_imsi(args, "imsi", &a->imsi) || !cli_home_network(args, &a->imsi, &config.home)) {
        return CLI_USAGE;
    }
    config.imsi = a->imsi;
    if (godwit_akma_init(&a->akma, &config) != GODWIT_OK) {
        return cli_fail(args, CLI_USAGE, "--routing: up to four digits");
    }
    return CLI_OK;
}

static int who(const cli_args_t *args, cli_akma_t *a)
{
    static cli_runner_t files;
    int code = identity(args, a);
    if (code != CLI_OK) {
        return code;
    }
    files.config.imsi = a->imsi;
    code = cli_send_files(args, &files, ".akma", &a->names);
    a->card_path = files.card_path;
    a->state_path = files.state_path;
    return code;
}

/* Nothing stored yet is no error. */
static int open_state(cli_akma_t *a)
{
    uint8_t record[GODWIT_AKMA_RECORD + 1];
    size_t len = 0;
    if (godwit_nvm_open(&a->state, a->state_path, NULL) != GODWIT_OK) {
        return cli_fail(a->args, CLI_FILE, "%s", a->state.why);
    }
    godwit_status_t status = godwit_nvm_read(&a->state, record, sizeof record, &len);
    if (status == GODWIT_NOT_FOUND) {
        return CLI_OK;
    }
    if (status == GODWIT_OK) {
        status = godwit_akma_restore(&a->akma, godwit_slice(record, len));
    }
    godwit_wipe(record, sizeof record);
    return status == GODWIT_OK ? CLI_OK
                               : cli_fail(a->args, CLI_FILE, "%s: damaged, or of another subscriber", a->state_path);
}

static void finish(cli_akma_t *a)
{
    godwit_https_client_stop(a->client);
    if (a->card.open) {
        godwit_usim_soft_close(&a->card);
    }
    if (a->state.disk != NULL) {
        godwit_nvm_close(&a->state);
    }
    godwit_wipe(&a->akma, sizeof a->akma);
}

/* ---- authenticate ---- */

static int ask(cli_akma_t *a, const char *method, const char *path, const char *body, godwit_https_answer_t *answer)
{
    char url[GODWIT_HTTPS_URI_MAX];
    if (snprintf(url, sizeof url, "%.400s%.400s", cli_value(a->args, "ausf"), path) >= (int)sizeof url) {
        return cli_fail(a->args, CLI_USAGE, "--ausf: too long");
    }
    const godwit_https_ask_t with = {.method = method,
                                     .url = url,
                                     .headers = {{"Content-Type", "application/json"}},
                                     .body = godwit_slice_of_string(body)};
    godwit_https_client_wait(a->client, &with, answer);
    return answer->status == GODWIT_OK ? CLI_OK : cli_fail(a->args, CLI_NO_PEER, "%s: %s", url, answer->why);
}

static int ask_vector(cli_akma_t *a, const godwit_5g_auth_request_t *request, godwit_5g_auth_answer_t *vector)
{
    char text[GODWIT_AKMA_TEXT];
    godwit_https_answer_t answer = {0};
    if (godwit_nausf_request_write(request, text) != GODWIT_OK) {
        return cli_fail(a->args, CLI_USAGE, "--serving-network: no such PLMN");
    }
    int code = ask(a, "POST", GODWIT_NAUSF_AUTHENTICATIONS, text, &answer);
    if (code != CLI_OK) {
        return code;
    }
    godwit_nausf_answer_read(answer.code, answer.body, vector);
    return vector->status == GODWIT_OK
               ? CLI_OK
               : cli_fail(a->args, CLI_REFUSED, "the AUSF: %s", godwit_status_name(vector->status));
}

/* Also what the serving network checks before it asks the home: HXRES*. */
static int run_card(cli_akma_t *a, const godwit_5g_auth_answer_t *vector, godwit_plmn_t network,
                    godwit_usim_result_t *made, uint8_t res_star[16])
{
    uint8_t hashed[16];
    if (godwit_usim_soft_authenticate(&a->card, vector->rand, vector->autn, made) != GODWIT_OK) {
        return cli_fail(a->args, CLI_FILE, "%s", a->card.why);
    }
    godwit_status_t status = godwit_akma_answer(&a->akma, network, vector->rand, vector->autn, made, res_star);
    if (status == GODWIT_AUTH_RESYNC) {
        return CLI_OK;
    }
    if (status == GODWIT_OK) {
        status = godwit_hxres_star(&godwit_crypto_builtin, vector->rand, res_star, hashed);
    }
    if (status == GODWIT_OK && memcmp(hashed, vector->hxres_star, sizeof hashed) != 0) {
        return cli_fail(a->args, CLI_REFUSED, "RES* does not go with HXRES*: another K at the home?");
    }
    return status == GODWIT_OK ? CLI_OK : cli_fail(a->args, CLI_REFUSED, "the card: %s", godwit_status_name(status));
}

static int confirm(cli_akma_t *a, const godwit_5g_auth_answer_t *vector, const uint8_t res_star[16])
{
    char text[GODWIT_AKMA_TEXT], path[GODWIT_AKMA_TEXT];
    uint8_t record[GODWIT_AKMA_RECORD];
    godwit_5g_confirm_t said;
    godwit_https_answer_t answer = {0};
    memcpy(said.rand, vector->rand, sizeof said.rand);
    memcpy(said.res_star, res_star, sizeof said.res_star);
    godwit_nausf_confirm_write(&said, text);
    godwit_nausf_path_write(said.rand, path);
    int code = ask(a, "PUT", path, text, &answer);
    if (code != CLI_OK) {
        return code;
    }
    godwit_status_t status = godwit_nausf_result_read(answer.code, answer.body);
    if (status != GODWIT_OK) {
        return cli_fail(a->args, CLI_REFUSED, "the AUSF: %s", godwit_status_name(status));
    }
    status = godwit_akma_confirmed(&a->akma, record);
    if (status == GODWIT_OK) {
        status = godwit_nvm_write(&a->state, godwit_slice(record, sizeof record));
    }
    godwit_wipe(record, sizeof record);
    return status == GODWIT_OK ? CLI_OK : cli_fail(a->args, CLI_FILE, "%s", a->state.why);
}

static int authenticate(cli_akma_t *a, godwit_plmn_t network)
{
    godwit_5g_auth_request_t request = {.imsi = a->imsi, .serving_network = network};
    godwit_5g_auth_answer_t vector;
    godwit_usim_result_t made = {.status = GODWIT_OK};
    uint8_t res_star[16] = {0};
    int code = ask_vector(a, &request, &vector);
    code = code == CLI_OK ? run_card(a, &vector, network, &made, res_star) : code;
    if (code == CLI_OK && made.status == GODWIT_AUTH_RESYNC) { /* once */
        request.resync = true;
        memcpy(request.rand, vector.rand, sizeof request.rand);
        memcpy(request.auts, made.auts, sizeof request.auts);
        code = ask_vector(a, &request, &vector);
        code = code == CLI_OK ? run_card(a, &vector, network, &made, res_star) : code;
        if (code == CLI_OK && made.status != GODWIT_OK) {
            code = cli_fail(a->args, CLI_REFUSED, "the card: still not synchronised");
        }
    }
    godwit_wipe(&made, sizeof made);
    return code == CLI_OK ? confirm(a, &vector, res_star) : code;
}

static int print_a_kid(cli_akma_t *a)
{
    char a_kid[GODWIT_A_KID_MAX + 1];
    return godwit_akma_name(&a->akma, a_kid) == GODWIT_OK
               ? cli_print(a->args, json_pack("{s:s, s:s}", "a_kid", a_kid, "state", a->state_path))
               : cli_fail(a->args, CLI_REFUSED, "there is no anchor key");
}

static int run_authenticate(const cli_args_t *args)
{
    static cli_akma_t a;
    char why[GODWIT_HTTPS_WHY];
    godwit_plmn_t network;
    const godwit_https_client_config_t https = {.certificate = cli_value(args, "certificate"),
                                                .key = cli_value(args, "key"),
                                                .ca = cli_value(args, "ca"),
                                                .connect_to = cli_value(args, "connect-to"),
                                                .body_max = GODWIT_AKMA_TEXT};
    const char *url = cli_value(args, "ausf");
    if (!cli_plmn(args, "serving-network", &network)) {
        return CLI_USAGE;
    }
    if (strncmp(url, "https://", 8) != 0 || strchr(url + 8, '/') != NULL) {
        return cli_fail(args, CLI_USAGE, "--ausf: https://HOST:PORT, without a path");
    }
    int code = who(args, &a);
    code = code == CLI_OK ? open_state(&a) : code;
    code = code == CLI_FILE && a.state.disk != NULL ? CLI_OK : code; /* a state that cannot be used is written over */
    code = code == CLI_OK ? cli_card_open(args, a.card_path, &a.imsi, &a.card) : code;
    if (code == CLI_OK && godwit_https_client_start(&https, &a.client, why) != GODWIT_OK) {
        code = cli_fail(args, CLI_FILE, "%s", why);
    }
    code = code == CLI_OK ? authenticate(&a, network) : code;
    code = code == CLI_OK ? print_a_kid(&a) : code;
    finish(&a);
    return code;
}

#define AKMA_OPTIONS                                                                                                   \
    {"imsi", "N", "IMSI of the card", true, false},                                                                    \
        {"usim", "soft:FILE", "the card; default soft:FOLDER/IMSI.usim", false, false},                                \
        {"state", "FILE", "where the anchor key is kept; default FOLDER/IMSI.akma", false, false},                     \
        {"plmn", "MCC-MNC", "the home network; default: the IMSI's first five digits", false, false},                  \
    {                                                                                                                  \
        "routing", "N", "routing indicator of the card; default 0", false, false                                       \
    }

static const cli_option_t authenticate_options[] = {
    {"ausf", "URL", "https://HOST:PORT", true, false},
    {"serving-network", "MCC-MNC", "the network whose part is played", true, false},
    {"certificate", "FILE", "of the serving network, PEM", true, false},
    {"key", "FILE", "its key", true, false},
    {"ca", "FILE", "the authority of the AUSF's certificate", true, false},
    {"connect-to", "PLACE", "HOST:PORT:ADDRESS:PORT: where the host of the URL is", false, false},
    AKMA_OPTIONS,
};

const cli_command_t cli_akma_authenticate = {
    .name = "akma authenticate",
    .summary = "5G AKA with an AUSF, as a serving network and a device with its card; keeps the anchor key of AKMA.",
    .notes = "FOLDER as for \"send\".",
    CLI_COMMAND_OPTIONS(authenticate_options),
    .run = run_authenticate,
};

/* ---- key ---- */

static int key_of(cli_akma_t *a, godwit_slice_t af_id, char a_kid[GODWIT_A_KID_MAX + 1], uint8_t k_af[32])
{
    godwit_status_t status = godwit_akma_k_af(&a->akma, af_id, k_af);
    if (status == GODWIT_OK) {
        status = godwit_akma_name(&a->akma, a_kid);
    }
    return status == GODWIT_OK
               ? CLI_OK
               : cli_fail(a->args, CLI_REFUSED, "%s: no anchor key: godwit akma authenticate", a->state_path);
}

int cli_akma_take(const cli_args_t *args, const char *path, godwit_slice_t af_id, char a_kid[GODWIT_A_KID_MAX + 1],
                  uint8_t k_af[32])
{
    static cli_akma_t a;
    int code = identity(args, &a);
    a.state_path = path;
    code = code == CLI_OK ? open_state(&a) : code;
    code = code == CLI_OK ? key_of(&a, af_id, a_kid, k_af) : code;
    finish(&a);
    return code;
}

static int print_key(cli_akma_t *a, godwit_slice_t af, const uint8_t ua[UA_OCTETS])
{
    uint8_t af_id[GODWIT_AF_ID_MAX], k_af[32];
    char a_kid[GODWIT_A_KID_MAX + 1], name[GODWIT_FQDN_MAX + 1] = "";
    memcpy(name, af.ptr, af.len);
    memcpy(af_id, af.ptr, af.len);
    memcpy(af_id + af.len, ua, UA_OCTETS);
    int code = key_of(a, godwit_slice(af_id, af.len + UA_OCTETS), a_kid, k_af);
    if (code == CLI_OK) {
        code = cli_print(a->args, json_pack("{s:s, s:o, s:s, s:o}", "af", name, "ua", cli_json_hex(ua, UA_OCTETS),
                                            "a_kid", a_kid, "k_af", cli_json_hex(k_af, sizeof k_af)));
    }
    godwit_wipe(k_af, sizeof k_af);
    return code;
}

static int run_key(const cli_args_t *args)
{
    static cli_akma_t a;
    uint8_t ua[UA_OCTETS] = {0xFF, 0x00, 0x00, 0x00, 0x01}; /* EMSDP, ours: docs/keys.md */
    godwit_slice_t af;
    if (!cli_fqdn(args, "af", &af) || (cli_value(args, "ua") != NULL && !cli_hex_exact(args, "ua", ua, sizeof ua))) {
        return CLI_USAGE;
    }
    int code = who(args, &a);
    code = code == CLI_OK ? open_state(&a) : code;
    code = code == CLI_OK ? print_key(&a, af, ua) : code;
    finish(&a);
    return code;
}

static const cli_option_t key_options[] = {
    {"af", "FQDN", "the application function", true, false},
    {"ua", "HEX", "Ua* security protocol identifier, 5 octets; default ff00000001, EMSDP", false, false},
    AKMA_OPTIONS,
};

const cli_command_t cli_akma_key = {
    .name = "akma key",
    .summary = "A calculator: prints the KEY that device and application share, K_AF of AKMA.",
    .notes = "FOLDER as for \"send\".",
    CLI_COMMAND_OPTIONS(key_options),
    .run = run_key,
};
