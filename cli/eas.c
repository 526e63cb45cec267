/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit eas entitle, revoke, list: which enterprise's EAS may have keys end to end of which devices, for which
 * services (docs/e2e.md). What is revoked ends: the sessions of that EAS are marked, so that the EESE looks at their
 * entitlement again within a minute.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "adapters/crypto/openssl.h"
#include "cli/devices.h"

#define AT_ONCE 256

/* ---- what is entered ---- */

static bool read_services(const cli_args_t *args, uint8_t *services)
{
    for (size_t i = 0; i < cli_count(args, "service"); i++) {
        godwit_service_t service = GODWIT_SERVICE_NONE;
        if (godwit_service_from_name(cli_value_at(args, "service", i), &service) != GODWIT_OK) {
            (void)cli_fail(args, CLI_USAGE, "--service: '%s' is none of key-agreement, integrity, confidentiality",
                           cli_value_at(args, "service", i));
            return false;
        }
        *services = (uint8_t)(*services | 1U << (service - 1U));
    }
    return true;
}

static bool read_entitlement(const cli_args_t *args, godwit_eas_entitlement_record_t *e, cli_devices_t *devices)
{
    const char *enterprise = cli_value(args, "enterprise");
    memset(e, 0, sizeof *e);
    if (enterprise != NULL && (strlen(enterprise) > GODWIT_ENTERPRISE_MAX || enterprise[0] == '\0')) {
        (void)cli_fail(args, CLI_USAGE, "--enterprise: a name of at most %d characters", GODWIT_ENTERPRISE_MAX);
        return false;
    }
    (void)snprintf(e->enterprise, sizeof e->enterprise, "%s", enterprise == NULL ? "" : enterprise);
    return cli_name(args, "eas", true, e->eas) && cli_devices_read(args, devices);
}

/* That of e, of those devices; its key is set. */
static godwit_status_t record_of(const godwit_eas_entitlement_record_t *e, const cli_devices_t *devices,
                                 godwit_record_t *record)
{
    memset(record, 0, sizeof *record);
    record->kind = GODWIT_RECORD_EAS_ENTITLEMENT;
    godwit_eas_entitlement_record_t *to = &record->u.eas_entitlement;
    *to = *e;
    to->scope = devices->scope;
    memcpy(to->first, devices->first, sizeof to->first);
    memcpy(to->last, devices->last, sizeof to->last);
    memcpy(to->group, devices->group, sizeof devices->group);
    return godwit_eas_entitlement_name(&godwit_crypto_openssl, to);
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
    godwit_eas_entitlement_record_t e;
    cli_devices_t devices;
    json_int_t count = 0;
    if (!read_entitlement(args, &e, &devices) || !read_services(args, &e.services) ||
        !cli_days(args, &e.not_before_ms, &e.not_after_ms)) {
        return CLI_USAGE;
    }
    const int code = cli_devices_all(args, &devices, put, &e, &count);
    return code != CLI_OK ? code : cli_print(args, json_pack("{s:s, s:I}", "eas", e.eas, "entitlements", count));
}

/* ---- revoke ---- */

typedef struct sweep {
    const char *eas;
    const char *group, *enterprise; /* of entitlements; NULL: whichever */
    godwit_record_key_t key[AT_ONCE];
    size_t count;
} sweep_t;

static int failed(const cli_args_t *args, godwit_store_t *store, godwit_status_t status)
{
    return status == GODWIT_OK ? CLI_OK : cli_fail(args, CLI_FILE, "%s", godwit_store_why(store));
}

static int remove_one(const cli_args_t *args, godwit_store_t *store, void *context, const cli_devices_t *devices)
{
    const godwit_eas_entitlement_record_t *e = context;
    godwit_record_t record;
    godwit_status_t status = record_of(e, devices, &record);
    const godwit_record_key_t key = godwit_record_key_of(&record);
    status = status == GODWIT_OK ? godwit_store_remove(store, &key) : status;
    if (status == GODWIT_NOT_FOUND) {
        return cli_fail(args, CLI_REFUSED, "%s has no such entitlement for %s", e->eas, devices->first);
    }
    return failed(args, store, status);
}

static bool collect_entitlements(void *context, const godwit_record_t *record)
{
    sweep_t *sweep = context;
    const godwit_eas_entitlement_record_t *e = &record->u.eas_entitlement;
    if (strcmp(e->eas, sweep->eas) == 0 && (sweep->group == NULL || strcmp(e->group, sweep->group) == 0) &&
        (sweep->enterprise == NULL || strcmp(e->enterprise, sweep->enterprise) == 0)) {
        sweep->key[sweep->count++] = godwit_record_key_of(record);
    }
    return sweep->count < AT_ONCE;
}

static int revoke_many(const cli_args_t *args, sweep_t *sweep, json_int_t *count)
{
    godwit_store_t *store = cli_store_open(args, false);
    if (store == NULL) {
        return CLI_FILE;
    }
    godwit_status_t status = godwit_store_begin(store);
    do {
        sweep->count = 0;
        status = status == GODWIT_OK
                     ? godwit_store_list(store, GODWIT_RECORD_EAS_ENTITLEMENT, NULL, 0, collect_entitlements, sweep)
                     : status;
        for (size_t i = 0; i < sweep->count && status == GODWIT_OK; i++) {
            status = godwit_store_remove(store, &sweep->key[i]);
        }
        *count += (json_int_t)sweep->count;
    } while (status == GODWIT_OK && sweep->count == AT_ONCE);
    status = status == GODWIT_OK ? godwit_store_commit(store) : status;
    const int code = failed(args, store, status);
    godwit_store_close(store);
    return code;
}

static bool collect_sessions(void *context, const godwit_record_t *record)
{
    sweep_t *sweep = context;
    if (strcmp(record->u.e2e_session.eas, sweep->eas) == 0 && !record->u.e2e_session.closed) {
        sweep->key[sweep->count++] = godwit_record_key_of(record);
    }
    return sweep->count < AT_ONCE;
}

/* Due now, with all else as it is. The batch keeps the EESE's own writes out between reading and writing. */
static godwit_status_t mark(godwit_store_t *store, const godwit_record_key_t *key, uint64_t now_ms)
{
    godwit_record_t record;
    godwit_status_t status = godwit_store_fetch(store, key, &record);
    if (status == GODWIT_OK && record.u.e2e_session.due_ms > now_ms) {
        record.u.e2e_session.due_ms = now_ms;
        status = godwit_store_put(store, &record);
    }
    godwit_wipe(&record, sizeof record);
    return status == GODWIT_NOT_FOUND ? GODWIT_OK : status;
}

static int mark_sessions(const cli_args_t *args, sweep_t *sweep)
{
    godwit_store_t *store = cli_store_open(args, false);
    if (store == NULL) {
        return CLI_FILE;
    }
    godwit_record_key_t after;
    bool first = true;
    godwit_status_t status = GODWIT_OK;
    do {
        sweep->count = 0;
        status = godwit_store_begin(store);
        status = status == GODWIT_OK ? godwit_store_list(store, GODWIT_RECORD_E2E_SESSION, first ? NULL : &after, 0,
                                                         collect_sessions, sweep)
                                     : status;
        for (size_t i = 0; i < sweep->count && status == GODWIT_OK; i++) {
            status = mark(store, &sweep->key[i], (uint64_t)time(NULL) * 1000);
            after = sweep->key[i];
            first = false;
        }
        status = status == GODWIT_OK ? godwit_store_commit(store) : status;
    } while (status == GODWIT_OK && sweep->count == AT_ONCE);
    const int code = failed(args, store, status);
    godwit_store_close(store);
    return code;
}

static int run_revoke(const cli_args_t *args)
{
    static sweep_t sweep;
    godwit_eas_entitlement_record_t e;
    cli_devices_t devices;
    json_int_t count = 0;
    if (!read_entitlement(args, &e, &devices)) {
        return CLI_USAGE;
    }
    const bool names = cli_devices_are_named(args, &devices);
    if (names == (devices.group[0] != '\0' || e.enterprise[0] != '\0' || cli_count(args, "all") > 0)) {
        return cli_fail(args, CLI_USAGE, "name devices, or --group, --enterprise, or --all");
    }
    sweep = (sweep_t){.eas = e.eas,
                      .group = devices.group[0] == '\0' ? NULL : devices.group,
                      .enterprise = e.enterprise[0] == '\0' ? NULL : e.enterprise};
    int code = names ? cli_devices_all(args, &devices, remove_one, &e, &count) : revoke_many(args, &sweep, &count);
    code = code == CLI_OK ? mark_sessions(args, &sweep) : code;
    return code != CLI_OK ? code : cli_print(args, json_pack("{s:s, s:I}", "eas", e.eas, "revoked", count));
}

/* ---- list ---- */

static json_t *services_json(uint8_t services)
{
    json_t *list = json_array();
    for (unsigned i = 1; i <= GODWIT_SERVICES; i++) {
        if ((services >> (i - 1) & 1U) != 0) {
            (void)json_array_append_new(list, json_string(godwit_service_name((godwit_service_t)i)));
        }
    }
    return list;
}

static bool add_entitlement(void *context, const godwit_record_t *record)
{
    const godwit_eas_entitlement_record_t *e = &record->u.eas_entitlement;
    return json_array_append_new(
               context, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "eas", e->eas, "enterprise",
                                  e->enterprise, "scope", cli_scope_name(e->scope), "first", e->first, "last", e->last,
                                  "group", e->group, "services", services_json(e->services), "not_before",
                                  cli_first_day(e->not_before_ms), "not_after", cli_last_day(e->not_after_ms))) == 0;
}

static bool add_registration(void *context, const godwit_record_t *record)
{
    const godwit_eas_record_t *e = &record->u.eas;
    json_t *ageing = json_object();
    for (unsigned i = 0; i < GODWIT_SERVICES; i++) {
        (void)json_object_set_new(ageing, godwit_service_name((godwit_service_t)(i + 1)),
                                  json_pack("{s:I, s:I}", "life_s", (json_int_t)e->ageing[i].life_s, "messages",
                                            (json_int_t)e->ageing[i].messages));
    }
    return json_array_append_new(context, json_pack("{s:s, s:b, s:I, s:o}", "eas", e->eas, "push", e->push,
                                                    "registered_ms", (json_int_t)e->registered_ms, "ageing", ageing)) ==
           0;
}

static int run_list(const cli_args_t *args)
{
    godwit_store_t *store = cli_store_open(args, false);
    if (store == NULL) {
        return CLI_FILE;
    }
    json_t *entitlements = json_array(), *registrations = json_array();
    godwit_status_t status =
        godwit_store_list(store, GODWIT_RECORD_EAS_ENTITLEMENT, NULL, 0, add_entitlement, entitlements);
    status = status == GODWIT_OK ? godwit_store_list(store, GODWIT_RECORD_EAS, NULL, 0, add_registration, registrations)
                                 : status;
    const int code = failed(args, store, status);
    godwit_store_close(store);
    if (code != CLI_OK) {
        json_decref(entitlements);
        json_decref(registrations);
        return code;
    }
    return cli_print(args, json_pack("{s:o, s:o}", "entitlements", entitlements, "registrations", registrations));
}

/* ---- the commands ---- */

#define EAS                                                                                                            \
    {                                                                                                                  \
        "eas", "FQDN", "the EAS, as its certificate names it", true, false                                             \
    }
#define ENTERPRISE                                                                                                     \
    {                                                                                                                  \
        "enterprise", "NAME", "whose it is; also to revoke by", false, false                                           \
    }

static const cli_option_t entitle_options[] = {
    EAS,
    {"service", "NAME", "key-agreement, integrity, confidentiality; up to 3 times", true, true},
    CLI_DEVICES_OPTIONS,
    ENTERPRISE,
    {"not-before", "DAY", "from that day on, such as 2026-11-28 (UTC)", false, false},
    {"not-after", "DAY", "until the end of that day", false, false},
    CLI_STORE_OPTIONS,
};

static const cli_option_t revoke_options[] = {
    EAS, CLI_DEVICES_OPTIONS, ENTERPRISE, {"all", NULL, "everything of that EAS", false, false}, CLI_STORE_OPTIONS};

static const cli_option_t list_options[] = {CLI_STORE_OPTIONS};

const cli_command_t cli_eas_entitle = {
    .name = "eas entitle",
    .summary = "Lets an enterprise's EAS have keys end to end of devices.",
    .notes =
        "The same devices once more: the services that are named then take the place of the former. A running godwitd\n"
        "sees it at once.",
    CLI_COMMAND_OPTIONS(entitle_options),
    .run = run_entitle};
const cli_command_t cli_eas_revoke = {
    .name = "eas revoke",
    .summary = "Takes that back.",
    .notes =
        "A running EESE ends the sessions that have lost their ground within a minute, and tells HSE and EAS. Keys that\n"
        "were given stay with the EAS; there will be no others, and nothing is forwarded to it any more.",
    CLI_COMMAND_OPTIONS(revoke_options),
    .run = run_revoke};
const cli_command_t cli_eas_list = {.name = "eas list",
                                    .summary =
                                        "Lists which EAS may have keys of which devices, and which have registered.",
                                    CLI_COMMAND_OPTIONS(list_options),
                                    .run = run_list};
