/* SPDX-License-Identifier: Apache-2.0
 *
 * What "send --akma" takes from the file of "akma authenticate".
 */
#ifndef GODWIT_CLI_AKMA_H
#define GODWIT_CLI_AKMA_H

#include "cli/cli.h"
#include "godwit/akma.h"

/* A-KID and K_AF of that AF_ID; --imsi, --plmn, --routing say whose. Prints what is wrong; returns an exit code. */
int cli_akma_take(const cli_args_t *args, const char *path, godwit_slice_t af_id, char a_kid[GODWIT_A_KID_MAX + 1],
                  uint8_t k_af[32]);

#endif
