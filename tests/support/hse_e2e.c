/* SPDX-License-Identifier: Apache-2.0
 *
 * The test as EESE and as EAS.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/hse_e2e.h"

void hse_e2e_init(hse_world_t *w, hse_device_t *d)
{
    hse_world_init(w);
    strcpy(w->config.eese_host, HSE_EESE);
    hse_world_restart(w);
    *d = hse_device("001010123456789", 1);
    d->enterprise = HSE_EAS;
    d->service = GODWIT_SERVICE_CONFIDENTIALITY;
    d->service_suites = 0x000F;
}

godwit_e2e_terms_t hse_terms(uint32_t age, uint8_t key_id)
{
    return (godwit_e2e_terms_t){.service = GODWIT_SERVICE_CONFIDENTIALITY,
                                .suite = 2,
                                .key_id = key_id,
                                .age = age,
                                .life_s = 86400,
                                .messages = 1000};
}

godwit_emsdp_key_t hse_plane(const hse_world_t *w, const hse_device_t *d, uint32_t age, uint8_t key_id)
{
    uint8_t k_e2e[32];
    godwit_emsdp_key_t key;
    memset(k_e2e, (int)(0x40 + age), sizeof k_e2e);
    assert_int_equal(godwit_emsdp_key_init(&godwit_crypto_builtin, &key, k_e2e, 2, key_id, w->config.framing,
                                           d->key.hot.session_id, age, GODWIT_END_DEVICE),
                     GODWIT_OK);
    return key;
}

void hse_answer_eese(hse_world_t *w, const godwit_e2e_terms_t *terms, godwit_status_t status)
{
    const godwit_message_t *asked = owner_message(&w->owner, GODWIT_E2E_SESSION_REQUEST, 0);
    godwit_message_t answer;
    memset(&answer, 0, sizeof answer);
    answer.kind = GODWIT_E2E_SESSION_ANSWER;
    answer.transaction = asked->transaction;
    answer.hop = GODWIT_HOP_TLS;
    answer.u.e2e_session_answer.status = status;
    if (terms != NULL) {
        answer.u.e2e_session_answer.terms = *terms;
    }
    owner_give_message(&w->owner, &answer);
}

void hse_e2e_set_up(hse_world_t *w, hse_device_t *d)
{
    const godwit_e2e_terms_t terms = hse_terms(1, 1);
    hse_make_request(w, d, NULL);
    hse_give_request(w, d);
    hse_answer_key(w, GODWIT_OK);
    hse_answer_eese(w, &terms, GODWIT_OK);
    hse_take_start(w, d);
    hse_seal_confirmation(d, NULL);
    hse_give(w, d);
    assert_true(owner_saw(&w->owner, "session_started", GODWIT_OK));
}

void hse_seal_plane(hse_device_t *d, godwit_emsdp_key_t *plane, const char *reading)
{
    godwit_writer_t out = godwit_writer(d->sent, sizeof d->sent);
    assert_int_equal(godwit_emsdp_seal_user(&godwit_crypto_builtin, plane, hse_slice(reading), &out), GODWIT_OK);
    d->sent_len = out.len;
}

size_t hse_messages(const hse_world_t *w, godwit_message_kind_t kind)
{
    size_t count = 0;
    for (size_t i = 0; i < owner_count(&w->owner, GODWIT_REQUEST_MESSAGE); i++) {
        count += owner_request(&w->owner, GODWIT_REQUEST_MESSAGE, i)->message->kind == kind;
    }
    return count;
}

size_t hse_told(const hse_world_t *w, godwit_e2e_event_t event)
{
    size_t count = 0;
    for (size_t i = 0; i < hse_messages(w, GODWIT_E2E_SESSION_REQUEST); i++) {
        count += owner_message(&w->owner, GODWIT_E2E_SESSION_REQUEST, i)->u.e2e_session_request.event == event;
    }
    return count;
}

const godwit_message_t *hse_up(const hse_world_t *w)
{
    size_t count = hse_messages(w, GODWIT_USER_PLANE_UP);
    assert_true(count > 0);
    return owner_message(&w->owner, GODWIT_USER_PLANE_UP, count - 1);
}

void hse_answer_up(hse_world_t *w, uint32_t transaction, godwit_status_t status, bool highest)
{
    godwit_message_t answer;
    memset(&answer, 0, sizeof answer);
    answer.kind = GODWIT_USER_PLANE_UP_ANSWER;
    answer.transaction = transaction;
    answer.hop = GODWIT_HOP_TLS;
    strcpy(answer.origin_host, HSE_EAS);
    answer.u.user_plane_answer.status = status;
    answer.u.user_plane_answer.highest = highest;
    owner_give_message(&w->owner, &answer);
}

void hse_give_down(hse_world_t *w, const hse_device_t *d, const char *eas, godwit_hop_t hop, godwit_slice_t datagram)
{
    godwit_message_t message;
    memset(&message, 0, sizeof message);
    message.kind = GODWIT_USER_PLANE_DOWN;
    message.from = GODWIT_FUNCTION_EAS;
    message.transaction = 9;
    message.hop = hop;
    assert_true(datagram.len <= sizeof message.u.user_plane.datagram);
    (void)snprintf(message.origin_host, sizeof message.origin_host, "%s", eas);
    (void)snprintf(message.u.user_plane.eas, sizeof message.u.user_plane.eas, "%s", eas);
    strcpy(message.u.user_plane.hse, HSE_ENDPOINT);
    message.u.user_plane.session_id = d->key.hot.session_id;
    message.u.user_plane.len = (uint16_t)datagram.len;
    if (datagram.len > 0) {
        memcpy(message.u.user_plane.datagram, datagram.ptr, datagram.len);
    }
    owner_give_message(&w->owner, &message);
}

godwit_status_t hse_down_answer(const hse_world_t *w)
{
    return owner_message(&w->owner, GODWIT_USER_PLANE_DOWN_ANSWER, 0)->u.outcome;
}

godwit_message_t hse_renewal(const hse_device_t *d, godwit_e2e_renewal_t renewal, const godwit_e2e_terms_t *terms)
{
    godwit_message_t message;
    memset(&message, 0, sizeof message);
    message.kind = GODWIT_E2E_RENEW;
    message.from = GODWIT_FUNCTION_EESE;
    message.transaction = 77;
    message.hop = GODWIT_HOP_TLS;
    strcpy(message.origin_host, HSE_EESE);
    message.u.e2e_renew.renewal = renewal;
    message.u.e2e_renew.path.imsi = d->imsi;
    message.u.e2e_renew.path.session_id = d->key.hot.session_id;
    strcpy(message.u.e2e_renew.path.hse, HSE_ENDPOINT);
    strcpy(message.u.e2e_renew.eas, HSE_EAS);
    message.u.e2e_renew.agreement = GODWIT_AGREEMENT_SEPARATE_EPS;
    message.u.e2e_renew.key_set = HSE_KEY_SET;
    if (terms != NULL) {
        message.u.e2e_renew.terms = *terms;
    }
    return message;
}

size_t hse_forwards_used(const hse_world_t *w)
{
    size_t count = 0;
    for (size_t i = 0; i < HSE_FORWARDS; i++) {
        count += w->forwards[i].used;
    }
    return count;
}
