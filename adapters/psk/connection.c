/* SPDX-License-Identifier: Apache-2.0
 *
 * One connection: its handshake, which may wait for the key; then records, one at a time.
 */
#include "adapters/psk/internal.h"

#include <openssl/err.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define INDEX_BITS 10
_Static_assert(GODWIT_PSK_CONNECTIONS_MAX == 1 << INDEX_BITS, "the index must fit the route");

static uint64_t route_of(const godwit_psk_t *psk, const godwit_psk_connection_t *c)
{
    return (uint64_t)c->generation << INDEX_BITS | (uint64_t)(c - psk->connections);
}

godwit_psk_connection_t *godwit_psk_connection_of(godwit_psk_t *psk, uint64_t route)
{
    size_t index = route % GODWIT_PSK_CONNECTIONS_MAX;
    godwit_psk_connection_t *c = index < psk->capacity ? &psk->connections[index] : NULL;
    return c != NULL && c->state != GODWIT_PSK_FREE && route_of(psk, c) == route ? c : NULL;
}

void godwit_psk_connection_close(godwit_psk_t *psk, godwit_psk_connection_t *c)
{
    uint32_t generation = c->generation;
    if (c->key_state == GODWIT_PSK_KEY_WAITED) { /* its job must end, or it is never freed */
        c->key_state = GODWIT_PSK_KEY_REFUSED;
        (void)SSL_accept(c->ssl);
    } else if (c->state == GODWIT_PSK_OPEN) {
        (void)SSL_shutdown(c->ssl);
    }
    ERR_clear_error();
    (void)epoll_ctl(psk->epoll, EPOLL_CTL_DEL, c->fd, NULL);
    SSL_free(c->ssl);
    close(c->fd);
    godwit_wipe(c, sizeof *c);
    c->generation = generation;
}

static godwit_psk_connection_t *place_for(godwit_psk_t *psk)
{
    godwit_psk_connection_t *oldest = NULL;
    for (unsigned i = 0; i < psk->capacity; i++) {
        godwit_psk_connection_t *c = &psk->connections[i];
        if (c->state == GODWIT_PSK_FREE) {
            return c;
        }
        if (c->state == GODWIT_PSK_HANDSHAKE && (oldest == NULL || c->since_ms < oldest->since_ms)) {
            oldest = c;
        }
    }
    if (oldest != NULL) {
        godwit_psk_connection_close(psk, oldest);
        psk->accept_refused = "all connections are taken: the oldest handshake was given up";
    }
    return oldest;
}

godwit_psk_connection_t *godwit_psk_connection_new(godwit_psk_t *psk, int fd, SSL *ssl, bool dtls)
{
    godwit_psk_connection_t *c = place_for(psk);
    struct epoll_event event = {.events =
                                    EPOLLIN | EPOLLET}; /* ready says what is left: a job that waits reads nothing */
    if (c == NULL) {
        psk->accept_refused = "all connections are taken";
        return NULL;
    }
    event.data.u32 = (uint32_t)(c - psk->connections);
    if (epoll_ctl(psk->epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        return NULL;
    }
    c->state = GODWIT_PSK_HANDSHAKE;
    c->generation++;
    c->dtls = dtls;
    c->fd = fd;
    c->ssl = ssl;
    c->since_ms = godwit_psk_now_ms();
    c->deadline_ms = c->since_ms + psk->config.handshake_ms;
    c->ready = true;
    SSL_set_app_data(ssl, c);
    return c;
}

static void fill(const godwit_psk_t *psk, const godwit_psk_connection_t *c, godwit_psk_event_kind_t kind,
                 godwit_psk_event_t *event)
{
    memset(event, 0, sizeof *event);
    event->kind = kind;
    event->route = route_of(psk, c);
    event->dtls = c->dtls;
    event->identity = c->identity;
    event->server_name = c->server_name;
    memcpy(event->ua_protocol, c->ua_protocol, sizeof event->ua_protocol);
}

/* Tells why it ends; the identity lives until then, so the place is given back by the next call. */
static bool end(godwit_psk_t *psk, godwit_psk_connection_t *c, const char *why, godwit_psk_event_t *event)
{
    static const godwit_psk_event_t nothing;
    *event = nothing;
    event->kind = GODWIT_PSK_REFUSED;
    event->dtls = c->dtls;
    event->identity = "";
    event->server_name = "";
    event->why = why;
    godwit_psk_connection_close(psk, c);
    return why != NULL;
}

static const char *reason_of(const godwit_psk_connection_t *c)
{
    switch (c->key_state) {
    case GODWIT_PSK_KEY_NONE:
        return "the handshake failed before an identity came";
    case GODWIT_PSK_KEY_REFUSED:
        return "there is no key for that identity";
    default:
        return "the other end has another key, or broke the handshake off";
    }
}

static bool handshake(godwit_psk_t *psk, godwit_psk_connection_t *c, godwit_psk_event_t *event)
{
    ERR_clear_error();
    int done = SSL_accept(c->ssl);
    int error = done == 1 ? SSL_ERROR_NONE : SSL_get_error(c->ssl, done);
    if (done == 1) {
        c->state = GODWIT_PSK_OPEN;
        (void)SSL_clear_mode(c->ssl, SSL_MODE_ASYNC);
        c->deadline_ms = godwit_psk_now_ms() + psk->config.idle_ms;
        fill(psk, c, GODWIT_PSK_OPENED, event);
        return true;
    }
    c->ready = error == SSL_ERROR_WANT_ASYNC_JOB || error == SSL_ERROR_WANT_WRITE; /* tried again at the next tick */
    if (error == SSL_ERROR_WANT_ASYNC) {
        if (c->told) {
            return false;
        }
        c->told = true;
        fill(psk, c, GODWIT_PSK_KEY_WANTED, event);
        return true;
    }
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE || error == SSL_ERROR_WANT_ASYNC_JOB) {
        return false;
    }
    return end(psk, c, reason_of(c), event);
}

static bool receive(godwit_psk_t *psk, godwit_psk_connection_t *c, godwit_psk_event_t *event)
{
    ERR_clear_error();
    int len = SSL_read(c->ssl, psk->data, sizeof psk->data);
    if (len > 0) {
        c->deadline_ms = godwit_psk_now_ms() + psk->config.idle_ms;
        fill(psk, c, GODWIT_PSK_DATA, event);
        event->data = godwit_slice(psk->data, (size_t)len);
        return true;
    }
    c->ready = false;
    int error = SSL_get_error(c->ssl, len);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
        return false;
    }
    return end(psk, c, NULL, event); /* closed: nothing to tell */
}

bool godwit_psk_connection_drive(godwit_psk_t *psk, godwit_psk_connection_t *c, godwit_psk_event_t *event)
{
    if (godwit_psk_now_ms() >= c->deadline_ms) {
        return end(psk, c, c->state == GODWIT_PSK_OPEN ? NULL : "the handshake took too long", event);
    }
    if (!c->ready) {
        return false;
    }
    return c->state == GODWIT_PSK_HANDSHAKE ? handshake(psk, c, event) : receive(psk, c, event);
}
