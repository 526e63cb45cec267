/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening and closing: the device's files, its card, its socket.
 */
#include <string.h>
#include <unistd.h>

#include "cli/device_host.h"
#include "cli/runner.h"

/* What the state file holds becomes the session. Damage costs one set-up, not the device: the library is then as after
 * init. Not so the MTC device: its counter and its chain are known to nobody else. */
static int take_record(cli_runner_t *r, godwit_slice_t record)
{
    if (r->is_mtc) {
        return godwit_mtc_restore(&r->mtc, record) == GODWIT_OK
                   ? CLI_OK
                   : cli_fail(r->args, CLI_FILE,
                              "%s: no record of device RAND of this IMSI, endpoint and framing; if it is damaged, the "
                              "operator must release this IMSI at the MKEF before the file may be removed",
                              r->state_path);
    }
    if (record.len < 2 || memcmp(record.ptr, "GW", 2) != 0) {
        return cli_fail(r->args, CLI_FILE, "%s: not a file that keeps a session; name another", r->state_path);
    }
    godwit_status_t status = godwit_device_restore(&r->device, record);
    if (status == GODWIT_MALFORMED) {
        (void)cli_fail(r->args, CLI_OK, "%s: no session that can be read; a new one is set up", r->state_path);
        return CLI_OK;
    }
    return status == GODWIT_OK ? CLI_OK
                               : cli_fail(r->args, CLI_FILE, "%s: %s", r->state_path, godwit_status_name(status));
}

/* has_nvm stands only when the session in memory is the one of the file, so that closing writes over nothing else. */
static int restore(cli_runner_t *r)
{
    uint8_t record[GODWIT_DEVICE_RECORD_MAX];
    size_t len = 0;
    int code = CLI_OK;
    if (r->state_path == NULL) {
        return CLI_OK;
    }
    if (godwit_nvm_open(&r->nvm, r->state_path, NULL) != GODWIT_OK) {
        return cli_fail(r->args, CLI_FILE, "%s", r->nvm.why);
    }
    godwit_status_t status = godwit_nvm_read(&r->nvm, record, sizeof record, &len);
    if (status == GODWIT_OK && len > 0) {
        code = take_record(r, godwit_slice(record, len));
    } else if (status != GODWIT_OK && status != GODWIT_NOT_FOUND) {
        code = cli_fail(r->args, CLI_FILE, "%s", r->nvm.why);
    }
    godwit_wipe(record, sizeof record);
    r->has_nvm = code == CLI_OK;
    if (!r->has_nvm) {
        godwit_nvm_close(&r->nvm);
    }
    return code;
}

static int initialise(cli_runner_t *r)
{
    r->socket = -1;
    r->deadline_ms = -1;
    bool good = (r->is_mtc ? godwit_mtc_init(&r->mtc, &r->mtc_config) : godwit_device_init(&r->device, &r->config)) ==
                GODWIT_OK;
    return good ? CLI_OK
                : cli_fail(r->args, CLI_USAGE,
                           "this combination of --agreement, --suite, --session-octets and --counter-octets cannot be");
}

static int restore_all(cli_runner_t *r)
{
    godwit_device_requests_t requests;
    int code = restore(r);
    if (code == CLI_OK && r->config.e2e != NULL) {
        code = cli_e2e_restore(r->args, &r->device, &r->e2e, r->state_path, &requests);
        cli_runner_settle(r, GODWIT_OK, &requests);
    }
    return code;
}

int cli_runner_recall(cli_runner_t *r)
{
    int code = initialise(r);
    return code == CLI_OK ? restore_all(r) : code;
}

int cli_runner_open(cli_runner_t *r)
{
    int code = initialise(r);
    r->received = json_array();
    code = code == CLI_OK ? cli_card_open(r->args, r->card_path, &r->config.imsi, &r->card) : code;
    if (code == CLI_OK) {
        code = cli_udp_connect(r->args, "hse", r->hse, &r->socket);
    }
    code = code == CLI_OK ? restore_all(r) : code;
    code = code == CLI_OK ? cli_root_give(r->args, &r->root, &r->device) : code;
    if (code == CLI_OK && r->renews) {
        godwit_mtc_renew(&r->mtc);
    }
    return code;
}

static godwit_status_t suspend(cli_runner_t *r, godwit_device_requests_t *requests)
{
    return r->is_mtc ? godwit_mtc_suspend(&r->mtc, requests) : godwit_device_suspend(&r->device, requests);
}

int cli_runner_close(cli_runner_t *r)
{
    godwit_device_requests_t requests;
    if (r->has_nvm && suspend(r, &requests) == GODWIT_OK) {
        int code = r->code;
        r->code = CLI_OK; /* the counters are stored whatever went wrong before */
        cli_runner_settle(r, GODWIT_OK, &requests);
        r->code = code != CLI_OK ? code : r->code;
    }
    if (r->has_nvm) {
        godwit_nvm_close(&r->nvm);
    }
    if (r->socket >= 0) {
        (void)close(r->socket);
    }
    cli_e2e_close(&r->e2e);
    if (r->card.open) {
        godwit_usim_soft_close(&r->card);
    }
    godwit_wipe(&r->device, sizeof r->device);
    godwit_wipe(&r->mtc, sizeof r->mtc);
    godwit_wipe(&r->root, sizeof r->root);
    return r->code;
}
