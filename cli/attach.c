/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit attach: a device that attaches to a network of godwitd's (mme or sgsn), sends readings over its bearer, and detaches.
 */
#include <string.h>

#include "cli/device_options.h"
#include "cli/phone.h"

#define BIT(agreement) (uint8_t)(1u << ((agreement)-1))
#define DEFAULT_RADIO "127.0.0.1:7332"

static bool networks(const cli_args_t *args, phone_t *p)
{
    godwit_access_config_t *a = &p->access_config;
    if (!cli_home_network(args, &a->imsi, &a->home)) {
        return false;
    }
    a->serving_network = p->device_config.best_plmn = a->home;
    if ((cli_value(args, "serving-network") != NULL && !cli_plmn(args, "serving-network", &a->serving_network)) ||
        (cli_value(args, "best-plmn") != NULL && !cli_plmn(args, "best-plmn", &p->device_config.best_plmn))) {
        return false;
    }
    p->device_config.serving_network = a->serving_network;
    return true;
}

/* One of two words; NULL is the first. */
static bool word(const cli_args_t *args, const char *option, const char *first, const char *second, bool *is_second)
{
    const char *text = cli_value(args, option);
    *is_second = text != NULL && strcmp(text, second) == 0;
    if (text != NULL && !*is_second && strcmp(text, first) != 0) {
        (void)cli_fail(args, CLI_USAGE, "--%s: '%s' is neither %s nor %s", option, text, first, second);
        return false;
    }
    return true;
}

static bool solution(const cli_args_t *args, phone_t *p)
{
    uint64_t number = 1, s = 0, e = 1;
    bool umts = false, sqn = false;
    godwit_access_config_t *a = &p->access_config;
    if (!cli_number(args, "solution", 1, 3, 1, &number) || !word(args, "access", "eps", "umts", &umts) ||
        !word(args, "selector", "rand", "sqn", &sqn) ||
        !cli_number(args, "session-octets", 0, 4, number == 1 ? 0 : 3, &s) ||
        !cli_number(args, "counter-octets", 0, 3, 1, &e)) {
        return false;
    }
    godwit_agreement_t access = umts ? GODWIT_AGREEMENT_ACCESS_UMTS : GODWIT_AGREEMENT_ACCESS_EPS;
    a->kind = umts ? GODWIT_ACCESS_UMTS : GODWIT_ACCESS_EPS;
    a->e2m = number == 1;
    a->key_set = number == 2;
    a->me_derives = cli_count(args, "me") != 0;
    a->selector = p->selector = sqn ? 2 : 1;
    p->device_config.agreements = number == 3   ? BIT(GODWIT_AGREEMENT_SEPARATE_EPS)
                                  : number == 2 ? BIT(access)
                                                : (uint8_t)(BIT(access) | BIT(GODWIT_AGREEMENT_SEPARATE_EPS));
    p->device_config.framing = (godwit_framing_t){(uint8_t)s, (uint8_t)e};
    return true;
}

static int configure(const cli_args_t *args, phone_t *p, char name[CLI_ENDPOINT_SIZE])
{
    uint64_t retransmit = 0, attempts = 0;
    p->args = args;
    p->radio = cli_value(args, "mme") != NULL ? cli_value(args, "mme") : DEFAULT_RADIO;
    p->access_config.crypto = p->device_config.crypto = &godwit_crypto_builtin;
    p->access_config.apn = godwit_slice_of_string(cli_value(args, "apn"));
    if (!cli_soft_card(args, &p->card_path) || !cli_imsi(args, "imsi", &p->access_config.imsi) || !networks(args, p) ||
        !cli_endpoint(args, p->access_config.home, name, &p->device_config.endpoint) || !solution(args, p) ||
        !cli_suites(args, &p->device_config.suites) || !cli_number(args, "retransmit", 10, 600000, 1000, &retransmit) ||
        !cli_number(args, "attempts", 1, 16, 5, &attempts)) {
        return CLI_USAGE;
    }
    p->device_config.imsi = p->access_config.imsi;
    p->access_config.retransmit_ms = p->device_config.retransmit_ms = (uint32_t)retransmit;
    p->access_config.attempts = p->device_config.attempts = (uint8_t)attempts;
    return CLI_OK;
}

/* Attach, readings with what is wanted between them, detach. */
static int live(const cli_args_t *args, phone_t *p, uint64_t *readings)
{
    uint64_t wait_ms = 0;
    if (!cli_number(args, "wait", 0, 3600000, 300, &wait_ms)) {
        return CLI_USAGE;
    }
    int code = phone_open(p);
    code = code == CLI_OK ? phone_attach(p) : code;
    for (size_t i = 0; i < args->word_count && code == CLI_OK; i++) {
        if (i > 0 && cli_count(args, "idle") != 0) {
            code = phone_listen(p, wait_ms);
            code = code == CLI_OK ? phone_idle(p) : code;
        }
        if (i > 0 && code == CLI_OK && cli_count(args, "modify") != 0) {
            code = phone_modify(p);
        }
        code = code == CLI_OK ? phone_send(p, godwit_slice_of_string(args->words[i])) : code;
        *readings += code == CLI_OK;
    }
    code = code == CLI_OK ? phone_listen(p, wait_ms) : code;
    return code == CLI_OK && cli_count(args, "stay") == 0 ? phone_detach(p) : code;
}

static json_t *account(const phone_t *p, uint64_t readings)
{
    return json_pack("{s:s, s:s, s:b, s:b, s:b, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:O, s:O}", "imsi",
                     p->access_config.imsi.digits, "access",
                     p->access_config.kind == GODWIT_ACCESS_UMTS ? "umts" : "eps", "attached", p->attached, "key_set",
                     p->key_set, "session", p->session, "fallback", p->fallback, "readings", (json_int_t)readings,
                     "frames_up", (json_int_t)p->frames_up, "frames_down", (json_int_t)p->frames_down, "octets_up",
                     (json_int_t)p->octets_up, "octets_down", (json_int_t)p->octets_down, "n_pdus_up",
                     (json_int_t)p->n_pdus_up, "n_pdus_down", (json_int_t)p->n_pdus_down, "received", p->received,
                     "events", p->events);
}

static int run(const cli_args_t *args)
{
    static phone_t phone;
    static char name[CLI_ENDPOINT_SIZE];
    uint64_t readings = 0;
    int code = configure(args, &phone, name);
    if (code != CLI_OK) {
        return code;
    }
    code = live(args, &phone, &readings);
    if (phone.events != NULL) { /* what happened is told also when it ended badly */
        (void)cli_print(args, account(&phone, readings));
    }
    phone_close(&phone);
    return code;
}

static const cli_option_t options[] = {
    {"imsi", "N", "IMSI of the card", true, false},
    {"usim", "soft:FILE", "the card", true, false},
    {"mme", "ADDRESS:PORT", "the radio door of an mme or sgsn; default 127.0.0.1:7332", false, false},
    {"access", "eps|umts", "default eps", false, false},
    {"apn", "NAME", "access point name; default: the network's", false, false},
    {"solution", "1|2|3",
     "1: the access AKA's key, by the PCO (default); 2: the same key, by EMSDP; 3: an AKA of its own", false, false},
    {"me", NULL, "the ME makes the key set, for a card that does not (variant E)", false, false},
    {"selector", "rand|sqn", "what names the key set in the PCO; default rand", false, false},
    {"endpoint", "FQDN", "the HSE's name, to which keys are bound; default hse.mncNNN.mccNNN.3gppnetwork.org of --plmn",
     false, false},
    {"plmn", "MCC-MNC", "home network; default: the IMSI's first five digits", false, false},
    {"serving-network", "MCC-MNC", "the network it attaches to; default: home", false, false},
    {"best-plmn", "MCC-MNC", "the operator's BEST PLMN, for solution 3; default: home", false, false},
    {"suite", "NAME", "a suite that the device accepts; default 01 to 04", false, true},
    {"session-octets", "N", "S of that HSE address; default 0 for solution 1, else 3", false, false},
    {"counter-octets", "N", "E of that HSE address; default 1", false, false},
    {"idle", NULL, "release the radio between readings", false, false},
    {"modify", NULL, "modify the bearer between readings, with a new container", false, false},
    {"stay", NULL, "do not detach at the end", false, false},
    {"retransmit", "MS", "first wait for an answer, doubled each time; default 1000", false, false},
    {"attempts", "N", "sendings of one request; default 5", false, false},
    {"wait", "MS", "listen for so long before going idle and at the end; default 300", false, false},
};

const cli_command_t cli_attach = {
    .name = "attach",
    .summary = "Attaches a device to a mobile network made of godwitd, sends readings over its bearer, detaches.",
    .words = "[READING...]",
    .notes =
        "Nothing is kept: each run attaches anew. The events of both libraries are printed in the order in which they came.",
    CLI_COMMAND_OPTIONS(options),
    .run = run,
};
