/* SPDX-License-Identifier: Apache-2.0
 *
 * What "gba bootstrap", "gba key" and "send --gba" share: whose subscriber, which BSF, card and state in files. The
 * state file holds Ks (but of GBA_U): it is as secret as the card.
 */
#ifndef GODWIT_CLI_GBA_H
#define GODWIT_CLI_GBA_H

#include "adapters/nvm/nvm.h"
#include "adapters/usim/soft.h"
#include "cli/send_run.h"
#include "godwit/gba.h"

typedef struct cli_gba {
    const cli_args_t *args;
    godwit_imsi_t imsi;
    char impi[GODWIT_IMPI_MAX + 1];
    char bsf[GODWIT_FQDN_MAX + 1];
    const char *card_path, *state_path;
    cli_send_names_t names;
    godwit_nvm_t state;
    godwit_usim_soft_t card;
    godwit_gba_t gba;
    godwit_gba_requests_t requests;
} cli_gba_t;

/* --imsi, --plmn, --bsf-name. Prints what is wrong and returns false. */
bool cli_gba_identity(const cli_args_t *args, cli_gba_t *g);
/* The same, and --usim, --state. An exit code. */
int cli_gba_who(const cli_args_t *args, cli_gba_t *g);
/* Opens the state, and takes what it holds for that flavour. An exit code; CLI_REFUSED, and nothing printed, when it
 * holds another. */
int cli_gba_open_state(cli_gba_t *g, godwit_gba_flavour_t flavour, bool tls);
/* Opens the state, and takes what it holds of whatever flavour; there must be something. Prints what is wrong; an exit
 * code. */
int cli_gba_take_state(cli_gba_t *g);
/* Ks_NAF of what was taken, or Ks_int_NAF; opens the card when it is the one that has the key. Prints what is wrong; an
 * exit code. */
int cli_gba_key_of(cli_gba_t *g, godwit_slice_t naf_id, bool inside, uint8_t key[32]);
void cli_gba_close(cli_gba_t *g);
const char *cli_gba_flavour_name(godwit_gba_flavour_t flavour);
/* "me", "u", "2g" of --flavour; default me. Prints what is wrong and returns false. */
bool cli_gba_flavour(const cli_args_t *args, godwit_gba_flavour_t *flavour);
/* A dateTime of 24 characters at most. */
void cli_gba_time(uint64_t seconds, char text[32]);
uint64_t cli_gba_now(void);

#define CLI_GBA_OPTIONS                                                                                                \
    {"imsi", "N", "IMSI of the card", true, false},                                                                    \
        {"usim", "soft:FILE", "the card; default soft:FOLDER/IMSI.usim", false, false},                                \
        {"state", "FILE", "where the bootstrapped key is kept; default FOLDER/IMSI.gba", false, false},                \
        {"plmn", "MCC-MNC", "the home network; default: the IMSI's first five digits", false, false},                  \
    {                                                                                                                  \
        "bsf-name", "FQDN", "realm of the BSF; default bsf.mncNNN.mccNNN.pub.3gppnetwork.org of --plmn", false, false  \
    }

#endif
