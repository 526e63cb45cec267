/* SPDX-License-Identifier: Apache-2.0
 *
 * What devices and the SMS-SC say of triggers that were sent: acknowledgements, with the device's proof in case 2;
 * reports over T4 (TS 29.337). An outcome is taken once: what comes again, or for what has one, changes nothing. And
 * what devices say of themselves: that they can be reached.
 */
#include <string.h>

#include "roles/mtc_iwf/internal.h"

/* ---- outcomes ---- */

godwit_status_t godwit_iwf_reached(const godwit_iwf_turn_t *turn, godwit_trigger_record_t *t)
{
    godwit_trigger_record_t old = {0};
    if (t->action.action != GODWIT_ACTION_TRIGGER) {
        const godwit_record_key_t key = godwit_iwf_key_named(t->source_key, t->action.old_reference);
        const godwit_status_t status = godwit_iwf_fetch_trigger(turn, &key, &old);
        if (status == GODWIT_AGAIN) {
            return status;
        }
    }
    godwit_iwf_settle(turn, t, GODWIT_OUTCOME_SUCCESS);
    if (old.number != 0 && godwit_iwf_is_pending(&old)) {
        old.recalled = t->action.action == GODWIT_ACTION_RECALL;
        old.replaced = !old.recalled;
        godwit_iwf_close(turn, &old);
    }
    return GODWIT_OK;
}

/* The old one is with its application, and goes on as if nothing had been asked: its own acknowledgement is under way,
 * or lost. */
static godwit_status_t too_late(const godwit_iwf_turn_t *turn, godwit_trigger_record_t *t)
{
    const godwit_record_key_t key = godwit_iwf_key_named(t->source_key, t->action.old_reference);
    godwit_trigger_record_t old;
    const godwit_status_t status = godwit_iwf_fetch_trigger(turn, &key, &old);
    if (status == GODWIT_AGAIN) {
        return status;
    }
    godwit_iwf_settle(turn, t, GODWIT_OUTCOME_UNDELIVERABLE);
    if (status == GODWIT_OK && old.state == GODWIT_TRIGGER_SENT && (old.recalled || old.replaced)) {
        const uint64_t again_ms = turn->in->now_ms + turn->iwf->config.ack_ms;
        old.recalled = old.replaced = false;
        old.due_ms = again_ms < old.expires_ms ? again_ms : old.expires_ms;
        godwit_iwf_commit(turn, &old);
    }
    return GODWIT_OK;
}

/* Of a trigger: its recall or its replacement came first, and has an acknowledgement of its own. */
static void ended_by_source(const godwit_iwf_turn_t *turn, godwit_trigger_record_t *t, bool recalled)
{
    t->recalled = recalled;
    t->replaced = !recalled;
    godwit_iwf_close(turn, t);
}

static godwit_status_t take(const godwit_iwf_turn_t *turn, godwit_trigger_record_t *t, godwit_a3_outcome_t outcome)
{
    const bool recall = t->action.action == GODWIT_ACTION_RECALL;
    switch (outcome) {
    case GODWIT_A3_DELIVERED:
        return godwit_iwf_reached(turn, t);
    case GODWIT_A3_RECALLED:
        if (recall) {
            return godwit_iwf_reached(turn, t);
        }
        ended_by_source(turn, t, true);
        break;
    case GODWIT_A3_REPLACED:
        ended_by_source(turn, t, false);
        break;
    case GODWIT_A3_EXPIRED:
        godwit_iwf_settle(turn, t, GODWIT_OUTCOME_EXPIRED);
        break;
    case GODWIT_A3_TOO_LATE:
        return too_late(turn, t);
    default:
        godwit_iwf_settle(turn, t, GODWIT_OUTCOME_UNDELIVERABLE);
        break;
    }
    return GODWIT_OK;
}

godwit_status_t godwit_iwf_acknowledged(const godwit_iwf_turn_t *turn, const godwit_imsi_t *imsi,
                                        const godwit_a3_acknowledgement_t *acknowledgement)
{
    const godwit_record_key_t key = godwit_iwf_key_numbered(imsi, acknowledgement->reference);
    godwit_trigger_record_t trigger;
    const godwit_status_t status = godwit_iwf_fetch_trigger(turn, &key, &trigger);
    if (status == GODWIT_OK && godwit_iwf_is_pending(&trigger)) {
        return take(turn, &trigger, acknowledgement->outcome);
    }
    return status == GODWIT_AGAIN ? status : GODWIT_OK;
}

/* ---- what comes up ---- */

#define HEARD_PER_MINUTE 30u /* of one device, by each: who claims it more often has it tried no more often */

/* A node that says so of a device without the device's proof; NULL: it has spoken itself, or our AAA server for it. */
static const godwit_trigger_node_t *word_for(const godwit_iwf_turn_t *turn, const godwit_iwf_up_t *up)
{
    const godwit_message_t *m = turn->in->kind == GODWIT_INPUT_MESSAGE ? turn->in->message : NULL;
    if (m != NULL && m->from == GODWIT_FUNCTION_AAA &&
        godwit_equal_names(m->origin_host, turn->iwf->config.keys.aaa_host)) {
        return NULL;
    }
    return m != NULL && m->kind == GODWIT_T5_UP && m->u.t5_up.kind == GODWIT_T5_REGISTERED ? &up->way.node : NULL;
}

static bool may_go(const godwit_iwf_turn_t *turn, const godwit_imsi_t *imsi, const godwit_trigger_node_t *node)
{
    static const char itself[] = "heard";
    const char *by = node != NULL ? node->host : itself;
    const uint64_t whose = godwit_rate_whose((const uint8_t *)imsi->digits, imsi->len);
    return godwit_iwf_spend(turn->iwf, whose ^ godwit_rate_whose((const uint8_t *)by, strlen(by)), HEARD_PER_MINUTE,
                            turn->in->now_ms);
}

/* The next one, if any waits. By A3 nobody needs to be asked where the device is. */
static godwit_status_t reachable(const godwit_iwf_turn_t *turn, const godwit_iwf_up_t *up)
{
    static const godwit_subscriber_info_answer_t nowhere = {0};
    const godwit_record_key_t key = godwit_iwf_key_next(&up->imsi);
    godwit_trigger_record_t trigger;
    const godwit_status_t status = godwit_iwf_fetch_trigger(turn, &key, &trigger);
    if (status == GODWIT_AGAIN) {
        return status;
    }
    const godwit_trigger_node_t *node = word_for(turn, up);
    if (up->kind == GODWIT_IWF_UP_ACKNOWLEDGED || may_go(turn, &up->imsi, node)) {
        godwit_iwf_heard(turn, &up->imsi, node);
        if (status == GODWIT_OK && up->way.kind == GODWIT_IWF_WAY_A3) {
            (void)godwit_iwf_fly(turn, &up->imsi, &nowhere);
        } else if (status == GODWIT_OK) {
            godwit_iwf_fly_for(turn, &up->imsi, node);
        }
    }
    return GODWIT_OK;
}

/* The device is there: what waits behind the one that it acknowledges comes now. Both records are fetched before either
 * moves. */
static godwit_status_t acknowledged(const godwit_iwf_turn_t *turn, const godwit_iwf_up_t *up)
{
    const godwit_record_key_t key = godwit_iwf_key_next(&up->imsi);
    godwit_trigger_record_t trigger;
    if (godwit_iwf_fetch_trigger(turn, &key, &trigger) == GODWIT_AGAIN ||
        godwit_iwf_acknowledged(turn, &up->imsi, &up->acknowledgement) == GODWIT_AGAIN) {
        return GODWIT_AGAIN;
    }
    return reachable(turn, up);
}

/* An association that the device's registration leads to is begun there; its Complete comes by here. */
static bool can_go(const godwit_mtc_iwf_t *iwf)
{
    return iwf->config.protect == GODWIT_IWF_PROTECT_HOP || iwf->config.keys.lazy || godwit_iwf_is_ready(&iwf->keys);
}

void godwit_iwf_on_up(const godwit_iwf_turn_t *turn)
{
    godwit_mtc_iwf_t *iwf = turn->iwf;
    godwit_iwf_up_t up;
    godwit_status_t status = GODWIT_OK;
    godwit_iwf_up_begin(&iwf->keys, turn->in, turn->out, &up);
    if (up.kind == GODWIT_IWF_UP_NEED) {
        return;
    }
    if (up.kind == GODWIT_IWF_UP_REACHABLE && can_go(iwf)) {
        status = reachable(turn, &up);
    } else if (up.kind == GODWIT_IWF_UP_ACKNOWLEDGED && !up.unprotected) {
        status = acknowledged(turn, &up);
    }
    if (status != GODWIT_AGAIN) {
        godwit_iwf_up_end(&iwf->keys, turn->in, &up, turn->out);
    }
}

/* ---- T4 ---- */

static godwit_status_t reported(const godwit_iwf_turn_t *turn, godwit_trigger_record_t *t, godwit_t4_outcome_t outcome)
{
    const godwit_mtc_iwf_config_t *c = &turn->iwf->config;
    if (outcome == GODWIT_T4_SUCCESS) {
        if (c->protect == GODWIT_IWF_PROTECT_HOP) {
            return godwit_iwf_reached(turn, t);
        }
        t->due_ms = turn->in->now_ms + c->ack_ms; /* the device will say more */
    } else {
        t->state = GODWIT_TRIGGER_WAITING;
        t->due_ms = turn->in->now_ms + godwit_iwf_backoff(c->retry_ms, c->retry_max_ms, t->attempts);
    }
    if (t->recalled || t->replaced) {
        godwit_iwf_hold_back(turn, t);
        return GODWIT_OK;
    }
    t->due_ms = t->due_ms < t->expires_ms ? t->due_ms : t->expires_ms;
    godwit_iwf_commit(turn, t);
    return GODWIT_OK;
}

static bool is_our_sms_sc(const godwit_mtc_iwf_t *iwf, const godwit_message_t *message)
{
    return iwf->config.sms_sc_host[0] != '\0' && message->from == GODWIT_FUNCTION_SMS_SC &&
           (message->hop != GODWIT_HOP_OPEN || iwf->config.sms_sc_open) &&
           strcmp(message->origin_host, iwf->config.sms_sc_host) == 0;
}

static void answer_t4(const godwit_iwf_turn_t *turn, godwit_status_t outcome)
{
    godwit_message_t *answer =
        godwit_outbox_answer(turn->out, turn->in->message, GODWIT_T4_REPORT_ANSWER, GODWIT_FUNCTION_MTC_IWF);
    if (answer != NULL) {
        answer->u.outcome = outcome;
        godwit_outbox_add(turn->out, GODWIT_REQUEST_MESSAGE)->message = answer;
    }
}

void godwit_iwf_on_t4_report(const godwit_iwf_turn_t *turn)
{
    const godwit_t4_report_t *report = &turn->in->message->u.t4_report;
    const godwit_record_key_t key = godwit_iwf_key_numbered(&report->imsi, report->reference);
    godwit_trigger_record_t trigger;
    godwit_status_t status = GODWIT_OK;
    if (!is_our_sms_sc(turn->iwf, turn->in->message)) {
        godwit_outbox_event(turn->out, "refused", GODWIT_NOT_ENTITLED, NULL,
                            "a report of another SMS-SC than ours, or over a hop that proves nothing");
        answer_t4(turn, GODWIT_NOT_ENTITLED);
        return;
    }
    if (report->container_len > 0) {
        godwit_iwf_on_up(turn);
        if (godwit_outbox_is_need(turn->out)) {
            return;
        }
    } else if (report->has_outcome && report->imsi.len > 0) {
        status = godwit_iwf_fetch_trigger(turn, &key, &trigger);
        if (status == GODWIT_OK && trigger.state == GODWIT_TRIGGER_SENT) {
            status = reported(turn, &trigger, report->outcome);
        }
        if (status == GODWIT_AGAIN) {
            return;
        }
    }
    answer_t4(turn, status == GODWIT_STORE_FAILED ? GODWIT_PEER_INTERNAL : GODWIT_OK);
}
