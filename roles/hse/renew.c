/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys end to end age: the next age comes from the EESE, because its time has come or because the device or this end
 * asks, and goes to the device in Manage Keys under a K_session of the same key set. The HSE learns its number and
 * terms, never the key. The age before it is the device's until it has proved the next one.
 */
#include <string.h>

#include "roles/hse/end_to_end.h"

#define ASK_AGAIN_MS 60000u
#define ANY_SUITE GODWIT_E2E_SUITES_AS_BEFORE

bool godwit_hse_service_is_pending(const godwit_session_record_t *record)
{
    return record->state == GODWIT_SESSION_ACTIVE && record->e2e_next.age != 0 &&
           godwit_hse_pending_command(record) == GODWIT_MANAGE_KEYS_REQUEST;
}

static bool has_ended(const godwit_session_record_t *record)
{
    return record->e2e.age == 0 && record->e2e_next.age == 0;
}

void godwit_hse_terms_taken(godwit_hse_turn_t *turn)
{
    godwit_session_record_t *record = &turn->work.record;
    if (godwit_hse_service_is_pending(record)) {
        record->pending_len = 0;
        turn->work.sendings = 0;
        godwit_outbox_timer(turn->out, record->session_id, 0);
    }
    record->e2e = record->e2e_next;
    record->e2e_key_set = record->e2e_next_key_set;
    memset(&record->e2e_next, 0, sizeof record->e2e_next);
    record->e2e_next_key_set = 0;
    godwit_hse_tell_eese(turn->hse, record, GODWIT_E2E_TAKEN, turn->in->now_ms);
    godwit_hse_event(turn->out, "service_taken", GODWIT_OK, &record->imsi, record->session_id, NULL);
}

static void ask_for_age(godwit_hse_turn_t *turn)
{
    const godwit_session_record_t *record = &turn->work.record;
    uint64_t now_ms = turn->in->now_ms;
    bool lately = turn->work.age_asked_ms != 0 && now_ms >= turn->work.age_asked_ms &&
                  now_ms - turn->work.age_asked_ms < ASK_AGAIN_MS;
    if (lately || godwit_hse_ask_of(turn->hse, record->session_id) != NULL) {
        return;
    }
    godwit_hse_ask_t *ask = godwit_hse_ask_new(turn->hse, record, GODWIT_E2E_AGE, now_ms);
    if (ask != NULL) {
        ask->request.suites = ANY_SUITE; /* the EESE has what the device said */
        turn->work.age_asked_ms = now_ms;
    }
}

static godwit_status_t hand_out(godwit_hse_turn_t *turn)
{
    godwit_session_record_t *record = &turn->work.record;
    const godwit_emsdp_control_t m = {
        .command = GODWIT_MANAGE_KEYS_REQUEST, .present = 1u << GODWIT_TLV_SERVICE, .terms = record->e2e_next};
    godwit_status_t status =
        godwit_session_step(record->state, GODWIT_END_NETWORK, true, m.command, false, &record->state);
    return status == GODWIT_OK ? godwit_hse_pend(turn, &m) : status;
}

godwit_status_t godwit_hse_renew(godwit_hse_turn_t *turn)
{
    godwit_session_record_t *record = &turn->work.record;
    if (!record->end_to_end || has_ended(record) || record->state != GODWIT_SESSION_ACTIVE || record->pending_len > 0 ||
        turn->establishing) {
        return GODWIT_OK;
    }
    if (record->e2e_next.age != 0 && record->e2e_next_key_set == record->key_set) {
        return hand_out(turn);
    }
    if (record->e2e_key_set != record->key_set && godwit_hse_serves_end_to_end(turn->hse)) {
        ask_for_age(turn); /* the key set has changed under the session */
    }
    return GODWIT_OK;
}

/* ---- the device asks ---- */

godwit_status_t godwit_hse_service_request_judge(const godwit_hse_turn_t *turn)
{
    const godwit_session_record_t *record = &turn->work.record;
    const godwit_emsdp_control_t *m = &turn->opened.control;
    bool same = strlen(record->enterprise) == m->enterprise.len &&
                memcmp(record->enterprise, m->enterprise.ptr, m->enterprise.len) == 0;
    if (m->enterprise.len == 0 || !godwit_fqdn_is_canonical(m->enterprise)) {
        return GODWIT_MALFORMED;
    }
    if (!godwit_hse_serves_end_to_end(turn->hse) || (record->end_to_end && !same)) {
        return GODWIT_POLICY_FORBIDS; /* one session has one EAS */
    }
    return GODWIT_OK;
}

/* What was agreed and not taken yet answers it already. */
static bool is_answered(const godwit_session_record_t *record, const godwit_emsdp_control_t *m)
{
    return record->end_to_end && record->e2e_next_key_set == record->key_set &&
           godwit_hse_terms_fit(&record->e2e_next, m->service, m->service_suites, m->service_age);
}

void godwit_hse_service_request_consume(godwit_hse_turn_t *turn)
{
    const godwit_session_record_t *record = &turn->work.record;
    const godwit_emsdp_control_t *m = &turn->opened.control;
    godwit_slice_t datagram = turn->in->datagram;
    godwit_hse_ask_t *ask = godwit_hse_ask_of(turn->hse, record->session_id);
    if (is_answered(record, m)) {
        if (godwit_hse_service_is_pending(record)) {
            turn->work.sendings = 0; /* it did not arrive: maintenance sends it at once */
        }
        return;
    }
    if (ask == NULL) {
        godwit_e2e_event_t event = record->end_to_end && !has_ended(record) ? GODWIT_E2E_AGE : GODWIT_E2E_OPEN;
        ask = godwit_hse_ask_new(turn->hse, record, event, turn->in->now_ms);
    }
    if (ask == NULL) {
        return; /* the device asks again */
    }
    memset(ask->request.eas, 0, sizeof ask->request.eas);
    memcpy(ask->request.eas, m->enterprise.ptr, m->enterprise.len);
    ask->request.service = m->service;
    ask->request.suites = m->service_suites;
    ask->request.age = m->service_age;
    memcpy(ask->echo, datagram.ptr + datagram.len - sizeof ask->echo, sizeof ask->echo);
}

/* ---- the EESE answers ---- */

static godwit_status_t take_terms(godwit_hse_turn_t *turn, const godwit_e2e_session_request_t *asked,
                                  const godwit_e2e_terms_t *terms)
{
    godwit_session_record_t *record = &turn->work.record;
    if (record->key_set != asked->key_set || record->agreement != asked->agreement) {
        turn->detail = "terms of a key set that the session has left";
        return GODWIT_WRONG_STATE;
    }
    if (!godwit_hse_terms_fit(terms, asked->service, asked->suites, asked->age) ||
        (record->e2e_key_set == record->key_set && terms->age <= record->e2e.age)) {
        turn->detail = "the EESE answered with terms that were not asked for";
        return GODWIT_PEER_INTERNAL;
    }
    godwit_status_t status = godwit_hse_turn_begin(turn);
    if (status == GODWIT_OK) {
        record->end_to_end = true;
        memcpy(record->enterprise, asked->eas, sizeof record->enterprise);
        if (godwit_hse_service_is_pending(record)) {
            record->pending_len = 0; /* an age that was never taken, and is not wanted any more */
            turn->work.sendings = 0;
        }
        record->e2e_next = *terms;
        record->e2e_next_key_set = record->key_set;
    }
    return status;
}

static godwit_status_t refuse_device(godwit_hse_turn_t *turn, godwit_status_t reason,
                                     const uint8_t echo[GODWIT_EMSDP_ECHO])
{
    static const uint8_t none[GODWIT_EMSDP_ECHO];
    const godwit_session_record_t *record = &turn->work.record;
    turn->detail = "the EESE gives no key for that service";
    if (memcmp(echo, none, sizeof none) == 0) {
        return reason; /* the device did not ask */
    }
    godwit_status_t status = godwit_hse_turn_begin(turn);
    if (status == GODWIT_OK) {
        godwit_hse_event(turn->out, "refused", reason, &record->imsi, record->session_id, turn->detail);
        status = godwit_hse_reject_create(turn, reason, echo);
    }
    return status;
}

void godwit_hse_on_ask_answer(godwit_hse_turn_t *turn, godwit_hse_ask_t *ask)
{
    const godwit_e2e_session_answer_t *answer = &turn->in->message->u.e2e_session_answer;
    godwit_e2e_event_t event = ask->request.event;
    if (event != GODWIT_E2E_OPEN && event != GODWIT_E2E_AGE) {
        memset(ask, 0, sizeof *ask);
        return;
    }
    godwit_status_t status = godwit_hse_turn_find(turn, ask->request.path.session_id, NULL);
    if (status == GODWIT_AGAIN) {
        return;
    }
    const godwit_hse_ask_t asked = *ask;
    memset(ask, 0, sizeof *ask);
    if (status != GODWIT_OK || !godwit_imsi_equal(&turn->work.record.imsi, &asked.request.path.imsi)) {
        return;
    }
    status = godwit_hse_answer_of_eese(turn);
    if (status != GODWIT_OK) {
        godwit_hse_turn_end(turn, refuse_device(turn, status, asked.echo));
        return;
    }
    status = take_terms(turn, &asked.request, &answer->terms);
    godwit_hse_turn_end(turn, status == GODWIT_OK ? godwit_hse_renew(turn) : status);
}

/* ---- the EESE says that it is time ---- */

static bool is_renewed(const godwit_hse_turn_t *turn, const godwit_e2e_renew_t *renew)
{
    const godwit_session_record_t *record = &turn->work.record;
    return record->end_to_end && strcmp(record->enterprise, renew->eas) == 0 &&
           godwit_imsi_equal(&record->imsi, &renew->path.imsi) && record->state != GODWIT_SESSION_IDLE;
}

static godwit_status_t new_age(godwit_hse_turn_t *turn, const godwit_e2e_renew_t *renew)
{
    godwit_session_record_t *record = &turn->work.record;
    const godwit_e2e_terms_t *held = record->e2e.age != 0 ? &record->e2e : &record->e2e_next;
    uint32_t floor = record->e2e_key_set == record->key_set ? record->e2e.age : 0;
    if (renew->key_set != record->key_set || renew->agreement != record->agreement || has_ended(record)) {
        return GODWIT_UNKNOWN_KEY;
    }
    if (record->e2e_key_set == record->key_set && renew->terms.age == record->e2e.age) {
        godwit_hse_tell_eese(turn->hse, record, GODWIT_E2E_TAKEN, turn->in->now_ms); /* it has not heard of it */
        return GODWIT_OK;
    }
    if (!godwit_hse_terms_fit(&renew->terms, held->service, ANY_SUITE, floor)) {
        return GODWIT_PEER_INTERNAL;
    }
    if (record->e2e_next_key_set == record->key_set && renew->terms.age <= record->e2e_next.age) {
        return GODWIT_OK; /* that one, or a later one, is on its way */
    }
    if (godwit_hse_service_is_pending(record)) {
        record->pending_len = 0;
        turn->work.sendings = 0;
    }
    record->e2e_next = renew->terms;
    record->e2e_next_key_set = renew->key_set;
    return godwit_hse_is_awake(turn->hse, &turn->work, turn->in->now_ms) ? godwit_hse_renew(turn) : GODWIT_OK;
}

/* A new AKA run is due when the device is heard next: as if the generations of this one were spent. */
static godwit_status_t new_aka(godwit_hse_turn_t *turn)
{
    turn->work.record.generations = UINT32_MAX / 2; /* a key that is under way counts one more */
    return GODWIT_OK;
}

static godwit_status_t end(godwit_hse_turn_t *turn)
{
    godwit_session_record_t *record = &turn->work.record;
    if (godwit_hse_service_is_pending(record)) {
        record->pending_len = 0;
        turn->work.sendings = 0;
    }
    memset(&record->e2e, 0, sizeof record->e2e);
    memset(&record->e2e_next, 0, sizeof record->e2e_next);
    godwit_hse_forward_release_session(turn->hse, record->session_id);
    godwit_hse_event(turn->out, "service_ended", GODWIT_NOT_ENTITLED, &record->imsi, record->session_id, NULL);
    return GODWIT_OK;
}

static godwit_status_t renewed(godwit_hse_turn_t *turn, const godwit_e2e_renew_t *renew)
{
    switch (renew->renewal) {
    case GODWIT_E2E_NEW_AGE:
        return new_age(turn, renew);
    case GODWIT_E2E_NEW_AKA:
        return new_aka(turn);
    case GODWIT_E2E_END:
        return end(turn);
    default:
        return GODWIT_MALFORMED;
    }
}

static void answer_renew(godwit_hse_turn_t *turn, godwit_status_t status)
{
    godwit_message_t *answer = godwit_hse_answer(turn->hse, turn->out, turn->in->message, GODWIT_E2E_RENEW_ANSWER);
    if (answer != NULL) {
        answer->u.outcome = status;
    }
}

void godwit_hse_on_renew(godwit_hse_turn_t *turn)
{
    const godwit_message_t *message = turn->in->message;
    const godwit_e2e_renew_t *renew = &message->u.e2e_renew;
    godwit_status_t status = GODWIT_NOT_ENTITLED;
    if (message->hop != GODWIT_HOP_OPEN && godwit_speaks_for(message, turn->hse->config.eese_host)) {
        status =
            renew->path.session_id != 0 ? godwit_hse_turn_find(turn, renew->path.session_id, NULL) : GODWIT_NOT_FOUND;
        if (status == GODWIT_AGAIN) {
            return;
        }
        status = status == GODWIT_STORE_FAILED                    ? GODWIT_OVERLOAD
                 : status == GODWIT_OK && is_renewed(turn, renew) ? GODWIT_OK
                                                                  : GODWIT_UNKNOWN_SESSION;
    }
    if (status == GODWIT_OK) {
        status = godwit_hse_turn_begin(turn);
    }
    if (status == GODWIT_OK) {
        status = renewed(turn, renew);
    }
    if (status == GODWIT_OK) {
        answer_renew(turn, status);
    }
    turn->detail = status == GODWIT_OK ? NULL : "what the EESE says of a session";
    godwit_hse_turn_end(turn, status);
    if (status != GODWIT_OK) {
        answer_renew(turn, status);
    }
}
