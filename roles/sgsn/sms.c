/* SPDX-License-Identifier: Apache-2.0
 *
 * Short messages over the packet domain (TS 23.060 6.8, TS 24.011): CP messages are protected NAS messages of the radio
 * stand-in, both in UTRAN and in GERAN, where LLC has a SAPI of its own for them. A device that is idle is paged first.
 */
#include <string.h>

#include "roles/sgsn/internal.h"

typedef struct whose {
    godwit_sgsn_turn_t *turn;
    godwit_sgsn_ue_t *ue;
} whose_t;

static void send(void *context, godwit_slice_t cp)
{
    const whose_t *w = context;
    if (w->ue->connected) {
        godwit_sgsn_put_nas(w->turn, w->ue, cp);
    }
}

static void tick(void *context, uint32_t delay_ms)
{
    const whose_t *w = context;
    godwit_outbox_timer(w->turn->out, GODWIT_SGSN_TIMER_SMS + godwit_sgsn_index(w->turn->sgsn, w->ue), delay_ms);
}

static godwit_sms_host_t host_of(whose_t *w, godwit_serving_home_t *home)
{
    godwit_sgsn_t *sgsn = w->turn->sgsn;
    const bool triggers = sgsn->config.iwf_number[0] != '\0';
    godwit_sgsn_home(sgsn, &w->ue->imsi, home);
    return (godwit_sms_host_t){.home = sgsn->config.sms || triggers ? home : NULL,
                               .no_centre = !sgsn->config.sms,
                               .out = w->turn->out,
                               .imsi = &w->ue->imsi,
                               .now_ms = w->turn->in->now_ms,
                               .confidential = godwit_radio_is_confidential(&w->ue->security),
                               .trigger = triggers ? &w->ue->trigger : NULL,
                               .iwf_number = sgsn->config.iwf_number,
                               .transaction = sgsn->next_transaction + 1,
                               .send = send,
                               .tick = tick,
                               .context = w};
}

void godwit_sgsn_on_sms(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_slice_t cp)
{
    whose_t w = {turn, ue};
    godwit_serving_home_t home;
    if (ue->state != GODWIT_SGSN_REGISTERED) {
        godwit_sgsn_refused(turn, ue, GODWIT_WRONG_STATE, "a short message of a device that is not registered");
        return;
    }
    const godwit_sms_host_t host = host_of(&w, &home);
    godwit_sms_node_receive(&ue->sms, &host, cp);
    (void)godwit_sgsn_new_transaction(turn->sgsn);
}

bool godwit_sgsn_on_sms_tick(godwit_sgsn_turn_t *turn)
{
    uint32_t row = turn->in->timer - GODWIT_SGSN_TIMER_SMS;
    if (turn->in->timer < GODWIT_SGSN_TIMER_SMS) {
        return false;
    }
    if (row < turn->sgsn->top && turn->sgsn->ues[row].state == GODWIT_SGSN_REGISTERED) {
        whose_t w = {turn, &turn->sgsn->ues[row]};
        godwit_serving_home_t home;
        const godwit_sms_host_t host = host_of(&w, &home);
        godwit_sms_node_tick(&w.ue->sms, &host);
    }
    return true;
}

void godwit_sgsn_on_sms_answer(godwit_sgsn_turn_t *turn)
{
    for (size_t i = 0; i < turn->sgsn->top; i++) {
        whose_t w = {turn, &turn->sgsn->ues[i]};
        godwit_serving_home_t home;
        if (w.ue->state != GODWIT_SGSN_REGISTERED || !w.ue->sms.asked) {
            continue;
        }
        const godwit_sms_host_t host = host_of(&w, &home);
        if (godwit_sms_node_answered(&w.ue->sms, &host, turn->in->message)) {
            return;
        }
    }
}

void godwit_sgsn_sms_start(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    whose_t w = {turn, ue};
    godwit_serving_home_t home;
    if (godwit_sms_node_waits(&ue->sms)) {
        const godwit_sms_host_t host = host_of(&w, &home);
        godwit_sms_node_start(&ue->sms, &host);
    }
}

void godwit_sgsn_sms_end(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    whose_t w = {turn, ue};
    godwit_serving_home_t home;
    const godwit_sms_host_t host = host_of(&w, &home);
    godwit_sms_node_end(&ue->sms, &host);
}

static void start_or_page(const whose_t *w, const godwit_sms_host_t *host)
{
    if (w->ue->connected) {
        godwit_sms_node_start(&w->ue->sms, host);
    } else {
        godwit_sgsn_page(w->turn, w->ue);
    }
}

void godwit_sgsn_on_sms_down(godwit_sgsn_turn_t *turn)
{
    const godwit_message_t *message = turn->in->message;
    const godwit_imsi_t *imsi = &message->u.short_message.imsi;
    whose_t w = {turn, godwit_sgsn_registered(turn->sgsn, imsi, NULL)};
    godwit_serving_home_t home;
    if (w.ue == NULL || w.ue->state != GODWIT_SGSN_REGISTERED || !turn->sgsn->config.sms) {
        godwit_sgsn_home(turn->sgsn, imsi, &home);
        godwit_sms_node_refuse(&home, turn->out, message,
                               w.ue == NULL ? GODWIT_UNKNOWN_SUBSCRIBER : GODWIT_UNKNOWN_SESSION);
        return;
    }
    const godwit_sms_host_t host = host_of(&w, &home);
    if (godwit_sms_node_down(&w.ue->sms, &host, message)) {
        start_or_page(&w, &host);
    }
}

void godwit_sgsn_on_t5_down(godwit_sgsn_turn_t *turn)
{
    whose_t w = {turn, godwit_sgsn_registered(turn->sgsn, &turn->in->message->u.t5_down.imsi, NULL)};
    godwit_serving_home_t home;
    if (w.ue == NULL || w.ue->state != GODWIT_SGSN_REGISTERED || turn->sgsn->config.iwf_number[0] == '\0') {
        godwit_serving_trigger_answer(turn->out, GODWIT_FUNCTION_SGSN, turn->in->message, GODWIT_NOT_FOUND);
        return;
    }
    const godwit_sms_host_t host = host_of(&w, &home);
    if (godwit_sms_node_t5(&w.ue->sms, &host, turn->in->message)) {
        start_or_page(&w, &host);
    }
}
