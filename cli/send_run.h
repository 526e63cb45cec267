/* SPDX-License-Identifier: Apache-2.0
 *
 * Sending readings from this machine: where the files of card and session are, options of the way to the endpoint, and
 * readings from the command line or, a line each, from standard input. "send" and "mtc send" differ in the device that
 * they configure.
 */
#ifndef GODWIT_CLI_SEND_RUN_H
#define GODWIT_CLI_SEND_RUN_H

#include "cli/runner.h"

#define CLI_SEND_PATH 1024

typedef struct cli_send_names {
    char folder[CLI_SEND_PATH / 2];
    char card[CLI_SEND_PATH], state[CLI_SEND_PATH];
} cli_send_names_t;

/* --usim and --state, or FOLDER/IMSI.usim and FOLDER/IMSI with that ending. An exit code. */
int cli_send_files(const cli_args_t *args, cli_runner_t *runner, const char *ending, cli_send_names_t *names);
typedef struct cli_send_device {
    cli_send_names_t files;
    char endpoint[64];
} cli_send_device_t;

/* send.c: everything about the device that its options say, but for the way to its endpoint. An exit code. */
int cli_send_device(const cli_args_t *args, cli_runner_t *runner, cli_send_device_t *names);
/* --hse, else $GODWIT_HSE, else the default. */
const char *cli_send_where(const cli_args_t *args);
/* Each prints what is wrong and returns false. */
bool cli_send_timing(const cli_args_t *args, uint32_t *retransmit_ms, uint8_t *attempts, uint64_t *wait_ms);
bool cli_framing(const cli_args_t *args, godwit_framing_t *framing);
/* Opens, sends, listens, closes, prints. An exit code. */
int cli_send_run(const cli_args_t *args, cli_runner_t *runner, uint64_t wait_ms);

#define CLI_SEND_WAY_OPTIONS                                                                                           \
    {"session-octets", "N", "S of that address; default 3", false, false},                                             \
        {"counter-octets", "N", "E of that address; default 1", false, false},                                         \
        {"retransmit", "MS", "first wait for an answer, doubled each time; default 1000", false, false},               \
        {"attempts", "N", "sendings of one request; default 4", false, false},                                         \
    {                                                                                                                  \
        "wait", "MS", "listen for so long afterwards; default 200", false, false                                       \
    }

#endif
