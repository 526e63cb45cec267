/* SPDX-License-Identifier: Apache-2.0
 *
 * A door: requests. Each is refused here, with its reason, unless path, method, caller and body are right.
 */
#include <stdio.h>
#include <string.h>

#include "adapters/eese/internal.h"

/* Which requests a door has, of whom. */
static const struct rule {
    godwit_function_t door, caller;
    godwit_eese_resource_t resource;
    const char *method;
    godwit_message_kind_t kind;
    unsigned asked;
} rules[] = {
    {GODWIT_FUNCTION_EESE, GODWIT_FUNCTION_EAS, GODWIT_EESE_REGISTRATIONS, "POST", GODWIT_EAS_REGISTER, ASKED_NEW},
    {GODWIT_FUNCTION_EESE, GODWIT_FUNCTION_EAS, GODWIT_EESE_REGISTRATION, "PUT", GODWIT_EAS_REGISTER, ASKED_CHANGE},
    {GODWIT_FUNCTION_EESE, GODWIT_FUNCTION_EAS, GODWIT_EESE_REGISTRATION, "DELETE", GODWIT_EAS_REGISTER, ASKED_REMOVE},
    {GODWIT_FUNCTION_EESE, GODWIT_FUNCTION_EAS, GODWIT_EESE_SESSIONS, "POST", GODWIT_EAS_SESSION_PULL, 0},
    {GODWIT_FUNCTION_EESE, GODWIT_FUNCTION_EAS, GODWIT_EESE_NEXT_AGE, "POST", GODWIT_EAS_SESSION_PULL, 0},
    {GODWIT_FUNCTION_EAS, GODWIT_FUNCTION_EESE, GODWIT_EESE_PUSH_SESSIONS, "POST", GODWIT_EAS_SESSION_PUSH, 0},
    {GODWIT_FUNCTION_EAS, GODWIT_FUNCTION_HSE, GODWIT_EESE_PUSH_USER_PLANE, "POST", GODWIT_USER_PLANE_UP, 0},
    {GODWIT_FUNCTION_HSE, GODWIT_FUNCTION_EAS, GODWIT_EESE_DOWNLINK, "POST", GODWIT_USER_PLANE_DOWN, 0},
};
#define RULES (sizeof rules / sizeof rules[0])

/* An answer to the caller, and what the owner's log says. */
static godwit_status_t refuse(godwit_eese_server_t *s, const godwit_https_request_t *r, unsigned code, const char *text,
                              const char *member, const char **detail)
{
    const godwit_status_t status = code == 403 ? GODWIT_NOT_ENTITLED : GODWIT_MALFORMED;
    (void)godwit_eese_problem(s, r->route, code, godwit_status_name(status), text, member);
    *detail = text;
    return status;
}

/* The first of the certificate's names that has business with that; NULL: none of them has. */
static const caller_t *caller_of(const godwit_eese_server_t *s, const godwit_https_request_t *r,
                                 godwit_function_t function)
{
    for (size_t n = 0; n < r->name_count; n++) {
        for (size_t i = 0; i < s->caller_count; i++) {
            if (s->callers[i].function == function && strcmp(s->callers[i].san, r->names[n]) == 0) {
                return &s->callers[i];
            }
        }
    }
    return NULL;
}

/* NULL: refused, *known says whether for its method. */
static const struct rule *rule_of(const godwit_eese_server_t *s, const char *method, godwit_eese_resource_t resource,
                                  bool *known)
{
    *known = false;
    for (size_t i = 0; i < RULES; i++) {
        if (rules[i].door == s->function && rules[i].resource == resource) {
            *known = true;
            if (strcmp(rules[i].method, method) == 0) {
                return &rules[i];
            }
        }
    }
    return NULL;
}

static godwit_status_t read_register(const struct rule *rule, const char *eas, const godwit_eese_path_t *path,
                                     godwit_slice_t body, godwit_eas_register_t *to, char wrong[GODWIT_JSON_PATH])
{
    memset(to, 0, sizeof *to);
    if (rule->asked != ASKED_REMOVE && godwit_eese_register_read(body, to, wrong) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    to->remove = rule->asked == ASKED_REMOVE;
    if (to->remove) {
        (void)snprintf(to->eas, sizeof to->eas, "%s", eas);
    }
    memcpy(to->registration, path->registration, sizeof to->registration);
    return GODWIT_OK;
}

static godwit_status_t read_pull(const godwit_eese_path_t *path, godwit_slice_t body, godwit_eas_session_request_t *to,
                                 char wrong[GODWIT_JSON_PATH])
{
    const bool next = path->resource == GODWIT_EESE_NEXT_AGE;
    if (godwit_eese_pull_read(body, next, to, wrong) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    if (next) {
        to->imsi = path->imsi;
    }
    memcpy(to->registration, path->registration, sizeof to->registration);
    return GODWIT_OK;
}

static godwit_status_t read_plane(const char *hse, const char *eas, bool up, godwit_slice_t body,
                                  godwit_user_plane_t *to, char wrong[GODWIT_JSON_PATH])
{
    const godwit_status_t status = godwit_eese_plane_read(body, up, to, wrong);
    if (status == GODWIT_OK) {
        (void)snprintf(to->hse, sizeof to->hse, "%s", hse);
        (void)snprintf(to->eas, sizeof to->eas, "%s", eas);
    }
    return status;
}

static godwit_status_t read_body(const godwit_eese_server_t *s, const struct rule *rule, const caller_t *caller,
                                 const godwit_eese_path_t *path, godwit_slice_t body, godwit_message_t *m,
                                 char wrong[GODWIT_JSON_PATH])
{
    switch (rule->kind) {
    case GODWIT_EAS_REGISTER:
        return read_register(rule, caller->name, path, body, &m->u.eas_register, wrong);
    case GODWIT_EAS_SESSION_PULL:
        return read_pull(path, body, &m->u.eas_session_request, wrong);
    case GODWIT_EAS_SESSION_PUSH:
        return godwit_eese_session_read(body, true, &m->u.eas_session, wrong);
    case GODWIT_USER_PLANE_UP:
        return read_plane(caller->name, s->name, true, body, &m->u.user_plane, wrong);
    default:
        return read_plane(s->name, caller->name, false, body, &m->u.user_plane, wrong);
    }
}

static bool is_json(const char *type)
{
    static const char json[] = "application/json";
    return type != NULL && strncmp(type, json, sizeof json - 1) == 0 &&
           (type[sizeof json - 1] == '\0' || type[sizeof json - 1] == ';' || type[sizeof json - 1] == ' ');
}

static godwit_status_t read_request(godwit_eese_server_t *s, const godwit_https_request_t *r, godwit_message_t *m,
                                    const char **detail)
{
    godwit_eese_path_t path;
    char wrong[GODWIT_JSON_PATH] = "";
    bool known = false;
    if (r->query[0] != '\0' || godwit_eese_path_read(r->path, &path) != GODWIT_OK) {
        return refuse(s, r, 404, "no such path here (docs/eese.openapi.yaml)", NULL, detail);
    }
    const struct rule *rule = rule_of(s, r->method, path.resource, &known);
    if (rule == NULL) {
        return known ? refuse(s, r, 405, "that path has another method", NULL, detail)
                     : refuse(s, r, 404, "no such path here (docs/eese.openapi.yaml)", NULL, detail);
    }
    const caller_t *caller = caller_of(s, r, rule->caller);
    if (caller == NULL) {
        return refuse(s, r, 403, "the certificate names nobody who may ask for that", NULL, detail);
    }
    if (rule->asked != ASKED_REMOVE && !is_json(r->headers[0])) {
        return refuse(s, r, 415, "the body is no JSON", NULL, detail);
    }
    memset(m, 0, sizeof *m);
    if (read_body(s, rule, caller, &path, r->body, m, wrong) != GODWIT_OK) {
        return refuse(s, r, 400, "the body is not as docs/eese.openapi.yaml has it", wrong, detail);
    }
    m->kind = rule->kind;
    m->from = rule->caller;
    m->to = rule->door;
    m->route = r->route | (uint64_t)rule->asked << ROUTE_SHIFT;
    m->hop = GODWIT_HOP_TLS; /* the door is never open without, and caller is who the certificate names */
    (void)snprintf(m->origin_host, sizeof m->origin_host, "%s", caller->name);
    return GODWIT_OK;
}

godwit_status_t godwit_eese_server_receive(godwit_eese_server_t *server, godwit_message_t *message, const char **detail)
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
