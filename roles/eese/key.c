/* SPDX-License-Identifier: Apache-2.0
 *
 * The owner of the key set is asked for K_e2e of the next age, and answers. The table of questions holds no key, and
 * one place for each session; the key goes from the answer into the store, wrapped, or straight to the EAS that asked.
 * An answer is believed only of the configured owner, over a hop that proves something.
 */
#include <string.h>

#include "roles/eese/internal.h"

/* ---- the question ---- */

static bool is_of(const godwit_eese_pending_t *p, const godwit_e2e_session_record_t *s)
{
    return p->transaction != 0 && p->session.path.session_id == s->path.session_id &&
           godwit_imsi_equal(&p->session.path.imsi, &s->path.imsi) &&
           memcmp(p->session.eas_key, s->eas_key, sizeof s->eas_key) == 0;
}

static godwit_eese_pending_t *place_for(godwit_eese_t *eese, const godwit_e2e_session_record_t *s)
{
    godwit_eese_pending_t *free_place = NULL;
    for (size_t i = 0; i < GODWIT_EESE_PENDING_MAX; i++) {
        if (is_of(&eese->pending[i], s)) {
            return &eese->pending[i];
        }
        if (free_place == NULL && eese->pending[i].transaction == 0) {
            free_place = &eese->pending[i];
        }
    }
    return free_place;
}

static const char *owner_of(const godwit_eese_config_t *config, const godwit_e2e_session_record_t *s)
{
    return s->owner_is_hss ? config->hss : config->emks;
}

static void set_asker(const godwit_eese_turn_t *turn, godwit_eese_pending_t *p, godwit_eese_asker_t asker)
{
    p->asker = asker;
    if (asker != GODWIT_EESE_NOBODY) {
        p->asked = turn->in->message->transaction;
        p->route = turn->in->message->route;
        p->from = turn->in->message->from;
    }
}

/* It has been asked already: who asks first or again is answered. */
static godwit_status_t join(const godwit_eese_turn_t *turn, godwit_eese_pending_t *p, godwit_eese_asker_t asker,
                            const godwit_e2e_session_record_t *s, const char **detail)
{
    const bool is_same = p->session.key_set == s->key_set && p->session.agreement == s->agreement &&
                         p->session.terms.service == s->terms.service &&
                         strncmp(p->session.path.hse, s->path.hse, sizeof s->path.hse) == 0;
    if (!is_same || (p->asker != GODWIT_EESE_NOBODY && p->asker != asker)) {
        *detail = "another question about this session is with the owner of the key set";
        return GODWIT_OVERLOAD;
    }
    set_asker(turn, p, asker);
    return GODWIT_OK;
}

godwit_status_t godwit_eese_ask(const godwit_eese_turn_t *turn, godwit_eese_asker_t asker, bool opens,
                                const godwit_e2e_session_record_t *s, uint32_t above, const char **detail)
{
    godwit_eese_t *eese = turn->eese;
    godwit_eese_pending_t *p = place_for(eese, s);
    if (p != NULL && p->transaction != 0) {
        return join(turn, p, asker, s, detail);
    }
    if (owner_of(&eese->config, s)[0] == '\0') {
        *detail = "no owner of such key sets is configured";
        return GODWIT_PEER_INTERNAL;
    }
    *detail = "too many questions are with the owners of key sets";
    const uint32_t transaction = godwit_eese_transaction(turn);
    godwit_message_t *m =
        p == NULL ? NULL
                  : godwit_eese_request(turn, GODWIT_E2E_KEY_REQUEST,
                                        s->owner_is_hss ? GODWIT_FUNCTION_HSS : GODWIT_FUNCTION_EMKS, transaction);
    if (m == NULL) {
        return GODWIT_OVERLOAD;
    }
    *p = (godwit_eese_pending_t){.transaction = transaction,
                                 .until_ms = turn->in->now_ms + eese->config.owner_timeout_ms,
                                 .opens = opens,
                                 .above = above,
                                 .session = *s};
    godwit_wipe(p->session.k_e2e, sizeof p->session.k_e2e);
    set_asker(turn, p, asker);
    godwit_e2e_key_request_t *r = &m->u.e2e_key_request;
    r->imsi = s->path.imsi;
    r->agreement = s->agreement;
    r->key_set = s->key_set;
    memcpy(r->endpoint, s->eas, sizeof r->endpoint);
    r->above_age = above;
    godwit_eese_send(turn, m);
    godwit_outbox_timer(turn->out, (uint32_t)(p - eese->pending) + 1, eese->config.owner_timeout_ms);
    return GODWIT_OK;
}

/* ---- no key comes of it ---- */

/* What a HSE or an EAS is told of it. */
static godwit_status_t told_as(godwit_status_t status)
{
    switch (status) {
    case GODWIT_UNKNOWN_KEY:
    case GODWIT_KEY_EXPIRED:
    case GODWIT_COUNT_EXHAUSTED:
    case GODWIT_UNKNOWN_SUBSCRIBER:
        return GODWIT_UNKNOWN_KEY;
    case GODWIT_OVERLOAD:
    case GODWIT_UNKNOWN_SESSION:
    case GODWIT_NOT_ENTITLED:
    case GODWIT_STORE_FAILED:
        return status;
    default:
        return GODWIT_PEER_INTERNAL;
    }
}

static godwit_message_t request_of(const godwit_eese_pending_t *p)
{
    return (godwit_message_t){.from = p->from, .transaction = p->asked, .route = p->route};
}

static void let_go(const godwit_eese_turn_t *turn, godwit_eese_pending_t *p)
{
    godwit_outbox_timer(turn->out, (uint32_t)(p - turn->eese->pending) + 1, 0);
    memset(p, 0, sizeof *p);
}

static void fail(const godwit_eese_turn_t *turn, godwit_eese_pending_t *p, godwit_status_t status, const char *detail)
{
    const godwit_message_t asked = request_of(p);
    if (p->asker == GODWIT_EESE_HSE) {
        godwit_eese_answer_hse(turn, &asked, told_as(status), NULL);
    } else if (p->asker == GODWIT_EESE_EAS) {
        godwit_eese_answer_eas(turn, &asked, told_as(status), NULL, NULL, NULL);
    }
    godwit_eese_refused(turn, status, &p->session.path.imsi, detail);
    let_go(turn, p);
}

void godwit_eese_on_no_key(const godwit_eese_turn_t *turn, size_t index)
{
    if (turn->eese->pending[index].transaction != 0) {
        fail(turn, &turn->eese->pending[index], GODWIT_PEER_INTERNAL, "the owner of the key set does not answer");
    }
}

/* ---- the answer ---- */

static void give(const godwit_eese_turn_t *turn, godwit_eese_pending_t *p, godwit_eese_ground_t *ground)
{
    godwit_e2e_session_record_t *s = &ground->session;
    const godwit_e2e_key_answer_t *key = &turn->in->message->u.e2e_key_answer;
    const godwit_message_t asked = request_of(p);
    const bool to_eas = p->asker == GODWIT_EESE_EAS;
    godwit_eese_agree(&turn->eese->config, &ground->eas, key, turn->in->now_ms, s);
    s->told = p->asker == GODWIT_EESE_HSE;
    if (to_eas) {
        godwit_wipe(s->k_e2e, sizeof s->k_e2e);
        s->with_eas = true;
    }
    godwit_eese_tell(turn, s, ground);
    if (to_eas) {
        godwit_eese_answer_eas(turn, &asked, GODWIT_OK, s, key->k_e2e, &ground->eas);
    } else if (p->asker == GODWIT_EESE_HSE) {
        godwit_eese_answer_hse(turn, &asked, GODWIT_OK, &s->terms);
    }
    godwit_outbox_event(turn->out, p->opens ? "e2e_opened" : "e2e_agreed", GODWIT_OK, &s->path.imsi, NULL);
    let_go(turn, p);
}

/* The session as the store has it, with what was asked for. */
static void merge(const godwit_eese_pending_t *p, godwit_e2e_session_record_t *s)
{
    const godwit_e2e_session_record_t *asked = &p->session;
    s->path = asked->path;
    s->agreement = asked->agreement;
    s->key_set = asked->key_set;
    s->owner_is_hss = asked->owner_is_hss;
    s->suites = asked->suites;
    s->serving_network = asked->serving_network;
    s->terms.service = asked->terms.service;
    s->terms.suite = asked->terms.suite;
}

static godwit_status_t gather(const godwit_eese_turn_t *turn, const godwit_eese_pending_t *p,
                              godwit_eese_ground_t *ground, const char **detail)
{
    const godwit_e2e_session_record_t *s = &p->session;
    const godwit_record_key_t key = godwit_eese_session_key(&s->path.imsi, s->eas_key, s->path.session_id);
    *detail = "the store could not be read";
    godwit_status_t status = godwit_eese_find_session(turn, &key, ground);
    if (status != GODWIT_OK && status != GODWIT_NOT_FOUND) {
        return status;
    }
    status = godwit_eese_judge_eas(turn, s->eas_key, &s->path.imsi, godwit_eese_service_bit(s->terms.service), ground);
    if (status != GODWIT_OK) {
        return status;
    }
    if (!p->opens && (!ground->known || ground->session.closed)) {
        *detail = "the session has ended meanwhile";
        return GODWIT_UNKNOWN_SESSION;
    }
    if (!ground->registered || !ground->entitled) {
        *detail = "the EAS has lost its registration or entitlement meanwhile";
        return GODWIT_NOT_ENTITLED;
    }
    if (p->opens) {
        godwit_wipe(&ground->session, sizeof ground->session);
        ground->session = *s;
    } else {
        merge(p, &ground->session);
    }
    return GODWIT_OK;
}

/* Only a new AKA run helps: the HSE is told so, unless it is the one who asked. */
static void on_no_more(const godwit_eese_turn_t *turn, godwit_eese_pending_t *p, godwit_eese_ground_t *ground,
                       godwit_status_t status)
{
    const bool hse_asked = p->asker == GODWIT_EESE_HSE;
    fail(turn, p, status, "the owner has no key of that key set any more");
    if (!hse_asked) {
        godwit_eese_want_aka(turn, &ground->session, ground, "the key set is gone");
    }
}

static godwit_status_t judge_answer(const godwit_eese_turn_t *turn, const godwit_eese_pending_t *p, const char **detail)
{
    static const uint8_t none[32];
    const godwit_message_t *m = turn->in->message;
    const godwit_e2e_key_answer_t *a = &m->u.e2e_key_answer;
    *detail = "the owner of the key set gives no key";
    if (a->status != GODWIT_OK) {
        return godwit_status_on_the_wire(a->status);
    }
    *detail = "the owner of the key set gives an age that was given before, or no key";
    return a->age > p->above && !godwit_equal_secret(a->k_e2e, none, sizeof none) ? GODWIT_OK : GODWIT_PEER_INTERNAL;
}

static godwit_eese_pending_t *pending_of(const godwit_eese_turn_t *turn)
{
    for (size_t i = 0; i < GODWIT_EESE_PENDING_MAX; i++) {
        godwit_eese_pending_t *p = &turn->eese->pending[i];
        if (p->transaction != 0 && p->transaction == turn->in->message->transaction) {
            return p;
        }
    }
    return NULL;
}

static bool is_of_owner(const godwit_eese_turn_t *turn, const godwit_eese_pending_t *p)
{
    const godwit_message_t *m = turn->in->message;
    return m->hop != GODWIT_HOP_OPEN &&
           strncmp(m->origin_host, owner_of(&turn->eese->config, &p->session), sizeof m->origin_host) == 0;
}

void godwit_eese_on_key(const godwit_eese_turn_t *turn)
{
    godwit_eese_pending_t *p = pending_of(turn);
    godwit_eese_ground_t ground = {.registered = false};
    const char *detail = NULL, *why = NULL;
    if (p == NULL) {
        return;
    }
    if (!is_of_owner(turn, p)) {
        godwit_eese_refused(turn, GODWIT_NOT_ENTITLED, &p->session.path.imsi,
                            "a key of somebody who was not asked, or over a hop that proves nothing");
        return;
    }
    const godwit_status_t judged = judge_answer(turn, p, &why);
    const godwit_status_t gathered = gather(turn, p, &ground, &detail);
    if (gathered == GODWIT_OK && judged == GODWIT_OK) {
        give(turn, p, &ground);
    } else if (gathered == GODWIT_OK && told_as(judged) == GODWIT_UNKNOWN_KEY && !p->opens) {
        on_no_more(turn, p, &ground, judged);
    } else if (gathered != GODWIT_AGAIN) {
        fail(turn, p, gathered != GODWIT_OK ? gathered : judged, gathered != GODWIT_OK ? detail : why);
    }
    godwit_wipe(&ground, sizeof ground);
}
