/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening everything, in the order in which failing costs least; closing it in the other.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "adapters/crypto/aesni.h"
#include "adapters/crypto/openssl.h"
#include "daemons/godwitd/certificates.h"
#include "daemons/godwitd/daemon.h"
#include "daemons/godwitd/downlink.h"
#include "daemons/godwitd/metrics.h"

/* Signals come through a descriptor; blocked before any thread of an adapter starts, which inherits that. */
static bool open_signals(godwitd_t *d)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGHUP);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN); /* a file at its limit is an error to be told, not a death */
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) {
        return false;
    }
    d->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    d->epoll = epoll_create1(EPOLL_CLOEXEC);
    return d->signals >= 0 && d->epoll >= 0;
}

static void open_observer(godwitd_t *d)
{
    d->observer.fd = STDERR_FILENO;
    d->observer.level = d->config->log.level;
    d->observer.imsi_in_full = d->config->log.imsi_in_full;
    d->observer.json = d->config->log.json || d->json_log;
}

/* Which row, never what stands in it. The counter of this event is how many there are. */
static void on_damage(void *context, const char *table, uint64_t row)
{
    godwitd_t *d = context;
    char detail[96];
    (void)snprintf(detail, sizeof detail, "%s, row %llu; see godwit store check", table, (unsigned long long)row);
    godwit_observe_event(&d->observer, daemon_now_ms(), "godwitd",
                         &(godwit_event_t){.name = "row_damaged", .reason = GODWIT_STORE_FAILED, .detail = detail});
}

static bool open_store(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    char why[GODWIT_STORE_WHY];
    if (d->config->store_path == NULL) {
        return true;
    }
    const godwit_store_config_t wanted = {.path = d->config->store_path,
                                          .key_file = d->config->key_file,
                                          .busy_ms = d->config->store_busy_ms,
                                          .on_damage = on_damage,
                                          .on_damage_context = d};
    if (godwit_store_open(&godwit_store_sqlite, &wanted, &d->store, why) != GODWIT_OK) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "%s", why);
        return false;
    }
    return true;
}

static bool open_owner(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    const owner_config_t wanted = {
        .store = d->store,
        .observer = &d->observer,
        .timers = config_timers(d->config),
        .exits = daemon_exits(d),
        .now_ms = daemon_now_ms,
        .monotonic_ms = daemon_monotonic_ms,
    };
    d->owner = owner_new(&wanted);
    d->queue = queue_new();
    if (d->owner == NULL || d->queue == NULL) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "no memory to start with");
        return false;
    }
    return true;
}

static bool open_sockets(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    return doors_open(&d->doors, d->config, error) && metrics_start(d, error) && gba_open(d, error) &&
           naf_open(d, error) && aaa_open(d, error) && deliveries_open(d, error);
}

static bool open_control(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    char why[GODWIT_CONTROL_WHY];
    if (d->config->control_path != NULL &&
        godwit_control_open(d->config->control_path, daemon_answer, d, &d->control, why) != GODWIT_OK) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "%s", why);
        return false;
    }
    return true;
}

static bool watch_all(const godwitd_t *d)
{
    bool good = edge_watch(d, d->signals) && (d->control == NULL || edge_watch(d, godwit_control_fd(d->control))) &&
                (d->diameter == NULL || edge_watch(d, godwit_diameter_fd(d->diameter))) &&
                (d->gsup == NULL || edge_watch(d, godwit_gsup_fd(d->gsup))) &&
                (d->policy_server == NULL || edge_watch(d, godwit_policy_server_fd(d->policy_server)));
    good = good && deliveries_watch(d) && mkef_watch(d) && akma_watch(d) && e2e_watch(d) && eas_watch(d) &&
           rest_watch(d) && downlink_watch(d) && metrics_watch(d) && edge_watch(d, aaa_fd(d));
    for (size_t i = 0; doors_fd(&d->doors, i) >= 0 && good; i++) {
        good = edge_watch(d, doors_fd(&d->doors, i));
    }
    for (size_t i = 0; i < GODWIT_HTTPS_DOORS && good; i++) {
        good = edge_watch(d, gba_fd(d, i));
    }
    for (size_t i = 0; i < NAF_DOORS && good; i++) {
        good = edge_watch(d, naf_fd(d, i));
    }
    return good;
}

bool daemon_start(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    d->signals = -1;
    d->epoll = -1;
    d->started_ms = daemon_now_ms();
    open_observer(d);
    if (!open_signals(d)) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "signals cannot be waited for: %s", strerror(errno));
        return false;
    }
    const godwit_crypto_t *crypto = godwit_crypto_server();
    if (godwit_crypto_check(crypto) != GODWIT_OK) {
        (void)snprintf(error, DAEMON_ERROR_MAX,
                       "the crypto backend %s (SHA-256: OpenSSL) does not give the known answers", crypto->name);
        return false;
    }
    /* Sockets before the store: a port in use must not make a store. Diameter last: its threads are slow to end. */
    if (!open_sockets(d, error) || !open_control(d, error) || !open_store(d, error) || !open_owner(d, error) ||
        !deliveries_start(d, error) || !functions_start(d, error) || !gba_start(d, error) || !aaa_start(d, error) ||
        !naf_start(d, error) || !access_start(d, error) || !mkef_start(d, error) || !akma_start(d, error) ||
        !e2e_start(d, error) || !eas_start(d, error) || !sms_start(d, error) || !trigger_start(d, error) ||
        !rest_start(d, error) || !downlink_start(d, error) || !policies_start(d, error) ||
        !interception_start(d, error) || !links_start(d, error) || !certificates_start(d, error)) {
        return false;
    }
    if (!watch_all(d)) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "descriptors cannot be waited for: %s", strerror(errno));
        return false;
    }
    return true;
}

/* Every commit is durable when the loop ends: closing only tidies. */
void daemon_stop(godwitd_t *d)
{
    godwit_control_close(d->control);
    metrics_stop(d);
    certificates_free(d);
    downlink_stop(d);
    links_stop(d);
    mkef_stop(d);
    akma_stop(d);
    e2e_stop(d);
    eas_stop(d);
    interception_stop(d);
    policies_stop(d);
    deliveries_stop(d);
    doors_close(&d->doors);
    access_free(d);
    sms_free(d);
    rest_stop(d);
    trigger_free(d);
    gba_stop(d);
    aaa_stop(d);
    naf_stop(d);
    functions_free(d);
    owner_free(d->owner);
    queue_free(d->queue);
    godwit_store_close(d->store);
    if (d->signals >= 0) {
        close(d->signals);
    }
    if (d->epoll >= 0) {
        close(d->epoll);
    }
}
