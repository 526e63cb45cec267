/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit gba bootstrap: a device that bootstraps with a BSF over Ub, its card in a file.
 */
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "adapters/https/client.h"
#include "cli/device_host.h"
#include "cli/gba.h"

#define URL_MAX 512

typedef struct ub {
    char url[URL_MAX];
    godwit_https_client_t *client;
} ub_t;

static godwit_slice_t text_or_none(const char *text)
{
    return godwit_slice_of_string(text);
}

static int get(cli_gba_t *g, const ub_t *ub, const godwit_gba_request_t *request)
{
    godwit_https_answer_t came;
    const godwit_https_ask_t ask = {.method = "GET",
                                    .url = ub->url,
                                    .headers = {{"Authorization", request->authorization},
                                                {"User-Agent", "godwit/" GODWIT_VERSION},
                                                {"Accept", "*/*"}}};
    godwit_https_client_wait(ub->client, &ask, &came);
    if (came.status != GODWIT_OK) {
        return cli_fail(g->args, CLI_NO_PEER, "%s: %s", ub->url, came.why);
    }
    const godwit_gba_answer_t answer = {.code = (uint16_t)came.code,
                                        .www_authenticate = text_or_none(came.headers[0]),
                                        .authentication_info = text_or_none(came.headers[1]),
                                        .body = came.body};
    godwit_status_t status = godwit_gba_answer(&g->gba, &answer, cli_gba_now(), &g->requests);
    return status == GODWIT_OK ? CLI_OK : cli_fail(g->args, CLI_REFUSED, "%s", godwit_status_name(status));
}

static void take_3g(const godwit_usim_result_t *from, godwit_gba_card_result_t *to)
{
    to->status = from->status;
    to->res_len = from->res_len;
    memcpy(to->res, from->res, sizeof to->res);
    memcpy(to->ck, from->ck, sizeof to->ck);
    memcpy(to->ik, from->ik, sizeof to->ik);
    memcpy(to->auts, from->auts, sizeof to->auts);
}

static godwit_status_t ask_card(cli_gba_t *g, const godwit_gba_request_t *request, godwit_gba_card_result_t *to)
{
    godwit_usim_result_t made;
    godwit_status_t status;
    memset(to, 0, sizeof *to);
    if (g->gba.config.flavour == GODWIT_GBA_SIM) {
        to->res_len = 4;
        return godwit_usim_step_gsm(&g->card.usim, request->rand, to->res, to->kc);
    }
    if (g->gba.config.flavour == GODWIT_GBA_U) {
        status = godwit_usim_soft_authenticate_gba(&g->card, request->rand, request->autn, &made);
    } else {
        status = godwit_usim_soft_authenticate(&g->card, request->rand, request->autn, &made);
    }
    if (status == GODWIT_OK) {
        take_3g(&made, to);
    }
    godwit_wipe(&made, sizeof made);
    return status;
}

static int run_card(cli_gba_t *g, const godwit_gba_request_t *request)
{
    godwit_gba_card_result_t result;
    godwit_status_t status = ask_card(g, request, &result);
    if (status != GODWIT_OK) {
        return g->card.why[0] != '\0' ? cli_fail(g->args, CLI_FILE, "%s", g->card.why)
                                      : cli_fail(g->args, CLI_FILE, "the card: %s", godwit_status_name(status));
    }
    status = godwit_gba_card_result(&g->gba, &result, &g->requests);
    godwit_wipe(&result, sizeof result);
    return status == GODWIT_OK ? CLI_OK : cli_fail(g->args, CLI_REFUSED, "%s", godwit_status_name(status));
}

static const char *why_refused(godwit_status_t reason)
{
    switch (reason) {
    case GODWIT_AUTH_MAC_FAILURE:
        return "the card does not know this network, or the BSF did not take its answer";
    case GODWIT_NOT_ENTITLED:
        return "the BSF refuses this subscriber, or is another one than --bsf-name";
    case GODWIT_MAC_FAILURE:
        return "the BSF has not proved that it knows the card";
    case GODWIT_UNSUPPORTED_SUITE:
        return "the BSF does not offer AKAv1-MD5 with auth-int";
    case GODWIT_OVERLOAD:
        return "the BSF has no time, or asks again and again";
    default:
        return "what the BSF answered is none of Ub";
    }
}

/* One request that is not the last of its list, or ends the whole. */
static int carry_out(cli_gba_t *g, const godwit_gba_request_t *request)
{
    switch (request->kind) {
    case GODWIT_GBA_CARD_KEEP:
        return godwit_usim_soft_gba_keep(&g->card, request->b_tid, request->expires_s) == GODWIT_OK
                   ? CLI_OK
                   : cli_fail(g->args, CLI_FILE, "%s", g->card.why);
    case GODWIT_GBA_STORE:
        return godwit_nvm_write(&g->state, request->octets) == GODWIT_OK
                   ? CLI_OK
                   : cli_fail(g->args, CLI_FILE, "%s", g->state.why);
    case GODWIT_GBA_EVENT:
        return request->reason == GODWIT_OK
                   ? CLI_OK
                   : cli_fail(g->args, CLI_REFUSED, "%s: %s", godwit_status_name(request->reason),
                              why_refused(request->reason));
    default:
        return CLI_OK; /* the timer: whoever runs this again renews */
    }
}

/* Carries out a list. The last one may ask for more: then *more is set, and there is another list. */
static int carry_out_all(cli_gba_t *g, const ub_t *ub, bool *more)
{
    const godwit_gba_requests_t list = g->requests;
    int code = CLI_OK;
    *more = false;
    for (size_t i = 0; i < list.count && code == CLI_OK; i++) {
        const godwit_gba_request_t *request = &list.item[i];
        bool asks = request->kind == GODWIT_GBA_GET || request->kind == GODWIT_GBA_AUTHENTICATE;
        *more = asks;
        code = request->kind == GODWIT_GBA_GET            ? get(g, ub, request)
               : request->kind == GODWIT_GBA_AUTHENTICATE ? run_card(g, request)
                                                          : carry_out(g, request);
    }
    return code;
}

static int bootstrap(cli_gba_t *g, const ub_t *ub)
{
    uint8_t random[8];
    char expires[32];
    bool more = true;
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random) {
        return cli_fail(g->args, CLI_FILE, "the system gives no random octets");
    }
    godwit_status_t status = godwit_gba_bootstrap(&g->gba, random, &g->requests);
    int code = status == GODWIT_OK ? CLI_OK : cli_fail(g->args, CLI_USAGE, "%s", godwit_status_name(status));
    while (code == CLI_OK && more) { /* ends: the library bounds the runs of the card */
        code = carry_out_all(g, ub, &more);
    }
    if (code != CLI_OK) {
        return code;
    }
    cli_gba_time(godwit_gba_expires_of(&g->gba), expires);
    return cli_print(g->args,
                     json_pack("{s:s, s:s, s:s, s:s}", "b_tid", godwit_gba_b_tid_of(&g->gba), "expires", expires,
                               "flavour", cli_gba_flavour_name(g->gba.config.flavour), "state", g->state_path));
}

/* TS 24.109 4.2: the BSF is asked for "/", whatever else its host serves. */
static bool url_of(const cli_args_t *args, char url[URL_MAX], bool *tls)
{
    const char *given = cli_value(args, "bsf"), *host = strstr(given, "://");
    *tls = strncmp(given, "https://", 8) == 0;
    if (!*tls && strncmp(given, "http://", 7) != 0) {
        (void)cli_fail(args, CLI_USAGE, "--bsf: '%s' begins with neither https:// nor http://", given);
        return false;
    }
    const char *path = strchr(host + 3, '/');
    int len = snprintf(url, URL_MAX, "%s%s", given, path == NULL ? "/" : "");
    if ((path != NULL && path[1] != '\0') || len < 0 || len >= URL_MAX) {
        (void)cli_fail(args, CLI_USAGE, "--bsf: https://HOST:PORT or http://HOST:PORT, without a path");
        return false;
    }
    return true;
}

static int connect_bsf(const cli_args_t *args, ub_t *ub, bool tls)
{
    char why[GODWIT_HTTPS_WHY];
    const godwit_https_client_config_t config = {.ca = cli_value(args, "ca"),
                                                 .plain = !tls,
                                                 .headers = {"WWW-Authenticate", "Authentication-Info"},
                                                 .body_max = 4096};
    return godwit_https_client_start(&config, &ub->client, why) == GODWIT_OK ? CLI_OK
                                                                             : cli_fail(args, CLI_FILE, "%s", why);
}

static int run(const cli_args_t *args)
{
    static cli_gba_t g;
    static ub_t ub;
    godwit_gba_flavour_t flavour;
    bool tls = false;
    if (!cli_gba_flavour(args, &flavour) || !url_of(args, ub.url, &tls)) {
        return CLI_USAGE;
    }
    int code = cli_gba_who(args, &g);
    code = code == CLI_OK ? cli_gba_open_state(&g, flavour, tls) : code;
    code = code == CLI_REFUSED ? CLI_OK : code; /* the state of another flavour or subscriber is written over */
    code = code == CLI_OK ? cli_card_open(args, g.card_path, &g.imsi, &g.card) : code;
    code = code == CLI_OK ? connect_bsf(args, &ub, tls) : code;
    code = code == CLI_OK ? bootstrap(&g, &ub) : code;
    godwit_https_client_stop(ub.client);
    cli_gba_close(&g);
    return code;
}

static const cli_option_t options[] = {
    {"bsf", "URL", "https://HOST:PORT or http://HOST:PORT", true, false},
    {"flavour", "NAME", "me (default), u (a card made with --gba-u), 2g (a SIM; https only)", false, false},
    {"ca", "FILE", "the authority of the BSF's certificate, PEM; default: the system's", false, false},
    CLI_GBA_OPTIONS,
};

const cli_command_t cli_gba_bootstrap = {
    .name = "gba bootstrap",
    .summary = "Bootstraps with a BSF (TS 24.109): the card's key for NAFs.",
    .notes =
        "The state file holds the bootstrapped key, but of flavour u, where it stays in the card. FOLDER is as in send.",
    CLI_COMMAND_OPTIONS(options),
    .run = run,
};
