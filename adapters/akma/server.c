/* SPDX-License-Identifier: Apache-2.0
 *
 * The doors of AUSF and AAnF.
 */
#include <stdlib.h>
#include <string.h>

#include "adapters/akma/akma.h"
#include "adapters/akma/json.h"

struct godwit_akma_server {
    godwit_https_server_t *https;
    godwit_function_t function;
};

godwit_status_t godwit_akma_server_start(const godwit_akma_server_config_t *config, godwit_akma_server_t **server,
                                         char why[GODWIT_HTTPS_WHY])
{
    const godwit_https_server_config_t https = {.host = config->host,
                                                .port = config->port,
                                                .certificate = config->certificate,
                                                .key = config->key,
                                                .client_ca = config->ca,
                                                .clients = config->callers,
                                                .headers = {"Content-Type"},
                                                .body_max = GODWIT_AKMA_TEXT};
    *server = calloc(1, sizeof **server);
    if (*server == NULL) {
        memcpy(why, "no memory", sizeof "no memory");
        return GODWIT_IO_FAILED;
    }
    (*server)->function = config->function;
    const godwit_status_t status = godwit_https_server_start(&https, &(*server)->https, why);
    if (status != GODWIT_OK) {
        free(*server);
        *server = NULL;
    }
    return status;
}

uint16_t godwit_akma_server_port(const godwit_akma_server_t *server)
{
    return godwit_https_server_port(server->https);
}

int godwit_akma_server_fd(const godwit_akma_server_t *server)
{
    return godwit_https_server_fd(server->https);
}

/* ---- answers ---- */

static void reply(godwit_akma_server_t *server, uint64_t route, unsigned code, const char *type, const char *text)
{
    const godwit_https_reply_t with = {.code = code,
                                       .headers = {{"Content-Type", type}, {"Cache-Control", "no-store"}},
                                       .body = godwit_slice_of_string(text)};
    (void)godwit_https_server_answer(server->https, route, &with); /* nobody waits any more: he will ask again */
}

static void problem(godwit_akma_server_t *server, uint64_t route, unsigned code, godwit_status_t status)
{
    char text[GODWIT_AKMA_TEXT];
    const unsigned own = godwit_akma_problem_write(status, text);
    reply(server, route, code != 0 ? code : own, "application/problem+json", text);
}

static void answer_5g(godwit_akma_server_t *server, const godwit_5g_auth_answer_t *a, uint64_t route)
{
    char text[GODWIT_AKMA_TEXT], path[GODWIT_AKMA_TEXT];
    godwit_nausf_answer_write(a, text);
    godwit_nausf_path_write(a->rand, path);
    const godwit_https_reply_t with = {
        .code = 201,
        .headers = {{"Content-Type", "application/3gppHal+json"}, {"Location", path}, {"Cache-Control", "no-store"}},
        .body = godwit_slice_of_string(text)};
    (void)godwit_https_server_answer(server->https, route, &with);
}

static godwit_status_t status_of(const godwit_message_t *answer)
{
    switch (answer->kind) {
    case GODWIT_5G_AUTH_ANSWER:
        return answer->u.auth_5g_answer.status;
    case GODWIT_AKMA_KEY_ANSWER:
        return answer->u.akma_key_answer.status;
    default:
        return answer->u.outcome;
    }
}

void godwit_akma_server_answer(godwit_akma_server_t *server, const godwit_message_t *answer)
{
    char text[GODWIT_AKMA_TEXT] = "{}";
    const godwit_status_t status = status_of(answer);
    if (answer->kind == GODWIT_5G_CONFIRM_ANSWER && (status == GODWIT_OK || status == GODWIT_AUTH_MAC_FAILURE)) {
        godwit_nausf_result_write(status, text);
        reply(server, answer->route, 200, "application/json", text);
        return;
    }
    if (status != GODWIT_OK) {
        problem(server, answer->route, 0, status);
        return;
    }
    if (answer->kind == GODWIT_5G_AUTH_ANSWER) {
        answer_5g(server, &answer->u.auth_5g_answer, answer->route);
        return;
    }
    if (answer->kind == GODWIT_AKMA_KEY_ANSWER) {
        godwit_naanf_key_answer_write(&answer->u.akma_key_answer, text);
    }
    reply(server, answer->route, 200, "application/json", text);
    godwit_wipe(text, sizeof text);
}

/* ---- requests ---- */

static godwit_status_t refuse(godwit_akma_server_t *server, uint64_t route, unsigned code, const char *text,
                              const char **detail)
{
    problem(server, route, code, GODWIT_MALFORMED);
    *detail = text;
    return GODWIT_MALFORMED;
}

/* What that path is for, and with which method; 0: nothing. */
static godwit_message_kind_t kind_of(const godwit_akma_server_t *server, const char *path, uint8_t rand[16],
                                     const char **method, bool *removing)
{
    *method = "POST";
    *removing = strcmp(path, GODWIT_NAANF_REMOVE) == 0;
    if (server->function == GODWIT_FUNCTION_AANF) {
        if (strcmp(path, GODWIT_NAANF_RETRIEVE) == 0) {
            return GODWIT_AKMA_KEY_REQUEST;
        }
        return *removing || strcmp(path, GODWIT_NAANF_REGISTER) == 0 ? GODWIT_AKMA_REGISTER : 0;
    }
    if (strcmp(path, GODWIT_NAUSF_AUTHENTICATIONS) == 0) {
        return GODWIT_5G_AUTH_REQUEST;
    }
    *method = "PUT";
    return godwit_nausf_path_read(path, rand) == GODWIT_OK ? GODWIT_5G_CONFIRM : 0;
}

static godwit_status_t read_body(godwit_slice_t body, bool removing, godwit_message_t *m)
{
    switch (m->kind) {
    case GODWIT_5G_AUTH_REQUEST:
        return godwit_nausf_request_read(body, &m->u.auth_5g_request);
    case GODWIT_5G_CONFIRM:
        return godwit_nausf_confirm_read(body, &m->u.confirm_5g);
    case GODWIT_AKMA_REGISTER:
        return godwit_naanf_register_read(body, removing, &m->u.akma_register);
    default:
        return godwit_naanf_key_request_read(body, &m->u.akma_key_request);
    }
}

static godwit_status_t read_request(godwit_akma_server_t *server, const godwit_https_request_t *r, godwit_message_t *m,
                                    const char **detail)
{
    const char *method = NULL;
    bool removing = false;
    uint8_t rand[16] = {0};
    memset(m, 0, sizeof *m);
    m->kind = kind_of(server, r->path, rand, &method, &removing);
    if (m->kind == 0 || r->query[0] != '\0') {
        return refuse(server, r->route, 404, "no such path here (docs/akma.md)", detail);
    }
    if (strcmp(r->method, method) != 0) {
        return refuse(server, r->route, 405, "that path has another method", detail);
    }
    if (r->headers[0] == NULL || strncmp(r->headers[0], "application/json", strlen("application/json")) != 0) {
        return refuse(server, r->route, 415, "the body is no JSON", detail);
    }
    if (r->name_count == 0 || strlen(r->names[0]) >= sizeof m->origin_host ||
        read_body(r->body, removing, m) != GODWIT_OK) {
        return refuse(server, r->route, 400, "the body is no request (docs/akma.md)", detail);
    }
    if (m->kind == GODWIT_5G_CONFIRM) {
        memcpy(m->u.confirm_5g.rand, rand, sizeof rand);
    }
    m->from = m->kind == GODWIT_AKMA_KEY_REQUEST ? GODWIT_FUNCTION_AF : GODWIT_FUNCTION_MME;
    if (m->kind == GODWIT_AKMA_REGISTER) {
        m->from = GODWIT_FUNCTION_AUSF;
    }
    m->to = server->function;
    m->route = r->route;
    memcpy(m->origin_host, r->names[0], strlen(r->names[0]) + 1);
    return GODWIT_OK;
}

godwit_status_t godwit_akma_server_receive(godwit_akma_server_t *server, godwit_message_t *message, const char **detail)
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

void godwit_akma_server_stop(godwit_akma_server_t *server)
{
    if (server != NULL) {
        godwit_https_server_stop(server->https);
        free(server);
    }
}
