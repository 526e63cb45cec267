/* SPDX-License-Identifier: Apache-2.0
 *
 * The server's thread, its connections and their bounds. libmicrohttpd ends connections that are silent; those that
 * trickle are ended here, by their age, and when room grows short, the oldest that asks nothing.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "adapters/https/server_internal.h"

#define TURN_MS 250
#define OTHER_FILES 256u /* descriptors that the rest of the process may need */
#define PRIORITIES "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

uint64_t godwit_https_now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

int godwit_https_server_fd(const godwit_https_server_t *server)
{
    return server->filled;
}

uint16_t godwit_https_server_port(const godwit_https_server_t *server)
{
    return server->port;
}

/* ---- connections ---- */

static void end(slot_t *slot)
{
    (void)shutdown(slot->fd, SHUT_RDWR); /* libmicrohttpd sees its end, and closes it */
    slot->fd = -1;
}

static bool is_alive(const slot_t *slot)
{
    return slot->connection != NULL && slot->fd >= 0;
}

static void make_room(godwit_https_server_t *server)
{
    slot_t *oldest = NULL;
    unsigned taken = 0;
    for (size_t i = 0; i < server->config.connections; i++) {
        slot_t *slot = &server->slots[i];
        taken += slot->connection != NULL ? 1 : 0;
        if (is_alive(slot) && slot->state == SLOT_IDLE && (oldest == NULL || slot->since_ms < oldest->since_ms)) {
            oldest = slot;
        }
    }
    if (oldest != NULL && taken >= server->config.connections - server->config.connections / 8) {
        end(oldest);
    }
}

static slot_t *begin(godwit_https_server_t *server, struct MHD_Connection *c)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    make_room(server);
    for (size_t i = 0; i < server->config.connections; i++) {
        slot_t *slot = &server->slots[i];
        if (slot->connection == NULL) {
            slot->connection = c;
            slot->fd = info == NULL ? -1 : info->connect_fd;
            slot->since_ms = godwit_https_now_ms();
            slot->state = SLOT_IDLE;
            return slot;
        }
    }
    return NULL;
}

static void on_connection(void *context, struct MHD_Connection *c, void **socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    godwit_https_server_t *server = context;
    (void)pthread_mutex_lock(&server->lock);
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *socket_context = begin(server, c);
        godwit_https_trust_tell(server, c);
    } else if (*socket_context != NULL) {
        slot_t *slot = *socket_context;
        slot->connection = NULL;
        slot->fd = -1;
    }
    (void)pthread_mutex_unlock(&server->lock);
}

static void end_the_old(godwit_https_server_t *server)
{
    const uint64_t now = godwit_https_now_ms();
    (void)pthread_mutex_lock(&server->lock);
    for (size_t i = 0; i < server->config.connections; i++) {
        slot_t *slot = &server->slots[i];
        if (is_alive(slot) && slot->state != SLOT_WAITING && now - slot->since_ms > server->config.whole_ms) {
            end(slot);
        }
    }
    (void)pthread_mutex_unlock(&server->lock);
}

/* ---- the thread ---- */

static void *serve(void *context)
{
    godwit_https_server_t *server = context;
    godwit_https_trust_serve(server);
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    struct pollfd waits[2] = {{.fd = info->epoll_fd, .events = POLLIN}, {.fd = server->wake, .events = POLLIN}};
    while (!atomic_load(&server->stopping)) {
        MHD_UNSIGNED_LONG_LONG timeout = TURN_MS;
        uint64_t woken = 0;
        if (MHD_get_timeout(server->daemon, &timeout) != MHD_YES || timeout > TURN_MS) {
            timeout = TURN_MS;
        }
        (void)poll(waits, 2, (int)timeout);
        (void)!read(server->wake, &woken, sizeof woken);
        const uint64_t now = godwit_https_now_ms();
        const bool turn = now - server->swept_ms >= TURN_MS;
        godwit_https_queue_resume(server, turn, false);
        (void)MHD_run(server->daemon);
        if (turn) {
            end_the_old(server);
            server->swept_ms = now;
        }
    }
    /* A request that waits would keep libmicrohttpd from ending. */
    godwit_https_queue_resume(server, false, true);
    (void)MHD_run(server->daemon);
    return NULL;
}

/* ---- starting ---- */

static bool resolve(const char *host, uint16_t port, struct sockaddr_storage *address)
{
    struct sockaddr_in *four = (struct sockaddr_in *)address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, host, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        return true;
    }
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
    return inet_pton(AF_INET6, host, &six->sin6_addr) == 1;
}

/* Each connection is a descriptor: as many as the process may have. */
static void raise_files(unsigned connections)
{
    struct rlimit limit;
    const rlim_t wanted = (rlim_t)connections + OTHER_FILES;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < wanted) {
        limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static bool start_daemon(godwit_https_server_t *s)
{
    const godwit_https_server_config_t *config = &s->config;
    struct sockaddr_storage address;
    struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)godwit_https_trust_chooser()},
                                   {MHD_OPTION_HTTPS_PRIORITIES, 0, (char[]){PRIORITIES}},
                                   {s->ca == NULL ? MHD_OPTION_END : MHD_OPTION_HTTPS_MEM_TRUST, 0, s->ca},
                                   {MHD_OPTION_END, 0, NULL}};
    const struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (config->plain ? 0u : (unsigned)MHD_USE_TLS);
    errno = 0;
    if (!resolve(config->host, config->port, &address)) {
        errno = EINVAL;
        return false;
    }
    flags |= address.ss_family == AF_INET6 ? MHD_USE_IPv6 : 0u;
    raise_files(config->connections);
    s->daemon = MHD_start_daemon(
        flags, config->port, NULL, NULL, godwit_https_request_handle, s, MHD_OPTION_SOCK_ADDR,
        (struct sockaddr *)&address, MHD_OPTION_CONNECTION_LIMIT, config->connections,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, config->connections_of_one, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)((config->idle_ms + 999) / 1000), MHD_OPTION_CONNECTION_MEMORY_LIMIT, config->header_max,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED, godwit_https_request_done, s,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_URI_LOG_CALLBACK, godwit_https_request_begins, s,
        MHD_OPTION_ARRAY, config->plain ? none : tls, MHD_OPTION_END);
    const union MHD_DaemonInfo *info =
        s->daemon == NULL ? NULL : MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
    s->port = info == NULL ? 0 : info->port;
    return info != NULL;
}

static bool copy_config(godwit_https_server_t *s, const godwit_https_server_config_t *config)
{
    s->config = *config;
    s->config.header_max = config->header_max == 0 ? 16384 : config->header_max;
    s->config.body_max = config->body_max == 0 ? 16384 : config->body_max;
    s->config.connections = config->connections == 0 ? 2048 : config->connections;
    s->config.connections_of_one = config->connections_of_one == 0 ? 64 : config->connections_of_one;
    s->config.idle_ms = config->idle_ms == 0 ? 10000 : config->idle_ms;
    s->config.whole_ms = config->whole_ms == 0 ? 30000 : config->whole_ms;
    s->config.answer_ms = config->answer_ms == 0 ? 10000 : config->answer_ms;
    s->slots = s->config.connections > UINT16_MAX ? NULL : calloc(s->config.connections, sizeof *s->slots);
    return s->slots != NULL && godwit_https_trust_admit(s, config->clients);
}

static bool start(godwit_https_server_t *s, const godwit_https_server_config_t *config, char why[GODWIT_HTTPS_WHY])
{
    if (!godwit_https_trust_read(s, config, why)) {
        return false;
    }
    s->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    s->filled = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (s->wake < 0 || s->filled < 0 || !start_daemon(s)) {
        (void)snprintf(why, GODWIT_HTTPS_WHY,
                       "nothing can be served at %.64s port %u: %s (the address, or certificate and key)", config->host,
                       (unsigned)config->port, errno != 0 ? strerror(errno) : "refused by the TLS library");
        return false;
    }
    s->running = pthread_create(&s->thread, NULL, serve, s) == 0;
    if (!s->running) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "no thread for the server");
    }
    return s->running;
}

godwit_status_t godwit_https_server_start(const godwit_https_server_config_t *config, godwit_https_server_t **server,
                                          char why[GODWIT_HTTPS_WHY])
{
    godwit_https_server_t *s = calloc(1, sizeof *s);
    *server = NULL;
    if (s == NULL || pthread_mutex_init(&s->lock, NULL) != 0 || pthread_mutex_init(&s->trust_lock, NULL) != 0) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "no memory");
        free(s);
        return GODWIT_IO_FAILED;
    }
    s->wake = s->filled = -1;
    if (!copy_config(s, config)) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "no memory, or too many connections or clients");
        godwit_https_server_stop(s);
        return GODWIT_INVALID_ARGUMENT;
    }
    if (!start(s, config, why)) {
        godwit_https_server_stop(s);
        return GODWIT_IO_FAILED;
    }
    *server = s;
    return GODWIT_OK;
}

/* ---- ending ---- */

static void free_memory(godwit_https_server_t *server)
{
    while (server->first != NULL) {
        asked_t *following = server->first->following;
        godwit_https_asked_free(server->first);
        server->first = following;
    }
    godwit_https_asked_free(server->shown);
    free(server->slots);
    godwit_https_trust_free(server);
    (void)pthread_mutex_destroy(&server->trust_lock);
    (void)pthread_mutex_destroy(&server->lock);
    free(server);
}

void godwit_https_server_stop(godwit_https_server_t *server)
{
    const uint64_t one = 1;
    if (server == NULL) {
        return;
    }
    if (server->running) {
        atomic_store(&server->stopping, true);
        (void)!write(server->wake, &one, sizeof one);
        (void)pthread_join(server->thread, NULL);
    }
    if (server->daemon != NULL) {
        MHD_stop_daemon(server->daemon);
    }
    if (server->wake >= 0) {
        close(server->wake);
    }
    if (server->filled >= 0) {
        close(server->filled);
    }
    free_memory(server);
}
