/* SPDX-License-Identifier: Apache-2.0
 *
 * Idle and back (TS 23.401 5.3.5, 5.3.4B; TS 24.301 5.6.1, 5.6.2). The S11-U tunnel stays: the MME holds one N-PDU and
 * pages. A release without protection, as radio connections end, only changes whether a connection is believed in.
 */
#include <string.h>

#include "roles/mme/internal.h"

static void go_idle(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    ue->connected = false;
    godwit_mme_idle_timer(t, ue);
    if (ue->waiting == GODWIT_MME_MODIFYING) {
        godwit_mme_update_answer(t, ue, GODWIT_GTPV2_CAUSE_PEER_NOT_RESPONDING);
    }
    godwit_mme_event(t, "idle", GODWIT_OK, ue, NULL);
}

void godwit_mme_release(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    godwit_mme_frame(t, &ue->address, GODWIT_RADIO_RELEASE, godwit_slice(NULL, 0));
    go_idle(t, ue);
}

void godwit_mme_on_release(godwit_mme_turn_t *t)
{
    godwit_mme_ue_t *ue = godwit_mme_secured_at(t->mme, &t->in->from, NULL);
    for (; ue != NULL; ue = godwit_mme_secured_at(t->mme, &t->in->from, ue)) {
        if (ue->state == GODWIT_MME_REGISTERED && ue->connected) {
            go_idle(t, ue);
        }
    }
}

/* ---- paging ---- */

void godwit_mme_page_again(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    uint8_t octets[16];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_radio_frame_t frame;
    memset(&frame, 0, sizeof frame);
    frame.kind = GODWIT_RADIO_PAGING;
    frame.imsi = ue->imsi;
    if (ue->address.len > 0 && godwit_radio_build(&frame, &w) == GODWIT_OK) {
        godwit_gtp_send(t->out, GODWIT_PORT_RADIO, &ue->address, godwit_written(&w));
    }
    godwit_mme_nas_timer(t, ue, t->mme->config.retransmit_ms);
}

void godwit_mme_page(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    if (ue->waiting != GODWIT_MME_NOTHING) {
        return; /* it is being paged */
    }
    ue->waiting = GODWIT_MME_PAGED;
    ue->attempts = (uint8_t)(t->mme->config.attempts - 1);
    godwit_mme_event(t, "paged", GODWIT_OK, ue, NULL);
    godwit_mme_page_again(t, ue);
}

/* ---- back ---- */

static void send_accept(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    uint8_t octets[8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_emm_service_accept_t m;
    const uint8_t bearers[2] = {(uint8_t)(1U << ue->bearer), (uint8_t)(1U << ue->bearer >> 8)}; /* 9.9.2.1 */
    memset(&m, 0, sizeof m);
    m.bearer_status = godwit_slice(bearers, sizeof bearers);
    if (godwit_emm_service_accept_build(&m, &w) == GODWIT_OK) {
        (void)godwit_mme_send(t, ue, GODWIT_NAS_CIPHERED, &w);
    }
}

void godwit_mme_spoken(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    if (!ue->connected) {
        godwit_mme_event(t, "resumed", GODWIT_OK, ue, NULL);
    }
    ue->connected = true;
    godwit_mme_idle_timer(t, ue);
    if (ue->waiting == GODWIT_MME_PAGED) {
        ue->waiting = GODWIT_MME_NOTHING;
        godwit_mme_nas_timer(t, ue, 0);
    }
}

bool godwit_mme_is_late(const godwit_mme_ue_t *ue)
{
    return ue->security.next_up >= GODWIT_MME_COUNT_LATE || ue->security.next_down >= GODWIT_MME_COUNT_LATE;
}

void godwit_mme_resumed(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    godwit_mme_flush(t, ue);
    godwit_mme_sms_start(t, ue);
    godwit_mme_trigger_start(t, ue);
    if (ue->detach_wanted) {
        godwit_mme_detach(t, ue, ue->detach_type);
    }
}

void godwit_mme_on_service(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain)
{
    godwit_emm_cp_service_request_t m;
    godwit_esm_head_t head;
    uint8_t type = 0;
    if (godwit_emm_cp_service_request_parse(plain, &m) != GODWIT_OK || m.ksi != ue->security.ksi) {
        godwit_mme_event(t, "refused", GODWIT_MALFORMED, ue, "a service request that cannot be taken");
        return;
    }
    if (ue->state == GODWIT_MME_ACCEPTING) {
        godwit_mme_registered(t, ue);
    }
    if (ue->state != GODWIT_MME_REGISTERED) {
        godwit_mme_service_reject(t, &t->in->from, GODWIT_EMM_CAUSE_IMPLICITLY_DETACHED);
        return;
    }
    godwit_mme_spoken(t, ue);
    send_accept(t, ue);
    if (m.esm.ptr != NULL && godwit_esm_type(m.esm, &head, &type) == GODWIT_OK && type == GODWIT_ESM_DATA_TRANSPORT) {
        godwit_mme_data_up(t, ue, m.esm);
    } else if (m.esm.ptr != NULL) {
        godwit_mme_event(t, "refused", GODWIT_MALFORMED, ue, "a service request with something else than data");
    }
    if (m.nas.ptr != NULL) {
        godwit_mme_on_sms(t, ue, m.nas);
    }
    godwit_mme_resumed(t, ue);
}
