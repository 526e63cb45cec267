/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit naf key: the key of a B-TID for a server that is not ours. Asks the BSF over Zn (TS 29.109) as a NAF of its
 * own name, which the BSF must list, and prints Ks_NAF, or puts it into the file that stock servers read.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "adapters/diameter/diameter.h"
#include "adapters/udp/udp.h"
#include "cli/cli.h"

#define WAIT_MS 5000
#define LINE_MAX_OCTETS 512

/* ---- what is asked ---- */

/* --ua: five octets in hex, or the name of a use. */
static bool ua_protocol(const cli_args_t *args, uint8_t octets[GODWIT_UA_PROTOCOL_OCTETS])
{
    static const struct {
        const char *name;
        uint8_t octets[GODWIT_UA_PROTOCOL_OCTETS];
    } known[] = {{"http", {0x01, 0x00, 0x00, 0x00, 0x02}},
                 {"tls1.3", {0x01, 0x00, 0x00, 0x00, 0x07}},
                 {"tls1.2", {0x01, 0x00, 0x01, 0x00, 0xA8}}};
    const char *text = cli_value(args, "ua");
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (text == NULL ? i == 2 : strcmp(text, known[i].name) == 0) {
            memcpy(octets, known[i].octets, GODWIT_UA_PROTOCOL_OCTETS);
            return true;
        }
    }
    return cli_hex_exact(args, "ua", octets, GODWIT_UA_PROTOCOL_OCTETS);
}

static bool request_of(const cli_args_t *args, godwit_zn_request_t *request)
{
    godwit_slice_t name;
    uint8_t protocol[GODWIT_UA_PROTOCOL_OCTETS];
    if (args->word_count != 1 || strlen(args->words[0]) > GODWIT_B_TID_MAX) {
        (void)cli_fail(args, CLI_USAGE, "give one B-TID, as the bootstrapping of the device gave it");
        return false;
    }
    if (!cli_fqdn(args, "naf", &name) || !ua_protocol(args, protocol)) {
        return false;
    }
    (void)snprintf(request->b_tid, sizeof request->b_tid, "%s", args->words[0]);
    memcpy(request->naf_id, name.ptr, name.len);
    memcpy(request->naf_id + name.len, protocol, sizeof protocol);
    request->naf_id_len = (uint16_t)(name.len + sizeof protocol);
    return true;
}

/* "HOST=ADDRESS:PORT" */
static bool bsf_of(const cli_args_t *args, godwit_diameter_peer_t *peer)
{
    const char *text = cli_value(args, "bsf"), *sign = strchr(text, '='), *colon = strrchr(text, ':');
    unsigned long port = colon != NULL ? strtoul(colon + 1, NULL, 10) : 0;
    if (sign == NULL || colon == NULL || colon <= sign + 1 || port == 0 || port > UINT16_MAX ||
        (size_t)(sign - text) >= sizeof peer->identity || (size_t)(colon - sign - 1) >= sizeof peer->host) {
        (void)cli_fail(args, CLI_USAGE, "--bsf: must be its Diameter identity and its address, HOST=ADDRESS:PORT");
        return false;
    }
    memcpy(peer->identity, text, (size_t)(sign - text));
    memcpy(peer->host, sign + 1, (size_t)(colon - sign - 1));
    (void)snprintf(peer->realm, sizeof peer->realm, "%s", cli_value(args, "realm"));
    peer->port = (uint16_t)port;
    return true;
}

/* ---- asking ---- */

static bool wait_for_bsf(const godwit_diameter_t *diameter)
{
    const struct timespec pause = {.tv_nsec = 20000000};
    for (int i = 0; i < WAIT_MS / 20; i++) {
        if (godwit_diameter_peer_open(diameter, 0)) {
            return true;
        }
        (void)nanosleep(&pause, NULL);
    }
    return false;
}

static godwit_status_t exchange(godwit_diameter_t *diameter, const godwit_zn_request_t *request,
                                godwit_zn_answer_t *answer)
{
    godwit_message_t message = {
        .kind = GODWIT_ZN_REQUEST, .from = GODWIT_FUNCTION_NAF, .to = GODWIT_FUNCTION_BSF, .transaction = 1};
    message.u.zn_request = *request;
    godwit_status_t status = godwit_diameter_send(diameter, &message);
    while (status == GODWIT_OK) {
        struct pollfd p = {.fd = godwit_diameter_fd(diameter), .events = POLLIN};
        (void)poll(&p, 1, 1000); /* an answer always comes, if only that none came */
        godwit_status_t got = godwit_diameter_receive(diameter, &message);
        if (got == GODWIT_OK && message.kind == GODWIT_ZN_ANSWER) {
            *answer = message.u.zn_answer;
            godwit_wipe(&message, sizeof message);
            return GODWIT_OK;
        }
        status = got == GODWIT_AGAIN || got == GODWIT_OK ? GODWIT_OK : got;
    }
    return status;
}

static int ask(const cli_args_t *args, const godwit_zn_request_t *request, godwit_zn_answer_t *answer)
{
    godwit_diameter_peer_t peer = {.port = 0};
    char why[GODWIT_DIAMETER_ERROR_MAX];
    godwit_diameter_config_t config = {.identity = cli_value(args, "identity"),
                                       .realm = cli_value(args, "realm"),
                                       .listen = "127.0.0.1",
                                       .peers = &peer,
                                       .peer_count = 1,
                                       .tls_certificate = cli_value(args, "certificate"),
                                       .tls_key = cli_value(args, "key"),
                                       .tls_ca = cli_value(args, "ca"),
                                       .timeout_ms = WAIT_MS};
    if (!bsf_of(args, &peer)) {
        return CLI_USAGE;
    }
    memcpy(config.zn_host, peer.identity, sizeof config.zn_host);
    memcpy(config.zn_realm, peer.realm, sizeof config.zn_realm);
    godwit_diameter_t *diameter = godwit_diameter_start(&config, why);
    if (diameter == NULL) {
        return cli_fail(args, CLI_FILE, "%s", why);
    }
    bool there = wait_for_bsf(diameter);
    godwit_status_t status = there ? exchange(diameter, request, answer) : GODWIT_IO_FAILED;
    godwit_diameter_stop(diameter);
    if (status != GODWIT_OK || answer->status == GODWIT_PEER_INTERNAL) {
        return cli_fail(args, CLI_NO_PEER, there ? "the BSF does not answer" : "no connection with the BSF");
    }
    return CLI_OK;
}

/* ---- the file ---- */

/* The lines of the file but those of that identity, then its new one: IDENTITY:HEX, as mosquitto's psk_file has it. */
static bool rewrite(const char *path, const char *temporary, const char *b_tid, const char *hex)
{
    char line[LINE_MAX_OCTETS];
    size_t len = strlen(b_tid);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *to = fd >= 0 ? fdopen(fd, "w") : NULL;
    FILE *from = fopen(path, "re");
    bool good = to != NULL;
    while (good && from != NULL && fgets(line, sizeof line, from) != NULL) {
        if (strncmp(line, b_tid, len) != 0 || line[len] != ':') {
            good = fputs(line, to) >= 0;
        }
    }
    if (from != NULL) {
        (void)fclose(from);
    }
    good = good && fprintf(to, "%s:%s\n", b_tid, hex) > 0 && fflush(to) == 0 && fsync(fd) == 0;
    if (to != NULL) {
        good = fclose(to) == 0 && good;
    }
    godwit_wipe(line, sizeof line);
    return good && rename(temporary, path) == 0;
}

static int put_into_file(const cli_args_t *args, const char *path, const char *b_tid, const char *hex)
{
    char temporary[4096];
    int len = snprintf(temporary, sizeof temporary, "%s.new", path);
    if (len < 0 || (size_t)len >= sizeof temporary || !rewrite(path, temporary, b_tid, hex)) {
        return cli_fail(args, CLI_FILE, "%s: cannot be written: %s", path, strerror(errno));
    }
    return CLI_OK;
}

static int run(const cli_args_t *args)
{
    godwit_zn_request_t request = {.naf_id_len = 0};
    godwit_zn_answer_t answer = {.status = GODWIT_OK};
    char hex[2 * 32 + 1];
    const char *file = cli_value(args, "psk-file");
    if (!request_of(args, &request)) {
        return CLI_USAGE;
    }
    int code = ask(args, &request, &answer);
    if (code == CLI_OK && answer.status != GODWIT_OK) {
        code = cli_fail(args, CLI_REFUSED, "%s", godwit_status_name(answer.status));
    }
    if (code == CLI_OK) {
        godwit_hex_encode(godwit_slice(answer.me_key, sizeof answer.me_key), hex);
        code = file != NULL ? put_into_file(args, file, request.b_tid, hex) : CLI_OK;
    }
    if (code == CLI_OK) {
        json_t *result = json_pack("{s:s, s:s, s:I}", "b_tid", request.b_tid, "impi", answer.impi, "expires",
                                   (json_int_t)(answer.expires_ms / 1000));
        (void)json_object_set_new(result, file != NULL ? "psk_file" : "ks_naf", json_string(file != NULL ? file : hex));
        code = cli_print(args, result);
    }
    godwit_wipe(&answer, sizeof answer);
    godwit_wipe(hex, sizeof hex);
    return code;
}

static const cli_option_t options[] = {
    {"identity", "HOST", "Diameter identity of this NAF; the BSF must list it", true, false},
    {"realm", "REALM", "of this NAF and its BSF", true, false},
    {"bsf", "HOST=ADDRESS:PORT", "Diameter identity of the BSF, and where it is", true, false},
    {"naf", "FQDN", "name of the NAF in NAF_Id: of the server that the key is for", true, false},
    {"ua", "PROTOCOL",
     "Ua security protocol identifier: http, tls1.3, tls1.2 (PSK-AES128-GCM-SHA256, the default), or five octets in hex",
     false, false},
    {"psk-file", "FILE",
     "put the key into this file, a line IDENTITY:HEX as mosquitto has it, in place of an older one", false, false},
    {"certificate", "FILE", "PEM: of this NAF; with --key and --ca Diameter runs over TLS", false, false},
    {"key", "FILE", "PEM", false, false},
    {"ca", "FILE", "PEM", false, false},
};

const cli_command_t cli_naf_key = {
    .name = "naf key",
    .summary = "Asks a BSF over Zn for the Ks_NAF of a B-TID, and prints it or writes it for a stock server.",
    .words = "B-TID",
    .notes =
        "Whoever has the key can speak as the device, and to it, until it expires. A key from here is for servers of the NAF's own.",
    CLI_COMMAND_OPTIONS(options),
    .run = run};
