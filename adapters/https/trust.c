/* SPDX-License-Identifier: Apache-2.0
 *
 * Who this server is and whom it lets in: its files and the names of its clients, read at the start and again while it
 * runs. What was read as a whole takes the place of what was, under the lock that judging takes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/https/server_internal.h"

/* ---- who this server is ---- */

/* Whose thread this is: libmicrohttpd hands no context to whom it asks for a certificate. */
static _Thread_local godwit_https_server_t *serving;

void godwit_https_trust_serve(godwit_https_server_t *server)
{
    serving = server;
}

static int choose(gnutls_session_t session, const gnutls_datum_t *authorities, int authority_count,
                  const gnutls_pk_algorithm_t *algorithms, int algorithm_count, gnutls_pcert_st **chain,
                  unsigned *count, gnutls_privkey_t *key)
{
    (void)session;
    (void)authorities;
    (void)authority_count;
    (void)algorithms;
    (void)algorithm_count;
    if (serving == NULL) {
        return -1;
    }
    (void)pthread_mutex_lock(&serving->trust_lock);
    godwit_https_identity_show(serving->identity, chain, count, key);
    (void)pthread_mutex_unlock(&serving->trust_lock);
    return 0;
}

gnutls_certificate_retrieve_function2 *godwit_https_trust_chooser(void)
{
    return choose;
}

/* ---- what a client is told of whom it may be certified by ---- */

/* Each lives as long as the server: a handshake may stand on it. */
struct authorities {
    authorities_t *former;
    gnutls_certificate_credentials_t credentials;
};

static void free_authorities(authorities_t *authorities)
{
    while (authorities != NULL) {
        authorities_t *former = authorities->former;
        if (authorities->credentials != NULL) {
            gnutls_certificate_free_credentials(authorities->credentials);
        }
        free(authorities);
        authorities = former;
    }
}

/* NULL: no memory. */
static authorities_t *authorities_of(char *ca)
{
    const gnutls_datum_t text = {.data = (unsigned char *)ca, .size = (unsigned)strlen(ca)};
    authorities_t *made = calloc(1, sizeof *made);
    if (made == NULL || gnutls_certificate_allocate_credentials(&made->credentials) < 0 ||
        gnutls_certificate_set_x509_trust_mem(made->credentials, &text, GNUTLS_X509_FMT_PEM) < 0) {
        free_authorities(made);
        return NULL;
    }
    gnutls_certificate_set_retrieve_function2(made->credentials, choose);
    return made;
}

void godwit_https_trust_tell(godwit_https_server_t *server, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    (void)pthread_mutex_lock(&server->trust_lock);
    if (info != NULL && info->tls_session != NULL && server->authorities != NULL) {
        (void)gnutls_credentials_set(info->tls_session, GNUTLS_CRD_CERTIFICATE, server->authorities->credentials);
    }
    (void)pthread_mutex_unlock(&server->trust_lock);
}

/* ---- whom it lets in ---- */

/* Takes revoked; that of before is gone. */
static void trust(godwit_https_server_t *server, revoked_t *revoked)
{
    (void)pthread_mutex_lock(&server->trust_lock);
    revoked_t *old = server->revoked;
    server->revoked = revoked;
    (void)pthread_mutex_unlock(&server->trust_lock);
    godwit_https_revoked_free(old);
}

godwit_status_t godwit_https_server_revoke(godwit_https_server_t *server, const char *crl, char why[GODWIT_HTTPS_WHY])
{
    char *text = server->ca == NULL ? NULL : godwit_https_read_pem(crl, why);
    revoked_t *fresh = text == NULL ? NULL : godwit_https_revoked_new(server->ca, text, why);
    free(text);
    if (fresh == NULL) {
        return GODWIT_IO_FAILED;
    }
    trust(server, fresh);
    return GODWIT_OK;
}

/* Whose certificates are good, by the files of config; NULL: why. *ca is the caller's. */
static revoked_t *read_trust(const godwit_https_server_config_t *config, char **ca, char why[GODWIT_HTTPS_WHY])
{
    *ca = godwit_https_read_pem(config->client_ca, why);
    char *crl = *ca == NULL || config->crl == NULL ? NULL : godwit_https_read_pem(config->crl, why);
    const bool good = *ca != NULL && (crl != NULL || config->crl == NULL);
    revoked_t *revoked = good ? godwit_https_revoked_new(*ca, crl, why) : NULL;
    free(crl);
    return revoked;
}

/* Takes all of it. Authorities that are the same are not kept again. */
static void take_over(godwit_https_server_t *s, godwit_https_identity_t *identity, authorities_t *authorities, char *ca)
{
    const bool same = ca != NULL && s->ca != NULL && strcmp(ca, s->ca) == 0;
    (void)pthread_mutex_lock(&s->trust_lock);
    s->identity = godwit_https_identity_follow(identity, s->identity);
    if (same) {
        free_authorities(authorities);
    } else if (authorities != NULL) {
        authorities->former = s->authorities;
        s->authorities = authorities;
    }
    (void)pthread_mutex_unlock(&s->trust_lock);
    free(s->ca);
    s->ca = ca;
}

bool godwit_https_trust_read(godwit_https_server_t *s, const godwit_https_server_config_t *config,
                             char why[GODWIT_HTTPS_WHY])
{
    char *ca = NULL;
    if (config->plain) {
        return true;
    }
    if (config->certificate == NULL || config->key == NULL) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "a certificate and its key are needed");
        return false;
    }
    godwit_https_identity_t *identity = godwit_https_identity_read(config->certificate, config->key, why);
    revoked_t *revoked = identity == NULL || config->client_ca == NULL ? NULL : read_trust(config, &ca, why);
    authorities_t *authorities = revoked == NULL ? NULL : authorities_of(ca);
    if (identity == NULL || (authorities == NULL && config->client_ca != NULL)) {
        if (revoked != NULL) {
            (void)snprintf(why, GODWIT_HTTPS_WHY, "no memory");
        }
        godwit_https_identity_free(identity);
        godwit_https_revoked_free(revoked);
        free(ca);
        return false;
    }
    take_over(s, identity, authorities, ca);
    trust(s, revoked);
    return true;
}

static void forget_clients(char *clients[SERVER_CLIENTS_MAX + 1])
{
    for (size_t i = 0; i < SERVER_CLIENTS_MAX && clients[i] != NULL; i++) {
        free(clients[i]);
        clients[i] = NULL;
    }
}

bool godwit_https_trust_admit(godwit_https_server_t *s, const char *const *clients)
{
    char *fresh[SERVER_CLIENTS_MAX + 1] = {NULL}, *former[SERVER_CLIENTS_MAX + 1];
    for (size_t i = 0; clients != NULL && clients[i] != NULL; i++) {
        fresh[i] = i < SERVER_CLIENTS_MAX ? strdup(clients[i]) : NULL;
        if (fresh[i] == NULL) {
            forget_clients(fresh);
            return false;
        }
    }
    (void)pthread_mutex_lock(&s->trust_lock);
    memcpy(former, s->clients, sizeof former);
    memcpy(s->clients, fresh, sizeof fresh);
    s->any_client = clients == NULL;
    (void)pthread_mutex_unlock(&s->trust_lock);
    forget_clients(former);
    return true;
}

godwit_status_t godwit_https_server_renew(godwit_https_server_t *server, const godwit_https_server_config_t *config,
                                          char why[GODWIT_HTTPS_WHY])
{
    char other[GODWIT_HTTPS_WHY];
    if (!godwit_https_trust_read(server, config, why)) {
        if (config->crl != NULL) {
            (void)!godwit_https_server_revoke(server, config->crl, other); /* a good list waits for nothing else */
        }
        return GODWIT_IO_FAILED;
    }
    if (!godwit_https_trust_admit(server, config->clients)) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "no memory, or too many clients");
        return GODWIT_NO_SPACE;
    }
    return GODWIT_OK;
}

void godwit_https_trust_free(godwit_https_server_t *server)
{
    forget_clients(server->clients);
    free(server->ca);
    godwit_https_revoked_free(server->revoked);
    godwit_https_identity_free(server->identity);
    free_authorities(server->authorities);
}
