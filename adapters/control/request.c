/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading one request: every member is known, has its type and its range, or the line is refused with the reason.
 */
#include "adapters/control/control.h"

#include <stdio.h>
#include <string.h>

typedef enum member {
    SESSION = 1,
    AFTER = 2,
    LIMIT = 4,
    IMSI = 8,
    PAYLOAD = 16,
    DEVICE = 32,
    PORT = 64,
    PRIORITY = 128,
    VALIDITY = 256,
    REFERENCE = 512,
    OLD_REFERENCE = 1024,
} member_t;
#define MESSAGE (DEVICE | PAYLOAD | PORT | PRIORITY | VALIDITY | REFERENCE)

typedef struct command {
    const char *name;
    godwit_control_command_t command;
    unsigned needs, takes; /* members */
    const char *missing;
} command_t;

static const command_t commands[] = {
    {"status", GODWIT_CONTROL_STATUS, 0, 0, ""},
    {"session-list", GODWIT_CONTROL_SESSION_LIST, 0, AFTER | LIMIT, ""},
    {"session-show", GODWIT_CONTROL_SESSION_SHOW, SESSION, SESSION, "session is missing"},
    {"session-drop", GODWIT_CONTROL_SESSION_DROP, SESSION, SESSION, "session is missing"},
    {"send", GODWIT_CONTROL_SEND, IMSI | PAYLOAD, IMSI | PAYLOAD, "imsi and payload are needed"},
    {"trigger-send", GODWIT_CONTROL_TRIGGER_SEND, DEVICE | PAYLOAD | PORT, MESSAGE,
     "external_id or msisdn, payload and port are needed"},
    {"trigger-recall", GODWIT_CONTROL_TRIGGER_RECALL, OLD_REFERENCE, OLD_REFERENCE | DEVICE | REFERENCE,
     "old_reference is needed"},
    {"trigger-replace", GODWIT_CONTROL_TRIGGER_REPLACE, OLD_REFERENCE | PAYLOAD | PORT, OLD_REFERENCE | MESSAGE,
     "old_reference, payload and port are needed"},
    {"trigger-status", GODWIT_CONTROL_TRIGGER_STATUS, REFERENCE, REFERENCE, "reference is needed"},
};

static godwit_status_t refuse(char why[GODWIT_CONTROL_WHY], const char *what, const char *name)
{
    (void)snprintf(why, GODWIT_CONTROL_WHY, "%s: %.60s", name, what);
    return GODWIT_MALFORMED;
}

static bool number(const json_t *value, uint32_t most, uint32_t *out)
{
    json_int_t n = json_integer_value(value);
    if (!json_is_integer(value) || n < 0 || n > (json_int_t)most) {
        return false;
    }
    *out = (uint32_t)n;
    return true;
}

static bool payload_text(const json_t *value, godwit_control_request_t *request)
{
    size_t len = json_string_length(value);
    if (!json_is_string(value) || len > sizeof request->payload) {
        return false;
    }
    memcpy(request->payload, json_string_value(value), len);
    request->payload_len = len;
    return true;
}

static bool payload_hex(const json_t *value, godwit_control_request_t *request)
{
    return json_is_string(value) && strlen(json_string_value(value)) == json_string_length(value) &&
           godwit_hex_decode(json_string_value(value), request->payload, sizeof request->payload,
                             &request->payload_len) == GODWIT_OK;
}

static bool imsi(const json_t *value, godwit_control_request_t *request)
{
    return json_is_string(value) && strlen(json_string_value(value)) == json_string_length(value) &&
           godwit_imsi_from_text(json_string_value(value), &request->imsi) == GODWIT_OK;
}

/* A name of a device without blanks, of at most cap - 1 characters. */
static bool name_text(const json_t *value, char *text, size_t cap, const char *allowed)
{
    const char *from = json_string_value(value);
    size_t len = json_string_length(value);
    if (from == NULL || len == 0 || len >= cap || strlen(from) != len) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (from[i] <= ' ' || from[i] > '~' || (allowed != NULL && strchr(allowed, from[i]) == NULL)) {
            return false;
        }
    }
    (void)snprintf(text, cap, "%s", from);
    return true;
}

static bool truth(const json_t *value, bool *out)
{
    *out = json_is_true(value);
    return json_is_boolean(value);
}

/* The members of a trigger; as take. */
static unsigned take_trigger(const char *name, const json_t *value, godwit_device_action_t *trigger, bool *good)
{
    uint32_t port = 0;
    if (strcmp(name, "external_id") == 0) {
        *good = name_text(value, trigger->device.external_id, sizeof trigger->device.external_id, NULL);
        return DEVICE;
    }
    if (strcmp(name, "msisdn") == 0) {
        *good = name_text(value, trigger->device.msisdn, sizeof trigger->device.msisdn, "0123456789");
        return DEVICE;
    }
    if (strcmp(name, "port") == 0) {
        *good = number(value, UINT16_MAX, &port);
        trigger->port = (uint16_t)port;
        return PORT;
    }
    if (strcmp(name, "priority") == 0) {
        *good = truth(value, &trigger->priority);
        return PRIORITY;
    }
    if (strcmp(name, "validity") == 0) {
        *good = number(value, UINT32_MAX, &trigger->validity_s) && trigger->validity_s != 0;
        return VALIDITY;
    }
    if (strcmp(name, "reference") == 0) {
        *good = number(value, UINT32_MAX, &trigger->reference) && trigger->reference != 0;
        return REFERENCE;
    }
    if (strcmp(name, "old_reference") == 0) {
        *good = number(value, UINT32_MAX, &trigger->old_reference);
        return OLD_REFERENCE;
    }
    return 0;
}

/* Which member a name is, 0 for none; *good tells whether its value was taken. */
static unsigned take(const char *name, const json_t *value, godwit_control_request_t *request, bool *good)
{
    if (strcmp(name, "session") == 0) {
        *good = number(value, UINT32_MAX, &request->session) && request->session != 0;
        return SESSION;
    }
    if (strcmp(name, "after") == 0) {
        *good = number(value, UINT32_MAX, &request->after);
        return AFTER;
    }
    if (strcmp(name, "limit") == 0) {
        *good = number(value, GODWIT_CONTROL_LIMIT_MAX, &request->limit) && request->limit != 0;
        return LIMIT;
    }
    if (strcmp(name, "imsi") == 0) {
        *good = imsi(value, request);
        return IMSI;
    }
    if (strcmp(name, "payload") == 0 || strcmp(name, "payload_hex") == 0) {
        *good = name[7] == '\0' ? payload_text(value, request) : payload_hex(value, request);
        return PAYLOAD;
    }
    return take_trigger(name, value, &request->trigger, good);
}

static godwit_status_t take_members(json_t *object, const command_t *command, godwit_control_request_t *request,
                                    char why[GODWIT_CONTROL_WHY])
{
    unsigned seen = 0;
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach(object, name, value)
    {
        bool good = true;
        unsigned member = take(name, value, request, &good);
        if (strcmp(name, "command") == 0) {
            continue;
        }
        if ((member & command->takes) == 0) {
            return refuse(why, "this command has no such member", name);
        }
        if (!good) {
            return refuse(why, "its value is not of the right type or out of range", name);
        }
        if ((seen & member) != 0) {
            return refuse(why,
                          member == PAYLOAD ? "give payload or payload_hex, not both"
                                            : "give external_id or msisdn, not both",
                          name);
        }
        seen |= member;
    }
    if ((seen & command->needs) != command->needs) {
        return refuse(why, command->missing, command->name);
    }
    return GODWIT_OK;
}

/* What a SCS is asked goes on as an action. */
static godwit_status_t make_action(godwit_control_request_t *request, char why[GODWIT_CONTROL_WHY])
{
    godwit_device_action_t *a = &request->trigger;
    if (request->command < GODWIT_CONTROL_TRIGGER_SEND) {
        return GODWIT_OK;
    }
    a->action = request->command == GODWIT_CONTROL_TRIGGER_RECALL    ? GODWIT_ACTION_RECALL
                : request->command == GODWIT_CONTROL_TRIGGER_REPLACE ? GODWIT_ACTION_REPLACE
                                                                     : GODWIT_ACTION_TRIGGER;
    if (request->payload_len > sizeof a->payload) {
        return refuse(why, "80 octets are the most that a trigger carries", "payload");
    }
    memcpy(a->payload, request->payload, request->payload_len);
    a->payload_len = (uint8_t)request->payload_len;
    return GODWIT_OK;
}

static const command_t *command_of(const json_t *object)
{
    const char *name = json_string_value(json_object_get(object, "command"));
    for (size_t i = 0; name != NULL && i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(name, commands[i].name) == 0) {
            return &commands[i];
        }
    }
    return NULL;
}

godwit_status_t godwit_control_parse(godwit_slice_t line, godwit_control_request_t *request,
                                     char why[GODWIT_CONTROL_WHY])
{
    json_error_t error;
    godwit_status_t status;
    memset(request, 0, sizeof *request);
    request->limit = GODWIT_CONTROL_LIMIT_DEFAULT;
    json_t *object = json_loadb((const char *)line.ptr, line.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    const command_t *command = object == NULL ? NULL : command_of(object);
    if (!json_is_object(object)) {
        (void)snprintf(why, GODWIT_CONTROL_WHY, "not a JSON object%s%s", object == NULL ? ": " : "",
                       object == NULL ? error.text : "");
        status = GODWIT_MALFORMED;
    } else if (command == NULL) {
        status = refuse(why, "must be one of docs/control.md", "command");
    } else {
        request->command = command->command;
        status = take_members(object, command, request, why);
        status = status == GODWIT_OK ? make_action(request, why) : status;
    }
    json_decref(object);
    return status;
}

json_t *godwit_control_error(godwit_status_t reason, const char *message)
{
    return json_pack("{s:{s:s, s:s}}", "error", "reason", godwit_status_name(reason), "message", message);
}
