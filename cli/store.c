/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit store restored: what has to be done with a store that comes from a backup, before godwitd uses it.
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
        "Keys end to end: those that wait for an EAS are not given any more, an EAS's keys and windows are lost, and the next\n"
        "ages are asked for at once. Entitlements are those of the backup: look at them before godwitd starts.",
    CLI_COMMAND_OPTIONS(options),
    .run = run};
