/* SPDX-License-Identifier: Apache-2.0
 *
 * The ways to others. The tag of a request is its transaction, with the kind and the peer above it, so that an answer
 * needs nothing that is kept.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/eese/eese.h"
#include "adapters/eese/json.h"

#define WHOLE_MS 10000u
#define URL_MAX 320
#define KIND_SHIFT 32
#define PEER_SHIFT 48
#define KIND_MASK 0xFFFFu

typedef struct peer {
    char name[GODWIT_NODE_NAME_MAX];
    godwit_function_t function;
    char url[URL_MAX];
} peer_t;

struct godwit_eese_client {
    godwit_https_client_t *https;
    godwit_function_t function;
    size_t peer_count;
    peer_t peers[GODWIT_EESE_PEERS_MAX];
};

/* ---- start and end ---- */

static bool copy_peers(const godwit_eese_client_config_t *config, godwit_eese_client_t *c)
{
    bool good = config->peer_count > 0 && config->peer_count <= GODWIT_EESE_PEERS_MAX;
    for (size_t i = 0; good && i < config->peer_count; i++) {
        const godwit_eese_peer_t *from = &config->peers[i];
        good = snprintf(c->peers[i].name, sizeof c->peers[i].name, "%s", from->name) < GODWIT_NODE_NAME_MAX &&
               snprintf(c->peers[i].url, sizeof c->peers[i].url, "%s", from->url) < URL_MAX &&
               strncmp(from->url, "https://", 8) == 0;
        c->peers[i].function = from->function;
    }
    c->peer_count = good ? config->peer_count : 0;
    return good;
}

static godwit_status_t start(const godwit_eese_client_config_t *config, godwit_eese_client_t *c,
                             char why[GODWIT_HTTPS_WHY])
{
    if (!copy_peers(config, c)) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "1 to %u peers, each with an https URL", GODWIT_EESE_PEERS_MAX);
        return GODWIT_INVALID_ARGUMENT;
    }
    const godwit_https_client_config_t https = {.certificate = config->tls.certificate,
                                                .key = config->tls.key,
                                                .ca = config->tls.ca,
                                                .crl = config->tls.crl,
                                                .connect_to = config->connect_to,
                                                .body_max = GODWIT_EESE_TEXT,
                                                .whole_ms = config->whole_ms == 0 ? WHOLE_MS : config->whole_ms,
                                                .outstanding = config->outstanding};
    return godwit_https_client_start(&https, &c->https, why);
}

godwit_status_t godwit_eese_client_start(const godwit_eese_client_config_t *config, godwit_eese_client_t **client,
                                         char why[GODWIT_HTTPS_WHY])
{
    godwit_eese_client_t *c = calloc(1, sizeof *c);
    *client = NULL;
    if (c == NULL) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "no memory");
        return GODWIT_IO_FAILED;
    }
    c->function = config->function;
    const godwit_status_t status = start(config, c, why);
    if (status != GODWIT_OK) {
        free(c);
        return status;
    }
    *client = c;
    return GODWIT_OK;
}

int godwit_eese_client_fd(const godwit_eese_client_t *client)
{
    return godwit_https_client_fd(client->https);
}

void godwit_eese_client_reload(godwit_eese_client_t *client)
{
    godwit_https_client_renew(client->https);
}

void godwit_eese_client_stop(godwit_eese_client_t *client)
{
    if (client != NULL) {
        godwit_https_client_stop(client->https);
        free(client);
    }
}

/* ---- requests ---- */

/* name NULL: the first of that function. */
static const peer_t *peer_of(const godwit_eese_client_t *c, godwit_function_t function, const char *name)
{
    for (size_t i = 0; i < c->peer_count; i++) {
        if (c->peers[i].function == function && (name == NULL || strcmp(c->peers[i].name, name) == 0)) {
            return &c->peers[i];
        }
    }
    return NULL;
}

static const peer_t *peer_for(const godwit_eese_client_t *c, const godwit_message_t *m)
{
    switch (m->kind) {
    case GODWIT_EAS_SESSION_PUSH:
        return peer_of(c, GODWIT_FUNCTION_EAS, m->u.eas_session.eas);
    case GODWIT_USER_PLANE_UP:
        return peer_of(c, GODWIT_FUNCTION_EAS, m->u.user_plane.eas);
    case GODWIT_USER_PLANE_DOWN:
        return peer_of(c, GODWIT_FUNCTION_HSE, m->u.user_plane.hse);
    case GODWIT_EAS_REGISTER:
    case GODWIT_EAS_SESSION_PULL:
        return peer_of(c, GODWIT_FUNCTION_EESE, NULL);
    default:
        return NULL;
    }
}

static godwit_status_t write_register(const godwit_eas_register_t *r, godwit_eese_path_t *path, const char **method,
                                      char text[GODWIT_EESE_TEXT])
{
    static const uint8_t none[GODWIT_EAS_REGISTRATION];
    const bool fresh = memcmp(r->registration, none, sizeof none) == 0;
    *method = fresh ? "POST" : r->remove ? "DELETE" : "PUT";
    path->resource = fresh ? GODWIT_EESE_REGISTRATIONS : GODWIT_EESE_REGISTRATION;
    memcpy(path->registration, r->registration, sizeof path->registration);
    if (r->remove) {
        text[0] = '\0';
        return fresh ? GODWIT_INVALID_ARGUMENT : GODWIT_OK;
    }
    return godwit_eese_register_write(r, text);
}

static godwit_status_t write_pull(const godwit_eas_session_request_t *r, godwit_eese_path_t *path,
                                  char text[GODWIT_EESE_TEXT])
{
    path->resource = r->lost || r->above_age != 0 ? GODWIT_EESE_NEXT_AGE : GODWIT_EESE_SESSIONS;
    path->imsi = r->imsi;
    memcpy(path->registration, r->registration, sizeof path->registration);
    return godwit_eese_pull_write(r, text);
}

static godwit_status_t write_request(const godwit_message_t *m, godwit_eese_path_t *path, const char **method,
                                     char text[GODWIT_EESE_TEXT])
{
    *method = "POST";
    switch (m->kind) {
    case GODWIT_EAS_SESSION_PUSH:
        path->resource = GODWIT_EESE_PUSH_SESSIONS;
        return godwit_eese_session_write(&m->u.eas_session, true, text);
    case GODWIT_USER_PLANE_UP:
        path->resource = GODWIT_EESE_PUSH_USER_PLANE;
        return godwit_eese_plane_write(&m->u.user_plane, true, text);
    case GODWIT_USER_PLANE_DOWN:
        path->resource = GODWIT_EESE_DOWNLINK;
        return godwit_eese_plane_write(&m->u.user_plane, false, text);
    case GODWIT_EAS_REGISTER:
        return write_register(&m->u.eas_register, path, method, text);
    default:
        return write_pull(&m->u.eas_session_request, path, text);
    }
}

godwit_status_t godwit_eese_client_send(godwit_eese_client_t *client, const godwit_message_t *request)
{
    char text[GODWIT_EESE_TEXT], at[GODWIT_EESE_PATH_MAX], url[URL_MAX + GODWIT_EESE_PATH_MAX];
    const char *method = NULL;
    godwit_eese_path_t path = {.resource = 0};
    const peer_t *peer = peer_for(client, request);
    if (peer == NULL) {
        return GODWIT_NOT_FOUND;
    }
    godwit_status_t status = write_request(request, &path, &method, text);
    if (status == GODWIT_OK) {
        godwit_eese_path_write(&path, at);
        (void)snprintf(url, sizeof url, "%s%s", peer->url, at);
        const godwit_https_ask_t ask = {.method = method,
                                        .url = url,
                                        .headers = {{"Content-Type", "application/json"}},
                                        .body = godwit_slice_of_string(text)};
        status = godwit_https_client_submit(client->https, &ask,
                                            (uint64_t)(peer - client->peers) << PEER_SHIFT |
                                                (uint64_t)request->kind << KIND_SHIFT | request->transaction);
    }
    godwit_wipe(text, sizeof text);
    return status;
}

/* ---- answers ---- */

static godwit_status_t outcome_of(const godwit_https_answer_t *a, unsigned wanted)
{
    if (a->status != GODWIT_OK) {
        return GODWIT_PEER_INTERNAL;
    }
    return a->code == wanted ? GODWIT_OK : godwit_eese_refusal(a->code, a->body);
}

static void read_registered(const godwit_https_answer_t *a, godwit_eas_register_answer_t *to)
{
    if (a->status == GODWIT_OK && a->code == 204) {
        to->status = GODWIT_OK;
        return;
    }
    to->status = outcome_of(a, a->code == 201 ? 201 : 200);
    if (to->status == GODWIT_OK && godwit_eese_registered_read(a->body, to) != GODWIT_OK) {
        to->status = GODWIT_PEER_INTERNAL;
    }
}

static void read_pulled(const godwit_https_answer_t *a, godwit_eas_session_t *to)
{
    char wrong[GODWIT_JSON_PATH];
    to->status = outcome_of(a, 200);
    if (to->status == GODWIT_OK && godwit_eese_session_read(a->body, false, to, wrong) != GODWIT_OK) {
        to->status = GODWIT_PEER_INTERNAL;
    }
}

static void read_planed(const godwit_https_answer_t *a, godwit_user_plane_answer_t *to)
{
    to->status = outcome_of(a, 200);
    if (to->status == GODWIT_OK && godwit_eese_planed_read(a->body, &to->highest) != GODWIT_OK) {
        to->status = GODWIT_PEER_INTERNAL;
    }
}

static void read_answer(const godwit_https_answer_t *a, godwit_message_t *m)
{
    switch (m->kind) {
    case GODWIT_EAS_REGISTER_ANSWER:
        read_registered(a, &m->u.eas_register_answer);
        break;
    case GODWIT_EAS_SESSION_PULL_ANSWER:
        read_pulled(a, &m->u.eas_session);
        break;
    case GODWIT_USER_PLANE_UP_ANSWER:
        read_planed(a, &m->u.user_plane_answer);
        break;
    default:
        m->u.outcome = outcome_of(a, 204);
        break;
    }
}

bool godwit_eese_client_receive(godwit_eese_client_t *client, godwit_message_t *answer, char why[GODWIT_HTTPS_WHY])
{
    godwit_https_answer_t a;
    if (!godwit_https_client_next(client->https, &a)) {
        return false;
    }
    const peer_t *peer = &client->peers[a.tag >> PEER_SHIFT];
    memset(answer, 0, sizeof *answer);
    answer->kind = (godwit_message_kind_t)((a.tag >> KIND_SHIFT & KIND_MASK) + 1);
    answer->from = peer->function;
    answer->to = client->function;
    answer->transaction = (uint32_t)a.tag;
    answer->hop = GODWIT_HOP_TLS;
    memcpy(answer->origin_host, peer->name, sizeof answer->origin_host);
    read_answer(&a, answer);
    (void)snprintf(why, GODWIT_HTTPS_WHY, "%s", a.why);
    return true;
}
