/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit device export: a pre-shared key of TLS, DTLS or OSCORE from the K_e2e that "send --service" has agreed. Its
 * number is in the file before the key is shown.
 */
#include <string.h>

#include "cli/device_options.h"
#include "cli/exported_key.h"
#include "cli/send_run.h"

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
    case GODWIT_POLICY_FORBIDS:
        return CLI_EXPORT_NO_HANDSHAKE;
    case GODWIT_INVALID_ARGUMENT:
        return "--label is none of dtls1.2, dtls1.3, tls1.3 and oscore";
    default:
        return godwit_status_name(status);
    }
}

static godwit_status_t take_step(cli_runner_t *r, cli_exported_key_t *w, godwit_device_requests_t *requests)
{
    requests->count = 0;
    switch (w->step) {
    case CLI_EXPORT_DERIVE:
        return godwit_device_derive_psk(&r->device, w->label, w->role, &w->name, w->psk);
    case CLI_EXPORT_PROVED:
        return godwit_device_psk_proved(&r->device, &w->name, requests);
    case CLI_EXPORT_USE:
    default:
        return godwit_device_export_psk(&r->device, w->label, w->role, &w->name, w->psk, requests);
    }
}

static int export(const cli_args_t *args, cli_runner_t *r, cli_exported_key_t *w)
{
    godwit_device_requests_t requests;
    godwit_status_t status = take_step(r, w, &requests);
    if (status != GODWIT_OK) {
        return cli_fail(args, status == GODWIT_INVALID_ARGUMENT ? CLI_USAGE : CLI_REFUSED, "%s", why(status));
    }
    for (size_t i = 0; i < requests.count; i++) {
        if (requests.item[i].kind == GODWIT_DEVICE_STORE_E2E &&
            cli_e2e_store(args, &r->e2e, requests.item[i].octets) != CLI_OK) {
            return CLI_FILE;
        }
    }
    return cli_exported_key_write(args, w);
}

static int run(const cli_args_t *args)
{
    static cli_runner_t runner;
    static cli_send_device_t names;
    static cli_exported_key_t wish;
    if (!cli_exported_key_read(args, &wish)) {
        return CLI_USAGE;
    }
    int code = cli_send_device(args, &runner, &names);
    code = code == CLI_OK ? cli_runner_recall(&runner) : code;
    code = code == CLI_OK ? export(args, &runner, &wish) : code;
    int closed = cli_runner_close(&runner);
    code = code != CLI_OK ? code : closed;
    code = code == CLI_OK ? cli_exported_key_show(args, &wish) : code;
    godwit_wipe(&wish, sizeof wish);
    return code;
}

static const cli_option_t options[] = {
    {"imsi", "N", "IMSI of the card", true, false},
    {"enterprise", "FQDN", "of the EAS", true, false},
    {"service", "NAME", "as in \"send\": the service that was agreed", true, false},
    CLI_EXPORTED_KEY_OPTIONS,
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
        "session is taken while no other command has it open.\n" CLI_EXPORT_NOTES,
    CLI_COMMAND_OPTIONS(options),
    .run = run,
};
