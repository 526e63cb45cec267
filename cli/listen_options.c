/* SPDX-License-Identifier: Apache-2.0
 *
 * What godwit device listen is told: access, trust, and the program. Nothing is opened here.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/device_options.h"
#include "cli/listen.h"

#define PORTS_MAX CLI_REPEATS_MAX
#define ROOT_BIT(kind) (uint8_t)(1u << ((kind)-1))

/* The place of the option's value among words; false: it is none of them. */
static bool choose(const cli_args_t *args, const char *option, const char *const *words, size_t count, size_t *place)
{
    const char *text = cli_value(args, option);
    *place = 0;
    while (text != NULL && *place < count && strcmp(text, words[*place]) != 0) {
        (*place)++;
    }
    if (*place == count) {
        (void)cli_fail(args, CLI_USAGE, "--%s: '%s' is not one of its words; see --help", option, text);
    }
    return *place < count;
}

static bool read_access(const cli_args_t *args, listen_t *l)
{
    static const char *const kinds[] = {"eps", "umts", "geran"}, *const domains[] = {"ps", "cs"};
    godwit_access_config_t *a = &l->access_config;
    size_t kind = 0, domain = 0;
    if (!choose(args, "access", kinds, 3, &kind) || !choose(args, "domain", domains, 2, &domain) ||
        !cli_imsi(args, "imsi", &a->imsi) || !cli_home_network(args, &a->imsi, &a->home)) {
        return false;
    }
    a->serving_network = a->home;
    a->kind = (godwit_access_kind_t)(GODWIT_ACCESS_EPS + kind);
    a->circuit_switched = domain == 1;
    a->carrier = a->circuit_switched ? GODWIT_CARRIER_SMS : GODWIT_CARRIER_NAS;
    a->trigger = true;
    a->me_derives = cli_count(args, "me") != 0;
    a->trigger_number = cli_value(args, "trigger-number");
    a->sms_number = a->trigger_number;
    a->retransmit_ms = 1000;
    a->apn = godwit_slice_of_string(cli_value(args, "apn"));
    if (cli_value(args, "serving-network") != NULL && !cli_plmn(args, "serving-network", &a->serving_network)) {
        return false;
    }
    if (l->radio_at != NULL && a->kind != GODWIT_ACCESS_EPS && a->trigger_number == NULL) {
        (void)cli_fail(args, CLI_USAGE, "umts and geran have short messages alone: give --trigger-number");
        return false;
    }
    return true;
}

static bool read_trust(const cli_args_t *args, listen_t *l)
{
    static const char *const accepted[] = {"association", "network"}, *const keys[] = {"derived", "received"},
                             *const roots[] = {"flagged", "kasme", "ck-ik", "eap"};
    godwit_trigger_config_t *t = &l->trigger_config;
    size_t accept = 0, key = 0;
    if (!choose(args, "accept", accepted, 2, &accept) || !choose(args, "ue-key", keys, 2, &key) ||
        !cli_fqdn(args, "iwf", &t->iwf)) {
        return false;
    }
    for (size_t i = 0; i < cli_count(args, "root"); i++) {
        size_t k = 0;
        while (k < 4 && strcmp(cli_value_at(args, "root", i), roots[k]) != 0) {
            k++;
        }
        if (k == 4) {
            (void)cli_fail(args, CLI_USAGE, "--root: flagged, kasme, ck-ik or eap");
            return false;
        }
        t->roots |= ROOT_BIT(GODWIT_IWF_ROOT_FLAGGED + k);
    }
    if (t->roots == 0 && key == 0) { /* nobody but device and home has these; who receives has the library's */
        t->roots = ROOT_BIT(GODWIT_IWF_ROOT_FLAGGED) | ROOT_BIT(GODWIT_IWF_ROOT_EAP);
    } else if (t->roots != 0 && cli_value(args, "radius") != NULL) {
        t->roots |= ROOT_BIT(GODWIT_IWF_ROOT_EAP);
    }
    t->imsi = l->access_config.imsi;
    t->accept_network = accept == 1;
    t->ue_key_received = key == 1;
    t->retransmit_ms = 1000;
    return true;
}

static bool read_ports(const cli_args_t *args, listen_t *l)
{
    static uint16_t ports[PORTS_MAX];
    for (size_t i = 0; i < cli_count(args, "port"); i++) {
        const char *text = cli_value_at(args, "port", i);
        char *end = NULL;
        const unsigned long value = strtoul(text, &end, 10);
        if (!isdigit((unsigned char)text[0]) || *end != '\0' || value > UINT16_MAX) {
            (void)cli_fail(args, CLI_USAGE, "--port: '%s' is no number up to 65535", text);
            return false;
        }
        ports[i] = (uint16_t)value;
    }
    l->ports = ports;
    l->port_count = cli_count(args, "port");
    return true;
}

static bool read_state(const cli_args_t *args, listen_t *l)
{
    const char *given = cli_value(args, "state");
    const int n = given != NULL ? snprintf(l->state_path, sizeof l->state_path, "%s", given)
                                : snprintf(l->state_path, sizeof l->state_path, "%s.trigger", l->card_path);
    if (n <= 0 || (size_t)n >= sizeof l->state_path) {
        (void)cli_fail(args, CLI_USAGE, "--state: a path that long cannot be");
        return false;
    }
    return true;
}

int listen_configure(const cli_args_t *args, listen_t *l)
{
    l->args = args;
    l->program = cli_value(args, "run");
    l->a3_at = cli_value(args, "a3");
    l->radio_at = cli_count(args, "no-attach") == 0 ? cli_value(args, "mme") : NULL;
    if (l->radio_at == NULL && cli_count(args, "no-attach") == 0) {
        l->radio_at = "127.0.0.1:7332";
    }
    if (l->radio_at == NULL && l->a3_at == NULL) {
        return cli_fail(args, CLI_USAGE, "--no-attach leaves no way but --a3");
    }
    l->access_config.crypto = l->trigger_config.crypto = &godwit_crypto_builtin;
    if (!cli_soft_card(args, &l->card_path) || !read_access(args, l) || !read_trust(args, l) || !read_ports(args, l) ||
        !read_state(args, l) || !cli_number(args, "timeout", 1, 86400, 60, &l->program_ms) ||
        !cli_number(args, "poll", 1, 86400, 60, &l->poll_ms)) {
        return CLI_USAGE;
    }
    l->program_ms *= 1000;
    l->poll_ms *= 1000;
    return CLI_OK;
}
