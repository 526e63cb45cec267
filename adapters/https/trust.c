/* SPDX-License-Identifier: Apache-2.0
 *
 * Who this server is and whom it lets in: its files and the names of its clients, read at the start and again while it
 * runs. What was read as a whole takes the place of what was, under the lock that judging takes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/https/server_internal.h"

#define PEM_MAX ((size_t)1 << 18)

static char *read_pem(const char *path, char why[GODWIT_HTTPS_WHY])
{
    errno = 0;
    FILE *file = fopen(path, "re");
    char *text = file == NULL ? NULL : calloc(1, PEM_MAX + 1);
    size_t len = text == NULL ? 0 : fread(text, 1, PEM_MAX, file);
    bool good = text != NULL && ferror(file) == 0 && len > 0 && len < PEM_MAX;
    if (!good) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "%.300s: cannot be read: %s", path,
                       errno != 0 ? strerror(errno) : "empty");
        free(text);
        text = NULL;
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return text;
}

static void release(char *text)
{
    if (text != NULL) {
        godwit_wipe(text, strlen(text));
        free(text);
    }
}

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
    char *text = server->ca == NULL ? NULL : read_pem(crl, why);
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
    *ca = read_pem(config->client_ca, why);
    char *crl = *ca == NULL || config->crl == NULL ? NULL : read_pem(config->crl, why);
    const bool good = *ca != NULL && (crl != NULL || config->crl == NULL);
    revoked_t *revoked = good ? godwit_https_revoked_new(*ca, crl, why) : NULL;
    free(crl);
    return revoked;
}

static identity_t *read_identity(const godwit_https_server_config_t *config, char why[GODWIT_HTTPS_WHY])
{
    char *certificate = read_pem(config->certificate, why);
    char *key = certificate == NULL ? NULL : read_pem(config->key, why);
    identity_t *identity = key == NULL ? NULL : godwit_https_identity_new(certificate, key, config->certificate, why);
    free(certificate);
    release(key);
    return identity;
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
    identity_t *identity = read_identity(config, why);
    revoked_t *revoked = identity == NULL || config->client_ca == NULL ? NULL : read_trust(config, &ca, why);
    if (identity == NULL || (revoked == NULL && config->client_ca != NULL)) {
        godwit_https_identity_free(identity);
        free(ca);
        return false;
    }
    (void)pthread_mutex_lock(&s->trust_lock);
    godwit_https_identity_follow(identity, s->identity);
    s->identity = identity;
    (void)pthread_mutex_unlock(&s->trust_lock);
    trust(s, revoked);
    free(s->ca);
    s->ca = ca;
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
    if (!godwit_https_trust_read(server, config, why)) {
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
}
