/* SPDX-License-Identifier: Apache-2.0
 *
 * End to end in godwitd (docs/e2e.md): the EESE, the doors of EESE and HSE for EASs, and their ways to them. What comes
 * is queued like any message.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/crypto/aesni.h"
#include "adapters/eese/eese.h"
#include "daemons/godwitd/certificates.h"
#include "daemons/godwitd/daemon.h"

#define RECEIVE_AT_ONCE 256
#define FIRST_TIMER 0
#define FIRST_AFTER_MS 1000 /* peers have a moment to connect before what was under way goes on */
#define WHY_EACH_MS 1000    /* a peer that is gone is told of that often at most */

enum { AT_EESE, AT_HSE, ENDS };

struct daemon_e2e {
    godwit_eese_t eese;
    godwit_hse_forward_t *forwards, *held;
    godwit_eese_server_t *door[ENDS];
    godwit_eese_client_t *way[ENDS];
    uint64_t told_ms; /* of a peer that gave no answer */
};

static const godwit_function_t functions[ENDS] = {GODWIT_FUNCTION_EESE, GODWIT_FUNCTION_HSE};
static const char *const names[ENDS] = {"eese", "hse-eas"};

static const config_eas_end_t *end_of(const config_t *config, size_t i)
{
    return i == AT_EESE ? &config->eese.eas : &config->hse_e2e.eas;
}

/* ---- start ---- */

static void step_eese(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_eese_step(role, in, out);
}

static bool start_eese(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    godwit_eese_config_t role = d->config->eese.role;
    role.crypto = godwit_crypto_server();
    if (godwit_eese_init(&d->e2e->eese, &role) != GODWIT_OK) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "%s: eese: bounds or suites leave nothing", d->config->file);
        return false;
    }
    owner_set_role(d->owner, GODWIT_FUNCTION_EESE, step_eese, &d->e2e->eese);
    return owner_set_timer(d->owner, GODWIT_FUNCTION_EESE, FIRST_TIMER, FIRST_AFTER_MS);
}

static bool start_hse(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    const config_hse_e2e_t *config = &d->config->hse_e2e;
    d->e2e->forwards = calloc(config->forwards, sizeof *d->e2e->forwards);
    d->e2e->held = calloc(config->held, sizeof *d->e2e->held);
    if (d->e2e->forwards == NULL || d->e2e->held == NULL) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "%s: hse.eas: forwards and held do not fit into memory",
                       d->config->file);
        return false;
    }
    godwit_hse_set_forwards(&d->hse.role, d->e2e->forwards, config->forwards, d->e2e->held, config->held);
    return true;
}

static bool start_end(godwitd_t *d, size_t i, char error[DAEMON_ERROR_MAX])
{
    char why[GODWIT_HTTPS_WHY] = "";
    const config_eas_end_t *end = end_of(d->config, i);
    const godwit_eese_server_config_t door = {.function = functions[i],
                                              .name = i == AT_HSE ? d->config->hse.role.endpoint : d->config->identity,
                                              .host = end->host,
                                              .port = end->port,
                                              .tls = end->tls,
                                              .callers = end->callers,
                                              .caller_count = end->caller_count};
    const godwit_eese_client_config_t way = {.function = functions[i],
                                             .tls = end->tls,
                                             .connect_to = end->connect_to,
                                             .peers = end->peers,
                                             .peer_count = end->peer_count};
    const bool good = godwit_eese_server_start(&door, &d->e2e->door[i], why) == GODWIT_OK &&
                      (end->peer_count == 0 || godwit_eese_client_start(&way, &d->e2e->way[i], why) == GODWIT_OK);
    if (!good) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "%s: %.480s", i == AT_EESE ? "eese" : "hse.eas", why);
    }
    return good;
}

bool e2e_start(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    const bool eese = config_has(d->config, CONFIG_EESE), hse = d->config->hse_e2e.eas.used;
    if (!eese && !hse) {
        return true;
    }
    d->e2e = calloc(1, sizeof *d->e2e);
    if (d->e2e == NULL) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "no memory for the EESE");
        return false;
    }
    return (!eese || (start_eese(d, error) && start_end(d, AT_EESE, error))) &&
           (!hse || (start_hse(d, error) && start_end(d, AT_HSE, error)));
}

bool e2e_watch(const godwitd_t *d)
{
    bool good = true;
    for (size_t i = 0; d->e2e != NULL && i < ENDS; i++) {
        good = good && (d->e2e->door[i] == NULL || edge_watch(d, godwit_eese_server_fd(d->e2e->door[i]))) &&
               (d->e2e->way[i] == NULL || edge_watch(d, godwit_eese_client_fd(d->e2e->way[i])));
    }
    return good;
}

void e2e_ready(const godwitd_t *d)
{
    for (size_t i = 0; d->e2e != NULL && i < ENDS; i++) {
        const char *host = end_of(d->config, i)->host;
        if (d->e2e->door[i] != NULL) {
            (void)printf(strchr(host, ':') != NULL ? " %s=[%s]:%u" : " %s=%s:%u", names[i], host,
                         (unsigned)godwit_eese_server_port(d->e2e->door[i]));
        }
    }
}

void e2e_destinations(const config_t *config, godwit_diameter_config_t *wanted)
{
    const config_eese_t *eese = &config->eese;
    wanted->serve_eese = config_has(config, CONFIG_EESE);
    memcpy(wanted->eese_host, config->hse_e2e.eese_host, sizeof wanted->eese_host);
    memcpy(wanted->eese_realm, config->hse_e2e.eese_realm, sizeof wanted->eese_realm);
    if (eese->emks_realm[0] != '\0') {
        memcpy(wanted->emks_host, eese->emks_host, sizeof wanted->emks_host);
        memcpy(wanted->emks_realm, eese->emks_realm, sizeof wanted->emks_realm);
    }
    if (eese->hss_realm[0] != '\0') {
        memcpy(wanted->hss_host, eese->hss_host, sizeof wanted->hss_host);
        memcpy(wanted->hss_realm, eese->hss_realm, sizeof wanted->hss_realm);
    }
}

/* ---- SIGHUP ---- */

void e2e_reload(godwitd_t *d)
{
    for (size_t i = 0; d->e2e != NULL && i < ENDS; i++) {
        char why[GODWIT_HTTPS_WHY] = "", text[GODWIT_HTTPS_WHY + 64];
        if (d->e2e->door[i] == NULL) {
            continue;
        }
        if (godwit_eese_server_reload(d->e2e->door[i], &end_of(d->config, i)->tls, why) != GODWIT_OK) {
            (void)snprintf(text, sizeof text, "%s: %s; what was before holds", names[i], why);
            godwit_observe_note(&d->observer, daemon_now_ms(), GODWIT_LOG_ERROR, "reload", text);
        } else {
            certificates_taken(d, i == AT_EESE ? "eese.tls" : "hse.eas.tls");
        }
        if (d->e2e->way[i] != NULL) {
            godwit_eese_client_reload(d->e2e->way[i]);
        }
    }
}

/* ---- messages ---- */

bool e2e_send(godwitd_t *d, const godwit_message_t *message)
{
    const size_t i = message->from == GODWIT_FUNCTION_EESE ? AT_EESE : AT_HSE;
    if (d->e2e == NULL || message->to != GODWIT_FUNCTION_EAS) {
        return false;
    }
    switch (message->kind) {
    case GODWIT_EAS_REGISTER_ANSWER:
    case GODWIT_EAS_SESSION_PULL_ANSWER:
    case GODWIT_USER_PLANE_DOWN_ANSWER:
        if (d->e2e->door[i] != NULL) {
            (void)godwit_eese_server_answer(d->e2e->door[i], message); /* nobody waits any more: he asks again */
        }
        return d->e2e->door[i] != NULL;
    case GODWIT_EAS_SESSION_PUSH:
    case GODWIT_USER_PLANE_UP:
        return d->e2e->way[i] != NULL && godwit_eese_client_send(d->e2e->way[i], message) == GODWIT_OK;
    default:
        return false;
    }
}

static bool receive_request(godwitd_t *d, size_t i, godwit_message_t *message)
{
    const char *detail = NULL;
    const godwit_status_t status =
        d->e2e->door[i] == NULL ? GODWIT_AGAIN : godwit_eese_server_receive(d->e2e->door[i], message, &detail);
    if (status == GODWIT_AGAIN) {
        return false;
    }
    if (status == GODWIT_OK) {
        edge_take(d, message);
    } else {
        edge_refused(d, functions[i], status, detail);
    }
    return true;
}

static bool receive_answer(godwitd_t *d, size_t i, godwit_message_t *message)
{
    char why[GODWIT_HTTPS_WHY] = "", text[GODWIT_HTTPS_WHY + GODWIT_NODE_NAME_MAX];
    const uint64_t now = daemon_monotonic_ms();
    if (d->e2e->way[i] == NULL || !godwit_eese_client_receive(d->e2e->way[i], message, why)) {
        return false;
    }
    if (why[0] != '\0' && (d->e2e->told_ms == 0 || now - d->e2e->told_ms >= WHY_EACH_MS)) {
        d->e2e->told_ms = now;
        (void)snprintf(text, sizeof text, "%s: %s", message->origin_host, why);
        godwit_observe_note(&d->observer, daemon_now_ms(), GODWIT_LOG_WARNING, "eas", text);
    }
    edge_take(d, message);
    return true;
}

void e2e_receive(godwitd_t *d)
{
    godwit_message_t message;
    bool more = d->e2e != NULL;
    for (unsigned n = 0; more && n < RECEIVE_AT_ONCE && queue_count(d->queue) < QUEUE_CAPACITY / 2; n++) {
        more = false;
        for (size_t i = 0; i < ENDS; i++) {
            more = receive_request(d, i, &message) || more;
            more = receive_answer(d, i, &message) || more;
        }
    }
    godwit_wipe(&message, sizeof message);
}

static void wipe_and_free(void *memory, size_t size)
{
    if (memory != NULL) {
        godwit_wipe(memory, size);
        free(memory);
    }
}

void e2e_stop(godwitd_t *d)
{
    if (d->e2e == NULL) {
        return;
    }
    for (size_t i = 0; i < ENDS; i++) {
        godwit_eese_server_stop(d->e2e->door[i]);
        godwit_eese_client_stop(d->e2e->way[i]);
    }
    wipe_and_free(d->e2e->forwards, d->config->hse_e2e.forwards * sizeof *d->e2e->forwards);
    wipe_and_free(d->e2e->held, d->config->hse_e2e.held * sizeof *d->e2e->held);
    wipe_and_free(d->e2e, sizeof *d->e2e);
    d->e2e = NULL;
}
