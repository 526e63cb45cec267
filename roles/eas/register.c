/* SPDX-License-Identifier: Apache-2.0
 *
 * EAS Session Register (TS 33.163 Annex B): at the start, again with back-off until it is answered, and once a day, so
 * that an EESE that has lost it knows it again.
 */
#include <string.h>

#include "roles/eas/internal.h"

#define WAIT_MOST_MS 600000u
#define AGAIN_MS 86400000u
#define DOUBT_MS 60000u /* a registration that old may be one that the EESE has lost */

static void send_register(const godwit_eas_turn_t *turn)
{
    godwit_eas_t *eas = turn->eas;
    const uint32_t transaction = godwit_eas_transaction(turn);
    godwit_message_t *message = godwit_eas_message(turn, GODWIT_EAS_REGISTER, GODWIT_FUNCTION_EESE, transaction);
    if (message == NULL) {
        return;
    }
    eas->register_transaction = transaction;
    godwit_eas_register_t *request = &message->u.eas_register;
    memcpy(request->registration, eas->registration, sizeof request->registration);
    memcpy(request->eas, eas->config.name, sizeof request->eas);
    memcpy(request->ageing, eas->config.ageing, sizeof request->ageing);
    request->push = eas->config.push;
    godwit_outbox_add(turn->out, GODWIT_REQUEST_MESSAGE)->message = message;
}

/* The wait for the answer is at least so long that one may come. */
void godwit_eas_on_register_timer(const godwit_eas_turn_t *turn)
{
    godwit_eas_t *eas = turn->eas;
    const uint32_t wait = eas->register_wait_ms;
    eas->register_wait_ms = wait == 0 ? eas->config.retry_ms : wait < WAIT_MOST_MS / 2 ? wait * 2 : WAIT_MOST_MS;
    send_register(turn);
    godwit_outbox_timer(turn->out, GODWIT_EAS_TIMER_REGISTER,
                        eas->register_wait_ms > eas->config.answer_ms ? eas->register_wait_ms : eas->config.answer_ms);
}

void godwit_eas_register_anew(const godwit_eas_turn_t *turn)
{
    godwit_eas_t *eas = turn->eas;
    const uint64_t now_ms = turn->in->now_ms;
    if (eas->registered && (now_ms < eas->registered_ms || now_ms - eas->registered_ms >= DOUBT_MS)) {
        eas->registered = false;
        eas->register_wait_ms = 0;
        memset(eas->registration, 0, sizeof eas->registration);
        godwit_eas_on_register_timer(turn);
    }
}

void godwit_eas_on_registered(const godwit_eas_turn_t *turn)
{
    godwit_eas_t *eas = turn->eas;
    const godwit_eas_register_answer_t *answer = &turn->in->message->u.eas_register_answer;
    if (turn->in->message->transaction != eas->register_transaction || eas->register_transaction == 0 ||
        !godwit_eas_is_eese(eas, turn->in->message)) {
        return;
    }
    eas->register_transaction = 0;
    if (answer->status == GODWIT_OK) {
        if (!eas->registered) {
            godwit_outbox_event(turn->out, "registered", GODWIT_OK, NULL, NULL);
        }
        memcpy(eas->registration, answer->registration, sizeof eas->registration);
        eas->registered = true;
        eas->registered_ms = turn->in->now_ms;
        eas->register_wait_ms = 0;
        godwit_outbox_timer(turn->out, GODWIT_EAS_TIMER_REGISTER, AGAIN_MS);
        return;
    }
    eas->registered = false;
    memset(eas->registration, 0, sizeof eas->registration);
    godwit_outbox_event(turn->out, "register_refused", godwit_status_on_the_wire(answer->status), NULL, "by the EESE");
}
