/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs the device library on this machine, or the MTC device of device RAND: a soft SIM and the session in files, EMSDP
 * over a UDP socket.
 * Carries out the library's requests in order, each STORE before what follows it.
 */
#ifndef GODWIT_CLI_RUNNER_H
#define GODWIT_CLI_RUNNER_H

#include "adapters/usim/soft.h"
#include "cli/cli.h"
#include "cli/e2e.h"
#include "cli/send_root.h"
#include "godwit/device.h"
#include "godwit/mtc.h"

typedef struct cli_runner {
    const cli_args_t *args;
    godwit_device_config_t config;
    godwit_device_t device;
    cli_root_t root; /* of agreement 04 or 05, when given */
    bool is_mtc;     /* then these two are in the place of the two above; config.imsi all the same */
    godwit_mtc_config_t mtc_config;
    godwit_mtc_t mtc;
    bool renews; /* the MTC device begins with a new RAND1 */
    godwit_usim_soft_t card;
    godwit_nvm_t nvm;
    cli_e2e_t e2e; /* when config shows it */
    const char *card_path, *state_path, *hse;
    bool has_nvm;
    int socket;
    int64_t deadline_ms; /* of the library's timer; -1: none */
    bool confirms;       /* each reading is to be acknowledged by the EAS */
    bool sent;           /* the reading under way has left, or has been acknowledged */
    bool given_up;
    bool set_up;                   /* a session was set up on the way */
    godwit_status_t refusal;       /* the last refusal that was heard of */
    bool uncertain;                /* the network hinted that it could not take a reading, */
    godwit_status_t why_uncertain; /* for this reason */
    bool agreed;                   /* a key end to end was taken */
    godwit_status_t not_taken;     /* why the network, or the EAS, did not take a reading; OK: it may have */
    uint64_t datagrams_up, datagrams_down, octets_up, octets_down;
    json_t *received; /* downlink messages */
    int code;         /* CLI_OK until something of this machine fails */
} cli_runner_t;

/* Opens files and socket and restores the session. Prints what is wrong; returns an exit code. The caller sets args,
 * config and the three names. */
int cli_runner_open(cli_runner_t *runner);
/* The device and its files alone, without card and network. */
int cli_runner_recall(cli_runner_t *runner);
/* Carries out a list and what the card's answers lead to. status: what the library's call returned. */
void cli_runner_settle(cli_runner_t *runner, godwit_status_t status, godwit_device_requests_t *requests);
uint32_t cli_runner_session(const cli_runner_t *runner);
/* Sends one reading and waits until it has left, or is acknowledged. Prints what went wrong; returns an exit code. */
int cli_runner_send(cli_runner_t *runner, godwit_slice_t reading);
/* Waits until there is a key end to end, without a reading. */
int cli_runner_agree(cli_runner_t *runner);
/* Waits until the file fd can be read, and meanwhile hears the network; returns an exit code. */
int cli_runner_attend(cli_runner_t *runner, int fd);
/* Listens for wait_ms, so that what the network says about keys is heard. */
int cli_runner_listen(cli_runner_t *runner, uint64_t wait_ms);
/* Stores the exact counters and closes all. */
int cli_runner_close(cli_runner_t *runner);

#endif
