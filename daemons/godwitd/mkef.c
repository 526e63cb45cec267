/* SPDX-License-Identifier: Apache-2.0
 *
 * The MKEF in godwitd: its role, its door for MTC servers, and at an MTC server the way to it. What comes is queued
 * like any message.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/crypto/aesni.h"
#include "adapters/mkef/mkef.h"
#include "daemons/godwitd/daemon.h"

#define RECEIVE_AT_ONCE 256

struct daemon_mkef {
    godwit_mkef_t role;
    godwit_mkef_server_t *server;
    godwit_mkef_client_t *client;
};

static void step_mkef(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_mkef_step(role, in, out);
}

static void start_role(godwitd_t *d)
{
    godwit_mkef_t *role = &d->mkef->role;
    const config_mkef_t *config = &d->config->mkef;
    role->crypto = godwit_crypto_server();
    role->ts33868 = config->ts33868;
    role->requests_per_minute = config->requests_per_minute;
    role->failures_per_minute = config->failures_per_minute;
    role->outstanding_per_caller = config->outstanding_per_caller;
    memcpy(role->local_host, d->config->identity, sizeof role->local_host);
    memcpy(role->local_realm, d->config->realm, sizeof role->local_realm);
    owner_set_role(d->owner, GODWIT_FUNCTION_MKEF, step_mkef, role);
}

static bool start_server(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    const config_mkef_t *config = &d->config->mkef;
    const godwit_mkef_server_config_t wanted = {.host = config->host,
                                                .port = config->port,
                                                .certificate = config->tls.certificate,
                                                .key = config->tls.key,
                                                .ca = config->tls.ca,
                                                .callers = config->callers,
                                                .connections = config->connections,
                                                .connections_of_one = config->connections_of_one};
    return !config->served || godwit_mkef_server_start(&wanted, &d->mkef->server, error) == GODWIT_OK;
}

static bool start_client(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    const config_mtc_server_t *config = &d->config->mtc_server;
    const godwit_mkef_client_config_t wanted = {.url = config->url,
                                                .connect_to = config->connect_to,
                                                .certificate = config->tls.certificate,
                                                .key = config->tls.key,
                                                .ca = config->tls.ca,
                                                .whole_ms = config->timeout_ms};
    return config->url == NULL || godwit_mkef_client_start(&wanted, &d->mkef->client, error) == GODWIT_OK;
}

bool mkef_start(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    const bool has_role = config_has(d->config, CONFIG_MKEF);
    if (!has_role && d->config->mtc_server.url == NULL) {
        return true;
    }
    d->mkef = calloc(1, sizeof *d->mkef);
    if (d->mkef == NULL) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "no memory for the MKEF");
        return false;
    }
    if (has_role) {
        start_role(d);
    }
    return start_server(d, error) && start_client(d, error);
}

bool mkef_watch(const godwitd_t *d)
{
    return d->mkef == NULL || ((d->mkef->server == NULL || edge_watch(d, godwit_mkef_server_fd(d->mkef->server))) &&
                               (d->mkef->client == NULL || edge_watch(d, godwit_mkef_client_fd(d->mkef->client))));
}

uint16_t mkef_port(const godwitd_t *d)
{
    return d->mkef != NULL && d->mkef->server != NULL ? godwit_mkef_server_port(d->mkef->server) : 0;
}

/* ---- messages ---- */

bool mkef_send(godwitd_t *d, const godwit_message_t *message)
{
    if (d->mkef == NULL) {
        return false;
    }
    if (message->kind == GODWIT_MTC_KEY_ANSWER && d->mkef->server != NULL) {
        godwit_mkef_server_answer(d->mkef->server, message);
        return true;
    }
    return message->kind == GODWIT_MTC_KEY_REQUEST && d->mkef->client != NULL &&
           godwit_mkef_client_send(d->mkef->client, message) == GODWIT_OK;
}

static bool receive_request(godwitd_t *d, godwit_message_t *message)
{
    const char *detail = NULL;
    const godwit_status_t status = godwit_mkef_server_receive(d->mkef->server, message, &detail);
    if (status == GODWIT_AGAIN) {
        return false;
    }
    if (status == GODWIT_OK) {
        edge_take(d, message);
    } else {
        edge_refused(d, GODWIT_FUNCTION_MKEF, status, detail);
    }
    return true;
}

static bool receive_answer(godwitd_t *d, godwit_message_t *message)
{
    char why[GODWIT_HTTPS_WHY] = "";
    if (!godwit_mkef_client_receive(d->mkef->client, message, why)) {
        return false;
    }
    if (why[0] != '\0') {
        godwit_observe_note(&d->observer, daemon_now_ms(), GODWIT_LOG_WARNING, "mkef", why);
    }
    edge_take(d, message);
    return true;
}

void mkef_receive(godwitd_t *d)
{
    godwit_message_t message;
    bool more = d->mkef != NULL;
    for (unsigned i = 0; more && i < RECEIVE_AT_ONCE && queue_count(d->queue) < QUEUE_CAPACITY / 2; i++) {
        more = d->mkef->server != NULL && receive_request(d, &message);
        more = (d->mkef->client != NULL && receive_answer(d, &message)) || more;
    }
    godwit_wipe(&message, sizeof message);
}

void mkef_stop(godwitd_t *d)
{
    if (d->mkef != NULL) {
        godwit_mkef_server_stop(d->mkef->server);
        godwit_mkef_client_stop(d->mkef->client);
        godwit_wipe(d->mkef, sizeof *d->mkef);
        free(d->mkef);
        d->mkef = NULL;
    }
}
