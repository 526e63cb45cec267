/* SPDX-License-Identifier: Apache-2.0
 *
 * What the doors of this process and its ways to others have in common, whichever protocol they speak.
 */
#include <sys/epoll.h>

#include "daemons/godwitd/daemon.h"

bool edge_watch(const godwitd_t *d, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    return fd < 0 || epoll_ctl(d->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

void edge_take(godwitd_t *d, const godwit_message_t *message)
{
    godwit_message_t *place = queue_add(d->queue);
    if (place != NULL) {
        *place = *message;
    }
}

void edge_refused(godwitd_t *d, godwit_function_t function, godwit_status_t status, const char *detail)
{
    const godwit_event_t event = {.name = "refused", .reason = status, .detail = detail};
    godwit_observe_event(&d->observer, daemon_now_ms(), owner_function_name(function), &event);
}
