/* SPDX-License-Identifier: Apache-2.0
 *
 * Listening and accepting. A DTLS client gets a socket of its own, connected to it, once its cookie has come back:
 * until then it has cost nothing.
 */
#include "adapters/psk/internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define ACCEPTS_AT_ONCE 64
#define TLS_EVENT UINT32_MAX
#define DTLS_EVENT (UINT32_MAX - 1)

typedef union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_storage storage;
} address_t;

uint64_t godwit_psk_now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static socklen_t address_of(const char *host, uint16_t port, address_t *a)
{
    memset(a, 0, sizeof *a);
    if (inet_pton(AF_INET, host, &a->v4.sin_addr) == 1) {
        a->v4.sin_family = AF_INET;
        a->v4.sin_port = htons(port);
        return sizeof a->v4;
    }
    if (inet_pton(AF_INET6, host, &a->v6.sin6_addr) == 1) {
        a->v6.sin6_family = AF_INET6;
        a->v6.sin6_port = htons(port);
        return sizeof a->v6;
    }
    return 0;
}

static int bound(int type, const address_t *a, socklen_t len)
{
    int on = 1;
    int fd = socket(a->storage.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 || bind(fd, &a->any, len) != 0)) {
        int error = errno;
        close(fd);
        errno = error;
        fd = -1;
    }
    return fd;
}

static uint16_t port_of(int fd)
{
    address_t a = {.storage = {.ss_family = AF_UNSPEC}};
    socklen_t len = sizeof a;
    if (getsockname(fd, &a.any, &len) != 0) {
        return 0;
    }
    return ntohs(a.storage.ss_family == AF_INET6 ? a.v6.sin6_port : a.v4.sin_port);
}

static bool watch(const godwit_psk_t *psk, int fd, uint32_t what)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = what};
    return epoll_ctl(psk->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static godwit_status_t listen_on(godwit_psk_t *psk, bool dtls, uint16_t port, int *fd, char *why)
{
    address_t a;
    socklen_t len = address_of(psk->config.host, port, &a);
    if (len == 0) {
        (void)snprintf(why, GODWIT_PSK_WHY, "'%s' is no address", psk->config.host);
        return GODWIT_INVALID_ARGUMENT;
    }
    *fd = bound(dtls ? SOCK_DGRAM : SOCK_STREAM, &a, len);
    if (*fd < 0 || (!dtls && listen(*fd, 128) != 0) || !watch(psk, *fd, dtls ? DTLS_EVENT : TLS_EVENT)) {
        (void)snprintf(why, GODWIT_PSK_WHY, "cannot listen on %s port %u: %s", psk->config.host, (unsigned)port,
                       strerror(errno));
        return GODWIT_IO_FAILED;
    }
    return GODWIT_OK;
}

godwit_status_t godwit_psk_listen(godwit_psk_t *psk, char *why)
{
    godwit_status_t status = GODWIT_OK;
    if (psk->config.tls) {
        status = listen_on(psk, false, psk->config.tls_port, &psk->tls_fd, why);
        psk->tls_port = port_of(psk->tls_fd);
    }
    if (status == GODWIT_OK && psk->config.dtls) {
        status = listen_on(psk, true, psk->config.dtls_port, &psk->dtls_fd, why);
        psk->dtls_port = port_of(psk->dtls_fd);
    }
    return status;
}

void godwit_psk_accept_tls(godwit_psk_t *psk)
{
    for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
        int fd = accept4(psk->tls_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        SSL *ssl = fd >= 0 ? SSL_new(psk->tls) : NULL;
        if (fd < 0) {
            return;
        }
        if (ssl == NULL || SSL_set_fd(ssl, fd) != 1 || godwit_psk_connection_new(psk, fd, ssl, false) == NULL) {
            SSL_free(ssl);
            close(fd);
        }
    }
}

/* A socket of the listening one's address, connected to that peer. */
static int socket_to(const godwit_psk_t *psk, const BIO_ADDR *peer)
{
    address_t own = {.storage = {.ss_family = AF_UNSPEC}}, to;
    size_t len = sizeof to;
    socklen_t own_len = sizeof own;
    memset(&to, 0, sizeof to);
    to.any.sa_family = (sa_family_t)BIO_ADDR_family(peer);
    bool v6 = to.any.sa_family == AF_INET6;
    len = v6 ? sizeof to.v6.sin6_addr : sizeof to.v4.sin_addr;
    if (BIO_ADDR_rawaddress(peer, v6 ? (void *)&to.v6.sin6_addr : (void *)&to.v4.sin_addr, &len) != 1 ||
        getsockname(psk->dtls_fd, &own.any, &own_len) != 0) {
        return -1;
    }
    if (v6) {
        to.v6.sin6_port = BIO_ADDR_rawport(peer);
    } else {
        to.v4.sin_port = BIO_ADDR_rawport(peer);
    }
    int fd = bound(SOCK_DGRAM, &own, own_len);
    if (fd >= 0 && connect(fd, &to.any, v6 ? sizeof to.v6 : sizeof to.v4) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static bool be_listening(godwit_psk_t *psk)
{
    if (psk->listening == NULL) {
        BIO *bio = BIO_new_dgram(psk->dtls_fd, BIO_NOCLOSE);
        psk->listening = bio != NULL ? SSL_new(psk->dtls) : NULL;
        if (psk->listening == NULL) {
            BIO_free(bio);
            return false;
        }
        SSL_set_bio(psk->listening, bio, bio);
    }
    return true;
}

static void take_peer(godwit_psk_t *psk, const BIO_ADDR *peer)
{
    int fd = socket_to(psk, peer);
    SSL *ssl = psk->listening;
    psk->listening = NULL;
    if (fd >= 0) {
        BIO *bio = SSL_get_rbio(ssl);
        (void)BIO_set_fd(bio, fd, BIO_NOCLOSE);
        (void)BIO_ctrl_set_connected(bio, (void *)(uintptr_t)peer);
    }
    if (fd < 0 || godwit_psk_connection_new(psk, fd, ssl, true) == NULL) {
        SSL_free(ssl);
        if (fd >= 0) {
            close(fd);
        }
    }
}

void godwit_psk_accept_dtls(godwit_psk_t *psk)
{
    BIO_ADDR *peer = BIO_ADDR_new();
    for (int i = 0; peer != NULL && i < ACCEPTS_AT_ONCE && be_listening(psk); i++) {
        ERR_clear_error();
        int heard = DTLSv1_listen(psk->listening, peer);
        if (heard > 0) {
            take_peer(psk, peer);
        } else {
            if (heard < 0) { /* it cannot go on with this one */
                SSL_free(psk->listening);
                psk->listening = NULL;
            }
            break;
        }
    }
    BIO_ADDR_free(peer);
}
