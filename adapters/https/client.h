/* SPDX-License-Identifier: Apache-2.0
 *
 * A client for HTTPS (or, where it is told so, plain HTTP) inside a single-threaded owner: a thread of its own runs
 * libcurl, the owner submits requests and takes answers on its own thread. Connections are kept. TLS as
 * adapters/https/https.h says; no redirects, no proxies; sizes and times bounded.
 */
#ifndef GODWIT_ADAPTERS_HTTPS_CLIENT_H
#define GODWIT_ADAPTERS_HTTPS_CLIENT_H

#include "adapters/https/server.h"

typedef struct godwit_https_client_config {
    const char *certificate, *key; /* files, PEM; NULL: the client shows none */
    const char *ca;                /* file, PEM: whom servers' certificates must be of; NULL: the system's */
    const char *crl; /* file, PEM, or NULL: servers' certificates that ca has revoked; read at each connection */
    bool plain;      /* http:// is allowed too: the owner's configuration must say so */
    /* NULL, or "HOST:PORT:ADDRESS:PORT" as CURLOPT_CONNECT_TO has it: where that host is, whatever DNS says. */
    const char *connect_to;
    const char *headers[GODWIT_HTTPS_HEADERS_MAX]; /* of answers that the owner wants to see; static text */
    /* Bounds; 0 is the value that the comment begins with. */
    size_t body_max;               /* 65536: of an answer */
    uint32_t connect_ms, whole_ms; /* 5000, 20000 */
    unsigned outstanding;          /* 256 requests at a time: one more is GODWIT_NO_SPACE */
} godwit_https_client_config_t;

typedef struct godwit_https_ask {
    const char *method, *url;                                /* copied, as all here */
    godwit_https_header_t headers[GODWIT_HTTPS_HEADERS_MAX]; /* a NULL name ends them */
    godwit_slice_t body;                                     /* of POST, PUT, PATCH; wiped when it is sent */
} godwit_https_ask_t;

typedef struct godwit_https_answer {
    uint64_t tag;
    /* GODWIT_OK: there is an answer, of whatever code; GODWIT_IO_FAILED: there is none, why says more */
    godwit_status_t status;
    unsigned code;
    const char *headers
        [GODWIT_HTTPS_HEADERS_MAX]; /* in the order of the configuration; NULL: not sent. Live until the next call */
    godwit_slice_t body;            /* likewise; then wiped */
    char why[GODWIT_HTTPS_WHY];
} godwit_https_answer_t;

typedef struct godwit_https_client godwit_https_client_t;

GODWIT_MUST_USE godwit_status_t godwit_https_client_start(const godwit_https_client_config_t *config,
                                                          godwit_https_client_t **client, char why[GODWIT_HTTPS_WHY]);
int godwit_https_client_fd(const godwit_https_client_t *client); /* readable when answers wait */
/* Each that is GODWIT_OK has exactly one answer, with that tag. GODWIT_NO_SPACE, GODWIT_INVALID_ARGUMENT,
 * GODWIT_IO_FAILED. */
GODWIT_MUST_USE godwit_status_t godwit_https_client_submit(godwit_https_client_t *client, const godwit_https_ask_t *ask,
                                                           uint64_t tag);
bool godwit_https_client_next(godwit_https_client_t *client, godwit_https_answer_t *answer); /* false: none waits */
/* For programs without a loop: submits, and waits for the answer. */
void godwit_https_client_wait(godwit_https_client_t *client, const godwit_https_ask_t *ask,
                              godwit_https_answer_t *answer);
/* No request from here on is sent on a connection that stands now: files have changed. */
void godwit_https_client_renew(godwit_https_client_t *client);
void godwit_https_client_stop(godwit_https_client_t *client); /* NULL is nothing */

#endif
