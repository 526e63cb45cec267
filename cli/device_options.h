/* SPDX-License-Identifier: Apache-2.0
 *
 * The options of a device that "send" and "attach" share: whose subscriber it is, its endpoint, its suites, its card.
 */
#ifndef GODWIT_CLI_DEVICE_OPTIONS_H
#define GODWIT_CLI_DEVICE_OPTIONS_H

#include "cli/cli.h"

#define CLI_ENDPOINT_SIZE 64

/* --plmn; without it the IMSI's first five digits: MCC, and an MNC of two. False: it cannot be. */
bool cli_home_network(const cli_args_t *args, const godwit_imsi_t *imsi, godwit_plmn_t *home);
/* --endpoint; without it the HSE's name in the home network, which name keeps. False: it cannot be. */
bool cli_endpoint(const cli_args_t *args, godwit_plmn_t home, char name[CLI_ENDPOINT_SIZE], godwit_slice_t *endpoint);
/* Each --suite as bit suite - 1; without any, 01 to 04. Prints what is wrong and returns false. */
bool cli_suites(const cli_args_t *args, uint16_t *suites);
/* The file of --usim soft:FILE; without the option path stays as it is. Prints what is wrong and returns false. */
bool cli_soft_card(const cli_args_t *args, const char **path);

#endif
