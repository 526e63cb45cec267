/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the server's thread and its owner: requests one way, replies the other. A request that nobody answers in time
 * is answered here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/https/server_internal.h"

static void signal_fd(int fd)
{
    const uint64_t one = 1;
    (void)!write(fd, &one, sizeof one);
}

void godwit_https_asked_free(asked_t *asked)
{
    if (asked == NULL) {
        return;
    }
    for (size_t i = 0; i < GODWIT_HTTPS_HEADERS_MAX; i++) {
        free(asked->headers[i]);
    }
    if (asked->body != NULL) {
        godwit_wipe(asked->body, asked->body_len);
        free(asked->body);
    }
    free(asked);
}

void godwit_https_reply_free(reply_t *reply)
{
    if (reply == NULL) {
        return;
    }
    for (size_t i = 0; i < GODWIT_HTTPS_HEADERS_MAX; i++) {
        free(reply->names[i]);
        free(reply->values[i]);
    }
    godwit_wipe(reply->body, reply->body_len);
    free(reply);
}

static reply_t *reply_new(unsigned code, const godwit_https_header_t *headers, godwit_slice_t body)
{
    reply_t *reply = calloc(1, sizeof *reply + body.len);
    bool good = reply != NULL;
    for (size_t i = 0; good && headers != NULL && i < GODWIT_HTTPS_HEADERS_MAX && headers[i].name != NULL; i++) {
        reply->names[i] = strdup(headers[i].name);
        reply->values[i] = strdup(headers[i].value);
        good = reply->names[i] != NULL && reply->values[i] != NULL;
    }
    if (!good) {
        godwit_https_reply_free(reply);
        return NULL;
    }
    reply->code = code;
    reply->body_len = body.len;
    if (body.len > 0) {
        memcpy(reply->body, body.ptr, body.len);
    }
    return reply;
}

/* ---- to the owner ---- */

/* Under the lock. */
static void append(godwit_https_server_t *server, asked_t *asked)
{
    asked->following = NULL;
    if (server->first == NULL) {
        server->first = asked;
    } else {
        server->last->following = asked;
    }
    server->last = asked;
    signal_fd(server->filled);
}

void godwit_https_queue_request(godwit_https_server_t *server, slot_t *slot)
{
    asked_t *asked = slot->asked;
    slot->asked = NULL;
    (void)pthread_mutex_lock(&server->lock);
    slot->state = SLOT_WAITING;
    slot->since_ms = godwit_https_now_ms();
    asked->route = ((uint64_t)slot->life + 1) << 16 | (uint64_t)(slot - server->slots);
    append(server, asked);
    (void)pthread_mutex_unlock(&server->lock);
}

void godwit_https_queue_note(godwit_https_server_t *server, const asked_t *of, unsigned code, const char *why)
{
    asked_t *note = calloc(1, sizeof *note);
    if (note == NULL) {
        return;
    }
    *note = *of;
    memset(note->headers, 0, sizeof note->headers);
    note->body = NULL;
    note->body_len = 0;
    note->query = note->uri + (of->query - of->uri);
    note->route = 0;
    note->refused = code;
    note->why = why;
    (void)pthread_mutex_lock(&server->lock);
    if (server->notes < SERVER_NOTES_MAX) {
        server->notes++;
        append(server, note);
        note = NULL;
    }
    (void)pthread_mutex_unlock(&server->lock);
    free(note);
}

static asked_t *take(godwit_https_server_t *server)
{
    (void)pthread_mutex_lock(&server->lock);
    asked_t *asked = server->first;
    if (asked != NULL) {
        server->first = asked->following;
        server->notes -= asked->refused != 0 ? 1 : 0;
    } else {
        uint64_t many = 0;
        (void)!read(server->filled, &many, sizeof many);
    }
    (void)pthread_mutex_unlock(&server->lock);
    return asked;
}

bool godwit_https_server_next(godwit_https_server_t *server, godwit_https_request_t *request)
{
    godwit_https_asked_free(server->shown);
    asked_t *asked = server->shown = take(server);
    if (asked == NULL) {
        return false;
    }
    *request = (godwit_https_request_t){.route = asked->route,
                                        .refused = asked->refused,
                                        .why = asked->why,
                                        .method = asked->method,
                                        .path = asked->uri,
                                        .query = asked->query,
                                        .body = godwit_slice(asked->body, asked->body_len),
                                        .tls = asked->tls,
                                        .name_count = asked->name_count};
    for (size_t i = 0; i < GODWIT_HTTPS_HEADERS_MAX; i++) {
        request->headers[i] = asked->headers[i];
    }
    memcpy(request->names, asked->names, sizeof request->names);
    memcpy(request->address, asked->address, sizeof request->address);
    return true;
}

/* ---- from the owner ---- */

/* Under the lock; takes reply, which may be NULL: no memory, and the connection ends. */
static void settle(godwit_https_server_t *server, slot_t *slot, reply_t *reply)
{
    slot->reply = reply;
    slot->state = SLOT_ANSWERED;
    slot->following = server->answered;
    server->answered = slot;
}

bool godwit_https_server_answer(godwit_https_server_t *server, uint64_t route, const godwit_https_reply_t *reply)
{
    reply_t *made = reply_new(reply->code, reply->headers, reply->body);
    slot_t *slot = &server->slots[route & 0xFFFF];
    if ((route & 0xFFFF) >= server->config.connections) {
        godwit_https_reply_free(made);
        return false;
    }
    (void)pthread_mutex_lock(&server->lock);
    bool waits = slot->state == SLOT_WAITING && (uint64_t)slot->life + 1 == route >> 16;
    if (waits) {
        settle(server, slot, made);
        made = NULL;
    }
    (void)pthread_mutex_unlock(&server->lock);
    signal_fd(server->wake);
    godwit_https_reply_free(made);
    return waits;
}

void godwit_https_queue_resume(godwit_https_server_t *server, bool late, bool all)
{
    static const char busy[] = "{\"error\":\"no answer in time\"}";
    static const godwit_https_header_t json[GODWIT_HTTPS_HEADERS_MAX] = {{"Content-Type", "application/json"}};
    const uint64_t now = godwit_https_now_ms();
    (void)pthread_mutex_lock(&server->lock);
    for (size_t i = 0; (late || all) && i < server->config.connections; i++) {
        slot_t *slot = &server->slots[i];
        if (slot->state == SLOT_WAITING && (all || now - slot->since_ms > server->config.answer_ms)) {
            settle(server, slot, reply_new(MHD_HTTP_GATEWAY_TIMEOUT, json, godwit_slice(busy, sizeof busy - 1)));
        }
    }
    slot_t *slot = server->answered;
    server->answered = NULL;
    (void)pthread_mutex_unlock(&server->lock);
    while (slot != NULL) {
        slot_t *following = slot->following;
        MHD_resume_connection(slot->connection);
        slot = following;
    }
}
