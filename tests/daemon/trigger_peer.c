/* SPDX-License-Identifier: Apache-2.0
 *
 * See trigger_peer.h.
 */
#include "tests/daemon/trigger_peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/trigger/trigger.h"

void peer_init(peer_t *p, uint32_t triggers, uint32_t devices, uint32_t window)
{
    memset(p, 0, sizeof *p);
    p->triggers = triggers;
    p->devices = devices;
    p->window = window;
    p->trigger = calloc(triggers + 1, sizeof *p->trigger);
    p->device = calloc(devices, sizeof *p->device);
    p->numbers = 4 * triggers;
    p->number_of = calloc(p->numbers, sizeof *p->number_of);
    if (p->trigger == NULL || p->device == NULL || p->number_of == NULL) {
        abort();
    }
    p->next = 1;
}

void peer_free(peer_t *p)
{
    free(p->trigger);
    free(p->device);
    free(p->number_of);
}

static void blame(peer_t *p, const char *what, uint32_t trigger)
{
    if (p->wrong == NULL) {
        p->wrong = what;
        p->wrong_of = trigger;
    }
}

static uint32_t device_of(const peer_t *p, uint32_t trigger)
{
    return trigger % p->devices;
}

static godwit_imsi_t imsi_of(uint32_t device)
{
    char digits[GODWIT_IMSI_DIGITS_MAX + 1];
    godwit_imsi_t imsi;
    (void)snprintf(digits, sizeof digits, "00101%010u", device);
    return godwit_imsi_from_text(digits, &imsi) == GODWIT_OK ? imsi : (abort(), imsi);
}

static void name_of(uint32_t device, godwit_external_name_t *name)
{
    memset(name, 0, sizeof *name);
    (void)snprintf(name->external_id, sizeof name->external_id, "d%u@water.test", device);
}

static godwit_message_t blank(godwit_message_kind_t kind, godwit_function_t from, const char *host)
{
    godwit_message_t m;
    memset(&m, 0, sizeof m);
    m.kind = kind;
    m.from = from;
    m.to = GODWIT_FUNCTION_MTC_IWF;
    m.hop = GODWIT_HOP_TLS;
    (void)snprintf(m.origin_host, sizeof m.origin_host, "%s", host);
    (void)snprintf(m.origin_realm, sizeof m.origin_realm, "water.test");
    return m;
}

static godwit_message_t answer_to(const godwit_message_t *request, godwit_message_kind_t kind)
{
    godwit_message_t m = blank(kind, request->to, "peer.test");
    m.transaction = request->transaction;
    return m;
}

/* ---- the source ---- */

static void ask(peer_t *p, uint32_t n)
{
    godwit_message_t m = blank(GODWIT_DEVICE_ACTION, GODWIT_FUNCTION_SCS, PEER_SCS);
    godwit_device_action_t *a = &m.u.device_action;
    m.transaction = n;
    m.route = n;
    name_of(device_of(p, n), &a->device);
    (void)snprintf(a->scs, sizeof a->scs, "%s", PEER_SCS);
    a->reference = n;
    a->action = GODWIT_ACTION_TRIGGER;
    a->payload_len = GODWIT_TRIGGER_PAYLOAD_MAX;
    memcpy(a->payload, &n, sizeof n);
    a->port = 5683;
    a->validity_s = 20 * 86400;
    p->trigger[n].asked = 1;
    p->asked++;
    p->send(p->context, &m);
}

static void on_answer(peer_t *p, const godwit_device_action_answer_t *a)
{
    const uint32_t n = a->reference;
    if (n == 0 || n > p->triggers) {
        blame(p, "an answer about a trigger that nobody asked for", n);
        return;
    }
    peer_trigger_t *t = &p->trigger[n];
    if (t->asked) {
        t->asked = 0;
        p->asked--;
    }
    if (a->status == GODWIT_TRIGGER_SUCCESS && !t->accepted) {
        t->accepted = 1;
        p->accepted++;
        p->device[device_of(p, n)].waits += t->number == 0 ? 1 : 0;
    } else if (a->status != GODWIT_TRIGGER_SUCCESS && a->status != GODWIT_TRIGGER_SERVICEUNAVAILABLE &&
               a->status != GODWIT_TRIGGER_TEMPORARYERROR) {
        blame(p, "refused", n);
    }
}

static void on_report(peer_t *p, const godwit_message_t *m)
{
    const godwit_device_notification_t *r = &m->u.device_notification;
    godwit_message_t answer = answer_to(m, GODWIT_DEVICE_NOTIFICATION_ANSWER);
    answer.u.outcome = GODWIT_OK;
    if (r->reference == 0 || r->reference > p->triggers || p->trigger[r->reference].number == 0 ||
        r->outcome != GODWIT_OUTCOME_SUCCESS) {
        blame(p, "a report of what did not happen", r->reference);
    } else {
        p->reported += p->trigger[r->reference].reports == 0 ? 1 : 0;
        p->trigger[r->reference].reports++;
    }
    p->send(p->context, &answer);
}

/* ---- the HSS, and the node with its devices ---- */

static void on_info(peer_t *p, const godwit_message_t *m)
{
    const godwit_subscriber_info_request_t *r = &m->u.subscriber_info_request;
    godwit_message_t answer = answer_to(m, GODWIT_SUBSCRIBER_INFO_ANSWER);
    godwit_subscriber_info_answer_t *a = &answer.u.subscriber_info_answer;
    const uint32_t device =
        (uint32_t)strtoul(r->imsi.len > 0 ? r->imsi.digits + 5 : r->device.external_id + 1, NULL, 10);
    a->imsi = imsi_of(device);
    name_of(device, &a->device);
    if (p->reachable) {
        a->nodes = 1;
        a->node[0].function = GODWIT_FUNCTION_MME;
        (void)snprintf(a->node[0].host, sizeof a->node[0].host, "mme.visited.test");
        (void)snprintf(a->node[0].realm, sizeof a->node[0].realm, "visited.test");
    }
    p->send(p->context, &answer);
}

/* Which trigger is known by that number; where it would be noted if none is. */
static uint32_t *known_as(peer_t *p, uint32_t number)
{
    uint32_t at = number * 2654435761u;
    while (p->number_of[at % p->numbers] != 0 && p->trigger[p->number_of[at % p->numbers]].number != number) {
        at++;
    }
    return &p->number_of[at % p->numbers];
}

/* The device acts on it unless it has: it knows it by its number, whatever is in it. */
static void act(peer_t *p, const godwit_imsi_t *imsi, const godwit_a3_trigger_t *a3)
{
    uint32_t n = 0;
    memcpy(&n, a3->payload, sizeof n);
    if (n == 0 || n > p->triggers) {
        blame(p, "a trigger that nobody asked for", n);
        return;
    }
    uint32_t *known = known_as(p, a3->reference);
    peer_trigger_t *t = &p->trigger[n];
    const godwit_imsi_t right = imsi_of(device_of(p, n));
    if (!godwit_imsi_equal(imsi, &right) || (*known != 0 && *known != n)) {
        blame(p, "another's trigger, or taken for another", n);
    } else if (t->number != 0 && t->number != a3->reference) {
        blame(p, "acted on twice", n);
    } else if (t->number != 0) {
        p->repeated++;
    } else {
        t->number = a3->reference;
        *known = n;
        p->delivered++;
        p->device[device_of(p, n)].waits -= t->accepted ? 1 : 0;
    }
}

static void on_down(peer_t *p, const godwit_message_t *m)
{
    godwit_message_t answer = answer_to(m, GODWIT_T5_DOWN_ANSWER);
    godwit_a3_message_t a3;
    answer.u.outcome = GODWIT_NOT_FOUND;
    if (p->reachable) {
        const godwit_slice_t octets = godwit_slice(m->u.t5_down.container, m->u.t5_down.container_len);
        if (godwit_a3_unprotected_parse(true, octets, &a3) == GODWIT_OK) {
            act(p, &m->u.t5_down.imsi, &a3.trigger);
        } else {
            blame(p, "a message that is none", 0);
        }
        answer.u.outcome = GODWIT_OK;
    }
    p->send(p->context, &answer);
}

static void tell(peer_t *p, uint32_t device)
{
    godwit_message_t m = blank(GODWIT_T5_UP, GODWIT_FUNCTION_MME, "mme.visited.test");
    m.transaction = device + 1;
    m.u.t5_up.imsi = imsi_of(device);
    m.u.t5_up.kind = GODWIT_T5_REGISTERED;
    p->device[device].told = true;
    p->told++;
    p->send(p->context, &m);
}

void peer_take(peer_t *p, const godwit_message_t *m)
{
    switch (m->kind) {
    case GODWIT_DEVICE_ACTION_ANSWER:
        on_answer(p, &m->u.device_action_answer);
        break;
    case GODWIT_DEVICE_NOTIFICATION:
        on_report(p, m);
        break;
    case GODWIT_SUBSCRIBER_INFO_REQUEST:
        on_info(p, m);
        break;
    case GODWIT_T5_DOWN:
        on_down(p, m);
        break;
    default:
        break;
    }
}

void peer_go_on(peer_t *p)
{
    while (p->accepted < p->triggers && p->asked < p->window) {
        const peer_trigger_t *t = &p->trigger[p->next];
        if (!t->accepted && !t->asked) {
            ask(p, p->next);
        }
        p->next = p->next == p->triggers ? 1 : p->next + 1;
        if (p->accepted + p->asked == p->triggers) {
            break;
        }
    }
    if (!p->reachable) {
        return;
    }
    p->told = 0;
    for (uint32_t d = 0; d < p->devices; d++) {
        p->told += p->device[d].told && p->device[d].waits > 0 ? 1 : 0;
    }
    for (uint32_t d = 0; d < p->devices && p->told < p->window; d++) {
        if (!p->device[d].told && p->device[d].waits > 0) {
            tell(p, d);
        }
    }
}

void peer_forget(peer_t *p)
{
    for (uint32_t n = 1; n <= p->triggers; n++) {
        p->trigger[n].asked = 0;
    }
    for (uint32_t d = 0; d < p->devices; d++) {
        p->device[d].told = false;
    }
    p->asked = 0;
}

bool peer_all_accepted(const peer_t *p)
{
    return p->accepted == p->triggers;
}

bool peer_all_done(const peer_t *p)
{
    return p->accepted == p->triggers && p->delivered == p->triggers && p->reported == p->triggers;
}
