/* SPDX-License-Identifier: Apache-2.0
 *
 * A device that runs EAP-AKA' with its home over WiFi: what "device listen" takes of it.
 */
#ifndef GODWIT_CLI_EAP_H
#define GODWIT_CLI_EAP_H

#include "adapters/usim/soft.h"
#include "cli/cli.h"
#include "godwit/eap.h"

#define CLI_EAP_OPTIONS                                                                                                \
    {"radius", "ADDRESS:PORT", "EAP-AKA' with this AAA server; this command is also the access point", false, false},  \
    {                                                                                                                  \
        "radius-secret", "FILE", "its shared secret, the first line of a file of mode 0600", false, false              \
    }

/* Runs EAP with --radius and that card until success; peer then has the root. Prints what is wrong; returns an exit
 * code. */
int cli_eap_run(const cli_args_t *args, godwit_usim_soft_t *card, const godwit_imsi_t *imsi, godwit_plmn_t home,
                godwit_eap_peer_t *peer);

#endif
