/* SPDX-License-Identifier: Apache-2.0
 *
 * One question to a running godwitd over its control socket (docs/control.md).
 */
#ifndef GODWIT_CLI_CONTROL_H
#define GODWIT_CLI_CONTROL_H

#include "cli/cli.h"

#define CLI_CONTROL_OPTION                                                                                             \
    {                                                                                                                  \
        "control", "PATH", "control socket of godwitd; default $GODWIT_CONTROL, else /run/godwit/control", false,      \
            false                                                                                                      \
    }

/* Sends request (freed here) and prints the answer. Returns the exit code: CLI_NO_PEER when nobody answers within 5 s,
 * CLI_REFUSED when the answer is an error. */
int cli_control(const cli_args_t *args, json_t *request);
/* The same without printing: *answer is the caller's to free, and NULL unless CLI_OK. */
int cli_control_ask(const cli_args_t *args, json_t *request, json_t **answer);

#endif
