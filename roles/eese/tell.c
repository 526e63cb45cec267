/* SPDX-License-Identifier: Apache-2.0
 *
 * What EAS and HSE do not know yet is told them, after the store has it, and again, later each time, until they
 * acknowledge it. K_e2e is kept for the EAS until then, and not a moment longer. An answer is believed only of whom it
 * was said to, over a hop that proves something.
 */
#include <string.h>

#include "roles/eese/internal.h"

#define FLIGHT_MS 60000u
#define GIVE_UP 48u /* attempts to say that a session is over: with the usual times about two days */

/* ---- what is under way ---- */

static godwit_eese_flight_t *new_flight(const godwit_eese_turn_t *turn, godwit_message_kind_t kind,
                                        const godwit_e2e_session_record_t *s)
{
    godwit_eese_t *eese = turn->eese;
    godwit_eese_flight_t *place = &eese->flights[0];
    for (size_t i = 0; i < GODWIT_EESE_FLIGHTS_MAX; i++) {
        godwit_eese_flight_t *f = &eese->flights[i];
        if (f->transaction == 0 || f->until_ms <= turn->in->now_ms) {
            place = f;
            break;
        }
        if (f->until_ms < place->until_ms) {
            place = f; /* its answer will not be known for one, and it is said again */
        }
    }
    *place = (godwit_eese_flight_t){.transaction = godwit_eese_transaction(turn),
                                    .until_ms = turn->in->now_ms + FLIGHT_MS,
                                    .kind = kind,
                                    .imsi = s->path.imsi,
                                    .session_id = s->path.session_id,
                                    .key_id = s->terms.key_id,
                                    .age = s->terms.age,
                                    .closed = s->closed,
                                    .renewal = s->renewal};
    memcpy(place->eas_key, s->eas_key, sizeof place->eas_key);
    return place;
}

static void push(const godwit_eese_turn_t *turn, const godwit_e2e_session_record_t *s, const godwit_eas_record_t *eas)
{
    const godwit_eese_config_t *config = &turn->eese->config;
    godwit_message_t *m = godwit_eese_request(turn, GODWIT_EAS_SESSION_PUSH, GODWIT_FUNCTION_EAS,
                                              new_flight(turn, GODWIT_EAS_SESSION_PUSH, s)->transaction);
    if (m == NULL) {
        return;
    }
    godwit_eas_session_t *to = &m->u.eas_session;
    memcpy(to->registration, eas->registration, sizeof to->registration);
    memcpy(to->eas, s->eas, sizeof to->eas);
    to->path = s->path;
    to->ended = s->closed;
    if (!s->closed) {
        to->terms = s->terms;
        to->overlap_s = config->overlap_s;
        to->agreed_ms = s->agreed_ms;
        to->now_ms = turn->in->now_ms;
        memcpy(to->k_e2e, s->k_e2e, sizeof to->k_e2e);
    }
    godwit_eese_send(turn, m);
}

static void renew(const godwit_eese_turn_t *turn, const godwit_e2e_session_record_t *s)
{
    godwit_message_t *m = godwit_eese_request(turn, GODWIT_E2E_RENEW, GODWIT_FUNCTION_HSE,
                                              new_flight(turn, GODWIT_E2E_RENEW, s)->transaction);
    if (m == NULL) {
        return;
    }
    godwit_e2e_renew_t *to = &m->u.e2e_renew;
    to->renewal = s->renewal;
    to->path = s->path;
    memcpy(to->eas, s->eas, sizeof to->eas);
    to->agreement = s->agreement;
    to->key_set = s->key_set;
    if (s->renewal == GODWIT_E2E_NEW_AGE) {
        to->terms = s->terms;
    }
    godwit_eese_send(turn, m);
}

void godwit_eese_tell(const godwit_eese_turn_t *turn, godwit_e2e_session_record_t *s,
                      const godwit_eese_ground_t *ground)
{
    const bool pushes = s->push && !s->with_eas && ground->registered;
    const bool renews = !s->told;
    if ((pushes || renews) && turn->in->now_ms >= s->again_ms) {
        s->again_ms = turn->in->now_ms + godwit_eese_backoff(&turn->eese->config, s->attempts);
        s->attempts += s->attempts < UINT32_MAX ? 1 : 0;
        godwit_eese_commit(turn, s, ground);
        if (pushes) {
            push(turn, s, &ground->eas);
        }
        if (renews) {
            renew(turn, s);
        }
    } else {
        godwit_eese_commit(turn, s, ground);
    }
}

/* ---- the end ---- */

static void end(const godwit_eese_turn_t *turn, godwit_e2e_session_record_t *s, const godwit_eese_ground_t *ground)
{
    s->with_eas = s->with_eas || !ground->registered; /* nobody is left to be told */
    if ((s->with_eas && s->told) || s->attempts >= GIVE_UP) {
        godwit_eese_forget(turn, s);
    } else {
        godwit_eese_tell(turn, s, ground);
    }
}

void godwit_eese_close(const godwit_eese_turn_t *turn, godwit_e2e_session_record_t *s,
                       const godwit_eese_ground_t *ground, godwit_e2e_renewal_t renewal, godwit_status_t reason,
                       const char *detail)
{
    if (!s->closed) {
        godwit_wipe(s->k_e2e, sizeof s->k_e2e);
        s->closed = true;
        s->with_eas = !s->push || !ground->registered;
        s->told = renewal == 0;
        s->renewal = renewal;
        s->attempts = 0;
        s->again_ms = turn->in->now_ms;
        godwit_outbox_event(turn->out, "e2e_ended", reason, &s->path.imsi, detail);
    }
    end(turn, s, ground);
}

void godwit_eese_want_aka(const godwit_eese_turn_t *turn, godwit_e2e_session_record_t *s,
                          const godwit_eese_ground_t *ground, const char *detail)
{
    s->renewal = GODWIT_E2E_NEW_AKA;
    s->told = false;
    s->attempts = 0;
    s->again_ms = turn->in->now_ms;
    godwit_outbox_event(turn->out, "e2e_new_aka", GODWIT_OK, &s->path.imsi, detail);
    godwit_eese_tell(turn, s, ground);
}

/* ---- the answers ---- */

static godwit_eese_flight_t *flight_of(const godwit_eese_turn_t *turn)
{
    const godwit_message_t *m = turn->in->message;
    for (size_t i = 0; i < GODWIT_EESE_FLIGHTS_MAX; i++) {
        godwit_eese_flight_t *f = &turn->eese->flights[i];
        if (f->transaction != 0 && f->transaction == m->transaction && (unsigned)f->kind + 1 == (unsigned)m->kind) {
            return f;
        }
    }
    return NULL;
}

/* Still what it was when it was said. */
static bool is_current(const godwit_eese_flight_t *f, const godwit_e2e_session_record_t *s)
{
    return f->closed == s->closed && f->age == s->terms.age && f->key_id == s->terms.key_id &&
           (f->kind == GODWIT_EAS_SESSION_PUSH || f->renewal == s->renewal);
}

static void on_eas(const godwit_eese_turn_t *turn, godwit_eese_ground_t *ground)
{
    godwit_e2e_session_record_t *s = &ground->session;
    godwit_wipe(s->k_e2e, sizeof s->k_e2e); /* never to be given again */
    s->with_eas = true;
    s->attempts = 0;
    if (s->closed) {
        end(turn, s, ground);
        return;
    }
    godwit_eese_commit(turn, s, ground);
    godwit_outbox_event(turn->out, "e2e_given", GODWIT_OK, &s->path.imsi, "pushed");
}

static void on_hse(const godwit_eese_turn_t *turn, godwit_eese_ground_t *ground, godwit_status_t outcome)
{
    godwit_e2e_session_record_t *s = &ground->session;
    if (outcome == GODWIT_UNKNOWN_SESSION && !s->closed) {
        godwit_eese_close(turn, s, ground, (godwit_e2e_renewal_t)0, GODWIT_OK, "the HSE has no such session");
        return;
    }
    s->told = true;
    s->attempts = 0;
    if (s->closed) {
        end(turn, s, ground);
    } else {
        godwit_eese_commit(turn, s, ground);
    }
}

static void on_outcome(const godwit_eese_turn_t *turn, const godwit_eese_flight_t *flight, godwit_eese_ground_t *ground)
{
    const godwit_status_t outcome = turn->in->message->u.outcome;
    if (outcome != GODWIT_OK && outcome != GODWIT_UNKNOWN_SESSION) {
        godwit_outbox_event(turn->out, "e2e_not_told", godwit_status_on_the_wire(outcome), &flight->imsi,
                            flight->kind == GODWIT_E2E_RENEW ? "the HSE refuses" : "the EAS refuses");
    } else if (flight->kind == GODWIT_E2E_RENEW) {
        on_hse(turn, ground, outcome);
    } else if (outcome == GODWIT_OK || ground->session.closed) {
        on_eas(turn, ground);
    }
}

void godwit_eese_on_told(const godwit_eese_turn_t *turn)
{
    godwit_eese_flight_t *flight = flight_of(turn);
    godwit_eese_ground_t ground = {.registered = false};
    if (flight == NULL) {
        return;
    }
    const godwit_record_key_t key = godwit_eese_session_key(&flight->imsi, flight->eas_key, flight->session_id);
    godwit_status_t status = godwit_eese_find_session(turn, &key, &ground);
    if (status == GODWIT_OK) {
        status = godwit_eese_judge_eas(turn, key.octets, &key.imsi,
                                       godwit_eese_service_bit(ground.session.terms.service), &ground);
    }
    if (status == GODWIT_AGAIN) {
        godwit_wipe(&ground, sizeof ground);
        return;
    }
    const char *whom = flight->kind == GODWIT_E2E_RENEW ? ground.session.path.hse : ground.session.eas;
    if (status == GODWIT_OK &&
        (turn->in->message->hop == GODWIT_HOP_OPEN || !godwit_speaks_for(turn->in->message, whom))) {
        godwit_eese_refused(turn, GODWIT_NOT_ENTITLED, &flight->imsi, "an answer of somebody who was not asked");
    } else {
        if (status == GODWIT_OK && is_current(flight, &ground.session)) {
            on_outcome(turn, flight, &ground);
        }
        memset(flight, 0, sizeof *flight);
    }
    godwit_wipe(&ground, sizeof ground);
}
