/* SPDX-License-Identifier: Apache-2.0
 *
 * EMSDP, NAS and GTP over UDP, IPv4 and IPv6: datagrams in batches (recvmmsg, sendmmsg) through buffers that are
 * allocated once. Addresses are those of roles/role.h: 6 octets are IPv4 address and port, 18 are IPv6 address and
 * port, in network order. Nothing here blocks; what the kernel does not take at once is lost, as any datagram may be,
 * and counted.
 */
#ifndef GODWIT_ADAPTERS_UDP_H
#define GODWIT_ADAPTERS_UDP_H

#include <sys/socket.h>

#include "roles/role.h"

#define GODWIT_UDP_BATCH 64
#define GODWIT_UDP_TEXT 56 /* "[" 45 "]:" 5, terminator */
#define GODWIT_UDP_WHY 160
#define GODWIT_UDP_LONGEST 1500 /* octets of a datagram: GTP and the radio; EMSDP's are shorter */

/* "127.0.0.1:9000", "[::1]:9000"; port 0 lets the system choose. No names, no zones. GODWIT_INVALID_ARGUMENT. */
GODWIT_MUST_USE godwit_status_t godwit_udp_address_from_text(const char *text, godwit_address_t *address);
/* "?" for an address of another length. */
void godwit_udp_address_to_text(const godwit_address_t *address, char text[GODWIT_UDP_TEXT]);
/* True for 127.0.0.0/8 and ::1. */
bool godwit_udp_address_is_loopback(const godwit_address_t *address);
/* The length for the socket calls; 0 for an address of another length. */
socklen_t godwit_udp_address_to_socket(const godwit_address_t *address, struct sockaddr_storage *socket_address);
void godwit_udp_address_from_socket(const struct sockaddr_storage *socket_address, godwit_address_t *address);

typedef struct godwit_udp_datagram {
    godwit_address_t from;
    godwit_slice_t octets; /* valid until the next receive */
} godwit_udp_datagram_t;

typedef struct godwit_udp godwit_udp_t;

typedef struct godwit_udp_counters {
    uint64_t received, received_octets;
    uint64_t sent, sent_octets;
    uint64_t oversize; /* received, longer than any that may come here: dropped */
    uint64_t unsent;   /* the kernel did not take them */
} godwit_udp_counters_t;

/* GODWIT_IO_FAILED: why names the address. */
GODWIT_MUST_USE godwit_status_t godwit_udp_open(const godwit_address_t *local, godwit_udp_t **udp,
                                                char why[GODWIT_UDP_WHY]);
/* The same for what may be as long as GODWIT_UDP_LONGEST. */
GODWIT_MUST_USE godwit_status_t godwit_udp_open_long(const godwit_address_t *local, godwit_udp_t **udp,
                                                     char why[GODWIT_UDP_WHY]);
void godwit_udp_close(godwit_udp_t *udp);
int godwit_udp_fd(const godwit_udp_t *udp);
godwit_address_t godwit_udp_local(const godwit_udp_t *udp); /* with the port that was chosen */
/* At most GODWIT_UDP_BATCH; 0 when none waits. */
size_t godwit_udp_receive(godwit_udp_t *udp, godwit_udp_datagram_t datagrams[GODWIT_UDP_BATCH]);
/* Copies into the batch; a full batch is flushed first. */
void godwit_udp_send(godwit_udp_t *udp, const godwit_address_t *to, godwit_slice_t octets);
void godwit_udp_flush(godwit_udp_t *udp);
const godwit_udp_counters_t *godwit_udp_counters(const godwit_udp_t *udp);

#endif
