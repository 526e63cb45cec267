/* SPDX-License-Identifier: Apache-2.0
 *
 * The SGi side of a P-GW for non-IP connections: a UDP tunnel with an IPv4 address for each device (TS 23.401
 * 4.3.17.8.3.3.2). One socket of every local address sends from, and tells, the address of the device (IP_PKTINFO), so
 * that addresses cost no socket. The system has to hold the addresses of the pool as its own: those of 127.0.0.0/8 are,
 * others need a local route.
 */
#ifndef GODWIT_ADAPTERS_SGI_H
#define GODWIT_ADAPTERS_SGI_H

#include "roles/role.h"

#define GODWIT_SGI_WHY 160
#define GODWIT_SGI_LONGEST 1500

typedef struct godwit_sgi godwit_sgi_t;

typedef struct godwit_sgi_datagram {
    godwit_address_t from, to; /* to: the device's */
    godwit_slice_t octets;     /* valid until the next receive */
} godwit_sgi_datagram_t;

/* port: of every device. GODWIT_IO_FAILED: why says it. */
GODWIT_MUST_USE godwit_status_t godwit_sgi_open(uint16_t port, godwit_sgi_t **sgi, char why[GODWIT_SGI_WHY]);
void godwit_sgi_close(godwit_sgi_t *sgi);
int godwit_sgi_fd(const godwit_sgi_t *sgi);
uint16_t godwit_sgi_port(const godwit_sgi_t *sgi);
/* False when none waits. */
bool godwit_sgi_receive(godwit_sgi_t *sgi, godwit_sgi_datagram_t *datagram);
/* from: the device's address; its port is the socket's. What the kernel does not take is lost. */
void godwit_sgi_send(godwit_sgi_t *sgi, const godwit_address_t *from, const godwit_address_t *to,
                     godwit_slice_t octets);

#endif
