/* SPDX-License-Identifier: Apache-2.0
 *
 * The MKEF's door.
 */
#include <stdlib.h>
#include <string.h>

#include "adapters/mkef/json.h"
#include "adapters/mkef/mkef.h"

struct godwit_mkef_server {
    godwit_https_server_t *https;
};

godwit_status_t godwit_mkef_server_start(const godwit_mkef_server_config_t *config, godwit_mkef_server_t **server,
                                         char why[GODWIT_HTTPS_WHY])
{
    const godwit_https_server_config_t https = {.host = config->host,
                                                .port = config->port,
                                                .certificate = config->certificate,
                                                .key = config->key,
                                                .client_ca = config->ca,
                                                .clients = config->callers,
                                                .headers = {"Content-Type"},
                                                .body_max = GODWIT_MKEF_TEXT,
                                                .connections = config->connections,
                                                .connections_of_one = config->connections_of_one};
    *server = calloc(1, sizeof **server);
    if (*server == NULL) {
        memcpy(why, "no memory", sizeof "no memory");
        return GODWIT_IO_FAILED;
    }
    const godwit_status_t status = godwit_https_server_start(&https, &(*server)->https, why);
    if (status != GODWIT_OK) {
        free(*server);
        *server = NULL;
    }
    return status;
}

uint16_t godwit_mkef_server_port(const godwit_mkef_server_t *server)
{
    return godwit_https_server_port(server->https);
}

int godwit_mkef_server_fd(const godwit_mkef_server_t *server)
{
    return godwit_https_server_fd(server->https);
}

static void reply(godwit_mkef_server_t *server, uint64_t route, unsigned code, const char *text)
{
    const godwit_https_reply_t with = {.code = code,
                                       .headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
                                       .body = godwit_slice_of_string(text)};
    (void)godwit_https_server_answer(server->https, route, &with); /* nobody waits any more: he will ask again */
}

static godwit_status_t refuse(godwit_mkef_server_t *server, uint64_t route, unsigned code, const char *text,
                              const char **detail)
{
    char body[128] = "{\"error\":\"malformed\"}";
    reply(server, route, code, body);
    *detail = text;
    return GODWIT_MALFORMED;
}

static godwit_status_t read_request(godwit_mkef_server_t *server, const godwit_https_request_t *r, godwit_message_t *m,
                                    const char **detail)
{
    if (strcmp(r->path, GODWIT_MKEF_PATH) != 0 || r->query[0] != '\0') {
        return refuse(server, r->route, 404, "there is " GODWIT_MKEF_PATH " and nothing else", detail);
    }
    if (strcmp(r->method, "POST") != 0) {
        return refuse(server, r->route, 405, "POST is known, and nothing else", detail);
    }
    if (r->headers[0] == NULL || strncmp(r->headers[0], "application/json", strlen("application/json")) != 0) {
        return refuse(server, r->route, 415, "the body is no JSON", detail);
    }
    memset(m, 0, sizeof *m);
    if (godwit_mkef_request_read(r->body, &m->u.mtc_key_request) != GODWIT_OK ||
        strlen(r->names[0]) >= sizeof m->origin_host) {
        return refuse(server, r->route, 400, "the body is no request (docs/mkef.schema.json)", detail);
    }
    m->kind = GODWIT_MTC_KEY_REQUEST;
    m->from = GODWIT_FUNCTION_HSE;
    m->to = GODWIT_FUNCTION_MKEF;
    m->route = r->route;
    memcpy(m->origin_host, r->names[0], strlen(r->names[0]) + 1);
    return GODWIT_OK;
}

godwit_status_t godwit_mkef_server_receive(godwit_mkef_server_t *server, godwit_message_t *message, const char **detail)
{
    godwit_https_request_t request;
    if (!godwit_https_server_next(server->https, &request)) {
        return GODWIT_AGAIN;
    }
    if (request.refused != 0) {
        *detail = request.why;
        return request.refused == 403 ? GODWIT_NOT_ENTITLED : GODWIT_MALFORMED;
    }
    return read_request(server, &request, message, detail);
}

void godwit_mkef_server_answer(godwit_mkef_server_t *server, const godwit_message_t *answer)
{
    char text[GODWIT_MKEF_TEXT];
    const unsigned code = godwit_mkef_answer_write(&answer->u.mtc_key_answer, text);
    reply(server, answer->route, code, text);
    godwit_wipe(text, sizeof text);
}

void godwit_mkef_server_stop(godwit_mkef_server_t *server)
{
    if (server != NULL) {
        godwit_https_server_stop(server->https);
        free(server);
    }
}
