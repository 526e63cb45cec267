/* SPDX-License-Identifier: Apache-2.0
 *
 * OpenSSL at both ends of peer_dtls.h.
 */
#include "bench/peer_dtls.h"

#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#define FLIGHTS_MAX 20
#define MTU 1232

struct peer_dtls {
    SSL_CTX *device_context, *server_context;
    SSL *device, *server;
    peer_dtls_traffic_t traffic;
};

static const uint8_t psk[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

/* The identity has the length of an IMSI, as a device would name itself. */
static unsigned device_psk(SSL *ssl, const char *hint, char *identity, unsigned identity_max, unsigned char *key,
                           unsigned key_max)
{
    static const char name[] = "001010000000001";
    (void)ssl;
    (void)hint;
    if (identity_max < sizeof name || key_max < sizeof psk) {
        return 0;
    }
    memcpy(identity, name, sizeof name);
    memcpy(key, psk, sizeof psk);
    return sizeof psk;
}

static unsigned server_psk(SSL *ssl, const char *identity, unsigned char *key, unsigned key_max)
{
    (void)ssl;
    (void)identity;
    if (key_max < sizeof psk) {
        return 0;
    }
    memcpy(key, psk, sizeof psk);
    return sizeof psk;
}

static SSL_CTX *new_context(const SSL_METHOD *method)
{
    SSL_CTX *context = SSL_CTX_new(method);
    if (context != NULL && SSL_CTX_set_cipher_list(context, "PSK-AES128-CCM8:@SECLEVEL=0") != 1) {
        SSL_CTX_free(context);
        return NULL;
    }
    return context;
}

/* Every write to a memory BIO is one datagram. */
static long count_write(BIO *bio, int operation, const char *octets, size_t len, int i, long l, int result,
                        size_t *done)
{
    (void)octets;
    (void)len;
    (void)i;
    (void)l;
    if (operation == (BIO_CB_WRITE | BIO_CB_RETURN) && result > 0 && done != NULL) {
        peer_dtls_traffic_t *traffic = (peer_dtls_traffic_t *)(void *)BIO_get_callback_arg(bio);
        traffic->datagrams++;
        traffic->octets += *done;
    }
    return result;
}

static SSL *new_end(SSL_CTX *context, BIO *in, BIO *out)
{
    SSL *ssl = SSL_new(context);
    if (ssl != NULL) {
        SSL_set_bio(ssl, in, out);
        SSL_set_options(ssl, SSL_OP_NO_QUERY_MTU);
        SSL_set_mtu(ssl, MTU);
    }
    return ssl;
}

static BIO *new_path(peer_dtls_t *peer)
{
    BIO *path = BIO_new(BIO_s_mem());
    if (path != NULL) {
        BIO_set_mem_eof_return(path, -1);
        BIO_set_callback_ex(path, count_write);
        BIO_set_callback_arg(path, (char *)&peer->traffic);
    }
    return path;
}

peer_dtls_t *peer_dtls_new(void)
{
    peer_dtls_t *peer = calloc(1, sizeof *peer);
    if (peer == NULL) {
        return NULL;
    }
    BIO *up = new_path(peer), *down = new_path(peer);
    peer->device_context = new_context(DTLS_client_method());
    peer->server_context = new_context(DTLS_server_method());
    if (up == NULL || down == NULL || peer->device_context == NULL || peer->server_context == NULL) {
        BIO_free(up);
        BIO_free(down);
        peer_dtls_free(peer);
        return NULL;
    }
    SSL_CTX_set_psk_client_callback(peer->device_context, device_psk);
    SSL_CTX_set_psk_server_callback(peer->server_context, server_psk);
    BIO_up_ref(up);
    BIO_up_ref(down);
    peer->device = new_end(peer->device_context, down, up);
    peer->server = new_end(peer->server_context, up, down);
    return peer;
}

void peer_dtls_free(peer_dtls_t *peer)
{
    if (peer != NULL) {
        SSL_free(peer->device);
        SSL_free(peer->server);
        SSL_CTX_free(peer->device_context);
        SSL_CTX_free(peer->server_context);
        free(peer);
    }
}

bool peer_dtls_handshake(peer_dtls_t *peer)
{
    SSL_set_connect_state(peer->device);
    SSL_set_accept_state(peer->server);
    for (int flight = 0; flight < FLIGHTS_MAX; flight++) {
        int device = SSL_do_handshake(peer->device), server = SSL_do_handshake(peer->server);
        if (device == 1 && server == 1) {
            return true;
        }
    }
    return false;
}

bool peer_dtls_send(peer_dtls_t *peer, const uint8_t *reading, size_t len)
{
    uint8_t got[MTU];
    return SSL_write(peer->device, reading, (int)len) == (int)len &&
           SSL_read(peer->server, got, sizeof got) == (int)len && memcmp(got, reading, len) == 0;
}

peer_dtls_traffic_t peer_dtls_traffic(peer_dtls_t *peer)
{
    peer_dtls_traffic_t traffic = peer->traffic;
    peer->traffic = (peer_dtls_traffic_t){0};
    return traffic;
}
