/* SPDX-License-Identifier: Apache-2.0
 *
 * The two contexts of OpenSSL, and its callbacks: the key for an identity, and DTLS cookies.
 */
#include "adapters/psk/internal.h"

#include <openssl/async.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#define PREFIX                                                                                                         \
    "3GPP-bootstrapping;" /* TS 33.222 5.4, recalled: the name space of the identity, a separator, the B-TID */
#define CIPHERS "PSK-AES128-GCM-SHA256"
#define HINT "3GPP-bootstrapping"
#define COOKIE_SIZE 32

static bool take_identity(godwit_psk_connection_t *c, const char *identity)
{
    const char *b_tid = strncmp(identity, PREFIX, sizeof PREFIX - 1) == 0 ? identity + sizeof PREFIX - 1 : identity;
    size_t len = strlen(b_tid);
    if (len == 0 || len > GODWIT_PSK_IDENTITY_MAX) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (b_tid[i] <= ' ' || b_tid[i] > '~') {
            return false;
        }
    }
    memcpy(c->identity, b_tid, len + 1);
    return true;
}

static void take_protocol(godwit_psk_connection_t *c, SSL *ssl)
{
    static const uint8_t tls_1_3[5] = {0x01, 0x00, 0x00, 0x00, 0x07};
    const SSL_CIPHER *cipher = SSL_get_pending_cipher(ssl);
    uint16_t suite = cipher != NULL ? SSL_CIPHER_get_protocol_id(cipher) : 0;
    if (SSL_version(ssl) == TLS1_3_VERSION) {
        memcpy(c->ua_protocol, tls_1_3, sizeof tls_1_3);
    } else {
        const uint8_t tls_1_2[5] = {0x01, 0x00, 0x01, (uint8_t)(suite >> 8), (uint8_t)suite};
        memcpy(c->ua_protocol, tls_1_2, sizeof tls_1_2);
    }
}

/* An address is no name (RFC 6066 3), though some clients send one. */
static bool is_address(const uint8_t *name, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (name[i] != '.' && (name[i] < '0' || name[i] > '9')) {
            return memchr(name, ':', len) != NULL;
        }
    }
    return true;
}

/* SNI from the hello itself: over TLS 1.3 OpenSSL looks at the PSK first, and knows no name by then. One name of type 0
 * is all that is sent. */
static int on_hello(SSL *ssl, int *alert, void *unused)
{
    godwit_psk_connection_t *c = SSL_get_app_data(ssl);
    const unsigned char *octets = NULL;
    size_t size = 0;
    (void)alert;
    (void)unused;
    if (c == NULL || SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &octets, &size) != 1) {
        return SSL_CLIENT_HELLO_SUCCESS;
    }
    godwit_reader_t r = godwit_reader(godwit_slice(octets, size));
    (void)godwit_get_u16(&r);
    uint8_t type = godwit_get_u8(&r);
    godwit_slice_t name = godwit_get_slice(&r, godwit_get_u16(&r));
    if (r.failed || type != TLSEXT_NAMETYPE_host_name || name.len == 0 || name.len > GODWIT_FQDN_MAX ||
        is_address(name.ptr, name.len)) {
        return SSL_CLIENT_HELLO_SUCCESS;
    }
    for (size_t i = 0; i < name.len; i++) {
        uint8_t octet = name.ptr[i];
        c->server_name[i] = (char)(octet >= 'A' && octet <= 'Z' ? octet - 'A' + 'a' : octet);
    }
    c->server_name[name.len] = '\0';
    return SSL_CLIENT_HELLO_SUCCESS;
}

/* Called inside the handshake's job: leaves it until the owner has answered. One identity is tried in a connection. */
static unsigned on_psk(SSL *ssl, const char *identity, unsigned char *psk, unsigned int max)
{
    godwit_psk_connection_t *c = SSL_get_app_data(ssl);
    if (c == NULL || max < sizeof c->key || identity == NULL || c->key_state != GODWIT_PSK_KEY_NONE ||
        !take_identity(c, identity)) {
        return 0;
    }
    take_protocol(c, ssl);
    c->key_state = GODWIT_PSK_KEY_WAITED;
    while (c->key_state == GODWIT_PSK_KEY_WAITED) {
        if (ASYNC_get_current_job() == NULL || ASYNC_pause_job() == 0) {
            c->key_state = GODWIT_PSK_KEY_REFUSED;
        }
    }
    if (c->key_state != GODWIT_PSK_KEY_GIVEN) {
        return 0;
    }
    memcpy(psk, c->key, sizeof c->key);
    godwit_wipe(c->key, sizeof c->key);
    return sizeof c->key;
}

static bool cookie_of(SSL *ssl, uint8_t cookie[COOKIE_SIZE])
{
    const godwit_psk_t *psk = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    union {
        struct sockaddr_storage storage;
        uint8_t octets[sizeof(struct sockaddr_storage)];
    } peer;
    unsigned len = COOKIE_SIZE;
    memset(&peer, 0, sizeof peer);
    (void)BIO_dgram_get_peer(SSL_get_rbio(ssl), &peer.storage);
    return HMAC(EVP_sha256(), psk->cookie_secret, sizeof psk->cookie_secret, peer.octets, sizeof peer, cookie, &len) !=
           NULL;
}

static int make_cookie(SSL *ssl, unsigned char *cookie, unsigned int *len)
{
    *len = COOKIE_SIZE;
    return cookie_of(ssl, cookie);
}

static int verify_cookie(SSL *ssl, const unsigned char *cookie, unsigned int len)
{
    uint8_t right[COOKIE_SIZE];
    return len == COOKIE_SIZE && cookie_of(ssl, right) && godwit_equal_secret(cookie, right, sizeof right);
}

SSL_CTX *godwit_psk_context(const godwit_psk_config_t *config, bool dtls, godwit_psk_t *psk)
{
    SSL_CTX *ctx = SSL_CTX_new(dtls ? DTLS_server_method() : TLS_server_method());
    if (ctx == NULL) {
        return NULL;
    }
    SSL_CTX_set_app_data(ctx, psk);
    (void)SSL_CTX_set_mode(ctx, SSL_MODE_ASYNC | SSL_MODE_RELEASE_BUFFERS);
    (void)SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                       (dtls ? SSL_OP_COOKIE_EXCHANGE : 0));
    (void)SSL_CTX_set_num_tickets(ctx, 0);
    (void)SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_psk_server_callback(ctx, on_psk);
    SSL_CTX_set_client_hello_cb(ctx, on_hello, NULL);
    SSL_CTX_set_cookie_generate_cb(ctx, make_cookie);
    SSL_CTX_set_cookie_verify_cb(ctx, verify_cookie);
    if (SSL_CTX_set_min_proto_version(ctx, dtls ? DTLS1_2_VERSION : TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(ctx, config->ciphers != NULL ? config->ciphers : CIPHERS) != 1 ||
        SSL_CTX_use_psk_identity_hint(ctx, config->hint != NULL ? config->hint : HINT) != 1) {
        SSL_CTX_free(ctx);
        return NULL;
    }
    return ctx;
}
