/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit attach: a device that attaches to a network of godwitd's (mme, sgsn or msc), sends readings over its bearer or
 * as short messages, and detaches.
 */
#include <stdio.h>
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

/* Its place among the words; the first when the option is not given. */
static bool one_of(const cli_args_t *args, const char *option, const char *const words[3], unsigned *place)
{
    const char *text = cli_value(args, option);
    *place = 0;
    for (unsigned i = 0; text != NULL && i < 3; i++) {
        if (strcmp(text, words[i]) == 0) {
            *place = i;
            return true;
        }
    }
    if (text != NULL) {
        (void)cli_fail(args, CLI_USAGE, "--%s: '%s' is none of %s, %s and %s", option, text, words[0], words[1],
                       words[2]);
    }
    return text == NULL;
}

/* The number and port that short messages go to, and in which domain. */
static bool short_messages(const cli_args_t *args, phone_t *p, bool sms)
{
    godwit_access_config_t *a = &p->access_config;
    uint64_t port = 0;
    bool circuit = false;
    if (!word(args, "domain", "ps", "cs", &circuit) || !cli_number(args, "sms-port", 1, 65535, 0, &port)) {
        return false;
    }
    a->sms_number = cli_value(args, "sms-number");
    a->sms_centre = cli_value(args, "sms-centre");
    a->sms_port = (uint16_t)port;
    a->circuit_switched = circuit;
    if (sms && a->sms_number == NULL) {
        (void)cli_fail(args, CLI_USAGE, "--carrier sms needs --sms-number, the number of the SMS-SC");
        return false;
    }
    if (circuit && (!sms || a->kind == GODWIT_ACCESS_EPS)) {
        (void)cli_fail(args, CLI_USAGE, "--domain cs goes with --carrier sms, in umts and geran");
        return false;
    }
    if (sms && a->e2m) {
        (void)cli_fail(args, CLI_USAGE,
                       "--carrier sms has no bearer whose PCO could carry a key: take --solution 2 or 3");
        return false;
    }
    return true;
}

/* The file beside the card, unless --state names another. */
static bool next_session(const cli_args_t *args, phone_t *p)
{
    static char path[GODWIT_NVM_PATH_MAX];
    static const char *const carriers[3] = {"nas", "sms", "pdp"};
    unsigned carrier = 0;
    if (!one_of(args, "carrier", carriers, &carrier)) {
        return false;
    }
    bool sms = carrier == GODWIT_CARRIER_SMS;
    p->access_config.carrier = (godwit_carrier_t)carrier;
    p->raw = cli_value(args, "carrier") != NULL && (!sms || cli_count(args, "raw") != 0);
    if (!short_messages(args, p, sms)) {
        return false;
    }
    p->access_config.next_session = cli_count(args, "next-session") != 0;
    p->next_path = cli_value(args, "state");
    if (p->raw && carrier == GODWIT_CARRIER_NAS && p->access_config.kind != GODWIT_ACCESS_EPS) {
        (void)cli_fail(args, CLI_USAGE, "--carrier nas is of EPS; in UMTS and GERAN take pdp or sms");
        return false;
    }
    if (p->access_config.next_session && p->next_path == NULL) {
        int n = snprintf(path, sizeof path, "%s.next", p->card_path);
        p->next_path = path;
        return n > 0 && (size_t)n < sizeof path;
    }
    return true;
}

static bool solution(const cli_args_t *args, phone_t *p)
{
    static const char *const accesses[3] = {"eps", "umts", "geran"};
    uint64_t number = 1, s = 0, e = 1;
    unsigned access_kind = 0;
    bool sqn = false;
    godwit_access_config_t *a = &p->access_config;
    bool sms = cli_value(args, "carrier") != NULL && strcmp(cli_value(args, "carrier"), "sms") == 0;
    if (!cli_number(args, "solution", 1, 3, sms ? 3 : 1, &number) || !one_of(args, "access", accesses, &access_kind) ||
        !word(args, "selector", "rand", "sqn", &sqn) ||
        !cli_number(args, "session-octets", 0, 4, number == 1 ? 0 : 3, &s) ||
        !cli_number(args, "counter-octets", 0, 3, 1, &e)) {
        return false;
    }
    a->kind = (godwit_access_kind_t)(GODWIT_ACCESS_EPS + access_kind);
    godwit_agreement_t access =
        a->kind == GODWIT_ACCESS_EPS ? GODWIT_AGREEMENT_ACCESS_EPS : GODWIT_AGREEMENT_ACCESS_UMTS;
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

static bool end_to_end(const cli_args_t *args, phone_t *p)
{
    if ((cli_value(args, "enterprise") != NULL && !cli_fqdn(args, "enterprise", &p->device_config.enterprise)) ||
        !cli_e2e_options(args, &p->device_config, &p->e2e)) {
        return false;
    }
    if (p->device_config.e2e != NULL && p->e2e.e2e.config.service == GODWIT_SERVICE_KEY_AGREEMENT) {
        (void)cli_fail(args, CLI_USAGE, "--service: this command keeps no key that could be exported: take \"send\"");
        return false;
    }
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
        !next_session(args, p) || !cli_suites(args, &p->device_config.suites) || !end_to_end(args, p) ||
        !cli_number(args, "retransmit", 10, 600000, 1000, &retransmit) ||
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
    bool with = p->raw && args->word_count > 0;
    if (code == CLI_OK) {
        code = with ? phone_attach_with(p, godwit_slice_of_string(args->words[0])) : phone_attach(p);
        *readings += with && code == CLI_OK;
    }
    for (size_t i = with ? 1 : 0; i < args->word_count && code == CLI_OK; i++) {
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
    static const char *const accesses[] = {
        [GODWIT_ACCESS_EPS] = "eps", [GODWIT_ACCESS_UMTS] = "umts", [GODWIT_ACCESS_GERAN] = "geran"};
    return json_pack("{s:s, s:s, s:b, s:b, s:b, s:b, s:b, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:O, s:O}", "imsi",
                     p->access_config.imsi.digits, "access", accesses[p->access_config.kind], "attached", p->attached,
                     "next_used", p->next_used, "next_stored", p->next_stored, "key_set", p->key_set, "session",
                     p->session, "fallback", p->fallback, "readings", (json_int_t)readings, "frames_up",
                     (json_int_t)p->frames_up, "frames_down", (json_int_t)p->frames_down, "octets_up",
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
    {"mme", "ADDRESS:PORT", "the radio door of an mme, sgsn or msc; default 127.0.0.1:7332", false, false},
    {"access", "eps|umts|geran", "default eps", false, false},
    {"next-session", NULL,
     "take the vector of the following session when it is handed over, and attach by the one of before", false, false},
    {"carrier", "nas|sms|pdp",
     "nas, pdp: readings go as they are, without EMSDP, the first one with the attach: in it (eps: nas), or at once after it; sms: EMSDP in short messages",
     false, false},
    {"raw", NULL, "with --carrier sms: as the others, without EMSDP, the first one in the attach by a stored vector",
     false, false},
    {"sms-number", "DIGITS", "the number that short messages go to", false, false},
    {"sms-centre", "DIGITS", "the service centre's; default: the same", false, false},
    {"sms-port", "N", "application port; default 16020", false, false},
    {"domain", "ps|cs", "with --carrier sms: the packet domain (mme, sgsn; default) or the circuit domain (msc)", false,
     false},
    {"state", "FILE", "where the vector of the following session is kept; default: the card's file and .next", false,
     false},
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
    {"enterprise", "FQDN", "of the EAS", false, false},
    CLI_E2E_OPTIONS,
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
        "Nothing but the vector of a following session is kept: each run attaches anew. The events of both libraries are printed in the order in which they came.",
    CLI_COMMAND_OPTIONS(options),
    .run = run,
};
