/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit sub add, list, show, rm: subscribers in the store. Nothing here prints K or OPc.
 */
#include "cli/aka_key.h"
#include "cli/subscriber.h"

#include <string.h>

static godwit_record_key_t key_of(const godwit_imsi_t *imsi)
{
    return (godwit_record_key_t){.kind = GODWIT_RECORD_SUBSCRIBER, .imsi = *imsi};
}

static int add_to_store(const cli_args_t *args, const godwit_record_t *record)
{
    godwit_store_t *store = cli_store_open(args, true);
    if (store == NULL) {
        return CLI_FILE;
    }
    godwit_record_t there;
    godwit_record_key_t key = godwit_record_key_of(record);
    godwit_status_t status = godwit_store_fetch(store, &key, &there);
    godwit_wipe(&there, sizeof there);
    int code = CLI_OK;
    if (status == GODWIT_OK) {
        code = cli_fail(args, CLI_REFUSED, "%s is there already; 'godwit sub rm' removes it, and its SQN with it",
                        record->u.subscriber.imsi.digits);
    } else if (status != GODWIT_NOT_FOUND || godwit_store_put(store, record) != GODWIT_OK) {
        code = cli_fail(args, CLI_FILE, "%s", godwit_store_why(store));
    }
    godwit_store_close(store);
    return code;
}

static int run_add(const cli_args_t *args)
{
    godwit_record_t record = {.kind = GODWIT_RECORD_SUBSCRIBER};
    godwit_subscriber_record_t *s = &record.u.subscriber;
    cli_subscriber_defaults(s);
    int code = CLI_USAGE;
    if (cli_imsi(args, "imsi", &s->imsi) && cli_aka_key(args, &s->key) && cli_subscriber_options(args, s)) {
        code = add_to_store(args, &record);
    }
    if (code == CLI_OK) {
        (void)cli_print(args, cli_subscriber_json(s));
    }
    godwit_wipe(&record, sizeof record);
    return code;
}

static bool collect(void *context, const godwit_record_t *record)
{
    return json_array_append_new(context, cli_subscriber_json(&record->u.subscriber)) == 0;
}

static int run_list(const cli_args_t *args)
{
    uint64_t limit = 0;
    uint64_t total = 0;
    godwit_record_key_t after = {.kind = GODWIT_RECORD_SUBSCRIBER};
    bool has_after = cli_value(args, "after") != NULL;
    if (!cli_number(args, "limit", 1, 1000000, 1000, &limit) || (has_after && !cli_imsi(args, "after", &after.imsi))) {
        return CLI_USAGE;
    }
    godwit_store_t *store = cli_store_open(args, false);
    if (store == NULL) {
        return CLI_FILE;
    }
    json_t *list = json_array();
    godwit_status_t status =
        godwit_store_list(store, GODWIT_RECORD_SUBSCRIBER, has_after ? &after : NULL, (size_t)limit, collect, list);
    if (status == GODWIT_OK) {
        status = godwit_store_count(store, GODWIT_RECORD_SUBSCRIBER, &total);
    }
    int code = status == GODWIT_OK ? CLI_OK : cli_fail(args, CLI_FILE, "%s", godwit_store_why(store));
    godwit_store_close(store);
    if (code != CLI_OK) {
        json_decref(list);
        return code;
    }
    return cli_print(args, json_pack("{s:I, s:o}", "total", (json_int_t)total, "subscribers", list));
}

static int run_show(const cli_args_t *args)
{
    godwit_imsi_t imsi;
    if (!cli_imsi(args, "imsi", &imsi)) {
        return CLI_USAGE;
    }
    godwit_store_t *store = cli_store_open(args, false);
    if (store == NULL) {
        return CLI_FILE;
    }
    godwit_record_t record;
    godwit_record_key_t key = key_of(&imsi);
    godwit_status_t status = godwit_store_fetch(store, &key, &record);
    int code = CLI_OK;
    if (status == GODWIT_OK) {
        (void)cli_print(args, cli_subscriber_json(&record.u.subscriber));
    } else if (status == GODWIT_NOT_FOUND) {
        code = cli_fail(args, CLI_REFUSED, "there is no subscriber %s", imsi.digits);
    } else {
        code = cli_fail(args, CLI_FILE, "%s", godwit_store_why(store));
    }
    godwit_wipe(&record, sizeof record);
    godwit_store_close(store);
    return code;
}

static int run_rm(const cli_args_t *args)
{
    godwit_imsi_t imsi;
    if (!cli_imsi(args, "imsi", &imsi)) {
        return CLI_USAGE;
    }
    godwit_store_t *store = cli_store_open(args, false);
    if (store == NULL) {
        return CLI_FILE;
    }
    godwit_record_key_t key = key_of(&imsi);
    godwit_status_t status = godwit_store_remove(store, &key);
    int code = CLI_OK;
    if (status == GODWIT_NOT_FOUND) {
        code = cli_fail(args, CLI_REFUSED, "there is no subscriber %s", imsi.digits);
    } else if (status != GODWIT_OK) {
        code = cli_fail(args, CLI_FILE, "%s", godwit_store_why(store));
    }
    godwit_store_close(store);
    return code == CLI_OK ? cli_print(args, json_pack("{s:s}", "removed", imsi.digits)) : code;
}

static const cli_option_t add_options[] = {
    {"imsi", "N", "IMSI, 6 to 15 digits", true, false},
    CLI_AKA_KEY_OPTIONS,
    {"amf", "HEX", "AMF of its vectors, default 0000; the separation bit follows the kind of vector", false, false},
    {"feature", "NAME",
     "separate-umts: agreement 07 is allowed; e2m-usim, e2m-me: Solution 1, by a capable USIM or by the ME; "
     "gba-u: GBA with keys that stay in the card; next-session: its vector is handed out ahead; trigger: triggers that the device checks",
     false, true},
    {"sqn", "HEX", "SQN to start from, 6 octets; default 0", false, false},
    {"ind-bits", "N", "bits of IND in SQN, default 5", false, false},
    {"sqn-profile", "NAME", "counter (default) or time (TS 33.102 C.1.1)", false, false},
    CLI_STORE_OPTIONS,
};
static const cli_option_t list_options[] = {
    {"after", "N", "only IMSIs after this one", false, false},
    {"limit", "N", "at most so many; default 1000", false, false},
    CLI_STORE_OPTIONS,
};
static const cli_option_t one_options[] = {
    {"imsi", "N", "IMSI", true, false},
    CLI_STORE_OPTIONS,
};

const cli_command_t cli_sub_add = {
    .name = "sub add",
    .summary = "Adds a subscriber to the store. Nothing prints its K or OPc again.",
    .notes = "Keys on a command line can be seen by other users of the machine while it runs: for more\n"
             "than a test, 'godwit sub import' reads them from a file.",
    CLI_COMMAND_OPTIONS(add_options),
    .run = run_add};
const cli_command_t cli_sub_list = {.name = "sub list",
                                    .summary = "Lists subscribers by IMSI, without keys.",
                                    CLI_COMMAND_OPTIONS(list_options),
                                    .run = run_list};
const cli_command_t cli_sub_show = {.name = "sub show",
                                    .summary = "Shows one subscriber, without keys.",
                                    CLI_COMMAND_OPTIONS(one_options),
                                    .run = run_show};
const cli_command_t cli_sub_rm = {
    .name = "sub rm", .summary = "Removes a subscriber.", CLI_COMMAND_OPTIONS(one_options), .run = run_rm};
