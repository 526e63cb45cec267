/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit device export: a pre-shared key of TLS, DTLS or OSCORE from the K_e2e that "send --service" has agreed. Its number is in the file before the key
 * is shown.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/device_options.h"
#include "cli/send_run.h"

typedef struct wish {
    const char *label;
    uint8_t role;
    godwit_psk_name_t name;
    char identity[GODWIT_PSK_NAME_MAX + 1];
    uint8_t psk[32];
    char psk_hex[2 * 32 + 1];
} wish_t;

static bool wishes(const cli_args_t *args, wish_t *w)
{
    const char *role = cli_value(args, "role"), *identity = cli_value(args, "identity");
    w->label = cli_value(args, "label");
    w->role = role != NULL && strcmp(role, "server") == 0;
    if (role != NULL && w->role == 0 && strcmp(role, "client") != 0) {
        (void)cli_fail(args, CLI_USAGE, "--role: '%s' is neither client nor server", role);
        return false;
    }
    if (identity != NULL && godwit_psk_name_parse(godwit_slice_of_string(identity), &w->name) != GODWIT_OK) {
        (void)cli_fail(args, CLI_USAGE, "--identity: '%s' is not the name of an exported key", identity);
        return false;
    }
    return true;
}

/* A file that was not there, for its owner alone. */
static int write_file(const cli_args_t *args, const char *option, const char *text)
{
    const char *path = cli_value(args, option);
    if (path == NULL) {
        return CLI_OK;
    }
    const size_t len = strlen(text);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool good = fd >= 0 && write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
    int error = errno;
    if (fd >= 0) {
        good = close(fd) == 0 && good;
    }
    return good ? CLI_OK : cli_fail(args, CLI_FILE, "--%s %s: %s", option, path, strerror(error));
}

static const char *why(godwit_status_t status)
{
    switch (status) {
    case GODWIT_WRONG_STATE:
        return "there is no key end to end: \"godwit send --service\" agrees on one";
    case GODWIT_KEY_EXPIRED:
        return "the key end to end is spent: the next \"godwit send --service\" asks for another";
    case GODWIT_UNKNOWN_KEY:
        return "that identity is of another key than the one that is here";
    case GODWIT_REPLAY:
        return "that number was exported already";
    case GODWIT_INVALID_ARGUMENT:
        return "--label is none of dtls1.2, dtls1.3, tls1.3 and oscore";
    default:
        return godwit_status_name(status);
    }
}

static int export(const cli_args_t *args, cli_runner_t *r, wish_t *w)
{
    godwit_device_requests_t requests;
    godwit_status_t status = godwit_device_export_psk(&r->device, w->label, w->role, &w->name, w->psk, &requests);
    if (status != GODWIT_OK) {
        return cli_fail(args, status == GODWIT_INVALID_ARGUMENT ? CLI_USAGE : CLI_REFUSED, "%s", why(status));
    }
    for (size_t i = 0; i < requests.count; i++) {
        if (requests.item[i].kind == GODWIT_DEVICE_STORE_E2E &&
            cli_e2e_store(args, &r->e2e, requests.item[i].octets) != CLI_OK) {
            return CLI_FILE;
        }
    }
    godwit_writer_t out = godwit_writer(w->identity, sizeof w->identity - 1);
    godwit_psk_name_put(&w->name, &out);
    w->identity[out.len] = '\0';
    godwit_hex_encode(godwit_slice(w->psk, sizeof w->psk), w->psk_hex);
    int code = write_file(args, "psk-file", w->psk_hex);
    return code == CLI_OK ? write_file(args, "identity-file", w->identity) : code;
}

static int show(const cli_args_t *args, const wish_t *w)
{
    json_t *shown =
        json_pack("{s:s, s:s, s:s, s:I, s:I}", "label", w->label, "role", w->role == 0 ? "client" : "server",
                  "identity", w->identity, "age", (json_int_t)w->name.age, "number", (json_int_t)w->name.number);
    if (cli_value(args, "psk-file") == NULL) {
        (void)json_object_set_new(shown, "psk", json_string(w->psk_hex));
    }
    return cli_print(args, shown);
}

static int run(const cli_args_t *args)
{
    static cli_runner_t runner;
    static cli_send_device_t names;
    static wish_t wish;
    if (!wishes(args, &wish)) {
        return CLI_USAGE;
    }
    int code = cli_send_device(args, &runner, &names);
    code = code == CLI_OK ? cli_runner_recall(&runner) : code;
    code = code == CLI_OK ? export(args, &runner, &wish) : code;
    int closed = cli_runner_close(&runner);
    code = code != CLI_OK ? code : closed;
    code = code == CLI_OK ? show(args, &wish) : code;
    godwit_wipe(&wish, sizeof wish);
    return code;
}

static const cli_option_t options[] = {
    {"imsi", "N", "IMSI of the card", true, false},
    {"enterprise", "FQDN", "of the EAS", true, false},
    {"service", "NAME", "as in \"send\": the service that was agreed", true, false},
    {"label", "NAME", "what the key is for: dtls1.2, dtls1.3, tls1.3, oscore", true, false},
    {"role", "client|server", "what the device is there; default client", false, false},
    {"identity", "TEXT", "the name of a key that the EAS has exported: the same key; default: a new number", false,
     false},
    {"psk-file", "FILE", "the key in hexadecimal goes there, and is not printed; a new file, mode 0600", false, false},
    {"identity-file", "FILE", "the identity goes there too; a new file, mode 0600", false, false},
    {"state", "FILE", "as in \"send\"", false, false},
    {"usim", "soft:FILE", "as in \"send\"", false, false},
    {"endpoint", "FQDN", "as in \"send\"", false, false},
    {"plmn", "MCC-MNC", "as in \"send\"", false, false},
    {"suite", "NAME", "as in \"send\"", false, true},
    {"e2e-suite", "NAME", "as in \"send\"", false, true},
    {"session-octets", "N", "as in \"send\"", false, false},
    {"counter-octets", "N", "as in \"send\"", false, false},
};

const cli_command_t cli_device_export = {
    .name = "device export",
    .summary = "Prints a pre-shared key for TLS, DTLS or OSCORE with the EAS, and its identity.",
    .notes =
        "It PRINTS A KEY unless --psk-file is given. The EAS derives the same key from the identity. The key is that of one number, which is never given again: each connection that wants a key of its own wants an export of its own.\n"
        "For openssl: -psk HEX -psk_identity IDENTITY. For OSCORE the key is the master secret. Nothing is sent: the key end to end was agreed by \"godwit send --service\", whose options name the device, and the file of that "
        "session is taken while no other command has it open.",
    CLI_COMMAND_OPTIONS(options),
    .run = run,
};
