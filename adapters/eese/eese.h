/* SPDX-License-Identifier: Apache-2.0
 *
 * HTTPS of end-to-end protection with mutual TLS (docs/eese.openapi.yaml, docs/e2e.md), in the manner of TS 33.163
 * Annex B: the doors of EESE, EAS and HSE, to which requests come under the name that the caller's certificate has, and
 * the ways of each to the others. Who calls is decided by the certificate alone; where something goes is decided by the
 * configuration alone: an address that a request could name would let it send this host anywhere.
 */
#ifndef GODWIT_ADAPTERS_EESE_EESE_H
#define GODWIT_ADAPTERS_EESE_EESE_H

#include "adapters/https/client.h"
#include "adapters/https/server.h"
#include "roles/message.h"

#define GODWIT_EESE_PEERS_MAX 128

typedef struct godwit_eese_tls {
    const char *certificate, *key, *ca; /* files, PEM; the certificate serves and asks */
    const char *crl;                    /* file, PEM: revoked certificates, both ways; NULL: none are */
} godwit_eese_tls_t;

/* ---- a door ---- */

typedef struct godwit_eese_caller {
    const char *name;           /* what it is called here: a canonical domain name; origin_host of its messages */
    const char *san;            /* DNS name or URI of its certificate; NULL: as name */
    godwit_function_t function; /* EAS; at an EAS: EESE, which pushes sessions, or HSE, which brings user plane */
} godwit_eese_caller_t;

typedef struct godwit_eese_server_config {
    godwit_function_t function; /* EESE, EAS or HSE: whose door */
    /* of that function here: an EAS's own name, an HSE's Origin-Host; what user plane is to or from */
    const char *name;
    const char *host;
    uint16_t port;
    godwit_eese_tls_t tls;
    const godwit_eese_caller_t *callers;
    size_t caller_count;
} godwit_eese_server_config_t;

typedef struct godwit_eese_server godwit_eese_server_t;

/* GODWIT_IO_FAILED, GODWIT_INVALID_ARGUMENT: why says in one line. Everything is copied. */
GODWIT_MUST_USE godwit_status_t godwit_eese_server_start(const godwit_eese_server_config_t *config,
                                                         godwit_eese_server_t **server, char why[GODWIT_HTTPS_WHY]);
uint16_t godwit_eese_server_port(const godwit_eese_server_t *server);
int godwit_eese_server_fd(const godwit_eese_server_t *server); /* readable when something waits */
/* GODWIT_OK: message is a request: at the EESE EAS_REGISTER or EAS_SESSION_PULL, at an EAS EAS_SESSION_PUSH or
 * USER_PLANE_UP, at an HSE USER_PLANE_DOWN.
 * Another status: somebody was refused here already, for the reason that detail (static) and the status name.
 * GODWIT_AGAIN: nothing waits. */
GODWIT_MUST_USE godwit_status_t godwit_eese_server_receive(godwit_eese_server_t *server, godwit_message_t *message,
                                                           const char **detail);
/* By its route. True: it was on its way before anybody gave up; nobody knows whether it has arrived. */
bool godwit_eese_server_answer(godwit_eese_server_t *server, const godwit_message_t *answer);
/* What stands in those files anew. On failure what was before holds, but for a list of revoked ones that is good. */
GODWIT_MUST_USE godwit_status_t godwit_eese_server_reload(godwit_eese_server_t *server, const godwit_eese_tls_t *tls,
                                                          char why[GODWIT_HTTPS_WHY]);
void godwit_eese_server_stop(godwit_eese_server_t *server); /* NULL is nothing */

/* ---- the ways to others ---- */

typedef struct godwit_eese_peer {
    const char *name;           /* eas or hse of the messages that go there; of an EESE whatever it is called */
    godwit_function_t function; /* EESE, EAS, HSE */
    const char *url;            /* https://host:port, without a path */
} godwit_eese_peer_t;

typedef struct godwit_eese_client_config {
    godwit_function_t function; /* whose requests leave, and who gets the answers: EESE, EAS or HSE */
    godwit_eese_tls_t tls;
    const char *connect_to; /* as adapters/https/client.h has it, or NULL */
    const godwit_eese_peer_t *peers;
    size_t peer_count;
    uint32_t whole_ms;    /* 0: 10000 */
    unsigned outstanding; /* 0: 256 requests at a time */
} godwit_eese_client_config_t;

typedef struct godwit_eese_client godwit_eese_client_t;

GODWIT_MUST_USE godwit_status_t godwit_eese_client_start(const godwit_eese_client_config_t *config,
                                                         godwit_eese_client_t **client, char why[GODWIT_HTTPS_WHY]);
int godwit_eese_client_fd(const godwit_eese_client_t *client); /* readable when answers wait */
/* Of an EESE EAS_SESSION_PUSH; of an EAS EAS_REGISTER, EAS_SESSION_PULL (registration in them) and USER_PLANE_DOWN; of
 * an HSE USER_PLANE_UP. GODWIT_OK: there will be an answer to its transaction. GODWIT_NOT_FOUND: no such peer is
 * configured; GODWIT_NO_SPACE: too many at once. */
GODWIT_MUST_USE godwit_status_t godwit_eese_client_send(godwit_eese_client_t *client, const godwit_message_t *request);
/* False: none waits. why (may be empty): why there was no answer of the peer: its status is then GODWIT_PEER_INTERNAL.
 * origin_host is the peer's name. */
bool godwit_eese_client_receive(godwit_eese_client_t *client, godwit_message_t *answer, char why[GODWIT_HTTPS_WHY]);
void godwit_eese_client_reload(godwit_eese_client_t *client); /* connections from now on see its files anew */
void godwit_eese_client_stop(godwit_eese_client_t *client);   /* NULL is nothing */

#endif
