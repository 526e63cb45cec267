/* SPDX-License-Identifier: Apache-2.0
 *
 * Readings as JSON lines to an application that listens on a Unix socket. A reading has arrived when its line was
 * written whole, or, where the application acknowledges, when it has answered it with a line of its own, whatever that
 * says. A slow application fills the buffers and is offered no more; when it is gone, what has not arrived is offered
 * again to the next one.
 */
#include "adapters/deliver/deliver.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LINES_MAX 256
#define WAITING_MAX ((size_t)256 << 10)
#define CONNECT_AGAIN_MS 500

typedef struct unix_line {
    uint64_t number;
    uint64_t end; /* octets written and waiting, from the connection's begin, with it */
} unix_line_t;

typedef struct unix_delivery {
    godwit_delivery_t delivery;
    struct sockaddr_un address;
    int epoll, fd; /* fd -1: not connected */
    bool wants_out, acknowledged, trouble;
    uint64_t connect_at_ms;
    uint64_t written; /* octets on this connection */
    unsigned line_count, line_max;
    unix_line_t lines[LINES_MAX]; /* without an outcome, oldest first */
    size_t len;
    char waiting[WAITING_MAX];
} unix_delivery_t;

static godwit_status_t open_unix(const godwit_deliver_config_t *config, const godwit_deliver_told_t *told,
                                 godwit_delivery_t **delivery, char why[GODWIT_DELIVER_WHY])
{
    *delivery = NULL;
    if (strlen(config->target) >= sizeof((struct sockaddr_un *)0)->sun_path) {
        (void)snprintf(why, GODWIT_DELIVER_WHY, "delivery to %s: longer than the path of a socket can be",
                       config->target);
        return GODWIT_IO_FAILED;
    }
    unix_delivery_t *u = calloc(1, sizeof *u);
    const int epoll = u == NULL ? -1 : epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0) {
        (void)snprintf(why, GODWIT_DELIVER_WHY, "delivery to %s: %s", config->target, strerror(errno));
        free(u);
        return GODWIT_IO_FAILED;
    }
    u->delivery.kind = &godwit_deliver_unix;
    u->delivery.told = *told;
    u->address.sun_family = AF_UNIX;
    (void)snprintf(u->address.sun_path, sizeof u->address.sun_path, "%s", config->target);
    u->epoll = epoll;
    u->fd = -1;
    u->acknowledged = config->acknowledged;
    u->line_max = config->in_flight == 0 || config->in_flight > LINES_MAX ? LINES_MAX : config->in_flight;
    *delivery = &u->delivery;
    return GODWIT_OK;
}

/* ---- the connection ---- */

static void say(unix_delivery_t *u, const char *what)
{
    (void)snprintf(u->delivery.why, sizeof u->delivery.why, "delivery to %s: %s", u->address.sun_path, what);
    u->trouble = true;
}

/* What has no outcome has not arrived. */
static void disconnect(unix_delivery_t *u, const char *what, uint64_t now_ms)
{
    const godwit_deliver_told_t *told = &u->delivery.told;
    say(u, what);
    close(u->fd); /* leaves the epoll set by that */
    u->fd = -1;
    u->connect_at_ms = now_ms + CONNECT_AGAIN_MS;
    godwit_wipe(u->waiting, u->len);
    u->len = 0;
    const unsigned count = u->line_count;
    u->line_count = 0;
    for (unsigned i = 0; i < count; i++) {
        told->failed(told->context, u->lines[i].number, GODWIT_DELIVER_LATER, u->delivery.why);
    }
}

static void watch(unix_delivery_t *u, int operation)
{
    struct epoll_event event = {.events = EPOLLIN | (u->len > 0 ? (uint32_t)EPOLLOUT : 0)};
    u->wants_out = u->len > 0;
    (void)epoll_ctl(u->epoll, operation, u->fd, &event);
}

static void connect_now(unix_delivery_t *u, uint64_t now_ms)
{
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    u->connect_at_ms = now_ms + CONNECT_AGAIN_MS;
    if (fd < 0 || connect(fd, (const struct sockaddr *)&u->address, sizeof u->address) != 0) {
        const int error = errno;
        if (u->delivery.why[0] == '\0') { /* told once, until there has been a connection */
            say(u, strerror(error));
        }
        if (fd >= 0) {
            close(fd);
        }
        return;
    }
    u->fd = fd;
    u->written = 0;
    u->delivery.why[0] = '\0';
    u->trouble = false;
    watch(u, EPOLL_CTL_ADD);
}

/* ---- lines ---- */

static void arrived(unix_delivery_t *u, unsigned count)
{
    const godwit_deliver_told_t *told = &u->delivery.told;
    for (unsigned i = 0; i < count; i++) {
        told->done(told->context, u->lines[i].number);
    }
    u->line_count -= count;
    memmove(u->lines, u->lines + count, u->line_count * sizeof u->lines[0]);
}

static void write_out(unix_delivery_t *u, uint64_t now_ms)
{
    size_t done = 0;
    ssize_t wrote = 1;
    while (done < u->len && wrote > 0) {
        wrote = send(u->fd, u->waiting + done, u->len - done, MSG_NOSIGNAL);
        done += wrote > 0 ? (size_t)wrote : 0;
    }
    const int error = errno;
    u->written += done;
    u->len -= done;
    memmove(u->waiting, u->waiting + done, u->len);
    godwit_wipe(u->waiting + u->len, done);
    unsigned whole = 0;
    while (!u->acknowledged && whole < u->line_count && u->lines[whole].end <= u->written) {
        whole++;
    }
    arrived(u, whole);
    if (wrote < 0 && error != EAGAIN && error != EINTR) {
        disconnect(u, strerror(error), now_ms);
    } else if (u->wants_out != (u->len > 0)) {
        watch(u, EPOLL_CTL_MOD);
    }
}

/* What the application says: lines that acknowledge, or nothing that matters. */
static void read_in(unix_delivery_t *u, uint64_t now_ms)
{
    char text[4096];
    const ssize_t got = recv(u->fd, text, sizeof text, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
        disconnect(u, got == 0 ? "the application has closed the connection" : strerror(errno), now_ms);
        return;
    }
    unsigned lines = 0;
    for (ssize_t i = 0; i < got; i++) {
        lines += text[i] == '\n';
    }
    if (u->acknowledged && lines > 0) {
        arrived(u, lines < u->line_count ? lines : u->line_count);
    }
}

static godwit_status_t offer(godwit_delivery_t *delivery, const godwit_reading_t *reading, uint64_t now_ms)
{
    unix_delivery_t *u = (unix_delivery_t *)delivery;
    size_t len = 0;
    (void)now_ms;
    if (u->fd < 0 || u->line_count == u->line_max) {
        return GODWIT_AGAIN;
    }
    char *line = godwit_deliver_line(reading, &len);
    const bool taken = line != NULL && len <= WAITING_MAX - u->len;
    if (taken) {
        memcpy(u->waiting + u->len, line, len);
        u->len += len;
        u->lines[u->line_count++] = (unix_line_t){reading->number, u->written + u->len};
    }
    if (line != NULL) {
        godwit_wipe(line, len);
    }
    free(line);
    return taken ? GODWIT_OK : GODWIT_AGAIN;
}

/* Trouble is told once. */
static godwit_status_t flush(godwit_delivery_t *delivery)
{
    unix_delivery_t *u = (unix_delivery_t *)delivery;
    const bool trouble = u->trouble;
    u->trouble = false;
    return trouble ? GODWIT_IO_FAILED : GODWIT_OK;
}

static uint64_t step(godwit_delivery_t *delivery, uint64_t now_ms)
{
    unix_delivery_t *u = (unix_delivery_t *)delivery;
    if (u->fd < 0 && now_ms >= u->connect_at_ms) {
        connect_now(u, now_ms);
    }
    if (u->fd >= 0) {
        read_in(u, now_ms);
    }
    if (u->fd >= 0 && u->len > 0) {
        write_out(u, now_ms);
    }
    return u->fd >= 0 ? GODWIT_DELIVER_NEVER : u->connect_at_ms > now_ms ? u->connect_at_ms - now_ms : 0;
}

static int fd_of(const godwit_delivery_t *delivery)
{
    return ((const unix_delivery_t *)delivery)->epoll;
}

static void close_unix(godwit_delivery_t *delivery)
{
    unix_delivery_t *u = (unix_delivery_t *)delivery;
    if (u->fd >= 0) {
        close(u->fd);
    }
    close(u->epoll);
    godwit_wipe(u, sizeof *u);
    free(u);
}

const godwit_deliver_kind_t godwit_deliver_unix = {.name = "unix",
                                                   .open = open_unix,
                                                   .offer = offer,
                                                   .flush = flush,
                                                   .step = step,
                                                   .fd = fd_of,
                                                   .close = close_unix,
                                                   .queued = true};
