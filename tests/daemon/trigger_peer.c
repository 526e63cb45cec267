/* SPDX-License-Identifier: Apache-2.0
 *
 * See trigger_peer.h.
 */
#include "tests/daemon/trigger_peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/trigger/trigger.h"

static const uint8_t rand_of_all[16] = "the same for all";

static godwit_imsi_t imsi_of(uint32_t device)
{
    char digits[GODWIT_IMSI_DIGITS_MAX + 1];
    godwit_imsi_t imsi;
    (void)snprintf(digits, sizeof digits, "00101%010u", device);
    return godwit_imsi_from_text(digits, &imsi) == GODWIT_OK ? imsi : (abort(), imsi);
}

/* Of the AKA run of that device. */
static void root_of(uint32_t device, uint8_t root[32])
{
    memset(root, 0x5a, 32);
    memcpy(root, &device, sizeof device);
}

static void must(godwit_status_t status)
{
    if (status != GODWIT_OK) {
        abort();
    }
}

static void make_device(const peer_config_t *c, uint32_t number, godwit_trigger_t *library)
{
    const godwit_trigger_config_t config = {.crypto = &godwit_crypto_builtin,
                                            .imsi = imsi_of(number),
                                            .iwf = godwit_slice_of_string(PEER_IWF),
                                            .accept_network = !c->associations};
    godwit_trigger_requests_t requests = {.count = 0};
    uint8_t root[32];
    root_of(number, root);
    must(godwit_trigger_init(library, &config));
    must(godwit_trigger_root(library, GODWIT_IWF_ROOT_FLAGGED, root, rand_of_all, &requests));
}

void peer_init(peer_t *p, const peer_config_t *config)
{
    memset(p, 0, sizeof *p);
    p->config = *config;
    p->trigger = calloc(2 * (size_t)config->triggers + 1, sizeof *p->trigger);
    p->device = calloc(config->devices, sizeof *p->device);
    if (p->trigger == NULL || p->device == NULL) {
        abort();
    }
    for (uint32_t i = 0; i < config->devices; i++) {
        make_device(config, i, &p->device[i].library);
    }
    p->next = 1;
}

void peer_free(peer_t *p)
{
    free(p->trigger);
    free(p->device);
}

static void blame(peer_t *p, const char *what, uint32_t trigger)
{
    if (p->wrong == NULL) {
        p->wrong = what;
        p->wrong_of = trigger;
    }
}

/* ---- what becomes of what ---- */

static uint32_t original(const peer_t *p, uint32_t n)
{
    return n > p->config.triggers ? n - p->config.triggers : n;
}

static uint32_t device_of(const peer_t *p, uint32_t n)
{
    return original(p, n) % p->config.devices;
}

/* How many of its device come before it. */
static uint32_t rank_of(const peer_t *p, uint32_t n)
{
    return (original(p, n) - 1) / p->config.devices;
}

/* What its source asks of it afterwards: 0, RECALL or REPLACE. The first two of a device when it is there, the next two
 * while it is not. */
static godwit_action_type_t second_thought(const peer_t *p, uint32_t n)
{
    const uint32_t rank = rank_of(p, n);
    if (!p->config.second_thoughts || rank > 3) {
        return (godwit_action_type_t)0;
    }
    return (rank + device_of(p, n) / 4) % 2 == 0 ? GODWIT_ACTION_RECALL : GODWIT_ACTION_REPLACE;
}

static bool is_early(const peer_t *p, uint32_t n)
{
    return rank_of(p, n) > 1;
}

static uint32_t early_ones(const peer_t *p)
{
    uint32_t count = 0;
    for (uint32_t n = 2 * p->config.devices + 1; n <= p->config.triggers && n <= 4 * p->config.devices; n++) {
        count += second_thought(p, n) != 0 ? 1 : 0;
    }
    return count;
}

static bool is_told(const peer_trigger_t *t, godwit_delivery_outcome_t outcome)
{
    return t->reports > 0 && t->outcome == outcome;
}

/* Case 1: the device may have acted before it had the recall, and nobody hears so. */
static bool is_recalled(const peer_t *p, const peer_trigger_t *old, const peer_trigger_t *recall)
{
    const bool too_late = is_told(recall, GODWIT_OUTCOME_UNDELIVERABLE) && is_told(old, GODWIT_OUTCOME_SUCCESS);
    return old->acted == 0 || too_late || (!p->config.associations && is_told(recall, GODWIT_OUTCOME_SUCCESS));
}

/* One of the two, and never both. */
static bool is_replaced(const peer_t *p, const peer_trigger_t *old, const peer_trigger_t *fresh)
{
    if (old->acted == 0) {
        return fresh->acted == 1 && is_told(fresh, GODWIT_OUTCOME_SUCCESS);
    }
    const bool too_late = is_told(fresh, GODWIT_OUTCOME_UNDELIVERABLE) && is_told(old, GODWIT_OUTCOME_SUCCESS);
    return fresh->acted == 0 && (too_late || (!p->config.associations && is_told(fresh, GODWIT_OUTCOME_SUCCESS)));
}

static bool is_done(const peer_t *p, uint32_t n)
{
    const peer_trigger_t *old = &p->trigger[n], *then = &p->trigger[n + p->config.triggers];
    const godwit_action_type_t what = second_thought(p, n);
    if (what == 0 || then->refused) {
        return old->acted == 1 && is_told(old, GODWIT_OUTCOME_SUCCESS);
    }
    return then->accepted && (what == GODWIT_ACTION_RECALL ? is_recalled(p, old, then) : is_replaced(p, old, then));
}

/* Something has happened to it, or to what names it. */
static void review(peer_t *p, uint32_t n)
{
    peer_trigger_t *t = &p->trigger[original(p, n)];
    const bool done = t->accepted && is_done(p, original(p, n));
    if (done != (t->done != 0)) {
        t->done = done;
        p->done += done ? 1 : (uint32_t)-1;
        p->device[device_of(p, n)].waits += done ? (uint32_t)-1 : 1;
    }
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
    (void)snprintf(m.origin_realm, sizeof m.origin_realm, from == GODWIT_FUNCTION_MME ? "visited.test" : "water.test");
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
    a->action = n > p->config.triggers ? second_thought(p, n) : GODWIT_ACTION_TRIGGER;
    a->old_reference = n > p->config.triggers ? original(p, n) : 0;
    a->payload_len = a->action == GODWIT_ACTION_RECALL ? 0 : GODWIT_TRIGGER_PAYLOAD_MAX;
    memcpy(a->payload, &n, sizeof n);
    a->port = 5683;
    a->validity_s = 20 * 86400;
    p->trigger[n].asked = 1;
    p->asked++;
    p->send(p->context, &m);
}

/* Its time to be asked has come: a trigger at once, a second thought when its trigger is accepted and, unless it is an
 * early one, may be with its device. */
static bool wants(const peer_t *p, uint32_t n)
{
    const peer_trigger_t *t = &p->trigger[n], *old = &p->trigger[original(p, n)];
    const peer_device_t *d = &p->device[device_of(p, n)];
    if (t->asked || t->accepted || t->refused) {
        return false;
    }
    if (n <= p->config.triggers) {
        return true;
    }
    return second_thought(p, n) != 0 && old->accepted &&
           (is_early(p, n) || (p->reachable && (d->away || old->acted > 0 || (d->told && device_of(p, n) % 4 == 2))));
}

static void on_accepted(peer_t *p, uint32_t n)
{
    p->trigger[n].accepted = 1;
    if (n <= p->config.triggers) {
        p->accepted++;
        p->device[device_of(p, n)].waits++;
    } else {
        *(is_early(p, n) ? &p->early : &p->late) += 1;
    }
    review(p, n);
}

static bool may_be_refused(const peer_t *p, uint32_t n, godwit_request_status_t status)
{
    return n > p->config.triggers && !is_early(p, n) &&
           (status == GODWIT_TRIGGER_ORIGINALMESSAGESENT || status == GODWIT_TRIGGER_RECALLFAIL ||
            status == GODWIT_TRIGGER_REPLACEFAIL);
}

static void on_answer(peer_t *p, const godwit_device_action_answer_t *a)
{
    const uint32_t n = a->reference;
    if (n == 0 || n > 2 * p->config.triggers) {
        blame(p, "an answer about a trigger that nobody asked for", n);
        return;
    }
    peer_trigger_t *t = &p->trigger[n];
    if (t->asked) {
        t->asked = 0;
        p->asked--;
    }
    if (a->status == GODWIT_TRIGGER_SUCCESS && !t->accepted) {
        on_accepted(p, n);
    } else if (!t->accepted && may_be_refused(p, n, a->status)) {
        t->refused = 1;
        p->too_late++;
        review(p, n);
    } else if (a->status != GODWIT_TRIGGER_SUCCESS && a->status != GODWIT_TRIGGER_SERVICEUNAVAILABLE &&
               a->status != GODWIT_TRIGGER_TEMPORARYERROR) {
        blame(p, "refused", n);
    }
}

/* What a report may say, given what the applications have done. */
static bool agrees(const peer_t *p, uint32_t n, godwit_delivery_outcome_t outcome)
{
    const uint32_t old = original(p, n);
    const bool recall = n != old && second_thought(p, old) == GODWIT_ACTION_RECALL;
    if (outcome == GODWIT_OUTCOME_UNDELIVERABLE) {
        return n != old && p->trigger[old].acted == 1;
    }
    if (outcome != GODWIT_OUTCOME_SUCCESS || (p->trigger[n].reports > 0 && p->trigger[n].outcome != outcome)) {
        return false;
    }
    return recall ? p->trigger[old].acted == 0 || !p->config.associations
                  : p->trigger[n].acted == 1 || (n != old && !p->config.associations);
}

static void on_report(peer_t *p, const godwit_message_t *m)
{
    const godwit_device_notification_t *r = &m->u.device_notification;
    const uint32_t n = r->reference;
    godwit_message_t answer = answer_to(m, GODWIT_DEVICE_NOTIFICATION_ANSWER);
    answer.u.outcome = GODWIT_OK;
    if (n == 0 || n > 2 * p->config.triggers || !agrees(p, n, r->outcome)) {
        blame(p, "a report of what did not happen", n);
    } else {
        peer_trigger_t *t = &p->trigger[n];
        *(t->reports == 0 ? &p->reported : &p->again) += 1;
        p->too_late += t->reports == 0 && r->outcome == GODWIT_OUTCOME_UNDELIVERABLE ? 1 : 0;
        t->outcome = (uint8_t)r->outcome;
        t->reports++;
        review(p, n);
    }
    p->send(p->context, &answer);
}

/* ---- the HSS ---- */

static void give_key(peer_t *p, uint32_t device, const godwit_subscriber_info_request_t *asked, godwit_iwf_key_t *key)
{
    uint32_t *last = &p->device[device].association;
    const godwit_imsi_t imsi = imsi_of(device);
    uint8_t root[32];
    root_of(device, root);
    *last = (asked->association_above > *last ? asked->association_above : *last) + 1;
    key->root = GODWIT_IWF_ROOT_FLAGGED;
    key->association = *last;
    must(godwit_iwf_root_name(&godwit_crypto_builtin, rand_of_all, key->root_name));
    must(godwit_k_iwf(&godwit_crypto_builtin, root, godwit_slice_of_string(PEER_IWF), &imsi, *last, key->key));
}

static void on_info(peer_t *p, const godwit_message_t *m)
{
    const godwit_subscriber_info_request_t *r = &m->u.subscriber_info_request;
    godwit_message_t answer = answer_to(m, GODWIT_SUBSCRIBER_INFO_ANSWER);
    godwit_subscriber_info_answer_t *a = &answer.u.subscriber_info_answer;
    const uint32_t device =
        (uint32_t)strtoul(r->imsi.len > 0 ? r->imsi.digits + 5 : r->device.external_id + 1, NULL, 10);
    a->imsi = imsi_of(device);
    name_of(device, &a->device);
    if (r->key != GODWIT_IWF_KEY_NOT_WANTED) {
        give_key(p, device, r, &a->key);
    }
    if (p->reachable) {
        a->nodes = 1;
        a->node[0].function = GODWIT_FUNCTION_MME;
        (void)snprintf(a->node[0].host, sizeof a->node[0].host, "mme.visited.test");
        (void)snprintf(a->node[0].realm, sizeof a->node[0].realm, "visited.test");
    }
    p->send(p->context, &answer);
}

/* ---- the devices, and their node ---- */

static void act(peer_t *p, uint32_t device, const godwit_trigger_delivery_t *delivery)
{
    uint32_t n = 0;
    memcpy(&n, delivery->payload.ptr, sizeof n);
    if (n == 0 || n > 2 * p->config.triggers || (!p->trigger[n].accepted && !p->trigger[n].asked)) {
        blame(p, "a trigger that nobody asked for", n);
        return;
    }
    peer_trigger_t *t = &p->trigger[n];
    const peer_trigger_t *then = &p->trigger[original(p, n) + p->config.triggers];
    if (device != device_of(p, n) || delivery->protected != p->config.associations ||
        delivery->proved != p->config.associations) {
        blame(p, "another's trigger, or one without its protection", n);
    } else if (t->acted > 0 || delivery->repeated) {
        blame(p, "acted on twice", n);
    } else if (n <= p->config.triggers && is_told(then, GODWIT_OUTCOME_SUCCESS)) {
        blame(p, "acted on after its source was told that it had ended it", n);
    }
    t->acted++;
    p->acted++;
    review(p, n);
}

static void send_up(peer_t *p, uint32_t device, godwit_slice_t octets)
{
    godwit_message_t m = blank(GODWIT_T5_UP, GODWIT_FUNCTION_MME, "mme.visited.test");
    m.transaction = device + 1;
    m.u.t5_up.imsi = imsi_of(device);
    m.u.t5_up.kind = GODWIT_T5_FROM_DEVICE;
    m.u.t5_up.container_len = (uint8_t)octets.len;
    memcpy(m.u.t5_up.container, octets.ptr, octets.len);
    p->send(p->context, &m);
}

/* What the library asks for; a device that goes away says nothing. What it is asked when its application is done takes
 * the place of the list. */
static void carry_out(peer_t *p, uint32_t device, godwit_trigger_requests_t *requests)
{
    godwit_trigger_t *library = &p->device[device].library;
    for (size_t i = 0; i < requests->count; i++) {
        const godwit_trigger_request_t r = requests->item[i];
        if (r.kind == GODWIT_TRIGGER_SEND && !p->device[device].silent) {
            send_up(p, device, r.octets);
        } else if (r.kind == GODWIT_TRIGGER_EVENT && r.name != NULL && strcmp(r.name, "recall") == 0) {
            p->recalled++;
        } else if (r.kind == GODWIT_TRIGGER_DELIVER) {
            act(p, device, &r.delivery);
            must(godwit_trigger_done(library, r.delivery.reference, GODWIT_A3_DELIVERED, requests));
            i = (size_t)-1;
        }
    }
}

/* The device goes away once: before its first trigger has come, or when it has taken that, and nobody hears so. */
static bool goes_away(const peer_t *p, uint32_t device, godwit_slice_t octets)
{
    godwit_a3_header_t header;
    return p->config.second_thoughts && device % 4 != 2 && !p->device[device].away &&
           godwit_a3_peek(octets, &header) == GODWIT_OK && header.type == GODWIT_A3_TRIGGER;
}

static void on_down(peer_t *p, const godwit_message_t *m)
{
    const godwit_slice_t octets = godwit_slice(m->u.t5_down.container, m->u.t5_down.container_len);
    const uint32_t number = (uint32_t)strtoul(m->u.t5_down.imsi.digits + 5, NULL, 10);
    godwit_message_t answer = answer_to(m, GODWIT_T5_DOWN_ANSWER);
    memcpy(answer.origin_host, m->u.t5_down.to.host, sizeof answer.origin_host);
    const godwit_trigger_now_t now = {.up_ms = 1};
    godwit_trigger_requests_t requests = {.count = 0};
    answer.u.outcome = GODWIT_NOT_FOUND;
    if (p->reachable && number < p->config.devices) {
        peer_device_t *d = &p->device[number];
        const bool went = goes_away(p, number, octets);
        answer.u.outcome = went ? GODWIT_UNKNOWN_SESSION : GODWIT_OK;
        d->away = d->away || went;
        d->silent = went;
        if (!went || number % 4 == 1) {
            must(godwit_trigger_receive(&d->library, octets, GODWIT_TRIGGER_VIA_NAS, now, &requests));
            carry_out(p, number, &requests);
        }
        d->silent = false;
        d->told = d->told && !went;
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

static void ask_what_is_wanted(peer_t *p)
{
    const uint32_t last = 2 * p->config.triggers;
    for (uint32_t i = 0; i < 4 * p->config.window && p->asked < p->config.window; i++) {
        if (wants(p, p->next)) {
            ask(p, p->next);
        }
        p->next = p->next == last ? 1 : p->next + 1;
    }
}

/* It is not back before its source has had its second thought. */
static bool comes_back(const peer_t *p, uint32_t device)
{
    const uint32_t first = (device == 0 ? p->config.devices : device) + p->config.triggers;
    return !p->device[device].away || p->trigger[first].accepted || p->trigger[first].refused;
}

void peer_go_on(peer_t *p)
{
    ask_what_is_wanted(p);
    if (!p->reachable) {
        return;
    }
    p->told = 0;
    for (uint32_t d = 0; d < p->config.devices; d++) {
        p->told += p->device[d].told && p->device[d].waits > 0 ? 1 : 0;
    }
    for (uint32_t d = 0; d < p->config.devices && p->told < p->config.window; d++) {
        if (!p->device[d].told && p->device[d].waits > 0 && comes_back(p, d)) {
            tell(p, d);
        }
    }
}

void peer_forget(peer_t *p)
{
    for (uint32_t n = 1; n <= 2 * p->config.triggers; n++) {
        p->trigger[n].asked = 0;
    }
    for (uint32_t d = 0; d < p->config.devices; d++) {
        p->device[d].told = false;
    }
    p->asked = 0;
}

bool peer_all_accepted(const peer_t *p)
{
    return p->accepted == p->config.triggers && p->early == early_ones(p);
}

uint32_t peer_records(const peer_t *p)
{
    return p->config.triggers + p->early;
}

/* A trigger that is recalled before it has left pends no more; one that is replaced leaves its place to the other. */
uint32_t peer_pending(const peer_t *p)
{
    uint32_t recalled = 0;
    for (uint32_t n = 1; n <= p->config.triggers; n++) {
        recalled += is_early(p, n) && second_thought(p, n) == GODWIT_ACTION_RECALL ? 1 : 0;
    }
    return p->config.triggers - recalled;
}

bool peer_all_done(const peer_t *p)
{
    return p->accepted == p->config.triggers && p->done == p->config.triggers;
}
