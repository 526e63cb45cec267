/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit eas export: a pre-shared key of TLS, DTLS or OSCORE with a device, from the store of its EAS. Its number is
 * durable before the key is shown; a godwit-eas that runs on that store may go on running, for both read and write in
 * one transaction.
 */
#include <string.h>
#include <time.h>

#include "adapters/crypto/openssl.h"
#include "cli/exported_key.h"
#include "cli/subscriber.h"
#include "godwit/eas.h"

static const char *why(godwit_status_t status)
{
    switch (status) {
    case GODWIT_NOT_FOUND:
        return "this EAS has no session of that device";
    case GODWIT_MALFORMED:
        return "the record of that device is damaged, or of a backup; the EAS takes the next key by itself";
    case GODWIT_UNKNOWN_KEY:
        return "the key end to end that is named is not here, or none is";
    case GODWIT_KEY_EXPIRED:
        return "that key end to end is over; the next one comes when the device asks for it";
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

static godwit_status_t take_step(godwit_eas_device_t *device, cli_exported_key_t *wish)
{
    const uint64_t now_s = (uint64_t)time(NULL);
    switch (wish->step) {
    case CLI_EXPORT_DERIVE:
        return godwit_eas_derive(device, now_s, wish->label, wish->role, &wish->name, wish->psk);
    case CLI_EXPORT_PROVED:
        return godwit_eas_proved(device, now_s, &wish->name);
    case CLI_EXPORT_USE:
    default:
        return godwit_eas_export(device, now_s, wish->label, wish->role, &wish->name, wish->psk);
    }
}

/* In the store's batch. GODWIT_STORE_FAILED: godwit_store_why says more. */
static godwit_status_t export(godwit_store_t *store, const godwit_imsi_t *imsi, godwit_eas_device_t *device,
                              godwit_record_t *record, cli_exported_key_t *wish)
{
    const godwit_record_key_t key = {.kind = GODWIT_RECORD_EAS_SESSION, .imsi = *imsi};
    godwit_eas_session_record_t *session = &record->u.eas_session;
    godwit_status_t status = godwit_store_fetch(store, &key, record);
    if (status == GODWIT_OK) {
        status = godwit_eas_load(device, &godwit_crypto_openssl, godwit_slice(session->octets, session->len));
    }
    if (status == GODWIT_OK) {
        status = take_step(device, wish);
    }
    if (status != GODWIT_OK || wish->step == CLI_EXPORT_DERIVE) {
        return status;
    }
    session->len = (uint16_t)godwit_eas_save(device, session->octets);
    const bool kept =
        session->len > 0 && godwit_store_put(store, record) == GODWIT_OK && godwit_store_commit(store) == GODWIT_OK;
    return kept ? GODWIT_OK : GODWIT_STORE_FAILED;
}

static int in_store(const cli_args_t *args, const godwit_imsi_t *imsi, cli_exported_key_t *wish)
{
    static godwit_eas_device_t device;
    static godwit_record_t record;
    godwit_store_t *store = cli_store_open(args, false);
    if (store == NULL) {
        return CLI_FILE;
    }
    const godwit_status_t begun = godwit_store_begin(store);
    const godwit_status_t status =
        begun == GODWIT_OK ? export(store, imsi, &device, &record, wish) : GODWIT_STORE_FAILED;
    int code = CLI_OK;
    if (status == GODWIT_STORE_FAILED) {
        code = cli_fail(args, CLI_FILE, "%s", godwit_store_why(store));
    } else if (status != GODWIT_OK) {
        code = cli_fail(args, status == GODWIT_INVALID_ARGUMENT ? CLI_USAGE : CLI_REFUSED, "%s", why(status));
    }
    godwit_store_close(store); /* what is not committed is not there */
    godwit_wipe(&device, sizeof device);
    godwit_wipe(&record, sizeof record);
    return code;
}

static int run(const cli_args_t *args)
{
    static cli_exported_key_t wish;
    godwit_imsi_t imsi;
    if (!cli_exported_key_read(args, &wish) || !cli_imsi(args, "imsi", &imsi)) {
        return CLI_USAGE;
    }
    int code = in_store(args, &imsi, &wish);
    code = code == CLI_OK ? cli_exported_key_write(args, &wish) : code;
    code = code == CLI_OK ? cli_exported_key_show(args, &wish) : code;
    godwit_wipe(&wish, sizeof wish);
    return code;
}

static const cli_option_t options[] = {
    {"imsi", "N", "of the device", true, false},
    CLI_EXPORTED_KEY_OPTIONS,
    CLI_STORE_OPTIONS,
};

const cli_command_t cli_eas_export = {
    .name = "eas export",
    .summary = "Prints a pre-shared key for TLS, DTLS or OSCORE with a device, and its identity.",
    .notes =
        "At the enterprise, on the store of godwit-eas, which may be running. It PRINTS A KEY unless --psk-file is given. The device derives the same key from the identity: \"godwit device export\". The key is that of one number, "
        "which is never given again.\n" CLI_EXPORT_NOTES,
    CLI_COMMAND_OPTIONS(options),
    .run = run,
};
