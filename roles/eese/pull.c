/* SPDX-License-Identifier: Apache-2.0
 *
 * EAS Session Request, pull (TS 33.163 Annex B): an EAS asks for the key of a device. It gets the one that was made for
 * it and that it does not have yet, once; when it has lost its state, or the count of a key is spent, the next age. It
 * learns nothing of devices that it is not entitled for, and nothing of those of another EAS.
 */
#include <string.h>

#include "roles/eese/internal.h"

void godwit_eese_answer_eas(const godwit_eese_turn_t *turn, const godwit_message_t *asked, godwit_status_t status,
                            const godwit_e2e_session_record_t *s, const uint8_t k_e2e[32],
                            const godwit_eas_record_t *eas)
{
    godwit_message_t *m = godwit_outbox_answer(turn->out, asked, GODWIT_EAS_SESSION_PULL_ANSWER, GODWIT_FUNCTION_EESE);
    if (m == NULL) {
        return;
    }
    godwit_eas_session_t *a = &m->u.eas_session;
    a->status = godwit_eese_said_as(status);
    if (status == GODWIT_OK) {
        memcpy(a->registration, eas->registration, sizeof a->registration);
        memcpy(a->eas, s->eas, sizeof a->eas);
        a->path = s->path;
        a->terms = s->terms;
        a->overlap_s = turn->eese->config.overlap_s;
        a->agreed_ms = s->agreed_ms;
        a->now_ms = turn->in->now_ms;
        memcpy(a->k_e2e, k_e2e, sizeof a->k_e2e);
    }
    godwit_eese_send(turn, m);
}

static bool wants_next(const godwit_eas_session_request_t *r)
{
    return r->lost || r->above_age != 0;
}

/* The key leaves when the store knows that it has been given, and no copy of it stays. */
static godwit_status_t give(const godwit_eese_turn_t *turn, godwit_eese_ground_t *ground)
{
    godwit_e2e_session_record_t *s = &ground->session;
    uint8_t k_e2e[sizeof s->k_e2e];
    memcpy(k_e2e, s->k_e2e, sizeof k_e2e);
    godwit_wipe(s->k_e2e, sizeof s->k_e2e);
    s->with_eas = true;
    s->attempts = 0;
    godwit_eese_commit(turn, s, ground);
    godwit_eese_answer_eas(turn, turn->in->message, GODWIT_OK, s, k_e2e, &ground->eas);
    godwit_outbox_event(turn->out, "e2e_given", GODWIT_OK, &s->path.imsi, "pulled");
    godwit_wipe(k_e2e, sizeof k_e2e);
    return GODWIT_OK;
}

static godwit_status_t next_age(const godwit_eese_turn_t *turn, const godwit_eese_ground_t *ground, const char **detail)
{
    const godwit_eas_session_request_t *r = &turn->in->message->u.eas_session_request;
    const godwit_e2e_session_record_t *s = &ground->session;
    const uint64_t now_ms = turn->in->now_ms;
    if (now_ms >= s->agreed_ms && now_ms - s->agreed_ms < (uint64_t)turn->eese->config.age_min_s * 1000) {
        *detail = "the last key was agreed a moment ago";
        return GODWIT_OVERLOAD;
    }
    if (s->taken_ms == 0 || s->renewal == GODWIT_E2E_NEW_AKA) {
        *detail = "the device has no key of that session yet, or is to get one by a new AKA run";
        return GODWIT_UNKNOWN_KEY;
    }
    const uint32_t above = r->above_age > s->terms.age ? r->above_age : s->terms.age;
    return godwit_eese_ask(turn, GODWIT_EESE_EAS, false, s, above, detail);
}

static godwit_status_t judge(const godwit_eese_turn_t *turn, const godwit_eese_ground_t *ground, const char **detail)
{
    const godwit_eas_session_request_t *r = &turn->in->message->u.eas_session_request;
    *detail = "this EAS has not registered, or by another name of registration";
    if (!ground->registered ||
        !godwit_equal_secret(ground->eas.registration, r->registration, sizeof r->registration)) {
        return GODWIT_NOT_ENTITLED;
    }
    *detail = "this EAS is not entitled for that device";
    return ground->entitled ? GODWIT_OK : GODWIT_NOT_ENTITLED;
}

/* It was not acknowledged yet. What was pushed may have arrived all the same: an EAS that has lost everything, or names
 * that age, gets another one, for its windows are gone. An age above this one is of the key set before. */
static bool may_be_given(const godwit_eas_session_request_t *r, const godwit_e2e_session_record_t *s, uint64_t now_ms)
{
    return !s->with_eas && now_ms < godwit_eese_end(s) && r->above_age != s->terms.age && !(r->lost && s->push) &&
           (r->key_id == 0 || r->key_id == s->terms.key_id);
}

static godwit_status_t serve(const godwit_eese_turn_t *turn, godwit_eese_ground_t *ground, const char **detail)
{
    const godwit_eas_session_request_t *r = &turn->in->message->u.eas_session_request;
    const godwit_e2e_session_record_t *s = &ground->session;
    if (s->closed) {
        *detail = "no session of that device";
        return GODWIT_UNKNOWN_SESSION;
    }
    if (may_be_given(r, s, turn->in->now_ms)) {
        return give(turn, ground);
    }
    if (wants_next(r)) {
        return next_age(turn, ground, detail);
    }
    *detail = "that key was given already, or is none of this session";
    return GODWIT_UNKNOWN_KEY;
}

static godwit_status_t find(const godwit_eese_turn_t *turn, const uint8_t eas_key[16], godwit_eese_ground_t *ground,
                            const char **detail)
{
    const godwit_eas_session_request_t *r = &turn->in->message->u.eas_session_request;
    godwit_record_key_t key = godwit_eese_session_key(&r->imsi, eas_key, r->session_id);
    key.agreement = r->session_id == 0 && wants_next(r) ? 1 : 0;
    *detail = "no session of that device";
    const godwit_status_t status = godwit_eese_find_session(turn, &key, ground);
    return status == GODWIT_NOT_FOUND ? GODWIT_UNKNOWN_SESSION : status;
}

/* Before anything is said of the device the EAS must be entitled for it; then for the service of the session. */
static godwit_status_t take(const godwit_eese_turn_t *turn, const char **detail)
{
    const godwit_eas_session_request_t *r = &turn->in->message->u.eas_session_request;
    godwit_eese_ground_t ground = {.registered = false};
    uint8_t eas_key[16];
    godwit_status_t status = godwit_eese_admit(turn, eas_key, detail);
    if (status != GODWIT_OK) {
        return status;
    }
    *detail = "a device without an IMSI";
    if (r->imsi.len == 0 || r->imsi.len > GODWIT_IMSI_DIGITS_MAX) {
        return GODWIT_MALFORMED;
    }
    *detail = "the store could not be read";
    status = godwit_eese_judge_eas(turn, eas_key, &r->imsi, 0, &ground);
    status = status == GODWIT_OK ? judge(turn, &ground, detail) : status;
    status = status == GODWIT_OK ? find(turn, eas_key, &ground, detail) : status;
    if (status == GODWIT_OK) {
        status = godwit_eese_judge_eas(turn, eas_key, &r->imsi, godwit_eese_service_bit(ground.session.terms.service),
                                       &ground);
        status = status == GODWIT_OK ? judge(turn, &ground, detail) : status;
        status = status == GODWIT_OK ? serve(turn, &ground, detail) : status;
    }
    godwit_wipe(&ground, sizeof ground);
    return status;
}

void godwit_eese_on_pull(const godwit_eese_turn_t *turn)
{
    const char *detail = NULL;
    const godwit_status_t status = take(turn, &detail);
    if (status != GODWIT_OK && status != GODWIT_AGAIN) {
        godwit_eese_charge(turn, status);
        godwit_eese_answer_eas(turn, turn->in->message, status, NULL, NULL, NULL);
        godwit_eese_refused(turn, status, &turn->in->message->u.eas_session_request.imsi, detail);
    }
}
