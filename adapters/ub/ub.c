/* SPDX-License-Identifier: Apache-2.0
 *
 * Two servers of adapters/https, one with TLS and one without, as one door. What an answer carries is TS 24.109 4.2 and
 * A.3.
 */
#include "adapters/ub/ub.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/crypto/md5.h"

#define HEADER_MAX 4096u /* the request with all its headers: the server answers 431 beyond */
#define BODY_MAX 1024u
#define DATE_MAX 40

struct godwit_ub {
    godwit_https_doors_t doors;
};

godwit_status_t godwit_ub_open(const godwit_https_door_t doors[GODWIT_HTTPS_DOORS], godwit_ub_t **ub,
                               char why[GODWIT_HTTPS_WHY])
{
    static const godwit_https_server_config_t common = {
        .headers = {"Authorization"}, .header_max = HEADER_MAX, .body_max = BODY_MAX};
    godwit_ub_t *u = calloc(1, sizeof *u);
    godwit_status_t status = GODWIT_IO_FAILED;
    if (u == NULL) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "no memory for the door of Ub");
    } else {
        status = godwit_https_doors_open(doors, &common, &u->doors, why);
    }
    if (status != GODWIT_OK) {
        godwit_ub_close(u);
        u = NULL;
    }
    *ub = u;
    return status;
}

void godwit_ub_close(godwit_ub_t *ub)
{
    if (ub != NULL) {
        godwit_https_doors_close(&ub->doors);
    }
    free(ub);
}

int godwit_ub_fd(const godwit_ub_t *ub, size_t door)
{
    return godwit_https_doors_fd(&ub->doors, door);
}

uint16_t godwit_ub_port(const godwit_ub_t *ub, size_t door)
{
    return godwit_https_doors_port(&ub->doors, door);
}

/* FNV-1a over the IPv4 address, or the network half of the IPv6 one; never 0. */
static uint64_t sender_of(const char *address)
{
    uint8_t octets[16] = {0};
    size_t len = inet_pton(AF_INET, address, octets) == 1 ? 4 : inet_pton(AF_INET6, address, octets) == 1 ? 8 : 0;
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ octets[i]) * UINT64_C(1099511628211);
    }
    return hash != 0 ? hash : 1;
}

static bool copy(const char *text, char *to, size_t cap)
{
    size_t len = strlen(text);
    if (len >= cap) {
        return false;
    }
    memcpy(to, text, len + 1);
    return true;
}

/* False: it fits no request of Ub. */
static bool take(const godwit_https_request_t *from, godwit_ub_request_t *to)
{
    const char *authorization = from->headers[0] != NULL ? from->headers[0] : "";
    to->tls = from->tls;
    to->sender = sender_of(from->address);
    godwit_md5(&from->body, 1, to->body_hash_md5);
    to->authorization_len = (uint16_t)strnlen(authorization, sizeof to->authorization);
    return copy(from->method, to->method, sizeof to->method) && copy(from->path, to->uri, sizeof to->uri) &&
           from->query[0] == '\0' && copy(authorization, to->authorization, sizeof to->authorization);
}

static void refuse(godwit_https_server_t *server, uint64_t route)
{
    const godwit_https_reply_t reply = {.code = 400};
    (void)godwit_https_server_answer(server, route, &reply);
}

static bool receive_at(godwit_ub_t *ub, size_t door, godwit_message_t *message)
{
    godwit_https_request_t request;
    while (ub->doors.server[door] != NULL && godwit_https_server_next(ub->doors.server[door], &request)) {
        if (request.refused != 0) {
            continue; /* the server has answered: too large, too slow, no HTTP */
        }
        memset(message, 0, sizeof *message);
        message->kind = GODWIT_UB_REQUEST;
        message->from = GODWIT_FUNCTION_DEVICE;
        message->to = GODWIT_FUNCTION_BSF;
        message->transaction = (uint32_t)door;
        message->route = request.route;
        if (take(&request, &message->u.ub_request)) {
            return true;
        }
        refuse(ub->doors.server[door], request.route);
    }
    return false;
}

bool godwit_ub_receive(godwit_ub_t *ub, godwit_message_t *message)
{
    for (size_t door = 0; door < GODWIT_HTTPS_DOORS; door++) {
        if (receive_at(ub, door, message)) {
            return true;
        }
    }
    return false;
}

/* RFC 9110 5.6.7: always in English, whatever the locale. */
static void put_date(uint64_t ms, char text[DATE_MAX])
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(ms / 1000);
    struct tm at;
    text[0] = '\0';
    if (gmtime_r(&seconds, &at) != NULL) {
        (void)snprintf(text, DATE_MAX, "%s, %02d %s %d %02d:%02d:%02d GMT", days[at.tm_wday % 7], at.tm_mday,
                       months[at.tm_mon % 12], at.tm_year + 1900, at.tm_hour, at.tm_min, at.tm_sec);
    }
}

void godwit_ub_send(godwit_ub_t *ub, const godwit_message_t *answer)
{
    const godwit_ub_answer_t *a = &answer->u.ub_answer;
    godwit_https_reply_t reply = {.code = a->code, .body = godwit_slice(a->body, a->body_len)};
    char expires[DATE_MAX] = "";
    size_t count = 0;
    if (answer->transaction >= GODWIT_HTTPS_DOORS || ub->doors.server[answer->transaction] == NULL) {
        return;
    }
    if (a->expires_ms != 0) {
        put_date(a->expires_ms, expires);
    }
    godwit_https_reply_add(&reply, &count, "WWW-Authenticate", a->www_authenticate);
    godwit_https_reply_add(&reply, &count, "Authentication-Info", a->authentication_info);
    godwit_https_reply_add(&reply, &count, "Expires", expires);
    godwit_https_reply_add(&reply, &count, "Content-Type", a->body_len > 0 ? "application/vnd.3gpp.bsf+xml" : "");
    godwit_https_reply_add(&reply, &count, "Cache-Control", "no-store"); /* an answer is for one device, once */
    (void)godwit_https_server_answer(ub->doors.server[answer->transaction], answer->route, &reply);
}
