/* SPDX-License-Identifier: Apache-2.0
 *
 * Delivery reports: what became of a trigger, to who asked for it (Tsp DNR, TS 29.368; or REST), again until it is
 * answered. One that was answered and whose answer was lost is said again; the reference tells its source that it knows
 * it. A source that does not take its reports for long loses them.
 */
#include <string.h>

#include "roles/mtc_iwf/internal.h"

/* For one more of that source; NULL: not now. */
static godwit_iwf_report_t *free_report(godwit_mtc_iwf_t *iwf, const uint8_t source_key[16], uint64_t now_ms)
{
    godwit_iwf_report_t *place = NULL;
    size_t of_source = 0;
    for (size_t i = 0; i < GODWIT_IWF_REPORTS_MAX; i++) {
        godwit_iwf_report_t *report = &iwf->reports[i];
        if (report->transaction == 0 || report->until_ms <= now_ms) {
            place = report;
        } else {
            of_source += memcmp(report->source_key, source_key, sizeof report->source_key) == 0 ? 1 : 0;
        }
    }
    return of_source < GODWIT_IWF_REPORTS_OF_SOURCE ? place : NULL;
}

static void send(const godwit_iwf_turn_t *turn, godwit_iwf_report_t *place, const godwit_trigger_record_t *t)
{
    const uint32_t transaction = godwit_iwf_transaction(turn);
    godwit_message_t *message =
        godwit_iwf_request(turn, GODWIT_DEVICE_NOTIFICATION, (godwit_function_t)t->report_to.function, transaction);
    if (message == NULL) {
        return;
    }
    message->u.device_notification.device = t->action.device;
    memcpy(message->u.device_notification.scs, t->action.scs, sizeof t->action.scs);
    message->u.device_notification.reference = t->action.reference;
    message->u.device_notification.outcome = t->outcome;
    message->u.device_notification.to = t->report_to;
    godwit_outbox_add(turn->out, GODWIT_REQUEST_MESSAGE)->message = message;
    /* No longer than until this one wants it again, and not for long: others may be answered. */
    const uint64_t wait_ms = t->due_ms - turn->in->now_ms, most_ms = turn->iwf->config.node_timeout_ms;
    place->transaction = transaction;
    place->until_ms = turn->in->now_ms + (wait_ms < most_ms ? wait_ms : most_ms);
    memcpy(place->source_key, t->source_key, sizeof place->source_key);
    place->reference = t->action.reference;
}

void godwit_iwf_report(const godwit_iwf_turn_t *turn, godwit_trigger_record_t *t)
{
    const godwit_mtc_iwf_config_t *c = &turn->iwf->config;
    const uint64_t now_ms = turn->in->now_ms;
    if (now_ms > t->expires_ms + UINT64_C(1000) * c->report_life_s) {
        godwit_outbox_trigger_event(turn->out, "report_given_up", GODWIT_PEER_INTERNAL, &t->imsi, t->action.reference,
                                    "its source has not answered");
        godwit_iwf_close(turn, t);
        return;
    }
    godwit_iwf_report_t *place = free_report(turn->iwf, t->source_key, now_ms);
    t->due_ms = now_ms + (place != NULL ? godwit_iwf_backoff(c->report_retry_ms, c->retry_max_ms, t->attempts)
                                        : GODWIT_IWF_FULL_MS);
    t->attempts += place != NULL ? 1 : 0;
    godwit_iwf_commit(turn, t);
    if (place != NULL) {
        send(turn, place, t);
    } else {
        godwit_iwf_slow_down(turn->iwf);
    }
}

void godwit_iwf_on_reported(const godwit_iwf_turn_t *turn)
{
    const godwit_message_t *message = turn->in->message;
    godwit_iwf_report_t *place = NULL;
    for (size_t i = 0; i < GODWIT_IWF_REPORTS_MAX && place == NULL; i++) {
        const godwit_iwf_report_t *report = &turn->iwf->reports[i];
        place = report->transaction != 0 && report->transaction == message->transaction ? &turn->iwf->reports[i] : NULL;
    }
    if (place == NULL) {
        return;
    }
    const godwit_record_key_t key = godwit_iwf_key_named(place->source_key, place->reference);
    godwit_trigger_record_t trigger;
    const godwit_status_t status =
        message->u.outcome == GODWIT_OK ? godwit_iwf_fetch_trigger(turn, &key, &trigger) : GODWIT_NOT_FOUND;
    if (status == GODWIT_AGAIN) {
        return;
    }
    memset(place, 0, sizeof *place);
    if (status == GODWIT_OK && trigger.state == GODWIT_TRIGGER_REPORTING) {
        godwit_iwf_close(turn, &trigger);
        godwit_outbox_trigger_event(turn->out, "trigger_reported", GODWIT_OK, &trigger.imsi, trigger.action.reference,
                                    NULL);
    }
}
