/* SPDX-License-Identifier: Apache-2.0
 *
 * The way to a CoAP server: its URL, and a session over UDP or DTLS.
 */
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "adapters/coap/internal.h"

static godwit_status_t resolve(godwit_coap_t *coap, char why[GODWIT_COAP_WHY])
{
    char port[8];
    const struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_ADDRCONFIG};
    struct addrinfo *found = NULL;
    (void)snprintf(port, sizeof port, "%u", (unsigned)coap->uri.port);
    int code = getaddrinfo(coap->host, port, &hints, &found);
    if (code != 0 || found->ai_addrlen > sizeof coap->server.addr) {
        (void)snprintf(why, GODWIT_COAP_WHY, "%.160s: %.80s", coap->host,
                       code != 0 ? gai_strerror(code) : "no address");
        if (code == 0) {
            freeaddrinfo(found);
        }
        return GODWIT_IO_FAILED;
    }
    coap_address_init(&coap->server);
    coap->server.size = found->ai_addrlen;
    memcpy(&coap->server.addr, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return GODWIT_OK;
}

godwit_status_t godwit_coap_target_set(godwit_coap_t *coap, const char *url, char why[GODWIT_COAP_WHY])
{
    size_t len = strlen(url);
    if (len >= sizeof coap->url) {
        (void)snprintf(why, GODWIT_COAP_WHY, "a CoAP URL of more than %zu characters", sizeof coap->url - 1);
        return GODWIT_INVALID_ARGUMENT;
    }
    memcpy(coap->url, url, len + 1);
    if (coap_split_uri((const uint8_t *)coap->url, len, &coap->uri) < 0 || coap->uri.host.length == 0 ||
        coap->uri.host.length >= sizeof coap->host ||
        (coap->uri.scheme != COAP_URI_SCHEME_COAP && coap->uri.scheme != COAP_URI_SCHEME_COAPS)) {
        (void)snprintf(why, GODWIT_COAP_WHY, "%s is not coap://HOST[:PORT]/PATH, nor coaps://", url);
        return GODWIT_INVALID_ARGUMENT;
    }
    memcpy(coap->host, coap->uri.host.s, coap->uri.host.length);
    return resolve(coap, why);
}

/* The certificate's first name must be the host of the URL. */
static int names_host(const char *cn, const uint8_t *certificate, size_t len, coap_session_t *session, unsigned depth,
                      int validated, void *context)
{
    const godwit_coap_t *coap = context;
    (void)certificate, (void)len, (void)session;
    return depth > 0 || (validated != 0 && strcmp(cn, coap->host) == 0);
}

static coap_session_t *with_certificates(godwit_coap_t *coap)
{
    coap_dtls_pki_t pki = {.version = COAP_DTLS_PKI_SETUP_VERSION,
                           .verify_peer_cert = 1,
                           .check_common_ca = 0,
                           .cert_chain_validation = 1,
                           .cert_chain_verify_depth = 3,
                           .check_cert_revocation = 1,
                           .allow_no_crl = 1,
                           .validate_cn_call_back = names_host,
                           .cn_call_back_arg = coap,
                           .client_sni = coap->host};
    pki.pki_key.key_type = COAP_PKI_KEY_PEM;
    pki.pki_key.key.pem.public_cert = coap->certificate[0] != '\0' ? coap->certificate : NULL;
    pki.pki_key.key.pem.private_key = coap->key[0] != '\0' ? coap->key : NULL;
    return coap_new_client_session_pki(coap->context, NULL, &coap->server, COAP_PROTO_DTLS, &pki);
}

static coap_session_t *with_psk(godwit_coap_t *coap)
{
    coap_dtls_cpsk_t psk = {.version = COAP_DTLS_CPSK_SETUP_VERSION, .client_sni = coap->host};
    psk.psk_info.identity.s = (const uint8_t *)coap->psk_identity;
    psk.psk_info.identity.length = strlen(coap->psk_identity);
    psk.psk_info.key.s = coap->psk;
    psk.psk_info.key.length = coap->psk_len;
    return coap_new_client_session_psk2(coap->context, NULL, &coap->server, COAP_PROTO_DTLS, &psk);
}

bool godwit_coap_session_begin(godwit_coap_t *coap)
{
    if (coap->session != NULL && coap->broken) {
        coap_session_release(coap->session);
        coap->session = NULL;
    }
    if (coap->session != NULL) {
        return true;
    }
    coap->broken = false;
    if (!coap_uri_scheme_is_secure(&coap->uri)) {
        coap->session = coap_new_client_session(coap->context, NULL, &coap->server, COAP_PROTO_UDP);
    } else {
        coap->session = coap->psk_len > 0 ? with_psk(coap) : with_certificates(coap);
    }
    if (coap->session != NULL) {
        coap_session_set_ack_timeout(
            coap->session, (coap_fixed_point_t){(uint16_t)(coap->ack_ms / 1000), (uint16_t)(coap->ack_ms % 1000)});
        coap_session_set_app_data(coap->session, coap);
    }
    return coap->session != NULL;
}
