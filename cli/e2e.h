/* SPDX-License-Identifier: Apache-2.0
 *
 * End to end with an EAS on this machine: options, the record in a file beside that of the session, and time, which the
 * device library does not have.
 */
#ifndef GODWIT_CLI_E2E_H
#define GODWIT_CLI_E2E_H

#include "adapters/nvm/nvm.h"
#include "cli/cli.h"
#include "godwit/device.h"

typedef struct cli_e2e {
    godwit_device_e2e_t e2e;
    godwit_nvm_t nvm;
    bool has_nvm;
    char path[GODWIT_NVM_PATH_MAX];
    int64_t told_ms; /* monotonic: until when the library was told that time has passed */
} cli_e2e_t;

/* --service and --e2e-suite; without --service config->e2e stays NULL. Prints what is wrong and returns false. */
bool cli_e2e_options(const cli_args_t *args, godwit_device_config_t *config, cli_e2e_t *e);
/* The record of STATE.e2e, if there is one, with the time that has passed since; path: STATE. For a device that was
 * initialised and restored. An exit code. */
int cli_e2e_restore(const cli_args_t *args, godwit_device_t *device, cli_e2e_t *e, const char *path,
                    godwit_device_requests_t *requests);
/* STORE_E2E. An exit code. */
int cli_e2e_store(const cli_args_t *args, cli_e2e_t *e, godwit_slice_t record);
/* Tells the library how many whole seconds have passed. False: nothing is to be carried out. */
bool cli_e2e_pass(godwit_device_t *device, cli_e2e_t *e, godwit_device_requests_t *requests);
/* What was agreed, as JSON; NULL: nothing. */
json_t *cli_e2e_account(const godwit_device_t *device);
void cli_e2e_close(cli_e2e_t *e);

#define CLI_E2E_OPTIONS                                                                                                \
    {"service", "NAME", "end to end with the EAS of --enterprise: key-agreement, integrity, confidentiality", false,   \
     false},                                                                                                           \
    {                                                                                                                  \
        "e2e-suite", "NAME", "a suite that the device accepts end to end; default 01 to 04, for integrity 05 and 06",  \
            false, true                                                                                                \
    }

#endif
