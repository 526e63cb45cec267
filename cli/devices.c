/* SPDX-License-Identifier: Apache-2.0
 *
 * See devices.h.
 */
#include "cli/devices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DAY_MS UINT64_C(86400000)

/* ---- names and days ---- */

bool cli_name(const cli_args_t *args, const char *option, bool required, char to[GODWIT_FQDN_MAX + 1])
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

bool cli_days(const cli_args_t *args, uint64_t *not_before_ms, uint64_t *not_after_ms)
{
    if (!day(args, "not-before", not_before_ms) || !day(args, "not-after", not_after_ms)) {
        return false;
    }
    *not_after_ms += *not_after_ms != 0 ? DAY_MS : 0; /* that day, too */
    return true;
}

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

json_t *cli_first_day(uint64_t not_before_ms)
{
    return day_of(not_before_ms);
}

json_t *cli_last_day(uint64_t not_after_ms)
{
    return day_of(not_after_ms == 0 ? 0 : not_after_ms - DAY_MS);
}

/* ---- devices ---- */

const char *cli_scope_name(godwit_mtc_scope_t scope)
{
    static const char *const scopes[] = {"imsi", "range", "plmn"};
    return scopes[scope];
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

static bool plmn_scope(const cli_args_t *args, cli_devices_t *e)
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

static bool range_scope(const cli_args_t *args, cli_devices_t *e)
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

bool cli_devices_read(const cli_args_t *args, cli_devices_t *devices)
{
    const char *group = cli_value(args, "group");
    memset(devices, 0, sizeof *devices);
    if (group != NULL && (strlen(group) > CLI_GROUP_MAX || group[0] == '\0')) {
        (void)cli_fail(args, CLI_USAGE, "--group: a name of at most %d characters", CLI_GROUP_MAX);
        return false;
    }
    (void)snprintf(devices->group, sizeof devices->group, "%s", group == NULL ? "" : group);
    if (cli_value(args, "plmn") != NULL) {
        return plmn_scope(args, devices);
    }
    return cli_value(args, "first") == NULL || range_scope(args, devices);
}

bool cli_devices_are_named(const cli_args_t *args, const cli_devices_t *devices)
{
    return devices->first[0] != '\0' || cli_count(args, "imsi") > 0 || cli_value(args, "imsis") != NULL;
}

/* ---- over all that are named ---- */

static int act_on_imsi(const cli_args_t *args, godwit_store_t *store, cli_devices_t e, const char *text,
                       cli_devices_act_t *act, void *context)
{
    godwit_imsi_t imsi;
    if (godwit_imsi_from_text(text, &imsi) != GODWIT_OK) {
        return cli_fail(args, CLI_USAGE, "'%s' is no IMSI", text);
    }
    e.scope = GODWIT_MTC_SCOPE_IMSI;
    memcpy(e.first, imsi.digits, sizeof imsi.digits);
    memcpy(e.last, imsi.digits, sizeof imsi.digits);
    return act(args, store, context, &e);
}

static int act_on_file(const cli_args_t *args, godwit_store_t *store, const cli_devices_t *e, cli_devices_act_t *act,
                       void *context, json_int_t *count)
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
            code = act_on_imsi(args, store, *e, line, act, context);
            *count += code == CLI_OK ? 1 : 0;
        }
    }
    (void)fclose(file);
    return code;
}

int cli_devices_all(const cli_args_t *args, const cli_devices_t *e, cli_devices_act_t *act, void *context,
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
        code = act(args, store, context, e);
        *count += code == CLI_OK ? 1 : 0;
    }
    for (size_t i = 0; code == CLI_OK && i < cli_count(args, "imsi"); i++) {
        code = act_on_imsi(args, store, *e, cli_value_at(args, "imsi", i), act, context);
        *count += code == CLI_OK ? 1 : 0;
    }
    if (code == CLI_OK && cli_value(args, "imsis") != NULL) {
        code = act_on_file(args, store, e, act, context, count);
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
