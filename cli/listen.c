/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit device listen: a device that waits for triggers and starts a program of its user for each that it can trust (docs/triggers.md).
 */
#include "cli/listen.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/device_host.h"
#include "cli/device_options.h"
#include "cli/eap.h"

#define TURN_MS 50    /* how often the program is looked after */
#define LEAVE_MS 3000 /* for the network to say that the device has left */
#define PORTS_MAX CLI_REPEATS_MAX
#define ROOT_BIT(kind) (uint8_t)(1u << ((kind)-1))

static volatile sig_atomic_t ending;

static void on_signal(int number)
{
    (void)number;
    ending = 1;
}

/* ---- options ---- */

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
    if (cli_value(args, "radius") != NULL) { /* nobody but device and home has that one */
        t->roots |= ROOT_BIT(GODWIT_IWF_ROOT_EAP) | (t->roots == 0 ? ROOT_BIT(GODWIT_IWF_ROOT_FLAGGED) : 0);
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
        unsigned value = 0, used = 0;
        if (sscanf(text, "%5u%n", &value, (int *)&used) != 1 || text[used] != '\0' || value > UINT16_MAX) {
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

static int configure(const cli_args_t *args, listen_t *l)
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

/* ---- opening ---- */

static int connect_to(const cli_args_t *args, const char *option, const char *where, int *to)
{
    char host[64];
    const char *colon = strrchr(where, ':');
    if (colon == NULL || (size_t)(colon - where) >= sizeof host) {
        return cli_fail(args, CLI_USAGE, "--%s: '%s' is not ADDRESS:PORT", option, where);
    }
    (void)snprintf(host, sizeof host, "%.*s", (int)(colon - where), where);
    return cli_udp_connect(args, option, where, host, colon + 1, to);
}

static int restore(listen_t *l)
{
    uint8_t record[GODWIT_TRIGGER_RECORD];
    size_t len = 0;
    godwit_trigger_requests_t list;
    const godwit_status_t status = godwit_nvm_read(&l->nvm, record, sizeof record, &len);
    if (status == GODWIT_NOT_FOUND) {
        return CLI_OK; /* the first time */
    }
    if (status != GODWIT_OK || godwit_trigger_restore(&l->trigger, godwit_slice(record, len)) != GODWIT_OK) {
        return cli_fail(l->args, CLI_FILE, "%s: damaged, or of another subscriber or MTC-IWF", l->state_path);
    }
    godwit_wipe(record, sizeof record);
    godwit_trigger_resume(&l->trigger, &list);
    listen_settle_trigger(l, GODWIT_OK, &list);
    return l->code;
}

static int run_eap(listen_t *l)
{
    static godwit_eap_peer_t peer;
    godwit_trigger_requests_t list;
    const uint8_t *rand = NULL;
    const int code = cli_eap_run(l->args, &l->card, &l->access_config.imsi, l->access_config.home, &peer);
    const uint8_t *root = code == CLI_OK ? godwit_eap_peer_root(&peer, &rand) : NULL;
    if (root != NULL) {
        listen_settle_trigger(l, godwit_trigger_root(&l->trigger, GODWIT_IWF_ROOT_EAP, root, rand, &list), &list);
    }
    godwit_eap_peer_wipe(&peer);
    return code;
}

static int open_all(listen_t *l)
{
    const cli_args_t *args = l->args;
    l->radio = l->a3 = -1;
    l->access_at = l->trigger_at = l->poll_at = -1;
    if (godwit_access_init(&l->access, &l->access_config) != GODWIT_OK ||
        godwit_trigger_init(&l->trigger, &l->trigger_config) != GODWIT_OK) {
        return cli_fail(args, CLI_USAGE, "these options cannot go together");
    }
    int code = cli_card_open(args, l->card_path, &l->access_config.imsi, &l->card);
    if (code == CLI_OK && godwit_nvm_open(&l->nvm, l->state_path, NULL) != GODWIT_OK) {
        code = cli_fail(args, CLI_FILE, "%s", l->nvm.why);
    }
    if (code == CLI_OK && l->radio_at != NULL) {
        code = connect_to(args, "mme", l->radio_at, &l->radio);
    }
    if (code == CLI_OK && l->a3_at != NULL) {
        code = connect_to(args, "a3", l->a3_at, &l->a3);
    }
    code = code == CLI_OK ? restore(l) : code;
    return code == CLI_OK && cli_value(args, "radius") != NULL ? run_eap(l) : code;
}

static void close_all(listen_t *l)
{
    listen_stop(l);
    if (l->radio >= 0) {
        (void)close(l->radio);
    }
    if (l->a3 >= 0) {
        (void)close(l->a3);
    }
    if (l->card.open) {
        godwit_usim_soft_close(&l->card);
    }
    if (l->nvm.disk != NULL) {
        godwit_nvm_close(&l->nvm);
    }
    godwit_wipe(&l->trigger, sizeof l->trigger);
    godwit_wipe(&l->access, sizeof l->access);
}

/* ---- the loop ---- */

static void receive(listen_t *l, int from, bool a3)
{
    uint8_t octets[GODWIT_ACCESS_FRAME_MAX + 1];
    const ssize_t n = from >= 0 ? recv(from, octets, sizeof octets, MSG_DONTWAIT) : -1;
    if (n < 0 || (size_t)n > GODWIT_ACCESS_FRAME_MAX) {
        return;
    }
    if (a3) {
        listen_take(l, godwit_slice(octets, (size_t)n), GODWIT_TRIGGER_VIA_A3, false);
    } else {
        godwit_access_requests_t list;
        listen_settle_access(l, godwit_access_receive(&l->access, godwit_slice(octets, (size_t)n), &list), &list);
    }
}

static void run_timers(listen_t *l)
{
    godwit_access_requests_t access;
    godwit_trigger_requests_t trigger;
    const int64_t now = cli_now_ms();
    if (l->access_at >= 0 && now >= l->access_at) {
        l->access_at = -1;
        listen_settle_access(l, godwit_access_timer(&l->access, &access), &access);
    }
    if (l->trigger_at >= 0 && now >= l->trigger_at) {
        l->trigger_at = -1;
        listen_settle_trigger(l, godwit_trigger_timer(&l->trigger, &trigger), &trigger);
    }
    if (l->poll_at >= 0 && now >= l->poll_at) {
        l->poll_at = now + (int64_t)l->poll_ms;
        listen_settle_trigger(l, godwit_trigger_poll(&l->trigger, &trigger), &trigger);
    }
    listen_send_held(l);
}

static void turn(listen_t *l)
{
    struct pollfd polled[2] = {{l->radio, POLLIN, 0}, {l->a3, POLLIN, 0}};
    (void)poll(polled, 2, TURN_MS);
    receive(l, l->radio, false);
    receive(l, l->a3, true);
    run_timers(l);
    listen_reap(l);
    listen_start(l);
}

static bool is_over(const listen_t *l, int64_t until)
{
    const bool once = cli_count(l->args, "once") != 0 && l->handled > 0 && l->held_count == 0;
    return l->code != CLI_OK || ending != 0 || once || (until >= 0 && cli_now_ms() >= until);
}

/* Leaves the network, so that triggers wait at the home from now on. */
static void leave(listen_t *l)
{
    godwit_access_requests_t list;
    const int64_t until = cli_now_ms() + LEAVE_MS;
    if (l->radio < 0 || godwit_access_state(&l->access) == GODWIT_ACCESS_DETACHED) {
        return;
    }
    listen_settle_access(l, godwit_access_detach(&l->access, &list), &list);
    while (!l->detached && l->code == CLI_OK && cli_now_ms() < until) {
        struct pollfd polled = {l->radio, POLLIN, 0};
        (void)poll(&polled, 1, TURN_MS);
        receive(l, l->radio, false);
        run_timers(l);
    }
}

static int live(listen_t *l)
{
    godwit_access_requests_t list;
    uint64_t wait_s = 0;
    if (!cli_number(l->args, "wait", 1, 31536000, 0, &wait_s)) {
        return CLI_USAGE;
    }
    const int64_t until = wait_s > 0 ? cli_now_ms() + (int64_t)wait_s * 1000 : -1;
    if (l->radio >= 0) {
        listen_settle_access(l, godwit_access_attach(&l->access, &list), &list);
    }
    l->poll_at = l->a3 >= 0 ? cli_now_ms() : -1;
    while (!is_over(l, until)) {
        turn(l);
        if (l->given_up && !l->attached && l->a3 < 0) {
            return cli_fail(l->args, l->refusal == GODWIT_OK ? CLI_NO_PEER : CLI_REFUSED,
                            l->refusal == GODWIT_OK ? "the network does not answer" : "the network refuses: %s",
                            godwit_status_name(l->refusal));
        }
    }
    listen_stop(l);
    leave(l);
    return l->code;
}

static int run(const cli_args_t *args)
{
    static listen_t l;
    const struct sigaction end = {.sa_handler = on_signal};
    int code = configure(args, &l);
    if (code != CLI_OK) {
        return code;
    }
    (void)sigaction(SIGTERM, &end, NULL);
    (void)sigaction(SIGINT, &end, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    code = open_all(&l);
    code = code == CLI_OK ? live(&l) : code;
    close_all(&l);
    return code;
}

static const cli_option_t options[] = {
    {"run", "PROGRAM", "started for each trigger, without a shell; ARGs are its arguments, as they stand", true, false},
    {"imsi", "N", "IMSI of the card", true, false},
    {"usim", "soft:FILE", "the card", true, false},
    {"iwf", "FQDN", "the home's MTC-IWF: keys are bound to that name", true, false},
    {"mme", "ADDRESS:PORT", "the radio door of an mme, sgsn or msc; default 127.0.0.1:7332", false, false},
    {"access", "eps|umts|geran", "default eps", false, false},
    {"domain", "ps|cs", "of umts and geran: packet (default) or circuit domain", false, false},
    {"trigger-number", "DIGITS", "umts, geran: the MTC-IWF's number, to which short messages go", false, false},
    {"apn", "NAME", "access point name; default: the network's", false, false},
    {"plmn", "MCC-MNC", "home network; default: the IMSI's first five digits", false, false},
    {"serving-network", "MCC-MNC", "the network it attaches to; default: home", false, false},
    {"me", NULL, "the ME derives of a flagged vector, for a card that does not", false, false},
    {"no-attach", NULL, "no access of ours: by --a3 alone, as a device on WiFi", false, false},
    {"a3", "ADDRESS:PORT", "the MTC-IWF's door of A3, which is polled", false, false},
    {"poll", "SECONDS", "between polls; default 60", false, false},
    CLI_EAP_OPTIONS,
    {"root", "KIND", "a root that is trusted: flagged (default), kasme, ck-ik, eap", false, true},
    {"accept", "association|network",
     "network: also act on triggers that the network alone vouches for; default association", false, false},
    {"ue-key", "derived|received", "received: K_iwf comes in protected NAS; default derived", false, false},
    {"port", "N", "an application port that the program serves; default: all", false, true},
    {"state", "FILE", "the device's record, as secret as the card; default: the card's file and .trigger", false,
     false},
    {"timeout", "SECONDS", "how long the program may run; default 60", false, false},
    {"once", NULL, "end after the first trigger", false, false},
    {"wait", "SECONDS", "end after so long; default: never", false, false},
};

const cli_command_t cli_device_listen = {
    .name = "device listen",
    .summary = "Waits for triggers as a device, and starts a program for each that it can trust.",
    .words = "[ARG...]",
    .notes =
        "The program gets the payload on standard input, and GODWIT_TRIGGER_REFERENCE, _PORT, _PRIORITY, _REPEATED, _PROTECTED and _SOURCE (hex; empty: not proved) in its environment. Exit status 0 says "
        "delivered to the MTC-IWF, any other that there is no such application. SIGTERM and SIGINT detach and end.",
    CLI_COMMAND_OPTIONS(options),
    .run = run,
};
