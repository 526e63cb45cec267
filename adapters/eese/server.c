/* SPDX-License-Identifier: Apache-2.0
 *
 * A door: start, answers, end. What an answer needs to know of its request travels in the upper octet of the route.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/eese/internal.h"

/* ---- start and end ---- */

static bool copy(char *to, size_t size, const char *from)
{
    return from != NULL && snprintf(to, size, "%s", from) < (int)size;
}

static bool copy_callers(const godwit_eese_server_config_t *config, godwit_eese_server_t *s)
{
    bool good = config->caller_count > 0 && config->caller_count <= GODWIT_EESE_PEERS_MAX;
    for (size_t i = 0; good && i < config->caller_count; i++) {
        const godwit_eese_caller_t *from = &config->callers[i];
        caller_t *to = &s->callers[i];
        good = copy(to->name, sizeof to->name, from->name) &&
               copy(to->san, sizeof to->san, from->san == NULL ? from->name : from->san) &&
               godwit_fqdn_is_canonical(godwit_slice_of_string(to->name));
        to->function = from->function;
    }
    s->caller_count = good ? config->caller_count : 0;
    return good;
}

/* names: of the callers, that NULL ends. */
static godwit_https_server_config_t https_of(const godwit_eese_server_t *s, const godwit_eese_tls_t *tls,
                                             const char *names[GODWIT_EESE_PEERS_MAX + 1])
{
    for (size_t i = 0; i <= s->caller_count; i++) {
        names[i] = i < s->caller_count ? s->callers[i].san : NULL;
    }
    return (godwit_https_server_config_t){.certificate = tls->certificate,
                                          .key = tls->key,
                                          .client_ca = tls->ca,
                                          .crl = tls->crl,
                                          .clients = names,
                                          .headers = {"Content-Type"},
                                          .body_max = GODWIT_EESE_TEXT};
}

static godwit_status_t start(const godwit_eese_server_config_t *config, godwit_eese_server_t *s,
                             char why[GODWIT_HTTPS_WHY])
{
    const char *names[GODWIT_EESE_PEERS_MAX + 1];
    if (!copy_callers(config, s) || !copy(s->name, sizeof s->name, config->name)) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "1 to %u callers, each with a domain name of at most %u characters",
                       GODWIT_EESE_PEERS_MAX, GODWIT_NODE_NAME_MAX - 1);
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_https_server_config_t https = https_of(s, &config->tls, names);
    https.host = config->host;
    https.port = config->port;
    return godwit_https_server_start(&https, &s->https, why);
}

godwit_status_t godwit_eese_server_start(const godwit_eese_server_config_t *config, godwit_eese_server_t **server,
                                         char why[GODWIT_HTTPS_WHY])
{
    godwit_eese_server_t *s = calloc(1, sizeof *s);
    *server = NULL;
    if (s == NULL) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "no memory");
        return GODWIT_IO_FAILED;
    }
    s->function = config->function;
    const godwit_status_t status = start(config, s, why);
    if (status != GODWIT_OK) {
        free(s);
        return status;
    }
    *server = s;
    return GODWIT_OK;
}

uint16_t godwit_eese_server_port(const godwit_eese_server_t *server)
{
    return godwit_https_server_port(server->https);
}

int godwit_eese_server_fd(const godwit_eese_server_t *server)
{
    return godwit_https_server_fd(server->https);
}

godwit_status_t godwit_eese_server_reload(godwit_eese_server_t *server, const godwit_eese_tls_t *tls,
                                          char why[GODWIT_HTTPS_WHY])
{
    const char *names[GODWIT_EESE_PEERS_MAX + 1];
    const godwit_https_server_config_t https = https_of(server, tls, names);
    return godwit_https_server_renew(server->https, &https, why);
}

void godwit_eese_server_stop(godwit_eese_server_t *server)
{
    if (server != NULL) {
        godwit_https_server_stop(server->https);
        free(server);
    }
}

/* ---- answers ---- */

static bool reply(godwit_eese_server_t *s, uint64_t route, unsigned code, const char *location, const char *text)
{
    const char *type = code < 400 ? "application/json" : "application/problem+json";
    const bool wait = code == 429;
    godwit_https_reply_t with = {
        .code = code, .headers = {{"Cache-Control", "no-store"}}, .body = godwit_slice_of_string(text)};
    size_t count = 1;
    if (text[0] != '\0') {
        with.headers[count++] = (godwit_https_header_t){"Content-Type", type};
    }
    if (location != NULL) {
        with.headers[count++] = (godwit_https_header_t){"Location", location};
    }
    if (wait) {
        with.headers[count] = (godwit_https_header_t){"Retry-After", "1"};
    }
    return godwit_https_server_answer(s->https, route & ROUTE_HTTPS, &with);
}

bool godwit_eese_problem(godwit_eese_server_t *s, uint64_t route, unsigned code, const char *cause, const char *detail,
                         const char *member)
{
    char text[GODWIT_EESE_TEXT];
    godwit_json_problem(code, cause, detail, member, text, sizeof text);
    return reply(s, route, code, NULL, text);
}

static bool refuse(godwit_eese_server_t *s, uint64_t route, godwit_status_t status)
{
    const char *cause = NULL, *detail = NULL;
    const unsigned code = godwit_eese_code(status, &cause, &detail);
    return godwit_eese_problem(s, route, code, cause, detail, NULL);
}

static bool answer_register(godwit_eese_server_t *s, const godwit_message_t *answer)
{
    char text[GODWIT_EESE_TEXT] = "", path[GODWIT_EESE_PATH_MAX];
    const godwit_eas_register_answer_t *a = &answer->u.eas_register_answer;
    const unsigned asked = (unsigned)(answer->route >> ROUTE_SHIFT);
    if (a->status != GODWIT_OK) {
        return refuse(s, answer->route, a->status);
    }
    if (asked == ASKED_REMOVE) {
        return reply(s, answer->route, 204, NULL, "");
    }
    if (godwit_eese_registered_write(a, text) != GODWIT_OK) {
        return refuse(s, answer->route, GODWIT_PEER_INTERNAL);
    }
    godwit_eese_path_t at = {.resource = GODWIT_EESE_REGISTRATION};
    memcpy(at.registration, a->registration, sizeof at.registration);
    godwit_eese_path_write(&at, path);
    return reply(s, answer->route, asked == ASKED_NEW ? 201 : 200, asked == ASKED_NEW ? path : NULL, text);
}

/* The only text of a door that has a key in it. */
static bool answer_pull(godwit_eese_server_t *s, const godwit_message_t *answer)
{
    char text[GODWIT_EESE_TEXT];
    const godwit_eas_session_t *session = &answer->u.eas_session;
    if (session->status != GODWIT_OK) {
        return refuse(s, answer->route, session->status);
    }
    const bool sent = godwit_eese_session_write(session, false, text) == GODWIT_OK
                          ? reply(s, answer->route, 200, NULL, text)
                          : refuse(s, answer->route, GODWIT_PEER_INTERNAL);
    godwit_wipe(text, sizeof text);
    return sent;
}

static bool answer_plane(godwit_eese_server_t *s, const godwit_message_t *answer)
{
    char text[GODWIT_EESE_TEXT];
    const godwit_user_plane_answer_t *a = &answer->u.user_plane_answer;
    if (a->status != GODWIT_OK) {
        return refuse(s, answer->route, a->status);
    }
    godwit_eese_planed_write(a->highest, text);
    return reply(s, answer->route, 200, NULL, text);
}

bool godwit_eese_server_answer(godwit_eese_server_t *server, const godwit_message_t *answer)
{
    switch (answer->kind) {
    case GODWIT_EAS_REGISTER_ANSWER:
        return answer_register(server, answer);
    case GODWIT_EAS_SESSION_PULL_ANSWER:
        return answer_pull(server, answer);
    case GODWIT_USER_PLANE_UP_ANSWER:
        return answer_plane(server, answer);
    default: /* EAS_SESSION_PUSH, USER_PLANE_DOWN */
        return answer->u.outcome == GODWIT_OK ? reply(server, answer->route, 204, NULL, "")
                                              : refuse(server, answer->route, answer->u.outcome);
    }
}
