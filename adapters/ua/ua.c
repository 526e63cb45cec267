/* SPDX-License-Identifier: Apache-2.0
 *
 * Two servers of adapters/https, one with TLS and one without, as one door; see ua.h.
 */
#include "adapters/ua/ua.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/crypto/md5.h"

_Static_assert(GODWIT_UA_READING_MAX <= GODWIT_KMS_OCTETS_MAX, "a body fits into a request to the KMS");

#define HEADER_MAX 4096u
#define WAITING 256 /* requests that wait for the NAF: one more is answered 503 */

enum { AUTHORIZATION, HOST };

typedef struct waiting {
    bool used;
    size_t door;
    uint64_t route; /* of the server */
    bool is_reading, is_for_kms;
    uint16_t len;
    uint8_t body[GODWIT_UA_READING_MAX];
} waiting_t;

struct godwit_ua {
    godwit_https_doors_t doors;
    waiting_t waiting[WAITING];
    uint8_t reading[GODWIT_UA_READING_MAX];
};

godwit_status_t godwit_ua_open(const godwit_https_door_t doors[GODWIT_HTTPS_DOORS], godwit_ua_t **ua,
                               char why[GODWIT_HTTPS_WHY])
{
    static const godwit_https_server_config_t common = {.headers = {[AUTHORIZATION] = "Authorization", [HOST] = "Host"},
                                                        .header_max = HEADER_MAX,
                                                        .body_max = GODWIT_UA_READING_MAX};
    godwit_ua_t *u = calloc(1, sizeof *u);
    godwit_status_t status = GODWIT_IO_FAILED;
    if (u == NULL) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "no memory for the door of Ua");
    } else {
        status = godwit_https_doors_open(doors, &common, &u->doors, why);
    }
    if (status != GODWIT_OK) {
        godwit_ua_close(u);
        u = NULL;
    }
    *ua = u;
    return status;
}

void godwit_ua_close(godwit_ua_t *ua)
{
    if (ua != NULL) {
        godwit_https_doors_close(&ua->doors);
    }
    free(ua);
}

int godwit_ua_fd(const godwit_ua_t *ua, size_t door)
{
    return godwit_https_doors_fd(&ua->doors, door);
}

uint16_t godwit_ua_port(const godwit_ua_t *ua, size_t door)
{
    return godwit_https_doors_port(&ua->doors, door);
}

/* ---- requests ---- */

static bool copy(const char *text, char *to, size_t cap)
{
    size_t len = text != NULL ? strlen(text) : 0;
    if (len >= cap) {
        return false;
    }
    memcpy(to, text != NULL ? text : "", len + 1);
    return true;
}

/* The name in lower case, without the port. */
static bool copy_host(const char *text, char *to, size_t cap)
{
    size_t len = text != NULL ? strcspn(text, ":") : 0;
    if (len == 0 || len >= cap) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        to[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] - 'A' + 'a' : text[i]);
    }
    to[len] = '\0';
    return true;
}

/* False: it fits no request of Ua. */
static bool take(const godwit_https_request_t *from, godwit_ua_request_t *to)
{
    godwit_md5(&from->body, 1, to->body_hash_md5);
    return copy(from->method, to->method, sizeof to->method) && copy(from->path, to->uri, sizeof to->uri) &&
           from->query[0] == '\0' && copy_host(from->headers[HOST], to->host, sizeof to->host) &&
           copy(from->headers[AUTHORIZATION], to->authorization, sizeof to->authorization);
}

static void refuse(godwit_https_server_t *server, uint64_t route, unsigned code)
{
    const godwit_https_reply_t reply = {.code = code};
    (void)godwit_https_server_answer(server, route, &reply);
}

static waiting_t *free_place(godwit_ua_t *ua)
{
    for (size_t i = 0; i < WAITING; i++) {
        if (!ua->waiting[i].used) {
            return &ua->waiting[i];
        }
    }
    return NULL;
}

static void keep(waiting_t *place, size_t door, const godwit_https_request_t *request)
{
    place->used = true;
    place->door = door;
    place->route = request->route;
    place->is_reading = strcmp(request->method, "POST") == 0 || strcmp(request->method, "PUT") == 0;
    place->is_for_kms = strcmp(request->method, "POST") == 0 && strcmp(request->path, "/kms") == 0;
    place->len = (uint16_t)request->body.len; /* the server bounds it */
    memcpy(place->body, request->body.ptr, request->body.len);
}

static bool receive_at(godwit_ua_t *ua, size_t door, godwit_message_t *message)
{
    godwit_https_request_t request;
    while (ua->doors.server[door] != NULL && godwit_https_server_next(ua->doors.server[door], &request)) {
        waiting_t *place = free_place(ua);
        if (request.refused != 0) {
            continue; /* the server has answered: too large, too slow, no HTTP */
        }
        memset(message, 0, sizeof *message);
        if (place == NULL || request.body.len > sizeof place->body || !take(&request, &message->u.ua_request)) {
            refuse(ua->doors.server[door], request.route, place == NULL ? 503 : 400);
            continue;
        }
        if (request.body.len > 0) {
            keep(place, door, &request);
        } else {
            *place = (waiting_t){.used = true, .door = door, .route = request.route};
        }
        message->kind = GODWIT_UA_REQUEST;
        message->from = GODWIT_FUNCTION_DEVICE;
        message->to = GODWIT_FUNCTION_NAF;
        message->transaction = (uint32_t)(place - ua->waiting);
        message->route = request.route;
        return true;
    }
    return false;
}

bool godwit_ua_receive(godwit_ua_t *ua, godwit_message_t *message)
{
    for (size_t door = 0; door < GODWIT_HTTPS_DOORS; door++) {
        if (receive_at(ua, door, message)) {
            return true;
        }
    }
    return false;
}

/* ---- answers ---- */

bool godwit_ua_for_kms(const godwit_ua_t *ua, const godwit_message_t *answer, godwit_message_t *request)
{
    const waiting_t *place = answer->transaction < WAITING ? &ua->waiting[answer->transaction] : NULL;
    godwit_kms_request_t *asked = &request->u.kms_request;
    if (place == NULL || !place->used || !place->is_for_kms || place->route != answer->route ||
        answer->u.ua_answer.code != 200) {
        return false;
    }
    memset(request, 0, sizeof *request);
    request->kind = GODWIT_KMS_REQUEST;
    request->from = GODWIT_FUNCTION_DEVICE;
    request->to = GODWIT_FUNCTION_KMS;
    request->transaction = answer->transaction;
    request->route = answer->route;
    memcpy(asked->b_tid, answer->u.ua_answer.b_tid, sizeof asked->b_tid);
    memcpy(asked->octets, place->body, place->len);
    asked->len = place->len;
    return true;
}

static unsigned code_of(godwit_status_t status)
{
    switch (status) {
    case GODWIT_OK:
        return 200;
    case GODWIT_MALFORMED:
        return 400;
    case GODWIT_OVERLOAD:
    case GODWIT_PEER_INTERNAL:
        return 503;
    default:
        return 403;
    }
}

void godwit_ua_send_kms(godwit_ua_t *ua, const godwit_message_t *answer)
{
    const godwit_kms_answer_t *a = &answer->u.kms_answer;
    waiting_t *place = answer->transaction < WAITING ? &ua->waiting[answer->transaction] : NULL;
    godwit_https_reply_t reply = {.code = code_of(a->status), .body = godwit_slice(a->octets, a->len)};
    size_t count = 0;
    if (place == NULL || !place->used || !place->is_for_kms || place->route != answer->route) {
        return;
    }
    godwit_https_reply_add(&reply, &count, "Content-Type", a->len > 0 ? "application/mikey" : "");
    godwit_https_reply_add(&reply, &count, "Cache-Control", "no-store");
    (void)godwit_https_server_answer(ua->doors.server[place->door], place->route, &reply);
    place->used = false;
}

void godwit_ua_send(godwit_ua_t *ua, const godwit_message_t *answer, godwit_slice_t *reading)
{
    const godwit_ua_answer_t *a = &answer->u.ua_answer;
    waiting_t *place = answer->transaction < WAITING ? &ua->waiting[answer->transaction] : NULL;
    godwit_https_reply_t reply = {.code = a->code, .body = godwit_slice(a->body, a->body_len)};
    size_t count = 0;
    *reading = godwit_slice(NULL, 0);
    if (place == NULL || !place->used || place->route != answer->route) {
        return;
    }
    godwit_https_reply_add(&reply, &count, "WWW-Authenticate", a->www_authenticate);
    godwit_https_reply_add(&reply, &count, "Authentication-Info", a->authentication_info);
    godwit_https_reply_add(&reply, &count, "Content-Type", a->body_len > 0 ? "text/plain" : "");
    godwit_https_reply_add(&reply, &count, "Cache-Control", "no-store");
    if (a->code == 200 && place->is_reading) {
        memcpy(ua->reading, place->body, place->len);
        *reading = godwit_slice(ua->reading, place->len);
    }
    (void)godwit_https_server_answer(ua->doors.server[place->door], place->route, &reply);
    place->used = false;
}
