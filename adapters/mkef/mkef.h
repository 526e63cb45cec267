/* SPDX-License-Identifier: Apache-2.0
 *
 * Both ends of the way between MTC server and MKEF, HTTPS with mutual TLS (docs/mkef.md): MTC_KEY_REQUESTs come to the
 * server under the name that the caller's certificate has, and leave by the client; answers go the other way. Who calls
 * is decided by the certificate alone.
 */
#ifndef GODWIT_ADAPTERS_MKEF_MKEF_H
#define GODWIT_ADAPTERS_MKEF_MKEF_H

#include "adapters/https/client.h"
#include "adapters/https/server.h"
#include "roles/message.h"

/* ---- at the MKEF ---- */

typedef struct godwit_mkef_server_config {
    const char *host;
    uint16_t port;
    const char *certificate, *key, *ca; /* files */
    const char *const *callers;         /* DNS names of certificates that are let in; NULL ends them */
    unsigned connections, connections_of_one;
} godwit_mkef_server_config_t;

typedef struct godwit_mkef_server godwit_mkef_server_t;

GODWIT_MUST_USE godwit_status_t godwit_mkef_server_start(const godwit_mkef_server_config_t *config,
                                                         godwit_mkef_server_t **server, char why[GODWIT_HTTPS_WHY]);
uint16_t godwit_mkef_server_port(const godwit_mkef_server_t *server);
int godwit_mkef_server_fd(const godwit_mkef_server_t *server); /* readable when something waits */
/* GODWIT_OK: message is an MTC_KEY_REQUEST. Another status: somebody was refused here already, for the reason that
 * detail (static) and the status name. GODWIT_AGAIN: nothing waits. */
GODWIT_MUST_USE godwit_status_t godwit_mkef_server_receive(godwit_mkef_server_t *server, godwit_message_t *message,
                                                           const char **detail);
void godwit_mkef_server_answer(godwit_mkef_server_t *server, const godwit_message_t *answer);
void godwit_mkef_server_stop(godwit_mkef_server_t *server); /* NULL is nothing */

/* ---- at the MTC server ---- */

typedef struct godwit_mkef_client_config {
    const char *url;        /* https://host:port, without a path */
    const char *connect_to; /* as adapters/https/client.h has it, or NULL */
    const char *certificate, *key, *ca;
    uint32_t whole_ms; /* 0: 5000 */
} godwit_mkef_client_config_t;

typedef struct godwit_mkef_client godwit_mkef_client_t;

GODWIT_MUST_USE godwit_status_t godwit_mkef_client_start(const godwit_mkef_client_config_t *config,
                                                         godwit_mkef_client_t **client, char why[GODWIT_HTTPS_WHY]);
int godwit_mkef_client_fd(const godwit_mkef_client_t *client); /* readable when answers wait */
/* An MTC_KEY_REQUEST. GODWIT_OK: there will be an answer to its transaction. */
GODWIT_MUST_USE godwit_status_t godwit_mkef_client_send(godwit_mkef_client_t *client, const godwit_message_t *request);
/* False: none waits. why (may be empty): why there was no answer of the MKEF. */
bool godwit_mkef_client_receive(godwit_mkef_client_t *client, godwit_message_t *answer, char why[GODWIT_HTTPS_WHY]);
void godwit_mkef_client_stop(godwit_mkef_client_t *client); /* NULL is nothing */

#endif
