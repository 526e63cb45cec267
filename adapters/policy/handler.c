/* SPDX-License-Identifier: Apache-2.0
 *
 * One request: GET reads our policy as the caller's network may, PUT or POST gives us the policy of the caller's network. Nothing is
 * read of a body before its sender is known.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/policy/server_internal.h"

typedef struct request {
    const godwit_policy_peer_t *peer;
    size_t len;
    char body[]; /* of a PUT or POST: GODWIT_POLICY_DOCUMENT_MAX */
} request_t;

static enum MHD_Result answer(struct MHD_Connection *c, unsigned code, char *text, size_t len)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(len, text, MHD_RESPMEM_MUST_FREE);
    if (response == NULL) {
        free(text);
        return MHD_NO;
    }
    (void)MHD_add_response_header(response, "Content-Type", "application/json");
    (void)MHD_add_response_header(response, "Cache-Control", "no-store");
    if (code != MHD_HTTP_OK) {
        (void)MHD_add_response_header(response, "Connection", "close");
    }
    enum MHD_Result queued = MHD_queue_response(c, code, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result refuse(struct MHD_Connection *c, unsigned code, const char *what)
{
    json_t *json = json_pack("{s:s}", "error", what);
    char *text = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);
    json_decref(json);
    return text == NULL ? MHD_NO : answer(c, code, text, strlen(text));
}

static bool gives(const char *method)
{
    return strcmp(method, "PUT") == 0 || strcmp(method, "POST") == 0;
}

/* A stranger is told so, and to the log. */
static enum MHD_Result turn_away(godwit_policy_server_t *server, struct MHD_Connection *c, const char *what)
{
    godwit_policy_note_t note = {.status = GODWIT_NOT_ENTITLED};
    (void)snprintf(note.what, sizeof note.what, "%s", what);
    godwit_policy_server_tell(server, &note);
    return refuse(c, MHD_HTTP_FORBIDDEN, what);
}

static bool is_too_long(struct MHD_Connection *c)
{
    const char *length = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Content-Length");
    return length != NULL && (strlen(length) > 9 || strtoul(length, NULL, 10) > GODWIT_POLICY_DOCUMENT_MAX);
}

/* The headers are there, the body is not. */
static enum MHD_Result begin(godwit_policy_server_t *server, struct MHD_Connection *c, const char *url,
                             const char *method, void **state)
{
    const char *what = NULL;
    const godwit_policy_peer_t *peer = godwit_policy_server_identify(server, c, &what);
    if (peer == NULL) {
        return turn_away(server, c, what);
    }
    if (strcmp(url, GODWIT_POLICY_PATH) != 0) {
        return refuse(c, MHD_HTTP_NOT_FOUND, "there is " GODWIT_POLICY_PATH " and nothing else");
    }
    if (!gives(method) && strcmp(method, "GET") != 0) {
        return refuse(c, MHD_HTTP_METHOD_NOT_ALLOWED, "GET, PUT and POST are known");
    }
    if (is_too_long(c)) {
        return refuse(c, MHD_HTTP_CONTENT_TOO_LARGE, "a policy has 65536 octets at most");
    }
    request_t *request = calloc(1, sizeof *request + (gives(method) ? GODWIT_POLICY_DOCUMENT_MAX : 0));
    if (request == NULL) {
        return MHD_NO;
    }
    request->peer = peer;
    *state = request;
    return MHD_YES;
}

static enum MHD_Result give(godwit_policy_server_t *server, struct MHD_Connection *c, const request_t *request)
{
    size_t len = 0;
    char *text = godwit_policy_book_document(server->book, request->peer->plmn, &len);
    return text == NULL ? MHD_NO : answer(c, MHD_HTTP_OK, text, len);
}

static unsigned code_of(godwit_status_t status)
{
    switch (status) {
    case GODWIT_MALFORMED:
    case GODWIT_POLICY_FORBIDS:
        return MHD_HTTP_BAD_REQUEST;
    case GODWIT_NOT_ENTITLED:
        return MHD_HTTP_FORBIDDEN;
    case GODWIT_REPLAY:
        return MHD_HTTP_CONFLICT;
    case GODWIT_NO_SPACE:
        return MHD_HTTP_INSUFFICIENT_STORAGE;
    default:
        return MHD_HTTP_INTERNAL_SERVER_ERROR;
    }
}

/* GODWIT_REPLAY stands for a version that does not rise. */
static godwit_status_t put_policy(godwit_policy_server_t *server, const request_t *request, godwit_policy_t *policy,
                                  char why[GODWIT_POLICY_WHY])
{
    godwit_status_t status = godwit_policy_parse(request->body, request->len, policy, why);
    if (status != GODWIT_OK) {
        return status;
    }
    if (!godwit_plmn_equal(policy->plmn, request->peer->plmn)) {
        (void)snprintf(why, GODWIT_POLICY_WHY, "plmn: the client certificate is not entitled for that network");
        return GODWIT_NOT_ENTITLED;
    }
    status = godwit_policy_book_take(server->book, policy, false, why);
    return status == GODWIT_POLICY_FORBIDS ? GODWIT_REPLAY : status == GODWIT_AGAIN ? GODWIT_OK : status;
}

static enum MHD_Result take(godwit_policy_server_t *server, struct MHD_Connection *c, const request_t *request)
{
    char why[GODWIT_POLICY_WHY] = "";
    godwit_policy_t *policy = calloc(1, sizeof *policy);
    if (policy == NULL) {
        return MHD_NO;
    }
    godwit_status_t status = put_policy(server, request, policy, why);
    godwit_policy_note_t note = {
        .status = status, .has_plmn = true, .plmn = request->peer->plmn, .version = policy->version};
    (void)snprintf(note.what, sizeof note.what, "%.120s", why);
    godwit_policy_server_tell(server, &note);
    free(policy);
    if (status != GODWIT_OK) {
        return refuse(c, code_of(status), status == GODWIT_IO_FAILED ? "the policy could not be kept" : why);
    }
    json_t *json = json_pack("{s:I}", "version", (json_int_t)note.version);
    char *text = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);
    json_decref(json);
    return text == NULL ? MHD_NO : answer(c, MHD_HTTP_OK, text, strlen(text));
}

enum MHD_Result godwit_policy_server_handle(void *context, struct MHD_Connection *connection, const char *url,
                                            const char *method, const char *version, const char *upload,
                                            size_t *upload_len, void **state)
{
    godwit_policy_server_t *server = context;
    request_t *request = *state;
    (void)version;
    if (request == NULL) {
        return begin(server, connection, url, method, state);
    }
    if (*upload_len > 0) {
        /* Without a Content-Length, or a GET with a body: the connection ends. */
        if (!gives(method) || *upload_len > GODWIT_POLICY_DOCUMENT_MAX - request->len) {
            return MHD_NO;
        }
        memcpy(request->body + request->len, upload, *upload_len);
        request->len += *upload_len;
        *upload_len = 0;
        return MHD_YES;
    }
    return gives(method) ? take(server, connection, request) : give(server, connection, request);
}

void godwit_policy_server_done(void *context, struct MHD_Connection *connection, void **state,
                               enum MHD_RequestTerminationCode code)
{
    (void)context;
    (void)connection;
    (void)code;
    free(*state);
    *state = NULL;
}
