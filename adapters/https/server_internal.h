/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the HTTPS server share. libmicrohttpd is called by the server's thread alone; what the owner
 * touches too is under the lock.
 */
#ifndef GODWIT_ADAPTERS_HTTPS_SERVER_INTERNAL_H
#define GODWIT_ADAPTERS_HTTPS_SERVER_INTERNAL_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "adapters/https/identity.h"
#include "adapters/https/server.h"

#define SERVER_CLIENTS_MAX 256
#define SERVER_NOTES_MAX 64 /* refusals that wait for the owner; more are not told */

/* A request as the owner is shown it. */
typedef struct asked {
    struct asked *following;
    uint64_t route;
    unsigned refused;
    const char *why;
    bool tls;
    size_t name_count;
    char names[GODWIT_HTTPS_NAMES_MAX][GODWIT_HTTPS_NAME];
    char address[48], method[16];
    char uri[GODWIT_HTTPS_URI_MAX + 2]; /* path, 0, query, 0 */
    const char *query;
    char *headers[GODWIT_HTTPS_HEADERS_MAX];
    uint8_t *body;
    size_t body_len;
} asked_t;

typedef struct reply {
    unsigned code;
    char *names[GODWIT_HTTPS_HEADERS_MAX], *values[GODWIT_HTTPS_HEADERS_MAX];
    size_t body_len;
    uint8_t body[];
} reply_t;

/* A connection, and the request on it. */
typedef struct slot {
    struct MHD_Connection *connection; /* NULL: free */
    int fd;                            /* -1: it is being ended */
    uint64_t since_ms;                 /* of this state */
    uint32_t life;                     /* of the request; a part of the route */
    enum { SLOT_IDLE, SLOT_READING, SLOT_WAITING, SLOT_ANSWERED } state;
    bool begun;       /* the headers have been judged */
    unsigned refused; /* what it will be answered when its body has ended */
    const char *why;
    asked_t *asked; /* READING */
    reply_t *reply; /* ANSWERED */
    struct slot *following;
} slot_t;

typedef struct revoked revoked_t;
typedef struct authorities authorities_t;

struct godwit_https_server {
    struct MHD_Daemon *daemon;
    godwit_https_server_config_t config; /* its strings are not kept, but for the names of headers */
    char *clients[SERVER_CLIENTS_MAX + 1];
    bool any_client;
    char *ca;
    pthread_mutex_t
        trust_lock;     /* of clients, revoked, identity and authorities: who is judged by them, and who renews them */
    revoked_t *revoked; /* whose certificates are good; NULL: clients need none */
    godwit_https_identity_t *identity; /* NULL: plain */
    authorities_t *authorities;        /* NULL: clients need no certificate */
    uint16_t port;
    pthread_t thread;
    bool running;
    atomic_bool stopping;
    int wake, filled; /* eventfds: for the thread; for the owner */
    slot_t *slots;    /* config.connections of them */
    uint64_t swept_ms;
    asked_t *shown; /* of the owner's thread */

    pthread_mutex_t lock; /* of all that follows, of states WAITING and ANSWERED, and of life */
    asked_t *first, *last;
    unsigned notes;
    slot_t *answered; /* to be resumed */
};

uint64_t godwit_https_now_ms(void);

/* server_request.c: what libmicrohttpd calls. */
void *godwit_https_request_begins(void *context, const char *uri, struct MHD_Connection *connection);
enum MHD_Result godwit_https_request_handle(void *context, struct MHD_Connection *connection, const char *url,
                                            const char *method, const char *version, const char *upload,
                                            size_t *upload_len, void **request);
void godwit_https_request_done(void *context, struct MHD_Connection *connection, void **request,
                               enum MHD_RequestTerminationCode code);

/* server_queue.c: between the thread and the owner. */
void godwit_https_asked_free(asked_t *asked);
void godwit_https_reply_free(reply_t *reply);
void godwit_https_queue_request(godwit_https_server_t *server, slot_t *slot); /* takes slot->asked */
void godwit_https_queue_note(godwit_https_server_t *server, const asked_t *of, unsigned code, const char *why);
/* Those that are answered, or have waited too long, go on. all: each that waits, for the server ends. */
void godwit_https_queue_resume(godwit_https_server_t *server, bool late, bool all);

/* trust.c. The files of config, all or nothing; who is let in from now on (false: no memory, or too many, and nothing
 * has changed). */
GODWIT_MUST_USE bool godwit_https_trust_read(godwit_https_server_t *server, const godwit_https_server_config_t *config,
                                             char why[GODWIT_HTTPS_WHY]);
GODWIT_MUST_USE bool godwit_https_trust_admit(godwit_https_server_t *server, const char *const *clients);
void godwit_https_trust_free(godwit_https_server_t *server);

void godwit_https_trust_serve(godwit_https_server_t *server); /* of its own thread */
gnutls_certificate_retrieve_function2 *godwit_https_trust_chooser(void);
/* Before the handshake of a connection: its client is told which authorities are good now. */
void godwit_https_trust_tell(godwit_https_server_t *server, struct MHD_Connection *connection);

/* revoked.c. crl NULL: none is revoked. NULL: why says in one line. */
revoked_t *godwit_https_revoked_new(char *ca, char *crl, char why[GODWIT_HTTPS_WHY]);
/* NULL: *status says what is wrong with the chain; else why it could not be judged. */
const char *godwit_https_revoked_verify(const revoked_t *revoked, const gnutls_datum_t *chain, unsigned count,
                                        gnutls_typed_vdata_st *data, unsigned *status);
void godwit_https_revoked_free(revoked_t *revoked); /* NULL is nothing */

/* names.c: the client's verified names into asked; NULL, or why it has no business here. */
const char *godwit_https_names(godwit_https_server_t *server, struct MHD_Connection *connection, asked_t *asked);

#endif
