/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit eap authenticate: EAP-AKA' of a soft card with a 3GPP AAA server (docs/eap.md). The command is the device, and
 * the access point that carries its packets over RADIUS.
 */
#include "cli/eap.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "adapters/radius/packet.h"
#include "adapters/radius/radius.h"
#include "cli/device_host.h"
#include "cli/device_options.h"

#define TRIES 4
#define PATIENCE_MS 2000
#define PACKETS_MOST 16 /* of one run, whatever the server sends */

typedef struct access_point {
    const cli_args_t *args;
    int socket;
    godwit_radius_client_t secret;
    radius_request_t request;
    radius_reply_t reply;
    uint8_t identifier;
} access_point_t;

static int open_access_point(const cli_args_t *args, access_point_t *ap)
{
    const char *where = cli_value(args, "radius"), *secret = cli_value(args, "radius-secret");
    char why[GODWIT_RADIUS_WHY];
    ap->args = args;
    ap->socket = -1;
    if (where == NULL || secret == NULL) {
        return cli_fail(args, CLI_USAGE, "--radius ADDRESS:PORT and --radius-secret FILE are needed");
    }
    if (godwit_radius_secret(secret, &ap->secret, why) != GODWIT_OK) {
        return cli_fail(args, CLI_FILE, "%s", why);
    }
    return cli_udp_connect(args, "radius", where, &ap->socket);
}

static godwit_slice_t secret_of(const access_point_t *ap)
{
    return godwit_slice(ap->secret.secret, ap->secret.secret_len);
}

/* Waits for the answer to the request that is out; false: none came. What does not verify is no answer. */
static bool take(access_point_t *ap)
{
    uint8_t octets[RADIUS_PACKET_MAX];
    const struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};
    if (setsockopt(ap->socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0) {
        return false;
    }
    const int64_t until = cli_now_ms() + PATIENCE_MS;
    while (cli_now_ms() < until) {
        const ssize_t got = recv(ap->socket, octets, sizeof octets, 0);
        if (got < 0) {
            return false;
        }
        if (godwit_radius_reply_parse(godwit_slice(octets, (size_t)got), &ap->request, secret_of(ap), &ap->reply) ==
            GODWIT_OK) {
            return true;
        }
    }
    return false;
}

/* One EAP packet up, and the answer. */
static int exchange(access_point_t *ap, godwit_slice_t user, godwit_slice_t packet)
{
    uint8_t octets[RADIUS_ANSWER_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    radius_request_t *r = &ap->request;
    memset(r, 0, sizeof *r);
    r->identifier = ap->identifier++;
    r->state_len = ap->reply.state_len;
    memcpy(r->state, ap->reply.state, sizeof r->state);
    r->eap_len = packet.len;
    memcpy(r->eap, packet.ptr, packet.len);
    if (getrandom(r->authenticator, sizeof r->authenticator, 0) != (ssize_t)sizeof r->authenticator ||
        godwit_radius_request_build(r, user, secret_of(ap), &w) != GODWIT_OK) {
        return cli_fail(ap->args, CLI_FILE, "the request cannot be made");
    }
    for (int i = 0; i < TRIES; i++) {
        (void)send(ap->socket, octets, w.len, 0);
        if (take(ap)) {
            return CLI_OK;
        }
    }
    return cli_fail(ap->args, CLI_NO_PEER,
                    "the AAA server does not answer: does it list this address, with this secret?");
}

static int run_card(const cli_args_t *args, godwit_usim_soft_t *card, godwit_eap_peer_t *peer,
                    godwit_eap_action_t *action)
{
    godwit_usim_result_t result = {0};
    if (godwit_usim_soft_authenticate(card, action->rand, action->autn, &result) != GODWIT_OK) {
        return cli_fail(args, CLI_FILE, "%s", card->why);
    }
    const godwit_status_t status = godwit_eap_peer_usim_result(peer, &result, action);
    godwit_wipe(&result, sizeof result);
    return status == GODWIT_OK ? CLI_OK : cli_fail(args, CLI_REFUSED, "%s", godwit_status_name(status));
}

/* From the identity to success or failure. */
static int run_packets(access_point_t *ap, godwit_usim_soft_t *card, godwit_eap_peer_t *peer)
{
    static const uint8_t who[] = {GODWIT_EAP_REQUEST, 1, 0, 5, GODWIT_EAP_TYPE_IDENTITY};
    const godwit_slice_t user = godwit_slice(peer->identity, peer->identity_len);
    godwit_eap_action_t action;
    godwit_eap_peer_receive(peer, godwit_slice(who, sizeof who), &action);
    for (int i = 0; i < PACKETS_MOST; i++) {
        int code = CLI_OK;
        if (action.kind == GODWIT_EAP_ACTION_AUTHENTICATE) {
            code = run_card(ap->args, card, peer, &action);
        }
        if (code == CLI_OK && action.kind == GODWIT_EAP_ACTION_SEND) {
            code = exchange(ap, user, action.octets);
        }
        if (code != CLI_OK) {
            return code;
        }
        godwit_eap_peer_receive(peer, godwit_slice(ap->reply.eap, ap->reply.eap_len), &action);
        if (action.kind == GODWIT_EAP_ACTION_SUCCEEDED && ap->reply.code == RADIUS_ACCESS_ACCEPT) {
            return CLI_OK;
        }
        if (action.kind == GODWIT_EAP_ACTION_FAILED || action.kind == GODWIT_EAP_ACTION_NONE) {
            return cli_fail(ap->args, CLI_REFUSED, "the home refuses this device");
        }
    }
    return cli_fail(ap->args, CLI_REFUSED, "the AAA server comes to no end");
}

int cli_eap_run(const cli_args_t *args, godwit_usim_soft_t *card, const godwit_imsi_t *imsi, godwit_plmn_t home,
                godwit_eap_peer_t *peer)
{
    static access_point_t ap;
    const godwit_eap_config_t config = {.crypto = &godwit_crypto_builtin, .imsi = *imsi, .home = home};
    memset(&ap, 0, sizeof ap);
    if (godwit_eap_peer_init(peer, &config) != GODWIT_OK) {
        return cli_fail(args, CLI_USAGE, "--plmn: the IMSI is not of that home network");
    }
    int code = open_access_point(args, &ap);
    if (code == CLI_OK) {
        code = run_packets(&ap, card, peer);
    }
    if (ap.socket >= 0) {
        (void)close(ap.socket);
    }
    godwit_wipe(&ap, sizeof ap);
    return code;
}

/* ---- the command ---- */

static int run(const cli_args_t *args)
{
    static godwit_usim_soft_t card;
    static godwit_eap_peer_t peer;
    godwit_imsi_t imsi;
    godwit_plmn_t home;
    const char *path = NULL;
    if (!cli_imsi(args, "imsi", &imsi) || !cli_home_network(args, &imsi, &home) || !cli_soft_card(args, &path)) {
        return CLI_USAGE;
    }
    int code = cli_card_open(args, path, &imsi, &card);
    if (code == CLI_OK) {
        code = cli_eap_run(args, &card, &imsi, home, &peer);
    }
    if (code == CLI_OK) {
        const json_t *identity = json_stringn((const char *)peer.identity, peer.identity_len);
        (void)cli_print(args, json_pack("{s:b, s:o}", "authenticated", 1, "identity", identity));
    }
    if (card.open) {
        godwit_usim_soft_close(&card);
    }
    godwit_eap_peer_wipe(&peer);
    return code;
}

static const cli_option_t options[] = {
    {"imsi", "N", "IMSI of the card", true, false},
    {"usim", "soft:FILE", "the card", true, false},
    {"plmn", "MCC-MNC", "home network; default: the IMSI's first five digits", false, false},
    CLI_EAP_OPTIONS,
};

const cli_command_t cli_eap_authenticate = {
    .name = "eap authenticate",
    .summary = "Runs EAP-AKA' with the 3GPP AAA server of the home, as a device on WiFi and its access point.",
    .notes = "Prints no key. Exit status 1: the home refuses; 4: nobody answers.",
    CLI_COMMAND_OPTIONS(options),
    .run = run,
};
