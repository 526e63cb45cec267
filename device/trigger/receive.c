/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's triggers: what comes from the MTC-IWF. Integrity first, then decryption, then the window, then the
 * trigger itself; what is refused changes nothing. The window is in the record before anything is delivered or
 * acknowledged.
 */
#include <string.h>

#include "device/trigger/internal.h"

/* Something of the MTC-IWF's own came down under that association. */
static void heard(godwit_trigger_t *t, godwit_trigger_association_t *a, godwit_trigger_requests_t *requests)
{
    if (a == &t->current && !a->heard) {
        a->heard = true;
        godwit_wipe(&t->former, sizeof t->former);
    }
    if (a == &t->former) { /* no recording: the MTC-IWF speaks, and has not got the Complete */
        t->repeats = 0;
    }
    memset(t->rejects, 0, sizeof t->rejects);
    t->has_cookie = false;
    t->cookies = 0;
    godwit_trigger_polls_end(t, requests);
}

/* The application gets it at the end of the call. */
static godwit_status_t took(godwit_trigger_t *t, const godwit_a3_trigger_t *trigger, bool protected,
                            godwit_trigger_via_t via, const trigger_decision_t *decision,
                            godwit_trigger_requests_t *requests)
{
    t->unstored = true;
    return decision->outcome != 0 && trigger->acknowledge
               ? godwit_trigger_acknowledge(t, trigger->reference, protected, decision->outcome, via, requests)
               : GODWIT_OK;
}

/* ---- without protection (case 1) ---- */

static godwit_status_t unprotected(godwit_trigger_t *t, const trigger_input_t *in, godwit_trigger_requests_t *requests)
{
    godwit_a3_message_t m;
    godwit_status_t status = godwit_a3_unprotected_parse(true, in->octets, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    if (!t->config.accept_network || in->via != GODWIT_TRIGGER_VIA_NAS) {
        godwit_trigger_event(requests, "unprotected", GODWIT_POLICY_FORBIDS);
        return GODWIT_OK;
    }
    if (godwit_trigger_is_known(t, m.trigger.reference, false)) { /* no COUNT tells a replay from a repetition here */
        return godwit_trigger_replayed(t, &m.trigger, false, in->via, requests);
    }
    const trigger_decision_t decision = godwit_trigger_decide(t, &m.trigger, false, in);
    godwit_trigger_event(requests, decision.event, GODWIT_OK);
    return decision.taken ? took(t, &m.trigger, false, in->via, &decision, requests) : GODWIT_OK;
}

/* ---- under an association ---- */

static godwit_status_t trigger_came(godwit_trigger_t *t, godwit_trigger_association_t *a,
                                    const godwit_a3_opened_t *opened, const trigger_input_t *in,
                                    godwit_trigger_requests_t *requests)
{
    const godwit_a3_trigger_t *trigger = &opened->message.trigger;
    godwit_trigger_told(t, trigger->time_s, in->now);
    const trigger_decision_t decision = godwit_trigger_decide(t, trigger, true, in);
    godwit_trigger_event(requests, decision.event, GODWIT_OK);
    if (!decision.taken) {
        return GODWIT_OK;
    }
    godwit_window_mark(&a->next_down, &a->seen_down, opened->count);
    heard(t, a, requests);
    return took(t, trigger, true, in->via, &decision, requests);
}

static godwit_status_t poll_answered(godwit_trigger_t *t, godwit_trigger_association_t *a,
                                     const godwit_a3_opened_t *opened, const trigger_input_t *in,
                                     godwit_trigger_requests_t *requests)
{
    godwit_trigger_told(t, opened->message.poll_answer.time_s, in->now);
    t->waiting = opened->message.poll_answer.waiting;
    godwit_window_mark(&a->next_down, &a->seen_down, opened->count);
    heard(t, a, requests);
    godwit_trigger_event(requests, "polled", GODWIT_OK);
    t->unstored = true;
    return GODWIT_OK;
}

static godwit_status_t under(godwit_trigger_t *t, godwit_trigger_association_t *a, const trigger_input_t *in,
                             godwit_trigger_requests_t *requests)
{
    const godwit_a3_key_t key = {a->k_iwf, a->number, a->suite};
    godwit_a3_opened_t opened;
    godwit_status_t status = godwit_a3_open(t->config.crypto, &key, true, in->octets, &opened);
    if (status != GODWIT_OK) {
        return status;
    }
    const bool is_trigger = opened.message.type == GODWIT_A3_TRIGGER;
    if (godwit_window_is_replay(a->next_down, a->seen_down, GODWIT_A3_WINDOW, opened.count)) {
        return is_trigger ? godwit_trigger_replayed(t, &opened.message.trigger, true, in->via, requests)
                          : GODWIT_REPLAY;
    }
    return is_trigger ? trigger_came(t, a, &opened, in, requests) : poll_answered(t, a, &opened, in, requests);
}

/* Key ids tell current and former apart but where seven numbers lie between them: then the MAC does. */
static godwit_status_t under_either(godwit_trigger_t *t, uint8_t key_id, const trigger_input_t *in,
                                    godwit_trigger_requests_t *requests)
{
    godwit_status_t status = GODWIT_UNKNOWN_KEY;
    if (t->current.number != 0 && godwit_a3_key_id(t->current.number) == key_id) {
        status = under(t, &t->current, in, requests);
    }
    if ((status == GODWIT_UNKNOWN_KEY || status == GODWIT_MAC_FAILURE) && t->former.number != 0 &&
        godwit_a3_key_id(t->former.number) == key_id) {
        status = under(t, &t->former, in, requests);
    }
    return status;
}

/* ---- dispatch ---- */

static godwit_status_t dispatch(godwit_trigger_t *t, const trigger_input_t *in, godwit_trigger_requests_t *requests)
{
    godwit_a3_header_t header;
    if (in->via == GODWIT_TRIGGER_VIA_A3 && godwit_a3_is_cookie_answer(in->octets)) {
        return godwit_trigger_say_with_cookie(t, in->octets, requests);
    }
    godwit_status_t status = godwit_a3_peek(in->octets, &header);
    if (status != GODWIT_OK || !godwit_a3_is_down(header.type)) {
        return GODWIT_MALFORMED;
    }
    if (header.key_id == 0) {
        return unprotected(t, in, requests);
    }
    if (header.type == GODWIT_A3_COMMAND) {
        return godwit_trigger_command(t, in, requests);
    }
    status = under_either(t, header.key_id, in, requests);
    if (status == GODWIT_UNKNOWN_KEY && godwit_trigger_may_reject(t, in->via)) {
        /* The MTC-IWF may take the device for one that has lost its record: it has. */
        godwit_trigger_event(requests, "refused", GODWIT_UNKNOWN_KEY);
        return godwit_trigger_hint(t, in->via, requests);
    }
    return status;
}

godwit_status_t godwit_trigger_receive(godwit_trigger_t *trigger, godwit_slice_t octets, godwit_trigger_via_t via,
                                       godwit_trigger_now_t now, godwit_trigger_requests_t *requests)
{
    const trigger_input_t in = {octets, via, now};
    requests->count = 0;
    godwit_trigger_tick(trigger, now);
    godwit_status_t status = dispatch(trigger, &in, requests);
    const bool our_own = godwit_status_class(status) == GODWIT_CLASS_INTERNAL;
    if (status != GODWIT_OK) {
        requests->count = our_own ? requests->count : 0; /* a TIMER that was moved is told, all the same */
        godwit_trigger_event(requests, "refused", status);
    }
    return godwit_trigger_finish(trigger, our_own ? status : GODWIT_OK, requests);
}
