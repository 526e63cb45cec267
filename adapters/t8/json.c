/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON of the device triggering API, by jansson.
 */
#include "adapters/t8/json.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "core/wire/tsp.h"

/* ---- requests ---- */

static bool is_printable(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text <= ' ' || *text > '~') {
            return false;
        }
    }
    return true;
}

/* Absent is fine; there, it must be text that fits. */
static bool read_text(const json_t *json, const char *name, char *to, size_t max)
{
    const json_t *member = json_object_get(json, name);
    const char *text = json_string_value(member);
    if (member == NULL) {
        return true;
    }
    if (text == NULL || json_string_length(member) != strlen(text) || strlen(text) == 0 || strlen(text) > max ||
        !is_printable(text)) {
        return false;
    }
    memcpy(to, text, strlen(text) + 1);
    return true;
}

static bool read_number(const json_t *json, const char *name, uint32_t max, bool *there, uint32_t *value)
{
    const json_t *member = json_object_get(json, name);
    *there = member != NULL;
    if (member != NULL &&
        (!json_is_integer(member) || json_integer_value(member) < 0 || json_integer_value(member) > (json_int_t)max)) {
        return false;
    }
    *value = member != NULL ? (uint32_t)json_integer_value(member) : 0;
    return true;
}

static bool is_device_named(const godwit_external_name_t *device)
{
    const size_t digits = strspn(device->msisdn, "0123456789");
    return (device->external_id[0] != '\0') != (device->msisdn[0] != '\0') && digits == strlen(device->msisdn);
}

/* Longer than a device takes: said so, for the MTC-IWF has a status of its own for that. */
static bool read_payload(const json_t *json, godwit_device_action_t *action)
{
    uint8_t octets[GODWIT_T8_TEXT];
    const json_t *member = json_object_get(json, "triggerPayload");
    size_t len = 0;
    const godwit_slice_t text = godwit_slice(json_string_value(member), json_string_length(member));
    if (text.ptr == NULL || godwit_base64_decode(text, octets, sizeof octets, &len) != GODWIT_OK) {
        return false;
    }
    action->too_long = len > sizeof action->payload;
    action->payload_len = action->too_long ? 0 : (uint8_t)len;
    memcpy(action->payload, octets, action->payload_len);
    return true;
}

static bool read_priority(const json_t *json, bool *priority)
{
    const json_t *member = json_object_get(json, "priority");
    const char *text = json_string_value(member);
    *priority = text != NULL && strcmp(text, "PRIORITY") == 0;
    return member == NULL || *priority || (text != NULL && strcmp(text, "NO_PRIORITY") == 0);
}

/* What a PATCH may bring, and any other body has. NULL: good; else the member that is wrong. */
static const char *read_changeable(const json_t *json, godwit_t8_body_t *b)
{
    bool there = false;
    uint32_t port = 0;
    if (!read_number(json, "validityPeriod", UINT32_MAX, &there, &b->action.validity_s) ||
        (there && b->action.validity_s == 0)) {
        return "validityPeriod";
    }
    if (!read_priority(json, &b->action.priority)) {
        return "priority";
    }
    if (!read_number(json, "applicationPortId", UINT16_MAX, &there, &port)) {
        return "applicationPortId";
    }
    b->action.port = (uint16_t)port;
    if (json_object_get(json, "triggerPayload") != NULL && !read_payload(json, &b->action)) {
        return "triggerPayload";
    }
    if (!read_text(json, "notificationDestination", b->destination, GODWIT_T8_URI_MAX)) {
        return "notificationDestination";
    }
    b->has_destination = b->destination[0] != '\0';
    return NULL;
}

static const char *read_members(const json_t *json, godwit_t8_body_t *b)
{
    if (!read_text(json, "externalId", b->action.device.external_id, GODWIT_EXTERNAL_ID_MAX)) {
        return "externalId";
    }
    if (!read_text(json, "msisdn", b->action.device.msisdn, GODWIT_MSISDN_MAX)) {
        return "msisdn";
    }
    if (!is_device_named(&b->action.device)) {
        return "externalId"; /* one of the two, and no more */
    }
    if (json_object_get(json, "applicationPortId") == NULL) {
        return "applicationPortId";
    }
    if (json_object_get(json, "triggerPayload") == NULL) {
        return "triggerPayload";
    }
    return read_changeable(json, b);
}

/* The device stays, and without a change there is nothing to do. */
static const char *read_changes(const json_t *json, godwit_t8_body_t *b, godwit_t8_changes_t *changes)
{
    static const char *const fixed[] = {"externalId", "msisdn"};
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        if (json_object_get(json, fixed[i]) != NULL) {
            return fixed[i];
        }
    }
    *changes = (godwit_t8_changes_t){.validity = json_object_get(json, "validityPeriod") != NULL,
                                     .priority = json_object_get(json, "priority") != NULL,
                                     .port = json_object_get(json, "applicationPortId") != NULL,
                                     .payload = json_object_get(json, "triggerPayload") != NULL};
    return changes->validity || changes->priority || changes->port || changes->payload ? read_changeable(json, b) : "";
}

static godwit_status_t read_body(godwit_slice_t text, godwit_t8_body_t *body, godwit_t8_changes_t *changes,
                                 const char **member)
{
    godwit_t8_body_t b;
    memset(&b, 0, sizeof b);
    json_t *json = text.len == 0 || text.len > GODWIT_T8_TEXT
                       ? NULL
                       : json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(json)) {
        *member = "";
    } else {
        *member = changes != NULL ? read_changes(json, &b, changes) : read_members(json, &b);
    }
    json_decref(json);
    if (*member != NULL) {
        return GODWIT_MALFORMED;
    }
    *body = b;
    return GODWIT_OK;
}

godwit_status_t godwit_t8_request_read(godwit_slice_t text, godwit_t8_body_t *body, const char **member)
{
    return read_body(text, body, NULL, member);
}

godwit_status_t godwit_t8_patch_read(godwit_slice_t text, godwit_t8_body_t *body, godwit_t8_changes_t *changes,
                                     const char **member)
{
    return read_body(text, body, changes, member);
}

void godwit_t8_patch_apply(const godwit_device_action_t *patch, const godwit_t8_changes_t *changes,
                           godwit_device_action_t *action)
{
    action->validity_s = changes->validity ? patch->validity_s : action->validity_s;
    action->priority = changes->priority ? patch->priority : action->priority;
    action->port = changes->port ? patch->port : action->port;
    if (changes->payload) {
        action->too_long = patch->too_long;
        action->payload_len = patch->payload_len;
        memcpy(action->payload, patch->payload, sizeof action->payload);
    }
}

/* ---- answers ---- */

/* Takes the reference. */
static void write_json(json_t *json, char text[GODWIT_T8_TEXT])
{
    const size_t len = json == NULL ? 0 : json_dumpb(json, text, GODWIT_T8_TEXT - 1, JSON_COMPACT);
    text[len < GODWIT_T8_TEXT ? len : 0] = '\0';
    json_decref(json);
}

const char *godwit_t8_outcome(godwit_delivery_outcome_t outcome)
{
    switch (outcome) {
    case GODWIT_OUTCOME_SUCCESS:
        return "SUCCESS";
    case GODWIT_OUTCOME_EXPIRED:
        return "EXPIRED";
    case GODWIT_OUTCOME_UNCONFIRMED:
        return "UNCONFIRMED";
    default:
        return "FAILURE";
    }
}

const char *godwit_t8_result(const godwit_trigger_query_answer_t *answer)
{
    if (answer->pending) {
        return "TRIGGERED";
    }
    if (answer->replaced) {
        return "REPLACED";
    }
    return answer->recalled ? "TERMINATE" : godwit_t8_outcome(answer->outcome);
}

static json_t *transaction(const godwit_device_action_t *a, const char *result)
{
    char payload[GODWIT_BASE64_LEN(GODWIT_TRIGGER_PAYLOAD_MAX) + 1], path[GODWIT_T8_URI_MAX];
    godwit_writer_t w = godwit_writer(payload, sizeof payload - 1);
    const bool external = a->device.external_id[0] != '\0';
    godwit_put_base64(&w, godwit_slice(a->payload, a->payload_len));
    payload[w.len] = '\0';
    godwit_t8_path_write(a->scs, a->reference, path);
    json_t *json = json_pack("{s:s, s:s, s:s, s:i, s:s, s:s}", external ? "externalId" : "msisdn",
                             external ? a->device.external_id : a->device.msisdn, "self", path, "priority",
                             a->priority ? "PRIORITY" : "NO_PRIORITY", "applicationPortId", (int)a->port,
                             "triggerPayload", payload, "deliveryResult", result);
    if (json != NULL && a->validity_s != 0) {
        (void)json_object_set_new(json, "validityPeriod", json_integer((json_int_t)a->validity_s));
    }
    return json;
}

void godwit_t8_transaction_write(const godwit_device_action_t *action, const char *result, char text[GODWIT_T8_TEXT])
{
    write_json(transaction(action, result), text);
}

char *godwit_t8_list_write(const godwit_device_action_t *actions, size_t count)
{
    json_t *all = json_array();
    bool good = all != NULL;
    for (size_t i = 0; i < count && good; i++) {
        good = json_array_append_new(all, transaction(&actions[i], "TRIGGERED")) == 0;
    }
    char *text = good ? json_dumps(all, JSON_COMPACT) : NULL;
    json_decref(all);
    return text;
}

void godwit_t8_notification_write(const char *transaction, godwit_delivery_outcome_t outcome, char text[GODWIT_T8_TEXT])
{
    write_json(json_pack("{s:s, s:s}", "transaction", transaction, "result", godwit_t8_outcome(outcome)), text);
}

unsigned godwit_t8_status_code(godwit_request_status_t status, const char **cause)
{
    static const struct {
        godwit_request_status_t status;
        unsigned code;
    } codes[] = {
        {GODWIT_TRIGGER_INVPAYLOAD, 400},     {GODWIT_TRIGGER_INVEXTID, 404},
        {GODWIT_TRIGGER_INVSCSID, 403},       {GODWIT_TRIGGER_INVPERIOD, 400},
        {GODWIT_TRIGGER_NOTAUTHORIZED, 403},  {GODWIT_TRIGGER_SERVICEUNAVAILABLE, 503},
        {GODWIT_TRIGGER_PERMANENTERROR, 500}, {GODWIT_TRIGGER_QUOTAEXCEEDED, 403},
        {GODWIT_TRIGGER_RATEEXCEEDED, 429},   {GODWIT_TRIGGER_REPLACEFAIL, 404},
        {GODWIT_TRIGGER_RECALLFAIL, 404},     {GODWIT_TRIGGER_ORIGINALMESSAGESENT, 409},
        {GODWIT_TRIGGER_TEMPORARYERROR, 503},
    };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (codes[i].status == status) {
            *cause = godwit_request_status_name(status);
            return codes[i].code;
        }
    }
    *cause = godwit_request_status_name(GODWIT_TRIGGER_TEMPORARYERROR);
    return 503;
}

/* ---- paths ---- */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* One segment, with its escapes undone; the octets behind it, or NULL when it is none. */
static const char *read_segment(const char *at, char *to, size_t max)
{
    size_t len = 0;
    while (*at != '\0' && *at != '/') {
        char c = *at++;
        if (c == '%') {
            const int high = hex_digit(at[0]), low = high < 0 ? -1 : hex_digit(at[1]);
            if (low < 0) {
                return NULL;
            }
            c = (char)(16 * high + low);
            at += 2;
        }
        if (len == max || c <= ' ' || c > '~') {
            return NULL;
        }
        to[len++] = c;
    }
    to[len] = '\0';
    return len > 0 ? at : NULL;
}

/* 1 to 4294967295, in one spelling. */
static bool read_reference(const char *text, uint32_t *reference)
{
    uint64_t value = 0;
    const size_t len = strlen(text);
    if (len == 0 || len > 10 || text[0] == '0' || strspn(text, "0123456789") != len) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        value = 10 * value + (uint64_t)(text[i] - '0');
    }
    *reference = (uint32_t)value;
    return value <= UINT32_MAX;
}

godwit_status_t godwit_t8_path_read(const char *path, char scs[GODWIT_SCS_NAME_MAX + 1], uint32_t *reference)
{
    static const char rest[] = "/transactions";
    *reference = 0;
    if (strncmp(path, GODWIT_T8_PATH, sizeof GODWIT_T8_PATH - 1) != 0) {
        return GODWIT_NOT_FOUND;
    }
    const char *at = read_segment(path + sizeof GODWIT_T8_PATH - 1, scs, GODWIT_SCS_NAME_MAX);
    if (at == NULL || strncmp(at, rest, sizeof rest - 1) != 0) {
        return GODWIT_NOT_FOUND;
    }
    at += sizeof rest - 1;
    return at[0] == '\0' || (at[0] == '/' && read_reference(at + 1, reference)) ? GODWIT_OK : GODWIT_NOT_FOUND;
}

void godwit_t8_path_write(const char *scs, uint32_t reference, char path[GODWIT_T8_URI_MAX])
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    char escaped[3 * GODWIT_SCS_NAME_MAX + 1];
    size_t len = 0;
    for (; *scs != '\0' && len + 4 < sizeof escaped; scs++) {
        const char *form = strchr(plain, *scs) != NULL ? "%c" : "%%%02X";
        len += (size_t)snprintf(escaped + len, sizeof escaped - len, form, (unsigned char)*scs);
    }
    escaped[len] = '\0';
    const int end = snprintf(path, GODWIT_T8_URI_MAX, "%s%.300s/transactions", GODWIT_T8_PATH, escaped);
    if (reference != 0) {
        (void)snprintf(path + end, GODWIT_T8_URI_MAX - (size_t)end, "/%u", (unsigned)reference);
    }
}

godwit_status_t godwit_t8_query_read(const char *query, uint32_t *after)
{
    static const char name[] = "after=";
    *after = 0;
    return query[0] == '\0' ||
                   (strncmp(query, name, sizeof name - 1) == 0 && read_reference(query + sizeof name - 1, after))
               ? GODWIT_OK
               : GODWIT_MALFORMED;
}
