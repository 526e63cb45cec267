/* SPDX-License-Identifier: Apache-2.0
 *
 * End to end: what devices and EAS have, keys that both export, and an EAS that loses its state.
 */
#include <string.h>

#include "lab/e2e_run.h"
#include "lab/internal.h"

#define LABEL "dtls1.2"

uint32_t lab_e2e_age(const godwit_world_t *w, unsigned device)
{
    godwit_e2e_terms_t terms;
    return godwit_device_e2e_terms(&w->devices[device].device, &terms) == GODWIT_OK ? terms.age : 0;
}

uint32_t lab_e2e_changes(const godwit_world_t *w, unsigned device)
{
    const godwit_address_t own = lab_address(device);
    uint32_t keys = 0;
    for (size_t i = 0; i < w->known_count[LAB_END_E2E_DEVICES]; i++) {
        keys += godwit_address_equal(&w->known[LAB_END_E2E_DEVICES][i].peer, &own);
    }
    return keys;
}

/* Newer sessions stand behind older ones. */
static const godwit_record_t *newest(const godwit_world_t *w, unsigned device)
{
    lab_store_t *store = (lab_store_t *)(uintptr_t)&w->functions[GODWIT_WORLD_EAS].store;
    const godwit_record_key_t key = {.kind = GODWIT_RECORD_EAS_SESSION, .imsi = lab_imsi(device)};
    return lab_store_find(store, &key, true);
}

bool lab_e2e_at_eas(const godwit_world_t *w, unsigned device, godwit_eas_device_t *at_eas)
{
    const godwit_record_t *record = newest(w, device);
    memset(at_eas, 0, sizeof *at_eas);
    return record != NULL &&
           godwit_eas_load(at_eas, &godwit_crypto_builtin,
                           godwit_slice(record->u.eas_session.octets, record->u.eas_session.len)) == GODWIT_OK;
}

bool lab_e2e_has_age(const godwit_eas_device_t *at_eas, uint32_t age)
{
    for (size_t i = 0; i < GODWIT_EAS_KEYS; i++) {
        if (age != 0 && at_eas->keys[i].terms.age == age) {
            return true;
        }
    }
    return false;
}

/* ---- exports ---- */

static void put_back(godwit_world_t *w, unsigned device, const godwit_eas_device_t *at_eas)
{
    lab_store_t *store = &w->functions[GODWIT_WORLD_EAS].store;
    godwit_record_t record = *newest(w, device);
    record.u.eas_session.len = (uint16_t)godwit_eas_save(at_eas, record.u.eas_session.octets);
    lab_store_put(store, &record, false);
    lab_store_put(store, &record, true);
    godwit_wipe(&record, sizeof record);
}

bool lab_e2e_export(godwit_world_t *w, unsigned device)
{
    lab_device_t *d = &w->devices[device];
    godwit_eas_device_t at_eas;
    godwit_psk_name_t name = {0};
    uint8_t own[32], other[32];
    godwit_device_requests_t requests;
    godwit_status_t status = godwit_device_export_psk(&d->device, LABEL, 0, &name, own, &requests);
    for (size_t i = 0; status == GODWIT_OK && i < requests.count; i++) {
        if (requests.item[i].kind == GODWIT_DEVICE_STORE_E2E) { /* at once: nothing else is under way */
            memcpy(d->e2e.nvm, requests.item[i].octets.ptr, requests.item[i].octets.len);
            d->e2e.nvm_len = requests.item[i].octets.len;
            d->e2e.durable_ms = d->e2e.told_ms;
        }
    }
    if (status == GODWIT_OK && !lab_e2e_at_eas(w, device, &at_eas)) {
        status = GODWIT_NOT_FOUND;
    }
    if (status == GODWIT_OK) {
        status = godwit_eas_export(&at_eas, w->now_ms / 1000, LABEL, 0, &name, other);
        if (status == GODWIT_OK) {
            put_back(w, device, &at_eas);
        }
        godwit_eas_wipe(&at_eas);
    }
    const bool same = status == GODWIT_OK && memcmp(own, other, sizeof own) == 0;
    if (same && !lab_set_add(&w->keys, godwit_slice(own, sizeof own))) {
        lab_violate(w, "a key exported twice");
    }
    godwit_wipe(own, sizeof own);
    godwit_wipe(other, sizeof other);
    return same;
}

/* ---- a loss of state ---- */

void lab_e2e_forget(godwit_world_t *w)
{
    lab_store_t *store = &w->functions[GODWIT_WORLD_EAS].store;
    for (size_t i = store->durable_count; i-- > 0;) {
        if (store->durable[i].kind == GODWIT_RECORD_EAS_SESSION) {
            const godwit_record_key_t key = godwit_record_key_of(&store->durable[i]);
            lab_store_delete(store, &key, false);
            lab_store_delete(store, &key, true);
        }
    }
    godwit_world_power_loss(w, GODWIT_WORLD_EAS);
}
