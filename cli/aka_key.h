/* SPDX-License-Identifier: Apache-2.0
 *
 * The options that name a subscriber's secret, shared by "aka vector", "aka verify", "sub add" and "usim create".
 */
#ifndef GODWIT_CLI_AKA_KEY_H
#define GODWIT_CLI_AKA_KEY_H

#include "cli/cli.h"
#include "godwit/aka.h"

#define CLI_AKA_KEY_OPTIONS                                                                                            \
    {"algorithm", "NAME", "milenage (default), tuak, gsm-milenage, xor-3g, xor-2g", false, false},                     \
        {"k", "HEX", "K: 16 octets; 16 or 32 for tuak", true, false}, {"opc", "HEX", "OPc, 16 octets", false, false},  \
        {"op", "HEX", "OP, 16 octets", false, false}, {"topc", "HEX", "TOPc of tuak, 32 octets", false, false},        \
        {"top", "HEX", "TOP of tuak, 32 octets", false, false}, {"mac-bits", "N", "tuak: 64, 128, 256", false, false}, \
        {"res-bits", "N", "tuak: 32, 64, 128, 256", false, false}, {"ck-bits", "N", "tuak: 128, 256", false, false},   \
        {"ik-bits", "N", "tuak: 128, 256", false, false},                                                              \
        {"iterations", "N", "tuak: of Keccak-f, 1 to 255", false, false},                                              \
    {                                                                                                                  \
        "sres-function", "1|2", "gsm-milenage: output function of TS 55.205, 1 (default) or 2", false, false           \
    }

/* Reads them. Prints what is wrong and returns false; key is wiped then. */
bool cli_aka_key(const cli_args_t *args, godwit_aka_key_t *key);

#endif
