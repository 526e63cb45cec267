/* SPDX-License-Identifier: Apache-2.0
 *
 * The server's thread and its bounds. libmicrohttpd ends connections that are silent; those that trickle are ended here, by their age.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "adapters/policy/server_internal.h"

#define PEM_MAX ((size_t)1 << 18)
#define HEADERS_MAX ((size_t)16384)
#define TURN_MS 250
#define PRIORITIES "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

static uint64_t now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- notes ---- */

void godwit_policy_server_tell(godwit_policy_server_t *server, const godwit_policy_note_t *note)
{
    const uint64_t one = 1;
    (void)pthread_mutex_lock(&server->lock);
    if (server->note_count < GODWIT_POLICY_NOTES_MAX) {
        server->notes[(server->note_first + server->note_count++) % GODWIT_POLICY_NOTES_MAX] = *note;
    }
    (void)pthread_mutex_unlock(&server->lock);
    (void)!write(server->noted, &one, sizeof one);
}

bool godwit_policy_server_note(godwit_policy_server_t *server, godwit_policy_note_t *note)
{
    uint64_t many = 0;
    (void)!read(server->noted, &many, sizeof many);
    (void)pthread_mutex_lock(&server->lock);
    bool waits = server->note_count > 0;
    if (waits) {
        *note = server->notes[server->note_first];
        server->note_first = (server->note_first + 1) % GODWIT_POLICY_NOTES_MAX;
        server->note_count--;
    }
    (void)pthread_mutex_unlock(&server->lock);
    return waits;
}

int godwit_policy_server_fd(const godwit_policy_server_t *server)
{
    return server->noted;
}

uint16_t godwit_policy_server_port(const godwit_policy_server_t *server)
{
    return server->port;
}

/* ---- the thread ---- */

static void on_connection(void *context, struct MHD_Connection *c, void **unused,
                          enum MHD_ConnectionNotificationCode code)
{
    godwit_policy_server_t *server = context;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    const struct MHD_Connection *wanted = code == MHD_CONNECTION_NOTIFY_STARTED ? NULL : c;
    (void)unused;
    for (size_t i = 0; i < SERVER_CONNECTIONS; i++) {
        if (server->open[i].connection == wanted) {
            server->open[i].connection = wanted == NULL ? c : NULL;
            server->open[i].fd = info == NULL ? -1 : info->connect_fd;
            server->open[i].since_ms = now_ms();
            return;
        }
    }
}

static void end_the_old(godwit_policy_server_t *server)
{
    const uint64_t now = now_ms();
    for (size_t i = 0; i < SERVER_CONNECTIONS; i++) {
        if (server->open[i].connection != NULL && server->open[i].fd >= 0 &&
            now - server->open[i].since_ms > server->whole_ms) {
            (void)shutdown(server->open[i].fd, SHUT_RDWR); /* libmicrohttpd sees its end, and closes it */
            server->open[i].fd = -1;
        }
    }
}

static void *serve(void *context)
{
    godwit_policy_server_t *server = context;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    struct pollfd waits[2] = {{.fd = info->epoll_fd, .events = POLLIN}, {.fd = server->wake, .events = POLLIN}};
    while (!atomic_load(&server->stopping)) {
        MHD_UNSIGNED_LONG_LONG timeout = TURN_MS;
        if (MHD_get_timeout(server->daemon, &timeout) != MHD_YES || timeout > TURN_MS) {
            timeout = TURN_MS;
        }
        (void)poll(waits, 2, (int)timeout);
        (void)MHD_run(server->daemon);
        end_the_old(server);
    }
    return NULL;
}

/* ---- starting ---- */

static char *read_pem(const char *path, char why[GODWIT_POLICY_WHY])
{
    FILE *file = fopen(path, "re");
    char *text = file == NULL ? NULL : calloc(1, PEM_MAX + 1);
    size_t len = text == NULL ? 0 : fread(text, 1, PEM_MAX, file);
    bool good = text != NULL && ferror(file) == 0 && len > 0 && len < PEM_MAX;
    if (!good) {
        (void)snprintf(why, GODWIT_POLICY_WHY, "%.300s: cannot be read: %s", path,
                       errno != 0 ? strerror(errno) : "empty");
        free(text);
        text = NULL;
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return text;
}

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

static bool start_daemon(godwit_policy_server_t *s, const godwit_policy_server_config_t *config)
{
    struct sockaddr_storage address;
    const unsigned idle_s = config->idle_ms == 0 ? 10 : (config->idle_ms + 999) / 1000;
    unsigned flags = MHD_USE_EPOLL | MHD_USE_TLS;
    if (!resolve(config->host, config->port, &address)) {
        errno = EINVAL;
        return false;
    }
    flags |= address.ss_family == AF_INET6 ? MHD_USE_IPv6 : 0u;
    errno = 0;
    s->daemon = MHD_start_daemon(
        flags, config->port, NULL, NULL, godwit_policy_server_handle, s, MHD_OPTION_SOCK_ADDR,
        (struct sockaddr *)&address, MHD_OPTION_HTTPS_MEM_KEY, s->key, MHD_OPTION_HTTPS_MEM_CERT, s->certificate,
        MHD_OPTION_HTTPS_MEM_TRUST, s->ca, MHD_OPTION_HTTPS_PRIORITIES, PRIORITIES, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)SERVER_CONNECTIONS, MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)SERVER_CONNECTIONS_OF_ONE,
        MHD_OPTION_CONNECTION_TIMEOUT, idle_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEADERS_MAX,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED, godwit_policy_server_done, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_END);
    const union MHD_DaemonInfo *info =
        s->daemon == NULL ? NULL : MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
    s->port = info == NULL ? 0 : info->port;
    return info != NULL;
}

static bool start(godwit_policy_server_t *s, const godwit_policy_server_config_t *config, char why[GODWIT_POLICY_WHY])
{
    s->certificate = read_pem(config->certificate, why);
    s->key = s->certificate == NULL ? NULL : read_pem(config->key, why);
    s->ca = s->key == NULL ? NULL : read_pem(config->ca, why);
    if (s->ca == NULL) {
        return false;
    }
    s->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    s->noted = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (s->wake < 0 || s->noted < 0 || !start_daemon(s, config)) {
        (void)snprintf(why, GODWIT_POLICY_WHY,
                       "policies cannot be served at %.64s port %u: %s (the address, or certificate and key)",
                       config->host, (unsigned)config->port,
                       errno != 0 ? strerror(errno) : "refused by the TLS library");
        return false;
    }
    s->running = pthread_create(&s->thread, NULL, serve, s) == 0;
    if (!s->running) {
        (void)snprintf(why, GODWIT_POLICY_WHY, "policies cannot be served: no thread");
    }
    return s->running;
}

godwit_status_t godwit_policy_server_start(const godwit_policy_server_config_t *config, godwit_policy_book_t *book,
                                           godwit_policy_server_t **server, char why[GODWIT_POLICY_WHY])
{
    godwit_policy_server_t *s = calloc(1, sizeof *s);
    *server = NULL;
    if (s == NULL || config->peer_count > GODWIT_POLICY_PEERS_MAX || pthread_mutex_init(&s->lock, NULL) != 0) {
        (void)snprintf(why, GODWIT_POLICY_WHY, "no memory, or more than %d peers", GODWIT_POLICY_PEERS_MAX);
        free(s);
        return GODWIT_INVALID_ARGUMENT;
    }
    s->wake = s->noted = -1;
    s->book = book;
    s->whole_ms = config->whole_ms == 0 ? 30000 : config->whole_ms;
    s->peer_count = config->peer_count;
    for (size_t i = 0; i < config->peer_count; i++) {
        s->peers[i] = config->peers[i];
    }
    if (!start(s, config, why)) {
        godwit_policy_server_stop(s);
        return GODWIT_IO_FAILED;
    }
    *server = s;
    return GODWIT_OK;
}

static void release(char *pem)
{
    if (pem != NULL) {
        godwit_wipe(pem, strlen(pem));
        free(pem);
    }
}

void godwit_policy_server_stop(godwit_policy_server_t *server)
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
    if (server->noted >= 0) {
        close(server->noted);
    }
    release(server->certificate);
    release(server->key);
    release(server->ca);
    (void)pthread_mutex_destroy(&server->lock);
    free(server);
}
