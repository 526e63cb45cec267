/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit store restored: what has to be done with a store that comes from a backup, before godwitd uses it. godwit
 * store check: what of a store is damaged; it must never print what stands in a row.
 */
#include <time.h>

#include "cli/subscriber.h"

static int run(const cli_args_t *args)
{
    uint64_t ticks_per_second = 0;
    godwit_restored_t done;
    int code = CLI_OK;
    if (!cli_number(args, "ticks-per-second", 1, 1000, 10, &ticks_per_second)) {
        return CLI_USAGE;
    }
    godwit_store_t *store = cli_store_open(args, false);
    if (store == NULL) {
        return CLI_FILE;
    }
    if (godwit_store_after_restore(store, (uint64_t)time(NULL), ticks_per_second, &done) != GODWIT_OK) {
        code = cli_fail(args, CLI_FILE, "%s", godwit_store_why(store));
    }
    godwit_store_close(store);
    return code != CLI_OK
               ? code
               : cli_print(args,
                           json_pack("{s:I, s:I, s:I, s:I, s:I}", "sessions_removed", (json_int_t)done.sessions,
                                     "key_sets_skipped", (json_int_t)done.key_sets, "associations_ended",
                                     (json_int_t)done.associations, "triggers_unconfirmed", (json_int_t)done.triggers,
                                     "end_to_end_keys_ended", (json_int_t)done.end_to_end));
}

static const cli_option_t options[] = {
    {"ticks-per-second", "N", "hss.ticks_per_second of the configuration; default 10", false, false},
    CLI_STORE_OPTIONS,
};

const cli_command_t cli_store_restored = {
    .name = "store restored",
    .summary = "Makes a store safe that was restored from a backup; before godwitd starts.",
    .notes =
        "A backup is in the past: counters and generations that it calls unused have been used since, and datagrams that\n"
        "it has not seen would be taken again. So sessions are removed and key sets skip; devices agree anew by themselves,\n"
        "and where SQN is behind they resynchronise. Associations of device triggering end, and their numbers skip; triggers\n"
        "that were pending may have been delivered since, so they end too, and their sources are told: unconfirmed.\n"
        "A source of triggers skips references, and asks no more for what was not answered: it stands as silent.\n"
        "Keys end to end: those that wait for an EAS are not given any more, an EAS's keys and windows are lost, and the next\n"
        "ages are asked for at once. Entitlements are those of the backup: look at them before godwitd starts.",
    CLI_COMMAND_OPTIONS(options),
    .run = run};

/* ---- check ---- */

#define FINDINGS_MAX 1000 /* that are listed; the counts are of all */

static void add_finding(void *context, const godwit_store_finding_t *finding)
{
    json_t *findings = context;
    if (json_array_size(findings) >= FINDINGS_MAX) {
        return;
    }
    (void)json_array_append_new(findings, finding->table == NULL
                                              ? json_pack("{s:s, s:s}", "of", "file", "what", finding->what)
                                              : json_pack("{s:s, s:I, s:s}", "of", finding->table, "row",
                                                          (json_int_t)finding->row, "what", finding->what));
}

static int check(const cli_args_t *args)
{
    const bool set_aside = cli_count(args, "set-aside") > 0;
    godwit_store_checked_t checked;
    godwit_store_t *store = cli_store_open(args, false);
    if (store == NULL) {
        return CLI_FILE;
    }
    json_t *findings = json_array();
    const godwit_status_t status =
        godwit_store_check(store, set_aside, (uint64_t)time(NULL) * 1000, add_finding, findings, &checked);
    int code = status == GODWIT_OK ? CLI_OK : cli_fail(args, CLI_FILE, "%s", godwit_store_why(store));
    godwit_store_close(store);
    if (code != CLI_OK) {
        json_decref(findings);
        return code;
    }
    (void)cli_print(args,
                    json_pack("{s:I, s:I, s:I, s:I, s:I, s:o}", "rows", (json_int_t)checked.rows, "damaged",
                              (json_int_t)checked.damaged, "of_file", (json_int_t)checked.of_file, "set_aside_now",
                              (json_int_t)checked.moved, "set_aside", (json_int_t)checked.aside, "findings", findings));
    return checked.damaged > checked.moved || checked.of_file > 0 ? CLI_REFUSED : CLI_OK;
}

static const cli_option_t check_options[] = {
    {"set-aside", NULL, "move damaged rows out of the way; nothing is deleted", false, false},
    CLI_STORE_OPTIONS,
};

const cli_command_t cli_store_check = {
    .name = "store check",
    .summary = "Reads every row of a store and says which are damaged; godwitd may run meanwhile.",
    .notes = "Each finding names a table and the row's place in it, in the order of keys, never what stands there.\n"
             "Where there is any, the exit code is 1. A damaged row is never used: its device, session or message is\n"
             "refused, and what waits behind it in a queue goes on.\n"
             "--set-aside moves damaged rows into the table set_aside, each as the SQL statement that would put it\n"
             "back, and makes the indexes anew; the exit code is 1 only if something is left. Nobody else can write\n"
             "meanwhile, and godwitd refuses what it cannot write in store.busy_ms: of a large store stop it before.\n"
             "Then a session, subscriber, entitlement or message whose row it was is unknown. A key set, a device's\n"
             "contact, association or root of associations, and the clock of SQN stay refused, for their counters\n"
             "would begin again: these take the store's backup (godwit store restored).",
    CLI_COMMAND_OPTIONS(check_options),
    .run = check};
