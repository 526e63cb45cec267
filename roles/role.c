/* SPDX-License-Identifier: Apache-2.0
 *
 * The outbox that roles fill, and what addresses need.
 */
#include <string.h>

#include "roles/role.h"

#define ALIGNMENT sizeof(max_align_t)

bool godwit_address_equal(const godwit_address_t *a, const godwit_address_t *b)
{
    return a->len == b->len && a->len <= GODWIT_ADDRESS_MAX && memcmp(a->octets, b->octets, a->len) == 0;
}

void godwit_outbox_reset(godwit_outbox_t *out)
{
    godwit_wipe(out->arena, out->arena_used);
    out->arena_used = 0;
    out->count = 0;
    out->overflow = false;
}

godwit_request_t *godwit_outbox_add(godwit_outbox_t *out, godwit_request_kind_t kind)
{
    if (out->count < out->capacity) {
        out->count++;
    } else {
        out->overflow = true;
    }
    godwit_request_t *request = &out->requests[out->count - 1];
    memset(request, 0, sizeof *request);
    request->kind = kind;
    return request;
}

void *godwit_outbox_alloc(godwit_outbox_t *out, size_t size)
{
    size_t padded = size + (ALIGNMENT - size % ALIGNMENT) % ALIGNMENT;
    if (padded < size || padded > out->arena_size - out->arena_used) {
        out->overflow = true;
        return NULL;
    }
    uint8_t *room = out->arena + out->arena_used;
    out->arena_used += padded;
    memset(room, 0, padded);
    return room;
}

godwit_message_t *godwit_outbox_message(godwit_outbox_t *out, godwit_message_kind_t kind, godwit_function_t from,
                                        godwit_function_t to, uint32_t transaction)
{
    godwit_message_t *message = godwit_outbox_alloc(out, sizeof *message);
    if (message != NULL) {
        message->kind = kind;
        message->from = from;
        message->to = to;
        message->transaction = transaction;
    }
    return message;
}

godwit_message_t *godwit_outbox_answer(godwit_outbox_t *out, const godwit_message_t *request,
                                       godwit_message_kind_t kind, godwit_function_t from)
{
    godwit_message_t *answer = godwit_outbox_message(out, kind, from, request->from, request->transaction);
    if (answer != NULL) {
        answer->route = request->route;
    }
    return answer;
}

void godwit_outbox_event(godwit_outbox_t *out, const char *name, godwit_status_t reason, const godwit_imsi_t *imsi,
                         const char *detail)
{
    godwit_outbox_trigger_event(out, name, reason, imsi, 0, detail);
}

void godwit_outbox_trigger_event(godwit_outbox_t *out, const char *name, godwit_status_t reason,
                                 const godwit_imsi_t *imsi, uint32_t reference, const char *detail)
{
    godwit_event_t *event = &godwit_outbox_add(out, GODWIT_REQUEST_EVENT)->event;
    event->name = name;
    event->reason = reason;
    event->detail = detail;
    event->trigger = reference;
    event->has_imsi = imsi != NULL && imsi->len > 0;
    if (event->has_imsi) {
        event->imsi = *imsi;
    }
}

void godwit_outbox_timer(godwit_outbox_t *out, uint32_t timer, uint32_t delay_ms)
{
    godwit_request_t *request = godwit_outbox_add(out, GODWIT_REQUEST_TIMER);
    request->timer = timer;
    request->delay_ms = delay_ms;
}

bool godwit_outbox_is_need(const godwit_outbox_t *out)
{
    return out->count == 1 &&
           (out->requests[0].kind == GODWIT_REQUEST_STORE_FETCH || out->requests[0].kind == GODWIT_REQUEST_RANDOM);
}

bool godwit_is_endpoint(const char *name)
{
    size_t len = 0;
    while (len <= GODWIT_FQDN_MAX && name[len] != '\0') {
        len++;
    }
    return godwit_fqdn_is_canonical(godwit_slice(name, len));
}

bool godwit_speaks_for(const godwit_message_t *message, const char *endpoint)
{
    return godwit_is_endpoint(endpoint) && strlen(endpoint) < GODWIT_NODE_NAME_MAX &&
           memcmp(message->origin_host, endpoint, strlen(endpoint) + 1) == 0;
}

bool godwit_equal_names(const char *a, const char *b)
{
    size_t i = 0;
    for (; i < GODWIT_NODE_NAME_MAX && a[i] != '\0' && b[i] != '\0'; i++) {
        char x = a[i] >= 'A' && a[i] <= 'Z' ? (char)(a[i] - 'A' + 'a') : a[i];
        char y = b[i] >= 'A' && b[i] <= 'Z' ? (char)(b[i] - 'A' + 'a') : b[i];
        if (x != y) {
            return false;
        }
    }
    return i < GODWIT_NODE_NAME_MAX && i > 0 && a[i] == b[i];
}
