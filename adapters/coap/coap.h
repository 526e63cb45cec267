/* SPDX-License-Identifier: Apache-2.0
 *
 * A CoAP client (RFC 7252; libcoap) inside a single-threaded owner: confirmable POSTs to one resource, each answered
 * once. coap:// is without protection, coaps:// is DTLS with a pre-shared key or with certificates. No thread: the
 * owner polls one descriptor. A host name is resolved when the client is opened.
 */
#ifndef GODWIT_ADAPTERS_COAP_COAP_H
#define GODWIT_ADAPTERS_COAP_COAP_H

#include "godwit/bytes.h"

#define GODWIT_COAP_WHY 256
#define GODWIT_COAP_KEY_MAX 64

typedef struct godwit_coap_config {
    const char *url;          /* coap://HOST[:PORT]/PATH[?QUERY], or coaps:// */
    const char *psk_identity; /* coaps with a pre-shared key; else NULL */
    godwit_slice_t psk;       /* at most GODWIT_COAP_KEY_MAX octets */
    const char *ca; /* coaps with certificates: file, PEM; whom the server's must be of, and it must name HOST */
    const char *certificate, *key; /* files, PEM; NULL: the client shows none */
    unsigned in_flight;            /* not answered; 0: 4 */
    uint32_t ack_ms; /* first wait for an acknowledgement, doubled four times (RFC 7252 4.8); 1000 at least; 0: 2000 */
} godwit_coap_config_t;

typedef struct godwit_coap_answer {
    uint64_t tag;
    godwit_status_t status; /* GODWIT_OK: there is a response, of whatever code; GODWIT_IO_FAILED: there is none */
    unsigned code;          /* 204 is 2.04 */
    const char *why;        /* static text */
} godwit_coap_answer_t;

typedef struct godwit_coap godwit_coap_t;

GODWIT_MUST_USE godwit_status_t godwit_coap_open(const godwit_coap_config_t *config, godwit_coap_t **coap,
                                                 char why[GODWIT_COAP_WHY]);
int godwit_coap_fd(const godwit_coap_t *coap); /* readable when godwit_coap_next has something to do */
/* A JSON body. Each that is GODWIT_OK has exactly one answer. GODWIT_AGAIN: in_flight wait already; GODWIT_IO_FAILED:
 * no session could be begun. */
GODWIT_MUST_USE godwit_status_t godwit_coap_post(godwit_coap_t *coap, godwit_slice_t body, uint64_t tag,
                                                 uint64_t now_ms);
/* Does what is due (receiving, retransmission); then the oldest answer. To be called at least every second while any
 * waits. false: none. */
bool godwit_coap_next(godwit_coap_t *coap, uint64_t now_ms, godwit_coap_answer_t *answer);
void godwit_coap_close(godwit_coap_t *coap); /* NULL is nothing */

#endif
