/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access: short messages as the carrier (TS 24.011, TS 23.040). What the caller sends goes as a SMS-SUBMIT with application port
 * addressing, one at a time and one waiting; a SMS-DELIVER for our port is handed up. EPS: inside UPLINK NAS TRANSPORT (TS 24.301 5.6.3), or
 * CONTROL PLANE SERVICE REQUEST out of idle; UMTS, GERAN: as a NAS message of its own. Nothing of it is read that did not come protected.
 */
#include <string.h>

#include "core/wire/tpdu.h"
#include "device/access/internal.h"

/* ---- sending ---- */

static godwit_status_t put(godwit_access_t *access, godwit_slice_t cp, godwit_access_requests_t *requests)
{
    if (access->connected) {
        return access->config.kind == GODWIT_ACCESS_EPS
                   ? godwit_eps_send_sms(access, cp, requests)
                   : godwit_access_send_frame(access, GODWIT_RADIO_NAS, cp, false, requests);
    }
    if (access->held_len == 0) { /* else it comes again when its time has come */
        memcpy(access->held, cp.ptr, cp.len);
        access->held_len = (uint16_t)cp.len;
        access->held_sent = false;
    }
    return access->exchange.pending == GODWIT_ACCESS_NOTHING
               ? godwit_access_start(access, GODWIT_ACCESS_DO_RESUME, requests)
               : GODWIT_OK;
}

static godwit_status_t put_result(godwit_access_t *access, const godwit_sms_result_t *result,
                                  godwit_access_requests_t *requests)
{
    godwit_status_t status = GODWIT_OK;
    if (result->ack_len > 0) {
        status = put(access, godwit_slice(result->ack, result->ack_len), requests);
    }
    for (size_t i = 0; i < 2 && result->data[i].len > 0 && status == GODWIT_OK; i++) {
        status = put(access, result->data[i], requests);
    }
    if (access->exchange.pending == GODWIT_ACCESS_NOTHING) {
        godwit_access_timer_cancel(access, requests); /* or the tick */
    }
    return status;
}

/* The caller's octets as a SMS-SUBMIT in its RP-DATA. */
static godwit_status_t begin(godwit_access_t *access, godwit_slice_t payload, godwit_sms_result_t *result)
{
    godwit_access_sms_t *s = &access->sms;
    const godwit_access_config_t *c = &access->config;
    uint8_t octets[GODWIT_SMS_USER_DATA_MAX], tpdu[GODWIT_TPDU_MAX];
    godwit_writer_t w = godwit_writer(tpdu, sizeof tpdu);
    godwit_sms_submit_t submit = {.reference = (uint8_t)(s->reference + 1U)};
    godwit_rp_t rp = {.type = GODWIT_RP_DATA, .reference = submit.reference};
    godwit_status_t status = godwit_sms_address_from_text(c->sms_number, &submit.destination);
    if (status == GODWIT_OK) {
        status =
            godwit_sms_address_from_text(c->sms_centre != NULL ? c->sms_centre : c->sms_number, &rp.service_centre);
    }
    if (status == GODWIT_OK) {
        status = godwit_sms_ports_put(c->sms_port, c->sms_port, payload, octets, &submit.data);
    }
    if (status == GODWIT_OK) {
        status = godwit_sms_submit_build(&submit, &w);
    }
    rp.tpdu = godwit_written(&w);
    if (status == GODWIT_OK) {
        status = godwit_sms_link_begin(&s->link, &rp, result);
    }
    s->reference = status == GODWIT_OK ? submit.reference : s->reference;
    return status;
}

static godwit_status_t may_send(const godwit_access_t *access, godwit_slice_t payload)
{
    if (payload.len == 0) {
        return GODWIT_INVALID_ARGUMENT;
    }
    if (payload.len > GODWIT_SMS_PORT_DATA_MAX) {
        return GODWIT_NO_SPACE;
    }
    return access->sms.waiting_len > 0 ? GODWIT_AGAIN : GODWIT_OK;
}

godwit_status_t godwit_access_sms_send(godwit_access_t *access, godwit_slice_t payload,
                                       godwit_access_requests_t *requests)
{
    godwit_access_sms_t *s = &access->sms;
    godwit_sms_result_t result;
    godwit_status_t status = may_send(access, payload);
    if (status == GODWIT_OK && access->state == GODWIT_ACCESS_ATTACHING) {
        status = GODWIT_AGAIN;
    } else if (status == GODWIT_OK && access->state != GODWIT_ACCESS_ATTACHED &&
               access->state != GODWIT_ACCESS_ACTIVE) {
        status = GODWIT_WRONG_STATE;
    }
    if (status != GODWIT_OK) {
        return status;
    }
    if (s->link.ours.state != GODWIT_SMS_IDLE) { /* behind the one that is on its way */
        memcpy(s->waiting, payload.ptr, payload.len);
        s->waiting_len = (uint8_t)payload.len;
        return GODWIT_OK;
    }
    status = begin(access, payload, &result);
    return status == GODWIT_OK ? put_result(access, &result, requests) : status;
}

godwit_status_t godwit_access_sms_with_attach(godwit_access_t *access, godwit_slice_t payload, godwit_slice_t *cp)
{
    godwit_sms_result_t result;
    godwit_status_t status = may_send(access, payload);
    if (status == GODWIT_OK) {
        status = begin(access, payload, &result);
    }
    if (status == GODWIT_OK) {
        *cp = result.data[0];
    }
    return status;
}

godwit_status_t godwit_access_sms_attached(godwit_access_t *access, godwit_access_requests_t *requests)
{
    const godwit_sms_transaction_t *t = &access->sms.link.ours;
    bool gone = access->sms.with_attach;
    access->sms.with_attach = false;
    return !gone && t->state == GODWIT_SMS_SENDING ? put(access, godwit_slice(t->octets, t->len), requests) : GODWIT_OK;
}

void godwit_access_sms_forget(godwit_access_t *access)
{
    uint8_t next = access->sms.link.next, reference = access->sms.reference;
    godwit_wipe(&access->sms, sizeof access->sms);
    access->sms.link.next = next; /* so that what comes late is not of a new one */
    access->sms.reference = reference;
}

/* ---- receiving ---- */

/* TS 24.011 8.2.5.4. */
static godwit_status_t reason_of(uint8_t cause)
{
    switch (cause) {
    case GODWIT_RP_CAUSE_UNASSIGNED:
        return GODWIT_UNKNOWN_SESSION;
    case GODWIT_RP_CAUSE_BARRED:
        return GODWIT_POLICY_FORBIDS;
    case GODWIT_RP_CAUSE_REJECTED:
    case GODWIT_RP_CAUSE_FACILITY_REJECTED:
        return GODWIT_NOT_ENTITLED;
    case GODWIT_RP_CAUSE_UNIDENTIFIED_SUBSCRIBER:
    case GODWIT_RP_CAUSE_UNKNOWN_SUBSCRIBER:
        return GODWIT_UNKNOWN_SUBSCRIBER;
    case GODWIT_RP_CAUSE_MEMORY_FULL:
    case GODWIT_RP_CAUSE_CONGESTION:
        return GODWIT_OVERLOAD;
    default:
        return cause >= GODWIT_RP_CAUSE_INVALID_REFERENCE ? GODWIT_MALFORMED : GODWIT_PEER_INTERNAL;
    }
}

static void on_answer(godwit_access_t *access, godwit_slice_t rpdu, godwit_access_requests_t *requests)
{
    godwit_rp_t rp;
    bool read = godwit_rp_parse(rpdu, true, &rp) == GODWIT_OK && rp.reference == access->sms.reference;
    if (read && rp.type == GODWIT_RP_ACK) {
        godwit_access_event(requests, "sms_accepted", GODWIT_OK);
    } else {
        bool refused = read && rp.type == GODWIT_RP_ERROR;
        godwit_access_event(requests, "sms_refused", refused ? reason_of(rp.cause) : GODWIT_MALFORMED);
    }
}

/* What a RP-DATA of the network brings for us; else the cause that it is answered with. */
static uint8_t read_delivery(const godwit_access_t *access, const godwit_rp_t *rp, godwit_slice_t *payload)
{
    godwit_sms_deliver_t deliver;
    godwit_sms_ports_t ports;
    if (rp->type != GODWIT_RP_DATA || godwit_sms_deliver_parse(rp->tpdu, &deliver) != GODWIT_OK) {
        return GODWIT_RP_CAUSE_INVALID_MANDATORY;
    }
    if (godwit_sms_ports_get(&deliver.data, &ports) != GODWIT_OK || ports.destination != access->config.sms_port ||
        ports.payload.len == 0) {
        return GODWIT_RP_CAUSE_PROTOCOL_ERROR; /* nobody here reads anything else */
    }
    *payload = ports.payload;
    return 0;
}

static godwit_status_t on_indication(godwit_access_t *access, godwit_slice_t rpdu, godwit_access_requests_t *requests)
{
    godwit_rp_t rp, answer = {.type = GODWIT_RP_ACK};
    godwit_sms_result_t result;
    godwit_slice_t payload = {NULL, 0};
    uint8_t cause = GODWIT_RP_CAUSE_PROTOCOL_ERROR;
    answer.reference = rpdu.len > 1 ? rpdu.ptr[1] : 0;
    if (godwit_rp_parse(rpdu, true, &rp) == GODWIT_OK) {
        cause = read_delivery(access, &rp, &payload);
    }
    if (cause == 0) {
        godwit_access_ask_for(requests, GODWIT_ACCESS_DELIVER)->octets = payload;
    } else {
        godwit_access_event(requests, "refused", GODWIT_MALFORMED);
        answer.type = GODWIT_RP_ERROR;
        answer.cause = cause;
    }
    godwit_status_t status = godwit_sms_link_answer(&access->sms.link, &answer, &result);
    return status == GODWIT_OK ? put_result(access, &result, requests) : status;
}

static godwit_status_t take(godwit_access_t *access, const godwit_sms_result_t *result,
                            godwit_access_requests_t *requests)
{
    godwit_access_sms_t *s = &access->sms;
    godwit_sms_result_t next;
    godwit_status_t status = GODWIT_OK;
    if (result->ours_failed) {
        bool busy = result->cause == GODWIT_CP_CAUSE_CONGESTION;
        godwit_access_event(requests, "sms_failed",
                            result->cause == 0 ? GODWIT_OK
                            : busy             ? GODWIT_OVERLOAD
                                               : GODWIT_PEER_INTERNAL);
    }
    if (result->answer.len > 0) {
        on_answer(access, result->answer, requests);
    }
    if (result->indication.len > 0) {
        status = on_indication(access, result->indication, requests);
    }
    if (status == GODWIT_OK && s->waiting_len > 0 && s->link.ours.state == GODWIT_SMS_IDLE) {
        status = begin(access, godwit_slice(s->waiting, s->waiting_len), &next);
        s->waiting_len = 0;
        status = status == GODWIT_OK ? put_result(access, &next, requests) : status;
    }
    return status;
}

godwit_status_t godwit_access_sms_receive(godwit_access_t *access, godwit_slice_t cp,
                                          godwit_access_requests_t *requests)
{
    godwit_sms_result_t result;
    if (access->config.carrier != GODWIT_CARRIER_SMS) {
        return GODWIT_POLICY_FORBIDS;
    }
    godwit_status_t received = godwit_sms_link_receive(&access->sms.link, cp, &result);
    godwit_status_t status = godwit_access_connected(access, requests);
    if (status == GODWIT_OK) {
        status = put_result(access, &result, requests);
    }
    if (received != GODWIT_OK) {
        godwit_access_event(requests, "refused", received);
        return status;
    }
    return status == GODWIT_OK ? take(access, &result, requests) : status;
}

godwit_status_t godwit_access_sms_tick(godwit_access_t *access, godwit_access_requests_t *requests)
{
    godwit_sms_result_t result;
    godwit_sms_link_tick(&access->sms.link, &result);
    godwit_status_t status = put_result(access, &result, requests);
    return status == GODWIT_OK ? take(access, &result, requests) : status;
}
