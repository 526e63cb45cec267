/* SPDX-License-Identifier: Apache-2.0
 *
 * What a device's trigger library sends in the lab: as a datagram of interface A3, or through the access, which may not
 * take it now.
 */
#include <string.h>

#include "lab/internal.h"

#define RETRY_MS 1000 /* until the access is asked again */

static void send_a3(godwit_world_t *w, unsigned device, godwit_slice_t octets)
{
    uint8_t room[GODWIT_A3_DATAGRAM_MAX];
    godwit_writer_t out = godwit_writer(room, sizeof room);
    const godwit_imsi_t imsi = lab_imsi(device);
    if (godwit_a3_datagram_build(&imsi, octets, &out) != GODWIT_OK) {
        lab_violate(w, "a message of a device that is none");
        return;
    }
    lab_packet_t *p =
        lab_packet(GODWIT_WORLD_LEG_A3, godwit_world_device_node(device), GODWIT_WORLD_MTC_IWF, godwit_written(&out));
    p->source = lab_address(w->devices[device].address);
    p->destination = lab_node_address(GODWIT_WORLD_MTC_IWF, LAB_A3_PORT);
    lab_net_send(w, p);
}

/* False: not now. */
bool lab_trigger_send_nas(godwit_world_t *w, unsigned device, godwit_slice_t octets)
{
    lab_device_t *d = &w->devices[device];
    d->access_requests.count = 0;
    godwit_status_t status = godwit_access_trigger(&d->access, octets, &d->access_requests);
    if (status == GODWIT_OK) {
        lab_access_run(w, device);
    }
    return status != GODWIT_AGAIN; /* without registration it is lost, as on any link */
}

static void try_again(godwit_world_t *w, unsigned device)
{
    lab_trigger_end_t *t = &w->devices[device].trigger;
    if (!t->retrying) {
        t->retrying = true;
        (void)lab_after(w, RETRY_MS, LAB_TRIGGER_HELD_BACK, godwit_world_device_node(device));
    }
}

static void hold(godwit_world_t *w, unsigned device, godwit_slice_t octets)
{
    lab_trigger_end_t *t = &w->devices[device].trigger;
    if (t->held_count < LAB_TRIGGER_HELD) {
        t->held[t->held_count++] = lab_packet(GODWIT_WORLD_LEG_A3, 0, 0, octets);
    }
    try_again(w, device);
}

void lab_trigger_send_held(godwit_world_t *w, unsigned device)
{
    lab_trigger_end_t *t = &w->devices[device].trigger;
    t->retrying = false;
    for (size_t count = t->held_count; count > 0 && t->held_count > 0; count--) {
        if (w->devices[device].access_storing) {
            try_again(w, device);
            return;
        }
        lab_packet_t *p = t->held[0];
        memmove(t->held, t->held + 1, --t->held_count * sizeof(lab_packet_t *));
        if (!t->on_wifi && !lab_trigger_send_nas(w, device, godwit_slice(p->octets, p->len))) {
            hold(w, device, godwit_slice(p->octets, p->len));
        }
        lab_free_secret(p);
    }
}

void lab_trigger_send(godwit_world_t *w, unsigned device, godwit_slice_t octets)
{
    lab_trigger_end_t *t = &w->devices[device].trigger;
    t->answers = false; /* this is the answer that the access waits for */
    lab_check_a3(w, device, false, octets);
    if (t->on_wifi) {
        send_a3(w, device, octets);
    } else if (!lab_trigger_send_nas(w, device, octets)) {
        hold(w, device, octets);
    }
}
