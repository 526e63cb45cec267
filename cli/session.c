/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit session list, show, drop and godwit status: questions to a running godwitd.
 */
#include "cli/control.h"

#include <stdlib.h>

static int run_list(const cli_args_t *args)
{
    uint64_t after = 0;
    uint64_t limit = 0;
    if (!cli_number(args, "after", 0, UINT32_MAX, 0, &after) || !cli_number(args, "limit", 1, 1000, 100, &limit)) {
        return CLI_USAGE;
    }
    return cli_control(args, json_pack("{s:s, s:I, s:I}", "command", "session-list", "after", (json_int_t)after,
                                       "limit", (json_int_t)limit));
}

static int one_session(const cli_args_t *args, const char *command)
{
    char *end = NULL;
    unsigned long id = args->word_count == 1 ? strtoul(args->words[0], &end, 0) : 0;
    if (args->word_count != 1 || end == args->words[0] || *end != '\0' || id == 0 || id > UINT32_MAX) {
        return cli_fail(args, CLI_USAGE, "give one Session ID, as 'godwit session list' prints it");
    }
    return cli_control(args, json_pack("{s:s, s:I}", "command", command, "session", (json_int_t)id));
}

static int run_show(const cli_args_t *args)
{
    return one_session(args, "session-show");
}

static int run_drop(const cli_args_t *args)
{
    return one_session(args, "session-drop");
}

static int run_status(const cli_args_t *args)
{
    return cli_control(args, json_pack("{s:s}", "command", "status"));
}

static const cli_option_t list_options[] = {
    {"after", "ID", "only sessions after this Session ID", false, false},
    {"limit", "N", "at most so many, 1 to 1000; default 100", false, false},
    CLI_CONTROL_OPTION,
};
static const cli_option_t options[] = {CLI_CONTROL_OPTION};

const cli_command_t cli_session_list = {.name = "session list",
                                        .summary = "Lists the sessions of a running godwitd, without keys.",
                                        CLI_COMMAND_OPTIONS(list_options),
                                        .run = run_list};
const cli_command_t cli_session_show = {.name = "session show",
                                        .summary = "Shows one session of a running godwitd, without keys.",
                                        .words = "ID",
                                        CLI_COMMAND_OPTIONS(options),
                                        .run = run_show};
const cli_command_t cli_session_drop = {
    .name = "session drop",
    .summary = "Drops one session of a running godwitd; the device sets up a new one when it hears of it.",
    .words = "ID",
    CLI_COMMAND_OPTIONS(options),
    .run = run_drop};
const cli_command_t cli_status = {.name = "status",
                                  .summary = "What a running godwitd listens on, holds and has counted.",
                                  CLI_COMMAND_OPTIONS(options),
                                  .run = run_status};
