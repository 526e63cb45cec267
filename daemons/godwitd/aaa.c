/* SPDX-License-Identifier: Apache-2.0
 *
 * The 3GPP AAA server in this process, and its door: RADIUS over UDP.
 */
#include <stdio.h>
#include <stdlib.h>

#include "adapters/crypto/aesni.h"
#include "adapters/radius/radius.h"
#include "daemons/godwitd/daemon.h"

struct daemon_aaa {
    godwit_aaa_t role;
    godwit_aaa_run_t *runs;
    godwit_aaa_root_t *roots;
    godwit_radius_t *radius;
    godwit_udp_t *udp;
    godwit_radius_client_t fresh[GODWIT_RADIUS_CLIENTS_MAX]; /* of a configuration that is about to be taken over */
};

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_aaa_step(role, in, out);
}

/* With the secrets of the access points, which stand nowhere else: clients is to be wiped. */
static bool read_clients(const config_aaa_t *config, godwit_radius_client_t clients[GODWIT_RADIUS_CLIENTS_MAX],
                         char why[GODWIT_RADIUS_WHY])
{
    bool good = true;
    for (size_t i = 0; i < config->client_count && good; i++) {
        clients[i] = config->clients[i];
        good = godwit_radius_secret(config->secret_files[i], &clients[i], why) == GODWIT_OK;
    }
    return good;
}

static bool open_radius(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    const config_aaa_t *config = &d->config->aaa;
    char why[GODWIT_RADIUS_WHY];
    godwit_radius_client_t clients[GODWIT_RADIUS_CLIENTS_MAX];
    const bool good = read_clients(config, clients, why) &&
                      godwit_radius_open(clients, config->client_count, &d->aaa->radius, why) == GODWIT_OK;
    godwit_wipe(clients, sizeof clients);
    if (!good) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "%s", why);
    }
    return good;
}

bool aaa_prepare(godwitd_t *d, const config_t *config, char error[DAEMON_ERROR_MAX])
{
    char why[GODWIT_RADIUS_WHY];
    if (d->aaa == NULL || !config_has(config, CONFIG_AAA)) {
        return true;
    }
    if (!read_clients(&config->aaa, d->aaa->fresh, why) ||
        godwit_radius_clients_check(d->aaa->fresh, config->aaa.client_count, why) != GODWIT_OK) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "%s: aaa.access_points: %s", config->file, why);
        aaa_abandon(d);
        return false;
    }
    return true;
}

void aaa_abandon(godwitd_t *d)
{
    if (d->aaa != NULL) {
        godwit_wipe(d->aaa->fresh, sizeof d->aaa->fresh);
    }
}

void aaa_reload(godwitd_t *d, const config_t *config)
{
    char why[GODWIT_RADIUS_WHY];
    if (d->aaa == NULL || !config_has(config, CONFIG_AAA)) {
        return;
    }
    d->aaa->role.config.wait_ms = config->aaa.role.wait_ms;
    d->aaa->role.config.root_life_s = config->aaa.role.root_life_s;
    if (godwit_radius_renew(d->aaa->radius, d->aaa->fresh, config->aaa.client_count, why) != GODWIT_OK) {
        godwit_observe_note(&d->observer, daemon_now_ms(), GODWIT_LOG_ERROR, "reload", why); /* was checked */
    }
    aaa_abandon(d);
}

bool aaa_open(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    char why[GODWIT_UDP_WHY];
    if (!config_has(d->config, CONFIG_AAA)) {
        return true;
    }
    d->aaa = calloc(1, sizeof *d->aaa);
    if (d->aaa == NULL) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "no memory for the AAA server");
        return false;
    }
    if (!open_radius(d, error)) {
        return false;
    }
    if (godwit_udp_open_long(&d->config->aaa.radius, &d->aaa->udp, why) != GODWIT_OK) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "%s", why);
        return false;
    }
    return true;
}

bool aaa_start(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    struct daemon_aaa *a = d->aaa;
    if (a == NULL) {
        return true;
    }
    const config_aaa_t *config = &d->config->aaa;
    godwit_aaa_config_t role = config->role;
    role.crypto = godwit_crypto_server();
    a->runs = calloc(config->runs, sizeof *a->runs);
    a->roots = calloc(config->devices, sizeof *a->roots);
    if (a->runs == NULL || a->roots == NULL ||
        godwit_aaa_init(&a->role, &role, a->runs, config->runs, a->roots, config->devices) != GODWIT_OK) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "%s: the tables of aaa do not fit into memory; make them smaller",
                       d->config->file);
        return false;
    }
    owner_set_role(d->owner, GODWIT_FUNCTION_AAA, step, &a->role);
    return true;
}

int aaa_fd(const godwitd_t *d)
{
    return d->aaa != NULL ? godwit_udp_fd(d->aaa->udp) : -1;
}

void aaa_ready(const godwitd_t *d)
{
    if (d->aaa != NULL) {
        char text[GODWIT_UDP_TEXT];
        const godwit_address_t local = godwit_udp_local(d->aaa->udp);
        godwit_udp_address_to_text(&local, text);
        (void)printf(" radius=%s", text);
    }
}

static void take(godwitd_t *d, const godwit_udp_datagram_t *datagram)
{
    godwit_slice_t again;
    godwit_message_t message;
    if (godwit_radius_take(d->aaa->radius, daemon_now_ms(), &datagram->from, datagram->octets, &message, &again)) {
        edge_take(d, &message);
    } else if (again.len > 0) {
        godwit_udp_send(d->aaa->udp, &datagram->from, again);
    }
}

/* What has come is queued. */
void aaa_receive(godwitd_t *d)
{
    godwit_udp_datagram_t datagrams[GODWIT_UDP_BATCH];
    if (d->aaa == NULL || queue_count(d->queue) >= QUEUE_CAPACITY / 2) {
        return;
    }
    const size_t count = godwit_udp_receive(d->aaa->udp, datagrams);
    for (size_t i = 0; i < count; i++) {
        take(d, &datagrams[i]);
    }
    godwit_udp_flush(d->aaa->udp);
}

void aaa_send(godwitd_t *d, const godwit_message_t *answer)
{
    godwit_address_t to;
    if (d->aaa == NULL) {
        return;
    }
    const godwit_slice_t octets = godwit_radius_answer(d->aaa->radius, daemon_now_ms(), answer, &to);
    if (octets.len > 0) {
        godwit_udp_send(d->aaa->udp, &to, octets);
        godwit_udp_flush(d->aaa->udp);
    }
}

void aaa_stop(godwitd_t *d)
{
    if (d->aaa == NULL) {
        return;
    }
    const config_aaa_t *config = &d->config->aaa;
    if (d->aaa->udp != NULL) {
        godwit_udp_close(d->aaa->udp);
    }
    godwit_radius_close(d->aaa->radius);
    if (d->aaa->runs != NULL) {
        godwit_wipe(d->aaa->runs, config->runs * sizeof *d->aaa->runs);
        free(d->aaa->runs);
    }
    if (d->aaa->roots != NULL) {
        godwit_wipe(d->aaa->roots, config->devices * sizeof *d->aaa->roots);
        free(d->aaa->roots);
    }
    free(d->aaa);
    d->aaa = NULL;
}
