/* SPDX-License-Identifier: Apache-2.0
 *
 * The REST front: answers to an AS.
 */
#include <string.h>

#include "adapters/json/json.h"
#include "adapters/t8/internal.h"

void godwit_t8_reply(godwit_t8_t *t, uint64_t route, unsigned code, const char *type, godwit_https_header_t header,
                     const char *text)
{
    const bool body = text[0] != '\0';
    const godwit_https_reply_t with = {.code = code,
                                       .headers = {{"Cache-Control", "no-store"},
                                                   body ? (godwit_https_header_t){"Content-Type", type} : header,
                                                   body ? header : (godwit_https_header_t){NULL, NULL}},
                                       .body = godwit_slice_of_string(text)};
    (void)godwit_https_server_answer(t->server, route, &with); /* nobody waits any more: he will ask again */
}

static const godwit_https_header_t none = {NULL, NULL};

static void say(godwit_t8_t *t, uint64_t route, unsigned code, const char *cause, const char *detail,
                const char *member, godwit_https_header_t header)
{
    char text[GODWIT_T8_TEXT];
    godwit_json_problem(code, cause, detail, member, text, sizeof text);
    godwit_t8_reply(t, route, code, "application/problem+json", header, text);
}

void godwit_t8_problem(godwit_t8_t *t, uint64_t route, unsigned code, const char *cause, const char *detail,
                       const char *member)
{
    say(t, route, code, cause, detail, member, none);
}

void godwit_t8_other_method(godwit_t8_t *t, uint64_t route, const char *methods)
{
    say(t, route, 405, "INVALID", "that path has other methods", NULL, (godwit_https_header_t){"Allow", methods});
}

static waiting_t *waiting_of(godwit_t8_t *t, uint64_t route)
{
    for (size_t i = 0; i < WAITING_MAX; i++) {
        if (t->waiting[i].route == route) {
            return &t->waiting[i];
        }
    }
    return NULL;
}

static void answer_action(godwit_t8_t *t, const waiting_t *w, godwit_request_status_t status)
{
    char text[GODWIT_T8_TEXT] = "", path[GODWIT_T8_URI_MAX];
    const char *cause = NULL;
    if (status != GODWIT_TRIGGER_SUCCESS) {
        const unsigned code = godwit_t8_status_code(status, &cause);
        godwit_t8_problem(t, w->route, code, cause, "the MTC-IWF does not take this (Request-Status of TS 29.368)",
                          NULL);
        return;
    }
    if (w->action.action == GODWIT_ACTION_RECALL) {
        godwit_t8_reply(t, w->route, 204, NULL, none, text);
        return;
    }
    godwit_t8_path_write(w->action.scs, w->action.reference, path);
    godwit_t8_transaction_write(&w->action, "TRIGGERED", text);
    godwit_t8_reply(t, w->route, w->action.action == GODWIT_ACTION_TRIGGER ? 201 : 200, "application/json",
                    (godwit_https_header_t){"Location", path}, text);
}

static void answer_query(godwit_t8_t *t, uint64_t route, const godwit_trigger_query_answer_t *a)
{
    char text[GODWIT_T8_TEXT];
    if (a->status == GODWIT_OK) {
        godwit_t8_transaction_write(&a->action, godwit_t8_result(a), text);
        godwit_t8_reply(t, route, 200, "application/json", none, text);
    } else if (a->status == GODWIT_NOT_FOUND) {
        godwit_t8_problem(t, route, 404, "NOT_FOUND", "no such transaction, or it is over and forgotten", NULL);
    } else if (a->status == GODWIT_NOT_ENTITLED) {
        godwit_t8_problem(t, route, 403, "NOTAUTHORIZED", "not a source of triggers", NULL);
    } else {
        godwit_t8_problem(t, route, 503, "TEMPORARYERROR", "the MTC-IWF could not look", NULL);
    }
}

/* The transaction as it stands, with the changes of the PATCH: a replacement of it. */
static void replace(waiting_t *w, const godwit_device_action_t *stands, godwit_message_t *next)
{
    godwit_device_action_t action = *stands;
    godwit_t8_patch_apply(&w->action, &w->changes, &action);
    action.action = GODWIT_ACTION_REPLACE;
    action.reference = w->action.reference;
    action.old_reference = w->action.old_reference;
    w->action = action;
    w->query = w->patching = false;
    godwit_t8_fill(next, w->route, action.scs);
    next->kind = GODWIT_DEVICE_ACTION;
    next->u.device_action = action;
}

bool godwit_t8_answer(godwit_t8_t *t8, const godwit_message_t *answer, godwit_message_t *next)
{
    waiting_t *w = answer->route != 0 ? waiting_of(t8, answer->route) : NULL;
    if (w == NULL) {
        return false;
    }
    if (answer->kind == GODWIT_TRIGGER_QUERY_ANSWER && w->query) {
        const godwit_trigger_query_answer_t *a = &answer->u.trigger_query_answer;
        if (w->patching && a->status == GODWIT_OK) {
            replace(w, &a->action, next);
            return true;
        }
        answer_query(t8, w->route, a);
    } else if (answer->kind == GODWIT_DEVICE_ACTION_ANSWER && !w->query) {
        answer_action(t8, w, answer->u.device_action_answer.status);
    } else {
        return false;
    }
    godwit_wipe(w, sizeof *w);
    return false;
}
