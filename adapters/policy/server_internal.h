/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the policy server share.
 */
#ifndef GODWIT_ADAPTERS_POLICY_SERVER_INTERNAL_H
#define GODWIT_ADAPTERS_POLICY_SERVER_INTERNAL_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "adapters/policy/server.h"

#define SERVER_CONNECTIONS 64
#define SERVER_CONNECTIONS_OF_ONE 16 /* address */

struct godwit_policy_server {
    struct MHD_Daemon *daemon;
    godwit_policy_book_t *book;
    godwit_policy_peer_t peers[GODWIT_POLICY_PEERS_MAX];
    size_t peer_count;
    uint32_t whole_ms;
    char *certificate, *key, *ca;
    uint16_t port;
    pthread_t thread;
    bool running;
    atomic_bool stopping;
    int wake, noted; /* eventfds: for the thread; for the owner */
    pthread_mutex_t lock;
    godwit_policy_note_t notes[GODWIT_POLICY_NOTES_MAX];
    size_t note_first, note_count;
    /* Of the thread alone: which connections are open since when. */
    struct {
        const struct MHD_Connection *connection;
        int fd;
        uint64_t since_ms;
    } open[SERVER_CONNECTIONS];
};

/* handler.c */
enum MHD_Result godwit_policy_server_handle(void *context, struct MHD_Connection *connection, const char *url,
                                            const char *method, const char *version, const char *upload,
                                            size_t *upload_len, void **request);
void godwit_policy_server_done(void *context, struct MHD_Connection *connection, void **request,
                               enum MHD_RequestTerminationCode code);
/* identity.c: the PLMN that the other end's certificate is entitled for; NULL and *what when there is none. */
const godwit_policy_peer_t *godwit_policy_server_identify(const godwit_policy_server_t *server,
                                                          struct MHD_Connection *connection, const char **what);
/* server.c */
void godwit_policy_server_tell(godwit_policy_server_t *server, const godwit_policy_note_t *note);

#endif
