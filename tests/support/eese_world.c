/* SPDX-License-Identifier: Apache-2.0
 *
 * See eese_world.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/eese_world.h"

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_eese_step(role, in, out);
}

static void put_text(char *to, size_t size, const char *text)
{
    assert_true(strlen(text) < size);
    memcpy(to, text, strlen(text) + 1);
}

void eese_world_init(eese_world_t *w)
{
    memset(w, 0, sizeof *w);
    godwit_eese_config_t *c = &w->config;
    c->crypto = &godwit_crypto_builtin;
    put_text(c->local_host, sizeof c->local_host, "eese.home.example");
    put_text(c->local_realm, sizeof c->local_realm, "home.example");
    put_text(c->hse[0], sizeof c->hse[0], EESE_HSE);
    c->hses = 1;
    put_text(c->emks, sizeof c->emks, EESE_EMKS);
    put_text(c->hss, sizeof c->hss, EESE_HSS);
    put_text(c->push[0], sizeof c->push[0], EESE_EAS);
    c->pushes = 1;
    c->life_min_s = 60;
    c->life_max_s = 86400;
    assert_int_equal(godwit_eese_init(&w->eese, c), GODWIT_OK);
    owner_init(&w->owner, step, &w->eese);
    eese_world_entitle(w, EESE_EAS, EESE_DEVICE, 7, 0);
    owner_give_timer(&w->owner, 0);
}

void eese_world_entitle(eese_world_t *w, const char *eas, const char *imsi, uint8_t services, uint64_t until_ms)
{
    godwit_record_t record = {.kind = GODWIT_RECORD_EAS_ENTITLEMENT};
    godwit_eas_entitlement_record_t *e = &record.u.eas_entitlement;
    put_text(e->eas, sizeof e->eas, eas);
    put_text(e->first, sizeof e->first, imsi);
    put_text(e->last, sizeof e->last, imsi);
    e->services = services;
    e->not_after_ms = until_ms;
    assert_int_equal(godwit_eas_entitlement_name(&godwit_crypto_builtin, e), GODWIT_OK);
    owner_put(&w->owner, &record);
}

godwit_message_t eese_world_message(eese_world_t *w, godwit_message_kind_t kind, godwit_function_t from,
                                    const char *host)
{
    godwit_message_t m = {.kind = kind,
                          .from = from,
                          .to = GODWIT_FUNCTION_EESE,
                          .transaction = ++w->transaction,
                          .hop = GODWIT_HOP_TLS,
                          .route = 7};
    put_text(m.origin_host, sizeof m.origin_host, host);
    put_text(m.origin_realm, sizeof m.origin_realm, "example");
    return m;
}

godwit_message_t eese_world_registration(eese_world_t *w, const char *eas, bool push)
{
    godwit_message_t m = eese_world_message(w, GODWIT_EAS_REGISTER, GODWIT_FUNCTION_EAS, eas);
    put_text(m.u.eas_register.eas, sizeof m.u.eas_register.eas, eas);
    m.u.eas_register.push = push;
    return m;
}

godwit_status_t eese_world_register(eese_world_t *w, const char *eas, bool push)
{
    const godwit_message_t m = eese_world_registration(w, eas, push);
    owner_give_message(&w->owner, &m);
    const godwit_eas_register_answer_t *a =
        &owner_message(&w->owner, GODWIT_EAS_REGISTER_ANSWER, 0)->u.eas_register_answer;
    memcpy(w->registration, a->registration, sizeof w->registration);
    return a->status;
}

godwit_message_t eese_world_request(eese_world_t *w, godwit_e2e_event_t event, uint32_t session_id, uint32_t age)
{
    godwit_message_t m = eese_world_message(w, GODWIT_E2E_SESSION_REQUEST, GODWIT_FUNCTION_HSE, EESE_HSE);
    godwit_e2e_session_request_t *r = &m.u.e2e_session_request;
    r->event = event;
    r->path.imsi = owner_imsi(EESE_DEVICE);
    put_text(r->path.hse, sizeof r->path.hse, EESE_HSE);
    r->path.session_id = session_id;
    r->path.session_octets = 3;
    r->path.counter_octets = 1;
    put_text(r->eas, sizeof r->eas, EESE_EAS);
    r->agreement = GODWIT_AGREEMENT_SEPARATE_EPS;
    r->key_set = 1;
    r->service = GODWIT_SERVICE_CONFIDENTIALITY;
    r->suites = 0x3F;
    r->age = age;
    return m;
}

godwit_message_t eese_world_pull(eese_world_t *w, const char *eas)
{
    godwit_message_t m = eese_world_message(w, GODWIT_EAS_SESSION_PULL, GODWIT_FUNCTION_EAS, eas);
    memcpy(m.u.eas_session_request.registration, w->registration, sizeof w->registration);
    m.u.eas_session_request.imsi = owner_imsi(EESE_DEVICE);
    return m;
}

static godwit_message_t answer_of_owner(eese_world_t *w, size_t nth)
{
    const godwit_message_t *asked = owner_message(&w->owner, GODWIT_E2E_KEY_REQUEST, nth);
    const bool is_hss = asked->to == GODWIT_FUNCTION_HSS;
    godwit_message_t m = eese_world_message(w, GODWIT_E2E_KEY_ANSWER, asked->to, is_hss ? EESE_HSS : EESE_EMKS);
    m.transaction = asked->transaction;
    return m;
}

void eese_world_give_key(eese_world_t *w, size_t nth)
{
    const uint32_t above = owner_message(&w->owner, GODWIT_E2E_KEY_REQUEST, nth)->u.e2e_key_request.above_age;
    godwit_message_t m = answer_of_owner(w, nth);
    w->age = m.u.e2e_key_answer.age = above + 1;
    memset(m.u.e2e_key_answer.k_e2e, (int)(0x40 + w->age % 64), 32);
    owner_give_message(&w->owner, &m);
}

void eese_world_refuse_key(eese_world_t *w, godwit_status_t status)
{
    godwit_message_t m = answer_of_owner(w, 0);
    m.u.e2e_key_answer.status = status;
    owner_give_message(&w->owner, &m);
}

void eese_world_acknowledge(eese_world_t *w, godwit_message_kind_t kind, size_t nth, godwit_status_t outcome)
{
    const godwit_message_t *said = owner_message(&w->owner, kind, nth);
    godwit_message_t m =
        eese_world_message(w, kind == GODWIT_E2E_RENEW ? GODWIT_E2E_RENEW_ANSWER : GODWIT_EAS_SESSION_PUSH_ANSWER,
                           said->to, kind == GODWIT_E2E_RENEW ? EESE_HSE : EESE_EAS);
    m.transaction = said->transaction;
    m.u.outcome = outcome;
    owner_give_message(&w->owner, &m);
}

void eese_world_live(eese_world_t *w, uint32_t session_id)
{
    const godwit_message_t open = eese_world_request(w, GODWIT_E2E_OPEN, session_id, 0);
    owner_give_message(&w->owner, &open);
    eese_world_give_key(w, 0);
    if (eese_world_said(w, GODWIT_EAS_SESSION_PUSH)) {
        eese_world_acknowledge(w, GODWIT_EAS_SESSION_PUSH, 0, GODWIT_OK);
    }
    const godwit_message_t taken = eese_world_request(w, GODWIT_E2E_TAKEN, session_id, w->age);
    owner_give_message(&w->owner, &taken);
    assert_int_equal(owner_message(&w->owner, GODWIT_E2E_SESSION_ANSWER, 0)->u.e2e_session_answer.status, GODWIT_OK);
}

const godwit_e2e_session_record_t *eese_world_session(eese_world_t *w, uint32_t session_id)
{
    godwit_record_key_t key = {
        .kind = GODWIT_RECORD_E2E_SESSION, .imsi = owner_imsi(EESE_DEVICE), .session_id = session_id};
    assert_int_equal(godwit_name_key(&godwit_crypto_builtin, EESE_EAS, key.octets), GODWIT_OK);
    const godwit_record_t *found = owner_find(&w->owner, &key);
    return found == NULL ? NULL : &found->u.e2e_session;
}

bool eese_world_said(const eese_world_t *w, godwit_message_kind_t kind)
{
    for (size_t i = 0; i < w->owner.outbox.count; i++) {
        const godwit_request_t *r = &w->owner.requests[i];
        if (r->kind == GODWIT_REQUEST_MESSAGE && r->message->kind == kind) {
            return true;
        }
    }
    return false;
}
