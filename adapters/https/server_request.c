/* SPDX-License-Identifier: Apache-2.0
 *
 * One request on its way from libmicrohttpd to the owner's queue and its reply back. Nothing is kept of a body before
 * its sender is known, and never more of it than the bound.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/https/server_internal.h"

static slot_t *slot_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

/* ---- replies ---- */

static void free_body(void *body)
{
    godwit_https_reply_free((reply_t *)(void *)((uint8_t *)body - offsetof(reply_t, body)));
}

/* What we refuse ourselves. code: of HTTP; what: static text without quotes. */
static enum MHD_Result refuse(godwit_https_server_t *server, struct MHD_Connection *c, const asked_t *asked,
                              unsigned code, const char *what)
{
    char text[256];
    (void)snprintf(text, sizeof text, "{\"error\":\"%s\"}", what);
    struct MHD_Response *response = MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_COPY);
    if (response == NULL) {
        return MHD_NO;
    }
    (void)MHD_add_response_header(response, "Content-Type", "application/json");
    (void)MHD_add_response_header(response, "Connection", "close");
    enum MHD_Result queued = MHD_queue_response(c, code, response);
    MHD_destroy_response(response);
    godwit_https_queue_note(server, asked, code, what);
    return queued;
}

static enum MHD_Result send_reply(struct MHD_Connection *c, slot_t *slot)
{
    reply_t *reply = slot->reply;
    slot->reply = NULL;
    if (reply == NULL) {
        return MHD_NO;
    }
    struct MHD_Response *response =
        MHD_create_response_from_buffer_with_free_callback(reply->body_len, reply->body, free_body);
    if (response == NULL) {
        godwit_https_reply_free(reply);
        return MHD_NO;
    }
    for (size_t i = 0; i < GODWIT_HTTPS_HEADERS_MAX && reply->names[i] != NULL; i++) {
        (void)MHD_add_response_header(response, reply->names[i], reply->values[i]);
    }
    enum MHD_Result queued = MHD_queue_response(c, reply->code, response);
    MHD_destroy_response(response);
    return queued;
}

/* ---- the request ---- */

static void read_address(struct MHD_Connection *c, asked_t *asked)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *from = info == NULL ? NULL : info->client_addr;
    if (from != NULL && from->sa_family == AF_INET) {
        (void)inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)from)->sin_addr, asked->address,
                        sizeof asked->address);
    } else if (from != NULL && from->sa_family == AF_INET6) {
        (void)inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, asked->address,
                        sizeof asked->address);
    }
}

void *godwit_https_request_begins(void *context, const char *uri, struct MHD_Connection *connection)
{
    godwit_https_server_t *server = context;
    slot_t *slot = slot_of(connection);
    asked_t *asked = slot == NULL ? NULL : calloc(1, sizeof *asked);
    if (asked == NULL) {
        return NULL;
    }
    (void)snprintf(asked->uri, sizeof asked->uri - 1, "%s", uri);
    char *question = strchr(asked->uri, '?');
    if (question != NULL) {
        *question = '\0';
    }
    asked->query = question == NULL ? asked->uri + strlen(asked->uri) : question + 1;
    asked->tls = !server->config.plain;
    slot->asked = asked;
    slot->begun = false;
    slot->refused = 0;
    if (strlen(uri) > GODWIT_HTTPS_URI_MAX) {
        slot->refused = MHD_HTTP_URI_TOO_LONG;
        slot->why = "the request line is too long";
    }
    (void)pthread_mutex_lock(&server->lock);
    slot->state = SLOT_READING;
    (void)pthread_mutex_unlock(&server->lock);
    return slot;
}

static bool read_headers(const godwit_https_server_t *server, struct MHD_Connection *c, asked_t *asked)
{
    for (size_t i = 0; i < GODWIT_HTTPS_HEADERS_MAX && server->config.headers[i] != NULL; i++) {
        const char *value = MHD_lookup_connection_value(c, MHD_HEADER_KIND, server->config.headers[i]);
        asked->headers[i] = value == NULL ? NULL : strdup(value);
        if (value != NULL && asked->headers[i] == NULL) {
            return false;
        }
    }
    return true;
}

static bool is_too_long(const godwit_https_server_t *server, struct MHD_Connection *c)
{
    const char *length = MHD_lookup_connection_value(c, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    return length != NULL && (strlen(length) > 9 || strtoul(length, NULL, 10) > server->config.body_max);
}

static void judge(godwit_https_server_t *server, struct MHD_Connection *c, slot_t *slot, const char *method)
{
    const char *stranger = server->ca == NULL ? NULL : godwit_https_names(server, c, slot->asked);
    if (stranger != NULL) {
        slot->refused = MHD_HTTP_FORBIDDEN;
        slot->why = stranger;
    } else if (strlen(method) >= sizeof slot->asked->method) {
        slot->refused = MHD_HTTP_NOT_IMPLEMENTED;
        slot->why = "the method is not known";
    } else if (slot->refused == 0 && is_too_long(server, c)) {
        slot->refused = MHD_HTTP_CONTENT_TOO_LARGE;
        slot->why = "the body is too large";
    }
}

/* The headers are there, the body is not. */
static enum MHD_Result begin(godwit_https_server_t *server, struct MHD_Connection *c, slot_t *slot, const char *method)
{
    slot->begun = true;
    (void)snprintf(slot->asked->method, sizeof slot->asked->method, "%s", method);
    read_address(c, slot->asked);
    judge(server, c, slot, method);
    if (slot->refused != 0) {
        return refuse(server, c, slot->asked, slot->refused, slot->why);
    }
    return read_headers(server, c, slot->asked) ? MHD_YES : MHD_NO;
}

/* Without a Content-Length a body that is too large shows only now: what is above the bound is not kept. */
static enum MHD_Result take_body(const godwit_https_server_t *server, slot_t *slot, const char *upload, size_t *len)
{
    asked_t *asked = slot->asked;
    if (asked->body == NULL) {
        asked->body = malloc(server->config.body_max);
    }
    if (asked->body == NULL) {
        return MHD_NO;
    }
    if (*len > server->config.body_max - asked->body_len) {
        slot->refused = MHD_HTTP_CONTENT_TOO_LARGE;
        slot->why = "the body is too large";
    } else {
        memcpy(asked->body + asked->body_len, upload, *len);
        asked->body_len += *len;
    }
    *len = 0;
    return MHD_YES;
}

enum MHD_Result godwit_https_request_handle(void *context, struct MHD_Connection *connection, const char *url,
                                            const char *method, const char *version, const char *upload,
                                            size_t *upload_len, void **request)
{
    godwit_https_server_t *server = context;
    slot_t *slot = *request;
    (void)url;
    (void)version;
    if (slot == NULL) {
        return MHD_NO;
    }
    if (slot->state == SLOT_ANSWERED) {
        return send_reply(connection, slot);
    }
    if (!slot->begun) {
        return begin(server, connection, slot, method);
    }
    if (*upload_len > 0) {
        return take_body(server, slot, upload, upload_len);
    }
    if (slot->refused != 0) {
        return refuse(server, connection, slot->asked, slot->refused, slot->why);
    }
    if (slot->asked != NULL) {
        MHD_suspend_connection(connection);
        godwit_https_queue_request(server, slot);
    }
    return MHD_YES;
}

void godwit_https_request_done(void *context, struct MHD_Connection *connection, void **request,
                               enum MHD_RequestTerminationCode code)
{
    godwit_https_server_t *server = context;
    slot_t *slot = *request;
    (void)connection;
    (void)code;
    if (slot == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&server->lock);
    slot->state = SLOT_IDLE;
    slot->life++;
    slot->since_ms = godwit_https_now_ms();
    (void)pthread_mutex_unlock(&server->lock);
    godwit_https_asked_free(slot->asked);
    godwit_https_reply_free(slot->reply);
    slot->asked = NULL;
    slot->reply = NULL;
    *request = NULL;
}
