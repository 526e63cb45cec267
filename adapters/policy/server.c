/* SPDX-License-Identifier: Apache-2.0
 *
 * One request after another, on the owner's thread: GET reads our policy as the caller's network may, PUT or POST gives
 * us the policy of the caller's network. Connections, sizes, times and certificates are adapters/https's.
 */
#include "adapters/policy/server.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/https/server.h"

#define SERVER_CONNECTIONS 64
#define SERVER_CONNECTIONS_OF_ONE 16 /* address */

struct godwit_policy_server {
    godwit_https_server_t *https;
    godwit_policy_book_t *book;
    godwit_policy_peer_t peers[GODWIT_POLICY_PEERS_MAX];
    size_t peer_count;
};

/* ---- answers ---- */

static void answer(godwit_policy_server_t *server, uint64_t route, unsigned code, const char *text, size_t len)
{
    const godwit_https_reply_t reply = {
        .code = code,
        .headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
        .body = godwit_slice(text, len)};
    (void)godwit_https_server_answer(server->https, route, &reply); /* who went away asks again */
}

/* Takes json; NULL is no memory. */
static void answer_json(godwit_policy_server_t *server, uint64_t route, unsigned code, json_t *json)
{
    char *text = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);
    json_decref(json);
    answer(server, route, text == NULL ? 500 : code, text == NULL ? "" : text, text == NULL ? 0 : strlen(text));
    free(text);
}

static void refuse(godwit_policy_server_t *server, uint64_t route, unsigned code, const char *what)
{
    answer_json(server, route, code, json_pack("{s:s}", "error", what));
}

/* ---- a policy asked for, or given ---- */

static void give(godwit_policy_server_t *server, uint64_t route, const godwit_policy_peer_t *peer)
{
    size_t len = 0;
    char *text = godwit_policy_book_document(server->book, peer->plmn, &len);
    answer(server, route, text == NULL ? 500 : 200, text == NULL ? "" : text, text == NULL ? 0 : len);
    free(text);
}

static unsigned code_of(godwit_status_t status)
{
    switch (status) {
    case GODWIT_MALFORMED:
    case GODWIT_POLICY_FORBIDS:
        return 400;
    case GODWIT_NOT_ENTITLED:
        return 403;
    case GODWIT_REPLAY:
        return 409;
    case GODWIT_NO_SPACE:
        return 507;
    default:
        return 500;
    }
}

/* GODWIT_REPLAY stands for a version that does not rise. */
static godwit_status_t put_policy(godwit_policy_server_t *server, const godwit_https_request_t *r,
                                  const godwit_policy_peer_t *peer, godwit_policy_t *policy,
                                  char why[GODWIT_POLICY_WHY])
{
    godwit_status_t status = godwit_policy_parse((const char *)r->body.ptr, r->body.len, policy, why);
    if (status != GODWIT_OK) {
        return status;
    }
    if (!godwit_plmn_equal(policy->plmn, peer->plmn)) {
        (void)snprintf(why, GODWIT_POLICY_WHY, "plmn: the client certificate is not entitled for that network");
        return GODWIT_NOT_ENTITLED;
    }
    status = godwit_policy_book_take(server->book, policy, false, why);
    return status == GODWIT_POLICY_FORBIDS ? GODWIT_REPLAY : status == GODWIT_AGAIN ? GODWIT_OK : status;
}

static void take(godwit_policy_server_t *server, const godwit_https_request_t *r, const godwit_policy_peer_t *peer,
                 godwit_policy_note_t *note)
{
    char why[GODWIT_POLICY_WHY] = "";
    godwit_policy_t *policy = calloc(1, sizeof *policy);
    const godwit_status_t status = policy == NULL ? GODWIT_IO_FAILED : put_policy(server, r, peer, policy, why);
    *note = (godwit_policy_note_t){
        .status = status, .has_plmn = true, .plmn = peer->plmn, .version = policy == NULL ? 0 : policy->version};
    (void)snprintf(note->what, sizeof note->what, "%.120s", why);
    free(policy);
    if (status != GODWIT_OK) {
        refuse(server, r->route, code_of(status), status == GODWIT_IO_FAILED ? "the policy could not be kept" : why);
    } else {
        answer_json(server, r->route, 200, json_pack("{s:I}", "version", (json_int_t)note->version));
    }
}

/* ---- requests ---- */

static const godwit_policy_peer_t *peer_of(const godwit_policy_server_t *server, const godwit_https_request_t *r)
{
    for (size_t i = 0; i < server->peer_count; i++) {
        if (strcmp(server->peers[i].san, r->names[0]) == 0) {
            return &server->peers[i];
        }
    }
    return NULL;
}

/* True when there is a note. */
static bool handle(godwit_policy_server_t *server, const godwit_https_request_t *r, godwit_policy_note_t *note)
{
    const godwit_policy_peer_t *peer = r->refused == 0 ? peer_of(server, r) : NULL;
    const bool gives = strcmp(r->method, "PUT") == 0 || strcmp(r->method, "POST") == 0;
    if (peer == NULL) {
        *note = (godwit_policy_note_t){.status = GODWIT_NOT_ENTITLED};
        (void)snprintf(note->what, sizeof note->what, "%s", r->refused != 0 ? r->why : "nobody");
        return r->refused == 403;
    }
    if (strcmp(r->path, GODWIT_POLICY_PATH) != 0) {
        refuse(server, r->route, 404, "there is " GODWIT_POLICY_PATH " and nothing else");
    } else if (gives) {
        take(server, r, peer, note);
        return true;
    } else if (strcmp(r->method, "GET") == 0) {
        give(server, r->route, peer);
    } else {
        refuse(server, r->route, 405, "GET, PUT and POST are known");
    }
    return false;
}

bool godwit_policy_server_note(godwit_policy_server_t *server, godwit_policy_note_t *note)
{
    godwit_https_request_t request;
    while (godwit_https_server_next(server->https, &request)) {
        if (handle(server, &request, note)) {
            return true;
        }
    }
    return false;
}

int godwit_policy_server_fd(const godwit_policy_server_t *server)
{
    return godwit_https_server_fd(server->https);
}

uint16_t godwit_policy_server_port(const godwit_policy_server_t *server)
{
    return godwit_https_server_port(server->https);
}

/* ---- start and stop ---- */

static godwit_status_t start(godwit_policy_server_t *s, const godwit_policy_server_config_t *config,
                             char why[GODWIT_POLICY_WHY])
{
    const char *clients[GODWIT_POLICY_PEERS_MAX + 1] = {NULL};
    char error[GODWIT_HTTPS_WHY] = "";
    for (size_t i = 0; i < s->peer_count; i++) {
        clients[i] = s->peers[i].san;
    }
    const godwit_https_server_config_t https = {.host = config->host,
                                                .port = config->port,
                                                .certificate = config->certificate,
                                                .key = config->key,
                                                .client_ca = config->ca,
                                                .clients = clients,
                                                .body_max = GODWIT_POLICY_DOCUMENT_MAX,
                                                .connections = SERVER_CONNECTIONS,
                                                .connections_of_one = SERVER_CONNECTIONS_OF_ONE,
                                                .idle_ms = config->idle_ms,
                                                .whole_ms = config->whole_ms};
    const godwit_status_t status = godwit_https_server_start(&https, &s->https, error);
    (void)snprintf(why, GODWIT_POLICY_WHY, "policies: %.480s", error);
    return status;
}

godwit_status_t godwit_policy_server_start(const godwit_policy_server_config_t *config, godwit_policy_book_t *book,
                                           godwit_policy_server_t **server, char why[GODWIT_POLICY_WHY])
{
    godwit_policy_server_t *s = calloc(1, sizeof *s);
    *server = NULL;
    if (s == NULL || config->peer_count > GODWIT_POLICY_PEERS_MAX) {
        (void)snprintf(why, GODWIT_POLICY_WHY, "no memory, or more than %d peers", GODWIT_POLICY_PEERS_MAX);
        free(s);
        return GODWIT_INVALID_ARGUMENT;
    }
    s->book = book;
    s->peer_count = config->peer_count;
    for (size_t i = 0; i < config->peer_count; i++) {
        s->peers[i] = config->peers[i];
    }
    const godwit_status_t status = start(s, config, why);
    if (status != GODWIT_OK) {
        free(s);
        return status;
    }
    *server = s;
    return GODWIT_OK;
}

void godwit_policy_server_stop(godwit_policy_server_t *server)
{
    if (server != NULL) {
        godwit_https_server_stop(server->https);
        free(server);
    }
}
