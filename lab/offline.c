/* SPDX-License-Identifier: Apache-2.0
 *
 * Offline small data (contribution 000): a device that is detached until its application has a reading, attaches with it, and is detached again by its
 * owner; no endpoint, the reading goes as it is to a server behind the gateway. And that server: it knows a device by the address that the
 * gateway gave it.
 */
#include <string.h>

#include "lab/internal.h"

#define RETRY_MS 1000

lab_reading_t *lab_next_reading(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    for (uint32_t i = d->waiting_first; i < w->reading_count; i++) {
        if (w->readings[i].device == device && !w->readings[i].handed_over) {
            d->waiting_first = i;
            return &w->readings[i];
        }
    }
    return NULL;
}

godwit_status_t lab_offline_submit(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    lab_reading_t *reading = lab_next_reading(w, device);
    godwit_access_state_t state = godwit_access_state(&d->access);
    godwit_status_t status = GODWIT_AGAIN;
    if (reading == NULL) {
        return GODWIT_AGAIN;
    }
    const godwit_slice_t text = godwit_slice_of_string(reading->text);
    if (state == GODWIT_ACCESS_DETACHED) {
        status = godwit_access_attach_with(&d->access, text, &d->access_requests);
    } else if (state == GODWIT_ACCESS_ACTIVE) {
        status = godwit_access_send(&d->access, text, &d->access_requests);
    }
    reading->handed_over = status == GODWIT_OK;
    if (status != GODWIT_OK) {
        (void)lab_after(w, RETRY_MS, LAB_SUBMIT, godwit_world_device_node(device));
    }
    return status;
}

/* The server behind the gateway. A reading whose bearer went while it was under way has no name but its own. */
void lab_offline_arrive(godwit_world_t *w, const lab_packet_t *p)
{
    uint32_t index = godwit_load_u32(p->source.octets) - godwit_load_u32(w->pgw.config.apn[LAB_APN_TUNNEL].pool);
    const godwit_pgw_context_t *c =
        w->tables[GODWIT_WORLD_PGW] != NULL && index < LAB_ROWS ? &w->pgw.contexts[index] : NULL;
    if (p->bent) {
        lab_violate(w, "a reading that was bent was believed");
    }
    lab_check_plain_reading(w, c != NULL && c->state == GODWIT_PGW_ACTIVE ? &c->imsi : NULL,
                            godwit_slice(p->octets, p->len));
}
