/* SPDX-License-Identifier: Apache-2.0
 *
 * What the two ways of godwit trigger share: over the control socket of a SCS, and over REST.
 */
#ifndef GODWIT_CLI_TRIGGER_H
#define GODWIT_CLI_TRIGGER_H

#include "cli/cli.h"
#include "core/wire/payload_trigger.h"

/* What the options say. action.reference 0: none was given. */
typedef struct cli_trigger {
    godwit_device_action_t action;
    bool status;     /* not an action, but a question */
    uint64_t wait_s; /* for the outcome */
} cli_trigger_t;

/* Prints what came of it; returns the exit code. */
int cli_trigger_rest(const cli_args_t *args, const cli_trigger_t *trigger);

#endif
