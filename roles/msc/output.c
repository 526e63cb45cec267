/* SPDX-License-Identifier: Apache-2.0
 *
 * What leaves the MSC towards devices, events, timers: one for each device, one for its idleness, one for its short
 * messages.
 */
#include "roles/msc/internal.h"

#include <string.h>

void godwit_msc_event(godwit_msc_turn_t *turn, const godwit_msc_ue_t *ue, const char *name, godwit_status_t reason,
                      const char *detail)
{
    godwit_outbox_event(turn->out, name, reason, ue != NULL ? &ue->imsi : NULL, detail);
}

/* ---- frames ---- */

void godwit_msc_put_octets(godwit_msc_turn_t *turn, const godwit_address_t *to, godwit_slice_t octets)
{
    uint8_t *copy = octets.len > 0 ? godwit_outbox_alloc(turn->out, octets.len) : NULL;
    if (copy != NULL) {
        godwit_request_t *request = godwit_outbox_add(turn->out, GODWIT_REQUEST_DATAGRAM);
        memcpy(copy, octets.ptr, octets.len);
        request->port = GODWIT_PORT_RADIO;
        request->to = *to;
        request->octets = godwit_slice(copy, octets.len);
    }
}

static void put_built(godwit_msc_turn_t *turn, const godwit_address_t *to, const godwit_radio_frame_t *frame)
{
    uint8_t octets[GODWIT_CP_MAX + 16];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    if (godwit_radio_build(frame, &w) == GODWIT_OK) {
        godwit_msc_put_octets(turn, to, godwit_written(&w));
    }
}

void godwit_msc_put_plain(godwit_msc_turn_t *turn, const godwit_address_t *to, godwit_slice_t nas)
{
    const godwit_radio_frame_t frame = {.kind = GODWIT_RADIO_NAS, .octets = nas};
    put_built(turn, to, &frame);
}

void godwit_msc_put_release(godwit_msc_turn_t *turn, const godwit_address_t *to)
{
    const godwit_radio_frame_t frame = {.kind = GODWIT_RADIO_RELEASE};
    put_built(turn, to, &frame);
}

void godwit_msc_put_nas(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, godwit_slice_t nas)
{
    const godwit_radio_frame_t frame = {.kind = GODWIT_RADIO_NAS, .octets = nas};
    uint8_t octets[GODWIT_CP_MAX + 32];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_status_t status = godwit_radio_protected_create(&ue->security, &frame, &w);
    if (status == GODWIT_OK) {
        godwit_msc_put_octets(turn, &ue->address, godwit_written(&w));
    } else {
        godwit_msc_event(turn, ue, "refused", status, "a frame for the device cannot be protected");
    }
}

void godwit_msc_update_reject(godwit_msc_turn_t *turn, const godwit_address_t *to, uint8_t cause)
{
    uint8_t octets[8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_mm_cause_t m = {.cause = cause};
    if (godwit_mm_location_updating_reject_build(&m, &w) == GODWIT_OK) {
        godwit_msc_put_plain(turn, to, godwit_written(&w));
    }
}

void godwit_msc_service_reject(godwit_msc_turn_t *turn, const godwit_address_t *to, uint8_t cause)
{
    uint8_t octets[8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_mm_cause_t m = {.cause = cause};
    if (godwit_mm_cm_service_reject_build(&m, &w) == GODWIT_OK) {
        godwit_msc_put_plain(turn, to, godwit_written(&w));
    }
}

/* ---- timers ---- */

void godwit_msc_wait_for(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, godwit_msc_waiting_t waiting, uint32_t delay_ms)
{
    ue->waiting = waiting;
    ue->hint = GODWIT_OK;
    ue->attempts = (uint8_t)(turn->msc->config.attempts - 1U);
    godwit_outbox_timer(turn->out, godwit_msc_index(turn->msc, ue), delay_ms);
}

void godwit_msc_wait(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, godwit_msc_waiting_t waiting)
{
    godwit_msc_wait_for(turn, ue, waiting, turn->msc->config.retransmit_ms);
}

void godwit_msc_wait_no_more(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue)
{
    if (ue->waiting != GODWIT_MSC_NOTHING) {
        ue->waiting = GODWIT_MSC_NOTHING;
        godwit_outbox_timer(turn->out, godwit_msc_index(turn->msc, ue), 0);
    }
}

void godwit_msc_active(godwit_msc_turn_t *turn, const godwit_msc_ue_t *ue)
{
    const godwit_msc_t *msc = turn->msc;
    godwit_outbox_timer(turn->out, (uint32_t)msc->capacity + godwit_msc_index(msc, ue),
                        ue->connected ? msc->config.inactive_ms : 0);
}

void godwit_msc_home(const godwit_msc_t *msc, godwit_serving_home_t *home)
{
    memset(home, 0, sizeof *home);
    home->own = GODWIT_FUNCTION_MSC;
    home->plmn = msc->config.plmn;
    memcpy(home->local_host, msc->config.local_host, sizeof home->local_host);
    memcpy(home->local_realm, msc->config.local_realm, sizeof home->local_realm);
}
