/* SPDX-License-Identifier: Apache-2.0
 *
 * Where what the roles ask goes: datagrams to sockets, readings to deliveries, messages to a function here or to
 * another process.
 */
#include <stdio.h>
#include <string.h>

#include "daemons/godwitd/daemon.h"

static void send_datagram(void *context, godwit_function_t from, const godwit_request_t *request)
{
    const godwitd_t *d = context;
    doors_send(&d->doors, from, request);
}

static void deliver(void *context, const godwit_reading_t *reading)
{
    deliveries_take(context, reading, true);
}

static bool full(void *context, uint32_t readings, uint64_t octets)
{
    return deliveries_full(context, readings, octets);
}

void daemon_flush(godwitd_t *d)
{
    doors_flush(&d->doors);
    deliveries_run(d);
}

/* The host that a request names, where there are many of that function; NULL: it names none. */
static const char *named_host(const godwit_message_t *message)
{
    switch (message->kind) {
    case GODWIT_T5_DOWN:
        return message->u.t5_down.to.host;
    case GODWIT_T5_UP:
        return message->u.t5_up.to.host;
    case GODWIT_IWF_KEY_REQUEST:
        return message->u.iwf_key_request.to.host;
    case GODWIT_T4_REPORT:
        return message->u.t4_report.to.host;
    case GODWIT_DEVICE_NOTIFICATION:
        return message->u.device_notification.to.host;
    case GODWIT_E2E_RENEW:
        return message->u.e2e_renew.path.hse;
    default:
        return NULL;
    }
}

/* Towards an EESE a HSE has the name of its endpoint: inside, that need not be ours. */
static const char *own_name(const godwitd_t *d, godwit_function_t function)
{
    return function == GODWIT_FUNCTION_HSE && d->config->hse_e2e.eas.used ? d->config->hse.role.endpoint
                                                                          : d->config->identity;
}

/* A request goes to the function here when there is one and it names no other, and an answer goes where its request
 * came from: route 0 is this process. */
static bool stays_here(const godwitd_t *d, const godwit_message_t *message)
{
    if (godwit_message_is_answer(message->kind)) {
        return message->route == 0;
    }
    const char *host = named_host(message);
    return owner_has_role(d->owner, message->to) &&
           (host == NULL || host[0] == '\0' || strcmp(host, own_name(d, message->to)) == 0);
}

static void send_message(void *context, godwit_function_t from, const godwit_message_t *message)
{
    godwitd_t *d = context;
    if (message->to == GODWIT_FUNCTION_DEVICE &&
        (message->from == GODWIT_FUNCTION_NAF || message->from == GODWIT_FUNCTION_KMS)) {
        naf_send(d, message);
        return;
    }
    if (rest_send(d, message)) {
        return;
    }
    if (message->kind == GODWIT_EAP_PACKET_ANSWER) {
        aaa_send(d, message);
        return;
    }
    if (message->to == GODWIT_FUNCTION_DEVICE) {
        gba_send(d, message);
        return;
    }
    if (!stays_here(d, message)) {
        links_send(d, message);
        return;
    }
    godwit_message_t *place = queue_add(d->queue);
    if (place == NULL) {
        const godwit_event_t event = {.name = "message_lost", .reason = GODWIT_OVERLOAD, .detail = "the queue is full"};
        godwit_observe_event(&d->observer, daemon_now_ms(), owner_function_name(from), &event);
        return;
    }
    *place = *message;
    place->hop = GODWIT_HOP_INSIDE;
    if (place->origin_host[0] == '\0') {
        const char *name = message->to == GODWIT_FUNCTION_EESE ? own_name(d, message->from) : d->config->identity;
        (void)snprintf(place->origin_host, sizeof place->origin_host, "%.*s", GODWIT_NODE_NAME_MAX - 1, name);
    }
    if (place->origin_realm[0] == '\0') {
        memcpy(place->origin_realm, d->config->realm, sizeof place->origin_realm);
    }
}

owner_exits_t daemon_exits(godwitd_t *d)
{
    return (owner_exits_t){.context = d,
                           .datagram = send_datagram,
                           .message = send_message,
                           .deliver = deliver,
                           .intercept = interception_copy,
                           .full = d->config->hse.queue.used ? full : NULL};
}
