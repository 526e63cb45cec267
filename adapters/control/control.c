/* SPDX-License-Identifier: Apache-2.0
 *
 * The socket and its clients, behind one epoll descriptor.
 */
#include "adapters/control/control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct client {
    int fd;       /* -1: free */
    bool closing; /* after its last answer has left */
    size_t in_len;
    char in[GODWIT_CONTROL_LINE_MAX + 1];
    char *out; /* one answer at a time */
    size_t out_len, out_done;
} client_t;

struct godwit_control {
    int epoll, listener;
    char *path;
    godwit_control_handler_t *handler;
    void *context;
    client_t clients[GODWIT_CONTROL_CLIENTS];
};

/* ---- the listening socket ---------------------------------------------------------------------------------------- */

static bool somebody_listens(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool listens = fd >= 0 && (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 || errno == EAGAIN);
    if (fd >= 0) {
        close(fd);
    }
    return listens;
}

/* A socket left behind by a process that died makes way; anything else that has the name stays. */
static bool clear_the_way(const struct sockaddr_un *address)
{
    struct stat st;
    if (lstat(address->sun_path, &st) != 0) {
        return errno == ENOENT;
    }
    if (!S_ISSOCK(st.st_mode)) {
        errno = EEXIST;
        return false;
    }
    if (somebody_listens(address)) {
        errno = EADDRINUSE;
        return false;
    }
    return unlink(address->sun_path) == 0;
}

static bool listen_at(godwit_control_t *control, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = GODWIT_CONTROL_CLIENTS};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    if (!clear_the_way(&address)) {
        return false;
    }
    control->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (control->listener < 0) {
        return false;
    }
    mode_t before = umask(S_IXUSR | S_IRWXG | S_IRWXO); /* 0600 from its first moment on */
    bool bound = bind(control->listener, (const struct sockaddr *)&address, sizeof address) == 0;
    (void)umask(before);
    if (!bound) {
        return false;
    }
    control->path = strdup(path);
    return control->path != NULL && listen(control->listener, GODWIT_CONTROL_CLIENTS) == 0 &&
           epoll_ctl(control->epoll, EPOLL_CTL_ADD, control->listener, &event) == 0;
}

godwit_status_t godwit_control_open(const char *path, godwit_control_handler_t *handler, void *context,
                                    godwit_control_t **control, char why[GODWIT_CONTROL_WHY])
{
    godwit_control_t *made = calloc(1, sizeof *made);
    *control = NULL;
    if (made != NULL) {
        made->handler = handler;
        made->context = context;
        made->listener = -1;
        for (unsigned i = 0; i < GODWIT_CONTROL_CLIENTS; i++) {
            made->clients[i].fd = -1;
        }
        made->epoll = epoll_create1(EPOLL_CLOEXEC);
        if (made->epoll >= 0 && listen_at(made, path)) {
            *control = made;
            return GODWIT_OK;
        }
    }
    (void)snprintf(why, GODWIT_CONTROL_WHY, "control socket %s: cannot be listened on: %s%s", path, strerror(errno),
                   errno == EADDRINUSE ? "; is another godwitd running?" : "");
    godwit_control_close(made);
    return GODWIT_IO_FAILED;
}

/* ---- clients ----------------------------------------------------------------------------------------------------- */

static void drop(client_t *client)
{
    close(client->fd); /* leaves the epoll set with it */
    free(client->out);
    memset(client, 0, sizeof *client);
    client->fd = -1;
}

void godwit_control_close(godwit_control_t *control)
{
    if (control == NULL) {
        return;
    }
    for (unsigned i = 0; i < GODWIT_CONTROL_CLIENTS; i++) {
        if (control->clients[i].fd >= 0) {
            drop(&control->clients[i]);
        }
    }
    if (control->listener >= 0) {
        close(control->listener);
    }
    if (control->epoll >= 0) {
        close(control->epoll);
    }
    if (control->path != NULL) {
        (void)unlink(control->path);
    }
    free(control->path);
    free(control);
}

int godwit_control_fd(const godwit_control_t *control)
{
    return control->epoll;
}

static void watch(godwit_control_t *control, client_t *client, int operation)
{
    struct epoll_event event = {.events = client->out != NULL ? EPOLLOUT : EPOLLIN,
                                .data.u32 = (uint32_t)(client - control->clients)};
    if (epoll_ctl(control->epoll, operation, client->fd, &event) != 0) {
        drop(client);
    }
}

static void accept_one(godwit_control_t *control)
{
    int fd = accept4(control->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        return;
    }
    for (unsigned i = 0; i < GODWIT_CONTROL_CLIENTS; i++) {
        if (control->clients[i].fd < 0) {
            control->clients[i].fd = fd;
            watch(control, &control->clients[i], EPOLL_CTL_ADD);
            return;
        }
    }
    static const char busy[] = "{\"error\":{\"reason\":\"overload\",\"message\":\"too many control clients\"}}\n";
    (void)send(fd, busy, sizeof busy - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    close(fd);
}

static void answer(client_t *client, json_t *object)
{
    char *text = object == NULL ? NULL : json_dumps(object, JSON_COMPACT);
    json_decref(object);
    if (text == NULL) {
        client->closing = true;
        return;
    }
    client->out = text;
    client->out_len = strlen(text) + 1;
    client->out_done = 0;
    text[client->out_len - 1] = '\n'; /* in place of the terminator */
}

static void handle_line(godwit_control_t *control, client_t *client, size_t len)
{
    godwit_control_request_t request;
    char why[GODWIT_CONTROL_WHY];
    godwit_status_t status = godwit_control_parse(godwit_slice(client->in, len), &request, why);
    answer(client,
           status == GODWIT_OK ? control->handler(control->context, &request) : godwit_control_error(status, why));
    client->in_len -= len + 1;
    memmove(client->in, client->in + len + 1, client->in_len);
}

/* The next whole line, unless an answer waits still. */
static bool handle_next(godwit_control_t *control, client_t *client)
{
    char *newline = client->out == NULL ? memchr(client->in, '\n', client->in_len) : NULL;
    if (newline != NULL) {
        handle_line(control, client, (size_t)(newline - client->in));
        return true;
    }
    if (client->out == NULL && client->in_len >= GODWIT_CONTROL_LINE_MAX) {
        answer(client, godwit_control_error(GODWIT_MALFORMED, "the line is longer than 4096 octets"));
        client->closing = true;
        client->in_len = 0;
    }
    return false;
}

/* False when the client is gone. */
static bool write_out(client_t *client)
{
    while (client->out != NULL) {
        ssize_t sent = send(client->fd, client->out + client->out_done, client->out_len - client->out_done,
                            MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0) {
            return errno == EAGAIN || errno == EINTR;
        }
        client->out_done += (size_t)sent;
        if (client->out_done == client->out_len) {
            free(client->out);
            client->out = NULL;
        }
    }
    return !client->closing;
}

static bool read_in(client_t *client)
{
    ssize_t got = recv(client->fd, client->in + client->in_len, sizeof client->in - client->in_len, MSG_DONTWAIT);
    if (got > 0) {
        client->in_len += (size_t)got;
    }
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

static void serve(godwit_control_t *control, client_t *client, uint32_t events)
{
    bool reads = client->out == NULL && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0;
    if ((reads && !read_in(client)) || !write_out(client)) {
        drop(client);
        return;
    }
    /* As many lines as the buffer holds, each answered before the next is read. */
    while (handle_next(control, client) || client->closing) {
        if (!write_out(client)) {
            drop(client);
            return;
        }
        if (client->out != NULL) {
            break;
        }
    }
    watch(control, client, EPOLL_CTL_MOD);
}

void godwit_control_run(godwit_control_t *control)
{
    struct epoll_event events[GODWIT_CONTROL_CLIENTS + 1];
    int count = epoll_wait(control->epoll, events, GODWIT_CONTROL_CLIENTS + 1, 0);
    for (int i = 0; i < count; i++) {
        uint32_t which = events[i].data.u32;
        if (which == GODWIT_CONTROL_CLIENTS) {
            accept_one(control);
        } else if (control->clients[which].fd >= 0) {
            serve(control, &control->clients[which], events[i].events);
        }
    }
}
