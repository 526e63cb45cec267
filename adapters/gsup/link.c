/* SPDX-License-Identifier: Apache-2.0
 *
 * The connection under the GSUP client.
 */
#include "adapters/gsup/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <syslog.h>
#include <unistd.h>

#define PAUSE_MIN_MS 100
#define PAUSE_MAX_MS 10000
#define GREETING_MS 5000 /* for connecting, and again for the HLR's question */

static void say(const godwit_gsup_link_t *link, int level, const char *what, const char *why)
{
    char line[160];
    if (link->log != NULL) {
        snprintf(line, sizeof line, "gsup: %s%s%s", what, why[0] ? ": " : "", why);
        link->log(link->context, level, line);
    }
}

godwit_status_t godwit_gsup_link_init(godwit_gsup_link_t *link, const char *host, uint16_t port, const char *unit_name,
                                      int epoll)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)&link->address;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&link->address;
    link->socket = -1;
    link->epoll = epoll;
    link->pause_ms = PAUSE_MIN_MS;
    snprintf(link->unit_name, sizeof link->unit_name, "%s", unit_name);
    if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        link->address_len = sizeof *v4;
    } else if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
        link->address_len = sizeof *v6;
    } else {
        return GODWIT_INVALID_ARGUMENT;
    }
    return GODWIT_OK;
}

void godwit_gsup_link_close(godwit_gsup_link_t *link)
{
    if (link->socket >= 0) {
        close(link->socket);
    }
    link->socket = -1;
    godwit_wipe(link->in, sizeof link->in); /* results carry keys */
    link->in_len = link->in_taken = link->out_len = 0;
    link->state = GODWIT_GSUP_LINK_DOWN;
}

void godwit_gsup_link_drop(godwit_gsup_link_t *link, uint64_t now_ms, const char *reason)
{
    say(link, LOG_WARNING, "connection to the HLR given up", reason);
    godwit_gsup_link_close(link);
    link->due = now_ms + link->pause_ms;
    link->pause_ms = link->pause_ms * 2 < PAUSE_MAX_MS ? link->pause_ms * 2 : PAUSE_MAX_MS;
}

/* Asks epoll for what the state needs: room to write while connecting or while octets wait. */
static void watch(godwit_gsup_link_t *link, int operation)
{
    bool writing = link->state == GODWIT_GSUP_LINK_CONNECTING || link->out_len > 0;
    struct epoll_event event = {.events = EPOLLIN | (writing ? (uint32_t)EPOLLOUT : 0), .data.fd = link->socket};
    (void)epoll_ctl(link->epoll, operation, link->socket, &event);
}

static void begin(godwit_gsup_link_t *link, uint64_t now_ms)
{
    int on = 1;
    link->socket = socket(link->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    if (link->socket < 0) {
        godwit_gsup_link_drop(link, now_ms, strerror(errno));
        return;
    }
    (void)setsockopt(link->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(link->socket, (struct sockaddr *)&link->address, link->address_len) != 0 && errno != EINPROGRESS) {
        godwit_gsup_link_drop(link, now_ms, strerror(errno));
        return;
    }
    link->state = GODWIT_GSUP_LINK_CONNECTING;
    link->due = now_ms + GREETING_MS;
    watch(link, EPOLL_CTL_ADD);
}

static void finish_connecting(godwit_gsup_link_t *link, uint64_t now_ms)
{
    struct sockaddr_storage peer;
    socklen_t len = sizeof peer;
    int error = 0;
    socklen_t error_len = sizeof error;
    (void)getsockopt(link->socket, SOL_SOCKET, SO_ERROR, &error, &error_len);
    if (error != 0) {
        godwit_gsup_link_drop(link, now_ms, strerror(error));
    } else if (getpeername(link->socket, (struct sockaddr *)&peer, &len) == 0) {
        link->state = GODWIT_GSUP_LINK_GREETING;
        link->due = now_ms + GREETING_MS;
        watch(link, EPOLL_CTL_MOD);
    }
}

static void flush(godwit_gsup_link_t *link, uint64_t now_ms)
{
    if (link->out_len == 0) {
        return;
    }
    ssize_t n = send(link->socket, link->out, link->out_len, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        godwit_gsup_link_drop(link, now_ms, strerror(errno));
        return;
    }
    if (n > 0) {
        link->out_len -= (size_t)n;
        memmove(link->out, link->out + n, link->out_len);
    }
    watch(link, EPOLL_CTL_MOD);
}

static void receive(godwit_gsup_link_t *link, uint64_t now_ms)
{
    size_t room = sizeof link->in - link->in_len;
    if (room == 0) {
        return; /* frames are waiting to be taken */
    }
    ssize_t n = recv(link->socket, link->in + link->in_len, room, MSG_DONTWAIT);
    if (n > 0) {
        link->in_len += (size_t)n;
    } else if (n == 0) {
        godwit_gsup_link_drop(link, now_ms, "closed by the HLR");
    } else if (errno != EAGAIN && errno != EINTR) {
        godwit_gsup_link_drop(link, now_ms, strerror(errno));
    }
}

void godwit_gsup_link_step(godwit_gsup_link_t *link, uint64_t now_ms)
{
    if (link->state == GODWIT_GSUP_LINK_DOWN && now_ms >= link->due) {
        begin(link, now_ms);
    }
    if (link->state == GODWIT_GSUP_LINK_CONNECTING) {
        finish_connecting(link, now_ms);
    }
    if (link->state >= GODWIT_GSUP_LINK_GREETING) {
        receive(link, now_ms);
    }
    if (link->state >= GODWIT_GSUP_LINK_GREETING) {
        flush(link, now_ms);
    }
    if ((link->state == GODWIT_GSUP_LINK_CONNECTING || link->state == GODWIT_GSUP_LINK_GREETING) &&
        now_ms >= link->due) {
        godwit_gsup_link_drop(link, now_ms, "it did not answer");
    }
}

/* Connection management: the first question who we are makes the link ready. */
static void manage(godwit_gsup_link_t *link, godwit_ipa_kind_t kind)
{
    godwit_writer_t w = godwit_writer(link->out + link->out_len, sizeof link->out - link->out_len);
    if (kind == GODWIT_IPA_ID_GET) {
        godwit_ipa_put_id_resp(&w, link->unit_name);
    } else if (kind == GODWIT_IPA_PING) {
        godwit_ipa_put_ccm(&w, GODWIT_IPA_PONG);
    }
    if (godwit_writer_status(&w) != GODWIT_OK) {
        return; /* a peer that does not read gets no answers */
    }
    link->out_len += w.len;
    if (kind == GODWIT_IPA_ID_GET && link->state == GODWIT_GSUP_LINK_GREETING) {
        link->state = GODWIT_GSUP_LINK_READY;
        link->pause_ms = PAUSE_MIN_MS;
        say(link, LOG_INFO, "connected to the HLR as", link->unit_name);
    }
}

static void forget_taken(godwit_gsup_link_t *link)
{
    size_t left = link->in_len - link->in_taken;
    memmove(link->in, link->in + link->in_taken, left);
    godwit_wipe(link->in + left, link->in_taken);
    link->in_len = left;
    link->in_taken = 0;
}

bool godwit_gsup_link_next(godwit_gsup_link_t *link, uint64_t now_ms, godwit_slice_t *message)
{
    godwit_ipa_frame_t frame;
    size_t used;
    for (;;) {
        forget_taken(link);
        godwit_status_t status = godwit_ipa_frame_parse(godwit_slice(link->in, link->in_len), &frame, &used);
        if (status == GODWIT_MALFORMED) {
            godwit_gsup_link_drop(link, now_ms, "what it sends is no IPA");
        }
        if (status != GODWIT_OK) {
            return false;
        }
        link->in_taken = used;
        if (frame.kind == GODWIT_IPA_GSUP) {
            *message = frame.payload;
            return true;
        }
        manage(link, frame.kind);
    }
}

bool godwit_gsup_link_put(godwit_gsup_link_t *link, godwit_slice_t message)
{
    godwit_writer_t w = godwit_writer(link->out + link->out_len, sizeof link->out - link->out_len);
    size_t at = godwit_ipa_gsup_open(&w);
    godwit_put_slice(&w, message);
    godwit_ipa_close(&w, at);
    if (link->state != GODWIT_GSUP_LINK_READY || godwit_writer_status(&w) != GODWIT_OK) {
        return false;
    }
    link->out_len += w.len;
    return true;
}

uint64_t godwit_gsup_link_due(const godwit_gsup_link_t *link)
{
    return link->state == GODWIT_GSUP_LINK_READY ? UINT64_MAX : link->due;
}
