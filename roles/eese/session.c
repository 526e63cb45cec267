/* SPDX-License-Identifier: Apache-2.0
 *
 * What an HSE says of its sessions: a device asks for a service with an EAS, or for its next key; it has taken one; the
 * session is over. Only configured HSEs are heard, each of its own sessions, and over a hop that proves something. A
 * question that is said again gets the same terms again, as long as the device has not taken them.
 */
#include <string.h>

#include "roles/eese/internal.h"

void godwit_eese_answer_hse(const godwit_eese_turn_t *turn, const godwit_message_t *asked, godwit_status_t status,
                            const godwit_e2e_terms_t *terms)
{
    godwit_message_t *answer = godwit_outbox_answer(turn->out, asked, GODWIT_E2E_SESSION_ANSWER, GODWIT_FUNCTION_EESE);
    if (answer != NULL) {
        answer->u.e2e_session_answer.status = godwit_eese_said_as(status);
        if (status == GODWIT_OK && terms != NULL) {
            answer->u.e2e_session_answer.terms = *terms;
        }
        godwit_eese_send(turn, answer);
    }
}

static void refuse(const godwit_eese_turn_t *turn, godwit_status_t status, const char *detail)
{
    godwit_eese_answer_hse(turn, turn->in->message, status, NULL);
    godwit_eese_refused(turn, status, &turn->in->message->u.e2e_session_request.path.imsi, detail);
}

/* ---- who asks, and for what ---- */

static bool is_ours(const godwit_eese_config_t *config, const char *host)
{
    for (size_t i = 0; i < config->hses; i++) {
        if (strncmp(config->hse[i], host, GODWIT_NODE_NAME_MAX) == 0) {
            return true;
        }
    }
    return false;
}

static godwit_status_t judge_sender(const godwit_eese_turn_t *turn, const char **detail)
{
    const godwit_message_t *m = turn->in->message;
    const godwit_e2e_session_request_t *r = &m->u.e2e_session_request;
    if (m->hop == GODWIT_HOP_OPEN) {
        *detail = "a session, over a hop that proves nothing";
        return GODWIT_NOT_ENTITLED;
    }
    if (!is_ours(&turn->eese->config, m->origin_host)) {
        *detail = "a session, and not of one of our HSEs";
        return GODWIT_NOT_ENTITLED;
    }
    if (!godwit_speaks_for(m, r->path.hse)) {
        *detail = "a session of another HSE";
        return GODWIT_NOT_ENTITLED;
    }
    return GODWIT_OK;
}

static godwit_status_t judge_request(const godwit_eese_turn_t *turn, const char **detail)
{
    const godwit_e2e_session_request_t *r = &turn->in->message->u.e2e_session_request;
    const bool asks = r->event == GODWIT_E2E_OPEN || r->event == GODWIT_E2E_AGE;
    const bool reports = r->event == GODWIT_E2E_TAKEN || r->event == GODWIT_E2E_CLOSED;
    *detail = "a session that cannot be";
    if ((!asks && !reports) || r->path.imsi.len == 0 || r->path.imsi.len > GODWIT_IMSI_DIGITS_MAX ||
        r->path.session_id == 0 || r->path.session_octets > 4 || r->path.counter_octets > 3) {
        return GODWIT_MALFORMED;
    }
    if (asks && r->key_set == 0) {
        *detail = "a session under no key set";
        return GODWIT_UNKNOWN_KEY;
    }
    *detail = "no name of an EAS";
    return godwit_is_endpoint(r->eas) ? GODWIT_OK : GODWIT_NOT_ENTITLED;
}

/* Whoever speaks in the name of a device without its key can have so many sessions begun for it, and no more. */
static godwit_status_t judge_rate(const godwit_eese_turn_t *turn, const char **detail)
{
    const godwit_e2e_session_request_t *r = &turn->in->message->u.e2e_session_request;
    if (r->event != GODWIT_E2E_OPEN || !godwit_eese_is_first_round(turn->in)) {
        return GODWIT_OK;
    }
    const uint64_t whose = godwit_rate_whose((const uint8_t *)r->path.imsi.digits, r->path.imsi.len);
    *detail = "too many sessions are begun for this device";
    return godwit_rate_spend(turn->eese->buckets, GODWIT_EESE_BUCKETS_MAX, whose, turn->eese->config.opens_per_minute,
                             turn->in->now_ms)
               ? GODWIT_OK
               : GODWIT_OVERLOAD;
}

/* ---- a key is asked for ---- */

static void set_request(const godwit_e2e_session_request_t *r, const uint8_t eas_key[16],
                        godwit_e2e_session_record_t *s)
{
    s->path = r->path;
    memcpy(s->eas_key, eas_key, sizeof s->eas_key);
    memcpy(s->eas, r->eas, sizeof s->eas);
    s->agreement = r->agreement;
    s->key_set = r->key_set;
    s->owner_is_hss = r->owner_is_hss;
    if (r->suites != GODWIT_E2E_SUITES_AS_BEFORE || s->suites == 0) {
        s->suites = r->suites;
    }
    s->serving_network = r->serving_network;
    if (r->service != GODWIT_SERVICE_NONE) {
        s->terms.service = r->service;
    }
}

static bool is_of_key_set(const godwit_e2e_session_record_t *s, const godwit_e2e_session_request_t *r)
{
    return s->key_set == r->key_set && s->agreement == r->agreement && s->owner_is_hss == r->owner_is_hss;
}

/* The device has not taken what it was given, and it is still good. */
static bool stands(const godwit_e2e_session_record_t *s, const godwit_e2e_session_request_t *r, uint64_t now_ms)
{
    return !s->closed && s->terms.age > r->age && is_of_key_set(s, r) && !godwit_eese_is_taken(s) &&
           (r->service == GODWIT_SERVICE_NONE || r->service == s->terms.service) && now_ms < godwit_eese_end(s);
}

static godwit_status_t answer_again(const godwit_eese_turn_t *turn, godwit_eese_ground_t *ground)
{
    if (!ground->session.told) { /* this answer tells it */
        ground->session.told = true;
        godwit_eese_commit(turn, &ground->session, ground);
    }
    godwit_eese_answer_hse(turn, turn->in->message, GODWIT_OK, &ground->session.terms);
    return GODWIT_OK;
}

static godwit_status_t ask(const godwit_eese_turn_t *turn, const uint8_t eas_key[16], godwit_eese_ground_t *ground,
                           const char **detail)
{
    const godwit_e2e_session_request_t *r = &turn->in->message->u.e2e_session_request;
    godwit_e2e_session_record_t *s = &ground->session;
    const bool opens = !ground->known || s->closed;
    const uint64_t now_ms = turn->in->now_ms;
    if (!opens && stands(s, r, now_ms)) {
        return answer_again(turn, ground);
    }
    if (!opens && is_of_key_set(s, r) && now_ms >= s->agreed_ms &&
        now_ms - s->agreed_ms < (uint64_t)turn->eese->config.age_min_s * 1000) {
        *detail = "the last key was agreed a moment ago";
        return GODWIT_OVERLOAD;
    }
    uint32_t above = r->age;
    if (opens) { /* Key IDs of a session go on: the EAS may not know yet that it was over */
        const uint8_t key_id = s->terms.key_id;
        memset(s, 0, sizeof *s);
        s->terms.key_id = key_id;
    } else if (is_of_key_set(s, r) && s->terms.age > above) {
        above = s->terms.age;
    }
    set_request(r, eas_key, s);
    const godwit_status_t status =
        godwit_eese_choose_suite(&turn->eese->config, s->terms.service, s->suites, &s->terms.suite, detail);
    return status == GODWIT_OK ? godwit_eese_ask(turn, GODWIT_EESE_HSE, opens, s, above, detail) : status;
}

static godwit_status_t judge_eas(const godwit_eese_ground_t *ground, const char **detail)
{
    if (!ground->entitled) {
        *detail = "this EAS is not entitled for that device and service";
        return GODWIT_NOT_ENTITLED;
    }
    *detail = "this EAS has not registered";
    return ground->registered ? GODWIT_OK : GODWIT_NOT_ENTITLED;
}

static godwit_status_t on_wish(const godwit_eese_turn_t *turn, const godwit_record_key_t *key, const char **detail)
{
    const godwit_e2e_session_request_t *r = &turn->in->message->u.e2e_session_request;
    godwit_eese_ground_t ground = {.registered = false};
    godwit_status_t status = godwit_eese_find_session(turn, key, &ground);
    if (status == GODWIT_OK && strncmp(ground.session.path.hse, r->path.hse, sizeof r->path.hse) != 0) {
        *detail = "a session of that number is another HSE's";
        status = GODWIT_NOT_ENTITLED;
    } else if (status == GODWIT_NOT_FOUND) {
        status = GODWIT_OK;
    }
    const godwit_service_t service =
        r->service == GODWIT_SERVICE_NONE && ground.known ? ground.session.terms.service : r->service;
    if (status == GODWIT_OK && godwit_service_name(service) == NULL) {
        *detail = "no service of that number";
        status = GODWIT_MALFORMED;
    }
    if (status == GODWIT_OK) {
        *detail = "the store could not be read";
        status = godwit_eese_judge_eas(turn, key->octets, &key->imsi, godwit_eese_service_bit(service), &ground);
    }
    if (status == GODWIT_OK) {
        status = judge_eas(&ground, detail);
    }
    if (status == GODWIT_OK) {
        status = ask(turn, key->octets, &ground, detail);
    }
    godwit_wipe(&ground, sizeof ground);
    return status;
}

/* ---- the input ---- */

static godwit_status_t take(const godwit_eese_turn_t *turn, const char **detail)
{
    const godwit_e2e_session_request_t *r = &turn->in->message->u.e2e_session_request;
    uint8_t eas_key[16];
    godwit_status_t status = judge_sender(turn, detail);
    status = status == GODWIT_OK ? judge_request(turn, detail) : status;
    status = status == GODWIT_OK ? judge_rate(turn, detail) : status;
    status = status == GODWIT_OK ? godwit_name_key(turn->eese->config.crypto, r->eas, eas_key) : status;
    if (status != GODWIT_OK) {
        return status;
    }
    const godwit_record_key_t key = godwit_eese_session_key(&r->path.imsi, eas_key, r->path.session_id);
    switch (r->event) {
    case GODWIT_E2E_TAKEN:
        godwit_eese_on_taken(turn, &key);
        return GODWIT_OK;
    case GODWIT_E2E_CLOSED:
        godwit_eese_on_closed(turn, &key);
        return GODWIT_OK;
    default:
        return on_wish(turn, &key, detail);
    }
}

void godwit_eese_on_session(const godwit_eese_turn_t *turn)
{
    const char *detail = NULL;
    const godwit_status_t status = take(turn, &detail);
    if (status != GODWIT_OK && status != GODWIT_AGAIN) {
        refuse(turn, status, detail);
    }
}
