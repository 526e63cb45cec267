/* SPDX-License-Identifier: Apache-2.0
 *
 * The peer that Godwit is measured beside: DTLS 1.2 with a pre-shared key and AES-128-CCM-8, the smallest that OpenSSL
 * has, both ends in one process over memory. Octets are counted as they would stand above UDP.
 */
#ifndef GODWIT_BENCH_PEER_DTLS_H
#define GODWIT_BENCH_PEER_DTLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct peer_dtls peer_dtls_t;

typedef struct peer_dtls_traffic {
    unsigned long datagrams, octets; /* both ways */
} peer_dtls_traffic_t;

peer_dtls_t *peer_dtls_new(void); /* NULL when OpenSSL was built without what this needs */
void peer_dtls_free(peer_dtls_t *peer);
/* The whole handshake. */
bool peer_dtls_handshake(peer_dtls_t *peer);
/* One reading from device to server, protected and opened. */
bool peer_dtls_send(peer_dtls_t *peer, const uint8_t *reading, size_t len);
/* What crossed since the last call. */
peer_dtls_traffic_t peer_dtls_traffic(peer_dtls_t *peer);

#endif
