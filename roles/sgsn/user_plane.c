/* SPDX-License-Identifier: Apache-2.0
 *
 * N-PDUs: radio frames of devices on one side, G-PDUs on the other; opaque both ways. For a device in idle one is kept
 * while it is paged.
 */
#include "roles/sgsn/internal.h"

#include <string.h>

#define GTPU_PORT 2152

static bool carries(const godwit_sgsn_context_t *context)
{
    return context != NULL &&
           (context->state == GODWIT_SGSN_CONTEXT_ACTIVE || context->state == GODWIT_SGSN_CONTEXT_UPDATING);
}

void godwit_sgsn_on_n_pdu(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const godwit_radio_frame_t *frame)
{
    const godwit_sgsn_config_t *config = &turn->sgsn->config;
    godwit_sgsn_context_t *context = godwit_sgsn_by_nsapi(ue, frame->nsapi);
    if (ue->state == GODWIT_SGSN_REGISTERED && carries(context)) {
        godwit_address_t to =
            godwit_gtp_address(context->ggsn_user, config->gtpu_port != 0 ? config->gtpu_port : GTPU_PORT);
        godwit_gtp_send_pdu(turn->out, &to, context->ggsn_user_teid, frame->octets);
        return;
    }
    godwit_sgsn_refused(turn, ue, GODWIT_UNKNOWN_SESSION, "an N-PDU without a PDP context");
    if (context != NULL && context->state == GODWIT_SGSN_CONTEXT_LEAVING) {
        godwit_sgsn_deactivate(turn, ue, context);
    }
}

static void deliver(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, uint8_t nsapi, godwit_slice_t pdu)
{
    const godwit_radio_frame_t frame = {.kind = GODWIT_RADIO_N_PDU, .nsapi = nsapi, .octets = pdu};
    godwit_sgsn_put_frame(turn, ue, &frame);
    godwit_sgsn_active(turn, ue);
}

void godwit_sgsn_drop_buffered(godwit_sgsn_ue_t *ue)
{
    godwit_wipe(ue->buffered, ue->buffered_len);
    ue->buffered_len = 0;
}

void godwit_sgsn_flush(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    if (ue->buffered_len > 0 && carries(godwit_sgsn_by_nsapi(ue, ue->buffered_nsapi))) {
        deliver(turn, ue, ue->buffered_nsapi, godwit_slice(ue->buffered, ue->buffered_len));
    }
    godwit_sgsn_drop_buffered(ue);
}

static void keep(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, uint8_t nsapi, godwit_slice_t pdu)
{
    if (ue->buffered_len > 0) {
        godwit_sgsn_event(turn, ue, "n_pdu_dropped", GODWIT_OVERLOAD, "a newer one waits for the device");
    }
    godwit_sgsn_drop_buffered(ue);
    memcpy(ue->buffered, pdu.ptr, pdu.len);
    ue->buffered_len = (uint16_t)pdu.len;
    ue->buffered_nsapi = nsapi;
    godwit_sgsn_page(turn, ue);
}

static void on_pdu(godwit_sgsn_turn_t *turn, const godwit_gtpu_t *message)
{
    godwit_sgsn_ue_t *ue = NULL;
    const godwit_sgsn_context_t *context = godwit_sgsn_by_teid(turn->sgsn, message->teid, &ue);
    if (!carries(context) || !godwit_gtp_same_node(&turn->in->from, context->ggsn_user)) {
        godwit_gtpu_refuse(turn->out, &turn->in->from, message->teid, turn->sgsn->config.ipv4);
        godwit_sgsn_refused(turn, NULL, GODWIT_UNKNOWN_SESSION, "a G-PDU without a PDP context");
        return;
    }
    if (message->pdu.len == 0 || message->pdu.len > GODWIT_RADIO_N_PDU_MAX) {
        godwit_sgsn_refused(turn, ue, GODWIT_MALFORMED, "a G-PDU of that length");
    } else if (ue->connected) {
        deliver(turn, ue, context->nsapi, message->pdu);
    } else {
        keep(turn, ue, context->nsapi, message->pdu);
    }
}

/* TS 29.281 7.3.1: it names the TEID that we sent to. */
static void on_error(godwit_sgsn_turn_t *turn, const godwit_gtpu_t *message)
{
    for (size_t i = 0; i < turn->sgsn->top; i++) {
        godwit_sgsn_ue_t *ue = &turn->sgsn->ues[i];
        for (size_t c = 0; c < GODWIT_SGSN_CONTEXTS_PER_UE; c++) {
            godwit_sgsn_context_t *context = &ue->context[c];
            if (carries(context) && context->ggsn_user_teid == message->error_teid &&
                godwit_gtp_same_node(&turn->in->from, context->ggsn_user)) {
                godwit_sgsn_deactivate(turn, ue, context);
                return;
            }
        }
    }
}

void godwit_sgsn_on_gtpu(godwit_sgsn_turn_t *turn)
{
    godwit_gtpu_t message;
    memset(&message, 0, sizeof message);
    if (godwit_gtpu_parse(turn->in->datagram, &message) != GODWIT_OK) {
        godwit_sgsn_refused(turn, NULL, GODWIT_MALFORMED, "GTP-U cannot be read");
    } else if (!godwit_gtpu_housekeeping(&message, turn->in, turn->out)) {
        if (message.type == GODWIT_GTPU_G_PDU) {
            on_pdu(turn, &message);
        } else {
            on_error(turn, &message);
        }
    }
}
