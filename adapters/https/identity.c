/* SPDX-License-Identifier: Apache-2.0
 *
 * Who this server is: its certificate, with the chain that it came with, and its key. It may be renewed while
 * connections stand; a handshake that has begun goes on with the former one, which lives as long as the server.
 */
#include <gnutls/abstract.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/https/server_internal.h"

#define CHAIN_MAX 8u

struct identity {
    struct identity *former;
    gnutls_pcert_st chain[CHAIN_MAX];
    unsigned count;
    gnutls_privkey_t key;
};

/* Whose thread this is: libmicrohttpd hands no context to whom it asks for a certificate. */
static _Thread_local godwit_https_server_t *serving;

void godwit_https_identity_serve(godwit_https_server_t *server)
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
    identity_t *identity = serving->identity;
    (void)pthread_mutex_unlock(&serving->trust_lock);
    *chain = identity->chain;
    *count = identity->count;
    *key = identity->key;
    return 0;
}

gnutls_certificate_retrieve_function2 *godwit_https_identity_chooser(void)
{
    return choose;
}

void godwit_https_identity_free(identity_t *identity)
{
    while (identity != NULL) {
        identity_t *former = identity->former;
        for (unsigned i = 0; i < identity->count; i++) {
            gnutls_pcert_deinit(&identity->chain[i]);
        }
        if (identity->key != NULL) {
            gnutls_privkey_deinit(identity->key);
        }
        free(identity);
        identity = former;
    }
}

static gnutls_datum_t datum(char *text)
{
    return (gnutls_datum_t){.data = (unsigned char *)text, .size = (unsigned)strlen(text)};
}

/* Whether the key is that of the certificate. */
static bool is_pair(const identity_t *identity)
{
    unsigned char of_certificate[64], of_key[64];
    size_t len = sizeof of_certificate, key_len = sizeof of_key;
    gnutls_pubkey_t public;
    if (gnutls_pubkey_init(&public) < 0) {
        return false;
    }
    const bool pair =
        gnutls_pubkey_import_privkey(public, identity->key, 0, 0) >= 0 &&
        gnutls_pubkey_get_key_id(public, GNUTLS_KEYID_USE_SHA256, of_key, &key_len) >= 0 &&
        gnutls_pubkey_get_key_id(identity->chain[0].pubkey, GNUTLS_KEYID_USE_SHA256, of_certificate, &len) >= 0 &&
        len == key_len && memcmp(of_certificate, of_key, len) == 0;
    gnutls_pubkey_deinit(public);
    return pair;
}

static const char *import(identity_t *identity, char *certificate, char *key)
{
    const gnutls_datum_t chain = datum(certificate), secret = datum(key);
    unsigned count = CHAIN_MAX;
    if (gnutls_pcert_list_import_x509_raw(identity->chain, &count, &chain, GNUTLS_X509_FMT_PEM,
                                          GNUTLS_X509_CRT_LIST_SORT) < 0 ||
        count == 0) {
        return "is no certificate, or a chain of more than eight";
    }
    identity->count = count;
    if (gnutls_privkey_init(&identity->key) < 0 ||
        gnutls_privkey_import_x509_raw(identity->key, &secret, GNUTLS_X509_FMT_PEM, NULL, 0) < 0) {
        return "has no key that can be read beside it";
    }
    return is_pair(identity) ? NULL : "has another key than the one beside it";
}

identity_t *godwit_https_identity_new(char *certificate, char *key, const char *path, char why[GODWIT_HTTPS_WHY])
{
    identity_t *identity = calloc(1, sizeof *identity);
    const char *wrong = identity == NULL ? "finds no memory" : import(identity, certificate, key);
    if (wrong != NULL) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "%.300s: %s", path, wrong);
        godwit_https_identity_free(identity);
        return NULL;
    }
    return identity;
}

void godwit_https_identity_follow(identity_t *identity, identity_t *former)
{
    identity->former = former;
}
