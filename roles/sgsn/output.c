/* SPDX-License-Identifier: Apache-2.0
 *
 * What leaves the SGSN towards devices, events, timers. Timers: one for each device, one for its idleness, one for each
 * context; from there on those of GTP.
 */
#include "roles/sgsn/internal.h"

#include <string.h>

#define RETRANSMIT_MS 3000
#define ATTEMPTS 4

uint32_t godwit_sgsn_retransmit_ms(const godwit_sgsn_t *sgsn)
{
    return sgsn->config.retransmit_ms != 0 ? sgsn->config.retransmit_ms : RETRANSMIT_MS;
}

uint8_t godwit_sgsn_attempts(const godwit_sgsn_t *sgsn)
{
    return sgsn->config.attempts != 0 ? sgsn->config.attempts : ATTEMPTS;
}

void godwit_sgsn_event(godwit_sgsn_turn_t *turn, const godwit_sgsn_ue_t *ue, const char *name, godwit_status_t reason,
                       const char *detail)
{
    godwit_outbox_event(turn->out, name, reason, ue != NULL ? &ue->imsi : NULL, detail);
}

void godwit_sgsn_refused(godwit_sgsn_turn_t *turn, const godwit_sgsn_ue_t *ue, godwit_status_t reason,
                         const char *detail)
{
    godwit_sgsn_event(turn, ue, "refused", reason, detail);
}

/* ---- frames ---- */

void godwit_sgsn_put_octets(godwit_sgsn_turn_t *turn, const godwit_address_t *to, godwit_slice_t octets)
{
    godwit_gtp_send(turn->out, GODWIT_PORT_RADIO, to, octets);
}

static void put_built(godwit_sgsn_turn_t *turn, const godwit_address_t *to, const godwit_radio_frame_t *frame)
{
    uint8_t octets[GODWIT_RADIO_FRAME_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    if (godwit_radio_build(frame, &w) == GODWIT_OK) {
        godwit_sgsn_put_octets(turn, to, godwit_written(&w));
    }
}

void godwit_sgsn_put_plain(godwit_sgsn_turn_t *turn, const godwit_address_t *to, godwit_slice_t nas)
{
    const godwit_radio_frame_t frame = {.kind = GODWIT_RADIO_NAS, .octets = nas};
    put_built(turn, to, &frame);
}

void godwit_sgsn_put_release(godwit_sgsn_turn_t *turn, const godwit_address_t *to)
{
    const godwit_radio_frame_t frame = {.kind = GODWIT_RADIO_RELEASE};
    put_built(turn, to, &frame);
}

void godwit_sgsn_put_frame(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const godwit_radio_frame_t *frame)
{
    uint8_t octets[GODWIT_RADIO_FRAME_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_status_t status = godwit_radio_protected_create(&ue->security, frame, &w);
    if (status == GODWIT_OK) {
        godwit_sgsn_put_octets(turn, &ue->address, godwit_written(&w));
    } else {
        godwit_sgsn_refused(turn, ue, status, "a frame for the device cannot be protected");
    }
}

void godwit_sgsn_put_nas(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_slice_t nas)
{
    const godwit_radio_frame_t frame = {.kind = GODWIT_RADIO_NAS, .octets = nas};
    godwit_sgsn_put_frame(turn, ue, &frame);
}

void godwit_sgsn_attach_reject(godwit_sgsn_turn_t *turn, const godwit_address_t *to, uint8_t cause)
{
    uint8_t octets[8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_gmm_reject_t message = {.cause = cause};
    if (godwit_gmm_attach_reject_build(&message, &w) == GODWIT_OK) {
        godwit_sgsn_put_plain(turn, to, godwit_written(&w));
    }
}

void godwit_sgsn_service_reject(godwit_sgsn_turn_t *turn, const godwit_address_t *to, uint8_t cause)
{
    uint8_t octets[8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_gmm_reject_t message = {.cause = cause};
    if (godwit_gmm_service_reject_build(&message, &w) == GODWIT_OK) {
        godwit_sgsn_put_plain(turn, to, godwit_written(&w));
    }
}

/* ---- timers ---- */

void godwit_sgsn_wait_for(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_sgsn_waiting_t waiting,
                          uint32_t delay_ms)
{
    ue->waiting = waiting;
    ue->hint = GODWIT_OK;
    ue->attempts = (uint8_t)(godwit_sgsn_attempts(turn->sgsn) - 1);
    godwit_outbox_timer(turn->out, godwit_sgsn_index(turn->sgsn, ue), delay_ms);
}

void godwit_sgsn_wait(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_sgsn_waiting_t waiting)
{
    godwit_sgsn_wait_for(turn, ue, waiting, godwit_sgsn_retransmit_ms(turn->sgsn));
}

void godwit_sgsn_wait_no_more(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    if (ue->waiting != GODWIT_SGSN_NOTHING) {
        ue->waiting = GODWIT_SGSN_NOTHING;
        godwit_outbox_timer(turn->out, godwit_sgsn_index(turn->sgsn, ue), 0);
    }
}

void godwit_sgsn_active(godwit_sgsn_turn_t *turn, const godwit_sgsn_ue_t *ue)
{
    const godwit_sgsn_t *sgsn = turn->sgsn;
    if (sgsn->config.inactive_ms != 0) {
        godwit_outbox_timer(turn->out, (uint32_t)sgsn->capacity + godwit_sgsn_index(sgsn, ue),
                            ue->connected ? sgsn->config.inactive_ms : 0);
    }
}

void godwit_sgsn_context_timer(godwit_sgsn_turn_t *turn, const godwit_sgsn_ue_t *ue,
                               const godwit_sgsn_context_t *context, uint32_t delay_ms)
{
    const godwit_sgsn_t *sgsn = turn->sgsn;
    godwit_outbox_timer(turn->out, 2 * (uint32_t)sgsn->capacity + godwit_sgsn_slot(sgsn, ue, context), delay_ms);
}
