/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests to the owner, in the shapes that the MME needs. A message that is sent again is protected anew: its COUNT is
 * another one.
 */
#include <string.h>

#include "roles/mme/internal.h"

void godwit_mme_event(godwit_mme_turn_t *t, const char *name, godwit_status_t reason, const godwit_mme_ue_t *ue,
                      const char *detail)
{
    godwit_outbox_event(t->out, name, reason, ue != NULL && ue->has_imsi ? &ue->imsi : NULL, detail);
}

void godwit_mme_nas_timer(godwit_mme_turn_t *t, const godwit_mme_ue_t *ue, uint32_t delay_ms)
{
    godwit_outbox_timer(t->out, (uint32_t)(ue - t->mme->ues) * 2, delay_ms);
}

void godwit_mme_idle_timer(godwit_mme_turn_t *t, const godwit_mme_ue_t *ue)
{
    if (t->mme->config.idle_ms > 0) {
        godwit_outbox_timer(t->out, (uint32_t)(ue - t->mme->ues) * 2 + 1, ue->connected ? t->mme->config.idle_ms : 0);
    }
}

void godwit_mme_frame(godwit_mme_turn_t *t, const godwit_address_t *to, godwit_radio_kind_t kind, godwit_slice_t octets)
{
    godwit_radio_frame_t frame;
    memset(&frame, 0, sizeof frame);
    frame.kind = kind;
    frame.octets = octets;
    uint8_t *room = godwit_outbox_alloc(t->out, octets.len + 1);
    if (room == NULL) {
        return;
    }
    godwit_writer_t w = godwit_writer(room, octets.len + 1);
    if (godwit_radio_build(&frame, &w) == GODWIT_OK) {
        godwit_request_t *request = godwit_outbox_add(t->out, GODWIT_REQUEST_DATAGRAM);
        request->port = GODWIT_PORT_RADIO;
        request->to = *to;
        request->octets = godwit_written(&w);
    }
}

void godwit_mme_send_plain(godwit_mme_turn_t *t, const godwit_address_t *to, const godwit_writer_t *w)
{
    if (godwit_writer_status(w) == GODWIT_OK) {
        godwit_mme_frame(t, to, GODWIT_RADIO_NAS, godwit_written(w));
    }
}

godwit_status_t godwit_mme_send(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_nas_header_type_t type,
                                const godwit_writer_t *w)
{
    uint8_t octets[GODWIT_NAS_MAX];
    godwit_writer_t secured = godwit_writer(octets, sizeof octets);
    godwit_status_t status = godwit_writer_status(w);
    if (status == GODWIT_OK) {
        status = godwit_nas_security_create(&ue->security, t->mme->config.crypto, type, godwit_written(w), &secured);
    }
    if (status == GODWIT_OK) {
        godwit_mme_frame(t, &ue->address, GODWIT_RADIO_NAS, godwit_written(&secured));
    } else {
        godwit_mme_event(t, "refused", status, ue, "a message could not be protected");
    }
    return status;
}

static void transmit(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    godwit_writer_t w = {.buf = ue->message, .cap = sizeof ue->message, .len = ue->message_len};
    if (ue->message_type == GODWIT_NAS_PLAIN) {
        godwit_mme_send_plain(t, &ue->address, &w);
    } else {
        (void)godwit_mme_send(t, ue, (godwit_nas_header_type_t)ue->message_type, &w); /* a later timer ends it */
    }
}

void godwit_mme_ask(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_nas_header_type_t type, const godwit_writer_t *w)
{
    godwit_wipe(ue->message, sizeof ue->message);
    ue->message_len = 0;
    ue->message_type = (uint8_t)type;
    ue->attempts = (uint8_t)(t->mme->config.attempts - 1);
    if (godwit_writer_status(w) == GODWIT_OK && w->len <= sizeof ue->message) {
        memcpy(ue->message, w->buf, w->len);
        ue->message_len = (uint16_t)w->len;
        transmit(t, ue);
    } else {
        ue->attempts = 0;
    }
    godwit_mme_nas_timer(t, ue, t->mme->config.retransmit_ms);
}

void godwit_mme_ask_again(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    if (ue->message_len > 0) {
        transmit(t, ue);
    }
}

void godwit_mme_attach_reject(godwit_mme_turn_t *t, const godwit_address_t *to, uint8_t cause)
{
    uint8_t octets[8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_emm_attach_reject_t m;
    memset(&m, 0, sizeof m);
    m.cause = cause;
    if (godwit_emm_attach_reject_build(&m, &w) == GODWIT_OK) {
        godwit_mme_send_plain(t, to, &w);
    }
}

void godwit_mme_service_reject(godwit_mme_turn_t *t, const godwit_address_t *to, uint8_t cause)
{
    uint8_t octets[8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_emm_service_reject_t m;
    memset(&m, 0, sizeof m);
    m.cause = cause;
    if (godwit_emm_service_reject_build(&m, &w) == GODWIT_OK) {
        godwit_mme_send_plain(t, to, &w);
    }
}
