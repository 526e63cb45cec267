/* SPDX-License-Identifier: Apache-2.0
 *
 * Short messages over NAS (TS 24.301 5.6.3; TS 23.272 annex C, "SMS in MME"): CP messages between UPLINK, DOWNLINK NAS
 * TRANSPORT and the relay layer of roles/sms_node. A device that is idle is paged first. Only what verified and was
 * ciphered comes here.
 */
#include <string.h>

#include "roles/mme/internal.h"

typedef struct whose {
    godwit_mme_turn_t *t;
    godwit_mme_ue_t *ue;
} whose_t;

static void send(void *context, godwit_slice_t cp)
{
    const whose_t *w = context;
    uint8_t octets[GODWIT_CP_MAX + 3];
    godwit_writer_t writer = godwit_writer(octets, sizeof octets);
    const godwit_emm_nas_transport_t m = {.container = cp};
    if (w->ue->connected && godwit_emm_downlink_nas_transport_build(&m, &writer) == GODWIT_OK) {
        (void)godwit_mme_send(w->t, w->ue, GODWIT_NAS_CIPHERED, &writer);
    }
}

static void tick(void *context, uint32_t delay_ms)
{
    const whose_t *w = context;
    godwit_outbox_timer(w->t->out, GODWIT_MME_TIMER_SMS + (uint32_t)(w->ue - w->t->mme->ues), delay_ms);
}

static godwit_sms_host_t host_of(whose_t *w, godwit_serving_home_t *home)
{
    godwit_mme_home(w->t->mme, &w->ue->imsi, home);
    return (godwit_sms_host_t){.home = w->t->mme->config.sms ? home : NULL,
                               .out = w->t->out,
                               .imsi = &w->ue->imsi,
                               .now_ms = w->t->in->now_ms,
                               .transaction = w->t->mme->next_transaction + 1,
                               .send = send,
                               .tick = tick,
                               .context = w};
}

void godwit_mme_on_sms(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t cp)
{
    whose_t w = {t, ue};
    godwit_serving_home_t home;
    const godwit_sms_host_t host = host_of(&w, &home);
    godwit_sms_node_receive(&ue->sms, &host, cp);
    t->mme->next_transaction++;
}

void godwit_mme_on_nas_transport(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain)
{
    godwit_emm_nas_transport_t m;
    if (godwit_emm_uplink_nas_transport_parse(plain, &m) != GODWIT_OK) {
        godwit_mme_event(t, "refused", GODWIT_MALFORMED, ue, "uplink NAS transport");
        return;
    }
    if (ue->state == GODWIT_MME_ACCEPTING) {
        godwit_mme_registered(t, ue);
    }
    if (ue->state != GODWIT_MME_REGISTERED) {
        godwit_mme_event(t, "refused", GODWIT_WRONG_STATE, ue, "a short message of a device that is not registered");
        return;
    }
    godwit_mme_spoken(t, ue);
    godwit_mme_on_sms(t, ue, m.container);
    godwit_mme_resumed(t, ue);
}

void godwit_mme_on_sms_tick(godwit_mme_turn_t *t, uint32_t row)
{
    if (row >= t->mme->top || t->mme->ues[row].state != GODWIT_MME_REGISTERED) {
        return;
    }
    whose_t w = {t, &t->mme->ues[row]};
    godwit_serving_home_t home;
    const godwit_sms_host_t host = host_of(&w, &home);
    godwit_sms_node_tick(&w.ue->sms, &host);
}

void godwit_mme_on_sms_answer(godwit_mme_turn_t *t, const godwit_message_t *message)
{
    for (size_t i = 0; i < t->mme->top; i++) {
        whose_t w = {t, &t->mme->ues[i]};
        godwit_serving_home_t home;
        if (w.ue->state == GODWIT_MME_FREE || !w.ue->sms.asked) {
            continue;
        }
        const godwit_sms_host_t host = host_of(&w, &home);
        if (godwit_sms_node_answered(&w.ue->sms, &host, message)) {
            return;
        }
    }
}

void godwit_mme_sms_start(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    whose_t w = {t, ue};
    godwit_serving_home_t home;
    const godwit_sms_host_t host = host_of(&w, &home);
    godwit_sms_node_start(&ue->sms, &host);
}

void godwit_mme_sms_end(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    whose_t w = {t, ue};
    godwit_serving_home_t home;
    const godwit_sms_host_t host = host_of(&w, &home);
    godwit_sms_node_end(&ue->sms, &host);
}

void godwit_mme_on_sms_down(godwit_mme_turn_t *t, const godwit_message_t *message)
{
    whose_t w = {t, godwit_mme_by_imsi(t->mme, &message->u.short_message.imsi, NULL)};
    godwit_serving_home_t home;
    if (w.ue == NULL || w.ue->state != GODWIT_MME_REGISTERED || !t->mme->config.sms) {
        godwit_mme_home(t->mme, &message->u.short_message.imsi, &home);
        godwit_sms_node_refuse(&home, t->out, message,
                               w.ue == NULL ? GODWIT_UNKNOWN_SUBSCRIBER : GODWIT_UNKNOWN_SESSION);
        return;
    }
    const godwit_sms_host_t host = host_of(&w, &home);
    if (!godwit_sms_node_down(&w.ue->sms, &host, message)) {
        return;
    }
    if (w.ue->connected) {
        godwit_sms_node_start(&w.ue->sms, &host);
    } else {
        godwit_mme_page(t, w.ue);
    }
}
