/* SPDX-License-Identifier: Apache-2.0
 *
 * The door for downlink over HTTPS. Who sends is decided by the certificate alone; a message has its name from the
 * sender's and from Idempotency-Key, so that two senders never mean the same one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/downlink/downlink.h"
#include "adapters/json/json.h"

#define PATH "/downlink/v1/devices/"
#define PATH_END "/messages"
#define BODY_MAX 8192
#define RETRY_S "30"

struct godwit_downlink_door {
    const godwit_crypto_t *crypto;
    godwit_https_server_t *server;
};

/* ---- opening ---- */

godwit_status_t godwit_downlink_start(const godwit_downlink_config_t *config, godwit_downlink_door_t **out,
                                      char why[GODWIT_HTTPS_WHY])
{
    *out = NULL;
    if (config->ca == NULL || config->callers == NULL || config->callers[0] == NULL) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "downlink: needs a CA, and the names of those who may send");
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_downlink_door_t *door = calloc(1, sizeof *door);
    if (door == NULL) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "no memory");
        return GODWIT_IO_FAILED;
    }
    door->crypto = config->crypto;
    const godwit_https_server_config_t https = {.host = config->host,
                                                .port = config->port,
                                                .certificate = config->certificate,
                                                .key = config->key,
                                                .client_ca = config->ca,
                                                .clients = config->callers,
                                                .headers = {"Content-Type", "Idempotency-Key"},
                                                .body_max = BODY_MAX};
    godwit_status_t status = godwit_https_server_start(&https, &door->server, why);
    if (status != GODWIT_OK) {
        free(door);
        return status;
    }
    *out = door;
    return GODWIT_OK;
}

uint16_t godwit_downlink_port(const godwit_downlink_door_t *door)
{
    return godwit_https_server_port(door->server);
}

int godwit_downlink_fd(const godwit_downlink_door_t *door)
{
    return godwit_https_server_fd(door->server);
}

void godwit_downlink_stop(godwit_downlink_door_t *door)
{
    if (door != NULL) {
        godwit_https_server_stop(door->server);
        free(door);
    }
}

/* ---- answers ---- */

static void reply(godwit_downlink_door_t *door, uint64_t route, unsigned code, const char *text)
{
    const godwit_https_reply_t with = {
        .code = code,
        .headers = {{"Content-Type", code < 300 ? "application/json" : "application/problem+json"},
                    {"Cache-Control", "no-store"},
                    {code == 503 ? "Retry-After" : NULL, RETRY_S}},
        .body = godwit_slice_of_string(text)};
    (void)godwit_https_server_answer(door->server, route, &with); /* nobody waits any more: he will ask again */
}

static void problem(godwit_downlink_door_t *door, uint64_t route, unsigned code, const char *cause, const char *detail,
                    const char *member)
{
    char text[512];
    const bool named = member != NULL && member[0] != '\0';
    godwit_json_problem(code, cause, detail, named ? member : NULL, text, sizeof text);
    reply(door, route, code, text);
}

static unsigned code_of(godwit_status_t status)
{
    switch (status) {
    case GODWIT_NOT_FOUND:
    case GODWIT_UNKNOWN_SUBSCRIBER:
    case GODWIT_UNKNOWN_SESSION:
        return 404;
    case GODWIT_NOT_ENTITLED:
    case GODWIT_POLICY_FORBIDS:
        return 403;
    case GODWIT_NO_SPACE:
        return 413;
    case GODWIT_MALFORMED:
    case GODWIT_INVALID_ARGUMENT:
        return 400;
    default:
        return 503;
    }
}

void godwit_downlink_answer(godwit_downlink_door_t *door, uint64_t route, godwit_status_t status, const char *detail)
{
    if (status == GODWIT_OK) {
        reply(door, route, 202, "{\"accepted\":true}");
        return;
    }
    problem(door, route, code_of(status), godwit_status_name(status), detail != NULL ? detail : "refused", NULL);
}

/* ---- requests ---- */

static godwit_status_t refuse(godwit_downlink_door_t *door, uint64_t route, unsigned code, const char *why,
                              const char *member, const char **detail)
{
    godwit_status_t status = code == 403 ? GODWIT_NOT_ENTITLED : GODWIT_MALFORMED;
    problem(door, route, code, godwit_status_name(status), why, member);
    *detail = why;
    return status;
}

static bool read_path(const char *path, godwit_imsi_t *imsi)
{
    char digits[GODWIT_IMSI_DIGITS_MAX + 1];
    if (strncmp(path, PATH, strlen(PATH)) != 0) {
        return false;
    }
    size_t len = strcspn(path + strlen(PATH), "/");
    if (len >= sizeof digits || strcmp(path + strlen(PATH) + len, PATH_END) != 0) {
        return false;
    }
    memcpy(digits, path + strlen(PATH), len);
    digits[len] = '\0';
    return godwit_imsi_from_text(digits, imsi) == GODWIT_OK;
}

/* The sender's name, a zero octet, and what it says: 1 to 128 octets. */
static bool make_id(const godwit_downlink_door_t *door, const godwit_https_request_t *r, const char *key,
                    godwit_downlink_t *d)
{
    static const uint8_t between;
    uint8_t digest[GODWIT_SHA256_SIZE];
    const godwit_slice_t parts[] = {godwit_slice_of_string(r->names[0]), godwit_slice(&between, 1),
                                    godwit_slice_of_string(key)};
    if (key[0] == '\0' || strlen(key) > 128 || r->name_count == 0 ||
        door->crypto->sha256(parts, sizeof parts / sizeof parts[0], digest) != GODWIT_OK) {
        return false;
    }
    memcpy(d->id, digest, sizeof d->id);
    d->has_id = true;
    return true;
}

static godwit_status_t read_request(godwit_downlink_door_t *door, const godwit_https_request_t *r, godwit_downlink_t *d,
                                    const char **detail)
{
    const char *type = r->headers[0], *key = r->headers[1], *member = NULL;
    if (!read_path(r->path, &d->imsi) || r->query[0] != '\0') {
        return refuse(door, r->route, 404, "no such path here (docs/downlink.openapi.yaml)", NULL, detail);
    }
    if (strcmp(r->method, "POST") != 0) {
        return refuse(door, r->route, 405, "that path has another method", NULL, detail);
    }
    if (type == NULL || strncmp(type, "application/json", 16) != 0) {
        return refuse(door, r->route, 415, "the body must be application/json", NULL, detail);
    }
    if (key != NULL && !make_id(door, r, key, d)) {
        return refuse(door, r->route, 400, "Idempotency-Key must have 1 to 128 characters", NULL, detail);
    }
    if (godwit_downlink_read(r->body, d, &member) != GODWIT_OK) {
        return refuse(door, r->route, 400, "the body is not a message (docs/downlink.openapi.yaml)", member, detail);
    }
    return GODWIT_OK;
}

godwit_status_t godwit_downlink_receive(godwit_downlink_door_t *door, godwit_downlink_t *downlink, uint64_t *route,
                                        const char **detail)
{
    godwit_https_request_t request;
    *detail = NULL;
    memset(downlink, 0, sizeof *downlink);
    if (!godwit_https_server_next(door->server, &request)) {
        return GODWIT_AGAIN;
    }
    if (request.refused != 0) {
        *detail = request.why;
        return request.refused == 403 ? GODWIT_NOT_ENTITLED : GODWIT_MALFORMED;
    }
    *route = request.route;
    return read_request(door, &request, downlink, detail);
}
