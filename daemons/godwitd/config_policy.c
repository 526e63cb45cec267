/* SPDX-License-Identifier: Apache-2.0
 *
 * The section policy of the configuration (docs/policy.md), and hse.intercept (SECURITY.md, "Lawful interception"). The
 * documents that it names are read when it starts, not here.
 */
#include <stdio.h>
#include <string.h>

#include "daemons/godwitd/config_check.h"

static bool peers(config_t *c, const raw_policy_t *raw)
{
    if (raw->peers_count > GODWIT_POLICY_PEERS_MAX) {
        return config_refuse(c, "policy.peers", 0, "64 peers are the most", NULL);
    }
    for (unsigned i = 0; i < raw->peers_count; i++) {
        godwit_policy_peer_t *peer = &c->policy.peers[i];
        const char *san = raw->peers[i].san;
        if (san == NULL || strlen(san) > GODWIT_POLICY_SAN_MAX) {
            return config_refuse(c, "policy.peers[].san", i,
                                 "must be a DNS name or URI of the peer's certificate, of at most 255 characters",
                                 NULL);
        }
        (void)snprintf(peer->san, sizeof peer->san, "%s", san);
        if (!config_plmn(c, "policy.peers[].plmn", i, raw->peers[i].plmn, &peer->plmn)) {
            return false;
        }
    }
    c->policy.peer_count = raw->peers_count;
    return true;
}

static bool server(config_t *c, const raw_policy_t *raw)
{
    c->policy.served = raw->listen != NULL || raw->tls != NULL || raw->peers_count > 0;
    if (!c->policy.served) {
        return true;
    }
    if (raw->tls == NULL || raw->tls->certificate == NULL || raw->tls->key == NULL || raw->tls->ca == NULL) {
        return config_refuse(c, "policy.tls", 0, "needs certificate, key and ca, each the path of a PEM file", NULL);
    }
    c->policy.certificate = raw->tls->certificate;
    c->policy.key = raw->tls->key;
    c->policy.ca = raw->tls->ca;
    c->policy.connection_ms = raw->connection_seconds * 1000u;
    const char *listen = raw->listen == NULL ? "127.0.0.1:7331" : raw->listen;
    return config_host_port(c, "policy.listen", 0, listen, c->policy.host, &c->policy.port) &&
           config_range(c, "policy.connection_seconds", raw->connection_seconds, 1, 3600) && peers(c, raw);
}

bool config_policy_section(config_t *c, const raw_policy_t *raw)
{
    if (raw == NULL) {
        return true;
    }
    if (raw->file == NULL) {
        return config_refuse(c, "policy.file", 0, "is missing: our own policy (docs/policy.md)", NULL);
    }
    if (raw->state == NULL || strcmp(raw->state, raw->file) == 0) {
        return config_refuse(c, "policy.state", 0, "is missing: a file of its own, where the policies held are kept",
                             NULL);
    }
    if (raw->others_count > GODWIT_POLICY_BOOK_MAX) {
        return config_refuse(c, "policy.others", 0, "64 files are the most", NULL);
    }
    c->policy.file = raw->file;
    c->policy.state = raw->state;
    c->policy.others = raw->others;
    c->policy.other_count = raw->others_count;
    return server(c, raw);
}

bool config_intercept_section(config_t *c, const raw_intercept_t *raw)
{
    config_intercept_t *to = &c->hse.intercept;
    if (raw == NULL) {
        return true;
    }
    if (raw->targets == NULL || raw->queue == NULL || raw->audit == NULL) {
        return config_refuse(c, "hse.intercept", 0, "needs targets (a file), queue (a folder) and audit (a file)",
                             NULL);
    }
    if (raw->url == NULL || strncmp(raw->url, "https://", 8) != 0) {
        return config_refuse(c, "hse.intercept.url", 0, "must begin with https://", raw->url);
    }
    if (raw->tls == NULL || raw->tls->certificate == NULL || raw->tls->key == NULL || raw->tls->ca == NULL) {
        return config_refuse(c, "hse.intercept.tls", 0, "needs certificate, key and ca, each the path of a PEM file",
                             NULL);
    }
    *to = (config_intercept_t){.targets = raw->targets,
                               .url = raw->url,
                               .queue = raw->queue,
                               .audit = raw->audit,
                               .certificate = raw->tls->certificate,
                               .key = raw->tls->key,
                               .ca = raw->tls->ca,
                               .queue_copies = raw->queue_copies,
                               .retry_ms = raw->retry_ms};
    return config_range(c, "hse.intercept.queue_copies", raw->queue_copies, 1, 10000000) &&
           config_range(c, "hse.intercept.retry_ms", raw->retry_ms, 10, 60000);
}
