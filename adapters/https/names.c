/* SPDX-License-Identifier: Apache-2.0
 *
 * Who the other end of a TLS connection is. libmicrohttpd only asks for a certificate and serves who gives none, or a
 * bad one: here it is refused. A name counts only as a subject alternative name, and only as a whole.
 */
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#include "adapters/https/server_internal.h"

#define NAMES_READ_MAX 32 /* of one certificate; more are not read */

static bool is_wanted(const godwit_https_server_t *server, const char *name)
{
    if (server->any_client) {
        return true;
    }
    for (size_t i = 0; server->clients[i] != NULL; i++) {
        if (strcmp(server->clients[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static void lower(char *name)
{
    for (; *name != '\0'; name++) {
        *name = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
    }
}

/* A URI has a scheme, and a DNS name none: neither can pass for the other. */
static bool is_of_kind(int kind, const char *name)
{
    return (strchr(name, ':') != NULL) == (kind == GNUTLS_SAN_URI);
}

static void read_names(const godwit_https_server_t *server, gnutls_x509_crt_t certificate, asked_t *asked)
{
    for (unsigned n = 0; n < NAMES_READ_MAX && asked->name_count < GODWIT_HTTPS_NAMES_MAX; n++) {
        char *name = asked->names[asked->name_count];
        size_t size = GODWIT_HTTPS_NAME - 1;
        int kind = gnutls_x509_crt_get_subject_alt_name(certificate, n, name, &size, NULL);
        if (kind == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) {
            return;
        }
        if ((kind != GNUTLS_SAN_DNSNAME && kind != GNUTLS_SAN_URI) || size >= GODWIT_HTTPS_NAME) {
            continue;
        }
        name[size] = '\0';
        if (kind == GNUTLS_SAN_DNSNAME) {
            lower(name);
        }
        if (strlen(name) == size && size > 0 && is_of_kind(kind, name) && is_wanted(server, name)) {
            asked->name_count++;
        }
    }
}

/* What is wrong with a chain, the clearest first; NULL: nothing. */
static const char *fault(unsigned status)
{
    static const struct {
        unsigned flag;
        const char *why;
    } faults[] = {{GNUTLS_CERT_REVOKED, "the client certificate is revoked"},
                  {GNUTLS_CERT_SIGNER_NOT_FOUND, "the client certificate is of no authority that is known here"},
                  {GNUTLS_CERT_EXPIRED, "the client certificate has expired"},
                  {GNUTLS_CERT_NOT_ACTIVATED, "the client certificate is not valid yet"}};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        if ((status & faults[i].flag) != 0) {
            return faults[i].why;
        }
    }
    return status == 0 ? NULL : "the client certificate is not valid here";
}

static const char *verify(godwit_https_server_t *server, const gnutls_datum_t *chain, unsigned count)
{
    char purpose[] = GNUTLS_KP_TLS_WWW_CLIENT;
    gnutls_typed_vdata_st data = {.type = GNUTLS_DT_KEY_PURPOSE_OID, .data = (unsigned char *)purpose};
    unsigned status = ~0u;
    const char *why = godwit_https_revoked_verify(server->revoked, chain, count, &data, &status);
    return why != NULL ? why : fault(status);
}

/* Under the lock of what is trusted. */
static const char *judge(godwit_https_server_t *server, const gnutls_datum_t *chain, unsigned count, asked_t *asked)
{
    gnutls_x509_crt_t certificate;
    const char *why = verify(server, chain, count);
    if (why != NULL) {
        return why;
    }
    if (gnutls_x509_crt_init(&certificate) != GNUTLS_E_SUCCESS) {
        return "the client certificate is not valid here";
    }
    if (gnutls_x509_crt_import(certificate, &chain[0], GNUTLS_X509_FMT_DER) == GNUTLS_E_SUCCESS) {
        read_names(server, certificate, asked);
    }
    gnutls_x509_crt_deinit(certificate);
    return asked->name_count > 0 ? NULL : "the client certificate names nobody who is known here";
}

const char *godwit_https_names(godwit_https_server_t *server, struct MHD_Connection *connection, asked_t *asked)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    gnutls_session_t session = info == NULL ? NULL : info->tls_session;
    unsigned count = 0;
    const gnutls_datum_t *chain = session == NULL ? NULL : gnutls_certificate_get_peers(session, &count);
    if (chain == NULL || count == 0) {
        return "a client certificate is needed";
    }
    (void)pthread_mutex_lock(&server->trust_lock);
    const char *why = judge(server, chain, count, asked);
    (void)pthread_mutex_unlock(&server->trust_lock);
    return why;
}
