/* SPDX-License-Identifier: Apache-2.0
 *
 * A whole device on this machine: access and EMSDP libraries of device/, a soft SIM in a file, and the radio stand-in
 * over a UDP socket. All of it but the vector of the following session is volatile: each run attaches anew.
 */
#ifndef GODWIT_CLI_PHONE_H
#define GODWIT_CLI_PHONE_H

#include "adapters/nvm/nvm.h"
#include "adapters/usim/soft.h"
#include "cli/cli.h"
#include "cli/e2e.h"
#include "godwit/access.h"
#include "godwit/device.h"

#define PHONE_WAITING_MAX 4 /* N-PDUs that wait for the radio connection */

typedef struct phone_n_pdu {
    size_t len;
    uint8_t octets[GODWIT_ACCESS_NPDU_MAX];
} phone_n_pdu_t;

typedef struct phone {
    const cli_args_t *args;
    godwit_access_config_t access_config;
    godwit_device_config_t device_config;
    uint8_t selector; /* of the container: 1 RAND, 2 SQN */
    const char *card_path, *radio;
    const char *next_path; /* where the vector of the following session is kept; NULL: no next session */
    bool raw;              /* readings are N-PDUs as they are, the first one goes with the attach: no EMSDP */

    godwit_access_t access;
    godwit_device_t device;
    cli_e2e_t e2e; /* when device_config shows it */
    godwit_usim_soft_t card;
    godwit_nvm_t next;
    bool next_open;
    int socket;
    int64_t access_deadline_ms, device_deadline_ms; /* -1: none */
    unsigned depth;                                 /* lists of requests that are being carried out */
    bool modify;                                    /* the bearer is to be modified, when no list is */
    size_t waiting;
    phone_n_pdu_t n_pdu[PHONE_WAITING_MAX];

    /* What has happened. */
    bool attached, activated, modified, key_set, session, fallback; /* session: the access's key made one */
    bool given_up, detached, sent, reading_given_up;
    bool uncertain;              /* the reading that went with the attach may be lost */
    bool next_used, next_stored; /* attached by the vector of before; has one for the next session */
    godwit_status_t refusal;     /* the last one that was heard of */
    uint64_t frames_up, frames_down, octets_up, octets_down, n_pdus_up, n_pdus_down;
    json_t *events, *received;
    int code; /* CLI_OK until something of this machine fails */
} phone_t;

/* The caller sets args, both configurations and the names; each prints what is wrong and returns an exit code. */
int phone_open(phone_t *phone);
int phone_attach(phone_t *phone);                              /* until there is a bearer */
int phone_attach_with(phone_t *phone, godwit_slice_t reading); /* the same, and the reading goes with it */
int phone_modify(phone_t *phone);                              /* the bearer with a new container, until the answer */
int phone_idle(phone_t *phone);                                /* releases the radio */
int phone_send(phone_t *phone, godwit_slice_t reading);        /* until it has left */
int phone_listen(phone_t *phone, uint64_t wait_ms);
int phone_detach(phone_t *phone);
void phone_close(phone_t *phone);

#endif
