/* SPDX-License-Identifier: Apache-2.0
 *
 * One socket, and an address of its own with each datagram: ip(7), IP_PKTINFO. It must never block.
 */
#include "adapters/sgi/sgi.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TRIES 64 /* datagrams that are passed over in one call */

struct godwit_sgi {
    int fd;
    uint16_t port;
    uint8_t octets[GODWIT_SGI_LONGEST + 1];
};

typedef union control {
    struct cmsghdr header;
    uint8_t room[CMSG_SPACE(sizeof(struct in_pktinfo))];
} control_t;

static struct sockaddr_in socket_of(const godwit_address_t *address)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    memcpy(&in.sin_addr, address->octets, 4);
    memcpy(&in.sin_port, address->octets + 4, 2);
    return in;
}

static godwit_address_t address_of(const struct in_addr *host, uint16_t port_in_network_order)
{
    godwit_address_t address = {.len = 6};
    memcpy(address.octets, host, 4);
    memcpy(address.octets + 4, &port_in_network_order, 2);
    return address;
}

static bool bind_socket(godwit_sgi_t *sgi, uint16_t port)
{
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(port)};
    socklen_t len = sizeof any;
    int on = 1;
    sgi->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (sgi->fd < 0 || setsockopt(sgi->fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) != 0 ||
        bind(sgi->fd, (const struct sockaddr *)&any, sizeof any) != 0 ||
        getsockname(sgi->fd, (struct sockaddr *)&any, &len) != 0) {
        return false;
    }
    sgi->port = ntohs(any.sin_port);
    return true;
}

godwit_status_t godwit_sgi_open(uint16_t port, godwit_sgi_t **sgi, char why[GODWIT_SGI_WHY])
{
    godwit_sgi_t *made = calloc(1, sizeof *made);
    *sgi = NULL;
    if (made != NULL) {
        made->fd = -1;
        if (bind_socket(made, port)) {
            *sgi = made;
            return GODWIT_OK;
        }
    }
    (void)snprintf(why, GODWIT_SGI_WHY, "UDP port %u of the devices: cannot be listened on: %s", (unsigned)port,
                   strerror(errno));
    godwit_sgi_close(made);
    return GODWIT_IO_FAILED;
}

void godwit_sgi_close(godwit_sgi_t *sgi)
{
    if (sgi != NULL && sgi->fd >= 0) {
        close(sgi->fd);
    }
    free(sgi);
}

int godwit_sgi_fd(const godwit_sgi_t *sgi)
{
    return sgi->fd;
}

uint16_t godwit_sgi_port(const godwit_sgi_t *sgi)
{
    return sgi->port;
}

/* Whom it was for; false when the system did not say. */
static bool told(struct msghdr *header, uint16_t port, godwit_address_t *to)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c != NULL; c = CMSG_NXTHDR(header, c)) {
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            *to = address_of(&info.ipi_addr, htons(port));
            return true;
        }
    }
    return false;
}

bool godwit_sgi_receive(godwit_sgi_t *sgi, godwit_sgi_datagram_t *datagram)
{
    for (unsigned tries = 0; tries < TRIES; tries++) {
        struct sockaddr_in from;
        control_t control;
        struct iovec vector = {sgi->octets, sizeof sgi->octets};
        struct msghdr header = {.msg_name = &from,
                                .msg_namelen = sizeof from,
                                .msg_iov = &vector,
                                .msg_iovlen = 1,
                                .msg_control = &control,
                                .msg_controllen = sizeof control};
        ssize_t got = recvmsg(sgi->fd, &header, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            return false;
        }
        if (got < 0 || got > GODWIT_SGI_LONGEST || !told(&header, sgi->port, &datagram->to)) {
            continue; /* an error of what was sent before, or too long */
        }
        datagram->from = address_of(&from.sin_addr, from.sin_port);
        datagram->octets = godwit_slice(sgi->octets, (size_t)got);
        return true;
    }
    return false; /* nothing but what cannot be taken: others get their turn */
}

void godwit_sgi_send(godwit_sgi_t *sgi, const godwit_address_t *from, const godwit_address_t *to, godwit_slice_t octets)
{
    uint8_t copy[GODWIT_SGI_LONGEST];
    control_t control;
    struct in_pktinfo info;
    if (from->len != 6 || to->len != 6 || octets.len == 0 || octets.len > sizeof copy) {
        return;
    }
    memcpy(copy, octets.ptr, octets.len);
    struct sockaddr_in server = socket_of(to);
    struct iovec vector = {copy, octets.len};
    memset(&control, 0, sizeof control);
    memset(&info, 0, sizeof info);
    struct msghdr header = {.msg_name = &server,
                            .msg_namelen = sizeof server,
                            .msg_iov = &vector,
                            .msg_iovlen = 1,
                            .msg_control = &control,
                            .msg_controllen = sizeof control};
    memcpy(&info.ipi_spec_dst, from->octets, 4);
    struct cmsghdr *c = CMSG_FIRSTHDR(&header);
    c->cmsg_level = IPPROTO_IP;
    c->cmsg_type = IP_PKTINFO;
    c->cmsg_len = CMSG_LEN(sizeof info);
    memcpy(CMSG_DATA(c), &info, sizeof info);
    (void)sendmsg(sgi->fd, &header, MSG_DONTWAIT);
}
