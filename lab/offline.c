/* SPDX-License-Identifier: Apache-2.0
 *
 * Offline small data (contribution 000): a device that is detached until its application has a reading, attaches with
 * it, and is detached again by its owner; no endpoint, the reading goes as it is to a server behind the gateway. And
 * that server: it knows a device by the address that the gateway gave it.
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
    } else if (state == GODWIT_ACCESS_ACTIVE ||
               (state == GODWIT_ACCESS_ATTACHED && w->config.carrier == GODWIT_CARRIER_SMS)) {
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

static bool is_there(const godwit_world_t *w, godwit_slice_t text)
{
    for (uint32_t i = 0; i < w->reading_count; i++) {
        if (godwit_slice_equal(text, godwit_slice_of_string(w->readings[i].text))) {
            return w->readings[i].delivered > 0;
        }
    }
    return false;
}

/* By short message: the service centre vouches for the IMSI. A CP-DATA that was under way until its transaction was
 * over is taken for another one: what must come once needs protection of its own, as EMSDP has. */
void lab_offline_sms(godwit_world_t *w, const godwit_request_t *r)
{
    godwit_imsi_t imsi;
    if (r->to.len != 8 || godwit_imsi_from_ef(r->to.octets, &imsi) != GODWIT_OK) {
        lab_violate(w, "a short message of nobody");
        return;
    }
    if (!is_there(w, r->octets)) {
        lab_check_plain_reading(w, &imsi, r->octets);
    }
}

void lab_start_sms_sc(godwit_world_t *w)
{
    godwit_sms_sc_config_t config = {.number = LAB_SMS_NUMBER};
    if (w->config.trigger.on) {
        memcpy(config.iwf_host, lab_host(GODWIT_WORLD_MTC_IWF), strlen(lab_host(GODWIT_WORLD_MTC_IWF)) + 1);
        memcpy(config.iwf_number, LAB_IWF_NUMBER, sizeof LAB_IWF_NUMBER);
    }
    memcpy(config.local_host, lab_host(GODWIT_WORLD_SMS_SC), strlen(lab_host(GODWIT_WORLD_SMS_SC)) + 1);
    memcpy(config.local_realm, lab_realm(GODWIT_WORLD_SMS_SC), strlen(lab_realm(GODWIT_WORLD_SMS_SC)) + 1);
    if (godwit_sms_sc_init(&w->sms_sc, &config, w->sms_devices, LAB_SMS_DEVICES) != GODWIT_OK) {
        lab_violate(w, "a service centre does not start");
    }
    w->sms_sc.next_transaction = (uint32_t)godwit_lab_random(&w->random);
}
