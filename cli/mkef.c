/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit mkef entitle, revoke, list: which MTC server may have the keys of which devices (docs/mkef.md).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "adapters/crypto/openssl.h"
#include "cli/subscriber.h"

#define AT_ONCE 256
#define DAY_MS UINT64_C(86400000)

/* ---- what is entered ---- */

/* "2026-11-28", midnight UTC. */
static bool day(const cli_args_t *args, const char *option, uint64_t *ms)
{
    const char *text = cli_value(args, option);
    struct tm t = {0};
    *ms = 0;
    if (text == NULL) {
        return true;
    }
    const char *end = strptime(text, "%Y-%m-%d", &t);
    const time_t at = end == NULL || *end != '\0' ? -1 : timegm(&t);
    if (at < 0) {
        (void)cli_fail(args, CLI_USAGE, "--%s: '%s' is no day such as 2026-11-28", option, text);
        return false;
    }
    *ms = (uint64_t)at * 1000;
    return true;
}

static bool copy_name(const cli_args_t *args, const char *option, bool required, char to[GODWIT_FQDN_MAX + 1])
{
    godwit_slice_t name = godwit_slice(NULL, 0);
    if (cli_value(args, option) == NULL && !required) {
        return true;
    }
    if (!cli_fqdn(args, option, &name)) {
        return false;
    }
    memcpy(to, name.ptr, name.len);
    return true;
}

static bool one_imsi(const cli_args_t *args, const char *option, char to[GODWIT_IMSI_DIGITS_MAX + 1])
{
    godwit_imsi_t imsi;
    if (!cli_imsi(args, option, &imsi)) {
        return false;
    }
    memcpy(to, imsi.digits, sizeof imsi.digits);
    return true;
}

static bool plmn_scope(const cli_args_t *args, godwit_mtc_entitlement_record_t *e)
{
    godwit_plmn_t plmn;
    if (!cli_plmn(args, "plmn", &plmn)) {
        return false;
    }
    size_t len = 0;
    for (const char *c = cli_value(args, "plmn"); *c != '\0'; c++) {
        if (*c >= '0' && *c <= '9' && len < GODWIT_IMSI_DIGITS_MAX) {
            e->first[len++] = *c;
        }
    }
    memcpy(e->last, e->first, sizeof e->last);
    e->scope = GODWIT_MTC_SCOPE_PLMN;
    return true;
}

static bool range_scope(const cli_args_t *args, godwit_mtc_entitlement_record_t *e)
{
    if (!one_imsi(args, "first", e->first) || !one_imsi(args, "last", e->last)) {
        return false;
    }
    e->scope = GODWIT_MTC_SCOPE_RANGE;
    if (strlen(e->first) != strlen(e->last) || strcmp(e->first, e->last) > 0) {
        (void)cli_fail(args, CLI_USAGE, "--first and --last must have as many digits, and be in order");
        return false;
    }
    return true;
}

/* Server, and for a PLMN or a range the scope; IMSIs are filled in one by one. */
static bool read_entitlement(const cli_args_t *args, godwit_mtc_entitlement_record_t *e)
{
    const char *group = cli_value(args, "group");
    memset(e, 0, sizeof *e);
    if (!copy_name(args, "server", true, e->server)) {
        return false;
    }
    memcpy(e->server_id, e->server, sizeof e->server_id);
    if (group != NULL && (strlen(group) > GODWIT_MTC_GROUP_MAX || group[0] == '\0')) {
        (void)cli_fail(args, CLI_USAGE, "--group: a name of at most %d characters", GODWIT_MTC_GROUP_MAX);
        return false;
    }
    (void)snprintf(e->group, sizeof e->group, "%s", group == NULL ? "" : group);
    if (cli_value(args, "plmn") != NULL) {
        return plmn_scope(args, e);
    }
    return cli_value(args, "first") == NULL || range_scope(args, e);
}

/* ---- over all IMSIs that are named ---- */

typedef int entitlement_act_t(const cli_args_t *args, godwit_store_t *store, const godwit_mtc_entitlement_record_t *e);

static int act_on_imsi(const cli_args_t *args, godwit_store_t *store, godwit_mtc_entitlement_record_t e,
                       const char *text, entitlement_act_t *act)
{
    godwit_imsi_t imsi;
    if (godwit_imsi_from_text(text, &imsi) != GODWIT_OK) {
        return cli_fail(args, CLI_USAGE, "'%s' is no IMSI", text);
    }
    e.scope = GODWIT_MTC_SCOPE_IMSI;
    memcpy(e.first, imsi.digits, sizeof imsi.digits);
    memcpy(e.last, imsi.digits, sizeof imsi.digits);
    return act(args, store, &e);
}

static int act_on_file(const cli_args_t *args, godwit_store_t *store, const godwit_mtc_entitlement_record_t *e,
                       entitlement_act_t *act, json_int_t *count)
{
    const char *path = cli_value(args, "imsis");
    char line[64];
    int code = CLI_OK;
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return cli_fail(args, CLI_FILE, "%s cannot be read", path);
    }
    while (code == CLI_OK && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, " \t\r\n#")] = '\0';
        if (line[0] != '\0') {
            code = act_on_imsi(args, store, *e, line, act);
            *count += code == CLI_OK ? 1 : 0;
        }
    }
    (void)fclose(file);
    return code;
}

/* In one batch: all or none. */
static int act_on_all(const cli_args_t *args, const godwit_mtc_entitlement_record_t *e, entitlement_act_t *act,
                      json_int_t *count)
{
    godwit_store_t *store = cli_store_open(args, true);
    int code = CLI_OK;
    if (store == NULL) {
        return CLI_FILE;
    }
    if (godwit_store_begin(store) != GODWIT_OK) {
        code = cli_fail(args, CLI_FILE, "%s", godwit_store_why(store));
    }
    if (code == CLI_OK && e->first[0] != '\0') {
        code = act(args, store, e);
        *count += code == CLI_OK ? 1 : 0;
    }
    for (size_t i = 0; code == CLI_OK && i < cli_count(args, "imsi"); i++) {
        code = act_on_imsi(args, store, *e, cli_value_at(args, "imsi", i), act);
        *count += code == CLI_OK ? 1 : 0;
    }
    if (code == CLI_OK && cli_value(args, "imsis") != NULL) {
        code = act_on_file(args, store, e, act, count);
    }
    if (code == CLI_OK && *count == 0) {
        code = cli_fail(args, CLI_USAGE, "name devices: --imsi, --imsis, --first and --last, or --plmn");
    }
    if (code == CLI_OK && godwit_store_commit(store) != GODWIT_OK) {
        code = cli_fail(args, CLI_FILE, "%s", godwit_store_why(store));
    }
    godwit_store_close(store); /* what was not committed is undone */
    return code;
}

/* ---- entitle ---- */

static int put(const cli_args_t *args, godwit_store_t *store, const godwit_mtc_entitlement_record_t *e)
{
    godwit_record_t record = {.kind = GODWIT_RECORD_MTC_ENTITLEMENT};
    record.u.mtc_entitlement = *e;
    if (godwit_mtc_entitlement_name(&godwit_crypto_openssl, &record.u.mtc_entitlement) != GODWIT_OK ||
        godwit_store_put(store, &record) != GODWIT_OK) {
        return cli_fail(args, CLI_FILE, "%s", godwit_store_why(store));
    }
    return CLI_OK;
}

static int run_entitle(const cli_args_t *args)
{
    godwit_mtc_entitlement_record_t e;
    json_int_t count = 0;
    if (!read_entitlement(args, &e) || !copy_name(args, "server-id", false, e.server_id) ||
        !day(args, "not-before", &e.not_before_ms) || !day(args, "not-after", &e.not_after_ms)) {
        return CLI_USAGE;
    }
    e.not_after_ms += e.not_after_ms != 0 ? DAY_MS : 0; /* that day, too */
    const int code = act_on_all(args, &e, put, &count);
    return code != CLI_OK ? code
                          : cli_print(args, json_pack("{s:s, s:s, s:I}", "server", e.server, "server_id", e.server_id,
                                                      "entitlements", count));
}

/* ---- revoke ---- */

static int remove_one(const cli_args_t *args, godwit_store_t *store, const godwit_mtc_entitlement_record_t *e)
{
    godwit_record_t record = {.kind = GODWIT_RECORD_MTC_ENTITLEMENT};
    record.u.mtc_entitlement = *e;
    godwit_status_t status = godwit_mtc_entitlement_name(&godwit_crypto_openssl, &record.u.mtc_entitlement);
    const godwit_record_key_t key = godwit_record_key_of(&record);
    status = status == GODWIT_OK ? godwit_store_remove(store, &key) : status;
    if (status == GODWIT_NOT_FOUND) {
        return cli_fail(args, CLI_REFUSED, "%s has no such entitlement for %s", e->server, e->first);
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
    json_int_t count = 0;
    if (!read_entitlement(args, &e)) {
        return CLI_USAGE;
    }
    const bool names = e.first[0] != '\0' || cli_count(args, "imsi") > 0 || cli_value(args, "imsis") != NULL;
    const bool many = e.group[0] != '\0' || cli_count(args, "all") > 0;
    if (names == many) {
        return cli_fail(args, CLI_USAGE, "name devices, or --group, or --all");
    }
    const int code = names ? act_on_all(args, &e, remove_one, &count)
                           : revoke_many(args, e.server, e.group[0] == '\0' ? NULL : e.group, &count);
    return code != CLI_OK ? code : cli_print(args, json_pack("{s:s, s:I}", "server", e.server, "revoked", count));
}

/* ---- list ---- */

static json_t *day_of(uint64_t ms)
{
    char text[32];
    struct tm t;
    const time_t at = (time_t)(ms / 1000);
    if (ms == 0 || gmtime_r(&at, &t) == NULL || strftime(text, sizeof text, "%Y-%m-%d", &t) == 0) {
        return json_null();
    }
    return json_string(text);
}

static bool collect(void *context, const godwit_record_t *record)
{
    static const char *const scopes[] = {"imsi", "range", "plmn"};
    const godwit_mtc_entitlement_record_t *e = &record->u.mtc_entitlement;
    return json_array_append_new(context,
                                 json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "server", e->server, "server_id",
                                           e->server_id, "scope", scopes[e->scope], "first", e->first, "last", e->last,
                                           "group", e->group, "not_before", day_of(e->not_before_ms), "not_after",
                                           day_of(e->not_after_ms == 0 ? 0 : e->not_after_ms - DAY_MS))) == 0;
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

#define DEVICES                                                                                                        \
    {"server", "FQDN", "the MTC server, as its certificate names it", true, false},                                    \
        {"imsi", "N", "of a device; up to 16 times", false, true},                                                     \
        {"imsis", "FILE", "of devices, one a line", false, false},                                                     \
        {"first", "N", "the first of a range of IMSIs", false, false}, {"last", "N", "and the last", false, false},    \
        {"plmn", "MCC-MNC", "all IMSIs of a network", false, false},                                                   \
    {                                                                                                                  \
        "group", "NAME", "a name to enter devices with, and to revoke them by", false, false                           \
    }

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
