/* SPDX-License-Identifier: Apache-2.0
 *
 * Who the other end of a TLS connection is. libmicrohttpd only asks for a certificate and serves who gives none, or a bad one: here it is
 * refused. A name counts only as a subject alternative name, and only as a whole.
 */
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

#include "adapters/policy/server_internal.h"

#define NAMES_MAX 32 /* of one certificate; more are not read */

static const godwit_policy_peer_t *entitled(const godwit_policy_server_t *server, gnutls_x509_crt_t certificate)
{
    for (unsigned n = 0; n < NAMES_MAX; n++) {
        char name[GODWIT_POLICY_SAN_MAX + 1];
        size_t size = sizeof name;
        int kind = gnutls_x509_crt_get_subject_alt_name(certificate, n, name, &size, NULL);
        if (kind == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) {
            break;
        }
        if ((kind != GNUTLS_SAN_DNSNAME && kind != GNUTLS_SAN_URI) || size >= sizeof name) {
            continue;
        }
        for (size_t i = 0; i < server->peer_count; i++) {
            if (strlen(server->peers[i].san) == size && memcmp(server->peers[i].san, name, size) == 0) {
                return &server->peers[i];
            }
        }
    }
    return NULL;
}

static bool is_verified(gnutls_session_t session)
{
    char purpose[] = GNUTLS_KP_TLS_WWW_CLIENT;
    gnutls_typed_vdata_st data = {.type = GNUTLS_DT_KEY_PURPOSE_OID, .data = (unsigned char *)purpose};
    unsigned status = ~0u;
    return gnutls_certificate_verify_peers(session, &data, 1, &status) == GNUTLS_E_SUCCESS && status == 0;
}

const godwit_policy_peer_t *godwit_policy_server_identify(const godwit_policy_server_t *server,
                                                          struct MHD_Connection *connection, const char **what)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    gnutls_session_t session = info == NULL ? NULL : info->tls_session;
    unsigned count = 0;
    const gnutls_datum_t *chain = session == NULL ? NULL : gnutls_certificate_get_peers(session, &count);
    gnutls_x509_crt_t certificate;
    const godwit_policy_peer_t *peer = NULL;
    *what = "a client certificate is needed";
    if (chain == NULL || count == 0) {
        return NULL;
    }
    *what = "the client certificate is not valid here";
    if (!is_verified(session) || gnutls_x509_crt_init(&certificate) != GNUTLS_E_SUCCESS) {
        return NULL;
    }
    if (gnutls_x509_crt_import(certificate, &chain[0], GNUTLS_X509_FMT_DER) == GNUTLS_E_SUCCESS) {
        *what = "the client certificate names nobody who is entitled for a network";
        peer = entitled(server, certificate);
    }
    gnutls_x509_crt_deinit(certificate);
    return peer;
}
