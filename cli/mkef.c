/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit mkef entitle, revoke, list: which MTC server may have the keys of which devices (docs/mkef.md).
 */
#include <string.h>

#include "adapters/crypto/openssl.h"
#include "cli/devices.h"

#define AT_ONCE 256

/* ---- what is entered ---- */

static bool read_entitlement(const cli_args_t *args, godwit_mtc_entitlement_record_t *e, cli_devices_t *devices)
{
    memset(e, 0, sizeof *e);
    if (!cli_name(args, "server", true, e->server)) {
        return false;
    }
    memcpy(e->server_id, e->server, sizeof e->server_id);
    return cli_devices_read(args, devices);
}

/* That of e, of those devices; its key is set. */
static godwit_status_t record_of(const godwit_mtc_entitlement_record_t *e, const cli_devices_t *devices,
                                 godwit_record_t *record)
{
    memset(record, 0, sizeof *record);
    record->kind = GODWIT_RECORD_MTC_ENTITLEMENT;
    godwit_mtc_entitlement_record_t *to = &record->u.mtc_entitlement;
    *to = *e;
    to->scope = devices->scope;
    memcpy(to->first, devices->first, sizeof to->first);
    memcpy(to->last, devices->last, sizeof to->last);
    memcpy(to->group, devices->group, sizeof to->group);
    return godwit_mtc_entitlement_name(&godwit_crypto_openssl, to);
}

/* ---- entitle ---- */

static int put(const cli_args_t *args, godwit_store_t *store, void *context, const cli_devices_t *devices)
{
    godwit_record_t record;
    if (record_of(context, devices, &record) != GODWIT_OK || godwit_store_put(store, &record) != GODWIT_OK) {
        return cli_fail(args, CLI_FILE, "%s", godwit_store_why(store));
    }
    return CLI_OK;
}

static int run_entitle(const cli_args_t *args)
{
    godwit_mtc_entitlement_record_t e;
    cli_devices_t devices;
    json_int_t count = 0;
    if (!read_entitlement(args, &e, &devices) || !cli_name(args, "server-id", false, e.server_id) ||
        !cli_days(args, &e.not_before_ms, &e.not_after_ms)) {
        return CLI_USAGE;
    }
    const int code = cli_devices_all(args, &devices, put, &e, &count);
    return code != CLI_OK ? code
                          : cli_print(args, json_pack("{s:s, s:s, s:I}", "server", e.server, "server_id", e.server_id,
                                                      "entitlements", count));
}

/* ---- revoke ---- */

static int remove_one(const cli_args_t *args, godwit_store_t *store, void *context, const cli_devices_t *devices)
{
    const godwit_mtc_entitlement_record_t *e = context;
    godwit_record_t record;
    godwit_status_t status = record_of(e, devices, &record);
    const godwit_record_key_t key = godwit_record_key_of(&record);
    status = status == GODWIT_OK ? godwit_store_remove(store, &key) : status;
    if (status == GODWIT_NOT_FOUND) {
        return cli_fail(args, CLI_REFUSED, "%s has no such entitlement for %s", e->server, devices->first);
    }
    return status == GODWIT_OK ? CLI_OK : cli_fail(args, CLI_FILE, "%s", godwit_store_why(store));
}

typedef struct sweep {
    const char *server, *group; /* group NULL: all of that server */
    godwit_record_key_t key[AT_ONCE];
    size_t count;
} sweep_t;

static bool collect_of_group(void *context, const godwit_record_t *record)
{
    sweep_t *sweep = context;
    const godwit_mtc_entitlement_record_t *e = &record->u.mtc_entitlement;
    if (strcmp(e->server, sweep->server) == 0 && (sweep->group == NULL || strcmp(e->group, sweep->group) == 0)) {
        sweep->key[sweep->count++] = godwit_record_key_of(record);
    }
    return sweep->count < AT_ONCE;
}

static int revoke_many(const cli_args_t *args, const char *server, const char *group, json_int_t *count)
{
    static sweep_t sweep;
    godwit_store_t *store = cli_store_open(args, false);
    godwit_status_t status = GODWIT_OK;
    if (store == NULL) {
        return CLI_FILE;
    }
    sweep = (sweep_t){.server = server, .group = group};
    do {
        sweep.count = 0;
        status = godwit_store_list(store, GODWIT_RECORD_MTC_ENTITLEMENT, NULL, 0, collect_of_group, &sweep);
        for (size_t i = 0; i < sweep.count && status == GODWIT_OK; i++) {
            status = godwit_store_remove(store, &sweep.key[i]);
        }
        *count += (json_int_t)sweep.count;
    } while (status == GODWIT_OK && sweep.count == AT_ONCE);
    const int code = status == GODWIT_OK ? CLI_OK : cli_fail(args, CLI_FILE, "%s", godwit_store_why(store));
    godwit_store_close(store);
    return code;
}

static int run_revoke(const cli_args_t *args)
{
    godwit_mtc_entitlement_record_t e;
    cli_devices_t devices;
    json_int_t count = 0;
    if (!read_entitlement(args, &e, &devices)) {
        return CLI_USAGE;
    }
    const bool names = cli_devices_are_named(args, &devices);
    const bool many = devices.group[0] != '\0' || cli_count(args, "all") > 0;
    if (names == many) {
        return cli_fail(args, CLI_USAGE, "name devices, or --group, or --all");
    }
    const int code = names ? cli_devices_all(args, &devices, remove_one, &e, &count)
                           : revoke_many(args, e.server, devices.group[0] == '\0' ? NULL : devices.group, &count);
    return code != CLI_OK ? code : cli_print(args, json_pack("{s:s, s:I}", "server", e.server, "revoked", count));
}

/* ---- list ---- */

static bool collect(void *context, const godwit_record_t *record)
{
    const godwit_mtc_entitlement_record_t *e = &record->u.mtc_entitlement;
    return json_array_append_new(context,
                                 json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "server", e->server, "server_id",
                                           e->server_id, "scope", cli_scope_name(e->scope), "first", e->first, "last",
                                           e->last, "group", e->group, "not_before", cli_first_day(e->not_before_ms),
                                           "not_after", cli_last_day(e->not_after_ms))) == 0;
}

static int run_list(const cli_args_t *args)
{
    godwit_store_t *store = cli_store_open(args, false);
    if (store == NULL) {
        return CLI_FILE;
    }
    json_t *list = json_array();
    const godwit_status_t status = godwit_store_list(store, GODWIT_RECORD_MTC_ENTITLEMENT, NULL, 0, collect, list);
    const int code = status == GODWIT_OK ? CLI_OK : cli_fail(args, CLI_FILE, "%s", godwit_store_why(store));
    godwit_store_close(store);
    if (code != CLI_OK) {
        json_decref(list);
        return code;
    }
    return cli_print(args, json_pack("{s:o}", "entitlements", list));
}

/* ---- the commands ---- */

#define DEVICES {"server", "FQDN", "the MTC server, as its certificate names it", true, false}, CLI_DEVICES_OPTIONS

static const cli_option_t entitle_options[] = {
    DEVICES,
    {"server-id", "FQDN", "ID_MTC_SERVER: as the devices name it; default the server's name", false, false},
    {"not-before", "DAY", "from that day on, such as 2026-11-28 (UTC)", false, false},
    {"not-after", "DAY", "until the end of that day", false, false},
    CLI_STORE_OPTIONS,
};

static const cli_option_t revoke_options[] = {
    DEVICES, {"all", NULL, "everything of that server", false, false}, CLI_STORE_OPTIONS};

static const cli_option_t list_options[] = {CLI_STORE_OPTIONS};

const cli_command_t cli_mkef_entitle = {.name = "mkef entitle",
                                        .summary = "Lets an MTC server have the keys of devices (device RAND).",
                                        .notes =
                                            "What is there already is written over. A running godwitd sees it at once.",
                                        CLI_COMMAND_OPTIONS(entitle_options),
                                        .run = run_entitle};
const cli_command_t cli_mkef_revoke = {.name = "mkef revoke",
                                       .summary = "Takes that back.",
                                       .notes = "Keys that were given stay with the server; there will be no others.",
                                       CLI_COMMAND_OPTIONS(revoke_options),
                                       .run = run_revoke};
const cli_command_t cli_mkef_list = {.name = "mkef list",
                                     .summary = "Lists which MTC server may have the keys of which devices.",
                                     CLI_COMMAND_OPTIONS(list_options),
                                     .run = run_list};
