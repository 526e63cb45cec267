/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access: short messages as the carrier (TS 24.011, TS 23.040). What the caller sends goes as a SMS-SUBMIT
 * with application port addressing, one at a time and one waiting; a SMS-DELIVER for our port is handed up. Messages of
 * device triggering go beside them, for another number and port. EPS: inside UPLINK NAS TRANSPORT (TS 24.301 5.6.3), or
 * CONTROL PLANE SERVICE REQUEST out of idle; UMTS, GERAN: as a NAS message of its own. Nothing of it is read that did
 * not come protected.
 */
#include <string.h>

#include "core/wire/tpdu.h"
#include "core/wire/ue_key.h"
#include "device/access/trigger.h"

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
        access->held_sms = true;
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

/* Where a short message goes. */
typedef struct destination {
    const char *number, *centre;
    uint16_t port;
} destination_t;

static destination_t to_application(const godwit_access_t *access)
{
    const godwit_access_config_t *c = &access->config;
    return (destination_t){c->sms_number, c->sms_centre != NULL ? c->sms_centre : c->sms_number, c->sms_port};
}

static destination_t to_iwf(const godwit_access_t *access)
{
    const godwit_access_config_t *c = &access->config;
    const char *centre = c->sms_centre != NULL ? c->sms_centre : c->sms_number;
    return (destination_t){c->trigger_number, centre != NULL ? centre : c->trigger_number, c->trigger_port};
}

/* The caller's octets as a SMS-SUBMIT in its RP-DATA. */
static godwit_status_t begin(godwit_access_t *access, destination_t to, godwit_slice_t payload,
                             godwit_sms_result_t *result)
{
    godwit_access_sms_t *s = &access->sms;
    uint8_t octets[GODWIT_SMS_USER_DATA_MAX], tpdu[GODWIT_TPDU_MAX];
    godwit_writer_t w = godwit_writer(tpdu, sizeof tpdu);
    godwit_sms_submit_t submit = {.reference = (uint8_t)(s->reference + 1U)};
    godwit_rp_t rp = {.type = GODWIT_RP_DATA, .reference = submit.reference};
    godwit_status_t status = godwit_sms_address_from_text(to.number, &submit.destination);
    if (status == GODWIT_OK) {
        status = godwit_sms_address_from_text(to.centre, &rp.service_centre);
    }
    if (status == GODWIT_OK) {
        status = godwit_sms_ports_put(to.port, to.port, payload, octets, &submit.data);
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
    status = begin(access, to_application(access), payload, &result);
    return status == GODWIT_OK ? put_result(access, &result, requests) : status;
}

godwit_status_t godwit_access_sms_with_attach(godwit_access_t *access, godwit_slice_t payload, godwit_slice_t *cp)
{
    godwit_sms_result_t result;
    godwit_status_t status = may_send(access, payload);
    if (status == GODWIT_OK) {
        status = begin(access, to_application(access), payload, &result);
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
    if (!gone && t->state == GODWIT_SMS_SENDING) {
        return put(access, godwit_slice(t->octets, t->len), requests);
    }
    return godwit_access_trigger_flush(access, requests);
}

godwit_status_t godwit_access_sms_trigger(godwit_access_t *access, godwit_access_requests_t *requests)
{
    godwit_access_trigger_t *t = &access->trigger;
    godwit_sms_result_t result;
    if (access->sms.link.ours.state != GODWIT_SMS_IDLE) {
        return GODWIT_OK; /* behind the one that is on its way */
    }
    godwit_status_t status = begin(access, to_iwf(access), godwit_slice(t->held, t->held_len), &result);
    t->held_len = 0;
    return status == GODWIT_OK ? put_result(access, &result, requests) : status;
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

/* reference: of what it must answer. */
static void on_answer(godwit_slice_t rpdu, uint8_t reference, godwit_access_requests_t *requests)
{
    godwit_rp_t rp;
    bool read = godwit_rp_parse(rpdu, true, &rp) == GODWIT_OK && rp.reference == reference;
    if (read && rp.type == GODWIT_RP_ACK) {
        godwit_access_event(requests, "sms_accepted", GODWIT_OK);
    } else {
        bool refused = read && rp.type == GODWIT_RP_ERROR;
        godwit_access_event(requests, "sms_refused", refused ? reason_of(rp.cause) : GODWIT_MALFORMED);
    }
}

/* What a short message brings. */
typedef struct delivery {
    godwit_access_request_kind_t kind; /* DELIVER, TRIGGER, UE_KEY */
    bool by_sms;
    godwit_slice_t payload;
} delivery_t;

/* Whether the serving node itself made it: its RP-Originator has a type that no service centre can bring about
 * (sms_relay.h), and integrity shows that the node has said so. EPS has messages of its own for that. */
static bool is_of_node(const godwit_access_t *access, const godwit_rp_t *rp)
{
    char number[GODWIT_E164_MAX + 1];
    return access->config.kind != GODWIT_ACCESS_EPS && !access->radio.no_ik &&
           rp->service_centre.type == GODWIT_SMS_NETWORK_SPECIFIC &&
           godwit_sms_address_to_text(&rp->service_centre, number) == GODWIT_OK &&
           strcmp(number, access->config.trigger_number) == 0;
}

static bool is_for_us(const godwit_access_t *access, const godwit_rp_t *rp, uint16_t port, delivery_t *delivery)
{
    const godwit_access_config_t *c = &access->config;
    if (c->carrier == GODWIT_CARRIER_SMS && port == c->sms_port) {
        delivery->kind = GODWIT_ACCESS_DELIVER;
        return true;
    }
    if (!c->trigger || (port != c->trigger_port && port != GODWIT_SMS_UE_KEY_PORT)) {
        return false;
    }
    delivery->kind = port == c->trigger_port ? GODWIT_ACCESS_TRIGGER : GODWIT_ACCESS_UE_KEY;
    delivery->by_sms = !is_of_node(access, rp);
    /* A key is taken from the node alone, and under ciphering. */
    return delivery->kind == GODWIT_ACCESS_TRIGGER ||
           (!delivery->by_sms && godwit_radio_is_confidential(&access->radio));
}

/* What a RP-DATA of the network brings for us; else the cause that it is answered with. */
static uint8_t read_delivery(const godwit_access_t *access, const godwit_rp_t *rp, delivery_t *delivery)
{
    godwit_sms_deliver_t deliver;
    godwit_sms_ports_t ports;
    if (rp->type != GODWIT_RP_DATA || godwit_sms_deliver_parse(rp->tpdu, &deliver) != GODWIT_OK) {
        return GODWIT_RP_CAUSE_INVALID_MANDATORY;
    }
    if (godwit_sms_ports_get(&deliver.data, &ports) != GODWIT_OK || ports.payload.len == 0 ||
        !is_for_us(access, rp, ports.destination, delivery)) {
        return GODWIT_RP_CAUSE_PROTOCOL_ERROR; /* nobody here reads anything else */
    }
    delivery->payload = ports.payload;
    return 0;
}

static godwit_status_t on_indication(godwit_access_t *access, godwit_slice_t rpdu, delivery_t *delivery,
                                     godwit_access_requests_t *requests)
{
    godwit_rp_t rp, answer = {.type = GODWIT_RP_ACK};
    godwit_sms_result_t result;
    uint8_t cause = GODWIT_RP_CAUSE_PROTOCOL_ERROR;
    answer.reference = rpdu.len > 1 ? rpdu.ptr[1] : 0;
    if (godwit_rp_parse(rpdu, true, &rp) == GODWIT_OK) {
        cause = read_delivery(access, &rp, delivery);
    }
    if (cause == 0 && delivery->kind == GODWIT_ACCESS_UE_KEY &&
        godwit_ue_key_parse(delivery->payload, &access->trigger.key) != GODWIT_OK) {
        cause = GODWIT_RP_CAUSE_INVALID_MANDATORY;
    }
    if (cause == 0 && delivery->kind == GODWIT_ACCESS_DELIVER) {
        godwit_access_ask_for(requests, GODWIT_ACCESS_DELIVER)->octets = delivery->payload;
    } else if (cause != 0) {
        godwit_access_event(requests, "refused", GODWIT_MALFORMED);
        delivery->payload.len = 0;
        answer.type = GODWIT_RP_ERROR;
        answer.cause = cause;
    }
    godwit_status_t status = godwit_sms_link_answer(&access->sms.link, &answer, &result);
    return status == GODWIT_OK ? put_result(access, &result, requests) : status;
}

/* Last of its list: what the owner does with it may lead to another call. */
static void give(godwit_access_t *access, const delivery_t *delivery, godwit_access_requests_t *requests)
{
    if (delivery->payload.len == 0) {
        return;
    }
    if (delivery->kind == GODWIT_ACCESS_UE_KEY) {
        godwit_access_ask_for(requests, GODWIT_ACCESS_UE_KEY)->ue_key = &access->trigger.key;
        godwit_wipe(access->work, sizeof access->work);
    } else if (delivery->kind == GODWIT_ACCESS_TRIGGER) {
        godwit_access_give_trigger(delivery->payload, false, requests);
        requests->item[requests->count - 1].by_sms = delivery->by_sms;
    }
}

/* reference: of the last message up before it came. */
static godwit_status_t take(godwit_access_t *access, const godwit_sms_result_t *result, uint8_t reference,
                            godwit_access_requests_t *requests)
{
    godwit_access_sms_t *s = &access->sms;
    godwit_sms_result_t next;
    delivery_t delivery = {.kind = GODWIT_ACCESS_DELIVER, .payload = {NULL, 0}};
    godwit_status_t status = GODWIT_OK;
    if (result->ours_failed) {
        bool busy = result->cause == GODWIT_CP_CAUSE_CONGESTION;
        godwit_access_event(requests, "sms_failed",
                            result->cause == 0 ? GODWIT_OK
                            : busy             ? GODWIT_OVERLOAD
                                               : GODWIT_PEER_INTERNAL);
    }
    if (result->answer.len > 0) {
        on_answer(result->answer, reference, requests);
    }
    if (result->indication.len > 0) {
        status = on_indication(access, result->indication, &delivery, requests);
    }
    if (status == GODWIT_OK && s->waiting_len > 0 && s->link.ours.state == GODWIT_SMS_IDLE) {
        status = begin(access, to_application(access), godwit_slice(s->waiting, s->waiting_len), &next);
        s->waiting_len = 0;
        status = status == GODWIT_OK ? put_result(access, &next, requests) : status;
    }
    if (status == GODWIT_OK) {
        status = godwit_access_trigger_flush(access, requests);
    }
    if (status == GODWIT_OK) {
        give(access, &delivery, requests);
    }
    return status;
}

godwit_status_t godwit_access_sms_receive(godwit_access_t *access, godwit_slice_t cp,
                                          godwit_access_requests_t *requests)
{
    godwit_sms_result_t result;
    if (access->config.carrier != GODWIT_CARRIER_SMS && !access->config.trigger) {
        return GODWIT_POLICY_FORBIDS;
    }
    const uint8_t reference = access->sms.reference; /* the next one may go before this is looked at */
    godwit_status_t received = godwit_sms_link_receive(&access->sms.link, cp, &result);
    godwit_status_t status = godwit_access_connected(access, requests);
    if (status == GODWIT_OK) {
        status = put_result(access, &result, requests);
    }
    if (received != GODWIT_OK) {
        godwit_access_event(requests, "refused", received);
        return status;
    }
    return status == GODWIT_OK ? take(access, &result, reference, requests) : status;
}

godwit_status_t godwit_access_sms_tick(godwit_access_t *access, godwit_access_requests_t *requests)
{
    godwit_sms_result_t result;
    godwit_sms_link_tick(&access->sms.link, &result);
    godwit_status_t status = put_result(access, &result, requests);
    return status == GODWIT_OK ? take(access, &result, access->sms.reference, requests) : status;
}
