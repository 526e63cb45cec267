/* SPDX-License-Identifier: Apache-2.0
 *
 * Timers of a device: what was asked is asked again, and given up after so many sendings (TS 24.301 10.2).
 */
#include "roles/mme/internal.h"

static void give_up_attach(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    bool home = ue->state == GODWIT_MME_VECTOR;
    if (home) {
        godwit_mme_attach_reject(t, &ue->address, GODWIT_EMM_CAUSE_NETWORK_FAILURE);
        godwit_mme_event(t, "attach_refused", GODWIT_PEER_INTERNAL, ue, "the home does not answer");
    } else {
        godwit_mme_event(t, "given_up", GODWIT_OK, ue, "the device does not answer");
    }
    godwit_mme_deregister(t, ue); /* the session at the S-GW, if there is one */
    godwit_mme_free(t, ue);
}

static void on_attaching(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    if (ue->attempts == 0) {
        give_up_attach(t, ue);
    } else if (ue->state == GODWIT_MME_VECTOR) {
        godwit_mme_ask_vector(t, ue, ue->resyncs > 0 ? ue->auts : NULL);
    } else {
        ue->attempts--;
        godwit_mme_ask_again(t, ue);
        godwit_mme_nas_timer(t, ue, t->mme->config.retransmit_ms);
    }
}

static void on_silence(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    if (ue->waiting == GODWIT_MME_MODIFYING) {
        godwit_mme_update_answer(t, ue, GODWIT_GTPV2_CAUSE_PEER_NOT_RESPONDING);
        godwit_mme_event(t, "modification_refused", GODWIT_PEER_INTERNAL, ue, "the device does not answer");
        return;
    }
    ue->waiting = GODWIT_MME_NOTHING;
    if (ue->held_len > 0) {
        godwit_wipe(ue->held, sizeof ue->held);
        ue->held_len = 0;
        godwit_mme_event(t, "n_pdu_dropped", GODWIT_PEER_INTERNAL, ue, "the device cannot be paged");
    }
    if (godwit_sms_node_waits(&ue->sms)) {
        godwit_mme_sms_end(t, ue);
    }
    godwit_mme_trigger_end(t, ue, GODWIT_AGAIN);
    godwit_mme_event(t, "paging_failed", GODWIT_PEER_INTERNAL, ue, NULL);
    if (ue->detach_wanted) {
        godwit_mme_deregister(t, ue);
        godwit_mme_event(t, "detached", GODWIT_OK, ue, "implicitly");
    }
}

static void on_registered(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    if (ue->waiting == GODWIT_MME_NOTHING) {
        return;
    }
    if (ue->attempts == 0) {
        on_silence(t, ue);
        return;
    }
    ue->attempts--;
    if (ue->waiting == GODWIT_MME_PAGED) {
        godwit_mme_page_again(t, ue);
        return;
    }
    godwit_mme_ask_again(t, ue);
    godwit_mme_nas_timer(t, ue, t->mme->config.retransmit_ms);
}

static void on_detaching(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    if (ue->attempts == 0) {
        godwit_mme_deregister(t, ue);
        godwit_mme_event(t, "detached", GODWIT_OK, ue, "the device did not answer");
        return;
    }
    ue->attempts--;
    godwit_mme_ask_again(t, ue);
    godwit_mme_nas_timer(t, ue, t->mme->config.retransmit_ms);
}

/* A detached device: its keys are of no use any more, or may be. */
static void on_retained(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    if (godwit_mme_may_serve_again(t->mme, ue, t->in->now_ms)) {
        godwit_mme_nas_timer(t, ue, t->mme->config.retain_ms);
    } else {
        godwit_mme_free(t, ue);
    }
}

static void on_idle(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    if (ue->state == GODWIT_MME_REGISTERED && ue->connected && ue->waiting == GODWIT_MME_NOTHING) {
        godwit_mme_release(t, ue);
    }
}

void godwit_mme_on_timer(godwit_mme_turn_t *t, uint32_t timer)
{
    if (timer >= GODWIT_MME_TIMER_SMS) {
        godwit_mme_on_sms_tick(t, timer - GODWIT_MME_TIMER_SMS);
        return;
    }
    if (timer / 2 >= t->mme->top) {
        return;
    }
    godwit_mme_ue_t *ue = &t->mme->ues[timer / 2];
    if (timer % 2 == 1) {
        on_idle(t, ue);
        return;
    }
    switch (ue->state) {
    case GODWIT_MME_IDENTIFYING:
    case GODWIT_MME_VECTOR:
    case GODWIT_MME_AUTHENTICATING:
    case GODWIT_MME_SECURING:
    case GODWIT_MME_INFORMING:
    case GODWIT_MME_ACCEPTING:
        on_attaching(t, ue);
        break;
    case GODWIT_MME_AWAITING_IWF: /* it takes too long */
        godwit_mme_command(t, ue, godwit_slice(NULL, 0));
        break;
    case GODWIT_MME_REGISTERED:
        on_registered(t, ue);
        break;
    case GODWIT_MME_DETACHING:
        on_detaching(t, ue);
        break;
    case GODWIT_MME_DEREGISTERED:
        on_retained(t, ue);
        break;
    default:
        break;
    }
}
