/* SPDX-License-Identifier: Apache-2.0
 *
 * The relay layer at a serving node: TS 24.011 6. A TPDU is passed on untouched; what a report of the device says is
 * not.
 */
#include "roles/sms_node.h"

#include "core/trigger/trigger.h"
#include "core/wire/tpdu.h"
#include "core/wire/ue_key.h"

#include <string.h>

static void refused(const godwit_sms_host_t *host, godwit_status_t reason, const char *detail)
{
    godwit_outbox_event(host->out, "refused", reason, host->imsi, detail);
}

/* ---- towards the SMS-SC ---- */

/* What is for the MTC-IWF goes to it directly, where the home has named one: its number and the trigger port. */
static bool is_for_iwf(const godwit_sms_host_t *host, const godwit_rp_t *rp, godwit_slice_t *container)
{
    godwit_sms_submit_t submit;
    godwit_sms_ports_t ports;
    char number[GODWIT_E164_MAX + 1];
    if (host->trigger == NULL || host->trigger->iwf.host[0] == '\0' ||
        godwit_sms_submit_parse(rp->tpdu, &submit) != GODWIT_OK ||
        godwit_sms_address_to_text(&submit.destination, number) != GODWIT_OK || strcmp(number, host->iwf_number) != 0 ||
        godwit_sms_ports_get(&submit.data, &ports) != GODWIT_OK || ports.destination != GODWIT_A3_PORT) {
        return false;
    }
    *container = ports.payload;
    return true;
}

static bool ask(const godwit_sms_host_t *host, const godwit_rp_t *rp)
{
    godwit_slice_t container;
    if (host->home == NULL) {
        return false;
    }
    if (is_for_iwf(host, rp, &container)) {
        return godwit_serving_trigger_up(host->trigger, host->home, host->out, host->transaction, host->imsi,
                                         container);
    }
    if (host->no_centre) {
        return false;
    }
    godwit_short_message_t m = {.imsi = *host->imsi, .tpdu_len = (uint8_t)rp->tpdu.len};
    if (rp->tpdu.len > sizeof m.tpdu || godwit_sms_address_to_text(&rp->service_centre, m.sc_address) != GODWIT_OK) {
        return false;
    }
    memcpy(m.tpdu, rp->tpdu.ptr, rp->tpdu.len);
    godwit_message_t *message = godwit_serving_message(host->home, host->out, GODWIT_FUNCTION_SMS_SC,
                                                       GODWIT_SHORT_MESSAGE_UP, host->transaction);
    if (message != NULL) {
        message->u.short_message = m;
    }
    return message != NULL;
}

/* In the words of T5: a device that is silent is tried again; one that has no trigger function, or says that it cannot,
 * is no such device. What was sent to a device that then went away, or has not answered, may have arrived:
 * UNKNOWN_SESSION says so, and AGAIN that it never left. */
static godwit_status_t in_t5(const godwit_sms_node_t *node, const godwit_sms_host_t *host, godwit_status_t outcome)
{
    if (outcome == GODWIT_UNKNOWN_SESSION && host->trigger != NULL) {
        host->trigger->missed = true;
    }
    if (outcome == GODWIT_MALFORMED) {
        return GODWIT_NOT_FOUND;
    }
    return outcome == GODWIT_UNKNOWN_SESSION && !node->started ? GODWIT_AGAIN : outcome;
}

static void answer_down(godwit_sms_node_t *node, const godwit_sms_host_t *host, godwit_status_t outcome)
{
    if (!node->down || host->home == NULL) {
        return;
    }
    const godwit_message_kind_t kind = node->from_node ? GODWIT_T5_DOWN_ANSWER : GODWIT_SHORT_MESSAGE_DOWN_ANSWER;
    godwit_message_t *message =
        godwit_serving_message(host->home, host->out, node->down_from, kind, node->down_transaction);
    if (message != NULL) {
        message->route = node->down_route;
        message->u.outcome = node->from_node ? in_t5(node, host, outcome) : outcome;
    }
    const char *name = outcome == GODWIT_OK ? "sms_delivered" : "sms_not_delivered";
    if (node->from_node) {
        name = outcome == GODWIT_OK ? "trigger_delivered" : "trigger_not_delivered";
    }
    godwit_outbox_event(host->out, name, outcome, host->imsi, NULL);
    if (node->secret) { /* K_iwf of the device: the link keeps what it has sent */
        godwit_wipe(node->link.ours.octets, sizeof node->link.ours.octets);
    }
    node->down = node->started = node->from_node = node->secret = false;
    godwit_wipe(node->down_tpdu, sizeof node->down_tpdu);
    node->down_len = 0;
}

void godwit_sms_node_refuse(const godwit_serving_home_t *home, godwit_outbox_t *out, const godwit_message_t *message,
                            godwit_status_t outcome)
{
    godwit_message_t *answer =
        godwit_serving_message(home, out, message->from, GODWIT_SHORT_MESSAGE_DOWN_ANSWER, message->transaction);
    if (answer != NULL) {
        answer->route = message->route;
        answer->u.outcome = outcome;
    }
    godwit_outbox_event(out, "sms_not_delivered", outcome, &message->u.short_message.imsi, NULL);
}

/* ---- towards the device ---- */

/* What comes the other way meanwhile does not put off the tick: what was lost would never be said again. */
static void keep_ticking(const godwit_sms_host_t *host, godwit_sms_node_t *node)
{
    const bool busy = godwit_sms_link_busy(&node->link);
    if (!busy || node->tick_ms <= host->now_ms) {
        host->tick(host->context, busy ? GODWIT_SMS_TICK_MS : 0);
        node->tick_ms = busy ? host->now_ms + GODWIT_SMS_TICK_MS : 0;
    }
}

/* While a key is under way nothing goes that anybody could read: the radio may have changed since it began. */
static void send_all(const godwit_sms_host_t *host, godwit_sms_node_t *node, const godwit_sms_result_t *result)
{
    const bool may = !node->secret || host->confidential;
    if (result->ack_len > 0 && may) {
        host->send(host->context, godwit_slice(result->ack, result->ack_len));
    }
    for (size_t i = 0; i < 2 && result->data[i].len > 0 && may; i++) {
        host->send(host->context, result->data[i]);
    }
    keep_ticking(host, node);
}

/* What the relay layer says for an outcome: TS 29.338 annex, TS 24.011 8.2.5.4. */
static uint8_t cause_of(godwit_status_t outcome)
{
    switch (outcome) {
    case GODWIT_UNKNOWN_SUBSCRIBER:
        return GODWIT_RP_CAUSE_UNIDENTIFIED_SUBSCRIBER;
    case GODWIT_NOT_ENTITLED:
        return GODWIT_RP_CAUSE_FACILITY_REJECTED;
    case GODWIT_POLICY_FORBIDS:
        return GODWIT_RP_CAUSE_BARRED;
    case GODWIT_OVERLOAD:
        return GODWIT_RP_CAUSE_CONGESTION;
    case GODWIT_MALFORMED:
        return GODWIT_RP_CAUSE_REJECTED;
    case GODWIT_UNKNOWN_SESSION:
        return GODWIT_RP_CAUSE_UNASSIGNED;
    default:
        return GODWIT_RP_CAUSE_NETWORK_OUT_OF_ORDER;
    }
}

static void answer_up(godwit_sms_node_t *node, const godwit_sms_host_t *host, uint8_t cause)
{
    godwit_sms_result_t result;
    const godwit_rp_t rp = {.type = cause == 0 ? GODWIT_RP_ACK : GODWIT_RP_ERROR,
                            .from_network = true,
                            .reference = node->up_reference,
                            .cause = cause};
    node->asked = false;
    if (godwit_sms_link_answer(&node->link, &rp, &result) == GODWIT_OK) {
        send_all(host, node, &result);
    }
}

static void on_indication(godwit_sms_node_t *node, const godwit_sms_host_t *host, godwit_slice_t rpdu)
{
    godwit_rp_t rp;
    node->asked = false;
    if (godwit_rp_parse(rpdu, false, &rp) != GODWIT_OK || (rp.type != GODWIT_RP_DATA && rp.type != GODWIT_RP_SMMA)) {
        refused(host, GODWIT_MALFORMED, "what a short message's control layer carries");
        node->up_reference = rpdu.len > 1 ? rpdu.ptr[1] : 0;
        answer_up(node, host, GODWIT_RP_CAUSE_PROTOCOL_ERROR);
        return;
    }
    node->up_reference = rp.reference;
    if (rp.type == GODWIT_RP_SMMA) { /* memory is available: nothing waits here that could now be sent */
        answer_up(node, host, 0);
        return;
    }
    node->asked = ask(host, &rp);
    node->up_transaction = host->transaction;
    if (!node->asked) {
        refused(host, GODWIT_PEER_INTERNAL, "no service centre for a short message");
        answer_up(node, host, GODWIT_RP_CAUSE_NETWORK_OUT_OF_ORDER);
    }
}

/* The device's answer to the message that was sent down. */
static void on_answer(godwit_sms_node_t *node, const godwit_sms_host_t *host, godwit_slice_t rpdu)
{
    godwit_rp_t rp;
    bool read = godwit_rp_parse(rpdu, false, &rp) == GODWIT_OK && rp.reference == node->down_reference &&
                (rp.type == GODWIT_RP_ACK || rp.type == GODWIT_RP_ERROR);
    godwit_status_t outcome = GODWIT_MALFORMED;
    if (read && rp.type == GODWIT_RP_ACK) {
        outcome = GODWIT_OK;
    } else if (read && rp.cause == GODWIT_RP_CAUSE_MEMORY_FULL) {
        outcome = GODWIT_OVERLOAD;
    }
    answer_down(node, host, outcome);
}

static void take(godwit_sms_node_t *node, const godwit_sms_host_t *host, const godwit_sms_result_t *result)
{
    if (result->theirs_failed) {
        godwit_outbox_event(host->out, "sms_given_up", node->asked ? GODWIT_PEER_INTERNAL : GODWIT_OK, host->imsi,
                            node->asked ? "the SMS-SC does not answer" : "the device does not take our answer");
        node->asked = false;
    }
    if (result->ours_failed) {
        answer_down(node, host, result->cause != 0 ? GODWIT_MALFORMED : GODWIT_UNKNOWN_SESSION);
    }
    if (result->answer.len > 0) {
        on_answer(node, host, result->answer);
    }
    if (result->indication.len > 0) {
        on_indication(node, host, result->indication);
    }
    if (godwit_sms_node_waits(node)) {
        godwit_sms_node_start(node, host);
    }
}

void godwit_sms_node_receive(godwit_sms_node_t *node, const godwit_sms_host_t *host, godwit_slice_t cp)
{
    godwit_sms_result_t result;
    if (godwit_sms_link_receive(&node->link, cp, &result) != GODWIT_OK) {
        refused(host, GODWIT_MALFORMED, "a short message's control layer");
    }
    send_all(host, node, &result);
    take(node, host, &result);
}

void godwit_sms_node_tick(godwit_sms_node_t *node, const godwit_sms_host_t *host)
{
    godwit_sms_result_t result;
    node->tick_ms = 0;
    godwit_sms_link_tick(&node->link, &result);
    send_all(host, node, &result);
    take(node, host, &result);
}

bool godwit_sms_node_answered(godwit_sms_node_t *node, const godwit_sms_host_t *host, const godwit_message_t *answer)
{
    const godwit_status_t outcome =
        answer->kind == GODWIT_T5_UP_ANSWER ? answer->u.t5_up_answer.status : answer->u.outcome;
    if (!node->asked || node->up_transaction != answer->transaction) {
        return false;
    }
    godwit_outbox_event(host->out, outcome == GODWIT_OK ? "sms_accepted" : "sms_refused", outcome, host->imsi, NULL);
    answer_up(node, host, outcome == GODWIT_OK ? 0 : cause_of(outcome));
    return true;
}

/* ---- down ---- */

bool godwit_sms_node_waits(const godwit_sms_node_t *node)
{
    return node->down && !node->started && node->link.ours.state == GODWIT_SMS_IDLE;
}

static void take_down(godwit_sms_node_t *node, const godwit_message_t *message, const char *centre, godwit_slice_t tpdu)
{
    size_t len = 0;
    while (len < GODWIT_E164_MAX && centre[len] != '\0') {
        len++;
    }
    node->down = true;
    node->started = node->from_node = node->secret = false;
    node->down_from = message->from;
    node->down_transaction = message->transaction;
    node->down_route = message->route;
    memset(node->down_centre, 0, sizeof node->down_centre);
    memcpy(node->down_centre, centre, len);
    node->down_len = (uint8_t)tpdu.len;
    memcpy(node->down_tpdu, tpdu.ptr, tpdu.len);
}

bool godwit_sms_node_down(godwit_sms_node_t *node, const godwit_sms_host_t *host, const godwit_message_t *message)
{
    const godwit_short_message_t *m = &message->u.short_message;
    if (node->down || host->home == NULL) {
        if (host->home != NULL) {
            godwit_sms_node_refuse(host->home, host->out, message, GODWIT_OVERLOAD);
        }
        return false;
    }
    take_down(node, message, m->sc_address, godwit_slice(m->tpdu, m->tpdu_len));
    return true;
}

/* ---- T5 ---- */

bool godwit_sms_node_number(const char *iwf_number)
{
    godwit_sms_address_t address;
    return godwit_sms_address_from_text(iwf_number, &address) == GODWIT_OK;
}

/* What the MTC-IWF has for the device, as a SMS-DELIVER that this node makes. */
static godwit_status_t deliver(const godwit_sms_host_t *host, const godwit_t5_down_t *m, godwit_writer_t *tpdu)
{
    uint8_t key[GODWIT_UE_KEY_SIZE], octets[GODWIT_SMS_USER_DATA_MAX];
    godwit_writer_t k = godwit_writer(key, sizeof key);
    godwit_sms_deliver_t deliver = {.no_more = true};
    godwit_slice_t payload = godwit_slice(m->container, m->container_len);
    const uint16_t port = m->kind == GODWIT_T5_UE_KEY ? GODWIT_SMS_UE_KEY_PORT : GODWIT_A3_PORT;
    godwit_status_t status = godwit_sms_address_from_text(host->iwf_number, &deliver.originator);
    godwit_sms_time(host->now_ms, deliver.time);
    if (status == GODWIT_OK && m->kind == GODWIT_T5_UE_KEY) {
        status = godwit_ue_key_build(&m->ue_key, &k);
        payload = godwit_written(&k);
    }
    if (status == GODWIT_OK) {
        status = godwit_sms_ports_put(port, GODWIT_A3_PORT, payload, octets, &deliver.data);
    }
    if (status == GODWIT_OK) {
        status = godwit_sms_deliver_build(&deliver, tpdu);
    }
    godwit_wipe(key, sizeof key);
    godwit_wipe(octets, sizeof octets);
    return status;
}

bool godwit_sms_node_t5(godwit_sms_node_t *node, const godwit_sms_host_t *host, const godwit_message_t *message)
{
    uint8_t tpdu[GODWIT_TPDU_MAX];
    godwit_writer_t w = godwit_writer(tpdu, sizeof tpdu);
    godwit_status_t status = godwit_serving_trigger_admit(host->trigger, message);
    if (status == GODWIT_OK) {
        status = node->down ? GODWIT_OVERLOAD : deliver(host, &message->u.t5_down, &w);
    }
    if (status == GODWIT_OK) {
        take_down(node, message, host->iwf_number, godwit_written(&w));
        node->from_node = true;
        node->secret = message->u.t5_down.kind == GODWIT_T5_UE_KEY;
    } else {
        godwit_serving_trigger_answer(host->out, host->home->own, message, status);
    }
    godwit_wipe(tpdu, sizeof tpdu);
    return status == GODWIT_OK;
}

void godwit_sms_node_start(godwit_sms_node_t *node, const godwit_sms_host_t *host)
{
    godwit_sms_result_t result;
    godwit_rp_t rp = {.type = GODWIT_RP_DATA, .from_network = true, .tpdu = {node->down_tpdu, node->down_len}};
    if (!godwit_sms_node_waits(node)) {
        return;
    }
    if (node->secret && !host->confidential) {
        answer_down(node, host, GODWIT_UNSUPPORTED_SUITE);
        return;
    }
    rp.reference = (uint8_t)(node->down_reference + 1U);
    godwit_status_t status = godwit_sms_address_from_text(node->down_centre, &rp.service_centre);
    if (node->from_node) {
        rp.service_centre.type = GODWIT_SMS_NETWORK_SPECIFIC;
    }
    if (status != GODWIT_OK || godwit_sms_link_begin(&node->link, &rp, &result) != GODWIT_OK) {
        answer_down(node, host, GODWIT_MALFORMED);
        return;
    }
    node->down_reference = rp.reference;
    node->started = true;
    send_all(host, node, &result);
}

void godwit_sms_node_end(godwit_sms_node_t *node, const godwit_sms_host_t *host)
{
    answer_down(node, host, GODWIT_UNKNOWN_SESSION);
    if (godwit_sms_link_busy(&node->link)) {
        host->tick(host->context, 0);
    }
    godwit_wipe(node, sizeof *node);
}
