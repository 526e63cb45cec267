/* SPDX-License-Identifier: Apache-2.0
 *
 * HTTPS of AKMA with mutual TLS (docs/akma.md): the doors of AUSF and AAnF, to which requests come under the name that
 * the caller's certificate has, and the way to an AAnF, for an AUSF and for an application function. Who calls is
 * decided by the certificate alone.
 */
#ifndef GODWIT_ADAPTERS_AKMA_AKMA_H
#define GODWIT_ADAPTERS_AKMA_AKMA_H

#include "adapters/https/client.h"
#include "adapters/https/server.h"
#include "roles/message.h"

/* ---- a door ---- */

typedef struct godwit_akma_server_config {
    godwit_function_t function; /* AUSF or AANF: whose door */
    const char *host;
    uint16_t port;
    const char *certificate, *key, *ca; /* files */
    const char *const *callers;         /* DNS names of certificates that are let in; NULL ends them */
} godwit_akma_server_config_t;

typedef struct godwit_akma_server godwit_akma_server_t;

GODWIT_MUST_USE godwit_status_t godwit_akma_server_start(const godwit_akma_server_config_t *config,
                                                         godwit_akma_server_t **server, char why[GODWIT_HTTPS_WHY]);
uint16_t godwit_akma_server_port(const godwit_akma_server_t *server);
int godwit_akma_server_fd(const godwit_akma_server_t *server); /* readable when something waits */
/* GODWIT_OK: message is a request. Another status: somebody was refused here already, for the reason that detail
 * (static) and the status name.
 * GODWIT_AGAIN: nothing waits. */
GODWIT_MUST_USE godwit_status_t godwit_akma_server_receive(godwit_akma_server_t *server, godwit_message_t *message,
                                                           const char **detail);
void godwit_akma_server_answer(godwit_akma_server_t *server, const godwit_message_t *answer);
void godwit_akma_server_stop(godwit_akma_server_t *server); /* NULL is nothing */

/* ---- the way to an AAnF ---- */

typedef struct godwit_akma_client_config {
    godwit_function_t function; /* whose requests go there, and who gets the answers: AUSF or EMKS */
    const char *url;            /* https://host:port, without a path */
    const char *connect_to;     /* as adapters/https/client.h has it, or NULL */
    const char *certificate, *key, *ca;
    uint32_t whole_ms; /* 0: 5000 */
} godwit_akma_client_config_t;

typedef struct godwit_akma_client godwit_akma_client_t;

GODWIT_MUST_USE godwit_status_t godwit_akma_client_start(const godwit_akma_client_config_t *config,
                                                         godwit_akma_client_t **client, char why[GODWIT_HTTPS_WHY]);
int godwit_akma_client_fd(const godwit_akma_client_t *client); /* readable when answers wait */
/* AKMA_REGISTER or AKMA_KEY_REQUEST. GODWIT_OK: there will be an answer to its transaction. */
GODWIT_MUST_USE godwit_status_t godwit_akma_client_send(godwit_akma_client_t *client, const godwit_message_t *request);
/* False: none waits. why (may be empty): why there was no answer of the AAnF. */
bool godwit_akma_client_receive(godwit_akma_client_t *client, godwit_message_t *answer, char why[GODWIT_HTTPS_WHY]);
void godwit_akma_client_stop(godwit_akma_client_t *client); /* NULL is nothing */

#endif
