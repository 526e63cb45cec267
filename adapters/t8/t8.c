/* SPDX-License-Identifier: Apache-2.0
 *
 * The REST front: requests of an AS, and answers to them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "adapters/json/json.h"
#include "adapters/t8/internal.h"

#define NOTIFY_MS 10000u
/* ---- opening ---- */

static godwit_status_t copy_callers(const godwit_t8_config_t *config, caller_t callers[GODWIT_T8_CALLERS_MAX],
                                    char why[GODWIT_HTTPS_WHY])
{
    if (config->caller_count == 0 || config->caller_count > GODWIT_T8_CALLERS_MAX) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "REST front: 1 to %u callers", GODWIT_T8_CALLERS_MAX);
        return GODWIT_INVALID_ARGUMENT;
    }
    for (size_t i = 0; i < config->caller_count; i++) {
        const godwit_t8_caller_t *from = &config->callers[i];
        const char *notify = from->notify != NULL ? from->notify : "";
        if (strlen(from->name) > GODWIT_SCS_NAME_MAX || strlen(notify) > GODWIT_T8_URI_MAX ||
            (notify[0] != '\0' && strncmp(notify, "https://", 8) != 0)) {
            (void)snprintf(why, GODWIT_HTTPS_WHY,
                           "REST front: %.80s: a name of at most 128 characters, and for its reports an https URL",
                           from->name);
            return GODWIT_INVALID_ARGUMENT;
        }
        (void)snprintf(callers[i].name, sizeof callers[i].name, "%s", from->name);
        (void)snprintf(callers[i].notify, sizeof callers[i].notify, "%s", notify);
    }
    return GODWIT_OK;
}

/* names: of the callers, that NULL ends. */
static godwit_https_server_config_t server_config(const godwit_t8_config_t *config,
                                                  const char *names[GODWIT_T8_CALLERS_MAX + 1])
{
    for (size_t i = 0; i <= config->caller_count; i++) {
        names[i] = i < config->caller_count ? config->callers[i].name : NULL;
    }
    return (godwit_https_server_config_t){.host = config->host,
                                          .port = config->port,
                                          .certificate = config->certificate,
                                          .key = config->key,
                                          .client_ca = config->ca,
                                          .crl = config->crl,
                                          .clients = names,
                                          .headers = {"Content-Type", "Idempotency-Key"},
                                          .body_max = GODWIT_T8_TEXT};
}

static godwit_status_t start_server(const godwit_t8_config_t *config, godwit_t8_t *t, char why[GODWIT_HTTPS_WHY])
{
    const char *names[GODWIT_T8_CALLERS_MAX + 1];
    const godwit_https_server_config_t https = server_config(config, names);
    return godwit_https_server_start(&https, &t->server, why);
}

static godwit_status_t start_client(const godwit_t8_config_t *config, godwit_t8_t *t, char why[GODWIT_HTTPS_WHY])
{
    const godwit_https_client_config_t https = {.certificate = config->certificate,
                                                .key = config->key,
                                                .ca = config->ca,
                                                .crl = config->crl,
                                                .connect_to = config->connect_to,
                                                .body_max = GODWIT_T8_TEXT,
                                                .whole_ms = NOTIFY_MS};
    return godwit_https_client_start(&https, &t->client, why);
}

godwit_status_t godwit_t8_start(const godwit_t8_config_t *config, godwit_t8_t **t8, char why[GODWIT_HTTPS_WHY])
{
    godwit_t8_t *t = calloc(1, sizeof *t);
    *t8 = NULL;
    if (t == NULL) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "no memory");
        return GODWIT_IO_FAILED;
    }
    godwit_status_t status = copy_callers(config, t->callers, why);
    if (status == GODWIT_OK) {
        t->caller_count = config->caller_count;
        status = start_server(config, t, why);
    }
    if (status == GODWIT_OK) {
        status = start_client(config, t, why);
    }
    if (status != GODWIT_OK) {
        godwit_t8_stop(t);
        return status;
    }
    *t8 = t;
    return GODWIT_OK;
}

godwit_status_t godwit_t8_renew(godwit_t8_t *t8, const godwit_t8_config_t *config, char why[GODWIT_HTTPS_WHY])
{
    const char *names[GODWIT_T8_CALLERS_MAX + 1];
    caller_t callers[GODWIT_T8_CALLERS_MAX];
    memset(callers, 0, sizeof callers);
    godwit_status_t status = copy_callers(config, callers, why);
    if (status == GODWIT_OK) {
        const godwit_https_server_config_t https = server_config(config, names);
        status = godwit_https_server_renew(t8->server, &https, why);
    }
    if (status == GODWIT_OK) {
        memcpy(t8->callers, callers, sizeof callers);
        t8->caller_count = config->caller_count;
        godwit_https_client_renew(t8->client);
    }
    return status;
}

void godwit_t8_stop(godwit_t8_t *t8)
{
    if (t8 != NULL) {
        godwit_https_server_stop(t8->server);
        godwit_https_client_stop(t8->client);
        godwit_wipe(t8->waiting, sizeof t8->waiting);
        free(t8);
    }
}

uint16_t godwit_t8_port(const godwit_t8_t *t8)
{
    return godwit_https_server_port(t8->server);
}

int godwit_t8_server_fd(const godwit_t8_t *t8)
{
    return godwit_https_server_fd(t8->server);
}

int godwit_t8_client_fd(const godwit_t8_t *t8)
{
    return godwit_https_client_fd(t8->client);
}

/* ---- requests ---- */

/* What a path is for. */
#define OF_ALL "GET, POST"
#define OF_ONE "GET, PUT, PATCH, DELETE"

/* An answer to the AS, and what the owner's log says. */
static godwit_status_t refuse(godwit_t8_t *t, const godwit_https_request_t *r, unsigned code, const char *text,
                              const char *member, const char **detail)
{
    const godwit_status_t status = code == 403 ? GODWIT_NOT_ENTITLED : GODWIT_MALFORMED;
    godwit_t8_problem(t, r->route, code, code == 403 ? "NOTAUTHORIZED" : "INVALID", text, member);
    *detail = text;
    return status;
}

const caller_t *godwit_t8_caller_of(const godwit_t8_t *t, const char *name)
{
    for (size_t i = 0; i < t->caller_count; i++) {
        if (strcmp(t->callers[i].name, name) == 0) {
            return &t->callers[i];
        }
    }
    return NULL;
}

static bool is_named(const godwit_https_request_t *r, const char *name)
{
    for (size_t i = 0; i < r->name_count; i++) {
        if (strcmp(r->names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* A place for what the answer needs; a route that the server has given up is taken when all are used. */
static waiting_t *place(godwit_t8_t *t)
{
    waiting_t *oldest = &t->waiting[0];
    for (size_t i = 0; i < WAITING_MAX; i++) {
        if (t->waiting[i].route == 0) {
            return &t->waiting[i];
        }
        oldest = t->waiting[i].route < oldest->route ? &t->waiting[i] : oldest;
    }
    return oldest;
}

/* The number that the AS wants its request known by, so that it can be said again; a random one where it has none. 0:
 * neither. */
static uint32_t reference_for(const godwit_https_request_t *r)
{
    char path[64], scs[GODWIT_SCS_NAME_MAX + 1];
    uint32_t reference = 0;
    const char *wanted = r->headers[1];
    if (wanted != NULL) {
        (void)snprintf(path, sizeof path, GODWIT_T8_PATH "x/transactions/%.10s", wanted);
        return strlen(wanted) <= 10 && godwit_t8_path_read(path, scs, &reference) == GODWIT_OK ? reference : 0;
    }
    return getrandom(&reference, sizeof reference, 0) == (ssize_t)sizeof reference ? reference | 0x80000000u : 0;
}

/* A media type, whatever parameters follow it. */
static bool is_type(const char *header, const char *type)
{
    const size_t len = strlen(type);
    return header != NULL && strncasecmp(header, type, len) == 0 &&
           (header[len] == '\0' || header[len] == ';' || header[len] == ' ');
}

/* The body of a POST, PUT or PATCH into w. */
static godwit_status_t read_body(godwit_t8_t *t, const godwit_https_request_t *r, const caller_t *caller, waiting_t *w,
                                 const char **detail)
{
    godwit_t8_body_t body;
    const char *member = NULL;
    if (!is_type(r->headers[0], "application/json") &&
        !(w->patching && is_type(r->headers[0], "application/merge-patch+json"))) {
        return refuse(t, r, 415,
                      w->patching ? "Content-Type is not application/merge-patch+json"
                                  : "Content-Type is not application/json",
                      NULL, detail);
    }
    const godwit_status_t status = w->patching ? godwit_t8_patch_read(r->body, &body, &w->changes, &member)
                                               : godwit_t8_request_read(r->body, &body, &member);
    if (status != GODWIT_OK) {
        return refuse(t, r, 400,
                      w->patching ? "the body is no DeviceTriggeringPatch (docs/t8.openapi.yaml)"
                                  : "the body is no DeviceTriggering (docs/t8.openapi.yaml)",
                      member, detail);
    }
    if (body.has_destination && strcmp(body.destination, caller->notify) != 0) {
        return refuse(t, r, 403, "reports go to the address that is configured for this AS alone",
                      "notificationDestination", detail);
    }
    w->action = body.action;
    return GODWIT_OK;
}

/* old: of the transaction in the path; 0: there is none. */
static godwit_status_t read_action(godwit_t8_t *t, const godwit_https_request_t *r, const caller_t *caller,
                                   uint32_t old, waiting_t *w, const char **detail)
{
    const bool recall = strcmp(r->method, "DELETE") == 0;
    const godwit_status_t status = recall ? GODWIT_OK : read_body(t, r, caller, w, detail);
    if (status != GODWIT_OK) {
        return status;
    }
    w->action.action = recall ? GODWIT_ACTION_RECALL : old != 0 ? GODWIT_ACTION_REPLACE : GODWIT_ACTION_TRIGGER;
    w->action.old_reference = old;
    w->action.reference = reference_for(r);
    (void)snprintf(w->action.scs, sizeof w->action.scs, "%.*s", GODWIT_SCS_NAME_MAX, caller->name);
    return w->action.reference != 0
               ? GODWIT_OK
               : refuse(t, r, 400, "Idempotency-Key must be a number from 1 to 4294967295", "Idempotency-Key", detail);
}

void godwit_t8_fill(godwit_message_t *m, uint64_t route, const char *caller)
{
    memset(m, 0, sizeof *m);
    m->from = GODWIT_FUNCTION_AS;
    m->to = GODWIT_FUNCTION_MTC_IWF;
    m->route = route;
    m->hop = GODWIT_HOP_TLS; /* the door is never open without, and caller is who the certificate names */
    (void)snprintf(m->origin_host, sizeof m->origin_host, "%.*s", GODWIT_NODE_NAME_MAX - 1, caller);
}

/* What a method may be for; false: that path has others. */
static bool method_fits(const char *method, uint32_t reference)
{
    static const char *const of_one[] = {"GET", "PUT", "PATCH", "DELETE"};
    bool fits = reference == 0 && (strcmp(method, "POST") == 0 || strcmp(method, "GET") == 0);
    for (size_t i = 0; reference != 0 && i < sizeof of_one / sizeof of_one[0]; i++) {
        fits = fits || strcmp(method, of_one[i]) == 0;
    }
    return fits;
}

/* A PATCH asks first how the transaction stands: the answer to that makes the replacement. */
static godwit_status_t read_method(godwit_t8_t *t, const godwit_https_request_t *r, const caller_t *caller,
                                   uint32_t reference, godwit_message_t *m, const char **detail)
{
    waiting_t w = {.route = r->route, .patching = strcmp(r->method, "PATCH") == 0};
    godwit_status_t status = GODWIT_OK;
    w.query = w.patching || strcmp(r->method, "GET") == 0;
    if (strcmp(r->method, "GET") != 0) {
        status = read_action(t, r, caller, reference, &w, detail);
    }
    godwit_t8_fill(m, r->route, caller->name);
    if (w.query) {
        m->kind = GODWIT_TRIGGER_QUERY;
        (void)snprintf(m->u.trigger_query.scs, sizeof m->u.trigger_query.scs, "%.*s", GODWIT_SCS_NAME_MAX,
                       caller->name);
        m->u.trigger_query.reference = reference;
    } else {
        m->kind = GODWIT_DEVICE_ACTION;
        m->u.device_action = w.action;
    }
    if (status == GODWIT_OK) {
        *place(t) = w;
    }
    return status;
}

static godwit_status_t read_request(godwit_t8_t *t, const godwit_https_request_t *r, godwit_message_t *m,
                                    godwit_t8_list_t *list, const char **detail)
{
    char scs[GODWIT_SCS_NAME_MAX + 1];
    uint32_t reference = 0, after = 0;
    const bool known = godwit_t8_path_read(r->path, scs, &reference) == GODWIT_OK;
    const bool of_all = known && reference == 0 && strcmp(r->method, "GET") == 0;
    if (!known || (of_all ? godwit_t8_query_read(r->query, &after) != GODWIT_OK : r->query[0] != '\0')) {
        return refuse(t, r, 404, "no such path here (docs/t8.openapi.yaml)", NULL, detail);
    }
    const caller_t *caller = is_named(r, scs) ? godwit_t8_caller_of(t, scs) : NULL;
    if (caller == NULL) {
        return refuse(t, r, 403, "scsAsId is not what the certificate names", NULL, detail);
    }
    if (!method_fits(r->method, reference)) {
        *detail = "that path has other methods";
        godwit_t8_other_method(t, r->route, reference != 0 ? OF_ONE : OF_ALL);
        return GODWIT_MALFORMED;
    }
    if (of_all) {
        *list = (godwit_t8_list_t){.route = r->route, .after = after};
        memcpy(list->scs, scs, sizeof list->scs);
        return GODWIT_OK;
    }
    return read_method(t, r, caller, reference, m, detail);
}

godwit_status_t godwit_t8_receive(godwit_t8_t *t8, godwit_message_t *message, godwit_t8_list_t *list,
                                  const char **detail)
{
    godwit_https_request_t request;
    list->route = 0;
    if (!godwit_https_server_next(t8->server, &request)) {
        return GODWIT_AGAIN;
    }
    if (request.refused != 0) {
        *detail = request.why;
        return request.refused == 403 ? GODWIT_NOT_ENTITLED : GODWIT_MALFORMED;
    }
    return read_request(t8, &request, message, list, detail);
}
