/* SPDX-License-Identifier: Apache-2.0
 *
 * PSK-TLS and PSK-DTLS: life of the server, and what the owner takes and gives. See psk.h.
 */
#include "adapters/psk/internal.h"

#include <errno.h>
#include <openssl/async.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define CONNECTIONS 256
#define HANDSHAKE_MS 5000
#define IDLE_MS 60000
#define TICK_MS 100 /* deadlines, and DTLS handshakes that lost something */
#define EVENTS 64

static godwit_status_t refuse(char *why, const char *what)
{
    (void)snprintf(why, GODWIT_PSK_WHY, "%s", what);
    return GODWIT_INVALID_ARGUMENT;
}

static void fill(godwit_psk_t *psk, const godwit_psk_config_t *config)
{
    psk->config = *config;
    psk->config.connections = config->connections != 0 ? config->connections : CONNECTIONS;
    psk->config.handshake_ms = config->handshake_ms != 0 ? config->handshake_ms : HANDSHAKE_MS;
    psk->config.idle_ms = config->idle_ms != 0 ? config->idle_ms : IDLE_MS;
    psk->tls_fd = psk->dtls_fd = psk->epoll = psk->timer = -1;
}

static godwit_status_t open_descriptors(godwit_psk_t *psk, char *why)
{
    const struct itimerspec tick = {.it_interval = {.tv_nsec = TICK_MS * 1000000L},
                                    .it_value = {.tv_nsec = TICK_MS * 1000000L}};
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = UINT32_MAX - 2};
    psk->epoll = epoll_create1(EPOLL_CLOEXEC);
    psk->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (psk->epoll < 0 || psk->timer < 0 || timerfd_settime(psk->timer, 0, &tick, NULL) != 0 ||
        epoll_ctl(psk->epoll, EPOLL_CTL_ADD, psk->timer, &event) != 0) {
        (void)snprintf(why, GODWIT_PSK_WHY, "no descriptors: %s", strerror(errno));
        return GODWIT_IO_FAILED;
    }
    return GODWIT_OK;
}

static godwit_status_t open_contexts(godwit_psk_t *psk, char *why)
{
    psk->tls = godwit_psk_context(&psk->config, false, psk);
    psk->dtls = godwit_psk_context(&psk->config, true, psk);
    if (psk->tls == NULL || psk->dtls == NULL || RAND_bytes(psk->cookie_secret, sizeof psk->cookie_secret) != 1) {
        return refuse(why, "OpenSSL does not take these cipher suites");
    }
    return GODWIT_OK;
}

godwit_status_t godwit_psk_start(const godwit_psk_config_t *config, godwit_psk_t **started, char why[GODWIT_PSK_WHY])
{
    if ((!config->tls && !config->dtls) || config->connections > GODWIT_PSK_CONNECTIONS_MAX) {
        return refuse(why, "neither TLS nor DTLS, or more than 1024 connections");
    }
    if (ASYNC_is_capable() == 0) {
        return refuse(why, "this OpenSSL has no asynchronous jobs");
    }
    godwit_psk_t *psk = calloc(1, sizeof *psk);
    if (psk == NULL) {
        return refuse(why, "no memory");
    }
    fill(psk, config);
    psk->connections = calloc(psk->config.connections, sizeof *psk->connections);
    psk->capacity = psk->connections != NULL ? psk->config.connections : 0;
    godwit_status_t status = psk->capacity != 0 ? open_descriptors(psk, why) : refuse(why, "no memory");
    if (status == GODWIT_OK) {
        status = open_contexts(psk, why);
    }
    if (status == GODWIT_OK) {
        status = godwit_psk_listen(psk, why);
    }
    if (status != GODWIT_OK) {
        godwit_psk_stop(psk);
        return status;
    }
    *started = psk;
    return GODWIT_OK;
}

void godwit_psk_stop(godwit_psk_t *psk)
{
    if (psk == NULL) {
        return;
    }
    for (unsigned i = 0; i < psk->capacity; i++) {
        if (psk->connections[i].state != GODWIT_PSK_FREE) {
            godwit_psk_connection_close(psk, &psk->connections[i]);
        }
    }
    SSL_free(psk->listening);
    SSL_CTX_free(psk->tls);
    SSL_CTX_free(psk->dtls);
    const int descriptors[] = {psk->tls_fd, psk->dtls_fd, psk->epoll, psk->timer};
    for (size_t i = 0; i < sizeof descriptors / sizeof descriptors[0]; i++) {
        if (descriptors[i] >= 0) {
            close(descriptors[i]);
        }
    }
    free(psk->connections);
    godwit_wipe(psk, sizeof *psk);
    free(psk);
    ASYNC_cleanup_thread();
}

uint16_t godwit_psk_tls_port(const godwit_psk_t *psk)
{
    return psk->tls_port;
}

uint16_t godwit_psk_dtls_port(const godwit_psk_t *psk)
{
    return psk->dtls_port;
}

int godwit_psk_fd(const godwit_psk_t *psk)
{
    return psk->epoll;
}

/* ---- the owner's side ---- */

/* Handshakes over datagrams send again what was lost. */
static void tick(godwit_psk_t *psk)
{
    uint64_t expirations;
    if (read(psk->timer, &expirations, sizeof expirations) < 0) {
        return;
    }
    for (unsigned i = 0; i < psk->capacity; i++) {
        godwit_psk_connection_t *c = &psk->connections[i];
        if (c->state == GODWIT_PSK_HANDSHAKE && c->dtls && c->key_state != GODWIT_PSK_KEY_WAITED &&
            DTLSv1_handle_timeout(c->ssl) < 0) {
            ERR_clear_error();
        }
    }
}

static void look(godwit_psk_t *psk)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(psk->epoll, events, EVENTS, 0);
    for (int i = 0; i < count; i++) {
        uint32_t what = events[i].data.u32;
        if (what < psk->capacity) {
            psk->connections[what].ready = psk->connections[what].state != GODWIT_PSK_FREE;
        } else if (what == UINT32_MAX) {
            godwit_psk_accept_tls(psk);
        } else if (what == UINT32_MAX - 1) {
            godwit_psk_accept_dtls(psk);
        } else {
            tick(psk);
        }
    }
}

bool godwit_psk_next(godwit_psk_t *psk, godwit_psk_event_t *event)
{
    look(psk);
    if (psk->accept_refused != NULL) {
        *event = (godwit_psk_event_t){
            .kind = GODWIT_PSK_REFUSED, .identity = "", .server_name = "", .why = psk->accept_refused};
        psk->accept_refused = NULL;
        return true;
    }
    for (unsigned i = 0; i < psk->capacity; i++) {
        godwit_psk_connection_t *c = &psk->connections[psk->turn];
        psk->turn = psk->turn + 1 < psk->capacity ? psk->turn + 1 : 0;
        if (c->state != GODWIT_PSK_FREE && godwit_psk_connection_drive(psk, c, event)) {
            return true;
        }
    }
    return false;
}

void godwit_psk_key(godwit_psk_t *psk, uint64_t route, const uint8_t key[32])
{
    godwit_psk_connection_t *c = godwit_psk_connection_of(psk, route);
    if (c == NULL || c->key_state != GODWIT_PSK_KEY_WAITED) {
        return;
    }
    if (key != NULL) {
        memcpy(c->key, key, sizeof c->key);
    }
    c->key_state = key != NULL ? GODWIT_PSK_KEY_GIVEN : GODWIT_PSK_KEY_REFUSED;
    c->ready = true; /* the next call of next() goes on with it */
}

bool godwit_psk_send(godwit_psk_t *psk, uint64_t route, godwit_slice_t data)
{
    godwit_psk_connection_t *c = godwit_psk_connection_of(psk, route);
    if (c == NULL || c->state != GODWIT_PSK_OPEN || data.len == 0 || data.len > GODWIT_PSK_DATA_MAX) {
        return false;
    }
    ERR_clear_error();
    if (SSL_write(c->ssl, data.ptr, (int)data.len) == (int)data.len) {
        return true;
    }
    godwit_psk_connection_close(psk, c); /* it does not read what it is sent */
    return false;
}

void godwit_psk_end(godwit_psk_t *psk, uint64_t route)
{
    godwit_psk_connection_t *c = godwit_psk_connection_of(psk, route);
    if (c != NULL) {
        godwit_psk_connection_close(psk, c);
    }
}
