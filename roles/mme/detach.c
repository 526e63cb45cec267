/* SPDX-License-Identifier: Apache-2.0
 *
 * Detach (TS 24.301 5.5.2). Only what verifies ends a registration; to a device that nobody knows the answer costs
 * nothing.
 */
#include <string.h>

#include "roles/mme/internal.h"

/* ue: with the vector of its following session, where there is one; NULL: without protection, and so without that. */
static bool put_accept(const godwit_mme_ue_t *ue, godwit_writer_t *w)
{
    godwit_emm_hand_over_t m = {.rand = {NULL, 0}};
    if (ue != NULL) {
        godwit_mme_next_elements(ue, &m.rand, &m.autn);
    }
    return godwit_emm_detach_accept_build(&m, w) == GODWIT_OK;
}

void godwit_mme_deregister(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    godwit_mme_nas_timer(t, ue, t->mme->config.retain_ms);
    godwit_mme_sms_end(t, ue);
    godwit_mme_trigger_end(t, ue, GODWIT_NOT_FOUND);
    ue->trigger.up_len = 0;
    godwit_gtp_finish_context(&t->mme->path, ue->teid, t->out);
    godwit_mme_delete_session(t, ue);
    ue->state = GODWIT_MME_DEREGISTERED;
    ue->waiting = GODWIT_MME_NOTHING;
    ue->connected = ue->detach_wanted = false;
    ue->modify_pti = 0;
    ue->update_sequence = 0;
    ue->message_len = ue->held_len = 0;
    ue->held_kind = GODWIT_MME_HELD_DOWN;
    godwit_mme_forget_next(t, ue);
    godwit_mme_file(t->mme, ue);
    godwit_wipe(ue->message, sizeof ue->message);
    godwit_wipe(ue->held, sizeof ue->held);
    godwit_mme_idle_timer(t, ue);
}

/* ---- the device ---- */

void godwit_mme_accept_detach(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    uint8_t octets[48];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    if (put_accept(ue, &w)) {
        (void)godwit_mme_send(t, ue, GODWIT_NAS_CIPHERED, &w);
    }
    if (ue->state != GODWIT_MME_DEREGISTERED) {
        godwit_mme_deregister(t, ue);
        godwit_mme_event(t, "detached", GODWIT_OK, ue, NULL);
    }
}

void godwit_mme_on_detach(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain)
{
    godwit_emm_detach_request_t m;
    if (godwit_emm_detach_request_parse(plain, &m) != GODWIT_OK) {
        godwit_mme_event(t, "refused", GODWIT_MALFORMED, ue, "a detach request that cannot be read");
        return;
    }
    bool off = (m.detach_type & GODWIT_EMM_DETACH_SWITCH_OFF) != 0;
    bool leaves = ue->state == GODWIT_MME_REGISTERED || ue->state == GODWIT_MME_DETACHING;
    if (!off && leaves && godwit_mme_ask_next(t, ue, GODWIT_MME_NEXT_DETACH_ACCEPT)) {
        return;
    }
    if (!off) {
        godwit_mme_accept_detach(t, ue);
    } else if (ue->state != GODWIT_MME_DEREGISTERED) {
        godwit_mme_deregister(t, ue);
        godwit_mme_event(t, "detached", GODWIT_OK, ue, NULL);
    }
}

/* It may belong to an attach that has proved nothing; a registered device stays. */
void godwit_mme_on_detach_unknown(godwit_mme_turn_t *t, godwit_slice_t plain)
{
    uint8_t octets[8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_emm_detach_request_t m;
    godwit_mme_ue_t *ue = godwit_mme_unproved_at(t->mme, &t->in->from);
    if (godwit_emm_detach_request_parse(plain, &m) != GODWIT_OK ||
        (ue == NULL && godwit_mme_secured_at(t->mme, &t->in->from, NULL) != NULL)) {
        godwit_mme_event(t, "refused", GODWIT_POLICY_FORBIDS, NULL, "a detach request without protection");
        return;
    }
    if ((m.detach_type & GODWIT_EMM_DETACH_SWITCH_OFF) == 0 && put_accept(NULL, &w)) {
        godwit_mme_send_plain(t, &t->in->from, &w);
    }
    if (ue != NULL) {
        godwit_mme_free(t, ue);
    }
}

/* ---- the network ---- */

void godwit_mme_detach_now(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    uint8_t octets[48];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_emm_network_detach_t m;
    if (!ue->connected) {
        godwit_mme_page(t, ue);
        return;
    }
    memset(&m, 0, sizeof m);
    m.detach_type = ue->detach_type;
    godwit_mme_next_elements(ue, &m.rand, &m.autn);
    ue->waiting = GODWIT_MME_NOTHING;
    ue->state = GODWIT_MME_DETACHING;
    if (godwit_emm_network_detach_build(&m, &w) == GODWIT_OK) {
        godwit_mme_ask(t, ue, GODWIT_NAS_CIPHERED, &w);
    }
}

void godwit_mme_detach(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, uint8_t type)
{
    bool comes_back = type == GODWIT_EMM_DETACH_REATTACH; /* at once: there is no following session to prepare */
    ue->detach_wanted = true;
    ue->detach_type = type;
    if (comes_back || !ue->connected || !godwit_mme_ask_next(t, ue, GODWIT_MME_NEXT_DETACH_REQUEST)) {
        godwit_mme_detach_now(t, ue);
    }
}

void godwit_mme_on_detach_accept(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain)
{
    godwit_emm_hand_over_t m;
    if (ue->state == GODWIT_MME_DETACHING && godwit_emm_detach_accept_parse(plain, &m) == GODWIT_OK) {
        godwit_mme_deregister(t, ue);
        godwit_mme_event(t, "detached", GODWIT_OK, ue, "by the network");
    }
}
