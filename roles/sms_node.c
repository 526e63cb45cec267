/* SPDX-License-Identifier: Apache-2.0
 *
 * The relay layer at a serving node: TS 24.011 6. A TPDU is passed on untouched; what a report of the device says is not.
 */
#include "roles/sms_node.h"

#include <string.h>

static void refused(const godwit_sms_host_t *host, godwit_status_t reason, const char *detail)
{
    godwit_outbox_event(host->out, "refused", reason, host->imsi, detail);
}

/* ---- towards the SMS-SC ---- */

static godwit_message_t *message_to(const godwit_serving_home_t *home, godwit_outbox_t *out, godwit_function_t to,
                                    godwit_message_kind_t kind, uint32_t transaction)
{
    godwit_message_t *message = godwit_outbox_alloc(out, sizeof *message);
    if (message == NULL) {
        return NULL;
    }
    message->kind = kind;
    message->from = home->own;
    message->to = to;
    message->transaction = transaction;
    memcpy(message->origin_host, home->local_host, sizeof message->origin_host);
    memcpy(message->origin_realm, home->local_realm, sizeof message->origin_realm);
    godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    return message;
}

static bool ask(const godwit_sms_host_t *host, const godwit_rp_t *rp)
{
    if (host->home == NULL) {
        return false;
    }
    godwit_short_message_t m = {.imsi = *host->imsi, .tpdu_len = (uint8_t)rp->tpdu.len};
    if (rp->tpdu.len > sizeof m.tpdu || godwit_sms_address_to_text(&rp->service_centre, m.sc_address) != GODWIT_OK) {
        return false;
    }
    memcpy(m.tpdu, rp->tpdu.ptr, rp->tpdu.len);
    godwit_message_t *message =
        message_to(host->home, host->out, GODWIT_FUNCTION_SMS_SC, GODWIT_SHORT_MESSAGE_UP, host->transaction);
    if (message != NULL) {
        message->u.short_message = m;
    }
    return message != NULL;
}

static void answer_down(godwit_sms_node_t *node, const godwit_sms_host_t *host, godwit_status_t outcome)
{
    if (!node->down || host->home == NULL) {
        return;
    }
    godwit_message_t *message =
        message_to(host->home, host->out, node->down_from, GODWIT_SHORT_MESSAGE_DOWN_ANSWER, node->down_transaction);
    if (message != NULL) {
        message->route = node->down_route;
        message->u.outcome = outcome;
    }
    godwit_outbox_event(host->out, outcome == GODWIT_OK ? "sms_delivered" : "sms_not_delivered", outcome, host->imsi,
                        NULL);
    node->down = node->started = false;
    godwit_wipe(node->down_tpdu, sizeof node->down_tpdu);
    node->down_len = 0;
}

void godwit_sms_node_refuse(const godwit_serving_home_t *home, godwit_outbox_t *out, const godwit_message_t *message,
                            godwit_status_t outcome)
{
    godwit_message_t *answer =
        message_to(home, out, message->from, GODWIT_SHORT_MESSAGE_DOWN_ANSWER, message->transaction);
    if (answer != NULL) {
        answer->route = message->route;
        answer->u.outcome = outcome;
    }
    godwit_outbox_event(out, "sms_not_delivered", outcome, &message->u.short_message.imsi, NULL);
}

/* ---- towards the device ---- */

static void send_all(const godwit_sms_host_t *host, const godwit_sms_node_t *node, const godwit_sms_result_t *result)
{
    if (result->ack_len > 0) {
        host->send(host->context, godwit_slice(result->ack, result->ack_len));
    }
    for (size_t i = 0; i < 2 && result->data[i].len > 0; i++) {
        host->send(host->context, result->data[i]);
    }
    host->tick(host->context, godwit_sms_link_busy(&node->link) ? GODWIT_SMS_TICK_MS : 0);
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
    godwit_sms_link_tick(&node->link, &result);
    send_all(host, node, &result);
    take(node, host, &result);
}

bool godwit_sms_node_answered(godwit_sms_node_t *node, const godwit_sms_host_t *host, uint32_t transaction,
                              godwit_status_t outcome)
{
    if (!node->asked || node->up_transaction != transaction) {
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

bool godwit_sms_node_down(godwit_sms_node_t *node, const godwit_sms_host_t *host, const godwit_message_t *message)
{
    const godwit_short_message_t *m = &message->u.short_message;
    if (node->down || host->home == NULL) {
        if (host->home != NULL) {
            godwit_sms_node_refuse(host->home, host->out, message, GODWIT_OVERLOAD);
        }
        return false;
    }
    node->down = true;
    node->started = false;
    node->down_from = message->from;
    node->down_transaction = message->transaction;
    node->down_route = message->route;
    memcpy(node->down_centre, m->sc_address, sizeof node->down_centre);
    node->down_len = m->tpdu_len;
    memcpy(node->down_tpdu, m->tpdu, sizeof node->down_tpdu);
    return true;
}

void godwit_sms_node_start(godwit_sms_node_t *node, const godwit_sms_host_t *host)
{
    godwit_sms_result_t result;
    godwit_rp_t rp = {.type = GODWIT_RP_DATA, .from_network = true, .tpdu = {node->down_tpdu, node->down_len}};
    if (!godwit_sms_node_waits(node)) {
        return;
    }
    rp.reference = (uint8_t)(node->down_reference + 1U);
    if (godwit_sms_address_from_text(node->down_centre, &rp.service_centre) != GODWIT_OK ||
        godwit_sms_link_begin(&node->link, &rp, &result) != GODWIT_OK) {
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
