/* SPDX-License-Identifier: Apache-2.0
 *
 * A bootstrapped key as the root of EMSDP: what "send --gba" takes from the file of "gba bootstrap" (agreement 04, TS
 * 33.220), "send --akma" from that of "akma authenticate" (agreement 05, TS 33.535), and what the device library is
 * told of it. Never printed.
 */
#ifndef GODWIT_CLI_SEND_ROOT_H
#define GODWIT_CLI_SEND_ROOT_H

#include "cli/cli.h"
#include "godwit/device.h"

/* Lives as long as the device: the library keeps no copy of the reference. */
typedef struct cli_root {
    bool given; /* else the rest says nothing */
    godwit_agreement_t agreement;
    char reference[GODWIT_KEY_REFERENCE_MAX + 1];
    uint8_t key[32];        /* until the device has it */
    godwit_status_t status; /* GODWIT_KEY_EXPIRED: there is no key, but a live session needs none */
} cli_root_t;

/* --gba or --akma, with --emks and --ua, for the card of that file. Prints what is wrong; returns an exit code. */
int cli_root_take(const cli_args_t *args, const char *card_path, cli_root_t *root);
/* To be called when the session is restored; wipes the key. Prints what is wrong; returns an exit code. */
int cli_root_give(const cli_args_t *args, cli_root_t *root, godwit_device_t *device);
/* What the user can do about a refusal, to stand behind its name; may be empty. */
const char *cli_root_remedy(const cli_root_t *root, godwit_status_t refusal);

#endif
