/* SPDX-License-Identifier: Apache-2.0
 *
 * The exchange of policies over HTTPS with mutual TLS (docs/policy.md). Who has no certificate of our authority, whose
 * subject alternative name is entitled for a PLMN, gets nothing and gives nothing. On adapters/https: requests are
 * answered on the owner's thread.
 */
#ifndef GODWIT_ADAPTERS_POLICY_SERVER_H
#define GODWIT_ADAPTERS_POLICY_SERVER_H

#include "adapters/policy/book.h"

#define GODWIT_POLICY_PATH "/policy/v1"
#define GODWIT_POLICY_PEERS_MAX 64
#define GODWIT_POLICY_SAN_MAX 255

/* Who may ask: the DNS name or URI in the certificate, and the network that it speaks for. */
typedef struct godwit_policy_peer {
    char san[GODWIT_POLICY_SAN_MAX + 1];
    godwit_plmn_t plmn;
} godwit_policy_peer_t;

typedef struct godwit_policy_server_config {
    const char *host; /* an address */
    uint16_t port;    /* 0: a free one */
    const char *certificate, *key, *ca;
    const godwit_policy_peer_t *peers; /* copied */
    size_t peer_count;
    uint32_t idle_ms, whole_ms; /* of a connection: without an octet, and in all; 0: 10000, 30000 */
} godwit_policy_server_config_t;

/* What happened, for the log. */
typedef struct godwit_policy_note {
    godwit_status_t status; /* OK: a policy was taken */
    bool has_plmn;
    godwit_plmn_t plmn;
    uint32_t version;
    char what[128];
} godwit_policy_note_t;

typedef struct godwit_policy_server godwit_policy_server_t;

GODWIT_MUST_USE godwit_status_t godwit_policy_server_start(const godwit_policy_server_config_t *config,
                                                           godwit_policy_book_t *book, godwit_policy_server_t **server,
                                                           char why[GODWIT_POLICY_WHY]);
uint16_t godwit_policy_server_port(const godwit_policy_server_t *server);
int godwit_policy_server_fd(const godwit_policy_server_t *server); /* readable when requests wait */
/* Answers requests until there is something for the log; false: none waits any more. */
bool godwit_policy_server_note(godwit_policy_server_t *server, godwit_policy_note_t *note);
void godwit_policy_server_stop(godwit_policy_server_t *server);

#endif
