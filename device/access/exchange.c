/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access: one procedure of its own at a time: sent, sent again with its wait doubled, given up after so
 * many sendings. What needs a radio connection asks for that first. Nothing is tried without bound, and giving up
 * erases only what the procedure was about.
 */
#include <string.h>

#include "device/access/trigger.h"

godwit_status_t godwit_access_transmit(godwit_access_t *access, godwit_access_requests_t *requests)
{
    return access->config.kind == GODWIT_ACCESS_EPS ? godwit_eps_transmit(access, requests)
                                                    : godwit_umts_transmit(access, requests);
}

godwit_status_t godwit_access_start(godwit_access_t *access, godwit_access_procedure_t procedure,
                                    godwit_access_requests_t *requests)
{
    godwit_access_exchange_t *x = &access->exchange;
    uint8_t former = x->former;
    bool paged = x->paged;
    memset(x, 0, sizeof *x);
    x->pending = (uint8_t)procedure;
    x->former = procedure == GODWIT_ACCESS_DO_ATTACH ? former : (uint8_t)GODWIT_ACCESS_DETACHED;
    x->paged = paged;
    x->sendings = 1;
    access->last_pti = (uint8_t)(access->last_pti % 254 + 1); /* 1 to 254, TS 24.007 11.2.3.1a */
    x->pti = access->last_pti;
    godwit_status_t status = godwit_access_transmit(access, requests);
    if (status != GODWIT_OK) {
        x->pending = GODWIT_ACCESS_NOTHING;
        return status;
    }
    godwit_access_timer_set(access, requests);
    return GODWIT_OK;
}

void godwit_access_finish(godwit_access_t *access, godwit_access_requests_t *requests)
{
    access->exchange.pending = GODWIT_ACCESS_NOTHING;
    access->exchange.paged = false;
    godwit_access_timer_cancel(access, requests);
}

void godwit_access_drop_held(godwit_access_t *access, godwit_access_requests_t *requests)
{
    if (access->held_len > 0) {
        access->held_len = 0;
        access->held_sent = false;
        godwit_access_event(requests, "n_pdu_uncertain", GODWIT_OK);
    }
}

/* An attach that was to take the place of a registration leaves that as it was. */
static void attach_failed(godwit_access_t *access, godwit_access_requests_t *requests)
{
    uint8_t former = access->exchange.former;
    godwit_access_next_fallback(access, requests);
    if (former == GODWIT_ACCESS_DETACHED) {
        godwit_access_forget(access);
        return;
    }
    access->trigger.awaits = false;
    access->known = false; /* the next one shall not fail for that */
    access->state = former;
    access->connected = access->secured = false;
    access->owes_information = false;
}

void godwit_access_give_up(godwit_access_t *access, godwit_status_t reason, godwit_access_requests_t *requests)
{
    uint8_t procedure = access->exchange.pending;
    godwit_access_finish(access, requests);
    godwit_access_drop_held(access, requests);
    godwit_access_trigger_drop(access, requests);
    switch (procedure) {
    case GODWIT_ACCESS_DO_ATTACH:
        attach_failed(access, requests);
        break;
    case GODWIT_ACCESS_DO_MODIFY:
        access->container_sent = false;
        godwit_access_give_container(access, godwit_slice(NULL, 0), requests);
        break;
    case GODWIT_ACCESS_DO_DETACH: /* TS 24.301 5.5.2.2.4 c, TS 24.008 4.7.4.1.4: detached locally */
        godwit_access_leave(access);
        godwit_access_event(requests, "detached", reason);
        break;
    default:
        break;
    }
    godwit_access_event(requests, "given_up", reason);
}

void godwit_access_hint(godwit_access_t *access, godwit_status_t reason, godwit_access_requests_t *requests)
{
    godwit_access_exchange_t *x = &access->exchange;
    godwit_access_event(requests, "refused", reason);
    if (x->pending == GODWIT_ACCESS_NOTHING) {
        return;
    }
    x->reason = reason;
    if (!x->hinted) {
        x->hinted = true;
        x->sendings++;
        godwit_access_timer_set(access, requests);
    }
}

/* ---- the radio connection ---- */

static godwit_status_t send_held(godwit_access_t *access, godwit_access_requests_t *requests)
{
    godwit_status_t status = GODWIT_OK;
    if (access->config.kind == GODWIT_ACCESS_EPS) {
        status = access->held_sent ? GODWIT_OK : godwit_eps_send_held(access, requests);
    } else {
        const godwit_radio_kind_t kind = access->held_sms ? GODWIT_RADIO_NAS : GODWIT_RADIO_N_PDU;
        status = godwit_access_send_frame(access, kind, godwit_slice(access->held, access->held_len), false, requests);
    }
    access->held_len = 0;
    access->held_sent = false;
    return status;
}

godwit_status_t godwit_access_connected(godwit_access_t *access, godwit_access_requests_t *requests)
{
    bool was = access->connected;
    access->connected = true;
    if (access->exchange.pending == GODWIT_ACCESS_DO_RESUME) {
        godwit_access_finish(access, requests);
    }
    if (!was) {
        godwit_access_event(requests, "connected", GODWIT_OK);
    }
    godwit_status_t status = access->held_len > 0 ? send_held(access, requests) : GODWIT_OK;
    if (status == GODWIT_OK && !was && access->exchange.pending != GODWIT_ACCESS_NOTHING) {
        status = godwit_access_transmit(access, requests);
        godwit_access_timer_set(access, requests);
    }
    return status == GODWIT_OK ? godwit_access_trigger_flush(access, requests) : status;
}

void godwit_access_released(godwit_access_t *access, godwit_access_requests_t *requests)
{
    bool was = access->connected;
    access->connected = access->secured = false;
    if (was) {
        godwit_access_event(requests, "idle", GODWIT_OK);
    }
}

/* ---- attach ---- */

static godwit_status_t attach(godwit_access_t *access, godwit_access_requests_t *requests)
{
    bool registered = access->state == GODWIT_ACCESS_ATTACHED || access->state == GODWIT_ACCESS_ACTIVE;
    access->exchange.former = registered ? access->state : (uint8_t)GODWIT_ACCESS_DETACHED;
    access->state = GODWIT_ACCESS_ATTACHING;
    access->connected = true;
    access->secured = access->owes_information = access->awaits_container = access->container_sent = false;
    access->owes_activation = access->trigger.awaits = false;
    godwit_access_event(requests, "attach_requested", GODWIT_OK);
    godwit_status_t status = godwit_access_next_arm(access, requests);
    if (status == GODWIT_OK) {
        status = godwit_access_start(access, GODWIT_ACCESS_DO_ATTACH, requests);
    }
    if (status != GODWIT_OK) {
        attach_failed(access, requests);
    }
    return status;
}

godwit_status_t godwit_access_attach(godwit_access_t *access, godwit_access_requests_t *requests)
{
    godwit_access_begin(access, requests);
    if (access->state == GODWIT_ACCESS_ATTACHING || access->exchange.pending != GODWIT_ACCESS_NOTHING) {
        return GODWIT_AGAIN;
    }
    access->reattaches = 0;
    access->vector.runs = 0;
    access->next.follows = false;
    return attach(access, requests);
}

static godwit_status_t may_attach_with(const godwit_access_t *access, godwit_slice_t data)
{
    const godwit_carrier_t carrier = access->config.carrier;
    if (access->state == GODWIT_ACCESS_ATTACHING || access->exchange.pending != GODWIT_ACCESS_NOTHING ||
        access->held_len > 0) {
        return GODWIT_AGAIN;
    }
    if (data.len == 0 || (access->config.kind != GODWIT_ACCESS_EPS && carrier == GODWIT_CARRIER_NAS)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    return data.len > GODWIT_ACCESS_NPDU_MAX ? GODWIT_NO_SPACE : GODWIT_OK;
}

/* Data that do not go with the attach wait for its bearer; a short message for its end. */
static godwit_status_t wait_for_bearer(godwit_access_t *access, godwit_slice_t data)
{
    if (access->config.carrier == GODWIT_CARRIER_SMS) {
        return GODWIT_OK;
    }
    access->next.follows = true;
    return godwit_access_hold(access, data);
}

godwit_status_t godwit_access_attach_with(godwit_access_t *access, godwit_slice_t data,
                                          godwit_access_requests_t *requests)
{
    godwit_access_begin(access, requests);
    godwit_status_t status = may_attach_with(access, data);
    if (status != GODWIT_OK) {
        return status;
    }
    access->reattaches = 0;
    access->vector.runs = 0;
    access->next.follows = false;
    if (access->config.carrier == GODWIT_CARRIER_SMS) {
        status = godwit_access_sms_with_attach(access, data, &data);
        if (status != GODWIT_OK) {
            return status;
        }
    }
    access->next.data = data;
    status = attach(access, requests);
    access->next.data = godwit_slice(NULL, 0);
    return status == GODWIT_OK && !access->next.carries ? wait_for_bearer(access, data) : status;
}

godwit_status_t godwit_access_reattach(godwit_access_t *access, godwit_access_requests_t *requests)
{
    if (access->reattaches >= access->config.attempts) {
        godwit_access_give_up(access, access->exchange.reason, requests);
        return GODWIT_OK;
    }
    access->reattaches++;
    return attach(access, requests);
}

/* ---- the timer ---- */

godwit_status_t godwit_access_timer(godwit_access_t *access, godwit_access_requests_t *requests)
{
    godwit_access_exchange_t *x = &access->exchange;
    godwit_access_begin(access, requests);
    if (x->pending == GODWIT_ACCESS_NOTHING) {
        access->sms.ticks = false;
        return godwit_sms_link_busy(&access->sms.link) ? godwit_access_sms_tick(access, requests) : GODWIT_OK;
    }
    if (access->trigger.awaits) { /* the owner takes too long */
        godwit_access_timer_set(access, requests);
        return godwit_eps_complete_awaited(access, godwit_slice(NULL, 0), requests);
    }
    if (access->vector.running || access->next.running || access->awaits_container) { /* card and owner first */
        godwit_access_timer_set(access, requests);
        return GODWIT_OK;
    }
    if (x->sendings >= access->config.attempts) {
        godwit_access_give_up(access, x->reason, requests);
        return GODWIT_OK;
    }
    x->sendings++;
    x->hinted = false;
    godwit_status_t status = godwit_access_transmit(access, requests);
    godwit_access_timer_set(access, requests);
    return status;
}
