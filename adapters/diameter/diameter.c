/* SPDX-License-Identifier: Apache-2.0
 *
 * Diameter: life of the one instance, and what the owner takes and gives. See diameter.h.
 */
#include "adapters/diameter/internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/timerfd.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_TIMEOUT_MS 5000
#define FREE_PORT_FIRST 20000
#define FREE_PORTS 12000
#define ANSWER_ROOM 4096 /* five vectors and our names, beside what is echoed of the request */

godwit_diameter_t *godwit_diameter_instance;
static bool used; /* freeDiameter can be started once in a process */

static bool refuse(char *error, const char *what, const char *why)
{
    snprintf(error, GODWIT_DIAMETER_ERROR_MAX, "diameter: %s%s%s", what, why[0] ? ": " : "", why);
    return false;
}

/* ---- starting ---- */

/* Whether that port can be had: freeDiameter itself would only say so in its log, from a thread. Leaves errno. */
static bool can_listen(const char *address_text, uint16_t port)
{
    struct sockaddr_storage address;
    socklen_t len;
    int on = 1;
    if (godwit_diameter_address(address_text, port, &address, &len) != GODWIT_OK) {
        return false;
    }
    int probe = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    bool can = probe >= 0 && bind(probe, (struct sockaddr *)&address, len) == 0 && listen(probe, 1) == 0;
    int error = errno;
    if (probe >= 0) {
        close(probe);
    }
    errno = error;
    return can;
}

/* A free port is looked for below those that the system gives to connections: it must still be free when freeDiameter
 * comes to it. */
static bool find_port(godwit_diameter_t *d, const godwit_diameter_config_t *config, char *error)
{
    char what[96];
    uint16_t random = 0;
    d->port = config->port;
    bool found = config->port != 0 && can_listen(config->listen, config->port);
    for (int i = 0; i < 200 && !found && config->port == 0; i++) {
        (void)!getrandom(&random, sizeof random, 0);
        d->port = (uint16_t)(FREE_PORT_FIRST + random % FREE_PORTS);
        found = can_listen(config->listen, d->port);
    }
    if (!found) {
        snprintf(what, sizeof what, "cannot listen on %s port %u", config->listen, (unsigned)config->port);
        (void)refuse(error, what, strerror(errno));
    }
    return found;
}

/* freeDiameter listens from a thread of its own, some time after it says that it has started. */
static bool wait_until_listening(const godwit_diameter_t *d)
{
    struct timespec pause = {.tv_nsec = 2000000};
    for (int i = 0; i < 15000; i++) { /* half a minute: the machine may be busy with a start of everything */
        if (godwit_diameter_is_listening(d->port)) {
            return true;
        }
        nanosleep(&pause, NULL);
    }
    return false;
}

static bool open_descriptors(godwit_diameter_t *d, char *error)
{
    struct epoll_event event = {.events = EPOLLIN};
    d->event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    d->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    d->poll = epoll_create1(EPOLL_CLOEXEC);
    if (d->event < 0 || d->timer < 0 || d->poll < 0 || epoll_ctl(d->poll, EPOLL_CTL_ADD, d->event, &event) != 0 ||
        epoll_ctl(d->poll, EPOLL_CTL_ADD, d->timer, &event) != 0) {
        return refuse(error, "no descriptors", strerror(errno));
    }
    return true;
}

static void fill(godwit_diameter_t *d, const godwit_diameter_config_t *config)
{
    d->config = *config;
    d->config.timeout_ms = config->timeout_ms ? config->timeout_ms : DEFAULT_TIMEOUT_MS;
    d->tls = config->tls_certificate != NULL;
    snprintf(d->identity, sizeof d->identity, "%s", config->identity);
    snprintf(d->realm, sizeof d->realm, "%s", config->realm);
    for (size_t i = 0; i < config->peer_count; i++) {
        d->peers[i] = config->peers[i];
    }
    d->config.peers = d->peers;
}

/* freeDiameter, given its file; then the address, which it would not take from the file when it is of loopback. */
static bool configure(godwit_diameter_t *d, const godwit_diameter_config_t *config, char *error)
{
    char path[32];
    struct sockaddr_storage address;
    socklen_t len;
    int file = godwit_diameter_config_file(d, config, error);
    if (file < 0) {
        return false;
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    int failed = fd_core_parseconf(path);
    close(file);
    if (failed != 0) {
        return refuse(error, "the configuration was not accepted", d->first_error);
    }
    if (godwit_diameter_address(config->listen, 0, &address, &len) != GODWIT_OK ||
        fd_ep_add_merge(&fd_g_config->cnf_endpoints, (sSA *)&address, len, EP_FL_CONF | EP_ACCEPTALL) != 0) {
        return refuse(error, "cannot use the address", config->listen);
    }
    return true;
}

static bool launch(godwit_diameter_t *d, const godwit_diameter_config_t *config, char *error)
{
    (void)fd_log_handler_register(godwit_diameter_log_handler);
    if (fd_core_initialize() != 0) {
        return refuse(error, "freeDiameter cannot be initialized", d->first_error);
    }
    if (!configure(d, config, error)) {
        return false;
    }
    if (!godwit_diameter_own_start(d, config, error)) {
        return false;
    }
    if (godwit_diameter_dictionary() != 0 || godwit_diameter_serve() != 0 || godwit_diameter_peers_watch(d) != 0 ||
        godwit_diameter_guard(d) != 0) {
        return refuse(error, "the dictionary was not accepted", d->first_error);
    }
    if (godwit_diameter_peers_add(d) != 0) {
        return refuse(error, "a peer was not accepted", d->first_error);
    }
    if (fd_core_start() != 0 || fd_core_waitstartcomplete() != 0) {
        return refuse(error, "freeDiameter does not start", d->first_error);
    }
    if (!wait_until_listening(d)) {
        return refuse(error, "freeDiameter does not listen", d->first_error);
    }
    pthread_mutex_lock(&d->lock);
    d->running = true;
    pthread_mutex_unlock(&d->lock);
    fd_g_debug_lvl = FD_LOG_FATAL; /* most of what it would say is not even put together */
    return true;
}

static void release(godwit_diameter_t *d)
{
    const int descriptors[] = {d->event, d->timer, d->poll, d->dh_file};
    for (size_t i = 0; i < 4; i++) {
        if (descriptors[i] >= 0) {
            close(descriptors[i]);
        }
    }
    for (size_t i = 0; i < GODWIT_DIAMETER_PENDING; i++) {
        free(d->pending[i].octets);
    }
    godwit_diameter_own_release(d);
    pthread_mutex_destroy(&d->lock);
    godwit_wipe(d, sizeof *d);
    free(d);
}

godwit_diameter_t *godwit_diameter_start(const godwit_diameter_config_t *config, char error[GODWIT_DIAMETER_ERROR_MAX])
{
    if (used) {
        (void)refuse(error, "there can be one in a process", "");
        return NULL;
    }
    if (godwit_diameter_config_check(config, error) != GODWIT_OK) {
        return NULL;
    }
    godwit_diameter_t *d = calloc(1, sizeof *d);
    if (d == NULL) {
        (void)refuse(error, "no memory", "");
        return NULL;
    }
    d->event = d->timer = d->poll = d->dh_file = -1;
    pthread_mutex_init(&d->lock, NULL);
    fill(d, config);
    if (!open_descriptors(d, error) || !find_port(d, config, error)) {
        release(d);
        return NULL;
    }
    used = true;
    godwit_diameter_instance = d;
    if (!launch(d, config, error)) {
        godwit_diameter_stop(d);
        return NULL;
    }
    return d;
}

void godwit_diameter_stop(godwit_diameter_t *d)
{
    if (d == NULL) {
        return;
    }
    pthread_mutex_lock(&d->lock);
    d->running = false; /* what comes from now on is answered TOO_BUSY */
    pthread_mutex_unlock(&d->lock);
    godwit_diameter_forget_pending(d);
    if (godwit_diameter_shut_down()) {
        godwit_diameter_instance = NULL;
        release(d);
    } /* else its threads may still look at it: it stays until the process ends */
}

uint16_t godwit_diameter_port(const godwit_diameter_t *d)
{
    return d->port;
}

int godwit_diameter_fd(const godwit_diameter_t *d)
{
    return d->poll;
}

godwit_diameter_counters_t godwit_diameter_counters(const godwit_diameter_t *d)
{
    pthread_mutex_t *lock = (pthread_mutex_t *)(uintptr_t)&d->lock;
    pthread_mutex_lock(lock);
    godwit_diameter_counters_t counters = d->counters;
    pthread_mutex_unlock(lock);
    return counters;
}

/* ---- the owner's side ---- */

godwit_status_t godwit_diameter_receive(godwit_diameter_t *d, godwit_message_t *message)
{
    uint64_t events;
    godwit_diameter_sweep(d);
    pthread_mutex_lock(&d->lock);
    bool any = d->queue_count > 0;
    if (any) {
        godwit_message_t *first = &d->queue[d->queue_first];
        *message = *first;
        godwit_wipe(first, sizeof *first);
        d->queue_first = (d->queue_first + 1) % GODWIT_DIAMETER_QUEUE;
        d->queue_count--;
    }
    if (d->queue_count == 0) {
        (void)!read(d->event, &events, sizeof events);
    }
    bool dead = d->dead;
    pthread_mutex_unlock(&d->lock);
    return any ? GODWIT_OK : dead ? GODWIT_IO_FAILED : GODWIT_AGAIN;
}

static godwit_status_t send_answer(godwit_diameter_t *d, const godwit_message_t *message)
{
    godwit_diameter_pending_t pending;
    godwit_diameter_header_t header;
    godwit_diameter_envelope_t request;
    godwit_message_t content;
    godwit_diameter_fault_t fault;
    if (!godwit_diameter_take_pending(d, message->route, message->kind, &pending)) {
        return GODWIT_NOT_FOUND;
    }
    size_t room = ANSWER_ROOM + 2 * pending.len;
    uint8_t *buffer = malloc(room);
    godwit_writer_t w = godwit_writer(buffer, buffer != NULL ? room : 0);
    godwit_slice_t octets = godwit_slice(pending.octets, pending.len), avps;
    godwit_status_t status = godwit_diameter_read_request(octets, pending.kind, &request, &content, &fault);
    if (status == GODWIT_OK) {
        status = godwit_diameter_header_parse(octets, &header, &avps);
    }
    if (status == GODWIT_OK) {
        godwit_diameter_envelope_t envelope = {.flags = header.flags,
                                               .hop_by_hop = header.hop_by_hop,
                                               .end_to_end = header.end_to_end,
                                               .session_id = request.session_id,
                                               .origin_host = godwit_slice_of_string(d->identity),
                                               .origin_realm = godwit_slice_of_string(d->realm),
                                               .request = octets};
        status = godwit_diameter_write_answer(&envelope, message, &w);
    }
    if (status == GODWIT_OK) {
        godwit_diameter_carry_answer(pending.request, godwit_written(&w));
    } else {
        (void)fd_msg_free(pending.request);
    }
    godwit_wipe(buffer, w.len);
    free(buffer);
    godwit_wipe(pending.octets, pending.len); /* a request may bring a key as well */
    free(pending.octets);
    return status;
}

static uint32_t fresh_session(godwit_diameter_t *d)
{
    pthread_mutex_lock(&d->lock);
    uint32_t session = d->next_session++;
    pthread_mutex_unlock(&d->lock);
    return session;
}

/* Unique over restarts by the Origin-State-Id. */
void godwit_diameter_session(const godwit_diameter_t *d, uint32_t session, char text[GODWIT_DIAMETER_SESSION])
{
    snprintf(text, GODWIT_DIAMETER_SESSION, "%s;%u;%u", d->identity, (unsigned)fd_g_config->cnf_orstateid,
             (unsigned)session);
}

static godwit_status_t send_request(godwit_diameter_t *d, const godwit_message_t *message)
{
    uint8_t octets[ANSWER_ROOM];
    char session[GODWIT_DIAMETER_SESSION];
    const char *host, *realm;
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_diameter_outstanding_t taken;
    if (!godwit_diameter_destination(d, message, &host, &realm)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    if (!godwit_diameter_may_carry(d, message)) {
        return GODWIT_NOT_ENTITLED;
    }
    const uint32_t low = fresh_session(d);
    godwit_diameter_session(d, low, session);
    godwit_diameter_envelope_t envelope = {.flags = GODWIT_DIAMETER_PROXIABLE,
                                           .end_to_end = fd_msg_eteid_get(),
                                           .session_id = godwit_slice_of_string(session),
                                           .origin_host = godwit_slice_of_string(d->identity),
                                           .origin_realm = godwit_slice_of_string(d->realm),
                                           .destination_host = godwit_slice_of_string(host),
                                           .destination_realm = godwit_slice_of_string(realm)};
    godwit_status_t status = godwit_diameter_write_request(&envelope, message, &w);
    if (status != GODWIT_OK) {
        return status;
    }
    uint64_t number = godwit_diameter_register(d, message, &envelope, low);
    if (number != 0) {
        status =
            godwit_diameter_carry_request(godwit_written(&w), number, godwit_diameter_timeout_ms(d, message->kind));
    }
    godwit_wipe(octets, w.len);
    if (number == 0) {
        return GODWIT_NO_SPACE;
    }
    if (status != GODWIT_OK && !godwit_diameter_take_outstanding(d, number, &taken)) {
        status = GODWIT_OK; /* it has been answered all the same */
    }
    return status;
}

godwit_status_t godwit_diameter_send(godwit_diameter_t *d, const godwit_message_t *message)
{
    return godwit_diameter_is_request(message->kind) ? send_request(d, message) : send_answer(d, message);
}
