/* SPDX-License-Identifier: Apache-2.0
 *
 * A device on this machine that waits for triggers: access and trigger libraries, a soft SIM, a durable record, and the
 * program of its user.
 */
#ifndef GODWIT_CLI_LISTEN_H
#define GODWIT_CLI_LISTEN_H

#include <sys/types.h>

#include "adapters/nvm/nvm.h"
#include "adapters/usim/soft.h"
#include "cli/cli.h"
#include "godwit/access.h"
#include "godwit/trigger.h"

#define LISTEN_FILE_MAX 4096
#define LISTEN_HELD_MAX 8                                 /* messages up that wait for the radio */
#define LISTEN_QUEUE_MAX (GODWIT_TRIGGER_PENDING_MAX + 1) /* triggers that wait for the program */

typedef struct listen_trigger {
    godwit_trigger_delivery_t delivery; /* its payload is the next member */
    uint8_t payload[GODWIT_TRIGGER_PAYLOAD_MAX];
} listen_trigger_t;

typedef struct listen {
    const cli_args_t *args;
    godwit_access_config_t access_config;
    godwit_trigger_config_t trigger_config;
    const char *card_path, *radio_at, *a3_at; /* radio_at NULL: no access of ours; a3_at NULL: no A3 */
    char state_path[GODWIT_NVM_PATH_MAX];
    const char *program;                /* as it was given */
    char program_file[LISTEN_FILE_MAX]; /* where it is */
    uint64_t program_ms;                /* its time */
    uint64_t poll_ms;
    const uint16_t *ports; /* with an application; port_count 0: all */
    size_t port_count;

    godwit_access_t access;
    godwit_trigger_t trigger;
    godwit_usim_soft_t card;
    godwit_nvm_t nvm;
    int radio, a3; /* sockets; -1: none */
    int64_t access_at, trigger_at, poll_at, program_until;
    bool attached, said;
    godwit_status_t refusal;
    struct {
        size_t len;
        uint8_t octets[GODWIT_TRIGGER_CONTAINER_MAX];
    } held[LISTEN_HELD_MAX];
    size_t held_count;

    listen_trigger_t queue[LISTEN_QUEUE_MAX]; /* the first is with the program, when child is not 0 */
    size_t queued;
    pid_t child;
    bool killed; /* its time was over */
    uint64_t handled;
    int code; /* CLI_OK until something of this machine fails */
} listen_t;

/* ---- listen_options.c ---- */

int listen_configure(const cli_args_t *args, listen_t *l); /* prints what is wrong; returns an exit code */

/* ---- listen_carry.c: what the libraries ask ---- */

void listen_settle_access(listen_t *l, godwit_status_t status, const godwit_access_requests_t *list);
void listen_settle_trigger(listen_t *l, godwit_status_t status, const godwit_trigger_requests_t *list);
void listen_take(listen_t *l, godwit_slice_t octets, godwit_trigger_via_t via, bool answers);
/* Messages that waited for the radio. */
void listen_send_held(listen_t *l);
/* One line for whoever reads our output. */
void listen_tell(const listen_t *l, json_t *members);

/* ---- listen_program.c: the user's program ---- */

/* First of all: so that no socket, lock or record becomes one of the three descriptors that the program gets. */
bool listen_hold_standard_descriptors(void);
/* Where it is: asked at the start, for a trigger must not be lost to a program that was never there. False: nowhere,
 * and errno says why. */
bool listen_find_program(listen_t *l);
/* Starts it for the first trigger of the queue, where none runs. */
void listen_start(listen_t *l);
/* Looks whether it has ended, or must. */
void listen_reap(listen_t *l);
/* Ends it, for this device ends. Its trigger stays unconfirmed, and comes again marked. */
void listen_stop(listen_t *l);

#endif
