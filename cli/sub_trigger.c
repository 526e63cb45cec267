/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit sub trigger add, remove, bar, list: by what names servers know a device, and which of them may trigger it
 * (docs/triggers.md). Names are checked here: what stands in the store is what S6m answers by.
 */
#include <string.h>

#include "adapters/crypto/openssl.h"
#include "cli/subscriber.h"

static json_t *to_json(const godwit_trigger_subscription_record_t *s)
{
    json_t *sources = json_array();
    for (uint8_t i = 0; i < s->sources && i < GODWIT_TRIGGER_SOURCES_MAX; i++) {
        (void)json_array_append_new(sources, json_string(s->source[i]));
    }
    return json_pack("{s:s, s:s, s:s, s:b, s:o}", "imsi", s->imsi.digits, "external_id", s->device.external_id,
                     "msisdn", s->device.msisdn, "barred", s->barred ? 1 : 0, "sources", sources);
}

static int failed(const cli_args_t *args, const godwit_store_t *store)
{
    return cli_fail(args, CLI_FILE, "%s", godwit_store_why(store));
}

/* ---- one record, in a batch of its own ---- */

typedef int change_t(const cli_args_t *args, godwit_store_t *store, godwit_trigger_subscription_record_t *s,
                     bool there);

static int change_record(const cli_args_t *args, godwit_store_t *store, godwit_record_t *record, change_t *change)
{
    const godwit_record_key_t key = godwit_record_key_of(record);
    const godwit_imsi_t imsi = record->u.trigger_subscription.imsi;
    const godwit_status_t status = godwit_store_fetch(store, &key, record);
    if (status != GODWIT_OK && status != GODWIT_NOT_FOUND) {
        return failed(args, store);
    }
    if (status == GODWIT_NOT_FOUND) {
        memset(record, 0, sizeof *record);
        record->kind = GODWIT_RECORD_TRIGGER_SUBSCRIPTION;
        record->u.trigger_subscription.imsi = imsi;
    }
    return change(args, store, &record->u.trigger_subscription, status == GODWIT_OK);
}

static int run_change(const cli_args_t *args, change_t *change)
{
    godwit_record_t record = {.kind = GODWIT_RECORD_TRIGGER_SUBSCRIPTION};
    if (!cli_imsi(args, "imsi", &record.u.trigger_subscription.imsi)) {
        return CLI_USAGE;
    }
    godwit_store_t *store = cli_store_open(args, false);
    if (store == NULL) {
        return CLI_FILE;
    }
    int code =
        godwit_store_begin(store) == GODWIT_OK ? change_record(args, store, &record, change) : failed(args, store);
    if (code == CLI_OK && godwit_store_commit(store) != GODWIT_OK) {
        code = failed(args, store);
    }
    godwit_store_close(store); /* what was not committed is undone */
    return code == CLI_OK ? cli_print(args, to_json(&record.u.trigger_subscription)) : code;
}

static int put(const cli_args_t *args, godwit_store_t *store, const godwit_trigger_subscription_record_t *s)
{
    godwit_record_t record = {.kind = GODWIT_RECORD_TRIGGER_SUBSCRIPTION};
    record.u.trigger_subscription = *s;
    return godwit_store_put(store, &record) == GODWIT_OK ? CLI_OK : failed(args, store);
}

static int none(const cli_args_t *args, const godwit_trigger_subscription_record_t *s)
{
    return cli_fail(args, CLI_REFUSED, "nobody may trigger %s: there is nothing of it", s->imsi.digits);
}

/* ---- sources ---- */

static uint8_t place_of(const godwit_trigger_subscription_record_t *s, const char *source)
{
    uint8_t i = 0;
    while (i < s->sources && strcmp(s->source[i], source) != 0) {
        i++;
    }
    return i;
}

static int add_sources(const cli_args_t *args, godwit_trigger_subscription_record_t *s)
{
    for (size_t i = 0; i < cli_count(args, "source"); i++) {
        const char *source = cli_value_at(args, "source", i);
        const godwit_slice_t name = godwit_slice_of_string(source);
        if (!godwit_fqdn_is_canonical(name) || name.len > GODWIT_SCS_NAME_MAX - 1) {
            return cli_fail(args, CLI_USAGE, "--source: '%s' is no domain name in lower case", source);
        }
        if (place_of(s, source) < s->sources) {
            continue;
        }
        if (s->sources == GODWIT_TRIGGER_SOURCES_MAX) {
            return cli_fail(args, CLI_REFUSED, "a device can have %d sources", GODWIT_TRIGGER_SOURCES_MAX);
        }
        memcpy(s->source[s->sources++], name.ptr, name.len);
    }
    return CLI_OK;
}

static int remove_sources(const cli_args_t *args, godwit_trigger_subscription_record_t *s)
{
    for (size_t i = 0; i < cli_count(args, "source"); i++) {
        const char *source = cli_value_at(args, "source", i);
        const uint8_t at = place_of(s, source);
        if (at == s->sources) {
            return cli_fail(args, CLI_REFUSED, "%s is no source of %s", source, s->imsi.digits);
        }
        s->sources--;
        memmove(s->source[at], s->source[at + 1], (size_t)(s->sources - at) * sizeof s->source[0]);
        memset(s->source[s->sources], 0, sizeof s->source[0]);
    }
    return CLI_OK;
}

/* ---- add ---- */

/* Sets the names that are given, with their keys. */
static int set_names(const cli_args_t *args, godwit_trigger_subscription_record_t *s)
{
    const struct {
        const char *option;
        char *to;
        size_t cap;
    } names[] = {{"external-id", s->device.external_id, sizeof s->device.external_id},
                 {"msisdn", s->device.msisdn, sizeof s->device.msisdn}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *text = cli_value(args, names[i].option);
        if (text == NULL) {
            continue;
        }
        if (strlen(text) >= names[i].cap) {
            return cli_fail(args, CLI_USAGE, "--%s: '%s' is too long", names[i].option, text);
        }
        memset(names[i].to, 0, names[i].cap);
        memcpy(names[i].to, text, strlen(text));
    }
    if (s->device.external_id[0] == '\0' && s->device.msisdn[0] == '\0') {
        return cli_fail(args, CLI_USAGE, "a name is needed: --external-id, --msisdn or both");
    }
    return godwit_external_name_keys(&godwit_crypto_openssl, &s->device, s->external_id_key, s->msisdn_key) == GODWIT_OK
               ? CLI_OK
               : cli_fail(args, CLI_USAGE,
                          "'%s', '%s': an external identifier is local@domain, a MSISDN 1 to 15 digits",
                          s->device.external_id, s->device.msisdn);
}

static int is_free(const cli_args_t *args, godwit_store_t *store, const godwit_imsi_t *imsi, const uint8_t name[16])
{
    godwit_record_t other;
    godwit_record_key_t key = {.kind = GODWIT_RECORD_TRIGGER_SUBSCRIPTION};
    memcpy(key.octets, name, sizeof key.octets);
    const godwit_status_t status = godwit_store_fetch(store, &key, &other);
    if (status == GODWIT_OK && !godwit_imsi_equal(&other.u.trigger_subscription.imsi, imsi)) {
        return cli_fail(args, CLI_REFUSED, "that name is of %s", other.u.trigger_subscription.imsi.digits);
    }
    return status == GODWIT_OK || status == GODWIT_NOT_FOUND ? CLI_OK : failed(args, store);
}

static int is_subscriber(const cli_args_t *args, godwit_store_t *store, const godwit_imsi_t *imsi)
{
    godwit_record_t record;
    const godwit_record_key_t key = {.kind = GODWIT_RECORD_SUBSCRIBER, .imsi = *imsi};
    const godwit_status_t status = godwit_store_fetch(store, &key, &record);
    godwit_wipe(&record, sizeof record);
    return status == GODWIT_OK          ? CLI_OK
           : status == GODWIT_NOT_FOUND ? cli_fail(args, CLI_REFUSED, "there is no subscriber %s", imsi->digits)
                                        : failed(args, store);
}

static int add(const cli_args_t *args, godwit_store_t *store, godwit_trigger_subscription_record_t *s, bool there)
{
    (void)there;
    int code = is_subscriber(args, store, &s->imsi);
    code = code == CLI_OK ? set_names(args, s) : code;
    code = code == CLI_OK ? add_sources(args, s) : code;
    code = code == CLI_OK ? is_free(args, store, &s->imsi, s->external_id_key) : code;
    code = code == CLI_OK ? is_free(args, store, &s->imsi, s->msisdn_key) : code;
    return code == CLI_OK ? put(args, store, s) : code;
}

static int run_add(const cli_args_t *args)
{
    return run_change(args, add);
}

/* ---- remove, bar ---- */

static int remove_some(const cli_args_t *args, godwit_store_t *store, godwit_trigger_subscription_record_t *s,
                       bool there)
{
    const godwit_record_key_t key = {.kind = GODWIT_RECORD_TRIGGER_SUBSCRIPTION, .imsi = s->imsi};
    if (!there) {
        return none(args, s);
    }
    if (cli_count(args, "source") == 0) {
        s->sources = 0;
        return godwit_store_remove(store, &key) == GODWIT_OK ? CLI_OK : failed(args, store);
    }
    const int code = remove_sources(args, s);
    return code == CLI_OK ? put(args, store, s) : code;
}

static int run_remove(const cli_args_t *args)
{
    return run_change(args, remove_some);
}

static int bar(const cli_args_t *args, godwit_store_t *store, godwit_trigger_subscription_record_t *s, bool there)
{
    if (!there) {
        return none(args, s);
    }
    s->barred = cli_count(args, "lift") == 0;
    return put(args, store, s);
}

static int run_bar(const cli_args_t *args)
{
    return run_change(args, bar);
}

/* ---- list ---- */

static bool collect(void *context, const godwit_record_t *record)
{
    return json_array_append_new(context, to_json(&record->u.trigger_subscription)) == 0;
}

static int run_list(const cli_args_t *args)
{
    uint64_t limit = 0;
    uint64_t total = 0;
    godwit_record_key_t after = {.kind = GODWIT_RECORD_TRIGGER_SUBSCRIPTION};
    const bool has_after = cli_value(args, "after") != NULL;
    if (!cli_number(args, "limit", 1, 1000000, 1000, &limit) || (has_after && !cli_imsi(args, "after", &after.imsi))) {
        return CLI_USAGE;
    }
    godwit_store_t *store = cli_store_open(args, false);
    if (store == NULL) {
        return CLI_FILE;
    }
    json_t *list = json_array();
    godwit_status_t status =
        godwit_store_list(store, after.kind, has_after ? &after : NULL, (size_t)limit, collect, list);
    if (status == GODWIT_OK) {
        status = godwit_store_count(store, after.kind, &total);
    }
    const int code = status == GODWIT_OK ? CLI_OK : failed(args, store);
    godwit_store_close(store);
    if (code != CLI_OK) {
        json_decref(list);
        return code;
    }
    return cli_print(args, json_pack("{s:I, s:o}", "total", (json_int_t)total, "devices", list));
}

/* ---- the commands ---- */

static const cli_option_t add_options[] = {
    {"imsi", "N", "IMSI of a subscriber", true, false},
    {"external-id", "NAME", "external identifier, local@domain: as servers name the device", false, false},
    {"msisdn", "N", "MSISDN, 1 to 15 digits: the other way to name it", false, false},
    {"source", "FQDN", "a server (SCS or AS) that may trigger it, by the name it proves; up to 8", false, true},
    CLI_STORE_OPTIONS,
};
static const cli_option_t remove_options[] = {
    {"imsi", "N", "IMSI", true, false},
    {"source", "FQDN", "takes back this source; without it nobody may trigger the device any more", false, true},
    CLI_STORE_OPTIONS,
};
static const cli_option_t bar_options[] = {
    {"imsi", "N", "IMSI", true, false},
    {"lift", NULL, "lets triggers through again", false, false},
    CLI_STORE_OPTIONS,
};
static const cli_option_t list_options[] = {
    {"after", "N", "only IMSIs after this one", false, false},
    {"limit", "N", "at most so many; default 1000", false, false},
    CLI_STORE_OPTIONS,
};

const cli_command_t cli_sub_trigger_add = {
    .name = "sub trigger add",
    .summary = "Names a device for servers, and lets some of them trigger it.",
    .notes =
        "A name that is given takes the place of the former, sources are added. A running godwitd sees it at once.\n"
        "For triggers that the device can check itself the subscriber needs the feature trigger (godwit sub add).",
    CLI_COMMAND_OPTIONS(add_options),
    .run = run_add};
const cli_command_t cli_sub_trigger_remove = {.name = "sub trigger remove",
                                              .summary = "Takes back a source, or all that servers may do.",
                                              CLI_COMMAND_OPTIONS(remove_options),
                                              .run = run_remove};
const cli_command_t cli_sub_trigger_bar = {.name = "sub trigger bar",
                                           .summary = "Bars all triggers for a device, or lifts that.",
                                           CLI_COMMAND_OPTIONS(bar_options),
                                           .run = run_bar};
const cli_command_t cli_sub_trigger_list = {.name = "sub trigger list",
                                            .summary =
                                                "Lists which devices have names for servers, and who may trigger them.",
                                            CLI_COMMAND_OPTIONS(list_options),
                                            .run = run_list};
