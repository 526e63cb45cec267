/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit device listen: a device that waits for triggers and starts a program of its user for each that it can trust
 * (docs/triggers.md).
 */
#include "cli/listen.h"

#include <errno.h>
#include <poll.h>
#include <sys/random.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/device_host.h"
#include "cli/eap.h"

#define TURN_MS 50    /* how often the program is looked after */
#define LEAVE_MS 3000 /* for the network to say that the device has left */

static volatile sig_atomic_t ending;

static void on_signal(int number)
{
    (void)number;
    ending = 1;
}

/* ---- opening ---- */

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
        code = cli_udp_connect(args, "mme", l->radio_at, &l->radio);
    }
    if (code == CLI_OK && l->a3_at != NULL) {
        code = cli_udp_connect(args, "a3", l->a3_at, &l->a3);
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

static godwit_status_t poll_anew(listen_t *l, godwit_trigger_requests_t *requests)
{
    uint8_t random[GODWIT_TRIGGER_RANDOM];
    requests->count = 0;
    return getrandom(random, sizeof random, 0) == (ssize_t)sizeof random
               ? godwit_trigger_poll(&l->trigger, random, requests)
               : GODWIT_RANDOM_FAILED;
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
        listen_settle_trigger(l, poll_anew(l, &trigger), &trigger);
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

/* A message up is on its way, or waits for the radio. */
static bool is_speaking(const listen_t *l)
{
    return l->held_count > 0 || l->access.trigger.held_len > 0 || godwit_sms_link_busy(&l->access.sms.link);
}

static bool is_over(const listen_t *l, int64_t until)
{
    const bool once = cli_count(l->args, "once") != 0 && l->handled > 0 && !is_speaking(l) &&
                      godwit_access_state(&l->access) != GODWIT_ACCESS_ATTACHING;
    return ending != 0 || once || (until >= 0 && cli_now_ms() >= until);
}

/* Leaves the network, so that triggers wait at the home from now on; but what is being said is said before, if that
 * does not take long. */
static void leave(listen_t *l)
{
    godwit_access_requests_t list;
    const int64_t until = cli_now_ms() + LEAVE_MS;
    while (l->radio >= 0 && godwit_access_state(&l->access) != GODWIT_ACCESS_DETACHED && l->code == CLI_OK &&
           cli_now_ms() < until) {
        const bool patient = is_speaking(l) && until - cli_now_ms() > LEAVE_MS / 2;
        if (!patient && godwit_access_state(&l->access) != GODWIT_ACCESS_DETACHING) {
            const godwit_status_t status = godwit_access_detach(&l->access, &list);
            listen_settle_access(l, status, &list);
        }
        struct pollfd polled = {l->radio, POLLIN, 0};
        (void)poll(&polled, 1, TURN_MS);
        receive(l, l->radio, false);
        run_timers(l);
    }
}

static int tell_refusal(const listen_t *l)
{
    const char *reason = godwit_status_name(l->refusal);
    if (l->attached) {
        return cli_fail(l->args, CLI_REFUSED, "the network has detached this device: %s", reason);
    }
    switch (l->refusal) {
    case GODWIT_OK:
        return cli_fail(l->args, CLI_NO_PEER, "the network does not answer");
    case GODWIT_AUTH_MAC_FAILURE:
        return cli_fail(l->args, CLI_REFUSED, "the card refuses the network: %s; do both have the same K and OPc?",
                        reason);
    case GODWIT_MAC_FAILURE:
        return cli_fail(l->args, CLI_REFUSED,
                        "messages do not verify: %s; is --serving-network its PLMN, and --me given where it has to be?",
                        reason);
    default:
        return cli_fail(l->args, CLI_REFUSED, "the network refuses: %s", reason);
    }
}

/* Where no other way is left than the one that was lost. */
static int check_network(listen_t *l)
{
    if (l->a3 >= 0 || godwit_access_state(&l->access) != GODWIT_ACCESS_DETACHED) {
        return CLI_OK;
    }
    return tell_refusal(l);
}

/* --wait is over, or --once is. */
static int judge_wait(const listen_t *l)
{
    if (l->handled == 0 && l->radio >= 0 && !l->attached && l->a3 < 0) {
        return tell_refusal(l);
    }
    return cli_count(l->args, "once") != 0 && l->handled == 0 ? cli_fail(l->args, CLI_NO_PEER, "no trigger came")
                                                              : CLI_OK;
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
    while (l->code == CLI_OK && !is_over(l, until)) {
        turn(l);
        l->code = l->code == CLI_OK ? check_network(l) : l->code;
    }
    listen_stop(l);
    leave(l);
    return l->code == CLI_OK && ending == 0 ? judge_wait(l) : l->code;
}

static int run(const cli_args_t *args)
{
    static listen_t l;
    const struct sigaction end = {.sa_handler = on_signal};
    if (!listen_hold_standard_descriptors()) {
        return cli_fail(args, CLI_FILE, "/dev/null: %s", strerror(errno));
    }
    int code = listen_configure(args, &l);
    if (code != CLI_OK) {
        return code;
    }
    if (!listen_find_program(&l)) {
        return cli_fail(args, CLI_FILE, "--run %s: %s", l.program, strerror(errno));
    }
    (void)sigaction(SIGTERM, &end, NULL);
    (void)sigaction(SIGINT, &end, NULL);
    (void)sigaction(SIGHUP, &end, NULL); /* its terminal is closed */
    (void)signal(SIGPIPE, SIG_IGN);
    code = open_all(&l);
    code = code == CLI_OK ? live(&l) : code;
    close_all(&l);
    return code;
}

static const cli_option_t options[] = {
    {"run", "PROGRAM",
     "started for each trigger that can be trusted, without a shell; ARGs are its arguments, as they stand", true,
     false},
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
    {"root", "KIND",
     "a root that is trusted: flagged, eap (by default), kasme, ck-ik (by default with --ue-key received)", false,
     true},
    {"accept", "association|network",
     "network: also act on triggers that the network alone vouches for; default association", false, false},
    {"ue-key", "derived|received", "received: the serving node gives K_iwf, under its protection; default derived",
     false, false},
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
        "Put -- before the ARGs where one begins with a dash. One PROGRAM runs at a time, as leader of a process "
        "group of its own; no shell looks at anything, also where PROGRAM is a file without #!, which is not "
        "started. "
        "The payload is its standard input. Its environment is PATH, HOME, LANG and TZ of this command, and "
        "GODWIT_TRIGGER_REFERENCE, _PORT, _PRIORITY, "
        "_REPEATED (1: it may have been started for this one before), _PROTECTED (0: the network alone vouches for "
        "it) and _SOURCE (8 octets of SHA-256 of the name that the MTC-IWF has verified, in hex; empty: none). "
        "With --json its standard output goes to standard error, so that all lines on standard output are this "
        "command's: one for each trigger when the program has ended, one for each other event.\n\n"
        "Exit status 0 of PROGRAM says delivered to the MTC-IWF; any other, or a program that cannot be started or "
        "runs longer than --timeout, that there is no such application. What it leaves behind in its group is "
        "killed. "
        "SIGTERM, SIGINT and SIGHUP kill it, detach and end, and a device that is killed takes it along: its trigger "
        "comes again at the next start, marked as repeated. Exit status of this command: 0 a signal has ended it, or "
        "--wait or --once is over; 1 the network refuses or has detached the device, 3 its card, record or PROGRAM "
        "cannot be used, 4 the network does not answer, or --once and no trigger came.",
    CLI_COMMAND_OPTIONS(options),
    .run = run,
};
