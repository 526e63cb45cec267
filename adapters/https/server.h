/* SPDX-License-Identifier: Apache-2.0
 *
 * A server for HTTPS (or, where it is told so, plain HTTP) inside a single-threaded owner: a thread of its own does TLS
 * and HTTP, the owner takes whole requests from a queue on its own thread and answers them in any order. Sizes, times
 * and connections are bounded before anything is given to the owner. It knows no protocol above HTTP, and decides
 * nothing but who is let in by certificate.
 */
#ifndef GODWIT_ADAPTERS_HTTPS_SERVER_H
#define GODWIT_ADAPTERS_HTTPS_SERVER_H

#include "godwit/bytes.h"
#include "godwit/status.h"

#define GODWIT_HTTPS_WHY 512
#define GODWIT_HTTPS_HEADERS_MAX 8 /* wanted of a request or an answer, and given with one */
#define GODWIT_HTTPS_NAMES_MAX 4   /* of a certificate */
#define GODWIT_HTTPS_NAME 256
#define GODWIT_HTTPS_URI_MAX 1024

typedef struct godwit_https_header {
    const char *name, *value;
} godwit_https_header_t;

typedef struct godwit_https_server_config {
    const char *host;              /* an address */
    uint16_t port;                 /* 0: a free one */
    bool plain;                    /* HTTP without TLS: the owner's configuration must say so; no certificates then */
    const char *certificate, *key; /* files, PEM */
    /* File, PEM, or NULL. When given, every client must have a certificate of this authority for TLS clients, valid
     * now; another gets 403. */
    const char *client_ca;
    /* file, PEM, or NULL: what that authority has revoked. Signed by it, and up to date, or nobody is let in */
    const char *crl;
    /* DNS names (lower case) or URIs of certificates, that NULL ends; NULL itself: any. Who has none of them gets 403.
     * Copied. */
    const char *const *clients;
    const char *headers[GODWIT_HTTPS_HEADERS_MAX]; /* of requests that the owner wants to see; static text */
    /* Bounds; 0 is the value that the comment begins with. */
    size_t header_max; /* 16384 octets with the request line: more is 431 */
    size_t body_max;   /* 16384: more is 413 */
    /* 2048 in all, 64 from one address. When nearly all are taken, the oldest that is without a request goes. */
    unsigned connections, connections_of_one;
    uint32_t idle_ms;   /* 10000: without an octet */
    uint32_t whole_ms;  /* 30000: a request, from its first octet; a connection that has brought none */
    uint32_t answer_ms; /* 10000: then the owner's answer comes too late, and the client gets 504 */
} godwit_https_server_config_t;

/* What next() gives. All pointers live until the next call of it: who answers later keeps what it needs. */
typedef struct godwit_https_request {
    uint64_t route; /* for the answer; never 0 */
    /* Not 0: the server has answered so by itself, and the owner is told why, for its log; no answer is wanted. */
    unsigned refused;
    const char *why;
    const char *method, *path, *query;             /* as sent, nothing unescaped; query "" when there is none */
    const char *headers[GODWIT_HTTPS_HEADERS_MAX]; /* in the order of the configuration; NULL: not sent */
    godwit_slice_t body;
    bool tls;
    /* Of the client's verified certificate: DNS names, in lower case, and URIs; only those in `clients`, when there is
     * that list. */
    size_t name_count;
    char names[GODWIT_HTTPS_NAMES_MAX][GODWIT_HTTPS_NAME];
    char address[48]; /* of the client, without port */
} godwit_https_request_t;

typedef struct godwit_https_reply {
    unsigned code;
    godwit_https_header_t headers[GODWIT_HTTPS_HEADERS_MAX]; /* a NULL name ends them */
    godwit_slice_t body;                                     /* copied; wiped when it is sent, as it may hold keys */
} godwit_https_reply_t;

typedef struct godwit_https_server godwit_https_server_t;

/* GODWIT_IO_FAILED, GODWIT_INVALID_ARGUMENT: why says in one line. */
GODWIT_MUST_USE godwit_status_t godwit_https_server_start(const godwit_https_server_config_t *config,
                                                          godwit_https_server_t **server, char why[GODWIT_HTTPS_WHY]);
uint16_t godwit_https_server_port(const godwit_https_server_t *server);
int godwit_https_server_fd(const godwit_https_server_t *server); /* readable when requests wait */
bool godwit_https_server_next(godwit_https_server_t *server, godwit_https_request_t *request); /* false: none waits */
/* False: nobody waits for it any more. */
bool godwit_https_server_answer(godwit_https_server_t *server, uint64_t route, const godwit_https_reply_t *reply);
/* Reads the file of what is revoked anew; it holds from the next request on, also on connections that stand. On failure
 * what held before holds. */
GODWIT_MUST_USE godwit_status_t godwit_https_server_revoke(godwit_https_server_t *server, const char *crl,
                                                           char why[GODWIT_HTTPS_WHY]);
/* Certificate, key, client_ca and crl of config anew, from their files, and its clients; nothing else of it is looked
 * at. A connection that stands keeps the certificate that it was shown, and each request on it is judged by what holds
 * then. On failure what held before holds, but for a list of revoked ones that is good; and after GODWIT_NO_SPACE, the
 * clients of before alone. */
GODWIT_MUST_USE godwit_status_t godwit_https_server_renew(godwit_https_server_t *server,
                                                          const godwit_https_server_config_t *config,
                                                          char why[GODWIT_HTTPS_WHY]);
void godwit_https_server_stop(godwit_https_server_t *server); /* NULL is nothing */

#endif
