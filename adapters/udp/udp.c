/* SPDX-License-Identifier: Apache-2.0
 *
 * The socket and its two batches. It must never block, and never hand on a datagram that the kernel cut short.
 */
#include "adapters/udp/udp.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "godwit/emsdp.h"

/* One octet more than the longest datagram, so that a longer one shows. */
#define BUFFER (GODWIT_UDP_LONGEST + 1)
/* A burst of a few thousand small datagrams while a batch is being stored. */
#define KERNEL_BUFFER (4 << 20)

typedef struct batch {
    struct mmsghdr headers[GODWIT_UDP_BATCH];
    struct iovec vectors[GODWIT_UDP_BATCH];
    struct sockaddr_storage addresses[GODWIT_UDP_BATCH];
    uint8_t octets[GODWIT_UDP_BATCH][BUFFER];
} batch_t;

struct godwit_udp {
    int fd;
    size_t longest;
    godwit_address_t local;
    godwit_udp_counters_t counters;
    batch_t in, out;
    unsigned waiting; /* in out */
};

static void wire(batch_t *batch)
{
    for (unsigned i = 0; i < GODWIT_UDP_BATCH; i++) {
        batch->vectors[i] = (struct iovec){batch->octets[i], BUFFER};
        batch->headers[i].msg_hdr.msg_name = &batch->addresses[i];
        batch->headers[i].msg_hdr.msg_iov = &batch->vectors[i];
        batch->headers[i].msg_hdr.msg_iovlen = 1;
    }
}

static bool bind_socket(godwit_udp_t *udp, const godwit_address_t *local)
{
    struct sockaddr_storage address;
    int on = 1, size = KERNEL_BUFFER;
    socklen_t len = godwit_udp_address_to_socket(local, &address);
    if (len == 0) {
        errno = EAFNOSUPPORT;
        return false;
    }
    udp->fd = socket(address.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (udp->fd < 0) {
        return false;
    }
    if (address.ss_family == AF_INET6 && setsockopt(udp->fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0) {
        return false;
    }
    /* As much as the system grants: what it does not is no failure. */
    (void)setsockopt(udp->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    (void)setsockopt(udp->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    if (bind(udp->fd, (const struct sockaddr *)&address, len) != 0) {
        return false;
    }
    len = sizeof address;
    if (getsockname(udp->fd, (struct sockaddr *)&address, &len) != 0) {
        return false;
    }
    godwit_udp_address_from_socket(&address, &udp->local);
    return true;
}

static godwit_status_t open_for(const godwit_address_t *local, size_t longest, godwit_udp_t **udp,
                                char why[GODWIT_UDP_WHY])
{
    char text[GODWIT_UDP_TEXT];
    godwit_udp_t *made = calloc(1, sizeof *made);
    *udp = NULL;
    if (made != NULL) {
        made->fd = -1;
        made->longest = longest;
        if (bind_socket(made, local)) {
            wire(&made->in);
            wire(&made->out);
            *udp = made;
            return GODWIT_OK;
        }
    }
    int kept = errno;
    godwit_udp_address_to_text(local, text);
    (void)snprintf(why, GODWIT_UDP_WHY, "UDP %s: cannot be listened on: %s%s", text, strerror(kept),
                   kept == EADDRINUSE ? "; stop what uses it or name another port" : "");
    godwit_udp_close(made);
    return GODWIT_IO_FAILED;
}

godwit_status_t godwit_udp_open(const godwit_address_t *local, godwit_udp_t **udp, char why[GODWIT_UDP_WHY])
{
    return open_for(local, GODWIT_EMSDP_DATAGRAM_MAX, udp, why);
}

godwit_status_t godwit_udp_open_long(const godwit_address_t *local, godwit_udp_t **udp, char why[GODWIT_UDP_WHY])
{
    return open_for(local, GODWIT_UDP_LONGEST, udp, why);
}

void godwit_udp_close(godwit_udp_t *udp)
{
    if (udp != NULL && udp->fd >= 0) {
        close(udp->fd);
    }
    free(udp);
}

int godwit_udp_fd(const godwit_udp_t *udp)
{
    return udp->fd;
}

godwit_address_t godwit_udp_local(const godwit_udp_t *udp)
{
    return udp->local;
}

const godwit_udp_counters_t *godwit_udp_counters(const godwit_udp_t *udp)
{
    return &udp->counters;
}

size_t godwit_udp_receive(godwit_udp_t *udp, godwit_udp_datagram_t datagrams[GODWIT_UDP_BATCH])
{
    size_t taken = 0;
    for (unsigned i = 0; i < GODWIT_UDP_BATCH; i++) {
        udp->in.headers[i].msg_hdr.msg_namelen = sizeof udp->in.addresses[i];
    }
    /* Errors are those of datagrams sent before (ICMP): nothing waits then. */
    int got = recvmmsg(udp->fd, udp->in.headers, GODWIT_UDP_BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < got; i++) {
        size_t len = udp->in.headers[i].msg_len;
        if (len > udp->longest) {
            udp->counters.oversize++;
            continue;
        }
        udp->counters.received++;
        udp->counters.received_octets += len;
        godwit_udp_address_from_socket(&udp->in.addresses[i], &datagrams[taken].from);
        datagrams[taken++].octets = godwit_slice(udp->in.octets[i], len);
    }
    return taken;
}

void godwit_udp_send(godwit_udp_t *udp, const godwit_address_t *to, godwit_slice_t octets)
{
    if (udp->waiting == GODWIT_UDP_BATCH) {
        godwit_udp_flush(udp);
    }
    unsigned i = udp->waiting;
    socklen_t len = godwit_udp_address_to_socket(to, &udp->out.addresses[i]);
    if (len == 0 || octets.len > BUFFER) {
        udp->counters.unsent++;
        return;
    }
    memcpy(udp->out.octets[i], octets.ptr, octets.len);
    udp->out.vectors[i].iov_len = octets.len;
    udp->out.headers[i].msg_hdr.msg_namelen = len;
    udp->waiting++;
}

void godwit_udp_flush(godwit_udp_t *udp)
{
    unsigned done = 0;
    while (done < udp->waiting) {
        int sent = sendmmsg(udp->fd, udp->out.headers + done, udp->waiting - done, MSG_DONTWAIT);
        if (sent <= 0) { /* this one cannot go (no route, refused, full): the others may */
            udp->counters.unsent++;
            done++;
            continue;
        }
        for (int i = 0; i < sent; i++) {
            udp->counters.sent++;
            udp->counters.sent_octets += udp->out.headers[done + (unsigned)i].msg_len;
        }
        done += (unsigned)sent;
    }
    udp->waiting = 0;
}
