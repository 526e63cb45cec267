/* SPDX-License-Identifier: Apache-2.0
 *
 * What a device that runs on this machine ("send", "attach") asks of it: a clock, a socket, the file of a card. But for
 * the clock, each prints what is wrong and returns an exit code.
 */
#ifndef GODWIT_CLI_DEVICE_HOST_H
#define GODWIT_CLI_DEVICE_HOST_H

#include "adapters/usim/soft.h"
#include "cli/cli.h"

int64_t cli_now_ms(void); /* monotonic */
/* A UDP socket that speaks only with where, HOST:PORT or [IPV6]:PORT, which --option said. */
int cli_udp_connect(const cli_args_t *args, const char *option, const char *where, int *socket_out);
/* The card of that IMSI, and of no other. The caller closes it, too, when this fails. */
int cli_card_open(const cli_args_t *args, const char *path, const godwit_imsi_t *imsi, godwit_usim_soft_t *card);

#endif
