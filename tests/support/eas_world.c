/* SPDX-License-Identifier: Apache-2.0
 *
 * An EAS with an owner.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "roles/eas/internal.h"
#include "tests/support/eas_world.h"

#define START_MS (UINT64_C(1000) * (SENDER_AGREED_S + 10))

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_eas_step(role, in, out);
}

void eas_world_init(eas_world_t *w)
{
    memset(w, 0, sizeof *w);
    owner_init(&w->owner, step, &w->role);
    w->owner.now_ms = START_MS;
    w->number = 100;
    w->config = (godwit_eas_config_t){.crypto = &godwit_crypto_builtin,
                                      .name = EAS_NAME,
                                      .local_realm = "example.net",
                                      .eese_host = EAS_EESE,
                                      .hses = {"other.example.net", "hse.example.net"},
                                      .hse_count = 2,
                                      .push = true,
                                      .durable = true,
                                      .queue = 3};
    assert_int_equal(godwit_eas_init(&w->role, &w->config), GODWIT_OK);
    eas_world_register(w);
}

void eas_world_restart(eas_world_t *w)
{
    w->owner.power_for = 0;
    w->owner.power_went = false;
    assert_int_equal(godwit_eas_init(&w->role, &w->config), GODWIT_OK);
    eas_world_register(w);
}

const godwit_message_t *eas_world_sent(const eas_world_t *w, godwit_message_kind_t kind)
{
    const godwit_message_t *last = NULL;
    for (size_t i = 0; i < owner_count(&w->owner, GODWIT_REQUEST_MESSAGE); i++) {
        const godwit_message_t *message = owner_request(&w->owner, GODWIT_REQUEST_MESSAGE, i)->message;
        last = message->kind == kind ? message : last;
    }
    return last;
}

void eas_world_register(eas_world_t *w)
{
    owner_give_timer(&w->owner, 0);
    const godwit_message_t *request = owner_message(&w->owner, GODWIT_EAS_REGISTER, 0);
    godwit_message_t answer = {.kind = GODWIT_EAS_REGISTER_ANSWER,
                               .from = GODWIT_FUNCTION_EESE,
                               .to = GODWIT_FUNCTION_EAS,
                               .transaction = request->transaction,
                               .hop = GODWIT_HOP_TLS,
                               .origin_host = EAS_EESE};
    memset(answer.u.eas_register_answer.registration, 0x52, GODWIT_EAS_REGISTRATION);
    owner_give_message(&w->owner, &answer);
    assert_true(w->role.registered);
}

static godwit_eas_session_t session_of(const godwit_eas_grant_t *grant)
{
    godwit_eas_session_t session = {.eas = EAS_NAME,
                                    .path = grant->path,
                                    .terms = grant->terms,
                                    .overlap_s = grant->overlap_s,
                                    .agreed_ms = grant->agreed_s * 1000};
    memcpy(session.k_e2e, grant->k_e2e, sizeof session.k_e2e);
    return session;
}

godwit_message_t eas_world_push_message(const eas_world_t *w, const godwit_eas_grant_t *grant)
{
    (void)w;
    return (godwit_message_t){.kind = GODWIT_EAS_SESSION_PUSH,
                              .from = GODWIT_FUNCTION_EESE,
                              .to = GODWIT_FUNCTION_EAS,
                              .transaction = 77,
                              .route = 5,
                              .hop = GODWIT_HOP_TLS,
                              .origin_host = EAS_EESE,
                              .u.eas_session = session_of(grant)};
}

godwit_status_t eas_world_push(eas_world_t *w, const godwit_eas_grant_t *grant)
{
    const godwit_message_t message = eas_world_push_message(w, grant);
    owner_give_message(&w->owner, &message);
    const godwit_message_t *answer = eas_world_sent(w, GODWIT_EAS_SESSION_PUSH_ANSWER);
    if (answer == NULL) {
        return GODWIT_AGAIN;
    }
    assert_int_equal(answer->transaction, 77);
    assert_int_equal(answer->route, 5);
    return answer->u.outcome;
}

void eas_world_pulled(eas_world_t *w, godwit_status_t status, const godwit_eas_grant_t *grant)
{
    godwit_message_t answer = {.kind = GODWIT_EAS_SESSION_PULL_ANSWER,
                               .from = GODWIT_FUNCTION_EESE,
                               .to = GODWIT_FUNCTION_EAS,
                               .transaction = w->role.last_transaction,
                               .hop = GODWIT_HOP_TLS,
                               .origin_host = EAS_EESE};
    if (grant != NULL) {
        answer.u.eas_session = session_of(grant);
    }
    answer.u.eas_session.status = status;
    owner_give_message(&w->owner, &answer);
}

godwit_message_t eas_world_up_message(const eas_world_t *w, godwit_slice_t datagram)
{
    godwit_message_t message = {.kind = GODWIT_USER_PLANE_UP,
                                .from = GODWIT_FUNCTION_HSE,
                                .to = GODWIT_FUNCTION_EAS,
                                .transaction = 88,
                                .route = 6,
                                .hop = GODWIT_HOP_TLS,
                                .origin_host = "hse.example.net",
                                .u.user_plane = {.eas = EAS_NAME,
                                                 .hse = "hse.example.net",
                                                 .session_id = SENDER_SESSION,
                                                 .imsi = owner_imsi(EAS_IMSI),
                                                 .number = w->number,
                                                 .len = (uint16_t)datagram.len}};
    memcpy(message.u.user_plane.datagram, datagram.ptr, datagram.len);
    return message;
}

godwit_status_t eas_world_up(eas_world_t *w, godwit_slice_t datagram, bool again)
{
    w->number += again ? 0 : 1;
    const godwit_message_t message = eas_world_up_message(w, datagram);
    owner_give_message(&w->owner, &message);
    const godwit_message_t *answer = eas_world_sent(w, GODWIT_USER_PLANE_UP_ANSWER);
    return answer != NULL ? answer->u.user_plane_answer.status : GODWIT_AGAIN;
}

void eas_world_submit(eas_world_t *w, const char *text)
{
    owner_give(&w->owner, &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT,
                                            .imsi = owner_imsi(EAS_IMSI),
                                            .queue = true,
                                            .datagram = godwit_slice_of_string(text)});
}

void eas_world_down_answer(eas_world_t *w, godwit_status_t status)
{
    const godwit_message_t answer = {.kind = GODWIT_USER_PLANE_DOWN_ANSWER,
                                     .from = GODWIT_FUNCTION_HSE,
                                     .to = GODWIT_FUNCTION_EAS,
                                     .transaction = w->role.last_transaction,
                                     .hop = GODWIT_HOP_TLS,
                                     .origin_host = "hse.example.net",
                                     .u.outcome = status};
    owner_give_message(&w->owner, &answer);
}

void eas_world_run_down_timer(eas_world_t *w)
{
    for (size_t i = 0; i < GODWIT_EAS_DOWNS_MAX; i++) {
        if (w->role.downs[i].state == GODWIT_EAS_DOWN_NEXT) {
            owner_give_timer(&w->owner, GODWIT_EAS_TIMER_DOWNS + (uint32_t)i);
            return;
        }
    }
    fail_msg("nothing is to be sent");
}
