/* SPDX-License-Identifier: Apache-2.0
 *
 * Short messages over the circuit domain (TS 24.011): CP messages are protected NAS messages of the radio stand-in.
 */
#include <string.h>

#include "roles/msc/internal.h"

typedef struct whose {
    godwit_msc_turn_t *turn;
    godwit_msc_ue_t *ue;
} whose_t;

static void send(void *context, godwit_slice_t cp)
{
    const whose_t *w = context;
    if (w->ue->connected) {
        godwit_msc_put_nas(w->turn, w->ue, cp);
    }
}

static void tick(void *context, uint32_t delay_ms)
{
    const whose_t *w = context;
    uint32_t sms = 2 * (uint32_t)w->turn->msc->capacity;
    godwit_outbox_timer(w->turn->out, sms + godwit_msc_index(w->turn->msc, w->ue), delay_ms);
}

static godwit_sms_host_t host_of(whose_t *w, godwit_serving_home_t *home)
{
    godwit_msc_t *msc = w->turn->msc;
    const bool triggers = msc->config.iwf_number[0] != '\0';
    godwit_msc_home(msc, home);
    return (godwit_sms_host_t){.home = msc->config.sms || triggers ? home : NULL,
                               .no_centre = !msc->config.sms,
                               .out = w->turn->out,
                               .imsi = &w->ue->imsi,
                               .now_ms = w->turn->in->now_ms,
                               .confidential = godwit_radio_is_confidential(&w->ue->security),
                               .trigger = triggers ? &w->ue->trigger : NULL,
                               .iwf_number = msc->config.iwf_number,
                               .transaction = msc->next_transaction + 1,
                               .send = send,
                               .tick = tick,
                               .context = w};
}

void godwit_msc_on_sms(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, godwit_slice_t cp)
{
    whose_t w = {turn, ue};
    godwit_serving_home_t home;
    const godwit_sms_host_t host = host_of(&w, &home);
    godwit_sms_node_receive(&ue->sms, &host, cp);
    (void)godwit_msc_new_transaction(turn->msc);
}

void godwit_msc_on_sms_tick(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue)
{
    whose_t w = {turn, ue};
    godwit_serving_home_t home;
    const godwit_sms_host_t host = host_of(&w, &home);
    godwit_sms_node_tick(&ue->sms, &host);
}

void godwit_msc_on_sms_answer(godwit_msc_turn_t *turn)
{
    for (size_t i = 0; i < turn->msc->top; i++) {
        whose_t w = {turn, &turn->msc->ues[i]};
        godwit_serving_home_t home;
        if (w.ue->state != GODWIT_MSC_REGISTERED || !w.ue->sms.asked) {
            continue;
        }
        const godwit_sms_host_t host = host_of(&w, &home);
        if (godwit_sms_node_answered(&w.ue->sms, &host, turn->in->message)) {
            return;
        }
    }
}

void godwit_msc_sms_start(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue)
{
    whose_t w = {turn, ue};
    godwit_serving_home_t home;
    const godwit_sms_host_t host = host_of(&w, &home);
    godwit_sms_node_start(&ue->sms, &host);
}

void godwit_msc_sms_end(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue)
{
    whose_t w = {turn, ue};
    godwit_serving_home_t home;
    const godwit_sms_host_t host = host_of(&w, &home);
    godwit_sms_node_end(&ue->sms, &host);
}

static void start_or_page(const whose_t *w, const godwit_sms_host_t *host)
{
    if (!w->ue->connected) {
        godwit_msc_page(w->turn, w->ue);
    } else if (w->ue->waiting == GODWIT_MSC_NOTHING) { /* else the accept goes first */
        godwit_sms_node_start(&w->ue->sms, host);
    }
}

void godwit_msc_on_sms_down(godwit_msc_turn_t *turn)
{
    const godwit_message_t *message = turn->in->message;
    whose_t w = {turn, godwit_msc_registered(turn->msc, &message->u.short_message.imsi, NULL)};
    godwit_serving_home_t home;
    if (w.ue == NULL || !turn->msc->config.sms) {
        godwit_msc_home(turn->msc, &home);
        godwit_sms_node_refuse(&home, turn->out, message, GODWIT_UNKNOWN_SESSION); /* it may attach again */
        return;
    }
    const godwit_sms_host_t host = host_of(&w, &home);
    if (godwit_sms_node_down(&w.ue->sms, &host, message)) {
        start_or_page(&w, &host);
    }
}

void godwit_msc_on_t5_down(godwit_msc_turn_t *turn)
{
    whose_t w = {turn, godwit_msc_registered(turn->msc, &turn->in->message->u.t5_down.imsi, NULL)};
    godwit_serving_home_t home;
    if (w.ue == NULL || turn->msc->config.iwf_number[0] == '\0') {
        godwit_serving_trigger_answer(turn->out, GODWIT_FUNCTION_MSC, turn->in->message, GODWIT_NOT_FOUND);
        return;
    }
    const godwit_sms_host_t host = host_of(&w, &home);
    if (godwit_sms_node_t5(&w.ue->sms, &host, turn->in->message)) {
        start_or_page(&w, &host);
    }
}
