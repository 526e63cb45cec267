/* SPDX-License-Identifier: Apache-2.0
 *
 * What the CoAP client's files share: coap.c has requests and answers, session.c the way to the server.
 */
#ifndef GODWIT_ADAPTERS_COAP_INTERNAL_H
#define GODWIT_ADAPTERS_COAP_INTERNAL_H

#include <coap3/coap.h>

#include "adapters/coap/coap.h"

#define COAP_FLIGHTS_MAX 32
#define COAP_PATH_MAX 512

typedef struct coap_flight {
    bool used, answered;
    uint64_t tag;
    uint64_t until_ms; /* after it no response is waited for: one was acknowledged and never came */
    unsigned code;     /* 0: failed */
    const char *why;
} coap_flight_t;

struct godwit_coap {
    coap_context_t *context;
    coap_session_t *session; /* NULL: to be begun with the next request */
    bool broken;             /* its DTLS or socket has failed: another takes its place */
    coap_address_t server;
    coap_uri_t uri; /* points into url */
    char url[COAP_PATH_MAX];
    char host[256];
    char psk_identity[129];
    uint8_t psk[GODWIT_COAP_KEY_MAX]; /* secret */
    size_t psk_len;
    char ca[256], certificate[256], key[256];
    unsigned in_flight;
    uint32_t ack_ms;
    coap_flight_t flights[COAP_FLIGHTS_MAX];
};

/* Parses url and resolves its host; nothing is sent. */
godwit_status_t godwit_coap_target_set(godwit_coap_t *coap, const char *url, char why[GODWIT_COAP_WHY]);
/* coap->session, begun anew where there is none; false: it could not be. */
bool godwit_coap_session_begin(godwit_coap_t *coap);

#endif
