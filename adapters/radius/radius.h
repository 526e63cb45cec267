/* SPDX-License-Identifier: Apache-2.0
 *
 * The door of the 3GPP AAA server, behind a UDP socket of its owner: RADIUS (RFC 2865, 3579) from access points that
 * are listed by address, each with a secret of its own, to typed messages and back. A request that comes again gets the
 * same answer, or waits with the first. What does not verify is counted and dropped: RADIUS has no way to say why.
 * Nothing here grows.
 */
#ifndef GODWIT_ADAPTERS_RADIUS_H
#define GODWIT_ADAPTERS_RADIUS_H

#include "roles/role.h"

#define GODWIT_RADIUS_CLIENTS_MAX 32
#define GODWIT_RADIUS_WHY 200

typedef struct godwit_radius_client {
    godwit_address_t address;        /* IPv4 or IPv6; its port is not looked at */
    char name[GODWIT_NODE_NAME_MAX]; /* origin_host of what it sends */
    size_t secret_len;
    uint8_t secret[128];
} godwit_radius_client_t;

/* The secret: the first line of a file that only its owner may read, 16 to 128 characters. why names the file, never
 * what is in it. */
GODWIT_MUST_USE godwit_status_t godwit_radius_secret(const char *path, godwit_radius_client_t *client,
                                                     char why[GODWIT_RADIUS_WHY]);

typedef struct godwit_radius godwit_radius_t;

typedef struct godwit_radius_counters {
    uint64_t requests, repeated, answers;
    uint64_t strangers, malformed, unauthenticated, overload; /* dropped */
} godwit_radius_counters_t;

/* GODWIT_INVALID_ARGUMENT: none, too many, or two clients of one address. why says in one line. */
GODWIT_MUST_USE godwit_status_t godwit_radius_clients_check(const godwit_radius_client_t *clients, size_t count,
                                                            char why[GODWIT_RADIUS_WHY]);
/* As of check, and GODWIT_IO_FAILED (no memory). clients are copied. */
GODWIT_MUST_USE godwit_status_t godwit_radius_open(const godwit_radius_client_t *clients, size_t count,
                                                   godwit_radius_t **radius, char why[GODWIT_RADIUS_WHY]);
/* Other clients and secrets from now on. What waits for somebody who is not among them any more is forgotten. As of
 * check; on failure those of before hold. */
GODWIT_MUST_USE godwit_status_t godwit_radius_renew(godwit_radius_t *radius, const godwit_radius_client_t *clients,
                                                    size_t count, char why[GODWIT_RADIUS_WHY]);
/* A datagram came. True: message is an EAP_PACKET, with a route for its answer. False: nothing to do but to send *again
 * to the same address, where that is not empty. */
bool godwit_radius_take(godwit_radius_t *radius, uint64_t now_ms, const godwit_address_t *from, godwit_slice_t octets,
                        godwit_message_t *message, godwit_slice_t *again);
/* EAP_PACKET_ANSWER, by its route: the datagram for *to; empty when nobody waits for it any more. Lives until the next
 * call. */
godwit_slice_t godwit_radius_answer(godwit_radius_t *radius, uint64_t now_ms, const godwit_message_t *answer,
                                    godwit_address_t *to);
const godwit_radius_counters_t *godwit_radius_counters(const godwit_radius_t *radius);
void godwit_radius_close(godwit_radius_t *radius); /* NULL is nothing; wipes */

#endif
