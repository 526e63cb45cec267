/* SPDX-License-Identifier: Apache-2.0
 *
 * The doors of the functions that speak more than EMSDP: radio, GTP-C, GTP-U and SGi, each with its socket, and the
 * EMSDP sockets of the HSE.
 */
#ifndef GODWITD_DOORS_H
#define GODWITD_DOORS_H

#include "adapters/sgi/sgi.h"
#include "adapters/udp/udp.h"
#include "daemons/godwitd/config.h"
#include "daemons/godwitd/owner.h"

#define DOORS_MAX 16

typedef struct door {
    godwit_udp_t *udp;
    godwit_function_t function;
    godwit_port_t port;
    godwit_address_t peer; /* sms: the other end */
} door_t;

typedef struct doors {
    size_t count;
    door_t door[DOORS_MAX];
    godwit_sgi_t *sgi; /* of the P-GW; NULL: no APN is a tunnel */
} doors_t;

bool doors_open(doors_t *doors, const config_t *config, char error[CONFIG_ERROR_MAX]);
void doors_close(doors_t *doors);
/* The descriptor with that number; -1 after the last. */
int doors_fd(const doors_t *doors, size_t index);
/* Gives what has come to its functions: batches that are finished. */
void doors_receive(const doors_t *doors, owner_t *owner);
void doors_send(const doors_t *doors, godwit_function_t function, const godwit_request_t *request);
void doors_flush(const doors_t *doors);
const char *doors_name(godwit_port_t port); /* "radio", "gtpc", ... */

#endif
