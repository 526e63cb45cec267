/* SPDX-License-Identifier: Apache-2.0
 *
 * AUSF and AAnF in godwitd: their roles, their doors, and the ways of AUSF and EMKS to an AAnF elsewhere. What comes is
 * queued like any message.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/akma/akma.h"
#include "adapters/crypto/aesni.h"
#include "daemons/godwitd/daemon.h"

#define RECEIVE_AT_ONCE 256

enum { OF_AUSF, AT_AANF, DOORS };       /* doors */
enum { FROM_AUSF, FROM_EMKS, CLIENTS }; /* ways to an AAnF */

struct daemon_akma {
    godwit_ausf_t ausf;
    godwit_aanf_t aanf;
    godwit_akma_server_t *door[DOORS];
    godwit_akma_client_t *client[CLIENTS];
};

static void step_ausf(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_ausf_step(role, in, out);
}

static void step_aanf(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_aanf_step(role, in, out);
}

static void start_ausf(godwitd_t *d)
{
    godwit_ausf_t *role = &d->akma->ausf;
    const config_ausf_t *config = &d->config->ausf;
    role->crypto = godwit_crypto_server();
    role->home = config->home;
    role->wait_ms = config->wait_ms;
    role->network_count = config->network_count;
    memcpy(role->routing_indicator, config->routing_indicator, sizeof role->routing_indicator);
    memcpy(role->networks, config->networks, sizeof role->networks);
    memcpy(role->local_host, d->config->identity, sizeof role->local_host);
    memcpy(role->local_realm, d->config->realm, sizeof role->local_realm);
    owner_set_role(d->owner, GODWIT_FUNCTION_AUSF, step_ausf, role);
}

static void start_aanf(godwitd_t *d)
{
    d->akma->aanf = d->config->aanf.role;
    d->akma->aanf.crypto = godwit_crypto_server();
    owner_set_role(d->owner, GODWIT_FUNCTION_AANF, step_aanf, &d->akma->aanf);
}

static bool start_door(const config_akma_door_t *door, godwit_function_t function, godwit_akma_server_t **server,
                       char error[DAEMON_ERROR_MAX])
{
    const godwit_akma_server_config_t wanted = {.function = function,
                                                .host = door->host,
                                                .port = door->port,
                                                .certificate = door->tls.certificate,
                                                .key = door->tls.key,
                                                .ca = door->tls.ca,
                                                .callers = door->callers};
    return godwit_akma_server_start(&wanted, server, error) == GODWIT_OK;
}

static bool start_client(const config_akma_client_t *config, godwit_function_t function, godwit_akma_client_t **client,
                         char error[DAEMON_ERROR_MAX])
{
    const godwit_akma_client_config_t wanted = {.function = function,
                                                .url = config->url,
                                                .connect_to = config->connect_to,
                                                .certificate = config->tls.certificate,
                                                .key = config->tls.key,
                                                .ca = config->tls.ca,
                                                .whole_ms = config->timeout_ms};
    return config->url == NULL || godwit_akma_client_start(&wanted, client, error) == GODWIT_OK;
}

bool akma_start(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    const config_t *c = d->config;
    const bool ausf = config_has(c, CONFIG_AUSF), aanf = config_has(c, CONFIG_AANF);
    if (!ausf && !aanf && c->emks.aanf.url == NULL) {
        return true;
    }
    d->akma = calloc(1, sizeof *d->akma);
    if (d->akma == NULL) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "no memory for AKMA");
        return false;
    }
    if (ausf) {
        start_ausf(d);
    }
    if (aanf) {
        start_aanf(d);
    }
    return (!ausf || start_door(&c->ausf.door, GODWIT_FUNCTION_AUSF, &d->akma->door[OF_AUSF], error)) &&
           (!aanf || start_door(&c->aanf.door, GODWIT_FUNCTION_AANF, &d->akma->door[AT_AANF], error)) &&
           start_client(&c->ausf.aanf, GODWIT_FUNCTION_AUSF, &d->akma->client[FROM_AUSF], error) &&
           start_client(&c->emks.aanf, GODWIT_FUNCTION_EMKS, &d->akma->client[FROM_EMKS], error);
}

bool akma_watch(const godwitd_t *d)
{
    bool good = true;
    for (size_t i = 0; d->akma != NULL && i < DOORS; i++) {
        good = good && (d->akma->door[i] == NULL || edge_watch(d, godwit_akma_server_fd(d->akma->door[i])));
    }
    for (size_t i = 0; d->akma != NULL && i < CLIENTS; i++) {
        good = good && (d->akma->client[i] == NULL || edge_watch(d, godwit_akma_client_fd(d->akma->client[i])));
    }
    return good;
}

void akma_ready(const godwitd_t *d)
{
    const char *const hosts[DOORS] = {d->config->ausf.door.host, d->config->aanf.door.host};
    static const char *const names[DOORS] = {"ausf", "aanf"};
    for (size_t i = 0; d->akma != NULL && i < DOORS; i++) {
        if (d->akma->door[i] != NULL) {
            (void)printf(strchr(hosts[i], ':') != NULL ? " %s=[%s]:%u" : " %s=%s:%u", names[i], hosts[i],
                         (unsigned)godwit_akma_server_port(d->akma->door[i]));
        }
    }
}

/* ---- messages ---- */

bool akma_send(godwitd_t *d, const godwit_message_t *message)
{
    if (d->akma == NULL) {
        return false;
    }
    switch (message->kind) {
    case GODWIT_5G_AUTH_ANSWER:
    case GODWIT_5G_CONFIRM_ANSWER:
    case GODWIT_AKMA_REGISTER_ANSWER:
    case GODWIT_AKMA_KEY_ANSWER: {
        godwit_akma_server_t *door = d->akma->door[message->from == GODWIT_FUNCTION_AUSF ? OF_AUSF : AT_AANF];
        if (door != NULL) {
            godwit_akma_server_answer(door, message);
        }
        return door != NULL;
    }
    case GODWIT_AKMA_REGISTER:
    case GODWIT_AKMA_KEY_REQUEST: {
        godwit_akma_client_t *client = d->akma->client[message->kind == GODWIT_AKMA_REGISTER ? FROM_AUSF : FROM_EMKS];
        return client != NULL && godwit_akma_client_send(client, message) == GODWIT_OK;
    }
    default:
        return false;
    }
}

static bool receive_request(godwitd_t *d, size_t i, godwit_message_t *message)
{
    const char *detail = NULL;
    const godwit_status_t status =
        d->akma->door[i] == NULL ? GODWIT_AGAIN : godwit_akma_server_receive(d->akma->door[i], message, &detail);
    if (status == GODWIT_AGAIN) {
        return false;
    }
    if (status == GODWIT_OK) {
        edge_take(d, message);
    } else {
        edge_refused(d, i == OF_AUSF ? GODWIT_FUNCTION_AUSF : GODWIT_FUNCTION_AANF, status, detail);
    }
    return true;
}

static bool receive_answer(godwitd_t *d, size_t i, godwit_message_t *message)
{
    char why[GODWIT_HTTPS_WHY] = "";
    if (d->akma->client[i] == NULL || !godwit_akma_client_receive(d->akma->client[i], message, why)) {
        return false;
    }
    if (why[0] != '\0') {
        godwit_observe_note(&d->observer, daemon_now_ms(), GODWIT_LOG_WARNING, "akma", why);
    }
    edge_take(d, message);
    return true;
}

void akma_receive(godwitd_t *d)
{
    godwit_message_t message;
    bool more = d->akma != NULL;
    for (unsigned n = 0; more && n < RECEIVE_AT_ONCE && queue_count(d->queue) < QUEUE_CAPACITY / 2; n++) {
        more = false;
        for (size_t i = 0; i < DOORS; i++) {
            more = receive_request(d, i, &message) || more;
        }
        for (size_t i = 0; i < CLIENTS; i++) {
            more = receive_answer(d, i, &message) || more;
        }
    }
    godwit_wipe(&message, sizeof message);
}

void akma_stop(godwitd_t *d)
{
    if (d->akma == NULL) {
        return;
    }
    for (size_t i = 0; i < DOORS; i++) {
        godwit_akma_server_stop(d->akma->door[i]);
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        godwit_akma_client_stop(d->akma->client[i]);
    }
    godwit_wipe(d->akma, sizeof *d->akma);
    free(d->akma);
    d->akma = NULL;
}
