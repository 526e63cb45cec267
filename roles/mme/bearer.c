/* SPDX-License-Identifier: Apache-2.0
 *
 * ESM messages of a device, and its N-PDUs: ESM DATA TRANSPORT (TS 24.301 6.6.4) on one side, S11-U on the other (TS
 * 23.401 5.3.4B). For a device that is idle one N-PDU is held; what comes besides is dropped.
 */
#include <string.h>

#include "roles/mme/internal.h"

#define RELEASE_NO_MORE 1 /* release assistance indication, 9.9.4.25 */
#define CAUSE_LAST_PDN 49 /* last PDN disconnection not allowed (Annex B) */

/* ---- up ---- */

void godwit_mme_data_up(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain)
{
    godwit_esm_data_transport_t m;
    if (godwit_esm_data_transport_parse(plain, &m) != GODWIT_OK || m.head.bearer != ue->bearer || ue->bearer == 0) {
        godwit_mme_event(t, "refused", GODWIT_MALFORMED, ue, "data of no bearer");
        return;
    }
    if (m.data.len > GODWIT_MME_N_PDU_MAX) {
        godwit_mme_event(t, "n_pdu_dropped", GODWIT_NO_SPACE, ue, "too long");
    } else if (m.data.len > 0) {
        godwit_address_t to = godwit_gtp_address(ue->sgw_user, t->mme->config.gtpu_port);
        godwit_gtp_send_pdu(t->out, &to, ue->sgw_user_teid, m.data);
    }
    bool last = m.release_assistance.set && m.release_assistance.value == RELEASE_NO_MORE;
    if (last && ue->held_len == 0 && ue->waiting == GODWIT_MME_NOTHING && ue->state == GODWIT_MME_REGISTERED) {
        godwit_mme_release(t, ue);
    }
}

static void refuse_disconnect(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, uint8_t pti)
{
    uint8_t octets[8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_esm_refusal_t m;
    memset(&m, 0, sizeof m);
    m.head.pti = pti;
    m.cause = CAUSE_LAST_PDN;
    if (godwit_esm_pdn_disconnect_reject_build(&m, &w) == GODWIT_OK) {
        (void)godwit_mme_send(t, ue, GODWIT_NAS_CIPHERED, &w);
    }
}

static void on_esm_of_bearer(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, const godwit_esm_head_t *head, uint8_t type,
                             godwit_slice_t plain)
{
    switch (type) {
    case GODWIT_ESM_DATA_TRANSPORT:
        godwit_mme_data_up(t, ue, plain);
        break;
    case GODWIT_ESM_RESOURCE_MODIFICATION_REQUEST:
        godwit_mme_on_modification(t, ue, plain);
        break;
    case GODWIT_ESM_MODIFY_ACCEPT:
    case GODWIT_ESM_MODIFY_REJECT:
        godwit_mme_on_modify_answer(t, ue, plain, type == GODWIT_ESM_MODIFY_ACCEPT);
        break;
    case GODWIT_ESM_PDN_DISCONNECT_REQUEST:
        refuse_disconnect(t, ue, head->pti);
        break;
    default:
        godwit_mme_event(t, "refused", GODWIT_WRONG_STATE, ue, "an ESM message of no use here");
        break;
    }
}

void godwit_mme_on_esm(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain)
{
    godwit_esm_head_t head;
    uint8_t type;
    if (godwit_esm_type(plain, &head, &type) != GODWIT_OK) {
        return;
    }
    if (type == GODWIT_ESM_INFORMATION_RESPONSE) {
        godwit_mme_on_information(t, ue, plain);
        return;
    }
    if (ue->state == GODWIT_MME_ACCEPTING) {
        godwit_mme_registered(t, ue); /* its completion was lost */
    }
    if (ue->state != GODWIT_MME_REGISTERED) {
        godwit_mme_event(t, "refused", GODWIT_WRONG_STATE, ue, "session management without a bearer");
        return;
    }
    bool was = ue->connected;
    godwit_mme_spoken(t, ue);
    on_esm_of_bearer(t, ue, &head, type, plain);
    if (!was && ue->state == GODWIT_MME_REGISTERED && ue->connected) {
        godwit_mme_resumed(t, ue);
    }
}

/* ---- down ---- */

static void send_down(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t data)
{
    uint8_t octets[GODWIT_MME_N_PDU_MAX + 16];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_esm_data_transport_t m;
    memset(&m, 0, sizeof m);
    m.head.bearer = ue->bearer;
    m.data = data;
    if (godwit_esm_data_transport_build(&m, &w) == GODWIT_OK) {
        (void)godwit_mme_send(t, ue, GODWIT_NAS_CIPHERED, &w);
    }
    godwit_wipe(octets, sizeof octets);
}

void godwit_mme_flush(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    if (ue->held_len > 0) {
        send_down(t, ue, godwit_slice(ue->held, ue->held_len));
        godwit_wipe(ue->held, sizeof ue->held);
        ue->held_len = 0;
    }
}

static void hold(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t data)
{
    if (ue->held_len > 0) {
        godwit_mme_event(t, "n_pdu_dropped", GODWIT_NO_SPACE, ue, "another one waits for the device");
        return;
    }
    memcpy(ue->held, data.ptr, data.len);
    ue->held_len = (uint16_t)data.len;
}

void godwit_mme_data_down(godwit_mme_turn_t *t, const godwit_gtpu_t *m)
{
    godwit_mme_ue_t *ue = godwit_mme_by_teid(t->mme, m->teid);
    if (ue == NULL || ue->bearer == 0) {
        godwit_gtpu_refuse(t->out, &t->in->from, m->teid, t->mme->config.ipv4);
        return;
    }
    if (m->pdu.len == 0 || m->pdu.len > GODWIT_MME_N_PDU_MAX) {
        godwit_mme_event(t, "n_pdu_dropped", GODWIT_NO_SPACE, ue, "empty or too long");
    } else if (ue->state == GODWIT_MME_REGISTERED && ue->connected) {
        godwit_mme_idle_timer(t, ue);
        send_down(t, ue, m->pdu);
    } else if (ue->state == GODWIT_MME_REGISTERED) {
        hold(t, ue, m->pdu);
        godwit_mme_page(t, ue);
    } else if (ue->state == GODWIT_MME_ACCEPTING) {
        hold(t, ue, m->pdu);
    } else {
        godwit_mme_event(t, "n_pdu_dropped", GODWIT_WRONG_STATE, ue, "the device is going");
    }
}
