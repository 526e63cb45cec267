/* SPDX-License-Identifier: Apache-2.0
 *
 * HTTP between EESE, EAS and HSE (docs/eese.openapi.yaml), with the JSON of the real adapter.
 */
#include <stdio.h>
#include <string.h>

#include "adapters/eese/json.h"
#include "lab/internal.h"

bool lab_is_http_e2e(godwit_message_kind_t kind)
{
    return kind >= GODWIT_EAS_REGISTER && kind <= GODWIT_USER_PLANE_DOWN_ANSWER;
}

/* ---- writing ---- */

static bool is_zero(const uint8_t registration[GODWIT_EAS_REGISTRATION])
{
    static const uint8_t zero[GODWIT_EAS_REGISTRATION];
    return memcmp(registration, zero, sizeof zero) == 0;
}

static bool wants_next_age(const godwit_eas_session_request_t *r)
{
    return r->above_age != 0 || r->lost;
}

static godwit_eese_path_t path_of(const godwit_message_t *m, const char **method)
{
    godwit_eese_path_t path = {.resource = GODWIT_EESE_DOWNLINK};
    *method = "POST";
    switch (m->kind) {
    case GODWIT_EAS_REGISTER:
        path.resource = is_zero(m->u.eas_register.registration) ? GODWIT_EESE_REGISTRATIONS : GODWIT_EESE_REGISTRATION;
        memcpy(path.registration, m->u.eas_register.registration, sizeof path.registration);
        *method = path.resource == GODWIT_EESE_REGISTRATIONS ? "POST" : m->u.eas_register.remove ? "DELETE" : "PUT";
        break;
    case GODWIT_EAS_SESSION_PULL:
        path.resource = wants_next_age(&m->u.eas_session_request) ? GODWIT_EESE_NEXT_AGE : GODWIT_EESE_SESSIONS;
        path.imsi = m->u.eas_session_request.imsi;
        memcpy(path.registration, m->u.eas_session_request.registration, sizeof path.registration);
        break;
    case GODWIT_EAS_SESSION_PUSH:
        path.resource = GODWIT_EESE_PUSH_SESSIONS;
        break;
    case GODWIT_USER_PLANE_UP:
        path.resource = GODWIT_EESE_PUSH_USER_PLANE;
        break;
    default:
        break;
    }
    return path;
}

static size_t write_request(const godwit_message_t *m, unsigned to, char *text, size_t size)
{
    char body[GODWIT_EESE_TEXT] = "", path[GODWIT_EESE_PATH_MAX];
    const char *method;
    const godwit_eese_path_t resource = path_of(m, &method);
    godwit_status_t status = GODWIT_OK;
    godwit_eese_path_write(&resource, path);
    switch (m->kind) {
    case GODWIT_EAS_REGISTER:
        status = m->u.eas_register.remove ? GODWIT_OK : godwit_eese_register_write(&m->u.eas_register, body);
        break;
    case GODWIT_EAS_SESSION_PULL:
        status = godwit_eese_pull_write(&m->u.eas_session_request, body);
        break;
    case GODWIT_EAS_SESSION_PUSH:
        status = godwit_eese_session_write(&m->u.eas_session, true, body);
        break;
    default:
        status = godwit_eese_plane_write(&m->u.user_plane, m->kind == GODWIT_USER_PLANE_UP, body);
        break;
    }
    size_t len = status == GODWIT_OK ? lab_http_write_request(method, lab_host(to), path, body, text, size) : 0;
    godwit_wipe(body, sizeof body);
    return len;
}

static godwit_status_t status_of(const godwit_message_t *m)
{
    return m->kind == GODWIT_EAS_REGISTER_ANSWER       ? m->u.eas_register_answer.status
           : m->kind == GODWIT_EAS_SESSION_PULL_ANSWER ? m->u.eas_session.status
           : m->kind == GODWIT_USER_PLANE_UP_ANSWER    ? m->u.user_plane_answer.status
                                                       : m->u.outcome;
}

static size_t write_refusal(godwit_status_t status, char *text, size_t size)
{
    char body[GODWIT_EESE_TEXT];
    const char *cause, *detail;
    const unsigned code = godwit_eese_code(status, &cause, &detail);
    (void)snprintf(body, sizeof body, "{\"status\":%u,\"cause\":\"%s\",\"detail\":\"%s\"}", code, cause, detail);
    return lab_http_write_answer(code, body, text, size);
}

static size_t write_answer(const godwit_message_t *m, char *text, size_t size)
{
    char body[GODWIT_EESE_TEXT] = "";
    unsigned code = 200;
    godwit_status_t status = status_of(m);
    if (status != GODWIT_OK) {
        return write_refusal(status, text, size);
    }
    switch (m->kind) {
    case GODWIT_EAS_REGISTER_ANSWER:
        code = 201;
        status = godwit_eese_registered_write(&m->u.eas_register_answer, body);
        break;
    case GODWIT_EAS_SESSION_PULL_ANSWER:
        status = godwit_eese_session_write(&m->u.eas_session, false, body);
        break;
    case GODWIT_USER_PLANE_UP_ANSWER:
        godwit_eese_planed_write(m->u.user_plane_answer.highest, body);
        break;
    default:
        code = 204;
        break;
    }
    size_t len = status == GODWIT_OK ? lab_http_write_answer(code, body, text, size) : 0;
    godwit_wipe(body, sizeof body);
    return len;
}

size_t lab_http_write_e2e(const godwit_message_t *m, unsigned to, char *text, size_t size)
{
    return godwit_message_is_answer(m->kind) ? write_answer(m, text, size) : write_request(m, to, text, size);
}

/* ---- reading ---- */

static bool read_path(const char *text, godwit_eese_path_t *path)
{
    char whole[GODWIT_EESE_PATH_MAX];
    size_t at = strcspn(text, " ") + 1, len = strcspn(text + at, " ");
    if (len >= sizeof whole) {
        return false;
    }
    memcpy(whole, text + at, len);
    whole[len] = '\0';
    return godwit_eese_path_read(whole, path) == GODWIT_OK;
}

static godwit_status_t read_pull(godwit_slice_t body, const godwit_eese_path_t *path, godwit_eas_session_request_t *r)
{
    char wrong[GODWIT_JSON_PATH];
    const bool next_age = path->resource == GODWIT_EESE_NEXT_AGE;
    godwit_status_t status = godwit_eese_pull_read(body, next_age, r, wrong);
    memcpy(r->registration, path->registration, sizeof r->registration);
    r->imsi = next_age ? path->imsi : r->imsi;
    return status;
}

/* The octets of a packet have no terminator, but this form has blanks before its end. */
bool lab_http_read_e2e_request(const char *text, godwit_slice_t body, godwit_message_t *m)
{
    char wrong[GODWIT_JSON_PATH];
    godwit_eese_path_t path;
    godwit_eas_register_t *r = &m->u.eas_register;
    if (body.ptr == NULL || !read_path(text, &path)) {
        return false;
    }
    switch (m->kind) {
    case GODWIT_EAS_REGISTER:
        if (strncmp(text, "DELETE", strlen("DELETE")) == 0) {
            r->remove = true;
        } else if (godwit_eese_register_read(body, r, wrong) != GODWIT_OK) {
            return false;
        }
        memcpy(r->registration, path.registration, sizeof r->registration);
        return true;
    case GODWIT_EAS_SESSION_PULL:
        return read_pull(body, &path, &m->u.eas_session_request) == GODWIT_OK;
    case GODWIT_EAS_SESSION_PUSH:
        return godwit_eese_session_read(body, true, &m->u.eas_session, wrong) == GODWIT_OK;
    default:
        return godwit_eese_plane_read(body, m->kind == GODWIT_USER_PLANE_UP, &m->u.user_plane, wrong) == GODWIT_OK;
    }
}

static godwit_status_t read_body(godwit_slice_t body, godwit_message_t *m)
{
    char wrong[GODWIT_JSON_PATH];
    switch (m->kind) {
    case GODWIT_EAS_REGISTER_ANSWER:
        return body.len > 0 ? godwit_eese_registered_read(body, &m->u.eas_register_answer) : GODWIT_OK;
    case GODWIT_EAS_SESSION_PULL_ANSWER:
        return godwit_eese_session_read(body, false, &m->u.eas_session, wrong);
    case GODWIT_USER_PLANE_UP_ANSWER:
        return godwit_eese_planed_read(body, &m->u.user_plane_answer.highest);
    default:
        return GODWIT_OK;
    }
}

void lab_http_read_e2e_answer(unsigned code, godwit_slice_t body, godwit_message_t *m)
{
    const godwit_status_t status = code / 100 == 2 ? read_body(body, m) : godwit_eese_refusal(code, body);
    switch (m->kind) {
    case GODWIT_EAS_REGISTER_ANSWER:
        m->u.eas_register_answer.status = status;
        break;
    case GODWIT_EAS_SESSION_PULL_ANSWER:
        m->u.eas_session.status = status;
        break;
    case GODWIT_USER_PLANE_UP_ANSWER:
        m->u.user_plane_answer.status = status;
        break;
    default:
        m->u.outcome = status;
        break;
    }
}

static void set_name(char name[GODWIT_FQDN_MAX + 1], unsigned node)
{
    memcpy(name, lab_host(node), strlen(lab_host(node)) + 1);
}

void lab_e2e_ends(godwit_message_t *m, unsigned from, unsigned to)
{
    m->hop = GODWIT_HOP_TLS;
    m->from = from == GODWIT_WORLD_STRANGER ? GODWIT_FUNCTION_EAS : m->from; /* there it is another enterprise's */
    if (m->kind == GODWIT_USER_PLANE_UP) {
        set_name(m->u.user_plane.hse, from);
        set_name(m->u.user_plane.eas, to);
    } else if (m->kind == GODWIT_USER_PLANE_DOWN) {
        set_name(m->u.user_plane.eas, from);
        set_name(m->u.user_plane.hse, to);
    }
}
