/* SPDX-License-Identifier: Apache-2.0
 *
 * End to end on this machine. The file holds when it was written (8 octets, seconds since 1970) and the library's
 * record; it is as secret as the card.
 */
#include "cli/e2e.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/device_host.h"

#define STAMP 8u

bool cli_e2e_options(const cli_args_t *args, godwit_device_config_t *config, cli_e2e_t *e)
{
    const char *service = cli_value(args, "service");
    godwit_device_e2e_config_t *mine = &e->e2e.config;
    if (service == NULL) {
        if (cli_count(args, "e2e-suite") != 0) {
            (void)cli_fail(args, CLI_USAGE, "--e2e-suite goes with --service");
        }
        return cli_count(args, "e2e-suite") == 0;
    }
    if (godwit_service_from_name(service, &mine->service) != GODWIT_OK) {
        (void)cli_fail(args, CLI_USAGE, "--service: '%s' is none of key-agreement, integrity and confidentiality",
                       service);
        return false;
    }
    if (config->enterprise.len == 0) {
        (void)cli_fail(args, CLI_USAGE, "--service needs --enterprise, the name of the EAS");
        return false;
    }
    for (uint8_t suite = 1; suite <= GODWIT_SUITE_LAST && cli_count(args, "e2e-suite") == 0; suite++) {
        const godwit_suite_t *s = godwit_suite(suite);
        bool weak = s != NULL && (s->mac_len < 8 || suite > 6);
        mine->suites |= (uint16_t)(!weak && godwit_service_allows(mine->service, suite) ? 1u << (suite - 1u) : 0u);
    }
    for (size_t i = 0; i < cli_count(args, "e2e-suite"); i++) {
        uint8_t suite = 0;
        const char *name = cli_value_at(args, "e2e-suite", i);
        if (godwit_suite_from_name(name, &suite) != GODWIT_OK || !godwit_service_allows(mine->service, suite)) {
            (void)cli_fail(args, CLI_USAGE, "--e2e-suite: '%s' is no suite of the service %s", name, service);
            return false;
        }
        mine->suites |= (uint16_t)(1u << (suite - 1u));
    }
    config->e2e = &e->e2e;
    return true;
}

static uint64_t now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec;
}

/* Damage costs the keys: the device asks for others. */
static int take(const cli_args_t *args, godwit_device_t *device, const cli_e2e_t *e, godwit_slice_t file,
                godwit_device_requests_t *requests)
{
    godwit_slice_t record = godwit_slice(file.ptr, 0);
    if (file.len > STAMP) {
        record = godwit_slice(file.ptr + STAMP, file.len - STAMP);
    }
    godwit_status_t status = godwit_device_restore_e2e(device, record);
    if (status == GODWIT_MALFORMED) {
        (void)cli_fail(args, CLI_OK, "%s: no keys end to end that can be read; others are asked for", e->path);
        return CLI_OK;
    }
    if (status != GODWIT_OK) {
        return cli_fail(args, CLI_FILE, "%s: %s", e->path, godwit_status_name(status));
    }
    const uint64_t then = godwit_load_u64(file.ptr), now = now_s();
    const uint64_t passed = now > then ? now - then : 0;
    status = godwit_device_elapsed(device, passed < UINT32_MAX ? (uint32_t)passed : UINT32_MAX, requests);
    return status == GODWIT_OK ? CLI_OK : cli_fail(args, CLI_FILE, "%s: %s", e->path, godwit_status_name(status));
}

int cli_e2e_restore(const cli_args_t *args, godwit_device_t *device, cli_e2e_t *e, const char *path,
                    godwit_device_requests_t *requests)
{
    uint8_t file[STAMP + GODWIT_DEVICE_E2E_RECORD_MAX];
    size_t len = 0;
    int code = CLI_OK;
    requests->count = 0;
    e->told_ms = cli_now_ms();
    if (path == NULL) {
        return CLI_OK;
    }
    int n = snprintf(e->path, sizeof e->path, "%s.e2e", path);
    if (n < 0 || (size_t)n >= sizeof e->path) {
        return cli_fail(args, CLI_FILE, "%s: too long a name", path);
    }
    if (godwit_nvm_open(&e->nvm, e->path, NULL) != GODWIT_OK) {
        return cli_fail(args, CLI_FILE, "%s", e->nvm.why);
    }
    e->has_nvm = true;
    godwit_status_t status = godwit_nvm_read(&e->nvm, file, sizeof file, &len);
    if (status == GODWIT_OK && len > 0) {
        code = take(args, device, e, godwit_slice(file, len), requests);
    } else if (status != GODWIT_OK && status != GODWIT_NOT_FOUND) {
        code = cli_fail(args, CLI_FILE, "%s", e->nvm.why);
    }
    godwit_wipe(file, sizeof file);
    return code;
}

int cli_e2e_store(const cli_args_t *args, cli_e2e_t *e, godwit_slice_t record)
{
    uint8_t file[STAMP + GODWIT_DEVICE_E2E_RECORD_MAX];
    godwit_writer_t w = godwit_writer(file, sizeof file);
    if (!e->has_nvm) {
        return CLI_OK;
    }
    godwit_put_u64(&w, now_s());
    godwit_put(&w, record.ptr, record.len);
    godwit_status_t status = godwit_nvm_write(&e->nvm, godwit_written(&w));
    godwit_wipe(file, sizeof file);
    return status == GODWIT_OK ? CLI_OK
                               : cli_fail(args, CLI_FILE, "the keys end to end cannot be stored: %s", e->nvm.why);
}

bool cli_e2e_pass(godwit_device_t *device, cli_e2e_t *e, godwit_device_requests_t *requests)
{
    const int64_t seconds = (cli_now_ms() - e->told_ms) / 1000;
    if (device->config.e2e == NULL || seconds <= 0) {
        return false;
    }
    e->told_ms += seconds * 1000;
    return godwit_device_elapsed(device, seconds < UINT32_MAX ? (uint32_t)seconds : UINT32_MAX, requests) == GODWIT_OK;
}

json_t *cli_e2e_account(const godwit_device_t *device)
{
    godwit_e2e_terms_t terms;
    if (godwit_device_e2e_terms(device, &terms) != GODWIT_OK) {
        return NULL;
    }
    return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I}", "service", godwit_service_name(terms.service), "suite",
                     godwit_suite(terms.suite)->name, "key_id", (json_int_t)terms.key_id, "age", (json_int_t)terms.age,
                     "life_s", (json_int_t)terms.life_s, "messages", (json_int_t)terms.messages);
}

void cli_e2e_close(cli_e2e_t *e)
{
    if (e->has_nvm) {
        godwit_nvm_close(&e->nvm);
        e->has_nvm = false;
    }
    godwit_wipe(&e->e2e, sizeof e->e2e);
}
