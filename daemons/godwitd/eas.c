/* SPDX-License-Identifier: Apache-2.0
 *
 * The EAS in this process: its role, the door to which EESE and HSEs bring keys and user plane, and its ways to them.
 * What comes is queued like any message.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/crypto/aesni.h"
#include "adapters/eese/eese.h"
#include "daemons/godwitd/certificates.h"
#include "daemons/godwitd/daemon.h"

#define RECEIVE_AT_ONCE 256
#define START_TIMER 0
#define START_AFTER_MS 1

struct daemon_eas {
    godwit_eas_t role;
    godwit_eese_server_t *server;
    godwit_eese_client_t *client;
};

static void step_eas(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_eas_step(role, in, out);
}

/* ---- start ---- */

static godwit_eese_tls_t tls_of(const config_eas_t *config)
{
    return (godwit_eese_tls_t){config->tls.certificate, config->tls.key, config->tls.ca, config->crl};
}

static bool start_role(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    godwit_eas_config_t role = d->config->eas.role;
    role.crypto = godwit_crypto_server();
    if (godwit_eas_init(&d->eas->role, &role) != GODWIT_OK) {
        (void)snprintf(error, DAEMON_ERROR_MAX,
                       "%s: eas cannot be as it is configured: its identity must be a domain name", d->config->file);
        return false;
    }
    owner_set_role(d->owner, GODWIT_FUNCTION_EAS, step_eas, &d->eas->role);
    return owner_set_timer(d->owner, GODWIT_FUNCTION_EAS, START_TIMER, START_AFTER_MS);
}

static bool start_server(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    const config_eas_t *config = &d->config->eas;
    godwit_eese_caller_t callers[GODWIT_EAS_HSES_MAX + 1] = {
        {config->eese.name, config->eese.san, GODWIT_FUNCTION_EESE}};
    for (size_t i = 0; i < config->role.hse_count; i++) {
        callers[i + 1] = (godwit_eese_caller_t){config->hses[i].name, config->hses[i].san, GODWIT_FUNCTION_HSE};
    }
    const godwit_eese_server_config_t wanted = {.function = GODWIT_FUNCTION_EAS,
                                                .name = config->role.name,
                                                .host = config->host,
                                                .port = config->port,
                                                .tls = tls_of(config),
                                                .callers = callers,
                                                .caller_count = config->role.hse_count + 1};
    return godwit_eese_server_start(&wanted, &d->eas->server, error) == GODWIT_OK;
}

static bool start_client(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    const config_eas_t *config = &d->config->eas;
    godwit_eese_peer_t peers[GODWIT_EAS_HSES_MAX + 1] = {{config->eese.name, GODWIT_FUNCTION_EESE, config->eese.url}};
    for (size_t i = 0; i < config->role.hse_count; i++) {
        peers[i + 1] = (godwit_eese_peer_t){config->hses[i].name, GODWIT_FUNCTION_HSE, config->hses[i].url};
    }
    const godwit_eese_client_config_t wanted = {.function = GODWIT_FUNCTION_EAS,
                                                .tls = tls_of(config),
                                                .connect_to = config->connect_to,
                                                .peers = peers,
                                                .peer_count = config->role.hse_count + 1,
                                                .whole_ms = config->role.answer_ms};
    return godwit_eese_client_start(&wanted, &d->eas->client, error) == GODWIT_OK;
}

bool eas_start(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    if (!config_has(d->config, CONFIG_EAS)) {
        return true;
    }
    d->eas = calloc(1, sizeof *d->eas);
    if (d->eas == NULL) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "no memory for the EAS");
        return false;
    }
    return start_role(d, error) && start_server(d, error) && start_client(d, error);
}

bool eas_watch(const godwitd_t *d)
{
    if (d->eas == NULL) {
        return true;
    }
    return edge_watch(d, godwit_eese_server_fd(d->eas->server)) && edge_watch(d, godwit_eese_client_fd(d->eas->client));
}

void eas_ready(const godwitd_t *d)
{
    if (d->eas != NULL) {
        const char *host = d->config->eas.host;
        (void)printf(strchr(host, ':') != NULL ? " eas=[%s]:%u" : " eas=%s:%u", host,
                     (unsigned)godwit_eese_server_port(d->eas->server));
    }
}

/* ---- messages ---- */

bool eas_send(godwitd_t *d, const godwit_message_t *message)
{
    if (d->eas == NULL || message->from != GODWIT_FUNCTION_EAS) {
        return false;
    }
    return godwit_message_is_answer(message->kind) ? godwit_eese_server_answer(d->eas->server, message)
                                                   : godwit_eese_client_send(d->eas->client, message) == GODWIT_OK;
}

static bool receive_request(godwitd_t *d, godwit_message_t *message)
{
    const char *detail = NULL;
    const godwit_status_t status = godwit_eese_server_receive(d->eas->server, message, &detail);
    if (status == GODWIT_AGAIN) {
        return false;
    }
    if (status == GODWIT_OK) {
        edge_take(d, message);
    } else {
        edge_refused(d, GODWIT_FUNCTION_EAS, status, detail);
    }
    return true;
}

static bool receive_answer(godwitd_t *d, godwit_message_t *message)
{
    char why[GODWIT_HTTPS_WHY] = "";
    if (!godwit_eese_client_receive(d->eas->client, message, why)) {
        return false;
    }
    if (why[0] != '\0') {
        godwit_observe_note(&d->observer, daemon_now_ms(), GODWIT_LOG_WARNING, "eas", why);
    }
    edge_take(d, message);
    return true;
}

void eas_receive(godwitd_t *d)
{
    godwit_message_t message;
    bool more = d->eas != NULL;
    for (unsigned i = 0; more && i < RECEIVE_AT_ONCE && queue_count(d->queue) < QUEUE_CAPACITY / 2; i++) {
        more = receive_request(d, &message);
        more = receive_answer(d, &message) || more;
    }
    godwit_wipe(&message, sizeof message);
}

/* ---- reload and end ---- */

void eas_reload(godwitd_t *d)
{
    char why[GODWIT_HTTPS_WHY], text[GODWIT_HTTPS_WHY + 64];
    if (d->eas == NULL) {
        return;
    }
    const godwit_eese_tls_t tls = tls_of(&d->config->eas);
    if (godwit_eese_server_reload(d->eas->server, &tls, why) != GODWIT_OK) {
        (void)snprintf(text, sizeof text, "eas: %s; what was before holds", why);
        godwit_observe_note(&d->observer, daemon_now_ms(), GODWIT_LOG_ERROR, "reload", text);
    } else {
        certificates_taken(d, "eas.tls");
    }
    godwit_eese_client_reload(d->eas->client);
}

void eas_stop(godwitd_t *d)
{
    if (d->eas != NULL) {
        godwit_eese_server_stop(d->eas->server);
        godwit_eese_client_stop(d->eas->client);
        godwit_wipe(d->eas, sizeof *d->eas);
        free(d->eas);
        d->eas = NULL;
    }
}
