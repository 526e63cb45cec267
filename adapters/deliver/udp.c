/* SPDX-License-Identifier: Apache-2.0
 *
 * Readings as datagrams: each the JSON line of one reading, without protection of its own, so to a host that the path
 * to is trusted.
 */
#include "adapters/deliver/deliver.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct udp_delivery {
    godwit_delivery_t delivery;
    int fd;
    char target[128];
} udp_delivery_t;

/* "127.0.0.1:9000" or "[::1]:9000" into host and port. */
static bool split(const char *target, char host[64], char port[8])
{
    bool v6 = target[0] == '[';
    const char *begin = target + (v6 ? 1 : 0);
    const char *end = strchr(begin, v6 ? ']' : ':');
    const char *number = end == NULL ? NULL : strrchr(end, ':');
    if (end == NULL || number == NULL || end == begin || end - begin >= 64 || number[1] == '\0' || strlen(number) > 6) {
        return false;
    }
    (void)snprintf(host, 64, "%.*s", (int)(end - begin), begin);
    (void)snprintf(port, 8, "%s", number + 1);
    return true;
}

static int connect_to(const char *host, const char *port)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    if (getaddrinfo(host, port, &hints, &found) != 0) {
        errno = EINVAL;
        return -1;
    }
    int fd = socket(found->ai_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
        int kept = errno;
        close(fd);
        errno = kept;
        fd = -1;
    }
    freeaddrinfo(found);
    return fd;
}

static godwit_status_t open_udp(const godwit_deliver_config_t *config, const godwit_deliver_told_t *told,
                                godwit_delivery_t **delivery, char why[GODWIT_DELIVER_WHY])
{
    char host[64], port[8];
    *delivery = NULL;
    if (!split(config->target, host, port)) {
        (void)snprintf(why, GODWIT_DELIVER_WHY, "delivery to UDP %s: not of the form ADDRESS:PORT", config->target);
        return GODWIT_IO_FAILED;
    }
    udp_delivery_t *u = calloc(1, sizeof *u);
    int fd = u == NULL ? -1 : connect_to(host, port);
    if (fd < 0) {
        (void)snprintf(why, GODWIT_DELIVER_WHY, "delivery to UDP %s: cannot be used: %s", config->target,
                       strerror(errno));
        free(u);
        return GODWIT_IO_FAILED;
    }
    u->delivery.kind = &godwit_deliver_udp;
    u->delivery.told = *told;
    u->fd = fd;
    (void)snprintf(u->target, sizeof u->target, "%s", config->target);
    *delivery = &u->delivery;
    return GODWIT_OK;
}

static bool send_line(int fd, const char *line, size_t len)
{
    /* A refusal that came back for an earlier datagram shows up as the error of this one, once. */
    return send(fd, line, len, 0) == (ssize_t)len || (errno == ECONNREFUSED && send(fd, line, len, 0) == (ssize_t)len);
}

static godwit_status_t offer(godwit_delivery_t *delivery, const godwit_reading_t *reading, uint64_t now_ms)
{
    udp_delivery_t *u = (udp_delivery_t *)delivery;
    const godwit_deliver_told_t *told = &u->delivery.told;
    size_t len = 0;
    char *line = godwit_deliver_line(reading, &len);
    (void)now_ms;
    if (line == NULL) {
        return GODWIT_AGAIN;
    }
    if (send_line(u->fd, line, len - 1)) { /* a datagram needs no newline */
        told->done(told->context, reading->number);
    } else {
        const int error = errno;
        (void)snprintf(u->delivery.why, sizeof u->delivery.why, "delivery to UDP %s: a reading was not sent: %s",
                       u->target, strerror(error));
        told->failed(told->context, reading->number, error == EMSGSIZE ? GODWIT_DELIVER_REFUSED : GODWIT_DELIVER_LATER,
                     u->delivery.why);
    }
    godwit_wipe(line, len);
    free(line);
    return GODWIT_OK;
}

static godwit_status_t nothing(godwit_delivery_t *delivery)
{
    (void)delivery;
    return GODWIT_OK;
}

static void close_udp(godwit_delivery_t *delivery)
{
    udp_delivery_t *u = (udp_delivery_t *)delivery;
    close(u->fd);
    free(u);
}

const godwit_deliver_kind_t godwit_deliver_udp = {
    .name = "udp", .open = open_udp, .offer = offer, .flush = nothing, .close = close_udp};
