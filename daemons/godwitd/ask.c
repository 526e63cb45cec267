/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers to the control socket (docs/control.md). Sessions are shown through roles/view.h, which has no member that
 * could hold a key.
 */
#include <string.h>

#include "daemons/godwitd/daemon.h"
#include "roles/view.h"

static json_t *counts(godwit_count_view_t count)
{
    return json_pack("{s:I, s:I}", "received", (json_int_t)count.received, "sent", (json_int_t)count.sent);
}

static json_t *address_of(const godwit_session_view_t *view)
{
    godwit_address_t address = {.len = view->address_len};
    char text[GODWIT_UDP_TEXT];
    if (!view->has_address) {
        return json_null();
    }
    memcpy(address.octets, view->address, sizeof address.octets);
    godwit_udp_address_to_text(&address, text);
    return json_string(text);
}

static json_t *session_json(const godwitd_t *d, const godwit_session_record_t *record)
{
    const godwit_session_view_t view = godwit_session_view(record);
    char imsi[GODWIT_IMSI_SHOWN];
    godwit_observe_imsi(&d->observer, &view.imsi, imsi);
    return json_pack("{s:I, s:s, s:s, s:s, s:s?, s:i, s:i, s:I, s:o, s:o, s:I, s:I, s:I, s:o, s:s, s:s?, s:I, s:I}",
                     "session", (json_int_t)view.session_id, "imsi", imsi, "agreement", view.agreement, "state",
                     view.state, "suite", view.suite, "key_id", view.key_id, "next_key_id", view.next_key_id,
                     "generation", (json_int_t)view.generation, "user", counts(view.user), "control",
                     counts(view.control), "datagrams", (json_int_t)view.datagrams, "created_ms",
                     (json_int_t)view.created_ms, "keyed_ms", (json_int_t)view.keyed_ms, "address", address_of(&view),
                     "enterprise", view.enterprise, "service", view.service, "age", (json_int_t)view.age, "next_age",
                     (json_int_t)view.next_age);
}

typedef struct listing {
    const godwitd_t *d;
    json_t *sessions;
} listing_t;

static bool add_session(void *context, const godwit_record_t *record)
{
    listing_t *listing = context;
    return json_array_append_new(listing->sessions, session_json(listing->d, &record->u.session)) == 0;
}

/* From the store, which has every session as it was committed last. */
static json_t *list_sessions(godwitd_t *d, uint32_t after, uint32_t limit)
{
    const godwit_record_key_t key = {.kind = GODWIT_RECORD_SESSION, .session_id = after};
    listing_t listing = {d, json_array()};
    if (d->store != NULL &&
        godwit_store_list(d->store, GODWIT_RECORD_SESSION, &key, limit, add_session, &listing) != GODWIT_OK) {
        json_decref(listing.sessions);
        return NULL;
    }
    return listing.sessions;
}

static json_t *store_error(const godwitd_t *d)
{
    return godwit_control_error(GODWIT_STORE_FAILED, godwit_store_why(d->store));
}

static json_t *session_list(godwitd_t *d, const godwit_control_request_t *request)
{
    json_t *sessions = list_sessions(d, request->after, request->limit);
    return sessions == NULL ? store_error(d) : json_pack("{s:o}", "sessions", sessions);
}

static json_t *session_show(godwitd_t *d, const godwit_control_request_t *request)
{
    json_t *sessions = list_sessions(d, request->session - 1, 1);
    if (sessions == NULL) {
        return store_error(d);
    }
    json_t *session = json_incref(json_array_get(sessions, 0));
    json_decref(sessions);
    if (json_integer_value(json_object_get(session, "session")) != (json_int_t)request->session) {
        json_decref(session);
        return godwit_control_error(GODWIT_NOT_FOUND, "there is no such session");
    }
    return session;
}

static json_t *ask(godwitd_t *d, godwit_function_t function, godwit_input_t *input, const char *done)
{
    const char *detail = NULL;
    godwit_status_t status = owner_ask(d->owner, function, input, &detail);
    if (status == GODWIT_NOT_FOUND && detail == NULL) {
        detail = owner_has_role(d->owner, function) ? "there is none" : "there is no hse in this process";
    }
    return status == GODWIT_OK ? json_pack("{s:b}", done, true)
                               : godwit_control_error(status, detail == NULL ? "refused; see the log" : detail);
}

static json_t *session_drop(godwitd_t *d, const godwit_control_request_t *request)
{
    json_t *known = session_show(d, request);
    if (json_object_get(known, "error") != NULL) {
        return known;
    }
    json_decref(known);
    godwit_input_t input = {.kind = GODWIT_INPUT_DROP, .session_id = request->session};
    return ask(d, GODWIT_FUNCTION_HSE, &input, "dropped");
}

/* At an EAS it waits for the device, which is heard through an HSE. */
static json_t *submit(godwitd_t *d, const godwit_control_request_t *request)
{
    godwit_input_t input = {.kind = GODWIT_INPUT_SUBMIT,
                            .imsi = request->imsi,
                            .datagram = godwit_slice(request->payload, request->payload_len)};
    if (owner_has_role(d->owner, GODWIT_FUNCTION_EAS)) {
        input.queue = true;
        return ask(d, GODWIT_FUNCTION_EAS, &input, "sent");
    }
    return ask(d, GODWIT_FUNCTION_HSE, &input, "sent");
}

json_t *daemon_answer(void *context, const godwit_control_request_t *request)
{
    godwitd_t *d = context;
    switch (request->command) {
    case GODWIT_CONTROL_STATUS:
        return daemon_status(d, daemon_stored(d));
    case GODWIT_CONTROL_SESSION_LIST:
        return session_list(d, request);
    case GODWIT_CONTROL_SESSION_SHOW:
        return session_show(d, request);
    case GODWIT_CONTROL_SESSION_DROP:
        return session_drop(d, request);
    case GODWIT_CONTROL_SEND:
        return submit(d, request);
    case GODWIT_CONTROL_TRIGGER_SEND:
    case GODWIT_CONTROL_TRIGGER_RECALL:
    case GODWIT_CONTROL_TRIGGER_REPLACE:
    case GODWIT_CONTROL_TRIGGER_STATUS:
        return daemon_answer_trigger(d, request);
    default:
        return godwit_control_error(GODWIT_INTERNAL, "no such command");
    }
}
